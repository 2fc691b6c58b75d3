"""The pages of an open spool: which of them changed, and what stands on them."""

from __future__ import annotations

from collections.abc import Container, Iterator, Mapping
from typing import Final

from magnitizdat import language, program
from magnitizdat.catalogue.documents import LABEL_PATH
from magnitizdat.catalogue.kinds import RELEASE, target_path
from magnitizdat.library.library import Library
from magnitizdat.model import TEXT_TYPES, Release
from magnitizdat.ops.give.cargo import Cargo
from magnitizdat.ops.give.loading import Loaded
from magnitizdat.ops.give.standing import LabelThere, shown_on_pages
from magnitizdat.ops.places.targets import TreeTarget
from magnitizdat.pages import site
from magnitizdat.sentence import Voice

MAX_NOTES_LENGTH = 1 << 20
_NAME_LENGTH = 200
"""Letters of a label's name that others listed."""
ALL: Final = None
Wanted = Mapping[str, Container[str] | None]
"""By imprint the releases whose pages are to be written, or all; of a label that is not in it no page is."""


def changed_pages(target: TreeTarget, cargo: Cargo, there: Mapping[str, LabelThere]) -> Wanted:
    """Which pages do not show what the lists say by now. In a folder all are written."""
    found = ((label.view.imprint, _changed(target, label, there[label.view.imprint])) for label in cargo.loaded)
    return {imprint: changed for imprint, changed in found if changed is ALL or changed}


def _changed(target: TreeTarget, label: Loaded, there: LabelThere) -> frozenset[str] | None:
    if there.is_left:
        return frozenset()
    if target.is_near:
        return ALL
    shown, now = shown_on_pages(target, label.view.imprint, there), label.verdict.targets
    if shown.get(LABEL_PATH) != now.get(LABEL_PATH):
        return ALL
    paths = {each: target_path(RELEASE, each) for each in label.documents}
    return frozenset(each for each, path in paths.items() if shown.get(path) != now[path])


def label_pages(library: Library, cargo: Cargo, wanted: Wanted) -> Iterator[tuple[str, bytes]]:
    """Path and bytes of the pages of labels, those of releases first."""

    def notes_of(release: Release) -> dict[str, str]:
        found = {}
        for written_in, file in release.notes.items():
            if file.length <= MAX_NOTES_LENGTH and file.media_type in TEXT_TYPES:
                content = b"".join(library.blob(file.sha256).pieces())
                found[written_in] = content.decode("utf-8", "replace")
        return found

    voices = tuple(language.voices(program.data_folder()))
    for label in sorted(
        cargo.loaded, key=lambda label: (label.view.name, label.view.imprint)
    ):  # and not own ones first
        if label.view.imprint in wanted:
            shown = _page_label(label, voices)
            yield from site.label_files(shown, list(cargo.releases(label)), notes_of, only=wanted[label.view.imprint])


def _page_label(label: Loaded, voices: tuple[Voice, ...]) -> site.ShownLabel:
    return site.ShownLabel(name=label.view.name, imprint=label.view.imprint, voices=voices)


def root(names: Mapping[str, str]) -> bytes:
    """The page at the root of a spool: all labels that it lists, by imprint and name."""
    return site.root_page(
        [site.ShownLabel(name=name[:_NAME_LENGTH], imprint=imprint) for imprint, name in sorted(names.items())]
    )
