"""Proposals: which signatures make a root, whatever way they took; and what is none."""

from __future__ import annotations

import hashlib
import json
import random
import zlib
from itertools import chain, combinations

import msgspec
import pytest
import segno
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from hypothesis import given, settings
from hypothesis import strategies as st
from securesystemslib.signer import CryptoSigner, SSlibKey
from tuf.api.exceptions import UnsignedMetadataError
from tuf.api.metadata import Metadata, Root

from magnitizdat.catalogue.carrying_on import newest_list, require_followed, root_of
from magnitizdat.catalogue.holder_cards import HolderCard, card_bytes, make_card, public_of, read_card
from magnitizdat.catalogue.proposals import (
    SIGNATURE_TEXT,
    change,
    counted,
    genuine,
    merge,
    proposal_bytes,
    proposal_text,
    propose,
    read_proposal,
    read_signatures,
    root_file,
    root_keys,
    signature,
    signature_text,
    signed_by,
    with_signatures,
)
from magnitizdat.catalogue.publisher import create_label
from magnitizdat.catalogue.refresh import label_state
from magnitizdat.catalogue.trust import Trusted
from magnitizdat.catalogue.voices import HeardList
from magnitizdat.errors import DamagedError, NotFoundError, NotVerifiedError, UsageError
from magnitizdat.formats import base45
from magnitizdat.ops.labels.scanned import scanned_in
from magnitizdat.pages.qr import png_qr
from magnitizdat.workers.pool import ParserPool
from tests.fakes_tuf import NOW

LISTS = HeardList(version=7, sha256="ab" * 32)


def seed(name: object) -> bytes:
    return hashlib.sha256(f"seed {name}".encode()).digest()


def keys(*names: object) -> list[str]:
    return [public_of(seed(name)) for name in names]


LABEL = create_label("Zoopark", now=NOW)
FIRST = root_of(LABEL.state)
AUTHOR = LABEL.keys.root_seed


def proposed(n: int, need: int, **others):
    """A next root of the label as it was born, which `need` of `n` carry on."""
    values = {"holders": keys(*range(n)), "need": need, "now": NOW, "lists": LISTS} | others
    return propose(FIRST, imprint=LABEL.imprint, **values)


def signed(draft, *seeds):
    return with_signatures(draft, [signature(draft, each) for each in seeds])


def appointed(n: int, need: int):
    """The label in the hands of its holders, and the root that did that."""
    draft = signed(proposed(n, need), AUTHOR, *(seed(each) for each in range(need)))
    data = root_file(draft, FIRST.signed)
    return label_state(LABEL.imprint, {"1.root.json": LABEL.state.roots()[0], "2.root.json": data})


# -- which signatures make a root ------------------------------------------------------------------------------------


def public_key(name: object) -> SSlibKey:
    return CryptoSigner(Ed25519PrivateKey.from_private_bytes(seed(name))).public_key


class Stock:
    """What python-tuf itself says of a next root: read once, asked with one set of signatures after the other."""

    def __init__(self, before: bytes, draft, given) -> None:
        named = [{"keyid": public_key(name).keyid, "sig": sig} for name, sig in given.items()]
        data = json.dumps({"signed": draft.proposal.root, "signatures": named}).encode()
        self.old, self.new = Metadata[Root].from_bytes(before), Metadata[Root].from_bytes(data)
        self.every = {name: self.new.signatures[public_key(name).keyid] for name in given}

    def takes(self, some) -> bool:
        self.new.signatures = {public.keyid: public for public in (self.every[name] for name in some)}
        try:
            self.old.verify_delegate(Root.type, self.new)
            self.new.verify_delegate(Root.type, self.new)
        except UnsignedMetadataError:
            return False
        return True


@pytest.mark.parametrize("n", range(2, 8))
def test_every_set_of_signers_in_any_order_makes_a_root_from_k_on(n):
    """All 1 <= k < n <= 7 and all subsets, with one of the holders replaced by another."""
    rng = random.Random(n)
    for need in range(1, n):
        state = appointed(n, need)
        before = root_of(state)
        names = [*range(1, n), "another"]
        draft = propose(before, imprint=LABEL.imprint, holders=keys(*names), need=need, now=NOW, lists=LISTS)
        people = [*range(n), "another"]
        given = {name: signature(draft, seed(name)) for name in people}
        stock = Stock(before.data, draft, given)
        for some in chain.from_iterable(combinations(people, size) for size in range(n + 2)):
            copies = [draft, *(with_signatures(draft, [given[name]]) for name in some)]
            rng.shuffle(copies)
            made = merge(copies)
            old, own = len({*some} & {*range(n)}), len({*some} & {*names})
            assert counted(made, before.signed) == (old, need, own, need)
            enough = old >= need and own >= need
            assert stock.takes(some) == enough
            if not enough:
                with pytest.raises(NotVerifiedError):
                    root_file(made, before.signed)
        chain_of(state).add_root(root_file(made, before.signed))


@given(st.data())
@settings(max_examples=60)
def test_what_enough_made_is_taken_by_every_reader(data):
    n = data.draw(st.integers(2, 7))
    need = data.draw(st.integers(1, n - 1))
    some = data.draw(st.sets(st.integers(0, n - 1), min_size=need))
    draft = signed(proposed(n, need), AUTHOR, *map(seed, some))
    made = root_file(read_proposal(proposal_text(draft).encode()), FIRST.signed)
    chain_of(LABEL.state).add_root(made)
    old, new = Metadata[Root].from_bytes(FIRST.data), Metadata[Root].from_bytes(made)
    old.verify_delegate(Root.type, new)
    new.verify_delegate(Root.type, new)


def chain_of(state) -> Trusted:
    first, *rest = state.roots()
    trusted = Trusted(first, now=NOW)
    for root in rest:
        trusted.add_root(root)
    return trusted


def test_a_key_by_two_names_signs_once():
    """A root before that names one key twice, as only another program would make it."""
    twice = json.loads(FIRST.data)
    public = root_keys(FIRST.signed)[public_of(AUTHOR)]
    twin = SSlibKey("twin", public.keytype, public.scheme, dict(public.keyval))
    before = Root.from_dict(twice["signed"])
    before.add_key(twin, Root.type)
    before.roles[Root.type].threshold = 2
    draft = signed(proposed(3, 2), AUTHOR, seed(0), seed(1))
    assert counted(draft, before).old == 1


# -- on the way ------------------------------------------------------------------------------------------------------


def test_a_proposal_is_small():
    draft = proposed(5, 3)
    assert len(draft.statement.canonical) < 2100
    full = signed(draft, AUTHOR, *map(seed, range(3)))
    assert len(proposal_bytes(full)) < 3000
    assert segno.make(proposal_text(draft), error="l", micro=False).version <= 22
    assert segno.make(proposal_text(full), error="l", micro=False).version <= 26
    alone = signature_text(draft.sha256, [signature(draft, seed(0))])
    assert segno.make(alone, error="m", micro=False).version == 6


def test_what_travels_is_read_again_also_from_a_picture():
    draft = signed(proposed(5, 3), AUTHOR, seed(0))
    assert read_proposal(proposal_bytes(draft)).proposal == draft.proposal
    assert read_proposal(proposal_text(draft).encode()).proposal == draft.proposal
    alone = signature_text(draft.sha256, draft.proposal.signatures)
    assert read_signatures(alone.encode()) == (draft.sha256, draft.proposal.signatures)
    with ParserPool(workers=1) as pool:
        assert scanned_in(png_qr(proposal_text(draft)), pool) == proposal_text(draft).encode()
        assert scanned_in(png_qr(alone), pool) == alone.encode()


@given(st.data())
@settings(max_examples=40)
def test_copies_are_merged_in_any_order(data):
    draft = proposed(5, 3)
    every = [signature(draft, each) for each in (AUTHOR, *map(seed, range(5)))]
    copies = data.draw(st.lists(st.sets(st.sampled_from(every)), min_size=1, max_size=6))
    found = merge([with_signatures(draft, copy) for copy in copies])
    again = merge([with_signatures(draft, copy) for copy in reversed(copies)])
    assert found == again
    assert {*found.proposal.signatures} == set().union(*copies)


def test_what_it_changes_is_told():
    state = appointed(5, 3)
    before = root_of(state)
    online = public_of(seed("keeper"))
    draft = propose(
        before,
        imprint=LABEL.imprint,
        holders=keys(0, 1, 2, "x", "y", "z"),
        need=4,
        now=NOW,
        lists=LISTS,
        online=online,
        continues=True,
    )
    found = change(draft, before.signed)
    assert (set(found.came), set(found.left)) == (set(keys("x", "y", "z")), set(keys(3, 4)))
    assert (found.need, found.of, found.need_before, found.of_before) == (4, 6, 3, 5)
    assert found.new_keeper
    assert found.continues == LISTS
    assert not change(proposed(5, 3), FIRST.signed).new_keeper


# -- what is none ----------------------------------------------------------------------------------------------------


def altered(draft, **fields) -> bytes:
    return json.dumps(json.loads(proposal_bytes(draft)) | fields).encode()


def with_root(draft, edit) -> bytes:
    root = json.loads(json.dumps(draft.proposal.root))
    edit(root)
    return altered(draft, root=root)


def twice(root) -> None:
    name = root["roles"]["root"]["keyids"][0]
    root["keys"]["twin"] = root["keys"][name]
    root["roles"]["root"]["keyids"].append("twin")


def everyday(root) -> None:
    root["roles"]["timestamp"]["keyids"].append(root["roles"]["root"]["keyids"][0])


def with_online(root, name, *roles):
    """One key more signs these day by day."""
    key = SSlibKey.from_crypto(Ed25519PrivateKey.from_private_bytes(seed(name)).public_key())
    root["keys"][key.keyid] = key.to_dict()
    for role in roles:
        root["roles"][role]["keyids"].append(key.keyid)


@pytest.mark.parametrize(
    "edit",
    [
        twice,
        everyday,
        lambda root: root["roles"]["root"]["keyids"].append("0" * 64),
        lambda root: root["roles"]["root"].update(threshold=5),
        lambda root: root["roles"]["root"].update(threshold=6),
        lambda root: root["roles"]["root"].update(threshold=0),
        lambda root: root["roles"]["root"].update(threshold=True),
        lambda root: root["roles"].pop("snapshot"),
        lambda root: root.update(version=3),
        lambda root: root.update(version=1),
        lambda root: root.update(_type="targets"),
        lambda root: root.update(consistent_snapshot=False),
        lambda root: root.pop("keys"),
        lambda root: root["roles"]["targets"].update(threshold=2),
        lambda root: with_online(root, "second", "timestamp", "snapshot", "targets"),
        lambda root: with_online(root, "second", "timestamp"),
        lambda root: root["roles"]["snapshot"].update(keyids=[]),
        lambda root: root.update({"x-continues": {"version": 8, "sha256": "ab" * 32}}),
        lambda root: root.update({"x-continues": {"version": 7, "sha256": "cd" * 32}}),
        lambda root: root.update({"x-continues": "nothing"}),
    ],
)
def test_a_root_that_nobody_should_sign_is_refused(edit):
    read_proposal(with_root(proposed(5, 3), lambda _root: None))
    with pytest.raises(DamagedError):
        read_proposal(with_root(proposed(5, 3), edit))


def test_a_list_that_is_not_named_is_not_stood_by():
    draft = proposed(5, 3)
    data = with_root(draft, lambda root: root.update({"x-continues": {"version": 7, "sha256": "ab" * 32}}))
    found = json.loads(data)
    read_proposal(data)
    del found["lists"]
    with pytest.raises(DamagedError):
        read_proposal(json.dumps(found).encode())


@pytest.mark.parametrize("form", [proposal_bytes, lambda draft: proposal_text(draft).encode()])
def test_a_proposal_that_is_cut_off_is_refused_wherever(form):
    whole = form(signed(proposed(5, 3), AUTHOR))
    for length in range(0, len(whole), 7):
        with pytest.raises(DamagedError):
            read_proposal(whole[:length])


@given(st.data())
def test_a_proposal_that_was_altered_is_another_or_none(data):
    """Whatever one byte becomes: it is refused, or it is another root, or its signatures are of nobody."""
    draft = signed(proposed(3, 2), AUTHOR, seed(0))
    whole = bytearray(proposal_bytes(draft))
    place = data.draw(st.integers(0, len(whole) - 1))
    whole[place] ^= data.draw(st.integers(1, 255))
    try:
        found = read_proposal(bytes(whole))
    except DamagedError:
        return
    signers = signed_by(found, FIRST.signed)
    assert signers <= signed_by(draft, FIRST.signed)
    assert found.sha256 == draft.sha256 or not signers


@given(st.binary(max_size=300))
def test_bytes_of_chance_are_no_proposal(data):
    for noise in (data, b"{" + data, b"MAGROOT:" + data):
        with pytest.raises(DamagedError):
            read_proposal(noise)
    with pytest.raises(DamagedError):
        read_signatures(SIGNATURE_TEXT.encode() + data)


def test_what_inflates_without_end_is_refused():
    text = "MAGROOT:" + base45.encode(zlib.compress(b" " * (1 << 20), 9))
    assert len(text) < 4000
    with pytest.raises(DamagedError):
        read_proposal(text.encode())


@pytest.mark.parametrize(
    "strange", [signature(proposed(5, 3), seed("stranger")), signature(proposed(5, 2), seed(0)), "ab" * 64]
)
def test_a_signature_of_nobody_counts_nothing_and_is_left_out(strange):
    draft = proposed(5, 3)
    good = signature(draft, seed(1))
    found = with_signatures(draft, [strange, good])
    assert signed_by(found, FIRST.signed) == {*keys(1)}
    assert counted(found, FIRST.signed).own == 1
    assert genuine(draft, FIRST.signed, found.proposal.signatures).proposal.signatures == (good,)


def test_copies_that_say_different_things_are_not_merged():
    draft = proposed(5, 3)
    with pytest.raises(UsageError):
        merge([draft, proposed(5, 2)])
    advised = read_proposal(altered(draft, lists={"version": 8, "sha256": "ab" * 32}))
    assert merge([draft, advised]).sha256 == draft.sha256, "nobody signs that"
    with pytest.raises(NotVerifiedError):
        merge([draft, read_proposal(altered(draft, imprint=create_label("Kino", now=NOW).imprint))])


def test_a_proposal_follows_the_root_that_is_held():
    state, draft = LABEL.state, proposed(5, 3, lists=None)
    assert require_followed(draft, state).sha256 == FIRST.sha256
    with pytest.raises(NotVerifiedError):
        require_followed(draft, create_label("Kino", now=NOW).state)
    with pytest.raises(NotVerifiedError):
        require_followed(proposed(4, 3), appointed(5, 3))
    with pytest.raises(NotFoundError):
        require_followed(
            propose(root_of(appointed(5, 3)), imprint=LABEL.imprint, holders=keys(1, 2, 3), need=2, now=NOW), state
        )
    held = newest_list(state)
    other = HeardList(version=held.version, sha256="cd" * 32)
    assert require_followed(proposed(5, 3, lists=other), state).sha256 == FIRST.sha256
    with pytest.raises(NotVerifiedError):
        require_followed(proposed(5, 3, lists=other, continues=True), state)


@pytest.mark.parametrize(("need", "holders"), [(3, (0, 1, 2)), (0, (0, 1, 2)), (2, (0, 1, 1)), (1, (0,))])
def test_who_cannot_carry_a_label_on_is_not_proposed(need, holders):
    with pytest.raises(UsageError):
        proposed(0, need, holders=keys(*holders))


# -- cards -----------------------------------------------------------------------------------------------------------


def test_a_card_is_of_who_has_its_key():
    card = make_card("Майк", seed(1))
    assert read_card(card_bytes(card)) == card
    assert card.key == public_of(seed(1))
    other = make_card("Анна", seed(2))
    for fields in ({"name": "Anna"}, {"key": other.key}, {"signature": other.signature}):
        with pytest.raises(NotVerifiedError):
            read_card(card_bytes(msgspec.structs.replace(card, **fields)))


@pytest.mark.parametrize("name", ["Anna\nSigned by nobody", "Anna\u202e", " Anna", " "])
def test_a_name_on_a_card_is_one_line_that_everybody_sees(name):
    key = public_of(seed(1))
    words = f"magnitizdat holder{key}{name}".encode()
    given_ = Ed25519PrivateKey.from_private_bytes(seed(1)).sign(words).hex()
    with pytest.raises(DamagedError, match="hidden characters"):
        read_card(card_bytes(HolderCard(name=name, key=key, signature=given_)))
    if name.strip():
        made = make_card(name, seed(1))
        assert read_card(card_bytes(made)).name.startswith("Anna")
        assert made.name.isprintable()


@given(name=st.text(min_size=1, max_size=40), data=st.binary(max_size=80))
def test_no_card_signs_what_a_root_is_made_of(name, data):
    """The bytes that a card signs begin as no canonical JSON does."""
    card = make_card(name, data.ljust(32, b"x")[:32])
    draft = with_signatures(proposed(3, 2), [card.signature])
    assert not signed_by(draft, FIRST.signed)


def test_a_card_where_a_proposal_belongs_is_called_one():
    with pytest.raises(DamagedError, match="a holder's card and no proposal"):
        read_proposal(card_bytes(make_card("Anna", b"a" * 32)))
