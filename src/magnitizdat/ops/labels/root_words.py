"""What a next root of a label changes, for people: all that its holders sign."""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from magnitizdat.catalogue.carrying_on import newest_list
from magnitizdat.catalogue.clubs import ClubRoot
from magnitizdat.catalogue.proposals import RootChange
from magnitizdat.catalogue.refresh import LabelState
from magnitizdat.formats.names import clean_line, imprint_words
from magnitizdat.ops.labels.holder_keys import Names
from magnitizdat.sentence import Sentence, listed, say, verbatim


def change_words(changed: RootChange, names: Names, state: LabelState) -> Iterator[Sentence]:
    """What a next root changes, for people."""
    if changed.new_keeper:
        yield say("Its lists are signed by a new keeper from then on, and no more by the one before.")
    if changed.came:
        yield say("New among its holders: {names}.", names=listed(map(names.of, changed.came)))
    if changed.left:
        yield say("No longer among them: {names}.", names=listed(map(names.of, changed.left)))
    if changed.club_before is not None or changed.club is not None:
        yield from _club_words(changed.club_before, changed.club, names)
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


def _club_words(before: ClubRoot | None, after: ClubRoot | None, names: Names) -> Iterator[Sentence]:
    """What changes for a club: who speaks for it, and what it is called."""
    if before is None or after is None:
        yield say("It is no club from then on.") if after is None else say("It is a club from then on.")
        return
    keys = {**before.keys, **after.keys}
    came = [_officer(each, keys, names) for each in after.officers if each not in before.officers]
    left = [_officer(each, keys, names) for each in before.officers if each not in after.officers]
    if came:
        yield say("New officers of the club: {names}.", names=listed(came))
    if left:
        yield say(
            "Officers no longer: {names}. What they did counts as far as another officer takes it over.",
            names=listed(left),
        )
    if set(before.former) - set(after.former):
        yield say("Keys of the club that somebody who was an officer has count again.")
    if before.name != after.name:
        yield say("The club is called «{name}» from then on.", name=clean_line(after.name))


def _officer(imprint: str, keys: Mapping[str, str], names: Names) -> Sentence:
    words = imprint_words(imprint)
    if imprint not in keys:
        return verbatim(words)
    return say("{who}, as {words}", who=names.of(keys[imprint]), words=words)
