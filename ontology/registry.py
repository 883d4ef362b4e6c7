"""The whole ontology as one immutable value: every type, and every way to walk between them.

`core()` finds the declarations by looking through this folder, so that adding a type is adding one file.
"""

from __future__ import annotations

import importlib
import pkgutil
import re
from dataclasses import dataclass
from functools import cache, cached_property

import ontology
from ontology.access import Anyone, Rule
from ontology.errors import Invalid
from ontology.identifiers import SCHEMES
from ontology.terms import EdgeSpec, EdgeType, End, Field, Kind, Node, NodeSpec, Relation, Spec, Via

NAME = re.compile(r"[A-Za-z][A-Za-z0-9]*\Z")
REL = re.compile(r"[A-Z][A-Z_]*\Z")


@dataclass(frozen=True)
class Registry:
    """Node and edge types by name. Raises Invalid(ONTOLOGY_INVALID) when they contradict each other."""

    nodes: dict[str, NodeSpec]
    edges: dict[str, EdgeSpec]

    def __post_init__(self) -> None:
        for spec in self.specs.values():
            _check(spec, self)

    @cached_property
    def specs(self) -> dict[str, Spec]:
        """All types by name, nodes first."""
        return {**self.nodes, **self.edges}

    @cached_property
    def by_path(self) -> dict[str, Spec]:
        """All types by their IRI segment."""
        return {spec.path: spec for spec in self.specs.values()}

    @cached_property
    def relations(self) -> dict[str, dict[str, Relation]]:
        """For each type its relations by field name, in order of declaration."""
        found: dict[str, dict[str, Relation]] = {name: {} for name in self.specs}
        for node in self.nodes.values():
            _plain(node, found)
        for edge in self.edges.values():
            _typed(edge, found)
        _identifiers(self, found)
        return found

    @property
    def recorded(self) -> dict[str, Spec]:
        """The types whose changes leave a provenance record."""
        return {name: spec for name, spec in self.specs.items() if spec.recorded}

    def extend(self, *classes: type[Node | EdgeType]) -> Registry:
        """A registry with more types; this one is unchanged."""
        nodes = {c.spec.name: c.spec for c in classes if issubclass(c, Node)}
        edges = {c.spec.name: c.spec for c in classes if issubclass(c, EdgeType)}
        return Registry({**self.nodes, **nodes}, {**self.edges, **edges})


def _plain(node: NodeSpec, found: dict[str, dict[str, Relation]]) -> None:
    for name, e in node.edges.items():
        found[node.name][name] = Relation(name, Via.PLAIN, e.rel, True, (e.target,), e.many, e.doc, e.iri, owned=True)
        if e.inverse:
            back = Relation(e.inverse, Via.PLAIN, e.rel, False, (node.name,), True, e.inverse_doc)
            found[e.target][e.inverse] = back


def _typed(edge: EdgeSpec, found: dict[str, dict[str, Relation]]) -> None:
    for here, there, outgoing in ((edge.source, edge.target, True), (edge.target, edge.source, False)):
        found[edge.name][here.name] = Relation(
            here.name, Via.END, edge.rel, outgoing, here.types, False, here.doc, edge=edge.name
        )
        for owner in here.types:
            found[owner][here.edges] = Relation(
                here.edges, Via.EDGE, edge.rel, outgoing, (edge.name,), True, edge.doc, edge=edge.name
            )
            _shortcuts(edge, here, there, outgoing, found[owner])


def _shortcuts(
    edge: EdgeSpec,
    here: End,
    there: End,
    outgoing: bool,  # noqa: FBT001
    into: dict[str, Relation],
) -> None:
    for target, name in here.nodes.items():
        if target in there.types:
            doc = f"Each {target} joined by a {edge.name}, once."
            into[name] = Relation(name, Via.ACROSS, edge.rel, outgoing, (target,), True, doc, edge=edge.name)


def _identifiers(registry: Registry, found: dict[str, dict[str, Relation]]) -> None:
    bearers = tuple(n.name for n in registry.nodes.values() if n.schemes)
    for bearer in bearers:
        found[bearer]["identifiers"] = Relation(
            "identifiers", Via.IDENTIFIERS, "IDENTIFIED_BY", True, ("Identifier",), True,
            "Every identifier it bears.", "schema:identifier", owned=True,
        )  # fmt: skip
    if "Identifier" in registry.nodes and bearers:
        found["Identifier"]["identifies"] = Relation(
            "identifies", Via.IDENTIFIES, "IDENTIFIED_BY", False, bearers, True, "What bears this identifier."
        )


def _check(spec: Spec, registry: Registry) -> None:
    _check_names(spec)
    _check_rules(spec)
    if isinstance(spec, NodeSpec):
        missing = [e.target for e in spec.edges.values() if e.target not in registry.nodes]
        missing += [s for s in spec.schemes if s not in SCHEMES]
    elif isinstance(spec, EdgeSpec):
        missing = [t for t in (*spec.source.types, *spec.target.types) if t not in registry.nodes]
    if missing:
        raise Invalid(
            "ONTOLOGY_INVALID",
            f"{spec.name} names unknown {', '.join(missing)}.",
            "Declare it, or mend the name.",
        )


def _check_names(spec: Spec) -> None:
    """Names end up in Cypher text, so nothing but plain words may be one."""
    words = [spec.name, *spec.fields]
    rels = [spec.rel] if isinstance(spec, EdgeSpec) else []
    if isinstance(spec, NodeSpec):
        words += [spec.plural, *spec.edges]
        rels += [e.rel for e in spec.edges.values()]
    bad = [w for w in words if not NAME.match(w)] + [r for r in rels if not REL.match(r)]
    if bad or not spec.doc or not all(f.doc and f.iri for f in spec.fields.values()):
        raise Invalid(
            "ONTOLOGY_INVALID",
            f"{spec.name}: bad names {bad} or a missing doc or IRI.",
            "See ontology/terms.py.",
        )


def _check_rules(spec: Spec) -> None:
    if not isinstance(spec.read, Rule):
        raise Invalid("ACCESS_UNDECLARED", f"{spec.name} has no read rule.", "Give it `read=`.")
    for f in spec.fields.values():
        if not isinstance(f.read, Rule):
            raise Invalid("ACCESS_UNDECLARED", f"{spec.name}.{f.name} has no read rule.", "Give it `read=`.")
        if f in spec.private_fields.values() and isinstance(f.read, Anyone) and isinstance(spec.read, Anyone):
            raise Invalid(
                "ACCESS_UNDECLARED",
                f"{spec.name}.{f.name} is private but anyone may read it.",
                "Give it `read=`.",
            )


def scheme_field(scheme: str) -> Field:
    """The derived property that holds a node's primary identifier of a scheme."""
    return Field(
        Kind.TEXT,
        "schema:identifier",
        f"Its primary {scheme.upper()}, normalised.",
        scheme,
        scheme,
        index=True,
        system=True,
    )


@cache
def core() -> Registry:
    """Every type declared in this folder."""
    nodes: dict[str, NodeSpec] = {}
    edges: dict[str, EdgeSpec] = {}
    for module in sorted(m.name for m in pkgutil.iter_modules(ontology.__path__)):
        for value in vars(importlib.import_module(f"ontology.{module}")).values():
            if isinstance(value, type) and value not in (Node, EdgeType):
                if issubclass(value, Node):
                    nodes[value.spec.name] = value.spec
                elif issubclass(value, EdgeType):
                    edges[value.spec.name] = value.spec
    return Registry(nodes, edges)
