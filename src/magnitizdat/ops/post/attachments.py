"""What lies beside a letter: made smaller in a worker's cage before it goes, and parsed there when a person asks.

Nothing goes along of what a file says of its maker: where a picture was taken, with which camera, who owns the program.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import NamedTuple

from magnitizdat.catalogue.documents import MAX_CARD_LENGTH, decode
from magnitizdat.catalogue.proposals import read_proposal
from magnitizdat.errors import DamagedError, SourceError, UnsupportedError, UsageError
from magnitizdat.formats import budgets
from magnitizdat.formats.age import BytesReader
from magnitizdat.formats.names import clean_line
from magnitizdat.formats.shares import words_in
from magnitizdat.library.library import Library
from magnitizdat.model import AUDIO_TYPES, Card, ReadAt
from magnitizdat.ops.post.inbox import attachment
from magnitizdat.scene.letters import CARD, PROPOSAL, SHARE, Attached, Kind, attached
from magnitizdat.sentence import say
from magnitizdat.workers.pool import ParserPool
from magnitizdat.workers.values import Fit, Parsed, Tags

LEAST_RATE, BEST_RATE = 32_000, 128_000
"""Bits a second of a demo: four minutes at the least."""
OVERHEAD = 0.95
"""How much of the room is sound: pages of Ogg take some, and a bit rate is a mean."""
SIDES = (1600, 1280, 1024, 800, 640, 480, 320)
"""Pixels of the longer side of a picture; the first that fits."""
JPEG = "image/jpeg"
_SHORT = 64 << 10


class Enclosure(NamedTuple):
    """What goes beside a letter; `left_out_s` are seconds at the end of a demo that did not fit."""

    attached: Attached
    content: bytes
    left_out_s: int = 0


class SavedAttachment(NamedTuple):
    """What lay beside a letter, looked at in the cage: its bytes, and how its file's name should end."""

    kind: Kind
    name: str
    suffix: str
    content: bytes


# -- what goes ---------------------------------------------------------------------------------------------------------


def enclose_demo(source: ReadAt, most: int) -> Enclosure:
    """Audio as Opus of at most so many bytes: as good as fits, from 32 kbit/s up, and at that its beginning.

    Raises: DamagedError, UnsupportedError.
    """
    with ParserPool(workers=1) as pool:
        sound = _sound(pool, source)
        for room in (most * OVERHEAD, most * OVERHEAD * 0.8):  # the second time for what is hard to encode
            fit = fitting(sound.duration_s, room)
            content = _at_most(pool.encode(source, "demo", Tags(title=sound.tags.title), fit), most)
            if content is not None:
                left_out = max(0, round(sound.duration_s - fit.seconds))
                return Enclosure(attached(content, "audio/opus", name=clean_line(sound.tags.title)), content, left_out)
    raise UnsupportedError(say("this cannot be made small enough for a letter; take a shorter part of it"))


def fitting(duration_s: float, room: float) -> Fit:
    """The best bit rate at which so many seconds take so many bytes, and how many seconds that are."""
    rate = min(BEST_RATE, int(8 * room / max(duration_s, 1.0)))
    if rate >= LEAST_RATE:
        return Fit(bit_rate=rate, seconds=max(duration_s, 1.0))
    return Fit(bit_rate=LEAST_RATE, seconds=8 * room / LEAST_RATE)


def _sound(pool: ParserPool, source: ReadAt) -> Parsed:
    """Raises: DamagedError where it is no audio."""
    ((_, found),) = pool.parse([(0, source, "")])
    if not isinstance(found, Parsed):
        raise DamagedError(found.reason)
    return found


def _at_most(parts: Iterator[bytes], most: int) -> bytes | None:
    made = bytearray()
    for part in parts:
        made += part
        if len(made) > most:
            return None
    return bytes(made)


def enclose(source: ReadAt, most: int) -> Enclosure:
    """A card, a proposal, the words of a share, or a picture, which goes without what it says of its maker.

    Raises: UsageError where it is none of these, or does not fit; DamagedError.
    """
    budgets.CARD_PHOTO.check(source.length)
    content = source.read_at(0, source.length)
    known = _card(content) or _proposal(content) or _share(content)
    if known is not None:
        return _fitted(known, most)
    try:
        with ParserPool(workers=1) as pool:
            pictures = pool.scale(content, SIDES)
    except UnsupportedError as exc:
        raise UsageError(say("a letter takes a demo, a picture, a card or a proposal along; this is none")) from exc
    picture = next((each for each in pictures if len(each) <= most), pictures[-1])
    return _fitted(Enclosure(attached(picture, JPEG), picture), most)


def _fitted(enclosure: Enclosure, most: int) -> Enclosure:
    if len(enclosure.content) > most:
        raise UsageError(say("this does not fit a letter; shorten it, or leave the attachment away"))
    return enclosure


def _card(content: bytes) -> Enclosure | None:
    try:
        card = decode(Card, content, max_length=MAX_CARD_LENGTH)
    except SourceError:
        return None
    return Enclosure(attached(content, CARD, name=clean_line(card.name)), content)


def _share(content: bytes) -> Enclosure | None:
    """The words of one share; what stands around them stays here."""
    found = words_in(content.decode("utf-8", "replace")) if len(content) <= _SHORT else []
    if len(found) != 1:
        return None
    words = found[0].encode() + b"\n"
    return Enclosure(attached(words, SHARE), words)


def _proposal(content: bytes) -> Enclosure | None:
    try:
        read_proposal(content)
    except SourceError:
        return None
    return Enclosure(attached(content, PROPOSAL), content)


# -- what came ---------------------------------------------------------------------------------------------------------


def saved(library: Library, text: str) -> SavedAttachment:
    """What lies beside a letter, for a person who asks: looked at by a worker, a picture made anew by it.

    Raises: UsageError where there is nothing, or of a kind that is not opened; DamagedError where it is not what it
    says; LibraryError.
    """
    said, content = attachment(library, text)
    if said.kind not in _LOOKS:
        raise UsageError(
            say("what lies beside this letter is of a kind that is not opened here: {kind}", kind=said.media_type)
        )
    suffix, found = _LOOKS[said.kind](content)
    return SavedAttachment(said.kind, clean_line(said.name), suffix, found)


def _heard(content: bytes) -> tuple[str, bytes]:
    """A demo as it came: that it is audio is what the worker says."""
    with ParserPool(workers=1) as pool:
        return AUDIO_TYPES[_sound(pool, BytesReader(content)).media_type], content


def _seen(content: bytes) -> tuple[str, bytes]:
    """A picture as the worker saw it: what a stranger put beside its pixels stays here."""
    with ParserPool(workers=1) as pool:
        return ".jpg", pool.scale(content, SIDES[:1])[0]


def _read_card(content: bytes) -> tuple[str, bytes]:
    decode(Card, content, max_length=MAX_CARD_LENGTH)
    return ".json", content


def _read_proposal(content: bytes) -> tuple[str, bytes]:
    read_proposal(content)
    return ".json", content


def _read_share(content: bytes) -> tuple[str, bytes]:
    found = _share(content)
    if found is None:
        raise DamagedError(say("what lies beside this letter is no share; ask for it again"))
    return ".txt", found.content


_LOOKS: dict[Kind, Callable[[bytes], tuple[str, bytes]]] = {
    "demo": _heard,
    "picture": _seen,
    "card": _read_card,
    "proposal": _read_proposal,
    "share": _read_share,
}


def shown(library: Library, text: str, pool: ParserPool) -> tuple[str, bytes]:
    """A demo or a picture as a worker made it anew, and its media type: for what cannot be trusted to look at others.

    Raises: UsageError where it is neither; DamagedError, UnsupportedError, LibraryError.
    """
    said, content = attachment(library, text)
    match said.kind:
        case "demo":
            return "audio/opus", b"".join(pool.encode(BytesReader(content), "opus-128"))
        case "picture":
            return JPEG, pool.scale(content, SIDES[:1])[0]
    raise UsageError(say("what lies beside this letter is neither music nor a picture"))
