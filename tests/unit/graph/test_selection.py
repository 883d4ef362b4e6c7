"""From a document and the shape of its variables to a plan: what is compiled, and what shapes the text."""

from __future__ import annotations

from functools import cache
from typing import Any

import pytest

from graph.enter import render
from graph.plan import Ref, Root, Select, parameters
from graph.render import Statement
from ontology.errors import OmnisonicError
from ontology.registry import core
from resolvers.derive import Derived, build
from resolvers.operation import Library, Operation
from resolvers.rootfield import KINDS
from resolvers.selection import Uncompiled

BASE = "https://omnisonic.example"


@cache
def derived() -> Derived:
    """The schema of the core."""
    return build(core())


def operation(query: str) -> Operation:
    """The only operation of a document."""
    found = Library(derived()).find(query, None)
    assert isinstance(found, Operation), found
    return found


def selects(query: str, variables: dict[str, Any] | None = None) -> list[Select]:
    """What is selected at the root."""
    found = operation(query)
    reader = found.reader(derived().core, variables or {})
    return [reader.select(key, nodes, found.root) for key, nodes in found.roots(reader).items()]


def statement(query: str, variables: dict[str, Any] | None = None) -> Statement:
    """The Cypher of the only root field."""
    (select,) = selects(query, variables)
    declared = derived().roots[f"Query.{select.name}"]
    return render(core(), BASE, Root(KINDS[declared.kind], declared.type or "", select))


def test_fields_merge_in_answer_order() -> None:
    (one,) = selects('{ work(id: "x") { b: title a: kind } work(id: "x") { a: kind c: id recordings { totalCount } } }')
    assert [s.key for s in one.of["Work"]] == ["b", "a", "c", "recordings"]


def test_variables_are_references_and_what_shapes_is_read() -> None:
    query = "query($f: WorkFilter, $n: Int!, $a: String) { works(filter: $f, first: $n, after: $a) { totalCount } }"
    (one,) = selects(query, {"f": {"title": {"eq": "t"}, "kind": {"eq": "song"}}, "n": 3, "a": None})
    assert one.args == {
        "filter": {"title": {"eq": Ref(("f", "title", "eq"))}, "kind": {"eq": "song"}},
        "first": Ref(("n",)),
        "after": None,
    }


def test_absent_variables_leave_their_place_out() -> None:
    query = "query($t: String) { works(filter: {title: {eq: $t}}) { totalCount } }"
    assert selects(query)[0].args == {"filter": {"title": {}}}
    assert selects(query, {"t": None})[0].args == {"filter": {"title": {"eq": None}}}
    found = operation(query)
    assert len({found.shape({}), found.shape({"t": None}), found.shape({"t": "x"})}) == 3
    assert found.shape({"t": "x"}) == found.shape({"t": "y"})


def test_null_where_none_may_be_is_left_to_the_other_executor() -> None:
    with pytest.raises(Uncompiled):
        selects('query($i: ID = "x") { node(id: $i) { id } }', {"i": None})
    with pytest.raises(Uncompiled):
        selects("query($b: Boolean = true) { works @include(if: $b) { totalCount } }", {"b": None})


def test_values_are_parameters() -> None:
    query = 'query($t: String) { works(filter: {title: {in: ["a", $t]}}, first: 7) { totalCount } }'
    query = query.replace("$t: String", "$t: String!")
    found = statement(query, {"t": "`x"})
    values = parameters(found.slots, {"t": "`x"})
    assert ["a", "`x"] in values.values()
    assert 8 in values.values()  # one more, to know whether there is a next page
    assert "`x" not in found.text
    assert "7" not in found.text


@pytest.mark.parametrize(
    ("query", "code"),
    [
        ('{ works(first: 1, before: "x") { totalCount } }', "PAGE_INVALID"),
        ("{ work { id } }", "LOOKUP_KEY_MISSING"),
    ],
)
def test_what_makes_no_sense_has_a_code(query: str, code: str) -> None:
    with pytest.raises(OmnisonicError) as raised:
        statement(query)
    assert raised.value.code == code


def test_a_mutation_input_never_shapes_and_the_rest_does() -> None:
    payload = "{ work { recordings(filter: $f) { totalCount } } }"
    found = operation(f"mutation($i: WorkInput!, $f: RecordingFilter) {{ upsertWork(input: $i) {payload} }}")
    assert found.shape({"i": {"title": "a"}}) == found.shape({"i": {"kind": "song"}})
    assert found.shape({"i": {}, "f": {"year": {"eq": 1}}}) != found.shape({"i": {}, "f": {"year": {"gt": 1}}})
