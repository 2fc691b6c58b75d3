"""Of two who correct the same albums at once it is as if one had come after the other: nothing is decided too early.

The second acts just before the first's write lock is taken: whatever the first read before that is old.
"""

from __future__ import annotations

import itertools
import secrets
from collections.abc import Callable
from typing import NamedTuple

import pytest

from magnitizdat.library.index.views import AlbumView
from magnitizdat.library.library import Library
from magnitizdat.model import Release
from magnitizdat.ops.albums import edit as editing
from magnitizdat.ops.albums.contents import song_ids
from magnitizdat.ops.albums.edit_form import AlbumPatch, TrackPatch, revise
from magnitizdat.ops.albums.many import edit_where
from magnitizdat.ops.albums.undo import log, undo, undo_on
from magnitizdat.ops.give.gathering import gather
from magnitizdat.ops.labels.labels import carrier
from tests.fakes_library import NOW, make_library, put_album
from tests.ops.meanwhile import done


class Given(NamedTuple):
    """What the acts are about; alike in every library of a test."""

    one: str
    other: str
    song: str
    view: AlbumView


Act = Callable[[Library, Given], object]
ACTS: dict[str, Act] = {
    "edit": lambda library, given: editing.edit(library, given.one, {"title": "Edited"}),
    "edit a track": lambda library, given: editing.edit(library, f"{given.one}/2", {"title": "Song"}),
    "edit many": lambda library, _: edit_where(library, "artist:kino", {"genres": ("Rock",)}),
    "revise": lambda library, given: revise(library, given.one, AlbumPatch(licence="CC0-1.0")),
    "revise a track": lambda library, given: revise(
        library, given.one, AlbumPatch(artist="Кино", tracks=(TrackPatch(id=given.song, title="Revised"),))
    ),
    "merge": lambda library, given: editing.merge_albums(library, given.one, [given.other]),
    "merge the other way": lambda library, given: editing.merge_albums(library, given.other, [given.one]),
    "split": lambda library, given: editing.split_album(library, [f"{given.one}/2"], "Apart"),
    "remove": lambda library, given: editing.remove(library, [given.one]),
    "undo": lambda library, _: undo(library),
    "undo the first": lambda library, _: undo(library, 1),
    "undo on it": lambda library, given: undo_on(library, given.one),
    "pass on": lambda library, given: gather(library, now=NOW, albums=[given.view]),
}
MEANWHILE = ("edit", "edit a track", "revise a track", "merge", "merge the other way", "split", "remove", "undo")


def world(directory) -> tuple[Library, Given]:
    library = make_library(directory)
    one, sounds = put_album(library, title="One", artist="Kino", contents=[b"\xff1", b"\xff2", b"\xff3"])
    other, _ = put_album(library, title="Other", artist="Kino", contents=[*sounds[:1], b"\xff4"])
    editing.edit(library, one, {"title": "First", "date": "1982"})
    carrier(library, now=NOW)
    return library, Given(one, other, song_ids(library, one)[1], library.shelf.find(one))


def bare(release: Release) -> list[object]:
    """An album without its id, which is drawn by chance where it was split off."""
    tracks = [(track.title, track.artist, track.disc, track.position, track.file.sha256) for track in release.tracks]
    return [release.title, release.artist, release.date, release.genres, release.licence, tracks]


def seen(library: Library) -> dict[str, object]:
    """All that the acts change."""
    releases = map(library.shelf.release, (view.id for view in library.shelf.own_albums()))
    done = [(each.verb, each.albums, each.undoes, each.is_undone) for each in log(library).commands]
    passed_on = [bare(library.shelf.release(view.id)) for view in library.shelf.albums() if not view.own]
    return {"own": sorted(map(bare, releases)), "done": done, "passed on": passed_on}


@pytest.fixture
def folders(tmp_path):
    return (tmp_path / f"{number}" for number in itertools.count())


@pytest.mark.parametrize(("first", "second"), list(itertools.product(ACTS, MEANWHILE)))
def test_what_was_read_before_another_acted_decides_nothing(folders, monkeypatch, first, second):
    names = itertools.cycle(f"{number:016x}" for number in range(9))
    monkeypatch.setattr(secrets, "token_hex", lambda _length: next(names))
    library, given = world(next(folders))
    with library:
        meanwhile, begin = [ACTS[second]], library.changes

        def interrupted(**options):
            while meanwhile:
                done(meanwhile.pop(), library, given)
            return begin(**options)

        monkeypatch.setattr(library, "changes", interrupted)
        said = done(ACTS[first], library, given)
        assert not meanwhile
        found = seen(library)
    in_turn, given = world(next(folders))
    with in_turn:
        done(ACTS[second], in_turn, given)
        assert (done(ACTS[first], in_turn, given), seen(in_turn)) == (said, found)
