"""Nothing of a closed album leaves its maker's library: what it sounds like is looked for wherever something leaves."""

from __future__ import annotations

import pytest

from magnitizdat.catalogue.voices import Compilation, CompiledTrack, NamedAlbum, Review
from magnitizdat.disk.disk import Disk
from magnitizdat.errors import UsageError
from magnitizdat.formats.spool_paths import blob_path
from magnitizdat.ops.dub import from_spool
from magnitizdat.ops.give.archive import archive
from magnitizdat.ops.give.export import export
from magnitizdat.ops.give.gathering import gather
from magnitizdat.ops.give.images import export_images
from magnitizdat.ops.give.open_spool import write_open
from magnitizdat.ops.give.sharing import choose
from magnitizdat.ops.labels import publish
from magnitizdat.ops.places.bag import BagSpool
from magnitizdat.ops.places.targets import FolderTarget
from magnitizdat.ops.premieres.withheld import premieres
from magnitizdat.ops.voices.saying import say_voices
from tests.fakes_library import NOW, make_library, put_album
from tests.fakes_premieres import MARK, marked, put_closed


@pytest.fixture
def maker(tmp_path):
    with make_library(tmp_path / "maker") as library:
        yield library


def everything_in(folder):
    return b"".join(path.read_bytes() for path in folder.rglob("*") if path.is_file())


def test_it_goes_with_no_cut_also_where_it_is_named(maker):
    album, _, _, _ = put_closed(maker)
    tracks = {blob_path(track.file.sha256) for track in maker.shelf.release(album).tracks}
    assert tracks.isdisjoint(file.path for file in gather(maker, now=NOW).files)
    with pytest.raises(UsageError, match="nothing of it leaves"):
        gather(maker, now=NOW, albums=[maker.shelf.album(album)])
    other, _ = put_album(maker, "Старое", lengths=(100,))
    both = gather(maker, now=NOW, albums=[maker.shelf.album(album), maker.shelf.album(other)])
    assert [each.title for each in both.albums()] == ["Старое"]
    assert ["nothing of it leaves" in each.reason for each in both.lacking] == [True]
    songs = [song.song for song in maker.browse.songs_of(album)]
    assert songs == []


def test_the_same_sound_imported_again_under_another_title_stays_too(maker):
    _, contents, _, _ = put_closed(maker)
    again, _ = put_album(maker, "Ничего особенного", artist="Кто-то", contents=[contents[0], b"\x80other"])
    assert again in maker.index.closed.albums()
    cargo = gather(maker, now=NOW)
    assert [each.title for each in cargo.albums()] == ["Тайна"]
    with pytest.raises(UsageError, match="has a track of one"):
        publish.publish(maker, [again], *[v for v in maker.shelf.labels() if v.standing == "own"], now=NOW)


def test_what_was_out_before_binds_nothing(maker):
    single, _ = put_album(maker, "Сингл", contents=[marked(3000, 1)])
    label = publish_all_of(maker, single)
    album, _, _, _ = put_closed(maker, lengths=(2000, 3000))
    assert maker.index.closed.albums() == {album}
    assert "Сингл" in [each.title for each in gather(maker, now=NOW).albums()]
    assert label.imprint


def publish_all_of(library, album):
    from tests.fakes_spool import new_label

    label = new_label(library, "Before")
    publish.publish(library, [album], label, now=NOW, small=False)
    return label


def test_neither_an_evening_nor_an_export_has_it(maker, tmp_path):
    album, _, _, _ = put_closed(maker)
    view = maker.shelf.album(album)
    for leave in (
        lambda: choose(maker, [view]),
        lambda: export(maker, [view], tmp_path / "out", disk=Disk()),
        lambda: export_images(maker, [view], tmp_path / "out", disk=Disk()),
    ):
        with pytest.raises(UsageError, match="nothing of it leaves"):
            leave()
    other, _ = put_album(maker, "Старое", lengths=(100,))
    views = [view, maker.shelf.album(other)]
    shared = choose(maker, views)
    assert [each.view.title for each in shared.albums] == ["Старое"]
    assert [each.what for each in shared.missing] == ["Тайна"]
    report = export(maker, views, tmp_path / "out", disk=Disk())
    assert [each.what for each in report.missing] == ["Тайна"]
    assert MARK not in everything_in(tmp_path / "out")


def test_it_is_signed_nowhere_else_and_named_by_no_voice(maker):
    album, _, label, _ = put_closed(maker)
    with pytest.raises(UsageError, match="nothing of it leaves"):
        publish.publish(maker, [album], label, now=NOW)
    track = maker.shelf.release(album).tracks[0].id
    song = CompiledTrack(track_id=track, title="Song", artist="Somebody")
    words = (
        Review(item_reviewed=NamedAlbum(title="Тайна", artist="-", tracks=(track,)), recommended=True),
        Compilation(playlist="ab" * 16, name="Mix", tracks=(song,)),
    )
    for word in words:
        with maker.changes() as changes, pytest.raises(UsageError, match="premiere"):
            say_voices(maker, changes, label, [word], now=NOW)


def test_an_archive_has_the_closed_file_and_gives_it_back(maker, tmp_path):
    _, _, label, report = put_closed(maker)
    bag = tmp_path / "bag"
    made = archive(maker, label, bag, now=NOW, disk=Disk())
    assert ([each.title for each in made.closed], made.missing) == (["Тайна"], ())
    assert (bag / "data" / "closed" / f"{report.id}.age").stat().st_size == report.length
    assert MARK not in everything_in(bag)
    with make_library(tmp_path / "friend") as friend:
        taken = from_spool.dub(friend, BagSpool(bag), now=NOW)
        assert not taken.missing
        assert premieres(friend)[0].here


def test_a_spool_written_again_after_it_was_closed_has_nothing_of_it(maker, tmp_path):
    put_closed(maker)
    for _ in range(2):
        write_open(maker, gather(maker, now=NOW), FolderTarget(tmp_path / "spool", disk=Disk()))
    assert MARK not in everything_in(tmp_path / "spool")
