"""`omnisonic schema`: the GraphQL schema, and the store's constraints and indexes."""

import json

import typer

from omnisonic.cli._options import DataDir, Json

schema = typer.Typer(help="The GraphQL schema, and the store's constraints and indexes.", no_args_is_help=True)
_DIFFERS = 5


def register(app: typer.Typer) -> None:
    """Add the group."""
    app.add_typer(schema, name="schema")


@schema.command()
def show() -> None:
    """Print the GraphQL schema in its definition language. Needs no running instance.

    Example: omnisonic schema show > schema.graphql
    """
    from ontology import registry
    from resolvers.schema import text

    typer.echo(text(registry.core()).rstrip())


@schema.command()
def check(data_dir: DataDir = None, as_json: Json = False) -> None:
    """Make the constraints and indexes that are missing, and list what the store has beyond the declarations.

    Exits with 5 when they still differ.

    Example: omnisonic schema check --json
    """
    from graph import schema as store_schema
    from omnisonic.cli._store import with_store
    from omnisonic.settings import Settings
    from ontology import registry

    found = with_store(Settings.load(data_dir=data_dir), lambda store: store_schema.check(store, registry.core()))
    typer.echo(json.dumps({"differences": found}) if as_json else "\n".join(found) or "as declared")
    if found:
        raise typer.Exit(_DIFFERS)
