"""Browsing: artists, albums, songs and genres, by tags and (for older players) by folders of artists and albums."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence

from magnitizdat.formats.spelling.words import ARTICLES
from magnitizdat.library.index.browse import SongLine
from magnitizdat.library.index.overview import ArtistLine
from magnitizdat.ops.listen import browsing, listening
from magnitizdat.ops.listen.listening import MAX_STARS
from magnitizdat.ops.voices.shown import about_album, averages
from magnitizdat.web.subsonic import render
from magnitizdat.web.subsonic.calls import Answer, Call
from magnitizdat.web.subsonic.model import (
    AlbumInfo,
    ArtistInfo,
    ArtistInfo2,
    ArtistsID3,
    ArtistWithAlbums,
    Child,
    Directory,
    Genre,
    Genres,
    Index,
    Indexes,
    IndexID3,
    MusicFolder,
    MusicFolders,
    Songs,
)
from magnitizdat.web.subsonic.params import missing

FOLDER = 1
FOLDER_NAME = "Music"
_IGNORED = " ".join(word.capitalize() for word in ARTICLES)


def in_folder(call: Call) -> bool:
    """Whether the one folder that there is was asked for, or none in particular."""
    return call.params.optional("musicFolderId") in {None, "", str(FOLDER)}


def music_folders(_call: Call) -> Answer:
    return Answer("musicFolders", MusicFolders(music_folder=(MusicFolder(id=FOLDER, name=FOLDER_NAME),)))


def artists(call: Call) -> Answer:
    lines = _album_artists(call)
    marks = render.artist_marks(call)
    index = tuple(
        IndexID3(name=letter, artist=tuple(render.artist(line, marks.get(line.id, render.NO_MARK)) for line in group))
        for letter, group in _by_letter(lines)
    )
    return Answer("artists", ArtistsID3(ignored_articles=_IGNORED, index=index))


def indexes(call: Call) -> Answer:
    """By folders. A player that has them already gets none."""
    changed = call.library.changed()
    lines = _album_artists(call) if changed > call.params.number("ifModifiedSince", 0, most=1 << 62) else []
    index = tuple(Index(name=letter, artist=render.artist_folders(call, group)) for letter, group in _by_letter(lines))
    return Answer("indexes", Indexes(ignored_articles=_IGNORED, last_modified=changed, index=index))


def artist(call: Call) -> Answer:
    line = _artist(call)
    (found,) = render.artists(call, [line])
    albums = render.albums(call, browsing.albums_of(call.library, line))
    fields = {name: getattr(found, name) for name in found.__struct_fields__}
    return Answer("artist", ArtistWithAlbums(**fields, album=albums))


def album(call: Call) -> Answer:
    line = call.library.browse.album(call.params.text("id"))
    if line is None:
        raise missing("album")
    return Answer("album", render.album_with_songs(call, line, call.library.browse.songs_of(line.id)))


def song(call: Call) -> Answer:
    return Answer("song", render.songs(call, [named_song(call)])[0])


def genres(call: Call) -> Answer:
    lines = call.library.browse.overview().genres.values()
    return Answer(
        "genres",
        Genres(
            genre=tuple(
                Genre(value=line.name, song_count=len(line.songs), album_count=len(line.albums)) for line in lines
            )
        ),
    )


def music_directory(call: Call) -> Answer:
    """The one folder holds artists, an artist albums, an album songs."""
    wanted = call.params.text("id")
    if wanted == str(FOLDER):
        lines = _album_artists(call)
        children = tuple(
            Child(id=line.id, is_dir=True, title=line.name, artist=line.name, cover_art=line.id, parent=wanted)
            for line in lines
        )
        return Answer("directory", Directory(id=wanted, name=FOLDER_NAME, child=children))
    overview = call.library.browse.overview()
    if wanted in overview.artist_at:
        line = overview.artists[overview.artist_at[wanted]]
        children = render.album_folders(call, browsing.albums_of(call.library, line))
        return Answer("directory", Directory(id=line.id, name=line.name, parent=str(FOLDER), child=children))
    found = call.library.browse.album(wanted)
    if found is None:
        raise missing("folder")
    mark = listening.marks(call.library, call.listener, "album", [found.id]).get(found.id, render.NO_MARK)
    return Answer(
        "directory",
        Directory(
            id=found.id,
            name=found.title,
            parent=found.artist_id,
            child=render.songs(call, call.library.browse.songs_of(found.id)),
            starred=mark.starred or None,
            user_rating=mark.rating or None,
            average_rating=averages(call.library, [found.id]).get(found.id),
            play_count=mark.plays,
        ),
    )


def album_info(call: Call) -> Answer:
    """What its label wrote about an album, and then what is said of it, as plain text."""
    wanted = call.params.text("id")
    line = call.library.browse.album(wanted)
    song_line = None if line else call.library.browse.named([wanted]).get(wanted)
    found = line or (song_line.album if song_line else None)
    if found is None:
        raise missing("album")
    written = (browsing.notes(call.library, found.id) or "", *_reviews(call, found.id))
    return Answer("albumInfo", AlbumInfo(notes="\n\n".join(filter(None, written)) or None))


def _reviews(call: Call, album: str) -> Iterator[str]:
    """A paragraph of each label that is one's own or followed; of strangers none."""
    said = about_album(call.library, album)
    for each in (*said.own, *said.followed):
        stars = "★" * (each.rating or 0) + "☆" * (MAX_STARS - each.rating if each.rating else 0)
        head = " ".join(filter(None, (f"{each.label}:", stars, "Pick." if each.pick else "", each.headline)))
        yield "\n".join(filter(None, (head, each.text)))


def artist_info(call: Call) -> Answer:
    """Nothing is asked of the internet, so this knows nobody's life."""
    _artist(call)
    return Answer("artistInfo", ArtistInfo(similar_artist=()))


def artist_info2(call: Call) -> Answer:
    _artist(call)
    return Answer("artistInfo2", ArtistInfo2(similar_artist=()))


def similar_songs(call: Call) -> Answer:
    return Answer("similarSongs", _similar(call))


def similar_songs2(call: Call) -> Answer:
    return Answer("similarSongs2", _similar(call))


def top_songs(call: Call) -> Answer:
    """By name, or (extension topSongsByArtistId) by id. Of an unknown name there are none."""
    wanted = call.params.optional("id") or call.params.text("artist")
    line = browsing.artist(call.library, wanted)
    count = call.params.number("count", 50, most=500)
    lines = browsing.top_songs(call.library, call.listener, line, count=count) if line else []
    return Answer("topSongs", Songs(song=render.songs(call, lines)))


def named_song(call: Call, name: str = "id") -> SongLine:
    """The song that a parameter names."""
    wanted = call.params.text(name)
    found = call.library.browse.named([wanted]).get(wanted)
    if found is None:
        raise missing("song")
    return found


def _similar(call: Call) -> Songs:
    count = call.params.number("count", 50, most=500)
    lines = browsing.similar_songs(call.library, call.params.text("id"), count=count)
    if lines is None:
        raise missing("song, album or artist")
    return Songs(song=render.songs(call, lines))


def _artist(call: Call) -> ArtistLine:
    """By an artist's id, or that of a song or an album of theirs."""
    wanted = call.params.text("id")
    album_line = call.library.browse.album(wanted)
    song_line = call.library.browse.named([wanted]).get(wanted)
    meant = album_line.artist_id if album_line else song_line.album.artist_id if song_line else wanted
    overview = call.library.browse.overview()
    if meant not in overview.artist_at:
        raise missing("artist")
    return overview.artists[overview.artist_at[meant]]


def _album_artists(call: Call) -> Sequence[ArtistLine]:
    """Those that albums are by; whoever is heard on others' alone is found by search."""
    return [line for line in call.library.browse.overview().artists if line.own] if in_folder(call) else []


def _by_letter(lines: Iterable[ArtistLine]) -> Iterable[tuple[str, list[ArtistLine]]]:
    """What begins with no letter of any script stands under one sign."""
    found: dict[str, list[ArtistLine]] = {}
    for line in lines:
        first = line.order[:1].upper()[:1]
        found.setdefault(first if first.isalpha() else "#", []).append(line)
    return sorted(found.items())
