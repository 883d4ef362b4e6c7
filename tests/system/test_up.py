"""`omnisonic up` as a person runs it: real processes, real ports, real signals."""

import json
import os
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from pathlib import Path

import httpx
import psutil
import pytest

from omnisonic.engine.bolt import free_port

OMNISONIC = str(Path(sys.executable).with_name("omnisonic"))
WAIT_S = 300.0


class Up:
    """One `omnisonic up` in a process of its own."""

    def __init__(self, folder: Path, *options: str) -> None:
        self.data_dir = folder / "data"
        self.port = free_port()
        self.out, self.err = folder / f"out-{self.port}", folder / f"err-{self.port}"
        with self.out.open("wb") as out, self.err.open("wb") as err:
            self.process = subprocess.Popen(
                [OMNISONIC, "up", "--data-dir", str(self.data_dir), "--port", str(self.port), *options],
                stdout=out,
                stderr=err,
                env=_environ(),
            )

    def until_ready(self) -> "Up":
        until(lambda: "ready at" in self.out.read_text() or self.process.poll() is not None)
        assert self.process.poll() is None, self.err.read_text()
        return self

    def get(self, path: str) -> httpx.Response:
        return httpx.get(f"http://127.0.0.1:{self.port}{path}", timeout=30)

    def recordings(self) -> int:
        answer = httpx.post(
            f"http://127.0.0.1:{self.port}/graphql",
            json={"query": "{ recordings(first: 1) { totalCount } }"},
            timeout=60,
        )
        count: int = answer.json()["data"]["recordings"]["totalCount"]
        return count

    def children(self) -> list[psutil.Process]:
        return psutil.Process(self.process.pid).children(recursive=True)

    def stop(self) -> int:
        if self.process.poll() is None:
            self.process.terminate()
        return self.process.wait(60)


def _environ() -> dict[str, str]:
    return {name: text for name, text in os.environ.items() if not name.startswith("OMNISONIC_")} | {
        "OMNISONIC_NEO4J_HEAP": "512m",
        "OMNISONIC_NEO4J_PAGE_CACHE": "64m",
    }


def until(met: Callable[[], bool], seconds: float = WAIT_S) -> None:
    deadline = time.monotonic() + seconds
    while not met():
        assert time.monotonic() < deadline, "waited in vain"
        time.sleep(0.05)


def run(*words: str, **environ: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [OMNISONIC, *words], env=_environ() | environ, capture_output=True, text=True, timeout=60, check=False
    )


@pytest.fixture(scope="module", name="first")
def _first(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Up]:
    up = Up(tmp_path_factory.mktemp("first"), "--no-demo").until_ready()
    yield up
    up.stop()


def test_answers_and_says_so_once(first: Up) -> None:
    assert first.out.read_text() == f"Omnisonic is ready at http://127.0.0.1:{first.port}\n"
    assert "Omnisonic is ready" not in first.err.read_text()
    assert first.get("/health/live").json() == {"status": "live"}
    assert first.get("/health/ready").json() == {"status": "ready"}


def test_secrets_are_readable_by_the_owner_only(first: Up) -> None:
    names = ("neo4j/password", "runtime.json", "token")
    assert {name: (first.data_dir / name).stat().st_mode & 0o777 for name in names} == dict.fromkeys(names, 0o600)


def test_port_taken(first: Up, tmp_path: Path) -> None:
    other = run("up", "--data-dir", str(tmp_path), "--port", str(first.port))
    assert other.returncode == 5
    assert other.stderr.count("\n") == 1
    assert "PORT_TAKEN" in other.stderr
    assert "--port" in other.stderr


def test_data_dir_taken(first: Up) -> None:
    other = run("up", "--data-dir", str(first.data_dir), "--port", "0")
    assert other.returncode == 5
    assert other.stderr.count("\n") == 1
    assert f"(pid {first.process.pid})" in other.stderr


def test_no_java(tmp_path: Path) -> None:
    other = run("up", "--data-dir", str(tmp_path), "--port", "0", OMNISONIC_JAVA="/no/such/java")
    assert (other.returncode, other.stderr.count("\n")) == (6, 1)
    assert "NO_JAVA" in other.stderr


def test_data_dir_that_cannot_be(tmp_path: Path) -> None:
    (tmp_path / "file").touch()
    other = run("up", "--data-dir", str(tmp_path / "file" / "data"), "--port", "0")
    assert (other.returncode, other.stderr.count("\n")) == (6, 1)
    assert "cannot write to" in other.stderr


def test_unknown_setting(tmp_path: Path) -> None:
    other = run("up", "--data-dir", str(tmp_path), OMNISONIC_POTR="1")
    assert (other.returncode, other.stderr.count("\n")) == (2, 1)
    assert "OMNISONIC_POTR" in other.stderr


def test_status_tells_of_it(first: Up) -> None:
    answer = json.loads(run("status", "--json", "--data-dir", str(first.data_dir)).stdout)
    assert answer["running"] is True
    assert answer["url"] == f"http://127.0.0.1:{first.port}"
    assert {process["name"] for process in answer["processes"]} == {"supervisor", "neo4j", "service 1"}


def test_status_of_nothing(tmp_path: Path) -> None:
    answer = run("status", "--json", "--data-dir", str(tmp_path))
    assert answer.returncode == 3
    assert json.loads(answer.stdout)["running"] is False


def test_brings_a_killed_neo4j_and_service_back(first: Up) -> None:
    victims = first.children()
    assert "java" in {child.name() for child in victims}
    for victim in victims:
        victim.kill()
    psutil.wait_procs(victims, timeout=10)
    until(lambda: len(first.children()) == 2 and first.get("/health/ready").status_code == 200)
    assert not {child.pid for child in first.children()} & {victim.pid for victim in victims}


def test_tells_when_neo4j_is_away(first: Up) -> None:
    neo4j = next(child for child in first.children() if child.name() == "java")
    neo4j.suspend()
    try:
        answer = first.get("/health/ready")
    finally:
        neo4j.resume()
    assert (answer.status_code, answer.json()["code"]) == (503, "UNAVAILABLE")
    assert first.get("/health/live").status_code == 200


def test_second_instance_killed_recovered_and_stopped(first: Up, tmp_path: Path) -> None:
    second = Up(tmp_path).until_ready()
    loaded = second.recordings()
    assert loaded > 10  # the demo catalogue, which the first instance was told to leave out
    assert first.recordings() == 0
    children = second.children()
    assert len(children) == 2
    assert {second.get("/health/ready").status_code, first.get("/health/ready").status_code} == {200}
    second.process.send_signal(signal.SIGKILL)
    second.process.wait()
    until(lambda: not any(child.is_running() for child in children), seconds=5)

    again = Up(tmp_path).until_ready()  # the same data dir on another port: recovered without help
    assert again.port != second.port
    assert again.recordings() == loaded
    children = again.children()
    assert again.stop() == 0
    assert not any(child.is_running() for child in children)
    assert "Stopped." in (again.data_dir / "neo4j/logs/console.log").read_text()
    assert not (again.data_dir / "runtime.json").exists()
    assert first.get("/health/ready").status_code == 200
