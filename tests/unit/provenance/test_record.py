from __future__ import annotations

from dataclasses import FrozenInstanceError, asdict, replace
from datetime import UTC
from typing import Any

import dag_cbor
import pytest
from hypothesis import given
from hypothesis import strategies as st
from multiformats import CID, multihash

from ontology.errors import Invalid
from provenance.cid import Cid, Value, decode_strict, encode
from provenance.clock import time_text
from provenance.record import (
    ACTIVITIES,
    SOURCE_KINDS,
    Payload,
    Record,
    Source,
    build_payload,
    build_record,
    read_payload,
    read_record,
    record_block,
)
from provenance.ulid import ulid

from .values import CIDS, STATES, TEXT, mapped

IRIS = st.uuids().map(lambda made: f"https://omnisonic.example/recording/{made}")
SALTS = st.binary(min_size=32, max_size=32)
KEYS = {
    *("v", "kind", "tx", "n", "time", "actor", "source", "activity", "entity", "etype", "prev", "after"),
    *("private", "used", "erases", "fields", "reason"),
}


@st.composite
def records(draw: st.DrawFn) -> Record:
    activity = draw(st.sampled_from(ACTIVITIES))
    later = activity in ("update", "delete", "erase")
    maybe = st.none() | CIDS
    gone = activity == "delete"
    return Record(
        tx=ulid(draw(st.integers(0, 2**48 - 1)), draw(st.binary(min_size=10, max_size=10))),
        n=draw(st.integers(0, 2**63 - 1)),
        time=time_text(draw(st.datetimes(timezones=st.just(UTC)))),
        actor=draw(IRIS),
        source=Source(draw(st.sampled_from(SOURCE_KINDS)), draw(st.none() | TEXT.filter(bool))),
        activity=activity,
        entity=draw(IRIS),
        etype=draw(TEXT.filter(bool)),
        prev=draw(CIDS if later else maybe),
        after=draw(CIDS if activity in ("create", "update", "merge") else st.none() if gone else maybe),
        private=draw(st.none() if gone else maybe),
        used=tuple(draw(st.lists(CIDS, max_size=3))),
        erases=tuple(draw(st.lists(CIDS, min_size=1, max_size=3))) if activity == "erase" else (),
        fields=tuple(sorted(draw(st.sets(TEXT, max_size=6)))),
        reason=draw(st.none() | TEXT),
    )


def as_map(record: Record) -> dict[str, Any]:
    """The contract's map, written here a second time on purpose."""
    found = {name: getattr(record, name) for name in Record.__slots__}
    lists = {name: list(found[name]) for name in ("used", "erases", "fields")}
    return {**found, **lists, "source": asdict(record.source), "v": 1, "kind": "omnisonic.prov/record"}


def peer_link(link: Cid) -> CID:
    return CID("base32", 1, "dag-cbor", multihash.wrap(link.raw[4:], "sha2-256"))


GOOD = Record(
    tx="01ARZ3NDEKTSV4RRFFQ69G5FAV",
    n=0,
    time="2026-01-02T03:04:05.000006Z",
    actor="urn:omnisonic:actor:1",
    source=Source("user"),
    activity="update",
    entity="https://omnisonic.example/work/1",
    etype="Work",
    prev=Cid.of(b"prev"),
    after=Cid.of(b"after"),
    private=None,
    used=(),
    erases=(),
    fields=("iswc", "title"),
    reason=None,
)


@given(records())
def test_a_record_is_the_contract_map_in_any_encoder(record: Record) -> None:
    made, data = record_block(record)
    assert set(as_map(record)) == KEYS
    assert data == dag_cbor.encode(mapped(as_map(record), peer_link))
    assert data == encode(as_map(record))
    assert made == Cid.of(data)
    assert read_record(data) == record


@given(IRIS, STATES, SALTS)
def test_a_payload_is_the_contract_map_in_any_encoder(entity: str, state: dict[str, Value], salt: bytes) -> None:
    made, data = build_payload(entity, state, salt)
    whole = {"v": 1, "kind": "omnisonic.prov/payload", "salt": salt, "entity": entity, "state": state}
    assert data == dag_cbor.encode(mapped(whole, peer_link))
    assert made == Cid.of(data)
    assert read_payload(data) == Payload(entity, state, salt)


BROKEN: dict[str, dict[str, Any]] = {
    "tx in lower case": {"tx": "01arz3ndektsv4rrffq69g5fav"},
    "tx beyond 128 bits": {"tx": "81ARZ3NDEKTSV4RRFFQ69G5FAV"},
    "n below zero": {"n": -1},
    "n is true": {"n": True},
    "time without microseconds": {"time": "2026-01-02T03:04:05Z"},
    "no such day": {"time": "2026-02-30T03:04:05.000006Z"},
    "actor is an address": {"actor": "mailto:someone@example.org"},
    "actor without scheme": {"actor": "someone"},
    "actor with a space": {"actor": "urn:a b"},
    "entity without scheme": {"entity": "/work/1"},
    "entity with a space": {"entity": "https://omnisonic.example/work/1 "},
    "no class": {"etype": ""},
    "unknown source": {"source": Source("browser")},
    "empty source ref": {"source": Source("import", "")},
    "unknown activity": {"activity": "created"},
    "update without prev": {"prev": None},
    "update without after": {"after": None},
    "create without after": {"activity": "create", "after": None},
    "merge without after": {"activity": "merge", "after": None},
    "delete with after": {"activity": "delete"},
    "delete with private": {"activity": "delete", "after": None, "private": Cid.of(b"")},
    "delete without prev": {"activity": "delete", "after": None, "prev": None},
    "erase without erases": {"activity": "erase"},
    "erase without prev": {"activity": "erase", "erases": (Cid.of(b""),), "prev": None},
    "erases without erase": {"erases": (Cid.of(b""),)},
    "fields out of order": {"fields": ("title", "iswc")},
    "a field twice": {"fields": ("title", "title")},
}


@pytest.mark.parametrize("why", BROKEN)
def test_a_broken_rule_is_refused_by_writer_and_reader(why: str) -> None:
    bad = replace(GOOD, **BROKEN[why])
    with pytest.raises(Invalid) as written:
        record_block(bad)
    with pytest.raises(Invalid) as read:
        read_record(encode(as_map(bad)))
    assert (written.value.code, read.value.code) == ("record_schema", "record_schema")
    read_record(record_block(GOOD)[1])


def test_n_beyond_64_bits_is_refused() -> None:
    with pytest.raises(Invalid) as caught:
        record_block(replace(GOOD, n=2**63))
    assert caught.value.code == "record_schema"


def test_what_was_read_cannot_be_changed() -> None:
    for read, name in ((GOOD, "n"), (GOOD.source, "kind"), (Payload("urn:x:1", {}, bytes(32)), "salt")):
        with pytest.raises(FrozenInstanceError):
            setattr(read, name, None)


@pytest.mark.parametrize("activity", ["create", "merge"])
def test_create_and_merge_may_begin_or_continue_a_chain(activity: str) -> None:
    for prev in (None, Cid.of(b"prev")):
        record = replace(GOOD, activity=activity, prev=prev)
        assert read_record(record_block(record)[1]) == record


LINK = Cid.of(b"x")
OTHER: list[Value] = [None, True, 0, -1, "", "x", b"x", LINK, [], ["x"], [[]], [LINK], {}, {"kind": []}]
OTHER += [{"kind": 1, "ref": []}, {"kind": "api", "ref": []}, {"kind": "api", "ref": "x"}, {"kind": "api"}]
RIGHT: dict[str, list[Value]] = {
    "n": [0],
    "etype": ["x"],
    "prev": [LINK],
    "after": [LINK],
    "private": [None, LINK],
    "used": [[], [LINK]],
    "erases": [[]],
    "fields": [[], ["x"]],
    "reason": [None, "", "x"],
    "source": [{"kind": "api", "ref": "x"}],
}


@pytest.mark.parametrize("key", sorted(KEYS))
def test_only_the_right_values_are_read_under_a_key(key: str) -> None:
    read: list[Value] = []
    for other in OTHER:
        try:
            read_record(encode({**as_map(GOOD), key: other}))
        except Invalid as error:
            assert error.code == "record_schema", other  # noqa: PT017 - most are refused, the list says which
        else:
            read.append(other)
    assert read == RIGHT.get(key, [])


@pytest.mark.parametrize("key", sorted(KEYS))
def test_no_key_may_be_missing_or_added(key: str) -> None:
    whole = as_map(GOOD)
    less = {name: value for name, value in whole.items() if name != key}
    for bad in (less, {**whole, "extra": None}, {**less, key.upper(): whole[key]}, [whole]):
        with pytest.raises(Invalid) as caught:
            read_record(encode(bad))
        assert caught.value.code == "record_schema"


@pytest.mark.parametrize(
    "change",
    [
        {"v": 2},
        {"v": True},
        {"kind": "omnisonic.prov/record"},
        {"salt": b""},
        {"salt": bytes(31)},
        {"salt": "x" * 32},
        {"entity": "x"},
        {"entity": None},
        {"state": None},
        {"state": []},
        {"extra": 1},
    ],
    ids=repr,
)
def test_a_broken_payload_is_refused(change: dict[str, Value]) -> None:
    good: dict[str, Value] = {
        "v": 1,
        "kind": "omnisonic.prov/payload",
        "salt": bytes(32),
        "entity": "urn:x:1",
        "state": {"title": "A"},
    }
    read_payload(encode(good))
    with pytest.raises(Invalid) as caught:
        read_payload(encode({**good, **change}))
    assert caught.value.code == "payload_schema"


def test_writer_refuses_a_payload_it_could_not_read() -> None:
    bad: list[tuple[Any, Any, Any]] = [
        ("urn:x:1", {"a": 1.5}, bytes(32)),
        ("urn:x:1", {1: "a"}, bytes(32)),
        ("urn:x:1", {}, bytes(16)),
        ("nothing", {}, bytes(32)),
        ("urn:x:1", None, bytes(32)),
    ]
    for entity, state, salt in bad:
        with pytest.raises(Invalid):
            build_payload(entity, state, salt)


def test_a_record_is_no_payload() -> None:
    with pytest.raises(Invalid):
        read_payload(record_block(GOOD)[1])
    with pytest.raises(Invalid):
        read_record(build_payload("urn:x:1", {}, bytes(32))[1])


def test_bytes_that_are_not_canonical_are_named_so() -> None:
    data = record_block(GOOD)[1]
    with pytest.raises(Invalid) as caught:
        read_record(data + b"\0")
    assert caught.value.code == "cbor_not_canonical"


def test_defaults_are_empty() -> None:
    made, data = build_record(
        tx=GOOD.tx,
        n=3,
        time=GOOD.time,
        actor=GOOD.actor,
        source=GOOD.source,
        activity="create",
        entity=GOOD.entity,
        etype="Work",
        fields=["title"],
        after=Cid.of(b"after"),
    )
    found = decode_strict(data)
    assert isinstance(found, dict)
    empty = {name: found[name] for name in ("prev", "private", "used", "erases", "reason")}
    assert empty == {"prev": None, "private": None, "used": [], "erases": [], "reason": None}
    assert made.text.startswith("bafyrei")
