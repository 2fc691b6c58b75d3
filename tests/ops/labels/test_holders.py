"""Holders of a label: cards, appointing, signing, handing over, with real libraries in folders."""

from __future__ import annotations

import pytest

from magnitizdat.catalogue.publisher import LabelKeys, speaks_for
from magnitizdat.library.members import keys_name
from magnitizdat.ops.dub.from_spool import dub
from magnitizdat.ops.labels.handing_over import hand_over
from magnitizdat.ops.labels.holders import appoint, held, holder_card, standing
from magnitizdat.ops.labels.labels import create, held_state, label_keys
from magnitizdat.ops.labels.signing import sign
from magnitizdat.ops.merge.other import LibrarySpool
from tests.fakes_library import NOW, make_library


def pass_label(giver, taker, imprint):
    """A label as a reel would bring it: its papers, verified again."""
    return dub(taker, LibrarySpool(giver, {imprint: giver.label_files(imprint)}), now=NOW)


@pytest.fixture
def scene(tmp_path):
    made = {name: make_library(tmp_path / name) for name in ("author", "mike", "anna", "igor", "olga")}
    yield made
    for library in made.values():
        library.close()


def three_of_five(scene):
    """«Zoopark», carried on by three of five, in force in all libraries."""
    author = scene["author"]
    address, _ = create(author, "Zoopark", now=NOW)
    for name in ("mike", "anna", "igor", "olga"):
        pass_label(author, scene[name], address.imprint)
    cards = [holder_card(scene[name], name, now=NOW) for name in ("mike", "anna", "igor", "olga")]
    report = appoint(author, "Zoopark", need=3, cards=cards, with_me=True, now=NOW)
    assert (report.old, report.own, report.complete) == (1, 1, False)
    report = sign(scene["mike"], [report.proposal.encode()], now=NOW)
    report = sign(scene["anna"], [report.proposal.encode()], now=NOW)
    assert report.complete
    assert report.taken == "taken"
    report = sign(author, [report.proposal.encode()], now=NOW)
    assert report.taken == "published"
    assert report.forgot
    for name in ("mike", "anna", "igor", "olga"):
        pass_label(author, scene[name], address.imprint)
    return address.imprint


def test_a_label_gets_holders_is_handed_over_and_goes_on(scene):
    imprint = three_of_five(scene)
    found = standing(scene["olga"], "Zoopark")
    assert (found.need, found.of) == (3, 5)
    assert LabelKeys.from_bytes(scene["author"].member(keys_name(imprint))).root_seed is None
    assert held(scene["olga"]).labels[0].need == 3
    scene["author"].close()
    report = hand_over(scene["mike"], "Zoopark", now=NOW)
    report = sign(scene["anna"], [report.proposal.encode()], now=NOW)
    report = sign(scene["igor"], [report.proposal.encode()], now=NOW)
    assert report.taken == "told"
    report = sign(scene["mike"], [report.text.encode()], now=NOW)
    assert report.taken == "published", report
    state = held_state(scene["mike"], imprint)
    assert speaks_for(state, label_keys(scene["mike"], imprint))
    pass_label(scene["mike"], scene["olga"], imprint)
    assert len(held_state(scene["olga"], imprint).roots()) == 3
    pass_label(scene["mike"], scene["anna"], imprint)
    assert len(held_state(scene["anna"], imprint).roots()) == 3
