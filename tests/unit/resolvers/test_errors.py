"""How failures look in answers, and what never gets out."""

import logging

import pytest
from graphql import GraphQLError, GraphQLSyntaxError, parse, validate

from ontology.errors import Invalid, Unavailable
from resolvers.errors import VARIABLES, as_json, problem
from tests.unit.resolvers.toys import derived_toys


def _caused(error: Exception) -> GraphQLError:
    return GraphQLError(str(error), path=["recording", 0, "title"], original_error=error)


def test_an_expected_failure_keeps_its_code_and_hint() -> None:
    error = Invalid("PAGE_INVALID", "A page of -1.", "Ask for more.", path="first")
    assert as_json(error) == {
        "message": "A page of -1.",
        "extensions": {"code": "PAGE_INVALID", "hint": "Ask for more.", "path": "first"},
    }
    assert as_json(_caused(Unavailable("UNAVAILABLE", "The graph is down."))) == {
        "message": "The graph is down.",
        "path": ["recording", 0, "title"],
        "extensions": {"code": "UNAVAILABLE"},
    }


def test_syntax_errors() -> None:
    with pytest.raises(GraphQLSyntaxError) as wrong:
        parse("{\n  a(")
    entry = as_json(wrong.value)
    assert entry["extensions"] == {"code": "GRAPHQL_PARSE_FAILED"}
    assert entry["locations"] == [{"line": 2, "column": 5}]


def test_validation_errors() -> None:
    (error,) = validate(derived_toys().core, parse("{nothing}"))
    assert as_json(error) == {
        "message": "Cannot query field 'nothing' on type 'Query'.",
        "locations": [{"line": 1, "column": 2}],
        "extensions": {"code": "GRAPHQL_VALIDATION_FAILED"},
    }
    assert as_json(error, code=VARIABLES)["extensions"] == {"code": "BAD_USER_INPUT"}


def test_a_code_of_its_own_wins() -> None:
    error = GraphQLError("Odd.", extensions={"code": "ODD", "more": 1})
    assert as_json(error)["extensions"] == {"code": "ODD", "more": 1}


@pytest.mark.parametrize("wrapped", [True, False])
def test_what_we_do_not_expect_is_logged_and_only_its_id_goes_out(
    caplog: pytest.LogCaptureFixture,
    wrapped: bool,  # noqa: FBT001
) -> None:
    secret = KeyError("MATCH (n:Recording {id: $p0}) RETURN n")
    with caplog.at_level(logging.ERROR):
        entry = as_json(_caused(secret) if wrapped else secret, new_id=lambda: "0123456789abcdef")
    assert entry["message"] == "Something went wrong on our side."
    assert entry["extensions"]["code"] == "INTERNAL"
    assert entry["extensions"]["id"] == "0123456789abcdef"
    assert "MATCH" not in str(entry)
    (record,) = caplog.records
    assert "0123456789abcdef" in record.message
    assert record.exc_info is not None
    assert record.exc_info[1] is secret


def test_ids_of_failures_differ(caplog: pytest.LogCaptureFixture) -> None:
    with caplog.at_level(logging.CRITICAL, logger="resolvers.errors"):
        ids = {as_json(ValueError("x"))["extensions"]["id"] for _ in range(20)}
    assert len(ids) == 20


def test_problems_name_the_input_field() -> None:
    error = Invalid("TEXT_EMPTY", "title is empty.", "Leave it out.", path="title")
    assert problem(error, "input.3") == {
        "code": "TEXT_EMPTY",
        "message": "title is empty.",
        "hint": "Leave it out.",
        "path": "input.3.title",
    }
    assert problem(Invalid("X", "y"))["path"] is None
    assert problem(Invalid("X", "y"), "input")["path"] == "input"
