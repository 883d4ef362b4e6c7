"""The time of a record, as text: UTC with microseconds, fixed width, so that text order is time order."""

from __future__ import annotations

import re
from datetime import UTC, datetime, timedelta
from typing import Final

from ontology.errors import Invalid

_TIME: Final = re.compile(r"[0-9]{4}-[0-9]{2}-[0-9]{2}T[0-9]{2}:[0-9]{2}:[0-9]{2}\.[0-9]{6}Z")
_TICK: Final = timedelta(microseconds=1)


def time_text(moment: datetime) -> str:
    """`YYYY-MM-DDTHH:MM:SS.ffffffZ` of an aware moment; a naive one is a mistake (ValueError)."""
    if moment.tzinfo is not UTC:
        if moment.utcoffset() is None:
            raise ValueError("a moment without a time zone")
        moment = moment.astimezone(UTC)
    return f"{moment.isoformat(timespec='microseconds')[:26]}Z"


def parse_time(text: str) -> datetime:
    """Read exactly that form; Invalid (`time_invalid`) for any other and for days that do not exist."""
    if not _TIME.fullmatch(text):
        raise Invalid("time_invalid", "not a time", "Write it as YYYY-MM-DDTHH:MM:SS.ffffffZ.")
    try:
        return datetime.fromisoformat(text)
    except ValueError as error:
        raise Invalid("time_invalid", f"no such time: {error}") from None


def next_time(now: str, previous: str | None) -> str:
    """The time of the next record of an entity: now, or one microsecond after the previous one.

    Both in the form above. Invalid (`time_invalid`) when the calendar ends.
    """
    if previous is None or now > previous:
        return now
    try:
        return time_text(parse_time(previous) + _TICK)
    except OverflowError:
        raise Invalid("time_invalid", "no time comes after the last one of this entity") from None
