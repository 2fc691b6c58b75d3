"""Wrong secrets cost time: the first ones nothing, then twice as long each. No I/O; the clock is given.

They are counted by kind of secret and by who tried. Whoever shows a right one is not asked to wait, and takes nothing
back of what others tried.
"""

from __future__ import annotations

import ipaddress
import threading
from collections import OrderedDict
from collections.abc import Callable
from typing import NamedTuple, Self, TypeVar

from magnitizdat.web.http.service import Service

T = TypeVar("T")

FREE = 5
"""Failures that cost nothing: players probe a server once or twice with credentials of their own making."""
FIRST_S = 1.0
LONGEST_S = 900.0
FORGET_S = 3600.0
"""Seconds after the last failure when somebody is new again."""
TRIERS = 4096
"""Who is remembered: of more, those that failed, or were right, longest ago are forgotten."""
NETWORK_BITS = 64
"""Bits of an IPv6 address that somebody cannot choose anew for each try. Source: RFC 4291, 2.5.4."""


class Trier(NamedTuple):
    """Whose tries count together: those for one kind of secret, by one address or one browser that is known."""

    kind: str
    who: str


def trier(kind: str, peer: str) -> Trier:
    """Somebody at an address; of IPv6, in a network."""
    try:
        address = ipaddress.ip_address(peer.partition("%")[0])
    except ValueError:
        return Trier(kind, peer)
    if address.version == 4:
        return Trier(kind, peer)
    return Trier(kind, str(ipaddress.ip_network((address, NETWORK_BITS), strict=False)))


class Lockout:
    """Who was wrong how often. Safe in several threads."""

    def __init__(self, clock: Callable[[], float]) -> None:
        self._clock = clock
        self._failed: OrderedDict[Trier, tuple[int, float]] = OrderedDict()
        self._known: OrderedDict[Trier, None] = OrderedDict()
        self._guard = threading.Lock()

    @classmethod
    def of(cls, service: Service) -> Self:
        """For `Service.only`."""
        return cls(service.clock)

    def wait_s(self, who: Trier) -> float:
        """Seconds until the next try of this one is listened to; 0 where it is."""
        with self._guard:
            failures, last = self._standing(who)
            return max(0.0, last + pause_s(failures) - self._clock()) if failures else 0.0

    def failed(self, who: Trier) -> None:
        """One more wrong try."""
        with self._guard:
            failures, _ = self._standing(who)
            _remember(self._failed, who, (failures + 1, self._clock()))

    def know(self, who: Trier) -> None:
        """This one was right, for a secret that is short enough to be guessed."""
        with self._guard:
            _remember(self._known, who, None)

    def knows(self, who: Trier) -> bool:
        """Whether this one was right before: nothing is guessed by showing it again."""
        with self._guard:
            return who in self._known

    def _standing(self, who: Trier) -> tuple[int, float]:
        failures, last = self._failed.get(who, (0, 0.0))
        return (failures, last) if self._clock() - last < FORGET_S else (0, 0.0)


def _remember(entries: OrderedDict[Trier, T], who: Trier, entry: T) -> None:
    entries[who] = entry
    entries.move_to_end(who)
    while len(entries) > TRIERS:
        entries.popitem(last=False)


def pause_s(failures: int) -> float:
    """Seconds to wait after the latest of so many failures."""
    return 0.0 if failures <= FREE else min(LONGEST_S, FIRST_S * 2.0 ** min(failures - FREE - 1, 32))
