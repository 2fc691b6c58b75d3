"""Questions to a Subsonic server, and its answers out of their envelope; nothing says that they are short."""

from __future__ import annotations

import hashlib
import ipaddress
import secrets
from collections.abc import Callable
from typing import Any
from urllib.parse import urlsplit

import msgspec

from magnitizdat.catalogue.strict_json import require_few_values
from magnitizdat.errors import DamagedError, NotFoundError, SourceError, UnreachableError, UsageError
from magnitizdat.formats import budgets
from magnitizdat.ops.places.answers import read_answer
from magnitizdat.sentence import say

WRONG_PASSWORD, NOT_FOUND = 40, 70
NO_TOKENS = (10, 41)
"""Codes of a server that misses the password itself. Source: Subsonic API, "error"."""


class NoTokensError(SourceError):
    """The server wants the password itself."""


class SubsonicServer:
    """Questions to a Subsonic server; answers are decoded JSON without their envelope."""

    def __init__(self, url: str, user: str, password: str) -> None:
        """Raises: UsageError where the address is none, or holds a password."""
        import urllib3

        parts = urlsplit(url)
        if parts.scheme not in {"http", "https"} or not parts.hostname:
            raise UsageError(say("give the server's address as https://music.example"))
        if parts.username or parts.password or parts.query:
            raise UsageError(
                say("leave user and password out of the address; use --user, and the password is asked for")
            )
        self._private = parts.scheme == "https" or _is_loopback(parts.hostname)
        self._base = url.rstrip("/").removesuffix("/rest") + "/rest/"
        self._user, self._password = user, password
        self._login: Callable[[], dict[str, str]] = self._token
        self._errors = urllib3.exceptions.HTTPError
        self._pool = urllib3.PoolManager(
            timeout=urllib3.Timeout(connect=15, read=120),
            retries=urllib3.Retry(
                2, redirect=False, backoff_factor=0.3, allowed_methods=None, respect_retry_after_header=False
            ),  # some say "in a day", and it would be waited for
            headers={"User-Agent": "Mozilla/5.0", "Accept-Encoding": "identity"},
        )

    def log_in(self) -> None:
        """Find out how the server wants to be asked: some keep no password that a token could be compared with.

        Raises: SourceError, also where that would show the password to everybody on the way.
        """
        try:
            self.ask("ping")
        except NoTokensError:
            if not self._private:
                raise SourceError(
                    say(
                        "this server wants the password itself, and plain http would show it to everybody on the way;"
                        " give an address with https"
                    )
                ) from None
            self._login = self._plain
            self.ask("ping")

    def _token(self) -> dict[str, str]:
        salt = secrets.token_hex(8)
        token = hashlib.md5((self._password + salt).encode(), usedforsecurity=False).hexdigest()
        return {"t": token, "s": salt}

    def _plain(self) -> dict[str, str]:
        return {"p": f"enc:{self._password.encode().hex()}"}

    def ask(self, view: str, **fields: str | int) -> dict[str, Any]:
        """One answer. Everything is in the body, so that no log of the server or a proxy holds it.

        Raises: UnreachableError, DamagedError, NotFoundError (the server has no such thing), SourceError (it refuses).
        """
        asked = {"u": self._user, "v": "1.16.1", "c": "player", "f": "json", **self._login()}
        asked |= {name: str(value) for name, value in fields.items()}
        try:
            url = f"{self._base}{view}.view"
            answer = self._pool.request("POST", url, fields=asked, encode_multipart=False, preload_content=False)
            body = read_answer(answer, budgets.SERVER_ANSWER.most + 1)
            if len(body) > budgets.SERVER_ANSWER.most:
                answer.close()  # the rest would stand before the next answer
            answer.release_conn()
        except self._errors as exc:
            raise UnreachableError(say("the server does not answer; check its address, and that it runs")) from exc
        if answer.status in {404, 405, 410, 501}:
            raise NotFoundError(
                say("the server does not know this question; check its address, down to the last folder")
            )
        if 300 <= answer.status < 400:
            raise SourceError(say("the server sends us somewhere else; give the address that it leads to"))
        return _unwrapped(body, answer.status)

    def close(self) -> None:
        """Let go of connections."""
        self._pool.clear()


def _is_loopback(host: str) -> bool:
    try:
        return ipaddress.ip_address(host).is_loopback
    except ValueError:
        return host == "localhost"


def _unwrapped(body: bytes, status: int) -> dict[str, Any]:
    budgets.SERVER_ANSWER.check(len(body))
    require_few_values(body)
    try:
        found = msgspec.json.decode(body, type=dict[str, dict[str, Any]])["subsonic-response"]
    except (msgspec.MsgspecError, KeyError, RecursionError) as exc:
        raise DamagedError(
            say("this is not a Subsonic server (it answers {status}); check the address", status=status)
        ) from exc
    if found.get("status") == "ok":
        return found
    error = found.get("error")
    code = error.get("code") if isinstance(error, dict) else None
    if code in NO_TOKENS:
        raise NoTokensError(say("the server takes no tokens; give an address with https"))
    if code == NOT_FOUND:
        raise NotFoundError(say("the server has no such thing; ask for something else"))
    raise SourceError(
        say("the server does not take this user and password; check both")
        if code == WRONG_PASSWORD
        else say("the server refuses with code {code}; see what its log says", code=code)
    )
