#!/bin/sh
# One would guess: FFmpeg, which makes chapters of the cue sheet inside a FLAC, begins each where the song begins, at
# INDEX 01, as every CD player does. And a copy of the file without encoding keeps the sheet, or at least the chapters.
#
# What happens: a chapter begins at the track's offset, which is INDEX 00 where there is a pregap; the indexes are read
# over. So each song is cut with the silence (or the hidden speech) before it at its beginning, and the song before ends
# too soon. PyAV and ffprobe agree in that. ffmpeg -c copy drops the cue sheet and the chapters; only the picture and
# the comments get across.
#
# With: av 18.1.0 (FFmpeg 8), ffmpeg 5.1 (Debian), mutagen 1.48.1.
#
# Why it matters: who cuts an image into tracks by these chapters makes songs that no ripper made, with checksums of
# their own. The block has to be read by oneself, and a "lossless copy" of an image is no copy for the archive.
set -eu
ffmpeg -version | grep -q '^ffmpeg version 5\.1' || { echo "This needs ffmpeg 5.1, as in Debian 12." >&2; exit 2; }
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
cd "$folder"
python3 -m venv venv
venv/bin/pip install -q --disable-pip-version-check av==18.1.0 mutagen==1.48.1

cat > seen <<'END'
songs by the sheet, INDEX 01: 0 132300 264600
chapters by PyAV: 0 88200 264600
chapters by ffprobe: 0 88200 264600
in the image: cue sheet yes, picture yes, title Kino live, chapters 3
in the copy by ffmpeg -c copy: cue sheet no, picture yes, title Kino live, chapters 0
END

ffmpeg -v error -f lavfi -i sine=d=9:r=44100 image.flac
ffmpeg -v error -f lavfi -i color=c=red:s=16x16 -frames:v 1 front.png
venv/bin/python - > got <<'END'
import subprocess
from pathlib import Path
import av
from mutagen.flac import FLAC, CueSheet, CueSheetTrack, CueSheetTrackIndex, Picture

def track(number, offset, *indexes):
    made = CueSheetTrack(number, offset)
    made.indexes = [CueSheetTrackIndex(*index) for index in indexes]
    return made

file = FLAC("image.flac")
sheet = CueSheet.__new__(CueSheet)
sheet.media_catalog_number, sheet.lead_in_samples, sheet.compact_disc = b"", 88200, True
# The second track has a second of pregap: INDEX 00 at 2 s, INDEX 01 at 3 s. The third has none. Number 170 is the lead-out.
sheet.tracks = [track(1, 0, (1, 0)), track(2, 88200, (0, 0), (1, 44100)), track(3, 264600, (1, 0)), track(170, 9 * 44100)]
file.metadata_blocks.append(sheet)
picture = Picture()
picture.data, picture.mime, picture.type = Path("front.png").read_bytes(), "image/png", 3
picture.width = picture.height = 16
picture.depth = 24
file.add_picture(picture)
file["title"] = "Kino live"
file.save()

read = FLAC("image.flac").cuesheet
songs = [each.start_offset + index.index_offset for each in read.tracks for index in each.indexes if index.index_number == 1]
print("songs by the sheet, INDEX 01:", *songs)
with av.open("image.flac") as opened:
    print("chapters by PyAV:", *[int(each["start"] * each["time_base"] * 44100) for each in opened.chapters()])
probe = ["ffprobe", "-v", "error", "-show_entries", "chapter=start", "-of", "csv=p=0", "image.flac"]
print("chapters by ffprobe:", *subprocess.run(probe, capture_output=True, text=True, check=True).stdout.split())
subprocess.run(["ffmpeg", "-v", "error", "-i", "image.flac", "-map", "0", "-c", "copy", "copy.flac"], check=True)
for where, name in (("in the image", "image.flac"), ("in the copy by ffmpeg -c copy", "copy.flac")):
    file = FLAC(name)
    with av.open(name) as opened:
        chapters = len(opened.chapters())
    print(f"{where}: cue sheet {'yes' if file.cuesheet else 'no'}, picture {'yes' if file.pictures else 'no'}, "
          f"title {file['title'][0]}, chapters {chapters}")
END
diff seen got || { echo "Where chapters of a FLAC begin, or what a copy keeps, has changed." >&2; exit 1; }
