"""Changes are checked before anything is read."""

from __future__ import annotations

import pytest

from graph.change import ByIdentifier, Delete, EdgeChange, Upsert
from graph.check import check, check_idempotency_key, content_hash
from ontology.errors import Invalid
from ontology.registry import core

ID = "00000000-0000-4000-8000-000000000001"


def test_values_come_out_as_they_are_stored() -> None:
    change = Upsert("Recording", ID.upper(), {"title": "e\u0301", "genre": "rock", "year": None, "aliases": []})
    change.identifiers = [("isrc", "gb ahs 14 00099"), ("isrc", "  ")]
    change.drop_identifiers = [("mbid", "nonsense")]
    (checked,) = check(core(), [change])
    assert checked.id == ID
    assert checked.fields == {"title": "\u00e9", "genre": ["rock"], "year": None, "aliases": None}
    assert [i.key for i in checked.identifiers] == ["isrc:GBAHS1400099"]
    assert checked.drop == ["mbid:nonsense"]


def test_errors_name_the_change_and_the_field() -> None:
    good = Upsert("Work", fields={"title": "W"})
    with pytest.raises(Invalid) as refused:
        check(core(), [good, good, Upsert("Work", fields={"title": 3})])
    assert refused.value.path == "2.title"


@pytest.mark.parametrize(
    ("change", "code"),
    [
        (Delete("Work", "1"), "ID_INVALID"),
        (Delete("IngestRow", ID), "TYPE_UNKNOWN"),
        (Upsert("ProvenanceRecord"), "TYPE_UNKNOWN"),
        (Upsert("Work", fields={"id": ID}), "FIELD_UNKNOWN"),
        (Upsert("Work", identifiers=[("iswc", 7)]), "WRONG_TYPE"),  # type: ignore[list-item]
        (Upsert("Recording", edges={"works": EdgeChange(("not an id",))}), "ID_INVALID"),
        (Upsert("Contribution", source="' OR 1=1 //", target=ByIdentifier("isrc", "x")), "ID_INVALID"),
    ],
)
def test_what_cannot_be_is_refused(change: Upsert | Delete, code: str) -> None:
    with pytest.raises(Invalid) as refused:
        check(core(), [change])
    assert refused.value.code == code


def test_content_hash_tells_contents_apart() -> None:
    def one(**options: object) -> str:
        return content_hash([Upsert("Work", fields=options)], None)

    assert one(title="W") == one(title="W")
    assert len({one(title="W"), one(title="V"), one(title="W", kind="song"), one(title=1), one(title="1")}) == 5
    assert content_hash([Delete("Work", ID)], None) != content_hash([Upsert("Work", ID)], None)
    assert content_hash([], "why") != content_hash([], None)


@pytest.mark.parametrize("key", ["", "x" * 201])
def test_idempotency_keys_have_a_length(key: str) -> None:
    check_idempotency_key(None)
    check_idempotency_key("x" * 200)
    with pytest.raises(Invalid):
        check_idempotency_key(key)
