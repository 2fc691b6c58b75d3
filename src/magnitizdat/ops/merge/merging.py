"""`mag merge`: two libraries of one person become one.

Two laptops, a backup that was put to use beside the library that went on, a copied folder. The other library is only
read. Each step commits what it took and takes only what is not here, so that a second run goes on where the first was
stopped, and one more finds nothing to do.
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import suppress
from datetime import datetime
from secrets import token_hex

import msgspec

from magnitizdat.catalogue import kinds
from magnitizdat.catalogue.refresh import Listed, review
from magnitizdat.errors import LibraryError, SourceError, partly
from magnitizdat.formats.spool_paths import label_path
from magnitizdat.library.library import Library
from magnitizdat.library.members import keys_name, whole_name
from magnitizdat.model import File, Outcome, Progress, Release, Shortfall, Silent, Value
from magnitizdat.ops.albums.ids import is_wanted
from magnitizdat.ops.dub.dubbed import DubReport
from magnitizdat.ops.dub.from_spool import dub
from magnitizdat.ops.labels.labels import held_state
from magnitizdat.ops.labels.shelving import is_said
from magnitizdat.ops.labels.signed_roots import HELD_KEYS, roots_apart
from magnitizdat.ops.labels.signing import forget_void_keys
from magnitizdat.ops.merge.doors import join_doors
from magnitizdat.ops.merge.journals import JournalTally, join_journals
from magnitizdat.ops.merge.letters import join_letter_keys, join_letters
from magnitizdat.ops.merge.other import LibrarySpool
from magnitizdat.ops.merge.own_labels import Fate, join_own_label, newer
from magnitizdat.ops.post.carrying import take_over
from magnitizdat.ops.taking.fetching import Fetcher
from magnitizdat.sentence import Sentence, say, size_words, verbatim


class MergeReport(Value, frozen=True, kw_only=True):
    """What came from the other library. `labels` are own ones by what became of them.

    `contested` counts what was changed on both sides, of which one counts; `beside` names what was kept beside the
    other of its name; `removed` albums that were removed there and are so here now; `two_roots` labels of which each
    signed another next root.
    """

    rows: int
    files: int
    length: int
    albums: int
    addresses: int = 0
    contested: int = 0
    removed: int = 0
    beside: tuple[str, ...] = ()
    signed_anew: tuple[str, ...] = ()
    forked: tuple[str, ...] = ()
    shared: tuple[str, ...] = ()
    two_roots: tuple[str, ...] = ()
    missing: tuple[Shortfall, ...] = ()

    def outcome(self) -> Outcome:
        """What came, and what a person has to know or do."""
        if not (self.rows or self.files or self.albums or self.addresses or self.signed_anew or self.missing):
            return Outcome(headline=say("Nothing is there that is not here."), lines=tuple(self._lines()))
        return Outcome(
            headline=say(
                "Taken: {rows} {rows:entry|entries} of the journal, {files} {files:file|files} ({length}),"
                " {albums} {albums:album|albums} of labels.",
                rows=self.rows,
                files=self.files,
                length=size_words(self.length),
                albums=self.albums,
            ),
            lines=tuple(self._lines()),
            missing=self.missing,
            exit_code=partly(self.missing),
        )

    def _lines(self) -> Iterator[Sentence]:
        if self.addresses:
            yield say(
                "Reels that were sealed to the other library open here too. A paper copy of the key file"
                " does not know that yet: `mag backup --paper FILE` writes a new one."
            )
        if self.removed:
            yield say(
                "{removed} {removed:album was|albums were} removed there, and {removed:is|are} so here now.",
                removed=self.removed,
            )
        if self.contested:
            yield say(
                "{contested} {contested:thing was|things were} changed on both sides, and one of the two counts;"
                " `mag edit --undo` brings back the other of an album or a track.",
                contested=self.contested,
            )
        yield from (say("Both are kept, the other one as «{name}».", name=name) for name in self.beside)
        yield from (
            say(
                "«{label}» is signed anew, with what both libraries listed; give that away, not older copies.",
                label=label,
            )
            for label in self.signed_anew
        )
        yield from (
            say(
                "«{label}» was signed twice under one version, once here and once there. `mag label choose` goes on"
                " with the one that was given away; merge again then, and what the other listed is signed on top.",
                label=label,
            )
            for label in self.forked
        )
        yield from (
            say(
                "Here and there you signed two different next roots of «{label}». Two freeze it for everybody; ask its"
                " other holders which one goes on, and sign the other one no more.",
                label=label,
            )
            for label in self.two_roots
        )
        yield from (
            say("The key of «{label}» is in both libraries: publish in one of them alone from now on.", label=label)
            for label in self.shared
        )


def merge(
    library: Library, other: Library, *, now: datetime, addresses: int = 0, progress: Progress | None = None
) -> MergeReport:
    """Take in everything that is in another library and not here.

    Raises: LibraryBusyError, NoSpaceError, LibraryError; what was committed before stays, and the same call goes on.
    """
    return _Merge(library, other, now, progress or Silent()).run(addresses)


class _Merge:
    def __init__(self, library: Library, other: Library, now: datetime, progress: Progress) -> None:
        self._library, self._other, self._now, self._progress = library, other, now, progress
        self._missing: list[Shortfall] = []
        self._fates: dict[str, Fate] = {}
        self._files = self._length = 0

    def run(self, addresses: int) -> MergeReport:
        apart = roots_apart(self._library, self._other)
        namesake = self._step_aside()
        self._keys()
        with self._library.changes() as changes:
            tally = join_journals(self._library, self._other, changes, namesake=namesake, progress=self._progress)
            take_over(self._library, self._other, changes)
            changes.commit()
        join_doors(self._library, self._other)
        self._missing += join_letters(self._library, self._other)
        self._music()
        dubbed = self._labels()
        return msgspec.structs.replace(
            self._report(tally, dubbed, addresses), two_roots=tuple(map(self._label_name, apart))
        )

    def _step_aside(self) -> str:
        """What is written here from now on is newer than all that is there, and bears no name that is used there.

        The name that both bore comes back.
        """
        highest, is_namesake = self._other.index.pages.highest(), self._other.device == self._library.device
        settings = self._library.index.settings
        if highest > self._library.index.pages.highest() or is_namesake:
            with self._library.index.transaction():
                settings.go_beyond(highest)
                if is_namesake:
                    settings.take_device(token_hex(8))
        return self._other.device if is_namesake else ""

    # -- own labels -----------------------------------------------------------------------------------------------

    def _own_labels(self) -> list[str]:
        names = {
            imprint for each in (self._library, self._other) for imprint in each.index.cells.members_like("keys/*")
        }
        return sorted(name.removeprefix("keys/") for name in names)

    def _keys(self) -> None:
        """Before anything else: whatever stops us, no key of a label is left behind."""
        for imprint in self._own_labels():
            if not self._other.label_files(imprint):
                continue
            try:
                self._fates[imprint] = join_own_label(self._library, self._other, imprint, now=self._now)
            except (SourceError, LibraryError) as exc:
                self._missing.append(Shortfall(what=self._label_name(imprint), reason=exc.sentence))
        self._held_keys()

    def _held_keys(self) -> None:
        """Root keys that are held for labels, online keys that proposed roots bring, and documents of closed albums."""
        here, there = self._library.index.cells, self._other.index.cells
        names = [*there.members_like("holder/*"), *there.members_like("online/*")]
        withheld = there.members_like("withheld/*")
        with self._library.changes() as changes:
            forget_void_keys(self._library, changes)
            for name in (*names, *map(whole_name, withheld)):
                if not here.has_member(name):
                    changes.put_member(name, self._other.member(name))
            join_letter_keys(self._library, self._other, changes)
            if names and not self._is_shared(HELD_KEYS):
                changes.then(lambda index: index.settings.share(HELD_KEYS))
            changes.commit()

    def _label_name(self, imprint: str) -> str:
        views = [*self._library.shelf.labels(), *self._other.shelf.labels()]
        return next((view.name for view in views if view.imprint == imprint), imprint)

    # -- music of own albums --------------------------------------------------------------------------------------

    def _music(self) -> None:
        spool = LibrarySpool(self._other, {})
        with (
            self._library.changes() as changes,
            Fetcher(self._library, changes, spool, self._progress) as fetcher,
        ):
            for view in list(self._other.shelf.own_albums()):
                release = self._library.shelf.release(view.id)
                if release is not None:
                    self._fetch(fetcher, release)
            if self._files:
                changes.commit()

    def _fetch(self, fetcher: Fetcher, release: Release) -> None:
        wanted = {file.sha256: file for file in (*release.files(), *release.spare_files())}
        files = [file for file in wanted.values() if fetcher.lacks(file) and self._other.shelf.holds(file)]
        if not files:
            return
        self._progress.start(verbatim(release.title), sum(file.length for file in files))
        failed = fetcher.fetch(files)
        came = [file for file in files if file.sha256 not in failed]
        self._files += len(came)
        self._length += sum(file.length for file in came)
        if failed:
            reason = next(iter(failed.values())).sentence
            self._missing.append(Shortfall(what=release.title, id=release.id, reason=reason))

    # -- labels ---------------------------------------------------------------------------------------------------

    def _labels(self) -> DubReport | None:
        metadata = {}
        for view in self._other.shelf.labels():
            if view.standing == "carrier" and self._other.has_member(keys_name(view.imprint)):
                continue  # what it passes on is here by other names
            files = self._served(view.imprint)
            if files:
                metadata[view.imprint] = files
        if not metadata:
            return None
        heard = {imprint: self._heard(imprint) for imprint in metadata}
        spool = LibrarySpool(self._other, metadata)
        return dub(self._library, spool, now=self._now, quality="both", heard=heard, progress=self._progress)

    def _heard(self, imprint: str) -> str:
        views = [*self._library.shelf.labels(), *self._other.shelf.labels()]
        return max(view.heard for view in views if view.imprint == imprint)

    def _served(self, imprint: str) -> dict[str, bytes]:
        """A label's files as they are taken: the newer of the two states; none where nothing of it is to be taken."""
        ours, theirs = held_state(self._library, imprint), held_state(self._other, imprint)
        if ours.is_frozen or not theirs.files:
            return {}
        try:
            state = newer(ours, theirs, now=self._now)
        except SourceError:
            return dict(theirs.files)  # the dub says what is wrong with it
        is_news = state.files != ours.files or self._lacks_documents(imprint) or self._lacks_music(imprint)
        return dict(state.files) if is_news else {}

    def _lacks_documents(self, imprint: str) -> bool:
        """Whether some document that the label lists is there, and wanted, and not here."""
        with suppress(SourceError):
            targets = review(held_state(self._library, imprint), now=self._now).targets.values()
            return any(self._is_lacking(imprint, listed) for listed in targets)
        return False

    def _is_lacking(self, imprint: str, listed: Listed) -> bool:
        name = label_path(imprint, listed.stored_path)
        if is_said(listed.path):
            is_here = self._library.index.documents.sha256(imprint, listed.path) == listed.sha256
            return not is_here and (self._library.has_member(name) or self._other.has_member(name))
        if self._library.has_member(name) or not self._other.has_member(name):
            return False
        try:
            kind, value = kinds.read(listed.path, self._other.member(name))
        except (SourceError, LibraryError):
            return False
        return kind != kinds.RELEASE or value is None or is_wanted(self._library, imprint, value)

    def _lacks_music(self, imprint: str) -> bool:
        return any(map(self._is_there, self._library.shelf.unfinished(imprint)))

    def _is_there(self, file: File) -> bool:
        return self._other.shelf.holds(file)

    # -- the end --------------------------------------------------------------------------------------------------

    def _report(self, tally: JournalTally, dubbed: DubReport | None, addresses: int) -> MergeReport:
        return MergeReport(
            rows=tally.rows,
            files=self._files + (dubbed.tracks if dubbed is not None else 0),
            length=self._length + (dubbed.length if dubbed is not None else 0),
            albums=dubbed.releases if dubbed is not None else 0,
            addresses=addresses,
            contested=tally.contested,
            removed=tally.removed,
            beside=tuple(tally.beside),
            signed_anew=self._named("signed anew"),
            forked=self._named("forked"),
            shared=tuple(self._label_name(imprint) for imprint in self._fates if self._is_shared(imprint)),
            missing=(*self._missing, *_unreadable(tally), *(dubbed.missing if dubbed is not None else ())),
        )

    def _is_shared(self, imprint: str) -> bool:
        return self._library.index.settings.is_shared(imprint)

    def _named(self, fate: Fate) -> tuple[str, ...]:
        return tuple(self._label_name(imprint) for imprint, each in self._fates.items() if each == fate)


def _unreadable(tally: JournalTally) -> tuple[Shortfall, ...]:
    reason = say("a part of it is damaged in the other library; run `mag doctor` there, then merge again")
    return (Shortfall(what=say("the journal"), reason=reason),) if tally.unreadable else ()
