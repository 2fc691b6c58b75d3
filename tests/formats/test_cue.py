"""Cue sheets: what a program writes reads back, every sample of a disc has one place, and nothing hurts."""

from __future__ import annotations

from contextlib import suppress

import hypothesis.strategies as st
import pytest
from hypothesis import given

from magnitizdat.formats.cue import CueError, CueSheet, CueTrack, parts, read_cue
from magnitizdat.model import Gain

RATES = st.sampled_from([32_000, 44_100, 48_000, 96_000, 192_000])
WORDS = st.text(st.characters(exclude_categories=("C", "Z", "M")), min_size=1, max_size=20).filter(
    lambda text: not (text[0] == text[-1] == '"')
)


def written(starts, titles):
    """A sheet of one file, as a ripper writes it: `starts` in frames of 1/75 s."""
    lines = ['FILE "image.wav" WAVE']
    for number, (start, title) in enumerate(zip(starts, titles, strict=True), 1):
        minutes, rest = divmod(start, 75 * 60)
        time = f"{minutes:02}:{rest // 75:02}:{rest % 75:02}"
        lines += [f"  TRACK {number:02} AUDIO", f'    TITLE "{title}"', f"    INDEX 01 {time}"]
    return "\r\n".join(lines)


@given(titles=st.lists(WORDS, min_size=1, max_size=12), data=st.data(), rate=RATES)
def test_every_sample_from_the_first_index_on_is_in_one_track(titles, data, rate):
    starts = sorted(
        data.draw(st.sets(st.integers(0, 400_000), min_size=len(titles), max_size=len(titles)), label="starts")
    )
    sheet = read_cue(written(starts, titles))
    samples = round((starts[-1] + 1) / 75 * rate) + 7
    found = parts(sheet, 0, rate=rate, samples=samples)
    music = [part for part in found if not part.is_hidden]
    assert [part.track.number for part in music] == list(range(1, len(titles) + 1))
    assert [part.start for part in music] == [round(start * rate / 75) for start in starts]
    ends = [part.start + part.samples for part in found]
    assert ends == [*(part.start for part in found[1:]), samples]
    assert (found[0].start == 0) == (starts[0] == 0 or starts[0] > 4 * 75)


@given(
    text=st.text(max_size=400)
    | st.lists(
        st.sampled_from(
            [
                "FILE",
                "TRACK",
                "INDEX",
                "01",
                "02",
                "00:00:00",
                "99:99:99",
                '"',
                "REM",
                "DISCNUMBER",
                "AUDIO",
                "\n",
                " ",
                "TITLE",
                "9" * 400,
                "REPLAYGAIN_TRACK_GAIN",
                "\ud800",
            ]
        )
    ).map(" ".join)
)
def test_any_text_is_a_sheet_or_says_why_not(text):
    with suppress(CueError):
        sheet = read_cue(text)
        assert sheet.tracks
        assert len({track.number for track in sheet.tracks}) == len(sheet.tracks)


def test_what_rippers_write():
    sheet = read_cue(
        '\ufeffREM GENRE "Post-Punk"\r\nREM DATE 1988\r\nREM DISCNUMBER 2\nREM TOTALDISCS 3\nCATALOG 4601234567890\n'
        'PERFORMER "Кино"\nTITLE "Группа "крови""\nREM REPLAYGAIN_ALBUM_GAIN -7.50 dB\nREM REPLAYGAIN_ALBUM_PEAK 1.0\n'
        'FILE "C:\\rips\\CDImage.wav" WAVE\n  TRACK 01 AUDIO\n    TITLE Перекур\n    FLAGS DCP\n    ISRC RUA018800001\n'
        '    SONGWRITER "Цой"\n    INDEX 00 00:00:00\n    INDEX 01 00:00:32\n    INDEX 02 00:01:00\n'
        '  TRACK 02 AUDIO\n    PERFORMER "Кино, Джоанна"\n    REM REPLAYGAIN_TRACK_GAIN 1,25 dB\n'
        "    INDEX 00 03:59:00\n    INDEX 01 04:01:10\n  TRACK 03 MODE1/2352\n    INDEX 01 10:00:00\n"
    )
    assert sheet == CueSheet(
        files=("C:\\rips\\CDImage.wav",),
        title='Группа "крови"',
        performer="Кино",
        catalog="4601234567890",
        date="1988",
        genre="Post-Punk",
        disc=2,
        discs=3,
        album_gain=Gain(gain_db=-7.5, peak=1.0),
        tracks=(
            CueTrack(number=1, start_s=32 / 75, title="Перекур", songwriter="Цой", isrc="RUA018800001"),
            CueTrack(number=2, start_s=241 + 10 / 75, performer="Кино, Джоанна", gain=Gain(gain_db=1.25)),
            CueTrack(number=3, start_s=600.0, is_audio=False),
        ),
    )
    first, second = parts(sheet, 0, rate=44_100, samples=44_100 * 700)
    assert (first.start, first.start + first.samples) == (32 * 588, second.start)  # the pause is of the track before it
    assert second.start + second.samples == 44_100 * 600  # where data begins


def test_what_is_hidden_before_the_first_track_is_one_of_its_own():
    sheet = read_cue("FILE a.wav WAVE\nTRACK 01 AUDIO\nTITLE One\nINDEX 00 00:00:00\nINDEX 01 02:00:00")
    hidden, first = parts(sheet, 0, rate=100, samples=20_000)
    assert (hidden.track.number, hidden.start, hidden.samples, hidden.is_hidden) == (0, 0, 12_000, True)
    assert (first.track.title, first.start, first.samples) == ("One", 12_000, 8_000)


def test_a_pause_may_end_in_the_next_file():
    sheet = read_cue(
        "FILE 1.wav WAVE\nTRACK 01 AUDIO\nINDEX 01 00:00:00\nTRACK 02 AUDIO\nINDEX 00 03:00:00\n"
        "FILE 2.wav WAVE\nINDEX 01 00:00:00\n"
    )
    assert [track.number for track in sheet.tracks_in(0)] == [1]
    assert [track.number for track in sheet.tracks_in(1)] == [2]


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("", "names no file"),
        ('TITLE "x"\nTRACK 01 AUDIO\n', "where track 1 begins"),
        ("TRACK 01 AUDIO\nINDEX 01 00:00:00", "«00:00:00» where track 1"),
        ("FILE a WAVE\nTRACK 1 AUDIO\nINDEX 01 00:00:00\nTRACK 1 AUDIO\nINDEX 01 00:09:00", "track 1 twice"),
        ("FILE a WAVE\nTRACK 1 AUDIO\nINDEX 01 00:05:00\nTRACK 2 AUDIO\nINDEX 01 00:05:00", "track 2 does not begin"),
        ("FILE a WAVE\nTRACK 1 AUDIO\nINDEX 01 00:60:00", "«00:60:00»"),
        ("FILE a WAVE\nTRACK 1 AUDIO\nINDEX 01 00:00:75", "«00:00:75»"),
        ("FILE a WAVE\nTRACK x AUDIO", "without a number"),
        ("FILE a WAVE\n" + "TRACK 1 AUDIO\n" * 1000, "more tracks"),
        ("FILE a WAVE\n" * 1000, "more tracks"),
    ],
)
def test_a_wrong_sheet_says_what_is_wrong(text, said):
    with pytest.raises(CueError, match=said):
        read_cue(text)


def test_a_track_behind_the_end_is_told_with_both_times():
    sheet = read_cue("FILE a.wav WAVE\nTRACK 01 AUDIO\nINDEX 01 00:00:00\nTRACK 02 AUDIO\nINDEX 01 31:10:00")
    with pytest.raises(CueError, match=r"track 2 begin at 31:10, and the music ends at 29:58"):
        parts(sheet, 0, rate=44_100, samples=44_100 * (29 * 60 + 58))


def test_what_a_stranger_hands_over_as_a_sheet_is_looked_at_again():
    backwards = CueSheet(files=("",), tracks=(CueTrack(number=1, start_s=5), CueTrack(number=2, start_s=1)))
    with pytest.raises(CueError):
        parts(backwards, 0, rate=44_100, samples=10**7)


@given(
    frames=st.lists(st.integers(0, 30), min_size=1, max_size=5),
    files=st.lists(st.integers(0, 1), min_size=5, max_size=5),
    rate=st.integers(0, 100),
    samples=st.integers(0, 60),
)
def test_every_track_has_music_of_its_own_or_the_sheet_is_refused(frames, files, rate, samples):
    tracks = tuple(
        CueTrack(number=number, file=file, start_s=start / 75)
        for number, (start, file) in enumerate(zip(frames, files, strict=False), 1)
    )
    with suppress(CueError):
        found = parts(CueSheet(files=("a", "b"), tracks=tracks), 0, rate=rate, samples=samples)
        assert all(part.samples > 0 and part.start >= 0 for part in found)
        assert sum(part.samples for part in found) <= samples


def test_tracks_closer_than_a_sample_and_music_without_a_rate_are_told():
    sheet = read_cue(written([0, 1, 75], ["One", "Two", "Three"]))
    with pytest.raises(CueError, match="leaves no music for track 1"):
        parts(sheet, 0, rate=8, samples=480)
    with pytest.raises(CueError, match="no sample rate"):
        parts(sheet, 0, rate=0, samples=0)
