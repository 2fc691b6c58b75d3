"""What guests take along sealed: a reel as one file, and the page that opens it. None of it needs a key here."""

from __future__ import annotations

from starlette.requests import Request
from starlette.responses import HTMLResponse, Response

from magnitizdat.errors import MagError
from magnitizdat.formats.age import BytesReader
from magnitizdat.ops.give.handing_on import Handing, Volume
from magnitizdat.pages import pocket
from magnitizdat.web.guests.along_pages import along_page, not_to_be_had
from magnitizdat.web.guests.along_words import along_words_of
from magnitizdat.web.guests.door import GUEST, evening_of, frame_of
from magnitizdat.web.guests.pages import plain_page
from magnitizdat.web.guests.style import PLAIN_POLICY
from magnitizdat.web.http.ranges import blob_response, requested_span
from magnitizdat.web.http.routes import GUESTS, NOTHING, AbsentError, Endpoint
from magnitizdat.web.http.service import Service

PAGE = {
    "content-security-policy": (
        "default-src 'none'; style-src 'self'; font-src 'self'; base-uri 'none'; form-action 'none'; "
        "frame-ancestors 'none'"
    ),
}
"""Nothing on it but letters and how it looks."""
RETRY_S = 20
"""Seconds after which whoever asks too early may ask again."""


def along(request: Request, _service: Service) -> Response:
    """What there is to take. Raises: AbsentError where nothing is."""
    evening = evening_of(request)
    reels = evening.handed_on.reels
    if not reels:
        raise AbsentError(NOTHING)
    evening.count(lambda counts: counts._replace(pages=counts.pages + 1))
    asked = request.query_params.get("page", "0")
    page = int(asked) if asked.isascii() and asked.isdigit() and len(asked) < 5 else 0
    content = along_page(frame_of(request), reels, page=page, is_front=evening.is_sealed_alone)
    return Response(content, headers=PAGE, media_type="text/html")


def reel(request: Request, _service: Service) -> Response:
    """A file of a reel, whole or a range of it; while it is not to be had, a page that says so.

    Raises: AbsentError where there is no such file.
    """
    handing = _handing(request)
    volume = _volume(request, handing)
    if volume is None or not _is_there(request, volume):
        return _not_now(request, handing)
    answer = blob_response(
        request, volume.content, media_type="application/zip", etag=volume.mark, filename=volume.name, keyless=True
    )
    if request.method == "GET" and _is_from_its_beginning(answer):
        evening_of(request).count(lambda counts: counts._replace(taken=counts.taken + 1))
    return answer


def _is_from_its_beginning(answer: Response) -> bool:
    begins = answer.headers.get("content-range", "bytes 0-").startswith("bytes 0-")
    return begins and answer.status_code in {200, 206}


def _handing(request: Request) -> Handing:
    """The reel that is asked for. Raises: AbsentError."""
    reels = evening_of(request).handed_on.reels
    return reels[_whole_number(request.path_params["which"].partition(".")[0], below=len(reels))]


def _volume(request: Request, handing: Handing) -> Volume | None:
    """The file of it; None while it is not there yet. Raises: AbsentError."""
    found = handing.found
    if found is None:
        return None
    return found.volumes[_whole_number(request.path_params["which"].partition(".")[2], below=len(found.volumes))]


def _whole_number(asked: str, *, below: int) -> int:
    number = int(asked) if asked.isascii() and asked.isdigit() and len(asked) < 7 else below
    if number >= below:
        raise AbsentError(NOTHING)
    return number


def _is_there(request: Request, volume: Volume) -> bool:
    """Whether the medium gives what is asked for first: nothing is promised that cannot begin."""
    try:
        span = requested_span(request.headers.get("range"), volume.length)
        start = span.start if span is not None else 0
        volume.content.read_at(start, 1 << 12)
    except ValueError:  # nothing of it is there, and it is answered so
        return True
    except (MagError, OSError):
        return False
    return True


def _not_now(request: Request, handing: Handing) -> Response:
    frame = frame_of(request)
    content = plain_page(frame, [not_to_be_had(along_words_of(frame.language), handing)])
    return HTMLResponse(content, 503, {"retry-after": str(RETRY_S), "content-security-policy": PLAIN_POLICY})


def opener(request: Request, _service: Service) -> Response:
    """The page that opens reels: to run it from here, under its own policy, or with `keep` to have.

    Raises: AbsentError where no reel is handed on.
    """
    if not evening_of(request).handed_on.reels:
        raise AbsentError(NOTHING)
    if "keep" not in request.query_params:
        return Response(pocket.page(), headers=OPENER, media_type="text/html")
    content = BytesReader(pocket.page())
    return blob_response(
        request, content, media_type="text/html", etag=pocket.fingerprint(), filename=pocket.NAME, keyless=True
    )


OPENER = {"content-security-policy": f"{pocket.policy()}; frame-ancestors 'none'"}
"""What the page says of itself, and what it cannot say there. Source: CSP 3, "frame-ancestors" in a meta element."""

ALONG: tuple[Endpoint, ...] = tuple(
    Endpoint(f"/{{code}}{path}", ("GET",), handler, GUESTS, GUEST)
    for path, handler in (("/take", along), ("/r{which}", reel), (f"/{pocket.NAME}", opener))
)
