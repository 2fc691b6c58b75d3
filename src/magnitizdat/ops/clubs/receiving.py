"""What letters of clubs do here: keys are kept, a goodbye is told, and who was let in joins by a word of their own."""

from __future__ import annotations

from collections.abc import Collection, Iterator, Sequence
from contextlib import suppress
from datetime import UTC, datetime
from itertools import chain
from typing import NamedTuple

from msgspec.structs import replace

from magnitizdat.catalogue.carrying_on import root_of
from magnitizdat.catalogue.chains import with_roots
from magnitizdat.catalogue.club_roots import club_of
from magnitizdat.catalogue.clubs import ClubRoot, Epoch
from magnitizdat.catalogue.refresh import LabelState, remembered, review
from magnitizdat.errors import DamagedError, NotFoundError, NotVerifiedError, SourceError, UsageError
from magnitizdat.formats.names import clean_line, imprint_words
from magnitizdat.library.club_rows import ClubLabelRow, ClubNewsRow, ClubRow, Fate
from magnitizdat.library.journal import LabelRow
from magnitizdat.library.library import Changes, Library
from magnitizdat.model import Outcome, Value
from magnitizdat.ops.clubs.carried_news import let_go
from magnitizdat.ops.clubs.keys import keep_key, keys_here
from magnitizdat.ops.clubs.mailing import out_sentence
from magnitizdat.ops.clubs.rosters import club_root, my_label, words_of
from magnitizdat.ops.clubs.standing import is_past, let_in, let_out, standing
from magnitizdat.ops.clubs.staying import is_known
from magnitizdat.ops.labels.alike import check_label
from magnitizdat.ops.labels.labels import held_state
from magnitizdat.ops.labels.of_clubs import of_clubs
from magnitizdat.ops.post.inbox import HeldLetter, forget, held
from magnitizdat.scene.club_news import CLUB_NEWS, ClubNews, EpochKey, read_news, unpacked_ids
from magnitizdat.scene.clubs import OfficerWords
from magnitizdat.sentence import Sentence, advice, say

_ANY_TIME = datetime.fromtimestamp(0, UTC)
"""Whether a list has expired does not matter here."""


class Waiting(Value, frozen=True, kw_only=True, omit_defaults=False):
    """A letter that lets this library's person into a club, once they join."""

    letter: str
    club: str
    name: str
    words: str


class TakenIn(Value, frozen=True, kw_only=True, omit_defaults=False):
    """What letters of clubs brought: clubs with new keys, those that let us out and when, and who waits for a word."""

    keys: tuple[str, ...] = ()
    out: tuple[tuple[str, str], ...] = ()
    waiting: tuple[Waiting, ...] = ()

    def sentences(self) -> Iterator[Sentence]:
        """For the report of a dub."""
        yield from (say("A new key of «{club}» came.", club=club) for club in self.keys)
        yield from (out_sentence(club, day) for club, day in self.out)
        for each in self.waiting:
            yield advice(
                terminal=say(
                    "A letter lets you into «{club}» ({words}): `mag club join {id}` joins.",
                    club=each.name,
                    words=each.words,
                    id=each.letter[:8],
                ),
                page=say(
                    "A letter lets you into «{club}» ({words}): join it under Post.", club=each.name, words=each.words
                ),
            )


class JoinedReport(Value, frozen=True, kw_only=True, omit_defaults=False):
    """Which club was joined, and how many keys of its door came."""

    club: str
    imprint: str
    keys: int

    def outcome(self) -> Outcome:
        """What it is good for."""
        return Outcome(
            headline=say("You are in «{club}».", club=self.club),
            lines=(
                advice(
                    terminal=say("Its reels open here from now on, and `--for` with its name seals yours to it."),
                    page=say("Its reels open here from now on, and sticks that you fill can be sealed to it."),
                ),
                say("Labels that you first meet through it stay in it."),
            ),
        )


class _News(NamedTuple):
    """A letter of a club, and the state of that club with the roots that came along."""

    letter: HeldLetter
    news: ClubNews
    state: LabelState
    root: ClubRoot


def take_in(library: Library) -> TakenIn:
    """Act on letters of clubs that are new here.

    Only officers that the club's root names are heard; a club that this person is not in waits for `join`. Keys are
    taken before goodbyes: whoever was let out and in again is in.
    """
    keys, out, waiting = list[str](), list[tuple[str, str]](), set[str]()
    with library.changes() as changes:
        for each in _in_order(library, changes):
            if each.news.out:
                out += _take_goodbye(library, changes, each)
            elif not _is_in(library, each):
                waiting |= _let_wait(library, changes, each)
            elif _take_keys(library, changes, each):
                keys.append(each.root.name)
            changes.commit()  # one by one: each rewrites cells
    still = [each for each in invitations(library) if each.letter in waiting] if waiting else []
    return TakenIn(keys=tuple(dict.fromkeys(keys)), out=tuple(out), waiting=tuple(still))


def _in_order(library: Library, changes: Changes) -> list[_News]:
    """Letters that count and were not acted on: keys by their epochs, then goodbyes."""
    found = list[_News]()
    for each in list(_unread(library)):
        news = _genuine(library, each)
        if news is not None:
            found.append(news)
        else:
            changes.row(ClubNewsRow(letter=each.key, fate="passed over"))
    changes.commit()
    return sorted(found, key=lambda each: (bool(each.news.out), [epoch.number for epoch in each.news.epochs[-1:]]))


def join(library: Library, letter_id: str, *, sure: bool = False, now: datetime) -> JoinedReport:
    """Join the club that a letter lets in to, by its id or how that begins.

    Raises: UsageError where there is no such letter; NotVerifiedError where no officer of that club signed it;
    AlikeError for a name that could be taken for another's, unless `sure`.
    """
    with library.changes() as changes:
        found = _news(library, _find(library, letter_id))
        if found.news.out or not found.news.epochs or _is_past(library, found):
            raise UsageError(say("this letter lets nobody in; ask an officer for one that does"))
        name = clean_line(found.root.name)
        if not sure:
            check_label(library, name, found.news.club)
        _done(library, changes, found)
        _keep_labels(library, changes, found, now=now)
        before = standing(library, found.news.club) or ClubRow(imprint=found.news.club)
        row = replace(before, name=name, standing="member", at=now.isoformat(timespec="seconds"))
        changes.row(let_in(row, found.news.admission))
        count = _keep_keys(library, changes, found, again=True)
        changes.commit()
        for each in _waiting_of(library, found.news.club):
            _take_keys(library, changes, each)
            changes.commit()
    return JoinedReport(club=name, imprint=found.news.club, keys=count)


def invitations(library: Library) -> tuple[Waiting, ...]:
    """Letters that let this person into clubs and wait for a word."""
    found = _waiting_of(library)
    return tuple(_waiting(each) for each in found if not _is_in(library, each) and not _is_past(library, each))


# -- what is genuine --------------------------------------------------------------------------------------------------


def _unread(library: Library) -> Iterator[HeldLetter]:
    known = {row.letter for row in library.index.listening.kept(ClubNewsRow, "club-news:")}
    return (each for each in held(library, CLUB_NEWS) if each.key not in known)


def _find(library: Library, letter_id: str) -> HeldLetter:
    wanted = letter_id.strip().casefold()
    found = [each for each in held(library, CLUB_NEWS) if len(wanted) >= 4 and each.letter.id.startswith(wanted)]
    if len(found) != 1:
        _never_twice(library, wanted)
        raise UsageError(
            advice(
                terminal=say("no letter of a club begins with «{id}»; `mag inbox` shows them", id=letter_id),
                page=say("no letter of a club is called «{id}»; look under Post", id=letter_id),
            )
        )
    return found[0]


def _never_twice(library: Library, wanted: str) -> None:
    """Raises: UsageError where a letter that begins so did its work here: it is gone, and its club is not."""
    for row in library.index.listening.kept(ClubNewsRow, "club-news:"):
        club = library.index.listening.kept_one(ClubRow, f"club:{row.club}")
        is_used = len(wanted) >= 4 and row.id.startswith(wanted) and row.fate == "taken"
        if is_used and club is not None and club.standing == "member":
            raise UsageError(say("you are in «{club}» already", club=club.name))


def _genuine(library: Library, letter: HeldLetter) -> _News | None:
    with suppress(SourceError):
        return _news(library, letter)
    return None


def _news(library: Library, letter: HeldLetter) -> _News:
    """Raises: DamagedError, NotVerifiedError where no officer of the club signed it, or to somebody else."""
    news = read_news(letter.attachment)
    state = with_roots(held_state(library, news.club), (root.encode() for root in news.roots))
    if not state.roots():
        raise NotVerifiedError(say("the roots of the club did not come along; ask one of its officers for another"))
    root = club_of(root_of(state).signed)
    is_to_us = letter.is_mine or letter.letter.recipient == news.club
    if root is None or letter.signer not in root.officers or not is_to_us:
        raise NotVerifiedError(say("no officer of this club signed this letter; ask one of them"))
    return _News(letter, news, state, root)


def _waiting_of(library: Library, club: str = "") -> list[_News]:
    """Letters that wait for a word of the person, of all clubs or of one."""
    rows = library.index.listening.kept(ClubNewsRow, "club-news:")
    waiting = {row.letter for row in rows if row.fate == "waiting" and club in {"", row.club}}
    found = [_genuine(library, each) for each in held(library, CLUB_NEWS) if each.key in waiting]
    return [each for each in found if each is not None]


def _is_in(library: Library, found: _News) -> bool:
    row = standing(library, found.news.club)
    if row is not None and row.standing == "member":
        return True
    with suppress(SourceError):
        return my_label(library, found.news.club, club_root(library, found.news.club)) is not None
    return False


def _is_past(library: Library, found: _News) -> bool:
    to_one = found.letter.letter.recipient != found.news.club
    return is_past(standing(library, found.news.club), found.news, to_one=to_one)


# -- what it does -----------------------------------------------------------------------------------------------------


def _let_wait(library: Library, changes: Changes, found: _News) -> set[str]:
    """The id of a letter that may let this person in; of others nothing stays."""
    if _is_past(library, found):
        row = standing(library, found.news.club)
        if row is not None and row.standing == "left":  # the file is carried on by now, and opens here
            let_go(library, changes, lambda news: news.club == found.news.club)
            changes.commit()
        _pass_over(library, changes, found)
        return set()
    changes.row(ClubNewsRow(letter=found.letter.key, club=found.news.club, fate="waiting"))
    return {found.letter.letter.id}


def _pass_over(library: Library, changes: Changes, found: _News) -> None:
    """Its keys are not kept here, not even in the letter."""
    changes.row(ClubNewsRow(letter=found.letter.key, club=found.news.club, fate="passed over"))
    forget(library, changes, found.letter.key)


def _waiting(found: _News) -> Waiting:
    club = found.news.club
    return Waiting(
        letter=found.letter.letter.id, club=club, name=clean_line(found.root.name), words=imprint_words(club)
    )


def _take_goodbye(library: Library, changes: Changes, found: _News) -> list[tuple[str, str]]:
    """What it says of the club and the day, if this lets us out: not who never was in, or is in again."""
    name, day = clean_line(found.root.name), clean_line(found.news.out)
    for each in _waiting_of(library, found.news.club):
        if each.news.admission in unpacked_ids(found.news.gone):
            _pass_over(library, changes, each)
            changes.commit()
    is_out = _note_goodbye(library, changes, found, day)
    fate: Fate = "taken" if is_out else "passed over"
    changes.row(ClubNewsRow(letter=found.letter.key, club=found.news.club, fate=fate))
    return [(name, day)] if is_out else []


def _note_goodbye(library: Library, changes: Changes, found: _News, day: str) -> bool:
    """Whether this lets us out."""
    row = standing(library, found.news.club)
    if row is None:
        return False
    after = let_out(row, found.news, day, (each.number for each in keys_here(library, found.news.club)))
    changes.row(after)
    return after.standing != row.standing


def _take_keys(library: Library, changes: Changes, found: _News) -> bool:
    _done(library, changes, found)
    row = standing(library, found.news.club)
    if row is not None and found.news.admission:
        changes.row(let_in(row, found.news.admission))
    _keep_roots(library, changes, found.state)
    return _keep_keys(library, changes, found) > 0


def _keep_keys(library: Library, changes: Changes, found: _News, *, again: bool = False) -> int:
    """How many of the keys are news. That of the last says whom its maker knew to be gone.

    A key that is not the one which the epoch's own document names is passed over.
    """
    words, teller, count = words_of(library, found.news.club, found.root), found.letter.signer, 0
    officers = found.root.officers
    for each in found.news.epochs:
        with suppress(DamagedError):
            key, officer = each.opens(), each.officer or teller
            epoch = _epoch(found, each, key.recipient.text)
            if not _is_another(words, epoch, is_makers=officer == teller, officers=officers):
                count += keep_key(
                    library, changes, epoch, key, officer=officer, teller=teller, officers=officers, again=again
                )
    return count


def _is_another(words: Sequence[OfficerWords], epoch: Epoch, *, is_makers: bool, officers: Collection[str]) -> bool:
    """Whether the epoch of this id has another key, as far as is known: its maker knows better than who else told."""
    firm = (said for said in words if not said.is_hearsay or not (is_makers or said.teller not in officers))
    known = chain.from_iterable(said.epochs for said in firm)
    return any(each.id == epoch.id and each.recipient != epoch.recipient for each in known)


def _epoch(found: _News, each: EpochKey, recipient: str) -> Epoch:
    """What the letter says of one, as if its document were here. Raises: DamagedError."""
    is_last = each is found.news.epochs[-1]
    gone = unpacked_ids(found.news.gone) if is_last else ()
    return Epoch(id=each.id, club=found.news.club, number=each.number, recipient=recipient, gone=gone)


def _done(library: Library, changes: Changes, found: _News) -> None:
    """Its keys stand in the vault by now, and are destroyed there one day: the letter goes."""
    letter = found.letter
    changes.row(ClubNewsRow(letter=letter.key, club=found.news.club, fate="taken", id=letter.letter.id))
    forget(library, changes, found.letter.key)


def _keep_labels(library: Library, changes: Changes, found: _News, *, now: datetime) -> None:
    """The club's label and those of its officers, as far as they came along: known, and staying in the club."""
    chains = {found.letter.signer: tuple(body for _, body in sorted(found.letter.roots.items()))}
    chains |= {imprint: tuple(root.encode() for root in chain) for imprint, chain in found.news.officers.items()}
    _keep_roots(library, changes, found.state)
    _know(library, changes, found.news.club, found.news.club, clean_line(found.root.name), now=now)
    for imprint in found.root.officers:
        with suppress(SourceError):
            _keep_roots(library, changes, with_roots(held_state(library, imprint), chains.get(imprint, ())))
        _know(library, changes, imprint, found.news.club, imprint_words(imprint), now=now)


def _know(library: Library, changes: Changes, imprint: str, club: str, name: str, *, now: datetime) -> None:
    """Whoever a root names as an officer: of labels that are known, only its own door's are followed for its sake."""
    known = {view.imprint: view for view in library.shelf.labels()}.get(imprint)
    is_news = not is_known(library, imprint)
    is_theirs = imprint == club or of_clubs(library).get(imprint) == club
    if is_news or (is_theirs and (known is None or known.standing == "new")):
        heard = known.heard if known is not None else now.date().isoformat()
        shown = known.name if known is not None else name
        frozen = known.frozen if known is not None else ""
        changes.row(LabelRow(imprint=imprint, name=shown, standing="followed", heard=heard, frozen=frozen))
    if is_news:  # who was known before stays where they are, whatever a club calls them
        changes.row(ClubLabelRow(imprint=imprint, club=club, made=True))


def _keep_roots(library: Library, changes: Changes, state: LabelState) -> None:
    """Lists that the newest root's keys did not sign go: they belong to the root before."""
    if state.files == library.label_files(state.imprint) or not state.roots():
        return
    try:
        review(state, now=_ANY_TIME)
    except NotFoundError:
        pass
    except SourceError:
        roots = {name: body for name, body in state.files.items() if name.endswith(".root.json")}
        state = replace(state, files=roots)
    changes.put_label(state.imprint, state.files, remembered(state))
