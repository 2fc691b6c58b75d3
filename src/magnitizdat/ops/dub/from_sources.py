"""Taking from wherever reels and spools lie: each of them dubbed, with what could not be read of it."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import closing
from datetime import datetime

from msgspec import structs

from magnitizdat.library.library import Library
from magnitizdat.model import Progress, Quality
from magnitizdat.ops.dub.from_spool import DubReport, LabelReport, dub
from magnitizdat.ops.labels.labels import freshness_words
from magnitizdat.ops.places.sources import open_sources
from magnitizdat.reel.layout import size_words


def dub_all(
    library: Library,
    source: str,
    *,
    now: Callable[[], datetime],
    words: str = "",
    ask: Callable[[], str] | None = None,
    known_only: bool = False,
    quality: Quality = "full",
    progress: Progress | None = None,
) -> Iterator[tuple[str, DubReport]]:
    """Dub every spool at `source` (a folder, a stick, an address; empty: all that is mounted); its name and report.

    Raises: as `ops.sources.open_sources` and `ops.dub.dub`.
    """
    for name, spool, shortfalls in open_sources(library, source, words=words, ask=ask):
        with closing(spool):
            report = dub(library, spool, now=now(), known_only=known_only, quality=quality, progress=progress)
        yield name, structs.replace(report, missing=(*report.missing, *shortfalls))


def sentences(report: DubReport) -> list[str]:
    """A dub in plain words, label by label."""
    lines = [line for label in report.labels for line in _about(label)]
    lines.append(f"Tracks that arrived: {report.tracks}, {size_words(report.length)}.")
    if report.already:
        lines.append(f"Files that were here already: {report.already}.")
    unknown, left_out = (sum(getattr(each, name) for each in report.labels) for name in ("unknown", "left_out"))
    if unknown:
        lines.append(f"{unknown} documents of kinds that this version does not know; they are kept and carried on.")
    if left_out:
        lines.append(f"Documents of such kinds that were left out, being too long or too many: {left_out}.")
    return lines + [
        f"«{title}» is here in its small version; dub it from a full reel to have the originals too."
        for title in report.small
    ]


def warnings(report: DubReport) -> list[str]:
    """What nobody may overlook: a name like another's, a label of one's own that somebody took back."""
    genuine = [label for label in report.labels if label.genuine]
    taken = [label.name for label in genuine if label.keys_changed and label.standing == "own"]
    return [f"«{name}» was taken back with its paper words: this library can sign as it no more" for name in taken] + [
        f"«{label.name}» is NOT «{label.looks_like}»: another label with a name like one that you know; "
        "compare the four words before you follow it"
        for label in genuine
        if label.looks_like
    ]


def _about(label: LabelReport) -> Iterator[str]:
    if not label.genuine:
        yield f"✗ {label.name}: {label.verdict}"
        return
    yield (
        f"✓ «{label.name}» is genuine; {freshness_words(label.freshness)}"
        if label.freshness
        else f"✓ «{label.name}» is genuine"
    )
    if label.standing == "new":
        yield (
            f"«{label.name}» is new: nobody you follow vouches yet;"
            " to follow it (`mag label follow`) is a separate act."
        )
    if label.standing == "carrier":
        yield f"«{label.name}» is carried: passed on, not signed by its makers."
    if label.elsewhere:
        yield f"Releases of {label.name} that are not on this source: {label.elsewhere}."
    if label.keys_changed and label.standing != "own":
        yield f"The keys of {label.name} changed. If you did not expect that, ask its people by another way."
