"""From another player or server: their playlists, and what a listener did on a Subsonic server."""

from __future__ import annotations

from contextlib import closing
from datetime import UTC, datetime
from pathlib import Path

from magnitizdat.cli import face
from magnitizdat.errors import UsageError
from magnitizdat.model import fields
from magnitizdat.sentence import say


def is_list(path: Path) -> bool:
    """Whether a path names a playlist."""
    from magnitizdat.ops.listen.lists import is_list as is_list_op

    return is_list_op(path)


def import_lists(paths: list[Path], listener: str) -> int:
    """`mag import list.m3u8`."""
    from magnitizdat.ops.listen.lists import import_lists as import_op

    out = face.current
    with out.library() as library:
        report = import_op(library, paths, listener=listener, now=datetime.now(UTC))
    return out.end(report.outcome(), fields(report))


def from_subsonic(url: str, user: str, password_file: Path | None, listener: str) -> int:
    """`mag import --from-subsonic URL`. The password comes from a file or a prompt, never from the command line."""
    from magnitizdat.ops.listen.from_subsonic import switch
    from magnitizdat.ops.listen.subsonic_server import SubsonicServer

    out = face.current
    user = user or out.ask_line(say("User at the server"))
    password = _password(password_file)
    with out.library() as library, closing(SubsonicServer(url, user, password)) as server, out.progress() as progress:
        report = switch(library, server, listener=listener, now=datetime.now(UTC), progress=progress)
    return out.end(report.outcome(), fields(report))


def _password(file: Path | None) -> str:
    from magnitizdat.ops.keep.session import read_passphrase_file

    if file is not None:
        return read_passphrase_file(file)
    if not face.current.may_ask:
        raise UsageError(say("nobody is there to type the password of the server; give it with --password-file"))
    return face.current.ask_secret(say("Password at the server"))
