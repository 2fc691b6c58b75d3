#!/bin/sh
# One would guess: a lossless WavPack beside its correction file (hybrid mode: a.wv and a.wvc) is lossless in whatever
# plays WavPack, or a player without the second file says that it plays less than there is.
#
# What happens: only WavPack's own tools look for the .wvc. FFmpeg decodes the small half alone, lossy at the bit rate
# that was asked for, without a word, also where the other lies beside it; nearly each sample is another, and wvunpack
# without the .wvc gives the same ones and ends with 0. mutagen tells 16 bits at 44 100 Hz and nothing of halves. And the
# .wvc is WavPack by its first bytes and its header: mutagen says how long it plays, FFmpeg opens it and decodes nothing.
#
# With: wavpack 5.6.0-1; av 18.1.0 (FFmpeg 8), mutagen 1.48.1, numpy 2.4.6.
#
# Why it matters: an import that takes "what can be played" keeps the lossy half of a lossless archive, and calls the
# other one damaged. Whoever converts it to FLAC makes a FLAC that is none. A name that ends in .wvc has to be told.
set -eu
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
cd "$folder"
apt-get download -q -o APT::Sandbox::User=root wavpack=5.6.0-1 libwavpack1=5.6.0-1 > /dev/null 2>&1 ||
    { echo "This needs wavpack 5.6.0-1 of Debian 12, and its list of packages." >&2; exit 2; }
for package in *.deb; do dpkg-deb -x "$package" debian; done
python3 -m venv venv
venv/bin/pip install -q --disable-pip-version-check av==18.1.0 mutagen==1.48.1 numpy==2.4.6

cat > seen <<'END'
wvunpack, both halves: 0.0% of 441000 samples are others, by up to 0
wvunpack, a.wv alone: 99.8% of 441000 samples are others, by up to 1024
PyAV, with a.wvc beside it: 99.8% of 441000 samples are others, by up to 1024
PyAV and wvunpack without it the same: True
mutagen, a.wv: WavPack, 5.00 seconds, 44100 Hz 16 bits
mutagen, a.wvc: WavPack, 5.00 seconds, 44100 Hz
PyAV, a.wvc: announces 5.0 s, decodes 0 samples, all packets refused
END

venv/bin/python - <<'END'
import wave, numpy

noise = numpy.random.default_rng(7).normal(0, 2000, (5 * 44100, 2)).astype("<i2")
with wave.open("noise.wav", "wb") as file:
    file.setparams((2, 2, 44100, 0, "NONE", ""))
    file.writeframes(noise.tobytes())
END
tool() {
    name=$1
    shift
    LD_LIBRARY_PATH=$(echo debian/usr/lib/*-linux-gnu) "debian/usr/bin/$name" -q -y "$@"
}
mkdir alone
tool wavpack -b320 -c noise.wav -o noise.wv
cp noise.wv alone/noise.wv
tool wvunpack noise.wv -o both.wav
tool wvunpack alone/noise.wv -o half.wav

venv/bin/python - > got 2> log <<'END' || { tail -n 3 log >&2; exit 1; }
import av, mutagen, numpy

def sound(name):
    with av.open(name) as file:
        return numpy.concatenate([frame.to_ndarray().T.reshape(-1) for frame in file.decode(audio=0)])

def decoded(name):
    count = failed = 0
    with av.open(name) as file:
        announced = file.duration / 1e6
        for packet in file.demux(audio=0):
            try:
                count += sum(frame.samples for frame in packet.decode())
            except av.error.InvalidDataError:
                failed += 1
    return announced, count, "all" if failed else "no"

def compared(name):
    other = sound(name)
    return f"{(other != original).mean():.1%} of {len(other)} samples are others, by up to {abs(other.astype(int) - original).max()}"

original = sound("noise.wav")
print("wvunpack, both halves:", compared("both.wav"))
print("wvunpack, a.wv alone:", compared("half.wav"))
print("PyAV, with a.wvc beside it:", compared("noise.wv"))
print("PyAV and wvunpack without it the same:", bool((sound("noise.wv") == sound("half.wav")).all()))
print("mutagen, a.wv:", mutagen.File("noise.wv").info.pprint(), mutagen.File("noise.wv").info.bits_per_sample, "bits")
print("mutagen, a.wvc:", mutagen.File("noise.wvc").info.pprint())
print("PyAV, a.wvc: announces {} s, decodes {} samples, {} packets refused".format(*decoded("noise.wvc")))
END
diff seen got || { echo "What is known of a WavPack's other half has changed." >&2; exit 1; }
