"""What tracks say of their album together."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st
from msgspec import structs

from magnitizdat.model import Artist, DiscTitle, File, Release, Track
from magnitizdat.ops.intake.said import album_fields, artists_of, credited, grown, of_most, with_one_pregap
from magnitizdat.workers.values import Tags

TRACK = Track(
    id="0" * 64, title="T", artist="A", file=File(sha256="1" * 64, length=1, media_type="audio/flac"), duration_s=1
)
DATES = st.sampled_from(["", "1971", "1971-11", "1971-11-08", "1994"])


@given(
    st.lists(st.tuples(DATES, DATES, st.integers(1, 3), st.sampled_from(["", "Live", "Studio"])), min_size=1),
    st.randoms(),
)
def test_most_tracks_decide_in_any_order(said, chance):
    members = [
        (Tags(date=date, released=released, disc_title=title), structs.replace(TRACK, disc=disc))
        for date, released, disc, title in said
    ]
    fields = album_fields(members, "A")
    chance.shuffle(members)
    assert album_fields(members, "A") == fields
    dates = [date for date, _, _, _ in said if date]
    assert dates.count(fields["date"]) == max(map(dates.count, dates), default=0)
    assert all(dates.count(date) < dates.count(fields["date"]) or len(date) <= len(fields["date"]) for date in dates)
    for each in fields["disc_titles"]:
        assert any((disc, title) == (each.disc, each.title) for _, _, disc, title in said)


def test_several_make_a_track_and_one_line_says_one():
    assert credited("Ann, Bob", ("Ann", "Bob"), ()) == (Artist(name="Ann"), Artist(name="Bob"))
    assert credited("AC/DC", (), ()) == ()
    assert credited("小倉唯", (), ("Ogura, Yui",)) == (Artist(name="小倉唯", sort_name="Ogura, Yui"),)
    assert artists_of(Tags(album_artist="Ann, Bob", album_artists=("Ann", "Bob"))) == credited("", ("Ann", "Bob"), ())


def test_an_album_is_sorted_as_its_artist_is():
    one = Tags(artist="小倉唯", artists_sort=("Ogura, Yui",))
    fields = album_fields([(one, TRACK)], "小倉唯")
    assert (fields["artists"], fields["sort_name"]) == ((), "Ogura, Yui")
    two = Tags(artist="Guest", album_artist="Ann & Bob", album_artists=("Ann", "Bob"))
    fields = album_fields([(two, TRACK)], "Ann & Bob")
    assert (fields["artists"], fields["sort_name"]) == ((Artist(name="Ann"), Artist(name="Bob")), "")
    assert album_fields([(one, TRACK), (two, TRACK)], "Various Artists")["artists"] == ()


def test_one_track_of_a_disc_is_number_0():
    zero = structs.replace(TRACK, pregap=True)
    other = structs.replace(zero, disc=2)
    assert [each.pregap for each in with_one_pregap([zero, TRACK, other])] == [True, False, True]
    assert [each.pregap for each in with_one_pregap([zero, zero, other])] == [False, False, True]


def test_later_files_add_titles_and_take_none():
    had = Release(id="0" * 32, title="Box", artist="A", disc_titles=(DiscTitle(disc=2, title="Mine"),))
    more = structs.replace(
        had, disc_titles=(DiscTitle(disc=1, title="One"), DiscTitle(disc=2, title="Two")), sort_name="Z", title_sort="B"
    )
    both = grown(had, more)
    assert both.disc_titles == (DiscTitle(disc=1, title="One"), DiscTitle(disc=2, title="Mine"))
    assert (both.sort_name, both.title_sort) == ("Z", "B")
    assert grown(structs.replace(had, artist="B"), more).sort_name == ""
    assert grown(both, more) == both


def test_nothing_said_is_nothing():
    assert of_most(["", ""]) is None
