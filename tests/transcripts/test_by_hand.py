"""Playlists and stars on the command line, and a shelf that is narrowed and sorted."""

from __future__ import annotations

from magnitizdat.errors import EXIT_USAGE


def test_a_playlist_is_made_added_to_and_removed(mag):
    (album,) = mag("list", "--json").document["releases"]
    tracks = album["tracks"]
    made = mag("playlist", "make", "Night", "45/1")
    assert (made.code, made.out.strip()) == (0, "«Night» is a playlist now. Songs: 1.")
    assert mag("playlist", "make", "night").code == EXIT_USAGE
    added = mag("playlist", "add", "Night", "45", "--json").document
    assert (added["changed"], added["tracks"]) == (tracks, tracks + 1)
    assert [each["name"] for each in mag("playlist", "list", "--json").document["playlists"]] == ["Night"]
    less = mag("playlist", "remove", "Night", "45/1", "--json").document
    assert (less["changed"], less["tracks"]) == (2, tracks - 1)
    gone = mag("playlist", "remove", "Night")
    assert (gone.code, "its songs stay" in gone.out) == (0, True)
    assert mag("playlist", "list", "--json").document["playlists"] == []
    assert mag("playlist", "add", "Night", "45").code == EXIT_USAGE


def test_stars_and_ratings(mag):
    (album,) = mag("list", "--json").document["releases"]
    assert mag("star", "45", "45/1", "--json").document["tracks"] == 1
    assert [each["id"] for each in mag("list", "--starred", "--json").document["releases"]] == [album["id"]]
    assert mag("star", "45", "--off").code == 0
    assert "No album is like that" in mag("list", "--starred").out
    assert mag("star", "45/1", "--rating", "4").code == 0
    assert mag("star", "Nothing").code == EXIT_USAGE


def test_a_shelf_is_narrowed_and_sorted(mag):
    (album,) = mag("list", "--json").document["releases"]
    year = album["date"][:4] or "0000"
    for wish in (("--artist", album["artist"][:3]), ("--sort", "plays"), ("--sort", "added"), ("--sort", "title")):
        assert len(mag("list", *wish, "--json").document["releases"]) == 1
    assert len(mag("list", "--year", f"{year}-2100", "--json").document["releases"]) == 1
    for wish in (("--artist", "nobody"), ("--genre", "nothing"), ("--label", "nobody"), ("--year", "2099")):
        assert mag("list", *wish, "--json").document["releases"] == []
    for wrong in (("--year", "last"), ("--sort", "colour")):
        assert mag("list", *wrong).code == EXIT_USAGE


def test_a_star_says_what_it_marks_and_a_correction_which_song_it_was(mag):
    assert "Starred: «45», «Song 1»." in mag("star", "45", "45/1").out
    assert "Starred no more: «45»." in mag("star", "45", "--off").out
    assert "Rated 4 of 5: «Song 1»." in mag("star", "45/1", "--rating", "4").out
    assert "Rated no more: «Song 1»." in mag("star", "45/1", "--rating", "0").out
    assert "Corrected: «Zulu», number 1 of «45»." in mag("edit", "45/1", "--title", "Zulu").out
    moved = mag("edit", "45/1", "--position", "7").out
    assert "Corrected: «Zulu», which is number 7 of «45» now; it was number 1." in moved
    assert "Corrected: «46»." in mag("edit", "45", "--title", "46").out
