"""Write `omnisonic/engine/classes.lst.gz`: the classes that a start of the embedded Neo4j loads."""

import asyncio
import gzip
import tempfile
from pathlib import Path

from graph import schema
from graph.driver import Store
from omnisonic import engine
from omnisonic.engine.archive import CLASSES
from omnisonic.prepare import target
from omnisonic.settings import Settings
from ontology import registry


def main() -> None:
    """Start once with the JVM's own recorder, make the schema, stop, and keep the list."""
    with tempfile.TemporaryDirectory() as folder:
        record = Path(folder) / "classes.lst"
        settings = Settings.load(data_dir=Path(folder) / "data")
        started = engine.start(settings, jvm=(f"-XX:DumpLoadedClassList={record}", "-Xshare:off"))
        try:
            asyncio.run(_use(started.endpoint))
        finally:
            started.stop()
        CLASSES.write_bytes(gzip.compress(record.read_bytes(), mtime=0))
    print(f"{CLASSES.name}: {CLASSES.stat().st_size // 1024} KiB")


async def _use(at: engine.Endpoint) -> None:
    """What every start goes through: connect, compare the schema."""
    async with Store(target(at)) as store:
        await schema.apply(store, registry.core())


if __name__ == "__main__":
    main()
