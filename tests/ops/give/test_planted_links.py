"""A stranger's stick has a link where a verb will write: it says so, and nothing changes where the link leads."""

from __future__ import annotations

from collections.abc import Callable
from contextlib import suppress
from pathlib import Path

import pytest

from magnitizdat.disk.disk import Disk
from magnitizdat.errors import MagError
from magnitizdat.language import ENGLISH
from magnitizdat.library.library import INDEX_NAME, VAULT_NAME, Library
from magnitizdat.ops.give.builds import Build, build_of
from magnitizdat.ops.give.cargo import Cargo
from magnitizdat.ops.give.copying import copy_reel
from magnitizdat.ops.give.export import export
from magnitizdat.ops.give.gathering import gather
from magnitizdat.ops.give.mending import mend_reel
from magnitizdat.ops.give.open_spool import write_open
from magnitizdat.ops.give.page_placing import place_page
from magnitizdat.ops.give.pass_on import pass_on
from magnitizdat.ops.keep.backup import backup
from magnitizdat.ops.keep.paper import write_paper
from magnitizdat.ops.places.sticks import room_for_a_reel
from magnitizdat.ops.places.targets import FolderTarget
from tests.fakes_library import NOW, make_library, put_album
from tests.fakes_reel import cut_reel as cut_plain_reel
from tests.fakes_reel import spool_of

Verb = Callable[[Library, Path, Disk], object]


def cargo(library: Library) -> Cargo:
    return gather(library, now=NOW)


def a_build(folder: Path) -> Build:
    folder.mkdir(exist_ok=True)
    path = folder / "mag-0.1.0-linux-x86_64"
    path.write_bytes(b"\x7fELF a program")
    return build_of(path)


def copied(library: Library, stick: Path, disk: Disk) -> None:
    """As on the page, where nobody chose the folder."""
    reel = library.directory.parent / "a reel"
    if not reel.exists():
        cut_plain_reel(reel, spool_of([400_000] * 35))
    disk.confine(stick)
    reason = copy_reel(reel, [stick / reel.name], disk=disk).targets[0].reason
    if reason:
        raise MagError(reason)


VERBS: dict[str, Verb] = {
    "export": lambda library, stick, disk: export(library, list(library.shelf.albums()), stick, disk=disk),
    "open cut": lambda library, stick, disk: write_open(library, cargo(library), FolderTarget(stick, disk=disk)),
    "copy": copied,
    "backup": lambda library, stick, disk: backup(library, stick, disk=disk),
    "pass-on": lambda library, stick, disk: pass_on([a_build(library.directory.parent / "builds")], stick, disk),
    "page": lambda library, stick, disk: place_page(stick, disk),
    "paper": lambda library, stick, disk: write_paper(
        stick / "paper.html", b"age-encryption.org/v1", ENGLISH, disk=disk
    ),
}
"""Every verb that writes to a place of which somebody else may know the names in advance."""


@pytest.fixture
def library(tmp_path):
    with make_library(tmp_path / "library") as made:
        put_album(made)
        yield made


def names_of(verb: Verb, library: Library, place: Path) -> tuple[set[str], set[str]]:
    """Files and folders that a verb makes."""
    place.mkdir()
    verb(library, place, Disk())
    made = {path: path.relative_to(place).as_posix() for path in place.rglob("*")}
    return tuple({name for path, name in made.items() if path.is_dir() == folders} for folders in (False, True))


def contents(folder: Path) -> dict[str, bytes]:
    return {path.relative_to(folder).as_posix(): path.read_bytes() for path in folder.rglob("*") if path.is_file()}


@pytest.mark.parametrize("verb", VERBS)
def test_nothing_lands_where_a_planted_link_leads(library, tmp_path, monkeypatch, verb):
    monkeypatch.setattr("magnitizdat.reel.layout.FOLDER_FILES", 30)
    files, folders = names_of(VERBS[verb], library, tmp_path / "known")
    elsewhere = tmp_path / "elsewhere"
    elsewhere.mkdir()
    (elsewhere / "mine").write_bytes(b"mine")
    for number, name in enumerate(sorted(files | folders)):
        stick = tmp_path / f"stick{number}"
        (stick / name).parent.mkdir(parents=True)
        (stick / name).symlink_to(elsewhere if name in folders else elsewhere / "mine")
        with suppress(MagError):  # it says what is in the way
            VERBS[verb](library, stick, Disk())
        assert contents(elsewhere) == {"mine": b"mine"}, name
        assert not any(path.is_dir() for path in elsewhere.iterdir()), name


def test_mending_changes_nothing_where_a_planted_link_leads(tmp_path):
    reel = cut_plain_reel(tmp_path / "reel", spool_of([40_000] * 20))
    elsewhere, lost = tmp_path / "mine", reel.segments()[0]
    elsewhere.write_bytes(b"mine")
    for suffix in (".1", ".900", ".901", ""):
        lost.unlink(missing_ok=True)
        lost.with_name(lost.name + suffix).symlink_to(elsewhere)
        mend_reel(reel.folder, Disk())
        assert elsewhere.read_bytes() == b"mine"


def test_a_linked_index_or_vault_is_no_backup(library, tmp_path):
    other = backup(library, tmp_path / "copy", disk=Disk(private=True))
    assert other.files
    for name in (INDEX_NAME, VAULT_NAME):
        stick = tmp_path / f"with {name}"
        stick.mkdir()
        (stick / name).symlink_to(tmp_path / "copy" / name)
        with pytest.raises(MagError, match="is a link"):
            backup(library, stick, disk=Disk(private=True))


def test_what_a_program_names_itself_is_no_link(library, tmp_path):
    (tmp_path / "stick").mkdir()
    place = room_for_a_reel(library, tmp_path / "stick", is_open=True)
    place.symlink_to(tmp_path / "elsewhere")
    assert room_for_a_reel(library, tmp_path / "stick", is_open=True) != place
