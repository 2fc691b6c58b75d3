"""A file that was corrected in one field says in all others what it said, to whatever reads it."""

from __future__ import annotations

import io
import json
import shutil
import subprocess
from typing import Any

import mutagen
import mutagen.aiff
import mutagen.apev2
import mutagen.flac
import mutagen.id3
import mutagen.mp3
import mutagen.mp4
import mutagen.wave
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from msgspec import structs

from magnitizdat.workers.child import understand
from magnitizdat.workers.retag import retag
from magnitizdat.workers.values import Tags
from tests.fakes_tags import KINDS, full_audio

EDITS: dict[str, Any] = {
    "title": "Правильно",
    "artist": "Cleo",
    "album": "Another Album",
    "album_artist": "Dan",
    "track": 7,
    "disc": 2,
    "date": "1991-08-19",
    "genres": ("Jazz", "Dub"),
    "composer": "Eve",
    "comment": "two\nlines",
    "isrc": "RUA018400001",
    "title_sort": "Right",
    "compilation": True,
}
NAMES = {
    "title": "title tit2 tt2 inam name ©nam",
    "artist": "artist tpe1 tp1 iart auth ©art artistsort",
    "album": "album talb tal iprd ©alb",
    "album_artist": "albumartist tpe2 tp2 aart",
    "track": "tracknumber track trck trk trkn iprt tracktotal txxx:tracktotal txx:tracktotal",
    "disc": "discnumber disc tpos tpa disk disctotal txxx:disctotal txx:disctotal",
    "date": "date originaldate tdrc tdor tory tyer tdat tye tda year txxx:originaldate icrd ©day",
    "genres": "genre tcon tco ignr ©gen",
    "composer": "composer tcom tcm imus ©wrt",
    "comment": "comment comm com icmt anno ©cmt",
    "isrc": "isrc tsrc ----:com.apple.itunes:isrc",
    "title_sort": "titlesort tsot sonm",
    "compilation": "compilation tcmp cpil",
}
"""What the fields are called in all formats."""
PROBED = NAMES | {
    "date": f"{NAMES['date']} originalyear",
    "comment": "comment",
    "disc": "disc discnumber tpa",
    "artist": "artist author artist-sort artistsort",
}
"""And what ffprobe calls them, where it has names of its own."""


def others(audio: bytes, field: str) -> dict[str, list[str]]:
    """What mutagen reads of everything else."""
    found: dict[str, list[str]] = {}
    for source, said in _all(audio).items():
        for name, value in said:
            plain = name.lower().replace(" ", "")
            if plain.split(":")[0] not in NAMES[field].split() and plain not in NAMES[field].split():
                found.setdefault(f"{source} {name.lower()}", []).append(value)
    return found


def _all(audio: bytes) -> dict[str, list[tuple[str, str]]]:
    file = mutagen.File(io.BytesIO(audio))
    if isinstance(file, mutagen.mp3.MP3):
        return {"id3": _frames(io.BytesIO(audio)), "ape": _ape(audio), "v1": _id3v1(audio)}
    if isinstance(file, mutagen.wave.WAVE | mutagen.aiff.AIFF):
        assert int.from_bytes(audio[4:8], "little" if audio[:4] == b"RIFF" else "big") == len(audio) - 8
        return {"id3": [(frame.HashKey, repr(frame)) for frame in (file.tags or {}).values()], "chunks": _chunks(audio)}
    if isinstance(file, mutagen.mp4.MP4):
        return {"mp4": [(name, repr(value)) for name, value in file.tags.items()]}
    if isinstance(file.tags, mutagen.apev2.APEv2):
        return {"ape": _ape(audio), "v1": _id3v1(audio)}
    pictures = getattr(file, "pictures", [])
    return {"comments": list(file.tags), "pictures": [("picture", repr(each.write())) for each in pictures]}


def _frames(file: io.BytesIO) -> list[tuple[str, str]]:
    try:
        tag = mutagen.id3.ID3(file, translate=False, load_v1=False)
    except mutagen.id3.ID3NoHeaderError:
        return []
    return [("version", str(tag.version)), *((frame.HashKey, repr(frame)) for frame in tag.values())]


def _ape(audio: bytes) -> list[tuple[str, str]]:
    try:
        return [(name, repr(value)) for name, value in mutagen.apev2.APEv2(io.BytesIO(audio)).items()]
    except mutagen.apev2.APENoHeaderError:
        return []


def _id3v1(audio: bytes) -> list[tuple[str, str]]:
    tag = mutagen.id3.ParseID3v1(audio[-128:]) if audio[-128:-125] == b"TAG" else None
    return [(frame.HashKey, repr(frame)) for frame in (tag or {}).values()]


def _chunks(audio: bytes) -> list[tuple[str, str]]:
    order, found = ("little" if audio[:4] == b"RIFF" else "big"), []
    at = 12
    while at + 8 <= len(audio):
        name, length = audio[at : at + 4].decode("latin-1"), int.from_bytes(audio[at + 4 : at + 8], order)
        content = audio[at + 8 : at + 8 + length]
        if name == "LIST":
            inner = b"RIFF" + bytes(4) + content
            found += _chunks(inner)
        elif name.lower() != "id3 ":
            found.append((name, repr(content)))
        at += 8 + length + length % 2
    assert order == "big" or at >= len(audio)
    return found


def probed(audio: bytes, field: str, path) -> dict[str, str]:
    """What ffprobe reads of everything else, and of pictures."""
    path.write_bytes(audio)
    command = ["ffprobe", "-v", "error", "-of", "json", "-show_entries", "format_tags:stream_tags", str(path)]
    said = json.loads(subprocess.run(command, capture_output=True, check=True).stdout)
    tags = [said.get("format", {}).get("tags", {}), *(stream.get("tags", {}) for stream in said.get("streams", []))]
    names = {name.replace("_", "") for name in (*PROBED[field].split(), field)}
    return {
        f"{place} {name}": value
        for place, each in enumerate(tags)
        for name, value in each.items()
        if name.lower().replace("_", "").replace(" ", "") not in names
    }


@pytest.mark.parametrize("field", EDITS)
@pytest.mark.parametrize("kind", KINDS)
def test_one_field_changes_and_nothing_else(kind, field):
    before = full_audio(kind)
    for value in (EDITS[field], type(EDITS[field])()):
        after = retag(before, structs.replace(Tags(), **{field: value}), {field})
        old, new = understand(io.BytesIO(before)), understand(io.BytesIO(after))
        if value or field not in {"date", "comment"}:  # of which there may be another then
            assert new.tags == structs.replace(old.tags, **{field: value}, **_several(field))
        assert (new.track_id, new.covers, new.lyrics) == (old.track_id, old.covers, old.lyrics)
        if kind != "mp3-1":
            assert _without_new_tag(others(after, field), others(before, field)) == others(before, field)


def _several(field: str) -> dict[str, Any]:
    return {f"{field}s": (), f"{field}s_sort": ()} if field == "artist" else {}


def _without_new_tag(after: dict[str, list[str]], before: dict[str, list[str]]) -> dict[str, list[str]]:
    """An ID3 tag that was made because the old one has no such field says all that the file does."""
    is_new = not any(name.startswith("id3 ") for name in before)
    return {name: values for name, values in after.items() if not (is_new and name.startswith("id3 "))}


@pytest.mark.skipif(not shutil.which("ffprobe"), reason="ffmpeg is not installed")
@pytest.mark.parametrize("kind", KINDS)
def test_another_program_reads_the_same_of_all_others(kind, tmp_path):
    before = full_audio(kind)
    for field, value in EDITS.items():
        after = retag(before, structs.replace(Tags(), **{field: value}), {field})
        old = probed(before, field, tmp_path / "old")
        assert {name: value for name, value in probed(after, field, tmp_path / "new").items() if name in old} == old


@pytest.mark.parametrize("kind", KINDS)
def test_what_is_said_already_is_not_written(kind):
    before = full_audio(kind)
    tags = understand(io.BytesIO(before)).tags
    assert retag(before, tags, Tags.__struct_fields__) == before


@pytest.mark.parametrize("kind", ["flac", "aac", "alac", "mp3-2.2", "mp3-2.3", "mp3-2.4"])
def test_room_in_a_tag_is_used(kind):
    """What comes behind stays where it was."""
    before = full_audio(kind)
    assert len(retag(before, Tags(title="Right"), {"title"})) == len(before)
    assert len(retag(before, Tags(title="Another"), {"title"})) == len(before)


@settings(max_examples=60, deadline=None)
@given(
    st.sampled_from(KINDS),
    st.lists(
        st.tuples(
            st.sampled_from(["title", "album", "album_artist", "composer", "comment"]),
            st.text(st.characters(categories=["Lu", "Ll", "Nd"]), max_size=300),
        ),
        min_size=1,
        max_size=4,
    ),
)
def test_edits_and_their_undoing(kind, edits):
    """Whatever was written, the old words written again make the file say what it said at first."""
    before = full_audio(kind)
    old = understand(io.BytesIO(before))
    audio = before
    for field, value in edits:
        audio = retag(audio, structs.replace(Tags(), **{field: value}), {field})
    fields = {field for field, _ in edits}
    back = understand(io.BytesIO(retag(audio, old.tags, fields)))
    assert back.tags == old.tags
    assert (back.track_id, back.covers, back.lyrics) == (old.track_id, old.covers, old.lyrics)
