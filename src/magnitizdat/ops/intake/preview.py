"""Looking into files before anything is taken in: which are music, and what old Cyrillic tags would become."""

from __future__ import annotations

import itertools
from collections.abc import Callable, Iterable, Iterator, Sequence
from contextlib import suppress
from pathlib import Path

from magnitizdat.errors import SourceError, UsageError
from magnitizdat.model import ReadAt, Value
from magnitizdat.ops.intake.one_file import LazyFile, Packed, members
from magnitizdat.ops.intake.scan import ScannedFile, is_junk, readable, walk
from magnitizdat.sentence import say
from magnitizdat.workers.pool import ParserPool
from magnitizdat.workers.sniff import sniff
from magnitizdat.workers.values import Parsed, Tags

SNIFFED = 4096
"""Bytes by which we tell what a file is."""
Opener = Callable[[ScannedFile], LazyFile]


class RepairedTag(Value, frozen=True, kw_only=True):
    """One tag that was written in an old Cyrillic encoding, before and after."""

    what: str
    field: str
    before: str
    after: str


def preview_repairs(paths: Sequence[Path]) -> tuple[RepairedTag, ...]:
    """What an import of these paths would repair in old Cyrillic tags; nothing is taken in.

    Raises: UsageError for a path where nothing is.
    """
    for path in paths:
        try:
            path.lstat()
        except (OSError, ValueError) as exc:
            raise UsageError(say("{path} is not there; check the name", path=readable(str(path)))) from exc
    repairs: list[RepairedTag] = []
    with ParserPool() as pool:
        for (found, source), parsed in pool.parse(audio(walk(paths), LazyFile, pool)):
            source.close()
            if isinstance(parsed, Parsed):
                repairs += repairs_of(found.hint, parsed.tags)
    return tuple(repairs)


def audio(
    folders: Iterable[list[ScannedFile]], open_: Opener, pool: ParserPool
) -> Iterator[tuple[tuple[ScannedFile, LazyFile], ReadAt, str]]:
    """Everything below that is audio by its first bytes, also in zips."""
    for found in itertools.chain.from_iterable(folders):
        source = open_(found)
        kind = ""
        with suppress(OSError, SourceError):
            kind = "" if found.odd or is_junk(found) else sniff(source.read_at(0, SNIFFED)) or ""
        if kind.startswith("audio/"):
            if found.member < 0:
                source.rest()  # opened again when its turn comes
            yield (found, source), source, found.place
            continue
        if kind == "application/zip" and found.member < 0:
            with suppress(OSError, SourceError):
                yield from audio(members(found, pool.list_zip(source)), unpacker(pool, source), pool)
        source.close()


def unpacker(pool: ParserPool, archive: ReadAt) -> Opener:
    """Opens what is in a zip."""
    return lambda found: Packed(found, lambda number: pool.read_zip_member(archive, number))


def repairs_of(hint: str, tags: Tags) -> list[RepairedTag]:
    """What of these tags was repaired."""
    return [RepairedTag(what=hint, field=each.field, before=each.before, after=each.after) for each in tags.repaired]
