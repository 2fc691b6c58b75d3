"""`mag-tuf-client`: the trust workflow behind the command line of the tuf-conformance project (its CLIENT-CLI).

Strict where `mag` is lenient: what has expired is refused. The folder holds `root.json`, `timestamp.json` and so on;
`mag` itself never keeps such a plain cache.
"""

from __future__ import annotations

import argparse
import sys
import time
import urllib.parse
from collections.abc import Callable
from datetime import UTC, datetime
from pathlib import Path

import urllib3

from magnitizdat.catalogue.delegations import find_target, target_names
from magnitizdat.catalogue.following import update_roles, update_roots
from magnitizdat.catalogue.metadata import require_bytes
from magnitizdat.catalogue.trust import Trusted
from magnitizdat.disk.disk import Disk
from magnitizdat.errors import (
    DamagedError,
    MagError,
    NotFoundError,
    NotVerifiedError,
    UnreachableError,
    UsageError,
)
from magnitizdat.sentence import verbatim

MAX_TARGET_LENGTH = 256 << 20
"""Bytes of a target: it is verified in memory before anything is written."""
TIMEOUT_S = 30.0
"""Most seconds without an answer or a byte."""
FETCH_S = 600.0
"""Most seconds for one file, so that a trickle ends."""
CHUNK = 1 << 16


def main(arguments: list[str] | None = None) -> int:
    """Exit code 0 if all went well, 1 if anything was refused or missing."""
    options = _parser().parse_args(arguments)
    try:
        run: Callable[[argparse.Namespace], None] = options.run
        run(options)
    except (MagError, OSError) as exc:
        sys.stderr.write(f"{exc}\n")
        return 1
    return 0


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(prog="mag-tuf-client", description="A TUF client, for the tuf-conformance suite.")
    parser.add_argument("--metadata-dir", type=Path, required=True)
    parser.add_argument("--metadata-url", default="")
    parser.add_argument("--target-name", default="")
    parser.add_argument("--target-base-url", default="")
    parser.add_argument("--target-dir", type=Path)
    commands = parser.add_subparsers(required=True)
    init = commands.add_parser("init", help="trust a first root")
    init.add_argument("trusted_root", type=Path)
    init.set_defaults(run=_init)
    commands.add_parser("refresh", help="update the metadata").set_defaults(run=_refresh)
    commands.add_parser("download", help="update the metadata and fetch one target").set_defaults(run=_download)
    return parser


def _init(options: argparse.Namespace) -> None:
    data = options.trusted_root.read_bytes()
    _Client(options).begin(data)


def _refresh(options: argparse.Namespace) -> None:
    _Client(options).refresh()


def _download(options: argparse.Namespace) -> None:

    if not options.target_name or options.target_dir is None or not options.target_base_url:
        raise UsageError(verbatim("download needs --target-name, --target-base-url and --target-dir"))
    _Client(options).download(options.target_name, options.target_base_url, options.target_dir)


class _Client:
    """One run on one metadata folder."""

    def __init__(self, options: argparse.Namespace) -> None:

        self._folder: Path = options.metadata_dir
        self._url: str = options.metadata_url
        self._disk = Disk()
        self._now = datetime.now(UTC)

    def begin(self, root: bytes) -> None:

        Trusted(root, now=self._now)
        self._keep("root", root)

    def refresh(self) -> Trusted:

        held = self._held()
        trusted = Trusted(held.pop("root"), now=self._now)
        update_roots(trusted, self._fetch, keep=self._keep)
        trusted.hold(held)
        update_roles(trusted, self._fetch, keep=self._keep)
        return trusted

    def download(self, name: str, base_url: str, folder: Path) -> None:

        trusted = self.refresh()
        target = find_target(trusted, name, self._fetch, keep=self._keep)
        if target.length > MAX_TARGET_LENGTH:
            raise DamagedError(
                verbatim(f"the target is longer than {MAX_TARGET_LENGTH} bytes; fetch it by other means")
            )
        path = folder / urllib.parse.quote(name, safe="")
        if path.is_file() and path.stat().st_size == target.length:
            try:
                require_bytes(target, path.read_bytes(), "the target")
            except NotVerifiedError:
                pass  # changed since: fetch the new one
            else:
                return
        stored = next(iter(target_names(trusted, target)))
        data = fetch(_join(base_url, stored), target.length)
        require_bytes(target, data, "the target")
        if not folder.is_dir():
            self._disk.mkdir(folder)
        self._disk.write_atomic(path, data)

    def _held(self) -> dict[str, bytes]:

        held = {urllib.parse.unquote(path.stem): path.read_bytes() for path in self._folder.glob("*.json")}
        if "root" not in held:
            raise UsageError(verbatim("nothing is trusted here yet; run init with a root first"))
        return held

    def _fetch(self, name: str, max_length: int) -> bytes:
        return fetch(_join(self._url, name), max_length)

    def _keep(self, role: str, data: bytes) -> None:
        self._disk.write_atomic(self._folder / f"{urllib.parse.quote(role, safe='')}.json", data)


def _join(base: str, name: str) -> str:
    return f"{base.rstrip('/')}/{name}"


def fetch(url: str, max_length: int) -> bytes:
    """At most `max_length` bytes of `url`, as they come over the wire.

    Raises: NotFoundError (403, 404), UnreachableError, DamagedError if there are more bytes.
    """
    ends_at = time.monotonic() + FETCH_S
    retries = urllib3.Retry(total=1, connect=1, read=0, status=0, other=0, redirect=False)
    timeout = urllib3.Timeout(connect=TIMEOUT_S, read=TIMEOUT_S)
    headers = {"Accept-Encoding": "identity", "User-Agent": "mag-tuf-client"}
    found = bytearray()
    try:
        with urllib3.PoolManager(retries=retries, timeout=timeout, headers=headers) as pool:
            answer = pool.request("GET", url, preload_content=False, decode_content=False)
            if answer.status in {403, 404}:
                raise NotFoundError(verbatim("the repository has no such file; check its address"))
            if answer.status != 200:
                raise UnreachableError(
                    verbatim(f"the repository answered with status {answer.status}; try again later")
                )
            while chunk := answer.read(min(CHUNK, max_length + 1 - len(found))):
                found += chunk
                if len(found) > max_length:
                    raise DamagedError(
                        verbatim(f"a file is longer than the {max_length} bytes that were agreed; ask for another")
                    )
                if time.monotonic() > ends_at:
                    raise UnreachableError(verbatim("the repository answers too slowly; try again later"))
    except urllib3.exceptions.HTTPError as exc:
        raise UnreachableError(verbatim("the repository does not answer; check its address and try again")) from exc
    return bytes(found)


if __name__ == "__main__":
    sys.exit(main())
