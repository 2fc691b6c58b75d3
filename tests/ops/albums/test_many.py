"""Corrections of many at once, an album's artist on its tracks, and words of a song from a file."""

from __future__ import annotations

import pytest

from magnitizdat.errors import UsageError
from magnitizdat.ops.albums import edit as editing
from magnitizdat.ops.albums.contents import song_ids
from magnitizdat.ops.albums.edit_form import AlbumPatch, TrackPatch, revise
from magnitizdat.ops.albums.many import count_where, edit_where
from magnitizdat.ops.albums.undo import log, undo
from tests.fakes_library import make_library, put_album


@pytest.fixture
def mine(tmp_path):
    with make_library(tmp_path / "lib") as library:
        yield library


def artists(library, album):
    release = library.shelf.release(album)
    return [release.artist, *(track.artist for track in release.tracks)]


def test_an_artist_of_an_album_reaches_the_tracks_that_had_it(mine):
    album, _ = put_album(mine, artist="Kino", lengths=(1000, 1100))
    editing.edit(mine, f"{album}/2", {"artist": "Guest"})
    editing.edit(mine, album, {"artist": "Кино"})
    assert artists(mine, album) == ["Кино", "Кино", "Guest"]
    undo(mine)
    assert artists(mine, album) == ["Kino", "Kino", "Guest"]


def test_on_the_page_it_does_too_unless_a_track_says_something_else(mine):
    album, _ = put_album(mine, artist="Kino", lengths=(1000, 1100, 1200))
    first, second, _ = song_ids(mine, album)
    tracks = (TrackPatch(id=first, artist="Kino", title="Song"), TrackPatch(id=second, artist="Other"))
    revise(mine, album, AlbumPatch(artist="Кино", tracks=tracks))
    assert artists(mine, album) == ["Кино", "Кино", "Other", "Кино"]
    assert mine.shelf.release(album).tracks[0].title == "Song"


def test_several_albums_in_one_command(mine):
    one, _ = put_album(mine, title="One", lengths=(1000,))
    other, _ = put_album(mine, title="Other", lengths=(1100,))
    editing.edit(mine, [one, other], {"genres": ("Rock",)})
    assert [mine.shelf.release(album).genres for album in (one, other)] == [("Rock",), ("Rock",)]
    assert [each.albums for each in log(mine).commands] == [("One", "Other")]


def test_all_of_an_artist_wherever_they_stand(mine):
    own, _ = put_album(mine, title="Own", artist="KINO", lengths=(1000, 1100))
    various, _ = put_album(mine, title="Various", artist="Various Artists", lengths=(1200, 1300))
    editing.edit(mine, f"{various}/1", {"artist": "kino"})
    planned = count_where(mine, "artist:Kino", {"artist": "Кино"})
    assert edit_where(mine, "artist:Kino", {"artist": "Кино"}) == planned
    assert (planned.albums, planned.tracks) == (1, 3)
    assert artists(mine, own) == ["Кино"] * 3
    assert artists(mine, various) == ["Various Artists", "Кино", "Various Artists"]
    undo(mine)
    assert artists(mine, own) == ["KINO"] * 3
    assert artists(mine, various) == ["Various Artists", "kino", "Various Artists"]


def test_all_conditions_have_to_hold(mine):
    one, _ = put_album(mine, title="One Day", artist="Kino", lengths=(1000,))
    other, _ = put_album(mine, title="Other", artist="Kino", lengths=(1100,))
    edit_where(mine, "album:one day artist:kino", {"date": "1982"})
    assert (mine.shelf.release(one).date, mine.shelf.release(other).date) == ("1982", "")
    edit_where(mine, "year:1982", {"genres": ("Rock",)})
    assert (mine.shelf.release(one).genres, mine.shelf.release(other).genres) == (("Rock",), ())


@pytest.mark.parametrize(
    ("where", "fields", "said"),
    [
        ("Kino", {"artist": "X"}, "does not say what"),
        ("artist:", {"artist": "X"}, "does not say what"),
        ("artist:Kino", {"title": "X"}, "name one of these"),
        ("artist:Kino", {}, "name one of these"),
        ("artist:Nobody", {"artist": "X"}, "nothing was changed"),
        ("artist:Kino", {"artist": "Kino"}, "nothing was changed"),
        ("artist:Kino", {"date": "summer"}, "no date"),
    ],
)
def test_what_cannot_be_done_changes_nothing(mine, where, fields, said):
    album, _ = put_album(mine, artist="Kino", lengths=(1000,))
    before = mine.shelf.release(album)
    with pytest.raises(UsageError, match=said):
        edit_where(mine, where, fields)
    assert mine.shelf.release(album) == before
    assert log(mine).total == 0


@pytest.mark.parametrize(
    ("content", "text", "kind"),
    [
        ("Группа крови\nна рукаве".encode("cp1251"), "Группа крови\nна рукаве", "text/plain"),
        ("[00:01.00]la\r\n[00:02.00]ля".encode("utf-16"), "[00:01.00]la\n[00:02.00]ля", "text/x-lrc"),
    ],
)
def test_words_from_a_file(mine, tmp_path, content, text, kind):
    album, _ = put_album(mine, lengths=(1000,))
    (tmp_path / "words").write_bytes(content)
    editing.edit(mine, f"{album}/1", {}, lyrics=tmp_path / "words")
    (words,) = mine.shelf.release(album).tracks[0].lyrics
    assert b"".join(mine.blob(words.file.sha256).pieces()).decode() == text
    assert words.file.media_type == kind
    editing.edit(mine, f"{album}/1", {}, no_lyrics=True)
    assert mine.shelf.release(album).tracks[0].lyrics == ()


@pytest.mark.parametrize("content", [b"", b"\x89PNG\r\n\x1a\n\0\0\0", b"la\n" * 400_000])
def test_what_is_no_words(mine, tmp_path, content):
    album, _ = put_album(mine, lengths=(1000,))
    (tmp_path / "words").write_bytes(content)
    with pytest.raises(UsageError, match="at most 1 MiB"):
        editing.edit(mine, f"{album}/1", {}, lyrics=tmp_path / "words")
    with pytest.raises(UsageError, match="has no lyrics"):
        editing.edit(mine, album, {}, lyrics=tmp_path / "words")
