"""What entities are to become, decided in memory."""

from __future__ import annotations

from typing import Any

import pytest

from graph.change import ByIdentifier, Change, EdgeChange, Local, Upsert
from graph.check import check
from graph.fold import EntityTakenError, Fold
from graph.lock import Borne, Facts, Key, Stored
from ontology.errors import Conflict, Invalid
from ontology.registry import core

ONE, TWO, NEW = (f"00000000-0000-4000-8000-00000000000{i}" for i in range(3))
ISRC = Borne("isrc", "GBAHS1400099", "valid", "GBAHS1400099", "rel-1")


def known(etype: str, entity_id: str, *borne: Borne, **props: Any) -> Facts:
    """Facts of one stored entity."""
    key = (etype, entity_id)
    stored = Stored(key, "eid", {"id": entity_id, **props}, {b.key: b for b in borne})
    return Facts(stored={key: stored}, eids={key: "eid"}, bearers={b.key: [key] for b in borne})


def fold(facts: Facts, *changes: Change) -> tuple[Fold, list[Key]]:
    folding = Fold(core(), facts)
    return folding, folding.add(0, check(core(), changes), lambda at: f"{NEW[:-1]}{at + 2}")


def test_what_is_the_same_is_unchanged_and_what_differs_is_not() -> None:
    facts = known("Recording", ONE, ISRC, title="A", createdAt="t", _head="h")
    for fields, unchanged in (({"title": "A"}, True), ({}, True), ({"year": None}, True), ({"year": 1990}, False)):
        folding, (key,) = fold(facts, Upsert("Recording", ONE, dict(fields), [("isrc", "GB-AHS-1400099")]))
        assert folding.drafts[key].unchanged is unchanged


def test_the_raw_form_first_given_stays() -> None:
    folding, (key,) = fold(
        known("Recording", ONE, ISRC, title="A"), Upsert("Recording", ONE, {}, [("isrc", "gbahs1400099")])
    )
    assert folding.drafts[key].identifiers[ISRC.key] is ISRC


def test_identifiers_find_drafts_of_the_same_commit() -> None:
    first = Upsert("Recording", fields={"title": "A"}, identifiers=[("isrc", "GBAHS1400099")])
    second = Upsert("Recording", fields={"year": 1990}, identifiers=[("isrc", "GBAHS1400099")])
    folding, keys = fold(Facts(), first, second)
    assert len(set(keys)) == 1
    assert folding.drafts[keys[0]].fields == {"title": "A", "year": 1990}


def test_one_bearer_in_common_is_the_one_who_is_meant() -> None:
    shared, own = ISRC, Borne("mbid", ONE, "valid", ONE)
    facts = known("Recording", ONE, shared, own, title="A")
    other = Stored(("Recording", TWO), "eid2", {"id": TWO, "title": "B"}, {shared.key: shared})
    facts.stored[other.key] = other
    facts.bearers[shared.key].append(other.key)
    _, keys = fold(
        facts, Upsert("Recording", fields={"year": 1990}, identifiers=[("isrc", shared.value), ("mbid", ONE)])
    )
    assert keys == [("Recording", ONE)]
    with pytest.raises(Conflict, match="IDENTIFIER_CONFLICT"):
        fold(facts, Upsert("Recording", fields={"year": 1990}, identifiers=[("isrc", shared.value)]))


def test_local_references_may_look_ahead() -> None:
    folding, (edge, *_) = fold(
        Facts(),
        Upsert("Contribution", fields={"role": "r"}, source=Local("c"), target=ByIdentifier("iswc", "T0345246801")),
        Upsert("Contributor", fields={"name": "C"}, ref="c"),
        Upsert("Work", fields={"title": "W"}, identifiers=[("iswc", "T-034.524.680-1")]),
    )
    draft = folding.drafts[edge]
    assert (draft.source and draft.source[0], draft.target and draft.target[0]) == ("Contributor", "Work")


@pytest.mark.parametrize("ref", [Local("nobody"), TWO, ByIdentifier("iswc", "T0345246801")])
def test_references_to_nothing_are_refused(ref: Any) -> None:
    with pytest.raises(Invalid) as refused:
        fold(Facts(), Upsert("Recording", fields={"title": "A"}, edges={"works": EdgeChange((ref,))}))
    assert (refused.value.code, refused.value.path) == ("TARGET_MISSING", "0.works")


def test_a_reference_of_the_wrong_type_is_refused() -> None:
    with pytest.raises(Invalid, match="TARGET_MISSING"):
        fold(
            Facts(),
            Upsert("Event", fields={"name": "E"}, ref="e"),
            Upsert("Recording", fields={"title": "A"}, edges={"works": EdgeChange((Local("e"),))}),
        )


def test_an_entity_belongs_to_one_request_of_a_transaction() -> None:
    folding, _ = fold(known("Work", ONE, title="A"), Upsert("Work", ONE, {"title": "B"}))
    with pytest.raises(EntityTakenError):
        folding.add(1, check(core(), [Upsert("Work", ONE, {"title": "C"})]), lambda _at: NEW)
