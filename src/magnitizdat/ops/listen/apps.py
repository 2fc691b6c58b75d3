"""Players of one's own: each has a user name and a random secret of its own, which can be revoked alone.

The passphrase never reaches a player. The secret is kept, sealed like all else: Subsonic's tokens are made of it.
"""

from __future__ import annotations

import re
import secrets
from collections.abc import Iterable
from datetime import datetime

from anyascii import anyascii

from magnitizdat.errors import UsageError
from magnitizdat.library.journal import AppGone, AppRow
from magnitizdat.library.library import Library
from magnitizdat.model import Value
from magnitizdat.ops.listen.listening import flush_tail, record_what, stamp
from magnitizdat.sentence import advice, say

SECRET_LENGTH = 20
"""Letters of a secret: 100 bits, and short enough to be typed once on a phone."""
MAX_USER_LENGTH = 16
_LETTERS = "abcdefghijkmnpqrstuvwxyz23456789"
_MAX_NAME_LENGTH = 64


class App(Value, frozen=True, kw_only=True):
    """A player that may log in. `listener` is empty for the owner's own."""

    id: str
    name: str
    user: str
    listener: str = ""
    created: str = ""


class Credential:
    """An app and its secret; never printed."""

    __slots__ = ("app", "secret")

    def __init__(self, app: App, secret: str) -> None:
        self.app = app
        self.secret = secret


def add(library: Library, name: str, *, listener: str = "", now: datetime) -> Credential:
    """Let one more player in; its secret is shown to the person once, on the page or the terminal.

    Raises: UsageError for a name that is empty, too long, or taken.
    """
    name, listener = _checked(name), _checked(listener) if listener.strip() else ""
    made: list[AppRow] = []

    def fresh() -> list[AppRow]:
        known = apps(library)
        if any(app.name.casefold() == name.casefold() for app in known):
            raise UsageError(
                advice(
                    terminal=say(
                        "an app «{name}» is there already; choose another name, or `mag app revoke` it first", name=name
                    ),
                    page=say(
                        "a player «{name}» is there already; choose another name, or take that one back first",
                        name=name,
                    ),
                )
            )
        row = AppRow(
            id=secrets.token_hex(8),
            name=name,
            user=_user_name(listener or name, {app.user for app in known}),
            secret="".join(secrets.choice(_LETTERS) for _ in range(SECRET_LENGTH)),
            listener=listener,
            created=stamp(now),
        )
        made.append(row)
        return made

    record_what(library, fresh)
    flush_tail(library)
    return Credential(_app(made[0]), made[0].secret)


def apps(library: Library) -> list[App]:
    """All players that may log in, oldest first."""
    return [each.app for each in credentials(library)]


def find_app(library: Library, text: str) -> App:
    """The app that an id, a name or a user name means.

    Raises: UsageError where there is none.
    """
    wanted = text.casefold()
    for app in apps(library):
        if wanted in {app.id, app.name.casefold(), app.user}:
            return app
    raise UsageError(
        advice(
            terminal=say("no app is called «{text}»; `mag app list` shows them", text=text),
            page=say("no player is called «{text}»; look at the list again", text=text),
        )
    )


def revoke(library: Library, wanted: str) -> App:
    """Never let a player in again; what was done with it stays.

    Raises: UsageError where there is none.
    """
    gone: list[App] = []

    def found() -> list[AppGone]:
        gone.append(find_app(library, wanted))
        return [AppGone(id=gone[0].id)]

    record_what(library, found)
    flush_tail(library)
    return gone[0]


def listeners(library: Library) -> list[str]:
    """Names of those of the household that have players of their own; not the owner."""
    return sorted({app.listener for app in apps(library) if app.listener})


def credentials(library: Library) -> list[Credential]:
    """What a login is compared with, oldest first."""
    rows = library.index.listening.kept(AppRow, "app:")
    return [Credential(_app(row), row.secret) for row in sorted(rows, key=lambda row: (row.created, row.id))]


def _app(row: AppRow) -> App:
    return App(id=row.id, name=row.name, user=row.user, listener=row.listener, created=row.created)


def _checked(name: str) -> str:
    found = " ".join(name.split())
    if not found or len(found) > _MAX_NAME_LENGTH or not found.isprintable():
        raise UsageError(
            say("a name is 1 to {max_name_length} letters long; choose another", max_name_length=_MAX_NAME_LENGTH)
        )
    return found


def _user_name(name: str, taken: Iterable[str]) -> str:
    """Short, plain and unique: what a person types into a player."""
    plain = anyascii(name).lower().replace("'", "")
    stem = re.sub("[^a-z0-9]+", "-", plain).strip("-")[:MAX_USER_LENGTH].strip("-") or "player"
    number = 1
    found = stem
    while found in taken:
        number += 1
        found = f"{stem}-{number}"
    return found
