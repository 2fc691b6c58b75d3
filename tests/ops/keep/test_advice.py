"""What `doctor` says of the computer around a library: each thing in one sentence that says what to do, or nothing."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest

from magnitizdat.disk import space as space_module
from magnitizdat.disk.surroundings import Surroundings
from magnitizdat.library.library import Library
from magnitizdat.ops.keep import advice as advising
from magnitizdat.ops.keep.advice import advice, note_paper, with_advice
from magnitizdat.ops.keep.upkeep import doctor
from tests.fakes_library import PASSPHRASE, make_library

TODAY = datetime(2027, 1, 1, tzinfo=UTC)


@pytest.fixture
def mine(tmp_path):
    with Library.create(tmp_path / "mine", PASSPHRASE, work_factor=17) as library:
        yield library


def said(library, tmp_path, *, now=None):
    changed = datetime.fromtimestamp(library.changed() / 1000, UTC)
    return list(advice(library, now=now or max(TODAY, changed), root=tmp_path / "no system"))


def test_where_all_is_well_nothing_is_said(mine, tmp_path):
    note_paper(mine)
    assert said(mine, tmp_path) == []


def test_a_paper_copy_is_of_one_slot(mine, tmp_path):
    (line,) = said(mine, tmp_path)
    assert "No paper copy" in line
    note_paper(mine)
    mine.rewrap("another one")
    (line,) = said(mine, tmp_path)
    assert "older key file" in line
    note_paper(None)


def test_a_slot_that_is_cheap_to_guess(tmp_path):
    with make_library(tmp_path / "weak") as library:
        note_paper(library)
        (line,) = said(library, tmp_path)
    assert "scrypt 1)" in line
    assert "`mag passwd`" in line


@pytest.mark.parametrize("now", [datetime(1970, 1, 2, tzinfo=UTC), datetime(2026, 10, 1, tzinfo=UTC)])
def test_a_clock_that_is_behind(mine, tmp_path, now):
    note_paper(mine)
    (line,) = said(mine, tmp_path, now=now)
    assert now.date().isoformat() in line


def test_after_a_clock_that_was_ahead_the_right_one_is_not_called_wrong(mine, tmp_path, monkeypatch):
    note_paper(mine)
    monkeypatch.setattr(type(mine), "changed", lambda _: int(datetime(2099, 6, 1, tzinfo=UTC).timestamp() * 1000))
    (line,) = said(mine, tmp_path, now=datetime(2026, 11, 30, tzinfo=UTC))
    assert "2099-06-01 before, so one of the two is wrong. If today is not 2026-11-30, set it" in line


def test_an_hour_back_is_no_wrong_clock(mine, tmp_path):
    note_paper(mine)
    with mine.changes() as changes:
        changes.commit()
    changed = datetime.fromtimestamp(mine.changed() / 1000, UTC)
    assert said(mine, tmp_path, now=max(changed, advising.MADE) - timedelta(hours=1)) == []


def test_little_room(mine, tmp_path, monkeypatch):
    note_paper(mine)
    monkeypatch.setattr(advising, "LITTLE_SPACE", 1 << 62)
    assert space_module.space(tmp_path).free is not None
    (line,) = said(mine, tmp_path)
    assert line.startswith("Only ")


def test_each_thing_around_has_a_sentence_with_what_to_do(mine, tmp_path, monkeypatch):
    note_paper(mine)
    around = Surroundings(False, ("/dev/sda3",), "sda3", "Btrfs", "Dropbox", is_removable=True, cores="apport")
    monkeypatch.setattr(advising, "surroundings", lambda _folder, *, root: around)
    lines = said(mine, tmp_path)
    assert len(lines) == len(around)
    for word in (
        "/dev/sda3",
        "Hibernation",
        "Btrfs",
        "Dropbox",
        "pulled out",
        "apport",
        "not encrypted by this computer",
    ):
        assert any(word in line for line in lines), word
    assert all(";" in line or ":" in line for line in lines)


def test_doctor_closes_what_others_could_read(mine, tmp_path):
    for path in (mine.directory, mine.directory / "key.age", mine.directory / "index.db"):
        path.chmod(0o755)
    report = with_advice(doctor(mine), mine, now=TODAY, root=tmp_path / "no system")
    assert report.closed == 3
    assert "could be read by others" in " ".join(report.outcome().lines)
    assert with_advice(doctor(mine), mine, now=TODAY, root=tmp_path).closed == 0
    assert report.outcome().lines[-len(report.advice) :] == report.advice
    assert report.outcome().exit_code == 0
