"""Albums as they are shown to somebody who listens: a line, or a whole sleeve with sides, notes and verdict."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from datetime import datetime
from itertools import groupby
from typing import Literal, NamedTuple

from msgspec import structs

from magnitizdat.errors import NotFoundError
from magnitizdat.formats.names import imprint_words
from magnitizdat.library.index.browse import SongLine
from magnitizdat.library.index.overview import artist_id
from magnitizdat.library.index.views import AlbumView, LabelView
from magnitizdat.library.library import Library
from magnitizdat.model import Freshness, Gain, Release, Track, Value
from magnitizdat.ops.albums.analysis import album_gains, track_gains
from magnitizdat.ops.albums.contents import notes_of, song_ids
from magnitizdat.ops.albums.quality import plays_anywhere
from magnitizdat.ops.labels.carried_on import disowned_sentence
from magnitizdat.ops.labels.labels import freshness
from magnitizdat.ops.labels.vouches import vouch_sentences, vouched_by
from magnitizdat.ops.listen import searching
from magnitizdat.pages.markup import from_markdown
from magnitizdat.pages.parts import ListedTrack, sides
from magnitizdat.sentence import Sentence, framed, say

SleeveStanding = Literal["own", "follow", "new", "carried", "withdrawn", "frozen"]
_STANDINGS: dict[str, SleeveStanding] = {"followed": "follow", "carrier": "carried", "new": "new"}
GONE = say("this album is not in the library any more; look at the list again")


class AlbumCard(Value, frozen=True, kw_only=True, omit_defaults=False):
    """An album in a list. `small`: every track is here in its small version only; `complete`: everything plays.

    `disowned`: those who carry its label on do not stand by it.
    """

    id: str
    title: str
    artist: str
    artist_id: str
    year: int | None
    cover: str
    tracks: int
    duration_s: float
    label: str
    imprint: str
    own: bool
    carried: bool
    standing: SleeveStanding
    withdrawn: bool
    complete: bool
    small: bool
    disowned: bool = False


class SongCard(Value, frozen=True, kw_only=True, omit_defaults=False):
    """A track on an album. `complete`: it plays here; `small`: in its small version."""

    id: str
    track: str
    title: str
    artist: str
    number: int
    disc: int
    duration_s: float
    codec: str
    cut_off: bool
    promised_s: float
    small: bool
    complete: bool
    lyrics: tuple[str, ...]
    gain_db: float | None
    peak: float | None
    album_id: str
    album: str
    cover: str
    anywhere: bool = True
    """Whether its original, or what is here of it, plays in most browsers."""
    album_gain_db: float | None = None


class Side(NamedTuple):
    """Songs that are heard in one go; `name` is `A`, `B`, the number of a disc, or empty where there is one.

    `title` is what that disc is called.
    """

    name: str
    title: str
    songs: tuple[SongCard, ...]


class Sleeve(NamedTuple):
    """All of an album. `notes` are HTML by language, safe to show."""

    view: AlbumView
    card: AlbumCard
    release: Release
    label: LabelView | None
    sides: tuple[Side, ...]
    notes: dict[str, str]
    verdict: tuple[str, ...]

    @property
    def word(self) -> str:
        """The verdict in one word."""
        words = {"own": "yours", "follow": "genuine"}
        return words.get(self.card.standing, self.card.standing)


def cards(library: Library, albums: Sequence[str]) -> list[AlbumCard]:
    """Lines of these albums, in this order; what is gone is left out."""
    frozen = {label.imprint for label in library.shelf.labels() if label.frozen}
    views = {view.id: view for view in library.shelf.albums_among(albums)}
    return [_card(views[album], frozen=views[album].imprint in frozen) for album in albums if album in views]


def standing_of(view: AlbumView, *, frozen: bool) -> SleeveStanding:
    """How an album stands here, in one word."""
    if view.withdrawn:
        return "withdrawn"
    if frozen:
        return "frozen"
    if view.own:
        return "own"
    return "carried" if view.carried else _STANDINGS.get(view.standing, "new")


def _card(view: AlbumView, *, frozen: bool) -> AlbumCard:
    return AlbumCard(
        id=view.id,
        title=view.title,
        artist=view.artist,
        artist_id=artist_id((*view.artists, view.artist)[0]),
        year=int(view.date[:4]) if view.date else None,
        cover=f"al-{view.id}",
        tracks=view.tracks,
        duration_s=view.duration_s,
        label=view.label,
        imprint=view.imprint,
        own=view.own,
        carried=view.carried,
        standing=standing_of(view, frozen=frozen),
        withdrawn=view.withdrawn,
        complete=view.complete,
        small=bool(view.tracks) and view.small == view.tracks,
        disowned=view.disowned,
    )


def sleeve(library: Library, album: str, *, now: datetime) -> Sleeve:
    """Everything that is known of an album, by its full id.

    Raises: NotFoundError.
    """
    view, release = library.shelf.album(album), library.shelf.release(album)
    if view is None or release is None:
        raise NotFoundError(GONE)
    label = next((each for each in library.shelf.labels() if each.imprint == view.imprint), None)
    card = _card(view, frozen=bool(label and label.frozen))
    known = freshness(library, label, now=now) if label else None
    songs = list(_songs(library, view, release))
    return Sleeve(
        view,
        card,
        release,
        label,
        tuple(_sides(release, songs)),
        _notes(library, release),
        (*_verdict(view, card, known), *_words_for(library, view)),
    )


def _songs(library: Library, view: AlbumView, release: Release) -> Iterator[SongCard]:
    names, gains = song_ids(library, view.id), track_gains(library, release.tracks)
    whole = album_gains(library, [view.id]).get(view.id)
    for place, (song, track) in enumerate(zip(names, release.tracks, strict=True), 1):
        full, small = library.shelf.holds(track.file), track.small is not None and library.shelf.holds(track.small)
        card = song_card(
            song, track, view.id, view.title, place=place, small=small and not full, complete=full or small
        )
        yield levelled(card, gains.get(track.file.sha256), whole)


def levelled(card: SongCard, gain: Gain | None, whole: Gain | None) -> SongCard:
    """With the loudness that was measured of it and of its album, where somebody did."""
    if gain is not None:
        card = structs.replace(card, gain_db=gain.gain_db, peak=gain.peak)
    return structs.replace(card, album_gain_db=whole.gain_db) if whole is not None else card


def song_card(
    song: str, track: Track, album: str, title: str, *, place: int = 0, small: bool = False, complete: bool = True
) -> SongCard:
    """A track as it is shown; `place` is its number where it says none."""
    gain = track.gain
    return SongCard(
        id=song,
        track=track.id,
        title=track.title,
        artist=track.artist,
        number=place if track.number is None else track.number,
        disc=track.disc,
        duration_s=track.duration_s,
        codec="opus" if small else track.codec,
        cut_off=track.cut_off,
        promised_s=track.promised_s,
        small=small,
        complete=complete,
        lyrics=tuple(each.language for each in track.lyrics),
        gain_db=gain.gain_db if gain else None,
        peak=gain.peak if gain else None,
        album_id=album,
        album=title,
        cover=f"al-{album}",
        anywhere=small or plays_anywhere(track),
        album_gain_db=track.album_gain.gain_db if track.album_gain else None,
    )


def _sides(release: Release, songs: Sequence[SongCard]) -> Iterator[Side]:
    """By disc, or as the two sides of a tape."""
    discs = [(disc, tuple(some)) for disc, some in groupby(songs, key=lambda song: song.disc)]
    titles = {each.disc: each.title for each in release.disc_titles}
    if len(discs) > 1:
        yield from (Side(str(disc), titles.get(disc, ""), some) for disc, some in discs)
        return
    parts = sides([ListedTrack(track, 0, "") for track in release.tracks])
    start = 0
    for heading, listed in parts:
        name = heading.removeprefix("Side ") if len(parts) > 1 else ""
        title = titles.get(songs[0].disc, "") if start == 0 else ""
        yield Side(name, title, tuple(songs[start : start + len(listed)]))
        start += len(listed)


def _notes(library: Library, release: Release) -> dict[str, str]:
    return {language: from_markdown(text, top_level=3) for language, text in notes_of(library, release).items()}


def imprint_of(label: LabelView | None) -> str:
    """Four words to compare by voice; empty where nobody signed."""
    return imprint_words(label.imprint) if label is not None and label.standing != "carrier" else ""


class Meant(NamedTuple):
    """What words mean, best first: places of artists in the overview, ids of albums, songs; whether more may follow."""

    artists: list[int]
    albums: list[str]
    songs: list[SongLine]
    more: bool


def search(library: Library, text: str, *, offset: int = 0, count: int) -> Meant:
    """Look for words in titles and names: of each kind so many, from one place on."""
    overview = library.browse.overview()
    page = (offset, count)
    found = searching.find(library, text, artists=page, albums=page, tracks=page)
    names = dict.fromkeys(artist_id(artist.name) for artist in found.artists)
    return Meant(
        [overview.artist_at[name] for name in names if name in overview.artist_at],
        [album.id for album in found.albums],
        library.browse.songs([track.key for track in found.tracks]),
        max(map(len, (found.artists, found.albums, found.tracks))) >= count,
    )


# -- verdicts ----------------------------------------------------------------------------------------------------------


def _verdict(view: AlbumView, card: AlbumCard, known: Freshness | None) -> Iterator[Sentence]:
    if view.disowned:
        yield disowned_sentence(card.title, card.label)
    if card.own and not card.label:
        yield say("You brought this in yourself; nobody has signed it.")
        return
    if card.standing == "frozen":
        yield say(
            "This label signed two different things under one version; nothing new comes from it until you choose."
        )
    elif card.standing == "withdrawn":
        yield say("Its label has withdrawn this release; what is here plays on.")
    elif card.own:
        yield say("Signed by you as {label}.", label=card.label)
    elif card.carried:
        yield say("Passed on by somebody who did not make it: whole, byte for byte, and signed by nobody who did.")
    elif card.standing == "new":
        yield say("Genuine {label}, whole, byte for byte. You do not follow this label yet.", label=card.label)
    else:
        yield say("Genuine {label}, whole, byte for byte.", label=card.label)
    if known is not None and not card.carried:
        yield from freshness_sentences(known)


def _words_for(library: Library, view: AlbumView) -> Iterator[Sentence]:
    if view.imprint and not view.carried:
        yield from (framed("{said}.", said=each) for each in vouch_sentences(vouched_by(library, view.imprint)))


def freshness_sentences(known: Freshness) -> Iterator[Sentence]:
    """How current what is here of a label may be; authentic it is in any case (law 2)."""
    if known.signed_on:
        yield say(
            "Version {version} of the label's list, signed on {signed_on}.",
            version=known.version,
            signed_on=known.signed_on,
        )
    days = known.heard_days_ago
    if days == 0:
        yield say("Last news of it today.")
    elif days is not None:
        yield say("Days since the last news of it: {days}.", days=days)
    if known.expired:
        yield say("It is past its date: there may be newer, and what is here plays.")
    if known.seen_by:
        yield say("Labels that you follow and that know this very version: {seen_by}.", seen_by=known.seen_by)
