"""Cards and friends: who is who, and that nobody is exchanged in silence."""

from __future__ import annotations

import msgspec
import pytest

from magnitizdat.errors import DamagedError, UsageError
from magnitizdat.ops.labels.friends import add_friend, card_bytes, my_card, read_card, recipients
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
