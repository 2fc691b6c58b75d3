"""What a text that somebody typed has in common with others that say the same. PURE."""

from __future__ import annotations

import functools
import unicodedata


@functools.lru_cache(4096)
def folded(text: str) -> str:
    """The text in whatever case and composition it was typed (NFKC, case folded), without blanks around it.

    Ids of albums and drawn sleeves are made of it: it stays as it is.
    """
    return unicodedata.normalize("NFKC", text).casefold().strip()
