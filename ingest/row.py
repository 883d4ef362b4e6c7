"""What parsing yields: a row to use, or a row that cannot be used with the reason."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from ingest.causes import Problem


@dataclass(slots=True)
class Row:
    """One row: its line in the input, from 1, and its values by field name (or a MusicBrainz document).

    `kind` names the type of a MusicBrainz document where the input says it.
    """

    line: int
    value: dict[str, Any]
    kind: str = ""


@dataclass(slots=True)
class Bad:
    """A row that cannot be used."""

    line: int
    problem: Problem


def too_long(size: int) -> Problem:
    """The problem of a row beyond the limit."""
    return Problem("ROW_TOO_LONG", f"The row is {size:,} bytes long.")
