"""One embedded Neo4j as a child process: started, waited for by Bolt, stopped cleanly."""

import contextlib
import errno
import os
import subprocess
import time
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

from omnisonic import leash
from omnisonic.engine import archive, bolt, jars, java
from omnisonic.engine.home import USER, Home
from omnisonic.settings import Settings
from ontology.errors import OmnisonicError, Unavailable

ENTRY = "org.neo4j.server.CommunityEntryPoint"
_START_S = 180.0
_POLL_S = 0.05
_PORT_ATTEMPTS = 3
_OPENS = ("java.nio", "java.io", "sun.nio.ch", "java.util.concurrent", "java.lang")

Progress = Callable[[str], None]


@dataclass(frozen=True, slots=True)
class Endpoint:
    """How to reach a Neo4j: what a driver needs."""

    url: str
    user: str
    password: str
    database: str = "neo4j"


@dataclass(slots=True)
class Engine:
    """A running embedded Neo4j. It dies with the thread that started it."""

    endpoint: Endpoint
    port: int
    child: subprocess.Popen[bytes]

    @property
    def pid(self) -> int:
        """Process id of the JVM."""
        return self.child.pid

    @property
    def alive(self) -> bool:
        """Whether the process is there; it may still not answer."""
        return self.child.poll() is None

    def stop(self, timeout: float = 30.0) -> None:
        """Let it close its store; after `timeout` seconds kill it (the next start then recovers the store)."""
        self.child.terminate()
        try:
            self.child.wait(timeout)
        except subprocess.TimeoutExpired:
            self.child.kill()
            self.child.wait()


def start(
    settings: Settings,
    *,
    port: int = 0,
    progress: Progress | None = None,
    spawned: Callable[[int], None] | None = None,
    jvm: Sequence[str] = (),
) -> Engine:
    """Start the embedded Neo4j of a data dir and return when Bolt answers.

    `port` 0 takes a free one; `progress(text)` tells what is being waited for; `spawned(pid)` is called as soon as
    there is a process; `jvm` are further flags. Raises Unavailable, with one line saying what and how to mend it.
    """
    report = progress or (lambda _text: None)
    attempts = 1 if port else _PORT_ATTEMPTS
    while True:
        attempts -= 1
        try:
            return _start_on(settings, port or bolt.free_port(), report, spawned or (lambda _pid: None), jvm)
        except Unavailable as error:  # someone took the free port before Neo4j did
            if error.code != "PORT_TAKEN" or not attempts:
                raise


def _start_on(
    settings: Settings, port: int, report: Progress, spawned: Callable[[int], None], jvm: Sequence[str]
) -> Engine:
    home = Home.of(settings)
    runtime = java.find(settings.java)
    paths = jars.classpath(
        settings.engine_cache,
        settings.maven_url,
        lambda done, total: report(f"fetching Neo4j: {done} of {total} jars"),
    )
    flags = [*_flags(settings, home), *archive.flags(runtime, paths, settings.engine_cache, report), *jvm]
    with _disk_errors(home.path):
        password = home.prepare(settings, port)
        child = _spawn([str(runtime), *flags, "-cp", os.pathsep.join(map(str, paths)), ENTRY], home)
    engine = Engine(Endpoint(f"bolt://127.0.0.1:{port}", USER, password), port, child)
    try:
        spawned(child.pid)
        _await_bolt(engine, home, report)
    except BaseException:
        engine.stop(timeout=5)
        raise
    return engine


def _spawn(java_and_class: list[str], home: Home) -> subprocess.Popen[bytes]:
    argv = [*java_and_class, f"--home-dir={home.path}", f"--config-dir={home.conf}", "--console-mode"]
    with home.console.open("wb") as console:
        return subprocess.Popen(
            leash.command(argv),
            stdin=subprocess.DEVNULL,
            stdout=console,
            stderr=subprocess.STDOUT,
            cwd=home.path,
            start_new_session=True,  # Ctrl-C reaches the supervisor alone, which stops us in order
        )


def _flags(settings: Settings, home: Home) -> list[str]:
    """JVM flags: those of Neo4j's own start script that matter, and limits that suit a laptop."""
    return [
        "-Xms128m",
        f"-Xmx{settings.neo4j_heap}",
        "-XX:+UseParallelGC",
        "-XX:+ExitOnOutOfMemoryError",
        "-XX:-OmitStackTraceInFastThrow",
        "-XX:+DisableExplicitGC",
        "--enable-native-access=ALL-UNNAMED",
        "-Dfile.encoding=UTF-8",
        "-Dio.netty.tryReflectionSetAccessible=true",
        "-Dlog4j2.disable.jmx=true",
        f"-XX:ErrorFile={home.path / 'logs' / 'hs_err.log'}",
        *(f"--add-opens=java.base/{package}=ALL-UNNAMED" for package in _OPENS),
    ]


def _await_bolt(engine: Engine, home: Home, report: Progress) -> None:
    deadline = time.monotonic() + _START_S
    began = time.monotonic()
    while not bolt.answers("127.0.0.1", engine.port):
        if not engine.alive:
            raise cause(home)
        if time.monotonic() > deadline:
            raise Unavailable("ENGINE_SLOW", f"Neo4j did not answer in {_START_S:.0f} s", f"see {home.console}")
        report(f"starting Neo4j: {time.monotonic() - began:.0f} s")
        time.sleep(_POLL_S)


_CAUSES = (
    ("No space left on device", "DISK_FULL", "the disk is full", "free some space on it"),
    ("Permission denied", "NO_PERMISSION", "Neo4j may not write", "give this user the folder"),
    ("AccessDenied", "NO_PERMISSION", "Neo4j may not write", "give this user the folder"),
    ("Address already in use", "PORT_TAKEN", "the Bolt port was taken", "start again"),
    (
        "Lock file has been locked",
        "STORE_LOCKED",
        "another process uses the store",
        "stop it, or use another --data-dir",
    ),
    ("OutOfMemoryError", "ENGINE_MEMORY", "the heap is too small", "raise OMNISONIC_NEO4J_HEAP"),
    ("Invalid maximum heap size", "ENGINE_MEMORY", "the heap is no size", "give OMNISONIC_NEO4J_HEAP such as 1g"),
    ("Could not reserve enough space", "ENGINE_MEMORY", "too little memory", "lower OMNISONIC_NEO4J_HEAP"),
)


def cause(home: Home) -> OmnisonicError:
    """Why it ended, from what it printed."""
    text = home.console.read_text(encoding="utf-8", errors="replace")
    for sign, code, what, mend in _CAUSES:
        if sign in text:
            return Unavailable(code, f"Neo4j could not start in {home.path}: {what}", mend)
    return Unavailable("ENGINE_FAILED", f"Neo4j ended while starting in {home.path}", f"see {home.console}")


@contextlib.contextmanager
def _disk_errors(path: Path) -> Iterator[None]:
    """One line instead of a trace for a folder that cannot be written."""
    try:
        yield
    except OSError as error:
        raise disk_error(error, path) from error


def disk_error(error: OSError, path: Path) -> OmnisonicError:
    """The expected failure behind a refused write below `path`."""
    if error.errno in {errno.ENOSPC, errno.EDQUOT}:
        return Unavailable("DISK_FULL", f"the disk of {path} is full", "free some space on it")
    return Unavailable(
        "NO_PERMISSION",
        f"cannot write to {path}: {error.strerror}",
        "give this user the folder, or use --data-dir",
    )
