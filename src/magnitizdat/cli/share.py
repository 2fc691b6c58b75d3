"""`mag share`: a concert in a flat, for guests with a browser; and what they left."""

from __future__ import annotations

import sys
import threading
from contextlib import ExitStack
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from magnitizdat.cli import face
from magnitizdat.cli.choosing import Playlists, Search
from magnitizdat.cli.face import human_time
from magnitizdat.cli.staying import WithClub
from magnitizdat.errors import UsageError, partly
from magnitizdat.model import fields
from magnitizdat.sentence import say, size_words

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from magnitizdat.ops.intake.quarantine import Left
    from magnitizdat.ops.jobs.jobs import Job
    from magnitizdat.web.guests.venue import Venue
    from magnitizdat.web.occasion import Occasion
    from magnitizdat.web.peers.ticket_port import TicketPort


PANEL = "Give"


def register(app: typer.Typer) -> None:
    """Put the verbs of this group on the command line."""
    app.command(rich_help_panel=PANEL)(share)
    app.command(rich_help_panel="Take")(left)


def share(
    albums: Annotated[list[str] | None, typer.Argument(metavar="[RELEASE…]", help="Albums by id or title.")] = None,
    every: Annotated[bool, typer.Option("--all", help="Every album.")] = False,
    playlist: Playlists = None,
    search: Search = None,
    take: Annotated[
        bool,
        typer.Option("--take", help="Guests may leave music, sealed until accepted; another laptop may give albums."),
    ] = False,
    hours: Annotated[float, typer.Option("--hours", help="When it ends by itself.")] = 4.0,
    bind: Annotated[str, typer.Option("--bind", metavar="ADDR", help="This address of this computer.")] = "",
    port: Annotated[int, typer.Option("--port", min=0, max=65535, help="0 finds a free one.")] = 8045,
    host: Annotated[
        list[str] | None,
        typer.Option("--host", metavar="NAME", help="A name for the ticket, such as an onion service's."),
    ] = None,
    carry: Annotated[
        list[Path] | None,
        typer.Option(
            "--carry",
            metavar="REEL",
            help="Guests take this reel along, sealed, and the page that opens it; needs no key. Repeatable.",
        ),
    ] = None,
    no_guests: Annotated[bool, typer.Option("--no-guests", help="The ticket alone: nothing for browsers.")] = False,
    wifi: Annotated[
        str, typer.Option("--wifi", metavar="NAME", help="Show a QR that joins this Wi-Fi; asks for its passphrase.")
    ] = "",
    with_club: WithClub = False,
) -> int:
    """A concert in a flat: guests on the same Wi-Fi listen with a browser alone, another laptop takes albums."""
    from magnitizdat.library import holders
    from magnitizdat.library.library import read_slot
    from magnitizdat.ops.intake.quarantine import Quarantine
    from magnitizdat.ops.listen.choosing import Choice
    from magnitizdat.web.http.service import Service
    from magnitizdat.web.occasion import ShareWish, open_occasion
    from magnitizdat.web.peers.receiving import Receiving

    out = face.current
    _require_reels_named(carry or ())
    choice = Choice(albums=tuple(albums or ()), playlists=tuple(playlist or ()), searches=tuple(search or ()))
    wish = ShareWish(
        choice=choice,
        hours=hours,
        take=take,
        guests=not no_guests,
        with_club=with_club,
        bind=bind,
        port=port,
        names=tuple(host or ()),
        reels=tuple(carry or ()),
        reels_alone=bool(carry) and not every and not choice,
    )
    if bool(choice) == every and not wish.reels_alone:
        raise UsageError(say("name albums, --playlist NAME or --search TEXT, or say --all"))
    if no_guests and wifi:
        raise UsageError(say("--wifi is for guests; leave it or --no-guests away"))
    if no_guests and carry:
        raise UsageError(say("--carry is for guests; leave it or --no-guests away"))
    if wish.needs_library:
        read_slot(out.directory)
        holders.be(holders.Kind.SERVER)
    passphrase = (
        out.ask_secret(say("Passphrase of «{wifi}», empty for none", wifi=wifi)) if wifi and out.may_ask else ""
    )
    service = Service(out.directory)
    with ExitStack() as ending:
        if wish.needs_library:
            service.open(ending.enter_context(out.library()))
        ending.callback(service.close)
        with out.progress() as progress:
            occasion = open_occasion(service, wish, progress=progress)
        with _one_key(occasion.hours.end):
            _tell(occasion, wifi, passphrase)
            sys.stdout.flush()  # also a pipe, or a terminal that is none: nobody waits until the evening is over
            occasion.run()
        came = [] if service.locked else service.only(Receiving).ended()
        waiting = [] if service.locked else Quarantine(service.library()).files()
    _sum_up(occasion, waiting, came)
    return partly(occasion.missing)


def _require_reels_named(carry: Sequence[Path]) -> None:
    """Raises: UsageError where an option stands in the place of a reel."""
    for each in carry:
        if str(each).startswith("--"):
            raise UsageError(
                say("--carry is followed by {name}, not by a reel; name the reel's folder or file", name=each)
            )


def _tell(occasion: Occasion, wifi: str, passphrase: str) -> None:
    """Addresses, words and codes for the wall."""
    from magnitizdat.ops.clubs.staying import staying_albums_sentence

    out, venue, ticket_port = face.current, occasion.venue, occasion.ticket_port
    until = occasion.hours.until
    if out.settings.as_json:
        ready = {
            "ticket": str(ticket_port.ticket) if ticket_port else None,
            "url": venue.url if venue else None,
            "words": ticket_port.share.words if ticket_port else None,
            "address": str(ticket_port.ticket.addresses[0]) if ticket_port else None,
            "until": until.isoformat(timespec="seconds"),
            "reels": _reels(venue) if venue else [],
        }
        sys.stdout.write(face.json_text(ready) + "\n")
        return
    if venue:
        _tell_guests(venue, wifi, passphrase)
    if ticket_port:
        _tell_laptops(ticket_port)
    if venue and venue.evening.handed_on.reels:
        files = _reels(venue)
        length = size_words(sum(each["length"] for each in files))
        out.say("Sealed, to take along: {count} {count:file|files}, {length}.", count=len(files), length=length)
        _tell_reels(venue)
    time = f"{until.astimezone():%H:%M}"
    if venue and venue.evening.is_keyless:
        out.say("It ends at {time}, or when you press a key.", time=time)
    else:
        out.say("Albums: {albums}. It ends at {time}, or when you press a key.", albums=occasion.albums, time=time)
    if occasion.staying:
        out.say(staying_albums_sentence(occasion.staying))
    if occasion.lacks_ticket:
        out.say("There is no ticket for other laptops: {why}.", why=occasion.lacks_ticket)
    out.missing(occasion.missing)


def _tell_reels(venue: Venue) -> None:
    """Which number guests see is which."""
    for number, reel in enumerate(venue.evening.handed_on.reels, 1):
        if reel.found:
            length = size_words(reel.found.length)
            face.current.say(
                "Reel {number}: {place}, {length}; guests see it as {name}.",
                number=number,
                place=reel.place,
                length=length,
                name=reel.name,
            )


def _reels(venue: Venue) -> list[dict[str, Any]]:
    """The files that guests take along, each with the address where any program gets it."""
    return [
        {"url": f"{venue.url}/r{number}.{at}", "name": volume.name, "length": volume.length}
        for number, reel in enumerate(venue.evening.handed_on.reels)
        for at, volume in enumerate(reel.found.volumes if reel.found else ())
    ]


def _tell_guests(venue: Venue, wifi: str, passphrase: str) -> None:
    from magnitizdat.pages.qr import terminal_qr
    from magnitizdat.web.guests.venue import wifi_text

    out = face.current
    if wifi:
        out.say("1. Join the Wi-Fi «{wifi}»:", wifi=wifi)
        out.show(terminal_qr(wifi_text(wifi, passphrase)))
        out.say("2. Then open this:")
    out.show(terminal_qr(venue.url))
    out.say("Or type: {url}", url=venue.url)
    out.say("Everybody on this Wi-Fi can read along. A phone may warn that there is no internet: stay connected.")


def _tell_laptops(ticket_port: TicketPort) -> None:
    from magnitizdat.pages.qr import terminal_qr

    out, ticket, share = face.current, ticket_port.ticket, ticket_port.share
    out.say("A ticket for another laptop; whoever has it can take, until the share ends:")
    out.show(terminal_qr(str(ticket)))
    out.show(str(ticket))
    out.say("Or there: `mag dub {address}`, and these six words:", address=str(ticket.addresses[0]))
    out.show(share.words)
    out.say("It says what all albums of these labels are called; only those that you named can be taken.")


def _sum_up(occasion: Occasion, waiting: list[Left], came: list[Job]) -> None:
    out = face.current
    out.say(say("The share is over.") if occasion.venue is None else say("The evening is over."))
    for job in came:
        out.say("From another laptop: {headline}", headline=job.sentence)
        for line in job.said:
            out.say(line)
    if occasion.venue is None:
        return
    counts = occasion.venue.evening.counts
    out.say(
        "Tracks begun: {listened}. Copies taken: {taken}. Files left: {left}.",
        listened=counts.listened,
        taken=counts.taken,
        left=counts.left,
    )
    if waiting:
        out.say(
            "Waiting unopened: {waiting}. `mag left` lists them, `mag left --accept` takes them in.",
            waiting=len(waiting),
        )


class _one_key:  # noqa: N801 -- used as a context manager, like a function
    """Call `end` at the first key that is pressed on a terminal; elsewhere only signals end it."""

    def __init__(self, end: Callable[[], None]) -> None:
        self._end = end
        self._before: Any = None

    def __enter__(self) -> None:
        if not face.current.may_ask:
            return
        if sys.platform != "win32":
            import termios
            import tty

            self._before = termios.tcgetattr(sys.stdin)
            tty.setcbreak(sys.stdin)
        threading.Thread(target=self._wait, daemon=True).start()

    def __exit__(self, *_: object) -> None:
        if self._before is not None and sys.platform != "win32":
            import termios

            termios.tcsetattr(sys.stdin, termios.TCSADRAIN, self._before)

    def _wait(self) -> None:
        if sys.platform == "win32":
            import msvcrt

            msvcrt.getch()
        else:
            sys.stdin.read(1)
        self._end()


def left(
    accept: Annotated[bool, typer.Option("--accept", help="Take them in, parsed like any import.")] = False,
    refuse: Annotated[bool, typer.Option("--refuse", help="Remove them unopened.")] = False,
    which: Annotated[list[str] | None, typer.Argument(metavar="[ID…]", help="Only these; all without.")] = None,
) -> int:
    """What guests left: list it, take it in, or remove it unopened."""
    from magnitizdat.ops.intake.quarantine import Quarantine

    out = face.current
    if accept and refuse:
        raise UsageError(say("say --accept or --refuse, not both"))
    with out.library() as library, out.progress() as progress:
        quarantine = Quarantine(library)
        ids = which or [each.arrival.id for each in quarantine.files()]
        if accept:
            report = quarantine.accept(ids, progress=progress).report
            return out.end(report.outcome(), fields(report))
        if refuse and out.confirm(say("Remove them unopened?"), otherwise=say("removing needs a yes; add --yes")):
            quarantine.refuse(ids)
        files = quarantine.files()
    out.document({"left": fields(files)})
    if not files:
        out.say("Nothing waits.")
        return 0
    out.table(
        [say("ID"), say("NAME"), say("SIZE"), say("CAME")],
        [[each.arrival.id, each.arrival.name, size_words(each.arrival.length), human_time(each.at)] for each in files],
    )
    return 0
