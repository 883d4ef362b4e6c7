"""What the declarations want is what the database shows."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from graph import schema
from graph.driver import Store
from ontology.access import ANYONE
from ontology.registry import core
from ontology.terms import EdgeType, Node, Visibility, end, integer, text

if TYPE_CHECKING:
    from graph.driver import Target


class Gadget(
    Node, plural="gadgets", iri="omo:Gadget", visibility=Visibility.PUBLIC, read=ANYONE, indexes=(("size", "name"),)
):
    """A thing only this test knows."""

    name = text("schema:name", "Its name.", required=True, search=True)
    serial = text("omo:serial", "Its number.", unique=True)
    size = integer("omo:size", "Its size.", index=True)


class Wiring(EdgeType, rel="WIRED_TO", iri="omo:Wiring", visibility=Visibility.PUBLIC, read=ANYONE):
    """What joins two gadgets."""

    colour = text("omo:colour", "Its colour.", index=True)
    source = end("from_gadget", ("Gadget",), "wiringsOut", {"Gadget": "wiredTo"}, "One end.")
    target = end("to_gadget", ("Gadget",), "wiringsIn", {"Gadget": "wiredFrom"}, "The other end.")


async def test_core_schema_is_applied_once_and_for_all(target: Target) -> None:
    async with Store(target) as store:
        assert await schema.check(store, core()) == []
        await schema.apply(store, core())
        assert await schema.check(store, core()) == []


async def test_differences_are_reported_and_nothing_is_dropped(target: Target) -> None:
    async with Store(target) as store:
        await store.run("CREATE INDEX stray FOR (n:Work) ON (n.kind)")
        await store.run("DROP INDEX work_title_index")
        assert await schema.check(store, core()) == ["missing: work_title_index", "not declared: stray"]
        await schema.apply(store, core())
        assert await schema.check(store, core()) == ["not declared: stray"]
        await store.run("DROP INDEX stray")


async def test_a_new_type_gets_its_constraints_and_indexes(target: Target) -> None:
    registry = core().extend(Gadget, Wiring)
    added = set(schema.rules(registry)) - set(schema.rules(core()))
    assert {rule.name for rule in added} == {
        "gadget_id_key",
        "gadget_serial_key",
        "gadget_size_index",
        "gadget_size_name_index",
        "gadget_search",
        "wired_to_id_key",
        "wired_to_colour_index",
    }
    async with Store(target) as store:
        await schema.apply(store, registry)
        assert await schema.check(store, registry) == []
        for rule in added:
            kind = "INDEX" if rule.kind in {"RANGE", "RELATIONSHIP_RANGE", "FULLTEXT"} else "CONSTRAINT"
            await store.run(f"DROP {kind} {rule.name}")


@pytest.mark.parametrize(("type_name", "index"), [("Work", "work_search"), ("ReleaseGroup", "release_group_search")])
async def test_full_text_index_folds_diacritics(target: Target, type_name: str, index: str) -> None:
    assert schema.search_index(core().nodes[type_name]) == index
    async with Store(target) as store:
        rows = await store.run(
            "SHOW FULLTEXT INDEXES YIELD name, options WHERE name = $name RETURN options.indexConfig", {"name": index}
        )
    assert rows == [[{"fulltext.analyzer": "standard-folding", "fulltext.eventually_consistent": True}]]
