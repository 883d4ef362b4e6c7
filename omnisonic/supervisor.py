"""Runs an instance: Neo4j and the service processes as children, restarted when they fall, stopped together.

It imports neither the driver nor the schema: what needs them runs in a child, so that this process stays small and
cannot fall with them.
"""

import contextlib
import http.client
import signal
import socket
import subprocess
import sys
import time
from collections import deque
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field, replace
from types import FrameType

from omnisonic import engine, leash
from omnisonic.engine import Endpoint, Engine
from omnisonic.instance import Process, Runtime, claimed
from omnisonic.progress import Progress
from omnisonic.settings import Settings
from ontology.errors import Conflict, OmnisonicError, Unavailable

READY = "Omnisonic is ready at"
_HTTP_S = 60.0
_STOP_S = 10.0
_TICK_S = 0.2
_FALLS = 5
_FALLS_S = 60.0


class Stopped(BaseException):
    """A signal asked us to end. Not an Exception: nothing on the way may take it for a failure."""


def run(settings: Settings, progress: Progress) -> None:
    """Start everything, say so on stdout, watch until a signal, stop everything.

    Raises OmnisonicError when it cannot start, or when a child keeps falling.
    """
    with (
        _signals(),
        contextlib.suppress(Stopped),
        claimed(settings.data_dir, progress) as record,
        _listening(settings) as door,
    ):
        house = House(replace(settings, port=door.getsockname()[1]), progress, door, record)
        try:
            house.start()
            house.watch()
        finally:
            _ignore_signals()
            house.stop()


def _await_prepared(child: subprocess.Popen[bytes]) -> None:
    """Wait for schema, token and demo, made in a child that has the driver. Raises Unavailable when it failed."""
    try:
        code = child.wait()
    except BaseException:
        child.terminate()
        child.wait()
        raise
    if code:
        raise Unavailable("PREPARE_FAILED", f"the store could not be prepared (exit {code})", "see the lines above")


@dataclass(slots=True)
class House:
    """The children of one supervisor and the record of them."""

    settings: Settings
    progress: Progress
    door: socket.socket
    record: Runtime
    engine: Engine | None = None
    workers: dict[str, subprocess.Popen[bytes]] = field(default_factory=dict)
    falls: deque[float] = field(default_factory=lambda: deque(maxlen=_FALLS))

    def start(self) -> None:
        """Neo4j, then schema and demo, then the service; prints the ready line when HTTP answers."""
        self._keep(replace(self.record, service_url=self.settings.url))
        if self.settings.embedded:
            self._start_engine(0)
        self.progress("preparing the store")
        preparing = self._spawn("prepare", [sys.executable, "-P", "-m", "omnisonic.prepare"])
        for number in range(1, self.settings.workers + 1):  # they load while the store is prepared
            self._start_worker(f"service {number}")
        _await_prepared(preparing)
        self._await_http()
        self._keep(replace(self.record, ready=True))
        self.progress.done()
        sys.stdout.write(f"{READY} {self.settings.url}\n")
        sys.stdout.flush()

    def watch(self) -> None:
        """Restart what falls, until a signal."""
        while True:
            time.sleep(_TICK_S)
            if self.engine and not self.engine.alive:
                self._fell("Neo4j", self.engine.child.returncode)
                self._revive(self.engine.port)
            for name, child in list(self.workers.items()):
                if child.poll() is not None:
                    self._fell(name, child.returncode)
                    self._start_worker(name)

    def stop(self) -> None:
        """End the service, then Neo4j."""
        for child in self.workers.values():
            child.terminate()
        for child in self.workers.values():
            try:
                child.wait(_STOP_S)
            except subprocess.TimeoutExpired:
                child.kill()
                child.wait()
        if self.engine:
            self.engine.stop()

    def _start_engine(self, port: int) -> None:
        self.engine = engine.start(
            self.settings, port=port, progress=self.progress, spawned=lambda pid: self._note("neo4j", pid)
        )
        self._keep(replace(self.record, neo4j_url=self.engine.endpoint.url))

    def _revive(self, port: int) -> None:
        """Start Neo4j again where the service looks for it; a failure counts as another fall, at the next tick."""
        try:
            self._start_engine(port)
        except OmnisonicError as error:
            self.progress(f"{error}")

    def _start_worker(self, name: str) -> None:
        self.progress(f"starting {name}")
        argv = [sys.executable, "-P", "-m", "omnisonic.worker", str(self.door.fileno())]
        self.workers[name] = self._spawn(name, argv, self.door.fileno())

    def _spawn(self, name: str, argv: list[str], *descriptors: int) -> subprocess.Popen[bytes]:
        child = subprocess.Popen(
            leash.command(argv),
            stdin=subprocess.DEVNULL,
            stdout=sys.stderr.fileno(),
            env=self._child_settings().environ(),
            pass_fds=descriptors,
            start_new_session=True,
        )
        self._note(name, child.pid)
        return child

    def _child_settings(self) -> Settings:
        """Children take the embedded Neo4j for a server like any other."""
        if not self.engine:
            return self.settings
        at: Endpoint = self.engine.endpoint
        return replace(self.settings, neo4j_url=at.url, neo4j_user=at.user, neo4j_password=at.password)

    def _await_http(self) -> None:
        deadline = time.monotonic() + _HTTP_S
        while not _answers(self.settings):
            for name, child in self.workers.items():
                if child.poll() is not None:
                    raise Unavailable(
                        "SERVICE_FAILED", f"{name} ended (exit {child.returncode})", "see the lines above"
                    )
            if time.monotonic() > deadline:
                raise Unavailable("SERVICE_SLOW", f"no answer over HTTP in {_HTTP_S:.0f} s", "see the lines above")
            time.sleep(_TICK_S / 4)

    def _fell(self, name: str, code: int | None) -> None:
        self.progress.done()
        self.progress(f"{name} ended (exit {code}); starting it again")
        now = time.monotonic()
        if len(self.falls) == _FALLS and now - self.falls[0] < _FALLS_S:
            raise Unavailable("KEEPS_FALLING", f"{name} ended {_FALLS} times in a minute", "see the lines above")
        self.falls.append(now)

    def _note(self, name: str, pid: int) -> None:
        self._keep(self.record.having(Process.of(name, pid)))

    def _keep(self, record: Runtime) -> None:
        self.record = record
        record.save(self.settings.data_dir)


def _answers(settings: Settings) -> bool:
    """Whether the service says over HTTP that it is ready."""
    host = settings.url.removeprefix("http://").rsplit(":", 1)[0].strip("[]")
    connection = http.client.HTTPConnection(host, settings.port, timeout=2)
    try:
        connection.request("GET", "/health/ready")
        return connection.getresponse().status == http.client.OK
    except (OSError, http.client.HTTPException):
        return False
    finally:
        connection.close()


@contextlib.contextmanager
def _listening(settings: Settings) -> Iterator[socket.socket]:
    """The service's door, opened once and handed to the children: a taken port shows before anything starts."""
    family = socket.AF_INET6 if ":" in settings.host else socket.AF_INET
    try:
        door = socket.create_server((settings.host, settings.port), family=family, backlog=2048)
    except (OSError, OverflowError) as error:
        raise _closed(settings, error) from error
    with door:
        yield door


def _closed(settings: Settings, error: Exception) -> OmnisonicError:
    return Conflict(
        "PORT_TAKEN",
        f"cannot listen on {settings.host}:{settings.port}: {getattr(error, 'strerror', None) or error}",
        "stop what listens there, or use another --port",
    )


@contextlib.contextmanager
def _signals() -> Iterator[None]:
    """SIGTERM, Ctrl-C and a closed terminal end us through Stopped, wherever we are."""
    before: dict[signal.Signals, Callable[[int, FrameType | None], object] | int | None] = {}
    for number in (signal.SIGTERM, signal.SIGINT, signal.SIGHUP):
        before[number] = signal.signal(number, _stop)
    try:
        yield
    finally:
        for number, handler in before.items():
            signal.signal(number, handler)


def _stop(_number: int, _frame: FrameType | None) -> None:
    _ignore_signals()
    raise Stopped


def _ignore_signals() -> None:
    for number in (signal.SIGTERM, signal.SIGINT, signal.SIGHUP):
        signal.signal(number, signal.SIG_IGN)
