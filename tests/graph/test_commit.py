"""The write door against the real database: what is stored, what is recorded, and what is refused."""

from __future__ import annotations

import asyncio
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any

import pytest
from neo4j.exceptions import TransientError

from graph.change import ByIdentifier, Committed, Delete, EdgeChange, Entity, Local, Source, Upsert
from graph.driver import Store
from ontology.errors import Conflict, Invalid, NotFound, OmnisonicError
from tests.graph.conftest import BASE, make_door
from tests.graph.picture import chain, picture, raw_picture

if TYPE_CHECKING:
    from graph.commit import Door
    from graph.driver import Target

ACTOR = "urn:omnisonic:actor:tester"
API = Source("api", "request-1")
NOWHERE = "00000000-0000-4000-8000-000000000000"


async def write(door: Door, *changes: Upsert | Delete, **options: Any) -> Committed:
    """Commit as the tester."""
    return await door.commit(changes, actor=ACTOR, source=API, **options)


async def make(door: Door, etype: str, **fields: object) -> str:
    """One new entity; its id."""
    return (await write(door, Upsert(etype, fields=fields))).results[0].id


async def props(store: Store, label: str, known: str) -> dict[str, Any]:
    rows = await store.run(f"MATCH (n:{label} {{id: $id}}) RETURN properties(n)", {"id": known})
    found: dict[str, Any] = rows[0][0]
    return found


async def targets(store: Store, rel: str, known: str) -> set[str]:
    rows = await store.run(f"MATCH (n {{id: $id}})-[:{rel}]->(m) RETURN m.id", {"id": known})
    return {row[0] for row in rows}


# -- creating and changing -----------------------------------------------------------------------


async def test_a_created_recording_is_stored_and_recorded(door: Door, store: Store) -> None:
    change = Upsert("Recording", fields={"title": "Señorita", "year": 1990, "genre": ["son", "rock"]})
    change.identifiers = [("isrc", "gb-ahs-14-00099"), ("isrc", "nonsense")]
    done = await write(door, change)
    (result,) = done.results
    assert (result.etype, result.outcome, done.replayed) == ("Recording", "created", False)
    (record, public, private) = (await chain(store, result.id))[0]
    assert record.entity == f"{BASE}/recording/{result.id}"
    assert (record.tx, record.n, record.activity, record.etype) == (done.tx, 0, "create", "Recording")
    assert (record.source.kind, record.source.ref) == ("api", "request-1")
    assert record.fields == ("genre", "identifiers", "title", "year")
    assert private is None
    assert public is not None
    assert public.state == {
        "title": "Señorita",
        "year": 1990,
        "genre": ["son", "rock"],
        "identifiers": [
            {"scheme": "isrc", "value": "GBAHS1400099", "status": "valid", "raw": "gb-ahs-14-00099"},
            {"scheme": "isrc", "value": "nonsense", "status": "invalid"},
        ],
    }
    stored = await props(store, "Recording", result.id)
    assert stored["isrc"] == "GBAHS1400099"
    assert stored["_head"] == result.cid
    assert stored["createdAt"] == stored["updatedAt"] == stored["_headTime"] == record.time


async def test_left_out_stays_null_removes_lists_replace(door: Door, store: Store) -> None:
    known = await make(door, "Recording", title="A", year=1990, genre=["x", "y"], durationMs=1)
    done = await write(door, Upsert("Recording", known, {"year": None, "genre": ["z"]}))
    assert done.results[0].outcome == "updated"
    stored = await props(store, "Recording", known)
    assert (stored["title"], stored.get("year"), stored["genre"], stored["durationMs"]) == ("A", None, ["z"], 1)
    record, public, _ = (await chain(store, known))[1]
    assert record.fields == ("genre", "year")
    assert public is not None
    assert public.state == {"title": "A", "genre": ["z"], "durationMs": 1}
    assert stored["createdAt"] < stored["updatedAt"]


async def test_what_changes_nothing_writes_nothing(door: Door, store: Store) -> None:
    work = await make(door, "Work", title="W")
    change = Upsert("Recording", fields={"title": "A", "genre": ["x"]}, identifiers=[("isrc", "GBAHS1400099")])
    change.edges = {"works": EdgeChange((work,))}
    first = await write(door, change)
    before = await raw_picture(store)
    again = await write(door, change)
    assert (again.tx, again.results[0].outcome) == (None, "unchanged")
    assert (again.results[0].id, again.results[0].cid) == (first.results[0].id, first.results[0].cid)
    assert await raw_picture(store) == before


async def test_changes_of_one_entity_fold_into_one_record(door: Door, store: Store) -> None:
    isrc = [("isrc", "GBAHS1400099")]
    done = await write(
        door,
        Upsert("Recording", fields={"title": "A"}, identifiers=isrc),
        Upsert("Recording", fields={"year": 2001}, identifiers=isrc),
    )
    assert len({(r.id, r.cid, r.outcome) for r in done.results}) == 1
    ((_, public, _),) = await chain(store, done.results[0].id)
    assert public is not None
    assert public.state["year"] == 2001


async def test_an_unknown_given_id_creates_unless_update_only(door: Door) -> None:
    with pytest.raises(NotFound):
        await write(door, Upsert("Work", NOWHERE, {"title": "W"}, update_only=True))
    done = await write(door, Upsert("Work", NOWHERE.upper(), {"title": "W"}, create_only=True))
    assert (done.results[0].id, done.results[0].outcome) == (NOWHERE, "created")
    with pytest.raises(Conflict, match="ALREADY_EXISTS"):
        await write(door, Upsert("Work", NOWHERE, {"title": "W"}, create_only=True))


@pytest.mark.parametrize(
    ("change", "code", "path"),
    [
        (Upsert("Recording"), "REQUIRED_MISSING", "title"),
        (Upsert("Recording", fields={"title": 7}), "WRONG_TYPE", "0.title"),
        (Upsert("Recording", fields={"colour": "red"}), "FIELD_UNKNOWN", "0.colour"),
        (Upsert("Recording", fields={"createdAt": "2020"}), "FIELD_UNKNOWN", "0.createdAt"),
        (Upsert("Recording", "x"), "ID_INVALID", "0.id"),
        (Upsert("Recording", fields={"title": "A"}, identifiers=[("iswc", "T")]), "SCHEME_UNKNOWN", "0.identifiers"),
        (Upsert("Identifier", fields={"key": "isrc:X"}), "TYPE_UNKNOWN", "0"),
        (Upsert("Nothing"), "TYPE_UNKNOWN", "0"),
        (Upsert("Contribution", fields={"role": "singer"}), "REQUIRED_MISSING", ""),
        (Upsert("Recording", fields={"title": "A"}, edges={"tracks": EdgeChange(())}), "EDGE_UNKNOWN", "0.tracks"),
        (Upsert("Recording", fields={"title": "A"}, source=NOWHERE), "EDGE_UNKNOWN", "0"),
        (
            Upsert("Track", fields={"position": 1}, edges={"release": EdgeChange((NOWHERE, NOWHERE))}),
            "TOO_MANY_TARGETS",
            "0.release",
        ),
    ],
)
async def test_what_the_ontology_forbids_is_refused(
    door: Door, store: Store, change: Upsert, code: str, path: str
) -> None:
    with pytest.raises(Invalid) as refused:
        await write(door, change)
    assert (refused.value.code, refused.value.path) == (code, path)
    assert await picture(store) == {}


async def test_one_bad_change_stops_its_whole_commit(door: Door, store: Store) -> None:
    with pytest.raises(Invalid, match="TARGET_MISSING"):
        await write(
            door,
            Upsert("Work", fields={"title": "good"}),
            Upsert("Recording", fields={"title": "bad"}, edges={"works": EdgeChange((NOWHERE,))}),
        )
    assert await raw_picture(store) == []


# -- identifiers ---------------------------------------------------------------------------------


async def test_found_by_a_valid_or_an_invalid_identifier(door: Door) -> None:
    for raw in ("GBAHS1400099", "no isrc at all"):
        first = await write(door, Upsert("Recording", fields={"title": "A"}, identifiers=[("isrc", raw)]))
        again = await write(door, Upsert("Recording", fields={"title": "B"}, identifiers=[("isrc", raw)]))
        assert again.results[0].outcome == "updated"
        assert again.results[0].id == first.results[0].id


async def test_identifiers_of_two_entities_conflict_and_name_both(door: Door) -> None:
    one = (
        (await write(door, Upsert("Recording", fields={"title": "A"}, identifiers=[("isrc", "GBAHS1400099")])))
        .results[0]
        .id
    )
    two = (
        (await write(door, Upsert("Recording", fields={"title": "B"}, identifiers=[("isrc", "GBAHS1400100")])))
        .results[0]
        .id
    )
    both = [("isrc", "GBAHS1400099"), ("isrc", "GBAHS1400100")]
    with pytest.raises(Conflict) as refused:
        await write(door, Upsert("Recording", fields={"title": "C"}, identifiers=both))
    assert refused.value.code == "IDENTIFIER_CONFLICT"
    assert one in refused.value.message
    assert two in refused.value.message


async def test_an_identifier_may_name_several_where_ids_are_given(door: Door, store: Store) -> None:
    isrc = ("isrc", "GBAHS1400099")
    await write(door, Upsert("Recording", fields={"title": "A"}, identifiers=[isrc]))
    other = await make(door, "Recording", title="B")
    done = await write(door, Upsert("Recording", other, identifiers=[isrc]))
    assert done.results[0].outcome == "updated"
    assert await store.run("MATCH (i:Identifier) RETURN count(i), count{(i)<-[:IDENTIFIED_BY]-()}") == [[1, 2]]


async def test_dropped_identifiers_go_and_orphans_with_them(door: Door, store: Store) -> None:
    pair = [("isrc", "GBAHS1400099"), ("isrc", "GBAHS1400100")]
    known = (await write(door, Upsert("Recording", fields={"title": "A"}, identifiers=pair))).results[0].id
    done = await write(door, Upsert("Recording", known, drop_identifiers=[("isrc", "GB-AHS-14-00099")]))
    assert done.results[0].outcome == "updated"
    assert (await props(store, "Recording", known))["isrc"] == "GBAHS1400100"
    assert await store.run("MATCH (i:Identifier) RETURN i.value") == [["GBAHS1400100"]]
    assert (await chain(store, known))[1][0].fields == ("identifiers",)


# -- edges ---------------------------------------------------------------------------------------


async def test_plain_edges_are_set_added_and_removed(door: Door, store: Store) -> None:
    a, b, c = [await make(door, "Work", title=t) for t in "ABC"]
    known = await make(door, "Recording", title="R")
    for change, expected in (
        (EdgeChange((a, b)), {a, b}),
        (EdgeChange((c,), "add"), {a, b, c}),
        (EdgeChange((b, a), "remove"), {c}),
        (EdgeChange((a,)), {a}),
        (EdgeChange(()), set()),
    ):
        await write(door, Upsert("Recording", known, edges={"works": change}))
        assert await targets(store, "RECORDING_OF", known) == expected
    records = await chain(store, known)
    assert [r.fields for r, _, _ in records[1:]] == [("works",)] * 5
    states = [p.state.get("works") for _, p, _ in records if p]
    assert states[1] == sorted(f"{BASE}/work/{x}" for x in (a, b))
    assert states[-1] is None
    assert await targets(store, "ONCE", known) == {a, b, c}


async def test_an_edge_to_one_holds_the_last_target(door: Door, store: Store) -> None:
    one, two = [await make(door, "Release", title=t) for t in "AB"]
    known = (
        (await write(door, Upsert("Track", fields={"position": 1}, edges={"release": EdgeChange((one,))})))
        .results[0]
        .id
    )
    await write(door, Upsert("Track", known, edges={"release": EdgeChange((two,), "add")}))
    assert await targets(store, "ON_RELEASE", known) == {two}


async def test_references_by_local_name_identifier_and_type(door: Door, store: Store) -> None:
    await write(door, Upsert("Work", fields={"title": "W"}, identifiers=[("iswc", "T0345246801")]))
    artist = await make(door, "Contributor", name="C")
    done = await write(
        door,
        Upsert("Contribution", fields={"role": "performer"}, source=Entity("Contributor", artist), target=Local("r")),
        Upsert(
            "Recording",
            fields={"title": "R"},
            ref="r",
            edges={"works": EdgeChange((ByIdentifier("iswc", "T-034.524.680-1"),))},
        ),
    )
    edge, recording = done.results
    rows = await store.run("MATCH (c)-[r:CONTRIBUTED_TO]->(t) RETURN c.id, r.id, r.role, r._head, t.id")
    assert rows == [[artist, edge.id, "performer", edge.cid, recording.id]]
    (record, public, _) = (await chain(store, edge.id))[0]
    assert record.entity == f"{BASE}/contribution/{edge.id}"
    assert public is not None
    assert public.state == {
        "role": "performer",
        "from": f"{BASE}/contributor/{artist}",
        "to": f"{BASE}/recording/{recording.id}",
    }


async def test_an_edge_with_data_is_updated_and_moved(door: Door, store: Store) -> None:
    artist, one, two = (
        await make(door, "Contributor", name="C"),
        await make(door, "Work", title="A"),
        await make(door, "Event", name="B"),
    )
    made = await write(
        door, Upsert("Contribution", fields={"role": "composer", "position": 1}, source=artist, target=one)
    )
    known = made.results[0].id
    await write(door, Upsert("Contribution", known, {"role": "writer", "position": None}))
    await write(door, Upsert("Contribution", known, target=two))
    rows = await store.run("MATCH (c)-[r:CONTRIBUTED_TO]->(t) RETURN c.id, r.role, r.position, t.id")
    assert rows == [[artist, "writer", None, two]]
    assert [r.fields for r, _, _ in await chain(store, known)][1:] == [("position", "role"), ("to",)]
    assert await store.run("MATCH (:Contributor)-[o:ONCE]->(w) RETURN o.rel, o.id, w.id") == [
        ["CONTRIBUTED_TO", known, one]
    ]


# -- deleting ------------------------------------------------------------------------------------


async def test_deleting_takes_edges_along_and_records_their_owners(door: Door, store: Store) -> None:
    work, artist = await make(door, "Work", title="W"), await make(door, "Contributor", name="C")
    made = await write(
        door,
        Upsert(
            "Recording",
            fields={"title": "R"},
            edges={"works": EdgeChange((work,))},
            identifiers=[("isrc", "GBAHS1400099")],
        ),
        Upsert("Contribution", fields={"role": "composer"}, source=artist, target=work),
    )
    recording, edge = (r.id for r in made.results)
    done = await write(door, Delete("Work", work))
    assert done.results[0].outcome == "deleted"
    assert set(await picture(store)) == {recording, artist}
    record, public, _ = (await chain(store, work))[1]
    assert (record.activity, record.after, public) == ("delete", None, None)
    assert [r.activity for r, _, _ in await chain(store, edge)] == ["create", "delete"]
    owner, state, _ = (await chain(store, recording))[1]
    assert (owner.tx, owner.activity, owner.fields) == (done.tx, "update", ("works",))
    assert state is not None
    assert "works" not in state.state
    once = await store.run(
        "MATCH (a)-[o:ONCE]->(b:Tombstone {id: $id}) RETURN a.id, o.rel, o.id ORDER BY o.rel", {"id": work}
    )
    assert once == [[artist, "CONTRIBUTED_TO", edge], [recording, "RECORDING_OF", None]]


async def test_a_chain_goes_on_when_a_deleted_id_returns(door: Door, store: Store) -> None:
    artist, work = await make(door, "Contributor", name="C"), await make(door, "Work", title="W")
    edge = (await write(door, Upsert("Contribution", fields={"role": "a"}, source=artist, target=work))).results[0].id
    for _ in range(2):
        await write(door, Delete("Work", work))
        done = await write(
            door,
            Upsert("Work", work, {"title": "again"}),
            Upsert("Contribution", edge, {"role": "b"}, source=artist, target=work),
        )
        assert [r.outcome for r in done.results] == ["created", "created"]
    activities = ["create", "delete", "create", "delete", "create"]
    assert [r.activity for r, _, _ in await chain(store, work)] == activities
    assert [r.activity for r, _, _ in await chain(store, edge)] == activities
    assert await store.run("MATCH (t:Tombstone) RETURN count(t)") == [[0]]


async def test_deleting_and_writing_in_one_commit_agree(door: Door, store: Store) -> None:
    work, artist = await make(door, "Work", title="W"), await make(door, "Contributor", name="C")
    with pytest.raises(Invalid, match="TARGET_MISSING"):
        await write(
            door, Delete("Work", work), Upsert("Recording", fields={"title": "R"}, edges={"works": EdgeChange((work,))})
        )
    done = await write(
        door, Delete("Work", work), Upsert("Work", work, {"title": "anew"}), Delete("Contributor", artist)
    )
    assert [r.outcome for r in done.results] == ["updated", "updated", "deleted"]
    assert set(await picture(store)) == {work}
    with pytest.raises(NotFound):
        await write(door, Delete("Contributor", artist))


# -- idempotency ---------------------------------------------------------------------------------


async def test_the_same_key_and_content_answer_the_same(door: Door, store: Store) -> None:
    change = Upsert("Work", fields={"title": "W"})
    first = await write(door, change, idempotency_key="k")
    before = await raw_picture(store)
    again = await write(door, change, idempotency_key="k")
    assert (again.tx, again.results, again.replayed) == (first.tx, first.results, True)
    assert await raw_picture(store) == before
    with pytest.raises(Conflict, match="CONFLICT"):
        await write(door, Upsert("Work", fields={"title": "other"}), idempotency_key="k")
    other = await door.commit([change], actor="urn:omnisonic:actor:other", source=API, idempotency_key="k")
    assert other.results[0].id != first.results[0].id
    with pytest.raises(Invalid, match="IDEMPOTENCY_KEY_INVALID"):
        await write(door, change, idempotency_key="")


async def test_the_same_key_at_the_same_moment_writes_once(store: Store) -> None:
    doors = [make_door(store) for _ in range(4)]
    change = Upsert("Work", fields={"title": "W"})
    done = await asyncio.gather(*(write(door, change, idempotency_key="k") for door in doors * 4))
    assert len({(d.tx, d.results) for d in done}) == 1
    assert sorted(d.replayed for d in done) == [False] + [True] * 15
    assert await store.run("MATCH (w:Work) RETURN count(w)") == [[1]]


# -- many at once --------------------------------------------------------------------------------


async def test_many_writers_of_one_entity_leave_one_chain(store: Store) -> None:
    doors = [make_door(store) for _ in range(6)]
    known = await make(doors[0], "Work", title="W")
    changes = [Upsert("Work", known, {"disambiguation": f"writer {i}"}) for i in range(60)]
    done = await asyncio.gather(*(write(doors[i % 6], c) for i, c in enumerate(changes)))
    assert all(d.results[0].outcome == "updated" for d in done)
    records = await chain(store, known)
    assert len(records) == 61
    assert {r.tx for r, _, _ in records[1:]} == {d.tx for d in done}


async def test_many_creators_of_one_identifier_make_one_entity(store: Store) -> None:
    doors = [make_door(store) for _ in range(6)]
    changes = [
        Upsert("Recording", fields={"title": f"T{i}"}, identifiers=[("isrc", "GBAHS1400099")]) for i in range(48)
    ]
    done = await asyncio.gather(*(write(doors[i % 6], c) for i, c in enumerate(changes)))
    assert len({d.results[0].id for d in done}) == 1
    assert [d.results[0].outcome for d in done].count("created") == 1
    assert len(await chain(store, done[0].results[0].id)) == 48
    assert await store.run("MATCH (r:Recording) RETURN count(r)") == [[1]]
    assert await store.run("MATCH (i:Identifier)<-[b]-() RETURN i.key, count(b)") == [["isrc:GBAHS1400099", 1]]


async def test_deleting_and_linking_at_the_same_moment_leave_no_loose_end(store: Store) -> None:
    doors = [make_door(store) for _ in range(4)]
    work = await make(doors[0], "Work", title="W")
    linked = Upsert("Recording", fields={"title": "R"}, edges={"works": EdgeChange((work,))})
    attempts = [write(doors[i % 4], linked) for i in range(12)] + [write(doors[0], Delete("Work", work))]
    done = await asyncio.gather(*attempts, return_exceptions=True)
    assert all(isinstance(d, Committed) or (isinstance(d, OmnisonicError) and d.code == "TARGET_MISSING") for d in done)
    for row in await store.run("MATCH (r:Recording) RETURN r.id"):
        records = await chain(store, row[0])
        assert [r.activity for r, _, _ in records] == ["create", "update"]
        state = records[-1][1]
        assert state is not None
        assert "works" not in state.state


async def test_waiting_callers_share_a_transaction_and_fail_alone(door: Door, store: Store) -> None:
    changes: list[Upsert] = [Upsert("Work", fields={"title": f"W{i}"}) for i in range(10)]
    changes[4] = Upsert("Recording", fields={"title": "R"}, edges={"works": EdgeChange((NOWHERE,))})
    done = await asyncio.gather(*(write(door, c) for c in changes), return_exceptions=True)
    assert isinstance(done[4], Invalid)
    good = [d for d in done if isinstance(d, Committed)]
    assert len(good) == 9
    assert len({d.tx for d in good}) < 9
    rows = await store.run("MATCH (p:ProvenanceRecord) RETURN p.tx, p.n")
    assert len({tuple(row) for row in rows}) == len(rows) == 9


# -- retries -------------------------------------------------------------------------------------


class _Stumbling(Store):
    """The real store, but the first attempt of every work is rolled back after it wrote."""

    async def write(self, work: Any, *, deadline: float | None = None) -> Any:
        runs = 0

        async def stumbling(tx: Any) -> Any:
            nonlocal runs
            runs += 1
            found = await work(tx)
            if runs == 1:
                raise TransientError
            return found

        return await super().write(stumbling, deadline=deadline)


class _Doubting(Store):
    """The real store, but every work is run again after it was committed, as after a broken connection."""

    async def write(self, work: Any, *, deadline: float | None = None) -> Any:
        await super().write(work, deadline=deadline)
        return await super().write(work, deadline=deadline)


@pytest.mark.parametrize("kind", [_Stumbling, _Doubting])
async def test_a_retry_doubles_nothing(target: Target, store: Store, kind: type[Store]) -> None:
    async with kind(target) as shaky:
        door = make_door(shaky)
        change = Upsert("Recording", fields={"title": "A"}, identifiers=[("isrc", "GBAHS1400099")])
        first = await write(door, change)
        change.fields = {"title": "B"}
        second = await write(door, change)
    assert (first.results[0].outcome, second.results[0].outcome) == ("created", "updated")
    records = await chain(store, first.results[0].id)
    assert [r.tx for r, _, _ in records] == [first.tx, second.tx]
    assert await store.run("MATCH (n) WHERE n:Recording OR n:Identifier RETURN count(n)") == [[2]]


async def test_time_grows_along_a_chain_even_when_the_clock_does_not(store: Store) -> None:
    still = make_door(store, clock=lambda: datetime(2026, 1, 1, tzinfo=UTC))
    known = await make(still, "Work", title="W")
    for i in range(3):
        await write(still, Upsert("Work", known, {"disambiguation": f"{i}"}))
    assert [r.time[-8:] for r, _, _ in await chain(store, known)] == [f".00000{i}Z"[-8:] for i in range(4)]


# -- nothing goes past the door ------------------------------------------------------------------


async def test_nothing_changes_without_a_record(door: Door, store: Store) -> None:
    for changes in _every_kind_of_change():
        before = await picture(store)
        done = await write(door, *changes, idempotency_key=str(id(changes)))
        after = await picture(store)
        changed = {known for known in before.keys() | after.keys() if before.get(known) != after.get(known)}
        rows = await store.run("MATCH (p:ProvenanceRecord {tx: $tx}) RETURN p.entityId", {"tx": done.tx})
        assert {row[0] for row in rows} == changed
        assert len(rows) == len(changed) > 0
    labels = await store.run("MATCH (n) UNWIND labels(n) AS l RETURN collect(DISTINCT l)")
    known = set(door.registry.recorded) | {
        "Identifier",
        "FormerIdentifier",
        "Tombstone",
        "ProvenanceRecord",
        "Unsequenced",
        "IdempotencyKey",
    }
    assert set(labels[0][0]) <= known


def _every_kind_of_change() -> list[list[Upsert | Delete]]:
    a, b, c, d, e = (f"00000000-0000-4000-8000-00000000000{i}" for i in range(5))
    return [
        [Upsert("Work", a, {"title": "A"}), Upsert("Work", b, {"title": "B"}), Upsert("Contributor", c, {"name": "C"})],
        [Upsert("Recording", d, {"title": "D"}, [("isrc", "GBAHS1400099")], edges={"works": EdgeChange((a, b))})],
        [Upsert("Recording", d, identifiers=[("isrc", "bad one")])],
        [Upsert("Recording", d, drop_identifiers=[("isrc", "GBAHS1400099")])],
        [Upsert("Recording", d, {"title": "DD", "aliases": ["x"]})],
        [Upsert("Recording", d, edges={"works": EdgeChange((a,), "remove")})],
        [Upsert("Recording", d, edges={"works": EdgeChange((a,), "add")})],
        [Upsert("Contribution", e, {"role": "r"}, source=c, target=a)],
        [Upsert("Contribution", e, {"role": "s"})],
        [Upsert("Contribution", e, target=b)],
        [Delete("Work", a)],
        [Upsert("Work", a, {"title": "again"})],
        [Delete("Work", b), Delete("Recording", d)],
        [Upsert("Contribution", e, {"role": "r"}, source=c, target=a), Upsert("Recording", d, {"title": "back"})],
        [Delete("Contribution", e)],
        [Upsert("IngestBatch", b, {"source": "s", "status": "running", "startedAt": "2026-01-01T00:00:00.000000Z"})],
        [Delete("IngestBatch", b)],
    ]
