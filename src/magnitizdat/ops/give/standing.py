"""What lies at a place that is written to again: its hint, and of each label that goes there the list it was left with.

That list was switched last (law 5): what it names lies there, and need not be asked for one by one.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping
from datetime import UTC, datetime
from hashlib import sha256
from typing import Final, Literal, NamedTuple

from magnitizdat.catalogue.documents import MAX_RELEASE_LENGTH, decode
from magnitizdat.catalogue.following import TIMESTAMP_NAME, Fetch
from magnitizdat.catalogue.kinds import RELEASE, parse_target, target_path
from magnitizdat.catalogue.older import named_in, older
from magnitizdat.catalogue.premieres import PREMIERE
from magnitizdat.catalogue.refresh import LabelState, Listed, Verdict, refresh, verify_document
from magnitizdat.errors import ForkError, NotFoundError, RolledBackError, SourceError
from magnitizdat.formats import budgets, spool_index
from magnitizdat.formats.spool_index import IndexedLabel
from magnitizdat.formats.spool_paths import blob_path, label_path
from magnitizdat.library.library import Library
from magnitizdat.model import Release
from magnitizdat.ops.give.cargo import Cargo
from magnitizdat.ops.places.targets import Seen, TreeTarget
from magnitizdat.sentence import say

Age = Literal["none", "older", "same", "newer", "forked"]
"""Of the list that lies at a place, beside the one that goes there; "none" where none can be verified."""
_ANY_DAY: Final = datetime(2000, 1, 1, tzinfo=UTC)
"""Whether a list is stale is not asked here."""


class LabelThere(NamedTuple):
    """What a place has of a label. `listed`: what its list names, by path, and `version` of that list.

    `releases`: ids of those whose documents lie there, where the place says that others do not.
    """

    age: Age
    timestamp: Seen = Seen(None)
    listed: Mapping[str, Listed] = {}
    version: int = 0
    hint: IndexedLabel = IndexedLabel("", "")

    @property
    def is_left(self) -> bool:
        """Whether its papers stay as they are: what goes there would put them back."""
        return self.age in {"newer", "forked"}

    def has(self, listed: Listed) -> bool:
        """Whether a document lies there."""
        there, release = self.listed.get(listed.path), _release_id(listed.path)
        known = self.hint.releases is None or not release or release in self.hint.releases
        return there is not None and there.sha256 == listed.sha256 and known


def lying(state: LabelState, target: TreeTarget, hint: IndexedLabel, ours: Verdict) -> LabelThere:
    """Look at what a place has of a label. Raises: TargetError where it does not answer."""
    timestamp = target.read(_path(state, TIMESTAMP_NAME), budgets.TIMESTAMP.most + 1)
    if timestamp.content is None or state.is_frozen:
        return LabelThere("none", timestamp, hint=hint)
    if timestamp.content == state.files.get(TIMESTAMP_NAME):
        return LabelThere("same", timestamp, ours.targets, ours.freshness.version, hint)
    fetch = _fetching(state, target, timestamp.content)
    try:
        return _verified(state, fetch, LabelThere("none", timestamp, hint=hint))
    except ForkError:
        return LabelThere("forked", timestamp, hint=hint)
    except SourceError:
        return LabelThere("none", timestamp, hint=hint)


def _verified(state: LabelState, fetch: Fetch, seen: LabelThere) -> LabelThere:
    try:
        found = refresh(state, fetch, now=_ANY_DAY)
    except RolledBackError:
        before = older(state, fetch, now=_ANY_DAY)
        return seen._replace(age="older", listed=before.targets, version=before.list.version)
    return seen._replace(age="newer", listed=found.targets, version=found.freshness.version)


def _fetching(state: LabelState, target: TreeTarget, timestamp: bytes) -> Fetch:
    def fetch(name: str, length: int) -> bytes:
        content = timestamp if name == TIMESTAMP_NAME else target.read(_path(state, name), length + 1).content
        if content is None:
            raise NotFoundError(say("the source does not have this file"))
        return content

    return fetch


def _path(state: LabelState, name: str) -> str:
    return label_path(state.imprint, f"metadata/{name}")


def standing_entry(going: IndexedLabel, there: LabelThere, verdict: Verdict) -> IndexedLabel:
    """What the place says of a label when it has been written: of the list that lies there then, what does too."""
    ids = set(going.releases) if going.releases is not None else None
    newest = there.listed if there.is_left else verdict.targets
    releases = {_release_id(path): path for path in newest if _release_id(path)}
    known = {each for each, path in releases.items() if _lies(newest[path], there, verdict, ids)}
    timestamp = there.timestamp.content if there.is_left else verdict.state.files.get(TIMESTAMP_NAME)
    return going._replace(
        timestamp=sha256(timestamp).hexdigest() if timestamp is not None else "",
        releases=None if known == releases.keys() else known,
    )


def _lies(listed: Listed, there: LabelThere, verdict: Verdict, going: Collection[str] | None) -> bool:
    signed = verdict.targets.get(listed.path)
    goes = going is None or _release_id(listed.path) in going
    return there.has(listed) or (goes and signed is not None and signed.sha256 == listed.sha256)


def _release_id(path: str) -> str:
    place = parse_target(path)
    return place.id if place.kind == RELEASE else ""


def release_there(library: Library, target: TreeTarget, imprint: str, listed: Listed) -> Release | None:
    """A release in the form in which a place has it; None where it has it in none that can be read."""
    path = label_path(imprint, listed.stored_path)
    try:
        content = library.member(path) if library.has_member(path) else target.read(path, listed.length + 1).content
        return (
            None
            if content is None
            else decode(Release, verify_document(listed, content), max_length=MAX_RELEASE_LENGTH)
        )
    except SourceError:
        return None


def shown_on_pages(target: TreeTarget, imprint: str, there: LabelThere) -> Mapping[str, Listed]:
    """What the pages of a label showed when they were last finished, by path; nothing where nobody can tell."""
    version = there.hint.pages
    if version == there.version or (version is None and there.age == "older"):
        return there.listed
    name = label_path(imprint, f"metadata/{version}.targets.json")
    content = target.read(name, budgets.TARGETS.most + 1).content if version else None
    try:
        return named_in(content) if content is not None else {}
    except SourceError:
        return {}


def stored_there(there: Mapping[str, LabelThere]) -> frozenset[str]:
    """Paths of documents that lie there. Of a premiere nobody knows: it is listed before it may go."""
    return frozenset(
        label_path(imprint, listed.stored_path)
        for imprint, each in there.items()
        for listed in each.listed.values()
        if each.has(listed) and parse_target(listed.path).kind != PREMIERE
    )


def blobs_there(
    library: Library, cargo: Cargo, target: TreeTarget, there: Mapping[str, LabelThere], index: bytes
) -> frozenset[str]:
    """Paths of blobs that lie there, by the lists that the place was left with.

    Those of whole releases, of releases in part, and of the form of one that it had before.
    """
    known, parts = set[str](), spool_index.partly(index)
    for label in cargo.loaded:
        imprint, lies = label.view.imprint, there[label.view.imprint]
        for release in label.releases:
            path = target_path(RELEASE, release.id)
            before = lies.listed.get(path)
            if (imprint, release.id) in parts:
                known |= {blob_path(sha256) for sha256 in parts[imprint, release.id]}
            elif lies.has(label.verdict.targets[path]):
                known |= {file.path for file in release.files}
            elif before is not None and lies.has(before):
                form = release_there(library, target, imprint, before)
                known |= {blob_path(file.sha256) for file in (form.files() if form is not None else ())}
    return frozenset(known)
