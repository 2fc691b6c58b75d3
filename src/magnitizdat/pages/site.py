"""Static pages of an open spool: values of the model in, bytes out. PURE; whoever writes a spool writes them too.

`index.html` lists labels; `labels/<imprint>/` holds a page and a feed of the label, a page and a playlist of each
release. They lean on blobs only, so a folder, a stick and a web server show the same pages, and no script runs.
"""

from __future__ import annotations

from collections.abc import Callable, Container, Iterator, Mapping, Sequence

from magnitizdat.formats.names import imprint_words
from magnitizdat.formats.spool_paths import label_path
from magnitizdat.model import Release, Track
from magnitizdat.pages.feeds import m3u, rss
from magnitizdat.pages.markup import NOTHING, Html, el, from_markdown, join, name_of_music, one_line, ours, text
from magnitizdat.pages.parts import (
    TO_ROOT,
    ListedTrack,
    ShownLabel,
    about_page,
    blob_link,
    cover,
    facts_of,
    is_audio,
    megabytes,
    picture,
    release_card,
    rows,
    sides,
    signature,
    suffix,
    year,
)
from magnitizdat.pages.style import document
from magnitizdat.pages.words import KINDS, LANGUAGES
from magnitizdat.sentence import clock

__all__ = ["ShownLabel", "label_files", "label_page", "m3u", "release_page", "root_page", "rss"]

_ASKED = {"audio/opus": "audio/ogg; codecs=opus"}
"""What Chromium knows Opus files by: a source of any other type it does not even ask for."""
NotesOf = Callable[[Release], Mapping[str, str]]
"""Gives the liner notes of a release: language to Markdown."""


def label_files(
    label: ShownLabel, releases: Sequence[Release], notes_of: NotesOf, *, only: Container[str] | None = None
) -> Iterator[tuple[str, bytes]]:
    """The pages of one label, without the root page of the spool; of its releases all, or those with these ids."""
    for release in (each for each in releases if only is None or each.id in only):
        yield label_path(label.imprint, f"{release.id}.html"), release_page(label, release, notes_of(release))
        if not release.withdrawn:
            yield label_path(label.imprint, f"{release.id}.m3u8"), m3u(release)
    newest_first = _newest_first(releases)
    yield label_path(label.imprint, "feed.xml"), rss(label, newest_first)
    yield label_path(label.imprint, "index.html"), label_page(label, newest_first)


def root_page(labels: Sequence[ShownLabel]) -> bytes:
    """The page at the root of a spool: its labels by name, each with words and picture."""
    shown = sorted(labels, key=lambda label: (one_line(label.name).casefold(), label.imprint))
    listed = join(
        el(
            "li",
            {},
            picture(label),
            el(
                "div",
                {},
                el("a", {"href": label_path(label.imprint, "index.html")}, name_of_music(label.name)),
                el("p", {"translate": "no"}, text(imprint_words(label.imprint))),
                el("p", {"class": "soft"}, text(label.about)) if label.about else NOTHING,
            ),
        )
        for label in shown
    )
    body = join(
        [
            el("h1", {}, text("Labels")),
            el("p", {"class": "by"}, text("Music passed hand to hand. Choose who made it.")),
            el("ul", {"class": "labels"}, listed) if shown else el("p", {}, text("Nothing is published here yet.")),
        ]
    )
    return document(
        "Magnitizdat", head=NOTHING, masthead=el("a", {"href": "index.html"}, text("Magnitizdat")), body=body
    )


def label_page(label: ShownLabel, releases: Sequence[Release]) -> bytes:
    """The page of a label: its releases in the order given, and who signs."""
    shelf = (
        el("ul", {"class": "shelf"}, *(release_card(release) for release in releases))
        if releases
        else el("p", {}, text("Nothing yet."))
    )
    signed_by = join([ours("Signed by "), name_of_music(label.name, element="b")])
    body = join(
        [
            el("h1", {"lang": "", "dir": "auto"}, text(label.name)),
            el("p", {"class": "by"}, text(label.about or "A label: everything here is signed by it.")),
            el("section", {"class": "list"}, el("h2", {}, text("Releases")), shelf),
            el("div", {"class": "card verdict"}, signature(label, signed_by, stamp="Signed"), about_page(label)),
        ]
    )
    feed = {"rel": "alternate", "type": "application/rss+xml", "title": one_line(label.name), "href": "feed.xml"}
    masthead = join([_home(), el("a", {"href": "feed.xml"}, text("New releases (RSS)"))])
    return document(one_line(label.name), head=el("link", feed), masthead=masthead, body=body)


def release_page(label: ShownLabel, release: Release, notes: Mapping[str, str]) -> bytes:
    """The page of a release: cover, tracks to play and keep, notes in every language, who signed it.

    `notes`: language to Markdown. A withdrawn release is marked and keeps its list, without players and files.
    """
    signed = signature(label, _claim(label, release), stamp="Passed on" if release.carried else "Signed")
    who = join([name_of_music(release.artist), ours(" — "), name_of_music(release.title), ours(" — ")])
    body = join(
        [
            el("h1", {"lang": "", "dir": "auto"}, text(release.title)),
            _byline(label, release),
            _withdrawn(release) if release.withdrawn else NOTHING,
            el(
                "article",
                {"class": "card jcard"},
                el("div", {"class": "front"}, el("div", {"class": "cover"}, cover(release)), signed),
                el("div", {"class": "spine", "aria-hidden": "true"}, el("span", {}, who, name_of_music(label.name))),
                _tracks(release),
                _notes(release.title, notes),
            ),
            el("div", {"class": "card verdict"}, _facts(label, release), about_page(label)),
        ]
    )
    masthead = join([_home(), el("a", {"href": "index.html"}, name_of_music(label.name))])
    title = f"{one_line(release.title)} · {one_line(release.artist)}"
    return document(title, head=NOTHING, masthead=masthead, body=body)


def _newest_first(releases: Sequence[Release]) -> list[Release]:
    ordered = sorted(releases, key=lambda release: (one_line(release.title), release.id))
    return sorted(ordered, key=lambda release: (not release.withdrawn, _published(release)), reverse=True)


def _published(release: Release) -> str:
    return release.published or release.released or release.date


def _home() -> Html:
    return el("a", {"href": f"{TO_ROOT}index.html"}, text("Magnitizdat"))


def _byline(label: ShownLabel, release: Release) -> Html:
    total = round(sum(track.duration_s for track in release.tracks))
    count = len(release.tracks)
    formats = sorted({suffix(track.file).lstrip(".").upper() for track in release.tracks if is_audio(track.file)})
    facts = [
        KINDS.get(release.kind, ""),
        year(release),
        one_line(label.name),
        f"{count} track{'' if count == 1 else 's'}, {clock(total)}",
        ", ".join(formats),
    ]
    listed = " · ".join(fact for fact in facts if fact)
    playlist = el("a", {"href": f"{release.id}.m3u8"}, text("playlist"))
    return el(
        "p",
        {"class": "by"},
        name_of_music(release.artist, element="b"),
        ours(" · "),
        text(listed),
        NOTHING if release.withdrawn or not release.tracks else Html(f" · {playlist}"),
    )


def _withdrawn(release: Release) -> Html:
    reason = el("p", {"lang": ""}, text(release.withdrawn_reason)) if release.withdrawn_reason else NOTHING
    said = text("Withdrawn. The label asks not to pass this on; copies that you have keep playing.")
    return el("div", {"class": "withdrawn", "role": "note"}, said, reason)


def _tracks(release: Release) -> Html:
    parts = []
    titles = {each.disc: one_line(each.title) for each in release.disc_titles}
    for heading, listed in sides(rows(release)):
        title = titles.pop(listed[0].track.disc, "") if listed else ""
        named = join([ours(" · "), name_of_music(title)]) if title else NOTHING
        parts += [
            el("h2", {"class": "side"}, text(heading), named),
            el("ol", {"role": "list"}, *(_row(release, row) for row in listed)),
        ]
    return el("div", {"class": "tracks"}, *parts)


def _row(release: Release, row: ListedTrack) -> Html:
    track = row.track
    by = one_line(track.artist) if track.artist != release.artist else ""
    playable = is_audio(track.file) and not release.withdrawn
    return el(
        "li",
        {},
        el("i", {}, text(str(row.number))),
        name_of_music(track.title),
        el("span", {}, text(clock(track.duration_s))),
        name_of_music(by, element="p") if by else NOTHING,
        _player(track) if playable else NOTHING,
        _keep(track, row.stem) if playable else NOTHING,
    )


def _player(track: Track) -> Html:
    """The original first, then what else was signed: a browser takes the first that it can play."""
    files = [track.file, *(rendition.file for rendition in track.renditions if is_audio(rendition.file))]
    sources = [
        el("source", {"src": blob_link(file), "type": _ASKED.get(file.media_type, file.media_type)}) for file in files
    ]
    named = {"controls": "", "preload": "none", "aria-label": one_line(track.title)}
    return el("audio", named, *sources, text("Your browser plays no audio; the file below can be kept."))


def _keep(track: Track, stem: str) -> Html:
    """Links with real file names: the track, its renditions, its words."""
    files = [(track.file, "")]
    files += [(rendition.file, "") for rendition in track.renditions if is_audio(rendition.file)]
    files += [(words_.file, words_.language) for words_ in track.lyrics if suffix(words_.file) in (".lrc", ".txt")]
    links = []
    for file, language in files:
        name = f"{stem}{f'.{language}' if language not in {'', 'und'} else ''}{suffix(file)}"
        shown = (
            (f"words ({language})" if language != "und" else "words")
            if language
            else f"{suffix(file).lstrip('.')}, {megabytes(file.length)}"
        )
        spoken = el("span", {"class": "unseen"}, ours("Keep "), name_of_music(track.title), Html(": "))
        links.append(el("a", {"href": blob_link(file), "download": name}, spoken, text(shown)))
    return el("p", {"class": "save"}, join(links, " · "))


def _notes(title: str, notes: Mapping[str, str]) -> Html:
    """Each language in a fold of its own, marked with its code; the first is open. A repeated title goes."""
    if not notes:
        return el("div", {"class": "notes"}, el("p", {"class": "soft"}, text("No liner notes on this one.")))
    folds = []
    for place, (language, written) in enumerate(notes.items()):
        shown = LANGUAGES.get(language.split("-")[0], language)
        prose = el(
            "div", {"class": "prose", "dir": "auto"}, from_markdown(written.removeprefix(f"# {title}\n"), top_level=3)
        )
        opened = {"open": ""} if place == 0 else {}
        folds.append(el("details", {"lang": language, **opened}, el("summary", {}, text(shown)), prose))
    return el("div", {"class": "notes"}, el("h2", {}, text("Liner notes")), *folds)


def _claim(label: ShownLabel, release: Release) -> Html:
    name = name_of_music(label.name, element="b")
    if release.carried:
        return join(
            [ours("Passed on by "), name, ours(", who did not make it and says only: these are the bytes I was given.")]
        )
    return join([ours("Signed by "), name, ours(" as this very release.")])


def _facts(label: ShownLabel, release: Release) -> Html:
    pairs = [
        Html(el("dt", {}, text(term)) + el("dd", {"lang": ""}, text(said)))
        for term, said in facts_of(label.name, release)
        if one_line(said)
    ]
    return el("section", {"class": "facts"}, el("h2", {}, text("On the sleeve")), el("dl", {}, *pairs))
