"""The fields of Query: a lookup and a list per type, `node`, `search`, and `about`.

Every one that reads the graph is nullable, so that one that fails does not take the others down.
"""

from __future__ import annotations

from collections.abc import Iterator

import strawberry

from ontology.registry import Registry
from ontology.terms import Spec
from resolvers import names
from resolvers.connections import arguments, pages
from resolvers.declare import Member, Types
from resolvers.roots import Root, Rooted

TIMES = (
    Member("asOf", "DateTime", "As it stood then, with what it was tied to then."),
    Member("asOfSize", "Int", "As it stood when the public log held this many records."),
)


@strawberry.type(description="The service that answers.")
class About:
    """The service that answers."""

    name: str = strawberry.field(description="What it calls itself.")
    version: str = strawberry.field(description="Its version.")
    base_iri: str = strawberry.field(description="What every IRI of its own begins with.")


def fields(registry: Registry, types: Types) -> Iterator[Rooted]:
    """Every field of Query that reads the graph."""
    for spec in registry.specs.values():
        args = Member("id", "ID", "Its key or its IRI."), *_by_scheme(spec), *(TIMES if spec.recorded else ())
        doc = f"One {spec.name} by its id{' or an identifier' if names.schemes(spec) else ''}; null if there is none."
        yield Rooted(Member(spec.singular, spec.name, doc, args), Root("lookup", spec.name))
        listed = Member(
            names.plural(spec), f"{spec.name}Connection", f"List {names.plural(spec)}. {summary(spec)}", arguments(spec)
        )
        yield Rooted(listed, Root("connection", spec.name))
    key = (Member("id", "ID!", "A key or an IRI."),)
    yield Rooted(Member("node", "Node", "Anything by its key or IRI.", key), Root("node", None))
    yield _search(registry, types)


def summary(spec: Spec) -> str:
    """The first paragraph of a type's doc."""
    return spec.doc.partition("\n\n")[0]


def _by_scheme(spec: Spec) -> tuple[Member, ...]:
    return tuple(Member(s, "String", f"Its {s.upper()}, in any usual spelling.") for s in names.schemes(spec))


def _search(registry: Registry, types: Types) -> Rooted:
    found = [s.name for s in registry.nodes.values() if s.search_fields]
    types.enum("SearchType", {names.upper_snake(n): n for n in found}, "A type that full-text search covers.")
    args = (
        Member("query", "String!", "Words, or an identifier such as an ISRC."),
        Member("types", "[SearchType!]", "Only these types; all unless said."),
        *pages(backward=False),
    )
    doc = "Full-text search over names and titles in every script; identifiers are recognised."
    return Rooted(Member("search", "SearchConnection", doc, args), Root("search", None))
