"""A made-up catalogue as CSV files for `neo4j-admin database import`: the same bytes for the same seed.

By default 500,000 entities, which bear 265,000 identifiers. Popularity is long-tailed, as in real catalogues: a few
contributors are on thousands of recordings. Contributors, works, recordings, releases and tracks stand as the
service itself would have stored them; licenses are there for the size alone.
"""

import csv
import json
from bisect import bisect_right
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from itertools import accumulate
from math import exp, factorial
from pathlib import Path
from random import Random
from uuid import NAMESPACE_URL, uuid5

from graph.cursor import encode
from ontology.identifiers import normalise

SEED = 20_240_501
MOMENT = "2024-05-01T00:00:00.000000Z"
PAGE = 50

_ONSETS = (*"bcdfghjklmnprstvwyz", "br", "ch", "dr", "fl", "gr", "sh", "st", "tr")
_NUCLEI = (*"aeiou", "ai", "ea", "ie", "oa", "ou")
_CODAS = ("", "", "", "n", "r", "l", "s", "m", "nd", "x", "th")
_GENRES = ("rock", "jazz", "folk", "electronic", "hiphop", "classical", "soul", "pop", "metal", "ambient")
_ON_RECORDINGS = (
    "performer", "featured", "producer", "mixer", "engineer", "vocals", "guitar", "drums", "bass", "keys",
)  # fmt: skip
_ON_WORKS = ("composer", "lyricist", "arranger", "publisher")
_LANGUAGES = ("eng", "spa", "fra", "deu", "jpn", "por")
_COUNTRIES = ("US", "GB", "DE", "FR", "JP", "SE", "BR", "NG", "IN")
_LICENSES = ("CC-BY-4.0", "CC-BY-SA-4.0", "CC0-1.0", "sync-exclusive", "sync-nonexclusive", "mechanical")

Row = Sequence[object]


@dataclass(frozen=True, slots=True)
class Sizes:
    """How many of each; `of(100_000)` is the size that results are kept for."""

    recordings: int
    works: int
    contributors: int
    releases: int
    tracks: int
    licenses: int

    @classmethod
    def of(cls, recordings: int) -> "Sizes":
        """The other types in proportion to the recordings."""
        return cls(
            recordings,
            recordings * 8 // 10,
            recordings * 6 // 10,
            recordings // 4,
            recordings * 18 // 10,
            recordings * 55 // 100,
        )


@dataclass(slots=True)
class Catalogue:
    """Writes one catalogue into a folder; draws everything from one seeded source, in a fixed order."""

    folder: Path
    sizes: Sizes
    rng: Random = field(default_factory=lambda: Random(SEED))  # noqa: S311 - made-up data
    counts: dict[str, int] = field(default_factory=dict)
    words: list[str] = field(default_factory=list)
    ids: dict[str, list[str]] = field(default_factory=dict)

    def write(self) -> None:
        """All files, then `samples.json` and `counts.json`."""
        self.folder.mkdir(parents=True, exist_ok=True)
        self.words = self._vocabulary(6_000)
        self._nodes()
        self._ties()
        self._samples()
        (self.folder / "counts.json").write_text(json.dumps(self.counts, indent=1), encoding="utf-8")

    # -- nodes ------------------------------------------------------------------------------------

    def _nodes(self) -> None:
        self._recordings()
        self._works()
        self._contributors()
        self._releases()
        rows = ([i, *self._own("Track", i), position, 1] for i, (_, position) in enumerate(self._positions()))
        self._put("Track", [*_head("Track"), "position:long", "medium:long"], rows)
        kinds = self.rng.choices(_LICENSES, k=self.sizes.licenses)
        self._put("License", [":ID(License)", "id", "kind"], ([i, f"l{i}", kind] for i, kind in enumerate(kinds)))

    def _recordings(self) -> None:
        size, rng = self.sizes.recordings, self.rng
        isrc = [_isrc(i) for i in range(size)]
        genres, titles = self._popular(len(_GENRES), size, 0.8), self._titles(size, 5)
        lengths = [_clip(rng.gauss(215_000, 60_000)) for _ in range(size)]
        rows = (
            [i, *self._own("Recording", i), titles[i], lengths[i], self._year(), _GENRES[g], isrc[i]]
            for i, g in enumerate(genres)
        )
        columns = ["title", "durationMs:long", "year:long", "genre:string[]", "isrc"]
        self._put("Recording", [*_head("Recording"), *columns], rows)
        self._identify("Recording", "isrc", isrc)
        self.ids["isrc"] = isrc

    def _works(self) -> None:
        size = self.sizes.works
        languages, titles = self._popular(len(_LANGUAGES), size, 1.2), self._titles(size, 5)
        iswc = [_iswc(i) for i in range(size)]
        rows = ([i, *self._own("Work", i), titles[i], _LANGUAGES[x], iswc[i]] for i, x in enumerate(languages))
        self._put("Work", [*_head("Work"), "title", "languages:string[]", "iswc"], rows)
        self._identify("Work", "iswc", iswc)

    def _contributors(self) -> None:
        size, rng = self.sizes.contributors, self.rng
        first, last = self._vocabulary(1_200), self._vocabulary(4_000)
        countries = self._popular(len(_COUNTRIES), size, 0.9)
        ipi = [f"{x:011d}" for x in rng.sample(range(10**8, 10**8 + 40 * size), size)]
        names = [f"{rng.choice(first)} {rng.choice(last)}".title() for _ in range(size)]
        rows = ([i, *self._own("Contributor", i), names[i], _COUNTRIES[c], ipi[i]] for i, c in enumerate(countries))
        self._put("Contributor", [*_head("Contributor"), "name", "country", "ipi"], rows)
        self._identify("Contributor", "ipi", ipi)

    def _releases(self) -> None:
        size, rng = self.sizes.releases, self.rng
        labels, titles = self._popular(800, size, 1.0), self._titles(size, 4)
        barcode = [_barcode(i) for i in range(size)]
        days = [f"{self._year()}-{rng.randint(1, 12):02d}-{rng.randint(1, 28):02d}" for _ in range(size)]
        rows = (
            [i, *self._own("Release", i), titles[i], days[i], f"{self.words[x].title()} Records", barcode[i]]
            for i, x in enumerate(labels)
        )
        self._put("Release", [*_head("Release"), "title", "date", "label", "barcode"], rows)
        self._identify("Release", "barcode", barcode)

    def _positions(self) -> Iterator[tuple[int, int]]:
        """Release and position of each track, release by release."""
        release, position = -1, 0
        for at in sorted(self.rng.choices(range(self.sizes.releases), k=self.sizes.tracks)):
            position = position + 1 if at == release else 1
            release = at
            self.ids.setdefault("on release", []).append(str(at))
            yield release, position

    def _identify(self, label: str, scheme: str, values: list[str]) -> None:
        """The identifiers of a type as nodes, each with its tie; wrong check digits are marked as always."""
        read = [normalise(scheme, value) for value in values]
        rows = ([f"{scheme}{i}", r.key, scheme, r.value, r.status] for i, r in enumerate(read) if r)
        self._put(f"Identifier-{scheme}", [":ID(Identifier)", "key", "scheme", "value", "status"], rows)
        head = [f":START_ID({label})", ":END_ID(Identifier)"]
        self._put(f"IDENTIFIED_BY-{scheme}", head, ([i, f"{scheme}{i}"] for i in range(len(values))))

    # -- ties -------------------------------------------------------------------------------------

    def _ties(self) -> None:
        sizes, rng = self.sizes, self.rng
        works = self._popular(sizes.works, sizes.recordings, 0.5)
        self._tie("RECORDING_OF", "Recording", "Work", enumerate(works))
        heard = [*range(sizes.recordings), *self._popular(sizes.recordings, sizes.tracks - sizes.recordings, 0.6)]
        rng.shuffle(heard)
        self._tie("OF_RECORDING", "Track", "Recording", enumerate(heard))
        self._tie("ON_RELEASE", "Track", "Release", enumerate(self.ids["on release"]))
        self._tie("LICENSES", "License", "Recording", enumerate(rng.choices(range(sizes.recordings), k=sizes.licenses)))
        ranks = rng.sample(range(sizes.contributors), sizes.contributors)
        self.ids["ranked"] = [self.ids["Contributor"][i] for i in ranks]
        self._contribute("Recording", sizes.recordings, 5.5, _ON_RECORDINGS, ranks)
        self._contribute("Work", sizes.works, 3.0, _ON_WORKS, ranks)
        self._contribute("Release", sizes.releases, 1.0, ("artist",), ranks)
        granted = (ranks[k] for k in self._popular(sizes.contributors, sizes.licenses, 0.75))
        self._tie("GRANTED_BY", "License", "Contributor", enumerate(granted))

    def _tie(self, rel: str, start: str, end: str, pairs: Iterable[Row]) -> None:
        self._put(rel, [f":START_ID({start})", f":END_ID({end})"], pairs)

    def _contribute(self, label: str, size: int, mean: float, roles: Sequence[str], ranks: list[int]) -> None:
        fans = self._fans(size, mean)
        who = iter(self._popular(len(ranks), sum(fans), 0.75))
        known = f"contribution/{label}"
        rows = (
            [ranks[next(who)], at, _id(f"{known}/{at}/{n}"), self.rng.choice(roles), n, MOMENT, MOMENT]
            for at, fan in enumerate(fans)
            for n in range(fan)
        )
        head = [":START_ID(Contributor)", f":END_ID({label})", "id", "role", "position:long", "createdAt", "updatedAt"]
        self._put(f"CONTRIBUTED_TO-{label}", head, rows)

    # -- what requests ask for --------------------------------------------------------------------

    def _samples(self) -> None:
        """Values for the placeholders of the operations; `page` is a list of pairs of offset and cursor."""
        rng, sizes = self.rng, self.sizes
        asked = rng.sample(range(sizes.recordings), min(2_000, sizes.recordings))
        order = sorted(self.ids["Recording"])
        pages = [n * PAGE for n in rng.choices(range(40), k=200)]
        samples = {
            "isrc": [self.ids["isrc"][i] for i in asked],
            "contributorId": [self.ids["ranked"][rng.randrange(sizes.contributors // 2)] for _ in range(2_000)],
            "word": [self.words[rng.randint(20, 2_999)] for _ in range(2_000)],
            "year": list(range(1990, 2025)),
            "page": [{"offset": n, "cursor": encode(["", order[n - 1]]) if n else None} for n in pages],
        }
        (self.folder / "samples.json").write_text(json.dumps(samples), encoding="utf-8")

    # -- drawing ----------------------------------------------------------------------------------

    def _own(self, label: str, number: int) -> list[str]:
        found = _id(f"{label}/{number}")
        self.ids.setdefault(label, []).append(found)
        return [found, MOMENT, MOMENT]

    def _popular(self, size: int, draws: int, fall: float) -> list[int]:
        """Numbers below `size`, drawn with P(k) ~ 1/(k+q)^fall; q keeps the head realistic."""
        weights = accumulate((k + 0.002 * size + 5) ** -fall for k in range(size))
        return self.rng.choices(range(size), cum_weights=list(weights), k=draws)

    def _fans(self, size: int, mean: float, most: int = 12) -> list[int]:
        """How many ties each of `size` things has: 1 and a Poisson draw, `most` at most."""
        rate = mean - 1
        chances = list(accumulate(exp(-rate) * rate**k / factorial(k) for k in range(most)))
        return [min(most, 1 + bisect_right(chances, self.rng.random())) for _ in range(size)]

    def _year(self) -> int:
        return int(2025 - min(self.rng.expovariate(1 / 14), 70))

    def _titles(self, size: int, longest: int) -> list[str]:
        lengths = self.rng.choices(range(1, longest + 1), k=size)
        drawn = iter(self._popular(len(self.words), sum(lengths), 0.9))
        return [" ".join(self.words[next(drawn)] for _ in range(length)).title() for length in lengths]

    def _vocabulary(self, size: int) -> list[str]:
        found: dict[str, None] = {}
        while len(found) < size:
            parts = (_ONSETS, _NUCLEI, _CODAS) * self.rng.randint(1, 3)
            word = "".join(self.rng.choice(part) for part in parts)
            if len(word) > len("ab"):
                found[word] = None
        return list(found)

    def _put(self, name: str, head: list[str], rows: Iterable[Row]) -> None:
        written = 0
        with (self.folder / f"{name}.csv").open("w", newline="", encoding="utf-8") as file:
            out = csv.writer(file)
            out.writerow(head)
            for row in rows:
                out.writerow(row)
                written += 1
        self.counts[name] = written


def _head(label: str) -> list[str]:
    return [f":ID({label})", "id", "createdAt", "updatedAt"]


def _id(name: str) -> str:
    return str(uuid5(NAMESPACE_URL, f"https://omnisonic.example/bench/{name}"))


def _clip(milliseconds: float) -> int:
    return int(min(max(milliseconds, 20_000), 1_500_000))


def _isrc(number: int) -> str:
    registrant = f"{'ABCDEFGHJK'[number % 10]}{'LMNPQ'[number // 10 % 5]}{number // 100_000 % 10}"
    return f"{_COUNTRIES[number % 5]}{registrant}{number * 37 % 100:02d}{number % 100_000:05d}"


def _iswc(number: int) -> str:
    digits = f"{number:09d}"
    weighed = 1 + sum(place * int(digit) for place, digit in enumerate(digits, start=1))
    return f"T{digits}{-weighed % 10}"


def _barcode(number: int) -> str:
    digits = f"{19_000_000_000 + number:011d}"
    weighed = 3 * sum(map(int, digits[::2])) + sum(map(int, digits[1::2]))
    return f"{digits}{-weighed % 10}"
