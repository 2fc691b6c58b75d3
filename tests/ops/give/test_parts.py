"""A reel of a playlist carries its tracks alone: what of their albums is elsewhere is no loss, and a loss is told."""

from __future__ import annotations

import json

import pytest
from hypothesis import given
from hypothesis import strategies as st

from magnitizdat.disk.disk import Disk
from magnitizdat.errors import UsageError
from magnitizdat.formats import spool_index
from magnitizdat.formats.spool_index import IndexedLabel
from magnitizdat.formats.spool_paths import INDEX_PATH, blob_path, parse_blob
from magnitizdat.model import Silent
from magnitizdat.ops.dub import from_sources
from magnitizdat.ops.dub.checking import check_reel
from magnitizdat.ops.dub.from_spool import dub
from magnitizdat.ops.dub.previewing import preview
from magnitizdat.ops.give.cut import cut_reel
from magnitizdat.ops.give.fill import StickWish, fill
from magnitizdat.ops.give.gathering import gather
from magnitizdat.ops.give.open_spool import write_open
from magnitizdat.ops.places.sources import open_sources
from magnitizdat.ops.places.spool import FolderSpool
from magnitizdat.ops.places.targets import FolderTarget
from tests.fakes_library import NOW, contents_of, make_library, put_album
from tests.fakes_spool import publish_all


@pytest.fixture
def library(tmp_path):
    with make_library(tmp_path / "mine") as made:
        yield made


@pytest.fixture
def friend(tmp_path):
    with make_library(tmp_path / "friend") as made:
        yield made


def songs_of(library, album):
    return list(library.index.tracks.songs_of(album).values())


def some(library, albums, *numbers):
    """Songs of these albums with these numbers."""
    return [songs_of(library, album)[number - 1] for album in albums for number in numbers]


def blobs(cargo):
    return {sha256 for file in cargo.files if (sha256 := parse_blob(file.path))}


def here(library):
    """How many tracks of each album play."""
    lines = (line for view in library.shelf.albums() for line in library.browse.songs_of(view.id))
    return [(line.album.title, line.track.title) for line in lines]


def spool_of(cargo, library, folder):
    write_open(library, cargo, FolderTarget(folder, disk=Disk()))
    return FolderSpool(folder)


@pytest.fixture
def albums(library):
    made = [put_album(library, title, lengths=(3000, 2000, 1000)) for title in ("First", "Second", "Third")]
    publish_all(library, [made[0][0], made[1][0]], "Mine")
    return [album for album, _ in made]


def test_exactly_its_tracks_go_with_the_papers_and_covers_of_their_albums(library, albums):
    songs = some(library, (albums[0], albums[2]), 3, 1)
    cargo = gather(library, now=NOW, songs=songs)
    wanted = {line.file.sha256 for line in library.browse.named(songs).values()}
    covers = {library.shelf.release(album).cover.sha256 for album in (albums[0], albums[2])}
    assert (blobs(cargo), cargo.lacking) == (wanted | covers, ())
    assert [album.title for album in cargo.albums()] == ["First", "Third"]
    whole = gather(library, now=NOW, albums=[library.shelf.album(albums[0])], songs=songs)
    assert len(blobs(whole)) == 4 + 3


def test_what_is_elsewhere_is_told_and_nothing_of_it_is_missing(library, friend, albums, tmp_path):
    cargo = gather(library, now=NOW, songs=some(library, albums[:1], 2, 3))
    report = dub(friend, spool_of(cargo, library, tmp_path / "open"), now=NOW)
    assert (report.missing, report.tracks, report.releases) == ((), 2, 0)
    assert [(each.title, each.there, each.tracks) for each in report.partly] == [("First", 2, 3)]
    told = from_sources.outcome(report)
    line = "«First»: 2 of its 3 tracks are meant to be on it; the others are elsewhere."
    assert (told.exit_code, line in map(str, told.lines)) == (0, True)
    assert here(friend) == [("First", "Песня 2"), ("First", "Песня 3")]
    again = dub(friend, FolderSpool(tmp_path / "open"), now=NOW)
    assert (again.missing, again.tracks) == ((), 0)


def test_a_carried_track_that_is_lost_is_missing_and_the_others_are_not(library, friend, albums, tmp_path):
    songs = some(library, albums[:1], 1, 2)
    spool = spool_of(gather(library, now=NOW, songs=songs), library, tmp_path / "open")
    lost = library.browse.named(songs)[songs[0]].file.sha256
    (tmp_path / "open" / blob_path(lost)).unlink()
    report = dub(friend, spool, now=NOW)
    assert [(each.what, str(each.reason).partition(":")[0]) for each in report.missing] == [
        ("First", "1 of 3 tracks did not come")
    ]
    assert from_sources.outcome(report).exit_code == 3
    assert here(friend) == [("First", "Песня 2")]


def test_a_sealed_reel_of_a_playlist_is_dubbed_listed_and_checked_as_what_it_is(library, friend, albums, tmp_path):
    cargo = gather(library, now=NOW, songs=some(library, albums[:2], 1))
    to = [friend.secrets.addresses[0].recipient]
    cut_reel(library, cargo, tmp_path / "reel", recipients=to, parity_percent=0, disk=Disk())
    (source,) = open_sources(friend, str(tmp_path / "reel"))
    lines, missing, older = preview(friend, source.spool, now=NOW)
    assert ([(each.title, each.tracks, each.elsewhere, each.here) for each in lines], missing, older) == (
        [("First", 1, 2, False), ("Second", 1, 2, False)],
        [],
        [],
    )
    held = check_reel(tmp_path / "reel", friend, now=NOW).held
    assert [(each.title, each.tracks, each.whole, each.elsewhere, each.is_whole) for each in held.albums] == [
        ("First", 1, 1, 2, True),
        ("Second", 1, 1, 2, True),
    ]
    report = dub(friend, source.spool, now=NOW)
    assert (report.missing, report.tracks) == ((), 2)
    assert all(each.here for each in preview(friend, source.spool, now=NOW)[0])


def test_it_travels_on_from_whoever_has_no_more_than_that(library, friend, albums, tmp_path):
    songs = some(library, albums, 2)
    first = gather(library, now=NOW, songs=songs)
    dub(friend, spool_of(first, library, tmp_path / "first"), now=NOW)
    theirs = [line.song for view in friend.shelf.albums() for line in friend.browse.songs_of(view.id)]
    second = gather(friend, now=NOW, songs=theirs)
    assert (blobs(second), second.lacking) == (blobs(first), ())
    with make_library(tmp_path / "third") as third:
        report = dub(third, spool_of(second, friend, tmp_path / "second"), now=NOW)
        assert (report.missing, len(here(third))) == ((), 3)


def test_the_rest_comes_from_another_source_and_then_it_is_whole(library, friend, albums, tmp_path):
    dub(
        friend, spool_of(gather(library, now=NOW, songs=some(library, albums[:1], 2)), library, tmp_path / "a"), now=NOW
    )
    whole = gather(library, now=NOW, albums=[library.shelf.album(albums[0])])
    report = dub(friend, spool_of(whole, library, tmp_path / "b"), now=NOW)
    assert (report.missing, report.partly, report.releases) == ((), (), 1)
    (view,) = friend.shelf.albums()
    assert contents_of(friend, view.id) == contents_of(library, albums[0])


def test_an_open_spool_that_grows_says_what_is_there_by_then(library, friend, albums, tmp_path):
    folder = tmp_path / "open"
    for number in (1, 2):
        spool = spool_of(gather(library, now=NOW, songs=some(library, albums[:2], number)), library, folder)
    report = dub(friend, spool, now=NOW)
    assert (report.missing, [each.there for each in report.partly]) == ((), [2, 2])
    spool_of(gather(library, now=NOW, albums=[library.shelf.album(albums[0])]), library, folder)
    parts = spool_index.partly((folder / INDEX_PATH).read_bytes())
    (second,) = parts
    assert second[1] == library.shelf.album(albums[1]).release_id


def test_a_hint_that_lies_takes_nothing_away(library, friend, albums, tmp_path):
    spool = spool_of(gather(library, now=NOW, albums=[library.shelf.album(albums[0])]), library, tmp_path / "open")
    hint = json.loads((tmp_path / "open" / INDEX_PATH).read_bytes())
    hint["labels"][0]["partly"] = {library.shelf.album(albums[0]).release_id: []}
    (tmp_path / "open" / INDEX_PATH).write_text(json.dumps(hint))
    report = dub(friend, spool, now=NOW)
    assert (report.tracks, report.missing, report.releases) == (3, (), 1)


def test_what_cannot_go_is_told_and_the_others_go(library, albums, tmp_path):
    songs = [*some(library, albums[:1], 1), "ab" * 16]
    wish = StickWish(is_open=True, songs=tuple(songs))
    done = fill(library, tmp_path / "open", wish, now=NOW, disk=Disk(), tell=lambda _: None, progress=Silent())
    assert ([str(each.what) for each in done.outcome().missing], done.outcome().exit_code) == (["song 2"], 3)
    with pytest.raises(UsageError):
        gather(library, now=NOW, songs=["ab" * 16])


# -- the hint ---------------------------------------------------------------------------------------------------------

_ids = st.text("0123456789abcdef", min_size=4, max_size=4)
_parts = st.dictionaries(_ids, st.frozensets(_ids, max_size=3), max_size=3)
_labels = st.dictionaries(st.sampled_from(["mag1a", "mag1b", "mag1c"]), _parts, max_size=3)


def rendered(labels):
    return spool_index.render(IndexedLabel(imprint, f"«{imprint}»", parts) for imprint, parts in labels.items())


@given(_labels)
def test_what_is_written_is_read(labels):
    read = spool_index.partly(rendered(labels))
    assert read == {(imprint, release): files for imprint, parts in labels.items() for release, files in parts.items()}


@given(_labels, _labels, st.dictionaries(st.sampled_from(["mag1a", "mag1b", "mag1c"]), st.frozensets(_ids), max_size=3))
def test_a_merged_hint_says_of_each_release_what_lies_there(before, now, whole):
    going = {imprint: whole.get(imprint, frozenset()) | set(parts) for imprint, parts in now.items()}
    found = spool_index.partly(spool_index.merged(rendered(before), rendered(now), going))
    for imprint in {*before, *now}:
        for release in {*before.get(imprint, {}), *now.get(imprint, {})}:
            old, new = before.get(imprint, {}).get(release), now.get(imprint, {}).get(release)
            if new is not None:
                assert found[imprint, release] == new | (old or frozenset())
            elif release in going.get(imprint, ()):
                assert (imprint, release) not in found
            else:
                assert found[imprint, release] == old


@given(
    st.one_of(
        st.binary(max_size=50),
        st.recursive(
            st.one_of(st.none(), st.integers(), st.text(max_size=5)),
            lambda inner: st.one_of(
                st.lists(inner, max_size=3),
                st.dictionaries(st.sampled_from(["labels", "imprint", "name", "partly", "x"]), inner, max_size=3),
            ),
        ).map(lambda value: json.dumps(value).encode()),
    )
)
def test_what_is_no_hint_says_nothing_and_stops_nothing(content):
    for (imprint, release), files in spool_index.partly(content).items():
        assert isinstance(imprint, str)
        assert isinstance(release, str)
        assert all(isinstance(each, str) for each in files)
    spool_index.merged(content, rendered({"mag1a": {}}), {})
