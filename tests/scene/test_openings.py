"""What opens a closed album: enough of its own shares, its own words, and nothing that its label did not list."""

from __future__ import annotations

import base64
import os
from dataclasses import replace
from itertools import combinations

import pytest
from shamir_mnemonic import Share

from magnitizdat.catalogue.documents import encode
from magnitizdat.errors import DamagedError, NotVerifiedError, WrongPassphraseError
from magnitizdat.formats import shares
from magnitizdat.formats.age import BytesReader, seal
from magnitizdat.formats.age_keys import X25519Identity
from magnitizdat.formats.names import secret_words
from magnitizdat.formats.zip_store import write_zip
from magnitizdat.scene import openings
from magnitizdat.scene.openings import GivenShare
from magnitizdat.scene.premieres import DOCUMENT_NAME, share_digest, words_file
from tests.fakes_closing import made
from tests.fakes_spool import release_of


@pytest.fixture(scope="module")
def one():
    return made()


@pytest.mark.parametrize(("need", "of"), [(need, of) for of in range(3, 8) for need in range(2, of)])
def test_enough_shares_make_the_words_and_fewer_say_how_many_lack(need, of):
    """Every subset: as many as are needed, one fewer, and all that have more."""
    each = made(need=need, of=of, lengths=[1])
    for size in range(of + 1):
        for chosen in combinations(range(of), size):
            given = each.given(*chosen)
            assert openings.lacking(each.premiere, given) == max(0, need - size)
            if size >= need:
                assert openings.words_of(each.premiere, given) == each.words


def test_fewer_shares_than_are_needed_make_nothing(one):
    for chosen in combinations(range(5), 2):
        with pytest.raises(DamagedError):
            shares.combine([share.words for share in one.given(*chosen)])


def test_a_share_counts_once_however_it_is_written(one):
    first = one.shares[0]
    given = [GivenShare("a", first), GivenShare("b", first.upper()), GivenShare("c", "  ".join(first.split()))]
    assert openings.lacking(one.premiere, given) == 2


@pytest.mark.parametrize(
    "kind", ["of another premiere", "of the same words, split anew", "of the same identifier", "false"]
)
def test_a_share_that_was_not_given_out_is_told_by_whose_it_is(one, kind):
    """Each has a good checksum: what it is not is one whose digest the label signed."""
    secret = openings.words_secret(one.words)
    other = {
        "of another premiere": lambda: made(lengths=[1]).shares[0],
        "of the same words, split anew": lambda: shares.split(secret, 3, 5)[0],
        "of the same identifier": lambda: _with_value_changed(one.shares[0]),
        "false": lambda: shares.split(os.urandom(16), 3, 5)[2],
    }[kind]()
    assert shares.words_in(other) == [other]
    with pytest.raises(NotVerifiedError, match="the share of Mike is not the one that was given out"):
        openings.lacking(one.premiere, [*one.given(1, 2), GivenShare("Mike", other)])


def _with_value_changed(share: str) -> str:
    held = Share.from_mnemonic(share)
    return replace(held, value=bytes([held.value[0] ^ 1]) + held.value[1:]).mnemonic()


def test_a_share_that_asks_for_much_work_is_none(one):
    """To put shares together costs as much work as they say: this one would ask for a thousand times what ours do."""
    costly = replace(Share.from_mnemonic(one.shares[0]), iteration_exponent=11).mnemonic()
    assert Share.from_mnemonic(costly).iteration_exponent == 11
    assert shares.words_in(costly) == []
    assert shares.is_slip(costly)


def test_shares_that_lead_nowhere_are_the_labels_doing():
    """All listed by it, and of two secrets, or of more bytes than words have."""
    two = [*shares.split(os.urandom(16), 2, 3)[:2], *shares.split(os.urandom(16), 3, 4)[:1]]
    mixed = made(need=3, of=4, lengths=[1], shares=tuple(sorted(map(share_digest, two))))
    with pytest.raises((DamagedError, WrongPassphraseError)):
        openings.identity_of(mixed.premiere, openings.words_of(mixed.premiere, [GivenShare("x", each) for each in two]))


@pytest.mark.parametrize("write", [str.upper, str.title, lambda words: words.replace(" ", "-"), "  {} ".format])
def test_words_open_however_they_are_written(one, write):
    assert openings.identity_of(one.premiere, write(one.words)).recipient


@pytest.mark.parametrize(
    "words",
    [
        "",
        "abandon",
        "abandon " * 11 + "about",
        "abandon " * 12,
        "abandon " * 23 + "art",
        "music " * 1000,
        secret_words(bytes(range(16))),
    ],
)
def test_other_words_open_nothing(one, words):
    with pytest.raises(WrongPassphraseError, match="not the words of this premiere"):
        openings.identity_of(one.premiere, words)


def test_words_that_can_be_none_are_not_tried():
    """What is sealed costs work to try; where these words belong to nothing it is not even read."""
    slow = made(lengths=[1], words="AAAA")
    with pytest.raises(WrongPassphraseError):
        openings.identity_of(slow.premiere, "abandon " * 12)
    with pytest.raises(DamagedError):
        openings.identity_of(slow.premiere, slow.words)


@pytest.mark.parametrize("work_factor", [1, 9, 11])
def test_words_are_sealed_with_one_work_factor(work_factor):
    other = made(lengths=[1], work_factor=work_factor)
    with pytest.raises(DamagedError, match="tell the label"):
        openings.identity_of(other.premiere, other.words)


def test_words_that_are_sealed_to_somebody_are_none_of_ours():
    identity = X25519Identity.generate()
    sealed = base64.b64encode(seal(b"AGE-SECRET-KEY-1", [identity.recipient])).decode()
    other = made(lengths=[1], words=sealed)
    with pytest.raises(DamagedError, match="tell the label"):
        openings.identity_of(other.premiere, other.words)


def inside_of(each):
    identity = openings.identity_of(each.premiere, each.words)
    return openings.open_closed(each.premiere, BytesReader(each.closed), identity)


def test_the_inside_is_read_as_from_a_spool(one):
    inside = inside_of(one)
    assert inside.document == encode(one.release)
    for track, file in zip(one.tracks, one.release.files(), strict=True):
        path = f"blobs/{file.sha256[:2]}/{file.sha256}"
        assert openings.read_inside(inside, path, 0, file.length + 9) == track
        assert openings.read_inside(inside, path, 5, 7) == track[5:12]
        assert openings.read_inside(inside, path, file.length, 7) == b""
    assert openings.read_inside(inside, "blobs/aa/other", 0, 1) is None


def _other_inside() -> dict[str, object]:
    music = b"\xff" * 100
    plain = b"".join(write_zip([(DOCUMENT_NAME, b"{}"), ("blobs/aa/b", music)]))
    other = release_of([], "Another album", number=77)
    return {
        "another document": {"inside": other},
        "no document": {"members": {DOCUMENT_NAME: None}},
        "an empty document": {"members": {DOCUMENT_NAME: b""}},
        "a document of another name": {"members": {DOCUMENT_NAME: None, "album.txt": b"{}"}},
        "no ZIP": {"plain": b"music"},
        "nothing": {"plain": b""},
        "a ZIP that is cut off": {"plain": plain[:-1]},
        "a ZIP with something before it": {"plain": b"MZ" + plain},
        "a ZIP with something behind it": {"plain": plain + b"\n"},
        "a ZIP whose member says another length": {"plain": plain.replace(b"d\0\0\0", b"e\0\0\0", 1)},
    }


@pytest.mark.parametrize("kind", _other_inside())
def test_an_inside_that_the_label_did_not_list_is_refused(kind):
    """Signed is the closed file, and that is no word for what is in it."""
    with pytest.raises((NotVerifiedError, DamagedError), match=r"tell the label|copy"):
        inside_of(made(lengths=[1], **_other_inside()[kind]))


def test_a_closed_file_that_another_identity_opens_is_refused(one):
    with pytest.raises(DamagedError, match="tell the label"):
        openings.open_closed(one.premiere, BytesReader(one.closed), X25519Identity.generate())


def test_what_the_words_unlock_is_an_identity():
    class Text:
        text = "AGE-SECRET-KEY-1NONE"

    words = secret_words(bytes(16))
    other = made(lengths=[1], words=words_file(Text(), words))
    with pytest.raises(DamagedError):
        openings.identity_of(other.premiere, words)
