"""Smart playlists: what a rule says is what a plain loop over all songs finds."""

from __future__ import annotations

from datetime import timedelta

import pytest
from msgspec import structs

from magnitizdat.errors import UsageError
from magnitizdat.library.index.smart import Condition, Smart, Sort, checked_rule, songs_by_rule
from magnitizdat.library.journal import AlbumRow, LabelRow, PublishedRow, TrackRow
from magnitizdat.model import Artist, File, Release, Track
from magnitizdat.ops.listen import listening, playlists
from tests.fakes_library import NOW, database_of, make_library, rows

ALBUMS = [("45", "Кино", "1982"), ("Ночь", "КИНО", "1986-01"), ("LV", "Зоопарк", "")]
TITLES = ["Группа крови", "Ёлка", "100% naïve", "Intro", "Outro"]


@pytest.fixture(scope="module")
def mine(tmp_path_factory):
    with make_library(tmp_path_factory.mktemp("smart") / "library") as library:
        with library.changes() as changes:
            for number, (title, artist, date) in enumerate(
                [("45", "Кино", "1982"), ("Ночь", "КИНО", "1986-01"), ("LV", "Зоопарк", "")]
            ):
                album = f"{number:x}".ljust(32, "0")
                genres = ("Rock",) if number else ()
                changes.row(AlbumRow(release=Release(id=album, title=title, artist=artist, date=date, genres=genres)))
                for place, name in enumerate(TITLES, 1):
                    changes.row(TrackRow(release_id=album, track=track(number, place, name, artist)))
            changes.row(LabelRow(imprint="mag1x", name="Zoopark Tapes", standing="own"))
            changes.row(PublishedRow(release_id="2".ljust(32, "0"), imprint="mag1x"))
            changes.commit()
        rows(library, "UPDATE album SET added = unixepoch('2026-04-20') WHERE title = 'Ночь'")
        rows(library, "UPDATE album SET added = unixepoch('2020-01-01') WHERE title <> 'Ночь'")
        listening.star(library, "", "track", [track(0, 1, "x", "y").id], now=NOW)
        listening.rate(library, "", "track", track(1, 2, "x", "y").id, 5)
        listening.rate(library, "", "track", track(1, 3, "x", "y").id, 3)
        for days in (1, 40):
            listening.scrobble(library, "", track(2, 4, "x", "y").id, at=NOW - timedelta(days=days))
        listening.scrobble(library, "", track(2, 5, "x", "y").id, at=NOW - timedelta(days=300))
        yield library


def track(album, place, name, artist):
    genres = ("Post-punk", "Rock") if place == 1 else ()
    return Track(
        id=f"{album}{place}".ljust(64, "a"),
        title=name,
        artist=artist,
        position=place,
        duration_s=place * 60,
        genres=genres,
        file=File(sha256=f"{album}{place}".ljust(64, "b"), length=1, media_type="audio/flac"),
    )


def found(library, *conditions, either=(), sort=(), limit=0, listener=""):
    rule = Smart(all=tuple(map(as_condition, conditions)), any=tuple(map(as_condition, either)), sort=sort, limit=limit)
    songs = songs_by_rule(database_of(library), listener, checked_rule(rule), now=NOW)
    places = dict(rows(library, "SELECT song, a.title || '/' || position FROM track t JOIN album a ON a.id = t.album"))
    return [places[each] for each in songs]


def as_condition(text):
    field, op, value = text
    return Condition(field=field, op=op, value=value)


@pytest.mark.parametrize(
    ("condition", "expected"),
    [
        (("title", "is", "группа КРОВИ"), {"45/1", "Ночь/1", "LV/1"}),
        (("title", "contains", "tro"), {f"{album}/{n}" for album in ("45", "Ночь", "LV") for n in (4, 5)}),
        (("title", "contains", "0% n"), {"45/3", "Ночь/3", "LV/3"}),
        (("artist", "is", "кино"), {f"{album}/{n}" for album in ("45", "Ночь") for n in range(1, 6)}),
        (("artist", "is-not", "кино"), {f"LV/{n}" for n in range(1, 6)}),
        (("artist", "lacks", "ино"), {f"LV/{n}" for n in range(1, 6)}),
        (("album", "is", "lv"), {f"LV/{n}" for n in range(1, 6)}),
        (("label", "contains", "zoopark"), {f"LV/{n}" for n in range(1, 6)}),
        (("year", "is", 1986), {f"Ночь/{n}" for n in range(1, 6)}),
        (("year", "below", 1983), {f"{album}/{n}" for album in ("45", "LV") for n in range(1, 6)}),
        (("genre", "is", "post-punk"), {"45/1", "Ночь/1", "LV/1"}),
        (("genre", "is", "rock"), {"45/1"} | {f"{album}/{n}" for album in ("Ночь", "LV") for n in range(1, 6)}),
        (("genre", "is-not", "rock"), {f"45/{n}" for n in range(2, 6)}),
        (("genre", "contains", "punk"), {"45/1", "Ночь/1", "LV/1"}),
        (("duration", "above", 299.5), {"45/5", "Ночь/5", "LV/5"}),
        (("plays", "is", 2), {"LV/4"}),
        (("plays", "above", 0), {"LV/4", "LV/5"}),
        (("rating", "above", 3), {"Ночь/2"}),
        (("starred", "is", True), {"45/1"}),
        (("played", "within-days", 7), {"LV/4"}),
        (("played", "before", "2026-01-01"), {"LV/5"}),
        (("played", "after", "2026-01-01"), {"LV/4"}),
        (("added", "within-days", 30), {f"Ночь/{n}" for n in range(1, 6)}),
        (("added", "after", "2026-04-01"), {f"Ночь/{n}" for n in range(1, 6)}),
    ],
)
def test_one_condition(mine, condition, expected):
    assert set(found(mine, condition)) == expected


def test_never_heard_is_not_heard_within_days(mine):
    assert len(found(mine, ("played", "not-within-days", 7))) == 14
    assert len(found(mine, ("starred", "is", False))) == len(found(mine, ("starred", "is-not", True))) == 14


def test_all_any_order_and_limit(mine):
    either = [("title", "is", "intro"), ("title", "is", "outro")]
    assert found(mine, ("artist", "is", "кино"), either=either) == ["45/4", "45/5", "Ночь/4", "Ночь/5"]
    longest = (Sort(by="duration", down=True), Sort(by="year"))
    assert found(mine, sort=longest, limit=4) == ["LV/5", "45/5", "Ночь/5", "LV/4"]
    assert sorted(found(mine, sort=(Sort(by="random"),))) == sorted(found(mine))
    assert found(mine, ("plays", "above", 0), sort=(Sort(by="plays", down=True),)) == ["LV/4", "LV/5"]
    assert found(mine, ("plays", "above", 0), listener="Наталья") == []


@pytest.mark.parametrize(
    "condition",
    [
        ("title", "above", "a"),
        ("title", "is", 3),
        ("year", "contains", "19"),
        ("year", "is", True),
        ("starred", "is", "yes"),
        ("starred", "above", True),
        ("played", "before", "yesterday"),
        ("played", "within-days", -1),
        ("added", "is", "2026-01-01"),
        ("rating", "within-days", 3),
    ],
)
def test_rules_that_make_no_sense(mine, condition):
    with pytest.raises(UsageError):
        checked_rule(Smart(any=(as_condition(condition),)))
    with pytest.raises(UsageError):
        playlists.create(mine, "", "Odd", rule=Smart(all=(as_condition(condition),)), now=NOW)


def test_a_smart_playlist_is_asked_anew_each_time(mine):
    rule = Smart(all=(Condition(field="rating", op="is", value=1),))
    made = playlists.create(mine, "", "Worst", rule=rule, now=NOW)
    assert playlists.songs(mine, "", made, now=NOW) == []
    listening.rate(mine, "", "track", track(0, 2, "x", "y").id, 1)
    assert len(playlists.songs(mine, "", playlists.playlist(mine, "", made.id), now=NOW)) == 1
    listening.rate(mine, "", "track", track(0, 2, "x", "y").id, 0)
    with pytest.raises(UsageError, match="limit"):
        playlists.update(mine, "", made.id, rule=Smart(limit=-1), now=NOW)


def test_shuffled_is_everything_in_another_order(mine):
    everything = playlists.shuffled(mine)
    assert sorted(everything) == sorted(song for (song,) in rows(mine, "SELECT song FROM track"))
    assert len(playlists.shuffled(mine, count=4)) == 4


def test_each_of_several_artists_has_the_song(tmp_path):
    both = (Artist(name="Ann"), Artist(name="Bob"))
    with make_library(tmp_path / "library") as library:
        with library.changes() as changes:
            changes.row(AlbumRow(release=Release(id="0" * 32, title="Duets", artist="Ann")))
            songs = [structs.replace(track(0, 1, "Duet", "Ann & Bob"), artists=both), track(0, 2, "Solo", "Ann")]
            for each in songs:
                changes.row(TrackRow(release_id="0" * 32, track=each))
            changes.commit()
        titles = dict(rows(library, "SELECT song, title FROM track"))
        for op, name, expected in (
            ("is", "bob", ["Duet"]),
            ("is", "ann & bob", ["Duet"]),
            ("is", "ann", ["Duet", "Solo"]),
            ("is-not", "bob", ["Solo"]),
        ):
            rule = Smart(all=(Condition(field="artist", op=op, value=name),))
            assert [titles[song] for song in songs_by_rule(database_of(library), "", rule, now=NOW)] == expected
