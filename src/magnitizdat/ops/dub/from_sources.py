"""Taking from wherever reels and spools lie: each of them dubbed, with what could not be read of it."""

from __future__ import annotations

import shlex
from collections.abc import Callable, Collection, Iterator, Sequence
from contextlib import closing
from datetime import datetime
from typing import Any

from msgspec import structs

from magnitizdat.errors import EXIT_SOURCE, MagError, SourceError, partly
from magnitizdat.library.library import Library
from magnitizdat.model import AlbumName, Outcome, Progress, Quality
from magnitizdat.ops.dub.arrived import note_arrived
from magnitizdat.ops.dub.dubbed import DubReport, LabelReport, all_sent
from magnitizdat.ops.dub.from_many import dub_together, nothing_of
from magnitizdat.ops.dub.from_spool import dub
from magnitizdat.ops.dub.mail import NO_MAIL, MailReport, all_mail, collect_mail, serve_clubs
from magnitizdat.ops.dub.sealed_elsewhere import told_of_doors
from magnitizdat.ops.dub.wishes import DubWishes
from magnitizdat.ops.labels.carried_on import disowned_sentence, hand_over_sentences
from magnitizdat.ops.labels.labels import freshness_words
from magnitizdat.ops.labels.vouches import vouch_sentences
from magnitizdat.ops.places.remote import Ask
from magnitizdat.ops.places.socks import Proxy
from magnitizdat.ops.places.sources import PassedOver, open_sources
from magnitizdat.ops.premieres.opening import opened_sentence
from magnitizdat.sentence import Sentence, advice, framed, listed, say, size_words

_ASKED = advice(
    terminal=say(
        "Whoever cut this reel would like to hear what arrived, and what you ask for: `mag want --slip` sends that in a"
        " small sealed letter that nobody signs."
    ),
    page=say(
        "Whoever cut this reel would like to hear what arrived, and what you ask for: a small sealed letter, a slip,"
        " that nobody signs."
    ),
)
MOST_TITLES = 12
"""Titles of a label's albums in one line of a report; how many more there are is said."""


def dub_all(
    library: Library,
    source: str,
    *,
    others: Sequence[str] = (),
    now: Callable[[], datetime],
    words: str = "",
    ask: Ask | None = None,
    proxy: Proxy | None = None,
    known_only: bool = False,
    quality: Quality = "full",
    wishes: DubWishes | None = None,
    without: Collection[str] = (),
    progress: Progress | None = None,
) -> Iterator[tuple[str, DubReport]]:
    """Dub every spool at `source` (a folder, a stick, an address; empty: all that is mounted); its name and report.

    With `others` all are asked at once, each piece of whoever answers soonest (`from_many`).
    Its post is collected first, of reels for others too. Where no spool follows it is told by itself.

    Raises: as `ops.sources.open_sources` and `ops.dub.dub`; for a source that fails, after all others; UsageError for a
    wish that no source met.
    """
    mail = all_mail([collect_mail(library, each, now=now()) for each in (source, *others)])
    options: dict[str, Any] = {"known_only": known_only, "quality": quality, "wishes": wishes, "without": without}
    try:
        how: dict[str, Any] = {"proxy": proxy, "progress": progress, **options}
        found = (
            dub_together(library, (source, *others), now=now, words=words, ask=ask, **how)
            if others
            else _spools(library, source, now, words, ask, **how)
        )
        for name, report in told_of_doors(library, found, "" if others else source, words):
            yield name, structs.replace(report, mail=mail)
            mail = NO_MAIL
    except MagError:
        if any(mail.sentences()):
            yield source, _mail_alone(mail)
        raise
    if wishes is not None:
        wishes.require_met()
    mail = serve_clubs(library, mail, now=now())
    if any(mail.sentences()):
        yield source, _mail_alone(mail)


def _mail_alone(mail: MailReport) -> DubReport:
    return DubReport(labels=(), releases=0, tracks=0, length=0, already=0, missing=(), mail=mail)


def _spools(
    library: Library,
    source: str,
    now: Callable[[], datetime],
    words: str,
    ask: Ask | None,
    *,
    proxy: Proxy | None,
    **options: Any,
) -> Iterator[tuple[str, DubReport]]:
    failed: SourceError | None = None
    unread = list[PassedOver]()
    for each in open_sources(library, source, words=words, ask=ask, proxy=proxy, unread=unread):
        try:
            with closing(each.spool):
                report = dub(library, each.spool, now=now(), club=each.club, **options)
                slips = note_arrived(library, each, report, wishes=options["wishes"], now=now())
        except SourceError as exc:
            failed = failed or exc
        else:
            yield each.name, structs.replace(report, missing=(*report.missing, *each.shortfalls), slips=slips)
    yield from ((each.name, nothing_of(each)) for each in unread)
    if failed is not None:
        raise failed


def outcome(report: DubReport) -> Outcome:
    """How a dub ended. Where no label of it is genuine and nothing came, it is the source that is bad."""
    if report == _mail_alone(report.mail) and any(report.mail.sentences()):
        headline, *lines = report.mail.sentences()
        return Outcome(headline=headline, lines=tuple(lines))
    failed = report.refused and not report.tracks and not any(label.genuine for label in report.labels)
    return Outcome(
        headline=_headline(report, failed=bool(failed)),
        lines=tuple(sentences(report)),
        warnings=tuple(warnings(report)),
        missing=report.missing,
        exit_code=EXIT_SOURCE if failed else partly(report.missing),
    )


def together(reports: Sequence[DubReport]) -> DubReport:
    """What several sources gave, as if they were one."""
    return DubReport(
        labels=tuple(label for report in reports for label in report.labels),
        releases=sum(report.releases for report in reports),
        tracks=sum(report.tracks for report in reports),
        length=sum(report.length for report in reports),
        already=sum(report.already for report in reports),
        missing=tuple(shortfall for report in reports for shortfall in report.missing),
        refused=sum(report.refused for report in reports),
        small=tuple(album for report in reports for album in report.small),
        partly=tuple(part for report in reports for part in report.partly),
        opened=tuple(album for report in reports for album in report.opened),
        mail=all_mail([report.mail for report in reports]),
        closed=tuple(album for report in reports for album in report.closed),
        left=tuple(gone for report in reports for gone in report.left),
        blocked=tuple(dict.fromkeys(name for report in reports for name in report.blocked)),
        slips=tuple(dict.fromkeys(reel for report in reports for reel in report.slips)),
        sent=all_sent(reports),
    )


def _headline(report: DubReport, *, failed: bool) -> Sentence:
    if failed and not report.labels:
        return say("Nothing was taken from it.")
    if failed:
        return say("Nothing on it could be verified, so nothing was taken.")
    if report.labels and not report.tracks and all(label.older and not _is_news(label) for label in report.labels):
        if any(label.unlisted for label in report.labels):
            return say("It is older than what you have; what else is on it was left.")
        return say("It is older than what you have; nothing new is on it.")
    if not report.tracks and any(label.removed for label in report.labels):
        return say("Nothing new was taken; what you removed here was passed over.")
    if not report.tracks and any(map(_is_news, report.labels)):
        return say("No music was lacking; what the labels say is up to date now.")
    if report.already and not report.tracks and not report.opened and not report.closed:
        return say("Everything that is whole on it was here already.")
    if not report.tracks and (report.opened or report.closed):
        return say(
            "Closed albums that arrived: {closed}; that are open now: {opened}.",
            closed=len(report.closed),
            opened=len(report.opened),
        )
    return say("Tracks that arrived: {tracks}, {length}.", tracks=report.tracks, length=size_words(report.length))


def _is_news(label: LabelReport) -> bool:
    return bool(label.new or label.corrected or label.withdrawn)


def sentences(report: DubReport) -> list[Sentence]:
    """A dub in plain words, label by label."""
    lines = [line for label in report.labels for line in _about(label)]
    lines += [each.sentence() for each in report.sent]
    lines += [_blocked(name) for name in report.blocked]
    lines += [album.sentence() for album in report.closed]
    lines += [opened_sentence(album.title, album.need, album.of) for album in report.opened]
    lines += report.mail.sentences()
    if report.slips:
        lines.append(_ASKED)
    if report.already:
        lines.append(say("Files that were here already: {already}.", already=report.already))
    voices, unknown, newer, left_out = (
        sum(getattr(each, name) for each in report.labels) for name in ("voices", "unknown", "newer", "left_out")
    )
    if voices:
        lines.append(say("New words of labels, about albums and about each other: {voices}.", voices=voices))
    if unknown:
        lines.append(
            say(
                "{unknown} {unknown:document of a kind|documents of kinds} that this version does not know;"
                " {unknown:it is|they are} kept and passed on.",
                unknown=unknown,
            )
        )
    if newer:
        lines.append(
            say(
                "{newer} {newer:album has|albums have} parts of kinds that this version does not know;"
                " {newer:it travels|they travel} on as {newer:it is|they are}.",
                newer=newer,
            )
        )
    if left_out:
        lines.append(
            say(
                "Voices and documents of unknown kinds that were left out, being too long or too many: {left_out}.",
                left_out=left_out,
            )
        )
    lines += [
        say(
            "«{title}»: {there} of its {tracks} {tracks:track|tracks} {there:is|are} meant to be on it; the others are"
            " elsewhere.",
            title=part.title,
            there=part.there,
            tracks=part.tracks,
        )
        for part in report.partly
    ]
    return lines + [
        say(
            "«{title}» is here in its small version; dub it from a full reel to have the originals too.",
            title=album.title,
        )
        for album in report.small
    ]


def warnings(report: DubReport) -> list[Sentence]:
    """What nobody may overlook: a name like another's, a label of one's own that somebody took back."""
    genuine = [label for label in report.labels if label.genuine]
    taken = [label.name for label in genuine if label.keys_went and not label.handed_over]
    given = [label.name for label in genuine if label.keys_went and label.handed_over]
    return (
        [
            say("«{name}» was taken back with its paper words: this library can no longer sign as it", name=name)
            for name in taken
        ]
        + [say("«{name}» was handed over: this library can no longer sign as it", name=name) for name in given]
        + [
            say(
                "«{name}» is NOT «{looks_like}»: another label with a name like one that you know; "
                "compare the four words before you follow it",
                name=label.name,
                looks_like=label.looks_like,
            )
            for label in genuine
            if label.looks_like
        ]
        + [framed("{what}: {reason}", what=gone.what, reason=gone.reason) for gone in report.left]
    )


def _blocked(name: str) -> Sentence:
    return advice(
        terminal=say(
            "«{name}» is blocked here, so nothing of it was taken; `mag label unblock {label}` lets it in again.",
            name=name,
            label=shlex.quote(name),
        ),
        page=say(
            "«{name}» is blocked here, so nothing of it was taken; under Labels it can be let in again.", name=name
        ),
    )


def _genuine(label: LabelReport) -> Sentence:
    """Nobody knows an officer by the four words of the label that speaks for the club."""
    if label.standing == "carrier":
        return say("What came is only passed on: its makers did not sign it")
    if label.older:
        return _older(label)
    if label.officer_of:
        return say("an officer of «{club}» is genuine: {name}", club=label.officer_of, name=label.name)
    if label.freshness:
        return say("«{name}» is genuine; {freshness}", name=label.name, freshness=freshness_words(label.freshness))
    return say("«{name}» is genuine", name=label.name)


def _is_vouched_for(label: LabelReport) -> bool:
    """Whether its makers signed it, with keys that count."""
    return label.standing != "carrier" and not (label.older and label.older.void_keys)


def _older(label: LabelReport) -> Sentence:
    """Authentic and fresh are two verdicts, and an older copy is no less genuine for it."""
    name = framed("«{name}»", name=label.name)
    if label.officer_of:
        name = say("an officer of «{club}»", club=label.officer_of)
    if label.freshness is None or label.older is None or label.freshness.version == label.older.version:
        return say("{name} is genuine; nothing new is said here", name=name)
    if label.older.void_keys:
        return say(
            "this is an older copy of {name}, version {older}, signed with keys that it has replaced since; you have"
            " version {held}",
            name=name,
            older=label.older.version,
            held=label.freshness.version,
        )
    return say(
        "{name} is genuine; this is an older copy, version {older}, and you have version {held}",
        name=name,
        older=label.older.version,
        held=label.freshness.version,
    )


def _news(label: LabelReport) -> Iterator[Sentence]:
    """Albums by what is new of them."""
    if label.new:
        yield say("New: {titles}.", titles=_titles(label.new))
    if label.older and label.older.void_keys and (label.new or label.corrected):
        yield say("Only keys that «{name}» has replaced since signed that.", name=label.name)
    if label.corrected:
        yield say("Corrected by «{name}»: {titles}.", name=label.name, titles=_titles(label.corrected))
    for album in label.withdrawn:
        if album.reason:
            yield say(
                "«{name}» withdrew «{title}»: {reason}. What you have of it plays.",
                name=label.name,
                title=album.title,
                reason=album.reason.rstrip("."),
            )
        else:
            yield say(
                "«{name}» withdrew «{title}», and says no reason. What you have of it plays.",
                name=label.name,
                title=album.title,
            )
    if label.unlisted:
        yield say(
            "Left: {n} {n:album|albums} signed with keys that «{name}» has replaced, and not named in its newest list:"
            " {titles}.",
            n=len(label.unlisted),
            name=label.name,
            titles=_titles(label.unlisted),
        )
        yield advice(
            terminal=say(
                "If they are genuine, as far as you know: `mag dub` with `--album {title}` takes one nevertheless.",
                title=shlex.quote(label.unlisted[0].title),
            ),
            page=say("If they are genuine, as far as you know, take them by the button below."),
        )


def _titles(albums: Sequence[AlbumName]) -> Sentence:
    shown = [framed("«{title}»", title=album.title) for album in albums[:MOST_TITLES]]
    if len(albums) > MOST_TITLES:
        shown.append(say("{n} more", n=len(albums) - MOST_TITLES))
    return listed(shown)


def _about(label: LabelReport) -> Iterator[Sentence]:
    if not label.genuine:
        yield framed("✗ {name}: {verdict}", name=label.name, verdict=label.verdict)
        yield from (framed("{how}.", how=fork.how_to_choose(label.name)) for fork in label.forks)
        return
    yield framed("✓ {said}" if _is_vouched_for(label) else "• {said}", said=_genuine(label))
    yield from _news(label)
    if label.older:
        return
    words = listed(vouch_sentences(label.vouched_by))
    if label.standing == "new" and words:
        yield advice(
            terminal=say(
                "«{name}» is new: {words}; to follow it (`mag label follow`) is a separate act.",
                name=label.name,
                words=words,
            ),
            page=say("«{name}» is new: {words}; to follow it is a separate act.", name=label.name, words=words),
        )
    elif label.standing == "new":
        yield advice(
            terminal=say(
                "«{name}» is new: nobody you follow vouches yet; to follow it (`mag label follow`) is a separate act.",
                name=label.name,
            ),
            page=say(
                "«{name}» is new: nobody you follow vouches yet; to follow it is a separate act.", name=label.name
            ),
        )
    elif any(line.agrees is False for line in label.vouched_by):
        yield framed("«{name}»: {words}", name=label.name, words=words)
    if label.elsewhere and label.standing == "carrier":
        yield say("Unsigned albums that are not on this source: {elsewhere}.", elsewhere=label.elsewhere)
    elif label.elsewhere:
        yield say(
            "Albums of «{name}» that are not on this source: {elsewhere}.", name=label.name, elsewhere=label.elsewhere
        )
    for album in label.removed:
        yield advice(
            terminal=say(
                "«{title}» was passed over: you removed it here; `mag dub --again` takes it.", title=album.title
            ),
            page=say("«{title}» was passed over: you removed it here. It can be taken again below.", title=album.title),
        )
    yield from hand_over_sentences(label.name, label.handed_over)
    yield from (disowned_sentence(album.title, label.name) for album in label.disowned)
    if label.keys_changed and not (label.handed_over or label.keys_went or label.standing == "own"):
        yield say(
            "The keys of {name} changed. If you did not expect that, ask its people by another way.", name=label.name
        )
