"""A label that its holders carried on: what came under keys that were taken away plays, and is marked.

Which releases these are stands in what is remembered of the label, and in the index by their digests: a document that
the label's new keys correct loses its mark by that.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator

import msgspec

from magnitizdat.catalogue.continued import HandedOver, LeftOut
from magnitizdat.catalogue.kinds import parse_target
from magnitizdat.catalogue.publisher import speaks_for
from magnitizdat.catalogue.refresh import LabelState, remembered
from magnitizdat.library.index.signed import SignedRelease
from magnitizdat.library.library import Changes, Library
from magnitizdat.library.members import keys_name
from magnitizdat.model import AlbumName
from magnitizdat.ops.labels.labels import label_keys
from magnitizdat.sentence import Sentence, say


def keep_state(library: Library, changes: Changes, state: LabelState) -> None:
    """Keep a label's state in place of the one before. Of what its newest list leaves out only what is here counts."""
    left = tuple(each for each in state.memory.left if _release(library, state.imprint, each) is not None)
    memory = msgspec.structs.replace(state.memory, left=left)
    changes.put_label(state.imprint, state.files, remembered(msgspec.structs.replace(state, memory=memory)))
    changes.then(lambda index: index.signed.disown(state.imprint, disowned(left)))


def disowned(left: Iterable[LeftOut]) -> list[str]:
    """Digests of the documents that those who carry a label on do not stand by."""
    return [each.sha256 for each in left if each.disowned]


def disowned_albums(library: Library, state: LabelState, *, known: Iterable[str] = ()) -> tuple[AlbumName, ...]:
    """Albums here that are marked, without those whose digests were `known` to be."""
    told, albums = set(known), list[AlbumName]()
    for each in state.memory.left:
        release = _release(library, state.imprint, each) if each.disowned and each.sha256 not in told else None
        view = library.shelf.album(release.album) if release is not None else None
        if view is not None:
            albums.append(AlbumName(id=view.id, title=view.title))
    return tuple(albums)


def _release(library: Library, imprint: str, left: LeftOut) -> SignedRelease | None:
    release = library.index.signed.release(imprint, parse_target(left.path).id)
    is_this = release is not None and release.sha256 == left.sha256 and not release.is_gone
    return release if is_this else None


def keys_went(library: Library, state: LabelState) -> bool:
    """Whether this library has a key of a label that no longer signs for it."""
    has_key = library.has_member(keys_name(state.imprint))
    return has_key and not speaks_for(state, label_keys(library, state.imprint))


def disowned_sentence(title: str, label: str) -> Sentence:
    """Of one album."""
    return say(
        "«{title}» came under a key that was taken away; those who carry «{label}» on do not stand by it.",
        title=title,
        label=label,
    )


def hand_over_sentences(label: str, given: Iterable[HandedOver]) -> Iterator[Sentence]:
    """Who carries a label on by now, and whether they go on from what its holders stand by."""
    for each in given:
        yield say(
            "«{label}» was handed over by {signers} of its {holders} holders.",
            label=label,
            signers=each.signers,
            holders=each.holders,
        )
        if each.goes_on is False:
            yield say(
                "The newest list of «{label}» does not go on from the one that its holders stand by; ask them which"
                " albums are theirs.",
                label=label,
            )
