"""Players, playlists and switching, on the command line."""

from __future__ import annotations

import json
import re

import pytest

from magnitizdat.errors import EXIT_PARTLY, EXIT_SOURCE, EXIT_USAGE
from tests.ops.listen.test_from_subsonic import said, serving


def test_a_player_is_let_in_listed_and_revoked(mag):
    assert "mag app add" in mag("app", "list").out
    phone = mag("app", "add", "my phone", "--json").document
    assert (phone["user"], phone["listener"], len(phone["secret"])) == ("my-phone", "", 20)
    told = mag("app", "add", "кухня", "--listener", "Наталья")
    assert (told.code, told.err) == (0, "")
    assert re.search(r"user +natalya\n +password +[a-z2-9]{20}\n +server +.*mag serve", told.out)
    listed = mag("app", "list")
    assert "Наталья" in listed.out
    assert phone["secret"] not in listed.out + mag("app", "list", "--json").out
    assert [each["user"] for each in mag("app", "list", "--json").document["apps"]] == ["my-phone", "natalya"]
    again = mag("app", "add", "My Phone")
    assert (again.code, again.out) == (EXIT_USAGE, "")
    assert mag("app", "revoke", "MY PHONE").code == 0
    assert mag("app", "revoke", "my phone").code == EXIT_USAGE
    assert [each["name"] for each in mag("app", "list", "--json").document["apps"]] == ["кухня"]


def test_a_playlist_comes_in_and_goes_out(mag, tmp_path):
    (tmp_path / "Вечер.m3u8").write_text(
        "#EXTM3U\n#EXTINF:0,Кино - Song 2\nb.flac\n#EXTINF:0,Алиса - Мы вместе\nc.mp3\n", encoding="utf-8"
    )
    report = mag("import", tmp_path / "Вечер.m3u8", "--json")
    assert (report.code, report.document["playlists"], report.document["tracks"]) == (EXIT_PARTLY, ["Вечер"], 1)
    assert [each["what"] for each in report.document["missing"]] == ["Алиса - Мы вместе"]
    shown = mag("import", tmp_path / "Вечер.m3u8")
    assert "Алиса - Мы вместе: no track here has this title" in shown.out
    said_ = mag("export", "--playlist", "вечер", tmp_path / "out")
    assert (said_.code, said_.err) == (0, "")
    assert sorted(path.name for path in (tmp_path / "out" / "Вечер").iterdir()) == [
        "001 Кино - Song 2.flac",
        "Вечер.m3u8",
    ]
    assert mag("export", "--playlist", "nothing", tmp_path / "out").code == EXIT_USAGE
    both = mag("export", "--playlist", "вечер", "45", tmp_path / "both")
    assert (both.code, "Tracks: 3." in both.out) == (0, True)
    assert len([path for path in (tmp_path / "both").rglob("*") if path.suffix in {".mp3", ".flac"}]) == 3


@pytest.mark.parametrize("arguments", [(), ("a.m3u8", "."), ("a.mp3", "--from-subsonic", "https://music.example")])
def test_imports_that_name_nothing_or_too_much(mag, arguments):
    assert mag("import", *arguments).code == EXIT_USAGE


def test_switching_from_a_server(mag, tmp_path):
    heard = {"title": "Song 1", "artist": "Кино", "starred": "2024-05-01", "playCount": 3, "userRating": 4}
    other = {"title": "Трамвай", "artist": "Зоопарк", "starred": "2024-05-01"}
    answers = {"search3": said(searchResult3={"song": [heard, other]})}
    (tmp_path / "secret").write_text("a secret of the server\n", encoding="utf-8")
    with serving(lambda view, _: answers.get(view, said())) as (url, asked):
        arguments = ("import", "--from-subsonic", url, "--user", "viktor", "--password-file", tmp_path / "secret")
        report = mag(*arguments, "--json")
        assert report.code == EXIT_PARTLY
        assert {name: report.document[name] for name in ("songs", "stars", "ratings", "plays")} == {
            "songs": 2,
            "stars": 1,
            "ratings": 1,
            "plays": 3,
        }
        assert [each["what"] for each in report.document["missing"]] == ["Зоопарк - Трамвай"]
        again = mag(*arguments)
        assert "stars 0, ratings 0" in again.out
        assert "Зоопарк - Трамвай: no track here has this title" in again.out
        asked_without = mag("import", "--from-subsonic", url, "--user", "viktor")
        assert (asked_without.code, "--password-file" in asked_without.err) == (EXIT_USAGE, True)
    assert "a secret of the server" not in json.dumps(asked)
    assert {fields["u"] for _, fields in asked} == {"viktor"}
    assert mag(*arguments).code == EXIT_SOURCE  # it is gone now
