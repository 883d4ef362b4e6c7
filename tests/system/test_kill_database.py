"""Neo4j is killed without warning under load, again and again: nothing acknowledged is lost, no chain is broken."""

from __future__ import annotations

import asyncio
import os
import signal
import threading
import time
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any

import pytest

from graph import schema
from graph.change import Committed, Delete, EdgeChange, Source, Upsert
from graph.commit import Door
from graph.driver import Store, Target
from graph.sequencer import Sequencer
from omnisonic import engine
from omnisonic.settings import Settings
from ontology.errors import NotFound, Unavailable
from ontology.registry import core
from provenance.cid import Cid
from provenance.record import read_payload, read_record

if TYPE_CHECKING:
    from pathlib import Path

WRITERS = 6
BETWEEN = 60
"""Acknowledged commits between two kills."""
PATIENCE_S = 300.0
SHARED = "00000000-0000-4000-8000-000000000001"


def now() -> datetime:
    return datetime.now(UTC)


@dataclass
class Load:
    """Writers in a thread with an event loop of its own; counts what was acknowledged and what was refused."""

    target: Target
    acknowledged: list[Committed] = field(default_factory=list)
    refused: int = 0
    stop: bool = False
    error: BaseException | None = None

    def run(self) -> None:
        try:
            asyncio.run(self._run())
        except BaseException as error:  # noqa: BLE001 - told to the test's own thread
            self.error = error

    async def _run(self) -> None:
        async with Store(self.target, retry_seconds=1.0) as store:
            doors = [
                Door(store, core(), base_iri="https://omnisonic.example", clock=now, randomness=os.urandom)
                for _ in range(2)
            ]
            sequencers = [Sequencer(store, holder=f"{i}", clock=now) for i in range(2)]
            background = [asyncio.create_task(s.run()) for s in sequencers]
            await asyncio.gather(*(self._write(doors[i % 2], i) for i in range(WRITERS)))
            for task in background:
                task.cancel()
            await asyncio.gather(*background, return_exceptions=True)

    async def _write(self, door: Door, writer: int) -> None:
        turn, own = 0, ""
        while not self.stop:
            turn += 1
            done = await self._until_acknowledged(door, _changes(writer, turn, own), f"{writer}-{turn}")
            if done is not None:
                self.acknowledged.append(done)
                own = done.results[0].id

    async def _until_acknowledged(self, door: Door, changes: list[Upsert | Delete], key: str) -> Committed | None:
        while True:
            try:
                return await door.commit(
                    changes, actor="urn:omnisonic:actor:load", source=Source("api"), idempotency_key=key
                )
            except Unavailable:
                self.refused += 1
                if self.stop:
                    return None
                await asyncio.sleep(0.05)
            except NotFound:
                return None


def _changes(writer: int, turn: int, own: str) -> list[Upsert | Delete]:
    isrc = f"ZZKIL{turn:07d}"
    kinds: list[list[Upsert | Delete]] = [
        [Upsert("Work", fields={"title": f"{writer} {turn}"})],
        [Upsert("Recording", fields={"title": f"{writer}"}, identifiers=[("isrc", isrc)])],
        [Upsert("Work", SHARED, {"title": "shared", "disambiguation": f"{writer} {turn}"})],
        [Upsert("Work", fields={"title": f"{i}"}) for i in range(20)],
        [Upsert("Recording", fields={"title": "r"}, edges={"works": EdgeChange((own,))})],
        [Delete("Recording", own)],
    ]
    return kinds[turn % len(kinds)] if own or turn % len(kinds) < 4 else kinds[0]


def kill_and_restart(running: engine.Engine, settings: Settings) -> engine.Engine:
    """As a power cut for the process: no warning, no shutdown; the next start recovers the store."""
    os.kill(running.pid, signal.SIGKILL)
    running.child.wait()
    return engine.start(settings, port=running.port)


def await_progress(load: Load, count: int) -> None:
    goal, patience = len(load.acknowledged) + count, time.monotonic() + PATIENCE_S
    while len(load.acknowledged) < goal:
        assert load.error is None, load.error
        assert time.monotonic() < patience, "the writers do not get on"
        time.sleep(0.02)


@pytest.mark.parametrize("kills", [3, pytest.param(20, marks=pytest.mark.full)])
def test_nothing_acknowledged_is_lost(tmp_path: Path, kills: int) -> None:
    settings = Settings.load({}, data_dir=tmp_path / "data", neo4j_heap="512m", neo4j_page_cache="64m")
    running = engine.start(settings)
    try:
        at = running.endpoint
        load = Load(Target(at.url, at.user, at.password, at.database))
        asyncio.run(prepare(load.target))
        thread = threading.Thread(target=load.run)
        thread.start()
        try:
            for _ in range(kills):
                await_progress(load, BETWEEN)
                running = kill_and_restart(running, settings)
            await_progress(load, BETWEEN)
        finally:
            load.stop = True
            thread.join()
        assert load.error is None, load.error
        assert load.refused > 0
        asyncio.run(examine(load))
    finally:
        running.stop()


async def prepare(target: Target) -> None:
    async with Store(target) as store:
        await schema.apply(store, core())


async def examine(load: Load) -> None:
    async with Store(load.target) as store:
        await Sequencer(store, holder="last", clock=lambda: datetime(2100, 1, 1, tzinfo=UTC)).drain()
        rows = await store.run(
            "MATCH (p:ProvenanceRecord) "
            "RETURN p.cid, p.block, p.after, p.afterBlock, p.entityId, p.log, p.seq ORDER BY p.seq"
        )
        lost = {r.cid for done in load.acknowledged for r in done.results} - {row[0] for row in rows}
        assert lost == set()
        heads = check_chains(rows)
        entities = await store.run(
            "MATCH (n) WHERE n._head IS NOT NULL RETURN n.id, n._head UNION "
            "MATCH ()-[r]->() WHERE r._head IS NOT NULL RETURN r.id AS `n.id`, r._head AS `n._head`"
        )
        assert dict(entities) == heads
        assert await store.run("MATCH (p:Unsequenced) RETURN count(p)") == [[0]]


def check_chains(rows: list[list[Any]]) -> dict[str, str]:
    """Blocks fit their CIDs, numbers have no gap, each record follows its entity's last one; the heads."""
    heads: dict[str, str] = {}
    transactions: set[tuple[str, int]] = set()
    for position, (cid, block, after, after_block, entity_id, log, seq) in enumerate(rows):
        assert (log, seq) == ("public", position)
        record = read_record(bytes(block))
        assert Cid.of(bytes(block)).text == cid
        assert (record.prev.text if record.prev else None) == heads.get(entity_id)
        if after is not None:
            assert Cid.of(bytes(after_block)).text == after
            assert read_payload(bytes(after_block)).entity == record.entity
        heads[entity_id] = cid
        transactions.add((record.tx, record.n))
    assert len(transactions) == len(rows) > 0
    return heads
