"""Filters and access rules as Cypher predicates; every value is a parameter, every name is a declared one."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from graph.plan import Binder, Ref
from ontology.access import Anyone
from ontology.errors import Invalid
from ontology.identifiers import normalise
from ontology.registry import Registry
from ontology.terms import EdgeSpec, NodeSpec, Relation, Spec, Via

NEST_MAX = 8

COMPARE = {"gt": ">", "gte": ">=", "lt": "<", "lte": "<=", "contains": "CONTAINS", "startsWith": "STARTS WITH"}


@dataclass(frozen=True, slots=True)
class Row:
    """A Cypher variable and what it holds; an edge also knows the variables of its ends."""

    var: str
    spec: Spec
    ends: tuple[str, str] = ("", "")


@dataclass(slots=True)
class Names:
    """Fresh variable names for one statement."""

    used: int = 0

    def __call__(self, stem: str) -> str:
        self.used += 1
        return f"{stem}{self.used}"


def visible(row: Row, registry: Registry) -> str:
    """The access predicate of a row, or nothing where anyone may see it; an edge is seen with both its ends."""
    own = "" if isinstance(row.spec.read, Anyone) else row.spec.read.cypher(row.var)
    if not isinstance(row.spec, EdgeSpec):
        return own
    ends = zip(row.ends, (row.spec.source, row.spec.target), strict=True)
    return both(own, *(one_visible(var, end.types, registry) for var, end in ends))


def one_visible(var: str, types: tuple[str, ...], registry: Registry) -> str:
    """The access predicate of a variable that holds one of several node types."""
    rules = {name: visible(Row(var, registry.specs[name]), registry) for name in types}
    if not any(rules.values()):
        return ""
    cases = [both(f"{var}:{name}", rule) for name, rule in rules.items()]
    return f"({' OR '.join(f'({case})' for case in cases)})"


def both(*predicates: str) -> str:
    """All of the non-empty predicates, joined."""
    return " AND ".join(p for p in predicates if p)


def where(*predicates: str) -> str:
    """A WHERE clause, or nothing."""
    joined = both(*predicates)
    return f" WHERE {joined}" if joined else ""


def step(relation: Relation, row: Row, there: str, edge: str = "") -> str:
    """The pattern that walks a relation from a row to the variable `there`."""
    label = ":" + "|".join(relation.targets) if relation.via is not Via.EDGE else ""
    hop = f"[{edge}]" if " " in edge else f"[{edge}:{relation.rel}]"
    left, right = ("-", "->") if relation.outgoing else ("<-", "-")
    return f"({row.var}){left}{hop}{right}({there}{label})"


@dataclass(slots=True)
class Filter:
    """Compiles filter inputs for one statement."""

    registry: Registry
    bind: Binder
    names: Names

    def predicate(self, row: Row, given: Any, depth: int = 0) -> str:
        """The predicate for a filter input (a map, or None for no condition)."""
        if not given:
            return ""
        if depth > NEST_MAX:
            raise Invalid("FILTER_TOO_DEEP", f"A filter nested over {NEST_MAX} levels.", "Flatten it.")
        return both(*(self._entry(row, name, value, depth) for name, value in given.items() if value is not None))

    def _entry(self, row: Row, name: str, value: Any, depth: int) -> str:
        if name in {"and", "or"}:
            parts = [self.predicate(row, one, depth + 1) for one in value]
            return both(*parts) if name == "and" else _either(parts)
        if name == "not":
            return _not(self.predicate(row, value, depth + 1))
        relation = self.registry.relations[row.spec.name].get(name)
        if relation is not None:
            return both(*(self._related(row, relation, how, inner, depth) for how, inner in value.items()))
        return self._field(row, name, value)

    def _related(self, row: Row, relation: Relation, how: str, given: Any, depth: int) -> str:
        if given is None:
            return ""
        pattern, there = self.walk(row, relation)
        inner = where(visible(there, self.registry), self.predicate(there, given, depth + 1))
        found = f"EXISTS {{ MATCH {pattern}{inner} }}" if pattern else inner[7:]
        return found if how == "some" else _not(found)

    def walk(self, row: Row, relation: Relation) -> tuple[str, Row]:
        """The pattern to the other side (empty where it is already bound) and the row there."""
        if relation.via is Via.END:
            at = row.ends[0 if relation.outgoing else 1]
            return "", Row(at, self.registry.specs[relation.targets[0]])
        if relation.via is Via.EDGE:
            edge, far = self.names("e"), self.names("x")
            ends = (row.var, far) if relation.outgoing else (far, row.var)
            return step(relation, row, far, edge), Row(edge, self.registry.specs[relation.edge], ends)
        there = self.names("n")
        edge = self._bridge(relation) if relation.via is Via.ACROSS else ""
        return step(relation, row, there, edge), Row(there, self.registry.specs[relation.targets[0]])

    def _bridge(self, relation: Relation) -> str:
        """What stands for the edge in a pattern: its variable and rule where not everybody may see it."""
        rule = self.registry.specs[relation.edge].read
        if isinstance(rule, Anyone):
            return ""
        var = self.names("e")
        return f"{var}:{relation.rel} WHERE {rule.cypher(var)}"

    def _field(self, row: Row, name: str, ops: Any) -> str:
        spec = row.spec
        if name == "id":
            at, many = (spec.key if isinstance(spec, NodeSpec) else "id"), False
        elif name in spec.fields:
            at, many = name, spec.fields[name].many
        elif isinstance(spec, NodeSpec) and name in spec.schemes:
            at, many = name, False
        else:
            raise Invalid("FILTER_UNKNOWN", f"{spec.name} has no field {name!r} to filter by.", "See its filter type.")
        convert = canonical(name) if isinstance(spec, NodeSpec) and name in spec.schemes else None
        prop = f"{row.var}.{at}"
        return both(*(self._op(prop, op, value, many, convert) for op, value in ops.items()))

    def _op(self, prop: str, op: str, value: Any, many: bool, convert: Callable[[Any], Any] | None) -> str:  # noqa: FBT001
        if op == "exists":
            return "" if value is None else f"{prop} IS {'NOT ' if value else ''}NULL"
        if value is None:
            return {"eq": f"{prop} IS NULL", "ne": f"{prop} IS NOT NULL"}.get(op, "")
        if op == "in":
            each = (lambda items: [convert(i) for i in items or []]) if convert else None
            slot = self.bind(value, each)
            return f"any(v IN {prop} WHERE v IN {slot})" if many else f"{prop} IN {slot}"
        slot = self.bind(value, convert if op in {"eq", "ne"} else None)
        if op == "eq":
            return f"{slot} IN {prop}" if many else f"{prop} = {slot}"
        if op == "ne":
            return f"({prop} IS NULL OR NOT {slot} IN {prop})" if many else f"({prop} IS NULL OR {prop} <> {slot})"
        sign = COMPARE[op]
        return f"any(v IN {prop} WHERE v {sign} {slot})" if many else f"{prop} {sign} {slot}"


def _either(parts: list[str]) -> str:
    """One of the predicates; an empty one holds for everything, and of none at all none holds."""
    return f"({' OR '.join(f'({p})' for p in parts) or 'false'})" if all(parts) else ""


def _not(predicate: str) -> str:
    """A comparison with a missing value is neither true nor false: what is not known to hold, does not."""
    return f"NOT coalesce(({predicate}), false)" if predicate else "false"


def canonical(scheme: str) -> Callable[[Any], Any]:
    """A converter from an identifier as people write it to its stored value."""

    def convert(raw: Any) -> Any:
        found = normalise(scheme, raw) if isinstance(raw, str) else None
        return found.value if found else raw

    return convert


def identifier_key(scheme: str) -> Callable[[Any], Any]:
    """A converter from an identifier as people write it to the key of its node."""

    def convert(raw: Any) -> Any:
        found = normalise(scheme, raw) if isinstance(raw, str) else None
        return f"{scheme}:{found.value}" if found else f"{scheme}:"

    return convert


def implied(given: Any, prop: str) -> bool:
    """Whether a filter holds only for rows that have the property."""
    ops = given.get(prop) if isinstance(given, dict) else None
    if not isinstance(ops, dict):
        return False
    return any(
        op in {"eq", "in", "contains", "startsWith", "gt", "gte", "lt", "lte"} and v is not None
        for op, v in ops.items()
    )


def equal(given: Any) -> list[str]:
    """Names of the properties that a filter fixes to one value."""
    if not isinstance(given, dict):
        return []
    return [
        n
        for n, ops in given.items()
        if isinstance(ops, dict) and (ops.get("eq") is not None or isinstance(ops.get("eq"), Ref))
    ]
