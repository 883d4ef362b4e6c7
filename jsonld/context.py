"""The JSON-LD 1.1 context, derived from the declarations: what every key of a document means.

Terms are scoped by type, since one word may mean different things of different types. Protected, without
@vocab, and complete in itself: nothing is ever fetched to read a document.
"""

from __future__ import annotations

import json
import sys
from typing import Any

from ontology.registry import Registry, core, scheme_field
from ontology.terms import PREFIXES, EdgeSpec, Field, Kind, NodeSpec, Relation, Spec, Via

DATATYPE = {Kind.INTEGER: "xsd:integer", Kind.BOOLEAN: "xsd:boolean", Kind.TIME: "xsd:dateTime", Kind.IRI: "@id"}
"""Partial dates have no one XSD type; whoever writes a value gives it the type of its precision."""

Term = dict[str, Any]


def context(registry: Registry, base: str) -> dict[str, Any]:
    """The document `{"@context": …}` for everything in the registry; own terms are `{base}/ns#…`."""
    found: dict[str, Any] = {"@version": 1.1, "@protected": True, "id": "@id", "type": "@type"}
    found |= {prefix: {"@id": iri.format(base=base), "@prefix": True} for prefix, iri in sorted(PREFIXES.items())}
    for name, spec in sorted(registry.specs.items()):
        found[name] = {"@id": spec.iri, "@context": _scoped(registry, spec)}
    return {"@context": found}


def _scoped(registry: Registry, spec: Spec) -> dict[str, Any]:
    terms: dict[str, Any] = {name: term(f) for name, f in spec.public_fields.items()}
    if isinstance(spec, NodeSpec):
        terms |= {scheme: term(scheme_field(scheme)) for scheme in spec.schemes}
    for relation in registry.relations[spec.name].values():
        if relation.owned or relation.via is Via.END:
            terms[relation.name] = _link(spec, relation)
    return {"@protected": True, **dict(sorted(terms.items()))}


def term(f: Field) -> Term:
    """The term of a field: its IRI, its datatype, and a set where it may have many values."""
    found: Term = {"@id": f.iri}
    if f.kind in DATATYPE:
        found["@type"] = DATATYPE[f.kind]
    return found | ({"@container": "@set"} if f.many else {})


def _link(spec: Spec, relation: Relation) -> Term:
    iri = relation.iri or f"omo:{relation.name}"
    if isinstance(spec, EdgeSpec):
        iri = {"source": "prov:agent", "target": "omo:contributedTo"}[_side(spec, relation)]
    return {"@id": iri, "@type": "@id"} | ({"@container": "@set"} if relation.many else {})


def _side(spec: EdgeSpec, relation: Relation) -> str:
    return "source" if relation.name == spec.source.name else "target"


def main() -> None:
    """Print the context for the base IRI given as the one argument."""
    base = sys.argv[1] if len(sys.argv) > 1 else "https://omnisonic.example"
    json.dump(context(core(), base), sys.stdout, indent=1, ensure_ascii=False)
    sys.stdout.write("\n")


if __name__ == "__main__":
    main()
