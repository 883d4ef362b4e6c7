"""The check digits of the trade's identifiers, each on its stored form (which `identifiers` makes)."""

from __future__ import annotations


def none(_value: str) -> bool:
    """A scheme without check digits: every code of the right form is right."""
    return True


def iswc(value: str) -> bool:
    """T and ten digits. ISO 15707: 1 for the prefix T, then nine digits by 1 to 9, modulo 10."""
    total = 1 + sum(weight * int(digit) for weight, digit in enumerate(value[1:10], 1))
    return -total % 10 == int(value[10])


def isni(value: str) -> bool:
    """Sixteen digits, the last may be X. ISO 27729: ISO/IEC 7064 MOD 11-2."""
    total = 0
    for digit in value[:15]:
        total = (total + int(digit)) * 2
    return "0123456789X"[(1 - total) % 11] == value[15]


def ipi(value: str) -> bool:
    """Eleven digits. CISAC: nine by 10 down to 2; the last two fill up to a multiple of 101, 100 as 00."""
    total = sum(weight * int(digit) for weight, digit in zip(range(10, 1, -1), value[:9], strict=True))
    return -total % 101 % 100 == int(value[9:])


def gtin(value: str) -> bool:
    """8, 12, 13 or 14 digits. GS1: from the right by 1 and 3 in turn, modulo 10."""
    backwards = [int(digit) for digit in reversed(value)]
    return (sum(backwards[::2]) + 3 * sum(backwards[1::2])) % 10 == 0


def grid(value: str) -> bool:
    """Eighteen letters or digits. IFPI GRid: ISO/IEC 7064 MOD 37,36."""
    total = 36
    for char in value[:-1]:
        total = (total + int(char, 36)) % 36 or 36
        total = total * 2 % 37
    return (total + int(value[-1], 36)) % 36 == 1
