"""The classic attacks on a repository, through a whole repository in memory, and what an honest one may do."""

from __future__ import annotations

import json
from datetime import UTC, datetime, timedelta

import msgspec
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from securesystemslib.signer import CryptoSigner

from magnitizdat.catalogue import metadata
from magnitizdat.catalogue.forks import choose, freeze
from magnitizdat.catalogue.refresh import (
    LabelState,
    Verdict,
    checkpoint,
    heard,
    imprint_of,
    label_state,
    refresh,
    remembered,
    review,
    verify_document,
)
from magnitizdat.errors import (
    DamagedError,
    ForkError,
    NotFoundError,
    NotVerifiedError,
    RolledBackError,
    UnreachableError,
)
from magnitizdat.model import Checkpoint
from tests.fakes_tuf import NOW, YEAR, Repository, edit, resign


def stranger(repository: Repository) -> LabelState:
    return label_state(imprint_of(repository.files["metadata/1.root.json"]))


def meet(repository: Repository) -> LabelState:
    return update(repository, stranger(repository)).state


def update(repository: Repository, state: LabelState, **options) -> Verdict:
    return refresh(state, repository.fetch, now=options.pop("now", NOW), **options)


def refused(repository: Repository, state: LabelState, error: type[Exception] = NotVerifiedError, **options) -> str:
    with pytest.raises(error) as caught:
        update(repository, state, **options)
    assert "\n" not in str(caught.value)
    return str(caught.value)


# -- honest repositories ----------------------------------------------------------------------------------------------


@pytest.mark.parametrize("hashes", [True, False])
def test_a_stranger_meets_a_label_by_its_imprint_alone(hashes):
    repository = Repository(hashes=hashes)
    repository.add_target("ab/x.json", b"{}")
    repository.publish()
    verdict = update(repository, stranger(repository))
    assert verdict.changed
    assert verdict.freshness.version == 2
    assert not verdict.freshness.expired
    listed = verdict.targets["ab/x.json"]
    assert verify_document(listed, repository.files[listed.stored_path]) == b"{}"
    with pytest.raises(NotVerifiedError):
        verify_document(listed, b"[]")
    with pytest.raises(NotVerifiedError):
        verify_document(listed, b"{} ")


@pytest.mark.parametrize(
    "signer",
    [
        CryptoSigner.generate_ed25519,
        CryptoSigner.generate_ecdsa,
        lambda: CryptoSigner.generate_rsa(scheme="rsassa-pss-sha256"),
        lambda: CryptoSigner.generate_rsa(scheme="rsa-pkcs1v15-sha256"),
    ],
)
def test_every_common_kind_of_key_is_read(signer):
    repository = Repository(signer=signer)
    repository.publish()
    assert update(repository, stranger(repository)).freshness.version == 2


@settings(max_examples=25)
@given(st.lists(st.sampled_from(["publish", "timestamp", "root", "rotate", "read"]), max_size=10))
def test_a_reader_who_looks_now_and_then_ends_where_a_newcomer_does(steps):
    repository = Repository()
    state = meet(repository)
    for step in steps:
        match step:
            case "publish":
                repository.publish()
            case "timestamp":
                repository.publish_timestamp()
            case "root":
                repository.publish_root()
            case "rotate":
                repository.rotate_and_publish("root", "timestamp", "snapshot", "targets")
                repository.publish()
            case _:
                state = update(repository, state).state
    state = update(repository, state).state
    assert state.files == meet(repository).files
    assert not update(repository, state).changed
    assert review(state, now=NOW).state.files == state.files
    # what is held is itself a source for others: nothing is missing from what travels
    again = refresh(stranger(repository), lambda name, _: state.files[name] if name in state.files else gone(), now=NOW)
    assert again.state.files == state.files


def gone() -> bytes:
    raise NotFoundError("gone")


def test_nothing_is_fetched_twice():
    repository = Repository()
    state = meet(repository)
    repository.asked.clear()
    assert not update(repository, state).changed
    assert repository.asked == ["metadata/2.root.json", "metadata/timestamp.json"]


def test_unknown_fields_are_verified_and_kept():
    repository = Repository()
    state = meet(repository)
    repository.root.unrecognized_fields["x-new"] = {"a": [1, {"b": None}]}
    repository.root.roles["root"].unrecognized_fields["x-more"] = "value"
    repository.publish_root()
    assert update(repository, state).checkpoint.version == 2


def test_signatures_that_nobody_asked_for_do_no_harm():
    repository = Repository()
    repository.files["metadata/timestamp.json"] = repository.sign(
        repository.timestamp, [repository.new_signer(), *repository.signers["timestamp"], repository.new_signer()]
    )
    update(repository, stranger(repository))


# -- wrong keys and arbitrary software --------------------------------------------------------------------------------


@pytest.mark.parametrize("role", ["root", "timestamp", "snapshot", "targets"])
def test_the_wrong_keys_are_refused(role):
    repository = Repository()
    known, state = repository.signers[role], stranger(repository)
    repository.signers[role] = [repository.new_signer()]
    if role == "root":
        repository.publish_root()
    repository.publish()
    assert "not signed by enough" in refused(repository, state)
    repository.signers[role] = known
    assert (role == "root") == (repository.root.version == 2)


@pytest.mark.parametrize("name", ["1.root.json", "timestamp.json", "1.snapshot.json", "1.targets.json"])
def test_an_edited_file_is_refused(name):
    repository = Repository()
    state = stranger(repository)
    repository.files[f"metadata/{name}"] = edit(
        repository.files[f"metadata/{name}"], lambda value: value["signed"].update({"x": 1})
    )
    refused(repository, state)


def test_another_labels_first_root_is_not_this_imprint():
    repository, other = Repository(), Repository()
    assert "begins with the keys of another label" in refused(other, stranger(repository))
    with pytest.raises(NotVerifiedError, match="another label"):
        review(label_state(stranger(repository).imprint, meet(other).files), now=NOW)


def test_one_role_cannot_stand_in_for_another():
    repository = Repository()
    state = stranger(repository)
    repository.files["metadata/timestamp.json"] = repository.files["metadata/1.snapshot.json"]
    refused(repository, state, DamagedError)


def test_a_threshold_counts_public_keys_not_their_names():
    repository = Repository()
    only = repository.signers["snapshot"][0]
    key = only.public_key
    twin = type(key)("another-id", key.keytype, key.scheme, dict(key.keyval))
    upper = type(key)("third-id", key.keytype, key.scheme, {"public": key.keyval["public"].upper()})
    repository.root.add_key(twin, "snapshot")
    repository.root.add_key(upper, "snapshot")
    repository.root.roles["snapshot"].threshold = 2
    repository.publish_root()
    repository.signers["snapshot"] = [
        only,
        CryptoSigner(only._private_key, twin),
        CryptoSigner(only._private_key, upper),
    ]
    repository.publish()
    signatures = json.loads(repository.files[f"metadata/{repository.snapshot.version}.snapshot.json"])["signatures"]
    assert len(signatures) == 3
    assert "not signed by enough" in refused(repository, stranger(repository))


@pytest.mark.parametrize(("signed", "threshold", "taken"), [(2, 2, True), (1, 2, False), (3, 2, True), (2, 3, False)])
def test_thresholds(signed, threshold, taken):
    repository = Repository()
    state = meet(repository)
    repository.rotate("targets", count=3, threshold=threshold)
    repository.publish_root()
    repository.signers["targets"] = repository.signers["targets"][:signed]
    repository.publish()
    if taken:
        assert update(repository, state).freshness.version == 2
    else:
        refused(repository, state)


def test_a_key_that_is_named_and_not_there_does_not_count():
    repository = Repository()
    state = meet(repository)
    repository.root.roles["timestamp"].keyids.append("f" * 64)
    repository.root.roles["timestamp"].threshold = 2
    repository.publish_root()
    repository.publish()
    refused(repository, state)


# -- roots ------------------------------------------------------------------------------------------------------------


def test_a_root_is_signed_by_the_keys_of_the_one_before():
    repository = Repository()
    state = meet(repository)
    repository.rotate("root")
    repository.publish_root()
    refused(repository, state)


def test_a_root_is_signed_by_its_own_keys():
    repository = Repository()
    state = meet(repository)
    before = repository.signers["root"]
    repository.rotate("root")
    repository.signers["root"] = before
    repository.publish_root()
    refused(repository, state)


def test_keys_and_thresholds_of_the_root_change_step_by_step():
    repository = Repository()
    state = meet(repository)
    for count, threshold in [(3, 1), (3, 2), (5, 3), (2, 2), (1, 1)]:
        before = repository.signers["root"]
        repository.rotate("root", count=count, threshold=threshold)
        repository.publish_root(also=before)
        state = update(repository, state).state
    assert checkpoint(state).version == 6
    assert len(state.roots()) == 6


@pytest.mark.parametrize("version", [3, 1])
def test_a_root_chain_has_no_gaps(version):
    repository = Repository()
    state = meet(repository)
    repository.root.version = version
    repository.files["metadata/2.root.json"] = repository.sign(repository.root, repository.signers["root"])
    assert "gap" in refused(repository, state)


def test_a_chain_of_roots_without_end_is_left(monkeypatch):
    monkeypatch.setattr("magnitizdat.catalogue.following.MAX_ROOTS", 20)
    repository = Repository()
    state = meet(repository)
    for _ in range(30):
        repository.publish_root()
    repository.asked.clear()
    assert "more than 20 roots" in refused(repository, state)
    assert len(repository.asked) <= 20


def test_a_held_checkpoint_must_be_in_the_chain():
    repository = Repository()
    early = dict(repository.files)
    repository.rotate_and_publish("root", "timestamp", "snapshot", "targets")
    repository.publish()
    newest = checkpoint(meet(repository))
    told = heard(stranger(repository), newest)
    assert update(repository, told).checkpoint == newest
    repository.files = early
    assert "known to have reached 2" in refused(repository, told)
    wrong = heard(stranger(repository), Checkpoint(version=1, sha256="0" * 64))
    assert "not the one that you were told of" in refused(repository, wrong)


def test_two_tellers_who_contradict_each_other_are_noticed():
    state = meet(Repository())
    assert heard(state, checkpoint(state)) == state
    assert heard(state, None) == state
    with pytest.raises(NotVerifiedError):
        heard(state, Checkpoint(version=1, sha256="0" * 64))
    told = heard(state, Checkpoint(version=5, sha256="1" * 64))
    with pytest.raises(NotVerifiedError):
        heard(told, Checkpoint(version=5, sha256="2" * 64))
    assert heard(told, Checkpoint(version=4, sha256="2" * 64)) == told


def test_what_is_held_remembers_its_own_checkpoint():
    state = meet(Repository())
    assert state.memory.checkpoint == checkpoint(state)
    assert label_state(state.imprint, state.files, remembered=remembered(state)) == state
    with pytest.raises(NotFoundError):
        checkpoint(label_state(state.imprint))


# -- rollback, mixes, freezes -----------------------------------------------------------------------------------------


def test_a_label_that_goes_back_is_refused_and_nothing_is_lost():
    repository = Repository()
    old = dict(repository.files)
    repository.publish()
    state = meet(repository)
    repository.files = old
    said = refused(repository, state, RolledBackError)
    assert "version 1" in said
    assert "version 2 is held" in said
    assert review(state, now=NOW).freshness.version == 2


def test_a_snapshot_that_goes_back_is_refused():
    repository = Repository(hashes=False)
    repository.publish()
    state = meet(repository)
    repository.timestamp.snapshot_meta.version = 1
    repository.publish_timestamp()
    refused(repository, state, RolledBackError)


@pytest.mark.parametrize("hashes", [True, False])
def test_targets_that_go_back_are_refused(hashes):
    repository = Repository(hashes=hashes)
    repository.publish()
    state = meet(repository)
    repository.targets.version = 1
    repository.write_targets("targets")
    repository.publish_snapshot()
    refused(repository, state, RolledBackError)


def test_a_role_cannot_vanish_from_the_snapshot():
    repository = Repository()
    repository.delegate("targets", "extra")
    repository.publish()
    state = meet(repository)
    del repository.snapshot.meta["extra.json"]
    repository.publish_snapshot()
    assert "leaves out" in refused(repository, state)


@pytest.mark.parametrize("name", ["snapshot", "targets"])
@pytest.mark.parametrize("hashes", [True, False])
def test_mixed_sets_are_refused(name, hashes):
    repository = Repository(hashes=hashes)
    repository.publish()
    old = repository.files[f"metadata/2.{name}.json"]
    repository.publish()
    repository.files[f"metadata/3.{name}.json"] = old
    said = refused(repository, stranger(repository))
    assert "mixed" in said or "belong together" in said


@pytest.mark.parametrize("name", ["timestamp.json", "2.snapshot.json", "2.targets.json"])
def test_a_set_with_a_hole_changes_nothing(name):
    repository = Repository()
    state = meet(repository)
    repository.publish()
    del repository.files[f"metadata/{name}"]
    refused(repository, state, NotFoundError)


def test_a_source_that_goes_away_is_told_apart():
    def away(name: str, _length: int) -> bytes:
        raise UnreachableError("gone")

    with pytest.raises(UnreachableError):
        refresh(stranger(Repository()), away, now=NOW)


@pytest.mark.parametrize("role", ["root", "timestamp", "snapshot", "targets"])
def test_expiry_is_a_verdict_for_mag_and_an_end_for_the_strict(role):
    repository = Repository()
    signed = {"root": repository.root, "timestamp": repository.timestamp, "snapshot": repository.snapshot}.get(
        role, repository.targets
    )
    signed.expires = NOW - timedelta(days=1)
    repository.publish_root()
    repository.publish()
    state = stranger(repository)
    assert update(repository, state).freshness.expired
    assert f"{metadata.paper(role)} is past its date" in refused(repository, state, expired_is_stale=False)


@given(st.integers(0, 7_000_000_000).map(lambda at: datetime.fromtimestamp(at, UTC)))
def test_no_clock_stops_the_music_or_lets_versions_fall(clock):
    repository = Repository()
    old = dict(repository.files)
    repository.publish()
    state = update(repository, stranger(repository), now=clock).state
    assert review(state, now=clock).freshness.expired == (clock >= NOW + YEAR)
    repository.files = old
    refused(repository, state, RolledBackError, now=clock)


# -- rotations reset --------------------------------------------------------------------------------------------------


def test_new_keys_take_a_label_back_from_a_fast_forward():
    repository = Repository()
    for signed in (repository.timestamp, repository.snapshot, repository.targets):
        signed.version = 1 << 40
    repository.publish()
    state = meet(repository)
    for signed in (repository.timestamp, repository.snapshot, repository.targets):
        signed.version = 1
    refused(repository, state, RolledBackError) if not _again(repository) else None
    repository.rotate_and_publish("timestamp", "snapshot", "targets")
    repository.publish()
    assert update(repository, state).freshness.version == 3


def _again(repository: Repository) -> bool:
    repository.publish()
    return False


@pytest.mark.parametrize(
    ("rotated", "fallen"),
    [("timestamp", "timestamp"), ("snapshot", "snapshot"), ("targets", "targets"), ("snapshot", "targets")],
)
def test_new_keys_reset_their_role(rotated, fallen):
    repository = Repository(hashes=False)
    signed = {"timestamp": repository.timestamp, "snapshot": repository.snapshot, "targets": repository.targets}
    signed[fallen].version = 100
    repository.publish()
    state = meet(repository)
    repository.rotate_and_publish(rotated)
    signed[fallen].version = 1
    repository.publish()
    assert signed[fallen].version == 2
    assert update(repository, state).checkpoint.version == 2


@pytest.mark.parametrize(
    ("rotated", "fallen"),
    [
        ("targets", "timestamp"),
        ("targets", "snapshot"),
        ("timestamp", "targets"),
        ("timestamp", "snapshot"),
        ("root", "targets"),
    ],
)
def test_new_keys_reset_no_other_role(rotated, fallen):
    repository = Repository(hashes=False)
    signed = {"timestamp": repository.timestamp, "snapshot": repository.snapshot, "targets": repository.targets}
    signed[fallen].version = 100
    repository.publish()
    state = meet(repository)
    repository.rotate_and_publish(rotated)
    signed[fallen].version = 1
    repository.publish()
    refused(repository, state, RolledBackError)


# -- forks ------------------------------------------------------------------------------------------------------------


def fork_of(repository: Repository, state: LabelState) -> ForkError:
    with pytest.raises(ForkError) as caught:
        update(repository, state)
    assert caught.value.held[:12] in str(caught.value)
    assert caught.value.other[:12] in str(caught.value)
    return caught.value


@pytest.mark.parametrize("role", ["root", "timestamp", "snapshot", "targets"])
def test_two_signed_statements_of_one_version_freeze_the_label(role):
    repository = Repository()
    repository.publish_root()
    repository.publish()
    state = meet(repository)
    signed = {"root": repository.root, "timestamp": repository.timestamp, "snapshot": repository.snapshot}.get(
        role, repository.targets
    )
    signed.unrecognized_fields["x-other"] = "branch"
    match role:
        case "root":
            repository.publish_root(bump=False)
        case "timestamp":
            repository.publish_timestamp(bump=False)
        case "snapshot":
            repository.publish_snapshot(bump=False)
            repository.publish_timestamp()
        case _:
            repository.write_targets("targets")
            repository.publish_snapshot()
    fork = fork_of(repository, state)
    assert (fork.role, fork.version) == (role, 2)
    frozen = freeze(state, fork)
    assert frozen.is_frozen
    assert freeze(frozen, fork) == frozen
    assert review(frozen, now=NOW).targets == review(state, now=NOW).targets  # old music plays
    repository.asked.clear()
    assert fork_of(repository, frozen).other == fork.other  # nothing new enters, nobody is asked
    assert repository.asked == []
    assert label_state(frozen.imprint, frozen.files, remembered=remembered(frozen)) == frozen

    stayed = choose(frozen, fork.held)
    assert not stayed.is_frozen
    assert "turned down" in refused(repository, stayed)

    went = choose(frozen, fork.other)
    repository.publish()
    assert update(repository, went).freshness.version == repository.targets.version


class Replaced:
    """A label whose root keys were replaced in its second root, and whoever still has those of the first."""

    def __init__(self) -> None:
        self.true = Repository()
        self._old = list(self.true.signers["root"])
        self._first = self.true.files["metadata/1.root.json"]
        self.newcomer = stranger(self.true)
        self.true.rotate_and_publish("root", "timestamp", "snapshot", "targets")
        self.true.publish()

    def forged(self, mark: int = 0) -> Repository:
        """One of the endless other second roots, with all that it needs."""
        other = Repository()
        keys = dict(other.signers)
        other.root.version = 2
        other.root.unrecognized_fields["x-mark"] = mark
        data = other.sign(other.root, [*keys["root"], *self._old])
        other.files |= {"metadata/1.root.json": self._first, "metadata/2.root.json": data}
        return other


def test_a_key_that_was_replaced_freezes_nobody_twice():
    """Each forgery is another one: choosing must turn them all down."""
    label = Replaced()
    state = update(label.true, label.newcomer).state
    fork = fork_of(label.forged(), state)
    state = choose(freeze(state, fork), fork.held)
    for mark in range(1, 4):
        assert "made with a key that was replaced" in refused(label.forged(mark), state)
        state = label_state(state.imprint, state.files, remembered=remembered(state))
    assert not update(label.true, state).changed


def test_who_met_the_forgery_first_may_choose_the_true_one_and_is_asked_no_more():
    label = Replaced()
    state = update(label.forged(), label.newcomer).state
    fork = fork_of(label.true, state)
    state = update(label.true, choose(freeze(state, fork), fork.other)).state
    assert "replaced" in refused(label.forged(1), state)
    label.true.rotate_and_publish("root")
    assert update(label.true, state).checkpoint.version == 3


@pytest.mark.parametrize("later", [0, 1, 3])
@pytest.mark.parametrize("evidence", ["told", "vouched"])
def test_where_somebody_names_the_held_branch_others_are_refused_and_freeze_nothing(evidence, later):
    label = Replaced()
    for _ in range(later):
        label.true.rotate_and_publish("root")
    state = update(label.true, label.newcomer).state
    word = checkpoint(state)
    vouched = [word] if evidence == "vouched" else []
    if evidence == "told":
        state = heard(state, word)
    assert "replaced" in refused(label.forged(), state, vouched=vouched)
    frozen = freeze(
        update(label.true, label.newcomer).state, fork_of(label.forged(), update(label.true, label.newcomer).state)
    )
    thawed = msgspec.structs.replace(frozen, memory=msgspec.structs.replace(frozen.memory, told=state.memory.told))
    assert not update(label.true, thawed, vouched=vouched).state.is_frozen


def test_what_was_only_seen_or_lies_before_says_nothing_of_which_branch_is_right():
    label = Replaced()
    before = checkpoint(
        msgspec.structs.replace(
            state := update(label.true, label.newcomer).state, files={"1.root.json": state.files["1.root.json"]}
        )
    )
    state = heard(state, before)
    for _ in range(2):
        state = update(label.true, state).state
    with pytest.raises(ForkError):
        update(label.forged(), state, vouched=[before, Checkpoint(version=2, sha256="0" * 64)])


def test_a_root_that_is_to_come_takes_nothing_from_one_that_was_told_of():
    label = Replaced()
    state = update(label.true, label.newcomer).state
    state = heard(state, checkpoint(state))
    label.true.rotate_and_publish("root")
    label.true.rotate_and_publish("root")
    state = heard(state, update(label.true, label.newcomer).checkpoint)
    assert "replaced" in refused(label.forged(), state)
    state = update(label.true, state).state
    assert len(heard(state, checkpoint(state)).memory.told) == 1


def test_two_roots_of_the_same_keys_are_not_said_to_be_of_a_replaced_one():
    repository = Repository()
    repository.publish_root()
    state = meet(repository)
    state = heard(state, checkpoint(state))
    repository.root.unrecognized_fields["x-other"] = "branch"
    repository.publish_root(bump=False)
    assert "another branch" in refused(repository, state)


def test_roots_that_come_back_to_the_held_ones_are_no_fork():
    """A root of the past that a replaced key could make, with keys that the true next one is signed by."""
    label = Replaced()
    keys = label.true.signers["root"]
    label.true.rotate_and_publish("root")
    state = update(label.true, label.newcomer).state
    odd = label.forged()
    odd.root.add_key(keys[0].public_key, "root")
    odd.files = label.true.files | {
        "metadata/2.root.json": odd.sign(odd.root, [*odd.signers["root"], *label._old]),
    }
    assert not update(odd, state).changed
    mixed = update(odd, label.newcomer).state
    assert not update(label.true, mixed).state.is_frozen


def test_after_staying_on_one_branch_its_own_news_are_taken():
    repository = Repository()
    state = meet(repository)
    ours = msgspec.json.decode(msgspec.json.encode(repository.files), type=dict[str, bytes])
    repository.timestamp.unrecognized_fields["x"] = 1
    repository.publish_timestamp(bump=False)
    stayed = choose(freeze(state, fork := fork_of(repository, state)), fork.held)
    repository.files = ours
    del repository.timestamp.unrecognized_fields["x"]
    repository.publish()
    assert update(repository, stayed).freshness.version == 2


def test_a_choice_names_a_branch():
    with pytest.raises(NotFoundError):
        choose(meet(Repository()), "0" * 64)


def test_other_bytes_of_the_same_statement_are_no_fork():
    repository = Repository()
    repository.publish_root()
    repository.rotate("timestamp", count=3)
    repository.publish_root()
    repository.publish_timestamp()
    state = meet(repository)
    repository.signers["timestamp"] = repository.signers["timestamp"][1:]
    repository.publish_timestamp(bump=False)
    for name in ("metadata/2.root.json", "metadata/timestamp.json"):
        repository.files[name] = json.dumps(json.loads(repository.files[name]), indent=3).encode()
    verdict = update(repository, state)
    assert not verdict.changed


def test_an_unsigned_other_version_is_no_fork():
    repository = Repository()
    repository.publish_root()
    state = meet(repository)
    repository.signers["root"] = [repository.new_signer()]
    repository.root.unrecognized_fields["x"] = 1
    repository.publish_root(bump=False)
    said = refused(repository, state)
    assert "not signed by enough" in said
    assert not isinstance(said, ForkError)


def test_targets_that_follow_another_version_than_the_held_one_are_a_fork():
    repository = Repository()
    state = meet(repository)
    repository.targets.unrecognized_fields["x-previous"] = {"version": 1, "sha256": "7" * 64}
    repository.publish()
    fork = fork_of(repository, state)
    assert (fork.role, fork.version, fork.other) == ("targets", 1, "7" * 64)
    went = choose(freeze(state, fork), fork.other)
    assert update(repository, went).freshness.version == 2
    stayed = choose(freeze(state, fork), fork.held)
    assert "turned down" in refused(repository, stayed)


@pytest.mark.parametrize("junk", [1, None, [], {}, {"version": "x", "sha256": 1}, {"version": []}])
def test_a_garbled_predecessor_is_no_predecessor(junk):
    repository = Repository()
    state = meet(repository)
    repository.targets.unrecognized_fields["x-previous"] = junk
    repository.publish()
    assert update(repository, state).freshness.version == 2


# -- hostile bytes ----------------------------------------------------------------------------------------------------

ROLES = {
    "root": ("1.root.json", metadata.MAX_ROOT_LENGTH),
    "timestamp": ("timestamp.json", metadata.MAX_TIMESTAMP_LENGTH),
    "snapshot": ("1.snapshot.json", metadata.MAX_SNAPSHOT_LENGTH),
    "targets": ("1.targets.json", metadata.MAX_TARGETS_LENGTH),
}


@pytest.mark.parametrize("role", ROLES)
@pytest.mark.parametrize("hashes", [True, False])
def test_endless_data_is_cut_off_at_the_cap(role, hashes):
    repository = Repository(hashes=hashes)
    name, cap = ROLES[role]
    state = stranger(repository)
    repository.files[f"metadata/{name}"] += b" " * cap
    asked: list[int] = []

    def fetch(wanted: str, max_length: int) -> bytes:
        asked.append(max_length)
        return repository.fetch(wanted, max_length)

    with pytest.raises((DamagedError, NotVerifiedError)):
        refresh(state, fetch, now=NOW)
    assert max(asked) <= metadata.MAX_TARGETS_LENGTH


@pytest.mark.parametrize("role", ROLES)
@pytest.mark.parametrize(
    "garble",
    [
        lambda data: b"",
        lambda data: data[:-1],
        lambda data: data + b"x",
        lambda data: b"[" * 10_000,
        lambda data: data.replace(b'"version":1', b'"version":1,"version":1', 1),
        lambda data: data.replace(b'"version":1', b'"version":true', 1),
        lambda data: data.replace(b'"version":1', b'"version":0', 1),
        lambda data: data.replace(b'"version":1', b'"version":1.0', 1),
        lambda data: data.replace(b'"version":1', b'"version":"1"', 1),
        lambda data: data.replace(b'"version":1', b'"version":' + b"9" * 40, 1),
        lambda data: data.replace(b'"spec_version":"1.0', b'"spec_version":"2.0', 1),
        lambda data: data.replace(b'"signatures":[', b'"signatures":[[],', 1),
        lambda data: edit(data, lambda value: value.pop("signed")),
        lambda data: edit(data, lambda value: value.pop("signatures")),
        lambda data: edit(data, lambda value: value.update(signed=[])),
        lambda data: edit(data, lambda value: value.update(signatures={"a": 1})),
        lambda data: edit(data, lambda value: value["signatures"].extend(value["signatures"])),
        lambda data: edit(data, lambda value: value.update(signatures=value["signatures"] * 2000)),
        lambda data: edit(data, lambda value: value["signed"].update(expires="soon")),
        lambda data: edit(data, lambda value: value["signed"].pop("_type")),
        lambda data: b"[1]",
        lambda data: b"null",
    ],
)
def test_malformed_metadata_is_refused_in_a_sentence(role, garble):
    repository = Repository(hashes=False)
    name, _ = ROLES[role]
    state = stranger(repository)
    repository.files[f"metadata/{name}"] = garble(repository.files[f"metadata/{name}"])
    refused(repository, state, DamagedError)


def test_duplicate_key_ids_are_refused():
    repository = Repository()
    state = meet(repository)
    data = repository.publish_root()

    def twice(signed: dict) -> None:
        signed["roles"]["root"]["keyids"] *= 2

    repository.files["metadata/2.root.json"] = resign(data, repository.signers["root"][0], twice)
    refused(repository, state, DamagedError)


@pytest.mark.parametrize("threshold", [0, -1, True, "1", None])
def test_odd_thresholds_are_refused(threshold):
    repository = Repository()
    state = meet(repository)
    data = repository.publish_root()

    def change(signed: dict) -> None:
        signed["roles"]["snapshot"]["threshold"] = threshold

    repository.files["metadata/2.root.json"] = resign(data, repository.signers["root"][0], change)
    refused(repository, state, DamagedError)


def test_what_a_parser_would_drop_is_still_verified():
    """python-tuf drops other entries of a timestamp's meta: what is signed must be what was received."""
    repository = Repository()
    signer = repository.signers["timestamp"][0]
    state = stranger(repository)

    def more(signed: dict) -> None:
        signed["meta"]["other.json"] = {"version": 7}

    data = resign(repository.files["metadata/timestamp.json"], signer, more)
    repository.files["metadata/timestamp.json"] = data
    assert update(repository, state).state.files["timestamp.json"] == data
    repository.files["metadata/timestamp.json"] = data.replace(b'"version": 7', b'"version": 8')
    refused(repository, state)


@given(st.data())
def test_no_flipped_byte_gets_through(data):
    repository = REPOSITORY
    name = data.draw(st.sampled_from(sorted(repository.files)))
    original = repository.files[name]
    at = data.draw(st.integers(0, len(original) - 1))
    bit = 1 << data.draw(st.integers(0, 7))
    flipped = original[:at] + bytes([original[at] ^ bit]) + original[at + 1 :]

    def fetch(wanted: str, max_length: int) -> bytes:
        return flipped if f"metadata/{wanted}" == name else Repository.fetch(repository, wanted, max_length)

    try:
        verdict = refresh(STRANGER, fetch, now=NOW)
    except (NotVerifiedError, DamagedError):
        return
    # only a byte that is not signed (white space, an unused signature's id) may differ
    assert verdict.targets == HONEST.targets
    assert verdict.checkpoint == HONEST.checkpoint


REPOSITORY = Repository()
STRANGER = stranger(REPOSITORY)
HONEST = update(REPOSITORY, STRANGER)


def test_a_list_without_sha256_is_refused():
    repository = Repository()
    state = stranger(repository)
    repository.add_target("ab/x", b"x")
    repository.targets.targets["ab/x"].hashes = {"sha512": "0" * 128}
    repository.publish()
    assert "list is not written as it should be" in refused(repository, state, DamagedError)


def test_roles_of_a_label_held_beside_older_ones_are_the_newest():
    repository = Repository()
    state = meet(repository)
    repository.publish()
    newer = update(repository, state).state
    both = label_state(state.imprint, {**newer.files, **{k: v for k, v in state.files.items() if "timestamp" not in k}})
    assert both.role_files() == newer.role_files()
