"""The hint of a spool: what is written again forgets nothing that may lie there, and is never longer than is read."""

from __future__ import annotations

import json

import pytest
from hypothesis import given
from hypothesis import strategies as st

from magnitizdat.formats import budgets, spool_index
from magnitizdat.formats.spool_index import IndexedLabel

LABELS = [f"mag1{letter * 58}" for letter in "qzr"]
IDS = [f"{number:032x}" for number in range(6)]


@st.composite
def indexed(draw):
    """Labels of a spool, each named once."""
    return [
        IndexedLabel(
            imprint,
            draw(st.text(max_size=9)),
            timestamp=draw(st.sampled_from(["", "a" * 64])),
            releases=draw(st.none() | st.frozensets(st.sampled_from(IDS))),
            pages=draw(st.none() | st.integers(0, 9)),
        )
        for imprint in draw(st.lists(st.sampled_from(LABELS), unique=True))
    ]


def _entries(content):
    return {entry["imprint"]: entry for entry in json.loads(content)["labels"]}


@given(before=indexed(), now=indexed())
def test_written_again_it_says_what_is_there_now_and_who_was_before(before, now):
    older, newer = (_entries(spool_index.render(each)) for each in (before, now))
    merged = spool_index.merged(spool_index.render(before), spool_index.render(now), {})
    assert _entries(merged) == older | newer
    assert {each.imprint: each for each in spool_index.names(merged)} == {
        each.imprint: each._replace(releases=None if each.releases is None else frozenset(each.releases))
        for each in (*before, *now)
    }


@given(
    labels=indexed(),
    hostile=st.recursive(st.none() | st.integers() | st.text(max_size=3), lambda inner: st.lists(inner, max_size=3)),
)
def test_whatever_stands_there_before_it_can_be_written(labels, hostile):
    said = {"releases": hostile, "timestamp": hostile, "pages": hostile, "name": hostile}
    before = json.dumps({"labels": [{"imprint": imprint, **said} for imprint in LABELS]}).encode()
    merged = spool_index.merged(before, spool_index.render(labels), {})
    assert _entries(merged).keys() == set(LABELS)
    assert {each.imprint for each in spool_index.names(merged)} >= {each.imprint for each in labels}


@pytest.mark.parametrize(
    "hostile",
    [
        b'{"imprint":[]}',
        b'{"imprint":{"a":[]}}',
        b'{"imprint":"mag1x","name":"\\ud800"}',
        b'{"imprint":"%s","partly":{"\\udfff":["\\ud800"]}}' % LABELS[0].encode(),
        b'{"imprint":"mag1x","more":1e999}',
        b'{"imprint":"mag1x","more":%s1%s}' % (b"[" * 100_000, b"]" * 100_000),
    ],
)
def test_what_cannot_be_written_again_stops_nobody_who_writes_there(hostile):
    honest = b'{"imprint":"%s","name":"Zoopark","more":[1]}' % LABELS[1].encode()
    before = b'{"labels":[%s,%s]}' % (hostile, honest)
    now = spool_index.render([IndexedLabel(LABELS[0], "Boogie")])
    merged = _entries(spool_index.merged(before, now, {}))
    assert merged[LABELS[0]] == {"imprint": LABELS[0], "name": "Boogie"}
    assert merged.keys() <= {LABELS[0], LABELS[1]}
    assert LABELS[1] in merged or len(hostile) > 1000
    assert all(each.name.encode() for each in spool_index.names(before))


def test_it_is_never_longer_than_readers_look_at():
    many = {f"{number:032x}" for number in range(150_000)}
    written = spool_index.render([IndexedLabel(LABELS[0], "Zoopark", timestamp="a" * 64, releases=many)])
    assert len(written) <= budgets.LABEL_LIST.most
    assert _entries(written) == {LABELS[0]: {"imprint": LABELS[0], "name": "Zoopark", "timestamp": "a" * 64}}
