"""Bytes of any encoding become numbered lines, in bounded memory."""

from __future__ import annotations

import gzip
import tracemalloc
from typing import TYPE_CHECKING

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ingest.causes import Notes
from ingest.fetch import decode, lines, text_bytes

if TYPE_CHECKING:
    from collections.abc import Iterator


def split(data: bytes, size: int = 3) -> list[bytes]:
    return [data[i : i + size] for i in range(0, len(data), size)]


def read(data: bytes, size: int = 3) -> tuple[list[str], Notes]:
    notes = Notes()
    found = [decode(line.data or b"", line.number, notes) for line in lines(text_bytes(split(data, size), notes))]
    return found, notes


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "utf-16", "utf-16-le", "utf-16-be", "utf-32"])
def test_encodings_are_told_from_the_bytes(encoding: str) -> None:
    text = "isrc,title,artist\r\nGBAHS1400099,Señorita,Ed\nX,ケアレス,محمد"
    found, notes = read(text.encode(encoding))
    assert found == ["isrc,title,artist", "GBAHS1400099,Señorita,Ed", "X,ケアレス,محمد"]
    assert notes.as_maps() == []


def test_a_line_that_is_no_utf8_is_read_as_windows_1252_and_said_so() -> None:
    found, notes = read("Ünïcode\n".encode() + "Café “x”\n".encode("cp1252"))
    assert found == ["Ünïcode", "Café “x”"]
    (note,) = notes.as_maps()
    assert note["code"] == "ENCODING_GUESSED"
    assert note["line"] == 2


def test_bytes_that_windows_1252_lacks_are_latin_1() -> None:
    assert decode(b"a\x81b", 1, Notes()) == "a\x81b"


def test_old_mac_line_ends() -> None:
    assert read(b"a,b\rc,d\r")[0] == ["a,b", "c,d"]


def test_gzip_is_told_from_the_bytes_and_may_have_members() -> None:
    data = gzip.compress(b"one\ntwo\n") + gzip.compress(b"three\n")
    assert read(data)[0] == ["one", "two", "three"]


def test_gzip_that_ends_early_is_noted() -> None:
    found, notes = read(gzip.compress(b"line\n" * 100)[:-12], 1000)
    assert found[0] == "line"
    assert notes.as_maps()[0]["code"] == "INPUT_TRUNCATED"


def test_two_hundred_megabytes_in_one_line_are_passed_over_without_being_held() -> None:
    def parts() -> Iterator[bytes]:
        yield b"first\n"
        for _ in range(200):
            yield b"x" * (1 << 20)
        yield b"\nlast\n"

    tracemalloc.start()
    try:
        found = list(lines(parts()))
        _, peak = tracemalloc.get_traced_memory()
    finally:
        tracemalloc.stop()
    assert [(line.number, line.data, line.size) for line in found] == [
        (1, b"first", 5),
        (2, None, 200 << 20),
        (3, b"last", 4),
    ]
    assert peak < 40 << 20


@given(st.binary(max_size=300), st.integers(1, 40), st.integers(1, 50))
def test_lines_do_not_depend_on_how_the_bytes_arrive(data: bytes, size: int, limit: int) -> None:
    found = list(lines(split(data, size), limit))
    wanted = data.split(b"\n")
    wanted = wanted if wanted[-1] else wanted[:-1]
    assert [line.number for line in found] == list(range(1, len(wanted) + 1))
    assert [line.size for line in found] == [len(line) for line in wanted]
    assert [line.data for line in found] == [None if len(line) > limit else line.removesuffix(b"\r") for line in wanted]


@given(st.binary(max_size=400), st.integers(1, 60))
def test_no_bytes_break_the_stage(data: bytes, size: int) -> None:
    found, _ = read(data, size)
    assert all(isinstance(line, str) for line in found)
