"""Who sees what, through every door of the schema: private types and fields, private records, and writing."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest
import pytest_asyncio
from graphql import GraphQLEnumType, GraphQLInputObjectType, GraphQLList, GraphQLNonNull

from graph import schema
from graph.change import EdgeChange, Upsert
from graph.driver import Store, Target
from ontology.access import ANYONE, PUBLIC_VIEWER, Anyone, Scope, Viewer
from ontology.registry import core
from ontology.terms import EdgeType, Node, Visibility, edge, end, text
from resolvers import names
from tests.graph.catalogue import ACTOR, BATCH, FUTURE, Catalogue, made
from tests.graph.reader import ADMIN, AUDITOR, WRITER, Reader, reader_of

if TYPE_CHECKING:
    from collections.abc import AsyncIterator

pytestmark = pytest.mark.asyncio(loop_scope="module")

READER = Viewer(ACTOR, frozenset({"read"}))
MBID = "b7ffd2af-418f-4be2-bdd1-22f8b48613da"


class Diary(
    Node, plural="diaries", iri="omo:Diary", visibility=Visibility.PRIVATE, read=Scope("audit"), schemes=("mbid",)
):
    """A private thing that is tied to public ones."""

    name = text("schema:name", "Its name.", required=True, search=True)
    about = edge("ABOUT", "Work", "omo:about", "What it is about.", inverse="diaries", inverse_doc="What tells of it.")


class Studio(Node, plural="studios", iri="omo:Studio", visibility=Visibility.PUBLIC, read=ANYONE):
    """A public thing with a private field."""

    name = text("schema:name", "Its name.", required=True, search=True)
    phone = text("omo:phone", "Its number.", visibility=Visibility.PRIVATE, read=Scope("audit"), index=True)


class Mention(EdgeType, rel="MENTIONS", iri="omo:Mention", visibility=Visibility.PUBLIC, read=ANYONE):
    """A public edge that may end at a private thing."""

    page = text("omo:page", "Where.")
    source = end("studio", ("Studio",), "mentions", {"Diary": "diaries", "Work": "works"}, "Who.")
    target = end("thing", ("Diary", "Work"), "mentions", {"Studio": "studios"}, "What.")


class Loan(EdgeType, rel="LENT_TO", iri="omo:Loan", visibility=Visibility.PRIVATE, read=Scope("audit")):
    """A private edge between public things."""

    source = end("lender", ("Studio",), "loans", {"Work": "lent"}, "Who.")
    target = end("work", ("Work",), "loans", {"Studio": "lenders"}, "What.")


TOYS = core().extend(Diary, Studio, Mention, Loan)
DIARY, STUDIO, WORK = (made(etype, "secret") for etype in ("Diary", "Studio", "Work"))
HIDDEN, SHOWN = made("Mention", "hidden"), made("Mention", "shown")


@pytest_asyncio.fixture(scope="module", loop_scope="module")
async def toys(target: Target, neo4j: Any) -> AsyncIterator[Reader]:
    """A store of toys: a private diary about a public work, and a studio that mentions both."""
    neo4j.wipe()
    async with Store(target) as store:
        await schema.apply(store, TOYS)
        written = Catalogue(store, TOYS)
        await written.write(
            Upsert("Work", WORK, {"title": "Known"}),
            Upsert("Diary", DIARY, {"name": "Sesame"}, [("mbid", MBID)], edges={"about": EdgeChange((WORK,))}),
            Upsert("Studio", STUDIO, {"name": "Abbey", "phone": "555-0199"}),
            Upsert("Mention", HIDDEN, {"page": "1"}, source=STUDIO, target=DIARY),
            Upsert("Loan", made("Loan", "secret"), source=STUDIO, target=WORK),
            Upsert("Mention", SHOWN, {"page": "2"}, source=STUDIO, target=WORK),
        )
        await written.write(Upsert("Studio", STUDIO, {"phone": "555-0200"}))
        await written.sequence()
        yield reader_of(written)
        for rule in set(schema.rules(TOYS)) - set(schema.rules(core())):
            kind = "INDEX" if rule.kind in {"RANGE", "RELATIONSHIP_RANGE", "FULLTEXT"} else "CONSTRAINT"
            await store.run(f"DROP {kind} {rule.name}")


ONE = 'mentions(filter: {page: {eq: "1"}})'
DOORS = {
    "lookup": f'{{ found: diary(id: "{DIARY}") {{ name }} }}',
    "lookup by identifier": f'{{ found: diary(mbid: "{MBID}") {{ name }} }}',
    "list": "{ found: diaries { totalCount nodes { name } edges { cursor node { id } } } }",
    "list sorted": '{ found: diaries(orderBy: [{field: NAME}], filter: {name: {startsWith: "S"}}) { totalCount } }',
    "node": f'{{ found: node(id: "{DIARY}") {{ id }} }}',
    "node by IRI": f'{{ found: node(id: "https://omnisonic.example/diary/{DIARY}") {{ id }} }}',
    "search": '{ found: search(query: "sesame") { nodes { id } didYouMean } }',
    "search by type": '{ found: search(query: "sesame", types: [DIARY]) { nodes { id } edges { score } } }',
    "search misspelt": '{ found: search(query: "sesami") { nodes { id } didYouMean } }',
    "search by identifier": f'{{ found: search(query: "{MBID}") {{ nodes {{ id }} }} }}',
    "nested": f'{{ found: work(id: "{WORK}") {{ diaries {{ totalCount nodes {{ name }} }} }} }}',
    "nested across": f'{{ found: studio(id: "{STUDIO}") {{ diaries {{ totalCount nodes {{ name }} }} }} }}',
    "identifies": f'{{ found: identifier(id: "mbid:{MBID}") {{ identifies {{ totalCount nodes {{ id }} }} }} }}',
    "filter": "{ found: works(filter: {diaries: {some: {}}}) { totalCount nodes { id } } }",
    "filter negated": '{ found: works(filter: {not: {diaries: {none: {name: {eq: "Sesame"}}}}}) { totalCount } }',
    "across a private edge": f'{{ found: studio(id: "{STUDIO}") {{ lent {{ totalCount nodes {{ id }} }} }} }}',
    "filter across a private edge": "{ found: studios(filter: {lent: {some: {}}}) { totalCount } }",
    "across a private edge as of": f'{{ found: studio(id: "{STUDIO}", asOf: "{FUTURE}") {{ lent {{ totalCount }} }} }}',
    "edge": f'{{ found: mention(id: "{HIDDEN}") {{ page }} }}',
    "edge by node": f'{{ found: node(id: "{HIDDEN}") {{ id }} }}',
    "edges": '{ found: mentions(filter: {page: {eq: "1"}}) { totalCount nodes { page thing { __typename } } } }',
    "edges nested": f'{{ found: studio(id: "{STUDIO}") {{ {ONE} {{ totalCount nodes {{ page }} }} }} }}',
    "edges in filter": '{ found: studios(filter: {mentions: {some: {page: {eq: "1"}}}}) { totalCount } }',
    "as of": f'{{ found: diary(id: "{DIARY}", asOf: "{FUTURE}") {{ name }} }}',
    "nested as of": f'{{ found: work(id: "{WORK}", asOf: "{FUTURE}") {{ diaries {{ totalCount }} }} }}',
    "edges as of": f'{{ found: studio(id: "{STUDIO}", asOf: "{FUTURE}") {{ {ONE} {{ totalCount }} }} }}',
    "records": '{ found: provenanceRecords(filter: {etype: {eq: "Diary"}}) { totalCount nodes { state } } }',
    "field": f'{{ found: studio(id: "{STUDIO}") {{ phone }} }}',
    "field in a list": '{ found: mentions(filter: {page: {eq: "2"}}, first: 1) { nodes { studio { phone } } } }',
    "field as of": f'{{ found: studio(id: "{STUDIO}", asOf: "{FUTURE}") {{ phone }} }}',
    "field in state": f'{{ found: studio(id: "{STUDIO}") {{ history {{ nodes {{ state }} }} }} }}',
    "field in changes": f'{{ found: studio(id: "{STUDIO}") {{ history {{ nodes {{ changes {{ after }} }} }} }} }}',
}  # fmt: skip
SECRETS = ("Sesame", "555-", DIARY, HIDDEN, '"totalCount":1', '"page":"1"', 'cursor":"')


@pytest.mark.parametrize("door", DOORS)
@pytest.mark.parametrize("viewer", [PUBLIC_VIEWER, READER, WRITER], ids=["anonymous", "read", "write"])
async def test_closed_to_those_without_the_scope(toys: Reader, door: str, viewer: Viewer) -> None:
    body = (await toys.answer(DOORS[door], viewer=viewer)).body.decode()
    assert '"errors"' not in body
    assert not [secret for secret in SECRETS if secret in body], body


@pytest.mark.parametrize("door", DOORS)
@pytest.mark.parametrize("viewer", [AUDITOR, ADMIN], ids=["audit", "admin"])
async def test_open_to_those_with_it(toys: Reader, door: str, viewer: Viewer) -> None:
    body = (await toys.answer(DOORS[door], viewer=viewer)).body.decode()
    assert '"errors"' not in body
    assert [secret for secret in SECRETS if secret in body], body


async def test_nobody_filters_or_sorts_by_a_private_field(toys: Reader) -> None:
    core_schema = toys.engine.house.derived.core
    for spec in TOYS.specs.values():
        closed = {n for n, f in spec.fields.items() if not isinstance(f.read, Anyone)}
        given, order = core_schema.type_map[f"{spec.name}Filter"], core_schema.type_map[f"{spec.name}OrderField"]
        assert isinstance(given, GraphQLInputObjectType)
        assert isinstance(order, GraphQLEnumType)
        assert not closed & given.fields.keys()
        assert not {names.upper_snake(n) for n in closed} & order.values.keys()
    assert await toys.codes('{ studios(filter: {phone: {eq: "555-0199"}}) { totalCount } }', viewer=ADMIN) == [
        "GRAPHQL_VALIDATION_FAILED"
    ]
    assert await toys.codes("{ studios(orderBy: [{field: PHONE}]) { totalCount } }") == ["GRAPHQL_VALIDATION_FAILED"]


# -- the core, walked: a door that this does not know fails it ------------------------------------------------


async def test_every_way_in_is_known_here(reader: Reader) -> None:
    roots = reader.engine.house.derived.roots
    kinds = {name.partition(".")[0]: set[str]() for name in roots}
    for name, root in roots.items():
        kinds[name.partition(".")[0]].add(root.kind)
    assert kinds["Query"] == {"lookup", "connection", "node", "search"}
    assert kinds["Mutation"] == {"upsert", "upsert_many", "delete"}
    query = reader.engine.house.derived.core.query_type
    assert query is not None
    assert {f"Query.{name}" for name in query.fields} - roots.keys() == {"Query.about"}


PRIVATE = [name for name, spec in core().specs.items() if isinstance(spec.read, Scope)]


async def test_private_types_are_the_ones_we_know() -> None:
    assert sorted(PRIVATE) == ["IngestBatch", "IngestRow"]


@pytest.mark.parametrize("viewer", [PUBLIC_VIEWER, READER, AUDITOR], ids=["anonymous", "read", "audit"])
async def test_imports_are_for_writers(reader: Reader, viewer: Viewer) -> None:
    row = made("IngestRow", "1")
    query = f"""{{ ingestBatches {{ totalCount nodes {{ id }} pageInfo {{ endCursor hasNextPage }} }}
        ingestRows(filter: {{cause: {{contains: "secret"}}}}) {{ totalCount nodes {{ id }} }}
        ingestBatch(id: "{BATCH}") {{ id }} ingestRow(id: "{row}") {{ id }}
        a: node(id: "{BATCH}") {{ id }} b: node(id: "{row}") {{ id }}
        past: ingestBatch(id: "{BATCH}", asOf: "{FUTURE}") {{ source }} }}"""
    nothing = {"totalCount": 0, "nodes": []}
    assert await reader.ask(query, viewer=viewer) == {
        "ingestBatches": nothing | {"pageInfo": {"endCursor": None, "hasNextPage": False}},
        "ingestRows": nothing,
        **dict.fromkeys(("ingestBatch", "ingestRow", "a", "b", "past")),
    }
    found = await reader.ask(query, viewer=WRITER)
    assert found["ingestBatches"]["totalCount"] == 1
    assert found["ingestRows"]["totalCount"] == 2
    assert None not in found.values()


async def test_records_of_the_private_log_are_for_auditors(reader: Reader) -> None:
    query = f"""{{ provenanceRecords(filter: {{log: {{eq: private}}}}) {{ totalCount nodes {{ cid }} }}
        all: provenanceRecords {{ totalCount }}
        ingestBatch(id: "{BATCH}") {{ history {{ totalCount nodes {{ cid }} }} }}
        past: ingestBatch(id: "{BATCH}", asOf: "{FUTURE}") {{ history {{ totalCount nodes {{ cid }} }} }} }}"""
    seen = {name: await reader.ask(query, viewer=v) for name, v in (("w", WRITER), ("a", AUDITOR), ("all", ADMIN))}
    empty: dict[str, Any] = {"totalCount": 0, "nodes": []}
    assert seen["w"]["provenanceRecords"] == empty
    assert seen["w"]["ingestBatch"] == seen["w"]["past"] == {"history": empty}
    assert seen["all"]["ingestBatch"] == seen["all"]["past"]
    cid = seen["all"]["ingestBatch"]["history"]["nodes"][0]["cid"]
    assert seen["a"]["provenanceRecords"]["nodes"] == [{"cid": cid}]
    assert seen["all"]["all"]["totalCount"] == seen["w"]["all"]["totalCount"] + 1
    one = f'{{ provenanceRecord(id: "{cid}") {{ cid }} node(id: "{cid}") {{ id }} }}'
    assert set((await reader.ask(one)).values()) == {None}
    assert None not in (await reader.ask(one, viewer=AUDITOR)).values()


def _empty(kind: Any) -> str:
    """The least literal that an argument admits."""
    if isinstance(kind, GraphQLNonNull):
        return _empty(kind.of_type)
    if isinstance(kind, GraphQLList):
        return "[]"
    return "{}" if isinstance(kind, GraphQLInputObjectType) else '"x"'


@pytest.mark.parametrize("viewer", [PUBLIC_VIEWER, READER, AUDITOR], ids=["anonymous", "read", "audit"])
async def test_no_mutation_without_the_scope(reader: Reader, viewer: Viewer) -> None:
    mutation = reader.engine.house.derived.core.mutation_type
    assert mutation is not None
    before = await reader.store.run("MATCH (n) RETURN count(n)")
    for name, field in mutation.fields.items():
        args = ", ".join(f"{n}: {_empty(a.type)}" for n, a in field.args.items() if isinstance(a.type, GraphQLNonNull))
        answer = await reader.codes(f"mutation {{ {name}({args}) {{ __typename }} }}", viewer=viewer)
        assert answer == ["FORBIDDEN"], name
    assert await reader.store.run("MATCH (n) RETURN count(n)") == before


async def test_whoever_may_write_may(reader: Reader) -> None:
    query = 'mutation { upsertWork(input: {title: "Allowed"}) { outcome } }'
    for viewer in (WRITER, ADMIN):
        assert (await reader.ask(query, viewer=viewer))["upsertWork"] == {"outcome": "created"}
