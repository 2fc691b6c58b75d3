"""`mag compile` on the command line."""

from __future__ import annotations

import pytest

from magnitizdat.errors import EXIT_PARTLY, EXIT_USAGE


@pytest.fixture
def mix(mag, tmp_path):
    """A playlist of the songs that are here, and a label to sign it."""
    listing = tmp_path / "Mix.m3u8"
    listing.write_text("#EXTM3U\n#EXTINF:3,Кино - Song 2\n2.mp3\n#EXTINF:3,Кино - Song 1\n1.mp3\n", encoding="utf-8")
    assert mag("import", listing).code == 0
    assert mag("label", "create", "Natalia").code == 0
    return "Mix"


def test_a_playlist_is_signed_again_and_taken_back(mag, mix, tmp_path):
    notes = tmp_path / "notes.ru.md"
    notes.write_text("Слушать ночью", encoding="utf-8")
    said = mag("compile", mix, "--notes", notes)
    assert (said.code, said.err, said.out.splitlines()[0]) == (0, "", "«Mix» is signed by Natalia: 2 tracks.")
    again = mag("compile", mix, "--json").document
    assert (again["tracks"], again["unchanged"], again["name"], again["label"]) == (2, True, "Mix", "Natalia")
    assert again["key"].startswith(f"{again['imprint']}.")
    assert "withdrawn by Natalia" in mag("compile", mix, "--withdraw").out
    gone = mag("compile", mix, "--withdraw")
    assert (gone.code, "Natalia» has signed no compilation «Mix»" in gone.err) == (EXIT_USAGE, True)


def test_what_is_none_is_a_sentence(mag, mix, tmp_path):
    nothing = mag("compile", "Nothing")
    assert (nothing.code, "no playlist is called «Nothing»; there are: «Mix»" in nothing.err) == (EXIT_USAGE, True)
    (tmp_path / "notes.en.md").write_bytes(b"\xff\xfe\x00")
    notes = mag("compile", mix, "--notes", tmp_path / "notes.en.md")
    assert (notes.code, "the notes cannot be read" in notes.err) == (EXIT_USAGE, True)


def test_what_others_compiled_is_listed_shown_played_exported_and_carried(mag, mix, bare, tmp_path, passphrase):
    assert mag("label", "create", "Kino").code == 0
    assert mag("publish", "45", "--as", "Kino", "--no-small").code == 0
    assert mag("compile", mix, "--as", "Natalia").code == 0
    assert mag("reel", "cut", tmp_path / "open", "--open", "--label", "Natalia", "--album", "45", "--json").code == 0
    friend = ("--library", tmp_path / "friend", "--passphrase-file", passphrase)
    assert bare(*friend, "init").code == 0
    assert bare(*friend, "dub", tmp_path / "open").code == 0
    assert bare(*friend, "label", "follow", "Natalia").code == 0
    (line,) = bare(*friend, "list", "--playlists", "--json").document["playlists"]
    assert (line["name"], line["label"], line["tracks"], line["here"], line["own"]) == ("Mix", "Natalia", 2, 2, False)
    assert "Natalia" in bare(*friend, "list", "--playlists").out
    shown = bare(*friend, "show", "--playlist", "Mix", "--json").document["playlist"]
    assert [track["title"] for track in shown["tracks"]] == ["Song 2", "Song 1"]
    assert "Song 2" in bare(*friend, "show", "--playlist", line["id"]).out
    exported = bare(*friend, "export", "--playlist", "Mix", tmp_path / "plain")
    assert exported.code == 0
    assert [path.name for path in (tmp_path / "plain").rglob("*.m3u8")] == ["Mix.m3u8"]
    cut = bare(*friend, "reel", "cut", tmp_path / "next", "--open", "--playlist", "mix")
    assert (cut.code, "Missing" in cut.out) == (0, False)
    none = bare(*friend, "show", "--playlist", "Nothing")
    assert (none.code, "`mag list --playlists`" in none.err) == (EXIT_USAGE, True)
    for verb in ("show", "play"):
        assert bare(*friend, verb).code == EXIT_USAGE


def test_a_part_of_it_that_is_not_here_is_named_and_the_rest_is_carried(mag, mix, bare, tmp_path, passphrase):
    assert mag("label", "create", "Kino").code == 0
    assert mag("publish", "45", "--as", "Kino", "--no-small").code == 0
    assert mag("compile", mix, "--as", "Natalia").code == 0
    one = tmp_path / "One.m3u8"
    one.write_text("#EXTM3U\n#EXTINF:3,Кино - Song 2\n2.mp3\n", encoding="utf-8")
    assert mag("import", one).code == 0
    assert mag("reel", "cut", tmp_path / "open", "--open", "--playlist", "One", "--label", "Natalia").code == 0
    friend = ("--library", tmp_path / "friend", "--passphrase-file", passphrase)
    assert bare(*friend, "init").code == 0
    said = bare(*friend, "dub", tmp_path / "open")
    assert (said.code, "«45»: 1 of its 2 tracks is meant to be on it; the others are elsewhere." in said.out) == (
        0,
        True,
    )
    assert bare(*friend, "label", "follow", "Natalia").code == 0
    cut = bare(*friend, "reel", "cut", tmp_path / "next", "--open", "--playlist", "Mix", "--json")
    assert (cut.code, [each["what"] for each in cut.document["missing"]]) == (EXIT_PARTLY, ["Кино - Song 1"])
