"""Commands against an instance that runs, and against a data dir that nobody runs."""

import json
import os
import subprocess
import sys
from pathlib import Path

import pytest

from tests.conftest import RunningNeo4j

OMNISONIC = str(Path(sys.executable).with_name("omnisonic"))


def run(neo4j: RunningNeo4j, data_dir: Path, *words: str) -> subprocess.CompletedProcess[str]:
    environ = {name: text for name, text in os.environ.items() if not name.startswith("OMNISONIC_")} | {
        "OMNISONIC_NEO4J_URL": neo4j.url,
        "OMNISONIC_NEO4J_USER": neo4j.user,
        "OMNISONIC_NEO4J_PASSWORD": neo4j.password,
        "OMNISONIC_DATA_DIR": str(data_dir),
    }
    return subprocess.run([OMNISONIC, *words], env=environ, capture_output=True, text=True, timeout=120, check=False)


def test_token_from_birth_to_end(neo4j: RunningNeo4j, tmp_path: Path) -> None:
    neo4j.wipe()
    made = run(neo4j, tmp_path, "token", "create", "--name", "importer", "--scope", "write", "--days", "2")
    assert made.returncode == 0, made.stderr
    text = made.stdout.splitlines()[-1]
    assert text.startswith("omni_")

    listed = run(neo4j, tmp_path, "token", "list", "--json")
    assert text not in listed.stdout
    (token,) = json.loads(listed.stdout)["tokens"]
    assert (token["name"], token["scopes"], token["revoked"]) == ("importer", ["write"], False)

    assert run(neo4j, tmp_path, "token", "revoke", token["id"]).returncode == 0
    (token,) = json.loads(run(neo4j, tmp_path, "token", "list", "--json").stdout)["tokens"]
    assert token["revoked"] is True


@pytest.mark.parametrize(
    ("words", "code", "sign"),
    [
        (("token", "revoke", "nobody"), 3, "TOKEN_UNKNOWN"),
        (("token", "create", "--name", "x", "--scope", "everything"), 2, "SCOPE_UNKNOWN"),
        (("token", "create", "--name", "x"), 2, "--scope"),
        (("dance",), 2, "dance"),
    ],
)
def test_what_fails_says_why(neo4j: RunningNeo4j, tmp_path: Path, words: tuple[str, ...], code: int, sign: str) -> None:
    failed = run(neo4j, tmp_path, *words)
    assert failed.returncode == code
    assert sign in failed.stderr
    assert "Traceback" not in failed.stderr


def test_store_has_what_is_declared(neo4j: RunningNeo4j, tmp_path: Path) -> None:
    neo4j.wipe(schema=True)
    checked = run(neo4j, tmp_path, "schema", "check", "--json")
    assert (checked.returncode, json.loads(checked.stdout)) == (0, {"differences": []})


def test_schema_text_is_graphql(neo4j: RunningNeo4j, tmp_path: Path) -> None:
    shown = run(neo4j, tmp_path, "schema", "show")
    assert shown.returncode == 0
    assert "type Recording " in shown.stdout


def test_engine_for_the_length_of_a_command(tmp_path: Path) -> None:
    environ = {name: text for name, text in os.environ.items() if not name.startswith("OMNISONIC_")}
    words = [OMNISONIC, "token", "list", "--json", "--data-dir", str(tmp_path / "data")]
    listed = subprocess.run(words, env=environ, capture_output=True, text=True, timeout=180, check=False)
    assert (listed.returncode, json.loads(listed.stdout)) == (0, {"tokens": []})
    assert not (tmp_path / "data" / "runtime.json").exists()
    assert "Stopped." in (tmp_path / "data/neo4j/logs/console.log").read_text()


def test_completion_for_a_shell(neo4j: RunningNeo4j, tmp_path: Path) -> None:
    shown = run(neo4j, tmp_path, "--show-completion", "bash")
    assert shown.returncode == 0
    assert "omnisonic" in shown.stdout
