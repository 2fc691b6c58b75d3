"""Playlists in the formats of others: what they say is found, and XML of strangers has no words of its own."""

from __future__ import annotations

from xml.sax.saxutils import escape

import hypothesis.strategies as st
import pytest
from hypothesis import given

from magnitizdat.errors import DamagedError
from magnitizdat.formats import m3u
from magnitizdat.formats.m3u import LONGEST_LINE, Listing, PlaylistEntry
from magnitizdat.workers.lists import read_list

WORD = st.text(st.characters(exclude_categories=("C", "Z")), min_size=1, max_size=20)
ENTRIES = st.lists(st.builds(PlaylistEntry, WORD, WORD, WORD, st.integers(0, 1000), WORD), max_size=9)
XSPF = '<?xml version="1.0" encoding="UTF-8"?>\n<playlist version="1" xmlns="http://xspf.org/ns/0/">{}</playlist>'


def track(entry):
    said = {"location": entry.path, "title": entry.title, "creator": entry.artist, "album": entry.album}
    fields = "".join(f"<{name}>{escape(text)}</{name}>" for name, text in said.items())
    return f"<track>{fields}<duration>{entry.duration_s * 1000}</duration></track>"


@given(entries=ENTRIES, name=WORD | st.just(""))
def test_xspf_is_read_as_it_was_written(entries, name):
    body = f"<title>{escape(name)}</title><trackList>{''.join(map(track, entries))}</trackList>"
    assert read_list(XSPF.format(body).encode()) == Listing(name, tuple(entries))


@given(entries=ENTRIES)
def test_pls_is_read_by_its_numbers(entries):
    fields = [
        f"{name}{number}={text}"
        for number, entry in enumerate(entries, 1)
        for name, text in (
            ("File", entry.path),
            ("Title", f"{entry.artist} - {entry.title}"),
            ("Length", round(entry.duration_s)),
        )
    ]
    text = "\r\n".join(["[playlist]", *reversed(fields), f"NumberOfEntries={len(entries)}", "Version=2"])
    assert read_list(text.encode()) == Listing("", tuple(entry._replace(album="") for entry in entries))


def test_what_windows_media_player_writes():
    wpl = (
        '<?wpl version="1.0"?>\r\n<smil><head><title>Вечер</title></head><body><seq>'
        '<media src="..\\Kino &amp; Co\\1.mp3" tid="{1}"/></seq></body></smil>'
    )
    asx = (
        '<ASX version="3.0"><Title>Вечер</Title><Entry><Title>Ёлка</Title><Author>Зоопарк</Author>'
        '<Ref href="a.wma"/><Ref href="b.wma"/></Entry></ASX>'
    )
    assert read_list(wpl.encode()) == Listing("Вечер", (PlaylistEntry("..\\Kino & Co\\1.mp3"),))
    assert read_list(asx.encode("utf-16")) == Listing("Вечер", (PlaylistEntry("a.wma", "Зоопарк", "Ёлка"),))


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "utf-16", "cp1251", "koi8-r", "cp866"])
@pytest.mark.parametrize("end", ["\n", "\r\n", "\r"])
def test_any_code_page_and_end_of_line(encoding, end):
    listing = m3u.parse("#EXTM3U\n#EXTINF:7,Виктор Цой - Группа крови\nКино/Группа крови.mp3\n")
    text = end.join(["#EXTM3U", "#EXTINF:7,Виктор Цой - Группа крови", "Кино/Группа крови.mp3"])
    assert read_list(text.encode(encoding)) == listing


@pytest.mark.parametrize(
    "content",
    [
        b"\0" * 9,
        b"<playlist>",
        b"<playlist></smil>",
        b"<html><body>404</body></html>",
        b'<!DOCTYPE playlist [<!ENTITY name "Kino">]><playlist><title>&name;</title></playlist>',
        b'<!DOCTYPE playlist SYSTEM "list.dtd"><playlist/>',
        b"<playlist><title>&name;</title></playlist>",
    ],
)
def test_what_is_no_list_says_so_and_entities_are_nobodys(content):
    with pytest.raises(DamagedError):
        read_list(content)


def test_what_is_longer_than_anybody_writes_is_cut():
    long = "x" * (2 * LONGEST_LINE)
    title = f"<title>{long}</title>"
    found = read_list(XSPF.format(f"{title}<track><location>{long}</location>{title}</track>").encode())
    assert {len(found.name), *(len(text) for text in found.entries[0][:1] + found.entries[0][2:3])} == {LONGEST_LINE}


def test_the_worker_answers_the_same(pool):
    text = XSPF.format(track(PlaylistEntry("a/b.mp3", "Кино", "45", 3, "Ночь")))
    assert pool.read_list(text.encode()) == read_list(text.encode())
    with pytest.raises(DamagedError, match="no playlist"):
        pool.read_list(b"\0")
