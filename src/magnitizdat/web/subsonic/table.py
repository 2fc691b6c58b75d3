"""Every endpoint by its name. What the specification has and this table does not is answered as unknown."""

from __future__ import annotations

import threading
from collections import OrderedDict
from typing import Any

from starlette.requests import Request
from starlette.responses import Response

from magnitizdat.web.http.routes import ANYBODY, PLAYERS, Endpoint
from magnitizdat.web.http.service import Service
from magnitizdat.web.subsonic import browsing, keeping, lists, media, playlists, system
from magnitizdat.web.subsonic import model_kept as kept
from magnitizdat.web.subsonic.calls import Answer, Call, Method
from magnitizdat.web.subsonic.door import OPEN_TO_PAGES, PLAYERS_DOOR, answer, params_of
from magnitizdat.web.subsonic.params import GENERIC, RefusedError

HANDLERS: dict[str, Method] = {
    # system
    "ping": system.ping,
    "getLicense": system.licence,
    "tokenInfo": system.token_info,
    "getScanStatus": system.scan_status,
    "startScan": system.scan_status,
    "getUser": system.user,
    "getUsers": system.users,
    # browsing
    "getMusicFolders": browsing.music_folders,
    "getIndexes": browsing.indexes,
    "getMusicDirectory": browsing.music_directory,
    "getGenres": browsing.genres,
    "getArtists": browsing.artists,
    "getArtist": browsing.artist,
    "getAlbum": browsing.album,
    "getSong": browsing.song,
    "getAlbumInfo": browsing.album_info,
    "getAlbumInfo2": browsing.album_info,
    "getArtistInfo": browsing.artist_info,
    "getArtistInfo2": browsing.artist_info2,
    "getSimilarSongs": browsing.similar_songs,
    "getSimilarSongs2": browsing.similar_songs2,
    "getTopSongs": browsing.top_songs,
    # lists and search
    "getAlbumList": lists.album_list,
    "getAlbumList2": lists.album_list2,
    "getRandomSongs": lists.random_songs,
    "getSongsByGenre": lists.songs_by_genre,
    "getStarred": lists.starred,
    "getStarred2": lists.starred2,
    "search": lists.search,
    "search2": lists.search2,
    "search3": lists.search3,
    # what people do
    "star": keeping.star,
    "unstar": keeping.unstar,
    "setRating": keeping.set_rating,
    "scrobble": keeping.scrobble,
    "reportPlayback": keeping.report_playback,
    "getNowPlaying": keeping.now_playing,
    "getBookmarks": keeping.bookmarks,
    "createBookmark": keeping.create_bookmark,
    "deleteBookmark": keeping.delete_bookmark,
    "getPlayQueue": keeping.play_queue,
    "savePlayQueue": keeping.save_play_queue,
    "getPlayQueueByIndex": keeping.play_queue_by_index,
    "savePlayQueueByIndex": keeping.save_play_queue_by_index,
    "getPlaylists": playlists.playlists_of,
    "getPlaylist": playlists.playlist,
    "createPlaylist": playlists.create_playlist,
    "updatePlaylist": playlists.update_playlist,
    "deletePlaylist": playlists.delete_playlist,
    # sound, pictures, words
    "stream": media.stream,
    "download": media.download,
    "getCoverArt": media.cover_art,
    "getAvatar": media.avatar,
    "getLyrics": media.lyrics,
    "getLyricsBySongId": media.lyrics_by_song,
    # none of these are here
    "getPodcasts": system.empty("podcasts", kept.Podcasts(channel=())),
    "getNewestPodcasts": system.empty("newestPodcasts", kept.NewestPodcasts(episode=())),
    "getInternetRadioStations": system.empty(
        "internetRadioStations", kept.InternetRadioStations(internet_radio_station=())
    ),
    "getShares": system.empty("shares", kept.Shares(share=())),
    "getChatMessages": system.empty("chatMessages", kept.ChatMessages(chat_message=())),
    "getVideos": system.empty("videos", kept.Videos(video=())),
    # nor can these be done
    **dict.fromkeys(("addChatMessage",), system.refused("chat")),
    **dict.fromkeys(
        ("createPodcastChannel", "deletePodcastChannel", "deletePodcastEpisode", "downloadPodcastEpisode",
         "getPodcastEpisode", "refreshPodcasts"),
        system.refused("podcasts"),
    ),
    **dict.fromkeys(
        ("createInternetRadioStation", "deleteInternetRadioStation", "updateInternetRadioStation"),
        system.refused("radio stations"),
    ),
    **dict.fromkeys(("createShare", "updateShare", "deleteShare"), system.refused("shares by link")),
    **dict.fromkeys(
        ("createUser", "updateUser", "deleteUser", "changePassword"),
        system.refused("users to change: its owner lets players in"),
    ),
    **dict.fromkeys(("getVideoInfo", "getCaptions"), system.refused("videos")),
    **dict.fromkeys(
        ("hls.m3u8", "hls", "getTranscodeDecision", "getTranscodeStream"),
        system.refused("encoding on the fly; stream the original or its small version"),
    ),
    "jukeboxControl": system.refused("loudspeakers"),
    **dict.fromkeys(
        ("findSonicPath", "getSonicSimilarTracks"), system.refused("comparison of sounds; ask for similar songs")
    ),
}  # fmt: skip

CACHED = {"getArtists", "getIndexes", "getGenres", "getAlbumList", "getAlbumList2", "search2", "search3"}
"""Long answers that stay the same until something changes; of searches those while somebody types and goes back."""
CACHE_LENGTH = 8 << 20
_LOGIN = ("u", "p", "t", "s", "apiKey", "c", "v")


class Answers:
    """Encoded answers of one state of the library; the oldest go when there are too many bytes."""

    def __init__(self, _service: Service) -> None:
        self._guard = threading.Lock()
        self._state: tuple[Any, ...] = ()
        self._bodies: OrderedDict[tuple[Any, ...], tuple[bytes, str]] = OrderedDict()
        self._length = 0

    def find(self, state: tuple[Any, ...], key: tuple[Any, ...]) -> tuple[bytes, str] | None:
        """Body and media type; all is forgotten when the state is another one."""
        with self._guard:
            if state != self._state:
                self._state, self._length = state, 0
                self._bodies.clear()
            return self._bodies.get(key)

    def keep(self, state: tuple[Any, ...], key: tuple[Any, ...], body: bytes, media_type: str) -> None:
        """Remember an answer, unless the state has changed meanwhile."""
        with self._guard:
            if state != self._state or len(body) > CACHE_LENGTH // 2 or key in self._bodies:
                return
            self._bodies[key] = body, media_type
            self._length += len(body)
            while self._length > CACHE_LENGTH:
                _, (gone, _) = self._bodies.popitem(last=False)
                self._length -= len(gone)


def _endpoint(name: str, handler: Method) -> list[Endpoint]:
    def handle(request: Request, service: Service) -> Response:
        call = _call(request, service)
        if name not in CACHED or call.params.optional("type") == "random":
            return _responded(request, handler(call))
        answers = service.only(Answers)
        state = (service.opening, *call.library.index.version())
        key = (name, call.listener, call.params.key(*_LOGIN))
        found = answers.find(state, key)
        if found is not None:
            return Response(found[0], 200, OPEN_TO_PAGES, found[1])
        response = _responded(request, handler(call))
        answers.keep(state, key, bytes(response.body), response.media_type or "")
        return response

    paths = (f"/rest/{name}", f"/rest/{name}.view")
    return [Endpoint(path, ("GET", "POST"), handle, PLAYERS, PLAYERS_DOOR) for path in paths]


def _call(request: Request, service: Service) -> Call:
    who = request.state.who
    return Call(params_of(request), service.library(), who.listener, request.state.user, who.app, service, request)


def _responded(request: Request, answered: Answer | Response) -> Response:
    if isinstance(answered, Answer):
        return answer(request, *answered)
    answered.headers.update(OPEN_TO_PAGES)
    return answered


def _extensions(request: Request, _service: Service) -> Response:
    """Open to everybody: players ask before they log in."""
    return answer(request, "openSubsonicExtensions", system.EXTENSIONS)


def _unknown(_request: Request, _service: Service) -> Response:
    raise RefusedError(GENERIC, "This server does not know what was asked for.")


ENDPOINTS: tuple[Endpoint, ...] = (
    *(endpoint for name, handler in HANDLERS.items() for endpoint in _endpoint(name, handler)),
    *(
        Endpoint(path, ("GET", "POST"), _extensions, ANYBODY, PLAYERS_DOOR, while_locked=True)
        for path in ("/rest/getOpenSubsonicExtensions", "/rest/getOpenSubsonicExtensions.view")
    ),
    Endpoint("/rest/{name:path}", ("GET", "POST"), _unknown, PLAYERS, PLAYERS_DOOR),
)
