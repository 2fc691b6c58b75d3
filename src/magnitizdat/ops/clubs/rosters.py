"""Clubs as they are known here: what officers' labels say, their rosters opened where this library is an officer's."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from contextlib import suppress
from datetime import UTC, datetime
from typing import Literal, NamedTuple, TypeVar

from msgspec.structs import replace

from magnitizdat.catalogue.carrying_on import root_of
from magnitizdat.catalogue.club_roots import club_of
from magnitizdat.catalogue.clubs import EPOCH, ROSTER, ClubRoot, Epoch, Roster, RosterPart
from magnitizdat.catalogue.documents import LABEL_PATH, MAX_LABEL_LENGTH, LabelDocument, decode
from magnitizdat.catalogue.kinds import parse_target, read
from magnitizdat.catalogue.refresh import review
from magnitizdat.errors import LibraryError, SourceError, UsageError
from magnitizdat.formats.age_keys import X25519Identity
from magnitizdat.formats.names import clean_line, imprint_words
from magnitizdat.formats.spool_paths import label_path
from magnitizdat.library.club_rows import ClubRow
from magnitizdat.library.index.views import LabelView
from magnitizdat.library.library import Library
from magnitizdat.model import Value
from magnitizdat.ops.clubs.keys import keys_here, told_epochs
from magnitizdat.ops.labels.labels import held_state
from magnitizdat.ops.labels.of_clubs import made_for, of_clubs
from magnitizdat.scene.clubs import ClubView, OfficerWords, view
from magnitizdat.scene.rosters import opened_part, together
from magnitizdat.sentence import advice, say
from magnitizdat.ways import DOCTOR

Role = Literal["officer", "member", "left", "out"]
D = TypeVar("D", Roster, Epoch)
_ANY_TIME = datetime.fromtimestamp(0, UTC)
"""Whether a list has expired does not matter here."""


class Club(NamedTuple):
    """A club by what people call it, and what this library's person is in it."""

    name: str
    imprint: str
    words: str
    role: Role


class ClubLine(Value, frozen=True, kw_only=True, omit_defaults=False):
    """A club in the list. `members` is None for who is no officer; `epoch` is the number in force, 0 where none is.

    `key`: whether its key is here.
    """

    name: str
    imprint: str
    words: str
    role: Role
    members: int | None = None
    epoch: int = 0
    key: bool = False


def clubs(library: Library) -> tuple[ClubLine, ...]:
    """All that are known here, by name."""
    return tuple(_line(library, club) for club in known_clubs(library))


def find_club(library: Library, text: str = "", *, role: Role | None = None) -> Club:
    """A club by name, imprint, its beginning, or its four words; the only one where none is named.

    Raises: UsageError where there is none, or more than one.
    """
    known = [club for club in known_clubs(library) if role in {None, club.role}]
    wanted = text.strip().casefold()
    found = [club for club in known if wanted in {club.imprint, club.words}]
    found = found or [club for club in known if club.name.casefold() == wanted]
    found = found or [club for club in known if len(wanted) >= 8 and club.imprint.startswith(wanted)]
    found = found or ([] if text else known)
    if len(found) == 1:
        return found[0]
    if found:
        several = ", ".join(f"«{club.name}» ({club.words})" for club in found)
        raise UsageError(say("several clubs can be meant: {several}; say which one", several=several))
    others = (club for club in known_clubs(library) if wanted in {club.imprint, club.words, club.name.casefold()})
    raise _none(text, role, is_known=any(others))


def _none(text: str, role: Role | None, *, is_known: bool) -> UsageError:
    if role == "officer" and not text:
        return UsageError(
            advice(
                terminal=say("you are no officer of any club; `mag club create NAME` makes one"),
                page=say("you are no officer of any club; make one under Clubs"),
            )
        )
    if role == "officer" and is_known:
        return UsageError(say("you are no officer of «{club}»; ask one of them", club=text))
    if not text:
        return UsageError(
            advice(
                terminal=say("you are in no club; an officer's letter lets you in: `mag inbox`"),
                page=say("you are in no club; an officer's letter lets you in: look under Post"),
            )
        )
    return UsageError(
        advice(
            terminal=say("no club «{club}» is known here; `mag club list` shows which are", club=text),
            page=say("no club «{club}» is known here; look under Clubs", club=text),
        )
    )


def club_view(library: Library, imprint: str) -> ClubView:
    """How a club stands, as far as it is known here.

    Raises: NotFoundError where nothing is held of it.
    """
    root = club_root(library, imprint)
    return view(root, words_of(library, imprint, root))


def club_root(library: Library, imprint: str) -> ClubRoot:
    """What the newest root of a club says. Raises: NotFoundError where none is held, or it is a label and no club."""
    root = club_of(root_of(held_state(library, imprint)).signed)
    return root if root is not None else ClubRoot(name=imprint_words(imprint))


def words_of(library: Library, club: str, root: ClubRoot) -> tuple[OfficerWords, ...]:
    """What everybody says who is one of its officers or was; keys that came before their documents count as words."""
    openers = letter_keys(library)
    spoken = [_words(library, club, each, openers) for each in _speakers(library, club, root)]
    told = told_epochs(library, club, (epoch.id for each in spoken for epoch in each.epochs))
    return (*spoken, *(OfficerWords(maker, None, epochs, teller=teller) for (maker, teller), epochs in told.items()))


def _speakers(library: Library, club: str, root: ClubRoot) -> list[str]:
    said = {imprint for imprint, _ in library.index.documents.of_kinds([ROSTER, EPOCH])}
    here = {imprint for imprint, each in of_clubs(library).items() if each == club and imprint in said}
    return sorted({*root.officers, *here})


def _words(library: Library, club: str, imprint: str, openers: Sequence[X25519Identity]) -> OfficerWords:
    parts = [opened_part(each.sealed, openers) for each in documents(library, imprint, Roster) if each.club == club]
    read_here = [each for each in parts if each is not None]
    return OfficerWords(
        imprint=imprint,
        roster=together(read_here) if read_here or imprint in made_for(library, club) else None,
        epochs=tuple(each for each in documents(library, imprint, Epoch) if each.club == club),
        is_forked=held_state(library, imprint).is_frozen,
    )


def documents(library: Library, imprint: str, form: type[D]) -> Iterator[D]:
    """What a label says of this kind, as far as it can be read here."""
    kind = ROSTER if form is Roster else EPOCH
    for held in library.index.documents.held(imprint):
        if parse_target(held.path).kind == kind:
            value = read(held.path, library.index.documents.content(imprint, held.path)).value
            if isinstance(value, form):
                yield value


def own_parts(library: Library, imprint: str, club: str) -> dict[int, RosterPart]:
    """The parts of one's own roster by their numbers.

    Raises: LibraryError where one cannot be opened: what stands in it would be lost.
    """
    openers, found = letter_keys(library), dict[int, RosterPart]()
    for each in documents(library, imprint, Roster):
        if each.club == club:
            said = opened_part(each.sealed, openers)
            if said is None:
                raise LibraryError(say("a part of your list of members does not open here; {then}", then=DOCTOR))
            found[each.part] = said
    return found


def letter_keys(library: Library) -> tuple[X25519Identity, ...]:
    """Private halves of addresses that labels of this library have for letters: rosters are sealed to them."""
    names = library.index.cells.members_like("letter-key/*")
    return tuple(X25519Identity.from_text(library.member(name).decode("ascii").strip()) for name in names)


def letters_address(library: Library, imprint: str) -> str:
    """The address for letters that a label's own document names; empty where it names none, or is not here."""
    with suppress(SourceError, LibraryError):
        state = held_state(library, imprint)
        listed = review(state, now=_ANY_TIME).targets[LABEL_PATH]
        content = library.member(label_path(imprint, listed.stored_path))
        return decode(LabelDocument, content, max_length=MAX_LABEL_LENGTH).letters
    return ""


def my_label(library: Library, club: str, root: ClubRoot) -> LabelView | None:
    """The label in which this library's person speaks as an officer; None where they are none.

    That a root names a label of theirs makes them no officer: it was made for this club.
    """
    views, made = {each.imprint: each for each in library.shelf.labels()}, made_for(library, club)
    mine = (views.get(each) for each in root.officers if each in made)
    return next((each for each in mine if each is not None), None)


def known_clubs(library: Library) -> list[Club]:
    """By name, without a look at who is in them."""
    rows = library.index.listening.kept(ClubRow, "club:")
    found = [_club(library, each) for each in {row.imprint for row in rows} | set(of_clubs(library).values())]
    return sorted(found, key=lambda club: (club.name.casefold(), club.imprint))


def _club(library: Library, imprint: str) -> Club:
    words, row = imprint_words(imprint), library.index.listening.kept_one(ClubRow, f"club:{imprint}")
    role: Role = row.standing if row is not None else "left"
    with suppress(SourceError):
        root = club_root(library, imprint)
        is_officer = my_label(library, imprint, root) is not None
        return Club(clean_line(root.name), imprint, words, "officer" if is_officer else role)
    return Club(row.name if row is not None else words, imprint, words, role)


def _line(library: Library, club: Club) -> ClubLine:
    line = ClubLine(name=club.name, imprint=club.imprint, words=club.words, role=club.role)
    is_in = club.role in {"officer", "member"}  # who was let out knows that there is another key by now
    with suppress(SourceError, LibraryError):
        stands = club_view(library, club.imprint)
        epoch = stands.in_force
        return replace(
            line,
            members=len(stands.members) if club.role == "officer" else None,
            epoch=epoch.number if epoch is not None else 0,
            key=is_in and epoch is not None and epoch.id in {each.id for each in keys_here(library, club.imprint)},
        )
    return line
