"""How loud music is and what it looks like, as it was prepared: ReplayGain 2.0 of tracks and albums, waveforms."""

from __future__ import annotations

from collections.abc import Iterable, Mapping

from magnitizdat.formats.loudness import gain_db
from magnitizdat.library.index.prepared import Loudness
from magnitizdat.library.library import Library
from magnitizdat.model import Gain, Track, Value


class Analysis(Value, frozen=True, kw_only=True):
    """A track as it was measured. `gain_db` brings it to -18 LUFS; `peak` is its true peak, linear, 1.0 full scale.

    `waveform`: 800 sample peaks, evenly over the track, a byte each, 255 full scale.
    """

    gain_db: float
    peak: float
    waveform: bytes


def analysis(library: Library, sha256: str) -> Analysis | None:
    """Of a blob that `shelf.plays` names; None where it waits for the background worker or cannot be decoded."""
    prepared = library.index.prepared
    loudness = prepared.loudness([sha256]).get(sha256)
    waveform = prepared.waveform(sha256)
    if loudness is None or waveform is None:
        return None
    return Analysis(gain_db=gain_db(loudness.lufs), peak=loudness.peak or 0.0, waveform=waveform)


def track_gains(library: Library, tracks: Iterable[Track]) -> dict[str, Gain]:
    """By `track.file.sha256`: what was measured, else what the tags said; nothing where neither is known."""
    listed = list(tracks)
    blobs = {file.sha256 for track in listed for file in (track.file, track.small) if file is not None}
    measured = _gains(library.index.prepared.loudness(blobs))
    found: dict[str, Gain] = {}
    for track in listed:
        small = track.small.sha256 if track.small else ""
        gain = measured.get(track.file.sha256) or measured.get(small) or track.gain
        if gain is not None:
            found[track.file.sha256] = gain
    return found


def album_gains(library: Library, albums: Iterable[str]) -> dict[str, Gain]:
    """By album id: of all its blocks of 400 ms together, gated as one programme; once every track was measured."""
    return _gains(library.index.prepared.album_loudness(albums))


def _gains(found: Mapping[str, Loudness]) -> dict[str, Gain]:
    return {
        name: Gain(gain_db=gain_db(loudness.lufs), peak=loudness.peak)
        for name, loudness in found.items()
        if loudness.peak is not None
    }
