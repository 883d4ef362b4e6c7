"""What can be wrong with an input or a row: stable codes, each with the repair that mends it.

Codes are part of the public vocabulary: programs branch on them, `docs/ingest.md` lists them (tested).
"""

from __future__ import annotations

from dataclasses import dataclass, field

REPAIRS: dict[str, str] = {
    # a row that cannot be used
    "FIELD_MISSING": "Give every row an isrc, a title and an artist.",
    "CELLS_TOO_MANY": "Put cells that contain the delimiter in double quotes.",
    "CELLS_TOO_FEW": "Give every row as many cells as the header has, empty ones included.",
    "QUOTES_BROKEN": "Close every double quote; write a double quote within quotes twice.",
    "NUL_BYTE": "Export the file again as text; it holds binary zeros.",
    "ROW_TOO_LONG": "Split the row: one row holds at most 16 MiB.",
    "JSON_BROKEN": "Mend the JSON of this row; each row must be one object.",
    "JSON_TRUNCATED": "Export the file again; it ends in the middle of a value.",
    "JSON_NOT_OBJECT": 'Make every row an object, such as {"isrc": …, "title": …, "artist": …}.',
    "MUSICBRAINZ_UNKNOWN": "Give recordings, works, releases, release groups, artists, labels, areas or events.",
    "VALUE_INVALID": "Mend the value.",
    # a row that waits for a person
    "TITLE_CONTRADICTS": "Decide which title is right; then mend the file or the graph and run it again.",
    "ARTIST_CONTRADICTS": "Decide which artist is right; then mend the file or the graph and run it again.",
    "IDENTIFIER_AMBIGUOUS": "Decide which of them is meant, and merge or mend the others.",
    # a row that was used, but not all of it
    "IDENTIFIER_INVALID": "Mend the identifier; it is kept as given and marked invalid.",
    "DURATION_UNREADABLE": "Write durations as m:ss, as milliseconds, or as seconds with an s.",
    "DATE_UNREADABLE": "Write dates as YYYY, YYYY-MM or YYYY-MM-DD.",
    "YEAR_UNREADABLE": "Write the year as four digits.",
    "COUNTRY_UNREADABLE": "Write the country as its two-letter ISO 3166-1 code.",
    "NUMBER_UNREADABLE": "Write a whole number.",
    "CONTRIBUTORS_UNREADABLE": "Write contributors as 'role: name; role: name'.",
    "VALUE_DROPPED": "Mend the value, or leave it out.",
    "VALUE_DIFFERS": "Decide which value is right; the one that was there first is kept.",
    "ALBUM_DIFFERS": "Check the barcode: it names another release in the graph, whose title is kept.",
    # the input as a whole
    "COLUMN_UNKNOWN": "Rename it if it means a known column; its cells are not used.",
    "COLUMN_REPEATED": "Remove one of the two; the first is used.",
    "ENCODING_GUESSED": "Save the file as UTF-8.",
    "ENCODING_BROKEN": "Save the file as UTF-8; characters that could not be read were replaced.",
    "VALUE_UNUSED": "Give an album or a upc too; label, country and the like belong to a release.",
    "RELATION_SKIPPED": "Nothing to do: the graph has no place for relations of this kind.",
    "INPUT_EMPTY": "Nothing to do, if the input is meant to be empty.",
    "INPUT_TRUNCATED": "Fetch the file again; its compressed data ends early.",
}  # fmt: skip


@dataclass(frozen=True, slots=True)
class Problem:
    """One thing that is wrong: `code` is stable, `cause` says what and where, `repair` how to mend it."""

    code: str
    cause: str
    repair: str = ""

    def mend(self) -> str:
        """The repair in words, from the table where none was given."""
        return self.repair or REPAIRS.get(self.code, "")


@dataclass(slots=True)
class Notes:
    """Warnings about an input as a whole, each said once, with the line of its first sight and how often."""

    seen: dict[tuple[str, str], tuple[Problem, int, int]] = field(default_factory=dict)

    MOST = 200  # an input may not grow the report without bound

    def add(self, code: str, cause: str, line: int = 0) -> None:
        """Count a warning; the same code and cause is one warning."""
        found = self.seen.get((code, cause))
        if found is not None:
            self.seen[code, cause] = (found[0], found[1], found[2] + 1)
        elif len(self.seen) < self.MOST:
            self.seen[code, cause] = (Problem(code, cause), line, 1)

    def as_maps(self) -> list[dict[str, object]]:
        """For reports: code, cause, repair, line, times."""
        return [
            {"code": p.code, "cause": p.cause, "repair": p.mend(), "line": line, "times": times}
            for p, line, times in self.seen.values()
        ]
