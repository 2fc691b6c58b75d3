"""Slips: who opens a reel and says yes tells whoever cut it what arrived and what they ask for.

A slip is an ordinary small letter that nobody signed. It may lie: it moves what goes on the next reel, and deletes
nothing. Once it is read nothing is left of the letter.
"""

from __future__ import annotations

import secrets
from collections.abc import Collection, Sequence
from contextlib import suppress
from datetime import UTC, datetime

import msgspec

from magnitizdat.errors import DamagedError
from magnitizdat.formats import budgets
from magnitizdat.formats.age_keys import X25519Recipient
from magnitizdat.formats.letter_file import SMALL, seal_letter
from magnitizdat.library.library import Changes, Library
from magnitizdat.library.slip_rows import SlipReelRow, SlipRow
from magnitizdat.model import AgeRecipient, Outcome, ReleaseId, Value
from magnitizdat.ops.post import carrying
from magnitizdat.ops.post.return_addresses import slip_keys
from magnitizdat.ops.post.wanting import known_by_clubs, wanted_ids
from magnitizdat.scene.letters import Letter, OpenedLetter, attached, letter_members
from magnitizdat.scene.slips import MOST_IDS, SLIP, ReelSlip, ReturnNote, read_slip, slip_bytes
from magnitizdat.sentence import Sentence, say

MOST_DUE = 64
"""Reels that wait for a yes; of more the oldest are let go of."""
_DUE = "slip"


class DueSlip(Value, frozen=True, kw_only=True):
    """What is known of a reel that asks for a slip, until somebody says yes. Lives in the encrypted index alone."""

    reel: ReleaseId
    address: AgeRecipient
    at: str
    whole: bool = False
    arrived: tuple[ReleaseId, ...] = ()
    damaged: int = 0


class SlipsReport(Value, frozen=True, kw_only=True, omit_defaults=False):
    """How many slips are on their way, and how many things they ask for."""

    sent: int
    wanted: int = 0

    def outcome(self) -> Outcome:
        """What they say, and to whom."""
        if not self.sent:
            return Outcome(headline=say("No reel that came here waits for a slip."))
        headline = say(
            "Slips that are on their way, each a small sealed letter like any other: {sent}.", sent=self.sent
        )
        line = say("They say what arrived, and ask for {n} {n:thing|things}; nobody signed them.", n=self.wanted)
        return Outcome(headline=headline, lines=(line,))


# -- whoever cuts a reel -----------------------------------------------------------------------------------------------


class SlipTaker:
    """Slips that come in together. `taken` counts those that said something new; `full` says of which too many came."""

    def __init__(self, library: Library, changes: Changes, full: dict[Sentence, None], *, now: datetime) -> None:
        self._library, self._changes = library, changes
        self._at = now.astimezone(UTC).isoformat(timespec="seconds")
        self._mine = {row.recipient for row in slip_keys(library)}
        self._met = dict[str, SlipRow]()
        self.taken, self._full = 0, full

    def is_slip(self, found: OpenedLetter) -> bool:
        """Whether that is what a letter is for: whatever else it says, it stays out of the inbox."""
        said = found.letter.attachment
        return found.letter.recipient in self._mine or (said is not None and said.media_type == SLIP)

    def take(self, found: OpenedLetter) -> None:
        """Keep what it says, where it is of a reel from here and comes for the first time; of the letter nothing."""
        slip = self._read(found) if found.letter.recipient in self._mine else None
        kept = self._library.index.listening
        if slip is None or kept.kept_one(SlipReelRow, f"slip-reel:{slip.reel}") is None:
            return
        before = self._met.get(slip.reel) or kept.kept_one(SlipRow, f"slip:{slip.reel}")
        letters = before.letters if before is not None else ()
        if found.letter.id in letters:
            return
        if len(letters) >= budgets.SLIPS.most:
            self._full[budgets.SLIPS.sentence] = None
            return
        row = SlipRow(
            reel=slip.reel,
            at=self._at,
            letters=(*letters, found.letter.id),
            whole=slip.whole,
            arrived=slip.arrived,
            damaged=slip.damaged,
            wanted=slip.wanted,
        )
        self._met[slip.reel] = row
        self._changes.row(row)
        self.taken += 1

    def _read(self, found: OpenedLetter) -> ReelSlip | None:
        try:
            return read_slip(found.attachment)
        except budgets.OverBudgetError as exc:
            self._full[exc.sentence] = None
            return None


def slips(library: Library) -> dict[str, SlipRow]:
    """What came back, by reel."""
    return {row.reel: row for row in library.index.listening.kept(SlipRow, "slip:")}


def asked_by(library: Library) -> dict[str, frozenset[str]]:
    """By friend, what the newest slip of a reel for them asks for."""
    found = dict[str, SlipRow]()
    came = slips(library)
    for reel in library.index.listening.kept(SlipReelRow, "slip-reel:"):
        row = came.get(reel.reel)
        if row is not None:
            found |= {each: max(found.get(each, row), row, key=_when) for each in reel.friends}
    return {friend: frozenset(row.wanted) for friend, row in found.items()}


def _when(slip: SlipRow) -> tuple[str, str]:
    return slip.at, slip.reel


# -- whoever opens one -------------------------------------------------------------------------------------------------


def note_due(
    library: Library, note: ReturnNote, arrived: Collection[str], *, whole: bool, damaged: int, now: datetime
) -> None:
    """A reel that was opened asks for a slip: these releases, which came with it, wait for a yes."""
    due = DueSlip(
        reel=note.reel,
        address=note.address,
        at=now.astimezone(UTC).isoformat(timespec="seconds"),
        whole=whole,
        arrived=tuple(sorted(arrived)[:MOST_IDS]),
        damaged=damaged,
    )
    library.set_job(_DUE, note.reel, msgspec.json.encode(due))
    for old in due_slips(library)[:-MOST_DUE]:
        library.set_job(_DUE, old.reel, None)


def due_slips(library: Library) -> list[DueSlip]:
    """Reels that wait for a yes, oldest first."""
    found = (msgspec.json.decode(body, type=DueSlip) for body in library.index.jobs.of_kind(_DUE).values())
    return sorted(found, key=lambda due: (due.at, due.reel))


def send_slips(library: Library, reels: Sequence[str] = (), *, now: datetime) -> SlipsReport:
    """Say yes to these reels, or to all that wait: a slip for each is put on its way.

    What is known through a club alone is asked of nobody: it would tell of the club.
    Where a reel asks for one to an address that nobody can have, none goes, and none waits any more.
    """
    due = [each for each in due_slips(library) if not reels or each.reel in reels]
    wanted, sent = wanted_ids(library, but=known_by_clubs(library))[:MOST_IDS], 0
    if due:
        with library.changes() as changes:
            for each in due:
                with suppress(DamagedError):
                    _send(changes, each, wanted, now=now)
                    sent += 1
                _drop(changes, each)
            changes.commit()
    return SlipsReport(sent=sent, wanted=len(wanted))


def _send(changes: Changes, due: DueSlip, wanted: tuple[str, ...], *, now: datetime) -> None:
    """Raises: DamagedError where the address is none."""
    slip = ReelSlip(reel=due.reel, whole=due.whole, arrived=due.arrived, damaged=due.damaged, wanted=wanted)
    content = slip_bytes(slip)
    letter = Letter(id=secrets.token_hex(16), recipient=due.address, attachment=attached(content, SLIP))
    members = letter_members(letter, attachment=content)
    sealed = seal_letter(members, [X25519Recipient.from_text(due.address)], length=SMALL)
    carrying.send(changes, sealed, letter_id=letter.id, now=now)


def _drop(changes: Changes, due: DueSlip) -> None:
    changes.then(lambda index: index.jobs.drop(_DUE, due.reel))
