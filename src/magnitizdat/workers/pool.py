"""Parser processes without keys or network: bytes in, values out (law 1)."""

from __future__ import annotations

import itertools
import threading
from collections import OrderedDict, deque
from collections.abc import Collection, Generator, Iterable, Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import closing, contextmanager
from types import TracebackType
from typing import Generic, Self

from msgspec import structs

from magnitizdat.errors import DamagedError, MagError, UnsupportedError
from magnitizdat.formats.loudness import Sound
from magnitizdat.formats.m3u import Listing
from magnitizdat.formats.transcodes import Encoding
from magnitizdat.lookahead import ahead
from magnitizdat.model import IMAGE_TYPES, ReadAt
from magnitizdat.sentence import say
from magnitizdat.workers import protocol
from magnitizdat.workers.batches import Item, Token, batches
from magnitizdat.workers.from_path import fill
from magnitizdat.workers.values import Cage, EncodeKind, Fit, Made, Parsed, ParseFailure, Samples, Tags, ZipEntry
from magnitizdat.workers.worker import WorkerGone, WorkerProcess

Result = Parsed | ParseFailure

MEMORY_LIMIT = 1 << 30
WHOLE_LIMIT = protocol.FRAME_LIMIT - (1 << 20)
"""Bytes of a file that is handed over whole, as for new tags."""

SLOWEST_LISTENING = 20_000
"""Bytes a second of the most compact audio on the slowest machine: a whole concert may take longer than other jobs."""

_ARCHIVES_KEPT = 4


class ParserPool:
    """A few spawned workers, started when first needed; may be used from several threads, closed by whoever opened it.

    `memory_limit` in bytes a worker; `seconds` that one file, or one chunk of a stream, may keep a worker busy: what
    reading the source takes does not count. `nice` is how far they step back for other processes, 0 to 19. `command`
    starts another worker program than our own.
    """

    def __init__(
        self,
        workers: int = 2,
        *,
        memory_limit: int = MEMORY_LIMIT,
        seconds: float = 60.0,
        nice: int = 0,
        command: Sequence[str] = (),
    ) -> None:
        self._workers = workers
        self._memory_limit = memory_limit
        self._seconds = seconds
        self._nice = nice
        self._command = tuple(command)
        self._lock = threading.Lock()
        self._idle: list[WorkerProcess] = []
        self._busy: set[WorkerProcess] = set()
        self._archives: OrderedDict[int, tuple[ReadAt, list[ZipEntry]]] = OrderedDict()

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.close()

    def close(self) -> None:
        """End the workers. The pool may be used again; it then starts new ones."""
        with self._lock:
            idle, self._idle = self._idle, []
            self._archives.clear()
        for worker in idle:
            worker.close()

    def interrupt(self) -> None:
        """End what is under way, from another thread: whoever waits for it is told that it is gone."""
        with self._lock:
            busy = list(self._busy)
        for worker in busy:
            worker.interrupt()

    def parse(self, items: Iterable[tuple[Token, ReadAt, str]]) -> Iterator[tuple[Token, Result]]:
        """Facts and tags of each audio file `(token, source, name hint)`, in the order given.

        `items` is iterated lazily in the caller's thread, a few batches ahead; sources are read in other threads. Names
        that the tags lack are guessed from the hint. A file that stops its worker is a failure of that file only.

        Raises: MagError if no worker can be started.
        """
        with closing(self.parse_batches(items)) as parsed:
            yield from itertools.chain.from_iterable(parsed)

    def parse_batches(self, items: Iterable[tuple[Token, ReadAt, str]]) -> Generator[list[tuple[Token, Result]]]:
        """The same, as they come: many small files at once, each large one alone. Raises: as `parse`."""
        run: _ParseRun[Token] = _ParseRun(self)
        all_read = False
        with ThreadPoolExecutor(self._workers, thread_name_prefix="parser") as threads:
            try:
                for _, parsed in ahead(threads, run.parse, batches(items), most=self._workers + 2):
                    yield parsed.result()
                all_read = True
            finally:
                if not all_read:
                    run.stop()

    def list_zip(self, source: ReadAt) -> list[ZipEntry]:
        """The files in a zip; folders are left out.

        Raises: DamagedError where it is not a zip or breaks a limit; what reading the source raises.
        """
        with self._lock:
            kept = self._archives.get(id(source))
        if kept is not None:
            return list(kept[1])
        reply = self._ask(protocol.ListZip(source.length), source)
        if not isinstance(reply, protocol.Entries):
            raise DamagedError(say("it is not a sound zip archive; get an undamaged copy"))
        with self._lock:  # the source is kept too, so that its id stays its own
            self._archives[id(source)] = (source, reply.entries)
            while len(self._archives) > _ARCHIVES_KEPT:
                self._archives.popitem(last=False)
        return list(reply.entries)

    def read_zip_member(self, source: ReadAt, index: int) -> Iterator[bytes]:
        """The bytes of one member, unpacked, in chunks of at most 1 MiB; `index` as in `list_zip`.

        Raises: DamagedError, also in mid-stream; what reading the source raises.
        """
        entries = self.list_zip(source)
        if not 0 <= index < len(entries):
            raise DamagedError(say("the archive has no such file"))
        yield from self._stream(protocol.ReadMember(source.length, entries[index]), source)

    def encode(
        self, source: ReadAt, kind: EncodeKind, tags: Tags | None = None, fit: Fit | None = None
    ) -> Iterator[bytes]:
        """The audio in another encoding, with no tags but these, at most stereo; a `demo` to `fit`. 1 MiB at a time.

        Raises: DamagedError or UnsupportedError, also in mid-stream; what reading the source raises.
        """
        yield from self._stream(protocol.Encode(source.length, kind, tags, fit), source)

    def transcode(self, source: ReadAt, encoding: Encoding, *, origin_s: int, first: int, count: int) -> bytes:
        """So many packets, or frames, of a transcode that begins `origin_s` seconds into the sound, from `first` on.

        Raises: DamagedError or UnsupportedError; what reading the source raises.
        """
        return b"".join(self._stream(protocol.TranscodeUnits(source.length, encoding, origin_s, first, count), source))

    def plain(self, source: ReadAt, samples: Samples) -> Iterator[bytes]:
        """The audio as plain samples of that shape, little-endian and interleaved. Raises as `encode`."""
        yield from self._stream(protocol.Plain(source.length, samples), source)

    def cut(self, source: ReadAt, start: int, samples: int, tags: Tags) -> Iterator[bytes | Made]:
        """A file of some samples of an image, with these tags, in chunks of at most 1 MiB; at the end what it is.

        Raises: DamagedError or UnsupportedError, also in mid-stream; what reading the source raises.
        """
        request = protocol.CutOut(source.length, start, samples, tags)
        yield from self._answer(request, source, more_s=source.length / SLOWEST_LISTENING)  # it is decoded first

    def retag(self, audio: bytes, tags: Tags, fields: Collection[str]) -> bytes:
        """The same packets with other tags in these fields, everything else as it was; an empty field is taken out.

        Raises: DamagedError or UnsupportedError if the file is not understood or longer than `WHOLE_LIMIT`.
        """
        if len(audio) > WHOLE_LIMIT:
            raise UnsupportedError(say("the file is too large for new tags; it stays as it is"))
        return b"".join(self._stream(protocol.Retag(audio, tags, tuple(fields)), None))

    def read_qr(self, image: bytes) -> list[str]:
        """Texts of the QR codes on a picture.

        Raises: DamagedError or UnsupportedError if it is not such a picture.
        """
        if len(image) > WHOLE_LIMIT:
            raise UnsupportedError(say("the picture is too large; make it smaller"))
        return self._texts(protocol.ReadQr(image))

    def read_list(self, content: bytes) -> Listing:
        """A playlist of another player: M3U, PLS, XSPF, WPL or ASX.

        Raises: DamagedError where it is none, or longer than `WHOLE_LIMIT`.
        """
        if len(content) > WHOLE_LIMIT:
            raise DamagedError(say("it is too large for a playlist; give the file of the playlist itself"))
        reply = self._ask(protocol.ReadList(content), None)
        if not isinstance(reply, protocol.WholeList):
            raise DamagedError(say("it is no playlist; give an M3U, PLS or XSPF file"))
        return Listing(reply.name, tuple(reply.entries))

    def scale(self, image: bytes, sides: Sequence[int]) -> list[bytes]:
        """A picture as JPEGs that fit into squares of these sides; none is made larger.

        Raises: DamagedError or UnsupportedError if it is not such a picture.
        """
        if len(image) > WHOLE_LIMIT:
            raise UnsupportedError(say("the picture is too large; make it smaller"))
        reply = self._ask(protocol.Scale(image, tuple(sides)), None)
        if not isinstance(reply, protocol.Pictures) or len(reply.pictures) != len(sides):
            raise DamagedError(say("the picture is damaged; take another one"))
        return reply.pictures

    def portray(self, image: bytes) -> tuple[str, bytes]:
        """A picture that can be a cover: its media type, and its bytes, made PNG where players do not know its kind.

        Raises: DamagedError or UnsupportedError if it cannot be one.
        """
        if len(image) > WHOLE_LIMIT:
            raise UnsupportedError(say("the picture is too large; make it smaller"))
        reply = self._ask(protocol.Portray(image), None)
        if not isinstance(reply, protocol.Portrayed) or reply.media_type not in IMAGE_TYPES:
            raise DamagedError(say("the picture is damaged; take another one"))
        return reply.media_type, reply.content or image

    def listen(self, source: ReadAt) -> Sound:
        """How loud an audio file is, and what it looks like.

        Raises: DamagedError or UnsupportedError if it is not understood; what reading the source raises.
        """
        reply = self._ask(protocol.Listen(source.length), source, more_s=source.length / SLOWEST_LISTENING)
        if not isinstance(reply, protocol.Heard):
            raise DamagedError(say("its audio cannot be decoded; get an undamaged copy"))
        return reply.sound

    def cage(self) -> Cage:
        """Which limits are in force in the workers.

        Raises: MagError if no worker can be started.
        """
        with self.worker() as worker:
            return worker.cage()

    def escapes(self) -> list[str]:
        """Names of forbidden deeds that a worker tried and that succeeded; empty where the whole cage holds."""
        return self._texts(protocol.SelfTest())

    @contextmanager
    def worker(self) -> Iterator[WorkerProcess]:
        """A worker for one job; a new one where all are busy, so that jobs within jobs cannot wait for each other."""
        with self._lock:
            worker = self._idle.pop() if self._idle else None
        if worker is None or worker.is_gone:
            worker = WorkerProcess(self._memory_limit, self._seconds, nice=self._nice, command=self._command)
        try:
            with self._lock:
                self._busy.add(worker)
            yield worker
        except BaseException:
            worker.kill()  # it may be in the middle of an answer
            raise
        finally:
            with self._lock:
                self._busy.discard(worker)
        with self._lock:
            keep = len(self._idle) < self._workers and not worker.is_worn and not worker.is_gone
            if keep:
                self._idle.append(worker)
        if not keep:
            worker.close()

    def _ask(self, request: protocol.Message, source: ReadAt | None, *, more_s: float = 0.0) -> protocol.Reply:
        """The one reply to a request."""
        refused: Exception | None = None
        try:
            with self.worker() as worker:
                worker.ask(request, more_s=more_s)
                reply = next(worker.replies(source))
                if isinstance(reply, protocol.Failed):
                    refused = worker.refusal(reply)
        except WorkerGone as exc:
            raise DamagedError(exc.sentence) from exc
        if refused is not None:
            raise refused
        return reply

    def _texts(self, request: protocol.Message) -> list[str]:
        reply = self._ask(request, None)
        return reply.texts if isinstance(reply, protocol.Texts) else []

    def _stream(self, request: protocol.Message, source: ReadAt | None) -> Iterator[bytes]:
        return (part for part in self._answer(request, source) if isinstance(part, bytes))

    def _answer(
        self, request: protocol.Message, source: ReadAt | None, *, more_s: float = 0.0
    ) -> Iterator[bytes | Made]:
        try:
            with self.worker() as worker:
                worker.ask(request, more_s=more_s)
                yield from worker.stream(source)
        except WorkerGone as exc:
            raise DamagedError(exc.sentence) from exc


class _ParseRun(Generic[Token]):
    """One call of `parse`: its batches, in several threads, and how to stop them."""

    def __init__(self, pool: ParserPool) -> None:
        self._pool = pool
        self._busy: set[WorkerProcess] = set()
        self._stopped = threading.Event()

    def stop(self) -> None:
        """End what is under way; nobody will ask for it."""
        self._stopped.set()
        for worker in list(self._busy):
            worker.interrupt()

    def parse(self, batch: list[Item[Token]]) -> list[tuple[Token, Result]]:
        """All results of a batch: small files whole, or one large one by ranges."""
        found: dict[int, Result] = {}
        if batch[0].source.length > protocol.SMALL_FILE:
            found[0] = self._large(batch[0].source)
        else:
            self._small(self._read(batch, found), found)
        return [(item.token, _named(found[index], item.name_hint)) for index, item in enumerate(batch)]

    def _read(self, batch: list[Item[Token]], found: dict[int, Result]) -> deque[tuple[int, bytes]]:
        waiting: deque[tuple[int, bytes]] = deque()
        for index, item in enumerate(batch):
            try:
                waiting.append((index, bytes(item.source.read_at(0, item.source.length))))
            except (MagError, OSError) as exc:
                found[index] = _unreadable(exc)
        return waiting

    def _small(self, waiting: deque[tuple[int, bytes]], found: dict[int, Result]) -> None:
        """Outcomes in order, sent together. When the worker goes, it is not known at which file: then one by one.

        The file at which it goes again has failed, and another worker takes the rest.
        """
        one_by_one = len(waiting) == 1
        while waiting:
            try:
                self._ask(protocol.ParseBatch([data for _, data in waiting], one_by_one), None, waiting, found)
            except WorkerGone as exc:
                if one_by_one:
                    index, _ = waiting.popleft()
                    found[index] = ParseFailure(reason=exc.sentence)
                one_by_one = True
            if self._stopped.is_set():
                found |= {index: ParseFailure(reason=say("it was not looked at")) for index, _ in waiting}
                return

    def _large(self, source: ReadAt) -> Result:
        waiting, found = deque([(0, b"")]), dict[int, Result]()
        try:
            self._ask(protocol.ParseLarge(source.length), source, waiting, found)
        except WorkerGone as exc:
            return ParseFailure(reason=exc.sentence)
        except (MagError, OSError) as exc:
            return _unreadable(exc)
        return found[0]

    def _ask(
        self,
        request: protocol.Message,
        source: ReadAt | None,
        waiting: deque[tuple[int, bytes]],
        found: dict[int, Result],
    ) -> None:
        with self._pool.worker() as worker:
            self._busy.add(worker)
            try:
                if self._stopped.is_set():
                    raise WorkerGone(timed_out=False)
                worker.ask(request)
                replies = worker.replies(source)
                while waiting:
                    reply = next(replies)
                    if not isinstance(reply, protocol.FileOutcome):
                        raise WorkerGone(timed_out=False)
                    found[waiting.popleft()[0]] = reply.parsed or _failure(reply)
                    if reply.ending:
                        worker.kill()
                        return
            finally:
                self._busy.discard(worker)


def _named(result: Result, name_hint: str) -> Result:
    return structs.replace(result, tags=fill(result.tags, name_hint)) if isinstance(result, Parsed) else result


def _failure(reply: protocol.FileOutcome) -> ParseFailure:
    return ParseFailure(
        reason=reply.reason.sentence if reply.reason else say("it cannot be understood; get an undamaged copy")
    )


def _unreadable(error: Exception) -> ParseFailure:
    if isinstance(error, MagError):
        return ParseFailure(reason=error.sentence)
    return ParseFailure(reason=say("it cannot be read from where it lies; check the medium"))
