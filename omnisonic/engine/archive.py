"""Neo4j's classes, parsed and verified once per user: an archive (JVM "class data sharing") that halves a start's CPU.

Only a convenience: a JVM that cannot use it starts without, and so do we when it cannot be made.
"""

import contextlib
import fcntl
import gzip
import hashlib
import os
import subprocess
from collections.abc import Callable
from pathlib import Path

CLASSES = Path(__file__).with_name("classes.lst.gz")
_LONGEST = 4000  # characters that the JVM takes in a line of the list
_DUMP_S = 300


def flags(runtime: Path, jars: list[Path], cache: Path, report: Callable[[str], None]) -> list[str]:
    """JVM flags that use the archive for this Java and these jars; makes it when it is not there."""
    path = cache / f"classes-{_key(runtime, jars)}.jsa"
    if not path.exists():
        with contextlib.suppress(BlockingIOError, OSError), (cache / "archive-lock").open("w") as lock:
            fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)  # whoever meets another at it starts without
            report("preparing Java, once: some 15 s")
            _make(runtime, jars, path)
    usable = path.exists() and path.stat().st_size > 0
    return [f"-XX:SharedArchiveFile={path}", "-Xlog:cds=off", "-Xlog:cds+dynamic=off"] if usable else []


def _make(runtime: Path, jars: list[Path], path: Path) -> None:
    """Dump the archive beside its place, then move it there; an empty file says that this Java cannot."""
    classes, fresh = path.with_suffix(".lst"), path.with_suffix(f".{os.getpid()}")
    text = gzip.decompress(CLASSES.read_bytes()).decode()
    classes.write_text("".join(line for line in text.splitlines(keepends=True) if len(line) < _LONGEST))
    argv = [str(runtime), "-Xshare:dump", f"-XX:SharedClassListFile={classes}", f"-XX:SharedArchiveFile={fresh}"]
    argv += ["-XX:+UseG1GC", "-Xmx512m", "-Xlog:disable", "-cp", os.pathsep.join(map(str, jars))]
    with contextlib.suppress(subprocess.TimeoutExpired):
        subprocess.run(argv, stdin=subprocess.DEVNULL, capture_output=True, timeout=_DUMP_S, check=False)
    fresh.touch()
    fresh.replace(path)
    classes.unlink()


def _key(runtime: Path, jars: list[Path]) -> str:
    """Stands for this Java, these jars where they lie, and this list."""
    release = runtime.resolve().parent.parent / "release"
    digest = hashlib.sha256(release.read_bytes() if release.exists() else str(runtime).encode())
    digest.update("\n".join(map(str, jars)).encode())
    digest.update(CLASSES.read_bytes())
    return digest.hexdigest()[:16]
