from __future__ import annotations

import json
import re
from pathlib import Path

import pytest
from hypothesis import example, given
from hypothesis import strategies as st
from stdnum import ean, grid, isni, isrc
from stdnum.iso7064 import mod_37_36

from ontology import check_digits
from ontology.identifiers import INVALID, MAX_RAW, MAX_VALUE, SCHEMES, VALID, Identifier, normalise, recognise

DOCS = Path(__file__).parents[3] / "docs" / "identifiers.md"
ROW = re.compile(r"^\| `(\w+)` \| `([^`]+)` \| `([^`]+)` \| (valid|invalid) \|$", re.MULTILINE)
ROWS = ROW.findall(DOCS.read_text())

ANY_TEXT = st.text(max_size=80) | st.text("0123456789TtXxAI -.:/", max_size=40)
SCHEME = st.sampled_from(sorted(SCHEMES))


def read(scheme: str, raw: str) -> Identifier:
    found = normalise(scheme, raw)
    assert found is not None
    return found


@pytest.mark.parametrize(("scheme", "written", "value", "status"), ROWS)
def test_the_documented_examples(scheme: str, written: str, value: str, status: str) -> None:
    found = read(scheme, written)
    assert (found.value, found.status, found.raw) == (value, status, written)
    assert found.key == f"{scheme}:{value}"
    assert bool(found.cause) == (status == INVALID)


def test_the_docs_show_every_scheme() -> None:
    assert {row[0] for row in ROWS} == set(SCHEMES)


@pytest.mark.parametrize("scheme", SCHEMES)
def test_every_scheme_reads_its_own_example(scheme: str) -> None:
    found = read(scheme, SCHEMES[scheme].example)
    assert (found.value, found.valid) == (SCHEMES[scheme].example, True)
    assert [i.key for i in recognise(found.value)] == [found.key]


# In print on sleeves, in MusicBrainz, in the standards' own examples.
REAL = {
    "isrc": "GBAHS1400099 USRC17607839 GBAYE0601498 QM9AA1912345 ZZZZZ9912345",
    "iswc": "T-034.524.680-1 T-000.000.001-0 T-070.178.113-6 T-900.213.450-1 T-906.801.099-1 T-909.739.343-6",
    "isni": "0000000081697225 0000000115935851 0000000364434564 000000012150090X 0000000121032683",
    "ipi": "00011123948 00011935702 00012741616 00600664284",
    "barcode": "015775151727 077774600125 077778147923 4547366518764 4988006628977 4988006680951 96385074",
    "grid": "A12425GABC1234002M",
    "mbid": "b10bbbfc-cf9e-42e0-be17-e2c3e1d2600d f27ec8db-af05-4f36-916e-3d57f91ecf5e",
}


@pytest.mark.parametrize(("scheme", "code"), [(s, code) for s, codes in REAL.items() for code in codes.split()])
def test_real_codes_are_valid_and_no_other_last_character_is(scheme: str, code: str) -> None:
    found = read(scheme, code)
    assert (found.status, found.cause) == (VALID, "")
    if SCHEMES[scheme].check is not check_digits.none:
        endings = [end for end in "0123456789XM" if read(scheme, found.value[:-1] + end).valid]
        assert endings == [found.value[-1]]


@given(st.from_regex(r"\A[0-9]{15}[0-9X]\Z"))
def test_isni_agrees_with_stdnum(code: str) -> None:
    assert check_digits.isni(code) == isni.is_valid(code)


@given(st.sampled_from([7, 11, 12, 13]).flatmap(lambda n: st.text("0123456789", min_size=n, max_size=n)))
def test_gtin_agrees_with_stdnum(start: str) -> None:
    right = ean.calc_check_digit(start)
    assert [d for d in "0123456789" if check_digits.gtin(start + d)] == [right]


@given(st.text("0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZ", min_size=15, max_size=15))
def test_grid_agrees_with_stdnum(middle: str) -> None:
    code = f"A1{middle}"
    whole = code + mod_37_36.calc_check_digit(code)
    assert check_digits.grid(whole)
    assert grid.is_valid(whole)
    assert read("grid", grid.format(whole)).valid


@given(st.from_regex(r"\A[A-Za-z]{2}-?[A-Za-z0-9]{3}-?[0-9]{2}-?[0-9]{5}\Z"))
def test_isrc_takes_what_stdnum_takes(code: str) -> None:
    mine = read("isrc", code)
    assert mine.valid or not isrc.is_valid(code)


@given(st.integers(0, 10**9 - 1))
def test_exactly_one_ending_fits_iswc_and_ipi(number: int) -> None:
    assert sum(check_digits.iswc(f"T{number:09}{last}") for last in range(10)) == 1
    assert sum(check_digits.ipi(f"{number:09}{last:02}") for last in range(100)) == 1


@given(SCHEME, ANY_TEXT)
@example("isrc", "\ud800")
@example("isrc", "\u200b")
@example("isrc", "ß12345678901")
@example("barcode", "\x00")
@example("ipi", "0" * 11)
@example("isrc", "é" * 900)
def test_any_text_becomes_a_bounded_identifier_that_reads_as_itself(scheme: str, raw: str) -> None:
    found = normalise(scheme, raw)
    if found is None:
        assert not any(char.isprintable() and not char.isspace() for char in raw)
        return
    assert 0 < len(found.value) <= MAX_VALUE
    assert len(found.raw) <= MAX_RAW
    f"{found.key}{found.raw}".encode()
    again = read(scheme, found.value)
    assert (again.key, again.status) == (found.key, found.status)
    assert (found.status == VALID) == (not found.cause)


@given(SCHEME, st.sampled_from(["", " ", "-", "\N{EN DASH}", "\N{MINUS SIGN}", ".", "\u00a0", "\u200b"]), st.booleans())
def test_one_key_for_every_way_of_writing(scheme: str, gap: str, upper: bool) -> None:  # noqa: FBT001
    code = SCHEMES[scheme].example
    spread = gap.join(code.replace("-", ""))
    written = spread.upper() if upper else spread.lower()
    for around in (
        written,
        f"{scheme.upper()}: {written}",
        f"urn:{scheme}:{written}",
        f" [{scheme} {written}] ",
    ):
        assert read(scheme, around).key == f"{scheme}:{code}"


def test_digits_and_letters_of_other_scripts() -> None:
    wide = "".join(chr(ord(char) + 0xFEE0) for char in "GBAHS1400099")
    assert read("isrc", wide).key == "isrc:GBAHS1400099"
    assert read("barcode", "٤٩٨٨٠٠٦٦٨٠٩٥١").key == "barcode:4988006680951"
    assert not read("isrc", "ßAHS1400099").valid


@pytest.mark.parametrize("raw", ["", " ", "\t\n", "\u200b", "\ufeff", "\x00"])
def test_blank_text_is_no_identifier(raw: str) -> None:
    assert normalise("isrc", raw) is None


def test_long_bad_ones_stay_apart() -> None:
    one, other = read("isrc", "x" * 5_000_000 + "1"), read("isrc", "x" * 5_000_000 + "2")
    assert len(one.value) == len(other.value) == MAX_VALUE
    assert one.key != other.key


def test_unknown_scheme_is_a_mistake_of_the_caller() -> None:
    with pytest.raises(KeyError):
        normalise("isbn", "1")


def test_as_map_keeps_raw_only_where_it_says_more() -> None:
    assert read("isrc", "GBAHS1400099").as_map() == {
        "scheme": "isrc",
        "value": "GBAHS1400099",
        "status": "valid",
    }
    assert read("isrc", "GB AHS 1400099").as_map()["raw"] == "GB AHS 1400099"


@pytest.mark.parametrize(
    ("typed", "keys"),
    [
        ("GB-AHS-14-00099", ["isrc:GBAHS1400099"]),
        ("gb ahs 14 00099", ["isrc:GBAHS1400099"]),
        ("ISRC:GBAHS1400099 (remix)", ["isrc:GBAHS1400099"]),
        ("T-070.178.113-6 T0345246801", ["iswc:T0701781136", "iswc:T0345246801"]),
        ("IPI 11123948", ["ipi:00011123948"]),
        ("0 77774 60012 5", ["barcode:077774600125"]),
        ("https://musicbrainz.org/work/b10bbbfc-cf9e-42e0-be17-e2c3e1d2600d/details", [
            "mbid:b10bbbfc-cf9e-42e0-be17-e2c3e1d2600d",
        ]),
        ("A1-2425G-ABC1234002-M", ["grid:A12425GABC1234002M"]),
        ("T-070.178.113-7", ["iswc:T0701781137"]),
        ("Bohemian Rhapsody", []),
        ("1999", []),
        ("2112 (1976)", []),
        ("", []),
        ("99 Luftballons / 99 Red Balloons", []),
    ],
)  # fmt: skip
def test_search_boxes(typed: str, keys: list[str]) -> None:
    assert [i.key for i in recognise(typed)] == keys


@given(st.text(max_size=600))
def test_any_search_text_is_read(text: str) -> None:
    found = recognise(text)
    assert len({i.key for i in found}) == len(found)
    json.dumps([i.as_map() for i in found])


def test_a_long_search_text_is_bounded() -> None:
    assert recognise("a1" * 400_000 + " GBAHS1400099") == []
