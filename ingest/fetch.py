"""First stage: an input of any size and encoding becomes numbered lines of UTF-8 bytes, in bounded memory.

Knows files, streams, gzip and encodings; knows nothing of formats.
"""

from __future__ import annotations

import codecs
import zlib
from itertools import chain
from typing import TYPE_CHECKING, NamedTuple

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator
    from typing import BinaryIO

    from ingest.causes import Notes

CHUNK = 1 << 18
HEAD = 1 << 16
MAX_ROW = 16 << 20
"""Bytes of the longest row that is read; a longer one is passed over without being held in memory."""

BOMS = (
    (codecs.BOM_UTF32_LE, "utf-32-le"),  # before UTF-16, whose mark it begins with
    (codecs.BOM_UTF32_BE, "utf-32-be"),
    (codecs.BOM_UTF8, "utf-8"),
    (codecs.BOM_UTF16_LE, "utf-16-le"),
    (codecs.BOM_UTF16_BE, "utf-16-be"),
)
GZIP = b"\x1f\x8b\x08"


class Line(NamedTuple):
    """One line without its end. `data` is None where it was longer than MAX_ROW; `size` counts its bytes."""

    number: int
    data: bytes | None
    size: int


def blocks(stream: BinaryIO) -> Iterator[bytes]:
    """The bytes of an open file or pipe, a block at a time."""
    while block := stream.read(CHUNK):
        yield block


def text_bytes(parts: Iterable[bytes], notes: Notes) -> Iterator[bytes]:
    """The input as UTF-8 without a mark: unzipped, transcoded where it is UTF-16 or UTF-32, LF line ends.

    What is neither stays as it is: single lines that are no UTF-8 are dealt with by `decode`.
    """
    head, rest = peek(parts)
    if head.startswith(GZIP):
        head, rest = peek(_unzip(rest, notes))
    encoding, mark = _encoding(head)
    if encoding != "utf-8":
        yield from _transcode(rest, encoding, mark, notes)
        return
    old_mac = b"\r" in head and b"\n" not in head
    skip = mark
    for part in rest:
        data = part[skip:]
        skip = max(0, skip - len(part))
        yield data.replace(b"\r", b"\n") if old_mac else data


def peek(parts: Iterable[bytes], size: int = HEAD) -> tuple[bytes, Iterator[bytes]]:
    """The first bytes (all of a short input), and the whole input again."""
    source = iter(parts)
    taken: list[bytes] = []
    got = 0
    for part in source:
        taken.append(part)
        got += len(part)
        if got >= size:
            break
    whole = b"".join(taken)
    return whole[:size], chain([whole] if whole else [], source)


def _unzip(parts: Iterable[bytes], notes: Notes) -> Iterator[bytes]:
    reader = zlib.decompressobj(wbits=31)
    for part in parts:
        data = part
        while data:
            if reader.eof:  # members may follow each other
                reader = zlib.decompressobj(wbits=31)
            try:
                yield reader.decompress(data, CHUNK)
            except zlib.error:
                notes.add("INPUT_TRUNCATED", "The gzip data is damaged; what follows is not read.")
                return
            data = reader.unconsumed_tail or reader.unused_data.lstrip(b"\0")
    yield reader.flush()
    if not reader.eof:
        notes.add("INPUT_TRUNCATED", "The gzip data ends early.")


def _encoding(head: bytes) -> tuple[str, int]:
    """The encoding and the length of its mark. Without a mark, zeros at every other byte tell UTF-16."""
    for mark, name in BOMS:
        if head.startswith(mark):
            return name, len(mark)
    sample = head[:1024]
    half = len(sample) // 2
    if half and sample[1::2].count(0) > half * 0.7 and sample[::2].count(0) < half * 0.3:
        return "utf-16-le", 0
    if half and sample[::2].count(0) > half * 0.7 and sample[1::2].count(0) < half * 0.3:
        return "utf-16-be", 0
    return "utf-8", 0


def _transcode(parts: Iterable[bytes], encoding: str, mark: int, notes: Notes) -> Iterator[bytes]:
    reader = codecs.getincrementaldecoder(encoding)(errors="replace")
    skip = mark
    for part in parts:
        yield _translated(reader.decode(part[skip:]), encoding, notes)
        skip = max(0, skip - len(part))
    yield _translated(reader.decode(b"", final=True), encoding, notes)


def _translated(text: str, encoding: str, notes: Notes) -> bytes:
    if "\ufffd" in text:
        notes.add("ENCODING_BROKEN", f"Some bytes are no {encoding.upper()}.")
    return text.encode("utf-8", "replace")


def lines(parts: Iterable[bytes], limit: int = MAX_ROW) -> Iterator[Line]:
    """Numbered lines from 1, without LF or CR LF. One that is longer than the limit comes without data."""
    number = 1
    held: list[bytes] = []
    size = 0
    for part in parts:
        first, *more = part.split(b"\n")
        size += len(first)
        if size <= limit:
            held.append(first)
        else:
            held.clear()
        if not more:
            continue
        yield _line(number, held, size, limit)
        last = more.pop()
        for data in more:
            number += 1
            yield _line(number, [data], len(data), limit)
        number += 1
        held, size = [last], len(last)
    if size:
        yield _line(number, held, size, limit)


def _line(number: int, held: list[bytes], size: int, limit: int) -> Line:
    if size > limit:
        return Line(number, None, size)
    return Line(number, b"".join(held).removesuffix(b"\r"), size)


def decode(data: bytes, line: int, notes: Notes) -> str:
    """One line as text: UTF-8, else Windows-1252, else Latin-1; a guess is noted."""
    try:
        return data.decode()
    except UnicodeDecodeError:
        pass
    try:
        text = data.decode("cp1252")
        notes.add("ENCODING_GUESSED", "Some lines are no UTF-8; they were read as Windows-1252.", line)
    except UnicodeDecodeError:
        text = data.decode("latin-1")
        notes.add("ENCODING_GUESSED", "Some lines are no UTF-8; they were read as Latin-1.", line)
    return text
