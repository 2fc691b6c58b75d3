"""What older versions wrote opens here: every folder of `tests/fixtures/`, each as its version left it."""

from __future__ import annotations

import hashlib
import json
import shutil
from pathlib import Path

import pytest

from magnitizdat.disk.disk import Disk
from magnitizdat.library.journal import AppRow, BookmarkRow, PlaylistRow, QueueRow
from magnitizdat.library.library import Library, unlock
from magnitizdat.ops.dub.from_spool import dub
from magnitizdat.ops.give.builds import build_of
from magnitizdat.ops.give.pass_on import pass_on
from magnitizdat.ops.keep.rebuild import rebuild
from magnitizdat.ops.keep.upkeep import doctor
from magnitizdat.ops.labels import friends, labels, publish
from magnitizdat.ops.places.sources import open_sources
from magnitizdat.ops.places.spool import FolderSpool
from magnitizdat.reel.check import check
from magnitizdat.reel.mend import mend
from tests.fakes_library import NOW, contents_of, make_library, put_album
from tests.fakes_spool import is_sound
from tests.ops.music import releases

FOLDERS = sorted(path.parent for path in (Path(__file__).parent / "fixtures").glob("*/facts.json"))


@pytest.fixture(params=FOLDERS, ids=lambda folder: folder.name)
def fixture(request, tmp_path):
    """A copy, to do anything with."""
    return shutil.copytree(request.param, tmp_path / "fixture")


@pytest.fixture
def facts(fixture):
    return json.loads((fixture / "facts.json").read_text(encoding="utf-8"))


@pytest.fixture
def library(fixture, facts):
    with Library(fixture / "library", unlock(fixture / "library", facts["passphrase"])) as library:
        yield library


@pytest.fixture
def listener(tmp_path):
    with make_library(tmp_path / "listener") as library:
        yield library


def albums_of(library):
    """Title to the digests of what its tracks give back."""
    return {
        release.title: [hashlib.sha256(content).hexdigest() for content in contents_of(library, album)]
        for release in releases(library)
        for album in [library.shelf.find(release.title).id]
    }


def found_in(library):
    views = [view for view in library.shelf.labels() if view.standing != "carrier"]
    return {
        "albums": albums_of(library),
        "labels": {view.name: [view.imprint, view.standing] for view in views},
        "friends": sorted(library.shelf.friends()),
        "unknown": library.index.documents.count(),
        "unread": library.index.unread.count(),
    }


def listening_in(library):
    """How often each kind of thing that listeners leave is there."""
    kept = library.index.listening.kept
    kinds = ((PlaylistRow, "playlist:"), (QueueRow, "queue:"), (BookmarkRow, "bookmark:"), (AppRow, "app:"))
    ranked = [library.index.listening.ranking("", "track", which) for which in ("starred", "frequent", "highest")]
    return [len(kept(form, prefix)) for form, prefix in kinds], [len(each) for each in ranked]


def test_there_is_one():
    assert FOLDERS


def test_a_library_opens_and_goes_on(library, facts):
    assert found_in(library).items() <= facts.items()
    assert listening_in(library) == ([1, 1, 1, 1], [1, 1, 1])
    report = doctor(library)
    assert (report.damaged, report.missing) == (0, ())
    album, _ = put_album(library, "New", lengths=(1000,))
    publish.publish(library, [album], labels.find_label(library, "Zoopark Tapes"), now=NOW)
    assert is_sound(library)


def test_a_library_is_made_anew_from_its_cells(library, facts):
    library.close()
    report = rebuild(library.directory, library.secrets, now=NOW, disk=Disk(private=True))
    assert report.missing == ()
    with Library(library.directory, library.secrets) as again:
        assert found_in(again).items() <= facts.items()
        assert listening_in(again) == ([1, 1, 1, 1], [1, 1, 1])


def test_a_reel_is_checked_mended_and_dubbed(fixture, facts, listener):
    reel = fixture / "reel"
    assert check(reel).is_valid
    next(iter(reel.glob("*.age"))).unlink()
    mend(reel, Disk())
    assert check(reel).is_valid
    (source,) = open_sources(listener, str(reel), words=facts["words"])
    assert dub(listener, source.spool, now=NOW).missing == ()
    assert albums_of(listener) == facts["albums"]


def test_an_open_spool_and_its_labels_are_dubbed(fixture, facts, listener):
    report = dub(listener, FolderSpool(fixture / "spool"), now=NOW)
    assert (report.missing, report.refused) == ((), 0)
    assert albums_of(listener) == facts["albums"]
    assert {each.imprint for each in report.labels} >= {imprint for imprint, _ in facts["labels"].values()}
    assert listener.index.documents.count() == facts["unknown"]


def test_a_card_makes_a_friend(fixture, facts, listener):
    card = friends.read_card(fixture / "natalia.card")
    assert friends.add_friend(listener, card, name="Natalia") == "Natalia"
    assert card.imprint == facts["labels"]["Zoopark Tapes"][0]


def test_a_leaflet_is_brought_up_to_date(fixture, facts):
    report = pass_on([build_of(fixture / "leaflet" / facts["build"])], fixture / "leaflet", Disk())
    assert [each.already for each in report.builds] == [True]
    assert all((fixture / "leaflet" / name).is_file() for name in report.leaflet)
