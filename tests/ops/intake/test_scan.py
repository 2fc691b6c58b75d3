"""Finding files: the order of a person's folders, and what is odd about some of them."""

from __future__ import annotations

import os
import socket
from pathlib import Path

from hypothesis import example, given
from hypothesis import strategies as st

from magnitizdat.ops.intake.scan import natural_order, walk
from tests.ops.music import write


def hints(*paths) -> list[list[str]]:
    return [[found.hint for found in files] for files in walk(paths)]


@given(names=st.lists(st.text(max_size=12), max_size=8))
@example(names=["1²3", "²", "٣", "Ⅷ", "x"])
def test_any_names_can_be_sorted(names):
    assert sorted(sorted(names, key=natural_order)) == sorted(names)


def test_ten_comes_after_two():
    names = ["10.mp3", "2.mp3", "Side b", "side A", "1.mp3"]
    assert sorted(names, key=natural_order) == ["1.mp3", "2.mp3", "10.mp3", "side A", "Side b"]


def test_the_named_folder_is_nobodys_name_unless_music_lies_in_it(tmp_path):
    write(tmp_path / "Music", {"Kino/45/2.mp3": b"", "Kino/45/10.mp3": b"", "Loose.mp3": b""})
    assert hints(tmp_path / "Music") == [["Music/Loose.mp3"], ["Kino/45/2.mp3", "Kino/45/10.mp3"]]


def test_discs_below_the_named_folder_keep_its_name(tmp_path):
    write(tmp_path / "45", {"CD1/1.mp3": b"", "CD2/1.mp3": b""})
    assert hints(tmp_path / "45") == [["45/CD1/1.mp3"], ["45/CD2/1.mp3"]]


def test_one_file_is_known_by_the_folder_it_lies_in(tmp_path, monkeypatch):
    write(tmp_path / "45", {"1.mp3": b"abc"})
    monkeypatch.chdir(tmp_path / "45")
    assert hints(Path("1.mp3")) == [["45/1.mp3"]]


def test_hidden_files_are_not_met(tmp_path):
    write(tmp_path, {".hidden.mp3": b"", "._1.mp3": b"", ".Trash/1.mp3": b"", "1.mp3": b""})
    assert [hint.rpartition("/")[2] for files in hints(tmp_path) for hint in files] == ["1.mp3"]


def test_a_link_to_a_folder_may_be_named_but_is_not_followed_inside(tmp_path):
    write(tmp_path / "Music", {"1.mp3": b""})
    (tmp_path / "link").symlink_to(tmp_path / "Music")
    (tmp_path / "Music" / "loop").symlink_to(tmp_path / "Music")
    (files,) = walk([tmp_path / "link"])
    assert {found.path.name: bool(found.odd) for found in files} == {"1.mp3": False, "loop": True}


def test_sockets_and_pipes_are_odd(tmp_path, monkeypatch):
    os.mkfifo(tmp_path / "pipe")
    monkeypatch.chdir(tmp_path)  # the path of a socket is short
    with socket.socket(socket.AF_UNIX) as bound:
        bound.bind("socket")
        (files,) = walk([tmp_path])
    assert {found.path.name: found.odd for found in files} == {"pipe": "it is a pipe", "socket": "it is a socket"}


def test_what_is_not_there_is_said(tmp_path):
    (first,), (second,) = walk([tmp_path / "nowhere", tmp_path / "a\0b"])
    assert (first.odd, second.odd) == ("it is not there; check the name", "no file can have such a name")


def test_names_that_are_no_text_become_some(tmp_path):
    (tmp_path / os.fsdecode(b"\xff.mp3")).write_bytes(b"")
    ((found,),) = walk([tmp_path])
    assert found.hint.endswith("\ufffd.mp3")
    assert found.path.exists()
