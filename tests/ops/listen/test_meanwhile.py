"""Of two who change the same thing at once it is as if one had come after the other: nothing is decided too early.

No chance is waited for: the second acts just before the first's own transaction (or write lock) begins. Whatever the
first read before that is old, and if it wrote by it, the second's act would be lost.
"""

from __future__ import annotations

import itertools
from collections.abc import Callable
from contextlib import suppress
from threading import Barrier, Thread
from typing import NamedTuple

import msgspec
import pytest

from magnitizdat.errors import MagError
from magnitizdat.formats.m3u import Listing
from magnitizdat.library.library import Library
from magnitizdat.ops.labels import labels
from magnitizdat.ops.labels.friends import add_friend, my_card, remove_friend
from magnitizdat.ops.listen import apps, listening, playlists
from magnitizdat.ops.listen.lists import GivenList, take_lists
from tests.fakes_library import NOW, make_library, put_album, rows
from tests.ops.meanwhile import done

Act = Callable[[Library, "Given"], object]


class Given(NamedTuple):
    """What the acts are about; alike in every library of a test."""

    songs: list[str]
    tracks: list[str]
    playlist: str
    cards: list[object]


def amend(change) -> Act:
    return lambda library, given: playlists.amend(
        library, "", given.playlist, lambda found: change(found, given), now=NOW
    )


def take(name, *places) -> Act:
    def act(library, given):
        found = [given.songs[place] for place in places]
        playlists.take(library, "", name, found, source=f"{name}{places}", now=NOW)

    return act


ACTS: dict[str, Act] = {
    "add a song": amend(lambda found, given: {"entries": (*found.entries, given.songs[1])}),
    "remove the first": amend(lambda found, _: {"entries": found.entries[1:]}),
    "rename": amend(lambda found, _: {"name": f"{found.name}!"}),
    "delete": lambda library, given: playlists.delete(library, "", given.playlist),
    "take a list": take("Party", 0, 1),
    "take another of its name": take("Party", 2),
    "take more of it": take("Party", 0, 2, 1),
    "star": lambda library, given: listening.star(library, "", "track", given.tracks[:2], now=NOW),
    "unstar": lambda library, given: listening.unstar(library, "", "track", given.tracks[1:3]),
    "rate": lambda library, given: listening.rate(library, "", "track", given.tracks[0], 4),
    "play": lambda library, given: listening.scrobble(library, "", given.tracks[0], at=NOW),
    "mark a place": lambda library, given: listening.save_bookmark(library, "", given.songs[0], position_ms=1, now=NOW),
    "forget a place": lambda library, given: listening.remove_bookmark(library, "", given.songs[0]),
    "let a player in": lambda library, _: apps.add(library, "Phone", now=NOW),
    "let another in": lambda library, _: apps.add(library, "phone!", now=NOW),
    "shut it out": lambda library, _: apps.revoke(library, "Phone"),
    "befriend": lambda library, given: add_friend(library, given.cards[0]),
    "befriend another of the name": lambda library, given: add_friend(library, given.cards[1]),
    "forget a friend": lambda library, _: remove_friend(library, "Natalia"),
    "found a label": lambda library, _: labels.create(library, "Tape", now=NOW),
    "carry": lambda library, _: labels.carrier(library, now=NOW),
}


def world(directory, cards) -> tuple[Library, Given]:
    library = make_library(directory)
    put_album(library, contents=[b"1", b"2", b"3"])
    songs = [song for (song,) in rows(library, "SELECT song FROM track ORDER BY position")]
    tracks = [track for (track,) in rows(library, "SELECT lower(hex(id)) FROM track ORDER BY position")]
    listening.star(library, "", "track", tracks[2:], now=NOW)
    listening.save_bookmark(library, "", songs[0], position_ms=9, now=NOW)
    made = playlists.create(library, "", "Party", entries=songs[:2], now=NOW)
    return library, Given(songs, tracks, made.id, cards)


def seen(library: Library, given: Given) -> dict[str, object]:
    """All that the acts change, without what is drawn by chance."""
    return {
        "playlists": [(each.name, each.entries) for each in playlists.playlists(library, "")],
        "marks": listening.marks(library, "", "track", given.tracks),
        "bookmarks": [(each.song, each.position_ms) for each in listening.bookmarks(library, "")],
        "apps": sorted((each.name, each.user) for each in apps.apps(library)),
        "friends": library.shelf.friends(),
        "labels": sorted((view.name, view.standing) for view in library.shelf.labels()),
    }


@pytest.fixture(scope="module")
def cards(tmp_path_factory):
    """Two who call themselves alike."""
    with make_library(tmp_path_factory.mktemp("natalia") / "library") as hers:
        card = my_card(hers, name="Natalia")
        address = hers.secrets.vault.recipient.text
    return [card, msgspec.structs.replace(card, recipient=address)]


@pytest.fixture
def two(tmp_path):
    """Names of folders for two libraries."""
    numbers = itertools.count()
    return lambda: (tmp_path / f"{next(numbers)}", tmp_path / f"{next(numbers)}")


RELATED = [
    (
        "add a song",
        "remove the first",
        "rename",
        "delete",
        "take a list",
        "take another of its name",
        "take more of it",
    ),
    ("star", "unstar", "rate", "play"),
    ("mark a place", "forget a place"),
    ("let a player in", "let another in", "shut it out"),
    ("befriend", "befriend another of the name", "forget a friend"),
    ("found a label", "carry", "befriend"),
]
PAIRS = sorted({pair for related in RELATED for pair in itertools.product(related, repeat=2)})


@pytest.mark.parametrize(("first", "second"), PAIRS)
def test_what_was_read_before_another_acted_decides_nothing(two, cards, monkeypatch, first, second):
    here, there = two()
    library, given = world(here, cards)
    with library:
        meanwhile = [ACTS[second]]

        def interrupted(begin):
            def beginning(*arguments, **options):
                while meanwhile:
                    done(meanwhile.pop(), library, given)
                return begin(*arguments, **options)

            return beginning

        monkeypatch.setattr(library.index, "transaction", interrupted(library.index.transaction))
        monkeypatch.setattr(library, "changes", interrupted(library.changes))
        said = done(ACTS[first], library, given)
        assert not meanwhile
        found = seen(library, given)
    in_turn, given = world(there, cards)
    with in_turn:
        done(ACTS[second], in_turn, given)
        assert (done(ACTS[first], in_turn, given), seen(in_turn, given)) == (said, found)


def longer(song):
    """One more at the end."""
    return lambda found: {"entries": (*found.entries, song)}


def test_of_many_threads_nothing_is_lost(tmp_path, cards):
    library, given = world(tmp_path / "library", cards)
    threads, each_adds = 6, 5
    with library:
        together = Barrier(threads)

        def adds(number: int) -> None:
            together.wait()
            for turn in range(each_adds):
                playlists.amend(library, "", given.playlist, longer(f"{number:030x}{turn:02x}"), now=NOW)
                listening.scrobble(library, "", given.tracks[0], at=NOW)
                with suppress(MagError):
                    apps.add(library, f"Player {turn}", now=NOW)
                take_lists(library, [GivenList("Party", "/", Listing("", ()))], now=NOW)

        running = [Thread(target=adds, args=(number,)) for number in range(threads)]
        for each in running:
            each.start()
        for each in running:
            each.join()
        (party,) = playlists.playlists(library, "")
        assert len(set(party.entries)) == 2 + threads * each_adds
        assert listening.marks(library, "", "track", given.tracks[:1])[given.tracks[0]].plays == threads * each_adds
        known = apps.apps(library)
        assert sorted(app.name for app in known) == [f"Player {turn}" for turn in range(each_adds)]
        assert len({app.user for app in known}) == each_adds
