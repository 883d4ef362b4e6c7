"""The two blocks behind every change: the payload (what was so) and the record (who changed what, and when).

Exactly the keys and rules of `docs/provenance.md`. Reading and writing share the same checks.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from functools import lru_cache
from itertools import pairwise
from typing import TYPE_CHECKING, Any, Final

from ontology.errors import Invalid
from provenance.cid import Cid, decode_strict, encode, head, link_item, text_item
from provenance.clock import parse_time
from provenance.ulid import is_ulid

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from provenance.cid import Value

VERSION: Final = 1
RECORD_KIND: Final = "omnisonic.prov/record"
PAYLOAD_KIND: Final = "omnisonic.prov/payload"
ACTIVITIES: Final = ("create", "update", "delete", "merge", "erase")
SOURCE_KINDS: Final = ("user", "api", "import", "job", "migration", "system")
SALT_BYTES: Final = 32

_IRI: Final = re.compile(r"[A-Za-z][A-Za-z0-9+.-]*:\S+")


@dataclass(frozen=True, slots=True)
class Source:
    """Where a change came from: one of SOURCE_KINDS, and what it is called there (never empty)."""

    kind: str
    ref: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Record:
    """One change of one entity. Links are Cids, `time` is UTC text, `fields` are sorted names."""

    tx: str
    n: int
    time: str
    actor: str
    source: Source
    activity: str
    entity: str
    etype: str
    prev: Cid | None
    after: Cid | None
    private: Cid | None
    used: tuple[Cid, ...]
    erases: tuple[Cid, ...]
    fields: tuple[str, ...]
    reason: str | None


@dataclass(frozen=True, slots=True)
class Payload:
    """The state of one entity, hidden behind 32 random bytes once the block is gone."""

    entity: str
    state: Mapping[str, Value]
    salt: bytes


def build_payload(entity: str, state: Mapping[str, Value], salt: bytes) -> tuple[Cid, bytes]:
    """The payload block of a state and its CID; `salt` are 32 fresh random bytes.

    Invalid (`payload_schema`, `cbor_not_canonical`) for what a payload cannot hold.
    """
    _check_payload(entity, state, salt)
    data = b"".join((_PAYLOAD_V_KIND_SALT, salt, _KEY_STATE, encode(state), _KEY_ENTITY, text_item(entity)))
    return Cid.of(data), data


def read_payload(data: bytes) -> Payload:
    """Read a payload block; Invalid (`cbor_not_canonical`, `payload_schema`) unless it is one, to the letter."""
    found = _block(data, PAYLOAD_KIND, _PAYLOAD_KEYS, "payload_schema")
    entity, state, salt = found["entity"], found["state"], found["salt"]
    _check_payload(entity, state, salt)
    return Payload(entity, state, salt)


def build_record(
    *,
    tx: str,
    n: int,
    time: str,
    actor: str,
    source: Source,
    activity: str,
    entity: str,
    etype: str,
    fields: Sequence[str],
    prev: Cid | None = None,
    after: Cid | None = None,
    private: Cid | None = None,
    used: Sequence[Cid] = (),
    erases: Sequence[Cid] = (),
    reason: str | None = None,
) -> tuple[Cid, bytes]:
    """The record block of a change and its CID; Invalid (`record_schema`) when a rule is broken.

    The keys are written in their canonical order; what repeats from record to record is checked and encoded once.
    """
    _check_links(activity, prev, after, private, erases)
    if type(n) is not int or not 0 <= n < 1 << 63:
        raise _bad("n", "is a number from 0")
    if not _IRI.fullmatch(entity):
        raise _bad("entity", "is an IRI: scheme:non-space")
    data = b"".join(
        (
            _RECORD_N,
            head(0, n),
            _V_TX,
            _tx(tx),
            _KIND_PREV,
            link_item(prev),
            _KEY_TIME,
            _time(time),
            _KEY_USED,
            _links("used", used),
            _KEY_ACTOR,
            _actor(actor),
            _KEY_AFTER,
            link_item(after),
            _KEY_ETYPE,
            _etype(etype),
            _KEY_ENTITY,
            text_item(entity),
            _KEY_ERASES,
            _links("erases", erases),
            _KEY_FIELDS,
            _fields(tuple(fields)),
            _KEY_REASON,
            _NULL if reason is None else text_item(reason),
            _KEY_SOURCE,
            _source(source),
            _KEY_PRIVATE,
            link_item(private),
            _KEY_ACTIVITY,
            text_item(activity),
        )
    )
    return Cid.of(data), data


def read_record(data: bytes) -> Record:
    """Read a record block; Invalid (`cbor_not_canonical`, `record_schema`) unless it is one, to the letter."""
    found = _block(data, RECORD_KIND, _RECORD_KEYS, "record_schema")
    for name, types in _RECORD_TYPES.items():
        if type(found[name]) not in types:
            raise _bad(name, "has another type")
    source = found["source"]
    if source.keys() != {"kind", "ref"} or type(source["kind"]) is not str:
        raise _bad("source", "has exactly kind, a text, and ref")
    if type(source["ref"]) not in _TEXT_OR_NULL or any(type(name) is not str for name in found["fields"]):
        raise _bad("source.ref and fields", "are texts")
    record = Record(
        **{name: found[name] for name in _PLAIN_FIELDS},
        source=Source(source["kind"], source["ref"]),
        used=tuple(found["used"]),
        erases=tuple(found["erases"]),
        fields=tuple(found["fields"]),
    )
    if record_block(record)[1] != data:
        raise _bad("block", "differs from what its fields give")
    return record


def record_block(record: Record) -> tuple[Cid, bytes]:
    """The block of a record and its CID."""
    return build_record(**{name: getattr(record, name) for name in Record.__slots__})


def _bad(name: str, why: str) -> Invalid:
    return Invalid("record_schema", f"record: {name} {why}", path=name)


def _block(data: bytes, kind: str, keys: frozenset[str], code: str) -> dict[str, Any]:
    found = decode_strict(data)
    if not isinstance(found, dict) or found.keys() != keys:
        raise Invalid(code, f"the block has not exactly the keys {', '.join(sorted(keys))}")
    if type(found["v"]) is not int or found["v"] != VERSION or found["kind"] != kind:
        raise Invalid(code, f"the block is not a {kind} of version {VERSION}")
    return found


def _check_payload(entity: object, state: object, salt: object) -> None:
    if type(salt) is not bytes or len(salt) != SALT_BYTES:
        raise Invalid("payload_schema", f"payload: salt has {SALT_BYTES} bytes", path="salt")
    if type(entity) is not str or not _IRI.fullmatch(entity):
        raise Invalid("payload_schema", "payload: entity is an IRI: scheme:non-space", path="entity")
    if type(state) is not dict:
        raise Invalid("payload_schema", "payload: state is a map", path="state")


def _check_links(
    activity: str, prev: Cid | None, after: Cid | None, private: Cid | None, erases: Sequence[Cid]
) -> None:
    if activity not in ACTIVITIES:
        raise _bad("activity", f"is one of {', '.join(ACTIVITIES)}")
    if prev is None and activity in ("update", "delete", "erase"):
        raise _bad("prev", f"is wanted for {activity}")
    if after is None and activity in ("create", "update", "merge"):
        raise _bad("after", f"is wanted for {activity}")
    if activity == "delete" and (after is not None or private is not None):
        raise _bad("after", "and private are null for delete")
    if bool(erases) != (activity == "erase"):
        raise _bad("erases", "names payloads exactly for erase")


def _links(name: str, links: Sequence[Cid]) -> bytes:
    if not links:
        return _EMPTY
    if any(type(link) is not Cid for link in links):
        raise _bad(name, "is a list of links")
    return head(4, len(links)) + b"".join([link_item(link) for link in links])


# What comes again in many records of one run is checked and encoded once.


@lru_cache(maxsize=1024)
def _tx(tx: str) -> bytes:
    if not is_ulid(tx):
        raise _bad("tx", "is an upper-case ULID")
    return text_item(tx)


@lru_cache(maxsize=1024)
def _time(time: str) -> bytes:
    try:
        parse_time(time)
    except Invalid as error:
        raise _bad("time", error.message) from None
    return text_item(time)


@lru_cache(maxsize=1024)
def _actor(actor: str) -> bytes:
    if not _IRI.fullmatch(actor) or "@" in actor:
        raise _bad("actor", "is an IRI without @: a pseudonym, never a name or an address")
    return text_item(actor)


@lru_cache(maxsize=1024)
def _etype(etype: str) -> bytes:
    if not etype:
        raise _bad("etype", "is the name of a class")
    return text_item(etype)


@lru_cache(maxsize=1024)
def _fields(names: tuple[str, ...]) -> bytes:
    if any(one >= other for one, other in pairwise(names)):
        raise _bad("fields", "are sorted by code point, none twice")
    return head(4, len(names)) + b"".join(map(text_item, names))


@lru_cache(maxsize=1024)
def _source(source: Source) -> bytes:
    if source.kind not in SOURCE_KINDS:
        raise _bad("source", f"kind is one of {', '.join(SOURCE_KINDS)}")
    if source.ref == "":
        raise _bad("source", "ref is null or a text that is not empty")
    return encode({"kind": source.kind, "ref": source.ref})


_PAYLOAD_KEYS: Final = frozenset(("v", "kind", "salt", "entity", "state"))
_RECORD_KEYS: Final = frozenset((*Record.__slots__, "v", "kind"))
_PLAIN_FIELDS: Final = tuple(name for name in Record.__slots__ if name not in {"source", "used", "erases", "fields"})
_TEXT_OR_NULL: Final = (str, type(None))
_RECORD_TYPES: Final[dict[str, tuple[type, ...]]] = {
    **dict.fromkeys(("tx", "time", "actor", "activity", "entity", "etype"), (str,)),
    "n": (int,),
    "reason": _TEXT_OR_NULL,
    **dict.fromkeys(("prev", "after", "private"), (Cid, type(None))),
    **dict.fromkeys(("used", "erases", "fields"), (list,)),
    "source": (dict,),
}


def _key(name: str) -> bytes:
    return text_item(name)


_NULL: Final = encode(None)
_EMPTY: Final = encode([])
_KEY_TIME: Final = _key("time")
_KEY_USED: Final = _key("used")
_KEY_ACTOR: Final = _key("actor")
_KEY_AFTER: Final = _key("after")
_KEY_ETYPE: Final = _key("etype")
_KEY_ENTITY: Final = _key("entity")
_KEY_ERASES: Final = _key("erases")
_KEY_FIELDS: Final = _key("fields")
_KEY_REASON: Final = _key("reason")
_KEY_SOURCE: Final = _key("source")
_KEY_PRIVATE: Final = _key("private")
_KEY_ACTIVITY: Final = _key("activity")
_KEY_STATE: Final = _key("state")
_RECORD_N: Final = head(5, len(_RECORD_KEYS)) + _key("n")
_V_TX: Final = _key("v") + encode(VERSION) + _key("tx")
_KIND_PREV: Final = _key("kind") + encode(RECORD_KIND) + _key("prev")
_PAYLOAD_V_KIND_SALT: Final = (
    head(5, len(_PAYLOAD_KEYS))
    + _key("v")
    + encode(VERSION)
    + _key("kind")
    + encode(PAYLOAD_KIND)
    + _key("salt")
    + head(2, SALT_BYTES)
)
