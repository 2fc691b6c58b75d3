"""Who is let in by what, and that refusals say no more than they must."""

from __future__ import annotations

import http.client
import logging
import re
import socket
from urllib.parse import urlencode

import pytest

from magnitizdat.errors import LockedError
from magnitizdat.ops.listen import apps
from magnitizdat.web.http import bodies, ranges
from magnitizdat.web.http.lockout import FREE
from magnitizdat.web.stand import Stand
from tests.fakes_player import checked, specification
from tests.fakes_web import enter, running

REFUSED = 'status="failed"'


def ask(house, path="ping", **fields):
    return checked(path, house.phone.client.get(f"/rest/{path}", params={"f": "json", **fields}).json())


def test_every_way_of_showing_the_secret(house):
    user, secret = house.phone.user, house.phone.secret
    for fields in (
        {"u": user, "p": secret},
        {"u": user, "p": "enc:" + secret.encode().hex()},
        house.phone.login(),
        {"apiKey": secret},
    ):
        assert ask(house, **fields)["status"] == "ok", fields
        assert house.phone.client.post("/rest/ping.view", data=fields).text.count('status="ok"') == 1
    assert ask(house, "tokenInfo", apiKey=secret)["tokenInfo"] == {"username": user}


@pytest.mark.parametrize(
    ("fields", "code"),
    [
        ({}, 10),
        ({"u": "{user}"}, 10),
        ({"u": "{user}", "t": "00"}, 10),
        ({"u": "{user}", "p": "wrong"}, 40),
        ({"u": "{user}", "p": "enc:zz"}, 40),
        ({"u": "{user}", "p": ""}, 40),
        ({"u": "{user}", "t": "0" * 32, "s": "salt"}, 40),
        ({"u": "nobody", "p": "{secret}"}, 40),
        ({"u": "{other}", "p": "{secret}"}, 40),
        ({"apiKey": "wrong"}, 44),
        ({"apiKey": ""}, 44),
        ({"apiKey": "{secret}", "u": "{user}"}, 43),
        ({"apiKey": "{secret}", "p": "{secret}"}, 43),
    ],
)
def test_refusals_have_their_numbers(house, fields, code):
    known = {"user": house.phone.user, "secret": house.phone.secret, "other": house.natalia.user}
    answered = ask(house, **{name: text.format(**known) for name, text in fields.items()})
    assert (answered["status"], answered["error"]["code"]) == ("failed", code)


def test_extensions_are_open_to_everybody(house):
    found = {
        each["name"]: each["versions"] for each in ask(house, "getOpenSubsonicExtensions")["openSubsonicExtensions"]
    }
    assert found == {
        "apiKeyAuthentication": [1],
        "formPost": [1],
        "indexBasedQueue": [1],
        "songLyrics": [1, 2],
        "topSongsByArtistId": [1],
        "transcodeOffset": [1],
    }


def test_a_refusal_is_told_from_sound(house):
    """By its type, as the specification says of whatever answers with bytes; DSub would keep it as a song."""
    for name in ("stream", "download", "getCoverArt", "getAvatar"):
        refused = house.phone.client.get(f"/rest/{name}", params={"u": house.phone.user, "p": "wrong", "id": "x"})
        assert refused.headers["content-type"] == "text/xml; charset=utf-8"
        assert REFUSED in refused.text


def test_a_revoked_player_is_out_at_once(house):
    house.phone.ask("ping")
    apps.revoke(house.library, house.phone.user)
    assert house.phone.error("ping") == 40


def test_what_a_revoked_player_hears_ends(house, monkeypatch, caplog):
    """Its song is longer than what is sent at once; the rest does not come."""
    monkeypatch.setattr(ranges, "FIRST_STRETCH", 1000)
    assert len(house.phone.raw("stream", id=house.ids["song"]).content) > 1000
    read = ranges.BlobResponse._read

    def revoked_after(response, offset):
        stretch = read(response, offset)
        if offset == 0:
            apps.revoke(house.library, house.phone.user)
        return stretch

    monkeypatch.setattr(ranges.BlobResponse, "_read", revoked_after)
    caplog.set_level(logging.DEBUG, "magnitizdat")
    cut = house.phone.raw("stream", id=house.ids["song"])
    assert len(cut.content) == 1000 < int(cut.headers["content-length"])
    (said,) = [record for record in caplog.records if record.exc_info]
    assert isinstance(said.exc_info[1], LockedError)


def test_no_cookie_opens_it(house):
    enter(house.phone.client, house.service)
    assert REFUSED in house.phone.client.get("/rest/getAlbumList2?type=newest").text


def test_pages_elsewhere_may_log_in_but_not_by_themselves(house):
    response = house.phone.raw("ping", method="POST", headers={"origin": "file://", "sec-fetch-site": "cross-site"})
    assert 'status="ok"' in response.text
    assert response.headers["access-control-allow-origin"] == "*"
    assert "access-control-allow-credentials" not in response.headers


def test_a_locked_library_says_so_in_the_players_words(house):
    house.service.lock()
    for fields in (house.phone.login(), {"apiKey": "wrong"}):
        answered = ask(house, **fields)
        assert (answered["status"], answered["error"]["code"]) == ("failed", 0)
    assert ask(house, "getOpenSubsonicExtensions")["status"] == "ok"


def test_guessing_is_slowed_down_and_a_player_goes_on(house):
    """Any page in the owner's browser can guess here: neither their player nor their page waits for it."""
    for number in range(9):
        said = ask(house, u=house.phone.user, p="guess")["error"]
        assert said["code"] == 40
        assert said["message"].startswith("Too many" if number > FREE else "Wrong")
        house.phone.ask("ping")
    assert house.phone.client.get("/").status_code == 404
    house.clock.seconds += 1000
    assert ask(house, u=house.phone.user, p="guess")["error"]["message"].startswith("Wrong")


def test_no_answer_names_this_program(house):
    client = house.phone.client
    said = [client.get(f"/rest/{name}", params=fields) for name in ("ping", "getOpenSubsonicExtensions", "stream", "x")
            for fields in ({}, {"f": "json"}, {"u": "x", "p": "y"}, house.phone.login())]  # fmt: skip
    house.service.lock()
    said += [client.get("/rest/ping", params=house.phone.login())]
    for response in said:
        whole = f"{response.headers} {response.text}"
        assert not re.search(r"magnitizdat|\bmag\b|subsonic\"? ?[:=] ?\"subsonic|type=\"subsonic", whole, re.IGNORECASE)


def test_every_endpoint_of_the_specification_answers(house, vectors_dir):
    assert vectors_dir
    for path in specification()["paths"]:
        name = path.removeprefix("/rest/")
        for suffix in ("", ".view"):
            response = house.phone.raw(name + suffix, f="json", id=house.ids["song"])
            assert response.status_code == 200, name
            if response.headers["content-type"] == "application/json":
                checked(name, response.json())
    assert house.phone.error("noSuchThing") == 0


def test_an_answer_for_a_script(house):
    response = house.phone.raw("ping", f="jsonp", callback="got.it")
    assert response.headers["content-type"].startswith("application/javascript")
    assert response.text.startswith('got.it({"subsonic-response":{')
    assert response.text.endswith("});")
    for callback in ("", "alert(1)//", "<script>"):
        assert house.phone.raw("ping", f="jsonp", callback=callback).headers["content-type"] == "application/json"


@pytest.fixture
def dial(house):
    """A new connection to a real server, with the head of a form of so many bytes sent."""
    stand = Stand(house.service)

    def announce(path: str, length: int) -> socket.socket:
        connection = socket.create_connection(("127.0.0.1", stand.port), timeout=60)
        form = "Content-Type: application/x-www-form-urlencoded"
        connection.sendall(
            f"POST {path} HTTP/1.1\r\nHost: localhost\r\n{form}\r\nContent-Length: {length}\r\n\r\n".encode()
        )
        return connection

    with running(stand):
        yield announce


@pytest.mark.parametrize("name", ["ping", "getOpenSubsonicExtensions", "noSuchThing"])
@pytest.mark.parametrize("login", ["", "&u=nobody&p=guess"])
def test_nothing_long_is_held_for_somebody_unknown(dial, name, login):
    """The answer comes while most of the form is still to be sent."""
    begun = f"{login}&songId=" + "a" * (bodies.SHOWN + 10)
    with dial(f"/rest/{name}", 1_000_000) as stranger:
        stranger.sendall(begun.encode())
        assert REFUSED.encode() in read_answer(stranger)


def test_a_long_form_is_taken_of_a_player_that_shows_who_it_is(house, dial):
    """Thousands of songs in a queue; the login is in the address or at the beginning of the form."""
    login = urlencode(house.phone.login())
    songs = f"&id={house.ids['song']}" * 10_000
    for path, form in ((f"/rest/savePlayQueue?{login}", songs), ("/rest/savePlayQueue", login + songs)):
        assert len(form) > 4 * bodies.SHOWN
        with dial(path, len(form)) as player:
            player.sendall(form.encode())
            assert b'status="ok"' in read_answer(player)
        assert len(house.phone.ask("getPlayQueue")["playQueue"]["entry"]) == 10_000
        house.phone.ask("savePlayQueue")


def read_answer(connection: socket.socket) -> bytes:
    """Head and body."""
    answer = http.client.HTTPResponse(connection)
    answer.begin()
    return answer.read()
