"""An ingest that is killed with -9 at any stage and run again ends as if it had never been killed."""

from __future__ import annotations

import asyncio
import os
import random
import signal
import subprocess
import sys
import time
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from graph import outcomes, schema
from graph.commit import Door
from graph.driver import Store, Target
from graph.live import export
from ingest.run import Options, ingest
from ingest.stages import inputs
from ontology.registry import core

if TYPE_CHECKING:
    from ingest.report import Summary
    from tests.conftest import RunningNeo4j

ROWS = 500
CHILD = Path(__file__).with_name("ingest_child.py")
STAGES = [
    ("fetch", 6),
    ("parse", 250),
    ("map", 250),
    ("link", 250),
    ("before commit", 4),
    ("within commit", 9),
    ("after commit", 4),
]


@pytest.fixture(name="catalogue")
def _catalogue(tmp_path: Path) -> str:
    path = tmp_path / "rows.csv"
    lines = [f"GBAHS14{n:05},Song {n},Artist {n % 40},Album {n % 25}" for n in range(ROWS)]
    path.write_text("\n".join(["isrc,title,artist,album", *lines]) + "\n", encoding="utf-8")
    return str(path)


def child(neo4j: RunningNeo4j, stage: str, after: int, path: str) -> subprocess.Popen[bytes]:
    command = [sys.executable, str(CHILD), stage, str(after), neo4j.url, neo4j.user, neo4j.password, path]
    folder = Path(__file__).parents[2]
    return subprocess.Popen(command, cwd=folder, env=os.environ | {"PYTHONPATH": str(folder)})


async def finish(neo4j: RunningNeo4j, path: str) -> tuple[Summary, bytes, dict[str, int]]:
    """Run it to its end here; the summary, the live state, and what must not be."""
    async with Store(Target(neo4j.url, neo4j.user, neo4j.password, neo4j.database)) as store:
        await schema.apply(store, core())
        door = Door(
            store,
            core(),
            base_iri="https://omnisonic.example",
            clock=lambda: datetime.now(UTC),
            randomness=os.urandom,
        )
        summary = await ingest(door, inputs([path]), Options("urn:omnisonic:actor:test"))
        state = b"".join([line async for line in export(store, core())])
        rows = [row["line"] async for row in outcomes.rows_of(store, summary.batch)]
        (headless,) = await store.read(
            "MATCH (n) WHERE n._head IS NOT NULL AND NOT EXISTS { MATCH (:ProvenanceRecord {cid: n._head}) } "
            "RETURN count(n)",
            {},
        )
        found = {
            "headless": headless,
            "lines missing": ROWS - len(set(rows)),
            "lines twice": len(rows) - len(set(rows)),
        }
        return summary, state, found


def check(neo4j: RunningNeo4j, path: str, wanted: bytes) -> None:
    summary, state, found = asyncio.run(finish(neo4j, path))
    assert state == wanted
    assert found == {"headless": 0, "lines missing": 0, "lines twice": 0}
    assert summary.rows == ROWS
    assert summary.counts["created"] == ROWS
    again, state, _ = asyncio.run(finish(neo4j, path))
    assert again.counts["unchanged"] == ROWS
    assert state == wanted


@pytest.fixture(name="wanted")
def _wanted(neo4j: RunningNeo4j, catalogue: str) -> bytes:
    """The live state after a run that nobody kills."""
    neo4j.wipe()
    _, state, _ = asyncio.run(finish(neo4j, catalogue))
    neo4j.wipe()
    return state


@pytest.mark.parametrize(("stage", "after"), STAGES)
def test_killed_at_a_stage(neo4j: RunningNeo4j, catalogue: str, wanted: bytes, stage: str, after: int) -> None:
    assert child(neo4j, stage, after, catalogue).wait(120) == -signal.SIGKILL
    check(neo4j, catalogue, wanted)


@pytest.mark.full
@pytest.mark.parametrize("seed", range(20))
def test_killed_at_any_moment(neo4j: RunningNeo4j, catalogue: str, wanted: bytes, seed: int) -> None:
    running = child(neo4j, "none", 0, catalogue)
    time.sleep(random.Random(seed).uniform(0.5, 4))  # noqa: S311 - a moment, no secret
    running.kill()
    running.wait(30)
    check(neo4j, catalogue, wanted)
