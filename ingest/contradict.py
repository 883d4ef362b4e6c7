"""Tells a row that contradicts the graph from one that says the same in other words.

A row names a recording by its ISRC; if title or artist are quite different, one of the two is wrong, and only
a person can tell which.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from ingest.causes import Problem
from ingest.names import close, same

if TYPE_CHECKING:
    from graph.live import Credited, Live
    from ingest.claims import Credit, Draft


@dataclass(slots=True)
class Match:
    """Who of a row's contributors is credited already: claim -> id; and what of the row adds nothing."""

    contributors: dict[int, str] = field(default_factory=dict)
    dropped: set[int] = field(default_factory=set)


def contradiction(draft: Draft, live: Live, match: Match) -> Problem | None:
    """Why a row cannot be about this entity; else its contributors are matched with those credited."""
    title = str(draft.main.fields["title"])
    known = [str(live.fields.get("title", "")), *live.fields.get("aliases", [])]
    if any(same(title, other) for other in known):
        draft.main.fields.pop("title")  # said in other letters, or under another of its titles
    elif not close(title, known[0]):
        cause = f"The row says title {title!r}, the graph {known[0]!r} (Recording {live.id})."
        return Problem("TITLE_CONTRADICTS", cause)
    performers = [c for c in live.credits.values() if c.fields.get("role") == "performer"]
    named = [credit for credit in draft.credits if credit.exclusive]
    if performers and not _performers(named, performers, match):
        printed = _printed(performers)
        said = "; ".join(credit.who.name for credit in named)
        return Problem(
            "ARTIST_CONTRADICTS", f"The row says artist {said!r}, the graph {printed!r} (Recording {live.id})."
        )
    _others(draft, live, match)
    return None


def _performers(named: list[Credit], performers: list[Credited], match: Match) -> bool:
    """Whether who the row says performs fits who does; those found are matched."""
    strange = []
    for credit in named:
        found = _who(credit.who.name, performers)
        if found is None:
            strange.append(credit)
        else:
            match.contributors[id(credit.who)] = found.contributor
            match.dropped.add(id(credit))
    if strange and len(strange) == len(named):
        if not close("; ".join(credit.who.name for credit in strange), _printed(performers)):
            return False
        match.dropped.update(id(thing) for credit in strange for thing in (credit, credit.who))
    return True


def _who(name: str, credited: list[Credited]) -> Credited | None:
    exact = (c for c in credited if any(same(name, other) for other in c.names))
    near = (c for c in credited if any(close(name, other) for other in c.names))
    return next(exact, None) or next(near, None)


def _printed(performers: list[Credited]) -> str:
    """The credit as it is printed: names in order, with what stands between them."""
    ordered = sorted(performers, key=lambda c: c.fields.get("position", 0))
    parts = [(str(c.fields.get("creditedAs") or c.names[0]), str(c.fields.get("joinPhrase", ""))) for c in ordered]
    ends = [join or ", " for _, join in parts[:-1]] + [""]
    return "".join(name + end for (name, _), end in zip(parts, ends, strict=True))


def _others(draft: Draft, live: Live, match: Match) -> None:
    """Whoever is credited on the recording already is the one whom the row credits under the same name."""
    credited = list(live.credits.values())
    for credit in draft.credits:
        if not credit.exclusive and not any(i.valid for i in credit.who.identifiers):
            found = next((c for c in credited if any(same(credit.who.name, n) for n in c.names)), None)
            if found is not None:
                match.contributors[id(credit.who)] = found.contributor
