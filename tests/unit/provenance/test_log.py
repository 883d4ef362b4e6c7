from __future__ import annotations

from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from provenance.log import EMPTY_ROOT, Frontier, fold, leaf_hash, node_hash, subtrees

from .trees import mth

# The leaves and roots of the Certificate Transparency test suite.
LEAVES = [
    bytes.fromhex(leaf)
    for leaf in (
        "",
        "00",
        "10",
        "2021",
        "3031",
        "40414243",
        "5051525354555657",
        "606162636465666768696a6b6c6d6e6f",
    )
]
ROOTS = [
    "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855",
    "6e340b9cffb37a989ca544e6bb780a2c78901d3fb33738768511a30617afa01d",
    "fac54203e7cc696cf0dfcb42c92a1d9dbaf70ad9e621f4bd8d98662f00e3c125",
    "aeb6bcfe274b70a14fb067a5e5578264db0fa9b51af5e0ba159158f329e06e77",
    "d37ee418976dd95753c1c73862b9398fa2a2cf9b4ff0fdfe8b30cd95209614b7",
    "4e3bbb1f7b478dcfe71fb631631519a3bca12c9aefca1612bfce4c13a86264d4",
    "76e67dadbcdf1e10e1b74ddc608abd2f98dfb16fbce75277b5232a127f2087ef",
    "ddb89be403809e325750d3d263cd78929c2942b7942a34b77e122c9594a74c8c",
    "5dc9da79a70659a9ad559cb701ded9a2ab9d823aad2f4960cfe370eff4604328",
]


def grown(leaves: list[bytes]) -> Frontier:
    frontier = Frontier()
    for leaf in leaves:
        frontier.append(leaf_hash(leaf))
    return frontier


@pytest.mark.parametrize("size", range(9))
def test_known_roots(size: int) -> None:
    assert grown(LEAVES[:size]).root().hex() == ROOTS[size] == mth(LEAVES[:size]).hex()


def test_the_empty_tree() -> None:
    assert Frontier().root() == EMPTY_ROOT == fold([])


@pytest.mark.parametrize("size", range(70))
def test_frontier_is_the_tree_of_the_rfc(size: int) -> None:
    leaves = [bytes([at]) for at in range(size)]
    frontier = grown(leaves)
    assert frontier.root() == mth(leaves)
    assert list(frontier.hashes) == [
        mth(leaves[index << level : (index + 1) << level]) for level, index in subtrees(0, size)
    ]
    again = Frontier(size, frontier.hashes)
    again.append(leaf_hash(b"more"))
    assert again.root() == mth([*leaves, b"more"])


@given(st.integers(0, 2**40), st.integers(0, 2**40))
def test_subtrees_cover_the_span_once(start: int, length: int) -> None:
    spans = [(index << level, (index + 1) << level) for level, index in subtrees(start, start + length)]
    assert [a for a, _ in spans] == [start, *(b for _, b in spans[:-1])] if spans else not length
    assert not spans or spans[-1][1] == start + length
    for (level, index), (other, _) in pairwise(subtrees(start, start + length)):
        assert level != other or index & 1, "two halves of one larger subtree"


def test_a_frontier_of_other_length_is_refused() -> None:
    with pytest.raises(ValueError, match="3 leaves"):
        Frontier(3, [bytes(32)])
    with pytest.raises(ValueError, match="1 leaves"):
        Frontier(1, [b""])


def test_nodes_and_leaves_are_told_apart() -> None:
    left, right = leaf_hash(b"a"), leaf_hash(b"b")
    assert leaf_hash(left + right) != node_hash(left, right)
