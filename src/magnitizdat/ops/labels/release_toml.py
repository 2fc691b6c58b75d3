"""`mag publish --draft`: `release.toml` beside the music, for what tags do not say, and liner notes by language."""

from __future__ import annotations

import json
import re
import tomllib
from pathlib import Path
from typing import Any

import msgspec

from magnitizdat.disk.disk import Disk
from magnitizdat.disk.reading import FileReader
from magnitizdat.errors import UsageError
from magnitizdat.formats.misfit import misfit
from magnitizdat.library.library import Changes, Library
from magnitizdat.model import Release
from magnitizdat.ops.albums.edit import require_dates, require_kind
from magnitizdat.ops.albums.small_files import seal_small
from magnitizdat.ops.intake.said import corrected
from magnitizdat.sentence import Sentence, advice, listed, say

DRAFT_NAME = "release.toml"
MAX_DRAFT_LENGTH = 1 << 20
MAX_NOTES_LENGTH = 1 << 20
_NOTES = re.compile(r"notes\.([a-z]{2,3}(?:-[A-Za-z0-9]{2,8})*)\.(?:md|txt)")
_DATES = ("date", "released")
_FIELDS = ("title", "artist", "kind", "date", "released", "sort_name", "aliases", "genres", "licence", "support")


def write_draft(release: Release, folder: Path, *, disk: Disk) -> Path:
    """Write `release.toml` for an album; one that is there is never replaced.

    Raises: UsageError if there is one, TargetError.
    """
    path = folder / DRAFT_NAME
    if path.exists():
        raise UsageError(
            advice(
                terminal=say(
                    "{draft_name} is there already; edit it, then `mag publish … --from {folder}`",
                    draft_name=DRAFT_NAME,
                    folder=folder,
                ),
                page=say("{draft_name} is there already; move it away first", draft_name=DRAFT_NAME),
            )
        )
    disk.mkdir(folder)
    disk.write_atomic(path, _draft_text(release).encode())
    return path


def _draft_text(release: Release) -> str:
    def line(name: str, comment: str, *, shown: Any = None) -> str:
        value = getattr(release, name) if shown is None else shown
        text = json.dumps(list(value) if isinstance(value, tuple) else value, ensure_ascii=False)
        return f"# {comment}\n{name} = {text}\n"

    credited = [f"[[credits]]\nname = {_quoted(each.name)}\nrole = {_quoted(each.role)}\n" for each in release.credits]
    example = '# [[credits]]\n# name = "Виктор"\n# role = "guitar, voice"\n'
    return "\n".join(
        [
            "# What is signed together with the music. Lines that begin with # are comments.",
            "# Liner notes: write notes.en.md, notes.da.md, notes.ru.md … beside this file.",
            "# Of Markdown, headings, lists, rules and *emphasis* are shown; links and pictures stay text.\n",
            line("title", "Title of the release"),
            line("artist", "Who made it, spelled as they spell it"),
            line("kind", "album, ep, single, compilation, live or other"),
            line("date", "When it was recorded or first came out: 1982, 1982-05 or 1982-05-01"),
            line("released", "When this label releases it; empty: today"),
            line("sort_name", "How the artist is sorted, where that differs"),
            line("aliases", "Other spellings under which people look for it, for example in Latin letters"),
            line("genres", "Genres"),
            line("licence", "What others may do with it, for example CC-BY-SA-4.0"),
            line("support", "How to thank the musicians: an address, a wallet, a person to ask for"),
            "# Who did what",
            "\n".join(credited) or example,
        ]
    )


def _quoted(text: str) -> str:
    return json.dumps(text, ensure_ascii=False)


def read_draft(library: Library, changes: Changes, folder: Path, release: Release) -> Release:
    """`release` with what the draft in `folder` says, and liner notes sealed into the library.

    Raises: UsageError with the line or field that is wrong.
    """
    fields: dict[str, Any] = {}
    path = folder / DRAFT_NAME
    if path.exists():
        fields = _read_toml(path)
        if fields.get("kind") != release.kind:
            require_kind(fields)
        require_dates(
            {name: fields[name] for name in _DATES if name in fields and fields[name] != getattr(release, name)}
        )
    notes = dict(release.notes)
    for entry in sorted(folder.iterdir()) if folder.is_dir() else []:
        found = _NOTES.fullmatch(entry.name)
        if found:
            notes[found[1]] = seal_small(library, changes, _read_notes(entry), "text/markdown")
    if not fields and not notes:
        raise UsageError(
            advice(
                terminal=say(
                    "there is neither {draft_name} nor notes.en.md in that folder; `mag publish --draft` writes one",
                    draft_name=DRAFT_NAME,
                ),
                page=say(
                    "there is neither {draft_name} nor notes.en.md in that folder; write one first",
                    draft_name=DRAFT_NAME,
                ),
            )
        )
    try:
        known = msgspec.to_builtins(corrected(release, {**fields, "tracks": (), "notes": notes}))
        draft: Release = msgspec.convert({**known, **fields}, Release)
    except msgspec.ValidationError as exc:
        raise UsageError(
            say("{draft_name} cannot be used: {why}; correct that line", draft_name=DRAFT_NAME, why=misfit(exc))
        ) from exc
    return msgspec.structs.replace(draft, tracks=release.tracks)


def _unsound(error: Exception) -> Sentence:
    """What is no TOML, with its line where that is known."""
    if found := re.search(r"at line (\d+)", str(error)):
        return say("{draft_name} cannot be read at line {line}; correct it", draft_name=DRAFT_NAME, line=int(found[1]))
    return say("{draft_name} cannot be read; write it anew", draft_name=DRAFT_NAME)


def _read_toml(path: Path) -> dict[str, Any]:
    try:
        with FileReader(path) as reader:
            values = tomllib.loads(reader.read_at(0, MAX_DRAFT_LENGTH).decode())
    except (tomllib.TOMLDecodeError, UnicodeDecodeError, RecursionError) as exc:
        raise UsageError(_unsound(exc)) from exc
    unknown = [name for name in values if name not in (*_FIELDS, "credits")]
    if unknown:
        raise UsageError(
            say(
                "{draft_name} has a line «{unknown}» that means nothing; known are {fields}",
                draft_name=DRAFT_NAME,
                unknown=unknown[0],
                fields=listed(_FIELDS),
            )
        )
    return values


def _read_notes(path: Path) -> bytes:
    with FileReader(path) as reader:
        content = reader.read_at(0, MAX_NOTES_LENGTH + 1)
    if len(content) > MAX_NOTES_LENGTH:
        raise UsageError(say("{name} is longer than 1 MiB; shorten it", name=path.name))
    try:
        content.decode()
    except UnicodeDecodeError as exc:
        raise UsageError(say("{name} is not UTF-8 text; save it as UTF-8", name=path.name)) from exc
    return content
