from __future__ import annotations

import re
from datetime import UTC, datetime, timedelta, timezone

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ontology.errors import Invalid
from provenance.clock import next_time, parse_time, time_text
from provenance.ulid import is_ulid, ulid, ulid_milliseconds

MOMENTS = st.datetimes(timezones=st.just(UTC))
MILLISECONDS = st.integers(0, 2**48 - 1)
RANDOM = st.binary(min_size=10, max_size=10)


@given(MOMENTS)
def test_time_is_read_back(moment: datetime) -> None:
    text = time_text(moment)
    assert re.fullmatch(r"\d{4}-\d{2}-\d{2}T\d{2}:\d{2}:\d{2}\.\d{6}Z", text)
    assert parse_time(text) == moment


@given(MOMENTS, MOMENTS)
def test_text_order_is_time_order(one: datetime, other: datetime) -> None:
    assert (time_text(one) < time_text(other)) == (one < other)


def test_known_times() -> None:
    assert time_text(datetime(2026, 1, 2, tzinfo=UTC)) == "2026-01-02T00:00:00.000000Z"
    paris = timezone(timedelta(hours=1))
    assert time_text(datetime(2026, 1, 2, 0, 30, 1, 5, paris)) == "2026-01-01T23:30:01.000005Z"
    with pytest.raises(ValueError, match="time zone"):
        time_text(datetime(2026, 1, 2))  # noqa: DTZ001 - the mistake that is refused


@given(MOMENTS, MOMENTS)
def test_next_time_grows(now: datetime, previous: datetime) -> None:
    if previous == datetime.max.replace(tzinfo=UTC):
        return
    following = next_time(time_text(now), time_text(previous))
    assert following > time_text(previous)
    assert following >= time_text(now)
    assert next_time(time_text(now), None) == time_text(now)


def test_next_time_carries_and_ends() -> None:
    early = "2026-01-01T00:00:00.000000Z"
    assert next_time(early, early) == "2026-01-01T00:00:00.000001Z"
    assert next_time(early, "2026-12-31T23:59:59.999999Z") == "2027-01-01T00:00:00.000000Z"
    with pytest.raises(Invalid):
        next_time(early, "9999-12-31T23:59:59.999999Z")


@pytest.mark.parametrize(
    "text",
    [
        "",
        "2026-01-01T00:00:00Z",
        "2026-01-01T00:00:00.000Z",
        "2026-01-01T00:00:00.000000",
        "2026-01-01T00:00:00.000000+00:00",
        "2026-01-01 00:00:00.000000Z",
        "2026-01-01T00:00:00.000000z",
        "2026-02-29T00:00:00.000000Z",
        "2026-13-01T00:00:00.000000Z",
        "2026-01-01T24:00:00.000000Z",
        "2026-06-30T23:59:60.000000Z",
        "0000-01-01T00:00:00.000000Z",
        "2026-01-01T00:00:00.000000Z\n",
        "٢٠٢٦-01-01T00:00:00.000000Z",
    ],
)
def test_other_times_are_refused(text: str) -> None:
    with pytest.raises(Invalid) as caught:
        parse_time(text)
    assert caught.value.code == "time_invalid"


@given(MILLISECONDS, RANDOM)
def test_ulid_keeps_its_time(milliseconds: int, randomness: bytes) -> None:
    made = ulid(milliseconds, randomness)
    assert is_ulid(made)
    assert ulid_milliseconds(made) == milliseconds


@given(st.tuples(MILLISECONDS, RANDOM), st.tuples(MILLISECONDS, RANDOM))
def test_ulids_sort_by_time_then_randomness(one: tuple[int, bytes], other: tuple[int, bytes]) -> None:
    assert (ulid(*one) < ulid(*other)) == (one < other)


@given(st.lists(st.tuples(st.integers(0, 3), RANDOM), min_size=2))
def test_monotonic_ulids_grow(steps: list[tuple[int, bytes]]) -> None:
    made: list[str] = []
    for step in steps:
        made.append(ulid(*step, made[-1] if made else None))
    assert made == sorted(set(made))


def test_known_ulids() -> None:
    assert ulid(0, bytes(10)) == "0" * 26
    assert ulid(2**48 - 1, b"\xff" * 10) == "7" + "Z" * 25
    # the time of the specification's example
    assert ulid(1469918176385, bytes(10)).startswith("01ARYZ6S41")
    assert ulid(5, b"\xff" * 10, ulid(5, b"\xff" * 10)) == ulid(6, bytes(10))


def test_ulids_end() -> None:
    last = ulid(2**48 - 1, b"\xff" * 10)
    for milliseconds, previous in ((2**48, None), (0, last), (-1, None)):
        with pytest.raises(Invalid):
            ulid(milliseconds, bytes(10), previous)
    with pytest.raises(ValueError, match="10 random bytes"):
        ulid(0, b"")


@pytest.mark.parametrize(
    "text", ["", "8" + "0" * 25, "0" * 25, "0" * 27, "01arz3ndektsv4rrffq69g5fav", "0" * 25 + "U", "0" * 26 + "\n"]
)
def test_other_ulids_are_refused(text: str) -> None:
    assert not is_ulid(text)
    with pytest.raises(Invalid):
        ulid_milliseconds(text)
