"""Search: artists, albums and tracks in any spelling."""

from __future__ import annotations

import sys
from typing import TYPE_CHECKING, Annotated, Any

import typer

from magnitizdat.cli import face
from magnitizdat.sentence import Sentence, listed, say

if TYPE_CHECKING:
    from collections.abc import Sequence

    from magnitizdat.library.library import Library

MOST_NAMED = 10
"""Artists on the line that names them."""


def search(
    text: Annotated[list[str], typer.Argument(metavar="TEXT…", help="Words, or `-`: one query a line from stdin.")],
    limit: Annotated[int, typer.Option(min=1, max=1000, help="At most this many of each.")] = 50,
) -> int:
    """Find artists, albums and tracks, in any spelling: Wiktor Zoi, Viktor Tsoi and Wjq are Виктор Цой."""
    out = face.current
    with out.library() as library:
        if text == ["-"]:
            for line in sys.stdin:
                sys.stdout.write(face.json_text(_found(library, line.strip(), limit)) + "\n")
                sys.stdout.flush()
            return 0
        found = _found(library, " ".join(text), limit)
    out.document(found)
    if found["artists"]:
        out.say("Artists: {artists}", artists=_first_of([out.artist(artist["name"]) for artist in found["artists"]]))
    if found["releases"]:
        rows = [[album["id"][:8], out.artist(album["artist"]), album["name"]] for album in found["releases"]]
        out.table([say("ID"), say("ARTIST"), say("ALBUM")], rows)
    if found["tracks"]:
        rows = [
            [track["album_id"][:8], out.artist(track["artist"]), track["title"], track["album"]]
            for track in found["tracks"]
        ]
        out.table([say("ALBUM"), say("ARTIST"), say("TITLE"), say("ON")], rows)
    if not any(found[kind] for kind in ("artists", "releases", "tracks")):
        out.say("Nothing found. Fewer letters find more.")
    if found["more"]:
        out.say("These are the first {limit} of each. More letters find less; `--limit` shows more.", limit=limit)
    return 0


def _first_of(names: Sequence[str]) -> Sentence:
    more = len(names) - MOST_NAMED
    first = listed(names[:MOST_NAMED])
    return say("{first} and {n} more", first=first, n=more) if more > 0 else first


def _found(library: Library, query: str, limit: int) -> dict[str, Any]:
    from magnitizdat.ops.listen.searching import find

    page = (0, limit + 1)  # one more than is shown says whether there is more
    found = find(library, query, artists=page, albums=page, tracks=page)
    return {
        "query": query,
        "more": max(map(len, (found.artists, found.albums, found.tracks))) > limit,
        "artists": [{"name": artist.name} for artist in found.artists[:limit]],
        "releases": [{"name": album.name, "artist": album.artist, "id": album.id} for album in found.albums[:limit]],
        "tracks": [
            {
                "id": track.id,
                "title": track.title,
                "artist": track.artist,
                "album": track.album,
                "album_id": track.album_id,
            }
            for track in found.tracks[:limit]
        ],
    }
