"""What people do to music: stars, ratings, plays, bookmarks and the queue that goes from player to player."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from datetime import UTC, datetime

from magnitizdat.library.index.browse import SongLine
from magnitizdat.library.journal import Kind, QueueRow
from magnitizdat.ops.listen import listening
from magnitizdat.web.subsonic import render
from magnitizdat.web.subsonic.browsing import named_song
from magnitizdat.web.subsonic.calls import EMPTY, Answer, Call, moment
from magnitizdat.web.subsonic.model_kept import (
    Bookmark,
    Bookmarks,
    NowPlaying,
    NowPlayingEntry,
    PlayQueue,
    PlayQueueByIndex,
)
from magnitizdat.web.subsonic.now_playing import NowPlayers, Playing
from magnitizdat.web.subsonic.params import GENERIC, MISSING, RefusedError, missing

LONGEST_MS = 1 << 53
MAX_STARS = 5
_YEAR_9999_MS = 253_402_300_799_000
_STATES = {state: state for state in ("starting", "playing", "paused", "stopped")}


def star(call: Call) -> Answer:
    for kind, targets in _targets(call):
        listening.star(call.library, call.listener, kind, targets, now=call.service.now())
    return EMPTY


def unstar(call: Call) -> Answer:
    for kind, targets in _targets(call):
        listening.unstar(call.library, call.listener, kind, targets)
    return EMPTY


def set_rating(call: Call) -> Answer:
    rating = call.params.number("rating")
    if rating > MAX_STARS:
        raise RefusedError(GENERIC, "A rating is 1 to 5, or 0 to take it back.")
    kind, target = _meant(call, call.params.text("id"))
    listening.rate(call.library, call.listener, kind, target, rating)
    return EMPTY


def scrobble(call: Call) -> Answer:
    """Plays are kept here alone; nobody outside is told."""
    songs = call.params.some("id")
    lines = call.library.browse.named(songs)
    times = _times(call)
    is_play = call.params.flag("submission", default=True)
    if not lines:
        raise missing("song")
    for number, song in enumerate(songs):
        if song not in lines:
            continue
        if is_play:
            line = lines[song]
            at = times[number] if number < len(times) else call.service.now()
            listening.scrobble(call.library, call.listener, line.track.id, at=at, album=line.album.id)
        _now_playing(call, song)
    return EMPTY


def report_playback(call: Call) -> Answer:
    """Only what is heard now: plays are counted by `scrobble`."""
    song = named_song(call, "mediaId")
    call.params.one_of("mediaType", {"song": "song"})
    call.params.number("positionMs", most=LONGEST_MS)
    if call.params.one_of("state", _STATES) == "stopped":
        call.service.only(NowPlayers).stops(call.listener, call.app)
    else:
        _now_playing(call, song.song)
    return EMPTY


def now_playing(call: Call) -> Answer:
    playing = call.service.only(NowPlayers).of(call.listener)
    lines = call.library.browse.named(each.song for each in playing)
    here = [each for each in playing if each.song in lines]
    songs = render.songs(call, [lines[each.song] for each in here])
    entries = [
        NowPlayingEntry(
            **render.fields(song),
            username=each.user,
            minutes_ago=max(0, int((call.service.clock() - each.at) // 60)),
            player_id=number,
            player_name=each.client or None,
        )
        for number, (each, song) in enumerate(zip(here, songs, strict=True), 1)
    ]
    return Answer("nowPlaying", NowPlaying(entry=tuple(entries)))


def bookmarks(call: Call) -> Answer:
    kept = listening.bookmarks(call.library, call.listener)
    lines = call.library.browse.named(each.song for each in kept)
    here = [each for each in kept if each.song in lines]
    songs = render.songs(call, [lines[each.song] for each in here])
    found = [
        Bookmark(
            position=each.position_ms,
            username=call.user,
            created=each.created,
            changed=each.changed,
            comment=each.comment or None,
            entry=song,
        )
        for each, song in zip(here, songs, strict=True)
    ]
    return Answer("bookmarks", Bookmarks(bookmark=tuple(found)))


def create_bookmark(call: Call) -> Answer:
    line = named_song(call)
    position_ms = call.params.number("position", most=LONGEST_MS)
    comment = (call.params.optional("comment") or "")[:1000]
    listening.save_bookmark(
        call.library, call.listener, line.song, position_ms=position_ms, comment=comment, now=call.service.now()
    )
    return EMPTY


def delete_bookmark(call: Call) -> Answer:
    """Of what is not there, nothing is left to be done."""
    listening.remove_bookmark(call.library, call.listener, call.params.text("id"))
    return EMPTY


def save_play_queue(call: Call) -> Answer:
    """With the current song by its id; without songs, the queue is emptied."""
    songs = [song for song in call.params.all("id") if song]
    current = call.params.optional("current")
    if songs and current is not None and current not in songs:
        raise RefusedError(GENERIC, "The current song must be one of the queue.")
    _save_queue(call, songs, songs.index(current) if songs and current else 0)
    return EMPTY


def save_play_queue_by_index(call: Call) -> Answer:
    songs = [song for song in call.params.all("id") if song]
    if not songs:
        _save_queue(call, songs, 0)
        return EMPTY
    current = call.params.number("currentIndex")
    if current >= len(songs):
        raise RefusedError(MISSING, "The current index must be that of a song of the queue.")
    _save_queue(call, songs, current)
    return EMPTY


def play_queue(call: Call) -> Answer:
    row, lines, current = _queue(call)
    return Answer(
        "playQueue",
        PlayQueue(
            username=call.user,
            changed=row.changed,
            changed_by=row.changed_by,
            entry=render.songs(call, lines),
            current=lines[current].song if lines else None,
            position=row.position_ms if lines else None,
        ),
    )


def play_queue_by_index(call: Call) -> Answer:
    row, lines, current = _queue(call)
    return Answer(
        "playQueueByIndex",
        PlayQueueByIndex(
            username=call.user,
            changed=row.changed,
            changed_by=row.changed_by,
            entry=render.songs(call, lines),
            current_index=current if lines else None,
            position=row.position_ms if lines else None,
        ),
    )


def _queue(call: Call) -> tuple[QueueRow, list[SongLine], int]:
    """What was kept, as far as it plays here, and the place in it of the current song.

    Where nothing was kept, an empty queue that is as old as can be: the specification wants one.
    """
    row = listening.queue(call.library, call.listener) or QueueRow(changed=moment(0))
    lines = call.library.browse.named(row.entries)
    before = sum(song in lines for song in row.entries[: row.current])
    here = [lines[song] for song in row.entries if song in lines]
    return row, here, max(0, min(before, len(here) - 1))


def _save_queue(call: Call, songs: Sequence[str], current: int) -> None:
    listening.save_queue(
        call.library,
        call.listener,
        songs,
        current=current,
        position_ms=call.params.number("position", 0, most=LONGEST_MS),
        changed_by=(call.params.optional("c") or "")[:100],
        now=call.service.now(),
    )


def _targets(call: Call) -> Iterator[tuple[Kind, list[str]]]:
    """What is to be starred, by kind; `id` may also be that of an album or artist, as folders are named.

    Raises: RefusedError where nothing is named, or something that is not here.
    """
    named = [song for name in ("id", "albumId", "artistId") for song in call.params.all(name)]
    if not named:
        raise RefusedError(MISSING, "The parameter id, albumId or artistId is missing.")
    meant = [_meant(call, each) for each in named]
    kinds: Iterable[Kind] = ("track", "album", "artist")
    for kind in kinds:
        targets = [target for found, target in meant if found == kind]
        if targets:
            yield kind, targets


def _meant(call: Call, wanted: str) -> tuple[Kind, str]:
    overview = call.library.browse.overview()
    if wanted in overview.artist_at:
        return "artist", wanted
    if wanted in overview.album_at:
        return "album", wanted
    line = call.library.browse.named([wanted]).get(wanted)
    if line is None:
        raise missing("song, album or artist")
    return "track", line.track.id


def _times(call: Call) -> list[datetime]:
    """When each song was heard, in milliseconds since 1970."""
    found = []
    for time in call.params.all("time"):
        if not time.isascii() or not time.isdigit() or int(time) > _YEAR_9999_MS:
            raise RefusedError(GENERIC, "The parameter time must be in milliseconds since 1970.")
        found.append(datetime.fromtimestamp(int(time) / 1000, UTC))
    return found


def _now_playing(call: Call, song: str) -> None:
    client = (call.params.optional("c") or "")[:100]
    playing = Playing(call.user, call.app, client, song, call.service.clock())
    call.service.only(NowPlayers).plays(call.listener, playing)
