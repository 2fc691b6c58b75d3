"""Sticks of one label come in any order: every library ends alike, each stick is calm, and what is forged is not."""

from __future__ import annotations

import shutil
import tempfile
from contextlib import contextmanager
from functools import cache
from pathlib import Path

import pytest
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from hypothesis import given, settings
from hypothesis import strategies as st
from securesystemslib.signer import CryptoSigner
from tuf.api.metadata import Metadata, Timestamp

from magnitizdat.errors import EXIT_DONE, EXIT_SOURCE, UsageError
from magnitizdat.library.library import Library, unlock
from magnitizdat.ops.dub.from_sources import outcome
from magnitizdat.ops.dub.from_spool import dub
from magnitizdat.ops.dub.previewing import preview
from magnitizdat.ops.dub.wishes import DubWishes
from magnitizdat.ops.labels import labels, publish
from magnitizdat.ops.labels.labels import choose_branch, find_label, held_state
from magnitizdat.ops.places.spool import FolderSpool
from tests.fakes_library import NOW, PASSPHRASE, make_library, put_album
from tests.fakes_spool import Liar, is_sound, release_of, write_spool

STICKS = 5


@cache
def sticks() -> tuple[str, list[Path]]:
    """(imprint, copies of a label as it grew: two albums, a third, one corrected, one withdrawn, a fourth)"""
    folder = Path(tempfile.mkdtemp(prefix="sticks-"))
    label = Liar(folder / "label", "Zoopark")
    first, second, third, fourth = (label.blob(b"music %d" % number) for number in range(4))
    acts = [
        [release_of([first], "One", number=1), release_of([second], "Two", number=2)],
        [release_of([third], "Three", number=3)],
        [release_of([first, third], "One (fixed)", number=1)],
        [release_of([second], "Two", number=2, withdrawn=True, withdrawn_reason="a wrong mix")],
        [release_of([fourth], "Four", number=4)],
    ]
    for number, releases in enumerate(acts):
        for each in releases:
            label.release(each)
        shutil.copytree(label.folder, folder / str(number))
    return label.imprint, [folder / str(number) for number in range(STICKS)]


@contextmanager
def newcomer():
    with tempfile.TemporaryDirectory() as folder, make_library(Path(folder) / "library") as library:
        yield library


def reopened(folder):
    return Library(folder, unlock(folder, PASSPHRASE))


def take(library, folder, **wishes):
    return dub(library, FolderSpool(folder), now=NOW, wishes=DubWishes(**wishes))


def shown(library):
    albums = [library.shelf.release(view.id) for view in library.shelf.albums()]
    return (
        sorted((view.title, view.complete, view.withdrawn) for view in library.shelf.albums()),
        sorted((album.id, album) for album in albums),
        library.label_files(library.shelf.labels()[0].imprint),
    )


@cache
def newest():
    with newcomer() as library:
        take(library, sticks()[1][-1])
        return shown(library)


@settings(max_examples=12, deadline=None)
@given(st.lists(st.integers(0, STICKS - 1), max_size=4), st.permutations(range(STICKS)))
def test_in_whatever_order_sticks_come_the_library_is_the_same_and_each_is_calm(before, order):
    with newcomer() as library:
        highest = -1
        for number in [*before, *order]:
            report = take(library, sticks()[1][number])
            assert outcome(report).exit_code == EXIT_DONE
            assert (report.refused, report.missing) == (0, ())
            assert (report.labels[0].older is not None) == (number < highest)
            highest = max(highest, number)
        assert shown(library) == newest()
        assert is_sound(library)


def test_what_is_new_is_told_once_by_kind_and_a_preview_tells_the_same():
    with newcomer() as library:
        told = []
        for folder in sticks()[1]:
            lying = preview(library, FolderSpool(folder), now=NOW)
            news = {each.title: each.news for each in lying.albums if each.news != "here"}
            label = take(library, folder).labels[0]
            kinds = {"new": label.new, "corrected": label.corrected, "withdrawn": label.withdrawn}
            assert news == {each.title: kind for kind, albums in kinds.items() for each in albums}
            told.append(news)
        assert told == [
            {"One": "new", "Two": "new"},
            {"Three": "new"},
            {"One (fixed)": "corrected"},
            {"Two": "withdrawn"},
            {"Four": "new"},
        ]
        lying = preview(library, FolderSpool(sticks()[1][0]), now=NOW)
        assert [(each.title, each.news) for each in lying.albums] == [("One", "older"), ("Two", "older")]
        assert lying.missing == []
        assert (lying.older[0].version, lying.older[0].held) == (3, 7)


def test_the_reason_of_a_withdrawal_is_said():
    with newcomer() as library:
        take(library, sticks()[1][2])
        lines = outcome(take(library, sticks()[1][3])).lines
        assert "«Zoopark» withdrew «Two»: a wrong mix. What you have of it plays." in lines


def test_one_album_or_one_label_is_taken_and_the_rest_comes_later():
    with newcomer() as library:
        take(library, sticks()[1][-1], albums=["three"])
        assert [view.title for view in library.shelf.albums()] == ["Three"]
        take(library, sticks()[1][-1], labels=["zoopark"])
        assert shown(library) == newest()
        wishes = DubWishes(albums=["Nowhere"])
        dub(library, FolderSpool(sticks()[1][-1]), now=NOW, wishes=wishes)
        with pytest.raises(UsageError, match="«Nowhere» is not on it"):
            wishes.require_met()


def test_of_another_label_nothing_is_taken_or_frozen():
    with newcomer() as library:
        report = take(library, sticks()[1][-1], labels=["Kino"])
        assert report.labels == ()
        assert not library.shelf.labels()


def test_an_older_label_on_a_reel_with_newer_ones_lacks_nothing(tmp_path):
    """As on a club's reel, where each officer brings the label of another as they last heard of it."""
    older, newer = Liar(tmp_path / "reel", "Officer"), Liar(tmp_path / "reel", "Club")
    older.release(release_of([older.blob(b"first")], "First", number=1))
    shutil.copytree(tmp_path / "reel", tmp_path / "old")
    older.release(release_of([older.blob(b"second")], "Second", number=2))
    with newcomer() as library:
        take(library, tmp_path / "reel")
        newer.folder = tmp_path / "old"
        newer.release(release_of([newer.blob(b"third")], "Third", number=3))
        report = take(library, tmp_path / "old")
        assert (outcome(report).exit_code, report.missing, report.refused) == (EXIT_DONE, (), 0)
        assert {label.name: label.older is not None for label in report.labels} == {"Officer": True, "Club": False}
        assert outcome(report).headline.startswith("Tracks that arrived: 1")


# -- what is forged ---------------------------------------------------------------------------------------------------


@pytest.fixture
def forger(tmp_path):
    """A label whose key signs what it should not, and a library that holds its fourth version."""
    label = Liar(tmp_path / "label", "Zoopark")
    label.release(release_of([label.blob(b"one")], "One", number=1))
    with make_library(tmp_path / "library") as library:
        yield label, library, tmp_path


def copied(label, folder):
    shutil.copytree(label.folder, folder)
    return folder


def test_an_older_list_that_is_another_than_the_one_that_came_freezes(forger):
    """Two laptops signed a second version, and the other one comes after the label went on."""
    label, library, place = forger
    state = label.state
    label.release(release_of([label.blob(b"mine")], "Mine", number=2))
    take(library, copied(label, place / "first"))
    label.release(release_of([label.blob(b"more")], "More", number=3))
    take(library, copied(label, place / "second"))
    label.folder, label.state = place / "other", state
    label.write({f"metadata/{name}": body for name, body in state.files.items()})
    label.release(release_of([label.blob(b"theirs")], "Theirs", number=4))
    for path in (place / "first" / "labels" / label.imprint / "targets").rglob("*.json"):
        label.write({path.relative_to(place / "first" / "labels" / label.imprint).as_posix(): path.read_bytes()})
    report = take(library, place / "other")
    assert outcome(report).exit_code == EXIT_SOURCE
    assert find_label(library, "Zoopark").frozen
    (fork,) = report.labels[0].forks
    assert (fork.here, fork.there) == (("Mine", "More"), ("Theirs",))
    assert f"mag label choose Zoopark {fork.other}" in " ".join(outcome(report).lines)
    choose_branch(library, "Zoopark", fork.other[:3])
    assert not find_label(library, "Zoopark").frozen
    report = take(library, place / "other")
    assert report.refused == 0
    assert "Theirs" in {view.title for view in library.shelf.albums() if view.complete}
    assert take(library, place / "second").refused == 1  # what goes on from the branch that was turned down too


def test_a_copy_that_was_put_together_to_go_back_is_refused(forger):
    """Whoever has the key signs a timestamp of tomorrow that names yesterday's list."""
    label, library, place = forger
    old = copied(label, place / "old")
    label.release(release_of([label.blob(b"two")], "Two", number=2))
    take(library, copied(label, place / "new"))
    before = shown(library)
    path = old / "labels" / label.imprint / "metadata" / "timestamp.json"
    timestamp = Metadata[Timestamp].from_bytes(path.read_bytes())
    timestamp.signed.version = 9
    timestamp.sign(CryptoSigner(Ed25519PrivateKey.from_private_bytes(label.keys.online_seed)))
    path.write_bytes(timestamp.to_bytes())
    report = take(library, old)
    assert outcome(report).exit_code == EXIT_SOURCE
    assert "put together so that it goes back" in report.labels[0].verdict
    assert shown(library) == before


def test_an_older_copy_that_does_not_hold_together_is_refused_and_changes_nothing(forger):
    label, library, place = forger
    old = copied(label, place / "old")
    label.release(release_of([label.blob(b"two")], "Two", number=2))
    take(library, copied(label, place / "new"))
    before = shown(library)
    listed = next((old / "labels" / label.imprint / "metadata").glob("2.targets.json"))
    listed.write_bytes(listed.read_bytes() + b" ")
    report = take(library, old)
    assert outcome(report).exit_code == EXIT_SOURCE
    assert not report.labels[0].genuine
    assert shown(library) == before


def test_choosing_names_both_branches_and_takes_any_beginning_that_fits_one(forger):
    label, library, place = forger
    state = label.state
    label.release(release_of([label.blob(b"mine")], "Mine", number=2))
    take(library, copied(label, place / "first"))
    label.folder, label.state = place / "first", state
    label.release(release_of([label.blob(b"theirs")], "Theirs", number=3))
    assert take(library, place / "first").refused == 1
    (fork,) = held_state(library, label.imprint).memory.forks
    with pytest.raises(UsageError, match="yours names «Mine», the other one «Theirs»") as told:
        choose_branch(library, "Zoopark", "x")
    assert fork.held[:8] in str(told.value)
    assert fork.other[:8] in str(told.value)
    with pytest.raises(UsageError):
        choose_branch(library, "Zoopark", "")
    assert next(view for view in library.shelf.albums()).frozen
    short = next(n for n in range(1, 65) if fork.held[:n] != fork.other[:n])
    choose_branch(library, "Zoopark", fork.held[:short].upper())
    assert not find_label(library, "Zoopark").frozen


# -- after a label was taken back -------------------------------------------------------------------------------------


def test_after_a_label_was_taken_back_older_sticks_give_their_music_and_keys_are_told_once(tmp_path):
    def signed(library, title):
        album, _ = put_album(library, title, lengths=(40_000,))
        publish.publish(library, [album], find_label(library, "Zoopark"), now=NOW)

    with (
        make_library(tmp_path / "maker") as maker,
        make_library(tmp_path / "again") as again,
        make_library(tmp_path / "mine") as mine,
    ):
        _, paper = labels.create(maker, "Zoopark", now=NOW)
        signed(maker, "First")
        write_spool(maker, tmp_path / "one")
        signed(maker, "Second")
        write_spool(maker, tmp_path / "two")
        take(mine, tmp_path / "one")
        take(again, tmp_path / "one")
        labels.take_back(again, "Zoopark", paper, now=NOW)
        signed(again, "Third")
        write_spool(again, tmp_path / "three")
        changed = "The keys of Zoopark changed"
        assert any(changed in line for line in outcome(take(mine, tmp_path / "three")).lines)
        told = [outcome(take(mine, tmp_path / name)) for name in ("one", "three", "two", "three")]
        assert [each.exit_code for each in told] == [EXIT_DONE] * 4
        assert not any(changed in line for each in told for line in each.lines)
        late = take(mine, tmp_path / "two").labels[0]
        assert [each.title for each in late.unlisted] == ["Second"]  # told, and not believed
        named = outcome(take(mine, tmp_path / "two", albums=["Second"]))
        assert any("keys that it has replaced since" in line for line in named.lines)
        assert any("Only keys that «Zoopark» has replaced since signed that" in line for line in named.lines)
        assert not any("genuine" in line for line in named.lines)
        assert {view.title for view in mine.shelf.albums() if view.complete} == {"First", "Second", "Third"}
        assert not take(mine, tmp_path / "two").labels[0].unlisted
        assert is_sound(mine)


def test_keys_that_were_replaced_cannot_say_anew_what_the_label_said_once(tmp_path):
    """Who has them signs another list of a version that is known here: that is no older copy, and freezes nothing."""

    def signed(library, title, length):
        album, _ = put_album(library, title, lengths=(length,))
        publish.publish(library, [album], find_label(library, "Zoopark"), now=NOW, only_copy=True)

    with make_library(tmp_path / "maker") as maker:
        _, paper = labels.create(maker, "Zoopark", now=NOW)
        signed(maker, "First", 4000)
    shutil.copytree(tmp_path / "maker", tmp_path / "thief")
    with reopened(tmp_path / "maker") as maker:
        signed(maker, "Second", 4100)
        write_spool(maker, tmp_path / "two")
    with make_library(tmp_path / "again") as again, make_library(tmp_path / "mine") as mine:
        for library in (again, mine):
            take(library, tmp_path / "two")
        labels.take_back(again, "Zoopark", paper, now=NOW)
        signed(again, "Third", 4200)
        write_spool(again, tmp_path / "three")
        take(mine, tmp_path / "three")
        with reopened(tmp_path / "thief") as thief:
            signed(thief, "Forged", 3900)
            write_spool(thief, tmp_path / "stolen")
        before = shown(mine)
        for wishes in ({}, {"albums": ("Forged",)}):
            report = take(mine, tmp_path / "stolen", **wishes)
            assert (report.labels[0].genuine, outcome(report).exit_code) == (False, EXIT_SOURCE)
            assert any(
                "keys that the label has replaced signed this copy" in str(line) for line in outcome(report).lines
            )
            assert shown(mine) == before
        assert not find_label(mine, "Zoopark").frozen


def test_what_another_copy_of_a_library_signed_under_a_higher_number_before_its_label_was_taken_back_is_told_as_that(
    tmp_path,
):
    def signed(library, title):
        album, _ = put_album(library, title, lengths=(4000,))
        publish.publish(library, [album], find_label(library, "Zoopark"), now=NOW, only_copy=True)

    with make_library(tmp_path / "maker") as maker:
        _, paper = labels.create(maker, "Zoopark", now=NOW)
        signed(maker, "First")
        write_spool(maker, tmp_path / "one")
    shutil.copytree(tmp_path / "maker", tmp_path / "copy")
    with reopened(tmp_path / "copy") as copy:
        copy.index.settings.become_copy("c" * 16)
        for title in ("Second", "Third", "Fourth"):  # each time over a thousand numbers on
            copy.index.settings.unsettle()
            signed(copy, title)
        write_spool(copy, tmp_path / "gap")
    with make_library(tmp_path / "again") as again, make_library(tmp_path / "mine") as mine:
        for library in (again, mine):
            take(library, tmp_path / "one")
        labels.take_back(again, "Zoopark", paper, now=NOW)
        write_spool(again, tmp_path / "two")
        take(mine, tmp_path / "two")
        before = shown(mine)
        report = take(mine, tmp_path / "gap")
        said = " ".join(map(str, outcome(report).lines))
        assert outcome(report).exit_code == EXIT_SOURCE
        assert "another copy of its makers' library, or whoever took these keys" in said
        assert "put together" not in said
        assert shown(mine) == before
        assert not find_label(mine, "Zoopark").frozen
        planned = preview(mine, FolderSpool(tmp_path / "gap"), now=NOW)
        assert "another copy of its makers' library" in str(planned.missing[0].reason)


@settings(max_examples=6, deadline=None)
@given(st.lists(st.sampled_from(["one", "two"]), max_size=3), st.booleans())
def test_a_list_that_replaced_keys_forge_beside_one_that_is_known_is_refused_and_freezes_nothing(before, named):
    with newcomer() as mine:
        for name in before:
            take(mine, stolen() / name)
        take(mine, stolen() / "three")
        imprint = find_label(mine, "Zoopark").imprint
        wishes = {"albums": ["Forged"]} if named else {}
        report, then = take(mine, stolen() / "forged", **wishes), [view.title for view in mine.shelf.albums()]
        (label,) = report.labels
        assert not find_label(mine, "Zoopark").frozen
        assert not mine.index.signed.disowned(imprint)
        lines = " ".join(map(str, outcome(report).lines))
        assert "is genuine" not in lines
        assert "keys" in lines
        if "two" in before:
            assert (outcome(report).exit_code, label.genuine) == (EXIT_SOURCE, False)
            assert "not what the label signed" in lines
        assert ("Forged" in then) == (named and "two" not in before)
        honest = take(mine, stolen() / "two")  # nothing that only void keys said stands in its way
        assert (honest.refused, outcome(honest).exit_code) == (0, EXIT_DONE)
        assert is_sound(mine)


@cache
def stolen() -> Path:
    """Copies of a label: one album, two, taken back on paper; and one forged with its keys of the first day."""
    folder = Path(tempfile.mkdtemp(prefix="stolen-"))

    def signed(library, title, length):
        album, _ = put_album(library, title, lengths=(length,))
        publish.publish(library, [album], find_label(library, "Zoopark"), now=NOW)

    with make_library(folder / "maker") as maker:
        _, paper = labels.create(maker, "Zoopark", now=NOW)
        signed(maker, "First", 40_000)
        write_spool(maker, folder / "one")
    shutil.copytree(folder / "maker", folder / "thief")
    with reopened(folder / "maker") as maker, reopened(folder / "thief") as thief:
        signed(maker, "Second", 41_000)
        write_spool(maker, folder / "two")
        signed(thief, "Forged", 39_000)
        write_spool(thief, folder / "forged")
    with make_library(folder / "again") as again:
        take(again, folder / "two")
        labels.take_back(again, "Zoopark", paper, now=NOW)
        signed(again, "Third", 42_000)
        write_spool(again, folder / "three")
    return folder
