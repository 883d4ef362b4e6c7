"""Runs a command's work against the store of its instance, started for as long as it takes where nothing runs."""

from collections.abc import Awaitable, Callable
from typing import TYPE_CHECKING, TypeVar

if TYPE_CHECKING:
    from graph.driver import Store
    from omnisonic.settings import Settings

T = TypeVar("T")


def with_store(settings: "Settings", work: "Callable[[Store], Awaitable[T]]") -> T:
    """The answer of `work(store)`; constraints and indexes are in place before it begins."""
    import asyncio

    from graph import schema
    from graph.driver import Store
    from omnisonic.instance import instance
    from omnisonic.prepare import target
    from omnisonic.progress import Progress
    from ontology import registry

    progress = Progress()
    with instance(settings, progress) as at:
        progress.done()

        async def run() -> T:
            async with Store(target(at)) as store:
                await schema.apply(store, registry.core())
                return await work(store)

        return asyncio.run(run())
