"""A sleeve to print: one A4 page with a J-card, outside and inside, and a tape's labels, in true millimetres. PURE.

In the manner of those that were typed and cut at home. What the album says stands in its own words, what is ours in the
reader's language. The code says whose it is and which root was the newest: that stays true for ever.

Source: the J-card of a compact cassette: front 65 by 101.6 mm, spine 12.7, flap 25; a label is 89 by 42.
"""

from __future__ import annotations

import base64
import hashlib
from collections.abc import Callable, Generator, Iterator, Sequence
from functools import partial
from typing import NamedTuple

from msgspec.structs import replace

from magnitizdat.formats.drawing import svg
from magnitizdat.formats.names import imprint_words
from magnitizdat.formats.sleeve import album_sleeve
from magnitizdat.model import Imprint, Name, Release
from magnitizdat.pages.markup import Html, el, one_line, text
from magnitizdat.pages.parts import ListedTrack, rows, sides, year
from magnitizdat.pages.qr import qr_path
from magnitizdat.pages.typewriter import Area, TypedLine, Typing, largest, millimetres, ruled, typed, wrapped
from magnitizdat.sentence import Voice, byline, clock, say

FRONT, SPINE, FLAP, TALL = 65.0, 12.7, 25.0, 101.6
WIDE = FLAP + SPINE + FRONT
LABEL_WIDE, LABEL_TALL = 89.0, 42.0
PAGE_WIDE, PAGE_TALL = 210.0, 297.0
LEFT, TOP, GAP = 8.0, 20.0, 9.0
CODE = 24.0
"""Side of the code, with room around it."""

_SIZES = (3.4, 3.2, 3.0, 2.8, 2.6, 2.4, 2.2, 2.0, 1.8)
_MORE = (2.6, 2.4, 2.2, 2.0, 1.8, (1.8, 2), (1.6, 2), (1.4, 2), (1.25, 2), (1.1, 3), (1.0, 3))
LEAF = 62.0
"""What of a leaf lies in the case."""
_TITLES = (10.0, 8.5, 7.2, 6.2, 5.4, 4.6, 4.0, 3.4, 2.8, 2.3, 1.9, 1.6)

STYLE = """
@page{size:210mm 297mm;margin:0}
html,body{margin:0;padding:0;background:#fff}
svg.sheet{display:block;width:210mm;height:296.9mm;overflow:hidden;
font-family:"Courier Prime","Courier New",Courier,"Liberation Mono","DejaVu Sans Mono",monospace;fill:#1b1815}
.bold{font-weight:700}
.soft{fill:#655d51}
.red{fill:#b91d18;font-weight:700}
.paper{fill:#fbf8f0}
.on-red{fill:#fbf8f0;font-weight:700}
.cut{fill:none;stroke:#1b1815;stroke-width:.15}
.fold{fill:none;stroke:#655d51;stroke-width:.15;stroke-dasharray:1.2 1.2}
.rule{stroke:#1b1815;stroke-width:.3}
.hair{stroke:#cfc6b4;stroke-width:.12}
.stamp{fill:none;stroke:#b91d18;stroke-width:.45}
.stripe{fill:#b91d18}
.ink{fill:#1b1815}
@media print{svg.sheet{-webkit-print-color-adjust:exact;print-color-adjust:exact}}
"""
POLICY = (
    "default-src 'none'; base-uri 'none'; form-action 'none'; img-src data:; "
    f"style-src 'sha256-{base64.b64encode(hashlib.sha256(STYLE.encode()).digest()).decode()}'"
)


class Inlay(NamedTuple):
    """What goes on a sleeve. `cover` and its type are empty where it has none; `code` is the text of the QR.

    `notes` are those in one language, as they were written.
    """

    release: Release
    label: Name
    imprint: Imprint
    code: str
    cover: bytes = b""
    cover_type: str = ""
    notes: str = ""


def inlay_page(inlay: Inlay, voice: Voice) -> bytes:
    """The page; `voice` says what is ours on it."""
    inlay = _spoken(inlay, voice)
    sheet = el(
        "svg",
        {
            "class": "sheet",
            "xmlns": "http://www.w3.org/2000/svg",
            "width": "210mm",
            "height": "296.9mm",
            "viewBox": "0 0 210 296.9",
            "role": "img",
            "aria-label": f"{one_line(inlay.release.artist)} — {one_line(inlay.release.title)}",
        },
        *_sheet(inlay, voice),
    )
    head = el(
        "head",
        {},
        el("meta", {"charset": "utf-8"}),
        el("meta", {"http-equiv": "Content-Security-Policy", "content": POLICY}),
        el("meta", {"name": "referrer", "content": "no-referrer"}),
        el("meta", {"name": "generator", "content": "mag"}),
        el("title", {}, text(f"{one_line(inlay.release.title)} · {one_line(inlay.release.artist)}")),
        Html(f"<style>{STYLE}</style>"),
    )
    page = el("html", {"lang": voice.language, "dir": "ltr"}, head, el("body", {}, sheet))
    return f"<!doctype html>\n{page}\n".encode()


def _spoken(inlay: Inlay, voice: Voice) -> Inlay:
    """Those whom nobody named are told in the voice's language; the picture is that of the album in each."""
    cover, kind = inlay.cover, inlay.cover_type
    if not cover:
        cover, kind = svg(album_sleeve(inlay.release.title, inlay.release.artist)).encode(), "image/svg+xml"
    tracks = tuple(replace(each, artist=voice.said(byline(each.artist))) for each in inlay.release.tracks)
    release = replace(inlay.release, artist=voice.said(byline(inlay.release.artist)), tracks=tracks)
    return inlay._replace(release=release, cover=cover, cover_type=kind)


def _sheet(inlay: Inlay, voice: Voice) -> Iterator[Html]:
    inside = Area(LEFT, TOP + TALL + GAP, WIDE, TALL)
    under = Area(LEFT, inside.y + TALL + GAP, WIDE, 0)
    beside = Area(LEFT + WIDE + 5, TOP, LABEL_WIDE, LABEL_TALL)
    leaf = Area(beside.x, TOP + 2 * (LABEL_TALL + GAP), LABEL_WIDE, 0)
    yield from _ruler(voice)
    yield from _outside(inlay, voice, Area(LEFT, TOP, WIDE, TALL))
    rest = yield from _inside(inlay, voice, inside, _listed(inlay.release, voice))
    yield from _tape_labels(inlay, beside, _heads(inlay.release, voice))
    if rest:
        yield from _leaf(leaf, lambda box: _more_songs(rest, box, voice))
    if inlay.notes:
        yield from _leaf(under if rest else leaf, lambda box: _noted(inlay, box))


# -- what is typed -----------------------------------------------------------------------------------------------------


class _TypedSong(NamedTuple):
    """A track as it is listed, or the heading of a side."""

    number: str
    title: str
    length: str


def _heads(release: Release, voice: Voice) -> list[str]:
    """What the sides of it are called; one that is not divided has none."""
    found = [voice.said(heading) for heading, _ in sides(rows(release))]
    return found if len(found) > 1 else []


def _listed(release: Release, voice: Voice) -> list[_TypedSong]:
    found: list[_TypedSong] = []
    parts = sides(rows(release))
    for heading, listed in parts:
        if len(parts) > 1:
            found.append(_TypedSong("", voice.said(heading), ""))
        found += [_song(release, row) for row in listed]
    return found


def _song(release: Release, row: ListedTrack) -> _TypedSong:
    by = one_line(row.track.artist)
    title = one_line(row.track.title)
    named = title if by == one_line(release.artist) else f"{by} — {title}"
    return _TypedSong(str(row.number), named, clock(row.track.duration_s))


def _song_lines(songs: Sequence[_TypedSong], width: int) -> list[TypedLine]:
    """Each song on as many lines as it takes; its length stands at the end of the first."""
    margin = max((len(song.number) for song in songs), default=0) + 1
    found: list[TypedLine] = []
    for song in songs:
        if not song.number:
            found += [TypedLine(part, style="red") for part in wrapped(song.title, width)]
            continue
        narrow = max(4, width - margin - len(song.length) - 1)
        first, *more = wrapped(song.title, narrow) or [""]
        found.append(TypedLine(f"{song.number:>{margin - 1}} {first}", song.length))
        found += [TypedLine(part, indent=margin) for part in more]
    return found


def _fitting(songs: Sequence[_TypedSong], box: Area) -> tuple[Typing, Sequence[_TypedSong]]:
    """The songs that fit at a size that one can read, and the others."""
    for taken in range(len(songs), 0, -1):
        typing = largest(partial(_song_lines, songs[:taken]), box, _SIZES)
        if not typing.lost:
            return typing, songs[taken:]
    return Typing(_SIZES[-1], 1, [], []), songs


# -- parts of the page -------------------------------------------------------------------------------------------------


def _ruler(voice: Voice) -> Iterator[Html]:
    """What tells whether the printer kept to millimetres."""
    said = voice.said(
        say(
            "Print at 100 %, on A4: this line is 100 mm long. Cut along the lines, fold along the dashes;"
            " outside and inside are glued back to back."
        )
    )
    yield from _fitted(said, Area(LEFT, 5.6, 194, 7), (2.3, 2.1, 1.9), "soft")
    yield _path(f"M{LEFT} 14h100M{LEFT} 13v2M{LEFT + 100} 13v2", "cut")


def _outside(inlay: Inlay, voice: Voice, box: Area) -> Iterator[Html]:
    """Flap, spine and front, side by side as they are folded."""
    yield from _flap(inlay, voice, Area(box.x, box.y, FLAP, TALL))
    yield from _spine(inlay, Area(box.x + FLAP, box.y, SPINE, TALL))
    yield from _front(inlay, Area(box.x + FLAP + SPINE, box.y, FRONT, TALL))
    yield _rectangle(box, "cut")
    yield _path(
        f"M{millimetres(box.x + FLAP)} {box.y}v{TALL}M{millimetres(box.x + FLAP + SPINE)} {box.y}v{TALL}", "fold"
    )


def _front(inlay: Inlay, box: Area) -> Iterator[Html]:
    """A picture as wide as the card, and under it what is typed over a red stripe."""
    yield _picture(inlay, Area(box.x, box.y, FRONT, FRONT))
    below = Area(box.x, box.y + FRONT, FRONT, TALL - FRONT)
    yield _rectangle(below, "ink")
    yield _rectangle(Area(below.x, below.y, FRONT, 2.2), "stripe")
    words = Area(below.x + 4, below.y + 5.2, FRONT - 8, 20.5)
    yield from _fitted(inlay.release.title, words, _TITLES[1:], "on-red")
    yield from _fitted(
        inlay.release.artist, Area(words.x, below.y + 27, words.width, 7.2), (4.2, 3.6, 3.0, 2.5, 2.1, 1.7), "paper"
    )


def _spine(inlay: Inlay, box: Area) -> Iterator[Html]:
    """Read with the tape lying: along the long edge."""
    yield _rectangle(Area(box.x, box.y, SPINE, 7), "stripe")
    flat = Area(10, 2.4, TALL - 13, SPINE - 4.8)
    said = f"{one_line(inlay.release.artist)} — {one_line(inlay.release.title)}"
    words = _fitted(said, flat, (5.6, 5.0, 4.4, 3.8, 3.2, 2.7, 2.2, 1.8), "bold", centred=True)
    yield _turned(box, SPINE, words)


def _flap(inlay: Inlay, voice: Voice, box: Area) -> Iterator[Html]:
    """Behind the tape, read with it lying: what one looks for first."""
    release = inlay.release
    flat = Area(4, 3, TALL - 8, FLAP - 6)
    total = clock(sum(track.duration_s for track in release.tracks))
    count = voice.said(say("{count} {count:track|tracks}", count=len(release.tracks)))
    facts = " · ".join(each for each in (year(release), f"{count}, {total}") if each)
    parts = [
        *_fitted(release.title, Area(flat.x, flat.y, flat.width, 8), (4.6, 4.0, 3.4, 2.9, 2.4, 2.0, 1.7), "bold"),
        *_fitted(
            f"{one_line(inlay.label)} · {facts}", Area(flat.x, flat.y + 9, flat.width, 4.4), (2.8, 2.4, 2.0, 1.7), ""
        ),
        _path(f"M{flat.x} {flat.y + 14}h{flat.width}", "rule"),
        *_fitted(imprint_words(inlay.imprint), Area(flat.x, flat.y + 15.4, flat.width, 3.6), (3.0, 2.6, 2.2), "red"),
    ]
    yield _turned(box, FLAP, parts)


def _inside(
    inlay: Inlay, voice: Voice, box: Area, listed: Sequence[_TypedSong]
) -> Generator[Html, None, Sequence[_TypedSong]]:
    """What one reads with the card open: songs behind the front, the code behind the flap. Returns what did not fit."""
    front = Area(box.x, box.y, FRONT, TALL)
    flap = Area(box.x + FRONT + SPINE, box.y, FLAP, TALL)
    yield from _fitted(
        inlay.release.title, Area(front.x + 4, front.y + 4, FRONT - 8, 8), (4.6, 4.0, 3.4, 2.9, 2.4, 2.0, 1.7), "bold"
    )
    yield _path(f"M{front.x + 4} {front.y + 13}h{FRONT - 8}", "rule")
    songs = Area(front.x + 4, front.y + 15, FRONT - 8, TALL - 19)
    typing, rest = _fitting(listed, songs)
    yield from typed(typing, songs)
    yield _path("".join(f"M{songs.x} {millimetres(y)}h{songs.width}" for y in ruled(typing, songs)), "hair")
    yield from _verdict(inlay, voice, flap)
    flat = Area(6, 3.6, TALL - 12, SPINE - 7.2)
    label = _fitted(inlay.label, flat, (3.4, 3.0, 2.6, 2.2, 1.8), "soft", centred=True)
    yield _turned(Area(box.x + FRONT, box.y, SPINE, TALL), SPINE, label)
    yield _rectangle(box, "cut")
    yield _path(f"M{front.x + FRONT} {box.y}v{TALL}M{millimetres(flap.x)} {box.y}v{TALL}", "fold")
    return rest


def _verdict(inlay: Inlay, voice: Voice, box: Area) -> Iterator[Html]:
    """The code, the four words, and what they are for."""
    yield from _code(inlay.code, Area(box.x + (FLAP - CODE) / 2, box.y + 1, CODE, CODE))
    words = Area(box.x + 2.5, box.y + CODE + 3, FLAP - 5, 16)
    four = imprint_words(inlay.imprint).split("-")
    yield from typed(Typing(3.0, 1, [TypedLine(word, style="red") for word in four], []), words)
    said = voice.said(
        say(
            "Genuine «{label}» goes by these four words. The code tells mag which label this is.",
            label=one_line(inlay.label),
        )
    )
    below = Area(words.x, words.y + 18, words.width, TALL - CODE - 42)
    yield from _fitted(said, below, (2.2, 2.0, 1.8, 1.6, 1.4, 1.2), "")
    yield from _stamp(voice.said(say("Signed")), Area(box.x + 2.5, box.y + TALL - 14, FLAP - 5, 8))


def _stamp(said: str, box: Area) -> Iterator[Html]:
    """As a rubber one leaves it."""
    middle = f"rotate(-3 {millimetres(box.x + box.width / 2)} {millimetres(box.y + box.height / 2)})"
    inner = Area(box.x + 0.8, box.y + 0.8, box.width - 1.6, box.height - 1.6)
    words = Area(box.x + 2, box.y + 1.4, box.width - 4, box.height - 2.8)
    stamped = _fitted(said.upper(), words, (3.4, 3.0, 2.6, 2.2, 1.9, 1.6, 1.3), "red", centred=True)
    yield el("g", {"transform": middle}, _rectangle(box, "stamp"), _rectangle(inner, "stamp"), *stamped)


def _tape_labels(inlay: Inlay, box: Area, heads: Sequence[str]) -> Iterator[Html]:
    """One for each side of the tape, with room for its two wheels."""
    for number in range(2):
        at = Area(box.x, box.y + number * (LABEL_TALL + GAP), LABEL_WIDE, LABEL_TALL)
        yield _rectangle(at, "cut", radius=2)
        yield _rectangle(Area(at.x, at.y + 31.5, LABEL_WIDE, 2.4), "stripe")
        yield _rectangle(Area(at.x + 17, at.y + 14, 55, 14), "cut", radius=7)
        letter = "AB"[number]
        yield from typed(Typing(10, 1, [TypedLine(letter, style="bold")], []), Area(at.x + 5, at.y + 15, 9, 12))
        yield from _fitted(
            inlay.release.title, Area(at.x + 5, at.y + 3, LABEL_WIDE - 10, 5.4), (4.4, 3.8, 3.2, 2.6, 2.2, 1.8), "bold"
        )
        yield from _fitted(inlay.release.artist, Area(at.x + 5, at.y + 9, LABEL_WIDE - 10, 4), (3.0, 2.6, 2.2, 1.8), "")
        head = heads[number] if len(heads) == 2 else ""
        below = f"{one_line(inlay.label)}{f' · {head}' if head else ''}"
        yield from _fitted(below, Area(at.x + 5, at.y + 36, LABEL_WIDE - 10, 4), (2.6, 2.2, 1.9, 1.6), "soft")


def _leaf(box: Area, fill: Callable[[Area], Typing]) -> Iterator[Html]:
    """A leaf to lie in the case, as long as what is on it, folded where it is longer than that."""
    words = Area(box.x + 4, box.y + 4, box.width - 8, PAGE_TALL - 8 - box.y - 8)
    typing = fill(words)
    leaf = box._replace(height=typing.tall(words) + 8)
    yield from typed(typing, words)
    yield _rectangle(leaf, "cut")
    folds = (millimetres(leaf.y + LEAF * each) for each in range(1, 1 + int(leaf.height / LEAF)))
    yield _path("".join(f"M{millimetres(leaf.x)} {y}h{leaf.width}" for y in folds), "fold")


def _more_songs(rest: Sequence[_TypedSong], box: Area, voice: Voice) -> Typing:
    """As small as it must be; of what cannot be typed at all, how much it is."""
    typing = largest(partial(_song_lines, rest), box, _MORE)
    if not typing.lost:
        return typing
    *kept, last = typing.lines
    left = sum(bool(line.right) for line in (last, *typing.lost))
    return typing._replace(lines=[*kept, TypedLine(voice.said(say("and {n} more", n=left)), style="soft")])


def _noted(inlay: Inlay, box: Area) -> Typing:
    paragraphs = inlay.notes.removeprefix(f"# {inlay.release.title}\n").strip("\n").splitlines()

    def make(width: int) -> list[TypedLine]:
        found: list[TypedLine] = []
        for paragraph in paragraphs:
            found += [TypedLine(part) for part in wrapped(paragraph.lstrip("# "), width)] or [TypedLine("")]
        return found

    typing = largest(make, box, (2.8, 2.6, 2.4, 2.2, 2.0, (2.0, 2), (1.8, 2)))
    return typing if not typing.lost else typing._replace(lines=[*typing.lines[:-1], TypedLine("…")])


# -- how it is drawn ---------------------------------------------------------------------------------------------------


def _fitted(written: str, box: Area, sizes: Sequence[float], style: str, *, centred: bool = False) -> list[Html]:
    """Some words as large as they fit; the end of what never does is left out."""
    typing = largest(lambda width: [TypedLine(part, style=style) for part in wrapped(written, width)], box, sizes)
    if typing.lost:
        typing.lines[-1] = TypedLine(f"{typing.lines[-1].left[:-1]}…", style=style)
    if centred:
        box = box._replace(y=box.y + (box.height - typing.tall(box)) / 2)
    return typed(typing, box)


def _turned(box: Area, wide: float, parts: Sequence[Html]) -> Html:
    """Parts that were placed in a box that lies, turned to stand in one that is `wide` millimetres wide."""
    where = f"translate({millimetres(box.x + wide)} {millimetres(box.y)}) rotate(90)"
    return el("g", {"transform": where}, *parts)


def _picture(inlay: Inlay, box: Area) -> Html:
    source = f"data:{inlay.cover_type};base64,{base64.b64encode(inlay.cover).decode()}"
    return el("image", {**_place(box), "href": source, "preserveAspectRatio": "xMidYMid slice"})


def _code(code: str, box: Area) -> Iterator[Html]:
    drawn, modules = qr_path(code)
    scale = box.width / modules
    where = f"translate({millimetres(box.x)} {millimetres(box.y)}) scale({scale:.5f})"
    yield el("path", {"transform": where, "d": drawn, "fill": "#000", "shape-rendering": "crispEdges"})


def _rectangle(box: Area, style: str, *, radius: float = 0) -> Html:
    return el("rect", {**_place(box), "class": style, "rx": millimetres(radius) if radius else None})


def _place(box: Area) -> dict[str, str]:
    return dict(zip(("x", "y", "width", "height"), map(millimetres, box), strict=True))


def _path(drawn: str, style: str) -> Html:
    return el("path", {"d": drawn, "class": style})
