"""Voices as a dub shelves them: what is said counts, what is said no more goes, and each finds its album."""

from __future__ import annotations

import json

import pytest

from magnitizdat.catalogue.documents import encode
from magnitizdat.catalogue.kinds import target_path
from magnitizdat.catalogue.voices import REVIEW, VOUCH, Compilation, CompiledTrack, Vouch
from magnitizdat.formats import budgets
from magnitizdat.library.library import Library, unlock
from magnitizdat.model import Checkpoint
from magnitizdat.ops.albums import edit
from magnitizdat.ops.dub.from_sources import sentences
from magnitizdat.ops.dub.from_spool import dub
from magnitizdat.ops.keep.rebuild import rebuild
from magnitizdat.ops.keep.session import brought_up
from magnitizdat.ops.keep.upkeep import status
from magnitizdat.ops.labels import labels
from magnitizdat.ops.labels.removing import remove_label
from magnitizdat.ops.places.spool import FolderSpool
from tests.fakes_library import NOW, PASSPHRASE, make_library, put_album, rows
from tests.fakes_spool import Liar, release_of
from tests.fakes_voices import UNVOICED, as_documents, path_of, review_of, speaker

DIGESTS = [f"{number:064x}" for number in range(1, 100)]


@pytest.fixture
def library(tmp_path):
    with make_library(tmp_path / "library") as library:
        yield library


def tracks_of(library, album):
    return [track.id for track in library.shelf.release(album).tracks]


def taken(library, liar):
    return dub(library, FolderSpool(liar.folder), now=NOW)


def said(library, liar):
    """What a label says here: (title, rating, album)."""
    return sorted((each.title, each.rating, each.album) for each in library.index.voices.of_label(liar.imprint))


def rebuilt(library):
    library.close()
    rebuild(library.directory, library.secrets, now=NOW, disk=library.disk)
    return Library(library.directory, library.secrets)


# -- what is said, and what is said no more ---------------------------------------------------------------------------


def test_said_again_replaces_and_withdrawn_goes(library, tmp_path):
    first, second = review_of(DIGESTS[0], title="45"), review_of(DIGESTS[1], title="46")
    natalia = speaker(tmp_path / "natalia", "Natalia", first, second)
    report = taken(library, natalia)
    assert "New words of labels, about albums and about each other: 2." in sentences(report)
    assert [each.voices for each in taken(library, natalia).labels] == [0]
    assert said(library, natalia) == [("45", 4, ""), ("46", 4, "")]
    natalia.sign({**as_documents([review_of(DIGESTS[0], title="45", rating_value=1)]), path_of(second): None})
    taken(library, natalia)
    assert said(library, natalia) == [("45", 1, "")]
    with rebuilt(library) as again:
        assert said(again, natalia) == [("45", 1, "")]
        remove_label(again, "Natalia", sure=True)
        assert (
            rows(
                again, "SELECT * FROM voice UNION SELECT *, '', '', '', '', '', '', '', '', '', '', '' FROM voice_track"
            )
            == []
        )


def test_between_labels_nothing_is_merged(library, tmp_path):
    for name, rating in (("Natalia", 5), ("Boris", 2)):
        taken(library, speaker(tmp_path / name, name, review_of(DIGESTS[0], rating_value=rating)))
    assert sorted(each.rating for each in library.index.voices.of_kind(REVIEW)) == [2, 5]


def test_what_another_stick_says_in_older_words_goes_with_the_newer_list(library, tmp_path):
    """The newer list came without the document: what it said before is not what it says."""
    before = review_of(DIGESTS[0], rating_value=2)
    natalia = speaker(tmp_path / "natalia", "Natalia", before)
    taken(library, natalia)
    after = review_of(DIGESTS[0], rating_value=5)
    natalia.sign(as_documents([after]))
    for path in natalia.root.glob("targets/*/*.review.json"):
        path.unlink()
    taken(library, natalia)
    assert said(library, natalia) == []
    natalia.sign(as_documents([after, before]))
    taken(library, natalia)
    assert said(library, natalia) == [("45", 2, "")]


# -- bad ones are carried unread --------------------------------------------------------------------------------------


def _unread(natalia):
    good = json.loads(encode(review_of(DIGESTS[0])))
    six, other_id = {**good, "rating_value": 6}, {**good, "headline": "under another id"}
    itself = Vouch(imprint=natalia.imprint, name="Natalia", checkpoint=Checkpoint(version=1, sha256=DIGESTS[0]))
    path = path_of(review_of(DIGESTS[0]))
    return {
        path: json.dumps(six).encode(),
        target_path(REVIEW, "ab" * 16): json.dumps(other_id).encode(),
        target_path(VOUCH, "cd" * 16): encode(review_of(DIGESTS[1])),
        path_of(itself): encode(itself),
        target_path(REVIEW, "ef" * 16): b"no JSON",
    }


def test_what_does_not_fit_is_carried_unread_and_told(library, tmp_path):
    natalia = speaker(tmp_path / "natalia", "Natalia", review_of(DIGESTS[5]))
    natalia.sign(_unread(natalia))
    report = taken(library, natalia)
    assert (report.missing, [each.unknown for each in report.labels]) == ((), [5])
    assert (len(said(library, natalia)), status(library).unknown) == (1, 5)
    with rebuilt(library) as again:
        assert (len(said(again, natalia)), status(again).unknown) == (1, 5)


def test_names_are_shown_without_tricks(library, tmp_path):
    natalia = speaker(
        tmp_path / "n", "Natalia", review_of(DIGESTS[0], title="ab\u202ecd\x1b[31m", artist="\u2066x\x00")
    )
    taken(library, natalia)
    (line,) = library.index.voices.of_label(natalia.imprint)
    assert (line.artist, line.title) == ("x", "abcd[31m")


# -- budgets ----------------------------------------------------------------------------------------------------------


def test_of_a_stranger_few_are_kept_and_of_somebody_followed_more(library, tmp_path):
    many = [review_of(digest, title=f"{place}") for place, digest in enumerate(DIGESTS[:70])]
    natalia = speaker(tmp_path / "natalia", "Natalia", *many)
    taken(library, natalia)
    assert len(said(library, natalia)) == budgets.STRANGE_DOCUMENTS.most
    natalia.sign({path_of(each): None for each in many[:60]} | as_documents([review_of(DIGESTS[80], title="new")]))
    (report,) = taken(library, natalia).labels
    assert (len(said(library, natalia)), report.left_out) == (11, 0)  # what is said no more makes room
    labels.follow(library, "Natalia")
    natalia.sign(as_documents(many))
    taken(library, natalia)
    assert len(said(library, natalia)) == 71


# -- the album that a voice is about ----------------------------------------------------------------------------------


def test_it_is_about_the_album_of_that_name_whatever_tracks_it_says(library, tmp_path):
    zoopark = Liar(tmp_path / "zoopark", "Zoopark")
    zoopark.release(release_of([zoopark.blob(b"music" * 9)], "45"))
    own, _ = put_album(library, lengths=(10,))
    natalia = speaker(
        tmp_path / "natalia",
        "Natalia",
        review_of(*tracks_of(library, own), imprint=zoopark.imprint, release_id=f"{1:032x}"),
    )
    taken(library, natalia)
    assert [album for *_, album in said(library, natalia)] == [own]  # by its tracks, for there is none of that name
    taken(library, zoopark)
    there = library.shelf.find("45" if len(list(library.shelf.albums())) == 1 else _album_of(library, zoopark)).id
    assert [album for *_, album in said(library, natalia)] == [there] != [own]
    remove_label(library, "Zoopark", sure=True)
    assert [album for *_, album in said(library, natalia)] == [own]
    with rebuilt(library) as again:
        assert [album for *_, album in said(again, natalia)] == [own]


def _album_of(library, liar):
    return next(view.id for view in library.shelf.albums() if view.imprint == liar.imprint)


def test_two_carriers_name_an_album_differently_and_words_meet_by_its_tracks(library, tmp_path):
    own, _ = put_album(library, lengths=(10, 11, 12))
    tracks = tracks_of(library, own)
    for number, name in enumerate(("Natalia", "Boris"), 1):
        carrier = Liar(tmp_path / f"carrier-{name}", "carried").imprint
        voice = review_of(*tracks, imprint=carrier, release_id=f"{number:032x}", rating_value=number)
        taken(library, speaker(tmp_path / name, name, voice))
    assert sorted(each.rating for each in library.index.voices.about_album(own)) == [1, 2]


@pytest.mark.parametrize(
    ("shared", "others", "is_here"), [(1, 1, True), (1, 2, False), (2, 2, True), (2, 3, False), (3, 0, True)]
)
def test_half_of_the_tracks_are_enough_and_fewer_are_not(library, tmp_path, shared, others, is_here):
    own, _ = put_album(library, lengths=(10, 11, 12))
    voice = review_of(*tracks_of(library, own)[:shared], *DIGESTS[:others])
    natalia = speaker(tmp_path / "natalia", "Natalia", voice)
    taken(library, natalia)
    assert said(library, natalia) == [("45", 4, own if is_here else "")]


def test_of_several_it_is_the_one_with_most_of_them_and_then_with_fewest_others(library, tmp_path):
    contents = [bytes([200 + number]) * 50 for number in range(6)]
    whole, _ = put_album(library, "whole", contents=contents[:4])
    natalia = speaker(tmp_path / "natalia", "Natalia", review_of(*tracks_of(library, whole), title="about"))
    box, _ = put_album(library, "box", contents=contents)
    put_album(library, "half", contents=contents[:2])
    taken(library, natalia)
    assert said(library, natalia) == [("about", 4, whole)]
    edit.remove(library, ["whole"])
    assert said(library, natalia) == [("about", 4, box)]
    edit.remove(library, ["box"])
    assert said(library, natalia) == [("about", 4, library.shelf.find("half").id)]
    put_album(library, "whole", contents=contents[:4])
    assert said(library, natalia) == [("about", 4, whole)]


def test_a_voice_about_nothing_is_about_no_album(library, tmp_path):
    put_album(library, lengths=(10,))
    natalia = speaker(tmp_path / "natalia", "Natalia", review_of())
    taken(library, natalia)
    assert said(library, natalia) == [("45", 4, "")]


# -- older libraries --------------------------------------------------------------------------------------------------


def test_what_an_older_library_carried_unread_is_read_when_it_is_opened(library, tmp_path):
    own, _ = put_album(library, lengths=(10,))
    song = CompiledTrack(track_id=DIGESTS[0], title="Song", artist="Somebody")
    mixed = Compilation(playlist="ab" * 16, name="Mix", tracks=(song,))
    natalia = speaker(tmp_path / "natalia", "Natalia", review_of(*tracks_of(library, own)), mixed)
    natalia.sign(_unread(natalia))
    taken(library, natalia)
    for statement in (*UNVOICED, "PRAGMA user_version = 6"):
        rows(library, statement)
    library.close()
    for _ in range(2):
        with brought_up(Library(library.directory, unlock(library.directory, PASSPHRASE))) as again:
            assert said(again, natalia) == [("45", 4, own), ("Mix", 0, "")]
            assert status(again).unknown == 5
            assert library.index.settings is not again.index.settings
