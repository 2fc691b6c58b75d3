"""The table of row kinds: what each does to the index, and how it comes back where its page of the journal is hurt.

A kind is one entry here and one class in `journal`; commits, the tail, `doctor` and `doctor --rebuild` know no other
list, and `docs/formats.md` is compared with it. Rows of kinds that are not in it are carried (ADR 0032).
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Sequence
from contextlib import suppress
from itertools import groupby
from typing import Any, NamedTuple, cast

import msgspec

from magnitizdat.errors import LibraryBusyError
from magnitizdat.library.club_rows import ClubLabelRow, ClubNewsRow, ClubRow, ClubVoiceRow, EpochRow
from magnitizdat.library.given_rows import GivenGone, GivenRow
from magnitizdat.library.holder_rows import HolderRow, ProposalRow, SignedRootRow
from magnitizdat.library.index.index import Index
from magnitizdat.library.index.tail import numbered
from magnitizdat.library.journal import (
    AlbumBack,
    AlbumGone,
    AlbumRow,
    AppGone,
    AppRow,
    BookmarkGone,
    BookmarkRow,
    DoneRow,
    Entry,
    FriendGone,
    FriendRow,
    JournalLine,
    LabelGone,
    LabelRow,
    ListeningRow,
    PastRow,
    PlaylistGone,
    PlaylistRow,
    PlayRow,
    PublishedRow,
    QueueRow,
    RatingRow,
    Row,
    StarRow,
    TrackGone,
    TrackRow,
    UnknownRow,
    decode_row,
)
from magnitizdat.library.letter_rows import LetterGone, LetterKeyRow, LetterRow, SentRow, SilencedRow
from magnitizdat.library.post_rows import CarriedGone, CarriedRow
from magnitizdat.library.slip_rows import SlipKeyRow, SlipReelRow, SlipRow
from magnitizdat.library.wish_rows import WishGone, WishRow

Apply = Callable[[Index, Entry], object]
Restore = Callable[[Index, str, int], list[JournalLine]]
MendRows = Callable[[Index], Iterable[Row]]


class RowKind(NamedTuple):
    """All that is known of one kind of row.

    `apply` makes the index say what an entry says, inside a transaction. Of a hurt page (device, first counter),
    `restore` gives the lines that the index still holds, to be sealed again under their own counters; `mend` gives new
    rows that say how things are now, where lines are not kept. Several kinds may share one of these: it then answers
    for all of them.
    """

    form: type[Any]
    apply: Apply
    restore: Restore
    mend: MendRows
    about: str

    @property
    def name(self) -> str:
        """What `row` says in its lines; empty for those of which this version knows no kind."""
        return str(getattr(self.form.__struct_config__, "tag", None) or "")


def _nothing(_index: Index, _entry: Entry) -> None:
    """It says nothing about the library."""


def _no_lines(_index: Index, _device: str, _first: int) -> list[JournalLine]:
    return []


def _no_rows(_index: Index) -> Iterator[Row]:
    return iter(())


def _album(index: Index, entry: Entry) -> None:
    index.shelf.put_own(cast("AlbumRow", entry.row).release)


def _album_gone(index: Index, entry: Entry) -> None:
    row = cast("AlbumGone", entry.row)
    index.shelf.remove(row.release_id, row.imprint)


def _album_back(index: Index, entry: Entry) -> None:
    row = cast("AlbumBack", entry.row)
    index.signed.want(row.imprint, row.release_id)


def _track(index: Index, entry: Entry) -> None:
    row = cast("TrackRow", entry.row)
    if row.before:
        index.shelf.put_track(row.release_id, row.track, before=row.before)
    else:
        index.shelf.put_tracks(row.release_id, [row.track])


def _track_gone(index: Index, entry: Entry) -> None:
    row = cast("TrackGone", entry.row)
    index.shelf.drop_track(row.release_id, row.track)


def _published(index: Index, entry: Entry) -> None:
    row = cast("PublishedRow", entry.row)
    index.shelf.put_published(row.release_id, row.imprint)


def _label(index: Index, entry: Entry) -> None:
    index.shelf.put_label(cast("LabelRow", entry.row))


def _label_gone(index: Index, entry: Entry) -> None:
    """What cells hold of it is the business of whoever removed it: a rebuild may find newer papers there."""
    imprint = cast("LabelGone", entry.row).imprint
    index.shelf.drop_label(imprint)
    index.signed.forget(imprint)
    index.documents.keep_listed(imprint, {})


def _friend(index: Index, entry: Entry) -> None:
    row = cast("FriendRow", entry.row)
    index.shelf.put_friend(row.name, row.card)


def _friend_gone(index: Index, entry: Entry) -> None:
    index.shelf.drop_friend(cast("FriendGone", entry.row).name)


def _play(index: Index, entry: Entry) -> None:
    index.listening.apply_play(entry.device, entry.counter, cast("PlayRow", entry.row))


def _keep(index: Index, entry: Entry) -> None:
    index.listening.apply(entry)


def _carry(index: Index, entry: Entry) -> None:
    index.unread.keep(entry)


def _albums_now(index: Index) -> Iterator[Row]:
    """Tombstones first: what a hurt page said is not known."""
    for album in index.pages.names("album"):
        if not album.startswith("mag1"):
            yield AlbumGone(release_id=album)
    for imprint, release_id in index.signed.removed():
        yield AlbumGone(release_id=release_id, imprint=imprint)
    for view in list(index.shelf.own_albums()):
        release = index.shelf.release(view.id)
        if release is not None:
            yield AlbumRow(release=msgspec.structs.replace(release, tracks=()))
            yield from (TrackRow(release_id=release.id, track=track) for track in release.tracks)
            if view.imprint:
                yield PublishedRow(release_id=release.id, imprint=view.imprint)


def _labels_now(index: Index) -> Iterator[Row]:
    labels = index.shelf.labels()
    for imprint in sorted({*index.pages.names("label")} - {label.imprint for label in labels}):
        yield LabelGone(imprint=imprint)
    for label in labels:
        yield LabelRow(
            imprint=label.imprint, name=label.name, standing=label.standing, heard=label.heard, frozen=label.frozen
        )


def _friends_now(index: Index) -> Iterator[Row]:
    friends = index.shelf.friends()
    for name in index.pages.names("friend"):
        if name not in friends:
            yield FriendGone(name=name)
    yield from (FriendRow(name=name, card=card) for name, card in friends.items())


def _kept_lines(index: Index, device: str, first: int) -> list[JournalLine]:
    return index.listening.lines_of_page(device, first)


def _plays(index: Index, device: str, first: int) -> list[JournalLine]:
    return index.listening.plays_of_page(device, first)


def _unread_lines(index: Index, device: str, first: int) -> list[JournalLine]:
    return index.unread.lines_of_page(device, first)


def _of_shelf(form: type[Any], apply: Apply, mend: MendRows, about: str) -> RowKind:
    return RowKind(form, apply, _no_lines, mend, about)


def _of_listening(form: type[Any], about: str) -> RowKind:
    return RowKind(form, _keep, _kept_lines, _no_rows, about)


KINDS = (
    _of_shelf(AlbumRow, _album, _albums_now, "fields of an own album; its `release` has no tracks"),
    _of_shelf(TrackRow, _track, _albums_now, "a track on an own album; `before` another, or in its turn"),
    _of_shelf(TrackGone, _track_gone, _albums_now, "it is no longer on it"),
    _of_shelf(AlbumGone, _album_gone, _albums_now, "an album was removed; with `imprint` it is a label's"),
    _of_shelf(AlbumBack, _album_back, _albums_now, "a label's release that was removed is wanted again"),
    _of_shelf(
        PublishedRow,
        _published,
        _albums_now,
        "an own album stands in an own label, as `version` of its list says it; in none where `imprint` is empty (a"
        " premiere that was dropped)",
    ),
    _of_shelf(LabelRow, _label, _labels_now, "how we stand to a label, and when we last heard of it"),
    _of_shelf(LabelGone, _label_gone, _labels_now, "it is not known here any more"),
    _of_shelf(FriendRow, _friend, _friends_now, "a friend's card, under our name for it"),
    _of_shelf(FriendGone, _friend_gone, _friends_now, "it was removed"),
    _of_listening(StarRow, "a listener's star, given at that time; taken back where `at` is empty"),
    _of_listening(RatingRow, "one to five stars of a listener; 0 takes them back"),
    RowKind(PlayRow, _play, _plays, _no_rows, "a track was heard; plays add up"),
    _of_listening(PlaylistRow, "a playlist: songs in their order, or the rule that finds them"),
    _of_listening(PlaylistGone, "it was removed"),
    _of_listening(QueueRow, "what a listener was about to hear"),
    _of_listening(BookmarkRow, "a place in a song"),
    _of_listening(BookmarkGone, "it was removed"),
    _of_listening(AppRow, "a player of the household, and its secret"),
    _of_listening(AppGone, "it was removed"),
    _of_listening(DoneRow, "a person's command: it wrote the rows right before this one"),
    _of_listening(HolderRow, "whose root key that is, as a card or the person said"),
    _of_listening(ProposalRow, "a next root of a label that was proposed, with the signatures known here"),
    _of_listening(SignedRootRow, "this library signed that next root of a label"),
    _of_listening(
        ClubRow,
        "how we stand to a club: `member`, `left`, or `out`; the ids under which we were let in and out (at most 64"
        " each), and the first epoch that was not for us",
    ),
    _of_listening(ClubLabelRow, "a label that was first heard of through a club, and stays there"),
    _of_listening(ClubVoiceRow, "a label that was made here to speak in a club"),
    _of_listening(EpochRow, "a key of a club's door that was sent or made here; `teller`: whose letter says so"),
    _of_listening(ClubNewsRow, "what became of a club's letter"),
    _of_listening(LetterRow, "a letter that came in"),
    _of_listening(LetterGone, "it was removed, and does not arrive again"),
    _of_listening(SentRow, "a letter that was written here; its words are not kept"),
    _of_listening(LetterKeyRow, "an address for letters of an own label; since `retired` it is given out no more"),
    _of_listening(SilencedRow, "a sender who is not heard, as long as `silent`; of a `blocked` label nothing comes in"),
    _of_listening(CarriedRow, "a sealed letter goes along, own or of others, since that time"),
    _of_listening(CarriedGone, "it goes along no more"),
    _of_listening(
        GivenRow,
        "a reel for a friend carried that album, as it was signed, when so many `rows` spoke of it; without one: when"
        " it was cut",
    ),
    _of_listening(GivenGone, "what a friend was given before that time is forgotten"),
    _of_listening(WishRow, "an album, or without `release_id` all of a label, is asked for"),
    _of_listening(SlipKeyRow, "a return address of that quarter; the four highest numbers open slips"),
    _of_listening(SlipReelRow, "a reel with a return address, and for whom it was"),
    _of_listening(SlipRow, "what the newest slip of a reel said, and which letters were slips of it"),
    _of_listening(WishGone, "it is asked for no more"),
    _of_shelf(PastRow, _nothing, _no_rows, "nothing: it fills the place of a counter"),
    RowKind(UnknownRow, _carry, _unread_lines, _no_rows, "what a newer mag wrote: kept as it is"),
)
_BY_FORM = {kind.form: kind for kind in KINDS}
_NAMES = " ".join(sorted(kind.name for kind in KINDS))


def apply(index: Index, entry: Entry) -> None:
    """Make the index say what a row says; inside a transaction."""
    _BY_FORM[type(entry.row)].apply(index, entry)


def apply_all(index: Index, entries: Iterable[Entry]) -> None:
    """The same of several, in their order; tracks of one album that follow each other go in together."""
    for album, group in groupby(entries, key=_album_of_track):
        if album is None:
            for entry in group:
                apply(index, entry)
        else:
            index.shelf.put_tracks(album, [cast("TrackRow", entry.row).track for entry in group])


def _album_of_track(entry: Entry) -> str | None:
    return entry.row.release_id if isinstance(entry.row, TrackRow) and not entry.row.before else None


def is_kept(row: Row) -> bool:
    """Whether the index keeps of such rows the one with the highest (counter, line), in whatever order they come."""
    return _BY_FORM[type(row)].apply is _keep


def restore(index: Index, device: str, first: int) -> list[JournalLine]:
    """Of a page, by the counter that it begins with, the lines that the index still holds."""
    ways = dict.fromkeys(kind.restore for kind in KINDS)
    return sorted(line for way in ways for line in way(index, device, first))


def mend(index: Index) -> Iterator[Row]:
    """Rows that say how things are now, for what pages said of which no line is kept."""
    for way in dict.fromkeys(kind.mend for kind in KINDS):
        yield from way(index)


def append(index: Index, device: str, rows: Sequence[ListeningRow | LetterRow]) -> None:
    """Write rows into the tail and make the index say what they say, inside a transaction.

    A row in the tail goes where a newer one says all that it said: a queue that is saved each minute is one row.
    """
    fresh = numbered(device, index.settings.reserve(len(rows)), rows)
    for waiting, row in zip(fresh, rows, strict=True):
        if not isinstance(row, PlayRow):
            index.tail.drop(device, row.subject)
        index.tail.put([waiting])
        apply(index, Entry(device, waiting.counter, row, waiting.body))


def recognise(index: Index) -> None:
    """Rows that an older mag only carried are read, where this one knows their kinds."""
    if index.is_read_only or not index.unread.count() or index.settings.row_kinds() == _NAMES:
        return
    with suppress(LibraryBusyError), index.transaction():  # where it is busy: the next time that it is opened
        for device, counter, line in index.unread.lines():
            row = decode_row(line)
            if not isinstance(row, UnknownRow):
                apply(index, Entry(device, counter, row, line))
                index.unread.forget(device, counter)
        index.settings.set_row_kinds(_NAMES)
