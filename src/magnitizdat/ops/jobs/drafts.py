"""What files that came would be as albums, before anything of it is kept; and taking them in as they were corrected."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from contextlib import closing
from pathlib import Path
from typing import Annotated, NamedTuple

import msgspec
from msgspec import Meta, structs

from magnitizdat.errors import DamagedError, NotFoundError, UnsupportedError, UsageError
from magnitizdat.library.library import Library
from magnitizdat.model import File, Release, Shortfall, Track, Value
from magnitizdat.ops.albums.edit_form import AlbumPatch, TrackPatch, revise
from magnitizdat.ops.intake.arranging import Arranger, NoAlbums
from magnitizdat.ops.intake.beside import kind_of
from magnitizdat.ops.intake.grouping import Taken
from magnitizdat.ops.intake.importing import import_landed
from magnitizdat.ops.intake.one_file import MAX_COVER_LENGTH, cover_rank, track_of
from magnitizdat.ops.intake.preview import SNIFFED, audio, repairs_of
from magnitizdat.ops.intake.received import Landed
from magnitizdat.ops.intake.scan import IMAGE_SUFFIXES, ScannedFile, by_folder
from magnitizdat.ops.jobs.chores import imported
from magnitizdat.ops.jobs.jobs import Ended, Watch, Work
from magnitizdat.sentence import say
from magnitizdat.workers.pool import ParserPool
from magnitizdat.workers.sniff import sniff
from magnitizdat.workers.values import Parsed

NOT_MUSIC = say("it is not music that can be taken in; FLAC, MP3, Ogg, Opus, M4A, WAV and some others can")
NO_PICTURE = say("there is no picture in this file; choose another one for the cover")


class DraftTrack(Value, frozen=True, kw_only=True, omit_defaults=False):
    """A track of a draft. `upload` names the file that it is; inside an archive also by its number there: `3.7`."""

    upload: str | int
    title: str
    artist: str
    disc: int
    position: int
    pregap: bool
    duration_s: float


class DraftRepair(Value, frozen=True, kw_only=True):
    """A tag that was written in an old Cyrillic encoding, before and after."""

    upload: str | int
    field: str
    before: str
    after: str


class Draft(Value, frozen=True, kw_only=True, omit_defaults=False):
    """An album to be looked at and corrected; `cover` is the number of the upload that its picture is or lies in."""

    title: str
    artist: str
    date: str
    genres: tuple[str, ...]
    cover: int | None
    tracks: tuple[DraftTrack, ...]
    repairs: tuple[DraftRepair, ...]


class Drafts(NamedTuple):
    """Albums, and files that are no music."""

    albums: tuple[Draft, ...]
    refused: tuple[Shortfall, ...]


class _Look:
    """Files that were looked into: by folder, and what a page calls each, by the digest that stands for it here."""

    def __init__(self) -> None:
        self.folders: dict[str, list[Taken]] = {}
        self.names: dict[str, str | int] = {}
        self.repairs: dict[str, tuple[DraftRepair, ...]] = {}
        self.refused: list[Shortfall] = []
        self.pictures: dict[str, int] = {}
        """Of folders that have one, the upload that it is."""
        self._covers: dict[str, int] = {}

    def add(self, named: str | int, found: ScannedFile, parsed: Parsed) -> None:
        digest = f"{len(self.names):064x}"
        self.names[digest] = named
        self.repairs[digest] = tuple(
            DraftRepair(upload=named, field=each.field, before=each.before, after=each.after)
            for each in repairs_of(found.hint, parsed.tags)
        )
        file = File(sha256=digest, length=found.length, media_type=parsed.media_type)
        taken = Taken(found.hint, parsed.tags, track_of(parsed.tags, parsed, file, found.hint, ()))
        self.folders.setdefault(found.hint.rpartition("/")[0], []).append(taken)
        if parsed.covers and isinstance(named, int):
            self._covers[digest] = named

    def albums(self) -> list[Draft]:
        """Albums of all folders; discs in folders of their own stand on one."""
        arranger, found = Arranger(NoAlbums()), dict[str, Draft]()
        for folder, taken in self.folders.items():
            for placed in arranger.add(taken, folder):
                album, before = placed.release, found.get(placed.release.id)
                found[album.id] = self._draft(album, (before and before.cover) or self.pictures.get(folder))
        return list(found.values())

    def _draft(self, release: Release, cover: int | None) -> Draft:
        embedded = (self._covers[each.file.sha256] for each in release.tracks if each.file.sha256 in self._covers)
        return Draft(
            title=release.title,
            artist=release.artist,
            date=release.date,
            genres=release.genres,
            cover=cover or next(embedded, None),
            tracks=tuple(map(self._track, release.tracks)),
            repairs=tuple(repair for track in release.tracks for repair in self.repairs[track.file.sha256]),
        )

    def _track(self, track: Track) -> DraftTrack:
        return DraftTrack(
            upload=self.names[track.file.sha256],
            title=track.title,
            artist=track.artist,
            disc=track.disc,
            position=track.position,
            pregap=track.pregap,
            duration_s=track.duration_s,
        )


def drafts(landed: Mapping[int, Landed], pool: ParserPool) -> Drafts:
    """Look into files that came, in workers; nothing is kept of it."""
    numbers = {each.found.path: number for number, each in landed.items()}
    sources = {each.found: each for each in landed.values()}
    look, music = _Look(), set[str]()
    for (found, source), parsed in pool.parse(audio(by_folder(sources), sources.__getitem__, pool)):
        source.close()
        named = _name(found, numbers)
        music.add(str(named).partition(".")[0])
        if isinstance(parsed, Parsed):
            look.add(named, found, parsed)
        else:
            look.refused.append(Shortfall(what=found.hint, reason=parsed.reason))
    look.refused += [
        Shortfall(what=each.found.hint, reason=NOT_MUSIC)
        for number, each in landed.items()
        if str(number) not in music and not kind_of(each.found)
    ]
    look.pictures = _pictures(landed)
    return Drafts(tuple(look.albums()), tuple(look.refused))


def _pictures(landed: Mapping[int, Landed]) -> dict[str, int]:
    """By folder the upload that an import would take for its cover."""
    found: dict[str, list[tuple[int, int]]] = {}
    for number, each in landed.items():
        if each.found.path.suffix.lower() in IMAGE_SUFFIXES:
            rank = cover_rank(each.found.path.stem)
            found.setdefault(each.found.hint.rpartition("/")[0], []).append((rank, number))
    return {folder: min(ranked)[1] for folder, ranked in found.items()}


def picture(landed: Landed, pool: ParserPool, *, side: int) -> bytes:
    """The picture that a file is, or has in its tags, as a small JPEG made by a worker.

    Raises: NotFoundError where there is none that can be read.
    """
    with closing(landed):
        try:
            return pool.scale(_picture_in(landed, pool), [side])[0]
        except (DamagedError, UnsupportedError) as exc:
            raise NotFoundError(NO_PICTURE) from exc


def _picture_in(landed: Landed, pool: ParserPool) -> bytes:
    if (sniff(landed.read_at(0, SNIFFED)) or "").startswith("image/"):
        return landed.read_at(0, MAX_COVER_LENGTH)
    for _, parsed in pool.parse([(None, landed, landed.found.hint)]):
        if isinstance(parsed, Parsed) and parsed.covers:
            return next((each for each in parsed.covers if each.kind == "front"), parsed.covers[0]).data
    raise NotFoundError(NO_PICTURE)


def _name(found: ScannedFile, numbers: Mapping[Path, int]) -> str | int:
    """What a page calls a file: the number of its upload, and behind a point that within an archive."""
    if found.member < 0:
        return numbers[found.path]
    archive = next(number for path, number in numbers.items() if str(found.path).startswith(f"{path}\x1f"))
    return f"{archive}.{found.member}"


# -- taking in ---------------------------------------------------------------------------------------------------------


_NO_COVER = say(
    "a cover is a JPEG, PNG, GIF, WebP, BMP, TIFF or JPEG 2000 picture of at most 16 MiB; choose another file"
)


class _UploadedPicture(msgspec.Struct, frozen=True):
    upload: int


class TrackWish(TrackPatch, frozen=True, kw_only=True):
    """A track as it was corrected; `upload` as the draft named it."""

    upload: str | int


class AlbumWish(AlbumPatch, frozen=True, kw_only=True):
    """An album as it was corrected. Without a `cover` it has the one that was found."""

    tracks: tuple[TrackWish, ...] = ()
    cover: _UploadedPicture | None = None


Wishes = Annotated[tuple[AlbumWish, ...], Meta(max_length=500)]


def take_in_corrected(library: Library, landed: Mapping[int, Landed], wishes: Sequence[AlbumWish]) -> Work:
    """Import files that came, then correct their albums as they were wished for: one `undo` shows their own tags."""
    pictures = [_picture(landed, wish) for wish in wishes]

    def work(watch: Watch) -> Ended:
        numbers = {each.found.path: number for number, each in landed.items()}
        stands: dict[str, str] = {}

        def seen(found: ScannedFile, sha256: str) -> None:
            stands[str(_name(found, numbers))] = sha256

        report = import_landed(library, list(landed.values()), seen=seen, progress=watch)
        albums = dict.fromkeys(report.albums)
        for wish, picture in zip(wishes, pictures, strict=True):
            album = _correct(library, wish, stands, picture)
            if album:
                albums[album] = None
        return imported(structs.replace(report, albums=tuple(albums)))

    return work


def _picture(landed: Mapping[int, Landed], wish: AlbumWish) -> bytes | None:
    """Raises: UsageError where that file is not here or too long."""
    if wish.cover is None:
        return None
    found = landed.get(wish.cover.upload)
    if found is None or found.length > MAX_COVER_LENGTH:
        raise UsageError(_NO_COVER)
    with closing(found):
        return found.read_at(0, found.length)


def _correct(library: Library, wish: AlbumWish, stands: Mapping[str, str], picture: bytes | None) -> str:
    """Correct the own album that most tracks of a draft stand on by now; its id, empty where there is none."""
    places: dict[str, list[tuple[int, TrackWish]]] = {}
    for track in wish.tracks:
        for album, place in library.index.tracks.own_places(stands.get(str(track.upload), "")):
            places.setdefault(album, []).append((place, track))
    if not places:
        return ""
    album = max(places, key=lambda each: len(places[each]))
    names = library.index.tracks.songs_of(album)
    tracks = tuple(
        TrackPatch(id=names[place], title=each.title, artist=each.artist, disc=each.disc, position=each.position)
        for place, each in places[album]
    )
    fields = {name: getattr(wish, name) for name in AlbumPatch.__struct_fields__ if name != "tracks"}
    return revise(library, album, AlbumPatch(**fields, tracks=tracks), cover=picture)
