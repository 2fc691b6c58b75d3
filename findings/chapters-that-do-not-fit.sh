#!/bin/sh
# One would guess: a chapter of an M4A may be called anything, and there may be any number of them; what does not fit is
# cut or refused by whoever writes it. And what is wrong with a chapter costs no more than that chapter.
#
# What happens: FFmpeg writes a table (`chpl`, a byte for how long a title is and a byte for how many) and a track of
# texts. A title of 130 Cyrillic letters is cut in the table after 255 bytes, within a letter; mutagen then raises an
# error for the whole file, and no title, artist or picture of it can be read or written. Of 300 chapters 255 are in the
# table, all in the track: mutagen has the former, FFmpeg the latter. In an MP3 FFmpeg's list of 300 chapters says 44, and
# its length is in 8 bits a byte, where the others of that version of ID3 have 7: mutagen, which guesses, reads 300
# chapters and a list of 44, and eyed3, which does not, no chapter as soon as the list has over 127 bytes.
#
# With: av 18.1.0 (FFmpeg 8), eyed3 0.9.9, mutagen 1.48.1.
#
# Why it matters: an evening of poems or a set of a club, cut by somebody else, has long titles and many. A player or
# tagger that reads tags with mutagen has a file without a name then, and says that it is broken. Read tags without
# chapters, and chapters where they are whole.
set -eu
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
cd "$folder"
python3 -m venv venv
venv/bin/pip install -q --disable-pip-version-check av==18.1.0 eyed3==0.9.9 mutagen==1.48.1

cat > seen <<'END'
m4a, 127 letters: mutagen 1 chapter of 127 letters, by Kino; FFmpeg 1 of 127
m4a, 130 letters: mutagen MP4MetadataError; FFmpeg 1 of 130
m4a, 255 chapters: mutagen 255, FFmpeg 255
m4a, 300 chapters: mutagen 255, FFmpeg 300
mp3, 12 chapters: mutagen 12, a list of 12, eyed3 12, FFmpeg 12
mp3, 300 chapters: mutagen 300, a list of 44, eyed3 0, FFmpeg 300
END

venv/bin/python - > got 2> log <<'END' || { tail -n 3 log >&2; exit 1; }
from fractions import Fraction
import av, eyed3, mutagen
from mutagen.mp4 import MP4, MP4MetadataError

ARTIST = "\xa9ART"


def make(name, codec, titles):
    with av.open(name, "w") as file:
        stream = file.add_stream(codec, rate=44100, layout="stereo")
        file.metadata.update({"artist": "Kino"})
        file.set_chapters([
            {"id": at, "start": at, "end": at + 1, "time_base": Fraction(1, 1000), "metadata": {"title": title}}
            for at, title in enumerate(titles, 1)
        ])
        silence = av.AudioFrame(format="fltp", layout="stereo", samples=44100)
        for plane in silence.planes:
            plane.update(bytes(plane.buffer_size))
        silence.sample_rate = 44100
        for part in (silence, None):
            file.mux(stream.encode(part))


def by_ffmpeg(name):
    with av.open(name) as file:
        return [chapter["metadata"]["title"] for chapter in file.chapters()]


for letters in (127, 130):
    make("long.m4a", "aac", ["\u0431" * letters])
    try:
        opened = MP4("long.m4a")
        said = f"{len(opened.chapters)} chapter of {len(opened.chapters[0].title)} letters, by {opened.tags[ARTIST][0]}"
    except MP4MetadataError:
        said = "MP4MetadataError"
    found = by_ffmpeg("long.m4a")
    print(f"m4a, {letters} letters: mutagen {said}; FFmpeg {len(found)} of {len(found[0])}")
for count in (255, 300):
    make("many.m4a", "aac", map(str, range(count)))
    print(f"m4a, {count} chapters: mutagen {len(MP4('many.m4a').chapters)}, FFmpeg {len(by_ffmpeg('many.m4a'))}")
for count in (12, 300):
    make("many.mp3", "mp3", map(str, range(count)))
    tags = mutagen.File("many.mp3").tags
    listed = len(tags.getall("CTOC")[0].child_element_ids)
    print(f"mp3, {count} chapters: mutagen {len(tags.getall('CHAP'))}, a list of {listed}, "
          f"eyed3 {len(list(eyed3.load('many.mp3').tag.chapters))}, FFmpeg {len(by_ffmpeg('many.mp3'))}")
END
diff seen got || { echo "What becomes of chapters that do not fit has changed." >&2; exit 1; }
