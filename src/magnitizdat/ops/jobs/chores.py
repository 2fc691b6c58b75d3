"""Everyday verbs as work beside somebody who watches: each calls the op that the terminal calls, and says the end."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from contextlib import suppress
from datetime import datetime
from pathlib import Path
from typing import Any

import msgspec

from magnitizdat.disk.disk import Disk
from magnitizdat.errors import MagError, SourceError, UsageError
from magnitizdat.formats.names import imprint_words
from magnitizdat.library.library import Library
from magnitizdat.model import Quality, Shortfall
from magnitizdat.ops.dub.from_sources import dub_all, sentences, warnings
from magnitizdat.ops.dub.from_spool import DubReport
from magnitizdat.ops.dub.holdings import holdings
from magnitizdat.ops.give.copying import copy_reel
from magnitizdat.ops.give.cut import ReelReport
from magnitizdat.ops.give.fill import StickWish, fill
from magnitizdat.ops.intake.importing import ImportReport, import_music
from magnitizdat.ops.intake.quarantine import Quarantine
from magnitizdat.ops.jobs.jobs import Outcome, Watch, Work
from magnitizdat.ops.labels.labels import address, own_label
from magnitizdat.ops.labels.publish import publish
from magnitizdat.reel.check import check as check_reel
from magnitizdat.reel.mend import mend as mend_reel
from magnitizdat.reel.reports import CheckReport
from magnitizdat.sentence import say, size_words

Now = Callable[[], datetime]

NOTHING_THERE = say("no reel is plugged in here; plug a stick in, or name an address")


def take(library: Library, source: str, *, now: Now, words: str = "", quality: Quality = "full") -> Work:
    """Take everything new from a reel, a stick, an address, or (with no source) all that is mounted."""

    def work(watch: Watch) -> Outcome:
        reports = list[DubReport]()
        for _, report in dub_all(library, source, now=now, words=words, quality=quality, progress=watch):
            reports.append(report)
            for sentence in [*sentences(report), *warnings(report)]:
                watch.say(sentence)
            watch.check()
        if not reports:
            raise UsageError(NOTHING_THERE)
        return _taken(reports)

    return work


def _taken(reports: Sequence[DubReport]) -> Outcome:
    """Raises: SourceError where nothing that was offered could be verified."""
    labels = [label for report in reports for label in report.labels]
    missing = tuple(shortfall for report in reports for shortfall in report.missing)
    if not any(label.genuine for label in labels):
        raise SourceError(missing[0].reason if missing else say("no label is on this source; ask for another copy"))
    tracks, length = sum(report.tracks for report in reports), sum(report.length for report in reports)
    sentence = say("Tracks that arrived: {tracks}, {length}.", tracks=tracks, length=size_words(length))
    if not tracks:
        sentence = say("Everything that is whole on it was here already.")
    new = {label.imprint: label.name for label in labels if label.genuine and label.standing == "new"}
    report = {
        "albums": sum(report.releases for report in reports),
        "tracks": tracks,
        "bytes": length,
        "new_labels": [
            {"imprint": imprint, "name": name, "words": imprint_words(imprint)} for imprint, name in new.items()
        ],
    }
    return Outcome(sentence=sentence, report=report, missing=missing)


def take_in(library: Library, paths: Sequence[Path]) -> Work:
    """Import plain music from folders of this computer or of a stick."""
    return lambda watch: imported(import_music(library, paths, progress=watch))


def accept(library: Library, left: Sequence[str]) -> Work:
    """Import files that guests left; what cannot be taken in stays, with a reason each."""
    return lambda watch: imported(Quarantine(library).accept(left, progress=watch).report)


def imported(report: ImportReport) -> Outcome:
    """How an import ended. Raises: SourceError where nothing of it was music."""
    if report.missing and not (report.imported or report.known or report.unchanged):
        raise SourceError(
            say(
                "nothing here could be taken in; {what}: {reason}",
                what=report.missing[0].what,
                reason=report.missing[0].reason,
            )
        )
    already = report.known + report.unchanged
    sentence = say(
        "New tracks: {imported}, {length}; here already: {already}.",
        imported=report.imported,
        length=size_words(report.length),
        already=already,
    )
    facts = {
        "albums": report.albums,
        "tracks": report.imported,
        "bytes": report.length,
        "known": already,
        "repaired": msgspec.to_builtins(report.repaired),
        "new_labels": [],
    }
    return Outcome(sentence=sentence, report=facts, missing=report.missing)


def fill_stick(library: Library, folder: Path, wish: StickWish, *, now: Now, disk: Disk) -> Work:
    """Fill a stick. Whoever pulls it before this has ended may lose what is on its way, and nothing else."""

    def work(watch: Watch) -> Outcome:
        done = fill(library, folder, wish, now=now(), disk=disk, tell=watch.say, progress=watch)
        report = done.report
        if isinstance(report, ReelReport):
            sentence = say("{length} are sealed on it and read back. Safe to pull.", length=size_words(done.length))
        else:
            sentence = say(
                "{length} are on it. It is open: whoever finds it can play it.", length=size_words(done.length)
            )
        facts = {
            "length": done.length,
            "albums": report.albums if isinstance(report, ReelReport) else (),
            "quality": report.quality,
            "left_out": done.left_out,
        }
        missing = tuple(Shortfall(what=title, reason=say("it does not fit and stays here")) for title in done.left_out)
        words = report.words if isinstance(report, ReelReport) else ""
        return Outcome(sentence=sentence, report=facts, missing=missing, words=words, safe_to_pull=True)

    return work


def check(folder: Path, library: Library | None, *, now: Now, words: str = "") -> Work:
    """What of a reel is whole; with a key also of its albums. Nothing is changed."""

    def work(watch: Watch) -> Outcome:
        report = check_reel(folder, progress=watch)
        _require_reel(report)
        facts = _facts(report)
        identities = library.secrets.addresses if library else ()
        with suppress(MagError):  # it is sealed to somebody else: then nothing is said of albums
            held = holdings(folder, report, identities, now=now(), words=words, library=library)
            facts["albums"] = [{**msgspec.to_builtins(each), "is_whole": each.is_whole} for each in held.albums]
            for sentence in held.sentences():
                watch.say(sentence)
        return Outcome(sentence=report.sentences()[0], report=facts, missing=report.missing(), safe_to_pull=True)

    return work


def mend(folder: Path, *, disk: Disk) -> Work:
    """Make a reel whole from its spare parts."""

    def work(watch: Watch) -> Outcome:
        report = mend_reel(folder, disk, progress=watch)
        _require_reel(report.after)
        for sentence in report.sentences():
            watch.say(sentence)
        missing, facts = report.missing, _facts(report.after)
        return Outcome(sentence=report.after.sentences()[0], report=facts, missing=missing, safe_to_pull=True)

    return work


def _require_reel(report: CheckReport) -> None:
    if not report.groups:
        raise SourceError(say("no spare parts were found: this is no reel, or they are all lost; ask for another copy"))


def _facts(report: CheckReport) -> dict[str, Any]:
    return {
        "sentences": report.sentences(),
        "complete": report.is_complete,
        "valid": report.is_valid,
        "mendable": report.is_mendable,
    }


def copy(folder: Path, destinations: Sequence[Path], *, disk: Disk) -> Work:
    """Copy a reel to other sticks, each read back."""

    def work(watch: Watch) -> Outcome:
        report = copy_reel(folder, destinations, disk=disk, watch=watch.row)
        for sentence in report.sentences():
            watch.say(sentence)
        done = [target for target in report.targets if target.verdict == "done"]
        if not done:
            raise UsageError(report.targets[0].reason)
        targets = [{"folder": target.folder, "sentence": target.sentence()} for target in report.targets]
        sentence = say("Sticks that hold a whole copy, read back: {done}. Safe to pull.", done=len(done))
        return Outcome(
            sentence=sentence,
            report={"targets": targets, "length": report.length},
            missing=report.missing(),
            safe_to_pull=len(done) == len(report.targets),
        )

    return work


def sign(library: Library, albums: Sequence[str], label: str, *, now: Now) -> Work:
    """Sign albums in an own label.

    Raises (at once): UsageError where there is none.
    """
    if not label and not any(view.standing == "own" for view in library.shelf.labels()):
        raise UsageError(say("you have no label yet; make one first, so that your music has a name to stand under"))
    view, _ = own_label(library, label)

    def work(watch: Watch) -> Outcome:
        report = publish(library, albums, view, now=now(), progress=watch)
        for title in report.unchanged:
            watch.say(say("«{title}» was signed already and did not change.", title=title))
        facts = {
            "label": report.label,
            "albums": report.releases,
            "version": report.version,
            "imprint": report.imprint,
            "address": address(library, report.imprint).words,
        }
        sentence = say(
            "Signed by {label}, version {version}; albums: {releases}.",
            label=report.label,
            version=report.version,
            releases=len(report.releases),
        )
        return Outcome(sentence=sentence, report=facts, missing=report.without_small)

    return work
