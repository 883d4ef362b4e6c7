"""Asks a store in GraphQL, both ways, and remembers which statements that took."""

from __future__ import annotations

import json
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from graph.driver import Store
from graph.feed import Feed
from ontology.access import PUBLIC_VIEWER, Viewer
from resolvers.context import House
from resolvers.derive import build
from resolvers.executor import GraphEngine
from resolvers.transport import Answer, Request
from tests.graph.catalogue import ACTOR, BASE, Catalogue

if TYPE_CHECKING:
    from collections.abc import Mapping

WRITER = Viewer(ACTOR, frozenset({"write"}))
AUDITOR = Viewer(ACTOR, frozenset({"audit"}))
ADMIN = Viewer(ACTOR, frozenset({"admin"}))


class WatchedStore(Store):
    """A store that keeps the text and the values of every read."""

    def __init__(self, *args: Any, **options: Any) -> None:
        super().__init__(*args, **options)
        self.reads: list[tuple[str, dict[str, Any]]] = []

    async def read(self, cypher: str, parameters: Mapping[str, Any], *, deadline: float | None = None) -> list[Any]:
        """As `Store.read`."""
        self.reads.append((cypher, dict(parameters)))
        return await super().read(cypher, parameters, deadline=deadline)


@dataclass
class Reader:
    """One engine with its store."""

    engine: GraphEngine
    store: Store

    async def answer(
        self,
        query: str,
        variables: dict[str, Any] | None = None,
        viewer: Viewer = PUBLIC_VIEWER,
        name: str | None = None,
    ) -> Answer:
        """The answer as the transports get it."""
        return await self.engine.execute(Request(query, variables, name, viewer, read_only=False))

    async def both(
        self,
        query: str,
        variables: dict[str, Any] | None = None,
        viewer: Viewer = PUBLIC_VIEWER,
        name: str | None = None,
    ) -> tuple[Answer, Answer]:
        """The answer of the engine, and that of the ordinary executor."""
        request = Request(query, variables, name, viewer, read_only=False)
        return await self.engine.execute(request), await self.engine.execute(request, compiled=False)

    async def ask(self, query: str, variables: dict[str, Any] | None = None, viewer: Viewer = PUBLIC_VIEWER) -> Any:
        """The data of an answer that must have no errors."""
        body = json.loads((await self.answer(query, variables, viewer)).body)
        assert "errors" not in body, body["errors"]
        return body["data"]

    async def codes(
        self, query: str, variables: dict[str, Any] | None = None, viewer: Viewer = PUBLIC_VIEWER
    ) -> list[str]:
        """The codes of an answer's errors."""
        body = json.loads((await self.answer(query, variables, viewer)).body)
        return [e["extensions"]["code"] for e in body.get("errors", [])]


def reader_of(catalogue: Catalogue) -> Reader:
    """A reader of what a catalogue was written to."""
    registry = catalogue.registry
    house = House(catalogue.store, catalogue.door, Feed(catalogue.store), registry, build(registry), BASE)
    return Reader(GraphEngine(house), catalogue.store)
