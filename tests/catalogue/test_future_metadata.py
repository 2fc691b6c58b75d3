"""Metadata of a newer mag: fields, delegations and keys that nobody here knows are held as signed, and signed on."""

from __future__ import annotations

import hashlib
import json
from datetime import UTC, datetime

import pytest
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from hypothesis import given
from hypothesis import strategies as st
from msgspec import structs
from securesystemslib.formats import encode_canonical
from securesystemslib.signer import CryptoSigner

from magnitizdat.catalogue.kinds import target_path
from magnitizdat.catalogue.publisher import create_label, publish, restore
from magnitizdat.catalogue.refresh import imprint_of, label_state, refresh, review
from magnitizdat.errors import NotFoundError

NOW = datetime(2026, 5, 1, 12, 0, tzinfo=UTC)
LABEL = create_label("Zoopark Tapes", now=NOW)
NAMES = st.text(st.characters(min_codepoint=97, max_codepoint=122), min_size=3, max_size=9).map("field-{}".format)
VALUES = st.integers() | st.text(max_size=9) | st.lists(st.integers(), max_size=2)
FIELDS = st.dictionaries(NAMES, VALUES, max_size=3)
DELEGATED = {
    "keys": {},
    "roles": [{"name": "kassa", "keyids": [], "threshold": 1, "terminating": False, "paths": ["*"]}],
}


def signer(seed):
    return CryptoSigner(Ed25519PrivateKey.from_private_bytes(seed))


def signed_again(data, seeds, change):
    """The file as a newer mag would have signed it."""
    signed = json.loads(data)["signed"]
    change(signed)
    canonical = encode_canonical(signed).encode()
    signatures = [signer(seed).sign(canonical).to_dict() for seed in seeds]
    return json.dumps({"signed": signed, "signatures": signatures}).encode()


def newer(fields):
    """LABEL's files with `fields` in each of them, a delegation, and more about each document."""
    roles = LABEL.state.role_files()
    seeds = [LABEL.keys.online_seed]

    def in_targets(signed):
        signed |= fields | {"x-once": 1, "delegations": DELEGATED}
        for target in signed["targets"].values():
            target["custom"] = fields

    def in_snapshot(signed):
        signed |= fields | {"x-once": 1}
        signed["meta"] = {"targets.json": meta(targets), "kassa.json": {"version": 7}}

    def in_timestamp(signed):
        signed |= fields
        signed["meta"] = {"snapshot.json": meta(snapshot)}

    targets = signed_again(roles["targets"], seeds, in_targets)
    snapshot = signed_again(roles["snapshot"], seeds, in_snapshot)
    timestamp = signed_again(roles["timestamp"], seeds, in_timestamp)
    return {
        "1.root.json": LABEL.state.files["1.root.json"],
        "1.targets.json": targets,
        "1.snapshot.json": snapshot,
        "timestamp.json": timestamp,
    }


def meta(data):
    return {"version": 1, "length": len(data), "hashes": {"sha256": hashlib.sha256(data).hexdigest()}}


def source(files):
    def fetch(name, _length):
        if name not in files:
            raise NotFoundError(name)
        return files[name]

    return fetch


def signed_part(files, role):
    name = "timestamp.json" if role == "timestamp" else next(each for each in files if each.endswith(f".{role}.json"))
    return json.loads(files[name])["signed"]


@given(fields=FIELDS)
def test_files_are_held_bit_for_bit_and_what_they_say_is_signed_on(fields):
    files = newer(fields)
    held = refresh(label_state(LABEL.imprint), source(files), now=NOW).state
    assert held.files == files
    after = publish(held, LABEL.keys, {target_path("vouch", "ab" * 16): b"{}"}, now=NOW).state.files
    for role in ("targets", "snapshot", "timestamp"):
        assert fields.items() <= signed_part(after, role).items()
        assert "x-once" not in signed_part(after, role)
    targets = signed_part(after, "targets")
    assert (targets["delegations"], targets["version"], targets["x-previous"]["version"]) == (DELEGATED, 2, 1)
    assert [target.get("custom", {}) for target in targets["targets"].values()] == [fields, {}]
    assert signed_part(after, "snapshot")["meta"]["kassa.json"] == {"version": 7}


def test_a_label_that_is_taken_back_keeps_them():
    files = newer({"field-mood": "blue"})
    held = refresh(label_state(LABEL.imprint), source(files), now=NOW).state
    after = restore(held, [LABEL.paper_words], now=NOW).state.files
    assert signed_part(after, "targets")["field-mood"] == "blue"


@pytest.mark.parametrize("key", [{"keytype": "ml-dsa", "scheme": "ml-dsa-44"}, {"keytype": "ed25519", "scheme": "new"}])
def test_a_key_of_a_kind_that_nobody_here_verifies_does_not_shut_a_label(key):
    """It counts for nothing, and the known ones beside it for what they are."""

    def change(signed):
        signed["keys"]["ff" * 32] = {**key, "keyval": {"public": "ab"}}
        signed["roles"]["root"]["keyids"].append("ff" * 32)

    root = signed_again(LABEL.state.files["1.root.json"], [LABEL.keys.root_seed], change)
    files = {**LABEL.state.files, "1.root.json": root}
    verdict = refresh(label_state(imprint_of(root)), source(files), now=NOW)
    assert verdict.state.files == files
    assert review(structs.replace(verdict.state), now=NOW).checkpoint == verdict.checkpoint
