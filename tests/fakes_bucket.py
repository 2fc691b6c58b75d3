"""A bucket on the loopback, as `s3fs` speaks to one: counts what it is asked, refuses, waits or dies as it is told."""

from __future__ import annotations

import hashlib
import threading
from collections import Counter
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from functools import partial
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from types import MappingProxyType
from typing import NamedTuple
from urllib.parse import parse_qs, unquote, urlsplit
from xml.sax.saxutils import escape

NAME = "tapes"


class Refusal(NamedTuple):
    """What the bucket answers instead; `status` 0: it hangs up."""

    status: int
    code: str = ""
    headers: Mapping[str, str] = MappingProxyType({})


class FakeBucket:
    """`refuse(method, key)` says what becomes of a request; every one is counted before that."""

    def __init__(self) -> None:
        self.objects: dict[str, bytes] = {}
        self.types: dict[str, str] = {}
        self.requests: list[tuple[str, str]] = []
        self.refuse: Callable[[str, str], Refusal | None] = lambda _method, _key: None
        self.before_put: Callable[[str], None] = lambda _key: None
        self.knows_conditions = True
        self.guard = threading.RLock()

    def counted(self) -> Counter[str]:
        return Counter(method for method, _ in self.requests)

    def dies_at(self, number: int) -> None:
        """From its `number`th request on, counted from now, it answers nobody."""
        left = number - 1 + len(self.requests)
        self.refuse = lambda _method, _key: Refusal(0) if len(self.requests) > left else None


def _tag(content: bytes) -> str:
    return f'"{hashlib.md5(content).hexdigest()}"'


class _Handler(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"

    def __init__(self, bucket: FakeBucket, *arguments: object) -> None:
        self.bucket = bucket
        super().__init__(*arguments)

    def log_message(self, *_arguments: object) -> None:
        pass

    def _key(self) -> str:
        return unquote(urlsplit(self.path).path).removeprefix(f"/{NAME}").removeprefix("/")

    def _serve(self) -> None:
        body = self.rfile.read(int(self.headers.get("Content-Length") or 0))
        with self.bucket.guard:
            self.bucket.requests.append((self.command, self._key()))
            refusal = self.bucket.refuse(self.command, self._key())
        if refusal is None:
            getattr(self, f"_{self.command.lower()}")(self._key(), body)
        elif refusal.status:
            self._answer(refusal.status, _error(refusal.code), refusal.headers)
        else:
            self.close_connection = True

    def do_GET(self) -> None:
        self._serve()

    def do_HEAD(self) -> None:
        self._serve()

    def do_PUT(self) -> None:
        self._serve()

    def _put(self, key: str, body: bytes) -> None:
        self.bucket.before_put(key)
        with self.bucket.guard:
            there = self.bucket.objects.get(key)
            wanted, unwanted = self.headers.get("If-Match"), self.headers.get("If-None-Match")
            if (wanted or unwanted) and not self.bucket.knows_conditions:
                return self._answer(501, _error("NotImplemented"))
            if (wanted and (there is None or _tag(there) != wanted)) or (unwanted and there is not None):
                return self._answer(412, _error("PreconditionFailed"))
            self.bucket.objects[key] = body
            self.bucket.types[key] = self.headers.get("Content-Type", "")
        return self._answer(200, b"", {"ETag": _tag(body)})

    def _head(self, key: str, _body: bytes) -> None:
        content = self.bucket.objects.get(key)
        self._answer(404, b"") if content is None else self._answer(200, content, {"ETag": _tag(content)})

    def _get(self, key: str, _body: bytes) -> None:
        asked = parse_qs(urlsplit(self.path).query)
        if not key:
            return self._list(asked.get("prefix", [""])[0], asked.get("continuation-token", [""])[0])
        content, wanted = self.bucket.objects.get(key), self.headers.get("Range", "")
        if content is None:
            return self._answer(404, _error("NoSuchKey"))
        if not wanted:
            return self._answer(200, content, {"ETag": _tag(content)})
        first, last = (int(each) for each in wanted.removeprefix("bytes=").split("-"))
        part = content[first : last + 1]
        span = f"bytes {first}-{first + len(part) - 1}/{len(content)}"
        return self._answer(206, part, {"Content-Range": span}) if part else self._answer(416, _error("InvalidRange"))

    def _list(self, prefix: str, after: str) -> None:
        with self.bucket.guard:
            keys = sorted(key for key in self.bucket.objects if key.startswith(prefix) and key > after)
            page = keys[:1000]
            found = "".join(
                f"<Contents><Key>{escape(key)}</Key><Size>{len(self.bucket.objects[key])}</Size></Contents>"
                for key in page
            )
        more = len(keys) > len(page)
        token = f"<NextContinuationToken>{escape(page[-1])}</NextContinuationToken>" if more else ""
        body = f"<ListBucketResult><IsTruncated>{str(more).lower()}</IsTruncated>{token}{found}</ListBucketResult>"
        self._answer(200, body.encode(), {"Content-Type": "application/xml"})

    def _answer(self, status: int, content: bytes, headers: Mapping[str, str] | None = None) -> None:
        self.send_response(status)
        for name, value in (headers or {}).items():
            self.send_header(name, value)
        self.send_header("Content-Length", str(len(content)))
        self.end_headers()
        if self.command != "HEAD":
            self.wfile.write(content)


def _error(code: str) -> bytes:
    return f"<Error><Code>{code}</Code><Message>said the bucket</Message></Error>".encode()


@contextmanager
def serving(bucket: FakeBucket) -> Iterator[str]:
    """The address of its server."""
    server = ThreadingHTTPServer(("127.0.0.1", 0), partial(_Handler, bucket))
    server.daemon_threads = True
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.01}, daemon=True)
    thread.start()
    try:
        yield f"http://127.0.0.1:{server.server_address[1]}"
    finally:
        server.shutdown()
        server.server_close()
        thread.join()
