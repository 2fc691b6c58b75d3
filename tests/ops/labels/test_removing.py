"""A label of others goes again: its papers, its albums and their space; never an own one, never unasked with music."""

from __future__ import annotations

import os

import pytest

from magnitizdat.catalogue.documents import encode
from magnitizdat.catalogue.kinds import RELEASE, target_path
from magnitizdat.disk.disk import Disk
from magnitizdat.errors import NotSureError, UsageError
from magnitizdat.library.library import Library, unlock
from magnitizdat.ops.albums.small_files import describe
from magnitizdat.ops.dub.from_spool import dub
from magnitizdat.ops.keep.rebuild import rebuild
from magnitizdat.ops.labels.labels import follow
from magnitizdat.ops.labels.removing import remove_label
from magnitizdat.ops.places.spool import FolderSpool
from tests.fakes_library import NOW, PASSPHRASE, make_library, put_album
from tests.fakes_spool import Liar, catalogue_of, is_sound, new_label, release_of


@pytest.fixture
def library(tmp_path):
    with make_library(tmp_path / "library") as library:
        yield library


def papers_of(library, imprint):
    return library.index.lengths.of_papers(imprint)


def announced(folder, count=10, tracks=1000, name="Noise"):
    """A label with albums of which no music lies there, some 400 kB of documents each."""
    liar = Liar(folder, name)
    absent = [describe(b"elsewhere", "audio/flac")] * tracks
    (folder / "blobs").mkdir()
    releases = [release_of(absent, number=number) for number in range(1, count + 1)]
    liar.sign({target_path(RELEASE, release.id): encode(release) for release in releases})
    return liar


def test_papers_alone_go_without_asking_and_their_cells_come_back(library, tmp_path):
    kept, _ = put_album(library)
    before, cells = catalogue_of(library), library.vault.length_on_disk()
    liar = announced(tmp_path / "spool")
    dub(library, FolderSpool(liar.folder), now=NOW)
    assert len(list(library.shelf.albums())) == 11
    grown = library.vault.length_on_disk()
    report = remove_label(library, "Noise")
    assert (report.name, report.albums) == ("Noise", 0)
    assert grown - cells > 3_000_000
    assert grown - library.vault.length_on_disk() > 2_000_000
    assert library.vault.length_on_disk() - cells <= 2 * library.vault.cell_length  # of the journal
    assert report.freed > 3_000_000
    assert papers_of(library, liar.imprint) == 0
    assert catalogue_of(library) == before
    assert library.shelf.release(kept) is not None
    assert is_sound(library)


def test_music_goes_only_where_one_is_sure_and_does_not_come_again(library, tmp_path):
    liar = Liar(tmp_path / "spool", "Noise")
    liar.release(release_of([liar.blob(os.urandom(2_000_000))], title="Long"))
    dub(library, FolderSpool(liar.folder), now=NOW)
    with pytest.raises(NotSureError, match=r"1 album of «Noise» with 2\.0 MB of music would go"):
        remove_label(library, "Noise")
    report = remove_label(library, "Noise", sure=True)
    assert (report.albums, report.freed >= library.vault.cell_length) == (1, True)
    assert str(report.outcome().lines[0]) == "Albums of it that were here went along: 1."
    dub(library, FolderSpool(liar.folder), now=NOW)
    assert list(library.shelf.albums()) == []
    assert is_sound(library)


def test_a_followed_label_goes_only_where_one_is_sure_and_an_own_one_never(library, tmp_path):
    liar = announced(tmp_path / "spool", 1, 1)
    dub(library, FolderSpool(liar.folder), now=NOW)
    follow(library, "Noise")
    with pytest.raises(NotSureError):
        remove_label(library, "Noise")
    assert remove_label(library, "Noise", sure=True).albums == 0
    new_label(library)
    with pytest.raises(UsageError, match="own label"):
        remove_label(library, "Zoopark Tapes", sure=True)


def test_a_label_that_was_followed_just_now_does_not_go_unasked(library, tmp_path, monkeypatch):
    dub(library, FolderSpool(announced(tmp_path / "spool", 1, 1).folder), now=NOW)
    begin, meanwhile = library.changes, [lambda: follow(library, "Noise")]

    def interrupted(**options):
        while meanwhile:
            meanwhile.pop()()
        return begin(**options)

    monkeypatch.setattr(library, "changes", interrupted)
    with pytest.raises(NotSureError):
        remove_label(library, "Noise")
    assert [(view.name, view.standing) for view in library.shelf.labels()] == [("Noise", "followed")]


@pytest.mark.parametrize("again", [False, True])
def test_a_rebuild_finds_a_removed_label_only_where_it_came_again(library, tmp_path, again):
    liar = announced(tmp_path / "spool", 3, 3)
    dub(library, FolderSpool(liar.folder), now=NOW)
    put_album(library)  # shares no cell with it, and the label's papers share one with the journal
    remove_label(library, "Noise")
    if again:
        dub(library, FolderSpool(liar.folder), now=NOW)
    before = catalogue_of(library)
    library.close()
    secrets = unlock(library.directory, PASSPHRASE)
    rebuild(library.directory, secrets, now=NOW, disk=Disk(private=True))
    with Library(library.directory, secrets) as anew:
        assert catalogue_of(anew) == before
        assert len(anew.shelf.labels()) == again
        assert (papers_of(anew, liar.imprint) > 0) == again
        assert is_sound(anew)
