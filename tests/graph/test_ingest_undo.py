"""Taking a batch back: afterwards the live state is byte for byte what it was."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from graph import outcomes
from graph.change import Source, Upsert
from ingest.undo import undo
from omnisonic.demo import load_demo
from ontology.errors import NotFound
from tests.graph.test_ingest import ACTOR, count, counts, dump, row, run, table

if TYPE_CHECKING:
    from pathlib import Path

    from graph.commit import Door
    from graph.driver import Store


async def test_what_was_created_goes(door: Door, store: Store, tmp_path: Path) -> None:
    path = table(
        tmp_path / "a.csv", [row(n, album="A", upc="825646285877", iswc="T-034.524.680-1") for n in range(150)]
    )
    before = await dump(store)
    summary = await run(door, path)
    assert await dump(store) != before
    done = await undo(door, summary.batch, actor=ACTOR)
    assert (done.left, done.conflicts) == (0, [])
    assert await dump(store) == before
    batch = await outcomes.batch_of(store, summary.batch)
    assert batch is not None
    assert batch["status"] == "undone"


async def test_what_was_changed_is_what_it_was(door: Door, store: Store, tmp_path: Path) -> None:
    await load_demo(door)
    before = await dump(store)
    rows = [
        {
            "isrc": "GBAHS1400099", "title": "Thinking Out Loud (2014)", "artist": "Ed Sheeran", "genre": "Pop",
            "album": "x", "upc": "825646285877", "composer": "Amy Wadge", "iswc": "T-034.524.680-1", "duration": "5:00",
        },
        row(1, artist="Ed Sheeran"),
    ]  # fmt: skip
    summary = await run(door, table(tmp_path / "a.csv", rows))
    assert counts(summary) == {"created": 1, "updated": 1}
    done = await undo(door, summary.batch, actor=ACTOR)
    assert done.left == 0
    assert await dump(store) == before
    history = await store.read("MATCH (p:ProvenanceRecord {sourceRef: $ref}) RETURN count(p)", {
        "ref": f"undo/ingest-batch/{summary.batch}"
    })  # fmt: skip
    assert history[0] > 0


async def test_undo_run_again_and_undo_again(door: Door, store: Store, tmp_path: Path) -> None:
    path = table(tmp_path / "a.csv", [row(n) for n in range(5)])
    before = await dump(store)
    first = await run(door, path)
    full = await dump(store)
    await undo(door, first.batch, actor=ACTOR)
    again = await run(door, path)
    assert counts(again) == {"created": 5}
    assert await dump(store) == full
    assert await count(store, "(:IngestRow)") == 5
    done = await undo(door, again.batch, actor=ACTOR)
    assert done.left == 0
    assert await dump(store) == before
    assert (await undo(door, again.batch, actor=ACTOR)).deleted == 0


async def test_what_others_changed_since_is_left_and_told(door: Door, store: Store, tmp_path: Path) -> None:
    summary = await run(door, table(tmp_path / "a.csv", [row(1), row(2, artist="Other")]))
    (known,) = await store.read("MATCH (r:Recording {isrc: 'GBAHS1400001'}) RETURN r.id", {})
    await door.commit([Upsert("Recording", known, {"genre": ["Folk"]})], actor=ACTOR, source=Source("user"))
    done = await undo(door, summary.batch, actor=ACTOR)
    assert done.left >= 1
    assert f"Recording/{known}" in [conflict["entity"] for conflict in done.conflicts]
    assert await count(store, "(:Recording)") == 1
    (genre,) = await store.read("MATCH (r:Recording) RETURN r.genre", {})
    assert genre == ["Folk"]


async def test_what_others_lean_on_is_left_and_told(door: Door, store: Store, tmp_path: Path) -> None:
    first = await run(door, table(tmp_path / "a.csv", [row(1)]), source="one")
    await run(door, table(tmp_path / "b.csv", [row(2)]), source="one")
    done = await undo(door, first.batch, actor=ACTOR)
    assert [conflict["entity"].split("/")[0] for conflict in done.conflicts] == ["Contributor"]
    assert await count(store, "(:Contributor)-[:CONTRIBUTED_TO]->(:Recording {isrc: 'GBAHS1400002'})") == 1
    assert await count(store, "(:Recording)") == 1


async def test_there_is_no_such_batch(door: Door) -> None:
    with pytest.raises(NotFound) as caught:
        await undo(door, "11111111-1111-4111-8111-111111111111", actor=ACTOR)
    assert caught.value.code == "BATCH_UNKNOWN"
