from __future__ import annotations

import pytest

from magnitizdat.catalogue.refresh import imprint_of, label_state
from magnitizdat.catalogue.succession import CONTINUES, continues_of, succession
from magnitizdat.errors import NotFoundError
from tests.fakes_tuf import Repository


def state_of(repository: Repository):
    roots = {name.removeprefix("metadata/"): data for name, data in repository.files.items() if ".root." in name}
    return label_state(imprint_of(roots["1.root.json"]), roots)


@pytest.mark.parametrize(
    ("keys", "threshold", "standing"), [(1, 1, "fragile"), (2, 1, "sound"), (3, 3, "fragile"), (5, 3, "sound")]
)
def test_a_label_that_one_lost_key_ends_is_said_so(keys, threshold, standing):
    repository = Repository()
    before = repository.signers["root"]
    repository.rotate("root", count=keys, threshold=threshold)
    repository.publish_root(also=before)
    found = succession(state_of(repository))
    assert (found.keys, found.threshold, found.standing) == (keys, threshold, standing)
    assert ("one lost key ends it" in found.sentence) == (standing == "fragile")
    assert [step.version for step in found.steps] == [1, 2]


def test_one_key_by_two_names_is_one_key():
    repository = Repository()
    key = repository.signers["root"][0].public_key
    repository.root.add_key(type(key)("twin", key.keytype, key.scheme, dict(key.keyval)), "root")
    repository.publish_root()
    assert succession(state_of(repository)).keys == 1


def test_a_key_that_is_not_there_carries_nothing_on():
    repository = Repository()
    repository.root.roles["root"].keyids.append("0" * 64)
    repository.publish_root()
    assert succession(state_of(repository)).standing == "fragile"


def test_a_root_key_that_signs_every_day_is_exposed():
    repository = Repository()
    before = repository.signers["root"]
    repository.rotate("root", count=2)
    repository.root.add_key(repository.signers["root"][0].public_key, "timestamp")
    repository.publish_root(also=before)
    found = succession(state_of(repository))
    assert found.exposed
    assert "steals" in found.sentence


def test_nothing_held_nothing_said():
    with pytest.raises(NotFoundError):
        succession(label_state(state_of(Repository()).imprint))


def test_a_root_may_name_the_last_list_that_its_holders_stand_by():
    repository = Repository()
    named = {"version": 7, "sha256": "a" * 64}
    repository.root.unrecognized_fields[CONTINUES] = named
    assert continues_of(repository.root) == (7, "a" * 64)


@pytest.mark.parametrize(
    "named",
    [
        None,
        7,
        "a" * 64,
        [],
        {},
        {"version": 7},
        {"version": 0, "sha256": "a" * 64},
        {"version": True, "sha256": "a" * 64},
        {"version": "7", "sha256": "a" * 64},
        {"version": 1 << 64, "sha256": "a" * 64},
        {"version": 7, "sha256": "A" * 64},
        {"version": 7, "sha256": "a" * 64 + "\n"},
        {"version": 7, "sha256": ["a" * 64]},
    ],
)
def test_a_garbled_list_to_go_on_from_is_none(named):
    repository = Repository()
    repository.root.unrecognized_fields[CONTINUES] = named
    assert continues_of(repository.root) is None
