from __future__ import annotations

from collections.abc import Callable
from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ontology.errors import Invalid
from provenance.log import EMPTY_ROOT, leaf_hash
from provenance.proof import (
    consistency_proof,
    consistency_spans,
    inclusion_proof,
    inclusion_spans,
    needed_nodes,
    tree_root,
    verify_consistency,
    verify_inclusion,
)

from .trees import mth, path, subproof

MANY = 35
LEAVES = [bytes([at]) for at in range(MANY)]


def reader(size: int) -> Callable[[int, int], bytes]:
    def read(level: int, index: int) -> bytes:
        assert (index + 1) << level <= size, "asked for a node that is not over existing leaves"
        return mth(LEAVES[index << level : (index + 1) << level])

    return read


@pytest.mark.parametrize("size", range(1, MANY))
def test_inclusion_is_the_path_of_the_rfc(size: int) -> None:
    root = tree_root(size, reader(size))
    assert root == mth(LEAVES[:size])
    for index in range(size):
        hashes = inclusion_proof(index, size, reader(size))
        assert hashes == path(index, LEAVES[:size])
        verify_inclusion(index, size, leaf_hash(LEAVES[index]), hashes, root)


@pytest.mark.parametrize("second", range(1, MANY))
def test_consistency_is_the_proof_of_the_rfc(second: int) -> None:
    for first in range(second + 1):
        hashes = consistency_proof(first, second, reader(second))
        assert hashes == (subproof(first, LEAVES[:second]) if first else [])
        verify_consistency(first, second, mth(LEAVES[:first]), mth(LEAVES[:second]), hashes)


def forged(hashes: list[bytes]) -> list[list[bytes]]:
    """Every proof that is wrong in one place."""
    found = [[*hashes, bytes(32)], [bytes(32), *hashes]]
    for at in range(len(hashes)):
        found += [
            hashes[:at] + hashes[at + 1 :],
            [*hashes[:at], bytes(32), *hashes[at + 1 :]],
            [*hashes[:at], hashes[at], *hashes[at:]],
        ]
    return [*found, hashes[::-1]] if hashes != hashes[::-1] else found


@pytest.mark.parametrize("size", [1, 2, 3, 4, 7, 8, 9, 16, 21])
def test_forged_inclusion_is_refused(size: int) -> None:
    root = mth(LEAVES[:size])
    for index in range(size):
        leaf, hashes = leaf_hash(LEAVES[index]), path(index, LEAVES[:size])
        bad = [(index, size, leaf, one, root) for one in forged(hashes)]
        bad += [(other, size, leaf, hashes, root) for other in range(-1, size + 2) if other != index]
        bad += [(index, size, leaf_hash(b"other"), hashes, root), (index, size, leaf, hashes, bytes(32))]
        for case in bad:
            with pytest.raises(Invalid) as caught:
                verify_inclusion(*case)
            assert caught.value.code == "inclusion_invalid"


@pytest.mark.parametrize("second", [1, 2, 3, 4, 7, 8, 9, 16, 21])
def test_forged_consistency_is_refused(second: int) -> None:
    new = mth(LEAVES[:second])
    for first in range(second + 1):
        old, hashes = mth(LEAVES[:first]), subproof(first, LEAVES[:second]) if first else []
        bad = [(first, second, old, new, one) for one in forged(hashes)]
        bad += [(first, second, bytes(32), new, hashes), (second + 1, second, old, new, hashes)]
        bad += [(-1, second, old, new, hashes)]
        if first:  # from the empty tree everything follows
            bad.append((first, second, old, bytes(32), hashes))
        for case in bad:
            with pytest.raises(Invalid) as caught:
                verify_consistency(*case)
            assert caught.value.code == "consistency_invalid"


@given(st.integers(1, 2**62), st.data())
def test_spans_of_great_trees(size: int, data: st.DataObject) -> None:
    index = data.draw(st.integers(0, size - 1))
    spans = inclusion_spans(index, size)
    covered = sorted([*spans, (index, index + 1)])
    assert (covered[0][0], covered[-1][1]) == (0, size)
    assert all(one[1] == other[0] for one, other in pairwise(covered))
    assert len(needed_nodes(spans)) <= 2 * 62


@given(st.integers(1, 2**62), st.data())
def test_consistency_spans_of_great_trees(second: int, data: st.DataObject) -> None:
    first = data.draw(st.integers(1, second))
    for start, end in consistency_spans(first, second):
        assert end <= first or start >= first, "a hash over old and new leaves shows nothing"


@pytest.mark.parametrize(("index", "size"), [(0, 0), (1, 1), (-1, 5), (5, 5)])
def test_no_proof_of_a_leaf_that_is_not_there(index: int, size: int) -> None:
    with pytest.raises(Invalid):
        inclusion_spans(index, size)


def test_no_proof_backwards() -> None:
    with pytest.raises(Invalid):
        consistency_spans(3, 2)
    verify_consistency(0, 0, EMPTY_ROOT, EMPTY_ROOT, [])
