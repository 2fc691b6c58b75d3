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
CROWDED_STATE = "crowded"
"""What the state of a request has where the server has no room for it."""
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


ANYBODY = frozenset(Role) - {Role.GUEST}
PLAYERS = frozenset({Role.DEVICE, Role.LISTENER})
OWNER = frozenset({Role.OWNER})
GUESTS = frozenset({Role.GUEST})


class Who(NamedTuple):
    """Whom the guard let in. `listener` is empty for the owner; `app` is the id of a player."""

    role: Role
    listener: str = ""
    app: str = ""


NOBODY = Who(Role.NOBODY)


class DeniedError(MagError):
    """Credentials that are wrong. Counts against the peer who showed them."""


class AbsentError(MagError):
    """Nothing is here, or nothing that this one may see: both look alike."""


class TooOftenError(MagError):
    """This peer was wrong too often; `wait_s` seconds until it may try again."""

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
    else. `tries` names the secrets that open it: wrong ones keep a peer from these alone, or a page of another site
    could shut the owner out by guessing for a player. `reads_body` where credentials come in the body too: it is then
    read first. `own_site`: no page of another site may change anything, as where browsers show credentials by
    themselves.
    """

    recognise: Callable[[Request, Service], Who]
    refuse: Callable[[Request, Service, MagError], Response]
    tries: str
    reads_body: bool = False
    own_site: bool = True


Handler = Callable[[Request, Service], Response]
"""Runs in a thread. `request.state` has `who`, `peer`, and `body`, or `chunks` where the endpoint streams."""


class Endpoint(NamedTuple):
    """One line of the table. GET includes HEAD.

    `streams`: the handler takes the body from the iterator `request.state.chunks`. `while_locked`: the handler is
    called also while the library is locked. `polls`: a page asks by itself every while, so it is no use of the library.
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
