"""Runs a first load: the stages of an ingest over a graph that is empty, into a `graph.bulk.Bulk`.

Row by row it decides what an ingest of the same inputs into an empty store would. Needs no store; what later
rows have to know of earlier ones is kept in a file.
"""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from typing import Any

from graph.bulk import Bulk
from graph.change import Change, Upsert
from graph.live import Live, Lookup
from ingest.causes import Notes, Problem
from ingest.claims import Draft, derive
from ingest.link import Linker, Plan
from ingest.report import Summary, row_map
from ingest.row import Bad
from ingest.run import NAMES, Options, batch_id, reference
from ingest.shelf import Shelf
from ingest.stages import Input, drafts, grouped, parse
from ingest.view import View
from ontology.errors import OmnisonicError

GROUP = 1_000
"""Rows that are linked together: the more, the less is fetched again from the file."""

RowReport = Callable[[dict[str, Any]], None]


class Nowhere(Lookup):
    """A graph in which nothing is found."""

    def __init__(self) -> None:  # there is no store to ask
        pass

    async def find(self, ids: Mapping[str, Iterable[str]], keys: Iterable[str]) -> list[Live]:
        """Nothing."""
        del ids, keys
        return []


def offline(
    bulk: Bulk,
    given: Sequence[Input],
    options: Options,
    *,
    clock: Callable[[], str],
    randomness: Callable[[int], bytes],
    on_row: RowReport | None = None,
    on_progress: Callable[[Summary], None] | None = None,
) -> Summary:
    """Read the inputs into `bulk`, with their batch and rows; `clock` gives UTC texts as in records.

    Raises Invalid for an input that cannot be read at all; bad rows are told of and passed over.
    """
    run = Offline(bulk, given, options, batch_id(given, options, randomness))
    run.on_row = on_row or run.on_row
    run.on_progress = on_progress or run.on_progress
    return asyncio.run(run.all(clock))


class Offline:
    """One load."""

    def __init__(self, bulk: Bulk, given: Sequence[Input], options: Options, batch: str) -> None:
        self.bulk = bulk
        self.given = given
        self.options = options
        self.summary = Summary(batch, options.source)
        self.notes = Notes()
        self.on_row: RowReport = lambda _row: None
        self.on_progress: Callable[[Summary], None] = lambda _summary: None
        self._shelf = Shelf()
        self._view = View(Nowhere(), self._shelf)
        self._linker = Linker(self._view, reference(batch))
        self._group_number = 0

    async def all(self, clock: Callable[[], str]) -> Summary:
        """Every input, one after the other, and the batch."""
        names = ", ".join(one.name for one in self.given)[:NAMES]
        self._record(source=self.options.source, input=names, status="running", startedAt=clock())
        try:
            for one in self.given:
                name = one.name if len(self.given) > 1 else ""
                for group in self._groups(one):
                    await self._group(group, name)
                    self.on_progress(self.summary)
        finally:
            self._shelf.close()
        self.summary.warnings = self.notes.as_maps()
        self._finish(clock())
        return self.summary

    def _groups(self, one: Input) -> Iterator[list[Draft | Bad]]:
        chosen, rows = parse(one.open(), self.options.format, self.notes)
        self.summary.format = chosen
        return grouped(drafts(rows, chosen, self.options.format, self.options.source, self.notes), GROUP)

    async def _group(self, group: list[Draft | Bad], name: str) -> None:
        self._linker.begin(self._group_number)
        await self._view.prepare([item for item in group if not isinstance(item, Bad)])
        for item in group:
            plan = Plan(item.line, "rejected", [item.problem]) if isinstance(item, Bad) else self._linker.plan(item)
            self._take(plan, name)
        self._view.stored = self._group_number
        self._group_number += 1

    def _take(self, plan: Plan, name: str) -> None:
        """Hand the changes of a row over; a row that cannot be stored is rejected, and nothing of it is kept."""
        changes: list[Change] = plan.changes
        try:
            self.bulk.add(changes)
        except OmnisonicError as error:
            plan.outcome, plan.touched = "rejected", []
            plan.problems.insert(0, Problem(error.code, error.message, error.hint))
        told = row_map(plan, name)
        row = told | {"id": derive(f"row|{self.summary.batch}|{self.summary.rows + 1}")}
        self.bulk.row(row | {"_touched": plan.touched} if plan.touched else row, self.summary.batch)
        self.summary.count(plan.outcome, plan.problems[0].code if plan.problems else None)
        self.summary.changes += len(plan.touched)
        self.on_row(told)

    def _finish(self, ended: str) -> None:
        counts = self.summary.counts
        told = {name: counts[name] for name in ("created", "updated", "unchanged", "rejected")}
        told |= {"rowCount": self.summary.rows, "needsReview": counts["needs_review"]}
        self._record(format=self.summary.format, status="done", finishedAt=ended, **told)

    def _record(self, **fields: object) -> None:
        self.bulk.add([Upsert("IngestBatch", self.summary.batch, fields)])
