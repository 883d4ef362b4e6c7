"""Processes that system tests talk to over real sockets."""

import os
import socket
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import httpx
import pytest

from omnisonic.engine.bolt import free_port
from tests import needs

ROOT = Path(__file__).resolve().parents[2]


@contextmanager
def serving_toy(**environment: str) -> Iterator[str]:
    """The toy service in a process of its own; gives its base URL, stops it afterwards."""
    with socket.socket() as listener:
        listener.bind(("127.0.0.1", 0))
        listener.listen()
        command = [sys.executable, "-m", "uvicorn", "--factory", "tests.system.toy_service:app"]
        command += ["--fd", str(listener.fileno()), "--log-level", "error", "--ws", "websockets-sansio"]
        process = subprocess.Popen(command, cwd=ROOT, env={**os.environ, **environment}, pass_fds=[listener.fileno()])
        base = f"http://127.0.0.1:{listener.getsockname()[1]}"
        try:
            _wait(base, process)
            yield base
        finally:
            process.terminate()
            process.wait(timeout=20)


def _wait(base: str, process: subprocess.Popen[bytes]) -> None:
    for _ in range(200):
        assert process.poll() is None, "the toy service ended at once"
        try:
            httpx.get(f"{base}/favicon.ico", timeout=5)
        except httpx.TransportError:
            time.sleep(0.05)
        else:
            return
    pytest.fail("the toy service does not answer")


@pytest.fixture(scope="session")
def toy_service() -> Iterator[str]:
    """Base URL of the transports and pages over a small graphql-core schema."""
    with serving_toy() as base:
        yield base


@pytest.fixture(scope="session")
def toy_service_unbuilt() -> Iterator[str]:
    """The same before scripts/build-web has run."""
    with serving_toy(TOY_UNBUILT="1") as base:
        yield base


@dataclass(frozen=True, slots=True)
class Service:
    """A running Omnisonic: its base URL, the token of its own machine, and its data dir."""

    url: str
    token: str
    data_dir: Path

    def ask(self, query: str, **variables: object) -> Any:
        """`data` of an operation that must not fail, run with the token."""
        sent = {"query": query, "variables": variables}
        headers = {"authorization": f"Bearer {self.token}"}
        answer = httpx.post(f"{self.url}/graphql", json=sent, headers=headers, timeout=60).json()
        assert "errors" not in answer, answer["errors"]
        return answer["data"]


@pytest.fixture(scope="session")
def real_service(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Service]:
    """The whole service on an empty store, started as a person would."""
    with serving(tmp_path_factory.mktemp("service"), "--no-demo") as service:
        yield service


@pytest.fixture(scope="session")
def demo_service(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Service]:
    """The whole service with the demo catalogue, as a newcomer meets it."""
    with serving(tmp_path_factory.mktemp("demo")) as service:
        yield service


@contextmanager
def serving(folder: Path, *options: str) -> Iterator[Service]:
    """`omnisonic up` until the block ends."""
    port = free_port()
    command = [str(Path(sys.executable).with_name("omnisonic")), "up", *options]
    command += ["--data-dir", str(folder / "data"), "--port", str(port)]
    environment = {**os.environ, "OMNISONIC_NEO4J_HEAP": "512m", "OMNISONIC_NEO4J_PAGE_CACHE": "64m"}
    with (folder / "err").open("wb") as err:
        process = subprocess.Popen(command, env=environment, stdout=subprocess.PIPE, stderr=err, text=True)
        try:
            assert process.stdout is not None
            said = process.stdout.readline()
            assert "is ready at" in said, (folder / "err").read_text()
            token = (folder / "data" / "token").read_text().splitlines()[-1]
            yield Service(f"http://127.0.0.1:{port}", token, folder / "data")
        finally:
            process.terminate()
            process.communicate(timeout=60)


@pytest.fixture(scope="session")
def real_url(real_service: Service) -> str:
    """Base URL of the whole service."""
    return real_service.url


@pytest.fixture(scope="session")
def node() -> str:
    """Path of a Node that can run the clients in tests/system/web; the packages are installed."""
    subprocess.run([sys.executable, str(ROOT / "scripts" / "build-web")], check=True, timeout=600)
    return needs.node()
