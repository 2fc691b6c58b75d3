"""What is worth a listen: laws of the sum and the order, then cases with their numbers."""

from __future__ import annotations

import random
from fractions import Fraction
from typing import NamedTuple

from hypothesis import assume, given
from hypothesis import strategies as st

from magnitizdat.ops.voices.ranking import (
    Praise,
    Ranking,
    Unheard,
    Vouched,
    Why,
    as_one,
    best,
    scored,
    sums,
)

FRIENDS = ("mag1anna", "mag1boris", "mag1vera")
STRANGERS = ("mag1x", "mag1y")
ALBUMS = ("45", "46", "Noch", "Eto")

labels = st.sampled_from((*FRIENDS, *STRANGERS))
days = st.sampled_from(("", "2026-01-01", "2026-05-01", "2026-11-29"))
albums_named = st.sampled_from(ALBUMS)
ids = st.sampled_from("0123456789abcdef")
reviews = st.builds(
    Praise,
    label=labels,
    album=albums_named,
    picks=st.booleans(),
    stars=st.integers(0, 5),
    compiled=st.just(False),
    on=days,
    named=st.booleans(),
    id=ids,
)
compiled = st.tuples(labels, albums_named, days).map(lambda each: Praise(each[0], each[1], compiled=True, on=each[2]))
said = st.lists(reviews | compiled, max_size=20, unique_by=lambda each: (each.label, each.album, each.id))
vouches = st.lists(st.builds(Vouched, label=labels, imprint=st.sampled_from(("mag1kino", *FRIENDS))), max_size=8)
kinds = st.lists(st.sampled_from(("rock", "jazz", "kino", "akvarium")), max_size=4, unique=True).map(tuple)
imprints = st.lists(st.sampled_from(("mag1kino", *FRIENDS)), max_size=2, unique=True).map(tuple)
candidates = st.tuples(*(st.builds(Unheard, id=st.just(album), imprints=imprints, kinds=kinds) for album in ALBUMS))
liked = st.sets(st.sampled_from(("rock", "jazz", "kino", "akvarium")))


class Line(NamedTuple):
    id: str
    total: int
    score: float
    newest: str
    liked: tuple[str, ...]
    why: Why


def order(albums, words, vouched=(), liked=frozenset()):
    ranking = Ranking(words, vouched, followed=frozenset(FRIENDS), liked=liked)
    return [Line(each.album.id, *each[1:], ranking.why(each)) for each in ranking.order(albums)]


@given(albums=candidates, words=said, vouched=vouches, liked=liked, seed=st.integers(0, 1000))
def test_it_depends_on_no_order_in_which_voices_came(albums, words, vouched, liked, seed):
    chance = random.Random(seed)
    shuffled = [chance.sample(each, len(each)) for each in (albums, words, vouched)]
    assert order(*shuffled, liked) == order(albums, words, vouched, liked)


@given(albums=candidates, words=said, vouched=vouches, liked=liked)
def test_said_twice_is_said_once(albums, words, vouched, liked):
    assert order(albums, words * 2, vouched * 2, liked) == order(albums, words, vouched, liked)


@given(albums=candidates, words=said, vouched=vouches, liked=liked)
def test_strangers_change_nothing(albums, words, vouched, liked):
    friends = [each for each in words if each.label in FRIENDS]
    vouching = [each for each in vouched if each.label in FRIENDS]
    assert order(albums, words, vouched, liked) == order(albums, friends, vouching, liked)


picks = st.tuples(labels, days).map(lambda each: Praise(each[0], "45", picks=True, on=each[1]))


@given(albums=candidates, words=said, vouched=vouches, liked=liked, pick=picks)
def test_one_more_pick_never_takes_an_album_down(albums, words, vouched, liked, pick):
    words = [each for each in words if (each.label, each.album) != (pick.label, pick.album)]
    before = [each.id for each in order(albums, words, vouched, liked)]
    after = [each.id for each in order(albums, [*words, pick], vouched, liked)]
    above = set(before[: before.index("45")]) if "45" in before else set(ALBUMS)
    assert "45" not in before or "45" in after
    assert "45" not in after or set(after[: after.index("45")]) <= above
    assert [each for each in after if each != "45"] == [each for each in before if each != "45"]


@given(albums=candidates, words=said, vouched=vouches, liked=liked)
def test_the_order_is_that_of_sum_by_taste_then_of_days_then_of_ids(albums, words, vouched, liked):
    found = order(albums, words, vouched, liked)
    kinds_of = {each.id: each.kinds for each in albums}

    def exact(each):
        share = Fraction(len(each.liked), len(kinds_of[each.id])) if kinds_of[each.id] else 0
        return each.total * (1 + share)

    assert found == sorted(sorted(sorted(found, key=lambda each: each.id), key=lambda each: each.newest, reverse=True),
                           key=exact, reverse=True)  # fmt: skip
    assert all(1 <= Fraction(exact(each)) / each.total <= 2 for each in found)


@given(albums=candidates, words=said, vouched=vouches, liked=liked)
def test_a_label_counts_once_in_each_line_of_the_sum(albums, words, vouched, liked):
    for each in order(albums, words, vouched, liked):
        rated = dict(each.why.rated)
        assert len(rated) == len(each.why.rated)
        for named in (each.why.picked, each.why.compiled, each.why.vouched):
            assert len(set(named)) == len(named)
        lines = 3 * len(each.why.picked) + len(each.why.compiled) + len(each.why.vouched)
        assert each.total == lines + sum(stars - 3 for stars in rated.values()) > 0
        assert {*each.why.picked, *rated, *each.why.compiled, *each.why.vouched} <= set(FRIENDS)


@given(albums=candidates, words=said, vouched=vouches, liked=liked, most=st.integers(1, 4))
def test_the_best_are_among_those_that_are_looked_at(albums, words, vouched, liked, most):
    """A sum before taste says which albums are worth a closer look, and is the sum."""
    signed = [each._replace(imprints=each.imprints[:1]) for each in albums]
    signers = {each.id: each.imprints[0] for each in signed if each.imprints}
    found = order(signed, words, vouched, liked)
    totals = sums(words, vouched, signers, frozenset(FRIENDS))
    assert totals == {each.id: each.total for each in found}
    kinds_of = {each.id: each.kinds for each in albums}
    few = best(totals, lambda wanted: {album: kinds_of[album] for album in wanted}, liked, most)
    assert {each.id for each in found[:most]} <= few.keys()
    assert few == {album: kinds_of[album] for album in few}
    assert len(few) <= sum(each.score >= found[:most][-1].score for each in found) if found else not few


@given(kinds=kinds, liked=liked)
def test_taste_goes_from_one_to_two(kinds, liked):
    found = scored(4, kinds, liked) / 4
    assert 1 <= found <= 2
    assert (found == 2) == (bool(kinds) and set(kinds) <= liked)
    assert (found == 1) == (not set(kinds) & liked)


@given(words=said)
def test_ten_thousand_strangers_change_nothing(words):
    assume(words)
    albums = [Unheard(album, ("mag1kino",)) for album in ALBUMS]
    crowd = [Praise(f"mag1stranger{number}", "Eto", picks=True, stars=5, on="2026-11-29") for number in range(10_000)]
    sybils = [Vouched(f"mag1stranger{number}", "mag1kino") for number in range(10_000)]
    assert order(albums, [*words, *crowd], sybils) == order(albums, words)


def test_the_sum_by_its_numbers():
    anna, boris, vera = FRIENDS
    words = [
        Praise(anna, "45", picks=True, stars=5, on="2026-01-02"),
        Praise(boris, "45", stars=2, on="2026-03-01"),
        Praise(vera, "45", compiled=True),
    ]
    (found,) = order([Unheard("45", ("mag1kino",), ("kino", "rock"))], words, [Vouched(anna, "mag1kino")], {"rock"})
    assert (found.total, found.score, found.newest) == (3 + 2 - 1 + 1 + 1, 9.0, "2026-03-01")
    assert (found.why.picked, found.why.rated, found.why.compiled) == ((anna,), ((anna, 5), (boris, 2)), (vera,))
    assert (found.why.vouched, found.liked) == ((anna,), ("rock",))


def test_of_several_reviews_of_one_label_one_counts():
    """By name, then the newest, then the lowest id; with all that it says, and what it leaves out."""
    anna, *_ = FRIENDS
    older = Praise(anna, "45", picks=True, stars=5, on="2026-01-01", id="a")
    newer, higher = (
        Praise(anna, "45", stars=4, on="2026-02-01", id="b"),
        Praise(anna, "45", stars=5, on="2026-02-01", id="c"),
    )
    named = Praise(anna, "45", picks=True, on="2025-01-01", named=True, id="d")
    compiled = Praise(anna, "45", compiled=True, on="2026-03-01")
    (found,) = order([Unheard("45")], [older, higher, newer])
    assert (found.total, found.why.picked, found.why.rated) == (1, (), ((anna, 4),))
    (found,) = order([Unheard("45")], [older, higher, named, newer, compiled])
    assert (found.total, found.why.picked, found.why.rated, found.newest) == (4, (anna,), (), "2026-03-01")


def test_what_more_speaks_against_is_left_out():
    anna, boris, _ = FRIENDS
    words = [Praise(anna, "45", stars=1), Praise(boris, "45", stars=4), Praise(anna, "46", stars=3)]
    assert order([Unheard("45"), Unheard("46")], words) == []


def test_nobody_vouches_for_themselves():
    anna, boris, _ = FRIENDS
    albums = [Unheard("45", (anna,)), Unheard("46", (anna, boris))]
    assert order(albums, [], [Vouched(anna, anna)]) == []
    assert [each.id for each in order(albums, [], [Vouched(anna, boris)])] == ["46"]


def test_names_of_one_album_have_one_sum_and_a_label_counts_once_in_it():
    anna, boris, _ = FRIENDS
    albums = [Unheard("45", ("mag1kino",), ("rock",)), Unheard("forty-five", ("mag1zoo",)), Unheard("46")]
    words = [Praise(anna, "45", picks=True), Praise(anna, "forty-five", picks=True), Praise(boris, "46", picks=True)]
    ones = {"45": "45", "forty-five": "45"}
    merged = [each._replace(album=ones.get(each.album, each.album)) for each in words]
    vouched = [Vouched(boris, "mag1kino"), Vouched(boris, "mag1zoo")]
    found = order(as_one(albums, ones), merged, vouched, {"rock"})
    assert [(each.id, each.total, each.score) for each in found] == [("45", 4, 8.0), ("46", 3, 3.0)]
