"""A club of a thousand: what an expulsion sends, and to whom."""

from __future__ import annotations

import secrets

import pytest

from magnitizdat.catalogue.clubs import Admission
from magnitizdat.errors import NotMineError
from magnitizdat.formats.age import BytesReader
from magnitizdat.formats.age_keys import X25519Identity
from magnitizdat.formats.letter_file import SMALL, open_letter
from magnitizdat.formats.names import imprint_text
from magnitizdat.ops.clubs.desk import Desk
from magnitizdat.ops.clubs.expelling import expel
from magnitizdat.ops.clubs.keeping import keep_clubs
from magnitizdat.ops.clubs.rosters import club_view
from magnitizdat.scene.club_news import read_news, unpacked_ids
from magnitizdat.scene.letters import ATTACHMENT
from tests.fakes_clubs import founder
from tests.fakes_library import NOW

MEMBERS = 1000


@pytest.fixture
def crowd(tmp_path):
    """An officer, the keys of a thousand members by name, and letters that were sent before."""
    officer, imprint = founder(tmp_path)
    people = {f"Гость {number}": X25519Identity.generate() for number in range(MEMBERS)}
    with officer.library.changes() as changes:
        desk = Desk(officer.library, changes, imprint, now=NOW)
        epoch = desk.begin_epoch()
        members = [
            Admission(
                id=secrets.token_hex(16),
                name=name,
                address=key.recipient.text,
                imprint=imprint_text(secrets.token_bytes(32)),
                since=epoch.number,
                at=desk.moment,
            )
            for name, key in people.items()
        ]
        desk.add(members)
        desk.bring_keys(members)
        desk.sign()
        changes.commit()
    yield officer, imprint, people
    officer.close()


def reading(key, letters):
    """What somebody reads in those of these letters that are for them."""
    for sealed in letters:
        try:
            yield read_news(open_letter(BytesReader(sealed), [key])[ATTACHMENT])
        except NotMineError:
            continue


def test_one_let_out_of_a_thousand_takes_five_letters_and_all_others_have_the_key(crowd):
    officer, imprint, people = crowd
    before = set(officer.post())
    report = expel(officer.library, "Гость 45", now=NOW)
    letters = [each for each in officer.post() if each not in before]
    assert (report.members, report.letters) == (MEMBERS - 1, 4)
    assert [len(each) for each in letters] == [SMALL] * 5  # 320 KiB, with the goodbye
    stands = club_view(officer.library, imprint)
    for number in (0, 44, 46, 255, 256, 511, 512, 767, 768, 999):
        (news,) = reading(people[f"Гость {number}"], letters)
        assert news.epochs[-1].id == stands.in_force.id
        assert len(news.epochs) == 2  # and that before it, which they may have missed
        assert set(unpacked_ids(news.gone)) == set(stands.in_force.gone)
    (goodbye,) = reading(people["Гость 45"], letters)
    assert (goodbye.epochs, goodbye.out) == ((), "2026-05-01")
    assert keep_clubs(officer.library, now=NOW).letters == 0  # nobody is owed anything
