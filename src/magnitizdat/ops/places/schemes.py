"""Schemes of addresses that libraries of others open."""

from __future__ import annotations

from magnitizdat.errors import UsageError
from magnitizdat.sentence import say


def scheme_of(address: str) -> str:
    """What stands before `://`, in small letters.

    Raises: UsageError for a chain, such as `simplecache::https://…`: its links keep plain copies on this disk, ask
    whomever they are sent to, and are no place.
    """
    scheme = address.partition("://")[0].lower()
    if scheme not in {"http", "https"} and "::" in address:
        raise UsageError(say("an address that joins several by :: is not opened; give that of the place alone"))
    return scheme


def refuse_password(address: str) -> None:
    """Other programs see command lines, and we keep addresses. Raises: UsageError for one with a password in it."""
    if "@" in address.partition("://")[2].partition("/")[0]:
        raise UsageError(
            say(
                "leave user and password out of the address: other programs see the command line; ask for one that"
                " needs none"
            )
        )
