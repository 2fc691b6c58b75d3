"""Writing: sealed to whom it is for, signed by nobody unless a label is named, and kept nowhere."""

from __future__ import annotations

import pytest

from magnitizdat.catalogue.refresh import remembered
from magnitizdat.errors import UsageError
from magnitizdat.formats.age import BytesReader
from magnitizdat.formats.age_keys import X25519Identity
from magnitizdat.formats.letter_file import LARGE, SMALL
from magnitizdat.library.letter_rows import SentRow
from magnitizdat.ops.labels import labels
from magnitizdat.ops.post.inbox import inbox, read_letter
from magnitizdat.ops.post.writing import SIGNED, new_id, send_letter, write
from magnitizdat.scene.letters import ENVELOPE, MAX_TEXT, Letter, Sender, open_members
from tests.fakes_audio import make_audio
from tests.fakes_letters import NOBODY, WHEN


def said(bag, library, at=-1):
    return open_members(bag.opened(library, at))


def test_a_letter_reaches_a_friend_unsigned(mike, viktor, friends, bag):
    report = write(mike, "vitya", "Hello", now=WHEN)
    assert (report.to, report.signed_as, report.length) == ("Vitya", "", SMALL)
    bag.deliver(viktor)
    (found,) = inbox(viktor).letters
    assert (found.id, found.name, found.verdict) == (report.id, "Mike", "unproven")
    assert found.date_sent == "2026-11-29T21:00+00:00"
    assert not said(bag, viktor).envelope.signatures


def test_a_signed_letter_brings_the_roots_of_its_label(mike, viktor, friends, bag):
    """Viktor has a card of the label, and not the label: what comes along is enough."""
    report = write(mike, "Vitya", "Hello", as_="Mike", now=WHEN)
    assert report.outcome().warnings == (SIGNED,)
    bag.deliver(viktor)
    assert inbox(viktor).letters[0].says == "from «Mike», signed"
    with pytest.raises(UsageError):
        write(mike, "Vitya", "Hello", as_="Vitya", now=WHEN)


def test_who_took_a_signed_letter_proves_nothing_with_it_to_others(mike, viktor, friends, bag, tmp_path):
    write(mike, "Vitya", "Hello", as_="Mike", now=WHEN)
    taken = bag.opened(viktor)
    from tests.fakes_library import make_library
    from tests.ops.post.conftest import arrive

    with make_library(tmp_path / "third") as third:
        arrive(third, taken)
        assert inbox(third).letters[0].verdict == "forwarded"


def test_what_one_calls_oneself(mike, viktor, friends, bag):
    write(mike, "Vitya", "Hello", name="", now=WHEN)
    write(mike, "Vitya", "Hello", name="A fan\u202e", now=WHEN)
    labels.create(mike, "Another", now=WHEN)
    write(mike, "Vitya", "Hello", now=WHEN)
    assert [said(bag, viktor, at).letter.sender.name for at in range(3)] == ["", "A fan", ""]
    with pytest.raises(UsageError):
        write(mike, "Vitya", "Hello", name="x" * 513, now=WHEN)


def test_nothing_of_its_words_stays_here(mike, viktor, friends, bag):
    report = write(mike, "Vitya", "burn this", now=WHEN)
    (row,) = mike.index.listening.kept(SentRow, "sent:")
    assert (row.id, row.to, row.several) == (report.id, "Vitya", False)
    everything = b"".join(
        mike.vault.read(placement) for _, placements in mike.vault.cells() for placement in placements
    )
    assert b"burn this" not in everything


@pytest.mark.parametrize("text", ["", "  \n ", "x" * (MAX_TEXT + 1)])
def test_a_letter_has_words_and_not_too_many(mike, friends, bag, text):
    with pytest.raises(UsageError):
        write(mike, "Vitya", text, now=WHEN)
    assert not bag.sealed


def test_a_letter_of_every_length_is_of_one_size(mike, friends, bag):
    for text in ("x", "x" * 5000, "x" * MAX_TEXT):
        assert write(mike, "Vitya", text, now=WHEN).length == SMALL
    assert write(mike, "Vitya", "", demo=BytesReader(make_audio("flac", 1.0)), now=WHEN).length in {SMALL, LARGE}
    assert {len(each) for each in bag.sealed} <= {SMALL, LARGE}


def test_an_answer_needs_no_name_where_the_letter_says_one(mike, viktor, friends, bag):
    sent = write(mike, "Vitya", "Hello", now=WHEN)
    bag.deliver(viktor)
    with pytest.raises(UsageError):
        write(viktor, "", "Hello yourself", in_reply_to=sent.id, now=WHEN)
    write(viktor, "Mike", "Hello yourself", in_reply_to=sent.id[:8], now=WHEN)
    bag.deliver(mike)
    assert inbox(mike).letters[0].in_reply_to == sent.id


def test_a_label_that_cannot_sign_signs_no_letter(mike, viktor, friends, bag):
    from msgspec import structs

    from magnitizdat.catalogue.memory import Fork

    imprint = friends[0].imprint
    state = labels.held_state(mike, imprint)
    fork = Fork(role="targets", version=2, held=64 * "0", other=64 * "1")
    frozen = structs.replace(state, memory=structs.replace(state.memory, forks=(fork,)))
    with mike.changes() as changes:
        changes.put_label(imprint, frozen.files, remembered(frozen))
        changes.commit()
    with pytest.raises(UsageError):
        write(mike, "Vitya", "Hello", as_="Mike", now=WHEN)
    assert not bag.sealed


@pytest.mark.parametrize("count", [1, 2, 64, 65, 256])
def test_a_letter_to_several_opens_for_each_of_them(mike, bag, count):
    identities = [X25519Identity.generate() for _ in range(count)]
    letter = Letter(id=new_id(), recipient="mag1" + 58 * "q", sender=Sender(name="club"), text="the key")
    with mike.changes() as changes:
        length = send_letter(mike, changes, letter, [each.recipient for each in identities], now=WHEN)
        changes.commit()
    assert length == SMALL
    from magnitizdat.formats.letter_file import open_letter

    for identity in (identities[0], identities[-1]):
        found = open_letter(BytesReader(bag.sealed[0]), [identity])
        assert open_members(found).letter == letter
    (row,) = mike.index.listening.kept(SentRow, "sent:")
    assert row.several == (count > 1)


def test_roots_stay_at_home_where_they_would_make_a_letter_larger(mike, viktor, friends, bag):
    """16 000 signs of three bytes fill a small letter to the brim."""
    label = labels.find_label(mike, friends[0].imprint)
    lengths = set()
    for signs in range(15_000, 16_400, 200):
        letter = Letter(id=new_id(), recipient=NOBODY, sender=Sender(imprint=label.imprint), text="€" * signs)
        with mike.changes() as changes:
            friend = [letters_of(viktor)]
            length = send_letter(mike, changes, letter, friend, signer=label, now=WHEN)
            changes.commit()
        lengths.add((length, bool(said(bag, viktor).roots)))
    assert (SMALL, True) in lengths
    assert (SMALL, False) in lengths
    assert ENVELOPE in bag.opened(viktor)


def letters_of(library):
    return library.secrets.addresses[0].recipient


def test_reading_it_again_changes_nothing(mike, viktor, friends, bag):
    report = write(mike, "Vitya", "Hello", now=WHEN)
    bag.deliver(viktor)
    assert read_letter(viktor, report.id) == read_letter(viktor, report.id)
