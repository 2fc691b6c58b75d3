"""Ways out that several sentences share, by door: `say("the index is damaged; {then}", then=REBUILD)`. PURE."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Final

from magnitizdat.sentence import Sentence, advice, listed, say

AGAIN: Final = advice(terminal=say("run the same command again"), page=say("do the same again"))
DOCTOR: Final = advice(
    terminal=say("run `mag doctor`"),
    page=say("close Magnitizdat here and have the library looked through in a terminal"),
)
REBUILD: Final = advice(
    terminal=say("run `mag doctor --rebuild`"),
    page=say("close Magnitizdat here and have the library's index made anew in a terminal"),
)
MEND: Final = advice(terminal=say("`mag reel mend`"), page=say("press Mend"))
MEND_IT: Final = advice(
    terminal=say("`mag reel mend` with its folder makes it whole"),
    page=say("Mend, under “To a stick”, makes it whole"),
)
JOURNAL_DAMAGED: Final = say("a page of the library's journal is damaged; {then}", then=REBUILD)


def no_album(text: str, near: Sequence[str] = ()) -> Sentence:
    """That nothing here is called so, or has that id; `near` are titles that may be meant."""
    if near:
        return say("no album «{text}» is in this library; these are near it: {near}", text=text, near=listed(near))
    return advice(
        terminal=say("no album «{text}» is in this library; `mag list` shows what is", text=text),
        page=say("no album «{text}» is in this library; look among the albums again", text=text),
    )
