"""`mag premiere drop`: a way back for the maker of a closed album that nobody opened, as where its shares are lost."""

from __future__ import annotations

from datetime import datetime

from magnitizdat.catalogue.kinds import RELEASE, target_path
from magnitizdat.catalogue.premieres import OPENING, PREMIERE
from magnitizdat.catalogue.voices import voice_id
from magnitizdat.errors import UsageError
from magnitizdat.library.journal import PublishedRow
from magnitizdat.library.library import Library
from magnitizdat.library.members import withheld_name
from magnitizdat.library.reclaim import destroy, reclaim
from magnitizdat.model import Outcome, Value
from magnitizdat.ops.labels.labels import signing_label
from magnitizdat.ops.premieres.opening import find_premiere
from magnitizdat.ops.premieres.withheld import ClosedAlbum
from magnitizdat.ops.voices.saying import say_voices
from magnitizdat.sentence import say


class DroppedReport(Value, frozen=True, kw_only=True, omit_defaults=False):
    """A premiere that is none any more. `version`: of the label's list that names it no more."""

    label: str
    imprint: str
    version: int
    id: str
    title: str

    def outcome(self) -> Outcome:
        """That it is an ordinary album, and what cannot be taken back."""
        return Outcome(
            headline=say("«{title}» is no premiere any more, and an album of yours as before.", title=self.title),
            lines=(
                say(
                    "{label} lists it no more. Copies of its closed file elsewhere stay closed, and its shares open"
                    " them still: they go where the new list arrives.",
                    label=self.label,
                ),
            ),
        )


def drop(library: Library, name: str, *, now: datetime, only_copy: bool = False) -> DroppedReport:
    """List an own closed album no more, and let go of its closed file and of what was withheld for it.

    Raises: UsageError where it is not one's own, or somebody opened it as far as is known here.
    """
    closed = find_premiere(library, name)
    label = signing_label(library, closed.imprint)
    _require_unopened(library, closed)
    imprint, release_id = closed.imprint, closed.release_id
    albums = library.index.closed.albums_for(imprint, release_id)
    with library.changes() as changes:
        destroy(library, changes, [withheld_name(imprint, release_id)])
        without, unlisted = [target_path(PREMIERE, closed.id)], {target_path(RELEASE, release_id): None}
        said = say_voices(library, changes, label, (), now=now, only_copy=only_copy, without=without, besides=unlisted)
        for album in sorted(albums):
            changes.row(PublishedRow(release_id=album, imprint=""))
        changes.then(lambda index: index.closed.let_go(imprint, release_id))
        changes.commit()
        reclaim(library, changes)
    views = [view for view in map(library.shelf.album, sorted(albums)) if view is not None]
    title = closed.title or next((view.title for view in views), closed.label)
    return DroppedReport(label=label.name, imprint=imprint, version=said.version, id=closed.id, title=title)


def _require_unopened(library: Library, closed: ClosedAlbum) -> None:
    if not closed.own and not closed.opened:
        raise UsageError(say("«{title}» was not closed in this library; who closed it drops it", title=closed.title))
    opening = target_path(OPENING, voice_id(OPENING, closed.imprint, closed.id))
    is_said = any(held.path == opening for _, held in library.index.documents.of_kinds([OPENING]))
    if closed.opened or is_said:
        raise UsageError(say("«{title}» was opened, so it is no secret any more", title=closed.title or closed.label))
