"""What `ingest` and `load` tell of rows and batches, for people and for programs."""

import json
from typing import Any

import typer

SHOWN = 50
"""Rows with problems that a person is shown at once."""
WORDS = ("created", "updated", "unchanged", "rejected", "needs_review")


class Rows:
    """Tells of rows that need somebody: as JSON lines, or as text up to a number that can be read."""

    def __init__(self, as_json: bool) -> None:
        self._json = as_json
        self._shown = 0
        self.hidden = 0

    def __call__(self, row: dict[str, Any]) -> None:
        if row["outcome"] not in {"rejected", "needs_review"}:
            return
        if self._json:
            typer.echo(json.dumps(row))
        elif self._shown < SHOWN:
            self._shown += 1
            typer.echo(row_text(row), err=True)
        else:
            self.hidden += 1


def row_text(row: dict[str, Any]) -> str:
    """One row in a line: where, what became of it, why, and how to mend it."""
    where = f"{row['input']}, line {row['line']}" if row.get("input") else f"line {row['line']}"
    told = f"{where}: {row['outcome'].replace('_', ' ')}"
    return f"{told}, {row['code']}: {row['cause']} {row.get('repair', '')}".rstrip() if row.get("code") else told


def lines(summary: dict[str, Any], hidden: int) -> list[str]:
    """The summary for a person; `hidden` rows with problems were not shown."""
    told = [f"  … and {hidden} more rows; `omnisonic ingest show {summary['batch']}` shows them"] if hidden else []
    told += [
        f"note: {w['cause']} ({w['times']} x, first in line {w['line']}) {w['repair']}" for w in summary["warnings"]
    ]
    counts = ", ".join(f"{summary[word]} {word.replace('_', ' ')}" for word in WORDS)
    kind = "dry run, nothing written" if summary["dry_run"] else f"batch {summary['batch']}"
    return [*told, f"{summary['rows']} rows: {counts}, in {summary['seconds']:.1f} s ({kind})"]
