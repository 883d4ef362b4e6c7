"""The README is true: its queries give its answers on the demo catalogue, and its commands do what it says."""

from __future__ import annotations

import json
import re
import subprocess
import sys
from pathlib import Path
from typing import Any

import httpx
import pytest

from tests.system.conftest import Service

ROOT = Path(__file__).parents[2]
README = (ROOT / "README.md").read_text(encoding="utf-8")
PAIRS = re.findall(r"```graphql\n(.*?)```\s+```json\n(.*?)```", README, re.DOTALL)
CSV = re.findall(r"<<'CSV'\n(.*?)CSV\n", README, re.DOTALL)[0]


def test_there_are_three_queries() -> None:
    assert len(PAIRS) == 3


@pytest.mark.parametrize(("query", "answer"), PAIRS)
def test_the_queries_give_the_answers(demo_service: Service, query: str, answer: str) -> None:
    sent = httpx.post(f"{demo_service.url}/graphql", json={"query": query}, timeout=60)
    assert sent.json()["data"] == json.loads(answer)


def test_your_own_csv(demo_service: Service, tmp_path: Path) -> None:
    path = tmp_path / "mine.csv"
    path.write_text(CSV, encoding="utf-8")

    def ingest(*args: str) -> dict[str, Any]:
        command = [str(Path(sys.executable).with_name("omnisonic")), "ingest", *args, "--json"]
        command += ["--data-dir", str(demo_service.data_dir)]
        done = subprocess.run(command, capture_output=True, text=True, check=True, timeout=120)
        summary: dict[str, Any] = json.loads(done.stdout.splitlines()[-1])
        return summary

    first = ingest(str(path), "--source", "my label")
    assert (first["rows"], first["created"], first["rejected"]) == (2, 2, 0)
    again = ingest(str(path), "--source", "my label")
    assert (again["rows"], again["unchanged"], again["created"]) == (2, 2, 0)
    wrong = '{ recordings(filter: {title: {eq: "Red Hour"}}) { nodes { identifiers { nodes { raw value status } } } } }'
    (found,) = demo_service.ask(wrong)["recordings"]["nodes"]
    assert [i["status"] for i in found["identifiers"]["nodes"]] == ["invalid"]
    ingest("undo", first["batch"])
    assert demo_service.ask(wrong)["recordings"]["nodes"] == []
