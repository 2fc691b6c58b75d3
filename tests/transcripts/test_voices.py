"""What a label says of albums, on the command line: picked, reviewed, shown, withdrawn."""

from __future__ import annotations

import pytest

from magnitizdat.errors import EXIT_USAGE


@pytest.fixture
def labelled(mag):
    mag("label", "create", "Viktor", "--yes")
    return mag


def test_without_a_label_nothing_is_said(mag):
    said = mag("pick", "45")
    assert (said.code, said.out) == (EXIT_USAGE, "")
    assert "mag label create" in said.err


def test_picked_reviewed_shown_and_withdrawn(labelled, tmp_path):
    mag = labelled
    (tmp_path / "text").write_text("\ufeffТри аккорда.\r\nИ всё.\n", encoding="utf-8")
    assert "It is a pick." in mag("pick", "45").out
    said = mag("review", "45", "--rating", "5", "--headline", "Loud", "--text", tmp_path / "text", "--language", "ru")
    assert said.out.splitlines()[:4] == ["Signed by Viktor: «45».", "It is a pick.", "5 of 5", "«Loud»"]
