"""Other tags on the same packets; runs in a worker. Only fields that are asked for change, in whatever holds them.

Everything else stays byte for byte: totals, further values, comments, pictures, lyrics, what nobody here knows, the
version of the tag, and its length where it has room.
"""

from __future__ import annotations

import io
from collections.abc import Callable, Collection, Iterable, Iterator
from typing import Any, cast

import msgspec
from mutagen import MutagenError, ogg

from magnitizdat.errors import DamagedError, UnsupportedError
from magnitizdat.model import AUDIO_TYPES
from magnitizdat.sentence import say
from magnitizdat.workers.audio import measure
from magnitizdat.workers.rewriting.chunks import rewritten_aiff, rewritten_wav
from magnitizdat.workers.rewriting.comments import EMPTY, rewritten_comments
from magnitizdat.workers.rewriting.flac import rewritten_flac
from magnitizdat.workers.rewriting.id3 import new_id3
from magnitizdat.workers.rewriting.mp4 import rewritten_mp4
from magnitizdat.workers.rewriting.mpeg import rewritten_mpeg, rewritten_wavpack
from magnitizdat.workers.rewriting.ogg import rewritten_ogg
from magnitizdat.workers.rewriting.wishes import WRITTEN, Wishes
from magnitizdat.workers.sniff import SNIFF_LENGTH, sniff
from magnitizdat.workers.tags import read_tags
from magnitizdat.workers.values import Tags

_WRITERS: dict[str, Callable[[bytes, Wishes], bytes]] = {
    "audio/flac": rewritten_flac,
    "audio/ogg": rewritten_ogg,
    "audio/opus": rewritten_ogg,
    "audio/mpeg": rewritten_mpeg,
    "audio/mp4": rewritten_mp4,
    "audio/wav": rewritten_wav,
    "audio/aiff": rewritten_aiff,
    "audio/x-wavpack": rewritten_wavpack,
}
RETAGGED = frozenset(_WRITERS)
"""What gets other tags; what else is taken in goes out with those that it came with."""
_FOLLOWING = {
    "artist": {"artists", "artists_sort"},
    "album_artist": {"album_artists", "album_artists_sort"},
    "title": {"title_sort"},
    "album": {"album_sort"},
    "composer": {"composer_sort"},
}
"""What says the same once more, apart or to be sorted by (`model.corrected`)."""
_PAGE_LENGTH = 255 * 254
"""Bytes of the longest packet that is sure to fit one page of Ogg."""


def retag(audio: bytes, tags: Tags, fields: Collection[str]) -> bytes:
    """The file with these of the tags, by the names that they have in `Tags`; one that is empty is taken out.

    A field that says so already is not touched; where all do, the file is the same.

    Raises: DamagedError, UnsupportedError.
    """
    media_type = sniff(audio[:SNIFF_LENGTH])
    if media_type not in AUDIO_TYPES:
        raise UnsupportedError(say("only audio can be tagged"))
    if media_type not in RETAGGED:
        raise UnsupportedError(say("tags of its kind are not written here"))
    wanted = WRITTEN & {*fields, *(name for field in fields for name in _FOLLOWING.get(field, ()))}
    before = _read(audio, media_type)
    after = msgspec.structs.replace(before, **{name: getattr(tags, name) for name in wanted})
    try:
        made = _rewritten(audio, media_type, Wishes.of(before, after))
    except (MutagenError, ValueError, IndexError) as exc:
        raise DamagedError(say("its tags cannot be rewritten; get an undamaged copy")) from exc
    if made != audio and _track_id(made, media_type) != _track_id(audio, media_type):
        raise DamagedError(say("its audio would not survive new tags; get an undamaged copy"))
    return made


def _rewritten(audio: bytes, media_type: str, wishes: Wishes) -> bytes:
    """Twice where a number said the disc as well ("B3"): what the first round lost is then said by itself."""
    if not wishes.fields:
        return audio
    made = _WRITERS[media_type](audio, wishes)
    lost = Wishes.of(_read(made, media_type), wishes.after).without({*wishes.fields, "date", "released"})
    return _WRITERS[media_type](made, lost) if lost.fields else made


def _read(audio: bytes, media_type: str) -> Tags:
    """What stands there, also where an old code page would be repaired: that is not what other programs read."""
    tags = read_tags(io.BytesIO(audio), media_type).tags
    written: dict[str, Any] = {each.field: each.before for each in tags.repaired}
    written |= {f"{field}s": () for field in ("artist", "album_artist") if field in written}
    if "genre" in written:
        written["genres"] = (written.pop("genre"),)
    return msgspec.structs.replace(tags, **written)


def _track_id(audio: bytes, media_type: str) -> str:
    return measure(io.BytesIO(audio), media_type).track_id


def tagged_ogg(parts: Iterable[bytes], tags: Tags) -> Iterator[bytes]:
    """An Ogg Opus stream under way, with these tags: only its first two pages are held and changed.

    Source: RFC 7845, section 3: the first page holds the identification header alone, the tags end their last page.
    """
    stream, start = iter(parts), b""
    while not (length := _pages_length(start, 2)):
        part = next(stream, b"")
        if not part:
            break
        start += part
    yield (_tagged_head(start[:length], tags) if length else b"") + start[length:]
    yield from stream


def _tagged_head(head: bytes, tags: Tags) -> bytes:
    """Two pages again, lest every number behind them be wrong: tags of over 64 KiB are left out."""
    file = io.BytesIO(rewritten_ogg(head, Wishes.of(_read(head, "audio/opus"), tags)))
    first, rest = ogg.OggPage(file), []
    while file.tell() < len(file.getvalue()):
        rest.append(ogg.OggPage(file))
    packed = ogg.OggPage.from_packets(ogg.OggPage.to_packets(rest), sequence=1, default_size=_PAGE_LENGTH)
    if len(packed) > 1:
        return head
    packed[0].serial = first.serial
    return cast(bytes, first.write() + packed[0].write())


def _pages_length(start: bytes, pages: int) -> int:
    """Bytes of the first pages of an Ogg stream; 0 where they are not all there. Source: RFC 3533, section 6."""
    at = 0
    for _ in range(pages):
        table = at + 27
        if len(start) < table or len(start) < table + start[table - 1]:
            return 0
        at = table + start[table - 1] + sum(start[table : table + start[table - 1]])
    return at if at <= len(start) else 0


def id3_of(tags: Tags) -> bytes:
    """A tag to stand before MPEG audio."""
    return new_id3(Wishes.of(Tags(), tags))


def vorbis_of(tags: Tags) -> bytes:
    """Comments for a block of FLAC."""
    return rewritten_comments(EMPTY, Wishes.of(Tags(), tags))
