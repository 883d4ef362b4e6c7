"""Private fields go to the personal-data payload, private types to the private log: shown with toy types."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from graph import schema
from graph.change import Delete, Local, Source, Upsert
from graph.unrecorded import load_cursor, save_cursor, write_rows
from ontology.access import ANYONE, Owner, Scope
from ontology.errors import Conflict, Invalid
from ontology.registry import core
from ontology.terms import EdgeType, Node, Visibility, end, integer, text
from tests.graph.conftest import make_door
from tests.graph.picture import chain

if TYPE_CHECKING:
    from graph.driver import Store

ACTOR = "urn:omnisonic:actor:tester"


class Fan(Node, plural="fans", iri="omo:Fan", visibility=Visibility.PUBLIC, read=ANYONE, schemes=("isni",)):
    """Somebody with a public name and a private address."""

    name = text("schema:name", "The public name.", required=True, search=True)
    handle = text("omo:handle", "The one and only handle.", unique=True)
    address = text("omo:address", "Where to write.", visibility=Visibility.PRIVATE, read=Scope("audit"))


class Diary(Node, plural="diaries", iri="omo:Diary", visibility=Visibility.PRIVATE, read=Owner("owner")):
    """What somebody listened to."""

    owner = text("omo:owner", "Whose it is.", required=True)
    mood = text("omo:mood", "How it felt.", visibility=Visibility.PRIVATE)


class Devotion(EdgeType, rel="DEVOTED_TO", iri="omo:Devotion", visibility=Visibility.PRIVATE, read=Scope("audit")):
    """A fan's devotion."""

    since = integer("omo:since", "Since when.", required=True)
    source = end("fan", ("Fan",), "devotions", {"Contributor": "idols"}, "Who.")
    target = end("idol", ("Contributor",), "devotees", {"Fan": "fans"}, "To whom.")


async def test_private_fields_types_and_edges(store: Store) -> None:
    registry = core().extend(Fan, Diary, Devotion)
    door = make_door(store, registry=registry)
    fan = Upsert(
        "Fan", fields={"name": "F", "address": "Street 1"}, identifiers=[("isni", "0000000081697225")], ref="f"
    )
    idol = Upsert("Contributor", fields={"name": "C"}, ref="c")
    edge = Upsert("Devotion", fields={"since": 1999}, source=Local("f"), target=Local("c"))
    diary = Upsert("Diary", fields={"owner": ACTOR, "mood": "blue"})
    done = await door.commit([fan, idol, edge, diary], actor=ACTOR, source=Source("user"))
    ids = [result.id for result in done.results]

    ((record, public, private),) = await chain(store, ids[0])
    assert record.fields == ("address", "identifiers", "name")
    assert public is not None
    assert set(public.state) == {"name", "identifiers"}
    assert private is not None
    assert private.state == {"address": "Street 1"}
    assert private.entity == record.entity
    assert private.salt != public.salt

    logs = await store.run("MATCH (p:ProvenanceRecord) RETURN p.etype, p.log")
    assert dict(logs) == {"Fan": "public", "Contributor": "public", "Devotion": "private", "Diary": "private"}
    ((_, public, private),) = await chain(store, ids[3])
    assert (public and public.state, private and private.state) == ({"owner": ACTOR}, {"mood": "blue"})

    await door.commit(
        [Upsert("Fan", ids[0], {"address": None}), Delete("Diary", ids[3])], actor=ACTOR, source=Source("user")
    )
    record, public, private = (await chain(store, ids[0]))[1]
    assert (record.fields, private) == (("address",), None)
    assert public is not None
    record, public, private = (await chain(store, ids[3]))[1]
    assert (record.activity, public, private) == ("delete", None, None)


async def test_a_unique_value_that_is_taken_is_a_conflict(store: Store) -> None:
    registry = core().extend(Fan, Diary, Devotion)
    added = [rule for rule in schema.rules(registry) if rule not in schema.rules(core())]
    await schema.apply(store, registry)
    try:
        door = make_door(store, registry=registry)
        first = Upsert("Fan", fields={"name": "A", "handle": "one"})
        await door.commit([first], actor=ACTOR, source=Source("user"))
        with pytest.raises(Conflict) as refused:
            await door.commit([first], actor=ACTOR, source=Source("user"))
        assert refused.value.code == "VALUE_TAKEN"
        assert "MATCH" not in str(refused.value)
        assert await store.run("MATCH (f:Fan) RETURN count(f)") == [[1]]
    finally:
        for rule in added:
            kind = "INDEX" if rule.kind in {"RANGE", "RELATIONSHIP_RANGE", "FULLTEXT"} else "CONSTRAINT"
            await store.run(f"DROP {kind} {rule.name}")


# -- what needs no record ------------------------------------------------------------------------


async def test_rows_are_written_for_types_without_records_only(store: Store) -> None:
    door = make_door(store)
    batch = {"source": "s", "status": "running", "startedAt": "2026-01-01T00:00:00.000000Z"}
    done = await door.commit([Upsert("IngestBatch", fields=dict(batch))], actor=ACTOR, source=Source("import"))
    known = done.results[0].id
    for outcome in ("created", "unchanged"):
        await write_rows(store, core(), "IngestRow", [("row-1", {"line": 1, "outcome": outcome}, {"batch": known})])
    rows = await store.run("MATCH (r:IngestRow)-[:ROW_OF]->(b) RETURN r.id, r.outcome, b.id")
    assert rows == [["row-1", "unchanged", known]]
    for etype in ("Work", "Identifier", "ProvenanceRecord", "Contribution", "Nothing"):
        with pytest.raises(Invalid, match="TYPE_RECORDED"):
            await write_rows(store, core(), etype, [("x", {}, {})])
    with pytest.raises(Invalid, match="TARGET_MISSING"):
        await write_rows(store, core(), "IngestRow", [("row-2", {"line": 2, "outcome": "created"}, {"batch": "none"})])
    await door.commit([Delete("IngestBatch", known)], actor=ACTOR, source=Source("import"))
    assert await store.run("MATCH (r:IngestRow) RETURN r.id, count{(r)-->()}") == [["row-1", 0]]


async def test_cursors_are_kept_and_forgotten(store: Store) -> None:
    assert await load_cursor(store, "follower") is None
    for value in ("1", "2"):
        await save_cursor(store, "follower", value)
    assert await load_cursor(store, "follower") == "2"
    await save_cursor(store, "follower", None)
    assert await load_cursor(store, "follower") is None
