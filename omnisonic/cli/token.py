"""`omnisonic token`: who may write."""

import json
from typing import Annotated

import typer

from omnisonic.cli._options import DataDir, Json

token = typer.Typer(help="Make, list and revoke API tokens.", no_args_is_help=True)


def register(app: typer.Typer) -> None:
    """Add the group."""
    app.add_typer(token, name="token")


@token.command()
def create(
    name: Annotated[str, typer.Option(help="What the token is for; shown in the list.")],
    scope: Annotated[list[str], typer.Option(help="What its holder may do, such as `write`. May be repeated.")],
    days: Annotated[int | None, typer.Option(min=1, help="Days until it expires; never by default.")] = None,
    data_dir: DataDir = None,
    as_json: Json = False,
) -> None:
    """Make a token. It is the last line of the output, and is never shown again.

    Example: omnisonic token create --name importer --scope write
    """
    import secrets
    from datetime import timedelta

    from graph.tokens import create_token
    from omnisonic.cli._store import with_store
    from omnisonic.local import now
    from omnisonic.settings import Settings

    text = with_store(
        Settings.load(data_dir=data_dir),
        lambda store: create_token(
            store,
            name=name,
            scopes=scope,
            now=now(),
            randomness=secrets.token_bytes,
            expires_in=timedelta(days=days) if days else None,
        ),
    )
    typer.echo(json.dumps({"token": text}) if as_json else text)


@token.command("list")
def list_(data_dir: DataDir = None, as_json: Json = False) -> None:
    """List all tokens, the oldest first; the texts themselves are not kept.

    Example: omnisonic token list --json
    """
    from dataclasses import asdict

    from graph.tokens import list_tokens
    from omnisonic.cli._store import with_store
    from omnisonic.settings import Settings

    found = with_store(Settings.load(data_dir=data_dir), list_tokens)
    if as_json:
        typer.echo(json.dumps({"tokens": [asdict(one) for one in found]}))
        return
    for one in found:
        state = "revoked" if one.revoked else f"expires {one.expires_at or 'never'}"
        typer.echo(f"{one.id}  {','.join(one.scopes)}  {state}  used {one.last_used_at or 'never'}  {one.name}")


@token.command()
def revoke(
    token_id: Annotated[str, typer.Argument(metavar="ID", help="Id from `omnisonic token list`.")],
    data_dir: DataDir = None,
) -> None:
    """End a token; services stop accepting it within seconds.

    Example: omnisonic token revoke 0b8e1c4e-…
    """
    from graph.tokens import revoke_token
    from omnisonic.cli._store import with_store
    from omnisonic.settings import Settings

    with_store(Settings.load(data_dir=data_dir), lambda store: revoke_token(store, token_id))
    typer.echo(f"revoked {token_id}")
