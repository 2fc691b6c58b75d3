"""The inbox: each letter once, with what its signature is worth here and now."""

from __future__ import annotations

import unicodedata

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from msgspec import structs

from magnitizdat.catalogue.documents import encode
from magnitizdat.catalogue.memory import Fork
from magnitizdat.catalogue.refresh import checkpoint, remembered
from magnitizdat.disk.disk import Disk
from magnitizdat.errors import LibraryError, UsageError
from magnitizdat.formats import budgets
from magnitizdat.library.club_rows import ClubNewsRow
from magnitizdat.library.journal import LabelRow
from magnitizdat.library.library import Library
from magnitizdat.library.members import letter_name
from magnitizdat.model import Card
from magnitizdat.ops.keep.rebuild import rebuild
from magnitizdat.ops.labels.friends import add_friend, my_card
from magnitizdat.ops.merge.merging import merge
from magnitizdat.ops.post import arriving
from magnitizdat.ops.post.inbox import attachment, forget, held, inbox, read_letter, remove, reply_address
from magnitizdat.ops.post.writing import write
from magnitizdat.scene.letters import CARD, CLUB
from tests.fakes_letters import NOBODY, WHEN, Author, beside, file_of, letter_to
from tests.fakes_library import PASSPHRASE, make_library
from tests.ops.post.conftest import arrive


@pytest.fixture(scope="module")
def author():
    found = Author("Zoopark Tapes")
    found.replace_keys()
    return found


def address(library):
    return library.secrets.addresses[0].recipient.text


def follow(library, author, *, roots=9, standing="followed"):
    """The label is here, as far as so many roots."""
    state = author.held(roots)
    with library.changes() as changes:
        changes.put_label(author.imprint, state.files, remembered(state))
        changes.row(LabelRow(imprint=author.imprint, name=author.name, standing=standing))
        changes.commit()


def line(library):
    (found,) = inbox(library).letters
    return found


def test_a_letter_is_read_and_counts_as_read(mike):
    arrive(mike, file_of(letter_to(address(mike), sender="Viktor", text="Hello,\n\nI heard your tape.")))
    assert inbox(mike).unread == 1
    assert line(mike).begins == "Hello, I heard your tape."
    found = read_letter(mike, line(mike).id)
    assert found.text == "Hello,\n\nI heard your tape."
    assert found.outcome().headline == "says it is «Viktor»: unproven"
    assert inbox(mike).unread == 0


@pytest.mark.parametrize(
    ("known", "roots", "key", "brought", "mine", "verdict"),
    [
        ("followed", 2, 1, 0, True, "signed"),
        ("followed", 1, 1, 2, True, "signed"),
        ("followed", 2, 0, 2, True, "replaced"),
        ("followed", 2, 1, 2, False, "forwarded"),
        ("followed", 1, 1, 0, True, "unproven"),
        ("new", 2, 1, 0, True, "stranger"),
        ("new", 2, 0, 0, True, "unproven"),
        ("carrier", 2, 1, 0, True, "stranger"),
        ("", 0, 1, 2, True, "stranger"),
        ("", 0, 1, 2, False, "forwarded"),
        ("", 0, 1, 0, True, "unproven"),
        ("", 0, 0, 2, True, "unproven"),
    ],
)
def test_what_a_signature_is_worth(mike, author, *, known, roots, key, brought, mine, verdict):
    if known:
        follow(mike, author, roots=roots, standing=known)
    letter = letter_to(address(mike) if mine else NOBODY, sender=author)
    arrive(mike, file_of(letter, author=author, key=key, roots=brought))
    found = line(mike)
    assert found.verdict == verdict
    assert (found.imprint == author.imprint) == (verdict != "unproven" or key < brought or key < roots)


def test_a_friend_is_called_as_we_call_them(mike, author):
    add_friend(mike, Card(name="Zoopark", imprint=author.imprint, recipient=NOBODY), name="Mike's label")
    arrive(mike, file_of(letter_to(address(mike), sender=author), author=author, roots=2))
    assert line(mike).says == "from «Mike's label», signed"


def test_a_card_that_tells_of_a_newer_root_makes_older_ones_prove_nothing(mike, author):
    """Who has the replaced key brings the first root alone; the card says that there is a second."""
    newest = author.held(2)
    card = Card(name="Zoopark", imprint=author.imprint, recipient=NOBODY, checkpoint=checkpoint(newest))
    add_friend(mike, card)
    arrive(mike, file_of(letter_to(address(mike), sender=author), author=author, key=0, roots=1))
    assert line(mike).verdict == "unproven"


def test_somebody_who_takes_a_name_of_ours_is_not_called_signed(mike, author):
    follow(mike, author)
    thief = Author(author.name)
    arrive(
        mike,
        file_of(letter_to(address(mike), sender=author.name)),
        file_of(letter_to(address(mike), sender=thief), author=thief, roots=1),
        file_of(structs.replace(letter_to(address(mike), sender=author), text="x"), author=thief, roots=1),
    )
    assert sorted(each.verdict for each in inbox(mike).letters) == ["stranger", "unproven", "unproven"]


def test_keys_that_are_replaced_later_make_an_old_letter_say_so(mike, author):
    follow(mike, author, roots=1)
    arrive(mike, file_of(letter_to(address(mike), sender=author), author=author, key=0))
    assert line(mike).verdict == "signed"
    follow(mike, author, roots=2)
    assert line(mike).verdict == "replaced"
    assert line(mike).says == "signed with a key that «Zoopark Tapes» has since replaced"


def test_of_a_label_that_signed_two_different_things_nothing_is_proven(mike, author):
    follow(mike, author)
    said, content = beside(b"{}", CLUB)
    letter = letter_to(address(mike), sender=author, attachment=said)
    arrive(mike, file_of(letter, author=author, attachment=content))
    assert [each.signer for each in held(mike, CLUB)] == [author.imprint]
    state = author.held(2)
    fork = Fork(role="root", version=2, held=64 * "0", other=64 * "1")
    frozen = structs.replace(state, memory=structs.replace(state.memory, forks=(fork,)))
    with mike.changes() as changes:
        changes.put_label(author.imprint, frozen.files, remembered(frozen))
        changes.commit()
    assert line(mike).verdict == "unproven"
    assert [each.signer for each in held(mike, CLUB)] == [""]


def test_what_comes_to_be_known_is_proven_when_the_letter_is_read(mike, author):
    arrive(mike, file_of(letter_to(address(mike), sender=author), author=author))
    assert line(mike).verdict == "unproven"
    follow(mike, author)
    assert read_letter(mike, line(mike).id).letter.verdict == "signed"
    assert line(mike).verdict == "signed"


def test_a_letter_arrives_once(mike):
    members = file_of(letter_to(address(mike)))
    assert arrive(mike, members, members) is None
    assert arrive(mike, members) is None
    assert len(inbox(mike).letters) == 1


@pytest.mark.parametrize("together", [True, False])
@pytest.mark.parametrize("first", [0, 2])
def test_copies_with_and_without_roots_are_one_letter(mike, author, first, together):
    """Whichever comes first: what proves it may come with the second, and takes nothing away from what is read."""
    letter = letter_to(address(mike), sender=author)
    copies = [file_of(letter, author=author, roots=roots) for roots in (first, 2 - first)]
    if together:
        arrive(mike, *copies)
    else:
        assert arrive(mike, copies[0]) is not None
        assert arrive(mike, copies[1]) is None
    assert line(mike).verdict == "stranger"
    remove(mike, letter.id)
    for copy in copies:
        assert arrive(mike, copy) is None


def test_who_knows_an_id_takes_the_place_of_no_letter_that_is_signed(mike, author):
    """A member of a club who reads a letter first could send another under its id to those who wait for it."""
    follow(mike, author)
    letter = letter_to(address(mike), sender=author, text="the key")
    thief = Author()
    arrive(
        mike,
        file_of(structs.replace(letter, text="no key")),
        file_of(letter_to(address(mike), sender=thief, id=letter.id), author=thief, roots=1),
        file_of(letter, author=author),
    )
    assert [each.verdict for each in inbox(mike).letters].count("signed") == 1
    found = read_letter(mike, letter.id)
    assert (found.letter.verdict, found.text) == ("signed", "the key")


def test_what_was_removed_does_not_come_again(mike, tmp_path):
    members = file_of(letter_to(address(mike), text="burn this"))
    arrive(mike, members)
    found = line(mike).id
    remove(mike, found)
    assert not mike.has_member(letter_name(found))
    assert arrive(mike, members) is None
    assert inbox(mike).letters == ()
    with pytest.raises(UsageError):
        read_letter(mike, found)
    cells = [placement.member for _, placements in mike.vault.cells() for placement in placements]
    assert letter_name(found) not in cells


def test_what_else_lay_in_the_cell_of_a_removed_letter_stays(mike):
    arrive(mike, file_of(letter_to(address(mike), text="burn this")), file_of(letter_to(address(mike), text="keep")))
    gone = next(each.id for each in inbox(mike).letters if each.begins == "burn this")
    remove(mike, gone)
    assert read_letter(mike, line(mike).id).text == "keep"
    assert arrive(mike, file_of(letter_to(address(mike)))) is not None


@given(name=st.text(max_size=80), text=st.text(max_size=300), date=st.text(max_size=32))
@settings(max_examples=40, suppress_health_check=[HealthCheck.function_scoped_fixture])
def test_nothing_that_steers_a_terminal_comes_through(mike, name, text, date):
    arrive(mike, file_of(letter_to(address(mike), sender=name, text=text, date_sent=date)))
    found = inbox(mike).letters[0]
    shown = (found.name, found.begins, found.date_sent, read_letter(mike, found.id).text.replace("\n", ""))
    seen = {sign for each in shown for sign in each} - set("\u200c\u200d")  # joiners, which words are written with
    assert not {unicodedata.category(sign) for sign in seen} & {"Cc", "Cf", "Cs", "Co", "Cn", "Zl", "Zp"}
    assert "\n" not in found.name + found.begins + found.date_sent
    remove(mike, found.id)


def test_an_id_may_be_shortened_and_has_to_mean_one(mike):
    arrive(
        mike,
        file_of(letter_to(address(mike), text="one", id="abcdef12" + 24 * "0")),
        file_of(letter_to(address(mike), text="two", id="abcdef12" + 24 * "1")),
    )
    assert read_letter(mike, "ABCDEF12" + 20 * "0" + "0").text == "one"
    for text in ("abcdef", "abcde", "", "123456", "zzzzzz"):
        with pytest.raises(UsageError):
            read_letter(mike, text)


def test_the_inbox_is_not_flooded(mike, author, monkeypatch):
    """What is held stays; of a label that we know letters still come, and of all that is too much it is said."""
    monkeypatch.setattr(arriving.budgets, "INBOX", budgets.INBOX._replace(most=3))
    follow(mike, author)
    letters = [file_of(letter_to(address(mike), text=str(number))) for number in range(9)]
    arrive(mike, *letters[:3])
    kept = {each.id for each in inbox(mike).letters}
    with mike.changes() as changes:
        arrivals = arriving.Arrivals(mike, changes, now=WHEN)
        assert [arrivals.receive(each) for each in letters[3:]] == [None] * 6
        assert (arrivals.left, list(arrivals.full)) == (6, [budgets.INBOX.sentence])
        assert arrivals.receive(file_of(letter_to(address(mike), sender=author), author=author)) is not None
        changes.commit()
    assert kept < {each.id for each in inbox(mike).letters}
    assert len(inbox(mike).letters) == 4


def test_so_many_bytes_are_too_much_as_well(mike, monkeypatch):
    monkeypatch.setattr(arriving.budgets, "INBOX_LENGTH", budgets.INBOX_LENGTH._replace(most=5000))
    said, content = beside(bytes(6000), "audio/opus")
    assert arrive(mike, file_of(letter_to(address(mike), attachment=said), attachment=content)) is None
    assert arrive(mike, file_of(letter_to(address(mike)))) is not None


def test_roots_of_strangers_are_looked_at_up_to_a_limit(mike, author, monkeypatch):
    monkeypatch.setattr(arriving.budgets, "ALL_STRANGE_METADATA", budgets.ALL_STRANGE_METADATA._replace(most=5000))
    arrive(mike, *[file_of(letter_to(address(mike), sender=author), author=author, roots=2) for _ in range(5)])
    found = [each.verdict for each in inbox(mike).letters]
    assert set(found) == {"stranger", "unproven"}


def test_an_answer_ends_the_journey_of_what_it_answers(mike, viktor, friends, bag):
    sent = write(mike, "Vitya", "Hello", now=WHEN)
    bag.deliver(viktor)
    stranger = file_of(letter_to(address(mike), in_reply_to=32 * "0"))
    arrive(mike, stranger)
    assert bag.answered == []
    write(viktor, "Mike", "Hello yourself", in_reply_to=sent.id, now=WHEN)
    bag.deliver(mike)
    assert bag.answered == [sent.id]


def test_an_answer_goes_to_the_card_beside_a_letter_or_to_the_label_that_signed(mike, viktor):
    card = my_card(viktor, name="Viktor")
    said, content = beside(encode(card), CARD)
    arrive(mike, file_of(letter_to(address(mike), sender="Viktor", attachment=said), attachment=content))
    found, answered = reply_address(mike, line(mike).id)
    assert (found.recipient.text, answered) == (card.recipient, line(mike).id)
    remove(mike, line(mike).id)
    arrive(mike, file_of(letter_to(address(mike), sender="Viktor")))
    with pytest.raises(UsageError):
        reply_address(mike, line(mike).id)


@pytest.mark.parametrize(("claimed", "offers"), [("victor", False), ("VITYA T.", True), ("", False)])
def test_a_letter_without_an_address_offers_the_friend_that_it_calls_itself(mike, viktor, claimed, offers):
    add_friend(mike, my_card(viktor, name="Viktor"), name="Vitya T.")
    arrive(mike, file_of(letter_to(address(mike), sender=claimed)))
    with pytest.raises(UsageError) as refused:
        reply_address(mike, line(mike).id)
    offered = f"`mag letter write 'Vitya T.' --reply {line(mike).id[:8]}`"
    assert (offered in str(refused.value)) == offers


def test_who_acts_on_letters_learns_who_signed_and_what_came_along(mike, author):
    said, content = beside(b"{}", CLUB)
    letter = letter_to(address(mike), sender=author, attachment=said)
    arrive(
        mike,
        file_of(letter, author=author, roots=2, attachment=content),
        file_of(
            letter_to(address(mike), sender=author, attachment=said), author=author, key=0, roots=2, attachment=content
        ),
        file_of(letter_to(NOBODY, sender="x", attachment=said), attachment=content),
        file_of(letter_to(address(mike))),
    )
    found = {(each.signer, each.is_mine): each for each in held(mike, CLUB)}
    assert set(found) == {(author.imprint, True), ("", True), ("", False)}
    best = found[author.imprint, True]
    assert (best.letter, best.attachment, len(best.roots)) == (letter, content, 2)
    with mike.changes() as changes:
        forget(mike, changes, best.key)
        changes.commit()
    assert author.imprint not in {each.signer for each in held(mike, CLUB)}


def test_news_of_a_club_that_was_acted_on_is_no_letter_to_read(mike):
    said, content = beside(b"{}", CLUB)
    arrive(mike, file_of(letter_to(address(mike), text="", attachment=said), attachment=content))
    key = line(mike).id
    for fate, shown in (("waiting", 1), ("taken", 0)):
        with mike.changes() as changes:
            changes.row(ClubNewsRow(letter=key, club="mag1" + 58 * "q", fate=fate))
            changes.commit()
        assert len(inbox(mike).letters) == shown


def test_a_library_that_is_made_anew_from_its_cells_has_its_letters(mike, author):
    follow(mike, author)
    said, content = beside(b"\xff\xd8 a picture", "image/jpeg")
    arrive(
        mike,
        file_of(
            letter_to(address(mike), sender=author, text="one", attachment=said), author=author, attachment=content
        ),
        file_of(letter_to(address(mike), text="two")),
    )
    read_letter(mike, next(each.id for each in inbox(mike).letters if each.begins == "two"))
    remove(mike, next(each.id for each in inbox(mike).letters if each.begins == "two"))
    before = inbox(mike)
    directory, secrets = mike.directory, mike.secrets
    mike.close()
    rebuild(directory, secrets, now=WHEN, disk=Disk(private=True))
    with Library(directory, secrets) as again:
        assert inbox(again) == before
        assert attachment(again, before.letters[0].id) == (said, content)


def test_two_libraries_of_one_person_become_one_with_all_letters(mike, tmp_path):
    arrive(mike, file_of(letter_to(address(mike), text="here", id=32 * "a")))
    with make_library(tmp_path / "laptop", PASSPHRASE) as laptop:
        arrive(
            laptop,
            file_of(letter_to(address(laptop), text="there", id=32 * "b")),
            file_of(letter_to(address(laptop), text="gone", id=32 * "c")),
        )
        remove(laptop, 32 * "c")
        arrive(mike, file_of(letter_to(address(mike), text="gone", id=32 * "c")))
        merge(mike, laptop, now=WHEN)
    assert sorted(each.begins for each in inbox(mike).letters) == ["here", "there"]
    assert read_letter(mike, 32 * "b").text == "there"
    assert not mike.has_member(letter_name(32 * "c"))


def test_a_letter_whose_cell_is_lost_is_told_and_can_be_taken_off_the_list(mike):
    letter = letter_to(address(mike), text="lost")
    arrive(mike, file_of(letter))
    with mike.index.transaction():
        mike.index.cells.forget_members([letter_name(letter.id)])
    with pytest.raises(LibraryError, match="--remove"):
        read_letter(mike, letter.id)
    remove(mike, letter.id)
    assert inbox(mike).letters == ()
