"""Filling a stick: a sealed reel or an open spool of what was wished for, and what that will take."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from datetime import datetime
from pathlib import Path
from typing import Any, NamedTuple

from magnitizdat.disk.disk import Disk
from magnitizdat.disk.space import space
from magnitizdat.errors import partly
from magnitizdat.formats.spool_paths import blob_path
from magnitizdat.library.library import Library
from magnitizdat.model import AlbumName, Outcome, Progress, Quality, Shortfall, SpoolFile, Value, fields
from magnitizdat.ops.albums.named import parts_of
from magnitizdat.ops.albums.renditions import BYTES_A_SECOND, WORTH_BIT_RATE
from magnitizdat.ops.give.chosen import StickWish, Tell, chosen_by, imprints_of, prepare, with_new
from magnitizdat.ops.give.cut import ReelReport, cut_reel
from magnitizdat.ops.give.cut_file import cut_reel_as_one_file
from magnitizdat.ops.give.fitting import (
    Selection,
    say_quality,
    say_staying,
    say_voices,
    say_withdrawn,
)
from magnitizdat.ops.give.given import note_given
from magnitizdat.ops.give.open_spool import OpenReport, write_open
from magnitizdat.ops.give.planned import PlannedReel
from magnitizdat.ops.give.post import choose
from magnitizdat.ops.labels.editions import edited
from magnitizdat.ops.places.targets import FolderTarget
from magnitizdat.ops.post.carrying import mailbag
from magnitizdat.ops.post.return_addresses import return_address
from magnitizdat.reel.plan import MOST_AS_ONE_FILE, plan
from magnitizdat.reel.post import PostCount
from magnitizdat.sentence import Sentence, advice, framed, listed, say, size_words

_TOLD = ("quality", "without_small", "only_small", "voices", "staying")
NO_ROOM = say("it does not fit and stays here")
WITHOUT_MAG = advice(
    terminal=say("Who has no mag opens it in a browser, with the page that `mag pass-on --pocket DIR` writes."),
    page=say("Without Magnitizdat it opens in a browser, with a page that you can put beside it or send ahead."),
)


class Filled(NamedTuple):
    """What was written, and the albums that did not fit."""

    report: ReelReport | OpenReport
    left_out: tuple[AlbumName, ...]
    lacking: tuple[Shortfall, ...] = ()

    @property
    def length(self) -> int:
        """Bytes on the stick."""
        return self.report.cut.total_bytes if isinstance(self.report, ReelReport) else self.report.length

    def outcome(self) -> Outcome:
        """What is on the stick, and for whom."""
        reel = self.report if isinstance(self.report, ReelReport) else None
        missing = tuple(Shortfall(what=each.title, reason=NO_ROOM, id=each.id) for each in self.left_out)
        missing += self.lacking
        return Outcome(
            headline=self._headline(is_sealed=reel is not None),
            lines=tuple(_lines(reel)) if reel else (),
            missing=missing,
            exit_code=partly(missing),
            words=reel.words if reel else "",
            safe_to_pull=True,
        )

    def _headline(self, *, is_sealed: bool) -> Sentence:
        length = size_words(self.length)
        if isinstance(self.report, ReelReport) and self.report.file:
            return say(
                "{length} are sealed in one file and read back. Safe to pull. It is {file}",
                length=length,
                file=self.report.file,
            )
        if is_sealed:
            return say("{length} are sealed on it and read back. Safe to pull.", length=length)
        return say("{length} are on it. It is open: whoever finds it can play it, and see who signed.", length=length)

    def facts(self) -> dict[str, Any]:
        """The gist of it, for scripts and the page."""
        told = {name: getattr(self.report, name) for name in _TOLD}
        post = {name: getattr(self.report, name, 0) for name in ("letters", "letters_left")}
        file = getattr(self.report, "file", "")
        return fields({**told, **post, "left_out": self.left_out, "length": self.length, "file": file})


def _lines(reel: ReelReport) -> Iterator[Sentence]:
    yield say(
        "{segments} sealed {segments:file|files} and {parity_files} of spare parts.",
        segments=reel.cut.segments,
        parity_files=reel.cut.parity_files,
    )
    if reel.beside:
        yield say(
            "Beside it lies another reel, with other words or for somebody else; give away only the one that you mean:"
            " {beside}.",
            beside=listed(reel.beside),
        )
    if reel.words:
        yield WITHOUT_MAG
    if reel.slip:
        yield say("Who opens it is asked to tell you by a slip what arrived, and what they ask for.")
    if reel.letters:
        yield say("Letters of yours that go along: {letters}.", letters=reel.letters)
    if reel.letters_left:
        yield say(
            "Letters of yours that found no room and wait for the next reel: {letters_left}.",
            letters_left=reel.letters_left,
        )


class Estimate(Value, frozen=True, kw_only=True, omit_defaults=False):
    """About how much it will take. `small_length` is None where no small version would be smaller."""

    length: int
    tracks: int
    free: int | None
    quality: Quality
    fits: bool
    full_length: int
    small_length: int | None


def fill(
    library: Library, folder: Path, wish: StickWish, *, now: datetime, disk: Disk, tell: Tell, progress: Progress
) -> Filled:
    """Write it into `folder`; stopped, the same call goes on. Songs that are not here are told, and the others go.

    Raises: UsageError, NoSpaceError before the first byte, TargetError.
    """
    prepared = prepare(library, folder, wish, now=now, tell=tell, progress=progress)
    wish, to, choice = prepared.wish, prepared.to, prepared.choice
    if wish.is_open:
        tell(
            say(
                "It takes {length} ({bytes} bytes) and some pages.",
                length=size_words(choice.cargo.length),
                bytes=choice.cargo.length,
            )
        )
        _say_left_out(choice, tell)
        _say_edited(library, choice.cargo.albums(), tell)
        say_quality(choice.cargo, choice.cargo.albums(), tell)
        say_voices(choice.cargo.voices, tell)
        say_staying(choice.cargo, tell)
        say_withdrawn(choice.cargo, tell)
        target = FolderTarget(folder, disk=disk)
        lacking = (*wish.absent, *choice.cargo.lacking)
        return Filled(write_open(library, choice.cargo, target, progress=progress), choice.left_out, lacking)

    def announce(order: PlannedReel) -> None:
        tell(
            say(
                "The reel takes {length} ({bytes} bytes), {albums} {albums:album|albums}.",
                length=size_words(order.total_bytes),
                bytes=order.total_bytes,
                albums=len(order.albums),
            )
        )
        _say_left_out(choice._replace(left_out=(*order.left_out, *choice.left_out)), tell)
        _say_edited(library, order.albums, tell)
        say_quality(choice.cargo, order.albums, tell)
        say_voices(order.voices, tell)
        say_staying(choice.cargo, tell)
        say_withdrawn(choice.cargo, tell)

    write = cut_reel_as_one_file if wish.one_file else cut_reel
    report = write(
        library,
        choice.cargo,
        folder,
        disk=disk,
        recipients=to.recipients,
        parity_percent=wish.parity,
        size=wish.size,
        return_to=return_address(library, now=now) if wish.slip else "",
        planned=announce,
        progress=progress,
    )
    known = imprints_of(library, wish)
    friends = [] if to.club else known
    if friends or report.slip:
        with library.afterwards():
            note_given(library, friends, choice.cargo, report.left_out, reel=report.slip, now=now)
    return Filled(report, (*report.left_out, *choice.left_out), (*wish.absent, *choice.cargo.lacking))


def _say_edited(library: Library, going: Iterable[AlbumName], tell: Tell) -> None:
    """What a person corrected and did not sign again goes as it was signed."""
    ids = {each.id for each in going}
    for each in edited(library):
        if each.id in ids:
            said = say(
                "«{title}» was edited since it was signed, and goes as it was; publish it first", title=each.title
            )
            tell(framed("  {said}.", said=said))


def _say_left_out(choice: Selection, tell: Tell) -> None:
    for album in choice.left_out:
        tell(framed("  {said}", said=say("does not fit and stays here: {title}", title=album.title)))
    if choice.had:
        tell(say("Albums that had come there before, or that nobody lacks, and that stay here: {n}.", n=choice.had))


# -- before the first byte -------------------------------------------------------------------------------------------

_DOCUMENT_LENGTH = 2048
"""Bytes that signed papers take for each track, about."""


def estimate(library: Library, folder: Path, wish: StickWish, *, now: datetime) -> Estimate:
    """About what `fill` would write, from the index alone: nothing is signed, made or read.

    Raises: UsageError for labels and albums that are not here.
    """
    wish = with_new(library, wish)
    chosen = chosen_by(library, wish)
    lengths, albums = library.index.lengths, [album.id for album in chosen.albums]
    tracks, full, small = lengths.of_tracks(
        albums,
        [label.imprint for label in chosen.labels],
        wish.songs,
        worth_bit_rate=WORTH_BIT_RATE,
        bytes_a_second=BYTES_A_SECOND,
    )
    parts = parts_of(library.browse.named(wish.songs).values())
    papers = lengths.of_other_files([*albums, *parts]) + _DOCUMENT_LENGTH * tracks
    free = space(folder).free
    post = choose(mailbag(library, now=now), free if wish.size is None else wish.size).files
    full_length, small_length = (_on_a_stick(wish, length + papers, post) for length in (full, small))
    most = MOST_AS_ONE_FILE if wish.one_file else 1 << 62
    room = min(each for each in (wish.size, free, most) if each is not None)
    quality: Quality = wish.quality or ("full" if full_length <= room else "small")
    on_stick = {"full": full_length, "small": small_length, "both": _on_a_stick(wish, full + small + papers, post)}
    return Estimate(
        length=on_stick[quality],
        tracks=tracks,
        free=free,
        quality=quality,
        fits=on_stick[quality] <= room,
        full_length=full_length,
        small_length=small_length if small < full else None,
    )


def _on_a_stick(wish: StickWish, length: int, post: PostCount) -> int:
    if wish.is_open or not length:
        return length
    file = SpoolFile(path=blob_path("0" * 64), length=length)
    recipients = max(1, len(wish.friends))
    return plan(
        [file], recipients=recipients, word_sealed=not wish.friends, parity_percent=wish.parity, post=post
    ).total_bytes
