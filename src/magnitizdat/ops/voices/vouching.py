"""`mag vouch`: "I know who is behind this label, and it is this one", signed. That one likes it is a pick."""

from __future__ import annotations

from contextlib import suppress
from datetime import datetime

from magnitizdat.catalogue.carrying_on import newest_list
from magnitizdat.catalogue.refresh import checkpoint
from magnitizdat.catalogue.voices import VOUCH, Vouch
from magnitizdat.errors import UsageError
from magnitizdat.formats.names import imprint_words
from magnitizdat.library.index.views import LabelView
from magnitizdat.library.index.voices import VoiceLine
from magnitizdat.library.library import Library
from magnitizdat.model import Outcome, Value
from magnitizdat.ops.labels.labels import find_label, held_state, is_own_carrier
from magnitizdat.ops.labels.vouches import VouchLine, vouched_by
from magnitizdat.ops.voices import saying
from magnitizdat.ops.voices.saying import SaidReport, signing_label
from magnitizdat.sentence import Sentence, advice, say

__all__ = ["VouchLine", "VouchReport", "statement", "vouch", "vouched_by", "who"]


class VouchReport(Value, frozen=True, kw_only=True, omit_defaults=False):
    """What a label says of another now; `withdrawn` where that is nothing any more."""

    said: SaidReport
    name: str
    imprint: str
    withdrawn: bool = False

    def outcome(self) -> Outcome:
        """What is said, in which version, and how far it reaches."""
        if self.withdrawn:
            told = say("«{label}» vouches for «{name}» no more.", label=self.said.label, name=self.name)
            return Outcome(headline=told, lines=(say("Copies that are with others stay until this reaches them."),))
        told = say("«{label}» vouches for «{name}».", label=self.said.label, name=self.name)
        signed = (
            say(
                "Signed as version {version}; it counts with those who follow «{label}», and with nobody else.",
                version=self.said.version,
                label=self.said.label,
            )
            if self.said.said
            else say("It was signed already and did not change.")
        )
        return Outcome(headline=told, lines=(signed,))


def who(library: Library, label: str, *, as_: str) -> LabelView:
    """The label that would be vouched for.

    Raises: as `vouch`.
    """
    view = find_label(library, label)
    _word(library, signing_label(library, as_), view, "")
    return view


def statement(view: LabelView) -> Sentence:
    """What is signed, in words."""
    return say(
        "I know who is behind «{name}» ({words}), and it is this label.",
        name=view.name,
        words=imprint_words(view.imprint),
    )


def vouch(
    library: Library,
    label: str,
    *,
    as_: str,
    now: datetime,
    note: str = "",
    withdraw: bool = False,
    only_copy: bool = False,
) -> VouchReport:
    """Say that one knows who is behind a label, or (`withdraw`) say so no more. Said again it stands in its own place.

    Raises: UsageError for oneself, what is frozen and what nothing is held of, and as `say_voices`: nothing is signed.
    """
    with library.changes() as changes:
        voucher = signing_label(library, as_)
        if withdraw:
            line = _said(library, voucher, label)
            said = saying.withdraw(library, changes, voucher, [line.path], now=now, only_copy=only_copy)
            report = VouchReport(said=said, name=line.title, imprint=line.about, withdrawn=True)
        else:
            view = find_label(library, label)
            word = _word(library, voucher, view, note)
            said = saying.say_voices(library, changes, voucher, [word], now=now, only_copy=only_copy)
            report = VouchReport(said=said, name=view.name, imprint=view.imprint)
        changes.commit()
    return report


def _word(library: Library, voucher: LabelView, view: LabelView, note: str) -> Vouch:
    if view.imprint == voucher.imprint:
        raise UsageError(say("a label cannot vouch for itself; its friends do that"))
    if is_own_carrier(library, view):
        raise UsageError(
            say("under «{name}» you pass on what others made; to vouch for it tells whose it is", name=view.name)
        )
    held = held_state(library, view.imprint)
    if held.is_frozen:
        raise UsageError(
            advice(
                terminal=say(
                    "«{name}» signed two different things; choose one with `mag label choose` first", name=view.name
                ),
                page=say("«{name}» signed two different things; choose one first, under its name", name=view.name),
            )
        )
    heard = newest_list(held)
    if heard is None:
        raise UsageError(
            say("nothing is held of «{name}» yet, so you could vouch for any; dub it from somewhere", name=view.name)
        )
    return Vouch(imprint=view.imprint, name=view.name, checkpoint=checkpoint(held), heard=heard, note=note)


def _said(library: Library, voucher: LabelView, label: str) -> VoiceLine:
    """The vouch of a label for another, by what names that; it need not be known here any more."""
    said = [line for line in library.index.voices.of_label(voucher.imprint) if line.kind == VOUCH]
    wanted = label.strip().casefold()
    named = [line for line in said if wanted in {line.about, imprint_words(line.about), line.title.casefold()}]
    if not named:
        with suppress(UsageError):
            known = find_label(library, label).imprint
            named = [line for line in said if line.about == known]
    if len(named) != 1:
        raise UsageError(
            say(
                "«{voucher}» vouches for no «{label}», or for several; give its four words",
                voucher=voucher.name,
                label=label,
            )
        )
    return named[0]
