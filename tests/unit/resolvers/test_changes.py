"""Inputs of upserts as typed changes: what is left out, what is null, and what references name."""

from typing import Any

import pytest

from graph.change import ByIdentifier, EdgeChange, Entity, Upsert
from ontology.errors import Invalid
from resolvers.changes import key_of, to_change
from tests.unit.resolvers.toys import toys

BASE = "https://omnisonic.example"
REGISTRY = toys()


def _change(name: str, given: dict[str, Any], base: str = "") -> Upsert:
    return to_change(REGISTRY.specs[name], REGISTRY, given, base)


def _refused(name: str, given: dict[str, Any]) -> tuple[str, str]:
    with pytest.raises(Invalid) as refused:
        _change(name, given, BASE)
    assert refused.value.hint
    return refused.value.code, refused.value.path


def test_fields_that_are_left_out_stay_and_null_removes() -> None:
    assert _change("Recording", {"title": "Help!", "year": None, "genre": ["pop"]}) == Upsert(
        "Recording", fields={"title": "Help!", "year": None, "genre": ["pop"]}
    )
    assert _change("Recording", {}) == Upsert("Recording")


def test_private_fields_are_passed_on() -> None:
    assert _change("Instrument", {"serial": "7"}).fields == {"serial": "7"}


def test_identifiers_are_gathered_as_they_were_given() -> None:
    given = {
        "isrc": "gb-ayE-65-00001",
        "mbid": None,
        "identifiers": [{"scheme": "isrc", "value": "x"}],
        "removeIdentifiers": [{"scheme": "mbid", "value": "y"}],
    }
    change = _change("Recording", given)
    assert change.identifiers == [("isrc", "gb-ayE-65-00001"), ("isrc", "x")]
    assert change.drop_identifiers == [("mbid", "y")]
    assert change.fields == {}


def test_edges_are_replaced_added_to_or_taken_away_from() -> None:
    work = {"iswc": "T-1"}
    ref = ByIdentifier("iswc", "T-1", "Work")
    assert _change("Recording", {"works": [work, {"id": "w"}]}).edges == {
        "works": EdgeChange((ref, Entity("Work", "w")), "set")
    }
    assert _change("Recording", {"addWorks": [work]}).edges == {"works": EdgeChange((ref,), "add")}
    assert _change("Recording", {"removeWorks": [work]}).edges == {"works": EdgeChange((ref,), "remove")}


@pytest.mark.parametrize("nothing", [None, []])
def test_an_edge_that_is_null_or_empty_is_cleared(nothing: Any) -> None:
    assert _change("Recording", {"works": nothing}).edges == {"works": EdgeChange((), "set")}
    assert _change("Recording", {"recordedAt": None}).edges == {"recordedAt": EdgeChange((), "set")}


def test_an_addition_that_is_null_says_nothing() -> None:
    assert _change("Recording", {"addWorks": None, "removeWorks": None}).edges == {}


def test_a_single_edge() -> None:
    assert _change("Instrument", {"maker": {"isni": "1"}}).edges == {
        "maker": EdgeChange((ByIdentifier("isni", "1", "Contributor"),), "set")
    }


def test_the_ends_of_an_edge_type() -> None:
    change = _change("Ownership", {"share": 5, "owner": {"id": "c"}, "thing": {"release": {"barcode": "4"}}})
    assert change == Upsert(
        "Ownership",
        fields={"share": 5},
        source=Entity("Contributor", "c"),
        target=ByIdentifier("barcode", "4", "Release"),
    )
    assert _change("Ownership", {"id": "o", "owner": None}) == Upsert("Ownership", id="o")


def test_ids_may_be_iris_of_ours() -> None:
    given = {"id": f"{BASE}/recording/r", "works": [{"id": f"{BASE}/work/w"}]}
    change = _change("Recording", given, BASE)
    assert change.id == "r"
    assert change.edges["works"].refs == (Entity("Work", "w"),)


@pytest.mark.parametrize(
    "text",
    [
        f"{BASE}/work/w",
        "https://elsewhere.example/recording/r",
        f"{BASE}/recording/",
        f"{BASE}/recording/r/x",
        f"https://evil.example/{BASE}/recording/r",
        "://",
    ],
)
def test_other_iris_are_refused(text: str) -> None:
    with pytest.raises(Invalid) as refused:
        key_of(REGISTRY.specs["Recording"], text, BASE)
    assert refused.value.code == "IRI_INVALID"


@pytest.mark.parametrize(
    ("name", "given", "code", "path"),
    [
        ("Recording", {"works": [{"id": "w"}, {}]}, "REFERENCE_INVALID", "works.1"),
        ("Recording", {"addWorks": [{"id": "w", "iswc": "T"}]}, "REFERENCE_INVALID", "addWorks.0"),
        ("Recording", {"recordedAt": {"id": None}}, "REFERENCE_INVALID", "recordedAt"),
        ("Recording", {"works": [{"id": f"{BASE}/release/x"}]}, "IRI_INVALID", "works.0.id"),
        ("Recording", {"id": f"{BASE}/release/x"}, "IRI_INVALID", "id"),
        ("Recording", {"works": [], "addWorks": []}, "EDGE_CONTRADICTION", "addWorks"),
        ("Recording", {"addWorks": [], "removeWorks": []}, "EDGE_CONTRADICTION", "removeWorks"),
        ("Ownership", {"thing": {}}, "REFERENCE_INVALID", "thing"),
        ("Ownership", {"thing": {"release": {"id": "r"}, "instrument": {"id": "i"}}}, "REFERENCE_INVALID", "thing"),
        ("Ownership", {"thing": {"release": {}}}, "REFERENCE_INVALID", "thing.release"),
        ("Ownership", {"owner": {"isni": "1", "ipi": "2"}}, "REFERENCE_INVALID", "owner"),
    ],
)
def test_what_contradicts_itself_is_refused_at_its_place(
    name: str, given: dict[str, Any], code: str, path: str
) -> None:
    assert _refused(name, given) == (code, path)


def test_the_path_says_which_input_of_several() -> None:
    with pytest.raises(Invalid) as refused:
        to_change(REGISTRY.specs["Recording"], REGISTRY, {"works": [{}]}, at="7")
    assert refused.value.path == "7.works.0"
