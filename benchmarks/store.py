"""The bench store: generated once, imported once, and laid back before every run, so that each starts from the same."""

import asyncio
import hashlib
import os
import shutil
from pathlib import Path

from benchmarks.catalogue import Catalogue, Sizes
from benchmarks.places import HERE, LOGS, WORK, run, say
from graph import schema
from graph.driver import Store, Target
from omnisonic import engine
from omnisonic.engine import jars, java
from omnisonic.engine.home import Home
from omnisonic.settings import Settings
from ontology import registry

ADMIN = "org.neo4j.cli.AdminTool"
RECORDINGS = 100_000
MEMORY = {"neo4j_heap": "2g", "neo4j_page_cache": "1g"}
"""More than the defaults: the whole store fits, so that disks are not what is measured."""

# What the peer would have made for itself; written as late as our own, so that neither pays for the other.
_PEER_INDEX = (
    "CREATE FULLTEXT INDEX recording_title IF NOT EXISTS FOR (n:Recording) ON EACH [n.title] OPTIONS {indexConfig: "
    "{`fulltext.analyzer`: 'standard-folding', `fulltext.eventually_consistent`: true}}"
)


def csv_folder(recordings: int = RECORDINGS) -> Path:
    """The generated files, with `samples.json` beside them."""
    folder = WORK / f"catalogue-{_version(recordings)}"
    if not (folder / "counts.json").exists():
        say(f"generating a catalogue of {recordings:,} recordings")
        Catalogue(folder, Sizes.of(recordings)).write()
    return folder


def fresh(recordings: int = RECORDINGS) -> Settings:
    """Settings of an instance that holds exactly the imported catalogue, whatever was written to it before."""
    kept = WORK / f"kept-{_version(recordings)}"
    settings = Settings.load({}, data_dir=WORK / "instance", demo=False, **MEMORY)
    shutil.rmtree(settings.data_dir, ignore_errors=True)
    if not kept.exists():
        _make(settings, csv_folder(recordings))
        say("keeping a copy of the imported store")
        shutil.copytree(settings.data_dir, kept.with_suffix(".new"), symlinks=True)
        kept.with_suffix(".new").rename(kept)
    else:
        shutil.copytree(kept, settings.data_dir, symlinks=True)
    return settings


def empty() -> Settings:
    """Settings of an instance that was never used."""
    settings = Settings.load({}, data_dir=WORK / "instance", demo=False, **MEMORY)
    shutil.rmtree(settings.data_dir, ignore_errors=True)
    return settings


def ordinary() -> Settings:
    """Settings of a new instance with the defaults of the product, the demo catalogue among them."""
    settings = Settings.load({}, data_dir=WORK / "ordinary")
    shutil.rmtree(settings.data_dir, ignore_errors=True)
    return settings


def _version(recordings: int) -> str:
    """What a catalogue depends on: another generator makes another one."""
    return f"{recordings}-{hashlib.sha256((HERE / 'catalogue.py').read_bytes()).hexdigest()[:8]}"


def _make(settings: Settings, csv: Path) -> None:
    say("importing it with neo4j-admin")
    _import(settings, csv)
    say("making constraints and indexes")
    running = engine.start(settings)
    try:
        at = running.endpoint
        asyncio.run(_index(Target(at.url, at.user, at.password, at.database)))
    finally:
        running.stop()


def _import(settings: Settings, csv: Path) -> None:
    home = Home.of(settings)
    home.prepare(settings, 7687)
    paths = jars.classpath(settings.engine_cache, settings.maven_url)
    flags = ["-Xmx2g", "--add-opens=java.base/java.nio=ALL-UNNAMED", "--add-opens=java.base/java.lang=ALL-UNNAMED"]
    argv = [str(java.find(settings.java)), *flags, "-cp", os.pathsep.join(map(str, paths)), ADMIN]
    argv += ["database", "import", "full", "neo4j", "--overwrite-destination=true", "--strict=true"]
    argv += sorted(_argument(path) for path in csv.glob("*.csv"))
    LOGS.mkdir(parents=True, exist_ok=True)  # the tool writes its report into the current folder
    environ = os.environ | {"NEO4J_HOME": str(home.path), "NEO4J_CONF": str(home.conf)}
    run(argv, "import", cwd=LOGS, env=environ)


def _argument(path: Path) -> str:
    """A file is named after its label or relationship type, with a part after a dash."""
    token = path.stem.partition("-")[0]
    return f"--{'relationships' if token.isupper() else 'nodes'}={token}={path}"


async def _index(target: Target) -> None:
    async with Store(target) as store:
        await schema.apply(store, registry.core())
        await store.run(_PEER_INDEX)
        await store.run("CALL db.awaitIndexes(600)")
