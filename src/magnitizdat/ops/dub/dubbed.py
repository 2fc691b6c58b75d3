"""What a dub tells: of each label what its source said and what was made of it, and of all of it together."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable

from magnitizdat.catalogue.continued import HandedOver
from magnitizdat.model import AlbumName, Freshness, Shortfall, Value
from magnitizdat.ops.dub.closed_files import ClosedTaken
from magnitizdat.ops.dub.mail import NO_MAIL, MailReport
from magnitizdat.ops.dub.tally import WithdrawnAlbum
from magnitizdat.ops.labels.branches import ForkTold
from magnitizdat.ops.labels.vouches import VouchLine
from magnitizdat.ops.premieres.openings import OpenedAlbum
from magnitizdat.ops.taking.parts import PartTaken
from magnitizdat.sentence import Sentence, say, size_words


class OlderCopy(Value, frozen=True, kw_only=True):
    """The list that an older copy has. `void_keys`: those that signed it were replaced since."""

    version: int
    signed_on: str = ""
    void_keys: bool = False


class LabelReport(Value, frozen=True, kw_only=True):
    """What a source said of one label, and what we made of it."""

    imprint: str
    name: str
    standing: str
    genuine: bool
    verdict: Sentence
    freshness: Freshness | None = None
    looks_like: str = ""
    officer_of: str = ""
    """Name of the club that this label speaks for, where that is all it does."""
    older: OlderCopy | None = None
    """Where what is here of it is newer; `freshness` is then of that."""
    new_releases: int = 0
    new: tuple[AlbumName, ...] = ()
    corrected: tuple[AlbumName, ...] = ()
    withdrawn: tuple[WithdrawnAlbum, ...] = ()
    unlisted: tuple[AlbumName, ...] = ()
    """Albums of an older copy that its newest list does not name, signed by keys that are void: they were left."""
    elsewhere: int = 0
    """Releases that the label lists and that are neither here nor on this source."""
    voices: int = 0
    """What it says of albums and of other labels, as far as that is new or said anew."""
    unknown: int = 0
    """Documents that this version cannot read, most of kinds that it does not know; they are kept and carried on."""
    left_out: int = 0
    """Documents of such kinds that were not taken: too long, or too many of a label that nobody here follows."""
    removed: tuple[AlbumName, ...] = ()
    """Releases that are on this source and were passed over, for the person removed them here."""
    newer: int = 0
    """Releases of which a part (a version of a track, a picture) is of a kind that this version does not know."""
    keys_changed: bool = False
    """Its root keys changed since it was last heard of: its own people did that, or who has their paper."""
    vouched_by: tuple[VouchLine, ...] = ()
    """The words for it of labels that are followed, and of own ones."""
    keys_went: bool = False
    """A key of it that is in this library does not sign for it any more."""
    handed_over: tuple[HandedOver, ...] = ()
    """Hand-overs by its holders since it was last heard of."""
    disowned: tuple[AlbumName, ...] = ()
    """Albums here that came under keys which were taken away since, and that those who carry it on do not stand by."""
    forks: tuple[ForkTold, ...] = ()
    """What it signed twice, where somebody has to choose."""
    refused_by: VouchLine | None = None
    """The word that it was refused for, where it was: `without` takes it."""


class SentBy(Value, frozen=True, kw_only=True):
    """How many bytes of music one of several sources sent."""

    source: str
    length: int

    def sentence(self) -> Sentence:
        """Whose music it was."""
        return say("From {source} came {length}, as it was signed.", source=self.source, length=size_words(self.length))


class DubReport(Value, frozen=True, kw_only=True):
    """What a dub did. `missing` names releases that are not whole, labels that were refused, and why.

    `small` names releases of which some tracks are here in their small version only: it is all that this source has;
    `partly` those of which it has a part on purpose, so that the rest is elsewhere, and not missing.
    """

    labels: tuple[LabelReport, ...]
    releases: int
    tracks: int
    length: int
    already: int
    missing: tuple[Shortfall, ...]
    refused: int = 0
    small: tuple[AlbumName, ...] = ()
    partly: tuple[PartTaken, ...] = ()
    opened: tuple[OpenedAlbum, ...] = ()
    """Albums that lay closed here, and of which somebody says the words."""
    mail: MailReport = NO_MAIL
    closed: tuple[ClosedTaken, ...] = ()
    """Closed albums that came."""
    left: tuple[Shortfall, ...] = ()
    """Sources, of several, that were asked for nothing more, and why; what they would have sent came from others."""
    blocked: tuple[str, ...] = ()
    """How labels on it are called of which nothing comes in, for the person blocked them."""
    slips: tuple[str, ...] = ()
    """Reels, by what slips call them, of which those who cut them would like to hear what arrived."""
    sent: tuple[SentBy, ...] = ()
    """Of several sources, whose pieces came and are what was signed: what one lists may come from another."""


def all_sent(reports: Iterable[DubReport]) -> tuple[SentBy, ...]:
    """What each source sent in all."""
    lengths = Counter[str]()
    for each in (each for report in reports for each in report.sent):
        lengths[each.source] += each.length
    return tuple(SentBy(source=source, length=length) for source, length in lengths.items())
