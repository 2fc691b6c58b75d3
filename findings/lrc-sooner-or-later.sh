#!/bin/sh
# One would guess: `[offset:+500]` in an LRC file means one thing to all who read it: the words come half a second
# sooner, as the format has had it since it began. Whoever does not know it says so, and a file that is read and written
# is the same file.
#
# What happens: pylrc and the runner of lrc-kit bring the words half a second later: both directions exist, and a
# file that was right for one player is a whole second off in the other. paroles brings them sooner, but writes the offset
# in seconds, which it reads as milliseconds: after one save it is gone. liricle tells it among the tags and does
# nothing. And each loses other lines: pylrc, without a word, all from the 60th minute on, liricle those from the 100th
# and the empty ones that end a verse; lrc-kit takes "[Chorus]" before the words for a tag, and away.
#
# With: pylrc 0.1.2; npm: lrc-kit 1.2.1, paroles 2.3.0, liricle 4.2.0.
#
# Why it matters: words of a concert of ninety minutes, and words that somebody shifted by hand. Whoever takes in LRC
# applies the offset once, and writes times that need none.
set -eu
command -v npm > /dev/null || { echo "This needs npm." >&2; exit 2; }
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
cd "$folder"
python3 -m venv venv
venv/bin/pip install -q --disable-pip-version-check pylrc==0.1.2
npm install --silent --no-fund --no-audit --prefix . lrc-kit@1.2.1 paroles@2.3.0 liricle@4.2.0 > /dev/null

cat > seen <<'END'
pylrc, sooner: one 5.5, two 10.5
pylrc, concert: one 10, (empty) 12, [Chorus] two 14
lrc-kit, sooner: one 5.5, two 10.5
lrc-kit, concert: one 10, (empty) 12, two 14, three 4510, four 6000
liricle, sooner: one 5, two 10; tags {"offset":"+500"}
liricle, concert: one 10, [Chorus] two 14, three 4510; tags {}
paroles, sooner: at 9.4 s one, at 9.6 s two, at 10.4 s two
paroles, concert: one 10, (empty) 12, [Chorus] two 14, three 4510, four 6000
paroles, first line of sooner, saved: [offset:0.5] and again: [offset:0]
END

cat > sooner.lrc <<'END'
[offset:+500]
[00:05.00]one
[00:10.00]two
END
cat > concert.lrc <<'END'
[00:10.00]one
[00:12.00]
[00:14.00][Chorus] two
[75:10.00]three
[100:00.00]four
END

cat > read.py <<'END'
import pylrc

def read(name):
    with open(name) as file:
        return pylrc.parse(file.read())

print("pylrc, sooner:", ", ".join(f"{line.text} {line.time:g}" for line in read("sooner.lrc")))
print("pylrc, concert:", ", ".join(f"{line.text or '(empty)'} {line.time:g}" for line in read("concert.lrc")))
END

cat > read.mjs <<'END'
import { readFileSync } from "node:fs";
import { Lrc, Runner } from "lrc-kit";
import { Lyrics } from "paroles";
import Liricle from "liricle";

const [sooner, concert] = ["sooner.lrc", "concert.lrc"].map((name) => readFileSync(name, "utf8"));
const shown = (lines) => lines.map(([text, at]) => `${text || "(empty)"} ${at}`).join(", ");

const run = (text) => shown(new Runner(Lrc.parse(text)).lrc.lyrics.map(({ content, timestamp }) => [content, timestamp]));
console.log("lrc-kit, sooner:", run(sooner));
console.log("lrc-kit, concert:", run(concert));

function played(text) {
  const player = new Liricle();
  let found = "";
  player.on("load", ({ lines, tags }) => (found = shown(lines.map(({ text: words, time }) => [words, time])) + `; tags ${JSON.stringify(tags)}`));
  player.load({ text });
  return found;
}
console.log("liricle, sooner:", played(sooner));
console.log("liricle, concert:", played(concert));

const lyrics = new Lyrics(sooner);
console.log("paroles, sooner:", [9.4, 9.6, 10.4].map((at) => `at ${at} s ${lyrics.atTime(at).text}`).join(", "));
console.log("paroles, concert:", shown(new Lyrics(concert).lines.map(({ text, time }) => [text, time])));
const first = (text) => text.split("\n")[0];
const once = lyrics.toString();
console.log("paroles, first line of sooner, saved:", first(once), "and again:", first(new Lyrics(once).toString()));
END
{ venv/bin/python read.py && node read.mjs; } > got 2> log || { tail -n 3 log >&2; exit 1; }
diff seen got || { echo "What these libraries make of an LRC file has changed." >&2; exit 1; }
