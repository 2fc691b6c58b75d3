"""Voices: one thing about one subject, whatever order its words come in."""

from __future__ import annotations

import hashlib

import pytest
from hypothesis import given
from hypothesis import strategies as st

from magnitizdat.catalogue import kinds
from magnitizdat.catalogue.documents import encode
from magnitizdat.catalogue.voices import (
    REVIEW,
    VOUCH,
    Compilation,
    CompiledTrack,
    NamedAlbum,
    Review,
    Vouch,
    voice_id,
)
from magnitizdat.errors import UsageError
from magnitizdat.formats.names import imprint_text
from magnitizdat.model import Checkpoint

DIGESTS = st.binary(min_size=32, max_size=32).map(bytes.hex)
IMPRINTS = st.binary(min_size=32, max_size=32).map(imprint_text)
ALBUMS = st.builds(
    NamedAlbum,
    artist=st.text(min_size=1, max_size=20),
    title=st.text(min_size=1, max_size=20),
    imprint=st.just("") | IMPRINTS,
    release_id=st.just("") | DIGESTS.map(lambda digest: digest[:32]),
    tracks=st.lists(DIGESTS, max_size=64).map(tuple),
)
VOICES = (
    st.builds(
        Vouch,
        imprint=IMPRINTS,
        name=st.text(min_size=1, max_size=20),
        checkpoint=st.builds(Checkpoint, version=st.integers(1, 99), sha256=DIGESTS),
        note=st.text(max_size=99),
    )
    | st.builds(
        Review,
        item_reviewed=ALBUMS,
        recommended=st.booleans(),
        rating_value=st.none() | st.integers(1, 5),
        review_body=st.text(max_size=99),
        in_language=st.sampled_from(["", "ru", "en"]),
        date_published=st.sampled_from(["", "1982-07-01"]),
    )
    | st.builds(
        Compilation,
        playlist=DIGESTS.map(lambda digest: digest[:32]),
        name=st.text(min_size=1, max_size=20),
        tracks=st.lists(st.builds(CompiledTrack, track_id=DIGESTS, title=st.just("a"), artist=st.just("b")), max_size=3)
        .map(tuple),
    )
)  # fmt: skip


@given(voice=VOICES)
def test_a_voice_is_read_as_it_was_signed(voice):
    kind = type(voice).__name__.lower()
    assert kinds.read(kinds.target_path(kind, voice.id), encode(voice)) == kinds.Read(kind, voice)


@given(voice=VOICES, other=VOICES)
def test_a_voice_under_another_name_is_carried_unread(voice, other):
    kind = type(voice).__name__.lower()
    if voice.id != other.id:
        assert kinds.read(kinds.target_path(kind, other.id), encode(voice)) == kinds.Read(kind, None)


@given(album=ALBUMS, order=st.randoms(use_true_random=False))
def test_tracks_name_an_album_in_any_order(album, order):
    shuffled = list(album.tracks)
    order.shuffle(shuffled)
    named = NamedAlbum(artist="x", title="y", imprint=album.imprint, release_id=album.release_id, tracks=shuffled)
    assert Review(item_reviewed=album).id == Review(item_reviewed=named).id


def test_an_id_is_made_of_the_bytes_that_the_formats_say():
    imprint = imprint_text(bytes(32))
    vouch = Vouch(imprint=imprint, name="Kino", checkpoint=Checkpoint(version=1, sha256="0" * 64))
    said = b"magnitizdat voice\x1fvouch\x1f" + imprint.encode()
    assert vouch.id == voice_id(VOUCH, imprint) == hashlib.sha256(said).hexdigest()[:32]
    assert voice_id(REVIEW, "a", "b") != voice_id(REVIEW, "a\x1fb"[:1], "b", "")


@pytest.mark.parametrize("stars", [0, 6, 4.5, True])
def test_nobody_signs_or_reads_another_number_of_stars(stars):
    review = Review(item_reviewed=NamedAlbum(artist="Кино", title="45", tracks=("0" * 64,)), rating_value=stars)
    with pytest.raises(UsageError):
        encode(review)
    path = kinds.target_path(REVIEW, review.id)
    good = encode(Review(item_reviewed=review.item_reviewed, rating_value=5))
    assert kinds.read(path, good).value.rating_value == 5
    bad = good.replace(b'"rating_value":5', f'"rating_value":{str(stars).lower()}'.encode())
    assert kinds.read(path, bad) == kinds.Read(REVIEW, None)
