#!/bin/sh
# One would guess: the commonest sheet there is (one file per track, the pause before each at the end of the file before
# it, so that INDEX 00 stands under one FILE and INDEX 01 under the next: what EAC writes) is read by whatever reads cue
# sheets, or is refused.
#
# What happens: five readers, four discs. cuetools' own programs take each song for a part of the file before it: the TOC
# that they write has it begin "00:-3:-10" into itself, and of the sheet that they read and write again the last file is
# gone; each ends with 0. pylibcue has the right files and beginnings, and for two of three a length that is that of what
# came before. @gplane/cue has the INDEX 01s among its errors and leaves the last file empty. The Python library that is
# called cuetools too refuses the sheet, without a word. Only cue-parser for npm has it right, and gives the place of the
# pause, which lies in another file, as one in this.
#
# With: cuetools 1.4.1-0.2, libcue2 2.2.1-4+deb12u1; pylibcue 0.5.2, cuetools 1.1.2; npm: @gplane/cue 0.2.0,
# cue-parser 0.3.0.
#
# Why it matters: a rip of a whole shelf has such sheets. Who converts them to "clean them up" has none any more, and who
# cuts or names files by them is one file off. In a sheet the file of INDEX 01 is the song's, whatever came before.
set -eu
command -v npm > /dev/null || { echo "This needs npm." >&2; exit 2; }
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
cd "$folder"
apt-get download -q -o APT::Sandbox::User=root cuetools=1.4.1-0.2 libcue2=2.2.1-4+deb12u1 > /dev/null 2>&1 ||
    { echo "This needs cuetools 1.4.1-0.2 and libcue2 of Debian 12, and its list of packages." >&2; exit 2; }
for package in *.deb; do dpkg-deb -x "$package" debian; done
python3 -m venv venv
venv/bin/pip install -q --disable-pip-version-check pylibcue==0.5.2 cuetools==1.1.2
npm install --silent --no-fund --no-audit --prefix . @gplane/cue@0.2.0 cue-parser@0.3.0 > /dev/null

cat > seen <<'END'
cueprint: 1 One 01.wav, 2 Two 01.wav, 3 Three 02.wav
cueconvert, as a TOC: "01.wav" 0 00:03:10, "01.wav" 00:03:10, START 00:-3:-10, "02.wav" 00:02:50, START 00:-2:-50
cueconvert, as a sheet: FILE "01.wav", TRACK 01, INDEX 01 00:00:00, TRACK 02, INDEX 00 00:03:10, INDEX 01 00:00:00, FILE "02.wav", TRACK 03, INDEX 00 00:02:50, INDEX 01 00:00:00
pylibcue: One 01.wav from (0, 0, 0) for (0, 3, 10), Two 02.wav from (0, 0, 0) for (0, 2, 50), Three 03.wav from (0, 0, 0) for None
cuetools for Python: CueValidationError without a word
@gplane/cue: 01.wav: One 1, Two 0; 02.wav: Three 0; 03.wav: nothing; 5 errors
cue-parser: 01.wav: One 1; 02.wav: Two 0 1; 03.wav: Three 0 1
END

cat > disc.cue <<'END'
PERFORMER "Kino"
TITLE "45"
FILE "01.wav" WAVE
  TRACK 01 AUDIO
    TITLE "One"
    INDEX 01 00:00:00
  TRACK 02 AUDIO
    TITLE "Two"
    INDEX 00 00:03:10
FILE "02.wav" WAVE
    INDEX 01 00:00:00
  TRACK 03 AUDIO
    TITLE "Three"
    INDEX 00 00:02:50
FILE "03.wav" WAVE
    INDEX 01 00:00:00
END
tool() {
    name=$1
    shift
    LD_LIBRARY_PATH=$(echo debian/usr/lib/*-linux-gnu) "debian/usr/bin/$name" "$@"
}
joined() { paste -sd'|' | sed 's/|/, /g'; }
cat > read.py <<'END'
import pylibcue, cuetools

tracks = pylibcue.parse_file("disc.cue")
print("pylibcue:", ", ".join(f"{track.cdtext.title} {track.filename} from {track.start} for {track.length}" for track in tracks))
try:
    with open("disc.cue") as file:
        print("cuetools for Python:", cuetools.loads(file.read()))
except cuetools.CueValidationError as error:
    print("cuetools for Python: CueValidationError", error if error.args else "without a word")
END
cat > read.mjs <<'END'
import { readFileSync } from "node:fs";
import * as gplane from "@gplane/cue";
import parser from "cue-parser";

const track = ({ title, indexes }) => [title, ...indexes.map(({ number }) => number)].join(" ");
const shown = (files) => files.map(({ name, tracks }) => `${name}: ${tracks.map(track).join(", ") || "nothing"}`).join("; ");
const { sheet, errors } = gplane.parse(readFileSync("disc.cue", "utf8"));
console.log(`@gplane/cue: ${shown(sheet.files)}; ${errors.length} errors`);
console.log(`cue-parser: ${shown(parser.parse("disc.cue").files)}`);
END
{
    echo "cueprint: $(tool cueprint -t '%n %t %f\n' disc.cue | joined)"
    echo "cueconvert, as a TOC: $(tool cueconvert -o toc disc.cue | grep -E '^(FILE|START)' | sed 's/FILE //' | joined)"
    echo "cueconvert, as a sheet: $(tool cueconvert -o cue disc.cue | grep -E '^(FILE|TRACK|INDEX)' | sed 's/ AUDIO//; s/ WAVE//' | joined)"
    venv/bin/python read.py
    node read.mjs
} > got 2> log || { tail -n 3 log >&2; exit 1; }
diff seen got || { echo "What is made of a sheet with a file per track has changed." >&2; exit 1; }
