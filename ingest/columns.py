"""The names under which people write the fields of a row, and what each means.

One table for CSV headers and JSON keys: case, spaces and punctuation do not count.
"""

from __future__ import annotations

import re
from functools import lru_cache

ALIASES: dict[str, tuple[str, ...]] = {
    "isrc": ("isrc", "isrccode", "isrcs"),
    "title": ("title", "tracktitle", "trackname", "track", "recordingtitle", "recording", "name", "song", "songtitle"),
    "artist": ("artist", "artists", "artistname", "trackartist", "mainartist", "primaryartist", "performer"),
    "album": ("album", "albumtitle", "albumname", "release", "releasetitle", "releasename"),
    "albumArtist": ("albumartist", "releaseartist"),
    "upc": ("upc", "ean", "barcode", "upcean", "eanupc", "gtin", "upccode", "icpn"),
    "grid": ("grid",),
    "iswc": ("iswc", "iswcs", "iswccode"),
    "workTitle": ("worktitle", "work", "compositiontitle"),
    "releaseDate": ("releasedate", "date", "released", "originalreleasedate", "streetdate"),
    "year": ("year", "releaseyear"),
    "duration": ("duration", "length", "time", "tracklength", "trackduration"),
    "durationMs": ("durationms", "lengthms", "milliseconds", "durationmilliseconds", "durationinms"),
    "durationS": ("durations", "seconds", "durationseconds", "lengthseconds", "durationsec", "durationinseconds"),
    "genre": ("genre", "genres", "style", "maingenre"),
    "label": ("label", "labelname", "recordlabel", "imprint"),
    "catalogNumber": ("catalognumber", "catno", "catalogno", "cataloguenumber"),
    "country": ("country", "releasecountry"),
    "language": ("language", "lyricslanguage", "languages"),
    "version": ("version", "mix", "subtitle", "trackversion"),
    "trackNumber": ("tracknumber", "trackno", "tracknum", "position", "trackposition"),
    "discNumber": ("discnumber", "discno", "disc", "disknumber", "medium", "volume"),
    "contributors": ("contributors", "credits", "contributor", "personnel"),
    "mbid": ("mbid", "recordingmbid", "musicbrainzid", "musicbrainzrecordingid"),
    "artistIsni": ("artistisni", "isni"),
    "artistIpi": ("artistipi", "ipi"),
    "artistMbid": ("artistmbid", "musicbrainzartistid"),
}
"""Field of a row -> the names it goes by, folded."""

ROLES: tuple[str, ...] = (
    "composer", "lyricist", "writer", "songwriter", "author", "librettist", "translator", "arranger", "publisher",
    "producer", "mixer", "mixing engineer", "mastering engineer", "recording engineer", "engineer", "remixer",
    "conductor", "orchestra", "choir", "featured artist", "vocals", "guitar", "bass", "drums", "keyboards", "piano",
)  # fmt: skip
"""Roles that may be columns of their own; the `contributors` column takes any."""

WRITERS = frozenset({"composer", "lyricist", "writer", "songwriter", "author", "librettist", "translator", "publisher"})
"""Roles that belong to the composition where one is known."""

REQUIRED = ("isrc", "title", "artist")

_FOLD = re.compile(r"[\W_]+")
_BY_ALIAS = {alias: name for name, aliases in ALIASES.items() for alias in aliases}
_BY_ROLE = {_FOLD.sub("", role): role for role in ROLES}


@lru_cache(maxsize=4096)
def meaning(name: str) -> str | None:
    """The field that a column or key means, `role:composer` for a column of a role, or None."""
    folded = _FOLD.sub("", name.strip().lower())
    if folded in _BY_ALIAS:
        return _BY_ALIAS[folded]
    prefix, _, rest = name.partition(":")
    if rest.strip() and _FOLD.sub("", prefix.lower()) in {"role", "contributor", "credit"}:
        return f"role:{' '.join(rest.lower().split())}"
    role = _BY_ROLE.get(folded) or _BY_ROLE.get(folded.removesuffix("s"))
    return f"role:{role}" if role else None
