"""What check says of the albums of a hurt reel is what a dub takes from it, track for track."""

from __future__ import annotations

import os
import random
import shutil
from pathlib import Path

import pytest

from magnitizdat.disk.disk import Disk
from magnitizdat.errors import NotMineError
from magnitizdat.library.library import Library, unlock
from magnitizdat.ops.dub.from_spool import dub
from magnitizdat.ops.dub.holdings import Holding, holdings
from magnitizdat.ops.give.cut import cut_reel
from magnitizdat.ops.give.gathering import gather
from magnitizdat.ops.places.sources import open_sources
from magnitizdat.reel.check import check
from magnitizdat.reel.opening import open_reel
from tests.fakes_library import NOW, PASSPHRASE, make_library, put_album
from tests.fakes_reel import BadSectors, noise, overwrite
from tests.fakes_spool import publish_all

TITLES = ("45", "46", "Ночь", "Группа крови")


@pytest.fixture(scope="module")
def stocked(tmp_path_factory):
    """(reel, its words, a copy for friends, whose library can open that one)"""
    top = tmp_path_factory.mktemp("stocked")
    with make_library(top / "maker") as maker, make_library(top / "friend") as friend:
        albums = [put_album(maker, title, lengths=(150_000, 90_000, 1_200_000))[0] for title in TITLES]
        publish_all(maker, albums)
        cargo = gather(maker, now=NOW)
        words = cut_reel(maker, cargo, top / "reel", work_factor=1, disk=Disk()).words
        cut_reel(
            maker,
            cargo,
            top / "friends",
            recipients=[friend.secrets.addresses[0].recipient],
            work_factor=1,
            disk=Disk(),
        )
    return top / "reel", words, top / "friends", top / "friend"


@pytest.fixture
def reel(stocked, tmp_path) -> Path:
    return Path(shutil.copytree(stocked[0], tmp_path / "reel"))


def segments(reel: Path) -> list[Path]:
    return sorted(reel.glob("*.age"))


def is_of_words(path: Path) -> bool:
    return b"-> scrypt" in path.read_bytes()[:100]


def hurt(reel: Path, chance: random.Random) -> dict[Path, range]:
    """More than spare parts can mend; returns what the medium shall refuse."""
    music = [path for path in segments(reel) if not is_of_words(path)]
    refused = {}
    for path in chance.sample(music, 5):
        length = path.stat().st_size
        match chance.randrange(5):
            case 0:
                path.unlink()
            case 1:
                os.truncate(path, chance.randrange(length))
            case 2:
                overwrite(path, chance.randrange(length - 500), noise(500))
            case 3:
                overwrite(path, 0, bytes(300))
            case _:
                start = chance.randrange(length // 4096) * 4096
                refused[path] = range(start, start + 8192)
    return refused


@pytest.mark.parametrize("seed", range(16))
def test_what_check_promises_a_dub_takes(reel, stocked, tmp_path, monkeypatch, seed):
    words = stocked[1]
    BadSectors(monkeypatch, hurt(reel, random.Random(seed)))
    for path in reel.glob("*.par2") if seed % 2 else ():
        path.unlink()  # then nothing is known to be whole, and everything is read
    report = check(reel)
    assert not report.is_valid
    said = holdings(reel, report, (), now=NOW, words=words)
    with make_library(tmp_path / "mine") as mine:
        for source in open_sources(mine, str(reel), words=words):
            taken = dub(mine, source.spool, now=NOW)
        arrived = {}
        for view in mine.shelf.albums():
            release = mine.shelf.release(view.id)
            whole = [mine.shelf.holds(track.file) for track in release.tracks]
            arrived[view.title] = (sum(whole), len(whole), all(mine.shelf.holds(file) for file in release.files()))
    assert {each.title: (each.whole, each.tracks, each.is_whole) for each in said.albums} == arrived
    not_whole = {each.title for each in said.albums if not each.is_whole}
    assert not_whole == {each.what for each in taken.missing if each.what in TITLES}
    for each in taken.missing:
        assert "did not come" in each.reason or each.what not in TITLES
    text = "\n".join(said.sentences())
    assert all(title in text for title in not_whole)


def test_a_whole_reel_says_so_in_a_line_and_a_mendable_one_says_what_is_whole_now(reel, stocked, tmp_path):
    said = holdings(reel, check(reel), (), now=NOW, words=stocked[1])
    assert said.sentences() == ["Every album on it is whole (4)."]
    lost = next(path for path in segments(reel) if not is_of_words(path))
    lost.rename(tmp_path / "away")
    report = check(reel)
    assert report.is_mendable
    said = holdings(reel, report, (), now=NOW, words=stocked[1])
    assert any(not each.is_whole for each in said.albums)
    assert said.sentences()[0].startswith("Albums, as they are without mending: ")


def test_for_a_friend_the_library_opens_it_and_for_a_stranger_nothing_does(stocked, tmp_path):
    _, words, friends, library = stocked
    report = check(friends)
    with make_library(tmp_path / "stranger") as stranger, pytest.raises(NotMineError):
        holdings(friends, report, stranger.secrets.addresses, now=NOW, library=stranger)

    with Library(library, unlock(library, PASSPHRASE)) as friend:
        said = holdings(friends, report, friend.secrets.addresses, now=NOW, library=friend)
    assert {each.title for each in said.albums} == set(TITLES)
    with pytest.raises(NotMineError):
        holdings(friends, report, (), now=NOW, words=words)


def test_without_the_papers_of_its_labels_no_album_is_called_whole(reel, stocked):
    opened = open_reel(reel, words=stocked[1])
    for path in opened.paths():
        if path.startswith("labels/"):
            for holder in opened.holders(path, 0):
                holder.unlink(missing_ok=True)
    said = holdings(reel, check(reel), (), now=NOW, words=stocked[1])
    assert said.albums == ()
    assert "what the label signed is lost" in said.sentences()[-1]


@pytest.mark.parametrize(
    ("whole", "papers", "says"),
    [
        (3, 0, "whole"),
        (3, 2, "3 of 3 tracks; pictures and texts lost: 2"),
        (1, 0, "1 of 3 tracks"),
    ],
)
def test_sentences(whole, papers, says):
    assert Holding(label="L", artist="A", title="T", tracks=3, whole=whole, papers=papers).sentence() == says
