"""Which track here is meant by somebody else's words for it: names folded, durations close."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterable
from typing import NamedTuple

import msgspec

from magnitizdat.errors import MagError
from magnitizdat.library.library import Library
from magnitizdat.sentence import say

CLOSE_S = 3.0
"""Seconds by which two programs may count one recording differently."""
FAR_S = 15.0
"""Seconds from which two recordings of one name are not the same one."""

_NOT_ALNUM = re.compile(r"[\W_]+")


class Candidate(NamedTuple):
    """A track of the library."""

    song: str
    track: str
    album: str
    album_title: str
    album_artist: str
    artist: str
    duration_s: float


class Wanted(NamedTuple):
    """What is known of a track elsewhere; empty and 0 for nothing."""

    title: str
    artist: str = ""
    album: str = ""
    duration_s: float = 0
    musicbrainz_id: str = ""


class NoMatchError(MagError):
    """No track, or no single one; its sentence is a reason for people."""


class _Ids(msgspec.Struct):
    musicbrainz_id: str = ""


_to_ids = msgspec.msgpack.Decoder(_Ids).decode


def folded(text: str) -> str:
    """What spellings of one name have in common: letters and digits, without case, marks and width."""
    plain = unicodedata.normalize("NFKD", unicodedata.normalize("NFKC", text).casefold())
    bare = "".join(sign for sign in plain if not unicodedata.combining(sign))
    return _NOT_ALNUM.sub("", bare) or plain


class Matcher:
    """All tracks by their folded titles, read once."""

    def __init__(self, library: Library) -> None:
        self._by_title: dict[str, list[Candidate]] = {}
        self._by_id: dict[str, Candidate] = {}
        self.albums: dict[tuple[str, str], str] = {}
        self.artists: dict[str, str] = {}
        for named in library.index.tracks.all_named():
            candidate = Candidate(*named[:7])
            self._by_title.setdefault(folded(named.title), []).append(candidate)
            self.albums.setdefault((folded(candidate.album_title), folded(candidate.album_artist)), candidate.album)
            for name in (candidate.artist, candidate.album_artist):
                self.artists.setdefault(folded(name), name)
            if identifier := _to_ids(named.body).musicbrainz_id:
                self._by_id.setdefault(identifier, candidate)

    def find(self, wanted: Wanted) -> Candidate:
        """The one track that is meant.

        Raises: NoMatchError.
        """
        if wanted.musicbrainz_id in self._by_id:
            return self._by_id[wanted.musicbrainz_id]
        found = self._by_title.get(folded(wanted.title), [])
        if not found:
            raise NoMatchError(say("no track here has this title; import it, then run this again"))
        if wanted.artist:
            name = folded(wanted.artist)
            found = [each for each in found if name in {folded(each.artist), folded(each.album_artist)}]
        if not found:
            raise NoMatchError(say("tracks of this title here are by somebody else; import it, then run this again"))
        if wanted.duration_s:
            found = [each for each in found if abs(each.duration_s - wanted.duration_s) < FAR_S]
        if not found:
            raise NoMatchError(say("the track of this name here has another length; import it, then run this again"))
        return self._nearest(found, wanted)

    def _nearest(self, found: list[Candidate], wanted: Wanted) -> Candidate:
        album = folded(wanted.album)
        found = [each for each in found if wanted.album and folded(each.album_title) == album] or found
        if wanted.duration_s:
            found = [each for each in found if abs(each.duration_s - wanted.duration_s) <= CLOSE_S] or found
        if len({folded(each.artist) for each in found}) > 1:
            raise NoMatchError(say("several tracks here have this title; the list does not say whose is meant"))
        return found[0]

    def find_any(self, readings: Iterable[Wanted]) -> Candidate:
        """The first of several readings that means a track.

        Raises: NoMatchError with the reason of the first.
        """
        reason: NoMatchError | None = None
        for wanted in readings:
            try:
                return self.find(wanted)
            except NoMatchError as exc:
                reason = reason or exc
        raise reason or NoMatchError(say("the list says nothing of it"))
