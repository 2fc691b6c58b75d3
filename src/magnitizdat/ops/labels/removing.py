"""`mag label remove`: a label that came along goes again, with all that it brought, and its space comes back."""

from __future__ import annotations

from collections.abc import Callable

from magnitizdat.errors import NotSureError, UsageError
from magnitizdat.library.index.views import AlbumView, LabelView
from magnitizdat.library.journal import AlbumGone, LabelGone, Row
from magnitizdat.library.library import Changes, Library
from magnitizdat.library.members import keys_name
from magnitizdat.library.reclaim import reclaim
from magnitizdat.model import Outcome, Value
from magnitizdat.ops.labels.labels import find_label
from magnitizdat.sentence import advice, say, size_words


class RemovedLabel(Value, frozen=True, kw_only=True):
    """A label that is not known here any more, its albums that had music here, and bytes that came back."""

    imprint: str
    name: str
    albums: int
    freed: int

    def outcome(self) -> Outcome:
        """What happens if it comes again is said too."""
        lines = [say("Albums of it that were here went along: {albums}.", albums=self.albums)] if self.albums else []
        return Outcome(
            headline=say(
                "«{name}» is removed; {freed} are free again. A dub may bring it again, without albums that went now.",
                name=self.name,
                freed=size_words(self.freed),
            ),
            lines=tuple(lines),
        )


def remove_label(
    library: Library, text: str, *, sure: bool = False, also: Callable[[LabelView], Row] | None = None
) -> RemovedLabel:
    """Take a label out with its papers and albums; what somebody else signed or made of the same music stays.

    `also` is written down with it.

    Raises: UsageError for an own label; NotSureError, unless `sure`, where it is followed or music of it is here.
    """
    with library.changes(frees=True) as changes:
        view = find_label(library, text)
        if view.standing == "own" or library.has_member(keys_name(view.imprint)):
            raise UsageError(say("«{name}» is your own label, and its keys are only here: it stays", name=view.name))
        albums = [album for album in library.shelf.albums() if album.imprint == view.imprint and not album.own]
        here = [album for album in albums if album.length]
        if not sure and (here or view.standing == "followed"):
            raise NotSureError(
                say(
                    "{albums} {albums:album|albums} of «{name}» with {length} of music would go with it; {what}",
                    name=view.name,
                    albums=len(here),
                    length=size_words(sum(album.length for album in here)),
                    what=advice(
                        terminal=say("repeat with --yes if you are sure"), page=say("do that only if you are sure")
                    ),
                )
            )
        if also is not None:
            changes.row(also(view))
        freed = _removed(library, changes, view.imprint, here)
    return RemovedLabel(imprint=view.imprint, name=view.name, albums=len(here), freed=freed)


def _removed(library: Library, changes: Changes, imprint: str, albums: list[AlbumView]) -> int:
    """Bytes that came back. Albums that were only announced leave no trace; those with music are remembered as gone."""
    cells = library.index.cells.cells_with_papers(imprint)
    for album in albums:
        changes.row(AlbumGone(release_id=album.release_id, imprint=imprint))
    changes.row(LabelGone(imprint=imprint))
    changes.then(lambda index: index.cells.forget_papers(imprint))
    changes.commit()
    return reclaim(library, changes, cells)
