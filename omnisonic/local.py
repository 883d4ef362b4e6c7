"""The token of this machine: what the command line shows as its credential, kept in the data dir (mode 600)."""

import secrets
from datetime import UTC, datetime
from pathlib import Path

from graph.driver import Store
from graph.tokens import Tokens, create_token
from omnisonic.engine.home import write_private
from ontology.access import SCOPES, Viewer
from ontology.errors import Denied

NAME = "this machine's command line"


def now() -> datetime:
    """The wall clock, in UTC."""
    return datetime.now(UTC)


async def viewer(store: Store, data_dir: Path) -> Viewer:
    """Who the local command line is in this graph; makes its token where there is none that is valid."""
    tokens = Tokens(store, clock=now)
    file = data_dir / "token"
    if file.exists():
        try:
            return await tokens.authenticate(file.read_text(encoding="ascii").strip())
        except Denied:
            file.unlink()  # revoked, or of a store that was replaced
    text = await create_token(store, name=NAME, scopes=SCOPES, now=now(), randomness=secrets.token_bytes)
    write_private(file, text + "\n")
    return await tokens.authenticate(text)
