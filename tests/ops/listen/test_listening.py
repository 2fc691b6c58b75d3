"""Stars, ratings, plays, playlists, queue: in whatever order things happen, the newest word counts and plays add up."""

from __future__ import annotations

import subprocess
import sys
import tempfile
from collections import defaultdict
from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta
from pathlib import Path

import hypothesis.strategies as st
import pytest
from hypothesis import given, settings

from magnitizdat.disk.disk import Disk
from magnitizdat.errors import NotFoundError, UsageError
from magnitizdat.library import changes as changes_module
from magnitizdat.library.index.listening import Mark
from magnitizdat.library.index.tail import ROWS_A_PAGE, pages
from magnitizdat.library.journal import decode_row
from magnitizdat.library.library import LOCK_NAME, Library, unlock
from magnitizdat.ops.keep.backup import backup
from magnitizdat.ops.keep.rebuild import rebuild
from magnitizdat.ops.keep.upkeep import doctor
from magnitizdat.ops.listen import apps, listening, playlists
from tests.fakes_library import NOW, PASSPHRASE, make_library, put_album, rows

TRACKS = ["ab" * 32, "cd" * 32]
LISTENERS = ["", "Наталья"]


@pytest.fixture
def mine(tmp_path):
    with make_library(tmp_path / "mine") as library:
        yield library


def rebuilt(library, *, keep_index=False):
    """The same library with its index made anew: from the cells alone, or with the old index beside them."""
    library.close()
    if not keep_index:
        for path in library.directory.glob("index*"):
            path.unlink()
    secrets = unlock(library.directory, PASSPHRASE)
    report = rebuild(library.directory, secrets, now=NOW, disk=Disk(private=True))
    assert report.missing == ()
    return Library(library.directory, secrets)


def state(library):
    """All that listeners would notice."""
    found = {}
    for who in LISTENERS:
        found[who] = (
            {kind: listening.marks(library, who, kind, TRACKS) for kind in ("track", "album", "artist")},
            playlists.playlists(library, who),
            listening.queue(library, who),
            listening.bookmarks(library, who),
        )
    return found, [(each.app, each.secret) for each in apps.credentials(library)]


# -- the law ----------------------------------------------------------------------------------------------------------

ACTS = st.lists(
    st.one_of(
        st.tuples(st.sampled_from(["star", "unstar", "play"]), st.sampled_from(LISTENERS), st.sampled_from(TRACKS)),
        st.tuples(st.just("rate"), st.sampled_from(LISTENERS), st.sampled_from(TRACKS), st.integers(0, 5)),
        st.tuples(st.sampled_from(["flush", "commit"])),
    ),
    max_size=20,
)


class Model:
    """What a plain dictionary would say."""

    def __init__(self):
        self.marks = defaultdict(Mark)

    def act(self, act, moment):
        verb, key = act[0], act[1:3]
        mark = self.marks[key]
        at = listening.stamp(moment)
        fields = {"starred": mark.starred, "rating": mark.rating, "plays": mark.plays, "played": mark.played}
        match verb:
            case "star":
                fields["starred"] = mark.starred or at
            case "unstar":
                fields["starred"] = ""
            case "rate":
                fields["rating"] = act[3]
            case "play":
                fields |= {"plays": mark.plays + 1, "played": at}
        self.marks[key] = Mark(**fields)

    def says(self, library):
        for listener in LISTENERS:
            found = listening.marks(library, listener, "track", TRACKS)
            for track in TRACKS:
                assert found.get(track, Mark()) == self.marks[listener, track]


def do(library, act, moment):
    match act:
        case ("star" | "unstar" as verb, who, track):
            more = {"now": moment} if verb == "star" else {}
            getattr(listening, verb)(library, who, "track", [track], **more)
        case ("play", who, track):
            listening.scrobble(library, who, track, at=moment)
        case ("rate", who, track, stars):
            listening.rate(library, who, "track", track, stars)
        case ("flush",):
            listening.flush_tail(library)
        case ("commit",):
            put_album(library, title=str(moment), lengths=(10,))


@settings(max_examples=25)
@given(acts=ACTS, late=ACTS)
def test_any_acts_in_any_order_are_what_a_dictionary_says_also_made_anew(acts, late):
    with tempfile.TemporaryDirectory() as folder:
        library = make_library(Path(folder) / "library")
        model = Model()
        moment = NOW
        for stretch in (acts, late):
            for act in stretch:
                moment += timedelta(seconds=1)
                do(library, act, moment)
                if len(act) > 1:
                    model.act(act, moment)
            model.says(library)
            library = rebuilt(library, keep_index=True)
            model.says(library)
        listening.flush_tail(library)
        assert library.index.tail.waiting() == []
        library = rebuilt(library)
        model.says(library)
        library.close()


@settings(max_examples=15)
@given(first=ACTS, mine=ACTS, theirs=ACTS)
def test_two_devices_come_together_whichever_takes_the_other(first, mine, theirs):
    """A backup that was put to use, and the original: their cells in one vault say the same in both."""
    with tempfile.TemporaryDirectory() as folder:
        one = make_library(Path(folder) / "one")
        for act in first:
            do(one, act, NOW)
        backup(one, Path(folder) / "two", disk=Disk(private=True))
        two = Library(Path(folder) / "two", unlock(Path(folder) / "two", PASSPHRASE))
        assert state(two) == state(one)
        plays = [each for each in [*first, *mine, *theirs] if each[0] == "play"]
        for library, acts, days in ((one, mine, 1), (two, theirs, 2)):
            for act in acts:
                if act != ("commit",):  # its music would be in one vault only
                    do(library, act, NOW + timedelta(days=days))
            listening.flush_tail(library)
        pages = {each: pages_of(each) for each in (one, two)}
        for library, other in ((one, two), (two, one)):
            with library.changes() as changes:
                for name, page in pages[other].items():
                    changes.put_member(name, page)
                changes.commit()
        one, two = rebuilt(one), rebuilt(two)
        found = [{who: listening.marks(each, who, "track", TRACKS) for who in LISTENERS} for each in (one, two)]
        assert found[0] == found[1]
        assert sum(mark.plays for marks in found[0].values() for mark in marks.values()) == len(plays)
        one.close()
        two.close()


def pages_of(library):
    names = rows(library, "SELECT name FROM member WHERE name GLOB 'rows/*'")
    return {name: library.member(name) for (name,) in names}


# -- the tail ---------------------------------------------------------------------------------------------------------


def test_a_star_needs_no_write_lock_and_the_one_who_writes_takes_it_along(mine):
    with mine.disk.lock(mine.directory / LOCK_NAME):
        listening.star(mine, "", "track", TRACKS[:1], now=NOW)
        listening.flush_tail(mine)
        assert len(mine.index.tail.waiting()) == 1
    put_album(mine, lengths=(10,))
    assert mine.index.tail.waiting() == []
    with rebuilt(mine) as again:
        assert listening.starred(again, "", "track") == []  # the track is not here
        assert listening.marks(again, "", "track", TRACKS)[TRACKS[0]].starred


def test_a_star_while_a_commit_seals_takes_another_counter(mine, monkeypatch):
    def flush(batch, flush_really=pages):
        with Library(mine.directory, mine.secrets) as player:
            listening.scrobble(player, "", TRACKS[0], at=NOW)
        return flush_really(batch)

    monkeypatch.setattr(changes_module, "pages", flush)
    put_album(mine, lengths=(10,))
    monkeypatch.undo()
    assert len(mine.index.tail.waiting()) == 2
    listening.flush_tail(mine)
    counters = rows(mine, "SELECT counter FROM row")
    assert len(counters) == len(set(counters)) == 4  # an album, a track, two plays
    with rebuilt(mine) as again:
        assert listening.marks(again, "", "track", TRACKS)[TRACKS[0]].plays == 2
        assert len(list(again.shelf.albums())) == 1


def test_enough_of_them_are_sealed_without_being_asked_and_a_queue_saved_often_is_one_row(mine):
    for number in range(ROWS_A_PAGE + 10):
        listening.save_queue(mine, "", ["a", "b"], current=number % 2, position_ms=number, now=NOW)
    assert len(mine.index.tail.waiting()) == 1
    listening.record(mine, [listening.PlayRow(track=TRACKS[0], at="")] * ROWS_A_PAGE)
    assert mine.index.tail.waiting() == []
    with rebuilt(mine) as again:
        assert listening.queue(again, "").position_ms == ROWS_A_PAGE + 9
        assert listening.marks(again, "", "track", TRACKS)[TRACKS[0]].plays == ROWS_A_PAGE


def test_a_page_a_day_is_not_a_cell_a_day(mine):
    for _ in range(10):
        listening.scrobble(mine, "", TRACKS[0], at=NOW)
        listening.flush_tail(mine)
    assert len(list(mine.vault.cells())) == 1
    with rebuilt(mine) as again:
        assert listening.marks(again, "", "track", TRACKS)[TRACKS[0]].plays == 10


def test_a_tail_that_was_only_in_a_lost_index_is_lost(mine):
    listening.star(mine, "", "track", TRACKS[:1], now=NOW)
    listening.flush_tail(mine)
    listening.unstar(mine, "", "track", TRACKS[:1])
    with rebuilt(mine) as again:
        assert listening.marks(again, "", "track", TRACKS)[TRACKS[0]].starred


def test_doctor_writes_again_what_a_hurt_page_said(mine):
    everything(mine)
    listening.star(mine, "", "track", TRACKS[:1], now=NOW)
    listening.flush_tail(mine)
    listening.unstar(mine, "", "track", TRACKS[:1])
    put_album(mine, lengths=(10,))
    before = state(mine)
    for cell, _ in list(mine.vault.cells()):
        mine.vault.cell_path(cell).unlink()
        mine.vault.close()
        assert doctor(mine).damaged == 1
        assert state(mine) == before
    assert mine.index.tail.waiting() == []
    library = mine
    library.close()
    for path in library.directory.glob("index*"):
        path.unlink()
    rebuild(library.directory, library.secrets, now=NOW, disk=Disk(private=True))
    with Library(library.directory, library.secrets) as again:
        assert state(again) == before


def test_processes_that_star_while_one_imports_take_no_counter_twice(mine):
    """Four processes, each with a connection of its own; nothing is lost and no number given out twice."""
    script = (
        "import sys\nfrom pathlib import Path\nfrom tests.fakes_library import NOW, PASSPHRASE, put_album\n"
        "from magnitizdat.library.library import Library, unlock\nfrom magnitizdat.ops.listen import listening\n"
        "directory = Path(sys.argv[1])\n"
        "with Library(directory, unlock(directory, PASSPHRASE)) as library:\n"
        "    for number in range(20):\n"
        "        if sys.argv[2] == 'import':\n            put_album(library, str(number), lengths=(10,))\n"
        "        else:\n            listening.scrobble(library, sys.argv[2], 'ab' * 32, at=NOW)\n"
    )
    names = ["import", "a", "b", "c"]
    running = [subprocess.Popen([sys.executable, "-c", script, str(mine.directory), name]) for name in names]
    assert [each.wait(timeout=120) for each in running] == [0, 0, 0, 0]
    listening.flush_tail(mine)
    with rebuilt(mine) as again:
        for who in names[1:]:
            assert listening.marks(again, who, "track", ["ab" * 32])["ab" * 32].plays == 20
        assert len(list(again.shelf.albums())) == 20


def test_a_full_disk_loses_no_star(mine):
    class Full(Disk):
        def create(self, path):
            raise OSError(28, "no space")

    listening.star(mine, "", "track", TRACKS[:1], now=NOW)
    whole, mine.vault._disk = mine.vault._disk, Full(private=True)
    with pytest.raises(OSError, match="no space"):
        listening.flush_tail(mine)
    mine.vault._disk = whole
    listening.flush_tail(mine)
    with rebuilt(mine) as again:
        assert listening.marks(again, "", "track", TRACKS)[TRACKS[0]].starred


# -- the rest ---------------------------------------------------------------------------------------------------------


def everything(library):
    for who in LISTENERS:
        made = playlists.create(library, who, f"Evening {who}", entries=["x", "y"], now=NOW)
        gone = playlists.create(library, who, "Gone", entries=["x"], now=NOW)
        playlists.delete(library, who, gone.id)
        playlists.update(library, who, made.id, entries=("y", "x"), public=True, now=NOW)
        listening.save_queue(library, who, ["x", "y"], current=1, position_ms=7, changed_by="phone", now=NOW)
        listening.save_bookmark(library, who, "x", position_ms=5, comment="here", now=NOW)
        listening.save_bookmark(library, who, "y", position_ms=5, now=NOW)
        listening.remove_bookmark(library, who, "y")
        listening.rate(library, who, "album", TRACKS[0], 4)
        listening.scrobble(library, who, TRACKS[1], at=NOW, album=TRACKS[0][:32])
    phone = apps.add(library, "Phone", now=NOW)
    apps.add(library, "Kitchen", listener="Наталья", now=NOW)
    apps.revoke(library, phone.app.name)


def test_all_of_it_is_there_after_the_index_is_made_anew(mine):
    everything(mine)
    before = state(mine)
    assert [each.name for each in playlists.playlists(mine, "")] == ["Evening", "Evening Наталья"]
    listening.flush_tail(mine)
    with rebuilt(mine) as again:
        assert state(again) == before


def test_playlists_belong_to_somebody(mine):
    made = playlists.create(mine, "Наталья", "Hers", entries=["x"], now=NOW)
    for act in (
        lambda: playlists.playlist(mine, "", made.id),
        lambda: playlists.update(mine, "", made.id, name="Mine", now=NOW),
        lambda: playlists.delete(mine, "", made.id),
    ):
        with pytest.raises(NotFoundError):
            act()
    playlists.update(mine, "Наталья", made.id, public=True, now=NOW)
    assert playlists.playlist(mine, "", made.id).entries == ("x",)
    with pytest.raises(NotFoundError):
        playlists.delete(mine, "", made.id)
    assert playlists.find_playlist(mine, "", "hers").id == made.id
    with pytest.raises(UsageError, match="Hers"):
        playlists.find_playlist(mine, "", "nothing")


def test_of_several_who_write_at_once_each_finds_what_was_before_it(mine):
    """Threads of one server, and a process beside it."""
    made = playlists.create(mine, "", "Party", now=NOW)

    def put(library, song):
        playlists.amend(library, "", made.id, lambda found: {"entries": (*found.entries, song)}, now=NOW)
        listening.save_bookmark(library, "", "x", position_ms=1, now=NOW)

    with Library(mine.directory, mine.secrets) as beside, ThreadPoolExecutor(6) as pool:
        list(pool.map(lambda number: put((mine, beside)[number % 2], f"song {number}"), range(30)))
    kept = playlists.playlist(mine, "", made.id).entries
    assert sorted(kept) == sorted(f"song {number}" for number in range(30))


def test_a_change_that_cannot_be_leaves_a_playlist_as_it_was(mine):
    made = playlists.create(mine, "", "Mine", entries=["x"], now=NOW)

    def refuse(_found):
        raise UsageError("no")

    with pytest.raises(UsageError):
        playlists.amend(mine, "", made.id, refuse, now=NOW)
    assert playlists.playlist(mine, "", made.id) == made


@pytest.mark.parametrize(
    ("fields", "sentence"),
    [
        ({"name": " "}, "needs a name"),
        ({"entries": ("x",), "rule": playlists.Smart()}, "not both"),
        ({"entries": ("x",) * (playlists.MAX_ENTRIES + 1)}, "at most"),
        ({"colour": "red"}, "may be public"),
    ],
)
def test_playlists_that_cannot_be(mine, fields, sentence):
    made = playlists.create(mine, "", "Mine", now=NOW)
    with pytest.raises(UsageError, match=sentence):
        playlists.update(mine, "", made.id, now=NOW, **fields)


def test_what_is_ranked_is_here(mine):
    album, _ = put_album(mine, lengths=(10, 20, 30))
    tracks = [track.id for track in mine.shelf.release(album).tracks]
    for number, track in enumerate(tracks):
        for _ in range(number + 1):
            listening.scrobble(mine, "", track, at=NOW - timedelta(days=number), album=album)
        listening.star(mine, "", "track", [track, TRACKS[0]], now=NOW + timedelta(seconds=number))
    listening.rate(mine, "", "track", tracks[1], 5)
    listening.star(mine, "", "album", [album, "0" * 32], now=NOW)
    listening.star(mine, "", "artist", ["ar-0"], now=NOW)
    assert listening.ranked(mine, "", "track", "frequent") == tracks[::-1]
    assert listening.ranked(mine, "", "track", "recent", offset=1, count=1) == [tracks[1]]
    assert listening.ranked(mine, "", "track", "highest") == [tracks[1]]
    assert listening.starred(mine, "", "track") == tracks[::-1]
    assert listening.starred(mine, "", "album") == [album] == listening.ranked(mine, "", "album", "frequent")
    assert listening.starred(mine, "", "artist") == ["ar-0"]
    assert listening.marks(mine, "", "album", [album])[album].plays == 6
    assert listening.ranked(mine, "Наталья", "track", "frequent") == []


def test_words_that_are_none(mine):
    with pytest.raises(UsageError, match="stars"):
        listening.rate(mine, "", "track", TRACKS[0], 6)
    with pytest.raises(UsageError, match="current"):
        listening.save_queue(mine, "", ["x"], current=1, now=NOW)
    listening.scrobble(mine, "", TRACKS[0], at=NOW, submission=False)
    listening.star(mine, "", "track", [], now=NOW)
    assert mine.index.tail.waiting() == []


# -- apps -------------------------------------------------------------------------------------------------------------


def test_every_app_has_a_user_and_a_secret_of_its_own(mine):
    names = ["Телефон", "телефон 2", "日本", "…", "A very long name of a player indeed"]
    made = [apps.add(mine, name, now=NOW) for name in names]
    made += [apps.add(mine, f"{n}", listener="Наталья", now=NOW) for n in range(2)]
    users = [each.app.user for each in made]
    assert len(set(users)) == len(users) == len({each.secret for each in made})
    assert all(user.isascii() and user == user.lower() and 0 < len(user) <= 20 for user in users)
    assert users[0] == "telefon"
    assert users[-2:] == ["natalya", "natalya-2"]
    assert apps.listeners(mine) == ["Наталья"]
    assert all(made[0].secret not in repr(each) for each in (made[0], mine.index, *kept_rows(mine)))
    apps.revoke(mine, "ТЕЛЕФОН")
    assert {each.app.name for each in apps.credentials(mine)} == {*names[1:], "0", "1"}


def kept_rows(library):
    return [decode_row(body) for (body,) in rows(library, "SELECT body FROM kept")]


@pytest.mark.parametrize("name", ["", " ", "x" * 65, "a\x1bb", "phone", "PHONE"])
def test_names_of_apps_that_are_refused(mine, name):
    apps.add(mine, "Phone", now=NOW)
    with pytest.raises(UsageError):
        apps.add(mine, name, now=NOW)
    with pytest.raises(UsageError, match="app list"):
        apps.revoke(mine, "nothing")
