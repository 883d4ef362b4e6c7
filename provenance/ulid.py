"""ULIDs for transactions: 48 bits of milliseconds and 80 random bits, in Crockford's base32.

The clock and the randomness are the caller's.
"""

from __future__ import annotations

import re
from typing import Final

from ontology.errors import Invalid

_ALPHABET: Final = "0123456789ABCDEFGHJKMNPQRSTVWXYZ"
_PAIRS: Final = tuple(a + b for a in _ALPHABET for b in _ALPHABET)
_SHIFTS: Final = tuple(range(120, -1, -10))
_DIGITS: Final = str.maketrans(_ALPHABET, "0123456789abcdefghijklmnopqrstuv")
_ULID: Final = re.compile("[0-7][0-9A-HJKMNP-TV-Z]{25}")
_RANDOM_BYTES: Final = 10


def ulid(milliseconds: int, randomness: bytes, previous: str | None = None) -> str:
    """26 upper-case characters for a Unix time in milliseconds and 10 random bytes.

    With `previous`, the answer is greater than it: one more than it where time stands still or goes back.
    Invalid (`ulid_invalid`) beyond the year 10889.
    """
    if len(randomness) != _RANDOM_BYTES:
        raise ValueError("a ULID takes 10 random bytes")
    number = milliseconds << 80 | int.from_bytes(randomness, "big")
    if previous is not None and milliseconds <= (before := _number(previous)) >> 80:
        number = before + 1
    if not 0 <= number < 1 << 128:
        raise Invalid("ulid_invalid", "no ULID is left")
    return "".join([_PAIRS[number >> shift & 1023] for shift in _SHIFTS])


def is_ulid(text: str) -> bool:
    """Whether the text is an upper-case ULID."""
    return _ULID.fullmatch(text) is not None


def ulid_milliseconds(text: str) -> int:
    """The Unix time in milliseconds of a ULID."""
    return _number(text) >> 80


def _number(text: str) -> int:
    if not is_ulid(text):
        raise Invalid("ulid_invalid", "not a ULID", "26 characters of Crockford's base32, upper case.")
    return int(text.translate(_DIGITS), 32)  # int() counts 0-9 and then a-v
