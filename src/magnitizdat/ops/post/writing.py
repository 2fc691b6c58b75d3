"""`mag letter write`: a letter is made, sealed to whom it is for, and put on its way.

Unsigned, unless a label of one's own is named: a signature proves to everybody that one wrote it, also to those who
take it. Nothing of its words is kept here.
"""

from __future__ import annotations

import secrets
from collections.abc import Sequence
from datetime import UTC, datetime

from msgspec import structs

from magnitizdat.catalogue.publisher import speaks_for
from magnitizdat.errors import UsageError
from magnitizdat.formats.age_keys import X25519Recipient
from magnitizdat.formats.letter_file import LARGE, LENGTHS, RECIPIENTS, room, seal_letter
from magnitizdat.formats.names import clean_line, clean_lines
from magnitizdat.formats.zip_store import member_cost
from magnitizdat.library.index.views import LabelView
from magnitizdat.library.letter_rows import SentRow
from magnitizdat.library.library import Changes, Library
from magnitizdat.model import Outcome, ReadAt, Value
from magnitizdat.ops.labels.labels import held_state, label_keys, own_labels, signing_label, went_sentence
from magnitizdat.ops.post import carrying
from magnitizdat.ops.post.addresses import Addressee, letter_address
from magnitizdat.ops.post.attachments import Enclosure, enclose, enclose_demo
from magnitizdat.ops.post.inbox import reply_address
from magnitizdat.scene.letters import MAX_TEXT, Kind, Letter, Sender, attached, letter_members
from magnitizdat.sentence import Sentence, say, size_words

MAX_ROOTS = 64


class SentReport(Value, frozen=True, kw_only=True, omit_defaults=False):
    """A letter that is on its way: `length` bytes of its file, as everybody sees them.

    `signed_as` is empty where nobody signed. `left_out_s` are seconds of a demo that did not fit.
    """

    id: str
    to: str
    recipient: str
    length: int
    signed_as: str = ""
    attachment: Kind | None = None
    left_out_s: int = 0

    def outcome(self) -> Outcome:
        """Where it goes, and what its size says."""
        lines = [say("It goes along with every stick and reel for 180 days, or until it is answered.")]
        if self.length == LARGE:
            lines.append(say("It takes {length}: whoever sees the stick sees a larger letter on it.", length=_LARGE))
        if self.left_out_s:
            lines.append(
                say(
                    "The demo is longer than fits: its last {left_out_s} {left_out_s:second|seconds} stay here.",
                    left_out_s=self.left_out_s,
                )
            )
        return Outcome(headline=self._headline(), lines=tuple(lines), warnings=(SIGNED,) if self.signed_as else ())

    def _headline(self) -> Sentence:
        to = self.to or self.recipient
        if self.signed_as:
            return say("A letter to «{to}», signed by «{name}», is on its way.", to=to, name=self.signed_as)
        return say("A letter to «{to}» is on its way, signed by nobody.", to=to)


SIGNED = say(
    "A signature proves to everybody that you wrote this, also to those who take it. Leave it off unless it matters."
)
_LARGE = size_words(LARGE)
_LONGEST = attached(b"", "application/octet-stream", name=512 * "\N{EURO SIGN}")


def write(
    library: Library,
    to: str,
    text: str,
    *,
    as_: str = "",
    name: str | None = None,
    demo: ReadAt | None = None,
    attach: ReadAt | None = None,
    in_reply_to: str = "",
    now: datetime,
) -> SentReport:
    """Write to a friend or to a label that takes letters; with `in_reply_to` alone (an id), to who wrote that letter.

    `as_` is the own label that signs, if any; `name` what one calls oneself, else what the only own label is called.

    Raises: UsageError, DamagedError, UnsupportedError; nothing is on its way then.
    """
    text = _text(text, has_more=demo is not None or attach is not None)
    if demo is not None and attach is not None:
        raise UsageError(say("a letter takes one thing along: a demo, or something else"))
    addressee, answered = _addressee(library, to, in_reply_to)
    signer = signing_label(library, as_) if as_ else None
    letter = Letter(
        id=new_id(),
        recipient=addressee.recipient.text,
        sender=_sender(library, signer, name),
        date_sent=_moment(now),
        text=text,
        in_reply_to=answered,
    )
    enclosure = _enclosure(letter, demo, attach)
    letter = structs.replace(letter, attachment=enclosure.attached) if enclosure else letter
    content = enclosure.content if enclosure else b""
    with library.changes() as changes:
        to, whom = addressee.name, [addressee.recipient]
        length = send_letter(library, changes, letter, whom, signer=signer, attachment=content, to=to, now=now)
        changes.commit()
    return SentReport(
        id=letter.id,
        to=addressee.name,
        recipient=addressee.recipient.text,
        length=length,
        signed_as=signer.name if signer else "",
        attachment=enclosure.attached.kind if enclosure else None,
        left_out_s=enclosure.left_out_s if enclosure else 0,
    )


def new_id() -> str:
    """32 hex of chance."""
    return secrets.token_hex(16)


def _text(text: str, *, has_more: bool) -> str:
    text = clean_lines(text)
    if len(text) > MAX_TEXT:
        raise UsageError(say("that is longer than {most} characters; say it in fewer words", most=MAX_TEXT))
    if not (text or has_more):
        raise UsageError(say("the letter is empty; write something into it"))
    return text


def _addressee(library: Library, to: str, in_reply_to: str) -> tuple[Addressee, str]:
    """Whom it goes to, and the whole id of the letter that it answers."""
    if not in_reply_to:
        return letter_address(library, to), ""
    addressee, answered = reply_address(library, in_reply_to, otherwise=to)
    return addressee, answered


def _sender(library: Library, signer: LabelView | None, name: str | None) -> Sender:
    if signer is not None:
        return Sender(name=clean_line(name or signer.name), imprint=signer.imprint)
    if name is None:
        own = own_labels(library)
        name = own[0].name if len(own) == 1 else ""
    name = clean_line(name)
    if len(name) > 512:
        raise UsageError(say("that is longer than {most} characters; say it in fewer words", most=512))
    return Sender(name=name)


def _enclosure(letter: Letter, demo: ReadAt | None, attach: ReadAt | None) -> Enclosure | None:
    most = room(LARGE, 1) - _cost(letter_members(structs.replace(letter, attachment=_LONGEST)))
    if demo is not None:
        return enclose_demo(demo, most)
    return enclose(attach, most) if attach is not None else None


def _cost(members: Sequence[tuple[str, bytes]]) -> int:
    return sum(member_cost(name, len(content)) for name, content in members)


def _moment(now: datetime) -> str:
    return now.astimezone(UTC).isoformat(timespec="minutes")


# -- for whoever writes letters by itself ------------------------------------------------------------------------------


def send_letter(
    library: Library,
    changes: Changes,
    letter: Letter,
    recipients: Sequence[X25519Recipient],
    *,
    signer: LabelView | None = None,
    attachment: bytes = b"",
    to: str = "",
    now: datetime,
) -> int:
    """Seal a letter to these and put it on its way: bytes of its file. The caller commits.

    Signed by an own label, or (None) by nobody; its roots go along where they make the file no longer.

    Raises: UsageError where the label cannot sign, or it is for nobody or for more than 256; NoSpaceError.
    """
    seed = _seed(library, signer) if signer is not None else None
    members = letter_members(letter, seed=seed, attachment=attachment)
    roots = held_state(library, signer.imprint).roots() if signer is not None else []
    with_roots = letter_members(letter, seed=seed, attachment=attachment, roots=roots)
    count = next((each for each in RECIPIENTS if each >= len(recipients)), RECIPIENTS[-1])
    if len(roots) <= MAX_ROOTS and _length(with_roots, count) == _length(members, count):
        members = with_roots
    sealed = seal_letter(members, recipients)
    carrying.send(changes, sealed, letter_id=letter.id, now=now)
    changes.row(SentRow(id=letter.id, to=to, at=_moment(now), several=len(recipients) > 1))
    return len(sealed)


def _length(members: Sequence[tuple[str, bytes]], recipients: int) -> int:
    """Bytes of the file that they go into; 0 where they fit none."""
    return next((each for each in LENGTHS if _cost(members) <= room(each, recipients)), 0)


def _seed(library: Library, signer: LabelView) -> bytes:
    """Raises: UsageError where this library cannot sign as that label (any more)."""
    state, keys = held_state(library, signer.imprint), label_keys(library, signer.imprint)
    if state.is_frozen:
        raise UsageError(say("this label is frozen by a fork; choose a branch before you sign as it"))
    if not speaks_for(state, keys):
        raise UsageError(went_sentence(signer.name))
    return keys.online_seed
