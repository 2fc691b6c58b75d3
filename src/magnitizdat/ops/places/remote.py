"""Spools behind addresses: mirrors, buckets, what else `fsspec` knows. With the writer its home outside `reel`."""

from __future__ import annotations

from magnitizdat import program
from magnitizdat.errors import UsageError
from magnitizdat.ops.places.http import HttpSpool
from magnitizdat.ops.places.socks import Proxy
from magnitizdat.ops.places.spool import BucketSpool, Spool
from magnitizdat.sentence import say


def open_remote(address: str, *, proxy: Proxy | None = None) -> Spool:
    """A spool behind an address with a scheme: `https://`, `s3://` and whatever else fsspec knows.

    Raises: UsageError where nothing is installed for the scheme, and for an address with a password in it.
    """
    if "@" in address.partition("://")[2].partition("/")[0]:  # other programs see command lines, and we keep addresses
        raise UsageError(
            say(
                "leave user and password out of the address: other programs see the command line; ask for one that"
                " needs none"
            )
        )
    scheme = address.split("://", 1)[0].lower()
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
        filesystem, root = fsspec.core.url_to_fs(address)
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
