"""A club is made: what its root says, who can sign for it, and what stays in it."""

from __future__ import annotations

import pytest

from magnitizdat.catalogue.carrying_on import need_of, root_of
from magnitizdat.catalogue.club_roots import club_of
from magnitizdat.catalogue.clubs import ClubRoot
from magnitizdat.catalogue.documents import LABEL_PATH, LabelDocument, decode
from magnitizdat.catalogue.refresh import review
from magnitizdat.disk.disk import Disk
from magnitizdat.errors import UsageError
from magnitizdat.formats.age_keys import X25519Identity
from magnitizdat.formats.spool_paths import label_path
from magnitizdat.library.club_rows import ClubRow
from magnitizdat.library.library import Library
from magnitizdat.ops.clubs.creating import create_club
from magnitizdat.ops.keep.rebuild import rebuild
from magnitizdat.ops.labels.labels import create, held_state, own_labels, take_back
from magnitizdat.ops.labels.of_clubs import of_clubs
from tests.fakes_library import NOW, make_library


@pytest.fixture
def library(tmp_path):
    with make_library(tmp_path / "mine") as made:
        yield made


def test_its_root_names_it_and_its_officers_label(library):
    made = create_club(library, "45", now=NOW)
    state = held_state(library, made.imprint)
    assert club_of(root_of(state).signed) == ClubRoot(name="45", officers=(made.officer,))
    assert (need_of(state), len(made.paper_words.split())) == (1, 24)


def test_its_officer_has_an_address_for_letters_and_a_name_that_says_nothing(library):
    made = create_club(library, "45", now=NOW)
    view = next(each for each in library.shelf.labels() if each.imprint == made.officer)
    listed = review(held_state(library, made.officer), now=NOW).targets[LABEL_PATH]
    document = decode(
        LabelDocument, library.member(label_path(made.officer, listed.stored_path)), max_length=listed.length
    )
    identity = X25519Identity.from_text(library.member(f"letter-key/{document.letters}").decode())
    assert identity.recipient.text == document.letters
    assert view.name == document.name != "45"


def test_both_labels_stay_in_the_club_and_sign_nothing_else(library):
    create(library, "Zoopark Tapes", now=NOW)
    made = create_club(library, "45", now=NOW)
    assert of_clubs(library) == dict.fromkeys((made.officer, made.imprint), made.imprint)
    assert [each.name for each in own_labels(library)] == ["Zoopark Tapes"]


def test_two_clubs_have_nothing_in_common(library):
    one, other = (create_club(library, name, now=NOW) for name in ("45", "Saigon"))
    assert one.officer != other.officer
    assert {row.name for row in library.index.listening.kept(ClubRow, "club:")} == {"45", "Saigon"}


def test_a_name_that_is_known_already_makes_no_club(library):
    create_club(library, "45", now=NOW)
    with pytest.raises(UsageError, match="mistaken"):
        create_club(library, "45", now=NOW)
    assert len(library.shelf.labels()) == 2


def test_what_makes_it_a_club_stays_when_it_is_taken_back_from_paper(library):
    made = create_club(library, "45", now=NOW)
    take_back(library, made.imprint, made.paper_words, now=NOW)
    state = held_state(library, made.imprint)
    assert root_of(state).version == 2
    assert club_of(root_of(state).signed) == ClubRoot(name="45", officers=(made.officer,))


def test_it_is_there_after_a_rebuild(library):
    made = create_club(library, "45", now=NOW)
    secrets, folder = library.secrets, library.directory
    library.close()
    for path in folder.glob("index*"):
        path.unlink()
    rebuild(folder, secrets, now=NOW, disk=Disk(private=True))
    with Library(folder, secrets) as rebuilt:
        assert of_clubs(rebuilt) == dict.fromkeys((made.officer, made.imprint), made.imprint)
        assert {each.imprint for each in rebuilt.shelf.labels()} == {made.imprint, made.officer}
