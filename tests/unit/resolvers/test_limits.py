"""What one document may ask: each limit at its edge, with its code; bombs and cycles cost nothing."""

from contextlib import suppress

import pytest
from graphql import GraphQLSyntaxError, get_introspection_query, parse
from hypothesis import given, settings
from hypothesis import strategies as st

from ontology.errors import Invalid
from resolvers.limits import Allowance, Extent, _piece, _sum, _written_out, check, read
from tests.unit.resolvers.documents import documents, fragments_of, naive, operation_of


def _code(text: str, allowance: Allowance) -> str | None:
    try:
        check(read(text, allowance), allowance)
    except Invalid as error:
        return error.code if error.hint else "a refusal without a hint"
    return None


F = " fragment F on T{x:a}"


@pytest.mark.parametrize(
    ("code", "allowance", "within", "over"),
    [
        ("DEPTH_EXCEEDED", Allowance(depth=2), "{a{b}}", "{a{b{c}}}"),
        ("DEPTH_EXCEEDED", Allowance(depth=2), "{...F} fragment F on T{a{b}}", "{a{...F}} fragment F on T{a{b}}"),
        ("DEPTH_EXCEEDED", Allowance(depth=1), "{...{a}}", "{...{a{...{b}}}}"),
        ("ALIASES_EXCEEDED", Allowance(aliases=1), "{x:a b}", "{x:a y:b}"),
        ("ALIASES_EXCEEDED", Allowance(aliases=2), "{...F ...F}" + F, "{...F ...F ...F}" + F),
        ("ROOT_FIELDS_EXCEEDED", Allowance(root_fields=2), "{a b{c d e}}", "{a ...{b ...F}} fragment F on T{c}"),
        ("DIRECTIVES_EXCEEDED", Allowance(directives=1), "query @d{a}", "query($v:Int @d){a ...@d{b}}"),
        ("DIRECTIVES_EXCEEDED", Allowance(directives=1), "{...F@d ...F}" + F, "{...F@d ...F@d}" + F),
        ("SELECTIONS_EXCEEDED", Allowance(selections=3), "{a b c}", "{a b c d}"),
        ("TOKENS_EXCEEDED", Allowance(tokens=4), "{a b}", "{a b c d}"),
        ("TOKENS_EXCEEDED", Allowance(comments=1), "{a}#x", "{a}#x\n#y"),
        ("TOKENS_EXCEEDED", Allowance(length=4), "{aa}", "{aaa}"),
    ],
)  # fmt: skip
def test_each_limit_at_its_edge(code: str, allowance: Allowance, within: str, over: str) -> None:
    assert _code(within, allowance) is None
    assert _code(over, allowance) == code


def test_a_refusal_says_the_number_and_the_limit() -> None:
    with pytest.raises(Invalid, match="has 31 aliases; the limit is 30") as refused:
        check(read("{" + " ".join(f"x{i}: a" for i in range(31)) + "}"))
    assert refused.value.code == "ALIASES_EXCEEDED"


def test_every_operation_of_a_document_is_held_to_the_limits() -> None:
    assert _code("query A{a} query B{a{b{c}}}", Allowance(depth=2)) == "DEPTH_EXCEEDED"


def test_a_fragment_that_nothing_uses_is_held_to_what_validation_would_spend() -> None:
    unused = "{a} fragment F on T{" + "a " * 11 + "}"
    assert _code(unused, Allowance(selections=10)) == "SELECTIONS_EXCEEDED"
    assert _code("{a} fragment F on T{a b c{d}}", Allowance(root_fields=2, depth=1)) is None


@pytest.mark.parametrize("text", [get_introspection_query(), '{__type(name:"T"){a{b{c{d}}}}}'])
def test_introspection_is_exempt_from_depth(text: str) -> None:
    assert _code(text, Allowance(depth=1)) is None


def test_depth_counts_again_beside_introspection() -> None:
    text = "{__schema{...F} a{...F}} fragment F on T{b{c}}"
    assert _code(text, Allowance(depth=2)) == "DEPTH_EXCEEDED"
    assert _code("{__schema{...F} a} fragment F on T{b{c}}", Allowance(depth=1)) is None


def test_a_bomb_of_fragments_is_added_up_and_not_written_out() -> None:
    stages = "".join(f"fragment F{i} on T{{...F{i + 1} ...F{i + 1}}}" for i in range(150))
    bomb = "{...F0}" + stages + "fragment F150 on T{a}"
    assert _code(bomb, Allowance()) == "SELECTIONS_EXCEEDED"


@pytest.mark.parametrize(
    "text",
    [
        "{...A} fragment A on T{...A}",
        "{...A} fragment A on T{a{...B}} fragment B on T{...C b} fragment C on T{...A ...B}",
        "{...Missing}",
    ],
)
def test_cycles_and_missing_fragments_are_left_to_validation(text: str) -> None:
    assert _code(text, Allowance()) is None


def test_a_long_chain_of_fragments_does_not_recurse() -> None:
    chain = "{...F0}" + "".join(f"fragment F{i} on T{{...F{i + 1}}}" for i in range(3_000)) + "fragment F3000 on T{a}"
    check(parse(chain), Allowance(selections=4_000))


def test_what_nests_too_deeply_to_parse_is_a_syntax_error() -> None:
    with pytest.raises(GraphQLSyntaxError, match="nested too deeply"):
        read("{a(x:" + "[" * 900 + "]" * 900 + ")}", Allowance())


def test_what_is_no_graphql_stays_a_syntax_error_with_its_place() -> None:
    with pytest.raises(GraphQLSyntaxError) as wrong:
        read("{a(}")
    assert wrong.value.locations is not None


@given(documents())
@settings(max_examples=25)
def test_counting_equals_writing_every_fragment_out(text: str) -> None:
    document = parse(text)
    allowance = Allowance(selections=10**9)
    known = fragments_of(document)
    whole = _written_out({name: _piece(node) for name, node in known.items()}, allowance)
    found = _sum(_piece(operation_of(document)), whole, allowance)
    assert found == Extent(*naive(operation_of(document).selection_set, known, 1, counts=True))


@given(st.text(alphabet='{}()[]:!$@.#"a b1,\n\\', max_size=60))
@settings(max_examples=100)
def test_any_text_is_read_or_refused(text: str) -> None:
    with suppress(GraphQLSyntaxError, Invalid):
        check(read(text))
