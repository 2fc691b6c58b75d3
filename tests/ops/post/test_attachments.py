"""What lies beside a letter: as small as fits, without what it says of its maker, and looked at in the cage alone."""

from __future__ import annotations

import io
import zipfile

import av
import pytest
from hypothesis import given
from hypothesis import strategies as st

from magnitizdat.catalogue.documents import encode
from magnitizdat.errors import DamagedError, SourceError, UsageError
from magnitizdat.formats import shares
from magnitizdat.formats.age import BytesReader
from magnitizdat.formats.letter_file import LARGE, room
from magnitizdat.model import Card
from magnitizdat.ops.post.attachments import (
    BEST_RATE,
    LEAST_RATE,
    enclose,
    enclose_demo,
    fitting,
    saved,
    shown,
)
from magnitizdat.ops.post.inbox import inbox
from magnitizdat.ops.post.writing import write
from magnitizdat.workers.pool import ParserPool
from magnitizdat.workers.values import Parsed
from tests.fakes_audio import PNG, make_audio
from tests.fakes_letters import NOBODY, WHEN, beside, file_of, letter_to
from tests.ops.post.conftest import arrive

MOST = room(LARGE, 1) - 2000


@pytest.fixture(scope="module")
def pool():
    with ParserPool(workers=1) as found:
        yield found


def parsed(pool, content):
    ((_, found),) = pool.parse([(0, BytesReader(content), "")])
    assert isinstance(found, Parsed)
    return found


@given(duration=st.floats(0, 1e6), most=st.integers(10_000, 2_000_000))
def test_a_demo_is_as_good_as_fits_and_never_worse_than_the_least(duration, most):
    fit = fitting(duration, most)
    assert LEAST_RATE <= fit.bit_rate <= BEST_RATE
    assert fit.bit_rate * fit.seconds <= 8 * most + BEST_RATE
    assert fit.seconds >= duration or fit.bit_rate == LEAST_RATE


def test_four_minutes_of_the_least_rate_fit():
    assert fitting(240.0, MOST * 0.95).seconds >= 240
    assert fitting(1000.0, MOST * 0.95).seconds >= 240


@pytest.mark.parametrize("kind", ["flac", "mp3", "opus", "wav"])
def test_a_demo_is_opus_with_its_title_alone(pool, kind):
    source = make_audio(kind, 3.0, {"title": "Перекур", "artist": "Виктор", "comment": "made at home"}, cover=PNG)
    found = enclose_demo(BytesReader(source), MOST)
    made = parsed(pool, found.content)
    assert (made.media_type, made.tags.title, found.attached.name) == ("audio/opus", "Перекур", "Перекур")
    assert (made.tags.artist, made.tags.comment, made.covers) == ("", "", ())
    assert made.duration_s == pytest.approx(3.0, abs=0.1)
    assert found.left_out_s == 0
    assert found.attached.length == len(found.content)


def test_of_a_demo_that_is_too_long_the_beginning_goes(pool):
    found = enclose_demo(BytesReader(make_audio("wav", 20.0)), 40_000)
    made = parsed(pool, found.content)
    assert len(found.content) <= 40_000
    assert made.duration_s + found.left_out_s == pytest.approx(20, abs=1)
    assert 8 < made.duration_s < 10


def test_what_is_no_music_is_no_demo():
    for content in (PNG, b"", b"fLaC" + bytes(100)):
        with pytest.raises(SourceError):
            enclose_demo(BytesReader(content), MOST)


def picture(width=64, height=48, *, exif=b""):
    """A JPEG of noise; `exif` stands in a segment of its own."""
    frame = av.VideoFrame(width, height, "rgb24")
    frame.planes[0].update(bytes(i * 37 % 251 for i in range(frame.planes[0].buffer_size)))
    sink = io.BytesIO()
    with av.open(sink, "w", format="image2pipe") as made:
        stream = made.add_stream("mjpeg", rate=1)
        stream.width, stream.height, stream.pix_fmt = width, height, "yuvj420p"
        made.mux(stream.encode(frame.reformat(format="yuvj420p")))
        made.mux(stream.encode(None))
    content = sink.getvalue()
    segment = b"\xff\xe1" + (len(exif) + 2).to_bytes(2, "big") + exif
    return content[:2] + (segment if exif else b"") + content[2:]


def test_a_picture_goes_without_where_it_was_taken():
    secret = b"Exif\0\0GPS 55.7558 N 37.6173 E"
    source = picture(exif=secret)
    assert secret in source
    found = enclose(BytesReader(source), MOST)
    assert found.attached.media_type == "image/jpeg"
    assert found.content[:2] == b"\xff\xd8"
    assert b"GPS" not in found.content
    assert b"Exif" not in found.content


def test_a_picture_is_made_as_small_as_fits():
    source = picture(1500, 1100)
    large = enclose(BytesReader(source), MOST)
    small = enclose(BytesReader(source), len(large.content) // 3)
    assert len(small.content) <= len(large.content) // 3
    with pytest.raises(UsageError):
        enclose(BytesReader(source), 1000)


def test_cards_and_shares_go_as_they_are():
    card = encode(Card(name="Mike", imprint="mag1" + 58 * "q", recipient=NOBODY))
    found = enclose(BytesReader(card), MOST)
    assert (found.attached.kind, found.attached.name, found.content) == ("card", "Mike", card)
    words = shares.split(bytes(16), 2, 3)[0]
    found = enclose(BytesReader(f"share 1 of 3\n{words.upper()}\nkeep it\n".encode()), MOST)
    assert (found.attached.kind, found.content) == ("share", words.encode() + b"\n")


def archive():
    packed = io.BytesIO()
    with zipfile.ZipFile(packed, "w") as made:
        made.writestr("song.flac", b"x")
    return packed.getvalue()


@pytest.mark.parametrize("content", [archive(), b"", b"MZ\x90", b"#!/bin/sh\n", b"{}", b"<svg/>"])
def test_nothing_else_goes_along(content):
    with pytest.raises((UsageError, DamagedError)):
        enclose(BytesReader(content), MOST)


def came(mike, content, media_type):
    """A letter of a stranger with this beside it; its id."""
    said, content = beside(content, media_type)
    letter = letter_to(mike.secrets.addresses[0].recipient.text, attachment=said)
    arrive(mike, file_of(letter, attachment=content))
    return letter.id


def test_a_demo_comes_out_bit_for_bit_and_a_picture_without_what_a_stranger_hid_in_it(mike, pool):
    demo = make_audio("opus", 1.0, {"title": "x"})
    found = saved(mike, came(mike, demo, "audio/opus"))
    assert (found.kind, found.suffix, found.content) == ("demo", ".opus", demo)
    found = saved(mike, came(mike, picture(exif=b"Exif\0\0evil"), "image/jpeg"))
    assert (found.kind, found.suffix) == ("picture", ".jpg")
    assert b"evil" not in found.content
    media_type, content = shown(mike, came(mike, demo, "audio/ogg"), pool)
    assert media_type == "audio/opus"
    assert parsed(pool, content).duration_s == pytest.approx(1.0, abs=0.1)


@pytest.mark.parametrize(
    ("content", "media_type", "error"),
    [
        (b"MZ\x90", "audio/opus", DamagedError),
        (archive(), "audio/ogg", DamagedError),
        (b"<svg/>", "image/png", SourceError),
        (b"{}", "application/vnd.magnitizdat.card+json", DamagedError),
        (b"{}", "application/vnd.magnitizdat.proposal+json", DamagedError),
        (b"not twenty words", "application/vnd.magnitizdat.share", DamagedError),
        (b"{}", "application/vnd.magnitizdat.club+json", UsageError),
        (archive(), "application/zip", UsageError),
        (b"<html>", "text/html", UsageError),
        (b"MZ\x90", "application/x-msdownload", UsageError),
    ],
)
def test_what_is_not_what_it_says_is_not_saved(mike, content, media_type, error):
    with pytest.raises(error):
        saved(mike, came(mike, content, media_type))


def test_nothing_is_looked_at_before_somebody_asks(mike, monkeypatch):
    """No worker starts for a letter that comes in, is listed and read."""

    def never(*_):
        raise AssertionError("a parser was started")

    monkeypatch.setattr(ParserPool, "worker", never)
    came(mike, make_audio("opus", 0.5), "audio/opus")
    from magnitizdat.ops.post.inbox import read_letter

    found = read_letter(mike, inbox(mike).letters[0].id)
    assert found.attachment.kind == "demo"


def test_music_travels_by_letter(mike, viktor, friends, bag):
    source = make_audio("flac", 2.0, {"title": "Перекур"})
    report = write(mike, "Vitya", "Listen", demo=BytesReader(source), now=WHEN)
    assert report.attachment == "demo"
    bag.deliver(viktor)
    found = saved(viktor, report.id)
    assert (found.kind, found.name) == ("demo", "Перекур")
    with pytest.raises(UsageError):
        write(mike, "Vitya", "", demo=BytesReader(source), attach=BytesReader(PNG), now=WHEN)
