"""Strategies for what a block may hold, and what it may not."""

from __future__ import annotations

from typing import Any

from hypothesis import strategies as st

from provenance.cid import Cid, Value

TEXT = st.text(st.characters(exclude_categories=["Cs"]), max_size=30)
CIDS = st.binary(max_size=64).map(Cid.of)
SCALARS = st.one_of(
    st.none(),
    st.booleans(),
    st.integers(-(2**63), 2**63 - 1),
    TEXT,
    st.binary(max_size=600),
    CIDS,
)
VALUES: st.SearchStrategy[Value] = st.recursive(
    SCALARS,
    lambda inner: st.one_of(st.lists(inner, max_size=4), st.dictionaries(TEXT, inner, max_size=4)),
    max_leaves=10,
)
STATES = st.dictionaries(TEXT, VALUES, max_size=5)


def mapped(value: Any, link: Any) -> Any:
    """The value with every link replaced by `link(cid)`."""
    if isinstance(value, dict):
        return {key: mapped(item, link) for key, item in value.items()}
    if isinstance(value, list | tuple):
        return [mapped(item, link) for item in value]
    return link(value) if isinstance(value, Cid) else value
