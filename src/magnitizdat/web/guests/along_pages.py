"""The page on which guests take a sealed reel along, and the page that opens it. PURE."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from magnitizdat.ops.give.handing_on import Handing
from magnitizdat.pages import pocket
from magnitizdat.pages.markup import NOTHING, Html, el, text
from magnitizdat.web.guests.along_words import AlongWords, along_words_of
from magnitizdat.web.guests.pages import Frame, document, next_link, paged


def along_page(frame: Frame, reels: Sequence[Handing], *, page: int = 0, is_front: bool = False) -> bytes:
    """What can be taken sealed, and all that whoever takes it should know. `is_front`: nothing else is there."""
    words = along_words_of(frame.language)
    pages = paged(list(_reels(frame, words, reels)))
    shown = pages[page] if page < len(pages) else []
    address = "" if is_front else "take"
    body = [
        NOTHING if is_front else el("p", {}, el("a", {"href": frame.link("./")}, text(f"← {frame.words.back}"))),
        el("h1", {}, text(words.heading)),
        el("p", {"class": "by"}, text(frame.words.until.format(time=frame.until))),
        el("p", {}, text(words.what)) if page == 0 else NOTHING,
        *shown,
        next_link(frame.words, frame.link(f"{address}?page={page + 1}")) if page + 1 < len(pages) else NOTHING,
        *(_opening(frame, words) if page == 0 else ()),
        el("div", {"class": "box"}, *(el("p", {}, text(each)) for each in _told(frame, words))),
        el("p", {"class": "soft"}, text(frame.words.right)),
    ]
    whole = el("div", {"class": "take-along"}, *body)
    return document(frame, words.heading, whole, here="./" if is_front else "")


def _reels(frame: Frame, words: AlongWords, reels: Sequence[Handing]) -> Iterator[Html]:
    for number, reel in enumerate(reels):
        heading = words.reel if len(reels) == 1 else words.number.format(number=number + 1)
        yield el("h2", {}, text(heading))
        yield from _files(frame, words, number, reel)
    yield el("p", {"class": "soft"}, text(words.goes_on))


def not_to_be_had(words: AlongWords, reel: Handing) -> str:
    """How far it is read, or that it cannot be just now."""
    return words.awaited.format(percent=reel.percent) if reel.is_awaited else words.gone


def _files(frame: Frame, words: AlongWords, number: int, reel: Handing) -> Iterator[Html]:
    if reel.found is None:
        yield el("p", {"class": "box", "role": "status"}, text(not_to_be_had(words, reel)))
        return
    volumes, found = reel.found.volumes, reel.found
    if len(volumes) > 1:
        yield el("p", {}, text(words.several.format(count=len(volumes))))
    for at, volume in enumerate(volumes):
        size = frame.words.size(volume.length)
        shown = words.take_reel.format(size=size)
        if len(volumes) > 1:
            shown = words.take_file.format(number=at + 1, count=len(volumes), size=size)
        yield el("p", {"class": "take"}, el("a", {"class": "big", "href": f"r{number}.{at}"}, text(shown)))
        yield el("p", {"class": "soft", "dir": "ltr"}, text(volume.name))
    if found.unreadable:
        yield el("p", {}, text(words.mend))


def _opening(frame: Frame, words: AlongWords) -> Iterator[Html]:
    """The page: to take, to open from here, and on what."""
    yield el("h2", {}, text(words.page))
    yield el("p", {}, text(words.page_what))
    size = frame.words.size(len(pocket.page()))
    yield el(
        "p",
        {"class": "take"},
        el("a", {"class": "big", "href": f"{pocket.NAME}?keep=1"}, text(words.take_page.format(size=size))),
    )
    yield el("p", {}, text(words.compare))
    lines = _grouped(pocket.fingerprint())
    yield el("p", {"class": "soft"}, text(words.fingerprint))
    yield el("p", {"class": "sum", "dir": "ltr"}, *(el("span", {}, text(f"{line} ")) for line in lines))
    yield el("h2", {}, text(words.here))
    yield el("p", {}, text(words.here_what))
    yield el("p", {"class": "take"}, el("a", {"class": "big quiet", "href": pocket.NAME}, text(words.open_page)))
    yield el("p", {}, text(words.here_risk))
    yield el("h2", {}, text(words.where))
    places = (words.computers, words.android, words.iphone)
    yield el("ul", {"class": "where"}, *(el("li", {}, text(each)) for each in places))
    yield el("p", {"class": "soft"}, text(words.tried))


def _grouped(digits: str) -> list[str]:
    """Lines of four groups, as people compare them."""
    return [" ".join(digits[at + four : at + four + 4] for four in range(0, 16, 4)) for at in range(0, len(digits), 16)]


def _told(frame: Frame, words: AlongWords) -> tuple[str, ...]:
    return words.wifi, words.warns, frame.words.no_internet
