"""Finding what can be dubbed: several reels on one stick, wrong words, other people's reels, places that are none."""

from __future__ import annotations

import errno

import pytest
from fsspec.core import url_to_fs

from magnitizdat.disk.disk import Disk
from magnitizdat.errors import (
    EXIT_LOCKED,
    EXIT_SOURCE,
    NotFoundError,
    NotMineError,
    SourceError,
    UnreachableError,
    UsageError,
    WrongPassphraseError,
)
from magnitizdat.ops.dub import from_sources as from_sources_module
from magnitizdat.ops.dub.from_spool import dub
from magnitizdat.ops.give.cut import cut_reel
from magnitizdat.ops.give.gathering import gather
from magnitizdat.ops.places import bag as bag_module
from magnitizdat.ops.places import sources as sources_module
from magnitizdat.ops.places import sticks as sticks_module
from magnitizdat.ops.places.remote import open_remote
from magnitizdat.ops.places.sources import Source, open_sources
from magnitizdat.ops.places.spool import FolderSpool
from magnitizdat.ops.places.targets import open_target
from magnitizdat.reel.folder import survey
from magnitizdat.reel.layout import SEGMENT_SUFFIX
from tests.fakes_library import NOW, make_library, put_album
from tests.fakes_spool import FlakySpool, publish_all, write_spool


@pytest.fixture
def people(tmp_path):
    with make_library(tmp_path / "maker") as maker, make_library(tmp_path / "anna") as anna:
        put_album(maker, lengths=(1000,))
        yield maker, anna


def reel_for(maker, folder, library=None):
    recipients = [library.secrets.addresses[0].recipient] if library is not None else []
    return cut_reel(maker, gather(maker, now=NOW), folder, recipients=recipients, work_factor=1, disk=Disk()).words


def names(library, place, **how):
    return [source.name for source in open_sources(library, str(place), **how)]


def test_other_peoples_reels_beside_ones_own_are_passed_over(people, tmp_path):
    maker, anna = people
    stick = tmp_path / "stick"
    reel_for(maker, stick / "a-boris", maker)
    reel_for(maker, stick / "b-words")
    reel_for(maker, stick / "c-anna", anna)
    write_spool(maker, stick / "d-open")
    assert names(anna, stick) == [str(stick / "c-anna"), str(stick / "d-open")]


def test_words_open_theirs_among_several(people, tmp_path):
    maker, anna = people
    reel_for(maker, tmp_path / "stick" / "a")
    words = reel_for(maker, tmp_path / "stick" / "b")
    assert names(anna, tmp_path / "stick", words=words) == [str(tmp_path / "stick" / "b")]


def test_a_reel_of_somebody_else_alone_says_so(people, tmp_path):
    maker, anna = people
    reel_for(maker, tmp_path / "stick", maker)
    with pytest.raises(NotMineError) as caught:
        names(anna, tmp_path / "stick")
    assert caught.value.exit_code == EXIT_SOURCE
    assert not list(anna.shelf.albums())


def test_whose_a_reel_is_does_not_hang_on_the_order_of_its_files(people, tmp_path):
    maker, anna = people
    reel_for(maker, tmp_path / "words")
    reel_for(maker, tmp_path / "mine", anna)
    for folder, locks in (("words", (True, False)), ("mine", (False, True))):
        sealed = [each for each in survey(tmp_path / folder) if each.path.endswith(SEGMENT_SUFFIX)]
        assert len(sealed) == 1 + 2 * locks[0]
        for first in range(len(sealed)):
            order = [*sealed[first:], *sealed[:first]]
            assert sticks_module._read_locks(tmp_path / folder, order, anna.secrets.addresses) == locks


def test_a_reel_whose_names_a_system_shows_in_capitals_is_one(people, tmp_path):
    """As one does that knows 8.3 alone."""
    maker, anna = people
    reel_for(maker, tmp_path / "stick", anna)
    for each in survey(tmp_path / "stick"):
        if each.path.endswith(SEGMENT_SUFFIX):
            (tmp_path / "stick" / each.path).rename(tmp_path / "stick" / each.path.upper())
    assert sources_module.holds_a_reel(tmp_path / "stick")
    (source,) = open_sources(anna, str(tmp_path / "stick"))
    assert dub(anna, source.spool, now=NOW).missing == ()
    assert next(anna.shelf.albums()).complete


@pytest.mark.parametrize("how", ["no list", "list is a link", "list cannot be read"])
def test_an_archive_that_cannot_be_read_is_told_when_what_is_beside_it_has_come(people, tmp_path, monkeypatch, how):
    maker, anna = people
    stick = tmp_path / "stick"
    reel_for(maker, stick / "a-boris", maker)
    (stick / "b-bag" / "data" / "labels").mkdir(parents=True)
    (stick / "b-bag" / "bagit.txt").write_bytes(b"")
    if how != "no list":
        (tmp_path / "list").write_bytes(b"")
        (stick / "b-bag" / "manifest-sha256.txt").symlink_to(tmp_path / "list")
    if how == "list cannot be read":
        monkeypatch.setattr(bag_module, "FileReader", failing_reader)
    write_spool(maker, stick / "c-open")
    found = open_sources(anna, str(stick))
    assert next(found).name == str(stick / "c-open")
    with pytest.raises(SourceError) as caught:
        next(found)
    assert not isinstance(caught.value, NotMineError)


def failing_reader(path):
    raise OSError(errno.EIO, "the medium fails", path)


def test_a_source_that_stops_answering_stops_no_other(people, tmp_path, monkeypatch):
    maker, anna = people
    publish_all(maker, [next(maker.shelf.albums()).id])
    write_spool(maker, tmp_path / "spool")
    both = [Source(name, FolderSpool(tmp_path / "spool")) for name in "ab"]
    both[0] = both[0]._replace(spool=FlakySpool(both[0].spool, fail_at=3))
    monkeypatch.setattr(from_sources_module, "open_sources", lambda *_, **how: iter(both))
    found = from_sources_module.dub_all(anna, str(tmp_path), now=lambda: NOW)
    name, report = next(found)
    assert (name, report.tracks, report.missing) == ("b", 1, ())
    with pytest.raises(UnreachableError):
        next(found)


def test_wrong_words_say_so(people, tmp_path):
    maker, anna = people
    reel_for(maker, tmp_path / "stick")
    with pytest.raises(WrongPassphraseError) as caught:
        names(anna, tmp_path / "stick", words="one two three four five six")
    assert caught.value.exit_code == EXIT_LOCKED
    with pytest.raises(NotMineError):
        names(anna, tmp_path / "stick")


def test_words_are_asked_for_where_they_are_needed(people, tmp_path):
    maker, anna = people
    reel_for(maker, tmp_path / "mine", anna)
    words = reel_for(maker, tmp_path / "words")
    asked = []
    assert names(anna, tmp_path / "mine", ask=lambda question: asked.append(1) or words) == [str(tmp_path / "mine")]
    assert asked == []
    assert names(anna, tmp_path / "words", ask=lambda question: asked.append(1) or words) == [str(tmp_path / "words")]
    assert asked == [1]


def test_places_that_are_none(people, tmp_path):
    _, anna = people
    (tmp_path / "empty").mkdir()
    (tmp_path / "file").write_bytes(b"x")
    with pytest.raises(NotFoundError, match="is not there"):
        names(anna, tmp_path / "nowhere")
    for place in ("empty", "file"):
        with pytest.raises(NotFoundError, match="no reel, and no archive"):
            names(anna, tmp_path / place)
    for address in ("gopher://example.org/", "nonsense+x://y"):
        with pytest.raises(UsageError, match="cannot be opened"):
            open_remote(address)


@pytest.mark.parametrize(
    "address",
    ["simplecache::http://127.0.0.1/", "filecache::memory://x", "zip://labels::memory://x.zip", "ZIP://x::http://y/"],
)
def test_a_chain_of_addresses_is_no_place(address):
    """Some of its links keep plain copies on this disk, and go wherever they are sent."""
    for opened in (open_remote, lambda place: open_target(place, disk=Disk())):
        with pytest.raises(UsageError, match="joins several by ::"):
            opened(address)


@pytest.mark.parametrize("address", ["s3://key:secret@bucket/x", "webdav://key:secret@host/x", "sftp://me@host/x"])
def test_an_address_with_a_password_is_no_place(address):
    for opened in (open_remote, lambda place: open_target(place, disk=Disk())):
        with pytest.raises(UsageError, match="leave user and password out"):
            opened(address)


@pytest.mark.parametrize("address", ["memory://place", "MEMORY://place"])
def test_what_is_gone_with_the_program_is_no_place_to_write_to(address):
    with pytest.raises(UsageError, match="cannot be written to"):
        open_target(address, disk=Disk())


def test_mounted_sticks_are_searched_without_a_name(people, tmp_path, monkeypatch):
    maker, anna = people
    monkeypatch.setattr(sources_module, "mounted", lambda: [tmp_path / "stick"])
    assert names(anna, "") == []
    reel_for(maker, tmp_path / "stick" / "boris", maker)
    assert names(anna, "") == []
    reel_for(maker, tmp_path / "stick" / "sub" / "anna", anna)
    (source,) = open_sources(anna, "")
    assert dub(anna, source.spool, now=NOW).tracks == 1


def test_a_memory_file_system_is_a_source_and_a_target(people):
    from magnitizdat.ops.give.open_spool import write_open
    from magnitizdat.ops.places.targets import FsspecTarget

    maker, anna = people
    cargo = gather(maker, now=NOW)
    write_open(maker, cargo, FsspecTarget(*url_to_fs("memory://place/spool")))
    again = write_open(maker, cargo, FsspecTarget(*url_to_fs("memory://place/spool")))
    assert again.already == 2
    (source,) = open_sources(anna, "memory://place/spool")
    assert dub(anna, source.spool, now=NOW).missing == ()
    assert next(anna.shelf.albums()).complete
    (empty,) = open_sources(anna, "memory://place/other")
    assert empty.spool.labels() == []
    with pytest.raises(UsageError):
        open_target("nonsense+x://y", disk=Disk())
