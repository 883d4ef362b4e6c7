"""One instance is one data dir: who runs it, with which processes, and how others reach it.

The owner (a supervisor or a single command) holds a lock on the data dir and keeps `runtime.json` true. Whoever finds
a record without a living owner stops what is left of it.
"""

import contextlib
import fcntl
import json
import os
import time
from collections.abc import Callable, Iterator
from dataclasses import asdict, dataclass, replace
from pathlib import Path

import psutil

from omnisonic import engine
from omnisonic.engine.home import Home, write_private
from omnisonic.engine.process import Endpoint, disk_error
from omnisonic.settings import Settings
from ontology.errors import Conflict

_STOP_S = 20.0

Report = Callable[[str], None]


@dataclass(frozen=True, slots=True)
class Process:
    """A process that cannot be taken for another one: pids come round again, start times do not."""

    name: str
    pid: int
    started: float

    @classmethod
    def of(cls, name: str, pid: int) -> "Process":
        """The living process `pid`."""
        return cls(name, pid, psutil.Process(pid).create_time())

    def find(self) -> psutil.Process | None:
        """The process itself, None when it has ended."""
        try:
            found = psutil.Process(self.pid)
            same = abs(found.create_time() - self.started) < 1 and found.status() != psutil.STATUS_ZOMBIE
        except psutil.Error:
            return None
        return found if same else None


@dataclass(frozen=True, slots=True)
class Runtime:
    """What `runtime.json` says. `service_url` is empty while a command runs the engine for itself."""

    owner: Process
    children: tuple[Process, ...] = ()
    neo4j_url: str = ""
    service_url: str = ""
    ready: bool = False

    def save(self, data_dir: Path) -> None:
        """Write it, readable by its owner only."""
        write_private(_file(data_dir), json.dumps(asdict(self), indent=1) + "\n")

    def having(self, child: Process) -> "Runtime":
        """With `child` in place of an earlier one of that name."""
        return replace(self, children=(*(c for c in self.children if c.name != child.name), child))


def load(data_dir: Path) -> Runtime | None:
    """The record of a data dir, whoever left it; None when there is none that can be read."""
    try:
        found = json.loads(_file(data_dir).read_text(encoding="utf-8"))
        children = tuple(Process(**child) for child in found.pop("children"))
        return Runtime(**found | {"owner": Process(**found["owner"]), "children": children})
    except (OSError, ValueError, TypeError, KeyError):
        return None


def running(data_dir: Path) -> Runtime | None:
    """The record of a data dir whose owner lives."""
    found = load(data_dir)
    return found if found and found.owner.find() else None


@contextlib.contextmanager
def claimed(data_dir: Path, report: Report) -> Iterator[Runtime]:
    """Own the data dir for the length of the block; stops what an owner before left behind.

    Yields a fresh record. Raises Conflict when another owner lives, Unavailable when the folder cannot be written.
    """
    try:
        data_dir.mkdir(parents=True, exist_ok=True)
        lock = (data_dir / "lock").open("w")
    except OSError as error:
        raise disk_error(error, data_dir) from error
    with lock:
        _lock(lock.fileno(), data_dir)
        stop_leftovers(data_dir, report)
        record = Runtime(Process.of("owner", os.getpid()))
        try:
            record.save(data_dir)
        except OSError as error:
            raise disk_error(error, data_dir) from error
        try:
            yield record
        finally:
            _file(data_dir).unlink(missing_ok=True)


def stop_leftovers(data_dir: Path, report: Report) -> int:
    """End the children of an owner that is gone; returns how many there were."""
    record = load(data_dir)
    left = [found for child in (record.children if record else ()) if (found := child.find())]
    if left:
        report(f"stopping {len(left)} leftover processes of {data_dir}")
    for process in left:
        with contextlib.suppress(psutil.NoSuchProcess):
            process.terminate()
    _gone, alive = psutil.wait_procs(left, timeout=_STOP_S)
    for process in alive:
        with contextlib.suppress(psutil.NoSuchProcess):
            process.kill()
    psutil.wait_procs(alive, timeout=5)
    return len(left)


@contextlib.contextmanager
def instance(settings: Settings, report: Report | None = None) -> Iterator[Endpoint]:
    """The Neo4j of an instance: that of the settings, of the running instance, or one started for this block.

    Raises Conflict while another command holds the data dir, Unavailable when the engine does not start.
    """
    tell = report or (lambda _text: None)
    found = running(settings.data_dir) if settings.embedded else None
    if not settings.embedded:
        yield Endpoint(settings.neo4j_url, settings.neo4j_user, settings.neo4j_password, settings.neo4j_database)
    elif found and found.service_url and found.neo4j_url:
        yield reach(settings, found)
    else:
        with _own_engine(settings, tell) as endpoint:
            yield endpoint


def reach(settings: Settings, record: Runtime) -> Endpoint:
    """The embedded Neo4j of a record, with the password from the data dir."""
    password = (Home.of(settings).path / "password").read_text(encoding="ascii").strip()
    return Endpoint(record.neo4j_url, "neo4j", password)


@contextlib.contextmanager
def _own_engine(settings: Settings, report: Report) -> Iterator[Endpoint]:
    with claimed(settings.data_dir, report) as record:
        started = engine.start(
            settings,
            progress=report,
            spawned=lambda pid: record.having(Process.of("neo4j", pid)).save(settings.data_dir),
        )
        try:
            yield started.endpoint
        finally:
            started.stop()


def _lock(descriptor: int, data_dir: Path) -> None:
    """Take the lock; an owner that is just ending gets a moment."""
    for attempt in range(20):
        try:
            fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            owner = running(data_dir)
            if owner is not None or attempt == 19:  # noqa: PLR2004 - the last attempt
                raise _taken(data_dir, owner) from None
            time.sleep(0.1)
        else:
            return


def _taken(data_dir: Path, owner: Runtime | None) -> Conflict:
    if owner is None:
        return Conflict("ALREADY_RUNNING", f"another process holds {data_dir}", "stop it, or use another --data-dir")
    where = f"at {owner.service_url} " if owner.service_url else "for another command "
    return Conflict(
        "ALREADY_RUNNING",
        f"Omnisonic already runs on {data_dir} {where}(pid {owner.owner.pid})",
        f"stop it with `kill {owner.owner.pid}`, or use another --data-dir",
    )


def _file(data_dir: Path) -> Path:
    return data_dir / "runtime.json"
