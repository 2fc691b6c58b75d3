"""Several artists, names to sort by, two dates, disc titles, track 0, gain of the album, as each container has them."""

from __future__ import annotations

import io
from itertools import permutations

import mutagen
import pytest
from hypothesis import given
from hypothesis import strategies as st
from mutagen import id3

from magnitizdat.model import Gain
from magnitizdat.workers.people import names_in, several, sort_names
from magnitizdat.workers.tags import read_tags
from magnitizdat.workers.values import MOST_ARTISTS
from tests.fakes_audio import RECIPES, make_audio
from tests.workers.test_tags import mp3_with, said_by

SAID = {
    "ARTIST": ["Ann Lee", "Bob May"],
    "ARTISTSORT": ["Lee, Ann", "May, Bob"],
    "ALBUMARTIST": ["小倉唯"],
    "ALBUMARTISTSORT": ["Ogura, Yui"],
    "TITLESORT": ["Song, A"],
    "ALBUMSORT": ["Album, An"],
    "COMPOSERSORT": ["Bach, J. S."],
    "DISCSUBTITLE": ["The live one"],
    "DATE": ["1994-07-19"],
    "ORIGINALDATE": ["1971-11-08"],
    "REPLAYGAIN_ALBUM_GAIN": ["-4.25 dB"],
    "REPLAYGAIN_ALBUM_PEAK": ["0.95"],
}
_ID3 = {
    "ARTIST": "TPE1",
    "ARTISTSORT": "TSOP",
    "ALBUMARTIST": "TPE2",
    "ALBUMARTISTSORT": "TSO2",
    "TITLESORT": "TSOT",
    "ALBUMSORT": "TSOA",
    "COMPOSERSORT": "TSOC",
    "DISCSUBTITLE": "TSST",
    "DATE": "TDRC",
    "ORIGINALDATE": "TDOR",
}
_MP4 = {
    "ARTIST": "\xa9ART",
    "ARTISTSORT": "soar",
    "ALBUMARTIST": "aART",
    "ALBUMARTISTSORT": "soaa",
    "TITLESORT": "sonm",
    "ALBUMSORT": "soal",
    "COMPOSERSORT": "soco",
    "DATE": "\xa9day",
}


def with_fields(kind, fields):
    """Audio of a kind with these fields, as taggers name them there (Picard's table of tag mappings)."""
    file = io.BytesIO(make_audio(kind, 0.2))
    opened = mutagen.File(file)
    if opened.tags is None:
        opened.add_tags()
    for name, values in fields.items():
        if kind in {"mp3", "wav", "aiff"}:
            plain = getattr(id3, _ID3[name])(encoding=3, text=values) if name in _ID3 else None
            opened.tags.add(plain or id3.TXXX(encoding=3, desc=name, text=values))
        elif kind == "aac":
            free = f"----:com.apple.iTunes:{name}"
            opened.tags[_MP4.get(name, free)] = values if name in _MP4 else [value.encode() for value in values]
        else:
            opened.tags[name] = values
    file.seek(0)
    opened.save(file)
    return read_tags(io.BytesIO(file.getvalue()), RECIPES[kind].media_type).tags


@pytest.mark.parametrize("kind", ["flac", "vorbis", "opus", "mp3", "aac", "wavpack", "wav", "aiff"])
def test_every_container_says_who_when_and_how_loud(kind):
    tags = with_fields(kind, SAID)
    assert (tags.artist, tags.artists, tags.artists_sort) == (
        "Ann Lee, Bob May",
        ("Ann Lee", "Bob May"),
        ("Lee, Ann", "May, Bob"),
    )
    assert (tags.album_artist, tags.album_artists, tags.album_artists_sort) == ("小倉唯", (), ("Ogura, Yui",))
    assert (tags.title_sort, tags.album_sort, tags.composer_sort) == ("Song, A", "Album, An", "Bach, J. S.")
    assert (tags.date, tags.released, tags.disc_title) == ("1971-11-08", "1994-07-19", "The live one")
    assert tags.album_gain == Gain(gain_db=-4.25, peak=0.95)


@pytest.mark.parametrize("kind", ["flac", "mp3", "aac", "wavpack"])
def test_a_list_beside_the_line(kind):
    tags = with_fields(
        kind, {"ARTIST": ["Ann & Bob"], "ARTISTS": ["Ann", "Bob"], "ARTISTSORT": ["Lee, Ann & May, Bob"]}
    )
    assert (tags.artist, tags.artists, tags.artists_sort) == ("Ann & Bob", ("Ann", "Bob"), ("Lee, Ann", "May, Bob"))


@pytest.mark.parametrize(
    "name", ["Earth, Wind & Fire", "AC/DC", "Simon & Garfunkel", "Tyler, The Creator; live", "A/B/C"]
)
@pytest.mark.parametrize("kind", ["flac", "mp3", "aac"])
def test_one_line_is_one_band_whatever_is_in_it(kind, name):
    assert with_fields(kind, {"ARTIST": [name]}).artists == ()
    assert with_fields(kind, {"ARTIST": [name], "ARTISTS": [name]}).artists == ()


def test_dates_do_not_depend_on_the_order_of_frames():
    frames = {"TDRC": "1994-07-19", "TDOR": "1971-11-08", "TDRL": "1995"}
    for order in permutations(frames):
        tags = said_by("mp3", mp3_with(*(getattr(id3, name)(encoding=3, text=[frames[name]]) for name in order))).tags
        assert (tags.date, tags.released) == ("1971-11-08", "1995")
    for order in permutations(
        [("DATE", "1994-07-19"), ("YEAR", "1994"), ("ORIGINALYEAR", "1971"), ("ORIGINALDATE", "1971-11")]
    ):
        tags = with_fields("flac", {name: [value] for name, value in order})
        assert (tags.date, tags.released) == ("1971-11", "1994-07-19")


@pytest.mark.parametrize(
    ("fields", "date", "released"),
    [
        ({"DATE": ["1994"]}, "1994", ""),
        ({"RELEASEDATE": ["1994-05"]}, "1994-05", "1994-05"),
        ({"ORIGINALYEAR": ["1971"]}, "1971", ""),
        ({"DATE": ["nothing", "[1994]"], "ORIGINALDATE": ["1982-13-40"]}, "1982", "1994"),
    ],
)
def test_one_date_is_when_it_came_out(fields, date, released):
    tags = with_fields("vorbis", fields)
    assert (tags.date, tags.released) == (date, released)


@pytest.mark.parametrize("version", [3, 4])
def test_years_of_old_tags_are_two_dates_too(version):
    old = mp3_with(id3.TYER(encoding=3, text=["1994"]), id3.TORY(encoding=3, text=["1971"]), v2_version=version)
    tags = said_by("mp3", old).tags
    assert (tags.date, tags.released) == ("1971", "1994")


@pytest.mark.parametrize(
    ("said", "number", "pregap"),
    [("0", 0, True), ("00/12", 0, True), ("1-00", 0, True), ("10", 10, False), ("", 0, False)],
)
def test_zero_is_a_number_and_none_is_none(said, number, pregap):
    tags = with_fields("flac", {"TRACKNUMBER": [said]})
    assert (tags.track, tags.pregap) == (number, pregap)


def test_an_atom_of_zero_says_nothing():
    file = io.BytesIO(make_audio("aac", 0.2))
    opened = mutagen.File(file)
    opened.tags["trkn"] = [(0, 12)]
    file.seek(0)
    opened.save(file)
    tags = said_by("aac", file.getvalue()).tags
    assert (tags.track, tags.track_total, tags.pregap) == (0, 12, False)


def test_loudness_of_an_album_in_opus_and_in_old_frames():
    tags = with_fields("opus", {"R128_TRACK_GAIN": ["-1280"], "R128_ALBUM_GAIN": ["256"]})
    assert (tags.gain, tags.album_gain) == (Gain(gain_db=0), Gain(gain_db=6))  # Q7.8 to -23 LUFS, 5 dB below ours
    album = id3.RVA2(desc="album", channel=1, gain=3, peak=0.5)
    assert said_by("mp3", mp3_with(album)).tags.album_gain == Gain(gain_db=3, peak=0.5)


NAMES = st.lists(
    st.sampled_from("Ann Lee|Bob & May|AC/DC|小倉唯|Э. Артемьев".split("|")), min_size=1, max_size=5, unique=True
)


@given(NAMES, st.sampled_from([", ", " & ", " feat. ", " / "]))
def test_sort_names_part_as_their_names_do(names, phrase):
    line, sorts = phrase.join(names), [f"{name.split()[-1]}x" for name in names]
    assert several(line, (line,), names) == (() if len(names) == 1 else tuple(names))
    assert sort_names(line, names, [phrase.join(sorts)]) in {tuple(sorts), ()}
    assert sort_names(line, names, sorts) == tuple(sorts)


@given(st.text(), st.lists(st.text(max_size=9), max_size=9), st.lists(st.text(max_size=9), max_size=9))
def test_whatever_is_said_there_is_an_end_to_it(line, values, listed):
    names = names_in("\0".join(values) * 30)
    assert len(names) <= MOST_ARTISTS
    found = several(line, names, listed)
    assert len(found) <= MOST_ARTISTS
    assert len(sort_names(line, found or (line,), listed)) in {0, len(found or (line,))}
