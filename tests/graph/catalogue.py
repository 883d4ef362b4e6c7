"""A small catalogue in many scripts, with gaps and oddities, for everything that reads. Always the same.

Written through the door like any other; only rows of imports, which leave no records, come after it.
"""

from __future__ import annotations

import random
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING
from uuid import NAMESPACE_URL, uuid5

from graph import unrecorded
from graph.change import Change, Delete, EdgeChange, Source, Upsert
from graph.commit import Door
from graph.sequencer import Sequencer
from ontology.identifiers import normalise
from ontology.registry import Registry, core

if TYPE_CHECKING:
    from graph.driver import Store

BASE = "https://omnisonic.example"
ACTOR = "urn:omnisonic:actor:test"
FUTURE = "2100-01-01T00:00:00Z"
SHARED_ISRC = "GBAHS1400099"
WRONG_ISRC = "NOT AN ISRC"
ODD = {
    "shared a": (SHARED_ISRC, "USRC17607839"),
    "shared b": (SHARED_ISRC,),
    "wrong": (WRONG_ISRC,),
    "gone": ("GBGON2400001",),
}
"""Recordings with identifiers out of the ordinary."""

NAMES = (
    "Björk", "Sigur Rós", "椎名林檎", "東京事変", "Земфира", "Мумий Тролль", "أم كلثوم", "فيروز", "Motörhead",
    "Antonín Dvořák", "Øystein Sevåg", "Łona", "AC/DC", "The The", "!!!", "Ólafur Arnalds", "Beyoncé", "サカナクション",
    "Παύλος Σιδηρόπουλος", "신중현", "AND NOT OR", "Emoji 🎷 Trio", "\uff5e fullwidth", "zz top", "ZZ Top",
)  # fmt: skip
TITLES = (
    "Jóga", "丸ノ内サディスティック", "Искала", "إنت عمري", "Ace of Spades", "Hoppípolla", "Intro", "Intro", "Intro",
    "Rusalka", "Back in Black", "It's \"quoted\" \\ and `ticked`", "Õhtu", "ohtu", "Zażółć gęślą jaźń", "1999",
)  # fmt: skip
GENRES = ("pop", "rock", "J-pop", "трип-хоп", "trip hop")
ROLES = ("performer", "composer", "producer", "mixer")
DATES = ("1999", "1999-05", "1999-05-01", "2001-12-31", "1977", None, None)


def made(etype: str, name: str) -> str:
    """The id of a made thing."""
    return str(uuid5(NAMESPACE_URL, f"{etype}/{name}"))


def valid(scheme: str, stem: str) -> str:
    """An identifier with the check digit that fits its stem."""
    for digit in "0123456789X":
        found = normalise(scheme, stem + digit)
        if found is not None and found.status == "valid":
            return stem + digit
    raise AssertionError(stem)


@dataclass
class Clock:
    """One second goes by whenever somebody looks."""

    now: datetime = datetime(2024, 1, 1, tzinfo=UTC)

    def __call__(self) -> datetime:
        self.now += timedelta(seconds=1)
        return self.now


@dataclass
class Dice:
    """Randomness that is the same in every run."""

    source: random.Random = field(default_factory=lambda: random.Random(5))  # noqa: S311 - no secret

    def __call__(self, size: int) -> bytes:
        return self.source.randbytes(size)


@dataclass
class Catalogue:
    """What was written, and the means to write more. Times are those of the records."""

    store: Store
    registry: Registry = field(default_factory=core)
    clock: Clock = field(default_factory=Clock)
    dice: Dice = field(default_factory=Dice)
    door: Door = field(init=False)

    def __post_init__(self) -> None:
        self.door = Door(self.store, self.registry, base_iri=BASE, clock=self.clock, randomness=self.dice)

    async def write(self, *changes: Change) -> str:
        """Commit and return the time after it, as `asOf` takes it."""
        await self.door.commit(changes, actor=ACTOR, source=Source("user"))
        return self.clock.now.isoformat()

    async def sequence(self) -> None:
        """Number every record and let full-text search see all of them."""
        await Sequencer(self.store, holder="test", clock=self.clock).drain()
        await self.store.run("CALL db.index.fulltext.awaitEventuallyConsistentIndexRefresh()")

    async def fill(self) -> None:
        """Write the whole catalogue into an empty store."""
        rng = random.Random(7)  # noqa: S311 - the same catalogue every time
        await self.write(*places(), *people(rng))
        await self.write(*compositions(rng), *editions(rng))
        await self.write(*recordings(rng), *tracks(rng), *events())
        await self.write(*credits_(rng))
        await self.write(*later())
        await self.write(Delete("Recording", made("Recording", "gone")))
        await self.write(Delete("Contribution", made("Contribution", "gone")))
        await imports(self)
        await damage(self)
        await self.sequence()


def places() -> list[Change]:
    """Areas, one inside another."""
    island, city, japan = made("Area", "Ísland"), made("Area", "Reykjavík"), made("Area", "日本")
    return [
        Upsert("Area", island, {"name": "Ísland", "kind": "country", "code": "IS"}),
        Upsert("Area", city, {"name": "Reykjavík", "kind": "city"}, edges={"partOf": EdgeChange((island,))}),
        Upsert("Area", japan, {"name": "日本", "kind": "country", "code": "JP"}),
        Upsert("Area", made("Area", "Atlantis"), {"name": "Atlantis"}),
    ]


def people(rng: random.Random) -> list[Change]:
    """Contributors; some without country, dates or identifiers, one with an identifier that is wrong."""
    changes: list[Change] = []
    for i, name in enumerate(NAMES):
        fields: dict[str, object] = {"name": name, "kind": ("person", "group", None)[i % 3]}
        fields |= {"country": rng.choice(("IS", "JP", "GB", None)), "beginDate": rng.choice(DATES)}
        fields |= {
            "ended": rng.choice((True, False, None)),
            "aliases": [f"{name} alias", "also"] if i % 4 == 0 else None,
        }
        one = Upsert("Contributor", made("Contributor", name), fields)
        if i % 3 == 0:
            one.identifiers = [("isni", valid("isni", f"00000001{i:07d}")), ("ipi", f"{i:011d}")]
        if i % 2 == 0:
            one.edges = {"area": EdgeChange((made("Area", ("Ísland", "日本", "Reykjavík")[i % 3]),))}
        changes.append(one)
    return changes


def compositions(rng: random.Random) -> list[Change]:
    """Works, some of them parts of others; two share an identifier."""
    changes: list[Change] = []
    for i, title in enumerate(TITLES):
        fields: dict[str, object] = {"title": title, "kind": ("song", "aria", None)[i % 3]}
        fields |= {
            "languages": rng.choice((["isl"], ["jpn", "eng"], None)),
            "aliases": [f"{title} (alt)"] if i % 5 == 0 else None,
        }
        one = Upsert("Work", made("Work", str(i)), fields)
        if i % 2 == 0:
            one.identifiers = [("iswc", valid("iswc", f"T{i + 1:09d}"))]
        if i % 4 == 1:
            one.edges = {"partOf": EdgeChange((made("Work", str(i - 1)), made("Work", "0")))}
        changes.append(one)
    return changes


def editions(rng: random.Random) -> list[Change]:
    """Release groups and releases."""
    changes: list[Change] = []
    for i in range(6):
        fields: dict[str, object] = {"title": TITLES[i], "primaryType": ("album", "single", None)[i % 3]}
        fields |= {"secondaryTypes": ["live"] if i == 2 else None, "firstReleaseDate": rng.choice(DATES)}
        changes.append(Upsert("ReleaseGroup", made("ReleaseGroup", str(i)), fields))
    for i in range(10):
        fields = {"title": TITLES[i % 6], "status": ("official", "bootleg", None)[i % 3], "date": rng.choice(DATES)}
        fields |= {"label": rng.choice(("Smekkleysa", "東芝EMI", None)), "country": rng.choice(("IS", "JP", None))}
        one = Upsert(
            "Release",
            made("Release", str(i)),
            fields,
            identifiers=[("barcode", valid("barcode", f"00501234567{i}"[:12].rjust(12, "0")))],
        )
        one.edges = {"releaseGroup": EdgeChange((made("ReleaseGroup", str(i % 6)),))}
        if i % 2:
            one.edges["territories"] = EdgeChange((made("Area", "Ísland"), made("Area", "日本")))
        changes.append(one)
    return changes


def recordings(rng: random.Random) -> list[Change]:
    """Recordings with gaps everywhere; two bear the same ISRC, one a wrong one, one several."""
    changes: list[Change] = []
    for i in range(48):
        title = TITLES[i % len(TITLES)]
        fields: dict[str, object] = {"title": title, "year": rng.choice((1977, 1999, 2001, 2014, None))}
        fields |= {"durationMs": rng.choice((0, 180_000, 240_500, None)), "video": rng.choice((True, False, None))}
        fields |= {
            "genre": rng.choice((["pop"], ["rock", "pop"], list(GENRES), None)),
            "firstReleaseDate": rng.choice(DATES),
        }
        fields |= {
            "disambiguation": f"take {i}" if i % 7 == 0 else None,
            "aliases": [title.upper()] if i % 9 == 0 else None,
        }
        one = Upsert("Recording", made("Recording", str(i)), fields)
        one.identifiers = [("isrc", f"ISTES24{i:05d}")] if i % 3 else []
        one.edges = {"works": EdgeChange(tuple(made("Work", str(w)) for w in rng.sample(range(16), i % 3)))}
        changes.append(one)
    changes += [
        Upsert("Recording", made("Recording", name), {"title": name.split()[0].title()}, [("isrc", i) for i in isrcs])
        for name, isrcs in ODD.items()
    ]
    return changes


def tracks(rng: random.Random) -> list[Change]:
    """Positions on releases, not all with a recording."""
    changes: list[Change] = []
    for i in range(30):
        fields: dict[str, object] = {"position": i // 10 + 1, "medium": rng.choice((1, 2, None)), "number": f"A{i}"}
        one = Upsert("Track", made("Track", str(i)), fields)
        one.edges = {"release": EdgeChange((made("Release", str(i % 10)),))}
        if i % 4:
            one.edges["recording"] = EdgeChange((made("Recording", str(i)),))
        changes.append(one)
    return changes


def events() -> list[Change]:
    """Two events."""
    held = {
        "area": EdgeChange((made("Area", "Reykjavík"),)),
        "works": EdgeChange((made("Work", "0"), made("Work", "5"))),
    }
    return [
        Upsert(
            "Event",
            made("Event", "0"),
            {"name": "Iceland Airwaves", "kind": "festival", "beginDate": "2001-12"},
            edges=held,
        ),
        Upsert("Event", made("Event", "1"), {"name": "夏フェス", "cancelled": True}),
    ]


def credits_(rng: random.Random) -> list[Change]:
    """Contributions of several kinds; some people have two parts in one recording."""
    changes: list[Change] = []
    people_ = [made("Contributor", name) for name in NAMES]
    targets = [("Recording", str(i)) for i in range(40)] + [("Work", str(i)) for i in range(12)]
    targets += [("Release", "0"), ("ReleaseGroup", "1"), ("Event", "0"), ("Recording", "0"), ("Recording", "0")]
    for i, (etype, name) in enumerate(targets):
        for n in range(rng.choice((1, 2, 3))):
            fields: dict[str, object] = {"role": rng.choice(ROLES), "position": rng.choice((0, 1, n, None))}
            fields |= {"creditedAs": "as printed" if i % 6 == 0 else None, "attributes": ["guitar"] if n else None}
            one = Upsert(
                "Contribution", made("Contribution", f"{i}/{n}"), fields, source=people_[(i * 3 + n) % len(people_)]
            )
            one.target = made(etype, name)
            changes.append(one)
    gone = Upsert("Contribution", made("Contribution", "gone"), {"role": "ghost"}, source=people_[0])
    gone.target = made("Recording", "1")
    return [*changes, gone]


def later() -> list[Change]:
    """Changes of what was there: other values, an identifier and an edge less."""
    edit: dict[str, object] = {"title": "Jóga (edit)", "year": None}
    return [
        Upsert("Recording", made("Recording", "1"), edit, drop_identifiers=[("isrc", "ISTES2400001")]),
        Upsert("Recording", made("Recording", "2"), {"genre": ["rock"]}, edges={"works": EdgeChange(())}),
        Upsert("Contributor", made("Contributor", "Björk"), {"country": "IS", "sortName": "Björk"}),
    ]


async def damage(catalogue: Catalogue) -> None:
    """An event that lost the name it must have, as only a fault could bring about, and a recording made there."""
    broken = made("Event", "broken")
    there = {"recordedAt": EdgeChange((broken,))}
    await catalogue.write(
        Upsert("Event", broken, {"name": "Broken", "kind": "launch"}),
        Upsert("Recording", made("Recording", "at broken"), {"title": "At the broken one"}, edges=there),
    )
    await catalogue.store.run("MATCH (n:Event {id: $id}) REMOVE n.name", {"id": broken})


BATCH = made("IngestBatch", "0")


async def imports(catalogue: Catalogue) -> None:
    """A private batch with rows."""
    fields: dict[str, object] = {"source": "secret label", "status": "done", "startedAt": "2024-01-01T00:00:00.000000Z"}
    await catalogue.write(Upsert("IngestBatch", BATCH, fields | {"rowCount": 2}))
    rows = [
        (made("IngestRow", str(i)), {"line": i, "outcome": "created", "cause": "secret cause"}, {"batch": BATCH})
        for i in (1, 2)
    ]
    await unrecorded.write_rows(catalogue.store, catalogue.registry, "IngestRow", rows)
