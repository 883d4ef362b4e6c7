"""Proofs over a log: that a leaf is in a tree, and that one tree is the beginning of another.

Made from whatever holds the hashes of perfect subtrees; checked with nothing but the roots. RFC 6962 section 2.1
says what is in a proof, RFC 9162 sections 2.1.3.2 and 2.1.4.2 how it is checked.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, TypeAlias

from ontology.errors import Invalid
from provenance.log import EMPTY_ROOT, fold, node_hash, subtrees

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Sequence

    ReadNode: TypeAlias = Callable[[int, int], bytes]
    """The hash of the perfect subtree at (level, index); only nodes over existing leaves are asked for."""

Span: TypeAlias = tuple[int, int]


def inclusion_spans(index: int, size: int) -> list[Span]:
    """The leaves [start, end) under each hash of an inclusion proof, from the leaf's sibling upwards."""
    if not 0 <= index < size:
        raise Invalid("inclusion_invalid", f"there is no leaf {index} in a tree of {size}")
    start, end, spans = 0, size, []
    while end - start > 1:
        middle = start + _left_width(end - start)
        if index < middle:
            spans.append((middle, end))
            end = middle
        else:
            spans.append((start, middle))
            start = middle
    return spans[::-1]


def consistency_spans(first: int, second: int) -> list[Span]:
    """The leaves [start, end) under each hash of a consistency proof; none from an empty or the same tree."""
    if not 0 <= first <= second:
        raise Invalid("consistency_invalid", f"a tree of {first} is no beginning of one of {second}")
    if first in (0, second):
        return []
    start, end, spans = 0, second, []
    while first != end:
        middle = start + _left_width(end - start)
        if first <= middle:
            spans.append((middle, end))
            end = middle
        else:
            spans.append((start, middle))
            start = middle
    return ([(start, end)] if start else []) + spans[::-1]


def needed_nodes(spans: Iterable[Span]) -> list[tuple[int, int]]:
    """Every (level, index) that a proof will ask for, for those who would rather fetch at once."""
    return [node for start, end in spans for node in subtrees(start, end)]


def inclusion_proof(index: int, size: int, read: ReadNode) -> list[bytes]:
    """The hashes that show leaf `index` in the tree of `size` leaves."""
    return [_span_hash(span, read) for span in inclusion_spans(index, size)]


def consistency_proof(first: int, second: int, read: ReadNode) -> list[bytes]:
    """The hashes that show the tree of `first` leaves as the beginning of that of `second`."""
    return [_span_hash(span, read) for span in consistency_spans(first, second)]


def tree_root(size: int, read: ReadNode) -> bytes:
    """The root of the first `size` leaves."""
    return _span_hash((0, size), read)


def verify_inclusion(index: int, size: int, leaf: bytes, hashes: Sequence[bytes], root: bytes) -> None:
    """Check the proof for a leaf hash; Invalid (`inclusion_invalid`) unless it leads to the root."""
    if not 0 <= index < size:
        raise Invalid("inclusion_invalid", f"there is no leaf {index} in a tree of {size}")
    at, last, found = index, size - 1, leaf
    for sibling in hashes:
        if last == 0:
            raise Invalid("inclusion_invalid", "the proof is too long")
        if at & 1 or at == last:
            found = node_hash(sibling, found)
            at, last = _past_zeros(at, last)
        else:
            found = node_hash(found, sibling)
        at, last = at >> 1, last >> 1
    if last or found != root:
        raise Invalid("inclusion_invalid", "the proof does not lead to the root")


def verify_consistency(first: int, second: int, first_root: bytes, second_root: bytes, hashes: Sequence[bytes]) -> None:
    """Check that the first tree is the beginning of the second; Invalid (`consistency_invalid`) otherwise."""
    if not 0 <= first <= second:
        raise _inconsistent(f"a tree of {first} is no beginning of one of {second}")
    if first in (0, second):
        _verify_trivial(first, second, first_root, second_root, hashes)
        return
    # a first tree that is perfect is itself the hash to start from
    path = list(hashes) if first & (first - 1) else [first_root, *hashes]
    if not path:
        raise _inconsistent("the proof is empty")
    at, last = first - 1, second - 1
    while at & 1:
        at, last = at >> 1, last >> 1
    old = new = path[0]
    for sibling in path[1:]:
        if last == 0:
            raise _inconsistent("the proof is too long")
        if at & 1 or at == last:
            old, new = node_hash(sibling, old), node_hash(sibling, new)
            at, last = _past_zeros(at, last)
        else:
            new = node_hash(new, sibling)
        at, last = at >> 1, last >> 1
    if last or old != first_root or new != second_root:
        raise _inconsistent("the proof does not lead to the roots")


def _verify_trivial(first: int, second: int, first_root: bytes, second_root: bytes, hashes: Sequence[bytes]) -> None:
    if hashes:
        raise _inconsistent("nothing is to be proven, so the proof is empty")
    if first == second and first_root != second_root:
        raise _inconsistent("trees of the same size have different roots")
    if first == 0 and first_root != EMPTY_ROOT:
        raise _inconsistent("the empty tree has another root")


def _past_zeros(at: int, last: int) -> Span:
    """Skip the levels on which the node is a lone right edge, without a sibling."""
    while at and not at & 1:
        at, last = at >> 1, last >> 1
    return at, last


def _left_width(width: int) -> int:
    """The largest power of two below the width."""
    return 1 << (width - 1).bit_length() - 1


def _span_hash(span: Span, read: ReadNode) -> bytes:
    return fold([read(level, index) for level, index in subtrees(*span)])


def _inconsistent(why: str) -> Invalid:
    return Invalid("consistency_invalid", why)
