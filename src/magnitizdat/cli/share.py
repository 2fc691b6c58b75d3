"""`mag share`: a concert in a flat, for guests with a browser; and what they left."""

from __future__ import annotations

import sys
import threading
from datetime import UTC, datetime
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
    from collections.abc import Callable

    from magnitizdat.ops.intake.quarantine import Left
    from magnitizdat.web.guests.venue import Venue

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
        bool, typer.Option("--take", help="Guests may leave music; it stays sealed until accepted.")
    ] = False,
    hours: Annotated[float, typer.Option("--hours", help="When it ends by itself.")] = 4.0,
    bind: Annotated[str, typer.Option("--bind", metavar="ADDR", help="This address of this computer.")] = "",
    port: Annotated[int, typer.Option("--port", min=0, max=65535, help="0 finds a free one.")] = 8045,
    wifi: Annotated[
        str, typer.Option("--wifi", metavar="NAME", help="Show a QR that joins this Wi-Fi; asks for its passphrase.")
    ] = "",
    with_club: WithClub = False,
) -> int:
    """A concert in a flat: guests on the same Wi-Fi listen and take copies, with a browser alone."""
    from magnitizdat.library import holders
    from magnitizdat.library.library import read_slot
    from magnitizdat.ops.clubs.staying import gate
    from magnitizdat.ops.give.sharing import choose
    from magnitizdat.ops.intake.quarantine import Quarantine
    from magnitizdat.ops.listen.choosing import Choice
    from magnitizdat.ops.listen.choosing import choose as chosen
    from magnitizdat.web.guests.evening import Evening
    from magnitizdat.web.guests.venue import Venue
    from magnitizdat.web.http.service import Service

    out = face.current
    wanted = Choice(albums=tuple(albums or ()), playlists=tuple(playlist or ()), searches=tuple(search or ()))
    if bool(wanted) == every:
        raise UsageError(say("name albums, --playlist NAME or --search TEXT, or say --all"))
    read_slot(out.directory)
    passphrase = (
        out.ask_secret(say("Passphrase of «{wifi}», empty for none", wifi=wifi)) if wifi and out.may_ask else ""
    )
    holders.be(holders.Kind.SERVER)
    service = Service(out.directory)
    with out.library() as library:
        service.open(library)
        try:
            found = chosen(library, wanted, now=datetime.now(UTC))
            views = library.shelf.albums() if every else found.albums
            passes = gate(library, with_club=with_club)
            shared = choose(library, views, songs=found.songs, absent=found.absent, named=not every, passes=passes)
            venue = Venue(service, Evening(service, shared, hours=hours, take=take), address=bind or None, port=port)
            with _one_key(venue.end):
                _tell(venue, wifi, passphrase)
                venue.run()
            waiting = [] if service.locked else Quarantine(library).files()
        finally:
            service.close()
    _sum_up(venue, waiting)
    return partly(shared.missing)


def _tell(venue: Venue, wifi: str, passphrase: str) -> None:
    """Address and codes for the wall. No ticket yet: other mags are a later piece of work."""
    from magnitizdat.ops.clubs.staying import staying_albums_sentence
    from magnitizdat.pages.qr import terminal_qr
    from magnitizdat.web.guests.venue import wifi_text

    out, evening = face.current, venue.evening
    if out.settings.as_json:
        ready = {"ticket": None, "url": venue.url, "until": evening.until.isoformat(timespec="seconds")}
        sys.stdout.write(face.json_text(ready) + "\n")
        sys.stdout.flush()
        return
    if wifi:
        out.say("1. Join the Wi-Fi «{wifi}»:", wifi=wifi)
        out.show(terminal_qr(wifi_text(wifi, passphrase)))
        out.say("2. Then open this:")
    out.show(terminal_qr(venue.url))
    out.say("Or type: {url}", url=venue.url)
    out.say(
        "Albums: {albums}. It ends at {time}, or when you press a key.",
        albums=len(evening.shared.albums),
        time=f"{evening.until.astimezone():%H:%M}",
    )
    out.say("Everybody on this Wi-Fi can read along. A phone may warn that there is no internet: stay connected.")
    if evening.shared.staying:
        out.say(staying_albums_sentence(evening.shared.staying))
    out.missing(evening.shared.missing)


def _sum_up(venue: Venue, waiting: list[Left]) -> None:
    out = face.current
    counts = venue.evening.counts
    out.say("The evening is over.")
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
