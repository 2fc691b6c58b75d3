from __future__ import annotations

import base64
import io
import struct
from fractions import Fraction

import av
import mutagen.apev2
import mutagen.flac
import mutagen.id3
import mutagen.mp3
import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from magnitizdat.model import AUDIO_TYPES, Gain
from magnitizdat.workers import tags_vorbis
from magnitizdat.workers.raw_tags import RawTags
from magnitizdat.workers.retag import retag
from magnitizdat.workers.tags import read_tags
from magnitizdat.workers.values import EmbeddedCover, Tags
from tests.fakes_audio import KINDS, PNG, RECIPES, make_audio

SAID = {
    "title": "Время есть, а денег нет",
    "artist": "Кино",
    "album": "45",
    "album_artist": "Кино",
    "track": "3/12",
    "disc": "1/2",
    "date": "1982-05-07",
    "genre": "Post-Punk",
    "composer": "Виктор",
    "comment": "с плёнки",
    "isrc": "RUA018200001",
    "compilation": "1",
    "lyrics": "Дождь идёт\nс утра",
}


def said_by(kind, audio):
    return read_tags(io.BytesIO(audio), RECIPES[kind].media_type)


def mp3_with(*frames, v1=0, v2_version=4):
    file = io.BytesIO(make_audio("mp3", 0.2))
    opened = mutagen.mp3.MP3(file)
    opened.tags.clear()
    for frame in frames:
        opened.tags.add(frame)
    file.seek(0)
    opened.save(file, v1=v1, v2_version=v2_version)
    return file.getvalue()


@pytest.mark.parametrize("kind", KINDS)
def test_every_container_says_the_same(kind):
    tags, covers, lyrics, omitted, *_ = said_by(kind, make_audio(kind, 0.2, SAID, cover=PNG))
    assert omitted == ()
    assert tags == Tags(
        title=SAID["title"],
        artist="Кино",
        album="45",
        album_artist="Кино",
        track=3,
        track_total=12,
        disc=1,
        disc_total=2,
        date="1982-05-07",
        genres=("Post-Punk",),
        composer="Виктор",
        comment="с плёнки",
        isrc="RUA018200001",
        compilation=True,
    )
    assert covers == (EmbeddedCover(kind="front", media_type="image/png", data=PNG),)
    assert [(each.text, each.timed) for each in lyrics] == [(SAID["lyrics"], False)]


@pytest.mark.parametrize("kind", KINDS)
def test_no_tags_say_nothing(kind):
    tags, covers, lyrics, *_ = said_by(kind, make_audio(kind, 0.2))
    assert (tags, covers, lyrics) == (Tags(), (), ())


@given(st.sampled_from(sorted(AUDIO_TYPES)), st.binary(max_size=600))
def test_random_bytes_say_nothing_bad(media_type, content):
    read_tags(io.BytesIO(content), media_type)


@given(st.sampled_from(KINDS), st.lists(st.tuples(st.integers(0, 4000), st.integers(0, 255)), max_size=20))
def test_altered_tags_stop_nothing(kind, changes):
    audio = bytearray(make_audio(kind, 0.2, SAID, cover=PNG))
    for offset, byte in changes:
        audio[offset % len(audio)] = byte
    said_by(kind, bytes(audio))


def test_old_cyrillic_in_id3v2_and_v1():
    frames = [
        mutagen.id3.TIT2(encoding=0, text=["Группа крови".encode("cp1251").decode("latin-1")]),
        mutagen.id3.TPE1(encoding=0, text=["ДДТ".encode("cp1251").decode("latin-1")]),
        mutagen.id3.TALB(encoding=0, text=["Björk"]),
    ]
    tags = said_by("mp3", mp3_with(*frames)).tags
    assert (tags.title, tags.artist, tags.album) == ("Группа крови", "ДДТ", "Björk")
    assert {(each.field, each.after) for each in tags.repaired} == {("title", "Группа крови"), ("artist", "ДДТ")}
    v1 = b"TAG" + "Кино".encode("koi8-r").ljust(30, b"\0") * 3 + b"1982" + bytes(28) + b"\0\x07\xff"
    tags = said_by("mp3", make_audio("mp3", 0.2) + v1).tags
    assert (tags.title, tags.date, tags.track) == ("Кино", "1982", 7)


def test_timed_lyrics_become_lrc():
    frame = mutagen.id3.SYLT(encoding=3, lang="rus", format=2, type=1, desc="", text=[("раз", 1000), ("два", 62_500)])
    (lyrics,) = said_by("mp3", mp3_with(frame)).lyrics
    assert (lyrics.language, lyrics.timed, lyrics.text) == ("rus", True, "[00:01.00]раз\n[01:02.50]два")


def test_free_fields_of_id3():
    tags = said_by(
        "mp3",
        mp3_with(
            mutagen.id3.TXXX(encoding=3, desc="replaygain_track_gain", text=["-7,5 dB"]),
            mutagen.id3.TXXX(encoding=3, desc="REPLAYGAIN_TRACK_PEAK", text=["0.98"]),
            mutagen.id3.TXXX(encoding=3, desc="MusicBrainz Album Id", text=["release"]),
            mutagen.id3.UFID(owner="http://musicbrainz.org", data=b"recording"),
            mutagen.id3.COMM(encoding=3, lang="eng", desc="iTunNORM", text=["00000"]),
            mutagen.id3.TCON(encoding=3, text=["(17)", "Jazz"]),
        ),
    ).tags
    assert tags.gain == Gain(gain_db=-7.5, peak=0.98)
    assert (tags.musicbrainz_release, tags.musicbrainz_recording, tags.comment) == ("release", "recording", "")
    assert tags.genres == ("Rock", "Jazz")


def test_old_dates_of_id3v2_3():
    assert (
        said_by("mp3", mp3_with(mutagen.id3.TDRC(encoding=0, text=["1982-05-07"]), v2_version=3)).tags.date[:4]
        == "1982"
    )


def test_control_characters_and_length():
    tags = said_by(
        "flac", make_audio("flac", 0.2, {"title": "a\x07\x1b[31m\r\nb" + "х" * 9000, "comment": "1\r\n2\x00"})
    ).tags
    assert tags.title.startswith("a[31m b")
    assert len(tags.title) == 512
    assert tags.comment == "1\n2"


def test_info_chunks_of_wav():
    def chunk(name, content):
        return name + struct.pack("<I", len(content)) + content + b"\0" * (len(content) % 2)

    info = chunk(b"INAM", "Кино в темноте".encode("cp1251")) + chunk(b"IART", "Зоопарк".encode()) + chunk(b"ITRK", b"4")
    audio = make_audio("wav", 0.1) + chunk(b"LIST", b"INFO" + info)
    audio = audio[:4] + struct.pack("<I", len(audio) - 8) + audio[8:]
    tags = said_by("wav", audio).tags
    assert (tags.title, tags.artist, tags.track) == ("Кино в темноте", "Зоопарк", 4)


def test_text_chunks_of_aiff():
    audio = make_audio("aiff", 0.1) + b"NAME\0\0\0\5Title\0" + b"AUTH\0\0\0\4Who?"
    audio = audio[:4] + struct.pack(">I", len(audio) - 8) + audio[8:]
    tags = said_by("aiff", audio).tags
    assert (tags.title, tags.artist) == ("Title", "Who?")


def _omitted(found):
    return [each.sentence for each in found.omitted]


def test_what_is_not_taken_along_is_told():
    too_large = said_by("mp3", make_audio("mp3", 0.2, {}, cover=PNG + bytes(16 << 20)))
    assert [said.template for said in _omitted(too_large)] == [
        "a cover of {length} is larger than 16 MiB; put a smaller one in its place"
    ]
    assert "damaged" in _omitted(said_by("flac", make_audio("flac", 0.2, {}, cover=b"no picture")))[0]
    many = mp3_with(*(mutagen.id3.APIC(3, "image/png", 3, str(n), PNG + bytes([n])) for n in range(40)))
    assert _omitted(said_by("mp3", many)) == ["of its 40 pictures 32 were looked at"]
    words = mp3_with(*(mutagen.id3.USLT(3, "eng", str(n), "la") for n in range(10)))
    assert _omitted(said_by("mp3", words)) == ["of its 10 lyrics 8 were taken"]


@given(length=st.integers(1, 300), kept=st.integers(0, 2))
def test_a_picture_in_letters_is_read_without_the_signs_that_fill_it_up(length, kept):
    picture = mutagen.flac.Picture()
    picture.type, picture.data = 3, PNG + bytes(length)
    letters = base64.b64encode(picture.write()).decode().rstrip("=") + "=" * kept
    raw = RawTags()
    tags_vorbis._add_picture(letters, raw)
    assert (raw.covers, raw.omitted) == ([(3, picture.data)], [])


def test_covers_that_are_no_pictures_or_too_large_are_left_out():
    assert said_by("flac", make_audio("flac", 0.2, {}, cover=b"<script>")).covers == ()
    assert said_by("mp3", make_audio("mp3", 0.2, {}, cover=PNG + bytes(16 << 20))).covers == ()


def test_a_tag_that_claims_100_mb():
    tag = (
        b"ID3\x04\0\0" + bytes((0x2F, 0x57, 0x70, 0x00)) + b"TIT2" + bytes((0x2F, 0x57, 0x60, 0x00)) + b"\0\0\x03Title"
    )
    assert said_by("mp3", tag + make_audio("mp3", 0.2)).tags.title in {"", "Title"}


def test_boxes_that_loop_or_nest():
    nested = b""
    for _ in range(3000):
        nested = struct.pack(">I", len(nested) + 8) + b"moov" + nested
    for hostile in (nested, struct.pack(">I", 0) + b"moov", struct.pack(">I", 8) + b"moov" * 1000):
        said_by("aac", b"\0\0\0\x18ftypM4A \0\0\0\0M4A mp42" + hostile)


def test_the_front_comes_before_what_has_no_kind_wherever_it_stands():
    other = PNG + b"other"
    frames = [
        mutagen.id3.APIC(encoding=3, mime="image/png", type=kind, desc=str(kind), data=data)
        for kind, data in ((0, other), (4, PNG + b"back"), (3, PNG))
    ]
    assert [cover.data for cover in said_by("mp3", mp3_with(*frames)).covers] == [PNG, other, PNG + b"back"]


def test_loudness_behind_an_mp3_counts_where_its_tag_says_none():
    def with_ape(*frames):
        file = io.BytesIO(mp3_with(mutagen.id3.TIT2(encoding=3, text="T"), *frames))
        behind = mutagen.apev2.APEv2()
        behind.update({"REPLAYGAIN_TRACK_GAIN": "-7.25 dB", "REPLAYGAIN_TRACK_PEAK": "0.9", "Title": "another"})
        behind.save(file)
        return said_by("mp3", file.getvalue()).tags

    assert with_ape().gain == Gain(gain_db=-7.25, peak=0.9)
    assert with_ape().title == "T"
    said = mutagen.id3.TXXX(encoding=3, desc="replaygain_track_gain", text=["-1 dB"])
    assert with_ape(said).gain.gain_db == -1


def test_older_loudness_counts_where_nothing_else_says_it():
    old = mutagen.id3.RVA2(desc="track", channel=1, gain=-6.5, peak=0.5)
    album = mutagen.id3.RVA2(desc="album", channel=1, gain=3, peak=0.5)
    assert said_by("mp3", mp3_with(old, album)).tags.gain == Gain(gain_db=-6.5, peak=0.5)
    said = mutagen.id3.TXXX(encoding=3, desc="replaygain_track_gain", text=["-1 dB"])
    assert said_by("mp3", mp3_with(old, said)).tags.gain.gain_db == -1
    assert said_by("mp3", mp3_with(album)).tags.gain is None


def with_chapters(titles):
    """Half a second of AAC by PyAV, which writes chapters of these titles in 255 bytes each."""
    out = io.BytesIO()
    with av.open(out, "w", format="ipod") as container:
        stream = container.add_stream("aac", rate=48_000, layout="stereo")
        container.metadata.update({"title": "Долго", "artist": "Кино"})
        container.set_chapters(
            [
                {"id": at, "start": at, "end": at + 1, "time_base": Fraction(1, 1000), "metadata": {"title": title}}
                for at, title in enumerate(titles)
            ]
        )
        silence = av.AudioFrame(format="fltp", layout="stereo", samples=1024)
        silence.sample_rate = 48_000
        for plane in silence.planes:
            plane.update(bytes(plane.buffer_size))
        for at in range(0, 24_000, 1024):
            silence.pts = at
            container.mux(stream.encode(silence))
        container.mux(stream.encode(None))
    return out.getvalue()


@settings(max_examples=20)
@given(st.lists(st.text(st.characters(categories=["L"]), min_size=1, max_size=300), min_size=1, max_size=4))
@example(["Б" * 200])
def test_what_chapters_are_called_costs_no_tag(titles):
    """FFmpeg cuts long titles within a letter, and mutagen then reads nothing of the file."""
    audio = with_chapters(titles)
    tags = said_by("aac", audio).tags
    assert (tags.title, tags.artist) == ("Долго", "Кино")
    longer = retag(audio, Tags(title="Долго" * 900), {"title"})
    assert said_by("aac", longer).tags.title.startswith("ДолгоДолго")
