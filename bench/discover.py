"""`mag discover` over 10 000 albums and 1 000 labels that are followed, among as many that are not."""

from __future__ import annotations

import hashlib
import random
import statistics
import time
from collections.abc import Iterator, Sequence
from datetime import UTC, datetime

from bench.cases import Place, Row
from bench.measure import fresh
from magnitizdat.catalogue.voices import REVIEW, voice_id
from magnitizdat.library.index.signed import SignedRelease
from magnitizdat.library.index.voices import HeldVoice, VoicedTrack
from magnitizdat.library.journal import LabelRow
from magnitizdat.library.library import Library, unlock
from magnitizdat.model import File, Release, Track
from magnitizdat.ops.albums.ids import album_id
from magnitizdat.ops.listen import listening
from magnitizdat.ops.voices.discovering import discover
from tests.fakes_library import PASSPHRASE, make_library

ALBUMS, ELSEWHERE, LABELS = 10_000, 2_000, 1_000
SAID, VOUCHES, COMPILED = 10, 3, 20
"""Of each label: reviews, vouches; every tenth has a compilation of so many tracks."""
A_TRACK = 10
MOST_S = 0.1


def discovering(place: Place) -> Iterator[Row]:
    """Processor time of the op on a library that was just opened, and again; each run opens it anew."""
    folder = fresh(place.folder / "discover") / "library"
    with make_library(folder) as library:
        fill(library)
    first, again = [], []
    for _ in range(place.runs):
        with Library(folder, unlock(folder, PASSPHRASE)) as library:
            first.append(_taken(library))
            again.append(_taken(library))
    for name, taken in (("just opened", first), ("asked again", again)):
        median = statistics.median(taken)
        work = f"discover, {ALBUMS} albums and {LABELS} labels, {name}"
        yield Row(work, f"{median * 1000:.0f} ms", "–", "–", MOST_S / median, "≤ 100 ms", median <= MOST_S)


def _taken(library: Library) -> float:
    begun = time.process_time()
    assert len(discover(library).albums) == 20
    return time.process_time() - begun


def fill(library: Library) -> None:
    """Albums of labels, what labels say of them and of some that are not here, and what one has heard."""
    chance = random.Random(15)
    imprints = [_imprint(number) for number in range(LABELS)]
    with library.index.transaction():
        for number, imprint in enumerate((*imprints, *map(_imprint, range(LABELS, 2 * LABELS)))):
            standing = "followed" if number < LABELS else "new"
            library.index.shelf.put_label(LabelRow(imprint=imprint, name=f"Label {number}", standing=standing))
        for number in range(ALBUMS):
            imprint, release = imprints[number % LABELS], _release(number)
            album = album_id(imprint, release.id)
            library.index.shelf.put_release(album, imprint, release)
            library.index.signed.put_release(imprint, SignedRelease(release.id, album, _digest("document", number)))
        for number in range(2 * LABELS):
            _speak(library, _imprint(number), chance, imprints)
    albums = [album_id(imprints[number % LABELS], _release(number).id) for number in range(0, ALBUMS, 50)]
    now = datetime(2026, 11, 29, tzinfo=UTC)
    listening.star(library, "", "album", albums[::4], now=now)
    for number, album in enumerate(albums):
        listening.scrobble(library, "", _digest("track", number * 50, 1), at=now, album=album)


def _speak(library: Library, imprint: str, chance: random.Random, imprints: Sequence[str]) -> None:
    voices = library.index.voices
    for number in chance.sample(range(ALBUMS + ELSEWHERE), SAID):
        release, label = _release(number), imprints[number % LABELS]
        name = voice_id(REVIEW, label, release.id)
        tracks = tuple(VoicedTrack(track.id) for track in release.tracks)
        said = {"recommended": chance.random() < 0.5, "rating": chance.randint(0, 5), "date": "2026-11-29"}
        held = HeldVoice(REVIEW, name, label, release.id, release.artist, release.title, tracks=tracks, **said)
        voices.put(imprint, f"{name[:2]}/{name}.review.json", held)
    for other in chance.sample(imprints, VOUCHES):
        name = voice_id("vouch", other)
        voices.put(imprint, f"{name[:2]}/{name}.vouch.json", HeldVoice("vouch", name, other))
    if chance.random() < 0.1:
        numbers = chance.sample(range(ALBUMS), COMPILED)
        tracks = tuple(VoicedTrack(_digest("track", n, 1), imprints[n % LABELS], _release(n).id) for n in numbers)
        name = voice_id("compilation", imprint)
        voices.put(imprint, f"{name[:2]}/{name}.compilation.json", HeldVoice("compilation", name, tracks=tracks))


def _release(number: int) -> Release:
    artist, genres = f"Artist {number % 2500}", (f"Genre {number % 20}", f"Genre {number % 7}")
    tracks = tuple(
        Track(
            id=_digest("track", number, place),
            title=f"Song {place}",
            artist=artist,
            file=File(sha256=_digest("file", number, place), length=1, media_type="audio/flac"),
            duration_s=200.0,
            position=place,
            genres=genres,
        )
        for place in range(1, A_TRACK + 1)
    )
    name = _digest("release", number)[:32]
    return Release(id=name, title=f"Album {number}", artist=artist, genres=genres, date="1988", tracks=tracks)


def _imprint(number: int) -> str:
    return "mag1" + f"{number:058d}".translate(str.maketrans("1", "q"))


def _digest(*words: object) -> str:
    return hashlib.sha256(" ".join(map(str, words)).encode()).hexdigest()
