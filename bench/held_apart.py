"""`python -m bench.held_apart [ASKS]`: what a library holds and a share has not, and what nobody holds, told apart.

Over TLS on the loopback, by whoever has the ticket: both are asked for in a random order, and of the bytes of each
answer and of its time a threshold is learnt from one half and tried on the other, as in `told_apart`.
"""

from __future__ import annotations

import http.client
import random
import secrets
import ssl
import sys
import tempfile
from pathlib import Path
from time import perf_counter_ns

from bench.told_apart import Shown, told_by_form, told_by_number
from magnitizdat.formats.spool_paths import blob_path, parse_blob
from magnitizdat.formats.tickets import Ticket
from magnitizdat.library.library import Library
from magnitizdat.ops.listen.choosing import Choice
from magnitizdat.web.http.hours import Hours
from magnitizdat.web.http.service import Service
from magnitizdat.web.peers.opening import offered, opened
from tests.fakes_library import make_library, put_album
from tests.fakes_spool import publish_all

ASKS = 20_000
ALBUMS = 50


def _library(folder: Path) -> tuple[Library, str]:
    """Some albums, of which one is shared."""
    library = make_library(folder / "library")
    albums = [put_album(library, f"Album {number}", lengths=(1000,) * 8)[0] for number in range(ALBUMS)]
    publish_all(library, albums)
    return library, albums[0]


def _held(service: Service, album: str) -> list[str]:
    """Paths of what is here and was not chosen."""
    shared = offered(service, Choice(albums=(album,))).table
    return [path for path in offered(service, Choice()).table if parse_blob(path) and path not in shared]


def asked(ticket: Ticket, held: list[str], asks: int) -> tuple[list[Shown], list[Shown]]:
    """What answers to `asks` of each kind show: (nobody holds it, it is held)."""
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT)
    context.check_hostname, context.verify_mode = False, ssl.CERT_NONE
    host, port = ticket.addresses[0]
    line = http.client.HTTPSConnection(host, port, context=context)
    kinds = [False, True] * asks
    random.SystemRandom().shuffle(kinds)
    shown: tuple[list[Shown], list[Shown]] = ([], [])
    for is_held in kinds:
        path = secrets.choice(held) if is_held else blob_path(secrets.token_hex(32))
        begun = perf_counter_ns()
        line.request("GET", f"/{ticket.code}/{path}")
        answer = line.getresponse()
        form = (answer.status, answer.read(), tuple(answer.getheaders()))
        shown[is_held].append(Shown(form, (perf_counter_ns() - begun,)))
    line.close()
    return shown


def main() -> int:
    """Ends with 1 where the bytes of an answer tell anything."""
    asks = int(sys.argv[1]) if len(sys.argv) > 1 else ASKS
    with tempfile.TemporaryDirectory() as folder:
        library, album = _library(Path(folder))
        service = Service(library.directory)
        service.open(library)
        port = opened(service, offered(service, Choice(albums=(album,))), Hours(service), addresses=["127.0.0.1"])
        port.begin()
        shown = asked(port.ticket, _held(service, album), asks)
        port.end()
        port.join()
        service.close()
    form, (learnt, tried) = told_by_form(*shown), told_by_number(*shown, 0)
    sys.stdout.write(
        f"{asks} digests that are held and were not chosen, {asks} that nobody holds\n"
        f"told apart by the answer: {form:.2%}; by its time: {learnt:.2%} where it was learnt, {tried:.2%} elsewhere\n"
    )
    return int(form > 0)


if __name__ == "__main__":
    sys.exit(main())
