"""Every kind of audio that people have, as ffmpeg makes it: taken in, with a small version, or told what to do."""

from __future__ import annotations

import io
import shutil
import struct
import subprocess
import tempfile
from functools import lru_cache
from pathlib import Path

import av
import mutagen.asf
import pytest

from magnitizdat.errors import SourceError
from magnitizdat.formats.age import BytesReader
from magnitizdat.model import AUDIO_TYPES, File, Track
from magnitizdat.ops.albums.quality import plays_anywhere
from magnitizdat.workers.child import understand
from magnitizdat.workers.foreign import why_not
from magnitizdat.workers.retag import RETAGGED
from magnitizdat.workers.sniff import SNIFF_LENGTH, sniff
from magnitizdat.workers.tags import READERS
from tests.fakes_audio import PNG, RECIPES

SECONDS = 2.0
NEEDS_FFMPEG = pytest.mark.skipif(not shutil.which("ffmpeg"), reason="ffmpeg is not installed")

TAKEN = {
    "wmav2.wma": ("audio/x-ms-wma", "wmav2"),
    "wmav1.wma": ("audio/x-ms-wma", "wmav1"),
    "tta.tta": ("audio/x-tta", "tta"),
    "aac.aac": ("audio/aac", "aac"),
    "mp2.mp2": ("audio/mpeg", "mp2"),
    "libopus.webm": ("audio/webm", "opus"),
    "libvorbis.webm": ("audio/webm", "vorbis"),
    "libvorbis.mka": ("audio/x-matroska", "vorbis"),
    "flac.mka": ("audio/x-matroska", "flac"),
    "aac.mka": ("audio/x-matroska", "aac"),
    "libmp3lame.mka": ("audio/x-matroska", "mp3"),
    "pcm_s16le.mka": ("audio/x-matroska", "pcm"),
    "aac.mov": ("audio/mp4", "aac"),
    "aac.3gp": ("audio/mp4", "aac"),
    "alac.mov": ("audio/mp4", "alac"),
    "libopus.mp4": ("audio/mp4", "opus"),
    "libmp3lame.mp4": ("audio/mp4", "mp3"),
    "pcm_f32le.wav": ("audio/wav", "pcm"),
    "pcm_mulaw.wav": ("audio/wav", "pcm"),
    "libspeex.spx": ("audio/ogg", "speex"),
}
"""Codec and suffix that ffmpeg is asked for, to what it is here."""

LEFT_OUT = {
    "ac3.ac3": "AC-3",
    "eac3.eac3": "AC-3",
    "pcm_s16be.au": "AU",
    "pcm_s16be.caf": "CAF",
    "alac.caf": "CAF",
    "pcm_s16le.w64": "Wave64",
    "adpcm_ms.wav": "adpcm_ms",
    "libmp3lame.wav": "mp3",
    "ac3.mka": "ac3",
}


@lru_cache(maxsize=64)
def made(name: str) -> bytes:
    """A tone of two seconds by Debian's ffmpeg."""
    codec, _, suffix = name.partition(".")
    form = {"aac": "adts", "mka": "matroska", "wma": "asf", "spx": "ogg"}.get(suffix, suffix)
    rate = "16000" if codec == "libspeex" else "48000"
    tags = [f"-metadata={each}" for each in ("title=Звезда", "artist=Кино", "album=45")]
    said = [part for each in tags for part in each.split("=", 1)]
    with tempfile.NamedTemporaryFile() as out:
        source = ["-f", "lavfi", "-i", f"sine=duration={SECONDS}", "-ar", rate, "-c:a", codec]
        subprocess.run(["ffmpeg", "-y", "-loglevel", "error", *source, *said, "-f", form, out.name], check=True)
        return Path(out.name).read_bytes()


@pytest.mark.debian
@NEEDS_FFMPEG
@pytest.mark.parametrize(("name", "expected"), TAKEN.items())
def test_what_ffmpeg_makes_is_taken_in_and_gets_a_small_version(pool, name, expected):
    audio = made(name)
    [(_, parsed)] = pool.parse([("", BytesReader(audio), name)])
    assert (parsed.media_type, parsed.codec) == expected
    assert parsed.duration_s == pytest.approx(SECONDS, abs=0.05)
    assert not parsed.cut_off
    assert parsed.media_type in AUDIO_TYPES
    small = b"".join(pool.encode(BytesReader(audio), "opus-128"))
    assert understand(io.BytesIO(small)).duration_s == pytest.approx(SECONDS, abs=0.06)
    assert pool.listen(BytesReader(audio)).lufs == pytest.approx(-21.7, abs=1)
    if parsed.media_type not in RETAGGED:
        with pytest.raises(SourceError, match="not written"):
            pool.retag(audio, parsed.tags, ["title"])


@pytest.mark.debian
@NEEDS_FFMPEG
@pytest.mark.parametrize("name", ["wmav2.wma", "libopus.webm", "flac.mka", "libspeex.spx"])
def test_their_tags_are_read(name):
    tags = understand(io.BytesIO(made(name))).tags
    assert (tags.title, tags.artist, tags.album) == ("Звезда", "Кино", "45")


@pytest.mark.debian
@NEEDS_FFMPEG
@pytest.mark.parametrize(("name", "kind"), LEFT_OUT.items())
def test_what_few_can_play_is_told_with_what_to_do(name, kind):
    with pytest.raises(SourceError, match=rf"{kind}.*convert it"):
        understand(io.BytesIO(made(name)))


@pytest.mark.debian
@NEEDS_FFMPEG
@pytest.mark.parametrize("name", ["aac.aac", "tta.tta", "libopus.webm", "flac.mka"])
def test_the_id_is_that_of_the_packets_and_not_of_tags_behind(name):
    audio = made(name)
    behind = b"TAG" + b"T".ljust(125, b"\0") if name in {"aac.aac", "tta.tta"} else b""
    assert understand(io.BytesIO(audio + behind)).track_id == understand(io.BytesIO(audio)).track_id


@pytest.mark.debian
@NEEDS_FFMPEG
@pytest.mark.skipif(not shutil.which("mpcenc"), reason="musepack-tools is not installed")
def test_musepack(pool, tmp_path):
    (tmp_path / "a.wav").write_bytes(made("pcm_s16le.wav"))
    subprocess.run(["mpcenc", "--silent", tmp_path / "a.wav", tmp_path / "a.mpc"], capture_output=True, check=True)
    audio = (tmp_path / "a.mpc").read_bytes()
    [(_, parsed)] = pool.parse([("", BytesReader(audio), "a.mpc")])
    assert (parsed.media_type, parsed.codec) == ("audio/x-musepack", "musepack8")
    assert parsed.duration_s == pytest.approx(SECONDS, abs=0.01)


def test_a_recorder_of_a_phone(pool):
    out = io.BytesIO()
    with av.open(out, "w", format="amr") as container:
        stream = container.add_stream("libopencore_amrnb", rate=8000, layout="mono", bit_rate=12_200)
        for position in range(0, 16_000, 160):
            frame = av.AudioFrame(format="s16", layout="mono", samples=160)
            frame.sample_rate, frame.pts = 8000, position
            frame.planes[0].update(bytes(320))
            container.mux(stream.encode(frame))
        container.mux(stream.encode(None))
    [(_, parsed)] = pool.parse([("", BytesReader(out.getvalue()), "a.amr")])
    assert (parsed.media_type, parsed.codec) == ("audio/amr", "amr_nb")
    assert parsed.duration_s == pytest.approx(SECONDS, abs=0.05)


def silent_ape(blocks: int) -> bytes:
    """One frame of silence, as Monkey's Audio says it. Source: its SDK, MACLib: descriptor, header, seek table."""
    frame = struct.pack("<IIII", 0x80000000, 3, 0, 0)
    descriptor = b"MAC " + struct.pack("<HHIIIIIII16x", 3990, 0, 52, 24, 4, 0, len(frame), 0, 0)
    header = struct.pack("<HHIIIHHI", 2000, 0, 73728 * 4, blocks, 1, 16, 2, 44100)
    return descriptor + header + struct.pack("<I", 52 + 24 + 4) + frame


def test_monkeys_audio(pool):
    [(_, parsed)] = pool.parse([("", BytesReader(silent_ape(88_200)), "a.ape")])
    assert (parsed.media_type, parsed.codec, parsed.bit_depth) == ("audio/x-ape", "ape", 16)
    assert parsed.duration_s == pytest.approx(SECONDS, abs=0.001)


@pytest.mark.parametrize(
    ("prefix", "said"),
    [
        (b"Extended Module: Song", "notes"),
        (b"IMPM" + bytes(60), "notes"),
        (bytes(1080) + b"M.K." + bytes(20), "notes"),
        (b"MThd\0\0\0\6", "notes"),
        (b"DSD \x1c\0\0\0", "DSD"),
        (b"RIFF\0\0\0\0AVI LIST", "film"),
    ],
)
def test_what_is_no_sound_that_can_be_taken_is_told(prefix, said):
    assert said in why_not(prefix)
    with pytest.raises(SourceError, match=said):
        understand(io.BytesIO(prefix))


@pytest.mark.parametrize("prefix", [b"", b"text", b"MZ\x90\0", b"%PDF-1.4", bytes(2000)])
def test_of_what_nobody_knows_nothing_is_said(prefix):
    assert not why_not(prefix)


@pytest.mark.parametrize("brand", [b"3gp4", b"3gp5", b"M4B ", b"qt  ", b"mp42", b"isom", b"dash", b"xyz9"])
def test_any_brand_of_mp4_may_be_music(brand):
    assert sniff(b"\0\0\0\x18ftyp" + brand + bytes(4) + brand * 2) == "audio/mp4"


@pytest.mark.parametrize("brand", [b"heic", b"avif", b"mif1"])
def test_pictures_in_mp4_are_none(brand):
    assert sniff(b"\0\0\0\x18ftyp" + brand + bytes(4) + b"isom" * 2) is None


def test_every_kind_is_tried():
    alone = {"audio/x-ape", "audio/x-musepack", "audio/amr"}
    assert alone | {kind for kind, _ in TAKEN.values()} | {each.media_type for each in RECIPES.values()} == set(
        AUDIO_TYPES
    )


def test_every_kind_has_a_reader_of_tags_and_says_where_it_plays():
    assert set(READERS) == set(AUDIO_TYPES)
    for media_type, codec, anywhere in (
        ("audio/flac", "flac", True),
        ("audio/mp4", "aac", True),
        ("audio/mp4", "alac", False),
        ("audio/x-ape", "ape", False),
        ("audio/mpeg", "mp2", False),
    ):
        file = File(sha256="0" * 64, length=1, media_type=media_type)
        track = Track(id="0" * 64, title="t", artist="a", file=file, duration_s=1.0, codec=codec)
        assert plays_anywhere(track) == anywhere


@pytest.mark.debian
@NEEDS_FFMPEG
def test_pictures_in_wma_are_covers():
    file = io.BytesIO(made("wmav2.wma"))
    opened = mutagen.asf.ASF(file)
    picture = struct.pack("<BI", 3, len(PNG)) + "image/png\0\0".encode("utf-16-le") + PNG
    opened.tags["WM/Picture"] = [mutagen.asf.ASFByteArrayAttribute(picture)]
    file.seek(0)
    opened.save(file)
    assert [each.data for each in understand(io.BytesIO(file.getvalue())).covers] == [PNG]
    assert sniff(file.getvalue()[:SNIFF_LENGTH]) == "audio/x-ms-wma"
