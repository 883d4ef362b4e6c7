"""Makes a store ready to serve: constraints and indexes, the local token, and the demo catalogue on the first run.

Run by the supervisor as a process of its own, against the Neo4j of the settings.
"""

import asyncio
import sys

from graph import schema
from graph.driver import Store, Target
from omnisonic import local
from omnisonic.engine import Endpoint
from omnisonic.settings import Settings
from ontology import registry
from ontology.errors import OmnisonicError


def target(at: Endpoint) -> Target:
    """An endpoint as the graph layer takes it."""
    return Target(at.url, at.user, at.password, at.database)


def configured(settings: Settings) -> Endpoint:
    """The Neo4j that the settings name."""
    return Endpoint(settings.neo4j_url, settings.neo4j_user, settings.neo4j_password, settings.neo4j_database)


async def prepare(settings: Settings) -> None:
    """Everything that a store needs before it serves. Safe to repeat."""
    async with Store(target(configured(settings))) as store:
        await schema.apply(store, registry.core())
        await local.viewer(store, settings.data_dir)


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
