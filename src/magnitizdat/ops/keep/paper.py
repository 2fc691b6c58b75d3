"""The paper copy of a library's key slot: a page to print, with QR and text. Useless without the passphrase."""

from __future__ import annotations

from html import escape
from pathlib import Path

from magnitizdat.disk.disk import Disk
from magnitizdat.language import Language
from magnitizdat.library.keyring import armor
from magnitizdat.pages.qr import fits, svg_qr
from magnitizdat.sentence import say

TITLE = say("Paper copy of the library's key")
ADVICE = say(
    "Where the key was destroyed or lost: scan the code, or type the lines below it, into a file beside the library or"
    " a backup of it, and give that file to the command that stands here. It needs the passphrase of the day on which"
    " it was printed: keep the two apart."
)
COMMAND = "mag restore FILE"


def paper_text(slot: bytes) -> str:
    """The slot as text that can be typed and scanned."""
    return armor(slot)


def write_paper(path: Path, slot: bytes, language: Language, *, disk: Disk) -> None:
    """Write the page, in that language.

    Raises: TargetError, NoSpaceError.
    """
    text = armor(slot)
    code = svg_qr(text).decode() if fits(text) else ""
    title, tag = escape(language.said(TITLE)), escape(language.code.replace("_", "-"))
    direction = "rtl" if language.is_right_to_left else "ltr"
    page = f"""<!doctype html>
<html lang="{tag}" dir="{direction}"><meta charset="utf-8"><title>{title}</title>
<style>body{{font:14px/1.5 monospace;max-width:48em;margin:2em auto}}pre{{font-size:11px}}</style>
<h1>{title}</h1>
<p>{escape(language.said(ADVICE))}</p>
<p><code>{COMMAND}</code></p>
{code}
<pre>{escape(text)}</pre>
</html>
"""
    disk.write_atomic(path, page.encode())
