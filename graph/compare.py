"""What filters and orders mean for values in memory: the same as their Cypher, for states of the past."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any, TypeVar

from graph import cursor
from graph.connection import Key, backward, order_name
from graph.filter import canonical
from graph.plan import page_size

T = TypeVar("T")

COMPARE: dict[str, Callable[[Any, Any], bool]] = {
    "eq": lambda a, b: a == b,
    "in": lambda a, b: a in b,
    "contains": lambda a, b: b in a,
    "startsWith": lambda a, b: a.startswith(b),
    "gt": lambda a, b: a > b,
    "gte": lambda a, b: a >= b,
    "lt": lambda a, b: a < b,
    "lte": lambda a, b: a <= b,
}


def holds(value: Any, op: str, wanted: Any, scheme: str | None = None) -> bool:
    """Whether a comparison holds for a value, a list of values or a missing one."""
    if scheme is not None and op in {"eq", "ne", "in"} and wanted is not None:
        plain = canonical(scheme)
        wanted = [plain(w) for w in wanted] if op == "in" else plain(wanted)
    values = value if isinstance(value, list) else [] if value is None else [value]
    if op == "exists":
        return wanted is None or bool(values) is wanted
    if op == "ne":
        return bool(values) if wanted is None else wanted not in values
    if wanted is None:
        return op != "eq" or not values
    return any(COMPARE[op](v, wanted) for v in values)


def in_order(things: list[T], keys: list[Key], value: Callable[[T, str], Any]) -> list[T]:
    """The things by all keys, those without a value last; the last key decides ties."""
    for key in reversed(keys):
        have = [t for t in things if value(t, key.prop) is not None]
        have.sort(key=lambda t, prop=key.prop: value(t, prop), reverse=key.descending)  # type: ignore[misc]
        things = [*have, *(t for t in things if value(t, key.prop) is None)]
    return things


@dataclass(frozen=True, slots=True)
class Page:
    """A part of a list in memory."""

    items: list[Any]
    marks: list[str]
    start: int
    stop: int
    total: int

    @classmethod
    def cut(cls, items: list[Any], marks: list[list[Any]], keys: list[Key], args: Mapping[str, Any]) -> Page:
        """The page that the arguments ask for. `marks` are the items' sort keys. Raises Invalid."""
        start, stop = 0, len(items)
        back = backward(args)
        size = page_size(args.get("last") if back else args.get("first"))
        at = args.get("before") if back else args.get("after")
        if at is not None:
            mark = cursor.decode(at, order_name(keys), len(keys))
            place = marks.index(mark) if mark in marks else None
            start, stop = (0, stop if place is None else place) if back else (0 if place is None else place + 1, stop)
        start, stop = (max(start, stop - size), stop) if back else (start, min(stop, start + size))
        named = [cursor.encode([order_name(keys), *mark]) for mark in marks[start:stop]]
        return cls(items[start:stop], named, start, stop, len(items))

    def info(self, typename: str) -> dict[str, Any]:
        """What pageInfo says of the page."""
        return {
            "__typename": typename,
            "hasNextPage": self.stop < self.total,
            "hasPreviousPage": self.start > 0,
            "startCursor": self.marks[0] if self.marks else None,
            "endCursor": self.marks[-1] if self.marks else None,
        }
