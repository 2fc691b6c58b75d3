"""Guests hear, take and leave exactly what the host opened, and nothing of theirs or his is left lying about."""

from __future__ import annotations

import io
import re
import socket
import zipfile
from collections import Counter
from contextlib import ExitStack
from datetime import UTC, datetime, timedelta
from html.parser import HTMLParser
from urllib.error import HTTPError
from urllib.request import Request, urlopen

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from starlette.testclient import TestClient

from magnitizdat.errors import MagError
from magnitizdat.ops.give.sharing import choose
from magnitizdat.ops.intake import quarantine as quarantine_module
from magnitizdat.ops.intake.quarantine import Quarantine, QuarantineFullError, ShareFullError
from magnitizdat.web.guests.evening import LEAVING, Evening
from magnitizdat.web.guests.pages import PAGE_LENGTH
from magnitizdat.web.guests.venue import Venue
from magnitizdat.web.guests.words import language_of, words_of
from magnitizdat.web.http import guard, protocol
from magnitizdat.web.http.hours import Hours
from magnitizdat.web.http.service import Service
from magnitizdat.web.stand import tables
from tests.fakes_library import NOW, contents_of, make_library, put_album
from tests.fakes_web import apart
from tests.ops.music import song, zipped

SOMEBODY = "10.0.0.7"


def address(page: str, pattern: str) -> str:
    found = re.search(pattern, page)
    assert found, page
    return found[1]


def home(evening) -> str:
    return f"/{evening.code}/"


def test_a_scanned_code_leads_to_sound(venue, evening, guest, albums):
    front = guest.get(venue.url.removeprefix(f"http://127.0.0.1:{venue.port}"))
    album = guest.get(home(evening) + address(front.text, r'href="(a\d+)"'))
    sound = guest.get(home(evening) + address(album.text, r'<source src="(f[0-9a-f]+)"'))
    assert sound.content == albums["45"][1][0]
    assert sound.headers["content-type"] == "audio/flac"


def test_what_is_not_shared_is_not_there(evening, guest, library, albums):
    other = library.shelf.release(albums["46"][0])
    for path in (
        "a1",
        "c1",
        "z1",
        f"f{other.tracks[0].file.sha256[:24]}",
        f"f{other.tracks[0].file.sha256}",
        "a-1",
        "x",
    ):
        assert guest.get(home(evening) + path).status_code == 404, path
    titles = re.findall(r">\s*(45|46)\s*<", guest.get(home(evening)).text)
    assert set(titles) == {"45"}


def test_no_address_of_the_owners_page_is_known_here(evening, guest):
    for endpoint in (each for table in tables() for each in table):
        path = re.sub(r"\{[^}]*\}", "1", endpoint.path)
        for method in endpoint.methods:
            assert guest.request(method, path).status_code in {404, 429}, (method, path)


def test_without_the_code_nothing_is_here_and_guessing_costs_time(evening, guest):
    answers = [guest.get(f"/aaaa{letter}/").status_code for letter in "bcdefghj"]
    assert answers[0] == 404
    assert answers[-1] == 429
    assert guest.get(home(evening)).status_code == 429


def test_a_guest_is_not_kept_out_by_somebody_who_guesses_from_the_same_address(evening, guest):
    assert guest.get(home(evening)).status_code == 200
    for letter in "bcdefghj":
        assert guest.get(f"/aaaa{letter}/").status_code in {404, 429}
        assert guest.get(home(evening)).status_code == 200


def test_what_browsers_ask_for_by_themselves_is_no_guess(evening, guest):
    for path in ("/favicon.ico", "/apple-touch-icon.png", "/robots.txt") * 5:
        assert guest.get(path).status_code == 404
    assert guest.get(home(evening)).status_code == 200


def test_while_the_host_has_locked_a_guest_is_told_to_wait_and_nobody_else_hears_of_it(venue, evening, guest):
    assert guest.get(home(evening)).status_code == 200
    venue._service.lock()
    locked, never = guest.get(home(evening)), guest.get("/zzzzz/")
    assert (locked.status_code, never.status_code) == (423, 404)
    assert "The host has locked the music. Wait" in locked.text
    assert "locked" not in never.text


@pytest.mark.parametrize("number", ["9" * 5000, "-1", "\u0663", "1e3", ""])
def test_a_number_that_is_none_finds_nothing(evening, guest, number):
    for kind in "acz":
        assert guest.get(home(evening) + kind + number).status_code == 404


def test_after_its_hour_it_is_as_if_it_had_never_been(evening, guest, clock):
    assert guest.get(home(evening)).status_code == 200
    clock.seconds += 4 * 3600
    late, never = guest.get(home(evening)), guest.get("/zzzzz/")
    assert (late.status_code, late.text) == (never.status_code, never.text) == (404, late.text)


def test_a_copy_of_the_album_is_one_sound_zip(evening, guest, albums):
    whole = guest.get(home(evening) + "z0")
    with zipfile.ZipFile(io.BytesIO(whole.content)) as archive:
        assert archive.testzip() is None
        sound = [archive.read(name) for name in archive.namelist() if name.endswith(".flac")]
        assert all(name.startswith("Виктор - 45/") for name in archive.namelist())
    assert sound == albums["45"][1]
    assert int(whole.headers["content-length"]) == len(whole.content)


@pytest.mark.parametrize("first", [0, 1, 77, 2_500_100, 2_800_000])
def test_a_broken_copy_goes_on_where_it_was(evening, guest, first):
    whole = guest.get(home(evening) + "z0")
    tag = {"if-range": whole.headers["etag"], "range": f"bytes={first}-"}
    rest = guest.get(home(evening) + "z0", headers=tag)
    assert rest.status_code == 206
    assert rest.content == whole.content[first:]


def test_what_is_left_lies_sealed_until_the_host_accepts_it(evening, guest, library):
    mine = song(7, title="Незнакомая")
    said = guest.post(
        home(evening) + "leave",
        files=[("music", ("07 Незнакомая.mp3", mine)), ("music", ("x.zip", zipped({"a/1.mp3": song(8)})))],
    )
    assert said.status_code == 200
    assert words_of("en").left.format(count=2) in said.text
    quarantine = Quarantine(library)
    assert [each.arrival.name for each in quarantine.files()] == ["07 Незнакомая.mp3", "x.zip"]
    on_disk = b"".join(path.read_bytes() for path in library.directory.rglob("*") if path.is_file())
    rich = max((mine[at : at + 64] for at in range(0, len(mine) - 64, 64)), key=lambda part: len(set(part)))
    assert rich not in on_disk
    assert "Незнакомая".encode() not in on_disk
    before = len(list(library.shelf.albums()))
    accepted = quarantine.accept([each.arrival.id for each in quarantine.files()])
    assert (accepted.report.imported, accepted.left) == (2, 0)
    assert len(list(library.shelf.albums())) > before
    assert not list((library.directory / "left").glob("*"))


def test_files_that_come_at_once_share_the_room(library, monkeypatch):
    monkeypatch.setattr(quarantine_module, "TOTAL_LIMIT", 100_000)
    monkeypatch.setattr(quarantine_module, "LOOK_LENGTH", 1000)
    monkeypatch.setattr(quarantine_module, "SHARE", 1)
    shared = Quarantine(library)

    def meanwhile():
        yield bytes(60_000)
        with pytest.raises(QuarantineFullError):
            shared.receive("b.mp3", [bytes(60_000)], now=NOW, giver=SOMEBODY)
        assert shared.receive("c.mp3", [bytes(10_000)], now=NOW, giver=SOMEBODY) is not None

    assert shared.receive("a.mp3", meanwhile(), now=NOW, giver=SOMEBODY) is not None
    assert [(each.number, each.arrival.name) for each in shared.files()] == [(1, "c.mp3"), (2, "a.mp3")]
    assert len(list((library.directory / "left").glob("*"))) == 2


@given(lengths=st.lists(st.tuples(st.integers(0, 3), st.integers(1, 900)), max_size=40))
@settings(max_examples=25, deadline=None)
def test_one_guest_fills_a_tenth_and_no_more(tmp_path_factory, lengths):
    library = make_library(tmp_path_factory.mktemp("share"))
    with pytest.MonkeyPatch.context() as patched:
        for name, value in (("COUNT_LIMIT", 40), ("TOTAL_LIMIT", 20_000), ("LOOK_LENGTH", 100)):
            patched.setattr(quarantine_module, name, value)
        box, taken = Quarantine(library), Counter()
        for guest, length in lengths:
            own = [each for each in taken.elements() if each[0] == guest]
            filled = sum(length for _, length in own)
            try:
                assert box.receive("a.mp3", [bytes(length)], now=NOW, giver=f"10.0.0.{guest}") is not None
            except ShareFullError:
                assert len(own) == 4 or filled + length >= 2000
            else:
                taken[guest, length] += 1
                assert len(own) < 4
                assert filled < 2000
                assert filled + length < 2000 + 100
        box.refuse([left.arrival.id for left in box.files()])
        assert box.receive("a.mp3", [bytes(10)], now=NOW, giver="10.0.0.0") is not None
    library.close()


def test_a_guest_is_told_that_the_rest_is_for_others(evening, guest, monkeypatch):
    monkeypatch.setattr(quarantine_module, "COUNT_LIMIT", 20)
    files = [("music", (f"{number}.mp3", song(number))) for number in range(3)]
    said = guest.post(home(evening) + "leave", files=files)
    assert words_of("en").left_share.format(count=2) in said.text
    assert len(evening.quarantine.files()) == 2


def test_what_comes_while_the_library_is_closed_leaves_nothing(library):
    def meanwhile():
        yield b"half"
        library.close()

    with pytest.raises(MagError):
        Quarantine(library).receive("a.mp3", meanwhile(), now=NOW, giver=SOMEBODY)
    assert not list((library.directory / "left").glob("*"))


def test_a_new_evening_removes_what_was_never_left_to_the_end(venue, library):
    """By the time that the file system notes itself: all files bear one time."""
    folder = library.directory / "left"
    folder.mkdir()
    (folder / "half.age").write_bytes(b"half")
    for later_s, left in ((1, ["half"]), (3600, [])):
        moment = datetime.now(UTC) + timedelta(seconds=later_s)
        service = Service(library.directory, now=lambda moment=moment: moment)
        service.open(library)
        Evening(service, venue.evening.shared)
        assert [path.stem for path in folder.iterdir()] == left


def test_where_all_places_are_taken_a_page_says_so(venue, evening, monkeypatch):
    monkeypatch.setattr(protocol, "CONNECTIONS", 1)
    monkeypatch.setattr(guard, "is_loopback", lambda _peer: False)
    venue.begin()
    place = ("127.0.0.1", venue.port)
    head = f"POST /{evening.code}/leave HTTP/1.1\r\nHost: 127.0.0.1\r\nContent-Length: 9\r\nExpect: 100-continue\r\n"
    form = "Content-Type: multipart/form-data; boundary=b\r\n\r\n"
    with socket.create_connection(place, timeout=60) as busy:
        busy.sendall(f"{head}{form}".encode())
        assert busy.recv(12) == b"HTTP/1.1 100"
        with pytest.raises(HTTPError) as refused:
            urlopen(Request(venue.url, headers={"Accept-Language": "ru"}), timeout=60)
    assert refused.value.code == 503
    assert words_of("ru").crowded in refused.value.read().decode()


def test_it_ends_by_itself_at_its_hour(library, albums):
    service = Service(library.directory)
    service.open(library)
    short = Evening(service, choose(library, [library.shelf.find("45")]), hours=Hours(service, 0.2 / 3600))
    venue = Venue(service, short, address="127.0.0.1", port=0)
    apart(venue.run)
    assert short.is_over
    with pytest.raises(ConnectionRefusedError):
        socket.create_connection(("127.0.0.1", venue.port), timeout=60)


def test_who_leaves_slowly_keeps_nobody_from_listening(evening, guest, library):
    with evening.leaving("10.0.0.7"), ExitStack() as others:
        said = guest.post(home(evening) + "leave", files=[("music", ("a.mp3", song(7)))])
        assert words_of("en").left_busy in said.text
        for number in range(LEAVING):
            free = others.enter_context(evening.leaving(f"10.0.1.{number}"))
            assert free == (number < LEAVING - 1)
        assert guest.get(home(evening)).status_code == 200
    assert not Quarantine(library).files()
    assert guest.post(home(evening) + "leave", files=[("music", ("a.mp3", song(7)))]).status_code == 200
    assert len(Quarantine(library).files()) == 1


def test_what_cannot_be_taken_in_stays_with_a_reason(evening, guest, library):
    guest.post(home(evening) + "leave", files=[("music", ("nothing.mp3", b"no music at all"))])
    (left,) = Quarantine(library).files()
    accepted = Quarantine(library).accept([left.arrival.id])
    assert accepted.report.missing[0].what == "nothing.mp3"
    assert accepted.left == 1
    assert Quarantine(library).refuse([left.arrival.id]) == 0


def test_an_evening_that_takes_nothing_has_no_such_address(evening, guest, library):
    evening.take = False
    assert guest.post(home(evening) + "leave", files=[("music", ("a.mp3", b"x"))]).status_code == 404
    assert not Quarantine(library).files()
    assert "multipart/form-data" not in guest.get(home(evening)).text


@pytest.mark.parametrize(
    "body", [b"", b"--b\r\nnonsense", b"--b\r\nContent-Disposition: form-data; name=music; filename=a.mp3\r\n\r\nhalf"]
)
def test_a_form_that_breaks_off_leaves_nothing(evening, guest, library, body):
    guest.post(home(evening) + "leave", content=body, headers={"content-type": "multipart/form-data; boundary=b"})
    assert not Quarantine(library).files()
    assert not list((library.directory / "left").glob("*"))


def test_hostile_titles_are_words_on_the_page(evening, library, guest, albums):
    put_album(library, '"><script>alert(1)</script>', "</title><img src=x onerror=alert(1)>")
    evening.shared = choose(library, list(library.shelf.albums()))
    number = next(n for n, each in enumerate(evening.shared.albums) if "script" in each.release.title)
    for page in (guest.get(home(evening)), guest.get(home(evening) + f"a{number}")):
        tags = Tags(page.text)
        assert not tags.names & {"iframe", "object"}
        assert not any(name.startswith("on") for name in tags.attributes)
    front, of_album = (guest.get(home(evening)), guest.get(home(evening) + f"a{number}"))
    assert "<script" not in front.text
    assert "script-src" not in front.headers["content-security-policy"]
    assert re.findall("<script[^>]*>", of_album.text) == ['<script src="listen.js" defer="">']
    assert of_album.headers["content-security-policy"].endswith("; script-src 'self'")
    assert guest.get(home(evening) + "listen.js").headers["content-type"].startswith("text/javascript")
    found = guest.get(home(evening) + "?q=script%22%3E%3Cimg")
    assert not Tags(found.text).names & {"script", "img"}


def test_every_page_is_light_and_whole_without_a_script(evening, library, guest):
    put_album(library, "Длинная " * 60, "Имя " * 100, lengths=(10,) * 150)
    evening.shared = choose(library, list(library.shelf.albums()))
    number = next(n for n, each in enumerate(evening.shared.albums) if each.release.title.startswith("Длинная"))
    seen, path = [], f"a{number}"
    while path:
        page = guest.get(home(evening) + path)
        assert len(page.content) <= PAGE_LENGTH
        seen += re.findall(r'<source src="(f[0-9a-f]+)"', page.text)
        further = re.search(r'href="(\?page=\d+)"', page.text)
        path = f"a{number}{further[1]}" if further else ""
    assert len(seen) == len(set(seen)) == 150


def test_pages_speak_the_language_of_the_phone(evening, guest):
    for accepted, language in (
        ("ru-RU,ru;q=0.9,en;q=0.8", "ru"),
        ("da", "da"),
        ("fr", "en"),
        ("en;q=0.1, da;q=0.9", "da"),
    ):
        page = guest.get(home(evening), headers={"accept-language": accepted})
        assert f'<html lang="{language}">' in page.text
        assert language_of("", accepted) == language
    chosen = guest.get(home(evening) + "?in=ru", headers={"accept-language": "en"}).text
    assert '<html lang="ru">' in chosen
    onward = guest.get(home(evening) + address(chosen, r'href="(a0[^"]*)"'), headers={"accept-language": "en"}).text
    assert '<html lang="ru">' in onward


def test_whom_nobody_named_is_told_in_the_guests_language(library):
    put_album(library, "Kassette", "Unknown Artist")
    service = Service(library.directory)
    service.open(library)
    evening = Evening(service, choose(library, [library.shelf.find("Kassette")]), take=False)
    venue = Venue(service, evening, address="127.0.0.1", port=0)
    with TestClient(venue.app, base_url=f"http://127.0.0.1:{venue.port}", client=(SOMEBODY, 4000)) as guest:
        for language, nobody in (
            ("en", "Unknown Artist"),
            ("da", "Ukendt kunstner"),
            ("ru", "Неизвестный исполнитель"),
        ):
            for path in ("", "a0", "?q=Kassette"):
                page = guest.get(home(evening) + path, headers={"accept-language": language}).text
                assert (nobody in page, "Unknown Artist" in page) == (True, language == "en")
    venue.end()
    service.close()


def test_withdrawn_music_is_not_passed_on(library, albums, monkeypatch):
    from msgspec import structs

    view = structs.replace(library.shelf.find("45"), withdrawn=True)
    shared = choose(library, [view, library.shelf.find("46")])
    assert [album.release.title for album in shared.albums] == ["46"]
    assert "withdrawn" in shared.missing[0].reason


def test_a_form_of_ours_is_not_told_to_hide_where_it_comes_from(evening, guest):
    """A browser that must send no referrer sends `Origin: null` with a form, as if it were anybody's."""
    page = guest.get(home(evening))
    assert 'name="referrer" content="same-origin"' in page.text
    form = {"music": ("a.mp3", song(7))}
    foreign = guest.post(home(evening) + "leave", files=form, headers={"origin": "null"})
    own = guest.post(home(evening) + "leave", files=form, headers={"origin": str(guest.base_url)})
    assert (foreign.status_code, own.status_code) == (404, 200)


def test_guests_leave_no_trace(evening, guest, library):
    guest.get(home(evening), headers={"user-agent": "Planted-Agent/1.0"})
    guest.get(home(evening) + "z0")
    on_disk = b"".join(path.read_bytes() for path in library.directory.rglob("*") if path.is_file())
    assert b"Planted-Agent" not in on_disk
    assert b"10.0.0.7" not in on_disk
    assert not guest.cookies
    assert contents_of(library, library.shelf.find("45").id)


class Tags(HTMLParser):
    """Names of all elements and attributes of a page, as a browser would read it."""

    def __init__(self, page: str) -> None:
        super().__init__()
        self.names: set[str] = set()
        self.attributes: set[str] = set()
        self.feed(page)

    def handle_starttag(self, tag, attrs):
        self.names.add(tag)
        self.attributes.update(name for name, _ in attrs)
