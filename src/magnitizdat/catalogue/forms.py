"""The form of a label's papers (TUF 1.0 metadata), where python-tuf takes what another reader takes otherwise. PURE.

`keyids` as one string, a date with other digits, `true` for a number: each is read in some way here and in another way
elsewhere, so no reader takes it. Fields that a paper of its kind does not have are not looked at: newer writers may add
some. Every `require_*` raises ValueError, KeyError, TypeError or AttributeError where the form is another one.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from typing import Any

from securesystemslib.signer import KEY_FOR_TYPE_AND_SCHEME, SSlibKey
from tuf.api.metadata import Root, Snapshot, Targets, Timestamp

MAX_VERSION = 1 << 53
"""Versions above this are not the same number to every JSON reader."""

_SPECIFICATION = re.compile(r"1(\.[0-9]+){1,2}")
_EXPIRES = re.compile(r"[0-9]{4}-[0-9]{2}-[0-9]{2}T[0-9]{2}:[0-9]{2}:[0-9]{2}Z")


def require_form(raw: dict[str, Any]) -> None:
    """The form of what a metadata file holds, as far as python-tuf leaves it open."""
    signed = raw["signed"]
    _require(isinstance(raw["signatures"], list) and all(_is_text(each["keyid"]) for each in raw["signatures"]))
    _require(_SPECIFICATION.fullmatch(signed["spec_version"]), _EXPIRES.fullmatch(signed["expires"]))
    _require_counts([signed["version"]])
    if signed["_type"] == Root.type:
        _require(signed.get("consistent_snapshot") is None or type(signed["consistent_snapshot"]) is bool)
        _require_named(signed["roles"].values())
    if signed["_type"] in {Timestamp.type, Snapshot.type}:
        _require_counts(meta["version"] for meta in signed["meta"].values())
        _require_lengths(meta.get("length") for meta in signed["meta"].values())
    if signed["_type"] == Targets.type:
        _require_lengths(target["length"] for target in signed["targets"].values())
        if "delegations" in signed:
            _require_delegations(signed["delegations"])


def pass_over_unknown_keys(signed: dict[str, Any]) -> None:
    """A key of a kind that nobody here verifies signs nothing here, and those beside it count."""
    for holder in _key_holders(signed):
        holder["keys"] = {name: key for name, key in holder["keys"].items() if _is_known(key)}


def _key_holders(signed: dict[str, Any]) -> Iterator[dict[str, Any]]:
    if signed["_type"] == Root.type:
        yield signed
    if signed["_type"] == Targets.type and "delegations" in signed:
        yield signed["delegations"]


def _is_known(key: dict[str, Any]) -> bool:
    _require(_is_text(key["keytype"]), _is_text(key["scheme"]))
    return KEY_FOR_TYPE_AND_SCHEME.get((key["keytype"], key["scheme"])) is SSlibKey


def _require_named(roles: Iterable[dict[str, Any]]) -> None:
    for role in roles:
        _require(isinstance(role["keyids"], list), all(map(_is_text, role["keyids"])))
        _require_counts([role["threshold"]])


def _require_delegations(delegations: dict[str, Any]) -> None:
    roles, bins = delegations.get("roles"), delegations.get("succinct_roles")
    if roles is not None:
        _require(isinstance(roles, list))
        _require_named(roles)
        for role in roles:
            patterns = role.get("paths") if role.get("paths") is not None else role["path_hash_prefixes"]
            _require(_is_text(role["name"]), type(role["terminating"]) is bool, isinstance(patterns, list))
    if bins is not None:
        _require_named([bins])
        _require_counts([bins["bit_length"]])


def _require_counts(numbers: Iterable[object]) -> None:
    """Versions and thresholds."""
    _require(all(type(number) is int and 0 < number < MAX_VERSION for number in numbers))


def _require_lengths(numbers: Iterable[object]) -> None:
    _require(all(number is None or type(number) is int for number in numbers))


def _is_text(value: object) -> bool:
    return isinstance(value, str)


def _require(*holds: object) -> None:
    if not all(holds):
        raise ValueError("another form")
