"""What a change changed: the field names of a record, and their values for those who read history."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from provenance.cid import encode

if TYPE_CHECKING:
    from collections.abc import Mapping

    from provenance.cid import Value


@dataclass(frozen=True, slots=True)
class FieldChange:
    """One field before and after; None where there was, or is, no value."""

    name: str
    before: Value
    after: Value


def changed_fields(before: Mapping[str, Value] | None, after: Mapping[str, Value] | None) -> list[str]:
    """The names whose values differ, sorted by code point. A missing state is an empty one, null is missing."""
    old, new = before or {}, after or {}
    return sorted(name for name in old.keys() | new.keys() if not same(old.get(name), new.get(name)))


def field_changes(before: Mapping[str, Value] | None, after: Mapping[str, Value] | None) -> list[FieldChange]:
    """The same with the values."""
    old, new = before or {}, after or {}
    return [FieldChange(name, old.get(name), new.get(name)) for name in changed_fields(old, new)]


def same(one: Value, other: Value) -> bool:
    """Whether both are written as the same bytes: true is not 1, a tuple is a list."""
    if isinstance(one, dict | list | tuple) and isinstance(other, dict | list | tuple):
        return encode(one) == encode(other)
    return type(one) is type(other) and one == other
