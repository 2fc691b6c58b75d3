"""Buckets that are written to: one request a file, eight at a time, and what they refuse in a sentence.

Requests go through `s3fs` as they are: its verbs for files ask for folders and lists that are not wanted here, and it
tries again by a clock of its own.
"""

from __future__ import annotations

import io
import time
from collections.abc import Callable, Iterator
from typing import Any, Final, NamedTuple

from magnitizdat.errors import MagError, MayNotWriteError, NoSpaceError, TargetError
from magnitizdat.formats import budgets
from magnitizdat.ops.places.targets import Content, FsspecTarget, Seen, content_of, unread, unwritten
from magnitizdat.sentence import Sentence, say
from magnitizdat.ways import AGAIN

BUCKETS: Final = frozenset({"s3", "s3a"})
"""Schemes of addresses."""
LANES = 8
WAIT_S = 60.0
"""Seconds that one request waits for a place that is busy."""
_TRIES = 3
"""How often a request goes out that no answer came to."""
_PUT_LENGTH = 5 << 30
"""Bytes of the longest file that a bucket takes at once."""
_HELD_LENGTH = 1 << 20
"""Bytes up to which a file is sent from memory."""
_BUSY: Final = frozenset({429, 503})
_ABSENT: Final = frozenset({"404", "NoSuchKey", "NotFound"})
_NO_BUCKET: Final = frozenset({"NoSuchBucket", "InvalidBucketName"})
_WRONG_CLOCK: Final = frozenset({"RequestTimeTooSkewed", "RequestExpired"})
_FULL: Final = frozenset({"QuotaExceeded", "InsufficientStorage", "XMinioStorageFull", "InsufficientCapacity"})
_MAY_NOT_READ: Final = say("the bucket does not let you read: check the key")
_MAY_NOT_WRITE: Final = say("the bucket does not let you write: check the key")
_CUT: Final = frozenset("ConnectionClosedError ConnectTimeoutError EndpointConnectionError ReadTimeoutError".split())
"""How its client calls a connection that was not made, or was cut."""
_TYPES: Final = {
    "html": "text/html; charset=utf-8",
    "json": "application/json",
    "m3u8": "audio/x-mpegurl; charset=utf-8",
    "txt": "text/plain; charset=utf-8",
    "xml": "application/rss+xml; charset=utf-8",
}
"""What a bucket says of files when browsers ask, by their suffix."""


def bucket_options() -> dict[str, Any]:
    """How `s3fs` is opened: what somebody configured, with its patience taken away, and no checksums of late years."""
    import fsspec

    configured = fsspec.config.conf.get("s3", {}).get("config_kwargs", {})
    ours = {
        "connect_timeout": 10,
        "max_pool_connections": LANES,
        "request_checksum_calculation": "when_required",
        "response_checksum_validation": "when_required",
        "retries": {"max_attempts": 0},
    }
    return {"config_kwargs": {**configured, **ours}}


class _BucketAnswer(NamedTuple):
    """What a place said to a request that it refused; `code` is its own word, `wait_s` what it asks for."""

    status: int
    code: str
    wait_s: float | None


class _FailedRequestError(Exception):
    """A request that came to nothing."""

    def __init__(self, answer: _BucketAnswer) -> None:
        super().__init__(answer)
        self.answer = answer


class _OtherThereError(Exception):
    """Another file than was seen lies there by now."""


class _NoConditionsError(Exception):
    """A bucket that takes a file whatever lies there, and says so."""


class BucketTarget(FsspecTarget):
    """An S3 bucket, whoever runs it; a file is there when all of it has come."""

    def __init__(self, filesystem: Any, root: str, *, sleep: Callable[[float], None] = time.sleep) -> None:
        super().__init__(filesystem, root)
        filesystem.retries = 1
        self._bucket, _, _ = root.strip("/").partition("/")
        self._prefix = self._root.lstrip("/").removeprefix(f"{self._bucket}/")
        self._sleep = sleep

    @property
    def lanes(self) -> int:
        """How many files it takes at a time."""
        return LANES

    def length_of(self, path: str) -> int | None:
        """Bytes of a file that is there, or None."""
        found = self._found("head_object", path)
        return None if found is None else int(found["ContentLength"])

    def read(self, path: str, most: int = budgets.LABEL_LIST.most) -> Seen:
        """At most so many bytes of a small file."""
        found = self._found("get_object", path, most=most)
        return Seen(None) if found is None else Seen(found["Body"], found.get("ETag", ""))

    def _found(self, operation: str, path: str, *, most: int = 0) -> dict[str, Any] | None:
        """What is answered of a file; None where the bucket says that it has none. Raises: MagError."""
        try:
            return self._ask(operation, {"Key": self._prefix + path}, most=most)
        except _FailedRequestError as exc:
            if exc.answer.code in _ABSENT:
                return None
            raise self._why(exc.answer, _MAY_NOT_READ, unread(path)) from exc

    def write(self, path: str, content: Content) -> None:
        """Write a whole file, or none of it."""
        if content.length > _PUT_LENGTH:
            super().write(path, content)
        else:
            self._put(path, content)

    def replace(self, path: str, content: bytes, seen: Seen) -> Seen | None:
        """Write a small file in the place of what was seen there; None where that is another one by now."""
        condition = {"IfNoneMatch": "*"} if seen.content is None else {"IfMatch": seen.tag}
        try:
            return Seen(content, self._put(path, content_of(content), **condition))
        except _OtherThereError:
            return None
        except _NoConditionsError:
            return super().replace(path, content, seen)

    def _put(self, path: str, content: Content, **condition: str) -> str:
        """The bucket's name for what was written.

        Raises: _OtherThereError where the condition is not met, _NoConditionsError where it knows none.
        """
        media_type = _TYPES.get(path.rpartition(".")[2], "application/octet-stream")
        wishes = {"Key": self._prefix + path, "ContentType": media_type, **condition}
        try:
            return str(self._ask("put_object", wishes, content=content).get("ETag", ""))
        except _FailedRequestError as exc:
            if condition and exc.answer.status in {409, 412}:
                raise _OtherThereError from exc
            if condition and exc.answer.status == 501:
                raise _NoConditionsError from exc
            raise self._why(exc.answer, _MAY_NOT_WRITE, unwritten()) from exc

    def lengths(self, prefix: str) -> Iterator[tuple[str, int]]:
        """Path and bytes of all that lies below, a thousand at a time."""
        wishes = {"Prefix": f"{self._prefix}{prefix}/"}
        while True:
            try:
                found = self._ask("list_objects_v2", wishes)
            except _FailedRequestError as exc:
                raise self._why(exc.answer, _MAY_NOT_READ, unread(prefix)) from exc
            for each in found.get("Contents", ()):
                yield each["Key"].removeprefix(self._prefix), each["Size"]
            if not found.get("IsTruncated"):
                return
            wishes["ContinuationToken"] = found["NextContinuationToken"]

    def _ask(
        self, operation: str, wishes: dict[str, str], *, most: int = 0, content: Content | None = None
    ) -> dict[str, Any]:
        """One request, again where the bucket is busy or did not answer. Raises: _FailedRequestError."""
        waited, tries = 0.0, 0
        while True:
            body = None if content is None else _body(content)
            sent = {} if body is None else {"Body": body}
            try:
                answer = dict(self._filesystem.call_s3(operation, Bucket=self._bucket, **wishes, **sent))
                return {**answer, "Body": self._read(answer["Body"], most)} if most else answer
            except Exception as exc:
                if isinstance(body, _Sent) and body.failure is not None:
                    raise body.failure from exc
                refused = _FailedRequestError(_answer(exc))
                tries += 1
                pause = _pause(refused.answer, tries)
                if pause is None or waited + pause > WAIT_S:
                    raise refused from exc
            self._sleep(pause)
            waited += pause

    def _read(self, stream: Any, most: int) -> bytes:
        from fsspec.asyn import sync

        parts, length = list[bytes](), 0
        while length < most and (part := sync(self._filesystem.loop, stream.read, most - length)):
            parts.append(part)
            length += len(part)
        stream.close()
        return b"".join(parts)

    def _why(self, answer: _BucketAnswer, denied: Sentence, otherwise: TargetError) -> MagError:
        """Why a bucket did not do that, and what to do next."""
        if answer.code in _WRONG_CLOCK:
            return TargetError(
                say("the clock of this computer is not that of the bucket; set it, and {then}", then=AGAIN)
            )
        if answer.code == "NoCredentialsError":
            return MayNotWriteError(say("there is no key for the bucket; give it as the manual of mirrors says"))
        if answer.status in {401, 403}:
            return MayNotWriteError(denied)
        if answer.code in _NO_BUCKET:
            return TargetError(say("there is no bucket «{bucket}»; make it, or check its name", bucket=self._bucket))
        if answer.status == 507 or answer.code in _FULL:
            return NoSpaceError(say("the bucket is full; free some of it and {then}", then=AGAIN))
        if answer.status in _BUSY:
            return TargetError(say("the bucket is too busy to answer; {then} later", then=AGAIN))
        if not answer.status:
            return TargetError(say("nothing answers where the bucket is; check the address, and {then}", then=AGAIN))
        return otherwise


def _answer(exc: Exception) -> _BucketAnswer:
    """What a place said; status 0 where it said nothing."""
    said = getattr(exc, "response", None) or getattr(exc.__cause__, "response", None)  # told by s3fs in its own words
    if not isinstance(said, dict):
        return _BucketAnswer(0, type(exc).__name__, None)
    about = said.get("ResponseMetadata", {})
    asked = str(about.get("HTTPHeaders", {}).get("retry-after", ""))
    wait_s = float(asked) if asked.isascii() and asked.isdecimal() else None
    return _BucketAnswer(int(about.get("HTTPStatusCode", 0)), str(said.get("Error", {}).get("Code", "")), wait_s)


def _pause(answer: _BucketAnswer, tries: int) -> float | None:
    """Seconds until the same request is sent again; None where that helps nobody."""
    if answer.status in _BUSY:
        return answer.wait_s if answer.wait_s is not None else float(2**tries)
    return 1.0 if answer.code in _CUT and tries < _TRIES else None


def _body(content: Content) -> bytes | io.RawIOBase:
    return b"".join(content.parts()) if content.length <= _HELD_LENGTH else _Sent(content)


class _Sent(io.RawIOBase):
    """A file as clients of buckets read it: from its beginning, and perhaps a second time."""

    def __init__(self, content: Content) -> None:
        self._content = content
        self.failure: MagError | None = None  # why it cannot be read any more, whatever its reader makes of that
        self._at, self._parts, self._rest = 0, content.parts(), b""

    def readable(self) -> bool:
        return True

    def seekable(self) -> bool:
        return True

    def tell(self) -> int:
        return self._at

    def seek(self, offset: int, whence: int = io.SEEK_SET) -> int:
        """To the beginning or, as its length is asked for, the end; nobody wants another place."""
        self._at = offset + {io.SEEK_SET: 0, io.SEEK_CUR: self._at, io.SEEK_END: self._content.length}[whence]
        self._parts, self._rest = (self._content.parts() if self._at == 0 else iter(())), b""
        return self._at

    def readinto(self, buffer: Any) -> int:
        try:
            self._rest = self._rest or next(self._parts, b"")
        except MagError as exc:
            self.failure = exc
            raise
        taken = self._rest[: len(buffer)]
        buffer[: len(taken)] = taken
        self._rest = self._rest[len(taken) :]
        self._at += len(taken)
        return len(taken)
