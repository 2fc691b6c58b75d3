"""`mag premiere open`: a closed album opens in place, by its words or by enough shares of them."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from datetime import datetime
from typing import Any, NamedTuple

from magnitizdat.catalogue.kinds import RELEASE, target_path
from magnitizdat.catalogue.premieres import Opening, Premiere
from magnitizdat.catalogue.refresh import Listed, review
from magnitizdat.errors import (
    DamagedError,
    NotFoundError,
    NotVerifiedError,
    UsageError,
    WrongPassphraseError,
)
from magnitizdat.errors import partly as partly_done
from magnitizdat.formats.age_keys import X25519Identity
from magnitizdat.formats.spool_paths import label_path
from magnitizdat.formats.typed_words import normal_words
from magnitizdat.library.blobs import PieceReader
from magnitizdat.library.library import Changes, Library
from magnitizdat.library.reclaim import reclaim
from magnitizdat.model import Outcome, Progress, Release, Shortfall, Silent, Value
from magnitizdat.ops.albums.ids import album_id
from magnitizdat.ops.labels.labels import held_state, signing_label
from magnitizdat.ops.labels.shelving import SignedDocument, read_signed, shelving
from magnitizdat.ops.places.spool import Spool
from magnitizdat.ops.premieres.given import shares_in_letters
from magnitizdat.ops.premieres.withheld import ClosedAlbum, premiere_of, premieres
from magnitizdat.ops.taking.fetching import Fetcher
from magnitizdat.ops.taking.versions import ReleaseTaker
from magnitizdat.ops.voices.saying import say_voices
from magnitizdat.scene import openings
from magnitizdat.scene.openings import GivenShare, Inside
from magnitizdat.sentence import Sentence, advice, say, size_words

__all__ = ["GivenShare", "OpenedReport", "find_premiere", "open_in_place", "open_premiere"]


class OpenedReport(Value, frozen=True, kw_only=True, omit_defaults=False):
    """What became of a closed album. Where shares are `lacking` it stays closed, and nothing was changed.

    `id` is that of the premiere, `album` what the album is called here. `tracks` and `length` came out of the closed
    file; `words` open it anywhere, and `by_words` they were what was given. So many shares came `by_letter`.
    """

    id: str
    imprint: str
    label: str
    title: str
    artist: str = ""
    album: str = ""
    need: int = 0
    of: int = 0
    lacking: int = 0
    words: str = ""
    by_words: bool = False
    tracks: int = 0
    length: int = 0
    said_by: str = ""
    by_letter: int = 0
    missing: tuple[Shortfall, ...] = ()

    def outcome(self) -> Outcome:
        """That it is open, or how many shares it still needs."""
        if self.lacking:
            return Outcome(
                headline=_still_closed(self), lines=tuple(self._letters()), exit_code=partly_done(self.lacking)
            )
        return Outcome(
            headline=_opened_by_words(self.title) if self.by_words else opened_sentence(self.title, self.need, self.of),
            lines=tuple(self._lines()),
            missing=self.missing,
            exit_code=partly_done(self.missing),
        )

    def _lines(self) -> list[Sentence]:
        lines = list(self._letters())
        if self.tracks:
            length = size_words(self.length)
            lines.append(say("Tracks that were inside: {tracks}, {length}.", tracks=self.tracks, length=length))
        if self.words:
            lines.append(say("Its words, for a letter, a wall or a song: {words}", words=self.words))
        if self.said_by:
            lines.append(say("«{label}» says these words: whoever dubs it has the album open.", label=self.said_by))
        return lines

    def _letters(self) -> Iterator[Sentence]:
        """Shares that nobody named: they were in the inbox."""
        if self.by_letter:
            yield advice(
                terminal=say("{n} {n:share|shares} came out of letters; `mag inbox` shows of whom.", n=self.by_letter),
                page=say("{n} {n:share|shares} came out of letters; Post shows of whom.", n=self.by_letter),
            )


def opened_sentence(title: str, need: int, of: int) -> Sentence:
    """That it is open, and who could do that."""
    return say(
        "«{title}» is open. {need} of {of} friends opened it; nobody had to ask its author.",
        title=title,
        need=need,
        of=of,
    )


def _opened_by_words(title: str) -> Sentence:
    return say("«{title}» is open, by its words; nobody had to ask its author.", title=title)


def _still_closed(report: OpenedReport) -> Sentence:
    if report.lacking == 1:
        return say("One more is needed: «{title}» stays closed until another share is brought too.", title=report.title)
    return say(
        "{n} more are needed: «{title}» stays closed until as many other shares are brought too.",
        n=report.lacking,
        title=report.title,
    )


def find_premiere(library: Library, text: str) -> ClosedAlbum:
    """The one premiere that its title, its label's name or the beginning of its id means; closed ones first.

    Raises: UsageError where there is none, or more than one.
    """
    wanted, known = text.casefold(), premieres(library)
    found = [each for each in known if each.title.casefold() == wanted]
    found = found or [each for each in known if len(text) >= 4 and each.id.startswith(wanted)]
    found = found or [each for each in known if each.label.casefold() == wanted]
    found = [each for each in found if not each.opened] or found
    if not found:
        raise UsageError(
            advice(
                terminal=say("no premiere «{text}» is here; `mag premiere list` shows what is", text=text),
                page=say("no premiere «{text}» is here; look at the list again", text=text),
            )
        )
    if len(found) > 1:
        several = ", ".join(f"{each.id[:8]} ({each.label})" for each in found)
        raise UsageError(
            say("«{text}» can mean several premieres: {several}; give the id of one", text=text, several=several)
        )
    return found[0]


def open_premiere(
    library: Library,
    name: str,
    *,
    shares: Sequence[GivenShare] = (),
    words: str = "",
    as_: str = "",
    now: datetime,
    only_copy: bool = False,
    progress: Progress | None = None,
) -> OpenedReport:
    """Open a closed album by its words or shares of them; with `as_` that label says the words to whoever dubs it.

    Shares of it that came with letters count too. One that is open already needs them for that alone.

    Raises: UsageError; NotVerifiedError for a share that was not given out, and for a closed file that is not what its
    label listed; WrongPassphraseError; NotFoundError where the closed file is not whole here; NoSpaceError.
    """
    closed = find_premiere(library, name)
    premiere = premiere_of(library, closed)
    label = signing_label(library, as_) if as_ else None
    sent = () if words else shares_in_letters(library, premiere)
    given, by_letter = [*shares, *sent], openings.new_among(sent, shares)
    needed = 0 if words else openings.lacking(premiere, given)
    if needed:
        return _report(closed, lacking=needed, by_letter=by_letter)
    said, identity = _unlocked(premiere, given, words)
    taken = None
    if not closed.opened:
        with library.changes() as changes:
            taken = open_in_place(library, changes, closed, premiere, identity, now=now, progress=progress)
            changes.commit()
            reclaim(library, changes)
    if label is not None:
        with library.changes() as changes:
            opening = Opening(imprint=closed.imprint, premiere=closed.id, words=said)
            say_voices(library, changes, label, [opening], now=now, only_copy=only_copy)
            changes.commit()
    by = label.name if label is not None else ""
    return _report(closed, taken, words=said, by_words=bool(words), said_by=by, by_letter=by_letter)


def _unlocked(premiere: Premiere, shares: Sequence[GivenShare], words: str) -> tuple[str, X25519Identity]:
    """Words, and what they unlock. Those that right shares made are not mistyped: wrong ones are the label's doing.

    Raises: WrongPassphraseError, DamagedError.
    """
    if words:
        return normal_words(words), openings.identity_of(premiere, words)
    made = openings.words_of(premiere, shares)
    try:
        return made, openings.identity_of(premiere, made)
    except WrongPassphraseError as exc:
        raise DamagedError(openings.LABEL_ERRS) from exc


def _report(closed: ClosedAlbum, taken: Unpacked | None = None, **values: Any) -> OpenedReport:
    inside = {} if taken is None else taken._asdict()
    known = {"title": closed.title or closed.label, "artist": closed.artist}
    told = {"id": closed.id, "imprint": closed.imprint, "label": closed.label, "need": closed.need, "of": closed.of}
    return OpenedReport(**{**known, **inside, **told, **values})


class Unpacked(NamedTuple):
    """What came out of a closed file: the album, what of it came, and what did not."""

    album: str
    title: str
    artist: str
    tracks: int
    length: int
    missing: tuple[Shortfall, ...]


def open_in_place(
    library: Library,
    changes: Changes,
    closed: ClosedAlbum,
    premiere: Premiere,
    identity: X25519Identity,
    *,
    now: datetime,
    progress: Progress | None = None,
) -> Unpacked:
    """Take a closed album out of its file: first its music, then, with the caller's commit, the album itself.

    Interrupted, it stays closed, and the next run goes on behind what was committed.

    Raises: NotVerifiedError, DamagedError, NotFoundError, LibraryError, NoSpaceError.
    """
    listed = _listed(library, closed.imprint, premiere, now=now)
    if not library.shelf.holds(premiere.file):
        raise NotFoundError(say("its closed file is not whole here; dub it from a copy that has it, then try again"))
    closed_file = PieceReader(library.blob(premiere.file.sha256))
    inside = openings.open_closed(premiere, closed_file, identity)
    document = read_signed(closed.imprint, listed, inside.document, is_fresh=True)
    release: Release = document.value
    with Fetcher(library, changes, _InsideSpool(inside), progress or Silent()) as fetcher:
        taker = ReleaseTaker(library, fetcher, "full", progress or Silent(), dict)
        taker.take(closed.imprint, release)
    album = _shelve(library, changes, document)
    return Unpacked(
        album, release.title, release.artist, taker.counts["tracks"], taker.counts["length"], tuple(taker.missing)
    )


def _listed(library: Library, imprint: str, premiere: Premiere, *, now: datetime) -> Listed:
    """The album as the label's list names it. Raises: NotVerifiedError where it does not."""
    targets = review(held_state(library, imprint), now=now).targets
    listed = targets.get(target_path(RELEASE, premiere.release_id))
    if listed is None or listed.sha256 != premiere.document:
        raise NotVerifiedError(
            say("the label does not list this album any more, or lists another one in its place; dub it anew")
        )
    return listed


def _shelve(library: Library, changes: Changes, document: SignedDocument) -> str:
    """As a dub does; the album's id here."""
    imprint, release_id = document.imprint, document.value.id
    shelved = shelving(RELEASE).shelve(library, document)
    if shelved is not None and shelved.step is not None:
        changes.then(shelved.step)
        changes.put_member(label_path(imprint, document.listed.stored_path), document.content)
    return release_id if library.shelf.is_own(release_id) else album_id(imprint, release_id)


class _InsideSpool(Spool):
    """The files of a closed album, as if they lay in a spool."""

    def __init__(self, inside: Inside) -> None:
        self._inside = inside

    def labels(self) -> list[str]:
        """Whose they are is known."""
        return []

    def fetch_range(self, path: str, offset: int, length: int) -> bytes:
        """Bytes of a file."""
        found = openings.read_inside(self._inside, path, offset, length)
        if found is None:
            raise NotFoundError(say("the source does not have this file"))
        return found

    def close(self) -> None:
        """Nothing to let go of."""
