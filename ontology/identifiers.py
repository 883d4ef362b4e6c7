"""The identifiers of the music trade: written forms, check digits, and what to do with bad ones.

A bad identifier is kept and marked, never dropped and never fatal; nothing here guesses a digit.
"""

from __future__ import annotations

import hashlib
import re
import unicodedata
from dataclasses import dataclass
from types import MappingProxyType
from typing import TYPE_CHECKING, Final, Literal

from ontology import check_digits

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Mapping

VALID: Final = "valid"
INVALID: Final = "invalid"
Status = Literal["valid", "invalid"]

MAX_VALUE: Final = 64
"""Characters of an invalid value; a longer one is cut and ends in `~` and 8 hex digits of its SHA-256."""
MAX_RAW: Final = 512
"""Characters that are kept of what was written; the rest is cut."""


@dataclass(frozen=True, slots=True)
class Identifier:
    """One identifier as it was understood. `cause` says why it is invalid, else it is empty."""

    scheme: str
    value: str
    raw: str
    status: Status
    cause: str = ""

    @property
    def key(self) -> str:
        """What makes it unique in the graph: `scheme:value`."""
        return f"{self.scheme}:{self.value}"

    @property
    def valid(self) -> bool:
        return self.status == VALID

    def as_map(self) -> dict[str, str]:
        """The form in records: scheme, value, status, and raw where it differs from the value."""
        found = {"scheme": self.scheme, "value": self.value, "status": str(self.status)}
        return found if self.raw == self.value else found | {"raw": self.raw}


@dataclass(frozen=True, slots=True)
class Scheme:
    """How one kind of identifier is written and checked.

    `shape` matches the compact form (upper case, no separators), `wanted` says it in words, `canonical` makes
    the stored value of it, and `check` tells whether the check digits of a stored value are right. `label` is
    what people write before the code, `inline` finds the code within other text.
    """

    name: str
    title: str
    example: str
    shape: re.Pattern[str]
    wanted: str
    check: Callable[[str], bool]
    label: re.Pattern[str]
    inline: re.Pattern[str]
    canonical: Callable[[str], str] = str


def normalise(scheme: str, raw: str) -> Identifier | None:
    """Read one identifier of a known scheme (a KeyError otherwise); None when the text is blank.

    Takes any case, spaces and dashes of any script, a label ("ISRC: …"), and web addresses that hold the
    code. An invalid one of the right shape keeps its compact form as value, any other its text with spaces
    collapsed.
    """
    rule = SCHEMES[scheme]
    kept = _visible(raw[:MAX_RAW])
    nearest: Identifier | None = None
    for piece in _pieces(rule, _plain(kept)):
        compact = _compact(piece)
        if rule.shape.fullmatch(compact):
            value = rule.canonical(compact)
            cause = _cause(rule, value)
            if not cause:
                return Identifier(scheme, value, kept, VALID)
            nearest = nearest or Identifier(scheme, value, kept, INVALID, cause)
    return nearest or _misshapen(rule, raw, kept)


def recognise(text: str) -> list[Identifier]:
    """Every identifier in what a person typed, for search boxes; only the first MAX_RAW characters are read.

    Valid ones only, in the order of SCHEMES; failing that, what the whole text would be but for its check
    digit.
    """
    plain = _plain(_visible(text[:MAX_RAW]))
    found: dict[str, Identifier] = {}
    left = plain
    for rule in SCHEMES.values():
        for match in rule.inline.finditer(left):
            read = normalise(rule.name, match.group())
            if read is not None and read.valid:
                found.setdefault(read.key, read)
                left = left.replace(match.group(), " " * len(match.group()))
    return list(found.values()) or list(_nearly(plain))


def _nearly(plain: str) -> Iterator[Identifier]:
    for rule in SCHEMES.values():
        code = rule.label.sub("", plain, count=1)
        labelled = code != plain and rule.shape.fullmatch(_compact(code))
        if labelled or rule.inline.fullmatch(code):
            read = normalise(rule.name, plain)
            if read is not None:
                yield read


def _cause(rule: Scheme, value: str) -> str:
    if not value.strip("0-"):
        return "all digits are zero"
    return "" if rule.check(value) else f"not {rule.wanted}: its check digit is wrong"


def _misshapen(rule: Scheme, raw: str, kept: str) -> Identifier | None:
    text = " ".join(unicodedata.normalize("NFC", kept).split())
    if not text:
        return None
    if len(text) > MAX_VALUE or len(raw) > MAX_RAW:
        digest = hashlib.sha256(raw.encode("utf-8", "surrogatepass")).hexdigest()[:8]
        text = f"{text[: MAX_VALUE - 9]}~{digest}"
    return Identifier(rule.name, text, kept, INVALID, f"not {rule.wanted}")


def _pieces(rule: Scheme, text: str) -> Iterator[str]:
    """What may be the code: the text, the text after its label, the parts of a web address, last first."""
    yield text
    yield rule.label.sub("", text, count=1)
    if "/" in text:
        yield from reversed(_ADDRESS_PARTS.split(text))


def _compact(piece: str) -> str:
    # what is not ASCII by now is no code, and upper() would turn some of it into ASCII letters
    return piece.translate(_SEPARATORS).upper() if piece.isascii() else ""


def _visible(text: str) -> str:
    """Without controls, lone surrogates and invisible characters; line ends and tabs become spaces."""
    if text.isascii() and text.isprintable():
        return text
    return "".join(
        " " if char.isspace() else char
        for char in text
        if char.isspace() or unicodedata.category(char) not in _INVISIBLE
    )


def _plain(text: str) -> str:
    """The text for reading: compatibility forms folded, digits of every script as 0-9, every dash as `-`."""
    if not text.isascii():
        text = "".join(_ascii_sign(char) for char in unicodedata.normalize("NFKC", text))
    return text.strip(_AROUND)


def _ascii_sign(char: str) -> str:
    if char.isascii():
        return char
    if unicodedata.category(char) == "Pd" or char == "\N{MINUS SIGN}":
        return "-"
    return str(unicodedata.decimal(char)) if char.isdecimal() else char


_AROUND: Final = " \"'()[]{}<>,;"
_INVISIBLE: Final = frozenset({"Cc", "Cf", "Cs", "Co", "Cn"})
_SEPARATORS: Final = dict.fromkeys(map(ord, " -._"))
_ADDRESS_PARTS: Final = re.compile(r"[/?#&=]+")


def _iswc(compact: str) -> str:
    return compact if compact[0] == "T" else f"T{compact}"


def _ipi(compact: str) -> str:
    return compact.zfill(11)


def _gtin(compact: str) -> str:
    """The shortest of 8, 12, 13, 14 digits that holds the number: zeros in front name no other product."""
    digits = compact.lstrip("0")
    return digits.zfill(next(size for size in (8, 12, 13, 14) if len(digits) <= size))


def _mbid(compact: str) -> str:
    digits = compact.lower()
    return "-".join((digits[:8], digits[8:12], digits[12:16], digits[16:20], digits[20:]))


def _label(names: str) -> re.Pattern[str]:
    """The label before a code: `ISRC`, `ISRC:`, `ISRC code #`, `urn:isrc:`, `[isrc=`."""
    return re.compile(rf"^\W*(?:urn:)?(?:{names})(?:\s*(?:code|number|no\.?))?\s*[:#=\s-]*\s*", re.IGNORECASE)


def _inline(pattern: str) -> re.Pattern[str]:
    """The pattern as a word of its own; `~` stands for an optional separator."""
    return re.compile(rf"(?<![0-9A-Z])(?:{pattern.replace('~', '[ .-]?')})(?![0-9A-Z])", re.IGNORECASE)


# The order matters to `recognise`: what could hold another scheme's code comes first.
SCHEMES: Final[Mapping[str, Scheme]] = MappingProxyType(
    {
        rule.name: rule
        for rule in (
            Scheme(
                name="mbid",
                title="MusicBrainz Identifier",
                example="8d6a4a4e-5c4b-4d52-8d2e-6f2b5a6d7c3e",
                shape=re.compile(r"[0-9A-F]{32}"),
                wanted="a MusicBrainz Identifier: 32 hexadecimal digits as 8-4-4-4-12",
                check=check_digits.none,
                label=_label("mbid|uuid|musicbrainz(?: id)?"),
                inline=_inline(r"[0-9a-f]{8}-?[0-9a-f]{4}-?[0-9a-f]{4}-?[0-9a-f]{4}-?[0-9a-f]{12}"),
                canonical=_mbid,
            ),
            Scheme(
                name="grid",
                title="Global Release Identifier (GRid)",
                example="A12425GABC1234002M",
                shape=re.compile(r"A1[0-9A-Z]{16}"),
                wanted="a GRid: A1, five and ten letters or digits, and a check character",
                check=check_digits.grid,
                label=_label("grid"),
                inline=_inline(r"A1~[0-9A-Z]{5}~[0-9A-Z]{10}~[0-9A-Z]"),
            ),
            Scheme(
                name="isrc",
                title="International Standard Recording Code",
                example="GBAHS1400099",
                shape=re.compile(r"[A-Z]{2}[0-9A-Z]{3}[0-9]{7}"),
                wanted="an ISRC: two letters, three letters or digits, and seven digits",
                check=check_digits.none,
                label=_label("isrc"),
                inline=_inline(r"[A-Z]{2}~[0-9A-Z]{3}~[0-9]{2}~[0-9]{5}"),
            ),
            Scheme(
                name="iswc",
                title="International Standard Musical Work Code",
                example="T0345246801",
                shape=re.compile(r"T?[0-9]{10}"),
                wanted="an ISWC: T and ten digits",
                check=check_digits.iswc,
                label=_label("iswc"),
                inline=_inline(r"T~[0-9]{3}~[0-9]{3}~[0-9]{3}~[0-9]"),
                canonical=_iswc,
            ),
            Scheme(
                name="isni",
                title="International Standard Name Identifier",
                example="0000000081697225",
                shape=re.compile(r"[0-9]{15}[0-9X]"),
                wanted="an ISNI: sixteen digits, the last of which may be X",
                check=check_digits.isni,
                label=_label("isni"),
                inline=_inline(r"[0-9]{4}~[0-9]{4}~[0-9]{4}~[0-9]{3}[0-9X]"),
            ),
            Scheme(
                name="barcode",
                title="Barcode of a release (UPC, EAN, JAN: a GTIN)",
                example="4988006680951",
                shape=re.compile(r"[0-9]{8}|[0-9]{12,14}"),
                wanted="a barcode: 8, 12, 13 or 14 digits (leading zeros lost?)",
                check=check_digits.gtin,
                label=_label(r"(?:upc|ean|jan|gtin|icpn|barcode)(?:-?(?:a|8|12|13|14)(?=[\s:]))?(?:/(?:upc|ean))?"),
                inline=_inline(r"[0-9]{12,14}|[0-9]{8}|[0-9]~[0-9]{5,6}~[0-9]{5,6}(?:~[0-9])?"),
                canonical=_gtin,
            ),
            Scheme(
                name="ipi",
                title="Interested Party Information name number (IPI, CAE)",
                example="00011123948",
                shape=re.compile(r"[0-9]{5,11}"),
                wanted="an IPI name number: up to eleven digits (not a base number, I-…)",
                check=check_digits.ipi,
                label=_label(r"(?:ipi|cae)(?:[ /]?(?:ipi|cae))?(?: name)?"),
                inline=_inline(r"[0-9]{9,11}|[0-9]{5}\.[0-9]{2}\.[0-9]{2}\.[0-9]{2}"),
                canonical=_ipi,
            ),
        )
    }
)
