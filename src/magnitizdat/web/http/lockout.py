"""Wrong credentials cost time, by peer: the first ones nothing, then twice as long each. No I/O; the clock is given."""

from __future__ import annotations

import threading
from collections import OrderedDict
from collections.abc import Callable
from typing import Self

from magnitizdat.web.http.service import Service

FREE = 5
"""Failures that cost nothing: players probe a server once or twice with credentials of their own making."""
FIRST_S = 1.0
LONGEST_S = 900.0
FORGET_S = 3600.0
"""Seconds after its last failure when a peer is new again."""
PEERS = 4096
"""Peers remembered; of more, those that failed longest ago are forgotten."""


class Lockout:
    """Who was wrong how often. Safe in several threads."""

    def __init__(self, clock: Callable[[], float]) -> None:
        self._clock = clock
        self._peers: OrderedDict[str, tuple[int, float]] = OrderedDict()
        self._guard = threading.Lock()

    @classmethod
    def of(cls, service: Service) -> Self:
        """For `Service.only`."""
        return cls(service.clock)

    def wait_s(self, peer: str) -> float:
        """Seconds until this peer is listened to again; 0 where it is."""
        with self._guard:
            failures, last = self._standing(peer)
            return max(0.0, last + pause_s(failures) - self._clock()) if failures else 0.0

    def failed(self, peer: str) -> None:
        """One more wrong try."""
        with self._guard:
            failures, _ = self._standing(peer)
            self._peers[peer] = (failures + 1, self._clock())
            self._peers.move_to_end(peer)
            while len(self._peers) > PEERS:
                self._peers.popitem(last=False)

    def succeeded(self, peer: str) -> None:
        """Right credentials: what went before is forgotten, but one less each time.

        Somebody with an own secret cannot clear the way for guessing at another's at once.
        """
        with self._guard:
            failures, last = self._standing(peer)
            if failures > 1:
                self._peers[peer] = (failures - 1, last)
            else:
                self._peers.pop(peer, None)

    def _standing(self, peer: str) -> tuple[int, float]:
        failures, last = self._peers.get(peer, (0, 0.0))
        return (failures, last) if self._clock() - last < FORGET_S else (0, 0.0)


def pause_s(failures: int) -> float:
    """Seconds that a peer waits after its latest of so many failures."""
    return 0.0 if failures <= FREE else min(LONGEST_S, FIRST_S * 2.0 ** min(failures - FREE - 1, 32))
