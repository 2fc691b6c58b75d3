#!/bin/sh
# One would guess: `wvunpack a.wv -o a.wav` writes a WAV, and a WavPack is as many samples a second as each reader says.
#
# What happens: a .wv remembers which file it was made of, and wvunpack writes that one: a CAF, a Wave64 or, for DSD, a
# DSF; under the name "a.wav" too, where one was asked for, with 0 and no word of it. -w makes a WAV of each, and 24 bits
# at an eighth of the rate of DSD. The same DSD is 2 822 400 Hz in its DSF and 352 800 Hz in its WavPack for mutagen and
# for FFmpeg alike (eight of its bits make one sample there); mutagen calls these of 1 bit, and wvunpack tells 1 bit at
# 2 822 400.
#
# With: wavpack 5.6.0-1; av 18.1.0 (FFmpeg 8), mutagen 1.48.1.
#
# Why it matters: advice to unpack a WavPack that a player does not know has to say -w, or what comes out is refused next.
# And a list that shows rates shows the same recording as two, one of them an eighth as good.
set -eu
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
cd "$folder"
apt-get download -q -o APT::Sandbox::User=root wavpack=5.6.0-1 libwavpack1=5.6.0-1 > /dev/null 2>&1 ||
    { echo "This needs wavpack 5.6.0-1 of Debian 12, and its list of packages." >&2; exit 2; }
for package in *.deb; do dpkg-deb -x "$package" debian; done
python3 -m venv venv
venv/bin/pip install -q --disable-pip-version-check av==18.1.0 mutagen==1.48.1

cat > seen <<'END'
a.caf: unpacked as a.wav it is caff, byte for byte the CAF, DSF or Wave64 that it was; with -w RIFF
a.w64: unpacked as a.wav it is riff, byte for byte the CAF, DSF or Wave64 that it was; with -w RIFF
a.dsf: unpacked as a.wav it is DSD , byte for byte the CAF, DSF or Wave64 that it was; with -w RIFF
with -w the DSF is 24 bits at 352800 Hz
mutagen: 2822400 Hz of 1 bit in a.dsf, 352800 Hz of 1 bit in a.dsf.wv
FFmpeg: 352800 Hz in a.dsf, 352800 Hz in a.dsf.wv
wvunpack: 1-bit DSD at 2822400 Hz
END

venv/bin/python - <<'END'
import random, struct

noise = random.Random(7).randbytes(44100 * 4)
with open("a.caf", "wb") as file:
    layout = struct.pack(">d4sIIIII", 44100, b"lpcm", 2, 4, 1, 2, 16)
    file.write(b"caff" + struct.pack(">HH", 1, 0) + b"desc" + struct.pack(">Q", len(layout)) + layout)
    file.write(b"data" + struct.pack(">QI", 4 + len(noise), 0) + noise)
with open("a.w64", "wb") as file:
    guid = bytes.fromhex("f3acd3118cd100c04f8edb8a")
    layout = struct.pack("<HHIIHH", 1, 2, 44100, 4 * 44100, 4, 16)
    chunks = b"fmt " + guid + struct.pack("<Q", 24 + len(layout)) + layout
    chunks += b"data" + guid + struct.pack("<Q", 24 + len(noise)) + noise
    riff = b"riff" + bytes.fromhex("2e91cf11a5d628db04c10000")
    file.write(riff + struct.pack("<Q", 40 + len(chunks)) + b"wave" + guid + chunks)
rate, block = 2822400, 4096
bits = random.Random(7).randbytes(20 * block)
form = b"fmt " + struct.pack("<QIIIIIIQII", 52, 1, 0, 1, 1, rate, 1, 8 * len(bits), block, 0)
held = b"data" + struct.pack("<Q", 12 + len(bits)) + bits
with open("a.dsf", "wb") as file:
    file.write(b"DSD " + struct.pack("<QQQ", 28, 28 + len(form) + len(held), 0) + form + held)
END
tool() {
    name=$1
    shift
    LD_LIBRARY_PATH=$(echo debian/usr/lib/*-linux-gnu) "debian/usr/bin/$name" -q -y "$@"
}
{
    for made in a.caf a.w64 a.dsf; do
        tool wavpack "$made" -o "$made.wv"
        tool wvunpack "$made.wv" -o a.wav
        cmp "$made" a.wav
        tool wvunpack -w "$made.wv" -o plain.wav
        echo "$made: unpacked as a.wav it is $(head -c 4 a.wav), byte for byte the CAF, DSF or Wave64 that it was; with -w $(head -c 4 plain.wav)"
    done
    venv/bin/python - <<'END'
import av, mutagen

plain = mutagen.File("plain.wav").info
print(f"with -w the DSF is {plain.bits_per_sample} bits at {plain.sample_rate} Hz")
names = ("a.dsf", "a.dsf.wv")
told = [(mutagen.File(name).info, name) for name in names]
print("mutagen:", ", ".join(f"{info.sample_rate} Hz of {info.bits_per_sample} bit in {name}" for info, name in told))
rates = []
for name in names:
    with av.open(name) as file:
        rates.append(f"{file.streams.audio[0].rate} Hz in {name}")
print("FFmpeg:", ", ".join(rates))
END
    echo "wvunpack: $(tool wvunpack -s a.dsf.wv | sed -n 's/^source: *//p')"
} > got 2> log || { tail -n 3 log >&2; exit 1; }
diff seen got || { echo "What comes out of a WavPack has changed." >&2; exit 1; }
