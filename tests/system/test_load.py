"""`omnisonic load` does offline what `omnisonic ingest` does online, and leaves a store that goes on from there."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
from collections.abc import Iterator
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

import pytest

from graph import schema
from graph.change import Source, Upsert
from graph.commit import Door
from graph.driver import Store
from graph.live import export
from graph.sequencer import Sequencer
from omnisonic import engine, local
from omnisonic.engine.home import Home
from omnisonic.instance import claimed
from omnisonic.prepare import target
from omnisonic.settings import Settings
from ontology.registry import core
from provenance.cid import Cid
from provenance.record import read_payload, read_record

OMNISONIC = str(Path(sys.executable).with_name("omnisonic"))
DEMO = Path(__file__).resolve().parents[2] / "omnisonic" / "demo" / "catalogue.jsonl"

CSV = """\
isrc,title,artist,album,upc,iswc,releaseDate,duration,genre,trackNumber,contributors
GBAHS1400099,One,Alice,First,036000291452,T-034.524.680-1,2001-02-03,3:15,Rock;Pop,1,composer: Bob; producer: Carol
USRC17607839,Two,Alice; Bob,First,036000291452,,2001,200000 ms,,2,
us-rc1-76-07840,"Drei ""drei"", live",Ærøskøbing Müller,Second,,,,,,,
GBAHS1400099,One,Alice,Again,4006381333931,T-034.524.680-1,2000-01-01,3:15,Jazz,,composer: Bob
nonsense,Bad code,Dora,,,,,,,,
,No code,Dora,,,,,,,,
USRC17607839,Another title altogether,Zed,,,,,,,,
USRC17607841,Zażółć gęślą jaźń,東京事変,,,,,,,,lyricist: 椎名林檎
"""
LINES = [
    {"isrc": "USRC17607850", "title": "Line\none", "artist": "Eve\r\nLong", "genre": ["a;b", 'c"d', "e,f\n"]},
    {"isrc": "USRC17607851", "title": ' "quoted, title" ', "artist": "Eve; Adam", "album": "Ünïcode; \\n not a line"},
    {"isrc": "USRC17607850", "title": "Line\none", "artist": "Eve\r\nLong"},
    "not an object",
]


@dataclass(frozen=True, slots=True)
class Pair:
    """The same files, loaded and ingested; with what the commands said."""

    loaded: Settings
    ingested: Settings
    told: dict[str, Any]
    rows: list[dict[str, Any]]
    online: dict[str, Any]
    online_rows: list[dict[str, Any]]


def run(data_dir: Path, *words: str, **environment: str) -> subprocess.CompletedProcess[str]:
    """A command on a data dir."""
    environ = {name: text for name, text in os.environ.items() if not name.startswith("OMNISONIC_")}
    environ |= {"OMNISONIC_DATA_DIR": str(data_dir), "OMNISONIC_NEO4J_HEAP": "512m", **environment}
    command = [OMNISONIC, *words]
    return subprocess.run(command, env=environ, capture_output=True, text=True, timeout=400, check=False)


def told(done: subprocess.CompletedProcess[str]) -> tuple[list[dict[str, Any]], dict[str, Any]]:
    """The rows and the summary that a command printed."""
    assert done.returncode == 0, done.stderr
    *rows, summary = (json.loads(line) for line in done.stdout.splitlines())
    return rows, summary


@pytest.fixture(scope="module")
def files(tmp_path_factory: pytest.TempPathFactory) -> list[str]:
    folder = tmp_path_factory.mktemp("files")
    (folder / "rows.csv").write_text(CSV, encoding="utf-8")
    (folder / "rows.jsonl").write_text("".join(json.dumps(line) + "\n" for line in LINES), encoding="utf-8")
    return [str(folder / "rows.csv"), str(folder / "rows.jsonl"), str(DEMO)]


@pytest.fixture(scope="module")
def pair(files: list[str], tmp_path_factory: pytest.TempPathFactory) -> Pair:
    folder = tmp_path_factory.mktemp("stores")
    assert run(folder / "loaded", "token", "create", "--name", "kept", "--scope", "write").returncode == 0
    words = [*files, "--source", "tests", "--json"]
    rows, summary = told(run(folder / "loaded", "load", *words))
    online_rows, online = told(run(folder / "ingested", "ingest", *words))
    settings = Settings.load({}, data_dir=folder / "loaded", neo4j_heap="512m", neo4j_page_cache="64m")
    return Pair(settings, replace(settings, data_dir=folder / "ingested"), summary, rows, online, online_rows)


@pytest.fixture(scope="module")
def stores(pair: Pair) -> Iterator[tuple[engine.Endpoint, engine.Endpoint]]:
    """Both stores, open at once."""
    started = [engine.start(pair.loaded), engine.start(pair.ingested)]
    try:
        yield started[0].endpoint, started[1].endpoint
    finally:
        for one in started:
            one.stop()


async def exported(at: engine.Endpoint) -> bytes:
    async with Store(target(at)) as store:
        return b"".join([line async for line in export(store, core())])


async def asked(at: engine.Endpoint, text: str, **parameters: object) -> list[list[Any]]:
    async with Store(target(at)) as store:
        return await store.run(text, parameters)


def test_says_what_ingest_says(pair: Pair) -> None:
    for name in ("batch", "rows", "created", "updated", "unchanged", "rejected", "needs_review", "codes", "warnings"):
        assert pair.told[name] == pair.online[name], name
    assert pair.rows == pair.online_rows
    assert {row["outcome"] for row in pair.rows} == {"rejected", "needs_review"}


def test_takes_the_place_of_the_empty_store(pair: Pair) -> None:
    assert sorted(path.name for path in pair.loaded.data_dir.iterdir()) == ["lock", "neo4j", "token"]


def test_refuses_a_store_that_is_not_empty(pair: Pair, files: list[str]) -> None:
    again = run(pair.loaded.data_dir, "load", *files)
    assert again.returncode == 5
    assert again.stderr.splitlines()[-1].startswith("omnisonic: STORE_NOT_EMPTY: ")
    assert not (pair.loaded.data_dir / "loading").exists()


async def test_same_graph_as_ingest(stores: tuple[engine.Endpoint, engine.Endpoint]) -> None:
    loaded, ingested = stores
    found = await exported(loaded)
    assert found.count(b"\n") > 100
    assert found.splitlines() == (await exported(ingested)).splitlines()


async def test_same_properties_and_types_as_ingest(stores: tuple[engine.Endpoint, engine.Endpoint]) -> None:
    """Nodes and edges alike to the last property; times, transactions and salts aside."""
    async with Store(target(stores[1])) as store:
        await Sequencer(store, holder="test", clock=local.now).drain()
    aside = ["createdAt", "updatedAt", "_head", "_headTime", "startedAt", "finishedAt", "token"]
    texts = [
        (
            "MATCH (n) WHERE NOT n:ProvenanceRecord AND NOT n:ApiToken AND NOT n:Sequence "
            "RETURN labels(n), [k IN keys(n) WHERE NOT k IN $aside | [k, n[k], valueType(n[k])]], "
            "[k IN keys(n) WHERE k IN $aside | [k, valueType(n[k])]]"
        ),
        (
            "MATCH (a)-[n]->(b) RETURN [labels(a), coalesce(a.id, a.key), type(n), labels(b), coalesce(b.id, b.key)], "
            "[k IN keys(n) WHERE NOT k IN $aside | [k, n[k], valueType(n[k])]], "
            "[k IN keys(n) WHERE k IN $aside | [k, valueType(n[k])]]"
        ),
        (  # a load leaves one record where an ingest may leave several
            "MATCH (p:ProvenanceRecord) WHERE p.prev IS NULL UNWIND keys(p) AS k "
            "RETURN DISTINCT p.etype, k, valueType(p[k])"
        ),
    ]
    for text in texts:
        rows = [await asked(at, text, aside=aside) for at in stores]
        seen = [sorted(repr([_sorted(cell) for cell in row]) for row in found) for found in rows]
        assert seen[0] == seen[1]


def _sorted(cell: Any) -> Any:
    return sorted(map(repr, cell)) if isinstance(cell, list) else cell


async def test_every_entity_has_its_record(pair: Pair, stores: tuple[engine.Endpoint, engine.Endpoint]) -> None:
    """Records decode strictly, hold the state that the store shows, and are numbered without gaps in order."""
    text = (
        "MATCH (p:ProvenanceRecord) RETURN p.log, p.seq, p.time, p.tx, p.n, p.cid, p.block, p.after, p.afterBlock, "
        "p.entityId, labels(p) ORDER BY p.log, p.time, p.tx, p.n"
    )
    numbers: dict[str, list[int]] = {"public": [], "private": []}
    heads: dict[str, str] = {}
    rows = await asked(stores[0], text)
    for log, seq, time, tx, n, cid, block, after, after_block, entity, labels in rows:
        assert isinstance(block, bytes)
        record = read_record(block)
        assert Cid.of(block).text == cid
        assert (record.time, record.tx, record.n, record.prev, record.activity) == (time, tx, n, None, "create")
        assert record.source.ref == f"ingest-batch/{pair.told['batch']}"
        payload = read_payload(after_block)
        assert (record.after, Cid.of(after_block).text) == (Cid.parse(after), after)
        assert tuple(sorted(payload.state)) == record.fields
        assert payload.entity == record.entity == f"https://omnisonic.example/{record.entity.split('/')[3]}/{entity}"
        assert labels == ["ProvenanceRecord"]
        numbers[log].append(seq)
        heads[entity] = cid
    assert all(found == list(range(len(found))) for found in numbers.values())
    assert (len(rows), len(numbers["private"])) == (pair.told["entities"], 1)
    text = (
        "MATCH (n) WHERE n._head IS NOT NULL RETURN n.id, n._head "
        "UNION ALL MATCH ()-[n]->() WHERE n._head IS NOT NULL RETURN n.id, n._head"
    )
    assert dict(await asked(stores[0], text)) == heads


async def test_schema_as_declared(stores: tuple[engine.Endpoint, engine.Endpoint]) -> None:
    async with Store(target(stores[0])) as store:
        assert await schema.check(store, core()) == []


async def test_goes_on_from_the_load(pair: Pair, stores: tuple[engine.Endpoint, engine.Endpoint]) -> None:
    """A change through the door chains to the loaded record and gets the next number."""
    async with Store(target(stores[0])) as store:
        text = "MATCH (r:Recording) RETURN r.id, r._head, r._headTime ORDER BY r.id LIMIT 1"
        ((known, head, before),) = await store.run(text)
        door = Door(store, core(), base_iri=pair.loaded.base_iri, clock=local.now, randomness=os.urandom)
        change = Upsert("Recording", known, {"disambiguation": "live"})
        done = await door.commit([change], actor="urn:omnisonic:actor:test", source=Source("user"))
        await Sequencer(store, holder="test", clock=local.now).drain()
        text = "MATCH (p:ProvenanceRecord {cid: $cid}) RETURN p.prev, p.time > $before, p.seq, p.block"
        ((prev, later, seq, block),) = await store.run(text, {"cid": done.results[0].cid, "before": before})
        assert (prev, later) == (head, True)
        assert read_record(bytes(block)).prev == Cid.parse(head)
        ((loaded,),) = await store.run("MATCH (p:ProvenanceRecord {log: 'public'}) RETURN count(p) - 1")
        assert seq == loaded


async def test_keeps_tokens(stores: tuple[engine.Endpoint, engine.Endpoint]) -> None:
    assert await asked(stores[0], "MATCH (t:ApiToken {name: 'kept'}) RETURN t.scopes") == [[["write"]]]


def test_ingest_knows_the_batch(pair: Pair, files: list[str], stores: tuple[engine.Endpoint, engine.Endpoint]) -> None:
    """Ingesting the same files adds nothing, and the batch can be taken back."""
    at = stores[0]
    server = {"OMNISONIC_NEO4J_URL": at.url, "OMNISONIC_NEO4J_USER": at.user, "OMNISONIC_NEO4J_PASSWORD": at.password}
    _, again = told(run(pair.loaded.data_dir, "ingest", *files, "--source", "tests", "--json", **server))
    assert (again["batch"], again["changes"], again["created"], again["updated"]) == (pair.told["batch"], 0, 0, 0)
    undone = run(pair.loaded.data_dir, "ingest", "undo", again["batch"], "--json", **server)
    assert undone.returncode == 0, undone.stderr
    assert json.loads(undone.stdout)["deleted"] > 100


# -- what is refused ------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("words", "code", "sign"),
    [
        (("nowhere.csv",), 3, "INPUT_NOT_FOUND"),
        (("FILE", "--format", "carrier-pigeon"), 2, "FORMAT_UNKNOWN"),
        (("FILE", "--source", ""), 2, "source is empty"),
    ],
)
def test_input_that_cannot_be_read(tmp_path: Path, words: tuple[str, ...], code: int, sign: str) -> None:
    file = tmp_path / "rows.csv"
    file.write_text(CSV, encoding="utf-8")
    failed = run(tmp_path / "data", "load", *(str(file) if word == "FILE" else word for word in words))
    assert (failed.returncode, sign in failed.stderr) == (code, True), failed.stderr
    assert "Traceback" not in failed.stderr
    assert not (tmp_path / "data" / "loading").exists()


def test_refuses_what_others_use(tmp_path: Path) -> None:
    file = tmp_path / "rows.csv"
    file.write_text(CSV, encoding="utf-8")
    external = run(tmp_path / "data", "load", str(file), OMNISONIC_NEO4J_URL="bolt://127.0.0.1:1")
    assert (external.returncode, external.stderr.startswith("omnisonic: STORE_EXTERNAL: ")) == (5, True)
    assert not (tmp_path / "data").exists()
    with claimed(tmp_path / "data", lambda _text: None):
        held = run(tmp_path / "data", "load", str(file))
    assert (held.returncode, held.stderr.startswith("omnisonic: ALREADY_RUNNING: ")) == (5, True)


# -- crashes --------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "stage",
    ["importing into Neo4j", *(pytest.param(s, marks=pytest.mark.full) for s in ("reading", "building indexes"))],
)
def test_killed_load_leaves_the_old_store(tmp_path: Path, stage: str) -> None:
    """Killed where it hurts, it leaves an empty store that the next load fills."""
    file = tmp_path / "rows.csv"
    file.write_text(CSV, encoding="utf-8")
    data_dir = tmp_path / "data"
    environ = {name: text for name, text in os.environ.items() if not name.startswith("OMNISONIC_")}
    command = [OMNISONIC, "load", str(file), "--data-dir", str(data_dir)]
    with subprocess.Popen(command, env=environ, stderr=subprocess.PIPE, stdout=subprocess.DEVNULL, text=True) as child:
        assert child.stderr is not None
        assert any(line.startswith(stage) for line in child.stderr)
        child.send_signal(signal.SIGKILL)
    assert (data_dir / "loading").exists()
    _, summary = told(run(data_dir, "load", str(file), "--json"))
    assert summary["created"] == 5
    assert not (data_dir / "loading").exists()


@pytest.mark.parametrize("old", ["in its place", "moved away", "gone"])
def test_loaded_store_takes_its_place_after_a_crash(tmp_path: Path, old: str) -> None:
    home = Home(tmp_path / "neo4j")
    places = {"in its place": [home.path], "moved away": [tmp_path / "neo4j.empty"], "gone": []}
    for path in places[old]:
        path.mkdir()
        (path / "old").touch()
    home.loaded.mkdir()
    (home.loaded / "new").touch()
    home.settle()
    home.settle()
    assert [str(path.relative_to(tmp_path)) for path in tmp_path.rglob("*")] == ["neo4j", "neo4j/new"]
