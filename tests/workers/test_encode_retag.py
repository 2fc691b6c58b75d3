from __future__ import annotations

import io
import unicodedata
from fractions import Fraction

import av
import pytest
import segno
from hypothesis import given, settings
from hypothesis import strategies as st
from msgspec import structs

from magnitizdat.errors import DamagedError, SourceError, UnsupportedError
from magnitizdat.formats.age import BytesReader
from magnitizdat.workers.child import understand
from magnitizdat.workers.code_pages import repair
from magnitizdat.workers.retag import retag
from magnitizdat.workers.values import Tags
from tests.fakes_audio import KINDS, PNG, make_audio

OTHER = Tags(
    title="Другое",
    artist="Зоопарк",
    album="Белая полоса",
    album_artist="Майк",
    track=5,
    track_total=11,
    disc=1,
    disc_total=2,
    date="1984-01",
    genres=("Rock", "Blues"),
    composer="М. Науменко",
    comment="две\nстроки",
    compilation=True,
    isrc="RUA018400001",
    musicbrainz_recording="b1a9c0e9",
    musicbrainz_release="c2b8d1f8",
)
ALL = Tags.__struct_fields__


@pytest.mark.parametrize("kind", KINDS)
@pytest.mark.parametrize(("target", "codec"), [("opus-128", "opus"), ("mp3", "mp3")])
def test_everything_encodes(pool, kind, target, codec):
    source = BytesReader(make_audio(kind, 1.0, {"title": "t"}))
    chunks = list(pool.encode(source, target))
    parsed = understand(io.BytesIO(b"".join(chunks)))
    assert (parsed.codec, parsed.sample_rate, parsed.channels) == (codec, 48000, 2)
    assert parsed.duration_s == pytest.approx(1.0, abs=0.06)
    assert parsed.tags == Tags()
    assert b"".join(pool.encode(source, target)) == b"".join(chunks)


def test_what_is_not_audio_does_not_encode(pool):
    with pytest.raises(UnsupportedError):
        list(pool.encode(BytesReader(PNG), "mp3"))
    with pytest.raises(SourceError):
        list(pool.encode(BytesReader(b"fLaC" + bytes(500)), "mp3"))


def test_an_encoding_that_nobody_wants_ends(pool):
    stream = pool.encode(BytesReader(make_audio("wav", 20.0)), "mp3")
    assert next(stream)
    stream.close()
    assert list(pool.encode(BytesReader(make_audio("wav", 0.1)), "mp3"))


@pytest.mark.parametrize("kind", KINDS)
def test_new_tags_on_the_same_packets(pool, kind):
    before = make_audio(kind, 0.4, {"title": "было", "composer": "x", "lyrics": "слова"}, cover=PNG)
    after = pool.retag(before, OTHER, ALL)
    old, new = understand(io.BytesIO(before)), understand(io.BytesIO(after))
    assert new.track_id == old.track_id
    assert new.tags == OTHER
    assert (new.covers, new.lyrics) == (old.covers, old.lyrics)
    assert understand(io.BytesIO(pool.retag(after, Tags(), ALL))).tags == Tags()


LETTERS = st.characters(categories=["L", "N"])


def titles(**lengths):
    """Titles that no old code page can have made."""
    return st.text(LETTERS, min_size=1, **lengths).filter(lambda title: repair(title) is None)


@settings(max_examples=20)
@given(st.sampled_from(KINDS), titles(max_size=100), st.integers(0, 999))
def test_retagging_keeps_every_title(kind, title, track):
    wanted = Tags(title=title, artist=title, track=track)
    tags = understand(io.BytesIO(retag(make_audio(kind, 0.2), wanted, ALL))).tags
    assert tags.title == unicodedata.normalize("NFC", wanted.title)[:512]
    assert tags.track == track


def test_what_is_not_audio_is_not_tagged(pool):
    with pytest.raises(UnsupportedError):
        pool.retag(PNG, OTHER, ALL)
    with pytest.raises(DamagedError):
        pool.retag(b"fLaC" + bytes(100), OTHER, ALL)


@pytest.mark.parametrize("text", ["mag1qqqsyqcyq5rqwzqf", "Наталья", "x" * 900])
def test_qr_codes_are_read(pool, text):
    out = io.BytesIO()
    segno.make_qr(text).save(out, kind="png", scale=4)
    assert pool.read_qr(out.getvalue()) == [text]


@pytest.mark.parametrize("codec", ["mjpeg", "png"])
def test_qr_codes_on_large_photos(pool, codec):
    rows = list(segno.make_qr("mag1" + "q" * 58).matrix_iter(scale=21, border=9))
    frame = av.VideoFrame(len(rows[0]), len(rows), "gray")
    step = frame.planes[0].line_size
    frame.planes[0].update(b"".join(bytes(40 if dark else 220 for dark in row).ljust(step) for row in rows))
    encoder = av.CodecContext.create(codec, "w")
    encoder.width, encoder.height, encoder.time_base = frame.width, frame.height, Fraction(1, 25)
    encoder.pix_fmt = "yuvj420p" if codec == "mjpeg" else "gray"
    packets = [*encoder.encode(frame.reformat(format=encoder.pix_fmt)), *encoder.encode(None)]
    assert pool.read_qr(b"".join(map(bytes, packets))) == ["mag1" + "q" * 58]


def test_pictures_without_a_code(pool):
    assert pool.read_qr(PNG) == []
    with pytest.raises(UnsupportedError):
        pool.read_qr(b"no picture")
    with pytest.raises(DamagedError):
        pool.read_qr(PNG[:40])


@pytest.mark.parametrize("target", ["opus-128", "mp3"])
@settings(max_examples=12)
@given(title=titles(max_size=80), comment=st.integers(0, 4096))
def test_tags_go_into_an_encoding_while_it_is_made(pool, target, title, comment):
    source = BytesReader(make_audio("flac", 0.7, {"title": "t"}, cover=PNG))
    wanted = structs.replace(OTHER, title=unicodedata.normalize("NFC", title), comment="я" * comment, album="OggS OggS")
    tagged = b"".join(pool.encode(source, target, wanted))
    parsed, bare = understand(io.BytesIO(tagged)), understand(io.BytesIO(b"".join(pool.encode(source, target))))
    assert parsed.tags == wanted
    assert parsed.covers == ()
    assert (parsed.track_id, parsed.duration_s) == (bare.track_id, bare.duration_s)
    assert tagged == b"".join(pool.encode(source, target, wanted))


def test_tags_that_take_more_than_a_page_are_left_out(pool):
    source = BytesReader(make_audio("flac", 0.7))
    wanted = Tags(title="t", comment="𝄞" * 4096, composer="𝄞" * 4096, genres=("𝄞" * 512,) * 20)
    tagged = b"".join(pool.encode(source, "opus-128", wanted))
    assert tagged == b"".join(pool.encode(source, "opus-128"))
