"""Giving in the same meeting: dubbed as from any spool, over a way that breaks; what was not chosen is not there."""

from __future__ import annotations

import random
import signal
import threading
from concurrent.futures import ThreadPoolExecutor
from contextlib import suppress

import msgspec
import pytest

from magnitizdat.errors import EXIT_PARTLY, DamagedError, NotFoundError, UnreachableError
from magnitizdat.formats import budgets
from magnitizdat.ops.dub.from_spool import dub
from magnitizdat.ops.give.giving_back import ASKS, give_back
from magnitizdat.ops.places.asked import LANES, MOST, Ask, AskedSpool, Turn
from tests.fakes_library import NOW, contents_of, make_library, put_album
from tests.fakes_meeting import FolderTable, Way, over
from tests.fakes_spool import publish_all, write_spool

SMALL = (3_300_000, 30_000, 10)


@pytest.fixture(scope="module")
def chosen(tmp_path_factory):
    """A guest's spool in a folder, and the bytes of its tracks."""
    place = tmp_path_factory.mktemp("guest")
    library = make_library(place / "library")
    album, contents = put_album(library, lengths=SMALL)
    publish_all(library, [album])
    write_spool(library, place / "spool")
    library.close()
    return FolderTable(place / "spool"), contents


def taken(host):
    (album,) = host.shelf.albums()
    return contents_of(host, album.id)


def came_whole(host):
    """How many songs."""
    files = [track.file for album in host.shelf.albums() for track in host.shelf.release(album.id).tracks]
    return sum(host.shelf.is_complete(file.sha256) for file in files)


def received(library, spool):
    """The host's side: a dub that tells at its end how much it took."""
    try:
        report = dub(library, spool, now=NOW)
        spool.end(over(report.tracks, report.length))
    finally:
        spool.close()
    return report


def test_the_host_takes_what_was_chosen_and_both_know_how_much(tmp_path, chosen):
    table, contents = chosen
    with make_library(tmp_path / "host") as host, ThreadPoolExecutor(1) as pool:
        spool = AskedSpool()
        dubbed = pool.submit(received, host, spool)
        given = give_back(table, Way(spool))
        report = dubbed.result()
        assert (report.tracks, report.missing) == (3, ())
        assert taken(host) == contents
        assert (given.tracks, given.length) == (3, report.length)
        assert report.length <= given.sent <= sum(file.length for file in table.values())
    assert str(given.outcome().headline) == "Tracks given: 3, 3.3 MB."


@pytest.mark.parametrize("seed", range(12))
def test_over_a_way_that_breaks_nothing_is_lost(tmp_path, chosen, seed):
    table, contents = chosen
    chance = random.Random(seed)
    broken = [frozenset(chance.sample(range(2, 60), 12)) for _ in range(2)]
    with make_library(tmp_path / "host") as host, ThreadPoolExecutor(1) as pool:
        spool = AskedSpool()
        dubbed = pool.submit(received, host, spool)
        way = Way(spool, before=broken[0], behind=broken[1])
        give_back(table, way, pause_s=0.001)
        assert dubbed.result().missing == ()
        assert taken(host) == contents


def test_a_guest_who_is_gone_is_waited_for_a_while_and_what_came_is_kept(tmp_path, chosen):
    table, contents = chosen
    with make_library(tmp_path / "host") as host, ThreadPoolExecutor(2) as pool:
        spool = AskedSpool(silence_s=5.0)  # longer than the guest waits, lest the guest hears that it is over
        dubbed = pool.submit(received, host, spool)
        guest = pool.submit(give_back, table, Way(spool, most=1_000_000), silence_s=0.1, pause_s=0.01)
        with pytest.raises(UnreachableError):
            dubbed.result()
        with pytest.raises(UnreachableError):
            guest.result()
        here = came_whole(host)  # chance has a say in it
        again = AskedSpool()
        dubbed = pool.submit(received, host, again)
        assert give_back(table, Way(again)).tracks == dubbed.result().tracks == 3 - here
        assert taken(host) == contents


def test_what_was_not_chosen_cannot_be_asked_for(chosen):
    table, _ = chosen
    asked = ["blobs/ab/" + "ab" * 32, "../../etc/hostname", "/etc/hostname", "labels/../key.age", "", "vault", "index"]
    spool = AskedSpool()
    with ThreadPoolExecutor(2) as pool:
        guest = pool.submit(give_back, table, Way(spool))
        for path in asked:
            with pytest.raises(NotFoundError):
                spool.fetch_range(path, 0, 100)
        inside = next(path for path in table if path.startswith("labels/"))
        with pytest.raises(NotFoundError):
            spool.fetch_range(inside, -5, 5)
        spool.close()
        assert guest.result().sent == 0


def test_a_host_that_is_none_is_told_so(chosen):
    table, _ = chosen
    with pytest.raises(DamagedError):
        give_back(table, lambda _path, _body, _most: b"<html>")
    with pytest.raises(DamagedError):
        give_back(table, lambda path, _body, most: b'{"guest":"g"}' if path == "back" else b" " * most)
    with pytest.raises(budgets.OverBudgetError):
        give_back(table, lambda _path, _body, most: b" " * most)


def test_a_host_that_takes_nothing_says_so(chosen):
    def absent(_path: str, _body: bytes, _most: int) -> bytes:
        raise NotFoundError("nothing is here")

    with pytest.raises(NotFoundError):
        give_back(chosen[0], absent)


def test_a_host_that_stops_taking_is_told_apart_from_one_that_lacks_nothing(chosen):
    spool = AskedSpool()
    spool.close()
    ended = give_back(chosen[0], Way(spool)).outcome()
    assert ended.exit_code == EXIT_PARTLY
    assert "stopped taking" in str(ended.headline)


def test_all_lanes_end_when_the_host_has_gone(chosen):
    way = Way(AskedSpool())
    begun = threading.Event()

    def post(path: str, body: bytes, most: int) -> bytes:
        if path == "back":
            return way(path, body, most)
        begun.set()
        raise UnreachableError("gone")

    with pytest.raises(UnreachableError):
        give_back(chosen[0], post, silence_s=0.05, pause_s=0.01)
    assert begun.is_set()


@pytest.mark.parametrize(
    "numbers", ['"tracks":-5', '"length":-1', f'"length":{10**40}', f'"length":{10**400}', '"tracks":"many"']
)
def test_numbers_that_nobody_counts_are_no_words_of_a_host(chosen, numbers):
    told = f'{{"over":true,{numbers}}}'.encode()
    with pytest.raises(DamagedError):
        give_back(chosen[0], lambda path, _body, _most: b'{"guest":"g"}' if path == "back" else told)


def test_a_host_took_no_more_than_there_was(chosen):
    table, _ = chosen
    spool = AskedSpool()
    spool.end(over(10**15, 10**15))
    given = give_back(table, Way(spool))
    assert (given.tracks, given.length) == (len(table), sum(file.length for file in table.values()))


def hosts(told):
    posts = []

    def post(path: str, _body: bytes, _most: int) -> bytes:
        posts.append(path)
        return b'{"guest":"g"}' if path == "back" else msgspec.json.encode(told)

    return posts, post


def test_a_host_that_asks_for_nothing_is_asked_seldom_and_not_for_ever(chosen):
    posts, post = hosts(Turn())
    with pytest.raises(UnreachableError):
        give_back(chosen[0], post, idle_s=0.2, pause_s=0.1)
    assert len(posts) <= 1 + 4 * 4


@pytest.mark.parametrize("path", ["longest", "none"])
def test_a_host_that_asks_for_the_same_again_and_again_gets_it_no_longer_at_last(chosen, path):
    table, _ = chosen
    longest = max(table, key=lambda each: table[each].length)
    posts, post = hosts(Turn(ask=Ask(number=1, path=longest if path == "longest" else path, offset=0, length=MOST)))
    with pytest.raises(DamagedError, match="again and again"):
        give_back(table, post)
    assert len(posts) < (100 if path == "longest" else 2 * ASKS)


def test_who_stops_us_stops_all_lanes(chosen):
    """Ctrl-C reaches the thread that waits for them."""
    posts, told = hosts(Turn(ask=Ask(number=1, path="none", offset=0, length=MOST)))
    keys, hung_up = ["Ctrl-C"], threading.Event()

    def post(path: str, body: bytes, most: int) -> bytes:
        if len(posts) >= 20:
            with suppress(IndexError):  # one of the lanes presses it
                keys.pop()
                signal.pthread_kill(threading.main_thread().ident, signal.SIGINT)
            assert hung_up.wait(60)
        return told(path, body, most)

    with pytest.raises(KeyboardInterrupt):
        give_back(chosen[0], post, hang_up=hung_up.set)
    assert len(posts) <= 20 + 2 * LANES


def test_nothing_lacking_is_said(chosen):
    spool = AskedSpool()
    spool.end(Turn(over=True))
    assert (
        str(give_back(chosen[0], Way(spool)).outcome().headline)
        == "All of that music was there already: no track had to be sent."
    )
