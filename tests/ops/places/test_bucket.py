"""Buckets that are busy, hang, or are gone: a busy one is waited for, a silent one is not, and neither is damage."""

from __future__ import annotations

import errno
import socket
import threading
from contextlib import closing, contextmanager

import fsspec
import pytest

from magnitizdat.errors import NotFoundError, UnreachableError
from magnitizdat.formats import budgets
from magnitizdat.ops.places import bucket
from magnitizdat.ops.places.bucket import BucketSpool
from magnitizdat.ops.places.remote import open_remote

PATH = "blobs/ab/some"


class Bucket:
    """A file system that fails so, in turn, before it answers."""

    def __init__(self, *failures):
        self._failures = list(failures)

    def cat_file(self, path, start, end):
        if self._failures:
            raise self._failures.pop(0)
        return b"music"[start:end]


def test_a_busy_bucket_is_waited_for():
    pauses = []
    spool = BucketSpool(Bucket(*[OSError(errno.EBUSY, "SlowDown")] * 3), pause=pauses.append)
    assert spool.fetch_range(PATH, 0, 9) == b"music"
    assert len(pauses) == 3


def test_one_that_stays_busy_is_waited_for_a_minute():
    pauses = []
    spool = BucketSpool(Bucket(*[OSError(errno.EBUSY, "SlowDown")] * 99), pause=pauses.append)
    with pytest.raises(UnreachableError, match="stopped answering"):
        spool.fetch_range(PATH, 0, 9)
    assert sum(pauses) == 60


@pytest.mark.parametrize("failure", [OSError(errno.EREMOTEIO, "InternalError"), TimeoutError()])
def test_what_it_says_otherwise_is_no_damage_and_not_asked_again(failure):
    spool = BucketSpool(Bucket(failure), pause=lambda _: pytest.fail("it was waited for"))
    with pytest.raises(UnreachableError, match="stopped answering"):
        spool.fetch_range(PATH, 0, 9)


class NoCredentialsError(Exception):
    pass


class EndpointConnectionError(Exception):
    pass


@pytest.mark.parametrize(
    ("failure", "said"),
    [
        (PermissionError(), "does not let you read: check the key"),
        (NoCredentialsError(), "no key for the bucket"),
        (EndpointConnectionError(), "nothing answers where the bucket is"),
    ],
)
def test_why_nothing_can_be_read_is_said(failure, said):
    spool = BucketSpool(Bucket(failure, failure), pause=lambda _: pytest.fail("it was waited for"))
    with pytest.raises(UnreachableError, match=said):
        spool.fetch_range(PATH, 0, 9)
    with pytest.raises(UnreachableError, match=said):
        spool.fetch_range(PATH, 0, 9)
    assert spool.fetch_range(PATH, 0, 9) == b"music"


def test_a_bucket_that_shows_no_lists_says_of_what_is_not_there_that_it_may_not_be_read():
    bucket = Bucket()
    spool = BucketSpool(bucket)
    assert spool.fetch_range(PATH, 0, 9) == b"music"
    bucket._failures = [PermissionError(), EndpointConnectionError()]
    with pytest.raises(NotFoundError):
        spool.fetch_range(PATH, 0, 9)
    with pytest.raises(UnreachableError, match="stopped answering"):
        spool.fetch_range(PATH, 0, 9)


@contextmanager
def silent():
    """A server that takes connections and says nothing: its port, and the connections that it had."""
    taken = []

    def take():
        while True:
            try:
                taken.append(server.accept()[0])
            except OSError:
                return

    with socket.create_server(("127.0.0.1", 0)) as server:
        thread = threading.Thread(target=take, daemon=True)
        thread.start()
        yield server.getsockname()[1], taken
        server.shutdown(socket.SHUT_RDWR)
        thread.join()
    for each in taken:
        each.close()


def test_a_silent_bucket_is_asked_once(monkeypatch):
    """Its libraries would ask some fifty times."""
    pytest.importorskip("s3fs")
    monkeypatch.setattr(bucket.budgets, "PIECE_S", budgets.PIECE_S._replace(most=0.2))
    monkeypatch.setenv("AWS_ACCESS_KEY_ID", "somebody")
    monkeypatch.setenv("AWS_SECRET_ACCESS_KEY", "a word")
    with silent() as (port, taken):
        monkeypatch.setenv("AWS_ENDPOINT_URL", f"http://127.0.0.1:{port}")
        with closing(open_remote("s3://tapes/spool")) as spool, pytest.raises(UnreachableError, match="stopped"):
            spool.fetch_range(PATH, 0, 9)
        assert len(taken) == 1
    fsspec.filesystem("s3").clear_instance_cache()


def test_a_bucket_without_the_file_says_so():
    with pytest.raises(NotFoundError):
        BucketSpool(Bucket(FileNotFoundError())).fetch_range(PATH, 0, 9)
