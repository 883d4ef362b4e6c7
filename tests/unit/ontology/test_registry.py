"""What the registry accepts, resolves and refuses."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from ontology.access import ANYONE, PUBLIC_VIEWER, Owner, Scope, Viewer, Where
from ontology.errors import Invalid
from ontology.reference import reference
from ontology.registry import Registry, core
from ontology.shape import check_required, check_value
from ontology.terms import Field, Kind, Via, Visibility, kebab

ROOT = Path(__file__).parents[3]


def test_the_reference_is_current() -> None:
    committed = (ROOT / "docs" / "reference" / "ontology.md").read_text(encoding="utf-8")
    assert committed == reference(core()), "Run: python -m ontology.reference > docs/reference/ontology.md"


def test_every_core_type_is_declared_in_one_file() -> None:
    assert set(core().specs) == {
        "Area", "Contribution", "Contributor", "Event", "Identifier", "IngestBatch", "IngestRow", "ProvenanceRecord",
        "Recording", "Release", "ReleaseGroup", "Track", "Work",
    }  # fmt: skip


def test_relations_are_seen_from_both_sides() -> None:
    relations = core().relations
    assert relations["Recording"]["works"].outgoing
    assert not relations["Work"]["recordings"].outgoing
    assert relations["Contributor"]["recordings"].via is Via.ACROSS
    assert relations["Contribution"]["target"].targets == ("Work", "Recording", "ReleaseGroup", "Release", "Event")
    assert kebab("ReleaseGroup") == "release-group"


def _with(**changes: Any) -> Registry:
    """The core with an altered Recording."""
    found = core()
    return Registry({**found.nodes, "Recording": replace(found.nodes["Recording"], **changes)}, found.edges)


@pytest.mark.parametrize(
    ("changes", "code"),
    [
        ({"read": None}, "ACCESS_UNDECLARED"),
        ({"plural": "rec ordings"}, "ONTOLOGY_INVALID"),
        ({"doc": ""}, "ONTOLOGY_INVALID"),
        ({"schemes": ("nothing",)}, "ONTOLOGY_INVALID"),
        (
            {"fields": {"s": Field(Kind.TEXT, "omo:s", "S.", "s", "s", visibility=Visibility.PRIVATE)}},
            "ACCESS_UNDECLARED",
        ),
        ({"fields": {"s": Field(Kind.TEXT, "omo:s", "S.", "s` x", "s")}}, "ONTOLOGY_INVALID"),
    ],
)
def test_what_contradicts_itself_is_refused_at_start(changes: dict[str, Any], code: str) -> None:
    if "fields" in changes:
        changes = {"fields": {f.name: f for f in changes["fields"].values()}}
    with pytest.raises(Invalid) as refused:
        _with(**changes)
    assert refused.value.code == code


@pytest.mark.parametrize(
    ("field", "value", "code"),
    [
        (Field(Kind.TEXT, "x:x", "d", "x"), "a\x00b", "CONTROL_CHARACTER"),
        (Field(Kind.TEXT, "x:x", "d", "x"), "\ud800", "CONTROL_CHARACTER"),
        (Field(Kind.TEXT, "x:x", "d", "x", max_length=3), "abcd", "TEXT_TOO_LONG"),
        (Field(Kind.TEXT, "x:x", "d", "x"), "  ", "TEXT_EMPTY"),
        (Field(Kind.TEXT, "x:x", "d", "x"), 5, "WRONG_TYPE"),
        (Field(Kind.INTEGER, "x:x", "d", "x", minimum=0, maximum=9), 10, "OUT_OF_RANGE"),
        (Field(Kind.INTEGER, "x:x", "d", "x"), True, "WRONG_TYPE"),
        (Field(Kind.DATE, "x:x", "d", "x"), "2023-02-29", "DATE_IMPOSSIBLE"),
        (Field(Kind.DATE, "x:x", "d", "x"), "23-02-01", "WRONG_TYPE"),
        (Field(Kind.ENUM, "x:x", "d", "x", values=("a", "b")), "c", "WRONG_TYPE"),
        (Field(Kind.IRI, "x:x", "d", "x"), "no iri", "WRONG_TYPE"),
        (Field(Kind.TIME, "x:x", "d", "x"), "2024-01-01", "WRONG_TYPE"),
        (Field(Kind.TEXT, "x:x", "d", "x", many=True), ["a"] * 1_001, "TOO_MANY_VALUES"),
    ],
)
def test_wrong_values_say_what_is_wrong(field: Field, value: object, code: str) -> None:
    with pytest.raises(Invalid) as refused:
        check_value(field, value, "recordings.3.x")
    assert refused.value.code == code
    assert refused.value.path.startswith("recordings.3.x")
    assert refused.value.hint


def test_values_are_brought_into_form() -> None:
    many = Field(Kind.TEXT, "x:x", "d", "x", many=True)
    assert check_value(many, "one") == ["one"]
    assert check_value(many, ["a", "b", "a"]) == ["a", "b"]
    assert check_value(many, []) is None
    assert check_value(Field(Kind.TEXT, "x:x", "d", "x"), "Bjo\u0308rk") == "Bj\u00f6rk"
    assert check_value(Field(Kind.DATE, "x:x", "d", "x"), "1979-06") == "1979-06"
    with pytest.raises(Invalid, match="REQUIRED_MISSING"):
        check_required(core().nodes["Recording"], {})


def test_rules_decide_rows_in_memory_as_they_do_in_cypher() -> None:
    admin, auditor = Viewer("urn:a:1", frozenset({"admin"})), Viewer("urn:a:2", frozenset({"audit"}))
    assert ANYONE.cypher("n") == "true"
    assert Scope("audit").admits(auditor, {})
    assert Scope("audit").admits(admin, {})
    assert not Scope("audit").admits(PUBLIC_VIEWER, {})
    assert Owner("owner").admits(auditor, {"owner": "urn:a:2"})
    assert not Owner("owner").admits(auditor, {"owner": "urn:a:3"})
    mixed = Where("log", "public", Scope("audit"))
    assert mixed.admits(PUBLIC_VIEWER, {"log": "public"})
    assert not mixed.admits(PUBLIC_VIEWER, {"log": "private"})
    assert mixed.admits(auditor, {"log": "private"})
