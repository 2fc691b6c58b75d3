"""What goes along: whole albums of the asked labels, each byte once, and nothing that is not asked for."""

from __future__ import annotations

import hashlib

import pytest
from msgspec import structs

from magnitizdat.catalogue import documents
from magnitizdat.errors import UsageError
from magnitizdat.formats.spool_paths import parse_blob
from magnitizdat.library.journal import TrackRow
from magnitizdat.model import DiscImage, File
from magnitizdat.ops.albums import edit as editing
from magnitizdat.ops.dub.from_spool import dub
from magnitizdat.ops.give.fitting import say_quality
from magnitizdat.ops.give.gathering import gather
from magnitizdat.ops.keep.upkeep import doctor
from magnitizdat.ops.labels import publish
from magnitizdat.ops.places.spool import FolderSpool
from tests.fakes_library import NOW, database_of, make_library, put_album
from tests.fakes_spool import new_label, publish_all, write_spool


@pytest.fixture
def library(tmp_path):
    with make_library(tmp_path / "mine") as made:
        yield made


def titles(cargo):
    return {(loaded.view.name, release.title) for loaded in cargo.loaded for release in loaded.releases}


def test_lengths_and_bytes_are_as_said_and_each_path_stands_once(library):
    put_album(library, lengths=(2_500_000, 10))
    publish_all(library, [put_album(library, "Second", lengths=(5000,))[0]])
    cargo = gather(library, now=NOW)
    assert len({file.path for file in cargo.files}) == len(cargo.files)
    for file in cargo.files:
        content = b"".join(cargo.pieces(file))
        assert len(content) == file.length
        digest = parse_blob(file.path)
        assert digest in (None, hashlib.sha256(content).hexdigest())
    assert cargo.length == sum(file.length for file in cargo.files)
    groups = [file.path for _, files in cargo.album_files() for file in files]
    assert sorted([file.path for file in cargo.head_files()] + groups) == sorted(file.path for file in cargo.files)


def test_the_unsigned_goes_as_carried_and_never_with_its_own_id(library):
    album, _ = put_album(library, lengths=(1000,))
    cargo = gather(library, now=NOW)
    (loaded,) = cargo.loaded
    (release,) = cargo.releases(loaded)
    assert (loaded.view.standing, release.carried, release.title) == ("carrier", True, "45")
    assert release.id != album
    assert gather(library, now=NOW).loaded[0].verdict.freshness.version == loaded.verdict.freshness.version


def test_what_was_signed_since_or_removed_is_carried_no_more(library):
    album, _ = put_album(library, lengths=(1000,))
    other, _ = put_album(library, "Other", lengths=(1000,))
    assert titles(gather(library, now=NOW)) == {("carried", "45"), ("carried", "Other")}
    publish_all(library, [album])
    editing.remove(library, [other])
    assert titles(gather(library, now=NOW)) == {("Zoopark Tapes", "45")}


def test_merged_albums_go_once(library):
    first, _ = put_album(library, lengths=(1000,))
    second, _ = put_album(library, "Second", lengths=(1000,))
    gather(library, now=NOW)
    editing.merge_albums(library, first, [second])
    assert titles(gather(library, now=NOW)) == {("carried", "45")}


def test_labels_and_albums_are_chosen(library):
    first, _ = put_album(library, lengths=(1000,))
    second, _ = put_album(library, "Second", lengths=(1000,))
    put_album(library, "Unsigned", lengths=(1000,))
    label = new_label(library)
    publish.publish(library, [first, second], label, now=NOW)
    assert titles(gather(library, now=NOW, labels=[label])) == {(label.name, "45"), (label.name, "Second")}
    assert titles(gather(library, now=NOW, albums=[library.shelf.find("Second")])) == {(label.name, "Second")}
    assert titles(gather(library, now=NOW, albums=[library.shelf.find("Unsigned")])) == {("carried", "Unsigned")}
    paths = {file.path for file in gather(library, now=NOW, albums=[library.shelf.find("Second")]).files}
    assert not [path for path in paths if path.endswith(f".{first}.json")]


def test_what_is_not_whole_stays_here(library):
    with pytest.raises(UsageError, match="no whole album"):
        gather(library, now=NOW)
    put_album(library, lengths=(2_500_000,))
    (cell,) = database_of(library).one("SELECT cell FROM piece WHERE number = 1")
    library.vault.cell_path(cell).unlink()
    doctor(library)
    with pytest.raises(UsageError, match="no whole album"):
        gather(library, now=NOW)


def test_dubbed_labels_travel_on_with_all_that_verifies_them(library, tmp_path):
    with make_library(tmp_path / "maker") as maker:
        publish_all(maker, [put_album(maker, lengths=(1000,))[0]])
        write_spool(maker, tmp_path / "spool")
    dub(library, FolderSpool(tmp_path / "spool"), now=NOW)
    write_spool(library, tmp_path / "passed")
    first, second = (
        {path.relative_to(folder): path.read_bytes() for path in folder.rglob("*") if path.is_file()}
        for folder in (tmp_path / "spool", tmp_path / "passed")
    )
    assert {path: body for path, body in first.items() if path.parts[0] in {"labels", "blobs"}} == {
        path: body for path, body in second.items() if path.parts[0] in {"labels", "blobs"}
    }


def tear(library, album):
    torn = structs.replace(library.shelf.release(album).tracks[0], cut_off=True, promised_s=60.0)
    with library.changes() as changes:
        changes.row(TrackRow(release_id=album, track=torn))
        changes.commit()


def test_nobody_signs_halves_by_passing_them_on(library):
    torn, _ = put_album(library, "Torn", lengths=(1000,))
    tear(library, torn)
    with pytest.raises(UsageError, match=r"1 album stays here.*Torn"):
        gather(library, now=NOW)
    assert not list(library.shelf.labels())
    put_album(library, lengths=(1000,))
    cargo, said = gather(library, now=NOW), []
    assert (titles(cargo), [album.id for album in cargo.halves]) == ({("carried", "45")}, [torn])
    say_quality(cargo, cargo.albums(), said.append)
    assert ["Torn" in str(sentence) and "mag publish" in str(sentence) for sentence in said] == [True]
    publish.publish(library, [torn], new_label(library), now=NOW, cut_off=True)
    cargo = gather(library, now=NOW)
    assert (titles(cargo), cargo.halves) == ({("carried", "45"), ("Zoopark Tapes", "Torn")}, ())


def test_what_a_label_says_it_cut_its_tracks_from_stops_nothing(library, monkeypatch):
    put_album(library, "Mine", lengths=(1000,))
    image = DiscImage(name="image.flac", file=File(sha256="ab" * 32, length=9, media_type="audio/flac"))
    album, _ = put_album(library, lengths=(1000,))
    label = new_label(library)
    monkeypatch.setattr(documents, "_without_images", lambda release: structs.replace(release, images=(image,)))
    publish.publish(library, [album], label, now=NOW)
    monkeypatch.undo()
    cargo = gather(library, now=NOW)
    assert titles(cargo) == {("carried", "Mine"), (label.name, "45")}
    assert sum(len(piece) for file in cargo.files for piece in cargo.pieces(file)) == cargo.length
