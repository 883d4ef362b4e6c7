"""What an operation costs: fields times page sizes, with sizes from literals, variables and defaults."""

from collections.abc import Mapping
from typing import Any

import pytest
from graphql import get_introspection_query, parse, validate
from hypothesis import given, settings
from hypothesis import strategies as st

from ontology.errors import Invalid
from resolvers.cost import compile_cost
from resolvers.limits import Allowance
from tests.unit.resolvers.documents import operation_of
from tests.unit.resolvers.toys import derived_toys

DERIVED = derived_toys()
PLENTY = Allowance(cost=10**9)


def _cost(text: str, variables: Mapping[str, Any] | None = None, allowance: Allowance = PLENTY) -> int:
    document = parse(text)
    assert not validate(DERIVED.core, document)
    return compile_cost(DERIVED.core, DERIVED.roots, document, operation_of(document), allowance)(variables or {})


def _code(text: str, variables: Mapping[str, Any] | None = None, allowance: Allowance = PLENTY) -> str:
    with pytest.raises(Invalid) as refused:
        _cost(text, variables, allowance)
    assert refused.value.hint
    return refused.value.code


@pytest.mark.parametrize(
    ("text", "cost"),
    [
        ("{recording{id title}}", 3),
        ("{recordings(first:10){totalCount nodes{id title}}}", 2 + 10 * 3),
        ("{recordings{nodes{id}}}", 1 + 25 * 2),
        ("{recordings(first:2){edges{cursor node{id}}}}", 1 + 2 * 4),
        ("{recordings(last:2){nodes{works(first:3){nodes{id}}}}}", 1 + 2 * (1 + 1 + 3 * 2)),
        ("{a:recording{id} b:recording{id}}", 4),
        ("{recording{...F ...F}} fragment F on Recording{id title}", 5),
        ('{node(id:"1"){...on Work{title recordings(first:5){nodes{id}}}}}', 1 + 2 + 5 * 2),
        ("{ownerships(first:2){nodes{thing{...on Release{title} ...on Instrument{name}}}}}", 1 + 2 * (1 + 1 + 2)),
        ("{recording{history(first:3){nodes{changes{field}}}}}", 1 + 1 + 3 * 3),
        ("{recordings(first:0){nodes{id}}}", 1),
        ('{search(query:"x",first:4){edges{score node{id}}}}', 1 + 4 * 4),
        ("{__typename recording{__typename}}", 1),
        (get_introspection_query(), 0),
    ],
)
def test_costs(text: str, cost: int) -> None:
    assert _cost(text) == cost


def test_page_sizes_may_be_variables() -> None:
    text = "query($n:Int){recordings(first:$n){nodes{works(first:$n){nodes{id}}}}}"
    assert _cost(text, {"n": 10}) == 1 + 10 * (1 + 1 + 10 * 2)
    assert _cost(text, {"n": None}) == _cost(text, {}) == 1 + 25 * (1 + 1 + 25 * 2)


def test_a_plural_mutation_costs_its_results_for_each_input() -> None:
    text = "mutation($i:[InstrumentInput!]!){upsertInstruments(input:$i){tx results{cid outcome}}}"
    assert _cost(text, {"i": [{}] * 7}) == 2 + 7 * 3
    assert _cost("mutation{upsertInstruments(input:[{},{}]){results{cid}}}") == 1 + 2 * 2
    assert _cost("mutation{upsertInstruments(input:{}){results{cid}}}") == 1 + 2


@pytest.mark.parametrize(
    ("code", "text", "variables"),
    [
        ("PAGE_TOO_LARGE", "{recordings(first:101){nodes{id}}}", {}),
        ("PAGE_TOO_LARGE", "query($n:Int){recordings{nodes{works(last:$n){nodes{id}}}}}", {"n": 101}),
        ("PAGE_INVALID", "{recordings(first:-1){nodes{id}}}", {}),
        ("PAGE_INVALID", "{recordings(first:1,last:1){nodes{id}}}", {}),
        ("PAGE_INVALID", "query($n:Int){recordings(first:$n,last:0){nodes{id}}}", {"n": 0}),
        ("BATCH_TOO_LARGE", "mutation($i:[WorkInput!]!){upsertWorks(input:$i){tx}}", {"i": [{}] * 1_001}),
    ],
)
def test_refusals(code: str, text: str, variables: dict[str, Any]) -> None:
    assert _code(text, variables) == code


def test_both_ends_of_a_list_are_fine_while_only_one_is_given() -> None:
    text = "query($f:Int,$l:Int){recordings(first:$f,last:$l){nodes{id}}}"
    assert _cost(text, {"f": 3, "l": None}) == _cost(text, {"l": 3}) == 1 + 3 * 2


def test_a_page_of_a_hundred_and_a_batch_of_a_thousand_are_the_most() -> None:
    assert _cost("{recordings(first:100){nodes{id}}}") == 201
    text = "mutation($i:[WorkInput!]!){upsertWorks(input:$i){results{cid}}}"
    assert _cost(text, {"i": [{}] * 1_000}) == 2_001


def test_over_budget_says_the_number_and_the_limit() -> None:
    text = "{recordings(first:100){nodes{works(first:100){nodes{contributors(first:100){nodes{id}}}}}}}"
    with pytest.raises(Invalid, match=r"costs 2,020,201 .* limit is 100,000") as refused:
        _cost(text, allowance=Allowance())
    assert refused.value.code == "COST_EXCEEDED"


def test_three_levels_of_default_pages_are_within_the_budget() -> None:
    text = "{recordings{nodes{isrc title works{nodes{iswc title contributors{nodes{id name}}}}}}}"
    assert _cost(text, allowance=Allowance()) < Allowance().cost


def test_what_does_not_depend_on_variables_is_refused_while_compiling() -> None:
    document = parse("{recordings(first:101){nodes{id}}}")
    with pytest.raises(Invalid):
        compile_cost(DERIVED.core, DERIVED.roots, document, operation_of(document))


Tree = list[tuple[int | None, Any]]
TREES: st.SearchStrategy[Tree] = st.recursive(
    st.just([]),
    lambda deeper: st.lists(st.tuples(st.one_of(st.none(), st.integers(0, 100)), deeper), min_size=1, max_size=3),
    max_leaves=8,
)


def _written(tree: Tree, variables: dict[str, int | None], at: str = "v") -> str:
    """Nested lists of parts of works, each page size a variable, under aliases."""
    parts = ["id"]
    for i, (size, inner) in enumerate(tree):
        name = f"{at}_{i}"
        variables[name] = size
        parts.append(f"{name}: parts(first: ${name}) {{ totalCount nodes {{ {_written(inner, variables, name)} }} }}")
    return " ".join(parts)


def _expected(tree: Tree) -> int:
    return 1 + sum(2 + (25 if size is None else size) * (1 + _expected(inner)) for size, inner in tree)


@given(TREES)
@settings(max_examples=40)
def test_cost_is_the_sum_over_the_written_out_tree(tree: Tree) -> None:
    variables: dict[str, int | None] = {}
    body = _written(tree, variables)
    declared = f"({', '.join(f'${name}: Int' for name in variables)})" if variables else ""
    assert _cost(f"query {declared} {{ work {{ {body} }} }}", variables) == 1 + _expected(tree)
