"""`labels/index.json` of a spool, an unsigned hint: its labels, which papers of theirs lie there, and which part. PURE.

What it says is believed by nobody: it tells where to look first, what need not be asked for, and of what is not there
whether it was meant to be.
"""

from __future__ import annotations

import json
from collections.abc import Collection, Iterable, Mapping
from typing import Any, NamedTuple

from magnitizdat.formats import budgets
from magnitizdat.formats.spool_paths import label_path, parse_label_file

Files = frozenset[str]
"""Digests."""


class IndexedLabel(NamedTuple):
    """A label as a spool has it. `partly`: release ids, and which files of each there are.

    `timestamp`: SHA-256 of the timestamp that lies there. `releases`: ids of those that do, where it lists more.
    `pages`: version of the list that its pages show, where they were finished.
    """

    imprint: str
    name: str
    partly: Mapping[str, Files] = {}
    timestamp: str = ""
    releases: Collection[str] | None = None
    pages: int | None = None


class LabelHint(NamedTuple):
    """What a spool says of a label that it has, so that less is asked for.

    `timestamp`: SHA-256 of the one that lies there, in hex; empty where it does not say. `releases`: ids of those whose
    documents lie there; None where all do, or nothing is said.
    """

    timestamp: str = ""
    releases: frozenset[str] | None = None

    def lacks(self, release_id: str) -> bool:
        """Whether it says that this release is not there."""
        return self.releases is not None and release_id not in self.releases


Hints = Mapping[str, LabelHint]
"""By imprint."""

NOTHING_SAID = LabelHint()


def render(labels: Iterable[IndexedLabel]) -> bytes:
    """The file; what is whole is not spoken of."""
    return _encoded([_entry(label) for label in labels])


def _entry(label: IndexedLabel) -> dict[str, Any]:
    said: dict[str, Any] = {"imprint": label.imprint, "name": label.name}
    if label.timestamp:
        said["timestamp"] = label.timestamp
    if label.releases is not None:
        said["releases"] = sorted(label.releases)
    if label.pages is not None:
        said["pages"] = label.pages
    if label.partly:
        said["partly"] = {release: sorted(label.partly[release]) for release in sorted(label.partly)}
    return said


def _encoded(entries: list[dict[str, Any]]) -> bytes:
    """The file; where it would be longer than readers look at, it names no releases."""
    content = _dumped(entries)
    if len(content) <= budgets.LABEL_LIST.most:
        return content
    return _dumped([{name: said for name, said in entry.items() if name != "releases"} for entry in entries])


def _dumped(entries: list[dict[str, Any]]) -> bytes:
    return json.dumps({"labels": entries}, ensure_ascii=False, separators=(",", ":")).encode()


def partly(content: bytes) -> dict[tuple[str, str], Files]:
    """By imprint and release id the files of those that are there in part; what is not readable says nothing."""
    found: dict[tuple[str, str], Files] = {}
    for entry in _entries(content):
        imprint, releases = entry.get("imprint"), entry.get("partly")
        if isinstance(imprint, str) and isinstance(releases, dict):
            found |= {(imprint, release): _files(listed) for release, listed in releases.items()}
    return found


def hints(content: bytes) -> dict[str, LabelHint]:
    """What is said of each label; what is not readable says nothing, and of two entries the first counts."""
    found: dict[str, LabelHint] = {}
    for entry in _entries(content):
        imprint, timestamp, releases = (entry.get(each) for each in ("imprint", "timestamp", "releases"))
        if isinstance(imprint, str):
            said = timestamp if isinstance(timestamp, str) else ""
            found.setdefault(imprint, LabelHint(said, _files(releases) if isinstance(releases, list) else None))
    return found


def names(content: bytes) -> list[IndexedLabel]:
    """The labels that it lists, as far as they can be read: their names, and what of them lies there."""
    said = hints(content)
    found = dict[str, IndexedLabel]()
    for entry in _entries(content):
        imprint, name, pages = (entry.get(each) for each in ("imprint", "name", "pages"))
        if isinstance(imprint, str) and parse_label_file(label_path(imprint, "-")) and isinstance(name, str):
            known = pages if isinstance(pages, int) and pages >= 0 else None
            found.setdefault(imprint, IndexedLabel(imprint, name, {}, *said[imprint], known))
    return list(found.values())


def merged(before: bytes, now: bytes, going: Mapping[str, Collection[str]]) -> bytes:
    """What a spool that is written again says: labels of now as they are, and those that were there before.

    `going`: by imprint the releases that are written now. What lies there in part from before stays spoken of, and is
    more by what comes in part now; of what goes whole nothing is said.
    """
    fresh, known = _entries(now), partly(before)
    for entry in fresh:
        imprint, parts = str(entry.get("imprint")), dict(entry.get("partly") or {})
        for (label, release), files in known.items():
            if label == imprint and release in parts:
                parts[release] = sorted(_files(parts[release]) | files)
            elif label == imprint and release not in going.get(imprint, ()):
                parts[release] = sorted(files)
        if parts:
            entry["partly"] = {release: parts[release] for release in sorted(parts)}
    others = (entry for entry in _entries(before) if isinstance(entry.get("imprint"), str))
    imprints = {entry.get("imprint") for entry in fresh}
    return _encoded([*fresh, *(entry for entry in others if entry["imprint"] not in imprints)])


def _entries(content: bytes) -> list[dict[str, Any]]:
    try:
        labels = json.loads(content or b"{}").get("labels", [])
        return [entry for entry in labels if isinstance(entry, dict) and _can_be_written(entry)]
    except (ValueError, AttributeError, TypeError, RecursionError):
        return []


def _can_be_written(entry: dict[str, Any]) -> bool:
    """Whether it can be passed on: half a pair of surrogates and numbers without end are read, and never written."""
    try:
        json.dumps(entry, ensure_ascii=False, allow_nan=False).encode()
    except ValueError:
        return False
    return True


def _files(listed: object) -> Files:
    return frozenset(each for each in listed if isinstance(each, str)) if isinstance(listed, list) else frozenset()
