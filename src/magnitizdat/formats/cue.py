"""Cue sheets: which tracks a disc image holds, and what they are called. PURE: text in, a sheet and its parts out.

Source: CDRWIN user's guide, "Cue sheet commands"; the `REM` lines of Exact Audio Copy and foobar2000. Times are
minutes, seconds and frames of 1/75 s.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from typing import Annotated, Any, NamedTuple

from msgspec import Meta, structs

from magnitizdat.errors import DamagedError
from magnitizdat.formats.names import clean_text
from magnitizdat.model import Gain, Value
from magnitizdat.sentence import Sentence, clock, say

FRAMES_A_SECOND = 75
MAX_LENGTH = 1 << 20
"""Bytes of a sheet that is looked at."""
MAX_TRACKS = 999
HIDDEN_S = 4.0
"""Seconds before the first track from which they are music that somebody hid there; less is the disc's lead-in."""

_TEXT_LIMIT = 512
_TIME = re.compile(r"([0-9]{1,4}):([0-5]?[0-9])[:.]([0-6]?[0-9]|7[0-4])")
Text = Annotated[str, Meta(max_length=_TEXT_LIMIT)]
LONGEST_S = 1e7
Seconds = Annotated[float, Meta(ge=0, le=LONGEST_S)]


class CueTrack(Value, frozen=True, kw_only=True):
    """One track: music where `is_audio`. It begins (`INDEX 01`) `start_s` into file number `file` of its sheet."""

    number: Annotated[int, Meta(ge=0, le=MAX_TRACKS)]
    file: Annotated[int, Meta(ge=0, le=MAX_TRACKS)] = 0
    start_s: Seconds = 0.0
    is_audio: bool = True
    title: Text = ""
    performer: Text = ""
    songwriter: Text = ""
    isrc: Text = ""
    gain: Gain | None = None


class CueSheet(Value, frozen=True, kw_only=True):
    """What a sheet says; "" and 0 where it says nothing. `files` are names as they stand, `tracks` in their order."""

    files: Annotated[tuple[Text, ...], Meta(max_length=MAX_TRACKS)] = ()
    tracks: Annotated[tuple[CueTrack, ...], Meta(max_length=MAX_TRACKS)] = ()
    title: Text = ""
    performer: Text = ""
    songwriter: Text = ""
    catalog: Text = ""
    date: Text = ""
    genre: Text = ""
    comment: Text = ""
    disc: Annotated[int, Meta(ge=0, le=9999)] = 0
    discs: Annotated[int, Meta(ge=0, le=9999)] = 0
    album_gain: Gain | None = None

    def tracks_in(self, file: int) -> tuple[CueTrack, ...]:
        """Those that begin in a file."""
        return tuple(track for track in self.tracks if track.file == file)


class CuePart(NamedTuple):
    """What of a file is one track, in samples; `is_hidden`: it stands before the first, where only who rewinds is."""

    track: CueTrack
    start: int
    samples: int
    is_hidden: bool = False


class CueError(DamagedError):
    """A sheet that cannot be followed. What it is about is taken as it is."""


def read_cue(text: str) -> CueSheet:
    """Commands and remarks that are not known are passed over.

    Raises: CueError.
    """
    reader = _SheetReader()
    for line in text[:MAX_LENGTH].lstrip("\ufeff").splitlines():
        reader.read(line.strip())
    return _checked(reader.sheet())


def _checked(sheet: CueSheet) -> CueSheet:
    if not sheet.files or not sheet.tracks:
        raise CueError(say("the cue sheet names no file with tracks; what lies beside it is taken as it is"))
    numbers = [track.number for track in sheet.tracks]
    if len(set(numbers)) < len(numbers):
        twice = next(number for number in numbers if numbers.count(number) > 1)
        raise CueError(say("the cue sheet names track {number} twice; its music is kept in one piece", number=twice))
    for earlier, later in zip(sheet.tracks, sheet.tracks[1:], strict=False):
        if earlier.file == later.file and later.start_s <= earlier.start_s:
            raise CueError(
                say(
                    "in the cue sheet track {number} does not begin after the one before it; its music is kept in one"
                    " piece",
                    number=later.number,
                )
            )
    return sheet


def parts(sheet: CueSheet, file: int, *, rate: int, samples: int) -> tuple[CuePart, ...]:
    """What each track of a file is, of so many samples: from its `INDEX 01` to the next one's.

    So a pause belongs to the track before it; before the first track of a sheet it is one of its own, number 0, if it
    is long. Tracks that are no music are left out.

    Raises: CueError where one begins behind the end, or has no sample of its own.
    """
    tracks = _checked(sheet).tracks_in(file)
    if not tracks:
        return ()
    if rate <= 0:
        raise CueError(say("its music has no sample rate, so that nothing can be cut from it; it is kept in one piece"))
    starts = [round(track.start_s * rate) for track in tracks]
    late = next((track for track, start in zip(tracks, starts, strict=True) if start >= samples), None)
    if late is not None:
        raise CueError(_beyond(late, samples / rate))
    ends = [*starts[1:], samples]
    found = [
        CuePart(track, start, end - start)
        for track, start, end in zip(tracks, starts, ends, strict=True)
        if track.is_audio
    ]
    if empty := next((part for part in found if part.samples <= 0), None):
        raise CueError(
            say(
                "the cue sheet leaves no music for track {number}; its music is kept in one piece",
                number=empty.track.number,
            )
        )
    return (*_before(tracks[0], starts[0], rate), *found)


def _beyond(late: CueTrack, end_s: float) -> Sentence:
    return say(
        "the cue sheet lets track {number} begin at {start}, and the music ends at {end}; it is kept in one piece",
        number=late.number,
        start=clock(late.start_s),
        end=clock(end_s),
    )


def _before(first: CueTrack, start: int, rate: int) -> Iterator[CuePart]:
    """What was hidden before the first track of all."""
    if first.number == 1 and first.is_audio and start > HIDDEN_S * rate:
        yield CuePart(structs.replace(first, number=0, start_s=0.0, title="", isrc="", gain=None), 0, start, True)


@dataclass
class _SheetReader:
    """Lines in; what they say of the sheet, until a track begins, and then of that track."""

    album: dict[str, Any] = field(default_factory=dict)
    files: list[str] = field(default_factory=list)
    tracks: list[dict[str, Any]] = field(default_factory=list)

    def read(self, line: str) -> None:
        command, _, rest = line.partition(" ")
        reading = _COMMANDS.get(command.upper())
        if reading is not None:
            reading(self, rest.strip())

    def sheet(self) -> CueSheet:
        lost = next((track["number"] for track in self.tracks if "start_s" not in track), None)
        if lost is not None:
            raise CueError(
                say(
                    "the cue sheet does not say where track {number} begins; its music is kept in one piece",
                    number=lost,
                )
            )
        tracks = tuple(CueTrack(**_with_gain(track, "gain")) for track in self.tracks)
        return CueSheet(files=tuple(self.files), tracks=tracks, **_with_gain(self.album, "album_gain"))

    def about(self) -> dict[str, Any]:
        """What the next line is about."""
        return self.tracks[-1] if self.tracks else self.album

    def file(self, rest: str) -> None:
        if len(self.files) >= MAX_TRACKS:
            raise CueError(_TOO_MANY)
        quoted = re.match(r'"(.*)"', rest)
        self.files.append(_text(quoted[1] if quoted else rest.rsplit(" ", 1)[0]))

    def track(self, rest: str) -> None:
        number, _, kind = rest.partition(" ")
        if not re.fullmatch("[0-9]{1,3}", number):
            raise CueError(say("the cue sheet has a track without a number; its music is kept in one piece"))
        if len(self.tracks) >= MAX_TRACKS:
            raise CueError(_TOO_MANY)
        self.tracks.append({"number": int(number), "is_audio": kind.strip().upper() in {"AUDIO", ""}})

    def index(self, rest: str) -> None:
        number, _, time = rest.partition(" ")
        if number not in {"1", "01"} or not self.tracks:
            return
        found = _TIME.fullmatch(time.strip())
        if found is None or not self.files:
            raise CueError(
                say(
                    "the cue sheet says «{time}» where track {number} should begin; its music is kept in one piece",
                    time=_text(time)[:32],
                    number=self.tracks[-1]["number"],
                )
            )
        minutes, seconds, frames = map(int, found.groups())
        start_s = ((minutes * 60 + seconds) * FRAMES_A_SECOND + frames) / FRAMES_A_SECOND
        self.tracks[-1] |= {"start_s": start_s, "file": len(self.files) - 1}

    def remark(self, rest: str) -> None:
        name, _, value = rest.partition(" ")
        lower = name.lower()
        if lower in _REMARKS and not self.tracks:
            self.album[_REMARKS[lower]] = _text(value)
        elif lower in {"discnumber", "totaldiscs"} and not self.tracks:
            digits = re.match("[0-9]{1,4}", _text(value))
            self.album["disc" if lower == "discnumber" else "discs"] = int(digits[0]) if digits else 0
        elif lower in _GAINS:
            self.about()[_GAINS[lower]] = _text(value)


_TOO_MANY = say("the cue sheet names more tracks than any disc has; its music is kept in one piece")
_REMARKS = {"date": "date", "year": "date", "genre": "genre", "comment": "comment"}
_GAINS = {
    "replaygain_album_gain": "gain_text",
    "replaygain_album_peak": "peak_text",
    "replaygain_track_gain": "gain_text",
    "replaygain_track_peak": "peak_text",
}


def _keep(name: str) -> Callable[[_SheetReader, str], None]:
    """A command that is one text."""
    return lambda reader, rest: reader.about().update({name: _text(rest)})


_COMMANDS: dict[str, Callable[[_SheetReader, str], None]] = {
    "FILE": _SheetReader.file,
    "TRACK": _SheetReader.track,
    "INDEX": _SheetReader.index,
    "REM": _SheetReader.remark,
    "TITLE": _keep("title"),
    "PERFORMER": _keep("performer"),
    "SONGWRITER": _keep("songwriter"),
    "ISRC": lambda reader, rest: reader.about().update({"isrc": _text(rest)} if reader.tracks else {}),
    "CATALOG": lambda reader, rest: reader.album.update(catalog=_text(rest)),
}


def _text(written: str) -> str:
    """Without its quotation marks and what is no text."""
    stripped = written.strip()
    if len(stripped) > 1 and stripped[0] == stripped[-1] == '"':
        stripped = stripped[1:-1]
    return " ".join(clean_text(stripped[: 4 * _TEXT_LIMIT]).split())[:_TEXT_LIMIT]


def _with_gain(said: dict[str, Any], name: str) -> dict[str, Any]:
    found = dict(said)
    gain_db, peak = _number(found.pop("gain_text", "")), _number(found.pop("peak_text", ""))
    if gain_db is not None and -100 <= gain_db <= 100:
        found[name] = Gain(gain_db=gain_db, peak=peak if peak is not None and 0 <= peak <= 1000 else None)
    return found


def _number(text: str) -> float | None:
    found = re.match("[+-]?[0-9]{1,5}([.,][0-9]{1,12})?", text)
    return float(found[0].replace(",", ".")) if found else None
