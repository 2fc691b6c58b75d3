"""What stays in a club, and what may leave with a reel, a spool, an evening, an archive or an export (ADR 0069)."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from contextlib import suppress
from itertools import chain
from typing import NamedTuple

from magnitizdat.catalogue import kinds
from magnitizdat.catalogue.clubs import CLUB_KINDS, Epoch, Gig, Roster
from magnitizdat.catalogue.premieres import Opening
from magnitizdat.catalogue.voices import Compilation, Review, Vouch
from magnitizdat.errors import MagError, SourceError, UsageError
from magnitizdat.formats.names import clean_line
from magnitizdat.library.club_rows import ClubLabelRow, ClubRow
from magnitizdat.library.index.views import AlbumView
from magnitizdat.library.library import Library
from magnitizdat.model import Shortfall
from magnitizdat.ops.clubs.rosters import club_root
from magnitizdat.ops.labels.of_clubs import of_clubs
from magnitizdat.sentence import Sentence, advice, say

STAYS = advice(
    terminal=say("its label stays in the club in which you first met it; --with-club takes it along"),
    page=say("its label stays in the club in which you first met it, until you let it out under its name"),
)
IN_THE_CLUB = say("what a club and its officers sign goes on reels for that club alone")


class Gate(NamedTuple):
    """What of clubs may go somewhere. `club`: for whose members alone it is; empty where it is for anybody else.

    `shut`: labels of doors, which no word lets out; `stays`: these and all others that may not go; `along`: labels of
    that club's door, which go whatever is chosen.
    """

    club: str = ""
    shut: frozenset[str] = frozenset()
    stays: frozenset[str] = frozenset()
    along: frozenset[str] = frozenset()

    def reason(self, imprint: str) -> Sentence | None:
        """Why a label stays, if it does."""
        if imprint in self.shut:
            return IN_THE_CLUB
        return STAYS if imprint in self.stays else None

    def holds_back(self, library: Library, imprint: str, path: str) -> bool:
        """Whether a document of a label, by its target path, names one that stays."""
        is_of_door = kinds.parse_target(path).kind in CLUB_KINDS and (self.club or self.stays)
        if not is_of_door and (not self.stays or imprint in self.along):
            return False
        content = library.index.documents.content(imprint, path)
        with suppress(SourceError):
            said = kinds.read(path, content).value if content else None
            if isinstance(said, Roster | Epoch | Gig):  # whoever signed it: of another club's door nothing goes here
                return said.club != self.club
            if imprint in self.along:
                return False
            return not self.stays.isdisjoint(named_in(said)) or self._is_about_theirs(library, imprint, path)
        return False

    def _is_about_theirs(self, library: Library, imprint: str, path: str) -> bool:
        """Of what has no name, as carried albums, a review says which it is by its tracks."""
        line = library.index.voices.at(imprint, path)
        album = line.album if line is not None else ""
        return bool(album) and library.index.voices.signers([album]).get(album, "") in self.stays


NO_CLUBS = Gate()
"""Where nothing here is of a club."""


def gate(library: Library, *, club: str = "", with_club: bool = False) -> Gate:
    """What may go to the members of `club`, or else to anybody; `with_club`: labels that are no door's leave, too."""
    theirs = of_clubs(library)
    known = {row.imprint for row in library.index.listening.kept(ClubRow, "club:")}
    doors = {each: door_labels(library, each) for each in {*theirs.values(), *known, club} - {""}}
    if not doors:
        return NO_CLUBS
    along = doors.get(club, frozenset())
    shut = frozenset(chain(doors, *doors.values())) - along
    heard = frozenset(imprint for imprint, of in theirs.items() if of != club) - along
    return Gate(club, shut, shut if with_club else shut | heard, along)


def door_labels(library: Library, club: str) -> frozenset[str]:
    """Labels that are known for a club's sake alone: its own, and those of its officers, past ones too.

    Whoever its root names that is known from elsewhere, or of another club, goes as they went.
    """
    officers: tuple[str, ...] = ()
    with suppress(MagError):  # where nothing of it is held
        root = club_root(library, club)
        officers = (*root.officers, *root.former)
    rows = {row.imprint: row for row in library.index.listening.kept(ClubLabelRow, "club-label:")}
    writing = {imprint for imprint, _ in library.index.documents.of_kinds(CLUB_KINDS)} if rows else set()
    made = {each for each, row in rows.items() if row.made or each in writing}
    theirs = {each for each, row in rows.items() if row.club == club}
    unheard = {each for each in officers if not is_known(library, each)}
    return frozenset({club, *theirs.intersection({*made, *officers}), *unheard})


def is_known(library: Library, imprint: str) -> bool:
    """Whether a label was heard of before: it is on the shelf, somebody's card names it, or it is of a club."""
    labels = {view.imprint for view in library.shelf.labels()}
    row = library.index.listening.kept_one(ClubLabelRow, f"club-label:{imprint}")
    return row is not None or imprint in labels | {card.imprint for card in library.shelf.friends().values()}


def officer_of(library: Library, imprint: str) -> str:
    """Name of the club whose officer speaks in that label, and in nothing else; empty where there is none."""
    with suppress(SourceError):
        club = of_clubs(library).get(imprint, "")
        if not club:
            return ""
        root = club_root(library, club)
        return clean_line(root.name) if imprint in root.officers else ""
    return ""


def named_in(said: object) -> frozenset[str]:
    """Imprints of the labels that a document speaks of."""
    if isinstance(said, Vouch | Opening):
        return frozenset({said.imprint})
    if isinstance(said, Review):
        return frozenset({said.item_reviewed.imprint})
    if isinstance(said, Compilation):
        return frozenset(each.imprint for each in said.tracks)
    return frozenset({said.club}) if isinstance(said, Roster | Epoch | Gig) else frozenset()


# -- albums that somebody wants to take along -------------------------------------------------------------------------


class Passing(NamedTuple):
    """Albums that may go, how many stay, and of those that were asked for by name why."""

    albums: tuple[AlbumView, ...]
    staying: int = 0
    missing: tuple[Shortfall, ...] = ()


def let_through(library: Library, albums: Iterable[AlbumView], *, named: bool, passes: Gate | None = None) -> Passing:
    """Those that may go; `named`: somebody asked for these and no others. Without `passes` nothing of a club may.

    Raises: UsageError where some were wanted, and none of them may.
    """
    passes, wanted = gate(library) if passes is None else passes, list(albums)
    going = tuple(each for each in wanted if passes.reason(each.imprint) is None)
    held = [(each, why) for each in wanted if (why := passes.reason(each.imprint)) is not None]
    if held and not going:
        raise UsageError(held[0][1])
    missing = [Shortfall(what=each.title, id=each.release_id, reason=why) for each, why in held] if named else []
    return Passing(going, len(held), tuple(missing))


def songs_staying(library: Library, songs: Sequence[str], *, passes: Gate | None = None) -> dict[str, Shortfall]:
    """Of songs, as players name them, those that may not go, and why."""
    passes = gate(library) if passes is None else passes
    if not passes.stays:
        return {}
    lines = library.browse.named(songs)
    signers = library.index.voices.signers(line.album.id for line in lines.values())
    found = {song: passes.reason(signers.get(line.album.id, "")) for song, line in lines.items()}
    return {
        song: Shortfall(what=f"{lines[song].track.artist} - {lines[song].track.title}", reason=reason)
        for song, reason in found.items()
        if reason is not None
    }


def staying_sentence(count: int) -> Sentence:
    """How many labels stay."""
    return advice(
        terminal=say(
            "Labels that stay in the club in which you first met them: {count}; --with-club takes them along.",
            count=count,
        ),
        page=say("Labels that stay in the club in which you first met them: {count}.", count=count),
    )


def staying_albums_sentence(count: int) -> Sentence:
    """How many albums do."""
    return advice(
        terminal=say("Albums whose labels stay in their club: {count}; --with-club takes them along.", count=count),
        page=say("Albums whose labels stay in their club: {count}.", count=count),
    )


def staying_words_sentence(count: int) -> Sentence:
    """How much that is said of such labels does."""
    return advice(
        terminal=say(
            "What was said of labels that stay in their club stays, too: {count}; --with-club takes it along.",
            count=count,
        ),
        page=say("What was said of labels that stay in their club stays, too: {count}.", count=count),
    )
