"""What works beside the requests of a server while its library is open."""

from __future__ import annotations

from magnitizdat.library.library import Library
from magnitizdat.ops.background import Background
from magnitizdat.ops.listening import flush_tail
from magnitizdat.web.service import Attendant


class Sealing:
    """Stars, plays and queues wait in the index; before the library is closed they go into cells."""

    def opened(self, library: Library, /) -> None:
        """Nothing yet."""

    def closing(self, library: Library, /) -> None:
        """Seal what waits."""
        flush_tail(library)


def attendants() -> tuple[Attendant, ...]:
    """All of them, for one server."""
    return (Background(), Sealing())
