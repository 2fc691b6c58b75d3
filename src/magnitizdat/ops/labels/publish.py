"""`mag publish`: sign a release in a label. Older copies keep playing; corrections and withdrawals follow."""

from __future__ import annotations

import hashlib
from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from datetime import date, datetime
from pathlib import Path

import msgspec

from magnitizdat.catalogue.documents import encode
from magnitizdat.catalogue.kinds import RELEASE, target_path
from magnitizdat.catalogue.publisher import Listing, listing
from magnitizdat.catalogue.publisher import publish as sign
from magnitizdat.catalogue.refresh import Listed, remembered, stored_path
from magnitizdat.catalogue.voices import VOUCH
from magnitizdat.errors import UsageError, partly
from magnitizdat.library.index.signed import SignedRelease
from magnitizdat.library.index.views import LabelView
from magnitizdat.library.journal import AlbumRow, LabelRow, PublishedRow, Standing
from magnitizdat.library.library import Changes, Library, Step
from magnitizdat.model import AlbumName, Outcome, Progress, Release, Shortfall, Silent, Value
from magnitizdat.ops.albums.edit import own_album
from magnitizdat.ops.albums.renditions import Small, add_small
from magnitizdat.ops.albums.withheld import require_open
from magnitizdat.ops.intake.halves import require_whole
from magnitizdat.ops.labels.copies import versions_to_skip
from magnitizdat.ops.labels.editions import signed_release
from magnitizdat.ops.labels.labels import held_state, keep_documents, label_keys
from magnitizdat.ops.labels.one_label import require_its_label
from magnitizdat.ops.labels.shelving import SignedDocument, put_document, read_signed
from magnitizdat.ops.labels.vouches import renewed
from magnitizdat.sentence import say


class PublishReport(Value, frozen=True, kw_only=True):
    """What was signed. Albums bear the ids that they have here."""

    label: str
    imprint: str
    version: int
    releases: tuple[AlbumName, ...]
    unchanged: tuple[AlbumName, ...] = ()
    withdrawn: bool = False
    small: int = 0
    """Small versions that were made."""
    without_small: tuple[Shortfall, ...] = ()
    """Tracks of which none could be made, and why."""
    only_copy: bool = False
    """Signed past all versions that another copy of the library may have signed."""

    def outcome(self) -> Outcome:
        """Who signed, which version, and each album."""
        lines = [
            say("«{title}» ({id}) is withdrawn.", title=each.title, id=each.id[:8])
            if self.withdrawn
            else say("«{title}» ({id}) is signed.", title=each.title, id=each.id[:8])
            for each in self.releases
        ]
        if self.small:
            lines.append(
                say(
                    "{small} {small:track got a small version|tracks got small versions} (Opus 128), signed beside the"
                    " original.",
                    small=self.small,
                )
            )
        if self.only_copy:
            lines.append(
                say(
                    "From now on only this library may sign as «{label}»: what another copy of it signs has a lower"
                    " version, and whoever has this one takes that for older.",
                    label=self.label,
                )
            )
        lines += [
            say("«{title}» ({id}) was signed already and did not change.", title=each.title, id=each.id[:8])
            for each in self.unchanged
        ]
        signed = say(
            "Signed by {label}, version {version}; albums: {releases}.",
            label=self.label,
            version=self.version,
            releases=len(self.releases),
        )
        nothing = say(
            "Nothing is new to sign for «{label}»: its version is {version}.", label=self.label, version=self.version
        )
        return Outcome(
            headline=signed if self.releases else nothing,
            lines=tuple(lines),
            missing=self.without_small,
            exit_code=partly(self.without_small),
        )


def publish(
    library: Library,
    targets: Sequence[str],
    label: LabelView,
    *,
    now: datetime,
    draft: Path | None = None,
    withdraw: bool = False,
    reason: str = "",
    only_copy: bool = False,
    small: bool = True,
    cut_off: bool = False,
    second: bool = False,
    progress: Progress | None = None,
) -> PublishReport:
    """Sign own albums in an own label, with what `release.toml` in the folder `draft` adds.

    Tracks that end too early are signed with `cut_off` alone, what another label has signed with `second`. With `small`
    each track for which it is worth it gets a small version first.

    Raises: UsageError, LibraryBusyError; nothing is signed then.
    """
    from magnitizdat.ops.labels.release_toml import read_draft

    drafted: list[AlbumRow] = []

    def ready(changes: Changes) -> Iterator[Release]:
        for target in targets:
            release = _may_be_signed(library, target, label, cut_off=cut_off, second=second, withdraw=withdraw)
            if draft is not None:
                release = read_draft(library, changes, draft, release)
                drafted.append(AlbumRow(release=msgspec.structs.replace(release, tracks=())))
            if withdraw:
                release = msgspec.structs.replace(release, withdrawn=True, withdrawn_reason=reason)
            yield stamped(library, label, release, now.date())

    with library.changes() as changes:
        releases, made = ready(changes), Small([], 0, ())
        if small and not withdraw:
            label_keys(library, label.imprint)  # before long work
            made = add_small(library, changes, list(releases), progress or Silent())
            releases = iter(made.releases)
        signed: list[str] = []
        report = sign_releases(library, changes, _noted(releases, signed), label, now=now, only_copy=only_copy)
        for row in drafted:  # not before: an interruption keeps what was encoded, and nothing else
            changes.row(row)
        for release_id in signed:
            changes.row(PublishedRow(release_id=release_id, imprint=label.imprint, version=report.version))
        changes.commit()
    return msgspec.structs.replace(
        report, withdrawn=withdraw, small=made.made, without_small=made.missing, only_copy=only_copy
    )


def _may_be_signed(
    library: Library, target: str, label: LabelView, *, cut_off: bool, second: bool, withdraw: bool
) -> Release:
    """An own album that is open, whole, and in no other label, as far as that is asked for.

    Raises: UsageError where it is not.
    """
    view, release = own_album(library, target)
    require_open(library, view)
    if not second:
        require_its_label(view, label)
    if not (view.complete or withdraw):
        raise UsageError(say("«{title}» is not whole here; import it again before it is signed", title=view.title))
    if not (cut_off or withdraw):
        require_whole(release)
    return release


def _noted(releases: Iterable[Release], ids: list[str]) -> Iterator[tuple[str, Release]]:
    for release in releases:
        ids.append(release.id)
        yield release.id, release


def stamped(library: Library, label: LabelView, release: Release, day: date) -> Release:
    """A release with the day on which a label signed it first, `day` where that is now.

    Raises: UsageError where it is not whole.
    """
    incomplete = [track.title for track in release.tracks if not track.file.is_consistent()]
    if not release.tracks or incomplete:
        raise UsageError(say("«{title}» is not whole, so it cannot be signed; import it again", title=release.title))
    first = _first_released(library, label, release.id) or day.isoformat()
    if not release.released:
        return msgspec.structs.replace(release, released=first)
    return msgspec.structs.replace(release, published=first if first != release.released else "")


def _first_released(library: Library, label: LabelView, release_id: str) -> str:
    """The day that the label signed before: a correction does not make a record younger."""
    before = signed_release(library, label.imprint, release_id)
    return (before.published or before.released) if before is not None else ""


def sign_releases(
    library: Library,
    changes: Changes,
    releases: Iterable[tuple[str, Release]],
    label: LabelView,
    *,
    now: datetime,
    only_copy: bool = False,
) -> PublishReport:
    """Sign (album here, document) in a label of which this library has the keys; the same is not signed twice.

    Each is sealed as it comes: a label has more of them than memory should hold.
    """
    documents: dict[str, Listing | None] = {}
    signed, unchanged = list[AlbumName](), list[AlbumName]()
    for album, release in releases:
        content = encode(release)
        held = library.index.signed.release(label.imprint, release.id)
        line = SignedRelease(release.id, album, hashlib.sha256(content).hexdigest(), release.withdrawn)
        changes.then(_register(label.imprint, line))
        is_new = held is None or held.sha256 != line.sha256
        (signed if is_new else unchanged).append(AlbumName(id=album, title=release.title))
        if is_new:
            path = target_path(RELEASE, release.id)
            documents[path] = listing(path, content)
            keep_documents(library, changes, label.imprint, {stored_path(path, line.sha256): content})
    return PublishReport(
        label=label.name,
        imprint=label.imprint,
        version=sign_documents(library, changes, documents, label, now=now, only_copy=only_copy),
        releases=tuple(signed),
        unchanged=tuple(unchanged),
    )


def sign_documents(
    library: Library,
    changes: Changes,
    documents: Mapping[str, Listing | None],
    label: LabelView,
    *,
    now: datetime,
    only_copy: bool = False,
) -> int:
    """Sign the next list of an own label, with these documents in it, or without (None), by target path: its version.

    Where nothing changes nothing is signed, and it is the newest. The caller keeps the documents, and commits. Vouches
    of the label say beside what it has heard since of those whom they name.

    Raises: UsageError where this library may not sign, NotVerifiedError where its keys speak for the label no more.
    """
    state = held_state(library, label.imprint)
    if documents:
        skip = versions_to_skip(library, label.imprint, only_copy=only_copy or label.standing == "carrier")
        if only_copy:
            changes.then(lambda index: index.settings.stop_sharing(label.imprint))
        keys = label_keys(library, label.imprint)
        documents = {**_renewed(library, changes, label.imprint, documents), **documents}
        publication = sign(state, keys, documents, now=now, skip_versions=skip)
        changes.then(lambda index: index.settings.settle(label.imprint))
        changes.put_label(label.imprint, publication.state.files, remembered(publication.state))
        standing: Standing = "carrier" if label.standing == "carrier" else "own"
        changes.row(LabelRow(imprint=label.imprint, name=label.name, standing=standing, heard=now.date().isoformat()))
        state = publication.state
    return _version(state.files)


def _renewed(library: Library, changes: Changes, imprint: str, besides: Collection[str]) -> dict[str, Listing]:
    """Vouches that have heard more, kept, but for those `besides` which are said or taken back now."""
    renewals = {}
    for vouch in renewed(library, imprint):
        path, content = target_path(VOUCH, vouch.id), encode(vouch)
        if path not in besides:
            renewals[path] = listing(path, content)
            listed = Listed(path=path, length=len(content), sha256=hashlib.sha256(content).hexdigest())
            keep_voice(library, changes, read_signed(imprint, listed, content, is_fresh=True))
    return renewals


def keep_voice(library: Library, changes: Changes, document: SignedDocument) -> None:
    """Keep what an own label says, in place of what it said of the same."""
    keep_documents(library, changes, document.imprint, {document.listed.stored_path: document.content})
    changes.then(lambda index: put_document(index, document))


def _register(imprint: str, signed: SignedRelease) -> Step:
    return lambda index: index.signed.put_release(imprint, signed)


def _version(files: dict[str, bytes]) -> int:
    return max((int(name.split(".")[0]) for name in files if name.endswith(".targets.json")), default=0)
