"""Listen: list, search, show, play, export."""

from __future__ import annotations

import sys
from collections import Counter
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer
from msgspec import structs

from magnitizdat.cli import choosing, face, playlists
from magnitizdat.cli.search import search
from magnitizdat.cli.speak import discover, show_voices
from magnitizdat.cli.staying import WithClub
from magnitizdat.errors import UsageError, partly
from magnitizdat.model import AUDIO_TYPES, fields
from magnitizdat.sentence import Sentence, clock, framed, listed, say, size_words, verbatim

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence

    from magnitizdat.library.index.views import AlbumView
    from magnitizdat.library.library import Library
    from magnitizdat.model import Release, Shortfall, Track
    from magnitizdat.ops.labels.vouches import VouchLine
    from magnitizdat.ops.premieres.withheld import ClosedAlbum

PANEL = "Listen"


def register(app: typer.Typer) -> None:
    """Put the verbs of this group on the command line."""
    app.command("list", rich_help_panel=PANEL)(list_albums)
    for function in (search, show, play, discover, export):
        app.command(rich_help_panel=PANEL)(function)


def list_albums(
    of_playlists: Annotated[
        bool, typer.Option("--playlists", help="Playlists instead, and what labels compiled.")
    ] = False,
    genre: Annotated[str, typer.Option("--genre", metavar="GENRE", help="Only of this genre.")] = "",
    artist: Annotated[str, typer.Option("--artist", metavar="NAME", help="Only by who is called so.")] = "",
    label: Annotated[str, typer.Option("--label", metavar="NAME", help="Only of a label that is called so.")] = "",
    years: Annotated[str, typer.Option("--year", metavar="YEAR", help="Only of 1982, or of 1980-1989.")] = "",
    starred: Annotated[bool, typer.Option("--starred", help="Only albums with a star.")] = False,
    sort: Annotated[
        str, typer.Option("--sort", metavar="ORDER", help="artist, title, year, added, played or plays.")
    ] = "",
) -> int:
    """Albums in the library: yours, those of labels you follow, and what is new."""
    if of_playlists:
        return playlists.list_playlists()
    from datetime import UTC, datetime

    from magnitizdat.ops.labels.editions import edited
    from magnitizdat.ops.labels.labels import freshness, freshness_words
    from magnitizdat.ops.labels.vouches import vouched_by
    from magnitizdat.ops.listen.narrowing import ShelfWish, narrowed
    from magnitizdat.ops.premieres.closed import closed_sentence
    from magnitizdat.ops.premieres.withheld import premieres

    out = face.current
    with out.library() as library:
        wish = ShelfWish(genre=genre, artist=artist, label=label, years=years, starred=starred, sort=sort)
        albums = narrowed(library, list(library.shelf.albums()), wish)
        views = {view.imprint: view for view in library.shelf.labels()}
        used = {album.imprint for album in albums if album.imprint}
        now = datetime.now(UTC)
        fresh = {imprint: freshness(library, views[imprint], now=now) for imprint in used if imprint in views}
        vouched = {imprint: vouched_by(library, imprint) for imprint in used}
        closed = [each for each in premieres(library) if not each.opened]
        versions = {each.id: each.version for each in edited(library)}
    releases = [_album_json(album, fresh.get(album.imprint), versions) for album in albums]
    out.document({"releases": releases, "premieres": [fields(each) for each in closed]})
    if not albums and wish != ShelfWish():
        out.say("No album is like that. `mag list` shows all.")
        return 0
    if not albums and not closed:
        out.say("The library is empty. `mag import ~/Music` takes music in, `mag dub` takes it from a stick.")
        return 0
    names = Counter(map(_spelled, albums))
    rows = [
        [
            album.id[:8],
            out.artist(album.artist),
            _told_apart(album, names),
            album.date[:4],
            str(album.tracks),
            _standing(album, vouched.get(album.imprint, ()), versions),
        ]
        for album in albums
    ]
    if rows:
        out.table([say("ID"), say("ARTIST"), say("ALBUM"), say("YEAR"), say("TRACKS"), say("FROM")], rows)
    for each in closed:
        out.show(out.spoken(closed_sentence(each)))
    for imprint, value in fresh.items():
        if value is not None and views[imprint].standing != "carrier":  # of which nothing is signed by its makers
            out.show(f"{views[imprint].name}: {out.spoken(freshness_words(value))}")
    return 0


def _spelled(album: AlbumView) -> tuple[str, ...]:
    return album.artist.casefold(), album.title.casefold(), album.date[:4]


def _told_apart(album: AlbumView, names: Counter[tuple[str, ...]]) -> str:
    """Its title; behind it the format, where it is the same music in another one that is listed too."""
    if names[_spelled(album)] < 2:
        return album.title
    formats = (AUDIO_TYPES.get(each, "").removeprefix(".").upper() for each in album.formats)
    return f"{album.title} [{', '.join(formats)}]"


def _album_json(album: AlbumView, fresh: Any, versions: Mapping[str, int]) -> dict[str, Any]:
    from magnitizdat.ops.labels.editions import signature

    found: dict[str, Any] = fields(album)
    for name in ("carried", "withdrawn", "disowned", "label", "imprint", "standing"):
        found.setdefault(name, getattr(album, name))
    found["name"] = album.title
    found["quality"] = "small" if album.small else "full"
    if album.own:
        found["signed"] = signature(album, versions)
    if album.id in versions:
        found["signed_version"] = versions[album.id]
    if fresh is not None:
        found["freshness"] = fields(fresh)
    return found


def _standing(album: AlbumView, vouched: Sequence[VouchLine], versions: Mapping[str, int]) -> str:
    from magnitizdat.ops.labels.editions import edited_sentence
    from magnitizdat.ops.labels.vouches import vouch_sentences

    spoken, marks = face.current.spoken, []
    if album.own and not album.carried:
        marks.append(spoken(say("yours, {label}", label=album.label) if album.label else say("yours")))
    elif album.carried:
        marks.append(spoken(say("passed on, not signed by its makers")))
    elif album.standing == "new" and not vouched:
        marks.append(spoken(say("{label}, new: nobody you follow vouches yet", label=album.label)))
    else:
        marks.append(album.label)
        marks += [spoken(say("new"))] if album.standing == "new" else []
        marks += map(spoken, vouch_sentences(vouched))
    if album.frozen:
        marks.append(spoken(say("frozen: its label signed two different things")))
    if album.id in versions:
        marks.append(spoken(edited_sentence(versions[album.id])))
    if album.withdrawn:
        marks.append(spoken(say("withdrawn by its label")))
    if album.disowned:
        marks.append(spoken(say("came under a key that was taken away")))
    if album.small:
        marks.append(
            spoken(
                say("small")
                if album.small == album.tracks
                else say("{small} {small:track|tracks} small", small=album.small)
            )
        )
    if not album.complete:
        marks.append(spoken(say("not whole yet")))
    return "; ".join(marks)


def show(
    album: Annotated[str, typer.Argument(metavar="ID", help="An album's id, or its title.")] = "",
    playlist: playlists.Playlist = "",
) -> int:
    """Everything that is known of an album."""
    if bool(album) == bool(playlist):
        raise UsageError(say("name an album, or --playlist NAME"))
    return playlists.show_playlist(playlist) if playlist else _show_album(album)


def _show_album(album: str) -> int:
    from datetime import UTC, datetime

    from magnitizdat.ops.albums.ids import track_numbers
    from magnitizdat.ops.intake.halves import half_words, halves
    from magnitizdat.ops.labels.editions import edited
    from magnitizdat.ops.labels.labels import freshness, freshness_words
    from magnitizdat.ops.labels.vouches import vouched_by
    from magnitizdat.ops.premieres.closed import closed_named
    from magnitizdat.ops.voices.shown import about_album
    from magnitizdat.pages.markup import as_plain_text

    out = face.current
    with out.library() as library:
        closed = closed_named(library, album)
        if closed is not None:
            return _show_closed(closed)
        view = library.shelf.find(album)
        voices = about_album(library, view.id)
        release = library.shelf.release(view.id)
        label = next((each for each in library.shelf.labels() if each.imprint == view.imprint), None)
        fresh = freshness(library, label, now=datetime.now(UTC)) if label else None
        vouched = vouched_by(library, view.imprint) if label else ()
        versions = {each.id: each.version for each in edited(library, view.id)}
        codecs = [_codec(library, track) for track in release.tracks] if release else []
        notes = _notes(library, release) if release else {}
    if release is None:
        return 1
    said = {"vouched_by": fields(vouched), "voices": fields(voices)}
    out.document({**_album_json(view, fresh, versions), "release": fields(release), "notes": notes, **said})
    out.show(f"{release.title} — {out.artist(release.artist)}  {release.date}".rstrip())
    length = out.spoken(
        say(
            "{tracks} {tracks:track|tracks}, {duration}, {length}",
            tracks=view.tracks,
            duration=clock(view.duration_s),
            length=size_words(view.length),
        )
    )
    out.show(f"{view.id}  {length}")
    out.show(_standing(view, vouched, versions) + (f": {out.spoken(freshness_words(fresh))}" if fresh else ""))
    for sentence in (*_remarks(release), *_words_of_its_label(view, release)):
        out.show(out.spoken(sentence))
    out.say()
    rows = [
        row
        for number, track, codec in zip(track_numbers(release), release.tracks, codecs, strict=True)
        for row in (
            [
                f"{view.id[:8]}/{number}",
                track.title,
                out.artist(track.artist),
                clock(track.duration_s),
                out.spoken(codec),
            ],
            *(["", f"  {clock(each.start_s)}  {each.title}", each.artist, "", ""] for each in track.chapters),
        )
    ]
    out.table([say("TRACK"), say("TITLE"), say("ARTIST"), say("TIME"), say("CODEC")], rows)
    for half in halves(release):
        out.say("«{title}»: {reason}", title=half.title, reason=half_words(half))
    for language, text in notes.items():
        out.show(f"\n[{language}]\n{as_plain_text(text)}")
    show_voices(voices)
    return 0


def _notes(library: Library, release: Release) -> dict[str, str]:
    """By language, those that are here."""
    return {
        language: b"".join(library.blob(file.sha256).pieces()).decode("utf-8", "replace")
        for language, file in release.notes.items()
        if library.shelf.is_complete(file.sha256)
    }


def _show_closed(closed: ClosedAlbum) -> int:
    """What its label says of an album before it is open."""
    from magnitizdat.ops.premieres.closed import about_closed

    out = face.current
    out.document({**fields(closed), "closed": True})
    for sentence in about_closed(closed):
        out.show(out.spoken(sentence))
    return 0


def _remarks(release: Release) -> Iterator[Sentence]:
    """What stands on a sleeve in small print."""
    if release.released not in {"", release.date}:
        yield say("this edition: {released}", released=release.released)
    for each in release.disc_titles:
        yield say("disc {disc}: «{title}»", disc=each.disc, title=each.title)
    if release.aliases:
        yield say("also: {aliases}", aliases=listed(release.aliases))
    if release.licence:
        yield say("licence: {licence}", licence=release.licence)
    if release.support:
        yield say("support: {support}", support=release.support)


def _words_of_its_label(view: AlbumView, release: Release) -> Iterator[Sentence]:
    """What its label says against it, or those who carry the label on."""
    from magnitizdat.ops.labels.carried_on import disowned_sentence

    if view.disowned:
        yield disowned_sentence(view.title, view.label)
    if release.withdrawn_reason:
        yield say("withdrawn reason: {withdrawn_reason}", withdrawn_reason=release.withdrawn_reason)


def _codec(library: Library, track: Track) -> Sentence:
    """How a track sounds here."""
    return say("opus, small") if library.shelf.plays(track) == track.small else verbatim(track.codec)


def play(
    track: Annotated[str, typer.Argument(metavar="ID", help="An album, `ALBUM/3`, or a track's own id.")] = "",
    playlist: playlists.Playlist = "",
) -> int:
    """Write audio to a pipe: `mag play ID | mpv -`."""
    from datetime import UTC, datetime

    from magnitizdat.ops.listen.compiled import shown_playlist
    from magnitizdat.ops.listen.playing import play_tracks, songs_to_play, tracks_of

    out = face.current
    if sys.stdout.isatty():
        raise UsageError(say("audio goes to a pipe, not to the screen; for example `mag play ID | mpv -`"))
    if out.settings.as_json:
        raise UsageError(say("play writes audio to stdout, so it has no --json"))
    if bool(track) == bool(playlist):
        raise UsageError(say("name an album or a track, or --playlist NAME"))
    missing: tuple[Shortfall, ...] = ()
    with out.library() as library:
        if playlist:
            found = shown_playlist(library, "", playlist, now=datetime.now(UTC))
            tracks, missing = songs_to_play(library, found.songs), found.missing
        else:
            tracks = tracks_of(library, track)
        play_tracks(library, tracks, sys.stdout.buffer)
    for each in missing:
        out.warn(framed("{what}: {reason}", what=each.what, reason=each.reason))
    return partly(missing)


def export(
    what: Annotated[list[str], typer.Argument(metavar="[RELEASE…] DEST", help="Albums, then the folder.")],
    every: Annotated[bool, typer.Option("--all", help="Every album.")] = False,
    playlist: choosing.Playlists = None,
    search: choosing.Search = None,
    for_phone: Annotated[
        bool, typer.Option("--for-phone", help="Small copies, Opus 128; what is smaller stays as it is.")
    ] = False,
    mp3: Annotated[
        bool, typer.Option("--mp3", help="With --for-phone: MP3, for players that know nothing else.")
    ] = False,
    prune: Annotated[
        bool, typer.Option("--prune", help="Remove what earlier exports wrote there of anything else.")
    ] = False,
    images: Annotated[bool, typer.Option("--images", help="The disc images that tracks were cut from.")] = False,
    with_club: WithClub = False,
) -> int:
    """Plain, tagged files with portable names, covers and playlists. Whoever finds them can read them."""
    from datetime import UTC, datetime

    from magnitizdat.ops.clubs.staying import gate
    from magnitizdat.ops.give.export import export as export_op
    from magnitizdat.ops.give.images import export_images
    from magnitizdat.ops.listen.choosing import Choice, choose

    out = face.current
    *albums, destination = what
    choice = Choice(albums=tuple(albums), playlists=tuple(playlist or ()), searches=tuple(search or ()))
    if bool(choice) == every:
        raise UsageError(
            say(
                "name albums, --playlist NAME, --search TEXT or --all, and then a folder: `mag export --all"
                " ~/Music/from-mag`"
            )
        )
    kind: Any = ("mp3" if mp3 else "opus-128") if for_phone or mp3 else None
    if images and (kind or playlist or search):
        raise UsageError(say("disc images are written as they came in, of whole albums; leave the other options out"))
    with out.library() as library, out.progress() as progress:
        passes = gate(library, with_club=with_club)
        options: Any = {"disk": out.disk(), "for_phone": kind, "prune": prune, "passes": passes, "progress": progress}
        found = choose(library, choice, now=datetime.now(UTC))
        views = list(library.shelf.albums()) if every else found.albums
        if images:
            kept = export_images(library, views, Path(destination), disk=out.disk(), progress=progress)
            return out.end(kept.outcome(Path(destination)), fields(kept))
        report = export_op(library, views, Path(destination), lists=found.groups, named=not every, **options)
        report = structs.replace(report, missing=(*report.missing, *found.absent))
    return out.end(report.outcome(Path(destination)), fields(report))
