"""Sessions are used again; what was cancelled or failed leaves none behind and the store goes on."""

from __future__ import annotations

import asyncio
import gc

import pytest

from graph.driver import Store, Transaction
from ontology.errors import OmnisonicError

LONG = "UNWIND range(1, 100000000) AS i WITH i WHERE i % 7 = 8 RETURN count(i)"


async def test_sessions_are_used_again(store: Store) -> None:
    for _ in range(3):
        assert await store.read("RETURN $x", {"x": 1}) == [1]
    assert len(store._idle["READ"]) == 1


async def test_a_cancelled_or_failed_read_leaves_nothing_behind(store: Store) -> None:
    reading = asyncio.create_task(store.read(LONG, {}))
    await asyncio.sleep(0.2)
    reading.cancel()
    with pytest.raises(asyncio.CancelledError):
        await reading
    with pytest.raises(OmnisonicError):
        await store.read(LONG, {}, deadline=0.2)
    assert await store.read("RETURN 1", {}) == [1]
    gc.collect()  # an unclosed session would warn, and warnings are errors


async def test_a_cancelled_write_leaves_nothing_behind(store: Store) -> None:
    async def work(tx: Transaction) -> list[object]:
        return await tx.run(LONG, {})

    writing = asyncio.create_task(store.write(work))
    await asyncio.sleep(0.2)
    writing.cancel()
    with pytest.raises(asyncio.CancelledError):
        await writing
    assert await store.read("RETURN 1", {}) == [1]
    gc.collect()
