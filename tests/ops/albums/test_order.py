"""Songs without numbers keep their order, whatever else is edited, taken back, made anew, signed or merged."""

from __future__ import annotations

import shutil
from pathlib import Path
from tempfile import TemporaryDirectory

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from magnitizdat.disk.disk import Disk
from magnitizdat.library.library import Library, unlock
from magnitizdat.ops.albums import edit as editing
from magnitizdat.ops.albums.contents import song_ids
from magnitizdat.ops.albums.edit_form import AlbumPatch, TrackPatch, revise
from magnitizdat.ops.albums.many import edit_where
from magnitizdat.ops.albums.undo import log, undo, undo_on
from magnitizdat.ops.dub.from_spool import dub
from magnitizdat.ops.keep.backup import backup
from magnitizdat.ops.keep.rebuild import rebuild
from magnitizdat.ops.labels import publish
from magnitizdat.ops.merge import other as others
from magnitizdat.ops.merge.merging import merge
from magnitizdat.ops.places.spool import FolderSpool
from tests.fakes_library import NOW, PASSPHRASE, make_library, put_album, rows
from tests.fakes_spool import new_label, write_spool

LENGTHS = (1000, 900, 800, 700)


def opened(folder: Path) -> Library:
    return Library(folder, unlock(folder, PASSPHRASE))


def order(library: Library, album: str) -> list[str]:
    """Songs as they follow each other, by their sound."""
    release = library.shelf.release(album)
    return [track.id for track in release.tracks] if release is not None else []


def everything(library: Library) -> dict[str, list[str]]:
    return {view.id: order(library, view.id) for view in library.shelf.own_albums()}


class Shelf:
    """A library with two albums without numbers, and their files once more on others; a model says the orders."""

    def __init__(self, folder: Path) -> None:
        self.folder, self.number = folder, 0
        self.library = make_library(folder / "mine")
        self.words = folder / "words.lrc"
        for title in ("One", "Other"):
            _, sounds = put_album(self.library, title, lengths=LENGTHS, numbered=False)
            put_album(self.library, f"{title} again", contents=sounds, numbered=False)
        self.label = new_label(self.library)
        self.model = everything(self.library)
        self.done: list[tuple[dict[str, list[str]], dict[str, list[str]]]] = []

    def do(self, verb: str, which: int) -> None:
        self.number += 1
        before = {album: list(songs) for album, songs in self.model.items()}
        commands = log(self.library).total
        getattr(self, verb)(sorted(self.model)[which % len(self.model)], which)
        if log(self.library).total > commands:
            self.done.append((before, {album: list(songs) for album, songs in self.model.items()}))
        assert everything(self.library) == self.model, verb

    def retitle(self, album, which):
        editing.edit(self.library, f"{album}/{1 + which % len(self.model[album])}", {"title": f"{self.number}"})

    def give_words(self, album, which):
        self.words.write_text(f"[00:01.00]la {self.number}", encoding="utf-8")
        editing.edit(self.library, f"{album}/{1 + which % len(self.model[album])}", {}, lyrics=self.words)

    def rename(self, album, which):
        editing.edit(self.library, album, {"artist": f"Artist {self.number}"})

    def fill_in(self, album, which):
        song = song_ids(self.library, album)[which % len(self.model[album])]
        patch = AlbumPatch(title=f"T{self.number}", tracks=(TrackPatch(id=song, title=f"{self.number}"),))
        revise(self.library, album, patch)

    def date_all(self, album, which):
        edit_where(self.library, "kind:album", {"genres": (f"g{self.number}",)})

    def split(self, album, which):
        songs = self.model[album]
        if len(songs) > 1:
            at = which % len(songs)
            made = editing.split_album(self.library, [f"{album}/{at + 1}"], f"S{self.number}")
            self.model[made] = [songs.pop(at)]

    def bring_together(self, album, which):
        other = next((each for each in self.model if not {*self.model[each]} & {*self.model[album]}), None)
        if other is not None and not self.library.shelf.album(other).imprint:
            editing.merge_albums(self.library, album, [other])
            self.model[album] += self.model.pop(other)

    def remove(self, album, which):
        elsewhere = {song for each in self.model if each != album for song in self.model[each]}
        if {*self.model[album]} <= elsewhere and not self.library.shelf.album(album).imprint:
            editing.remove(self.library, [album])
            del self.model[album]

    def take_back(self, album, which):
        if self.done:
            undo(self.library)
            self.model = {each: list(songs) for each, songs in self.done[-1][0].items()}

    def sign(self, album, which):
        publish.publish(self.library, [album], self.label, now=NOW, small=False, only_copy=True)

    def make_anew(self, album, which):
        """As the cells alone tell it."""
        folder = self.library.directory
        self.library.close()
        rebuild(folder, unlock(folder, PASSPHRASE), now=NOW, disk=Disk(private=True))
        self.library = opened(folder)

    def put_back(self, album, which):
        """The library as a backup has it, with nothing but its cells."""
        folder = self.folder / f"backup {self.number}"
        backup(self.library, folder, disk=Disk(private=True))
        self.library.close()
        self.library = opened(folder)

    def close(self) -> None:
        self.library.close()


VERBS = "retitle give_words rename fill_in date_all split bring_together remove take_back sign make_anew put_back"
steps = st.lists(st.tuples(st.sampled_from(VERBS.split()), st.integers(0, 7)), max_size=10)
AND_BACK = [("take_back", 0), ("take_back", 0), ("take_back", 0), ("make_anew", 0)]


@settings(max_examples=6)
@example(steps=[("give_words", 0), ("make_anew", 0), ("take_back", 0), ("make_anew", 0)])
@example(steps=[("split", 1), *AND_BACK])
@example(steps=[("bring_together", 0), *AND_BACK])
@example(steps=[("remove", 0), *AND_BACK])
@example(steps=[("split", 4), ("split", 0), ("take_back", 0), ("retitle", 1), ("make_anew", 0)])
@given(steps=steps)
def test_no_edit_turns_songs_round(steps):
    with TemporaryDirectory() as folder:
        shelf = Shelf(Path(folder))
        try:
            for verb, which in steps:
                shelf.do(verb, which)
            shelf.do("make_anew", 0)
        finally:
            shelf.close()


@pytest.fixture
def mine(tmp_path):
    with make_library(tmp_path / "mine") as library:
        yield library


@settings(max_examples=5)
@given(edited=st.lists(st.integers(0, 3), max_size=4))
def test_everybody_has_the_order_that_was_signed(edited):
    """A reader has it from the first version on, and keeps it, and all names of players, through each that follows."""
    with (
        TemporaryDirectory() as name,
        make_library(Path(name) / "mine") as maker,
        make_library(Path(name) / "x") as reader,
    ):
        album, _ = put_album(maker, lengths=LENGTHS, numbered=False)
        signed, label, called = order(maker, album), new_label(maker), None
        for number, at in enumerate([-1, *edited]):
            if at >= 0:
                editing.edit(maker, f"{album}/{at + 1}", {"title": f"{number}"})
            publish.publish(maker, [album], label, now=NOW, small=False)
            write_spool(maker, Path(name) / "spool")
            dub(reader, FolderSpool(Path(name) / "spool"), now=NOW)
            (view,) = reader.shelf.albums()
            assert order(maker, album) == order(reader, view.id) == signed
            now = song_ids(reader, view.id)
            assert called in (None, now)
            called = now
        keys = [key for (key,) in rows(reader, "SELECT key FROM track ORDER BY key")]
        assert keys == [key for key, _ in reader.index.tracks.songs_of(view.id).items()]


def take(library: Library, folder: Path) -> None:
    with others.opened(library, folder, unlock(folder, PASSPHRASE)) as other:
        merge(library, other, now=NOW)


@settings(max_examples=8)
@given(
    orders=st.tuples(st.permutations(range(4)), st.permutations(range(4))),
    counts=st.tuples(st.integers(1, 4), st.integers(1, 4)),
    before=st.integers(0, 2),
)
def test_two_who_took_it_in_apart_end_in_one_order(orders, counts, before):
    """Files of one album that had other names there; the same from both sides, and after each was made anew."""
    sounds = [bytes([255, number]) * 300 for number in range(4)]
    with TemporaryDirectory() as name:
        folders = [Path(name) / "one", Path(name) / "two"]
        for folder, found, count in zip(folders, orders, counts, strict=True):
            with make_library(folder) as library:
                for number in range(before if folder == folders[0] else 0):
                    put_album(library, f"Other {number}", lengths=(10,))
                put_album(library, contents=[sounds[number] for number in found[:count]], numbered=False)
        for folder, other in (folders, folders[::-1]):
            with opened(folder) as library:
                take(library, other)
        found = []
        for folder in folders:
            with opened(folder) as library:
                found.append(everything(library))
            rebuild(folder, unlock(folder, PASSPHRASE), now=NOW, disk=Disk(private=True))
            with opened(folder) as library:
                found.append(everything(library))
        assert all(each == found[0] for each in found)


def test_copies_that_were_used_apart_keep_the_order(mine, tmp_path):
    album, _ = put_album(mine, lengths=LENGTHS, numbered=False)
    was = order(mine, album)
    shutil.copytree(mine.directory, tmp_path / "copy")
    with opened(tmp_path / "copy") as copy:
        editing.edit(copy, f"{album}/1", {"title": "First"})
    editing.split_album(mine, [f"{album}/2"], "Apart")
    undo(mine)
    editing.edit(mine, f"{album}/3", {"title": "Third"})
    take(mine, tmp_path / "copy")
    assert order(mine, album) == was
    assert [track.title for track in mine.shelf.release(album).tracks] == ["First", "Песня 2", "Third", "Песня 4"]


def test_what_an_older_mag_did_is_taken_back_in_place(mine):
    album, _ = put_album(mine, lengths=LENGTHS, numbered=False)
    was = order(mine, album)
    with mine.changes() as changes:  # it wrote no row of its command
        release, track = editing.find_track(mine, f"{album}/2")
        changes.row(editing.TrackRow(release_id=release.id, track=editing.replaced(track, {"title": "x"})))
        changes.commit()
    undo_on(mine, album)
    assert order(mine, album) == was
