#!/bin/sh
# One would guess: ffmpeg's ReplayGain filter turns an Opus file down by its R128_TRACK_GAIN, the tag that RFC 7845 has
# for it, and the same file by REPLAYGAIN_TRACK_GAIN if somebody wrote that. And two files whose packets have the same
# digest sound the same.
#
# What happens: neither tag does anything: Ogg keeps tags with the stream, where the filter's data is not made from
# them, and R128 is not looked for. The same tag in FLAC works. What does work is the output gain in the header: it is
# applied while decoding, in ffmpeg and PyAV, before anyone asks. It stands in the header, so all packets are the same
# and the sound has half its height; mutagen shows nothing of it.
#
# With: av 18.1.0, mutagen 1.48.1, numpy 2.4.6, ffmpeg 5.1 (Debian).
#
# Why it matters: an id made of packets is blind to that field, so two files of one id may differ by decibels; loudness
# that was measured by decoding already holds the header's gain, and must not be added to it. And a small version made
# with this filter is not levelled.
set -eu
ffmpeg -version | grep -q '^ffmpeg version 5\.1' || { echo "This needs ffmpeg 5.1, as in Debian 12." >&2; exit 2; }
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
cd "$folder"
python3 -m venv venv
venv/bin/pip install -q --disable-pip-version-check av==18.1.0 mutagen==1.48.1 numpy==2.4.6

cat > seen <<'END'
FLAC, REPLAYGAIN_TRACK_GAIN -6 dB, by ffmpeg's filter: -6.0 dB
Opus, REPLAYGAIN_TRACK_GAIN -6 dB, by ffmpeg's filter: 0.0 dB
Opus, R128_TRACK_GAIN -6 dB, by ffmpeg's filter: 0.0 dB
Opus, output gain -6 dB in the header, by ffmpeg without a filter: -6.0 dB
the same, decoded by PyAV: -6.0 dB; packets: the same; mutagen's fields: bitrate, channels, length, serial
END

ffmpeg -v error -f lavfi -i sine=d=2:r=48000 plain.flac
ffmpeg -v error -i plain.flac plain.opus
venv/bin/python - > got <<'END'
import hashlib, re, shutil, struct, subprocess
import av, mutagen, numpy
from mutagen.ogg import OggPage

def tagged(kind, **tags):
    shutil.copy(f"plain.{kind}", f"tagged.{kind}")
    file = mutagen.File(f"tagged.{kind}")
    file.update(tags)
    file.save()
    return f"tagged.{kind}"

def louder(name):
    """The same file, with -6 dB as output gain in its header."""
    with open("plain.opus", "rb") as source, open(name, "wb") as target:
        page = OggPage(source)
        head = bytearray(page.packets[0])
        struct.pack_into("<h", head, 16, -6 * 256)
        page.packets = [bytes(head)]
        target.write(page.write() + source.read())
    return name

def level(name, *filters):
    chain = ",".join([*filters, "volumedetect"])
    done = subprocess.run(["ffmpeg", "-i", name, "-af", chain, "-f", "null", "-"], capture_output=True, check=True)
    return float(re.search(r"mean_volume: (-?[\d.]+)", done.stderr.decode())[1])

def packets(name):
    with av.open(name) as file:
        return hashlib.sha256(b"".join(bytes(each) for each in file.demux(audio=0))).digest()

def height(name):
    with av.open(name) as file:
        sound = numpy.concatenate([frame.to_ndarray().ravel() for frame in file.decode(audio=0)])
    return 10 * numpy.log10((sound.astype(float) ** 2).mean())

gained = "volume=replaygain=track"
for kind, name, value in (("flac", "REPLAYGAIN_TRACK_GAIN", "-6.00 dB"), ("opus", "REPLAYGAIN_TRACK_GAIN", "-6.00 dB"),
                          ("opus", "R128_TRACK_GAIN", str(-6 * 256))):
    moved = level(tagged(kind, **{name: value}), gained) - level(f"plain.{kind}") + 0.0
    print(f"{'FLAC' if kind == 'flac' else 'Opus'}, {name} -6 dB, by ffmpeg's filter: {moved:.1f} dB")
print(f"Opus, output gain -6 dB in the header, by ffmpeg without a filter: {level(louder('quiet.opus')) - level('plain.opus'):.1f} dB")
info = mutagen.File("quiet.opus").info
fields = ", ".join(name for name in dir(info) if name[0] != "_" and name != "pprint")
same = "the same" if packets("quiet.opus") == packets("plain.opus") else "others"
print(f"the same, decoded by PyAV: {height('quiet.opus') - height('plain.opus'):.1f} dB; packets: {same}; mutagen's fields: {fields}")
END
diff seen got || { echo "Which of Opus' gains are applied has changed." >&2; exit 1; }
