"""Closed albums: lengths that say little, files that stock tools open, words and shares that are told from others."""

from __future__ import annotations

import base64
import hashlib
import io
import os
import subprocess
import zipfile
from zlib import crc32

import pyrage
import pytest
import segno
from hypothesis import given
from hypothesis import strategies as st

from magnitizdat.catalogue.premieres import Premiere
from magnitizdat.errors import UsageError
from magnitizdat.formats import shares
from magnitizdat.formats.age_keys import X25519Identity
from magnitizdat.formats.names import secret_words, words_secret
from magnitizdat.formats.zip_store import Streamed
from magnitizdat.model import PIECE_LENGTH, File
from magnitizdat.reel.layout import padme
from magnitizdat.scene import premieres

ONE_OVER = 22 + 98 + 48 + 16 + 16  # header of one recipient, nonce, tag of one chunk


@given(st.lists(st.integers(0, 1 << 28), min_size=1, max_size=12))
def test_a_closed_file_has_a_length_of_padme_that_little_is_added_to(lengths):
    sizes = [(f"blobs/{number:02d}", length) for number, length in enumerate(lengths)]
    made = premieres.shape(sizes)
    assert padme(made.length) == made.length
    assert sum(lengths) < made.zip_length < made.length
    assert made.length <= 1.13 * (sum(lengths) + 400 * (len(lengths) + 2)) + ONE_OVER


@given(st.integers(0, 1 << 22), st.integers(1, 4000))
def test_a_little_more_music_is_seldom_seen(length, more):
    first, second = (premieres.shape([("album.json", each)]).length for each in (length, length + more))
    assert first <= second


def test_what_a_zip_cannot_hold_is_refused_before_anything_is_sealed():
    assert premieres.shape([("album.json", 4_000_000_000)]).length < 1 << 32
    with pytest.raises(UsageError, match="less than 4 GiB"):
        premieres.shape([("album.json", 4_250_000_000)])


@pytest.fixture(scope="module")
def closed():
    """(identity, the closed file, what is in it)."""
    identity = X25519Identity.generate()
    members = {"album.json": b'{"title":"45"}', "blobs/aa/x": os.urandom(3 * PIECE_LENGTH + 17), "blobs/bb/y": b""}
    contents = [
        (name, Streamed(len(content), crc32(content), lambda content=content: [content[:1000], content[1000:]]))
        for name, content in members.items()
    ]
    sealing = premieres.AlbumSealing(identity.recipient)
    pieces = list(sealing.pieces(contents))
    assert list(sealing.pieces(contents)) == pieces
    assert {len(piece) for piece in pieces[:-1]} == {PIECE_LENGTH}
    whole = b"".join(pieces)
    assert len(whole) == premieres.shape((name, len(content)) for name, content in members.items()).length
    return identity, whole, members


def test_another_age_and_another_zip_open_a_closed_file(closed):
    identity, whole, members = closed
    plain = pyrage.decrypt(whole, [pyrage.x25519.Identity.from_str(identity.text)])
    with zipfile.ZipFile(io.BytesIO(plain)) as archive:
        assert archive.testzip() is None
        assert {name: archive.read(name) for name in archive.namelist() if name != "pad"} == members
        assert archive.namelist()[0] == premieres.DOCUMENT_NAME


def test_debians_age_and_unzip_open_it_with_what_the_words_give(closed, tmp_path, require_program):
    age, unzip = require_program("age"), require_program("unzip")
    identity, whole, members = closed
    words = secret_words(os.urandom(16))
    sealed = base64.b64decode(premieres.words_file(identity, words))
    (tmp_path / "identity").write_bytes(pyrage.passphrase.decrypt(sealed, words))
    (tmp_path / "closed.age").write_bytes(whole)
    plain = subprocess.run(
        [age, "-d", "-i", tmp_path / "identity", tmp_path / "closed.age"], check=True, capture_output=True
    ).stdout
    (tmp_path / "closed.zip").write_bytes(plain)
    subprocess.run([unzip, "-qq", "closed.zip"], cwd=tmp_path, check=True)
    assert {name: (tmp_path / name).read_bytes() for name in members} == members


def test_the_words_file_has_268_bytes_and_its_words_work_little(closed):
    identity, _, _ = closed
    words = secret_words(os.urandom(16))
    sealed = base64.b64decode(premieres.words_file(identity, words))
    assert len(words.split()) == 12
    assert len(sealed) == 268
    assert sealed.splitlines()[1].endswith(b" 10")
    assert identity.text.encode() in pyrage.passphrase.decrypt(sealed, words).splitlines()
    with pytest.raises(pyrage.DecryptError):
        pyrage.passphrase.decrypt(sealed, secret_words(os.urandom(16)))


@given(st.binary(min_size=16, max_size=16))
def test_words_and_secret_are_one_thing(secret):
    words = secret_words(secret)
    assert words_secret(f"  {words.upper().replace(' ', '   ')} ") == secret
    first, *rest = words.split()
    with pytest.raises(ValueError, match="word"):
        words_secret(" ".join([f"{first}x", *rest]))


def test_a_share_is_named_by_its_words_however_they_are_typed_and_fits_a_code_of_version_6():
    made = shares.split(os.urandom(16), 3, 5)
    digests = {premieres.share_digest(each) for each in made}
    assert digests == {hashlib.sha256(each.encode()).hexdigest() for each in made}
    assert digests == {premieres.share_digest(f" {each.upper()}\n") for each in made}
    for each in made:
        code = segno.make(premieres.qr_text(each), micro=False, version=6, error="l", boost_error=False)
        assert code.mode == "alphanumeric"
        assert shares.words_in(premieres.qr_text(each)) == [each]


def premiere(*, length=1 << 20, media_type="application/age", pieces=(), need=3, given_out=5):
    return Premiere(
        id="0" * 32,
        release_id="1" * 32,
        document="a" * 64,
        file=File(sha256="b" * 64, length=length, media_type=media_type, pieces=pieces),
        words="AAAA",
        opens="2026-12-24",
        need=need,
        shares=tuple(f"{number:064x}" for number in range(given_out)),
    )


def test_a_premiere_is_of_one_closed_file_and_of_shares_of_which_one_may_be_lost():
    assert premieres.is_sound(premiere())
    assert not premieres.is_sound(premiere(media_type="audio/flac"))
    assert not premieres.is_sound(premiere(length=0))
    assert not premieres.is_sound(premiere(length=1 << 32, pieces=("c" * 64,) * 4096))
    assert not premieres.is_sound(premiere(length=2 << 20))
    assert not premieres.is_sound(premiere(need=5))
    assert not premieres.is_sound(premiere(need=4, given_out=3))
