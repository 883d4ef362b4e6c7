"""The ordered change feed: what was recorded, by its number in its log. Everything else follows it.

Reads only. All followers in a process share one look at the database per interval.
"""

from __future__ import annotations

import asyncio
import logging
from collections import deque
from contextlib import suppress
from dataclasses import dataclass
from itertools import islice
from typing import TYPE_CHECKING, Any

from graph.cypher import statement
from ontology.errors import Unavailable

if TYPE_CHECKING:
    from collections.abc import AsyncGenerator, Collection, Sequence

    from graph.driver import Store, Transaction

PAGE = 1_000
KEEP = 10_000
INTERVAL_SECONDS = 0.1
DOWN_SECONDS = 1.0
HIGHEST = 2**62

logger = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True)
class FeedRecord:
    """One record as the feed tells it; the blocks stay in the store. `seq` is the cursor."""

    seq: int
    cid: str
    tx: str
    n: int
    time: str
    actor: str
    source_kind: str
    source_ref: str | None
    activity: str
    entity: str
    entity_id: str
    etype: str
    prev: str | None
    after: str | None
    fields: Sequence[str]
    reason: str | None


async def records(
    store: Store,
    log: str,
    *,
    after: int = -1,
    limit: int = PAGE,
    upto: int | None = None,
    etypes: Collection[str] | None = None,
    entity: str | None = None,
) -> list[FeedRecord]:
    """Up to `limit` records of a log with `after` < number <= `upto`, in order; by types and entity id if given.

    Without `upto` the last numbers may be seen in part while they are being given; `Feed` takes care of that.
    """
    parameters = {"log": log, "after": after, "limit": limit, "entity": entity}
    parameters["etypes"] = sorted(etypes) if etypes is not None else None
    parameters["upto"] = HIGHEST if upto is None else upto
    (rows,) = await store.read(statement("feed"), parameters)
    return [FeedRecord(*row) for row in rows]


async def size(store: Store, log: str) -> int:
    """How many records of a log have a number, all of them visible to every later read."""

    async def work(tx: Transaction) -> list[Any]:
        return await tx.run(statement("size"), {"log": log})

    found = await store.write(work)
    return int(found[0]) if found else 0


class Feed:
    """One log for all followers in this process; looks at the database only while somebody follows."""

    def __init__(
        self, store: Store, log: str = "public", *, interval: float = INTERVAL_SECONDS, keep: int = KEEP
    ) -> None:
        self._store = store
        self._log = log
        self._interval = interval
        self._recent: deque[FeedRecord] = deque(maxlen=keep)
        self._head = -1
        self._news = asyncio.Event()
        self._nudged = asyncio.Event()
        self._followers = 0
        self._poll: asyncio.Task[None] | None = None
        self._starting = asyncio.Lock()

    def nudge(self) -> None:
        """Say that numbers were given, so that followers hear of it sooner."""
        self._nudged.set()

    async def follow(
        self,
        after: int | None = None,
        *,
        etypes: Collection[str] | None = None,
        entity: str | None = None,
    ) -> AsyncGenerator[FeedRecord, None]:
        """Every record above `after` (None: from now on), then each as it comes, in order, without end.

        Close the iterator (`aclosing`) to stop. Raises Unavailable when older records cannot be read.
        """
        self._followers += 1
        try:
            await self._start()
            at = self._head if after is None else after
            while True:
                news, head = self._news, self._head
                if at >= head:
                    await news.wait()
                    continue
                page, at = await self._page(at, head, etypes, entity)
                for record in page:
                    yield record
        finally:
            self._followers -= 1
            if not self._followers:
                self._stop()

    async def _page(
        self, at: int, head: int, etypes: Collection[str] | None, entity: str | None
    ) -> tuple[list[FeedRecord], int]:
        """The next records that match and the number up to which everything was looked at."""
        first = self._recent[0].seq if self._recent else head + 1
        if at + 1 >= first:
            seen = islice(self._recent, at + 1 - first, head + 1 - first)
            wanted = [r for r in seen if (etypes is None or r.etype in etypes) and entity in {None, r.entity_id}]
            return wanted, head
        page = await records(self._store, self._log, after=at, upto=head, etypes=etypes, entity=entity)
        return page, page[-1].seq if len(page) == PAGE else head

    async def _start(self) -> None:
        async with self._starting:
            if self._poll is None:
                self._recent.clear()
                self._head = await size(self._store, self._log) - 1
                self._poll = asyncio.create_task(self._look())

    def _stop(self) -> None:
        if self._poll is not None:
            self._poll.cancel()
            self._poll = None

    async def _look(self) -> None:
        while True:
            try:
                page = await records(self._store, self._log, after=self._head)
            except Unavailable as error:
                logger.info("the feed waits for the database: %s", error.code)
                await asyncio.sleep(DOWN_SECONDS)
                continue
            self._take(page)
            if len(page) < PAGE:
                self._nudged.clear()
                await _either(self._nudged, self._interval)

    def _take(self, page: list[FeedRecord]) -> None:
        """Only what follows without a gap: numbers that are just being given may show in any order."""
        before = self._head
        for record in page:
            if record.seq != self._head + 1:
                break
            self._recent.append(record)
            self._head = record.seq
        if self._head > before:
            self._news.set()
            self._news = asyncio.Event()


async def _either(event: asyncio.Event, seconds: float) -> None:
    with suppress(TimeoutError):
        async with asyncio.timeout(seconds):
            await event.wait()
