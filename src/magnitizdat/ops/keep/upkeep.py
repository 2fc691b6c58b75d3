"""`mag status` and `mag doctor`: how a library is."""

from __future__ import annotations

from collections import Counter

from magnitizdat.catalogue.kinds import SCENE
from magnitizdat.errors import LibraryError, partly
from magnitizdat.formats.names import imprint_words
from magnitizdat.library.index.index import Index
from magnitizdat.library.index.views import AlbumView
from magnitizdat.library.library import Library
from magnitizdat.model import Outcome, Progress, Shortfall, Value
from magnitizdat.ops.keep.cell_repair import mend_members
from magnitizdat.ops.labels.holders import HoldersStanding, held
from magnitizdat.ops.premieres.withheld import premiere_at
from magnitizdat.sentence import Sentence, advice, say, size_words
from magnitizdat.ways import REBUILD


class Status(Value, frozen=True, kw_only=True):
    """A library at a glance. `labels` are those with a name of their own, not carriers of what others made.

    `waiting` counts covers and tracks that nobody has looked at or listened to yet; `holds` says of which labels root
    keys are here, and which next roots wait; `unknown` documents of labels, and `unread` rows of the journal, of kinds
    that this version does not know.
    """

    albums: int
    tracks: int
    duration_s: float
    length: int
    on_disk: int
    incomplete: int
    labels: int
    new_labels: int
    friends: int
    waiting: int
    holds: HoldersStanding
    unknown: int = 0
    unread: int = 0


class DoctorReport(Value, frozen=True, kw_only=True):
    """What a check of the library found. `missing` names albums that are not whole, and why.

    `given_back` are bytes of cells that killed commands had left. `newer` counts cells of an index newer than this one
    (an older one was put back): they are let be, and `doctor --rebuild` takes up what is in them. `unknown` and
    `unread` are as in `Status`. `closed` counts files and folders that others of this computer could read; `advice`
    speaks of what surrounds the library.
    """

    cells: int
    damaged: int
    unused: int
    foreign: int = 0
    given_back: int = 0
    newer: int = 0
    rebuilt: bool
    albums: int
    tracks: int
    missing: tuple[Shortfall, ...]
    unknown: int = 0
    unread: int = 0
    closed: int = 0
    advice: tuple[Sentence, ...] = ()

    def outcome(self) -> Outcome:
        """All is well where nothing is damaged and nothing missing."""
        lines = list[Sentence]()
        if self.given_back:
            given_back = size_words(self.given_back)
            lines.append(say("{given_back} that killed commands had left were given back.", given_back=given_back))
        if self.newer:
            lines.append(
                advice(
                    terminal=say(
                        "Some files of the library are newer than its index; `mag doctor --rebuild` brings back what"
                        " is in them."
                    ),
                    page=say(
                        "Some files of the library are newer than its index; to make the index anew in a terminal"
                        " brings back what is in them."
                    ),
                )
            )
        if self.closed:
            lines.append(
                say(
                    "{closed} {closed:file or folder|files and folders} of the library could be read by others of this"
                    " computer, and no more.",
                    closed=self.closed,
                )
            )
        if self.rebuilt:
            lines.append(say("The index was made anew."))
        lines += unknown_words(self)
        if not self.missing and not self.damaged:
            lines.append(say("All is well."))
        return Outcome(
            headline=say(
                "Sealed files: {cells}, {damaged} damaged or missing; {albums} {albums:album|albums},"
                " {tracks} {tracks:track|tracks}.",
                cells=self.cells,
                damaged=self.damaged,
                albums=self.albums,
                tracks=self.tracks,
            ),
            lines=(*lines, *self.advice),
            missing=self.missing,
            exit_code=partly(self.missing or self.damaged),
        )


def unknown_words(found: Status | DoctorReport) -> list[Sentence]:
    """What a newer mag brought that nobody here understands, in plain words."""
    unknown, entries = found.unknown, found.unread
    lines = []
    if unknown:
        lines.append(
            say(
                "{unknown} {unknown:document of a kind|documents of kinds} that this version does not know;"
                " {unknown:it is|they are} kept and passed on.",
                unknown=unknown,
            )
        )
    if entries:
        lines.append(
            say(
                "{entries} {entries:entry of a kind|entries of kinds} that this version does not know;"
                " {entries:it is|they are} kept for a newer one.",
                entries=entries,
            )
        )
    return lines


def status(library: Library) -> Status:
    """Counts; the vault's files are counted, not read."""
    shelf, tracks, prepared = library.shelf, library.index.tracks, library.index.prepared
    views = [view for view in shelf.labels() if view.standing != "carrier"]
    return Status(
        albums=shelf.count(),
        tracks=tracks.count(),
        duration_s=round(tracks.duration_s(), 3),
        length=library.index.lengths.of_all_files(),
        on_disk=library.vault.length_on_disk(),
        incomplete=sum(not (album.complete or album.withdrawn) for album in shelf.albums_among(shelf.lacking())),
        labels=len(views),
        new_labels=sum(view.standing == "new" for view in views),
        friends=len(shelf.friends()),
        waiting=len(prepared.unseen()) + len(prepared.unheard()),
        unknown=library.index.documents.count(read=SCENE),
        unread=library.index.unread.count(),
        holds=held(library),
    )


def doctor(library: Library, *, progress: Progress | None = None) -> DoctorReport:
    """Read every cell and say what is hurt; pieces in hurt cells count as missing, so that a dub brings them again."""
    if not library.index.is_sound():
        raise LibraryError(say("the index is damaged; {then}", then=REBUILD))
    swept = library.sweep()
    named = library.index.cells.named()
    problems = list(library.vault.check(named, progress=progress))
    hurt = {
        problem.cell for problem in problems if problem.state in {"missing", "damaged"} and problem.cell is not None
    }
    counts = Counter(problem.state for problem in problems)
    albums = {album for cell in hurt for album in library.index.cells.albums_in(cell)}
    closed = dict.fromkeys(found for cell in hurt for found in library.index.closed.hurt_in(cell))
    with library.changes(frees=True) as changes:
        missing = list(mend_members(library, changes, hurt))
        changes.then(lambda index: _forget_pieces(index, hurt))
        changes.commit()
        changes.commit()  # and what a hurt page of the journal said, which waits in the tail since
    missing = [_hurt_album(view) for view in map(library.shelf.album, sorted(albums)) if view is not None] + missing
    missing += [_hurt_closed(library, *each) for each in closed]
    return DoctorReport(
        cells=len(named),
        damaged=len(hurt),
        unused=counts["unused"],
        foreign=counts["foreign"],
        given_back=swept.removed * library.vault.cell_length,
        newer=swept.kept,
        rebuilt=False,
        albums=len(list(library.shelf.albums())),
        tracks=library.index.tracks.count(),
        missing=tuple(dict.fromkeys(missing)),
        unknown=library.index.documents.count(read=SCENE),
        unread=library.index.unread.count(),
    )


def _hurt_album(view: AlbumView) -> Shortfall:
    """What is left of an album of which a cell is damaged, and what to do."""
    reason = say("a file with a part of it is damaged; dub or import it again")
    if view.complete and view.small:
        reason = say("originals are damaged, and what is left of them is their small version; dub or import it again")
    elif view.complete:
        reason = advice(
            terminal=say("a small version is damaged, the originals are whole; `mag publish` or a dub brings it again"),
            page=say(
                "a small version is damaged, the originals are whole; to publish the album brings it again,"
                " or to take it from a stick"
            ),
        )
    return Shortfall(what=view.title, id=view.release_id, reason=reason)


def _hurt_closed(library: Library, imprint: str, path: str) -> Shortfall:
    premiere = premiere_at(library, imprint, path)
    name = next((view.name for view in library.shelf.labels() if view.imprint == imprint), imprint_words(imprint))
    what = (premiere.title if premiere is not None else "") or say("a premiere of {label}", label=name)
    reason = say("a part of its closed file is damaged; dub it again")
    return Shortfall(what=what, reason=reason, id=premiere.id if premiere is not None else "")


def _forget_pieces(index: Index, cells: set[int]) -> None:
    if cells:
        index.sources.forget()  # a re-import looks at every file again
    for cell in cells:
        index.cells.forget_pieces_in(cell)
