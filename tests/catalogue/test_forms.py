"""Papers of a form that python-tuf takes and another reader takes otherwise are refused; what nobody knows is not."""

from __future__ import annotations

import json
from collections.abc import Callable
from typing import Any

import pytest
from tuf.api.metadata import Root, Snapshot, Targets, Timestamp

from magnitizdat.catalogue.metadata import read_statement
from magnitizdat.errors import DamagedError
from tests.fakes_papers import foreign_label

PAPERS = foreign_label().copied()
KINDS = {"root": Root, "timestamp": Timestamp, "snapshot": Snapshot, "targets": Targets}
SAID = {"root": PAPERS.roots[0], **PAPERS.lists}


def read(role: str, change: Callable[[dict[str, Any]], object], signatures: Any = ()) -> None:
    signed = json.loads(json.dumps(SAID[role]))
    change(signed)
    data = json.dumps({"signed": signed, "signatures": list(signatures) if signatures == () else signatures}).encode()
    read_statement(KINDS[role], data, max_length=1 << 20)


def put(**fields: Any) -> Callable[[dict[str, Any]], object]:
    return lambda signed: signed.update(fields)


def in_role(**fields: Any) -> Callable[[dict[str, Any]], object]:
    return lambda signed: signed["roles"]["targets"].update(fields)


def in_meta(**fields: Any) -> Callable[[dict[str, Any]], object]:
    return lambda signed: next(iter(signed["meta"].values())).update(fields)


def in_key(**fields: Any) -> Callable[[dict[str, Any]], object]:
    return lambda signed: next(iter(signed["keys"].values())).update(fields)


def in_delegation(**fields: Any) -> Callable[[dict[str, Any]], object]:
    return lambda signed: signed["delegations"]["roles"][0].update(fields)


@pytest.mark.parametrize("role", list(KINDS))
@pytest.mark.parametrize(
    "fields",
    [
        *({"spec_version": text} for text in ("1.²", "1.٣", "1", "1.0\n", "2.0", "1.0.0.0")),
        *({"expires": text} for text in ("2036-1-1T1:1:1Z", "2036-01-01t00:00:00z", "٢٠٣٦-01-01T00:00:00Z")),
        *({"version": number} for number in (True, 1.0, 0, 1 << 53, "1", None)),
    ],
)
def test_what_every_paper_says_has_one_form(role: str, fields: dict[str, Any]) -> None:
    with pytest.raises(DamagedError):
        read(role, put(**fields))


@pytest.mark.parametrize(
    ("role", "change"),
    [
        *(("root", put(consistent_snapshot=value)) for value in (1, "", [], {})),
        *(("root", in_role(keyids=value)) for value in ("abc", {"a": 1}, [5], None)),
        *(("root", in_role(threshold=value)) for value in (True, 0, 1 << 53, "1")),
        *(("root", in_key(keytype=value)) for value in (5, None, [])),
        *(("timestamp", in_meta(length=value)) for value in (True, "5", [])),
        *(("snapshot", in_meta(version=value)) for value in (True, 0, None)),
        *(("targets", in_delegation(terminating=value)) for value in (1, None, "no")),
        *(("targets", in_delegation(paths=value)) for value in ("abc", {"a": 1})),
        *(("targets", in_delegation(name=value)) for value in (5, None)),
        ("targets", put(delegations=None)),
    ],
)
def test_what_a_paper_of_its_kind_says_has_one_form(role: str, change: Callable[[dict[str, Any]], object]) -> None:
    with pytest.raises(DamagedError):
        read(role, change)


@pytest.mark.parametrize("signatures", [{}, "", None, [{"keyid": 5, "sig": "00"}], [{"sig": "00"}], ["keyid"]])
def test_signatures_are_a_list_and_name_their_keys(signatures: Any) -> None:
    with pytest.raises(DamagedError):
        read("root", put(), signatures)


@pytest.mark.parametrize(
    ("role", "fields"),
    [
        *((role, {"meta": "of a newer mag"}) for role in ("root", "targets")),
        *((role, {"keys": ["of a newer mag"]}) for role in ("timestamp", "snapshot", "targets")),
        *((role, {"roles": 5, "delegations": "of a newer mag"}) for role in ("timestamp", "snapshot")),
        *((role, {"x-new": {"version": True}}) for role in KINDS),
    ],
)
def test_a_field_that_its_kind_does_not_have_may_be_anything(role: str, fields: dict[str, Any]) -> None:
    read(role, put(**fields))


def test_a_key_of_another_kind_may_have_any_form() -> None:
    read("root", in_key(keytype="new", scheme="newer", keyval=["of a newer mag"]))
