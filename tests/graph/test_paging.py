"""Walking every list in both directions gives the rows a Python sort gives: each once, none lost, nulls last."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import pytest
import pytest_asyncio

from graph.change import Upsert
from ontology.registry import core
from resolvers import names
from tests.graph.catalogue import made
from tests.graph.naive import Naive, Row, declared_order, in_order
from tests.graph.reader import ADMIN

if TYPE_CHECKING:
    from tests.graph.catalogue import Catalogue
    from tests.graph.reader import Reader

pytestmark = pytest.mark.asyncio(loop_scope="module")

REGISTRY = core()
Given = dict[str, Any]


@pytest_asyncio.fixture(scope="module", loop_scope="module")
async def naive(catalogue: Catalogue) -> Naive:
    """What the store holds."""
    return await Naive.read(catalogue.store, catalogue.registry)


@dataclass(frozen=True)
class Walk:
    """One list to walk: of a type, or `field` of one entity of a type, by `keys` (property, descending)."""

    etype: str
    keys: tuple[tuple[str, bool], ...] = ()
    given: Given | None = None
    size: int = 17
    owner: tuple[str, str] | None = None
    field: str = ""

    @property
    def query(self) -> str:
        """The operation that brings one page."""
        args = "first: $first, after: $after, last: $last, before: $before, filter: $filter, orderBy: $orderBy"
        declared = f"$filter: {self.etype}Filter, $orderBy: [{self.etype}Order!]"
        declared += ", $first: Int, $after: String, $last: Int, $before: String"
        page = "{ edges { cursor node { id } } pageInfo { hasNextPage hasPreviousPage startCursor endCursor } }"
        if self.owner is None:
            return f"query({declared}) {{ {names.plural(REGISTRY.specs[self.etype])}({args}) {page} }}"
        owner = REGISTRY.specs[self.owner[0]].singular
        return f'query({declared}) {{ {owner}(id: "{self.owner[1]}") {{ {self.field}({args}) {page} }} }}'

    def expected(self, naive: Naive) -> list[str]:
        """The ids in the order they must come in."""
        rows = naive.rows[self.etype]
        if self.owner is not None:
            (owner,) = [r for r in naive.rows[self.owner[0]] if r["id"] == self.owner[1]]
            rows = naive.related(owner, self.field)
        kept: list[Row] = [r for r in rows if naive.matches(r, self.given)]
        return [r["id"] for r in in_order(kept, self.keys or declared_order(REGISTRY, self.etype))]

    async def page(self, reader: Reader, **args: Any) -> Any:
        """One page."""
        order = [{"field": names.upper_snake(n), "direction": "DESC" if d else "ASC"} for n, d in self.keys]
        found = await reader.ask(self.query, {"filter": self.given, "orderBy": order or None, **args}, ADMIN)
        (one,) = found.values()
        return one[self.field] if self.owner else one

    async def forward(self, reader: Reader) -> list[str]:
        """Every id, from the start; what the pages say of themselves is checked on the way."""
        found: list[str] = []
        after = None
        while True:
            page = await self.page(reader, first=self.size, after=after)
            found += [edge["node"]["id"] for edge in page["edges"]]
            info = page["pageInfo"]
            assert info["hasPreviousPage"] is (after is not None)
            assert len(page["edges"]) == self.size or not info["hasNextPage"]
            if not info["hasNextPage"]:
                return found
            assert info["startCursor"] == page["edges"][0]["cursor"]
            after = info["endCursor"]
            assert after == page["edges"][-1]["cursor"]

    async def backward(self, reader: Reader) -> list[str]:
        """Every id, from the end."""
        found: list[str] = []
        before = None
        while True:
            page = await self.page(reader, last=self.size, before=before)
            found = [edge["node"]["id"] for edge in page["edges"]] + found
            info = page["pageInfo"]
            assert info["hasNextPage"] is (before is not None)
            if not info["hasPreviousPage"]:
                return found
            before = info["startCursor"]


BJORK = ("Contributor", made("Contributor", "Björk"))
WORK = ("Work", made("Work", "0"))
SHARED = ("Recording", made("Recording", "shared a"))
NOT_FROM_ICELAND: Given = {"contributor": {"none": {"country": {"eq": "IS"}}}}
UP, DOWN = False, True
WALKS = [
    Walk("Recording"),
    Walk("Recording", size=1, given={"title": {"eq": "Intro"}}),
    Walk("Recording", (("title", UP),)),
    Walk("Recording", (("title", DOWN),), size=5),
    Walk("Recording", (("year", UP),), size=5),
    Walk("Recording", (("year", DOWN),), size=7),
    Walk("Recording", (("year", UP),), {"year": {"gte": 1999}}, size=4),
    Walk("Recording", (("year", DOWN),), {"year": {"exists": False}}, size=4),
    Walk("Recording", (("isrc", UP),), {"year": {"eq": 1999}}, size=2),
    Walk("Recording", (("isrc", DOWN),), {"year": {"eq": 2014}}, size=2),
    Walk("Recording", (("isrc", DOWN),), size=10),
    Walk("Recording", (("video", UP), ("year", DOWN)), size=6),
    Walk("Recording", (("video", DOWN), ("durationMs", UP), ("title", DOWN)), size=6),
    Walk("Recording", (("firstReleaseDate", UP), ("year", UP)), {"contributors": {"some": {}}}, size=6),
    Walk("Recording", (("id", DOWN),)),
    Walk("Recording", (("updatedAt", DOWN),), size=9),
    Walk("Recording", (("disambiguation", UP),), size=3),
    Walk("Contributor", (("name", UP),), size=4),
    Walk("Contributor", (("name", DOWN),), size=4),
    Walk("Contributor", (("kind", UP), ("country", DOWN)), size=4),
    Walk("Contribution", size=40),
    Walk("Contribution", (("position", DOWN),), size=40),
    Walk("Contribution", (("role", UP), ("position", UP)), NOT_FROM_ICELAND, size=30),
    Walk("Contribution", (("creditedAs", UP),), size=50),
    Walk("Track", size=7),
    Walk("Track", (("medium", DOWN), ("position", DOWN)), size=7),
    Walk("Identifier", size=30),
    Walk("Identifier", (("scheme", DOWN), ("value", UP)), size=30),
    Walk("ProvenanceRecord", size=100),
    Walk("ProvenanceRecord", (("etype", UP), ("seq", DOWN)), size=100),
    Walk("IngestRow", size=1),
    Walk("Contribution", (("position", UP),), owner=BJORK, field="contributions", size=2),
    Walk("Recording", (("year", DOWN),), owner=BJORK, field="recordings", size=2),
    Walk("Recording", (("title", UP),), {"year": {"ne": 1999}}, owner=WORK, field="recordings", size=1),
    Walk("Work", owner=WORK, field="parts", size=2),
    Walk("Identifier", (("value", DOWN),), owner=SHARED, field="identifiers", size=1),
    Walk("Recording", owner=("Contributor", made("Contributor", "Sigur Rós")), field="recordings", size=1),
]


@pytest.mark.parametrize("walk", WALKS, ids=lambda w: f"{w.field or w.etype}-{w.keys}-{w.size}-{w.given}"[:90])
async def test_all_pages_both_ways(reader: Reader, naive: Naive, walk: Walk) -> None:
    expected = walk.expected(naive)
    assert len(expected) > walk.size
    assert await walk.forward(reader) == expected
    assert await walk.backward(reader) == expected


async def test_mixed_types_behind_an_identifier(reader: Reader) -> None:
    query = """query($first: Int, $after: String, $last: Int, $before: String) { identifier(id: "isrc:GBAHS1400099") {
        identifies(first: $first, after: $after, last: $last, before: $before) {
            totalCount edges { cursor node { id } } pageInfo { hasNextPage hasPreviousPage } } } }"""
    expected = sorted((made("Recording", "shared a"), made("Recording", "shared b")))
    first = (await reader.ask(query, {"first": 1}))["identifier"]["identifies"]
    second = (await reader.ask(query, {"first": 1, "after": first["edges"][0]["cursor"]}))["identifier"]["identifies"]
    again = (await reader.ask(query, {"last": 1, "before": second["edges"][0]["cursor"]}))["identifier"]["identifies"]
    assert [p["edges"][0]["node"]["id"] for p in (first, second)] == expected
    assert [first["pageInfo"]["hasNextPage"], second["pageInfo"]["hasNextPage"]] == [True, False]
    assert (again["edges"], again["pageInfo"]["hasPreviousPage"]) == (first["edges"], False)


async def test_history_pages(reader: Reader) -> None:
    query = """query($id: ID!, $after: String) { recording(id: $id) { history(first: 1, after: $after) {
        totalCount nodes { activity prev cid } pageInfo { endCursor hasNextPage hasPreviousPage } } } }"""
    variables = {"id": made("Recording", "1")}
    first = (await reader.ask(query, variables))["recording"]["history"]
    cursor = {"after": first["pageInfo"]["endCursor"]}
    second = (await reader.ask(query, variables | cursor))["recording"]["history"]
    assert [first["totalCount"], first["nodes"][0]["activity"], second["nodes"][0]["activity"]] == [
        2,
        "create",
        "update",
    ]
    assert second["nodes"][0]["prev"] == first["nodes"][0]["cid"]
    assert [first["pageInfo"]["hasNextPage"], second["pageInfo"]["hasNextPage"]] == [True, False]


async def test_before_alone_reads_backward(reader: Reader, naive: Naive) -> None:
    walk = Walk("Recording", (("title", UP),))
    expected = walk.expected(naive)
    late = await walk.page(reader, last=3)
    page = await walk.page(reader, before=late["pageInfo"]["startCursor"])
    assert [edge["node"]["id"] for edge in page["edges"]] == expected[-28:-3]


@pytest.mark.parametrize(
    ("args", "code"),
    [
        ("first: 101", "PAGE_TOO_LARGE"),
        ("last: 101", "PAGE_TOO_LARGE"),
        ("first: -1", "PAGE_INVALID"),
        ("first: 1, last: 1", "PAGE_INVALID"),
        ('first: 1, before: "x"', "PAGE_INVALID"),
        ('last: 1, after: "x"', "PAGE_INVALID"),
        ('after: "x", before: "x"', "PAGE_INVALID"),
        ('after: "nonsense"', "CURSOR_INVALID"),
        ('before: "WyJhIiwgImIiXQ"', "CURSOR_INVALID"),
        ('after: "WzE4NDQ2NzQ0MDczNzA5NTUxNjE1XQ"', "CURSOR_INVALID"),  # 2^64 - 1
    ],
)
async def test_what_makes_no_page(reader: Reader, args: str, code: str) -> None:
    assert await reader.codes(f"{{ recordings({args}) {{ nodes {{ id }} }} }}") == [code]
    nested = f'{{ work(id: "{WORK[1]}") {{ recordings({args}) {{ nodes {{ id }} }} }} }}'
    assert await reader.codes(nested) == [code]


async def test_a_cursor_of_another_order_is_refused(reader: Reader) -> None:
    by_year = await Walk("Recording", (("year", UP),)).page(reader, first=1)
    query = "query($c: String) { recordings(first: 1, after: $c, orderBy: [{field: TITLE}]) { nodes { id } } }"
    assert await reader.codes(query, {"c": by_year["pageInfo"]["endCursor"]}) == ["CURSOR_INVALID"]


async def test_what_is_written_meanwhile_moves_nothing_else(catalogue: Catalogue, reader: Reader) -> None:
    """Last of the module: it adds to the catalogue."""
    walk = Walk("Recording", (("title", UP),), size=5)
    before = walk.expected(await Naive.read(catalogue.store, catalogue.registry))
    seen: list[str] = []
    after, n = None, 0
    while True:
        page = await walk.page(reader, first=5, after=after)
        seen += [edge["node"]["id"] for edge in page["edges"]]
        if not page["pageInfo"]["hasNextPage"]:
            break
        after, n = page["pageInfo"]["endCursor"], n + 1
        titles = {"first": "  first", "last": "\U0010ffff last", "middle": "Intro"}
        await catalogue.write(*(Upsert("Recording", made("New", f"{k}{n}"), {"title": t}) for k, t in titles.items()))
    assert [one for one in seen if one in set(before)] == before
    assert len(seen) == len(set(seen))
