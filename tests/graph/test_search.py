"""Search in every script and spelling, and what is typed by people who know Lucene or do not."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest

from graph.change import Upsert
from graph.words import folded
from tests.graph.catalogue import SHARED_ISRC, made, valid

if TYPE_CHECKING:
    from tests.graph.catalogue import Catalogue
    from tests.graph.reader import Reader

pytestmark = pytest.mark.asyncio(loop_scope="module")

SEARCH = """query($q: String!, $types: [SearchType!], $first: Int, $after: String) {
    search(query: $q, types: $types, first: $first, after: $after) {
        didYouMean pageInfo { hasNextPage hasPreviousPage startCursor endCursor }
        edges { cursor score matchedField node { __typename id
            ... on Contributor { name } ... on Work { title } ... on Recording { label: title } } } } }"""


async def look(reader: Reader, query: str, **options: Any) -> Any:
    """What a search finds."""
    return (await reader.ask(SEARCH, {"q": query, **options}))["search"]


def names(found: Any) -> list[str]:
    """The names of what was found."""
    return [n.get("name") or n.get("title") or n.get("label") for n in (e["node"] for e in found["edges"])]


@pytest.mark.parametrize(
    ("typed", "name"),
    [
        ("Björk", "Björk"),
        ("bjork", "Björk"),
        ("BJÖRK", "Björk"),
        ("bjo\u0308rk", "Björk"),
        ("sigur ros", "Sigur Rós"),
        ("rós sigur", "Sigur Rós"),
        ("motorhead", "Motörhead"),
        ("antonin dvorak", "Antonín Dvořák"),
        ("oystein", "Øystein Sevåg"),
        ("Øystein", "Øystein Sevåg"),
        ("lona", "Łona"),
        ("beyonce", "Beyoncé"),
        ("椎名林檎", "椎名林檎"),
        ("東京事変", "東京事変"),
        ("東京", "東京事変"),
        ("サカナクション", "サカナクション"),
        ("земфира", "Земфира"),
        ("МУМИЙ тролль", "Мумий Тролль"),
        ("أم كلثوم", "أم كلثوم"),
        ("فيروز", "فيروز"),
        ("Παύλος", "Παύλος Σιδηρόπουλος"),
        ("σιδηρόπουλος", "Παύλος Σιδηρόπουλος"),
        ("신중현", "신중현"),
        ("AC/DC", "AC/DC"),
        ("ac dc", "AC/DC"),
        ("the björk", "Björk"),
    ],
)
async def test_a_name_as_people_type_it(reader: Reader, typed: str, name: str) -> None:
    found = await look(reader, typed, types=["CONTRIBUTOR"])
    assert names(found)[:1] == [name]
    assert found["edges"][0]["matchedField"] == "name"
    assert found["didYouMean"] is None


async def test_every_word_is_wanted(reader: Reader) -> None:
    assert names(await look(reader, "sigur björk", types=["CONTRIBUTOR"])) == []
    assert names(await look(reader, "東変", types=["CONTRIBUTOR"])) == []  # both letters, but not in a row


async def test_other_names_are_searched(reader: Reader) -> None:
    found = await look(reader, "Björk alias", types=["CONTRIBUTOR"])
    assert (names(found)[0], found["edges"][0]["matchedField"]) == ("Björk", "aliases")


@pytest.mark.parametrize("typed", [SHARED_ISRC, "gb-ahs-14-00099", "ISRC GB AHS 14 00099", " gbahs1400099 "])
async def test_an_isrc_finds_its_recordings(reader: Reader, typed: str) -> None:
    found = await look(reader, typed)
    assert {e["node"]["id"] for e in found["edges"]} == {made("Recording", f"shared {x}") for x in "ab"}
    assert {e["matchedField"] for e in found["edges"]} == {"identifiers"}
    assert found["didYouMean"] is None


@pytest.mark.parametrize(
    ("scheme", "typed", "expected"),
    [
        ("isni", valid("isni", "000000010000000"), ("Contributor", "Björk")),
        (
            "isni",
            " ".join(valid("isni", "000000010000000")[i : i + 4] for i in (0, 4, 8, 12)),
            ("Contributor", "Björk"),
        ),
        ("iswc", valid("iswc", "T000000001"), ("Work", "0")),
        ("barcode", valid("barcode", "005012345670"), ("Release", "0")),
    ],
)
async def test_other_identifiers(reader: Reader, scheme: str, typed: str, expected: tuple[str, str]) -> None:
    found = await look(reader, typed)
    assert found["edges"][0]["node"]["id"] == made(*expected), scheme
    assert found["edges"][0]["matchedField"] == "identifiers"


@pytest.mark.parametrize(
    ("typed", "meant"), [("bjorg", "Björk"), ("motorhed", "Motörhead"), ("beyonse", "Beyoncé"), ("земфера", "Земфира")]
)
async def test_did_you_mean(reader: Reader, typed: str, meant: str) -> None:
    found = await look(reader, typed, types=["CONTRIBUTOR"])
    assert found["didYouMean"] == meant


@pytest.mark.parametrize(
    "typed",
    [
        "", " ", "\t\n", "*", "***", "?", "~", "^2", "bjork~", "bjo*", "name:bjork", "(", ")", "((", "[a TO b]", "{",
        '"', '"bjork', "\\", "\\\\", "a \\", "AND", "OR NOT", "NOT", "&&", "||", "!", "!!!", "+", "-x", "/re.*/", "/",
        "a:b:c", "aliases:*", "_exists_:name", "*:*", "<", ">5", "=", "'", "`", "$p0", "🎷", "\u200f",
        "x" * 500, " ".join("ab" * 3 for _ in range(70)),
    ],
)  # fmt: skip
async def test_operators_are_plain_characters(reader: Reader, typed: str) -> None:
    found = await look(reader, typed)
    assert isinstance(found["edges"], list)
    letters = set(typed.casefold())
    assert all(letters & set(folded(str(name))) for name in names(found))


async def test_wildcards_find_nothing_more(reader: Reader) -> None:
    assert names(await look(reader, "bjo*", types=["CONTRIBUTOR"])) == []
    assert names(await look(reader, "bjork~2 OR zemfira", types=["CONTRIBUTOR"])) == []
    assert names(await look(reader, "*:*")) == []
    assert names(await look(reader, "name:bjork", types=["CONTRIBUTOR"])) == []


async def test_a_query_has_an_end(reader: Reader) -> None:
    assert await reader.codes(SEARCH, {"q": "x" * 501}) == ["QUERY_TOO_LONG"]
    assert await reader.codes(SEARCH, {"q": "x", "first": 101}) == ["PAGE_TOO_LARGE"]
    assert await reader.codes(SEARCH, {"q": "x", "after": "aGl0Oi0x"}) == ["CURSOR_INVALID"]
    assert await reader.codes(SEARCH, {"q": "x", "after": "aGl0Ojk5OTk5"}) == ["CURSOR_INVALID"]  # deeper than it goes
    assert await reader.codes(SEARCH, {"q": "x", "after": "é"}) == ["CURSOR_INVALID"]


async def test_pages_of_equal_hits_repeat_nothing(catalogue: Catalogue, reader: Reader) -> None:
    """Last of the module: it adds to the catalogue."""
    for i in range(0, 60, 5):
        some = (made("Area", f"same {n}") for n in range(i, i + 5))
        await catalogue.write(*(Upsert("Area", one, {"name": "Samesame"}) for one in some))
    await catalogue.sequence()
    seen: list[str] = []
    after = None
    while True:
        found = await look(reader, "samesame", first=7, after=after)
        seen += [e["node"]["id"] for e in found["edges"]]
        assert found["pageInfo"]["hasPreviousPage"] is (after is not None)
        if not found["pageInfo"]["hasNextPage"]:
            break
        after = found["pageInfo"]["endCursor"]
    assert len(seen) == len(set(seen)) == 60
    assert [e["node"]["id"] for e in (await look(reader, "samesame", first=60))["edges"]] == seen
