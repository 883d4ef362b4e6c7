"""Stopping an operation whose client has hung up, at next to no cost for the many that end at once."""

from __future__ import annotations

import asyncio
from typing import TYPE_CHECKING, Any, Final

from resolvers.reading import ClientGone

if TYPE_CHECKING:
    from resolvers.transport import Answer, Engine, Receive, Request

PATIENCE: Final = 0.05
"""Seconds that an operation runs before we begin to watch whether its client is still there."""


async def run_watched(engine: Engine, request: Request, receive: Receive) -> Answer:
    """Run the operation, and stop it when the client hangs up. Raises ClientGone then.

    Most operations end before a watch would be worth its price, so it begins after PATIENCE.
    """
    task = asyncio.current_task()
    if task is None:  # pragma: no cover - ASGI apps run in tasks
        return await engine.execute(request)
    watch = _Watch(task, receive)
    timer = asyncio.get_running_loop().call_later(PATIENCE, watch.begin)
    try:
        return await engine.execute(request)
    except asyncio.CancelledError:
        if watch.gone and task.uncancel() == 0:
            raise ClientGone from None
        raise
    finally:
        timer.cancel()
        watch.end()


class _Watch:
    """Reads on behalf of a running request; the only thing that can still come is the disconnect."""

    __slots__ = ("_ended", "_receive", "_task", "_watcher", "gone")

    def __init__(self, task: asyncio.Task[Any], receive: Receive) -> None:
        self._task = task
        self._receive = receive
        self._watcher: asyncio.Task[None] | None = None
        self.gone = False
        self._ended = False

    def begin(self) -> None:
        self._watcher = asyncio.ensure_future(self._until_gone())

    def end(self) -> None:
        self._ended = True
        if self._watcher is not None:
            self._watcher.cancel()

    async def _until_gone(self) -> None:
        while (await self._receive())["type"] != "http.disconnect":
            pass
        if not self._ended:
            self.gone = True
            self._task.cancel()
