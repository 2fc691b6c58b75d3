"""What a letter says, and what its signature is worth. PURE.

Field names follow schema.org's `Message`. A letter stands in a DSSE envelope, signed or not; beside it lie at most one
attachment, and roots of its sender's label. That a letter opened says nothing of who wrote it (law 4).
"""

from __future__ import annotations

import hashlib
import re
from collections.abc import Mapping, Sequence
from typing import Annotated, Final, Literal, NamedTuple

from msgspec import Meta

from magnitizdat.catalogue.documents import decode, encode
from magnitizdat.catalogue.envelopes import Envelope, enveloped, read_envelope
from magnitizdat.errors import DamagedError
from magnitizdat.formats import budgets
from magnitizdat.formats.names import imprint_words
from magnitizdat.model import (
    END,
    IMAGE_TYPES,
    DigestField,
    Document,
    ImprintOrNone,
    Moment,
    ReleaseId,
    ReleaseIdOrNone,
    ShownName,
    Value,
)
from magnitizdat.sentence import Sentence, say

PAYLOAD_TYPE: Final = "application/vnd.magnitizdat.letter+json"
"""Of what is enveloped."""
ENVELOPE, ATTACHMENT = "letter.json", "attachment"
"""Members of a letter file."""
MAX_TEXT = 20_000
"""Characters."""

CARD: Final = "application/vnd.magnitizdat.card+json"
PROPOSAL: Final = "application/vnd.magnitizdat.proposal+json"
SHARE: Final = "application/vnd.magnitizdat.share"
CLUB: Final = "application/vnd.magnitizdat.club+json"
DEMOS: Final = ("audio/ogg", "audio/opus")
Kind = Literal["demo", "picture", "card", "proposal", "share", "club", "unknown"]
_KINDS: dict[str, Kind] = {
    **dict.fromkeys(DEMOS, "demo"),
    **dict.fromkeys(IMAGE_TYPES, "picture"),
    CARD: "card",
    PROPOSAL: "proposal",
    SHARE: "share",
    CLUB: "club",
}

_ROOT = re.compile(r"roots/([1-9][0-9]{0,3})\.root\.json")
_DAMAGED = say("this letter is damaged; ask for it again")


class Sender(Value, frozen=True, kw_only=True):
    """Who says that he wrote it: a name, and the label that signed, or would have."""

    name: ShownName = ""
    imprint: ImprintOrNone = ""


class Attached(Value, frozen=True, kw_only=True):
    """What lies beside a letter: its kind is its media type, `length` bytes."""

    name: ShownName = ""
    media_type: Annotated[str, Meta(pattern="^[a-z]{1,16}/[a-z0-9][a-z0-9.+-]{0,63}" + END)]
    length: Annotated[int, Meta(ge=0, le=1 << 20)]
    sha256: DigestField

    @property
    def kind(self) -> Kind:
        """What we do with it."""
        return kind_of(self.media_type)


class Letter(Document, frozen=True, kw_only=True):
    """`recipient` is the age address that it was written to, or of a letter to several of a club that club's imprint.

    `id` and `in_reply_to` are 32 hex of chance; `date_sent` is ISO 8601. Text is plain.
    """

    schema: Literal["magnitizdat/letter/1"] = "magnitizdat/letter/1"
    id: ReleaseId
    recipient: Annotated[str, Meta(pattern="^(age1|mag1)[02-9ac-hj-np-z]{58}" + END)]
    sender: Sender = Sender()
    date_sent: Moment = ""
    text: Annotated[str, Meta(max_length=MAX_TEXT)] = ""
    in_reply_to: ReleaseIdOrNone = ""
    attachment: Attached | None = None


class OpenedLetter(NamedTuple):
    """A letter file once it is open: `roots` by version, verified by nobody yet."""

    letter: Letter
    envelope: Envelope
    roots: dict[int, bytes]
    attachment: bytes


def kind_of(media_type: str) -> Kind:
    """What we do with an attachment; an `unknown` one is kept, and opened by nobody here."""
    return _KINDS.get(media_type, "unknown")


def attached(content: bytes, media_type: str, *, name: str = "") -> Attached:
    """What a letter says of what lies beside it."""
    return Attached(name=name, media_type=media_type, length=len(content), sha256=hashlib.sha256(content).hexdigest())


def letter_members(
    letter: Letter, *, seed: bytes | None = None, attachment: bytes = b"", roots: Sequence[bytes] = ()
) -> list[tuple[str, bytes]]:
    """Members of a letter file; signed by the key of that seed, or (None) by nobody. `roots` from the first on."""
    members = [(ENVELOPE, enveloped(encode(letter), PAYLOAD_TYPE, seed=seed))]
    if letter.attachment is not None:
        members.append((ATTACHMENT, attachment))
    return members + [(f"roots/{version}.root.json", root) for version, root in enumerate(roots, 1)]


def open_members(members: Mapping[str, bytes]) -> OpenedLetter:
    """The inverse, strictly; members of other names are passed over.

    Raises: DamagedError where it is no letter, or its attachment is another than it says.
    """
    if ENVELOPE not in members:
        raise DamagedError(_DAMAGED)
    envelope = read_envelope(members[ENVELOPE], PAYLOAD_TYPE)
    letter = decode(Letter, envelope.payload, max_length=budgets.LETTER.most)
    attachment = members.get(ATTACHMENT, b"")
    if letter.attachment is not None and not _is_attached(letter.attachment, attachment):
        raise DamagedError(_DAMAGED)
    roots = {int(found[1]): body for name, body in members.items() if (found := _ROOT.fullmatch(name))}
    budgets.LETTER_ROOTS.check(len(roots))
    return OpenedLetter(letter, envelope, roots, attachment if letter.attachment is not None else b"")


def _is_attached(said: Attached, content: bytes) -> bool:
    return said.length == len(content) and said.sha256 == hashlib.sha256(content).hexdigest()


def arrival_key(letter_id: str, signer: str) -> str:
    """What names a letter where it came in: its id, or with a label that is proven to have signed it one of its own.

    So who knows the id of a letter cannot send another under it before it comes.
    """
    words = f"magnitizdat letter\x1f{signer}\x1f{letter_id}"
    return hashlib.sha256(words.encode()).hexdigest()[:32] if signer else letter_id


Verdict = Literal["signed", "stranger", "unproven", "forwarded", "replaced"]
"""What a signature is worth to whoever reads the letter."""


def verdict(*, is_proven: bool, is_known: bool, is_current: bool, is_mine: bool) -> Verdict:
    """`is_known`: the label that signed is one's own, followed, or a friend's; `is_current`: by keys that still sign.

    Who took a letter can hand it on as it is: to others than it was written to it proves nothing.
    """
    if not is_proven or not (is_known or is_current):
        return "unproven"
    if not is_mine:
        return "forwarded"
    if not is_known:
        return "stranger"
    return "signed" if is_current else "replaced"


def verdict_sentence(found: Verdict, *, name: str, imprint: str) -> Sentence:
    """The line above a letter. `name` is what we call a label that we know, else what the letter calls its sender."""
    match found:
        case "signed":
            return say("from «{name}», signed", name=name)
        case "stranger":
            return say("signed by a label that you do not know: {words}", words=imprint_words(imprint))
        case "forwarded":
            return say("signed by «{name}», but to somebody else: unproven", name=name)
        case "replaced":
            return say("signed with a key that «{name}» has since replaced", name=name)
    if name:
        return say("says it is «{name}»: unproven", name=name)
    return say("does not say who it is: unproven")
