#!/bin/sh
# One would guess: two Ogg files one behind the other are one valid file (RFC 3533, chaining), as radio recorders make
# them, and whoever reads it says how long it is: 2 s and 3 s are 5 s. If not, the libraries at least agree, and what is
# decoded is as long as what was announced.
#
# What happens: three answers. PyAV announces the length of the last link (3 s), mutagen that of the first (2 s), and
# decoding gives all 5 s. The time stamps of packets begin again at the second link, so the time of the last packet is
# no length either. Tags are those of the first link in both. Ogg FLAC and Opus do the same. And the length that PyAV
# announces of any Opus file is longer than what it decodes, by the pre-skip: 6.5 ms.
#
# With: av 18.1.0 (FFmpeg 8), mutagen 1.48.1, numpy 2.4.6.
#
# Why it matters: a length that is signed or compared with a header has to be counted in samples; and whoever cuts or
# seeks by time stamps lands in the other link.
set -eu
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
cd "$folder"
python3 -m venv venv
venv/bin/pip install -q --disable-pip-version-check av==18.1.0 mutagen==1.48.1 numpy==2.4.6

cat > seen <<'END'
first.opus: announced 2.0065, by mutagen 2.0, decoded 2.0, last packet ends at 2.0
second.opus: announced 3.0065, by mutagen 3.0, decoded 3.0, last packet ends at 3.0
chain.opus: announced 3.0065, by mutagen 2.0, decoded 5.0, last packet ends at 3.0
   title: first, by mutagen first
first.oga: announced 2.0, by mutagen 2.0, decoded 2.0, last packet ends at 2.0
second.oga: announced 3.0, by mutagen 3.0, decoded 3.0, last packet ends at 3.0
chain.oga: announced 3.0, by mutagen 2.0, decoded 5.0, last packet ends at 3.0
   title: first, by mutagen first
END

venv/bin/python - > got <<'END'
from fractions import Fraction
from pathlib import Path
import av, mutagen, numpy

RATE = 48000

def make(name, codec, seconds, title):
    sound = (0.3 * numpy.sin(2 * numpy.pi * 440 * numpy.arange(seconds * RATE) / RATE)).astype("float32")
    with av.open(name, "w") as file:
        stream = file.add_stream(codec, rate=RATE, layout="mono")
        file.metadata["title"] = title
        for start in range(0, len(sound), 1000):
            frame = av.AudioFrame.from_ndarray(sound[None, start : start + 1000], format="fltp", layout="mono")
            frame.sample_rate, frame.pts, frame.time_base = RATE, start, Fraction(1, RATE)
            file.mux(stream.encode(frame))
        file.mux(stream.encode(None))

def title_of(file):
    return {**file.metadata, **file.streams[0].metadata}.get("title")

def told(name):
    with av.open(name) as file:
        announced, title = round(file.duration / 1e6, 4), title_of(file)
        ends = [(each.pts + (each.duration or 0)) * each.time_base for each in file.demux(audio=0) if each.pts is not None]
    with av.open(name) as file:
        decoded = sum(frame.samples for frame in file.decode(audio=0)) / RATE
    print(f"{name}: announced {announced}, by mutagen {mutagen.File(name).info.length}, decoded {decoded}, "
          f"last packet ends at {round(float(ends[-1]), 2)}")
    return f"{title}, by mutagen {mutagen.File(name)['title'][0]}"

for kind, codec in (("opus", "libopus"), ("oga", "flac")):
    make(f"first.{kind}", codec, 2, "first")
    make(f"second.{kind}", codec, 3, "second")
    Path(f"chain.{kind}").write_bytes(Path(f"first.{kind}").read_bytes() + Path(f"second.{kind}").read_bytes())
    told(f"first.{kind}")
    told(f"second.{kind}")
    print("   title:", told(f"chain.{kind}"))
END
diff seen got || { echo "How long a chained Ogg file is has changed." >&2; exit 1; }
