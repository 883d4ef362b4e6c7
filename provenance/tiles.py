"""The tree cut into tiles of 256 hashes, as C2SP tlog-tiles wants them: https://c2sp.org/tlog-tiles.

Pure: says which tiles there are, what is in them and what their paths are; storing them is the caller's.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

from ontology.errors import Invalid
from provenance.log import HASH_BYTES, Frontier

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator, Sequence

TILE_WIDTH: Final = 256
ENTRIES: Final = -1
"""The level of entry bundles: the leaf data themselves."""

_HEIGHT: Final = 8
_MAX_LEVEL: Final = 63 // _HEIGHT
_PATH: Final = re.compile(
    r"tile/(?P<level>entries|[0-9])/(?P<index>(?:x[0-9]{3}/)*[0-9]{3})(?:\.p/(?P<width>[1-9][0-9]{0,2}))?"
)


@dataclass(frozen=True, slots=True, order=True)
class Tile:
    """One tile: its level (ENTRIES for a bundle), its index there, and how many of 256 hashes are in it."""

    level: int
    index: int
    width: int = TILE_WIDTH

    @property
    def path(self) -> str:
        """`tile/0/x001/x234/067`, with `.p/5` behind it where only 5 are there."""
        digits = f"{self.index:03}"
        digits = digits.zfill(-(-len(digits) // 3) * 3)
        groups = [digits[at : at + 3] for at in range(0, len(digits), 3)]
        index = "/".join([f"x{group}" for group in groups[:-1]] + groups[-1:])
        level = "entries" if self.level == ENTRIES else str(self.level)
        return f"tile/{level}/{index}" + ("" if self.width == TILE_WIDTH else f".p/{self.width}")


def parse_tile_path(path: str) -> Tile:
    """Read the one path of a tile; Invalid (`tile_invalid`) for any other text."""
    match = _PATH.fullmatch(path)
    if match:
        level = ENTRIES if match["level"] == "entries" else int(match["level"])
        index = int(match["index"].replace("x", "").replace("/", ""))
        tile = Tile(level, index, int(match["width"] or TILE_WIDTH))
        if level <= _MAX_LEVEL and tile.path == path and tile.width <= TILE_WIDTH:
            return tile
    raise Invalid("tile_invalid", "not the path of a tile", "tile/<level>/<index>[.p/<width>]")


def new_tiles(old: int, new: int, *, level: int = 0) -> list[Tile]:
    """The tiles of one level that a log gains by growing from `old` to `new` leaves, the partial one last."""
    shift = _HEIGHT * max(level, 0)
    before, after = old >> shift, new >> shift
    if before == after:
        return []
    indexes = range(before // TILE_WIDTH, -(-after // TILE_WIDTH))
    return [Tile(level, index, min(TILE_WIDTH, after - index * TILE_WIDTH)) for index in indexes]


def edge_tiles(size: int) -> list[Tile]:
    """The partial tiles at the right edge of a log, from level 0: what is needed to let it grow."""
    tiles = []
    for level in range(_MAX_LEVEL + 1):
        count = size >> _HEIGHT * level
        if count % TILE_WIDTH:
            tiles.append(Tile(level, count // TILE_WIDTH, count % TILE_WIDTH))
    return tiles


class TileEdge:
    """The right edge of a log, ready to grow: at most 255 hashes a level."""

    def __init__(self) -> None:
        self.size = 0
        self._levels: list[list[bytes]] = [[] for _ in range(_MAX_LEVEL + 1)]

    @classmethod
    def load(cls, size: int, fetch: Callable[[Tile], bytes]) -> TileEdge:
        """The edge of a log of that size, from its `edge_tiles`."""
        edge = cls()
        edge.size = size
        for tile in edge_tiles(size):
            edge._levels[tile.level] = tile_hashes(tile, fetch(tile))
        return edge

    def append(self, leaves: Iterable[bytes]) -> Iterator[tuple[Tile, bytes]]:
        """Add leaf hashes; gives every hash tile to be written, full ones as they fill, partial ones last.

        The edge has grown only when the iterator is at its end.
        """
        old = self.size
        for leaf in leaves:
            self.size += 1
            yield from self._add(0, leaf)
        for tile in edge_tiles(self.size):
            if self.size >> _HEIGHT * tile.level != old >> _HEIGHT * tile.level:
                yield tile, b"".join(self._levels[tile.level])

    def _add(self, level: int, found: bytes) -> Iterator[tuple[Tile, bytes]]:
        hashes = self._levels[level]
        hashes.append(found)
        if len(hashes) == TILE_WIDTH:
            self._levels[level] = []
            index = (self.size >> _HEIGHT * (level + 1)) - 1
            yield Tile(level, index), b"".join(hashes)
            yield from self._add(level + 1, _grown(hashes).root())

    def frontier(self) -> Frontier:
        """The same edge as the hashes of its perfect subtrees; its root is the log's root."""
        return Frontier(self.size, [h for level in reversed(self._levels) for h in _grown(level).hashes])


class NodeReader:
    """Reads the hashes of perfect subtrees out of the tiles of a log of `size` leaves; keeps what it fetched."""

    def __init__(self, size: int, fetch: Callable[[Tile], bytes]) -> None:
        self._size = size
        self._fetch = fetch
        self._tiles: dict[Tile, list[bytes]] = {}

    def __call__(self, level: int, index: int) -> bytes:
        tile = tile_of(level, index, self._size)
        if tile not in self._tiles:
            self._tiles[tile] = tile_hashes(tile, self._fetch(tile))
        below = level % _HEIGHT
        start = (index << below) % TILE_WIDTH
        return _grown(self._tiles[tile][start : start + (1 << below)]).root()


def tile_of(level: int, index: int, size: int) -> Tile:
    """The tile of a log of `size` leaves that holds the hashes under the node (level, index)."""
    height, below = divmod(level, _HEIGHT)
    number = (index << below) // TILE_WIDTH
    return Tile(height, number, min(TILE_WIDTH, (size >> _HEIGHT * height) - number * TILE_WIDTH))


def tile_hashes(tile: Tile, data: bytes) -> list[bytes]:
    """The hashes in a tile's bytes; Invalid (`tile_invalid`) unless it has its width."""
    if len(data) != tile.width * HASH_BYTES:
        raise Invalid("tile_invalid", f"{tile.path} has {len(data)} bytes, not {tile.width * HASH_BYTES}")
    return [data[at : at + HASH_BYTES] for at in range(0, len(data), HASH_BYTES)]


def entry_bundle(leaves: Sequence[bytes]) -> bytes:
    """The bytes of a bundle: each leaf's data behind its length in two bytes, big-endian."""
    return b"".join([len(leaf).to_bytes(2, "big") + leaf for leaf in leaves])


def bundle_entries(tile: Tile, data: bytes) -> list[bytes]:
    """The leaf data in a bundle's bytes; Invalid (`tile_invalid`) unless it has its width."""
    entries = []
    at = 0
    while at < len(data):
        end = at + 2 + int.from_bytes(data[at : at + 2], "big")
        entries.append(data[at + 2 : end])
        at = end
    if at != len(data) or len(entries) != tile.width:
        raise Invalid("tile_invalid", f"{tile.path} is no bundle of {tile.width} entries")
    return entries


def _grown(hashes: Iterable[bytes]) -> Frontier:
    frontier = Frontier()
    for found in hashes:
        frontier.append(found)
    return frontier
