"""Albums come out the same, whatever comes first and in how many parts: laws, then what people have."""

from __future__ import annotations

import hashlib
import itertools
import random
from collections import Counter
from pathlib import Path
from typing import NamedTuple

import pytest
from hypothesis import given
from hypothesis import strategies as st
from msgspec import structs

from magnitizdat.cli.listen import _spelled, _told_apart
from magnitizdat.model import File, Release, Track
from magnitizdat.ops.intake.arranging import Arranger, NoAlbums
from magnitizdat.ops.intake.grouping import VARIOUS, Taken, disc_of
from magnitizdat.ops.intake.importing import import_music
from magnitizdat.ops.intake.scan import ScannedFile, names_above
from magnitizdat.workers.values import Tags
from tests.fakes_audio import make_audio
from tests.fakes_library import make_library
from tests.ops.music import releases, song, write

Folder = list[Taken]


def taken(folder: str, position: int, *, title: str = "", media_type: str = "audio/mpeg", **said: object) -> Taken:
    """A file of its own."""
    tags = Tags(**{"artist": "Kino", "album": "45", "track": position, **said})  # type: ignore[arg-type]
    digest = hashlib.sha256(repr((folder, position, title, media_type, said)).encode()).hexdigest()
    file = File(sha256=digest, length=1, media_type=media_type)
    track = Track(
        id=digest,
        title=title or f"{tags.album} {tags.date} {position}",
        artist=tags.artist or "Unknown Artist",
        file=file,
        duration_s=1.0,
        disc=tags.disc or disc_of(f"{folder}/x", tags.album) or 1,
        position=position,
        genres=tags.genres,
    )
    return Taken(f"{folder}/{position:02}.mp3", tags, track)


def record(folder: str, tracks: int = 3, **said: object) -> Folder:
    """Tracks 1 to n of one record."""
    return [taken(folder, number, **said) for number in range(1, tracks + 1)]  # type: ignore[arg-type]


def arranged(*folders: Folder) -> list[Release]:
    """Albums of what comes, folder after folder."""
    arranger, found = Arranger(NoAlbums()), dict[str, Release]()
    for folder in folders:
        for placed in arranger.add(folder, folder[0].hint.rpartition("/")[0]):
            found[placed.release.id] = placed.release
    return sorted(found.values(), key=lambda release: release.id)


def seen(releases: list[Release]) -> list[object]:
    """All that a person can tell of albums."""
    return sorted(
        (
            (r.id, r.title, r.artist, r.kind, r.date, r.genres, sorted((t.disc, t.position, t.id) for t in r.tracks))
            for r in releases
        ),
        key=str,
    )


class Album(NamedTuple):
    """What its maker meant, and its files by folder."""

    tracks: frozenset[str]
    folders: tuple[Folder, ...]


@st.composite
def albums(draw: st.DrawFn, formats: int = 4) -> list[Album]:
    """Records as a shelf has them: self-titled ones, editions, formats, discs, guests, compilations; tags that lack.

    With `formats` of 3 each is there in one format.
    """
    found = []
    shelf = draw(
        st.lists(
            st.tuples(
                st.sampled_from(["Weez", "Kino", "Em"]),
                st.sampled_from(["Weez", "Live", "45"]),
                st.sampled_from(["1982", "1994", "2005"]),
                st.sampled_from(["audio/flac", "audio/mpeg"]),
            ),
            max_size=6,
            unique_by=lambda each: each[:formats],
        )
    )
    for artist, title, year, media_type in shelf:
        where = f"Music/{artist}/{title} ({year}) [{media_type[-4:]}]"
        discs = draw(st.sampled_from([[where], [f"{where}/CD1", f"{where}/CD2"], [f"{where} CD1", f"{where} CD2"]]))
        guests = draw(st.booleans())
        named = draw(st.sampled_from([[artist], ["", artist], [""]]))
        folders = []
        for folder in discs:
            said = {"album": title, "date": year, "media_type": media_type}
            files = [
                taken(
                    folder,
                    number,
                    artist=f"{artist} feat. Di" if guests and number == 3 else artist,
                    album_artist=named[number % len(named)],
                    **said,
                )
                for number in range(1, 6)
            ]
            folders.append(files)
        found.append(Album(frozenset(each.track.id for files in folders for each in files), tuple(folders)))
    return found


@given(shelf=albums(), chance=st.randoms(use_true_random=False))
def test_each_record_is_an_album_whatever_comes_first(shelf, chance):
    folders = [files for album in shelf for files in album.folders]
    chance.shuffle(folders)
    found = arranged(*(chance.sample(files, len(files)) for files in folders))
    assert {frozenset(track.id for track in release.tracks) for release in found} == {album.tracks for album in shelf}


@given(shelf=albums(formats=3), chance=st.randoms(use_true_random=False))
def test_in_parts_it_comes_to_the_same_as_at_once(shelf, chance):
    at_once = arranged(*(files for album in shelf for files in album.folders))
    parts = [part for album in shelf for files in album.folders for part in in_parts(files, chance)]
    chance.shuffle(parts)
    assert seen(arranged(*parts)) == seen(at_once)


def in_parts(files: Folder, chance: random.Random) -> list[Folder]:
    """A folder that comes in two visits, or file by file."""
    mixed = chance.sample(files, len(files))
    size = chance.choice([1, 3, len(files)])
    return [mixed[start : start + size] for start in range(0, len(mixed), size)]


@given(shelf=albums())
def test_ids_are_told_by_the_album_alone(shelf):
    together = {release.id for release in arranged(*(files for album in shelf for files in album.folders))}
    assert together == {release.id for album in shelf for release in arranged(*album.folders)}


def shapes(*folders: Folder) -> list[tuple[str, str, str, int]]:
    """Title, artist, date and number of tracks of each album, in whichever order the folders come."""
    for order in itertools.permutations(folders):
        assert len(arranged(*order)) == len(arranged(*folders))
    return sorted((r.title, r.artist, r.date, len(r.tracks)) for r in arranged(*folders))


def test_self_titled_records_in_folders_of_their_own():
    years = ("1994", "2001", "2008")
    assert len(shapes(*(record(f"Weez/Weez ({y})", artist="Weez", album="Weez", date=y) for y in years))) == 3
    same_year = (record(f"W/{i}", artist="W", album="W", date="2001", musicbrainz_release=i) for i in "ab")
    assert len(shapes(*same_year)) == 2


def test_an_edition_of_later_is_an_album_beside_the_first():
    first = record("Kino/45", date="1982")
    later = [each._replace(track=structs.replace(each.track, title=old.track.title)) for each, old in zip(
        record("Kino/45 (2005 Remaster)", date="1982", released="2005"), first, strict=True
    )]  # fmt: skip
    assert shapes(first, later) == [("45", "Kino", "1982", 3)] * 2


def test_an_album_split_over_two_folders_is_one():
    tracks = record("Downloads", 6, date="1982")
    halves = tracks[:3], [each._replace(hint=f"Music/Kino/{n}.mp3") for n, each in enumerate(tracks[3:])]
    assert shapes(*halves) == [("45", "Kino", "1982", 6)]


def test_two_formats_in_two_folders_are_two_albums():
    titles = {"title": "Song"}
    lossless = [taken("45 [FLAC]", n, media_type="audio/flac", title=f"Song {n}") for n in (1, 2, 3)]
    small = [taken("45 [MP3]", n, title=f"Song {n}") for n in (1, 2, 3)]
    copy = [taken("45 again", n, title=f"Song {n}") for n in (1, 2, 3)]
    assert len(shapes(lossless, small, copy)) == 3
    assert titles


def test_compilations_of_one_title_in_two_folders_are_two():
    hits = [[taken(f, n, artist=f"{f} {n}", album="Greatest Hits") for n in (1, 2)] for f in "AB"]
    assert shapes(*hits) == [("Greatest Hits", VARIOUS, "", 2)] * 2


def test_further_discs_that_nobody_numbered_stand_behind():
    box = [record(f"Box/{name}", artist="Kino", album="Box", title="") for name in ("Early", "Late")]
    late = [each._replace(track=structs.replace(each.track, title=f"Late {each.track.position}")) for each in box[1]]
    (album,) = arranged(box[0], late)
    assert [(track.disc, track.position) for track in album.tracks] == [(d, n) for d in (1, 2) for n in (1, 2, 3)]


def test_what_an_older_version_grouped_otherwise_is_found():
    files = record("Weez/Weez (1994)", artist="Weez", album="Weez", album_artist="Weez", date="1994")
    old_id = "5eb2e3f2f5fdfa8ca1bb8f6d6aa4a1b2"

    class Old(NoAlbums):
        def release(self, album: str) -> Release | None:
            return old if album == old.id else None

        def below(self, folder: str):
            return [("", old.id)] if folder == "Weez/Weez (1994)" else ()

    (made,) = arranged(files[:2])
    old = structs.replace(made, id=old_id)
    (placed,) = Arranger(Old()).add(files[2:], "Weez/Weez (1994)")
    assert (placed.release.id, len(placed.release.tracks)) == (old_id, 3)


@pytest.mark.parametrize("tagged", [False, True])
def test_the_path_that_was_typed_tells_nothing(tmp_path, tagged):
    """A tree, a folder of it, the album's folder, the files one by one."""
    tags = {"artist": "Band", "album": "Album"} if tagged else {}
    files = {f"own/Band/Album/0{n} Song.wav": make_audio("wav", 0.2, tags, tone=200.0 + n) for n in (1, 2)}
    own = write(tmp_path / "Music", files) / "own"
    album = own / "Band/Album"
    ways = [[own], [own / "Band"], [album], sorted(album.iterdir(), reverse=True), [tmp_path / "Music"]]
    found = []
    for number, paths in enumerate(ways):
        with make_library(tmp_path / f"library {number}") as library:
            import_music(library, paths)
            found.append([(r.id, r.title, r.artist, [t.artist for t in r.tracks]) for r in releases(library)])
    assert found == [[(found[0][0][0], "Album", "Band", ["Band", "Band"])]] * len(ways)


def test_names_of_systems_and_sticks_are_nobodys():
    home = names_above(Path.home() / "Music/Kino/45")
    assert home == "Music/Kino/45"
    assert names_above(Path("/home", "natalia", "Kino")) == "Kino"
    assert names_above(Path("/media/stick/45")) == "45"
    assert names_above(Path("/")) == ""
    assert ScannedFile(Path("given/45/1.mp3"), "45/1.mp3", 1, -1).place == "45/1.mp3"


def test_two_formats_of_an_album_are_told_apart_where_albums_are_listed(tmp_path):
    files = {f"45 [{kind}]/{n}.{kind}": song(n, kind) for kind in ("flac", "mp3") for n in (1, 2)}
    with make_library(tmp_path / "library") as library:
        import_music(library, [write(tmp_path / "Music", files)])
        views = list(library.shelf.albums())
    names = Counter(map(_spelled, views))
    assert sorted(_told_apart(view, names) for view in views) == ["45 [FLAC]", "45 [MP3]"]
    assert _told_apart(views[0], Counter(map(_spelled, views[:1]))) == "45"
