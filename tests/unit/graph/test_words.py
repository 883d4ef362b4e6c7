"""Folding, Lucene text without operators, and suggestions."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from graph import words


@pytest.mark.parametrize(
    ("text", "folded"),
    [
        ("Björk", "bjork"),
        ("Øystein ŁONA", "oystein lona"),
        ("Dvořák", "dvorak"),
        ("Straße", "strasse"),
        ("\uff34oo Ⅳ", "too iv"),
        ("Æsop", "aesop"),
        ("東京", "東京"),
    ],
)
def test_folding(text: str, folded: str) -> None:
    assert words.folded(text) == folded


@pytest.mark.parametrize(
    ("typed", "lucene"),
    [
        ("sigur rós", '"sigur" AND "rós"'),
        ("AC/DC", '"AC/DC"'),
        ("a OR b", '"a" AND "OR" AND "b"'),
        ('say "x\\', '"say" AND "\\"x\\\\"'),
        ("bjo\u0308rk", '"björk"'),
        ("  ", '""'),
    ],
)
def test_every_word_is_a_phrase(typed: str, lucene: str) -> None:
    assert words.lucene(typed) == lucene


@given(st.text())
def test_quotes_never_close_early(typed: str) -> None:
    text = words.lucene(typed).replace("\\\\", "").replace('\\"', "")
    assert all(part.count('"') == 2 for part in text.split(" AND "))


@given(st.text())
def test_fuzzy_has_nothing_but_words(typed: str) -> None:
    text = words.fuzzy(typed)
    assert text == '""' or all(
        part.rpartition("~")[0].replace("_", "x").isalnum() or words.WORD.fullmatch(part.rpartition("~")[0])
        for part in text.split(" AND ")
    )


def test_the_field_that_holds_most_of_the_words() -> None:
    values = ["Björk", ["Björk Guðmundsdóttir", "비요크"], None]
    names = ("name", "aliases", "other")
    assert words.matched("bjork", values, names) == "name"
    assert words.matched("bjork gudmundsdottir", values, names) == "aliases"
    assert words.matched("비요크", values, names) == "aliases"
    assert words.matched("xyz", values, names) is None


def test_a_suggestion_only_where_something_else_was_meant() -> None:
    assert words.suggestion("bjorg", ["Beck", "Björk"], []) == "Björk"
    assert words.suggestion("bjork", ["Björk"], ["Björk"]) is None
    assert words.suggestion("oystein", ["Øystein Sevåg"], ["Øystein Sevåg"]) is None
    assert words.suggestion("", ["Björk"], []) is None
    assert words.suggestion("qqqqqq", ["Björk"], []) is None
