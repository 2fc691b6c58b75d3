"""From dropped files to somebody who listens to a signed album, over the API alone; and nothing plain on any disk."""

from __future__ import annotations

import io
import os
import zipfile
from pathlib import Path
from urllib.parse import quote

import pytest

from tests.fakes_audio import PNG, make_audio

WORDS = "one two three four five six"
ARTIST, TITLE = "Майк Науменко", "Сладкая Н"
TONES = (330.0, 440.0)


def song(number: int, **tags: str) -> bytes:
    written = {"title": f"Седьмая глава {number}", "artist": ARTIST, "album": TITLE, "track": str(number), **tags}
    return make_audio("flac", 0.5, written, tone=TONES[number - 1])


def send(page, number: int, name: str, content: bytes) -> int:
    answer = page.send("PUT", f"uploads/{number}", content=content, headers={"x-mag-name": quote(name)})
    assert answer["length"] == len(content)
    return answer["id"]


def files_below(*folders: Path) -> list[Path]:
    return [Path(top) / name for folder in folders for top, _, names in os.walk(folder) for name in names]


def shows(folder: Path, planted: list[bytes]) -> list[Path]:
    """Files that hold, or are called by, anything of what was planted."""
    found = []
    for path in files_below(folder):
        content = path.read_bytes()
        if any(each in content or each in os.fsencode(path.name) for each in planted):
            found.append(path)
    return found


@pytest.fixture
def home(tmp_path, opened, monkeypatch):
    """A new library, whose temporary files would all be seen."""
    (tmp_path / "temporary").mkdir()
    monkeypatch.setenv("TMPDIR", str(tmp_path / "temporary"))
    page = opened(tmp_path / "library")
    page.post("init", {"passphrase": WORDS})
    return page


def test_from_a_drop_to_a_friend_who_listens(tmp_path, home, opened):
    originals = [song(1), song(2)]
    numbers = [send(home, n, f"Майк/{n}.flac", content) for n, content in enumerate(originals, 1)]
    send(home, 3, "Майк/cover.png", PNG)
    found = home.get("drafts?uploads=1,2,3")
    (draft,) = found["albums"]
    assert found["refused"] == []
    assert (draft["title"], draft["artist"]) == (TITLE, ARTIST)
    assert [track["upload"] for track in draft["tracks"]] == numbers
    assert draft["cover"] == "api/uploads/3/picture"
    shown = home.client.get(f"/{draft['cover']}")
    assert (shown.status_code, shown.headers["content-type"]) == (200, "image/jpeg")
    assert home.client.get("/api/uploads/1/picture").status_code == 404
    corrected = {
        **{name: draft[name] for name in ("title", "artist")},
        "date": "1980",
        "genres": ["рок"],
        "licence": "",
        "support": "",
        "notes": {"ru": "**Записано** дома <b>"},
        "credits": [{"role": "голос", "name": "Майк"}],
        "tracks": [{**track, "title": f"{track['title']}!"} for track in draft["tracks"]],
        "cover": {"upload": 3},
    }
    done = home.work("import", uploads=[1, 2, 3], albums=[corrected])
    assert done["state"] == "done", done
    (album,) = done["report"]["albums"]
    sleeve = home.get(f"albums/{album}")
    assert sleeve["date"] == "1980"
    assert [each["title"] for each in sleeve["sides"][0]["tracks"]] == ["Седьмая глава 1!", "Седьмая глава 2!"]
    assert sleeve["notes"]["ru"] == "<p><strong>Записано</strong> дома &lt;b&gt;</p>"
    assert home.get(f"albums/{album}/edit")["notes"] == {"ru": "**Записано** дома <b>"}

    label = home.post("labels", {"name": "Ленинград"})
    assert len(label["paper_words"].split()) == 24
    signed = home.work("publish", albums=[album], label=label["id"])
    assert signed["state"] == "done", signed
    assert home.client.get(f"/{signed['report']['qr']}").headers["content-type"] == "image/svg+xml"
    assert home.get(f"albums/{album}")["verdict"]["sentences"][0] == "Signed by you as Ленинград."

    stick = home.stick(tmp_path / "stick")
    filled = home.work("fill", stick=stick["id"], albums=[album], labels=[], words=True, quality="full")
    assert filled["state"] == "done", filled

    other = opened(tmp_path / "other")
    other.post("init", {"passphrase": WORDS})
    (reel,) = other.stick(tmp_path / "stick")["reels"]
    taken = other.work("take", reel=reel["id"], words=filled["words"])
    assert [each["name"] for each in taken["report"]["new_labels"]] == ["Ленинград"]
    (line,) = other.get("albums")["albums"]
    assert line["standing"] == "new"
    heard = other.get(f"albums/{line['id']}")
    assert heard["verdict"]["word"] == "new"
    songs = heard["sides"][0]["tracks"]
    assert [other.client.get(f"/api/songs/{each['id']}/audio").content for each in songs] == originals
    picture = other.client.get(f"/{taken['report']['new_labels'][0]['picture']}")
    assert picture.headers["content-type"] == "image/svg+xml"
    other.post(f"labels/{line['label_id']}/follow", {})
    assert other.get(f"albums/{line['id']}")["verdict"]["word"] == "genuine"
    assert other.get("albums?standing=follow")["total"] == 1


def test_nothing_plain_is_ever_on_a_disk(tmp_path, home):
    name = "Неизданное.flac"
    content = song(1, title="Секретная песня")
    planted = [text.encode() for text in ("Неизданное", "Секретная", ARTIST, TITLE)] + [content[-96:-64]]
    assert all(each in content for each in planted[1:])
    send(home, 1, name, content)
    waiting = files_below(tmp_path / "library" / "incoming")
    assert len(waiting) == 1
    assert not shows(tmp_path, planted)
    home.get("drafts?uploads=1")
    assert not shows(tmp_path, planted)
    assert home.work("import", uploads=[1])["state"] == "done"
    assert not shows(tmp_path, planted)
    assert not files_below(tmp_path / "library" / "incoming")
    send(home, 2, name, content)
    home.post("lock")
    assert not shows(tmp_path, planted)


def test_files_that_came_outlive_a_lock_and_the_server(tmp_path, home, opened):
    for number in (1, 2):
        send(home, number, f"Майк/{number}.flac", song(number))
    home.post("lock")
    assert home.send("GET", "uploads", status=423)["kind"] == "locked"
    home.post("unlock", {"passphrase": WORDS})
    home.service.close()
    again = opened(tmp_path / "library")
    again.post("unlock", {"passphrase": WORDS})
    waiting = again.get("uploads")["uploads"]
    assert [(each["id"], each["name"]) for each in waiting] == [(1, "Майк/1.flac"), (2, "Майк/2.flac")]
    assert len(again.get("drafts?uploads=1,2")["albums"][0]["tracks"]) == 2
    assert again.work("import", uploads=[1, 2])["state"] == "done"
    assert again.get("uploads")["uploads"] == []
    assert not files_below(tmp_path / "library" / "incoming")


def test_archives_and_what_is_no_music(home):
    packed = io.BytesIO()
    with zipfile.ZipFile(packed, "w") as archive:
        archive.writestr("Альбом/1.flac", song(1))
        archive.writestr("Альбом/2.flac", song(2))
    send(home, 1, "album.zip", packed.getvalue())
    send(home, 2, "nothing.flac", b"not music at all" * 100)
    found = home.get("drafts?uploads=1,2")
    (draft,) = found["albums"]
    assert [str(track["upload"]).partition(".")[0] for track in draft["tracks"]] == ["1", "1"]
    assert [each["name"] for each in found["refused"]] == ["nothing.flac"]
    tracks = [{**track, "title": f"{place}"} for place, track in enumerate(draft["tracks"], 1)]
    done = home.work("import", uploads=[1, 2], albums=[{"title": "Новый", "tracks": tracks}])
    assert done["state"] == "partly"
    assert [each["what"] for each in done["missing"]] == ["nothing.flac"]
    (album,) = done["report"]["albums"]
    sleeve = home.get(f"albums/{album}")
    assert sleeve["title"] == "Новый"
    assert [each["title"] for each in sleeve["sides"][0]["tracks"]] == ["1", "2"]


def test_an_edit_a_cover_an_undo_and_the_end_of_an_album(home):
    send(home, 1, "1.flac", song(1))
    album = home.work("import", uploads=[1])["report"]["albums"][0]
    (track,) = home.get(f"albums/{album}/edit")["tracks"]
    patch = {"title": "Другой", "tracks": [{"id": track["id"], "title": "Иначе"}]}
    assert home.send("PATCH", f"albums/{album}/edit", patch)["sentence"] == "Corrected."
    assert home.get(f"albums/{album}")["title"] == "Другой"
    home.post(f"albums/{album}/undo")
    sleeve = home.get(f"albums/{album}")
    assert (sleeve["title"], sleeve["sides"][0]["tracks"][0]["title"]) == (TITLE, "Седьмая глава 1")
    home.post(f"albums/{album}/cover", content=PNG, headers={"content-type": "image/png"})
    bad = home.post(f"albums/{album}/cover", content=b"<svg>", headers={"content-type": "image/png"}, status=400)
    assert bad["kind"] == "usage"
    assert home.send("PATCH", f"albums/{album}/edit", {"date": "gestern"}, status=400)["kind"] == "usage"
    assert "removed" in home.send("DELETE", f"albums/{album}")["sentence"]
    assert home.send("GET", f"albums/{album}", status=404)["kind"] == "notfound"


def passed_on(page, other, folder, **what):
    """The one album of «45» that another page has after it took a stick of this one."""
    filled = page.work("fill", stick=page.stick(folder)["id"], **what)
    other.post("init", {"passphrase": WORDS})
    (reel,) = other.stick(folder)["reels"]
    other.work("take", reel=reel["id"], words=filled["words"])
    (line,) = [each for each in other.get("albums")["albums"] if each["title"] == "45"]
    return line


def test_a_carried_album_of_others_is_corrected_for_oneself(tmp_path, page, opened):
    other = opened(tmp_path / "other")
    album = passed_on(page, other, tmp_path / "stick")["id"]
    assert other.get(f"albums/{album}/edit")["title"] == "45"
    assert other.send("PATCH", f"albums/{album}/edit", {"title": "46"})["sentence"] == "Corrected."
    assert other.get(f"albums/{album}")["title"] == "46"
    assert sorted(each["title"] for each in page.get("albums")["albums"]) == ["45", "Группа крови"]


def test_a_signed_album_of_others_cannot_be_edited(tmp_path, page, opened):
    (own,) = [each["id"] for each in page.get("albums")["albums"] if each["title"] == "45"]
    label = page.post("labels", {"name": "Ленинград"})["id"]
    assert page.work("publish", albums=[own], label=label)["state"] == "done"
    other = opened(tmp_path / "other")
    line = passed_on(page, other, tmp_path / "stick", albums=[own])
    other.post(f"labels/{line['label_id']}/follow", {})
    for method, patch in (("GET", None), ("PATCH", {"title": "46"})):
        refused = other.send(method, f"albums/{line['id']}/edit", patch, status=400)
        assert (refused["kind"], "only its label can correct it" in refused["error"]) == ("usage", True)
    assert other.get(f"albums/{line['id']}")["title"] == "45"


def test_upload_numbers_and_names_that_make_no_sense(home):
    assert home.send("PUT", "uploads/x", content=b"", status=400)["kind"] == "usage"
    assert home.send("GET", "drafts?uploads=7", status=404)["kind"] == "notfound"
    assert home.post("jobs", {"verb": "import", "uploads": [7]}, status=404)["kind"] == "notfound"
    send(home, 1, "../../etc/passwd", b"x")
    assert home.send("DELETE", "uploads/1") == {}
    assert home.send("DELETE", "uploads/1") == {}
