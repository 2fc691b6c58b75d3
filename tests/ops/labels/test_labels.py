"""Labels as a person handles them: told apart, found, followed, taken back from paper."""

from __future__ import annotations

import pytest

from magnitizdat.catalogue.publisher import paper_words, restore
from magnitizdat.errors import EXIT_LOCKED, MagError, UsageError
from magnitizdat.formats.names import imprint_text, imprint_words
from magnitizdat.library.journal import LabelRow
from magnitizdat.ops.dub.from_spool import dub
from magnitizdat.ops.labels import labels, publish
from magnitizdat.ops.labels.friends import my_card
from magnitizdat.ops.places.spool import FolderSpool
from tests.fakes_library import NOW, make_library, put_album
from tests.fakes_spool import Liar, is_sound, new_label, publish_all, write_spool


@pytest.fixture
def library(tmp_path):
    with make_library(tmp_path / "mine") as made:
        yield made


def test_a_label_is_found_by_everything_that_names_it(library):
    view = new_label(library)
    for text in ("zoopark tapes", view.imprint, view.imprint[:12], imprint_words(view.imprint), " Zoopark Tapes "):
        assert labels.find_label(library, text) == view
    for text in ("Tapes", view.imprint[:7], ""):
        with pytest.raises(UsageError, match="mag label list"):
            labels.find_label(library, text)
    with pytest.raises(UsageError, match="the whole name: «Zoopark Tapes»"):
        labels.find_label(library, "zoopark")


def test_two_labels_of_one_name_are_told_apart_by_words(library, tmp_path):
    for number in range(2):
        liar = Liar(tmp_path / str(number), "Same")
        dub(library, FolderSpool(liar.folder), now=NOW)
    with pytest.raises(UsageError, match="four words"):
        labels.find_label(library, "same")


@pytest.mark.parametrize("name", ["zoopark tapes", "ZOOPARK  TAPES", "Zооpаrk Tapes"])
def test_a_name_that_would_be_mistaken_for_an_own_one_is_refused(library, name):
    new_label(library)
    with pytest.raises(UsageError, match="mistaken"):
        labels.create(library, name, now=NOW)
    assert len(library.shelf.labels()) == 1


@pytest.mark.parametrize("name", ["", "x" * 600])
def test_a_name_that_no_document_takes(library, name):
    with pytest.raises(MagError):
        labels.create(library, name, now=NOW)
    assert not library.shelf.labels()


def test_an_own_label_is_not_followed(library):
    new_label(library)
    with pytest.raises(UsageError, match="your own"):
        labels.follow(library, "Zoopark Tapes")


def test_nothing_to_choose_where_there_is_no_fork(library):
    new_label(library)
    with pytest.raises(UsageError, match="is not frozen"):
        labels.choose_branch(library, "Zoopark Tapes", "ab" * 32)


def test_paper_takes_a_label_back_into_another_library(library, tmp_path):
    album, _ = put_album(library, lengths=(1000,))
    address, words = labels.create(library, "Paper", now=NOW)
    publish.publish(library, [album], labels.find_label(library, "Paper"), now=NOW)
    write_spool(library, tmp_path / "spool")
    with make_library(tmp_path / "new") as new:
        with pytest.raises(UsageError):
            labels.take_back(new, "Paper", words, now=NOW)
        dub(new, FolderSpool(tmp_path / "spool"), now=NOW)
        with pytest.raises(MagError):
            labels.take_back(new, "Paper", " ".join(["abandon"] * 23 + ["art"]), now=NOW)
        with pytest.raises(MagError) as caught:
            labels.take_back(new, "Paper", "not these words", now=NOW)
        assert caught.value.exit_code in {EXIT_LOCKED, 2, 10}
        taken, fresh_words = labels.take_back(new, "Paper", words, now=NOW)
        assert taken.imprint == address.imprint
        assert taken.checkpoint.version == 2
        assert fresh_words != words
        second, _ = put_album(new, "After", lengths=(500,))
        publish.publish(new, [second], labels.find_label(new, "Paper"), now=NOW)
        write_spool(new, tmp_path / "after")
        assert is_sound(new)
    with make_library(tmp_path / "listener") as listener:
        dub(listener, FolderSpool(tmp_path / "spool"), now=NOW)
        report = dub(listener, FolderSpool(tmp_path / "after"), now=NOW)
        assert report.refused == 0
        assert {view.title for view in listener.shelf.albums()} == {"45", "After"}
        # the thief of the old library signs in vain from now on
        other, _ = put_album(library, "Thief", lengths=(5,))
        publish.publish(library, [other], labels.find_label(library, "Paper"), now=NOW)
        write_spool(library, tmp_path / "thief")
        dub(listener, FolderSpool(tmp_path / "thief"), now=NOW)
        assert "Thief" not in {view.title for view in listener.shelf.albums()}


def test_freshness_of_what_was_never_heard_is_nothing(library):
    from magnitizdat.library.index.views import LabelView

    view = LabelView(imprint="mag1" + "q" * 58, name="-", standing="new")
    assert labels.freshness(library, view, now=NOW) is None


def test_address_and_card_name_the_same_root(library):
    view = publish_all(library, [put_album(library, lengths=(10,))[0]])
    card = my_card(library)
    assert card.imprint == view.imprint
    assert labels.address(library, view.name).checkpoint == card.checkpoint
    with pytest.raises(UsageError, match="no label"):
        labels.signing_label(library, "Other")


def test_of_several_labels_none_signs_that_nobody_named(library):
    with pytest.raises(UsageError, match="no label yet"):
        labels.signing_label(library)
    first = labels.create(library, "Zoopark Tapes", now=NOW)[0]
    assert labels.signing_label(library).imprint == first.imprint
    second = labels.create(library, "Nobody Knows", now=NOW)[0]
    for choose in (labels.signing_label, my_card):
        with pytest.raises(UsageError, match=r"«.*», «.*; say which one with --as"):
            choose(library)
    for address in (first, second):
        for said in (address.name, address.imprint, address.words):
            assert labels.signing_label(library, said).imprint == address.imprint
        assert my_card(library, label=address.name).imprint == address.imprint


def test_a_label_of_others_signs_nothing_whatever_it_is_called(library):
    mine = labels.create(library, "Zoopark Tapes", now=NOW)[0]
    with library.changes() as changes:
        for name, sign in (("Zoopark Tapes", b"1"), ("Somebody Else", b"2")):
            changes.row(LabelRow(imprint=imprint_text(sign * 32), name=name, standing="new"))
        changes.commit()
    assert labels.signing_label(library, "Zoopark Tapes").imprint == mine.imprint  # the other of that name is not mine
    with pytest.raises(UsageError, match="not your label"):
        labels.signing_label(library, "Somebody Else")


def test_who_stole_the_library_before_a_label_was_taken_back_does_not_freeze_it_here(library, tmp_path):
    _, paper = labels.create(library, "Zoopark Tapes", now=NOW)
    view = labels.find_label(library, "Zoopark Tapes")
    stolen, keys = labels.held_state(library, view.imprint), labels.label_keys(library, view.imprint)
    documents = {f"targets/{name}": body for name, body in _documents(library, view.imprint).items()}
    labels.take_back(library, "Zoopark Tapes", paper, now=NOW)
    for number in range(2):
        forged = restore(stolen, [paper_words(keys.root_seed)], now=NOW)
        folder = tmp_path / str(number)
        for path, body in {**documents, **forged.files, "metadata/1.root.json": stolen.roots()[0]}.items():
            target = folder / "labels" / view.imprint / path
            target.parent.mkdir(parents=True, exist_ok=True)
            target.write_bytes(body)
        report = dub(library, FolderSpool(folder), now=NOW)
        assert "made with a key that was replaced" in report.labels[0].verdict
    assert not labels.find_label(library, "Zoopark Tapes").frozen
    album, _ = put_album(library)
    publish.publish(library, [album], labels.find_label(library, "Zoopark Tapes"), now=NOW)


def _documents(library, imprint):
    names = library.index.cells.members_like(f"labels/{imprint}/targets/*")
    return {name.split("/targets/")[1]: library.member(name) for name in names}
