"""Tracks that end before they should: told where they come in and are shown, asked about before they are signed."""

from __future__ import annotations

from collections.abc import Sequence

from magnitizdat.errors import UsageError
from magnitizdat.model import AlbumName, Release, Track
from magnitizdat.sentence import Sentence, advice, clock, listed, say
from magnitizdat.workers.values import Parsed


def half_words(track: Track | Parsed) -> Sentence:
    """How far it goes, and how far it should."""
    heard = clock(track.duration_s)
    if not track.promised_s:
        return say("it breaks off after {heard}, without its end; look for a whole copy", heard=heard)
    promised = clock(track.promised_s)
    return say("it ends after {heard} of {promised}; look for a whole copy", heard=heard, promised=promised)


def taken_half_words(track: Track | Parsed) -> Sentence:
    """The same where it comes in: an import tells it among what was left out, and it was not."""
    return say("{half}; it was taken in as it is", half=half_words(track))


def halves(release: Release) -> list[Track]:
    """Tracks of which a part is missing."""
    return [track for track in release.tracks if track.cut_off]


def require_whole(release: Release) -> None:
    """Raises: UsageError where a part of a track is missing."""
    if found := halves(release):
        raise UsageError(half_refusal(found))


def half_question(found: Sequence[Track]) -> Sentence:
    """Whether these shall be signed."""
    return say(
        "{n} {n:track ends|tracks end} too early ({names}). Sign what there is?", n=len(found), names=_names(found)
    )


def half_refusal(found: Sequence[Track]) -> Sentence:
    """Why these are not signed."""
    return say(
        "{n} {n:track ends|tracks end} too early ({names}); look for whole copies, or {sign}",
        n=len(found),
        names=_names(found),
        sign=advice(terminal=say("repeat it with --yes to sign what there is"), page=say("sign them as they are")),
    )


def half_left(albums: Sequence[AlbumName]) -> Sentence:
    """Why these do not go along."""
    return say(
        "{n} {n:album stays|albums stay} here, since tracks on {n:it|them} end too early ({names});"
        " look for whole copies, or {sign}",
        n=len(albums),
        names=_names(albums),
        sign=advice(terminal=say("sign what there is with `mag publish`"), page=say("publish what there is")),
    )


def _names(found: Sequence[Track | AlbumName]) -> Sentence:
    return listed([f"«{each.title}»" for each in found[:5]])
