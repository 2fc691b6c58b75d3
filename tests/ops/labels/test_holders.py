"""Holders of a label: cards, appointing, signing, handing over, with real libraries in folders."""

from __future__ import annotations

import json
import shutil
from itertools import chain

import msgspec
import pytest
from tuf.api.metadata import Targets

from magnitizdat.catalogue.carrying_on import caught_up, need_of, newest_list
from magnitizdat.catalogue.forms import MAX_VERSION
from magnitizdat.catalogue.holder_cards import card_bytes, read_card
from magnitizdat.catalogue.metadata import read_statement
from magnitizdat.catalogue.proposals import read_proposal, signature_text
from magnitizdat.catalogue.publisher import publish as sign_list
from magnitizdat.catalogue.publisher import speaks_for
from magnitizdat.catalogue.refresh import heard, label_state, review
from magnitizdat.catalogue.trust import previous_of
from magnitizdat.disk.disk import Disk
from magnitizdat.errors import DamagedError, NotFoundError, NotVerifiedError, UsageError, WrongPassphraseError
from magnitizdat.library.library import Library, unlock
from magnitizdat.library.members import holder_name, keys_name
from magnitizdat.model import Checkpoint
from magnitizdat.ops.dub.from_spool import dub
from magnitizdat.ops.keep.backup import backup
from magnitizdat.ops.keep.rebuild import rebuild
from magnitizdat.ops.keep.upkeep import status
from magnitizdat.ops.labels.handing_over import hand_over
from magnitizdat.ops.labels.holder_keys import Names, own_seeds
from magnitizdat.ops.labels.holders import appoint, held, holder_card, standing
from magnitizdat.ops.labels.kept_proposals import keep
from magnitizdat.ops.labels.labels import create, find_label, held_state, label_keys, signing_label, take_back
from magnitizdat.ops.labels.publish import publish
from magnitizdat.ops.labels.scanned import scanned
from magnitizdat.ops.labels.signing import look, sign
from magnitizdat.ops.merge.merging import merge
from magnitizdat.ops.merge.other import LibrarySpool
from magnitizdat.pages.qr import png_qr
from tests.fakes_library import NOW, PASSPHRASE, make_library, put_album

HOLDERS = ("mike", "anna", "igor", "olga")
LABEL = "Zoopark"


class Scene(dict[str, Library]):
    """People with a library each. Whoever meets gives the other all that is known of the label, and files."""

    def __init__(self, folder):
        super().__init__()
        self.folder, self.meetings, self.imprint = folder, 0, ""

    def join(self, *names: str) -> None:
        self.update({name: make_library(self.folder / name) for name in names})

    def meet(self, giver: str, taker: str) -> None:
        self.meetings += 1
        self.pass_label(giver, taker)

    def pass_label(self, giver: str, taker: str):
        """As a reel would bring it: its papers, verified again."""
        files = self[giver].label_files(self.imprint)
        return dub(self[taker], LibrarySpool(self[giver], {self.imprint: files}), now=NOW)

    def state(self, name: str):
        return held_state(self[name], self.imprint)

    def close(self) -> None:
        for library in self.values():
            library.close()


@pytest.fixture
def scene(tmp_path):
    made = Scene(tmp_path)
    made.join("author", *HOLDERS)
    yield made
    made.close()


def born(scene):
    address, words = create(scene["author"], LABEL, now=NOW)
    scene.imprint = address.imprint
    for name in HOLDERS:
        scene.pass_label("author", name)
    return words


def cards(scene, *names):
    return [read_card(card_bytes(holder_card(scene[name], name, now=NOW))) for name in names]


def signed_by(scene, report, *names):
    """The proposal goes from one to the next."""
    for name in names:
        report = sign(scene[name], [report.proposal.encode()], now=NOW)
    return report


def three_of_five(scene):
    """The label, carried on by three of five, in force in all libraries; words of the old paper come back."""
    words = born(scene)
    report = appoint(scene["author"], LABEL, need=3, cards=cards(scene, *HOLDERS), with_me=True, now=NOW)
    report = signed_by(scene, report, "mike", "anna", "author")
    for name in HOLDERS:
        scene.pass_label("author", name)
    return words, report


# -- appointing ------------------------------------------------------------------------------------------------------


def test_round_by_round(scene):
    born(scene)
    first = appoint(scene["author"], LABEL, need=3, cards=cards(scene, *HOLDERS), with_me=True, now=NOW)
    assert (first.old, first.need_old, first.own, first.need_own) == (1, 1, 1, 3)
    assert not first.complete
    assert any("this library (" in each for each in first.signed_by)
    assert label_keys(scene["author"], scene.imprint).root_seed is not None
    second = sign(scene["mike"], [first.proposal.encode()], now=NOW)
    assert (second.own, second.complete, second.taken) == (2, False, "")
    third = sign(scene["anna"], [second.proposal.encode()], now=NOW)
    assert (third.complete, third.taken) == (True, "taken")
    last = sign(scene["author"], [third.proposal.encode()], now=NOW)
    assert (last.taken, last.forgot) == ("published", True)
    assert "Burn the old paper" in " ".join(last.outcome().lines)
    found = standing(scene["author"], LABEL)
    assert (found.need, found.of, found.version) == (3, 5, 2)
    assert {holder.name for holder in found.holders} == {*HOLDERS, LABEL}
    assert [holder.here for holder in found.holders].count(True) == 1


def test_signatures_may_come_from_each_alone(scene):
    """Everybody has the proposal; what comes back is a small QR of each."""
    born(scene)
    report = appoint(scene["author"], LABEL, need=2, cards=cards(scene, *HOLDERS), now=NOW)
    given = [sign(scene[name], [report.proposal.encode()], now=NOW).signature for name in ("olga", "igor")]
    with pytest.raises(UsageError, match="proposal"):
        sign(scene["mike"], [given[0].encode()], now=NOW)
    taken = sign(scene["author"], [each.encode() for each in given], now=NOW)
    assert taken.taken == "published"


def on_papers(scene, **others):
    """Holders who are papers, their words seen and then signed for."""
    asked = appoint(scene["author"], LABEL, now=NOW, **others)
    return asked, sign(scene["author"], [asked.proposal.encode()], now=NOW)


def test_papers_sign_when_they_are_made(scene):
    """Their words are in this computer anyway; later somebody types them in."""
    born(scene)
    asked, report = on_papers(scene, need=2, papers=3)
    assert (asked.own, asked.old, asked.taken, asked.forgot) == (3, 0, "", False)
    assert report.taken == "published"
    assert len(asked.paper_words) == 3
    assert all(len(words.split()) == 24 for words in asked.paper_words)
    assert "a paper" in str(standing(scene["author"], LABEL).holders[0].shown)


def test_a_root_key_that_carries_nothing_on_is_in_no_cell_any_more(scene):
    author = scene["author"]
    born(scene)
    seed = label_keys(author, scene.imprint).root_seed
    put_album(author, lengths=(300_000, 20_000))
    before = {cell for cell, members in author.vault.cells() for each in members if seed in author.vault.read(each)}
    assert before
    on_papers(scene, need=2, papers=3)
    for _, members in author.vault.cells():
        assert not [each.member for each in members if seed in author.vault.read(each)]
    assert not [cell for cell in before if author.vault.cell_path(cell).exists()]
    assert all(view.complete for view in author.shelf.own_albums())


def test_a_key_that_was_replaced_is_in_no_cell_any_more(scene, tmp_path):
    """Neither where the label was taken back, nor where another library of the same person came with its keys."""
    words = born(scene)
    author = scene["author"]
    before = label_keys(author, scene.imprint)
    put_album(author, lengths=(300_000, 20_000))
    scene["laptop"] = Library(copied(author, tmp_path / "laptop"), unlock(author.directory, PASSPHRASE))
    take_back(author, LABEL, words, now=NOW)
    merge(scene["laptop"], author, now=NOW)
    for library in (author, scene["laptop"]):
        assert label_keys(library, scene.imprint) == label_keys(author, scene.imprint) != before
        kept = [library.vault.read(each) for _, members in library.vault.cells() for each in members]
        assert not [content for content in kept if before.root_seed in content or before.online_seed in content]
        assert review(held_state(library, scene.imprint), now=NOW).checkpoint.version == 2
        assert all(view.complete for view in library.shelf.own_albums())


def test_words_that_nobody_saw_end_no_label(scene):
    """A pipe that closed, an answer that was lost: until somebody signs, the label is what it was, and asked anew."""
    born(scene)
    author = scene["author"]
    seed = label_keys(author, scene.imprint).root_seed
    lost = appoint(author, LABEL, need=2, papers=3, now=NOW)
    assert "Write the words down first" in " ".join(lost.outcome().lines)
    assert need_of(scene.state("author")) == 1
    assert label_keys(author, scene.imprint).root_seed == seed
    again = appoint(author, LABEL, need=2, papers=3, now=NOW)
    assert [each.sha256 for each in held(author).waiting] == [again.sha256]
    assert sign(author, [], now=NOW).taken == "published"
    assert need_of(scene.state("author")) == 2
    next_ = appoint(author, LABEL, with_me=True, now=NOW)
    assert sign(author, [next_.proposal.encode()], words=again.paper_words[:2], now=NOW).taken == "published"


def test_a_root_that_came_with_a_dub_is_forgotten_too(scene):
    born(scene)
    report = appoint(scene["author"], LABEL, need=2, cards=cards(scene, *HOLDERS), now=NOW)
    signed_by(scene, report, "mike", "anna")
    scene.pass_label("anna", "author")
    assert need_of(scene.state("author")) == 2
    assert label_keys(scene["author"], scene.imprint).root_seed is None
    assert speaks_for(scene.state("author"), label_keys(scene["author"], scene.imprint))


@pytest.mark.parametrize(
    ("need", "papers", "why"), [(0, 3, "--need"), (1, 3, "at least two"), (3, 3, "one lost key"), (2, 17, "at most 16")]
)
def test_what_cannot_be_is_said(scene, need, papers, why):
    born(scene)
    with pytest.raises(UsageError, match=why):
        appoint(scene["author"], LABEL, need=need, papers=papers, now=NOW)
    assert not held(scene["author"]).waiting


def test_nobody_proposes_for_a_label_of_others(scene):
    born(scene)
    with pytest.raises(UsageError, match="ask its keeper"):
        appoint(scene["mike"], LABEL, need=2, papers=3, now=NOW)
    with pytest.raises(UsageError, match="no holders yet"):
        hand_over(scene["mike"], LABEL, now=NOW)


def test_one_card_twice_is_one_holder_too_many(scene):
    born(scene)
    (card,) = cards(scene, "mike")
    with pytest.raises(UsageError, match="twice"):
        appoint(scene["author"], LABEL, need=2, cards=[card, card, *cards(scene, "anna")], now=NOW)


def test_each_label_gets_a_card_of_its_own(scene):
    born(scene)
    mike = scene["mike"]
    first = holder_card(mike, "mike", now=NOW)
    assert holder_card(mike, "mike", now=NOW) == first
    assert holder_card(mike, "Miki", now=NOW) != first
    report = appoint(scene["author"], LABEL, need=2, cards=[first, *cards(scene, "anna", "igor")], now=NOW)
    look(mike, [report.proposal.encode()], now=NOW)
    assert holder_card(mike, "mike", now=NOW).key != first.key


def test_later_holders_are_replaced_by_holders(scene):
    """The author's wishes too."""
    three_of_five(scene)
    scene.join("new")
    scene.pass_label("author", "new")
    report = appoint(scene["author"], LABEL, cards=cards(scene, "new"), out=["olga"], now=NOW)
    assert (report.old, report.own, report.need_own) == (1, 1, 3)
    assert not report.complete
    report = signed_by(scene, report, "mike", "igor", "author")
    assert report.taken == "published"
    assert {holder.name for holder in standing(scene["author"], LABEL).holders} == {
        "mike",
        "anna",
        "igor",
        "new",
        LABEL,
    }
    with pytest.raises(UsageError, match="not one of its holders"):
        appoint(scene["author"], LABEL, out=["nobody"], papers=1, now=NOW)


# -- signing ---------------------------------------------------------------------------------------------------------


def test_what_is_signed_is_said_in_words(scene):
    three_of_five(scene)
    report = hand_over(scene["mike"], LABEL, papers=1, out=[holder_key(scene, "olga")], now=NOW)
    seen = look(scene["anna"], [report.proposal.encode()], now=NOW)
    told = " ".join(seen.changes)
    assert "new keeper" in told
    assert holder_key(scene, "olga")[:8] in told
    assert "3 of 5 must sign each root after it, as before." in told
    assert "up to version 2" in told
    assert seen.can_sign
    assert not seen.signed_now
    assert held(scene["anna"]).waiting[0].can_sign
    assert "waits for your signature" in held(scene["anna"]).waiting[0].sentence
    sign(scene["anna"], [], now=NOW)  # the one that waits
    assert not held(scene["anna"]).waiting[0].can_sign


def holder_key(scene, name):
    (key,) = own_seeds(scene[name])
    return key


def test_a_library_signs_one_root_a_version(scene):
    three_of_five(scene)
    first = hand_over(scene["mike"], LABEL, now=NOW)
    other = hand_over(scene["igor"], LABEL, now=NOW)
    sign(scene["anna"], [first.proposal.encode()], now=NOW)
    with pytest.raises(NotVerifiedError, match="already signed another next root of «Zoopark»") as caught:
        sign(scene["anna"], [other.proposal.encode()], now=NOW)
    assert caught.value.exit_code == 10
    with pytest.raises(NotVerifiedError, match="--instead"):
        hand_over(scene["anna"], LABEL, now=NOW)
    sign(scene["anna"], [first.proposal.encode()], now=NOW)  # the same again is no other
    report = sign(scene["anna"], [other.proposal.encode()], now=NOW, instead=True)
    assert report.signed_now == 1


def test_what_was_signed_is_noted_through_rebuild_and_merge(scene, tmp_path):
    three_of_five(scene)
    first = hand_over(scene["mike"], LABEL, now=NOW)
    other = hand_over(scene["igor"], LABEL, now=NOW)
    sign(scene["anna"], [first.proposal.encode()], now=NOW)
    backup(scene["anna"], tmp_path / "copy", disk=Disk())
    keys = own_seeds(scene["anna"])
    scene["anna"] = rebuilt(scene["anna"])
    assert own_seeds(scene["anna"]) == keys
    assert held(scene["anna"]).waiting[0].signed
    with make_library(tmp_path / "laptop") as laptop:
        merge(laptop, scene["anna"], now=NOW)
        for library in (scene["anna"], laptop):
            assert own_seeds(library) == keys
            with pytest.raises(NotVerifiedError, match="already signed"):
                sign(library, [other.proposal.encode()], now=NOW)
    with Library(tmp_path / "copy", unlock(tmp_path / "copy", PASSPHRASE)) as copy:
        assert own_seeds(copy) == keys
        with pytest.raises(NotVerifiedError, match="already signed"):
            sign(copy, [other.proposal.encode()], now=NOW)


def test_a_copy_signs_no_list_of_a_version_that_the_other_signed(scene, tmp_path):
    born(scene)
    author = scene["author"]
    album, _ = put_album(author, lengths=(30_000,))
    scene["copy"] = rebuilt_copy(author, tmp_path)
    publish(author, [album], find_label(author, LABEL), now=NOW, small=False)
    scene.pass_label("author", "mike")
    with pytest.raises(NotVerifiedError, match="--only-copy"):
        appoint(scene["copy"], LABEL, need=2, cards=cards(scene, "mike", "anna", "igor"), now=NOW)
    assert not held(scene["copy"]).waiting
    report = appoint(scene["copy"], LABEL, need=2, cards=cards(scene, "mike", "anna", "igor"), now=NOW, only_copy=True)
    report = signed_by(scene, report, "mike", "anna")
    with pytest.raises(UsageError, match="--only-copy"):
        sign(scene["copy"], [report.proposal.encode()], now=NOW)
    done = sign(scene["copy"], [report.proposal.encode()], now=NOW, only_copy=True)
    assert (done.taken, done.list_version > 1000) == ("published", True)
    scene.pass_label("copy", "mike")
    assert not scene.state("mike").is_frozen
    assert need_of(scene.state("mike")) == 2


def test_two_libraries_of_one_person_ask_before_each_root(scene, tmp_path):
    born(scene)
    author = scene["author"]
    scene["laptop"] = make_library(tmp_path / "laptop")
    merge(scene["laptop"], author, now=NOW)
    merge(author, scene["laptop"], now=NOW)
    with pytest.raises(NotVerifiedError, match="--instead"):
        appoint(author, LABEL, need=2, cards=cards(scene, "mike", "anna", "igor"), now=NOW)
    report = appoint(author, LABEL, need=2, cards=cards(scene, "mike", "anna", "igor"), now=NOW, instead=True)
    publish(
        scene["laptop"],
        [put_album(scene["laptop"], lengths=(20_000,))[0]],
        find_label(scene["laptop"], LABEL),
        now=NOW,
        small=False,
    )
    report = signed_by(scene, report, "mike", "anna", "author")
    scene.pass_label("laptop", "igor")
    scene.pass_label("author", "igor")
    assert not scene.state("igor").is_frozen


def test_a_copy_asks_before_it_signs_a_root_and_a_merge_tells_of_two(scene, tmp_path):
    three_of_five(scene)
    first = hand_over(scene["mike"], LABEL, now=NOW)
    other = hand_over(scene["igor"], LABEL, now=NOW)
    scene["copy"] = rebuilt_copy(scene["anna"], tmp_path)
    sign(scene["anna"], [first.proposal.encode()], now=NOW)
    with pytest.raises(NotVerifiedError, match="Another copy of this library") as caught:
        sign(scene["copy"], [other.proposal.encode()], now=NOW)
    assert caught.value.exit_code == 10
    assert sign(scene["copy"], [other.proposal.encode()], now=NOW, only_copy=True).signed_now == 1
    sign(scene["copy"], [other.proposal.encode()], now=NOW)  # what it signed itself it knows
    told = merge(scene["anna"], scene["copy"], now=NOW)
    assert told.two_roots == (LABEL,)
    assert any("two different next roots of «Zoopark»" in line for line in told.outcome().lines)
    assert not merge(scene["anna"], scene["copy"], now=NOW).two_roots


def test_libraries_that_were_merged_ask_for_keys_that_both_hold(scene, tmp_path):
    three_of_five(scene)
    scene["laptop"] = make_library(tmp_path / "laptop")
    merge(scene["laptop"], scene["anna"], now=NOW)
    report = hand_over(scene["mike"], LABEL, now=NOW)
    with pytest.raises(NotVerifiedError, match="Another copy"):
        sign(scene["laptop"], [report.proposal.encode()], now=NOW)
    assert sign(scene["laptop"], [report.proposal.encode()], now=NOW, only_copy=True).signed_now == 1
    other = hand_over(scene["igor"], LABEL, now=NOW)
    with pytest.raises(NotVerifiedError, match="already signed"):
        sign(scene["laptop"], [other.proposal.encode()], now=NOW, only_copy=True)


def rebuilt(library):
    library.close()
    for path in library.directory.glob("index*"):
        path.unlink()
    secrets = unlock(library.directory, PASSPHRASE)
    report = rebuild(library.directory, secrets, now=NOW, disk=Disk(private=True))
    assert not report.missing
    return Library(library.directory, secrets)


def test_an_online_key_that_waits_survives_too(scene, tmp_path):
    three_of_five(scene)
    report = hand_over(scene["mike"], LABEL, now=NOW)
    report = signed_by(scene, report, "anna", "igor")
    with make_library(tmp_path / "laptop") as laptop:
        merge(laptop, rebuilt_copy(scene["mike"], tmp_path), now=NOW)
        assert sign(laptop, [report.proposal.encode()], now=NOW).taken == "published"


def rebuilt_copy(library, folder):
    backup(library, folder / "copy", disk=Disk())
    return Library(folder / "copy", unlock(folder / "copy", PASSPHRASE))


def test_a_paper_signs_with_its_words(scene):
    born(scene)
    papers = on_papers(scene, need=2, papers=2, cards=cards(scene, "mike"))[0].paper_words
    scene.pass_label("author", "mike")
    report = hand_over(scene["mike"], LABEL, now=NOW)
    with pytest.raises(WrongPassphraseError):
        sign(scene["mike"], [], words=["zoo " * 24], now=NOW)
    with pytest.raises(NotVerifiedError, match="no key of this label"):
        sign(scene["mike"], [], words=[create(scene["anna"], "Kino", now=NOW)[1]], now=NOW)
    assert not standing(scene["mike"], LABEL).waiting[0].can_sign
    done = sign(scene["mike"], [report.text.encode()], words=[papers[1].upper()], now=NOW)
    assert done.taken == "published"
    assert find_label(scene["mike"], LABEL).standing == "own"


def test_one_paper_takes_no_label_of_holders_back(scene):
    words, _ = three_of_five(scene)
    with pytest.raises(UsageError, match="hand-over"):
        take_back(scene["author"], LABEL, words, now=NOW)


def test_the_old_paper_signs_no_next_root_beside_a_proposal(scene):
    words = born(scene)
    appoint(scene["author"], LABEL, need=2, cards=cards(scene, *HOLDERS), now=NOW)
    with pytest.raises(NotVerifiedError, match="already signed"):
        take_back(scene["author"], LABEL, words, now=NOW)
    take_back(scene["author"], LABEL, words, now=NOW, instead=True)


@pytest.mark.parametrize("files", [[b"{}"], [b"MAGROOT:"], [b"MAGSIGN:"], ["MAGSIGN:Ж".encode()], [b"{" * 40], [b""]])
def test_noise_is_refused(scene, files):
    born(scene)
    with pytest.raises(DamagedError):
        sign(scene["author"], files, now=NOW)


def test_a_proposal_of_a_label_that_is_not_here(scene, tmp_path):
    _, report = three_of_five(scene)
    with make_library(tmp_path / "stranger") as stranger, pytest.raises(NotFoundError, match="dub that label"):
        look(stranger, [report.proposal.encode()], now=NOW)


def test_an_altered_copy_spoils_no_other(scene):
    """A courier adds a signature of nobody, or names another list: what is kept of that is nothing."""
    three_of_five(scene)
    report = hand_over(scene["mike"], LABEL, now=NOW)
    found = json.loads(report.proposal)
    noise = [f"{number:02x}" * 64 for number in range(64)]
    for altered, strange in (([*found["signatures"], "0" * 128], 1), (noise, 64)):
        seen = look(scene["anna"], [json.dumps({**found, "signatures": altered}).encode()], now=NOW)
        assert seen.strange == strange
        assert "of nobody who may sign it" in " ".join(seen.outcome().lines)
        assert json.loads(seen.proposal)["signatures"] == found["signatures"], "those that are genuine"
    alone = signature_text(report.sha256, ["cd" * 64]).encode()
    assert look(scene["anna"], [alone], now=NOW).strange == 1
    assert held(scene["anna"]).waiting[0].old == 1
    assert sign(scene["anna"], [report.proposal.encode()], now=NOW).old == 2
    later = appoint(scene["author"], LABEL, papers=1, now=NOW)
    other = {**json.loads(later.proposal), "lists": {"version": 99, "sha256": "ab" * 32}}
    look(scene["igor"], [json.dumps(other).encode()], now=NOW)
    assert sign(scene["igor"], [later.proposal.encode()], now=NOW).old == 1


def test_what_was_kept_by_an_older_mag_stops_nothing(scene):
    """Noise in a row, as it may come with a merge."""
    three_of_five(scene)
    report = hand_over(scene["mike"], LABEL, now=NOW)
    found = {**json.loads(report.proposal), "signatures": ["ab" * 64]}
    with scene["anna"].changes() as changes:
        keep(scene["anna"], changes, read_proposal(json.dumps(found).encode()), now=NOW)
        changes.commit()
    assert held(scene["anna"]).waiting[0].old == 0
    assert standing(scene["anna"], LABEL).need == 3
    assert sign(scene["anna"], [report.proposal.encode()], now=NOW).old == 2


def test_who_only_looks_again_writes_nothing(scene):
    three_of_five(scene)
    report = hand_over(scene["mike"], LABEL, now=NOW)
    anna = scene["anna"]
    look(anna, [report.proposal.encode()], now=NOW)
    before = files_of(anna)
    look(anna, [report.proposal.encode()], now=NOW)
    look(anna, [report.text.encode()], now=NOW)
    assert files_of(anna) == before


def files_of(library):
    return {path: path.stat().st_size for path in library.directory.glob("cells/**/*")}


def test_a_proposal_of_two_labels_is_refused(scene):
    three_of_five(scene)
    one = hand_over(scene["mike"], LABEL, now=NOW)
    other = hand_over(scene["igor"], LABEL, now=NOW)
    with pytest.raises(UsageError, match="more than one proposal"):
        look(scene["anna"], [one.proposal.encode(), other.proposal.encode()], now=NOW)


def test_a_holder_who_heard_of_nothing_catches_up_by_the_file(scene):
    """The roots between go along with it, verified like any others; a picture is small and has none."""
    born(scene)
    report = appoint(scene["author"], LABEL, need=3, cards=cards(scene, *HOLDERS), with_me=True, now=NOW)
    signed_by(scene, report, "mike", "anna", "author")
    report = hand_over(scene["anna"], LABEL, now=NOW)
    assert len(scene.state("olga").roots()) == 1
    with pytest.raises(NotFoundError, match="older roots"):
        sign(scene["olga"], [report.text.encode()], now=NOW)
    second = sign(scene["olga"], [report.proposal.encode()], now=NOW)
    assert (second.old, second.signed_now) == (2, 1)
    assert held(scene["olga"]).waiting[0].signed
    third = sign(scene["mike"], [second.proposal.encode()], now=NOW)
    assert sign(scene["olga"], [third.text.encode()], now=NOW).taken == "told"
    assert sign(scene["anna"], [third.text.encode()], now=NOW).taken == "published"
    scene.pass_label("anna", "olga")
    assert len(scene.state("olga").roots()) == 3


def test_roots_that_go_along_are_verified(scene):
    three_of_five(scene)
    report = hand_over(scene["mike"], LABEL, now=NOW)
    scene.join("late")
    first = {"1.root.json": scene["author"].label_files(scene.imprint)["1.root.json"]}
    state = label_state(scene.imprint, first)
    found = read_proposal(report.proposal.encode())
    assert len(caught_up(state, found).roots()) == 2
    (root,) = found.proposal.roots
    forged = {**root, "signatures": root["signatures"][1:2]}
    with pytest.raises(NotVerifiedError):
        caught_up(state, found._replace(proposal=msgspec.structs.replace(found.proposal, roots=(forged,))))
    told = heard(state, Checkpoint(version=2, sha256="ab" * 32))
    with pytest.raises(NotVerifiedError):
        caught_up(told, found)


def test_what_is_in_force_is_signed_no_more(scene):
    _, report = three_of_five(scene)
    again = sign(scene["olga"], [report.proposal.encode()], now=NOW)
    assert (again.taken, again.signed_now) == ("before", 0)
    assert not held(scene["olga"]).waiting


# -- handing over ----------------------------------------------------------------------------------------------------


def test_author_and_a_holder_gone_both_replaced_in_five_meetings(scene, tmp_path):
    """Sticks and pictures of QRs alone: who meets gives all that is known of the label, and a file or a picture."""
    three_of_five(scene)
    scene["author"].close()
    scene["olga"].close()
    scene.join("vera", "kolya")
    pictures = []
    for number, name in enumerate(("vera", "kolya")):
        pictures.append(tmp_path / f"{number}.png")
        pictures[-1].write_bytes(png_qr(card_bytes(holder_card(scene[name], name, now=NOW)).decode()))
        scene.meet("mike", name)
    stay = {holder_key(scene, name) for name in ("mike", "anna", "igor")}
    gone = [holder.key for holder in standing(scene["mike"], LABEL).holders if holder.key not in stay]
    new = [read_card(content) for content in scanned(pictures)]
    report = hand_over(scene["mike"], LABEL, cards=new, out=gone, now=NOW)
    picture, stick = tmp_path / "proposal.png", tmp_path / "stick.json"
    picture.write_bytes(png_qr(report.text))
    scene.meet("mike", "anna")
    stick.write_text(sign(scene["anna"], scanned([picture]), now=NOW).proposal)
    scene.meet("anna", "igor")
    report = sign(scene["igor"], scanned([stick]), now=NOW)
    assert (report.complete, report.taken) == (True, "told")
    scene.meet("igor", "mike")
    picture.write_bytes(png_qr(report.signature))
    stick.write_text(sign(scene["mike"], scanned([picture, stick]), now=NOW).proposal)
    assert find_label(scene["mike"], LABEL).standing == "own"
    assert scene.meetings <= 5
    state = scene.state("mike")
    assert speaks_for(state, label_keys(scene["mike"], scene.imprint))
    assert newest_list(state).version == 1002 + 1
    for name in ("anna", "igor", "vera", "kolya"):
        taken = scene.pass_label("mike", name)
        assert taken.labels[0].genuine
        assert len(scene.state(name).roots()) == 3
    assert {holder.name for holder in standing(scene["mike"], LABEL).holders} >= {"vera", "kolya"}
    album, _ = put_album(scene["mike"], lengths=(10,))
    assert publish(scene["mike"], [album], find_label(scene["mike"], LABEL), now=NOW, small=False).version == 1004


def handed_over(scene, **others):
    report = hand_over(scene["mike"], LABEL, now=NOW, **others)
    report = signed_by(scene, report, "anna", "igor")
    return sign(scene["mike"], [report.proposal.encode()], now=NOW)


def test_the_new_list_follows_the_one_that_is_stood_by(scene):
    three_of_five(scene)
    author = scene["author"]
    album, _ = put_album(author, lengths=(10,))
    stood_by = newest_list(scene.state("mike"))
    publish(author, [album], find_label(author, LABEL), now=NOW, small=False)  # whoever took it
    scene.pass_label("author", "mike")
    assert newest_list(scene.state("mike")).version == stood_by.version + 1
    report = handed_over(scene, up_to=stood_by.version)
    assert report.taken == "published"
    state = scene.state("mike")
    newest = newest_list(state)
    assert newest.version == stood_by.version + 1001
    targets = read_statement(Targets, state.role_files()["targets"], max_length=1 << 20)
    assert previous_of(targets) == (stood_by.version, stood_by.sha256)
    assert [*review(state, now=NOW).targets] == ["00/label.json"]
    assert [(view.title, view.disowned) for view in scene["mike"].shelf.albums()] == [("45", True)]
    scene.pass_label("mike", "olga")
    assert newest_list(scene.state("olga")) == newest


def test_a_label_that_is_frozen_by_two_lists_is_handed_over(scene):
    """Whoever took it signed two third lists; its holders stand by the second."""
    three_of_five(scene)
    author, mike = scene["author"], scene["mike"]
    twin = Library(copied(author, scene.folder / "twin"), unlock(author.directory, PASSPHRASE))
    for library, title in ((author, "45"), (twin, "46")):
        album, _ = put_album(library, title, lengths=(10,))
        publish(library, [album], find_label(library, LABEL), now=NOW, small=False)
        scene["thief"] = library
        scene.pass_label("thief", "mike")
    assert find_label(mike, LABEL).frozen
    report = handed_over(scene, up_to=2)
    assert report.taken == "published"
    assert not find_label(mike, LABEL).frozen
    assert not scene.state("mike").is_frozen
    album, _ = put_album(mike, lengths=(10,))
    assert publish(mike, [album], find_label(mike, LABEL), now=NOW, small=False).version == 1004
    scene.pass_label("mike", "olga")
    assert newest_list(scene.state("olga")).version == 1004
    del scene["thief"]
    twin.close()


def copied(library, folder):
    shutil.copytree(library.directory, folder)
    return folder


def test_a_list_that_is_not_here_cannot_be_stood_by(scene):
    three_of_five(scene)
    with pytest.raises(UsageError, match="list 9"):
        hand_over(scene["mike"], LABEL, up_to=9, now=NOW)


def test_a_list_that_leaves_no_room_is_stood_by_by_nobody(scene):
    """Whoever took the key signs the highest version but ten; it is refused before anybody signs for it."""
    three_of_five(scene)
    author, mike = scene["author"], scene["mike"]
    state = scene.state("author")
    last = sign_list(state, label_keys(author, state.imprint), {}, now=NOW, skip_versions=MAX_VERSION - 10)
    dub(mike, LibrarySpool(author, {state.imprint: last.state.files}), now=NOW)
    assert newest_list(scene.state("mike")).version > MAX_VERSION - 10
    with pytest.raises(UsageError, match="--up-to"):
        hand_over(mike, LABEL, now=NOW)
    assert not held(mike).waiting
    assert handed_over(scene, up_to=2).taken == "published"


def test_only_a_holder_hands_over(scene):
    three_of_five(scene)
    scene.join("stranger")
    scene.pass_label("author", "stranger")
    with pytest.raises(UsageError, match="no root key"):
        hand_over(scene["stranger"], LABEL, now=NOW)


def test_the_key_before_signs_no_more_and_says_so(scene):
    three_of_five(scene)
    handed_over(scene)
    scene.pass_label("mike", "author")
    album, _ = put_album(scene["author"], lengths=(10,))
    with pytest.raises(NotVerifiedError, match="handed over"):
        publish(scene["author"], [album], find_label(scene["author"], LABEL), now=NOW, small=False)


def test_a_keeper_who_is_lost_between_root_and_list_does_not_end_the_label(scene):
    """Enough signed that Mike goes on, and nobody sees Mike again: the next root follows on the one that is told."""
    three_of_five(scene)
    report = hand_over(scene["mike"], LABEL, now=NOW)
    report = signed_by(scene, report, "anna", "igor")
    assert report.taken == "told"
    assert "still to come" in held(scene["igor"]).waiting[0].sentence
    sign(scene["olga"], [report.proposal.encode()], now=NOW)
    sign(scene["anna"], [report.proposal.encode()], now=NOW)
    again = hand_over(scene["igor"], LABEL, out=[holder_key(scene, "mike")], papers=1, now=NOW)
    assert again.version == 4
    again = signed_by(scene, again, "anna", "olga", "igor")
    assert again.taken == "published"
    scene.pass_label("igor", "anna")
    assert len(scene.state("anna").roots()) == 4
    assert speaks_for(scene.state("igor"), label_keys(scene["igor"], scene.imprint))


def test_who_gave_a_label_away_follows_it_from_then_on(scene):
    """When the hand-over arrives, or as soon as this library knows that enough signed it."""
    three_of_five(scene)
    author, other = scene["author"], create(scene["author"], "Other", now=NOW)[0]
    handed_over(scene)
    assert find_label(author, LABEL).standing == "own"
    report = scene.pass_label("mike", "author").labels[0]
    assert (report.keys_went, report.standing, find_label(author, LABEL).standing) == (True, "followed", "followed")
    assert signing_label(author).imprint == other.imprint, "there is nothing to ask"
    with pytest.raises(UsageError, match="in other hands by now"):
        signing_label(author, LABEL)
    assert held(author).went == (LABEL,)
    assert not scene.pass_label("mike", "author").labels[0].keys_went, "it is told once"


def test_an_author_who_signs_the_hand_over_last_follows_at_once(scene):
    three_of_five(scene)
    report = signed_by(scene, hand_over(scene["mike"], LABEL, now=NOW), "anna", "author")
    assert report.taken == "told"
    assert find_label(scene["author"], LABEL).standing == "followed"
    assert held(scene["author"]).went == (LABEL,)
    sign(scene["mike"], [report.proposal.encode()], now=NOW)
    assert (find_label(scene["mike"], LABEL).standing, held(scene["mike"]).went) == ("own", ())


# -- how it stands ---------------------------------------------------------------------------------------------------


def test_status_says_what_is_held(scene):
    born(scene)
    assert not [*status(scene["olga"]).holds.sentences()]
    holder_card(scene["olga"], "olga", now=NOW)
    assert "in no label" in " ".join(status(scene["olga"]).holds.sentences())
    report = appoint(scene["author"], LABEL, need=3, cards=cards(scene, *HOLDERS), with_me=True, now=NOW)
    signed_by(scene, report, "mike", "anna", "author")
    scene.pass_label("author", "olga")
    found = status(scene["olga"]).holds
    assert (found.unused, found.labels[0].need, found.labels[0].of) == (0, 3, 5)
    assert [*found.sentences()] == ["You hold 1 of the 5 root keys of «Zoopark»; 3 carry it on."]


def test_a_key_is_named_by_what_is_known_of_it_here(scene):
    _, report = three_of_five(scene)
    keys = {name: holder_key(scene, name) for name in HOLDERS}
    at_home, elsewhere = Names(scene["author"]), Names(scene["mike"])
    assert at_home.of(keys["anna"]) == f"«anna» ({keys['anna'][:8]})"
    assert elsewhere.of(keys["anna"]) == f"key {keys['anna'][:8]}"
    assert elsewhere.of(keys["mike"]) == f"you ({keys['mike'][:8]})"
    assert not [name for name in HOLDERS if name in report.proposal]
    assert scene["mike"].has_member(holder_name(keys["mike"]))
    assert not scene["mike"].has_member(keys_name(scene.imprint))
    assert read_proposal(report.text.encode()).sha256 == report.sha256
    assert len({*chain(keys.values())}) == len(HOLDERS)
