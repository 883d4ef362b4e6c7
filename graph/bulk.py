"""The other half of the write door: a first load, written offline as files that Neo4j imports into an empty store.

Same checks, same folding of changes, same records and bookkeeping as `graph.commit`; one record for each entity.
Never touches a store that anybody uses.
"""

from __future__ import annotations

import multiprocessing
import os
import signal
import threading
from collections import Counter
from collections.abc import Callable, Iterator, Mapping, Sequence
from concurrent.futures import Executor, Future, ProcessPoolExecutor, as_completed
from concurrent.futures.process import BrokenProcessPool
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from graph.change import Change, Entity, Ref
from graph.check import Checked, check
from graph.fold import Draft, complete, set_edge, set_fields
from graph.lock import Borne, Facts, Key
from graph.records import Authorship, Journal, Names
from graph.sheets import Sheets, Written, arguments, clean, edge_sheet, node_sheet
from graph.spill import Spill
from graph.write import Rows
from ontology.errors import Invalid, Unavailable
from ontology.registry import Registry
from ontology.terms import EdgeSpec, NodeSpec
from provenance.ulid import ulid

LOGS = ("public", "private")
TX_RECORDS = 5_000
"""Records that share a `tx`."""
ALONE = 20_000
"""Entities up to which further processes cost more than they bring."""
WORKERS_MOST = 8
JOB_PARTS = 4

Progress = Callable[[int, int], None]
Randomness = Callable[[int], bytes]


@dataclass(frozen=True, slots=True)
class Press:
    """All that records need besides the changes. `now` is the time of the load, `milliseconds` the same for ULIDs."""

    registry: Registry
    base_iri: str
    author: Authorship
    now: str
    milliseconds: int
    randomness: Randomness
    """A function that other processes can import."""


@dataclass(frozen=True, slots=True)
class Part:
    """What is to be written of one part: its transactions, and the first number of each log."""

    number: int
    txs: tuple[str, ...]
    first: dict[str, int]


@dataclass(slots=True)
class Loaded:
    """What the import is to find: `nodes` and `edges` by label and relationship type, `records` by log."""

    nodes: Counter[str] = field(default_factory=Counter)
    edges: Counter[str] = field(default_factory=Counter)
    records: dict[str, int] = field(default_factory=dict)
    arguments: list[str] = field(default_factory=list)
    """For `neo4j-admin database import full`, run in the folder of the sheets."""

    @property
    def entities(self) -> int:
        """How many things were loaded; each has one record."""
        return sum(self.records.values())


class Bulk:
    """Takes changes until `write` makes files of them. Folder: an empty one of its own."""

    def __init__(self, registry: Registry, folder: Path, parts: int = 256) -> None:
        self.registry = registry
        self.sheets = folder / "sheets"
        self._spill = Spill(folder / "parts", parts)
        self._types = {name: at for at, name in enumerate(registry.specs)}
        self.sheets.mkdir(parents=True, exist_ok=True)
        self._rows = Sheets(self.sheets, "rows")

    def add(self, changes: Sequence[Change]) -> None:
        """Take in changes, all or none. Each names its entity and those it leads to by id.

        Raises Invalid for what `graph.commit` would refuse, and for what an empty store cannot mean.
        """
        for entry in [self._entry(found) for found in check(self.registry, changes)]:
            etype, known, _, identifiers = entry[:4]
            key = bytes((self._types[etype],)) + bytes.fromhex(known.replace("-", ""))
            self._spill.entity(key, entry)
            for one in identifiers:
                self._spill.identifier(f"{one[0]}:{one[1]}", one)

    def row(self, props: Mapping[str, Any], batch: str) -> None:
        """Add an IngestRow of a batch; leaves no record."""
        kept = {name: clean(value) if isinstance(value, str) else value for name, value in props.items()}
        self._rows.node(node_sheet(self.registry, "IngestRow"), kept)
        self._rows.edge(edge_sheet(self.registry, "ROW_OF", "IngestRow", "IngestBatch"), props["id"], batch, {})

    def write(self, press: Press, *, workers: int = 0, progress: Progress | None = None) -> Loaded:
        """Write the sheets; `progress(done, total)` counts jobs. Workers: 0 takes as many as there are processors.

        Raises Invalid(REQUIRED_MISSING) for an entity that lacks what its type requires.
        """
        self._spill.flush()
        written = self._rows.flush()
        parts, records = self._parts(press)
        with _pool(self, press, workers, sum(records.values())) as (pool, run):
            jobs = [pool.submit(run, parts[at : at + JOB_PARTS]) for at in range(0, len(parts), JOB_PARTS)]
            for done, job in enumerate(as_completed(jobs), start=1):
                written.add(_result(job))
                (progress or _silent)(done, len(jobs))
        for log, following in records.items():
            self._rows.node(node_sheet(self.registry, "Sequence"), {"log": log, "next": following})
        written.add(self._rows.flush())
        return self._loaded(written, records)

    def _loaded(self, written: Written, records: dict[str, int]) -> Loaded:
        loaded = Loaded(records=records, arguments=arguments(self.sheets, written.sheets.values(), written.longest))
        for name, sheet in written.sheets.items():
            (loaded.nodes if sheet.ends is None else loaded.edges)[sheet.token] += written.rows[name]
        return loaded

    def _parts(self, press: Press) -> tuple[list[Part], dict[str, int]]:
        """Every part that is not empty, with its numbers, and how many there are in each log."""
        log = [spec.visibility.value for spec in self.registry.specs.values()]
        following = dict.fromkeys(LOGS, 0)
        parts: list[Part] = []
        tx: str | None = None
        for number in range(self._spill.parts):
            counts = self._spill.keys(number)
            txs: list[str] = []
            for _ in range(0, counts.total(), TX_RECORDS):
                tx = ulid(press.milliseconds, press.randomness(10), tx)
                txs.append(tx)
            parts.append(Part(number, tuple(txs), dict(following)))
            for etype, count in counts.items():
                following[log[etype]] += count
        return parts, following

    def _entry(self, found: Checked) -> tuple[Any, ...]:
        """A checked change as plain values."""
        spec = found.spec
        if found.delete or found.id is None or found.update_only or found.drop:
            message = f"A first load cannot make change {found.at}."
            raise Invalid("LOAD_CHANGE", message, "Give the state of an entity, with its id.", path=f"{found.at}")
        identifiers = [(i.scheme, i.value, i.status, i.raw) for i in found.identifiers]
        edges = []
        if isinstance(spec, NodeSpec):
            for name, edge in found.edges.items():
                targets = [_key(ref, (spec.edges[name].target,), found.at)[1] for ref in edge.refs]
                edges.append((name, edge.mode, targets))
        ends: list[Key | None] = [None, None]
        if isinstance(spec, EdgeSpec):
            ends[0] = None if found.source is None else _key(found.source, spec.source.types, found.at)
            ends[1] = None if found.target is None else _key(found.target, spec.target.types, found.at)
        return (spec.name, found.id, found.fields, identifiers, edges, *ends)


def _key(ref: Ref, types: tuple[str, ...], at: int) -> Key:
    if isinstance(ref, Entity) and ref.etype in types:
        return (ref.etype, ref.id)
    if isinstance(ref, str) and len(types) == 1:
        return (types[0], ref)
    raise Invalid("LOAD_CHANGE", f"Change {at} leads to what only a store could tell.", "Name it by id.", path=f"{at}")


def _silent(_done: int, _total: int) -> None:
    pass


# -- writing one part, in whatever process ------------------------------------------------------------


class Printer:
    """Makes sheets of parts: what a process needs for as many as it is given."""

    def __init__(self, spill: Spill, press: Press, sheets: Sheets) -> None:
        self._spill = spill
        self._press = press
        self._sheets = sheets
        self._names = Names(press.registry, press.base_iri)
        self._nodes = {n: node_sheet(press.registry, n) for n in (*press.registry.nodes, "ProvenanceRecord")}
        self._edges: dict[tuple[str, str, str], Any] = {}

    def parts(self, parts: Sequence[Part]) -> Written:
        """Write some parts, one after the other."""
        for part in parts:
            self._part(part)
        return self._sheets.flush()

    def _part(self, part: Part) -> None:
        drafts = self._drafts(part.number)
        keys = sorted(drafts)
        following = dict(part.first)
        for at, tx in enumerate(part.txs):
            self._transaction([drafts.pop(key) for key in keys[at * TX_RECORDS : (at + 1) * TX_RECORDS]], tx, following)
        seen: dict[str, Borne] = {}
        for scheme, value, status, raw in self._spill.identifiers(part.number):
            seen.setdefault(f"{scheme}:{value}", Borne(scheme, value, status, raw))
        for key, borne in seen.items():
            self._sheets.node(self._nodes["Identifier"], {"key": key, **borne.as_map()})
        self._spill.drop(part.number)

    def _drafts(self, number: int) -> dict[Key, Draft]:
        """What each entity of a part is to become, by the same steps as in a commit."""
        drafts: dict[Key, Draft] = {}
        specs = self._press.registry.specs
        for etype, known, fields, identifiers, edges, source, target in self._spill.changes(number):
            key, spec = (etype, known), specs[etype]
            draft = drafts.get(key)
            if draft is None:
                draft = drafts[key] = Draft(key, spec, 0, None, {})
            set_fields(draft, Checked(0, spec, known, fields=fields))
            for scheme, value, status, raw in identifiers:
                draft.identifiers.setdefault(f"{scheme}:{value}", Borne(scheme, value, status, raw))
            if isinstance(spec, NodeSpec):
                for name, mode, targets in edges:
                    set_edge(draft, name, mode, set(targets), many=spec.edges[name].many)
            draft.source, draft.target = source or draft.source, target or draft.target
        return drafts

    def _transaction(self, drafts: list[Draft], tx: str, following: dict[str, int]) -> None:
        press, facts = self._press, Facts()
        journal = Journal(self._names, tx, press.now, press.randomness)
        rows = Rows(facts)
        for draft in drafts:
            complete(draft)
            rows.add(draft, journal.enter(draft, facts, press.author))
        for (label, _), row in rows.creates.items():
            if label != "Identifier":  # those are borne across parts, and written once
                self._sheets.node(self._nodes[label], row["props"])
        for source, target, rel, props in rows.links:
            self._sheets.edge(self._edge(rel, source[0], target[0]), source[1], target[1], props)
        for record in journal.rows:
            record["seq"] = following[record["log"]]
            following[record["log"]] += 1
            self._sheets.node(self._nodes["ProvenanceRecord"], record)

    def _edge(self, rel: str, source: str, target: str) -> Any:
        key = (rel, source, target)
        if key not in self._edges:
            self._edges[key] = edge_sheet(self._press.registry, *key)
        return self._edges[key]


_PRINTER: list[Printer] = []
"""The printer of a worker process."""


def _start_worker(spill: Spill, press: Press, folder: Path) -> None:
    signal.signal(signal.SIGINT, signal.SIG_IGN)  # Ctrl-C is for whoever wants the work
    parent = multiprocessing.parent_process()
    if parent is not None:
        threading.Thread(target=_follow, args=(parent,), daemon=True).start()
    _PRINTER.append(Printer(spill, press, Sheets(folder, f"{os.getpid()}")))


def _follow(parent: Any) -> None:
    """End with the process that wants the work, however it ends."""
    parent.join()
    os._exit(1)


def _work(parts: Sequence[Part]) -> Written:
    return _PRINTER[0].parts(parts)


class _Here(Executor):
    """Runs jobs when they are handed in."""

    def submit(self, fn: Callable[..., Any], /, *args: Any, **kwargs: Any) -> Future[Any]:
        """Run it."""
        future: Future[Any] = Future()
        future.set_result(fn(*args, **kwargs))
        return future


@contextmanager
def _pool(
    bulk: Bulk, press: Press, workers: int, entities: int
) -> Iterator[tuple[Executor, Callable[[Sequence[Part]], Written]]]:
    """What runs the parts: this process for a few entities, else others beside it."""
    spill = bulk._spill  # noqa: SLF001 - one thing in two places
    count = workers or min(os.cpu_count() or 1, WORKERS_MOST)
    if count == 1 or (entities <= ALONE and not workers):
        yield _Here(), Printer(spill, press, Sheets(bulk.sheets, "here")).parts
        return
    context = multiprocessing.get_context("spawn")
    initargs = (spill, press, bulk.sheets)
    pool = ProcessPoolExecutor(count, context, _start_worker, initargs)
    try:
        yield pool, _work
    finally:
        pool.shutdown(cancel_futures=True)


def _result(job: Future[Written]) -> Written:
    try:
        return job.result()
    except BrokenProcessPool:
        hint = "Free some memory and run the command again; nothing was changed."
        raise Unavailable("LOAD_BROKEN", "A process that writes the load has ended.", hint) from None
