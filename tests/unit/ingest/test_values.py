"""Durations, dates, numbers and credits as people write them."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ingest import values
from ingest.values import Person


@pytest.mark.parametrize(
    ("text", "wanted"),
    [
        ("3:45", 225_000),
        ("03:45.5", 225_500),
        ("1:02:03", 3_723_000),
        ("225s", 225_000),
        ("225 sec", 225_000),
        ("225000 ms", 225_000),
        ("225000", 225_000),
        (225000, 225_000),
        (225, 225_000),
        ("9999", 9_999_000),
        ("10000", 10_000),
        (225.25, 225_250),
        ("3.5 min", 210_000),
        ("PT3M45S", 225_000),
        ("PT1H", 3_600_000),
        ("", None),
        ("3:75", None),
        ("-3", None),
        ("PT", None),
        (True, None),
        ("three minutes", None),
        ("99999999999", None),
    ],
)
def test_durations(text: object, wanted: int | None) -> None:
    assert values.duration(text) == wanted


def test_the_unit_of_a_column_counts() -> None:
    assert values.duration("225", "ms") == 225
    assert values.duration("20000", "s") == 20_000_000


@pytest.mark.parametrize(
    ("text", "wanted"),
    [
        ("2014", "2014"),
        (2014, "2014"),
        ("2014-06", "2014-06"),
        ("2014-06-20", "2014-06-20"),
        ("2014/6/2", "2014-06-02"),
        ("20140620", "2014-06-20"),
        ("20.6.2014", "2014-06-20"),
        ("2014-06-20T12:00:00Z", "2014-06-20"),
        ("2014-00-00", "2014"),
        ("2014-06-00", "2014-06"),
        ("2014-13-01", None),
        ("2014-02-30", None),
        ("06/20/2014", None),
        ("soon", None),
    ],
)
def test_dates(text: object, wanted: str | None) -> None:
    assert values.calendar(text) == wanted


def test_credits_in_text() -> None:
    assert values.people("composer: A; Producer: B, C | D (mixer)\nE") == [
        Person("A", "composer"),
        Person("B, C", "producer"),
        Person("D", "mixer"),
        Person("E", "contributor"),
    ]
    assert values.people("composer: A [isni: 0000 0001, ipi: 123]") == [
        Person("A", "composer", (("isni", "0000 0001"), ("ipi", "123")))
    ]


def test_credits_in_json() -> None:
    assert values.people([{"name": "A", "role": "Composer", "isni": "1"}, "mixer: B"]) == [
        Person("A", "composer", (("isni", "1"),)),
        Person("B", "mixer"),
    ]
    assert values.people({"composer": ["A", "B"], "mixer": "C"}) == [
        Person("A", "composer"),
        Person("B", "composer"),
        Person("C", "mixer"),
    ]
    assert values.people([{"role": "composer"}]) is None
    assert values.people(7) is None


def test_small_ones() -> None:
    assert values.number("3/12") == 3
    assert values.number("x") is None
    assert values.country(" gb ") == "GB"
    assert values.country("Great Britain") is None
    assert values.year("2014-06-20") == 2014
    assert values.items("Pop; Rock|Pop") == ["Pop", "Rock"]


@given(st.text(max_size=30))
def test_no_text_breaks_a_reader(text: str) -> None:
    found = values.duration(text)
    assert found is None or 0 <= found <= values.MS_MOST
    assert (values.calendar(text) or "2000").count("-") <= 2
    assert values.people(text) is not None
    assert values.number(text) is None or text.strip()
