"""Failures as GraphQL answers give them: the one place where an exception becomes an entry of `errors`.

What we expect has a code and a hint. What we do not expect is logged under an opaque id, and only the id goes
out: no detail, no trace, no Cypher.
"""

from __future__ import annotations

import logging
from collections.abc import Callable
from secrets import token_hex
from typing import Any, Final

from graphql import GraphQLError, GraphQLSyntaxError

from ontology.errors import OmnisonicError

PARSE: Final = "GRAPHQL_PARSE_FAILED"
VALIDATION: Final = "GRAPHQL_VALIDATION_FAILED"
VARIABLES: Final = "BAD_USER_INPUT"
INTERNAL: Final = "INTERNAL"

_log = logging.getLogger(__name__)


def as_json(
    error: BaseException, *, code: str = VALIDATION, new_id: Callable[[], str] = lambda: token_hex(8)
) -> dict[str, Any]:
    """One entry of `errors`: message, locations and path where known, extensions {code, hint, …}.

    `code` is for a GraphQLError that carries none and that no other exception caused: what the caller was
    about when it came up (validation, or coercing variables).
    """
    cause = error.original_error if isinstance(error, GraphQLError) else error
    entry: dict[str, Any]
    if isinstance(cause, OmnisonicError):
        entry = {"message": cause.message, "extensions": _extensions(cause)}
    elif cause is not None and not isinstance(cause, GraphQLError):
        entry = _internal(cause, new_id())
    else:
        entry = _graphql(cause or error, code)
    if isinstance(error, GraphQLError):
        entry |= _where(error)
    return {k: entry[k] for k in ("message", "locations", "path", "extensions") if k in entry}


def problem(error: OmnisonicError, prefix: str = "") -> dict[str, Any]:
    """An entry of `problems` in a mutation's answer; `prefix` goes before the path of the input field."""
    path = ".".join(part for part in (prefix, error.path) if part)
    return {"code": error.code, "message": error.message, "hint": error.hint or None, "path": path or None}


def _extensions(error: OmnisonicError) -> dict[str, Any]:
    found = {"code": error.code, "hint": error.hint, "path": error.path}
    return {name: value for name, value in found.items() if value}


def _graphql(error: BaseException, code: str) -> dict[str, Any]:
    if isinstance(error, GraphQLSyntaxError):
        code = PARSE
    extensions = getattr(error, "extensions", None) or {}
    return {"message": getattr(error, "message", str(error)), "extensions": {"code": code, **extensions}}


def _internal(error: BaseException, opaque: str) -> dict[str, Any]:
    _log.error("Unexpected failure %s", opaque, exc_info=error)
    hint = f"Try again; if it stays, report it with the id {opaque}."
    return {
        "message": "Something went wrong on our side.",
        "extensions": {"code": INTERNAL, "hint": hint, "id": opaque},
    }


def _where(error: GraphQLError) -> dict[str, Any]:
    found: dict[str, Any] = {}
    if error.locations:
        found["locations"] = [{"line": at.line, "column": at.column} for at in error.locations]
    if error.path:
        found["path"] = list(error.path)
    return found
