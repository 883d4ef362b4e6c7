"""CSV as people write it: a broken record costs itself and no other."""

from __future__ import annotations

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ingest.causes import Notes
from ingest.csvrows import rows
from ingest.fetch import lines
from ingest.row import Bad
from ontology.errors import Invalid


def parse(text: str | bytes) -> tuple[list[Any], list[str]]:
    notes = Notes()
    data = text.encode() if isinstance(text, str) else text
    found = [(r.line, r.problem.code) if isinstance(r, Bad) else (r.line, r.value) for r in rows(lines([data]), notes)]
    return found, [str(note["code"]) for note in notes.as_maps()]


@pytest.mark.parametrize("delimiter", [",", ";", "\t", "|"])
def test_the_delimiter_is_found(delimiter: str) -> None:
    text = "isrc,title,artist\nA,B,C\n".replace(",", delimiter)
    assert parse(text)[0] == [(2, {"isrc": "A", "title": "B", "artist": "C"})]


def test_headers_go_by_many_names_and_unknown_ones_are_noted_once() -> None:
    found, notes = parse("Track Title,ARTIST_NAME,Isrc Code,Shoe Size,isrc\nT,A,I,44,J\nT,A,I,45,J\n")
    assert found[0] == (2, {"title": "T", "artist": "A", "isrc": "I"})
    assert notes == ["COLUMN_UNKNOWN", "COLUMN_REPEATED"]


def test_columns_of_roles_may_repeat() -> None:
    found, _ = parse("isrc,title,artist,composer,Composer,role:kazoo\nI,T,A,X,Y,Z\n")
    assert found[0][1] | {} == {
        "isrc": "I", "title": "T", "artist": "A", "role:composer": "X; Y", "role:kazoo": "Z",
    }  # fmt: skip


@pytest.mark.parametrize("text", ["", "\n\n", "a,b,c\n1,2,3\n", "isrc,title\nA,B\n", '"isrc\n'])
def test_without_a_header_there_is_nothing_to_read(text: str) -> None:
    if text.strip():
        with pytest.raises(Invalid) as caught:
            parse(text)
        assert caught.value.code == "COLUMNS_MISSING"
    else:
        assert parse(text) == ([], ["INPUT_EMPTY"])


def test_quotes_within_cells_and_over_lines() -> None:
    found, _ = parse('isrc,title,artist\nA,"B ""b"", b",C\nD,"two\r\nlines",F\nG,5" single,H\nI, "J, K", L\n')
    assert [value for _, value in found] == [
        {"isrc": "A", "title": 'B "b", b', "artist": "C"},
        {"isrc": "D", "title": "two\nlines", "artist": "F"},
        {"isrc": "G", "title": '5" single', "artist": "H"},
        {"isrc": "I", "title": "J, K", "artist": "L"},
    ]
    assert [line for line, _ in found] == [2, 3, 5, 6]


def test_an_unclosed_quote_costs_its_line_only() -> None:
    text = 'isrc,title,artist\nA,"B,C\nD,E,F\nG,"H",I\nJ,"K"x,L\nM,N,"O\n'
    assert parse(text)[0] == [
        (2, "QUOTES_BROKEN"),
        (3, {"isrc": "D", "title": "E", "artist": "F"}),
        (4, {"isrc": "G", "title": "H", "artist": "I"}),
        (5, "QUOTES_BROKEN"),
        (6, "QUOTES_BROKEN"),
    ]


def test_an_unclosed_quote_does_not_swallow_a_long_file() -> None:
    text = 'isrc,title,artist\nA,"B,C\n' + "D,E,F\n" * 1000
    found, _ = parse(text)
    assert found[0] == (2, "QUOTES_BROKEN")
    assert len(found) == 1001


def test_cells_are_counted() -> None:
    found, _ = parse("isrc,title,artist\nA,B\nA,B,C,D\nA,B,C,,\n")
    assert [what for _, what in found][:2] == ["CELLS_TOO_FEW", "CELLS_TOO_MANY"]
    assert found[2] == (4, {"isrc": "A", "title": "B", "artist": "C"})


def test_zero_bytes_and_long_lines_are_rejected_with_their_line(monkeypatch: pytest.MonkeyPatch) -> None:
    del monkeypatch
    notes = Notes()
    data = [b"isrc,title,artist\n", b"A,B\0,C\n", b"x" * 50, b"\nD,E,F\n"]
    found = list(rows(lines(data, limit=40), notes))
    assert [(r.line, r.problem.code if isinstance(r, Bad) else "") for r in found] == [
        (2, "NUL_BYTE"),
        (3, "ROW_TOO_LONG"),
        (4, ""),
    ]


CELL = st.text(st.characters(codec="utf-8", exclude_characters="\0\r\n"), max_size=12)


@given(st.lists(st.tuples(CELL, CELL, CELL), max_size=8))
def test_what_a_proper_writer_writes_is_read_back(table: list[tuple[str, str, str]]) -> None:
    def quoted(cell: str) -> str:
        return '"' + cell.replace('"', '""') + '"'

    text = "isrc,title,artist\n" + "".join(",".join(quoted(c) for c in row) + "\n" for row in table)
    found, _ = parse(text)
    names = ("isrc", "title", "artist")
    assert [value for _, value in found] == [
        {n: c.strip() for n, c in zip(names, row, strict=True) if c.strip()} for row in table
    ]


@given(st.text(alphabet='ab,;"\n\r\0\té', max_size=120))
def test_no_text_breaks_the_stage(text: str) -> None:
    found, _ = parse("isrc,title,artist\n" + text)
    assert [line for line, _ in found] == sorted(line for line, _ in found)
