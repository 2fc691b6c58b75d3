"""Words of a song: whatever a file says, what comes out of it is no longer than a song."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from magnitizdat.formats.lyrics import MAX_LETTERS, MAX_LINES, LyricLine, in_time, read_lyrics

STAMPS = st.lists(
    st.sampled_from(["[0:01]", "[0:02.5]", "[99:59]", "<0:03>", "\n", " ", "la", "la " * 99]), max_size=60
)


def test_a_chorus_stands_at_each_of_its_times():
    found = read_lyrics(b"[00:01.00][00:09.00]la la\n[00:05.00]verse")
    assert found.lines == (LyricLine(1000, "la la"), LyricLine(5000, "verse"), LyricLine(9000, "la la"))


@given(STAMPS, st.integers(0, 4000))
def test_a_line_under_many_times_makes_no_more_than_a_song(parts, times):
    found = read_lyrics(("[0:00]" * times + "".join(parts)).encode())
    assert len(found.lines) <= MAX_LINES
    assert not found.synced or sum(len(line.text) for line in found.lines) <= MAX_LETTERS


def test_a_long_line_is_not_multiplied_without_end():
    found = read_lyrics(("[0:00]" * 6500 + "A" * 33_000).encode())
    assert [len(line.text) for line in found.lines] == [33_000] * (MAX_LETTERS // 33_000)


@given(st.lists(st.integers(0, 59_999), min_size=1, max_size=8), st.integers(-2_000, 2_000))
def test_a_positive_offset_brings_words_sooner(seconds, offset_ms):
    """By as much as it says, never before the beginning, and the words of a line with it."""
    lines = "".join(f"[{at // 60:02}:{at % 60:02}.00]<{at // 60:02}:{at % 60:02}.00>la\n" for at in sorted(seconds))
    found = in_time(read_lyrics(f"[offset:{offset_ms:+}]\n{lines}".encode()))
    due = [max(0, at * 1000 - offset_ms) for at in sorted(seconds)]
    assert [line.at_ms for line in found.lines] == due
    assert [word.at_ms for line in found.lines for word in line.words] == due
    assert in_time(found) == found


def test_words_without_times_have_none_with_an_offset_either():
    assert in_time(read_lyrics(b"[offset:+500]\nla la")).lines == (LyricLine(None, "la la"),)
