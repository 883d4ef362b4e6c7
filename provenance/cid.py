"""Strict DAG-CBOR blocks and their CIDs: the one place where bytes become content addresses.

Writes and reads only what `docs/provenance.md` allows, so that two writers of the same value always get the
same CID. Never normalises text, never guesses a type: what it does not know it refuses.
"""

from __future__ import annotations

import hashlib
import re
from collections.abc import Callable, Mapping, Sequence
from functools import lru_cache, total_ordering
from typing import Any, Final, NoReturn, TypeAlias, cast, final

import cbor2

from ontology.errors import Invalid

MAX_DEPTH: Final = 64
"""Lists and maps within one another; deeper blocks are refused by writer and reader alike."""

_PREFIX: Final = b"\x01\x71\x12\x20"  # CIDv1, dag-cbor, sha2-256, 32 bytes
_CID_BYTES: Final = 36
_LINK_HEAD: Final = b"\xd8\x2a\x58\x25\x00"  # tag 42, byte string of 37, multibase identity
_LINK_TAG: Final = 42
_IN_HEAD: Final = 24  # numbers below stand in the head itself
_SHORT: Final = 512  # texts below find their head in a table
_INT64_MAX: Final = 2**63 - 1
_INT64_MIN: Final = -(2**63)

# RFC 4648 base32 in lower case: 36 bytes are 288 bits, written as 58 digits with two zero bits at the end.
_ALPHABET: Final = "abcdefghijklmnopqrstuvwxyz234567"
_PAIRS: Final = tuple(a + b for a in _ALPHABET for b in _ALPHABET)
_SHIFTS: Final = tuple(range(280, -1, -10))
_CID_TEXT: Final = re.compile("b[a-z2-7]{58}")
_DIGITS: Final = str.maketrans(_ALPHABET, "0123456789abcdefghijklmnopqrstuv")

Value: TypeAlias = "bool | int | str | bytes | Cid | Sequence[Value] | Mapping[str, Value] | None"
"""What a block may hold. At run time: exactly these types, with `list`, `tuple` and `dict` as containers."""

_Add: TypeAlias = Callable[[bytes], None]


@final
@total_ordering
class Cid:
    """A CIDv1 (dag-cbor, sha2-256), immutable, ordered by its bytes.

    `raw` are the 36 bytes, `text` is the lower-case base32 form (`bafyrei…`, 59 characters).
    """

    __slots__ = ("raw",)
    raw: bytes

    def __init__(self, raw: bytes) -> None:
        if len(raw) != _CID_BYTES or not raw.startswith(_PREFIX):
            raise Invalid("cid_invalid", "not a CIDv1 of dag-cbor and sha2-256 in 36 bytes")
        object.__setattr__(self, "raw", bytes(raw))

    @classmethod
    def of(cls, block: bytes) -> Cid:
        """The CID of a block's bytes. Whether the block is well formed is not looked at."""
        cid = object.__new__(cls)
        object.__setattr__(cid, "raw", _PREFIX + hashlib.sha256(block).digest())
        return cid

    @classmethod
    def parse(cls, text: str) -> Cid:
        """Read the text form; refuses any other base, case, length, codec or hash, and stray bits."""
        if not _CID_TEXT.fullmatch(text):
            raise Invalid("cid_invalid", "not the base32 text of a CID", "It starts with bafyrei.")
        number = int(text[1:].translate(_DIGITS), 32)  # int() counts 0-9 and then a-v
        if number & 3:
            raise Invalid("cid_invalid", "the CID text ends in stray bits")
        return cls((number >> 2).to_bytes(_CID_BYTES, "big"))

    @property
    def text(self) -> str:
        number = int.from_bytes(self.raw, "big") << 2
        return "b" + "".join([_PAIRS[number >> shift & 1023] for shift in _SHIFTS])

    def __setattr__(self, name: str, value: object) -> NoReturn:
        raise AttributeError(f"a Cid is immutable: {name}")

    def __delattr__(self, name: str) -> NoReturn:
        raise AttributeError(f"a Cid is immutable: {name}")

    def __eq__(self, other: object) -> bool:
        return isinstance(other, Cid) and self.raw == other.raw

    def __lt__(self, other: Cid) -> bool:
        return self.raw < other.raw

    def __hash__(self) -> int:
        return hash(self.raw)

    def __reduce__(self) -> tuple[type[Cid], tuple[bytes]]:
        return Cid, (self.raw,)

    def __str__(self) -> str:
        return self.text

    def __repr__(self) -> str:
        return f"Cid({self.text})"


def head(major: int, number: int) -> bytes:
    """The shortest head of an item: major type 0 to 7 and its number, 0 to 2^64-1 (RFC 8949 section 3)."""
    kind = major << 5
    if number < _IN_HEAD:
        return bytes((kind | number,))
    for extra, size in ((24, 1), (25, 2), (26, 4)):
        if number < 1 << 8 * size:
            return bytes((kind | extra,)) + number.to_bytes(size, "big")
    return bytes((kind | 27,)) + number.to_bytes(8, "big")


_TEXT_HEADS: Final = tuple(head(3, size) for size in range(_SHORT))
_SMALL: Final = tuple(head(0, number) for number in range(_IN_HEAD))


def text_item(text: str) -> bytes:
    """The block bytes of one text; Invalid when it holds a lone surrogate."""
    try:
        data = text.encode()
    except UnicodeEncodeError:
        raise _refused("text with a lone surrogate") from None
    size = len(data)
    return (_TEXT_HEADS[size] if size < _SHORT else head(3, size)) + data


def link_item(cid: Cid | None) -> bytes:
    """The block bytes of a link, or of null."""
    return b"\xf6" if cid is None else _LINK_HEAD + cid.raw


def encode(value: Value) -> bytes:
    """The one strict block of a value; map keys are sorted by length, then bytes.

    Invalid (`cbor_not_canonical`) for floats, keys that are not text, integers beyond int64, lone surrogates,
    more than MAX_DEPTH levels, and every type that Value does not name (subclasses included).
    """
    parts: list[bytes] = []
    _write(parts.append, value, MAX_DEPTH)
    return b"".join(parts)


def block(value: Value) -> tuple[Cid, bytes]:
    """The value's block and its CID."""
    data = encode(value)
    return Cid.of(data), data


def decode_strict(data: bytes) -> Value:
    """Read one block. Invalid (`cbor_not_canonical`) unless `encode` gives exactly these bytes back.

    Maps come as dict, lists as list, links as Cid.
    """
    try:
        value = cbor2.loads(
            data,
            tag_hook=_read_link,
            semantic_decoders=_NO_TAGS,
            max_depth=MAX_DEPTH,
            allow_indefinite=False,
            allow_duplicate_keys=False,
        )
    except (cbor2.CBORError, Invalid, ValueError) as error:
        raise _refused(f"bytes that do not read: {error}") from error
    if encode(value) != data:
        raise _refused("bytes that are not in the canonical form")
    return cast("Value", value)


def _refused(what: str) -> Invalid:
    return Invalid("cbor_not_canonical", f"a block cannot hold {what}")


def _write(add: _Add, value: Any, depth: int) -> None:
    _WRITERS.get(type(value), _write_unknown)(add, value, depth)


def _write_unknown(_add: _Add, value: object, _depth: int) -> None:
    raise _refused(f"a value of type {type(value).__name__}")


def _write_null(add: _Add, _value: None, _depth: int) -> None:
    add(b"\xf6")


def _write_bool(add: _Add, value: bool, _depth: int) -> None:  # noqa: FBT001 - one signature for all writers
    add(b"\xf5" if value else b"\xf4")


def _write_int(add: _Add, value: int, _depth: int) -> None:
    if 0 <= value < _IN_HEAD:
        add(_SMALL[value])
    elif _INT64_MIN <= value <= _INT64_MAX:
        add(head(0, value) if value >= 0 else head(1, -1 - value))
    else:
        raise _refused("an integer beyond 64 bits")


def _write_text(add: _Add, value: str, _depth: int) -> None:
    add(text_item(value))


def _write_bytes(add: _Add, value: bytes, _depth: int) -> None:
    add(head(2, len(value)))
    add(value)


def _write_link(add: _Add, value: Cid, _depth: int) -> None:
    add(_LINK_HEAD + value.raw)


def _write_list(add: _Add, value: Sequence[Value], depth: int) -> None:
    _deeper(depth)
    add(head(4, len(value)))
    for item in value:
        _WRITERS.get(type(item), _write_unknown)(add, item, depth - 1)


def _write_map(add: _Add, value: Mapping[str, Value], depth: int) -> None:
    _deeper(depth)
    start, keys = _keys(tuple(value))
    add(start)
    for key_item, key in keys:
        add(key_item)
        item = value[key]
        _WRITERS.get(type(item), _write_unknown)(add, item, depth - 1)


def _deeper(depth: int) -> None:
    if depth < 1:
        raise _refused(f"more than {MAX_DEPTH} levels")


@lru_cache(maxsize=4096)
def _keys(keys: tuple[Any, ...]) -> tuple[bytes, tuple[tuple[bytes, str], ...]]:
    """A map's head and its keys in order: heads grow with length, so items sort by length, then bytes."""
    for key in keys:
        if type(key) is not str:
            raise _refused(f"a map key of type {type(key).__name__}")
    return head(5, len(keys)), tuple(sorted((text_item(key), key) for key in keys))


_WRITERS: Final[dict[type, Callable[[_Add, Any, int], None]]] = {
    str: _write_text,
    int: _write_int,
    type(None): _write_null,
    bool: _write_bool,
    bytes: _write_bytes,
    Cid: _write_link,
    list: _write_list,
    tuple: _write_list,
    dict: _write_map,
}


def _read_link(tag: cbor2.CBORTag, _immutable: bool) -> Cid:  # noqa: FBT001 - cbor2's signature
    if tag.tag != _LINK_TAG or type(tag.value) is not bytes or tag.value[:1] != b"\x00":
        raise _refused(f"tag {tag.tag}, or a link without its leading zero")
    return Cid(tag.value[1:])


def _refuse_tag(*_: object) -> NoReturn:
    raise _refused("any tag but 42")


# cbor2 reads these by itself (dates, big numbers, patterns, messages, shared and cyclic parts …) if it may
_NO_TAGS: Final = dict.fromkeys(
    (0, 1, 2, 3, 4, 5, 25, 28, 29, 30, 35, 36, 37, 52, 54, 100, 256, 258, 260, 261, 1004, 43000), _refuse_tag
)
