"""Numbers are gap-free, in order, never given twice, whoever gives them."""

from __future__ import annotations

import asyncio
from datetime import timedelta
from typing import TYPE_CHECKING

import pytest

from graph.change import Source, Upsert
from graph.sequencer import LEASE, Sequencer
from tests.graph.conftest import make_door, now

if TYPE_CHECKING:
    from graph.commit import Door
    from graph.driver import Store

ACTOR = "urn:omnisonic:actor:tester"


async def write_works(door: Door, count: int, disambiguation: str = "x") -> None:
    """Create or update the same `count` works in one commit."""
    changes = [
        Upsert("Work", f"00000000-0000-4000-8000-{i:012d}", {"title": "W", "disambiguation": disambiguation})
        for i in range(count)
    ]
    await door.commit(changes, actor=ACTOR, source=Source("api"))


async def numbers(store: Store, log: str = "public") -> list[int]:
    rows = await store.run("MATCH (p:ProvenanceRecord {log: $log}) RETURN p.seq ORDER BY p.seq", {"log": log})
    return [row[0] for row in rows]


def sequencer(store: Store, holder: str = "one", batch: int = 5_000) -> Sequencer:
    return Sequencer(store, holder=holder, clock=now, batch=batch)


async def test_everything_gets_a_number_in_the_order_of_time(door: Door, store: Store) -> None:
    for i in range(4):
        await write_works(door, 5, f"{i}")
    assert await sequencer(store).drain() == 20
    rows = await store.run("MATCH (p:ProvenanceRecord) RETURN p.seq, p.time, p.tx, p.n ORDER BY p.seq")
    assert [row[0] for row in rows] == list(range(20))
    assert [row[1:] for row in rows] == sorted(row[1:] for row in rows)
    assert await store.run("MATCH (p:Unsequenced) RETURN count(p)") == [[0]]
    assert await sequencer(store).drain() == 0


async def test_small_batches_leave_no_gap_and_keep_chains_in_order(door: Door, store: Store) -> None:
    for i in range(5):
        await write_works(door, 3, f"{i}")
    assert await sequencer(store, batch=2).drain() == 15
    assert await numbers(store) == list(range(15))
    early = await store.run(
        "MATCH (p:ProvenanceRecord) WHERE p.prev IS NOT NULL "
        "MATCH (q:ProvenanceRecord {cid: p.prev}) WHERE q.seq >= p.seq RETURN count(*)"
    )
    assert early == [[0]]


async def test_each_log_has_its_own_numbers(door: Door, store: Store) -> None:
    await write_works(door, 2)
    batch = {"source": "s", "status": "running", "startedAt": "2026-01-01T00:00:00.000000Z"}
    await door.commit([Upsert("IngestBatch", fields=dict(batch))], actor=ACTOR, source=Source("import"))
    assert await sequencer(store).drain() == 3
    assert (await numbers(store, "public"), await numbers(store, "private")) == ([0, 1], [0])


async def test_a_record_waits_for_the_one_before_it(door: Door, store: Store) -> None:
    await write_works(door, 1, "first")
    await store.run("MATCH (p:Unsequenced) REMOVE p:Unsequenced")  # as if it could not be seen yet
    await write_works(door, 1, "second")
    assert await sequencer(store).drain() == 0
    await store.run("MATCH (p:ProvenanceRecord) SET p:Unsequenced")
    assert await sequencer(store).drain() == 2
    rows = await store.run("MATCH (p:ProvenanceRecord) RETURN p.activity ORDER BY p.seq")
    assert rows == [["create"], ["update"]]


async def test_rivals_never_give_a_number_twice(store: Store) -> None:
    doors = [make_door(store) for _ in range(3)]
    stop = asyncio.Event()

    async def rival(name: str) -> None:
        # a clock that runs ahead takes the lease from whoever has it, again and again
        mine = Sequencer(store, holder=name, clock=lambda: now() + timedelta(days=len(name)), batch=7)
        while not stop.is_set():
            await mine.step()

    rivals = [asyncio.create_task(rival("x" * i)) for i in range(1, 4)]
    for i in range(6):
        await asyncio.gather(*(write_works(door, 10, f"{i} {n}") for n, door in enumerate(doors)))
    stop.set()
    await asyncio.gather(*rivals)
    await Sequencer(store, holder="last", clock=lambda: now() + timedelta(days=30)).drain()
    found = await numbers(store)
    assert found == list(range(len(found)))
    assert len(found) == 180


async def test_only_the_holder_works_until_its_lease_ends(door: Door, store: Store) -> None:
    await write_works(door, 1)
    assert await sequencer(store, "one").drain() == 1
    await write_works(door, 1, "more")
    assert await sequencer(store, "two").drain() == 0
    later = Sequencer(store, holder="two", clock=lambda: now() + 2 * LEASE)
    assert await later.drain() == 1


async def test_it_runs_until_cancelled_and_tells_when_it_numbered(store: Store) -> None:
    told = asyncio.Event()
    running = Sequencer(store, holder="one", clock=now, numbered=told.set)
    task = asyncio.create_task(running.run())
    nudging = make_door(store, written=running.nudge)
    await write_works(nudging, 3)
    async with asyncio.timeout(10):
        await told.wait()
    assert await numbers(store) == [0, 1, 2]
    task.cancel()
    with pytest.raises(asyncio.CancelledError):
        await task
