"""What guests can ask for: pages, sound, covers, copies; and, where the host wants it, leaving music.

Albums are numbered and files named by what an evening shares; no other id means anything here.
"""

from __future__ import annotations

from collections.abc import Mapping
from importlib.resources import files

from starlette.requests import Request
from starlette.responses import RedirectResponse, Response

from magnitizdat.errors import NoSpaceError
from magnitizdat.library.library import Library
from magnitizdat.model import Release
from magnitizdat.ops.albums.covers import cover
from magnitizdat.ops.albums.lyrics import layers
from magnitizdat.ops.give.shared_names import QUERY_LENGTH
from magnitizdat.ops.give.sharing import Shared, SharedAlbum
from magnitizdat.ops.intake.quarantine import FILE_LIMIT, Quarantine, ShareFullError
from magnitizdat.ops.listen import versions
from magnitizdat.web.guests.along import ALONG, along
from magnitizdat.web.guests.door import GUEST, evening_of, frame_of
from magnitizdat.web.guests.pages import album_page, found_page, front_page
from magnitizdat.web.guests.parts import files_in
from magnitizdat.web.guests.reading import notes_page, words_page
from magnitizdat.web.guests.style import FONTS, SHEET
from magnitizdat.web.guests.words import GuestWords
from magnitizdat.web.http.ranges import blob_response
from magnitizdat.web.http.routes import GUESTS, NOTHING, AbsentError, Endpoint, Handler
from magnitizdat.web.http.service import Service
from magnitizdat.web.http.transcodes import sound_response

COVER_SIZE = 480
NOTES_LENGTH = 1 << 20
UPLOAD_LIMIT = 8 * FILE_LIMIT
PAGE = {
    "content-security-policy": (
        "default-src 'none'; style-src 'self'; font-src 'self'; img-src 'self'; media-src 'self'; form-action 'self'; "
        "base-uri 'none'; frame-ancestors 'none'"
    ),
}
"""No script at all on a guest's page,"""
ALBUM = {"content-security-policy": f"{PAGE['content-security-policy']}; script-src 'self'"}
"""but the one that goes on to the next song."""


def _shared(request: Request) -> Shared:
    """Raises: AbsentError where nothing of a library is shared."""
    shared = evening_of(request).shared
    if shared is None:
        raise AbsentError(NOTHING)
    return shared


def _album(request: Request) -> tuple[int, SharedAlbum]:
    albums = evening_of(request).albums
    number = _whole_number(request.path_params["number"], below=len(albums))
    return number, albums[number]


def _whole_number(asked: str, *, below: int) -> int:
    """Raises: AbsentError for what is none, or none of these."""
    number = int(asked) if asked.isascii() and asked.isdigit() and len(asked) < 7 else below
    if number >= below:
        raise AbsentError(NOTHING)
    return number


def _page_number(request: Request) -> int:
    asked = request.query_params.get("page", "0")
    return int(asked) if asked.isascii() and asked.isdigit() and len(asked) < 5 else 0


def _html(content: bytes, rules: Mapping[str, str] = PAGE) -> Response:
    return Response(content, headers=dict(rules), media_type="text/html")


def door_step(request: Request, _service: Service) -> Response:
    """To the front page: links on it are beside it."""
    return RedirectResponse(f"{request.path_params['code']}/", status_code=303)


def front(request: Request, service: Service) -> Response:
    """All albums of the evening; what is sealed, where that is all."""
    evening = evening_of(request)
    if evening.is_sealed_alone:
        return along(request, service)
    evening.count(lambda counts: counts._replace(pages=counts.pages + 1))
    query = request.query_params.get("q", "")[:QUERY_LENGTH]
    if query.strip():
        return _html(found_page(frame_of(request), query, evening.names.find(query), page=_page_number(request)))
    return _html(front_page(frame_of(request), evening.albums, page=_page_number(request)))


def album(request: Request, service: Service) -> Response:
    """One album."""
    number, shared = _album(request)
    frame = frame_of(request)
    notes = _notes(service.library(), shared.release, frame.language)
    fits = sum(file.length for _, file in shared.files(small=False)) < 0xF0000000
    page = _page_number(request)
    return _html(album_page(frame, number, shared, page=page, notes=notes, one_file=fits), ALBUM)


def lyrics(request: Request, service: Service) -> Response:
    """The words of one song. Raises: AbsentError where it has none here."""
    number, shared = _album(request)
    place = _whole_number(request.query_params.get("song", ""), below=len(shared.tracks))
    found = layers(service.library(), shared.tracks[place].track)
    if not found:
        raise AbsentError(NOTHING)
    return _html(words_page(frame_of(request), number, shared, place, found, page=_page_number(request)))


def notes(request: Request, service: Service) -> Response:
    """All of an album's notes. Raises: AbsentError where it has none here."""
    number, shared = _album(request)
    frame = frame_of(request)
    found = _notes(service.library(), shared.release, frame.language)
    if not found[1]:
        raise AbsentError(NOTHING)
    return _html(notes_page(frame, number, shared, found, page=_page_number(request)))


def script(_request: Request, _service: Service) -> Response:
    """What goes on to the next song."""
    content = (files("magnitizdat.web") / "guests" / "listen.js").read_bytes()
    return Response(content, headers={"cache-control": "private, max-age=3600"}, media_type="text/javascript")


def _notes(library: Library, release: Release, wanted: str) -> tuple[str, str]:
    """Liner notes in the guest's language or else in another: (language, Markdown); empty where there are none."""
    for language in dict.fromkeys((wanted, "en", *release.notes)):
        file = release.notes.get(language)
        if file is not None and library.shelf.holds(file):
            return language, library.blob(file.sha256).read_at(0, NOTES_LENGTH).decode("utf-8", "replace")
    return "", ""


def sound(request: Request, service: Service) -> Response:
    """A track, to hear or with `keep` to have."""
    found = _shared(request).file(request.path_params["file"])
    if found is None:
        raise AbsentError(NOTHING)
    name, file = found
    keep = "keep" in request.query_params
    if request.headers.get("range", "bytes=0-").startswith("bytes=0-"):
        field = "taken" if keep else "listened"
        evening_of(request).count(lambda counts: counts._replace(**{field: getattr(counts, field) + 1}))
    track, codec = _shared(request).track(request.path_params["file"]), request.query_params.get("codec", "")
    if track is not None and codec in versions.CODECS and not keep:
        version = versions.encoding(track, versions.CODECS[codec])
        return sound_response(request, service, file, version, duration_s=track.duration_s)
    reader = service.library().blob(file.sha256)
    etag = request.path_params["file"]
    return blob_response(request, reader, media_type=file.media_type, etag=etag, filename=name if keep else None)


def whole(request: Request, service: Service) -> Response:
    """An album as one ZIP, small or as it was made; a copy that broke off goes on.

    Raises: UsageError where it is too long for one.
    """
    del service
    _, shared = _album(request)
    small = request.query_params.get("small") == "1"
    bundle = _shared(request).bundle(shared, small=small)
    evening_of(request).count(lambda counts: counts._replace(taken=counts.taken + 1))
    etag = shared.state(small=small)
    name = f"{shared.folder}.zip"
    return blob_response(request, bundle, media_type="application/zip", etag=etag, filename=name)


def picture(request: Request, service: Service) -> Response:
    """The cover of an album; drawn where it has none."""
    _, shared = _album(request)
    content, media_type = cover(service.library(), service.pool, f"al-{shared.view.id}", COVER_SIZE)
    return Response(content, headers={"cache-control": "private, max-age=3600"}, media_type=media_type)


def sheet(request: Request, _service: Service) -> Response:
    """The style of the pages."""
    del request
    return Response(SHEET, headers={"cache-control": "private, max-age=3600"}, media_type="text/css")


def letters(request: Request, _service: Service) -> Response:
    """A file of letters; those that the owner's page has."""
    name = FONTS.get(request.path_params["name"])
    if name is None:
        raise AbsentError(NOTHING)
    content = (files("magnitizdat.web") / "player" / "fonts" / name).read_bytes()
    return Response(content, headers={"cache-control": "private, max-age=3600"}, media_type="font/woff2")


def leave(request: Request, service: Service) -> Response:
    """Files that a guest leaves: sealed while they come in, looked into by nobody until the host accepts them.

    Raises: AbsentError where the evening takes nothing.
    """
    evening = evening_of(request)
    if not evening.take or evening.quarantine is None:
        raise AbsentError(NOTHING)
    service.library()
    frame = frame_of(request)
    with evening.leaving(request.state.peer) as is_free:
        said = _left(request, service, evening.quarantine, frame.words) if is_free else frame.words.left_busy
    return _html(front_page(frame, evening.albums, said=said))


def _left(request: Request, service: Service, quarantine: Quarantine, words: GuestWords) -> str:
    """Take what comes; what is said of it."""
    evening, count, said = evening_of(request), 0, ""
    try:
        for name, chunks in files_in(request.state.chunks, request.headers.get("content-type", "")):
            if quarantine.receive(name, chunks, now=service.now(), giver=request.state.peer) is None:
                said = words.too_long
            else:
                count += 1
    except ShareFullError:
        said = words.left_share.format(count=count)
    except NoSpaceError:
        said = words.left_full.format(count=count)
    evening.count(lambda counts: counts._replace(left=counts.left + count))
    return said or (words.left.format(count=count) if count else words.left_nothing)


def _get(path: str, handler: Handler) -> Endpoint:
    return Endpoint(f"/{{code}}{path}", ("GET",), handler, GUESTS, GUEST)


FRAME: tuple[Endpoint, ...] = (
    _get("", door_step),
    _get("/style.css", sheet),
    _get("/{name}.woff2", letters),
)
"""What all pages need."""
ENDPOINTS: tuple[Endpoint, ...] = (
    *FRAME,
    *ALONG,
    _get("/", front),
    _get("/listen.js", script),
    _get("/a{number}", album),
    _get("/w{number}", lyrics),
    _get("/n{number}", notes),
    _get("/c{number}", picture),
    _get("/z{number}", whole),
    _get("/f{file}", sound),
    Endpoint("/{code}/leave", ("POST",), leave, GUESTS, GUEST, body_limit=UPLOAD_LIMIT, streams=True),
)

KEYLESS: tuple[Endpoint, ...] = tuple(
    endpoint._replace(while_locked=True) for endpoint in (*FRAME, *ALONG, _get("/", along))
)
"""Where nothing but sealed reels is handed out: whether a library is locked, or there at all, is no matter."""
