"""Search: any name finds itself; two sets of names are found as people spell them, among thousands of others."""

from __future__ import annotations

import os
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from msgspec import structs

from magnitizdat.errors import MagError
from magnitizdat.formats.spelling.words import words
from magnitizdat.library.journal import AlbumGone, AlbumRow, TrackRow
from magnitizdat.model import Artist, File, Release, Track
from magnitizdat.ops.listen.searching import find
from tests.fakes_library import make_library, put_album
from tests.ops.haystack import fill, names

TRACK = Track(
    id="0" * 64,
    title="Песня",
    artist="Науменко",
    file=File(sha256="1" * 64, length=1, media_type="audio/flac"),
    duration_s=1,
)
HERE = Path(__file__).parent
DEVELOPMENT = Path(os.environ.get("MAG_SEARCH", HERE.parents[3] / "shared" / "search")) / "names.tsv"
OTHERS = 3000


def spelled(path):
    """Native spelling to what people type for it."""
    lines = [line.split("\t") for line in path.read_text("utf-8").splitlines() if line and not line.startswith("#")]
    return {native: typed.split("|") for native, typed in lines}


@pytest.fixture
def library(tmp_path):
    with make_library(tmp_path / "library") as made:
        yield made


@pytest.mark.parametrize("path", [HERE / "data" / "names.tsv", DEVELOPMENT], ids=["our own", "development"])
def test_names_are_found_as_people_spell_them(library, path):
    if not path.is_file():
        pytest.skip("this set of names is not here")
    wanted = spelled(path)
    fill(library, list(wanted), OTHERS)
    asked = [(native, typed) for native, each in wanted.items() for typed in (native, *each)]
    places = {}
    for native, typed in asked:
        found = [artist.name for artist in find(library, typed, albums=(0, 0), tracks=(0, 0)).artists[:10]]
        places[native, typed] = found.index(native) if native in found else None
    missed = {key: place for key, place in places.items() if place}
    at_10 = sum(place is not None for place in places.values()) / len(asked)
    at_1 = sum(place == 0 for place in places.values()) / len(asked)
    assert at_10 >= 0.97, missed
    assert at_1 >= 0.9, missed
    assert all(places[native, native] == 0 for native in wanted)


@settings(max_examples=30, deadline=None)
@given(name=st.text(min_size=1, max_size=40))
def test_any_name_finds_itself(tmp_path_factory, name):
    with make_library(tmp_path_factory.mktemp("any") / "library") as library:
        fill(library, [name, "Кино", "Mike"], 0)
        found = [artist.name for artist in find(library, name).artists]
        assert found[:1] == [name] or not words(name)


def test_artists_albums_and_tracks_are_pages_of_their_own(library):
    album, _ = put_album(library, "Группа крови", "Кино", lengths=(10, 11, 12))
    put_album(library, "Кино", "Другие", lengths=(13,))
    found = find(library, "gruppa krovi kino")
    assert found.albums[0].id == album
    assert [artist.name for artist in find(library, "kino").artists] == ["Кино"]
    assert [each.name for each in find(library, "kino").albums] == ["Кино", "Группа крови"]
    everything = find(library, "песня").tracks
    assert len(everything) == 4
    assert find(library, "песня", tracks=(1, 2), artists=(0, 0)).tracks == everything[1:3]
    assert find(library, "песня", tracks=(9, 2)).tracks == ()
    assert everything[0].song


@pytest.mark.parametrize("typed", ["", " ", '"', "%&*", "NEAR(", "a AND", "-x:y", "NOT", "kind:artist", "x" * 5000])
def test_anything_can_be_typed(library, typed):
    put_album(library, lengths=(10,))
    assert find(library, typed).tracks == ()


def test_aliases_of_releases_are_names_of_the_artist_too(library):
    with library.changes() as changes:
        release = Release(id="0" * 32, title="Tape", artist="ДДТ", aliases=("Dirty Dancing Trio", "Шевчук"))
        changes.row(AlbumRow(release=release))
        changes.commit()
    for typed in ("shevchuk", "dirty trio", "ddt"):
        assert [artist.name for artist in find(library, typed).artists] == ["ДДТ"], typed
        assert [album.name for album in find(library, typed).albums] == ["Tape"], typed
    with library.changes() as changes:
        changes.row(AlbumRow(release=Release(id="0" * 32, title="Tape", artist="ДДТ")))
        changes.commit()
    assert find(library, "shevchuk").artists == ()
    assert [artist.name for artist in find(library, "ddt").artists] == ["ДДТ"]


def test_who_is_gone_is_not_found(library):
    album, _ = put_album(library, "45", "Кино", lengths=(10,))
    with library.changes() as changes:
        changes.row(AlbumGone(release_id=album, imprint=""))
        changes.commit()
    found = find(library, "kino")
    assert (found.artists, found.albums, found.tracks) == ((), (), ())
    put_album(library, "46", "Кино", lengths=(12,))
    assert [artist.name for artist in find(library, "kino").artists] == ["Кино"]


def test_a_word_that_was_asked_for_before_finds_what_came_since(library):
    put_album(library, "45", "Науменка", lengths=(10,))
    assert [artist.name for artist in find(library, "naumenko").artists] == ["Науменка"]
    put_album(library, "Лето", "Науменко", lengths=(11,))
    assert [artist.name for artist in find(library, "naumenko").artists][:1] == ["Науменко"]


def test_words_of_a_transaction_that_was_taken_back_are_learnt_again(library):
    def interrupted():
        with library.index.transaction():
            library.shelf.finding.put_track(1, "0" * 32, TRACK, ("Лето",))
            raise MagError("stop")

    with pytest.raises(MagError, match="stop"):
        interrupted()
    put_album(library, "Лето", "Науменко", lengths=(10,))
    assert [artist.name for artist in find(library, "Naumenko").artists] == ["Науменко"]


SIGNS = ["!!!", "+/-", "( )", "÷", "☆", "$$$", "?", "...", "%", "💩", "#", "[]", "\\", "AC/DC", "P!nk", "R.E.M."]


def test_names_of_signs_are_found_by_themselves(library):
    fill(library, SIGNS, 300)
    for name in SIGNS:
        assert find(library, name).artists[0].name == name
    assert [artist.name for artist in find(library, "!!").artists] == ["!!!"]
    assert [artist.name for artist in find(library, "…").artists] == ["..."]
    assert [artist.name for artist in find(library, "☆\ufe0f").artists] == ["☆"]
    assert find(library, "!?").artists == ()
    for name in SIGNS:
        assert [track.artist for track in find(library, name).tracks][:1] == [name]
        assert [album.artist for album in find(library, name).albums][:1] == [name]


FORENAMES = {
    "Егор Летов": "Letov|Летов|Egor|Yegor|Егор|Egor Letov|Jegor Letow|George Letov|Гоша Летов",
    "Анастасия Полева": "Nastya Poleva|Настя Полева|Anastasia",
    "Вячеслав Бутусов": "Slava Butusov|Vyacheslav|Wjatscheslaw Butussow",
    "Ihor Kozak": "Игорь Козак|Igor Kozak",
    "Любовь Успенская": "Luba Uspenskaya|Люба Успенская|Lyubov",
}


def test_forenames_are_found_in_either_script_and_by_their_short_forms(library):
    fill(library, list(FORENAMES), 300)
    for name, typed in FORENAMES.items():
        for each in typed.split("|"):
            assert name in [artist.name for artist in find(library, each).artists[:3]], each


def test_names_that_people_and_pieces_are_sorted_by_are_found(library):
    album, _ = put_album(library, "プレシャス", "小倉唯", lengths=(10,))
    release = library.shelf.release(album)
    (track,) = release.tracks
    fields = {
        "artists": (Artist(name="小倉唯", sort_name="Ogura, Yui"), Artist(name="Guest")),
        "title_sort": "Raise",
        "composer": "Бах",
        "composer_sort": "Bach, J. S.",
    }
    with library.changes() as changes:
        changes.row(TrackRow(release_id=album, track=structs.replace(track, **fields)))
        changes.row(AlbumRow(release=structs.replace(release, tracks=(), title_sort="Precious")))
        changes.commit()
    assert [artist.name for artist in find(library, "Ogura").artists] == ["小倉唯"]
    assert [artist.name for artist in find(library, "guest").artists] == ["Guest"]
    assert [found.id for found in find(library, "precious").albums] == [album]
    for typed in ("Ogura", "raise", "bach", "guest"):
        assert [found.title for found in find(library, typed).tracks] == [track.title], typed
    library.shelf.finding.refill()
    assert [artist.name for artist in find(library, "Ogura Yui").artists] == ["小倉唯"]
    assert [found.title for found in find(library, "raise").tracks] == [track.title]


def test_short_names_and_beginnings(library):
    fill(library, ["Я", "БГ", "U2", "Янка", "Ленинградский рок-клуб"], 200)
    for typed in ("Я", "БГ", "U2", "u2", "bg"):
        assert find(library, typed).artists[0].name == {"u2": "U2", "bg": "БГ"}.get(typed, typed)
    for typed in ("янк", "leningr", "Ленинградский рок", "рокклуб"):
        assert find(library, typed).artists[0].name in {"Янка", "Ленинградский рок-клуб"}


def test_numbers_are_found_as_they_are_and_as_they_begin(library):
    fill(library, ["1984", "Blink 182"], 20)
    assert [artist.name for artist in find(library, "1984").artists] == ["1984"]
    assert [artist.name for artist in find(library, "198").artists] == ["1984"]
    assert [artist.name for artist in find(library, "blink 18").artists] == ["Blink 182"]
    assert find(library, "tape 7").albums[0].name == "Tape 7"


def test_generated_names_are_different():
    assert len(set(names(500))) == 500


def test_albums_are_found_beside_very_many_artists_of_their_name(library):
    album, _ = put_album(library, "Мост", "Кино", lengths=(10,))
    fill(library, [f"Мост {number}" for number in range(300)], 0)
    found = find(library, "мост", albums=(0, 20))
    assert len(found.artists) == 20
    assert found.albums[0].id == album
