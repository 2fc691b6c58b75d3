"""Everyday verbs as work beside somebody who watches: each calls the op that the terminal calls, and gives its end."""

from __future__ import annotations

from collections.abc import Callable, Collection, Sequence
from datetime import datetime
from pathlib import Path
from typing import Any, Literal

from msgspec import structs

from magnitizdat.disk.disk import Disk
from magnitizdat.errors import EXIT_PARTLY, MagError, UsageError
from magnitizdat.formats.names import imprint_words, portable_name
from magnitizdat.library.index.views import LabelView
from magnitizdat.library.library import Library
from magnitizdat.model import Outcome, Quality, Shortfall, fields
from magnitizdat.ops.clubs.staying import gate
from magnitizdat.ops.dub.checking import Checked, check_reel
from magnitizdat.ops.dub.dubbed import DubReport
from magnitizdat.ops.dub.from_sources import dub_all, outcome, together
from magnitizdat.ops.dub.mail import MailReport
from magnitizdat.ops.dub.wishes import DubWishes
from magnitizdat.ops.give.archive import archive
from magnitizdat.ops.give.checked import check_open
from magnitizdat.ops.give.chosen import StickWish
from magnitizdat.ops.give.copying import copy_reel
from magnitizdat.ops.give.export import export
from magnitizdat.ops.give.fill import fill
from magnitizdat.ops.give.gathering import gather
from magnitizdat.ops.give.giving_back import GivenBack, give_to, require_share
from magnitizdat.ops.give.mending import mend_reel
from magnitizdat.ops.give.open_spool import write_open
from magnitizdat.ops.give.page_placing import place_page
from magnitizdat.ops.give.rehearsing import rehearse
from magnitizdat.ops.give.table import Table
from magnitizdat.ops.intake.account import ImportReport
from magnitizdat.ops.intake.importing import import_music
from magnitizdat.ops.intake.quarantine import Quarantine
from magnitizdat.ops.jobs.jobs import Ended, Watch, Work
from magnitizdat.ops.labels.labels import address, own_labels, signing_label
from magnitizdat.ops.labels.publish import publish
from magnitizdat.ops.listen.choosing import Choice, ChosenMusic, choose
from magnitizdat.ops.places.socks import Proxy
from magnitizdat.ops.places.targets import listed, open_target
from magnitizdat.ops.premieres.making import PremiereWish, make
from magnitizdat.ops.premieres.opening import GivenShare, open_premiere
from magnitizdat.ops.stash.giving import give as from_stash
from magnitizdat.ops.stash.taking import take as into_stash
from magnitizdat.pages.qr import data_qr
from magnitizdat.scene.premieres import qr_text
from magnitizdat.sentence import Voice, say
from magnitizdat.workers.values import EncodeKind

Now = Callable[[], datetime]
MirrorWay = Literal["write", "check", "mend"]

NOTHING_THERE = say("no reel is plugged in here; plug a stick in, or name an address")


def take(
    library: Library,
    source: str,
    *,
    others: Sequence[str] = (),
    now: Now,
    words: str = "",
    proxy: Proxy | None = None,
    give: Choice | None = None,
    quality: Quality = "full",
    wishes: DubWishes | None = None,
    without: Collection[str] = (),
) -> Work:
    """Take everything new from a reel, a stick, an address, or (with no source) all that is mounted.

    With `others` of all of them at once. Another laptop that takes is given what `give` chooses, in the same meeting.

    Raises (at once): UsageError where nobody would take it.
    """
    if give is not None:
        require_share(source)

    def work(watch: Watch) -> Ended:
        table = None if give is None else _given_table(library, give, now())  # before anything comes
        reports = list[DubReport]()
        options: dict[str, Any] = {"words": words, "quality": quality, "wishes": wishes, "without": without}
        options |= {"proxy": proxy}
        for _, report in dub_all(library, source, others=others, now=now, progress=watch, **options):
            reports.append(report)
            watch.check()
        if not reports:
            raise UsageError(NOTHING_THERE)
        all_of_them = together(reports)
        said = outcome(structs.replace(all_of_them, mail=_without_commands(all_of_them.mail)))
        if table is not None:
            said = structs.replace(said, missing=(*said.missing, *table.lacking))
            said = _and_given(said, lambda: give_to(source, table, words=words, ask=None, proxy=proxy, progress=watch))
        return Ended(
            said, {**fields(all_of_them), "new_labels": _new_labels(all_of_them), "frozen": _frozen(all_of_them)}
        )

    return work


def _given_table(library: Library, choice: Choice, now: datetime) -> Table:
    """Raises: UsageError where nothing of it can be given."""
    found = choose(library, choice, now=now)
    return Table(library, gather(library, now=now, albums=found.albums, songs=found.songs, passes=gate(library)))


def _and_given(took: Outcome, give: Callable[[], GivenBack]) -> Outcome:
    """What was taken is here, however giving ends."""
    try:
        given = give().outcome()
    except MagError as exc:
        lacking = Shortfall(what=say("what you give"), reason=exc.sentence)
        return structs.replace(took, missing=(*took.missing, lacking), exit_code=took.exit_code or EXIT_PARTLY)
    return structs.replace(took, lines=(*took.lines, given.headline), exit_code=took.exit_code or given.exit_code)


def _without_commands(mail: MailReport) -> MailReport:
    """What is said of letters beside somebody who has no terminal: of those to open, the report's numbers are shown."""
    post, brought = structs.replace(mail.post, opened=0), structs.replace(mail.brought, waiting=())
    return structs.replace(mail, post=post, brought=brought)


def _new_labels(report: DubReport) -> list[dict[str, Any]]:
    new = {
        label.imprint: label.name
        for label in report.labels
        if label.genuine and label.standing == "new" and label.older is None
    }
    return [{"imprint": imprint, "name": name, "words": imprint_words(imprint)} for imprint, name in new.items()]


def _frozen(report: DubReport) -> list[dict[str, Any]]:
    return [{"imprint": label.imprint, "name": label.name} for label in report.labels if label.forks]


def take_in(library: Library, paths: Sequence[Path]) -> Work:
    """Import plain music from folders of this computer or of a stick."""
    return lambda watch: imported(import_music(library, paths, progress=watch))


def accept(library: Library, left: Sequence[str]) -> Work:
    """Import files that guests left; what cannot be taken in stays, with a reason each."""
    return lambda watch: imported(Quarantine(library).accept(left, progress=watch).report)


def imported(report: ImportReport) -> Ended:
    """How an import ended."""
    return Ended(report.outcome(), fields(report))


def fill_stick(library: Library, folder: Path, wish: StickWish, *, now: Now, disk: Disk) -> Work:
    """Fill a stick. Whoever pulls it before this has ended may lose what is on its way, and nothing else."""

    def work(watch: Watch) -> Ended:
        done = fill(library, folder, wish, now=now(), disk=disk, tell=watch.say, progress=watch)
        return Ended(done.outcome(), done.facts())

    return work


def rehearse_stick(library: Library, folder: Path, wish: StickWish, *, now: Now) -> Work:
    """What would go on a stick, in which order, and why; nothing is written to it."""

    def work(watch: Watch) -> Ended:
        plan = rehearse(library, folder, wish, now=now(), tell=watch.say, progress=watch)
        return Ended(plan.outcome(), fields(plan))

    return work


def export_plain(library: Library, folder: Path, chosen: ChosenMusic, *, name: str, small: bool, disk: Disk) -> Work:
    """Write what was chosen as plain files, or all that is here; `name`: what songs ticked alone are called."""

    def work(watch: Watch) -> Ended:
        is_all = not chosen.albums and not chosen.groups
        albums = list(library.shelf.albums()) if is_all else chosen.albums
        lists = [(group.name or name, group.songs) for group in chosen.groups]
        kind: EncodeKind | None = "opus-128" if small else None
        report = export(
            library, albums, folder, lists=lists, disk=disk, for_phone=kind, named=not is_all, progress=watch
        )
        report = structs.replace(report, missing=(*report.missing, *chosen.absent))
        return Ended(structs.replace(report.outcome(folder), safe_to_pull=True), fields(report))

    return work


def check(folder: Path, library: Library | None, *, now: Now, words: str = "") -> Work:
    """What of a reel is whole; with a key also of its albums. Nothing is changed."""

    def work(watch: Watch) -> Ended:
        found = check_reel(folder, library, now=now(), words=words, progress=watch)
        return Ended(found.outcome(), found.facts())

    return work


def mend(folder: Path, *, disk: Disk) -> Work:
    """Make a reel whole from its spare parts."""

    def work(watch: Watch) -> Ended:
        report = mend_reel(folder, disk, progress=watch)
        return Ended(report.outcome(), Checked(report.after).facts())

    return work


def copy(folder: Path, destinations: Sequence[Path], *, disk: Disk) -> Work:
    """Copy a reel to other sticks, each read back."""

    def work(watch: Watch) -> Ended:
        report = copy_reel(folder, destinations, disk=disk, watch=watch.row)
        return Ended(report.outcome(), fields(report))

    return work


def put_page(folder: Path, *, disk: Disk) -> Work:
    """The page for browsers, beside what lies on a stick."""

    def work(watch: Watch) -> Ended:
        report = place_page(folder, disk, progress=watch)
        return Ended(report.outcome(), fields(report))

    return work


def stash_take(folder: Path, tops: Sequence[Path], *, now: Now, disk: Disk) -> Work:
    """Into the stash: every sealed reel of these that it lacks."""

    def work(watch: Watch) -> Ended:
        report = into_stash(folder, tops, disk, now=now(), progress=watch)
        return Ended(report.outcome(), fields(report))

    return work


def stash_give(folder: Path, sticks: Sequence[Path], *, now: Now, disk: Disk) -> Work:
    """Out of the stash: whole reels that these lack."""

    def work(watch: Watch) -> Ended:
        report = from_stash(folder, sticks, disk, now=now(), watch=watch.row)
        return Ended(report.outcome(), fields(report))

    return work


def sign(
    library: Library, albums: Sequence[str], label: str, *, now: Now, cut_off: bool = False, second: bool = False
) -> Work:
    """Sign albums in an own label.

    Raises (at once): UsageError where there is none, or several and none is named.
    """
    if not label and not own_labels(library):
        raise UsageError(say("you have no label yet; make one first, so that your music has a name to stand under"))
    view = signing_label(library, label)

    def work(watch: Watch) -> Ended:
        report = publish(library, albums, view, now=now(), cut_off=cut_off, second=second, progress=watch)
        return Ended(report.outcome(), {**fields(report), "address": address(library, report.imprint).words})

    return work


def keep_archive(library: Library, label: LabelView, folder: Path, *, now: Now, disk: Disk) -> Work:
    """Archive a label in a folder of its name, or bring the archive that is there up to date."""
    destination = folder / portable_name(label.name)

    def work(watch: Watch) -> Ended:
        report = archive(library, label, destination, now=now(), disk=disk, progress=watch)
        return Ended(report.outcome(destination), fields(report))

    return work


def mirror(library: Library, label: LabelView, to: str, way: MirrorWay, *, now: Now, disk: Disk) -> Work:
    """An own label openly at an address, or what of it lies there in full length. `mend`: also what is listed is new.

    Raises (at once): UsageError for a label of others.
    """
    if label.imprint not in {each.imprint for each in own_labels(library)}:
        raise UsageError(say("only an own label is published from here; choose one of yours"))

    def work(watch: Watch) -> Ended:
        cargo = gather(library, now=now(), labels=[label], quality="both", along="own")
        target = open_target(to, disk=disk)
        if way == "check":
            found = check_open(cargo, target)
            return Ended(found.outcome(), fields(found))
        written = write_open(library, cargo, listed(target) if way == "mend" else target, progress=watch)
        headline, *lines = written.told(to, mended=way == "mend")
        return Ended(Outcome(headline=headline, lines=tuple(lines)), fields(written))

    return work


def close(library: Library, album: str, label: str, wish: PremiereWish, *, now: Now, voice: Voice) -> Work:
    """Close an own album until its day; the report has the shares, drawn as codes too, and nothing else has.

    Letters to holders speak as `voice` does.

    Raises (at once): UsageError where there is no label that could sign it.
    """
    view = signing_label(library, label)

    def work(watch: Watch) -> Ended:
        made = make(library, album, view, wish, now=now(), voice=voice, progress=watch)
        shares = [{**fields(each), "qr": data_qr(qr_text(each.words))} for each in made.shares]
        told = structs.replace(made.outcome(), lines=())  # which say the shares
        return Ended(told, {"album": album, "shares": shares})

    return work


def open_closed(library: Library, premiere: str, shares: Sequence[str], *, words: str, as_: str, now: Now) -> Work:
    """Open a closed album in place."""
    given = [GivenShare(name=str(number), words=each) for number, each in enumerate(shares, 1)]

    def work(watch: Watch) -> Ended:
        done = open_premiere(library, premiere, shares=given, words=words, as_=as_, now=now(), progress=watch)
        return Ended(done.outcome(), fields(done))

    return work
