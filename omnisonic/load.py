"""The first load of a big catalogue: inputs to sheets, sheets to a fresh Neo4j home, and that home in place of the
empty one.

The old home counts until the new one is whole and checked; then one rename decides (`Home.settle`).
"""

import asyncio
import contextlib
import gc
import secrets
import shutil
import time
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any

from graph import handover, schema
from graph.bulk import Bulk, Loaded, Press
from graph.driver import Store
from graph.records import Authorship
from ingest.offline import RowReport, offline
from ingest.report import Summary
from ingest.run import Options, reference
from ingest.stages import Input
from omnisonic import engine, local
from omnisonic.engine import Endpoint, importer
from omnisonic.engine.home import Home
from omnisonic.engine.process import disk_error
from omnisonic.instance import Process, Runtime, claimed
from omnisonic.prepare import target
from omnisonic.settings import Settings
from ontology import registry
from ontology.errors import Conflict
from provenance.clock import time_text
from provenance.record import Source

FOLDER = "loading"
"""Below the data dir, for as long as a load takes."""

Report = Callable[[str], None]


@dataclass(slots=True)
class Done:
    """What a load came to: the summary of its rows, and how long each step took in seconds."""

    summary: Summary
    loaded: Loaded
    seconds: dict[str, float] = field(default_factory=dict)

    def as_map(self) -> dict[str, Any]:
        """For programs: the summary of an ingest, with `entities`, `entities_per_second` and `steps`."""
        total = sum(self.seconds.values())
        return self.summary.as_map() | {
            "seconds": round(total, 3),
            "entities": self.loaded.entities,
            "entities_per_second": round(self.loaded.entities / total) if total else 0,
            "steps": {name: round(took, 3) for name, took in self.seconds.items()},
        }


def load(
    settings: Settings,
    given: Sequence[Input],
    *,
    source: str = "local",
    file_format: str = "auto",
    on_row: RowReport | None = None,
    report: Report | None = None,
) -> Done:
    """Load the inputs into the empty store of an instance that does not run.

    Raises Conflict for a store that is not empty (STORE_NOT_EMPTY), for an instance that runs (ALREADY_RUNNING)
    and for a Neo4j of somebody else (STORE_EXTERNAL); Invalid for an input that cannot be read at all;
    Unavailable when the disk is full or the import fails. The store is as it was then.
    """
    if not settings.embedded:
        hint = "Unset OMNISONIC_NEO4J_URL, or use `omnisonic ingest`."
        raise Conflict("STORE_EXTERNAL", f"A first load cannot reach the files of {settings.neo4j_url}.", hint)
    tell = report or (lambda _text: None)
    gc.set_threshold(100_000, 50, 100)  # rows are dropped by counting; searching them for cycles costs a sixth
    with claimed(settings.data_dir, tell) as record, _folder(settings.data_dir / FOLDER) as folder:
        return Load(settings, record, folder, tell).run(given, source, file_format, on_row)


class Load:
    """One load, by the owner of the data dir."""

    def __init__(self, settings: Settings, record: Runtime, folder: Path, report: Report) -> None:
        self.settings = settings
        self.fresh = replace(settings, data_dir=folder)
        self._record = record
        self._report = report
        self._registry = registry.core()
        self._seconds: dict[str, float] = {}

    def run(self, given: Sequence[Input], source: str, file_format: str, on_row: RowReport | None) -> Done:
        """All the steps in order."""
        with self._step("look"):
            actor, kept = self._look()
        bulk = Bulk(self._registry, self.fresh.data_dir)
        with self._step("read"):
            options = Options(actor, source, file_format)
            began = local.now()
            summary = offline(
                bulk,
                given,
                options,
                clock=lambda: time_text(local.now()),
                randomness=secrets.token_bytes,
                on_row=on_row,
                on_progress=lambda so_far: self._report(f"reading: {so_far.rows:,} rows"),
            )
        with self._step("write"):
            author = Authorship(actor, Source("import", reference(summary.batch)))
            milliseconds = int(began.timestamp() * 1000)
            press = Press(
                self._registry,
                self.settings.base_iri,
                author,
                time_text(local.now()),
                milliseconds,
                secrets.token_bytes,
            )
            loaded = bulk.write(press, progress=lambda n, of: self._report(f"writing records: {100 * n // of} %"))
        with self._step("import"):
            importer.run(self.settings, Home.of(self.fresh), bulk.sheets, loaded.arguments, self._report)
            shutil.rmtree(bulk.sheets)
        with self._step("index"):
            self._check(loaded, kept)
        self._swap()
        return Done(summary, loaded, self._seconds)

    def _look(self) -> tuple[str, list[handover.Kept]]:
        """Who we are in the store, and what of it is to be kept; refuses one that is not empty."""
        with self._engine(self.settings) as at:

            async def look() -> tuple[str, list[handover.Kept]]:
                async with Store(target(at)) as store:
                    await handover.kept(store, self._registry)
                    actor = (await local.viewer(store, self.settings.data_dir)).actor
                    return actor, await handover.kept(store, self._registry)

            return asyncio.run(look())

    def _check(self, loaded: Loaded, kept: list[handover.Kept]) -> None:
        """Make the new store ready, and compare it with what was written."""
        with self._engine(self.fresh) as at:
            self._report("building indexes")

            async def check() -> None:
                async with Store(target(at)) as store:
                    await handover.verify(store, loaded)
                    await schema.apply(store, self._registry)
                    await handover.keep(store, kept)

            asyncio.run(check())

    def _swap(self) -> None:
        home = Home.of(self.settings)
        try:
            Home.of(self.fresh).path.replace(home.loaded)
            home.settle()
        except OSError as error:
            raise disk_error(error, home.path) from error

    @contextlib.contextmanager
    def _engine(self, settings: Settings) -> Iterator[Endpoint]:
        data_dir = self.settings.data_dir
        started = engine.start(
            settings,
            progress=self._report,
            spawned=lambda pid: self._record.having(Process.of("neo4j", pid)).save(data_dir),
        )
        try:
            yield started.endpoint
        finally:
            started.stop()

    @contextlib.contextmanager
    def _step(self, name: str) -> Iterator[None]:
        began = time.perf_counter()
        try:
            yield
        except OSError as error:
            raise disk_error(error, self.fresh.data_dir) from error
        self._seconds[name] = time.perf_counter() - began


@contextlib.contextmanager
def _folder(path: Path) -> Iterator[Path]:
    """An empty folder for the length of the block; what a crash left of an earlier one goes."""
    shutil.rmtree(path, ignore_errors=True)
    path.mkdir(parents=True)
    try:
        yield path
    finally:
        shutil.rmtree(path, ignore_errors=True)
