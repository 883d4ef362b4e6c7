"""Tokens: shown once, kept as a hash, refused when expired or revoked."""

from __future__ import annotations

import os
from datetime import timedelta
from typing import TYPE_CHECKING, Any

import pytest

from graph.tokens import CACHE_SECONDS, Tokens, create_token, list_tokens, revoke_token
from ontology.access import Viewer
from ontology.errors import Denied, Invalid, NotFound
from tests.graph.conftest import now

if TYPE_CHECKING:
    from graph.driver import Store


async def create(store: Store, **options: Any) -> str:
    settings: dict[str, Any] = {"name": "laptop", "scopes": ["write"], "now": now(), "randomness": os.urandom}
    return await create_token(store, **(settings | options))


async def test_a_token_says_who_and_what(store: Store) -> None:
    text = await create(store, scopes=["write", "audit"], actor="urn:omnisonic:actor:me")
    assert text.startswith("omni_")
    viewer = await Tokens(store, clock=now).authenticate(text)
    assert viewer == Viewer("urn:omnisonic:actor:me", frozenset({"write", "audit"}))
    (listed,) = await list_tokens(store)
    assert (listed.name, listed.scopes, listed.revoked) == ("laptop", ("audit", "write"), False)
    assert listed.last_used_at is not None
    kept = await store.run("MATCH (t:ApiToken) RETURN properties(t)")
    assert text not in str(kept)
    assert text.removeprefix("omni_") not in str(kept)


async def test_each_token_has_an_actor_of_its_own_unless_given(store: Store) -> None:
    tokens = Tokens(store, clock=now)
    actors = {(await tokens.authenticate(await create(store))).actor for _ in range(2)}
    assert len(actors) == 2
    assert all(actor.startswith("urn:omnisonic:actor:") for actor in actors)


@pytest.mark.parametrize("text", ["", "omni_", "omni_wrong", "Bearer x", "\ud800"])
async def test_unknown_tokens_are_refused(store: Store, text: str) -> None:
    await create(store)
    with pytest.raises(Denied, match="TOKEN_INVALID"):
        await Tokens(store, clock=now).authenticate(text)


async def test_a_revoked_token_is_refused_as_soon_as_the_cache_forgets(store: Store) -> None:
    moment = 0.0
    tokens = Tokens(store, clock=now, monotonic=lambda: moment)
    text = await create(store)
    await tokens.authenticate(text)
    await revoke_token(store, (await list_tokens(store))[0].id)
    moment = CACHE_SECONDS / 2
    await tokens.authenticate(text)
    moment = CACHE_SECONDS * 1.01
    with pytest.raises(Denied):
        await tokens.authenticate(text)
    assert CACHE_SECONDS <= 3
    with pytest.raises(NotFound):
        await revoke_token(store, "nobody")


async def test_an_expired_token_is_refused(store: Store) -> None:
    text = await create(store, expires_in=timedelta(minutes=5))
    await Tokens(store, clock=now).authenticate(text)
    with pytest.raises(Denied):
        await Tokens(store, clock=lambda: now() + timedelta(minutes=6)).authenticate(text)


@pytest.mark.parametrize("options", [{"scopes": ["everything"]}, {"scopes": []}, {"name": " "}])
async def test_a_token_needs_known_scopes_and_a_name(store: Store, options: dict[str, Any]) -> None:
    with pytest.raises(Invalid):
        await create(store, **options)
    assert await list_tokens(store) == []
