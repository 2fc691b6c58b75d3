"""`mag pick`, `mag review` and what is shown of an album: one document, and each verb keeps what the other said."""

from __future__ import annotations

from datetime import timedelta

import pytest
from msgspec import structs

from magnitizdat.catalogue.voices import COMPILATION, Compilation, CompiledTrack, Vouch
from magnitizdat.errors import UsageError
from magnitizdat.library.journal import RatingRow, StarRow
from magnitizdat.model import Checkpoint
from magnitizdat.ops.albums import edit
from magnitizdat.ops.dub.from_spool import dub
from magnitizdat.ops.labels import labels
from magnitizdat.ops.labels.publish import publish
from magnitizdat.ops.listen.listening import record
from magnitizdat.ops.places.spool import FolderSpool
from magnitizdat.ops.voices.reviewing import named_album, pick, review
from magnitizdat.ops.voices.shown import about_album, compilation, compilations
from tests.fakes_library import NOW, make_library, put_album
from tests.fakes_spool import Liar, new_label, release_of, write_spool
from tests.fakes_voices import review_of, speaker

DIGESTS = [f"{number:064x}" for number in range(1, 40)]


@pytest.fixture
def library(tmp_path):
    with make_library(tmp_path / "library") as library:
        yield library


def tracks_of(library, album):
    return [track.id for track in library.shelf.release(album).tracks]


def taken(library, liar, *, follow=True):
    dub(library, FolderSpool(liar.folder), now=NOW)
    if follow:
        labels.follow(library, liar.imprint)


def words(library, album):
    """What own labels say of an album."""
    return [
        (each.pick, each.rating, each.headline, each.text, each.language) for each in about_album(library, album).own
    ]


# -- one document ------------------------------------------------------------------------------------------------------


def test_a_pick_keeps_what_a_review_says_and_a_review_the_pick(library):
    album, _ = put_album(library, lengths=(10,))
    new_label(library)
    review(
        library, "45", as_="", now=NOW, rating=4, headline=" Цой \n жив ", body="One\r\ntwo\u2028three\n", language="ru"
    )
    assert words(library, album) == [(False, 4, "Цой жив", "One\ntwo\nthree", "ru")]
    pick(library, "45", as_="", now=NOW)
    assert words(library, album) == [(True, 4, "Цой жив", "One\ntwo\nthree", "ru")]
    review(library, "45", as_="", now=NOW, rating=5)
    assert words(library, album) == [(True, 5, "Цой жив", "One\ntwo\nthree", "ru")]
    review(library, "45", as_="", now=NOW, rating=0)
    assert words(library, album) == [(True, None, "Цой жив", "One\ntwo\nthree", "ru")]
    pick(library, "45", as_="", now=NOW, withdraw=True)
    assert words(library, album) == [(False, None, "Цой жив", "One\ntwo\nthree", "ru")]
    pick(library, "45", as_="", now=NOW)
    assert review(library, "45", as_="", now=NOW, withdraw=True).says is not None
    assert words(library, album) == [(True, None, "", "", "")]
    assert pick(library, "45", as_="", now=NOW, withdraw=True).says is None
    assert words(library, album) == []


def test_what_went_and_what_stays_is_told(library):
    put_album(library, lengths=(10,))
    new_label(library)
    pick(library, "45", as_="", now=NOW)
    review(library, "45", as_="", now=NOW, rating=4)
    gone = review(library, "45", as_="", now=NOW, withdraw=True)
    assert gone.withdrawn
    assert "no more; that it picks it stays" in str(gone.outcome().headline)
    assert not pick(library, "45", as_="", now=NOW, withdraw=True).withdrawn
    with pytest.raises(UsageError, match="nothing to take back"):
        pick(library, "45", as_="", now=NOW, withdraw=True)


def test_the_day_is_that_on_which_it_was_said_in_these_words(library):
    album, _ = put_album(library, lengths=(10,))
    new_label(library)
    first = review(library, "45", as_="", now=NOW, rating=4)
    again = review(library, "45", as_="", now=NOW + timedelta(days=3), rating=4)
    assert (again.said.said, again.said.version) == ((), first.said.version)
    assert about_album(library, album).own[0].date == NOW.date().isoformat()


@pytest.mark.parametrize(
    "said",
    [
        {},
        {"rating": 6},
        {"rating": -1},
        {"body": "x" * 20_001},
        {"headline": "x" * 513},
        {"body": "text", "language": "en\n"},
        {"headline": "\u202e \u0007"},
        {"withdraw": True},
        {"recommended": False},
    ],
)
def test_what_cannot_be_said_is_refused(library, said):
    put_album(library, lengths=(10,))
    label = new_label(library)
    before = library.label_files(label.imprint)
    with pytest.raises(UsageError):
        review(library, "45", as_="", now=NOW, **said)
    assert library.label_files(label.imprint) == before


def test_of_several_labels_the_named_one_speaks(library):
    album, _ = put_album(library, lengths=(10,))
    new_label(library, "Viktor")
    new_label(library, "Masha")
    with pytest.raises(UsageError, match="--as"):
        pick(library, album, as_="", now=NOW)
    pick(library, album, as_="Masha", now=NOW)
    review(library, album, as_="Viktor", now=NOW, rating=3)
    found = about_album(library, album)
    assert sorted((each.label, each.pick, each.rating) for each in found.own) == [
        ("Masha", True, None),
        ("Viktor", False, 3),
    ]
    assert (found.average, found.ratings, found.strangers) == (None, 0, 0)


def test_stars_and_ratings_of_listeners_sign_nothing(library):
    album, _ = put_album(library, lengths=(10,))
    label = new_label(library)
    before = library.label_files(label.imprint)
    record(
        library,
        [
            RatingRow(kind="album", target=album, stars=5),
            StarRow(kind="album", target=album, at="2026-05-01T12:00:00.000Z"),
        ],
    )
    assert library.label_files(label.imprint) == before
    assert about_album(library, album).own == ()


# -- what an album is called -------------------------------------------------------------------------------------------


def test_an_unpublished_album_is_named_by_its_tracks_and_by_its_label_once_it_is_signed(library):
    album, _ = put_album(library, lengths=(10, 20))
    label = new_label(library)
    pick(library, album, as_="", now=NOW)
    (line,) = library.index.voices.about_album(album)
    assert (line.about, line.release_id) == ("", "")
    publish(library, [album], label, now=NOW)
    review(library, album, as_="", now=NOW, rating=4)
    (line,) = library.index.voices.of_label(label.imprint)
    assert (line.about, line.release_id, line.recommended, line.rating) == (label.imprint, album, True, 4)


def test_a_carrier_is_no_name_and_words_meet_all_the_same(library, tmp_path):
    own, contents = put_album(library, lengths=(10, 20))
    write_spool(library, tmp_path / "spool")  # its carrier signs what no label did
    with make_library(tmp_path / "natalia") as natalia, make_library(tmp_path / "boris") as boris:
        dub(natalia, FolderSpool(tmp_path / "spool"), now=NOW)
        label = new_label(natalia, "Natalia")
        publish(natalia, [put_album(natalia, "46", lengths=(9,))[0]], label, now=NOW)
        pick(natalia, "45", as_="", now=NOW)
        (line,) = natalia.index.voices.of_label(label.imprint)
        assert (line.about, line.release_id, line.album) == ("", "", natalia.shelf.find("45").id)
        write_spool(natalia, tmp_path / "natalias")
        there, _ = put_album(boris, "another name", contents=contents)
        dub(boris, FolderSpool(tmp_path / "natalias"), now=NOW)
        labels.follow(boris, "Natalia")
        assert [each.pick for each in about_album(boris, there).followed] == [True]
        assert own != there


def test_an_album_is_named_by_64_different_tracks_at_most(tmp_path):
    liar = Liar(tmp_path / "liar")
    release = release_of([liar.blob(bytes([number])) for number in range(70)])
    release = structs.replace(release, tracks=(release.tracks[0], *release.tracks))
    named = named_album(release, liar.imprint)
    assert named.tracks == tuple(track.id for track in release.tracks[1:65])
    assert (named.imprint, named.release_id) == (liar.imprint, release.id)


# -- what is shown -----------------------------------------------------------------------------------------------------


def test_an_average_is_over_followed_labels_and_strangers_are_a_number(library, tmp_path):
    album, _ = put_album(library, lengths=(10,))
    tracks = tracks_of(library, album)
    new_label(library)
    review(library, album, as_="", now=NOW, rating=1)
    for name, rating in (("Natalia", 5), ("Boris", 4), ("Only a pick", None)):
        voice = review_of(*tracks, rating_value=rating, recommended=True, date_published="2026-01-01", review_body="so")
        taken(library, speaker(tmp_path / name, name, voice))
    for number in range(3):
        taken(
            library,
            speaker(tmp_path / str(number), f"Stranger {number}", review_of(*tracks, rating_value=1)),
            follow=False,
        )
    found = about_album(library, album)
    assert (found.average, found.ratings, found.strangers) == (4.5, 2, 3)
    assert [(each.label, each.rating) for each in found.own] == [("Zoopark Tapes", 1)]
    assert sorted(each.label for each in found.followed) == ["Boris", "Natalia", "Only a pick"]


def test_a_label_counts_once_for_an_album_whatever_it_signs(library, tmp_path):
    album, _ = put_album(library, lengths=tuple(range(10, 20)))
    tracks = tracks_of(library, album)
    named = review_of(imprint=Liar(tmp_path / "x").imprint, release_id="ab" * 16, title="nothing here")
    many = [review_of(*tracks[: 5 + n], rating_value=5, date_published=f"2026-01-0{n + 1}") for n in range(5)]
    loud = speaker(tmp_path / "loud", "Loud", named, *many, review_of(tracks[0], DIGESTS[0], rating_value=1))
    taken(library, loud)
    taken(library, speaker(tmp_path / "calm", "Calm", review_of(*tracks, rating_value=2)))
    found = about_album(library, album)
    assert (found.ratings, found.average, len(found.followed)) == (2, 3.5, 2)
    assert [each.date for each in found.followed if each.label == "Loud"] == ["2026-01-05"]


def test_what_is_shown_is_plain(library, tmp_path):
    album, _ = put_album(library, lengths=(10,))
    body = "a\u202eb\x1b[2Jc\r\n<script>\u0000 https://example.org\n\n\n"
    voice = review_of(*tracks_of(library, album), headline="two\nlines\u2067", review_body=body, recommended=True)
    taken(library, speaker(tmp_path / "natalia", "Natalia", voice))
    (said,) = about_album(library, album).followed
    assert (said.headline, said.text) == ("two lines", "ab[2Jc\n<script> https://example.org")


def test_words_leave_the_album_that_is_removed(library, tmp_path):
    album, contents = put_album(library, lengths=(10,))
    taken(library, speaker(tmp_path / "natalia", "Natalia", review_of(*tracks_of(library, album))))
    edit.remove(library, [album])
    assert about_album(library, album).followed == ()
    put_album(library, contents=contents)
    assert len(about_album(library, album).followed) == 1


def test_compilations_of_those_one_knows_are_shown_with_what_is_here(library, tmp_path):
    album, _ = put_album(library, lengths=(10, 11))
    song = tracks_of(library, album)[0]
    songs = tuple(
        CompiledTrack(track_id=each, title="S\u202eong", artist="A", duration_s=3.0) for each in (song, DIGESTS[0])
    )
    mix = Compilation(
        playlist="ab" * 16, name="Mix", notes={"en": "Hi\u0007"}, tracks=songs, date_published="2026-01-02"
    )
    vouch = Vouch(imprint=Liar(tmp_path / "x").imprint, name="X", checkpoint=Checkpoint(version=1, sha256=DIGESTS[0]))
    natalia = speaker(tmp_path / "natalia", "Natalia", mix, vouch)
    taken(library, natalia, follow=False)
    assert compilations(library) == ()
    labels.follow(library, "Natalia")
    (shown,) = compilations(library)
    assert (shown.name, shown.tracks, shown.here, shown.own, shown.label) == ("Mix", 2, 1, False, "Natalia")
    found = compilation(library, shown.key)
    assert (found.shown, found.notes) == (shown, {"en": "Hi"})
    assert [(each.title, bool(each.song)) for each in found.tracks] == [("Song", True), ("Song", False)]
    for wrong in ("", f"{natalia.imprint}.{'0' * 32}", f"x.{mix.id}", f"{natalia.imprint}.{COMPILATION}"):
        with pytest.raises(UsageError):
            compilation(library, wrong)
