"""The offline half of the write door writes in sheets what the door writes in a store."""

from __future__ import annotations

import os
import secrets
from collections import Counter
from pathlib import Path
from typing import Any

import pytest

from graph.bulk import Bulk, Loaded, Press
from graph.change import ByIdentifier, Delete, EdgeChange, Entity, Source, Upsert
from graph.commit import Door
from graph.records import Authorship
from graph.sheets import CELL, ITEM, LINES, QUOTE, Sheet, Sheets, arguments
from ontology.access import Owner
from ontology.errors import Invalid
from ontology.registry import core
from ontology.terms import Node, Visibility, text
from provenance.record import Source as RecordSource
from provenance.record import read_payload, read_record
from tests.graph.conftest import BASE

WORK, RECORDING, OTHER, PERSON, CREDIT = (f"00000000-0000-4000-8000-00000000000{n}" for n in range(5))
ACTOR = "urn:omnisonic:actor:tests"
NOW = "2026-01-02T03:04:05.000006Z"


def changes() -> list[Upsert]:
    """Something of everything: several changes of one entity, shared identifiers, line ends, lists, both edges."""
    return [
        Upsert("Work", WORK, {"title": "A\nwork"}, [("iswc", "T-034.524.680-1")]),
        Upsert("Recording", RECORDING, {"title": "One", "durationMs": 5, "aliases": ["a;b", 'c,"d'], "video": False}),
        Upsert("Recording", RECORDING, {"durationMs": None, "year": 2001}, [("isrc", "gb-ahs-14-00099")]),
        Upsert("Recording", OTHER, {"title": "Two"}, [("isrc", "GBAHS1400099"), ("isrc", "nonsense"), ("mbid", WORK)]),
        Upsert("Recording", RECORDING, edges={"works": EdgeChange((WORK,), "add")}),
        Upsert("Contributor", PERSON, {"name": "Ærø 東京"}),
        Upsert(
            "Contribution", CREDIT, {"role": "x"}, source=Entity("Contributor", PERSON), target=Entity("Work", WORK)
        ),
    ]


def press(registry: Any = None) -> Press:
    author = Authorship(ACTOR, RecordSource("import", "ingest-batch/x"))
    return Press(registry or core(), BASE, author, NOW, 1_700_000_000_000, secrets.token_bytes)


def read(bulk: Bulk, name: str) -> list[dict[str, Any]]:
    """The rows of a sheet as properties, typed by its header."""
    (header,) = (bulk.sheets / f"{name}.header.csv").read_text(encoding="utf-8").splitlines()
    columns = [cell.split(":") for cell in header.split(CELL)]
    rows: list[dict[str, Any]] = []
    for path in sorted(bulk.sheets.glob(f"{name}.*.csv")):
        if not path.name.endswith("header.csv"):
            whole = path.read_bytes().decode()
            lines = whole.split("\n")[:-1] if not path.name.endswith(LINES) else [whole.replace(QUOTE, "")[:-1]]
            rows += [
                {n or k: _value(k, cell) for (n, k), cell in zip(columns, line.split(CELL), strict=True) if cell}
                for line in lines
            ]
    return rows


def _value(kind: str, cell: str) -> Any:
    if kind == "byte[]":
        return bytes(int(number) & 255 for number in cell.split(ITEM))
    if kind.endswith("[]"):
        return cell.split(ITEM)
    return int(cell) if kind == "long" else cell == "true" if kind == "boolean" else cell


async def test_sheets_hold_what_the_door_writes(door: Door, tmp_path: Path) -> None:
    bulk = Bulk(core(), tmp_path, parts=3)
    bulk.add(changes())
    loaded = bulk.write(press(), workers=1)
    await door.commit(changes(), actor=ACTOR, source=Source("import", "ingest-batch/x"))
    aside = {"createdAt", "updatedAt", "_head", "_headTime"}
    for label in ("Work", "Recording", "Contributor", "Identifier"):
        rows = await door.store.run(f"MATCH (n:{label}) RETURN properties(n)")
        wanted = [{name: value for name, value in row[0].items() if name not in aside} for row in rows]
        found = [{name: value for name, value in row.items() if name not in aside} for row in read(bulk, label)]
        assert sorted(map(_shown, found)) == sorted(map(_shown, wanted))
        assert loaded.nodes[label] == len(rows)
    for rel in ("IDENTIFIED_BY", "RECORDING_OF", "CONTRIBUTED_TO"):
        ((count,),) = await door.store.run(f"MATCH ()-[r:{rel}]->() RETURN count(r)")
        assert loaded.edges[rel] == count
    records = await door.store.run("MATCH (p:ProvenanceRecord) RETURN p.entityId, p.fields, p.log, p.etype, p.activity")
    names = ("entityId", "fields", "log", "etype", "activity")
    told = [[row[name] for name in names] for row in read(bulk, "ProvenanceRecord")]
    assert sorted(map(repr, told)) == sorted(map(repr, records))


def _shown(row: dict[str, Any]) -> str:
    return repr(sorted(row.items()))


def test_records_are_strict_and_numbered_in_order(tmp_path: Path) -> None:
    bulk = Bulk(core(), tmp_path, parts=4)
    bulk.add(changes())
    bulk.add([Upsert("IngestBatch", WORK, {"source": "s", "status": "done", "startedAt": NOW})])
    loaded = bulk.write(press(), workers=1)
    rows = read(bulk, "ProvenanceRecord")
    assert (loaded.records, loaded.entities) == ({"public": 5, "private": 1}, 6)
    for log, count in loaded.records.items():
        chained = sorted((row for row in rows if row["log"] == log), key=lambda r: (r["time"], r["tx"], r["n"]))
        assert [row["seq"] for row in chained] == list(range(count))
    for row in rows:
        record = read_record(row["block"])
        assert (record.tx, record.n, record.time, record.prev) == (row["tx"], row["n"], NOW, None)
        assert tuple(sorted(read_payload(row["afterBlock"]).state)) == record.fields
    assert len({(row["tx"], row["n"]) for row in rows}) == 6
    assert sorted((row["log"], row["next"]) for row in read(bulk, "Sequence")) == [("private", 1), ("public", 5)]


def _written(folder: Path, workers: int) -> tuple[Loaded, list[str]]:
    bulk = Bulk(core(), folder)
    for at in range(300):
        known = f"00000000-0000-4000-8000-{at:012x}"
        bulk.add([Upsert("Recording", known, {"title": f"R{at}"}, [("isrc", f"USRC1{at % 100:07d}")])])
    loaded = bulk.write(press(), workers=workers)
    aside = {"_head"}
    rows = [{n: v for n, v in row.items() if n not in aside} for row in read(bulk, "Recording")]
    return loaded, sorted(
        map(_shown, [*rows, *read(bulk, "Identifier"), *read(bulk, "IDENTIFIED_BY-Recording-Identifier")])
    )


def test_processes_write_what_one_writes(tmp_path: Path) -> None:
    one, two = _written(tmp_path / "one", 1), _written(tmp_path / "two", 2)
    assert one[1] == two[1]
    assert (one[0].nodes, one[0].edges, one[0].records) == (two[0].nodes, two[0].edges, two[0].records)
    assert one[0].nodes == Counter({"Recording": 300, "ProvenanceRecord": 300, "Identifier": 100, "Sequence": 2})


@pytest.mark.parametrize(
    ("change", "code"),
    [
        (Delete("Work", WORK), "LOAD_CHANGE"),
        (Upsert("Work", None, {"title": "x"}), "LOAD_CHANGE"),
        (Upsert("Work", WORK, {"title": "x"}, update_only=True), "LOAD_CHANGE"),
        (Upsert("Work", WORK, drop_identifiers=[("iswc", "T0345246801")]), "LOAD_CHANGE"),
        (Upsert("Recording", OTHER, edges={"works": EdgeChange((ByIdentifier("iswc", "x"),))}), "LOAD_CHANGE"),
        (Upsert("Contribution", CREDIT, {"role": "x"}, target=WORK), "LOAD_CHANGE"),
        (Upsert("Work", WORK, {"title": ""}), "TEXT_EMPTY"),
        (Upsert("Work", WORK, {"title": f"a{CELL}b"}), "CONTROL_CHARACTER"),
        (Upsert("Nothing", WORK), "TYPE_UNKNOWN"),
    ],
)
def test_refuses_all_or_nothing(tmp_path: Path, change: Any, code: str) -> None:
    bulk = Bulk(core(), tmp_path)
    with pytest.raises(Invalid) as refused:
        bulk.add([Upsert("Work", WORK, {"title": "kept?"}), change])
    assert refused.value.code == code
    assert bulk.write(press(), workers=1).entities == 0


@pytest.mark.parametrize("workers", [1, 2])
def test_entity_without_what_its_type_requires(tmp_path: Path, workers: int) -> None:
    bulk = Bulk(core(), tmp_path)
    bulk.add([Upsert("Work", WORK, {"languages": ["eng"]})])
    with pytest.raises(Invalid, match="title"):
        bulk.write(press(), workers=workers)


class Diary(Node, plural="diaries", iri="omo:Diary", visibility=Visibility.PRIVATE, read=Owner("owner")):
    """Somebody's own."""

    title = text("schema:name", "Its title.", required=True)
    owner = text("omo:owner", "Whose it is.", required=True)
    secret = text("omo:secret", "What nobody else reads.", visibility=Visibility.PRIVATE, read=Owner("owner"))


def test_private_types_and_fields(tmp_path: Path) -> None:
    registry = core().extend(Diary)
    bulk = Bulk(registry, tmp_path)
    bulk.add([Upsert("Diary", WORK, {"title": "t", "owner": ACTOR, "secret": "s"})])
    loaded = bulk.write(press(registry), workers=1)
    assert loaded.records == {"public": 0, "private": 1}
    (row,) = read(bulk, "ProvenanceRecord")
    assert "secret" not in read_payload(row["afterBlock"]).state
    assert read_payload(row["privateBlock"]).state == {"secret": "s"}
    (node,) = read(bulk, "Diary")
    assert node["secret"] == "s"


def test_sheets_refuse_what_has_no_column(tmp_path: Path) -> None:
    sheets = Sheets(tmp_path, "w")
    with pytest.raises(KeyError):
        sheets.node(Sheet("Thing", {"id": "ID"}), {"id": "1", "colour": "red"})


def test_long_rows_get_room(tmp_path: Path) -> None:
    """The importer must be told of rows beyond its usual buffer."""
    assert "--read-buffer-size=4194304" in arguments(tmp_path, [], 10)
    assert f"--read-buffer-size={8 * 5_000_000}" in arguments(tmp_path, [], 5_000_000)
    assert os.sep not in "".join(arguments(tmp_path, [Sheet("Thing", {"id": "ID"})], 0))
