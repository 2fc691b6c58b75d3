"""What a courier reads: plain words, the verdict first."""

from __future__ import annotations

import pytest

from magnitizdat.model import Shortfall
from magnitizdat.reel.layout import _suit_words, scrypt_header_length, shapes
from magnitizdat.reel.mend_report import MendReport
from magnitizdat.reel.reports import CheckReport, GroupReport, SegmentReport
from magnitizdat.sentence import size_words


def group(*states: str, needed: int = 0, available: int = 100, planned: int = 100, **more) -> GroupReport:
    segments = tuple(
        SegmentReport(path=f"s{number}.age", state=state, length=62_000, slices=62)
        for number, state in enumerate(states)
    )
    return GroupReport(
        name="abcdefgh",
        segments=segments,
        slice_length=1000,
        needed=needed,
        available=available,
        planned=planned,
        **more,
    )


@pytest.mark.parametrize(
    ("report", "says"),
    [
        (CheckReport(groups=()), "No spare parts were found"),
        (CheckReport(groups=(group("whole", "whole"),)), "can still lose 1 whole file and 19 damaged spots of 1.0 kB"),
        (CheckReport(groups=(group("whole", available=130, planned=100),)), "2 whole files"),
        (
            CheckReport(groups=(group("whole", available=50, planned=50),)),
            "no whole file, only 25 damaged spots of 1.0 kB",
        ),
        (CheckReport(groups=(group("whole", available=0, planned=0),)), "nothing more"),
        (CheckReport(groups=(group("whole"),), unprotected=("x.age",)), "of the others nobody can say"),
        (CheckReport(groups=(group("whole", available=50),)), "50 of 100 spare parts are lost"),
        (CheckReport(groups=(group("whole", damaged_parity=("a.par2",)),)), "Damaged: 1 par2 file."),
        (
            CheckReport(groups=(group("damaged", "missing", needed=70),)),
            "1 damaged, 1 missing of 2 files; can be mended",
        ),
        (CheckReport(groups=(group("renamed"),)), "1 renamed of 1 file"),
        (
            CheckReport(groups=(group("missing", needed=101),)),
            "cannot be mended, as it needs 101 spare parts and has 100",
        ),
        (CheckReport(groups=(group("whole"),), useless=("a.par2",)), "Too damaged to be of use: 1 par2 file."),
        (CheckReport(groups=(group("whole"),), foreign=("a.jpg",)), "Left alone: 1 other file."),
    ],
)
def test_sentences(report, says):
    assert says in " ".join(report.sentences())


def test_the_weakest_group_is_named_where_groups_differ():
    weak, strong = group("whole"), group("whole", available=200)
    text = CheckReport(groups=(strong, weak, strong)).sentences()[0]
    which = "in the weakest of 3 sets of files (abcdefgh, number 2); more in others"
    assert f"lose 1 whole file and 19 damaged spots of 1.0 kB {which}" in text
    assert "of every 1 file." in CheckReport(groups=(weak, weak)).sentences()[0]
    assert "of every 1 or 2 files." in CheckReport(groups=(weak, group("whole", "whole"))).sentences()[0]


def test_what_was_mended_is_counted():
    report = MendReport(
        after=CheckReport(groups=()),
        mended=("a.age",),
        renamed=("b.age",),
        renewed_parity=("g",),
        missing=(Shortfall(what="set h", reason="lost"),),
    )
    text = " ".join(report.sentences())
    for part in ("verified: 1 file.", "as they were: 1 file.", "made for 1 set of files.", "set h: lost."):
        assert part in text


@pytest.mark.parametrize(
    ("length", "words"),
    [
        (0, "0 bytes"),
        (999, "999 bytes"),
        (1500, "1.5 kB"),
        (13_400_000, "13.4 MB"),
        (999_960, "1000.0 kB"),
        (10**13, "10.0 TB"),
        (10**16, "10000.0 TB"),
    ],
)
def test_sizes_for_people(length, words):
    assert size_words(length) == words


def test_a_length_that_no_passphrase_file_can_have_is_moved():
    from magnitizdat.formats import age_stream

    for extra in range(-40, 40):
        shape = shapes(1)[0]
        moved = _suit_words(type(shape)(shape.zip_length - shape.zip_length % 65536 + extra, 1))
        for work_factor in (2, 17):
            age_stream.plain_length(moved.sealed_length - scrypt_header_length(work_factor))
