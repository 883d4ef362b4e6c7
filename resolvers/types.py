"""Object types of the graph: one per node and edge type, with its enums, interfaces and unions."""

from __future__ import annotations

from collections.abc import Iterator

from ontology.registry import Registry
from ontology.terms import Field, Kind, Relation, Spec, Via
from resolvers import names
from resolvers.connections import arguments, pages
from resolvers.declare import Member, Types

NODE = (
    Member("id", "ID!", "Its key: what `node` and the lookups find it by."),
    Member("iri", "String!", "Its address in the world; it never changes."),
)
RECORDED = (
    Member("createdAt", "DateTime", "When the first fact about it was recorded."),
    Member("updatedAt", "DateTime", "When it was changed last."),
    Member("history", f"{names.RECORD}Connection!", "Every change of it, the first one first.", pages(backward=False)),
)
RECORD_FIELDS = (
    Member("changes", "[FieldChange!]!", "What changed, property by property."),
    Member("state", "JSON", "The public state after the change; null after a deletion."),
    Member("recordState", "RecordState!", "How far the record has come on its way into the log."),
)


def derive(registry: Registry, types: Types) -> None:
    """Enter the interfaces and a type for every declaration."""
    types.interface("Node", NODE, "Anything with an address of its own.")
    types.interface("Recorded", RECORDED, "Anything whose changes leave provenance records.", of=("Node",))
    _provenance(types)
    for spec in registry.specs.values():
        for field in spec.fields.values():
            if field.kind is Kind.ENUM:
                words = {names.enum_word(v): v for v in field.values}
                types.enum(names.scalar(spec, field), words, field.doc)
        of = ("Recorded",) if spec.recorded else ("Node",)
        types.object(spec.name, members(registry, spec), spec.doc, of)
    for relation in _unions(registry):
        types.union(names.union(relation), relation.targets, relation.doc)


def _provenance(types: Types) -> None:
    states = {
        "recorded": "Written with the change.",
        "sequenced": "Numbered in its log.",
        "published": "Under a signed checkpoint.",
    }
    types.enum("RecordState", {s: s for s in states}, "How far a record has come on its way into the log.", states)
    change = (
        Member("field", "String!", "Name of the property."),
        Member("before", "JSON", "Its value before; null where it had none."),
        Member("after", "JSON", "Its value after; null where it has none."),
    )
    types.object("FieldChange", change, "One property's value before and after a change.")


def members(registry: Registry, spec: Spec) -> Iterator[Member]:
    """The fields of a type, beside those of its interface."""
    for field in names.own_fields(spec).values():
        yield scalar_member(spec, field)
    for scheme in names.schemes(spec):
        yield Member(scheme, "String", f"Its primary {scheme.upper()}, normalised; `identifiers` has them all.")
    for relation in registry.relations[spec.name].values():
        yield relation_member(registry, relation)
    if spec.name == names.RECORD:
        yield from RECORD_FIELDS


def scalar_member(spec: Spec, field: Field) -> Member:
    """A property as it is read."""
    return Member(field.name, names.written(spec, field), field.doc)


def relation_member(registry: Registry, relation: Relation) -> Member:
    """A relation: an object, a union at an end of an edge, or a connection."""
    polymorphic = names.is_polymorphic(relation)
    if relation.via is Via.END:
        return Member(relation.name, f"{names.union(relation) if polymorphic else relation.targets[0]}!", relation.doc)
    target = "Node" if polymorphic else relation.targets[0]
    if not relation.many:
        return Member(relation.name, target, relation.doc)
    args = pages() if polymorphic else arguments(registry.specs[target])
    return Member(relation.name, f"{target}Connection!", relation.doc, args)


def _unions(registry: Registry) -> Iterator[Relation]:
    for relations in registry.relations.values():
        yield from (r for r in relations.values() if r.via is Via.END and names.is_polymorphic(r))
