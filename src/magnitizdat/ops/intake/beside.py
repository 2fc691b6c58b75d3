"""What lies beside music in its folder: pictures, words, and what nobody listens to."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from contextlib import closing
from pathlib import Path
from typing import NamedTuple

from magnitizdat.errors import DamagedError, MagError
from magnitizdat.model import File, Lyrics
from magnitizdat.ops.intake.account import Account
from magnitizdat.ops.intake.one_file import MAX_COVER_LENGTH, MAX_LYRICS_LENGTH, NO_COVER, LazyFile, Taker, cover_rank
from magnitizdat.ops.intake.scan import IGNORED_SUFFIXES, IMAGE_SUFFIXES, ScannedFile, reason_of
from magnitizdat.sentence import Sentence, advice, say, size_words
from magnitizdat.workers.code_pages import decoded
from magnitizdat.workers.pool import ParserPool

PICTURE, WORDS, LIST, TEXT = "picture", "lyrics", "playlist", "text"
_KINDS = {
    ".lrc": WORDS,
    ".cue": "cue sheet",
    **dict.fromkeys((".m3u", ".m3u8", ".pls", ".xspf", ".wpl", ".asx"), LIST),
    **dict.fromkeys(IMAGE_SUFFIXES, PICTURE),
}
_ALONE = {
    PICTURE: advice(
        terminal=say("it is a picture; import the folder that its album lies in, or use `mag edit ALBUM --cover`"),
        page=say(
            "it is a picture; import the folder that its album lies in, or choose it as the cover when"
            " you edit the album"
        ),
    ),
    WORDS: say("these are the words of a song; import the folder in which both lie"),
    "cue sheet": say("it is a cue sheet; import the folder in which it and its music lie"),
    LIST: say("it is a playlist; import its music, then the playlist by its own name"),
}


def kind_of(found: ScannedFile) -> str:
    """What a file beside music is by its name; empty where it may be music."""
    suffix = found.path.suffix.lower()
    return _KINDS.get(suffix, TEXT if suffix in IGNORED_SUFFIXES else "")


def alone(found: ScannedFile) -> Sentence:
    """Why a file is left out that somebody named, and that lies beside no music."""
    return _ALONE.get(
        kind_of(found), say("it is not music that can be taken in; FLAC, MP3, Ogg, Opus, M4A, WAV and some others can")
    )


class Lying(NamedTuple):
    """A picture or words beside music. `was`: SHA-256 of what was taken of it before, where it was met before."""

    found: ScannedFile
    source: LazyFile
    was: str = ""
    is_fresh: bool = True


class ChosenCover(NamedTuple):
    """A picture that stands for a folder, and the file that it is in the library."""

    lying: Lying
    file: File


class FolderPictures:
    """All pictures that an import meets. Which of them are covers is known at its end: discs share those above them."""

    def __init__(
        self, account: Account, taker: Taker, remember: Callable[[ScannedFile, str], None], pool: ParserPool
    ) -> None:
        self._account = account
        self._taker = taker
        self._remember = remember
        self._pool = pool
        self._met: list[Lying] = []
        self._taken: dict[Path, tuple[str, str]] = {}
        self._refused: dict[Path, Sentence] = {}
        self._above: dict[Path, list[Lying]] = {}

    def meet(self, pictures: Sequence[Lying], folder: Path) -> None:
        """Those of a folder."""
        self._met += pictures
        above = folder.parents
        self._above = {path: kept for path, kept in self._above.items() if path in above}
        if pictures:
            self._above[folder] = list(pictures)

    def above(self, folder: Path) -> list[Lying]:
        """Those of the folder above."""
        return self._above.get(folder.parent, [])

    def choose(self, pictures: Sequence[Lying]) -> ChosenCover | None:
        """The picture that stands for a folder: by its name, or because it is the only one."""
        ranked = sorted(pictures, key=lambda each: cover_rank(each.found.path.stem))
        refused: dict[Path, Sentence] = {}
        for each in ranked:
            if cover_rank(each.found.path.stem) >= NO_COVER and len(ranked) > 1:
                break
            try:
                return ChosenCover(each, self._keep(each))
            except (OSError, MagError) as exc:
                refused[each.found.path] = reason_of(exc)
        self._refused |= refused  # where another one serves, nobody misses them
        return None

    def _keep(self, lying: Lying) -> File:
        """Raises: SourceError where it is no cover; OSError."""
        if lying.found.length > MAX_COVER_LENGTH:
            raise DamagedError(
                say(
                    "a cover of {length} is larger than 16 MiB; put a smaller one in its place",
                    length=size_words(lying.found.length),
                )
            )
        with closing(lying.source) as source:
            media_type, content = self._pool.portray(source.read_at(0, source.length))
        return self._taker.keep(content, media_type)

    def took(self, chosen: ChosenCover, title: str) -> None:
        """It is the cover of that album."""
        self._taken[chosen.lying.found.path] = (title, chosen.file.sha256)

    def refuse_alone(self, pictures: Sequence[Lying]) -> None:
        """Nothing that they could belong to lies beside them: whoever named one is told."""
        self._refused |= {each.found.path: alone(each.found) for each in pictures if each.found.is_pointed_at}

    def end(self) -> None:
        """Nothing else is going to be met: each ends as what it came to be."""
        for lying in self._met:
            path = lying.found.path
            title, sha256 = self._taken.get(path, ("", lying.was))
            if lying.was and not lying.is_fresh and lying.was == sha256:
                self._account.end("unchanged")
            elif title:
                self._account.name(lying.found, "cover", "covers", of=title)
                self._remember(lying.found, sha256)
            elif path in self._refused:
                self._account.leave_out(lying.found, self._refused[path])
            else:
                self._account.name(lying.found, PICTURE, "beside")
                self._remember(lying.found, "")
        self._met, self._taken, self._refused, self._above = [], {}, {}, {}


class Words:
    """Words in files of their own beside the songs of one folder, by the name that both have."""

    def __init__(self, account: Account, taker: Taker, remember: Callable[[ScannedFile, str], None]) -> None:
        self._account = account
        self._taker = taker
        self._remember = remember
        self._waiting: dict[str, Lying] = {}
        self._twins: list[Lying] = []
        self._kept: dict[str, Lyrics] = {}

    def meet(self, lying: Lying) -> None:
        """One that lies there; of two for one song the first counts."""
        if self._waiting.setdefault(lying.found.path.stem.casefold(), lying) is not lying:
            self._twins.append(lying)

    def fresh(self, song: ScannedFile) -> Lying | None:
        """Those of a song that were not met before as they are."""
        lying = self._waiting.get(song.path.stem.casefold())
        return lying if lying is not None and lying.is_fresh else None

    def take(self, song: ScannedFile, title: str) -> Lyrics | None:
        """The words of a song, sealed; None where there are none, or they cannot be read, which is told."""
        stem = song.path.stem.casefold()
        lying = self._waiting.pop(stem, None)
        if lying is None:
            return self._kept.get(stem)
        try:
            file = self._taker.keep(self._read(lying).encode(), "text/x-lrc")
        except (OSError, MagError) as exc:
            self._account.leave_out(lying.found, reason_of(exc))
            return None
        self._account.name(lying.found, WORDS, "lyrics", of=title)
        self._remember(lying.found, file.sha256)
        self._kept[stem] = Lyrics(file=file)
        return self._kept[stem]

    def _read(self, lying: Lying) -> str:
        if lying.found.length > MAX_LYRICS_LENGTH:
            raise DamagedError(say("lyrics of more than 1 MiB are not taken in; shorten the file"))
        with closing(lying.source) as source:
            text = decoded(source.read_at(0, source.length))
        if not text.strip() or "\0" in text:
            raise DamagedError(say("there are no words in it"))
        return text

    def end(self) -> Iterator[ScannedFile]:
        """No more songs come: what no song took. Those that were taken before end as unchanged."""
        for lying in (*self._waiting.values(), *self._twins):
            if lying.was and not lying.is_fresh:
                self._account.end("unchanged")
            else:
                self._remember(lying.found, "")
                yield lying.found
        self._waiting, self._twins = {}, []
