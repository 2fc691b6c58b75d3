"""What a next root of a label changes, for people: all that its holders sign."""

from __future__ import annotations

from collections.abc import Iterator

from magnitizdat.catalogue.carrying_on import newest_list
from magnitizdat.catalogue.proposals import RootChange
from magnitizdat.catalogue.refresh import LabelState
from magnitizdat.ops.labels.holder_keys import Names
from magnitizdat.sentence import Sentence, listed, say


def change_words(changed: RootChange, names: Names, state: LabelState) -> Iterator[Sentence]:
    """What a next root changes, for people."""
    if changed.new_keeper:
        yield say("Its lists are signed by a new keeper from then on, and no more by the one before.")
    if changed.came:
        yield say("New among its holders: {names}.", names=listed(map(names.of, changed.came)))
    if changed.left:
        yield say("No longer among them: {names}.", names=listed(map(names.of, changed.left)))
    if (changed.need, changed.of) == (changed.need_before, changed.of_before):
        yield say("{need} of {of} must sign each root after it, as before.", need=changed.need, of=changed.of)
    else:
        yield say(
            "{need} of {of} must sign each root after it; until now it was {need_before} of {of_before}.",
            need=changed.need,
            of=changed.of,
            need_before=changed.need_before,
            of_before=changed.of_before,
        )
    if changed.continues is not None:
        yield say(
            "Its holders stand by its list up to version {version}; what the key before signed besides is marked.",
            version=changed.continues.version,
        )
        held = newest_list(state)
        if held is None or held.version < changed.continues.version:
            yield say("That list is not here, so nobody can say here what is in it; dub the label to see.")
