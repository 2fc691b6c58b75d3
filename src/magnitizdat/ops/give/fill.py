"""Filling a stick: a sealed reel or an open spool of what was wished for, and what that will take."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Sequence
from datetime import datetime
from pathlib import Path
from typing import Any, NamedTuple

from msgspec import structs

from magnitizdat.disk.disk import Disk
from magnitizdat.disk.space import space
from magnitizdat.errors import UsageError, partly
from magnitizdat.formats.spool_paths import blob_path
from magnitizdat.library.index.views import AlbumView, LabelView
from magnitizdat.library.library import Library
from magnitizdat.model import AlbumName, Outcome, Progress, Quality, Shortfall, SpoolFile, Value, fields
from magnitizdat.ops.albums.named import find_albums, parts_of
from magnitizdat.ops.albums.renditions import BYTES_A_SECOND, WORTH_BIT_RATE
from magnitizdat.ops.clubs.door import sealed_to
from magnitizdat.ops.clubs.gigs import forget_past
from magnitizdat.ops.clubs.staying import gate
from magnitizdat.ops.give.cargo import Cargo
from magnitizdat.ops.give.cut import PlannedReel, ReelReport, cut_reel
from magnitizdat.ops.give.fitting import choose_for_reel, choose_for_spool, say_quality, say_staying, say_voices
from magnitizdat.ops.give.gathering import gather
from magnitizdat.ops.give.given import friends_lack, note_given
from magnitizdat.ops.give.open_spool import FolderTarget, OpenReport, write_open
from magnitizdat.ops.give.post import choose
from magnitizdat.ops.give.voices import Along
from magnitizdat.ops.labels.editions import edited
from magnitizdat.ops.labels.friends import friend_named
from magnitizdat.ops.labels.labels import find_label
from magnitizdat.ops.post.carrying import mailbag
from magnitizdat.reel.plan import plan
from magnitizdat.reel.post import PostCount
from magnitizdat.sentence import Sentence, advice, framed, listed, say, size_words

Tell = Callable[[Sentence], object]
_TOLD = ("quality", "without_small", "only_small", "voices", "staying")
NO_ROOM = say("it does not fit and stays here")


class StickWish(Value, frozen=True, kw_only=True):
    """What a stick shall carry, and for whom. Friends and clubs by name, or an address; labels and albums as people do.

    Without friends it is sealed to six words, unless it is open. Without labels and albums: all that is here.
    `quality` None: everything in full where that fits, else small.
    """

    friends: tuple[str, ...] = ()
    is_open: bool = False
    labels: tuple[str, ...] = ()
    albums: tuple[str, ...] = ()
    size: int | None = None
    parity: int = 10
    songs: tuple[str, ...] = ()
    """As players name them: of albums that are not chosen otherwise these alone go."""
    absent: tuple[Shortfall, ...] = ()
    """What else was wished for, and is not here."""
    quality: Quality | None = None
    voices: bool = True
    """Whether what people say goes along."""
    new_for: tuple[str, ...] = ()
    """Friends for whom it is: what the reels for one of them lacked goes, and nothing else."""
    with_club: bool = False
    """Whether labels that were first heard of through a club go to others, too."""


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
        if is_sealed:
            return say("{length} are sealed on it and read back. Safe to pull.", length=length)
        return say("{length} are on it. It is open: whoever finds it can play it, and see who signed.", length=length)

    def facts(self) -> dict[str, Any]:
        """The gist of it, for scripts and the page."""
        told = {name: getattr(self.report, name) for name in _TOLD}
        post = {name: getattr(self.report, name, 0) for name in ("letters", "letters_left")}
        return fields({**told, **post, "left_out": self.left_out, "length": self.length})


def _lines(reel: ReelReport) -> Iterator[Sentence]:
    yield say(
        "{segments} sealed {segments:file|files} and {parity_files} of spare parts.",
        segments=reel.cut.segments,
        parity_files=reel.cut.parity_files,
    )
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


class _Chosen(NamedTuple):
    labels: list[LabelView]
    albums: list[AlbumView]


def fill(
    library: Library, folder: Path, wish: StickWish, *, now: datetime, disk: Disk, tell: Tell, progress: Progress
) -> Filled:
    """Write it into `folder`; stopped, the same call goes on. Songs that are not here are told, and the others go.

    Raises: UsageError, NoSpaceError before the first byte, TargetError.
    """
    if wish.is_open and wish.friends:
        raise UsageError(
            advice(
                terminal=say("a reel is either open or sealed to somebody; leave --open or --for away"),
                page=say("a reel is either open or sealed to somebody; choose one of the two"),
            )
        )
    wish = _with_new(library, wish)
    to = sealed_to(library, wish.friends)
    if to.club:
        forget_past(library, now=now)
    passes = gate(library, club=to.club, with_club=wish.with_club)
    chosen = _chosen(library, wish)

    def gathered(quality: Quality) -> Cargo:
        along: Along = "all" if wish.voices else "none"
        return gather(
            library,
            now=now,
            labels=chosen.labels,
            albums=chosen.albums,
            songs=wish.songs,
            quality=quality,
            along=along,
            passes=passes,
            progress=progress,
        )

    if wish.is_open:
        choice = choose_for_spool(gathered, folder, quality=wish.quality, size=wish.size, tell=tell)
        tell(
            say(
                "It takes {length} ({bytes} bytes) and some pages.",
                length=size_words(choice.cargo.length),
                bytes=choice.cargo.length,
            )
        )
        _say_left_out(choice.left_out, tell)
        _say_edited(library, choice.cargo.albums(), tell)
        say_quality(choice.cargo, choice.cargo.albums(), tell)
        say_voices(choice.cargo.voices, tell)
        say_staying(choice.cargo, tell)
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
        _say_left_out(order.left_out, tell)
        _say_edited(library, order.albums, tell)
        say_quality(choice.cargo, order.albums, tell)
        say_voices(order.voices, tell)
        say_staying(choice.cargo, tell)

    choice = choose_for_reel(
        library,
        gathered,
        folder,
        quality=wish.quality,
        recipients=len(to.recipients),
        parity_percent=wish.parity,
        size=wish.size,
        tell=tell,
    )
    report = cut_reel(
        library,
        choice.cargo,
        folder,
        disk=disk,
        recipients=to.recipients,
        parity_percent=wish.parity,
        size=wish.size,
        planned=announce,
        progress=progress,
    )
    friends = library.shelf.friends()
    known = [card.imprint for name, card in friends.items() if name.casefold() in map(str.casefold, wish.friends)]
    if known and not to.club:
        with library.afterwards():
            note_given(library, known, choice.cargo, report.left_out, now=now)
    return Filled(report, report.left_out, (*wish.absent, *choice.cargo.lacking))


def _with_new(library: Library, wish: StickWish) -> StickWish:
    """Where something is for friends who had reels before: to whom, and what these lacked.

    Raises: UsageError where they have all of it, or it is said otherwise as well what goes.
    """
    if not wish.new_for:
        return wish
    if wish.is_open or wish.labels or wish.albums or wish.songs:
        raise UsageError(say("what is new for a friend is chosen by itself; leave the other choices away"))
    names = [friend_named(library, name) for name in wish.new_for]
    lacks = friends_lack(library, names)
    albums = dict.fromkeys(each.id for one in lacks for each in (*one.new, *one.corrected))
    waiting = edited(library)
    if not albums and waiting:
        raise UsageError(
            say(
                "{names} had all that is signed here on earlier reels. Edited since they were signed, and to be"
                " published first: {titles}",
                names=listed(names),
                titles=listed([framed("«{title}»", title=each.title) for each in waiting]),
            )
        )
    if not albums:
        raise UsageError(say("{names} had all that is here on earlier reels; nothing is new", names=listed(names)))
    return structs.replace(wish, friends=tuple(dict.fromkeys((*wish.friends, *names))), albums=tuple(albums))


def _say_edited(library: Library, going: Iterable[AlbumName], tell: Tell) -> None:
    """What a person corrected and did not sign again goes as it was signed."""
    ids = {each.id for each in going}
    for each in edited(library):
        if each.id in ids:
            said = say(
                "«{title}» was edited since it was signed, and goes as it was; publish it first", title=each.title
            )
            tell(framed("  {said}.", said=said))


def _say_left_out(albums: Sequence[AlbumName], tell: Tell) -> None:
    for album in albums:
        tell(framed("  {said}", said=say("does not fit and stays here: {title}", title=album.title)))


def _chosen(library: Library, wish: StickWish) -> _Chosen:
    """Raises: UsageError for what is not here."""
    return _Chosen([find_label(library, each) for each in wish.labels], [*find_albums(library, wish.albums)])


# -- before the first byte -------------------------------------------------------------------------------------------

_DOCUMENT_LENGTH = 2048
"""Bytes that signed papers take for each track, about."""


def estimate(library: Library, folder: Path, wish: StickWish, *, now: datetime) -> Estimate:
    """About what `fill` would write, from the index alone: nothing is signed, made or read.

    Raises: UsageError for labels and albums that are not here.
    """
    wish = _with_new(library, wish)
    chosen = _chosen(library, wish)
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
    room = min(each for each in (wish.size, free, 1 << 62) if each is not None)
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
