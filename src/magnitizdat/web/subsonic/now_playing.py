"""Who is listening to what at this moment: held in memory alone, and forgotten when the library is locked."""

from __future__ import annotations

from typing import NamedTuple

from magnitizdat.web.http.service import Service

FORGET_S = 3600.0


class Playing(NamedTuple):
    """One player's song, as of `at` on the service's clock."""

    user: str
    app: str
    client: str
    song: str
    at: float


class NowPlayers:
    """The players of one server."""

    def __init__(self, service: Service) -> None:
        self._service = service
        self._opening = service.opening
        self._players: dict[tuple[str, str], Playing] = {}

    def plays(self, listener: str, playing: Playing) -> None:
        """A player says what it plays."""
        self._forget()
        self._players[listener, playing.app] = playing

    def stops(self, listener: str, app: str) -> None:
        """A player says that it stopped."""
        self._players.pop((listener, app), None)

    def of(self, listener: str) -> list[Playing]:
        """What the players of one listener play; others' are theirs alone."""
        self._forget()
        return [each for (whose, _), each in self._players.items() if whose == listener]

    def _forget(self) -> None:
        now = self._service.clock()
        if self._service.opening != self._opening:
            self._opening, self._players = self._service.opening, {}
        self._players = {key: each for key, each in self._players.items() if now - each.at < FORGET_S}
