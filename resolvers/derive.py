"""The GraphQL schema, derived from the ontology by walking it. No type of the ontology is named here.

What comes out has no resolvers for the graph: values are read off maps, until the executor sets its own.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

import strawberry
from graphql import (
    GraphQLInterfaceType,
    GraphQLObjectType,
    GraphQLSchema,
    GraphQLUnionType,
    is_introspection_type,
)
from strawberry.schema.config import StrawberryConfig
from strawberry.schema.schema_converter import GraphQLCoreConverter

from ontology.registry import Registry
from resolvers import connections, filters, inputs, mutation, query, subscription, types
from resolvers.declare import GraphField, Types
from resolvers.query import About
from resolvers.roots import Root, Rooted
from resolvers.scalars import SCALAR_MAP


@dataclass(frozen=True, slots=True)
class Derived:
    """The schema as Strawberry owns it, the graphql-core schema under it, and what each root field is for.

    `roots` is keyed by type and field: "Query.recording". `about` is the one root field that is not in it.
    """

    schema: strawberry.Schema
    core: GraphQLSchema
    roots: dict[str, Root]


DEV = About(name="Omnisonic", version="dev", base_iri="https://omnisonic.example")


def build(registry: Registry, about: About = DEV) -> Derived:
    """The schema of everything in the registry. Raises Invalid(ONTOLOGY_INVALID) where two names clash."""
    made = Types()
    filters.derive(registry, made)
    connections.derive(registry, made)
    types.derive(registry, made)
    inputs.derive(registry, made)
    roots: dict[str, Root] = {}
    for name, found in (
        ("Query", query.fields(registry, made)),
        ("Mutation", mutation.fields(registry, made)),
        ("Subscription", subscription.fields(registry, made)),
    ):
        _root(made, name, found, roots)
    schema = strawberry.Schema(
        query=_with_about(made.named["Query"], about),
        mutation=made.named["Mutation"],
        subscription=made.named["Subscription"],
        types=[made.named[name] for name in registry.specs],
        config=StrawberryConfig(scalar_map=SCALAR_MAP),
    )
    return Derived(schema, _core(schema), roots)


ROOTS = {
    "Query": "What can be asked.",
    "Mutation": "What can be written, with a token that may.",
    "Subscription": "What can be followed.",
}


def _root(made: Types, name: str, found: Iterable[Rooted], roots: dict[str, Root]) -> None:
    rooted = list(found)
    made.object(name, (r.member for r in rooted), ROOTS[name])
    roots |= {f"{name}.{r.member.name}": r.root for r in rooted}


def _with_about(derived: type, about: About) -> type:
    """Query, with the one field that Strawberry itself resolves."""

    def resolve() -> About:
        return about

    field = strawberry.field(resolver=resolve, description="The service that answers.")
    body = {"__module__": __name__, "__annotations__": {}, "about": field}
    return strawberry.type(type("Query", (derived,), body), name="Query", description=ROOTS["Query"])


def _core(schema: strawberry.Schema) -> GraphQLSchema:
    """The schema under Strawberry's, in which derived values are plain maps that name their `__typename`.

    Strawberry would look for attributes, and for instances of the classes it made.
    """
    core: GraphQLSchema = schema._schema  # noqa: SLF001 - the documented way to what it built
    for kind in core.type_map.values():
        if isinstance(kind, GraphQLInterfaceType | GraphQLUnionType):
            kind.resolve_type = None
        elif isinstance(kind, GraphQLObjectType) and not is_introspection_type(kind):
            kind.is_type_of = None
            for field in kind.fields.values():
                if isinstance(field.extensions.get(GraphQLCoreConverter.DEFINITION_BACKREF), GraphField):
                    field.resolve = None
    return core
