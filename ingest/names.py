"""Compares names and titles as people write them. Only for telling "the same, written otherwise" from "another"."""

from __future__ import annotations

import re
import unicodedata
from functools import lru_cache

from rapidfuzz import fuzz

_WORDS = re.compile(r"[^\w]+|_+")
_MARKS = re.compile(r"[\u0300-\u036f]")

CLOSE = 75
"""Least likeness, of 100, of two writings of one name; below it they name different things."""
CLOSE_WORDS = 90
"""The same for the words of both, whatever their order and whatever is added to one of them."""


@lru_cache(maxsize=65_536)
def fold(text: str) -> str:
    """Without case, accents, punctuation and repeated spaces; a text of signs only keeps them."""
    if text.isascii():
        lowered = text.lower()
    else:
        lowered = _MARKS.sub("", unicodedata.normalize("NFKD", text)).casefold()
        lowered = unicodedata.normalize("NFC", lowered)
    return _WORDS.sub(" ", lowered).strip() or lowered.strip()


def same(one: str, other: str) -> bool:
    """Whether two texts are one but for case, accents and punctuation."""
    return one == other or fold(one) == fold(other)


def close(one: str, other: str) -> bool:
    """Whether two texts may be writings of one name: small slips, other order, something added."""
    a, b = fold(one), fold(other)
    return a == b or fuzz.ratio(a, b) >= CLOSE or fuzz.token_set_ratio(a, b) >= CLOSE_WORDS
