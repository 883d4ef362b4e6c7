"""What is measured: our service and the peer as child processes, and what processor time and memory they took."""

import contextlib
import json
import os
import re
import socket
import subprocess
import time
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import IO

import psutil

from benchmarks.node import node, peer_ready
from benchmarks.places import HERE, LOGS, ROOT, tail
from omnisonic import instance
from omnisonic.settings import Settings

_WAIT_S = 300.0
READY = "Omnisonic is ready at "


@dataclass(frozen=True, slots=True)
class House:
    """A running instance: where it answers, where its Neo4j does, and which processes it is made of."""

    url: str
    auth: str
    bolt: str
    password: str
    service: tuple[int, ...]
    neo4j: tuple[int, ...]
    started_s: float

    @property
    def graphql(self) -> str:
        return f"{self.url}/graphql"


@contextlib.contextmanager
def house(settings: Settings, *, write: bool = True) -> Iterator[House]:
    """Run `omnisonic up` on a data dir; with `write`, `auth` holds a token that may write."""
    argv = [str(ROOT / ".venv" / "bin" / "omnisonic"), "up"]
    environ = settings.environ() | {"OMNISONIC_PORT": str(_free_port())}
    began = time.monotonic()
    with _child(argv, "omnisonic", environ) as (child, out):
        line = _await_line(child, out, READY, LOGS / "omnisonic.log")
        started = time.monotonic() - began
        record = instance.load(settings.data_dir)
        if record is None:
            raise SystemExit("bench: the instance left no record of itself")
        at = instance.reach(settings, record)
        auth = f"Bearer {_token(settings)}" if write else ""
        service = tuple(p.pid for p in record.children if p.name.startswith("service"))
        neo4j = tuple(p.pid for p in record.children if p.name == "neo4j")
        yield House(line.removeprefix(READY).strip(), auth, at.url, at.password, service, neo4j, started)


@contextlib.contextmanager
def peer(at: House) -> Iterator[tuple[str, tuple[int, ...]]]:
    """Run the peer on the same Neo4j: its URL and its process."""
    peer_ready()
    port = _free_port()
    environ = os.environ | {"BOLT": at.bolt, "NEO4J_PASSWORD": at.password, "PORT": str(port), "NODE_ENV": "production"}
    with _child([node(), str(HERE / "peer" / "server.mjs")], "peer", environ) as (child, out):
        _await_line(child, out, "peer is ready", LOGS / "peer.log")
        yield f"http://127.0.0.1:{port}/graphql", (child.pid,)


def cpu(pids: tuple[int, ...]) -> float:
    """Seconds of processor time that these processes and their children have used."""
    total = 0.0
    for process in _with_children(pids):
        with contextlib.suppress(psutil.Error):
            times = process.cpu_times()
            total += times.user + times.system
    return total


def rss(pids: tuple[int, ...]) -> float:
    """Resident memory of these processes and their children, in MB."""
    total = 0
    for process in _with_children(pids):
        with contextlib.suppress(psutil.Error):
            total += process.memory_info().rss
    return total / 1e6


def _with_children(pids: tuple[int, ...]) -> list[psutil.Process]:
    found: list[psutil.Process] = []
    for pid in pids:
        with contextlib.suppress(psutil.Error):
            process = psutil.Process(pid)
            found += [process, *process.children(recursive=True)]
    return found


@contextlib.contextmanager
def _child(argv: list[str], name: str, environ: dict[str, str]) -> Iterator[tuple[subprocess.Popen[str], IO[str]]]:
    LOGS.mkdir(parents=True, exist_ok=True)
    with (LOGS / f"{name}.log").open("w", encoding="utf-8") as log:
        child = subprocess.Popen(argv, stdout=subprocess.PIPE, stderr=log, env=environ, cwd=ROOT, text=True)
        try:
            if child.stdout is None:
                raise SystemExit(f"bench: {name} has no output")
            yield child, child.stdout
        finally:
            child.terminate()
            try:
                child.wait(60)
            except subprocess.TimeoutExpired:
                child.kill()
                child.wait()


def _await_line(child: subprocess.Popen[str], out: IO[str], start: str, log: Path) -> str:
    deadline = time.monotonic() + _WAIT_S
    for line in out:
        if line.startswith(start):
            return line
        if time.monotonic() > deadline:
            break
    raise SystemExit(f"bench: {child.args!r} did not get ready:\n{tail(log)}")


def _token(settings: Settings) -> str:
    argv = [str(ROOT / ".venv" / "bin" / "omnisonic"), "token", "create", "--name", "bench", "--scope", "write"]
    done = subprocess.run(
        [*argv, "--json", "--data-dir", str(settings.data_dir)], capture_output=True, text=True, check=True
    )
    return str(json.loads(re.findall(r"\{.*\}", done.stdout)[-1])["token"])


def _free_port() -> int:
    with socket.socket() as door:
        door.bind(("127.0.0.1", 0))
        return int(door.getsockname()[1])
