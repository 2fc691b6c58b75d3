"""BagIt: names that every reader takes alike, and manifests of strangers."""

from __future__ import annotations

import hashlib
import time
import unicodedata

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from magnitizdat.formats import budgets
from magnitizdat.formats.bagit import (
    about_lines,
    bag_name,
    bag_names,
    fact,
    manifest_line,
    payload_path,
    read_manifest,
)
from magnitizdat.formats.budgets import OverBudgetError
from magnitizdat.formats.names import imprint_text

LABEL = imprint_text(hashlib.sha256(b"a root").digest())
ROOT = f"labels/{LABEL}/metadata/1.root.json"


def digest(text: str) -> str:
    return hashlib.sha256(text.encode()).hexdigest()


def manifest(*paths: str, end: str = "\n"):
    lines = "".join(f"{digest(path)}  {path}{end}" for path in paths)
    return read_manifest([lines.encode()])


@given(st.text(max_size=80))
@example("100% Live")
@example("A$AP $HOME ${PATH}")
@example("a\u2028b\x85c\u3000")
@example("~/e\u0301")
def test_a_name_is_one_line_of_a_manifest_and_nothing_in_it_is_read_twice(text):
    name = bag_name(text)
    line = manifest_line(digest(text), f"data/{name}").decode()
    assert line.splitlines() == [line.removesuffix("\n")]
    assert line.strip().split(None, 1)[1] == f"data/{name}"
    assert unicodedata.normalize("NFC", name) == name
    assert not set(name) & set('%$\\/:*?"<>|\r\n')


@given(st.lists(st.text(max_size=20), max_size=12), st.integers(1, 40))
def test_what_was_listed_is_found_however_the_list_is_cut(texts, step):
    paths = [f"data/{name}" for name in bag_names(texts)]
    whole = b"".join(manifest_line(digest(path), path) for path in paths)
    found = read_manifest(whole[at : at + step] for at in range(0, len(whole), step))
    assert [found.path_of(digest(path)) for path in paths] == paths
    assert found.odd == 0


@pytest.mark.parametrize("end", ["\r\n", " \n", "\n\n"])
def test_other_ends_of_lines_are_ends_of_lines(end):
    found = manifest("data/a.flac", "data/b.flac", end=end)
    assert (found.path_of(digest("data/b.flac")), found.odd) == ("data/b.flac", 0)


def test_capitals_marks_stars_and_backslashes_of_other_programs():
    lines = f"\ufeff{digest('1').upper()} *data\\a b.flac\n".encode()
    assert read_manifest([lines]).path_of(digest("1")) == "data/a b.flac"


ODD = (
    "/etc/hostname",
    "data/../../etc/hostname",
    "data/./a",
    "data//a",
    "data",
    "data/",
    "C:/data/a",
    "data/C:/a",
    "../data/a",
    "other/a",
    "data/a\x00b",
    f"data/{'x' * 5000}",
    f"data/{'x' * 256}/a",
)


@pytest.mark.parametrize("path", ODD)
def test_paths_that_lead_elsewhere_are_passed_over(path):
    found = manifest(path, "data/whole")
    assert (found.path_of(digest(path)), found.odd) == (None, 1)
    assert found.path_of(digest("data/whole")) == "data/whole"
    assert payload_path(path.encode()) in {"", path}


def test_a_name_as_long_as_file_systems_have_them_is_one():
    assert payload_path(f"data/{'я' * 255}/a".encode()) == f"data/{'я' * 255}/a"


@pytest.mark.parametrize("gap", [b" ", "\u0316\u0301".encode(), b"data/"])
def test_the_time_for_a_list_grows_as_its_length_however_long_its_lines_are(gap):
    begin = f"{digest('x')}  data/x".encode()
    lines = [begin + gap * ((length - len(begin) - 2) // len(gap)) + b"y\n" for length in (4096, 1 << 16)]
    began = time.process_time()
    odd = [read_manifest([line] * ((1 << 20) // len(line))).odd for line in lines]
    assert time.process_time() - began < 2
    assert odd[1] == 16


@given(st.binary(max_size=300))
def test_no_list_leads_out_of_the_bag(noise):
    for _, path in read_manifest([noise, f"\n{digest('x')}  ".encode() + noise]).entries():
        assert path.startswith("data/")
        assert not {"", ".", ".."} & set(path.split("/"))


def test_one_path_has_one_entry_however_it_is_spelt():
    found = manifest("data/A.flac", "data/a.flac", "data/caf\u00e9", "data/cafe\u0301")
    assert (found.odd, found.path_of(digest("data/a.flac"))) == (2, None)


def test_a_bag_in_a_bag_has_its_labels_below():
    assert manifest(f"data/{ROOT}").labels == {LABEL: "data/"}
    assert manifest(f"data/data/{ROOT}", f"data/x/data/{ROOT}").labels == {LABEL: "data/data/"}
    assert manifest("data/labels/mag1nobody/metadata/1.root.json").labels == {}


@pytest.mark.parametrize("name", ["BAG_FILES", "BAG_LIST"])
def test_a_list_that_is_too_long_is_no_list(monkeypatch, name):
    monkeypatch.setattr(budgets, name, budgets.TABLE[name]._replace(most=1))
    with pytest.raises(OverBudgetError):
        manifest("data/a", "data/b")


def test_what_a_bag_says_of_itself_is_read_back():
    about = about_lines([("Source-Organization", "Zoopark: Tapes"), ("Empty", ""), ("External-Identifier", LABEL)])
    assert (fact(about, "source-organization"), fact(about, "Empty")) == ("Zoopark: Tapes", "")
    assert fact(about.replace(b"\n", b"\r\n"), "External-Identifier") == LABEL
