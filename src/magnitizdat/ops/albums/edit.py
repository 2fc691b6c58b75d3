"""`mag edit` and `mag remove`: tags, covers, albums that belong together or apart. Identity stays (law 11)."""

from __future__ import annotations

import secrets
from collections.abc import Iterator, Sequence
from functools import partial
from pathlib import Path
from typing import Any

import msgspec

from magnitizdat.disk.reading import FileReader
from magnitizdat.errors import UsageError
from magnitizdat.formats.misfit import misfit
from magnitizdat.library.club_rows import ClubLabelRow
from magnitizdat.library.index.index import Index
from magnitizdat.library.index.views import AlbumView
from magnitizdat.library.journal import AlbumGone, AlbumRow, PublishedRow, Row, TrackGone, TrackRow
from magnitizdat.library.library import Changes, Library
from magnitizdat.library.reclaim import reclaim
from magnitizdat.model import RELEASE_KINDS, AlbumName, Lyrics, Release, Track
from magnitizdat.ops.albums.covers import chosen
from magnitizdat.ops.albums.ids import numbered_track
from magnitizdat.ops.albums.small_files import seal_small
from magnitizdat.ops.intake.grouping import release_id
from magnitizdat.ops.intake.one_file import MAX_COVER_LENGTH, MAX_LYRICS_LENGTH
from magnitizdat.ops.intake.said import Titled, corrected
from magnitizdat.sentence import advice, listed, say
from magnitizdat.workers.code_pages import decoded
from magnitizdat.workers.text import is_timed, iso_date, many_lines
from magnitizdat.workers.values import LYRICS_LIMIT

ALBUM_FIELDS = ("title", "artist", "date", "released", "kind", "sort_name", "genres", "licence", "support")
TRACK_FIELDS = ("title", "artist", "disc", "position", "genres", "composer", "comment")


def own_album(library: Library, text: str) -> tuple[AlbumView, Release]:
    """An album that may be changed here.

    Raises: UsageError where it is not there, or is somebody else's signed word.
    """
    view = library.shelf.find(text)
    release = library.shelf.release(view.id)
    if not view.own or release is None:
        raise UsageError(
            say(
                "«{title}» is signed by {label}; only its label can correct it",
                title=view.title,
                label=view.label or say("a label"),
            )
        )
    return view, release


def adopt(library: Library, changes: Changes, text: str) -> None:
    """An album that somebody passed on and nobody signed may be corrected: it is as if it had been imported here then.

    It stays the same album with the same songs. Anything else is let be.

    Raises: UsageError where it came through a club and stays there: as one's own it could go anywhere.
    """
    view = library.shelf.find(text)
    release = library.shelf.release(view.id)
    if view.own or not view.carried or release is None:
        return
    source = library.index.listening.kept_one(ClubLabelRow, f"club-label:{view.imprint}")
    if source is not None and source.club:
        raise UsageError(
            say(
                "«{title}» came to you through a club and stays there as it is; it cannot be corrected here",
                title=view.title,
            )
        )
    changes.row(AlbumRow(release=msgspec.structs.replace(release, id=view.id, tracks=())))
    changes.row(PublishedRow(release_id=view.id, imprint=""))
    for track in release.tracks:
        changes.row(TrackRow(release_id=view.id, track=track))
    changes.commit()  # by itself: what is corrected can be taken back, and that it is here cannot


def find_track(library: Library, text: str) -> tuple[Release, Track]:
    """A track of an own album by `ALBUM/3`, `ALBUM/2.3` (disc 2), or the beginning of its own id.

    Raises: UsageError where it is none or several.
    """
    album, slash, number = text.rpartition("/")
    if slash:
        _, release = own_album(library, album)
        track = numbered_track(release, number)
        if track is not None:
            return release, track
        raise UsageError(
            advice(
                terminal=say("there is no track «{text}»; `mag show {album}` lists them", text=text, album=album),
                page=say("there is no track «{text}» on this album; look at it again", text=text),
            )
        )
    albums = library.index.tracks.own_albums_with(text.casefold())
    for album_id in albums:
        found_release = library.shelf.release(album_id)
        matching = [track for track in found_release.tracks if track.id.startswith(text)] if found_release else []
        if found_release is not None and len(albums) == 1 and len(matching) == 1:
            return found_release, matching[0]
    raise UsageError(
        advice(
            terminal=say(
                "«{text}» names no single track; `mag show ALBUM` lists them as ALBUM/1, ALBUM/2 …", text=text
            ),
            page=say("«{text}» names no single track; choose one on its album", text=text),
        )
    )


def edit(
    library: Library,
    targets: str | Sequence[str],
    fields: dict[str, Any],
    *,
    cover: Path | None = None,
    lyrics: Path | None = None,
    no_lyrics: bool = False,
) -> str:
    """Correct fields, covers and words of albums or of tracks (`ALBUM/3`), in one command; the first album's id.

    An album's artist reaches those of its tracks that had the old one. Words replace all that a track had.
    """
    targets = [targets] if isinstance(targets, str) else targets
    for target in targets:
        _require_fields(fields, target, has_words=lyrics is not None or no_lyrics)
    if not fields and cover is None and lyrics is None and not no_lyrics:
        raise UsageError(
            advice(
                terminal=say("nothing to change was given; for example --title, --artist, --date or --cover"),
                page=say("nothing was changed yet; write something else into a field first"),
            )
        )
    with library.changes() as changes:
        for target in targets:
            adopt(library, changes, target.rpartition("/")[0] or target)
        if cover is not None:
            fields = {**fields, "cover": seal_small(library, changes, *_read_cover(cover))}
        if lyrics is not None:
            fields = {**fields, "lyrics": (Lyrics(file=seal_small(library, changes, *read_words(lyrics))),)}
        elif no_lyrics:
            fields = {**fields, "lyrics": ()}
        edited = []
        for target in targets:
            if "/" in target:
                release, track = find_track(library, target)
                changes.row(TrackRow(release_id=release.id, track=replaced(track, fields)))
            else:
                _, release = own_album(library, target)
                for row in album_rows(release, fields):
                    changes.row(row)
            edited.append(release)
        changes.done("edit", list(dict.fromkeys(release.title for release in edited)))
        changes.commit()  # the cover before is kept for an undo, until something is removed
        return edited[0].id


def _require_fields(fields: dict[str, Any], target: str, *, has_words: bool) -> None:
    is_track = "/" in target
    allowed = TRACK_FIELDS if is_track else ALBUM_FIELDS
    wrong = [name for name in fields if name not in allowed] or (["lyrics"] if has_words and not is_track else [])
    if wrong:
        what = (
            say("a track has no {field}; it has {fields}")
            if is_track
            else say("an album has no {field}; it has {fields}")
        )
        raise UsageError(what.filled(field=wrong[0], fields=", ".join(allowed)))
    require_kind(fields)
    require_dates(fields)


def album_rows(release: Release, fields: dict[str, Any]) -> Iterator[Row]:
    """What corrects an album: its fields, and its artist on the tracks that had the one before.

    Raises: UsageError with the field that does not fit.
    """
    yield AlbumRow(release=replaced(msgspec.structs.replace(release, tracks=()), fields))
    if "artist" in fields:
        yield from (TrackRow(release_id=release.id, track=each) for each in reached(release, fields["artist"]))


def reached(release: Release, artist: str) -> list[Track]:
    """The tracks that had the artist of their album, with its new one."""
    same = [track for track in release.tracks if track.artist == release.artist != artist]
    return [replaced(track, {"artist": artist}) for track in same]


def read_words(path: Path) -> tuple[bytes, str]:
    """The words of a song in a file, plain or LRC, in whichever code page; as UTF-8, with its media type.

    Raises: UsageError where that is no text, or longer than a mebibyte.
    """
    with FileReader(path.resolve()) as reader:
        content = reader.read_at(0, MAX_LYRICS_LENGTH + 1)
    text = many_lines(decoded(content), limit=LYRICS_LIMIT) if len(content) <= MAX_LYRICS_LENGTH else ""
    if not text or (b"\0" in content and not content.startswith((b"\xff\xfe", b"\xfe\xff"))):
        raise UsageError(say("words of a song are a text of at most 1 MiB, plain or LRC; choose another file"))
    return text.encode(), "text/x-lrc" if is_timed(text) else "text/plain"


def require_kind(fields: dict[str, Any]) -> None:
    """What a person calls a release is known here, whatever a newer mag may call another.

    Raises: UsageError.
    """
    kind = fields.get("kind", RELEASE_KINDS[0])
    if kind not in RELEASE_KINDS:
        raise UsageError(
            say(
                "«{kind}» is not a kind of release; the kinds are {release_kinds}",
                kind=kind,
                release_kinds=listed(RELEASE_KINDS),
            )
        )


def require_dates(fields: dict[str, Any]) -> None:
    """Days that there are, as documents have them.

    Raises: UsageError.
    """
    for date in filter(None, map(fields.get, ("date", "released"))):
        if not isinstance(date, str) or iso_date(date) != date:
            raise UsageError(
                say("«{date}» is no date that can be written; dates are for example 1982 or 1982-05-01", date=date)
            )


def replaced(value: Titled, fields: dict[str, Any]) -> Titled:
    """A changed value that still fits its schema.

    Raises: UsageError with the field that does not.
    """
    changed = corrected(value, fields)
    try:
        return msgspec.json.decode(msgspec.json.encode(changed), type=type(value))
    except msgspec.ValidationError as exc:
        raise UsageError(
            say("this cannot be written: {why}; dates are for example 1982 or 1982-05-01", why=misfit(exc))
        ) from exc


def _read_cover(path: Path) -> tuple[bytes, str]:
    with FileReader(path.resolve()) as reader:
        content = reader.read_at(0, MAX_COVER_LENGTH + 1)
    return chosen(content)


def merge_albums(library: Library, into: str, others: Sequence[str]) -> str:
    """Move all tracks of other own albums into one; where numbers are taken there, behind it as further discs."""
    with library.changes() as changes:
        target, target_release = own_album(library, into)
        placed, names, images = list(target_release.tracks), [target_release.title], list(target_release.images)
        for other in others:
            view, release = own_album(library, other)
            if view.imprint:
                raise UsageError(
                    advice(
                        terminal=say(
                            "«{title}» is signed by {label}; `mag publish --withdraw` it first",
                            title=view.title,
                            label=view.label,
                        ),
                        page=say(
                            "«{title}» is signed by {label}; withdraw it first, from its menu",
                            title=view.title,
                            label=view.label,
                        ),
                    )
                )
            if view.id == target.id:
                raise UsageError(say("an album cannot be merged into itself; name another one"))
            moved = _behind(placed, release.tracks)
            placed += moved
            for track, there in zip(release.tracks, moved, strict=True):
                changes.row(TrackGone(release_id=release.id, track=track))
                changes.row(TrackRow(release_id=target.release_id, track=there))
            changes.row(AlbumGone(release_id=release.id))
            images += [image for image in release.images if image not in images]
            names.append(release.title)
        if len(images) > len(target_release.images):
            fields = msgspec.structs.replace(target_release, tracks=(), images=tuple(images))
            changes.row(AlbumRow(release=fields))
        changes.done("merge", names)
        changes.commit()
    return target.id


def _behind(placed: Sequence[Track], tracks: Sequence[Track]) -> list[Track]:
    taken = {(track.disc, track.position) for track in placed if track.position}
    if not any((track.disc, track.position) in taken for track in tracks):
        return list(tracks)
    last = max(track.disc for track in placed)
    return [msgspec.structs.replace(track, disc=min(9999, track.disc + last)) for track in tracks]


def split_album(library: Library, tracks: Sequence[str], title: str) -> str:
    """Move some tracks of one own album into a new one with this title; its id comes back."""
    with library.changes() as changes:
        found = [find_track(library, text) for text in tracks]
        source = found[0][0]
        if any(release.id != source.id for release, _ in found):
            raise UsageError(say("these tracks stand on several albums; split one album at a time"))
        bare = msgspec.structs.replace(source, tracks=(), id=release_id(("split", secrets.token_hex(8))), title=title)
        changes.row(AlbumRow(release=bare))
        for _, track in found:
            changes.row(TrackGone(release_id=source.id, track=track))
            changes.row(TrackRow(release_id=bare.id, track=track))
        changes.done("split", [source.title, title])
        changes.commit()
    return bare.id


def remove(library: Library, targets: Sequence[str]) -> tuple[list[AlbumName], int]:
    """Take albums out and give their space back; which they were, and how many bytes that gave."""
    removed = []
    with library.changes(frees=True) as changes:
        for target in targets:
            view = library.shelf.find(target)
            changes.then(partial(_look_again, shared=library.shelf.release(view.id)))
            changes.row(AlbumGone(release_id=view.release_id, imprint="" if view.own else view.imprint))
            removed.append(AlbumName(id=view.id, title=view.title))
        changes.done("remove", [album.title for album in removed])
        changes.commit()
        freed = reclaim(library, changes)
    return removed, freed


def _look_again(index: Index, shared: Release | None) -> None:
    """What else has these files may be the only one that comes again: an import looks at it."""
    index.sources.forget_files(track.file.sha256 for track in (shared.tracks if shared is not None else ()))
