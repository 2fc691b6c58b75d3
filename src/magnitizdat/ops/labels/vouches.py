"""Who vouches for whom, as far as it counts here: the word of labels that are followed, and of one's own.

Reach is one step: whom somebody vouches for is followed by nobody for that, and their own word counts for nothing
(ADR 0060).
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from itertools import combinations

import msgspec

from magnitizdat.catalogue import introductions, kinds
from magnitizdat.catalogue.carrying_on import newest_list
from magnitizdat.catalogue.refresh import LabelState, label_state
from magnitizdat.catalogue.voices import VOUCH, HeardList, Vouch
from magnitizdat.formats.names import clean_line
from magnitizdat.library.index.voices import VoiceLine
from magnitizdat.library.library import Library
from magnitizdat.model import Checkpoint, Value
from magnitizdat.sentence import Sentence, advice, listed, say

KNOWN = frozenset({"own", "followed"})
"""Labels that a person knows: their own and those that they follow."""


class VouchLine(Value, frozen=True, kw_only=True):
    """The word of a label for another: `name` and `imprint` are of who gives it, `known_as` is what it calls the other.

    `agrees`: whether the roots that are held here have its checkpoint; None where they end before it, or none is held.
    `outgrown`: they have it, and newer ones.
    """

    name: str
    imprint: str
    known_as: str
    checkpoint: Checkpoint
    own: bool = False
    heard: HeardList | None = None
    note: str = ""
    agrees: bool | None = None
    outgrown: bool = False


def vouched_by(library: Library, imprint: str) -> tuple[VouchLine, ...]:
    """Whose word there is for a label, by name, and whether it is for the one that is held here."""
    found = [(line, _read(library, line)) for line in library.index.voices.about_label(imprint, known=True)]
    if not any(vouch for _, vouch in found):
        return ()
    held = _held(library, imprint)
    lines = [_line(held, line, vouch) for line, vouch in found if vouch is not None]
    return tuple(sorted(lines, key=lambda line: (line.name, line.imprint)))


def _read(library: Library, line: VoiceLine) -> Vouch | None:
    """None for a word that says nothing: for oneself, or with a root that this label cannot have."""
    vouch = kinds.read(line.path, library.index.documents.content(line.imprint, line.path)).value
    is_word = isinstance(vouch, Vouch) and vouch.imprint != line.imprint and introductions.is_possible(vouch)
    return vouch if is_word else None


def _held(library: Library, imprint: str) -> LabelState:
    return label_state(imprint, library.label_files(imprint), remembered=library.label_memory(imprint))


def _line(held: LabelState, line: VoiceLine, vouch: Vouch) -> VouchLine:
    agrees = introductions.agrees(held, vouch.checkpoint)
    return VouchLine(
        name=line.label,
        imprint=line.imprint,
        known_as=line.title,
        checkpoint=vouch.checkpoint,
        own=line.standing == "own",
        heard=vouch.heard,
        note=clean_line(vouch.note),
        agrees=agrees,
        outgrown=bool(agrees) and len(held.roots()) > vouch.checkpoint.version,
    )


def vouch_sentences(lines: Iterable[VouchLine]) -> Iterator[Sentence]:
    """Whose word there is for a label. Who knows another label by this imprint is told apart, and blocks nothing."""
    lines = tuple(lines)
    agreeing = [line.name for line in lines if line.agrees is not False]
    if agreeing:
        yield say("vouching for it: {names}", names=listed(agreeing))
    yield from (
        say("not the «{known_as}» that {name} knows", known_as=line.known_as, name=line.name)
        for line in lines
        if line.agrees is False
    )
    yield from contradictions(lines)
    if any(line.own and line.outgrown for line in lines):
        yield advice(
            terminal=say("its keys changed since you vouched: `mag vouch` says anew which ones you know"),
            page=say("its keys changed since you vouched: say anew which ones you know"),
        )


def contradictions(lines: Sequence[VouchLine]) -> Iterator[Sentence]:
    """Whose words for a label nobody can compare with it here, and which do not go together."""
    yield from (
        say("{first} and {second} do not mean the same one", first=first.name, second=second.name)
        for first, second in combinations(lines, 2)
        if first.agrees is second.agrees is None and introductions.disagree(first.checkpoint, second.checkpoint)
    )


def known_by_others(library: Library, imprint: str) -> Iterator[VoiceLine]:
    """The words that count here for other labels than this one, by whoever does not vouch for this one too."""
    said = library.index.voices.of_kind(VOUCH, known=True)
    for_it = {line.imprint for line in said if line.about == imprint}
    return (line for line in said if line.about != imprint and line.imprint not in for_it)


def seen_by(library: Library, held: LabelState) -> int:
    """How many labels that are followed have heard of this very version of a label's list, and mean the same label."""
    version = introductions.newest_version(held)
    known = library.index.voices.about_label(held.imprint, known=True)
    said = [line for line in known if line.standing == "followed" and line.heard == version]
    newest = newest_list(held) if said and version else None
    heard = [_read(library, line) for line in said if newest and line.heard_sha256 == newest.sha256]
    return sum(vouch is not None and introductions.agrees(held, vouch.checkpoint) is not False for vouch in heard)


# -- one's own ---------------------------------------------------------------------------------------------------------


def renewed(library: Library, imprint: str) -> list[Vouch]:
    """Vouches of an own label of which it has heard more since, as it would say them now.

    What is frozen or not held any more stays as it was said; so does the checkpoint, which is the person's word.
    """
    said = [_read(library, line) for line in library.index.voices.of_label(imprint) if line.kind == VOUCH]
    return [newer for vouch in said if vouch is not None and (newer := _renewed(library, vouch)) != vouch]


def _renewed(library: Library, vouch: Vouch) -> Vouch:
    held = _held(library, vouch.imprint)
    version = introductions.newest_version(held)
    known = vouch.heard.version if vouch.heard else 0
    if held.is_frozen or not version or (version == known and not held.memory.refused):
        return vouch  # a look into a list costs as much as the list is long
    return msgspec.structs.replace(vouch, heard=newest_list(held) or vouch.heard)
