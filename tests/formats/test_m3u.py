"""M3U: what is written reads back, and what others write is understood as far as it goes."""

from __future__ import annotations

import hypothesis.strategies as st
from hypothesis import given

from magnitizdat.formats.m3u import Listing, PlaylistEntry, parse, render

WORD = st.text(st.characters(exclude_categories=("C", "Z")), min_size=1, max_size=20)
ENTRIES = st.lists(
    st.builds(
        PlaylistEntry,
        WORD.filter(lambda path: not path.startswith("#")),
        WORD,
        WORD,
        st.integers(0, 10**6),
        st.just(""),
    ),
    max_size=20,
)


@given(entries=ENTRIES, name=WORD | st.just(""))
def test_what_is_written_reads_back(entries, name):
    assert parse(render(entries, name=name)) == Listing(name, tuple(entries))


@given(text=st.text(max_size=300))
def test_any_text_is_a_playlist_of_some_kind(text):
    listing = parse(text)
    assert parse(render(listing.entries)).entries is not None


@given(title=st.text(max_size=50))
def test_a_title_is_one_line_whatever_is_in_it(title):
    (entry,) = parse(render([PlaylistEntry("a.mp3", "Кино", title, 3)])).entries
    assert entry.path == "a.mp3"


def test_what_others_write():
    text = (
        '#EXTM3U\r\n#PLAYLIST: Вечер \r\n#EXTINF:123 tvg-id="x",Кино - Группа - крови\r\n..\\music\\a b.mp3\r\n\r\n'
        "#EXTINF:-1,Только название\nhttp://radio.example/stream\n# a comment\n#EXTINF:3.7,\nlast.flac\n#EXTINF:x"
    )
    assert parse(text) == Listing(
        "Вечер",
        (
            PlaylistEntry("..\\music\\a b.mp3", "Кино", "Группа - крови", 123),
            PlaylistEntry("http://radio.example/stream", "", "Только название", 0),
            PlaylistEntry("last.flac", "", "", 3.7),
        ),
    )
    assert [entry.shown for entry in parse(text).entries] == [
        "Кино - Группа - крови",
        "Только название",
        "last.flac",
    ]
