"""Takes a whole batch back: what it created goes, what it changed becomes what it was.

What somebody else changed since is left alone and reported. Goes through the write door like everything else,
leaves records of its own, and may be broken off and begun again.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from graph import outcomes
from graph.change import Delete, EdgeChange, Entity, Source, Upsert
from graph.live import Lookup
from ingest.run import reference
from ontology.errors import Invalid, NotFound, OmnisonicError, Unavailable
from ontology.terms import NodeSpec

if TYPE_CHECKING:
    from collections.abc import AsyncIterator

    from graph.change import Change
    from graph.commit import Door

ORDER = ("Contribution", "Track", "Recording", "Release", "Event", "ReleaseGroup", "Work", "Contributor", "Area")
"""In which order what was created goes: whatever leads to something goes before it."""
CHUNK = 100
GONE = "delete"


@dataclass(slots=True)
class Undone:
    """What became of a batch that was taken back; `conflicts` are {entity, cause}, the first hundred of them."""

    batch: str
    deleted: int = 0
    restored: int = 0
    left: int = 0
    conflicts: list[dict[str, str]] = field(default_factory=list)

    MOST = 100

    def leave(self, entity: str, cause: str) -> None:
        """Take note of what is left as it is."""
        self.left += 1
        if len(self.conflicts) < self.MOST:
            self.conflicts.append({"entity": entity, "cause": cause})

    def as_map(self) -> dict[str, Any]:
        """For programs."""
        return {
            "batch": self.batch,
            "deleted": self.deleted,
            "restored": self.restored,
            "left": self.left,
            "conflicts": self.conflicts,
        }


async def undo(door: Door, batch: str, *, actor: str) -> Undone:
    """Take a batch back. Raises NotFound(BATCH_UNKNOWN); a batch that was taken back already is left alone."""
    found = await outcomes.batch_of(door.store, batch)
    if found is None:
        raise NotFound("BATCH_UNKNOWN", f"There is no batch {batch}.", "`omnisonic ingest list` shows them.")
    work = _Undo(door, batch, actor)
    if found["status"] != "undone":
        await work.restore()
        for etype in ORDER:
            await work.delete(etype)
        change = Upsert("IngestBatch", batch, {"status": "undone"}, update_only=True)
        await door.commit([change], actor=actor, source=work.source)
    return work.done


@dataclass(frozen=True, slots=True)
class _Before:
    """How an entity stood before the batch: the record that left it so (None: it was not), or why it is left."""

    cid: str | None = None
    against: str = ""


class _Undo:
    def __init__(self, door: Door, batch: str, actor: str) -> None:
        self.door = door
        self.batch = batch
        self.actor = actor
        self.refs = (reference(batch), f"undo/{reference(batch)}")
        self.source = Source("import", self.refs[1])
        self.done = Undone(batch)
        self._left: dict[str, None] = {}

    async def restore(self) -> None:
        """First pass: everything that was there before gets its state back."""
        async for touched in self._touched():
            before = await self._before(touched)
            wanted = {i: b.cid for i, b in before.items() if b.cid is not None and not b.against}
            for known, why in before.items():
                if why.against:
                    self.done.leave(f"{touched[known]}/{known}", why.against)
            states = await outcomes.states(self.door.store, wanted.values())
            live = await self._live({touched[i] for i in wanted}, touched)
            changes: list[Change] = [
                back(self.door, touched[i], i, states[cid], live.get(i)) for i, cid in wanted.items()
            ]
            self.done.restored += await self._commit(changes)

    async def delete(self, etype: str) -> None:
        """Second pass, type by type: what the batch created goes, unless others have come to lean on it."""
        async for touched in self._touched():
            mine = {i: t for i, t in touched.items() if t == etype}
            if not mine:
                continue
            before = await self._before(mine)
            created = [i for i, b in before.items() if b.cid is None and not b.against]
            if etype != "Contribution":
                leaning = await outcomes.strangers(self.door.store, etype, created, self.refs)
                for known, what in leaning.items():
                    self.done.leave(f"{etype}/{known}", f"Others have come to use it: {what}.")
                created = [i for i in created if i not in leaning]
            self.done.deleted += await self._commit([Delete(etype, i) for i in created])

    async def _touched(self) -> AsyncIterator[dict[str, str]]:
        """Id -> type of what the rows of the batch touched, some hundred at a time; the same may come again."""
        page: dict[str, str] = {}
        async for row in outcomes.rows_of(self.door.store, self.batch):
            for text in row.get("_touched", ()):
                etype, _, known = text.partition("/")
                page[known] = etype
            if len(page) >= CHUNK:
                yield page
                page = {}
        if page:
            yield page

    async def _before(self, touched: dict[str, str]) -> dict[str, _Before]:
        """How each stood before the batch. What is as it was already is left out."""
        found: dict[str, _Before] = {}
        for known, steps in (await outcomes.steps(self.door.store, touched)).items():
            if not steps:
                continue
            if steps[0].ref not in self.refs:
                found[known] = _Before(against="It was changed by somebody else since.")
                continue
            base = next((step for step in steps if step.ref not in self.refs), None)
            there = steps[0].activity != GONE
            if base is not None and base.activity != GONE:
                found[known] = _Before(base.cid)
            elif there:
                found[known] = _Before()
        return found

    async def _live(self, types: set[str], touched: dict[str, str]) -> dict[str, Any]:
        ids = {t: [i for i, etype in touched.items() if etype == t] for t in types if t != "Contribution"}
        found = await Lookup(self.door.store, self.door.registry).find(ids, ())
        return {live.id: live for live in found}

    async def _commit(self, changes: list[Change]) -> int:
        """Commit, one by one where not all can be; answers how many entities changed."""
        if not changes:
            return 0
        try:
            done = await self.door.commit(changes, actor=self.actor, source=self.source)
        except Unavailable:
            raise
        except OmnisonicError as error:
            if len(changes) == 1:
                return self._excuse(changes[0], error)
            return sum([await self._commit([change]) for change in changes])
        return sum(result.outcome != "unchanged" for result in done.results)

    def _excuse(self, change: Change, error: OmnisonicError) -> int:
        if not isinstance(error, NotFound | Invalid) or not isinstance(change, Delete):
            self.done.leave(f"{change.etype}/{change.id}", error.message)
        return 0  # what should go is gone


def back(door: Door, etype: str, known: str, state: dict[str, Any], live: Any) -> Upsert:
    """The change that makes an entity what a payload says it was. `live` is how it stands, None for an edge."""
    spec = door.registry.specs[etype]
    fields: dict[str, object] = {f.name: state.get(f.name) for f in spec.fields.values() if not f.system}
    change = Upsert(etype, known, fields)
    if not isinstance(spec, NodeSpec):
        change.source, change.target = (_entity(door, state[name]) for name in ("from", "to"))
        return change
    had = {f"{i['scheme']}:{i['value']}": i for i in state.get("identifiers", [])}
    have = live.keys if live is not None else set()
    change.identifiers = [(i["scheme"], i.get("raw", i["value"])) for key, i in had.items() if key not in have]
    change.drop_identifiers = [_pair(key) for key in sorted(have - had.keys())]
    for name in spec.edges:
        ids = tuple(iri.rsplit("/", 1)[-1] for iri in state.get(name, []))
        if ids or (live is not None and live.edges.get(name)):
            change.edges[name] = EdgeChange(ids, "set")
    return change


def _pair(key: str) -> tuple[str, str]:
    scheme, _, value = key.partition(":")
    return scheme, value


def _entity(door: Door, iri: str) -> Entity:
    path, known = iri.rsplit("/", 2)[-2:]
    return Entity(door.registry.by_path[path].name, known)
