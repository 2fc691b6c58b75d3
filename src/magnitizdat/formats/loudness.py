"""Loudness by EBU R128 as a worker measures it, and what follows from it: ReplayGain of a track and of an album. PURE.

A histogram of the loudness of all blocks of a track is kept, so that those of several tracks can be added: the gates of
an album lie elsewhere than those of its tracks.

Source: ITU-R BS.1770-5, annex 1 (gating); ReplayGain 2.0 (-18 LUFS); EBU Tech 3341.
"""

from __future__ import annotations

import math
from array import array
from collections.abc import Iterable, Sequence
from typing import Annotated

from msgspec import Meta

from magnitizdat.model import Value

REFERENCE_LUFS = -18.0
LOWEST_LUFS = -70.0
"""Below it a block counts as silence: the absolute gate."""

BIN_LU = 0.1
BINS = 800
"""From -70 to +10 LUFS; what is louder counts in the last."""

RELATIVE_GATE_LU = -10.0
WAVEFORM_LENGTH = 800
"""Peaks of a waveform, a byte each, evenly over the whole track."""

_COUNT_BYTES = 4


class Sound(Value, frozen=True, kw_only=True):
    """One track as it is heard. `lufs` is None where all is silence; `peak` is the true peak, linear, 1.0 full scale.

    `waveform`: sample peaks, 255 full scale, 800 bytes. `blocks`: how many blocks of 400 ms, a tenth of a second apart,
    are in each bin of loudness; 800 numbers of four bytes, little-endian.
    """

    lufs: Annotated[float, Meta(ge=LOWEST_LUFS, le=60)] | None = None
    peak: Annotated[float, Meta(ge=0, le=1000)] = 0.0
    waveform: Annotated[bytes, Meta(min_length=WAVEFORM_LENGTH, max_length=WAVEFORM_LENGTH)]
    blocks: Annotated[bytes, Meta(min_length=BINS * _COUNT_BYTES, max_length=BINS * _COUNT_BYTES)]


def gain_db(lufs: float | None) -> float:
    """What to add to play this as loud as everything else; nothing for silence."""
    return 0.0 if lufs is None else round(REFERENCE_LUFS - lufs, 2)


def histogram(blocks: Iterable[float]) -> bytes:
    """`Sound.blocks` of the loudness of each block in LUFS; silence and what is no number are left out."""
    counts = [0] * BINS
    for lufs in blocks:
        if lufs >= LOWEST_LUFS:
            counts[min(BINS - 1, int((lufs - LOWEST_LUFS) / BIN_LU))] += 1
    return b"".join(count.to_bytes(_COUNT_BYTES, "little") for count in counts)


def integrated(histograms: Sequence[bytes]) -> float | None:
    """Loudness in LUFS of all these tracks as one programme, to half a bin (0.05 LU); None where all is silence."""
    counts = [sum(column) for column in zip(*map(_counts, histograms), strict=True)]
    gate = _mean(counts, 0)
    if gate is None:
        return None
    first = math.ceil((gate + RELATIVE_GATE_LU - LOWEST_LUFS) / BIN_LU - 0.5)  # bins whose middle is above the gate
    found = _mean(counts, max(0, first))
    return None if found is None else round(found, 2)


def _mean(counts: Sequence[int], first: int) -> float | None:
    """Loudness of the mean energy of the blocks in the bins from `first` on."""
    number = sum(counts[first:])
    if not number:
        return None
    energy = sum(count * _ENERGIES[place] for place, count in enumerate(counts[first:], first) if count)
    return 10 * math.log10(energy / number)


def _counts(packed: bytes) -> Sequence[int]:
    return memoryview(packed).cast("I") if array("I").itemsize == _COUNT_BYTES else array("L", packed)


_ENERGIES = [10 ** ((LOWEST_LUFS + (place + 0.5) * BIN_LU) / 10) for place in range(BINS)]
"""Of a block in the middle of each bin; the offset of BS.1770 cancels out."""
