"""Files into the real graph: outcomes, contradictions, dry runs, second runs, the demo catalogue."""

from __future__ import annotations

import csv
import json
from typing import TYPE_CHECKING, Any

import pytest

from graph import outcomes
from graph.change import Source, Upsert
from graph.live import export
from ingest import merge
from ingest.run import Options, ingest
from ingest.stages import inputs
from omnisonic.demo import load_demo
from ontology.errors import Invalid
from ontology.registry import core

if TYPE_CHECKING:
    from pathlib import Path

    from graph.commit import Door
    from graph.driver import Store
    from ingest.report import Summary

ACTOR = "urn:omnisonic:actor:test"


async def dump(store: Store) -> bytes:
    return b"".join([line async for line in export(store, core())])


async def count(store: Store, pattern: str) -> int:
    (found,) = await store.read(f"MATCH {pattern} RETURN count(*)", {})
    return int(found)


def table(path: Path, rows: list[dict[str, str]]) -> str:
    names = list(dict.fromkeys(name for row in rows for name in row))
    with path.open("w", encoding="utf-8", newline="") as stream:
        writer = csv.DictWriter(stream, names)
        writer.writeheader()
        writer.writerows(rows)
    return str(path)


def row(number: int, title: str = "", artist: str = "Ed", **more: str) -> dict[str, str]:
    return {"isrc": f"GBAHS14{number:05}", "title": title or f"Song number {number}", "artist": artist} | more


async def run(door: Door, *paths: str, told: list[Any] | None = None, **options: Any) -> Summary:
    on_row = told.append if told is not None else None
    return await ingest(door, inputs(paths), Options(ACTOR, **options), on_row=on_row)


def counts(summary: Summary) -> dict[str, int]:
    return {name: number for name, number in summary.counts.items() if number}


async def test_the_demo_catalogue_and_a_second_run(door: Door, store: Store) -> None:
    first = await load_demo(door)
    assert counts(first) == {"created": 13, "updated": 1}
    before = await dump(store)
    records = await count(store, "(p:ProvenanceRecord)")
    assert await count(store, "(:Recording)") == 32
    assert await count(store, "(:Work)") == 36
    assert await count(store, "(:Contributor)") == 47
    assert await count(store, "(:Release)") == 27
    assert await count(store, "(:Track)") == 17
    assert await count(store, "()-[:CONTRIBUTED_TO]->()") == 97
    again = await load_demo(door)
    assert counts(again) == {"unchanged": 14}
    assert await dump(store) == before
    assert await count(store, "(p:ProvenanceRecord)") == records


async def test_the_demo_catalogue_says_who_did_what(door: Door, store: Store) -> None:
    await load_demo(door)
    (found,) = await store.read(
        "MATCH (c:Contributor)-[k:CONTRIBUTED_TO]->(w:Work)<-[:RECORDING_OF]-(r:Recording {isrc: $isrc}) "
        "RETURN collect([c.name, k.role])",
        {"isrc": "GBAHS1400099"},
    )
    assert sorted(found) == [["Amy Wadge", "writer"], ["Ed Sheeran", "writer"]]
    (status,) = await store.read("MATCH (i:Identifier {key: 'barcode:123'}) RETURN i.status", {})
    assert status == "invalid"


async def test_outcomes_of_rows(door: Door, store: Store, tmp_path: Path) -> None:
    first = table(tmp_path / "a.csv", [row(1), row(2), row(2), row(3) | {"title": ""}])
    told: list[Any] = []
    assert counts(await run(door, first, told=told)) == {"created": 2, "unchanged": 1, "rejected": 1}
    assert [(r["line"], r["outcome"], r.get("code")) for r in told] == [
        (2, "created", None),
        (3, "created", None),
        (4, "unchanged", None),
        (5, "rejected", "FIELD_MISSING"),
    ]
    second = table(tmp_path / "b.csv", [row(1, genre="Pop", duration="3:45"), row(2), row(4, artist="Another")])
    assert counts(await run(door, second)) == {"created": 1, "updated": 1, "unchanged": 1}
    (genre, length) = await store.read("MATCH (r:Recording {isrc: 'GBAHS1400001'}) RETURN r.genre, r.durationMs", {})
    assert (genre, length) == (["Pop"], 225_000)
    assert await count(store, "(:Contributor)") == 2


async def test_rows_and_batch_are_in_the_graph(door: Door, store: Store, tmp_path: Path) -> None:
    summary = await run(door, table(tmp_path / "a.csv", [row(1), row(2, artist="")]), source="Label")
    batch = await outcomes.batch_of(store, summary.batch)
    assert batch is not None
    assert (batch["status"], batch["source"], batch["format"], batch["rowCount"], batch["rejected"]) == (
        "done", "Label", "csv", 2, 1,
    )  # fmt: skip
    rows = {r["line"]: r async for r in outcomes.rows_of(store, summary.batch)}
    assert rows[2]["outcome"] == "created"
    assert (rows[3]["code"], "artist" in rows[3]["cause"], bool(rows[3]["repair"])) == ("FIELD_MISSING", True, True)
    refs = await store.read("MATCH (p:ProvenanceRecord {etype: 'Recording'}) RETURN collect(p.sourceRef)", {})
    assert refs == [[f"ingest-batch/{summary.batch}"]]
    (log,) = await store.read("MATCH (p:ProvenanceRecord {etype: 'IngestBatch'}) RETURN collect(DISTINCT p.log)", {})
    assert log == ["private"]


@pytest.mark.parametrize(
    ("code", "title", "artist"),
    [
        ("TITLE_CONTRADICTS", "Quite Another Thing", "Ed"),
        ("ARTIST_CONTRADICTS", "Song number 1", "Somebody Else"),
    ],
)
async def test_a_row_that_contradicts_the_graph_waits(
    door: Door, tmp_path: Path, code: str, title: str, artist: str
) -> None:
    await run(door, table(tmp_path / "a.csv", [row(1)]))
    before = await dump(door.store)
    told: list[Any] = []
    await run(door, table(tmp_path / "b.csv", [row(1, title, artist, genre="Pop")]), told=told)
    assert (told[0]["outcome"], told[0]["code"]) == ("needs_review", code)
    said, known = (title, "Song number 1") if code.startswith("TITLE") else (artist, "Ed")
    assert repr(said) in told[0]["cause"]
    assert repr(known) in told[0]["cause"]
    assert await dump(door.store) == before


async def test_the_same_in_other_letters_is_no_contradiction(door: Door, store: Store, tmp_path: Path) -> None:
    await run(door, table(tmp_path / "a.csv", [row(1, "Señorita", "Ed Sheeran")]))
    before = await dump(store)
    summary = await run(door, table(tmp_path / "b.csv", [row(1, "SENORITA", "ed sheeran")]))
    assert counts(summary) == {"unchanged": 1}
    assert await dump(store) == before


async def test_a_corrected_title_is_taken(door: Door, store: Store, tmp_path: Path) -> None:
    await run(door, table(tmp_path / "a.csv", [row(1, "Thinking Out Lod")]))
    assert counts(await run(door, table(tmp_path / "b.csv", [row(1, "Thinking Out Loud")]))) == {"updated": 1}
    (title,) = await store.read("MATCH (r:Recording) RETURN r.title", {})
    assert title == "Thinking Out Loud"


async def test_a_file_that_contradicts_itself_settles_on_its_first_word(
    door: Door, store: Store, tmp_path: Path
) -> None:
    path = table(tmp_path / "a.csv", [row(1, duration="3:00"), row(1, duration="4:00")])
    told: list[Any] = []
    await run(door, path, told=told)
    assert [(r["outcome"], r.get("code")) for r in told] == [("created", None), ("unchanged", "VALUE_DIFFERS")]
    before = await dump(store)
    assert counts(await run(door, path)) == {"unchanged": 2}
    assert await dump(store) == before


async def test_csv_joins_what_musicbrainz_told(door: Door, store: Store, tmp_path: Path) -> None:
    await load_demo(door)
    contributors = await count(store, "(:Contributor)")
    rows = [{"isrc": "GB-AHS-14-00099", "title": "Thinking out loud", "artist": "Ed Sheeran", "genre": "Pop"}]
    assert counts(await run(door, table(tmp_path / "a.csv", rows))) == {"updated": 1}
    assert await count(store, "(:Contributor)") == contributors
    assert await count(store, "(:Recording {isrc: 'GBAHS1400099'})") == 1


async def test_wrong_identifiers_are_kept_and_marked(door: Door, store: Store, tmp_path: Path) -> None:
    rows = [row(1) | {"isrc": "not-an-isrc"}, row(2) | {"isrc": "not-an-isrc"}, row(3, upc="123", album="A")]
    told: list[Any] = []
    await run(door, table(tmp_path / "a.csv", rows), told=told)
    assert [(r["outcome"], r.get("code")) for r in told] == [
        ("created", "IDENTIFIER_INVALID"), ("created", "IDENTIFIER_INVALID"), ("created", "IDENTIFIER_INVALID"),
    ]  # fmt: skip
    (kept,) = await store.read("MATCH (i:Identifier {status: 'invalid'}) RETURN collect(i.value)", {})
    assert sorted(kept) == ["123", "not-an-isrc"]
    assert await count(store, "(:Recording)-[:IDENTIFIED_BY]->(:Identifier {value: 'not-an-isrc'})") == 2


async def test_a_dry_run_writes_nothing_and_tells_the_truth(door: Door, store: Store, tmp_path: Path) -> None:
    rows = [row(n, artist=f"Artist {n % 7}") for n in range(700)] + [
        row(n, artist=f"Artist {n % 7}") for n in range(50)
    ]
    path = table(tmp_path / "a.csv", [*rows, row(3, "Another Thing Entirely", "X")])
    dry = await run(door, path, dry_run=True)
    assert await count(store, "(n)") == 0
    wet = await run(door, path)
    assert counts(dry) == counts(wet) == {"created": 700, "unchanged": 50, "needs_review": 1}
    assert dry.batch == wet.batch


async def test_several_files_are_one_batch_and_rows_name_theirs(door: Door, tmp_path: Path) -> None:
    (tmp_path / "b.jsonl").write_text(json.dumps(row(2)) + "\n{\n", encoding="utf-8")
    table(tmp_path / "a.csv", [row(1)])
    told: list[Any] = []
    summary = await run(door, str(tmp_path), told=told)
    assert counts(summary) == {"created": 2, "rejected": 1}
    assert [r["input"].rsplit("/", 1)[-1] for r in told] == ["a.csv", "b.jsonl", "b.jsonl"]


async def test_a_row_with_more_changes_than_a_commit_takes(door: Door, store: Store, tmp_path: Path) -> None:
    tracks = [
        {"position": n, "title": f"T {n}", "recording": {"id": f"00000000-0000-4000-8000-{n:012}", "title": f"T {n}"}}
        for n in range(1, 401)
    ]
    release = {
        "id": "11111111-1111-4111-8111-111111111111",
        "title": "Box",
        "media": [{"position": 1, "tracks": tracks}],
    }
    (tmp_path / "box.json").write_text(json.dumps(release, indent=1), encoding="utf-8")
    summary = await run(door, str(tmp_path / "box.json"))
    assert counts(summary) == {"created": 1}
    assert await count(store, "(:Release)<-[:ON_RELEASE]-(:Track)-[:OF_RECORDING]->(:Recording)") == 400


async def test_a_header_that_is_none_stops_before_anything_is_written(door: Door, store: Store, tmp_path: Path) -> None:
    (tmp_path / "a.csv").write_text("foo,bar\n1,2\n", encoding="utf-8")
    with pytest.raises(Invalid) as caught:
        await run(door, str(tmp_path / "a.csv"))
    assert caught.value.code == "COLUMNS_MISSING"
    assert await count(store, "(n)") == 0


async def test_one_row_that_cannot_be_stored_costs_no_other(
    door: Door, store: Store, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A change that the door refuses although the row was checked: as when the store changes underneath."""
    plain = merge.differences

    def spoiled(claim: Any, *rest: Any) -> dict[str, object]:
        found = plain(claim, *rest)
        return found | {"year": 99_999} if claim.name == "Song number 5" else found

    monkeypatch.setattr("ingest.link.differences", spoiled)
    told: list[Any] = []
    await run(door, table(tmp_path / "a.csv", [row(n) for n in range(300)]), told=told)
    assert [r["line"] for r in told if r["outcome"] == "rejected"] == [7]
    assert await count(store, "(:Recording)") == 299


async def test_an_entity_that_others_changed_meanwhile(door: Door, store: Store, tmp_path: Path) -> None:
    path = table(tmp_path / "a.csv", [row(1, genre="Pop")])
    summary = await run(door, path)
    rows = [r async for r in outcomes.rows_of(store, summary.batch)]
    change = Upsert("Recording", rows[0]["entity"], {"genre": None})
    await door.commit([change], actor=ACTOR, source=Source("user"))
    assert counts(await run(door, path)) == {"updated": 1}
