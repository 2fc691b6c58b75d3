"""Cards and friends: who is who, and that nobody is exchanged in silence."""

from __future__ import annotations

import msgspec
import pytest

from magnitizdat.errors import AlikeError, DamagedError, UsageError
from magnitizdat.library.journal import LabelRow
from magnitizdat.ops.labels.friends import add_friend, card_bytes, is_own, my_card, read_card, recipients
from tests.fakes_library import make_library


@pytest.fixture
def pair(tmp_path):
    with make_library(tmp_path / "a") as first, make_library(tmp_path / "b") as second:
        yield first, second


def test_a_card_travels_as_a_file_and_names_an_address(pair, tmp_path):
    mine, hers = pair
    card = my_card(hers, name="Наталья")
    (tmp_path / "card.json").write_bytes(card_bytes(card))
    read = read_card(tmp_path / "card.json")
    assert read == card
    assert add_friend(mine, read) == "Наталья"
    assert [each.text for each in recipients(mine, ["НАТАЛЬЯ"])] == [hers.secrets.addresses[0].recipient.text]
    assert recipients(mine, [card.recipient]) == recipients(mine, ["наталья"])
    assert my_card(hers, name="Наталья") == card


def test_a_card_is_own_where_it_was_made_and_nowhere_else(pair):
    mine, hers = pair
    card, other = my_card(mine, name="Mike"), my_card(hers, name="Natalia")
    assert (is_own(mine, card), is_own(hers, card)) == (True, False)
    assert (is_own(mine, other), is_own(hers, other)) == (False, True)


def test_a_changed_card_is_told(pair):
    mine, hers = pair
    card = my_card(hers, name="Natalia")
    add_friend(mine, card)
    assert add_friend(mine, card) == "Natalia"
    other = msgspec.structs.replace(card, recipient=mine.secrets.addresses[0].recipient.text)
    with pytest.raises(UsageError, match="another card"):
        add_friend(mine, other)
    assert mine.shelf.friends()["Natalia"] == card
    add_friend(mine, other, name="Somebody")
    add_friend(mine, other, replace=True)
    assert mine.shelf.friends() == {"Natalia": other, "Somebody": other}


@pytest.fixture
def stranger(tmp_path):
    """A card of somebody who calls themselves as they like."""
    with make_library(tmp_path / "stranger") as library:
        yield my_card(library, name="Somebody")


ALIKE = ["Nаtalia", "natalia", "Наталия", "Natalija", "Nata1ia", "Natalia\u200b"]


@pytest.mark.parametrize("name", ALIKE)
@pytest.mark.parametrize("known", ["a friend", "a label that is followed", "an own label"])
def test_a_name_like_one_that_is_known_wants_a_second_word(pair, stranger, name, known):
    """A Cyrillic letter, another script, the same sound: a reel would be sealed to somebody else."""
    mine, hers = pair
    match known:
        case "a friend":
            add_friend(mine, my_card(hers, name="Natalia"))
        case "an own label":
            my_card(mine, name="Natalia")
        case _:
            row = LabelRow(imprint=my_card(hers, name="Natalia").imprint, name="Natalia", standing="followed")
            with mine.changes() as changes:
                changes.row(row)
                changes.commit()
    before = mine.shelf.friends()
    with pytest.raises(AlikeError, match="is NOT your «Natalia»"):
        add_friend(mine, stranger, name=name)
    assert mine.shelf.friends() == before
    assert add_friend(mine, stranger, name=name, sure=True) == name.strip()
    assert add_friend(mine, stranger, name=name) == name.strip()


def test_a_label_that_one_does_not_follow_is_nobody_known(pair, stranger):
    mine, hers = pair
    with mine.changes() as changes:
        changes.row(LabelRow(imprint=my_card(hers, name="Natalia").imprint, name="Natalia", standing="new"))
        changes.commit()
    assert add_friend(mine, stranger, name="Natalia") == "Natalia"


def test_a_friends_words_with_another_address_are_no_friend_either(pair, stranger):
    mine, hers = pair
    card = my_card(hers, name="Natalia")
    add_friend(mine, card)
    other = msgspec.structs.replace(card, recipient=stranger.recipient)
    with pytest.raises(AlikeError, match="but another address"):
        add_friend(mine, other, name="Nаtalia")
    assert add_friend(mine, card, name="natalia") == "natalia"


@pytest.mark.parametrize("name", ["Nobody", "age1", "age1qqqqqqqq", ""])
def test_who_is_no_friend_gets_nothing(pair, name):
    with pytest.raises(UsageError, match=r"not a friend yet|not a whole address"):
        recipients(pair[0], [name])


@pytest.mark.parametrize(
    "content",
    [b"{}", b"{", b'{"schema": "magnitizdat/card/1"}', b'{"a": 1, "a": 2}', b"{" * 50_000, b'{"x": "' + b"y" * 20_000],
    ids=["empty", "cut", "bare", "twice", "deep", "long"],
)
def test_a_card_that_is_none(tmp_path, content):
    (tmp_path / "card").write_bytes(content)
    with pytest.raises(DamagedError):
        read_card(tmp_path / "card")


def test_a_card_of_another_schema_or_with_a_trick_in_it(pair, tmp_path):
    plain = msgspec.json.decode(card_bytes(my_card(pair[1], name="Natalia")))
    for change in (
        {"schema": "magnitizdat/release/1"},
        {"imprint": plain["imprint"] + "\n"},
        {"recipient": "AGE-SECRET-KEY-1QQ"},
        {"name": ""},
    ):
        (tmp_path / "card").write_bytes(msgspec.json.encode(plain | change))
        with pytest.raises(DamagedError):
            read_card(tmp_path / "card")
