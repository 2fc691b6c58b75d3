"""Sound, pictures and words."""

from __future__ import annotations

import hashlib

from starlette.responses import Response

from magnitizdat.formats.lyrics import LyricLine, LyricText
from magnitizdat.formats.names import portable_name
from magnitizdat.library.index.browse import SongLine
from magnitizdat.model import MEDIA_TYPES
from magnitizdat.ops.albums.covers import cover
from magnitizdat.ops.albums.lyrics import Layer, layers
from magnitizdat.ops.listen import searching, versions
from magnitizdat.web.http.ranges import blob_response
from magnitizdat.web.http.transcodes import sound_response
from magnitizdat.web.subsonic.browsing import named_song
from magnitizdat.web.subsonic.calls import Answer, Call
from magnitizdat.web.subsonic.model_kept import Cue, CueLine, Line, Lyrics, LyricsList, StructuredLyrics
from magnitizdat.web.subsonic.render import bit_rate

_KINDS = {"original": "main", "translation": "translation", "romanisation": "pronunciation"}


def stream(call: Call) -> Response:
    """The original, unless few can play it, or another format or fewer bits are wanted: then what serves.

    All of it has ranges. With `timeOffset` it is a transcode in any case, but for who asks for `raw`: a player cannot
    know whether it is sent one (transcodeOffset 1).
    """
    line, params = named_song(call), call.params
    wanted, most, origin_s = params.optional("format") or "", params.number("maxBitRate", 0), 0
    # Against the bit rate that was told: players that want the original ask for just that (DSub).
    version = versions.chosen(line, call.library.shelf.holds, wanted=wanted, most=most, told=bit_rate(line) or 0)
    if wanted != versions.RAW and (origin_s := params.number("timeOffset", 0)):
        version = versions.from_the_middle(line, version, most)
    track = line.track
    return sound_response(
        call.request,
        call.service,
        line.file,
        version,
        duration_s=track.duration_s,
        origin_s=origin_s,
        or_source=True,
    )


def download(call: Call) -> Response:
    """The original, or what is here of it."""
    line = named_song(call)
    file = line.file
    name = portable_name(f"{line.track.position:02d} {line.track.title}") + MEDIA_TYPES.get(file.media_type, "")
    reader = call.library.blob(file.sha256)
    return blob_response(call.request, reader, media_type=file.media_type, etag=file.sha256[:32], filename=name)


def cover_art(call: Call) -> Response:
    """Always a picture: where there is none, one is drawn."""
    picture = cover(call.library, call.service.pool, call.params.text("id"), call.params.number("size", 0))
    etag = f'"{hashlib.sha256(picture.body).hexdigest()[:32]}"'
    headers = {"etag": etag, "cache-control": "private, max-age=86400"}
    if call.request.headers.get("if-none-match") == etag:
        return Response(status_code=304, headers=headers)
    return Response(picture.body, 200, headers, picture.media_type)


def avatar(call: Call) -> Response:
    """A picture drawn from a name; the same whether somebody is called that or not."""
    name = call.params.text("username")
    picture = cover(call.library, call.service.pool, f"ar-{hashlib.sha256(name.encode()).hexdigest()[:16]}", 160)
    return Response(picture.body, 200, {"cache-control": "private, max-age=86400"}, picture.media_type)


def lyrics(call: Call) -> Answer:
    """By artist and title, as the oldest players ask; of what is not found, an empty text."""
    artist, title = (call.params.optional(name) or "" for name in ("artist", "title"))
    found = searching.find(call.library, f"{artist} {title}", artists=(0, 0), albums=(0, 0), tracks=(0, 20))
    lines = call.library.browse.named(track.song for track in found.tracks)
    for line in lines.values():
        same_title = line.track.title.casefold() == title.casefold()
        if same_title and (not artist or line.track.artist.casefold() == artist.casefold()):
            for layer in layers(call.library, line.track)[:1]:
                text = "\n".join(each.text for each in layer.lyrics.lines)
                return Answer("lyrics", Lyrics(value=text, artist=line.track.artist, title=line.track.title))
    return Answer("lyrics", Lyrics(value=""))


def lyrics_by_song(call: Call) -> Answer:
    """Originals alone; with `enhanced`, translations, Latin letters and timed words too (songLyrics 2)."""
    line = named_song(call)
    is_enhanced = call.params.flag("enhanced")
    found = [
        _structured(layer, line, is_enhanced=is_enhanced)
        for layer in layers(call.library, line.track)
        if is_enhanced or layer.kind == "original"
    ]
    return Answer("lyricsList", LyricsList(structured_lyrics=tuple(found)))


def _structured(layer: Layer, line: SongLine, *, is_enhanced: bool) -> StructuredLyrics:
    text = layer.lyrics
    return StructuredLyrics(
        lang=layer.language,
        synced=text.synced,
        line=tuple(Line(value=each.text, start=each.at_ms) for each in text.lines),
        display_artist=line.track.artist,
        display_title=line.track.title,
        offset=text.offset_ms or None,
        kind=_KINDS[layer.kind] if is_enhanced else None,
        cue_line=_cues(text) if is_enhanced else None,
    )


def _cues(text: LyricText) -> tuple[CueLine, ...] | None:
    lines = [_cue_line(number, each) for number, each in enumerate(text.lines) if each.words]
    return tuple(lines) or None


def _cue_line(number: int, line: LyricLine) -> CueLine:
    cues = (Cue(value=word.text, start=word.at_ms, byte_start=word.start, byte_end=word.end - 1) for word in line.words)
    return CueLine(index=number, value=line.text, start=line.at_ms, cue=tuple(cues))
