#!/bin/sh
# One would guess: Musepack, whose tags are APEv2, keeps loudness and chapters there; whatever reads those tags knows
# both, or else the decoder does, which has the file open anyway. And a format that is gapless by its design is as long
# for FFmpeg as for its own decoder.
#
# What happens: both stand in packets of the stream (RG in front, CT behind), and no tag is written. FFmpeg and
# music-metadata pass over both. mutagen alone has the gain, with half of the peak that ReplayGain means (its docstring
# says so), and no chapters. FFmpeg announces a length that is a guess by the bit rate, 3.3 s of 5, and decodes the last
# frame to its end: 684 samples more than there are.
#
# With: musepack-tools 2:0.1~r495-2 (mpcenc 1.30.1, mpcgain 0.9.3, mpcchap 0.9.0); av 18.1.0 (FFmpeg 8), mutagen 1.48.1,
# numpy 2.4.6; npm: music-metadata 11.16.1.
#
# Why it matters: whoever moves such music into another format loses what says how loud it is, and where a song of a
# concert begins; a library that looks for tags plays it 7 dB apart from the rest. The length is to be taken from the
# header, and the gain from `info`, not from `tags`.
set -eu
command -v npm > /dev/null || { echo "This needs npm." >&2; exit 2; }
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
cd "$folder"
apt-get download -q -o APT::Sandbox::User=root musepack-tools=2:0.1~r495-2 libmpcdec6=2:0.1~r495-2 libreplaygain1 libcue2 > /dev/null 2>&1 ||
    { echo "This needs musepack-tools 2:0.1~r495-2 of Debian 12, and its list of packages." >&2; exit 2; }
for package in *.deb; do dpkg-deb -x "$package" debian; done
python3 -m venv venv
venv/bin/pip install -q --disable-pip-version-check av==18.1.0 mutagen==1.48.1 numpy==2.4.6
npm install --silent --no-fund --no-audit --prefix . music-metadata@11.16.1 > /dev/null

cat > seen <<'END'
its own tools: 220500 samples, peak 0.267, chapters Peremen, Zvezda
mutagen: 220500 samples, gain 7.73, peak 0.134, tags None, chapters unknown
PyAV: announces 3.3 s, decodes 221184 samples, tags None, chapters 0
music-metadata: 220500 samples, gain none, tags 0, chapters none
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
    LD_LIBRARY_PATH=$(echo debian/usr/lib/*-linux-gnu) "debian/usr/bin/$name" "$@" > said 2>&1
}
tool mpcenc --silent noise.wav noise.mpc
tool mpcgain noise.mpc
printf '[0]\nTitle=Peremen\n\n[88200]\nTitle=Zvezda\n' > chapters.ini
tool mpcchap noise.mpc chapters.ini
tool mpcchap noise.mpc written.ini
tool mpcdec noise.mpc decoded.wav

venv/bin/python - > got 2> log <<'END' || { tail -n 3 log >&2; exit 1; }
import re, wave
import av, mutagen, numpy

with open("written.ini") as file:
    titles = re.findall(r'Title="(.*)"', file.read())
with wave.open("decoded.wav") as file:
    samples = file.getnframes()
    peak = numpy.abs(numpy.frombuffer(file.readframes(samples), "<i2").astype(int)).max() / 32768
print(f"its own tools: {samples} samples, peak {peak:.3f}, chapters {', '.join(titles)}")
opened = mutagen.File("noise.mpc")
print(f"mutagen: {opened.info.length * 44100:.0f} samples, gain {opened.info.title_gain:.2f}, peak {opened.info.title_peak:.3f}, "
      f"tags {opened.tags}, chapters {getattr(opened, 'chapters', 'unknown')}")
with av.open("noise.mpc") as file:
    announced = file.duration / 1e6
    decoded = sum(frame.samples for frame in file.decode(audio=0))
    print(f"PyAV: announces {announced:.1f} s, decodes {decoded} samples, tags {file.metadata or None}, "
          f"chapters {len(file.chapters())}")
END
node --input-type=module - >> got 2>> log <<'END' || { tail -n 3 log >&2; exit 1; }
import { parseFile } from "music-metadata";

const { format, common, native } = await parseFile("noise.mpc", { includeChapters: true });
const gain = common.replaygain_track_gain ?? format.trackGain ?? "none";
console.log(`music-metadata: ${format.numberOfSamples} samples, gain ${gain}, tags ${Object.keys(native).length}, chapters ${format.chapters ?? "none"}`);
END
diff seen got || { echo "What is known of a Musepack's gain and chapters has changed." >&2; exit 1; }
