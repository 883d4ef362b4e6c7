"""Made-up rows of an import, as CSV: the same for the same number, and only a line in memory at a time."""

import csv
from collections.abc import Iterator
from io import StringIO
from random import Random

COLUMNS = (
    "isrc", "title", "artist", "album", "upc", "trackNumber", "iswc", "releaseDate", "duration", "genre", "label",
    "composer", "producer",
)  # fmt: skip
_ALBUM = 10
_SYLLABLES = ("ba", "dor", "fen", "gil", "hul", "jan", "ka", "lim", "mo", "nar", "pel", "qui", "ros", "su", "ten", "vi")


def lines(size: int, prefix: str = "QZBEN") -> Iterator[bytes]:
    """The header and `size` rows: albums of ten tracks, artists and writers who come back, a work for each."""
    rng = Random(size)  # noqa: S311 - made-up data
    yield _line(COLUMNS)
    for number in range(size):
        yield _line(_row(number, rng, prefix))


def _row(number: int, rng: Random, prefix: str) -> tuple[str, ...]:
    album = number // _ALBUM
    year = 1960 + album % 65
    return (
        f"{prefix}{number // 100_000 % 100:02d}{number % 100_000:05d}",
        f"{_name(rng.randrange(16**3))} {number}",
        f"Artist {_name(album // 3)}",
        f"Album {_name(album)}",
        f"{10_000_000_000 + album:011d}{_check(10_000_000_000 + album)}",
        str(number % _ALBUM + 1),
        _iswc(number),
        f"{year}-{album % 12 + 1:02d}-{album % 28 + 1:02d}",
        f"{rng.randint(2, 6)}:{rng.randrange(60):02d}",
        ("rock", "jazz", "folk", "pop")[album % 4],
        f"Label {_name(album % 500)}",
        f"Writer {_name(rng.randrange(16**3))}",
        f"Producer {_name(album // 7)}",
    )


def _name(number: int) -> str:
    word = ""
    while number or not word:
        word, number = _SYLLABLES[number % 16] + word, number // 16
    return word.title()


def _check(number: int) -> int:
    digits = f"{number:011d}"
    return -(3 * sum(map(int, digits[::2])) + sum(map(int, digits[1::2]))) % 10


def _iswc(number: int) -> str:
    digits = f"{900_000_000 - number:09d}"
    return f"T{digits}{-(1 + sum(n * int(d) for n, d in enumerate(digits, start=1))) % 10}"


def _line(row: tuple[str, ...]) -> bytes:
    text = StringIO()
    csv.writer(text).writerow(row)
    return text.getvalue().encode()
