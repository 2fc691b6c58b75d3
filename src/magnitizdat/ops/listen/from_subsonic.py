"""`mag import --from-subsonic URL`: stars, ratings, counts and playlists of a server like Navidrome or Supysonic.

The music itself comes by `mag import` from its files: here what a listener did to it finds its tracks by their names.
Running it again changes nothing twice. The password becomes a salted token for each request, if the server takes one.
"""

from __future__ import annotations

import hashlib
import ipaddress
import secrets
from collections.abc import Callable, Iterator
from datetime import UTC, datetime
from typing import Any
from urllib.parse import urlsplit

import msgspec

from magnitizdat.errors import DamagedError, MagError, NotFoundError, SourceError, UnreachableError, UsageError, partly
from magnitizdat.formats.names import clean_text
from magnitizdat.library.index.listening import Mark
from magnitizdat.library.index.overview import artist_id
from magnitizdat.library.journal import Kind, ListeningRow, PlayRow, RatingRow, StarRow
from magnitizdat.library.library import Library
from magnitizdat.model import Outcome, Progress, Shortfall, Silent, Value
from magnitizdat.ops.listen import listening
from magnitizdat.ops.listen.m3u import keep_playlist
from magnitizdat.ops.listen.matching import Candidate, Matcher, NoMatchError, Wanted, folded
from magnitizdat.sentence import Sentence, say

PAGE = 500
MAX_ANSWER = 64 << 20
"""Bytes of one answer that we read."""
MAX_PAGES = 10_000
ARTIST_UNKNOWN = say("no music of this artist is here; import it, then run this again")
ALBUM_UNKNOWN = say("no album of this name and artist is here; import it, then run this again")
WRONG_PASSWORD, NOT_FOUND = 40, 70
NO_TOKENS = (10, 41)
"""Codes of a server that misses the password itself. Source: Subsonic API, "error"."""


class NoTokensError(SourceError):
    """The server wants the password itself."""


class SwitchReport(Value, frozen=True, kw_only=True):
    """What came along. `missing` names what the listener had done something with and is not here."""

    songs: int
    stars: int
    ratings: int
    plays: int
    playlists: int
    bookmarks: int
    queue: int
    missing: tuple[Shortfall, ...]

    def outcome(self) -> Outcome:
        """What came along."""
        return Outcome(
            headline=say(
                "The server knows {songs} {songs:song|songs}. New here: stars {stars}, ratings {ratings},"
                " plays {plays}, playlists {playlists}, bookmarks {bookmarks}, queue {queue}.",
                **{name: getattr(self, name) for name in self.__struct_fields__ if name != "missing"},
            ),
            missing=self.missing,
            exit_code=partly(self.missing),
        )


class SubsonicServer:
    """Questions to a Subsonic server; answers are decoded JSON without their envelope."""

    def __init__(self, url: str, user: str, password: str) -> None:
        """Raises: UsageError where the address is none, or holds a password."""
        import urllib3

        parts = urlsplit(url)
        if parts.scheme not in {"http", "https"} or not parts.hostname:
            raise UsageError(say("give the server's address as https://music.example"))
        if parts.username or parts.password or parts.query:
            raise UsageError(
                say("leave user and password out of the address; use --user, and the password is asked for")
            )
        self._private = parts.scheme == "https" or _is_loopback(parts.hostname)
        self._base = url.rstrip("/").removesuffix("/rest") + "/rest/"
        self._user, self._password = user, password
        self._login: Callable[[], dict[str, str]] = self._token
        self._errors = urllib3.exceptions.HTTPError
        self._pool = urllib3.PoolManager(
            timeout=urllib3.Timeout(connect=15, read=120),
            retries=urllib3.Retry(2, redirect=False, backoff_factor=0.3, allowed_methods=None),
            headers={"User-Agent": "Mozilla/5.0"},
        )

    def log_in(self) -> None:
        """Find out how the server wants to be asked: some keep no password that a token could be compared with.

        Raises: SourceError, also where that would show the password to everybody on the way.
        """
        try:
            self.ask("ping")
        except NoTokensError:
            if not self._private:
                raise SourceError(
                    say(
                        "this server wants the password itself, and plain http would show it to everybody on the way;"
                        " give an address with https"
                    )
                ) from None
            self._login = self._plain
            self.ask("ping")

    def _token(self) -> dict[str, str]:
        salt = secrets.token_hex(8)
        token = hashlib.md5((self._password + salt).encode(), usedforsecurity=False).hexdigest()
        return {"t": token, "s": salt}

    def _plain(self) -> dict[str, str]:
        return {"p": f"enc:{self._password.encode().hex()}"}

    def ask(self, view: str, **fields: str | int) -> dict[str, Any]:
        """One answer. Everything is in the body, so that no log of the server or a proxy holds it.

        Raises: UnreachableError, DamagedError, NotFoundError (the server has no such thing), SourceError (it refuses).
        """
        asked = {"u": self._user, "v": "1.16.1", "c": "player", "f": "json", **self._login()}
        asked |= {name: str(value) for name, value in fields.items()}
        try:
            url = f"{self._base}{view}.view"
            answer = self._pool.request("POST", url, fields=asked, encode_multipart=False, preload_content=False)
            body = answer.read(MAX_ANSWER + 1)
            answer.release_conn()
        except self._errors as exc:
            raise UnreachableError(say("the server does not answer; check its address, and that it runs")) from exc
        if answer.status in {404, 405, 410, 501}:
            raise NotFoundError(
                say("the server does not know this question; check its address, down to the last folder")
            )
        if 300 <= answer.status < 400:
            raise SourceError(say("the server sends us somewhere else; give the address that it leads to"))
        return _unwrapped(body, answer.status)

    def close(self) -> None:
        """Let go of connections."""
        self._pool.clear()


def _is_loopback(host: str) -> bool:
    try:
        return ipaddress.ip_address(host).is_loopback
    except ValueError:
        return host == "localhost"


def _unwrapped(body: bytes, status: int) -> dict[str, Any]:
    try:
        found = msgspec.json.decode(body, type=dict[str, dict[str, Any]])["subsonic-response"]
    except (msgspec.MsgspecError, KeyError, RecursionError) as exc:
        raise DamagedError(
            say("this is not a Subsonic server (it answers {status}); check the address", status=status)
        ) from exc
    if found.get("status") == "ok":
        return found
    error = found.get("error")
    code = error.get("code") if isinstance(error, dict) else None
    if code in NO_TOKENS:
        raise NoTokensError(say("the server takes no tokens; give an address with https"))
    if code == NOT_FOUND:
        raise NotFoundError(say("the server has no such thing; ask for something else"))
    raise SourceError(
        say("the server does not take this user and password; check both")
        if code == WRONG_PASSWORD
        else say("the server refuses with code {code}; see what its log says", code=code)
    )


def switch(
    library: Library,
    server: SubsonicServer,
    *,
    listener: str = "",
    now: datetime,
    progress: Progress | None = None,
) -> SwitchReport:
    """Bring over what the user of a server did to music that is here too.

    Raises: SourceError where the server cannot be asked at all; what single questions lack is told in the report.
    """
    return _Switch(library, server, listener, now, progress or Silent()).run()


class _Switch:
    def __init__(
        self, library: Library, server: SubsonicServer, listener: str, now: datetime, progress: Progress
    ) -> None:
        self._library = library
        self._server = server
        self._listener = listener
        self._now = now
        self._progress = progress
        self._matcher = Matcher(library)
        self._rows: list[ListeningRow] = []
        self._missing: list[Shortfall] = []
        self._counts = dict.fromkeys(("songs", "stars", "ratings", "plays", "playlists", "bookmarks", "queue"), 0)

    def run(self) -> SwitchReport:
        self._server.log_in()
        self._progress.start(say("Songs"), None, unit="files")
        self._songs()
        self._albums_and_artists()
        listening.record(self._library, self._rows)
        for part, what in (
            (self._playlists, "playlists"),
            (self._bookmarks, "bookmarks"),
            (self._queue, say("the queue")),
        ):
            self._optional(part, what)
        listening.flush_tail(self._library)
        return SwitchReport(missing=tuple(self._missing), **self._counts)

    def _optional(self, part: Callable[[], None], what: str) -> None:
        try:
            part()
        except NotFoundError:
            return  # servers know different parts of the protocol
        except (MagError, TypeError, ValueError, AttributeError, KeyError) as exc:
            reason = exc.sentence if isinstance(exc, MagError) else say("the server's answer is not understood")
            self._missing.append(Shortfall(what=what, reason=reason))

    # -- songs --------------------------------------------------------------------------------------------------------

    def _songs(self) -> None:
        touched: dict[str, tuple[Candidate, dict[str, Any]]] = {}
        for song in self._all_songs():
            self._counts["songs"] += 1
            self._progress.advance(1)
            if not (song.get("starred") or _number(song.get("userRating")) or _number(song.get("playCount"))):
                continue
            found = self._match(song)
            if found is not None:
                touched[found.track] = (found, song)
        known = listening.marks(self._library, self._listener, "track", touched)
        for track, (candidate, song) in touched.items():
            mark = known.get(track, Mark())
            self._mark("track", track, song, mark)
            more = _number(song.get("playCount")) - mark.plays
            if more > 0:
                at = (
                    _time(song.get("played")) or mark.played or _time(song.get("created")) or listening.stamp(self._now)
                )
                who = self._listener
                self._rows.append(PlayRow(listener=who, track=track, album=candidate.album, at=at, count=more))
                self._counts["plays"] += more

    def _all_songs(self) -> Iterator[dict[str, Any]]:
        """Every song once, page by page; a server without empty searches is asked album by album."""
        songs = list(self._searched())
        yield from songs or self._by_album()

    def _searched(self) -> Iterator[dict[str, Any]]:
        seen: set[str] = set()
        for page in range(MAX_PAGES):
            asked = {"artistCount": 0, "albumCount": 0, "songCount": PAGE, "songOffset": page * PAGE}
            try:
                answer = self._server.ask("search3", query="", **asked)
            except NotFoundError:
                return
            songs = _items(answer, "searchResult3", "song")
            fresh = [song for song in songs if str(song.get("id")) not in seen]
            seen.update(str(song.get("id")) for song in fresh)
            yield from fresh
            if len(songs) < PAGE or not fresh:
                return

    def _by_album(self) -> Iterator[dict[str, Any]]:
        for album in self._all_albums():
            yield from _items(self._server.ask("getAlbum", id=album.get("id", "")), "album", "song")

    def _all_albums(self) -> Iterator[dict[str, Any]]:
        for page in range(MAX_PAGES):
            answer = self._server.ask("getAlbumList2", type="alphabeticalByName", size=PAGE, offset=page * PAGE)
            albums = _items(answer, "albumList2", "album")
            yield from albums
            if len(albums) < PAGE:
                return

    def _match(self, song: dict[str, Any], place: str = "") -> Candidate | None:
        text = {name: str(song.get(name) or "") for name in ("title", "artist", "album", "musicBrainzId")}
        wanted = Wanted(
            text["title"], text["artist"], text["album"], _number(song.get("duration")), text["musicBrainzId"]
        )
        try:
            return self._matcher.find(wanted)
        except NoMatchError as exc:
            shown = clean_text(f"{place}{text['artist']} - {text['title']}")
            self._missing.append(Shortfall(what=shown, reason=exc.sentence))
            return None

    # -- stars and ratings --------------------------------------------------------------------------------------------

    def _mark(self, kind: Kind, target: str, item: dict[str, Any], mark: Mark) -> None:
        """What is said here already stays: this is for switching, not for keeping two places alike."""
        starred, rating = _time(item.get("starred")), min(5, _number(item.get("userRating")))
        if starred and not mark.starred:
            self._rows.append(StarRow(listener=self._listener, kind=kind, target=target, at=starred))
            self._counts["stars"] += 1
        if rating and not mark.rating:
            self._rows.append(RatingRow(listener=self._listener, kind=kind, target=target, stars=rating))
            self._counts["ratings"] += 1

    def _albums_and_artists(self) -> None:
        stars = self._server.ask("getStarred2")
        albums = {str(each.get("id")): each for each in _items(stars, "starred2", "album")}
        albums |= {str(each.get("id")): each for each in self._all_albums() if _number(each.get("userRating"))}
        for album in albums.values():
            name, artist = str(album.get("name") or ""), str(album.get("artist") or "")
            target = self._matcher.albums.get((folded(name), folded(artist)))
            self._named("album", target, album, f"{artist} - {name}", ALBUM_UNKNOWN)
        for item in _items(stars, "starred2", "artist"):
            name = str(item.get("name") or "")
            here = self._matcher.artists.get(folded(name))
            self._named("artist", artist_id(here) if here else None, item, name, ARTIST_UNKNOWN)

    def _named(self, kind: Kind, target: str | None, item: dict[str, Any], shown: str, reason: Sentence) -> None:
        if target is None:
            self._missing.append(Shortfall(what=clean_text(shown), reason=reason))
            return
        known = listening.marks(self._library, self._listener, kind, [target])
        self._mark(kind, target, item, known.get(target, Mark()))

    # -- playlists, bookmarks, queue ----------------------------------------------------------------------------------

    def _playlists(self) -> None:
        for summary in _items(self._server.ask("getPlaylists"), "playlists", "playlist"):
            answer = self._server.ask("getPlaylist", id=summary.get("id", ""))
            name = clean_text(str(summary.get("name") or "")).strip() or "Playlist"
            found = [self._match(song, f"{name}: ") for song in _items(answer, "playlist", "entry")]
            songs = [candidate.song for candidate in found if candidate is not None]
            if songs:
                keep_playlist(self._library, self._listener, name, songs, now=self._now)
                self._counts["playlists"] += 1

    def _bookmarks(self) -> None:
        known = {each.song for each in listening.bookmarks(self._library, self._listener)}
        for bookmark in _items(self._server.ask("getBookmarks"), "bookmarks", "bookmark"):
            candidate = self._match(bookmark.get("entry") or {})
            if candidate is not None and candidate.song not in known:
                listening.save_bookmark(
                    self._library,
                    self._listener,
                    candidate.song,
                    position_ms=_number(bookmark.get("position")),
                    comment=clean_text(str(bookmark.get("comment") or "")),
                    now=self._now,
                )
                self._counts["bookmarks"] += 1

    def _queue(self) -> None:
        answer = self._server.ask("getPlayQueue").get("playQueue") or {}
        if not answer.get("entry") or listening.queue(self._library, self._listener) is not None:
            return
        current = str(answer.get("current") or "")
        found = [(str(song.get("id")), self._match(song)) for song in answer["entry"]]
        here = [(theirs, candidate.song) for theirs, candidate in found if candidate is not None]
        place = next((number for number, (theirs, _) in enumerate(here) if theirs == current), None)
        songs = [song for _, song in here]
        position = _number(answer.get("position")) if place is not None else 0
        listening.save_queue(
            self._library, self._listener, songs, current=place or 0, position_ms=position, now=self._now
        )
        self._counts["queue"] = len(songs)


def _items(answer: dict[str, Any], *path: str) -> list[dict[str, Any]]:
    """A list of an answer; one of one may come as the thing itself, and none as nothing."""
    found: Any = answer
    for step in path:
        found = found.get(step) if isinstance(found, dict) else None
    items = found if isinstance(found, list) else [found]
    return [item for item in items if isinstance(item, dict)]


def _number(value: object) -> int:
    try:
        return max(0, min(int(float(str(value))), 1 << 31))
    except (ValueError, OverflowError):
        return 0


def _time(value: object) -> str:
    """A server's time as rows hold it; empty where it is none."""
    try:
        moment = datetime.fromisoformat(str(value))
    except ValueError:
        return ""
    return listening.stamp(moment if moment.tzinfo else moment.replace(tzinfo=UTC))
