"""Filters and orders: what lists can be narrowed and sorted by. Private fields and mixed relations are left out."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Final

from ontology.registry import Registry
from ontology.terms import NodeSpec, Spec
from resolvers import names
from resolvers.declare import Member, Types

SAME: Final = ("eq", "ne", "in")
RANGE: Final = ("gt", "gte", "lt", "lte")
PARTS: Final = ("contains", "startsWith")

OPERATORS: Final[dict[str, tuple[str, ...]]] = {
    "ID": SAME,
    "String": (*SAME, *PARTS, *RANGE, "exists"),
    "Int": (*SAME, *RANGE, "exists"),
    "Boolean": ("eq", "ne", "exists"),
    "Date": (*SAME, *RANGE, "exists"),
    "DateTime": (*SAME, *RANGE, "exists"),
}
"""What each scalar can be compared by; an enum by `SAME` and `exists`."""

DOCS: Final = {
    "eq": "Is this; null finds those without a value.",
    "ne": "Is not this, or has no value; null finds those with one.",
    "in": "Is one of these.",
    "contains": "Holds this text, letter for letter.",
    "startsWith": "Begins with this text, letter for letter.",
    "gt": "Comes after this.",
    "gte": "Is this or comes after it.",
    "lt": "Comes before this.",
    "lte": "Is this or comes before it.",
    "exists": "Whether there is a value at all.",
}


def derive(registry: Registry, types: Types) -> None:
    """Enter the comparisons that are used, and a filter and an order for every type."""
    types.enum("OrderDirection", {"ASC": "ASC", "DESC": "DESC"}, "Which end comes first.")
    for name in sorted(_comparisons(registry)):
        _comparison(types, name)
    for spec in registry.specs.values():
        types.input(f"{spec.name}Filter", _filter(registry, spec), f"Which {names.plural(spec)} to list.")
        related = (
            Member("some", f"{spec.name}Filter", "There is one that matches; {} asks for any."),
            Member("none", f"{spec.name}Filter", "There is none that matches; {} asks for none at all."),
        )
        types.input(f"{spec.name}RelationFilter", related, f"What the {names.plural(spec)} it is tied to must be.")
        _order(types, spec)


def comparison(spec: Spec, name: str) -> str:
    """The name of the comparison for a field, a scheme or the id of a type."""
    field = spec.fields.get(name)
    if field is None:
        return "ID" if name == "id" else "String"
    return names.scalar(spec, field) + ("List" if field.many else "")


def _open(spec: Spec) -> Iterator[str]:
    yield "id"
    yield from (name for name, field in spec.fields.items() if names.is_open(field))
    yield from names.schemes(spec)


def _comparisons(registry: Registry) -> set[str]:
    return {comparison(spec, name) for spec in registry.specs.values() for name in _open(spec)}


def _comparison(types: Types, name: str) -> None:
    one = name.removesuffix("List")
    operators = OPERATORS.get(one, (*SAME, "exists"))
    doc = f"Compares a {one}."
    if name != one:
        operators = tuple(op for op in operators if op not in RANGE)
        doc = f"Compares a list of {one}: it matches where one of the values does (`ne`: where none does)."
    kinds = {"in": f"[{one}!]", "exists": "Boolean"}
    types.input(f"{name}Filter", (Member(op, kinds.get(op, one), DOCS[op]) for op in operators), doc)


def _filter(registry: Registry, spec: Spec) -> Iterator[Member]:
    own = f"{spec.name}Filter"
    yield Member("and", f"[{own}!]", "All of these hold.")
    yield Member("or", f"[{own}!]", "One of these holds.")
    yield Member("not", own, "This does not hold.")
    for name in _open(spec):
        doc = spec.fields[name].doc if name in spec.fields else f"Its {name if name == 'id' else name.upper()}."
        yield Member(name, f"{comparison(spec, name)}Filter", doc)
    for relation in registry.relations[spec.name].values():
        if not names.is_polymorphic(relation):
            yield Member(relation.name, f"{relation.targets[0]}RelationFilter", relation.doc)


def order_keys(spec: Spec) -> dict[str, str]:
    """The sort keys of a type by their enum name, each with the graph property it stands for."""
    single = [name for name in _open(spec) if name == "id" or name not in spec.fields or not spec.fields[name].many]
    key = spec.key if isinstance(spec, NodeSpec) else "id"
    return {names.upper_snake(name): key if name == "id" else name for name in single}


def _order(types: Types, spec: Spec) -> None:
    types.enum(f"{spec.name}OrderField", order_keys(spec), f"What {names.plural(spec)} can be sorted by.")
    order = (
        Member("field", f"{spec.name}OrderField!", "The property; things without it come last."),
        Member("direction", "OrderDirection!", "Which end comes first.", default="ASC"),
    )
    types.input(f"{spec.name}Order", order, f"One sort key of {names.plural(spec)}.")
