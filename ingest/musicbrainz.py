"""Third stage for MusicBrainz documents (web service ws/2 and JSON dumps): entities and their fields.

The document's own entity leads; whatever is nested in it is a mention, which fills gaps only. Relations are
read in `musicbrainz_relations`.
"""

from __future__ import annotations

from typing import Any

from ingest import values
from ingest.causes import Notes, Problem
from ingest.claims import Claim, Credit, Draft, checked, identify, spec_of
from ingest.musicbrainz_relations import relate
from ingest.row import Bad, Row
from ontology.terms import Field

TYPES = {
    "recording": "Recording",
    "work": "Work",
    "release": "Release",
    "release-group": "ReleaseGroup",
    "artist": "Contributor",
    "label": "Contributor",
    "area": "Area",
    "event": "Event",
}
"""MusicBrainz type -> ours. Labels are organizations."""

MARKS: tuple[tuple[str, frozenset[str]], ...] = (
    ("release", frozenset({"media", "barcode", "release-events", "text-representation", "packaging", "label-info"})),
    ("release-group", frozenset({"primary-type", "secondary-types", "primary-type-id"})),
    ("recording", frozenset({"video", "isrcs", "length"})),
    ("work", frozenset({"iswcs", "languages", "language"})),
    ("event", frozenset({"setlist", "cancelled", "time"})),
    ("label", frozenset({"label-code", "label_code"})),
    ("artist", frozenset({"gender", "begin-area", "ipis", "isnis", "begin_area", "gender-id"})),
    ("area", frozenset({"iso-3166-1-codes", "iso-3166-2-codes", "iso-3166-3-codes"})),
    ("artist", frozenset({"sort-name"})),
)
"""What only documents of a type have, most telling first: documents do not name their type."""

KINDS = {"person": "person", "character": "person", "group": "group", "orchestra": "group", "choir": "group"}


def is_document(value: dict[str, Any]) -> bool:
    """Whether an object is a MusicBrainz document rather than a row of {isrc, title, artist}."""
    return kind_of(value) != "" and ("id" in value or "artist-credit" in value) and "artist" not in value


def kind_of(value: dict[str, Any]) -> str:
    """The MusicBrainz type of a document, empty when it has no mark of any."""
    return next((kind for kind, marks in MARKS if marks & value.keys()), "")


def draft(row: Row, notes: Notes) -> Draft | Bad:
    """What a document says, or why it cannot be used."""
    kind = row.kind or kind_of(row.value)
    if kind not in TYPES:
        cause = f"The document has none of the marks of a known type; its keys: {', '.join(sorted(row.value))[:120]}."
        return Bad(row.line, Problem("MUSICBRAINZ_UNKNOWN", cause))
    reader = Reader(notes, row.line)
    main = reader.entity(kind, row.value, leading=True)
    if main is None:
        missing = Problem("VALUE_INVALID", f"The {kind} has no name or title.")
        first = reader.problems[0] if reader.problems else missing
        return Bad(row.line, Problem("VALUE_INVALID", first.cause, first.repair))
    return Draft(row.line, main, reader.claims, reader.credits, reader.problems)


class Reader:
    """Collects what one document says. An entity that is mentioned twice is one claim."""

    def __init__(self, notes: Notes, line: int) -> None:
        self.notes = notes
        self.line = line
        self.claims: list[Claim] = []
        self.credits: list[Credit] = []
        self.problems: list[Problem] = []
        self._known: dict[tuple[str, str], Claim] = {}

    def entity(self, kind: str, doc: Any, *, leading: bool = False) -> Claim | None:
        """The claim of a document or mention, with all that is nested in it; None when it has no name."""
        if not isinstance(doc, dict):
            return None
        etype = TYPES[kind]
        fields = FIELDS[kind](doc)
        name = fields.get("name") or fields.get("title")
        key = (etype, str(doc.get("id") or name))
        claim = self._known.get(key)
        kept = checked(etype, fields, self.problems)
        if claim is None:
            if "name" not in kept and "title" not in kept:
                return None
            claim = Claim(etype, str(name), f"musicbrainz|{'|'.join(key)}|{name}", kept, leading=leading, own="mbid")
            self._known[key] = claim
            self.claims.append(claim)
        elif not claim.leading:
            claim.fields = kept | claim.fields
        self._identifiers(kind, claim, doc)
        NESTED.get(kind, _none)(self, claim, doc)
        self._credit(claim, doc)
        relate(self, kind, claim, doc)
        return claim

    def link(self, claim: Claim, edge: str, other: Claim | None) -> None:
        """Add a plain edge; one edge where the ontology knows one only."""
        if other is not None and other not in claim.edges.setdefault(edge, []):
            claim.edges[edge].append(other)

    def credit(self, who: Claim | None, what: Claim, fields: dict[str, object]) -> None:
        """Add a contribution; the same one said twice is one."""
        kept = checked("Contribution", fields, self.problems)
        if who is None or "role" not in kept:
            return
        if not any(c.who is who and c.what is what and c.fields == kept for c in self.credits):
            self.credits.append(Credit(who, what, kept))

    def _identifiers(self, kind: str, claim: Claim, doc: dict[str, Any]) -> None:
        identify(claim, "mbid", doc.get("id"), self.problems)
        for key, scheme in CODES.get(kind, ()):
            given = doc.get(key)
            for raw in given if isinstance(given, list) else [given]:
                identify(claim, scheme, raw, self.problems)

    def _credit(self, claim: Claim, doc: dict[str, Any]) -> None:
        """The artist credit: who performs, as printed, in order."""
        for position, part in enumerate(listed(doc.get("artist-credit"))):
            who = self.entity("artist", part.get("artist"))
            printed, join = part.get("name"), part.get("joinphrase")
            self.credit(who, claim, {
                "role": "performer",
                "position": position,
                "creditedAs": printed if who is not None and printed != who.name else None,
                "joinPhrase": join if isinstance(join, str) and join.strip() else None,
            })  # fmt: skip


CODES: dict[str, tuple[tuple[str, str], ...]] = {
    "recording": (("isrcs", "isrc"),),
    "work": (("iswcs", "iswc"),),
    "release": (("barcode", "barcode"),),
    "artist": (("isnis", "isni"), ("ipis", "ipi")),
    "label": (("isnis", "isni"), ("ipis", "ipi")),
}


def listed(value: Any) -> list[dict[str, Any]]:
    """The objects of what should be a list of objects."""
    return [item for item in value if isinstance(item, dict)] if isinstance(value, list) else []


def mapped(value: Any) -> dict[str, Any]:
    """What should be an object, or an empty one."""
    return value if isinstance(value, dict) else {}


def texts(value: Any) -> list[str]:
    """The texts of what should be a list of texts."""
    return [item for item in value if isinstance(item, str) and item] if isinstance(value, list) else []


def _names(doc: dict[str, Any], *but: object) -> list[str]:
    names = (alias.get("name") for alias in listed(doc.get("aliases")))
    return list(dict.fromkeys(n for n in names if isinstance(n, str) and n.strip() and n not in but))


def _choice(value: object, field: Field, **others: str) -> str | None:
    """One of the field's values, by what MusicBrainz calls it; `other` where the field has that."""
    if not isinstance(value, str) or not value:
        return None
    word = value.lower().replace(" ", "-")
    if word in field.values:
        return word
    return others.get(word.replace("-", "_")) or ("other" if "other" in field.values else None)


def _recording(doc: dict[str, Any]) -> dict[str, object]:
    genres = sorted(
        listed(doc.get("genres")), key=lambda g: (-(values.number(g.get("count")) or 0), str(g.get("name")))
    )
    released = values.calendar(doc.get("first-release-date"))
    return {
        "title": doc.get("title"),
        "aliases": _names(doc, doc.get("title")),
        "durationMs": values.number(doc.get("length")),
        "firstReleaseDate": released,
        "year": values.year(released),
        "genre": [g["name"] for g in genres if g.get("name")],
        "video": doc.get("video") or None,
        "disambiguation": doc.get("disambiguation"),
    }


def _work(doc: dict[str, Any]) -> dict[str, object]:
    return {
        "title": doc.get("title"),
        "aliases": _names(doc, doc.get("title")),
        "kind": _choice(doc.get("type"), _field("Work", "kind")),
        "languages": texts(doc.get("languages")) or texts([doc.get("language")]),
        "disambiguation": doc.get("disambiguation"),
    }


def _release(doc: dict[str, Any]) -> dict[str, object]:
    labels = [mapped(info.get("label")) for info in listed(doc.get("label-info"))]
    numbers = [info.get("catalog-number") for info in listed(doc.get("label-info"))]
    written = mapped(doc.get("text-representation"))
    return {
        "title": doc.get("title"),
        "status": _choice(doc.get("status"), _field("Release", "status"), cancelled="withdrawn"),
        "date": values.calendar(doc.get("date")),
        "country": doc.get("country"),
        "label": " / ".join(dict.fromkeys(name for label in labels if isinstance(name := label.get("name"), str))),
        "catalogNumber": next((n for n in numbers if n and n != "[none]"), None),
        "packaging": doc.get("packaging"),
        "language": written.get("language"),
        "script": written.get("script"),
        "disambiguation": doc.get("disambiguation"),
    }


def _release_group(doc: dict[str, Any]) -> dict[str, object]:
    return {
        "title": doc.get("title"),
        "primaryType": _choice(doc.get("primary-type"), _field("ReleaseGroup", "primaryType")),
        "secondaryTypes": [t.lower() for t in texts(doc.get("secondary-types"))],
        "firstReleaseDate": values.calendar(doc.get("first-release-date")),
        "disambiguation": doc.get("disambiguation"),
    }


def _artist(doc: dict[str, Any]) -> dict[str, object]:
    span = mapped(doc.get("life-span"))
    sort = doc.get("sort-name")
    return {
        "name": doc.get("name"),
        "sortName": sort if sort != doc.get("name") else None,
        "kind": KINDS.get(str(doc.get("type")).lower()),
        "aliases": _names(doc, doc.get("name")),
        "disambiguation": doc.get("disambiguation"),
        "country": doc.get("country"),
        "beginDate": values.calendar(span.get("begin")),
        "endDate": values.calendar(span.get("end")),
        "ended": span.get("ended") or None,
    }


def _label(doc: dict[str, Any]) -> dict[str, object]:
    return _artist(doc) | {"kind": "organization"}


def _area(doc: dict[str, Any]) -> dict[str, object]:
    countries = texts(doc.get("iso-3166-1-codes"))
    codes = [*countries, *texts(doc.get("iso-3166-2-codes"))]
    kind = _choice(doc.get("type"), _field("Area", "kind"))
    if kind is None and "XW" in countries:
        kind = "world"
    elif kind is None and codes and not codes[0].startswith("X"):
        kind = "country" if countries else "subdivision"
    return {
        "name": doc.get("name"),
        "kind": kind,
        "code": codes[0] if codes else None,
        "disambiguation": doc.get("disambiguation"),
    }


def _event(doc: dict[str, Any]) -> dict[str, object]:
    span = mapped(doc.get("life-span"))
    return {
        "name": doc.get("name"),
        "kind": _choice(
            doc.get("type"), _field("Event", "kind"), launch_event="launch", **{"convention/expo": "convention"}
        ),
        "beginDate": values.calendar(span.get("begin")),
        "endDate": values.calendar(span.get("end")),
        "cancelled": doc.get("cancelled") or None,
        "setlist": doc.get("setlist"),
        "disambiguation": doc.get("disambiguation"),
    }


FIELDS = {
    "recording": _recording,
    "work": _work,
    "release": _release,
    "release-group": _release_group,
    "artist": _artist,
    "label": _label,
    "area": _area,
    "event": _event,
}


def _field(etype: str, name: str) -> Field:
    return spec_of(etype).fields[name]


# -- what is nested ------------------------------------------------------------------------------


def _none(reader: Reader, claim: Claim, doc: dict[str, Any]) -> None:
    """Nothing is nested in this type."""


def _in_recording(reader: Reader, claim: Claim, doc: dict[str, Any]) -> None:
    for release in listed(doc.get("releases")):
        found = reader.entity("release", release)
        for medium in listed(release.get("media")):
            for track in listed(medium.get("track")):  # the one track of a search result
                _track(reader, found, medium, track | {"recording": track.get("recording") or doc})
    del claim


def _in_release(reader: Reader, claim: Claim, doc: dict[str, Any]) -> None:
    reader.link(claim, "releaseGroup", reader.entity("release-group", doc.get("release-group")))
    for event in listed(doc.get("release-events")):
        reader.link(claim, "territories", reader.entity("area", event.get("area")))
    for medium in listed(doc.get("media")):
        tracks = [medium.get("pregap"), *listed(medium.get("tracks")), *listed(medium.get("data-tracks"))]
        for track in listed(tracks):
            _track(reader, claim, medium, track)


def _track(reader: Reader, release: Claim | None, medium: dict[str, Any], doc: dict[str, Any]) -> None:
    recording = reader.entity("recording", doc.get("recording"))
    position = values.number(doc.get("position"))
    fields = {
        "title": doc.get("title"),
        "position": position if position is not None else values.number(doc.get("number")) or 0,
        "medium": values.number(medium.get("position")) or None,
        "number": doc.get("number"),
        "durationMs": values.number(doc.get("length")),
    }
    if release is None:
        return
    kept = checked("Track", fields, reader.problems)
    name = str(doc.get("title") or kept.get("position"))
    natural = f"{kept.get('medium', 0)}|{kept.get('position', 0)}"
    track = Claim("Track", name, natural, kept, leading=release.leading, own="mbid")
    identify(track, "mbid", doc.get("id"), reader.problems)
    reader.link(track, "release", release)
    reader.link(track, "recording", recording)
    reader.claims.append(track)


def _in_release_group(reader: Reader, claim: Claim, doc: dict[str, Any]) -> None:
    for release in listed(doc.get("releases")):
        found = reader.entity("release", release)
        if found is not None:
            reader.link(found, "releaseGroup", claim)


def _in_artist(reader: Reader, claim: Claim, doc: dict[str, Any]) -> None:
    reader.link(claim, "area", reader.entity("area", doc.get("area")))
    for key, kind in (
        ("recordings", "recording"),
        ("releases", "release"),
        ("release-groups", "release-group"),
        ("works", "work"),
    ):
        for item in listed(doc.get(key)):
            reader.entity(kind, item)


NESTED = {
    "recording": _in_recording,
    "release": _in_release,
    "release-group": _in_release_group,
    "artist": _in_artist,
    "label": _in_artist,
}
