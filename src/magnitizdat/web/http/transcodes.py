"""Sound over HTTP in the version that was chosen: a file that is here, or a transcode made while it goes out."""

from __future__ import annotations

from starlette.requests import Request
from starlette.responses import Response

from magnitizdat.formats.transcodes import Encoding
from magnitizdat.library.library import Library
from magnitizdat.model import File
from magnitizdat.ops.listen.transcoding import Transcoder
from magnitizdat.web.http.ranges import blob_response
from magnitizdat.web.http.service import Service


class Transcodes:
    """The one transcoder of a server, which forgets all sound when the library closes (an `Attendant`)."""

    def __init__(self, service: Service) -> None:
        self.transcoder = Transcoder(service.pool)
        service.attend(self)

    def opened(self, _library: Library) -> None:
        """Nothing yet."""

    def closing(self, _library: Library) -> None:
        """Nothing of it is wanted."""
        self.transcoder.forget()


def sound_response(
    request: Request,
    service: Service,
    source: File,
    version: File | Encoding,
    *,
    duration_s: float,
    origin_s: int = 0,
    or_source: bool = False,
) -> Response:
    """`version` of a sound that lasts so long, `source` being what is here of it; a transcode from `origin_s` on.

    What cannot be made is refused; with `or_source`, who wanted it from its beginning is sent the source.

    Raises: LockedError, NotFoundError.
    """
    library = service.library()

    def as_it_is(file: File) -> Response:
        reader = library.blob(file.sha256)
        return blob_response(request, reader, media_type=file.media_type, etag=file.sha256[:32])

    if isinstance(version, File):
        return as_it_is(version)
    transcoder = service.only(Transcodes).transcoder
    made = transcoder.open(library, source.sha256, duration_s, version, origin_s=origin_s)
    instead = (lambda: as_it_is(source)) if or_source and not origin_s else None
    return blob_response(request, made, media_type=made.media_type, etag=made.etag, is_made=True, instead=instead)
