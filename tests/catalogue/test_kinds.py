"""Target paths and kinds of documents: one function makes a path, one reads it; what nobody knows is let through."""

from __future__ import annotations

import re

import pytest
from hypothesis import given
from hypothesis import strategies as st

from magnitizdat.catalogue import kinds
from magnitizdat.catalogue.documents import LABEL_PATH, LabelDocument, encode
from magnitizdat.catalogue.kinds import LABEL, RELEASE, Place, Read, parse_target, read, target_path
from magnitizdat.catalogue.refresh import TARGET_PATH
from magnitizdat.errors import DamagedError
from magnitizdat.model import Release
from magnitizdat.ops.labels import shelving

IDS = st.from_regex("[0-9a-f]{32}", fullmatch=True)
KINDS = st.from_regex("[a-z][a-z0-9-]{0,31}", fullmatch=True)
RELEASED = encode(Release(id="ab" * 16, title="45", artist="Виктор"))


@given(kind=KINDS, document_id=IDS)
def test_a_path_is_read_as_it_was_made(kind, document_id):
    path = target_path(kind, document_id)
    assert parse_target(path) == (Place(kind, document_id) if kind != LABEL else Place(LABEL, ""))
    assert re.fullmatch(TARGET_PATH, path)


@given(path=st.from_regex(TARGET_PATH, fullmatch=True))
def test_every_target_path_is_of_one_kind_or_of_none(path):
    kind, document_id = parse_target(path)
    assert (kind == "" and document_id == "") or target_path(kind, document_id) == path


def test_releases_stand_where_they_always_stood():
    assert target_path(RELEASE, "0f" * 16) == f"0f/{'0f' * 16}.json"
    assert target_path("vouch", "0f" * 16) == f"0f/{'0f' * 16}.vouch.json"
    assert target_path(LABEL) == LABEL_PATH
    assert parse_target(f"0f/{'0f' * 16}.release.json") == Place("", "")


@pytest.mark.parametrize(
    ("kind", "document_id"),
    [(RELEASE, "../" + "0" * 29), ("vouch", "AB" * 16), ("../x", "ab" * 16), ("", "ab" * 16), (RELEASE, "")],
)
def test_no_other_path_is_made(kind, document_id):
    with pytest.raises(ValueError):
        target_path(kind, document_id)


def test_every_kind_has_both_a_way_to_be_read_and_one_to_be_shelved():
    """What a label says is shelved as all documents are that are no releases: the index knows which it reads."""
    assert kinds.KINDS.keys() == shelving.KINDS.keys() | kinds.SAID.keys()


@given(kind=KINDS.filter(lambda kind: kind not in kinds.KINDS), document_id=IDS, data=st.binary(max_size=50))
def test_nothing_of_an_unknown_kind_is_looked_at(kind, document_id, data):
    assert read(target_path(kind, document_id), data) == Read(kind, None)


def test_a_release_by_a_later_schema_is_unknown_and_no_damage():
    path = target_path(RELEASE, "ab" * 16)
    assert read(path, RELEASED).value == Release(id="ab" * 16, title="45", artist="Виктор")
    assert read(path, RELEASED.replace(b"release/1", b"release/2")) == Read("magnitizdat/release/2", None)
    for damaged in (b"{}", RELEASED.replace(b"magnitizdat/release/1", b"soup"), RELEASED.replace(b'"45"', b"45")):
        with pytest.raises(DamagedError):
            read(path, damaged)
    with pytest.raises(DamagedError, match="another document's name"):
        read(target_path(RELEASE, "cd" * 16), RELEASED)
    assert read(LABEL_PATH, encode(LabelDocument(name="Kino"))).kind == LABEL
    with pytest.raises(DamagedError):
        read(LABEL_PATH, b'{"name":"Kino","schema":"magnitizdat/label/2"}')
