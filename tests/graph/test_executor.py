"""Every operation of the corpus, by the compiled path and by graphql-core: the same bytes.

A file dropped into `corpus/` is a case: `NAME.graphql`, and `NAME.json` beside it where it needs `variables`,
an `operationName` or the `scopes` of who asks. `{{Type:name}}` in either stands for an id of the catalogue.
"""

from __future__ import annotations

import json
import re
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest

from ontology.access import PUBLIC_VIEWER, Viewer
from tests.graph.catalogue import ACTOR, made
from tests.graph.reader import WRITER, WatchedStore

if TYPE_CHECKING:
    from tests.graph.reader import Reader

pytestmark = pytest.mark.asyncio(loop_scope="module")

CORPUS = Path(__file__).parent / "corpus"
NAMES = sorted(path.stem for path in CORPUS.glob("*.graphql"))
ORDINARY = {"introspection", "null-rises-list", "null-rises-lookup", "null-rises-mutation", "null-rises-nested"}
"""The cases that the compiled path leaves to graphql-core."""
PLACEHOLDER = re.compile(r"\{\{(\w+):([^}]+)\}\}")


@dataclass(frozen=True)
class Case:
    """One file of the corpus."""

    query: str
    variables: dict[str, Any] | None
    name: str | None
    viewer: Viewer

    @classmethod
    def load(cls, name: str) -> Case:
        """The case of this name."""
        beside = CORPUS / f"{name}.json"
        options = json.loads(_filled(beside.read_text("utf-8"))) if beside.exists() else {}
        viewer = Viewer(ACTOR, frozenset(options["scopes"])) if "scopes" in options else PUBLIC_VIEWER
        query = _filled((CORPUS / f"{name}.graphql").read_text("utf-8"))
        return cls(query, options.get("variables"), options.get("operationName"), viewer)


def _filled(text: str) -> str:
    return PLACEHOLDER.sub(lambda found: made(found[1], found[2]), text)


@pytest.mark.parametrize("name", NAMES)
async def test_both_executors_say_the_same(reader: Reader, name: str) -> None:
    case = Case.load(name)
    if case.query.lstrip().startswith("mutation"):
        await reader.answer(case.query, case.variables, case.viewer, case.name)  # what follows finds it done
    counters = reader.engine.counters
    before = counters.compiled
    compiled, ordinary = await reader.both(case.query, case.variables, case.viewer, case.name)
    assert compiled.body.decode() == ordinary.body.decode()
    assert compiled.ran
    assert b'"INTERNAL"' not in compiled.body
    assert (counters.compiled == before) is (name in ORDINARY)


@pytest.mark.parametrize("name", [n for n in NAMES if n not in ORDINARY and not n.startswith(("mutation", "as-of"))])
async def test_a_root_field_is_one_statement(reader: Reader, name: str) -> None:
    case, store = Case.load(name), reader.store
    assert isinstance(store, WatchedStore)
    store.reads.clear()
    body = json.loads((await reader.answer(case.query, case.variables, case.viewer, case.name)).body)
    failed = {error["path"][0] for error in body.get("errors", [])}
    answered = {key for key, value in body["data"].items() if key not in failed and value != "Query"}
    assert len(store.reads) == len(answered)


SHAPES: list[tuple[str, dict[str, Any], dict[str, Any], bool]] = [
    (
        "query($i: ID, $n: Int) { recording(id: $i) { works(first: $n) { nodes { title } } } }",
        {"i": "a", "n": 1},
        {"i": "' OR 1=1 //", "n": 99},
        True,
    ),
    (
        "query($f: RecordingFilter) { recordings(filter: $f) { totalCount } }",
        {"f": {"title": {"in": ["a"]}, "year": {"gt": 1}}},
        {"f": {"title": {"in": ["b", "`) RETURN 1 //", ""]}, "year": {"gt": -2}}},
        True,
    ),
    (
        "query($f: RecordingFilter) { recordings(filter: $f) { totalCount } }",
        {"f": {"title": {"eq": "a"}}},
        {"f": {"title": {"eq": None}}},
        False,
    ),
    (
        "query($t: String) { recordings(filter: {title: {eq: $t}}) { totalCount } }",
        {},
        {"t": None},
        False,
    ),
    (
        "query($d: OrderDirection!) { recordings(orderBy: [{field: YEAR, direction: $d}]) { nodes { id } } }",
        {"d": "ASC"},
        {"d": "DESC"},
        False,
    ),
    (
        "query($q: String!, $n: Int) { search(query: $q, first: $n) { nodes { id } didYouMean } }",
        {"q": "a", "n": 1},
        {"q": "') YIELD node RETURN node //", "n": 2},
        True,
    ),
    (
        "mutation($i: WorkInput!, $n: Int) { upsertWork(input: $i) { work { recordings(first: $n) { totalCount } } } }",
        {"i": {"id": made("Work", "1")}, "n": 1},
        {"i": {"id": made("Work", "2")}, "n": 2},
        True,
    ),
]


@pytest.mark.parametrize(("query", "one", "other", "same"), SHAPES)
async def test_values_never_reach_the_text(
    reader: Reader, query: str, one: dict[str, Any], other: dict[str, Any], *, same: bool
) -> None:
    store = reader.store
    assert isinstance(store, WatchedStore)
    texts = []
    for variables in (one, other):
        store.reads.clear()
        await reader.ask(query, variables, WRITER)
        texts.append([text for text, _ in store.reads])
    assert len(texts[0]) == 1
    assert (texts[0] == texts[1]) is same


async def test_nearly_all_of_the_corpus_is_compiled() -> None:
    assert set(NAMES) >= ORDINARY
    assert len(NAMES) >= 80
    assert len(ORDINARY) / len(NAMES) <= 0.05


async def test_a_change_is_made_once_whoever_answers(reader: Reader) -> None:
    """The compiled path writes, misses a value that must be there, and leaves only the answer to the other one."""
    query = """mutation($id: ID!, $d: String) { upsertRecording(input: {id: $id, disambiguation: $d}) {
        outcome cid recording { recordedAt { name } history { totalCount } } } }"""
    variables = {"id": made("Recording", "at broken"), "d": "changed"}
    history = "query($id: ID!) { recording(id: $id) { history { totalCount } } }"
    before = (await reader.ask(history, variables))["recording"]["history"]["totalCount"]
    ordinary = reader.engine.counters.ordinary
    body = json.loads((await reader.answer(query, variables, WRITER)).body)
    assert reader.engine.counters.ordinary == ordinary + 1
    assert body["data"]["upsertRecording"]["outcome"] == "updated"
    assert body["data"]["upsertRecording"]["recording"] == {"recordedAt": None, "history": {"totalCount": before + 1}}
    assert [e["extensions"]["code"] for e in body["errors"]] == ["VALUE_MISSING"]
    assert (await reader.ask(history, variables))["recording"]["history"]["totalCount"] == before + 1
