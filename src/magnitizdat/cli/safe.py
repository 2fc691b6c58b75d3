"""Stay safe: init, unlock, lock, status, doctor, passwd, backup, unseal."""

from __future__ import annotations

import sys
from datetime import UTC, datetime
from pathlib import Path
from typing import Annotated

import typer

from magnitizdat.cli import face
from magnitizdat.errors import EXIT_USAGE, LockedError, UsageError
from magnitizdat.model import fields
from magnitizdat.sentence import clock, size_words

PANEL = "Stay safe"
LOST = "A lost passphrase costs the whole library: nobody can open it, not even its makers."


def register(app: typer.Typer) -> None:
    """Put the verbs of this group on the command line."""
    for function in (init, unlock, lock, status, doctor, passwd, backup, unseal):
        app.command(rich_help_panel=PANEL)(function)


def init(
    paper: Annotated[
        Path | None, typer.Option("--paper", metavar="FILE", help="Write the paper copy there, to print.")
    ] = None,
) -> int:
    """Make a library. Six words are offered as its passphrase; a page to print keeps the key slot."""
    from magnitizdat.formats.names import passphrase_words
    from magnitizdat.library.library import read_slot
    from magnitizdat.ops.keep.session import make_library, read_passphrase_file, require_no_library

    out = face.current
    require_no_library(out.directory)
    offered = ""
    if out.settings.passphrase_file is not None:
        passphrase = read_passphrase_file(out.settings.passphrase_file)
    else:
        offered = passphrase = passphrase_words(6)
        if out.may_ask:
            out.say(f"A passphrase for you: {offered}")
            own = out.ask_secret("Enter to take these six words, or type a passphrase of your own")
            if own and out.ask_secret("The same again") != own:
                raise UsageError("the two were not the same; nothing was made, try again")
            passphrase, offered = own or offered, "" if own else offered
    make_library(out.directory, passphrase)
    document = {"library": str(out.directory)}
    if offered:
        document["passphrase"] = offered
        out.say(f"The passphrase of this library: {offered}")
        out.say("Write it on paper or learn it by heart. It is shown once.")
    out.say(f"The library is in {out.directory}. {LOST}")
    if paper is not None:
        from magnitizdat.ops.keep.paper import write_paper

        write_paper(paper, read_slot(out.directory), disk=out.disk(private=True))
        out.say(f"{paper} is the paper copy of the key slot: print it. It opens nothing without the passphrase.")
    else:
        out.say("`mag backup --paper FILE` writes a paper copy of the key slot as QR, to print.")
    out.document(document)
    return 0


def unlock(
    hours: Annotated[float, typer.Option(min=0.01, max=168, help="Lock again after this long unused.")] = 8,
) -> int:
    """Start an agent that holds the keys, so that no command waits for the passphrase. `mag lock` ends it."""
    from magnitizdat.library import agent
    from magnitizdat.library.library import read_slot
    from magnitizdat.library.library import unlock as open_slot
    from magnitizdat.ops.keep.session import read_passphrase_file

    out = face.current
    read_slot(out.directory)
    named = out.settings.passphrase_file
    passphrase = read_passphrase_file(named) if named else out.ask_secret("Passphrase")
    agent.start(out.directory, open_slot(out.directory, passphrase), hours=hours)
    out.document({"unlocked": True, "hours": hours})
    out.say(f"Unlocked; it locks itself after {hours:g} hours unused, or at once with `mag lock`.")
    return 0


def lock() -> int:
    """End the agent: nothing opens the library any more but its passphrase."""
    from magnitizdat.library import agent

    out = face.current
    was = agent.stop(out.directory)
    out.document({"locked": True, "was_unlocked": was})
    out.say("Locked." if was else "It was locked already.")
    return 0


def status() -> int:
    """The library at a glance."""
    from magnitizdat.library import agent
    from magnitizdat.library.library import read_slot
    from magnitizdat.ops.keep.upkeep import status as status_op
    from magnitizdat.ops.keep.upkeep import unknown_words

    out = face.current
    read_slot(out.directory)
    left = agent.remaining_s(out.directory)
    try:
        with out.library() as library:
            found = status_op(library)
    except LockedError:
        out.document({"library": str(out.directory), "locked": True})
        out.say(f"The library in {out.directory} is locked. `mag unlock` opens it.")
        return 0
    out.document({"library": str(out.directory), "locked": left is None, **fields(found)})
    out.say(f"{found.albums} albums, {found.tracks} tracks, {clock(found.duration_s)}, {size_words(found.length)}")
    out.say(f"{size_words(found.on_disk)} on disk in {out.directory}")
    if found.incomplete:
        out.say(f"{found.incomplete} albums are not whole yet; dub them again from where they came.")
    if found.waiting:
        out.say(f"Covers and tracks to be prepared: {found.waiting}. The server does it by and by, `mag prepare` now.")
    out.say(f"{found.labels} labels ({found.new_labels} new), {found.friends} friends")
    for sentence in unknown_words(found):
        out.say(sentence)
    out.say(f"Unlocked; locks itself in {clock(left)}." if left is not None else "Locked for other commands.")
    return 0


def doctor(
    rebuild: Annotated[bool, typer.Option("--rebuild", help="Make the index anew from slot and cells alone.")] = False,
) -> int:
    """Read everything and say what is hurt."""
    from magnitizdat.library import agent
    from magnitizdat.library.library import read_slot
    from magnitizdat.library.library import unlock as open_slot
    from magnitizdat.ops.keep.rebuild import rebuild as rebuild_op
    from magnitizdat.ops.keep.session import read_passphrase_file
    from magnitizdat.ops.keep.upkeep import doctor as doctor_op

    out = face.current
    with out.progress() as progress:
        if rebuild:
            read_slot(out.directory)
            named = out.settings.passphrase_file
            secrets = None if named else agent.ask(out.directory)
            if secrets is None:
                secrets = open_slot(
                    out.directory, read_passphrase_file(named) if named else out.ask_secret("Passphrase")
                )
            report = rebuild_op(
                out.directory, secrets, now=datetime.now(UTC), disk=out.disk(private=True), progress=progress
            )
        else:
            with out.library() as library:
                report = doctor_op(library, progress=progress)
    return out.end(report.outcome(), fields(report))


def passwd(
    new: Annotated[
        Path | None, typer.Option("--new-passphrase-file", metavar="FILE", help="The new passphrase.")
    ] = None,
) -> int:
    """Change the passphrase. Copies of the old key slot (backups, paper) still open with the old one."""
    from magnitizdat.library import agent
    from magnitizdat.library.library import Library, read_slot
    from magnitizdat.library.library import unlock as open_slot
    from magnitizdat.ops.keep.session import read_passphrase_file

    out = face.current
    read_slot(out.directory)
    named = out.settings.passphrase_file
    if named is None and not out.may_ask:
        raise LockedError("changing the passphrase needs the old one, also while unlocked; give --passphrase-file")
    old = read_passphrase_file(named) if named else out.ask_secret("Old passphrase")
    with Library(out.directory, open_slot(out.directory, old)) as library:
        if new is not None:
            passphrase = read_passphrase_file(new)
        else:
            passphrase = out.ask_secret("New passphrase")
            if out.ask_secret("The same again") != passphrase or not passphrase:
                raise UsageError("the two were not the same; the old passphrase stays")
        library.rewrap(passphrase)
    agent.stop(out.directory)
    out.document({"changed": True})
    out.say(f"The passphrase is changed. Old backups and paper copies still open with the old one. {LOST}")
    return 0


def backup(
    destination: Annotated[
        Path | None, typer.Argument(metavar="DEST", help="A folder, perhaps an earlier backup.")
    ] = None,
    paper: Annotated[
        Path | None, typer.Option("--paper", metavar="FILE", help="Write the paper copy of the key slot.")
    ] = None,
) -> int:
    """Copy the library consistently, also while it is in use; into an earlier backup only what is new."""
    from magnitizdat.library.library import read_slot
    from magnitizdat.ops.keep.backup import backup as backup_op
    from magnitizdat.ops.keep.paper import write_paper

    out = face.current
    if destination is None and paper is None:
        raise UsageError("name a folder for the backup, or a file with --paper")
    document: dict[str, object] = {}
    if paper is not None:
        write_paper(paper, read_slot(out.directory), disk=out.disk(private=True))
        document["paper"] = str(paper)
        out.say(f"{paper}: print it. With the passphrase it brings `key.age` back; without, it says nothing.")
    if destination is not None:
        with out.library() as library, out.progress() as progress:
            report = backup_op(library, destination, disk=out.disk(private=True), progress=progress)
        document.update(fields(report))
        out.say(f"{report.files} cells copied ({size_words(report.length)}), {report.already} were there already.")
        out.say("The copy is a library of its own: --library opens it with the same passphrase.")
    out.document(document)
    return 0


def unseal(
    file: Annotated[Path, typer.Argument(help="Any age file.")],
    identity: Annotated[list[Path] | None, typer.Option("-i", "--identity", help="A file with age identities.")] = None,
) -> int:
    """Open any age file, strictly, to stdout. Bytes come out as they verify: a late error exits non-zero."""
    from magnitizdat.ops.keep.session import read_passphrase_file
    from magnitizdat.ops.keep.unseal import read_identities
    from magnitizdat.ops.keep.unseal import unseal as unseal_op

    out = face.current
    if bool(identity) == (out.settings.passphrase_file is not None):
        raise UsageError("give -i IDENTITY or --passphrase-file FILE, one of the two")
    if out.settings.as_json:
        return out.fail("unseal writes the file to stdout, so it has no --json", EXIT_USAGE)
    passphrase = read_passphrase_file(out.settings.passphrase_file) if out.settings.passphrase_file else None
    identities = read_identities(identity) if identity else []
    unseal_op(file, identities, sys.stdout.buffer, passphrase=passphrase)
    return 0
