"""Closed albums open in place: by shares, by words, by what labels say of them; and hostile ones stay closed."""

from __future__ import annotations

import json
import os
from datetime import date

import pytest

from magnitizdat.catalogue.documents import encode
from magnitizdat.catalogue.kinds import RELEASE, target_path
from magnitizdat.disk.disk import Disk
from magnitizdat.errors import DamagedError, NotFoundError, NotVerifiedError, UsageError, WrongPassphraseError
from magnitizdat.formats import shares
from magnitizdat.formats.names import secret_words
from magnitizdat.formats.spool_paths import blob_path
from magnitizdat.library.library import Library
from magnitizdat.ops.albums.ids import album_id
from magnitizdat.ops.dub.from_spool import dub
from magnitizdat.ops.give.gathering import gather
from magnitizdat.ops.give.open_spool import write_open
from magnitizdat.ops.keep.rebuild import rebuild
from magnitizdat.ops.labels.labels import find_label, follow
from magnitizdat.ops.labels.removing import remove_label
from magnitizdat.ops.merge.merging import merge
from magnitizdat.ops.places.targets import FolderTarget
from magnitizdat.ops.post.arriving import Arrivals
from magnitizdat.ops.premieres.making import PremiereWish, make
from magnitizdat.ops.premieres.opening import GivenShare, open_premiere
from magnitizdat.ops.premieres.withheld import premieres
from magnitizdat.scene.letters import SHARE
from tests.fakes_closing import Closing, made
from tests.fakes_letters import beside, file_of, letter_to
from tests.fakes_library import NOW, contents_of, make_library, put_album, rows
from tests.fakes_spool import folder_spool, is_sound, new_label, release_of, write_spool


@pytest.fixture
def natalia(tmp_path):
    with make_library(tmp_path / "natalia") as library:
        yield library


@pytest.fixture
def label(tmp_path):
    return Closing(tmp_path / "spool", "Zoopark Tapes")


@pytest.fixture
def closed(natalia, label):
    """A premiere that lies closed in Natalia's library."""
    each = made()
    bring(natalia, label, each)
    return each


def bring(library, label, *each):
    for one in each:
        label.premiere(one)
    return take(library, label.folder, *each)


def take(library, folder, *each):
    return dub(library, folder_spool(folder), now=NOW)


def state_of(library, title="45"):
    return next(each for each in premieres(library) if each.title == title)


def opened_album(library, label, each):
    return contents_of(library, album_id(label.imprint, each.release.id))


def test_enough_shares_open_it_in_place(natalia, label, closed):
    state = state_of(natalia)
    assert (state.opened, state.here, state.need, state.of) == (False, True, 3, 5)
    assert list(natalia.shelf.albums()) == []
    report = open_premiere(natalia, "45", shares=closed.given(4, 0, 2), now=NOW)
    assert report.words == closed.words
    assert (report.tracks, report.length, report.missing) == (2, sum(map(len, closed.tracks)), ())
    assert "«45» is open. 3 of 5 friends opened it" in report.outcome().headline
    assert opened_album(natalia, label, closed) == closed.tracks
    assert state_of(natalia).opened
    assert is_sound(natalia)


def test_the_closed_file_goes_once_its_album_is_open(natalia, closed):
    open_premiere(natalia, "45", words=closed.words, now=NOW)
    assert not natalia.shelf.is_complete(closed.premiere.file.sha256)
    assert rows(natalia, "SELECT count(*) FROM piece WHERE hex(blob) = ?", (closed.premiere.file.sha256.upper(),)) == [
        (0,)
    ]


def test_more_shares_than_are_needed_open_it_too(natalia, closed):
    assert open_premiere(natalia, "45", shares=closed.given(0, 1, 2, 3, 4), now=NOW).words == closed.words


def sent(library, share, name):
    """A letter with a share beside it, in the inbox."""
    said, content = beside(share.encode(), SHARE)
    letter = letter_to(library.secrets.addresses[0].recipient.text, sender=name, attachment=said)
    with library.changes() as changes:
        Arrivals(library, changes, now=NOW).receive(file_of(letter, attachment=content))
        changes.commit()


def test_shares_that_came_with_letters_count_and_those_of_others_do_not(natalia, closed):
    sent(natalia, closed.shares[0], "Anna")
    sent(natalia, closed.shares[3].upper(), "Boris")
    sent(natalia, made(lengths=[1]).shares[0], "Vera")
    waits = open_premiere(natalia, "45", now=NOW)
    assert (waits.lacking, waits.by_letter) == (1, 2)
    assert "2 shares came out of letters" in " ".join(waits.outcome().lines)
    assert open_premiere(natalia, "45", shares=closed.given(0), now=NOW).by_letter == 1  # Anna's was given, too
    assert open_premiere(natalia, "45", shares=closed.given(3), now=NOW).lacking == 1
    assert open_premiere(natalia, "45", shares=closed.given(1), now=NOW).words == closed.words


@pytest.mark.parametrize(("numbers", "lacking"), [((), 3), ((1,), 2), ((1, 3), 1), ((1, 1, 1), 2)])
def test_too_few_shares_change_nothing_and_say_how_many_are_needed(natalia, closed, numbers, lacking):
    before = natalia.changed()
    report = open_premiere(natalia, "45", shares=closed.given(*numbers), now=NOW)
    outcome = report.outcome()
    assert (report.lacking, report.words, outcome.exit_code) == (lacking, "", 3)
    assert ("One more is needed" in outcome.headline) is (lacking == 1)
    assert natalia.changed() == before


def test_a_share_that_was_not_given_out_is_told_by_its_name(natalia, closed):
    false = GivenShare("Mike", shares.split(os.urandom(16), 3, 5)[0])
    with pytest.raises(NotVerifiedError, match="the share of Mike is not the one"):
        open_premiere(natalia, "45", shares=[*closed.given(0, 1, 2), false], now=NOW)
    assert not state_of(natalia).opened


def test_wrong_words_open_nothing(natalia, closed):
    for words in ("abandon", secret_words(bytes(16)), "music " * 1000):
        with pytest.raises(WrongPassphraseError):
            open_premiere(natalia, "45", words=words, now=NOW)
    assert not state_of(natalia).opened


def test_a_premiere_is_named_by_title_id_or_label(natalia, label, closed):
    other = made(title="46")
    bring(natalia, label, other)
    for name in (closed.premiere.id[-8:], "47", "Zoopark Tapes", ""):
        with pytest.raises(UsageError):
            open_premiere(natalia, name, words=closed.words, now=NOW)
    assert open_premiere(natalia, closed.premiere.id, words=closed.words, now=NOW).title == "45"
    assert open_premiere(natalia, "zoopark tapes", words=other.words, now=NOW).title == "46"


def test_what_is_open_shows_its_words_again_and_changes_nothing(natalia, closed):
    open_premiere(natalia, "45", words=closed.words, now=NOW)
    before = natalia.changed()
    again = open_premiere(natalia, "45", shares=closed.given(2, 3, 4), now=NOW)
    assert again.words == closed.words
    assert natalia.changed() == before


def test_an_album_that_was_opened_is_one_like_any_other(tmp_path, natalia, closed):
    """It is in an open spool from then on, and whoever dubs that has it without any words."""
    open_premiere(natalia, "45", words=closed.words, now=NOW)
    write_spool(natalia, tmp_path / "open")
    with make_library(tmp_path / "mike") as mike:
        dub(mike, folder_spool(tmp_path / "open"), now=NOW)
        (album,) = mike.shelf.albums()
        assert contents_of(mike, album.id) == closed.tracks


def test_of_whom_it_came_in_the_open_it_is_open(natalia, label, closed):
    label.reveal(closed)
    take(natalia, label.folder)
    assert state_of(natalia).opened
    assert opened_album(natalia, label, closed) == closed.tracks


def test_open_and_closed_stay_so_where_the_index_is_made_anew(tmp_path, label):
    first, second = made(title="45", lengths=[1000]), made(title="46", lengths=[2000])
    library = make_library(tmp_path / "mike")
    bring(library, label, first, second)
    open_premiere(library, "45", words=first.words, now=NOW)
    directory, keys, disk = library.directory, library.secrets, library.disk
    library.close()
    assert rebuild(directory, keys, now=NOW, disk=disk).missing == ()
    with Library(directory, keys) as again:
        assert [(each.title, each.opened) for each in premieres(again)] == [("45", True), ("46", False)]
        assert opened_album(again, label, first) == first.tracks
        assert open_premiere(again, "46", words=second.words, now=NOW).tracks == 1


def test_what_is_open_in_one_of_two_libraries_is_open_where_they_come_together(tmp_path, natalia, label, closed):
    with make_library(tmp_path / "mike") as mike:
        take(mike, label.folder)
        open_premiere(mike, "45", words=closed.words, now=NOW)
        merge(natalia, mike, now=NOW)
    assert state_of(natalia).opened
    assert opened_album(natalia, label, closed) == closed.tracks


# -- interrupted, without room, without its file ----------------------------------------------------------------------


def test_without_its_closed_file_it_stays_closed(natalia, label):
    each = made()
    label.premiere(each)
    (label.folder / blob_path(each.premiere.file.sha256)).unlink()
    take(natalia, label.folder)
    with pytest.raises(NotFoundError, match="not whole here"):
        open_premiere(natalia, "45", words=each.words, now=NOW)


def test_what_the_label_lists_no_more_stays_closed(natalia, label, closed):
    label.sign({target_path(RELEASE, closed.release.id): encode(release_of([], "Another", number=5))})
    dub(natalia, folder_spool(label.folder), now=NOW)
    with pytest.raises(NotVerifiedError, match="does not list this album"):
        open_premiere(natalia, "45", words=closed.words, now=NOW)


# -- hostile ----------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "fields",
    [
        {"inside": release_of([], "Another album", number=77)},
        {"members": {"album.json": None}},
        {"plain": b"no ZIP at all"},
        {"plain": b""},
        {"document": "0" * 64},
        {"words": "AAAA"},
        {"work_factor": 12},
    ],
    ids=str,
)
def test_a_premiere_with_something_else_inside_stays_closed(natalia, label, fields):
    each = made(lengths=[1000], **fields)
    bring(natalia, label, each)
    with pytest.raises((DamagedError, NotVerifiedError)):
        open_premiere(natalia, "45", shares=each.given(0, 1, 2), now=NOW)
    assert list(natalia.shelf.albums()) == []
    assert not state_of(natalia).opened
    assert is_sound(natalia)


def test_music_that_is_not_what_was_listed_is_not_taken(natalia, label):
    honest = made(lengths=[3000, 2000])
    first, second = honest.release.files()
    each = honest._replace(closed=b"")
    liar = made(
        lengths=[1],
        inside=honest.release,
        members={blob_path(first.sha256): honest.tracks[0], blob_path(second.sha256): b"\xff" * 2000},
        document=honest.premiere.document,
        release_id=honest.release.id,
    )
    each = liar._replace(release=honest.release, tracks=honest.tracks)
    bring(natalia, label, each)
    report = open_premiere(natalia, "45", words=each.words, now=NOW)
    assert report.tracks == 1
    assert report.outcome().exit_code == 3
    assert "1 of 2 tracks did not come" in report.missing[0].reason
    assert not natalia.shelf.is_complete(second.sha256)
    assert b"".join(natalia.blob(first.sha256).pieces()) == honest.tracks[0]
    assert is_sound(natalia)


# -- who says the words -----------------------------------------------------------------------------------------------


def test_who_dubs_the_words_has_the_album_open(tmp_path, natalia, label, closed):
    friend = Closing(tmp_path / "mike", "Mike")
    friend.opening(label, closed)
    report = take(natalia, friend.folder)
    assert [(each.title, each.by, each.tracks) for each in report.opened] == [("45", "Mike", 2)]
    assert opened_album(natalia, label, closed) == closed.tracks
    assert is_sound(natalia)


def test_words_that_came_before_the_closed_file_open_it_when_it_comes(tmp_path, natalia, label):
    each = made()
    friend = Closing(tmp_path / "mike", "Mike")
    label.premiere(each)
    friend.opening(label, each)
    assert take(natalia, friend.folder).opened == ()
    assert [one.title for one in take(natalia, label.folder).opened] == ["45"]


def test_who_opens_it_may_say_so_and_whoever_dubs_that_has_it_open(tmp_path, natalia, label, closed):
    new_label(natalia, "Natalia")
    report = open_premiere(natalia, "45", shares=closed.given(0, 1, 2), as_="Natalia", now=NOW)
    assert report.said_by == "Natalia"
    cargo = gather(natalia, now=NOW, labels=[find_label(natalia, "Natalia")])
    write_open(natalia, cargo, FolderTarget(tmp_path / "open", disk=Disk()))
    with make_library(tmp_path / "mike") as mike:
        take(mike, label.folder)
        assert not state_of(mike).opened
        assert [each.by for each in take(mike, tmp_path / "open").opened] == ["Natalia"]
        assert opened_album(mike, label, closed) == closed.tracks


def test_a_label_that_says_words_goes_by_itself_with_everything_and_not_where_nobody_speaks(natalia, closed):
    new_label(natalia, "Natalia")
    open_premiere(natalia, "45", words=closed.words, as_="Natalia", now=NOW)
    names = {each.view.name for each in gather(natalia, now=NOW).loaded}
    assert names == {"Zoopark Tapes", "Natalia"}
    assert any(".opening.json" in file.path for file in gather(natalia, now=NOW).files)
    mute = gather(natalia, now=NOW, along="none")
    assert {each.view.name for each in mute.loaded} == {"Zoopark Tapes"}
    assert not any(".opening.json" in file.path for file in mute.files)


def many_liars(tmp_path, label, each, count):
    """As many labels, each with sound words that open nothing, and the folder where all of them lie."""
    folder = tmp_path / "liars"
    for number in range(count):
        Closing(folder, f"Liar {number}").opening(label, each, secret_words(os.urandom(16)))
    return folder


def test_three_wrong_words_are_tried_in_a_dub_and_none_of_them_twice(tmp_path, natalia, label, closed, monkeypatch):
    from magnitizdat.ops.premieres import openings

    tried = []
    identity_of = openings.identity_of
    monkeypatch.setattr(
        openings, "identity_of", lambda premiere, words: tried.append(words) or identity_of(premiere, words)
    )
    folder = many_liars(tmp_path, label, closed, 7)
    seen = []
    for expected in (3, 3, 1, 0):
        take(natalia, folder)
        assert len(tried) == expected
        seen += tried
        tried.clear()
    assert len(set(seen)) == 7


def test_a_friend_is_heard_before_a_hundred_liars(tmp_path, natalia, label, closed):
    friend = Closing(tmp_path / "liars", "Mike")
    take(natalia, friend.folder)
    follow(natalia, "Mike")
    many_liars(tmp_path, label, closed, 12)
    friend.opening(label, closed)
    assert [each.by for each in take(natalia, friend.folder).opened] == ["Mike"]


@pytest.mark.parametrize("words", ["music " * 40, "abandon " * 12, "x", " ", "слово " * 12])
def test_words_that_can_be_none_are_no_tries(tmp_path, natalia, label, closed, words):
    folder = tmp_path / "liars"
    for number in range(5):
        Closing(folder, f"Liar {number}").opening(label, closed, words)
    Closing(folder, "Mike").opening(label, closed)
    assert [each.by for each in take(natalia, folder).opened] == ["Mike"]


def test_a_dub_looks_at_so_many_sayings_and_the_next_one_at_others(tmp_path, natalia, label, closed, monkeypatch):
    from magnitizdat.ops.premieres import openings

    monkeypatch.setattr(openings, "HEARD", 4)
    folder = tmp_path / "liars"
    for number in range(6):
        Closing(folder, f"Liar {number}").opening(label, closed, "abandon " * 12)
    Closing(folder, "Mike").opening(label, closed)
    opened = [take(natalia, folder).opened for _ in range(3)]
    assert [each.by for dubbed in opened for each in dubbed] == ["Mike"]


def test_what_was_tried_is_forgotten_with_who_said_it(tmp_path, natalia, label, closed):
    folder = many_liars(tmp_path, label, closed, 2)
    take(natalia, folder)
    assert len(json.loads(natalia.job("opening", "tried"))) == 2
    remove_label(natalia, "Liar 0", sure=True)
    take(natalia, many_liars(tmp_path / "more", label, closed, 1))
    assert len(json.loads(natalia.job("opening", "tried"))) == 2


def test_a_premiere_that_lies_is_told_once_where_its_words_are_right(tmp_path, natalia, label):
    each = made(lengths=[1000], plain=b"no ZIP")
    bring(natalia, label, each)
    friend = Closing(tmp_path / "mike", "Mike")
    friend.opening(label, each)
    report = take(natalia, friend.folder)
    assert report.opened == ()
    assert ["tell the label" in missing.reason for missing in report.missing] == [True]
    assert take(natalia, friend.folder).missing == ()


# -- at home ----------------------------------------------------------------------------------------------------------


def test_who_made_it_opens_it_like_everybody(tmp_path):
    with make_library(tmp_path / "maker") as maker:
        album, tracks = put_album(maker, lengths=(1000, 2000))
        view = new_label(maker)
        report = make(
            maker, album, view, PremiereWish(opens=date(2026, 12, 24), need=2, holders=("a", "b", "c")), now=NOW
        )
        given = [GivenShare(each.holder, each.words) for each in report.shares]
        open_premiere(maker, "45", shares=given[1:], now=NOW)
        assert state_of(maker).opened
        assert [each.id for each in maker.shelf.albums()] == [album]
        write_spool(maker, tmp_path / "open")
        with make_library(tmp_path / "mike") as mike:
            dub(mike, folder_spool(tmp_path / "open"), now=NOW)
            assert [contents_of(mike, each.id) for each in mike.shelf.albums()] == [tracks]
