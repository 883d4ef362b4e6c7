"""Cursors: the sort keys of one item, so that a page continues where it stopped whatever was written meanwhile."""

from __future__ import annotations

from base64 import urlsafe_b64decode, urlsafe_b64encode
from collections.abc import Callable
from typing import Any

import orjson

from ontology.errors import Invalid


def encode(keys: list[Any]) -> str:
    """The cursor of an item: the name of its order, then its sort keys (its id last)."""
    return urlsafe_b64encode(orjson.dumps(keys)).rstrip(b"=").decode("ascii")


def decode(cursor: str, order: str, size: int) -> list[Any]:
    """The sort keys. Raises Invalid(CURSOR_INVALID) where it is none of ours, or of another order."""
    try:
        keys = orjson.loads(urlsafe_b64decode(cursor.encode("ascii") + b"=" * (-len(cursor) % 4)))
    except (ValueError, UnicodeEncodeError):
        keys = None
    known = isinstance(keys, list) and len(keys) == size + 1 and keys[0] == order
    if not known or not all(_plain(k) for k in keys):
        hint = "Use a cursor from an answer to the same query with the same orderBy."
        raise Invalid("CURSOR_INVALID", f"{cursor[:60]!r} is no cursor of this list.", hint)
    return list(keys[1:])


def _plain(key: Any) -> bool:
    """Whether it is a value that the store can hold: integers have 64 bits there."""
    return key is None or isinstance(key, str) or (isinstance(key, int) and -(2**63) <= key < 2**63)


def part(index: int, order: str, size: int) -> Callable[[Any], Any]:
    """A converter from a cursor to one of its keys; a missing cursor gives None."""

    def convert(cursor: Any) -> Any:
        return None if cursor is None else decode(cursor, order, size)[index]

    return convert
