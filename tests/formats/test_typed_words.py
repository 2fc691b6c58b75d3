"""However somebody types what stands on the paper, it is the same words; and a slot opens with any of it."""

from __future__ import annotations

import unicodedata

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from mnemonic import Mnemonic
from shamir_mnemonic.wordlist import WORDLIST

from magnitizdat.errors import WrongPassphraseError
from magnitizdat.formats import shares
from magnitizdat.formats.names import secret_words, words_secret
from magnitizdat.formats.spelling.keyboards import swap
from magnitizdat.formats.typed_words import ENOUGH, kept_passphrase, look_again, normal_words, passphrases
from magnitizdat.library.keyring import Secrets, create_slot, open_slot

ENGLISH = Mnemonic("english").wordlist
WAYS = (str.upper, str.title, lambda word: word[: max(ENOUGH, len(word) - 1)], lambda word: swap(word, "ru"), str)
BETWEEN = (" ", "   ", "-", " - ", ", ", "\n", " 7. ", "\u2003", "\u2013")


@st.composite
def typed(draw, words, between=BETWEEN):
    """The same words in a hand of somebody's."""
    ways = [draw(st.sampled_from(WAYS)) for _ in words]
    said = [way(word) for way, word in zip(ways, words, strict=True)]
    return "".join(f"{draw(st.sampled_from(between))}{word}" for word in said) + draw(st.sampled_from(("", "\n")))


SOME = st.lists(st.sampled_from(ENGLISH), min_size=6, max_size=24)


@pytest.mark.parametrize("words", [ENGLISH, WORDLIST], ids=["BIP-39", "SLIP-39"])
def test_so_many_letters_tell_the_words_of_a_list_apart(words):
    assert len({word[:ENOUGH] for word in words}) == len(words)


@given(words=SOME, data=st.data())
def test_the_words_of_a_paper_are_the_same_in_any_hand(words, data):
    text = data.draw(typed(words))
    assert normal_words(text) == " ".join(words)
    assert look_again(text) is None


@given(words=SOME, data=st.data())
def test_the_words_of_a_passphrase_are_the_same_in_any_hand(words, data):
    text = data.draw(typed(words, (" ", "   ", "-", " - ", "\n", "\u2003", "\u2013")))
    assert kept_passphrase(text) == passphrases(text)[0] == " ".join(words)


@given(words=SOME, sign=st.sampled_from("0123456789!?.,;:+*/@'\"()_"), place=st.integers(min_value=0))
def test_no_sign_and_no_digit_of_a_passphrase_is_lost(words, sign, place):
    """Among words of the list either: without it nothing opens."""
    said = " ".join(words)
    place %= len(said) + 1
    own = said[:place] + sign + said[place:]
    assert kept_passphrase(own) == own
    assert own not in passphrases(said)
    assert said not in passphrases(own)


@given(text=st.text(min_size=1))
def test_what_was_typed_once_opens_what_it_sealed(text):
    """Also where a slot is sealed anew to what opened it; and nothing is sealed to nothing."""
    assert kept_passphrase(text) in passphrases(text)
    assert kept_passphrase(text) == kept_passphrase(kept_passphrase(text)) != ""


@given(secret=st.binary(min_size=16, max_size=16), data=st.data())
def test_a_paper_key_comes_back_from_any_hand(secret, data):
    assert words_secret(normal_words(data.draw(typed(secret_words(secret).split())))) == secret


@given(data=st.data())
@settings(max_examples=10)
def test_a_share_is_a_share_in_any_hand(data):
    made = shares.split(b"sixteen bytes ..", 2, 3)
    lines = [data.draw(typed(each.split())).replace("\n", " ") for each in made]
    assert shares.words_in("\n".join(lines)) == made
    assert shares.combine(shares.words_in("\n".join(lines[1:]))) == b"sixteen bytes .."


@given(text=st.text(min_size=1))
def test_at_most_three_are_tried_and_what_was_typed_is_one_of_them(text):
    meant = passphrases(text)
    assert text in meant
    assert len(meant) <= 3
    assert len(set(meant)) == len(meant)


OWN = st.text(st.sampled_from("абвгдеёйжЁ xyzZ1.-"), min_size=1).filter(str.strip)


@given(text=OWN, data=st.data())
def test_a_passphrase_of_ones_own_is_one_row_of_letters(text, data):
    form = data.draw(st.sampled_from(["NFC", "NFD"]))
    other = unicodedata.normalize(form, text.replace("ё", "е") if data.draw(st.booleans()) else text)
    other = f" {other.replace(' ', '  ')}\t"
    assert kept_passphrase(text) in passphrases(other)
    assert kept_passphrase(kept_passphrase(text)) == kept_passphrase(text)


@pytest.mark.parametrize(
    ("made", "typed_later"),
    [
        ("Ёлка  горит зимой ", "Елка горит зимой"),
        ("Елка горит зимой", " Ёлка горит зимой"),
        ("abandon ability able about above absent", f"ABAN-ABIL-able-About {swap('above', 'ru')} absent"),
        ("Abandon Ability Able About Above", "фифтвщт ability able about above"),
    ],
)
def test_a_slot_opens_however_its_passphrase_is_typed(made, typed_later):
    secrets = Secrets.generate()
    sealed = create_slot(secrets, made, work_factor=2)
    assert open_slot(sealed, typed_later) == secrets


def test_a_word_that_is_none_of_the_list_is_named_by_its_place_and_not_shown():
    sealed = create_slot(Secrets.generate(), "abandon ability able about above absent", work_factor=2)
    with pytest.raises(WrongPassphraseError, match="look at word 3 again") as raised:
        open_slot(sealed, "abandon ability abel about above absent")
    assert "abel" not in str(raised.value)
    with pytest.raises(WrongPassphraseError, match="look at word 2, 3 again"):
        open_slot(sealed, "abandon abylity abel about above absent")
    with pytest.raises(WrongPassphraseError, match="passphrase does not open it"):
        open_slot(sealed, "something of my own")
    with pytest.raises(WrongPassphraseError, match=r"^that passphrase does not open it; check the words"):
        open_slot(sealed, "correct horse battery staple one")


@given(words=st.lists(st.sampled_from(Mnemonic("english").wordlist), min_size=6, max_size=6).map(" ".join))
def test_a_turkish_keyboard_writes_the_same_words(words):
    for typed in (words.replace("i", "İ").upper(), words.replace("i", "ı"), words.replace("i", "İ")):
        assert normal_words(typed) == words
        assert kept_passphrase(typed) == words
