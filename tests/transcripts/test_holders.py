"""Who carries a label on, from the command line: cards, appointing, signing, handing over, by files and pictures."""

from __future__ import annotations

import io

import pytest

from magnitizdat.cli import main
from magnitizdat.errors import EXIT_DONE, EXIT_PARTLY, EXIT_SOURCE, EXIT_USAGE
from magnitizdat.pages.qr import png_qr
from tests.fakes_library import make_library

PEOPLE = ("author", "mike", "anna")


@pytest.fixture
def people(bare, tmp_path, passphrase):
    """`mag` of each of them, in libraries of their own."""
    for name in PEOPLE:
        make_library(tmp_path / name).close()

    def as_(name):
        return lambda *words: bare("--library", tmp_path / name, "--passphrase-file", passphrase, *words)

    return {name: as_(name) for name in PEOPLE}


@pytest.fixture
def held(people, tmp_path):
    """«Zoopark», of which two of three carry it on; the author holds one."""
    author = people["author"]
    author("label", "create", "Zoopark")
    assert author("reel", "cut", tmp_path / "open", "--open", "--label", "Zoopark").code == EXIT_DONE
    for name in ("mike", "anna"):
        assert people[name]("dub", tmp_path / "open").code == EXIT_DONE
        assert people[name]("label", "holder-card", name, "--to", tmp_path / f"{name}.json").code == EXIT_DONE
    cards = ["--holder", tmp_path / "mike.json", "--holder", tmp_path / "anna.json"]
    proposal = tmp_path / "proposal.json"
    said = author("label", "holders", "Zoopark", "--need", "2", "--me", *cards, "--to", proposal, "--yes")
    assert said.code == EXIT_DONE, said
    assert "is proposed" in said.out or "You signed" in said.out
    assert people["mike"]("label", "sign", proposal, "--yes").code == EXIT_DONE
    assert "Burn the old paper" in author("label", "sign", proposal, "--yes").out
    assert author("reel", "cut", tmp_path / "newer", "--open", "--label", "Zoopark").code == EXIT_DONE
    for name in ("mike", "anna"):
        assert people[name]("dub", tmp_path / "newer").code == EXIT_DONE
    return people


def test_what_it_means_is_asked_before(people, tmp_path):
    author = people["author"]
    author("label", "create", "Zoopark")
    people["mike"]("label", "holder-card", "mike", "--to", tmp_path / "mike.json")
    said = author("label", "holders", "Zoopark", "--need", "2", "--paper", "2", "--holder", tmp_path / "mike.json")
    assert said.code == EXIT_USAGE
    assert "--yes" in said.err
    assert author("label", "holders", "Zoopark", "--json").document["need"] == 1


def test_how_a_label_stands(held):
    said = held["author"]("label", "holders", "Zoopark")
    assert "2 of 3 root keys carry this label on" in said.out
    assert "«mike»" in said.out
    found = held["mike"]("label", "holders", "Zoopark", "--json").document
    assert (found["need"], found["of"], found["version"]) == (2, 3, 2)
    assert [each.get("here", False) for each in found["holders"]].count(True) == 1


def test_status_tells_what_is_held_and_what_waits(held, tmp_path):
    assert "You hold 1 of the 3 root keys of «Zoopark»" in held["mike"]("status").out
    assert held["mike"]("label", "hand-over", "Zoopark", "--to", tmp_path / "next.json").code == EXIT_DONE
    said = held["anna"]("label", "sign", tmp_path / "next.json")
    assert said.code == EXIT_USAGE
    assert "--yes" in said.err
    assert "new keeper" in said.out
    assert "waits for your signature" in held["anna"]("status").out
    found = held["anna"]("status", "--json").document["holds"]
    assert found["waiting"][0]["can_sign"]
    assert found["labels"][0]["need"] == 2
    assert held["anna"]("label", "sign", "--yes").code == EXIT_DONE


def test_a_picture_goes_there_and_a_signature_comes_back(held, tmp_path):
    picture, back = tmp_path / "next.png", tmp_path / "back.png"
    report = held["mike"]("label", "hand-over", "Zoopark", "--to", picture, "--json").document
    assert report["need_old"] == 2
    assert picture.read_bytes().startswith(b"\x89PNG")
    said = held["anna"]("label", "sign", picture, "--alone", "--to", back, "--yes", "--json").document
    assert said["complete"]
    assert said["taken"] == "told"
    done = held["mike"]("label", "sign", back, "--yes")
    assert "its list is signed anew" in done.out
    assert "your own" in held["mike"]("label", "list").out


def test_who_signs_last_is_told_where_to_carry_it(held, tmp_path):
    assert held["mike"]("label", "hand-over", "Zoopark", "--to", tmp_path / "next.png").code == EXIT_DONE
    said = held["anna"]("label", "sign", tmp_path / "next.png", "--yes")
    assert "Carry this back to the new keeper" in said.out
    assert "`mag label holders Zoopark --to FILE` writes it." in said.out
    assert held["anna"]("label", "holders", "Zoopark", "--to", tmp_path / "again").code == EXIT_DONE
    assert "its list is signed anew" in held["mike"]("label", "sign", tmp_path / "again", "--yes").out


def test_a_card_bears_the_name_that_its_holder_says(people):
    assert people["mike"]("label", "holder-card").code == EXIT_USAGE
    assert people["mike"]("status", "--json").document["holds"]["unused"] == 0, "no key was made"


def test_two_next_roots_of_one_version(held, tmp_path):
    held["mike"]("label", "hand-over", "Zoopark", "--to", tmp_path / "one.json")
    said = held["anna"]("label", "hand-over", "Zoopark", "--to", tmp_path / "other.json")
    assert said.code == EXIT_DONE
    said = held["anna"]("label", "sign", tmp_path / "one.json", "--yes")
    assert said.code == EXIT_SOURCE
    assert "already signed another next root of «Zoopark»" in said.err
    assert held["anna"]("label", "sign", tmp_path / "one.json", "--yes", "--instead").code == EXIT_DONE


def test_papers_are_shown_once_and_sign(people, tmp_path, words_file):
    author = people["author"]
    author("label", "create", "Zoopark")
    hidden = author("label", "holders", "Zoopark", "--need", "2", "--paper", "2", "--me", "--quiet", "--yes")
    assert hidden.code == EXIT_USAGE
    assert "--quiet hides them" in hidden.err
    said = author("label", "holders", "Zoopark", "--need", "2", "--paper", "2", "--me", "--json", "--yes").document
    assert said["taken"] == ""
    assert "its list is signed anew" in author("label", "sign", "--yes").out
    words = said["paper_words"]
    assert [len(each.split()) for each in words] == [24, 24]
    assert author("label", "hand-over", "Zoopark", "--to", tmp_path / "next.json").code == EXIT_DONE
    refused = author("label", "sign", "--words", words[0])
    assert refused.code == EXIT_USAGE
    done = author("label", "sign", "--words-file", words_file(words[0]), "--yes")
    assert "its list is signed anew" in done.out
    assert "This computer saw them" in people["author"]("label", "holders", "Zoopark", "--paper", "1", "--yes").out
    assert author("label", "restore", "Zoopark", "--words-file", words_file(words[0])).code == EXIT_USAGE


def test_a_person_is_asked_and_may_say_no(held, tmp_path, monkeypatch):
    held["mike"]("label", "hand-over", "Zoopark", "--to", tmp_path / "next.json")
    before = (tmp_path / "next.json").read_bytes()
    monkeypatch.setattr("magnitizdat.cli.face.Face.may_ask", True)
    monkeypatch.setattr("sys.stdin", io.StringIO("n\n"))
    said = held["anna"]("label", "sign", tmp_path / "next.json")
    assert "Nothing was signed" in said.out
    assert (tmp_path / "next.json").read_bytes() == before


def test_a_stick_that_takes_no_file_loses_no_signature(held, tmp_path):
    held["mike"]("label", "hand-over", "Zoopark", "--to", tmp_path / "next.json")
    said = held["anna"]("label", "sign", tmp_path / "next.json", "--to", tmp_path / "gone" / "next.json", "--yes")
    assert said.code == EXIT_PARTLY
    assert "next.json" in said.out
    assert "on its way" in held["anna"]("status").out or "still to come" in held["anna"]("status").out


@pytest.mark.parametrize(
    "content", [b"{}", b"music", b"MAGROOT:ABC", b"MAGSIGN:", b"\x89PNG\r\n\x1a\n", png_qr("hello")]
)
def test_what_is_no_proposal_is_said_in_one_sentence(held, tmp_path, content):
    (tmp_path / "noise").write_bytes(content)
    said = held["anna"]("label", "sign", tmp_path / "noise", "--yes")
    assert said.code == EXIT_SOURCE
    assert said.err.count("\n") == 1
    said = held["anna"]("label", "holders", "Zoopark", "--holder", tmp_path / "noise", "--yes")
    assert said.code == EXIT_SOURCE


def test_a_file_that_is_there_is_not_replaced_unasked(people, tmp_path):
    (tmp_path / "card.json").write_text("mine")
    assert people["mike"]("label", "holder-card", "mike", "--to", tmp_path / "card.json").code == EXIT_USAGE
    assert (tmp_path / "card.json").read_text() == "mine"


def test_help_names_them(capsys):
    main(["label", "--help"])
    out = capsys.readouterr().out
    assert all(verb in out for verb in ("holder-card", "holders", "sign", "hand-over"))
