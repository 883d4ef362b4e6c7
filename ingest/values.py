"""Reads the values that people write in rows: durations, dates, years, countries, lists, credits.

Pure. Each reader answers None for what it cannot read; saying so is the caller's.
"""

from __future__ import annotations

import re
from datetime import date
from typing import NamedTuple

_CLOCK = re.compile(r"(?:(\d{1,3}):)?(\d{1,4}):([0-5]?\d)(?:[.,](\d{1,6}))?\Z", re.ASCII)
_UNIT = re.compile(
    r"(\d{1,10})(?:[.,](\d{1,6}))?\s*(ms|msec|milliseconds?|s|sec|secs|seconds?|m|min|minutes?)?\Z",
    re.ASCII | re.IGNORECASE,
)
_ISO = re.compile(r"PT(?:(\d{1,3})H)?(?:(\d{1,5})M)?(?:(\d{1,7})(?:[.,](\d{1,6}))?S)?\Z", re.ASCII | re.IGNORECASE)
_DATE = re.compile(r"(\d{4})(?:[-/.](\d{1,2})(?:[-/.](\d{1,2}))?)?(?:[T ].*)?\Z", re.ASCII)
_COMPACT = re.compile(r"((?:18|19|20|21)\d\d)(\d\d)(\d\d)\Z", re.ASCII)
_GERMAN = re.compile(r"(\d{1,2})\.(\d{1,2})\.(\d{4})\Z", re.ASCII)
_COUNTRY = re.compile(r"[A-Za-z]{2}\Z")
_LIST = re.compile(r"\s*[;|]\s*")
_CODES = re.compile(r"\s*[\[(]\s*((?:isni|ipi|mbid)\s*[:=][^\])]*)[\])]\s*\Z", re.IGNORECASE)
_PAREN = re.compile(r"(.+?)\s*\(([^()]+)\)\Z")

PERSON_SCHEMES = ("isni", "ipi", "mbid")
MS_FROM = 10_000
"""A bare number from here on is milliseconds, below it seconds: no track lasts ten seconds times a thousand."""
MS_MOST = 2**31 - 1


class Person(NamedTuple):
    """One credit as written: who, as what, and with which identifiers (scheme, raw)."""

    name: str
    role: str
    identifiers: tuple[tuple[str, str], ...] = ()


def duration(value: object, unit: str = "") -> int | None:
    """Milliseconds of `3:45`, `1:02:03.5`, `225s`, `225000 ms`, `PT3M45S`, or of a bare number.

    A bare number is in the `unit` ("ms" or "s") when given, else in seconds below 10,000 and in milliseconds
    from there on; one with decimals is in seconds.
    """
    if isinstance(value, bool) or not isinstance(value, str | int | float):
        return None
    text = repr(value) if isinstance(value, float) else str(value).strip()
    found = _clock(text)
    if found is None:
        found = _bare(text, unit)
    return found if found is not None and 0 <= found <= MS_MOST else None


def _clock(text: str) -> int | None:
    match = _CLOCK.match(text)
    if match is None:
        match = _ISO.match(text)
        if match is None or not any(match.groups()):
            return None
    hours, minutes, seconds, part = match.groups()
    return ((int(hours or 0) * 60 + int(minutes or 0)) * 60 + int(seconds or 0)) * 1000 + _milli(part)


def _bare(text: str, unit: str) -> int | None:
    match = _UNIT.match(text)
    if match is None:
        return None
    whole, part, written = match.groups()
    named = (written or unit).lower()
    if not named:
        named = "ms" if int(whole) >= MS_FROM and not part else "s"
    if named.startswith(("ms", "milli")):
        return int(whole)
    return (int(whole) * 1000 + _milli(part)) * (60 if named.startswith("m") else 1)


def _milli(part: str | None) -> int:
    return int((part or "0").ljust(3, "0")[:3])


def calendar(value: object) -> str | None:
    """`YYYY`, `YYYY-MM` or `YYYY-MM-DD` of those forms, of `YYYY/MM/DD`, `YYYYMMDD`, `DD.MM.YYYY`, of timestamps.

    Slashed days without the year in front are not guessed at. Zero months and days mean unknown ones.
    """
    if isinstance(value, bool) or not isinstance(value, str | int):
        return None
    text = str(value).strip()
    match = _COMPACT.match(text) or _DATE.match(text)
    parts = match.groups() if match else None
    if parts is None and (match := _GERMAN.match(text)):
        parts = (match[3], match[2], match[1])
    if parts is None:
        return None
    year, month, day = (int(part or 0) for part in parts)
    try:
        date(year, month or 1, day or 1 if month else 1)
    except ValueError:
        return None
    return f"{year:04}" + (f"-{month:02}" + (f"-{day:02}" if day else "") if month else "")


def year(value: object) -> int | None:
    """The year of a year or a date."""
    found = calendar(value)
    return int(found[:4]) if found else None


def country(value: object) -> str | None:
    """A two-letter country code in upper case."""
    text = str(value).strip()
    return text.upper() if _COUNTRY.match(text) else None


def number(value: object) -> int | None:
    """A whole number that is not negative; `3/12` is 3."""
    if isinstance(value, bool):
        return None
    text = str(value).partition("/")[0].strip()
    return int(text) if text.isascii() and text.isdigit() and len(text) < 10 else None  # noqa: PLR2004 - fits 32 bits


def items(value: object) -> list[str]:
    """A list as JSON has it, or as text with `;` or `|` between."""
    parts = value if isinstance(value, list) else _LIST.split(str(value))
    return list(dict.fromkeys(text for part in parts if (text := str(part).strip())))


def people(value: object) -> list[Person] | None:
    """Credits of `role: name; role: name [isni: …]`, `name (role)`, or of a list of {name, role, isni?, ipi?}."""
    if isinstance(value, dict):
        value = [{"role": role, "name": name} for role, names in value.items() for name in _names(names)]
    if isinstance(value, list):
        found = [_person(item) for item in value]
        return None if None in found else [person for person in found if person is not None]
    if not isinstance(value, str):
        return None
    parts = (part.strip() for part in re.split(r"[;|\n]", value))
    return [_written(part) for part in parts if part]


def _names(value: object) -> list[object]:
    return value if isinstance(value, list) else [value]


def _person(item: object) -> Person | None:
    if isinstance(item, str):
        return _written(item)
    if not isinstance(item, dict) or not isinstance(item.get("name"), str) or not item["name"].strip():
        return None
    codes = tuple((scheme, str(item[scheme])) for scheme in PERSON_SCHEMES if item.get(scheme))
    return Person(item["name"].strip(), _role(item.get("role")), codes)


def _written(text: str) -> Person:
    codes: tuple[tuple[str, str], ...] = ()
    if found := _CODES.search(text):
        text = text[: found.start()]
        pairs = (re.split(r"\s*[:=]\s*", part.strip(), maxsplit=1) for part in found[1].split(","))
        codes = tuple(
            (pair[0].lower(), pair[1]) for pair in pairs if len(pair) > 1 and pair[0].lower() in PERSON_SCHEMES
        )
    role, colon, name = text.partition(":")
    if colon and name.strip() and role.strip():
        return Person(name.strip(), _role(role), codes)
    if found := _PAREN.match(text):
        return Person(found[1], _role(found[2]), codes)
    return Person(text.strip(), "contributor", codes)


def _role(value: object) -> str:
    text = " ".join(value.lower().split()) if isinstance(value, str) else ""
    return text or "contributor"
