"""Two copies of a library, used apart in any way and brought together in any order: a model says what must be left."""

from __future__ import annotations

import shutil
from datetime import timedelta
from pathlib import Path
from tempfile import TemporaryDirectory

from hypothesis import example, given, settings
from hypothesis import strategies as st

from magnitizdat.library.library import Library, unlock
from magnitizdat.model import Card
from magnitizdat.ops.albums import edit as editing
from magnitizdat.ops.labels import friends
from magnitizdat.ops.listen import listening, playlists
from magnitizdat.ops.merge import other as others
from magnitizdat.ops.merge.merging import merge
from tests.fakes_library import NOW, PASSPHRASE, make_library, put_album
from tests.ops.merge.test_merging import known, rebuilt

ALBUMS = ("First", "Second")
NAMES = ("Мария", "Майк")
RECIPIENT = "age1" + "q" * 58
IMPRINTS = ["mag1" + letter * 58 for letter in "qp"]
SIDES = ("one", "two")


class Model:
    """What each side said of a thing last, and whether the other side has heard it. False: it was taken back."""

    def __init__(self) -> None:
        self.said = {side: {} for side in SIDES}
        self.unheard = {side: set() for side in SIDES}
        self.plays = {side: set() for side in SIDES}

    def say(self, side, thing, value):
        self.said[side][thing] = value
        self.unheard[side].add(thing)

    def allowed(self, thing):
        """What both may say of it once they are together."""
        first, second = (self.said[side].get(thing, False) for side in SIDES)
        touched = [thing in self.unheard[side] for side in SIDES]
        if touched == [True, True]:
            return {value for value in (first, second) if value} or {False}
        return {second if touched[1] else first}


class Pair:
    def __init__(self, folder: Path, *, share: bool) -> None:
        """`share`: they were one library; else they never met."""
        self.folder, self.model, self.number = folder, Model(), 0
        with make_library(folder / "one") as library:
            if share:
                put_album(library, "Shared", lengths=(500, 40))
        if share:
            shutil.copytree(folder / "one", folder / "two")
        else:
            make_library(folder / "two").close()
        self.libraries = {side: Library(folder / side, unlock(folder / side, PASSPHRASE)) for side in SIDES}
        with self.libraries["two"].index.transaction():  # as whoever copies a folder finds it
            self.libraries["two"].index.settings.take_device("2" * 16)

    def close(self):
        for library in self.libraries.values():
            library.close()

    def do(self, side, verb, which):
        self.number += 1
        getattr(self, verb)(self.libraries[side], side, which)

    def star(self, library, side, which):
        listening.star(library, "", "artist", [NAMES[which]], now=NOW + timedelta(seconds=self.number))
        if not self.model.said[side].get(("star", which)):
            self.model.say(side, ("star", which), True)

    def unstar(self, library, side, which):
        if self.model.said[side].get(("star", which)):
            listening.unstar(library, "", "artist", [NAMES[which]])
            self.model.say(side, ("star", which), False)

    def rate(self, library, side, which):
        stars = self.number % 6
        listening.rate(library, "", "artist", NAMES[which], stars)
        self.model.say(side, ("rating", which), stars)

    def play(self, library, side, which):
        track = f"{self.number:064x}"
        listening.scrobble(library, "", track, at=NOW, album="")
        self.model.plays[side].add(track)

    def add_friend(self, library, side, which):
        card = Card(name=NAMES[which], imprint=IMPRINTS[which], recipient=RECIPIENT)
        if NAMES[which] not in library.shelf.friends():
            friends.add_friend(library, card)
            self.model.say(side, ("friend", which), True)

    def drop_friend(self, library, side, which):
        if NAMES[which] in library.shelf.friends():
            friends.remove_friend(library, NAMES[which])
            self.model.say(side, ("friend", which), False)

    def put(self, library, side, which):
        if not any(view.title.startswith(ALBUMS[which]) for view in library.shelf.albums()):
            put_album(library, ALBUMS[which], lengths=(700,))
            self.model.say(side, ("album", which), True)

    def edit(self, library, side, which):
        for view in library.shelf.albums():
            if view.title.startswith(ALBUMS[which]):
                editing.edit(library, view.id, {"title": f"{ALBUMS[which]} {self.number}"})
                self.model.say(side, ("album", which), True)

    def remove(self, library, side, which):
        for view in library.shelf.albums():
            if view.title.startswith(ALBUMS[which]):
                editing.remove(library, [view.id])
                self.model.say(side, ("album", which), False)

    def list_songs(self, library, side, which):
        found = playlists.playlists(library, "")
        entries = [f"{side}{self.number}"]
        if len(found) <= which:
            made = playlists.create(library, "", NAMES[which], entries=entries, now=NOW)
        else:
            made = playlists.update(library, "", found[which].id, entries=entries, now=NOW)
        self.model.say(side, ("songs", made.id), tuple(entries))

    def seal(self, library, side, which):
        listening.flush_tail(library)

    def meet(self, library, side, which):
        """One takes up the other, and the other that: both know the same then."""
        self.together(("one", "two") if which else ("two", "one"))

    def together(self, order):
        before = known(self.libraries[order[1]])
        for side, source in (order, order[::-1]):
            self.take(self.libraries[side], source)
        ours, theirs = (known(library) for library in self.libraries.values())
        assert ours == theirs
        self.expect(ours)
        assert before["keys"].items() <= ours["keys"].items()
        for side, source in (order, order[::-1]):
            report = self.take(self.libraries[side], source)
            assert (report.rows, report.files, report.albums, report.missing) == (0, 0, 0, ())
        assert known(self.libraries["one"]) == ours
        self.learn(ours)

    def take(self, library, source):
        folder = self.folder / source
        self.libraries[source].close()
        try:
            with others.opened(library, folder, unlock(folder, PASSPHRASE)) as other:
                return merge(library, other, now=NOW)
        finally:
            self.libraries[source] = Library(folder, unlock(folder, PASSPHRASE))

    def said_by(self, seen):
        found = {}
        for listener, kind, target, starred, rating, *_ in seen["marks"]:
            if kind == "artist" and not listener:
                found["star", NAMES.index(target)] = bool(starred)
                found["rating", NAMES.index(target)] = rating
        for name in seen["friends"]:
            found["friend", NAMES.index(name)] = True
        for _, complete, _, release in seen["albums"].values():
            assert complete
            if release.title != "Shared":
                found["album", ALBUMS.index(release.title.split()[0])] = True
        return found

    def expect(self, seen):
        found = self.said_by(seen)
        for thing in {thing for said in self.model.said.values() for thing in said}:
            if thing[0] == "songs":
                lists = [row.entries for row in seen["kept"].values() if hasattr(row, "entries")]
                for side in SIDES:
                    if thing in self.model.unheard[side]:
                        assert self.model.said[side][thing] in lists
            else:
                assert found.get(thing, False) in self.model.allowed(thing), thing
        assert {track for _, track, *_ in seen["plays"]} == set.union(*self.model.plays.values())
        assert all(count == 1 for *_, count in seen["plays"])

    def learn(self, seen):
        found = self.said_by(seen)
        things = {thing for said in self.model.said.values() for thing in said}
        lists = {("songs", row.id): row.entries for row in seen["kept"].values() if hasattr(row, "entries")}
        for side in SIDES:
            self.model.said[side] = {thing: found.get(thing, False) for thing in things if thing[0] != "songs"} | lists
            self.model.unheard[side] = set()
            self.model.plays[side] = {track for _, track, *_ in seen["plays"]}


VERBS = ("star", "unstar", "rate", "play", "add_friend", "drop_friend", "put", "edit", "remove", "list_songs")
steps = st.lists(
    st.tuples(st.sampled_from(SIDES), st.sampled_from([*VERBS, "seal", "meet"]), st.integers(0, 1)), max_size=16
)


GIVEN_BEFORE_TAKEN = [("one", "star", 0), ("one", "unstar", 0), ("two", "star", 0), ("two", "rate", 1)]
HEARD = [("one", "star", 0), ("one", "meet", 0), ("two", "unstar", 0)]
TAKEN_BACK_BEFORE_IT_WAS_SEALED = [("one", "star", 0), ("one", "meet", 0), ("one", "unstar", 0)]
REMOVED_AND_CHANGED = [("one", "put", 0), ("one", "meet", 0), ("one", "remove", 0), ("two", "edit", 0)]
REMOVED_ALONE = [("one", "put", 0), ("one", "meet", 0), ("one", "edit", 0), ("two", "meet", 0), ("two", "remove", 0)]
TWO_LISTS = [
    ("one", "list_songs", 0),
    ("one", "meet", 0),
    ("one", "list_songs", 0),
    ("two", "list_songs", 0),
    ("one", "seal", 0),
]


SAID_ALIKE = [("one", "add_friend", 0), ("one", "drop_friend", 0), ("two", "add_friend", 0)]
"""Two who never met wrote the same row under the same counter, and one of them took it back."""


@settings(max_examples=12)
@example(steps=SAID_ALIKE, share=False)
@example(steps=GIVEN_BEFORE_TAKEN, share=True)
@example(steps=HEARD, share=True)
@example(steps=TAKEN_BACK_BEFORE_IT_WAS_SEALED, share=True)
@example(steps=TAKEN_BACK_BEFORE_IT_WAS_SEALED, share=False)
@example(steps=REMOVED_AND_CHANGED, share=True)
@example(steps=REMOVED_ALONE, share=False)
@example(steps=TWO_LISTS, share=False)
@given(steps=steps, share=st.booleans())
def test_nothing_is_lost_and_both_end_the_same(steps, share):
    with TemporaryDirectory() as folder:
        pair = Pair(Path(folder), share=share)
        try:
            for side, verb, which in steps:
                pair.do(side, verb, which)
            pair.together(SIDES)
            assert rebuilt(pair.libraries["one"]) == known(pair.libraries["one"])
        finally:
            pair.close()
