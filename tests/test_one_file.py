"""Adding a type is one declaration: everything that is derived from it follows, and it is written and read back.

The toy types live in this file alone: an edge that carries data, a private field, an identifier, full text.
"""

from __future__ import annotations

import os
from collections.abc import AsyncIterator
from datetime import UTC, datetime
from typing import Any
from uuid import uuid4

import neomodel
import orjson
import pytest
import pytest_asyncio
from pyld import jsonld

from graph import ogm, schema
from graph.commit import Door
from graph.driver import Store, Target
from graph.feed import Feed
from jsonld.context import context
from ontology.access import ANYONE, PUBLIC_VIEWER, Scope, Viewer
from ontology.reference import reference
from ontology.registry import Registry, core
from ontology.shape import state_shape
from ontology.terms import EdgeType, Node, Visibility, choice, edge, end, integer, text
from resolvers.context import House
from resolvers.derive import build
from resolvers.executor import GraphEngine
from resolvers.schema import text as sdl
from resolvers.transport import Request

BASE = "https://omnisonic.example"
WRITER = Viewer("urn:omnisonic:actor:toy-writer", frozenset({"write"}))
AUDITOR = Viewer("urn:omnisonic:actor:toy-auditor", frozenset({"write", "audit"}))


class Instrument(
    Node,
    plural="instruments",
    iri="omo:Instrument",
    same_as=("mo:Instrument",),
    visibility=Visibility.PUBLIC,
    read=ANYONE,
    schemes=("mbid",),
):
    """Something that music is played on."""

    name = text("schema:name", "Its name.", required=True, index=True, search=True)
    family = choice("omo:family", "Which family it belongs to.", "strings", "winds", "percussion")
    strings_count = integer("omo:stringsCount", "How many strings it has.", minimum=0)
    serial = text(
        "omo:serial", "Serial number of the piece.", visibility=Visibility.PRIVATE, read=Scope("audit"), max_length=80
    )

    recordings = edge(
        "HEARD_ON", "Recording", "omo:heardOn", "Recordings on which it is heard.",
        inverse="instruments", inverse_doc="Instruments that are heard on it.",
    )  # fmt: skip


class Mastery(EdgeType, rel="MASTERS", iri="omo:Mastery", visibility=Visibility.PUBLIC, read=ANYONE):
    """That somebody plays an instrument, and since when."""

    since = integer("omo:since", "Year of the first lesson.", minimum=1000, maximum=2200)

    source = end("player", ("Contributor",), "masteries", {"Instrument": "instruments"}, "Who plays.")
    target = end("instrument", ("Instrument",), "masteries", {"Contributor": "players"}, "What is played.")


@pytest.fixture(scope="module")
def registry() -> Registry:
    return core().extend(Instrument, Mastery)


@pytest_asyncio.fixture
async def store(neo4j: Any, registry: Registry) -> AsyncIterator[Store]:
    neo4j.wipe()
    async with Store(Target(neo4j.url, neo4j.user, neo4j.password, neo4j.database)) as found:
        await schema.apply(found, registry)
        yield found


@pytest.fixture
def engine(store: Store, registry: Registry) -> GraphEngine:
    door = Door(store, registry, base_iri=BASE, clock=lambda: datetime.now(UTC), randomness=os.urandom)
    return GraphEngine(House(store, door, Feed(store), registry, build(registry), BASE, seconds=120))


async def ask(engine: GraphEngine, query: str, viewer: Viewer = PUBLIC_VIEWER, **variables: Any) -> dict[str, Any]:
    answer = await engine.execute(Request(query, variables, None, viewer, read_only=False))
    body: dict[str, Any] = orjson.loads(answer.body)
    assert "errors" not in body, body["errors"]
    data: dict[str, Any] = body["data"]
    return data


def test_the_core_registry_stays_as_it_is(registry: Registry) -> None:
    assert "Instrument" not in core().nodes
    assert "instruments" in registry.relations["Recording"]
    assert "instruments" not in core().relations["Recording"]


async def test_constraints_and_indexes(store: Store, registry: Registry) -> None:
    assert await schema.check(store, registry) == []
    shown = await store.read("SHOW INDEXES YIELD name RETURN collect(name)", {})
    assert {"instrument_search"} <= set(shown[0])


def test_graphql_types(registry: Registry) -> None:
    printed = sdl(registry)
    for line in (
        "type Instrument implements Recorded & Node {",
        "  stringsCount: Int",
        "  serial: String",
        "  players(",
        "  upsertMastery(",
        "enum InstrumentFamily {",
        "input MasteryInput {",
        "  instrumentUpdated(",
    ):
        assert f"\n{line}" in printed, line
    filters = printed.split("input InstrumentFilter {")[1].split("}")[0]
    assert "serial" not in filters, "a private field must not be probed through filters"


def test_json_ld_context(registry: Registry) -> None:
    document = context(registry, BASE) | {
        "id": f"{BASE}/instrument/1", "type": "Instrument", "name": "Lute", "stringsCount": 15,
        "recordings": [f"{BASE}/recording/2"],
    }  # fmt: skip
    (expanded,) = jsonld.expand(document)
    assert expanded == {
        "@id": f"{BASE}/instrument/1",
        "@type": [f"{BASE}/ns#Instrument"],
        "http://schema.org/name": [{"@value": "Lute"}],
        f"{BASE}/ns#stringsCount": [
            {"@type": "http://www.w3.org/2001/XMLSchema#integer", "@value": 15},
        ],
        f"{BASE}/ns#heardOn": [{"@id": f"{BASE}/recording/2"}],
    }
    assert "serial" not in str(context(registry, BASE))


def test_dag_cbor_shape(registry: Registry) -> None:
    relations = registry.relations["Instrument"]
    public = state_shape(registry.nodes["Instrument"], relations, Visibility.PUBLIC)
    assert public == {
        "name": "text", "family": "text", "stringsCount": "int", "recordings": "[text (IRI)]",
        "identifiers": "[{scheme: text, value: text, status: text, raw?: text}]",
    }  # fmt: skip
    assert state_shape(registry.nodes["Instrument"], relations, Visibility.PRIVATE) == {"serial": "text"}
    mastery = state_shape(registry.edges["Mastery"], registry.relations["Mastery"], Visibility.PUBLIC)
    assert mastery == {"since": "int", "from": "text (IRI)", "to": "text (IRI)"}


def test_reference(registry: Registry) -> None:
    page = reference(registry)
    assert "## Instrument" in page
    assert "| `serial` | text, private | Serial number of the piece. | `omo:serial` |" in page
    assert "edge `MASTERS`" in page


CREATE = """mutation ($mbid: String!) {
  upsertInstrument(input: {name: "Théorbe", family: strings, stringsCount: 14, serial: "K-77", mbid: $mbid}) {
    outcome cid problems { code } instrument { id iri mbid }
  }
  upsertContributor(input: {name: "Robert de Visée", isni: "0000000081697225"}) { problems { code } contributor { id } }
}"""
JOIN = """mutation ($who: ID!, $what: ID!) {
  upsertMastery(input: {since: 1672, player: {id: $who}, instrument: {id: $what}}) {
    outcome problems { code } mastery { id iri }
  }
}"""
READ = """query ($mbid: String!) {
  instrument(mbid: $mbid) {
    name family serial
    masteries { nodes { since player { name } instrument { name } history { nodes { activity fields } } } }
    players { nodes { name instruments { totalCount } } }
    history { nodes { activity fields changes { field before after } } }
  }
  search(query: "theorbe") { edges { matchedField node { __typename ... on Instrument { name } } } }
}"""


async def test_write_and_read(engine: GraphEngine, store: Store) -> None:
    mbid = str(uuid4())
    made = await ask(engine, CREATE, WRITER, mbid=mbid)
    instrument, player = made["upsertInstrument"]["instrument"], made["upsertContributor"]["contributor"]
    assert made["upsertInstrument"]["outcome"] == "created"
    assert instrument["iri"] == f"{BASE}/instrument/{instrument['id']}"
    joined = (await ask(engine, JOIN, WRITER, who=player["id"], what=instrument["id"]))["upsertMastery"]
    assert joined["problems"] == []
    assert joined["mastery"]["iri"].startswith(f"{BASE}/mastery/")

    await store.write(lambda tx: tx.run("CALL db.index.fulltext.awaitEventuallyConsistentIndexRefresh()", {}))
    found = await ask(engine, READ, mbid=mbid)
    got = found["instrument"]
    assert (got["name"], got["family"], got["serial"]) == ("Théorbe", "strings", None)
    (mastery,) = got["masteries"]["nodes"]
    assert (mastery["since"], mastery["player"], mastery["instrument"]) == (
        1672,
        {"name": "Robert de Visée"},
        {"name": "Théorbe"},
    )
    assert mastery["history"]["nodes"] == [{"activity": "create", "fields": ["from", "since", "to"]}]
    assert got["players"] == {"nodes": [{"name": "Robert de Visée", "instruments": {"totalCount": 1}}]}
    (record,) = got["history"]["nodes"]
    assert record["fields"] == ["family", "identifiers", "name", "serial", "stringsCount"]
    assert {"field": "serial", "before": None, "after": None} in record["changes"]
    assert found["search"]["edges"] == [
        {"matchedField": "name", "node": {"__typename": "Instrument", "name": "Théorbe"}}
    ]
    private = (await ask(engine, READ, AUDITOR, mbid=mbid))["instrument"]
    assert private["serial"] == "K-77"
    assert {"field": "serial", "before": None, "after": "K-77"} in private["history"]["nodes"][0]["changes"]
    assert engine.counters.ordinary == 0


async def test_neomodel_reads_and_never_writes(engine: GraphEngine, neo4j: Any, registry: Registry) -> None:
    await ask(engine, CREATE, WRITER, mbid=str(uuid4()))
    neomodel.get_config().database_url = neo4j.url.replace("://", f"://{neo4j.user}:{neo4j.password}@")
    try:
        instrument = ogm.models(registry)["Instrument"].nodes.get(name="Théorbe")
        assert (instrument.stringsCount, instrument.identifiers.all()[0].scheme) == (14, "mbid")
        with pytest.raises(Exception, match="WRITE_DOOR"):
            instrument.save()
    finally:
        neomodel.db.close_connection()
