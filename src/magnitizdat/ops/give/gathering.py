"""Gathering what goes on a reel or into an open spool: whole labels, albums, songs of others, or all that is here."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from datetime import datetime

from magnitizdat.catalogue.kinds import RELEASE, parse_target
from magnitizdat.errors import UsageError
from magnitizdat.library.index.browse import SongLine
from magnitizdat.library.index.views import AlbumView, LabelView
from magnitizdat.library.library import Library
from magnitizdat.model import Progress, Quality, Shortfall, Silent
from magnitizdat.ops.albums.named import parts_of
from magnitizdat.ops.albums.withheld import CLOSED, WITHDRAWN, withheld_albums
from magnitizdat.ops.clubs.staying import Gate, gate
from magnitizdat.ops.give.cargo import Cargo
from magnitizdat.ops.give.carrying import carry
from magnitizdat.ops.give.loading import Loaded, Wanted, load
from magnitizdat.ops.give.voices import SILENCE, Along, Speech, gather_speech
from magnitizdat.ops.intake.halves import half_left
from magnitizdat.ops.post.carrying import mailbag
from magnitizdat.sentence import advice, say

_NOT_HERE = say("it is not here; dub or import it first")
_UNSIGNED = say("its album is in no label, and not whole here, so nobody can verify it; import the rest first")


def gather(
    library: Library,
    *,
    now: datetime,
    labels: Sequence[LabelView] = (),
    albums: Sequence[AlbumView] = (),
    songs: Sequence[str] = (),
    quality: Quality = "full",
    along: Along = "all",
    passes: Gate | None = None,
    asked: bool = True,
    progress: Progress | None = None,
) -> Cargo:
    """Whole releases of these labels and albums, of other albums these songs alone, or (with none) all that I hold.

    Songs are named as players name them. The unsigned goes as carried; of it, too, whole albums alone can be signed.
    A label that is named goes also where it has no album, with all that it says; `along`: whose voices go. Where small
    versions are to go along, those of carried music are made first. `passes`: what of clubs may go; without it nothing.
    Of what its label withdrew goes what says so, and no music; `asked`: somebody asked for these and no others.

    Raises: UsageError if nothing whole is there to go.
    """
    passes = gate(library) if passes is None else passes
    lines = library.browse.named(songs)
    wanted: Wanted = {**parts_of(lines.values()), **dict.fromkeys(view.id for view in albums)}
    named = frozenset(view.imprint for view in labels)
    everything = not wanted and not named and not songs
    left = carry(
        library, None if everything else set(wanted), now=now, small=quality != "full", progress=progress or Silent()
    )
    views = library.shelf.labels()
    going = [view for view in views if passes.reason(view.imprint) is None]
    speech = SILENCE if along == "none" else gather_speech(library, going, named, now=now, along=along, passes=passes)
    loaded = []
    for view in going:
        chosen = None if everything or view.imprint in named else wanted
        is_along = view.imprint in passes.along
        label = None if chosen == {} and not is_along else load(library, view, chosen, speech, now=now, quality=quality)
        if label is None:
            continue
        goes = bool(label.albums or label.withdrawn) or is_along
        if goes or _goes_alone(label, named, speech, everything=everything):
            loaded.append(label)
    gone = tuple(_withdrawn(loaded, albums)) if asked else ()
    missing = (*_held_back(passes, labels, albums), *_closed(library, albums), *gone)
    if gone and not named and not any(label.albums for label in loaded):
        raise UsageError(gone[0].reason)
    if not loaded and left:
        raise UsageError(half_left(left))
    if not loaded and missing:
        raise UsageError(missing[0].reason)
    if not loaded:
        raise UsageError(
            advice(
                terminal=say("there is no whole album to put there; `mag import` or `mag dub` brings some"),
                page=say("there is no whole album to put there; import or take some music first"),
            )
        )
    staying = [view for view in views if view.imprint in passes.stays - passes.shut]
    return Cargo(
        library,
        loaded,
        quality,
        left,
        speech=speech,
        lacking=(*missing, *_lacking(library, songs, lines, loaded, passes)),
        passes=passes,
        mailbag=mailbag(library, now=now),
        staying=sum(_would_go(library, view, None if everything else wanted, named) for view in staying),
    )


def _lacking(
    library: Library, songs: Sequence[str], lines: Mapping[str, SongLine], loaded: Iterable[Loaded], passes: Gate
) -> Iterator[Shortfall]:
    """Songs that were asked for and do not go."""
    going = {(each.album, each.tracks) for label in loaded for each in label.releases}
    whole = {album for album, tracks in going if tracks is None}
    parts = {(album, track) for album, tracks in going for track in tracks or ()}
    gone = {each.album for label in loaded for each in label.withdrawn}
    signers = library.index.voices.signers(line.album.id for line in lines.values())
    for number, song in enumerate(songs, 1):
        line = lines.get(song)
        if line is None:
            yield Shortfall(what=say("song {number}", number=number), reason=_NOT_HERE)
        elif line.album.id not in whole and (line.album.id, line.track.id) not in parts:
            reason = passes.reason(signers.get(line.album.id, ""))
            reason = reason or (WITHDRAWN if line.album.id in gone else _UNSIGNED)
            yield Shortfall(what=f"{line.track.artist} - {line.track.title}", reason=reason)


def _held_back(passes: Gate, labels: Iterable[LabelView], albums: Iterable[AlbumView]) -> Iterator[Shortfall]:
    """What was asked for by name and stays in a club."""
    asked = [(each.name, "", each.imprint) for each in labels]
    asked += [(each.title, each.release_id, each.imprint) for each in albums]
    for what, name, imprint in asked:
        reason = passes.reason(imprint)
        if reason is not None:
            yield Shortfall(what=what, id=name, reason=reason)


def _closed(library: Library, albums: Iterable[AlbumView]) -> Iterator[Shortfall]:
    """What was asked for by name, and is closed."""
    staying = withheld_albums(library)
    yield from (Shortfall(what=each.title, id=each.release_id, reason=CLOSED) for each in albums if each.id in staying)


def _withdrawn(loaded: Iterable[Loaded], albums: Iterable[AlbumView]) -> Iterator[Shortfall]:
    """What was asked for by name, and was withdrawn by its label."""
    gone = {each.album for label in loaded for each in label.withdrawn}
    yield from (Shortfall(what=each.title, id=each.release_id, reason=WITHDRAWN) for each in albums if each.id in gone)


def _would_go(library: Library, view: LabelView, wanted: Wanted | None, named: Collection[str]) -> bool:
    """Whether something of a label would go if it did not stay."""
    albums = [each.album for each in library.index.signed.wanted(view.imprint, unclaimed_only=False)]
    if view.imprint in named or wanted is None:
        return bool(albums or library.index.voices.of_label(view.imprint))
    return any(album in wanted for album in albums)


def _goes_alone(label: Loaded, named: Collection[str], speech: Speech, *, everything: bool) -> bool:
    """Whether a label of which no album goes does: it speaks, or it was named and lists no album anywhere."""
    speaks = label.view.imprint in speech.wholly
    if label.view.imprint in named:
        return speaks or not any(parse_target(path).kind == RELEASE for path in label.verdict.targets)
    return speaks and everything
