"""Letter files: exact lengths, exact headers, nothing to tell one from one to nobody, and no other file is one."""

from __future__ import annotations

import subprocess
from collections import Counter

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from magnitizdat.errors import DamagedError, NoSpaceError, NotMineError, UsageError
from magnitizdat.formats.age import BytesReader, seal
from magnitizdat.formats.age_keys import X25519Identity
from magnitizdat.formats.letter_file import (
    LARGE,
    LENGTHS,
    RECIPIENTS,
    SMALL,
    is_for,
    is_letter,
    open_letter,
    recipients_of,
    room,
    seal_letter,
    to_nobody,
)
from magnitizdat.formats.zip_store import member_cost

ME, OTHER = X25519Identity.generate(), X25519Identity.generate()
STEPS = [(1, 1), (2, 64), (64, 64), (65, 256), (256, 256)]


def people(count):
    return [X25519Identity.generate().recipient for _ in range(count - 1)] + [ME.recipient]


def opened(sealed, *identities):
    return open_letter(BytesReader(sealed), identities)


@given(st.binary(max_size=2_000), st.binary(max_size=300_000))
@settings(max_examples=30)
def test_what_goes_in_comes_out_and_the_length_is_one_of_two(text, attachment):
    members = [("letter.json", text), ("attachment", attachment)]
    sealed = seal_letter(members, [ME.recipient])
    assert opened(sealed, OTHER, ME) == dict(members)
    cost = sum(member_cost(name, len(content)) for name, content in members)
    assert len(sealed) == (SMALL if cost <= room(SMALL, 1) else LARGE)


@pytest.mark.parametrize(("count", "shown"), STEPS)
@pytest.mark.parametrize("length", LENGTHS)
def test_a_header_shows_one_of_three_counts_and_everybody_meant_opens_it(count, shown, length):
    sealed = seal_letter([("letter.json", b"hello")], people(count), length=length)
    assert len(sealed) == length
    assert recipients_of(length, sealed) == sealed.count(b"-> X25519 ") == shown
    assert opened(sealed, ME) == {"letter.json": b"hello"}
    with pytest.raises(NotMineError):
        opened(sealed, OTHER)


@pytest.mark.parametrize("length", LENGTHS)
@pytest.mark.parametrize("shown", RECIPIENTS)
def test_the_last_byte_fits_and_one_more_does_not(length, shown):
    everybody = people(shown)
    most = room(length, shown) - member_cost("attachment", 0)
    assert len(opened(seal_letter([("attachment", bytes(most))], everybody, length=length), ME)["attachment"]) == most
    with pytest.raises(NoSpaceError):
        seal_letter([("attachment", bytes(most + 1))], everybody, length=length)


@pytest.mark.parametrize("count", [0, 257])
def test_nobody_and_too_many_are_refused(count):
    with pytest.raises(UsageError):
        seal_letter([], [ME.recipient] * count)


def blocks(sealed):
    return {sealed[at : at + 16] for at in range(200, len(sealed) - 16, 16)}


@pytest.mark.parametrize("length", LENGTHS)
def test_one_to_nobody_has_the_form_of_one_to_somebody_and_nobody_opens_it(length):
    sealed = to_nobody(length)
    assert len(sealed) == length
    assert recipients_of(length, sealed) == 1
    with pytest.raises(NotMineError):
        opened(sealed, ME, OTHER)
    assert not blocks(sealed) & blocks(to_nobody(length))


def test_bytes_of_letters_to_nobody_are_as_even_as_any(record_property):
    counts = Counter(b"".join(to_nobody(SMALL)[200:] for _ in range(8)))
    expected = sum(counts.values()) / 256
    squares = sum((counts[byte] - expected) ** 2 for byte in range(256)) / expected
    record_property("chi_squared", squares)
    assert squares < 400  # 255 degrees of freedom: one in ten million


@given(st.data())
@settings(max_examples=60)
def test_whatever_byte_of_a_letter_is_changed_it_does_not_open(data):
    sealed = bytearray(seal_letter([("letter.json", b"hello")], [ME.recipient]))
    at = data.draw(st.integers(0, len(sealed) - 1) | st.integers(0, 200))
    sealed[at] ^= data.draw(st.integers(1, 255))
    with pytest.raises((DamagedError, NotMineError)):
        opened(bytes(sealed), ME)


@pytest.mark.parametrize("length", [SMALL, LARGE])
@pytest.mark.parametrize("change", [-1, 1])
def test_another_length_is_no_letter(length, change):
    sealed = seal_letter([], [ME.recipient], length=length)
    other = (sealed + b"\0")[: length + change]
    assert not is_letter(len(other), other)
    with pytest.raises(DamagedError):
        opened(other, ME)


@pytest.mark.parametrize("count", [2, 63, 65, 255, 257])
def test_another_count_of_recipients_is_no_letter(count):
    sealed = seal(b"", people(count)).ljust(LARGE, b"\0")
    assert recipients_of(LARGE, sealed) == 0
    with pytest.raises(DamagedError):
        opened(sealed, ME)


def test_a_header_answers_for_a_letter_to_one():
    header = seal_letter([], [ME.recipient])[:400]
    assert is_for(header, [OTHER, ME])
    assert not is_for(header, [OTHER])
    assert not is_for(header[:100], [ME])


def test_stock_age_and_unzip_open_it(tmp_path, require_program):
    age, unzip = require_program("age"), require_program("unzip")
    (tmp_path / "key").write_text(ME.text)
    (tmp_path / "letter.age").write_bytes(seal_letter([("letter.json", b"hello")], people(3)))
    plain = subprocess.run(
        [age, "-d", "-i", tmp_path / "key", tmp_path / "letter.age"], capture_output=True, check=True
    ).stdout
    (tmp_path / "letter.zip").write_bytes(plain)
    shown = subprocess.run([unzip, "-p", tmp_path / "letter.zip", "letter.json"], capture_output=True, check=True)
    assert shown.stdout == b"hello"
