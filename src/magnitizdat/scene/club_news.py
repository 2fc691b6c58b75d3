"""What an officer of a club writes to its members: the keys of its door, or that somebody was let out. PURE.

It is the attachment of a letter that the officer's club label signed.
"""

from __future__ import annotations

from base64 import b64decode, b64encode
from collections.abc import Iterable
from typing import Annotated, Final, Literal

from msgspec import Meta, field

from magnitizdat.catalogue.clubs import MAX_GONE, MAX_NUMBER, MAX_OFFICERS
from magnitizdat.catalogue.documents import decode, encode
from magnitizdat.errors import DamagedError
from magnitizdat.formats.age_keys import X25519Identity
from magnitizdat.model import END, Document, Imprint, ImprintOrNone, Moment, Name, ReleaseId, ReleaseIdOrNone, Value
from magnitizdat.sentence import say

CLUB_NEWS: Final = "application/vnd.magnitizdat.club+json"
"""Media type."""
MAX_NEWS_LENGTH = 1 << 20
"""Bytes."""
MAX_KEYS = 256
"""Epochs of which one letter brings the keys: of all that there were, to who is given the past too."""
ID_LENGTH = 32
"""Hex characters of an id."""
MAX_CHAIN = 64
"""Roots of one label that come along."""

RootText = Annotated[str, Meta(max_length=512_000)]
"""A root as it was signed, to the byte."""
IdentityText = Annotated[str, Meta(pattern="^AGE-SECRET-KEY-1[02-9AC-HJ-NP-Z]{58}" + END)]
Chain = Annotated[tuple[RootText, ...], Meta(max_length=MAX_CHAIN)]


class EpochKey(Value, frozen=True, kw_only=True):
    """An epoch of a club, whose `officer` made it, and the key of its door. Its `repr` does not say it."""

    id: ReleaseId
    number: Annotated[int, Meta(ge=1, le=MAX_NUMBER)]
    identity: IdentityText
    officer: ImprintOrNone = ""

    def opens(self) -> X25519Identity:
        """What opens reels that are sealed to it. Raises: DamagedError."""
        return X25519Identity.from_text(self.identity)

    def __repr__(self) -> str:
        return f"EpochKey(id={self.id!r}, number={self.number})"


class ClubNews(Document, frozen=True, kw_only=True):
    """`roots` are the club's, oldest first; `officers` those of its officers' club labels, as far as they fit.

    `gone`, in base64, are the ids that the last of `epochs` names as gone, 16 bytes each. `admission`: the id under
    which the one who reads it was let in. `out`: when they were let out; of the ids in `gone` then, and `until` is the
    number of the epoch that began with it.
    """

    schema: Literal["magnitizdat/club-news/1"] = "magnitizdat/club-news/1"
    club: Imprint
    name: Name
    roots: Chain = ()
    officers: Annotated[dict[Imprint, Chain], Meta(max_length=MAX_OFFICERS)] = field(default_factory=dict)
    epochs: Annotated[tuple[EpochKey, ...], Meta(max_length=MAX_KEYS)] = ()
    gone: Annotated[str, Meta(max_length=MAX_GONE * 22)] = ""
    admission: ReleaseIdOrNone = ""
    out: Moment = ""
    until: Annotated[int, Meta(ge=0, le=MAX_NUMBER)] = 0


def news_bytes(news: ClubNews) -> bytes:
    """For the letter."""
    return encode(news)


def read_news(content: bytes) -> ClubNews:
    """The inverse. Raises: DamagedError where it is none."""
    return decode(ClubNews, content, max_length=MAX_NEWS_LENGTH)


def packed_ids(ids: Iterable[str]) -> str:
    """Ids of 32 hex characters as `ClubNews.gone` holds them: more of them fit into a letter."""
    return b64encode(bytes.fromhex("".join(sorted(ids)))).decode()


def unpacked_ids(packed: str) -> tuple[str, ...]:
    """The inverse. Raises: DamagedError."""
    try:
        whole = b64decode(packed, validate=True).hex()
    except ValueError as exc:
        raise DamagedError(say("the letter of a club is damaged; ask one of its officers for another")) from exc
    if len(whole) % ID_LENGTH:
        raise DamagedError(say("the letter of a club is damaged; ask one of its officers for another"))
    return tuple(whole[at : at + ID_LENGTH] for at in range(0, len(whole), ID_LENGTH))
