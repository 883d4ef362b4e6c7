"""Lets requests that wait at the same moment go through a door together, so that each costs a part of a trip.

Knows nothing of what is done: it only gathers, hands over, and gives each its own answer.
"""

from __future__ import annotations

import asyncio
from collections import deque
from typing import TYPE_CHECKING, ClassVar, Generic, TypeVar

if TYPE_CHECKING:
    from collections.abc import Awaitable, Callable

Asked = TypeVar("Asked")
Answer = TypeVar("Answer")


class Group(Generic[Asked, Answer]):
    """Nobody waits alone while a trip is free; who comes while all are under way joins the next one.

    Callers in company tend to come back together, a moment after their answers. So a trip that follows one with
    company waits LINGER for them; otherwise they would split into halves that travel by turns.
    """

    LARGE: ClassVar[int] = 50
    """Weight at which a request is a trip of its own."""
    MOST: ClassVar[int] = 100
    """Weight of all requests of one trip."""
    LINGER: ClassVar[float] = 0.002
    """Seconds that a trip waits for company, if the one before had any."""

    def __init__(self, run: Callable[[list[Asked]], Awaitable[list[Answer]]], trips: int = 1) -> None:
        self._run = run
        self._free = trips
        self._company = False
        self._waiting: deque[tuple[Asked, int, asyncio.Future[Answer]]] = deque()
        self._tasks: set[asyncio.Task[None]] = set()

    async def join(self, asked: Asked, weight: int) -> Answer:
        """The answer to one request, whoever it travels with."""
        answer: asyncio.Future[Answer] = asyncio.get_running_loop().create_future()
        self._waiting.append((asked, weight, answer))
        self._start()
        return await answer

    def _start(self) -> None:
        if self._free and self._waiting:
            self._free -= 1
            task = asyncio.get_running_loop().create_task(self._trip())
            self._tasks.add(task)
            task.add_done_callback(self._tasks.discard)

    async def _trip(self) -> None:
        if self._company:
            await asyncio.sleep(self.LINGER)
        party = [self._waiting.popleft()]
        weight = party[0][1]
        while self._waiting and weight + self._waiting[0][1] <= self.MOST:
            weight += self._waiting[0][1]
            party.append(self._waiting.popleft())
        self._company = len(party) > 1
        try:
            answers = await self._run([asked for asked, _, _ in party])
        except BaseException as error:
            _fail([answer for _, _, answer in party], error)
            if not isinstance(error, Exception):
                raise
        else:
            for (_, _, future), answer in zip(party, answers, strict=True):
                if not future.done():
                    future.set_result(answer)
        finally:
            self._free += 1
            self._start()


def _fail(futures: list[asyncio.Future[Answer]], error: BaseException) -> None:
    for future in futures:
        if not future.done():
            future.set_exception(error)
