"""Albums, artists and songs for the page."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import Annotated, Any, Literal

import msgspec
from starlette.requests import Request
from starlette.responses import Response

from magnitizdat.errors import NotFoundError
from magnitizdat.formats.lyrics import in_time
from magnitizdat.library.index.browse import SongLine
from magnitizdat.library.index.overview import ArtistLine, artist_id
from magnitizdat.library.index.views import AlbumView
from magnitizdat.library.library import Library
from magnitizdat.model import fields
from magnitizdat.ops.albums import covers
from magnitizdat.ops.albums.analysis import album_gains, analysis, track_gains
from magnitizdat.ops.albums.lyrics import layers
from magnitizdat.ops.labels.editions import edited, edited_sentence, signature
from magnitizdat.ops.listen import browsing, listening, playlists, sleeves, versions
from magnitizdat.sentence import say
from magnitizdat.web.http.answers import MAX_PAGE, Window, answer, asked, queried
from magnitizdat.web.http.routes import Endpoint
from magnitizdat.web.http.service import Service
from magnitizdat.web.http.transcodes import sound_response
from magnitizdat.web.owner.names import find_label, label_id
from magnitizdat.web.owner.tables import api, media

NO_SONG = say("this song is not in the library any more; look at the list again")
EVENING = 500
"""Songs that are shuffled together at most."""


class _Albums(Window, frozen=True):
    order: Literal["artist", "newest", "recent", "title", "starred"] = "artist"
    standing: Literal["", "own", "follow", "new", "carried", "withdrawn"] = ""
    label: str = ""
    genre: str = ""
    since: int = 0
    until: int = browsing.LAST_YEAR


class _SearchQuery(msgspec.Struct, frozen=True):
    q: str = ""
    offset: Annotated[int, msgspec.Meta(ge=0)] = 0
    size: int = 50


class _CodecWish(msgspec.Struct, frozen=True):
    codec: Literal["", "opus", "mp3"] = ""


class _Size(msgspec.Struct, frozen=True):
    size: int = 0


# -- albums ------------------------------------------------------------------------------------------------------------


def albums(request: Request, service: Service) -> Response:
    """A page of albums in some order, perhaps only some of them."""
    library, wish = service.library(), queried(request, _Albums)
    chosen = _wanted(library, wish)
    page = chosen[wish.start : wish.start + wish.count]
    return answer({"total": len(chosen), "albums": album_lines(library, page)})


def names(request: Request, service: Service) -> Response:
    """The same albums, any number of them, by id and title alone: for whoever chooses many at once."""
    library, wish = service.library(), queried(request, _Albums)
    found = _wanted(library, wish)[wish.start : wish.start + max(0, wish.size)]
    overview = library.browse.overview()
    titles = ((album, overview.album_at.get(album)) for album in found)
    return answer({"names": [(album, overview.albums[at].title) for album, at in titles if at is not None]})


def _wanted(library: Library, wish: _Albums) -> Sequence[str]:
    """Ids in the order that is wished for."""
    chosen = _ordered(library, wish.order)
    if wish.standing or wish.label:
        imprint = find_label(library, wish.label).imprint if wish.label else ""
        wanted = library.shelf.albums_that(wish.standing, imprint)
        chosen = [album for album in chosen if album in wanted]
    return _within(library, chosen, wish)


def _within(library: Library, albums: Sequence[str], wish: _Albums) -> Sequence[str]:
    """Those of a genre and of some years."""
    overview = library.browse.overview()
    if wish.genre:
        line = browsing.genre_named(library, wish.genre)
        of_genre = {overview.albums[place].id for place in line.albums} if line else set[str]()
        albums = [album for album in albums if album in of_genre]
    if wish.since or wish.until < browsing.LAST_YEAR:
        years = range(max(1, wish.since), wish.until + 1)
        albums = [a for a in albums if a in overview.album_at and overview.albums[overview.album_at[a]].year in years]
    return albums


def _ordered(library: Library, order: str) -> Sequence[str]:
    overview = library.browse.overview()
    lines = overview.albums
    if order == "starred":
        return [album for album in listening.starred(library, "", "album") if album in overview.album_at]
    if order == "recent":
        return [a for a in listening.ranked(library, "", "album", "recent") if a in overview.album_at]
    if order == "newest":
        return [lines[place].id for place in overview.newest]
    if order == "title":
        return [lines[place].id for place in overview.by_title]
    return [line.id for line in lines]


def album_lines(library: Library, albums: Sequence[str]) -> list[dict[str, Any]]:
    """Lines of albums with what the owner did with them."""
    marks = listening.marks(library, "", "album", albums)
    return [
        {
            **fields(card),
            "label_id": label_id(library, card.imprint) if card.imprint else "",
            "starred": card.id in marks and bool(marks[card.id].starred),
        }
        for card in sleeves.cards(library, albums)
    ]


def find_album(request: Request, service: Service) -> str:
    """The id of an album that is here. Raises: NotFoundError."""
    album: str = request.path_params["album"]
    if service.library().shelf.album(album) is None:
        raise NotFoundError(sleeves.GONE)
    return album


def album(request: Request, service: Service) -> Response:
    """Everything about one album."""
    library = service.library()
    found = sleeves.sleeve(library, request.path_params["album"], now=service.now())
    release, label = found.release, found.label
    (line,) = album_lines(library, [found.card.id])
    signed = label is not None and label.standing != "carrier"
    return answer(
        {
            **line,
            **_signature(library, found.view),
            "length": found.view.length,
            "kind": release.kind,
            "artists": [{"id": artist_id(each.name), "name": each.name} for each in release.by],
            "date": release.date,
            "released": release.released,
            "genres": release.genres,
            "licence": release.licence,
            "support": release.support,
            "aliases": release.aliases,
            "credits": [{"name": each.name, "role": each.role} for each in release.credits],
            "notes": found.notes,
            "sides": [
                {"name": side.name, "title": side.title, "tracks": songs(library, side.songs)} for side in found.sides
            ],
            "verdict": {"word": "disowned" if found.card.disowned else found.word, "sentences": found.verdict},
            "imprint_words": sleeves.imprint_of(label),
            "imprint_picture": f"api/labels/{label_id(library, label.imprint)}/picture.svg" if label and signed else "",
        }
    )


def _signature(library: Library, view: AlbumView) -> dict[str, Any]:
    """How an own album stands to what its label signed of it."""
    known = {each.id: each.version for each in edited(library, view.id)} if view.own else {}
    sentence = edited_sentence(known[view.id]) if view.id in known else ""
    return {"signed": signature(view, known), "edited": sentence}


def songs(library: Library, cards: Sequence[sleeves.SongCard]) -> list[dict[str, Any]]:
    """Songs with what the owner did with them."""
    marks = listening.marks(library, "", "track", [card.track for card in cards])
    found = []
    for card in cards:
        mark = marks.get(card.track)
        heard = {
            "starred": bool(mark and mark.starred),
            "rating": mark.rating if mark else 0,
            "play_count": mark.plays if mark else 0,
        }
        found.append({**fields(card), **heard})
    return found


def song_lines(library: Library, lines: Iterable[SongLine]) -> list[dict[str, Any]]:
    """Songs out of many albums."""
    listed = list(lines)
    gains = track_gains(library, [line.track for line in listed])
    whole = album_gains(library, {line.album.id for line in listed})
    cards = []
    for line in listed:
        card = sleeves.song_card(line.song, line.track, line.album.id, line.album.title, small=line.small)
        cards.append(sleeves.levelled(card, gains.get(line.track.file.sha256), whole.get(line.album.id)))
    return songs(library, cards)


# -- artists, search ---------------------------------------------------------------------------------------------------


def artists(request: Request, service: Service) -> Response:
    """A page of artists by name."""
    overview, wish = service.library().browse.overview(), queried(request, Window)
    page = overview.artists[wish.start : wish.start + wish.count]
    return answer({"total": len(overview.artists), "artists": list(map(artist_line, page))})


def artist_line(line: ArtistLine) -> dict[str, Any]:
    return {"id": line.id, "name": line.name, "albums": len(line.albums)}


def search(request: Request, service: Service) -> Response:
    """What words mean: artists, albums, songs, best first."""
    library, wish = service.library(), asked(request, _SearchQuery)
    found = sleeves.search(library, wish.q, offset=wish.offset, count=max(1, min(wish.size, MAX_PAGE)))
    overview = library.browse.overview()
    return answer(
        {
            "artists": [artist_line(overview.artists[place]) for place in found.artists],
            "albums": album_lines(library, found.albums),
            "songs": song_lines(library, found.songs),
            "more": found.more,
        }
    )


def shuffled(_request: Request, service: Service) -> Response:
    """Songs of everything that plays here, in an order of chance: as many as one evening takes."""
    library = service.library()
    lines = library.browse.named(playlists.shuffled(library, count=EVENING))
    return answer({"songs": song_lines(library, lines.values())})


# -- media -------------------------------------------------------------------------------------------------------------


def find_song(library: Library, song: str) -> SongLine:
    """A song by what players call it. Raises: NotFoundError."""
    line = library.browse.named([song]).get(song)
    if line is None:
        raise NotFoundError(NO_SONG)
    return line


def audio(request: Request, service: Service) -> Response:
    """The version of a song that plays in most browsers, or one in a codec that this browser has."""
    library, wish = service.library(), queried(request, _CodecWish)
    song = find_song(library, request.path_params["song"])
    version = versions.chosen(song, library.shelf.holds, wanted=wish.codec)
    return sound_response(request, service, song.file, version, duration_s=song.track.duration_s)


def whole(request: Request, service: Service) -> Response:
    """Whether all of a song can be read; what is wrong with it is the refusal. Raises: LibraryError."""
    library = service.library()
    for _ in library.blob(find_song(library, request.path_params["song"]).file.sha256).pieces():
        service.library()  # locked meanwhile: enough
    return answer({})


def waveform(request: Request, service: Service) -> Response:
    """800 peaks; none while nobody has looked."""
    library = service.library()
    found = analysis(library, find_song(library, request.path_params["song"]).file.sha256)
    return answer({"peaks": list(found.waveform) if found else []})


def lyrics(request: Request, service: Service) -> Response:
    """The words of a song, layer by layer."""
    library = service.library()
    found = layers(library, find_song(library, request.path_params["song"]).track)
    return answer(
        {
            "lyrics": [
                {
                    "language": layer.language,
                    "kind": layer.kind,
                    "synced": layer.lyrics.synced,
                    "lines": [{"at_ms": line.at_ms, "text": line.text} for line in in_time(layer.lyrics).lines],
                }
                for layer in found
            ]
        }
    )


def cover(request: Request, service: Service) -> Response:
    """A picture in any case. What is drawn comes as shapes: a hundred times sooner than as pixels, and lighter."""
    library, name, size = service.library(), request.path_params["cover"], queried(request, _Size).size
    drawn = covers.sleeve_svg(library, name)
    if drawn is not None:
        return Response(drawn, media_type="image/svg+xml")
    picture = covers.cover(library, service.pool, name, size)
    return Response(picture.body, media_type=picture.media_type)


ENDPOINTS: tuple[Endpoint, ...] = (
    api("GET", "albums", albums),
    api("GET", "albums/names", names),
    api("GET", "albums/{album}", album),
    api("GET", "artists", artists),
    api("POST", "search", search),
    api("GET", "shuffled", shuffled),
    api("GET", "songs/{song}/whole", whole),
    api("GET", "songs/{song}/waveform", waveform),
    api("GET", "songs/{song}/lyrics", lyrics),
    media("songs/{song}/audio", audio),
    media("covers/{cover}", cover),
)
