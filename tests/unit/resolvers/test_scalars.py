"""Scalars take and give plain strings in one form, and say what is wrong with the rest."""

from datetime import datetime
from typing import Any

import pytest
from graphql import GraphQLError
from hypothesis import given
from hypothesis import strategies as st

from ontology.shape import TIME
from resolvers.scalars import date, moment


@pytest.mark.parametrize("value", ["1969", "1969-09", "1969-09-26", "2024-02-29"])
def test_dates_of_every_precision(value: str) -> None:
    assert date(value) == value


@pytest.mark.parametrize(
    "value", ["69", "1969-13", "1969-09-31", "26.9.1969", "1969-9-26", "", None, 1969, True, ["1969"]]
)
def test_what_is_no_date(value: Any) -> None:
    with pytest.raises(GraphQLError, match="Date"):
        date(value)


@pytest.mark.parametrize(
    ("value", "stored"),
    [
        ("2024-05-01T12:00:00Z", "2024-05-01T12:00:00.000000Z"),
        ("2024-05-01T12:00:00.5+02:00", "2024-05-01T10:00:00.500000Z"),
        ("2024-05-01T00:30-01:00", "2024-05-01T01:30:00.000000Z"),
        ("0987-05-01T00:00:00Z", "0987-05-01T00:00:00.000000Z"),
    ],
)
def test_moments_are_stored_in_one_form(value: str, stored: str) -> None:
    assert moment(value) == stored


@pytest.mark.parametrize(
    "value", ["2024-05-01T12:00:00", "2024-05-01", "noon", "", None, 1714564800, "0001-01-01T00:00+14:00", {}]
)
def test_what_is_no_moment(value: Any) -> None:
    with pytest.raises(GraphQLError, match="ISO 8601 time with its offset"):
        moment(value)


@given(st.datetimes(timezones=st.timezones(), min_value=datetime(2, 1, 1), max_value=datetime(9998, 1, 1)))  # noqa: DTZ001
def test_a_moment_has_the_stored_form_and_stays_the_same_instant(when: datetime) -> None:
    found = moment(when.isoformat())
    assert TIME.match(found)
    assert moment(found) == found
    assert datetime.fromisoformat(found) == datetime.fromisoformat(when.isoformat())


@given(st.text(max_size=80))
def test_any_text_is_taken_or_refused_in_one_line(text: str) -> None:
    for scalar in (date, moment):
        try:
            said = scalar(text)
        except GraphQLError as error:
            said = error.message
        assert 0 < len(said) < 200
