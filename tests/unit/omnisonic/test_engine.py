"""The parts of the embedded engine that need no process."""

import errno
import hashlib
import subprocess
import sys
from pathlib import Path

import pytest

from omnisonic.engine import jars, java
from omnisonic.engine.home import Home, write_private
from omnisonic.engine.process import cause, disk_error
from omnisonic.instance import Process, Runtime, load, stop_leftovers
from omnisonic.settings import Settings
from ontology.errors import Unavailable


def test_path_of_a_jar_with_classifier() -> None:
    jar = jars.Jar("io.netty:netty-x:1.2.Final:linux-x86_64", "0")
    assert jar.path == "io/netty/netty-x/1.2.Final/netty-x-1.2.Final-linux-x86_64.jar"


def test_lock_lines() -> None:
    assert jars.locked("# head\na:b:1 00\n\na:c:2:k 11\n") == [jars.Jar("a:b:1", "00"), jars.Jar("a:c:2:k", "11")]


@pytest.mark.parametrize(
    ("printed", "code"),
    [
        ("java.io.IOException: No space left on device", "DISK_FULL"),
        ("java.nio.file.AccessDeniedException: /x", "NO_PERMISSION"),
        ("java.net.BindException: Address already in use", "PORT_TAKEN"),
        ("FileLockException: Lock file has been locked by another process", "STORE_LOCKED"),
        ("Invalid maximum heap size: -Xmxlots", "ENGINE_MEMORY"),
        ("something new", "ENGINE_FAILED"),
    ],
)
def test_cause_of_a_failed_start(tmp_path: Path, printed: str, code: str) -> None:
    home = Home(tmp_path)
    home.console.parent.mkdir()
    home.console.write_text(f"INFO Starting...\n{printed}\n")
    assert cause(home).code == code
    assert str(tmp_path) in cause(home).message
    assert cause(home).hint


@pytest.mark.parametrize(("number", "code"), [(errno.ENOSPC, "DISK_FULL"), (errno.EACCES, "NO_PERMISSION")])
def test_refused_write(number: int, code: str) -> None:
    assert disk_error(OSError(number, "no"), Path("/d")).code == code


def test_password_is_made_once(tmp_path: Path) -> None:
    settings = Settings.load({}, data_dir=tmp_path)
    home = Home.of(settings)
    first = home.prepare(settings, 7001)
    assert home.prepare(settings, 7002) == first
    assert "127.0.0.1:7002" in (home.conf / "neo4j.conf").read_text()
    assert (home.path / "password").stat().st_mode & 0o777 == 0o600


def test_first_user_is_stored_hashed(tmp_path: Path) -> None:
    settings = Settings.load({}, data_dir=tmp_path)
    password = Home.of(settings).prepare(settings, 7001)
    line = (tmp_path / "neo4j/data/dbms/auth.ini").read_text()
    user, credential, flags = line.strip().split(":")
    method, digest, salt, rounds = credential.split(",")
    computed = bytes.fromhex(salt) + password.encode()
    for _ in range(int(rounds)):
        computed = hashlib.sha256(computed).digest()
    assert (user, method, digest, flags) == ("neo4j", "SHA-256", computed.hex(), "")


def test_private_file_replaces_a_public_one(tmp_path: Path) -> None:
    path = tmp_path / "secret"
    path.write_text("old")
    path.chmod(0o644)
    write_private(path, "new")
    assert (path.read_text(), path.stat().st_mode & 0o777) == ("new", 0o600)


@pytest.mark.parametrize(
    ("release", "fits"), [("17.0.15", True), ("21.0.8", True), ("11.0.2", False), ("1.8.0", False)]
)
def test_only_some_java_will_do(tmp_path: Path, release: str, *, fits: bool) -> None:
    (tmp_path / "bin").mkdir()
    binary = tmp_path / "bin" / "java"
    binary.write_text("#!/bin/sh\n")
    binary.chmod(0o755)
    (tmp_path / "release").write_text(f'JAVA_VERSION="{release}"\n')
    if fits:
        assert java.find(str(binary)) == binary
    else:
        with pytest.raises(Unavailable, match="NO_JAVA"):
            java.find(str(binary))


def test_record_of_a_data_dir(tmp_path: Path) -> None:
    record = Runtime(Process("owner", 1, 2.5)).having(Process("neo4j", 3, 4.5)).having(Process("neo4j", 5, 6.5))
    record.save(tmp_path)
    assert load(tmp_path) == record
    assert record.children == (Process("neo4j", 5, 6.5),)


@pytest.mark.parametrize("text", ["", "{", "[]", '{"owner": {}}', '{"owner": 1, "children": []}'])
def test_broken_record_is_no_record(tmp_path: Path, text: str) -> None:
    (tmp_path / "runtime.json").write_text(text)
    assert load(tmp_path) is None


def test_leftovers_are_stopped_by_pid_and_start_time(tmp_path: Path) -> None:
    sleep = [sys.executable, "-c", "import time; time.sleep(600)"]
    with subprocess.Popen(sleep) as ours, subprocess.Popen(sleep) as stranger:
        try:
            other = Process.of("service 1", stranger.pid)
            later = Process("service 1", other.pid, other.started + 60)
            Runtime(Process("owner", 1, 0.0)).having(Process.of("neo4j", ours.pid)).having(later).save(tmp_path)
            assert stop_leftovers(tmp_path, lambda _text: None) == 1
            assert ours.poll() is not None
            assert stranger.poll() is None
        finally:
            ours.kill()
            stranger.kill()
