"""Sound with ranges, covers that are always pictures."""

from __future__ import annotations

import pytest

from magnitizdat.library.journal import AlbumRow, TrackRow
from magnitizdat.model import Release, Rendition, Track
from magnitizdat.ops.albums.small_files import describe, seal_small


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


def test_where_nothing_small_is_here_the_original_is_streamed(house):
    whole = house.phone.raw("stream", id=house.ids["song"]).content
    for fields in ({"format": "raw"}, {"maxBitRate": 64}, {"format": "opus"}, {"estimateContentLength": "true"}):
        response = house.phone.raw("stream", id=house.ids["song"], **fields)
        assert response.headers["content-type"] == "audio/flac"
        assert response.content == whole


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
