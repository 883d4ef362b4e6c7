"""Every operator on every kind of field, and random trees of conditions, against plain Python over all rows."""

from __future__ import annotations

import random
from collections.abc import Iterator
from typing import TYPE_CHECKING, Any, cast

import pytest
import pytest_asyncio
from graphql import GraphQLEnumType, GraphQLInputObjectType, get_named_type

from ontology.registry import core
from resolvers import names
from resolvers.derive import build
from tests.graph.naive import Naive
from tests.graph.reader import ADMIN

if TYPE_CHECKING:
    from tests.graph.catalogue import Catalogue
    from tests.graph.reader import Reader

pytestmark = pytest.mark.asyncio(loop_scope="module")

REGISTRY = core()
SCHEMA = build(REGISTRY).core
TYPES = tuple(REGISTRY.specs)
Given = dict[str, Any]


@pytest_asyncio.fixture(scope="module", loop_scope="module")
async def naive(catalogue: Catalogue) -> Naive:
    """What the store holds."""
    return await Naive.read(catalogue.store, catalogue.registry)


def members(name: str) -> dict[str, Any]:
    """The fields of an input type with their types."""
    return {n: f.type for n, f in cast("GraphQLInputObjectType", SCHEMA.type_map[name]).fields.items()}


def compared(etype: str) -> dict[str, str]:
    """The fields of a type that are compared with values, with the name of the comparison."""
    found = {n: get_named_type(kind).name for n, kind in members(f"{etype}Filter").items()}
    relations = REGISTRY.relations[etype]
    return {n: kind for n, kind in found.items() if n not in relations and n not in {"and", "or", "not"}}


def values(naive: Naive, etype: str, name: str) -> list[Any]:
    """Values that a field has in the store, one that it has not."""
    found = [v for row in naive.rows[etype] for v in _each(row.get(name))]
    kind = get_named_type(members(compared(etype)[name])["eq"])
    absent: Any = {"Int": -7, "Boolean": True, "Date": "1812", "DateTime": "1812-01-01T00:00:00.000000Z"}.get(
        kind.name, "no such thing"
    )
    if isinstance(kind, GraphQLEnumType):
        absent = next(iter(kind.values))
    return [*dict.fromkeys(found), absent]


def _each(value: Any) -> list[Any]:
    return value if isinstance(value, list) else [] if value is None else [value]


def conditions(naive: Naive, etype: str, name: str) -> Iterator[Given]:
    """Every operator on one field, with values and with null."""
    known = values(naive, etype, name)
    one, last = known[0], known[-1]
    for op in members(compared(etype)[name]):
        if op == "exists":
            yield from ({name: {op: wanted}} for wanted in (True, False, None))
        elif op == "in":
            yield from ({name: {op: wanted}} for wanted in (known[:3], [last], [], None))
        elif op in {"contains", "startsWith"}:
            yield from ({name: {op: wanted}} for wanted in (one[: len(one) // 2 + 1], last, None))
        else:
            yield from ({name: {op: wanted}} for wanted in (one, known[len(known) // 2], last, None))


async def agree(reader: Reader, naive: Naive, etype: str, filters: list[Given]) -> None:
    """The store and plain Python find the same rows in the same order for each of the filters."""
    plural = names.plural(REGISTRY.specs[etype])
    for start in range(0, len(filters), 15):
        some = filters[start : start + 15]
        declared = ", ".join(f"$f{i}: {etype}Filter" for i in range(len(some)))
        asked = " ".join(
            f"a{i}: {plural}(filter: $f{i}, first: 100, orderBy: [{{field: ID}}]) {{ {wanted} nodes {{ id }} }}"
            for i, wanted in enumerate(["totalCount", *[""] * (len(some) - 1)])  # counting costs as much again
        )
        variables = {f"f{i}": one for i, one in enumerate(some)}
        data = await reader.ask(f"query({declared}) {{ {asked} }}", variables, ADMIN)
        for i, one in enumerate(some):
            expected = [row["id"] for row in naive.find(etype, one)]
            got = [node["id"] for node in data[f"a{i}"]["nodes"]]
            assert got == expected[:100], one
            assert data[f"a{i}"].get("totalCount", len(expected)) == len(expected), one


def comparisons() -> list[tuple[str, str]]:
    """One field of each kind of comparison, alone and in lists, of the richest types, and every identifier."""
    found: dict[str, tuple[str, str]] = {}
    for etype in ("Recording", "Contributor", "Contribution", *TYPES):
        for name, kind in compared(etype).items():
            scheme = name if name in names.schemes(REGISTRY.specs[etype]) else ""
            found.setdefault(kind + scheme, (etype, name))
    return list(found.values())


@pytest.mark.parametrize(("etype", "name"), comparisons())
async def test_every_operator(reader: Reader, naive: Naive, etype: str, name: str) -> None:
    await agree(reader, naive, etype, list(conditions(naive, etype, name)))


@pytest.mark.parametrize("etype", TYPES)
async def test_every_field(reader: Reader, naive: Naive, etype: str) -> None:
    rng = random.Random(etype)  # noqa: S311 - the same in every run
    found = [rng.choice(list(conditions(naive, etype, name))) for name in compared(etype)]
    found += [{name: {how: {}}} for name in relations(etype) for how in ("some", "none")]
    await agree(reader, naive, etype, found)


def relations(etype: str) -> list[str]:
    """The relations that a filter can walk."""
    return [n for n in members(f"{etype}Filter") if n in REGISTRY.relations[etype]]


def tree(rng: random.Random, naive: Naive, etype: str, depth: int) -> Given:
    """A random filter."""
    found: Given = {}
    for _ in range(rng.choice((0, 1, 1, 2))):
        found |= rng.choice(list(conditions(naive, etype, rng.choice(list(compared(etype))))))
    if depth:
        for name in rng.sample(["and", "or"], rng.randint(0, 2)):
            found[name] = [tree(rng, naive, etype, depth - 1) for _ in range(rng.randint(0, 3))]
        if rng.random() < 0.4:
            found["not"] = tree(rng, naive, etype, depth - 1)
        for name in rng.sample(relations(etype), min(len(relations(etype)), rng.randint(0, 1))):
            target = REGISTRY.relations[etype][name].targets[0]
            found[name] = {rng.choice(("some", "none")): tree(rng, naive, target, depth - 1)}
    return found


@pytest.mark.parametrize(
    "etype", ["Recording", "Contributor", "Contribution", "Work", "Release", "Identifier", "Track"]
)
async def test_random_trees(reader: Reader, naive: Naive, etype: str) -> None:
    rng = random.Random(f"tree {etype}")  # noqa: S311 - the same in every run
    found = [tree(rng, naive, etype, 2) for _ in range(9)]
    await agree(reader, naive, etype, found)


async def test_identifiers_in_any_spelling(reader: Reader, naive: Naive) -> None:
    spelled: list[Given] = [
        {"isrc": {"eq": "gb-ahs-14-00099"}},
        {"isrc": {"in": ["IS TES 24 00004", "us-rc1-76-07839", "rubbish"]}},
        {"isrc": {"ne": "ISRC GBAHS1400099"}},
        {"isrc": {"eq": "not  an isrc"}},
    ]
    assert len(naive.find("Recording", spelled[0])) == 2
    await agree(reader, naive, "Recording", spelled)


async def test_absent_is_not_null(reader: Reader) -> None:
    query = "query($y: Int) { recordings(filter: {year: {eq: $y}}) { totalCount } all: recordings { totalCount } }"
    absent, null = await reader.ask(query), await reader.ask(query, {"y": None})
    assert absent["recordings"] == absent["all"]
    assert 0 < null["recordings"]["totalCount"] < null["all"]["totalCount"]


async def test_too_deep_is_refused(reader: Reader) -> None:
    deep: Given = {"year": {"eq": 1}}
    for _ in range(12):
        deep = {"not": deep}
    assert await reader.codes("query($f: RecordingFilter) { recordings(filter: $f) { totalCount } }", {"f": deep}) == [
        "FILTER_TOO_DEEP"
    ]
