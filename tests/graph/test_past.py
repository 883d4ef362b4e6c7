"""The graph as it stood: whatever was taken away is there again, and the newest past is the present."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import pytest
from graphql import GraphQLObjectType, get_named_type, is_leaf_type

from graph.change import Delete, EdgeChange, Upsert
from ontology.registry import core
from ontology.terms import Via
from resolvers.derive import build
from tests.graph.catalogue import FUTURE, made
from tests.graph.naive import Naive
from tests.graph.reader import ADMIN

if TYPE_CHECKING:
    from tests.graph.catalogue import Catalogue
    from tests.graph.reader import Reader

pytestmark = pytest.mark.asyncio(loop_scope="module")

REGISTRY = core()
SCHEMA = build(REGISTRY).core
RECORD = "totalCount edges { cursor node { cid activity time fields changes { field before after } } }"


def plain(etype: str) -> str:
    """Every field of a type that is a value."""
    kind = SCHEMA.type_map[etype]
    assert isinstance(kind, GraphQLObjectType)
    return " ".join(["__typename", *(n for n, f in kind.fields.items() if is_leaf_type(get_named_type(f.type)))])


def parts(etype: str) -> list[str]:
    """Every field of a type: all values at once, then one relation after the other."""
    found = [plain(etype), f"history {{ {RECORD} pageInfo {{ hasNextPage endCursor }} }}"]
    for name, relation in REGISTRY.relations[etype].items():
        (target, *others) = relation.targets
        inner = "... on Node { __typename id iri }" if others else _beyond(target)
        if relation.via is not Via.IDENTIFIES and target != "IngestRow":
            found.append(_list(name, inner) if relation.many else f"{name} {{ {inner} }}")
    return found


def _beyond(etype: str) -> str:
    """The values of a neighbour, and one list of what lies behind it."""
    many = [n for n, r in REGISTRY.relations[etype].items() if r.many and len(r.targets) == 1]
    return f"{plain(etype)} {_list(many[-1], plain(REGISTRY.relations[etype][many[-1]].targets[0])) if many else ''}"


def _list(name: str, inner: str) -> str:
    info = "pageInfo { hasNextPage hasPreviousPage startCursor endCursor }"
    return f"{name}(first: 3) {{ totalCount edges {{ cursor node {{ {inner} }} }} {info} }}"


@pytest.mark.parametrize("etype", REGISTRY.recorded)
async def test_the_newest_past_is_the_present(catalogue: Catalogue, reader: Reader, etype: str) -> None:
    rows = (await Naive.read(catalogue.store, catalogue.registry)).rows[etype]
    broken = {made("Event", "broken"), made("Recording", "at broken")}
    ids = [row["id"] for row in rows if row["id"] not in broken][:4]
    assert ids
    for part in parts(etype):
        query = (
            f"query($id: ID!, $at: DateTime) {{ {REGISTRY.specs[etype].singular}(id: $id, asOf: $at) {{ {part} }} }}"
        )
        for one in ids:
            live = await reader.ask(query, {"id": one}, ADMIN)
            assert live == await reader.ask(query, {"id": one, "at": FUTURE}, ADMIN)


async def test_what_leaves_no_record_has_no_past(reader: Reader) -> None:
    query = "query($id: ID!, $at: DateTime) { ingestBatch(id: $id, asOf: $at) { rows { totalCount } } }"
    variables = {"id": made("IngestBatch", "0")}
    assert await reader.ask(query, variables, ADMIN)
    assert await reader.codes(query, variables | {"at": FUTURE}, ADMIN) == ["AS_OF_UNSUPPORTED"]


@dataclass
class Told:
    """A story of one recording, and the times between its chapters."""

    times: list[str]
    sizes: list[int]


ID, OTHER, WORK, CREDIT = (
    made("Recording", "told"),
    made("Recording", "stays"),
    made("Work", "told"),
    made("Contribution", "told"),
)
WHO = made("Contributor", "Björk")
ISRC = "GBTLD2400001"


async def _tell(catalogue: Catalogue) -> Told:
    played = {"works": EdgeChange((WORK,))}
    story: list[list[Upsert | Delete]] = [
        [
            Upsert("Work", WORK, {"title": "Tale"}),
            Upsert("Recording", OTHER, {"title": "Stays"}),
            Upsert("Recording", ID, {"title": "One", "year": 1999}, [("isrc", ISRC)], edges=played),
            Upsert("Contribution", CREDIT, {"role": "singer"}, source=WHO, target=ID),
        ],
        [Upsert("Recording", ID, {"title": "Two", "year": None}, drop_identifiers=[("isrc", ISRC)])],
        [Upsert("Recording", ID, edges={"works": EdgeChange(())})],
        [Upsert("Contribution", CREDIT, {"role": "crooner"}, target=OTHER)],
        [Delete("Contribution", CREDIT)],
        [Delete("Recording", ID), Delete("Work", WORK)],
        [Upsert("Recording", ID, {"title": "Again"}, [("isrc", ISRC)])],
        [Upsert("Contribution", CREDIT, {"role": "ghost"}, source=WHO, target=ID)],
    ]  # fmt: skip
    told = Told([], [])
    for chapter in story:
        told.times.append(await catalogue.write(*chapter))
        await catalogue.sequence()
        ((size,),) = await catalogue.store.run("MATCH (r:ProvenanceRecord {log: 'public'}) RETURN count(r)")
        told.sizes.append(size)
    return told


LOOK = """query($id: ID, $isrc: String, $at: DateTime, $size: Int, $both: [ID!]) {
    recording(id: $id, isrc: $isrc, asOf: $at, asOfSize: $size) {
    title year isrc identifiers { nodes { value } } works { nodes { title recordings { nodes { title } } } }
    contributions { nodes { role contributor { name } target { ... on Recording { title } } } }
    contributors { nodes { name recordings(filter: {id: {in: $both}}) { nodes { title } } } }
    createdAt history { totalCount nodes { activity } } } }"""


def _brief(found: dict[str, Any] | None) -> Any:
    """What a chapter is told by: title, ISRC, works, roles, contributors and their recordings, activities."""
    if found is None:
        return None
    nodes = {n: found[n]["nodes"] for n in ("works", "contributions", "contributors", "history", "identifiers")}
    assert [i["value"] for i in nodes["identifiers"]] == ([found["isrc"]] if found["isrc"] else [])
    for work in nodes["works"]:
        assert [r["title"] for r in work["recordings"]["nodes"]] == [found["title"]]
    for credit in nodes["contributions"]:
        assert credit["target"] == {"title": found["title"]}
    return (
        found["title"],
        found["isrc"],
        [w["title"] for w in nodes["works"]],
        [c["role"] for c in nodes["contributions"]],
        [r["title"] for c in nodes["contributors"] for r in c["recordings"]["nodes"]],
        [h["activity"] for h in nodes["history"]],
    )


CHAPTERS: list[Any] = [
    ("One", ISRC, ["Tale"], ["singer"], ["One"], ["create"]),
    ("Two", None, ["Tale"], ["singer"], ["Two"], ["create", "update"]),
    ("Two", None, [], ["singer"], ["Two"], ["create", "update", "update"]),
    ("Two", None, [], [], [], ["create", "update", "update"]),
    ("Two", None, [], [], [], ["create", "update", "update"]),
    None,
    ("Again", ISRC, [], [], [], ["create", "update", "update", "delete", "create"]),
    ("Again", ISRC, [], ["ghost"], ["Again"], ["create", "update", "update", "delete", "create"]),
]


async def test_a_story_read_backward(catalogue: Catalogue, reader: Reader) -> None:
    told = await _tell(catalogue)
    for time, size, expected in reversed(list(zip(told.times, told.sizes, CHAPTERS, strict=True))):
        by_time = (await reader.ask(LOOK, {"both": [ID, OTHER], "id": ID, "at": time}))["recording"]
        by_size = (await reader.ask(LOOK, {"both": [ID, OTHER], "id": ID, "size": size}))["recording"]
        assert by_time == by_size
        assert _brief(by_time) == expected
        by_isrc = (await reader.ask(LOOK, {"both": [ID, OTHER], "isrc": "gb-tld-24-00001", "at": time}))["recording"]
        assert by_isrc == (by_time if expected and expected[1] else None)
    live = (await reader.ask(LOOK, {"both": [ID, OTHER], "id": ID}))["recording"]
    assert live == (await reader.ask(LOOK, {"both": [ID, OTHER], "id": ID, "at": FUTURE}))["recording"]


async def test_what_was_removed_elsewhere_is_found_from_the_other_side(catalogue: Catalogue, reader: Reader) -> None:
    times = []
    area, inner = made("Area", "outer"), made("Area", "inner")
    times.append(await catalogue.write(Upsert("Area", area, {"name": "Outer"})))
    within = {"partOf": EdgeChange((area,))}
    times.append(await catalogue.write(Upsert("Area", inner, {"name": "Inner"}, edges=within)))
    times.append(await catalogue.write(Delete("Area", inner)))
    times.append(await catalogue.write(Delete("Area", area)))
    query = "query($id: ID!, $at: DateTime) { area(id: $id, asOf: $at) { parts { totalCount nodes { name } } } }"
    found = [(await reader.ask(query, {"id": area, "at": time}))["area"] for time in times]
    none: dict[str, Any] = {"parts": {"totalCount": 0, "nodes": []}}
    assert found == [none, {"parts": {"totalCount": 1, "nodes": [{"name": "Inner"}]}}, none, None]


async def test_before_and_in_between(catalogue: Catalogue, reader: Reader) -> None:
    one = made("Work", "when")
    before = catalogue.clock.now.isoformat()
    await catalogue.write(Upsert("Work", one, {"title": "When"}))
    query = (
        "query($id: ID!, $at: DateTime, $size: Int) { work(id: $id, asOf: $at, asOfSize: $size) { title createdAt } }"
    )
    assert (await reader.ask(query, {"id": one, "at": before}))["work"] is None
    assert (await reader.ask(query, {"id": one, "size": 0}))["work"] is None
    created = (await reader.ask(query, {"id": one}))["work"]["createdAt"]
    assert (await reader.ask(query, {"id": one, "at": created}))["work"]["title"] == "When"  # inclusive
    assert (await reader.ask(query, {"id": one, "size": 2**31 - 1}))["work"] is None  # not numbered yet


@pytest.mark.parametrize(
    ("args", "code"),
    [
        ('id: "x", asOf: "2024-01-01T00:00:00Z", asOfSize: 1', "AS_OF_INVALID"),
        ('id: "x", asOfSize: -1', "AS_OF_INVALID"),
        ("asOfSize: 1", "LOOKUP_KEY_MISSING"),
        ('id: "x", asOf: "yesterday"', "GRAPHQL_VALIDATION_FAILED"),
        ('id: "x", asOf: "2024-01-01T00:00:00"', "GRAPHQL_VALIDATION_FAILED"),
    ],
)
async def test_what_is_no_past(reader: Reader, args: str, code: str) -> None:
    assert await reader.codes(f"{{ work({args}) {{ id }} }}") == [code]


async def test_pages_of_the_past(reader: Reader) -> None:
    query = """query($id: ID!, $at: DateTime, $after: String, $before: String, $first: Int, $last: Int) {
        contributor(id: $id, asOf: $at) { recordings(
            first: $first, after: $after, last: $last, before: $before, orderBy: [{field: YEAR, direction: DESC}]
        ) { totalCount edges { cursor node { title } }
            pageInfo { hasNextPage hasPreviousPage startCursor endCursor } } } }"""
    for at in (None, FUTURE):
        page: dict[str, Any] = {"first": 2}
        seen = []
        while True:
            found = (await reader.ask(query, {"id": WHO, "at": at, **page}))["contributor"]["recordings"]
            seen.append(found)
            if not found["pageInfo"]["hasNextPage"]:
                break
            page = {"first": 2, "after": found["pageInfo"]["endCursor"]}
        back = {"last": 2, "before": seen[1]["pageInfo"]["startCursor"]}
        assert (await reader.ask(query, {"id": WHO, "at": at, **back}))["contributor"]["recordings"]["edges"] == seen[
            0
        ]["edges"]
        assert sum(len(p["edges"]) for p in seen) == seen[0]["totalCount"] > 2
        if at is None:
            live = seen
    assert seen == live


@pytest.mark.parametrize("args", ['after: "x"', "first: 101", 'first: 1, before: "x"', "last: -1"])
async def test_bad_pages_of_the_past_are_bad_pages(reader: Reader, args: str) -> None:
    query = (
        f'query($at: DateTime) {{ work(id: "{made("Work", "15")}", asOf: $at) {{ parts({args}) {{ totalCount }} }} }}'
    )
    live = await reader.codes(query)
    assert live == await reader.codes(query, {"at": FUTURE})
    assert len(live) == 1
