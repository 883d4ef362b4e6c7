"""Where a dry run keeps what it would have written, so that later rows see it: a file, not the graph or memory."""

from __future__ import annotations

import pickle
import sqlite3
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

    from graph.live import Live


class Shelf:
    """Entities by id and by identifier in a temporary database of this process, gone when it is closed."""

    def __init__(self) -> None:
        self._db = sqlite3.connect("", check_same_thread=False)  # "" is a private file that SQLite deletes
        self._db.execute("PRAGMA journal_mode = OFF")
        self._db.execute("CREATE TABLE entity (etype, id, body, PRIMARY KEY (etype, id)) WITHOUT ROWID")
        self._db.execute("CREATE TABLE bearer (key, etype, id, PRIMARY KEY (key, etype, id)) WITHOUT ROWID")

    def put(self, live: Live) -> None:
        """Keep an entity as planned."""
        self._db.execute("INSERT OR REPLACE INTO entity VALUES (?, ?, ?)", (live.etype, live.id, pickle.dumps(live)))
        rows = [(key, live.etype, live.id) for key in live.keys]
        self._db.executemany("INSERT OR IGNORE INTO bearer VALUES (?, ?, ?)", rows)

    def find(self, ids: Mapping[str, Iterable[str]], keys: Iterable[str]) -> list[Live]:
        """The entities that were kept under these ids or with these identifiers."""
        wanted = {(etype, known) for etype, many in ids.items() for known in many}
        for key in keys:
            wanted.update(self._db.execute("SELECT etype, id FROM bearer WHERE key = ?", (key,)))
        found = []
        for entity in wanted:
            row = self._db.execute("SELECT body FROM entity WHERE etype = ? AND id = ?", entity).fetchone()
            if row is not None:
                found.append(pickle.loads(row[0]))  # noqa: S301 - written by ourselves, above
        return found

    def close(self) -> None:
        """Drop it all."""
        self._db.close()
