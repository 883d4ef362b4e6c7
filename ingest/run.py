"""Runs an ingest from its inputs to its summary: the last stages, the batch, and picking up after a crash.

Rows are written in the transaction of their changes. So a row that is in the graph is done, and one that is
not is done again; ids follow from the content, so doing it again adds nothing.
"""

from __future__ import annotations

import asyncio
import time
from collections import deque
from collections.abc import Callable
from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING, Any
from uuid import UUID

from graph import outcomes
from graph.change import Source, Upsert
from graph.live import Lookup
from ingest.causes import Notes, Problem
from ingest.claims import derive
from ingest.link import Linker, Plan
from ingest.report import Summary, row_map
from ingest.row import Bad
from ingest.shelf import Shelf
from ingest.stages import Input, drafts, grouped, parse
from ingest.view import View
from ontology.errors import OmnisonicError, Unavailable
from provenance.clock import time_text

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from graph.change import Change
    from graph.commit import Door
    from ingest.claims import Draft

GROUP = 128
"""Rows that are looked up together."""
CHUNK = 100
"""Changes of one commit, at which it is sent off."""
CHUNK_ROWS = 500
"""Rows of one commit at most, where few of them change anything."""
SLICE = 500
"""Changes of one row beyond which it is committed in several steps."""
FLYING = 2
"""Commits under way at a time: while one waits for the disk, the next is made ready."""

NAMES = 2_000
"""Characters of the names of inputs that are kept."""

RowReport = Callable[[dict[str, Any]], None]


@dataclass(frozen=True, slots=True)
class Options:
    """What the caller wants. `batch` names the batch of an input that cannot be read twice."""

    actor: str
    source: str = "local"
    format: str = "auto"
    dry_run: bool = False
    batch: str = ""


@dataclass(slots=True)
class _Chunk:
    number: int
    plans: list[tuple[int, str, Plan]] = field(default_factory=list)  # position in the batch, input, plan
    weight: int = 0


def reference(batch: str) -> str:
    """What records of a batch name as their source."""
    return f"ingest-batch/{batch}"


def batch_id(given: Sequence[Input], options: Options, randomness: Callable[[int], bytes]) -> str:
    """The batch of these inputs: the same for the same source and content, so that it can be picked up."""
    if all(one.digest for one in given):
        return derive(f"batch|{options.source}|{'|'.join(one.digest for one in given)}")
    return options.batch or str(UUID(bytes=randomness(16), version=4))


async def ingest(
    door: Door,
    given: Sequence[Input],
    options: Options,
    *,
    on_row: RowReport | None = None,
    on_progress: Callable[[Summary], None] | None = None,
) -> Summary:
    """Read the inputs into the graph. Bad rows are told of and passed over; the batch goes on.

    Raises Invalid for an input that cannot be read at all (before anything is written) and Unavailable when
    the store does not answer; what was done until then is kept and is not done again.
    """
    run = Run(door, given, options)
    run.on_row = on_row or run.on_row
    run.on_progress = on_progress or run.on_progress
    return await run.all()


def _rejected(row: Bad) -> Plan:
    return Plan(row.line, "rejected", [row.problem])


def staged(changes: Sequence[Change]) -> list[Change]:
    """The same changes so that none leads to what comes after it: entities, their edges, contributions."""
    entities: list[Change] = []
    edges: list[Change] = []
    credits_: list[Change] = []
    for change in changes:
        if isinstance(change, Upsert) and change.source is None and change.edges:
            entities.append(replace(change, edges={}))
            edges.append(Upsert(change.etype, change.id, edges=change.edges))
        elif isinstance(change, Upsert) and change.etype == "Contribution":
            credits_.append(change)
        else:
            entities.append(change)
    return [*entities, *edges, *credits_]


class Run:
    """One run of a batch."""

    def __init__(self, door: Door, given: Sequence[Input], options: Options) -> None:
        self.door = door
        self.given = given
        self.options = options
        self.batch = batch_id(given, options, door.randomness)
        self.summary = Summary(self.batch, options.source, dry_run=options.dry_run)
        self.on_row: RowReport = lambda _row: None
        self.on_progress: Callable[[Summary], None] = lambda _summary: None
        self.notes = Notes()
        self._shelf = Shelf() if options.dry_run else None
        self._view = View(Lookup(door.store, door.registry), self._shelf)
        self._linker = Linker(self._view, reference(self.batch))
        self._chunk = _Chunk(0)
        self._flying: deque[tuple[_Chunk, asyncio.Task[None]]] = deque()
        self._status: str | None = None
        self._open = False
        self._position = 0
        self._upset = False

    async def all(self) -> Summary:
        """Every input, one after the other."""
        began = time.perf_counter()
        found = await outcomes.batch_of(self.door.store, self.batch)
        self._status = found["status"] if found else None
        self._linker = Linker(self._view, reference(self.batch), again=self._status == "done")
        try:
            for one in self.given:
                await self._input(one)
            await self._send()
            await self._land(0)
            self.summary.warnings = self.notes.as_maps()
            await self._finish()
        finally:
            for _, task in self._flying:
                task.cancel()
            await asyncio.gather(*(task for _, task in self._flying), return_exceptions=True)
            if self._shelf is not None:
                self._shelf.close()
        self.summary.seconds = time.perf_counter() - began
        self.on_progress(self.summary)
        return self.summary

    async def _input(self, one: Input) -> None:
        name = one.name if len(self.given) > 1 else ""
        groups = await asyncio.to_thread(self._groups, one)
        while (group := await asyncio.to_thread(next, groups, None)) is not None:
            await self._group(group, name)

    def _groups(self, one: Input) -> Iterator[list[Draft | Bad]]:
        chosen, rows = parse(one.open(), self.options.format, self.notes)
        self.summary.format = chosen
        return grouped(drafts(rows, chosen, self.options.format, self.options.source, self.notes), GROUP)

    # -- link ------------------------------------------------------------------------------------

    async def _group(self, group: list[Draft | Bad], name: str) -> None:
        numbered = list(enumerate(group, self._position + 1))
        self._position += len(group)
        if self._status == "running":
            numbered = await self._unfinished(numbered)
        await self._view.prepare([item for _, item in numbered if not isinstance(item, Bad)])
        for at, (position, item) in enumerate(numbered):
            if self._upset:
                await self._calm([rest for _, rest in numbered[at:]])
            plan = _rejected(item) if isinstance(item, Bad) else self._linker.plan(item)
            self._chunk.plans.append((position, name, plan))
            self._chunk.weight += len(plan.changes)
            if self._chunk.weight >= CHUNK or len(self._chunk.plans) >= CHUNK_ROWS:
                await self._send()

    async def _unfinished(self, numbered: list[tuple[int, Draft | Bad]]) -> list[tuple[int, Draft | Bad]]:
        """Of these rows those that the run before the crash did not finish; the others are counted."""
        done = await outcomes.done(self.door.store, [self._row_id(position) for position, _ in numbered])
        for row in done.values():
            self.summary.count(row["outcome"], row.get("code"))
        return [(position, item) for position, item in numbered if self._row_id(position) not in done]

    async def _calm(self, rest: list[Draft | Bad]) -> None:
        """A commit failed, so that what was planned after it may be wrong: look at the graph anew."""
        await self._send()
        await self._land(0)
        self._upset = False
        self._view = View(Lookup(self.door.store, self.door.registry), self._shelf)
        self._view.stored = self._chunk.number - 1
        self._linker = Linker(self._view, reference(self.batch), again=self._status == "done")
        self._linker.begin(self._chunk.number)
        await self._view.prepare([item for item in rest if not isinstance(item, Bad)])

    def _row_id(self, position: int) -> str:
        return derive(f"row|{self.batch}|{position}")

    # -- commit ----------------------------------------------------------------------------------

    async def _send(self) -> None:
        """Send the chunk off and begin the next one; waits while enough are under way."""
        chunk, self._chunk = self._chunk, _Chunk(self._chunk.number + 1)
        self._linker.begin(self._chunk.number)
        if chunk.plans:
            await self._land(FLYING - 1)
            await self._begin()
            self._flying.append((chunk, asyncio.create_task(self._commit(chunk))))
            await asyncio.sleep(0)

    async def _land(self, left: int) -> None:
        """Wait until only so many commits are under way. They land in the order they were sent."""
        while len(self._flying) > left:
            chunk, task = self._flying[0]
            await task
            self._flying.popleft()
            self._view.stored = chunk.number
            for _, name, plan in chunk.plans:
                self.summary.count(plan.outcome, plan.problems[0].code if plan.problems else None)
                self.summary.changes += len(plan.touched)
                self.on_row(row_map(plan, name))
            self.on_progress(self.summary)

    async def _commit(self, chunk: _Chunk) -> None:
        if self.options.dry_run:
            return
        changes = [change for _, _, plan in chunk.plans for change in plan.changes]
        if len(changes) <= SLICE:
            try:
                await self._write(changes, chunk.plans)
            except Unavailable:
                raise
            except OmnisonicError:
                self._upset = True  # one row is at fault; the others shall not pay for it
            else:
                return
        for entry in chunk.plans:
            await self._alone(entry)

    async def _alone(self, entry: tuple[int, str, Plan]) -> None:
        plan = entry[2]
        changes = staged(plan.changes) if len(plan.changes) > SLICE else plan.changes
        try:
            for start in range(0, max(len(changes), 1), SLICE):
                last = start + SLICE >= len(changes)
                await self._write(changes[start : start + SLICE], [entry], part=not last)
        except Unavailable:
            raise
        except OmnisonicError as error:
            self._upset = True
            plan.outcome, plan.changes, plan.touched = "rejected", [], []
            plan.problems.insert(0, Problem(error.code, error.message, error.hint))
            await self._write([], [entry])

    async def _write(self, changes: list[Change], plans: list[tuple[int, str, Plan]], *, part: bool = False) -> None:
        rows = [self._row(position, name, plan, part=part) for position, name, plan in plans if self._tells(plan)]
        if changes or rows:
            await self.door.commit(
                changes,
                actor=self.options.actor,
                source=Source("import", reference(self.batch)),
                beside=outcomes.beside(self.batch, rows) if rows else None,
            )

    def _tells(self, plan: Plan) -> bool:
        """Whether a row is written: where the batch was finished before, only what is new."""
        return self._status != "done" or plan.outcome in {"created", "updated"}

    def _row(self, position: int, name: str, plan: Plan, *, part: bool) -> dict[str, Any]:
        found = row_map(plan, name) | {"id": self._row_id(position)}
        if plan.touched:
            found["_touched"] = plan.touched
        return found | {"_part": True} if part else found

    # -- the batch -------------------------------------------------------------------------------

    async def _begin(self) -> None:
        if self._open or self.options.dry_run or self._status == "done":
            return
        if self._status == "undone":
            await outcomes.forget_rows(self.door.store, self.batch)
        if self._status != "running":
            names = ", ".join(one.name for one in self.given)
            await self._record(
                {
                    "source": self.options.source,
                    "input": names[:NAMES],
                    "format": self.summary.format,
                    "status": "running",
                    "startedAt": time_text(self.door.clock()),
                    "finishedAt": None,
                }
            )
        self._open = True

    async def _finish(self) -> None:
        if self.options.dry_run or self._status == "done":
            return
        await self._begin()
        counts = self.summary.counts
        await self._record(
            {
                "status": "done",
                "finishedAt": time_text(self.door.clock()),
                "rowCount": self.summary.rows,
                "created": counts["created"],
                "updated": counts["updated"],
                "unchanged": counts["unchanged"],
                "rejected": counts["rejected"],
                "needsReview": counts["needs_review"],
            }
        )

    async def _record(self, fields: dict[str, object]) -> None:
        change = Upsert("IngestBatch", self.batch, fields)
        await self.door.commit([change], actor=self.options.actor, source=Source("import", reference(self.batch)))
