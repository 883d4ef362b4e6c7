"""Puts the parts of a service process together: store, write door, feed, sequencer, executor, authentication."""

from __future__ import annotations

import asyncio
import os
import socket
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass
from datetime import UTC, datetime
from importlib.metadata import version

from graph.commit import Door
from graph.driver import Store, Target
from graph.feed import Feed
from graph.sequencer import Sequencer
from graph.tokens import Tokens
from omnisonic.settings import Settings
from ontology.access import PUBLIC_VIEWER, Viewer
from ontology.errors import Denied
from ontology.registry import core
from resolvers.context import House
from resolvers.derive import build
from resolvers.executor import GraphEngine
from resolvers.query import About

BEARER = "bearer "


def now() -> datetime:
    """The clock of a running service."""
    return datetime.now(UTC)


@dataclass(slots=True)
class Assembly:
    """Everything one service process runs on."""

    store: Store
    door: Door
    engine: GraphEngine
    sequencer: Sequencer
    tokens: Tokens

    async def authenticate(self, authorization: str | None) -> Viewer:
        """The viewer behind an Authorization header; nobody in particular without one. Raises Denied."""
        if authorization is None:
            return PUBLIC_VIEWER
        if not authorization.lower().startswith(BEARER):
            raise Denied("UNAUTHENTICATED", "Only bearer tokens are accepted.", "Send Authorization: Bearer <token>.")
        return await self.tokens.authenticate(authorization[len(BEARER) :].strip())

    @asynccontextmanager
    async def running(self) -> AsyncIterator[None]:
        """The parts at work: records get their numbers as long as the block lasts."""
        async with self.store:
            numbering = asyncio.create_task(self.sequencer.run())
            try:
                yield
            finally:
                numbering.cancel()
                await asyncio.gather(numbering, return_exceptions=True)


def assemble(settings: Settings) -> Assembly:
    """The parts for a Neo4j that the settings name. Needs a running event loop's thread, opens nothing yet."""
    store = Store(Target(settings.neo4j_url, settings.neo4j_user, settings.neo4j_password, settings.neo4j_database))
    registry, feed = core(), Feed(store)
    holder = f"{socket.gethostname()}:{os.getpid()}"
    sequencer = Sequencer(store, holder=holder, clock=now, numbered=feed.nudge)
    door = Door(store, registry, base_iri=settings.base_iri, clock=now, randomness=os.urandom, written=sequencer.nudge)
    derived = build(registry, About(name="Omnisonic", version=version("omnisonic"), base_iri=settings.base_iri))
    house = House(store, door, feed, registry, derived, settings.base_iri, settings.request_seconds)
    return Assembly(store, door, GraphEngine(house), sequencer, Tokens(store, clock=now))
