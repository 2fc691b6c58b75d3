"""One share: what another laptop can take, until when, under which CODE. Nothing of whoever takes is kept."""

from __future__ import annotations

import hmac

from magnitizdat.formats.share_words import ShareSecret, derive
from magnitizdat.ops.give.table import Table
from magnitizdat.web.http.hours import Hours


class Share:
    """`words` are what its certificate and its CODE follow from; `take`: another laptop may give something, too."""

    def __init__(self, table: Table, words: str, hours: Hours, *, take: bool = False) -> None:
        self.table, self.words, self.hours, self.take = table, words, hours, take
        self.secret: ShareSecret = derive(words)

    def is_code(self, shown: str) -> bool:
        """Whether this is its CODE: 128 bits, so that nobody guesses it."""
        return hmac.compare_digest(shown.encode(), self.secret.code.encode())
