"""What people say goes along: exactly what the words of ADR 0061 say, within its budget, and never against the will."""

from __future__ import annotations

import itertools
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from magnitizdat.catalogue.documents import decode
from magnitizdat.catalogue.refresh import review as verify
from magnitizdat.catalogue.voices import Review
from magnitizdat.disk.disk import Disk
from magnitizdat.errors import NoSpaceError, UsageError
from magnitizdat.model import Silent
from magnitizdat.ops.dub.from_spool import dub
from magnitizdat.ops.give import voices as voices_module
from magnitizdat.ops.give.cut import cut_reel
from magnitizdat.ops.give.fill import StickWish, fill
from magnitizdat.ops.give.gathering import gather
from magnitizdat.ops.give.open_spool import write_open
from magnitizdat.ops.give.planned import plan_reel
from magnitizdat.ops.labels.labels import find_label, held_state
from magnitizdat.ops.places.sources import open_sources
from magnitizdat.ops.places.spool import FolderSpool
from magnitizdat.ops.places.targets import FolderTarget
from tests.fakes_library import NOW, make_library, put_album
from tests.fakes_speech import Other, compilation_of, review_of, say, unknown_album, voices_of, vouch_for
from tests.fakes_spool import new_label, publish_all
from tests.fakes_voices import path_of


@pytest.fixture
def library(tmp_path):
    with make_library(tmp_path / "mine") as made:
        yield made


@pytest.fixture
def friend(tmp_path):
    with make_library(tmp_path / "friend") as made:
        yield made


def said(cargo):
    return voices_of([file.path for file in cargo.files])


def names(*voices):
    return {path_of(voice).partition("/")[2] for voice in voices}


def labels_in(cargo):
    return {file.path.split("/")[1] for file in cargo.files if file.path.endswith("timestamp.json")}


def test_a_label_that_only_speaks_travels_and_is_verified_where_it_comes(library, friend, tmp_path):
    label, word = new_label(library, "Natalia"), unknown_album(1)
    say(library, label, word)
    cargo = gather(library, now=NOW, labels=[label])
    assert (said(cargo), labels_in(cargo), cargo.albums()) == (names(word), {label.imprint}, ())
    to = [friend.secrets.addresses[0].recipient]
    report = cut_reel(library, cargo, tmp_path / "reel", recipients=to, disk=Disk())
    assert [(each.name, each.voices) for each in report.voices] == [("Natalia", 1)]
    (source,) = open_sources(friend, str(tmp_path / "reel"))
    taken = dub(friend, source.spool, now=NOW)
    assert (taken.missing, taken.refused, [each.name for each in taken.labels]) == ((), 0, ["Natalia"])
    assert path_of(word) in verify(held_state(friend, label.imprint), now=NOW).targets
    assert [each.path for each in friend.index.documents.held(label.imprint)] == [path_of(word)]


def test_a_named_label_that_says_nothing_goes_with_what_it_says_of_itself(library, friend, tmp_path):
    label = new_label(library, "Quiet")
    put_album(library, lengths=(1000,))
    cargo = gather(library, now=NOW, labels=[label])
    assert (labels_in(cargo), cargo.albums(), cargo.voices) == ({label.imprint}, (), ())
    write_open(library, cargo, FolderTarget(tmp_path / "open", disk=Disk()))
    taken = dub(friend, FolderSpool(tmp_path / "open"), now=NOW)
    assert (taken.missing, [each.name for each in taken.labels]) == ((), ["Quiet"])
    assert label.imprint not in labels_in(gather(library, now=NOW))


def test_a_label_whose_albums_are_not_here_is_no_reel(library, tmp_path):
    with make_library(tmp_path / "maker") as maker:
        publish_all(maker, [put_album(maker, lengths=(1000,))[0]])
        write_open(maker, gather(maker, now=NOW), FolderTarget(tmp_path / "spool", disk=Disk()))
    for blob in (tmp_path / "spool" / "blobs").rglob("*"):
        if blob.is_file():
            blob.unlink()
    dub(library, FolderSpool(tmp_path / "spool"), now=NOW)
    with pytest.raises(UsageError, match="no whole album"):
        gather(library, now=NOW, labels=[find_label(library, "Zoopark Tapes")])


class Shelf:
    """Two own labels, two followed ones and a stranger, who all say something of two albums and of each other."""

    def __init__(self, library, folder: Path) -> None:
        self.albums = [put_album(library, title, lengths=(1000, 10))[0] for title in ("First", "Second")]
        self.mine = publish_all(library, self.albums[:1], "Mine")
        self.pseudonym = publish_all(library, self.albums[1:], "Pseudonym")
        self.only_speaks = new_label(library, "Natalia")
        self.others = {name: Other(folder / name, name) for name in ("Kino", "Zoopark", "Stranger")}
        self.words = {}
        for name, other in self.others.items():
            text = f"{name} was here"
            of = [review_of(library, album, text) for album in self.albums]
            mixes = compilation_of(library, self.albums[1:])
            vouches = [vouch_for(library, label) for label in (self.mine, self.pseudonym, self.only_speaks)]
            other.say(*of, *vouches, mixes, unknown_album(1))
            other.come(library, followed=name != "Stranger")
            self.words[name] = {
                self.albums[0]: of[:1],
                self.albums[1]: [of[1], mixes],
                **{vouch.imprint: [vouch] for vouch in vouches},
            }
        self.own = {self.only_speaks.imprint: [unknown_album(2), review_of(library, self.albums[0], "Mine is best.")]}
        say(library, self.only_speaks, *self.own[self.only_speaks.imprint])

    def about(self, labels, albums):
        """What is to be said where these go, in words."""
        words = [word for label in labels for word in self.own.get(label, [])]
        followed = [self.words[name] for name in ("Kino", "Zoopark")]
        return names(*words, *(word for heard in followed for each in (*labels, *albums) for word in heard[each]))


@pytest.fixture(scope="module")
def shelf(tmp_path_factory):
    folder = tmp_path_factory.mktemp("shelf")
    with make_library(folder / "mine") as library:
        yield library, Shelf(library, folder)


CHOICES = [
    (labels, albums)
    for labels, albums in itertools.product(itertools.product((False, True), repeat=3), [(), (0,), (1,), (0, 1)])
    if any(labels) or albums
]


@pytest.mark.parametrize("chosen", CHOICES, ids=str)
def test_what_goes_along_is_what_own_labels_say_that_go_and_what_followed_ones_say_of_what_goes(shelf, chosen):
    library, all_of = shelf
    own = (all_of.mine, all_of.pseudonym, all_of.only_speaks)
    labels = [label for label, is_chosen in zip(own, chosen[0], strict=True) if is_chosen]
    albums = [library.shelf.album(all_of.albums[each]) for each in chosen[1]]
    cargo = gather(library, now=NOW, labels=labels, albums=albums)
    going = {label.imprint for label in labels} | {album.imprint for album in albums}
    carried = {all_of.albums[number] for number, label in enumerate(own[:2]) if label.imprint in going}
    assert {label.view.imprint for label in cargo.loaded} == going
    assert said(cargo) == all_of.about(going, carried)
    silent = gather(library, now=NOW, labels=labels, albums=albums, along="none")
    assert (said(silent), labels_in(silent)) == (set(), going)
    of_oneself = gather(library, now=NOW, labels=labels, albums=albums, along="own")
    assert (said(of_oneself), labels_in(of_oneself)) == (
        names(*(word for label in going for word in all_of.own.get(label, []))),
        going,
    )


def test_all_that_is_held_goes_with_all_own_labels_that_have_something_to_say(shelf):
    library, all_of = shelf
    new = [label.imprint for label in (all_of.mine, all_of.pseudonym, all_of.only_speaks)]
    cargo = gather(library, now=NOW)
    assert said(cargo) == all_of.about(new, all_of.albums)
    stranger = all_of.others["Stranger"].imprint
    assert labels_in(cargo) == {*new, *(other.imprint for other in all_of.others.values())} - {stranger}
    assert not [file.path for file in cargo.files if stranger in file.path]


def test_a_reel_without_voices_holds_no_byte_of_labels_that_go_for_their_voices_alone(shelf, tmp_path):
    library, all_of = shelf
    wish = StickWish(is_open=True, albums=(all_of.albums[0],), voices=False)
    told = []
    fill(library, tmp_path / "open", wish, now=NOW, disk=Disk(), tell=told.append, progress=Silent())
    others = [other.imprint.encode() for other in all_of.others.values()] + [b"Kino", b"Zoopark", b"Stranger"]
    for path in (tmp_path / "open").rglob("*"):
        content = path.read_bytes() if path.is_file() else b""
        assert not [name for name in others if name in content or name in str(path).encode()]
    assert not [sentence for sentence in told if "goes along" in str(sentence)]


def test_cut_says_whose_voices_go_along_before_the_first_byte(shelf, tmp_path):
    library, all_of = shelf
    told = []

    def tell(sentence):
        told.append((str(sentence), (tmp_path / "reel").exists()))

    wish = StickWish(albums=(all_of.albums[0],))
    done = fill(library, tmp_path / "reel", wish, now=NOW, disk=Disk(), tell=tell, progress=Silent())
    whose = "What these say goes along: «Kino» (2), «Zoopark» (2)."
    assert [there for sentence, there in told if sentence.startswith(whose)] == [False]
    assert [(each["name"], each["voices"]) for each in done.facts()["voices"]] == [("Kino", 2), ("Zoopark", 2)]


def test_whoever_dubs_it_has_each_voice_as_it_was_signed(shelf, friend, tmp_path):
    library, all_of = shelf
    write_open(library, gather(library, now=NOW), FolderTarget(tmp_path / "open", disk=Disk()))
    taken = dub(friend, FolderSpool(tmp_path / "open"), now=NOW)
    assert (taken.missing, taken.refused) == ((), 0)
    for name in ("Kino", "Zoopark"):
        imprint = all_of.others[name].imprint
        listed = verify(held_state(friend, imprint), now=NOW).targets
        here = {each.path: each.sha256 for each in friend.index.documents.held(imprint)}
        words = [word for group in all_of.words[name].values() for word in group]
        assert here == {path_of(word): listed[path_of(word)].sha256 for word in words}


# -- budget and size --------------------------------------------------------------------------------------------------


@pytest.fixture(scope="module")
def talkative(tmp_path_factory):
    """One album, and a followed label that says something of it every day."""
    folder = tmp_path_factory.mktemp("talkative")
    with make_library(folder / "mine") as library:
        albums = [put_album(library, f"Album {number}", lengths=(200_000,))[0] for number in range(6)]
        publish_all(library, albums, "Mine")
        other = Other(folder / "kino")
        for number, album in enumerate(albums):
            other.say(review_of(library, album, "very long " * 1500, date=f"2026-04-{number + 1:02d}"))
        other.come(library)
        yield library, other


@settings(deadline=None, max_examples=40, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(most=st.integers(0, 150_000))
def test_the_newest_go_as_far_as_their_budget_reaches_papers_of_their_labels_included(talkative, monkeypatch, most):
    library, other = talkative
    monkeypatch.setattr(voices_module, "MOST_LENGTH", most)
    monkeypatch.setattr(voices_module, "MOST_PERCENT", 0)
    cargo = gather(library, now=NOW)
    theirs = [file for file in cargo.files if other.imprint in file.path]
    assert sum(file.length for file in theirs) <= most
    dates = [each.date for each in cargo.said]
    assert dates == sorted((f"2026-04-{number:02d}" for number in range(1, 7)), reverse=True)[: len(dates)]
    if len(dates) < 6:
        papers = sum(file.length for file in theirs) - sum(each.length for each in cargo.said)
        everything = gather_with(library, monkeypatch, 1 << 30)
        following = everything.said[len(dates)].length
        whole = papers or sum(f.length for f in everything.files if other.imprint in f.path) - sum(
            each.length for each in everything.said
        )
        assert whole + sum(each.length for each in cargo.said) + following > most


def gather_with(library, monkeypatch, most):
    monkeypatch.setattr(voices_module, "MOST_LENGTH", most)
    return gather(library, now=NOW)


def test_the_budget_is_the_larger_of_two_mebibytes_and_two_percent():
    assert (voices_module.most(0), voices_module.most(1 << 20), voices_module.most(1 << 30)) == (
        2 << 20,
        2 << 20,
        (1 << 30) * 2 // 100,
    )


@settings(deadline=None, max_examples=60)
@given(size=st.integers(100_000, 3_000_000), parity=st.sampled_from([0, 10]))
def test_what_is_said_takes_no_room_from_music_and_never_more_than_there_is(talkative, size, parity):
    library, other = talkative
    cargo = gather(library, now=NOW)
    options = {"recipients": 1, "word_sealed": False, "parity_percent": parity}
    try:
        silent = plan_reel(cargo.silent(), size=size, **options)
    except NoSpaceError:
        with pytest.raises(NoSpaceError):
            plan_reel(cargo, size=size, **options)
        return
    reel, order = plan_reel(cargo, size=size, **options)
    assert order.albums == silent[1].albums
    assert reel.total_bytes == order.total_bytes <= size
    going = {each.title for each in order.albums}
    paths = {file.path for file in reel.files if other.imprint in file.path and ".review." in file.path}
    spoken = [decode(Review, library.member(path), max_length=1 << 16) for path in paths]
    assert {word.item_reviewed.title for word in spoken} <= going


@pytest.mark.parametrize("room", [-1, 0, 20_000, 1 << 20])
def test_an_open_spool_of_a_size_takes_music_first(talkative, tmp_path, room):
    library, _ = talkative
    silent = gather(library, now=NOW).silent().length
    wish = StickWish(is_open=True, size=silent + room, quality="full")
    done = fill(library, tmp_path / "open", wish, now=NOW, disk=Disk(), tell=lambda _: None, progress=Silent())
    assert len(done.left_out) == (room < 0)
    assert done.length <= silent + room


def test_papers_alone_that_do_not_fit_are_told_before_the_first_byte(library, tmp_path):
    label = new_label(library, "Natalia")
    say(library, label, unknown_album(1))
    for is_open in (True, False):
        wish = StickWish(is_open=is_open, labels=("Natalia",), size=2000)
        with pytest.raises(NoSpaceError, match="does not fit that size"):
            fill(library, tmp_path / "x", wish, now=NOW, disk=Disk(), tell=lambda _: None, progress=Silent())
    assert not (tmp_path / "x").exists()
