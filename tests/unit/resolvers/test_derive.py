"""What the schema derives from a declaration, seen through toy types and the core ontology."""

from collections.abc import Iterator
from typing import Any

import pytest
from graphql import (
    GraphQLEnumType,
    GraphQLInputObjectType,
    GraphQLInterfaceType,
    GraphQLObjectType,
    GraphQLSchema,
    GraphQLUnionType,
    graphql_sync,
    is_introspection_type,
    parse,
    validate,
)

from ontology.access import ANYONE
from ontology.errors import Invalid
from ontology.registry import core
from ontology.terms import Node, Visibility, text
from resolvers.derive import Derived, build
from resolvers.query import About
from resolvers.roots import Root
from tests.unit.resolvers.toys import derived_toys, toys


@pytest.fixture(name="derived", scope="module")
def _derived() -> Derived:
    return derived_toys()


@pytest.fixture(name="schema", scope="module")
def _schema(derived: Derived) -> GraphQLSchema:
    return derived.core


def _fields(schema: GraphQLSchema, name: str) -> dict[str, str]:
    kind: Any = schema.get_type(name)
    return {field: str(of.type) for field, of in kind.fields.items()}


def _args(schema: GraphQLSchema, name: str, field: str) -> dict[str, str]:
    kind: Any = schema.get_type(name)
    return {arg: str(of.type) for arg, of in kind.fields[field].args.items()}


def _values(schema: GraphQLSchema, name: str) -> dict[str, Any]:
    kind = schema.get_type(name)
    assert isinstance(kind, GraphQLEnumType)
    return {word: of.value for word, of in kind.values.items()}


LIST = {"first": "Int", "after": "String", "last": "Int", "before": "String"}


def test_a_node_type_has_its_interfaces_fields_schemes_and_relations(schema: GraphQLSchema) -> None:
    assert _fields(schema, "Instrument") == {
        "id": "ID!",
        "iri": "String!",
        "createdAt": "DateTime",
        "updatedAt": "DateTime",
        "history": "ProvenanceRecordConnection!",
        "name": "String!",
        "family": "InstrumentFamily",
        "nicknames": "[String!]!",
        "yearMade": "Int",
        "tuned": "Boolean",
        "built": "Date",
        "checkedAt": "DateTime",
        "page": "String",
        "serial": "String",  # required, but not everybody may see it
        "barcode": "String",
        "maker": "Contributor",
        "playedOn": "RecordingConnection!",
        "ownerships": "OwnershipConnection!",
        "owners": "ContributorConnection!",
        "identifiers": "IdentifierConnection!",
    }
    kind = schema.get_type("Instrument")
    assert isinstance(kind, GraphQLObjectType)
    assert {i.name for i in kind.interfaces} == {"Node", "Recorded"}
    assert kind.description == "Something to play.\n\nMore about it."
    assert kind.fields["yearMade"].description == "When it was made."


def test_inverses_appear_on_the_other_side(schema: GraphQLSchema) -> None:
    fields = _fields(schema, "Contributor")
    assert fields["made"] == "InstrumentConnection!"
    assert fields["owned"] == "InstrumentConnection!"
    assert fields["ownerships"] == "OwnershipConnection!"


def test_lists_take_filter_order_and_pages(schema: GraphQLSchema) -> None:
    narrow = {"filter": "RecordingFilter", "orderBy": "[RecordingOrder!]"}
    assert _args(schema, "Instrument", "playedOn") == narrow | LIST
    assert _args(schema, "Instrument", "maker") == {}
    assert _args(schema, "Instrument", "history") == {"first": "Int", "after": "String"}
    assert _args(schema, "Identifier", "identifies") == LIST


def test_the_ends_of_an_edge_type_are_objects_or_unions(schema: GraphQLSchema) -> None:
    fields = _fields(schema, "Ownership")
    assert (fields["owner"], fields["thing"]) == ("Contributor!", "OwnershipThing!")
    union = schema.get_type("OwnershipThing")
    assert isinstance(union, GraphQLUnionType)
    assert [t.name for t in union.types] == ["Instrument", "Release"]


def test_what_leaves_no_records_has_no_history(schema: GraphQLSchema) -> None:
    kind = schema.get_type("Identifier")
    assert isinstance(kind, GraphQLObjectType)
    assert [i.name for i in kind.interfaces] == ["Node"]
    assert "history" not in kind.fields
    assert "asOf" not in _args(schema, "Query", "identifier")


def test_connections(schema: GraphQLSchema) -> None:
    assert _fields(schema, "InstrumentConnection") == {
        "edges": "[InstrumentEdge!]!",
        "nodes": "[Instrument!]!",
        "pageInfo": "PageInfo!",
        "totalCount": "Int!",
    }
    assert _fields(schema, "InstrumentEdge") == {"cursor": "String!", "node": "Instrument!"}
    assert _fields(schema, "SearchEdge")["score"] == "Float!"


def test_filters_follow_the_kind_of_the_field(schema: GraphQLSchema) -> None:
    fields = _fields(schema, "InstrumentFilter")
    assert fields == {
        "and": "[InstrumentFilter!]",
        "or": "[InstrumentFilter!]",
        "not": "InstrumentFilter",
        "id": "IDFilter",
        "name": "StringFilter",
        "family": "InstrumentFamilyFilter",
        "nicknames": "StringListFilter",
        "yearMade": "IntFilter",
        "tuned": "BooleanFilter",
        "built": "DateFilter",
        "checkedAt": "DateTimeFilter",
        "page": "StringFilter",
        "createdAt": "DateTimeFilter",
        "updatedAt": "DateTimeFilter",
        "barcode": "StringFilter",
        "maker": "ContributorRelationFilter",
        "playedOn": "RecordingRelationFilter",
        "ownerships": "OwnershipRelationFilter",
        "owners": "ContributorRelationFilter",
        "identifiers": "IdentifierRelationFilter",
    }
    assert _fields(schema, "InstrumentRelationFilter") == {"some": "InstrumentFilter", "none": "InstrumentFilter"}
    assert _fields(schema, "InstrumentFamilyFilter") == {
        "eq": "InstrumentFamily",
        "ne": "InstrumentFamily",
        "in": "[InstrumentFamily!]",
        "exists": "Boolean",
    }
    assert list(_fields(schema, "StringListFilter")) == ["eq", "ne", "in", "contains", "startsWith", "exists"]


def test_mixed_relations_are_no_filters(schema: GraphQLSchema) -> None:
    fields = _fields(schema, "OwnershipFilter")
    assert "owner" in fields
    assert "thing" not in fields
    assert "identifies" not in _fields(schema, "IdentifierFilter")


def test_private_fields_are_neither_filters_nor_sort_keys_but_can_be_written(schema: GraphQLSchema) -> None:
    assert "serial" not in _fields(schema, "InstrumentFilter")
    assert "SERIAL" not in _values(schema, "InstrumentOrderField")
    assert _fields(schema, "InstrumentInput")["serial"] == "String"


def test_sort_keys_stand_for_graph_properties(schema: GraphQLSchema) -> None:
    assert _values(schema, "InstrumentOrderField") == {
        "ID": "id",
        "NAME": "name",
        "FAMILY": "family",
        "YEAR_MADE": "yearMade",
        "TUNED": "tuned",
        "BUILT": "built",
        "CHECKED_AT": "checkedAt",
        "PAGE": "page",
        "CREATED_AT": "createdAt",
        "UPDATED_AT": "updatedAt",
        "BARCODE": "barcode",
    }
    assert _values(schema, "ProvenanceRecordOrderField")["ID"] == "cid"


def test_declared_words_are_enum_values_wherever_graphql_can_spell_them(schema: GraphQLSchema) -> None:
    assert _values(schema, "InstrumentFamily") == {"string": "string", "_8_bit": "8-bit", "_null": "null"}


def test_the_fields_of_query(derived: Derived) -> None:
    query = _fields(derived.core, "Query")
    assert (query["instrument"], query["instruments"]) == ("Instrument", "InstrumentConnection")
    assert (query["ownership"], query["ownerships"]) == ("Ownership", "OwnershipConnection")
    assert _args(derived.core, "Query", "instrument") == {
        "id": "ID",
        "barcode": "String",
        "asOf": "DateTime",
        "asOfSize": "Int",
    }
    assert derived.roots["Query.instrument"] == Root("lookup", "Instrument")
    assert derived.roots["Query.ownerships"] == Root("connection", "Ownership")
    assert derived.roots["Query.node"] == Root("node", None)
    assert derived.roots["Query.search"] == Root("search", None)
    assert _values(derived.core, "SearchType")["INSTRUMENT"] == "Instrument"
    assert "CONTRIBUTION" not in _values(derived.core, "SearchType")


def test_one_failing_field_of_query_cannot_take_the_others_down(derived: Derived) -> None:
    query = _fields(derived.core, "Query")
    assert [name for name, kind in query.items() if kind.endswith("!")] == ["about"]


def test_every_root_field_but_about_is_known(derived: Derived) -> None:
    found = {
        f"{name}.{field}" for name in ("Query", "Mutation", "Subscription") for field in _fields(derived.core, name)
    }
    assert found - derived.roots.keys() == {"Query.about"}
    assert derived.roots.keys() <= found


def test_mutations_of_what_can_be_written(derived: Derived) -> None:
    mutation = _fields(derived.core, "Mutation")
    assert mutation["upsertInstrument"] == "UpsertInstrumentPayload"
    assert mutation["upsertOwnerships"] == "UpsertOwnershipsPayload"
    assert mutation["deleteInstrument"] == "DeletePayload"
    unwritable = {"Diary", "Diaries", "Identifier", "Identifiers", "ProvenanceRecord", "IngestBatch"}
    assert not {f"{verb}{name}" for verb in ("upsert", "delete") for name in unwritable} & mutation.keys()
    assert _args(derived.core, "Mutation", "upsertInstruments") == {
        "input": "[InstrumentInput!]!",
        "idempotencyKey": "String",
    }
    assert _fields(derived.core, "UpsertInstrumentPayload") == {
        "instrument": "Instrument",
        "outcome": "ChangeOutcome",
        "cid": "String",
        "tx": "String",
        "replayed": "Boolean!",
        "problems": "[Problem!]!",
    }
    assert derived.roots["Mutation.upsertInstruments"] == Root("upsert_many", "Instrument")


def test_inputs_patch_and_refer(schema: GraphQLSchema) -> None:
    fields = _fields(schema, "InstrumentInput")
    assert not [name for name, kind in fields.items() if kind.endswith("!")]
    assert "createdAt" not in fields
    expected = {
        "barcode": "String",
        "identifiers": "[IdentifierInput!]",
        "removeIdentifiers": "[IdentifierInput!]",
        "maker": "ContributorRef",
        "playedOn": "[RecordingRef!]",
        "addPlayedOn": "[RecordingRef!]",
        "removePlayedOn": "[RecordingRef!]",
    }
    assert expected.items() <= fields.items()
    assert _fields(schema, "InstrumentRef") == {"id": "ID", "barcode": "String"}
    assert _fields(schema, "OwnershipInput") == {
        "id": "ID",
        "share": "Int",
        "owner": "ContributorRef",
        "thing": "OwnershipThingRef",
    }
    assert _fields(schema, "OwnershipThingRef") == {"instrument": "InstrumentRef", "release": "ReleaseRef"}
    assert schema.get_type("DiaryInput") is None


def test_subscriptions_are_for_recorded_public_nodes(derived: Derived) -> None:
    fields = _fields(derived.core, "Subscription")
    assert fields["instrumentUpdated"] == "InstrumentUpdate!"
    assert not {"diaryUpdated", "ownershipUpdated", "identifierUpdated", "provenanceRecordUpdated"} & fields.keys()
    assert _fields(derived.core, "InstrumentUpdate") == {
        "cursor": "String!",
        "record": "ProvenanceRecord!",
        "instrument": "Instrument",
    }


def test_records_have_their_computed_fields(schema: GraphQLSchema) -> None:
    fields = _fields(schema, "ProvenanceRecord")
    assert (fields["changes"], fields["state"], fields["recordState"]) == ("[FieldChange!]!", "JSON", "RecordState!")
    assert _fields(schema, "FieldChange") == {"field": "String!", "before": "JSON", "after": "JSON"}


def _undocumented(schema: GraphQLSchema) -> Iterator[str]:
    for name, kind in schema.type_map.items():
        if is_introspection_type(kind):
            continue
        if not kind.description:
            yield name
        if isinstance(kind, GraphQLObjectType | GraphQLInterfaceType):
            for field, of in kind.fields.items():
                yield from [f"{name}.{field}({a})" for a, arg in of.args.items() if not arg.description]
        if isinstance(kind, GraphQLObjectType | GraphQLInterfaceType | GraphQLInputObjectType):
            yield from [f"{name}.{field}" for field, of in kind.fields.items() if not of.description]


def test_everything_has_its_doc() -> None:
    assert not list(_undocumented(derived_toys().core))


def test_derived_values_are_maps_that_name_their_type() -> None:
    core_schema = build(toys()).core
    query = core_schema.query_type
    assert query is not None
    thing = {"__typename": "Instrument", "id": "1", "family": "8-bit", "nicknames": ["Fiddle"]}
    query.fields["ownership"].resolve = lambda *_, **__: {"thing": thing, "share": 3}
    query.fields["node"].resolve = lambda *_, **__: thing
    text = '{ownership(id:"1"){share thing{...on Instrument{id family nicknames}}} node(id:"1"){__typename id}}'
    assert graphql_sync(core_schema, text).formatted == {
        "data": {
            "ownership": {"share": 3, "thing": {"id": "1", "family": "_8_bit", "nicknames": ["Fiddle"]}},
            "node": {"__typename": "Instrument", "id": "1"},
        }
    }


def test_enum_arguments_arrive_as_plain_values() -> None:
    core_schema = build(toys()).core
    query = core_schema.query_type
    assert query is not None
    given: dict[str, Any] = {}
    query.fields["instruments"].resolve = lambda _source, _info, **args: given.update(args)
    text = """query ($order: [InstrumentOrder!]) {
      instruments(filter: {family: {in: [_8_bit, string]}}, orderBy: $order) { totalCount }
    }"""
    found = graphql_sync(core_schema, text, variable_values={"order": [{"field": "YEAR_MADE"}]})
    assert found.errors is None
    assert given == {
        "filter": {"family": {"in": ["8-bit", "string"]}},
        "orderBy": [{"field": "yearMade", "direction": "ASC"}],
    }
    assert {type(word) for word in given["filter"]["family"]["in"]} == {str}


def test_about_is_answered_by_strawberry_itself() -> None:
    derived = build(toys(), About(name="Toys", version="9", base_iri="https://toys.example"))
    found = derived.schema.execute_sync("{ about { name version baseIri } }")
    assert found.errors is None
    assert found.data == {"about": {"name": "Toys", "version": "9", "baseIri": "https://toys.example"}}


def test_names_that_clash_are_refused_at_start_up() -> None:
    class InstrumentEdge(Node, plural="instrumentEdges", iri="omo:X", visibility=Visibility.PUBLIC, read=ANYONE):
        """Wants the name of a connection's edge."""

        name = text("schema:name", "A name.")

    with pytest.raises(Invalid, match="InstrumentEdge") as type_clash:
        build(toys().extend(InstrumentEdge))
    assert type_clash.value.code == "ONTOLOGY_INVALID"

    class Twin(Node, plural="recordings", iri="omo:Twin", visibility=Visibility.PUBLIC, read=ANYONE):
        """Wants a plural that is taken."""

        name = text("schema:name", "A name.")

    with pytest.raises(Invalid, match="two fields named recordings") as field_clash:
        build(core().extend(Twin))
    assert field_clash.value.code == "ONTOLOGY_INVALID"


def test_wrong_values_of_scalars_are_told_before_anything_runs(schema: GraphQLSchema) -> None:
    text = '{instruments(filter: {built: {gte: "1999-02-31"}}) {totalCount} instrument(id: "1", asOf: "noon") {id}}'
    assert [error.message for error in validate(schema, parse(text))] == [
        "Date is '1999-02-31': no such day. Mend the date.",
        "DateTime is 'noon'. Give an ISO 8601 time with its offset: 2024-05-01T12:00:00Z.",
    ]
