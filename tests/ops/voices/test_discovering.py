"""What to listen to next, with real labels on sticks: which albums, under which name, in which order, and why."""

from __future__ import annotations

import pytest

from magnitizdat.catalogue.voices import Compilation, CompiledTrack, Vouch
from magnitizdat.library.index.signed import SignedRelease
from magnitizdat.library.index.voices import HeldVoice
from magnitizdat.library.journal import LabelRow
from magnitizdat.model import Checkpoint
from magnitizdat.ops.dub.from_spool import dub
from magnitizdat.ops.labels import labels
from magnitizdat.ops.listen import listening
from magnitizdat.ops.places.spool import FolderSpool
from magnitizdat.ops.voices import discovering
from magnitizdat.ops.voices.discovering import discover
from magnitizdat.ops.voices.shown import about_album, averages
from tests.fakes_library import NOW, make_library, put_album
from tests.fakes_spool import Liar, publish_all, release_of, write_spool
from tests.fakes_voices import as_documents, review_of, speaker

DIGESTS = [f"{number:064x}" for number in range(1, 100)]
FAR = "mag1" + "q" * 58


@pytest.fixture
def library(tmp_path):
    with make_library(tmp_path / "library") as library:
        yield library


@pytest.fixture
def says(library, tmp_path):
    """A label that says something, on a stick that was dubbed; followed, unless it is not."""
    sticks: dict[str, Liar] = {}

    def say(name, *voices, follow=True):
        liar = sticks[name] = sticks.get(name) or Liar(tmp_path / name, name)
        liar.sign(as_documents(voices))
        dub(library, FolderSpool(liar.folder), now=NOW)
        if follow:
            labels.follow(library, name, sure=True)
        return liar

    return say


def tracks_of(library, album):
    return [track.id for track in library.shelf.release(album).tracks]


def pick(*tracks, **said):
    return review_of(*tracks, **{"recommended": True, **said})


def found(library, **options):
    return [(each.title, each.sum) for each in discover(library, **options).albums]


def reasons(library):
    return [[str(reason) for reason in each.reasons] for each in discover(library).albums]


def test_an_album_here_and_one_that_is_not(library, says):
    album, _ = put_album(library, "45", "Кино")
    put_album(library, "46", "Кино")
    says("Anna", pick(*tracks_of(library, album)), pick(DIGESTS[0], title="Acrobat", artist="Akvarium"))
    says("Boris", review_of(*tracks_of(library, album), rating_value=4))
    report = discover(library)
    assert [(each.title, each.sum, each.taste, each.here) for each in report.albums] == [
        ("45", 4, 1.0, True), ("Acrobat", 3, 1.0, False),
    ]  # fmt: skip
    assert (report.albums[0].id, report.albums[1].id, report.followed) == (album, "", 2)
    assert reasons(library) == [["picked by Anna", "rated 4 of 5 by Boris"], ["picked by Anna"]]
    lines = [str(line) for line in report.outcome().lines]
    assert lines == [
        f"Кино — 45: picked by Anna; rated 4 of 5 by Boris; {album[:8]}",
        "Akvarium — Acrobat: picked by Anna; not here",
    ]


def test_of_a_label_counts_what_is_shown_of_it(library, says, tmp_path):
    zoo = Liar(tmp_path / "zoo", "Zoopark")
    zoo.release(release_of([zoo.blob(b"\x80one"), zoo.blob(b"\x80two")], "Poison"))
    dub(library, FolderSpool(zoo.folder), now=NOW)
    (view,) = library.shelf.albums()
    one, two = tracks_of(library, view.id)
    named = {"imprint": zoo.imprint, "release_id": view.release_id}
    says("Anna", review_of(one, two, rating_value=4, date_published="2026-01-01", **named),
         pick(one, rating_value=5, date_published="2026-02-01"))  # fmt: skip
    says("Boris", review_of(one, two, headline="No stars", **named), review_of(two, rating_value=5))
    about = about_album(library, view.id)
    assert [(each.label, each.rating, each.pick) for each in about.followed if each.rating] == [("Anna", 4, False)]
    assert about.average == averages(library, [view.id])[view.id] == 4
    assert found(library) == [("Poison", 1)]
    assert reasons(library) == [["rated 4 of 5 by Anna"]]


def test_what_a_label_says_of_its_own_albums_is_shown_and_counts_for_nothing(library, says):
    zoo = says("Zoopark")
    zoo.release(release_of([zoo.blob(b"\x80one")], "Poison"))
    dub(library, FolderSpool(zoo.folder), now=NOW)
    (view,) = library.shelf.albums()
    tracks = tracks_of(library, view.id)
    away = {"imprint": zoo.imprint, "release_id": "ab" * 16}
    says("Zoopark", pick(*tracks, rating_value=5), pick(DIGESTS[5], title="Rare", **away),
         Compilation(playlist="0" * 32, name="Mine",
                     tracks=(CompiledTrack(track_id=tracks[0], title="One", artist="Somebody"),)))  # fmt: skip
    about = about_album(library, view.id)
    assert [(each.label, each.rating) for each in about.followed] == [("Zoopark", 5)]
    assert (about.average, about.ratings, averages(library, [view.id])) == (None, 0, {})
    assert found(library) == []
    says("Anna", review_of(*tracks, rating_value=4), pick(DIGESTS[5], title="Rare", **away))
    about = about_album(library, view.id)
    assert about.average == averages(library, [view.id])[view.id] == 4
    assert (about.ratings, found(library)) == (1, [("Rare", 3), ("Poison", 1)])


def test_strangers_and_oneself_recommend_nothing(library, says):
    album, _ = put_album(library)
    says("Eve", pick(*tracks_of(library, album)), follow=False)
    assert (
        str(discover(library).outcome().headline)
        == "You follow no label yet; `mag follow` makes the word of one count."
    )
    says("Anna", review_of(*tracks_of(library, album), rating_value=3))
    assert found(library) == []
    says("Anna", pick(*tracks_of(library, album)))
    with library.changes() as changes:  # a label of one's own says so: it recommends nothing to oneself
        (view,) = (each for each in library.shelf.labels() if each.name == "Anna")
        changes.row(LabelRow(imprint=view.imprint, name="Anna", standing="own"))
        changes.commit()
    assert found(library) == []


def test_what_ones_own_label_signed_is_no_discovery(library, says):
    album, _ = put_album(library, "45", "Кино")
    says("Anna", pick(*tracks_of(library, album)))
    assert found(library) == [("45", 3)]
    own = publish_all(library, [album])
    assert found(library) == []
    says("Boris", pick(DIGESTS[0], title="Lost here", imprint=own.imprint, release_id="ab" * 16))
    assert found(library) == []


def test_what_was_heard_is_no_discovery_for_whoever_heard_it(library, says):
    album, _ = put_album(library)
    songs = tracks_of(library, album)
    says("Anna", pick(*songs), pick(*DIGESTS[:4], title="Far"))
    listening.scrobble(library, "", songs[0], at=NOW)
    assert found(library) == [("45", 3), ("Far", 3)]  # a third of it, from elsewhere
    listening.scrobble(library, "", songs[0], at=NOW, album=album)
    assert found(library) == [("Far", 3)]
    assert sorted(found(library, listener="Natalia")) == [("45", 3), ("Far", 3)]
    for song in (songs[1], *DIGESTS[:2]):
        listening.scrobble(library, "Natalia", song, at=NOW)
    assert found(library, listener="Natalia") == [("45", 3)]
    listening.scrobble(library, "Natalia", songs[2], at=NOW)
    assert found(library, listener="Natalia") == []


def test_what_was_removed_here_is_not_offered_again(library, says):
    says("Anna", pick(DIGESTS[0], imprint=FAR, release_id="ab" * 16))
    assert found(library) == [("45", 3)]
    with library.index.transaction():
        library.index.signed.put_release(FAR, SignedRelease("ab" * 16, "x", "y", is_gone=True))
    assert found(library) == []


def test_a_vouch_counts_for_every_album_of_its_label(library, says, tmp_path):
    liar = Liar(tmp_path / "zoo", "Zoopark")
    liar.release(release_of([liar.blob(b"\x80one")], "Poison"))
    dub(library, FolderSpool(liar.folder), now=NOW)
    vouch = Vouch(imprint=liar.imprint, name="Zoopark", checkpoint=Checkpoint(version=1, sha256=DIGESTS[0]))
    says("Anna", vouch, pick(DIGESTS[5], title="Rare", imprint=liar.imprint, release_id="ab" * 16))
    assert found(library) == [("Rare", 4), ("Poison", 1)]
    assert reasons(library)[1] == ["Anna vouches for its label"]
    (rare, poison) = discover(library).albums
    assert (rare.label, rare.imprint, rare.release_id) == ("Zoopark", liar.imprint, "ab" * 16)
    assert "not here, ask Zoopark" in str(discover(library).outcome().lines[0])
    assert poison.here
    assert poison.label == "Zoopark"


def test_names_of_one_album_meet(library, says):
    """Two carriers call it differently, a third gives it no name: two picks and a rating are of one album."""
    songs = DIGESTS[:6]
    says("Anna", pick(*songs, imprint=FAR, release_id="aa" * 16, title="Noch"))
    says("Boris", pick(*songs, imprint=FAR, release_id="bb" * 16, title="Noch"))
    says("Vera", review_of(*songs[:3], rating_value=5, title="Noch"), pick(songs[0], title="Noch, a single"))
    assert found(library) == [("Noch", 8), ("Noch, a single", 3)]


def test_a_name_that_is_here_stays(library, says):
    album, _ = put_album(library, "45", "Кино")
    songs = tracks_of(library, album)
    says("Anna", pick(*songs))
    says("Boris", pick(*songs[:2], *DIGESTS[:2], title="Also 45", imprint=FAR, release_id="aa" * 16))
    (line,) = discover(library).albums
    assert (line.title, line.sum, line.id) == ("45", 6, album)


def test_twins_on_the_shelf_are_one_album(library, says, tmp_path):
    """One's own import, and the same music as its label signed it."""
    with make_library(tmp_path / "viktor") as viktor:
        theirs, contents = put_album(viktor, "45", "Виктор")
        view = publish_all(viktor, [theirs])
        write_spool(viktor, tmp_path / "spool")
    own, _ = put_album(library, "Forty-five", "Виктор", contents=contents)
    dub(library, FolderSpool(tmp_path / "spool"), now=NOW)
    assert len(list(library.shelf.albums())) == 2
    says("Anna", pick(*tracks_of(library, own)[:2], imprint=view.imprint, release_id=theirs))
    vouch = Vouch(imprint=view.imprint, name="Zoopark", checkpoint=Checkpoint(version=1, sha256=DIGESTS[0]))
    says("Boris", vouch, review_of(*tracks_of(library, own), rating_value=5))
    (line,) = discover(library).albums
    assert line.sum == 3 + 2 + 1


def test_a_compilation_speaks_for_the_albums_that_it_takes_from(library, says):
    album, _ = put_album(library, "45", "Кино")
    there = CompiledTrack(track_id=tracks_of(library, album)[0], title="Song", artist="Кино")
    away = CompiledTrack(track_id=DIGESTS[0], title="Rock", artist="Akvarium", imprint=FAR, release_id="ab" * 16)
    lost = CompiledTrack(track_id=DIGESTS[1], title="Lost", artist="Nobody")
    mixtapes = [Compilation(playlist=each * 32, name="Night", tracks=(there, away, away, lost)) for each in "ab"]
    says("Anna", *mixtapes)
    here, far = discover(library).albums
    assert (here.title, here.sum, far.artist, far.title, far.sum) == ("45", 1, "Akvarium", "", 1)
    assert (far.imprint, far.release_id) == (FAR, "ab" * 16)
    assert reasons(library)[0] == ["on a compilation by Anna"]


def test_tricks_in_a_name_are_not_shown(library, says):
    says("Anna", pick(DIGESTS[0], title="45\u202e.3pm", artist="Ki\u200bno"))
    (line,) = discover(library).albums
    assert (line.artist, line.title) == ("Kino", "45.3pm")


def test_taste_is_the_share_of_what_one_stars_and_plays(library, says):
    liked, _ = put_album(library, "45", "Кино")
    album, _ = put_album(library, "46", "Кино")
    other, _ = put_album(library, "Rock", "Akvarium")
    says("Anna", *(pick(*tracks_of(library, each)) for each in (album, other)), review_of(DIGESTS[0], rating_value=5))
    assert [each.taste for each in discover(library).albums] == [1.0, 1.0, 1.0]
    listening.scrobble(library, "", tracks_of(library, liked)[0], at=NOW, album=liked)
    assert next((each.title, each.taste) for each in discover(library).albums) == ("46", 2.0)
    assert reasons(library)[0] == ["picked by Anna", "like «Кино» that you play or star"]
    artist = library.browse.album(other).artist_id
    listening.star(library, "Natalia", "artist", [artist], now=NOW)
    first = discover(library, listener="Natalia").albums[0]
    assert (first.title, first.taste, str(first.reasons[-1])) == ("Rock", 2.0, "like «Akvarium» that you play or star")


def test_it_says_some_names_and_how_many_more(library, says):
    for name in ("Vera", "Anna", "Boris", "Natalia", "Yuri"):
        says(name, pick(DIGESTS[0]))
    assert reasons(library) == [["picked by Anna, Boris, Natalia and 2 more"]]


@pytest.mark.parametrize("closely", [1, 3, 250])
def test_only_so_many_and_each_only_once(library, says, monkeypatch, closely):
    monkeypatch.setattr(discovering, "_CLOSELY", closely)
    says("Anna", *(pick(DIGESTS[number], title=f"Album {number}") for number in range(10)))
    every = found(library, size=100)
    assert len(set(every)) == len(every) == 10
    assert found(library, size=4) == every[:4]
    assert found(library, size=0) == []


def test_a_crowd_of_strangers_changes_nothing(library, says):
    """Ten thousand labels that nobody follows praise one album, as they stand in the index."""
    album, _ = put_album(library, "45", "Кино")
    says("Anna", pick(*tracks_of(library, album)), pick(DIGESTS[0], title="Far"))
    before = discover(library)
    held = HeldVoice("review", "ab" * 16, artist="X", title="Far", recommended=True, rating=5, date="2026-11-29")
    with library.index.transaction():
        for number in range(10_000):
            imprint = f"mag1{number:058d}"
            library.index.shelf.put_label(LabelRow(imprint=imprint, name=f"Stranger {number}", standing="new"))
            library.index.voices.put(imprint, f"ab/{'ab' * 16}.review.json", held)
    assert discover(library) == before


def test_what_came_in_another_order_is_found_in_the_same(tmp_path):
    sticks = [speaker(tmp_path / name, name, pick(*DIGESTS[:3], title="One"), pick(DIGESTS[9], title="Two"))
              for name in ("Anna", "Boris", "Vera")]  # fmt: skip
    reports = []
    for number, order in enumerate((sticks, list(reversed(sticks)))):
        with make_library(tmp_path / f"library {number}") as library:
            for stick in order:
                dub(library, FolderSpool(stick.folder), now=NOW)
            for name in ("Anna", "Vera"):
                labels.follow(library, name)
            reports.append(discover(library))
    assert reports[0] == reports[1]
    assert len(reports[0].albums) == 2
