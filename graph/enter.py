"""The ways into the graph: one statement for each kind of root field."""

from __future__ import annotations

from typing import Any

from graph import shape
from graph.connection import Connection, Source
from graph.filter import Row, identifier_key, visible, where
from graph.plan import Root, RootKind
from graph.render import Renderer, Statement, bound, key_of
from graph.search import search
from ontology.errors import Invalid
from ontology.registry import Registry
from ontology.terms import EdgeSpec, NodeSpec, Spec


def render(registry: Registry, base: str, root: Root, *, strict: bool = True) -> Statement:
    """The statement that answers a root field. Raises Invalid where its arguments make no sense."""
    renderer = Renderer(registry, base, strict)
    return ENTER[root.kind](renderer, root)


def _row(renderer: Renderer, spec: Spec) -> Row:
    if isinstance(spec, EdgeSpec):
        return Row(renderer.names("e"), spec, (renderer.names("s"), renderer.names("t")))
    return Row(renderer.names("n"), spec)


def _keyed(row: Row, slot: str) -> str:
    """The pattern that finds one row by its id."""
    if isinstance(row.spec, EdgeSpec):
        source, target = ("|".join(e.types) for e in (row.spec.source, row.spec.target))
        return f"({row.ends[0]}:{source})-[{row.var}:{row.spec.rel} {{id: {slot}}}]->({row.ends[1]}:{target})"
    return f"({row.var}:{row.spec.name} {{{key_of(row.spec)}: {slot}}})"


def bare(base: str, spec: Spec) -> Any:
    """A converter that takes an id, or an IRI of this type; null for an IRI of another."""
    own, ours = f"{base}/{spec.path}/", f"{base}/"

    def convert(value: Any) -> Any:
        if not isinstance(value, str) or not value.startswith(ours):
            return value
        return value.removeprefix(own) if value.startswith(own) else None

    return convert


def _lookup(renderer: Renderer, root: Root) -> Statement:
    row = _row(renderer, renderer.registry.specs[root.type])
    clauses = []
    given = {k: v for k, v in root.select.args.items() if v is not None}
    if "id" in given:
        clauses.append(f"MATCH {_keyed(row, renderer.bind(given['id'], bare(renderer.base, row.spec)))}")
    for scheme in row.spec.schemes if isinstance(row.spec, NodeSpec) else ():
        if scheme in given:
            key = renderer.bind(given[scheme], identifier_key(scheme))
            clauses.append(f"MATCH ({row.var}:{row.spec.name})-[:IDENTIFIED_BY]->(:Identifier {{key: {key}}})")
    if not clauses:
        raise Invalid(
            "LOOKUP_KEY_MISSING", f"{root.select.name} without a key.", "Give its id or one of its identifiers."
        )
    text, shaped = renderer.row(row, root.select.of[root.type])
    rule = where(visible(row, renderer.registry))
    if "id" not in given:
        rule = f" WITH {row.var}{rule} ORDER BY {row.var}.createdAt, {row.var}.id LIMIT 1"
    return renderer.done(f"{' '.join(clauses)}{rule} RETURN {text}", shape.optional(shaped))


def _connection(renderer: Renderer, root: Root) -> Statement:
    row = _row(renderer, renderer.registry.specs[root.type])
    text, shaped = Connection(renderer, Source(bound(row), row, root=True), root.select).render()
    return renderer.done(f"RETURN {text}", shaped)


def _node(renderer: Renderer, root: Root) -> Statement:
    branches, shapes = [], {}
    for name, wanted in root.select.of.items():
        row = _row(renderer, renderer.registry.specs[name])
        slot = renderer.bind(root.select.args.get("id"), bare(renderer.base, row.spec))
        text, shapes[name] = renderer.row(row, wanted)
        rule = where(visible(row, renderer.registry))
        branches.append(f"MATCH {_keyed(row, slot)}{rule} RETURN ['{name}', {text}] AS found")
    joined = " UNION ALL ".join(branches)
    return renderer.done(f"CALL () {{ {joined} }} RETURN found LIMIT 1", shape.optional(shape.tagged(shapes)))


def _by_ids(renderer: Renderer, root: Root) -> Statement:
    row = _row(renderer, renderer.registry.specs[root.type])
    slot = renderer.bind(root.select.args["ids"])
    text, shaped = renderer.row(row, root.select.of[root.type])
    found = f"head(COLLECT {{ MATCH {_keyed(row, 'id')}{where(visible(row, renderer.registry))} RETURN {text} }})"
    return renderer.done(f"RETURN [id IN {slot} | {found}]", shape.each(shape.optional(shaped)))


ENTER = {
    RootKind.LOOKUP: _lookup,
    RootKind.CONNECTION: _connection,
    RootKind.NODE: _node,
    RootKind.SEARCH: search,
    RootKind.BY_IDS: _by_ids,
}
