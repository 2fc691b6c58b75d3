"""What a reel or an open spool is to carry: everything in full where that fits, small versions where it does not."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from pathlib import Path
from typing import NamedTuple

from magnitizdat.disk.space import space
from magnitizdat.library.library import Library
from magnitizdat.model import AlbumName, Quality
from magnitizdat.ops.clubs.staying import staying_sentence
from magnitizdat.ops.give.cargo import Cargo
from magnitizdat.ops.give.cut import begun_albums, begun_quality
from magnitizdat.ops.give.needs import Needs
from magnitizdat.ops.give.planned import plan_reel
from magnitizdat.ops.give.post import most_post
from magnitizdat.ops.give.stowing import StowedAlbum, stow
from magnitizdat.ops.give.voices import Voiced
from magnitizdat.ops.intake.halves import half_left
from magnitizdat.reel.plan import MOST_AS_ONE_FILE, at_most
from magnitizdat.sentence import Sentence, advice, framed, listed, say

SHORT = advice(
    terminal=say(
        "There is no room for everything in full, so small versions go where there can be some;"
        " --quality full keeps to originals."
    ),
    page=say(
        "There is no room for everything in full, so small versions go where there can be some;"
        " choose full to keep to originals."
    ),
)
BEGUN = advice(
    terminal=say("This reel was begun with small versions, and is finished so; --quality full begins anew."),
    page=say("This reel was begun with small versions, and is finished so; choose full to begin anew."),
)

NOTHING_SAVED = say("Small versions would make it no smaller here, so everything goes in full.")

GatherCargo = Callable[[Quality], Cargo]
"""Gathers the same albums in one quality or another."""
Tell = Callable[[Sentence], object]
"""Is told in one sentence that small versions go where nobody asked for them, before any are made."""


class Selection(NamedTuple):
    """What goes, and the albums that do not fit; with a size also why each goes, and how many had gone before."""

    cargo: Cargo
    left_out: tuple[AlbumName, ...] = ()
    stowed: tuple[StowedAlbum, ...] = ()
    had: int = 0


def choose_for_reel(
    library: Library,
    gathered: GatherCargo,
    folder: Path,
    *,
    quality: Quality | None,
    recipients: int,
    parity_percent: int,
    size: int | None,
    needs: Needs | None = None,
    as_one_file: bool = False,
    tell: Tell,
) -> Selection:
    """The cargo of a sealed reel; which of its albums fit is said by its plan. Without `recipients` it goes to words.

    With a `size` it is what the plan makes of `needs`; an unfinished reel goes on as it was planned.

    Raises: UsageError if nothing is there to go; NoSpaceError, TargetError while small versions are made.
    """
    begun = None if as_one_file else begun_quality(library, folder)
    if quality is None and begun is not None:
        if begun == "small":
            tell(BEGUN)
        return Selection(_begun(gathered, begun_albums(library, folder, size)) or gathered(begun))

    room = space(folder).free if size is None else size
    if as_one_file:
        room = min(MOST_AS_ONE_FILE, room or MOST_AS_ONE_FILE)

    def length(cargo: Cargo) -> int:
        reel, _ = plan_reel(
            cargo,
            recipients=max(1, recipients),
            word_sealed=not recipients,
            parity_percent=parity_percent,
            free=room,
            as_one_file=as_one_file,
        )
        return reel.needed_bytes if size is None else reel.total_bytes

    def takes(cargo: Cargo) -> bool:
        cargo = cargo.silent() if size is not None else cargo  # what is said takes the room that is left
        return room is None or _surely_fits(cargo, room) or length(cargo) <= room

    if size is not None and needs is not None:
        return _stowed(
            gathered,
            quality,
            size=size,
            needs=needs,
            length=lambda cargo: length(cargo.silent()),
            tell=tell,
        )
    return _choose(gathered, quality, takes, length, tell)


def _begun(gathered: GatherCargo, chosen: Mapping[str, bool]) -> Cargo | None:
    """An unfinished reel, album by album as it was planned; None where it was not, or other albums are meant now."""
    in_full = frozenset(each for each, is_full in chosen.items() if is_full)
    small = gathered("small") if chosen else None
    if small is None or not chosen.keys() <= {each.id for each in small.each_album()}:
        return None
    return small.stowed(gathered("full"), list(chosen), in_full)


def _stowed(
    gathered: GatherCargo,
    quality: Quality | None,
    *,
    size: int,
    needs: Needs,
    length: Callable[[Cargo], int],
    tell: Tell,
) -> Selection:
    if quality is None:
        small, full = gathered("small"), gathered("full")
    else:
        small = full = _choose(gathered, quality, lambda _cargo: True, length, tell).cargo
    found = stow(small, full, size, needs, length)
    if quality is None and found.cargo.quality == "small":
        tell(SHORT)
    return Selection(found.cargo, found.left_out, found.albums, found.had)


def _surely_fits(cargo: Cargo, room: int) -> bool:
    """Whether it need not be planned to tell that it does."""
    return at_most(cargo.length, len(cargo.files)) + most_post(room) <= room


def choose_for_spool(
    gathered: GatherCargo,
    folder: Path,
    *,
    quality: Quality | None,
    size: int | None,
    needs: Needs | None = None,
    tell: Tell,
) -> Selection:
    """The cargo of an open spool in a folder, with `size` as many of the first albums as fit.

    Raises: as `choose_for_reel`, and NoSpaceError if not even one album fits `size`.
    """

    def takes(cargo: Cargo) -> bool:
        if size is not None:
            return cargo.silent().length <= size  # what is said takes the room that is left
        room = space(folder).free
        missing = sum(file.length for file in cargo.files if not (folder / file.path).is_file())
        return room is None or missing <= room

    if size is not None and needs is not None:
        choice = _stowed(gathered, quality, size=size, needs=needs, length=_silent_length, tell=tell)
    else:
        choice = _choose(gathered, quality, takes, lambda cargo: cargo.length, tell)
    if size is None or choice.cargo.length <= size:
        return choice
    cargo, left_out = choice.cargo.within(size)
    return choice._replace(cargo=cargo, left_out=(*left_out, *choice.left_out))


def _silent_length(cargo: Cargo) -> int:
    return cargo.silent().length


def say_voices(voices: Sequence[Voiced], tell: Tell) -> None:
    """Whose voices go along: it shows whom somebody follows."""
    if not voices:
        return
    names = listed(f"«{each.name}» ({each.voices})" for each in voices)
    tell(
        advice(
            terminal=say(
                "What these say goes along: {names}. Whoever opens it sees whose word you pass on;"
                " --no-voices leaves it out.",
                names=names,
            ),
            page=say(
                "What these say goes along: {names}. Whoever opens it sees whose word you pass on; it can be"
                " left out when you fill.",
                names=names,
            ),
        )
    )


def say_staying(cargo: Cargo, tell: Tell) -> None:
    """How many labels do not go, since they stay in a club."""
    if cargo.staying:
        tell(staying_sentence(cargo.staying))


def say_withdrawn(cargo: Cargo, tell: Tell) -> None:
    """Which albums do not go, since their label took them back."""
    for each in cargo.withdrawn:
        tell(say("«{title}» is withdrawn: what was signed of it goes along, its music does not.", title=each.title))


def say_quality(cargo: Cargo, albums: Sequence[AlbumName], tell: Tell) -> None:
    """What of these albums goes otherwise than in the quality that was asked for, and what to do about it."""
    if cargo.halves:
        tell(framed("{said}.", said=half_left(cargo.halves)))
    without_small = sum(album in albums for album in cargo.without_small)
    only_small = sum(album in albums for album in cargo.only_small)
    if without_small:
        tell(
            advice(
                terminal=say(
                    "Albums that have no small version here and go in full: {without_small} of {albums}. `mag"
                    " publish` makes small versions of your own albums, where they save space; of others only"
                    " their label can.",
                    without_small=without_small,
                    albums=len(albums),
                ),
                page=say(
                    "Albums that have no small version here and go in full: {without_small} of {albums}. To"
                    " publish makes small versions of your own albums, where they save space; of others only"
                    " their label can.",
                    without_small=without_small,
                    albums=len(albums),
                ),
            )
        )
    if only_small:
        tell(
            say(
                "Albums with tracks that are here only in their small version: {only_small} of {albums}.",
                only_small=only_small,
                albums=len(albums),
            )
        )


def _choose(
    gathered: GatherCargo,
    quality: Quality | None,
    takes: Callable[[Cargo], bool],
    length: Callable[[Cargo], int],
    tell: Tell,
) -> Selection:
    if quality == "small":
        small, full = gathered("small"), gathered("full")
        if length(small) <= length(full):  # segments come in few sizes, so a little less music may need a little more
            return Selection(small)
        tell(NOTHING_SAVED)
        return Selection(full)
    if quality is not None:
        return Selection(gathered(quality))
    full = gathered("full")
    if takes(full):
        return Selection(full)
    tell(SHORT)
    return Selection(gathered("small"))
