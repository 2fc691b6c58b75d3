"""What leaves the page beside what `export` writes: the same names, and ZIPs that other programs take."""

from __future__ import annotations

import base64
import io
import shutil
import subprocess
import unicodedata
import zipfile
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from magnitizdat.formats.lyrics import read_lyrics
from magnitizdat.formats.names import (
    clean_lines,
    clean_text,
    folded_name,
    portable_name,
    portable_names,
)
from magnitizdat.model import MEDIA_TYPES, File, Lyrics, Release, Rendition, Track
from magnitizdat.ops.give import tree
from magnitizdat.ops.give.exported import OwnFiles
from tests.conftest import missing
from tests.pocket.node import answers

SCRIPT = "name_files.js"
ODD = 'aaAbБ 1.-_…·<>:"/\\|?*\t\r\n\x00\x1f\x7f\x85\u00a0\u200b\u200d\u202e\u2028\ufeff\ufb01ßẞİıſKΣςσѐё\u0301é🎵日本語'
LETTERS = st.one_of(st.sampled_from(ODD), st.characters(exclude_categories=["Cs", "Cn"]))
TEXTS = st.one_of(
    st.text(LETTERS, max_size=200),
    st.sampled_from(
        ["con", "CON.txt", "nul ", "com1.flac", "lpt¹", "conın$", "CONİN$", "conout$.x", "..", ".-a", "a. ."]
    ),
    st.builds(str.__add__, st.text(LETTERS, min_size=100, max_size=140), st.sampled_from([".flac", ".m3u8", ".верно"])),
)
SHORT = st.sampled_from(
    [
        "S",
        "S.2",
        "notes.en",
        "cover",
        "Same",
        "same",
        "SAME.x",
        "Straße",
        "STRASSE",
        "ﬁre",
        "fire",
        "é",
        "e\u0301",
        "a" * 150,
        "Σας",
    ]
)
SEVERAL = 400


def drawn(strategy: st.SearchStrategy, count: int = SEVERAL) -> list:
    """Many at once: to start node for each would take long."""
    found: list = []

    @settings(max_examples=count, database=None, derandomize=True)
    @given(strategy)
    def draw(value):
        found.append(value)

    draw()
    return found


@pytest.mark.parametrize("most", [8, 90, 114, 120])
def test_a_name_is_the_one_that_export_gives(most):
    texts = drawn(TEXTS)
    found = answers(SCRIPT, [{"what": "portable", "text": text, "most": most} for text in texts])
    assert found == [portable_name(text, max_bytes=most) for text in texts]


def test_names_that_a_file_system_takes_for_one_are_told_apart_in_the_same_way():
    lists = drawn(st.lists(st.one_of(SHORT, TEXTS), max_size=12), 200)
    found = answers(SCRIPT, [{"what": "portables", "texts": texts, "most": 114} for texts in lists])
    assert found == [portable_names(texts, max_bytes=114) for texts in lists]


def test_letters_that_are_one_for_a_file_system_are_one_on_both_sides():
    """Of all letters: what they are folded to may differ, which of them are one may not."""
    letters = [chr(code) for code in range(0x110000) if unicodedata.category(chr(code)) not in {"Cs", "Cn", "Co"}]
    theirs = answers(SCRIPT, [{"what": "folded", "text": letter} for letter in letters])
    pairs = {(folded_name(letter), their) for letter, their in zip(letters, theirs, strict=True)}
    assert len(pairs) == len({ours for ours, _ in pairs}) == len({their for _, their in pairs})


def test_text_is_as_plain_as_on_a_terminal():
    texts = drawn(TEXTS)
    found = answers(SCRIPT, [{"what": "plain", "text": text} for text in texts])
    assert found == [[clean_text(text), clean_lines(text)] for text in texts]


# -- albums ------------------------------------------------------------------------------------------------------------

FILES = st.builds(
    File,
    sha256=st.integers(0, 1 << 30).map(lambda number: f"{number:064x}"),
    length=st.integers(0, 1000),
    media_type=st.sampled_from(["audio/flac", "audio/mpeg", "audio/opus"]),
)


def of_type(*types: str) -> st.SearchStrategy[File]:
    return st.builds(
        File,
        sha256=st.integers(0, 1 << 30).map(lambda n: f"{n:064x}"),
        length=st.just(5),
        media_type=st.sampled_from(types),
    )


NAMES = st.one_of(SHORT, st.text(LETTERS, min_size=1, max_size=60))
TRACKS = st.builds(
    Track,
    id=st.integers(0, 1 << 30).map(lambda number: f"{number:064x}"),
    title=NAMES,
    artist=NAMES,
    file=FILES,
    duration_s=st.floats(0, 900),
    disc=st.integers(1, 2),
    position=st.integers(0, 120),
    pregap=st.booleans(),
    lyrics=st.lists(st.builds(Lyrics, file=of_type("text/plain", "text/x-lrc", "text/markdown")), max_size=2).map(
        tuple
    ),
    renditions=st.lists(st.builds(Rendition, kind=st.just("opus-128"), file=FILES), max_size=1).map(tuple),
)
RELEASES = st.builds(
    Release,
    id=st.just("0" * 32),
    title=NAMES,
    artist=NAMES,
    kind=st.sampled_from(["album", "compilation", "live"]),
    date=st.sampled_from(["", "1982", "1991-05", "1991-05-14"]),
    tracks=st.lists(TRACKS, max_size=8).map(tuple),
    cover=st.none() | of_type("image/png", "image/jpeg"),
    notes=st.dictionaries(
        st.sampled_from(["en", "en-US", "en-us", "zh" + "-Hantaaaa" * 14, "zh" + "-Hantaaaa" * 13 + "-Hans"]),
        of_type("text/markdown"),
        max_size=2,
    ),
)


def signed(file: File) -> dict:
    return {"sha256": file.sha256, "length": file.length, "mediaType": file.media_type, "pieces": [], "here": True}


def as_the_page_has_it(release: Release) -> dict:
    tracks = [
        {
            "id": track.id, "title": track.title, "artist": track.artist, "disc": track.disc,
            "position": track.position,
            "number": track.number, "durationS": track.duration_s, "file": signed(track.file),
            "renditions": [{"kind": each.kind, "file": signed(each.file)} for each in track.renditions],
            "lyrics": [{"language": each.language, "file": signed(each.file)} for each in track.lyrics],
        }
        for track in release.tracks
    ]  # fmt: skip
    return {
        "id": release.id, "kind": release.kind, "title": release.title, "artist": release.artist, "date": release.date,
        "cover": signed(release.cover) if release.cover else None,
        "notes": {code: signed(file) for code, file in release.notes.items()}, "tracks": tracks,
    }  # fmt: skip


def exported(release: Release) -> list:
    """Folder and files of it, by the parts that `export` is made of."""
    stems = portable_names([tree._stem(release, track) for track in release.tracks], max_bytes=tree._LONGEST_NAME)
    done = [
        (track, stem + MEDIA_TYPES[track.file.media_type]) for track, stem in zip(release.tracks, stems, strict=True)
    ]
    songs = [[name, track.file.sha256] for track, name in done]
    folder = tree._folder_name(release)  # type: ignore[arg-type]  # an album on the shelf has the same three fields
    own = OwnFiles(Path("nowhere"), {}, [name for name, _ in songs])
    wished = [*songs, *([name, file.sha256] for file, name in tree._beside(release, done))]
    return [folder, [[own.stands(own.place_for(name), None), sha256] for name, sha256 in wished]]


def test_an_album_goes_out_under_the_names_of_export():
    releases = drawn(RELEASES, 150)
    found = answers(SCRIPT, [{"what": "album", "album": as_the_page_has_it(each)} for each in releases])
    assert found == [exported(each) for each in releases]


# -- words of songs ----------------------------------------------------------------------------------------------------

PARTS = st.sampled_from(
    [
        "[00:01.50]",
        "[1:02]",
        "[ti:x]",
        "[offset:+500]",
        "[offset:-70]",
        "<00:02.0>",
        "la",
        " ",
        "\n",
        "\r\n",
        "\r",
        "[00:1:5]",
    ]
)


def test_words_of_songs_are_read_as_the_program_reads_them():
    texts = ["".join(parts) for parts in drawn(st.lists(PARTS, max_size=20))]
    found = answers(SCRIPT, [{"what": "lyrics", "text": text} for text in texts])
    for text, answer in zip(texts, found, strict=True):
        read = read_lyrics(text.encode())
        assert answer["timed"] == read.synced, text
        shift = read.offset_ms if read.synced else 0
        lines = [(None if line.at_ms is None else max(0, line.at_ms - shift), line.text) for line in read.lines]
        assert [(line["atMs"], line["text"]) for line in answer["lines"]] == lines, text


# -- ZIPs --------------------------------------------------------------------------------------------------------------


def test_other_programs_take_its_zips(tmp_path):
    if shutil.which("unzip") is None:
        missing("Debian's unzip is not installed")
    names = st.lists(
        st.text(LETTERS, min_size=1, max_size=40).map(portable_name), min_size=1, max_size=5, unique_by=folded_name
    )
    for number, some in enumerate(drawn(st.tuples(names, st.binary(max_size=3000)), 25)):
        members = [(f"Folder/{name}", some[1][at:]) for at, name in enumerate(some[0])]
        asked = [[name, base64.b64encode(content).decode()] for name, content in members]
        written = base64.b64decode(answers(SCRIPT, [{"what": "zip", "members": asked}])[0])
        with zipfile.ZipFile(io.BytesIO(written)) as archive:
            assert archive.testzip() is None
            assert [(name, archive.read(name)) for name in archive.namelist()] == members
        path = tmp_path / f"{number}.zip"
        path.write_bytes(written)
        done = subprocess.run(["unzip", "-qq", "-t", path], capture_output=True, check=False)
        assert done.returncode == 0, done.stdout + done.stderr
