"""`mag club` at the terminal: a door, a list at it, who is let in and out, and what is said where that cannot be."""

from __future__ import annotations

import pytest

from magnitizdat.errors import EXIT_SOURCE, EXIT_USAGE
from magnitizdat.formats.age_keys import X25519Identity
from magnitizdat.ops.labels.friends import card_bytes, my_card
from tests.fakes_library import make_library

STRANGER = X25519Identity.generate().recipient.text


@pytest.fixture
def card(tmp_path):
    """A file with somebody's card."""
    path = tmp_path / "boris.json"
    with make_library(tmp_path / "theirs") as theirs:
        path.write_bytes(card_bytes(my_card(theirs, name="Борис")))
    return path


def test_a_door_is_made_somebody_let_in_and_out(mag, card):
    made = mag("club", "create", "Камчатка", "--json").document
    assert mag("club", "list", "--json").document["clubs"] == [
        {
            "name": "Камчатка",
            "imprint": made["imprint"],
            "words": made["four_words"],
            "role": "officer",
            "members": 0,
            "epoch": 0,
            "key": False,
        }
    ]
    admitted = mag("club", "admit", card, "--json").document
    assert (admitted["name"], admitted["epoch"], admitted["again"]) == ("Борис", 1, False)
    assert "already" in mag("club", "admit", card).out
    said = mag("club", "list", "Камчатка")
    assert "Борис" in said.out
    assert "has 1 member" in said.out
    (member,) = mag("club", "list", "Камчатка", "--json").document["members"]
    assert (member["id"], member["since"], member["key"]) == (admitted["id"], 1, True)
    asked = mag("club", "expel", "борис")
    assert asked.code == EXIT_USAGE
    assert "--yes" in asked.err
    out = mag("club", "expel", member["id"][:8], "--yes", "--json").document
    assert (out["name"], out["epoch"], out["members"], out["letters"], out["told"]) == ("Борис", 2, 0, 0, True)
    assert mag("club", "list", "Камчатка", "--json").document["members"] == []
    assert "is let into" in mag("club", "admit", card).out  # who comes back is let in anew
    assert mag("club", "expel", "Борис", "--silent", "--yes", "--json").document["told"] is False


def test_a_friend_is_let_in_by_name(mag, card):
    mag("club", "create", "Камчатка")
    mag("friend", "add", card)
    assert mag("club", "admit", "борис", "--name", "Боб", "--past", "--json").document["name"] == "Боб"


@pytest.mark.parametrize(
    ("words", "code", "says"),
    [
        (("admit", "{card}"), EXIT_USAGE, "you are no officer of any club"),
        (("expel", "Борис", "--yes"), EXIT_USAGE, "you are no officer of any club"),
        (("list", "Камчатка"), EXIT_USAGE, "no club «Камчатка» is known here"),
        (("leave", "Камчатка", "--yes"), EXIT_USAGE, "no club «Камчатка» is known here"),
        (("join", "ab12cd34"), EXIT_USAGE, "no letter of a club begins with «ab12cd34»"),
    ],
)
def test_what_cannot_be_says_why(mag, card, words, code, says):
    said = mag("club", *(word.format(card=card) for word in words))
    assert (said.code, says in said.err) == (code, True), said


def test_an_officer_is_told_what_is_wrong(mag, card, tmp_path):
    mag("club", "create", "Камчатка")
    for words, code, says in [
        (("expel", "Никто", "--yes"), EXIT_USAGE, "nobody in it is called «Никто»"),
        (("leave", "Камчатка", "--yes"), EXIT_USAGE, "you are an officer of «Камчатка»"),
        (("admit", card, "--club", "Сайгон"), EXIT_USAGE, "no club «Сайгон» is known here"),
        (("leave", "Камчатка"), EXIT_USAGE, "--yes"),
    ]:
        said = mag("club", *words)
        assert (said.code, says in said.err) == (code, True), said
    (tmp_path / "torn.json").write_bytes(card.read_bytes()[:40])
    assert mag("club", "admit", tmp_path / "torn.json").code == EXIT_SOURCE
    mag("club", "create", "Сайгон")
    several = mag("club", "admit", card)
    assert several.code == EXIT_USAGE
    assert "several clubs can be meant" in several.err
    assert mag("club", "admit", card, "--club", "Сайгон").code == 0


def test_a_reel_for_a_club_whose_letter_waits_says_how_to_join(mag, other, card, tmp_path):
    mag("club", "create", "Камчатка")
    mag("club", "admit", card)
    mag("publish", "45", "--label", "Камчатка", "--yes")
    mag("reel", "cut", tmp_path / "first", "--for", STRANGER)
    other("dub", tmp_path / "first")
    (waiting,) = other("club", "list", "--json").document["invitations"]
    mag("reel", "cut", tmp_path / "reel", "--for", "Камчатка")
    refused = other("dub", tmp_path / "reel")
    assert refused.code == EXIT_SOURCE
    assert f"`mag club join {waiting['letter'][:8]}` joins" in refused.err
    assert "Камчатка" in refused.err


def test_nobody_is_in_a_club_at_first(mag):
    assert "You are in no club" in mag("club", "list").out
    assert mag("club", "list", "--json").document == {"clubs": [], "invitations": []}


def test_it_is_said_in_other_languages(mag, card):
    mag("club", "create", "Камчатка")
    assert "lukket ind" in mag("--lang", "da", "club", "admit", card).out
    assert "распорядитель" in mag("--lang", "ru", "club", "list").out


@pytest.fixture
def other(bare, tmp_path, passphrase, card):
    """The command line of their library."""
    return lambda *words: bare("--library", tmp_path / "theirs", "--passphrase-file", passphrase, *words)


def test_a_reel_for_somebody_else_is_refused_and_its_post_is_told_to_scripts_too(mag, other, card, tmp_path):
    mag("club", "create", "Камчатка")
    mag("club", "admit", card)
    mag("reel", "cut", tmp_path / "reel", "--for", STRANGER)
    said = other("dub", tmp_path / "reel", "--json")
    assert (said.code, said.document["exit_code"]) == (EXIT_SOURCE, EXIT_SOURCE)
    assert "sealed to somebody else" in said.document["error"]
    assert [each["name"] for each in said.document["mail"]["brought"]["waiting"]] == ["Камчатка"]


def test_the_key_comes_by_any_stick_and_the_reel_beside_it_opens(mag, other, card, tmp_path):
    mag("club", "create", "Камчатка")
    mag("club", "admit", card)
    assert mag("reel", "cut", tmp_path / "strange" / "reel", "--for", STRANGER, "--json").code == 0
    brought = other("dub", tmp_path / "strange")
    assert "A letter lets you into «Камчатка»" in brought.out
    (waiting,) = other("club", "list", "--json").document["invitations"]
    assert waiting["club"] == mag("club", "list", "--json").document["clubs"][0]["imprint"]
    assert "You are in «Камчатка»" in other("club", "join", waiting["letter"][:8]).out
    assert mag("reel", "cut", tmp_path / "club" / "reel", "--for", "Камчатка", "--json").code == 0
    assert other("dub", tmp_path / "club", "--json").document["tracks"] == 2
    (line,) = other("club", "list", "--json").document["clubs"]
    assert (line["role"], line["members"], line["epoch"], line["key"]) == ("member", None, 1, True)

    mag("club", "expel", "Борис", "--yes")
    assert mag("reel", "cut", tmp_path / "after" / "reel", "--for", "Камчатка", "--json").code == 0
    told = other("dub", tmp_path / "after")
    assert "You are no member of «Камчатка» since" in told.out
    assert told.code == EXIT_SOURCE
    (line,) = other("club", "list", "--json").document["clubs"]
    assert (line["role"], line["key"]) == ("out", False)
    assert [each["begins"][:11] for each in other("inbox", "--json").document["letters"]] == ["You are no "]
    assert other("club", "leave", "Камчатка", "--yes", "--json").document["keys"] == 1
    again = other("club", "leave", "Камчатка", "--yes", "--json")  # it looks once more, and finds no key
    assert (again.code, again.document["keys"]) == (0, 0)
