"""Gives every committed record its gap-free number in its log: the cursor of the feed, later the leaf index.

The order is (time, tx, n) among what it sees, never before the record that `prev` names. A number is never
given twice: the next one is compared and moved under a lock. Stays out of the write path.
"""

from __future__ import annotations

import asyncio
import logging
from contextlib import suppress
from dataclasses import dataclass
from datetime import timedelta
from typing import TYPE_CHECKING, Any

from graph.cypher import statement
from graph.driver import OtherWriterError
from ontology.errors import Unavailable
from provenance.clock import time_text

if TYPE_CHECKING:
    from collections.abc import Callable
    from datetime import datetime

    from graph.driver import Store, Transaction

LOGS = ("public", "private")
BATCH = 5_000
LEASE = timedelta(seconds=5)
BUSY_SECONDS = 0.1
IDLE_SECONDS = 0.25
DOWN_SECONDS = 1.0

_WAITING = "RETURN [log IN $logs WHERE EXISTS { MATCH (p:Unsequenced) WHERE p.log = log }]"

log = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True)
class Batch:
    """What one look at a log found: the next number, and the CIDs that may be numbered, in order."""

    next: int
    cids: list[str]


class Sequencer:
    """Numbers both logs. Any number of processes may run one; per log only the holder of the lease works."""

    def __init__(
        self,
        store: Store,
        *,
        holder: str,
        clock: Callable[[], datetime],
        numbered: Callable[[], None] | None = None,
        batch: int = BATCH,
    ) -> None:
        """`holder` is unique to this process; `numbered` is called after each batch: the feed's nudge."""
        self._store = store
        self._holder = holder
        self._clock = clock
        self._numbered = numbered or (lambda: None)
        self._batch = batch
        self._nudged = asyncio.Event()
        self._held: dict[str, datetime] = {}

    def nudge(self) -> None:
        """Say that records were written, so that their numbers come sooner."""
        self._nudged.set()

    async def run(self) -> None:
        """Number what comes until cancelled. A database that is away is waited for."""
        idle = BUSY_SECONDS
        while True:
            try:
                worked = await self.step()
            except Unavailable as error:
                log.info("the sequencer waits for the database: %s", error.code)
                await asyncio.sleep(DOWN_SECONDS)
                continue
            idle = BUSY_SECONDS if worked else min(idle * 2, IDLE_SECONDS)
            if worked < self._batch:
                await self._wait(idle)

    async def drain(self) -> int:
        """Number everything that is there and return how many that were; fewer where others hold the lease."""
        total = 0
        while worked := await self.step():
            total += worked
        return total

    async def step(self) -> int:
        """One batch of each log; how many records got their number."""
        (waiting,) = await self._store.read(_WAITING, {"logs": list(LOGS)})
        worked = sum([await self._number(name) for name in waiting])
        if worked:
            self._numbered()
        return worked

    async def _wait(self, seconds: float) -> None:
        # Numbers in small batches cost more than they hasten, so a nudge ends only an idle wait.
        await asyncio.sleep(min(seconds, BUSY_SECONDS))
        if seconds > BUSY_SECONDS:
            with suppress(TimeoutError):
                async with asyncio.timeout(seconds - BUSY_SECONDS):
                    await self._nudged.wait()
        self._nudged.clear()

    async def _number(self, name: str) -> int:
        if not await self._holds(name):
            return 0
        found = await self._store.read(statement("unsequenced"), {"log": name, "limit": self._batch})
        batch = _batch(found) if found else Batch(0, [])
        worked = await self._assign(name, batch) if batch.cids else 0
        if not worked:
            self._held.pop(name, None)  # another one numbers it, or it has gone: ask anew next time
        return worked

    async def _assign(self, name: str, batch: Batch) -> int:
        async def assign(tx: Transaction) -> int:
            parameters = {"log": name, "holder": self._holder, "next": batch.next, "cids": batch.cids}
            found = await tx.run(statement("number"), parameters | {"until": self._until()})
            if found and found[0] != len(batch.cids):
                raise OtherWriterError
            return int(found[0]) if found else 0

        return await self._store.write(assign)

    async def _holds(self, name: str) -> bool:
        """Whether the log is ours to number. What was asked a moment ago is believed: numbering compares anew."""
        now = self._clock()
        if name in self._held and timedelta(0) <= now - self._held[name] < LEASE / 2:
            return True
        if not await self._hold(name):
            return False
        self._held[name] = now
        return True

    async def _hold(self, name: str) -> bool:
        async def hold(tx: Transaction) -> bool:
            parameters = {"log": name, "holder": self._holder, "now": time_text(self._clock())}
            return bool((await tx.run(statement("hold"), parameters | {"until": self._until()}))[0])

        return await self._store.write(hold)

    def _until(self) -> str:
        return time_text(self._clock() + LEASE)


def _batch(found: list[Any]) -> Batch:
    """Leave out what would come before its predecessor: one that is neither numbered nor earlier in the batch."""
    following, rows = found
    ready: dict[str, None] = {}
    for cid, prev, done in rows:
        if prev is None or done or prev in ready:
            ready[cid] = None
    return Batch(following, list(ready))
