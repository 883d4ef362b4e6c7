"""Keeps what a bulk load was told on disk, in parts small enough to be worked on in memory one at a time.

An entity, or an identifier, is always in the same part. Holds a bounded number of changes; decides nothing.
"""

from __future__ import annotations

import marshal
from collections import Counter
from collections.abc import Iterator
from pathlib import Path
from typing import Any
from zlib import crc32

KEY_BYTES = 17
"""Of an entity: one byte for its type, sixteen for its UUID."""
HELD = 20_000
"""Entries that are kept in memory before they go to disk."""

Entry = tuple[Any, ...]
"""Plain values only: what `marshal` writes."""


class Spill:
    """Appends entries to at most 256 parts. One writer; read when `flush` was called."""

    def __init__(self, folder: Path, parts: int = 256) -> None:
        self.folder = folder
        self.parts = parts
        folder.mkdir(parents=True, exist_ok=True)
        self._held: dict[tuple[int, str], list[Entry]] = {}
        self._keys: dict[int, list[bytes]] = {}
        self._count = 0

    def entity(self, key: bytes, entry: Entry) -> None:
        """A change of the entity with this key of KEY_BYTES bytes."""
        part = key[-1] % self.parts
        self._keys.setdefault(part, []).append(key)
        self._hold(part, "changes", entry)

    def identifier(self, key: str, entry: Entry) -> None:
        """A mention of an identifier."""
        self._hold(crc32(key.encode("utf-8", "surrogatepass")) % self.parts, "identifiers", entry)

    def flush(self) -> None:
        """Write what is held."""
        for (part, kind), entries in self._held.items():
            block = marshal.dumps(entries)
            with self._path(part, kind).open("ab") as out:
                out.write(len(block).to_bytes(8, "big") + block)
        for part, keys in self._keys.items():
            with self._path(part, "keys").open("ab") as out:
                out.write(b"".join(keys))
        self._held, self._keys, self._count = {}, {}, 0

    def keys(self, part: int) -> Counter[int]:
        """How many different entities of each type a part has, by the type's byte."""
        path = self._path(part, "keys")
        found = path.read_bytes() if path.exists() else b""
        return Counter(key[0] for key in {found[at : at + KEY_BYTES] for at in range(0, len(found), KEY_BYTES)})

    def changes(self, part: int) -> Iterator[Entry]:
        """The changes of a part, in the order in which they came."""
        return self._entries(part, "changes")

    def identifiers(self, part: int) -> Iterator[Entry]:
        """The mentions of identifiers of a part, in the order in which they came."""
        return self._entries(part, "identifiers")

    def drop(self, part: int) -> None:
        """Free the disk of a part."""
        for kind in ("changes", "identifiers", "keys"):
            self._path(part, kind).unlink(missing_ok=True)

    def _hold(self, part: int, kind: str, entry: Entry) -> None:
        self._held.setdefault((part, kind), []).append(entry)
        self._count += 1
        if self._count >= HELD:
            self.flush()

    def _entries(self, part: int, kind: str) -> Iterator[Entry]:
        path = self._path(part, kind)
        if not path.exists():
            return
        with path.open("rb") as stream:
            while size := stream.read(8):
                yield from marshal.loads(stream.read(int.from_bytes(size, "big")))  # noqa: S302 - our own, from above

    def _path(self, part: int, kind: str) -> Path:
        return self.folder / f"{part:03d}.{kind}"
