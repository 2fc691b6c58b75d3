"""Which files make an album: laws of the pure part, then the cases that people have."""

from __future__ import annotations

import random

from hypothesis import given
from hypothesis import strategies as st

from magnitizdat.model import File, Track
from magnitizdat.ops.intake.grouping import VARIOUS, Taken, disc_of, group, merge
from magnitizdat.workers.values import Tags

COVER = File(sha256="c" * 64, length=3, media_type="image/png")
OTHER = File(sha256="d" * 64, length=3, media_type="image/png")


def taken(number: int, hint: str = "Album/1.mp3", *, cover: File | None = None, **tags: object) -> Taken:
    said = Tags(**{"artist": "Кино", "album": "45", **tags})  # type: ignore[arg-type]
    file = File(sha256=f"{number:064x}", length=1, media_type="audio/mpeg")
    track = Track(id=f"{number:064x}", title=f"Song {number}", artist=said.artist or "?", file=file, duration_s=1.0)
    return Taken(hint, said, track, cover)


names = st.sampled_from(["", "45", "Ночь", "NOCH", "noch"])
tracks = st.builds(
    lambda number, folder, album, artist, album_artist, mixed: taken(
        number, f"{folder}/x.mp3", album=album, artist=artist, album_artist=album_artist, compilation=mixed
    ),
    st.integers(0, 2**32),
    st.sampled_from(["A", "B", "A/CD1", "A/CD2"]),
    names,
    st.sampled_from(["Кино", "КИНО", "Zoopark", ""]),
    st.sampled_from(["", "", "Кино", "Various Artists", "VA"]),
    st.booleans(),
)


@given(files=st.lists(tracks, max_size=12))
def test_every_file_stands_on_exactly_one_album(files):
    albums = group(files)
    assert sorted(track.id for album in albums for track in album.tracks) == sorted(each.track.id for each in files)
    assert len({album.release.id for album in albums}) == len(albums)
    assert all(album.release.title and album.release.artist for album in albums)


@given(files=st.lists(tracks, max_size=12), seed=st.integers(0, 1000))
def test_the_order_of_files_changes_no_album(files, seed):
    shuffled = random.Random(seed).sample(files, len(files))
    assert {album.release.id for album in group(files)} == {album.release.id for album in group(shuffled)}


@given(files=st.lists(tracks, min_size=1, max_size=8))
def test_found_again_nothing_changes(files):
    for album in group(files):
        there = album.release
        assert merge(there, album._replace(tracks=())) == there


def test_upper_and_lower_case_and_blanks_make_no_second_album():
    files = [taken(1, album="Gruppa Krovi", album_artist="Kino"), taken(2, album="gruppa krovi ", album_artist="KINO")]
    assert len(group(files)) == 1


def test_composed_and_decomposed_names_are_one_album():
    files = [taken(1, album="Café", album_artist="X"), taken(2, album="Cafe\u0301", album_artist="X")]
    assert len(group(files)) == 1


def test_various_artists_by_any_name_go_by_folder():
    for name in ("Various Artists", "va", "V.A.", "Разные исполнители", ""):
        (album,) = group([taken(n, artist=f"Band {n}", album_artist=name) for n in (1, 2)])
        assert (album.release.artist, album.release.kind) == (VARIOUS, "compilation")


def test_an_album_artist_keeps_guests_on_the_album():
    (album,) = group([taken(n, artist=f"Кино и гость {n}", album_artist="Кино") for n in (1, 2)])
    assert (album.release.artist, album.release.kind) == ("Кино", "album")


def test_same_titles_in_two_folders_without_album_artist_are_two_albums():
    files = [taken(1, "A/1.mp3", album="Greatest Hits"), taken(2, "B/1.mp3", album="Greatest Hits", artist="Zoopark")]
    assert len(group(files)) == 2


def test_discs_in_folders_of_their_own():
    assert [disc_of(f"Album/{name}/1.mp3") for name in ("CD1", "disc 2", "Диск 3", "CD 04 - live", "cd")] == [
        1,
        2,
        3,
        4,
        0,
    ]
    (album,) = group([taken(1, "Album/CD1/1.mp3", album=""), taken(2, "Album/CD2/1.mp3", album="")])
    assert album.release.title == "Album"


def test_a_folders_cover_is_for_one_album_only():
    (one,) = group([taken(1), taken(2)], folder_cover=COVER)
    assert one.release.cover == COVER
    two = group([taken(1, album_artist="A"), taken(2, album_artist="B")], folder_cover=COVER)
    assert [album.release.cover for album in two] == [None, None]


def test_covers_of_tracks_that_differ_stay_with_their_track():
    (album,) = group([taken(1, cover=COVER), taken(2, cover=COVER), taken(3, cover=OTHER)])
    assert album.release.cover == COVER
    assert [track.cover for track in album.tracks] == [None, None, OTHER]


def test_a_new_artist_makes_a_compilation_of_what_was_one_artists():
    (first,) = group([taken(1)])
    (second,) = group([taken(2, artist="Zoopark")])
    held = first.release.__class__(id=first.release.id, title="45", artist="Кино", tracks=first.tracks)
    merged = merge(held, second)
    assert (merged.artist, merged.kind, merged.tracks) == (VARIOUS, "compilation", ())


def test_what_a_person_named_stays():
    (first,) = group([taken(1)])
    held = first.release.__class__(id=first.release.id, title="Мой сборник", artist="Я", tracks=first.tracks)
    assert merge(held, group([taken(2, artist="Zoopark")])[0]).artist == "Я"


def test_the_date_is_what_most_tracks_say():
    files = [taken(1, date="1994-07-19"), taken(2, date="1971"), taken(3, date="1971"), taken(4)]
    for order in (files, files[::-1]):
        (album,) = group(order)
        assert album.release.date == "1971"


def test_discs_of_one_album_in_folders_of_any_name_are_one_album():
    for first, second in [("Alb (Disc 1)", "Alb (Disc 2)"), ("Side A", "Side B"), ("[CD1]", "[CD2]")]:
        album = {album.release.id for hint in (first, second) for album in group([taken(1, f"Kino/{hint}/1.mp3")])}
        assert len(album) == 1
        assert [disc_of(f"Kino/{hint}/1.mp3", "45") for hint in (first, second)] == [1, 2]
