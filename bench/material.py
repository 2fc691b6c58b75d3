"""What is measured with: audio that no program can make smaller, the same in every run."""

from __future__ import annotations

import io
import random
import struct
from pathlib import Path

import av
import mutagen.flac

from bench.measure import MIB

ALBUM = 16
_WAV_HEADER = 44


def large(folder: Path, *, mib: int, files: int = 128) -> Path:
    """`files` WAV files of noise, `mib` MiB together."""
    noise = random.Random(45)
    length = mib * MIB // files
    for number in range(files):
        path = folder / f"Noise {number // ALBUM}" / f"{number % ALBUM + 1:02d} Song {number}.wav"
        if not path.exists():
            path.parent.mkdir(parents=True, exist_ok=True)
            _write_wav(path, length - _WAV_HEADER, noise)
    return folder


def small(folder: Path, *, tracks: int) -> Path:
    """Tagged FLAC files of a quarter of a second each, twelve to an album."""
    noise = random.Random(45)
    for number in range(tracks):
        path = folder / f"Tape {number // 12}" / f"{number % 12 + 1:02d}.flac"
        sound = noise.randbytes(4000)
        if path.exists():
            continue
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(_flac(sound))
        tags = mutagen.flac.FLAC(path)
        tags["title"], tags["artist"] = f"Song {number}", f"Band {number // 120}"
        tags["album"], tags["tracknumber"] = f"Tape {number // 12}", str(number % 12 + 1)
        tags.save()
    return folder


def _write_wav(path: Path, length: int, noise: random.Random) -> None:
    form = struct.pack("<HHIIHH", 1, 2, 44100, 176400, 4, 16)
    head = b"RIFF" + (_WAV_HEADER - 8 + length).to_bytes(4, "little") + b"WAVEfmt " + len(form).to_bytes(4, "little")
    with path.open("wb") as made:
        made.write(head + form + b"data" + length.to_bytes(4, "little"))
        for start in range(0, length, MIB):
            made.write(noise.randbytes(min(MIB, length - start)))


def _flac(sound: bytes) -> bytes:
    made = io.BytesIO()
    with av.open(made, "w", format="flac") as container:
        stream = container.add_stream("flac", rate=8000, layout="mono", format="s16")
        frame = av.AudioFrame(format="s16", layout="mono", samples=len(sound) // 2)
        frame.rate = 8000
        frame.planes[0].update(sound.ljust(frame.planes[0].buffer_size, b"\0"))
        container.mux(stream.encode(frame))
        container.mux(stream.encode(None))
    return made.getvalue()
