"""Cutting a reel: seal, write, flush, then make parity from what the medium gives back.

Order of writes: segments in the order of their names, which are random (each hashed by slice while it is written); one
flush; what the system holds of them in memory is dropped; par2 reads every segment from the medium once, and the CRC-32
of each slice that it found must be ours; parity is flushed, dropped and read back too. Only then is anything called
done. So the second reading that parity needs anyway is the read-back, and a stick of fake capacity never gets a good
word. A folder of FAT lists files as they were made, so their order may say no more than their names do.

Groups are interleaved, so none is complete before the last segments are: parity comes after the music, and letters in
between.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import suppress
from pathlib import Path

from msgspec import structs

from magnitizdat.disk.disk import Disk
from magnitizdat.disk.reading import REFUSED, FileReader, forget_cached
from magnitizdat.disk.space import space
from magnitizdat.errors import MagError, NoSpaceError, SourceError, TargetError
from magnitizdat.formats.age_keys import X25519Recipient
from magnitizdat.formats.letter_file import LARGE
from magnitizdat.formats.zip_store import Unread
from magnitizdat.model import Progress, Silent, Value
from magnitizdat.reel import par2_packets
from magnitizdat.reel.feed import digest_of
from magnitizdat.reel.group_parity import GroupParity
from magnitizdat.reel.layout import POST_FOLDER, Layout
from magnitizdat.reel.paths import Names, Paths, random_names
from magnitizdat.reel.plan import ReelPlan
from magnitizdat.reel.post import letter_path
from magnitizdat.reel.sealing import ReadMemberInto, SegmentSealer, slice_crcs
from magnitizdat.reel.words import WordLock
from magnitizdat.sentence import advice, say, size_words
from magnitizdat.ways import AGAIN

__all__ = ["CutReport", "SealedSegment", "cut", "random_names"]

_PARITY_CHILDREN = 2


class SealedSegment(Value, frozen=True, kw_only=True):
    """A segment that was written: `crcs` holds the little-endian CRC-32 of each parity slice, as PAR2 has them."""

    index: int
    path: str
    crcs: bytes


class CutReport(Value, frozen=True, kw_only=True):
    """What was cut: bytes of everything, of the music inside, of parity and of post; `kept` segments were there."""

    segments: int
    parity_files: int
    total_bytes: int
    music_bytes: int
    parity_bytes: int
    post_bytes: int = 0
    kept: int = 0


def cut(
    reel: ReelPlan,
    read_member: ReadMemberInto,
    recipients: Sequence[X25519Recipient],
    folder: Path,
    disk: Disk,
    *,
    lock: WordLock | None = None,
    letters: Sequence[Unread] = (),
    names: Names | None = None,
    done: Mapping[int, SealedSegment] | None = None,
    on_segment: Callable[[SealedSegment], None] | None = None,
    progress: Progress | None = None,
) -> CutReport:
    """Write a reel into `folder`, exactly as planned.

    `read_member(path, piece, buffer)` fills a buffer with a piece and says how long that is; other threads call it.
    `recipients` are those of the plan, before filling up; a reel sealed to words takes a `lock` instead. `letters` are
    as many as were planned. `names` gives numbers from 0 a name of eight characters each: segments first, then parity
    groups, then subfolders; letters have numbers of their own. With
    `on_segment` an interrupted cut can be taken up again: the caller keeps what it is told, passes it as `done` with
    the same names, and removes what else is there under these; segments that still verify stay as they are. Without
    it, whatever was written is removed when something fails.

    Raises: NoSpaceError before the first byte if the reel will not fit, and later if the medium lied; TargetError if
    it fails or gives back other bytes; whatever `read_member` raises.
    """
    sealer = SegmentSealer(reel, read_member, recipients, lock, letters)
    work = _Cut(reel, folder, disk, names or random_names(), progress or Silent())
    resumable = on_segment is not None
    disk.confine(folder, alike=True)
    try:
        work.prepare(done or {})
        work.write_segments(sealer, on_segment)
        work.write_post(letters)
        work.write_parity()
    except BaseException as exc:
        work.withdraw(keep_segments=resumable)
        if isinstance(exc, OSError):
            raise medium_gone(folder) from exc
        raise
    return work.report()


class _Cut:
    """One cut under way."""

    def __init__(self, reel: ReelPlan, folder: Path, disk: Disk, names: Names, progress: Progress) -> None:
        self._reel, self._layout = reel, reel.layout
        self._folder, self._disk, self._progress = folder, disk, progress
        self._paths, self._names = Paths(reel.layout, names), names
        self._sealed: dict[int, SealedSegment] = {}
        self._kept = 0
        self._made: set[str] = set()
        self._folders: list[Path] = []

    def prepare(self, done: Mapping[int, SealedSegment]) -> None:
        """Refuse what will not fit; keep what an earlier run left whole; make the folders."""
        for index, segment in sorted(done.items()):
            if 0 <= index < self._layout.segments and segment.path == self._paths.segment(index):
                if _crcs_on_medium(self._folder / segment.path, self._layout) == segment.crcs:
                    self._sealed[index] = segment
                else:
                    self._disk.remove(self._folder / segment.path)
        self._kept = len(self._sealed)
        self._refuse_what_will_not_fit()
        beside = [POST_FOLDER] if self._reel.post.files else []
        for folder in [self._folder, *(self._folder / name for name in sorted([*self._paths.folders(), *beside]))]:
            if not folder.is_dir():
                self._folders.append(folder)
            self._disk.mkdir(folder)

    def _refuse_what_will_not_fit(self) -> None:
        parity = (self._folder / path for group in range(self._layout.groups) for path in self._paths.parity(group))
        there = len(self._sealed) * self._layout.segment_length
        there += sum(path.stat().st_size for path in parity if path.is_file())
        needed = self._reel.total_bytes - there
        free = space(self._folder).free
        if free is not None and free < needed:
            raise NoSpaceError(
                advice(
                    terminal=say(
                        "the reel takes {needed} and {free} are free in {folder}; nothing was written; free some, or"
                        " choose less with --size",
                        needed=size_words(needed),
                        free=size_words(free),
                        folder=self._folder,
                    ),
                    page=say(
                        "the reel takes {needed} and {free} are free in {folder}; nothing was written; free some, or"
                        " choose less",
                        needed=size_words(needed),
                        free=size_words(free),
                        folder=self._folder,
                    ),
                )
            )

    def write_segments(self, sealer: SegmentSealer, on_segment: Callable[[SealedSegment], None] | None) -> None:
        """Seal in two threads, write in this one."""
        missing = sorted(set(range(self._layout.segments)) - self._sealed.keys(), key=self._paths.segment)
        self._progress.start(say("sealed files"), len(missing) * self._layout.segment_length)
        for index, (sealed, crcs) in sealer.each(missing):
            path = self._paths.segment(index)
            self._made.add(path)
            with self._disk.create(self._folder / path) as writer:
                writer.write(sealed)
            segment = SealedSegment(index=index, path=path, crcs=crcs)
            self._sealed[index] = segment
            if on_segment is not None:
                on_segment(segment)
            self._progress.advance(len(sealed))

    def write_post(self, letters: Sequence[Unread]) -> None:
        """Letters in the order of their names, which are random; all is flushed, and they are read back."""
        paths = {letter_path(self._names, number): letter for number, letter in enumerate(letters)}
        digests: dict[Path, bytes] = {}
        for path, letter in sorted(paths.items()):
            self._made.add(path)
            self._disk.remove(self._folder / path)
            content = letter.read()
            with self._disk.create(self._folder / path) as writer:
                writer.write(content)
            digests[self._folder / path] = digest_of(content)
        self._disk.flush()
        for written, digest in digests.items():
            forget_cached(written)
            if digest_of(FileReader(written).read_at(0, LARGE)) != digest:
                raise medium_lied(self._folder, 1)

    def write_parity(self) -> None:
        """Parity of every group from what the medium gives back: while one is computed, another is read back."""
        groups = sorted(range(self._layout.groups), key=self._paths.parity)
        self._progress.start(say("spare parts"), self._layout.segments * self._layout.segment_length)
        for segment in self._sealed.values():
            forget_cached(self._folder / segment.path)
        with ThreadPoolExecutor(_PARITY_CHILDREN, "parity") as pool:
            futures = [pool.submit(self._parity_of, group) for group in groups]
            try:
                for group, future in zip(groups, futures, strict=True):
                    future.result()
                    self._progress.advance(len(self._layout.group(group)) * self._layout.segment_length)
            finally:
                for future in futures:
                    future.cancel()

    def _parity_of(self, group: int) -> None:
        """Made where it is not there whole; flushed, and read back from the medium too."""
        paths = [self._folder / path for path in self._paths.parity(group)]
        if not self._parity(group).is_whole(paths):
            self._make_parity(group, paths)
        self._disk.flush([*paths, paths[0].parent])
        for path in paths:
            forget_cached(path)
        if not self._parity(group).is_whole(paths):
            raise medium_lied(self._folder, 1)

    def _make_parity(self, group: int, paths: Sequence[Path]) -> None:
        for path in paths:
            self._disk.remove(path)
        self._made.update(self._paths.parity(group))
        parity = self._parity(group)
        parity.make(paths[0].parent, self._disk, threads=_PARITY_CHILDREN if self._layout.groups == 1 else 1)
        try:
            made = par2_packets.scan(FileReader(paths[0]))
        except SourceError as exc:
            raise medium_gone(self._folder) from exc
        if wrong := parity.count_wrong(made):
            raise medium_lied(self._folder, wrong)

    def _parity(self, group: int) -> GroupParity:
        crcs = {index: self._sealed[index].crcs for index in self._layout.group(group)}
        return GroupParity(self._layout, self._paths, group, crcs)

    def withdraw(self, *, keep_segments: bool) -> None:
        """Take back what is of no use: the rest of the reel, or what cannot be resumed. A failing medium is let be."""
        whole = {segment.path for segment in self._sealed.values()} if keep_segments else set[str]()
        for path in sorted(self._made - whole):
            with suppress(MagError, OSError):
                self._disk.remove(self._folder / path)
        if not keep_segments:
            for folder in reversed(self._folders):
                with suppress(MagError, OSError):
                    self._disk.remove_folder(folder)

    def report(self) -> CutReport:
        """What is there now."""
        return structs.replace(written_as_planned(self._reel), kept=self._kept)


def written_as_planned(reel: ReelPlan) -> CutReport:
    """What is there once a reel was cut."""
    layout = reel.layout
    return CutReport(
        segments=layout.segments,
        parity_files=sum(1 + len(layout.volumes(group)) for group in range(layout.groups)),
        total_bytes=reel.total_bytes,
        music_bytes=reel.music_bytes,
        parity_bytes=layout.parity_bytes,
        post_bytes=reel.post.length,
    )


def _crcs_on_medium(path: Path, layout: Layout) -> bytes:
    """The same of a segment of an earlier run; nothing where it cannot be read."""
    try:
        source = FileReader(path)
        if source.length != layout.segment_length:
            return b""
        source.forget_cached()
        starts = range(0, source.length, layout.slice_length)
        return slice_crcs((source.read_at(start, layout.slice_length) for start in starts), layout)
    except REFUSED:
        return b""


def medium_gone(folder: Path) -> TargetError:
    """What is said where it does not answer any more."""
    return TargetError(say("{folder} failed or is gone; bring it back and {then}", folder=folder, then=AGAIN))


def medium_lied(folder: Path, count: int) -> TargetError:
    """What is said where it gives back other bytes than were written."""
    return TargetError(
        say(
            "{folder} gives back other bytes than were written (in one of {count} files): it is failing,"
            " or smaller than it says; take another medium",
            folder=folder,
            count=count,
        )
    )
