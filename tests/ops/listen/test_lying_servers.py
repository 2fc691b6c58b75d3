"""Servers that answer without end, too long or too slowly: what they cost is bounded, and what was brought stays."""

from __future__ import annotations

import gzip
import itertools
import json
from contextlib import closing

import pytest

from magnitizdat.errors import UnreachableError
from magnitizdat.formats import budgets
from magnitizdat.ops.listen.from_subsonic import switch
from magnitizdat.ops.listen.subsonic_server import SubsonicServer
from magnitizdat.ops.places.answers import read_answer
from tests.fakes_library import NOW, make_library
from tests.ops.listen.test_from_subsonic import said, serving


@pytest.fixture
def library(tmp_path):
    with make_library(tmp_path / "library") as library:
        yield library


def small(monkeypatch, **most):
    for name, number in most.items():
        monkeypatch.setattr(budgets, name, budgets.TABLE[name]._replace(most=number))


def bring(library, answer):
    with serving(answer) as (url, asked), closing(SubsonicServer(url, "viktor", "word")) as server:
        return switch(library, server, now=NOW), asked


def reasons(report):
    return [str(each.reason) for each in report.missing]


def endless(kind):
    """Always one more page of new names; every song is starred and none is here."""
    numbers = itertools.count()

    def answer(view, _fields):
        items = [{"id": f"s{next(numbers)}", "title": "x", "name": "x", "starred": "2024-01-01"} for _ in range(500)]
        pages = {
            "search3": {"searchResult3": {"song": items}},
            "getAlbumList2": {"albumList2": {"album": items}},
            "getPlaylists": {"playlists": {"playlist": items}},
        }
        return said(**pages[view]) if view == kind else said()

    return answer


@pytest.mark.parametrize(("view", "most"), [("search3", 1200), ("getAlbumList2", 700), ("getPlaylists", 3)])
def test_a_server_that_lists_without_end_is_left(library, monkeypatch, view, most):
    name = "SERVER_PLAYLISTS" if view == "getPlaylists" else "SERVER_SONGS"
    small(monkeypatch, **{name: most, "REPORTED": 100})
    report, asked = bring(library, endless(view))
    assert {str(each.what) for each in report.missing if each.reason == budgets.TABLE[name].sentence} <= {"this server"}
    assert budgets.TABLE[name].sentence in reasons(report) or budgets.REPORTED.sentence in reasons(report)
    assert len(report.missing) <= 101
    assert sum(view in path for path, _ in asked) <= 2 * (most // 500 + 2)
    assert report.songs <= most


def test_what_is_told_of_ends_too(library, monkeypatch):
    small(monkeypatch, SERVER_SONGS=600, REPORTED=10)
    report, _ = bring(library, endless("search3"))
    assert (len(report.missing), reasons(report)[-1]) == (11, budgets.REPORTED.sentence)


@pytest.mark.parametrize(
    ("name", "most", "body"),
    [
        ("SERVER_ANSWER", 1000, b" " * 900 + said()[1] + b" " * 100),
        ("JSON_VALUES", 50, said(more=[[]] * 60)[1]),
    ],
)
def test_an_answer_over_its_budget_is_told(library, monkeypatch, name, most, body):
    small(monkeypatch, **{name: most})
    report, _ = bring(library, lambda view, _: (200, body) if view == "getBookmarks" else said())
    assert reasons(report) == [budgets.TABLE[name].sentence]


def test_nothing_packed_is_unpacked(library):
    def packed(view, _fields):
        return said() if view != "getBookmarks" else (200, gzip.compress(json.dumps({"a": "b" * 1000}).encode()))

    report, _ = bring(library, packed)
    assert len(report.missing) == 1


class Slow:
    """A byte a question, a second each."""

    def __init__(self):
        self.now = 0.0

    def read1(self, amt, decode_content):
        assert amt > 0
        assert decode_content is False
        self.now += 1
        return b"x"


def test_a_slow_server_is_waited_for_no_longer_than_its_bytes_are_worth():
    slow = Slow()
    with pytest.raises(UnreachableError, match="too slow"):
        read_answer(slow, 1 << 20, clock=lambda: slow.now)
    assert slow.now <= budgets.ANSWER_S.most + 2
    assert read_answer(Slow(), budgets.ANSWER_S.most, clock=lambda: 0.0) == b"x" * budgets.ANSWER_S.most
