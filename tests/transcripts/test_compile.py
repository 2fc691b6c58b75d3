"""`mag compile` on the command line."""

from __future__ import annotations

import pytest

from magnitizdat.errors import EXIT_USAGE


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
