#!/bin/sh
# One would guess: words with times inside an MP3 (ID3v2, SYLT) have milliseconds, or whoever reads them turns the other
# unit that the standard has, frames of MPEG, into milliseconds: it is a factor that stands in the sound's own header.
#
# What happens: mutagen gives the number and the unit beside it. music-metadata does so too, under the name "timestamp",
# and the numbers are 38 and 115 for the first and third second. tinytag leaves the times out, but keeps the words as
# plain ones; the same words in milliseconds it writes as LRC. FFmpeg has neither.
#
# With: av 18.1.0 (FFmpeg 8), mutagen 1.48.1, tinytag 2.3.2; npm: music-metadata 11.16.1.
#
# Why it matters: who takes "timestamp" as it stands lights up all verses of a song in its first seconds. It is right to
# check the unit, and to keep words without times where it is not milliseconds.
set -eu
command -v npm > /dev/null || { echo "This needs npm." >&2; exit 2; }
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
cd "$folder"
python3 -m venv venv
venv/bin/pip install -q --disable-pip-version-check av==18.1.0 mutagen==1.48.1 tinytag==2.3.2
npm install --silent --no-fund --no-audit --prefix . music-metadata@11.16.1 > /dev/null

cat > seen <<'END'
mutagen, frames.mp3: unit 1, one 0, two 38, three 115
mutagen, milliseconds.mp3: unit 2, one 0, two 1000, three 3000
tinytag, frames.mp3: ['one\ntwo\nthree']
tinytag, milliseconds.mp3: ['[00:00.00]one\n[00:01.00]two\n[00:03.00]three']
FFmpeg: nothing, nothing
music-metadata, frames.mp3: unit 1, one 0, two 38, three 115
music-metadata, milliseconds.mp3: unit 2, one 0, two 1000, three 3000
END

venv/bin/python - > got 2> log <<'END' || { tail -n 3 log >&2; exit 1; }
import shutil
import av, mutagen, tinytag
from mutagen.id3 import ID3, SYLT

with av.open("plain.mp3", "w") as file:
    stream = file.add_stream("mp3", rate=44100, layout="stereo")
    silence = av.AudioFrame(format="fltp", layout="stereo", samples=4 * 44100)
    for plane in silence.planes:
        plane.update(bytes(plane.buffer_size))
    silence.sample_rate = 44100
    for part in (silence, None):
        file.mux(stream.encode(part))
lines = {"one": 0, "two": 1, "three": 3}
names = {"frames.mp3": (1, 44100 / 1152), "milliseconds.mp3": (2, 1000)}
for name, (unit, second) in names.items():
    shutil.copy("plain.mp3", name)
    tag = ID3()
    words = [(text, round(at * second)) for text, at in lines.items()]
    tag.add(SYLT(encoding=3, lang="eng", format=unit, type=1, desc="", text=words))
    tag.save(name)
for name in names:
    frame = mutagen.File(name).tags.getall("SYLT")[0]
    print(f"mutagen, {name}: unit {frame.format:d},", ", ".join(f"{text} {at}" for text, at in frame.text))
for name in names:
    print(f"tinytag, {name}: {tinytag.TinyTag.get(name).other['lyrics']}")
found = []
for name in names:
    with av.open(name) as file:
        found.append("words" if any("one" in value for value in file.metadata.values()) else "nothing")
print("FFmpeg:", ", ".join(found))
END
cat > read.mjs <<'END'
import { parseFile } from "music-metadata";

for (const name of ["frames.mp3", "milliseconds.mp3"]) {
  const [words] = (await parseFile(name)).common.lyrics;
  console.log(`music-metadata, ${name}: unit ${words.timeStampFormat}, ${words.syncText.map(({ text, timestamp }) => `${text} ${timestamp}`).join(", ")}`);
}
END
node read.mjs >> got 2>> log || { tail -n 3 log >&2; exit 1; }
diff seen got || { echo "What is made of words that are counted in frames has changed." >&2; exit 1; }
