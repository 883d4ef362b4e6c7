"""`omnisonic version`: what is installed."""

import json

import typer

from omnisonic.cli._options import Json


def register(app: typer.Typer) -> None:
    """Add the command."""
    app.command()(version)


def version(as_json: Json = False) -> None:
    """Print the version of Omnisonic and of the Neo4j it embeds."""
    from importlib.metadata import version as installed

    from omnisonic.engine.jars import ROOTS

    found = {"omnisonic": installed("omnisonic"), "neo4j": ROOTS[0].rsplit(":", 1)[1]}
    typer.echo(json.dumps(found) if as_json else "\n".join(f"{name} {number}" for name, number in found.items()))
