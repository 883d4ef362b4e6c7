"""What a reader wants, as plain data: the neutral form between a query language and Cypher.

Knows the ontology and nothing of GraphQL or Neo4j. Values that come with the request are `Ref`s, so that
a plan (and the Cypher made of it) depends on the request's shape alone.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from enum import Enum
from typing import Any

from ontology.errors import Invalid


@dataclass(frozen=True, slots=True)
class Ref:
    """A value that is found in the request's variables, at this path."""

    path: tuple[str | int, ...]

    def get(self, variables: Mapping[str, Any]) -> Any:
        """The value, or None where any step is missing."""
        value: Any = variables
        for step in self.path:
            if value is None:
                return None
            value = value.get(step) if isinstance(step, str) else value[step]
        return value


@dataclass(frozen=True, slots=True)
class Select:
    """One selected field: `key` names it in the answer; `of` holds what is wanted of it, by concrete type."""

    key: str
    name: str
    args: Mapping[str, Any] = field(default_factory=dict)
    of: Mapping[str, tuple[Select, ...]] = field(default_factory=dict)


class RootKind(Enum):
    """The ways into the graph."""

    LOOKUP = "lookup"
    CONNECTION = "connection"
    NODE = "node"
    SEARCH = "search"
    BY_IDS = "by_ids"  # what a mutation has just written, in order


@dataclass(frozen=True, slots=True)
class Root:
    """One root field: how it enters (`kind`, `type`), with what arguments, and what is wanted."""

    kind: RootKind
    type: str
    select: Select


@dataclass(frozen=True, slots=True)
class Slot:
    """One Cypher parameter: where its value comes from, and how it is prepared."""

    name: str
    value: Any
    convert: Callable[[Any], Any] | None


@dataclass(slots=True)
class Binder:
    """Hands out parameter names; the only way for a value to get into a statement."""

    slots: list[Slot] = field(default_factory=list)

    def __call__(self, value: Any, convert: Callable[[Any], Any] | None = None) -> str:
        """`$pN` for a value, a Ref, or a list or map that holds Refs."""
        name = f"p{len(self.slots)}"
        self.slots.append(Slot(name, value, convert))
        return f"${name}"


def resolve(value: Any, variables: Mapping[str, Any]) -> Any:
    """The value with every Ref replaced by what the request brought."""
    if isinstance(value, Ref):
        return value.get(variables)
    if isinstance(value, dict):
        return {k: resolve(v, variables) for k, v in value.items()}
    if isinstance(value, list):
        return [resolve(v, variables) for v in value]
    return value


def parameters(slots: list[Slot], variables: Mapping[str, Any]) -> dict[str, Any]:
    """Every slot's value for this request. Raises Invalid where a value cannot be used."""
    found: dict[str, Any] = {}
    for slot in slots:
        value = slot.value
        if isinstance(value, Ref):
            value = value.get(variables)
        elif isinstance(value, dict | list):
            value = resolve(value, variables)
        found[slot.name] = slot.convert(value) if slot.convert else value
    return found


PAGE = 25
PAGE_MAX = 100


def page_size(value: Any) -> int:
    """A checked page size. Raises Invalid(PAGE_INVALID | PAGE_TOO_LARGE)."""
    size = PAGE if value is None else value
    if size < 0:
        raise Invalid("PAGE_INVALID", f"A page of {size}.", "Ask for 0 or more.")
    if size > PAGE_MAX:
        raise Invalid("PAGE_TOO_LARGE", f"A page of {size} is too large.", f"Ask for {PAGE_MAX} at most, then page on.")
    return int(size)
