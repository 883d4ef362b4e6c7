"""How names of the ontology are spelled in GraphQL. Every derivation and every reader asks here."""

from __future__ import annotations

import re
from typing import Final

from ontology.access import Anyone
from ontology.terms import EdgeSpec, Field, Kind, NodeSpec, Relation, Spec, Via, Visibility, kebab

SCALAR_OF: Final = {
    Kind.TEXT: "String",
    Kind.IRI: "String",
    Kind.DATE: "Date",
    Kind.TIME: "DateTime",
    Kind.INTEGER: "Int",
    Kind.BOOLEAN: "Boolean",
}

RECORD: Final = "ProvenanceRecord"


def capital(name: str) -> str:
    """`releaseGroups` -> `ReleaseGroups`."""
    return name[0].upper() + name[1:]


def upper_snake(name: str) -> str:
    """`durationMs` -> `DURATION_MS`."""
    return kebab(name).replace("-", "_").upper()


def enum_word(value: str) -> str:
    """A declared word as an enum value's name: itself wherever GraphQL can spell it."""
    name = re.sub(r"\W", "_", value, flags=re.ASCII)
    return f"_{name}" if name[:1].isdigit() or name in {"", "true", "false", "null"} else name


def scalar(spec: Spec, field: Field) -> str:
    """The GraphQL type of one value of a field."""
    return spec.name + capital(field.name) if field.kind is Kind.ENUM else SCALAR_OF[field.kind]


def is_open(field: Field) -> bool:
    """Whether whoever sees the type sees the field; others are nullable, and nobody filters or sorts by them."""
    return field.visibility is Visibility.PUBLIC and isinstance(field.read, Anyone)


def written(spec: Spec, field: Field) -> str:
    """The GraphQL type of a field as it is read."""
    one = scalar(spec, field)
    one = f"[{one}!]" if field.many else one
    return f"{one}!" if is_open(field) and (field.required or field.many) else one


def plural(spec: Spec) -> str:
    """The lowerCamel plural: of an edge type what its source calls them."""
    if isinstance(spec, NodeSpec):
        return spec.plural
    assert isinstance(spec, EdgeSpec)  # noqa: S101 - the two kinds of spec
    return spec.source.edges


def schemes(spec: Spec) -> tuple[str, ...]:
    """The identifier schemes of a type; an edge type has none."""
    return spec.schemes if isinstance(spec, NodeSpec) else ()


def union(relation: Relation) -> str:
    """The name of the union at an end where several types may stand: `ContributionTarget`."""
    return relation.edge + capital(relation.name)


def is_polymorphic(relation: Relation) -> bool:
    """Whether things of several types are found there."""
    return len(relation.targets) > 1 or relation.via is Via.IDENTIFIES


def own_fields(spec: Spec) -> dict[str, Field]:
    """The declared fields, without those that the interface `Recorded` gives."""
    return {n: f for n, f in spec.fields.items() if not (spec.recorded and f.system)}
