"""Histories of voices: labels say, say again and take back; sticks lose some of it, and come in any order and twice.

A law knows what the shelf has to be from the sticks alone. `python -m bench.voices` tries thousands; tests try some.
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from random import Random
from typing import NamedTuple

from magnitizdat.catalogue import kinds
from magnitizdat.catalogue.documents import encode
from magnitizdat.catalogue.kinds import RELEASE, target_path
from magnitizdat.catalogue.publisher import create_label, publish
from magnitizdat.catalogue.refresh import review, stored_path
from magnitizdat.catalogue.voices import Compilation, CompiledTrack, Review, Voice, Vouch
from magnitizdat.errors import NotFoundError
from magnitizdat.formats.spool_paths import label_path
from magnitizdat.library.index.voices import VoiceLine
from magnitizdat.library.library import Library
from magnitizdat.model import Checkpoint, File, Release, Track
from magnitizdat.ops.albums import edit
from magnitizdat.ops.albums.ids import album_id
from magnitizdat.ops.dub.from_spool import dub
from magnitizdat.ops.labels import labels
from magnitizdat.ops.places.spool import Spool
from tests.fakes_library import NOW, make_library, put_album
from tests.fakes_voices import path_of, review_of

ALBUMS = {title: [bytes([128 + place]) * (30 + number) for place in places] for number, (title, places) in enumerate(
    {"one": range(4), "one and more": range(7), "another": range(20, 23)}.items()
)}  # fmt: skip
"""Albums of the reader by title: bytes of their tracks."""
TRACKS = [f"{number:064x}" for number in range(1, 9)]
"""Track ids of the album that a label signs, and of nothing."""
RELEASE_ID = "ab" * 16


class Said(NamedTuple):
    """A list of a label: version, digests by path, and the files of its metadata."""

    version: int
    listed: dict[str, str]
    files: dict[str, bytes]


class Stick(Spool):
    """What somebody gave: of some labels a list each, and those documents that were not lost."""

    def __init__(self, lists: dict[str, Said], documents: dict[str, bytes]) -> None:
        self.lists, self.documents = lists, documents

    def labels(self) -> list[str]:
        return sorted(self.lists)

    def fetch_range(self, path: str, offset: int, length: int) -> bytes:
        found = self.documents.get(path)
        if found is None:
            for imprint, said in self.lists.items():
                found = found or said.files.get(path.removeprefix(label_path(imprint, "metadata/")))
        if found is None:
            raise NotFoundError("it is not on this stick")
        return found[offset : offset + length]

    def close(self) -> None:
        """Nothing to let go of."""


class Speaker:
    """A label that says things."""

    def __init__(self, name: str, chance: Random) -> None:
        self._chance = chance
        self.made = create_label(name, now=NOW)
        self.state, self.imprint = self.made.state, self.made.imprint
        self.documents = {label_path(self.imprint, path): body for path, body in self.made.files.items()}
        self.said: list[Said] = []
        self.sign({})

    def sign(self, changes: dict[str, bytes | None]) -> None:
        made = publish(self.state, self.made.keys, changes, now=NOW)
        self.state = made.state
        listed = {path: each.sha256 for path, each in review(self.state, now=NOW).targets.items()}
        self.documents |= {label_path(self.imprint, path): body for path, body in made.files.items()}
        self.said.append(Said(len(self.said), listed, dict(self.state.files)))

    def go_on(self, names: list[Speaker], albums: dict[str, list[str]]) -> None:
        """Say, say again or take back some things."""
        changes: dict[str, bytes | None] = {}
        for _ in range(self._chance.randint(1, 3)):
            said = [
                path for path in self.said[-1].listed if kinds.parse_target(path).kind not in {RELEASE, kinds.LABEL}
            ]
            if said and self._chance.random() < 0.4:
                changes[self._chance.choice(said)] = None
            elif self._chance.random() < 0.1:
                changes[target_path(RELEASE, RELEASE_ID)] = encode(_release())
            else:
                path, content = self._something(names, albums)
                changes[path] = content
        self.sign(changes)

    def _something(self, names: list[Speaker], albums: dict[str, list[str]]) -> tuple[str, bytes]:
        voice = self._voice(names, albums)
        content = encode(voice)
        if self._chance.random() < 0.1:
            content = content.replace(b'"rating_value":', b'"rating_value":6')
        return path_of(voice), content

    def _voice(self, names: list[Speaker], albums: dict[str, list[str]]) -> Voice:
        chance, tracks = self._chance, self._chance.choice([*albums.values(), TRACKS])
        some = tracks[: chance.choice((1, 2, len(tracks)))]  # few, so that the same is spoken of again
        match chance.randint(0, 9):
            case 0:
                other = chance.choice(names).imprint  # its own, too: that says nothing
                return Vouch(imprint=other, name="Known", checkpoint=Checkpoint(version=1, sha256=TRACKS[0]))
            case 1:
                songs = tuple(CompiledTrack(track_id=each, title="Song", artist="Somebody") for each in some)
                return Compilation(playlist="cd" * 16, name=f"Mix {chance.random()}", tracks=songs)
            case 2 | 3:
                name = chance.choice(names).imprint
                return review_of(*some, imprint=name, release_id=RELEASE_ID, rating_value=chance.randint(1, 5))
            case _:
                return review_of(*some, rating_value=chance.randint(1, 5), recommended=chance.random() < 0.5)


def _release() -> Release:
    """An album of which no music is anywhere."""
    tracks = tuple(
        Track(
            id=track, title="Song", artist="Somebody", duration_s=1.0, position=place,
            file=File(sha256=f"{place:064x}", length=9, media_type="audio/flac"),
        )
        for place, track in enumerate(TRACKS[:4], 1)
    )  # fmt: skip
    return Release(id=RELEASE_ID, title="Signed", artist="Somebody", tracks=tracks)


class Reader:
    """A library that lasts for many histories; each has labels of its own."""

    def __init__(self, folder: Path) -> None:
        self.library: Library = make_library(folder)
        for title, contents in ALBUMS.items():
            put_album(self.library, title, contents=contents)
        self.albums = {
            title: [track.id for track in self.library.shelf.release(self.library.shelf.find(title).id).tracks]
            for title in ALBUMS
        }

    def take(self, stick: Stick) -> None:
        dub(self.library, stick, now=NOW)

    def toggle(self, title: str) -> None:
        """An album goes, or comes back."""
        if any(view.title == title for view in self.library.shelf.albums()):
            edit.remove(self.library, [title])
        else:
            put_album(self.library, title, contents=ALBUMS[title])

    def shelf(self) -> dict[str, set[str]]:
        """Albums by id, and their tracks."""
        found = {}
        for view in self.library.shelf.albums():
            release = self.library.shelf.release(view.id)
            found[view.id] = {track.id for track in release.tracks} if release is not None else set()
        return found

    def said(self, imprint: str) -> dict[str, VoiceLine]:
        return {each.path: each for each in self.library.index.voices.of_label(imprint)}

    def kept(self, imprint: str) -> dict[str, str]:
        """Digests of documents that are no albums, by path."""
        return {each.path: each.sha256 for each in self.library.index.documents.held(imprint)}


@contextmanager
def reading(folder: Path) -> Iterator[Reader]:
    reader = Reader(folder)
    try:
        yield reader
    finally:
        reader.library.close()


def run(reader: Reader, seed: int) -> None:
    """One history. Raises: AssertionError where the shelf is not what the sticks say."""
    chance = Random(seed)
    speakers = [Speaker(f"Label {seed} {number}", chance) for number in range(chance.randint(1, 3))]
    for _ in range(chance.randint(1, 5)):
        chance.choice(speakers).go_on(speakers, reader.albums)
    loses = chance.choice((0.0, 0.3))
    sticks = [_stick(speakers, chance, loses) for _ in range(chance.randint(1, 4))]
    order = chance.choices(sticks, k=len(sticks) + 1) + chance.sample(sticks, len(sticks))
    for stick in order:
        reader.take(stick)
        if chance.random() < 0.15:
            labels.follow(reader.library, chance.choice(sorted(stick.lists)), sure=True)
        if chance.random() < 0.15:
            reader.toggle(chance.choice(list(ALBUMS)))
        _require_true(reader, speakers)
    for stick in chance.sample(sticks, len(sticks)) if loses else ():
        reader.take(stick)
    _require_all(reader, speakers, sticks)


def _stick(speakers: list[Speaker], chance: Random, loses: float) -> Stick:
    """Some labels, each as it was at some time; the label's own document is never lost."""
    chosen = chance.sample(speakers, chance.randint(1, len(speakers)))
    lists = {speaker.imprint: chance.choice(speaker.said[1:] or speaker.said) for speaker in chosen}
    documents = {}
    for speaker in chosen:
        for path, sha256 in lists[speaker.imprint].listed.items():
            name = label_path(speaker.imprint, stored_path(path, sha256))
            if path == kinds.LABEL_PATH or chance.random() >= loses:
                documents[name] = speaker.documents[name]
    return Stick(lists, documents)


def _newest(speaker: Speaker, sticks: list[Stick]) -> Said | None:
    lists = [stick.lists[speaker.imprint] for stick in sticks if speaker.imprint in stick.lists]
    return max(lists, key=lambda said: said.version, default=None)


def _require_true(reader: Reader, speakers: list[Speaker]) -> None:
    """At any time: what is here is what the list says that is held, word by word, and is about the right album."""
    shelf = reader.shelf()
    for speaker in speakers:
        files = reader.library.label_files(speaker.imprint)
        held = next((said for said in speaker.said if said.files == files), None)
        kept = reader.kept(speaker.imprint)
        assert kept.items() <= (held.listed if held else {}).items()
        said = reader.said(speaker.imprint)
        assert said.keys() == {path for path in kept if _value(speaker, path, kept[path]) is not None}
        for path, line in said.items():
            value = _value(speaker, path, kept[path])
            assert line.album == (_album(reader, shelf, value) if isinstance(value, Review) else "")


def _require_all(reader: Reader, speakers: list[Speaker], sticks: list[Stick]) -> None:
    """In the end: of the newest list all that any stick has, and nothing else, in whatever order they came."""
    _require_true(reader, speakers)
    there = {name for stick in sticks for name in stick.documents}
    for speaker in speakers:
        newest = _newest(speaker, sticks)
        assert reader.kept(speaker.imprint) == {
            path: sha256
            for path, sha256 in (newest.listed if newest else {}).items()
            if kinds.parse_target(path).kind not in {kinds.LABEL, RELEASE}
            and label_path(speaker.imprint, stored_path(path, sha256)) in there
        }


def _value(speaker: Speaker, path: str, sha256: str) -> Voice | None:
    content = speaker.documents[label_path(speaker.imprint, stored_path(path, sha256))]
    value: Voice | None = kinds.read(path, content).value
    return None if isinstance(value, Vouch) and value.imprint == speaker.imprint else value


def _album(reader: Reader, shelf: dict[str, set[str]], said: Review) -> str:
    """The album of that name; else the one with most of its tracks, at least half; with fewest others; the first."""
    album = said.item_reviewed
    named = album_id(album.imprint, album.release_id) if album.release_id else ""
    if named in shelf:
        return named
    tracks = set(album.tracks)
    able = [each for each in shelf if 2 * len(tracks & shelf[each]) >= len(tracks) > 0]
    return min(able, key=lambda each: (-len(tracks & shelf[each]), len(shelf[each]), each), default="")
