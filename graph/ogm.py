"""neomodel classes derived from the declarations: single entities for scripts and admin, read as objects.

Never in a request path (one round trip per hop). They read; writing goes through `graph.commit` alone, so
that nothing changes without its record.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from neomodel import (
    ArrayProperty,
    BooleanProperty,
    IntegerProperty,
    RelationshipFrom,
    RelationshipTo,
    StringProperty,
    StructuredNode,
    StructuredRel,
    ZeroOrMore,
    ZeroOrOne,
)

from ontology.errors import Denied
from ontology.registry import Registry
from ontology.terms import Field, Kind, NodeSpec, Relation, Spec, Via

PROPERTY: dict[Kind, Any] = {Kind.INTEGER: IntegerProperty, Kind.BOOLEAN: BooleanProperty}


class _ReadOnly:
    """Refuses every way in which neomodel would write."""

    def _refuse(self, *_args: Any, **_kwargs: Any) -> Any:
        raise Denied("WRITE_DOOR", f"{type(self).__name__} is for reading.", "Change it through graph.commit.")

    save = delete = _refuse

    @classmethod
    def _refuse_all(cls, *_args: Any, **_kwargs: Any) -> Any:
        raise Denied("WRITE_DOOR", f"{cls.__name__} is for reading.", "Change it through graph.commit.")

    create = create_or_update = get_or_create = _bulk_create = _bulk_create_or_update = _refuse_all


class _Any(ZeroOrMore):
    """Any number of neighbours, to be read."""

    connect = disconnect = disconnect_all = replace = reconnect = _ReadOnly._refuse  # noqa: SLF001 - of this file


class _One(ZeroOrOne):
    """At most one neighbour, to be read."""

    connect = disconnect = disconnect_all = replace = reconnect = _ReadOnly._refuse  # noqa: SLF001 - of this file


class _Edge(_ReadOnly, StructuredRel):
    """An edge with data, to be read."""


def models(registry: Registry) -> dict[str, type[Any]]:
    """A StructuredNode for each node type and a StructuredRel for each edge type, by name."""
    made: dict[str, type[Any]] = {
        name: type(name, (_Edge,), _properties(spec, registry)) for name, spec in registry.edges.items()
    }
    nodes: dict[str, Any] = {}
    for name, spec in registry.nodes.items():
        body = {**_properties(spec, registry), **_relations(registry, spec, made), "__label__": name}
        nodes[name] = type(name, (_ReadOnly, StructuredNode), body)
    for model in nodes.values():
        for _, relation in model.__all_relationships__:
            relation._raw_class = nodes[relation._raw_class]  # noqa: SLF001 - names become classes once all exist
    return {**made, **nodes}


def _properties(spec: Spec, registry: Registry) -> dict[str, Any]:
    del registry
    body: dict[str, Any] = {"__module__": __name__, "__doc__": spec.doc}
    key = spec.key if isinstance(spec, NodeSpec) else "id"
    at = "uid" if key == "id" else key  # neomodel keeps `id` for itself
    body[at] = StringProperty(unique_index=True, required=True, db_property=key)
    for f in spec.fields.values():
        if f.name != key:
            body[f.name] = _property(f)
    for scheme in spec.schemes if isinstance(spec, NodeSpec) else ():
        body[scheme] = StringProperty(index=True)
    return body


def _property(f: Field) -> Any:
    if f.many:
        return ArrayProperty(PROPERTY.get(f.kind, StringProperty)(), required=f.required)
    options: dict[str, Any] = {"required": f.required, "help_text": f.doc}
    if f.kind is Kind.ENUM:
        options["choices"] = {word: word for word in f.values}
    if f.unique:
        options["unique_index"] = True
    elif f.index:
        options["index"] = True
    return PROPERTY.get(f.kind, StringProperty)(**options)


def _relations(registry: Registry, spec: NodeSpec, edges: Mapping[str, type[Any]]) -> dict[str, Any]:
    found = {}
    for relation in registry.relations[spec.name].values():
        if relation.via in {Via.PLAIN, Via.ACROSS, Via.IDENTIFIERS}:
            found[relation.name] = _relation(relation, edges)
    return found


def _relation(relation: Relation, edges: Mapping[str, type[Any]]) -> Any:
    make = RelationshipTo if relation.outgoing else RelationshipFrom
    how = _Any if relation.many else _One
    return make(relation.targets[0], relation.rel, cardinality=how, model=edges.get(relation.edge))
