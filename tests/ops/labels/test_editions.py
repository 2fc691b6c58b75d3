"""Signed, edited, to be signed again; and one label for one album."""

from __future__ import annotations

from contextlib import suppress
from datetime import timedelta

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from magnitizdat.disk.disk import Disk
from magnitizdat.errors import NotSureError, UsageError
from magnitizdat.library.library import Library, unlock
from magnitizdat.ops.albums import edit as editing
from magnitizdat.ops.albums.undo import undo
from magnitizdat.ops.keep.rebuild import rebuild
from magnitizdat.ops.labels.editions import edited, edited_sentence, signature
from magnitizdat.ops.labels.friends import my_card
from magnitizdat.ops.labels.labels import create, find_label, own_labels
from magnitizdat.ops.labels.one_label import label_for
from magnitizdat.ops.labels.publish import publish
from tests.fakes_library import NOW, PASSPHRASE, make_library, put_album
from tests.fakes_spool import publish_all

LATER = NOW + timedelta(days=40)


@pytest.fixture
def maker(tmp_path):
    with make_library(tmp_path / "maker") as library:
        yield library


def versions(library):
    return {each.id: each.version for each in edited(library)}


def state(library, album):
    return signature(library.shelf.album(album), versions(library))


def test_an_album_is_unsigned_then_signed_then_edited_then_signed_again(maker):
    album, _ = put_album(maker, lengths=(1000,))
    assert state(maker, album) == "unsigned"
    label = publish_all(maker, [album])
    assert state(maker, album) == "signed"
    editing.edit(maker, album, {"title": "46"})
    assert (state(maker, album), versions(maker)) == ("edited", {album: 2})
    assert edited_sentence(versions(maker)[album]) == "edited since version 2; sign it again"
    publish(maker, [album], label, now=LATER)
    assert (state(maker, album), versions(maker)) == ("signed", {})


def test_a_correction_that_is_taken_back_is_none(maker):
    album, _ = put_album(maker, lengths=(1000,))
    publish_all(maker, [album])
    editing.edit(maker, f"{album}/1", {"title": "Another"})
    assert versions(maker) == {album: 2}
    undo(maker, now=LATER)
    assert (versions(maker), state(maker, album)) == ({}, "signed")


def test_what_is_withdrawn_is_not_asked_for_again(maker):
    album, _ = put_album(maker, lengths=(1000,))
    label = publish_all(maker, [album])
    publish(maker, [album], label, now=LATER, withdraw=True)
    editing.edit(maker, album, {"title": "46"})
    assert (state(maker, album), versions(maker)) == ("withdrawn", {})


def test_what_was_edited_is_known_after_a_rebuild(tmp_path):
    with make_library(tmp_path / "maker") as maker:
        first, _ = put_album(maker, "One", lengths=(1000,))
        second, _ = put_album(maker, "Two", lengths=(900,))
        publish_all(maker, [first, second])
        editing.edit(maker, second, {"artist": "Somebody"})
        assert versions(maker) == {second: 2}
    secrets = unlock(tmp_path / "maker", PASSPHRASE)
    rebuild(tmp_path / "maker", secrets, now=NOW, disk=Disk(private=True))
    with Library(tmp_path / "maker", secrets) as again:
        assert versions(again) == {second: 2}


@settings(max_examples=12, deadline=None)
@given(steps=st.lists(st.tuples(st.integers(0, 1), st.sampled_from(["title", "track", "undo", "sign"])), max_size=7))
def test_edited_is_what_a_signature_would_change(steps, tmp_path_factory):
    """The law: whoever is told to sign again gets a new version by it, and who is not told would not."""
    with make_library(tmp_path_factory.mktemp("library")) as library:
        albums = [put_album(library, name, lengths=(100 + place,))[0] for place, name in enumerate(("One", "Two"))]
        label = publish_all(library, albums)
        for place, (number, step) in enumerate(steps):
            album = albums[number]
            if step == "title":
                editing.edit(library, album, {"title": f"Title {place}"})
            elif step == "track":
                editing.edit(library, f"{album}/1", {"title": f"Track {place}"})
            elif step == "sign":
                publish(library, [album], label, now=LATER)
            else:
                with suppress(UsageError):  # nothing to take back
                    undo(library, now=LATER)
        told = set(versions(library))
        signed = publish(library, albums, label, now=LATER)
        assert told == {each.id for each in signed.releases}


def test_a_correction_is_signed_by_the_label_that_the_album_has(maker):
    album, _ = put_album(maker, lengths=(1000,))
    label = publish_all(maker, [album])
    create(maker, "Other Tapes", now=NOW)
    assert label_for(maker, [album]).imprint == label.imprint
    fresh, _ = put_album(maker, "New", lengths=(900,))
    with pytest.raises(UsageError, match="several labels"):
        label_for(maker, [fresh])


def test_a_second_label_signs_the_same_album_for_who_is_sure_alone(maker):
    album, _ = put_album(maker, lengths=(1000,))
    publish_all(maker, [album])
    create(maker, "Other Tapes", now=NOW)
    other = find_label(maker, "Other Tapes")
    with pytest.raises(NotSureError, match="learns that «Other Tapes» is yours too"):
        publish(maker, [album], other, now=LATER)
    assert publish(maker, [album], other, now=LATER, second=True).imprint == other.imprint
    assert maker.shelf.album(album).imprint == other.imprint


def test_albums_of_several_labels_are_not_signed_by_one_unasked(maker):
    first, _ = put_album(maker, "One", lengths=(1000,))
    second, _ = put_album(maker, "Two", lengths=(900,))
    publish_all(maker, [first])
    create(maker, "Other Tapes", now=NOW)
    publish(maker, [second], find_label(maker, "Other Tapes"), now=NOW)
    with pytest.raises(UsageError, match="these albums are in several labels"):
        label_for(maker, [first, second])


def test_a_card_makes_no_label_without_a_word(maker):
    with pytest.raises(UsageError, match="you have none yet"):
        my_card(maker)
    assert own_labels(maker) == []
    assert my_card(maker, name="Mike").name == "Mike"
    assert [view.name for view in own_labels(maker)] == ["Mike"]
