"""Spools for tests: written by a real library, served over HTTP, failing at the Nth question; and liars' labels."""

from __future__ import annotations

import hashlib
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import datetime
from functools import partial
from http.server import SimpleHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

import msgspec

from magnitizdat.catalogue.documents import LABEL_PATH, LabelDocument, encode
from magnitizdat.catalogue.kinds import RELEASE, target_path
from magnitizdat.catalogue.publisher import LabelKeys, NewLabel, create_label
from magnitizdat.catalogue.publisher import publish as sign
from magnitizdat.disk.disk import Disk
from magnitizdat.errors import UnreachableError
from magnitizdat.formats.spool_index import Hints
from magnitizdat.formats.spool_paths import blob_path, label_path
from magnitizdat.library.index.views import LabelView
from magnitizdat.library.library import Library
from magnitizdat.model import File, Release, Track
from magnitizdat.ops.albums.small_files import describe
from magnitizdat.ops.give.gathering import gather
from magnitizdat.ops.give.open_spool import OpenReport, write_open
from magnitizdat.ops.labels import labels, publish
from magnitizdat.ops.places.spool import FolderSpool, Spool
from magnitizdat.ops.places.targets import FolderTarget
from tests.fakes_library import NOW, rows


def new_label(library: Library, name: str = "Zoopark Tapes") -> LabelView:
    labels.create(library, name, now=NOW)
    return labels.find_label(library, name)


def publish_all(library: Library, albums: list[str], name: str = "Zoopark Tapes") -> LabelView:
    """A new own label with these albums in it."""
    view = new_label(library, name)
    publish.publish(library, albums, view, now=NOW)
    return view


def write_spool(library: Library, folder: Path, *, now: datetime = NOW) -> OpenReport:
    return write_open(library, gather(library, now=now), FolderTarget(folder, disk=Disk()))


class FlakySpool(Spool):
    """A spool that stops answering at the `fail_at`th question (from 1), for good; counts what it gave."""

    def __init__(self, spool: Spool, fail_at: int = 0) -> None:
        self._spool = spool
        self._fail_at = fail_at
        self._guard = threading.Lock()
        self.questions: list[str] = []

    @property
    def failed(self) -> bool:
        return 0 < self._fail_at <= len(self.questions)

    @property
    def blobs(self) -> list[str]:
        return [path for path in self.questions if path.startswith("blobs/")]

    def _ask(self, path: str) -> None:
        with self._guard:
            self.questions.append(path)
            if self.failed:
                raise UnreachableError("the source went away")

    def labels(self) -> list[str]:
        self._ask("labels")
        return self._spool.labels()

    def hints(self) -> Hints:
        return self._spool.hints()

    def fetch(self, path: str, max_length: int) -> bytes:
        self._ask(path)
        return self._spool.fetch(path, max_length)

    def fetch_range(self, path: str, offset: int, length: int) -> bytes:
        self._ask(path)
        return self._spool.fetch_range(path, offset, length)

    def close(self) -> None:
        self._spool.close()


class _Handler(SimpleHTTPRequestHandler):
    protocol_version = "HTTP/1.1"
    ranges = False

    def log_message(self, *_arguments: object) -> None:
        pass

    def do_GET(self) -> None:
        found = Path(self.translate_path(self.path))
        wanted = self.headers.get("Range", "") if self.ranges else ""
        if not found.is_file():
            self._answer(404, b"no")
        elif wanted:
            first, last = (int(each) for each in wanted.removeprefix("bytes=").split("-"))
            content = found.read_bytes()
            part = content[first : last + 1]
            if part:
                self._answer(206, part, f"bytes {first}-{first + len(part) - 1}/{len(content)}")
            else:
                self._answer(416, b"")
        else:
            self._answer(200, found.read_bytes())

    def _answer(self, status: int, content: bytes, content_range: str = "") -> None:
        self.send_response(status)
        self.send_header("Content-Length", str(len(content)))
        if content_range:
            self.send_header("Content-Range", content_range)
        self.end_headers()
        self.wfile.write(content)


class _RangeHandler(_Handler):
    ranges = True


@contextmanager
def http_server(folder: Path, *, ranges: bool) -> Iterator[str]:
    """A static web site on the loopback: its address."""
    kind = _RangeHandler if ranges else _Handler
    server = ThreadingHTTPServer(("127.0.0.1", 0), partial(kind, directory=str(folder)))
    server.daemon_threads = True
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.01}, daemon=True)
    thread.start()
    try:
        yield f"http://127.0.0.1:{server.server_address[1]}/"
    finally:
        server.shutdown()
        server.server_close()
        thread.join()


class Liar:
    """A label whose holder signs whatever they like, written straight into a folder."""

    def __init__(self, folder: Path, name: str = "Liars", *, now: datetime = NOW) -> None:
        self.folder = folder
        self.now = now
        made: NewLabel = create_label(name, now=now)
        self.imprint = made.imprint
        self.keys: LabelKeys = made.keys
        self.state = made.state
        self.write(made.files)
        self.write({f"metadata/{each}": body for each, body in self.state.files.items()})

    @property
    def root(self) -> Path:
        return self.folder / "labels" / self.imprint

    def write(self, files: dict[str, bytes]) -> None:
        for path, content in files.items():
            target = self.folder / label_path(self.imprint, path)
            target.parent.mkdir(parents=True, exist_ok=True)
            target.write_bytes(content)

    def sign(self, documents: dict[str, bytes | None], *, keep: bool = True) -> None:
        """Without `keep` the label forgets what it signed: the next one is a fork of it."""
        made = sign(self.state, self.keys, documents, now=self.now)
        self.write(made.files)
        self.write({f"metadata/{each}": body for each, body in made.state.files.items()})
        if keep:
            self.state = made.state

    def release(self, release: Release) -> None:
        self.sign({target_path(RELEASE, release.id): encode(release)})

    def rename(self, name: str) -> None:
        self.sign({LABEL_PATH: encode(LabelDocument(name=name))})

    def blob(self, content: bytes) -> File:
        """The bytes in the folder, and what a truthful document says of them."""
        file = describe(content, "audio/flac")
        self.put(file.sha256, content)
        return file

    def put(self, sha256: str, content: bytes) -> None:
        path = self.folder / blob_path(sha256)
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(content)


def release_of(files: list[File], title: str = "Poison", *, number: int = 1, **fields: object) -> Release:
    """A release with these files as tracks."""
    tracks = tuple(
        Track(
            id=hashlib.sha256(f"{title}{place}{file.sha256}".encode()).hexdigest(),
            title=f"Track {place}",
            artist="Somebody",
            file=file,
            duration_s=1.0,
            position=place,
        )
        for place, file in enumerate(files, 1)
    )
    bare = Release(id=f"{number:032x}", title=title, artist="Somebody", tracks=tracks)
    return msgspec.structs.replace(bare, **fields)


def is_sound(library: Library) -> bool:
    """Laws of a library after anything: whole albums read back to their digests, and nothing names a missing cell."""
    named = {cell for (cell,) in rows(library, "SELECT cell FROM piece UNION SELECT cell FROM member")}
    assert all(library.vault.cell_path(cell).is_file() for cell in named), "a row names a cell that is not there"
    for view in library.shelf.albums():
        if view.complete:
            release = library.shelf.release(view.id)
            assert release is not None
            spare = {file.sha256 for track in release.tracks for file in (track.file, track.small) if file}
            spare -= {library.shelf.plays(track).sha256 for track in release.tracks}
            for file in release.files():
                if file.sha256 in spare and not library.shelf.is_complete(file.sha256):
                    continue
                content = b"".join(library.blob(file.sha256).pieces())
                assert hashlib.sha256(content).hexdigest() == file.sha256
    for (name,) in rows(library, "SELECT name FROM member"):
        library.member(name)
    return library.index.is_sound()


def catalogue_of(library: Library) -> dict[str, object]:
    """All that a person would notice of a library, to compare."""
    albums = {}
    for view in library.shelf.albums():
        release = library.shelf.release(view.id)
        assert release is not None
        albums[view.id] = (view, release)
    return {
        "albums": albums,
        "labels": library.shelf.labels(),
        "friends": library.shelf.friends(),
        "files": {view.imprint: library.label_files(view.imprint) for view in library.shelf.labels()},
    }


def folder_spool(folder: Path) -> FolderSpool:
    return FolderSpool(folder)
