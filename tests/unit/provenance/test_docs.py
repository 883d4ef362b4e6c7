"""The page about provenance says what the code does: its examples run, its tables name the keys."""

from __future__ import annotations

import re
from pathlib import Path

from provenance.cid import decode_strict

PAGE = (Path(__file__).parents[3] / "docs" / "provenance.md").read_text()
EXAMPLES = re.findall(r"```python\n(.*?)```", PAGE, re.DOTALL)


def section(title: str) -> str:
    return PAGE.split(f"## {title}\n", 1)[1].split("\n## ", 1)[0]


def keys(title: str) -> set[str]:
    return set(re.findall(r"^\| `(\w+)` \|", section(title), re.MULTILINE))


def test_the_examples_run_and_the_tables_name_every_key() -> None:
    names: dict[str, bytes] = {}
    for example in EXAMPLES:
        exec(example, names)  # noqa: S102 - our own page
    for title, name in (("Record block", "record_block"), ("Payload block", "payload_block")):
        block = decode_strict(names[name])
        assert isinstance(block, dict)
        assert keys(title) == set(block)
