"""As somebody at whose door there is a knock: the key goes, the library is away, and it comes home."""

from __future__ import annotations

import io
import sys

from magnitizdat.cli import face
from magnitizdat.errors import EXIT_LIBRARY, EXIT_LOCKED, EXIT_USAGE
from tests.fakes_library import PASSPHRASE, make_library
from tests.transcripts.conftest import Mag

VERBS = (
    ["list"], ["search", "x"], ["show", "45"], ["card"], ["doctor"], ["passwd"], ["unlock"], ["export", "--all", "x"],
    ["reel", "cut", "x"], ["backup", "x"], ["label", "list"], ["friend", "list"], ["remove", "45"], ["dub", "x"],
    ["travel", "away", "x", "--shares", "2/3"],
)  # fmt: skip


def test_to_a_friend_away_and_home(mag: Mag, bare: Mag, library, passphrase, tmp_path):
    make_library(tmp_path / "friend").close()
    friend = ("--library", tmp_path / "friend", "--passphrase-file", passphrase)
    bare(*friend, "card", "--name", "Natalia", "--to", tmp_path / "card")
    mag("friend", "add", tmp_path / "card")
    went = mag("travel", "away", tmp_path / "stick", "--for", "Natalia", "--json")
    assert went.code == 0, went.err
    assert "opens for nobody" in went.document["headline"]
    for verb in VERBS:
        said = mag(*verb)
        assert said.code == EXIT_LOCKED, (verb, said)
        assert "away" in said.err
        assert said.err.count("\n") == 1
    assert mag("status", "--json").document["away"]
    assert "travel back" in mag("status").out
    assert mag("init").code == EXIT_USAGE
    early = mag("travel", "back", tmp_path / "stick" / "travel.txt")
    assert (early.code, "still sealed to your friend" in early.err) == (EXIT_USAGE, True)
    given = bare(*friend, "travel", "open", tmp_path / "stick" / "travel.png", "--to", tmp_path / "handed")
    assert given.code == 0, given.err
    home = mag("travel", "back", tmp_path / "handed")
    assert home.code == 0, home.err
    assert "45" in mag("list").out


def test_in_shares(mag: Mag, tmp_path, words_file):
    refused = mag("travel", "away", tmp_path / "stick", "--shares", "2/3")
    assert (refused.code, "on this device" in refused.err) == (EXIT_USAGE, True)
    went = mag("travel", "away", tmp_path / "stick", "--shares", "2/3", "--yes")
    assert went.code == 0
    assert "its shares are on this device" in went.out
    stick = tmp_path / "stick"
    few = mag("travel", "back", stick / "share-2.txt")
    assert (few.code, "still needed: 1" in few.err) == (EXIT_USAGE, True)
    words = (stick / "share-3.txt").read_text().splitlines()[1]
    assert mag("travel", "back", stick / "share-2.txt", "--words-file", words_file(words)).code == 0
    assert "45" in mag("list").out
    assert mag("travel", "back", stick / "share-2.txt").code == EXIT_USAGE


def test_what_is_asked_wrongly(mag: Mag, tmp_path):
    for line in ([], ["--shares", "3/3"], ["--for", "nobody"], ["--for", "x", "--shares", "2/3"]):
        assert mag("travel", "away", tmp_path / "stick", *line).code == EXIT_USAGE
    assert mag("travel", "away", tmp_path / "library" / "vault", "--shares", "2/3", "--yes").code == EXIT_USAGE
    assert mag("travel", "open", tmp_path / "library" / "key.age", "--to", tmp_path / "x").code != 0
    assert "45" in mag("list").out


def test_a_lost_key_and_the_paper(mag: Mag, library, tmp_path, monkeypatch):
    mag("backup", tmp_path / "backup", "--paper", tmp_path / "paper.html")
    slot = (library / "key.age").read_bytes()
    (library / "key.age").unlink()
    for verb in (["list"], ["status"], ["doctor"]):
        said = mag(*verb)
        assert (said.code, "mag restore" in said.err) == (EXIT_LIBRARY, True)
    assert mag("init").code == EXIT_USAGE
    assert mag("restore", tmp_path / "nowhere").code != 0
    assert mag("restore", tmp_path / "backup").code == 0
    assert (library / "key.age").read_bytes() == slot
    (library / "key.age").write_bytes(slot[:300])
    assert "mag restore" in mag("list").err
    assert mag("restore", tmp_path / "paper.html").code == 0
    assert (library / "key.age").read_bytes() == slot
    (library / "key.age").unlink()
    monkeypatch.setattr(sys, "stdin", io.StringIO((tmp_path / "paper.html").read_text().partition("<pre>")[2]))
    assert mag("restore", "-", "--json").document["is_indexed"]
    assert "45" in mag("list").out


def test_no_file_is_replaced_unless_asked(mag: Mag, bare: Mag, passphrase, tmp_path):
    (tmp_path / "V").write_text("mine")
    here = ("--passphrase-file", passphrase, "--library", tmp_path / "new")
    for said in (
        mag("backup", "--paper", tmp_path / "V"),
        mag("card", "--to", tmp_path / "V"),
        mag("travel", "open", tmp_path / "x", "--to", tmp_path / "V"),
        bare(*here, "init", "--paper", tmp_path / "V"),
    ):
        assert (said.code, "is there already" in said.err) == (EXIT_USAGE, True)
        assert (tmp_path / "V").read_text() == "mine"
    assert not (tmp_path / "new").exists()
    assert mag("backup", "--paper", tmp_path / "V", "--yes").code == 0
    assert "mag restore FILE" in (tmp_path / "V").read_text()


def test_words_of_several_shares_one_a_line(mag: Mag, tmp_path, words_file):
    mag("travel", "away", tmp_path / "stick", "--shares", "3/4", "--yes")
    shares = [tmp_path / "stick" / f"share-{number}.txt" for number in (1, 2, 3)]
    words = [share.read_text().splitlines()[1] for share in shares]
    wrong = mag("travel", "back", shares[0], "--words-file", words_file("hello"))
    assert (wrong.code, "mistyped" in wrong.err) == (EXIT_USAGE, True)
    assert mag("travel", "back", shares[0], "--words-file", words_file("\n".join(words[1:]))).code == 0


def test_a_mistyped_passphrase_is_asked_for_again(mag: Mag, library, tmp_path, monkeypatch):
    mag("backup", "--paper", tmp_path / "paper.html")
    (library / "key.age").unlink()
    answers = ["wrong", "wrong", PASSPHRASE, "wrong", "wrong", "wrong", "wrong"]
    monkeypatch.setattr(face.Face, "may_ask", True)
    monkeypatch.setattr(face.Face, "passphrase", lambda *_: answers.pop(0))
    home = mag("restore", tmp_path / "paper.html")
    assert (home.code, home.err.count("of its day")) == (0, 2)
    (library / "key.age").unlink()
    assert mag("restore", tmp_path / "paper.html").code == EXIT_LOCKED
    assert answers == ["wrong"]
