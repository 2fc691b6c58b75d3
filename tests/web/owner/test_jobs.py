"""Long work over the API: stopped, nothing is half-done; what is not offered cannot be named; locking ends it."""

from __future__ import annotations

import threading

import pytest

from magnitizdat.catalogue.publisher import create_label, restore
from magnitizdat.catalogue.refresh import checkpoint
from magnitizdat.catalogue.voices import Vouch
from magnitizdat.formats.spool_paths import label_path
from magnitizdat.model import Outcome
from magnitizdat.ops.dub.from_spool import dub
from magnitizdat.ops.intake.quarantine import Quarantine
from magnitizdat.ops.jobs.jobs import Ended
from magnitizdat.ops.labels import labels
from magnitizdat.ops.places.spool import FolderSpool
from magnitizdat.web.guests.owner import ENDPOINTS as SHARING
from magnitizdat.web.http.app import build
from magnitizdat.web.owner.work import WAITING, room
from tests.fakes_library import NOW, PASSPHRASE, put_album
from tests.fakes_spool import Liar
from tests.fakes_voices import as_documents
from tests.fakes_web import browser, enter
from tests.ops.music import song


def test_a_fill_that_is_stopped_goes_on_and_leaves_nothing_half_done(tmp_path, page, monkeypatch):
    put_album(page.service.library(), "Чёрный альбом", lengths=(9_000_000, 9_000_000))
    stick = page.stick(tmp_path / "stick")
    from magnitizdat.ops.jobs.jobs import Watch

    advance, jobs = Watch.advance, []

    def stopping(watch, amount):
        if not jobs:
            jobs.append(watch)
            watch.told.set()
        advance(watch, amount)

    monkeypatch.setattr(Watch, "advance", stopping)
    stopped = page.work("fill", stick=stick["id"], quality="full")
    assert stopped["state"] == "stopped"
    assert not stopped["safe_to_pull"]
    lengths = {path.stat().st_size for path in (tmp_path / "stick").rglob("*.age")}
    assert len(lengths) <= 1
    folders = [path for path in (tmp_path / "stick").iterdir() if path.is_dir()]
    done = page.work("fill", stick=stick["id"], quality="full")
    assert done["state"] == "done"
    assert done["safe_to_pull"]
    assert [path for path in (tmp_path / "stick").iterdir() if path.is_dir()] == folders or not folders
    assert page.work("check", reel=done["report"]["reel"])["report"]["valid"]
    assert not list((tmp_path / "library").rglob("*.new"))
    with page.service.library().changes():
        pass  # the lock is free


def test_what_a_friend_knows_otherwise_is_taken_by_whoever_says_so(tmp_path, page):
    kino = create_label("Kino", now=NOW)
    true, forged = (restore(kino.state, [kino.paper_words], now=NOW) for _ in range(2))
    mike = Liar(tmp_path / "mike", "Mike")
    word = Vouch(imprint=kino.imprint, name="Kino", checkpoint=checkpoint(true.state))
    mike.sign(as_documents([word]))
    library = page.service.library()
    dub(library, FolderSpool(mike.folder), now=NOW)
    labels.follow(library, mike.imprint)
    metadata = {f"metadata/{name}": body for name, body in forged.state.files.items()}
    for path, body in {**kino.files, **forged.files, **metadata}.items():
        target = tmp_path / "stick" / "spool" / label_path(kino.imprint, path)
        target.parent.mkdir(parents=True, exist_ok=True)
        target.write_bytes(body)
    stick = page.stick(tmp_path / "stick")
    (refused,) = page.work("take", stick=stick["id"])["report"]["labels"]
    assert (refused["genuine"], refused["refused_by"]["name"]) == (False, "Mike")
    (taken,) = page.work("take", stick=stick["id"], without=[refused["refused_by"]["imprint"]])["report"]["labels"]
    assert (taken["genuine"], taken["name"]) == (True, "Kino")


def test_what_guests_left_is_accepted_as_work_that_is_watched(page):
    library = page.service.library()
    for name, content in (("7.mp3", song(7, title="Незнакомая")), ("nothing.mp3", b"no music at all")):
        Quarantine(library).receive(name, [content], now=NOW, giver="10.0.0.7")
    job = page.work("accept", left=[left.arrival.id for left in Quarantine(library).files()])
    assert (job["state"], job["report"]["imported"]) == ("partly", 1)
    assert [missing["what"] for missing in job["missing"]] == ["nothing.mp3"]
    assert [left.arrival.name for left in Quarantine(library).files()] == ["nothing.mp3"]
    assert "Незнакомая" in str(page.post("search", {"q": "neznakomaja"}))
    unknown = page.work("accept", left=["0" * 16])
    assert (unknown["state"], "look at the list again" in unknown["sentence"]) == ("failed", True)


@pytest.mark.parametrize(
    "options",
    [
        {"verb": "take", "reel": "/etc"},
        {"verb": "take", "stick": "../.."},
        {"verb": "fill", "stick": "0" * 16},
        {"verb": "check", "reel": "x"},
        {"verb": "copy", "reel": "x", "sticks": []},
    ],
)
def test_only_what_was_offered_can_be_named(page, options):
    assert page.post("jobs", options, status=404)["kind"] == "notfound"


@pytest.mark.parametrize(
    "address", ["/etc", "C:\\music", "file:///etc", "FILE:/etc", "local:///etc", "simplecache::file:///etc", "https"]
)
def test_an_address_is_never_a_path(page, address):
    assert page.post("jobs", {"verb": "take", "address": address}, status=400)["kind"] == "usage"


def test_a_folder_is_offered_by_whoever_sits_at_the_computer_alone(tmp_path, page, opened):
    assert page.post("sticks", {"path": "relative"}, status=400)["kind"] == "usage"
    assert page.post("sticks", {"path": str(tmp_path / "nowhere")}, status=400)["kind"] == "usage"
    from tests.web.owner.conftest import Page

    away = Page(page.service, peer="192.0.2.7")
    assert away.post("sticks", {"path": str(tmp_path)}, status=404)["kind"] == "notfound"


@pytest.mark.parametrize("body", ['{"verb": "dance"}', "[]", "{", '{"verb": "fill"}', "{" * 5000])
def test_work_that_makes_no_sense_is_a_sentence(page, body):
    answer = page.client.post("/api/jobs", content=body)
    assert answer.status_code == 400
    assert answer.json()["kind"] == "usage"


def test_locking_stops_what_runs_and_forgets_its_words(tmp_path, page):
    stick = page.stick(tmp_path / "stick")
    assert page.work("fill", stick=stick["id"])["words"]
    page.post("lock")
    page.post("unlock", {"passphrase": "one two three four five six"})
    assert page.get("jobs")["jobs"] == []


def test_plain_music_on_a_stick_is_imported(tmp_path, page):
    from tests.fakes_audio import make_audio

    (tmp_path / "stick").mkdir()
    (tmp_path / "stick" / "a.flac").write_bytes(make_audio("flac", 0.2, {"title": "A", "album": "B", "artist": "C"}))
    stick = page.stick(tmp_path / "stick")
    assert stick["album_folders"]
    assert stick["reels"] == []
    taken = page.work("take", stick=stick["id"])
    assert (taken["state"], taken["report"]["imported"]) == ("done", 1)


def test_waiting_for_news_leaves_threads_for_music(page, monkeypatch):
    """Of many tabs that wait, some are answered at once: whoever waits here waits until the news."""
    monkeypatch.setattr("magnitizdat.web.owner.jobs.WAIT_S", 600.0)
    held, news = room(page.service), threading.Event()
    job = held.jobs.start("check", lambda _watch: Ended(Outcome(headline=str(news.wait(60))), {}), writes=False)
    for _ in range(WAITING):
        held.waiting.acquire()
    assert page.get(f"jobs/{job.id}?wait=1")["state"] == "running"
    for _ in range(WAITING):
        held.waiting.release()
    news.set()
    assert page.get(f"jobs/{job.id}?wait=1")["state"] == "done"


def test_a_reel_as_one_file_is_filled_taken_copied_and_offered_by_its_path(tmp_path, page):
    put_album(page.service.library(), "45", lengths=(40_000,))
    stick = page.stick(tmp_path / "STICK")
    done = page.work("fill", stick=stick["id"], quality="full", one_file=True)
    (file,) = (tmp_path / "STICK").iterdir()
    assert (done["state"], done["report"]["file"]) == ("done", str(file))
    (reel,) = page.stick(tmp_path / "STICK")["reels"]
    assert (reel["id"], reel["file"], reel["words"]) == (done["report"]["reel"], True, True)
    assert page.work("take", reel=reel["id"], words=done["words"])["state"] == "done"
    other = page.stick(tmp_path / "OTHER")
    assert page.work("copy", reel=reel["id"], sticks=[other["id"]])["state"] == "done"
    assert [path.name for path in (tmp_path / "OTHER").iterdir()] == [file.stem]
    sent = tmp_path / "sent.bin"
    sent.write_bytes(file.read_bytes())
    (offered,) = page.post("sticks", {"path": str(sent)})["reels"]
    assert page.work("check", reel=offered["id"])["report"]["valid"]
    found = page.get("sticks")
    assert [(each["name"], each["free"], each["readable"]) for each in found["files"]] == [("sent.bin", None, True)]
    assert "sent.bin" not in [each["name"] for each in found["sticks"]]


def test_no_door_opens_where_a_reel_that_breaks_off_is_all_there_is(tmp_path, page):
    """The same sentence as in the terminal."""
    page.work("fill", stick=page.stick(tmp_path / "STICK")["id"], quality="full", one_file=True)
    (whole,) = (tmp_path / "STICK").iterdir()
    cut_off = tmp_path / "cut.zip"
    cut_off.write_bytes(whole.read_bytes()[: whole.stat().st_size // 2])
    (broken,) = page.post("sticks", {"path": str(cut_off)})["reels"]
    sharing = browser(build(page.service, SHARING))
    enter(sharing, page.service)
    refused = sharing.post("/api/share", json={"reels": [broken["id"]], "reels_alone": True})
    assert refused.json()["error"] == "the reel cut.zip is damaged; mend it first"
    assert sharing.get("/api/share").json()["open"] is False


def test_two_reels_on_one_stick_are_told_apart(tmp_path, page):
    stick = page.stick(tmp_path / "STICK")
    words = [page.work("fill", stick=stick["id"], quality="full")["words"] for _ in range(2)]
    reels = page.stick(tmp_path / "STICK")["reels"]
    assert [reel["words"] for reel in reels] == [True, True]
    assert len({reel["id"] for reel in reels}) == 2
    found = {page.work("take", reel=reel["id"], words=each)["state"] for reel in reels for each in words}
    assert found == {"done", "failed"}
    other = page.stick(tmp_path / "OTHER")
    page.work("copy", reel=reels[0]["id"], sticks=[other["id"]])
    assert "STICK" not in [path.name for path in (tmp_path / "OTHER").rglob("*")]


def test_a_folder_is_watched_where_that_is_asked_and_no_longer(page, tmp_path):
    folder = tmp_path / "incoming"
    folder.mkdir()
    assert page.get("watching") == {"folder": "", "sentence": ""}
    assert page.post("watching", {"path": str(tmp_path / "none")}, status=400)["kind"] == "usage"
    assert page.post("watching", {"path": str(tmp_path)}, status=400)["kind"] == "usage"
    told = page.post("watching", {"path": str(folder)})
    assert told["folder"] == str(folder)
    assert told["sentence"] == f"«{folder}» is watched; nothing has come in from there yet."
    page.post("lock")
    page.send("GET", "watching", status=423)
    page.post("unlock", {"passphrase": PASSPHRASE})
    assert page.get("watching") == told
    assert page.send("DELETE", "watching") == {"folder": "", "sentence": ""}
    assert page.get("watching")["folder"] == ""
