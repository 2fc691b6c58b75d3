"""The paper copy of a library's key slot: a page to print, with QR and text. Useless without the passphrase."""

from __future__ import annotations

from html import escape
from pathlib import Path

from magnitizdat.disk.disk import Disk
from magnitizdat.library.keyring import armor
from magnitizdat.pages.qr import fits, svg_qr

TITLE = "Paper copy of a key slot"
ADVICE = (
    "After `mag panic`, or where the key is lost: scan the code, or type the text, into a file, and say"
    " `mag restore FILE` beside the library or a backup of it. It needs the passphrase of the day it was printed:"
    " keep the two apart."
)


def paper_text(slot: bytes) -> str:
    """The slot as text that can be typed and scanned."""
    return armor(slot)


def write_paper(path: Path, slot: bytes, *, disk: Disk) -> None:
    """Write the page.

    Raises: TargetError, NoSpaceError.
    """
    text = armor(slot)
    code = svg_qr(text).decode() if fits(text) else ""
    page = f"""<!doctype html>
<html lang="en"><meta charset="utf-8"><title>Paper copy</title>
<style>body{{font:14px/1.5 monospace;max-width:48em;margin:2em auto}}pre{{font-size:11px}}</style>
<h1>Paper copy of a key slot</h1>
<p>{escape(ADVICE)}</p>
{code}
<pre>{escape(text)}</pre>
</html>
"""
    disk.write_atomic(path, page.encode())
