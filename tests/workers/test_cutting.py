"""Tracks out of disc images: the very samples, as other programs decode them."""

from __future__ import annotations

import io
import random
import shutil
import subprocess

import av
import mutagen.apev2
import mutagen.flac
import mutagen.wavpack
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from magnitizdat.errors import DamagedError, UnsupportedError
from magnitizdat.formats.age import BytesReader
from magnitizdat.formats.cue import CueTrack
from magnitizdat.workers.child import understand
from magnitizdat.workers.cutting import cut
from magnitizdat.workers.tags import read_tags
from magnitizdat.workers.values import Made, Tags
from tests.fakes_audio import RATE, make_audio

LOSSLESS = ("flac", "wav", "aiff", "alac", "wavpack", "ogg-flac")
SAID = Tags(title="Перекур", artist="Кино", album="45", track=2, genres=("Rock",))
IMAGES = {kind: make_audio(kind, 6.0) for kind in LOSSLESS}
SHEET = (
    'FILE "x.wav" WAVE\n TRACK 01 AUDIO\n TITLE "Перекур"\n INDEX 01 00:00:00\n TRACK 02 AUDIO\n INDEX 01 00:03:00\n'
)


def made_of(image, start, samples):
    *chunks, made = cut(io.BytesIO(image), start, samples, SAID)
    return b"".join(chunks), made


def samples_of(audio, form="s16"):
    """All of it decoded, interleaved."""
    plain = bytearray()
    with av.open(io.BytesIO(audio)) as container:
        resampler = av.AudioResampler(format=form)
        for frame in container.decode(audio=0):
            for packed in resampler.resample(frame):
                plain += bytes(packed.planes[0])[: packed.samples * packed.layout.nb_channels * packed.format.bytes]
    return bytes(plain)


@pytest.mark.parametrize("kind", LOSSLESS)
@settings(max_examples=8)
@given(start=st.integers(0, 6 * RATE - 1), wanted=st.integers(1, 6 * RATE))
def test_a_cut_has_the_samples_of_the_image(kind, start, wanted):
    samples = min(wanted, 6 * RATE - start)
    audio, made = made_of(IMAGES[kind], start, samples)
    assert samples_of(audio) == samples_of(IMAGES[kind])[4 * start : 4 * (start + samples)]
    parsed = understand(io.BytesIO(audio))
    assert (parsed.track_id, parsed.media_type, parsed.bit_depth) == (made.track_id, made.media_type, made.bit_depth)
    assert parsed.duration_s == pytest.approx(samples / RATE, abs=1e-6)
    said = parsed.tags
    assert (said.title, said.artist, said.album, said.track, said.genres) == ("Перекур", "Кино", "45", 2, ("Rock",))


def test_a_cut_of_wav_is_of_its_bytes():
    audio, made = made_of(IMAGES["wav"], 1000, 2001)
    plain = IMAGES["wav"][-6 * RATE * 4 :]
    assert plain[4000 : 4000 + 8004] in audio
    assert (made.media_type, made.length) == ("audio/wav", 8004)
    assert int.from_bytes(audio[4:8], "little") + 8 == len(audio)


def test_a_cut_is_the_same_every_time(pool):
    source = BytesReader(IMAGES["flac"])
    once, again = (list(pool.cut(source, 12_345, 100_000, SAID)) for _ in range(2))
    assert once == again
    *chunks, made = once
    assert isinstance(made, Made)
    assert b"".join(chunks) == made_of(IMAGES["flac"], 12_345, 100_000)[0]  # in the cage and outside


def deep(codec, form, rate=96_000):
    """Half a second of noise in all bits that `form` has, for codecs of 24 and of 32 of them."""
    out = io.BytesIO()
    with av.open(out, "w", format={"flac": "flac", "wavpack": "wv", "pcm_f32le": "wav"}[codec]) as container:
        stream = container.add_stream(codec, rate=rate, format=form, layout="stereo")
        state, plain = 12_345, bytearray()
        for _ in range(rate):
            state = (state * 1_103_515_245 + 12_345) % (1 << 31)
            plain += ((state << 8) & 0xFFFFFF00 if codec == "flac" else state).to_bytes(4, "little")
        source = av.AudioFrame(format="s32" if form != "flt" else "flt", layout="stereo", samples=rate // 2)
        source.planes[0].update(bytes(plain))
        source.sample_rate = rate
        for frame in av.AudioResampler(format=form, frame_size=stream.codec_context.frame_size or 4096).resample(
            source
        ):
            container.mux(stream.encode(frame))
        container.mux(stream.encode(None))
    return out.getvalue()


def test_twenty_four_bits_stay_twenty_four():
    image = deep("flac", "s32")
    count = len(samples_of(image, "s32")) // 8
    audio, made = made_of(image, 4_711, count - 5_000)
    assert made.bit_depth == 24
    assert samples_of(audio, "s32") == samples_of(image, "s32")[4_711 * 8 :][: (count - 5_000) * 8]


@pytest.mark.skipif(shutil.which("flac") is None, reason="needs flac")
def test_the_reference_decoder_agrees(tmp_path):
    for image in (IMAGES["flac"], deep("flac", "s32")):
        audio, _ = made_of(image, 100, 30_000)
        path = tmp_path / "cut.flac"
        path.write_bytes(audio)
        subprocess.run(["flac", "--silent", "--warnings-as-errors", "--test", path], check=True)  # its MD5 too


@pytest.mark.parametrize("image", [make_audio("mp3"), make_audio("opus"), make_audio("vorbis"), make_audio("aac")])
def test_what_would_lose_is_not_cut(image):
    with pytest.raises(UnsupportedError):
        made_of(image, 0, 1000)


def test_more_bits_than_flac_has_are_not_cut():
    with pytest.raises(UnsupportedError):
        made_of(deep("wavpack", "s32p"), 0, 1000)


@pytest.mark.parametrize("kind", ["flac", "wav", "wavpack"])
def test_what_is_not_there_is_not_cut(kind):
    with pytest.raises((DamagedError, UnsupportedError)):
        made_of(IMAGES[kind], 6 * RATE - 10, 11)
    with pytest.raises((DamagedError, UnsupportedError)):
        made_of(IMAGES[kind][: len(IMAGES[kind]) // 2], 0, 6 * RATE)


# -- sheets inside ----------------------------------------------------------------------------------------------------


def flac_with(**block):
    file = io.BytesIO(IMAGES["flac"])
    opened = mutagen.flac.FLAC(file)
    if block.get("text"):
        opened["cuesheet"] = block["text"]
    if block.get("tracks"):
        sheet = mutagen.flac.CueSheet(None)
        sheet.lead_in_samples, sheet.compact_disc, sheet.media_catalog_number = 88_200, True, b"4601234567890"
        for number, start in block["tracks"]:
            track = mutagen.flac.CueSheetTrack(number, start, b"RUA018200001" if number == 1 else b"")
            if number < 170:
                track.indexes = [mutagen.flac.CueSheetTrackIndex(0, 0), mutagen.flac.CueSheetTrackIndex(1, 588)]
            sheet.tracks.append(track)
        opened.cuesheet = sheet
        opened.metadata_blocks.append(sheet)
    file.seek(0)
    opened.save(file)
    return file.getvalue()


def sheet_in(audio, media_type="audio/flac"):
    found = read_tags(io.BytesIO(audio), media_type)
    return found.sheet, [str(said.sentence) for said in found.omitted]


def test_a_sheet_may_be_a_field():
    sheet, _ = sheet_in(flac_with(text=SHEET))
    assert [(track.title, track.start_s) for track in sheet.tracks] == [("Перекур", 0), ("", 3)]
    assert sheet_in(flac_with(text=SHEET.encode("cp1251").decode("latin-1")))[0] == sheet


def test_a_sheet_may_be_a_block_and_a_field_says_more():
    block = [(1, 0), (2, 3 * RATE), (170, 6 * RATE)]
    sheet, _ = sheet_in(flac_with(tracks=block))
    assert sheet.tracks == (
        CueTrack(number=1, start_s=588 / RATE, isrc="RUA018200001"),
        CueTrack(number=2, start_s=3 + 588 / RATE),
    )
    assert sheet_in(flac_with(tracks=block, text=SHEET))[0].tracks[0].title == "Перекур"
    assert sheet_in(flac_with(tracks=block, text="nothing"))[0] == sheet


def test_a_sheet_may_be_in_an_ape_tag():
    file = io.BytesIO(IMAGES["wavpack"])
    opened = mutagen.wavpack.WavPack(file)
    opened.tags["Cuesheet"] = SHEET
    file.seek(0)
    opened.save(file)
    assert len(sheet_in(file.getvalue(), "audio/x-wavpack")[0].tracks) == 2


def test_a_wrong_sheet_inside_is_told_and_stops_nothing():
    sheet, why = sheet_in(flac_with(text="TRACK 01 AUDIO"))
    assert sheet is None
    assert ["where track 1 begins" in each for each in why] == [True]
    parsed = understand(io.BytesIO(flac_with(text="TRACK 01 AUDIO")))
    assert parsed.track_id == understand(io.BytesIO(IMAGES["flac"])).track_id


def tta(seconds):
    """Stereo noise, in frames of about a second."""
    out = io.BytesIO()
    with av.open(out, "w", format="tta") as container:
        stream = container.add_stream("tta", rate=RATE, format="s16", layout="stereo")
        step = 256 * RATE // 245
        plain = random.Random(45).randbytes(4 * seconds * RATE)
        for start in range(0, seconds * RATE, step):
            part = plain[4 * start : 4 * (start + step)]
            frame = av.AudioFrame(format="s16", layout="stereo", samples=len(part) // 4)
            frame.planes[0].update(part)
            frame.sample_rate, frame.pts = RATE, start
            container.mux(stream.encode(frame))
        container.mux(stream.encode(None))
    return out.getvalue(), plain


class CountedFile(io.BytesIO):
    """What is read of it."""

    length = 0  # bytes

    def read(self, length=-1):
        found = super().read(length)
        self.length += len(found)
        return found


@pytest.mark.parametrize("at_s", [0.5, 7.3, 19.0, 38.2])
def test_a_late_track_of_tta_is_found_by_a_jump(at_s):
    image, plain = tta(40)
    file, start = CountedFile(image), round(at_s * RATE)
    *chunks, _ = cut(file, start, RATE, SAID)
    assert samples_of(b"".join(chunks)) == plain[4 * start : 4 * (start + RATE)]
    assert file.length < len(image) / 2  # it is decoded twice
