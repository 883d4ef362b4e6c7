"""What an ingest tells about itself: the summary, the rows, and progress on the way."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from ingest.link import Plan

OUTCOMES = ("created", "updated", "unchanged", "rejected", "needs_review")
CAUSE_MOST = 3_900


@dataclass(slots=True)
class Summary:
    """What became of a batch. `warnings` are about the input as a whole, `codes` count the causes of rows."""

    batch: str
    source: str = ""
    format: str = ""
    dry_run: bool = False
    rows: int = 0
    counts: dict[str, int] = field(default_factory=lambda: dict.fromkeys(OUTCOMES, 0))
    changes: int = 0
    seconds: float = 0.0
    codes: dict[str, int] = field(default_factory=dict)
    warnings: list[dict[str, object]] = field(default_factory=list)

    def count(self, outcome: str, code: str | None) -> None:
        """Take in one row."""
        self.rows += 1
        self.counts[outcome] += 1
        if code:
            self.codes[code] = self.codes.get(code, 0) + 1

    def as_map(self) -> dict[str, Any]:
        """For programs: {batch, rows, created, updated, unchanged, rejected, needs_review, seconds, …}."""
        return {
            "batch": self.batch,
            "rows": self.rows,
            **self.counts,
            "seconds": round(self.seconds, 3),
            "changes": self.changes,
            "source": self.source,
            "format": self.format,
            "dry_run": self.dry_run,
            "codes": self.codes,
            "warnings": self.warnings,
        }


def row_map(plan: Plan, name: str) -> dict[str, Any]:
    """One row for reports and for the graph: absent where there is nothing to say.

    The first problem gives code and repair; the cause names them all.
    """
    found: dict[str, Any] = {"line": plan.line, "outcome": plan.outcome}
    if name:
        found["input"] = name[-500:]
    if plan.problems:
        first = plan.problems[0]
        found["code"] = first.code
        found["cause"] = " ".join(problem.cause for problem in plan.problems)[:CAUSE_MOST]
        found["repair"] = first.mend()
    if plan.entity:
        found["entity"] = plan.entity
    return found
