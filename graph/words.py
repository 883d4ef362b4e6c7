"""Words of a search: folding, Lucene text, which field matched, and what may have been meant. Pure."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterable
from typing import Any

from rapidfuzz import fuzz, process

SPECIAL = re.compile(r'(["\\])')
ESCAPED = r"\\\1"
WORD = re.compile(r"\w+", re.UNICODE)
SHORT = 5
SIMILAR = 60.0
WORDS_MAX = 32
LETTERS = str.maketrans(
    {
        "ø": "o",
        "đ": "d",
        "ð": "d",
        "ł": "l",
        "ħ": "h",
        "\u0131": "i",
        "ŋ": "n",
        "ŧ": "t",
        "æ": "ae",
        "œ": "oe",
        "þ": "th",
    }
)
"""Letters that are no base letter with a mark, as the index folds them."""


def folded(text: str) -> str:
    """Lower case without diacritics: how the index and we compare words."""
    plain = unicodedata.normalize("NFKD", text.casefold()).translate(LETTERS)
    return "".join(c for c in plain if not unicodedata.combining(c))


def words(text: str) -> set[str]:
    """The folded words of a text."""
    return set(WORD.findall(folded(text)))


def lucene(query: Any) -> str:
    """A Lucene query that wants every word; operators in the text are plain characters.

    Each word is a phrase: what the index takes apart (AC/DC, 東京) must stand together.
    """
    found = unicodedata.normalize("NFC", str(query)).split()[:WORDS_MAX]
    return " AND ".join(f'"{SPECIAL.sub(ESCAPED, word)}"' for word in found) or '""'


def fuzzy(query: Any) -> str:
    """A Lucene query for words within one typing error, or two in longer words."""
    found = WORD.findall(folded(str(query)))[:WORDS_MAX]
    return " AND ".join(f"{w}~{1 if len(w) < SHORT else 2}" for w in found) or '""'


def matched(query: str, values: list[Any], names: tuple[str, ...]) -> str | None:
    """The name of the first field whose value holds most of the query's words, or None."""
    wanted = words(query)
    texts = [folded(" ".join(v) if isinstance(v, list) else str(v or "")) for v in values]
    counts = [sum(word in text for word in wanted) for text in texts]
    best = max(counts, default=0)
    return names[counts.index(best)] if best else None


def suggestion(query: str, names: Iterable[str], titles: Iterable[str]) -> str | None:
    """The nearest of `names`, unless a hit's title already holds every word that was typed."""
    wanted = words(query)
    if not wanted or any(all(word in folded(title) for word in wanted) for title in titles):
        return None
    near = process.extractOne(
        query, list(dict.fromkeys(names)), scorer=fuzz.WRatio, processor=folded, score_cutoff=SIMILAR
    )
    return str(near[0]) if near else None
