"""What followed labels say, as players see it: playlists that nobody changes, notes of albums, an average."""

from __future__ import annotations

import pytest

from magnitizdat.catalogue.voices import Compilation, CompiledTrack
from magnitizdat.ops.dub.from_spool import dub
from magnitizdat.ops.labels import labels
from magnitizdat.ops.labels.removing import remove_label
from magnitizdat.ops.places.spool import FolderSpool
from tests.fakes_library import NOW
from tests.fakes_player import NAMESPACE
from tests.fakes_voices import review_of, speaker

NOT_HERE = "ab" * 32


@pytest.fixture
def said(house, tmp_path):
    """Anna, who is followed, picks, rates and compiles; Boris rates; nobody knows Eve."""
    first, second = ("a1" * 16, "b2" * 16)
    tracks = {album: [song.track.id for song in house.library.browse.songs_of(album)] for album in (first, second)}
    songs = [tracks[second][1], NOT_HERE, tracks[first][0], tracks[second][1]]
    compiled = tuple(CompiledTrack(track_id=each, title="Song", artist="Кино") for each in songs)
    by_name = {
        "Anna": [
            review_of(*tracks[first], recommended=True, rating_value=4, headline="Loud",
                      review_body="Twice.\n<b>Thrice", date_published="2026-05-01"),
            review_of(*tracks[second], recommended=True, date_published="2026-06-01"),
            review_of(NOT_HERE, recommended=True, date_published="2026-07-01"),
            Compilation(playlist="cd" * 16, name="Night", notes={"en": "For the train."}, tracks=compiled,
                        date_published="2026-99-99"),
            Compilation(playlist="ef" * 16, name="Elsewhere", tracks=compiled[1:2]),
        ],
        "Boris": [review_of(*tracks[first], rating_value=1)],
        "Eve": [review_of(*tracks[first], recommended=True, rating_value=5, review_body="Buy it")],
    }  # fmt: skip
    for name, voices in by_name.items():
        dub(house.library, FolderSpool(speaker(tmp_path / name, name, *voices).folder), now=NOW)
        if name != "Eve":
            labels.follow(house.library, name)
    return house


def songs_in(answer):
    return [entry["id"] for entry in answer["playlist"]["entry"]]


def test_picks_and_compilations_are_playlists_of_their_label(said):
    listed = said.phone.ask("getPlaylists")["playlists"]["playlist"]
    assert [(each["name"], each["owner"], each["songCount"], each["readonly"]) for each in listed] == [
        ("Picks of Anna", "Anna", 5, True), ("Night", "Anna", 3, True),
    ]  # fmt: skip
    picks, night = listed
    assert (picks["changed"], night["changed"]) == ("2026-06-01T00:00:00Z", "1970-01-01T00:00:00Z")
    assert night["comment"] == "For the train."
    assert said.natalia.ask("getPlaylists")["playlists"]["playlist"] == listed
    assert said.phone.ask("getPlaylists", username="somebody")["playlists"]["playlist"] == []


def test_they_play_in_order_what_is_here(said):
    picks, night = said.phone.ask("getPlaylists")["playlists"]["playlist"]
    ids = {album: [line.song for line in said.library.browse.songs_of(album)] for album in ("a1" * 16, "b2" * 16)}
    found = said.phone.ask("getPlaylist", id=picks["id"])
    assert songs_in(found) == ids["b2" * 16] + ids["a1" * 16]
    assert {name: found["playlist"][name] for name in picks} == picks
    found = said.phone.ask("getPlaylist", id=night["id"])
    assert songs_in(found) == [ids["b2" * 16][1], ids["a1" * 16][0], ids["b2" * 16][1]]
    assert found["playlist"]["duration"] == round(180.4 * 3) == night["duration"]
    assert said.phone.raw("stream", id=songs_in(found)[0]).status_code == 200
    cover = said.phone.raw("getCoverArt", id=night["coverArt"], size=160)
    assert cover.headers["content-type"] == "image/png"


def test_nobody_changes_what_a_label_signed(said):
    for each in said.phone.ask("getPlaylists")["playlists"]["playlist"]:
        assert said.phone.error("updatePlaylist", playlistId=each["id"], name="Mine") == 50
        assert said.phone.error("updatePlaylist", playlistId=each["id"], songIndexToRemove=0) == 50
        assert said.phone.error("createPlaylist", playlistId=each["id"], songId=said.ids["song"]) == 50
        assert said.phone.error("deletePlaylist", id=each["id"]) == 50
        assert songs_in(said.phone.ask("getPlaylist", id=each["id"]))
    assert said.phone.error("getPlaylist", id="signed-nothing") == 70


def test_who_is_followed_no_more_has_no_playlists(said):
    night = said.phone.ask("getPlaylists")["playlists"]["playlist"][-1]
    remove_label(said.library, "Anna", sure=True)
    assert said.phone.ask("getPlaylists")["playlists"]["playlist"] == []
    assert said.phone.error("getPlaylist", id=night["id"]) == 70


@pytest.mark.parametrize("name", ["getAlbumInfo", "getAlbumInfo2"])
def test_notes_say_what_is_said(said, name):
    info = said.phone.ask(name, id="a1" * 16)["albumInfo"]
    assert info["notes"].split("\n\n") == ["Anna: ★★★★☆ Pick. Loud\nTwice.\n<b>Thrice", "Boris: ★☆☆☆☆"]
    assert said.phone.ask(name, id="b2" * 16)["albumInfo"]["notes"] == "Anna: Pick."
    assert "notes" not in said.phone.ask(name, id="c3" * 16)["albumInfo"]
    (notes,) = said.phone.xml(name, id="a1" * 16)[0]
    assert (notes.tag, notes.text) == (f"{NAMESPACE}notes", info["notes"])


def test_an_average_is_that_of_followed_labels(said):
    rated, other = "a1" * 16, "b2" * 16
    assert said.phone.ask("getAlbum", id=rated)["album"]["averageRating"] == 2.5
    assert "averageRating" not in said.phone.ask("getAlbum", id=other)["album"]
    assert said.phone.ask("getMusicDirectory", id=rated)["directory"]["averageRating"] == 2.5
    for name, inside in (("getAlbumList", "albumList"), ("getAlbumList2", "albumList2")):
        listed = said.phone.ask(name, type="alphabeticalByName")[inside]["album"]
        assert {each["id"]: each.get("averageRating") for each in listed} == {rated: 2.5, other: None, "c3" * 16: None}
    assert said.phone.xml("getAlbum", id=rated)[0].attrib["averageRating"] == "2.5"
