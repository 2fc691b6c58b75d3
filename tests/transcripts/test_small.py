"""Small and full on the command line: what is said, what scripts get, and what is refused."""

from __future__ import annotations

import pytest

from magnitizdat.errors import EXIT_PARTLY, EXIT_USAGE
from tests.fakes_audio import make_audio
from tests.fakes_library import make_library
from tests.ops.music import write


@pytest.fixture
def signed(mag, tmp_path):
    """An album of two lossless tracks in a label, and Kino's "45" in none."""
    tags = {"artist": "Зоопарк", "album": "Белая полоса"}
    songs = {f"B/{n}.flac": make_audio("flac", 4.0, {**tags, "track": str(n)}, tone=300.0 + n) for n in (1, 2)}
    mag("import", write(tmp_path / "More", songs))
    mag("label", "create", "Zoopark Tapes")
    return mag("publish", "Белая полоса")


@pytest.fixture
def ears(bare, tmp_path, passphrase):
    """`mag` on a listener's library."""
    make_library(tmp_path / "ears").close()
    return lambda *arguments: bare("--library", tmp_path / "ears", "--passphrase-file", passphrase, *arguments)


def test_publish_says_what_it_made(mag, signed):
    assert signed.code == 0
    assert "2 tracks got small versions (Opus 128)" in signed.out
    again = mag("publish", "Белая полоса", "--json").document
    assert (again["releases"], again.get("small", 0)) == ([], 0)
    plain = mag("publish", "45", "--no-small", "--json").document
    assert ([each["title"] for each in plain["releases"]], plain.get("small", 0)) == (["45"], 0)
    assert "renditions" not in mag("show", "45", "--json").document["release"]["tracks"][1]


def test_from_a_small_reel_and_later_a_full_one(mag, ears, signed, tmp_path, words_file):
    small = mag("reel", "cut", tmp_path / "small", "--label", "Zoopark Tapes", "--quality", "small", "--json").document
    assert (small["quality"], small["without_small"], small["only_small"]) == ("small", [], [])
    full = mag("reel", "cut", tmp_path / "full", "--label", "Zoopark Tapes", "--json").document
    assert full["quality"] == "full"
    assert small["cut"]["total_bytes"] < full["cut"]["total_bytes"]
    said = ears("dub", tmp_path / "small", "--words-file", words_file(small["words"]))
    assert said.code == 0
    assert "«Белая полоса» is here in its small version" in said.out
    assert "; small" in ears("list").out
    (listed,) = ears("list", "--json").document["releases"]
    assert (listed["quality"], listed["complete"], listed["small"]) == ("small", True, 2)
    assert "opus, small" in ears("show", "Белая полоса").out
    assert "here, small" in ears("reel", "list", tmp_path / "full", "--words-file", words_file(full["words"])).out
    assert suffixes(ears, tmp_path / "plain") == {".opus"}
    taken = ears("dub", tmp_path / "full", "--words-file", words_file(full["words"]), "--json")
    assert (taken.code, taken.document.get("small", [])) == (0, [])
    assert ears("list", "--json").document["releases"][0]["quality"] == "full"
    assert suffixes(ears, tmp_path / "again") == {".flac"}


def suffixes(ears, folder):
    assert ears("export", "--all", folder).code == 0
    return {path.suffix for path in folder.rglob("0?*.*")}


def test_short_of_space_it_says_that_small_versions_go(mag, signed, tmp_path):
    full = mag("reel", "cut", tmp_path / "full", "--label", "Zoopark Tapes", "--json").document["cut"]["total_bytes"]
    chosen = ("--label", "Zoopark Tapes", "--size", str(full - 1))
    said = mag("reel", "cut", tmp_path / "reel", *chosen)
    assert said.code == 0
    assert "There is no room for everything in full" in said.out
    assert said.out.index("no room") < said.out.index("The reel takes")
    said = mag("reel", "cut", tmp_path / "open", "--open", "--size", "60k", "--album", "45")
    assert said.code == 0
    assert "has no small version here" not in said.out
    said = mag("reel", "cut", tmp_path / "some", "--open", "--quality", "full", "--size", "215k", "--json")
    assert said.code == EXIT_PARTLY
    assert [each["title"] for each in said.document["left_out"]] == ["Белая полоса"], "which is worth less by byte"


def test_what_has_no_small_version_goes_in_full_and_is_counted(mag, tmp_path):
    mag("label", "create", "Zoopark Tapes")
    mag("publish", "45", "--no-small")
    said = mag("reel", "cut", tmp_path / "reel", "--quality", "small")
    assert said.code == 0
    assert "no small version here and go in full: 1 of 1. `mag publish` makes small versions" in said.out
    assert said.out.index("go in full") < said.out.index("Safe to pull")


def test_dub_takes_what_is_asked_for(mag, ears, signed, tmp_path):
    mag("publish", "--to", tmp_path / "open", "--label", "Zoopark Tapes")
    assert ears("dub", tmp_path / "open", "--quality", "small").code == 0
    assert ears("list", "--json").document["releases"][0]["small"] == 2
    assert ears("dub", tmp_path / "open", "--quality", "both").code == 0
    assert ears("list", "--json").document["releases"][0].get("small", 0) == 0


@pytest.mark.parametrize("verb", [("reel", "cut"), ("dub",)])
def test_a_quality_that_is_none(mag, tmp_path, verb):
    said = mag(*verb, tmp_path / "reel", "--quality", "medium")
    assert said.code == EXIT_USAGE
    assert "say small, full or both" in said.err
