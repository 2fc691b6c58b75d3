"""Letters at the terminal: written, carried by a reel that is for somebody else, read, answered, silenced."""

from __future__ import annotations

import io

import pytest

from magnitizdat.errors import EXIT_USAGE
from tests.fakes_audio import make_audio
from tests.fakes_library import make_library


@pytest.fixture
def hers(bare, tmp_path, passphrase):
    """The command line of somebody else's library."""
    make_library(tmp_path / "hers").close()
    return lambda *words: bare("--library", tmp_path / "hers", "--passphrase-file", passphrase, *words)


@pytest.fixture
def reels(tmp_path):
    """Reels that go from one to the other, sealed to words that nobody needs for the post on them."""
    count = iter(range(100))

    def carry(giver, taker):
        reel = tmp_path / f"reel{next(count)}"
        assert giver("reel", "cut", reel).code == 0
        return taker("dub", reel)

    return carry


@pytest.fixture
def friends(mag, hers, tmp_path):
    mag("card", "--name", "Mike", "--to", tmp_path / "mike.json")
    hers("card", "--name", "Natalia", "--to", tmp_path / "natalia.json")
    assert mag("friend", "add", tmp_path / "natalia.json").code == 0
    assert hers("friend", "add", tmp_path / "mike.json").code == 0


def test_an_own_card_as_a_friend_is_told(mag, hers, tmp_path):
    mag("card", "--name", "Mike", "--to", tmp_path / "mike.json")
    said = [each("friend", "add", tmp_path / "mike.json") for each in (mag, hers)]
    assert [each.code for each in said] == [0, 0]
    assert ["This card is your own" in each.out for each in said] == [True, False]


def write_down(tmp_path, text, name="letter.txt"):
    path = tmp_path / name
    path.write_text(text, encoding="utf-8")
    return path


def test_a_letter_goes_with_a_reel_and_is_answered(mag, hers, reels, friends, tmp_path):
    text = write_down(tmp_path, "Dear Natalia,\n\nI heard your tape.\n")
    wrote = mag("letter", "write", "natalia", "--text", text, "--json").document
    assert (wrote["to"], wrote["signed_as"], wrote["length"], wrote["exit_code"]) == ("Natalia", "", 65_536, 0)
    reels(mag, hers)
    listed = hers("inbox", "--json").document
    (line,) = listed["letters"]
    assert (listed["unread"], line["id"], line["verdict"]) == (1, wrote["id"], "unproven")
    assert line["says"] == "says it is «Mike»: unproven"
    assert "Dear Natalia, I heard your tape." in hers("inbox").out
    read = hers("inbox", wrote["id"][:8])
    assert "says it is «Mike»: unproven" in read.out
    assert "Dear Natalia,\n\nI heard your tape.\n" in read.out
    shown = hers("inbox", wrote["id"], "--json").document
    assert (shown["text"], shown["attached"], shown["read"]) == ("Dear Natalia,\n\nI heard your tape.", None, True)
    answer = hers("letter", "write", "Mike", "--reply", wrote["id"][:8], "--text", text, "--as", "Natalia", "--json")
    assert answer.document["signed_as"] == "Natalia"
    assert "A signature proves to everybody that you wrote this" in answer.err
    reels(hers_with_music(hers, tmp_path), mag)
    (line,) = mag("inbox", "--json").document["letters"]
    assert (line["says"], line["in_reply_to"]) == ("from «Natalia», signed", wrote["id"])


def hers_with_music(hers, tmp_path):
    """Who has no music cuts no reel."""
    (tmp_path / "Music").mkdir()
    (tmp_path / "Music" / "1.mp3").write_bytes(make_audio("mp3", 0.3, {"title": "x", "artist": "y", "album": "z"}))
    assert hers("import", tmp_path / "Music").code == 0
    return hers


def test_a_label_takes_letters_and_a_fan_sends_a_demo(mag, hers, reels, tmp_path):
    mag("label", "create", "Zoopark Tapes")
    mag("publish", "45", "--no-small")
    reels(mag, hers)
    assert hers("letter", "write", "Zoopark Tapes", "--text", write_down(tmp_path, "x")).code == EXIT_USAGE
    taken = mag("label", "letters", "Zoopark Tapes", "on", "--json").document
    assert taken["recipient"].startswith("age1")
    assert taken["recipient"] != mag("card", "--json").document["recipient"]
    assert mag("label", "letters", "Zoopark Tapes", "--json").document["signed"] is False
    opened = tmp_path / "open"
    mag("publish", "45", "--to", opened)
    assert hers("dub", opened).code == 0
    demo = tmp_path / "demo.flac"
    demo.write_bytes(make_audio("flac", 2.0, {"title": "Перекур", "artist": "Natalia"}))
    wrote = hers("letter", "write", "zoopark tapes", "--demo", demo, "--name", "A fan", "--json").document
    assert (wrote["attachment"], wrote["left_out_s"], wrote["to"]) == ("demo", 0, "Zoopark Tapes")
    reels(hers_with_music(hers, tmp_path), mag)
    (line,) = mag("inbox", "--json").document["letters"]
    assert (line["name"], line["attachment"]) == ("A fan", "demo")
    read = mag("inbox", line["id"])
    assert "Beside it lies a demo «Перекур»" in read.out
    saved = mag("inbox", line["id"], "--save", tmp_path / "heard.opus", "--json").document
    assert (saved["kind"], saved["name"]) == ("demo", "Перекур")
    assert (tmp_path / "heard.opus").read_bytes().startswith(b"OggS")
    assert mag("inbox", line["id"], "--save", tmp_path / "heard.opus").code == EXIT_USAGE
    off = mag("label", "letters", "Zoopark Tapes", "off")
    assert (off.code, "takes no letters" in off.out) == (0, True)


def test_a_sender_is_silenced_and_a_letter_removed(mag, hers, reels, friends, tmp_path):
    for name in ("Spam", "Viktor"):
        hers("letter", "write", "Mike", "--text", write_down(tmp_path, f"of {name}"), "--name", name)
    reels(hers_with_music(hers, tmp_path), mag)
    assert "Silenced: «spam»" in mag("inbox", "--block", "SPAM").out
    shown = mag("inbox", "--json").document
    assert ([each["name"] for each in shown["letters"]], shown["silenced"]) == (["Viktor"], 1)
    assert mag("inbox", "--block", "Nobody").code == EXIT_USAGE
    assert mag("inbox", "--unblock", "Spam", "--json").document["names"] == ["spam"]
    gone = mag("inbox", shown["letters"][0]["id"], "--remove")
    assert (gone.code, "does not come again" in gone.out) == (0, True)
    assert [each["name"] for each in mag("inbox", "--json").document["letters"]] == ["Spam"]
    assert mag("inbox", shown["letters"][0]["id"]).code == EXIT_USAGE


def test_what_is_asked_wrongly_is_said_how_to_ask(mag, friends, tmp_path, monkeypatch):
    text = write_down(tmp_path, "Hello")
    for words, said in (
        (("letter", "write", "--text", text), "say to whom"),
        (("letter", "write", "Nobody", "--text", text), "neither a friend nor a label"),
        (("letter", "write", "Natalia", "--text", tmp_path / "none"), "cannot be read"),
        (("letter", "write", "Natalia", "--text", write_down(tmp_path, "", "empty")), "empty"),
        (("letter", "write", "Natalia", "--text", text, "--as", "Nobody"), "no label «Nobody»"),
        (("letter", "write", "Natalia", "--text", text, "--reply", "abcdef12"), "no letter «abcdef12»"),
        (("letter", "write", "Natalia", "--attach", text), "this is none"),
        (("inbox", "--remove"), "say which letter"),
        (("inbox", "--save", tmp_path / "x"), "say which letter"),
        (("label", "letters", "Mike", "maybe"), "none of on, new and off"),
        (("label", "letters", "Nobody", "on"), "no label «Nobody»"),
    ):
        found = mag(*words)
        assert found.code != 0
        assert said in found.err, found
    monkeypatch.setattr("sys.stdin", io.TextIOWrapper(io.BytesIO(b"typed before a pipe")))
    assert mag("letter", "write", "Natalia").code == 0
    assert "No letters" in mag("inbox").out
