"""Locking and unlocking, by hand and by the agent's forgetting; what counts as use."""

from __future__ import annotations

import threading

import pytest

from magnitizdat.errors import LibraryBusyError, LockedError, WrongPassphraseError
from magnitizdat.ops.listen.listening import star
from magnitizdat.web.http import attendants as beside
from magnitizdat.web.http.app import build
from magnitizdat.web.http.attendants import attendants
from magnitizdat.web.http.service import USE_EVERY_S, Service
from tests.fakes_library import NOW, PASSPHRASE, make_library
from tests.fakes_web import FakeKeeper, browser, enter


def test_the_keeper_opens_it(service, keeper):
    again = Service(service.directory, keeper=keeper)
    assert again.locked
    assert again.open_kept()
    assert not again.locked
    again.close()
    assert not Service(service.directory, keeper=FakeKeeper()).open_kept()
    assert not Service(service.directory).open_kept()


def test_locking_takes_the_keeper_along(service, keeper):
    service.lock()
    assert service.locked
    assert keeper.secrets is None
    with pytest.raises(LockedError):
        service.library()
    service.lock()


def test_the_passphrase_opens_it_again_for_the_keeper_too(service, keeper):
    service.lock()
    with pytest.raises(WrongPassphraseError):
        service.unlock("wrong")
    assert service.locked
    service.unlock(PASSPHRASE)
    assert not service.locked
    assert keeper.secrets is not None
    service.unlock(PASSPHRASE)


def test_when_the_keeper_forgets_the_server_locks_itself(service, keeper):
    service.tick()
    assert not service.locked
    keeper.secrets = None
    service.tick()
    assert service.locked


def test_what_is_unlocked_on_the_terminal_is_open_here_too(service, keeper, music):
    secrets = music.library.secrets
    service.lock()
    service.tick()
    assert service.locked
    keeper.secrets = secrets
    service.tick()
    assert not service.locked


def test_without_a_keeper_it_stays_open(music):
    service = Service(music.library.directory)
    service.open(music.library)
    service.tick()
    service.used()
    assert not service.locked
    service.close()
    assert service.locked
    assert service.ending.is_set()


def test_use_is_told_once_a_minute(service, keeper, clock):
    for _ in range(10):
        service.used()
    assert keeper.asked == 1
    clock.seconds += USE_EVERY_S
    service.used()
    assert keeper.asked == 2


def test_streaming_counts_as_use(service, keeper, sounds):
    client = browser(build(service, [sounds]))
    enter(client, service)
    assert client.get("/sound/0").status_code == 200
    assert keeper.asked == 1


def test_asking_for_news_is_no_use(service, keeper, sounds):
    client = browser(build(service, [sounds._replace(handler=lambda *_: _empty(), polls=True)]))
    enter(client, service)
    assert client.get("/sound/0").status_code == 200
    assert keeper.asked == 0


def test_a_stranger_is_no_use(service, keeper, sounds):
    browser(build(service, [sounds])).get("/sound/0")
    assert keeper.asked == 0


def test_a_stream_ends_when_the_library_is_locked(service):
    lease = service.lease()
    lease.renew()
    service.lock()
    with pytest.raises(LockedError):
        lease.renew()
    service.unlock(PASSPHRASE)
    with pytest.raises(LockedError):
        lease.renew()
    service.lease().renew()


def test_attendants_come_and_go_with_the_library(music):
    said = []

    class Attendant:
        def opened(self, library):
            said.append(("opened", library))

        def closing(self, library):
            said.append(("closing", library.has_member("x")))

    service = Service(music.library.directory, attendants=[Attendant()])
    service.open(music.library)
    service.close()
    assert said == [("opened", music.library), ("closing", False)]


def test_what_was_starred_is_sealed_when_the_server_ends(music):
    service = Service(music.library.directory, attendants=attendants())
    service.open(music.library)
    star(service.library(), "", "album", [service.library().shelf.find("45").id], now=NOW)
    before = len(list(music.library.vault.cells()))
    service.lock()
    assert len(list(music.library.vault.cells())) == before + 1


def test_what_works_beside_lets_music_go_first(music, sounds):
    service = Service(music.library.directory, attendants=attendants())
    service.open(music.library)
    client = browser(build(service, [sounds]))
    enter(client, service)
    assert not service.background.is_paused
    client.get("/sound/0")
    assert service.background.is_paused
    service.close()


def test_an_attendant_that_fails_does_not_keep_it_open(music):
    class Failing:
        def opened(self, library):
            del library

        def closing(self, library):
            del library
            raise LibraryBusyError("another writes")

    service = Service(music.library.directory, attendants=[Failing()])
    service.open(music.library)
    service.lock()
    assert service.locked


def test_there_is_one_of_each_kind(service):
    assert service.only(list_of) is service.only(list_of)


def list_of(_service):
    return []


def _empty():
    from starlette.responses import Response

    return Response()


def test_what_comes_into_a_watched_folder_is_let_be_once_the_library_is_closed(tmp_path, monkeypatch):
    """Closing ends a look between two steps, and none begins after it."""
    monkeypatch.setattr(beside, "LOOK_S", 0.01)
    looks, began = [], threading.Event()

    def look(_self, progress):
        looks.append(1)
        began.set()
        while True:  # as an import that goes on and on
            progress.advance(1)

    monkeypatch.setattr(beside.Watcher, "look", look)
    watching = beside.Watching()
    with make_library(tmp_path / "library") as library:
        watching.opened(library)
        assert began.wait(60)
        watching.closing(library)
        assert looks == [1]
