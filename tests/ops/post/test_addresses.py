"""Addresses for letters: a label's own is on no card, and what was sent to an old one still opens."""

from __future__ import annotations

from datetime import timedelta

import pytest
from msgspec import structs

from magnitizdat.catalogue.memory import Fork
from magnitizdat.catalogue.refresh import remembered
from magnitizdat.errors import UsageError
from magnitizdat.formats.age_keys import X25519Identity
from magnitizdat.library.letter_rows import LetterKeyRow
from magnitizdat.library.members import letter_key_name
from magnitizdat.ops.dub.from_spool import dub
from magnitizdat.ops.labels import labels
from magnitizdat.ops.labels.friends import my_card
from magnitizdat.ops.merge.merging import merge
from magnitizdat.ops.merge.other import LibrarySpool
from magnitizdat.ops.post.addresses import (
    ON_ITS_WAY,
    destroy_retired,
    label_document,
    letter_address,
    letter_identities,
    own_recipients,
    take_letters,
)
from magnitizdat.ops.post.inbox import inbox
from magnitizdat.ops.post.writing import write
from magnitizdat.scene.resting import STEP
from tests.fakes_letters import WHEN


@pytest.fixture
def label(viktor):
    return labels.create(viktor, "Kochegarka", now=WHEN)[0].imprint


def give(viktor, mike, imprint):
    """What a label of Viktor's says reaches Mike."""
    dub(mike, LibrarySpool(viktor, {imprint: viktor.label_files(imprint)}), now=WHEN)


def test_an_address_of_a_label_is_its_own(viktor, label):
    report = take_letters(viktor, "Kochegarka", "on", now=WHEN)
    assert report.signed
    assert label_document(viktor, label).letters == report.recipient
    assert report.recipient in {each.recipient.text for each in letter_identities(viktor)}
    assert report.recipient != my_card(viktor).recipient
    again = take_letters(viktor, "Kochegarka", "on", now=WHEN)
    assert (again.recipient, again.signed) == (report.recipient, False)
    assert take_letters(viktor, "Kochegarka", None, now=WHEN) == again


def test_what_a_label_says_of_itself_stays_when_it_takes_letters(viktor, label):
    before = label_document(viktor, label)
    take_letters(viktor, "Kochegarka", "on", now=WHEN)
    take_letters(viktor, "Kochegarka", "off", now=WHEN)
    assert label_document(viktor, label) == before
    assert not take_letters(viktor, "Kochegarka", "off", now=WHEN).signed


def test_a_new_address_goes_out_and_the_old_one_opens_what_is_on_its_way(viktor, label):
    old = take_letters(viktor, "Kochegarka", "on", now=WHEN).recipient
    new = take_letters(viktor, "Kochegarka", "new", now=WHEN).recipient
    assert old != new
    assert label_document(viktor, label).letters == new
    assert [each.recipient.text for each in letter_identities(viktor)][1:] in ([old, new], [new, old])
    (gone,) = [row for row in viktor.index.listening.kept(LetterKeyRow, "letter-key:") if row.retired]
    assert gone.recipient == old


def test_the_key_of_an_old_address_is_destroyed_once_nothing_is_on_its_way(viktor, label):
    old = take_letters(viktor, "Kochegarka", "on", now=WHEN).recipient
    new = take_letters(viktor, "Kochegarka", "new", now=WHEN).recipient
    over = WHEN + ON_ITS_WAY + timedelta(days=1)
    ahead = [WHEN + timedelta(days=years * 365) for years in (3, 20, 70)]  # clocks that are wrong
    begun = [WHEN + ON_ITS_WAY, *ahead, WHEN, over, over + STEP, over + 2 * STEP, over + 3 * STEP - timedelta(hours=1)]
    for when, destroyed in (*((each, 0) for each in begun), (over + 3 * STEP, 1), (over + 3 * STEP, 0)):
        with viktor.changes() as changes:
            assert destroy_retired(viktor, changes, now=when) == destroyed
            changes.commit()
    known = {each.recipient.text for each in letter_identities(viktor)}
    assert (old in known, new in known) == (False, True)
    assert old in own_recipients(viktor)
    members = {placement.member for _, placements in viktor.vault.cells() for placement in placements}
    assert letter_key_name(old) not in members


def test_an_address_that_goes_out_reaches_who_dubs_the_label(viktor, mike, label, bag):
    give(viktor, mike, label)
    with pytest.raises(UsageError):
        letter_address(mike, "Kochegarka")
    recipient = take_letters(viktor, "Kochegarka", "on", now=WHEN).recipient
    give(viktor, mike, label)
    assert letter_address(mike, "kochegarka").recipient.text == recipient
    write(mike, "Kochegarka", "Hello", now=WHEN)
    assert bag.deliver(viktor) is not None
    assert inbox(viktor).letters[0].begins == "Hello"
    take_letters(viktor, "Kochegarka", "off", now=WHEN)
    assert bag.opened(viktor)
    give(viktor, mike, label)
    with pytest.raises(UsageError):
        letter_address(mike, "Kochegarka")


def test_a_name_is_a_friend_first_and_any_address_is_one(mike, viktor, friends):
    assert letter_address(mike, "vitya").recipient.text == friends[1].recipient
    lone = X25519Identity.generate().recipient
    assert letter_address(mike, lone.text) == (lone, "", "")
    for text in ("nobody", "age1xyz", lone.text[:-1], ""):
        with pytest.raises(UsageError):
            letter_address(mike, text)


def test_a_frozen_label_is_not_written_to(mike, viktor, label):
    take_letters(viktor, "Kochegarka", "on", now=WHEN)
    give(viktor, mike, label)
    state = labels.held_state(mike, label)
    fork = Fork(role="targets", version=2, held=64 * "0", other=64 * "1")
    frozen = structs.replace(state, memory=structs.replace(state.memory, forks=(fork,)))
    with mike.changes() as changes:
        changes.put_label(label, frozen.files, remembered(frozen))
        changes.commit()
    with pytest.raises(UsageError, match="two different things"):
        letter_address(mike, "Kochegarka")


def test_only_who_signs_as_a_label_says_that_it_takes_letters(mike, viktor, label):
    with pytest.raises(UsageError):
        take_letters(mike, "Kochegarka", "on", now=WHEN)
    other = labels.create(viktor, "Another", now=WHEN)[0]
    take_letters(viktor, "Another", "on", now=WHEN)
    assert label_document(viktor, other.imprint).letters
    assert not label_document(viktor, label).letters


def test_letters_to_either_of_two_libraries_open_once_they_are_one(mike, viktor, label):
    recipient = take_letters(viktor, "Kochegarka", "on", now=WHEN).recipient
    merge(mike, viktor, now=WHEN)
    assert recipient in {each.recipient.text for each in letter_identities(mike)}
    merge(mike, viktor, now=WHEN)
