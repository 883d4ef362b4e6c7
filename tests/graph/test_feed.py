"""Followers see every record once, in order, wherever they begin."""

from __future__ import annotations

import asyncio
from contextlib import aclosing
from typing import TYPE_CHECKING, Any

from graph.change import Delete, Source, Upsert
from graph.feed import Feed, FeedRecord, records, size
from graph.sequencer import Sequencer
from tests.graph.conftest import BASE, now

if TYPE_CHECKING:
    from collections.abc import Callable

    from graph.commit import Door
    from graph.driver import Store

ACTOR = "urn:omnisonic:actor:tester"


async def write(door: Door, *changes: Upsert | Delete) -> list[str]:
    done = await door.commit(changes, actor=ACTOR, source=Source("api", "r"), reason="because")
    await Sequencer(door.store, holder="one", clock=now).drain()
    return [result.id for result in done.results]


async def take(feed: Feed, count: int, after: int | None = None, **filters: Any) -> list[FeedRecord]:
    """The first `count` records that a new follower gets."""
    found: list[FeedRecord] = []
    async with asyncio.timeout(20), aclosing(feed.follow(after, **filters)) as following:
        async for record in following:
            found.append(record)
            if len(found) == count:
                return found
    raise AssertionError


async def until(reached: Callable[[], bool]) -> None:
    async with asyncio.timeout(20):
        while not reached():  # noqa: ASYNC110 - what is waited for tells nobody
            await asyncio.sleep(0.01)


async def test_a_record_tells_what_was_done(door: Door, store: Store) -> None:
    (known,) = await write(door, Upsert("Work", fields={"title": "W"}))
    (record,) = await records(store, "public")
    assert (record.seq, record.n, record.activity, record.etype) == (0, 0, "create", "Work")
    assert (record.entity, record.entity_id) == (f"{BASE}/work/{known}", known)
    assert (record.actor, record.source_kind, record.source_ref, record.reason) == (ACTOR, "api", "r", "because")
    assert (record.prev, list(record.fields)) == (None, ["title"])


async def test_pages_and_filters(door: Door, store: Store) -> None:
    ids = await write(door, *(Upsert("Work", fields={"title": f"{i}"}) for i in range(5)))
    await write(door, Upsert("Contributor", fields={"name": "C"}), Delete("Work", ids[2]))
    assert [r.seq for r in await records(store, "public", after=1, limit=3)] == [2, 3, 4]
    assert [r.seq for r in await records(store, "public", after=1, upto=3)] == [2, 3]
    assert [r.etype for r in await records(store, "public", etypes=["Contributor"])] == ["Contributor"]
    assert [r.activity for r in await records(store, "public", entity=ids[2])] == ["create", "delete"]
    assert (await size(store, "public"), await size(store, "private")) == (7, 0)


async def test_followers_get_the_past_and_what_comes(door: Door, store: Store) -> None:
    await write(door, *(Upsert("Work", fields={"title": f"{i}"}) for i in range(5)))
    feed = Feed(store, keep=4)
    everything = asyncio.create_task(take(feed, 25, after=-1))
    middle = asyncio.create_task(take(feed, 22, after=2))
    works = asyncio.create_task(take(feed, 10, after=4, etypes=["Work"]))
    for i in range(10):
        await write(door, Upsert("Work", fields={"title": f"n{i}"}), Upsert("Contributor", fields={"name": "C"}))
        feed.nudge()
    assert [r.seq for r in await everything] == list(range(25))
    assert [r.seq for r in await middle] == list(range(3, 25))
    assert {r.etype for r in await works} == {"Work"}


async def test_from_now_on_means_from_now_on(door: Door, store: Store) -> None:
    await write(door, Upsert("Work", fields={"title": "old"}))
    feed = Feed(store)
    waiting = asyncio.create_task(take(feed, 1))
    await until(lambda: feed._poll is not None)
    (new,) = await write(door, Upsert("Work", fields={"title": "new"}))
    assert [r.entity_id for r in await waiting] == [new]


async def test_one_look_serves_all_and_ends_with_the_last_follower(door: Door, store: Store) -> None:
    feed = Feed(store)
    waiting = [asyncio.create_task(take(feed, 1)) for _ in range(20)]
    await until(lambda: feed._followers == 20 and feed._poll is not None)
    poll = feed._poll
    assert poll is not None
    await write(door, Upsert("Work", fields={"title": "W"}))
    assert {(await task)[0].seq for task in waiting} == {0}
    await asyncio.gather(poll, return_exceptions=True)
    assert poll.cancelled()
    await write(door, Upsert("Work", fields={"title": "unseen"}))
    assert [r.seq for r in await take(feed, 2, after=-1)] == [0, 1]
