"""`mag import --from-subsonic URL`: stars, ratings, counts and playlists of a server like Navidrome or Supysonic.

The music itself comes by `mag import` from its files: here what a listener did to it finds its tracks by their names.
Running it again changes nothing twice. The password becomes a salted token for each request, if the server takes one.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from datetime import UTC, datetime
from itertools import chain
from typing import Any

from magnitizdat.errors import MagError, NotFoundError, partly
from magnitizdat.formats import budgets
from magnitizdat.formats.names import clean_text
from magnitizdat.library.index.listening import Mark
from magnitizdat.library.index.overview import artist_id
from magnitizdat.library.journal import Kind, ListeningRow, PlayRow, RatingRow, StarRow
from magnitizdat.library.library import Library
from magnitizdat.model import Outcome, Progress, Shortfall, Silent, Value
from magnitizdat.ops.listen import listening, playlists
from magnitizdat.ops.listen.matching import Candidate, Matcher, NoMatchError, Wanted, folded
from magnitizdat.ops.listen.subsonic_server import SubsonicServer
from magnitizdat.sentence import Sentence, say

PAGE = 500
LONGEST_TEXT = 1024
"""Letters of a name, a date or a number that are looked at."""
ARTIST_UNKNOWN = say("no music of this artist is here; import it, then run this again")
ALBUM_UNKNOWN = say("no album of this name and artist is here; import it, then run this again")


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
        listening.record_what(self._library, self._still_unsaid)
        for part, what in (
            (self._playlists, "playlists"),
            (self._bookmarks, "bookmarks"),
            (self._queue, say("the queue")),
        ):
            self._optional(part, what)
        listening.flush_tail(self._library)
        return SwitchReport(missing=tuple(self._missing), **self._counts)

    def _lack(self, what: str, reason: Sentence) -> None:
        """Tell of something that did not come; of very many not all."""
        if len(self._missing) == budgets.REPORTED.most:
            self._missing.append(Shortfall(what=say("this server"), reason=budgets.REPORTED.sentence))
        elif len(self._missing) < budgets.REPORTED.most:
            self._missing.append(Shortfall(what=what, reason=reason))

    def _within(self, budget: budgets.Budget, items: Iterable[dict[str, Any]]) -> Iterator[dict[str, Any]]:
        """As many as the budget allows; that there are more is told."""
        for number, item in enumerate(items):
            if number == budget.most:
                self._lack(say("this server"), budget.sentence)
                return
            yield item

    def _optional(self, part: Callable[[], None], what: str) -> None:
        try:
            part()
        except NotFoundError:
            return  # servers know different parts of the protocol
        except (MagError, TypeError, ValueError, AttributeError, KeyError) as exc:
            reason = exc.sentence if isinstance(exc, MagError) else say("the server's answer is not understood")
            self._lack(what, reason)

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
                touched[found.track] = (found, _trimmed(song))
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
        """Every song, page by page; a server without empty searches is asked album by album."""
        songs = self._searched()
        first = next(songs, None)
        yield from self._within(budgets.SERVER_SONGS, self._by_album() if first is None else chain([first], songs))

    def _searched(self) -> Iterator[dict[str, Any]]:
        before: set[str] = set()
        for offset in range(0, budgets.SERVER_SONGS.most + PAGE, PAGE):
            asked = {"artistCount": 0, "albumCount": 0, "songCount": PAGE, "songOffset": offset}
            try:
                answer = self._server.ask("search3", query="", **asked)
            except NotFoundError:
                return
            songs = _items(answer, "searchResult3", "song")
            fresh = [song for song in songs if _text(song, "id") not in before]  # some answer every page with the first
            before = {_text(song, "id") for song in songs}
            yield from fresh
            if len(songs) < PAGE or not fresh:
                return

    def _by_album(self) -> Iterator[dict[str, Any]]:
        for album in self._all_albums():
            yield from _items(self._server.ask("getAlbum", id=_text(album, "id")), "album", "song")

    def _all_albums(self) -> Iterator[dict[str, Any]]:
        return self._within(budgets.SERVER_SONGS, self._listed_albums())

    def _listed_albums(self) -> Iterator[dict[str, Any]]:
        for offset in range(0, budgets.SERVER_SONGS.most + PAGE, PAGE):
            answer = self._server.ask("getAlbumList2", type="alphabeticalByName", size=PAGE, offset=offset)
            albums = _items(answer, "albumList2", "album")
            yield from albums
            if len(albums) < PAGE:
                return

    def _match(self, song: dict[str, Any], place: str = "") -> Candidate | None:
        text = {name: _text(song, name) for name in ("title", "artist", "album", "musicBrainzId")}
        wanted = Wanted(
            text["title"], text["artist"], text["album"], _number(song.get("duration")), text["musicBrainzId"]
        )
        try:
            return self._matcher.find(wanted)
        except NoMatchError as exc:
            shown = clean_text(f"{place}{text['artist']} - {text['title']}")
            self._lack(shown, exc.sentence)
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

    def _still_unsaid(self) -> list[ListeningRow]:
        """What nobody said meanwhile, while the server was asked."""
        marked = [row for row in self._rows if isinstance(row, StarRow | RatingRow)]
        known = {
            kind: listening.marks(
                self._library, self._listener, kind, {row.target for row in marked if row.kind == kind}
            )
            for kind in {row.kind for row in marked}
        }

        def is_said(row: ListeningRow) -> bool:
            if not isinstance(row, StarRow | RatingRow):
                return False
            mark = known[row.kind].get(row.target, Mark())
            return bool(mark.starred if isinstance(row, StarRow) else mark.rating)

        return [row for row in self._rows if not is_said(row)]

    def _albums_and_artists(self) -> None:
        stars = self._server.ask("getStarred2")
        rated = (album for album in self._all_albums() if _number(album.get("userRating")))
        for album in self._each_once(chain(_items(stars, "starred2", "album"), rated)):
            name, artist = _text(album, "name"), _text(album, "artist")
            target = self._matcher.albums.get((folded(name), folded(artist)))
            self._named("album", target, album, f"{artist} - {name}", ALBUM_UNKNOWN)
        for item in _items(stars, "starred2", "artist"):
            name = _text(item, "name")
            here = self._matcher.artists.get(folded(name))
            self._named("artist", artist_id(here) if here else None, item, name, ARTIST_UNKNOWN)

    def _each_once(self, albums: Iterable[dict[str, Any]]) -> Iterable[dict[str, Any]]:
        """By id, the last that was said of each; as many as may be told of."""
        found: dict[str, dict[str, Any]] = {}
        for album in albums:
            if len(found) < budgets.REPORTED.most or _text(album, "id") in found:
                found[_text(album, "id")] = _trimmed(album)
        return found.values()

    def _named(self, kind: Kind, target: str | None, item: dict[str, Any], shown: str, reason: Sentence) -> None:
        if target is None:
            self._lack(clean_text(shown), reason)
            return
        known = listening.marks(self._library, self._listener, kind, [target])
        self._mark(kind, target, item, known.get(target, Mark()))

    # -- playlists, bookmarks, queue ----------------------------------------------------------------------------------

    def _playlists(self) -> None:
        for summary in self._within(
            budgets.SERVER_PLAYLISTS, _items(self._server.ask("getPlaylists"), "playlists", "playlist")
        ):
            answer = self._server.ask("getPlaylist", id=_text(summary, "id"))
            name = clean_text(_text(summary, "name")).strip() or "Playlist"
            found = [self._match(song, f"{name}: ") for song in _items(answer, "playlist", "entry")]
            songs = [candidate.song for candidate in found if candidate is not None]
            if songs:
                source = playlists.mark_of(["subsonic", _text(summary, "id"), name])
                playlists.take(self._library, self._listener, name, songs, source=source, now=self._now)
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
                    comment=clean_text(_text(bookmark, "comment")),
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


def _text(item: dict[str, Any], name: str) -> str:
    """What an item says under a name, as far as it is looked at."""
    return str(item.get(name) or "")[:LONGEST_TEXT]


def _trimmed(item: dict[str, Any]) -> dict[str, Any]:
    """Those fields of an item that are kept until all have been read."""
    names = ("id", "name", "artist", "starred", "userRating", "playCount", "played", "created")
    return {name: _text(item, name) for name in names}


def _number(value: object) -> int:
    try:
        return max(0, min(int(float(str(value)[:LONGEST_TEXT])), 1 << 31))
    except (ValueError, OverflowError):
        return 0


def _time(value: object) -> str:
    """A server's time as rows hold it; empty where it is none."""
    try:
        moment = datetime.fromisoformat(str(value)[:LONGEST_TEXT])
    except ValueError:
        return ""
    return listening.stamp(moment if moment.tzinfo else moment.replace(tzinfo=UTC))
