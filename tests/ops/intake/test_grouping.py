"""Which files make an album: laws of the pure part, then the cases that people have."""

from __future__ import annotations

import random

from hypothesis import given
from hypothesis import strategies as st
from msgspec import structs

from magnitizdat.model import File, Track
from magnitizdat.ops.intake.grouping import NON_ALBUM, VARIOUS, Taken, disc_of, group
from magnitizdat.ops.intake.standing import merge
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
    st.just("A"),
    names,
    st.sampled_from(["Кино", "КИНО", "Zoopark", ""]),
    st.sampled_from(["", "", "Кино", "Various Artists", "VA"]),
    st.booleans(),
)


@given(files=st.lists(tracks, max_size=12))
def test_every_file_stands_on_exactly_one_album(files):
    albums = group(files)
    assert sorted(track.id for album in albums for track in album.tracks) == sorted(each.track.id for each in files)
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


def test_discs_in_folders_of_their_own():
    assert [disc_of(f"Album/{name}/1.mp3") for name in ("CD1", "disc 2", "Диск 3", "CD 04 - live", "cd")] == [
        1,
        2,
        3,
        4,
        0,
    ]


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


def numbered(count: int, first: int = 1, **said: object) -> list[Taken]:
    """A whole record: tracks 1 to `count`."""
    files = (taken(first + number, f"Album/{number}.mp3", **said) for number in range(count))  # type: ignore[arg-type]
    return [each._replace(track=structs.replace(each.track, position=number)) for number, each in enumerate(files, 1)]


def shapes(files: list[Taken]) -> list[tuple[str, str, int]]:
    """Title, artist and number of tracks of each album that comes out, whatever the order of files."""
    found = [sorted((a.release.title, a.release.artist, len(a.tracks)) for a in group(f)) for f in (files, files[::-1])]
    assert found[0] == found[1]
    return found[0]


def test_an_album_artist_that_some_tracks_lack():
    files = [*numbered(4, album_artist="Кино"), *numbered(4, 10)[2:]]
    assert shapes(files[:2] + files[4:]) == [("45", "Кино", 4)]


def test_guests_make_no_compilation():
    assert shapes([*numbered(8), taken(20, artist="Кино feat. Майк")]) == [("45", "Кино", 9)]
    assert shapes([taken(1, artist="Em feat. Di"), taken(2, artist="Em & Co"), taken(3, artist="Em, Al")]) == [
        ("45", "Em", 3)
    ]


def test_who_share_no_name_make_a_compilation():
    assert shapes([taken(number, artist=f"Band {number}") for number in range(5)]) == [("45", VARIOUS, 5)]
    assert shapes([taken(1, artist="Кино"), taken(2, artist="Зоопарк")]) == [("45", VARIOUS, 2)]


def test_the_mark_of_a_compilation_beside_an_album_artist_a_track():
    files = [taken(n, artist=f"Band {n}", album_artist=f"Band {n}", compilation=True) for n in range(4)]
    assert shapes(files) == [("45", VARIOUS, 4)]
    of_most = [taken(n, artist=f"X feat. {n}", album_artist="X", compilation=True) for n in range(4)]
    assert shapes(of_most) == [("45", "X", 4)]


def test_one_title_of_two_bands_in_one_folder_is_two_albums():
    for named in (True, False):
        files = [
            each
            for first, band in ((1, "Kino"), (10, "Zoopark"))
            for each in numbered(3, first, artist=band, album="Live", album_artist=band if named else "")
        ]
        assert shapes(files) == [("Live", "Kino", 3), ("Live", "Zoopark", 3)]


def test_one_title_spelled_in_several_ways():
    titles = ["The Al", "the al ", "Al", "AL", "The  Al"]
    assert len(group([taken(number, album=title) for number, title in enumerate(titles)])) == 1
    assert len(group([taken(1, album="Café’s"), taken(2, album="CAFE\u0301'S")])) == 1


def test_editions_in_one_folder_are_apart_where_their_numbers_meet():
    by_year = [*numbered(3, date="1982"), *numbered(3, 10, date="1982", released="2005")]
    by_release = [*numbered(3, musicbrainz_release="a"), *numbered(3, 10, musicbrainz_release="b")]
    for files in (by_year, by_release):
        assert shapes(files) == [("45", "Кино", 3), ("45", "Кино", 3)]
    years = [each._replace(tags=structs.replace(each.tags, date=str(1980 + n))) for n, each in enumerate(numbered(9))]
    assert shapes(years) == [("45", "Кино", 9)]


def test_two_formats_in_one_folder_never_stand_twice_on_one_album():
    lossless = [as_flac(each) for each in numbered(3, 10)]
    assert shapes([*numbered(3), *lossless]) == [("45", "Кино", 3), ("45", "Кино", 3)]
    assert all(len({track.file.media_type for track in a.tracks}) == 1 for a in group([*numbered(3), *lossless]))
    assert shapes([*numbered(3)[:2], *lossless[2:]]) == [("45", "Кино", 3)]


def as_flac(each: Taken) -> Taken:
    file = structs.replace(each.track.file, media_type="audio/flac")
    number = each.track.position
    return each._replace(track=structs.replace(each.track, file=file, title=f"Song {number}", position=number))


def test_songs_of_no_album_stand_with_their_artist():
    files = [taken(n, f"Downloads/{n}.mp3", album="", artist=f"Band {n % 2}") for n in range(6)]
    assert shapes(files) == [(NON_ALBUM, "Band 0", 3), (NON_ALBUM, "Band 1", 3)]


def loose(count: int, **said: object) -> list[Taken]:
    """Songs in a folder that name no album."""
    return [
        taken(n, f"Mix/{n}.mp3", artist=f"Band {n % 50}", album="Mix", from_folder=True, **said)  # type: ignore[arg-type]
        for n in range(count)
    ]


def test_a_mixtape_is_an_album_and_a_heap_is_none():
    assert shapes(loose(15)) == [("Mix", VARIOUS, 15)]
    assert len(shapes(loose(200))) == 50
    tape = [each._replace(track=structs.replace(each.track, position=n)) for n, each in enumerate(loose(200), 1)]
    assert shapes(tape) == [("Mix", VARIOUS, 200)]


def test_in_a_folder_of_many_albums_one_title_of_two_bands_is_two():
    others = [taken(n, f"Downloads/{n}.mp3", album=f"Other {n}", artist="X") for n in (1, 2)]
    hits = [taken(n, f"Downloads/{n}.mp3", album="Greatest Hits", artist=f"Band {n}") for n in (3, 4)]
    assert len(group([*others, *hits])) == 4
    assert len(group(hits)) == 1
    assert len(group(hits, around={"other 1", "other 2"})) == 2


def test_two_recordings_that_happen_to_have_one_name_are_no_album_twice():
    first, second = taken(1, "Radio/night.ogg", album="", artist=""), taken(2, "Radio/night.opus", album="", artist="")
    opus = structs.replace(
        second.track, title="Song 1", file=structs.replace(second.track.file, media_type="audio/opus")
    )
    assert [len(album.tracks) for album in group([first, second._replace(track=opus)])] == [2]
