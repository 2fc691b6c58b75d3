"""The tour's music: the same samples everywhere, real files for any decoder, covers that are PNG."""

from __future__ import annotations

import hashlib
import io
import struct
import sys
import zlib
from array import array

import av
import mutagen
import pytest
from hypothesis import given
from hypothesis import strategies as st

from magnitizdat.tour import cover, melody, songs

SMALL = songs.Score(150, "Dm", "b.d.d.", "a4:1 d5:1 e5:1", voice="reed", drums="k.h.s.", ring_s=0.2)
ALL_SONGS = [(album, song) for album in songs.ALBUMS for song in album.songs]


def decode(encoded: bytes) -> tuple[int, array[int]]:
    """Sample rate and interleaved 16-bit samples."""
    samples = array("h")
    with av.open(io.BytesIO(encoded)) as file:
        rate = file.streams.audio[0].rate
        resampler = av.AudioResampler(format="s16", layout="stereo", rate=rate)
        for frame in [*file.decode(audio=0), None]:
            for ready in resampler.resample(frame):
                samples.frombytes(bytes(ready.planes[0])[: ready.samples * 4])
    return rate, samples


def beats(written: str) -> float:
    return sum(float(word.split(":")[1]) for word in written.replace("|", " ").split())


@given(pitch=st.integers(21, 108))
def test_an_octave_doubles_the_frequency(pitch):
    assert melody.frequency(pitch + 12) == 2 * melody.frequency(pitch)
    assert melody.frequency(pitch) == pytest.approx(440 * 2 ** ((pitch - 69) / 12))


@given(pitch=st.integers(40, 81))
def test_a_string_rings_at_its_pitch(pitch):
    """The wave is most like itself one period later: within a frame of where theory has it."""
    import random

    hertz = melody.frequency(pitch)
    wave = melody.pluck(hertz, 0.6, 4000, random.Random(pitch))
    period = melody.RATE / hertz

    def likeness(lag: int) -> float:
        return sum(a * b for a, b in zip(wave[500:2500], wave[500 + lag : 2500 + lag], strict=True))

    around = range(round(period * 0.8), round(period * 1.2) + 2)
    assert abs(max(around, key=likeness) - period) <= 1


def test_the_same_score_gives_the_same_samples():
    assert melody.melody(SMALL, seed=7).samples == melody.melody(SMALL, seed=7).samples
    assert melody.melody(SMALL, seed=7).samples != melody.melody(SMALL, seed=8).samples


@pytest.mark.skipif(sys.byteorder != "little", reason="the digest is of little-endian samples")
def test_the_samples_are_those_of_the_first_recording():
    digest = hashlib.sha256(melody.melody(SMALL, seed=45).samples.tobytes()).hexdigest()
    assert digest == "0cd339cd214aa1a724e6d60c5672fbac5c8d2dfc7cadde04a430d22969579e5c"


@pytest.mark.parametrize(("album", "song"), ALL_SONGS, ids=lambda value: getattr(value, "titles", {}).get("en"))
def test_every_melody_fills_its_bars(album, song):
    score = song.score
    bars = len(score.chords.split())
    assert beats(score.melody) == bars * len(score.guitar) / 2
    assert len(score.drums) in (0, len(score.guitar))
    assert set(song.titles) == {"ru", "en", "da"}


def test_every_track_lasts_as_long_as_its_score_and_is_loud_but_not_clipped():
    for _, song in ALL_SONGS:
        pcm = melody.melody(song.score)
        bars = len(song.score.chords.split()) * len(song.score.guitar) / 2
        assert pcm.duration_s == pytest.approx(bars * 60 / song.score.beats_per_minute + song.score.ring_s, abs=0.01)
        assert 8 <= pcm.duration_s <= 12
        assert 20_000 < max(abs(sample) for sample in pcm.samples) < 32_767


def test_flac_gives_back_the_same_samples():
    pcm = melody.melody(SMALL)
    rate, samples = decode(melody.encode_flac(pcm, {"title": "Чужая гитара"}))
    assert rate == pcm.rate
    assert samples == pcm.samples


def test_opus_lasts_as_long():
    pcm = melody.melody(SMALL)
    encoded = melody.encode_opus(pcm, {"title": "Антенна"})
    rate, samples = decode(encoded)
    assert rate == 48_000
    assert len(samples) / 2 / rate == pytest.approx(pcm.duration_s, abs=0.03)
    assert mutagen.File(io.BytesIO(encoded)).info.length == pytest.approx(pcm.duration_s, abs=0.03)


@pytest.mark.parametrize("encode", [melody.encode_flac, melody.encode_opus])
def test_encoding_twice_gives_the_same_bytes(encode):
    pcm = melody.melody(SMALL)
    assert encode(pcm, {"title": "a"}) == encode(pcm, {"title": "a"})


@pytest.mark.parametrize("encode", [melody.encode_flac, melody.encode_opus])
def test_another_reader_finds_the_tags(encode):
    album = songs.ALBUM_45
    wanted = melody.tags_of(album, album.songs[1], 2)
    found = mutagen.File(io.BytesIO(encode(melody.melody(SMALL), wanted))).tags
    names = {"track": "tracknumber", "albumartist": "albumartist"}
    read = {key.lower(): value for key, value in found}
    for name, value in wanted.items():
        assert read.get(names.get(name, name), read.get(name)) == value


def test_a_tape_holds_its_tracks_a_cover_and_the_words_that_are_sung(monkeypatch):
    monkeypatch.setattr(melody, "melody", lambda _score, *, seed: melody.Pcm(22_050, 2, array("h", bytes(4 * 22_050))))
    files = dict(melody.recordings(songs.ALBUM_45))
    assert list(files)[:2] == ["cover.png", "01 Чужая гитара.flac"]
    assert sum(name.endswith(".flac") for name in files) == 6
    assert files["02 Трамвай в парк.lrc"].decode().count("[00:") == 4


@pytest.mark.parametrize("title", ["45", "С балкона", "?"])
def test_a_cover_is_a_png_of_the_promised_size(title):
    png = cover.cover_png(title)
    at, chunks = 8, {}
    assert png[:8] == b"\x89PNG\r\n\x1a\n"
    while at < len(png):
        length, kind = struct.unpack(">I4s", png[at : at + 8])
        content = png[at + 8 : at + 8 + length]
        assert struct.unpack(">I", png[at + 8 + length : at + 12 + length])[0] == zlib.crc32(kind + content)
        chunks[kind] = content
        at += 12 + length
    assert struct.unpack(">II", chunks[b"IHDR"][:8]) == (cover.SIDE, cover.SIDE)
    assert len(zlib.decompress(chunks[b"IDAT"])) == cover.SIDE * (3 * cover.SIDE + 1)
    assert len(png) < 60_000
