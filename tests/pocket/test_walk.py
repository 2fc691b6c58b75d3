"""Every browser here, from a file and over plain HTTP, on a phone and a desk, with files, a folder and one file."""

from __future__ import annotations

import hashlib
import zipfile

import pytest

from tests.pocket.browsers import DESKTOP, PHONE
from tests.pocket.conftest import NAMES
from tests.pocket.readers import CHOOSE, Reader
from tests.pocket.tapes import Reel, Tape

pytestmark = [pytest.mark.debian, pytest.mark.slow]
ALBUM, SONG = "Чужая гитара", "Rødgrød"


@pytest.fixture(scope="module")
def reel(tmp_path_factory) -> Reel:
    made = Tape(tmp_path_factory.mktemp("tape"))
    songs = [(SONG, made.song("vorbis")), ("Last tram", made.song("mp3")), ("Electric train", made.song("aiff"))]
    small = {"Electric train": made.song("opus")}
    made.album(ALBUM, songs, small=small, words={SONG: "[00:00.00]Wait for the tram"}, artist="Виктор", date="1982")
    return made.sealed()


def walk(reader: Reader, url: str, reel: Reel, how: str) -> None:
    """From the entrance to sound, and away with it."""
    browser = reader.browser
    reader.enters(url)
    reader.opens(reel, how)
    browser.sees(reel.label)
    reader.looks_at(ALBUM)
    assert not browser.evaluate("() => document.documentElement.scrollWidth > innerWidth"), "wider than the screen"
    reader.plays(SONG)
    song = reader.saves(f"Save {SONG}")
    assert hashlib.sha256(song.read_bytes()).hexdigest() == reel.songs[0]
    with zipfile.ZipFile(reader.saves("Save the album")) as album:
        assert {hashlib.sha256(album.read(each)).hexdigest() for each in album.namelist()} >= set(reel.songs)


@pytest.mark.parametrize("way", ["file", "http"])
@pytest.mark.parametrize("name", NAMES)
def test_a_reel_opens_shows_plays_and_is_saved(start, page_at, reel, name, way):
    """Both sizes, and all that can be chosen, one after the other in one profile."""
    reader = Reader(start(name))
    for how in CHOOSE:
        if name == "webkit" and how == "folder":
            reader = Reader(start(name, piped=True))
        for size in (PHONE, DESKTOP):
            reader.browser.size(*size)
            walk(reader, page_at(way), reel, how)
