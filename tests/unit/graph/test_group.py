"""Those who wait together travel together, and each gets its own answer."""

from __future__ import annotations

import asyncio

import pytest

from graph.group import Group


class Door:
    """Doubles numbers, slowly; remembers who came together."""

    def __init__(self) -> None:
        self.parties: list[list[int]] = []
        self.open = asyncio.Event()

    async def run(self, asked: list[int]) -> list[int]:
        self.parties.append(asked)
        await self.open.wait()
        if 13 in asked:
            raise ValueError(asked)
        return [2 * number for number in asked]


async def test_who_comes_while_one_travels_joins_the_next() -> None:
    door = Door()
    group: Group[int, int] = Group(door.run)
    waiting = [asyncio.create_task(group.join(i, 1)) for i in range(5)]
    await asyncio.sleep(0)
    await asyncio.sleep(0)
    late = [asyncio.create_task(group.join(i, 1)) for i in range(5, 8)]
    await asyncio.sleep(0)
    door.open.set()
    assert await asyncio.gather(*waiting, *late) == [2 * i for i in range(8)]
    assert sorted(number for party in door.parties for number in party) == list(range(8))
    assert len(door.parties) < 8


async def test_a_party_has_a_limited_weight() -> None:
    door = Door()
    door.open.set()
    group: Group[int, int] = Group(door.run)
    await asyncio.gather(*(group.join(i, 40) for i in range(10)))
    assert max(len(party) for party in door.parties) <= Group.MOST // 40


async def test_a_failure_reaches_everybody_and_ends_nothing() -> None:
    door = Door()
    door.open.set()
    group: Group[int, int] = Group(door.run)
    with pytest.raises(ValueError, match="13"):
        await group.join(13, 1)
    assert await group.join(1, 1) == 2


async def test_one_who_gives_up_does_not_stop_the_others() -> None:
    door = Door()
    group: Group[int, int] = Group(door.run)
    waiting = [asyncio.create_task(group.join(i, 1)) for i in range(3)]
    await asyncio.sleep(0)
    waiting[1].cancel()
    door.open.set()
    found = await asyncio.gather(*waiting, return_exceptions=True)
    assert (found[0], found[2]) == (0, 4)
    assert isinstance(found[1], asyncio.CancelledError)
