"""`mag club officers` at the terminal: a founder puts a club into several hands, by a card, files and sticks."""

from __future__ import annotations

import pytest

from magnitizdat.errors import EXIT_DONE, EXIT_USAGE
from tests.fakes_library import make_library

PEOPLE = ("mike", "anna")


@pytest.fixture
def people(bare, tmp_path, passphrase):
    """`mag` of each of them, in libraries of their own."""
    for name in PEOPLE:
        make_library(tmp_path / name).close()

    def as_(name):
        return lambda *words: bare("--library", tmp_path / name, "--passphrase-file", passphrase, *words)

    return {name: as_(name) for name in PEOPLE}


@pytest.fixture
def both_in(people, tmp_path):
    """«45», made by Mike; Anna is in, and has heard of it all."""
    mike, anna = people["mike"], people["anna"]
    assert mike("club", "create", "45").code == EXIT_DONE
    assert anna("card", "--name", "Anna", "--to", tmp_path / "anna.json").code == EXIT_DONE
    assert mike("club", "admit", tmp_path / "anna.json").code == EXIT_DONE
    assert mike("reel", "cut", tmp_path / "stick", "--for", "45").code == EXIT_DONE
    anna("dub", tmp_path / "stick")
    (waiting,) = anna("club", "list", "--json").document["invitations"]
    assert anna("club", "join", waiting["letter"][:8], "--yes").code == EXIT_DONE
    assert anna("dub", tmp_path / "stick").code == EXIT_DONE
    return people


def test_a_club_is_put_into_several_hands(both_in, tmp_path):
    mike, anna = both_in["mike"], both_in["anna"]
    card, proposal = tmp_path / "officer.json", tmp_path / "proposal.json"
    assert "The key stays in this library" in anna("club", "officer-card", "45", "Anna", "--to", card).out
    asked = mike("club", "officers", "45", "--add", card, "--paper", "1", "--to", proposal)
    assert asked.code == EXIT_DONE, asked
    assert "Root version 2 of «45» is proposed." in asked.out
    assert "New officers of the club: «Anna»" in asked.out
    assert "2 of 3 must sign each root after it" in asked.out
    assert "Paper 1 of «45»: 24 words" in asked.out
    assert mike("label", "sign", proposal, "--yes").code == EXIT_DONE
    signed = anna("label", "sign", proposal, "--yes")
    assert signed.code == EXIT_DONE, signed
    assert "goes on under root version 2" in signed.out
    assert "goes on under root version 2" in mike("label", "sign", proposal, "--yes").out
    for each in (mike, anna):
        found = each("club", "officers", "45", "--json").document
        assert (found["need"], found["of"], len(found["officers"]), found["waiting"]) == (2, 3, 2, [])
    assert "2 of 3 root keys carry this label on: 1 may be lost." in mike("club", "officers", "45").out
    (line,) = anna("club", "list", "--json").document["clubs"]
    assert line["role"] == "officer"


def test_what_cannot_be_says_why(both_in, tmp_path):
    mike, anna = both_in["mike"], both_in["anna"]
    card = tmp_path / "officer.json"
    anna("club", "officer-card", "45", "Anna", "--to", card)
    for who, words, says in [
        (mike, ("officers", "45", "--add", card), "one lost key ends the label"),
        (mike, ("officers", "45", "--remove", "Anna", "--paper", "2"), "is not one of its officers"),
        (mike, ("officers", "45", "--renew", "--add", card), "--renew goes alone"),
        (mike, ("officers", "45", "--take-over", "Anna"), "was no officer of this club"),
        (anna, ("officers", "45", "--add", card, "--paper", "1"), "holds no root key of «45»"),
        (mike, ("officer-card", "45", "Mike"), "you are an officer of «45» already"),
    ]:
        said = who("club", *words)
        assert (said.code, says in said.err) == (EXIT_USAGE, True), said
    assert mike("club", "officers", "45").code == EXIT_DONE
