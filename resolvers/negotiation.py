"""Which media type a client wants and sends: Accept and Content-Type of GraphQL over HTTP (RFC 9110 §12.5.1).

Pure and remembered: clients repeat the same few header values for ever.
"""

from __future__ import annotations

from functools import lru_cache
from typing import Final

JSON: Final = "application/json"
RESPONSE_JSON: Final = "application/graphql-response+json"
HTML: Final = "text/html"

# in the order we prefer where a client weighs them equally
_OFFERS: Final = (RESPONSE_JSON, JSON, HTML)
_LONGEST: Final = 1_000


@lru_cache(maxsize=256)
def accepted(accept: bytes | None, *, html: bool) -> str | None:
    """The media type to answer with, or None when no offer is accepted.

    A missing header and `*/*` mean JSON: the draft's default for clients that do not say.
    HTML is offered to callers with `html` (GET), and only to those that name it.
    """
    if accept is None or not accept.strip():
        return JSON
    ranges = _ranges(accept[:_LONGEST].decode("latin-1"))
    best: tuple[float, int, int] = (0.0, 0, 0)
    found = None
    for place, offer in enumerate(_OFFERS if html else _OFFERS[:2]):
        quality, exactness = _quality(offer, ranges)
        if offer == HTML and exactness < _EXACT:
            continue
        # among wildcards plain JSON is the default; among named types the newer one is
        rank = (quality, exactness, -place if exactness == _EXACT else int(offer == JSON))
        if quality > 0 and rank > best:
            best, found = rank, offer
    return found


_EXACT: Final = 3


def _ranges(text: str) -> list[tuple[str, float]]:
    found = []
    for part in text.split(","):
        kind, *options = (piece.strip().lower() for piece in part.split(";"))
        quality = 1.0
        for option in options:
            name, _, value = option.partition("=")
            if name.strip() == "q":
                quality = _weight(value)
            elif name.strip() == "charset" and value.strip(' "') not in ("utf-8", "utf8"):
                quality = 0.0  # we have nothing but UTF-8
        if kind:
            found.append((kind, quality))
    return found


def _weight(text: str) -> float:
    try:
        weight = float(text)
    except ValueError:
        return 0.0
    return weight if 0.0 <= weight <= 1.0 else 0.0


def _quality(offer: str, ranges: list[tuple[str, float]]) -> tuple[float, int]:
    """How much the client wants an offer, by the most exact range that covers it."""
    best = (0.0, 0)
    group = offer.partition("/")[0] + "/*"
    for kind, quality in ranges:
        exactness = 3 if kind == offer else 2 if kind == group else 1 if kind == "*/*" else 0
        if exactness > best[1]:
            best = (quality, exactness)
    return best


@lru_cache(maxsize=256)
def json_utf8(kind: bytes | None) -> bool:
    """Whether a request's Content-Type is JSON in UTF-8. Anything a plain HTML form can send is not."""
    if kind is None:
        return False
    name, *options = (piece.strip().lower() for piece in kind[:_LONGEST].decode("latin-1").split(";"))
    if name != JSON:
        return False
    charsets = [o.partition("=")[2].strip(' "') for o in options if o.startswith("charset")]
    return all(charset in ("utf-8", "utf8") for charset in charsets)
