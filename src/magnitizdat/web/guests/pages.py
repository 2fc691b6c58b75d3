"""The pages of an evening: plain HTML that any phone shows, at most 60 kB each, whole without a script. PURE.

Built like the pages of an open spool; what comes from outside is escaped where it is made.
"""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Iterable, Iterator, Sequence
from itertools import accumulate
from typing import NamedTuple
from urllib.parse import quote

from magnitizdat.formats.transcodes import MP3_TYPE, OPUS_TYPE
from magnitizdat.language import is_right_to_left
from magnitizdat.model import File
from magnitizdat.ops.give.shared_names import SharedFind
from magnitizdat.ops.give.sharing import SHORT_ID, SharedAlbum, SharedTrack
from magnitizdat.pages.markup import NOTHING, Html, el, from_markdown, join, name_of_music, one_line, ours, text
from magnitizdat.pages.parts import ListedTrack, sides, year
from magnitizdat.pages.words import LANGUAGES
from magnitizdat.sentence import byline, clock
from magnitizdat.web.guests.along_words import along_words_of
from magnitizdat.web.guests.style import PLAIN
from magnitizdat.web.guests.words import GuestWords, language_by, languages, words_of

PAGE_LENGTH = 60_000
"""Bytes that no page passes."""
_LIST_LENGTH = 44_000
"""Of these, what the list of albums or tracks may take; frame and words need the rest."""
_NOTES_LENGTH = 6_000
_NAME_LENGTH = 160


class Frame(NamedTuple):
    """What every page of an evening says around its middle. `until` is the clock on the wall.

    `is_chosen`: the language is another than the phone's, and links carry it on, since nothing of a guest is kept.
    `hands_on`: there are sealed reels to take along.
    """

    language: str
    until: str
    take: bool
    is_chosen: bool = False
    hands_on: bool = False

    @property
    def words(self) -> GuestWords:
        return words_of(self.language)

    def by(self, artist: str) -> str:
        """By whom it is, in the guest's language where nobody is named."""
        return short(language_by(self.language).translate(byline(artist)))

    def link(self, address: str) -> str:
        """An address on a page, as the next page needs it."""
        joint = "&" if "?" in address else "?"
        return f"{address}{joint}in={self.language}" if self.is_chosen else address


def front_page(frame: Frame, albums: Sequence[SharedAlbum], *, page: int = 0, said: str = "") -> bytes:
    """The albums, what to know about this Wi-Fi, and where music can be left."""
    words = frame.words
    pages = paged([_card(frame, number, album) for number, album in enumerate(albums)])
    shown = pages[page] if page < len(pages) else []
    body = [
        el("h1", {}, text(words.heading)),
        el("p", {"class": "by"}, text(words.until.format(time=frame.until))),
        el("p", {"class": "box", "role": "status"}, text(said)) if said else NOTHING,
        search_form(frame) if page == 0 and albums else NOTHING,
        _along(frame) if frame.hands_on and page == 0 else NOTHING,
        el("ul", {"class": "shelf"}, *shown),
        next_link(words, frame.link(f"?page={page + 1}")) if page + 1 < len(pages) else NOTHING,
        _leave(frame) if frame.take and page == 0 else NOTHING,
        el("div", {"class": "box"}, el("p", {}, text(words.no_internet)), el("p", {}, text(words.listen_along))),
    ]
    return document(frame, words.heading, join(body), here="./")


def album_page(
    frame: Frame, number: int, album: SharedAlbum, *, page: int = 0, notes: tuple[str, str] = ("", ""), one_file: bool
) -> bytes:
    """An album to hear and to keep. `notes`: language and Markdown; `one_file`: it fits one ZIP."""
    words, release = frame.words, album.release
    rows, items = zip(*_tracks(frame, number, album), strict=True)
    pages = paged(items)
    shown = pages[page] if page < len(pages) else []
    first = sum(map(len, pages[:page]))
    tracks = _sides(words, rows, dict(zip(rows[first:], shown, strict=False)))
    facts = " · ".join(fact for fact in (year(release), one_line(album.view.label)) if fact)
    body = [
        el("p", {}, el("a", {"href": frame.link("./")}, text(f"← {words.back}"))),
        el("h1", {"lang": "", "dir": "auto"}, text(short(release.title))),
        el(
            "p",
            {"class": "by"},
            name_of_music(frame.by(release.artist), element="b"),
            ours(f" · {facts}" if facts else ""),
        ),
        _whole(words, number, album, one_file=one_file) if page == 0 else NOTHING,
        el(
            "article",
            {"class": "card jcard" if notes[1] and page == 0 else "card jcard bare"},
            el("div", {"class": "front"}, el("div", {"class": "cover"}, _cover(words, number, album))),
            el("div", {"class": "spine", "aria-hidden": "true"}, el("span", {}, name_of_music(short(release.title)))),
            el("div", {"class": "tracks"}, *tracks),
            _notes(frame, number, *notes) if page == 0 else NOTHING,
        ),
        next_link(words, frame.link(f"?page={page + 1}")) if page + 1 < len(pages) else NOTHING,
        el("p", {"class": "soft"}, text(words.right)),
    ]
    return document(frame, short(release.title), join([*body, _player(words)]))


def found_page(frame: Frame, query: str, finds: Sequence[SharedFind], *, page: int = 0) -> bytes:
    """What bears the words that somebody typed."""
    words = frame.words
    pages = paged([_found(frame, find) for find in finds])
    shown = pages[page] if page < len(pages) else []
    further = frame.link(f"?q={quote(query)}&page={page + 1}")
    body = [
        el("p", {}, el("a", {"href": frame.link("./")}, text(f"← {words.back}"))),
        el("h1", {}, text(words.search)),
        search_form(frame, query),
        el("ul", {"class": "found"}, *shown) if shown else el("p", {"role": "status"}, text(words.not_found)),
        next_link(words, further) if page + 1 < len(pages) else NOTHING,
    ]
    return document(frame, words.search, join(body), here="./")


def search_form(frame: Frame, query: str = "") -> Html:
    """Asks by the address alone: nothing of it is kept here."""
    words = frame.words
    typed = {"type": "search", "name": "q", "value": query, "placeholder": words.searched, "maxlength": "100"}
    chosen = el("input", {"type": "hidden", "name": "in", "value": frame.language}) if frame.is_chosen else NOTHING
    return el(
        "form",
        {"role": "search", "class": "search", "action": "./"},
        el("input", {**typed, "aria-label": words.searched, "dir": "auto", "autocomplete": "off"}),
        chosen,
        el("button", {"class": "big"}, text(words.search)),
    )


def _found(frame: Frame, find: SharedFind) -> Html:
    release, track = find.album.release, find.track
    place = f"a{find.number}"
    if track is None:
        return _find(frame.link(place), short(release.title), frame.by(release.artist))
    address = frame.link(f"{place}{_page_of(frame, find.number, find.album, track)}")
    by = " · ".join([frame.by(track.track.artist), short(release.title)])
    return _find(f"{address}#t{find.album.tracks.index(track)}", short(track.track.title), by)


def _find(address: str, name: str, by: str) -> Html:
    return el("li", {}, el("a", {"href": address}, name_of_music(name, element="b"), name_of_music(by, css="soft")))


def _page_of(frame: Frame, number: int, album: SharedAlbum, wanted: SharedTrack) -> str:
    """The page of an album that has a song, as its address says it."""
    pages = paged([item for _, item in _tracks(frame, number, album)])
    ends = list(accumulate(map(len, pages)))
    page = bisect_right(ends, album.tracks.index(wanted))
    return f"?page={page}" if page else ""


def _player(words: GuestWords) -> Html:
    """One for the album, where a script may run; without it each song keeps its own."""
    return el(
        "section",
        {"class": "player", "hidden": "", "data-play": words.play},
        el("p", {"role": "status", "dir": "auto"}),
        el("audio", {"controls": "", "preload": "none"}),
        el("button", {"type": "button", "class": "before", "aria-label": words.before}, text("◂◂")),
        el("button", {"type": "button", "class": "after", "aria-label": words.after}, text("▸▸")),
        el("script", {"src": "listen.js", "defer": ""}),
    )


def plain_page(frame: Frame, sentences: Iterable[str]) -> bytes:
    """A few sentences, as for an address that is none."""
    return document(frame, frame.words.heading, join(el("p", {}, text(each)) for each in sentences), languages=False)


def document(frame: Frame, title: str, body: Html, *, languages: bool = True, here: str = "") -> bytes:
    """A whole page, which is at `here` in other languages too. A file beside it says how it looks.

    Nothing else is loaded but letters, pictures and sound.
    """
    choice = (
        el("nav", {"class": "languages", "aria-label": "Language"}, *_languages(frame.language, here))
        if languages
        else NOTHING
    )
    sheet = el("link", {"rel": "stylesheet", "href": "style.css"}) if languages else Html(f"<style>{PLAIN}</style>")
    page = el(
        "html",
        {"lang": frame.language, "dir": "rtl" if is_right_to_left(frame.language) else None},
        el(
            "head",
            {},
            el("meta", {"charset": "utf-8"}),
            el("meta", {"name": "referrer", "content": "same-origin"}),
            el("meta", {"name": "viewport", "content": "width=device-width, initial-scale=1"}),
            el("title", {}, text(title)),
            sheet,
        ),
        el("body", {}, el("header", {}, choice), el("main", {}, body), el("footer", {})),
    )
    return f"<!doctype html>\n{page}\n".encode()


def _languages(current: str, here: str) -> Iterator[Html]:
    for code in languages():
        marked, own_name = "true" if code == current else None, LANGUAGES.get(code, code)
        yield el("a", {"href": f"{here}?in={code}", "lang": code, "aria-current": marked}, text(own_name))


def _card(frame: Frame, number: int, album: SharedAlbum) -> Html:
    release = album.release
    facts = " · ".join(part for part in (frame.by(release.artist), year(release)) if part)
    return el(
        "li",
        {},
        el(
            "a",
            {"href": frame.link(f"a{number}")},
            el("div", {"class": "cover"}, _cover(frame.words, number, album)),
            name_of_music(short(release.title), element="b"),
            name_of_music(facts, css="soft"),
        ),
    )


def _cover(words: GuestWords, number: int, album: SharedAlbum) -> Html:
    described = words.cover_of.format(title=short(album.release.title))
    return el("img", {"src": f"c{number}", "alt": described, "width": "480", "height": "480", "loading": "lazy"})


def _whole(words: GuestWords, number: int, album: SharedAlbum, *, one_file: bool) -> Html:
    if not one_file:
        return el("p", {"class": "box"}, text(words.one_by_one))
    small, full = (sum(file.length for _, file in album.files(small=small)) for small in (True, False))
    links = [el("a", {"class": "big", "href": f"z{number}?small=1"}, text(f"{words.whole_small}, {words.size(small)}"))]
    quiet = "big quiet" if small != full else "big"
    links += [el("a", {"class": quiet, "href": f"z{number}"}, text(f"{words.whole_full}, {words.size(full)}"))]
    return el("p", {}, *(links if small != full else links[1:]))


def _tracks(frame: Frame, number: int, album: SharedAlbum) -> list[tuple[ListedTrack, Html]]:
    return [_track(frame, album, each, f"w{number}?song={place}", place) for place, each in enumerate(album.tracks)]


def _track(frame: Frame, album: SharedAlbum, shared: SharedTrack, lyrics: str, place: int) -> tuple[ListedTrack, Html]:
    words, track = frame.words, shared.track
    by = frame.by(track.artist) if track.artist != album.release.artist else ""
    title = short(track.title)
    sources = [el("source", {"src": _address(file), "type": file.media_type}) for file in shared.heard]
    sources += [
        el("source", {"src": f"{_address(shared.versions[-1])}?codec={codec}", "type": media_type})
        for codec, media_type in (("opus", OPUS_TYPE), ("mp3", MP3_TYPE))
    ]
    read = _lyrics_link(frame, lyrics, title) if shared.has_words else NOTHING
    item = el(
        "li",
        {"id": f"t{place}"},
        el("i", {}, text(str(shared.number))),
        name_of_music(title),
        el("span", {}, text(clock(track.duration_s))),
        name_of_music(by, element="p") if by else NOTHING,
        el(
            "audio",
            {"controls": "", "preload": "none", "aria-label": title},
            *sources,
            text(words.no_player),
        ),
        el("p", {"class": "save"}, *_keep(words, title, shared), read),
    )
    return ListedTrack(track, shared.number, shared.stem), item


def _lyrics_link(frame: Frame, address: str, title: str) -> Html:
    spoken = el("span", {"class": "unseen"}, text(f" {title}"))
    return el("a", {"href": frame.link(address)}, text(frame.words.lyrics), spoken)


def _keep(words: GuestWords, title: str, shared: SharedTrack) -> Iterator[Html]:
    kinds = [(shared.small, words.small), (shared.full, words.original if shared.small else "")]
    for file, kind in kinds:
        if file is not None:
            shown = " · ".join(part for part in (words.keep, kind, words.size(file.length)) if part)
            spoken = el("span", {"class": "unseen"}, text(f" {title}"))
            yield el("a", {"href": f"{_address(file)}?keep=1", "download": ""}, text(shown), spoken)
            yield ours(" ")


def _sides(words: GuestWords, rows: Sequence[ListedTrack], items: dict[ListedTrack, Html]) -> Iterator[Html]:
    """The sides of an album, as far as their rows stand on this page."""
    for heading, whole in sides(rows):
        listed = [row for row in whole if row in items]
        if not listed:
            continue
        kind, _, name = heading.partition(" ")
        shown = {"Side": words.side.format(name=name), "Disc": words.disc.format(number=name)}.get(kind, words.tracks)
        yield el("h2", {"class": "side"}, text(shown))
        yield el("ol", {"role": "list"}, *(items[row] for row in listed))


def _notes(frame: Frame, number: int, language: str, written: str) -> Html:
    """Their beginning; all of them have a page of their own."""
    if not written:
        return NOTHING
    words = frame.words
    shown = LANGUAGES.get(language.partition("-")[0], language)
    prose = el(
        "div", {"class": "prose", "dir": "auto", "lang": language}, from_markdown(written[:_NOTES_LENGTH], top_level=3)
    )
    further = el("p", {}, el("a", {"href": frame.link(f"n{number}")}, text(words.all_notes)))
    is_cut = len(written) > _NOTES_LENGTH
    return el(
        "div",
        {"class": "notes"},
        el("h2", {}, text(f"{words.notes} · {shown}")),
        prose,
        further if is_cut else NOTHING,
    )


def _along(frame: Frame) -> Html:
    """To the page on which sealed reels are."""
    link = el("a", {"class": "big quiet", "href": frame.link("take")}, text(along_words_of(frame.language).link))
    return el("p", {}, link)


def _leave(frame: Frame) -> Html:
    words = frame.words
    accepted = ".flac,.mp3,.ogg,.opus,.m4a,.wav,.aiff,.zip,audio/*"
    chooser = {"type": "file", "name": "music", "multiple": "", "accept": accepted, "aria-label": words.leave_heading}
    return el(
        "section",
        {"class": "list"},
        el("h2", {}, text(words.leave_heading)),
        el(
            "form",
            {"method": "post", "action": frame.link("leave"), "enctype": "multipart/form-data"},
            el("p", {}, text(words.leave_how)),
            el("input", chooser),
            el("button", {"class": "big"}, text(words.leave_button)),
        ),
    )


def next_link(words: GuestWords, address: str) -> Html:
    return el("p", {}, el("a", {"class": "big quiet", "href": address, "rel": "next"}, text(words.next_page)))


def _address(file: File) -> str:
    return f"f{file.sha256[:SHORT_ID]}"


def short(name: str) -> str:
    line = one_line(name)
    return line if len(line) <= _NAME_LENGTH else f"{line[: _NAME_LENGTH - 1]}…"


def paged(items: Sequence[Html]) -> list[list[Html]]:
    """Items as they fit pages, in order."""
    pages: list[list[Html]] = [[]]
    length = 0
    for item in items:
        needed = len(item.encode())
        if pages[-1] and length + needed > _LIST_LENGTH:
            pages.append([])
            length = 0
        pages[-1].append(item)
        length += needed
    return pages
