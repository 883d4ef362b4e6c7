"""Scalars: what each accepts and hands on. Values are plain strings both ways; wrong ones say why."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any, Final, NewType

import strawberry
from graphql import GraphQLError
from strawberry.scalars import JSON
from strawberry.types.scalar import ScalarDefinition

from ontology.errors import Invalid
from ontology.shape import check_value
from ontology.terms import Field, Kind

Date = NewType("Date", str)
DateTime = NewType("DateTime", str)

_DATE: Final = Field(Kind.DATE, "xsd:date", "year, month or day precision", "Date")
_TIME_HINT: Final = "Give an ISO 8601 time with its offset: 2024-05-01T12:00:00Z."


def date(value: Any) -> str:
    """A calendar date of year, month or day precision."""
    try:
        return str(check_value(_DATE, "" if value is None else value))
    except Invalid as wrong:
        raise GraphQLError(f"{wrong.message} {wrong.hint}") from None


def moment(value: Any) -> str:
    """An instant in the one form that is stored: UTC, six digits of the second, Z."""
    try:
        found = datetime.fromisoformat(value) if isinstance(value, str) else None
        utc = found.astimezone(UTC) if found and found.tzinfo else None
    except (ValueError, OverflowError):
        utc = None
    if utc is None:
        shown = repr(value)
        raise GraphQLError(f"DateTime is {shown[:60]}. {_TIME_HINT}")
    return utc.strftime("%Y-%m-%dT%H:%M:%S.%fZ").zfill(27)


def as_is(value: Any) -> Any:
    """What is stored is in form already."""
    return value


SCALAR_MAP: Final[dict[object, ScalarDefinition]] = {
    Date: strawberry.scalar(
        name="Date",
        description="A date as far as it is known: `YYYY`, `YYYY-MM` or `YYYY-MM-DD`.",
        serialize=as_is,
        parse_value=date,
    ),
    DateTime: strawberry.scalar(
        name="DateTime",
        description="An instant, given in ISO 8601 with an offset, answered as `YYYY-MM-DDTHH:MM:SS.ffffffZ`.",
        serialize=as_is,
        parse_value=moment,
    ),
    JSON: strawberry.scalar(
        name="JSON",
        description="Any JSON value, as it is.",
        serialize=as_is,
        parse_value=as_is,
    ),
}

SCALARS: Final[dict[str, Any]] = {
    "ID": strawberry.ID,
    "String": str,
    "Int": int,
    "Float": float,
    "Boolean": bool,
    "Date": Date,
    "DateTime": DateTime,
    "JSON": JSON,
}
"""Every scalar by its GraphQL name, as Strawberry knows it."""
