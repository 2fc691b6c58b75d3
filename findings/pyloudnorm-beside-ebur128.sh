#!/bin/sh
# One would guess: two implementations of BS.1770 agree to a tenth of a LU, whatever the layout, as their test signals
# do; a stereo record certainly.
#
# What happens: mono, stereo, three and five channels agree. Then it ends. pyloudnorm goes by position and knows no
# layout: it takes the third and fourth channel of a quadraphonic record for centre and left surround, and is half a LU
# off; of 5.1 it raises an error. It rounds the number of blocks, so a last block may reach beyond the end, and is still
# divided by its full 0.4 s; where a quiet record ends in a burst, that moves the result by 0.9 LU. Below 0.4 s it
# raises an error, where ffmpeg says -70; silence is -inf and -70.
#
# With: pyloudnorm 0.2.0, numpy 2.4.6, scipy 1.17.1, ffmpeg 5.1 (Debian).
#
# Why it matters: a test that compares one's own loudness with "the other implementation" passes on sines and fails on
# the first record with a hard end; and a signed gain made from one of the two is not what the other shows.
set -eu
ffmpeg -version | grep -q '^ffmpeg version 5\.1' || { echo "This needs ffmpeg 5.1, as in Debian 12." >&2; exit 2; }
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
cd "$folder"
python3 -m venv venv
venv/bin/pip install -q --disable-pip-version-check pyloudnorm==0.2.0 numpy==2.4.6 scipy==1.17.1

cat > seen <<'END'
mono: alike
stereo: alike
3.0: alike
5.0: alike
quad: pyloudnorm -10.5, ffmpeg -10.0
5.1: pyloudnorm ValueError, ffmpeg -9.2
quiet, and a burst of 0.375 s at the end: pyloudnorm -16.0, ffmpeg -16.9
a fifth of a second: pyloudnorm ValueError, ffmpeg -70.0
silence: pyloudnorm -inf, ffmpeg -70.0
END

venv/bin/python - > got 2> log <<'END' || { tail -n 3 log >&2; exit 1; }
import re
import subprocess
import numpy, pyloudnorm

RATE = 48000
noise = 0.1 * numpy.random.default_rng(1).standard_normal((5 * RATE, 6))
noise4 = 0.1 * numpy.random.default_rng(2).standard_normal((5 * RATE, 4))

def by_pyloudnorm(sound):
    try:
        return f"{pyloudnorm.Meter(RATE).integrated_loudness(sound):.1f}"
    except ValueError:
        return "ValueError"

def by_ffmpeg(sound, layout):
    raw = ["-f", "f32le", "-ar", str(RATE), "-ac", str(sound.shape[1]), "-channel_layout", layout, "-i", "-"]
    done = subprocess.run(["ffmpeg", "-nostats", *raw, "-af", "ebur128", "-f", "null", "-"],
                          input=sound.astype("<f4").tobytes(), capture_output=True, check=True)
    return re.findall(r"I:\s+(-?[\d.]+) LUFS", done.stderr.decode())[-1]

def compare(name, sound, layout):
    ours, theirs = by_pyloudnorm(sound), by_ffmpeg(sound, layout)
    near = ours[0] == "-" and ours[1] != "i" and abs(float(ours) - float(theirs)) < 0.15
    print(f"{name}: alike" if near else f"{name}: pyloudnorm {ours}, ffmpeg {theirs}")

compare("mono", noise[:, :1], "mono")
compare("stereo", noise[:, :2], "stereo")
compare("3.0", noise[:, :3], "3.0")
compare("5.0", noise[:, [0, 1, 2, 4, 5]], "5.0")
compare("quad", noise4, "quad")
compare("5.1", noise, "5.1")
ends_hard = 0.1 * numpy.random.default_rng(3).standard_normal((5 * RATE + 18000, 2))
ends_hard[: 5 * RATE] *= 0.001
compare("quiet, and a burst of 0.375 s at the end", ends_hard, "stereo")
compare("a fifth of a second", noise[: RATE // 5, :2], "stereo")
compare("silence", numpy.zeros((3 * RATE, 2)), "stereo")
END
diff seen got || { echo "Where pyloudnorm and ffmpeg differ has changed." >&2; exit 1; }
