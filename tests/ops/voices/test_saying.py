"""Saying something is a new version of a label's list: replaced, withdrawn, and refused where nobody would take it."""

from __future__ import annotations

import shutil

import pytest
from msgspec import structs

from magnitizdat.catalogue.refresh import Fork, remembered
from magnitizdat.catalogue.voices import Vouch
from magnitizdat.errors import UsageError
from magnitizdat.formats import budgets
from magnitizdat.library.library import Library
from magnitizdat.model import Checkpoint
from magnitizdat.ops.dub.from_spool import dub
from magnitizdat.ops.keep.rebuild import rebuild
from magnitizdat.ops.labels import labels
from magnitizdat.ops.labels.labels import held_state
from magnitizdat.ops.places.spool import FolderSpool
from magnitizdat.ops.voices.saying import path_of, say_voices, signing_label, withdraw
from tests.fakes_library import NOW, make_library, put_album
from tests.fakes_spool import Liar, is_sound, new_label, publish_all, write_spool
from tests.fakes_voices import as_documents, review_of

DIGESTS = [f"{number:064x}" for number in range(1, 20)]


@pytest.fixture
def library(tmp_path):
    with make_library(tmp_path / "library") as library:
        yield library


def said(library, label, *voices, **how):
    with library.changes() as changes:
        report = say_voices(library, changes, label, voices, now=NOW, **how)
        changes.commit()
    return report


def heard(library, imprint):
    return sorted((each.title, each.rating) for each in library.index.voices.of_label(imprint))


def test_it_is_said_replaced_and_withdrawn_and_others_hear_that(library, tmp_path):
    album, _ = put_album(library, lengths=(10,))
    label = publish_all(library, [album])
    first, second = review_of(DIGESTS[0], title="45"), review_of(DIGESTS[1], title="46")
    version = said(library, label, first, second).version
    assert heard(library, label.imprint) == [("45", 4), ("46", 4)]
    again = said(library, label, review_of(DIGESTS[0], title="45", rating_value=2), second)
    assert (again.said, again.unchanged, again.version) == ((path_of(first),), (path_of(second),), version + 1)
    with make_library(tmp_path / "friend") as friend:
        for expected in ([("45", 2), ("46", 4)], [("45", 2)]):
            write_spool(library, tmp_path / "spool")
            assert dub(friend, FolderSpool(tmp_path / "spool"), now=NOW).missing == ()
            assert heard(friend, label.imprint) == heard(library, label.imprint) == expected
            with library.changes() as changes:
                withdraw(library, changes, label, [path_of(second), "ab/none"], now=NOW)
                changes.commit()
    assert is_sound(library)


def test_the_same_again_is_no_new_version(library):
    label = new_label(library)
    one = said(library, label, review_of(DIGESTS[0]))
    assert said(library, label, review_of(DIGESTS[0])).version == one.version
    with library.changes() as changes:
        assert withdraw(library, changes, label, ["ab/nothing.json"], now=NOW).withdrawn == ()


def test_what_is_not_committed_is_not_said(library):
    label = new_label(library)
    before = library.label_files(label.imprint)
    with library.changes() as changes:
        say_voices(library, changes, label, [review_of(DIGESTS[0])], now=NOW)
    assert (heard(library, label.imprint), library.label_files(label.imprint)) == ([], before)


@pytest.mark.parametrize(
    "voice",
    [
        structs.replace(review_of(DIGESTS[0]), rating_value=6),
        structs.replace(review_of(DIGESTS[0]), review_body="x" * 20_001),
        structs.replace(review_of(DIGESTS[0]), review_body="\u0001" * 20_000),
        structs.replace(review_of(DIGESTS[0]), in_language="no language"),
    ],
    ids=["a rating of 6", "too long a text", "too many bytes", "a language that is none"],
)
def test_what_others_could_not_read_is_not_signed(library, voice):
    label = new_label(library)
    before = library.label_files(label.imprint)
    with pytest.raises(UsageError):
        said(library, label, voice)
    assert library.label_files(label.imprint) == before


def test_a_label_does_not_vouch_for_itself(library):
    label = new_label(library)
    checkpoint = Checkpoint(version=1, sha256=DIGESTS[0])
    with pytest.raises(UsageError):
        said(library, label, Vouch(imprint=label.imprint, name="Myself", checkpoint=checkpoint))


def test_a_label_says_no_more_than_others_take(library, monkeypatch):
    label = new_label(library)
    monkeypatch.setattr(budgets, "DOCUMENTS", budgets.DOCUMENTS._replace(most=2))
    said(library, label, review_of(DIGESTS[0]), review_of(DIGESTS[1]))
    with pytest.raises(UsageError, match="withdraw"):
        said(library, label, review_of(DIGESTS[2]))
    said(library, label, review_of(DIGESTS[2]), without=[path_of(review_of(DIGESTS[1]))])
    said(library, label, review_of(DIGESTS[0], rating_value=1))


def test_the_carrier_and_labels_of_others_say_nothing(library):
    carrier = labels.carrier(library, now=NOW)
    with pytest.raises(UsageError, match="not your label"):
        said(library, carrier, review_of(DIGESTS[0]))
    with pytest.raises(UsageError, match="mag label create"):
        signing_label(library, "")


def test_a_frozen_label_says_nothing(library):
    label = new_label(library)
    state = held_state(library, label.imprint)
    fork = Fork(role="targets", version=1, held=DIGESTS[0], other=DIGESTS[1])
    frozen = structs.replace(state, memory=structs.replace(state.memory, forks=(fork,)))
    with library.changes() as changes:
        changes.put_label(label.imprint, frozen.files, remembered(frozen))
        changes.commit()
    with pytest.raises(UsageError, match="frozen"):
        said(library, label, review_of(DIGESTS[0]))


def test_a_restored_library_says_nothing_before_it_has_heard_and_then_skips(library):
    label = new_label(library)
    version = said(library, label, review_of(DIGESTS[0])).version
    library.close()
    rebuild(library.directory, library.secrets, now=NOW, disk=library.disk)
    with Library(library.directory, library.secrets) as again:
        with pytest.raises(UsageError, match="--only-copy"):
            said(again, label, review_of(DIGESTS[1]))
        assert said(again, label, review_of(DIGESTS[1]), only_copy=True).version > version + 1000
        assert len(heard(again, label.imprint)) == 2


def test_what_the_branch_that_was_turned_down_said_goes(library, tmp_path):
    """Two lists of one version: the person chooses whose words count, and the next stick brings them."""
    liar = Liar(tmp_path / "liar", "Two faces")
    before = review_of(DIGESTS[0], title="before")
    liar.sign(as_documents([before]))
    shutil.copytree(liar.folder, tmp_path / "other")
    state = liar.state
    liar.sign(as_documents([review_of(DIGESTS[1], title="first")]))
    dub(library, FolderSpool(liar.folder), now=NOW)
    liar.folder, liar.state = tmp_path / "other", state
    liar.sign(as_documents([review_of(DIGESTS[2], title="second")]))
    dub(library, FolderSpool(liar.folder), now=NOW)
    forks = held_state(library, liar.imprint).memory.forks
    assert (len(forks), heard(library, liar.imprint)) == (1, [("before", 4), ("first", 4)])
    labels.choose_branch(library, liar.imprint, forks[0].other)
    assert ("first", 4) not in heard(library, liar.imprint)
    dub(library, FolderSpool(liar.folder), now=NOW)
    assert heard(library, liar.imprint) == [("before", 4), ("second", 4)]
