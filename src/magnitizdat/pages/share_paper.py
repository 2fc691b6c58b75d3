"""Shares of a premiere on paper: a page to be cut into slips, each with its words and their QR. PURE."""

from __future__ import annotations

from collections.abc import Sequence
from typing import NamedTuple

from magnitizdat.pages.markup import NOTHING, Html, el, join, text
from magnitizdat.pages.qr import svg_qr
from magnitizdat.pages.style import document
from magnitizdat.sentence import Sentence, Voice, say


class Slip(NamedTuple):
    """A share for its holder: the words, and what its QR says."""

    holder: str
    words: str
    code: str


def shares_page(title: Sentence, about: Sentence, slips: Sequence[Slip], voice: Voice) -> bytes:
    """All slips under each other; what is printed stands nowhere else."""
    heading = voice.said(title)
    burn = voice.said(say("Cut it up, give each slip to its holder, and keep none. Remove this file then."))
    body = [el("h1", {}, text(heading)), el("p", {}, text(voice.said(about))), el("p", {}, text(burn))]
    return document(heading, head=NOTHING, masthead=NOTHING, body=join([*body, *map(_slip, slips)]), voice=voice)


def _slip(slip: Slip) -> Html:
    code = Html(svg_qr(slip.code, error="l").decode())
    return join([el("hr", {}), el("h2", {}, text(slip.holder)), code, el("p", {}, text(slip.words))])
