"""Guests whose browser plays nothing of what is shared as it is: their player finds a version further down its list."""

from __future__ import annotations

import io
import re

import av
import pytest

from magnitizdat.ops.give.sharing import choose
from magnitizdat.ops.intake.importing import import_music
from tests.fakes_audio import make_audio


@pytest.fixture
def page(library, evening, guest, tmp_path):
    """The page of an album that is ALAC."""
    (tmp_path / "1.m4a").write_bytes(make_audio("alac", 7.0, {"title": "secret", "artist": "Кино", "album": "Alac"}))
    import_music(library, [tmp_path / "1.m4a"])
    evening.shared = choose(library, [library.shelf.find("Alac")])
    return guest.get(f"/{evening.code}/a0").text


def test_what_no_browser_plays_has_two_versions_that_some_play(page, evening, guest):
    listed = re.findall(r'<source src="(f[0-9a-f]+\?codec=(\w+))" type="([^"]+)"', page)
    assert [each[1:] for each in listed] == [("opus", "audio/ogg"), ("mp3", "audio/mpeg")]
    assert len(re.findall("<source", page)) == 2
    for address, codec, media_type in listed:
        answer = guest.get(f"/{evening.code}/{address}")
        assert answer.headers["content-type"] == media_type
        assert b"secret" not in answer.content
        with av.open(io.BytesIO(answer.content)) as made:
            assert made.streams[0].codec.canonical_name == codec
        part = guest.get(f"/{evening.code}/{address}", headers={"range": "bytes=100000-"})
        assert (part.status_code, part.content) == (206, answer.content[100_000:])


def test_copies_stay_what_they_are(page, evening, guest):
    address = re.findall(r'<source src="(f[0-9a-f]+)\?codec=opus"', page)[0]
    for query in ("keep=1&codec=opus", "codec=raw", "codec="):
        assert guest.get(f"/{evening.code}/{address}?{query}").headers["content-type"] == "audio/mp4"
