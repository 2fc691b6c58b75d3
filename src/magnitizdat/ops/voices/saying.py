"""Say something under a label, or take it back: a new version of the label's list, with what it says now.

What is said is signed in a label of one's own, never in the one that carries the music of others: who passes something
on says nothing of it.
"""

from __future__ import annotations

import hashlib
from collections.abc import Mapping, Sequence
from datetime import datetime

from magnitizdat.catalogue.documents import encode
from magnitizdat.catalogue.kinds import SAID, Said, max_length, target_path
from magnitizdat.catalogue.publisher import Listing, listing
from magnitizdat.catalogue.refresh import Listed
from magnitizdat.catalogue.voices import Compilation, Review
from magnitizdat.errors import UsageError
from magnitizdat.formats import budgets
from magnitizdat.library.index.views import LabelView
from magnitizdat.library.library import Changes, Library
from magnitizdat.model import Outcome, Value
from magnitizdat.ops.labels.labels import signing_label
from magnitizdat.ops.labels.publish import keep_voice, sign_documents
from magnitizdat.ops.labels.shelving import SignedDocument, read_signed
from magnitizdat.sentence import advice, say, size_words

__all__ = ["SaidReport", "path_of", "say_voices", "signing_label", "withdraw"]


class SaidReport(Value, frozen=True, kw_only=True, omit_defaults=False):
    """What was signed: paths of documents that are new or said anew, of those that did not change, and withdrawn."""

    label: str
    imprint: str
    version: int
    said: tuple[str, ...] = ()
    unchanged: tuple[str, ...] = ()
    withdrawn: tuple[str, ...] = ()

    def outcome(self) -> Outcome:
        """Who signed, and which version."""
        return Outcome(headline=say("Signed by {label}, version {version}.", label=self.label, version=self.version))


def path_of(voice: Said) -> str:
    """Target path of a voice, or of what else a label says."""
    return target_path(next(kind for kind, form in SAID.items() if isinstance(voice, form)), voice.id)


def say_voices(
    library: Library,
    changes: Changes,
    label: LabelView,
    voices: Sequence[Said],
    *,
    now: datetime,
    only_copy: bool = False,
    without: Sequence[str] = (),
    besides: Mapping[str, Listing | None] | None = None,
) -> SaidReport:
    """Sign what an own label says, in place of what it said of the same; `without` are paths that it lists no more.

    What is said already in these words is not signed again. `besides` is listed in the same version, or not any more
    (None), and kept by nobody here. The caller commits.

    Raises: UsageError where it may not be signed, or is more than others take.
    """
    _require_voice(label)
    _require_open(library, voices)
    held = library.index.documents
    documents = [_document(label, voice) for voice in voices]
    said = [each for each in documents if held.sha256(label.imprint, each.listed.path) != each.listed.sha256]
    gone = [path for path in dict.fromkeys(without) if held.sha256(label.imprint, path)]
    gone = [path for path in gone if path not in {each.listed.path for each in documents}]
    _require_room(library, label, said, gone)
    for each in said:
        keep_voice(library, changes, each)
    changes.then(lambda index: index.documents.drop(label.imprint, gone))
    lists = {each.listed.path: listing(each.listed.path, each.content) for each in said} | dict.fromkeys(gone)
    lists |= besides or {}
    version = sign_documents(library, changes, lists, label, now=now, only_copy=only_copy)
    paths = [each.listed.path for each in said]
    return SaidReport(
        label=label.name,
        imprint=label.imprint,
        version=version,
        said=tuple(paths),
        unchanged=tuple(each.listed.path for each in documents if each.listed.path not in paths),
        withdrawn=tuple(gone),
    )


def withdraw(
    library: Library,
    changes: Changes,
    label: LabelView,
    paths: Sequence[str],
    *,
    now: datetime,
    only_copy: bool = False,
) -> SaidReport:
    """List some of its voices no more. The caller commits. Raises: as `say_voices`."""
    return say_voices(library, changes, label, (), now=now, only_copy=only_copy, without=paths)


def _require_voice(label: LabelView) -> None:
    if label.standing != "own":
        raise UsageError(
            advice(
                terminal=say("«{name}» is not your label; `mag label list` shows yours", name=label.name),
                page=say("«{name}» is not your label; look among yours", name=label.name),
            )
        )


def _require_open(library: Library, voices: Sequence[Said]) -> None:
    """Raises: UsageError where tracks of a closed album are named, of which nobody shall know."""
    named = {track for voice in voices for track in _tracks_of(voice)}
    if named and named & library.index.closed.tracks():
        raise UsageError(say("this names tracks of a premiere that is not open yet; leave them out, or wait"))


def _tracks_of(voice: Said) -> Sequence[str]:
    if isinstance(voice, Review):
        return voice.item_reviewed.tracks
    return [each.track_id for each in voice.tracks] if isinstance(voice, Compilation) else ()


def _document(label: LabelView, voice: Said) -> SignedDocument:
    """As others will read it. Raises: UsageError where they could not."""
    path, content = path_of(voice), encode(voice)
    if len(content) > max_length(path):
        raise UsageError(
            say(
                "what is said is {length} long, and others take at most {most}; say it in fewer words",
                length=size_words(len(content)),
                most=size_words(max_length(path)),
            )
        )
    listed = Listed(path=path, length=len(content), sha256=hashlib.sha256(content).hexdigest())
    document = read_signed(label.imprint, listed, content, is_fresh=True)
    if document.value is None:
        raise UsageError(say("this is nothing that a label can say of another; nothing was signed"))
    return document


def _require_room(library: Library, label: LabelView, said: Sequence[SignedDocument], gone: Sequence[str]) -> None:
    """Raises: UsageError where others would leave out some of what the label says."""
    held = {each.path: each.length for each in library.index.documents.held(label.imprint) if each.path not in gone}
    held |= {each.listed.path: each.listed.length for each in said}
    if said and (len(held) > budgets.DOCUMENTS.most or sum(held.values()) > budgets.ALL_DOCUMENTS.most):
        raise UsageError(
            say("«{name}» says as much as others take of one label; withdraw something first", name=label.name)
        )
