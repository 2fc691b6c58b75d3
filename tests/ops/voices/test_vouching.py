"""Vouches: whose word counts, what it introduces, and what it never does."""

from __future__ import annotations

from pathlib import Path

import msgspec
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from magnitizdat.catalogue import kinds
from magnitizdat.catalogue.carrying_on import newest_list
from magnitizdat.catalogue.publisher import NewLabel, Publication, create_label, restore
from magnitizdat.catalogue.publisher import publish as sign
from magnitizdat.catalogue.refresh import checkpoint
from magnitizdat.catalogue.voices import HeardList, Vouch
from magnitizdat.errors import EXIT_SOURCE, AlikeError, UsageError
from magnitizdat.formats.spool_paths import label_path
from magnitizdat.library.journal import LabelRow
from magnitizdat.library.library import Library
from magnitizdat.model import Checkpoint
from magnitizdat.ops.dub import from_sources
from magnitizdat.ops.dub.from_spool import dub
from magnitizdat.ops.dub.previewing import preview
from magnitizdat.ops.keep.rebuild import rebuild
from magnitizdat.ops.labels import labels, publish
from magnitizdat.ops.labels.removing import remove_label
from magnitizdat.ops.labels.vouches import renewed, vouch_sentences, vouched_by
from magnitizdat.ops.places.spool import FolderSpool
from magnitizdat.ops.voices import vouching
from tests.fakes_library import NOW, make_library, put_album
from tests.fakes_spool import Liar, is_sound, new_label, write_spool
from tests.fakes_voices import as_documents, path_of, speaker

KINO = create_label("Kino", now=NOW)
TRUE, FORGED, OTHER = (restore(KINO.state, [KINO.paper_words], now=NOW) for _ in range(3))
"""Three next roots of one label: who has the paper makes as many as they like."""


@pytest.fixture
def library(tmp_path):
    with make_library(tmp_path / "library") as made:
        yield made


def word(made: NewLabel = TRUE, *, name: str = "Kino", heard: HeardList | None = None) -> Vouch:
    return Vouch(imprint=made.imprint, name=name, checkpoint=checkpoint(made.state), heard=heard)


def put(folder: Path, made: NewLabel | Publication, born: NewLabel = KINO) -> Path:
    """A label as a spool has it."""
    metadata = {f"metadata/{name}": body for name, body in made.state.files.items()}
    for path, body in {**born.files, **made.files, **metadata}.items():
        target = folder / label_path(made.state.imprint, path)
        target.parent.mkdir(parents=True, exist_ok=True)
        target.write_bytes(body)
    return folder


def take(library: Library, folder: Path, **options):
    return dub(library, FolderSpool(folder), now=NOW, **options)


def befriend(library: Library, folder: Path, name: str, *words: Vouch) -> Liar:
    """A label that is followed, and what it says."""
    liar = Liar(folder, name)
    take(library, folder)
    labels.follow(library, liar.imprint)
    say(library, liar, *words)
    return liar


def say(library: Library, liar: Liar, *words: Vouch) -> None:
    if words:
        liar.sign(as_documents(words))
        take(library, liar.folder)


def held(library: Library) -> object:
    return library.label_files(KINO.imprint)


def shown(library: Library) -> list[str]:
    return [str(each) for each in vouch_sentences(vouched_by(library, KINO.imprint))]


# -- introductions -----------------------------------------------------------------------------------------------------


def test_a_chain_that_a_friend_does_not_know_is_refused_until_told_otherwise(library, tmp_path):
    befriend(library, tmp_path / "mike", "Mike", word(TRUE))
    report = take(library, put(tmp_path / "forged", FORGED))
    (label,) = report.labels
    assert not label.genuine
    assert (label.refused_by.name, label.refused_by.known_as) == ("Mike", "Kino")
    assert "this is not the «Kino» that Mike knows" in report.missing[0].reason
    assert from_sources.outcome(report).exit_code == EXIT_SOURCE
    assert not held(library)
    assert [each.reason for each in preview(library, FolderSpool(tmp_path / "forged"), now=NOW)[1]] == [
        report.missing[0].reason
    ]
    with pytest.raises(UsageError, match="no label «Nobody»"):
        take(library, tmp_path / "forged", without=["Nobody"])
    assert take(library, tmp_path / "forged", without=["mike"]).labels[0].genuine
    assert held(library) == FORGED.state.files
    assert shown(library) == ["not the «Kino» that Mike knows"]
    assert is_sound(library)


def test_the_one_that_a_friend_knows_is_taken_and_told(library, tmp_path):
    befriend(library, tmp_path / "mike", "Mike", word(TRUE))
    report = take(library, put(tmp_path / "true", TRUE))
    assert held(library) == TRUE.state.files
    assert report.labels[0].standing == "new"  # nothing is followed by itself
    assert any("«Kino» is new: vouching for it: Mike" in line for line in from_sources.sentences(report))
    assert shown(library) == ["vouching for it: Mike"]


def test_an_older_copy_than_a_friend_knows_is_refused_while_nothing_is_held(library, tmp_path):
    befriend(library, tmp_path / "mike", "Mike", word(TRUE))
    report = take(library, put(tmp_path / "old", KINO))
    assert "is older than what Mike knows of it" in report.missing[0].reason
    assert not held(library)


def test_what_is_held_no_word_freezes_or_refuses(library, tmp_path):
    take(library, put(tmp_path / "forged", FORGED))
    befriend(library, tmp_path / "mike", "Mike", word(TRUE))
    befriend(library, tmp_path / "anna", "Anna", word(FORGED))
    befriend(library, tmp_path / "boris", "Boris", word(OTHER))
    report = take(library, tmp_path / "forged")
    assert report.labels[0].genuine
    assert not labels.held_state(library, KINO.imprint).is_frozen
    assert shown(library) == [
        "vouching for it: Anna",
        "not the «Kino» that Boris knows",
        "not the «Kino» that Mike knows",
    ]
    assert any("vouching for it: Anna, not the" in line for line in from_sources.sentences(report))


def test_friends_who_know_different_ones_are_both_told_and_each_can_be_left_aside(library, tmp_path):
    for name, made in (("Anna", FORGED), ("Mike", TRUE)):
        befriend(library, tmp_path / name, name, word(made))
    assert shown(library)[1:] == ["Anna and Mike do not mean the same one"]
    for made, aside in ((TRUE, "Anna"), (FORGED, "Mike")):
        folder = put(tmp_path / f"without {aside}", made)
        assert not take(library, folder).labels[0].genuine
    assert take(library, tmp_path / "without Anna", without=["Anna"]).labels[0].genuine
    assert held(library) == TRUE.state.files


def test_whoever_says_so_no_more_refuses_nothing(library, tmp_path):
    mike = befriend(library, tmp_path / "mike", "Mike", word(TRUE))
    mike.sign({path_of(word(TRUE)): None})
    take(library, mike.folder)
    assert take(library, put(tmp_path / "forged", FORGED)).labels[0].genuine


# -- whose word counts -------------------------------------------------------------------------------------------------


def test_reach_is_one_step(library, tmp_path):
    """Mike, who is followed, vouches for Anna; what Anna says counts for nothing."""
    anna = speaker(tmp_path / "anna", "Anna", word(TRUE))
    befriend(
        library, tmp_path / "mike", "Mike", Vouch(imprint=anna.imprint, name="Anna", checkpoint=checkpoint(anna.state))
    )
    assert take(library, anna.folder).labels[0].standing == "new"
    assert shown(library) == []
    assert take(library, put(tmp_path / "forged", FORGED)).labels[0].genuine


def test_a_note_is_one_line_of_letters_that_are_seen(library, tmp_path):
    befriend(library, tmp_path / "mike", "Mike", msgspec.structs.replace(word(), note="We\x1b\x07\n  met\u202e.\u2028"))
    assert [line.note for line in vouched_by(library, TRUE.imprint)] == ["We met."]


@pytest.mark.parametrize("number", range(3))
def test_words_of_strangers_of_oneself_and_of_roots_that_cannot_be_have_no_effect(library, tmp_path, number):
    lie = (
        word(TRUE)
        if number == 0
        else msgspec.structs.replace(word(KINO), checkpoint=Checkpoint(version=1, sha256="ab" * 32))
    )
    if number == 0:
        take(library, speaker(tmp_path / "stranger", "Stranger", lie).folder)
    elif number == 1:
        befriend(library, tmp_path / "mike", "Mike", lie)
    else:
        liar = befriend(library, tmp_path / "mike", "Mike")
        say(library, liar, Vouch(imprint=liar.imprint, name="Me", checkpoint=Checkpoint(version=9, sha256="ab" * 32)))
        assert vouched_by(library, liar.imprint) == ()
        assert take(library, liar.folder).labels[0].genuine
    assert shown(library) == []
    assert take(library, put(tmp_path / "forged", FORGED)).labels[0].genuine


@pytest.mark.parametrize("name", ["Kino", "KINO", "Кинo"])
def test_following_a_label_that_looks_like_one_that_a_friend_knows_needs_a_yes(library, tmp_path, name):
    liar = Liar(tmp_path / "liar", name)
    mike = befriend(library, tmp_path / "mike", "Mike", word(TRUE))
    take(library, liar.folder)
    with pytest.raises(AlikeError, match=r"is NOT the «Kino» .* that Mike knows"):
        labels.follow(library, liar.imprint)
    known_too = Vouch(imprint=liar.imprint, name=name, checkpoint=checkpoint(liar.state))
    say(library, mike, known_too)  # he knows that there are two
    labels.follow(library, liar.imprint)
    take(library, put(tmp_path / "true", TRUE))
    with pytest.raises(AlikeError, match="is NOT your"):
        labels.follow(library, KINO.imprint)
    labels.follow(library, KINO.imprint, sure=True)


def test_the_one_that_a_friend_knows_is_followed_unasked(library, tmp_path):
    befriend(library, tmp_path / "mike", "Mike", word(TRUE))
    take(library, speaker(tmp_path / "stranger", "Stranger", word(FORGED, name="Mike")).folder)
    take(library, put(tmp_path / "true", TRUE))
    assert labels.follow(library, "Kino").imprint == KINO.imprint


def test_a_forged_digest_of_a_later_root_refuses_and_is_told_and_taken_away_again(library, tmp_path):
    lie = msgspec.structs.replace(word(TRUE), checkpoint=Checkpoint(version=2, sha256="ab" * 32))
    befriend(library, tmp_path / "mike", "Mike", lie)
    assert not take(library, put(tmp_path / "true", TRUE)).labels[0].genuine
    remove_label(library, "Mike", sure=True)
    assert take(library, tmp_path / "true").labels[0].genuine


# -- in any order ------------------------------------------------------------------------------------------------------


class Shuffled(FolderSpool):
    """A spool that lists its labels in another order, some of them twice."""

    def __init__(self, folder: Path, order: list[int]) -> None:
        super().__init__(folder)
        self._order = order

    def labels(self) -> list[str]:
        found = sorted(super().labels())
        return [found[number % len(found)] for number in (*self._order, *range(len(found)))]


KNOWN_AS = st.sampled_from([None, TRUE, FORGED, KINO])


@given(
    says=st.tuples(KNOWN_AS, KNOWN_AS, KNOWN_AS),
    there=st.sampled_from([TRUE, FORGED, KINO]),
    orders=st.lists(st.lists(st.integers(0, 3), min_size=4, max_size=4), min_size=2, max_size=3),
)
@settings(max_examples=25, deadline=None)
def test_the_order_of_labels_on_a_stick_changes_nothing(tmp_path_factory, says, there, orders):
    top = tmp_path_factory.mktemp("order")
    friends = [Liar(top / "stick", name) for name in ("Mike", "Anna")]
    libraries = [make_library(top / str(number)) for number, _ in enumerate(orders)]
    for library in libraries:
        take(library, top / "stick")
        for friend in friends:
            labels.follow(library, friend.imprint)
    put(top / "stick", there)
    for liar, made in zip((*friends, Liar(top / "stick", "Stranger")), says, strict=True):
        if made is not None:
            liar.sign(as_documents([word(made)]))
    found = []
    for library, order in zip(libraries, orders, strict=True):
        report = dub(library, Shuffled(top / "stick", order), now=NOW)
        told = sorted(map(repr, report.labels)), sorted(map(repr, report.missing)), report.refused
        found.append((told, held(library), shown(library), library.shelf.labels()))
        library.close()
    assert all(each == found[0] for each in found)
    refused = [made for made in says[:2] if made not in {None, KINO, there}]
    assert bool(found[0][1]) == (not refused)


def test_a_friend_s_word_on_the_same_stick_keeps_another_friend_from_freezing(tmp_path):
    """Whichever of the two is looked at first: the order of imprints is chance."""
    for number in range(6):
        stick = tmp_path / str(number)
        boris, mike = create_label("Boris", now=NOW), Liar(stick, "Mike")
        true, forged = (restore(boris.state, [boris.paper_words], now=NOW) for _ in range(2))
        with make_library(tmp_path / f"library {number}") as library:
            put(stick, true, boris)
            take(library, stick)
            for imprint in (boris.imprint, mike.imprint):
                labels.follow(library, imprint)
            put(stick, forged, boris)
            mike.sign(as_documents([Vouch(imprint=boris.imprint, name="Boris", checkpoint=checkpoint(true.state))]))
            report = take(library, stick)
            assert {each.name: each.genuine for each in report.labels} == {"Mike": True, "Boris": False}
            assert not labels.held_state(library, boris.imprint).is_frozen
            assert report.refused == len(report.missing) == 1


# -- one's own ---------------------------------------------------------------------------------------------------------


@pytest.fixture
def mine(library, tmp_path):
    """A library with a label of its own, in which Kino is held."""
    new_label(library, "Zoopark Tapes")
    take(library, put(tmp_path / "true", TRUE))
    return library


def said(library: Library) -> Vouch | None:
    """What the label of `mine` says of Kino."""
    (line,) = library.index.voices.about_label(KINO.imprint) or (None,)
    if line is None:
        return None
    return kinds.read(line.path, library.index.documents.content(line.imprint, line.path)).value


def vouch(library: Library, label: str = "Kino", **options):
    return vouching.vouch(library, label, **{"as_": "", "now": NOW, **options})


def test_what_is_signed_is_what_is_held(mine, tmp_path):
    assert "I know who is behind «Kino»" in vouching.statement(vouching.who(mine, "Kino", as_=""))
    report = vouch(mine, note="We met")
    state = labels.held_state(mine, KINO.imprint)
    assert said(mine) == msgspec.structs.replace(word(TRUE, heard=newest_list(state)), note="We met")
    assert shown(mine) == ["vouching for it: Zoopark Tapes"]
    again = vouch(mine, note="We met")
    assert (again.said.version, again.said.said) == (report.said.version, ())
    assert "did not change" in again.outcome().lines[0]
    gone = vouch(mine, withdraw=True)
    assert (gone.withdrawn, said(mine)) == (True, None)
    with pytest.raises(UsageError, match="vouches for no «Kino»"):
        vouch(mine, withdraw=True)
    assert is_sound(mine)


def test_it_travels_and_counts_with_who_follows(mine, tmp_path):
    vouch(mine)
    album, _ = put_album(mine, lengths=(10,))
    publish.publish(mine, [album], labels.find_label(mine, "Zoopark Tapes"), now=NOW, small=False)
    write_spool(mine, tmp_path / "spool")
    with make_library(tmp_path / "hers") as hers:
        take(hers, tmp_path / "spool")
        assert shown(hers) == []
        labels.follow(hers, "Zoopark Tapes")
        assert shown(hers) == ["vouching for it: Zoopark Tapes"]
        assert not take(hers, put(tmp_path / "forged", FORGED)).labels[0].genuine


def test_what_cannot_be_vouched_for(mine, tmp_path):
    labels.carrier(mine, now=NOW)
    with pytest.raises(UsageError, match="itself"):
        vouch(mine, "Zoopark Tapes")
    with pytest.raises(UsageError, match="what others made"):
        vouch(mine, "carried")
    with pytest.raises(UsageError, match="no label «Nobody»"):
        vouch(mine, "Nobody")
    take(mine, put(tmp_path / "forged", FORGED))
    assert labels.held_state(mine, KINO.imprint).is_frozen
    with pytest.raises(UsageError, match="label choose"):
        vouch(mine)
    with mine.changes() as changes:
        changes.row(LabelRow(imprint="mag1" + KINO.imprint[4:][::-1], name="Heard of", standing="new"))
        changes.commit()
    assert said(mine) is None


def test_what_was_heard_is_said_anew_whenever_the_label_signs_and_the_checkpoint_stays(mine, tmp_path):
    vouch(mine)
    first = said(mine)
    newer = sign(TRUE.state, TRUE.keys, {}, now=NOW)
    later = restore(newer.state, [TRUE.paper_words], now=NOW)
    take(mine, put(tmp_path / "later", later))
    assert said(mine) == first  # nothing is signed by itself
    assert [each.heard.version for each in renewed(mine, labels.signing_label(mine).imprint)] == [later_version(later)]
    album, _ = put_album(mine, lengths=(10,))
    publish.publish(mine, [album], labels.signing_label(mine), now=NOW, small=False)
    assert said(mine).heard == newest_list(later.state)
    assert said(mine).checkpoint == first.checkpoint
    assert "its keys changed since you vouched" in shown(mine)[-1]
    assert renewed(mine, labels.signing_label(mine).imprint) == []
    assert is_sound(mine)
    vouch(mine)  # the person says it again
    assert said(mine).checkpoint == checkpoint(later.state)
    assert shown(mine) == ["vouching for it: Zoopark Tapes"]


def later_version(made: NewLabel) -> int:
    return newest_list(made.state).version


def test_of_what_is_frozen_or_gone_the_word_stays(mine, tmp_path):
    vouch(mine)
    first = said(mine)
    for number, said_too in enumerate(({}, as_documents([word(OTHER)]))):  # two lists of one version
        take(mine, put(tmp_path / str(number), sign(TRUE.state, TRUE.keys, said_too, now=NOW)))
    assert labels.held_state(mine, KINO.imprint).is_frozen
    assert renewed(mine, labels.signing_label(mine).imprint) == []
    remove_label(mine, "Kino", sure=True)
    assert renewed(mine, labels.signing_label(mine).imprint) == []
    assert said(mine) == first
    assert vouch(mine, KINO.imprint, withdraw=True).withdrawn


def test_a_rebuild_keeps_words_of_one_s_own_and_of_others(mine, tmp_path):
    vouch(mine, note="We met")
    befriend(mine, tmp_path / "mike", "Mike", word(FORGED))
    before = vouched_by(mine, KINO.imprint)
    mine.close()
    rebuild(mine.directory, mine.secrets, now=NOW, disk=mine.disk)
    with Library(mine.directory, mine.secrets) as again:
        assert vouched_by(again, KINO.imprint) == before
        assert [line.name for line in before] == ["Mike", "Zoopark Tapes"]
        assert vouch(again, withdraw=True, only_copy=True).withdrawn


def test_one_s_own_word_keeps_a_label_from_freezing_too(mine, tmp_path):
    vouch(mine)
    assert not take(mine, put(tmp_path / "forged", FORGED)).labels[0].genuine
    assert not labels.held_state(mine, KINO.imprint).is_frozen


@pytest.mark.parametrize(("version", "seen"), [("held", 2), ("older", 0), ("other digest", 0)])
def test_seen_by_counts_followed_labels_that_heard_of_this_very_list(library, tmp_path, version, seen):
    heard = newest_list(TRUE.state)
    if version == "older":
        heard = HeardList(version=heard.version - 1, sha256=heard.sha256)
    elif version == "other digest":
        heard = HeardList(version=heard.version, sha256="ab" * 32)
    for name in ("Mike", "Anna"):
        befriend(library, tmp_path / name, name, word(heard=heard))
    befriend(library, tmp_path / "boris", "Boris", word())
    befriend(library, tmp_path / "liza", "Liza", word(FORGED, heard=heard))  # the same list, under another root
    take(library, speaker(tmp_path / "stranger", "Stranger", word(heard=heard)).folder)
    (report,) = take(library, put(tmp_path / "true", TRUE), without=["Liza"]).labels
    known = labels.freshness(library, labels.find_label(library, "Kino"), now=NOW)
    assert report.freshness.seen_by == known.seen_by == seen
    assert ("also seen by 2" in labels.freshness_words(known)) == bool(seen)
