"""The pages about the ingest say what the code does."""

from __future__ import annotations

import re
from pathlib import Path

from ingest.causes import REPAIRS, Notes
from ingest.claims import Draft
from ingest.columns import meaning
from ingest.report import OUTCOMES, Summary
from ingest.sniff import FORMATS
from ingest.stages import SUFFIXES, drafts, parse

DOCS = Path(__file__).parents[3] / "docs"
INGEST = (DOCS / "ingest.md").read_text(encoding="utf-8")
CSV = (DOCS / "csv.md").read_text(encoding="utf-8")


def test_every_code_is_listed_with_its_repair() -> None:
    listed = dict(re.findall(r"^\| `([A-Z_]+)` \| (.*) \|$", INGEST, re.MULTILINE))
    assert listed == REPAIRS


def test_outcomes_formats_and_endings_are_all_there() -> None:
    assert re.findall(r"^\| `([a-z_]+)` \|", INGEST, re.MULTILINE) == list(OUTCOMES)
    assert all(f"`{name}`" in INGEST for name in (*FORMATS, *SUFFIXES))
    assert all(key in INGEST for key in Summary("").as_map())


def test_the_example_is_read_without_a_problem() -> None:
    (text,) = re.findall(r"```csv\n(.*?)```", CSV, re.DOTALL)
    notes = Notes()
    chosen, rows = parse([text.encode()], "auto", notes)
    found = list(drafts(rows, chosen, "auto", "here", notes))
    assert [(d.main.name, d.problems) for d in found if isinstance(d, Draft)] == [
        ("Thinking Out Loud", []),
        ("Night Song", []),
    ]
    assert notes.as_maps() == []


def test_every_column_of_the_table_is_known() -> None:
    rows = re.findall(r"^\| (`[^|]*) \| ([^|]*) \|", CSV.partition("## Columns")[2], re.MULTILINE)
    names = [name for first, _ in rows for name in re.findall(r"`([^`]+)`", first)]
    others = [name.strip() for _, second in rows for name in second.split(",") if name.strip(" …")]
    assert len(names) > 20
    assert [name for name in names + others if meaning(name) is None] == []
