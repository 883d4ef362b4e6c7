from __future__ import annotations

import copy
import datetime as dt
import pickle
from decimal import Decimal
from enum import IntEnum, StrEnum
from typing import Any

import cbor2
import dag_cbor
import pytest
from hypothesis import example, given
from hypothesis import strategies as st
from multiformats import CID, multihash

from ontology.errors import Invalid
from provenance import cid
from provenance.cid import Cid, Value, decode_strict, encode

from .values import CIDS, STATES, TEXT, VALUES, mapped


class Colour(StrEnum):
    RED = "red"


class Number(IntEnum):
    ONE = 1


def peer_link(link: Cid) -> CID:
    return CID("base32", 1, "dag-cbor", multihash.wrap(link.raw[4:], "sha2-256"))


@given(STATES)
def test_dag_cbor_writes_the_same_bytes(state: dict[str, Value]) -> None:
    assert encode(state) == dag_cbor.encode(mapped(state, peer_link))


@given(VALUES)
def test_cbor2_canonical_writes_the_same_bytes(value: Value) -> None:
    tagged = mapped(value, lambda link: cbor2.CBORTag(42, b"\0" + link.raw))
    assert encode(value) == cbor2.dumps(tagged, canonical=True)


SIZES = [0, 1, 23, 24, 25, 255, 256, 257, 511, 512, 513, 65535, 65536, 65537]


@pytest.mark.parametrize("size", SIZES)
def test_every_length_of_head(size: int) -> None:
    values: list[Value] = ["x" * size, bytes(size), [0] * size, {f"{at:05}": at for at in range(min(size, 257))}, size]
    values += [-size, 2**32 - 1 - size, 2**32 + size, 2**63 - 1 - size, -(2**32) + size, -(2**63) + size]
    for value in values:
        assert encode(value) == dag_cbor.encode(mapped(value, peer_link))
        assert decode_strict(encode(value)) == value


@given(VALUES)
def test_what_is_written_is_read_back(value: Value) -> None:
    assert decode_strict(encode(value)) == value


@given(VALUES)
def test_multiformats_computes_the_same_cid(value: Value) -> None:
    mine, data = cid.block(value)
    theirs = CID("base32", 1, "dag-cbor", multihash.digest(data, "sha2-256"))
    assert (mine.raw, mine.text) == (bytes(theirs), str(theirs))
    assert Cid.of(data) == mine


@given(CIDS)
def test_text_is_read_back(link: Cid) -> None:
    assert Cid.parse(link.text) == link
    assert link.text.startswith("bafyrei")
    assert len(link.text) == 59


def test_known_vector() -> None:
    # the empty map, as every IPLD library prints it
    made, data = cid.block({})
    assert data == b"\xa0"
    assert str(made) == "bafyreigbtj4x7ip5legnfznufuopl4sg4knzc2cof6duas4b3q2fy6swua"


def test_keys_sort_by_length_then_bytes() -> None:
    mixed = {"bb": 1, "é": 2, "a": 3, "aaa": 4, "": 5, "Z": 6}
    assert list(cbor2.loads(encode(mixed))) == ["", "Z", "a", "bb", "é", "aaa"]


@pytest.mark.parametrize(
    "value",
    [
        0.0,
        float("nan"),
        1.5,
        2**63,
        -(2**63) - 1,
        "\ud800",
        {"\udfff": 1},
        {1: "a"},
        {b"a": 1},
        {None: 1},
        {True: 1},
        Colour.RED,
        Number.ONE,
        {Colour.RED: 1},
        bytearray(b"a"),
        {"a"},
        frozenset(),
        Decimal(1),
        dt.datetime(2026, 1, 1, tzinfo=dt.UTC),
        cbor2.undefined,
        cbor2.CBORTag(42, b"\0" + Cid.of(b"").raw),
        cbor2.CBORSimpleValue(1),
        object(),
    ],
)
def test_what_a_block_cannot_hold_is_refused(value: Any) -> None:
    for wrapped in (value, [value], {"a": {"b": (1, value)}}):
        with pytest.raises(Invalid) as caught:
            encode(wrapped)
        assert caught.value.code == "cbor_not_canonical"


def nested(depth: int) -> Any:
    value: Any = 0
    for _ in range(depth):
        value = [value]
    return value


def test_depth_is_bounded_both_ways() -> None:
    assert decode_strict(encode(nested(cid.MAX_DEPTH))) == nested(cid.MAX_DEPTH)
    with pytest.raises(Invalid):
        encode(nested(cid.MAX_DEPTH + 1))
    with pytest.raises(Invalid):
        decode_strict(b"\x81" * (cid.MAX_DEPTH + 1) + b"\0")
    with pytest.raises(Invalid):
        decode_strict(b"\x81" * 100_000 + b"\0")
    maps: Value = {}
    for _ in range(cid.MAX_DEPTH - 1):
        maps = {"a": maps}
    assert decode_strict(encode(maps)) == maps
    for deeper in ({"a": maps}, [maps]):
        with pytest.raises(Invalid):
            encode(deeper)


@pytest.mark.parametrize(
    ("why", "hexed"),
    [
        ("nothing", ""),
        ("two items", "0000"),
        ("cut short", "6261"),
        ("one byte too long a number", "1800"),
        ("two bytes for 23", "190017"),
        ("eight bytes for one", "1b0000000000000001"),
        ("long length of text", "78016100"[:6]),
        ("long length of list", "980100"),
        ("long length of map", "b801616100"),
        ("indefinite list", "9f00ff"),
        ("indefinite map", "bf616100ff"),
        ("indefinite bytes", "5f4100ff"),
        ("indefinite text", "7f6161ff"),
        ("keys out of order", "a2626161006162" + "00"),
        ("keys in byte order, not length order", "a262616100617a00"),
        ("a key twice", "a2616100616100"),
        ("number as key", "a10000"),
        ("bytes as key", "a1416100"),
        ("map as key", "a1a000"),
        ("half float", "f90000"),
        ("single float", "fa00000000"),
        ("double float", "fb3ff8000000000000"),
        ("nan", "f97e00"),
        ("infinity", "f97c00"),
        ("undefined", "f7"),
        ("simple value 0", "e0"),
        ("simple value 32", "f820"),
        ("false in two bytes", "f814"),
        ("beyond int64", "1b8000000000000000"),
        ("beyond int64, negative", "3b8000000000000000"),
        ("big number", "c249010000000000000000"),
        ("big number that is small", "c24105"),
        ("date", "c074323031332d30332d32315432303a30343a30305a"),
        ("epoch", "c11a514b67b0"),
        ("decimal", "c48221196ab3"),
        ("huge bigfloat", "c5821b00ffffffffffffff01"),
        ("shared", "d81c80"),
        ("a list that holds itself", "d81c81d81d00"),
        ("string table", "d90100836361616163616161d81900"),
        ("regular expression", "d8236161"),
        ("uuid", "d82550" + "00" * 16),
        ("set", "d9010281" + "00"),
        ("self-described", "d9d9f700"),
        ("unknown tag", "d86300"),
        ("tag 42 in three bytes", "d9002a5825" + "00" + Cid.of(b"").raw.hex()),
        ("link as text", "d82a6161"),
        ("link without zero", "d82a5824" + Cid.of(b"").raw.hex()),
        ("link to raw", "d82a5825000155" + Cid.of(b"").raw.hex()[4:]),
        ("link, CIDv0", "d82a5823" + "00" + "1220" + "00" * 32),
        ("text that is no UTF-8", "61ff"),
        ("overlong UTF-8", "62c080"),
        ("surrogate", "63eda080"),
        ("a length that nothing fills", "9bffffffffffffffff"),
        ("break alone", "ff"),
        ("reserved length", "1c"),
    ],
)
def test_lenient_traps(why: str, hexed: str) -> None:
    with pytest.raises(Invalid) as caught:
        decode_strict(bytes.fromhex(hexed))
    assert caught.value.code == "cbor_not_canonical", why


@given(st.binary(max_size=60))
@example(b"\xa2\x61a\x00\x61b\x00")
def test_bytes_are_refused_or_are_the_one_form(data: bytes) -> None:
    try:
        value = decode_strict(data)
    except Invalid:
        return
    assert encode(value) == data
    assert dag_cbor.encode(mapped(value, peer_link)) == data


@given(VALUES, st.data())
def test_a_changed_byte_never_reads_as_the_same(value: Value, data: st.DataObject) -> None:
    good = encode(value)
    at = data.draw(st.integers(0, len(good) - 1))
    bad = good[:at] + bytes([good[at] ^ data.draw(st.integers(1, 255))]) + good[at + 1 :]
    try:
        read = decode_strict(bad)
    except Invalid:
        return
    assert encode(read) == bad


@pytest.mark.parametrize(
    "text",
    [
        "",
        "b",
        "QmYwAPJzv5CZsnA625s3Xf2nemtYgPpHdWEz79ojWP8Q7S",
        "Bafyreigbtj4x7ip5legnfznufuopl4sg4knzc2cof6duas4b3q2fy6swua",
        "bAFYREIGBTJ4X7IP5LEGNFZNUFUOPL4SG4KNZC2COF6DUAS4B3Q2FY6SWUA",
        "bafyreigbtj4x7ip5legnfznufuopl4sg4knzc2cof6duas4b3q2fy6swu",
        "bafyreigbtj4x7ip5legnfznufuopl4sg4knzc2cof6duas4b3q2fy6swuaa",
        "bafyreigbtj4x7ip5legnfznufuopl4sg4knzc2cof6duas4b3q2fy6swub",
        "bafyreigbtj4x7ip5legnfznufuopl4sg4knzc2cof6duas4b3q2fy6swu1",
        "bafkreigbtj4x7ip5legnfznufuopl4sg4knzc2cof6duas4b3q2fy6swua",
        "bafyreigbtj4x7ip5legnfznufuopl4sg4knzc2cof6duas4b3q2fy6swu\n",
        "bafyreigbtj4x7ip5legnfznufuopl4sg4knzc2cof6duas4b3q2fy6s_ua",
    ],
)
def test_other_cid_texts_are_refused(text: str) -> None:
    with pytest.raises(Invalid) as caught:
        Cid.parse(text)
    assert caught.value.code == "cid_invalid"


@given(TEXT)
def test_any_text_is_read_or_refused(text: str) -> None:
    for candidate in (text, "b" + text, "bafyrei" + text):
        with pytest.raises(Invalid):
            Cid.parse(candidate[:58])


@pytest.mark.parametrize("raw", [b"", b"\x01\x71\x12\x20", Cid.of(b"").raw + b"\0", b"\x12\x20" + bytes(34)])
def test_other_cid_bytes_are_refused(raw: bytes) -> None:
    with pytest.raises(Invalid):
        Cid(raw)


def test_a_cid_is_a_value() -> None:
    one, same, other = Cid.of(b"1"), Cid.of(b"1"), Cid.of(b"2")
    assert one == same
    assert len({one, same, other}) == 2
    assert one != one.raw
    assert sorted([one, other]) == sorted([other, one], key=lambda link: link.raw)
    assert pickle.loads(pickle.dumps(one)) == one  # noqa: S301 - made here
    assert copy.deepcopy(one) == one
    with pytest.raises(AttributeError):
        one.raw = b""
    with pytest.raises(AttributeError):
        del one.raw
    with pytest.raises(AttributeError):
        one.other = 1
