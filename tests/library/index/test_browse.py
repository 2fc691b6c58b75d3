"""What players page through: orders, names that last, and only what plays."""

from __future__ import annotations

from msgspec import structs

from magnitizdat.library.index.overview import artist_id, order_of
from magnitizdat.library.journal import AlbumGone, AlbumRow, TrackRow
from magnitizdat.model import Artist, File, Release, Track
from magnitizdat.ops.listen import browsing
from magnitizdat.ops.listen.searching import find
from tests.fakes_library import make_library, put_album, rows


def add(library, album: str, *tracks: Track, **fields) -> None:
    with library.changes() as changes:
        release = Release(id=album, **{"title": album[:2], "artist": "Кино", **fields})
        changes.row(AlbumRow(release=release))
        for track in tracks:
            changes.row(TrackRow(release_id=album, track=track))
            changes.then(lambda index, track=track: index.shelf.complete_blob(track.file))
        changes.commit()


def track(number: int, **fields) -> Track:
    digest = f"{number:064x}"
    file = File(sha256=digest, length=100 + number, media_type="audio/flac")
    said = {"title": f"Song {number}", "artist": "Кино", "duration_s": 2.0, "position": number % 100, **fields}
    return Track(id=digest[::-1], file=file, **said)


def test_orders(tmp_path):
    with make_library(tmp_path / "library") as library:
        add(library, "a1" * 16, track(1), title="The Zebra", artist="Ария", date="1990")
        add(library, "b2" * 16, track(2), track(3), title="Ёлка", artist="the Beatles", date="1985-02")
        overview = library.browse.overview()
        assert [line.title for line in overview.albums] == ["Ёлка", "The Zebra"]
        assert [overview.albums[place].title for place in overview.by_title] == ["The Zebra", "Ёлка"]
        assert next(overview.albums[place].title for place in overview.newest) == "Ёлка"
        assert [line.name for line in overview.artists] == ["the Beatles", "Ария", "Кино"]
        assert [(line.own, len(line.albums)) for line in overview.artists] == [(1, 1), (1, 1), (0, 2)]
        assert (overview.albums[0].year, overview.albums[0].songs, overview.albums[0].duration_s) == (1985, 2, 4.0)
        assert overview.albums[0].added > 0


def test_only_what_plays_is_there(tmp_path):
    with make_library(tmp_path / "library") as library:
        add(library, "a1" * 16, track(1))
        absent = track(2)
        with library.changes() as changes:
            changes.row(TrackRow(release_id="a1" * 16, track=absent))
            changes.row(AlbumRow(release=Release(id="c3" * 16, title="Nothing", artist="Nobody")))
            changes.commit()
        assert [line.id for line in library.browse.overview().albums] == ["a1" * 16]
        assert [line.track.id for line in library.browse.songs_of("a1" * 16)] == [track(1).id]
        ((song,),) = rows(library, "SELECT song FROM track WHERE id = ?", (bytes.fromhex(absent.id),))
        assert library.browse.named([song]) == {}


def test_a_song_keeps_its_name_when_its_album_goes(tmp_path):
    with make_library(tmp_path / "library") as library:
        add(library, "a1" * 16, track(1))
        add(library, "b2" * 16, track(1))
        first, second = (library.browse.songs_of(album)[0].song for album in ("a1" * 16, "b2" * 16))
        assert first != second
        assert first[:24] == second[:24] == track(1).id[:24]
        with library.changes() as changes:
            changes.row(AlbumGone(release_id="a1" * 16))
            changes.commit()
        assert {name: line.song for name, line in library.browse.named([first, second]).items()} == {
            first: second,
            second: second,
        }
        assert library.browse.named(["", "zz", "'", first + "-2", "0" * 32]).keys() <= {first + "-2"}


def test_songs_come_in_the_order_of_their_keys(tmp_path):
    with make_library(tmp_path / "library") as library:
        add(library, "a1" * 16, *(track(number, genres=("Rock", "rock ", "Поп")) for number in range(1, 6)))
        overview = library.browse.overview()
        wanted = list(overview.keys)[::-1]
        assert [line.key for line in library.browse.songs(wanted)] == wanted
        assert {name: len(line.songs) for name, line in overview.genres.items()} == {"rock": 5, "поп": 5}


def test_small_versions_are_told(tmp_path):
    with make_library(tmp_path / "library") as library:
        put_album(library, lengths=(10,))
        (line,) = library.browse.songs(library.browse.overview().keys)
        assert not line.small
        assert line.file == structs.replace(line.track.file)


def test_the_overview_follows_the_catalogue(tmp_path):
    with make_library(tmp_path / "library") as library:
        assert library.browse.overview().albums == []
        add(library, "a1" * 16, track(1))
        assert len(library.browse.overview().albums) == 1
        assert library.browse.overview() is library.browse.overview()


def test_names_in_order():
    assert artist_id("КИНО") == artist_id("кино") != artist_id("Кинo")
    assert [order_of(name) for name in ("The Cure", "Émilie", "the", "A", "Theory")] == [
        "cure", "emilie", "the", "a", "theory",
    ]  # fmt: skip


def test_each_of_several_has_the_song_and_the_album(tmp_path):
    ogura = Artist(name="小倉唯", sort_name="Ogura, Yui")
    with make_library(tmp_path / "library") as library:
        both = (Artist(name="Ann"), Artist(name="Bob"))
        add(library, "a1" * 16, track(1, artist="Ann & Bob", artists=both), artist="Ann & Bob", artists=both)
        add(library, "b2" * 16, track(2, artist="Zoo, 小倉唯", artists=(Artist(name="Zoo"), ogura)), artist="Ann")
        add(library, "c3" * 16, track(3, artist="Earth, Wind & Fire"), artist="Earth, Wind & Fire")
        overview = library.browse.overview()
        assert [(line.name, line.own, len(line.albums)) for line in overview.artists] == [
            ("Ann", 2, 2),
            ("Bob", 1, 1),
            ("Earth, Wind & Fire", 1, 1),
            ("小倉唯", 0, 1),
            ("Zoo", 0, 1),
        ]
        assert [line.artists for line in overview.albums] == [("Ann", "Bob"), ("Ann",), ("Earth, Wind & Fire",)]
        (bob,) = browsing.songs_of(library, overview.artists[1])
        assert bob.track.artist == "Ann & Bob"
        library.browse.keep()


def test_whoever_lost_the_last_song_is_found_no_more(tmp_path):
    both = (Artist(name="Ann"), Artist(name="Bob", sort_name="May, Bob"))
    with make_library(tmp_path / "library") as library:
        add(library, "a1" * 16, track(1, artist="Ann & Bob", artists=both), artists=both)
        assert [found.name for found in find(library, "may").artists] == ["Bob"]
        add(library, "a1" * 16, track(1, artist="Ann"), artist="Ann")
        assert find(library, "may").artists == find(library, "bob").artists == ()
        assert rows(library, "SELECT count(*) FROM credited") == [(0,)]


def test_titles_and_albums_are_sorted_as_they_say(tmp_path):
    with make_library(tmp_path / "library") as library:
        add(library, "a1" * 16, track(1), title="Zebra", title_sort="Aardvark", artist="Мария", sort_name="Arbat")
        add(library, "b2" * 16, track(2), title="Middle", artist="Bach")
        overview = library.browse.overview()
        assert [line.title for line in overview.albums] == ["Zebra", "Middle"]
        assert [overview.albums[place].title for place in overview.by_title] == ["Zebra", "Middle"]
        assert [view.title for view in library.shelf.albums()] == ["Zebra", "Middle"]


def test_track_0_comes_first(tmp_path):
    with make_library(tmp_path / "library") as library:
        add(library, "a1" * 16, track(100), track(1), track(200, pregap=True))
        assert [line.track.title for line in library.browse.songs_of("a1" * 16)] == ["Song 200", "Song 100", "Song 1"]
        release = library.shelf.release("a1" * 16)
        assert [each.pregap for each in release.tracks] == [True, False, False]
