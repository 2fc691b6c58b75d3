"""`mag want`: albums and labels that one asks for, and that are not here."""

from __future__ import annotations

import re
from collections.abc import Collection, Iterator, Sequence
from contextlib import suppress
from datetime import UTC, datetime
from itertools import chain

from msgspec import structs

from magnitizdat.catalogue.kinds import RELEASE, parse_target
from magnitizdat.catalogue.refresh import review
from magnitizdat.errors import DamagedError, SourceError, UsageError
from magnitizdat.formats.names import imprint_bytes, imprint_words
from magnitizdat.library.club_rows import ClubRow
from magnitizdat.library.library import Library
from magnitizdat.library.wish_rows import WishGone, WishRow
from magnitizdat.model import Outcome, Value
from magnitizdat.ops.labels.labels import held_state
from magnitizdat.ops.labels.of_clubs import of_clubs
from magnitizdat.sentence import Sentence, advice, framed, say

MOST_WISHES = 500
"""So many fit a slip."""
_ANY_TIME = datetime.fromtimestamp(0, UTC)
_WHOLE_ID = re.compile("[0-9a-f]{32}")


class WishLine(Value, frozen=True, kw_only=True, omit_defaults=False):
    """Something that is asked for. `id` names it to others; `here`: by now all of it is.

    Of a label: `known` albums that its list names, of which `came` are whole here, and the others are `lacking`.
    """

    id: str
    title: str = ""
    imprint: str = ""
    label: str = ""
    at: str = ""
    here: bool = False
    known: int = 0
    lacking: tuple[str, ...] = ()

    @property
    def came(self) -> int:
        """Albums of a label that are whole here."""
        return self.known - len(self.lacking)

    @property
    def ids(self) -> tuple[str, ...]:
        """What names it to others, without what is whole here."""
        return () if self.here else self.lacking or (self.id,)

    def sentence(self) -> Sentence:
        """How a list shows it."""
        if self.known:
            came = say("albums that have come: {came} of {known}", came=self.came, known=self.known)
            return framed("{what}: {said}", what=self._what(), said=came)
        return framed("{what}: {said}", what=self._what(), said=say("it has come")) if self.here else self._what()

    def _what(self) -> Sentence:
        label = self.label or (imprint_words(self.imprint) if self.imprint else "")
        if self.id == self.imprint:
            return say("everything of {label}", label=label)
        title = framed("«{title}»", title=self.title) if self.title else self.id
        return say("{title}, of {label}", title=title, label=label) if label else framed("{title}", title=title)


class WishReport(Value, frozen=True, kw_only=True, omit_defaults=False):
    """What is asked for now, oldest first; what was `added`, and what was `dropped`."""

    wishes: tuple[WishLine, ...] = ()
    added: tuple[WishLine, ...] = ()
    dropped: tuple[WishLine, ...] = ()

    def outcome(self) -> Outcome:
        """How many there are, or what became of some."""
        if self.added or self.dropped:
            return Outcome(headline=self._count(), lines=self._news())
        if not self.wishes:
            return Outcome(
                headline=advice(
                    terminal=say("You ask for nothing; `mag want ALBUM` or `mag want LABEL` does."),
                    page=say("You ask for nothing yet."),
                )
            )
        headline = say("You ask for {n} {n:thing|things}:", n=len(self.wishes))
        return Outcome(headline=headline, lines=tuple(each.sentence() for each in self.wishes))

    def _count(self) -> Sentence:
        if not self.wishes:
            return say("You ask for nothing any more.")
        return say("You ask for {n} {n:thing|things} now.", n=len(self.wishes))

    def _news(self) -> tuple[Sentence, ...]:
        added = (say("Asked for: {what}.", what=each.sentence()) for each in self.added)
        dropped = (say("Asked for no more: {what}.", what=each.sentence()) for each in self.dropped)
        return (*added, *dropped)


def wishes(library: Library) -> list[WishLine]:
    """What is asked for, oldest first."""
    rows = sorted(library.index.listening.kept(WishRow, "wish:"), key=lambda row: (row.at, row.id))
    listed = {row.imprint: _listed(library, row.imprint) for row in rows if row.id == row.imprint}
    asked = (*(row.release_id for row in rows), *chain.from_iterable(listed.values()))
    here = {view.release_id for view in library.index.wishes.here(asked) if view.complete}
    return [_now(row, here, listed.get(row.id, [])) for row in rows]


def _listed(library: Library, imprint: str) -> list[str]:
    """Albums that the newest list held of a label names, also where no reel brought more of them than that.

    What it withdrew is left out, as far as that was read here.
    """
    read = library.index.wishes.releases(imprint)
    named = {each for each, is_over in read.items() if not is_over}
    with suppress(SourceError):  # nothing of it is held but its name
        targets = map(parse_target, review(held_state(library, imprint), now=_ANY_TIME).targets)
        named |= {each.id for each in targets if each.kind == RELEASE and not read.get(each.id)}
    return sorted(named)


def _now(row: WishRow, here: Collection[str], listed: Sequence[str]) -> WishLine:
    """What has come of it; `listed`: where it is a label, the albums that are known of it."""
    lacking = tuple(each for each in listed if each not in here)
    line = _line(row, here=row.release_id in here or bool(listed and not lacking))
    return structs.replace(line, known=len(listed), lacking=lacking)


def wanted_ids(library: Library, *, but: Collection[str] = ()) -> tuple[str, ...]:
    """The same by what names it to others, without what has come, and what is of these labels.

    Of a label that is known, the albums that are not whole here.
    """
    ids = (each.ids for each in wishes(library) if each.imprint not in but)
    return tuple(dict.fromkeys(chain.from_iterable(ids)))


def known_by_clubs(library: Library) -> frozenset[str]:
    """Clubs, and labels that are known through one alone: to name them to others would tell of the club."""
    clubs = library.index.listening.kept(ClubRow, "club:")
    return frozenset({*of_clubs(library), *(club.imprint for club in clubs)})


def want(library: Library, texts: Sequence[str], *, now: datetime) -> WishReport:
    """Ask for albums and labels, by whatever a person names them; without any: what is asked for.

    Raises: UsageError for what is not known, is here already, or can mean several; nothing is asked for then.
    """
    if not texts:
        return WishReport(wishes=tuple(wishes(library)))
    at = now.astimezone(UTC).isoformat(timespec="seconds")
    with library.changes() as changes:
        held = {each.id for each in wishes(library)}
        asked = {row.id: row for row in (_meant(library, text, at) for text in texts) if row.id not in held}
        if len(held) + len(asked) > MOST_WISHES:
            raise UsageError(say("you ask for {most} things already; drop some of them first", most=MOST_WISHES))
        for row in asked.values():
            changes.row(row)
        changes.commit()
    return WishReport(wishes=tuple(wishes(library)), added=tuple(map(_line, asked.values())))


def want_no_more(library: Library, texts: Sequence[str]) -> WishReport:
    """Ask for these no more. Raises: UsageError for what nobody asked for; then all are asked for still."""
    if not texts:
        raise UsageError(say("say what you ask for no more"))
    with library.changes() as changes:
        dropped = {each.id: each for each in (_asked(library, text) for text in texts)}
        for each in dropped:
            changes.row(WishGone(id=each))
        changes.commit()
    return WishReport(wishes=tuple(wishes(library)), dropped=tuple(dropped.values()))


def _line(row: WishRow, *, here: bool = False) -> WishLine:
    return WishLine(id=row.id, title=row.title, imprint=row.imprint, label=row.label, at=row.at, here=here)


def _asked(library: Library, text: str) -> WishLine:
    """Raises: UsageError where nobody asked for that, or it can mean several."""
    wanted, found = text.strip().casefold(), wishes(library)
    names = [
        each
        for each in found
        if wanted in {each.id, each.title.casefold()} or (each.id == each.imprint and _names_label(each, wanted))
    ]
    names = names or [each for each in found if len(wanted) >= 4 and each.id.startswith(wanted)]
    if not names:
        raise UsageError(say("you do not ask for «{text}»", text=text))
    return _the_one(text, names)


def _names_label(line: WishLine, wanted: str) -> bool:
    return wanted in {line.label.casefold(), imprint_words(line.imprint)}


def _meant(library: Library, text: str, at: str) -> WishRow:
    """Raises: UsageError."""
    wanted = text.strip().casefold()
    names = {view.imprint: view.name for view in library.shelf.labels()}
    albums = {
        each.release_id: WishRow(
            release_id=each.release_id, imprint=each.imprint, title=each.title, label=names.get(each.imprint, ""), at=at
        )
        for each in library.index.wishes.known()
        if wanted in {each.release_id, each.title.casefold()}
    }
    found = [_line(row) for row in albums.values()] + list(_labels(names, wanted))
    if not found and _WHOLE_ID.fullmatch(wanted):
        found = [WishLine(id=wanted)]
    if not found:
        raise UsageError(
            say(
                "no album and no label «{text}» is known here; ask for an album by its id, or for a label by"
                " its address",
                text=text,
            )
        )
    here = {view.release_id for view in library.index.wishes.here([each.id for each in found]) if view.complete}
    left = [each for each in found if each.id not in here]
    if not left:
        raise UsageError(say("«{text}» is here already", text=text))
    line = _the_one(text, left)
    return albums.get(line.id) or WishRow(
        release_id=line.id if line.id != line.imprint else "", imprint=line.imprint, label=line.label, at=at
    )


def _labels(names: dict[str, str], wanted: str) -> Iterator[WishLine]:
    """Labels that are called so, and one that nobody here knows by its whole address."""
    for imprint, name in names.items():
        if wanted in {imprint, name.casefold(), imprint_words(imprint)}:
            yield WishLine(id=imprint, imprint=imprint, label=name)
    if wanted not in names and _is_imprint(wanted):
        yield WishLine(id=wanted, imprint=wanted)


def _is_imprint(text: str) -> bool:
    try:
        return len(imprint_bytes(text)) > 0
    except (DamagedError, ValueError):
        return False


def _the_one(text: str, found: Sequence[WishLine]) -> WishLine:
    """Raises: UsageError where there are several."""
    if len(found) > 1:
        several = "; ".join(f"{each.id} ({each.title or each.label})" for each in found[:6])
        raise UsageError(say("«{text}» can mean several: {several}; give the id of one", text=text, several=several))
    return found[0]
