"""`mag serve`, and `mag` alone: the library for my own players and my page, here or on the same Wi-Fi."""

from __future__ import annotations

import os
import sys
from contextlib import closing
from typing import TYPE_CHECKING, Annotated, Any

import typer

from magnitizdat.cli import face
from magnitizdat.errors import LockedError, UsageError
from magnitizdat.sentence import say

if TYPE_CHECKING:
    from pathlib import Path

    from magnitizdat.library.library import Library
    from magnitizdat.web.http.service import Service
    from magnitizdat.web.stand import Stand

PORT = 4545
NO_LAN = say("this computer is on no network; join the Wi-Fi first, or name an address with --bind")
PLAIN = say("plain http: everybody on this network can read along, what is played and the secrets of players too")
NO_KEYS = say("TLS needs the library open at the start; run `mag unlock` first, or give --passphrase-file")
OWN_CERTIFICATE = say(
    "The certificate is of this library's own making, so a browser warns of it. Compare before you go on:"
)
DISPLAYS = ("DISPLAY", "WAYLAND_DISPLAY")


def register(app: typer.Typer) -> None:
    """Put the verb on the command line."""
    app.command(rich_help_panel="Listen")(serve)
    app.command("page", hidden=True)(page)


def serve(
    lan: Annotated[bool, typer.Option("--lan", help="For others on the same Wi-Fi, with TLS.")] = False,
    bind: Annotated[list[str] | None, typer.Option("--bind", metavar="ADDR", help="Listen at this address.")] = None,
    port: Annotated[int, typer.Option("--port", min=0, max=65535, help="0 finds a free one.")] = PORT,
    host: Annotated[
        list[str] | None, typer.Option("--host", metavar="NAME", help="Answer to this name too, as behind a proxy.")
    ] = None,
    base_path: Annotated[str, typer.Option("--base-path", metavar="PATH", help="Everything is below this.")] = "",
    plain_http: Annotated[bool, typer.Option("--plain-http", help="Without TLS, also on a network.")] = False,
) -> int:
    """Serve music to your own players and your page: this computer alone, unless asked."""
    from magnitizdat.web.http.hosts import is_everywhere
    from magnitizdat.web.stand import LOOPBACK, Stand, is_open_to_others

    out = face.current
    addresses = list(bind or [])
    if lan:
        from magnitizdat.web.http.addresses import lan_address

        found = lan_address()
        if found is None:
            raise UsageError(NO_LAN)
        addresses.append(found)
    if not any(map(is_everywhere, addresses)) and LOOPBACK not in addresses:
        addresses.append(LOOPBACK)
    exposed = is_open_to_others(addresses)
    if exposed and plain_http:
        out.warn(PLAIN)
    tls = exposed and not plain_http
    with closing(_service()) as service:
        if tls and service.locked:
            raise LockedError(NO_KEYS)
        names = host or ()
        with Stand(service, addresses=addresses, port=port, names=names, base_path=base_path, tls=tls) as stand:
            return _run(stand)


def page() -> int:
    """Unlock, and open the page in the browser by a link that works once."""
    return _open_page(_service())


def open_library_page(library: Library) -> int:
    """The same for a library that is open already, as that of the tour: of this process alone it can be locked."""
    from magnitizdat.web.http.attendants import attendants
    from magnitizdat.web.http.service import Service

    service = Service(library.directory, attendants=attendants())
    service.open(library)
    return _open_page(service)


def _open_page(service: Service) -> int:
    from magnitizdat.web.stand import Stand

    with Stand(service) as stand:
        return _run(stand, opens_browser=True)


def _service() -> Service:
    """The service of this library: open where a passphrase file, the agent or the person opens it, otherwise locked.

    Raises: as `read_slot`, but where there is no library: the page makes one.
    """
    from magnitizdat.library import agent, holders
    from magnitizdat.library.library import Library, read_slot, unlock
    from magnitizdat.library.slot import Standing, standing
    from magnitizdat.ops.keep.session import read_passphrase_file
    from magnitizdat.web.http.attendants import attendants
    from magnitizdat.web.http.service import Service

    out = face.current
    is_made = standing(out.directory) is not Standing.NONE
    if is_made:
        read_slot(out.directory)  # a page that can open nothing is no use
    holders.be(holders.Kind.SERVER)
    named = out.settings.passphrase_file
    service = Service(out.directory, keeper=None if named else agent, attendants=attendants())
    if not is_made:
        return service
    if named is not None:
        service.open(Library(out.directory, unlock(out.directory, read_passphrase_file(named))))
    elif not service.open_kept() and out.may_ask:
        service.unlock(out.ask_secret(say("Passphrase")))
    return service


def _is_made(directory: Path) -> bool:
    from magnitizdat.library.library import SLOT_NAME

    return (directory / SLOT_NAME).exists()


def _run(stand: Stand, *, opens_browser: bool = False) -> int:
    link = stand.link()

    def ready() -> None:
        if face.current.settings.as_json:
            sys.stdout.write(face.json_text({"url": link, "base": stand.base_url(), **_shown(stand)}) + "\n")
        else:
            _tell(stand, link, opened=opens_browser and _open_browser(link))
        sys.stdout.flush()

    stand.run(ready)
    face.current.show("")
    face.current.say("Stopped.")
    return 0


def _shown(stand: Stand) -> dict[str, Any]:
    return {} if stand.certificate is None else {"fingerprint": stand.certificate.fingerprint}


def _tell(stand: Stand, link: str, *, opened: bool) -> None:
    """Address, link, QR and fingerprint for people."""
    from magnitizdat.web.http.tls import grouped

    out = face.current
    if opened:
        out.say("The page is open in your browser. It goes on until you press Ctrl-C here.")
        return
    out.say("Players: {base_url}   (`mag app add NAME` makes a user and a secret for each)", base_url=stand.base_url())
    out.say("Page, by a link that works once within 15 minutes: {link}", link=link)
    if stand.is_open_to_others:
        from magnitizdat.pages.qr import terminal_qr

        out.show(terminal_qr(link))
    if stand.certificate is not None:
        out.say(OWN_CERTIFICATE)
        for line in grouped(stand.certificate.fingerprint):
            out.show(f"  {line}")
    if not _is_made(stand.service.directory):
        out.say("There is no library yet: the page makes one, or `mag init` does, and players have to wait until then.")
    elif stand.service.locked:
        out.say("The library is locked: the page opens it, and players have to wait until then.")
    out.say("Ctrl-C stops.")


def _open_browser(link: str) -> bool:
    """Whether a browser was told. Not under --json, without a terminal or a display."""
    if face.current.settings.as_json or not sys.stdout.isatty():
        return False
    if sys.platform.startswith("linux") and not any(os.environ.get(name) for name in DISPLAYS):
        return False
    import webbrowser

    return webbrowser.open(link)
