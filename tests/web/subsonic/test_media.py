"""Sound with ranges, covers that are always pictures."""

from __future__ import annotations

import io

import av
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from msgspec import structs

from magnitizdat.library.journal import AlbumRow, TrackRow
from magnitizdat.model import Release, Rendition, Track
from magnitizdat.ops.albums.small_files import describe, seal_small
from tests.fakes_audio import RECIPES, make_audio


@pytest.mark.parametrize(
    ("asked", "status", "said"),
    [
        ("bytes=0-1", 206, "bytes 0-1/{length}"),
        ("bytes=100-", 206, "bytes 100-{last}/{length}"),
        ("bytes=-10", 206, "bytes {first}-{last}/{length}"),
        ("bytes={length}-", 416, "bytes */{length}"),
        (None, 200, None),
    ],
)
@pytest.mark.parametrize("name", ["stream", "download"])
def test_ranges_as_players_use_them(house, name, asked, status, said):
    whole = house.phone.raw(name, id=house.ids["song"]).content
    numbers = {"length": len(whole), "last": len(whole) - 1, "first": len(whole) - 10}
    headers = {"range": asked.format(**numbers)} if asked else {}
    response = house.phone.raw(name, id=house.ids["song"], headers=headers)
    assert response.status_code == status
    assert response.headers.get("content-range") == (said.format(**numbers) if said else None)
    assert int(response.headers["content-length"]) == len(response.content)
    head = house.phone.raw(name, method="HEAD", id=house.ids["song"])
    assert (head.content, int(head.headers["content-length"])) == (b"", len(whole))


def test_what_is_not_asked_for_otherwise_is_sent_as_it_is(house):
    whole = house.phone.raw("stream", id=house.ids["song"]).content
    for fields in ({"format": "raw", "maxBitRate": 64, "timeOffset": 1}, {"format": "flac"}, {"maxBitRate": 9000}):
        response = house.phone.raw("stream", id=house.ids["song"], **fields)
        assert response.headers["content-type"] == "audio/flac"
        assert response.content == whole


def test_what_cannot_be_made_is_sent_as_it_is_and_has_no_middle(house):
    """The songs of this house are no sound: nothing of a transcode is promised."""
    song = house.ids["song"]
    whole = house.phone.raw("stream", id=song).content
    for method, sent in (("GET", whole), ("HEAD", b"")):
        response = house.phone.raw("stream", method=method, id=song, format="opus")
        assert (response.headers["content-type"], response.content) == ("audio/flac", sent)
        assert int(response.headers["content-length"]) == len(whole)
    part = house.phone.raw("stream", id=song, format="mp3", headers={"range": "bytes=1000-"})
    assert (part.status_code, part.content) == (206, whole[1000:])
    assert part.headers["access-control-allow-origin"] == "*"
    refused = house.phone.raw("stream", id=song, timeOffset=5)
    assert (refused.status_code, refused.headers["content-type"]) == (200, "text/xml; charset=utf-8")
    assert 'status="failed"' in refused.text
    assert "unexpected" not in refused.text.casefold()


SECONDS = 8


def sounding(house, kind, **facts):
    """The id of a song that can be decoded."""
    sound = make_audio(kind, SECONDS, {"title": "secret"})
    media_type = RECIPES[kind].media_type
    with house.library.changes() as changes:
        changes.row(AlbumRow(release=Release(id="d5" * 16, title="Sound", artist="Кино")))
        seal_small(house.library, changes, sound, media_type)
        file = describe(sound, media_type)
        track = Track(
            id="d5" * 32, title="Sound", artist="Кино", file=file, duration_s=SECONDS, codec=kind, bit_rate=900_000
        )
        changes.row(TrackRow(release_id="d5" * 16, track=structs.replace(track, **facts)))
        changes.commit()
    (song,) = house.phone.ask("getAlbum", id="d5" * 16)["album"]["song"]
    return song


def test_where_nothing_that_is_here_serves_it_is_made_while_it_goes_out(house):
    song = sounding(house, "flac")
    for fields, media_type, codec, bit_rate in (
        ({"format": "opus"}, "audio/ogg", "opus", 160),
        ({"format": "mp3"}, "audio/mpeg", "mp3", 256),
        ({"maxBitRate": 64}, "audio/ogg", "opus", 64),
        ({"format": "mp3", "maxBitRate": 100}, "audio/mpeg", "mp3", 96),
        ({"format": "mp3", "maxBitRate": 1}, "audio/mpeg", "mp3", 32),
        ({"timeOffset": 3}, "audio/ogg", "opus", 160),
        ({"timeOffset": 99}, "audio/ogg", "opus", 160),
    ):
        response = house.phone.raw("stream", id=song["id"], **fields, estimateContentLength="true")
        assert (response.status_code, response.headers["content-type"]) == (200, media_type)
        assert int(response.headers["content-length"]) == len(response.content)
        with av.open(io.BytesIO(response.content)) as made:
            (stream,) = made.streams
            assert (stream.codec.canonical_name, stream.rate, stream.channels) == (codec, 48_000, 2)
            length = sum(packet.size for packet in made.demux(stream))
        left_s = max(0.0, SECONDS - fields.get("timeOffset", 0))
        assert length * 8 / 1000 / bit_rate == pytest.approx(left_s, abs=0.05)
        assert b"secret" not in response.content


@pytest.mark.parametrize(
    ("kind", "facts"),
    [
        ("alac", {}),
        ("aiff", {"codec": "pcm"}),
        ("wavpack", {}),
        ("flac", {"channels": 6}),
        ("flac", {"sample_rate": 192_000}),
    ],
)
def test_what_few_can_play_is_made_into_what_all_can_and_said_so(house, kind, facts):
    song = sounding(house, kind, **facts)
    assert (song["transcodedSuffix"], song["transcodedContentType"]) == ("opus", "audio/ogg")
    response = house.phone.raw("stream", id=song["id"])
    assert response.headers["content-type"] == "audio/ogg"
    assert response.content[28:36] == b"OpusHead"
    raw = house.phone.raw("stream", id=song["id"], format="raw")
    assert raw.headers["content-type"] == RECIPES[kind].media_type
    assert raw.content == house.phone.raw("download", id=song["id"]).content


@settings(max_examples=25, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(codec=st.sampled_from(["opus", "mp3"]), start=st.integers(0, 160_000), length=st.integers(1, 160_000))
def test_any_range_of_a_transcode_is_a_slice_of_it(house, codec, start, length):
    song = sounding(house, "aiff")["id"]
    whole = house.phone.raw("stream", id=song, format=codec)
    headers = {"range": f"bytes={start}-{start + length - 1}", "if-range": whole.headers["etag"]}
    part = house.phone.raw("stream", id=song, format=codec, headers=headers)
    assert part.status_code == 206
    assert part.content == whole.content[start : start + length]
    assert part.headers["content-range"].endswith(f"/{len(whole.content)}")


def test_that_streams_begin_anywhere_is_said(house):
    said = house.phone.ask("getOpenSubsonicExtensions")["openSubsonicExtensions"]
    assert {"name": "transcodeOffset", "versions": [1]} in said


def test_who_asks_for_the_bit_rate_that_was_told_gets_the_original(house):
    """DSub asks so for what it keeps. The file itself is longer than its sound: pictures and tags are in it."""
    original, small = bytes(2_000_000), b"small" * 1000
    with house.library.changes() as changes:
        changes.row(AlbumRow(release=Release(id="d4" * 16, title="Both", artist="Кино")))
        seal_small(house.library, changes, original, "audio/flac")
        seal_small(house.library, changes, small, "audio/ogg")
        rendition = Rendition(kind="opus-128", file=describe(small, "audio/ogg"))
        track = Track(
            id="d4" * 32,
            title="Both",
            artist="Кино",
            file=describe(original, "audio/flac"),
            duration_s=16.0,
            bit_rate=900_000,
            renditions=(rendition,),
        )
        changes.row(TrackRow(release_id="d4" * 16, track=track))
        changes.commit()
    (song,) = house.phone.ask("getAlbum", id="d4" * 16)["album"]["song"]
    assert song["bitRate"] == 900
    assert house.phone.raw("stream", id=song["id"], maxBitRate=song["bitRate"]).content == original
    for fields in ({"maxBitRate": 320}, {"format": "opus"}):
        assert house.phone.raw("stream", id=song["id"], **fields).content == small


def test_a_download_has_a_name(house):
    said = house.phone.raw("download", id=house.ids["song"]).headers["content-disposition"]
    assert said.startswith("attachment")
    assert said.endswith(".flac")


@pytest.mark.parametrize("size", [None, 1, 100, 300, 5000])
@pytest.mark.parametrize("wanted", ["al-{album}", "mf-{song}", "{artist}", "{album}", "pl-0", "nothing", "", "\x00"])
def test_a_cover_is_always_a_picture(house, wanted, size):
    fields = {} if size is None else {"size": size}
    response = house.phone.raw("getCoverArt", id=wanted.format(**house.ids), **fields)
    assert response.status_code == 200
    assert response.headers["content-type"] in {"image/png", "image/jpeg"}
    again = house.phone.raw(
        "getCoverArt",
        id=wanted.format(**house.ids),
        headers={"if-none-match": response.headers["etag"]},
        **fields,
    )
    assert (again.status_code, again.content) == (304, b"")


def test_a_face_is_drawn(house):
    assert house.phone.raw("getAvatar", username="x").headers["content-type"] == "image/png"


def test_headers_let_players_that_are_pages_show_it(house):
    response = house.phone.raw("getCoverArt", id=house.ids["album"])
    assert response.headers["cross-origin-resource-policy"] == "cross-origin"
    assert response.headers["access-control-allow-origin"] == "*"
