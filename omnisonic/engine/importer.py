"""`neo4j-admin database import full` as a child process: sheets in, a store out that no server has open.

Only into a home that nobody uses yet.
"""

import os
import re
import subprocess
from collections.abc import Callable, Sequence
from pathlib import Path

from omnisonic import leash
from omnisonic.engine import jars, java
from omnisonic.engine.home import Home
from omnisonic.settings import Settings
from ontology.errors import OmnisonicError, Unavailable

TOOL = "org.neo4j.cli.AdminTool"
_STAGE = re.compile(r"^\((\d)/(\d)\) (.*?) \d{4}-")
_PERCENT = re.compile(r"(\d+)% ")
_CAUSES = (
    ("No space left on device", "DISK_FULL", "the disk is full", "free some space on it"),
    ("OutOfMemoryError", "ENGINE_MEMORY", "the heap is too small", "raise OMNISONIC_NEO4J_HEAP"),
    ("Permission denied", "NO_PERMISSION", "the import may not write", "give this user the folder"),
    ("referring to missing node", "LOAD_INCOMPLETE", "an edge leads to what is not there", "report it with the log"),
)


def run(settings: Settings, home: Home, folder: Path, words: Sequence[str], report: Callable[[str], None]) -> None:
    """Import the files that `words` name, below `folder`, as the database `neo4j` of a fresh home.

    Raises Unavailable with the cause; what the tool printed is in `logs/import.log` of the settings' own home.
    """
    runtime = java.find(settings.java)
    paths = jars.classpath(settings.engine_cache, settings.maven_url)
    for name in ("conf", "data", "logs"):
        (home.path / name).mkdir(parents=True, exist_ok=True)
    (home.conf / "neo4j.conf").write_text("dbms.usage_report.enabled=false\n", encoding="utf-8")
    listed = folder / "import.args"
    listed.write_text("".join(f'"{word}"\n' for word in words), encoding="utf-8")
    argv = [str(runtime), f"-Xmx{settings.neo4j_heap}", "-XX:+UseParallelGC", "-cp", os.pathsep.join(map(str, paths))]
    argv += [TOOL, "database", "import", "full", "neo4j", f"--report-file={home.path / 'logs' / 'import.report'}"]
    environ = settings.environ() | {"NEO4J_HOME": str(home.path), "NEO4J_CONF": str(home.conf)}
    log = Home.of(settings).path / "logs" / "import.log"
    with log.open("w", encoding="utf-8") as out:
        child = subprocess.Popen(
            leash.command([*argv, f"@{listed}"]),
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            cwd=folder,
            env=environ,
            text=True,
            errors="replace",
        )
        _watch(child, out.write, report)
    if child.returncode:
        raise _cause(log)


def _watch(child: subprocess.Popen[str], keep: Callable[[str], object], report: Callable[[str], None]) -> None:
    """Keep what it prints, and tell how far it is."""
    stage = "reading"
    try:
        for line in child.stdout or ():
            keep(line)
            found = _STAGE.match(line)
            if found:
                stage = f"{found[3].lower()}, {found[1]} of {found[2]}"
            percent = _PERCENT.search(line)
            if percent:
                report(f"importing into Neo4j: {stage}, {percent[1]} %")
        child.wait()
    except BaseException:
        child.kill()
        child.wait()
        raise


def _cause(log: Path) -> OmnisonicError:
    text = log.read_text(encoding="utf-8", errors="replace")
    for sign, code, what, mend in _CAUSES:
        if sign in text:
            return Unavailable(code, f"the import has failed: {what}", mend)
    return Unavailable("IMPORT_FAILED", "the import has failed", f"see {log}")
