from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ontology.errors import Invalid
from provenance.log import Frontier, leaf_hash
from provenance.proof import consistency_proof, inclusion_proof, tree_root, verify_consistency, verify_inclusion
from provenance.tiles import (
    ENTRIES,
    NodeReader,
    Tile,
    TileEdge,
    bundle_entries,
    edge_tiles,
    entry_bundle,
    new_tiles,
    parse_tile_path,
)

SIZE = 256 * 257 + 5
HASHES = [leaf_hash(at.to_bytes(4, "big")) for at in range(SIZE)]


def stored(*sizes: int) -> dict[Tile, bytes]:
    """The tiles of a log that grew in these steps, each step by a new process."""
    tiles: dict[Tile, bytes] = {}
    size = 0
    for step in sizes:
        edge = TileEdge.load(size, tiles.__getitem__)
        written = list(edge.append(HASHES[size:step]))
        assert [tile for tile, _ in written] == sorted(
            (tile for level in range(8) for tile in new_tiles(size, step, level=level)),
            key=[tile for tile, _ in written].index,
        )
        assert len({tile for tile, _ in written}) == len(written)
        tiles.update(written)
        size = edge.size
        frontier = edge.frontier()
        assert (size, frontier.size, frontier.root()) == (step, step, root(step))
    return tiles


ROOTS: dict[int, bytes] = {}


def root(size: int) -> bytes:
    if not ROOTS:
        frontier = Frontier()
        for at, found in enumerate(HASHES):
            ROOTS[at] = frontier.root()
            frontier.append(found)
        ROOTS[SIZE] = frontier.root()
    return ROOTS[size]


STEPS = (0, 1, 5, 5, 255, 256, 257, 511, 512, 700, 65535, 65536, 65537, SIZE)


def test_tiles_of_a_growing_log_prove_every_step() -> None:
    tiles = stored(*STEPS)
    for size in STEPS[1:]:
        read = NodeReader(size, tiles.__getitem__)
        assert tree_root(size, read) == root(size)
        for index in {0, size // 2, size - 1}:
            verify_inclusion(index, size, HASHES[index], inclusion_proof(index, size, read), root(size))
        for first in STEPS[: STEPS.index(size)]:
            verify_consistency(first, size, root(first), root(size), consistency_proof(first, size, read))


def test_one_step_or_many_give_the_same_tiles() -> None:
    at_once, in_steps = stored(SIZE), stored(*STEPS)
    assert at_once.items() <= in_steps.items()
    full = {tile for tile in in_steps if tile.width == 256}
    assert full == {tile for tile in at_once if tile.width == 256}
    assert set(edge_tiles(SIZE)) == set(at_once) - full == {Tile(0, 257, 5), Tile(1, 1, 1), Tile(2, 0, 1)}


def test_a_full_tile_is_one_hash_above() -> None:
    tiles = stored(512)
    first = Frontier()
    for found in HASHES[:256]:
        first.append(found)
    assert tiles[Tile(1, 0, 2)][:32] == first.root()
    assert tiles[Tile(0, 1)] == b"".join(HASHES[256:512])


@pytest.mark.parametrize(
    ("tile", "path"),
    [
        (Tile(0, 0), "tile/0/000"),
        (Tile(0, 1, 5), "tile/0/001.p/5"),
        (Tile(3, 999), "tile/3/999"),
        (Tile(1, 1000), "tile/1/x001/000"),
        (Tile(0, 1234067), "tile/0/x001/x234/067"),
        (Tile(0, 1234067, 8), "tile/0/x001/x234/067.p/8"),
        (Tile(ENTRIES, 12, 255), "tile/entries/012.p/255"),
    ],
)
def test_paths_of_the_specification(tile: Tile, path: str) -> None:
    assert tile.path == path
    assert parse_tile_path(path) == tile


@given(st.builds(Tile, st.integers(-1, 7), st.integers(0, 2**55), st.integers(1, 256)))
def test_paths_are_read_back(tile: Tile) -> None:
    assert parse_tile_path(tile.path) == tile


@pytest.mark.parametrize(
    "path",
    [
        "",
        "tile/0/0",
        "tile/0/1000",
        "tile/0/x000/001",
        "tile/0/x001",
        "tile/00/000",
        "tile/8/000",
        "tile/-1/000",
        "tile/0/000.p/0",
        "tile/0/000.p/05",
        "tile/0/000.p/256",
        "tile/0/000.p/257",
        "tile/0/000.p/",
        "/tile/0/000",
        "tile/0/000/",
        "tile/0/../000",
        "tile/data/000",
        "tile/0/\u0660\u0660\u0660",
    ],
)
def test_other_paths_are_refused(path: str) -> None:
    with pytest.raises(Invalid) as caught:
        parse_tile_path(path)
    assert caught.value.code == "tile_invalid"


@given(st.lists(st.binary(max_size=300), min_size=1, max_size=256))
def test_bundles_are_read_back(leaves: list[bytes]) -> None:
    data = entry_bundle(leaves)
    assert bundle_entries(Tile(ENTRIES, 0, len(leaves)), data) == leaves
    for bad in (data[:-1], data + b"\0", data + data):
        with pytest.raises(Invalid):
            bundle_entries(Tile(ENTRIES, 0, len(leaves)), bad)


def test_entry_bundles_follow_the_leaves() -> None:
    assert new_tiles(3, 3, level=ENTRIES) == []
    assert new_tiles(3, 260, level=ENTRIES) == [Tile(ENTRIES, 0), Tile(ENTRIES, 1, 4)]
    assert entry_bundle([b"ab"]) == b"\0\2ab"


def test_a_tile_of_other_length_is_refused() -> None:
    with pytest.raises(Invalid):
        TileEdge.load(3, lambda _tile: bytes(64))
