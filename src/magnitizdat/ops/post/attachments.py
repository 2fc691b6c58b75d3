"""What lies beside a letter: made smaller in a worker's cage before it goes, and parsed there when a person asks."""

from __future__ import annotations

from typing import NamedTuple

from magnitizdat.model import ReadAt
from magnitizdat.scene.letters import Attached


class Enclosure(NamedTuple):
    """What goes beside a letter; `left_out_s` are seconds at the end of a demo that did not fit."""

    attached: Attached
    content: bytes
    left_out_s: int = 0


def enclose_demo(source: ReadAt, most: int) -> Enclosure:
    """Audio as Opus of at most so many bytes: as good as fits, from 32 kbit/s up, and at that its beginning.

    Raises: DamagedError, UnsupportedError.
    """
    raise NotImplementedError


def enclose(source: ReadAt, most: int) -> Enclosure:
    """A card, a proposal or a picture, which goes without what it says of its maker.

    Raises: UsageError where it is none of these, or does not fit; DamagedError.
    """
    raise NotImplementedError
