"""Prints the reference of the schema: `python -m resolvers.reference > docs/graphql-reference.md`.

Says what each type of the ontology gives; what follows the same pattern everywhere is said once.
"""

from __future__ import annotations

import sys
from collections.abc import Iterable, Iterator

from graphql import GraphQLEnumType, GraphQLObjectType, GraphQLSchema, is_enum_type, is_object_type

from ontology.registry import Registry, core
from ontology.terms import EdgeSpec, NodeSpec, Spec
from resolvers import names
from resolvers.derive import build
from resolvers.filters import DOCS, OPERATORS, SAME, order_keys
from resolvers.inputs import ends

HEAD = """# GraphQL reference

Made by `python -m resolvers.reference` from the ontology; [graphql.md](graphql.md) tells how to use it. For every
type `X` there are `XConnection` and `XEdge` (a page of a list and an item of it), `XFilter`, `XRelationFilter` and
`XOrder`; for every node type a reference `XRef`, and for every type that can be written `XInput`.

Every type has `id: ID!` and `iri: String!` (interface `Node`). Types whose changes leave records also have
`createdAt`, `updatedAt` and `history` (interface `Recorded`).
"""


def text(registry: Registry) -> str:
    """The page, in Markdown."""
    schema = build(registry).core
    parts = [HEAD, *_comparisons(), "## Types\n"]
    for spec in registry.specs.values():
        parts += _type(registry, schema, spec)
    return "\n".join(parts)


def _row(cells: Iterable[str]) -> str:
    return "| " + " | ".join(cell.replace("|", "\\|").replace("\n", " ") for cell in cells) + " |"


def _table(head: tuple[str, ...], rows: Iterable[tuple[str, ...]]) -> str:
    lines = [_row(head), "|" + "---|" * len(head), *(_row(row) for row in rows)]
    return "\n".join(lines) + "\n"


def _comparisons() -> Iterator[str]:
    yield "## Comparisons\n"
    kinds = {**OPERATORS, "an enum": (*SAME, "exists")}
    rows = ((f"`{op}`", doc, ", ".join(kind for kind, ops in kinds.items() if op in ops)) for op, doc in DOCS.items())
    yield _table(("operator", "holds where the value", "for"), rows)


def _type(registry: Registry, schema: GraphQLSchema, spec: Spec) -> Iterator[str]:
    yield f"### {spec.name}\n\n{spec.doc}\n"
    yield f"Found by {_found_by(registry, spec)}.\n"
    kind = schema.get_type(spec.name)
    if is_object_type(kind):
        inherited = {"id", "iri", "createdAt", "updatedAt", "history"}
        yield _table(("field", "type", "what"), (row for row in _fields(kind) if row[0].strip("`") not in inherited))
    yield from _enums(schema, spec)
    yield f"Sorted by {', '.join(f'`{key}`' for key in order_keys(spec))}.\n"


def _found_by(registry: Registry, spec: Spec) -> str:
    keys = ", ".join(f"`{key}`" for key in ("id", *names.schemes(spec)))
    ways = [f"`{spec.singular}` ({keys})", f"`{names.plural(spec)}`"]
    if isinstance(spec, NodeSpec) and spec.search_fields:
        ways.append("`search`")
    written = f"; written by `upsert{spec.name}`, `upsert{names.capital(names.plural(spec))}`, `delete{spec.name}`"
    between = ""
    if isinstance(spec, EdgeSpec):
        sides = [f"`{name}` ({', '.join(end.targets)})" for name, end in ends(registry, spec).items()]
        between = f"; it leads from {' to '.join(sides)}"
    return ", ".join(ways) + (written if spec.writable else "") + between


def _fields(kind: GraphQLObjectType) -> Iterator[tuple[str, ...]]:
    for name, field in kind.fields.items():
        yield f"`{name}`", f"`{field.type}`", field.description or ""


def _enums(schema: GraphQLSchema, spec: Spec) -> Iterator[str]:
    for field in spec.fields.values():
        kind = schema.get_type(names.scalar(spec, field))
        if is_enum_type(kind):
            yield f"`{kind.name}`: {_words(kind)}.\n"


def _words(kind: GraphQLEnumType) -> str:
    return ", ".join(f"`{word}`" for word in kind.values)


if __name__ == "__main__":
    sys.stdout.write(text(core()))
