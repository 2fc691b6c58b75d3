#!/bin/sh
# One would guess: mutagen, which moves every table of offsets when it writes tags into an MP4, moves those of a
# fragmented one too (ISO/IEC 14496-12, 8.8; recorders and streams write such files, which are whole wherever they break
# off). It looks for the offsets of fragments, so it either does that right or refuses.
#
# What happens: it moves that of the first fragment alone. Each further one points to where its sound was before, so a
# decoder gets other bytes for packets: of twenty seconds two are left. No error is raised and the length is the same. It
# goes so where fragments say where in the file their sound is (`base-data-offset`, as FFmpeg writes by default); where
# they count from themselves (`default_base_moof`, `dash`) the sound stays. The index at the end (`mfra`) names the old
# places in every case. And of a file that begins without a sample mutagen says that it is 0 s long.
#
# With: mutagen 1.48.1, av 18.1.0 (FFmpeg 8), numpy 2.4.6.
#
# Why it matters: a tagger destroys the one take of a concert, and nothing says so. Whoever writes tags has to compare
# the packets afterwards, and to move `tfhd` of all fragments, and `tfra`, where the beginning grew.
set -eu
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
cd "$folder"
python3 -m venv venv
venv/bin/pip install -q --disable-pip-version-check av==18.1.0 mutagen==1.48.1 numpy==2.4.6

cat > seen <<'END'
one piece: 20.0 s by mutagen; after tags 0 of 863 packets have other bytes, 0 of 0 places in the index are no fragment's
frag_keyframe+empty_moov: 0.0 s by mutagen; after tags 776 of 863 packets have other bytes, 10 of 10 places in the index are no fragment's
frag_keyframe: 2.0 s by mutagen; after tags 689 of 863 packets have other bytes, 9 of 9 places in the index are no fragment's
frag_keyframe+empty_moov+default_base_moof: 0.0 s by mutagen; after tags 0 of 863 packets have other bytes, 10 of 10 places in the index are no fragment's
dash: 0.0 s by mutagen; after tags 0 of 863 packets have other bytes, 10 of 10 places in the index are no fragment's
END

venv/bin/python - > got 2> log <<'END' || { tail -n 3 log >&2; exit 1; }
import hashlib, shutil, struct
from fractions import Fraction
import av, mutagen.mp4, numpy

RATE, SECONDS = 44100, 20

def make(name, flags):
    sound = (0.3 * numpy.sin(2 * numpy.pi * 440 * numpy.arange(SECONDS * RATE) / RATE)).astype("float32")
    options = {"movflags": flags, "frag_duration": "2000000"} if flags else {}
    with av.open(name, "w", format="ipod", options=options) as file:
        stream = file.add_stream("aac", rate=RATE, layout="mono")
        file.metadata["title"] = "Peremen"
        for start in range(0, len(sound), 1024):
            frame = av.AudioFrame.from_ndarray(sound[None, start : start + 1024], format="fltp", layout="mono")
            frame.sample_rate, frame.pts, frame.time_base = RATE, start, Fraction(1, RATE)
            file.mux(stream.encode(frame))
        file.mux(stream.encode(None))

def packets(name):
    with av.open(name) as file:
        return [hashlib.sha256(bytes(packet)).hexdigest() for packet in file.demux(audio=0) if packet.size]

def boxes(file, start, end):
    while start + 8 <= end:
        length, kind = struct.unpack_from(">I4s", file, start)
        yield kind, start, start + length
        start += length

def index(name):
    """How many places the index names, and how many of them are no fragment's."""
    with open(name, "rb") as opened:
        file = opened.read()
    fragments = {start for kind, start, _ in boxes(file, 0, len(file)) if kind == b"moof"}
    places = []
    for kind, start, end in boxes(file, 0, len(file)):
        for inner, at, _ in boxes(file, start + 8, end) if kind == b"mfra" else ():
            if inner == b"tfra":  # version 1: eight bytes of time, eight of place, three numbers of a byte
                count = struct.unpack_from(">I", file, at + 20)[0]
                places += [struct.unpack_from(">QQ3x", file, at + 24 + 19 * entry)[1] for entry in range(count)]
    return len(places), sum(place not in fragments for place in places)

for flags in ("", "frag_keyframe+empty_moov", "frag_keyframe", "frag_keyframe+empty_moov+default_base_moof", "dash"):
    make("take.m4a", flags)
    shutil.copy("take.m4a", "tagged.m4a")
    opened = mutagen.mp4.MP4("tagged.m4a")
    opened["\xa9lyr"] = ["la " * 3000]
    opened.save()
    before, after = packets("take.m4a"), packets("tagged.m4a")
    changed = sum(one != other for one, other in zip(before, after, strict=True))
    assert index("take.m4a")[1] == 0
    count, off = index("tagged.m4a")
    print(f"{flags or 'one piece'}: {opened.info.length:.1f} s by mutagen; after tags {changed} of {len(before)} packets "
          f"have other bytes, {off} of {count} places in the index are no fragment's")
END
diff seen got || { echo "What mutagen does with the offsets of fragments has changed." >&2; exit 1; }
