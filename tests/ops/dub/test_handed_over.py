"""A label is taken and handed over: who slept follows without a question, and the forgery plays on, marked."""

from __future__ import annotations

import pytest

from magnitizdat.disk.disk import Disk
from magnitizdat.errors import EXIT_SOURCE
from magnitizdat.library.library import Library, unlock
from magnitizdat.ops.dub.from_sources import outcome
from magnitizdat.ops.dub.from_spool import dub
from magnitizdat.ops.keep.rebuild import rebuild
from magnitizdat.ops.labels.labels import choose_branch, find_label, held_state
from magnitizdat.ops.labels.removing import remove_label
from magnitizdat.ops.listen.sleeves import sleeve
from magnitizdat.ops.merge.merging import merge
from magnitizdat.ops.places.spool import FolderSpool
from tests.fakes_library import NOW, PASSPHRASE, make_library
from tests.fakes_spool import release_of
from tests.fakes_succession import Held, newest_list

MARK = "«Fake» came under a key that was taken away; those who carry «Zoopark» on do not stand by it."


@pytest.fixture
def reader(tmp_path):
    with make_library(tmp_path / "reader") as library:
        yield library


class Story:
    """«Белая полоса» is theirs, and «Fake» is not."""

    def __init__(self, folder):
        self.label = Held(folder / "true")
        self.label.release(release_of([self.label.blob(b"white stripe")], "Белая полоса", number=1))
        self.stood_by = newest_list(self.label.state)
        self.thief = self.label.thief(folder / "forged")
        self.thief.release(release_of([self.thief.blob(b"fake")], "Fake", number=2))

    def taken(self, library, label=None):
        return dub(library, FolderSpool((label or self.label).folder), now=NOW)


def said(report):
    done = outcome(report)
    return [str(each) for each in (*done.lines, *done.warnings)]


def marks(library):
    return {view.title: view.disowned for view in library.shelf.albums()}


def test_the_forgery_is_marked_and_plays_and_the_hand_over_is_told_once(tmp_path, reader):
    story = Story(tmp_path)
    story.taken(reader, story.thief)
    assert marks(reader) == {"Fake": False, "Белая полоса": False}
    story.label.hand_over(story.stood_by)
    report = story.taken(reader)
    assert report.refused == 0
    assert marks(reader) == {"Fake": True, "Белая полоса": False}
    assert all(view.complete for view in reader.shelf.albums())
    assert "«Zoopark» was handed over by 3 of its 5 holders." in said(report)
    assert MARK in said(report)
    assert not any("keys of" in each for each in said(report))
    again = story.taken(reader)
    assert not any("handed over" in each or "taken away" in each for each in said(again))
    fake = next(view for view in reader.shelf.albums() if view.disowned)
    assert MARK in sleeve(reader, fake.id, now=NOW).verdict


def test_the_mark_outlives_a_rebuild_and_a_merge(tmp_path, reader):
    story = Story(tmp_path)
    story.taken(reader, story.thief)
    story.label.hand_over(story.stood_by)
    story.taken(reader)
    marked = marks(reader)
    reader.close()
    secrets = unlock(tmp_path / "reader", PASSPHRASE)
    rebuild(tmp_path / "reader", secrets, now=NOW, disk=Disk())
    with Library(tmp_path / "reader", secrets) as again, make_library(tmp_path / "other") as other:
        assert marks(again) == marked
        assert all(view.complete for view in again.shelf.albums())
        story.taken(other, story.thief)
        merge(other, again, now=NOW)
        assert marks(other) == marked
        merge(again, other, now=NOW)
        assert marks(again) == marked


def test_a_form_of_a_true_album_that_may_be_theirs_is_not_called_forged_and_goes_when_the_newest_comes(
    tmp_path, reader
):
    story = Story(tmp_path)
    story.thief.release(release_of([story.thief.blob(b"noise")], "Белая полоса (noise)", number=1))
    story.taken(reader, story.thief)
    document = next((story.label.root / "targets").rglob("*0001.json"))
    content = document.read_bytes()
    document.unlink()
    story.label.hand_over(story.stood_by)
    story.taken(reader)
    assert marks(reader) == {"Белая полоса (noise)": False, "Fake": True}
    document.write_bytes(content)
    story.taken(reader)
    assert marks(reader) == {"Белая полоса": False, "Fake": True}


def test_an_album_that_its_keeper_corrected_unheard_is_not_called_forged(tmp_path, reader):
    """The reader slept, the holders stand by the corrected list, and the stick lost the correction."""
    story = Story(tmp_path)
    story.label.release(release_of([story.label.blob(b"second")], "Второй", number=2))
    story.taken(reader)
    corrected = release_of([story.label.blob(b"white stripe")], "Белая полоса (исправлено)", number=1)
    story.label.release(corrected)
    story.label.release(release_of([story.label.blob(b"third")], "Третий", number=3))
    for document in (story.label.root / "targets").rglob("*0001.json"):
        if "исправлено" in document.read_text():
            document.unlink()
    story.label.hand_over(newest_list(story.label.state))
    report = story.taken(reader)
    assert marks(reader) == {"Белая полоса": False, "Второй": False, "Третий": False}
    assert not any("taken away" in each for each in said(report))


def test_sticks_of_the_old_keys_are_older_whenever_they_come(tmp_path, reader):
    story = Story(tmp_path)
    old = story.label.thief(tmp_path / "old")
    story.label.hand_over(story.stood_by)
    (story.label.root / "targets").rename(tmp_path / "elsewhere")
    for path in (tmp_path / "elsewhere").rglob("*.label.json"):
        story.label.write({f"targets/{path.relative_to(tmp_path / 'elsewhere')}": path.read_bytes()})
    story.taken(reader)
    assert marks(reader) == {}
    report = story.taken(reader, story.thief)  # what they stand by is as good from there
    assert "do not stand by it" in report.labels[0].verdict
    assert marks(reader) == {"Белая полоса": False}
    (old.folder / "blobs").symlink_to(story.label.folder / "blobs")
    calm = story.taken(reader, old)
    assert (calm.refused, calm.labels[0].older.void_keys, calm.labels[0].unlisted) == (0, True, ())
    assert [(view.title, view.complete) for view in reader.shelf.albums()] == [("Белая полоса", True)]


def test_who_was_frozen_by_the_forgery_follows_without_a_question(tmp_path, reader):
    story = Story(tmp_path)
    story.label.release(release_of([story.label.blob(b"more")], "More", number=3))
    stood_by = newest_list(story.label.state)
    story.taken(reader)
    assert story.taken(reader, story.thief).refused
    assert find_label(reader, "Zoopark").frozen
    story.label.hand_over(stood_by)
    report = story.taken(reader)
    assert report.refused == 0
    assert not find_label(reader, "Zoopark").frozen
    assert not held_state(reader, story.label.imprint).is_frozen


def test_a_list_that_nobody_has_is_told_and_blocks_nothing(tmp_path, reader):
    story = Story(tmp_path)
    story.taken(reader, story.thief)
    story.label.hand_over({"version": 7, "sha256": "7" * 64})
    report = story.taken(reader)
    assert report.refused == 0
    assert any("does not go on from the one that its holders stand by" in each for each in said(report))
    assert marks(reader) == {"Fake": True, "Белая полоса": False}


def test_two_of_five_hand_nothing_over(tmp_path, reader):
    story = Story(tmp_path)
    story.taken(reader)
    story.label.hand_over(story.stood_by, signers=2)
    report = story.taken(reader)
    assert report.refused == 1
    assert outcome(report).exit_code == EXIT_SOURCE
    assert not find_label(reader, "Zoopark").frozen


def test_a_label_that_is_removed_takes_its_marks_along(tmp_path, reader):
    story = Story(tmp_path)
    story.taken(reader, story.thief)
    story.label.hand_over(story.stood_by)
    story.taken(reader)
    remove_label(reader, "Zoopark", sure=True)
    assert reader.index.signed.disowned(story.label.imprint) == set()
    with pytest.raises(Exception, match="no label"):
        choose_branch(reader, "Zoopark", "0" * 64)
