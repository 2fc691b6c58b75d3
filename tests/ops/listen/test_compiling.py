"""A playlist is signed as a compilation: one for each label and playlist, with the names that labels gave its music."""

from __future__ import annotations

import pytest

from magnitizdat.catalogue import kinds
from magnitizdat.catalogue.documents import decode
from magnitizdat.catalogue.voices import Compilation, CompiledTrack
from magnitizdat.disk.disk import Disk
from magnitizdat.errors import UsageError
from magnitizdat.formats import budgets
from magnitizdat.library.journal import PlaylistRow
from magnitizdat.ops.dub.from_spool import dub
from magnitizdat.ops.give.gathering import gather
from magnitizdat.ops.give.open_spool import write_open
from magnitizdat.ops.labels.labels import find_label, follow
from magnitizdat.ops.listen import playlists
from magnitizdat.ops.listen.compiling import compile_playlist
from magnitizdat.ops.listen.playlists import Condition, Smart
from magnitizdat.ops.places.spool import FolderSpool
from magnitizdat.ops.places.targets import FolderTarget
from tests.fakes_library import NOW, make_library, put_album
from tests.fakes_spool import new_label, publish_all, write_spool
from tests.fakes_voices import speaker


@pytest.fixture
def library(tmp_path):
    with make_library(tmp_path / "mine") as made:
        yield made


def songs_of(library, album):
    return list(library.index.tracks.songs_of(album).values())


def mix(library, *albums, name="Mix"):
    return playlists.create(library, "", name, entries=[s for a in albums for s in songs_of(library, a)], now=NOW)


def signed(library, report):
    imprint, _, voice = report.key.partition(".")
    content = library.index.documents.content(imprint, kinds.target_path("compilation", voice))
    return decode(Compilation, content, max_length=budgets.DOCUMENT.most) if content else None


def test_tracks_bear_the_names_that_labels_gave_them_and_carriers_give_none(library, tmp_path):
    with make_library(tmp_path / "maker") as maker:
        zoopark = publish_all(maker, [put_album(maker, "Theirs", lengths=(1000, 10))[0]])
        put_album(maker, "Found", lengths=(1000,))
        write_spool(maker, tmp_path / "spool")
    dub(library, FolderSpool(tmp_path / "spool"), now=NOW)
    mine, _ = put_album(library, "Mine", lengths=(1000,))
    theirs, found = (library.shelf.find(title).id for title in ("Theirs", "Found"))
    new_label(library, "Natalia")
    gather(library, now=NOW)  # what is nobody's is carried by now
    mix(library, theirs, found, mine)
    report = compile_playlist(library, "mix", now=NOW)
    made = signed(library, report)
    named = library.shelf.album(theirs).release_id
    assert [(track.imprint, track.release_id) for track in made.tracks] == [(zoopark.imprint, named)] * 2 + [
        ("", "")
    ] * 2
    tracks = [track for album in (theirs, found, mine) for track in library.shelf.release(album).tracks]
    assert [(each.track_id, each.title) for each in made.tracks] == [(track.id, track.title) for track in tracks]
    assert (report.tracks, report.missing, report.outcome().exit_code) == (4, (), 0)


def test_the_same_playlist_again_stands_in_its_place_and_unchanged_signs_nothing(library):
    label = new_label(library, "Natalia")
    first, second = (put_album(library, title, lengths=(1000,))[0] for title in ("First", "Second"))
    made = mix(library, first)
    one = compile_playlist(library, "Mix", now=NOW, notes={"en": "Two\x1b lines\r\nof it."})
    same = compile_playlist(library, "Mix", now=NOW.replace(year=2027))
    assert (same.unchanged, same.version, same.key) == (True, one.version, one.key)
    playlists.update(library, "", made.id, now=NOW, name="Mixed", entries=songs_of(library, second))
    other = compile_playlist(library, "Mixed", now=NOW.replace(year=2027))
    assert (other.key, other.version, len(library.index.voices.of_label(label.imprint))) == (
        one.key,
        one.version + 1,
        1,
    )
    assert signed(library, other).notes == {"en": "Two lines\nof it."}
    assert signed(library, other).date_published == "2027-05-01"


def test_two_labels_and_the_playlist_share_no_name(library):
    album, _ = put_album(library, lengths=(1000,))
    for name in ("Natalia", "Pseudonym"):
        new_label(library, name)
    made = mix(library, album)
    with pytest.raises(UsageError, match="--as LABEL"):
        compile_playlist(library, "Mix", now=NOW)
    reports = [compile_playlist(library, "Mix", as_=name, now=NOW) for name in ("Natalia", "Pseudonym")]
    secret = library.index.listening.kept_one(PlaylistRow, made.subject).compiled
    names = [signed(library, report).playlist for report in reports]
    assert len({*names, secret}) == 3
    assert not [name for name in names if made.id in name or name in secret]


def test_a_smart_playlist_is_what_its_rule_finds_then(library):
    new_label(library, "Natalia")
    put_album(library, "First", lengths=(1000, 10))
    rule = Smart(all=(Condition(field="album", op="is", value="First"),))
    playlists.create(library, "", "Rule", rule=rule, now=NOW)
    assert compile_playlist(library, "Rule", now=NOW).tracks == 2


def test_withdrawn_it_is_listed_no_more_also_where_the_playlist_is_gone(library):
    label = new_label(library, "Natalia")
    album, _ = put_album(library, lengths=(1000,))
    for gone in (False, True):
        made = mix(library, album)
        report = compile_playlist(library, "Mix", now=NOW)
        if gone:
            playlists.delete(library, "", made.id)
        back = compile_playlist(library, "mix", now=NOW, withdraw=True)
        assert (back.withdrawn, back.key, library.index.voices.of_label(label.imprint)) == (True, report.key, [])
        with pytest.raises(UsageError, match="has signed no compilation"):
            compile_playlist(library, "Mix", now=NOW, withdraw=True)
        assert not gone or not playlists.playlists(library, "")
        playlists_left = playlists.playlists(library, "")
        for each in playlists_left:
            playlists.delete(library, "", each.id)


def test_what_is_not_here_any_more_is_left_out_and_told(library):
    new_label(library, "Natalia")
    album, _ = put_album(library, lengths=(1000,))
    playlists.create(library, "", "Mix", entries=[*songs_of(library, album), "ab" * 16], now=NOW)
    report = compile_playlist(library, "Mix", now=NOW)
    assert (report.tracks, [str(each.what) for each in report.missing]) == (1, ["Mix: song 2"])
    assert report.outcome().exit_code == 3
    playlists.create(library, "", "Gone", entries=["ab" * 16], now=NOW)
    with pytest.raises(UsageError, match="nothing of this playlist is here"):
        compile_playlist(library, "Gone", now=NOW)


def test_as_many_tracks_as_are_told_are_taken_and_not_one_more(library):
    album, _ = put_album(library, lengths=tuple(range(1, 401)))
    publish_all(library, [album])
    made = mix(library, album)
    with pytest.raises(UsageError) as told:
        compile_playlist(library, "Mix", now=NOW)
    most = told.value.sentence.values["most"]
    assert 150 < most < 400
    songs = songs_of(library, album)
    for count, is_taken in ((most, True), (most + 1, False)):
        playlists.update(library, "", made.id, now=NOW, entries=songs[:count])
        if is_taken:
            assert compile_playlist(library, "Mix", now=NOW).tracks == most
        else:
            with pytest.raises(UsageError, match="make shorter playlists"):
                compile_playlist(library, "Mix", now=NOW)


def test_whoever_dubs_it_finds_it(library, tmp_path):
    label = new_label(library, "Natalia")
    album, _ = put_album(library, "<b>Mine</b>", artist="<script>", lengths=(1000,))
    mix(library, album, name="<i>Mix</i>")
    report = compile_playlist(library, "<i>Mix</i>", now=NOW)
    write_open(library, gather(library, now=NOW, labels=[label]), FolderTarget(tmp_path / "open", disk=Disk()))
    with make_library(tmp_path / "friend") as friend:
        dub(friend, FolderSpool(tmp_path / "open"), now=NOW)
        assert find_label(friend, "Natalia").imprint == label.imprint
        assert signed(friend, report) == signed(library, report)


def test_of_a_playlist_that_another_signed_it_is_said_whose_it_is(library, tmp_path):
    new_label(library, "Natalia")
    hers = Compilation(
        playlist="0" * 32, name="Night trams", tracks=(CompiledTrack(track_id="1" * 64, title="Here", artist="Anna"),)
    )
    dub(library, FolderSpool(speaker(tmp_path / "anna", "Anna", hers).folder), now=NOW)
    with pytest.raises(UsageError, match="no playlists here"):
        compile_playlist(library, "night trams", now=NOW)  # of a stranger nothing is told
    follow(library, "Anna", sure=True)
    with pytest.raises(UsageError, match="that Anna signed"):
        compile_playlist(library, "night trams", now=NOW)
