"""Rows about letters: those that came, those that went, addresses for them, and whom one does not want to hear."""

from __future__ import annotations

from typing import Annotated

import msgspec

from magnitizdat.model import (
    AgeRecipient,
    DigestField,
    DigestOrNone,
    Imprint,
    ImprintOrNone,
    Moment,
    ReleaseId,
    ShownName,
    Value,
)

Version = Annotated[int, msgspec.Meta(ge=0, lt=1 << 53)]


class LetterRow(Value, frozen=True, kw_only=True, tag="letter", tag_field="row"):
    """A letter that came in; `key` names it here, `id` is what its sender calls it.

    `name` and `claimed` are what it says of its sender. `signer` is the label that is proven to have signed it, with
    `keys` (SHA-256 of each) that its root `signed` names, when its newest root was `newest`; empty where none did.
    `is_mine`: it says that it was written to an address of this library. `words` is the SHA-256 of what is signed.
    """

    key: ReleaseId
    id: ReleaseId
    words: DigestField
    at: Moment
    name: ShownName = ""
    claimed: ImprintOrNone = ""
    signer: ImprintOrNone = ""
    keys: Annotated[tuple[DigestField, ...], msgspec.Meta(max_length=16)] = ()
    signed: Version = 0
    newest: Version = 0
    is_mine: bool = False
    recipient: Annotated[str, msgspec.Meta(max_length=128)] = ""
    date_sent: Moment = ""
    begins: ShownName = ""
    in_reply_to: Annotated[str, msgspec.Meta(max_length=32)] = ""
    attached: ShownName = ""
    media_type: Annotated[str, msgspec.Meta(max_length=128)] = ""
    length: Annotated[int, msgspec.Meta(ge=0, le=1 << 24)] = 0
    read: bool = False

    @property
    def subject(self) -> str:
        return f"letter:{self.key}"


class LetterGone(Value, frozen=True, kw_only=True, tag="letter-gone", tag_field="row"):
    """Tombstone of a letter: its words are here no more, and it does not arrive again."""

    key: ReleaseId
    words: DigestOrNone = ""

    @property
    def subject(self) -> str:
        return f"letter:{self.key}"


class SentRow(Value, frozen=True, kw_only=True, tag="sent", tag_field="row"):
    """A letter that was written here: to whom, under our name for them. Its words are not kept.

    `several`: it went to more than one, so an answer of one is none of the others.
    """

    id: ReleaseId
    to: ShownName = ""
    at: Moment = ""
    several: bool = False

    @property
    def subject(self) -> str:
        return f"sent:{self.id}"


class LetterKeyRow(Value, frozen=True, kw_only=True, tag="letter-key", tag_field="row"):
    """An address for letters of an own label; since `retired` it is given out no more, and what is on its way opens.

    `over`: the last look that counts and found that nothing is on its way any more, after so many `looks`: its key
    rests.
    """

    recipient: AgeRecipient
    imprint: Imprint
    at: Moment = ""
    retired: Moment = ""
    over: Moment = ""
    looks: Annotated[int, msgspec.Meta(ge=0)] = 0

    @property
    def subject(self) -> str:
        return f"letter-key:{self.recipient}"


class SilencedRow(Value, frozen=True, kw_only=True, tag="silenced", tag_field="row"):
    """A sender who is not heard: the label of that imprint, or (none) whoever is proven to be nobody and says `name`.

    Heard again where not `silent`. `blocked`: nothing at all of that label comes in, and not its letters alone.
    """

    name: ShownName
    imprint: ImprintOrNone = ""
    silent: bool = True
    blocked: bool = False
    at: Moment = ""

    @property
    def subject(self) -> str:
        return f"silenced:{self.imprint}:{'' if self.imprint else self.name}"


LettersRow = LetterRow | LetterGone | SentRow | LetterKeyRow | SilencedRow
