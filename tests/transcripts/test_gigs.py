"""Reels for a club, gigs and the programme at the terminal, and what is said where that cannot be."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import icalendar
import pytest

from magnitizdat.errors import EXIT_USAGE
from magnitizdat.ops.labels.friends import card_bytes, my_card
from tests.fakes_library import make_library

SOON = (datetime.now(UTC) + timedelta(days=3)).replace(microsecond=0)
"""The terminal has the clock of the computer."""


@pytest.fixture
def club(mag, tmp_path):
    """A club with a door, for somebody was let in: its imprint."""
    made = mag("club", "create", "45", "--json").document
    with make_library(tmp_path / "theirs") as theirs:
        (tmp_path / "card.json").write_bytes(card_bytes(my_card(theirs, name="Борис")))
    assert mag("club", "admit", tmp_path / "card.json").code == 0
    return made["imprint"]


def test_a_gig_is_announced_moved_cancelled_and_on_a_calendar(mag, club, tmp_path):
    said = mag("club", "gig", "45", "Зоопарк", "--starts", SOON.isoformat(), "--place", "Рубинштейна 13")
    assert (said.code, "«Зоопарк» is in the programme of «45»." in said.out) == (0, True)
    shown = mag("club", "programme")
    assert all(each in shown.out for each in ("Зоопарк", "Рубинштейна 13", "Gigs: 1."))
    (gig,) = mag("club", "programme", "45", "--json").document["gigs"]
    assert gig == {
        "club": "45",
        "imprint": club,
        "uid": gig["uid"],
        "summary": "Зоопарк",
        "dtstart": SOON.isoformat(timespec="minutes"),
        "dtend": "",
        "location": "Рубинштейна 13",
        "status": "CONFIRMED",
        "sequence": 0,
    }
    changed = mag("club", "gig", "45", "--change", gig["uid"][:8], "--status", "cancelled", "--json").document
    assert (changed["is_new"], changed["gig"]["status"], changed["gig"]["sequence"]) == (False, "CANCELLED", 1)
    assert "cancelled" in mag("club", "programme").out
    written = mag("club", "programme", "--ics", tmp_path / "45.ics", "--json").document
    assert written["file"] == str(tmp_path / "45.ics")
    (event,) = icalendar.Calendar.from_ical((tmp_path / "45.ics").read_bytes()).events
    assert (str(event["STATUS"]), str(event["LOCATION"])) == ("CANCELLED", "Рубинштейна 13")


@pytest.mark.parametrize(
    ("words", "says"),
    [
        (("gig", "45", "Зоопарк"), "say what it is and when"),
        (("gig", "45", "Зоопарк", "--starts", "soon"), "«soon» is no moment"),
        (("gig", "45", "Зоопарк", "--starts", "2020-01-01"), "over for a week"),
        (("gig", "45", "--change", "ab"), "no gig of «45» is called ab"),
        (
            ("gig", "45", "Зоопарк", "--starts", "2099-01-01", "--status", "perhaps"),
            "tentative, confirmed or cancelled",
        ),
        (("gig", "Сайгон", "Зоопарк", "--starts", "2099-01-01"), "Сайгон"),
        (("programme", "Сайгон"), "no club «Сайгон» is known here"),
    ],
)
def test_what_cannot_be_says_why(mag, club, words, says):
    said = mag("club", *words)
    assert (said.code, says in said.err) == (EXIT_USAGE, True), said


def test_nothing_is_announced_at_first(mag):
    assert "Nothing is announced." in mag("club", "programme").out
    said = mag("club", "programme", "--json").document
    assert (said["gigs"], said["file"]) == ([], "")


def test_a_reel_for_the_club_is_cut_like_one_for_a_friend(mag, club, tmp_path):
    cut = mag("reel", "cut", tmp_path / "reel", "--for", "45", "--json").document
    assert (cut.get("words", ""), cut["staying"]) == ("", 0)
    assert [each["title"] for each in mag("reel", "list", tmp_path / "reel", "--json").document["releases"]] == ["45"]
    assert [each["is_whole"] for each in mag("reel", "check", tmp_path / "reel", "--json").document["albums"]] == [True]
    refused = mag("reel", "cut", tmp_path / "other", "--for", "Сайгон")
    assert (refused.code, "is not a friend yet" in refused.err) == (EXIT_USAGE, True)


def test_it_is_said_in_other_languages(mag, club):
    assert "программе" in mag("--lang", "ru", "club", "gig", "45", "Зоопарк", "--starts", SOON.isoformat()).out
    assert "HVORNÅR" in mag("--lang", "da", "club", "programme").out
