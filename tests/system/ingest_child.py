"""A process that ingests a file and kills itself with -9 at a stage.

Called as `ingest_child.py STAGE AFTER URL USER PASSWORD FILE`.

The stage's function runs AFTER times first. The stage `none` lets it live.
"""

from __future__ import annotations

import asyncio
import os
import signal
import sys
from collections.abc import Callable
from datetime import UTC, datetime
from typing import Any

from graph.commit import Attempt, Door
from graph.driver import Store, Target, Transaction
from ingest import csvrows, isrcrows, stages
from ingest.link import Linker
from ingest.run import Options, ingest
from ontology.registry import core

STAGES: dict[str, tuple[Any, str]] = {
    "parse": (csvrows, "Row"),
    "map": (isrcrows, "draft"),
    "link": (Linker, "plan"),
    "before commit": (Door, "commit"),
    "within commit": (Transaction, "run"),
}


def dying(function: Callable[..., Any], after: int) -> Callable[..., Any]:
    """The function, which ends the process when it is called once more than `after` times."""
    left = [after]

    def call(*args: Any, **options: Any) -> Any:
        if left[0] == 0:
            os.kill(os.getpid(), signal.SIGKILL)
        left[0] -= 1
        return function(*args, **options)

    return call


def arm(stage: str, after: int) -> None:
    """Make the stage deadly."""
    if stage == "fetch":
        setattr(stages, "blocks", dying_blocks(after))  # noqa: B010 - it is imported there, not exported
    elif stage == "after commit":
        Attempt.work = returning(Attempt.work, after)  # type: ignore[method-assign]
    elif stage != "none":
        owner, name = STAGES[stage]
        setattr(owner, name, dying(getattr(owner, name), after))


def dying_blocks(after: int) -> Callable[..., Any]:
    """Small blocks, so that the input is still being fetched while rows are committed."""

    def small(stream: Any) -> Any:
        for number, block in enumerate(iter(lambda: stream.read(2_000), b"")):
            if number == after:
                os.kill(os.getpid(), signal.SIGKILL)
            yield block

    return small


def returning(work: Callable[..., Any], after: int) -> Callable[..., Any]:
    """The work of a transaction; the process ends when it begins the next one after `after` of them."""
    left = [after]

    async def call(*args: Any) -> Any:
        if left[0] <= 0:
            os.kill(os.getpid(), signal.SIGKILL)
        found = await work(*args)
        left[0] -= 1
        return found

    return call


async def main(url: str, user: str, password: str, path: str) -> None:
    """Ingest the file."""
    async with Store(Target(url, user, password, "neo4j")) as store:
        door = Door(
            store,
            core(),
            base_iri="https://omnisonic.example",
            clock=lambda: datetime.now(UTC),
            randomness=os.urandom,
        )
        await ingest(door, stages.inputs([path]), Options("urn:omnisonic:actor:test"))


if __name__ == "__main__":
    arm(sys.argv[1], int(sys.argv[2]))
    asyncio.run(main(*sys.argv[3:7]))
