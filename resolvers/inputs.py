"""Input types: what an upsert takes, and how it refers to other things."""

from __future__ import annotations

from collections.abc import Iterator

from ontology.registry import Registry
from ontology.terms import EdgeSpec, NodeSpec, Relation, Spec, Via
from resolvers import names
from resolvers.declare import Member, Types

IDENTIFIER = (
    Member("scheme", "String!", "Which standard: isrc, iswc, isni, ipi, barcode, grid or mbid."),
    Member("value", "String!", "The value as you have it."),
)


def derive(registry: Registry, types: Types) -> None:
    """Enter references to every node type that may be one's target, and an input for every writable type."""
    types.input("IdentifierInput", IDENTIFIER, "A standard identifier; a wrong one is kept and marked.")
    for node in registry.nodes.values():
        types.input(f"{node.name}Ref", _reference(node), f"The {node.name} with exactly one of these.")
    for spec in registry.specs.values():
        if not spec.writable:
            continue
        for end in ends(registry, spec).values():
            if names.is_polymorphic(end):
                types.input(f"{names.union(end)}Ref", _either(registry, end), f"{end.doc} Exactly one of these.")
        types.input(f"{spec.name}Input", members(registry, spec), f"What is to be known of a {spec.name}.")


def ends(registry: Registry, spec: Spec) -> dict[str, Relation]:
    """The two ends of an edge type by name; none for a node type."""
    return {n: r for n, r in registry.relations[spec.name].items() if r.via is Via.END}


def reference(end: Relation) -> str:
    """The input type that names what stands at an end."""
    return f"{names.union(end) if names.is_polymorphic(end) else end.targets[0]}Ref"


def _reference(spec: NodeSpec) -> Iterator[Member]:
    yield Member("id", "ID", "Its key or its IRI.")
    for scheme in spec.schemes:
        yield Member(scheme, "String", f"Its {scheme.upper()}, in any usual spelling.")


def _either(registry: Registry, end: Relation) -> Iterator[Member]:
    for target in end.targets:
        spec = registry.specs[target]
        yield Member(spec.singular, f"{target}Ref", f"The {target}.")


def members(registry: Registry, spec: Spec) -> Iterator[Member]:
    """The fields of an input. All are nullable: an upsert may patch."""
    found = "it is found by its identifiers, else created" if names.schemes(spec) else "it is created"
    yield Member("id", "ID", f"Its key or IRI; without it, {found}.")
    for field in spec.fields.values():
        if not field.system:
            one = names.scalar(spec, field)
            doc = f"{field.doc} Needed to create one." if field.required else field.doc
            yield Member(field.name, f"[{one}!]" if field.many else one, doc)
    if isinstance(spec, NodeSpec):
        yield from _identifiers(spec)
        yield from _edges(spec)
    elif isinstance(spec, EdgeSpec):
        for end in ends(registry, spec).values():
            yield Member(end.name, reference(end), end.doc)


def _identifiers(spec: NodeSpec) -> Iterator[Member]:
    for scheme in spec.schemes:
        yield Member(scheme, "String", f"An {scheme.upper()} to add, in any usual spelling.")
    if spec.schemes:
        yield Member("identifiers", "[IdentifierInput!]", "Identifiers to add.")
        yield Member("removeIdentifiers", "[IdentifierInput!]", "Identifiers to take away.")


def _edges(spec: NodeSpec) -> Iterator[Member]:
    for edge in spec.edges.values():
        ref = f"{edge.target}Ref"
        if not edge.many:
            yield Member(edge.name, ref, edge.doc)
            continue
        told = "Replaces what was there; not together with `add…` and `remove…`."
        yield Member(edge.name, f"[{ref}!]", f"{edge.doc} {told}")
        yield Member(f"add{names.capital(edge.name)}", f"[{ref}!]", f"Adds to `{edge.name}`.")
        yield Member(f"remove{names.capital(edge.name)}", f"[{ref}!]", f"Takes away from `{edge.name}`.")
