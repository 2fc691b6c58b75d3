"""What people say goes along: whose voices, about what, and how much of them (ADR 0061).

A label that goes says all that it says where it is one's own or was named. A followed one that does not go by itself
says what is about albums and labels that go; with it goes what verifies it. The newest come first, within a budget.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from datetime import datetime
from typing import Literal, NamedTuple

from magnitizdat.catalogue import kinds
from magnitizdat.catalogue.documents import LABEL_PATH
from magnitizdat.catalogue.premieres import OPENING
from magnitizdat.catalogue.refresh import Verdict, review
from magnitizdat.catalogue.voices import REVIEW, VOICES, VOUCH
from magnitizdat.formats.spool_paths import label_path
from magnitizdat.library.index.views import LabelView
from magnitizdat.library.index.voices import VoiceLine
from magnitizdat.library.library import Library
from magnitizdat.model import Value
from magnitizdat.ops.clubs.staying import NO_CLUBS, Gate
from magnitizdat.ops.labels.labels import held_state
from magnitizdat.ops.premieres.openings import sayers

Along = Literal["all", "own", "none"]
"""Whose voices go along: all that belong there, those of labels that go themselves, or nobody's."""

MOST_LENGTH = 2 << 20
MOST_PERCENT = 2
"""Bytes that voices may take, with the papers of labels that go for their voices alone: the larger of the two."""


class SpokenWord(NamedTuple):
    """A voice that may go along. `about`: album ids and imprints; None where it goes wherever its label does."""

    imprint: str
    path: str
    """In the spool."""
    sha256: str
    length: int
    date: str
    about: frozenset[str] | None

    @property
    def name(self) -> str:
        """Tells it from those of one day."""
        return self.path.rpartition(".json")[0].rpartition(".")[0].rpartition(".")[2]


class Speaker(NamedTuple):
    """A label of which voices may go along; `papers`: bytes of what verifies them."""

    view: LabelView
    verdict: Verdict
    papers: int


class Voiced(Value, frozen=True, kw_only=True):
    """How many voices of a label go along."""

    name: str
    imprint: str
    voices: int


class Speech(NamedTuple):
    """Everything that may go along, the newest first, and who says it."""

    said: tuple[SpokenWord, ...] = ()
    speakers: Mapping[str, Speaker] = {}
    is_mute: bool = False
    """Whether nothing that stands where voices do goes along, also what nobody here can read."""
    openers: frozenset[str] = frozenset()
    """Imprints of own and of named labels that say words of closed albums."""

    def about(self, labels: Iterable[str], albums: Iterable[str]) -> Iterator[SpokenWord]:
        """What is to be said where these labels and albums go."""
        going = frozenset(labels)
        goes = going | frozenset(albums)
        return (each for each in self.said if (each.imprint in going if each.about is None else each.about & goes))

    @property
    def wholly(self) -> frozenset[str]:
        """Imprints of labels that say all that they say, if they go."""
        return self.openers | {each.imprint for each in self.said if each.about is None}

    def within(self, said: Iterable[SpokenWord], labels: Iterable[str], length: int) -> Iterator[SpokenWord]:
        """As much of it as `length` bytes hold, what does not fit passed over; these labels' papers go anyway."""
        paid = set(labels)
        for each in said:
            cost = each.length + (0 if each.imprint in paid else self.speakers[each.imprint].papers)
            if cost <= length:
                length -= cost
                paid.add(each.imprint)
                yield each

    def voiced(self, said: Iterable[SpokenWord]) -> tuple[Voiced, ...]:
        """Whose these are."""
        counts: dict[str, int] = {}
        for each in said:
            counts[each.imprint] = counts.get(each.imprint, 0) + 1
        names = {imprint: self.speakers[imprint].view.name for imprint in counts}
        found = (Voiced(name=names[imprint], imprint=imprint, voices=count) for imprint, count in counts.items())
        return tuple(sorted(found, key=lambda each: (each.name.casefold(), each.imprint)))


SILENCE = Speech(is_mute=True)


def most(length: int) -> int:
    """Bytes that voices may take beside `length` bytes of music."""
    return max(MOST_LENGTH, length * MOST_PERCENT // 100)


def gather_speech(
    library: Library,
    views: Sequence[LabelView],
    named: frozenset[str],
    *,
    now: datetime,
    along: Along = "all",
    passes: Gate = NO_CLUBS,
) -> Speech:
    """All voices here that may go along from these labels: of own and of `named` ones everything, and of followed ones.

    What is held of those that say something is verified again. What they say of labels that stay in a club does, too.
    """
    said, speakers = list[SpokenWord](), dict[str, Speaker]()
    for view in views:
        is_whole = view.standing == "own" or view.imprint in named
        is_heard = is_whole or (view.standing == "followed" and along == "all")
        lines = library.index.voices.of_label(view.imprint) if is_heard else []
        lines = [line for line in lines if not passes.holds_back(library, line.imprint, line.path)]
        if not lines:
            continue
        held = {each.path: each.sha256 for each in library.index.documents.held(view.imprint)}
        verdict = review(held_state(library, view.imprint), now=now)
        speakers[view.imprint] = Speaker(view, verdict, _papers(verdict))
        said += _spoken(library, verdict, lines, held, is_whole=is_whole)
    said.sort(key=lambda each: (each.imprint, each.name))
    newest = tuple(sorted(said, key=lambda each: each.date, reverse=True))
    wholly = {view.imprint for view in views if view.standing == "own" or view.imprint in named}
    return Speech(newest, speakers, openers=sayers(library) & wholly)


def is_voice(path: str) -> bool:
    """Whether a voice stands at this target path, one that nobody here can read perhaps."""
    return kinds.parse_target(path).kind in VOICES


def is_told(path: str) -> bool:
    """The same of words that open an album too: these go along with their label like what nobody here can read."""
    return is_voice(path) or kinds.parse_target(path).kind == OPENING


def is_read(path: str, content: bytes) -> bool:
    """Whether it is a voice that somebody here can read."""
    return is_voice(path) and kinds.read(path, content).value is not None


def _spoken(
    library: Library, verdict: Verdict, lines: Iterable[VoiceLine], held: Mapping[str, str], *, is_whole: bool
) -> Iterator[SpokenWord]:
    for line in lines:
        listed = verdict.targets.get(line.path)
        if listed is not None and listed.sha256 == held.get(line.path):
            about = None if is_whole else _about(library, line)
            stored = label_path(line.imprint, listed.stored_path)
            yield SpokenWord(line.imprint, stored, listed.sha256, listed.length, _date(line, verdict), about)


def _papers(verdict: Verdict) -> int:
    listed = verdict.targets.get(LABEL_PATH)
    return sum(map(len, verdict.state.files.values())) + (listed.length if listed is not None else 0)


def _date(line: VoiceLine, verdict: Verdict) -> str:
    """The day that it says, never one behind its list; a vouch is renewed whenever its label signs."""
    signed = verdict.freshness.signed_on
    return signed if line.kind == VOUCH else min(line.date, signed or line.date)


def _about(library: Library, line: VoiceLine) -> frozenset[str]:
    """Album ids here, or imprints."""
    if line.kind == VOUCH:
        return frozenset({line.about})
    if line.kind == REVIEW:
        return frozenset({line.album} - {""})
    return frozenset(library.index.voices.albums_of(line.imprint, line.path))
