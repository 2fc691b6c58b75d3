"""Open spools: only what is new is written, nothing is switched before it is whole, and others' labels stay."""

from __future__ import annotations

import errno
import gc
import hashlib
import json
from pathlib import Path

import pytest
from fsspec.implementations.memory import MemoryFileSystem
from fsspec.spec import AbstractBufferedFile, AbstractFileSystem

from magnitizdat.disk.disk import Disk
from magnitizdat.errors import DamagedError, MagError, NoSpaceError, TargetError, UnreachableError
from magnitizdat.ops.dub.from_spool import dub
from magnitizdat.ops.give import open_spool
from magnitizdat.ops.give.gathering import gather
from magnitizdat.ops.give.open_spool import write_open
from magnitizdat.ops.labels import publish as publish_module
from magnitizdat.ops.places.spool import FolderSpool, FsspecSpool
from magnitizdat.ops.places.targets import Content, FolderTarget, FsspecTarget, content_of
from magnitizdat.sentence import say
from tests.fakes import FaultyDisk
from tests.fakes_library import NOW, contents_of, make_library, put_album
from tests.fakes_spool import http_server, publish_all, write_spool


@pytest.fixture
def library(tmp_path):
    with make_library(tmp_path / "maker") as made:
        yield made


def test_only_what_is_new_is_written_again(library, tmp_path):
    publish_all(library, [put_album(library, lengths=(1000, 2000))[0]])
    first = write_spool(library, tmp_path / "spool")
    second = write_spool(library, tmp_path / "spool")
    assert (first.already, second.already) == (0, 3)
    assert first.files - second.files == 3
    blob = max((tmp_path / "spool").glob("blobs/*/*"), key=lambda path: path.stat().st_size)
    blob.write_bytes(b"torn")
    assert write_spool(library, tmp_path / "spool").already == 2


def test_an_outsider_reads_it_with_the_index_alone(library, tmp_path):
    publish_all(library, [put_album(library, lengths=(1000,))[0]])
    write_spool(library, tmp_path / "spool")
    index = json.loads((tmp_path / "spool" / "labels" / "index.json").read_bytes())
    assert [entry["name"] for entry in index["labels"]] == ["Zoopark Tapes"]
    assert (tmp_path / "spool" / "index.html").is_file()


def test_the_index_says_which_papers_lie_there_and_which_part(library, tmp_path):
    first, second = put_album(library, lengths=(1000,))[0], put_album(library, "Second", lengths=(2000,))[0]
    label = publish_all(library, [first, second])
    albums = [view for view in library.shelf.albums() if view.id == second]
    for going, part in ((albums, [albums[0].release_id]), ([], None)):
        cargo = gather(library, now=NOW, albums=going)
        write_open(library, cargo, FolderTarget(tmp_path / str(part), disk=Disk()))
        [entry] = json.loads((tmp_path / str(part) / "labels" / "index.json").read_bytes())["labels"]
        timestamp = tmp_path / str(part) / "labels" / label.imprint / "metadata" / "timestamp.json"
        assert entry["timestamp"] == hashlib.sha256(timestamp.read_bytes()).hexdigest()
        assert entry.get("releases") == part


def test_a_second_label_joins_and_hostile_lists_are_let_go(library, tmp_path):
    publish_all(library, [put_album(library, lengths=(1000,))[0]])
    write_spool(library, tmp_path / "spool")
    with make_library(tmp_path / "other") as other:
        publish_all(other, [put_album(other, "Other", lengths=(1000,))[0]], "Others")
        write_spool(other, tmp_path / "spool")
    with make_library(tmp_path / "listener") as listener, http_server(tmp_path / "spool", ranges=True) as address:
        from magnitizdat.ops.places.http import HttpSpool

        assert dub(listener, HttpSpool(address), now=NOW).releases == 2
    for hostile in (b"{", b"[]", b"null", b'{"labels": 5}', b'{"labels": ["x", 1]}', b"\xff"):
        (tmp_path / "spool" / "labels" / "index.json").write_bytes(hostile)
        write_spool(library, tmp_path / "spool")
        index = json.loads((tmp_path / "spool" / "labels" / "index.json").read_bytes())
        assert [entry["name"] for entry in index["labels"]] == ["Zoopark Tapes"]


@pytest.mark.parametrize("code", [errno.EIO, errno.ENOSPC])
def test_an_older_spool_stays_readable_at_every_failure(library, tmp_path, code):
    album, contents = put_album(library, lengths=(1000,))
    label = publish_all(library, [album])
    second, more = put_album(library, "Second", lengths=(2000,))
    write_open(library, gather(library, now=NOW, labels=[label]), FolderTarget(tmp_path / "0", disk=Disk()))
    older = {
        path.relative_to(tmp_path / "0"): path.read_bytes() for path in (tmp_path / "0").rglob("*") if path.is_file()
    }
    publish_module.publish(library, [second], label, now=NOW)
    cargo = gather(library, now=NOW, labels=[label])
    number, passed = 0, False
    while not passed:
        number += 7
        folder = tmp_path / str(number)
        for path, content in older.items():
            (folder / path).parent.mkdir(parents=True, exist_ok=True)
            (folder / path).write_bytes(content)
        disk = FaultyDisk(fail_at=number, code=code, forever=True)
        target = FolderTarget(folder, disk=disk)
        try:
            write_open(library, cargo, target)
            passed = not disk.failed
        except MagError as exc:
            assert isinstance(exc, NoSpaceError if code == errno.ENOSPC else TargetError)  # noqa: PT017
        with make_library(tmp_path / f"listener{number}") as listener:
            report = dub(listener, FolderSpool(folder), now=NOW)
            assert report.refused == 0
            assert report.missing == ()
            assert contents_of(listener, listener.shelf.find("45").id) == contents
        write_spool(library, folder)
    assert contents_of(library, second) == more
    assert number > 20


def test_what_lies_beside_is_let_be(library, tmp_path):
    (tmp_path / "spool").mkdir()
    (tmp_path / "spool" / "CNAME").write_text("example.org")
    publish_all(library, [put_album(library, lengths=(1000,))[0]])
    write_spool(library, tmp_path / "spool")
    assert (tmp_path / "spool" / "CNAME").read_text() == "example.org"


def test_a_file_where_the_folder_should_be(library, tmp_path):
    put_album(library, lengths=(10,))
    Path(tmp_path / "spool").write_bytes(b"x")
    with pytest.raises(TargetError):
        write_spool(library, tmp_path / "spool")


@pytest.mark.parametrize(
    ("path", "content", "named"),
    [
        ("blobs/ab/abcd", b"fLaC", "blobs/ab/abcd"),
        ("blobs/ab/abcd", b"\xef\xbb\xbf \n<html>", "blobs/ab/abcd.txt"),
        ("blobs/ab/abcd.txt", b"<html>", "blobs/ab/abcd.txt"),
        ("blobs/ab/abcd", b"\0\0\0<ftypM4A ", "blobs/ab/abcd"),
        ("labels/mag1/targets/ab/12.json", b"<html>", "labels/mag1/targets/ab/12.json"),
        ("labels/mag1/targets/ab/12.notes.txt", b"<html>", "labels/mag1/targets/ab/12.notes.txt"),
        ("labels/mag1/targets/ab/12.HTML", b"words", ""),
        ("labels/mag1/targets/ab/12.svg", b"words", ""),
        ("labels/mag1/targets/ab/12", b"<svg>", ""),
    ],
)
def test_nothing_of_strangers_has_a_name_that_is_taken_for_a_page(path, content, named):
    whole = Content(len(content) + 4, lambda: iter([content, b"rest"]))
    found, inert = open_spool._inert(path, whole)
    assert (found, b"".join(inert.parts())) == (named, content + b"rest")


# -- other places ------------------------------------------------------------------------------------------------------


class Bucket(AbstractFileSystem):
    """A bucket as s3fs shows it: a file is there once it was closed, errors are those that it answers with."""

    cachable = False

    def __init__(self) -> None:
        super().__init__()
        self.files, self.refuses = {}, None

    def info(self, path, **_):
        if self.refuses:
            raise self.refuses
        if path not in self.files:
            raise FileNotFoundError(path)
        return {"name": path, "size": len(self.files[path]), "type": "file"}

    def cat_file(self, path, start=None, end=None, **_):
        if start and start >= self.info(path)["size"]:
            raise OSError(errno.EINVAL, "The requested range is not satisfiable")
        self.info(path)
        return self.files[path][start:end]

    def makedirs(self, path, **_):
        """A bucket has no folders."""

    def _open(self, path, mode="rb", **_):
        return _Upload(self, path, mode)


class _Upload(AbstractBufferedFile):
    def _initiate_upload(self):
        self.parts = []

    def _upload_chunk(self, final):
        self.parts.append(self.buffer.getvalue())
        if final:
            self.fs.files[self.path] = b"".join(self.parts)
        return True


@pytest.fixture
def bucket():
    return Bucket()


def _torn(length):
    def parts():
        yield bytes(length)
        raise DamagedError(say("the library is damaged here"))

    return Content(length, parts)


@pytest.mark.parametrize("length", [10, 6 << 20])
def test_half_a_file_is_no_file_in_a_bucket(bucket, length):
    """Nor is what was there before lost."""
    target = FsspecTarget(bucket, "tapes")
    target.write("whole", content_of(b"45"))
    for name in ("whole", "torn"):
        with pytest.raises(DamagedError):
            target.write(name, _torn(length))
    gc.collect()
    assert bucket.files == {"tapes/whole": b"45"}


def test_half_a_file_is_no_file_where_it_is_there_at_once():
    target = FsspecTarget(MemoryFileSystem(skip_instance_cache=True), "/half")
    with pytest.raises(DamagedError):
        target.write("torn", _torn(10))
    assert target.length_of("torn") is None


class _Fragile(MemoryFileSystem):
    """A file is there at once, and the disk is full at the end of it."""

    cachable = False

    def _open(self, path, mode="rb", **options):
        file = super()._open(path, mode, **options)
        if "w" in mode:
            file.close = lambda: (_ for _ in ()).throw(OSError(errno.ENOSPC, "full"))
        return file


def test_where_a_file_is_there_at_once_it_has_its_name_when_it_is_whole():
    """The one that was there before stays until then, and what fails at its end leaves nothing."""
    place = MemoryFileSystem()
    place.store.clear()
    target = FsspecTarget(place, "/tapes")
    target.write("index.json", content_of(b"45"))
    with pytest.raises(DamagedError):
        target.write("index.json", _torn(10))
    assert target.read("index.json").content == b"45"
    with pytest.raises(TargetError, match="writing there failed"):
        FsspecTarget(_Fragile(), "/tapes").write("other", content_of(b"46"))
    assert [path for path in place.store if path.startswith("/tapes/")] == ["/tapes/index.json"]


class _BotoError(Exception):
    """What libraries of buckets raise is often no OSError."""


@pytest.mark.parametrize(
    "failure", [_BotoError("timed out"), OSError(errno.EIO, "slow down"), PermissionError(13, "no")]
)
def test_whatever_a_place_raises_is_not_taken_for_absent(bucket, failure):
    target, spool = FsspecTarget(bucket, "tapes"), FsspecSpool(bucket, "tapes")
    bucket.refuses = failure
    for ask in (target.length_of, target.read):
        with pytest.raises(TargetError):
            ask("labels/index.json")
    with pytest.raises(UnreachableError):
        spool.fetch("labels/index.json", 10)


def test_a_folder_that_does_not_answer_is_not_taken_for_empty(tmp_path):
    (tmp_path / ("x" * 200)).mkdir()
    target = FolderTarget(tmp_path, disk=Disk())
    assert target.length_of("blobs/ab/abcd") is None
    with pytest.raises(TargetError, match="did not let"):
        target.length_of("x" * 300)


def test_what_did_not_answer_is_not_taken_for_absent(library, bucket):
    """Else one hiccup would strike every other label off the list."""
    publish_all(library, [put_album(library, lengths=(1000,))[0]])
    target = FsspecTarget(bucket, "tapes")
    write_open(library, gather(library, now=NOW), target)
    before = dict(bucket.files)
    bucket.refuses = OSError(errno.EIO, "Please reduce your request rate.")
    with pytest.raises(TargetError, match="did not let"):
        write_open(library, gather(library, now=NOW), target)
    assert bucket.files == before


def test_a_file_that_cannot_be_read_is_not_taken_for_absent(tmp_path):
    (tmp_path / "labels" / "index.json").mkdir(parents=True)
    with pytest.raises(TargetError, match="did not let"):
        FolderTarget(tmp_path, disk=Disk()).read("labels/index.json")


def test_beyond_its_end_a_file_of_a_bucket_is_empty(bucket):
    bucket.files["tapes/blob"] = b"0123"
    spool = FsspecSpool(bucket, "tapes")
    assert [spool.fetch_range("blob", start, 4) for start in (0, 2, 4, 9)] == [b"0123", b"23", b"", b""]
