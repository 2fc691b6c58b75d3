"""What a slip says to have arrived is shown by the reel alone: who holds something already says nothing else."""

from __future__ import annotations

import hashlib
import os

import pytest
from msgspec import structs

from magnitizdat.formats.age_keys import X25519Identity
from magnitizdat.formats.spool_paths import blob_path
from magnitizdat.ops.dub.arrived import note_arrived
from magnitizdat.ops.dub.from_spool import dub
from magnitizdat.ops.dub.wishes import DubWishes
from magnitizdat.ops.places.sources import Source
from magnitizdat.ops.places.spool import FolderSpool
from magnitizdat.ops.post.slips import due_slips
from magnitizdat.scene.slips import ReturnNote
from tests.fakes_library import NOW, make_library, put_album
from tests.fakes_spool import Liar, publish_all, write_spool

REEL = 32 * "e"
LENGTHS = (1000, 1_500_000)


@pytest.fixture
def maker(tmp_path):
    """A label with two albums, and the spool of them that its friends hold."""
    library = make_library(tmp_path / "maker")
    publish_all(library, [put_album(library, title, lengths=LENGTHS)[0] for title in ("Bait", "Rare")])
    write_spool(library, tmp_path / "whole")
    return library


def reel_from(folder, releases):
    note = ReturnNote(reel=REEL, address=X25519Identity.generate().recipient.text)
    return Source(str(folder), FolderSpool(folder), asks=note, releases=frozenset(releases))


def heard(library, source, *, wishes=None):
    """What a slip of it would say: arrived, whole, damaged."""
    report = dub(library, source.spool, now=NOW, wishes=wishes)
    note_arrived(library, source, report, wishes=wishes, now=NOW)
    (due,) = due_slips(library)
    return set(due.arrived), due.whole, due.damaged


def files_of(maker, title, folder):
    release = maker.shelf.release(maker.shelf.find(title).id)
    return [folder / blob_path(track.file.sha256) for track in release.tracks]


def no_music(paths):
    for path in paths:
        path.unlink()


def other_music(paths):
    for path in paths:
        path.write_bytes(os.urandom(path.stat().st_size))


def is_as_it_was(paths):
    assert all(path.exists() for path in paths)


@pytest.mark.parametrize(
    ("hurt", "arrived"), [(is_as_it_was, {"Bait", "Rare"}), *((each, {"Bait"}) for each in (no_music, other_music))]
)
def test_a_slip_says_the_same_whether_the_music_was_here_before(maker, tmp_path, hurt, arrived):
    views = {view.title: view.release_id for view in maker.shelf.albums()}
    folder = tmp_path / "reel"
    write_spool(maker, folder)
    said = []
    for name in ("newcomer", "holder"):
        library = make_library(tmp_path / name)
        if name == "holder":
            dub(library, FolderSpool(tmp_path / "whole"), now=NOW)
        else:
            hurt(files_of(maker, "Rare", folder))
        said.append(heard(library, reel_from(folder, views.values())))
    assert said[0] == said[1] == ({views[each] for each in arrived}, len(arrived) == 2, 2 * (len(arrived) == 1))


def test_papers_by_name_alone_and_papers_without_their_label_say_nothing(maker, tmp_path):
    """An unsigned album, one of another label, one that nobody has: all of them are on the reel as names only."""
    holder = make_library(tmp_path / "holder")
    dub(holder, FolderSpool(tmp_path / "whole"), now=NOW)
    private = put_album(holder, "Unsigned", lengths=(1000,))[0]
    other = make_library(tmp_path / "other")
    view = publish_all(other, [put_album(other, "Known", lengths=(1000,))[0]], "Other")
    folder = tmp_path / "reel"
    write_spool(other, folder)
    listed = {each.release_id for each in other.shelf.albums()}
    named = listed | {private, 32 * "a", *(each.release_id for each in maker.shelf.albums())}
    for each in named - listed:
        name = f"{hashlib.sha256(each.encode()).hexdigest()}.{each}.json"
        path = folder / "labels" / view.imprint / "targets" / "00" / name
        path.parent.mkdir(exist_ok=True)
        path.write_bytes(b"{}")
    assert heard(holder, reel_from(folder, named)) == (listed, False, 0)


def test_a_signature_of_ones_own_under_files_of_others_shows_nothing(maker, tmp_path):
    """A label signs the digests of another's music, with pieces and lengths as it likes, and has none of it."""
    holder = make_library(tmp_path / "holder")
    dub(holder, FolderSpool(tmp_path / "whole"), now=NOW)
    rare = maker.shelf.release(maker.shelf.find("Rare").id)
    folder = tmp_path / "reel"
    pieces = [os.urandom(1 << 20), os.urandom(LENGTHS[1] - (1 << 20))]
    false = tuple(hashlib.sha256(each).hexdigest() for each in pieces)
    tracks = tuple(
        structs.replace(track, file=structs.replace(track.file, pieces=false if track.file.pieces else ()))
        for track in rare.tracks
    )
    liar = Liar(folder)
    liar.release(structs.replace(rare, id=32 * "b", tracks=tracks))
    for track, content in zip(tracks, (os.urandom(LENGTHS[0]), b"".join(pieces)), strict=True):
        liar.put(track.file.sha256, content)
    assert heard(holder, reel_from(folder, [32 * "b"])) == (set(), False, 2)


def test_what_was_not_taken_did_not_arrive(maker, tmp_path):
    """Albums beside the one that was meant are not spoken of, here or not."""
    views = {view.title: view.release_id for view in maker.shelf.albums()}
    for name in ("newcomer", "holder"):
        library = make_library(tmp_path / name)
        if name == "holder":
            dub(library, FolderSpool(tmp_path / "whole"), now=NOW)
        source = reel_from(tmp_path / "whole", views.values())
        assert heard(library, source, wishes=DubWishes(albums=["Bait"])) == ({views["Bait"]}, False, 0)


@pytest.mark.parametrize("name", ["mag1" + 58 * "q", "mag1" + 58 * "p"])
def test_a_folder_with_a_mistyped_address_stops_nothing_beside_it(maker, tmp_path, name):
    (tmp_path / "whole" / "labels" / name / "metadata").mkdir(parents=True)
    library = make_library(tmp_path / "newcomer")
    report = dub(library, FolderSpool(tmp_path / "whole"), now=NOW)
    assert {each.genuine: each.name for each in report.labels} == {True: "Zoopark Tapes", False: name}
    assert (report.tracks, report.refused) == (4, 1)
