"""What a command changed of albums and their songs: the fields, by what people call them."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from contextlib import suppress
from itertools import islice
from typing import Any, NamedTuple

from magnitizdat.errors import LibraryError
from magnitizdat.library.index.commands import DoneCommand
from magnitizdat.library.journal import AlbumRow, TrackRow
from magnitizdat.library.library import Library
from magnitizdat.ops.albums.corrections import read_row
from magnitizdat.sentence import Sentence, framed, listed, say

_ARTIST, _TITLE, _DISC = say("artist"), say("title"), say("disc")
_FIELDS = {
    "title": _TITLE,
    "title_sort": _TITLE,
    "artist": _ARTIST,
    "artists": _ARTIST,
    "sort_name": _ARTIST,
    "position": say("number"),
    "pregap": say("number"),
    "disc": _DISC,
    "disc_titles": _DISC,
    "kind": say("kind of album"),
    "date": say("date"),
    "released": say("date of this edition"),
    "genres": say("genre"),
    "cover": say("cover"),
    "lyrics": say("words"),
    "notes": say("notes"),
    "composer": say("composer"),
    "comment": say("comment"),
    "credits": say("who played"),
    "aliases": say("other spellings"),
    "licence": say("licence"),
    "support": say("address for support"),
}
_OTHER = say("other fields")
_FILES = {"renditions", "images"}  # come in later, and are no correction
_MOST_ROWS = 400  # of one command that are read


class ChangedFields(NamedTuple):
    """Fields as the model names them: of albums, and of `songs` songs."""

    album: tuple[str, ...] = ()
    song: tuple[str, ...] = ()
    songs: int = 0

    def named(self, albums: Sentence) -> Sentence:
        """Albums with what was changed of them: `45 (date; 2 songs: title, words)`."""
        parts = [_in_words(self.album)] if self.album else []
        if self.song:
            parts.append(say("{n} {n:song|songs}: {fields}", n=self.songs, fields=_in_words(self.song)))
        return framed("{albums} ({fields})", albums=albums, fields=listed(parts, "; ")) if parts else albums


def changed_fields(library: Library, done: DoneCommand) -> ChangedFields:
    """What a command left otherwise than it was; nothing where the journal cannot be read there."""
    written = islice(dict(library.index.pages.between(done.device, done.start, done.counter)).items(), _MOST_ROWS)
    of_album, of_song, songs = set[str](), set[str](), 0
    with suppress(LibraryError):
        for subject, place in written:
            earlier = (each for each in library.index.pages.of_subject(subject) if each.counter < done.start)
            before = next(earlier, None)
            if before is None:
                continue
            match read_row(library, *before), read_row(library, *place):
                case AlbumRow(release=old), AlbumRow(release=new):
                    of_album |= set(_differing(old, new))
                case TrackRow(track=old), TrackRow(track=new) if differing := set(_differing(old, new)):
                    of_song |= differing
                    songs += 1
    return ChangedFields(tuple(sorted(of_album)), tuple(sorted(of_song)), songs)


def _differing(old: Any, new: Any) -> Iterator[str]:
    for name in old.__struct_fields__:
        if name not in _FILES and getattr(old, name) != getattr(new, name):
            yield name


def _in_words(names: Iterable[str]) -> Sentence:
    known = set(names)
    said = [word for name, word in _FIELDS.items() if name in known]
    return listed(dict.fromkeys([*said, *([_OTHER] if known - set(_FIELDS) else [])]))
