"""JSON in lines and in documents: a broken object costs itself and no other."""

from __future__ import annotations

import json
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ingest import jsonrows
from ingest.causes import Notes
from ingest.fetch import lines
from ingest.row import Bad, Row
from ingest.sniff import choose
from ontology.errors import Invalid


def told(found: Any) -> list[Any]:
    return [(r.line, r.problem.code if isinstance(r, Bad) else r.value) for r in found]


def document(data: bytes, size: int = 5) -> tuple[list[Any], list[str]]:
    notes = Notes()
    parts = [data[i : i + size] for i in range(0, len(data), size)]
    found = told(jsonrows.rows_of_document(parts, notes))
    return found, [str(note["code"]) for note in notes.as_maps()]


def by_line(data: bytes) -> list[Any]:
    return told(jsonrows.rows_of_lines(lines([data]), Notes()))


def test_one_object_a_line() -> None:
    assert by_line(b'{"a":1}\n\n{"b":2}\n[1]\n{"c":\n"x"\n{"d":"\xe9"}\n{"e":"\0"}') == [
        (1, {"a": 1}),
        (3, {"b": 2}),
        (4, "JSON_NOT_OBJECT"),
        (5, "JSON_TRUNCATED"),
        (6, "JSON_NOT_OBJECT"),
        (7, {"d": "é"}),
        (8, "NUL_BYTE"),
    ]


def test_an_array_over_lines() -> None:
    assert document(b'[{"a":1},\n {"b":[{"c":"]}\\""}]},\n\n {"d":{}}]') == (
        [(1, {"a": 1}), (2, {"b": [{"c": ']}"'}]}), (4, {"d": {}})],
        [],
    )


def test_a_document_with_a_list_in_it() -> None:
    data = b'{"created": "x", "recordings": [{"id": "1"}, 2], "count": 2}'
    found = list(jsonrows.rows_of_document([data], Notes()))
    assert [r.kind for r in found if isinstance(r, Row)] == ["recording"]
    assert told(found)[1] == (1, "JSON_NOT_OBJECT")


def test_broken_objects_in_an_array_cost_themselves() -> None:
    found, _ = document(b'[{"a":1,\n{"b":2},\n{"c":"x\n{"d":4},\n{"e":nope},\n{"f":6}]')
    assert found == [
        (1, "JSON_TRUNCATED"),
        (2, {"b": 2}),
        (3, "JSON_BROKEN"),
        (4, {"d": 4}),
        (5, "JSON_BROKEN"),
        (6, {"f": 6}),
    ]


def test_truncated_documents() -> None:
    assert document(b'[{"a":1},{"b":') == ([(1, {"a": 1}), (1, "JSON_TRUNCATED")], [])
    assert document(b'[{"a":1}') == ([(1, {"a": 1})], ["INPUT_TRUNCATED"])


def test_an_object_beyond_the_limit_is_passed_over(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(jsonrows, "MAX_ROW", 30)
    found, _ = document(b'[{"a":1},{"b":"' + b"x" * 100 + b'"},{"c":3}]')
    assert found == [(1, {"a": 1}), (1, "ROW_TOO_LONG"), (1, {"c": 3})]


VALUES = st.recursive(
    st.none() | st.booleans() | st.integers(-(2**40), 2**40) | st.text(max_size=8),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=4), inner, max_size=3),
    max_leaves=8,
)
OBJECTS = st.dictionaries(st.text(max_size=5).filter(lambda key: key not in jsonrows.LISTS), VALUES, max_size=4)


@given(st.lists(OBJECTS, max_size=5), st.integers(1, 30), st.sampled_from([None, 1]))
def test_what_a_proper_writer_writes_is_read_back(table: list[Any], size: int, indent: int | None) -> None:
    data = json.dumps(table, indent=indent, ensure_ascii=False).encode("utf-8", "surrogatepass")
    found, notes = document(data, size)
    assert [value for _, value in found] == table
    assert notes == []


@given(st.text(alphabet='{}[]":,\\\n ax1', max_size=150), st.integers(1, 20))
def test_no_text_breaks_the_stage(text: str, size: int) -> None:
    found, _ = document(text.encode(), size)
    assert [line for line, _ in found] == sorted(line for line, _ in found)
    assert by_line(text.encode()) is not None


@pytest.mark.parametrize(
    ("head", "wanted"),
    [
        (b"isrc,title,artist\n", "csv"),
        (b' \n[{"isrc": 1}]', "json"),
        (b'{"a":1}\n{"b":2}\n', "jsonl"),
        (b'{"a":1}', "jsonl"),
        (b'{\n "a": 1\n}', "json"),
        (b'{"a": \n{"b":2}\n{"c":3}\n', "jsonl"),
        (b'{"a": "' + b"x" * 70000, "jsonl"),
    ],
)
def test_the_format_is_told_from_the_content(head: bytes, wanted: str) -> None:
    assert choose("auto", head) == wanted


def test_a_format_that_is_none_is_refused() -> None:
    with pytest.raises(Invalid) as caught:
        choose("xlsx", b"")
    assert caught.value.code == "FORMAT_UNKNOWN"
