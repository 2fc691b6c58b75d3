"""Opening a share with other laptops: what was chosen becomes a table, six words are drawn, and a port listens."""

from __future__ import annotations

from collections.abc import Sequence
from typing import NamedTuple

from magnitizdat.formats.names import passphrase_words
from magnitizdat.model import Shortfall
from magnitizdat.ops.clubs.staying import gate
from magnitizdat.ops.give.gathering import gather
from magnitizdat.ops.give.table import Table
from magnitizdat.ops.listen.choosing import Choice, choose
from magnitizdat.web.http.hours import Hours
from magnitizdat.web.http.service import Service
from magnitizdat.web.peers.share import Share
from magnitizdat.web.peers.ticket_port import TicketPort


class Shareable(NamedTuple):
    """What can be taken; what else was wished for, and how many labels stay in clubs."""

    table: Table
    missing: tuple[Shortfall, ...]
    staying: int


def offered(service: Service, choice: Choice, *, with_club: bool = False) -> Shareable:
    """What was chosen, or else all that is here, whole and signed. Raises: UsageError where that is nothing."""
    library = service.library()
    found = choose(library, choice, now=service.now())
    passes = gate(library, with_club=with_club)
    cargo = gather(library, now=service.now(), albums=found.albums, songs=found.songs, passes=passes)
    table = Table(library, cargo)
    return Shareable(table, (*found.absent, *table.lacking), cargo.staying)


def opened(
    service: Service,
    offer: Shareable,
    hours: Hours,
    *,
    take: bool = False,
    addresses: Sequence[str] = (),
    names: Sequence[str] = (),
    port: int | None = None,
) -> TicketPort:
    """A port that listens, with words of its own. Raises: UsageError, as `TicketPort`."""
    share = Share(offer.table, passphrase_words(), hours, take=take)
    return TicketPort(service, share, addresses=addresses, names=names, port=port)
