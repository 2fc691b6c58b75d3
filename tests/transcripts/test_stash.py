"""`mag stash` as a courier meets it: no library, no passphrase."""

from __future__ import annotations

import json

import pytest

from magnitizdat.errors import EXIT_PARTLY, EXIT_SOURCE, EXIT_USAGE
from tests.fakes_stash import new_stick, tiny_reel


@pytest.fixture
def stick(tmp_path):
    for name in ("aaaaaaaa", "bbbbbbbb"):
        tiny_reel(tmp_path / "stick" / name)
    return tmp_path / "stick"


def test_a_week_of_a_courier(bare, stick, tmp_path):
    assert bare("stash", "list").out.startswith("The stash is empty.\n")
    said = bare("stash", "take", stick)
    assert (said.code, said.err) == (0, "")
    assert said.out.startswith("2 reels came into the stash, ")
    assert bare("stash", "take", stick).out == "Nothing new: the stash has all reels that are there.\n"
    other = new_stick(tmp_path / "other")
    assert "2 reels handed on." in bare("stash", "give", other).out
    listed = bare("stash", "list", "--json").document
    assert [each["copies"] for each in listed["reels"]] == [1, 1]
    name = listed["reels"][0]["name"]
    assert name in bare("stash", "list").out
    said = bare("stash", "drop", name)
    assert said.code == EXIT_USAGE
    assert "may be the last copy" in said.err
    assert "1 reel dropped" in bare("stash", "drop", name, "--yes").out


def test_what_scripts_read(bare, stick, tmp_path):
    taken = bare("stash", "take", stick, "--json").document
    assert {"taken", "already", "letters", "let_go", "missing", "exit_code"} <= taken.keys()
    assert {each["bytes"] > 0 for each in taken["taken"]} == {True}
    given = bare("stash", "give", new_stick(tmp_path / "one"), new_stick(tmp_path / "two"), "--json").document
    assert [len(each["given"]) for each in given["sticks"]] == [2, 2]
    names = [each["name"] for each in taken["taken"]]
    assert bare("stash", "drop", *names, "--json").document["dropped"] == names


def test_a_stash_lies_where_one_says(bare, stick, tmp_path, monkeypatch):
    bare("stash", "take", stick, "--stash", tmp_path / "here")
    assert len(json.loads((tmp_path / "here" / "stash.json").read_text())["reels"]) == 2
    monkeypatch.setenv("MAG_STASH", str(tmp_path / "here"))
    assert len(bare("stash", "list", "--json").document["reels"]) == 2


def test_a_full_stash_says_so(bare, stick):
    said = bare("stash", "take", stick, "--quota", "1K")
    assert said.code == EXIT_PARTLY
    assert "what is new there is larger than its quota; let it grow with `--quota`" in said.out
    assert "and the stash may take 1.0 kB in all" in said.out


def test_bad_input_has_a_sentence(bare, tmp_path):
    assert bare("stash", "take", tmp_path / "nowhere").code == EXIT_SOURCE
    assert "no sealed reel" in bare("stash", "take", tmp_path).err
    assert "empty" in bare("stash", "give", tmp_path).err
    assert "`mag stash list`" in bare("stash", "drop", "zzzzzzzz").err
