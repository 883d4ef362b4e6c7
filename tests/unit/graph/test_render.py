"""The Cypher of a plan: indexes can be used, rules are inside, nothing is counted that nobody asked for."""

from __future__ import annotations

from typing import Any

import pytest

from graph.enter import render
from graph.plan import Ref, Root, RootKind, Select, parameters
from graph.shape import Missing
from ontology.errors import Invalid
from ontology.registry import core

BASE = "https://omnisonic.example"


def listed(etype: str, *wanted: Select, **args: Any) -> Root:
    """A list with these parts selected."""
    plural = core().nodes[etype].plural
    return Root(RootKind.CONNECTION, etype, Select(plural, plural, args, {f"{etype}Connection": wanted}))


def nodes(etype: str, *names: str) -> Select:
    """The items with these fields."""
    return Select("nodes", "nodes", {}, {etype: tuple(Select(n, n) for n in names)})


TOTAL = Select("totalCount", "totalCount")


def test_one_statement_returns_one_record() -> None:
    text = render(core(), BASE, listed("Work", nodes("Work", "id"), TOTAL)).text
    assert text.startswith("RETURN [COLLECT {")
    assert text.count("COUNT {") == 1


def test_counted_only_when_asked() -> None:
    assert "COUNT {" not in render(core(), BASE, listed("Work", nodes("Work", "id"))).text


def test_an_order_by_one_property_can_walk_its_index() -> None:
    text = render(core(), BASE, listed("Recording", nodes("Recording", "id"), orderBy=[{"field": "year"}])).text
    assert "n1.year IS NOT NULL RETURN n1 ORDER BY n1.year, n1.id LIMIT" in text
    assert "UNION ALL" in text
    given = {"year": {"gte": Ref(("y",))}}
    text = render(
        core(), BASE, listed("Recording", nodes("Recording", "id"), orderBy=[{"field": "year"}], filter=given)
    ).text
    assert "UNION ALL" not in text  # who has a year at least has one


def test_rules_are_predicates() -> None:
    text = render(core(), BASE, listed("IngestBatch", nodes("IngestBatch", "id"), TOTAL)).text
    assert text.count("$viewerScopes") == 2
    assert "$viewer" not in render(core(), BASE, listed("Work", nodes("Work", "id"))).text


def test_shapes_keep_the_order_that_was_asked() -> None:
    statement = render(core(), BASE, listed("Work", TOTAL, nodes("Work", "kind", "iri", "title")))
    shaped = statement.shape([[[None, ["song", "w1", "T"]]], 26, False, 1])
    assert list(shaped) == ["totalCount", "nodes"]
    assert shaped["nodes"] == [{"kind": "song", "iri": f"{BASE}/work/w1", "title": "T"}]


def test_a_required_value_that_is_missing_is_noticed() -> None:
    root = listed("Work", nodes("Work", "title"))
    with pytest.raises(Missing):
        render(core(), BASE, root).shape([[[None, [None]]], 26, False, None])
    loose = render(core(), BASE, root, strict=False).shape([[[None, [None]]], 26, False, None])
    assert loose == {"nodes": [{"title": None}]}


def test_pages_are_checked_when_values_come() -> None:
    statement = render(core(), BASE, listed("Work", nodes("Work", "id"), first=Ref(("n",))))
    assert 26 in parameters(statement.slots, {"n": 25}).values()
    for size, code in ((101, "PAGE_TOO_LARGE"), (-1, "PAGE_INVALID")):
        with pytest.raises(Invalid, match=code):
            parameters(statement.slots, {"n": size})


def test_an_iri_of_another_type_finds_nothing() -> None:
    select = Select("work", "work", {"id": Ref(("id",))}, {"Work": (Select("id", "id"),)})
    slots = render(core(), BASE, Root(RootKind.LOOKUP, "Work", select)).slots
    for given, found in (("w1", "w1"), (f"{BASE}/work/w1", "w1"), (f"{BASE}/recording/w1", None)):
        assert parameters(slots, {"id": given}) == {"p0": found}
