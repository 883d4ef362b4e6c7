"""Makes a store ready to serve: constraints and indexes, the local token, and the demo catalogue on the first run.

Run by the supervisor as a process of its own, against the Neo4j of the settings.
"""

import asyncio
import secrets
import sys
from hashlib import sha256
from typing import TYPE_CHECKING

from graph import schema
from graph.driver import Store, Target
from graph.unrecorded import load_cursor, save_cursor
from omnisonic import local
from omnisonic.engine import Endpoint
from omnisonic.progress import Progress
from omnisonic.settings import Settings
from ontology import registry
from ontology.errors import OmnisonicError

if TYPE_CHECKING:
    from ingest.report import Summary

# Nothing was ever written, or only a part of the demo: a start that was killed goes on where it was.
_WANTS_DEMO = """
RETURN NOT EXISTS { (:ProvenanceRecord) }
    OR EXISTS { (batch:IngestBatch {status: 'running'}) WHERE batch.source = $source }
"""


_SCHEMA = "schema"
"""Under which name the store keeps which constraints and indexes it has."""


def target(at: Endpoint) -> Target:
    """An endpoint as the graph layer takes it."""
    return Target(at.url, at.user, at.password, at.database)


def configured(settings: Settings) -> Endpoint:
    """The Neo4j that the settings name."""
    return Endpoint(settings.neo4j_url, settings.neo4j_user, settings.neo4j_password, settings.neo4j_database)


async def prepare(settings: Settings) -> None:
    """Everything that a store needs before it serves. Safe to repeat."""
    async with Store(target(configured(settings))) as store:
        await apply_schema(store)
        await local.viewer(store, settings.data_dir)
        if settings.demo:
            await load_demo(store, settings)


async def apply_schema(store: Store) -> None:
    """Constraints and indexes, unless the store says that these very ones were made before: asking costs seconds."""
    wanted = sha256(repr(schema.rules(registry.core())).encode()).hexdigest()
    if await load_cursor(store, _SCHEMA) != wanted:
        await schema.apply(store, registry.core())
        await save_cursor(store, _SCHEMA, wanted)


async def load_demo(store: Store, settings: Settings) -> None:
    """Load the demo catalogue into a store that has nothing else."""
    from omnisonic import demo  # noqa: PLC0415 - only a first start pays for the ingest

    wanted = await store.read(_WANTS_DEMO, {"source": demo.SOURCE})
    if not wanted[0]:
        return
    from graph.commit import Door  # noqa: PLC0415

    progress = Progress()
    progress("loading the demo catalogue")

    def tell(summary: "Summary") -> None:
        progress(f"loading the demo catalogue: {summary.rows} documents")

    door = Door(store, registry.core(), base_iri=settings.base_iri, clock=local.now, randomness=secrets.token_bytes)
    await demo.load_demo(door, on_progress=tell)
    progress.done()


def main() -> int:
    """Prepare; returns the exit status, with one line on stderr for an expected failure."""
    try:
        asyncio.run(prepare(Settings.load()))
    except OmnisonicError as error:
        sys.stderr.write(f"omnisonic: {error}\n")
        return 1
    return 0


if __name__ == "__main__":
    sys.exit(main())
