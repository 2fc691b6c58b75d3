"""Giving back over HTTP: whoever has CODE gives where the share takes, and nobody else can say anything."""

from __future__ import annotations

import json
from concurrent.futures import ThreadPoolExecutor
from contextlib import ExitStack

import pytest

from magnitizdat.errors import MagError, NotFoundError, UnreachableError
from magnitizdat.ops.give.gathering import gather
from magnitizdat.ops.give.giving_back import give_back
from magnitizdat.ops.give.table import Table
from magnitizdat.ops.jobs import jobs
from magnitizdat.ops.places.asked import MOST
from magnitizdat.web.http.hours import Hours
from magnitizdat.web.peers import receiving
from magnitizdat.web.peers.receiving import Receiving
from magnitizdat.web.peers.share import Share
from tests.fakes_library import NOW, contents_of, make_library, put_album
from tests.fakes_spool import publish_all
from tests.web.peers.conftest import WORDS

LENGTHS = (2_500_000, 30_000)


@pytest.fixture
def share(service, table) -> Share:
    return Share(table, WORDS, Hours(service), take=True)


@pytest.fixture
def given(tmp_path):
    """What a guest chose: (its table, its bytes); another album of theirs was not chosen."""
    with make_library(tmp_path / "guest") as guest:
        ids, contents = zip(put_album(guest, "Кино", lengths=LENGTHS), put_album(guest, "Ночь"), strict=True)
        publish_all(guest, list(ids), "Guest Tapes")
        yield Table(guest, gather(guest, now=NOW, albums=[guest.shelf.find("Кино")])), contents[0]


def carrying(client, code):
    """How the laptop of this client carries answers to the share."""

    def post(path: str, body: bytes, most: int) -> bytes:
        found = client.post(f"/{code}/{path}", content=body)
        if found.status_code == 404:
            raise NotFoundError("nothing is here")
        if found.status_code != 200:
            raise UnreachableError(str(found.status_code))
        return found.content[:most]

    return post


def ended(service):
    """The one job, when it is over."""
    (job,) = service.only(Receiving).ended()
    return job


def test_what_a_guest_chose_comes_into_the_library_and_both_are_told(laptop, share, service, library, given):
    table, contents = given
    told = give_back(table, carrying(laptop(), share.secret.code))
    assert (told.tracks, told.length) == (2, sum(LENGTHS) + len(b"\x89PNG\r\n\x1a\n") + len("Кино".encode()))
    assert contents_of(library, library.shelf.find("Кино").id) == contents
    assert [album.title for album in library.shelf.albums()] == ["45", "46", "Кино"]
    job = ended(service)
    assert (job.verb, job.state, str(job.sentence)) == ("take", "done", "Tracks that arrived: 2, 2.5 MB.")


def test_a_share_that_takes_nothing_looks_like_nothing(laptop, service, table, port, given):
    closed = Share(table, WORDS, Hours(service))
    port.app.state.share = closed
    client, code = laptop(), closed.secret.code
    refused = client.post(f"/{code}/back")
    absent = client.get(f"/{code}/blobs/none")
    assert (refused.status_code, refused.content, dict(refused.headers)) == (404, absent.content, dict(absent.headers))
    with pytest.raises(NotFoundError):
        give_back(given[0], carrying(client, code))
    assert service.only(Receiving).jobs == []


@pytest.mark.parametrize("path", ["back?guest=nobody", "back?guest=nobody&lane=0&ask=1&status=200"])
def test_who_never_began_is_not_listened_to(laptop, share, path):
    assert laptop().post(f"/{share.secret.code}/{path}", content=b"x").status_code == 404
    assert laptop().post(f"/{'a' * 26}/{path}").status_code == 404


def test_odd_turns_change_nothing(laptop, share, service):
    client, code = laptop(), share.secret.code
    guest = client.post(f"/{code}/back").json()["guest"]
    ask = client.post(f"/{code}/back?guest={guest}&lane=0").json()["ask"]
    assert (ask["path"], ask["offset"]) == ("labels/index.json", 0)
    for odd in ("lane=4", "lane=99999999999999999999&ask=1", f"lane=1&ask={ask['number']}&status=200"):
        content = bytes(MOST + 1) if "status" in odd else b""
        assert client.post(f"/{code}/back?guest={guest}&{odd}", content=content).status_code in {200, 404, 413}
    answer = json.dumps({"labels": []}).encode()
    over = client.post(f"/{code}/back?guest={guest}&lane=0&ask={ask['number']}&status=200", content=answer).json()
    while not over.get("over"):
        over = client.post(f"/{code}/back?guest={guest}&lane=0").json()
    assert over.get("tracks", 0) == 0
    assert ended(service).state == "failed"


def test_only_so_many_give_at_a_time_and_the_others_hear_that(laptop, share):
    client, code = laptop(), share.secret.code
    for _ in range(receiving.AT_ONCE):
        assert client.post(f"/{code}/back").status_code == 200
    assert client.post(f"/{code}/back").status_code == 503


def test_who_opens_many_requests_at_once_keeps_no_threads_from_others(laptop, share, service):
    client, code, receives = laptop(), share.secret.code, service.only(Receiving)
    guest, other = (client.post(f"/{code}/back").json()["guest"] for _ in range(2))
    for each in (guest, other):
        receives.find(each).close()  # so that each turn ends at once
    with ExitStack() as under_way:
        for _ in range(receiving.MOST_TURNS):
            under_way.enter_context(receives.turn(guest))
        assert client.post(f"/{code}/back?guest={guest}").status_code == 503
        assert client.post(f"/{code}/back?guest={other}").json()["over"]
    assert client.post(f"/{code}/back?guest={guest}").json()["over"]


def test_a_house_full_of_work_takes_no_place_for_ever(laptop, share, service, given, monkeypatch):
    client, code = laptop(), share.secret.code
    monkeypatch.setattr(jobs, "AT_ONCE", 0)
    for _ in range(2 * receiving.AT_ONCE):
        assert client.post(f"/{code}/back").status_code == 503
    monkeypatch.undo()
    assert give_back(given[0], carrying(client, code)).tracks == 2


def test_when_the_share_ends_nothing_more_is_asked_for(laptop, share, service):
    client, code = laptop(), share.secret.code
    with ThreadPoolExecutor(1) as pool:
        client.post(f"/{code}/back")
        pool.submit(share.hours.end).result()
    job = ended(service)
    assert job.state == "failed"
    assert str(job.sentence) == "the other laptop stopped answering; what came is kept"
    assert client.post(f"/{code}/back").status_code == 410


def test_who_comes_often_makes_a_share_remember_no_more(laptop, share, service, monkeypatch):
    told = []
    monkeypatch.setattr(share.hours, "when_over", told.append)
    client, receives = laptop(), service.only(Receiving)
    guests = []
    for _ in range(receiving.KEPT + 4):
        guests.append(client.post(f"/{share.secret.code}/back").json()["guest"])
        receives.find(guests[-1]).close()
        receives.ended()
    assert [receives.find(guest) is None for guest in guests[:3]] == [True, True, True]
    last = receives.find(client.post(f"/{share.secret.code}/back").json()["guest"])
    assert not last.is_over
    (end,) = told
    end()
    assert last.is_over
    assert all(job.state == "failed" for job in receives.ended())


def test_some_of_the_disk_stays_free(laptop, share, service, given, monkeypatch):
    monkeypatch.setattr(receiving, "free_bytes", lambda _library: receiving.SPARE - 1)
    told = give_back(given[0], carrying(laptop(), share.secret.code))
    assert told.failed
    assert str(ended(service).sentence).startswith("the disk is nearly full")


def test_a_locked_library_is_given_nothing(laptop, share, service, given):
    service.lock()
    with pytest.raises(MagError):
        give_back(given[0], carrying(laptop(), share.secret.code), silence_s=0, pause_s=0)
