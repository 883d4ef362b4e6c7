"""The committed schema is the derived one, and what clients rely on stays."""

from dataclasses import replace
from pathlib import Path

from ontology.registry import Registry, core
from resolvers.schema import breaking, text
from tests.unit.resolvers.toys import toys

ROOT = Path(__file__).parents[3]
COMMITTED = (ROOT / "schema.graphql").read_text(encoding="utf-8")
DERIVED = text(core())


def test_nothing_that_clients_rely_on_is_gone() -> None:
    gone = breaking(COMMITTED, DERIVED)
    assert not gone, f"Breaking changes; keep the old beside the new, or release a new major version: {gone}"


def test_the_committed_schema_is_current() -> None:
    assert DERIVED == COMMITTED, "Run: .venv/bin/python -m resolvers.schema > schema.graphql"


def test_a_new_type_breaks_nothing_and_a_lost_one_does() -> None:
    more = text(toys())
    assert not breaking(DERIVED, more)
    assert "Instrument was removed." in breaking(more, DERIVED)


def test_a_lost_field_is_a_breaking_change() -> None:
    ontology = core()
    recording = ontology.nodes["Recording"]
    fewer = replace(recording, fields={n: f for n, f in recording.fields.items() if n != "year"})
    lost = breaking(DERIVED, text(Registry({**ontology.nodes, "Recording": fewer}, ontology.edges)))
    assert "Field Recording.year was removed." in lost
