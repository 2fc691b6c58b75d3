"""Labels and friends that one has done with: unfollowed, blocked, called otherwise, forgotten."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Annotated

import typer

from magnitizdat.cli import face, signing
from magnitizdat.model import fields


def register(labels: typer.Typer, friends: typer.Typer) -> None:
    """Put the verbs on the command line."""
    for function in (unfollow, block, unblock, rename):
        labels.command()(function)
    friends.command("remove")(remove_friend)
    friends.command("forget")(forget_friend)


def unfollow(label: Annotated[str, typer.Argument(help="The label: name, four words, or address.")]) -> int:
    """Follow a label no more. What is here of it stays; its new albums still come, and are marked as new."""
    from magnitizdat.ops.labels.ends import unfollow as unfollow_op

    out = face.current
    with out.library() as library:
        view = unfollow_op(library, label)
    out.document({"imprint": view.imprint, "name": view.name, "standing": "new"})
    out.say("You do not follow «{name}» any more; what is here of it stays.", name=view.name)
    return 0


def block(label: Annotated[str, typer.Argument(help="The label: name, four words, or address.")]) -> int:
    """Take a label of others out with its albums, and let nothing of it in again."""
    from magnitizdat.ops.labels.ends import block as block_op

    out = face.current
    with out.library() as library:
        report = block_op(library, label, now=datetime.now(UTC), sure=out.settings.yes)
    out.document({**fields(report), "blocked": True})
    out.say("«{name}» is blocked: nothing of it comes in any more. `mag label unblock` ends that.", name=report.name)
    if report.albums:
        out.say("Albums of it that were here went along: {albums}.", albums=report.albums)
    return 0


def unblock(label: Annotated[str, typer.Argument(help="The label: name, four words, or address.")]) -> int:
    """Let a label in again."""
    from magnitizdat.ops.labels.ends import unblock as unblock_op

    out = face.current
    with out.library() as library:
        name = unblock_op(library, label, now=datetime.now(UTC))
    out.document({"name": name, "blocked": False})
    out.say(
        "«{name}» is blocked no more: the next dub may bring it; `--again` with it takes what went before.", name=name
    )
    return 0


def rename(
    label: Annotated[str, typer.Argument(help="A label of yours: its name, or its four words.")],
    name: Annotated[str, typer.Argument(help="Its new name.")],
    only_copy: signing.OnlyCopy = False,
) -> int:
    """Give a label of yours another name. It stays the same label; others learn the name with the next stick."""
    from magnitizdat.ops.post.renaming import rename as rename_op

    out = face.current
    with out.library() as library:
        before, version = rename_op(library, label, name, now=datetime.now(UTC), only_copy=only_copy)
    out.document({"name": name, "before": before, "version": version})
    out.say("«{before}» is called «{name}» now; others learn it with the next stick.", before=before, name=name)
    return 0


def remove_friend(name: Annotated[str, typer.Argument(help="How you call this friend.")]) -> int:
    """Forget a friend's card. Reels that were sealed to them stay so."""
    from magnitizdat.ops.labels.friends import remove_friend as remove_op

    out = face.current
    with out.library() as library:
        known_as = remove_op(library, name)
    out.document({"name": known_as})
    out.say("«{name}» is not a friend any more; reels that were sealed to them stay so.", name=known_as)
    return 0


def forget_friend(name: Annotated[str, typer.Argument(help="How you call this friend.")]) -> int:
    """Forget which albums a friend had from here, and what they asked for. They stay a friend."""
    from magnitizdat.ops.give.forgetting import forget_given

    out = face.current
    with out.library() as library:
        report = forget_given(library, name, now=datetime.now(UTC))
    return out.end(report.outcome(), fields(report))
