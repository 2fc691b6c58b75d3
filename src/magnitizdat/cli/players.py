"""`mag app`: players that may log in, each with a secret of its own."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Annotated

import typer

from magnitizdat.cli import face
from magnitizdat.cli.help import Grouped
from magnitizdat.model import fields
from magnitizdat.sentence import framed, say

apps = typer.Typer(
    cls=Grouped, help="Let players in, list and revoke them.", no_args_is_help=True, rich_markup_mode=None
)


def register(app: typer.Typer) -> None:
    """Put the verbs on the command line."""
    app.add_typer(apps, name="app", rich_help_panel="Listen")


@apps.command("add")
def add(
    name: Annotated[str, typer.Argument(help='What you call this player, for example "my phone".')],
    listener: Annotated[
        str, typer.Option("--listener", metavar="NAME", help="Somebody of the household: own stars and playlists.")
    ] = "",
) -> int:
    """Make user name and secret of one player. Your passphrase never goes into a player."""
    from magnitizdat.ops.listen.apps import add as add_op
    from magnitizdat.ops.listen.handing_over import Handout, link_to

    out = face.current
    now = datetime.now(UTC)
    with out.library() as library:
        credential = add_op(library, name, listener=listener, now=now)
        app = credential.app
        handout = Handout(name=app.name, user=app.user, secret=credential.secret)
        link = link_to(library, handout, now=now)
    shown = {**fields(app), "listener": app.listener, "secret": credential.secret}
    out.document({**shown, "link": link} if link else shown)
    out.say('«{name}» may log in. Choose "Subsonic" in the player, and type:', name=app.name)
    out.say(framed("  {line}", line=say("user      {user}", user=app.user)))
    out.say(framed("  {line}", line=say("password  {secret}", secret=credential.secret)))
    server = say("server    the address that `mag serve` shows (`mag serve --lan` for a phone on the same Wi-Fi)")
    out.say(framed("  {line}", line=server))
    if link:
        from magnitizdat.pages.qr import terminal_qr

        out.say(
            "Or open this on the device while the server runs: a page with all three to copy, once, within 15 minutes."
        )
        out.show(terminal_qr(link))
        out.show(f"  {link}")
    out.say("The password is shown once. `mag app revoke` takes it back.")
    return 0


@apps.command("list")
def list_apps() -> int:
    """Players that may log in."""
    from magnitizdat.ops.listen.apps import apps as apps_op

    out = face.current
    with out.library() as library:
        found = apps_op(library)
    out.document({"apps": [{**fields(app), "listener": app.listener} for app in found]})
    if not found:
        out.say('No player may log in yet; `mag app add "my phone"` lets one in.')
        return 0
    out.table(
        [say("NAME"), say("USER"), say("LISTENER"), say("SINCE")],
        [[app.name, app.user, app.listener, app.created[:10]] for app in found],
    )
    return 0


@apps.command("revoke")
def revoke(name: Annotated[str, typer.Argument(help="Its name or user name, as `mag app list` shows it.")]) -> int:
    """Never let a player in again. Stars and playlists that were made with it stay."""
    from magnitizdat.ops.listen.apps import revoke as revoke_op

    out = face.current
    with out.library() as library:
        app = revoke_op(library, name)
    out.document(fields(app))
    out.say("«{name}» can no longer log in.", name=app.name)
    return 0
