"""What answers are made of, by the names of the specification: fields become JSON members, or attributes and elements.

None is "not known" and left out of both; a list that is known stands in JSON also where it is empty. Dates are ISO 8601
with a zone. Ids are strings, and numbers fit 32 bits but for sizes and times. Source: OpenSubsonic 1.16.1, "Responses".
"""

from __future__ import annotations

from typing import ClassVar

import msgspec


class Node(msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True, rename="camel"):
    """Base of all. Scalars are attributes in XML, but `text` (the element's own), and `elements`."""

    text: ClassVar[str] = ""
    elements: ClassVar[tuple[str, ...]] = ()


class ItemGenre(Node, frozen=True, kw_only=True):
    name: str


class RecordLabel(Node, frozen=True, kw_only=True):
    name: str


class ItemDate(Node, frozen=True, kw_only=True):
    """A date as far as it is known."""

    year: int | None = None
    month: int | None = None
    day: int | None = None


class DiscTitle(Node, frozen=True, kw_only=True):
    disc: int
    title: str


class ReplayGain(Node, frozen=True, kw_only=True):
    """In dB, and linear peaks."""

    track_gain: float | None = None
    album_gain: float | None = None
    track_peak: float | None = None
    album_peak: float | None = None


class ArtistID3(Node, frozen=True, kw_only=True):
    id: str
    name: str
    cover_art: str | None = None
    album_count: int | None = None
    starred: str | None = None
    user_rating: int | None = None
    music_brainz_id: str | None = None
    sort_name: str | None = None
    roles: tuple[str, ...] | None = None


class Contributor(Node, frozen=True, kw_only=True):
    role: str
    artist: ArtistID3


class Child(Node, frozen=True, kw_only=True):
    """A song, or (`is_dir`) an album or artist in the view by folders.

    The specification has no `name` and `song_count`; of albums Navidrome says them, and Feishin shows its favourites by
    them.
    """

    id: str
    is_dir: bool
    title: str
    name: str | None = None
    song_count: int | None = None
    parent: str | None = None
    album: str | None = None
    artist: str | None = None
    track: int | None = None
    year: int | None = None
    genre: str | None = None
    cover_art: str | None = None
    size: int | None = None
    content_type: str | None = None
    suffix: str | None = None
    transcoded_content_type: str | None = None
    transcoded_suffix: str | None = None
    duration: int | None = None
    bit_rate: int | None = None
    bit_depth: int | None = None
    sampling_rate: int | None = None
    channel_count: int | None = None
    path: str | None = None
    is_video: bool | None = None
    user_rating: int | None = None
    average_rating: float | None = None
    play_count: int | None = None
    disc_number: int | None = None
    created: str | None = None
    starred: str | None = None
    played: str | None = None
    album_id: str | None = None
    artist_id: str | None = None
    type: str | None = None
    media_type: str | None = None
    bookmark_position: int | None = None
    comment: str | None = None
    sort_name: str | None = None
    music_brainz_id: str | None = None
    isrc: tuple[str, ...] | None = None
    genres: tuple[ItemGenre, ...] | None = None
    artists: tuple[ArtistID3, ...] | None = None
    display_artist: str | None = None
    album_artists: tuple[ArtistID3, ...] | None = None
    display_album_artist: str | None = None
    contributors: tuple[Contributor, ...] | None = None
    display_composer: str | None = None
    moods: tuple[str, ...] | None = None
    replay_gain: ReplayGain | None = None


class AlbumID3(Node, frozen=True, kw_only=True):
    """The specification has `average_rating` of albums as folders alone; Navidrome says it of these too."""

    id: str
    name: str
    song_count: int
    duration: int
    created: str
    artist: str | None = None
    artist_id: str | None = None
    cover_art: str | None = None
    play_count: int | None = None
    starred: str | None = None
    year: int | None = None
    genre: str | None = None
    played: str | None = None
    user_rating: int | None = None
    average_rating: float | None = None
    record_labels: tuple[RecordLabel, ...] | None = None
    music_brainz_id: str | None = None
    genres: tuple[ItemGenre, ...] | None = None
    artists: tuple[ArtistID3, ...] | None = None
    display_artist: str | None = None
    release_types: tuple[str, ...] | None = None
    moods: tuple[str, ...] | None = None
    sort_name: str | None = None
    original_release_date: ItemDate | None = None
    release_date: ItemDate | None = None
    is_compilation: bool | None = None
    disc_titles: tuple[DiscTitle, ...] | None = None


class AlbumWithSongs(AlbumID3, frozen=True, kw_only=True):
    song: tuple[Child, ...]


class ArtistWithAlbums(ArtistID3, frozen=True, kw_only=True):
    album: tuple[AlbumID3, ...]


class IndexID3(Node, frozen=True, kw_only=True):
    """The artists under one letter."""

    name: str
    artist: tuple[ArtistID3, ...]


class ArtistsID3(Node, frozen=True, kw_only=True):
    ignored_articles: str
    index: tuple[IndexID3, ...]


class Artist(Node, frozen=True, kw_only=True):
    """An artist in the view by folders."""

    id: str
    name: str
    starred: str | None = None
    user_rating: int | None = None


class Index(Node, frozen=True, kw_only=True):
    name: str
    artist: tuple[Artist, ...]


class Indexes(Node, frozen=True, kw_only=True):
    """`last_modified` in milliseconds since 1970."""

    ignored_articles: str
    last_modified: int
    index: tuple[Index, ...]
    shortcut: tuple[Artist, ...] = ()
    child: tuple[Child, ...] = ()


class Directory(Node, frozen=True, kw_only=True):
    id: str
    name: str
    child: tuple[Child, ...]
    parent: str | None = None
    starred: str | None = None
    user_rating: int | None = None
    average_rating: float | None = None
    play_count: int | None = None


class MusicFolder(Node, frozen=True, kw_only=True):
    id: int
    name: str


class MusicFolders(Node, frozen=True, kw_only=True):
    music_folder: tuple[MusicFolder, ...]


class Genre(Node, frozen=True, kw_only=True):
    text: ClassVar[str] = "value"
    value: str
    song_count: int
    album_count: int


class Genres(Node, frozen=True, kw_only=True):
    genre: tuple[Genre, ...]


class AlbumList(Node, frozen=True, kw_only=True):
    album: tuple[Child, ...]


class AlbumList2(Node, frozen=True, kw_only=True):
    album: tuple[AlbumID3, ...]


class Songs(Node, frozen=True, kw_only=True):
    """Under several names: randomSongs, songsByGenre, similarSongs, topSongs."""

    song: tuple[Child, ...]


class SearchResult2(Node, frozen=True, kw_only=True):
    """Also `starred`."""

    artist: tuple[Artist, ...]
    album: tuple[Child, ...]
    song: tuple[Child, ...]


class SearchResult3(Node, frozen=True, kw_only=True):
    """Also `starred2`."""

    artist: tuple[ArtistID3, ...]
    album: tuple[AlbumID3, ...]
    song: tuple[Child, ...]


class SearchResult(Node, frozen=True, kw_only=True):
    """Of the oldest search."""

    offset: int
    total_hits: int
    match: tuple[Child, ...]


class AlbumInfo(Node, frozen=True, kw_only=True):
    elements: ClassVar[tuple[str, ...]] = ("notes", "music_brainz_id")
    notes: str | None = None
    music_brainz_id: str | None = None


class ArtistInfo(Node, frozen=True, kw_only=True):
    elements: ClassVar[tuple[str, ...]] = ("biography",)
    biography: str | None = None
    similar_artist: tuple[Artist, ...]


class ArtistInfo2(Node, frozen=True, kw_only=True):
    elements: ClassVar[tuple[str, ...]] = ("biography",)
    biography: str | None = None
    similar_artist: tuple[ArtistID3, ...]


class Error(Node, frozen=True, kw_only=True):
    code: int
    message: str
