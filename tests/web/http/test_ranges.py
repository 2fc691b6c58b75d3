"""Ranges against a model, in the words of RFC 9110, 14; then through the whole application."""

from __future__ import annotations

import re
import threading
from email.message import Message
from functools import partial
from urllib.parse import unquote

import anyio
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from magnitizdat.web.http.app import build
from magnitizdat.web.http.ranges import MADE, Readers, attachment, requested_span
from tests.fakes_web import browser, enter

NUMBERS = st.one_of(st.integers(0, 12), st.integers(0, 10**40)).map(str)
WRITTEN = st.one_of(
    st.builds("bytes={}-{}".format, NUMBERS, NUMBERS),
    st.builds("bytes={}-".format, NUMBERS),
    st.builds("bytes=-{}".format, NUMBERS),
    st.builds("bytes={}-{},{}-".format, NUMBERS, NUMBERS, NUMBERS),
    st.sampled_from(["bytes=-", "bytes=", "items=0-1", "bytes 0-1", "", "bytes=a-b", "bytes=1-0x2", "bytes=٣-٤", "-1"]),
)


def model(header: str, length: int) -> range | None:
    """Which bytes are wanted; None for 416. Byte by byte, as the RFC says it."""
    found = re.fullmatch(r"bytes=(?:([0-9]+)-([0-9]*)|-([0-9]+))", header)
    if found is None:
        return range(length)
    first, last, suffix = found.groups()
    if suffix is not None:
        wanted = range(max(0, length - int(suffix)), length)
        return wanted if int(suffix) > 0 and length > 0 else None
    if last and int(last) < int(first):
        return range(length)  # invalid: as if it were not there
    if int(first) >= length:
        return None
    return range(int(first), min(int(last), length - 1) + 1 if last else length)


@given(header=WRITTEN, length=st.integers(0, 15))
def test_a_span_is_what_the_model_says(header, length):
    wanted = model(header, length)
    if wanted is None:
        with pytest.raises(ValueError, match="bytes"):
            requested_span(header, length)
        return
    span = requested_span(header, length)
    assert (range(length) if span is None else range(span.start, span.end)) == wanted


@given(header=st.text(max_size=30))
def test_no_text_is_a_surprise(header):
    try:
        span = requested_span(header, 10)
    except ValueError:
        return
    assert span is None or 0 <= span.start < span.end <= 10


@pytest.fixture
def client(service, sounds):
    client = browser(build(service, [sounds]))
    enter(client, service)
    return client


@settings(suppress_health_check=[HealthCheck.function_scoped_fixture], max_examples=40)
@given(
    first=st.integers(-1, 2_600_000),
    last=st.one_of(st.none(), st.integers(0, 2_600_000)),
    number=st.sampled_from([0, 2]),
)
def test_any_range_through_the_application(client, music, first, last, number):
    plain = music.contents[number]
    header = f"bytes={'' if first < 0 else first}-{'' if last is None else last}"
    wanted = model(header, len(plain))
    answer = client.get(f"/sound/{number}", headers={"range": header})
    if wanted is None:
        assert (answer.status_code, answer.content) == (416, b"")
        assert answer.headers["content-range"] == f"bytes */{len(plain)}"
        return
    assert answer.content == plain[wanted.start : wanted.stop]
    assert answer.headers["content-length"] == str(len(answer.content))
    if answer.status_code == 206:
        assert answer.headers["content-range"] == f"bytes {wanted.start}-{wanted.stop - 1}/{len(plain)}"
    else:
        assert answer.status_code == 200
        assert len(wanted) == len(plain)


def test_what_safari_and_dsub_ask(client, music):
    plain = music.contents[0]
    two = client.get("/sound/0", headers={"range": "bytes=0-1"})
    assert (two.status_code, two.content, two.headers["content-range"]) == (206, plain[:2], f"bytes 0-1/{len(plain)}")
    rest = client.get("/sound/0", headers={"range": "bytes=2400000-"})
    assert (rest.status_code, rest.content) == (206, plain[2_400_000:])


def test_head_says_what_get_would_and_sends_nothing(client, music):
    answer = client.head("/sound/0")
    assert (answer.status_code, answer.content) == (200, b"")
    assert answer.headers["content-length"] == str(len(music.contents[0]))
    assert answer.headers["accept-ranges"] == "bytes"


def test_what_the_browser_has_is_not_sent_again(client):
    etag = client.head("/sound/0").headers["etag"]
    assert client.get("/sound/0", headers={"if-none-match": f'"other", W/{etag}'}).status_code == 304
    assert client.get("/sound/0", headers={"if-range": etag, "range": "bytes=0-1"}).status_code == 206
    assert client.get("/sound/0", headers={"if-range": '"other"', "range": "bytes=0-1"}).status_code == 200


@pytest.mark.parametrize(
    ("tags", "status"),
    [("{etag}", 206), ('"other", {etag}', 206), ("*", 206), ('"zz"', 412), ("W/{etag}", 412), ("", 412), ("etag", 412)],
)
def test_whoever_names_what_they_began_with_gets_nothing_else(client, tags, status):
    """RFC 9110, 13.1.1, before all other conditions; compared strongly."""
    etag = client.head("/sound/0").headers["etag"]
    headers = {"if-match": tags.format(etag=etag), "range": "bytes=0-1"}
    assert client.get("/sound/0", headers=headers).status_code == status
    known = client.get("/sound/0", headers={**headers, "if-none-match": etag})
    assert (known.status_code, known.content) == (304 if status == 206 else 412, b"")


def test_a_damaged_cell_ends_the_answer_early(client, service, music, monkeypatch):
    def damaged(*_):
        raise OSError(5, "I/O error")

    monkeypatch.setattr(type(service.library().vault), "read_range", damaged)
    cut = client.get("/sound/0")
    assert (cut.content, int(cut.headers["content-length"])) == (b"", len(music.contents[0]))


@given(name=st.text(st.characters(exclude_categories=["Cs"]), max_size=60))
def test_a_copy_has_its_name_and_a_plain_one(name):
    """The standard library reads the header as mail does: RFC 2231, which RFC 5987 takes up."""
    said = Message()
    said["content-disposition"] = attachment(name)
    (parameter,) = re.findall(r'; filename="([^"]*)"; ', str(said["content-disposition"]))
    assert re.fullmatch(r"[ -~]*", parameter)
    assert not set(parameter) & set('\\%/"')
    assert unquote(str(said["content-disposition"]).rpartition("''")[2]) == name


@pytest.mark.parametrize(
    ("name", "plain"),
    [
        ("03 Перекур.flac", "03 Perekur.flac"),
        ("Zoë & Noël.mp3", "Zoe & Noel.mp3"),
        ('a"b\\c%20;d.mp3', "a_b_c_20_d.mp3"),
        ("小倉.opus", "XiaoCang.opus"),
    ],
)
def test_the_plain_name_can_be_read(name, plain):
    assert f'filename="{plain}"' in attachment(name)


def test_who_asks_often_stands_before_another_peer_no_more_than_twice():
    begun, gate = [], threading.Semaphore(0)

    def made(peer):
        begun.append(peer)
        assert gate.acquire(timeout=60)

    async def ask():
        readers = Readers()
        async with anyio.create_task_group() as group:
            for _ in range(40):
                group.start_soon(readers.made_for("greedy").read, partial(made, "greedy"))
            while len(begun) < MADE:
                await anyio.lowlevel.checkpoint()
            group.start_soon(readers.made_for("modest").read, partial(made, "modest"))
            while not readers.made.statistics().tasks_waiting:
                await anyio.lowlevel.checkpoint()
            while "modest" not in begun:  # one goes, and the next one begins
                before = len(begun)
                gate.release()
                while len(begun) == before:
                    await anyio.lowlevel.checkpoint()
            gate.release(41)

    anyio.run(ask)
    assert len(begun) == 41
    assert begun.index("modest") <= 2 * MADE
