#!/bin/sh
# One would guess: an ID3v1 tag behind the audio, which old taggers put behind anything, is either passed over by a
# reader or told. FFmpeg knows ID3v1, so its packets of such a file are those of the file without it.
#
# What happens: three answers by format. MP3, TrueAudio, AIFF, WAV, M4A and Ogg: the same packets. FLAC: the 128 bytes
# are the end of the last packet, so a digest of packets changes, and the decoder, which is told nothing, gives the same
# samples. Raw AAC: the same packets and 14 ms more are announced. WavPack: the file cannot be opened at all, though
# WavPack allows a tag there by its own documents; mutagen reads it, both tags or none.
#
# With: av 18.1.0 (FFmpeg 8), mutagen 1.48.1, numpy 2.4.6.
#
# Why it matters: an id by packets that should outlive retagging does not, for FLAC, and an import calls sound WavPack
# files broken. Trailers have to be cut off before a demuxer sees the file.
set -eu
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
cd "$folder"
python3 -m venv venv
venv/bin/pip install -q --disable-pip-version-check av==18.1.0 mutagen==1.48.1 numpy==2.4.6

cat > seen <<'END'
mp3: the same packets, 1.0000 s before and 1.0000 s after
tta: the same packets, 1.0000 s before and 1.0000 s after
aiff: the same packets, 1.0000 s before and 1.0000 s after
wav: the same packets, 1.0000 s before and 1.0000 s after
m4a: the same packets, 1.0000 s before and 1.0000 s after
oga: the same packets, 1.0000 s before and 1.0000 s after
flac: other packets, the last one ends with the tag; the same samples
aac: the same packets, 1.0449 s before and 1.0592 s after
wv: InvalidDataError; by mutagen 1.0 s
END

venv/bin/python - > got 2> log <<'END' || { tail -n 3 log >&2; exit 1; }
from fractions import Fraction
from pathlib import Path
import av, mutagen, numpy

RATE = 44100
TAG = b"TAG" + b"Peremen".ljust(30, b"\0") + b"Kino".ljust(30, b"\0") + bytes(30) + b"1989" + bytes(30) + b"\x11"
SOUND = (0.3 * numpy.sin(2 * numpy.pi * 440 * numpy.arange(RATE) / RATE)).astype("float32")

def make(name, codec):
    with av.open(name, "w") as file:
        stream = file.add_stream(codec, rate=RATE, layout="mono")
        for start in range(0, RATE, 1000):
            frame = av.AudioFrame.from_ndarray(SOUND[None, start : start + 1000], format="fltp", layout="mono")
            frame.sample_rate, frame.pts, frame.time_base = RATE, start, Fraction(1, RATE)
            file.mux(stream.encode(frame))
        file.mux(stream.encode(None))

def read(name):
    with av.open(name) as file:
        length, packets = file.duration / 1e6, [bytes(each) for each in file.demux(audio=0) if each.size]
    with av.open(name) as file:
        return length, packets, b"".join(frame.to_ndarray().tobytes() for frame in file.decode(audio=0))

def told(before, after):
    if before[1] == after[1]:
        return f"the same packets, {before[0]:.4f} s before and {after[0]:.4f} s after"
    ends = ", the last one ends with the tag" if after[1] == [*before[1][:-1], before[1][-1] + TAG] else ""
    return f"other packets{ends}; {'the same' if before[2] == after[2] else 'other'} samples"

assert len(TAG) == 128
for kind, codec in {"mp3": "libmp3lame", "tta": "tta", "aiff": "pcm_s16be", "wav": "pcm_s16le", "m4a": "aac", "oga": "flac",
                    "flac": "flac", "aac": "aac", "wv": "wavpack"}.items():
    make(f"a.{kind}", codec)
    Path(f"tagged.{kind}").write_bytes(Path(f"a.{kind}").read_bytes() + TAG)
    try:
        print(f"{kind}:", told(read(f"a.{kind}"), read(f"tagged.{kind}")))
    except av.error.FFmpegError as exc:
        print(f"{kind}: {type(exc).__name__}; by mutagen {mutagen.File(f'tagged.{kind}').info.length} s")
END
diff seen got || { echo "What a trailing ID3v1 tag does has changed." >&2; exit 1; }
