"""An own album corrected in one go, as a page does it: fields, notes, credits, cover and tracks together."""

from __future__ import annotations

from typing import Annotated, Any

import msgspec
from msgspec import Meta, structs

from magnitizdat.errors import UsageError
from magnitizdat.formats.misfit import misfit
from magnitizdat.library.journal import AlbumRow, TrackRow
from magnitizdat.library.library import Changes, Library
from magnitizdat.model import Credit, File, LanguageTag, Name, Release, ShortText, Track, Value
from magnitizdat.ops.albums.contents import MAX_NOTES_LENGTH, notes_of, song_ids
from magnitizdat.ops.albums.covers import chosen
from magnitizdat.ops.albums.edit import adopt, own_album, require_dates, require_kind
from magnitizdat.ops.albums.small_files import seal_small
from magnitizdat.ops.intake.said import corrected
from magnitizdat.sentence import say


class TrackPatch(Value, frozen=True, kw_only=True):
    """What of a track changes; None stays. `id` is what players call it."""

    id: str = ""
    title: Name | None = None
    artist: Name | None = None
    disc: Annotated[int, Meta(ge=1, le=9999)] | None = None
    position: Annotated[int, Meta(ge=0, le=99999)] | None = None


class AlbumPatch(Value, frozen=True, kw_only=True):
    """What of an album changes; None stays. `notes` are liner notes by language as Markdown, all of them."""

    title: Name | None = None
    artist: Name | None = None
    date: Annotated[str, Meta(max_length=10)] | None = None
    kind: Annotated[str, Meta(max_length=32)] | None = None
    genres: tuple[Name, ...] | None = None
    licence: ShortText | None = None
    support: ShortText | None = None
    aliases: tuple[Name, ...] | None = None
    credits: tuple[Credit, ...] | None = None
    notes: dict[LanguageTag, Annotated[str, Meta(max_length=MAX_NOTES_LENGTH)]] | None = None
    tracks: tuple[TrackPatch, ...] = ()


_ALBUM = ("title", "artist", "date", "kind", "genres", "licence", "support", "aliases", "credits")
_TRACK = ("title", "artist", "disc", "position")


def editable(library: Library, album: str) -> dict[str, Any]:
    """The fields of an own album as they can be changed.

    Raises: UsageError where it is somebody else's signed word.
    """
    view = library.shelf.find(album)
    release = library.shelf.release(view.id) if view.carried else None
    release = release or own_album(library, album)[1]
    tracks = [
        {"id": song, **{name: getattr(track, name) for name in (*_TRACK, "pregap")}}
        for song, track in zip(song_ids(library, view.id), release.tracks, strict=True)
    ]
    fields = {name: msgspec.to_builtins(getattr(release, name)) for name in _ALBUM}
    return {**fields, "notes": notes_of(library, release), "tracks": tracks}


def revise(library: Library, album: str, patch: AlbumPatch, *, cover: bytes | None = None) -> str:
    """Correct an own album; one `undo` takes all of it back. Its id comes back.

    Raises: UsageError where it is not one's own, a track is not on it, or a field does not fit.
    """
    with library.changes() as changes:
        adopt(library, changes, album)
        view, release = own_album(library, album)
        tracks = dict(zip(song_ids(library, view.id), release.tracks, strict=True))
        if patch.kind != release.kind:
            require_kind(_given(patch, ("kind",)))
        if patch.date != release.date:
            require_dates(_given(patch, ("date",)))
        bare = structs.replace(release, tracks=())
        files = _files(library, changes, patch, cover)
        changed = _checked(corrected(bare, {**_given(patch, _ALBUM), **files}))
        if changed != bare:
            changes.row(AlbumRow(release=changed))
        unknown = {each.id for each in patch.tracks} - set(tracks)
        if unknown:
            raise UsageError(
                say("one of these songs is not on «{title}» any more; open the album again", title=view.title)
            )
        patches = {each.id: each for each in patch.tracks}
        for song, track in tracks.items():
            revised = _revised(track, patches.get(song, TrackPatch()), release.artist, changed.artist)
            if revised != track:
                changes.row(TrackRow(release_id=release.id, track=revised))
        changes.done("edit", [view.title])
        changes.commit()  # the cover before is kept for an undo, until something is removed
    return view.id


def _revised(track: Track, patch: TrackPatch, album_artist: str, now: str) -> Track:
    """The track corrected; one by the artist of its album is by the album's new one, unless something else is said."""
    fields = _given(patch, _TRACK)
    if track.artist == album_artist and fields.get("artist", track.artist) == track.artist:
        fields["artist"] = now
    return corrected(track, fields)


def _given(patch: AlbumPatch | TrackPatch, names: tuple[str, ...]) -> dict[str, Any]:
    return {name: value for name in names if (value := getattr(patch, name)) is not None}


def _files(library: Library, changes: Changes, patch: AlbumPatch, cover: bytes | None) -> dict[str, Any]:
    found: dict[str, Any] = {}
    if patch.notes is not None:
        texts = {language: text.strip() for language, text in patch.notes.items()}
        found["notes"] = {
            language: seal_small(library, changes, text.encode(), "text/markdown")
            for language, text in texts.items()
            if text
        }
    if cover is not None:
        found["cover"] = _seal_cover(library, changes, cover)
    return found


def _seal_cover(library: Library, changes: Changes, picture: bytes) -> File:
    return seal_small(library, changes, *chosen(picture))


def _checked(release: Release) -> Release:
    try:
        return msgspec.json.decode(msgspec.json.encode(release), type=Release)
    except msgspec.ValidationError as exc:
        raise UsageError(
            say("this cannot be written: {why}; dates are for example 1982 or 1982-05-01", why=misfit(exc))
        ) from exc
