"""`mag compile`: a playlist signed as a compilation, under one of one's own labels; saying it again replaces it.

A compilation is told from others by a name of chance that is kept with the playlist; each label tells another one made
of it, so that two labels which compile one playlist are not tied together, and nobody learns what it is called here.
"""

from __future__ import annotations

import hashlib
from bisect import bisect_left
from collections.abc import Mapping, Sequence
from datetime import datetime
from secrets import token_hex
from typing import cast

from msgspec import structs

from magnitizdat.catalogue import kinds
from magnitizdat.catalogue.documents import encode
from magnitizdat.catalogue.voices import COMPILATION, MAX_COMPILED, Compilation, CompiledTrack
from magnitizdat.errors import NotFoundError, UsageError, partly
from magnitizdat.formats.budgets import DOCUMENT
from magnitizdat.formats.names import clean_lines, clean_text
from magnitizdat.library.index.browse import SongLine
from magnitizdat.library.index.views import AlbumView, LabelView
from magnitizdat.library.journal import PlaylistRow
from magnitizdat.library.library import Library
from magnitizdat.model import Outcome, Shortfall, Value
from magnitizdat.ops.listen import playlists
from magnitizdat.ops.listen.listening import record_what
from magnitizdat.ops.voices.saying import SaidReport, path_of, say_voices, signing_label
from magnitizdat.ops.voices.saying import withdraw as withdraw_voices
from magnitizdat.sentence import Sentence, say

MAX_NAME = 512
MAX_NOTE = 20_000
_NOT_HERE = say("it is not here any more, so it cannot be named; it was left out")


class CompileReport(Value, frozen=True, kw_only=True):
    """What was signed of a playlist, or taken back. `key` names the compilation here, as in lists of them."""

    name: str
    label: str
    imprint: str
    version: int
    key: str
    tracks: int = 0
    unchanged: bool = False
    withdrawn: bool = False
    missing: tuple[Shortfall, ...] = ()

    def outcome(self) -> Outcome:
        """Who signed, and how much of it."""
        return Outcome(headline=self._headline(), missing=self.missing, exit_code=partly(self.missing))

    def _headline(self) -> Sentence:
        told = {"name": self.name, "label": self.label}
        if self.withdrawn:
            return say("«{name}» is withdrawn by {label}; what others copied stays.", **told)
        if self.unchanged:
            return say("«{name}» was signed by {label} already and did not change.", **told)
        return say("«{name}» is signed by {label}: {tracks} {tracks:track|tracks}.", tracks=self.tracks, **told)


def compile_playlist(
    library: Library,
    playlist: str,
    *,
    as_: str = "",
    now: datetime,
    notes: Mapping[str, str] | None = None,
    withdraw: bool = False,
    only_copy: bool = False,
    listener: str = "",
) -> CompileReport:
    """Sign a playlist, the songs of a smart one as its rule finds them now; or list it no more.

    `notes` by language stand in place of those that were said; with None these stay.

    Raises: UsageError, LibraryBusyError; nothing is signed then.
    """
    label = signing_label(library, as_)
    if withdraw:
        return _withdraw(library, label, playlist, now=now, only_copy=only_copy, listener=listener)
    row = _own_playlist(library, listener, playlist)
    songs = playlists.songs(library, listener, row, now=now)
    found = library.browse.named(songs)
    tracks = _named_tracks(library, [found[song] for song in songs if song in found])
    if not tracks:
        raise UsageError(say("nothing of this playlist is here; import or dub its music first"))
    name = _chance(library, row, label.imprint)
    with library.changes() as changes:
        before = _said_before(library, label, name)
        made = Compilation(
            playlist=name,
            name=clean_text(row.name)[:MAX_NAME] or "-",
            notes=_cleaned(notes) if notes is not None else (before.notes if before else {}),
            tracks=tracks,
            date_published=before.date_published if before else now.date().isoformat(),
        )
        if made != before:
            made = structs.replace(made, date_published=now.date().isoformat())
        _require_room(made)
        said = say_voices(library, changes, label, [made], now=now, only_copy=only_copy)
        changes.commit()
    missing = tuple(
        Shortfall(what=say("{name}: song {number}", name=made.name, number=number), reason=_NOT_HERE)
        for number, song in enumerate(songs, 1)
        if song not in found
    )
    return _report(made.name, said, path_of(made), tracks=len(tracks), missing=missing)


def _own_playlist(library: Library, listener: str, text: str) -> PlaylistRow:
    """Raises: UsageError where there is none, or just one that another label signed."""
    try:
        return playlists.find_playlist(library, listener, text)
    except UsageError:
        signed = library.index.voices.of_kind(COMPILATION, known=True)
        theirs = [line for line in signed if text.casefold() == line.title.casefold() and line.standing != "own"]
        if not theirs:
            raise
        raise UsageError(
            say(
                "«{name}» is a playlist that {label} signed; make one of your own to sign it",
                name=theirs[0].title,
                label=theirs[0].label,
            )
        ) from None


def _named_tracks(library: Library, lines: Sequence[SongLine]) -> tuple[CompiledTrack, ...]:
    views = {line.album.id: library.shelf.album(line.album.id) for line in lines}
    return tuple(_named(line, views[line.album.id]) for line in lines)


def _named(line: SongLine, album: AlbumView | None) -> CompiledTrack:
    """A carrier is no name: its ids are salted, and say nothing to others but from whom one has the album."""
    is_signed = album is not None and bool(album.imprint) and not album.carried and album.standing != "carrier"
    return CompiledTrack(
        track_id=line.track.id,
        title=clean_text(line.track.title)[:MAX_NAME] or "-",
        artist=clean_text(line.track.artist)[:MAX_NAME] or "-",
        imprint=album.imprint if album is not None and is_signed else "",
        release_id=album.release_id if album is not None and is_signed else "",
        duration_s=round(line.track.duration_s, 1),
    )


def _require_room(made: Compilation) -> None:
    """Raises: UsageError where others would not take so long a one, with the number of tracks that they take."""

    def is_over(count: int) -> bool:
        return count > MAX_COMPILED or len(encode(structs.replace(made, tracks=made.tracks[:count]))) > DOCUMENT.most

    too_long = [language for language, text in made.notes.items() if len(text) > MAX_NOTE]
    if too_long:
        raise UsageError(say("notes have at most {most} letters in each language; write fewer", most=MAX_NOTE))
    if is_over(len(made.tracks)):
        most = bisect_left(range(1, len(made.tracks)), 1, key=is_over)
        raise UsageError(
            say(
                "«{name}» has {tracks} tracks, and others take the first {most} of them in one compilation; make"
                " shorter playlists",
                name=made.name,
                tracks=len(made.tracks),
                most=most,
            )
        )


def _cleaned(notes: Mapping[str, str]) -> dict[str, str]:
    return {language: text for language, given in notes.items() if (text := clean_lines(given))}


# -- what it is called ------------------------------------------------------------------------------------------------


def _chance(library: Library, row: PlaylistRow, imprint: str) -> str:
    """What a label calls this playlist: made of a secret that stays with it."""
    kept: list[str] = []

    def decide() -> list[PlaylistRow]:
        found = library.index.listening.kept_one(PlaylistRow, row.subject) or row
        fresh = found if found.compiled else structs.replace(found, compiled=token_hex(16))
        kept.append(fresh.compiled)
        return [] if found.compiled else [fresh]

    record_what(library, decide)
    return called(kept[0], imprint)


def called(secret: str, imprint: str) -> str:
    """32 hex of the SHA-256 over `magnitizdat compiled`, the playlist's secret and the label, with 0x1f between."""
    return hashlib.sha256(f"magnitizdat compiled\x1f{secret}\x1f{imprint}".encode()).hexdigest()[:32]


def _said_before(library: Library, label: LabelView, name: str) -> Compilation | None:
    path = path_of(Compilation(playlist=name, name="-"))
    content = library.index.documents.content(label.imprint, path)
    return cast("Compilation | None", kinds.read(path, content).value) if content else None


# -- taken back -------------------------------------------------------------------------------------------------------


def _withdraw(
    library: Library, label: LabelView, text: str, *, now: datetime, only_copy: bool, listener: str
) -> CompileReport:
    """By its playlist, or where that is gone or was never signed, by the name under which it was signed."""
    with library.changes() as changes:
        path, name = _signed_as(library, label, text, listener)
        said = withdraw_voices(library, changes, label, [path], now=now, only_copy=only_copy)
        changes.commit()
    return _report(name, said, path, withdrawn=True)


def _signed_as(library: Library, label: LabelView, text: str, listener: str) -> tuple[str, str]:
    """Raises: UsageError where the label compiled nothing of that name, or several."""
    said = [line for line in library.index.voices.of_label(label.imprint) if line.kind == COMPILATION]
    own = _own_path(library, label, text, listener)
    found = [line for line in said if line.path == own]
    found = found or [line for line in said if text.casefold() == line.title.casefold() or text == line.id]
    if len(found) == 1:
        return found[0].path, found[0].title
    if found:
        ids = ", ".join(line.id for line in found)
        raise UsageError(
            say("«{name}» compiled several of that name; give the id of one: {ids}", name=label.name, ids=ids)
        )
    raise UsageError(say("«{name}» has signed no compilation «{text}»", name=label.name, text=text))


def _own_path(library: Library, label: LabelView, text: str, listener: str) -> str:
    try:
        row = playlists.find_playlist(library, listener, text)
    except (UsageError, NotFoundError):
        return ""
    return path_of(Compilation(playlist=called(row.compiled, label.imprint), name="-")) if row.compiled else ""


def _report(
    name: str,
    said: SaidReport,
    path: str,
    *,
    tracks: int = 0,
    withdrawn: bool = False,
    missing: tuple[Shortfall, ...] = (),
) -> CompileReport:
    return CompileReport(
        name=name,
        label=said.label,
        imprint=said.imprint,
        version=said.version,
        key=f"{said.imprint}.{kinds.parse_target(path).id}",
        tracks=tracks,
        unchanged=bool(said.unchanged),
        withdrawn=withdrawn,
        missing=missing,
    )
