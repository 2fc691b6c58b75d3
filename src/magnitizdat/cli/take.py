"""Take: import, dub, friend."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import msgspec
import typer
from msgspec.structs import replace

from magnitizdat.cli import face, words
from magnitizdat.cli.giving import Gives, GivesAll, Giving, asked_once, given_exit, given_fields
from magnitizdat.errors import MagError, UsageError
from magnitizdat.model import fields
from magnitizdat.sentence import listed, say, size_words

if TYPE_CHECKING:
    from magnitizdat.ops.dub.dubbed import DubReport
    from magnitizdat.ops.give.giving_back import GivenBack

PANEL = "Take"
WATCHING = say("`mag serve`, or the page that `mag` opens, looks at it while it runs.")
"""Said wherever a folder that is watched is told of."""


def register(app: typer.Typer) -> None:
    """Put the verbs of this group on the command line."""
    app.command("import", rich_help_panel=PANEL)(import_music)
    app.command("dub", rich_help_panel=PANEL)(dub)
    app.command("edit", rich_help_panel=PANEL)(edit)
    app.command("remove", rich_help_panel=PANEL)(remove)


def import_music(
    paths: Annotated[
        list[Path] | None, typer.Argument(metavar="PATH…", help="Folders, files, zips; playlists of what is here.")
    ] = None,
    move: Annotated[
        bool, typer.Option("--move", help="Remove originals once they read back from the library.")
    ] = False,
    fix_tags: Annotated[
        bool, typer.Option("--fix-tags", help="Only show what would be repaired in old Cyrillic tags.")
    ] = False,
    from_subsonic: Annotated[
        str, typer.Option("--from-subsonic", metavar="URL", help="Stars, ratings, counts, playlists of a server.")
    ] = "",
    user: Annotated[str, typer.Option("--user", help="With --from-subsonic: who you are there.")] = "",
    password_file: Annotated[
        Path | None, typer.Option("--password-file", metavar="FILE", help="The password there, on its first line.")
    ] = None,
    listener: Annotated[
        str, typer.Option("--listener", metavar="NAME", help="Stars and playlists become those of NAME.")
    ] = "",
    watch: Annotated[
        Path | None,
        typer.Option(
            "--watch", metavar="FOLDER", help="From now on take in what comes to lie there, while `mag` runs."
        ),
    ] = None,
    watched: Annotated[bool, typer.Option("--watched", help="Show the folder that is watched.")] = False,
    stop_watching: Annotated[bool, typer.Option("--stop-watching", help="Watch it no more.")] = False,
) -> int:
    """Take music in: FLAC, MP3, Ogg, Opus, M4A, WAV, AIFF, WavPack, zips of them. After an interruption: again."""
    from magnitizdat.cli import switch

    if watch or watched or stop_watching:
        if paths or (watch and stop_watching):
            raise UsageError(say("give --watch FOLDER, --watched or --stop-watching alone"))
        return _watch(watch, stop=stop_watching)
    lists = [path for path in paths or () if switch.is_list(path)]
    music = [path for path in paths or () if path not in lists]
    if from_subsonic:
        if paths:
            raise UsageError(say("--from-subsonic takes no paths; import the music first, then bring over its stars"))
        return switch.from_subsonic(from_subsonic, user, password_file, listener)
    if lists and not music:
        return switch.import_lists(lists, listener)
    if lists or not music:
        raise UsageError(
            say("name folders, files or zips of music; and playlists in a run of their own, when it is here")
        )
    return _import_music(music, move=move, fix_tags=fix_tags)


def _watch(folder: Path | None, *, stop: bool) -> int:
    from magnitizdat.ops.intake import watching

    out = face.current
    with out.library() as library:
        if stop:
            watching.stop_watching(library)
        found = watching.watch_folder(library, folder) if folder else watching.watched_folder(library)
    out.document({"watched": fields(found) if found else None})
    out.say(found.sentence() if found else say("No folder is watched."))
    if found:
        out.say(WATCHING)
    return 0


def _import_music(paths: list[Path], *, move: bool, fix_tags: bool) -> int:
    from magnitizdat.ops.intake.importing import import_music as import_op
    from magnitizdat.ops.intake.preview import preview_repairs
    from magnitizdat.ops.listen.lists import MetLists

    out = face.current
    if fix_tags:
        repairs = preview_repairs(paths)
        out.document({"repaired": fields(repairs)})
        out.table(
            [say("FILE"), say("FIELD"), say("NOW"), say("REPAIRED")],
            [[each.what, each.field, each.before, each.after] for each in repairs],
        )
        out.say(
            say("Nothing was changed. `mag import` repairs them; `mag edit ALBUM --undo` takes it back.")
            if repairs
            else say("No tag there needs repair.")
        )
        return 0
    met = MetLists()
    with out.library() as library, out.progress() as progress:
        report = import_op(library, paths, move=move, met_list=met, progress=progress)
        lists = met.take(library, now=datetime.now(UTC))
    outcome = report.outcome()
    if lists.playlists:
        told = lists.outcome()
        outcome = replace(outcome, lines=(*outcome.lines, told.headline)) if report.here else replace(told, missing=())
    return out.end(outcome, {**fields(report), "lists": fields(lists)})


def dub(
    sources: Annotated[
        list[str] | None,
        typer.Argument(
            metavar="[SOURCE]…",
            help="A folder, stick, reel, ticket, HOST:PORT, https:// or s3:// address; of several, whoever answers"
            " soonest; none: mounted reels.",
        ),
    ] = None,
    words_file: words.InFile = None,
    on_the_line: words.OnTheLine = "",
    known_only: Annotated[
        bool, typer.Option("--known-only", help="Only labels that you follow, and your own.")
    ] = False,
    quality: Annotated[
        str, typer.Option(metavar="small|full|both", help="Full where the source has it, if nothing is said.")
    ] = "",
    again: Annotated[bool, typer.Option("--again", help="Also what you removed here.")] = False,
    only: Annotated[
        list[str] | None,
        typer.Option("--only", metavar="ALBUM", help="With --again: of that, albums of this title or id."),
    ] = None,
    album: Annotated[
        list[str] | None, typer.Option("--album", help="Only albums of this title or id; may be repeated.")
    ] = None,
    label: Annotated[list[str] | None, typer.Option("--label", help="Only of this label; may be repeated.")] = None,
    dry_run: Annotated[bool, typer.Option("--dry-run", help="Only say what would be new; take nothing.")] = False,
    proxy: Annotated[
        str,
        typer.Option("--proxy", metavar="socks5h://IP:PORT", help="Go through this alone; names are asked for there."),
    ] = "",
    without: Annotated[
        list[str] | None,
        typer.Option("--without", metavar="LABEL", help="Its word for other labels does not count this time."),
    ] = None,
    give: Gives = None,
    give_all: GivesAll = False,
    slip: Annotated[
        bool, typer.Option("--slip", help="Where a reel asks for it, tell who cut it what arrived and what you want.")
    ] = False,
) -> int:
    """Take everything new from reels, folders and addresses; each byte is verified against its label's signature."""
    from magnitizdat.ops.dub.from_sources import dub_all, outcome, together
    from magnitizdat.ops.dub.wishes import DubWishes
    from magnitizdat.ops.places.socks import parse_proxy

    out = face.current
    through = parse_proxy(proxy) if proxy else None
    if only and not again:
        raise UsageError(say("--only says which of the removed albums come back; give it with --again"))
    wish = face.parse_quality(quality) or "full"
    source, *others = sources or [""]
    _look_at_tickets([source, *others])
    giving = Giving([source, *others], give or (), every=give_all)
    spoken = words.given(on_the_line, words_file)
    wishes = DubWishes(albums=tuple(album or ()), labels=tuple(label or ()), again=tuple(only or ()) if again else None)
    if dry_run:
        from magnitizdat.cli.previewing import show_sources

        return show_sources([source, *others], spoken, wishes, proxy=through)
    reports: list[DubReport] = []
    with out.library() as library, out.progress() as progress:
        giving.choose(library)
        ask = (asked_once(out.ask_line) if giving else out.ask_line) if out.may_ask else None
        found = dub_all(
            library,
            source,
            others=others,
            now=lambda: datetime.now(UTC),
            words=spoken,
            ask=ask,
            proxy=through,
            known_only=known_only,
            quality=wish,
            wishes=wishes,
            without=tuple(without or ()),
            progress=progress,
        )
        failed: MagError | None = None
        given: GivenBack | None = None
        try:
            for name, report in found:
                reports.append(report)
                out.show(f"{name}:")
                out.tell(outcome(report), margin="  ")  # at once: the next stick may take long
            given = giving.give(spoken, ask, through, progress)
        except MagError as exc:
            if not reports:
                raise
            failed = exc  # what came before it is here
    if not reports:
        raise UsageError(say("no reel is mounted here; plug a stick in, or name a folder or an address"))
    everything = together(reports)
    each_one = {} if len(reports) == 1 else {"sources": reports}
    _answer(everything.slips, slip=slip)
    if failed is not None:
        return out.fail(failed.sentence, failed.exit_code, {**fields(everything), **each_one})
    out.report(outcome(everything), {**fields(everything), **each_one, **given_fields(given)})
    return outcome(everything).exit_code or given_exit(given)


def _look_at_tickets(sources: list[str]) -> None:
    """Says what of them nobody asks. Raises: TicketError for a cut one, before anything is unlocked."""
    from magnitizdat.formats.tickets import is_ticket, parse_ticket, passed_over_sentence

    for ticket in map(parse_ticket, filter(is_ticket, sources)):
        if ticket.passed_over:
            face.current.say(passed_over_sentence(ticket))


def _answer(reels: Sequence[str], *, slip: bool) -> None:
    """A slip goes to who asks for one, where the person says yes: with an option, or to this question."""
    from magnitizdat.ops.post.slips import send_slips

    out = face.current
    question = say("Tell whoever cut it, in a small sealed letter, what arrived and what you ask for?")
    if not reels or not (slip or (out.may_ask and out.confirm(question, otherwise=question))):
        return
    with out.library() as library:
        out.tell(send_slips(library, reels, now=datetime.now(UTC)).outcome())


def edit(
    targets: Annotated[list[str] | None, typer.Argument(metavar="ID…", help="Albums, or tracks as ALBUM/3.")] = None,
    title: Annotated[str | None, typer.Option(help="Title.")] = None,
    artist: Annotated[str | None, typer.Option(help="Artist.")] = None,
    date: Annotated[str | None, typer.Option(help="1982, 1982-05 or 1982-05-01.")] = None,
    released: Annotated[str | None, typer.Option(help="When this edition came out, where that is later.")] = None,
    kind: Annotated[str | None, typer.Option(help="album, ep, single, compilation, live or other.")] = None,
    genre: Annotated[list[str] | None, typer.Option(help="Genre; may be repeated.")] = None,
    disc: Annotated[int | None, typer.Option(help="Disc number of a track.")] = None,
    position: Annotated[int | None, typer.Option(help="Track number of a track.")] = None,
    cover: Annotated[Path | None, typer.Option(help="A picture file for the cover.")] = None,
    lyrics: Annotated[Path | None, typer.Option(metavar="FILE", help="Words of a track, as text or LRC.")] = None,
    no_lyrics: Annotated[bool, typer.Option("--no-lyrics", help="Take the words of a track out.")] = False,
    where: Annotated[
        str, typer.Option(metavar="QUERY", help="All that say artist:, album:, title:, genre:, year: or kind: so.")
    ] = "",
    merge: Annotated[list[str] | None, typer.Option(metavar="ALBUM", help="Move this album's tracks into ID.")] = None,
    split: Annotated[
        list[str] | None, typer.Option(metavar="ALBUM/3", help="Move this track to a new album (--title).")
    ] = None,
    undo: Annotated[bool, typer.Option("--undo", help="Take back the last edit or repair of an album.")] = False,
) -> int:
    """Correct tags and covers, merge and split albums. Stars and playlists stay with the tracks."""
    from magnitizdat.ops.albums import edit as editing
    from magnitizdat.ops.albums.corrected import corrected_sentences, meant
    from magnitizdat.ops.albums.undo import undo_on

    out = face.current
    values = {
        "title": title,
        "artist": artist,
        "date": date,
        "released": released,
        "kind": kind,
        "disc": disc,
        "position": position,
    }
    fields: dict[str, Any] = {name: value for name, value in values.items() if value is not None}
    if genre is not None:
        fields["genres"] = tuple(genre)
    if where:
        if targets or cover or lyrics or no_lyrics or merge or split or undo:
            raise UsageError(say("--where takes no ID, and corrects fields alone"))
        return _edit_where(where, fields)
    if not targets or (len(targets) > 1 and (merge or split or undo)):
        raise UsageError(say("name the album, or a track as ALBUM/3; `mag list` shows what is here"))
    target = targets[0]
    with out.library() as library:
        if undo:
            album = library.shelf.find(target).id  # before: undoing may change the title that named it
            changed = undo_on(library, album)
            out.say(
                "{changed} {changed:entry is as it was|entries are as they were};"
                " the same command puts the edit on again.",
                changed=changed,
            )
        elif merge:
            album = editing.merge_albums(library, target, merge)
            out.say("The albums are one now.")
        elif split:
            if not title:
                raise UsageError(say("a new album needs a --title"))
            album = editing.split_album(library, split, title)
            out.say("The tracks are an album of their own now: {album}.", album=album[:8])
        else:
            before = meant(library, targets)
            album = editing.edit(library, targets, fields, cover=cover, lyrics=lyrics, no_lyrics=no_lyrics)
            for line in corrected_sentences(library, before):
                out.say(line)
    out.document({"id": album})
    return 0


def _edit_where(where: str, fields: dict[str, Any]) -> int:
    from magnitizdat.ops.albums.many import ASKED_FROM, count_where, edit_where

    out = face.current
    with out.library() as library:
        planned = count_where(library, where, fields)
        question = say(
            "Correct {albums} {albums:album|albums} and {tracks} {tracks:track|tracks}?",
            albums=planned.albums,
            tracks=planned.tracks,
        )
        if planned.albums + planned.tracks >= ASKED_FROM and not out.confirm(
            question, otherwise=say("correcting so many needs a yes: repeat it with --yes")
        ):
            return 0
        report = edit_where(library, where, fields)
    return out.end(report.outcome(), msgspec.to_builtins(report))


def remove(targets: Annotated[list[str], typer.Argument(metavar="ID…", help="Albums.")]) -> int:
    """Take albums out of the library and give their space back."""
    from magnitizdat.ops.albums.edit import remove as remove_op

    out = face.current
    with out.library() as library:
        titles = [library.shelf.find(target).title for target in targets]
        if not out.confirm(
            say("Remove {titles}? What a label signed comes again only by `mag dub --again`.", titles=listed(titles)),
            otherwise=say("removing needs a yes: repeat it with --yes"),
        ):
            return 0
        removed, freed = remove_op(library, targets)
    out.document({"removed": removed, "freed": freed})
    titles = [album.title for album in removed]
    out.say(
        "Removed {removed}; {freed} are free again. Flash media may keep remnants.",
        removed=", ".join(titles),
        freed=size_words(freed),
    )
    return 0
