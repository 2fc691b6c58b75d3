"""Rows about root keys that are held here, and about next roots: what was proposed, and what was signed."""

from __future__ import annotations

from typing import Annotated

import msgspec

from magnitizdat.model import DigestField, Imprint, ImprintOrNone, Moment, ShownName, Value

Version = Annotated[int, msgspec.Meta(ge=1)]


class HolderRow(Value, frozen=True, kw_only=True, tag="holder", tag_field="row"):
    """Whose root key that is, as a card or the person said; `paper`: it is kept as words on paper.

    `label` is the club label of whose officer it is.
    """

    key: DigestField
    name: ShownName = ""
    label: ImprintOrNone = ""
    paper: bool = False
    at: Moment = ""

    @property
    def subject(self) -> str:
        return f"holder:{self.key}"


class ProposalRow(Value, frozen=True, kw_only=True, tag="proposal", tag_field="row"):
    """A next root of a label that somebody proposed, with the signatures that are known here.

    One that gave way to another has no `body`.
    """

    imprint: Imprint
    version: Version
    sha256: DigestField
    body: Annotated[str, msgspec.Meta(max_length=1 << 16)]
    at: Moment = ""

    @property
    def subject(self) -> str:
        return f"proposal:{self.imprint}:{self.version}:{self.sha256}"


class SignedRootRow(Value, frozen=True, kw_only=True, tag="signed-root", tag_field="row"):
    """This library signed that next root of a label. It signs one a version, and each one that it did stays noted."""

    imprint: Imprint
    version: Version
    sha256: DigestField
    at: Moment = ""

    @property
    def subject(self) -> str:
        return f"signed-root:{self.imprint}:{self.version}:{self.sha256}"


SigningRow = HolderRow | ProposalRow | SignedRootRow
