"""Second stage for CSV and TSV: lines become rows, and a broken one costs no other.

Python's own reader would swallow the rest of a file after an unclosed quote, so records are cut here,
line by line; it reads single records only.
"""

from __future__ import annotations

import csv
from collections import deque
from dataclasses import dataclass
from functools import cached_property
from typing import TYPE_CHECKING

from ingest.causes import Notes, Problem
from ingest.columns import REQUIRED, meaning
from ingest.fetch import MAX_ROW, Line, decode
from ingest.row import Bad, Row, too_long
from ontology.errors import Invalid

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

DELIMITERS = ",;\t|"
SPAN = 100
"""Lines that one quoted cell may span before its quote counts as unclosed."""
csv.field_size_limit(1 << 25)


@dataclass(frozen=True)
class Header:
    """What the columns mean. `fields` has one entry per column, None for one that is not used."""

    delimiter: str
    fields: tuple[str | None, ...]

    @cached_property
    def used(self) -> list[tuple[int, str]]:
        """Position and field of each column that is used."""
        return [(i, name) for i, name in enumerate(self.fields) if name is not None]


def rows(source: Iterable[Line], notes: Notes) -> Iterator[Row | Bad]:
    """Rows of cells by field name, empty cells left out. Raises Invalid(COLUMNS_MISSING) for a bad header."""
    reader = _Pushback(source)
    header: Header | None = None
    for line in reader:
        if line.data is None:
            yield Bad(line.number, too_long(line.size))
        elif not line.data.strip():
            continue
        elif header is None:
            header = read_header(decode(line.data, line.number, notes), notes, line.number)
        else:
            yield _row(line, reader, header, notes)
    if header is None:
        notes.add("INPUT_EMPTY", "There is no header and no row.")


def read_header(text: str, notes: Notes, line: int = 1) -> Header:
    """What the first line says. Unknown and repeated columns are noted once."""
    delimiter, names = max(
        ((d, _split(text, d) or []) for d in DELIMITERS), key=lambda found: sum(1 for n in found[1] if meaning(n))
    )
    fields: list[str | None] = []
    for name in names:
        field = meaning(name)
        if field is None and name.strip():
            notes.add("COLUMN_UNKNOWN", f"Column {name.strip()[:80]!r} is not known.", line)
        elif field in fields and field is not None and not field.startswith("role:"):
            notes.add("COLUMN_REPEATED", f"Column {name.strip()[:80]!r} means {field}, which is there already.", line)
            field = None
        fields.append(field)
    missing = [name for name in REQUIRED if name not in fields]
    if missing:
        raise Invalid(
            "COLUMNS_MISSING",
            f"Line {line} is no header with {', '.join(missing)}: {text[:120]!r}.",
            "Begin the file with a header that has the columns isrc, title and artist.",
        )
    return Header(delimiter, tuple(fields))


class _Pushback:
    """Lines, some of which may be given back to be read again."""

    def __init__(self, source: Iterable[Line]) -> None:
        self._source = iter(source)
        self._back: deque[Line] = deque()

    def __iter__(self) -> Iterator[Line]:
        return self

    def __next__(self) -> Line:
        return self._back.popleft() if self._back else next(self._source)

    def give_back(self, taken: list[Line]) -> None:
        self._back.extendleft(reversed(taken))


def _row(line: Line, reader: _Pushback, header: Header, notes: Notes) -> Row | Bad:
    text = decode(line.data or b"", line.number, notes)
    if "\0" in text:
        return Bad(line.number, Problem("NUL_BYTE", "The row holds a zero byte."))
    cells = text.split(header.delimiter) if '"' not in text else _quoted(text, line, reader, header, notes)
    if cells is None:
        return Bad(
            line.number, Problem("QUOTES_BROKEN", f"A double quote is not closed or not doubled: {text[:80]!r}.")
        )
    if len(cells) != len(header.fields):
        problem = _miscounted(cells, len(header.fields))
        if problem is not None:
            return Bad(line.number, problem)
    found: dict[str, object] = {}
    for i, name in header.used:
        cell = cells[i].strip()
        if cell:
            found[name] = f"{found[name]}; {cell}" if name in found else cell
    return Row(line.number, found)


def _miscounted(cells: list[str], count: int) -> Problem | None:
    if len(cells) > count:
        if not any(cell.strip() for cell in cells[count:]):
            return None
        return Problem("CELLS_TOO_MANY", f"The row has {len(cells)} cells, the header {count}.")
    return Problem("CELLS_TOO_FEW", f"The row has {len(cells)} cells, the header {count}.")


def _quoted(text: str, line: Line, reader: _Pushback, header: Header, notes: Notes) -> list[str] | None:
    """The cells of a record with quotes, over several lines where a quoted cell does; None when broken.

    A record over several lines must have the right number of cells: otherwise its first line is at fault and
    the others are read again by themselves.
    """
    delimiter, count = header.delimiter, len(header.fields)
    cells = _split(text, delimiter)
    if cells is not None or not _open(text, delimiter):
        return cells
    taken: list[Line] = []
    parts = [text]
    room = MAX_ROW - line.size
    for more in reader:
        taken.append(more)
        room -= more.size
        if more.data is None or len(taken) > SPAN or room < 0:
            break
        part = decode(more.data, more.number, notes)
        parts.append(part)
        if '"' not in part:
            continue
        whole = "\n".join(parts)
        cells = _split(whole, delimiter)
        if cells is not None and len(cells) == count:
            return cells
        if cells is not None or not _open(whole, delimiter):
            break
    reader.give_back(taken)
    return None


def _split(text: str, delimiter: str) -> list[str] | None:
    try:
        return next(csv.reader([text], delimiter=delimiter, strict=True, skipinitialspace=True), [])
    except csv.Error:
        return None


def _open(text: str, delimiter: str) -> bool:
    """Whether the record ends within quotes, so that more lines may complete it."""
    return _split(text + '"', delimiter) is not None
