"""Finding files: the order of a person's folders, and what is odd about some of them."""

from __future__ import annotations

import os
import socket
from pathlib import Path

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from magnitizdat.ops.intake.scan import is_junk, natural_order, walk
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


def test_a_name_that_begins_with_a_dot_is_a_name(tmp_path):
    write(tmp_path / "Music", {"...And Justice/1.mp3": b"", ".hidden.mp3": b""})
    assert hints(tmp_path / "Music") == [["Music/.hidden.mp3"], ["...And Justice/1.mp3"]]


def test_junk_of_systems_is_met_and_known_for_it(tmp_path):
    junk = ["._1.mp3", ".DS_Store", "Thumbs.db", "desktop.ini", "__MACOSX/a/1.mp3", ".Trash-1000/1.mp3"]
    write(tmp_path, dict.fromkeys((*junk, "1.mp3"), b""))
    met = [found for files in walk([tmp_path]) for found in files]
    assert [found.path.name for found in met if not is_junk(found)] == ["1.mp3"]
    assert len(met) == len(junk) + 1


def test_unfinished_downloads_are_odd(tmp_path):
    names = [
        "~h.mp3.tmp",
        "a.mp3.part",
        "b.flac.crdownload",
        "c.!qB",
        ".syncthing.d.mp3.tmp",
        "~syncthing~e.mp3.tmp",
        "f.download",
    ]
    write(tmp_path, dict.fromkeys((*names, "g.mp3", "g.mp3.aria2", "whole.mp3"), b"x"))
    (files,) = walk([tmp_path])
    assert {found.path.name for found in files if not found.odd} == {"whole.mp3"}


@pytest.mark.parametrize("encoding", ["cp1251", "koi8-r", "cp866", "utf-8"])
def test_names_of_old_systems_are_read_by_their_code_page(tmp_path, encoding):
    (tmp_path / os.fsdecode("01 Группа крови.mp3".encode(encoding))).write_bytes(b"x")
    ((found,),) = walk([tmp_path])
    assert found.hint.rpartition("/")[2] == "01 Группа крови.mp3"
    assert found.path.read_bytes() == b"x"


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
