"""Senders who are not heard: a label by its imprint, whoever proved nothing by the name that they say."""

from __future__ import annotations

import pytest

from magnitizdat.catalogue.refresh import remembered
from magnitizdat.errors import UsageError
from magnitizdat.formats.names import imprint_words
from magnitizdat.library.journal import LabelRow
from magnitizdat.ops.post.blocking import block
from magnitizdat.ops.post.inbox import inbox
from tests.fakes_letters import WHEN, Author, file_of, letter_to
from tests.ops.post.conftest import arrive


@pytest.fixture
def author(mike):
    """A label that Mike follows."""
    found = Author("Zoopark")
    with mike.changes() as changes:
        changes.put_label(found.imprint, found.state.files, remembered(found.state))
        changes.row(LabelRow(imprint=found.imprint, name=found.name, standing="followed"))
        changes.commit()
    return found


def unproven(mike, name):
    return file_of(letter_to(mike.secrets.addresses[0].recipient.text, sender=name))


def signed(mike, author):
    return file_of(letter_to(mike.secrets.addresses[0].recipient.text, sender=author), author=author, roots=1)


def verdicts(mike):
    return sorted((each.verdict, each.name) for each in inbox(mike).letters)


def test_a_sender_who_is_silenced_is_shown_no_more_and_comes_no_more(mike):
    arrive(mike, unproven(mike, "Spam"), unproven(mike, "Viktor"))
    report = block(mike, "  spam ", now=WHEN)
    assert (report.names, report.labels, report.hidden) == (("spam",), (), 1)
    assert verdicts(mike) == [("unproven", "Viktor")]
    assert inbox(mike).silenced == 1
    assert arrive(mike, unproven(mike, "SPAM")) is None
    assert arrive(mike, unproven(mike, "Spam\u200b")) is None
    assert inbox(mike).silenced == 1


def test_who_takes_the_name_of_a_silenced_one_silences_nobody_that_is_proven(mike, author):
    """Silence of a name is silence of those who prove nothing: the label of that name is heard."""
    arrive(mike, unproven(mike, "Zoopark"))
    block(mike, "Zoopark", now=WHEN)
    assert arrive(mike, signed(mike, author)) is not None
    assert verdicts(mike) == [("signed", "Zoopark")]


@pytest.mark.parametrize("how", ["name", "words", "imprint", "id"])
def test_a_label_is_silenced_by_whatever_names_it(mike, author, how):
    arrive(mike, signed(mike, author))
    names = {"name": "zoopark", "words": imprint_words(author.imprint), "imprint": author.imprint}
    names["id"] = inbox(mike).letters[0].id[:10]
    assert block(mike, names[how], now=WHEN).labels == (author.imprint,)
    assert arrive(mike, signed(mike, author)) is None
    assert arrive(mike, unproven(mike, "Zoopark")) is not None
    author.name = "Another"
    assert arrive(mike, signed(mike, author)) is None


def test_a_silenced_sender_can_be_heard_again(mike, author):
    arrive(mike, unproven(mike, "Spam"), signed(mike, author))
    for who in ("Spam", "Zoopark"):
        block(mike, who, now=WHEN)
    assert verdicts(mike) == []
    for who in ("Spam", "Zoopark"):
        assert not block(mike, who, now=WHEN, silent=False).silent
    assert len(verdicts(mike)) == 2
    assert arrive(mike, unproven(mike, "Spam")) is not None


def test_nobody_is_silenced_who_did_not_write(mike):
    for who in ("Nobody", "", "abcdef12"):
        with pytest.raises(UsageError):
            block(mike, who, now=WHEN)
    with pytest.raises(UsageError):
        block(mike, "Nobody", now=WHEN, silent=False)


def test_without_a_name_nobody_can_be_silenced_by_it(mike):
    """Else all who say none would be."""
    arrive(mike, unproven(mike, ""))
    with pytest.raises(UsageError):
        block(mike, inbox(mike).letters[0].id, now=WHEN)
