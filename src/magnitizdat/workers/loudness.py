"""How loud a track is and what it looks like: decoded once, through two filters of av.

`ebur128` with its metadata on cuts what it has measured into frames of a tenth of a second, each of them saying how
loud the last 400 ms were: the blocks of BS.1770. `astats` says the peak of every frame that it gets.
"""

from __future__ import annotations

import math
from collections.abc import Iterator
from fractions import Fraction
from typing import BinaryIO, ClassVar

import av.error
from av.audio.frame import AudioFrame
from av.filter import Graph
from av.filter.context import FilterContext

from magnitizdat.errors import UnsupportedError
from magnitizdat.formats.loudness import LOWEST_LUFS, WAVEFORM_LENGTH, Sound, histogram
from magnitizdat.model import AUDIO_TYPES
from magnitizdat.sentence import say
from magnitizdat.workers.encode import sound_of
from magnitizdat.workers.sniff import SNIFF_LENGTH, sniff

_FULL_BLOCK = 4
"""Frames of a tenth of a second in a block: the first ones are not whole."""

_LEVEL_SAMPLES = 256
_MOST_LEVELS = 16 * WAVEFORM_LENGTH


def listen(file: BinaryIO) -> Sound:
    """Decode all of it and measure.

    Raises: DamagedError, UnsupportedError.
    """
    media_type = sniff(file.read(SNIFF_LENGTH))
    if media_type not in AUDIO_TYPES:
        raise UnsupportedError(say("only audio has a loudness"))
    meter, levels = _Meter(), _Levels()
    for number, frame in enumerate(sound_of(file, media_type)):
        if not number:
            meter.open(frame)
            levels.open(frame)
        meter.push(frame)
        levels.push(frame)
    meter.push(None)
    levels.push(None)
    peak = max(meter.peak, levels.peak)  # the meter leaves out what is behind the last tenth of a second
    return Sound(
        lufs=meter.lufs, peak=round(min(peak, 1000.0), 4), waveform=levels.waveform(), blocks=histogram(meter.blocks)
    )


class _Filter:
    """A chain of filters that is only looked at: frames in, what they say about them out."""

    chain: ClassVar[tuple[tuple[str, str], ...]]

    def open(self, like: AudioFrame) -> None:
        """Set up for frames of this kind."""
        self._graph = Graph()
        self._graph.threads = 1
        rate = like.sample_rate
        self._source: FilterContext = self._graph.add_abuffer(
            sample_rate=rate, format=like.format, layout=like.layout, time_base=Fraction(1, rate)
        )
        self._sink: FilterContext = self._graph.add("abuffersink")
        filters = [self._graph.add(name, options) for name, options in self.chain]
        self._graph.link_nodes(self._source, *filters, self._sink)
        self._graph.configure()

    def said(self, frame: AudioFrame | None) -> Iterator[dict[str, str]]:
        """What the filter says after one more frame, or after the last."""
        self._source.push(frame)
        while True:
            try:
                yield self._sink.pull().metadata
            except (av.error.BlockingIOError, av.error.EOFError):
                return


class _Meter(_Filter):
    chain = (("ebur128", "metadata=1:peak=true:framelog=quiet"),)

    def __init__(self) -> None:
        self.blocks: list[float] = []
        self._integrated = -math.inf
        self._frames = 0
        self.peak = 0.0

    @property
    def lufs(self) -> float | None:
        return self._integrated if self._integrated > LOWEST_LUFS else None

    def push(self, frame: AudioFrame | None) -> None:
        for said in self.said(frame):
            if "lavfi.r128.M" not in said:  # the rest of less than a tenth of a second
                continue
            self._frames += 1
            if self._frames >= _FULL_BLOCK:
                self.blocks.append(_number(said["lavfi.r128.M"]))
            self._integrated = _number(said["lavfi.r128.I"])
            self.peak = max(self.peak, _number(said["lavfi.r128.true_peak"]))


class _Levels(_Filter):
    """Sample peaks, evenly spaced however long the track is: where they become too many, two are made one."""

    chain = (
        ("asetnsamples", f"n={_LEVEL_SAMPLES}:p=0"),
        ("astats", "metadata=1:reset=1:measure_perchannel=none:measure_overall=Peak_level"),
    )

    def __init__(self) -> None:
        self._levels: list[float] = []
        self._group: list[float] = []
        self._group_length = 1

    def push(self, frame: AudioFrame | None) -> None:
        for said in self.said(frame):
            decibels = _number(said.get("lavfi.astats.Overall.Peak_level", "-inf"))
            self._group.append(10 ** (decibels / 20))
            if len(self._group) == self._group_length:
                self._levels.append(max(self._group))
                self._group = []
            if len(self._levels) == _MOST_LEVELS:
                self._levels = [max(pair) for pair in zip(self._levels[::2], self._levels[1::2], strict=True)]
                self._group_length *= 2

    @property
    def peak(self) -> float:
        return max((*self._levels, *self._group), default=0.0)

    def waveform(self) -> bytes:
        """`Sound.waveform`: each peak that of its eight-hundredth of the track."""
        levels = [*self._levels, max(self._group)] if self._group else self._levels
        return bytes(
            min(255, round(255 * max(levels[start : max(end, start + 1)])))
            for start, end in (
                (place * len(levels) // WAVEFORM_LENGTH, (place + 1) * len(levels) // WAVEFORM_LENGTH)
                for place in range(WAVEFORM_LENGTH)
            )
        )


def _number(text: str) -> float:
    found = float(text)
    return found if math.isfinite(found) else -math.inf
