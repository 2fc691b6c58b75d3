from __future__ import annotations

import json

import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st

from magnitizdat.catalogue.documents import (
    MAX_RELEASE_LENGTH,
    LabelDocument,
    decode,
    encode,
)
from magnitizdat.errors import DamagedError, UsageError
from magnitizdat.model import PIECE_LENGTH, Card, DiscImage, File, Lyrics, Release, Rendition, Track

DIGEST = "ab" * 32
FLAC = File(sha256=DIGEST, length=3, media_type="audio/flac")
COVER = File(sha256="cd" * 32, length=4, media_type="image/png")
WORDS = File(sha256="ef" * 32, length=5, media_type="text/x-lrc")
TRACK = Track(
    id=DIGEST,
    title="Восьмиклассница",
    artist="Виктор",
    file=FLAC,
    duration_s=171.5,
    cover=COVER,
    lyrics=(Lyrics(language="ru", file=WORDS),),
    renditions=(Rendition(kind="opus-128", file=File(sha256="12" * 32, length=2, media_type="audio/opus")),),
)
RELEASE = Release(id="ab" * 16, title="45", artist="Виктор", tracks=(TRACK,), cover=COVER, notes={"ru": WORDS})


def reread(value: dict) -> Release:
    return decode(Release, json.dumps(value).encode(), max_length=MAX_RELEASE_LENGTH)


names = st.text(st.characters(exclude_categories=["Cs"]), min_size=1, max_size=40)


@given(title=names, artist=names, aliases=st.lists(names, max_size=3), carried=st.booleans(), count=st.integers(0, 3))
def test_a_release_comes_back_and_its_bytes_are_canonical(title, artist, aliases, carried, count):
    release = Release(
        id="0" * 32, title=title, artist=artist, aliases=tuple(aliases), carried=carried, tracks=(TRACK,) * count
    )
    data = encode(release)
    again = decode(Release, data, max_length=len(data))
    assert again == release
    assert encode(again) == data
    assert data == json.dumps(json.loads(data), sort_keys=True, separators=(",", ":"), ensure_ascii=False).encode()


@given(
    st.binary(max_size=300)
    | st.recursive(st.none() | st.integers() | st.text(), st.lists).map(json.dumps).map(str.encode)
)
def test_no_bytes_get_past_decode_but_as_a_release_or_a_sentence(data):
    with pytest.raises(DamagedError, match="the document"):
        decode(Release, data, max_length=200)


@pytest.mark.parametrize(
    "change",
    [
        {"id": "../../etc/passwd"},
        {"id": "AB" * 16},
        {"id": "ab" * 16 + "\n"},
        {"cover": {"sha256": DIGEST + "\n", "length": 1, "media_type": "image/png"}},
        {"title": ""},
        {"title": "x" * 513},
        {"date": "yesterday"},
        {"schema": "magnitizdat/label/1"},
        {"tracks": {}},
        {"notes": {"../x": {}}},
        {"cover": {"sha256": "zz", "length": 1, "media_type": "image/png"}},
        {"cover": {"sha256": DIGEST, "length": -1, "media_type": "image/png"}},
        {"cover": {"sha256": DIGEST, "length": 1.5, "media_type": "image/png"}},
        {"cover": {"sha256": DIGEST, "length": 1, "media_type": "image/svg+xml"}},
        {"cover": {"sha256": DIGEST, "length": 1, "media_type": "audio/flac"}},
        {"notes": {"en": {"sha256": DIGEST, "length": 1, "media_type": "text/html"}}},
    ],
)
def test_what_does_not_fit_is_refused(change):
    with pytest.raises(DamagedError):
        reread({**json.loads(encode(RELEASE)), **change})


@pytest.mark.parametrize("media_type", ["application/x-executable", "text/plain", "image/png", "video/mp4", ""])
def test_a_track_is_audio_of_a_kind_that_we_carry(media_type):
    value = json.loads(encode(RELEASE))
    value["tracks"][0]["file"]["media_type"] = media_type
    with pytest.raises(DamagedError, match="kind"):
        reread(value)


@pytest.mark.parametrize(
    ("length", "pieces"), [(PIECE_LENGTH + 1, 0), (PIECE_LENGTH + 1, 1), (PIECE_LENGTH, 1), (0, 1)]
)
def test_piece_digests_must_fit_the_length(length, pieces):
    value = json.loads(encode(RELEASE))
    value["tracks"][0]["file"] |= {"length": length, "pieces": [DIGEST] * pieces}
    with pytest.raises(DamagedError, match="length of a file"):
        reread(value)


def test_duplicate_keys_are_refused_at_any_depth():
    data = encode(RELEASE).replace(b'"artist":', b'"title":"other","artist":', 1)
    with pytest.raises(DamagedError, match="cannot be read"):
        decode(Release, data, max_length=len(data))


@pytest.mark.parametrize(
    "change",
    [
        {"title": ""},
        {"date": "1982\n"},
        {"cover": FLAC},
        {"id": "x"},
        {"tracks": (msgspec.structs.replace(TRACK, disc=0),)},
    ],
)
def test_what_nobody_could_read_is_not_written(change):
    with pytest.raises(UsageError, match="cannot be signed"):
        encode(msgspec.structs.replace(RELEASE, **change))


def test_one_kind_is_never_taken_for_another():
    label = encode(LabelDocument(name="Zoopark Tapes", language="ru"))
    assert decode(LabelDocument, label, max_length=1000).name == "Zoopark Tapes"
    with pytest.raises(DamagedError, match="another kind"):
        decode(Card, label, max_length=1000)
    with pytest.raises(DamagedError, match="another kind"):
        decode(LabelDocument, label.replace(b',"schema":"magnitizdat/label/1"', b""), max_length=1000)


def test_unknown_fields_are_left_to_newer_readers():
    assert reread({**json.loads(encode(RELEASE)), "mood": {"blue": True}}) == RELEASE


def test_the_size_cap_holds():
    data = encode(RELEASE)
    with pytest.raises(DamagedError, match="longer"):
        decode(Release, data, max_length=len(data) - 1)


def test_what_tracks_were_cut_from_is_neither_signed_nor_believed():
    image = DiscImage(name="image.flac", file=FLAC, sheet=WORDS)
    signed = encode(msgspec.structs.replace(RELEASE, images=(image,)))
    assert signed == encode(RELEASE)
    foreign = json.loads(signed) | {"images": [msgspec.to_builtins(image)]}
    assert reread(foreign) == RELEASE
