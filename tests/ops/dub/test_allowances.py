"""Strangers have little room: of metadata on a source, and of papers in a library; who is followed has plenty."""

from __future__ import annotations

import os

import pytest

from magnitizdat.catalogue.documents import encode
from magnitizdat.catalogue.kinds import RELEASE, target_path
from magnitizdat.formats import budgets
from magnitizdat.ops.albums.small_files import describe
from magnitizdat.ops.dub.from_spool import dub
from magnitizdat.ops.dub.previewing import preview
from magnitizdat.ops.labels.labels import find_label, follow
from magnitizdat.ops.labels.removing import remove_label
from magnitizdat.ops.places.spool import FolderSpool
from tests.fakes_library import NOW, make_library
from tests.fakes_spool import Liar, release_of


@pytest.fixture
def library(tmp_path):
    with make_library(tmp_path / "library") as library:
        yield library


def small(monkeypatch, **most):
    for name, number in most.items():
        monkeypatch.setattr(budgets, name, budgets.TABLE[name]._replace(most=number))


def wordy(folder, name="Noise", *, albums=12, sound=b""):
    """A label with some 350 kB of papers for each album, of which the music lies there if there is any."""
    liar = Liar(folder, name)
    (folder / "blobs").mkdir(exist_ok=True)
    releases = []
    for number in range(1, albums + 1):
        content = sound and sound + bytes([number])
        first = liar.blob(content) if content else describe(b"elsewhere", "audio/flac")
        releases.append(release_of([first] * 900, number=number))
    liar.sign({target_path(RELEASE, release.id): encode(release) for release in releases})
    return liar


def reasons(report):
    return [str(each.reason) for each in report.missing]


def test_papers_without_music_end_at_the_budget_and_a_follower_has_all(library, tmp_path, monkeypatch):
    small(monkeypatch, PAPERS=1 << 20)
    monkeypatch.setattr("magnitizdat.ops.dub.tally.BATCH_LENGTH", 1 << 19)
    source = FolderSpool(wordy(tmp_path / "spool").folder)
    report = dub(library, source, now=NOW)
    assert budgets.PAPERS.sentence in reasons(report)
    held = library.index.lengths.of_papers(report.labels[0].imprint)
    assert 1 << 20 <= held < 3 << 20
    (refused,) = dub(library, source, now=NOW).labels
    assert not refused.genuine
    assert library.index.lengths.of_papers(refused.imprint) == held
    follow(library, "Noise")
    assert budgets.PAPERS.sentence not in reasons(dub(library, source, now=NOW))
    assert len(list(library.shelf.albums())) == 12


def test_music_makes_room_for_its_papers(library, tmp_path, monkeypatch):
    small(monkeypatch, PAPERS=1 << 19)
    monkeypatch.setattr("magnitizdat.ops.dub.tally.BATCH_LENGTH", 1 << 18)
    source = FolderSpool(wordy(tmp_path / "spool", sound=os.urandom(500_000)).folder)
    report = dub(library, source, now=NOW)
    assert (report.missing, report.releases) == ((), 12)


def test_many_strangers_share_their_room_and_a_removed_one_gives_it_back(library, tmp_path, monkeypatch):
    small(monkeypatch, ALL_PAPERS=1 << 20)
    names = ("Noise", "Zvuk", "Larm")
    for name in names:
        report = dub(library, FolderSpool(wordy(tmp_path / name, name, albums=2).folder), now=NOW)
    assert budgets.ALL_PAPERS.sentence in reasons(report)
    remove_label(library, "Noise")
    assert budgets.ALL_PAPERS.sentence not in reasons(dub(library, FolderSpool(tmp_path / "Larm"), now=NOW))
    assert find_label(library, "Larm").standing == "new"


@pytest.mark.parametrize(("name", "friends"), [("STRANGE_METADATA", "METADATA"), ("ALL_STRANGE_METADATA", "METADATA")])
def test_metadata_of_strangers_ends_at_the_budget(library, tmp_path, monkeypatch, name, friends):
    liar = wordy(tmp_path / "spool", albums=1)
    source = FolderSpool(liar.folder)
    small(monkeypatch, **{name: 2000})
    assert budgets.TABLE[name].sentence in reasons(dub(library, source, now=NOW))
    assert budgets.TABLE[name].sentence in [each.reason for each in preview(library, source, now=NOW)[1]]
    assert library.shelf.labels() == []
    small(monkeypatch, **{name: 1 << 20})
    dub(library, source, now=NOW)
    follow(library, "Noise")
    small(monkeypatch, **{name: 2000})
    assert dub(library, source, now=NOW).labels[0].genuine
    small(monkeypatch, **{friends: 200})
    assert budgets.TABLE[friends].sentence in reasons(dub(library, source, now=NOW))


def test_more_labels_than_are_looked_at_are_left_out(library, tmp_path, monkeypatch):
    small(monkeypatch, LABELS=2)
    for name in ("Noise", "Zvuk", "Larm"):
        wordy(tmp_path / "spool", name, albums=1)
    report = dub(library, FolderSpool(tmp_path / "spool"), now=NOW)
    assert len(report.labels) == 2
    assert budgets.LABELS.sentence in reasons(report)
