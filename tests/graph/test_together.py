"""What mutations of one moment want back is read with one statement, each getting its own."""

import asyncio
from typing import Any

import pytest

from tests.graph.catalogue import Catalogue
from tests.graph.reader import WRITER, Reader, WatchedStore

pytestmark = pytest.mark.asyncio(loop_scope="module")

ONE = "mutation($i: WorkInput!) { upsertWork(input: $i) { work { id title } } }"
PAGED = "mutation($i: WorkInput!, $n: Int) { upsertWork(input: $i) { work { title parts(first: $n) { totalCount } } } }"
MANY = "mutation($i: [WorkInput!]!) { upsertWorks(input: $i) { results { work { title } } } }"


async def test_each_mutation_gets_what_it_wrote(reader: Reader) -> None:
    titles = [f"Together {n}" for n in range(12)]
    found: list[Any] = await asyncio.gather(*(reader.ask(ONE, {"i": {"title": t}}, WRITER) for t in titles))
    assert [one["upsertWork"]["work"]["title"] for one in found] == titles
    assert len({one["upsertWork"]["work"]["id"] for one in found}) == len(titles)


async def test_lists_and_variables_of_their_own_are_kept_apart(reader: Reader) -> None:
    lists = [[{"title": f"List {n}.{m}"} for m in range(n)] for n in range(1, 5)]
    asked = [reader.ask(MANY, {"i": one}, WRITER) for one in lists]
    asked += [reader.ask(PAGED, {"i": {"title": f"Paged {n}"}, "n": n}, WRITER) for n in range(4)]
    found: list[Any] = await asyncio.gather(*asked)
    told = [[r["work"]["title"] for r in one["upsertWorks"]["results"]] for one in found[:4]]
    assert told == [[one["title"] for one in inputs] for inputs in lists]
    assert [one["upsertWork"]["work"]["title"] for one in found[4:]] == [f"Paged {n}" for n in range(4)]


async def test_mutations_of_one_moment_are_read_with_few_statements(reader: Reader, catalogue: Catalogue) -> None:
    store = catalogue.store
    assert isinstance(store, WatchedStore)
    await reader.ask(ONE, {"i": {"title": "Warm"}}, WRITER)
    store.reads.clear()
    await asyncio.gather(*(reader.ask(ONE, {"i": {"title": f"Counted {n}"}}, WRITER) for n in range(12)))
    # the first may go alone, in a transaction of its own; all others share the next one, and the way back
    assert len(store.reads) <= 3
