"""What a value must look like: the check every write passes, and the DAG-CBOR shape of a type's state.

Both are read off the same declaration, so that a payload can hold nothing a write would refuse.
"""

from __future__ import annotations

import re
import unicodedata
from datetime import date as calendar
from typing import TYPE_CHECKING

from ontology.errors import Invalid
from ontology.terms import Field, Kind, NodeSpec, Relation, Spec, Via, Visibility

if TYPE_CHECKING:
    from collections.abc import Callable

CONTROL = re.compile(r"[\x00-\x08\x0b\x0c\x0e-\x1f\x7f\ud800-\udfff]")
DATE = re.compile(r"(\d{4})(?:-(\d{2})(?:-(\d{2}))?)?\Z", re.ASCII)
TIME = re.compile(r"\d{4}-\d{2}-\d{2}T\d{2}:\d{2}:\d{2}\.\d{6}Z\Z", re.ASCII)
IRI = re.compile(r"[A-Za-z][A-Za-z0-9+.-]*:\S+\Z")
MANY_MAX = 1_000

Value = str | int | bool


def _text(f: Field, value: object, path: str) -> str:
    if not isinstance(value, str):
        raise _wrong(f, value, path, "text")
    if not value.isascii():
        value = unicodedata.normalize("NFC", value)
    if CONTROL.search(value):
        raise Invalid("CONTROL_CHARACTER", f"{path} holds a control character.", "Remove it.", path=path)
    if len(value) > f.max_length:
        raise Invalid(
            "TEXT_TOO_LONG",
            f"{path} has {len(value)} characters.",
            f"Shorten it to {f.max_length} at most.",
            path=path,
        )
    if not value.strip():
        raise Invalid("TEXT_EMPTY", f"{path} is empty.", "Leave it out, or give null to remove it.", path=path)
    return value


def _integer(f: Field, value: object, path: str) -> int:
    if isinstance(value, bool) or not isinstance(value, int):
        raise _wrong(f, value, path, "a whole number")
    if (f.minimum is not None and value < f.minimum) or (f.maximum is not None and value > f.maximum):
        hint = f"Give a number from {f.minimum} to {f.maximum}."
        raise Invalid("OUT_OF_RANGE", f"{path} is {value}.", hint, path=path)
    return value


def _boolean(f: Field, value: object, path: str) -> bool:
    if not isinstance(value, bool):
        raise _wrong(f, value, path, "true or false")
    return value


def _date(f: Field, value: object, path: str) -> str:
    found = DATE.match(value) if isinstance(value, str) else None
    if found is None:
        raise _wrong(f, value, path, "a date: YYYY, YYYY-MM or YYYY-MM-DD")
    year, month, day = (int(part) if part else 1 for part in found.groups())
    try:
        calendar(year, month, day)
    except ValueError:
        raise Invalid("DATE_IMPOSSIBLE", f"{path} is {value!r}: no such day.", "Mend the date.", path=path) from None
    return str(value)


def _time(f: Field, value: object, path: str) -> str:
    if not isinstance(value, str) or not TIME.match(value):
        raise _wrong(f, value, path, "a UTC time: YYYY-MM-DDTHH:MM:SS.ffffffZ")
    return value


def _enum(f: Field, value: object, path: str) -> str:
    if value not in f.values:
        raise _wrong(f, value, path, "one of " + ", ".join(f.values))
    return str(value)


def _iri(f: Field, value: object, path: str) -> str:
    if not isinstance(value, str) or not IRI.match(value):
        raise _wrong(f, value, path, "an IRI")
    return _text(f, value, path)


CHECKS: dict[Kind, Callable[[Field, object, str], Value]] = {
    Kind.TEXT: _text,
    Kind.INTEGER: _integer,
    Kind.BOOLEAN: _boolean,
    Kind.DATE: _date,
    Kind.TIME: _time,
    Kind.ENUM: _enum,
    Kind.IRI: _iri,
}


def _wrong(f: Field, value: object, path: str, wanted: str) -> Invalid:
    shown = repr(value)
    shown = shown if len(shown) <= 60 else shown[:57] + "..."  # noqa: PLR2004 - a line's worth of evidence
    return Invalid("WRONG_TYPE", f"{path} is {shown}.", f"Give {wanted} ({f.doc})", path=path)


def check_value(f: Field, value: object, path: str = "") -> Value | list[Value] | None:
    """The value as it may be stored, or None for null and empty lists. Raises Invalid with the path."""
    path = path or f.name
    if value is None:
        return None
    check = CHECKS[f.kind]
    if not f.many:
        return check(f, value, path)
    items = value if isinstance(value, list | tuple) else [value]
    if len(items) > MANY_MAX:
        raise Invalid("TOO_MANY_VALUES", f"{path} has {len(items)} values.", f"Give {MANY_MAX} at most.", path=path)
    checked = [check(f, item, f"{path}.{i}") for i, item in enumerate(items)]
    return list(dict.fromkeys(checked)) or None


def check_required(spec: Spec, state: dict[str, object]) -> None:
    """Raises Invalid(REQUIRED_MISSING) where a required field of the type has no value."""
    missing = [f.name for f in spec.fields.values() if f.required and state.get(f.name) is None]
    if missing:
        hint = f"A {spec.name} needs {', '.join(missing)}."
        raise Invalid("REQUIRED_MISSING", f"{spec.name} without {', '.join(missing)}.", hint, path=missing[0])


CBOR = {
    Kind.TEXT: "text",
    Kind.INTEGER: "int",
    Kind.BOOLEAN: "bool",
    Kind.DATE: "text (date)",
    Kind.TIME: "text (time)",
    Kind.ENUM: "text",
    Kind.IRI: "text (IRI)",
}


def state_shape(spec: Spec, relations: dict[str, Relation], visibility: Visibility) -> dict[str, str]:
    """Key -> CBOR type of the `state` map in a payload of this type, for the public or the private payload.

    Absent keys mean null. `createdAt` and `updatedAt` follow from the records and are not part of it.
    """
    fields = spec.public_fields if visibility is Visibility.PUBLIC else spec.private_fields
    shape = {f.name: f"[{CBOR[f.kind]}]" if f.many else CBOR[f.kind] for f in fields.values() if not f.system}
    if visibility is Visibility.PUBLIC:
        if isinstance(spec, NodeSpec):
            shape |= dict.fromkeys(spec.edges, "[text (IRI)]")
            shape |= {"identifiers": "[{scheme: text, value: text, status: text, raw?: text}]"} if spec.schemes else {}
        else:
            ends = [name for name, r in relations.items() if r.via is Via.END]
            shape |= dict.fromkeys(("from", "to") if ends else (), "text (IRI)")
    return shape


def iri(base: str, spec: Spec, key: str) -> str:
    """The IRI of an entity: `{base}/{type in kebab-case}/{id}`."""
    return f"{base}/{spec.path}/{key}"
