"""An index of an older version becomes one of this version when it is opened; one from the future does not."""

from __future__ import annotations

import pytest
from msgspec import structs

from magnitizdat.errors import LibraryError
from magnitizdat.library.index.schema import SCHEMA_VERSION
from magnitizdat.library.journal import TrackRow
from magnitizdat.library.library import Library, unlock
from magnitizdat.model import Artist, File
from magnitizdat.ops.listen.searching import ArtistFound, find
from tests.fakes_library import PASSPHRASE, contents_of, database_of, make_library, put_album, rows
from tests.fakes_voices import UNVOICED

OTHER = File(sha256="ab" * 32, length=7, media_type="audio/flac")
GROWING = ("unread", "document")
UNCREDITED = (
    *UNVOICED,
    "DROP TRIGGER track_uncredited",
    "DROP TRIGGER album_uncredited",
    "DROP TABLE credited",
    "ALTER TABLE album DROP COLUMN sort_name",
)
OLDER = (
    *UNCREDITED,
    *(f"DROP TRIGGER {name}" for name in ("blob_went", "track_came", "track_went")),
    *(
        f"DROP TABLE {name}"
        for name in ("loudness", "waveform", "album_loudness", "thumbnail", "tail", "kept", "play", "mark", *GROWING)
    ),
    "ALTER TABLE album_file DROP COLUMN spare",
    "DROP INDEX blob_kind",
    "DROP INDEX track_song",
    "ALTER TABLE track DROP COLUMN song",
    "ALTER TABLE album DROP COLUMN added",
    "DROP INDEX track_artist",
    "DROP INDEX album_artist",
    *(f"DROP TABLE {table}" for table in ("search", "named", "naming", "word", "sound")),
    "CREATE VIRTUAL TABLE search USING fts5 (title, artist, album, content='', contentless_delete=1)",
    "DELETE FROM meta WHERE name = 'finding'",
)


def age_the_index(directory, version, *statements):
    with Library(directory, unlock(directory, PASSPHRASE)) as library:
        for statement in (*statements, f"PRAGMA user_version = {version}"):
            rows(library, statement)


def test_an_index_of_version_1_is_taken_over(tmp_path):
    with make_library(tmp_path / "library") as library:
        album, contents = put_album(library, lengths=(1000, 20))
        songs = rows(library, "SELECT song FROM track")
    age_the_index(tmp_path / "library", 1, *OLDER, "ALTER TABLE track DROP COLUMN small")
    for _ in range(2):
        with Library(tmp_path / "library", unlock(tmp_path / "library", PASSPHRASE)) as library:
            view = library.shelf.album(album)
            assert view is not None
            assert (view.complete, view.small, view.tracks) == (True, 0, 2)
            assert contents_of(library, album) == contents
            assert set(songs) <= set(rows(library, "SELECT song FROM track"))
            put_album(library, "More", lengths=(10,))
            assert find(library, "wiktor").artists == (ArtistFound(name="Виктор"),)
            assert len(find(library, "pesnja 2").tracks) == 1


def test_an_index_of_version_3_is_taken_over(tmp_path):
    with make_library(tmp_path / "library") as library:
        album, contents = put_album(library, lengths=(1000,))
    dropped = [f"DROP TABLE {name}" for name in GROWING]
    age_the_index(tmp_path / "library", 3, *UNCREDITED, *dropped, "ALTER TABLE album_file DROP COLUMN spare")
    with Library(tmp_path / "library", unlock(tmp_path / "library", PASSPHRASE)) as library:
        assert contents_of(library, album) == contents
        assert {name for (name,) in rows(library, "SELECT name FROM sqlite_master")} >= set(GROWING)


def test_an_index_of_version_4_is_taken_over(tmp_path):
    with make_library(tmp_path / "library") as library:
        album, _ = put_album(library, lengths=(1000,))
    before = (
        *UNCREDITED,
        "DROP TABLE naming",
        "CREATE VIRTUAL TABLE naming USING fts5 (kind, name, more, whole, content='', contentless_delete=1)",
        "UPDATE named SET key = 7 WHERE kind = 'album'",  # it had no stretch of its own
        "UPDATE meta SET value = 1 WHERE name = 'finding'",
    )
    age_the_index(tmp_path / "library", 4, *before)
    with Library(tmp_path / "library", unlock(tmp_path / "library", PASSPHRASE)) as library:
        found = find(library, "wiktor")
        assert found.artists == (ArtistFound(name="Виктор"),)
        assert [each.id for each in found.albums] == [album]


def test_an_index_of_version_5_is_taken_over(tmp_path):
    with make_library(tmp_path / "library") as library:
        album, _ = put_album(library, lengths=(1000,))
        (track,) = library.shelf.release(album).tracks
        by = (Artist(name="小倉唯", sort_name="Ogura, Yui"), Artist(name="Guest"))
        with library.changes() as changes:
            changes.row(TrackRow(release_id=album, track=structs.replace(track, artists=by)))
            changes.commit()
    age_the_index(tmp_path / "library", 5, *UNCREDITED, "UPDATE meta SET value = 2 WHERE name = 'finding'")
    with Library(tmp_path / "library", unlock(tmp_path / "library", PASSPHRASE)) as library:
        assert find(library, "ogura").artists == (ArtistFound(name="小倉唯"),)
        assert find(library, "guest").artists == (ArtistFound(name="Guest"),)


def test_an_index_of_a_newer_mag_is_let_be(tmp_path):
    make_library(tmp_path / "library").close()
    age_the_index(tmp_path / "library", SCHEMA_VERSION + 1)
    with pytest.raises(LibraryError, match="version"):
        Library(tmp_path / "library", unlock(tmp_path / "library", PASSPHRASE))


def test_the_same_audio_twice_on_an_album_has_two_names_before_and_after(tmp_path):
    with make_library(tmp_path / "library") as library:
        album, _ = put_album(library, lengths=(30,))
        (track,) = library.shelf.release(album).tracks
        with library.changes() as changes:
            changes.row(TrackRow(release_id=album, track=structs.replace(track, position=9, file=OTHER)))
            changes.commit()
        songs = rows(library, "SELECT song FROM track ORDER BY position")
        assert songs == [(f"{track.id[:24]}{album[:8]}",), (f"{track.id[:24]}{album[:8]}-2",)]
    age_the_index(tmp_path / "library", 2, *OLDER)
    with Library(tmp_path / "library", unlock(tmp_path / "library", PASSPHRASE)) as library:
        assert rows(library, "SELECT song FROM track ORDER BY position") == songs
        assert database_of(library).one("SELECT added FROM album")[0] > 0


def test_a_commit_changes_what_changed_says(tmp_path):
    with make_library(tmp_path / "library") as library:
        before = library.changed(), library.index.version()
        put_album(library, lengths=(10,))
        assert before[0] < library.changed()
        assert before[1] != library.index.version()
