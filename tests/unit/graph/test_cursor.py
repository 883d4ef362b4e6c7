"""Cursors come back as they went, and nothing else is one."""

from __future__ import annotations

from base64 import urlsafe_b64encode
from typing import Any

import orjson
import pytest
from hypothesis import given
from hypothesis import strategies as st

from graph import cursor
from ontology.errors import Invalid

KEYS = st.none() | st.booleans() | st.integers(-(2**63), 2**63 - 1) | st.text(st.characters(exclude_categories=["Cs"]))


@given(st.lists(KEYS, min_size=1, max_size=4), st.text("abc ", max_size=9))
def test_there_and_back(keys: list[Any], order: str) -> None:
    text = cursor.encode([order, *keys])
    assert text.isascii()
    assert cursor.decode(text, order, len(keys)) == keys
    assert [cursor.part(i, order, len(keys))(text) for i in range(len(keys))] == keys


@given(st.text() | st.binary().map(lambda b: urlsafe_b64encode(b).decode()))
def test_nothing_else_is_one(text: str) -> None:
    with pytest.raises(Invalid, match="CURSOR_INVALID"):
        cursor.decode(text, "year", 2)


@pytest.mark.parametrize(
    "value",
    [["title", 1, "a"], ["year", "a"], ["year", 1, "a", "b"], ["year", 2**63, "a"], ["year", 1.5, "a"], {"year": 1}],
)
def test_of_another_order_or_shape(value: Any) -> None:
    text = urlsafe_b64encode(orjson.dumps(value)).decode()
    with pytest.raises(Invalid, match="CURSOR_INVALID"):
        cursor.decode(text, "year", 2)


def test_no_cursor_has_no_keys() -> None:
    assert cursor.part(0, "year", 2)(None) is None
