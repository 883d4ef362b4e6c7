from __future__ import annotations

from base64 import b64encode

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ontology.errors import Invalid
from provenance.checkpoint import (
    Checkpoint,
    Signer,
    Verifier,
    open_checkpoint,
    open_note,
    parse_checkpoint,
    sign_checkpoint,
    sign_note,
)
from provenance.log import EMPTY_ROOT

ORIGIN = "omnisonic.example/log/public"
SIGNER = Signer(ORIGIN, bytes(range(32)))
WITNESS = Signer("witness.example/w1", bytes(32))
CHECKPOINT = Checkpoint(ORIGIN, 12, EMPTY_ROOT)
NOTE = sign_checkpoint(CHECKPOINT, SIGNER)

# The example of golang.org/x/mod/sumdb/note.
NEUMANN = "PeterNeumann+c74f20a3+ARpc2QcUPDhMQegwxbzhKqiBfsVkmqq/LDE4izWy10TW"
NEUMANN_NOTE = (
    "If you think cryptography is the answer to your problem,\n"
    "then you don't know what your problem is.\n"
    "\n"
    "— PeterNeumann x08go/ZJkuBS9UG/SffcvIAQxVBtiFupLLr8pAcElZInNIuGUgYN1FFYC2pZSNXgKvqfqdngotpRZb6KE6RyyBwJnAM=\n"
)


def code(note: str, verifier: Verifier = SIGNER.verifier) -> str:
    with pytest.raises(Invalid) as caught:
        open_checkpoint(note, verifier)
    return caught.value.code


def test_a_note_of_another_implementation() -> None:
    verifier = Verifier.parse(NEUMANN)
    assert verifier.vkey == NEUMANN
    assert open_note(NEUMANN_NOTE, verifier) == NEUMANN_NOTE.partition("\n\n")[0] + "\n"
    with pytest.raises(Invalid) as caught:
        open_note(NEUMANN_NOTE.replace("answer", "Answer"), verifier)
    assert caught.value.code == "checkpoint_signature"


@given(st.integers(0, 2**63 - 1), st.binary(min_size=32, max_size=32), st.binary(min_size=32, max_size=32))
def test_a_checkpoint_is_read_back(size: int, root: bytes, seed: bytes) -> None:
    signer = Signer(ORIGIN, seed)
    checkpoint = Checkpoint(ORIGIN, size, root)
    note = sign_checkpoint(checkpoint, signer)
    assert open_checkpoint(note, Verifier.parse(signer.verifier.vkey)) == checkpoint
    assert sign_checkpoint(checkpoint, signer) == note


def test_the_form_of_a_checkpoint() -> None:
    lines = NOTE.split("\n")
    assert lines[:4] == [ORIGIN, "12", "47DEQpj8HBSa+/TImW+5JCeuQeRkm5NMpJWZG3hSuFU=", ""]
    assert lines[4].startswith(f"— {ORIGIN} ")
    assert lines[5:] == [""]


def test_lines_of_others_are_skipped() -> None:
    note = NOTE + WITNESS.sign(CHECKPOINT.text) + f"— unknown {b64encode(bytes(80)).decode()}\n"
    assert open_checkpoint(note, SIGNER.verifier) == CHECKPOINT
    assert open_note(note, WITNESS.verifier) == CHECKPOINT.text
    assert sign_note(CHECKPOINT.text, SIGNER, WITNESS) == NOTE + WITNESS.sign(CHECKPOINT.text)
    # the same name with another key is another signer
    other = Signer(ORIGIN, bytes(32))
    assert open_checkpoint(NOTE + other.sign(CHECKPOINT.text), SIGNER.verifier) == CHECKPOINT


@pytest.mark.parametrize("at", range(len(NOTE)))
def test_no_character_can_be_changed(at: int) -> None:
    changed = NOTE[:at] + chr(ord(NOTE[at]) ^ 1) + NOTE[at + 1 :]
    assert code(changed) in {"checkpoint_malformed", "checkpoint_origin", "checkpoint_signature"}
    assert code(NOTE[:at]) in {"checkpoint_malformed", "checkpoint_signature"}


def test_what_is_wrong_is_named() -> None:
    other = Signer("other.example", bytes(range(32)))
    assert code(sign_checkpoint(Checkpoint("other.example", 1, EMPTY_ROOT), other)) == "checkpoint_origin"
    assert code(NOTE, Signer(ORIGIN, bytes(32)).verifier) == "checkpoint_signature"
    assert code(sign_note(CHECKPOINT.text, WITNESS)) == "checkpoint_signature"
    assert code(NOTE.replace("\n12\n", "\n13\n")) == "checkpoint_signature"
    # one right and one wrong line of the same key
    wrong = b64encode(SIGNER.verifier.key_id + bytes(64)).decode()
    assert code(f"{NOTE}— {ORIGIN} {wrong}\n") == "checkpoint_signature"


ROOT = b64encode(EMPTY_ROOT).decode()
MALFORMED = [
    "",
    "\n",
    f"{ORIGIN}\n1\n",
    f"{ORIGIN}\n1\n{ROOT}",
    f"{ORIGIN}\n1\n{ROOT}\n\n",
    f"{ORIGIN}\n1\n{ROOT}\nextra\n",
    f"\n1\n{ROOT}\n",
    f"{ORIGIN}\n01\n{ROOT}\n",
    f"{ORIGIN}\n-1\n{ROOT}\n",
    f"{ORIGIN}\n+1\n{ROOT}\n",
    f"{ORIGIN}\n 1\n{ROOT}\n",
    f"{ORIGIN}\n\n{ROOT}\n",
    f"{ORIGIN}\n1_0\n{ROOT}\n",
    f"{ORIGIN}\n٣\n{ROOT}\n",
    f"{ORIGIN}\n9223372036854775808\n{ROOT}\n",
    f"{ORIGIN}\n1\n{ROOT[:-1]}\n",
    f"{ORIGIN}\n1\n{ROOT[:-2]}V=\n",
    f"{ORIGIN}\n1\n{ROOT.replace('+', '-').replace('/', '_')}\n",
    f"{ORIGIN}\n1\n{b64encode(bytes(31)).decode()}\n",
]


@pytest.mark.parametrize("text", MALFORMED)
def test_a_text_that_is_no_checkpoint(text: str) -> None:
    with pytest.raises(Invalid) as caught:
        parse_checkpoint(text)
    assert caught.value.code == "checkpoint_malformed"
    assert code(sign_note(text, SIGNER)) == "checkpoint_malformed"


@pytest.mark.parametrize(
    "note",
    [
        CHECKPOINT.text,
        CHECKPOINT.text + "\n",
        NOTE.replace("—", "-"),
        NOTE[:-1],
        NOTE + "\n",
        NOTE.replace("\n", "\r\n"),
        NOTE + "— unsigned\n",
        NOTE + f"— short {b64encode(b'abcd').decode()}\n",
        NOTE + "— bad AAAA_AAAA\n",
        NOTE + "\ud800",
        "\0" + NOTE,
    ],
)
def test_a_text_that_is_no_note(note: str) -> None:
    assert code(note) == "checkpoint_malformed"


@pytest.mark.parametrize(
    "vkey",
    [
        "",
        "PeterNeumann",
        NEUMANN[:-1],
        NEUMANN + "=",
        NEUMANN.replace("c74f20a3", "C74F20A3"),
        NEUMANN.replace("c74f20a3", "c74f20a4"),
        NEUMANN.replace("Peter", "peter"),
        NEUMANN.replace("PeterNeumann", ""),
        NEUMANN.replace("Peter", "Peter "),
        NEUMANN.replace("+ARpc", "+BRpc"),
        NEUMANN + "\n",
    ],
)
def test_other_verifier_keys_are_refused(vkey: str) -> None:
    with pytest.raises(Invalid) as caught:
        Verifier.parse(vkey)
    assert caught.value.code == "vkey_invalid"


def test_a_key_signs_only_its_own_log() -> None:
    with pytest.raises(Invalid) as caught:
        sign_checkpoint(CHECKPOINT, WITNESS)
    assert caught.value.code == "checkpoint_origin"
    with pytest.raises(Invalid):
        sign_checkpoint(Checkpoint(ORIGIN, 1, b""), SIGNER)
    with pytest.raises(Invalid):
        Signer("a b", bytes(32)).verifier  # noqa: B018 - a name with a space is refused here


def test_a_seed_is_not_printed() -> None:
    assert "seed" not in repr(SIGNER)
