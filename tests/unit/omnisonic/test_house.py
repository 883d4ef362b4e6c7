"""The rules of the house that a machine can check: layers, locks, lazy imports, documented exit codes."""

import json
import re
import subprocess
import sys
import tomllib
from pathlib import Path

import pytest

from omnisonic.cli import EXIT_CODES
from omnisonic.engine.jars import ROOTS, locked

ROOT = Path(__file__).parents[3]
LOCKS = ["requirements.lock", "requirements-test.lock", "omnisonic/engine/jars.lock"]
HEAVY = {"neo4j", "neomodel", "strawberry", "graphql", "starlette", "uvicorn", "jgo", "requests", "psutil", "httpx"}


def test_layers_name_every_package() -> None:
    config = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))
    layers = config["tool"]["importlinter"]["contracts"][0]["layers"]
    named = {package for layer in layers for package in re.split(r"[ |:]+", layer)}
    present = {path.parent.name for path in ROOT.glob("*/__init__.py")}
    assert named == present
    assert named == set(config["tool"]["importlinter"]["root_packages"])
    assert {f"{name}*" for name in named} == set(config["tool"]["setuptools"]["packages"]["find"]["include"])


@pytest.mark.parametrize("name", LOCKS)
def test_locks_name_no_address(name: str) -> None:
    text = (ROOT / name).read_text(encoding="utf-8")
    assert not re.search(r"https?://|-index-url|--find-links", text)


def test_npm_lock_names_no_address() -> None:
    packages = json.loads((ROOT / "package-lock.json").read_text(encoding="utf-8"))["packages"].values()
    assert packages
    assert not [package for package in packages if "resolved" in package]
    assert all("integrity" in package for package in packages if "version" in package and not package.get("inBundle"))


@pytest.mark.parametrize("name", LOCKS[:2])
def test_every_requirement_is_pinned_with_its_hash(name: str) -> None:
    text = (ROOT / name).read_text(encoding="utf-8").replace("\\\n", " ")
    lines = [line for line in text.splitlines() if line]
    assert lines
    assert all(re.match(r"[\w.-]+(\[[\w,-]+])?==\S+.*--hash=sha256:[0-9a-f]{64}", line) for line in lines)


def test_jars_are_those_of_one_neo4j() -> None:
    jars = locked()
    versions = {jar.coordinate.split(":")[2] for jar in jars if jar.coordinate.startswith("org.neo4j:")}
    assert versions == {root.rsplit(":", 1)[1] for root in ROOTS}
    assert all(re.fullmatch("[0-9a-f]{64}", jar.sha256) for jar in jars)


def test_help_imports_nothing_heavy() -> None:
    code = "import sys; from omnisonic.cli import build; build(); print(*{m.partition('.')[0] for m in sys.modules})"
    loaded = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True).stdout.split()
    assert "typer" in loaded
    assert not HEAVY & set(loaded)


def test_exit_codes_are_documented() -> None:
    text = (ROOT / "docs" / "cli.md").read_text(encoding="utf-8")
    documented = {int(code) for code in re.findall(r"^\| (\d+) \|", text, re.MULTILINE)}
    assert documented == {0, 1, 130, *EXIT_CODES.values()}


def test_every_code_of_the_engine_is_explained() -> None:
    sources = [*(ROOT / "omnisonic" / "engine").glob("*.py"), ROOT / "omnisonic/supervisor.py"]
    raised = {
        code
        for path in sources
        for code in re.findall(r'"((?:ENGINE|PORT|NO|DISK|KEEPS)_[A-Z_]+)"', path.read_text(encoding="utf-8"))
    }
    text = (ROOT / "docs" / "operations.md").read_text(encoding="utf-8")
    assert "NO_JAVA" in raised
    assert sorted(code for code in raised if f"`{code}`" not in text) == []


def test_licences_cover_what_is_locked() -> None:
    page = (ROOT / "docs" / "licences.md").read_text(encoding="utf-8")
    pins = re.findall(r"^([\w.-]+)==([\w.!+-]+)", (ROOT / LOCKS[1]).read_text(encoding="utf-8"), re.MULTILINE)
    jars = [jar.coordinate.split(":")[:3] for jar in locked() if not jar.coordinate.startswith("org.neo4j")]
    wanted = [f"| {name} | {version} |" for name, version in pins]
    wanted += [f"| {group}:{artifact} | {version} |" for group, artifact, version in jars]
    assert [row for row in wanted if row not in page] == []
