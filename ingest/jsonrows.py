"""Second stage for JSON: one object a line, or a document with an array of objects, cut without holding it.

A broken object costs itself and no other; what may be cut off is told from the grammar, never guessed.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

import orjson

from ingest.causes import Notes, Problem
from ingest.fetch import MAX_ROW, Line, decode
from ingest.row import Bad, Row, too_long

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

LISTS = {
    "recordings": "recording",
    "works": "work",
    "releases": "release",
    "release-groups": "release-group",
    "artists": "artist",
    "labels": "label",
    "areas": "area",
    "events": "event",
    "rows": "",
    "items": "",
    "data": "",
}
"""Keys under which a document may hold its rows, and the MusicBrainz type they then have."""

_OUT = re.compile(rb'["{}\[\]]')
_IN = re.compile(rb'["\\\n]')
_BLANK = b" \t\r\n"
MAX_DEPTH = 500


def rows_of_lines(source: Iterable[Line], notes: Notes) -> Iterator[Row | Bad]:
    """One object a line; blank lines are passed over."""
    for line in source:
        if line.data is None:
            yield Bad(line.number, too_long(line.size))
        elif line.data.strip():
            yield from read(line.data, line.number, notes)


def rows_of_document(parts: Iterable[bytes], notes: Notes) -> Iterator[Row | Bad]:
    """The objects of an array, of objects in a row, or of one document with a list in it."""
    cutter = _Cutter()
    for part in parts:
        for line, data, size in cutter.feed(part):
            if data is None:
                yield Bad(line, too_long(size))
            else:
                yield from read(data, line, notes)
    yield from cutter.close(notes)


def read(data: bytes, line: int, notes: Notes) -> Iterator[Row | Bad]:
    """One JSON value as rows: an object is one, a document with a list of them is several."""
    try:
        value = orjson.loads(data)
    except orjson.JSONDecodeError as error:
        yield _reread(data, line, error, notes)
        return
    if not isinstance(value, dict):
        yield Bad(line, _no_object(value))
        return
    key = next((key for key in LISTS if key in value and not _IS_ENTITY & value.keys()), None)
    if key is None or not isinstance(value[key], list):
        yield Row(line, value)
        return
    for item in value[key]:
        yield Row(line, item, LISTS[key]) if isinstance(item, dict) else Bad(line, _no_object(item))


_IS_ENTITY = {"id", "isrc", "title", "name", "sort-name", "artist-credit"}


def _reread(data: bytes, line: int, error: orjson.JSONDecodeError, notes: Notes) -> Row | Bad:
    """A second look at what is no JSON: it may be JSON in another encoding."""
    reason = str(error)
    if not data.isascii():
        try:
            value = orjson.loads(decode(data, line, notes))
        except (orjson.JSONDecodeError, UnicodeEncodeError) as second:
            reason = str(second)
        else:
            return Row(line, value) if isinstance(value, dict) else Bad(line, _no_object(value))
    if b"\0" in data:
        return Bad(line, Problem("NUL_BYTE", "The row holds a zero byte."))
    code = "JSON_TRUNCATED" if "unexpected end" in reason.lower() else "JSON_BROKEN"
    shown = data[:60].decode("utf-8", "replace")
    return Bad(line, Problem(code, f"{reason}: {shown!r}"))


def _no_object(value: object) -> Problem:
    return Problem("JSON_NOT_OBJECT", f"The row is {str(value)[:80]!r}.")


class _Cutter:
    """Finds where each object of a document begins and ends. Holds one object at most, MAX_ROW at most."""

    def __init__(self) -> None:
        self.line = 1  # of the byte after the last one that was counted
        self.open: list[int] = []  # the brackets that are open, the array around the rows included
        self.base = 0  # how many of them are around the rows
        self.in_text = False
        self.escaped = False
        self.held: list[bytes] = []
        self.size = 0
        self.began = 0  # the line on which the row in hand began; 0 when there is none
        self.before = 0  # the last byte of the part before that is not blank
        self.stray = b""

    def feed(self, part: bytes) -> Iterator[tuple[int, bytes | None, int]]:
        """Whole rows as (line, bytes or None if too long, size); also rows that turn out to be broken."""
        at = 1 if self.escaped else 0
        self.escaped = False
        start = 0  # of what is not held yet
        while True:
            match = (_IN if self.in_text else _OUT).search(part, at)
            if match is None:
                break
            sign, at = part[match.start()], match.end()
            if self.in_text:
                at = self._text(sign, at, len(part))
            elif sign == ord('"'):
                self.in_text = True
            elif sign in b"{[":
                if self._begins(sign, part, match.start()):
                    yield from self._cut(part[start : match.start()])
                    start = match.start()
                self._push(sign)
            elif self._pop():
                self._hold(part[start:at])
                yield self._finish()
                start = at
        self._hold(part[start:])
        trimmed = part.rstrip(_BLANK)
        self.before = trimmed[-1] if trimmed else self.before

    def close(self, notes: Notes) -> Iterator[Bad]:
        """What is left at the end of the input."""
        if self.began:
            yield Bad(self.began, Problem("JSON_TRUNCATED", "The input ends in the middle of this row."))
        elif self.open:
            notes.add("INPUT_TRUNCATED", "The array of rows is not closed; its end may be missing.", self.line)
        if self.stray:
            shown = self.stray[:60].decode("utf-8", "replace")
            yield Bad(self.line, Problem("JSON_NOT_OBJECT", f"Between the rows stands {shown!r}."))

    def _text(self, sign: int, at: int, end: int) -> int:
        if sign == ord("\\"):
            self.escaped = at >= end
            return at + 1
        self.in_text = False  # a line end within a text breaks it: the row ends as broken JSON
        return at

    def _begins(self, sign: int, part: bytes, where: int) -> bool:
        """Whether a row begins at this bracket: none is open, or the one in hand cannot go on like this."""
        if not self.began:
            return bool(self.open) or sign == ord("{")
        if sign != ord("{") or self.open[-1] != ord("{"):
            return False
        while where > 0 and part[where - 1] in _BLANK:
            where -= 1
        return (part[where - 1] if where else self.before) != ord(":")

    def _cut(self, before: bytes) -> Iterator[tuple[int, bytes | None, int]]:
        """A row begins; what stands before it ends: the broken row in hand, or what lies between rows."""
        in_hand = self.began
        self._hold(before)
        if in_hand:
            yield self._finish()
        self.began = self.line
        del self.open[self.base :]

    def _push(self, sign: int) -> None:
        if not self.open and not self.began and sign == ord("["):
            self.base = 1
        if len(self.open) < MAX_DEPTH:
            self.open.append(sign)

    def _pop(self) -> bool:
        """Close a bracket; whether that ends the row in hand."""
        if self.open:
            self.open.pop()
        if not self.began:
            self.base = min(self.base, len(self.open))
            return False
        return len(self.open) <= self.base

    def _hold(self, data: bytes) -> None:
        self.line += data.count(b"\n")
        if not self.began:
            self._between(data)
            return
        self.size += len(data)
        if self.size <= MAX_ROW:
            self.held.append(data)
        else:
            self.held.clear()

    def _between(self, data: bytes) -> None:
        if len(self.stray) < 200:  # noqa: PLR2004 - enough to show
            self.stray += data.strip(_BLANK + b",[]")[:200]

    def _finish(self) -> tuple[int, bytes | None, int]:
        row = (self.began, b"".join(self.held) if self.size <= MAX_ROW else None, self.size)
        self.held.clear()
        self.size = self.began = 0
        return row
