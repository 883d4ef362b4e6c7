"""API tokens: made once, shown once, kept only as a hash. Needs no provenance record (contract "Two logs").

A token is 256 random bits, so a plain SHA-256 is enough: what slow hashes protect is guessable passwords.
"""

from __future__ import annotations

import base64
import hashlib
import time
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import TYPE_CHECKING, Any
from uuid import UUID

from ontology.access import SCOPES, Viewer
from ontology.errors import Denied, Invalid, NotFound
from provenance.clock import time_text

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable

    from graph.driver import Store, Transaction

PREFIX = "omni_"
SECRET_BYTES = 32
CACHE_SECONDS = 2.0
CACHE_MOST = 1_000
NAME_MAX = 100
USED_EVERY = timedelta(minutes=1)
"""`lastUsedAt` is no exacter than this, so that reading costs no write."""


@dataclass(frozen=True, slots=True)
class Token:
    """What is known of a token; never the token itself. Times are UTC text."""

    id: str
    name: str
    scopes: tuple[str, ...]
    actor: str
    created_at: str
    expires_at: str | None
    last_used_at: str | None
    revoked: bool


_RETURN = "t.id, t.name, t.scopes, t.actor, t.createdAt, t.expiresAt, t.lastUsedAt, coalesce(t.revoked, false)"


async def create_token(
    store: Store,
    *,
    name: str,
    scopes: Iterable[str],
    now: datetime,
    randomness: Callable[[int], bytes],
    actor: str | None = None,
    expires_in: timedelta | None = None,
) -> str:
    """Make a token and return its text, which nobody can see again. Raises Invalid for an unknown scope.

    `actor` is the pseudonymous IRI that its holder's records will name; a new one where it is left out.
    """
    wanted = sorted(set(scopes))
    unknown = [scope for scope in wanted if scope not in SCOPES]
    if unknown or not wanted:
        raise Invalid(
            "SCOPE_UNKNOWN", f"No such scope: {', '.join(unknown) or 'none given'}.", f"Use {', '.join(SCOPES)}."
        )
    if not 0 < len(name.strip()) <= NAME_MAX:
        raise Invalid("NAME_INVALID", "The token needs a name.", f"Give 1 to {NAME_MAX} characters.", path="name")
    known = str(UUID(bytes=randomness(16), version=4))
    text = PREFIX + base64.urlsafe_b64encode(randomness(SECRET_BYTES)).decode().rstrip("=")
    props = {
        "hash": _hash(text),
        "id": known,
        "name": name.strip(),
        "scopes": wanted,
        "actor": actor or f"urn:omnisonic:actor:{known}",
        "createdAt": time_text(now),
        "expiresAt": time_text(now + expires_in) if expires_in else None,
        "revoked": False,
    }
    cypher = "MERGE (t:ApiToken {hash: $props.hash}) SET t = $props RETURN t.id"
    await store.write(_work(cypher, {"props": props}))
    return text


async def list_tokens(store: Store) -> list[Token]:
    """All tokens, the oldest first."""
    found = await store.read(f"MATCH (t:ApiToken) WITH t ORDER BY t.createdAt RETURN collect([{_RETURN}])", {})
    return [_token(row) for row in found[0]]


async def revoke_token(store: Store, token_id: str) -> None:
    """End a token; every process stops accepting it within CACHE_SECONDS. Raises NotFound."""
    cypher = "MATCH (t:ApiToken {id: $id}) SET t.revoked = true RETURN t.id"
    if not await store.write(_work(cypher, {"id": token_id})):
        raise NotFound("TOKEN_UNKNOWN", f"There is no token {token_id}.", "See `omnisonic token list`.")


class Tokens:
    """Says who bears a token; remembers the answer for CACHE_SECONDS."""

    def __init__(
        self, store: Store, *, clock: Callable[[], datetime], monotonic: Callable[[], float] = time.monotonic
    ) -> None:
        self._store = store
        self._clock = clock
        self._monotonic = monotonic
        self._known: dict[str, tuple[float, Viewer]] = {}

    async def authenticate(self, text: str) -> Viewer:
        """The bearer of a token. Raises Denied(TOKEN_INVALID) for one that is unknown, expired or revoked."""
        hashed, now = _hash(text), self._monotonic()
        known = self._known.get(hashed)
        if known is not None and known[0] > now:
            return known[1]
        viewer = await self._look_up(hashed)
        if len(self._known) >= CACHE_MOST:
            self._known.clear()
        self._known[hashed] = (now + CACHE_SECONDS, viewer)
        return viewer

    async def _look_up(self, hashed: str) -> Viewer:
        found = await self._store.read(f"MATCH (t:ApiToken {{hash: $hash}}) RETURN {_RETURN}", {"hash": hashed})
        moment = self._clock()
        token = _token(found) if found else None
        if token is None or token.revoked or (token.expires_at and token.expires_at <= time_text(moment)):
            self._known.pop(hashed, None)
            raise Denied("TOKEN_INVALID", "The token is not valid.", "Make one with `omnisonic token create`.")
        if token.last_used_at is None or token.last_used_at < time_text(moment - USED_EVERY):
            cypher = "MATCH (t:ApiToken {hash: $hash}) SET t.lastUsedAt = $now RETURN t.id"
            await self._store.write(_work(cypher, {"hash": hashed, "now": time_text(moment)}))
        return Viewer(token.actor, frozenset(token.scopes))


def _work(cypher: str, parameters: dict[str, Any]) -> Callable[[Transaction], Any]:
    async def work(tx: Transaction) -> list[Any]:
        return await tx.run(cypher, parameters)

    return work


def _hash(text: str) -> str:
    return hashlib.sha256(text.encode("utf-8", "surrogatepass")).hexdigest()


def _token(row: list[Any]) -> Token:
    known, name, scopes, actor, created, expires, used, revoked = row
    return Token(known, name, tuple(scopes), actor, created, expires, used, revoked)
