"""`mag pick` and `mag review`: what a label says of an album, in one document.

Stars and ratings of listeners stay at home: nothing of them is signed unless somebody says it here.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from datetime import datetime
from typing import Any, NamedTuple, cast

from msgspec import structs

from magnitizdat.catalogue import kinds
from magnitizdat.catalogue.voices import MAX_NAMED_TRACKS, NamedAlbum, Review
from magnitizdat.errors import UsageError
from magnitizdat.formats.names import clean_line, clean_lines, clean_text
from magnitizdat.library.index.views import AlbumView, LabelView
from magnitizdat.library.index.voices import VoiceLine
from magnitizdat.library.library import Library
from magnitizdat.model import Outcome, Release, Value
from magnitizdat.ops.voices import ranking
from magnitizdat.ops.voices.saying import SaidReport, path_of, say_voices, signing_label
from magnitizdat.sentence import Sentence, advice, say, verbatim
from magnitizdat.ways import no_album

MAX_RATING, MAX_HEADLINE, MAX_BODY = 5, 512, 20_000
_NOTHING = say("say something of it: a rating of 1 to 5, a headline, or a text")
_LANGUAGE = re.compile("[a-z]{2,3}(-[A-Za-z0-9]{2,8})*")


class SaidOfAlbum(Value, frozen=True, kw_only=True, omit_defaults=False):
    """What one label says of an album. Text is plain: never a link, never markup."""

    label: str
    imprint: str
    own: bool = False
    pick: bool = False
    rating: int | None = None
    headline: str = ""
    text: str = ""
    language: str = ""
    date: str = ""


class ReviewReport(Value, frozen=True, kw_only=True, omit_defaults=False):
    """What a label says of an album now; None where that is nothing any more. `withdrawn`: just the pick stays."""

    said: SaidReport
    album: str
    title: str
    says: SaidOfAlbum | None
    withdrawn: bool = False

    def outcome(self) -> Outcome:
        """What is said, and how far it goes."""
        label, title = self.said.label, self.title
        if self.says is None:
            return Outcome(
                headline=say("{label} says nothing of «{title}» any more.", label=label, title=title),
                lines=(say("Others learn that with the next stick; what they copied stays."),),
            )
        if not self.said.said:
            return Outcome(headline=say("{label} says just that of «{title}» already.", label=label, title=title))
        if self.withdrawn:
            return Outcome(
                headline=say("{label} reviews «{title}» no more; that it picks it stays.", label=label, title=title)
            )
        reach = advice(
            terminal=say(
                "Whoever gets {label} reads it, and can keep it; `--withdraw` takes it out again.", label=label
            ),
            page=say("Whoever gets {label} reads it, and can keep it; it can be taken out again.", label=label),
        )
        return Outcome(
            headline=say("Signed by {label}: «{title}».", label=label, title=title), lines=(*_lines(self.says), reach)
        )


def _lines(says: SaidOfAlbum) -> Iterator[Sentence]:
    if says.pick:
        yield say("It is a pick.")
    if says.rating is not None:
        yield say("{rating} of 5", rating=says.rating)
    if says.headline:
        yield verbatim(f"«{says.headline}»")
    if says.text:
        yield say("{letters} {letters:character|characters} of text", letters=len(says.text))


class _Subject(NamedTuple):
    """An album, whose words it is about, and where they stand; `before` is what counts of several."""

    label: LabelView
    view: AlbumView
    named: NamedAlbum
    before: Review | None
    paths: tuple[str, ...]


def pick(
    library: Library, album: str, *, as_: str, now: datetime, withdraw: bool = False, only_copy: bool = False
) -> ReviewReport:
    """Recommend an album, or (`withdraw`) do so no more. What a review of it says stays.

    Raises: UsageError, LibraryBusyError; nothing is signed then.
    """
    return review(library, album, as_=as_, now=now, recommended=not withdraw, only_copy=only_copy)


def review(
    library: Library,
    album: str,
    *,
    as_: str,
    now: datetime,
    rating: int | None = None,
    headline: str = "",
    body: str = "",
    language: str = "",
    recommended: bool | None = None,
    withdraw: bool = False,
    only_copy: bool = False,
) -> ReviewReport:
    """Say something of an album; what is not given stays as it was said, a `rating` of 0 takes that back.

    `withdraw` takes back all but the pick. Raises: UsageError, LibraryBusyError; nothing is signed then.
    """
    given = {
        "rating_value": _rating(rating),
        "headline": _bounded(clean_line(headline), MAX_HEADLINE) or None,
        "review_body": _bounded(clean_lines(body), MAX_BODY) or None,
        "in_language": _language(language) or None,
        "recommended": recommended,
    }
    given = {name: value for name, value in given.items() if value is not None}
    if not (given or withdraw):
        raise UsageError(_NOTHING)
    with library.changes() as changes:
        subject = _subject(library, album, signing_label(library, as_))
        wanted = _wanted(subject, given, now=now, withdraw=withdraw)
        voices = [wanted] if _says_something(wanted) else []
        if not (voices or subject.before):
            raise UsageError(_NOTHING if any(given.values()) else _nothing_to_take_back(subject))
        without = set(subject.paths) - {path_of(each) for each in voices}
        said = say_voices(
            library, changes, subject.label, voices, now=now, only_copy=only_copy, without=sorted(without)
        )
        changes.commit()
    label = subject.label
    says = as_shown(wanted, label.name, label.imprint, own=True) if voices else None
    gone = withdraw and bool(voices) and not _is_review(wanted)
    return ReviewReport(said=said, album=subject.view.id, title=subject.view.title, says=says, withdrawn=gone)


def as_shown(said: Review, label: str, imprint: str, *, own: bool) -> SaidOfAlbum:
    """A review as it may be shown: whatever its label put into it, without tricks."""
    return SaidOfAlbum(
        label=label,
        imprint=imprint,
        own=own,
        pick=said.recommended,
        rating=said.rating_value,
        headline=clean_line(said.headline),
        text=clean_lines(said.review_body),
        language=said.in_language,
        date=said.date_published,
    )


def _rating(rating: int | None) -> int | None:
    if rating is not None and not 0 <= rating <= MAX_RATING:
        raise UsageError(say("a rating is 1 to 5; 0 takes it back"))
    return rating


def _bounded(text: str, most: int) -> str:
    if len(text) > most:
        raise UsageError(say("that is longer than {most} characters; say it in fewer words", most=most))
    return text


def _language(tag: str) -> str:
    if tag and not _LANGUAGE.fullmatch(tag):
        raise UsageError(say("«{language}» is no language; en, da or ru would be", language=tag))
    return tag


def _wanted(subject: _Subject, given: dict[str, Any], *, now: datetime, withdraw: bool) -> Review:
    """What is to be said; of the day on which it was said first in these words."""
    kept = subject.before or Review(item_reviewed=subject.named)
    if withdraw:
        kept = Review(item_reviewed=subject.named, recommended=kept.recommended, date_published=kept.date_published)
    wanted = structs.replace(kept, **{"item_reviewed": subject.named, **given})
    wanted = structs.replace(wanted, rating_value=wanted.rating_value or None)
    return wanted if wanted == subject.before else structs.replace(wanted, date_published=now.date().isoformat())


def _says_something(said: Review) -> bool:
    return said.recommended or _is_review(said)


def _is_review(said: Review) -> bool:
    return bool(said.rating_value or said.headline or said.review_body)


def _nothing_to_take_back(subject: _Subject) -> Sentence:
    return say(
        "{label} says nothing of «{title}», so there is nothing to take back",
        label=subject.label.name,
        title=subject.view.title,
    )


def _subject(library: Library, album: str, label: LabelView) -> _Subject:
    view = library.shelf.find(album)
    release = library.shelf.release(view.id)
    if release is None:
        raise UsageError(no_album(album))
    lines = [each for each in library.index.voices.about_album(view.id, known=True) if each.imprint == label.imprint]
    before = said_in(library, counting(lines)[0]) if lines else None
    return _Subject(label, view, _named(view, release), before, tuple(each.path for each in lines))


def counting(lines: list[VoiceLine]) -> list[VoiceLine]:
    """Of several reviews of an album by one label the one that counts."""
    found: dict[str, list[VoiceLine]] = {}
    for line in lines:
        found.setdefault(line.imprint, []).append(line)
    first = {imprint: ranking.counting(said, _known) for imprint, said in found.items()}
    return [line for line in lines if first[line.imprint] is line]


def _known(line: VoiceLine) -> tuple[int, str, str]:
    return bool(line.release_id), line.date, line.id


def said_in(library: Library, line: VoiceLine) -> Review:
    """What a review says, word by word. Raises: LibraryError."""
    content = library.index.documents.content(line.imprint, line.path)
    return cast("Review", kinds.read(line.path, content).value)


def _named(view: AlbumView, release: Release) -> NamedAlbum:
    """A carrier is no name: its ids are salted, and say nothing to others but from whom one has the album."""
    return named_album(release, "" if view.carried or view.standing == "carrier" else view.imprint)


def named_album(release: Release, imprint: str) -> NamedAlbum:
    """An album by the name that its label gave it (none where no label did), and by its first tracks."""
    tracks = tuple(dict.fromkeys(track.id for track in release.tracks))[:MAX_NAMED_TRACKS]
    return NamedAlbum(
        artist=clean_text(release.artist) or "-",
        title=clean_text(release.title) or "-",
        imprint=imprint,
        release_id=release.id if imprint else "",
        tracks=tracks,
    )
