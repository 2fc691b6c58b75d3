"""A bucket is written to with few requests, is whole at each of them, and says in a sentence what it refuses."""

from __future__ import annotations

import json
from datetime import timedelta
from functools import partial
from typing import NamedTuple

import pytest

from magnitizdat.disk.disk import Disk
from magnitizdat.errors import DamagedError, MayNotWriteError, NoSpaceError, TargetError, UsageError
from magnitizdat.ops.albums import edit
from magnitizdat.ops.dub.from_spool import dub
from magnitizdat.ops.give.checked import check_open
from magnitizdat.ops.give.gathering import gather
from magnitizdat.ops.give.open_spool import write_open
from magnitizdat.ops.labels import publish
from magnitizdat.ops.places.bucket_target import BucketTarget
from magnitizdat.ops.places.http import HttpSpool
from magnitizdat.ops.places.targets import Content, Seen, listed, open_target
from magnitizdat.sentence import say
from tests.fakes_bucket import NAME, FakeBucket, Refusal, serving
from tests.fakes_library import NOW, contents_of, make_library, put_album
from tests.fakes_spool import FlakySpool, publish_all

s3fs = pytest.importorskip("s3fs")
INDEX = "mirror/labels/index.json"


class Scene(NamedTuple):
    """A label with one album, and an empty bucket."""

    library: object
    label: object
    bucket: FakeBucket
    address: str

    def publish(self, *titles, lengths=(3000, 4000)):
        albums = [put_album(self.library, title, lengths=lengths)[0] for title in titles]
        publish.publish(self.library, albums, self.label, now=NOW)
        return albums

    def cargo(self):
        return gather(self.library, now=NOW, labels=[self.label], quality="both", along="own")

    def write(self):
        return write_open(self.library, self.cargo(), target())

    def counted(self):
        """What one publishing asks for."""
        self.bucket.requests.clear()
        self.write()
        return self.bucket.counted()


def target(sleep=None):
    found = open_target(f"s3://{NAME}/mirror", disk=Disk())
    return found if sleep is None else BucketTarget(found._filesystem, f"{NAME}/mirror", sleep=sleep)


@pytest.fixture
def scene(tmp_path, monkeypatch):
    bucket = FakeBucket()
    s3fs.S3FileSystem.clear_instance_cache()  # it keeps the address that it had
    with serving(bucket) as address, make_library(tmp_path / "maker") as library:
        for name, value in {"ENDPOINT_URL": address, "ACCESS_KEY_ID": "x", "SECRET_ACCESS_KEY": "y"}.items():
            monkeypatch.setenv(f"AWS_{name}", value)
        label = publish_all(library, [put_album(library, "First", lengths=(1000, 2000))[0]])
        yield Scene(library, label, bucket, f"{address}/{NAME}/mirror")


def heard(folder, address):
    """Titles that a listener with nothing takes, all of them whole."""
    with make_library(folder) as listener:
        report = dub(listener, HttpSpool(address), now=NOW)
        assert (report.refused, report.missing) == (0, ())
        return {view.title: contents_of(listener, view.id) for view in listener.shelf.albums() if view.complete}


# -- few requests ------------------------------------------------------------------------------------------------------


def test_ten_albums_into_a_bucket_of_ten_thousand(scene):
    scene.publish(*(f"Before {number}" for number in range(20)))
    scene.write()
    scene.bucket.objects |= {f"mirror/blobs/{number % 256:02x}/{number:064x}": b"" for number in range(10_000)}
    before = set(scene.bucket.objects)
    scene.publish(*(f"New {number}" for number in range(10)))
    counted = scene.counted()
    new = scene.bucket.objects.keys() - before
    assert len([path for path in new if "/blobs/" in path]) >= 20
    assert counted.total() <= 1.3 * len(new) + 20
    assert counted["PUT"] <= len(new) + 6


def test_nothing_new_is_two_questions(scene):
    scene.write()
    assert scene.counted() == {"GET": 2}


def test_of_an_edited_album_no_music_is_sent_again(scene):
    scene.write()
    [view] = scene.library.shelf.albums()
    edit.edit(scene.library, view.id, {"title": "First, corrected"})
    publish.publish(scene.library, [view.id], scene.label, now=NOW)
    scene.bucket.requests.clear()
    scene.write()
    assert not [key for method, key in scene.bucket.requests if method == "PUT" and "/blobs/" in key]
    assert b"First, corrected" in scene.bucket.objects[f"mirror/labels/{scene.label.imprint}/{view.release_id}.html"]


def test_a_large_file_is_one_request_and_is_never_whole_in_memory(scene):
    scene.publish("Long", lengths=(5 << 20,))
    assert scene.counted()["PUT"] == len(scene.bucket.objects) + 1
    assert max(map(len, scene.bucket.objects.values())) == 5 << 20


def test_browsers_are_told_what_pages_are(scene):
    scene.write()
    types = {key.rpartition(".")[2]: said for key, said in scene.bucket.types.items()}
    assert types["html"].startswith("text/html")
    assert types["m3u8"].startswith("audio/x-mpegurl")


# -- whole old or whole new --------------------------------------------------------------------------------------------


def test_killed_at_every_request_while_others_read(scene, tmp_path):
    """Whoever reads then has the old or the new, whole; and the same command goes on."""
    scene.write()
    older, before = dict(scene.bucket.objects), heard(tmp_path / "before", scene.address)
    scene.publish("Second")
    scene.write()
    newer, after = dict(scene.bucket.objects), heard(tmp_path / "after", scene.address)
    assert before.keys() == {"First"}
    assert after.keys() == {"First", "Second"}
    seen, number, passed = set(), 0, False
    while not passed:
        number += 1
        scene.bucket.objects.clear()
        scene.bucket.objects.update(older)
        scene.bucket.dies_at(number)
        try:
            write_open(scene.library, scene.cargo(), target(sleep=lambda _s: None))
            passed = True
        except TargetError:
            pass
        scene.bucket.refuse = lambda _method, _key: None
        found = heard(tmp_path / str(number), scene.address)
        assert found in (before, after)
        seen.add(len(found))
        scene.write()
        assert scene.bucket.objects == newer
    assert (seen, number > 15) == ({1, 2}, True)


class _Overtaken(FlakySpool):
    """A place at which somebody publishes before its `number`th question is answered."""

    def __init__(self, spool, number, write):
        super().__init__(spool)
        self._number, self._write = number, write

    def _ask(self, path):
        super()._ask(path)
        if len(self.questions) == self._number:
            self._write()


def test_a_reader_in_between_ends_well(scene, tmp_path):
    """At whichever question of a reader somebody publishes."""
    scene.write()
    older = dict(scene.bucket.objects)
    scene.publish("Second")
    scene.write()
    newer = dict(scene.bucket.objects)
    number, asked = 0, 1
    while number < asked:
        number += 1
        scene.bucket.objects.clear()
        scene.bucket.objects.update(older)

        with make_library(tmp_path / str(number)) as listener:
            reader = _Overtaken(HttpSpool(scene.address), number, partial(scene.bucket.objects.update, newer))
            report = dub(listener, reader, now=NOW)
            assert (report.refused, report.missing) == (0, ())
            titles = {view.title for view in listener.shelf.albums() if view.complete}
            assert titles in ({"First"}, {"First", "Second"})
            asked = len(reader.questions)
    assert number > 8


def test_what_a_run_before_sent_is_not_sent_again(scene):
    scene.publish(*(f"Album {number}" for number in range(6)))
    scene.bucket.dies_at(25)
    with pytest.raises(TargetError):
        write_open(scene.library, scene.cargo(), target(sleep=lambda _s: None))
    scene.bucket.refuse = lambda _method, _key: None
    sent = {key for key in scene.bucket.objects if "/blobs/" in key}
    scene.bucket.requests.clear()
    scene.write()
    again = {key for method, key in scene.bucket.requests if method == "PUT"} & sent
    assert len(sent) > 8
    assert not again


def test_two_labels_at_once_are_both_listed(scene, tmp_path):
    with make_library(tmp_path / "other") as other:
        label = publish_all(other, [put_album(other, "Other", lengths=(1000,))[0]], "Others")
        turns = [INDEX]

        def meanwhile(key):
            if key in turns:
                turns.clear()
                write_open(other, gather(other, now=NOW, labels=[label], quality="both", along="own"), target())

        scene.bucket.before_put = meanwhile
        scene.write()
    listed_there = json.loads(scene.bucket.objects[INDEX])["labels"]
    assert sorted(entry["name"] for entry in listed_there) == ["Others", "Zoopark Tapes"]
    for name in (b"Others", b"Zoopark Tapes"):
        assert name in scene.bucket.objects["mirror/index.html"]


def test_a_newer_timestamp_of_the_same_label_is_never_put_back(scene):
    """Somebody publishes the same label from another copy of this library while it is being written."""
    scene.write()
    old = scene.cargo()
    scene.publish("Second")
    new = scene.cargo()
    turns = [f"mirror/labels/{scene.label.imprint}/metadata/timestamp.json"]

    def meanwhile(key):
        if key in turns:
            turns.clear()
            write_open(scene.library, new, target())

    first = scene.bucket.objects.copy()
    scene.bucket.objects.clear()
    scene.bucket.before_put = meanwhile
    with pytest.raises(UsageError, match="newer «Zoopark Tapes»"):
        write_open(scene.library, old, target())
    timestamp = f"mirror/labels/{scene.label.imprint}/metadata/timestamp.json"
    assert scene.bucket.objects[timestamp] != first[timestamp]
    with pytest.raises(UsageError, match="newer «Zoopark Tapes»"):
        write_open(scene.library, old, target())


# -- what somebody else put there --------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "hostile",
    [
        b"",
        b"\xff{",
        b"[" * 100_000,
        b'{"labels": 5}',
        b'{"labels": [{"imprint": "../../x", "name": "<script>"}]}',
        b'{"labels": [{"imprint": "IMPRINT", "name": {}, "pages": -1, "releases": {"a": 1}, "partly": [1]}]}',
        b'{"labels": [{"imprint": "IMPRINT", "name": "\\n<script>", "pages": 1e400, "partly": {"x": 5}}]}',
        b'{"labels": [{"imprint": "IMPRINT", "name": "x", "pages": 123456789012345678901234567890, "releases": []}]}',
    ],
)
def test_whatever_hint_lies_there_the_label_is_whole_afterwards(scene, tmp_path, hostile):
    scene.write()
    scene.bucket.objects[INDEX] = hostile.replace(b"IMPRINT", scene.label.imprint.encode())
    scene.publish("Second")
    scene.write()
    assert heard(tmp_path / "listener", scene.address).keys() == {"First", "Second"}
    assert b"<script" not in scene.bucket.objects["mirror/index.html"]


@pytest.mark.parametrize(
    "hostile", [b"", b"{}", b"null", b"x" * 20_000, b'{"signed": {"_type": "timestamp", "version": 9007199254740991}}']
)
def test_a_date_sheet_that_nobody_signed_is_written_over(scene, tmp_path, hostile):
    timestamp = f"mirror/labels/{scene.label.imprint}/metadata/timestamp.json"
    scene.write()
    whole = scene.bucket.objects[timestamp]
    scene.bucket.objects[timestamp] = hostile
    scene.write()
    assert scene.bucket.objects[timestamp] == whole
    assert heard(tmp_path / "listener", scene.address).keys() == {"First"}


def test_who_says_that_part_of_an_album_is_there_makes_nobody_send_less_of_another(scene, tmp_path):
    """A list of digests that are not there hides them until somebody compares."""
    scene.write()
    hint = json.loads(scene.bucket.objects[INDEX])
    hint["labels"][0]["partly"] = {"f" * 32: ["0" * 64]}
    scene.bucket.objects[INDEX] = json.dumps(hint).encode()
    scene.publish("Second")
    scene.write()
    assert check_open(scene.cargo(), target()).missing == ()


# -- what it refuses ---------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("status", "code", "kind", "said"),
    [
        (403, "AccessDenied", MayNotWriteError, "the bucket does not let you write: check the key"),
        (401, "InvalidAccessKeyId", MayNotWriteError, "check the key"),
        (403, "RequestTimeTooSkewed", TargetError, "clock"),
        (404, "NoSuchBucket", TargetError, "there is no bucket «tapes»"),
        (507, "InsufficientStorage", NoSpaceError, "full"),
        (400, "QuotaExceeded", NoSpaceError, "full"),
        (500, "InternalError", TargetError, "writing there failed"),
        (501, "NotImplemented", TargetError, "writing there failed"),
        (0, "", TargetError, "nothing answers"),
    ],
)
def test_what_a_bucket_refuses_is_said_in_a_sentence(scene, status, code, kind, said):
    scene.bucket.refuse = lambda method, _key: Refusal(status, code) if method == "PUT" else None
    with pytest.raises(kind, match=said) as refused:
        write_open(scene.library, scene.cargo(), target(sleep=lambda _s: None))
    assert type(refused.value) is kind
    assert not scene.bucket.objects
    assert refused.value.exit_code == {MayNotWriteError: 11, NoSpaceError: 2, TargetError: 1}[kind]


def test_a_bucket_that_vanished_is_not_an_empty_one(scene):
    scene.bucket.refuse = lambda _method, _key: Refusal(404, "NoSuchBucket")
    with pytest.raises(TargetError, match="there is no bucket"):
        scene.write()
    assert not scene.bucket.counted()["PUT"]


@pytest.mark.parametrize(
    ("headers", "waits"), [({"Retry-After": "7"}, [7.0, 7.0]), ({}, [2.0, 4.0]), ({"Retry-After": "soon"}, [2.0, 4.0])]
)
@pytest.mark.parametrize("status", [429, 503])
def test_a_busy_bucket_is_waited_for_as_it_says(scene, status, headers, waits):
    waited, left = [], [Refusal(status, "SlowDown", headers)] * 2
    scene.bucket.refuse = lambda _method, key: left.pop() if key == INDEX and left else None
    write_open(scene.library, scene.cargo(), target(sleep=waited.append))
    assert waited == waits


@pytest.mark.parametrize("headers", [{"Retry-After": "25"}, {}, {"Retry-After": "86400"}])
def test_it_is_waited_for_at_most_a_minute(scene, headers):
    waited = []
    scene.bucket.refuse = lambda _method, _key: Refusal(503, "SlowDown", headers)
    with pytest.raises(TargetError, match="too busy"):
        write_open(scene.library, scene.cargo(), target(sleep=waited.append))
    assert sum(waited) <= 60


def test_a_connection_that_is_cut_once_is_no_failure(scene):
    waited, left = [], [Refusal(0)] * 2
    scene.bucket.refuse = lambda method, _key: left.pop() if method == "PUT" and left else None
    write_open(scene.library, scene.cargo(), target(sleep=waited.append))
    assert set(waited) <= {1.0}
    assert not left


@pytest.mark.parametrize("length", [10, 3 << 20])
def test_what_the_library_cannot_read_is_said_as_it_is(scene, length):
    """The client of a bucket would call it a failure of its own."""

    def parts():
        yield bytes(length // 2)
        raise DamagedError(say("the library is damaged here"))

    with pytest.raises(DamagedError, match="the library is damaged here"):
        target(sleep=lambda _s: None).write("blobs/00/00", Content(length, parts))
    assert not scene.bucket.objects


def test_a_bucket_without_conditions_is_looked_at_once_more(scene):
    scene.bucket.knows_conditions = False
    scene.write()
    seen = target().read("labels/index.json")
    assert target().replace("labels/index.json", b"{}", seen._replace(content=b"another")) is None
    assert target().replace("labels/index.json", b"{}", seen) is not None
    assert target().replace("new", b"{}", Seen(None)) is not None


# -- comparing ---------------------------------------------------------------------------------------------------------


def test_what_lies_there_is_compared_and_mended(scene):
    [view] = scene.library.shelf.albums()
    scene.write()
    whole = dict(scene.bucket.objects)
    assert check_open(scene.cargo(), target()).missing == ()
    lost, torn = [key for key in whole if "/blobs/" in key][:2]
    scene.bucket.objects.pop(lost)
    scene.bucket.objects[torn] = whole[torn][:1]
    scene.bucket.requests.clear()
    report = check_open(scene.cargo(), target())
    assert [(each.what, each.id) for each in report.missing] == [("First", view.release_id)]
    assert report.all_files - report.files == 2
    assert "2 files are not there" in report.missing[0].reason
    assert not scene.bucket.counted()["PUT"]
    written = write_open(scene.library, scene.cargo(), listed(target()))
    assert scene.bucket.objects == whole
    assert written.lacking == 2
    assert write_open(scene.library, scene.cargo(), listed(target())).lacking == 0


def test_a_listing_goes_on_behind_the_first_thousand(scene):
    scene.bucket.objects |= {f"mirror/blobs/00/{number:064x}": b"12" for number in range(2500)}
    assert sorted(target().lengths("blobs")) == [(f"blobs/00/{number:064x}", 2) for number in range(2500)]


def test_what_lies_there_may_be_of_yesterday_or_of_tomorrow(scene):
    scene.write()
    old = scene.cargo()
    publish.publish(scene.library, [], scene.label, now=NOW + timedelta(days=1))
    scene.publish("Second")
    assert "older than what you have" in check_open(scene.cargo(), target()).missing[0].reason
    scene.write()
    assert "newer than what you have" in check_open(old, target()).missing[0].reason
