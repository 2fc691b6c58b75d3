"""Plays the scores of the tour: plucked strings, a reed, a box of drums, a room with some hiss; and encodes them.

Additions and multiplications only, and constants for what libm may round differently: the same score gives the same
samples on every machine. `av` is at home in `workers/`, where strangers' files are parsed; here it only encodes what
we made ourselves, and the workers have no reason to know how.
"""

from __future__ import annotations

import io
import operator
import random
from array import array
from collections.abc import Iterator, Mapping, Sequence
from typing import NamedTuple

from magnitizdat.formats.names import portable_name
from magnitizdat.tour.cover import cover_png
from magnitizdat.tour.songs import Album, Score, Song

RATE = 22_050
"""Frames a second: what a good cassette holds."""

# Ratios of the twelve semitones above A, equal temperament.
_SEMITONES = (
    1.0,
    1.0594630943592953,
    1.122462048309373,
    1.189207115002721,
    1.2599210498948732,
    1.3348398541700344,
    1.4142135623730951,
    1.4983070768766815,
    1.5874010519681994,
    1.681792830507429,
    1.7817974362806785,
    1.8877486253633868,
)
_STEPS = {"c": 0, "d": 2, "e": 4, "f": 5, "g": 7, "a": 9, "b": 11}
# MIDI pitches from the lowest string up; the bass plays the first one an octave lower.
_CHORDS: dict[str, tuple[int, ...]] = {
    "A": (45, 52, 57, 61, 64),
    "Am": (45, 52, 57, 60, 64),
    "Bb": (46, 53, 58, 62, 65),
    "C": (48, 52, 55, 60, 64),
    "D": (50, 57, 62, 66),
    "Dm": (50, 57, 62, 65),
    "E": (40, 47, 52, 56, 59, 64),
    "Em": (40, 47, 52, 55, 59, 64),
    "F": (41, 48, 53, 57, 60),
    "G": (43, 47, 50, 55, 59, 67),
    "Gm": (43, 50, 55, 58, 62),
}
_FADE = [step / 256 for step in range(256, 0, -1)]
_HISS = 0.0009
_STRUM_GAP = RATE // 110

Wave = list[float]


class Pcm(NamedTuple):
    """Interleaved signed 16-bit samples."""

    rate: int
    channels: int
    samples: array[int]

    @property
    def duration_s(self) -> float:
        """Seconds."""
        return len(self.samples) / self.channels / self.rate


def melody(score: Score, *, seed: int = 45) -> Pcm:
    """A score as stereo sound. `seed` decides how each string is plucked and what the tape hisses."""
    return _Player(score, seed).play()


def frequency(pitch: int) -> float:
    """Hertz of a MIDI pitch (69 is A, 440 Hz)."""
    octave, step = divmod(pitch - 69, 12)
    return 440.0 * _SEMITONES[step] * (2.0**octave)


def pitch_of(name: str) -> int:
    """MIDI pitch of `a4`, `c#5`, `bb4`."""
    sharp = {"#": 1, "b": -1, "": 0}[name[1:-1]]
    return 12 * (int(name[-1]) + 1) + _STEPS[name[0]] + sharp


class _Player:
    """One performance: two tracks of tape, and the notes that were played before (a string sounds alike each time)."""

    def __init__(self, score: Score, seed: int) -> None:
        self._score = score
        self._noise = random.Random(seed)  # noqa: S311 - noise for strings, not a secret
        self._bars = score.chords.split()
        self._eighth = RATE * 30 // score.beats_per_minute
        self._bar = self._eighth * len(score.guitar)
        self._length = self._bar * len(self._bars) + int(score.ring_s * RATE)
        self._guitar, self._middle = [0.0] * self._length, [0.0] * self._length
        self._strings: dict[tuple[int, float, float], Wave] = {}

    def play(self) -> Pcm:
        for number, bar in enumerate(self._bars):
            halves = bar.split("/")
            span = len(self._score.guitar) // len(halves)
            for half, chord in enumerate(halves):
                self._play_chord(_CHORDS[chord], number, half * span, span)
            self._play_drums(number)
        self._play_melody()
        return self._mix()

    def _play_chord(self, chord: Sequence[int], bar: int, first: int, span: int) -> None:
        start = bar * self._bar + first * self._eighth
        last = bar == len(self._bars) - 1
        beats = (0,) if last else range(0, span, 4 if len(self._score.guitar) == 8 else 6)
        for beat in beats:
            ring = self._length if last else min(4, span) * self._eighth
            self._put(self._middle, start + beat * self._eighth, self._string(chord[0] - 12, 0.25, 0.55), ring)
        if last:  # the last chord is strummed once and rings
            self._strum(chord, start, self._length, 0.5)
            return
        signs = self._score.guitar[first : first + span]
        for place, sign in enumerate(signs):
            at, left = start + place * self._eighth, (span - place) * self._eighth
            if sign in "du":
                gap = next((n for n in range(1, span - place) if signs[place + n] in "du"), span - place)
                notes = chord[1:] if sign == "d" else chord[:1:-1]
                self._strum(notes, at, gap * self._eighth, 0.34 if sign == "d" else 0.2)
            elif sign != ".":
                string = 0 if sign == "b" else min(int(sign), len(chord) - 1)
                self._put(self._guitar, at, self._string(chord[string], 0.55, 0.5), left + self._eighth)

    def _strum(self, notes: Sequence[int], at: int, span: int, volume: float) -> None:
        for place, note in enumerate(notes):
            self._put(self._guitar, at + place * _STRUM_GAP, self._string(note, 0.6, volume), span)

    def _play_drums(self, bar: int) -> None:
        if bar == len(self._bars) - 1:
            return
        for place, sign in enumerate(self._score.drums):
            if sign != ".":
                self._put(self._middle, bar * self._bar + place * self._eighth, self._drum(sign), self._length)

    def _play_melody(self) -> None:
        at = 0
        for word in self._score.melody.replace("|", " ").split():
            name, beats = word.split(":")
            span = int(float(beats) * 2 * self._eighth)
            if name != "-":
                pitch = pitch_of(name)
                if self._score.voice == "reed":
                    self._put(self._middle, at, _reed(pitch, span + 800), span + 800)
                else:
                    self._put(self._middle, at, self._string(pitch, 0.9, 0.65), span + RATE // 3)
            at += span

    def _string(self, pitch: int, brightness: float, volume: float) -> Wave:
        key = (pitch, brightness, volume)
        if key not in self._strings:
            length = 2 * RATE if pitch < 60 else RATE * 5 // 4  # thin strings are done by then
            wave = pluck(frequency(pitch), brightness, length, self._noise)
            self._strings[key] = [volume * sample for sample in wave]
        return self._strings[key]

    def _drum(self, sign: str) -> Wave:
        if sign == "k":
            return _kick()
        if sign == "c":
            high = pluck(1730.0, 0.9, RATE // 5, self._noise)
            low = pluck(613.0, 0.9, RATE // 5, self._noise)
            return [0.25 * (a + b) for a, b in zip(high, low, strict=True)]
        length, fall, volume = (RATE // 6, 0.9988, 0.22) if sign == "s" else (RATE // 20, 0.995, 0.1)
        wave: Wave = []
        before = 0.0
        for _ in range(length):
            noise = self._noise.random() - 0.5
            wave.append(volume * (noise - before))
            before = noise
            volume *= fall
        return wave

    def _put(self, track: Wave, at: int, wave: Wave, span: int) -> None:
        """Add the first `span` samples of a wave to a track, faded out where it is cut short."""
        end = min(at + span, at + len(wave), self._length)
        length = end - at
        if length <= 0:
            return
        piece = wave[:length]
        if length < len(wave) and length >= len(_FADE):
            piece[-len(_FADE) :] = map(operator.mul, piece[-len(_FADE) :], _FADE)
        track[at:end] = map(operator.add, track[at:end], piece)

    def _mix(self) -> Pcm:
        """Two tracks to two sides: the guitar more to the left, and the walls of the room a little later on each."""
        hiss = [_HISS * (self._noise.random() - 0.5) for _ in range(RATE)]
        both = list(map(operator.add, self._middle, self._guitar))
        samples = array("h", bytes(4 * self._length))
        for side, guitar, delay in ((0, 1.1, RATE // 31), (1, 0.6, RATE // 23)):
            wall = [0.0] * delay + both[:-delay]
            heard = [m + guitar * g + 0.25 * w for m, g, w in zip(self._middle, self._guitar, wall, strict=True)]
            samples[side::2] = _tape(heard, hiss if side else hiss[::-1])
        return Pcm(RATE, 2, samples)


def pluck(hertz: float, brightness: float, length: int, noise: random.Random) -> Wave:
    """A string after Karplus and Strong: a burst of noise runs round a delay line and loses its edge on each round.

    `brightness` (0 to 1): how hard the plectrum is. `length` in frames. The delay line is a whole number of frames; a
    three-point average tunes the rest.
    """
    blur = (0.5 - 0.2 * brightness) * min(1.0, 400 / hertz)
    period = RATE / hertz - blur
    whole = int(period)
    part = period - whole
    keep = 0.9985 if hertz > 200 else 0.997
    c0, c1, c2 = keep * (1 - blur) * (1 - part), keep * ((1 - blur) * part + blur * (1 - part)), keep * blur * part
    burst = [noise.random() - 0.5 for _ in range(whole)]
    for _ in range(3 - int(2 * brightness)):
        burst = [0.5 * (a + b) for a, b in zip(burst, burst[-1:] + burst[:-1], strict=True)]
    total = 0.0
    for sample in burst:  # sum() rounds otherwise from Python 3.12 on
        total += sample
    level = total / whole
    peak = max(abs(sample - level) for sample in burst)
    line = [(sample - level) / peak for sample in burst]
    tail = [0.0, 0.0]
    wave: Wave = []
    while len(wave) < length:
        wave += line
        once, twice = [tail[1], *line[:-1]], [*tail, *line[:-2]]
        tail = line[-2:]
        line = [c0 * a + c1 * b + c2 * c for a, b, c in zip(line, once, twice, strict=True)]
    return wave[:length]


def _reed(pitch: int, length: int) -> Wave:
    """A mouth organ of sorts: three harmonics, breathed in and out."""
    table = [0.26 * (_sine(n / 512) + 0.35 * _sine(2 * n / 512) + 0.22 * _sine(3 * n / 512)) for n in range(512)]
    step = int(frequency(pitch) * 512 * 65536 / RATE)
    wave = [table[(place * step >> 16) & 511] for place in range(length)]
    rise = min(900, length // 2)
    for n in range(rise):
        wave[n] *= n / rise
        wave[-1 - n] *= n / rise
    return wave


def _kick() -> Wave:
    wave, phase, hertz, volume = [], 0.0, 130.0, 0.45
    for _ in range(RATE // 5):
        wave.append(volume * _sine(phase))
        phase += hertz / RATE
        hertz = 45 + (hertz - 45) * 0.998
        volume *= 0.9991
    return wave


def _sine(turns: float) -> float:
    """Sine of a whole turn times `turns`, close enough: two parabolas, made rounder once."""
    x = 2 * (turns - int(turns))
    x = x - 2 if x > 1 else x
    y = 4 * x * (1 - abs(x))
    return 0.225 * (y * abs(y) - y) + y


def _tape(wave: Wave, hiss: Wave) -> array[int]:
    """Tape rounds the peaks, adds its hiss, and is faded out at the very end."""
    gain = 0.95 / (max(map(abs, wave)) or 1.0)
    fade = min(RATE // 2, len(wave))
    wave[-fade:] = [sample * (fade - n) / fade for n, sample in enumerate(wave[-fade:])]
    noise = hiss * (len(wave) // len(hiss) + 1)
    return array("h", [int(32767 * ((x := gain * a + b) - x * x * x / 5)) for a, b in zip(wave, noise, strict=False)])


def encode_flac(pcm: Pcm, tags: Mapping[str, str]) -> bytes:
    """A FLAC file with Vorbis comments; the samples stay as they are."""
    return _encode(pcm, tags, container="flac", codec="flac", rate=pcm.rate)


def encode_opus(pcm: Pcm, tags: Mapping[str, str], *, bit_rate: int = 96_000) -> bytes:
    """An Ogg Opus file with Vorbis comments, resampled to 48 kHz as Opus asks. `bit_rate` in bits a second."""
    return _encode(pcm, tags, container="ogg", codec="libopus", rate=48_000, bit_rate=bit_rate)


def _encode(
    pcm: Pcm, tags: Mapping[str, str], *, container: str, codec: str, rate: int, bit_rate: int | None = None
) -> bytes:
    import av
    from av.audio.stream import AudioStream

    layout = "stereo" if pcm.channels == 2 else "mono"
    out = io.BytesIO()
    # bitexact: no random serial numbers and no version of the encoder, so one tape is always the same bytes.
    with av.open(out, "w", format=container, options={"fflags": "+bitexact"}) as file:
        stream = file.add_stream(codec, rate=rate, layout=layout)
        assert isinstance(stream, AudioStream)
        if bit_rate is not None:
            stream.bit_rate = bit_rate
        file.metadata.update(tags)
        frame = av.AudioFrame(format="s16", layout=layout, samples=len(pcm.samples) // pcm.channels)
        frame.sample_rate, frame.pts = pcm.rate, 0
        frame.planes[0].update(pcm.samples.tobytes())
        resampler = av.AudioResampler(format="s16", layout=layout, rate=rate)
        frames = [frame] if rate == pcm.rate else [*resampler.resample(frame), *resampler.resample(None)]
        for ready in frames:
            file.mux(stream.encode(ready))
        file.mux(stream.encode(None))
    return out.getvalue()


def tags_of(album: Album, song: Song, number: int) -> dict[str, str]:
    """Vorbis comments of a track, names in their own script."""
    return {
        "title": song.titles["ru"],
        "artist": album.artist,
        "album": album.title,
        "albumartist": album.artist,
        "track": str(number),
        "tracktotal": str(len(album.songs)),
        "date": album.date,
        "genre": album.genre,
    }


def recordings(album: Album) -> Iterator[tuple[str, bytes]]:
    """File name and bytes of everything on a tape, one at a time: `cover.png`, tracks, `.lrc` where words are sung."""
    yield "cover.png", cover_png(album.title)
    for number, song in enumerate(album.songs, start=1):
        stem = portable_name(f"{number:02d} {song.titles['ru']}")
        encode = encode_flac if album.codec == "flac" else encode_opus
        yield f"{stem}.{album.codec}", encode(melody(song.score, seed=45 + number), tags_of(album, song, number))
        if song.lyrics:
            yield f"{stem}.lrc", song.lyrics.encode()
