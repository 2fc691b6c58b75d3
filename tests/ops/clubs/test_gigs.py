"""A gig is heard of by members alone, in whatever order, and is nowhere a week after."""

from __future__ import annotations

import shlex
from datetime import timedelta

import icalendar
import pytest

from magnitizdat.catalogue.clubs import Gig
from magnitizdat.disk.disk import Disk
from magnitizdat.errors import UsageError
from magnitizdat.formats.age import unseal
from magnitizdat.formats.names import imprint_text
from magnitizdat.library.library import VAULT_NAME, Library
from magnitizdat.model import Silent
from magnitizdat.ops.clubs.gigs import GigWish, announce, programme_of, write_calendar
from magnitizdat.ops.clubs.past_gigs import forget_past
from magnitizdat.ops.dub.from_sources import dub_all
from magnitizdat.ops.give.fill import StickWish, fill
from magnitizdat.ops.labels.labels import held_state
from magnitizdat.ops.voices.saying import say_voices
from magnitizdat.scene.resting import LOOKS
from tests.fakes_doors import change_door, enter, found, keep_in_club, officer_label
from tests.fakes_library import NOW, make_library, put_album
from tests.fakes_spool import new_label

OTHER = imprint_text(bytes(32))
MARKER = "Рубинштейна 13"
WISH = GigWish(summary="Зоопарк", starts="2026-05-09T20:00+03:00", ends="2026-05-09T23:00+03:00", place=MARKER)
LATER = NOW + timedelta(days=20)


@pytest.fixture
def promoter(tmp_path):
    with make_library(tmp_path / "promoter") as made:
        yield made


@pytest.fixture
def fan(tmp_path):
    with make_library(tmp_path / "fan") as made:
        yield made


@pytest.fixture
def club(promoter, fan):
    imprint = found(promoter)
    enter(fan, imprint, change_door(promoter, imprint, number=2))
    return imprint


def fill_for(promoter, folder, *, now, to="45"):
    """A reel for the club, or for whom else."""
    fill(promoter, folder, StickWish(friends=(to,)), now=now, disk=Disk(), tell=lambda _: None, progress=Silent())


def go(promoter, fan, folder, *, now=NOW, to="45"):
    """A reel of the promoter's comes to the fan."""
    fill_for(promoter, folder, now=now, to=to)
    return [report for _, report in dub_all(fan, str(folder), now=lambda: now)]


@pytest.mark.parametrize("name", ["45", "Рубинштейна 13", "it's $(here)"])
def test_what_to_type_next_is_one_word_to_a_shell(promoter, name):
    found(promoter, name)
    (line, _) = announce(promoter, name, WISH, now=NOW).outcome().lines
    typed = str(line).split("`")[1]
    assert shlex.split(typed)[-2:] == ["--for", name]


def titles(library, *, now=NOW):
    return [(each.summary, each.location, each.status) for each in programme_of(library, now=now).gigs]


def plain_of(library: Library) -> bytes:
    """All that a searcher who has the key finds in the vault."""
    cells = (library.directory / VAULT_NAME).rglob("*.age")
    return b"".join(unseal(path.read_bytes(), [library.secrets.vault]) for path in cells)


def test_members_hear_of_it_by_a_reel_for_the_club(promoter, fan, club, tmp_path):
    announce(promoter, "45", WISH, now=NOW)
    go(promoter, fan, tmp_path / "reel")
    assert titles(fan) == titles(promoter) == [("Зоопарк", MARKER, "CONFIRMED")]
    assert programme_of(fan, club="45", now=NOW) == programme_of(fan, now=NOW)


def test_it_is_said_anew_by_how_its_uid_begins_and_what_is_left_out_stays(promoter, fan, club, tmp_path):
    first = announce(promoter, "45", WISH, now=NOW).gig
    go(promoter, fan, tmp_path / "one")
    second = announce(promoter, "45", GigWish(status="CANCELLED"), uid=first.uid[:6], now=NOW)
    assert (second.gig.uid, second.gig.sequence, second.is_new) == (first.uid, 1, False)
    assert second.gig.location == MARKER
    go(promoter, fan, tmp_path / "two")
    assert titles(fan) == [("Зоопарк", MARKER, "CANCELLED")]


def test_on_no_other_reel_is_a_word_of_it(promoter, fan, club, tmp_path):
    announce(promoter, "45", WISH, now=NOW)
    put_album(promoter, lengths=(1000,))
    go(promoter, fan, tmp_path / "reel", to=fan.secrets.addresses[0].recipient.text)
    assert titles(fan) == []
    assert MARKER.encode() not in plain_of(fan)


def test_a_week_after_it_leaves_label_and_libraries_and_comes_back_by_no_old_reel(promoter, fan, club, tmp_path):
    announce(promoter, "45", WISH, now=NOW)
    announce(promoter, "45", GigWish(place=f"{MARKER}, yard"), uid=programme_of(promoter, now=NOW).gigs[0].uid, now=NOW)
    go(promoter, fan, tmp_path / "reel")
    assert all(MARKER.encode() in plain_of(each) for each in (promoter, fan))
    for library in (promoter, fan):
        for day in range(LOOKS):
            assert [forget_past(library, now=LATER + timedelta(days=day)) for _ in range(2)] == [0, 0]
            assert MARKER.encode() in plain_of(library)
        assert forget_past(library, now=LATER + timedelta(days=LOOKS)) == 1
        assert forget_past(library, now=LATER) == 0
        assert not library.index.jobs.of_kind("rest")
        assert MARKER.encode() not in plain_of(library)
    listed = held_state(promoter, officer_label(promoter, club).imprint).role_files()["targets"]
    assert b".gig.json" not in listed
    (report,) = (each for _, each in dub_all(fan, str(tmp_path / "reel"), now=lambda: LATER))
    assert report.missing == ()
    assert titles(fan, now=LATER) == titles(fan) == []
    assert MARKER.encode() not in plain_of(fan)


def test_clocks_that_were_ahead_lose_no_gig(promoter, fan, club, tmp_path):
    """Three in a row; what comes while the clock is ahead comes too, with the same reel, once it is right."""
    announce(promoter, "45", WISH, now=NOW)
    fill_for(promoter, tmp_path / "reel", now=NOW)
    for years in (1, 20, 70):
        for library in (promoter, fan):
            ahead = NOW + timedelta(days=years * 365)
            list(dub_all(library, str(tmp_path / "reel"), now=lambda ahead=ahead: ahead))
            assert titles(library, now=ahead) == []
    list(dub_all(fan, str(tmp_path / "reel"), now=lambda: NOW))
    assert titles(fan) == titles(promoter) == [("Зоопарк", MARKER, "CONFIRMED")]
    assert not promoter.index.jobs.of_kind("rest")
    assert not fan.index.jobs.of_kind("rest")


def test_what_is_said_anew_leaves_nothing_of_what_was_said_before(promoter, club):
    first = announce(promoter, "45", WISH, now=NOW).gig
    announce(promoter, "45", GigWish(place="Moved"), uid=first.uid, now=NOW)
    forget_past(promoter, now=NOW)
    assert MARKER.encode() not in plain_of(promoter)
    assert titles(promoter) == [("Зоопарк", "Moved", "CONFIRMED")]


@pytest.mark.parametrize(
    "odd",
    [
        {"dtstart": "soon"},
        {"dtstart": "9999-12-31T23:59-12:00"},
        {"dtstart": "2026-05-09T20:00", "dtend": "0001-01-01T00:00+14:00", "summary": "\x1b[2J\u202egig\n"},
        {"dtstart": "2026-05-09T20:00+03:00", "location": "x" * 4096, "sequence": (1 << 31) - 1},
        {"dtstart": "2026-05-09T20:00+03:00", "club": OTHER},
    ],
)
def test_whatever_an_officer_signs_is_shown_in_one_line_or_not_at_all(promoter, club, tmp_path, odd):
    """Each is signed by a mag of other making, so nothing was asked before."""
    strange = Gig(**{"club": club, "uid": "a" * 32, "summary": "gig", **odd})
    with promoter.changes() as changes:
        say_voices(promoter, changes, officer_label(promoter, club), [strange], now=NOW)
        changes.commit()
    shown = programme_of(promoter, now=NOW)
    assert len(shown.gigs) == (odd["dtstart"].startswith("2026") and "club" not in odd)
    assert all(each.summary.isprintable() and each.location.isprintable() for each in shown.gigs)
    write_calendar(shown, tmp_path / "club.ics", now=NOW, disk=Disk())
    assert len(icalendar.Calendar.from_ical((tmp_path / "club.ics").read_bytes()).events) == len(shown.gigs)


def test_who_is_no_officer_announces_nothing_whatever_they_sign(promoter, club):
    """Also not in a label that stays in the club."""
    stranger = new_label(promoter, "Stranger")
    gig = Gig(club=club, uid="a" * 32, summary="Come all", dtstart="2026-05-09T20:00+03:00")
    with promoter.changes() as changes:
        say_voices(promoter, changes, stranger, [gig], now=NOW)
        changes.commit()
    keep_in_club(promoter, club, stranger.imprint)
    assert titles(promoter) == []


@pytest.mark.parametrize(
    ("wish", "says"),
    [
        (GigWish(summary="Зоопарк"), "say what it is and when"),
        (GigWish(starts="2026-05-09T20:00"), "say what it is and when"),
        (WISH._replace(starts="on Friday"), "is no moment"),
        (WISH._replace(starts="0001-01-01 00:00", ends=""), "is no moment"),
        (WISH._replace(starts="0001-01-01T00:00+14:00", ends=""), "is no moment"),
        (WISH._replace(starts="9999-12-31 23:59", ends=""), "is no moment"),
        (WISH._replace(ends="9999-12-31T23:59-12:00"), "is no moment"),
        (WISH._replace(ends="2026-05-09T19:00+03:00"), "before it begins"),
        (WISH._replace(starts="2025-05-09", ends=""), "over for a week"),
    ],
)
def test_what_is_no_gig_is_said(promoter, club, wish, says):
    with pytest.raises(UsageError, match=says):
        announce(promoter, "45", wish, now=NOW)
    assert titles(promoter) == []


def test_a_member_announces_nothing_and_an_unknown_uid_changes_nothing(promoter, fan, club):
    with pytest.raises(UsageError, match="no officer"):
        announce(fan, "45", WISH, now=NOW)
    with pytest.raises(UsageError, match="programme"):
        announce(promoter, "45", WISH, uid="ab", now=NOW)


def test_the_calendar_is_one_that_others_read_and_names_no_club(promoter, club, tmp_path):
    announce(promoter, "45", WISH, now=NOW)
    written = write_calendar(programme_of(promoter, now=NOW), tmp_path / "club.ics", now=NOW, disk=Disk())
    content = (tmp_path / "club.ics").read_bytes()
    (event,) = icalendar.Calendar.from_ical(content).events
    assert (str(event["SUMMARY"]), str(event["LOCATION"])) == ("Зоопарк", MARKER)
    assert event.decoded("DTEND") - event.decoded("DTSTART") == timedelta(hours=3)
    assert (written.file, club.encode() in content) == (str(tmp_path / "club.ics"), False)
