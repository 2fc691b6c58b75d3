#!/bin/sh
# One would guess: the same packets in another container are the same sound, sample for sample; copying without encoding
# is lossless, after all. And a decoder gives what the file announces.
#
# What happens: an MP3 with a LAME header decodes to exactly what went in, and mutagen announces 46 ms more, since it
# counts frames. Copied to Matroska the same packets give 1105 samples more at one end, in MP4 1980 at both: the delay
# stood in the Xing frame, and that is no packet. AAC in M4A announces exactly 1 s and decodes to 44 full frames, the
# last one padded; in Matroska the priming frame is heard too. Only Opus comes out of each box as it went in, and it
# announces 6.5 or 8 ms too much.
#
# With: av 18.1.0 (FFmpeg 8), mutagen 1.48.1, numpy 2.4.6.
#
# Why it matters: an id made of packets says "the same track" of files between whose songs there is a gap in one and
# none in the other. Which box is kept is part of the quality; and a length in samples is a fact of the file, not of the
# track.
set -eu
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
cd "$folder"
python3 -m venv venv
venv/bin/pip install -q --disable-pip-version-check av==18.1.0 mutagen==1.48.1 numpy==2.4.6

cat > seen <<'END'
MP3, 44100 samples at 44100 went in
   a.mp3: decoded 44100, announced 1.0000 s, by mutagen 1.0449
   a copied.mp3: decoded 44100, announced 1.0000 s, by mutagen 1.0449, the same packets
   a.mka: decoded 45205, announced 1.0450 s, the same packets
   a.mp4: decoded 46080, announced 1.0449 s, by mutagen 1.0449, the same packets
AAC, 44100 samples at 44100 went in
   b.m4a: decoded 45056, announced 1.0000 s, by mutagen 1.0232
   b copied.m4a: decoded 45056, announced 1.0000 s, by mutagen 1.0232, the same packets
   b.mka: decoded 46080, announced 1.0230 s, the same packets
Opus, 48000 samples at 48000 went in
   c.opus: decoded 48000, announced 1.0065 s, by mutagen 1.0000
   c copied.opus: decoded 48000, announced 1.0065 s, by mutagen 1.0000, the same packets
   c.mka: decoded 48000, announced 1.0080 s, the same packets
END

venv/bin/python - > got <<'END'
import hashlib
from fractions import Fraction
import av, mutagen, numpy

def make(name, codec, rate):
    sound = (0.3 * numpy.sin(2 * numpy.pi * 440 * numpy.arange(rate) / rate)).astype("float32")
    with av.open(name, "w") as file:
        stream = file.add_stream(codec, rate=rate, layout="mono")
        for start in range(0, rate, 1000):
            frame = av.AudioFrame.from_ndarray(sound[None, start : start + 1000], format="fltp", layout="mono")
            frame.sample_rate, frame.pts, frame.time_base = rate, start, Fraction(1, rate)
            file.mux(stream.encode(frame))
        file.mux(stream.encode(None))

def copy(source, target):
    with av.open(source) as one, av.open(target, "w") as other:
        stream = other.add_stream_from_template(one.streams.audio[0])
        for packet in one.demux(audio=0):
            if packet.dts is not None:
                packet.stream = stream
                other.mux(packet)

def packets(name):
    with av.open(name) as file:
        return hashlib.sha256(b"".join(bytes(each) for each in file.demux(audio=0))).digest()

def tell(name, original):
    with av.open(name) as file:
        announced, decoded = file.duration / 1e6, sum(frame.samples for frame in file.decode(audio=0))
    by_tags = mutagen.File(name)
    print(f"   {name}: decoded {decoded}, announced {announced:.4f} s" + (f", by mutagen {by_tags.info.length:.4f}" if by_tags else "")
          + (", the same packets" if name != original and packets(name) == packets(original) else ""))

for title, codec, rate, first, *others in (("MP3", "libmp3lame", 44100, "a.mp3", "a copied.mp3", "a.mka", "a.mp4"),
                                           ("AAC", "aac", 44100, "b.m4a", "b copied.m4a", "b.mka"),
                                           ("Opus", "libopus", 48000, "c.opus", "c copied.opus", "c.mka")):
    print(f"{title}, {rate} samples at {rate} went in")
    make(first, codec, rate)
    tell(first, first)
    for other in others:
        copy(first, other)
        tell(other, first)
END
diff seen got || { echo "What the boxes keep of delay and padding has changed." >&2; exit 1; }
