"""The derived context means what the declarations say, by the judgement of another JSON-LD processor."""

from __future__ import annotations

from typing import Any, NoReturn

import pytest
from pyld import jsonld

from jsonld.context import context
from ontology.registry import core
from ontology.terms import PREFIXES, Kind, NodeSpec, Spec

BASE = "https://music.example"
VALUES: dict[Kind, Any] = {Kind.INTEGER: 7, Kind.BOOLEAN: True, Kind.IRI: "urn:x:1"}


def _refuse(url: str, _options: Any) -> NoReturn:
    raise AssertionError(f"a context must not need {url}")


def _full(compact: str) -> str:
    prefix, name = compact.split(":", 1)
    return PREFIXES[prefix].format(base=BASE) + name


@pytest.mark.parametrize("spec", core().specs.values(), ids=lambda s: s.name)
def test_every_public_field_has_its_declared_iri(spec: Spec) -> None:
    document = context(core(), BASE) | {"id": f"{BASE}/{spec.path}/1", "type": spec.name}
    document |= {name: VALUES.get(f.kind, "text") for name, f in spec.public_fields.items()}
    (expanded,) = jsonld.expand(document, {"documentLoader": _refuse})
    assert expanded["@type"] == [_full(spec.iri)]
    for name, f in spec.public_fields.items():
        assert _full(f.iri) in expanded, name
    if isinstance(spec, NodeSpec):
        linked = context(core(), BASE) | {"type": spec.name} | dict.fromkeys(spec.edges, "urn:x:2")
        (expanded,) = jsonld.expand(linked, {"documentLoader": _refuse})
        assert all(expanded[_full(e.iri)] == [{"@id": "urn:x:2"}] for e in spec.edges.values())


def test_a_word_may_mean_different_things_of_different_types() -> None:
    kinds = {name: context(core(), BASE)["@context"][name]["@context"]["kind"] for name in ("Area", "Work", "Event")}
    assert len({str(kind) for kind in kinds.values()}) == len(kinds)


def test_no_vocabulary_catches_what_was_not_declared() -> None:
    document = context(core(), BASE) | {"type": "Recording", "title": "x", "titel": "y"}
    (expanded,) = jsonld.expand(document, {"documentLoader": _refuse})
    assert set(expanded) == {"@type", "http://schema.org/name"}
