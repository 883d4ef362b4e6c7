"""What the rows in hand need to know of the graph: found in bulk, and kept as planned until it is committed.

Bounded: an entity is forgotten once no row in hand wants it and what was planned for it is stored.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence

    from graph.live import Live, Lookup
    from ingest.claims import Draft
    from ingest.shelf import Shelf

NEVER = -1


@dataclass(slots=True)
class Known:
    """An entity as it is or will be. `wanted` is the last group of rows that asked for it, `changed` and
    `created` the chunks that last changed it and made it (NEVER for what was there).
    """

    live: Live
    wanted: int
    changed: int = NEVER
    created: int = NEVER


class View:
    """The part of the graph that the rows in hand are about. With a shelf, nothing planned is ever stored."""

    def __init__(self, lookup: Lookup, shelf: Shelf | None = None) -> None:
        self._lookup = lookup
        self._shelf = shelf
        self._known: dict[tuple[str, str], Known] = {}
        self._bearers: dict[tuple[str, str], dict[str, None]] = {}
        self._group = 0
        self.stored = NEVER  # the last chunk of which it and all before it are committed

    async def prepare(self, drafts: Sequence[Draft]) -> None:
        """Learn all that these rows ask about."""
        self._group += 1
        ids: dict[str, set[str]] = {}
        keys: set[str] = set()
        for draft in drafts:
            for claim in draft.claims:
                keys.update(i.key for i in claim.identifiers if i.valid)
                if claim.etype != "Track" or claim.identifiers:
                    ids.setdefault(claim.etype, set()).add(claim.first_id)
        for etype, wanted in ids.items():
            for known in [self._known[etype, i] for i in wanted if (etype, i) in self._known]:
                known.wanted = self._group
        self._forget()
        await self._find(ids, keys)
        people = self._credited(drafts)
        if people:
            await self._find({"Contributor": people}, ())

    async def _find(self, ids: Mapping[str, Iterable[str]], keys: Iterable[str]) -> None:
        if self._shelf is not None:
            for live in self._shelf.find(ids, keys):
                self._learn(live)
        for live in await self._lookup.find(ids, keys):
            self._learn(live)

    def _credited(self, drafts: Iterable[Draft]) -> set[str]:
        """Who is credited on what rows are about that tell more than names of their contributors."""
        found: set[str] = set()
        for draft in drafts:
            if not draft.main.own and any(c.who.identifiers for c in draft.credits):
                keys = [i.key for i in draft.main.identifiers if i.valid]
                mains = [known for key in keys for known in self.bearing(draft.main.etype, key)]
                found |= {c.contributor for known in mains for c in known.live.credits.values()}
        return {known for known in found if ("Contributor", known) not in self._known}

    def _learn(self, live: Live) -> None:
        known = self._known.get((live.etype, live.id))
        if known is not None:  # what is planned is newer than what is stored
            known.wanted = self._group
            return
        self.add(live)

    def add(self, live: Live, chunk: int = NEVER) -> Known:
        """Take in an entity that was found, or one that a chunk is to create."""
        known = Known(live, self._group, chunk, chunk)
        self._known[live.etype, live.id] = known
        for key in live.keys:
            self.bear(live, key)
        return known

    def bear(self, live: Live, key: str) -> None:
        """An entity bears an identifier."""
        live.keys.add(key)
        self._bearers.setdefault((live.etype, key), {})[live.id] = None

    def get(self, etype: str, known: str) -> Known | None:
        """The entity of that id, if it was asked for and exists."""
        return self._known.get((etype, known))

    def bearing(self, etype: str, key: str) -> list[Known]:
        """Who bears an identifier, in the order of their ids."""
        return [self._known[etype, known] for known in sorted(self._bearers.get((etype, key), ()))]

    def _forget(self) -> None:
        for (etype, known), entry in list(self._known.items()):
            if entry.wanted < self._group and entry.changed <= self.stored:
                del self._known[etype, known]
                if self._shelf is not None and entry.changed != NEVER:
                    self._shelf.put(entry.live)
                for key in entry.live.keys:
                    bearers = self._bearers.get((etype, key), {})
                    bearers.pop(known, None)
                    if not bearers:
                        self._bearers.pop((etype, key), None)
