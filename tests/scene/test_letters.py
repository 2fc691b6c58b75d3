"""What a letter says, and what its signature is worth."""

from __future__ import annotations

import itertools
import json
import zipfile
from io import BytesIO

import pytest
from hypothesis import given
from hypothesis import strategies as st

from magnitizdat.catalogue.envelopes import enveloped
from magnitizdat.errors import DamagedError
from magnitizdat.formats.age import BytesReader
from magnitizdat.formats.age_keys import X25519Identity
from magnitizdat.formats.letter_file import LARGE, SMALL, open_letter, seal_letter
from magnitizdat.scene.letters import (
    ATTACHMENT,
    ENVELOPE,
    MAX_TEXT,
    PAYLOAD_TYPE,
    arrival_key,
    attached,
    letter_members,
    open_members,
    verdict,
    verdict_sentence,
)
from tests.fakes_letters import Author, beside, file_of, letter_to

IDS = st.text("0123456789abcdef", min_size=32, max_size=32)


@pytest.fixture(scope="module")
def author():
    return Author()


@given(
    text=st.text(max_size=300),
    name=st.text(max_size=60),
    attachment=st.none() | st.binary(max_size=2000),
    signed=st.booleans(),
    roots=st.integers(0, 1),
)
def test_a_letter_comes_out_as_it_was_sealed(author, *, text, name, attachment, signed, roots):
    identity = X25519Identity.generate()
    said = attached(attachment, "audio/opus", name=name) if attachment is not None else None
    letter = letter_to(identity.recipient.text, sender=name, text=text, attachment=said)
    seed = author.seeds[0] if signed else None
    members = letter_members(letter, seed=seed, attachment=attachment or b"", roots=author.roots[:roots])
    sealed = seal_letter(members, [identity.recipient])
    assert len(sealed) in {SMALL, LARGE}
    found = open_members(open_letter(BytesReader(sealed), [identity]))
    assert (found.letter, found.attachment) == (letter, attachment or b"")
    assert [found.roots[number] for number in sorted(found.roots)] == author.roots[:roots]
    assert bool(found.envelope.signatures) == signed


@pytest.mark.parametrize("sign", ["x", "я", "\N{EIGHTH NOTE}", "\N{MUSICAL SYMBOL G CLEF}"])
def test_as_long_a_text_as_may_be_fits_a_letter(author, sign):
    letter = letter_to(sender=author, text=sign * MAX_TEXT)
    sealed = seal_letter(letter_members(letter, seed=author.seeds[0]), [X25519Identity.generate().recipient])
    assert len(sealed) == (SMALL if len(sign.encode()) < 3 else LARGE)


TOLD = {
    "id": 32 * "0",
    "recipient": letter_to().recipient,
    "schema": "magnitizdat/letter/1",
    "text": "Hello",
}
BAD = {
    "another schema": {"schema": "magnitizdat/card/1"},
    "an id that is none": {"id": "../../etc"},
    "an id in capitals": {"id": 32 * "A"},
    "no recipient": {"recipient": ""},
    "a recipient with a line behind it": {"recipient": TOLD["recipient"] + "\n"},
    "a text that is too long": {"text": "x" * (MAX_TEXT + 1)},
    "a text that is a list": {"text": ["x"]},
    "an answer to no id": {"in_reply_to": "x"},
    "an imprint that is none": {"sender": {"name": "M", "imprint": "mag1"}},
    "a date without end": {"date_sent": 33 * "1"},
    "an attachment without its bytes": {"attachment": {"media_type": "audio/opus", "length": 5, "sha256": 64 * "0"}},
    "an attachment of odd type": {"attachment": {"media_type": "x/y; charset=z", "length": 0, "sha256": 64 * "0"}},
    "an attachment of no length": {"attachment": {"media_type": "audio/opus", "length": -1, "sha256": 64 * "0"}},
}


def of_words(told):
    return {ENVELOPE: enveloped(json.dumps(told).encode(), PAYLOAD_TYPE)}


def test_fields_of_a_newer_letter_are_passed_over():
    assert open_members(of_words({**TOLD, "font": "Fraktur", "sender": {"name": "M", "age": 3}})).letter.text == "Hello"


@pytest.mark.parametrize("wrong", BAD.values(), ids=BAD)
def test_what_fits_no_letter_is_refused(wrong):
    with pytest.raises(DamagedError):
        open_members(of_words({**TOLD, **wrong}))


@pytest.mark.parametrize("members", [{}, {ENVELOPE: b""}, {ENVELOPE: b"{}"}, {ENVELOPE: b"[" * 5000}, {"x": b"y"}])
def test_what_is_no_letter_is_refused(members):
    with pytest.raises(DamagedError):
        open_members(members)


@given(content=st.binary(max_size=400), other=st.binary(max_size=400))
def test_an_attachment_is_what_the_letter_says_or_nothing_is(content, other):
    said, _ = beside(content, "image/jpeg")
    members = file_of(letter_to(attachment=said), attachment=content)
    assert open_members(members).attachment == content
    if other != content:
        with pytest.raises(DamagedError):
            open_members({**members, ATTACHMENT: other})


def test_an_archive_beside_a_letter_is_of_no_kind_that_is_opened():
    packed = BytesIO()
    with zipfile.ZipFile(packed, "w") as archive:
        archive.writestr("song.flac", b"x")
    said, content = beside(packed.getvalue(), "application/zip")
    found = open_members(file_of(letter_to(attachment=said), attachment=content))
    assert found.letter.attachment.kind == "unknown"


def test_what_a_letter_does_not_speak_of_is_not_its_attachment():
    members = {**file_of(letter_to()), ATTACHMENT: b"x", "run.exe": b"MZ", "roots/0.root.json": b"{}"}
    found = open_members(members)
    assert (found.attachment, found.roots) == (b"", {})


def test_more_roots_than_a_label_has_are_refused():
    members = {**file_of(letter_to()), **{f"roots/{number}.root.json": b"{}" for number in range(1, 66)}}
    with pytest.raises(DamagedError):
        open_members(members)


@given(first=IDS, second=IDS, signer=st.sampled_from(["", "mag1" + 58 * "q", "mag1" + 58 * "p"]))
def test_a_letter_that_a_label_signed_has_a_place_of_its_own(first, second, signer):
    """Who knows an id, unsigned or as another label, comes under another name; the same comes under the same."""
    other = "mag1" + 58 * "z"
    assert arrival_key(first, signer) == arrival_key(first, signer)
    assert (arrival_key(first, signer) == arrival_key(second, signer)) == (first == second)
    assert arrival_key(first, other) not in {arrival_key(second, signer), arrival_key(first, "")}


def test_signed_is_said_of_nothing_less():
    """All sixteen cases: each doubt takes its line away, and what proves nothing is never called signed."""
    for proven, known, current, mine in itertools.product([False, True], repeat=4):
        found = verdict(is_proven=proven, is_known=known, is_current=current, is_mine=mine)
        assert (found == "signed") == (proven and known and current and mine)
        assert (found == "unproven") == (not proven or not (known or current))
        assert found != "forwarded" or (proven and not mine)
        assert found != "stranger" or (proven and mine and not known)
        assert found != "replaced" or (proven and mine and known and not current)


def test_each_verdict_has_its_line(author):
    def line(found, name="Viktor"):
        return verdict_sentence(found, name=name, imprint=author.imprint)

    assert line("signed") == "from «Viktor», signed"
    assert line("unproven") == "says it is «Viktor»: unproven"
    assert line("forwarded") == "signed by «Viktor», but to somebody else: unproven"
    assert line("replaced") == "signed with a key that «Viktor» has since replaced"
    assert line("stranger").startswith("signed by a label that you do not know: ")
    assert line("stranger").count("-") == 3
    assert "unproven" in line("unproven", "")
