#!/bin/sh
# One would guess: what `vorbiscomment -l` lists `vorbiscomment -w` takes; it is the manual's own way to edit tags, and
# metaflac has the same pair in --export-tags-to and --import-tags-from.
#
# What happens: a value of several lines, as words of a song are, is listed as it stands. Read back, each line is a
# comment. vorbiscomment ends with 0: the first verse is left, the later lines are gone, and one with an equals sign in it
# is a field of its own. metaflac ends with 1 and "malformed", and leaves the file as it was, though the same command was
# to remove the old tags first. With -e on both sides vorbiscomment keeps everything; metaflac has no such option.
#
# With: vorbis-tools 1.4.2-1+b1, flac 1.4.2+ds-2; av 18.1.0, mutagen 1.48.1.
#
# Why it matters: "list, edit, write" is how tags of many files are put right on a server, and the words of each song end
# after a line then. An import that finds one verse, and fields that nobody would name so, has met that; and whoever
# writes a list of tags for people to edit has to escape its line ends.
set -eu
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
cd "$folder"
apt-get download -q -o APT::Sandbox::User=root vorbis-tools=1.4.2-1+b1 libvorbisfile3 libvorbis0a libvorbisenc2 libogg0 libao4 libspeex1 \
    flac=1.4.2+ds-2 libflac12=1.4.2+ds-2 > /dev/null 2>&1 ||
    { echo "This needs vorbis-tools 1.4.2-1+b1 and flac 1.4.2+ds-2 of Debian 12, and its list of packages." >&2; exit 2; }
for package in *.deb; do dpkg-deb -x "$package" debian; done
python3 -m venv venv
venv/bin/pip install -q --disable-pip-version-check av==18.1.0 mutagen==1.48.1

cat > seen <<'END'
before: lyrics 'Rain\n1 + 1 = 2\nsince morning'; title 'One'
vorbiscomment, listed and written, ends with 0: 1 + 1  ' 2'; lyrics 'Rain'; title 'One'
vorbiscomment with -e ends with 0: lyrics 'Rain\n1 + 1 = 2\nsince morning'; title 'One'
metaflac, exported and imported, ends with 1: lyrics 'Rain\n1 + 1 = 2\nsince morning'; title 'One'
END

venv/bin/python - <<'END'
import av, mutagen

for name, codec in (("a.ogg", "vorbis"), ("a.flac", "flac")):
    with av.open(name, "w") as file:
        stream = file.add_stream(codec, rate=44100, layout="stereo", options={"strict": "-2"})
        silence = av.AudioFrame(format=stream.format.name, layout="stereo", samples=4096)
        for plane in silence.planes:
            plane.update(bytes(plane.buffer_size))
        silence.sample_rate = 44100
        for part in (silence, None):
            file.mux(stream.encode(part))
    tagged = mutagen.File(name)
    tagged["title"], tagged["lyrics"] = "One", "Rain\n1 + 1 = 2\nsince morning"
    tagged.save()
END
cat > tags.py <<'END'
import sys, mutagen

tags = sorted((name.lower(), value) for name, value in mutagen.File(sys.argv[1]).tags if name.lower() != "encoder")
print("; ".join(f"{name} {value!r}" for name, value in tags))
END
tool() {
    name=$1
    shift
    LD_LIBRARY_PATH=$(echo debian/usr/lib/*-linux-gnu) "debian/usr/bin/$name" "$@"
}
ended() { if tool "$@" > said 2>&1; then echo "ends with 0"; else echo "ends with $?"; fi; }
shown() { venv/bin/python tags.py "$1"; }
{
    printf 'before: %s\n' "$(shown a.ogg)"
    tool vorbiscomment -l a.ogg > listed
    printf 'vorbiscomment, listed and written, %s: %s\n' "$(ended vorbiscomment -w -c listed a.ogg b.ogg)" "$(shown b.ogg)"
    tool vorbiscomment -e -l a.ogg > listed
    printf 'vorbiscomment with -e %s: %s\n' "$(ended vorbiscomment -e -w -c listed a.ogg b.ogg)" "$(shown b.ogg)"
    tool metaflac --export-tags-to=listed a.flac
    printf 'metaflac, exported and imported, %s: %s\n' "$(ended metaflac --remove-all-tags --import-tags-from=listed a.flac)" "$(shown a.flac)"
} > got 2> log || { tail -n 3 log >&2; exit 1; }
diff seen got || { echo "What becomes of words in a list of tags has changed." >&2; exit 1; }
