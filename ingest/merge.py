"""What of a claim's fields is new, given what the graph has: the one place where that is decided."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from ingest.causes import Problem
from ingest.names import close, same

if TYPE_CHECKING:
    from graph.live import Live
    from ingest.claims import Claim

NEAR_MS = 2_000
"""Two lengths of one recording may differ by this much without one of them being wrong."""


def differences(claim: Claim, live: Live, settled: bool, ref: str, problems: list[Problem]) -> dict[str, object]:  # noqa: FBT001
    """The fields to set. Lists are added to; gaps are filled; other values give way to a leading claim only.

    Nothing gives way where the batch itself wrote last and is run again (`settled`), nor where an earlier row
    of the same file said otherwise, which becomes a problem.
    """
    told: dict[str, object] = {}
    for name, value in claim.fields.items():
        have = live.fields.get(name)
        if have is None:
            told[name] = value
        elif isinstance(value, list):
            more = [item for item in value if item not in have]
            if more:
                told[name] = [*have, *more]
        elif have != value and name in claim.earliest:
            if _earlier(have, value):
                told[name] = value
        elif have != value and not settled and _prevails(claim, live, name, ref, problems):
            told[name] = value
    return told


def _prevails(claim: Claim, live: Live, name: str, ref: str, problems: list[Problem]) -> bool:
    """Whether the claim's value takes the place of another one; tells of those that do not but should be seen."""
    have, value = live.fields[name], claim.fields[name]
    if not claim.leading:
        if (claim.etype, name, claim.own) == ("Release", "title", "") and not close(str(have), str(value)):
            problems.append(Problem("ALBUM_DIFFERS", f"The row says {value!r}, the graph {have!r}."))
        return False
    if _as_good(claim, name, have, value):
        return False
    if not claim.own and live.ref == ref:
        problems.append(Problem("VALUE_DIFFERS", f"{name} is {value!r} here and {have!r} in an earlier row."))
        return False
    return True


def _earlier(have: Any, value: Any) -> bool:
    """Whether the new date is earlier, or the same more exactly."""
    if isinstance(have, str) and str(value).startswith(have):
        return True
    return bool(value < have) and not str(have).startswith(str(value))


def _as_good(claim: Claim, name: str, have: Any, value: Any) -> bool:
    """Whether what a row says is what the graph has, written otherwise. A source with own keys is exact."""
    if claim.own:
        return False
    if name == "durationMs":
        return abs(int(have) - int(value)) <= NEAR_MS
    return isinstance(have, str) and isinstance(value, str) and same(have, value)
