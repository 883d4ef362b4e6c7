"""From the input of an upsert to the typed change that the write door takes.

Checks only what the input types cannot say: that references name one thing, and edges are told one thing.
Values are checked at the door. Paths in errors are relative to the input: `works.2`, `target.work`.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from graph.change import ByIdentifier, EdgeChange, Entity, Mode, Ref, Upsert
from ontology.errors import Invalid
from ontology.registry import Registry
from ontology.terms import Edge, EdgeSpec, NodeSpec, Relation, Spec
from resolvers import names
from resolvers.inputs import ends

Input = Mapping[str, Any]


def to_change(spec: Spec, registry: Registry, given: Input, base: str = "", at: str = "") -> Upsert:
    """The change for a coerced input. `base` is what IRIs of our own begin with; empty admits any.

    Raises Invalid(REFERENCE_INVALID | EDGE_CONTRADICTION | IRI_INVALID) with the path of the input field,
    after `at`: which input of several it is.
    """
    try:
        return _change(spec, registry, given, base)
    except Invalid as wrong:
        wrong.path = f"{at}.{wrong.path}" if at else wrong.path
        raise


def _change(spec: Spec, registry: Registry, given: Input, base: str) -> Upsert:
    read = _Reader(registry, base)
    change = Upsert(spec.name)
    if given.get("id") is not None:
        change.id = read.key(spec, given["id"], "id")
    change.fields = {n: given[n] for n, f in spec.fields.items() if n in given and not f.system}
    if isinstance(spec, NodeSpec):
        change.identifiers = list(_identifiers(spec, given))
        change.drop_identifiers = [_pair(i) for i in given.get("removeIdentifiers") or ()]
        change.edges = {n: e for n, edge in spec.edges.items() if (e := read.edge(edge, given)) is not None}
    elif isinstance(spec, EdgeSpec):
        known = ends(registry, spec)
        change.source = read.end(known[spec.source.name], given.get(spec.source.name))
        change.target = read.end(known[spec.target.name], given.get(spec.target.name))
    return change


def key_of(spec: Spec, text: str, base: str = "", path: str = "id") -> str:
    """The key in an id or an IRI of this type. Raises Invalid(IRI_INVALID) for an IRI of anything else."""
    if "://" not in text:
        return text
    head, found, key = text.partition(f"/{spec.path}/")
    if not found or not key or "/" in key or (base and head != base):
        raise Invalid(
            "IRI_INVALID",
            f"{path} is {text[:100]!r}: no {spec.name} of ours.",
            f"Give an id, or an IRI like {base or 'https://…'}/{spec.path}/….",
            path=path,
        )
    return key


def _identifiers(spec: NodeSpec, given: Input) -> Iterator[tuple[str, str]]:
    for scheme in spec.schemes:
        if given.get(scheme) is not None:
            yield scheme, given[scheme]
    for identifier in given.get("identifiers") or ():
        yield _pair(identifier)


def _pair(identifier: Input) -> tuple[str, str]:
    return identifier["scheme"], identifier["value"]


class _Reader:
    """Reads the parts of one input that point elsewhere."""

    def __init__(self, registry: Registry, base: str) -> None:
        self._registry, self._base = registry, base

    def key(self, spec: Spec, text: str, path: str) -> str:
        return key_of(spec, text, self._base, path)

    def edge(self, edge: Edge, given: Input) -> EdgeChange | None:
        """What is told about a plain edge, None where nothing is."""
        if not edge.many:
            if edge.name not in given:
                return None
            one = given[edge.name]
            return EdgeChange(() if one is None else (self.reference(edge.target, one, edge.name),))
        spelled: dict[str, Mode] = {
            edge.name: "set",
            f"add{names.capital(edge.name)}": "add",
            f"remove{names.capital(edge.name)}": "remove",
        }
        told = [n for n, mode in spelled.items() if n in given and (mode == "set" or given[n] is not None)]
        if len(told) > 1:
            raise Invalid(
                "EDGE_CONTRADICTION",
                f"{' and '.join(told)} are given together.",
                f"Give one: {edge.name} replaces, the others add or take away.",
                path=told[1],
            )
        return EdgeChange(self._all(edge, given, told[0]), spelled[told[0]]) if told else None

    def _all(self, edge: Edge, given: Input, name: str) -> tuple[Ref, ...]:
        return tuple(self.reference(edge.target, one, f"{name}.{i}") for i, one in enumerate(given[name] or ()))

    def end(self, end: Relation, given: Input | None) -> Ref | None:
        """What is to stand at an end of an edge type, None where nothing is said."""
        if given is None:
            return None
        if not names.is_polymorphic(end):
            return self.reference(end.targets[0], given, end.name)
        singulars = {self._registry.specs[target].singular: target for target in end.targets}
        name, inner = _only(given, tuple(singulars), end.name)
        return self.reference(singulars[name], inner, f"{end.name}.{name}")

    def reference(self, target: str, given: Input, path: str) -> Ref:
        """A thing of a known type, by its key or an identifier."""
        spec = self._registry.specs[target]
        name, value = _only(given, ("id", *names.schemes(spec)), path)
        if name == "id":
            return Entity(target, self.key(spec, value, f"{path}.id"))
        return ByIdentifier(name, value, target)


def _only(given: Input, admitted: tuple[str, ...], path: str) -> tuple[str, Any]:
    """The one entry that is given."""
    said = [(name, value) for name, value in given.items() if value is not None]
    if len(said) != 1:
        found = " and ".join(name for name, _ in said) or "nothing"
        raise Invalid(
            "REFERENCE_INVALID", f"{path} gives {found}.", f"Give exactly one of {', '.join(admitted)}.", path=path
        )
    return said[0]
