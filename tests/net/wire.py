"""A wire between two network namespaces with a length and a fault: each frame arrives later, some do not arrive.

    python wire.py NAMESPACE CARD NAMESPACE CARD DELAY_S LOSS

The kernel of a test machine may know no `netem`: so both cards are TAP devices, and this process carries the frames. It
says "ready", and goes when its standard input ends. Chance is the same in each run.
"""

from __future__ import annotations

import ctypes
import fcntl
import os
import random
import selectors
import struct
import sys
import time
from collections import deque
from pathlib import Path

_TUNSETIFF, _IFF_TAP_NO_HEADER = 0x400454CA, 0x1002
_CLONE_NEWNET = 0x40000000
_FRAME = 1 << 16


def tap(namespace: str, card: str) -> int:
    """A new card there: the end of it that this process holds."""
    with Path(namespace).open("rb") as place:
        if ctypes.CDLL(None, use_errno=True).setns(place.fileno(), _CLONE_NEWNET) != 0:
            raise OSError(ctypes.get_errno(), namespace)
    device = os.open("/dev/net/tun", os.O_RDWR | os.O_NONBLOCK)  # it belongs where it was opened
    fcntl.ioctl(device, _TUNSETIFF, struct.pack("16sH22x", card.encode(), _IFF_TAP_NO_HEADER))
    return device


class Way:
    """One direction: frames on their way, the earliest first."""

    def __init__(self, to: int, delay_s: float, loss: float, chance: random.Random) -> None:
        self._to, self._delay_s, self._loss, self._chance = to, delay_s, loss, chance
        self._frames = deque[tuple[float, bytes]]()

    def send(self, frame: bytes, now: float) -> None:
        if self._chance.random() >= self._loss:
            self._frames.append((now + self._delay_s, frame))

    def arrive(self, now: float) -> None:
        while self._frames and self._frames[0][0] <= now:
            try:
                os.write(self._to, self._frames.popleft()[1])
            except OSError:
                continue  # the card is down: nobody is in the room

    def rest_s(self, now: float) -> float | None:
        return max(0.0, self._frames[0][0] - now) if self._frames else None


def _ready(device: int) -> bytes | None:
    try:
        return os.read(device, _FRAME)
    except OSError:
        return None


def carry(near: int, far: int, delay_s: float, loss: float) -> None:
    """Until standard input ends."""
    chance = random.Random(7)
    ways = {near: Way(far, delay_s, loss, chance), far: Way(near, delay_s, loss, chance)}
    with selectors.DefaultSelector() as ears:
        for each in (*ways, sys.stdin.fileno()):
            ears.register(each, selectors.EVENT_READ)
        while True:
            now = time.monotonic()
            rests = [rest for way in ways.values() if (rest := way.rest_s(now)) is not None]
            for key, _ in ears.select(min(rests, default=None)):
                if key.fd not in ways:
                    return
                while frame := _ready(key.fd):
                    ways[key.fd].send(frame, time.monotonic())
            for way in ways.values():
                way.arrive(time.monotonic())


def main(arguments: list[str]) -> None:
    near, near_card, far, far_card, delay_s, loss = arguments
    ends = tap(near, near_card), tap(far, far_card)
    sys.stdout.write("ready\n")
    sys.stdout.flush()
    carry(*ends, float(delay_s), float(loss))


if __name__ == "__main__":
    main(sys.argv[1:])
