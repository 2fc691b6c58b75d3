"""What a correction says: which song or album it was, and which number a song has now."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import NamedTuple

from magnitizdat.errors import UsageError
from magnitizdat.library.library import Library
from magnitizdat.model import Release
from magnitizdat.ops.albums.ids import numbered_track, track_numbers
from magnitizdat.sentence import Sentence, say


class ToCorrect(NamedTuple):
    """An album, or a song of it and the number that it had."""

    album: str
    track: str = ""
    number: str = ""


def meant(library: Library, targets: Sequence[str]) -> list[ToCorrect]:
    """What these mean (`ALBUM`, `ALBUM/3`) before the order of songs changes; what is not there, others say."""
    return [found for target in targets if (found := _meant(library, target)) is not None]


def _meant(library: Library, target: str) -> ToCorrect | None:
    album, slash, number = target.rpartition("/")
    try:
        view = library.shelf.find(album if slash else target)
    except UsageError:
        return None
    release = library.shelf.release(view.id)
    if release is None or not slash:
        return ToCorrect(view.id)
    track = numbered_track(release, number)
    return ToCorrect(view.id, track.id, _number(release, track.id)) if track is not None else None


def _number(release: Release, track: str) -> str:
    """As `mag show` has it."""
    return next(number for number, each in zip(track_numbers(release), release.tracks, strict=True) if each.id == track)


def corrected_sentences(library: Library, before: Sequence[ToCorrect]) -> Iterator[Sentence]:
    """Of each, after it was corrected. Without a number of its own a song stands by its title, and may move."""
    for album, track, number in before:
        release = library.shelf.release(album)
        if release is None:
            continue
        if not track:
            yield say("Corrected: «{title}».", title=release.title)
        for each in release.tracks:
            if each.id == track:
                yield _corrected(each.title, release.title, _number(release, track), number)
                break


def _corrected(title: str, album: str, number: str, before: str) -> Sentence:
    if number == before:
        return say("Corrected: «{title}», number {number} of «{album}».", title=title, number=number, album=album)
    return say(
        "Corrected: «{title}», which is number {number} of «{album}» now; it was number {before}.",
        title=title,
        number=number,
        album=album,
        before=before,
    )
