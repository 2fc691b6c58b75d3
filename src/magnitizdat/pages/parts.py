"""Parts that the static pages share: paths, file names, durations, covers, the box about trust. PURE."""

from __future__ import annotations

import base64
import shlex
from collections.abc import Sequence
from typing import NamedTuple

from magnitizdat.formats.drawing import svg
from magnitizdat.formats.names import imprint_picture, imprint_words, portable_names
from magnitizdat.formats.sleeve import album_sleeve
from magnitizdat.formats.spool_paths import blob_path, text_path
from magnitizdat.model import (
    AUDIO_TYPES,
    IMAGE_TYPES,
    MEDIA_TYPES,
    TEXT_TYPES,
    File,
    Freshness,
    Imprint,
    Name,
    Release,
    ShortText,
    Track,
    Value,
)
from magnitizdat.pages.markup import NOTHING, Html, el, join, name_of_music, one_line, ours, text
from magnitizdat.pages.words import AboutPage, about_in
from magnitizdat.sentence import IN_ENGLISH, Sentence, Voice, say

TO_ROOT = "../../"
"""From the folder of a label's pages, `labels/<imprint>/`, to the root of the spool."""


class ShownLabel(Value, frozen=True, kw_only=True):
    """A label as its pages show it. `url`: where the spool will stand (a web address), empty where nobody knows yet."""

    imprint: Imprint
    name: Name
    about: ShortText = ""
    url: ShortText = ""
    freshness: Freshness | None = None
    voices: tuple[Voice, ...] = (IN_ENGLISH,)


def blob_link(file: File) -> str:
    """A blob, as seen from a label's folder."""
    path = blob_path(file.sha256)
    return TO_ROOT + (text_path(path) if file.media_type in TEXT_TYPES else path)


def is_audio(file: File) -> bool:
    """Whether the allow-list knows it as audio; nothing else gets a player or a link (law 1)."""
    return file.media_type in AUDIO_TYPES


def in_order(release: Release) -> list[Track]:
    """Tracks in the order of listening."""
    return sorted(release.tracks, key=lambda track: track.place)


class ListedTrack(NamedTuple):
    """A track as it stands in the list: its number and its file name without suffix."""

    track: Track
    number: int
    stem: str


def rows(release: Release) -> list[ListedTrack]:
    """Rows in the order of listening; stems are `01 Title`, or `2-01 Title` where there are several discs."""
    tracks = in_order(release)
    discs = len({track.disc for track in tracks}) > 1
    numbers = [place if track.number is None else track.number for place, track in enumerate(tracks, start=1)]
    stems = portable_names(
        [
            f"{f'{track.disc}-' if discs else ''}{number:02d} {one_line(track.title)}"
            for track, number in zip(tracks, numbers, strict=True)
        ],
        max_bytes=100,  # a language and a suffix follow
    )
    return [ListedTrack(*row) for row in zip(tracks, numbers, stems, strict=True)]


def megabytes(length: int) -> str:
    """`length` bytes for people: at least 0.1 MB."""
    return f"{max(length, 100_000) / 1e6:.1f} MB"


def suffix(file: File) -> str:
    """The suffix that the media type asks for, with its dot."""
    return MEDIA_TYPES.get(file.media_type, "")


def year(release: Release) -> str:
    """Year of the music, or of its publication; empty where neither is said."""
    return (release.date or release.released)[:4]


def cover(release: Release) -> Html:
    """The cover as a picture: its blob, or a sleeve of our own, which says nothing to readers of screens."""
    file = release.cover
    if file is not None and file.media_type in IMAGE_TYPES:
        described = f"Cover of {one_line(release.title)} by {one_line(release.artist)}"
        return el("img", {"src": blob_link(file), "alt": described, "width": "600", "height": "600", "loading": "lazy"})
    return drawn_cover(release)


def drawn_cover(release: Release) -> Html:
    """A sleeve of our own, for what has none."""
    return _data_image(svg(album_sleeve(release.title, release.artist)), alt="", side=600)


def picture(label: ShownLabel) -> Html:
    """The picture of the imprint; as a `data:` image, so that no markup of it joins ours."""
    return imprint_image(label.imprint, alt=f"Picture of the imprint {imprint_words(label.imprint)}")


def imprint_image(imprint: str, *, alt: str = "") -> Html:
    """The same where the four words stand beside it."""
    return _data_image(imprint_picture(imprint), alt=alt, side=76)


def _data_image(drawn: str, *, alt: str, side: int) -> Html:
    source = f"data:image/svg+xml;base64,{base64.b64encode(drawn.encode()).decode()}"
    return el("img", {"src": source, "alt": alt, "width": str(side), "height": str(side)})


def words(label: ShownLabel) -> Html:
    """The four words of the imprint."""
    return el("span", {"class": "words", "translate": "no"}, text(imprint_words(label.imprint)))


def dub_command(url: str) -> str:
    """What to type to take the music; quoted for a shell, as people copy it."""
    return f"mag dub {shlex.quote(one_line(url)) if one_line(url) else 'ADDRESS'}"


def signature(label: ShownLabel, claim: Html, *, stamp: str) -> Html:
    """Who signed: stamp, claim, the four words, the picture, how new the label's list was when this was written."""
    said = [el("p", {"class": "stamp"}, text(stamp)), el("p", {}, claim), el("p", {}, words(label)), _fresh(label)]
    return el("div", {"class": "signature"}, picture(label), el("div", {}, *said))


def about_page(label: ShownLabel) -> Html:
    """What a page is worth and how to take the music, in English and, folded, in the other languages."""
    first, *others = ((voice, about_in(voice)) for voice in label.voices)
    parts = [el("h2", {}, text(first[1].heading)), _about(label, first[1])]
    for voice, about in others:
        heading = el("summary", {}, text(about.heading))
        parts.append(el("details", {"lang": voice.language, "dir": voice.direction}, heading, _about(label, about)))
    return el("section", {"class": "about"}, *parts)


def _about(label: ShownLabel, about: AboutPage) -> Html:
    name = one_line(label.name)
    parts = [
        el("p", {}, text(about.what.format(name=name))),
        el("p", {}, text(about.sums.format(name=name))),
        el("p", {}, text(about.how), el("code", {"class": "command", "translate": "no"}, text(dub_command(label.url)))),
    ]
    if not one_line(label.url):
        parts.append(el("p", {"class": "soft"}, text(about.where)))
    return join(parts)


def _fresh(label: ShownLabel) -> Html:
    known = label.freshness
    if known is None:
        return NOTHING
    signed = el("time", {}, text(known.signed_on))
    since = join([ours(", signed on "), signed]) if known.signed_on else NOTHING
    return el("p", {"class": "soft"}, ours(f"Version {known.version} of the label's list"), since)


def sides(listed: Sequence[ListedTrack]) -> list[tuple[Sentence, Sequence[ListedTrack]]]:
    """Heading and rows: by disc where there are several, else by the two sides of a tape where both have enough."""
    discs = sorted({row.track.disc for row in listed})
    if len(discs) > 1:
        return [(say("Disc {disc}", disc=disc), [row for row in listed if row.track.disc == disc]) for disc in discs]
    half, turn, played = sum(row.track.duration_s for row in listed) / 2, 0, 0.0
    for row in listed:
        if played + row.track.duration_s / 2 > half:
            break
        played += row.track.duration_s
        turn += 1
    if len(listed) < 6 or turn < 2 or len(listed) - turn < 2:
        return [(say("Tracks"), listed)]
    return [(say("Side A"), listed[:turn]), (say("Side B"), listed[turn:])]


def facts_of(label: str, release: Release) -> list[tuple[Sentence, str]]:
    """What stands on the sleeve of a release: terms, and what is said of each, perhaps nothing."""
    return [
        *((say("By"), f"{each.role}: {each.name}" if each.role else each.name) for each in release.credits),
        (say("Label"), label),
        (say("Licence"), release.licence),
        (say("This edition"), release.released if release.published else ""),
        (say("Published"), release.published or release.released),
        (say("Support the maker"), release.support),
        (say("Genres"), ", ".join(release.genres)),
    ]


def release_card(release: Release) -> Html:
    """A release on the shelf of its label: cover, title, artist, year."""
    marked = el("span", {"class": "soft"}, text("Withdrawn")) if release.withdrawn else NOTHING
    facts = " · ".join(part for part in (one_line(release.artist), year(release)) if part)
    return el(
        "li",
        {"class": "gone" if release.withdrawn else None},
        el(
            "a",
            {"href": f"{release.id}.html"},
            el("div", {"class": "cover"}, cover(release)),
            name_of_music(release.title, element="b"),
            name_of_music(facts, css="soft"),
            Html(f" {marked}") if marked else NOTHING,
        ),
    )
