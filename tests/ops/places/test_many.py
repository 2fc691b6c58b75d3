"""Several sources as one: as long as one of them has a piece it comes, and whoever hinders is named and left alone."""

from __future__ import annotations

import hashlib
import shutil
import threading
from contextlib import closing

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from magnitizdat.errors import DamagedError, NotFoundError, UnreachableError
from magnitizdat.model import PIECE_LENGTH
from magnitizdat.model import Silent as Quiet
from magnitizdat.ops.dub.from_sources import dub_all, outcome, together
from magnitizdat.ops.places.many import STALLS, ManySpools
from magnitizdat.ops.places.spool import FolderSpool, Spool
from tests.fakes_library import NOW, contents_of, make_library, put_album
from tests.fakes_spool import Liar, http_server, is_sound, publish_all, release_of, write_spool

PATH = "blobs/ab/some"


class Fake(Spool):
    """What a source does with each question, in turn; from then on it does the last of it."""

    def __init__(self, *ways):
        self._ways = list(ways)
        self._guard = threading.Lock()
        self.asked = 0
        self.freed = threading.Event()

    def labels(self):
        return []

    def fetch_range(self, path, offset, length):
        with self._guard:
            self.asked += 1
            way = self._ways.pop(0) if len(self._ways) > 1 else self._ways[0]
        if way == "hangs":
            self.freed.wait()
            raise UnreachableError("it was let go")
        if isinstance(way, Exception):
            raise way
        return way

    def close(self):
        self.freed.set()


GOOD = b"as it was signed"
DIGEST = hashlib.sha256(GOOD).hexdigest()
GONE, ABSENT, HURT = UnreachableError("gone"), NotFoundError("not here"), DamagedError("hurt")


def asked_of(*fakes, questions=1, patience_s=0.01):
    """What came of so many questions, and who was left alone."""
    with closing(ManySpools([(f"source {n}", fake) for n, fake in enumerate(fakes)], patience_s=patience_s)) as many:
        try:
            came = [many.fetch_piece(PATH, 0, len(GOOD), DIGEST) for _ in range(questions)]
        finally:
            for fake in fakes:
                fake.close()
        return came, {gone.what: gone.reason for gone in many.left()}


WAYS = st.sampled_from([GOOD, GOOD, GONE, ABSENT, HURT, b"something else", GOOD[:-1], GOOD + b"!", "hangs", b""])


@settings(max_examples=200, deadline=None)
@given(others=st.lists(st.lists(WAYS, min_size=1, max_size=5), max_size=3), place=st.integers(0, 3))
def test_what_one_of_them_has_comes_whatever_the_others_do(others, place):
    fakes = [Fake(*ways) for ways in others]
    fakes.insert(place, Fake(GOOD))
    came, left = asked_of(*fakes, questions=3)
    assert came == [GOOD] * 3
    assert len(left) < len(fakes)


def test_whoever_sends_what_was_not_signed_is_named_and_asked_no_more():
    liar = Fake(b"something else!!")
    came, left = asked_of(liar, Fake(GOOD), questions=9)
    assert (came, liar.asked) == ([GOOD] * 9, 1)
    assert list(left) == ["source 0"]
    assert "other bytes" in left["source 0"]


@pytest.mark.parametrize("sent", [GOOD[:-1], GOOD + b"!", b""], ids=["less", "more", "nothing"])
def test_whoever_lies_about_lengths_is_named(sent):
    came, left = asked_of(Fake(sent), Fake(GOOD))
    assert came == [GOOD]
    assert "more or less" in left["source 0"]


def test_whoever_hangs_keeps_nobody_waiting_and_is_left_when_it_does_so_again_and_again():
    class Later(Fake):
        """Answers once the other one was left."""

        def fetch_range(self, path, offset, length):
            while "hanging" not in {gone.what for gone in many.left()}:
                hanging.freed.wait(0.005)
            return GOOD

    hanging, came = Fake("hangs"), []
    with closing(ManySpools([("hanging", hanging), ("good", Later(GOOD))], patience_s=0.01)) as many, closing(hanging):
        ask = lambda: came.append(many.fetch_piece(PATH, 0, len(GOOD), DIGEST))  # noqa: E731
        threads = [threading.Thread(target=ask) for _ in range(STALLS)]
        for each in threads:
            each.start()
        for each in threads:
            each.join()
        assert came == [GOOD] * STALLS
        assert "stopped answering" in {gone.what: gone.reason for gone in many.left()}["hanging"]


def test_where_nobody_answers_any_more_it_says_so():
    dead = Fake(GONE)
    with pytest.raises(UnreachableError, match="stopped answering"):
        asked_of(dead, Fake(GONE))
    assert dead.asked == STALLS


def test_an_answer_in_between_makes_good_for_silence():
    came, left = asked_of(Fake(GONE, GOOD, GONE, GONE, GOOD), questions=2)
    assert (came, left) == ([GOOD] * 2, {})


def test_what_nobody_has_is_not_there():
    with pytest.raises(NotFoundError):
        asked_of(Fake(ABSENT), Fake(ABSENT))


def test_where_all_send_the_same_it_may_be_the_label_that_erred():
    """Its list of pieces is signed, and may be wrong all the same: the whole decides."""
    came, left = asked_of(Fake(b"the same from all"), Fake(b"the same from all"))
    assert (came, left) == ([b"the same from all"], {})


def test_the_sooner_is_asked_more():
    class Slow(Fake):
        def fetch_range(self, path, offset, length):
            clock[0] += 1.0
            return super().fetch_range(path, offset, length)

    clock = [0.0]
    slow, quick = Slow(GOOD), Fake(GOOD)
    spools = [("slow", slow), ("quick", quick)]
    with closing(ManySpools(spools, patience_s=60, clock=lambda: clock[0])) as many:
        for _ in range(20):
            many.fetch_piece(PATH, 0, len(GOOD), DIGEST)
    assert slow.asked == 1
    assert quick.asked == 19


# -- a dub ------------------------------------------------------------------------------------------------------------


@pytest.fixture
def people(tmp_path):
    with make_library(tmp_path / "maker") as maker, make_library(tmp_path / "mine") as mine:
        yield maker, mine


@pytest.fixture
def published(people, tmp_path):
    """An open spool, a copy of it, and the music."""
    album, contents = put_album(people[0], lengths=(3 * PIECE_LENGTH, 1000, 2 * PIECE_LENGTH + 1))
    publish_all(people[0], [album])
    write_spool(people[0], tmp_path / "first")
    shutil.copytree(tmp_path / "first", tmp_path / "second")
    return tmp_path / "first", tmp_path / "second", contents


def taken(library, *sources):
    found = list(dub_all(library, str(sources[0]), others=[str(each) for each in sources[1:]], now=lambda: NOW))
    return together([report for _, report in found])


def blobs_of(folder):
    return sorted((each for each in folder.glob("blobs/*/*")), key=lambda each: each.stat().st_size)


def assert_all_came(library, contents):
    (view,) = library.shelf.albums()
    assert view.complete
    assert contents_of(library, view.id) == contents
    assert is_sound(library)


def test_two_halves_are_one_whole(people, published):
    first, second, contents = published
    blobs_of(first)[-1].unlink()
    blobs_of(second)[0].unlink()
    report = taken(people[1], first, second)
    assert (report.missing, report.left, outcome(report).exit_code) == ((), (), 0)
    assert_all_came(people[1], contents)


def test_bytes_that_were_not_signed_come_from_the_other(people, published):
    first, second, contents = published
    for blob in blobs_of(first):
        blob.write_bytes(bytes(blob.stat().st_size))
    report = taken(people[1], first, second)
    assert report.missing == ()
    assert [gone.what for gone in report.left] == [str(first)]
    assert any(str(first) in said for said in outcome(report).warnings)
    assert [(each.source, each.length) for each in report.sent] == [
        (str(second), sum(each.stat().st_size for each in blobs_of(second)))
    ]
    assert any(said.startswith(f"From {second} came ") for said in outcome(report).lines)
    assert_all_came(people[1], contents)


def test_one_that_is_not_there_is_told_and_stops_no_other(people, published, tmp_path):
    first, _, contents = published
    report = taken(people[1], tmp_path / "nowhere", first)
    assert [each.what for each in report.missing] == [str(tmp_path / "nowhere")]
    assert outcome(report).exit_code == 3
    assert_all_came(people[1], contents)


def test_where_none_is_there_the_first_says_why(people, tmp_path):
    with pytest.raises(NotFoundError, match="one is not there"):
        taken(people[1], tmp_path / "one", tmp_path / "two")


def test_two_web_sites_as_one(people, published):
    first, second, contents = published
    with http_server(first, ranges=True) as one, http_server(second, ranges=False) as two:
        report = taken(people[1], one, two)
    assert (report.missing, report.left) == ((), ())
    assert_all_came(people[1], contents)


def test_a_fork_between_them_freezes(people, tmp_path):
    liar = Liar(tmp_path / "one", "Two faces")
    shutil.copytree(liar.folder, tmp_path / "two")
    state = liar.state
    liar.release(release_of([liar.blob(b"first")], "First", number=8))
    liar.folder, liar.state = tmp_path / "two", state
    liar.release(release_of([liar.blob(b"second")], "Second", number=9))
    report = taken(people[1], tmp_path / "one", tmp_path / "two")
    assert report.refused == 1
    assert people[1].shelf.labels()[0].frozen
    assert [view.title for view in people[1].shelf.albums()] == ["First"]


@pytest.mark.parametrize("several", [False, True])
def test_who_stops_a_dub_waits_for_no_source_that_is_silent(people, published, several):
    from magnitizdat.ops.dub.from_spool import dub

    first, second, _ = published

    class Silent(FolderSpool):
        """Of its longest file the last piece never comes."""

        freed, was_freed = threading.Event(), True

        def fetch_range(self, path, offset, length):
            if offset == 2 * PIECE_LENGTH:
                self.was_freed = self.freed.wait(60)
                raise UnreachableError("let go")
            return super().fetch_range(path, offset, length)

        def hang_up(self):
            self.freed.set()

    class Interrupts(Quiet):
        def advance(self, amount):
            if amount:
                raise KeyboardInterrupt

    spool = Silent(first)
    with closing(ManySpools([("a", spool), ("b", Silent(second))])) as many, pytest.raises(KeyboardInterrupt):
        dub(people[1], many.seen_from(spool) if several else spool, now=NOW, progress=Interrupts())
    assert spool.was_freed


def test_what_was_on_its_way_when_a_source_went_is_kept(people, published):
    """Of sixteen pieces that were asked for ahead of one that failed, those that had come are not asked for again."""
    first, _, contents = published
    mine = people[1]

    class Breaks(FolderSpool):
        """Its first piece never comes, until all others have."""

        def __init__(self, folder):
            super().__init__(folder)
            self.came = threading.Semaphore(0)
            self.asked = []

        def fetch_range(self, path, offset, length):
            if length == PIECE_LENGTH and offset == 0 and path == str(blobs_of(first)[-1].relative_to(first)):
                assert self.came.acquire(timeout=60)
                raise UnreachableError("gone")
            self.asked.append((path, offset))
            content = super().fetch_range(path, offset, length)
            if offset:
                self.came.release()
            return content

    from magnitizdat.ops.dub.from_spool import dub

    spool = Breaks(first)
    with pytest.raises(UnreachableError):
        dub(mine, spool, now=NOW)
    again = Breaks(first)
    again.came = threading.Semaphore(0)
    whole = FolderSpool(first)
    again.fetch_range = lambda *question: (again.asked.append(question[:2]), whole.fetch_range(*question))[1]
    assert dub(mine, again, now=NOW).missing == ()
    late = [each for each in spool.asked if each[0].startswith("blobs/") and each[1]]
    assert late
    assert not set(late) & set(again.asked)
    assert_all_came(mine, contents)
