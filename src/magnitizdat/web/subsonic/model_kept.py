"""What answers are made of, continued: what people keep, who they are, words of songs, lists that stay empty here."""

from __future__ import annotations

from typing import ClassVar

from magnitizdat.web.subsonic.model import Child, Node


class Playlist(Node, frozen=True, kw_only=True):
    id: str
    name: str
    song_count: int
    duration: int
    created: str
    changed: str
    comment: str | None = None
    owner: str | None = None
    public: bool | None = None
    cover_art: str | None = None
    readonly: bool | None = None


class PlaylistWithSongs(Playlist, frozen=True, kw_only=True):
    entry: tuple[Child, ...]


class Playlists(Node, frozen=True, kw_only=True):
    playlist: tuple[Playlist, ...]


class PlayQueue(Node, frozen=True, kw_only=True):
    """`position` in milliseconds."""

    username: str
    changed: str
    changed_by: str
    entry: tuple[Child, ...]
    current: str | None = None
    position: int | None = None


class PlayQueueByIndex(Node, frozen=True, kw_only=True):
    username: str
    changed: str
    changed_by: str
    entry: tuple[Child, ...]
    current_index: int | None = None
    position: int | None = None


class Bookmark(Node, frozen=True, kw_only=True):
    """`position` in milliseconds."""

    position: int
    username: str
    created: str
    changed: str
    entry: Child
    comment: str | None = None


class Bookmarks(Node, frozen=True, kw_only=True):
    bookmark: tuple[Bookmark, ...]


class NowPlayingEntry(Child, frozen=True, kw_only=True):
    username: str
    minutes_ago: int
    player_id: int
    player_name: str | None = None


class NowPlaying(Node, frozen=True, kw_only=True):
    entry: tuple[NowPlayingEntry, ...]


class Line(Node, frozen=True, kw_only=True):
    """`start` in milliseconds."""

    text: ClassVar[str] = "value"
    value: str
    start: int | None = None


class Cue(Node, frozen=True, kw_only=True):
    """A word; both bytes are of the UTF-8 of its line, the last one included."""

    text: ClassVar[str] = "value"
    value: str
    start: int
    byte_start: int
    byte_end: int


class CueLine(Node, frozen=True, kw_only=True):
    index: int
    value: str
    cue: tuple[Cue, ...]
    start: int | None = None


class StructuredLyrics(Node, frozen=True, kw_only=True):
    lang: str
    synced: bool
    line: tuple[Line, ...]
    display_artist: str | None = None
    display_title: str | None = None
    offset: int | None = None
    kind: str | None = None
    cue_line: tuple[CueLine, ...] | None = None


class LyricsList(Node, frozen=True, kw_only=True):
    structured_lyrics: tuple[StructuredLyrics, ...]


class Lyrics(Node, frozen=True, kw_only=True):
    text: ClassVar[str] = "value"
    value: str
    artist: str | None = None
    title: str | None = None


class User(Node, frozen=True, kw_only=True):
    username: str
    scrobbling_enabled: bool
    admin_role: bool
    settings_role: bool
    download_role: bool
    upload_role: bool
    playlist_role: bool
    cover_art_role: bool
    comment_role: bool
    podcast_role: bool
    stream_role: bool
    jukebox_role: bool
    share_role: bool
    video_conversion_role: bool
    folder: tuple[int, ...]


class Users(Node, frozen=True, kw_only=True):
    user: tuple[User, ...]


class ScanStatus(Node, frozen=True, kw_only=True):
    scanning: bool
    count: int


class License(Node, frozen=True, kw_only=True):
    valid: bool


class TokenInfo(Node, frozen=True, kw_only=True):
    username: str


class Extension(Node, frozen=True, kw_only=True):
    name: str
    versions: tuple[int, ...]


class Podcasts(Node, frozen=True, kw_only=True):
    """Here there are none; the same goes for the five below."""

    channel: tuple[Child, ...]


class NewestPodcasts(Node, frozen=True, kw_only=True):
    episode: tuple[Child, ...]


class InternetRadioStations(Node, frozen=True, kw_only=True):
    internet_radio_station: tuple[Child, ...]


class Shares(Node, frozen=True, kw_only=True):
    share: tuple[Child, ...]


class ChatMessages(Node, frozen=True, kw_only=True):
    chat_message: tuple[Child, ...]


class Videos(Node, frozen=True, kw_only=True):
    video: tuple[Child, ...]
