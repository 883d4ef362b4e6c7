"""The chain of generators from bytes to drafts: fetch, parse, map. Linking and committing follow in `run`.

Pure but for reading its input; holds one row at a time.
"""

from __future__ import annotations

import hashlib
import sys
from dataclasses import dataclass
from itertools import islice
from pathlib import Path
from typing import TYPE_CHECKING

from ingest import csvrows, isrcrows, jsonrows, musicbrainz
from ingest.fetch import blocks, lines, peek, text_bytes
from ingest.row import Bad, Row
from ingest.sniff import Format, choose
from ontology.errors import Invalid, NotFound

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator

    from ingest.causes import Notes
    from ingest.claims import Draft

SUFFIXES = (".csv", ".tsv", ".txt", ".json", ".jsonl", ".ndjson", ".gz")
"""Files that are read where a folder is given; the format is told from the content all the same."""


@dataclass(frozen=True, slots=True)
class Input:
    """One file or stream. `digest` is the SHA-256 of its bytes where it can be read twice, else empty."""

    name: str
    open: Callable[[], Iterator[bytes]]
    digest: str = ""
    size: int = 0


def inputs(paths: Iterable[str]) -> list[Input]:
    """Files, folders (their files by name), and `-` for standard input.

    Raises NotFound(INPUT_NOT_FOUND) and Invalid(INPUT_UNREADABLE) before anything is read for good.
    """
    found: list[Input] = []
    for text in paths:
        path = Path(text)
        if text == "-":
            found.append(Input("-", lambda: blocks(sys.stdin.buffer)))
        elif path.is_dir():
            inside = sorted(p for p in path.iterdir() if p.is_file() and p.suffix.lower() in SUFFIXES)
            found += [_file(p) for p in inside]
        elif path.exists():
            found.append(_file(path))
        else:
            raise NotFound("INPUT_NOT_FOUND", f"There is no file {text}.", "Check the path.")
    if not found:
        hint = f"Give files that end in {', '.join(SUFFIXES)}."
        raise NotFound("INPUT_NOT_FOUND", "There is nothing to read.", hint)
    return found


def _file(path: Path) -> Input:
    try:
        with path.open("rb") as stream:
            digest = hashlib.file_digest(stream, "sha256").hexdigest()
    except OSError as error:
        cause = error.strerror or "it cannot be read"
        raise Invalid("INPUT_UNREADABLE", f"{path}: {cause}.", "Check the file and its permissions.") from None
    return Input(str(path), lambda: _opened(path), digest, path.stat().st_size)


def _opened(path: Path) -> Iterator[bytes]:
    with path.open("rb") as stream:
        yield from blocks(stream)


def parse(parts: Iterable[bytes], asked: str, notes: Notes) -> tuple[Format, Iterator[Row | Bad]]:
    """The rows of an input, and the format it is read as. Raises Invalid where it cannot be read at all."""
    head, rest = peek(text_bytes(parts, notes))
    if not head.strip():
        notes.add("INPUT_EMPTY", "There is nothing in it.")
    chosen = choose(asked, head)
    if chosen == "csv":
        return chosen, csvrows.rows(lines(rest), notes)
    if chosen == "json":
        return chosen, jsonrows.rows_of_document(rest, notes)
    return chosen, jsonrows.rows_of_lines(lines(rest), notes)


def drafts(rows: Iterable[Row | Bad], chosen: Format, asked: str, source: str, notes: Notes) -> Iterator[Draft | Bad]:
    """What each row says; a bad row passes through."""
    for row in rows:
        if isinstance(row, Bad):
            yield row
        elif chosen == "csv":
            yield isrcrows.draft(row, source, notes)
        elif row.kind or asked == "musicbrainz" or musicbrainz.is_document(row.value):
            yield musicbrainz.draft(row, notes)
        else:
            yield isrcrows.draft(Row(row.line, isrcrows.canonical(row.value, row.line, notes)), source, notes)


def grouped(items: Iterable[Draft | Bad], size: int) -> Iterator[list[Draft | Bad]]:
    """Lists of at most `size` items."""
    source = iter(items)
    while group := list(islice(source, size)):
        yield group
