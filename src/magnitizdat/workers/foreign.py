"""Music that is not taken in, by its first bytes: what it is, and what to do. PURE."""

from __future__ import annotations

from magnitizdat.sentence import SILENCE, Sentence, say
from magnitizdat.workers.wavpack import is_correction

_MAGIC = (
    (0, b"DSD ", "DSD"),
    (0, b"FRM8", "DSD"),
    (0, b"caff", "CAF"),
    (0, b".snd", "AU"),
    (0, b"riff\x2e\x91\xcf\x11", "Wave64"),
    (0, b"ajkg", "Shorten"),
    (0, b"OFR ", "OptimFROG"),
    (0, b"tBaK", "TAK"),
    (0, b"\x0b\x77", "AC-3"),
    (0, b"\x7f\xfe\x80\x01", "DTS"),
    (4, b"\xf8\x72\x6f", "TrueHD"),
    (0, b".RMF", "RealAudio"),
    (0, b".ra\xfd", "RealAudio"),
    (0, b"Creative Voice File", "VOC"),
)
_TRACKER = (
    (0, b"Extended Module: "),
    (0, b"IMPM"),
    (44, b"SCRM"),
    (0, b"MThd"),
    *((1080, name) for name in (b"M.K.", b"M!K!", b"FLT4", b"FLT8", b"4CHN", b"6CHN", b"8CHN")),
)
_FILMS = (
    (8, b"AVI "),
    (0, b"FLV\x01"),
    (0, b"\0\0\x01\xba"),
    (0, b"\0\0\x01\xb3"),
)


def why_not(prefix: bytes) -> Sentence:
    """Why a file that begins like this is not taken in; silence where nobody here knows what it is."""
    for offset, magic, name in _MAGIC:
        if prefix.startswith(magic, offset):
            return say("{kind} is not taken in; convert it: `ffmpeg -i OLD NEW.flac`", kind=name)
    if is_correction(prefix):
        return say(
            "it holds what the WavPack file of that name leaves out, which alone is not lossless; with both in one"
            " folder `wvunpack -w SONG.wv` makes the whole sound, to import in its place"
        )
    if any(prefix.startswith(magic, offset) for offset, magic in _TRACKER):
        return say(
            "it is notes for a program, and no sound yet; let its player (OpenMPT, TiMidity) write it out as FLAC"
        )
    if any(prefix.startswith(magic, offset) for offset, magic in _FILMS):
        return say("it is a film; only its sound could be taken in, and that is not done")
    return SILENCE
