"""Labels, friends, cards, players, stars and playlists over the API."""

from __future__ import annotations

import io
import json

import pytest
import segno
from starlette.requests import Request

from magnitizdat.ops.listen import playlists
from magnitizdat.web.http.hosts import host_for_others, serving

WORDS = "one two three four five six"


def test_cards_by_text_and_by_photo(tmp_path, page, opened):
    assert page.send("GET", "card", status=404)["kind"] == "notfound"
    page.post("labels", {"name": "Zoopark"})
    card = page.get("card")
    assert card["name"] == "Zoopark"
    assert page.client.get(f"/{card['qr']}").headers["content-type"] == "image/svg+xml"

    other = opened(tmp_path / "other")
    other.post("init", {"passphrase": WORDS})
    photo = io.BytesIO()
    segno.make(card["text"], micro=False).save(photo, kind="png", scale=4)
    added = other.post("friends", content=photo.getvalue(), headers={"content-type": "image/png"})
    assert added == {"name": "Zoopark", "words": card["words"], "known": False, "own": False}
    assert other.post("friends", {"text": card["text"]})["known"]
    blank = io.BytesIO()
    segno.make("nothing of ours").save(blank, kind="png", scale=4)
    refused = other.post("friends", content=blank.getvalue(), headers={"content-type": "image/jpeg"}, status=404)
    assert refused["kind"] == "notfound"
    assert "picture" not in other.post("friends", {"text": "nothing of ours"}, status=404)["error"]
    (friend,) = other.get("friends")
    assert friend["name"] == "Zoopark"
    assert other.client.get(f"/{friend['picture']}").status_code == 200
    other.send("DELETE", f"friends/{friend['id']}")
    assert other.get("friends") == []


def test_of_several_labels_no_card_is_shown_and_nothing_signed_that_nobody_named(page):
    for name in ("Zoopark", "Nobody Knows"):
        page.post("labels", {"name": name})
    for refused in (page.send("GET", "card", status=400), page.send("GET", "card?label=", status=400)):
        assert refused["kind"] == "usage"
    for label in page.get("labels"):
        card = page.get(f"card?label={label['id']}")
        assert (card["name"], card["imprint"]) == (label["name"], label["imprint"])
        assert page.client.get(f"/{card['qr']}").status_code == 200
    assert page.send("GET", "card?label=other", status=404)["kind"] == "notfound"
    assert page.post("jobs", {"verb": "publish", "albums": []}, status=400)["kind"] == "usage"


def test_another_card_under_a_name_is_taken_only_from_somebody_who_is_sure(tmp_path, page, opened):
    cards = []
    for place in ("one", "two"):
        other = opened(tmp_path / place)
        other.post("init", {"passphrase": WORDS})
        other.post("labels", {"name": "Natalia"})
        cards.append(other.get("card"))
    page.post("friends", {"text": cards[0]["text"]})
    file = {"content": cards[1]["text"].encode(), "headers": {"content-type": "application/octet-stream"}}
    assert page.post("friends", **file, status=409)["kind"] == "unsure"
    assert page.get("friends")[0]["imprint"] == cards[0]["imprint"]
    page.post("friends?replace=true", **file)
    assert page.get("friends")[0]["imprint"] == cards[1]["imprint"]
    assert page.post("friends", {"text": cards[0]["text"]}, status=409)["kind"] == "unsure"
    page.post("friends", {"text": cards[0]["text"], "replace": True})
    assert page.get("friends")[0]["imprint"] == cards[0]["imprint"]


def test_a_name_like_a_friends_is_told_apart(tmp_path, page, opened):
    cards = []
    for place in ("one", "two"):
        other = opened(tmp_path / place)
        other.post("init", {"passphrase": WORDS})
        other.post("labels", {"name": "Natalia"})
        cards.append(json.loads(other.get("card")["text"]))
    page.post("friends", {"text": json.dumps({**cards[0], "name": "Natalia"})})
    fake = json.dumps({**cards[1], "name": "N\u0430talia"})
    photo = {"content": fake.encode(), "headers": {"content-type": "application/octet-stream"}}
    assert page.post("friends", {"text": fake}, status=409)["kind"] == "alike"
    assert page.post("friends", {"text": fake, "replace": True}, status=409)["kind"] == "alike"
    assert page.post("friends?replace=true", **photo, status=409)["kind"] == "alike"
    assert len(page.get("friends")) == 1
    page.post("friends?sure=true", **photo)
    assert len(page.get("friends")) == 2


def test_a_reel_for_a_friend_needs_no_words(tmp_path, page, opened):
    other = opened(tmp_path / "other")
    other.post("init", {"passphrase": WORDS})
    other.post("labels", {"name": "Natalia"})
    page.post("friends", {"text": other.get("card")["text"]})
    stick = page.stick(tmp_path / "stick")
    filled = page.work("fill", stick=stick["id"], friends=["Natalia"])
    assert filled["words"] == ""
    (reel,) = other.stick(tmp_path / "stick")["reels"]
    assert reel["mine"]
    assert not reel["words"]
    assert other.work("take", reel=reel["id"])["report"]["tracks"] == 5


def test_players(page):
    made = page.post("apps", {"name": "Phone", "listener": ""})
    assert made["secret"]
    assert made["qr"].startswith("data:image/svg+xml;base64,")
    (app,) = page.get("apps")
    assert app["name"] == "Phone"
    assert "secret" not in app
    page.send("DELETE", f"apps/{app['id']}")
    assert page.get("apps") == []
    assert page.send("DELETE", "apps/none", status=400)["kind"] == "usage"


def songs_of(page):
    album = page.get("albums?order=title")["albums"][0]
    return album, page.get(f"albums/{album['id']}")["sides"][0]["tracks"]


def test_stars_ratings_and_plays(page):
    album, songs = songs_of(page)
    page.post("star", {"songs": [songs[0]["id"]], "albums": [album["id"]], "on": True})
    page.post("rate", {"song": songs[1]["id"], "stars": 4})
    page.post("played", {"song": songs[2]["id"]})
    album, songs = songs_of(page)
    assert album["starred"]
    assert [(song["starred"], song["rating"], song["play_count"]) for song in songs] == [
        (True, 0, 0),
        (False, 4, 0),
        (False, 0, 1),
    ]
    assert page.get("albums?order=starred")["total"] == 1
    assert page.get("albums?order=recent")["albums"][0]["id"] == album["id"]
    page.post("star", {"albums": [album["id"]], "on": False})
    assert page.get("albums?order=starred")["total"] == 0
    assert page.post("rate", {"song": songs[1]["id"], "stars": 9}, status=400)["kind"] == "usage"


def test_playlists_and_the_queue(page):
    _, songs = songs_of(page)
    ids = [song["id"] for song in songs]
    made = page.post("playlists", {"name": "Ночь", "songs": ids[:2]})
    assert made["count"] == 2
    page.send("PUT", f"playlists/{made['id']}", {"songs": [ids[2], ids[0], ids[2]]})
    found = page.get(f"playlists/{made['id']}")
    assert [song["id"] for song in found["songs"]] == [ids[2], ids[0], ids[2]]
    assert [each["name"] for each in page.get("playlists")["playlists"]] == ["Ночь"]
    page.send("PUT", f"playlists/{made['id']}", {"add": [ids[1]]})
    assert [song["id"] for song in page.get(f"playlists/{made['id']}")["songs"]] == [ids[2], ids[0], ids[2], ids[1]]
    page.send("DELETE", f"playlists/{made['id']}")
    assert page.send("GET", f"playlists/{made['id']}", status=404)["kind"] == "notfound"
    page.send("PUT", "queue", {"songs": ids, "current": 1, "position_ms": 1500})
    queue = page.get("queue")
    assert ([song["id"] for song in queue["songs"]], queue["current"], queue["position_ms"]) == (ids, 1, 1500)


def test_songs_that_are_not_here_keep_their_place_when_others_are_put_in_order(page):
    _, songs = songs_of(page)
    here, also = (song["id"] for song in songs[:2])
    made = page.post("playlists", {"name": "Long", "songs": ["gone 1", here, "gone 2", also, "gone 3"]})
    page.send("PUT", f"playlists/{made['id']}", {"songs": [also, here]})
    kept = playlists.playlist(page.service.library(), "", made["id"]).entries
    assert kept == ("gone 1", also, "gone 3", here, "gone 2")
    page.send("PUT", f"playlists/{made['id']}", {"songs": [here]})
    kept = playlists.playlist(page.service.library(), "", made["id"]).entries
    assert kept == ("gone 1", here, "gone 2", "gone 3")


def test_a_queue_whose_song_is_gone_goes_on_with_the_next(page):
    _, songs = songs_of(page)
    ids = [song["id"] for song in songs[:2]]
    gone = "0" * 32
    for current, queued in ((1, [ids[0], gone, ids[1]]), (2, [*ids, gone])):
        page.send("PUT", "queue", {"songs": queued, "current": current, "position_ms": 1500})
        queue = page.get("queue")
        assert ([song["id"] for song in queue["songs"]], queue["current"], queue["position_ms"]) == (ids, 1, 0)


def test_status_words_and_messages(page):
    assert page.get("status")["albums"] == 2
    assert len(page.get("words")["passphrase"].split()) == 6
    assert page.client.get("/api/messages/xx").status_code == 404
    session = page.get("session")
    assert any(language["code"] == "en" for language in session["languages"])
    assert page.post("session", {"language": "en"})["language"] == "en"
    assert page.post("session", {"language": "xx"}, status=400)["kind"] == "usage"


@pytest.mark.parametrize(
    ("bound", "came_by", "told"),
    [
        (["127.0.0.1"], "127.0.0.1:4533", None),
        (["192.168.1.20"], "127.0.0.1:4533", "192.168.1.20:4533"),
        (["0.0.0.0"], "localhost:4533", "192.168.1.9:4533"),
        (["0.0.0.0"], "192.168.1.9:4533", "192.168.1.9:4533"),
        (["fd00::7"], "[::1]:4533", "[fd00::7]:4533"),
    ],
)
def test_a_player_is_told_an_address_that_it_can_reach(monkeypatch, bound, came_by, told):
    monkeypatch.setattr("magnitizdat.web.http.hosts.lan_address", lambda: "192.168.1.9")
    request = Request({"type": "http", "headers": [(b"host", came_by.encode())]})
    assert host_for_others(request, serving(bound)) == told


def test_behind_a_proxy_a_player_is_told_its_name():
    request = Request({"type": "http", "headers": [(b"host", b"127.0.0.1:4533")]})
    assert host_for_others(request, serving(names=["music.example"], base_path="/tapes")) == "music.example"
