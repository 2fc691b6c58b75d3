#!/bin/sh
# One would guess: the library called m3u8, reads the .m3u8 that a music player wrote; at the least it raises an error
# where it cannot.
#
# What happens: a line with a path counts only behind an #EXTINF. A plain list of files is a playlist with nothing in
# it; a list where some entries have the line loses the others; and dumps() writes back what was understood, so to load
# and to save empties the list. No error in any of it. strict=True, which loads() does not pass on, turns this into a
# syntax error, so it reads such a list no better. Lines that players write (#PLAYLIST, #EXTALB, #EXTART) go as well.
#
# With: m3u8 6.0.0.
#
# Why it matters: m3u8 names two things: HLS, and an M3U in UTF-8. This library is about the first. A program that
# imports people's lists needs ten lines of its own, and a test with a list that has no comments.
set -eu
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
cd "$folder"
python3 -m venv venv
venv/bin/pip install -q --disable-pip-version-check m3u8==6.0.0

cat > seen <<'END'
paths alone: 0 of 3; strict: Syntax error in manifest on line 1: 01.flac
with the first line, paths alone: 0 of 3; strict: Syntax error in manifest on line 2: 01.flac
each with EXTINF: 3 of 3
the second alone with EXTINF: 1 of 3; strict: Syntax error in manifest on line 2: 01.flac
saved again: '#EXTM3U\n#EXTINF:215,Kino - Peremen\n02.flac\n'
album and artist lines: 1 of 1, saved again without EXTALB, EXTART, PLAYLIST
END

venv/bin/python - > got <<'END'
import m3u8

def counted(text, entries):
    try:
        m3u8.M3U8(text, strict=True)
        strict = ""
    except m3u8.parser.ParseError as exc:
        strict = f"; strict: {exc}"
    return f"{len(m3u8.loads(text).segments)} of {entries}{strict}"

print("paths alone:", counted("01.flac\n02.flac\n03.flac\n", 3))
print("with the first line, paths alone:", counted("#EXTM3U\n01.flac\n02.flac\n03.flac\n", 3))
full = "#EXTM3U\n" + "".join(f"#EXTINF:200,Kino - Track {number}\n0{number}.flac\n" for number in (1, 2, 3))
print("each with EXTINF:", counted(full, 3))
mixed = "#EXTM3U\n01.flac\n#EXTINF:215,Kino - Peremen\n02.flac\n03.flac\n"
print("the second alone with EXTINF:", counted(mixed, 3))
print("saved again:", repr(m3u8.loads(mixed).dumps()))
told = "#EXTM3U\n#PLAYLIST:Road\n#EXTALB:Gruppa krovi\n#EXTART:Kino\n#EXTINF:215,Peremen\n02.flac\n"
gone = [word for word in ("EXTALB", "EXTART", "PLAYLIST") if word not in m3u8.loads(told).dumps()]
print(f"album and artist lines: {len(m3u8.loads(told).segments)} of 1, saved again without {', '.join(gone)}")
END
diff seen got || { echo "What m3u8 makes of players' lists has changed." >&2; exit 1; }
