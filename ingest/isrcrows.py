"""Third stage for rows of at least {isrc, title, artist}: what such a row says about the music graph."""

from __future__ import annotations

from typing import Any

from ingest import values
from ingest.causes import Notes, Problem
from ingest.claims import Claim, Credit, Draft, checked, identify
from ingest.columns import REQUIRED, WRITERS, meaning
from ingest.names import fold
from ingest.row import Bad, Row
from ingest.values import Person

RELEASE_ONLY = ("label", "country", "catalogNumber", "albumArtist", "trackNumber", "discNumber")


EARLIEST = frozenset({"firstReleaseDate", "year"})
"""A row tells the date of one release; the recording's is that of the first."""


def draft(row: Row, source: str, notes: Notes) -> Draft | Bad:
    """What the row says, or why it cannot be used. `source` scopes what has no identifier."""
    cells = row.value
    missing = [name for name in REQUIRED if not _text(cells.get(name))]
    if missing:
        return Bad(row.line, Problem("FIELD_MISSING", f"The row has no {', no '.join(missing)}."))
    problems: list[Problem] = []
    recording = _recording(cells, source, problems)
    if "title" not in recording.fields:
        return Bad(row.line, Problem("VALUE_INVALID", problems[0].cause, problems[0].repair))
    found = Draft(row.line, recording, [recording], [], problems)
    _artists(found, cells, source)
    if not found.credits:
        return Bad(row.line, Problem("VALUE_INVALID", problems[-1].cause, problems[-1].repair))
    work = _work(found, cells, source)
    _people(found, cells, source, work)
    _release(found, cells, source, notes)
    return found


def canonical(value: dict[str, Any], line: int, notes: Notes) -> dict[str, Any]:
    """A JSON object with its keys as the columns' names; keys that mean nothing are noted and left out."""
    found: dict[str, Any] = {}
    for key, item in value.items():
        name = meaning(key)
        if name is None:
            notes.add("COLUMN_UNKNOWN", f"Column {key[:80]!r} is not known.", line)
        elif item not in (None, "", []):
            found.setdefault(name, item.strip() if isinstance(item, str) else item)
    return found


def _text(value: object) -> str:
    """The cell as text; of a list the items, of an object its name."""
    if isinstance(value, str):
        return value.strip()
    if isinstance(value, list):
        return "; ".join(text for item in value if (text := _text(item)))
    if isinstance(value, dict):
        return _text(value.get("name"))
    return "" if value is None or isinstance(value, bool) else str(value)


def _recording(cells: dict[str, Any], source: str, problems: list[Problem]) -> Claim:
    title = _text(cells["title"])
    if "version" in cells and fold(_text(cells["version"])) not in fold(title):
        title = f"{title} ({_text(cells['version'])})"
    natural = f"{source}|recording|{_text(cells['isrc'])}|{fold(title)}|{fold(_text(cells['artist']))}"
    fields: dict[str, object] = {"title": title}
    if len(cells) > len(REQUIRED):
        fields |= _details(cells, problems)
    claim = Claim("Recording", title, natural, checked("Recording", fields, problems), leading=True)
    claim.earliest = EARLIEST - {"year"} if "year" in cells else EARLIEST
    for raw in values.items(cells["isrc"]):
        identify(claim, "isrc", raw, problems)
    if "mbid" in cells:
        identify(claim, "mbid", _text(cells["mbid"]), problems)
    return claim


def _details(cells: dict[str, Any], problems: list[Problem]) -> dict[str, object]:
    released = _read(cells, "releaseDate", values.calendar, "DATE_UNREADABLE", problems)
    return {
        "durationMs": _duration(cells, problems),
        "firstReleaseDate": released,
        "year": _read(cells, "year", values.year, "YEAR_UNREADABLE", problems) or values.year(released),
        "genre": values.items(cells["genre"]) if "genre" in cells else None,
    }


def _duration(cells: dict[str, Any], problems: list[Problem]) -> int | None:
    for name, unit in (("durationMs", "ms"), ("durationS", "s"), ("duration", "")):
        if name in cells:
            found = values.duration(cells[name], unit)
            if found is not None:
                return found
            problems.append(Problem("DURATION_UNREADABLE", f"Duration {str(cells[name])[:40]!r} is not used."))
    return None


def _read(cells: dict[str, Any], name: str, reader: Any, code: str, problems: list[Problem]) -> Any:
    if name not in cells:
        return None
    found = reader(cells[name])
    if found is None:
        problems.append(Problem(code, f"{name} {str(cells[name])[:40]!r} is not used."))
    return found


def person(who: Person, source: str, problems: list[Problem]) -> Claim | None:
    """The contributor that a name in a row of this source stands for; None when it cannot be stored."""
    fields = checked("Contributor", {"name": who.name}, problems)
    if not fields:
        return None
    claim = Claim("Contributor", who.name, f"{source}|contributor|{fold(who.name)}", fields)
    for scheme, raw in who.identifiers:
        identify(claim, scheme, raw, problems)
    return claim


def _artists(found: Draft, cells: dict[str, Any], source: str) -> None:
    given = cells["artist"]
    people = [_artist(item) for item in (given if isinstance(given, list) else values.items(_text(given)))]
    codes = tuple(
        (scheme, _text(cells[name]))
        for name, scheme in (("artistIsni", "isni"), ("artistIpi", "ipi"), ("artistMbid", "mbid"))
        if name in cells
    )
    for position, who in enumerate(people):
        claim = person(who._replace(identifiers=codes) if codes and len(people) == 1 else who, source, found.problems)
        if claim is None:
            continue
        fields: dict[str, object] = {"role": "performer"} | ({"position": position} if len(people) > 1 else {})
        found.claims.append(claim)
        found.credits.append(Credit(claim, found.main, fields, exclusive=True))


def _artist(item: object) -> Person:
    known = values.people([item]) if isinstance(item, dict) else None
    return known[0] if known else Person(_text(item), "performer")


def _work(found: Draft, cells: dict[str, Any], source: str) -> Claim | None:
    """The composition, where the row names one by its code or its title."""
    if "iswc" not in cells and "workTitle" not in cells:
        return None
    title = _text(cells.get("workTitle")) or found.main.name
    codes = values.items(cells["iswc"]) if "iswc" in cells else []
    natural = f"{source}|work|{';'.join(codes)}|{fold(title)}|{'' if codes else found.main.natural}"
    fields: dict[str, object] = {"title": title, "languages": values.items(cells.get("language", []))}
    work = Claim("Work", title, natural, checked("Work", fields, found.problems))
    if "title" not in work.fields:
        return None
    for raw in codes:
        identify(work, "iswc", raw, found.problems)
    found.main.edges["works"] = [work]
    found.claims.append(work)
    return work


def _people(found: Draft, cells: dict[str, Any], source: str, work: Claim | None) -> None:
    credited: list[Person] = []
    if "contributors" in cells:
        given = values.people(cells["contributors"])
        if given is None:
            cause = f"Contributors {str(cells['contributors'])[:80]!r} are not used."
            found.problems.append(Problem("CONTRIBUTORS_UNREADABLE", cause))
        credited += given or []
    for name, cell in cells.items():
        if name.startswith("role:"):
            credited += [
                Person(_text(who), name[5:]) for who in (cell if isinstance(cell, list) else values.items(cell))
            ]
    for who in credited:
        claim = person(who, source, found.problems)
        fields = checked("Contribution", {"role": who.role}, found.problems)
        if claim is not None and fields:
            target = work if work is not None and who.role in WRITERS else found.main
            found.claims.append(claim)
            found.credits.append(Credit(claim, target, fields))


def _release(found: Draft, cells: dict[str, Any], source: str, notes: Notes) -> None:
    album, code = _text(cells.get("album")), _text(cells.get("upc")) or _text(cells.get("grid"))
    if not album and not code:
        for name in RELEASE_ONLY:
            if name in cells:
                notes.add(
                    "VALUE_UNUSED", f"{name} is given, but no album and no upc to which it would belong.", found.line
                )
        return
    artist = _text(cells.get("albumArtist")) or _text(cells["artist"])
    fields: dict[str, object] = {
        "title": album or found.main.name,
        "date": values.calendar(cells.get("releaseDate")),
        "country": _read(cells, "country", values.country, "COUNTRY_UNREADABLE", found.problems),
        "label": _text(cells.get("label")),
        "catalogNumber": _text(cells.get("catalogNumber")),
    }
    natural = f"{source}|release|{code}|{fold(album)}|{fold(artist)}"
    release = Claim("Release", album, natural, checked("Release", fields, found.problems))
    for scheme, column in (("barcode", "upc"), ("grid", "grid")):
        identify(release, scheme, _text(cells.get(column)), found.problems)
    if "title" in release.fields:
        found.claims += [release, _track(found, cells, release)]


def _track(found: Draft, cells: dict[str, Any], release: Claim) -> Claim:
    """The position on the release; 0 where the row gives none."""
    number = _read(cells, "trackNumber", values.number, "NUMBER_UNREADABLE", found.problems)
    disc = _read(cells, "discNumber", values.number, "NUMBER_UNREADABLE", found.problems)
    fields: dict[str, object] = {"position": number or 0, "medium": disc or None, "title": found.main.name}
    kept = checked("Track", fields | {"durationMs": found.main.fields.get("durationMs")}, found.problems)
    edges = {"release": [release], "recording": [found.main]}
    return Claim("Track", found.main.name, f"{disc or 0}|{number or 0}", kept, edges=edges)
