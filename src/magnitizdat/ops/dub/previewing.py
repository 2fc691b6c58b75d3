"""`mag reel list` and `mag dub --dry-run`: what lies on a source and what a dub would do with it; nothing is taken."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from typing import Literal, NamedTuple

from msgspec import structs

from magnitizdat.catalogue.kinds import RELEASE
from magnitizdat.catalogue.older import Older
from magnitizdat.catalogue.older import older as read_older
from magnitizdat.catalogue.premieres import Premiere
from magnitizdat.catalogue.refresh import LabelState, Listed, review
from magnitizdat.errors import ForkError, RolledBackError, SourceError, UnreachableError
from magnitizdat.formats.names import imprint_words
from magnitizdat.formats.spool_index import Files
from magnitizdat.library.library import Library
from magnitizdat.model import Release, Shortfall, Value
from magnitizdat.ops.albums.ids import is_here, is_wanted, plays_here, was_removed
from magnitizdat.ops.dub.allowances import MetadataMeter, friends_of
from magnitizdat.ops.dub.offers import Offer, read_offer, some_labels
from magnitizdat.ops.dub.wishes import DubWishes
from magnitizdat.ops.labels.ends import let_in
from magnitizdat.ops.labels.labels import held_state
from magnitizdat.ops.labels.shelving import SignedDocument
from magnitizdat.ops.labels.vouches import vouched_by
from magnitizdat.ops.places.spool import Spool
from magnitizdat.ops.premieres.withheld import is_open
from magnitizdat.ops.taking.parts import part_there, parts_of
from magnitizdat.scene.premieres import is_sound
from magnitizdat.sentence import Sentence, say

News = Literal["new", "corrected", "withdrawn", "removed", "older", "unlisted", "here"]
"""What a dub would make of an album. `removed`: by the person here. `older`: a newer form of it is known here.
`unlisted`: its label has replaced the keys that signed it, and its newest list does not name it."""

_WORDS: dict[News, Sentence] = {
    "new": say("new"),
    "corrected": say("corrected"),
    "withdrawn": say("withdrawn by its label"),
    "removed": say("you removed it here"),
    "older": say("older than what you have"),
    "unlisted": say("signed with keys that were replaced"),
    "here": say("here"),
}


class Offered(Value, frozen=True, kw_only=True):
    """A line of `mag reel list`. `here`: every recording of it is in the library; `small`: some only small.

    Of an album that is there in part on purpose that part is meant; `elsewhere` are its other tracks, `lacking` those
    that are there and not here. One that is closed until the day `closed` tells no tracks.
    """

    label: str
    imprint: str
    id: str
    artist: str
    title: str
    tracks: int
    here: bool
    small: bool = False
    elsewhere: int = 0
    lacking: int = 0
    closed: str = ""
    news: News
    carried: bool = False
    """Somebody passes it on whose label did not make it."""
    reason: str = ""
    """Why its label withdrew it, in the label's words."""

    def sentence(self) -> Sentence:
        """What is new of it."""
        if self.news == "here" and self.small:
            return say("here, small")
        if self.news == "here" and self.lacking:
            return say("{n} {n:track is|tracks are} lacking here", n=self.lacking)
        return _WORDS[self.news]


class OlderLabel(Value, frozen=True, kw_only=True):
    """A label of which a source has an older copy than this library."""

    name: str
    version: int
    held: int

    def sentence(self) -> Sentence:
        """For people."""
        return say(
            "«{name}» is on it as of version {version}; you have version {held}.",
            name=self.name,
            version=self.version,
            held=self.held,
        )


class Preview(NamedTuple):
    """Albums that lie there, and what does not verify."""

    albums: list[Offered]
    missing: list[Shortfall]
    older: list[OlderLabel]


class _LyingLabel(NamedTuple):
    """A label with those documents that lie on a source; of an older copy also what is held."""

    offer: Offer
    held: LabelState
    older: Older | None = None
    newest: Mapping[str, Listed] = {}

    def older_label(self) -> list[OlderLabel]:
        if self.older is None:
            return []
        held = self.offer.verdict.freshness.version
        return [OlderLabel(name=self.offer.document.name, version=self.older.list.version, held=held)]


def preview(library: Library, source: Spool, *, now: datetime, wishes: DubWishes | None = None) -> Preview:
    """What lies on a source, as far as it is meant; nothing is taken."""
    friends, wishes = friends_of(library), wishes or DubWishes()
    found, meter = Preview([], [], []), MetadataMeter(source, friends)
    parts = parts_of(source)
    for imprint in let_in(library, some_labels(source, found.missing, friends=friends)).imprints:
        lying = _lying_there(library, source, imprint, now=now, missing=found.missing, meter=meter)
        if lying is None or not wishes.wants_label(imprint, lying.offer.document.name):
            continue
        found.older.extend(lying.older_label())
        for document in lying.offer.documents():
            if document.kind == RELEASE and wishes.wants(document.value):
                there = parts.get((imprint, document.value.id))
                found.albums.append(_offered(library, lying, document, there, wishes))
            elif isinstance(document.value, Premiere) and is_sound(document.value) and not wishes.is_narrow:
                found.albums.append(_closed(library, imprint, lying.offer.document.name, document.value))
        found.missing.extend(lying.offer.missing)
    return found


def _closed(library: Library, imprint: str, label: str, premiere: Premiere) -> Offered:
    here = library.shelf.is_complete(premiere.file.sha256) or is_open(library, imprint, premiere)
    return Offered(
        label=label,
        imprint=imprint,
        id=premiere.id,
        artist=premiere.artist,
        title=premiere.title or say("a premiere of {label}", label=label),
        tracks=0,
        here=here,
        closed=premiere.opens,
        news="here" if here else "new",
    )


def _offered(
    library: Library, lying: _LyingLabel, document: SignedDocument, there: Files | None, wishes: DubWishes
) -> Offered:
    whole: Release = document.value
    release = whole if there is None else part_there(whole, there)
    return Offered(
        label=lying.offer.document.name,
        imprint=document.imprint,
        id=release.id,
        artist=release.artist,
        title=release.title,
        tracks=len(release.tracks),
        here=plays_here(library, release),
        small=not is_here(library, release) and plays_here(library, release),
        elsewhere=len(whole.tracks) - len(release.tracks),
        lacking=sum(not library.index.tracks.plays(track.id) for track in release.tracks),
        news=_news(library, lying, document, wishes),
        carried=release.carried,
        reason=release.withdrawn_reason,
    )


def _news(library: Library, lying: _LyingLabel, document: SignedDocument, wishes: DubWishes) -> News:
    release, imprint = document.value, document.imprint
    known = library.index.signed.release(imprint, release.id)
    if was_removed(library, imprint, release.id):
        return "new" if wishes.wants_again(release) else "removed"
    if known is not None and known.sha256 == document.listed.sha256:
        return "here"
    newest = lying.newest.get(document.listed.path)
    if newest is not None and newest.sha256 != document.listed.sha256:
        return "older"
    is_void = lying.older is not None and lying.older.is_replaced and newest is None
    if known is None and is_void and not wishes.names(release):
        return "unlisted"
    if release.withdrawn and not (known is not None and known.is_withdrawn):
        return "withdrawn"
    if known is not None:
        return "corrected"
    return "new" if is_wanted(library, imprint, release) else "here"


def _lying_there(
    library: Library, source: Spool, imprint: str, *, now: datetime, missing: list[Shortfall], meter: MetadataMeter
) -> _LyingLabel | None:
    """A label with those documents that lie on the source; what is only in the library does not count."""
    held = held_state(library, imprint)
    try:
        return _LyingLabel(
            read_offer(None, source, held, now=now, meter=meter, vouched=vouched_by(library, imprint)), held
        )
    except UnreachableError:
        raise
    except SourceError as exc:
        failed = exc
    if isinstance(failed, RolledBackError):
        try:
            return _older_there(source, held, now=now, meter=meter)
        except UnreachableError:
            raise
        except SourceError as exc:
            failed = exc
    known = (view.name for view in library.shelf.labels() if view.imprint == imprint)
    name = next(known, imprint_words(imprint))
    missing.append(Shortfall(what=say("label {known}", known=name), reason=_why(failed, name)))
    return None


def _why(failed: SourceError, name: str) -> Sentence:
    """A dub freezes such a label, and tells what differs."""
    if isinstance(failed, ForkError):
        return say("«{name}» signed two different things as one version; a dub says what differs", name=name)
    return failed.sentence


def _older_there(source: Spool, held: LabelState, *, now: datetime, meter: MetadataMeter) -> _LyingLabel:
    found = read_older(held, meter.fetching(held.imprint), now=now)
    verdict = review(held, now=now)
    offer = read_offer(None, source, held, now=now, verdict=structs.replace(verdict, targets=found.targets))
    return _LyingLabel(offer, held, found, verdict.targets)
