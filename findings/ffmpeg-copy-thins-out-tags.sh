#!/bin/sh
# One would guess: "ffmpeg -c copy" within one format keeps the tags: nothing is encoded, and -map_metadata copies them
# by default. What is lost would be lost in all formats alike.
#
# What happens: each format loses something else. FLAC and Opus: two artists become one, whose name has a semicolon in
# it. MP3 and WavPack: the second artist is gone, in free fields too, and what had two values has one. M4A: the second
# artist is gone, and so is every freeform field: MusicBrainz ids, ReplayGain, ISRC. No warning in any of it. (FFmpeg
# has one string for each name, and its MP4 writer knows a list of names.)
#
# With: ffmpeg 5.1 (Debian), mutagen 1.48.1.
#
# Why it matters: people retag, trim and rewrap with this one command. An import cannot take it that a file which came
# back differs where somebody edited it: what vanished was not deleted on purpose. And a program must not write tags
# this way by itself.
set -eu
ffmpeg -version | grep -q '^ffmpeg version 5\.1' || { echo "This needs ffmpeg 5.1, as in Debian 12." >&2; exit 2; }
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
cd "$folder"
python3 -m venv venv
venv/bin/pip install -q --disable-pip-version-check mutagen==1.48.1

cat > seen <<'END'
flac: artists ['Letov', 'Yanka'] -> ['Letov;Yanka'], gain ['-5.00 dB'] -> ['-5.00 dB'], id ['id1', 'id2'] -> ['id1;id2']
opus: artists ['Letov', 'Yanka'] -> ['Letov;Yanka'], gain ['-5.00 dB'] -> ['-5.00 dB'], id ['id1', 'id2'] -> ['id1;id2']
mp3: artists ['Letov', 'Yanka'] -> ['Letov'], gain ['-5.00 dB'] -> ['-5.00 dB'], id ['id1', 'id2'] -> ['id1']
wv: artists ['Letov', 'Yanka'] -> ['Letov'], gain ['-5.00 dB'] -> ['-5.00 dB'], id ['id1', 'id2'] -> ['id1']
m4a: artists ['Letov', 'Yanka'] -> ['Letov'], gain ['-5.00 dB'] -> [], id ['id1', 'id2'] -> []
END

for kind in flac opus mp3 wv m4a; do ffmpeg -v error -f lavfi -i sine=d=1:r=48000 "a.$kind"; done
venv/bin/python - > got <<'END'
import subprocess
import mutagen
from mutagen.id3 import TPE1, TXXX

ARTIST, GAIN, ID = "artist", "REPLAYGAIN_TRACK_GAIN", "MusicBrainz Artist Id"
VALUES = {ARTIST: ["Letov", "Yanka"], GAIN: ["-5.00 dB"], ID: ["id1", "id2"]}
FREE = "----:com.apple.iTunes:"

def write(name):
    file = mutagen.File(name)
    if file.tags is None:
        file.add_tags()
    for field, values in VALUES.items():
        if name.endswith("mp3"):
            file.tags.add(TPE1(encoding=3, text=values) if field == ARTIST else TXXX(encoding=3, desc=field, text=values))
        elif name.endswith("m4a"):
            file["\xa9ART" if field == ARTIST else FREE + field] = values if field == ARTIST else [each.encode() for each in values]
        else:
            file[field] = values
    file.save()

def read(name, field):
    tags = mutagen.File(name).tags
    if name.endswith("mp3"):
        frames = tags.getall("TPE1" if field == ARTIST else f"TXXX:{field}")
        return [text for frame in frames for text in frame.text]
    if name.endswith("m4a"):
        found = tags.get("\xa9ART" if field == ARTIST else FREE + field, [])
        return [each if isinstance(each, str) else bytes(each).decode() for each in found]
    return list(tags.get(field, []))

for kind in ("flac", "opus", "mp3", "wv", "m4a"):
    before, after = f"a.{kind}", f"b.{kind}"
    write(before)
    assert all(read(before, field) == values for field, values in VALUES.items())
    subprocess.run(["ffmpeg", "-v", "error", "-i", before, "-c", "copy", after], check=True)
    told = (f"{word} {read(before, field)} -> {read(after, field)}" for word, field in (("artists", ARTIST), ("gain", GAIN), ("id", ID)))
    print(f"{kind}: {', '.join(told)}")
END
diff seen got || { echo "What ffmpeg -c copy keeps of tags has changed." >&2; exit 1; }
