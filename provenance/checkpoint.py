"""Signed notes (https://c2sp.org/signed-note) and the checkpoints of a log in them (https://c2sp.org/tlog-checkpoint).

Ed25519 only. Keys are passed in; nothing here stores one.
"""

from __future__ import annotations

import binascii
import re
from base64 import b64decode, b64encode
from dataclasses import dataclass, field
from hashlib import sha256
from typing import Final

from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey, Ed25519PublicKey

from ontology.errors import Invalid
from provenance.log import HASH_BYTES

_ED25519: Final = b"\x01"
_KEY_BYTES: Final = 32
_ID_BYTES: Final = 4
_NAME: Final = re.compile(r"[^\s+\x00-\x1f]+")
_VKEY: Final = re.compile(r"(?P<name>[^+]+)\+(?P<id>[0-9a-f]{8})\+(?P<key>[A-Za-z0-9+/=]+)")
_SIZE: Final = re.compile("0|[1-9][0-9]{0,18}")
_FORBIDDEN: Final = re.compile("[\x00-\x09\x0b-\x1f\ud800-\udfff]")
_SIGNATURE: Final = re.compile("\N{EM DASH} (?P<name>[^ +]+) (?P<data>[A-Za-z0-9+/=]+)")


@dataclass(frozen=True, slots=True)
class Verifier:
    """A named public key (32 bytes) that notes are signed with."""

    name: str
    key: bytes

    def __post_init__(self) -> None:
        if not _NAME.fullmatch(self.name) or len(self.key) != _KEY_BYTES:
            raise Invalid("vkey_invalid", "a key has a name without spaces and +, and 32 bytes")

    @classmethod
    def parse(cls, vkey: str) -> Verifier:
        """Read `name+hex key id+base64(0x01 ‖ public key)`; Invalid (`vkey_invalid`) for any other text."""
        match = _VKEY.fullmatch(vkey)
        data = _unbase64(match["key"]) if match else b""
        if not match or data[:1] != _ED25519:
            raise Invalid("vkey_invalid", "not an Ed25519 verifier key", "name+hex id+base64")
        verifier = cls(match["name"], data[1:])
        if verifier.key_id.hex() != match["id"]:
            raise Invalid("vkey_invalid", "the key id does not belong to this name and key")
        return verifier

    @property
    def key_id(self) -> bytes:
        """Four bytes that tell keys of the same name apart."""
        return sha256(self.name.encode() + b"\n" + _ED25519 + self.key).digest()[:_ID_BYTES]

    @property
    def vkey(self) -> str:
        """The text by which others know this key."""
        return f"{self.name}+{self.key_id.hex()}+{b64encode(_ED25519 + self.key).decode()}"


@dataclass(frozen=True, slots=True)
class Signer:
    """A named private key: the 32 bytes of an Ed25519 seed."""

    name: str
    seed: bytes = field(repr=False)

    @property
    def verifier(self) -> Verifier:
        return Verifier(self.name, self._private().public_key().public_bytes_raw())

    def sign(self, text: str) -> str:
        """The signature line for a note's text."""
        signature = self._private().sign(text.encode())
        return f"\N{EM DASH} {self.name} {b64encode(self.verifier.key_id + signature).decode()}\n"

    def _private(self) -> Ed25519PrivateKey:
        return Ed25519PrivateKey.from_private_bytes(self.seed)


@dataclass(frozen=True, slots=True)
class Checkpoint:
    """The state of a log: its origin (also the name of its key), its size and its root hash."""

    origin: str
    size: int
    root: bytes

    @property
    def text(self) -> str:
        """The three lines that are signed."""
        return f"{self.origin}\n{self.size}\n{b64encode(self.root).decode()}\n"


def sign_note(text: str, *signers: Signer) -> str:
    """The note: the text (which ends in a line end), an empty line, and one line for each signature."""
    return f"{text}\n{''.join([signer.sign(text) for signer in signers])}"


def open_note(note: str, verifier: Verifier) -> str:
    """The text of a note that this key signed.

    Invalid: `checkpoint_malformed` when it is no note, `checkpoint_signature` when no line of this key is right
    or one of them is wrong. Lines of other keys are skipped.
    """
    text, lines = _split(note)
    signatures = []
    for line in lines:
        match = _SIGNATURE.fullmatch(line)
        data = _unbase64(match["data"]) if match else b""
        if not match or len(data) <= _ID_BYTES:
            raise Invalid("checkpoint_malformed", "a signature line is not of the form of a signed note")
        if (match["name"], data[:_ID_BYTES]) == (verifier.name, verifier.key_id):
            signatures.append(data[_ID_BYTES:])
    if not signatures or not all(_signed(text, one, verifier) for one in signatures):
        raise Invalid("checkpoint_signature", "the note has no right signature of this key")
    return text


def sign_checkpoint(checkpoint: Checkpoint, signer: Signer) -> str:
    """The signed note of a checkpoint; the signer is named like the origin."""
    if signer.name != checkpoint.origin:
        raise Invalid("checkpoint_origin", "the key of a log is named like its origin")
    parse_checkpoint(checkpoint.text)
    return sign_note(checkpoint.text, signer)


def open_checkpoint(note: str, verifier: Verifier) -> Checkpoint:
    """The checkpoint in a note that this key signed.

    Invalid: as `open_note`; `checkpoint_malformed` unless the text is exactly three lines; `checkpoint_origin`
    when it is of another log.
    """
    checkpoint = parse_checkpoint(_split(note)[0])
    if checkpoint.origin != verifier.name:
        raise Invalid("checkpoint_origin", f"the checkpoint is of {checkpoint.origin}")
    open_note(note, verifier)
    return checkpoint


def parse_checkpoint(text: str) -> Checkpoint:
    """Read the three lines: origin, size in decimal, root in base64. No signature is looked at."""
    lines = text.split("\n")
    match lines:
        case [origin, size, root, ""] if origin and _SIZE.fullmatch(size):
            checkpoint = Checkpoint(origin, int(size), _unbase64(root))
            if checkpoint.size < 1 << 63 and len(checkpoint.root) == HASH_BYTES:
                return checkpoint
    raise Invalid("checkpoint_malformed", "a checkpoint is three lines: origin, size, base64 of 32 bytes")


def _split(note: str) -> tuple[str, list[str]]:
    text, gap, signatures = note.rpartition("\n\n")
    if not gap or not signatures.endswith("\n") or _FORBIDDEN.search(note):
        raise Invalid("checkpoint_malformed", "not a signed note")
    return f"{text}\n", signatures[:-1].split("\n")


def _signed(text: str, signature: bytes, verifier: Verifier) -> bool:
    try:
        Ed25519PublicKey.from_public_bytes(verifier.key).verify(signature, text.encode())
    except InvalidSignature:
        return False
    return True


def _unbase64(text: str) -> bytes:
    """The bytes of standard base64 with padding, and of no other form; else no bytes."""
    try:
        data = b64decode(text, validate=True)
    except (binascii.Error, ValueError):
        return b""
    return data if b64encode(data).decode() == text else b""
