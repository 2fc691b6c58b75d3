"""Guests take a sealed reel along from somebody who has no library and no key; and nothing else is to be had there."""

from __future__ import annotations

import hashlib
import re
import shutil
import socket
import threading
import time
from contextlib import contextmanager
from http.client import HTTPConnection, IncompleteRead
from types import SimpleNamespace

import pytest
from hypothesis import given
from hypothesis import strategies as st
from starlette.testclient import TestClient

from magnitizdat.model import Silent
from magnitizdat.ops.give import handing_on
from magnitizdat.ops.give.handing_on import HandedOn
from magnitizdat.ops.give.sharing import choose
from magnitizdat.pages import pocket
from magnitizdat.reel.along import look_over
from magnitizdat.web.guests.along_words import along_words_of
from magnitizdat.web.guests.endpoints import ENDPOINTS
from magnitizdat.web.guests.evening import Evening
from magnitizdat.web.guests.pages import PAGE_LENGTH
from magnitizdat.web.guests.venue import Venue
from magnitizdat.web.http.protocol import GUEST_CONNECTIONS
from magnitizdat.web.http.service import Service
from tests.fakes_reel import cut_reel, spool_of
from tests.fakes_web import Clock
from tests.web.http.test_ranges import model

WORDS = along_words_of("en")
PARTS = re.compile(r'href="(r\d+\.\d+)"')


@pytest.fixture(scope="module")
def cut(tmp_path_factory):
    return cut_reel(tmp_path_factory.mktemp("along") / "reel", spool_of([300_000, 1_200_000]))


@pytest.fixture
def reel(cut, tmp_path):
    """A copy that a test may spoil."""
    return shutil.copytree(cut.folder, tmp_path / "stick" / "reel")


def venue_of(directory, *reels, look=True, clock=None) -> Venue:
    """Of somebody who has nothing but these."""
    service = Service(directory / "none", **({"clock": clock} if clock else {}))
    handed_on = HandedOn(reels)
    if look:
        handed_on.look(Silent())
    return Venue(service, Evening(service, None, handed_on=handed_on), address="127.0.0.1", port=0)


@contextmanager
def open_to_guests(venue):
    """(the venue, a browser on the same Wi-Fi, where its pages are)."""
    with TestClient(venue.app, base_url=f"http://127.0.0.1:{venue.port}", client=("10.0.0.7", 4000)) as client:
        yield SimpleNamespace(venue=venue, get=client.get, head=client.head, home=f"/{venue.evening.code}/")
    venue.end()


@pytest.fixture
def guest(reel, tmp_path):
    clock = Clock()
    with open_to_guests(venue_of(tmp_path, reel, clock=clock)) as found:
        found.clock = clock
        yield found


@pytest.fixture(scope="module")
def taken(cut, tmp_path_factory):
    """A guest and all bytes of the reel, as another reading of the folder has them."""
    (volume,) = look_over(cut.folder).volumes
    with open_to_guests(venue_of(tmp_path_factory.mktemp("taken"), cut.folder)) as found:
        found.whole = volume.content.read_at(0, volume.length)
        yield found


# -- what is there ----------------------------------------------------------------------------------------------------


def test_a_scanned_code_leads_to_the_reel_and_the_page(taken):
    front = taken.get(taken.home[:-1])
    assert front.status_code == 200
    assert "script" not in front.text
    (address,) = PARTS.findall(front.text)
    file = taken.get(taken.home + address)
    assert file.content == taken.whole
    assert file.headers["content-type"] == "application/zip"
    assert int(file.headers["content-length"]) == len(taken.whole)
    assert re.fullmatch(r"attachment; filename=\"[a-z2-7]{8}\.zip\"; .*", file.headers["content-disposition"])
    page = taken.get(f"{taken.home}{pocket.NAME}?keep=1")
    assert page.content == pocket.page()
    assert 'attachment; filename="Library.html"' in page.headers["content-disposition"]
    shown = re.sub(r"<[^>]*>|\s", "", front.text)
    assert hashlib.sha256(page.content).hexdigest() in shown


def test_nothing_of_the_reel_but_its_length_is_told(cut, taken):
    front = taken.get(taken.home)
    assert front.headers["content-security-policy"].startswith("default-src 'none'")
    for name in (*(path.stem for path in cut.folder.rglob("*.*")), "reel/", str(cut.folder)):
        assert name not in front.text


def test_the_page_runs_from_here_under_its_own_policy_and_in_no_frame(taken):
    page = taken.get(taken.home + pocket.NAME)
    assert page.content == pocket.page()
    assert page.headers["content-type"].startswith("text/html")
    assert "content-disposition" not in page.headers
    assert page.headers["content-security-policy"] == f"{pocket.policy()}; frame-ancestors 'none'"
    for rule in (
        "default-src 'none'",
        "connect-src 'none'",
        "form-action 'none'",
        "require-trusted-types-for 'script'",
    ):
        assert rule in pocket.policy()
    assert "unsafe" not in pocket.policy()


@pytest.mark.parametrize("path", ["a0", "c0", "z0", "w0?song=0", "n0", f"f{'0' * 24}", "listen.js", "leave", "x", "r0"])
def test_nothing_of_a_library_is_here(taken, path):
    assert taken.get(taken.home + path).status_code == 404


@pytest.mark.parametrize(
    "which", ["0.1", "1.0", "0", "0.", ".", "-1.0", "0.-1", "\u0660.0", "0.0.0", f"{'9' * 5000}.0", "0.1e0"]
)
def test_a_number_that_is_none_finds_nothing(taken, which):
    assert taken.get(f"{taken.home}r{which}").status_code == 404


def test_without_the_code_nothing_is_here_and_guessing_costs_time(guest):
    answers = [guest.get(f"/aaaa{letter}/r0.0").status_code for letter in "bcdefghj"]
    assert (answers[0], answers[-1]) == (404, 429)


def test_after_its_hour_nothing_is_here(guest):
    assert guest.get(guest.home + "r0.0").status_code == 200
    guest.clock.seconds += 4 * 3600
    for path in ("", "r0.0", "take", pocket.NAME):
        assert guest.get(guest.home + path).status_code == 404


@pytest.mark.parametrize("language", ["en", "da", "ru"])
def test_guests_read_in_their_language(taken, language):
    words = along_words_of(language)
    front = taken.get(taken.home, headers={"accept-language": language})
    for sentence in (words.heading, words.wifi, words.iphone):
        assert sentence in front.text
    assert f'lang="{language}"' in front.text


# -- ranges -----------------------------------------------------------------------------------------------------------


@given(data=st.data())
def test_any_range_over_http_is_that_of_the_whole(taken, data):
    length = len(taken.whole)
    numbers = st.one_of(st.integers(0, 200), st.integers(0, length + 5), st.integers(length - 5, length + 5))
    first, last = data.draw(numbers), data.draw(numbers)
    header = data.draw(st.sampled_from([f"bytes={first}-", f"bytes={first}-{last}", f"bytes=-{last}"]))
    answer = taken.get(f"{taken.home}r0.0", headers={"range": header})
    wanted = model(header, length)
    if wanted is None:
        assert (answer.status_code, answer.headers["content-range"]) == (416, f"bytes */{length}")
        return
    assert answer.content == taken.whole[wanted.start : wanted.stop]
    assert answer.status_code == (206 if "content-range" in answer.headers else 200)


def test_a_copy_goes_on_where_it_was_if_it_is_the_same_reel(guest, reel):
    whole = guest.get(guest.home + "r0.0")
    tag = whole.headers["etag"]
    assert re.fullmatch('"[0-9a-f]{64}"', tag)
    rest = guest.get(guest.home + "r0.0", headers={"range": "bytes=1000000-", "if-range": tag})
    assert (rest.status_code, rest.content) == (206, whole.content[1_000_000:])
    assert guest.get(guest.home + "r0.0", headers={"if-none-match": tag}).status_code == 304
    other = guest.get(guest.home + "r0.0", headers={"range": "bytes=1000000-", "if-range": '"another"'})
    assert (other.status_code, other.content) == (200, whole.content)
    announced = guest.head(guest.home + "r0.0")
    assert (announced.headers["etag"], announced.headers["content-length"]) == (tag, str(len(whole.content)))
    assert announced.content == b""


def test_who_goes_on_with_another_copy_is_refused_and_counts_as_nobody(guest):
    address = guest.home + "r0.0"
    tag = guest.head(address).headers["etag"]
    for headers, status in (
        ({"if-match": '"zz"'}, 412),
        ({"if-match": '"zz"', "range": "bytes=0-"}, 412),
        ({"if-none-match": tag}, 304),
        ({"range": f"bytes={'9' * 20}-"}, 416),
        ({"range": "bytes=1000-"}, 206),
    ):
        assert guest.get(address, headers=headers).status_code == status
    assert guest.venue.evening.counts.taken == 0
    assert guest.get(address, headers={"if-match": tag, "range": f"bytes=0-{'9' * 20}"}).status_code == 206
    assert guest.venue.evening.counts.taken == 1


def test_a_long_reel_comes_in_several_files_on_pages_of_bounded_length(reel, tmp_path, monkeypatch):
    most = max(path.stat().st_size for path in reel.iterdir() if path.is_file()) + 300
    monkeypatch.setattr(
        handing_on, "look_over", lambda place, *, progress: look_over(place, progress=progress, most=most)
    )
    venue = venue_of(tmp_path, *[reel] * 150)
    with open_to_guests(venue) as guest:
        found, address = [], guest.home
        while address:
            page = guest.get(address)
            assert len(page.content) <= PAGE_LENGTH
            found += PARTS.findall(page.text)
            further = re.search(r'href="(\?page=\d+)" rel="next"', page.text)
            address = further and guest.home + further[1]
        count = len(look_over(reel, most=most).volumes)
        assert count > 1
        assert found == [f"r{number}.{at}" for number in range(150) for at in range(count)]
        assert guest.get(f"{guest.home}r149.{count - 1}").status_code == 200


def test_copies_are_counted_once_and_ranges_and_questions_not(guest):
    guest.head(guest.home + "r0.0")
    guest.get(guest.home + "r0.0")
    guest.get(guest.home + "r0.0", headers={"range": "bytes=5-"})
    assert guest.venue.evening.counts.taken == 1


def test_guests_see_what_the_file_is_called_before_they_take_it(guest):
    (reel,) = guest.venue.evening.handed_on.reels
    assert re.fullmatch(r"[a-z2-7]{8}\.zip", reel.name)
    assert f">{reel.name}<" in guest.get(guest.home).text


# -- a medium, a lock, an end -----------------------------------------------------------------------------------------


def test_until_the_reel_is_read_guests_are_told_how_far_that_is(reel, tmp_path):
    venue = venue_of(tmp_path, reel, look=False)
    (handing,) = venue.evening.handed_on.reels
    with open_to_guests(venue) as guest:
        handing.total, handing.read = 1000, 420
        assert WORDS.awaited.format(percent=42) in guest.get(guest.home).text
        early = guest.get(guest.home + "r0.0")
        assert (early.status_code, WORDS.awaited.format(percent=42) in early.text) == (503, True)
        assert int(early.headers["retry-after"]) > 0
        assert guest.get(guest.home + pocket.NAME).status_code == 200
        venue.evening.handed_on.begin(lambda: False)
        until = time.monotonic() + 60
        while handing.is_awaited:
            assert time.monotonic() < until
        assert guest.get(guest.home + "r0.0").status_code == 200


def test_what_cannot_be_read_is_said_to_the_host_and_to_guests(tmp_path):
    (tmp_path / "empty").mkdir()
    venue = venue_of(tmp_path, tmp_path / "empty", look=False)
    venue.evening.handed_on._look_beside(lambda: False)
    (missing,) = venue.evening.missing
    assert "there is no reel in" in str(missing.reason)
    with open_to_guests(venue) as guest:
        assert WORDS.gone in guest.get(guest.home).text


def test_reading_ends_with_the_share(reel, tmp_path):
    venue = venue_of(tmp_path, reel, look=False)
    venue.evening.handed_on._look_beside(lambda: True)
    assert venue.evening.handed_on.reels[0].found is None
    venue.end()


def test_a_stick_that_was_pulled_is_told_and_one_that_is_back_goes_on(guest, reel):
    before = guest.get(guest.home + "r0.0")
    reel.rename(reel.with_name("pulled"))
    for header in ({}, {"range": "bytes=3000000-"}):
        gone = guest.get(guest.home + "r0.0", headers=header)
        assert (gone.status_code, WORDS.gone in gone.text) == (503, True)
    reel.with_name("pulled").rename(reel)
    again = guest.get(guest.home + "r0.0", headers={"range": "bytes=3000000-", "if-range": before.headers["etag"]})
    assert again.content == before.content[3_000_000:]


@contextmanager
def running(venue):
    thread = threading.Thread(target=venue.run)
    thread.start()
    yield
    venue.end()
    thread.join(60)
    assert not thread.is_alive()


def test_a_stick_that_is_pulled_midway_ends_the_copy_visibly(reel, tmp_path, monkeypatch):
    venue = venue_of(tmp_path, reel)
    (volume,) = venue.evening.handed_on.reels[0].found.volumes
    kind = type(volume.content)
    read_at = kind.read_at

    def pulled(self, offset, length):
        if offset > 2_000_000 and not (reel.parent / "back").exists():
            raise OSError(5, "EIO")
        return read_at(self, offset, length)

    monkeypatch.setattr(kind, "read_at", pulled)
    with running(venue):
        connection = HTTPConnection("127.0.0.1", venue.port, timeout=60)
        connection.request("GET", f"/{venue.evening.code}/r0.0")
        answer = connection.getresponse()
        with pytest.raises(IncompleteRead) as broken:
            answer.read()
        begun = broken.value.partial
        assert 0 < len(begun) < volume.length
        (reel.parent / "back").touch()
        connection.close()
        header = {"Range": f"bytes={len(begun)}-", "If-Range": answer.headers["etag"]}
        connection.request("GET", f"/{venue.evening.code}/r0.0", headers=header)
        rest = connection.getresponse()
        assert rest.status == 206
        assert begun + rest.read() == volume.content.read_at(0, volume.length)
        connection.close()


def test_whoever_takes_nothing_of_what_they_ask_for_keeps_nobody_from_taking(cut, tmp_path):
    """As many connections of one guest as there may be, each with a window of a few kilobytes that is never read."""
    venue = venue_of(tmp_path, cut.folder)
    path, held = f"/{venue.evening.code}/r0.0", []
    with running(venue):
        for _ in range(GUEST_CONNECTIONS):
            slow = socket.socket()
            slow.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, 4096)
            slow.bind(("127.0.0.9", 0))
            slow.connect(("127.0.0.1", venue.port))
            slow.sendall(f"GET {path} HTTP/1.1\r\nHost: 127.0.0.1\r\nRange: bytes=0-\r\n\r\n".encode())
            assert slow.recv(1)
            held.append(slow)
        connection = HTTPConnection("127.0.0.1", venue.port, timeout=60)
        connection.request("GET", path)
        answer = connection.getresponse()
        assert len(answer.read()) == int(answer.headers["content-length"])
        connection.close()
        for each in held:
            each.close()


def test_a_lock_elsewhere_ends_no_share_of_what_needs_no_key(guest):
    guest.venue._let_go()
    guest.venue._tick()
    assert not guest.venue.evening.is_over
    assert guest.get(guest.home + "r0.0").status_code == 200


# -- beside albums ----------------------------------------------------------------------------------------------------


@pytest.fixture
def mixed(library, albums, reel):
    service = Service(library.directory)
    service.open(library)
    handed_on = HandedOn([reel])
    handed_on.look(Silent())
    evening = Evening(service, choose(library, [library.shelf.find("45")]), handed_on=handed_on)
    with open_to_guests(Venue(service, evening, address="127.0.0.1", port=0)) as found:
        yield found
    service.close()


def test_beside_albums_there_is_a_link_to_it(mixed):
    front = mixed.get(mixed.home)
    assert 'href="a0"' in front.text
    assert 'href="take"' in front.text
    page = mixed.get(mixed.home + "take")
    assert WORDS.heading in page.text
    assert 'href="./"' in page.text
    assert mixed.get(mixed.home + "r0.0").status_code == 200
    assert mixed.get(mixed.home + "a0").status_code == 200


def test_where_keys_are_needed_too_a_lock_ends_all_of_it(mixed):
    mixed.venue._service.lock()
    for path in ("", "take", "r0.0", pocket.NAME):
        assert mixed.get(mixed.home + path).status_code == 423
    mixed.venue._tick()
    assert mixed.venue.evening.is_over


def test_without_a_reel_there_is_neither_link_nor_page(evening, venue):
    with TestClient(venue.app, base_url=f"http://127.0.0.1:{venue.port}", client=("10.0.0.8", 4000)) as other:
        home = f"/{evening.code}/"
        assert 'href="take"' not in other.get(home).text
        for path in ("take", "r0.0", pocket.NAME):
            assert other.get(home + path).status_code == 404


def test_every_line_of_the_table_is_for_guests_alone():
    assert {endpoint.roles for endpoint in ENDPOINTS} == {frozenset({"guest"})}


def test_a_stick_is_handed_on_reel_by_reel(cut, tmp_path):
    other = cut_reel(tmp_path / "stick" / "two", spool_of([5_000], seed=9))
    shutil.copytree(cut.folder, tmp_path / "stick" / "one")
    (file,) = look_over(other.folder).volumes
    (tmp_path / "stick" / file.name).write_bytes(file.content.read_at(0, file.length))
    with open_to_guests(venue_of(tmp_path, tmp_path / "stick")) as guest:
        names = [each.found.volumes[0].name for each in guest.venue.evening.handed_on.reels]
        assert sorted(names) == sorted([look_over(cut.folder).volumes[0].name, file.name, file.name])
        assert PARTS.findall(guest.get(guest.home).text) == ["r0.0", "r1.0", "r2.0"]
