"""A label of which two copies of a library sign, merged at any time: one list of all that was signed, and no fork.

Where both signed one version there is one already; then nothing is signed on top of it, and the person is asked.
"""

from __future__ import annotations

import shutil
from pathlib import Path
from tempfile import TemporaryDirectory

from hypothesis import given, settings
from hypothesis import strategies as st

from magnitizdat.ops.albums import edit as editing
from magnitizdat.ops.dub.from_spool import dub
from magnitizdat.ops.give.voices import is_voice
from magnitizdat.ops.labels import publish
from magnitizdat.ops.places.spool import FolderSpool
from magnitizdat.ops.voices.saying import say_voices
from tests.fakes_library import NOW, make_library, put_album
from tests.fakes_spool import is_sound, publish_all, write_spool
from tests.fakes_voices import path_of, review_of
from tests.ops.merge.test_merging import become_copy, known, listed, opened, take, version

SIDES = ("one", "two")


class Copies:
    """A library and its copy, which knows that it is one or not."""

    def __init__(self, folder: Path, *, knows: bool) -> None:
        self.folder = folder
        with make_library(folder / "one") as library:
            self.label = publish_all(library, [put_album(library, "Kept", lengths=(90,))[0]])
        shutil.copytree(folder / "one", folder / "two")
        self.libraries = {side: opened(folder / side) for side in SIDES}
        if knows:
            become_copy(self.libraries["two"])
        self.signed, self.spools = set[str](), list[Path]()
        self.forked = False

    def close(self):
        for library in self.libraries.values():
            library.close()

    def sign(self, side, which):
        album, _ = put_album(self.libraries[side], f"{side} {which}", lengths=(50,))
        self.signed.add(album)
        self.publish(side, album)

    def correct(self, side, which):
        editing.edit(self.libraries[side], "Kept", {"date": str(1980 + which)})
        self.publish(side, "Kept")

    def withdraw(self, side, _which):
        self.publish(side, "Kept", withdraw=True)

    def speak(self, side, which, rating=4):
        self.voice(side, [review_of(f"{which:064x}", title=str(which), rating_value=rating)])

    def take_back(self, side, which):
        self.voice(side, [], without=[path_of(review_of(f"{which:064x}"))])

    def voice(self, side, voices, **how):
        library = self.libraries[side]
        with library.changes() as changes:
            say_voices(library, changes, self.label, voices, now=NOW, only_copy=True, **how)
            changes.commit()

    def said(self, side="one"):
        """Titles and ratings of what the label says, which is what it lists."""
        library = self.libraries[side]
        lines = library.index.voices.of_label(self.label.imprint)
        assert {each.path for each in lines} == set(filter(is_voice, listed(library, self.label)))
        return sorted((each.title, each.rating) for each in lines)

    def publish(self, side, album, **options):
        publish.publish(self.libraries[side], [album], self.label, now=NOW, small=False, only_copy=True, **options)

    def give_away(self, side, _which):
        self.spools.append(self.folder / f"spool {len(self.spools)}")
        write_spool(self.libraries[side], self.spools[-1])

    def merge(self, side, _which=0):
        source = next(each for each in SIDES if each != side)
        self.libraries[source].close()
        try:
            report = take(self.libraries[side], self.folder / source)
        finally:
            self.libraries[source] = opened(self.folder / source)
        self.forked |= bool(report.forked)
        return report

    def require_together(self):
        ours, theirs = (known(library) for library in self.libraries.values())
        assert ours == theirs
        assert self.said("one") == self.said("two")
        assert len(listed(self.libraries["one"], self.label)) == 2 + len(self.signed) + len(self.said())
        assert len({version(library, self.label) for library in self.libraries.values()}) == 1
        for side in SIDES:
            report = self.merge(side)
            assert (report.rows, report.files, report.albums, report.signed_anew, report.missing) == (0, 0, 0, (), ())

    def require_readers_go_on(self):
        """Whoever took what was given away, whenever that was, takes what is signed now."""
        write_spool(self.libraries["one"], self.folder / "now")
        for spool in self.spools:
            with make_library(self.folder / f"reader of {spool.name}") as reader:
                for given_away in (spool, self.folder / "now"):
                    assert not dub(reader, FolderSpool(given_away), now=NOW).refused


VERBS = ("sign", "correct", "withdraw", "speak", "take_back", "give_away", "merge")
steps = st.lists(st.tuples(st.sampled_from(SIDES), st.sampled_from(VERBS), st.integers(0, 2)), max_size=8)


@settings(max_examples=6)
@given(steps=steps, knows=st.booleans())
def test_one_list_and_no_fork(steps, knows):
    with TemporaryDirectory() as folder:
        copies = Copies(Path(folder), knows=knows)
        try:
            for side, verb, which in steps:
                if not copies.forked:
                    getattr(copies, verb)(side, which)
            for side in SIDES:
                copies.merge(side)
            if not copies.forked:
                copies.require_together()
                copies.require_readers_go_on()
            assert all(map(is_sound, copies.libraries.values()))
        finally:
            copies.close()


def test_what_one_took_back_the_other_does_not_bring_back(tmp_path):
    """Whichever of the two signed last, and whichever takes up the other."""
    for number, (first, second) in enumerate((SIDES, SIDES[::-1])):
        copies = Copies(tmp_path / str(number), knows=False)
        try:
            copies.speak("one", 1)
            copies.speak("one", 2)
            copies.merge("two")
            copies.take_back(first, 1)
            copies.speak(second, 3)
            copies.speak(second, 2, rating=1)
            for side in (first, second):
                copies.merge(side)
            copies.require_together()
            assert copies.said() == [("2", 1), ("3", 4)]
            copies.speak(second, 1)
            copies.merge(first)
            assert copies.said(first) == [("1", 4), ("2", 1), ("3", 4)]
            copies.speak(first, 1, rating=5)
            copies.merge(second)
            copies.require_together()
            assert copies.said() == [("1", 5), ("2", 1), ("3", 4)]
        finally:
            copies.close()


def test_what_was_said_again_since_stays_said(tmp_path):
    """In the very words that were taken back, so that its document was known to both all the time."""
    for number, (first, second) in enumerate((SIDES, SIDES[::-1])):
        copies = Copies(tmp_path / str(number), knows=False)
        try:
            copies.speak("one", 1)
            copies.speak("one", 2)
            copies.merge("two")
            copies.take_back(second, 1)
            copies.speak(second, 2, rating=1)
            copies.merge(first)
            copies.speak(first, 1)
            copies.speak(first, 2)
            copies.speak(second, 3)
            for side in (first, second):
                copies.merge(side)
            copies.require_together()
            assert copies.said() == [("1", 4), ("2", 4), ("3", 4)]
        finally:
            copies.close()


def test_what_was_heard_and_taken_back_since_stays_unsaid(tmp_path):
    """Also where one side alone takes up the other, which never hears that it did."""
    copies = Copies(tmp_path, knows=False)
    try:
        copies.merge("two")
        copies.speak("two", 1)
        copies.speak("one", 2)
        copies.merge("one")
        copies.take_back("one", 1)
        copies.speak("two", 3)
        copies.merge("one")
        assert copies.said() == [("2", 4), ("3", 4)]
        copies.speak("one", 1)
        copies.speak("two", 0)
        copies.merge("one")
        assert copies.said() == [("0", 4), ("1", 4), ("2", 4), ("3", 4)]
    finally:
        copies.close()
