"""Shares of a premiere on a page to print. It lies outside of the library, for whoever finds it."""

from __future__ import annotations

from pathlib import Path

from magnitizdat.disk.disk import Disk
from magnitizdat.ops.premieres.making import PremiereReport
from magnitizdat.pages.share_paper import Slip, shares_page
from magnitizdat.scene.premieres import qr_text
from magnitizdat.sentence import Voice, say


def write_shares(path: Path, report: PremiereReport, *, disk: Disk, voice: Voice) -> None:
    """Write the page.

    Raises: TargetError, NoSpaceError.
    """
    title = say("Shares of «{title}»", title=report.title)
    slips = [Slip(each.holder, each.words, qr_text(each.words)) for each in report.shares]
    disk.write_atomic(path, shares_page(title, report.about(), slips, voice))
