from __future__ import annotations

import itertools
import sys
import threading
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from magnitizdat.errors import DamagedError, MagError
from magnitizdat.formats.age import BytesReader
from magnitizdat.workers.pool import ParserPool
from magnitizdat.workers.protocol import SMALL_FILE, BrokenPipe, read_reply, read_request
from magnitizdat.workers.values import Parsed, ParseFailure
from tests.fakes_audio import KINDS, PNG, RECIPES, make_audio

TAGS = {"title": "Время", "artist": "Кино", "album": "45"}


def broken(**options) -> ParserPool:
    script = Path(__file__).with_name("broken_worker.py")
    return ParserPool(command=[sys.executable, str(script), str(1 << 30)], **options)


class Failing(BytesReader):
    """A medium that breaks after some bytes."""

    def __init__(self, content: bytes, *, good: int, error: Exception) -> None:
        super().__init__(content)
        self._good = good
        self._error = error

    def read_at(self, offset: int, length: int) -> bytes:
        if offset + length > self._good:
            raise self._error
        return super().read_at(offset, length)


class Counting(BytesReader):
    """Counts the bytes that are asked for."""

    asked = 0

    def read_at(self, offset: int, length: int) -> bytes:
        self.asked += length
        return super().read_at(offset, length)


def parse(pool, *contents):
    return [result for _, result in pool.parse((i, BytesReader(each), "x") for i, each in enumerate(contents))]


def test_results_come_in_order_with_their_tokens(pool):
    kinds = list(itertools.islice(itertools.cycle(KINDS), 150))
    results = list(pool.parse((i, BytesReader(make_audio(kind, 0.2, TAGS)), "") for i, kind in enumerate(kinds)))
    assert [token for token, _ in results] == list(range(150))
    assert [result.media_type for _, result in results] == [RECIPES[kind].media_type for kind in kinds]
    assert {result.tags.title for _, result in results} == {"Время"}


@settings(max_examples=25)
@given(st.lists(st.binary(max_size=2000) | st.sampled_from([b"", PNG, b"OggS", b"fLaC" + bytes(60)]), max_size=8))
def test_random_bytes_stop_nothing(pool, contents):
    good = make_audio("flac", 0.2, TAGS)
    results = parse(pool, *contents, good)
    assert len(results) == len(contents) + 1
    assert isinstance(results[-1], Parsed)
    reasons = [result.reason for result in results if isinstance(result, ParseFailure)]
    assert all(_is_clause(reason) for reason in reasons), "a clause behind a name"


def _is_clause(reason: str) -> bool:
    """It goes on behind the name of a file; what a format is called keeps its own first letter."""
    return (reason[0].islower() or " is not taken in; " in reason) and not reason.endswith(".")


@pytest.mark.parametrize("kind", ["flac", "wav", "mp3", "aac", "opus"])
def test_large_files_are_read_by_ranges(pool, kind):
    """The answer is that for the same bytes in a small file; each byte crosses the pipe about once."""
    cover = PNG + bytes(SMALL_FILE)
    large = Counting(make_audio(kind, 1.0, TAGS, cover=cover))
    ((_, result),) = pool.parse([(0, large, "")])
    (small,) = parse(pool, make_audio(kind, 1.0, TAGS))
    assert (result.track_id, result.duration_s, result.tags) == (small.track_id, small.duration_s, small.tags)
    assert result.covers[0].data == cover
    assert large.asked < 3 * large.length


def test_names_from_the_path_where_tags_are_missing(pool):
    sources = [make_audio("flac", 0.2, {"title": "Своё"}), make_audio("wav", 0.2)]
    items = [(0, BytesReader(each), "Кино/45 (1982)/04 - Дерево.flac") for each in sources]
    first, second = [result.tags for _, result in pool.parse(items)]
    assert (first.title, first.artist, first.album, first.track, first.date) == ("Своё", "Кино", "45", 4, "1982")
    assert second.title == "Дерево"


@pytest.mark.parametrize("error", [OSError(5, "EIO"), DamagedError("It does not verify; mend the reel.")])
def test_a_medium_that_fails_is_a_failure_of_that_file(pool, error):
    good, large = make_audio("flac", 0.2), make_audio("wav", 30.0)
    items = [
        (0, BytesReader(good), ""),
        (1, Failing(good, good=10, error=error), ""),
        (2, Failing(large, good=3 << 20, error=error), ""),
        (3, BytesReader(good), ""),
    ]
    results = [result for _, result in pool.parse(items)]
    assert [isinstance(result, Parsed) for result in results] == [True, False, False, True]
    expected = str(error) if isinstance(error, MagError) else "check the medium"
    assert all(expected in result.reason for result in results[1:3])


@pytest.mark.parametrize("word", [b"HANG!", b"CRASH", b"LIES!", b"BLOAT"])
def test_a_file_that_stops_its_worker_is_the_only_one_lost(word):
    good = make_audio("flac", 0.2)
    bad = word + bytes(100)
    large = word + bytes(SMALL_FILE + 1)
    with broken(workers=2, seconds=1.5) as pool:
        results = parse(pool, good, bad, good, good, large, bad, good)
    assert [isinstance(result, Parsed) for result in results] == [True, False, True, True, False, False, True]
    said = {"HANG!": "too long", "CRASH": "stop", "LIES!": "stop", "BLOAT": "memory"}[word.decode()]
    assert all(said in results[i].reason for i in (1, 4, 5))


def test_a_tag_of_a_gigabyte_does_not_take_the_memory():
    tag = b"ID3\x04\0\0" + bytes((0x7F, 0x7F, 0x7F, 0x7F))
    with ParserPool(workers=1, memory_limit=64 << 20) as pool:
        huge, fine = parse(pool, tag + bytes(3 << 20), make_audio("flac", 0.2))
    assert isinstance(huge, ParseFailure)
    assert isinstance(fine, Parsed)


def test_items_may_use_the_pool_themselves(pool):
    """An import reads members of an archive while it feeds the parsers."""
    audio = make_audio("flac", 0.2)

    def items():
        for i in range(200):
            encoded = b"".join(pool.encode(BytesReader(audio), "opus-128")) if i % 50 == 0 else audio
            yield i, BytesReader(encoded), ""

    results = dict(pool.parse(items()))
    assert {result.codec for result in results.values()} == {"flac", "opus"}
    assert len(results) == 200


def test_whoever_stops_listening_stops_the_parsers(pool):
    audio = BytesReader(make_audio("flac", 0.2))
    started = pool.parse((i, audio, "") for i in itertools.count())
    assert next(started)[0] == 0
    started.close()
    assert isinstance(parse(pool, make_audio("flac", 0.2))[0], Parsed)
    assert not [thread for thread in threading.enumerate() if thread.name.startswith("parser_")]


def test_an_error_of_the_caller_comes_through(pool):
    def items():
        yield 0, BytesReader(make_audio("flac", 0.2)), ""
        raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        list(pool.parse(items()))


def test_nothing_to_parse_starts_nothing():
    with ParserPool(command=["/nonexistent"]) as pool:
        assert list(pool.parse([])) == []


def test_a_worker_that_cannot_start_is_one_sentence():
    with ParserPool(command=[sys.executable, "-c", "pass"]) as pool, pytest.raises(MagError, match="cannot be started"):
        parse(pool, b"x")


@given(st.binary(max_size=300))
def test_no_bytes_on_the_pipe_surprise_us(content):
    import io

    for read in (read_reply,):
        try:
            read(io.BytesIO(len(content).to_bytes(4, "little") + content))
        except BrokenPipe:
            continue
    with pytest.raises(BrokenPipe):
        read_request(io.BytesIO(content[:3]))
    with pytest.raises(BrokenPipe):
        read_reply(io.BytesIO(b"\xff\xff\xff\xff" + content))
