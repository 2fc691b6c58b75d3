"""Letters for tests: labels that sign them, and what comes out of a letter file that opened."""

from __future__ import annotations

import secrets
from datetime import UTC, datetime
from typing import Any

from magnitizdat.catalogue.publisher import NewLabel, create_label, restore
from magnitizdat.catalogue.refresh import LabelState
from magnitizdat.formats.age_keys import X25519Identity
from magnitizdat.scene.letters import Attached, Letter, Sender, attached, letter_members

WHEN = datetime(2026, 11, 29, 21, tzinfo=UTC)
NOBODY = X25519Identity.generate().recipient.text


class Author:
    """Somebody with a label, whose keys can be replaced; `label` is as it is now."""

    def __init__(self, name: str = "Mike") -> None:
        self.name = name
        self.label: NewLabel = create_label(name, now=WHEN)
        self.seeds = [self.label.keys.online_seed]

    @property
    def imprint(self) -> str:
        return self.label.imprint

    @property
    def state(self) -> LabelState:
        return self.label.state

    @property
    def roots(self) -> list[bytes]:
        return self.state.roots()

    def replace_keys(self) -> None:
        self.label = restore(self.state, [self.label.paper_words], now=WHEN)
        self.seeds.append(self.label.keys.online_seed)

    def held(self, roots: int) -> LabelState:
        """The label as who has heard of so many roots holds it."""
        files = {f"{number}.root.json": root for number, root in enumerate(self.roots[:roots], 1)}
        return LabelState(imprint=self.imprint, files=files)


def letter_to(recipient: str = NOBODY, *, sender: Author | str = "", text: str = "Hello", **fields: Any) -> Letter:
    """A letter; of an author with the name and imprint of the label, else of somebody who says that name."""
    said = Sender(name=sender.name, imprint=sender.imprint) if isinstance(sender, Author) else Sender(name=sender)
    fields = {"id": secrets.token_hex(16), "date_sent": WHEN.isoformat(), **fields}
    return Letter(recipient=recipient, sender=said, text=text, **fields)


def file_of(
    letter: Letter, *, author: Author | None = None, key: int = -1, roots: int = 0, attachment: bytes = b""
) -> dict[str, bytes]:
    """What is in its file: signed by that key of an author, if any, who brings so many roots along."""
    seed = author.seeds[key] if author is not None else None
    chain = author.roots[:roots] if author is not None else []
    return dict(letter_members(letter, seed=seed, attachment=attachment, roots=chain))


def beside(content: bytes, media_type: str) -> tuple[Attached, bytes]:
    return attached(content, media_type, name="something"), content
