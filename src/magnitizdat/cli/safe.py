"""Stay safe: init, unlock, lock, status, doctor, passwd, backup, unseal."""

from __future__ import annotations

import sys
from datetime import UTC, datetime
from pathlib import Path
from typing import Annotated

import typer

from magnitizdat.cli import face
from magnitizdat.errors import EXIT_PARTLY, EXIT_USAGE, LockedError, MagError, UsageError
from magnitizdat.model import fields
from magnitizdat.sentence import clock, framed, say, size_words

PANEL = "Stay safe"
LOST = say("A lost passphrase costs the whole library: nobody can open it, not even its makers.")


def register(app: typer.Typer) -> None:
    """Put the verbs of this group on the command line."""
    for function in (init, unlock, lock, status, doctor, passwd, backup, unseal):
        app.command(rich_help_panel=PANEL)(function)


def init(
    paper: Annotated[
        Path | None, typer.Option("--paper", metavar="FILE", help="Write the paper copy there, to print.")
    ] = None,
) -> int:
    """Make a library. Six words are offered as its passphrase; a page to print keeps the key file."""
    from magnitizdat.formats.names import passphrase_words
    from magnitizdat.library.library import read_slot
    from magnitizdat.ops.keep.advice import note_paper
    from magnitizdat.ops.keep.session import make_library, open_library, read_passphrase_file, require_no_library

    out = face.current
    require_no_library(out.directory)
    out.require_new(paper)
    offered = ""
    if out.settings.passphrase_file is not None:
        passphrase = read_passphrase_file(out.settings.passphrase_file)
    else:
        offered = passphrase = passphrase_words(6)
        if out.may_ask:
            out.say("A passphrase for you: {offered}", offered=offered)
            own = out.ask_secret(say("Enter to take these six words, or type a passphrase of your own"))
            if own and out.ask_secret(say("The same again")) != own:
                raise UsageError(say("the two were not the same; nothing was made, try again"))
            passphrase, offered = own or offered, "" if own else offered
    make_library(out.directory, passphrase)
    document = {"library": str(out.directory)}
    if offered:
        document["passphrase"] = offered
        out.say("The passphrase of this library: {offered}", offered=offered)
        out.say("Write it on paper or learn it by heart. It is shown once.")
    out.say("The library is in {directory}. {lost}", directory=out.directory, lost=LOST)
    code = _write_first_paper(paper, read_slot(out.directory)) if paper is not None else 0
    if paper is None or code:
        out.say("`mag backup --paper FILE` writes a paper copy of the key file as QR, to print.")
    else:
        with open_library(out.directory, ask=lambda: passphrase) as library:
            note_paper(library)
    out.document(document)
    return code


def _write_first_paper(paper: Path, slot: bytes) -> int:
    """The library is made, and its passphrase shown once: that is told whatever becomes of the paper."""
    from magnitizdat.ops.keep.paper import write_paper

    out = face.current
    try:
        write_paper(paper, slot, out.language, disk=out.disk(private=True))
    except MagError as exc:
        out.warn(exc.sentence)
        return EXIT_PARTLY
    out.say(
        "{paper} is the paper copy of the key file: print it. It opens nothing without the passphrase.", paper=paper
    )
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
    passphrase = read_passphrase_file(named) if named else out.ask_secret(say("Passphrase"))
    agent.start(out.directory, open_slot(out.directory, passphrase), hours=hours)
    out.document({"unlocked": True, "hours": hours})
    out.say(
        "Unlocked; it locks itself after {hours} {hours:hour|hours} unused, or at once with `mag lock`.",
        hours=f"{hours:g}",
    )
    return 0


def lock() -> int:
    """End the agent, lock servers, end commands: nothing opens the library any more but its passphrase."""
    from magnitizdat.library.slot import require_some
    from magnitizdat.ops.keep.locking import lock as lock_op

    out = face.current
    report = lock_op(out.directory)
    if not report.was_unlocked:
        require_some(out.directory)
    return out.end(report.outcome(), fields(report))


def status() -> int:
    """The library at a glance."""
    from magnitizdat.cli.desk import desk_sentences
    from magnitizdat.cli.take import WATCHING
    from magnitizdat.library import agent
    from magnitizdat.library.library import read_slot
    from magnitizdat.library.slot import Standing, lacking, standing
    from magnitizdat.ops.give.desk import desk
    from magnitizdat.ops.intake.watching import watched_folder
    from magnitizdat.ops.keep.upkeep import status as status_op
    from magnitizdat.ops.keep.upkeep import unknown_words

    out = face.current
    if standing(out.directory) is Standing.AWAY:
        out.document({"library": str(out.directory), "locked": True, "away": True})
        out.say(framed("{directory}: {away}", directory=out.directory, away=lacking(out.directory).sentence))
        return 0
    read_slot(out.directory)
    left = agent.remaining_s(out.directory)
    try:
        with out.library() as library:
            found, waits, watched = status_op(library), desk(library), watched_folder(library)
    except LockedError:
        out.document({"library": str(out.directory), "locked": True})
        out.say("The library in {directory} is locked. `mag unlock` opens it.", directory=out.directory)
        return 0
    out.document(
        {
            "library": str(out.directory),
            "locked": left is None,
            **fields(found),
            "desk": fields(waits),
            "watched": fields(watched) if watched else None,
        }
    )
    out.say(
        "{albums} {albums:album|albums}, {tracks} {tracks:track|tracks}, {duration}, {length}",
        albums=found.albums,
        tracks=found.tracks,
        duration=clock(found.duration_s),
        length=size_words(found.length),
    )
    out.say("{on_disk} on disk in {directory}", on_disk=size_words(found.on_disk), directory=out.directory)
    if found.incomplete:
        out.say(
            "{incomplete} {incomplete:album is|albums are} not whole yet;"
            " dub {incomplete:it|them} again from where {incomplete:it|they} came.",
            incomplete=found.incomplete,
        )
    if found.waiting:
        out.say(
            "Covers and tracks to be prepared: {waiting}. The server does it by and by, `mag prepare` now.",
            waiting=found.waiting,
        )
    out.say(
        "{labels} {labels:label|labels} ({new_labels} new), {friends} {friends:friend|friends}",
        labels=found.labels,
        new_labels=found.new_labels,
        friends=found.friends,
    )
    if watched:
        out.say(watched.sentence())
        out.say(WATCHING)
    for sentence in (*desk_sentences(waits), *found.holds.sentences(), *unknown_words(found)):
        out.say(sentence)
    out.say(
        say("Unlocked; locks itself in {left}.", left=clock(left))
        if left is not None
        else say("Locked for other commands.")
    )
    return 0


def doctor(
    rebuild: Annotated[
        bool, typer.Option("--rebuild", help="Make the index anew from the library's sealed files.")
    ] = False,
) -> int:
    """Read everything and say what is hurt."""
    from magnitizdat.library import agent
    from magnitizdat.library.library import read_slot
    from magnitizdat.library.library import unlock as open_slot
    from magnitizdat.ops.keep.advice import with_advice
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
                    out.directory, read_passphrase_file(named) if named else out.ask_secret(say("Passphrase"))
                )
            report = rebuild_op(
                out.directory, secrets, now=datetime.now(UTC), disk=out.disk(private=True), progress=progress
            )
        else:
            with out.library() as library:
                report = with_advice(doctor_op(library, progress=progress), library, now=datetime.now(UTC))
    return out.end(report.outcome(), fields(report))


def passwd(
    new: Annotated[
        Path | None, typer.Option("--new-passphrase-file", metavar="FILE", help="The new passphrase.")
    ] = None,
) -> int:
    """Change the passphrase. Copies of the old key file (backups, paper) still open with the old one."""
    from magnitizdat.library.library import read_slot
    from magnitizdat.ops.keep.keys import change_passphrase
    from magnitizdat.ops.keep.session import read_passphrase_file

    out = face.current
    read_slot(out.directory)
    old = out.passphrase(say("Old passphrase"))
    if new is not None:
        passphrase = read_passphrase_file(new)
    elif not out.may_ask:
        raise UsageError(say("nobody is there to type the new passphrase; give it with --new-passphrase-file"))
    else:
        passphrase = out.ask_secret(say("New passphrase"))
        if out.ask_secret(say("The same again")) != passphrase or not passphrase:
            raise UsageError(say("the two were not the same; the old passphrase stays"))
    report = change_passphrase(out.directory, old, passphrase, disk=out.disk(private=True))
    code = out.end(report.outcome(), {"changed": True, **fields(report)})
    out.say(LOST)
    return code


def backup(
    destination: Annotated[
        Path | None, typer.Argument(metavar="DEST", help="A folder, perhaps an earlier backup.")
    ] = None,
    paper: Annotated[
        Path | None, typer.Option("--paper", metavar="FILE", help="Write the paper copy of the key file.")
    ] = None,
) -> int:
    """Copy the library consistently, also while it is in use; into an earlier backup only what is new."""
    from magnitizdat.library.library import read_slot
    from magnitizdat.ops.keep.advice import note_paper
    from magnitizdat.ops.keep.backup import backup as backup_op
    from magnitizdat.ops.keep.paper import write_paper

    out = face.current
    if destination is None and paper is None:
        raise UsageError(say("name a folder for the backup, or a file with --paper"))
    out.require_new(paper)
    document: dict[str, object] = {}
    if paper is not None:
        write_paper(paper, read_slot(out.directory), out.language, disk=out.disk(private=True))
        document["paper"] = str(paper)
        with out.library_if_open() as library:
            note_paper(library)
        out.say(
            "{paper}: print it. With the passphrase it brings `key.age` back; without, it says nothing.", paper=paper
        )
    if destination is not None:
        with out.library() as library, out.progress() as progress:
            report = backup_op(library, destination, disk=out.disk(private=True), progress=progress)
        document.update(fields(report))
        out.say(
            "{files} sealed {files:file|files} copied ({length}), {already} {already:was|were} there already.",
            files=report.files,
            length=size_words(report.length),
            already=report.already,
        )
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
    if (identity and out.settings.gives_passphrase) or (not identity and out.settings.passphrase_file is None):
        raise UsageError(say("give -i IDENTITY or --passphrase-file FILE, one of the two"))
    if out.settings.as_json:
        return out.fail(say("unseal writes the file to stdout, so it has no --json"), EXIT_USAGE)
    named = None if identity else out.settings.passphrase_file
    passphrase = read_passphrase_file(named) if named else None
    identities = read_identities(identity) if identity else []
    unseal_op(file, identities, sys.stdout.buffer, passphrase=passphrase)
    return 0
