"""The table of endpoints: what is where, who may, and how a refusal looks. The guard and the tests read it."""

from __future__ import annotations

from collections.abc import Callable
from enum import StrEnum
from typing import NamedTuple

from starlette.requests import Request
from starlette.responses import Response

from magnitizdat.errors import MagError
from magnitizdat.sentence import Sentence, say
from magnitizdat.web.http.service import Service

BODY_LIMIT = 1 << 20
"""Bytes that a request's body may have where its endpoint says nothing else."""

CROWDED = say("too many are here at once; wait a moment, then try again")
CONNECTION_STATE = "connection"
"""What the state of a request calls the connection that it came by."""
NOTHING = say("there is nothing here; check the address")


class Role(StrEnum):
    """Who asks, as far as that was shown."""

    NOBODY = "nobody"
    DEVICE = "device"
    """A player of the owner's, by the secret that `mag app add` made."""
    LISTENER = "listener"
    """The same of someone of the household, with stars and playlists of their own."""
    OWNER = "owner"
    """The owner's page, by a one-time link or the passphrase."""
    GUEST = "guest"
    PEER = "peer"
    """Another laptop, by the ticket of a share."""


ANYBODY = frozenset(Role) - {Role.GUEST, Role.PEER}
PLAYERS = frozenset({Role.DEVICE, Role.LISTENER})
OWNER = frozenset({Role.OWNER})
HOUSEHOLD = OWNER | PLAYERS
GUESTS = frozenset({Role.GUEST})
PEERS = frozenset({Role.PEER})


class Who(NamedTuple):
    """Whom the guard let in. `listener` is empty for the owner; `app` is the id of a player."""

    role: Role
    listener: str = ""
    app: str = ""


NOBODY = Who(Role.NOBODY)


class Connection:
    """What one connection knows of itself. `crowded`: it came when all others were busy."""

    crowded = False
    known = False
    """Somebody has shown here that they are the owner, or a player of theirs."""


def connection_of(request: Request) -> Connection:
    """The connection that a request came by."""
    found = request.scope.get("state", {}).get(CONNECTION_STATE)
    return found if isinstance(found, Connection) else Connection()


class DeniedError(MagError):
    """A secret that is wrong. Counts against whoever showed it."""


class AbsentError(MagError):
    """Nothing is here, or nothing that this one may see: both look alike."""


class TooOftenError(MagError):
    """Wrong too often; `wait_s` seconds until the next try is listened to."""

    def __init__(self, sentence: Sentence, *, wait_s: float) -> None:
        super().__init__(sentence)
        self.wait_s = wait_s


class CrowdedError(MagError):
    """All places of this server are taken."""


class TooMuchError(MagError):
    """The body is longer than this endpoint takes, or too slow in coming."""


class Door(NamedTuple):
    """How somebody is recognised, and how errors are worded for them.

    `recognise` raises DeniedError for wrong credentials, LockedError where they cannot be told from right ones; no
    credentials at all are NOBODY. `refuse` makes the answer to any MagError, and to AbsentError one that says nothing
    else. `tries` names the secrets that open it: wrong ones of a kind are counted apart from those of others.
    `guessable`: they are short, so that a right one is not listened to either while its peer has to wait, unless that
    peer was right before; all others are too long to be guessed, and a right one always opens. `reads_body` where
    credentials come in the body too: it is then read first. `own_site`: no page of another site may change anything, as
    where browsers show credentials by themselves.
    """

    recognise: Callable[[Request, Service], Who]
    refuse: Callable[[Request, Service, MagError], Response]
    tries: str
    guessable: bool = False
    reads_body: bool = False
    own_site: bool = True


Handler = Callable[[Request, Service], Response]
"""Runs in a thread. `request.state` has `who`, `peer`, and `body`, or `chunks` where the endpoint streams."""


class Endpoint(NamedTuple):
    """One line of the table. GET includes HEAD.

    `streams`: the handler takes the body from the iterator `request.state.chunks`. `while_locked`: the handler is
    called also while the library is locked. `polls`: a page asks by itself every while, so it is no use of the library.
    `tries_passphrase`: wrong ones make whoever sends them wait, here alone. `in_a_crowd`: there is always a place for
    whoever asks this, since it makes somebody known.
    """

    path: str
    methods: tuple[str, ...]
    handler: Handler
    roles: frozenset[Role]
    door: Door
    body_limit: int = BODY_LIMIT
    streams: bool = False
    while_locked: bool = False
    polls: bool = False
    tries_passphrase: bool = False
    in_a_crowd: bool = False
