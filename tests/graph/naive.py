"""The whole store in memory, and what filters and orders mean there, in plain Python.

The second opinion on everything that is compiled to Cypher. Slow and simple; knows the declarations only.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from ontology.identifiers import normalise
from ontology.registry import Registry
from ontology.terms import EdgeSpec, NodeSpec, Via

if TYPE_CHECKING:
    from graph.driver import Store

Row = dict[str, Any]

NODES = "MATCH (n) RETURN elementId(n), labels(n)[0], properties(n)"
LINKS = "MATCH (a)-[r]->(b) RETURN elementId(a), type(r), elementId(b), properties(r)"


@dataclass
class Naive:
    """Rows by type, each with its properties, its `type`, and for edges the rows at both `ends`."""

    registry: Registry
    rows: dict[str, list[Row]] = field(default_factory=lambda: defaultdict(list))
    out: dict[tuple[str, str], list[str]] = field(default_factory=lambda: defaultdict(list))
    into: dict[tuple[str, str], list[str]] = field(default_factory=lambda: defaultdict(list))
    by_element: dict[str, Row] = field(default_factory=dict)

    @classmethod
    async def read(cls, store: Store, registry: Registry) -> Naive:
        """Everything there is."""
        self = cls(registry)
        for element, label, props in await store.run(NODES):
            if label in registry.nodes:
                self._add(label, {**props, "id": props[registry.nodes[label].key], "element": element})
        edges = {spec.rel: name for name, spec in registry.edges.items()}
        for a, rel, b, props in await store.run(LINKS):
            if a not in self.by_element or b not in self.by_element:
                continue
            self.out[a, rel].append(b)
            self.into[b, rel].append(a)
            if rel in edges:
                self._add(edges[rel], {**props, "element": f"{a}-{props['id']}", "ends": (a, b)})
        return self

    def _add(self, etype: str, row: Row) -> None:
        row["type"] = etype
        self.rows[etype].append(row)
        self.by_element[row["element"]] = row

    def related(self, row: Row, name: str) -> list[Row]:
        """The rows at the other side of a relation, each once."""
        relation = self.registry.relations[row["type"]][name]
        if relation.via is Via.END:
            return [self.by_element[row["ends"][0 if relation.outgoing else 1]]]
        if relation.via is Via.EDGE:
            at = 0 if relation.outgoing else 1
            return [e for e in self.rows[relation.edge] if e["ends"][at] == row["element"]]
        links = self.out if relation.outgoing else self.into
        found = [self.by_element[e] for e in dict.fromkeys(links[row["element"], relation.rel])]
        return [f for f in found if f["type"] in relation.targets]

    # -- filters ----------------------------------------------------------------------------------

    def matches(self, row: Row, given: Mapping[str, Any] | None) -> bool:
        """Whether a row meets a filter."""
        return all(value is None or self._entry(row, name, value) for name, value in (given or {}).items())

    def _entry(self, row: Row, name: str, value: Any) -> bool:
        if name == "and":
            return all(self.matches(row, one) for one in value)
        if name == "or":
            return any(self.matches(row, one) for one in value)
        if name == "not":
            return not self.matches(row, value)
        if name in self.registry.relations[row["type"]]:
            there = self.related(row, name)
            some, none = value.get("some"), value.get("none")
            return (some is None or any(self.matches(t, some) for t in there)) and (
                none is None or not any(self.matches(t, none) for t in there)
            )
        spec = self.registry.specs[row["type"]]
        scheme = name if isinstance(spec, NodeSpec) and name in spec.schemes else None
        return all(_holds(row.get(name), op, wanted, scheme) for op, wanted in value.items())

    def find(self, etype: str, given: Mapping[str, Any] | None = None) -> list[Row]:
        """The rows of a type that meet a filter, by id."""
        return sorted((r for r in self.rows[etype] if self.matches(r, given)), key=lambda r: r["id"])


OPERATORS: dict[str, Callable[[Any, Any], bool]] = {
    "contains": lambda value, wanted: wanted in value,
    "startsWith": lambda value, wanted: value.startswith(wanted),
    "gt": lambda value, wanted: value > wanted,
    "gte": lambda value, wanted: value >= wanted,
    "lt": lambda value, wanted: value < wanted,
    "lte": lambda value, wanted: value <= wanted,
}


def _holds(value: Any, op: str, wanted: Any, scheme: str | None) -> bool:
    values = value if isinstance(value, list) else [value] if value is not None else []
    if op == "exists":
        return wanted is None or bool(values) is wanted
    if op in {"eq", "ne"}:
        met = wanted is None if not values else _plain(wanted, scheme) in values
        return met is (op == "eq")
    if wanted is None:
        return True
    if op == "in":
        return any(v in [_plain(w, scheme) for w in wanted] for v in values)
    return any(OPERATORS[op](v, wanted) for v in values)


def _plain(wanted: Any, scheme: str | None) -> Any:
    found = normalise(scheme, wanted) if scheme and wanted is not None else None
    return found.value if found else wanted


def in_order(rows: Iterable[Row], keys: Iterable[tuple[str, bool]]) -> list[Row]:
    """The rows by (property, descending) keys; those without one last, ties by id."""
    found = sorted(rows, key=lambda r: r["id"])
    for name, descending in reversed(list(keys)):
        have = sorted((r for r in found if r.get(name) is not None), key=lambda r, n=name: r[n], reverse=descending)  # type: ignore[misc]
        found = [*have, *(r for r in found if r.get(name) is None)]
    return found


def declared_order(registry: Registry, etype: str) -> list[tuple[str, bool]]:
    """How lists of a type are sorted where nothing is asked."""
    return [(name, False) for name in registry.specs[etype].order]


def is_edge(registry: Registry, etype: str) -> bool:
    """Whether a type is one of edges."""
    return isinstance(registry.specs[etype], EdgeSpec)
