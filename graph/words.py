"""Words of a search: folding, Lucene text, which field matched, and what may have been meant. Pure."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterable
from typing import Any

from rapidfuzz import fuzz, process

SPECIAL = re.compile(r'([+\-!(){}\[\]^"~*?:\\/]|&&|\|\|)')
WORD = re.compile(r"\w+", re.UNICODE)
OPERATORS = {"AND", "OR", "NOT"}
SHORT = 5
SIMILAR = 60.0
WORDS_MAX = 32


def folded(text: str) -> str:
    """Lower case without diacritics: how the index and we compare words."""
    plain = unicodedata.normalize("NFKD", text.casefold())
    return "".join(c for c in plain if not unicodedata.combining(c))


def words(text: str) -> set[str]:
    """The folded words of a text."""
    return set(WORD.findall(folded(text)))


def lucene(query: Any) -> str:
    """A Lucene query that wants every word; operators in the text are plain characters."""
    found = [SPECIAL.sub(r"\\\1", w) for w in str(query).split()[:WORDS_MAX]]
    return " AND ".join(f'"{w}"' if w in OPERATORS else w for w in found) or '""'


def fuzzy(query: Any) -> str:
    """A Lucene query for words within one typing error, or two in longer words."""
    found = WORD.findall(folded(str(query)))[:WORDS_MAX]
    return " AND ".join(f"{w}~{1 if len(w) < SHORT else 2}" for w in found) or '""'


def matched(query: str, values: list[Any], names: tuple[str, ...]) -> str | None:
    """The name of the first field whose value holds most of the query's words, or None."""
    wanted = words(query)
    counts = [len(wanted & words(" ".join(v) if isinstance(v, list) else str(v or ""))) for v in values]
    best = max(counts, default=0)
    return names[counts.index(best)] if best else None


def suggestion(query: str, names: Iterable[str], titles: Iterable[str]) -> str | None:
    """The nearest of `names`, unless a hit's title already holds every word that was typed."""
    wanted = words(query)
    if not wanted or any(wanted <= words(title) for title in titles):
        return None
    near = process.extractOne(
        query, list(dict.fromkeys(names)), scorer=fuzz.WRatio, processor=folded, score_cutoff=SIMILAR
    )
    return str(near[0]) if near else None
