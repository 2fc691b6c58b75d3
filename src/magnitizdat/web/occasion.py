"""One occasion to share: an evening for browsers, a port for other laptops, or both; they end together."""

from __future__ import annotations

from pathlib import Path
from typing import NamedTuple

from magnitizdat.errors import LibraryBusyError, UsageError
from magnitizdat.model import Progress, Shortfall, Silent
from magnitizdat.ops.clubs.staying import gate
from magnitizdat.ops.give.handing_on import HandedOn
from magnitizdat.ops.give.sharing import Shared
from magnitizdat.ops.give.sharing import choose as choose_shared
from magnitizdat.ops.listen.choosing import Choice, choose
from magnitizdat.sentence import Sentence
from magnitizdat.web.guests.evening import Evening
from magnitizdat.web.guests.venue import PORT, Venue
from magnitizdat.web.http.hours import HOURS, Hours
from magnitizdat.web.http.service import Service
from magnitizdat.web.peers.opening import Shareable, offered, opened
from magnitizdat.web.peers.ticket_port import TicketPort


class ShareWish(NamedTuple):
    """What is to be shared, with whom and where. Nothing chosen means everything, unless it is sealed reels alone."""

    choice: Choice
    hours: float = HOURS
    take: bool = False
    guests: bool = True
    with_club: bool = False
    bind: str = ""
    port: int = PORT
    names: tuple[str, ...] = ()
    """By which the ticket is reached from elsewhere."""
    reels: tuple[Path, ...] = ()
    """What guests take along sealed."""
    reels_alone: bool = False
    """No album: neither a ticket, nor a library unless guests may leave something."""

    @property
    def needs_library(self) -> bool:
        """Whether keys are needed for it."""
        return not self.reels_alone or self.take


class Occasion(NamedTuple):
    """What is open. `albums` counts them; `lacks_ticket` says why there is none."""

    hours: Hours
    venue: Venue | None
    ticket_port: TicketPort | None
    albums: int
    missing: tuple[Shortfall, ...]
    staying: int = 0
    lacks_ticket: Sentence | None = None

    def run(self) -> None:
        """Answer until it is over, or a signal."""
        if self.venue is None and self.ticket_port is not None:
            self.ticket_port.run()
        elif self.venue is not None:
            beside = self.ticket_port.begin() if self.ticket_port else None
            self.venue.run()
            if beside is not None:
                beside.join()


def open_occasion(service: Service, wish: ShareWish, *, progress: Progress | None = None) -> Occasion:
    """Listen, with the library of `service`. What cannot be signed and verified, or not now, goes to browsers alone.

    Reels are read first. Raises: UsageError where nothing is left to share, an address or a port is not to be had;
    SourceError where a reel is none.
    """
    handed_on = HandedOn(wish.reels)
    handed_on.look(progress or Silent())
    hours = Hours(service, wish.hours)
    if wish.reels_alone:
        shared = Shared(service.library(), ()) if wish.take else None
        evening = Evening(service, shared, hours=hours, take=wish.take, handed_on=handed_on)
        venue = Venue(service, evening, address=wish.bind or None, port=wish.port)
        return Occasion(hours, venue, None, 0, evening.missing)
    library = service.library()
    if not wish.guests:
        offer = offered(service, wish.choice, with_club=wish.with_club)
        port = wish.port if wish.port != PORT else None
        ticket_port = _ticket_port(service, wish, offer, hours, port)
        return Occasion(hours, None, ticket_port, offer.table.albums, offer.missing, offer.staying)
    passes = gate(library, with_club=wish.with_club)
    found = choose(library, wish.choice, now=service.now())
    views = found.albums if wish.choice else library.shelf.albums()
    shared = choose_shared(
        library, views, songs=found.songs, absent=found.absent, named=bool(wish.choice), passes=passes
    )
    evening = Evening(service, shared, hours=hours, take=wish.take, handed_on=handed_on)
    venue = Venue(service, evening, address=wish.bind or None, port=wish.port)
    occasion = Occasion(hours, venue, None, len(shared.albums), evening.missing, shared.staying)
    try:
        offer = offered(service, wish.choice, with_club=wish.with_club)
        return occasion._replace(ticket_port=_ticket_port(service, wish, offer, hours))
    except (UsageError, LibraryBusyError) as exc:
        return occasion._replace(lacks_ticket=exc.sentence)


def _ticket_port(
    service: Service, wish: ShareWish, offer: Shareable, hours: Hours, port: int | None = None
) -> TicketPort:
    addresses = [wish.bind] if wish.bind else []
    return opened(service, offer, hours, take=wish.take, addresses=addresses, names=wish.names, port=port)
