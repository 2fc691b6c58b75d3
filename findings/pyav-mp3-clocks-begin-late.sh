#!/bin/sh
# One would guess: where a reader takes the padding of an encoder away, the clock of what is left begins at nothing, in
# every format alike.
#
# What happens: FFmpeg drops the first 1105 samples of an MP3 with a LAME header, as it should, so that the samples are
# those that went in, to the last. But the frames keep the times that they had with the padding: the first has 0.025 s,
# and so it goes on. A click that is a second in, by the samples, is at 1.025 s by `frame.time`. FLAC and AAC in MP4 of
# the same sound begin at nothing, the padding of the latter taken away as well.
#
# With: av 18.1.0 (PyAV, with FFmpeg's libraries in its wheel), numpy 2.4.6.
#
# Why it matters: whoever seeks, cuts, or lights up the line that is sung goes by time, and whoever joins songs without a
# gap goes by samples. Mixing the two is off by 25 ms in MP3 alone; `stream.start_time` has to be taken away first.
set -eu
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
cd "$folder"
python3 -m venv venv
venv/bin/pip install -q --disable-pip-version-check av==18.1.0 numpy==2.4.6

cat > seen <<'END'
click.flac: 441000 samples, clock from 0.0000; the click by samples 1.0000, by time 1.0000
click.m4a: 441344 samples, clock from 0.0000; the click by samples 1.0000, by time 1.0000
click.mp3: 441000 samples, clock from 0.0251; the click by samples 1.0000, by time 1.0251
END

venv/bin/python - > got <<'END'
import av
import numpy as np

RATE, STEP = 44_100, 1152
sound = np.zeros(10 * RATE, dtype=np.float32)
sound[RATE : RATE + 40] = 0.9


def write(name: str, codec: str) -> None:
    with av.open(name, "w") as container:
        stream = container.add_stream(codec, rate=RATE)
        stream.layout = "mono"
        for start in range(0, len(sound), STEP):
            frame = av.AudioFrame.from_ndarray(sound[None, start : start + STEP], format="fltp", layout="mono")
            frame.sample_rate, frame.pts = RATE, start
            container.mux(stream.encode(frame))
        container.mux(stream.encode(None))


def told(name: str) -> str:
    with av.open(name) as container:
        frames = list(container.decode(audio=0))
    parts = [frame.to_ndarray().reshape(-1)[: frame.samples].astype(np.float64) for frame in frames]
    samples = np.concatenate(parts)
    times = np.concatenate([frame.time + np.arange(len(part)) / RATE for frame, part in zip(frames, parts)])
    loud = np.flatnonzero(np.abs(samples) > np.abs(samples).max() / 2)[0]
    return (
        f"{name}: {len(samples)} samples, clock from {frames[0].time:.4f};"
        f" the click by samples {loud / RATE:.4f}, by time {times[loud]:.4f}"
    )


for name, codec in (("click.flac", "flac"), ("click.m4a", "aac"), ("click.mp3", "libmp3lame")):
    write(name, codec)
    print(told(name))
END
diff seen got || { echo "Where FFmpeg lets the clock of a trimmed file begin has changed." >&2; exit 1; }
