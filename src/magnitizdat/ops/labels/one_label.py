"""One label, one album: which own label signs, and what is asked before a second one signs the same."""

from __future__ import annotations

from collections.abc import Sequence

from magnitizdat.errors import NotSureError, UsageError
from magnitizdat.library.index.views import AlbumView, LabelView
from magnitizdat.library.library import Library
from magnitizdat.ops.albums.edit import own_album
from magnitizdat.ops.labels.labels import own_labels, signing_label
from magnitizdat.sentence import Sentence, advice, listed, say

_HOW = advice(
    terminal=say("without --as its own label corrects it, and --yes signs it all the same"),
    page=say("let its own label correct it, or say that both shall sign it"),
)
_ONE_BY_ONE = advice(
    terminal=say("name one with --as LABEL, and its albums"), page=say("sign those of one label at a time")
)


def label_for(library: Library, albums: Sequence[str], as_: str = "") -> LabelView:
    """The own label that signs these albums: the named one, else the one that they are in, else the only one.

    Raises: UsageError where they are in several, or as `signing_label`.
    """
    if as_:
        return signing_label(library, as_)
    theirs = {own_album(library, album)[0].imprint for album in albums}
    known = [view for view in own_labels(library) if view.imprint in theirs]
    if len(known) > 1:
        names = listed(f"«{view.name}»" for view in known)
        raise UsageError(say("these albums are in several labels: {names}; {what}", names=names, what=_ONE_BY_ONE))
    return known[0] if known else signing_label(library)


def in_another(library: Library, albums: Sequence[str], label: LabelView) -> list[AlbumView]:
    """Those of these albums that another label has signed."""
    return [view for album in albums if _is_elsewhere(view := own_album(library, album)[0], label)]


def _is_elsewhere(view: AlbumView, label: LabelView) -> bool:
    return view.imprint not in {"", label.imprint}


def second_question(found: Sequence[AlbumView], label: LabelView) -> Sentence:
    """Whether a second label shall sign these as well."""
    return say("{facts}. Sign all the same?", facts=_facts(found, label))


def second_refusal(found: Sequence[AlbumView], label: LabelView) -> Sentence:
    """Why it does not, unasked."""
    return say("{facts}; {what}", facts=_facts(found, label), what=_HOW)


def require_its_label(view: AlbumView, label: LabelView) -> None:
    """Raises: NotSureError where another label has signed it."""
    if _is_elsewhere(view, label):
        raise NotSureError(second_refusal([view], label))


def _facts(found: Sequence[AlbumView], label: LabelView) -> Sentence:
    return say(
        "signed by {theirs} already: {titles}; whoever meets both labels learns that «{name}» is yours too",
        titles=listed(f"«{view.title}»" for view in found[:3]),
        theirs=listed(dict.fromkeys(f"«{view.label}»" for view in found)),
        name=label.name,
    )
