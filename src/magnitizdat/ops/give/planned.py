"""What a sealed reel will be, to the byte, before the first one: as many albums as fit, and what is said beside."""

from __future__ import annotations

from typing import NamedTuple, TypedDict

from magnitizdat.errors import NoSpaceError
from magnitizdat.model import AlbumName, Value
from magnitizdat.ops.give.cargo import Cargo
from magnitizdat.ops.give.post import Post, choose
from magnitizdat.ops.give.voices import Voiced
from magnitizdat.reel.plan import MOST_AS_ONE_FILE, ReelPlan, fits, plan
from magnitizdat.reel.post import PostCount
from magnitizdat.scene.slips import RETURN_FILE
from magnitizdat.sentence import say

PAPERS_LENGTH = 4 << 20
PAPERS_PERCENT = 2


class PlannedReel(Value, frozen=True, kw_only=True):
    """A reel that was planned and is not cut yet. `letters` are own ones that go along, `letters_left` that do not."""

    total_bytes: int
    music_bytes: int
    letters: int = 0
    letters_left: int = 0
    albums: tuple[AlbumName, ...]
    left_out: tuple[AlbumName, ...]
    voices: tuple[Voiced, ...] = ()


class _SealedAs(TypedDict):
    """How a reel is sealed: what its size depends on beside its files."""

    recipients: int
    parity_percent: int
    word_sealed: bool
    precious: frozenset[str]
    post: PostCount
    as_one_file: bool


class Going(NamedTuple):
    """What goes, the reel that carries it, and what that means."""

    cargo: Cargo
    reel: ReelPlan
    order: PlannedReel


def plan_reel(
    cargo: Cargo,
    *,
    recipients: int,
    word_sealed: bool,
    parity_percent: int,
    size: int | None = None,
    free: int | None = None,
    as_one_file: bool = False,
) -> tuple[ReelPlan, PlannedReel]:
    """The reel to the byte; with `size` as many of the first albums as fit, and what is said where there is room left.

    `free` bytes are there, where that is known.

    Raises: NoSpaceError if not even one album fits.
    """
    post = choose(cargo.mailbag, free if size is None else size)
    settled = settle(
        cargo,
        post,
        recipients=recipients,
        word_sealed=word_sealed,
        parity_percent=parity_percent,
        size=size,
        as_one_file=as_one_file,
    )
    return settled.reel, settled.order


def settle(
    cargo: Cargo,
    post: Post,
    *,
    recipients: int,
    word_sealed: bool,
    parity_percent: int,
    size: int | None,
    as_one_file: bool = False,
) -> Going:
    """The same, with the cargo that is on it."""
    if as_one_file and size is not None:
        size = min(size, MOST_AS_ONE_FILE)
    groups, precious = cargo.album_files(), _papers(cargo)
    sealed = _SealedAs(
        recipients=recipients,
        parity_percent=parity_percent,
        word_sealed=word_sealed,
        precious=precious,
        post=post.files,
        as_one_file=as_one_file,
    )
    chosen = len(groups)
    if size is not None and groups:
        first, *others = groups
        with_head = [[RETURN_FILE, *cargo.silent().head_files(), *first[1]], *(files for _, files in others)]
        chosen = fits(with_head, size, **sealed)
        if not chosen:
            raise NoSpaceError(
                say("not even one album fits that size with its parity; give more, or choose a smaller album")
            )

    def planned(told: Cargo) -> ReelPlan:
        files = (file for _, each in groups[:chosen] for file in each)
        return plan([RETURN_FILE, *told.head_files(), *files], **sealed)

    going = cargo.about_first(chosen)
    if size is not None:
        going = going.said_where(lambda told: planned(told).total_bytes <= size)
    reel, albums = planned(going), cargo.albums()
    if size is not None and reel.total_bytes > size:
        raise NoSpaceError(say("what these labels say of themselves does not fit that size; give more"))
    order = PlannedReel(
        total_bytes=reel.total_bytes,
        music_bytes=reel.music_bytes,
        albums=albums[:chosen],
        left_out=albums[chosen:],
        voices=going.voices,
        letters=post.own,
        letters_left=post.own_left,
    )
    return Going(going, reel, order)


def _papers(cargo: Cargo) -> frozenset[str]:
    """Labels that go, their documents, without which no music can be taken: they travel twice, where they are small."""
    papers = cargo.files[: cargo.first_word]
    small = sum(file.length for file in papers) <= max(PAPERS_LENGTH, cargo.length * PAPERS_PERCENT // 100)
    return frozenset(file.path for file in papers) if small else frozenset()
