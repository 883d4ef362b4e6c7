"""The fields of Subscription: one per recorded public node type, resumable by the feed's cursor."""

from __future__ import annotations

from collections.abc import Iterator

from ontology.registry import Registry
from ontology.terms import Visibility
from resolvers import names
from resolvers.declare import Member, Types
from resolvers.roots import Root, Rooted

ARGS = (
    Member("id", "ID", "Only this one, by its key or IRI; all unless said."),
    Member("after", "String", "The cursor to go on after; only what is new unless said."),
)


def fields(registry: Registry, types: Types) -> Iterator[Rooted]:
    """Every field of Subscription; enters the types of their messages."""
    for spec in registry.nodes.values():
        if not spec.recorded or spec.visibility is not Visibility.PUBLIC:
            continue
        message = (
            Member("cursor", "String!", "Where this stands in the feed: give it as `after` to resume."),
            Member("record", f"{names.RECORD}!", "The record of the change."),
            Member(spec.singular, spec.name, "As it stands now; null once it is deleted."),
        )
        types.object(f"{spec.name}Update", message, f"A change of a {spec.name}.")
        doc = f"Every change of {names.plural(spec)}, as it is numbered in the log."
        member = Member(f"{spec.singular}Updated", f"{spec.name}Update!", doc, ARGS)
        yield Rooted(member, Root("subscription", spec.name))
