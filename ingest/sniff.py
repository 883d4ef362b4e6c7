"""Tells the format of an input from its first bytes; a name is only a name."""

from __future__ import annotations

from typing import Literal, get_args

import orjson

from ontology.errors import Invalid

Format = Literal["csv", "json", "jsonl"]
FORMATS = ("auto", "csv", "tsv", "json", "jsonl", "musicbrainz")
"""What a caller may ask for. `tsv` is `csv` (the delimiter is found), `musicbrainz` is JSON of either form."""


def choose(asked: str, head: bytes) -> Format:
    """The format to read an input as. Raises Invalid(FORMAT_UNKNOWN) for a name that is none."""
    if asked not in FORMATS:
        raise Invalid("FORMAT_UNKNOWN", f"{asked!r} is no format.", f"Use one of {', '.join(FORMATS)}.")
    if asked == "tsv":
        return "csv"
    if asked in {"auto", "musicbrainz"}:
        return _detect(head)
    return next(name for name in get_args(Format) if name == asked)


def _detect(head: bytes) -> Format:
    text = head.lstrip()
    if text[:1] not in {b"{", b"["}:
        return "csv"
    if text[:1] == b"[":
        return "json"
    first, *others = [line for line in text.split(b"\n") if line.strip()]
    if _is_json(first):
        return "jsonl"
    # the first line is no whole object: a document over several lines, or one bad line among good ones
    # (the last of the others may be cut off by the end of the head)
    return "jsonl" if not others or any(_is_object(line) for line in others[:-1] or others) else "json"


def _is_json(data: bytes) -> bool:
    try:
        orjson.loads(data)
    except orjson.JSONDecodeError:
        return False
    return True


def _is_object(data: bytes) -> bool:
    return data.startswith(b"{") and _is_json(data)
