"""The tour's lines: every field is explained, lines are few and short, notes are there in each language."""

from __future__ import annotations

from string import Formatter

from magnitizdat.tour import text

LINES = [text.OPENING, text.CLOSING, *text.CLOSING_KEPT, text.CLOSING_NOT_KEPT]


def fields(line: str) -> set[str]:
    return {name for _, name, _, _ in Formatter().parse(line) if name}


def test_acts_are_numbered_titled_and_short():
    assert [act.number for act in text.ACTS] == list(range(1, 16))
    for act in text.ACTS:
        assert 1 <= len(act.lines) <= 3
        assert act.title
        for line in act.lines:
            assert len(line) < 110


def test_every_field_is_explained_and_every_explained_field_is_used():
    used = set().union(*(fields(line) for line in [*LINES, *(line for act in text.ACTS for line in act.lines)]))
    assert used == set(text.FIELDS)


def test_the_sleeve_is_written_in_three_languages():
    notes = text.liner_notes()
    assert list(notes) == ["en", "da", "ru"]
    for written in notes.values():
        assert written.startswith("# 45\n")
        assert 900 < len(written) < 2500
    assert "Виктор" in notes["ru"]
    assert "Mike" in notes["da"]
