"""Dubbing: what is genuine arrives and plays from anywhere, what is not changes nothing, and every run resumes."""

from __future__ import annotations

import hashlib
import json
import os
import shutil
from datetime import UTC, datetime, timedelta

import msgspec
import pytest

from magnitizdat.catalogue.documents import LABEL_PATH, MAX_RELEASE_LENGTH, LabelDocument, encode
from magnitizdat.disk.disk import Disk
from magnitizdat.errors import (
    EXIT_DONE,
    EXIT_SOURCE,
    DamagedError,
    NotFoundError,
    NotVerifiedError,
    UnreachableError,
    UsageError,
)
from magnitizdat.formats.names import imprint_text
from magnitizdat.formats.spool_paths import blob_path
from magnitizdat.library.journal import AlbumRow
from magnitizdat.library.library import Library
from magnitizdat.model import PIECE_LENGTH, File
from magnitizdat.ops.albums import edit as editing
from magnitizdat.ops.albums.small_files import describe, seal_small
from magnitizdat.ops.dub import from_sources, tally
from magnitizdat.ops.dub.from_spool import dub
from magnitizdat.ops.dub.previewing import preview
from magnitizdat.ops.dub.wishes import DubWishes
from magnitizdat.ops.give.cut import cut_reel
from magnitizdat.ops.give.gathering import gather
from magnitizdat.ops.give.open_spool import write_open
from magnitizdat.ops.keep.rebuild import rebuild
from magnitizdat.ops.labels import labels, publish
from magnitizdat.ops.labels.friends import my_card, recipients
from magnitizdat.ops.listen.searching import find
from magnitizdat.ops.merge.merging import merge
from magnitizdat.ops.places.http import HttpSpool
from magnitizdat.ops.places.sources import open_sources
from magnitizdat.ops.places.spool import FolderSpool
from magnitizdat.ops.places.targets import FolderTarget
from magnitizdat.scene.slips import RETURN_FILE
from tests.fakes_library import NOW, contents_of, make_library, put_album, rows
from tests.fakes_spool import (
    FlakySpool,
    Liar,
    catalogue_of,
    http_server,
    is_sound,
    publish_all,
    release_of,
    write_spool,
)

SMALL = (1_100_000, 30_000, 10)


@pytest.fixture
def maker(tmp_path):
    with make_library(tmp_path / "maker") as library:
        yield library


@pytest.fixture
def mine(tmp_path):
    with make_library(tmp_path / "mine") as library:
        yield library


@pytest.fixture
def published(maker, tmp_path):
    """(folder of an open spool, label, album, its bytes)"""
    album, contents = put_album(maker, lengths=SMALL)
    label = publish_all(maker, [album])
    write_spool(maker, tmp_path / "spool")
    return tmp_path / "spool", label, album, contents


def only_album(library):
    (view,) = library.shelf.albums()
    return view


def assert_arrived(library, contents):
    view = only_album(library)
    assert view.complete
    assert contents_of(library, view.id) == contents
    assert is_sound(library)


# -- where it may come from -------------------------------------------------------------------------------------------


def test_from_a_folder_and_a_second_time_nothing_is_fetched(published, mine):
    folder, label, _, contents = published
    report = dub(mine, FolderSpool(folder), now=NOW)
    assert (report.releases, report.tracks, report.missing, report.refused) == (1, 3, (), 0)
    (told,) = report.labels
    assert (told.name, told.standing, told.genuine, told.verdict) == (label.name, "new", True, "genuine")
    assert told.freshness is not None
    assert told.freshness.version == 2
    assert_arrived(mine, contents)
    again = FlakySpool(FolderSpool(folder))
    report = dub(mine, again, now=NOW)
    assert (report.tracks, report.length, report.labels[0].new_releases) == (0, 0, 0)
    assert again.blobs == []
    assert not [path for path in again.questions if "/targets/" in path]


def test_a_label_of_many_batches_of_documents_comes_as_one_of_few_does(maker, mine, tmp_path, monkeypatch):
    publish_all(maker, [put_album(maker, f"Album {number}", lengths=(1000 + number,))[0] for number in range(5)])
    write_spool(maker, tmp_path / "spool")
    documents = (tmp_path / "spool").glob("labels/*/targets/*/*.json")
    next(path for path in documents if not path.match("00/*.label.json")).write_bytes(b"damaged")
    with make_library(tmp_path / "other") as other:
        expected = dub(other, FolderSpool(tmp_path / "spool"), now=NOW)
        assert (expected.releases, len(expected.missing)) == (4, 1)
        monkeypatch.setattr(tally, "BATCH_LENGTH", 1)
        assert dub(mine, FolderSpool(tmp_path / "spool"), now=NOW) == expected
        assert [view.title for view in mine.shelf.albums()] == [view.title for view in other.shelf.albums()]
    assert is_sound(mine)


@pytest.mark.parametrize("ranges", [True, False], ids=["ranges", "no ranges"])
def test_over_http(published, mine, ranges):
    folder, _, _, contents = published
    with http_server(folder, ranges=ranges) as address:
        spool = next(iter(open_sources(mine, address))).spool
        report = dub(mine, spool, now=NOW)
        spool.close()
    assert report.missing == ()
    assert_arrived(mine, contents)


def test_an_address_without_a_spool_says_so(mine, tmp_path):
    with (
        http_server(tmp_path, ranges=True) as address,
        pytest.raises(NotFoundError, match="nothing of Magnit") as caught,
    ):
        dub(mine, HttpSpool(address), now=NOW)
    assert caught.value.exit_code == EXIT_SOURCE


@pytest.mark.parametrize("length", [1_000_000, 5_000_000])
def test_an_address_that_answers_something_else(mine, tmp_path, length):
    (tmp_path / "labels").mkdir()
    (tmp_path / "labels" / "index.json").write_bytes(b"[" * length)
    with (
        http_server(tmp_path, ranges=True) as address,
        pytest.raises(DamagedError, match="not readable as a list of labels") as caught,
    ):
        dub(mine, HttpSpool(address), now=NOW)
    assert caught.value.exit_code == EXIT_SOURCE


def test_an_address_that_does_not_answer(mine):
    with http_server(mine.directory, ranges=True) as address:
        pass
    with pytest.raises(UnreachableError, match="did not answer"):
        dub(mine, HttpSpool(address), now=NOW)
    assert is_sound(mine)


def test_from_a_reel_to_a_friend_and_to_words(maker, mine, published, tmp_path):
    contents = published[3]
    address = mine.secrets.addresses[0].recipient
    cut_reel(maker, gather(maker, now=NOW), tmp_path / "friend", recipients=[address], work_factor=1, disk=Disk())
    source = next(iter(open_sources(mine, str(tmp_path / "friend"))))
    assert source.shortfalls == ()
    assert dub(mine, source.spool, now=NOW).tracks == 3
    assert_arrived(mine, contents)
    words = cut_reel(maker, gather(maker, now=NOW), tmp_path / "words", work_factor=1, disk=Disk()).words
    with make_library(tmp_path / "third") as third:
        source = next(iter(open_sources(third, str(tmp_path / "words"), words=words.upper())))
        assert dub(third, source.spool, now=NOW).tracks == 3
        assert_arrived(third, contents)


def test_only_what_is_missing_is_fetched(maker, mine, published):
    folder, label, album, _ = published
    dub(mine, FolderSpool(folder), now=NOW)
    second, contents = put_album(maker, "Второй", lengths=(50_000,))
    publish.publish(maker, [second], label, now=NOW)
    write_spool(maker, folder)
    source = FlakySpool(FolderSpool(folder))
    report = dub(mine, source, now=NOW)
    assert report.tracks == 1
    assert len(set(source.blobs)) == 2  # the music and its cover
    assert album not in {view.id for view in mine.shelf.albums()}  # ids of others' releases are our own
    assert sorted(view.title for view in mine.shelf.albums()) == ["45", "Второй"]
    assert contents_of(mine, mine.shelf.find("Второй").id) == contents


# -- resuming ---------------------------------------------------------------------------------------------------------


def test_every_interruption_resumes_and_loses_nothing(published, tmp_path):
    folder, _, _, contents = published
    number, passed, fetched = 0, False, []
    while not passed:
        number += 1
        with make_library(tmp_path / f"at{number}") as library:
            source = FlakySpool(FolderSpool(folder), number)
            try:
                dub(library, source, now=NOW)
                passed = not source.failed
            except UnreachableError:
                assert is_sound(library)
            again = FlakySpool(FolderSpool(folder))
            dub(library, again, now=NOW)
            assert_arrived(library, contents)
            fetched.append(len(again.blobs))
    assert number > 8
    assert fetched[-1] == 0
    assert sorted(fetched, reverse=True) == fetched, "what had arrived was fetched again"


def test_pieces_that_arrived_are_not_fetched_again(maker, mine, tmp_path):
    album, contents = put_album(maker, lengths=(6 * PIECE_LENGTH + 5,))
    publish_all(maker, [album])
    write_spool(maker, tmp_path / "spool")
    folder = FolderSpool(tmp_path / "spool")
    counted = FlakySpool(folder)
    with make_library(tmp_path / "dry") as dry:
        dub(dry, counted, now=NOW)
    with pytest.raises(UnreachableError):
        dub(mine, FlakySpool(folder, len(counted.questions) - 1), now=NOW)
    again = FlakySpool(folder)
    dub(mine, again, now=NOW)
    assert len(again.blobs) < len(counted.blobs) - 2
    assert_arrived(mine, contents)


def test_of_a_hurt_blob_the_good_pieces_stay_and_the_bad_one_goes(maker, mine, tmp_path):
    album, contents = put_album(maker, lengths=(6 * PIECE_LENGTH + 5,))
    publish_all(maker, [album])
    write_spool(maker, tmp_path / "spool")
    blob = biggest_blob(tmp_path / "spool")
    good = blob.read_bytes()
    flip(blob, 3 * PIECE_LENGTH + 7)
    report = dub(mine, FolderSpool(tmp_path / "spool"), now=NOW)
    assert "not what its label signed" in report.missing[0].reason
    held = mine.placements(blob.name)
    assert sorted(held) == [0, 1, 2, 4, 5, 6]
    for number, placement in held.items():
        assert mine.vault.read(placement) == good[number * PIECE_LENGTH : (number + 1) * PIECE_LENGTH]
    assert is_sound(mine)
    named = {cell for (cell,) in rows(mine, "SELECT cell FROM piece UNION SELECT cell FROM member")}
    assert not list(mine.vault.check(named)), "the bad piece's cell went too"
    blob.write_bytes(good)
    again = FlakySpool(FolderSpool(tmp_path / "spool"))
    dub(mine, again, now=NOW)
    assert len(again.blobs) == 1
    assert_arrived(mine, contents)


# -- altered, truncated, hostile --------------------------------------------------------------------------------------


def biggest_blob(folder):
    return max(folder.glob("blobs/*/*"), key=lambda path: path.stat().st_size)


def flip(path, offset):
    content = bytearray(path.read_bytes())
    content[offset] ^= 1
    path.write_bytes(content)


@pytest.mark.parametrize(
    ("harm", "said"),
    [
        (lambda blob: flip(blob, 1_050_000), "not what its label signed"),
        (lambda blob: os.truncate(blob, 1_080_000), "missing or damaged on this source"),
        (lambda blob: os.truncate(blob, 0), "missing or damaged on this source"),
        (lambda blob: blob.unlink(), "not on this source"),
        (lambda blob: (blob.unlink(), blob.symlink_to("/etc/passwd")), "a link, not a file"),
        (lambda blob: (blob.unlink(), os.mkfifo(blob)), "a pipe, not a file"),
        (lambda blob: (blob.unlink(), blob.mkdir()), "a folder, not a file"),
    ],
    ids=["altered", "truncated", "emptied", "absent", "link", "pipe", "folder"],
)
def test_a_hurt_blob_is_named_the_rest_arrives_and_a_good_copy_completes(published, mine, tmp_path, harm, said):
    folder, _, _, contents = published
    shutil.copytree(folder, tmp_path / "bad")
    harm(biggest_blob(tmp_path / "bad"))
    report = dub(mine, FolderSpool(tmp_path / "bad"), now=NOW)
    (missing,) = report.missing
    assert missing.what == "45"
    assert said in missing.reason
    assert report.tracks == 2
    assert not only_album(mine).complete
    assert is_sound(mine)
    source = FlakySpool(FolderSpool(folder))
    dub(mine, source, now=NOW)
    assert {path.rsplit("/", 1)[-1] for path in source.blobs} == {biggest_blob(folder).name}
    assert_arrived(mine, contents)


@pytest.mark.parametrize(
    "name", ["targets/*/*.json", "metadata/timestamp.json", "metadata/2.targets.json", "metadata/1.root.json"]
)
@pytest.mark.parametrize("harm", [lambda path: flip(path, 40), lambda path: os.truncate(path, 100)])
def test_altered_documents_and_metadata_are_refused_and_change_nothing(published, mine, tmp_path, name, harm):
    folder, label, _, contents = published
    shutil.copytree(folder, tmp_path / "bad")
    for path in (tmp_path / "bad" / "labels" / label.imprint).glob(name):
        harm(path)
    report = dub(mine, FolderSpool(tmp_path / "bad"), now=NOW)
    assert report.tracks == 0
    assert report.missing
    assert not list(mine.shelf.albums())
    assert is_sound(mine)
    dub(mine, FolderSpool(folder), now=NOW)
    assert_arrived(mine, contents)


def test_metadata_with_duplicate_keys_is_refused(published, mine):
    folder, label, _, _ = published
    stamp = folder / "labels" / label.imprint / "metadata" / "timestamp.json"
    stamp.write_bytes(b'{"signed": {}, ' + stamp.read_bytes().lstrip()[1:])
    report = dub(mine, FolderSpool(folder), now=NOW)
    assert report.refused == 1
    assert not report.labels[0].genuine
    assert not list(mine.shelf.albums())


def test_a_document_that_is_too_long_is_left_out_and_the_others_arrive(mine, tmp_path):
    liar = Liar(tmp_path)
    content = b"genuine music"
    liar.release(release_of([liar.blob(content)], "Good"))
    liar.sign({"cc/" + "c" * 32 + ".json": b" " * (MAX_RELEASE_LENGTH + 1)})
    report = dub(mine, FolderSpool(tmp_path), now=NOW)
    assert [each.reason for each in report.missing if "longer than it may be" in each.reason]
    assert only_album(mine).title == "Good"
    assert contents_of(mine, only_album(mine).id) == [content]


@pytest.mark.parametrize(
    "body",
    [b"{", b"[]", b"null", b'{"schema":"magnitizdat/release/1","schema":"x"}', b"[" * 100_000, b"\xff\xfe"],
    ids=["cut", "list", "null", "twice", "deep", "bytes"],
)
def test_a_signed_document_that_is_no_release_stops_nothing(mine, tmp_path, body):
    liar = Liar(tmp_path)
    liar.release(release_of([liar.blob(b"genuine")], "Good"))
    liar.sign({"cc/" + "c" * 32 + ".json": body})
    report = dub(mine, FolderSpool(tmp_path), now=NOW)
    assert len(report.missing) == 1
    assert only_album(mine).complete


def test_a_release_under_anothers_name_is_left_out(mine, tmp_path):
    liar = Liar(tmp_path)
    liar.sign({"cc/" + "c" * 32 + ".json": encode(release_of([liar.blob(b"x")]))})
    report = dub(mine, FolderSpool(tmp_path), now=NOW)
    assert "another document's name" in report.missing[0].reason
    assert not list(mine.shelf.albums())


# -- poison: another label's genuine blob, described wrongly ----------------------------------------------------------


def _wrong_pieces(file: File, content: bytes) -> tuple[File, bytes]:
    other = bytes(reversed(content))
    pieces = tuple(
        hashlib.sha256(other[at : at + PIECE_LENGTH]).hexdigest() for at in range(0, len(other), PIECE_LENGTH)
    )
    return msgspec.structs.replace(file, pieces=pieces), other


def _longer(file: File, content: bytes) -> tuple[File, bytes]:
    other = content + bytes(2 * PIECE_LENGTH)
    pieces = tuple(
        hashlib.sha256(other[at : at + PIECE_LENGTH]).hexdigest() for at in range(0, len(other), PIECE_LENGTH)
    )
    return msgspec.structs.replace(file, length=len(other), pieces=pieces), other


def _too_long_by_word(file: File, content: bytes) -> tuple[File, bytes]:
    return msgspec.structs.replace(file, length=PIECE_LENGTH, pieces=()), content


@pytest.mark.parametrize("first", ["poison", "genuine"])
@pytest.mark.parametrize(
    "poison",
    [
        (2 * PIECE_LENGTH + 9, _wrong_pieces),
        (2 * PIECE_LENGTH + 9, _longer),
        (50_000, _longer),
        (50_000, _too_long_by_word),
    ],
    ids=["wrong pieces", "longer", "longer small", "one piece"],
)
def test_poison_never_keeps_out_or_hides_the_genuine_blob(maker, mine, tmp_path, first, poison):
    length, lie = poison
    album, contents = put_album(maker, lengths=(length,))
    publish_all(maker, [album])
    write_spool(maker, tmp_path / "genuine")
    liar = Liar(tmp_path / "poison")
    lied, served = lie(describe(contents[0], "audio/flac"), contents[0])
    liar.put(lied.sha256, served)
    liar.release(release_of([lied]))
    order = ["poison", "genuine"] if first == "poison" else ["genuine", "poison"]
    for name in order:
        report = dub(mine, FolderSpool(tmp_path / name), now=NOW)
        if name == order[0] == "poison":
            assert report.missing[0].reason
        assert is_sound(mine)
    found = mine.shelf.find("45")
    assert found.complete
    assert contents_of(mine, found.id) == contents
    cargo = gather(mine, now=NOW)  # and it can be passed on
    assert "45" in {release.title for label in cargo.loaded for release in label.releases}
    report = cut_reel(
        mine, cargo, tmp_path / "reel", recipients=[mine.secrets.addresses[0].recipient], work_factor=1, disk=Disk()
    )
    assert report.cut.music_bytes == cargo.length + RETURN_FILE.length


def test_poison_in_the_same_run_with_a_piece_that_fails(maker, mine, tmp_path):
    """The first piece of the lie arrives, the second does not; the genuine one comes in the same commit."""
    album, contents = put_album(maker, lengths=(2 * PIECE_LENGTH + 9,))
    publish_all(maker, [album])
    folder = tmp_path / "spool"
    write_spool(maker, folder)
    genuine = describe(contents[0], "audio/flac")
    for _ in range(4):  # some of them come before the genuine label, some after
        liar = Liar(folder, f"Liars {os.urandom(4).hex()}")
        small = hashlib.sha256(contents[0][PIECE_LENGTH : 2 * PIECE_LENGTH]).hexdigest()
        lied = msgspec.structs.replace(genuine, pieces=(genuine.pieces[0], small[::-1], genuine.pieces[2]))
        liar.release(release_of([lied]))
    report = dub(mine, FolderSpool(folder), now=NOW)
    assert all(each.what == "Poison" for each in report.missing)
    assert contents_of(mine, mine.shelf.find("45").id) == contents
    assert is_sound(mine)


# -- paths ------------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "index",
    [
        b"[]",
        b"{}",
        b"null",
        b'{"labels": 7}',
        b'{"labels": ["x"]}',
        b'{"labels": [{"imprint": null}]}',
        b"[" * 100_000,
        b"\xff",
        json.dumps({"labels": [{"imprint": "../../../etc/passwd"}]}).encode(),
        json.dumps({"labels": [{"imprint": imprint_text(bytes(32)) + "/../../../secret"}]}).encode(),
        json.dumps({"labels": [{"imprint": imprint_text(bytes(32)) + "\n"}]}).encode(),
    ],
)
def test_tricks_in_the_list_of_labels(mine, tmp_path, index):
    (tmp_path / "site" / "labels").mkdir(parents=True)
    (tmp_path / "site" / "labels" / "index.json").write_bytes(index)
    with http_server(tmp_path / "site", ranges=True) as address:
        spool = FlakySpool(HttpSpool(address))
        try:
            report = dub(mine, spool, now=NOW)
            assert report.labels == ()
        except DamagedError as exc:
            assert "not readable" in str(exc)  # noqa: PT017
    assert spool.questions == ["labels"]
    assert not list(mine.shelf.albums())


def test_a_folder_of_links_and_odd_names_is_no_way_out(mine, tmp_path, published):
    folder, label, _, _ = published
    secret = tmp_path / "secret"
    secret.mkdir()
    odd = folder / "labels" / "..;x"
    odd.mkdir()
    (folder / "labels" / "mag1short").mkdir()
    report = dub(mine, FolderSpool(folder), now=NOW)
    assert [each.imprint for each in report.labels] == [label.imprint]


# -- old, mixed, forked -----------------------------------------------------------------------------------------------


def correct(maker, label, album, **fields):
    editing.edit(maker, album, fields)
    return publish.publish(maker, [album], label, now=NOW)


def test_a_correction_updates_the_shelf(maker, mine, published):
    folder, label, album, contents = published
    dub(mine, FolderSpool(folder), now=NOW)
    correct(maker, label, album, title="45 (mono)", date="1982")
    write_spool(maker, folder)
    source = FlakySpool(FolderSpool(folder))
    report = dub(mine, source, now=NOW)
    assert report.labels[0].new_releases == 0
    assert source.blobs == []
    assert (only_album(mine).title, only_album(mine).date) == ("45 (mono)", "1982")
    assert_arrived(mine, contents)
    assert [found.album for found in find(mine, "mono").tracks] == ["45 (mono)"] * 3


def test_a_withdrawn_release_is_marked_and_still_plays(maker, mine, published):
    folder, label, album, contents = published
    dub(mine, FolderSpool(folder), now=NOW)
    publish.publish(maker, [album], label, now=NOW, withdraw=True, reason="a wrong mix")
    write_spool(maker, folder)
    dub(mine, FolderSpool(folder), now=NOW)
    assert only_album(mine).withdrawn
    assert_arrived(mine, contents)


def test_a_rolled_back_copy_changes_nothing(maker, mine, published, tmp_path):
    folder, label, album, contents = published
    correct(maker, label, album, title="New")
    write_spool(maker, tmp_path / "new")
    dub(mine, FolderSpool(tmp_path / "new"), now=NOW)
    before = catalogue_of(mine)
    report = dub(mine, FolderSpool(folder), now=NOW)
    assert (report.refused, report.missing) == (0, ())
    assert report.labels[0].genuine
    assert report.labels[0].older.version < report.labels[0].freshness.version
    assert "older than what you have" in from_sources.outcome(report).headline
    assert from_sources.outcome(report).exit_code == EXIT_DONE
    assert catalogue_of(mine) == before
    assert_arrived(mine, contents)


@pytest.fixture
def old(maker, mine, published, tmp_path):
    """A copy of the published album, of which a newer state of the label, on a reel without it, is here already."""
    folder, label, _, _ = published
    shutil.copytree(folder, tmp_path / "old")
    second, _ = put_album(maker, "Второй", lengths=(50_000,))
    publish.publish(maker, [second], label, now=NOW)
    cargo = gather(maker, now=NOW, albums=[maker.shelf.find("Второй")])
    write_open(maker, cargo, FolderTarget(tmp_path / "new", disk=Disk()))
    dub(mine, FolderSpool(tmp_path / "new"), now=NOW)
    return tmp_path / "old"


def test_music_that_the_newer_state_lists_is_taken_from_an_older_copy(mine, published, old):
    """A stick cut last month still holds good music: what it says of the label is old, the bytes are not."""
    contents = published[3]
    assert only_album(mine).title == "Второй"
    report = dub(mine, FolderSpool(old), now=NOW)
    assert (report.refused, report.missing) == (0, ())
    assert contents_of(mine, mine.shelf.find("45").id) == contents
    assert mine.shelf.find("45").complete
    assert is_sound(mine)


def test_a_mixed_set_is_refused(maker, mine, published, tmp_path):
    folder, label, album, _ = published
    shutil.copytree(folder, tmp_path / "old")
    correct(maker, label, album, title="New")
    write_spool(maker, folder)
    metadata = tmp_path / "old" / "labels" / label.imprint / "metadata"
    shutil.copy(folder / "labels" / label.imprint / "metadata" / "timestamp.json", metadata)
    shutil.copy(metadata / "2.snapshot.json", metadata / "3.snapshot.json")
    report = dub(mine, FolderSpool(tmp_path / "old"), now=NOW)
    assert report.refused == 1
    assert not list(mine.shelf.albums())


@pytest.fixture
def forked(tmp_path, mine):
    """A label that signed two third versions; I hold the first of them."""
    liar = Liar(tmp_path / "first", "Two faces")
    first = liar.blob(b"first branch")
    liar.release(release_of([liar.blob(b"old music")], "Old", number=7))
    shutil.copytree(liar.folder, tmp_path / "second")
    state = liar.state
    liar.release(release_of([first], "First", number=8))
    dub(mine, FolderSpool(liar.folder), now=NOW)
    liar.folder, liar.state = tmp_path / "second", state
    liar.release(release_of([liar.blob(b"second branch")], "Second", number=9))
    return liar.imprint, tmp_path


def test_a_fork_freezes_until_the_person_chooses(forked, mine):
    imprint, folder = forked
    report = dub(mine, FolderSpool(folder / "second"), now=NOW)
    assert report.refused == 1
    assert "yours names «First», the other one «Second»" in report.labels[0].verdict
    assert sorted(view.title for view in mine.shelf.albums()) == ["First", "Old"]
    assert all(view.complete for view in mine.shelf.albums())  # old music plays
    assert mine.shelf.labels()[0].frozen
    again = dub(mine, FolderSpool(folder / "first"), now=NOW)  # nothing new enters, from wherever
    assert again.refused == 1
    with pytest.raises(UsageError, match="signed two different lists"):
        labels.choose_branch(mine, imprint, "00000000")
    forks = labels.held_state(mine, imprint).memory.forks
    for fork in forks:
        labels.choose_branch(mine, imprint, fork.other)
    assert not mine.shelf.labels()[0].frozen
    assert dub(mine, FolderSpool(folder / "second"), now=NOW).refused == 0
    assert "Second" in {view.title for view in mine.shelf.albums() if view.complete}
    refused = dub(mine, FolderSpool(folder / "first"), now=NOW)
    assert refused.refused == 1  # turned down for good
    assert is_sound(mine)


def test_choosing_what_is_held_goes_on_with_it(forked, mine):
    imprint, folder = forked
    dub(mine, FolderSpool(folder / "second"), now=NOW)
    for fork in labels.held_state(mine, imprint).memory.forks:
        labels.choose_branch(mine, imprint, fork.held)
    assert dub(mine, FolderSpool(folder / "first"), now=NOW).refused == 0
    assert dub(mine, FolderSpool(folder / "second"), now=NOW).refused == 1


# -- labels -----------------------------------------------------------------------------------------------------------


def test_following_is_a_later_act_and_known_only_restricts(published, mine):
    folder, label, _, _ = published
    assert dub(mine, FolderSpool(folder), now=NOW, known_only=True).labels == ()
    assert not mine.shelf.labels()
    dub(mine, FolderSpool(folder), now=NOW)
    assert mine.shelf.labels()[0].standing == "new"
    assert dub(mine, FolderSpool(folder), now=NOW, known_only=True).labels == ()
    labels.follow(mine, label.name)
    dub(mine, FolderSpool(folder), now=NOW)
    assert mine.shelf.labels()[0].standing == "followed"
    assert len(dub(mine, FolderSpool(folder), now=NOW, known_only=True).labels) == 1


@pytest.mark.parametrize("name", ["Zoopark Tapes", "ZOOPARK-TAPES", "Z00park Tapes", "Zооpаrk Tapes", "Зоопарк Тейпс"])
def test_a_second_label_with_a_like_name_is_flagged(published, mine, tmp_path, name):
    folder, label, _, _ = published
    dub(mine, FolderSpool(folder), now=NOW)
    labels.follow(mine, label.imprint)
    liar = Liar(tmp_path / "liar", name)
    liar.release(release_of([liar.blob(b"something")]))
    report = dub(mine, FolderSpool(liar.folder), now=NOW)
    assert report.labels[0].looks_like == label.name
    assert report.labels[0].standing == "new"


def test_a_label_that_renames_itself_after_another_is_flagged(published, mine, tmp_path):
    folder, label, _, _ = published
    dub(mine, FolderSpool(folder), now=NOW)
    labels.follow(mine, label.imprint)
    liar = Liar(tmp_path / "liar", "Harmless")
    assert dub(mine, FolderSpool(liar.folder), now=NOW).labels[0].looks_like == ""
    liar.sign({LABEL_PATH: encode(LabelDocument(name="Harmless", aliases=("Zoopark tapes",)))})
    assert dub(mine, FolderSpool(liar.folder), now=NOW).labels[0].looks_like == label.name


def test_preview_shows_what_is_there_and_takes_nothing(published, mine):
    folder, label, _, _ = published
    (offered,), _, _ = preview(mine, FolderSpool(folder), now=NOW)
    assert (offered.label, offered.title, offered.tracks, offered.here) == (label.name, "45", 3, False)
    assert not mine.shelf.labels()
    dub(mine, FolderSpool(folder), now=NOW)
    (offered,), _, _ = preview(mine, FolderSpool(folder), now=NOW)
    assert offered.here


def test_preview_of_an_older_copy_shows_what_a_dub_would_take(mine, published, old, tmp_path):
    """What lies on the newer reel alone is not shown as lying on the older one, nor the other way round."""
    label = published[1]
    (offered,), missing, (older,) = preview(mine, FolderSpool(old), now=NOW)
    assert (offered.title, offered.here, offered.news) == ("45", False, "new")
    assert (older.name, missing) == (label.name, [])
    dub(mine, FolderSpool(old), now=NOW)
    assert mine.shelf.find("45").complete
    (offered,), missing, _ = preview(mine, FolderSpool(tmp_path / "new"), now=NOW)
    assert (offered.title, offered.here, missing) == ("Второй", True, [])


def test_preview_says_which_label_does_not_verify(mine, published):
    folder, _, _, _ = published
    (timestamp,) = folder.glob("labels/*/metadata/timestamp.json")
    timestamp.write_bytes(timestamp.read_bytes().replace(b'"version":', b'"version":1'))
    offered, (told,), _ = preview(mine, FolderSpool(folder), now=NOW)
    assert offered == []
    assert told.what.startswith("label ")


# -- carried, removed -------------------------------------------------------------------------------------------------


def test_carried_music_that_is_here_is_not_doubled(maker, mine, tmp_path):
    album, contents = put_album(maker, lengths=SMALL)
    write_spool(maker, tmp_path / "carried")
    report = dub(mine, FolderSpool(tmp_path / "carried"), now=NOW)
    assert report.labels[0].standing == "carrier"
    assert only_album(mine).carried
    assert_arrived(mine, contents)
    publish_all(maker, [album])
    write_spool(maker, tmp_path / "signed")
    write_spool(mine, tmp_path / "third")
    with make_library(tmp_path / "other") as other:
        dub(other, FolderSpool(tmp_path / "signed"), now=NOW)
        dub(other, FolderSpool(tmp_path / "third"), now=NOW)
        assert_arrived(other, contents)
        assert not only_album(other).carried


def test_sound_that_begins_like_a_page_is_found_under_the_name_of_a_text(maker, mine, tmp_path):
    """Nobody plays it from a web site, and it comes all the same."""
    album, _ = put_album(maker, contents=[b"<odd> sound"])
    publish_all(maker, [album])
    write_spool(maker, tmp_path / "site")
    assert dub(mine, FolderSpool(tmp_path / "site"), now=NOW).missing == ()
    assert_arrived(mine, [b"<odd> sound"])


def test_a_removed_album_stays_away(published, mine):
    folder, _, _, _ = published
    dub(mine, FolderSpool(folder), now=NOW)
    editing.remove(mine, ["45"])
    source = FlakySpool(FolderSpool(folder))
    report = dub(mine, source, now=NOW)
    assert (report.tracks, source.blobs) == (0, [])
    assert not list(mine.shelf.albums())
    assert [album.title for album in report.labels[0].removed] == ["45"]
    assert "you removed" in from_sources.outcome(report).headline


def test_an_own_published_album_that_was_removed_stays_away(maker, published):
    folder, _, _, _ = published
    editing.remove(maker, ["45"])
    source = FlakySpool(FolderSpool(folder))
    dub(maker, source, now=NOW)
    assert source.blobs == []
    assert not list(maker.shelf.albums())
    assert is_sound(maker)


def test_what_was_removed_comes_again_when_it_is_asked_for(published, mine):
    folder, _, _, contents = published
    dub(mine, FolderSpool(folder), now=NOW)
    for _ in range(2):  # removing works again, and so does this
        editing.remove(mine, ["45"])
        assert dub(mine, FolderSpool(folder), now=NOW, wishes=DubWishes(again=["another"])).labels[0].removed
        assert not list(mine.shelf.albums())
        report = dub(mine, FolderSpool(folder), now=NOW, wishes=DubWishes(again=[]))
        assert report.labels[0].removed == ()
        assert_arrived(mine, contents)
        assert is_sound(mine)
    assert dub(mine, FolderSpool(folder), now=NOW).labels[0].removed == ()
    assert_arrived(mine, contents)


@pytest.mark.parametrize("named", ["45", "id"])
def test_only_those_that_are_named_come_again(maker, mine, tmp_path, named):
    wanted, contents = put_album(maker, lengths=(1000,))
    other, _ = put_album(maker, "46", lengths=(900,))
    publish_all(maker, [wanted, other])
    write_spool(maker, tmp_path / "both")
    dub(mine, FolderSpool(tmp_path / "both"), now=NOW)
    editing.remove(mine, ["45", "46"])
    report = dub(
        mine, FolderSpool(tmp_path / "both"), now=NOW, wishes=DubWishes(again=[wanted if named == "id" else named])
    )
    assert [album.title for album in report.labels[0].removed] == ["46"]
    assert "mag dub --again" in " ".join(from_sources.outcome(report).lines)
    assert_arrived(mine, contents)


@pytest.mark.parametrize("steps", ["r", "ra", "rar", "rara"])
def test_a_rebuild_knows_the_last_word_about_what_was_removed(published, tmp_path, steps):
    """By the journal alone, as on another device."""
    folder, _, _, contents = published
    with make_library(tmp_path / "rebuilt") as library:
        secrets = library.secrets
        dub(library, FolderSpool(folder), now=NOW)
        for step in steps:
            if step == "r":
                editing.remove(library, ["45"])
            else:
                dub(library, FolderSpool(folder), now=NOW, wishes=DubWishes(again=[]))
    rebuild(tmp_path / "rebuilt", secrets, now=NOW, disk=Disk(private=True))
    with Library(tmp_path / "rebuilt", secrets) as library:
        assert bool(list(library.shelf.albums())) == steps.endswith("a")
        assert bool(dub(library, FolderSpool(folder), now=NOW).labels[0].removed) == steps.endswith("r")
        dub(library, FolderSpool(folder), now=NOW, wishes=DubWishes(again=[]))
        assert_arrived(library, contents)


@pytest.mark.parametrize("later", ["removed", "again"])
def test_of_two_libraries_the_later_word_counts(published, mine, tmp_path, later):
    folder, _, _, _ = published
    with make_library(tmp_path / "laptop") as laptop:
        for library in (mine, laptop):
            dub(library, FolderSpool(folder), now=NOW)
            editing.remove(library, ["45"])
        dub(laptop, FolderSpool(folder), now=NOW, wishes=DubWishes(again=[]))
        if later == "removed":
            editing.remove(laptop, ["45"])
        merge(mine, laptop, now=NOW)
    assert bool(dub(mine, FolderSpool(folder), now=NOW).labels[0].removed) == (later == "removed")


# -- clocks -----------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("year", [1970, 2099])
def test_no_clock_stops_the_music(published, mine, year):
    folder, label, _, contents = published
    wrong = datetime(year, 1, 1, tzinfo=UTC)
    report = dub(mine, FolderSpool(folder), now=wrong)
    assert report.labels[0].genuine
    assert report.labels[0].freshness.expired == (year == 2099)
    assert_arrived(mine, contents)
    view = labels.find_label(mine, label.name)
    fresh = labels.freshness(mine, view, now=NOW + timedelta(days=3))
    assert fresh is not None
    assert (fresh.heard_days_ago is None) == (year == 2099)
    assert labels.follow(mine, label.name)
    assert gather(mine, now=wrong).loaded


@pytest.mark.parametrize("year", [1970, 2099])
def test_labels_made_under_a_wrong_clock_work(maker, mine, tmp_path, year):
    wrong = datetime(year, 1, 1, tzinfo=UTC)
    album, contents = put_album(maker, lengths=(1000,))
    labels.create(maker, "Clockwork", now=wrong)
    publish.publish(maker, [album], labels.find_label(maker, "Clockwork"), now=wrong)
    write_spool(maker, tmp_path / "spool")
    dub(mine, FolderSpool(tmp_path / "spool"), now=NOW)
    assert_arrived(mine, contents)


def test_a_card_that_told_of_another_root_keeps_the_label_out(published, mine):
    folder, label, _, _ = published
    from magnitizdat.model import Card, Checkpoint
    from magnitizdat.ops.labels.friends import add_friend

    card = Card(
        name="Viktor",
        imprint=label.imprint,
        recipient=my_card(mine, name="Me").recipient,
        checkpoint=Checkpoint(version=1, sha256="ab" * 32),
    )
    add_friend(mine, card)
    assert recipients(mine, ["VIKTOR"])
    report = dub(mine, FolderSpool(folder), now=NOW)
    assert report.refused == 1
    assert not list(mine.shelf.albums())
    with pytest.raises(NotVerifiedError):
        add_friend(
            mine, msgspec.structs.replace(card, name="Other", checkpoint=Checkpoint(version=1, sha256="cd" * 32))
        )
    assert set(mine.shelf.friends()) == {"Viktor"}


def test_the_blob_of_a_spool_is_where_its_digest_says(published):
    for path in published[0].glob("blobs/*/*"):
        assert path.relative_to(published[0]).as_posix() == blob_path(hashlib.sha256(path.read_bytes()).hexdigest())


@pytest.mark.parametrize("is_older", [False, True])
def test_words_of_an_open_spool_are_named_as_text_and_older_names_are_read(maker, mine, tmp_path, is_older):
    """A server that looks at the first bytes would show these as a page of its own."""
    words = b"<!doctype html><title>words</title>"
    album, _ = put_album(maker, lengths=SMALL)
    with maker.changes() as changes:
        file = seal_small(maker, changes, words, "text/markdown")
        release = maker.shelf.release(album)
        changes.row(AlbumRow(release=msgspec.structs.replace(release, tracks=(), notes={"en": file})))
        changes.commit()
    publish_all(maker, [album])
    write_spool(maker, tmp_path / "spool")
    named = tmp_path / "spool" / f"{blob_path(file.sha256)}.txt"
    assert named.read_bytes() == words
    assert not named.with_suffix("").exists()
    if is_older:
        named.rename(named.with_suffix(""))
    assert not dub(mine, FolderSpool(tmp_path / "spool"), now=NOW).missing
    assert b"".join(mine.blob(file.sha256).pieces()) == words
