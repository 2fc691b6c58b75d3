"""Letters that pretend to come from a club's officers: nothing of them counts, and what is held stays as it is."""

from __future__ import annotations

import secrets
from base64 import b64encode

import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st
from msgspec.structs import replace

from magnitizdat.catalogue.clubs import MAX_NUMBER, ClubRoot, Epoch, Expulsion, Roster
from magnitizdat.errors import DamagedError, MagError, UsageError
from magnitizdat.formats.age_keys import X25519Identity, X25519Recipient
from magnitizdat.formats.letter_file import seal_letter
from magnitizdat.library.club_rows import ClubLabelRow
from magnitizdat.ops.clubs.admitting import admit
from magnitizdat.ops.clubs.expelling import expel
from magnitizdat.ops.clubs.keys import keys_here
from magnitizdat.ops.clubs.listing import members
from magnitizdat.ops.clubs.receiving import invitations, join
from magnitizdat.ops.clubs.rosters import club_root, club_view, clubs, letters_address, my_label, words_of
from magnitizdat.ops.labels.labels import create, held_state, label_keys
from magnitizdat.ops.voices.saying import say_voices
from magnitizdat.scene.club_news import CLUB_NEWS, ClubNews, EpochKey, news_bytes, packed_ids, read_news, unpacked_ids
from magnitizdat.scene.clubs import view
from magnitizdat.scene.letters import Letter, Sender, attached, letter_members
from magnitizdat.scene.rosters import added, sealed_part
from tests.fakes_clubs import CLUB, Person, founder, identities, several_officers
from tests.fakes_library import NOW


@pytest.fixture
def scene(tmp_path):
    """An officer, a member, and somebody who means them no good: (they, the club)."""
    officer, imprint = founder(tmp_path)
    viktor, false_friend = Person(tmp_path, "Виктор"), Person(tmp_path, "Лжедмитрий")
    create(false_friend.library, "Лжедмитрий", now=NOW)
    admit(officer.library, viktor.card, name="Виктор", now=NOW)
    viktor.join(viktor.collect(officer.post()))
    yield officer, viktor, false_friend, imprint
    for each in (officer, viktor, false_friend):
        each.close()


def roots_of(person, imprint):
    return tuple(root.decode() for root in held_state(person.library, imprint).roots())


def some_epoch(number=7):
    return EpochKey(id=secrets.token_hex(16), number=number, identity=X25519Identity.generate().text)


def news_of(officer, imprint, **fields):
    return ClubNews(club=imprint, name=CLUB, roots=roots_of(officer, imprint), epochs=(some_epoch(),), **fields)


def written(content, to, *, signer=None, imprint="", recipient=""):
    """A letter file with this beside it, signed by a label of somebody's (they, its imprint) or by nobody."""
    address = to.library.secrets.addresses[0].recipient.text
    letter = Letter(
        id=secrets.token_hex(16),
        recipient=recipient or address,
        sender=Sender(name=CLUB, imprint=imprint or (signer[1] if signer else "")),
        date_sent=NOW.isoformat(),
        attachment=attached(content, CLUB_NEWS),
    )
    seed = label_keys(signer[0].library, signer[1]).online_seed if signer else None
    roots = held_state(signer[0].library, signer[1]).roots() if signer else ()
    return seal_letter(
        letter_members(letter, seed=seed, attachment=content, roots=roots), [X25519Recipient.from_text(address)]
    )


def own(person):
    return person, next(view.imprint for view in person.library.shelf.labels() if view.standing == "own")


def as_officer(officer, imprint):
    return officer, my_label(officer.library, imprint, club_root(officer.library, imprint)).imprint


def stands(person, imprint):
    """All that letters may change."""
    return clubs(person.library), keys_here(person.library), club_view(person.library, imprint)


def test_what_an_officer_signed_counts(scene):
    officer, viktor, _, imprint = scene
    before = len(keys_here(viktor.library))
    content = news_bytes(news_of(officer, imprint))
    assert viktor.collect([written(content, viktor, signer=as_officer(officer, imprint))]).keys == (CLUB,)
    assert len(keys_here(viktor.library)) == before + 1


@pytest.mark.parametrize("out", ["", "2026-05-01"])
def test_what_nobody_or_a_stranger_signed_does_not(scene, out):
    officer, viktor, false_friend, imprint = scene
    before, content = stands(viktor, imprint), news_bytes(news_of(officer, imprint, out=out))
    _, speaker = as_officer(officer, imprint)
    for sealed in (
        written(content, viktor),
        written(content, viktor, imprint=speaker),
        written(content, viktor, signer=own(false_friend)),
        written(content, viktor, signer=own(false_friend), imprint=speaker),
    ):
        taken = viktor.collect([sealed])
        assert (taken.keys, taken.out, taken.waiting) == ((), (), ())
    assert stands(viktor, imprint) == before
    assert invitations(viktor.library) == ()


def test_a_club_of_ones_own_making_is_no_other_club(scene, tmp_path):
    """Whoever makes a club of the same name lets nobody into the other one, and out of none."""
    officer, viktor, _, imprint = scene
    other, theirs = founder(tmp_path, "Двойник")
    before, signer = stands(viktor, imprint), as_officer(other, theirs)
    for news in (
        replace(news_of(other, theirs), club=imprint),
        replace(news_of(other, theirs), club=imprint, roots=roots_of(officer, imprint)),
        replace(news_of(other, theirs, out="2026-05-01"), club=imprint, roots=roots_of(officer, imprint)),
        news_of(other, theirs, out="2026-05-01"),
    ):
        taken = viktor.collect([written(news_bytes(news), viktor, signer=signer)])
        assert (taken.keys, taken.out, taken.waiting) == ((), (), ())
    assert stands(viktor, imprint) == before
    (waiting,) = viktor.collect([written(news_bytes(news_of(other, theirs)), viktor, signer=signer)]).waiting
    assert waiting.club == theirs
    with pytest.raises(MagError, match="NOT"):  # the name could be taken for the other
        join(viktor.library, waiting.letter, now=NOW)
    assert join(viktor.library, waiting.letter, sure=True, now=NOW).imprint == theirs
    other.close()


def test_what_was_written_to_somebody_else_does_not_count(scene):
    officer, viktor, false_friend, imprint = scene
    content = news_bytes(news_of(officer, imprint))
    theirs = false_friend.library.secrets.addresses[0].recipient.text
    sealed = written(content, viktor, signer=as_officer(officer, imprint), recipient=theirs)
    assert not viktor.collect([sealed]).keys


def test_the_same_letter_counts_once(scene):
    officer, viktor, _, imprint = scene
    sealed = written(news_bytes(news_of(officer, imprint)), viktor, signer=as_officer(officer, imprint))
    assert viktor.collect([sealed]).keys
    before = stands(viktor, imprint)
    assert not viktor.collect([sealed]).keys
    assert stands(viktor, imprint) == before


@pytest.mark.parametrize(
    "change",
    [
        {"epochs": [{"id": "ab" * 16, "number": 1 << 53, "identity": "AGE-SECRET-KEY-1" + "Q" * 58}]},
        {"epochs": [{"id": "ab" * 16, "number": 0, "identity": "AGE-SECRET-KEY-1" + "Q" * 58}]},
        {"epochs": [{"id": "ab" * 16, "number": 1, "identity": "AGE-SECRET-KEY-1" + "Q" * 58}] * 257},
        {"epochs": [{"id": "../ab", "number": 1, "identity": "AGE-SECRET-KEY-1" + "Q" * 58}]},
        {"epochs": [{"id": "ab" * 16, "number": 1, "identity": "AGE-SECRET-KEY-1" + "Q" * 58}]},
        {"epochs": [{"id": "ab" * 16, "number": 1.5, "identity": ""}]},
        {"club": "mag1" + "q" * 58},
        {"gone": "!" * 20},
        {"gone": b64encode(b"17 bytes are none").decode()},
        {"gone": b64encode(bytes(16 * 2000)).decode()},
        {"roots": ["{}"]},
        {"roots": ["[" * 5000]},
        {"roots": []},
        {"roots": ["{}"] * 65},
        {"name": ""},
        {"schema": "magnitizdat/club-news/2"},
        {"schema": "magnitizdat/card/1"},
    ],
)
def test_news_that_is_odd_changes_nothing_that_is_held(scene, change):
    officer, viktor, _, imprint = scene
    before = stands(viktor, imprint)
    plain = msgspec.json.decode(news_bytes(news_of(officer, imprint)))
    content = msgspec.json.encode({**plain, **change})
    taken = viktor.collect([written(content, viktor, signer=as_officer(officer, imprint))])
    assert not taken.waiting
    if change != {"roots": []}:  # the roots are here already
        assert not taken.keys
        assert stands(viktor, imprint) == before


@given(junk=st.binary(max_size=200))
def test_what_is_no_news_is_damaged(junk):
    with pytest.raises(DamagedError):
        read_news(junk)


@given(ids=st.lists(st.binary(min_size=16, max_size=16).map(bytes.hex), max_size=40, unique=True))
def test_ids_come_back_packed(ids):
    assert unpacked_ids(packed_ids(ids)) == tuple(sorted(ids))


def test_a_letter_that_is_none_lets_nobody_in(scene):
    officer, viktor, _, imprint = scene
    viktor.collect([written(news_bytes(news_of(officer, imprint, out="2026-05-01")), viktor)])
    for text in ("", "zz", "ab12cd34ef"):
        with pytest.raises(UsageError):
            join(viktor.library, text, now=NOW)


def test_a_strangers_documents_open_no_door_and_let_nobody_out(scene):
    officer, viktor, false_friend, imprint = scene
    before = stands(viktor, imprint), members(officer.library)
    (member,) = before[1].members
    label = next(view for view in false_friend.library.shelf.labels() if view.standing == "own")
    key = X25519Identity.generate().recipient.text
    false_epoch = Epoch(id="cd" * 16, club=imprint, number=MAX_NUMBER, recipient=key, gone=(member.id,))
    (part,) = added({}, [Expulsion(id=member.id)]).values()
    to = letters_address(officer.library, as_officer(officer, imprint)[1])
    roster = Roster(club=imprint, sealed=sealed_part(part, [to]))
    with false_friend.library.changes() as changes:
        say_voices(false_friend.library, changes, label, [false_epoch, roster], now=NOW)
        changes.row(ClubLabelRow(imprint=label.imprint, club=imprint))
        changes.commit()
    for each in (officer, viktor):
        each.hear(false_friend)
        with each.library.changes() as changes:  # though they came on a reel of the club
            changes.row(ClubLabelRow(imprint=label.imprint, club=imprint))
            changes.commit()
    assert members(officer.library) == before[1]
    assert club_view(viktor.library, imprint).in_force == before[0][2].in_force


def test_of_an_epoch_counts_what_was_said_first(scene):
    officer, viktor, _, imprint = scene
    signer, epoch = as_officer(officer, imprint), some_epoch()
    first = replace(news_of(officer, imprint), epochs=(epoch,), gone=packed_ids(["ab" * 16, "cd" * 16]))
    viktor.collect([written(news_bytes(first), viktor, signer=signer)])
    before = stands(viktor, imprint)
    other_key = replace(epoch, identity=X25519Identity.generate().text)
    for later in (
        replace(first, gone=""),
        replace(first, gone=packed_ids(["ab" * 16])),
        replace(first, epochs=(other_key,)),
    ):
        assert not viktor.collect([written(news_bytes(later), viktor, signer=signer)]).keys
    assert stands(viktor, imprint) == before


def test_a_key_that_the_document_proves_wrong_gives_way(scene):
    officer, viktor, _, imprint = scene
    signer = as_officer(officer, imprint)
    expelled = expel(officer.library, "Виктор", silent=True, now=NOW)
    admit(officer.library, viktor.card, name="Виктор", now=NOW)
    in_force = club_view(officer.library, imprint).in_force
    wrong = EpochKey(id=in_force.id, number=expelled.epoch, identity=X25519Identity.generate().text)
    news = replace(news_of(officer, imprint), epochs=(wrong,))
    viktor.collect([written(news_bytes(news), viktor, signer=signer)])
    assert identities(viktor.library)[0].recipient.text != in_force.recipient
    viktor.hear(officer)
    letters = set(officer.post())
    admit(officer.library, viktor.card, now=NOW)
    assert viktor.collect([each for each in officer.post() if each not in letters]).keys == (CLUB,)
    assert identities(viktor.library)[0].recipient.text == in_force.recipient


@pytest.fixture
def rogue(tmp_path):
    """Two officers and a member, who heard of both: (they, the club, the labels of the officers)."""
    (honest, other), imprint = several_officers(tmp_path, "Честный", "Лукавый")
    member = Person(tmp_path, "Виктор")
    admit(honest.library, member.card, name="Виктор", now=NOW)
    member.join(member.collect(honest.post()))
    labels = [as_officer(each, imprint)[1] for each in (honest, other)]
    yield honest, other, member, imprint, labels
    for each in (honest, other, member):
        each.close()


def in_force(person, imprint, *, officers, former=()):
    """What would be in force there if the root of the club said this."""
    root = ClubRoot(name=CLUB, officers=tuple(officers), former=tuple(former))
    return view(root, words_of(person.library, imprint, root)).in_force


@pytest.mark.parametrize("number", [1, 7, MAX_NUMBER])
def test_a_key_told_in_the_name_of_another_goes_with_who_told_it(rogue, number):
    honest, other, member, imprint, (his, theirs) = rogue
    told = EpochKey(id="0" * 32, number=number, identity=X25519Identity.generate().text, officer=his)
    gone = packed_ids(["f" * 32])
    news = replace(news_of(honest, imprint), epochs=(told,), gone=gone)
    before = in_force(member, imprint, officers=[his])
    member.collect([written(news_bytes(news), member, signer=(other, theirs))])
    assert in_force(member, imprint, officers=[his, theirs]).id == told.id  # he is an officer, and may make one
    assert in_force(member, imprint, officers=[his]) == before
    assert in_force(member, imprint, officers=[his], former=[theirs]) is None


def test_what_the_maker_writes_himself_is_heard_before_what_another_told_of_it(rogue):
    honest, other, member, imprint, (his, theirs) = rogue
    right = EpochKey(id="ab" * 16, number=3, identity=X25519Identity.generate().text, officer=his)
    wrong = replace(right, number=9, identity=X25519Identity.generate().text)
    for false in (wrong, replace(right, number=9)):
        news = replace(news_of(honest, imprint), epochs=(replace(false, id=secrets.token_hex(16)),))
        key = replace(right, id=news.epochs[0].id)
        false_news = replace(news, gone=packed_ids(["cd" * 16]))
        member.collect([written(news_bytes(false_news), member, signer=(other, theirs))])
        true_news = replace(news, epochs=(key,), gone=packed_ids(["ef" * 16]))
        member.collect([written(news_bytes(true_news), member, signer=(honest, his))])
        member.collect([written(news_bytes(false_news), member, signer=(other, theirs))])
        (row,) = (each for each in keys_here(member.library) if each.id == key.id)
        assert (row.number, row.recipient, row.gone) == (3, right.opens().recipient.text, ("ef" * 16,))
        assert (row.officer, row.teller) == (his, his)
