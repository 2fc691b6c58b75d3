"""Static pages of an archive: a shelf and a page for each album, in every language, beside the files themselves. PURE.

No script runs and nothing is fetched from anywhere: a browser shows and plays them from a disk, in years too.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import NamedTuple
from urllib.parse import quote

from magnitizdat.formats.names import imprint_words
from magnitizdat.model import Imprint, Name, Release, Shortfall, Track
from magnitizdat.pages.markup import NOTHING, Html, el, from_markdown, join, name_of_music, one_line, ours, text
from magnitizdat.pages.parts import ListedTrack, drawn_cover, facts_of, imprint_image, rows, sides, year
from magnitizdat.pages.style import document
from magnitizdat.pages.words import KINDS, LANGUAGES
from magnitizdat.sentence import Sentence, Voice, byline, clock, say

SHOWN_SAID = 500
"""Voices of a label that a page shows."""
SHOWN_MISSING = 100
"""Lines of what is not here that a page shows."""


class ArchivedTrack(NamedTuple):
    """A track, and where its file lies from the page; an empty `link` is not here."""

    track: Track
    link: str


class ArchivedAlbum(NamedTuple):
    """An album in its folder. Links count from there; `notes`: language to Markdown."""

    release: Release
    folder: str
    tracks: tuple[ArchivedTrack, ...]
    cover: str
    playlist: str
    notes: Mapping[str, str]


class ShelfLine(NamedTuple):
    """An album on the shelf; `cover` counts from the shelf."""

    release: Release
    folder: str
    cover: str


class SaidLine(NamedTuple):
    """What the label says of something: of what, in a word, and at length, where it does."""

    about: str
    verdict: Sentence
    text: str = ""
    date: str = ""


class ArchivedLabel(NamedTuple):
    """Whose archive it is, and in which languages it speaks."""

    name: Name
    imprint: Imprint
    voices: tuple[Voice, ...]
    notes: Mapping[str, str]


def page_names(voices: Sequence[Voice]) -> list[str]:
    """A page for each language; the first is the one that a server or a person opens."""
    return ["index.html", *(f"index.{voice.language}.html" for voice in voices[1:])]


def shelf_page(
    label: ArchivedLabel,
    voice: Voice,
    albums: Sequence[ShelfLine],
    said: Sequence[SaidLine],
    missing: Sequence[Shortfall],
) -> bytes:
    """All albums of the label, what it says, what is not here, who signed it and how to take it back."""
    name = page_names(label.voices)[label.voices.index(voice)]
    cards = [_card(voice, line, name) for line in albums]
    shelf = el("ul", {"class": "shelf"}, *cards) if cards else el("p", {}, text(voice.said(say("Nothing yet."))))
    body = join(
        [
            el("h1", {"lang": "", "dir": "auto"}, text(label.name)),
            el("p", {"class": "by"}, text(voice.said(say("An archive: all that this label signed and that is here.")))),
            _notes(voice, label.name, label.notes) if label.notes else NOTHING,
            el("section", {"class": "list"}, el("h2", {}, text(voice.said(say("Albums")))), shelf),
            _voices(voice, label, said) if said else NOTHING,
            _missing(voice, missing) if missing else NOTHING,
            el("div", {"class": "card verdict"}, _signature(label, voice), _about(label, voice)),
        ]
    )
    return _page(label, voice, label.name, masthead=NOTHING, body=body)


def album_page(label: ArchivedLabel, voice: Voice, album: ArchivedAlbum) -> bytes:
    """Cover, tracks to play, notes in every language, who signed it."""
    release = album.release
    who = join(
        [name_of_music(by := _by(voice, release.artist)), ours(" — "), name_of_music(release.title), ours(" — ")]
    )
    front = el("div", {"class": "front"}, el("div", {"class": "cover"}, _cover(voice, release, album.cover)))
    spine = el("div", {"class": "spine", "aria-hidden": "true"}, el("span", {}, who, name_of_music(label.name)))
    written = _notes(voice, release.title, album.notes)
    body = join(
        [
            el("h1", {"lang": "", "dir": "auto"}, text(release.title)),
            _byline(label, voice, album),
            _withdrawn(voice, release) if release.withdrawn else NOTHING,
            el("article", {"class": "card jcard"}, front, spine, _tracks(voice, album), written),
            el("div", {"class": "card verdict"}, _facts(label, voice, release), _signature(label, voice, release)),
        ]
    )
    home = f"../{page_names(label.voices)[label.voices.index(voice)]}"
    back = el("a", {"href": home}, name_of_music(label.name))
    title = f"{one_line(release.title)} · {by}"
    return _page(label, voice, title, masthead=back, body=body)


def _by(voice: Voice, artist: str) -> str:
    return one_line(voice.said(byline(artist)))


def _page(label: ArchivedLabel, voice: Voice, title: str, *, masthead: Html, body: Html) -> bytes:
    names = zip(page_names(label.voices), label.voices, strict=True)
    others = [
        el("a", {"href": name, "lang": other.language, "hreflang": other.language}, text(_tongue(other.language)))
        for name, other in names
        if other != voice
    ]
    home = masthead or el("span", {}, name_of_music(label.name))
    return document(
        one_line(title),
        head=NOTHING,
        masthead=join([home, *others]),
        body=body,
        voice=voice,
        footer=voice.said(say("A page without scripts: nothing is fetched from anywhere else.")),
    )


def _tongue(code: str) -> str:
    return LANGUAGES.get(code.split("-", maxsplit=1)[0], code)


def link_to(path: str) -> str:
    """A path of ours as an address that counts from the page."""
    return quote(path)


def _card(voice: Voice, line: ShelfLine, page: str) -> Html:
    release = line.release
    by = " · ".join(part for part in (_by(voice, release.artist), year(release)) if part)
    gone = el("span", {"class": "soft"}, text(voice.said(say("Withdrawn")))) if release.withdrawn else NOTHING
    shown = el("div", {"class": "cover"}, _cover(voice, release, line.cover))
    title = name_of_music(release.title, element="b")
    link = el("a", {"href": link_to(f"{line.folder}/{page}")}, shown, title, name_of_music(by, css="soft"), gone)
    return el("li", {"class": "gone" if release.withdrawn else None}, link)


def _cover(voice: Voice, release: Release, link: str) -> Html:
    if not link:
        return drawn_cover(release)
    cover = voice.said(say("Cover of «{title}»", title=one_line(release.title)))
    return el("img", {"src": link, "alt": cover, "width": "600", "height": "600", "loading": "lazy"})


def _byline(label: ArchivedLabel, voice: Voice, album: ArchivedAlbum) -> Html:
    release, count = album.release, len(album.tracks)
    said = say("{count} {count:track|tracks}", count=count)
    total = clock(sum(each.track.duration_s for each in album.tracks))
    kind = KINDS.get(release.kind, "")
    facts = [voice.said(kind) if kind else "", year(release), one_line(label.name), f"{voice.said(said)}, {total}"]
    listed = " · ".join(fact for fact in facts if fact)
    playlist = el("a", {"href": link_to(album.playlist)}, text(voice.said(say("playlist"))))
    artist = name_of_music(_by(voice, release.artist), element="b")
    plays = Html(f" · {playlist}") if any(each.link for each in album.tracks) else NOTHING
    return el("p", {"class": "by"}, artist, ours(" · "), text(listed), plays)


def _withdrawn(voice: Voice, release: Release) -> Html:
    said = voice.said(say("Withdrawn. The label asks not to pass this on, so its music is not in the archive."))
    reason = el("p", {"lang": ""}, text(release.withdrawn_reason)) if release.withdrawn_reason else NOTHING
    return el("div", {"class": "withdrawn", "role": "note"}, text(said), reason)


def _tracks(voice: Voice, album: ArchivedAlbum) -> Html:
    by_track = {id(each.track): each for each in album.tracks}
    parts = []
    titles = {each.disc: one_line(each.title) for each in album.release.disc_titles}
    for heading, listed in sides(rows(album.release)):
        title = titles.pop(listed[0].track.disc, "") if listed else ""
        named = join([ours(" · "), name_of_music(title)]) if title else NOTHING
        lines = (_row(voice, album, row, by_track[id(row.track)]) for row in listed)
        parts += [el("h2", {"class": "side"}, text(voice.said(heading)), named), el("ol", {"role": "list"}, *lines)]
    return el("div", {"class": "tracks"}, *parts)


def _row(voice: Voice, album: ArchivedAlbum, row: ListedTrack, archived: ArchivedTrack) -> Html:
    track = row.track
    by = _by(voice, track.artist) if track.artist != album.release.artist else ""
    return el(
        "li",
        {},
        el("i", {}, text(str(row.number))),
        name_of_music(track.title),
        el("span", {}, text(clock(track.duration_s))),
        name_of_music(by, element="p") if by else NOTHING,
        _player(voice, archived),
    )


def _player(voice: Voice, archived: ArchivedTrack) -> Html:
    if not archived.link:
        return el("p", {}, text(voice.said(say("not in this archive"))))
    otherwise = el(
        "a", {"href": archived.link}, text(voice.said(say("Your browser plays no audio; here is the file.")))
    )
    named = one_line(archived.track.title)
    return el("audio", {"src": archived.link, "controls": "", "preload": "none", "aria-label": named}, otherwise)


def _notes(voice: Voice, title: str, notes: Mapping[str, str]) -> Html:
    """Each language in a fold of its own; the reader's, or else the first, is open."""
    if not notes:
        return el("div", {"class": "notes"}, el("p", {"class": "soft"}, text(voice.said(say("No liner notes.")))))
    chosen = voice.language if voice.language in notes else next(iter(notes))
    folds = []
    for language, written in notes.items():
        prose = from_markdown(written.removeprefix(f"# {title}\n"), top_level=3)
        opened = {"open": ""} if language == chosen else {}
        shown = el("div", {"class": "prose", "dir": "auto"}, prose)
        folds.append(el("details", {"lang": language, **opened}, el("summary", {}, text(_tongue(language))), shown))
    return el("div", {"class": "notes"}, el("h2", {}, text(voice.said(say("Liner notes")))), *folds)


def _facts(label: ArchivedLabel, voice: Voice, release: Release) -> Html:
    pairs = [
        Html(el("dt", {}, text(voice.said(term))) + el("dd", {"lang": ""}, text(said)))
        for term, said in facts_of(label.name, release)
        if one_line(said)
    ]
    heading = el("h2", {}, text(voice.said(say("On the sleeve"))))
    return el("section", {"class": "facts"}, heading, el("dl", {}, *pairs))


def _voices(voice: Voice, label: ArchivedLabel, said: Sequence[SaidLine]) -> Html:
    heading = voice.said(say("What «{name}» says of others", name=one_line(label.name)))
    items = []
    for each in said[:SHOWN_SAID]:
        facts = " · ".join(part for part in (voice.said(each.verdict), each.date) if part)
        written = join(
            el("p", {"lang": "", "dir": "auto"}, text(part)) for part in each.text.split("\n\n") if one_line(part)
        )
        about = el("p", {}, name_of_music(each.about, element="b"), ours(" · "), text(facts))
        items.append(el("li", {}, about, el("div", {"class": "prose"}, written)))
    return el("section", {"class": "list"}, el("h2", {}, text(heading)), el("ul", {"class": "said"}, *items))


def _missing(voice: Voice, missing: Sequence[Shortfall]) -> Html:
    lines = [
        el("li", {}, name_of_music(_spoken(voice, each.what)), ours(": "), text(voice.said(each.reason)))
        for each in missing[:SHOWN_MISSING]
    ]
    more = len(missing) - len(lines)
    rest = [el("li", {}, text(voice.said(say("and {n} more", n=more))))] if more else []
    heading = el("h2", {}, text(voice.said(say("What is not here"))))
    return el("section", {"class": "list"}, heading, el("ul", {"class": "prose"}, *lines, *rest))


def _spoken(voice: Voice, what: str) -> str:
    return voice.said(what) if isinstance(what, Sentence) else what


def _signature(label: ArchivedLabel, voice: Voice, release: Release | None = None) -> Html:
    name, carried = one_line(label.name), release is not None and release.carried
    said = (
        say("Passed on by «{name}», who did not make it and says only: these are the bytes I was given.", name=name)
        if carried
        else say("Signed by «{name}».", name=name)
    )
    stamp = el("p", {"class": "stamp"}, text(voice.said(say("Passed on") if carried else say("Signed"))))
    words = el("span", {"class": "words", "translate": "no"}, text(imprint_words(label.imprint)))
    parts = [stamp, el("p", {}, text(voice.said(said))), el("p", {}, words)]
    return el("div", {"class": "signature"}, imprint_image(label.imprint), el("div", {}, *parts))


def _about(label: ArchivedLabel, voice: Voice) -> Html:
    name = one_line(label.name)
    paragraphs = [
        say(
            "Your browser can play the music, but it cannot tell whether «{name}» signed it: whoever had this folder"
            " could have typed this page. The program mag can tell.",
            name=name,
        ),
        say(
            "Genuine «{name}» goes by the four words and the picture shown here. Compare them with a tape sleeve, a"
            " card or a friend, not with this page.",
            name=name,
        ),
        say("To take the music with its signatures, verified file by file, type:"),
    ]
    written = [el("p", {}, text(voice.said(each))) for each in paragraphs]
    command = el("code", {"class": "command", "translate": "no"}, text("mag dub ADDRESS"))
    where = say(
        "ADDRESS is the folder that holds bagit.txt. The lists beside it are BagIt (RFC 8493): any program for that can"
        " check whether all files are whole."
    )
    heading = el("h2", {}, text(voice.said(say("What this page is"))))
    soft = el("p", {"class": "soft"}, text(voice.said(where)))
    return el("section", {"class": "about"}, heading, *written, command, soft)
