"""`mag dub A B…` as a person meets it."""

from __future__ import annotations

import shutil

import pytest

from magnitizdat.errors import EXIT_PARTLY, EXIT_SOURCE
from tests.fakes_library import make_library


@pytest.fixture
def places(mag, tmp_path):
    """Two open spools of one label; no file of the second is what was signed."""
    assert mag("label", "create", "Zoopark Tapes").code == 0
    assert mag("publish", "45", "--to", tmp_path / "one").code == 0
    shutil.copytree(tmp_path / "one", tmp_path / "two")
    for blob in (tmp_path / "two").glob("blobs/*/*"):
        blob.write_bytes(bytes(blob.stat().st_size))
    return tmp_path / "one", tmp_path / "two"


@pytest.fixture
def hers(bare, tmp_path, passphrase):
    """Another library, without music."""
    with make_library(tmp_path / "hers"):
        pass

    def run(*words, **how):
        return bare("--library", tmp_path / "hers", "--passphrase-file", passphrase, *words, **how)

    return run


def test_what_one_lies_about_comes_from_the_other(hers, places):
    one, two = places
    said = hers("dub", two, one)
    assert said.code == 0, said.err
    assert f"{two}: it sent other bytes than a label signed" in said.out + said.err
    assert hers("dub", one, two).code == 0
    document = hers("list", "--json").document
    assert [each["complete"] for each in document["releases"]] == [True]


def test_for_scripts_each_has_its_report(hers, places, tmp_path):
    said = hers("dub", *places, tmp_path / "three", "--json")
    assert said.code == EXIT_PARTLY
    assert [each["tracks"] for each in said.document["sources"]] == [2, 0, 0]
    assert [each["what"] for each in said.document["missing"]] == [str(tmp_path / "three")]
    assert [each["what"] for each in said.document["left"]] == [str(places[1])]


def test_where_none_is_there_the_first_says_why(hers, tmp_path):
    said = hers("dub", tmp_path / "one", tmp_path / "two")
    assert said.code == EXIT_SOURCE
    assert "one is not there" in said.err


def test_one_that_is_not_there_hides_no_other(hers, places, tmp_path):
    gone = tmp_path / "three"
    said = hers("dub", gone, places[0], "--dry-run", "--json")
    assert said.code == EXIT_PARTLY
    assert [each["title"] for each in said.document["releases"]] == ["45"]
    assert [each["what"] for each in said.document["missing"]] == [str(gone)]
    assert hers("dub", gone, gone, "--dry-run").code == EXIT_SOURCE
    assert f"{gone}:\n  Nothing was taken from it." in hers("dub", gone, places[0]).out


def test_what_would_come_is_one_table(hers, places):
    said = hers("dub", *places, "--dry-run", "--json")
    assert [each["title"] for each in said.document["releases"]] == ["45", "45"]
