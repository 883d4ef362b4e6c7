"""A store with its schema, and a write door to it, for the tests of this folder."""

from __future__ import annotations

import asyncio
import os
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any

import pytest
import pytest_asyncio

from graph import schema
from graph.commit import Door
from graph.driver import Store, Target
from ontology.registry import core
from tests.graph.catalogue import Catalogue
from tests.graph.reader import Reader, WatchedStore, reader_of

if TYPE_CHECKING:
    from collections.abc import AsyncIterator

BASE = "https://omnisonic.example"


def now() -> datetime:
    """The real time: what the service hands in."""
    return datetime.now(UTC)


def make_door(store: Store, **options: Any) -> Door:
    """A door to the core ontology unless another registry is given."""
    settings: dict[str, Any] = {"registry": core(), "base_iri": BASE, "clock": now, "randomness": os.urandom}
    return Door(store, **(settings | options))


@pytest.fixture(scope="session")
def target(neo4j: Any) -> Target:
    """The session's database with the core schema."""
    found = Target(neo4j.url, neo4j.user, neo4j.password, neo4j.database)

    async def prepare() -> None:
        async with Store(found) as store:
            await schema.apply(store, core())

    asyncio.run(prepare())
    return found


@pytest_asyncio.fixture
async def store(target: Target, neo4j: Any) -> AsyncIterator[Store]:
    """An empty store that keeps its schema."""
    neo4j.wipe()
    async with Store(target) as found:
        yield found


@pytest.fixture
def door(store: Store) -> Door:
    """The write door to the empty store."""
    return make_door(store)


# -- a filled store, for what reads: once per module, whose tests and fixtures share one event loop -----------


@pytest_asyncio.fixture(scope="module", loop_scope="module")
async def catalogue(target: Target, neo4j: Any) -> AsyncIterator[Catalogue]:
    """The catalogue, in a store that remembers what was read."""
    neo4j.wipe()
    async with WatchedStore(target) as found:
        written = Catalogue(found)
        await written.fill()
        yield written


@pytest.fixture(scope="module")
def reader(catalogue: Catalogue) -> Reader:
    """Asks the catalogue in GraphQL."""
    return reader_of(catalogue)
