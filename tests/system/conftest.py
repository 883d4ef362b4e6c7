"""Processes that system tests talk to over real sockets."""

import os
import socket
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import httpx
import pytest

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


@pytest.fixture(scope="session")
def node() -> str:
    """Path of a Node that can run the clients in tests/system/web; the packages are installed."""
    subprocess.run([sys.executable, str(ROOT / "scripts" / "build-web")], check=True, timeout=600)
    return needs.node()
