"""Versions made on the fly: the first sound of a 24/96 FLAC, seeks in one, and eight listeners in real time at once.

A listener takes bytes as fast as they are heard, behind a buffer of a few seconds as players have; a stall is a moment
at which nothing is left to be heard.
"""

from __future__ import annotations

import random
import statistics
import subprocess
import threading
import time
from collections.abc import Iterator
from pathlib import Path
from typing import NamedTuple

from bench.cases import Place, Row
from bench.programs import Mag
from bench.streaming import Player, served

LISTENERS = 8
SONG_S = 120
HEARD_S = 60.0
"""Seconds that each listener hears."""
BUFFER_S = 5.0
"""Seconds that a player wants before it begins to sound, and keeps ahead."""
SEEKS = 20
OPUS_BYTES = 20_127
"""Bytes of a second of Opus at 160 kbit/s, pages and all."""
FIRST = 16_384
"""Bytes with which every browser begins to sound."""


class Heard(NamedTuple):
    """What one listener met: seconds to the first sound, and seconds of silence in all."""

    first_s: float
    stalled_s: float


def first_sound(player: Player, song: str, begin: int = 0) -> float:
    """Seconds from a new connection to enough for a player to sound."""
    begun = time.perf_counter()
    with player.ask(f"{song}&format=opus", begin) as connection:
        left = FIRST
        while left > 0 and (part := connection.recv(1 << 16)):
            left -= len(part)
        assert left <= 0
    return time.perf_counter() - begun


def listen(player: Player, song: str) -> Heard:
    """Hear a song for a while, as a player does."""
    begun = time.perf_counter()
    first_s, got, heard_s, stalled_s = 0.0, 0, 0.0, 0.0
    with player.ask(f"{song}&format=opus") as connection:
        last = begun
        while heard_s < HEARD_S:
            if got / OPUS_BYTES < heard_s + 2 * BUFFER_S:
                got += len(connection.recv(1 << 15))
            else:
                time.sleep(0.05)
            now = time.perf_counter()
            if not first_s and got > FIRST:
                first_s, last = now - begun, now
            elif first_s:
                ahead = got / OPUS_BYTES - heard_s
                stalled_s += max(0.0, now - last - ahead)
                heard_s += min(now - last, ahead)
                last = now
    return Heard(first_s, stalled_s)


def transcodes(place: Place) -> Iterator[Row]:
    """First sound, cold and warm; seeks; eight at once."""
    mag = Mag(place.folder / "transcodes").begin()
    mag("import", _songs(place.folder / "noise-24-96"))
    with served(mag) as (player, _):
        found = player.document("search3?query=&songCount=500&albumCount=0&artistCount=0")["searchResult3"]["song"]
        songs = [song["id"] for song in found]
        cold = first_sound(player, songs[0])
        yield Row("24/96 FLAC as Opus, first sound, no worker yet", f"{cold:.2f} s", "–", "–", cold, "≤ 1 s", cold <= 1)
        chance = random.Random(17)
        length = OPUS_BYTES * (SONG_S - 10)
        seeks = sorted(first_sound(player, chance.choice(songs), chance.randrange(length)) for _ in range(SEEKS))
        late, median = seeks[int(SEEKS * 0.95)], statistics.median(seeks)
        yield Row("the same after a seek", f"p95 {late:.2f} s", "median", f"{median:.2f} s", late, "≤ 1 s", late <= 1)
        heard = _together(player, songs)
        first, stalled = max(each.first_s for each in heard), sum(each.stalled_s for each in heard)
        last = f"{LISTENERS} listeners at once, first sound of the last"
        yield Row(last, f"{first:.2f} s", "–", "–", first, "≤ 2 s", first <= 2)
        yield Row(f"{LISTENERS} listeners, silence in all", f"{stalled:.2f} s", "–", "–", stalled, "0 s", stalled == 0)
    mag.end()


def _together(player: Player, songs: list[str]) -> list[Heard]:
    heard: list[Heard] = []
    threads = [
        threading.Thread(target=lambda song=song: heard.append(listen(player, song)))  # type: ignore[misc]
        for song in songs[:LISTENERS]
    ]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    return heard


def _songs(folder: Path) -> Path:
    """Eight songs of brown noise with a beat, 24 bits at 96 kHz."""
    folder.mkdir(parents=True, exist_ok=True)
    for number in range(LISTENERS):
        path = folder / f"{number}.flac"
        if not path.exists():
            noise = f"anoisesrc=d={SONG_S}:c=brown:r=96000:a=0.5:s={number},aformat=channel_layouts=stereo,tremolo=f=2"
            kind = ["-sample_fmt", "s32", "-bits_per_raw_sample", "24", "-metadata", f"title={number}"]
            subprocess.run(["ffmpeg", "-v", "error", "-f", "lavfi", "-i", noise, *kind, str(path)], check=True)
    return folder
