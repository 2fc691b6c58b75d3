"""A label's desk on the page: all that is unsigned, what is edited, what reels lacked; and where labels end."""

from __future__ import annotations

import msgspec

from magnitizdat.library.journal import TrackRow
from magnitizdat.ops.albums import edit as editing
from magnitizdat.ops.labels.friends import add_friend, my_card
from tests.fakes_library import make_library, put_album


def signed(page, album, label):
    done = page.work("publish", albums=[album], label=label)
    assert done["state"] == "done", done
    return done


def test_however_many_are_unsigned_all_of_them_are_listed(page):
    for number in range(70):
        put_album(page.service.library(), f"Album {number}", lengths=(10,))
    first = page.get("desk/unsigned?offset=0&size=60")
    rest = page.get("desk/unsigned?offset=60&size=60")
    assert (first["total"], page.get("desk")["unsigned"]) == (72, 72)
    ids = [album["id"] for album in first["albums"] + rest["albums"]]
    assert ids == first["ids"]
    assert len(set(ids)) == 72


def test_an_edited_album_waits_on_the_desk_until_it_is_signed_again(page):
    label = page.post("labels", {"name": "Zoopark Tapes"})["id"]
    album = page.get("desk/unsigned")["ids"][0]
    assert page.get(f"albums/{album}")["signed"] == "unsigned"
    signed(page, album, label)
    assert page.get(f"albums/{album}")["signed"] == "signed"
    editing.edit(page.service.library(), album, {"title": "46"})
    (waits,) = page.get("desk")["edited"]
    assert (waits["id"], waits["label_id"]) == (album, label)
    assert waits["sentence"] == page.get(f"albums/{album}")["edited"] == "edited since version 2; sign it again"
    signed(page, album, label)
    assert (page.get("desk")["edited"], page.get(f"albums/{album}")["edited"]) == ([], "")


def test_a_second_label_signs_for_who_says_so_alone(page):
    first, second = (page.post("labels", {"name": name})["id"] for name in ("Zoopark Tapes", "Other Tapes"))
    album = page.get("desk/unsigned")["ids"][0]
    signed(page, album, first)
    refused = page.work("publish", albums=[album], label=second)
    assert refused["state"] == "failed"
    assert "«Other Tapes» is yours too" in str(refused)
    assert "--" not in str(refused)
    assert page.work("publish", albums=[album], label=second, second=True)["state"] == "done"


def test_a_stick_brings_a_friend_what_their_last_one_lacked(page, tmp_path):
    with make_library(tmp_path / "hers") as hers:
        add_friend(page.service.library(), my_card(hers, name="Natalia"))
    stick = page.stick(tmp_path / "stick")["id"]
    (friend,) = page.get("desk")["friends"]
    assert (friend["name"], friend["at"], friend["new"]) == ("Natalia", "", 2)
    assert page.work("fill", stick=stick, friends=["Natalia"])["state"] == "done"
    put_album(page.service.library(), "New", lengths=(1000,))
    (friend,) = page.get("desk")["friends"]
    assert (friend["new"], friend["corrected"], friend["albums"]) == (1, 0, ["New"])
    assert friend["at"]
    wish = {"stick": stick, "friends": ["Natalia"], "new": True}
    assert page.post("fill/preview", wish)["tracks"] == 1
    assert page.work("fill", **wish)["state"] == "done"
    assert page.get("desk")["friends"][0]["new"] == 0


def test_what_a_friend_had_is_forgotten_and_they_stay_a_friend(page, tmp_path):
    with make_library(tmp_path / "hers") as hers:
        add_friend(page.service.library(), my_card(hers, name="Natalia"))
    assert page.work("fill", stick=page.stick(tmp_path / "stick")["id"], friends=["Natalia"])["state"] == "done"
    (friend,) = page.get("friends")
    said = page.post(f"friends/{friend['id']}/forget")["sentence"]
    assert said == "Forgotten: which albums «Natalia» had from here (2), and what they asked for."
    assert page.get("friends") == [friend]
    (waits,) = page.get("desk")["friends"]
    assert (waits["at"], waits["new"]) == ("", 2)
    assert page.send("POST", "friends/nobody/forget", status=404)["kind"] == "notfound"


def test_a_label_of_mine_gets_another_name_and_stays_itself(page):
    label = page.post("labels", {"name": "Zoopark Tapes"})["id"]
    said = page.post(f"labels/{label}/name", {"name": "Zoopark Records"})["sentence"]
    assert "«Zoopark Records»" in said
    assert [(each["id"], each["name"]) for each in page.get("labels")] == [(label, "Zoopark Records")]
    assert page.send("POST", f"labels/{label}/block", {"sure": True}, status=400)["kind"] == "usage"
    assert page.get("labels/blocked") == []


def test_what_is_to_be_signed_is_looked_at_in_one_question(page):
    library = page.service.library()
    ids = page.get("desk/unsigned")["ids"][::-1]
    release = library.shelf.release(ids[0])
    torn = msgspec.structs.replace(release.tracks[0], cut_off=True, promised_s=600.0)
    with library.changes() as changes:
        changes.row(TrackRow(release_id=ids[0], track=torn))
        changes.commit()
    looked = page.post("desk/look", {"albums": ids})
    assert [album["id"] for album in looked["albums"]] == ids
    of_all = [song for album in ids for side in page.get(f"albums/{album}")["sides"] for song in side["tracks"]]
    names = ("title", "duration_s", "cut_off", "promised_s")
    assert looked["torn"] == [{name: song[name] for name in names} for song in of_all if song["cut_off"]]
    assert len(looked["torn"]) == 1
    assert page.send("POST", "desk/look", {"albums": [*ids, "gone"]}, status=404)["kind"] == "notfound"
    assert page.send("POST", "desk/look", {"albums": ids * 251}, status=400)["kind"] == "usage"
