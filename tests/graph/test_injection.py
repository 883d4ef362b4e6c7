"""Hostile text in every argument that takes text, of every root field: an answer or a coded error, never more."""

from __future__ import annotations

import json
import random
import re
import socket
from collections.abc import Iterator
from itertools import cycle
from typing import TYPE_CHECKING, Any

import pytest
from graphql import (
    GraphQLEnumType,
    GraphQLInputObjectType,
    GraphQLList,
    GraphQLNonNull,
    GraphQLObjectType,
    GraphQLScalarType,
    get_named_type,
)

from graph.driver import Store, Target
from ontology.registry import core
from resolvers.derive import build
from tests.graph.catalogue import Catalogue
from tests.graph.reader import ADMIN, reader_of

if TYPE_CHECKING:
    from tests.graph.reader import Reader

pytestmark = pytest.mark.asyncio(loop_scope="module")

SCHEMA = build(core()).core
TEXT = {"String", "ID", "Date", "DateTime"}
HOSTILE = (
    "' OR 1=1 //",
    '" }) DETACH DELETE n //',
    "`) MATCH (n) DETACH DELETE n //",
    "}) RETURN 1 UNION MATCH (n) RETURN n //",
    "\\u0027 OR true //",
    "\\",
    "$p0",
    "${jndi:ldap://x}",
    "a\u0000b",
    "\u202e\ufeff\u2028",
    "'; CALL dbms.shutdown() //",
    "*:* AND (",
    "<script>alert(1)</script>",
    "x" * 100_000,
)
MARK = "hostile"
PLACES = 15
"""How many places deep inside an argument are tried."""
LEAKS = re.compile(r"MATCH \(|RETURN \[|COLLECT|neo4j|Traceback|\.py\b|Neo\.Client|Cypher|\$p\d", re.IGNORECASE)


def texts(kind: Any, hostile: str, depth: int = 0) -> Iterator[Any]:
    """Values of an input type, each with the hostile text in one place."""
    if isinstance(kind, GraphQLNonNull):
        yield from texts(kind.of_type, hostile, depth)
    elif isinstance(kind, GraphQLList):
        yield from ([value] for value in texts(kind.of_type, hostile, depth))
    elif isinstance(kind, GraphQLScalarType) and kind.name in TEXT:
        yield hostile
    elif isinstance(kind, GraphQLInputObjectType) and depth < 3:
        least = {n: _least(f.type) for n, f in kind.fields.items() if isinstance(f.type, GraphQLNonNull)}
        for name, field in kind.fields.items():
            yield from (least | {name: value} for value in texts(field.type, hostile, depth + 1))


def _least(kind: Any) -> Any:
    """The least value that an argument admits."""
    if isinstance(kind, GraphQLNonNull):
        return _least(kind.of_type)
    if isinstance(kind, GraphQLList):
        return [_least(kind.of_type)]
    if isinstance(kind, GraphQLInputObjectType):
        return {n: _least(f.type) for n, f in kind.fields.items() if isinstance(f.type, GraphQLNonNull)}
    return next(iter(kind.values)) if isinstance(kind, GraphQLEnumType) else "x"


def selection(kind: Any) -> str:
    """What any root field admits, with what reads the store where there is some."""
    fields = getattr(get_named_type(kind), "fields", {})
    return "{ __typename edges { cursor } }" if "edges" in fields else "{ __typename }"


def attacks(operation: str, parent: GraphQLObjectType) -> Iterator[tuple[str, dict[str, Any]]]:
    """Every root field with every argument that takes text: every hostile text, where arguments are deep in turn."""
    rng = random.Random(operation)  # noqa: S311 - the same in every run
    turn = cycle(HOSTILE)
    for name, field in parent.fields.items():
        for arg, declared in field.args.items():
            needed = {n: a.type for n, a in field.args.items() if isinstance(a.type, GraphQLNonNull) or n == arg}
            head = ", ".join(f"${n}: {t}" for n, t in needed.items())
            query = (
                f"{operation}({head}) {{ {name}({', '.join(f'{n}: ${n}' for n in needed)}) {selection(field.type)} }}"
            )
            least = {n: _least(t) for n, t in needed.items()}
            if get_named_type(declared.type).name in TEXT:
                yield from ((query, least | {arg: hostile}) for hostile in HOSTILE)
                continue
            places = list(texts(declared.type, MARK))
            for place in rng.sample(places, min(PLACES, len(places))):
                filled = json.loads(json.dumps(place).replace(json.dumps(MARK), json.dumps(next(turn))))
                yield query, least | {arg: filled}


async def harmless(reader: Reader, query: str, variables: dict[str, Any]) -> None:
    """The answer is data or has codes, and tells nothing of the store."""
    body = (await reader.answer(query, variables, ADMIN)).body.decode()
    found = json.loads(body)
    assert [e for e in found.get("errors", []) if e["extensions"]["code"] == "INTERNAL"] == [], (
        query,
        str(variables)[:300],
    )
    for error in found.get("errors", []):
        assert len(error["message"]) < 2_000
        assert not LEAKS.search(_without(error["message"])), error
    assert len(body) < 20_000 or "data" in found


def _without(message: str) -> str:
    """A message without the hostile text it may quote."""
    return re.sub(r"(['\"]).*\1", "", message, flags=re.DOTALL)


@pytest.mark.parametrize("operation", ["query", "mutation"])
async def test_every_argument_of_every_root_field(reader: Reader, operation: str) -> None:
    parent = SCHEMA.query_type if operation == "query" else SCHEMA.mutation_type
    assert parent is not None
    records = "MATCH (r:ProvenanceRecord) RETURN count(r)"
    before = await reader.store.run(records)
    count = 0
    for query, variables in attacks(operation, parent):
        await harmless(reader, query, variables)
        count += 1
    assert count > 300
    after = await reader.store.run(records)
    assert after >= before
    if operation == "query":
        assert after == before


@pytest.mark.parametrize("hostile", HOSTILE, ids=range(len(HOSTILE)))
async def test_text_is_stored_and_found_as_it_is(reader: Reader, hostile: str) -> None:
    query = "mutation($i: WorkInput!) { upsertWork(input: $i) { outcome problems { code } work { title } } }"
    written = (await reader.ask(query, {"i": {"title": hostile}}, ADMIN))["upsertWork"]
    if written["problems"]:
        assert written["problems"][0]["code"] in {"CONTROL_CHARACTER", "TEXT_TOO_LONG"}
        return
    assert written == {"outcome": "created", "problems": [], "work": {"title": hostile}}
    query = "query($t: String!) { works(filter: {title: {eq: $t}}) { nodes { title } } }"
    assert {"title": hostile} in (await reader.ask(query, {"t": hostile}))["works"]["nodes"]


@pytest.mark.parametrize("hostile", HOSTILE[:8])
async def test_literals_in_the_document(reader: Reader, hostile: str) -> None:
    text = json.dumps(hostile)
    for query in (
        f"{{ works(filter: {{title: {{contains: {text}}}}}) {{ totalCount }} }}",
        f"{{ search(query: {text}) {{ didYouMean edges {{ cursor }} }} }}",
        f"{{ node(id: {text}) {{ id }} recording(isrc: {text}, asOf: {text}) {{ id }} }}",
        f"{{ works(after: {text}) {{ totalCount }} }} # {text}",
    ):
        await harmless(reader, query, {})


async def test_a_database_that_is_away_is_unavailable() -> None:
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    async with Store(Target(f"bolt://127.0.0.1:{port}", "neo4j", "secret-password"), retry_seconds=0.5) as store:
        reader = reader_of(Catalogue(store))
        for query in (
            "{ works(first: 1) { nodes { id } } }",
            '{ search(query: "x") { didYouMean } a: node(id: "x") { id } }',
            '{ work(id: "x", asOfSize: 1) { id } }',
            'mutation { upsertWork(input: {title: "x"}) { outcome } }',
        ):
            body = (await reader.answer(query, None, ADMIN)).body.decode()
            assert {e["extensions"]["code"] for e in json.loads(body)["errors"]} == {"UNAVAILABLE"}
            assert str(port) not in body
            assert not LEAKS.search(body)
            assert "secret" not in body
