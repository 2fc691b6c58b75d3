"""Spools behind addresses: mirrors, buckets, what else `fsspec` knows. With the writer its home outside `reel`."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

from magnitizdat import program
from magnitizdat.errors import LockedError, UsageError
from magnitizdat.formats import share_words
from magnitizdat.formats.tickets import Ticket, is_address, is_ticket, lacks_port, parse_address, parse_ticket
from magnitizdat.ops.places.bucket import BucketSpool, patience
from magnitizdat.ops.places.http import HttpSpool
from magnitizdat.ops.places.origins import share_origin
from magnitizdat.ops.places.schemes import refuse_password, scheme_of
from magnitizdat.ops.places.socks import Proxy
from magnitizdat.ops.places.spool import Spool
from magnitizdat.sentence import Sentence, advice, say

Ask = Callable[[Sentence], str]
"""Asks whoever sits there for words."""
SHARE_WORDS = say("The six words of the share")


def is_far(source: str) -> bool:
    """Whether it is asked over a net: an address of any kind. What lies here by that name comes first."""
    return "://" in source or ((is_address(source) or lacks_port(source)) and not Path(source).exists())


def open_far(source: str, *, words: str, ask: Ask | None, proxy: Proxy | None) -> tuple[str, Spool]:
    """What a place is called, which gives nobody a way to it, and its spool: a share, a mirror, a bucket.

    Raises: UsageError, LockedError where six words are needed and nobody is there to say them, WrongPassphraseError.
    """
    if not is_ticket(source) and "://" in source:
        return source.partition("#")[0], open_remote(source, proxy=proxy)
    by_words = not is_ticket(source)
    ticket = _by_words(source, words, ask) if by_words else parse_ticket(source)
    if proxy is None and all(each.host.endswith(".onion") for each in ticket.addresses):
        raise UsageError(_THROUGH_TOR)
    return str(ticket.addresses[0]), HttpSpool(share_origin(ticket, by_words=by_words), proxy=proxy)


_THROUGH_TOR = advice(
    terminal=say("this address is reached through Tor alone; start it, and add --proxy socks5h://127.0.0.1:9050"),
    page=say("this address is reached through Tor alone; start it, and give its proxy, socks5h://127.0.0.1:9050"),
)


_WORDS_TOO = advice(
    terminal=say("at this address six words are asked for; give them in a file, --words-file FILE (- is a pipe)"),
    page=say("at this address six words are asked for; give them too, as the other screen shows them"),
)


def _by_words(source: str, words: str, ask: Ask | None) -> Ticket:
    """What a ticket would say, from an address and six words."""
    address = parse_address(source)
    if not words and ask is None:
        raise LockedError(_WORDS_TOO)
    secret = share_words.derive(words or (ask(SHARE_WORDS) if ask else ""))
    return Ticket((address,), secret.code, secret.pin)


def open_remote(address: str, *, proxy: Proxy | None = None) -> Spool:
    """A spool behind an address with a scheme: `https://`, `s3://` and whatever else fsspec knows.

    Raises: UsageError where nothing is installed for the scheme, and for an address with a password in it.
    """
    refuse_password(address)
    scheme = scheme_of(address)
    if scheme in {"http", "https"}:
        return HttpSpool(address, proxy=proxy)
    if proxy is not None:
        raise UsageError(
            say(
                "addresses that begin with {scheme}:// are not asked through a proxy; give an https:// one",
                scheme=scheme,
            )
        )
    import fsspec

    try:
        filesystem, root = fsspec.core.url_to_fs(address, **patience(scheme))
    except (ImportError, ValueError) as exc:
        raise UsageError(
            say(
                "addresses that begin with {scheme}:// cannot be opened {by_this_one}",
                scheme=scheme,
                by_this_one=program.by_this_one(),
            )
        ) from exc
    filesystem.invalidate_cache()  # of listings: others write there too
    return BucketSpool(filesystem, root)
