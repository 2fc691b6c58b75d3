#!/bin/sh
# One would guess: what mp3gain found out about an MP3 is read by whatever reads ReplayGain from MP3s: the fields are
# called REPLAYGAIN_TRACK_GAIN and so on in its tag as in all others, and the tag (APEv2, behind the sound) is an old one.
#
# What happens: it depends on another tag. TagLib has the gain as long as the file has no ID3v2 tag; once somebody gives
# it a title there, the gain is gone for TagLib, though nobody touched it: it shows one tag, the first that holds
# anything. mutagen, MediaFile (of beets), tinytag and FFmpeg do not look there, with or without. music-metadata has it
# both times.
#
# With: mp3gain 1.6.2-2; av 18.1.0 (FFmpeg 8), mediafile 0.17.0, mutagen 1.48.1, pytaglib 3.2.0,
# tinytag 2.3.2; npm: music-metadata 11.16.1.
#
# Why it matters: collections that were measured twenty years ago were measured by this program. A player that goes by
# one of these libraries plays them as loud as they come, and beside albums that were measured anew the difference is
# heard. Who imports MP3s has to look behind the sound too, whatever stands in front of it.
set -eu
command -v npm > /dev/null || { echo "This needs npm." >&2; exit 2; }
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
cd "$folder"
apt-get download -q -o APT::Sandbox::User=root mp3gain=1.6.2-2 libmpg123-0 > /dev/null 2>&1 ||
    { echo "This needs mp3gain 1.6.2-2 of Debian 12, and its list of packages." >&2; exit 2; }
for package in *.deb; do dpkg-deb -x "$package" debian; done
python3 -m venv venv
venv/bin/pip install -q --disable-pip-version-check av==18.1.0 mediafile==0.17.0 mutagen==1.48.1 pytaglib==3.2.0 tinytag==2.3.2
npm install --silent --no-fund --no-audit --prefix . music-metadata@11.16.1 > /dev/null

cat > seen <<'END'
bare.mp3: TagLib a gain, mutagen none, MediaFile none, tinytag none, FFmpeg none
titled.mp3: TagLib none, mutagen none, MediaFile none, tinytag none, FFmpeg none
both have an APEv2 tag of the same gain: True
music-metadata, bare.mp3: a gain
music-metadata, titled.mp3: a gain
END

venv/bin/python - <<'END'
import random, struct
import av

count = 2 * 5 * 44100
noise = struct.pack(f"<{count}h", *(random.Random(7).choices(range(-6000, 6000), k=count)))
with av.open("bare.mp3", "w", options={"id3v2_version": "0"}) as file:
    stream = file.add_stream("mp3", rate=44100, layout="stereo")
    frame = av.AudioFrame(format="s16", layout="stereo", samples=5 * 44100)
    frame.planes[0].update(noise)
    frame.sample_rate = 44100
    for part in (frame, None):
        file.mux(stream.encode(part))
END
LD_LIBRARY_PATH=$(echo debian/usr/lib/*-linux-gnu) debian/usr/bin/mp3gain -q -s a bare.mp3 > said 2>&1
cp bare.mp3 titled.mp3

venv/bin/python - > got 2> log <<'END' || { tail -n 3 log >&2; exit 1; }
import av, mediafile, mutagen, taglib, tinytag
from mutagen.apev2 import APEv2
from mutagen.id3 import ID3, TIT2

tag = ID3()
tag.add(TIT2(encoding=3, text=["One"]))
tag.save("titled.mp3")


def found(names):
    return "a gain" if any("replaygain" in name.lower() for name in names or ()) else "none"


for name in ("bare.mp3", "titled.mp3"):
    with taglib.File(name) as file, av.open(name) as container:
        print(f"{name}: TagLib {found(file.tags)}, mutagen {found(mutagen.File(name).tags)}, "
              f"MediaFile {'a gain' if mediafile.MediaFile(name).rg_track_gain else 'none'}, "
              f"tinytag {found(tinytag.TinyTag.get(name).other)}, FFmpeg {found(container.metadata)}")
gains = [str(APEv2(name)["REPLAYGAIN_TRACK_GAIN"]) for name in ("bare.mp3", "titled.mp3")]
print("both have an APEv2 tag of the same gain:", gains[0] == gains[1])
END
cat > read.mjs <<'END'
import { parseFile } from "music-metadata";

for (const name of ["bare.mp3", "titled.mp3"]) {
  const { common } = await parseFile(name);
  console.log(`music-metadata, ${name}: ${common.replaygain_track_gain ? "a gain" : "none"}`);
}
END
node read.mjs >> got 2>> log || { tail -n 3 log >&2; exit 1; }
diff seen got || { echo "Who reads what mp3gain wrote has changed." >&2; exit 1; }
