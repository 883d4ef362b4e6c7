"""What rows and documents say, before anybody looks at the graph."""

from __future__ import annotations

import json
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ingest import isrcrows, musicbrainz
from ingest.causes import REPAIRS, Notes
from ingest.claims import Draft
from ingest.row import Bad, Row
from omnisonic.demo import CATALOGUE

ROW = {"isrc": "GBAHS1400099", "title": "Thinking Out Loud", "artist": "Ed Sheeran"}


def draft(**cells: Any) -> Draft:
    notes = Notes()
    found = isrcrows.draft(Row(7, isrcrows.canonical(ROW | cells, 7, notes)), "here", notes)
    assert isinstance(found, Draft)
    return found


def people(found: Draft) -> list[tuple[str, str, str]]:
    return [(str(c.fields["role"]), c.who.name, c.what.etype) for c in found.credits]


def test_the_smallest_row() -> None:
    found = draft()
    assert (found.line, found.main.etype, found.main.fields) == (7, "Recording", {"title": "Thinking Out Loud"})
    assert [i.key for i in found.main.identifiers] == ["isrc:GBAHS1400099"]
    assert people(found) == [("performer", "Ed Sheeran", "Recording")]


def test_a_row_with_everything() -> None:
    found = draft(
        album="x (Multiply)", upc="825646285877", iswc="T-916.200.000-1", releaseDate="2014-06-20", duration="4:41",
        genre="Pop; Soul", label="Asylum", country="gb", trackNumber="11/16",
        contributors=[{"name": "Amy Wadge", "role": "Composer"}, {"name": "Jake Gosling", "role": "producer"}],
    )  # fmt: skip
    by_type = {claim.etype: claim for claim in found.claims}
    assert by_type["Recording"].fields == {
        "title": "Thinking Out Loud", "durationMs": 281_000, "firstReleaseDate": "2014-06-20", "year": 2014,
        "genre": ["Pop", "Soul"],
    }  # fmt: skip
    assert by_type["Release"].fields == {
        "title": "x (Multiply)", "date": "2014-06-20", "country": "GB", "label": "Asylum",
    }  # fmt: skip
    assert by_type["Track"].fields["position"] == 11
    assert people(found) == [
        ("performer", "Ed Sheeran", "Recording"),
        ("composer", "Amy Wadge", "Work"),
        ("producer", "Jake Gosling", "Recording"),
    ]


@pytest.mark.parametrize("name", ["isrc", "title", "artist"])
def test_what_every_row_needs(name: str) -> None:
    found = isrcrows.draft(Row(3, {k: v for k, v in ROW.items() if k != name}), "here", Notes())
    assert isinstance(found, Bad)
    assert found.problem.code == "FIELD_MISSING"
    assert name in found.problem.cause


def test_bad_values_are_told_and_the_row_is_used() -> None:
    found = draft(isrc="nonsense", duration="long", releaseDate="someday", year="?", country="Mars", album="A")
    assert [p.code for p in found.problems] == [
        "DATE_UNREADABLE", "DURATION_UNREADABLE", "YEAR_UNREADABLE", "IDENTIFIER_INVALID", "COUNTRY_UNREADABLE",
    ] or sorted(p.code for p in found.problems) == sorted([
        "DATE_UNREADABLE", "DURATION_UNREADABLE", "YEAR_UNREADABLE", "IDENTIFIER_INVALID", "COUNTRY_UNREADABLE",
    ])  # fmt: skip
    assert found.main.identifiers[0].raw == "nonsense"


def test_a_control_character_in_the_title_is_fatal_for_the_row_only() -> None:
    found = isrcrows.draft(Row(3, ROW | {"title": "a\x07b"}), "here", Notes())
    assert isinstance(found, Bad)
    assert found.problem.code == "VALUE_INVALID"


def test_ids_follow_from_the_identifier_or_from_source_and_content() -> None:
    assert draft().main.first_id == draft(title="Other").main.first_id
    assert draft(isrc="bad").main.first_id != draft(isrc="bad", title="Other").main.first_id
    assert draft().credits[0].who.first_id == draft(isrc="GBAHS1400098", artist="ED SHEERAN").credits[0].who.first_id


def catalogue() -> list[dict[str, Any]]:
    return [json.loads(line) for line in CATALOGUE.read_text(encoding="utf-8").splitlines()]


def document(title: str) -> Draft:
    (value,) = [d for d in catalogue() if d.get("title") == title and "artist-credit" in d]
    found = musicbrainz.draft(Row(1, value), Notes())
    assert isinstance(found, Draft)
    return found


def test_all_documents_of_the_catalogue_are_recognised_and_read() -> None:
    notes = Notes()
    found = [musicbrainz.draft(Row(1, value), notes) for value in catalogue()]
    assert all(musicbrainz.is_document(value) for value in catalogue())
    assert [d.main.etype for d in found if isinstance(d, Draft)] == [
        *["Contributor"] * 3, "ReleaseGroup", *["Release"] * 3, *["Recording"] * 7,
    ]  # fmt: skip
    assert {note["code"] for note in notes.as_maps()} == {"RELATION_SKIPPED"}


def test_artist_credits_keep_order_names_and_joins() -> None:
    found = document("1000 Nights")
    assert [(c.who.name, c.fields.get("joinPhrase"), c.fields["position"]) for c in found.credits] == [
        ("Ed Sheeran", " feat. ", 0),
        ("Meek Mill", " & ", 1),
        ("A Boogie Wit da Hoodie", None, 2),
    ]


def test_credited_names_and_attributes() -> None:
    credits_ = {(c.who.name, c.fields["role"]): c.fields for c in document("Knowing Me, Knowing You").credits}
    assert credits_["Anni-Frid Lyngstad", "vocal"] == {
        "role": "vocal", "creditedAs": "Frida", "attributes": ["solo"],
    }  # fmt: skip
    assert credits_["Rutger Gunnarsson", "instrument"]["attributes"] == ["bass"]


def test_relations_with_dates_works_and_parts() -> None:
    found = document("Act 2: IVc. Dance des Cygnes - Dance des Cygnes")
    conductor = next(c for c in found.credits if c.fields["role"] == "conductor")
    assert (conductor.fields["beginDate"], conductor.fields["endDate"]) == ("1991-05-29", "1991-05-31")
    (work,) = found.main.edges["works"]
    assert [whole.name for whole in work.edges["partOf"]] == ["Swan Lake, op. 20: Act II, no. 13: Danses des cygnes"]


def relation(kind: str, label: str, direction: str, target: str, **more: Any) -> dict[str, Any]:
    other = {"id": "5c0ceac3-feb4-41f0-868d-dc06f6e27fc0", "title": "Other", "name": "Other"}
    doc = {"id": "0fdbe3c6-7700-4a31-ae54-b53f06ae1cfa", "title": "This", "name": "This"}
    told = {"target-type": target, "type": label, "direction": direction, target: other, **more}
    return {"kind": kind, "doc": doc | {"relations": [told]}}


def related(**given_: Any) -> Draft:
    found = musicbrainz.draft(Row(1, given_["doc"], given_["kind"]), Notes())
    assert isinstance(found, Draft)
    return found


def test_direction_tells_whole_from_part() -> None:
    part = related(**relation("work", "parts", "backward", "work"))
    assert [w.name for w in part.main.edges["partOf"]] == ["Other"]
    whole = related(**relation("work", "parts", "forward", "work"))
    assert [w.name for w in whole.claims[1].edges["partOf"]] == ["This"]


def test_the_printed_name_is_that_of_the_artists_side() -> None:
    listed_at_recording = related(
        **relation("recording", "vocal", "backward", "artist", **{"target-credit": "O.", "source-credit": "T."})
    )
    assert listed_at_recording.credits[0].fields["creditedAs"] == "O."
    assert listed_at_recording.credits[0].who.name == "Other"
    listed_at_artist = related(
        **relation("artist", "vocal", "forward", "recording", **{"target-credit": "O.", "source-credit": "T."})
    )
    assert listed_at_artist.credits[0].fields["creditedAs"] == "T."
    assert listed_at_artist.credits[0].who.name == "This"


def test_a_release_with_its_media() -> None:
    (value,) = [d for d in catalogue() if d["id"] == "6c4f766f-3351-4c10-a53d-b119452c27b2"]
    found = musicbrainz.draft(Row(1, value), Notes())
    assert isinstance(found, Draft)
    tracks = [c for c in found.claims if c.etype == "Track"]
    assert [(t.fields["medium"], t.fields["position"]) for t in tracks] == [
        (1, 1), (1, 2), (1, 3), (1, 4), (2, 1), (2, 2), (2, 3),
    ]  # fmt: skip
    assert [area.name for area in found.main.edges["territories"]] == ["Japan"]
    assert found.main.fields["status"] == "official"


def test_nothing_of_a_kind_we_know() -> None:
    found = musicbrainz.draft(Row(1, {"id": "x", "foo": 1}), Notes())
    assert isinstance(found, Bad)
    assert found.problem.code == "MUSICBRAINZ_UNKNOWN"


JSONISH = st.recursive(
    st.none() | st.booleans() | st.integers() | st.text(max_size=5),
    lambda inner: st.lists(inner, max_size=3)
    | st.dictionaries(
        st.sampled_from(
            ["id", "title", "name", "relations", "artist-credit", "artist", "work", "media", "tracks", "recording",
             "type", "target-type", "attributes", "isrcs", "aliases", "area", "life-span", "length", "position",
             "release-events", "label-info", "label", "genres", "languages", "text-representation", "attribute-values"]
        ),
        inner,
        max_size=5,
    ),
    max_leaves=25,
)  # fmt: skip


@given(st.dictionaries(st.sampled_from(["id", "title", "name", "relations", "media", "artist-credit", "isrcs",
                                        "aliases", "label-info", "life-span", "text-representation", "genres",
                                        "release-events", "area", "languages"]), JSONISH),
       st.sampled_from(sorted(musicbrainz.TYPES)))  # fmt: skip
def test_no_document_breaks_the_reader(value: dict[str, Any], kind: str) -> None:
    found = musicbrainz.draft(Row(1, value, kind), Notes())
    problems = [found.problem] if isinstance(found, Bad) else found.problems
    assert all(problem.code in REPAIRS for problem in problems)


KEYS = (
    "relations", "media", "artist-credit", "isrcs", "aliases", "label-info", "life-span", "text-representation",
    "genres", "release-events", "area", "languages", "language", "secondary-types", "iso-3166-1-codes", "release-group",
    "length", "type", "status", "video", "releases", "barcode", "begin", "sort-name", "country", "attributes",
    "target-type",
)  # fmt: skip


@pytest.mark.parametrize("odd", [5, "text", True, ["a", 1, None], {"x": 1}, [{"label": "x"}], [[1]], [{"artist": 1}]])
@pytest.mark.parametrize("kind", sorted(musicbrainz.TYPES))
def test_values_of_the_wrong_shape_are_passed_over(odd: object, kind: str) -> None:
    value: dict[str, Any] = {"id": "1", "title": "T", "name": "N"} | dict.fromkeys(KEYS, odd)
    assert isinstance(musicbrainz.draft(Row(1, value, kind), Notes()), Draft)
    told = {"target-type": "artist", "type": "vocal", "artist": {"name": "A"}, "attributes": odd,
            "attribute-values": odd, "attribute-credits": odd, "begin": odd, "target-credit": odd}  # fmt: skip
    assert isinstance(musicbrainz.draft(Row(1, {"title": "T", "relations": [told]}, "recording"), Notes()), Draft)


@given(st.dictionaries(st.sampled_from(["isrc", "title", "artist", "album", "upc", "iswc", "releaseDate", "duration",
                                        "contributors", "genre", "year", "composer", "label", "mbid"]),
                       JSONISH))  # fmt: skip
def test_no_row_breaks_the_mapping(value: dict[str, Any]) -> None:
    notes = Notes()
    found = isrcrows.draft(Row(1, isrcrows.canonical(ROW | value, 1, notes)), "here", notes)
    problems = [found.problem] if isinstance(found, Bad) else found.problems
    assert all(problem.code in REPAIRS for problem in problems)
