"""What goes onto a stick that was wished for, and to whom: everything before the first byte."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime
from pathlib import Path
from typing import NamedTuple

from msgspec import structs

from magnitizdat.disk.space import space
from magnitizdat.errors import UsageError
from magnitizdat.library.index.views import AlbumView, LabelView
from magnitizdat.library.library import Library
from magnitizdat.model import Progress, Quality, Shortfall, Value
from magnitizdat.ops.albums.named import find_albums
from magnitizdat.ops.clubs.door import SealedTo, sealed_to
from magnitizdat.ops.clubs.past_gigs import forget_past
from magnitizdat.ops.clubs.staying import gate
from magnitizdat.ops.give.cargo import Cargo
from magnitizdat.ops.give.fitting import Selection, choose_for_reel, choose_for_spool
from magnitizdat.ops.give.gathering import gather
from magnitizdat.ops.give.given import friends_lack
from magnitizdat.ops.give.needs import Scope, needs_of
from magnitizdat.ops.give.voices import Along
from magnitizdat.ops.labels.editions import edited
from magnitizdat.ops.labels.friends import friend_named
from magnitizdat.ops.labels.labels import find_label
from magnitizdat.sentence import Sentence, advice, framed, listed, say

Tell = Callable[[Sentence], object]


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
    slip: bool = False
    """Whether who opens it is asked what arrived: a return address lies in it."""
    scope: Scope = "near"
    """For whom what goes is chosen where not everything fits."""
    one_file: bool = False
    """Whether it comes as one file into the folder."""


class PreparedStick(NamedTuple):
    """What was wished for, to whom it is sealed, and what of it goes."""

    wish: StickWish
    to: SealedTo
    choice: Selection


def prepare(
    library: Library, folder: Path, wish: StickWish, *, now: datetime, tell: Tell, progress: Progress
) -> PreparedStick:
    """What goes, before the first byte. Raises: as `fill`."""
    if wish.is_open and wish.slip:
        raise UsageError(
            advice(
                terminal=say("only who opens a sealed reel sends a slip; leave --open or --slip away"),
                page=say("only who opens a sealed reel sends a slip; choose one of the two"),
            )
        )
    if wish.is_open and wish.friends:
        raise UsageError(
            advice(
                terminal=say("a reel is either open or sealed to somebody; leave --open or --for away"),
                page=say("a reel is either open or sealed to somebody; choose one of the two"),
            )
        )
    if wish.is_open and wish.one_file:
        raise UsageError(
            advice(
                terminal=say("an open reel is a folder with pages for browsers; leave --open or --one-file away"),
                page=say("an open reel is a folder with pages for browsers; choose one of the two"),
            )
        )
    wish = _with_room(folder, with_new(library, wish))
    to = sealed_to(library, wish.friends)
    if to.club:
        forget_past(library, now=now)
    passes = gate(library, club=to.club, with_club=wish.with_club)
    chosen = chosen_by(library, wish)

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
            asked=not wish.new_for,
            progress=progress,
        )

    needs = needs_of(
        library,
        () if to.club else imprints_of(library, wish),
        scope=wish.scope,
        named=bool(wish.labels or wish.albums or wish.songs),
        now=now,
    )
    if wish.is_open:
        choice = choose_for_spool(gathered, folder, quality=wish.quality, size=wish.size, needs=needs, tell=tell)
    else:
        choice = choose_for_reel(
            library,
            gathered,
            folder,
            quality=wish.quality,
            recipients=len(to.recipients),
            parity_percent=wish.parity,
            size=wish.size,
            needs=needs,
            as_one_file=wish.one_file,
            tell=tell,
        )
    return PreparedStick(wish, to, choice)


def _with_room(folder: Path, wish: StickWish) -> StickWish:
    """What is chosen for a city takes the room that is there, where nobody says how much.

    Raises: UsageError where nobody knows.
    """
    if wish.scope == "near" or wish.size is not None:
        return wish
    free = space(folder).free
    if free is None:
        raise UsageError(
            advice(
                terminal=say("how much room there is cannot be told here; say it with --size"),
                page=say("how much room there is cannot be told here; say how much it may take"),
            )
        )
    return structs.replace(wish, size=free)


def imprints_of(library: Library, wish: StickWish) -> list[str]:
    """Of the friends that it is sealed to, their labels."""
    wanted = set(map(str.casefold, wish.friends))
    return [card.imprint for name, card in library.shelf.friends().items() if name.casefold() in wanted]


def with_new(library: Library, wish: StickWish) -> StickWish:
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


class ByName(NamedTuple):
    """Labels and albums that a person named."""

    labels: list[LabelView]
    albums: list[AlbumView]


def chosen_by(library: Library, wish: StickWish) -> ByName:
    """Raises: UsageError for what is not here."""
    return ByName([find_label(library, each) for each in wish.labels], [*find_albums(library, wish.albums)])
