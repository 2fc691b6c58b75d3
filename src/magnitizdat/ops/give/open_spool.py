"""Writing an open spool: the same tree, not sealed, with pages for people, wherever a tree can be written to.

Order of writes (law 5): blobs, documents, lists, tables of contents, roots, then `timestamp.json`, which is the switch;
the hint and the pages follow. Nothing is taken away: who reads an older list still finds all that it names. Places that
are asked over a net are asked for little (`standing`); of a folder everything is looked at.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from concurrent.futures import Executor, ThreadPoolExecutor
from functools import partial

from magnitizdat.catalogue.following import TIMESTAMP_NAME
from magnitizdat.errors import TargetError, UsageError
from magnitizdat.formats import spool_index
from magnitizdat.formats.spool_index import IndexedLabel
from magnitizdat.formats.spool_paths import INDEX_PATH, begins_like_markup, parse_label_file, text_path
from magnitizdat.library.library import Library
from magnitizdat.lookahead import ahead
from magnitizdat.model import AlbumName, Progress, Quality, Silent, SpoolFile, Value
from magnitizdat.ops.give.cargo import Cargo
from magnitizdat.ops.give.spool_pages import ALL, Wanted, changed_pages, label_pages, root
from magnitizdat.ops.give.standing import blobs_there, lying, standing_entry, stored_there
from magnitizdat.ops.give.voices import Voiced
from magnitizdat.ops.places.targets import Content, Seen, TreeTarget, content_of
from magnitizdat.sentence import Sentence, advice, say
from magnitizdat.ways import AGAIN

_BEGINNINGS = 5
"""How often a place is looked at anew, where somebody else writes there at the same time."""
PAGES = frozenset("html htm xhtml xht shtml svg svgz xml xsl xslt php js mjs css mht mhtml hta pdf swf wasm".split())
"""Ends of names that servers and browsers run or show as pages."""


class OpenReport(Value, frozen=True, kw_only=True):
    """What was written. `without_small` went in full though small ones were asked for, `only_small` the other way."""

    files: int
    length: int
    already: int
    labels: tuple[str, ...]
    quality: Quality
    without_small: tuple[AlbumName, ...] = ()
    only_small: tuple[AlbumName, ...] = ()
    voices: tuple[Voiced, ...] = ()
    staying: int = 0
    """Labels that stay in clubs, and would have gone."""
    lacking: int = 0
    """Files of music, pictures and texts that did not lie there; the others that were written are lists and pages."""

    is_new: bool = True
    """Whether a file was lacking there, or a list of a label has changed since."""

    def told(self, to: str, *, mended: bool) -> tuple[Sentence, ...]:
        """For people; `mended`: what lay there was compared first."""
        if not self.is_new and not mended:
            return (
                say("Nothing new for {to}: all of it lies there already, and anybody who finds it can play it.", to=to),
            )
        written = say(
            "{files} {files:file|files} written to {to}; it is open: anybody who finds it can play it.",
            files=self.files,
            to=to,
        )
        lacked = say(
            "Of music and pictures {n} {n:file was|files were} lacking there; lists and pages are written anew.",
            n=self.lacking,
        )
        return (written, lacked) if mended else (written,)


class _OvertakenError(Exception):
    """Somebody else wrote there since it was looked at."""


def write_open(library: Library, cargo: Cargo, target: TreeTarget, *, progress: Progress | None = None) -> OpenReport:
    """Write or bring up to date an open spool. Blobs that are there in full length are not written again.

    Raises: UsageError where a label of one's own is newer there, TargetError, NoSpaceError.
    """
    watcher = progress or Silent()
    with ThreadPoolExecutor(target.lanes) as pool:
        for _ in range(_BEGINNINGS):
            writing = _Writing(library, cargo, target, pool, watcher)
            try:
                return writing.all()
            except _OvertakenError:
                continue
            finally:
                writing.stop()
    raise TargetError(say("somebody else is writing there all the time; {then} later", then=AGAIN))


class _Writing:
    """One attempt: what lies there is looked at, and what is written follows from that."""

    def __init__(self, library: Library, cargo: Cargo, target: TreeTarget, pool: Executor, watcher: Progress) -> None:
        self._library, self._cargo, self._target = library, cargo, target
        self._pool, self._watcher = pool, watcher
        self._files = self._length = self._lacking = 0
        self._stopped = False
        watcher.start(say("Writing"), cargo.length)
        self._index = target.read(INDEX_PATH)
        before = spool_index.names(self._index.content or b"")
        self._names = {each.imprint: each.name for each in before if each.releases != frozenset()}
        hints = {each.imprint: each for each in before}
        self._there = {
            imprint: lying(verdict.state, target, hints.get(imprint, IndexedLabel(imprint, "")), verdict)
            for imprint, verdict in cargo.verdicts.items()
        }
        self._require_not_behind()

    def _require_not_behind(self) -> None:
        """Who publishes a label does not put it back (law 3). Raises: UsageError."""
        for label in self._cargo.loaded:
            if label.view.standing == "own" and self._there[label.view.imprint].is_left:
                name = label.view.name
                raise UsageError(
                    advice(
                        terminal=say(
                            "the place has a newer «{name}» than this library; `mag dub` it from there first",
                            name=name,
                        ),
                        page=say(
                            "the place has a newer «{name}» than this library; take it from there first",
                            name=name,
                        ),
                    )
                )

    def all(self) -> OpenReport:
        """Everything, in its order. Raises: _OvertakenError."""
        already = self._blobs()
        documents, papers = self._papers()
        self._together((file.path, self._content(file)) for file in documents)
        for rank in (_is_list, _is_contents, _is_root):
            for file in sorted(filter(rank, papers), key=_version):
                self._put((file.path, self._content(file)))
                self._tell(file.length)
        self._target.finish()
        for file in filter(_is_switch, papers):
            self._replace(file.path, self._whole(file), self._there[_imprint(file)].timestamp)
        wanted = changed_pages(self._target, self._cargo, self._there)
        self._write_index(finished=self._target.is_near)
        self._pages(wanted)
        self._target.finish()
        cargo = self._cargo
        return OpenReport(
            files=self._files,
            length=self._length,
            already=already,
            labels=tuple(label.view.name for label in cargo.loaded),
            quality=cargo.quality,
            without_small=cargo.without_small,
            only_small=cargo.only_small,
            voices=cargo.voices,
            staying=cargo.staying,
            lacking=self._lacking,
            is_new=bool(self._lacking) or any(each.age != "same" for each in self._there.values()),
        )

    def stop(self) -> None:
        """What is still on its way stops at its next piece: nobody waits for the rest of it."""
        self._stopped = True

    # -- blobs --------------------------------------------------------------------------------------------------------

    def _blobs(self) -> int:
        """Write those that are not there; how many are."""
        blobs = self._cargo.files[self._cargo.first_blob :]
        if self._target.is_near:
            wanted: Iterable[SpoolFile] = self._unlike(blobs)
        else:
            known = blobs_there(self._library, self._cargo, self._target, self._there, self._index.content or b"")
            wanted = self._not_found([file for file in blobs if file.path not in known])
            self._watcher.advance(sum(file.length for file in blobs) - sum(file.length for file in wanted))
        self._lacking = self._together((_path(file), self._content(file)) for file in wanted)
        return len(blobs) - self._lacking

    def _unlike(self, blobs: Iterable[SpoolFile]) -> Iterator[SpoolFile]:
        for file in blobs:
            if self._target.length_of(_path(file)) == file.length:
                self._watcher.advance(file.length)
            else:
                yield file

    def _not_found(self, blobs: list[SpoolFile]) -> list[SpoolFile]:
        """What a run before may have left is asked for, from the first on, until of several none is there."""
        absent, at = list[SpoolFile](), 0
        while at < len(blobs):
            some = blobs[at : at + self._target.lanes]
            at += len(some)
            lengths = list(self._pool.map(self._target.length_of, map(_path, some)))
            lacking = [file for file, length in zip(some, lengths, strict=True) if length != file.length]
            absent += lacking
            if len(lacking) == len(some):
                break
        return absent + blobs[at:]

    # -- papers -------------------------------------------------------------------------------------------------------

    def _papers(self) -> tuple[list[SpoolFile], list[SpoolFile]]:
        """Documents, and the metadata of labels, that are to be written."""
        small = [file for file in self._cargo.files[: self._cargo.first_blob] if file.path != INDEX_PATH]
        there = frozenset[str]() if self._target.is_near else stored_there(self._there)
        documents = [file for file in small if "/targets/" in file.path and file.path not in there]
        papers = [file for file in small if "/targets/" not in file.path and self._goes(file)]
        return documents, papers

    def _goes(self, file: SpoolFile) -> bool:
        there = self._there[_imprint(file)]
        return not there.is_left and (self._target.is_near or there.age != "same")

    def _write_index(self, *, finished: bool) -> None:
        """The hint. What the pages show is said when they do: the next one who writes there makes up for the rest."""
        versions = {label.view.imprint: label.verdict.freshness.version for label in self._cargo.loaded}
        shown = {
            imprint: version if finished and not self._there[imprint].is_left else self._there[imprint].hint.pages
            for imprint, version in versions.items()
        }
        self._index = self._merge(
            standing_entry(each, self._there[each.imprint], self._cargo.verdicts[each.imprint])._replace(
                pages=shown.get(each.imprint)
            )
            for each in self._cargo.indexed
        )

    def _merge(self, entries: Iterable[IndexedLabel]) -> Seen:
        now = spool_index.render(entries)
        for _ in range(_BEGINNINGS):
            content = spool_index.merged(self._index.content or b"", now, self._cargo.release_ids())
            if content == self._index.content and not self._target.is_near:
                return self._index
            written = self._target.replace(INDEX_PATH, content, self._index)
            if written is not None:
                self._files += 1
                return written
            self._index = self._target.read(INDEX_PATH)
        raise _OvertakenError

    # -- pages --------------------------------------------------------------------------------------------------------

    def _pages(self, wanted: Wanted) -> None:
        """Those that changed."""
        pages = label_pages(self._library, self._cargo, wanted)
        self._together(((path, content_of(page)) for path, page in pages), pages=True)
        now = spool_index.names(self._index.content or b"")
        names = {each.imprint: each.name for each in now if each.releases != frozenset()}
        names |= {label.view.imprint: label.view.name for label in self._cargo.loaded}
        if names != self._names or any(changed is ALL for changed in wanted.values()):
            self._target.write("index.html", content_of(root(names)))
        if not self._target.is_near:
            self._write_index(finished=True)

    # -- writing ------------------------------------------------------------------------------------------------------

    def _together(self, files: Iterable[tuple[str, Content]], *, pages: bool = False) -> int:
        """Write files in any order, as many at a time as the place takes; how many those were."""
        put = self._put_page if pages else self._put
        count = 0
        for (_, content), done in self._ahead(put, files):
            done()
            count += 1
            if not pages:
                self._tell(content.length)
        return count

    def _ahead(
        self, put: Callable[[tuple[str, Content]], None], files: Iterable[tuple[str, Content]]
    ) -> Iterator[tuple[tuple[str, Content], Callable[[], None]]]:
        if self._target.lanes == 1:
            return ((file, partial(put, file)) for file in files)
        begun = ahead(self._pool, put, files, most=2 * self._target.lanes)
        return ((file, future.result) for file, future in begun)

    def _put(self, file: tuple[str, Content]) -> None:
        path, content = _inert(*file)
        if path:
            self._target.write(path, content)

    def _put_page(self, file: tuple[str, Content]) -> None:
        self._target.write(*file)

    def _tell(self, length: int) -> None:
        self._files, self._length = self._files + 1, self._length + length
        self._watcher.advance(length)

    def _replace(self, path: str, content: bytes, seen: Seen) -> None:
        if self._target.replace(path, content, seen) is None:
            raise _OvertakenError
        self._tell(len(content))

    def _content(self, file: SpoolFile) -> Content:
        return Content(file.length, partial(self._pieces, file))

    def _pieces(self, file: SpoolFile) -> Iterator[bytes]:
        for piece in self._cargo.pieces(file):
            if self._stopped:
                raise TargetError(say("it was stopped; {then} to go on", then=AGAIN))
            yield piece

    def _whole(self, file: SpoolFile) -> bytes:
        return b"".join(self._cargo.pieces(file))


def _path(file: SpoolFile) -> str:
    return text_path(file.path) if file.is_text else file.path


def _imprint(file: SpoolFile) -> str:
    found = parse_label_file(file.path)
    return found[0] if found else ""


def _is_switch(file: SpoolFile) -> bool:
    return file.path.endswith(f"/{TIMESTAMP_NAME}")


def _is_contents(file: SpoolFile) -> bool:
    return file.path.endswith(".snapshot.json")


def _is_root(file: SpoolFile) -> bool:
    return file.path.endswith(".root.json")


def _is_list(file: SpoolFile) -> bool:
    return not (_is_switch(file) or _is_contents(file) or _is_root(file))


def _version(file: SpoolFile) -> tuple[str, int]:
    number = file.path.rpartition("/")[2].partition(".")[0]
    return _imprint(file), int(number) if number.isdecimal() else 0


def _inert(path: str, content: Content) -> tuple[str, Content]:
    """Under which name something may lie on a web site: one that no server or browser takes for a page's.

    What is signed as sound or picture and begins like a page is named as a text: nobody will play it. A document of a
    kind to come that is a page by its name or its beginning has no name there; it goes in reels.
    """
    begin = next(content.parts(), b"")
    whole = content_of(begin) if len(begin) == content.length else content
    if "/targets/" in path and path.rpartition(".")[2].lower() in PAGES:
        return "", whole
    if path.endswith((".json", ".txt")) or not begins_like_markup(begin):
        return path, whole
    return (text_path(path) if path.startswith("blobs/") else ""), whole
