"""The documents name what exists: every link leads somewhere, every decision and dependency has its line."""

from __future__ import annotations

import re
import tomllib
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
PAGES = sorted([ROOT / "README.md", ROOT / "CHANGELOG.md", *(ROOT / "docs").rglob("*.md")])
LINK = re.compile(r"\]\((?!https?://|mailto:|#)([^)#\s]+)")
PATH = re.compile(r"`((?:docs|graph|ontology|provenance|resolvers|ingest|jsonld|omnisonic|scripts|tests)/[\w./-]+)`")


@pytest.mark.parametrize("page", PAGES, ids=lambda p: str(p.relative_to(ROOT)))
def test_links_and_paths_lead_somewhere(page: Path) -> None:
    text = page.read_text(encoding="utf-8")
    lost = [link for link in LINK.findall(text) if not (page.parent / link).exists()]
    lost += [path for path in PATH.findall(text) if not (ROOT / path).exists()]
    assert lost == []


def test_every_decision_is_in_the_index_and_says_four_things() -> None:
    index = (ROOT / "docs" / "adr" / "README.md").read_text(encoding="utf-8")
    decisions = sorted(p for p in (ROOT / "docs" / "adr").glob("[0-9]*.md"))
    assert len(decisions) >= 10
    for page in decisions:
        assert f"({page.name})" in index, page.name
        text = page.read_text(encoding="utf-8")
        for part in ("**Context.**", "**Decision.**", "**The rule that follows.**", "**What would reverse it.**"):
            assert part in text, (page.name, part)


def test_every_dependency_has_its_line() -> None:
    project = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["project"]
    index = (ROOT / "docs" / "adr" / "README.md").read_text(encoding="utf-8").split("## Dependencies")[1]
    named = {
        name
        for row in index.splitlines()
        if row.startswith("| ")
        for name in re.split(r",\s*", row.split("|")[1].strip())
    }
    wanted = {re.split(r"[<>=;\[ ]", line, maxsplit=1)[0] for line in project["dependencies"]}
    assert wanted - named == set()
