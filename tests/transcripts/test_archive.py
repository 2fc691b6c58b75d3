"""`mag archive`, `mag dub` of what it wrote, and `mag sleeve`, as a person types them."""

from __future__ import annotations

from magnitizdat.errors import EXIT_PARTLY, EXIT_SOURCE, EXIT_USAGE
from tests.fakes_library import make_library


def labelled(mag) -> None:
    mag("label", "create", "Zoopark Tapes")
    mag("publish", "45", "--label", "Zoopark Tapes", "--no-small")


def test_an_archive_is_written_and_taken_back(mag, tmp_path, passphrase, bare):
    labelled(mag)
    bag = tmp_path / "bag"
    said = mag("archive", "zoopark tapes", bag)
    assert (said.code, said.err) == (0, "")
    assert "data/index.html" in said.out
    assert "not sealed" in said.out
    document = mag("archive", "Zoopark Tapes", bag, "--json").document
    assert (document["albums"], document["tracks"], document["written"], document["label"]) == (
        1,
        2,
        0,
        "Zoopark Tapes",
    )
    make_library(tmp_path / "anna").close()
    taken = bare("--library", tmp_path / "anna", "--passphrase-file", passphrase, "dub", bag, "--json").document
    assert (taken["tracks"], taken.get("missing", [])) == (2, [])


def test_what_cannot_be_archived_says_so(mag, tmp_path):
    said = mag("archive", "Nobody", tmp_path / "bag")
    assert (said.code, said.err.count("\n")) == (EXIT_USAGE, 1)
    labelled(mag)
    (tmp_path / "bag").mkdir()
    (tmp_path / "bag" / "letter.txt").write_text("mine")
    said = mag("archive", "Zoopark Tapes", tmp_path / "bag")
    assert said.code == EXIT_USAGE
    assert "something else" in said.err
    assert mag("archive", "Zoopark Tapes", tmp_path / "bag" / "letter.txt").code == EXIT_USAGE


def test_strange_files_in_it_are_told(mag, tmp_path):
    labelled(mag)
    mag("archive", "Zoopark Tapes", tmp_path / "bag")
    (tmp_path / "bag" / "data" / "letter.txt").write_text("mine")
    assert mag("archive", "Zoopark Tapes", tmp_path / "bag").code == EXIT_PARTLY


def test_a_half_copied_archive_is_no_source(mag, tmp_path):
    labelled(mag)
    mag("archive", "Zoopark Tapes", tmp_path / "bag")
    (tmp_path / "bag" / "manifest-sha256.txt").unlink()
    said = mag("dub", tmp_path / "bag")
    assert said.code == EXIT_SOURCE
    assert "copy it again" in said.err


def test_an_archive_is_told_in_other_languages(mag, tmp_path):
    labelled(mag)
    assert "в архиве" in mag("archive", "Zoopark Tapes", tmp_path / "bag", "--lang", "ru").out
    assert "er arkiveret" in mag("archive", "Zoopark Tapes", tmp_path / "bag", "--lang", "da").out


def test_a_sleeve_is_printed_of_what_a_label_signed(mag, tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    said = mag("sleeve", "45")
    assert said.code == EXIT_USAGE
    assert "`mag publish` signs it" in said.err
    labelled(mag)
    assert mag("sleeve", "45").code == 0
    page = (tmp_path / "Кино - 45.html").read_text(encoding="utf-8")
    assert "Zoopark Tapes" in page
    assert mag("sleeve", "45").code == EXIT_USAGE
    document = mag("sleeve", "45", "--to", tmp_path / "другое.html", "--json", "--lang", "ru").document
    assert document["label"] == "Zoopark Tapes"
    assert "ПОДПИСАНО" in (tmp_path / "другое.html").read_text(encoding="utf-8")
