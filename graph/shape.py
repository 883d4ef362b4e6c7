"""From the lists a statement returns to the maps an answer holds: one compiled function per selection.

Keys stand in the order they were asked for. Nothing here looks at a type again; the statement decided.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from graph.cursor import encode

Shape = Callable[[Any], Any]


class Missing(Exception):  # noqa: N818 - a signal, not a failure of ours
    """A value that must be there is not: the answer needs the full rules for nulls."""


def record(keys: list[str], inner: dict[int, Shape], needed: frozenset[int]) -> Shape:
    """A row `[v0, v1, …]` to `{key: value}`; `inner` shapes some columns, `needed` may not be null."""
    if not inner and not needed:
        return lambda row: dict(zip(keys, row, strict=True))
    steps = [(i, keys[i], f) for i, f in inner.items()]

    def shape(row: list[Any]) -> dict[str, Any]:
        if None in row and any(row[i] is None for i in needed):
            raise Missing
        found = dict(zip(keys, row, strict=True))
        for i, key, f in steps:
            found[key] = f(row[i])
        return found

    return shape


def optional(inner: Shape) -> Shape:
    """The shape of a value that may be null."""
    return lambda value: None if value is None else inner(value)


def required(inner: Shape) -> Shape:
    """The shape of a value that may not be null."""

    def shape(value: Any) -> Any:
        if value is None:
            raise Missing
        return inner(value)

    return shape


def each(inner: Shape) -> Shape:
    """The shape of a list."""
    return lambda rows: [inner(row) for row in rows]


def tagged(by_type: dict[str, Shape]) -> Shape:
    """The shape of `[type name, row]`."""
    return lambda value: by_type[value[0]](value[1])


def prefixed(prefix: str) -> Shape:
    """A text with something before it."""
    return lambda value: prefix + value


def constant(value: Any) -> Shape:
    """The same value for every row."""
    return lambda _row: value


def cursor_of(item: list[Any]) -> str:
    """The cursor of an item, whose first column holds its sort keys."""
    return encode(item[0])
