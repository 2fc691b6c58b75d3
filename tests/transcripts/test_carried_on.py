"""A label outlives its author: holders, a library that is taken, a hand-over, a sleeper, an archive; by command."""

from __future__ import annotations

import re
import shutil
from collections.abc import Callable
from pathlib import Path

import pytest

from magnitizdat.ops.intake.importing import import_music
from tests.fakes_library import make_library
from tests.ops.music import song, write
from tests.transcripts.conftest import Said

Person = Callable[..., Said]
PEOPLE = ("mike", "natalia", "viktor", "boris")


@pytest.fixture
def people(tmp_path, bare, passphrase) -> dict[str, Person]:
    """Four libraries, each with its command line; Mike has Kino's "45" in his."""

    def command(who: str) -> Person:
        def run(*arguments: object, code: int = 0) -> Said:
            told = ("--library", tmp_path / who, "--passphrase-file", passphrase, "--yes", *arguments)
            said = bare(*told)
            assert said.code == code, (who, arguments, said)
            return said

        return run

    for who in PEOPLE:
        with make_library(tmp_path / who) as library:
            if who == "mike":
                import_music(library, [write(tmp_path / "Music", {"45/1.mp3": song(1), "45/2.mp3": song(2)})])
    return {who: command(who) for who in (*PEOPLE, "police", "anna")}


def sealed_for(person: Person, friends: list[str], stick: Path) -> Path:
    """One of two sticks, wiped before it is filled."""
    shutil.rmtree(stick, ignore_errors=True)
    person("reel", "cut", stick, "--label", "Zoopark", *(word for name in friends for word in ("--for", name)))
    return stick


class Story:
    """Four people, two sticks, and those who take one of the libraries."""

    def __init__(self, people: dict[str, Person], place: Path) -> None:
        self.people, self.place = people, place
        self.one, self.two = place / "stick-1", place / "stick-2"

    def begin(self) -> None:
        """Mike's label signs "45"; the others have it from his stick, and follow it."""
        mike = self.people["mike"]
        for who in ("natalia", "viktor", "boris"):
            self.people[who]("card", "--name", who, "--to", self.place / f"{who}.card")
            mike("friend", "add", self.place / f"{who}.card")
        self.people["natalia"]("friend", "add", self.place / "boris.card")
        mike("label", "create", "Zoopark")
        mike("publish", "45", "--as", "Zoopark")
        sealed_for(mike, ["natalia", "viktor", "boris"], self.one)
        for who in ("natalia", "viktor", "boris"):
            self.people[who]("dub", self.one)
            self.people[who]("follow", "Zoopark")

    def appoint(self) -> str:
        """Mike gives the label into three hands, two of which suffice; what he is told in the end."""
        mike, natalia, viktor, place = *(self.people[who] for who in PEOPLE[:3]), self.place
        for name, person in (("Natalia", natalia), ("Viktor", viktor)):
            person("label", "holder-card", name, "--to", place / f"{name}.holder")
        cards = [word for name in ("Natalia", "Viktor") for word in ("--holder", place / f"{name}.holder")]
        shutil.copytree(place / "mike", place / "backup")
        mike("label", "holders", "Zoopark", "--need", 2, *cards, "--paper", 1, "--to", place / "proposal")
        natalia("label", "sign", place / "proposal", "--to", place / "signed")
        told = mike("label", "sign", place / "signed", "--to", place / "whole").out
        sealed_for(mike, ["natalia", "viktor"], self.one)
        warned = ["The keys of Zoopark changed" in person("dub", self.one).out for person in (natalia, viktor)]
        assert warned == [False, True], "who signed it expected it"
        return told

    def take(self) -> None:
        """Mike's library is taken, unlocked; it signs a record, and Boris, who knows nothing, takes that."""
        police = self.people["police"]
        shutil.copytree(self.place / "mike", self.place / "police")
        police("import", write(self.place / "Fakes", {"Fake/1.mp3": song(7, album="Fake")}))
        police("publish", "Fake", "--as", "Zoopark", "--only-copy")
        self.people["boris"]("dub", sealed_for(police, ["boris"], self.two))

    def hand_over(self) -> None:
        """Natalia and Viktor agree that she signs from now on."""
        natalia, viktor, place = self.people["natalia"], self.people["viktor"], self.place
        natalia("label", "hand-over", "Zoopark", "--to", place / "handed")
        viktor("label", "sign", place / "handed", "--to", place / "agreed")
        natalia("label", "sign", place / "agreed", "--to", place / "done")

    def forge(self, name: str) -> str:
        """What Boris is told when a root key that was replaced, out of an old backup, signs a root of its own."""
        place, forger = self.place, self.people["police"]
        shutil.rmtree(place / "police")
        shutil.copytree(place / "backup", place / "police")
        forger("label", "holder-card", name, "--to", place / f"{name}.holder")
        cards = ("--holder", place / f"{name}.holder", "--paper", 2)
        forger("label", "holders", "Zoopark", "--need", 2, *cards, "--to", place / f"{name}.proposal")
        forger("label", "sign", place / f"{name}.proposal", "--to", place / f"{name}.signed")
        said = self.people["boris"]("dub", sealed_for(forger, ["boris"], self.two), code=10)
        return said.out + said.err


def test_a_label_outlives_the_arrest_of_its_author(people, tmp_path):
    story, boris = Story(people, tmp_path), people["boris"]
    story.begin()
    told = story.appoint()
    assert "This library has forgotten its root key." in told
    assert "backups made before today, also those that were brought up to date since" in told
    assert "2 of 3 root keys carry this label on" in people["mike"]("label", "holders", "Zoopark").out
    story.take()
    assert "came under a key" not in boris("list").out

    story.hand_over()
    slept = boris("dub", sealed_for(people["natalia"], ["boris"], story.one)).out
    assert "«Zoopark» was handed over by 2 of its 3 holders." in slept
    mark = "«Fake» came under a key that was taken away; those who carry «Zoopark» on do not stand by it."
    assert mark in slept
    shelf = {each["title"]: each for each in boris("list", "--json").document["releases"]}
    assert [shelf[title]["disowned"] for title in ("45", "Fake")] == [False, True]
    boris("export", "Fake", tmp_path / "plain")  # what is marked plays
    assert "was handed over" not in boris("dub", story.one).out, "it is told once"
    refused = boris("dub", sealed_for(people["police"], ["boris"], story.two), code=10)
    assert "those who carry it on do not stand by it" in refused.out + refused.err


def test_a_replaced_root_key_freezes_a_label_once_at_most(people, tmp_path):
    story, boris = Story(people, tmp_path), people["boris"]
    story.begin()
    story.appoint()
    story.take()
    story.hand_over()
    boris("dub", sealed_for(people["natalia"], ["boris"], story.one))
    forked = re.search(r"`mag label choose Zoopark ([0-9a-f]{8})` goes on with what you have", story.forge("Major"))
    assert forked, "nothing told Boris which is right"
    held = forked[1]
    boris("label", "choose", "Zoopark", held)
    assert "replaced" in story.forge("Colonel"), "the next forgery freezes nothing"
    assert "frozen" not in boris("label", "list").out


def test_what_holders_carry_on_opens_elsewhere_bit_for_bit(people, tmp_path):
    story = Story(people, tmp_path)
    story.begin()
    story.appoint()
    shutil.copytree(tmp_path / "mike", tmp_path / "police")
    story.hand_over()
    people["natalia"]("archive", "Zoopark", tmp_path / "bag")
    assert (tmp_path / "bag" / "data" / "index.html").is_file()
    make_library(tmp_path / "anna").close()
    people["anna"]("dub", tmp_path / "bag")
    people["anna"]("export", "45", tmp_path / "back")
    people["natalia"]("export", "45", tmp_path / "hers")
    tracks = {path.name: path.read_bytes() for path in (tmp_path / "hers").rglob("*.mp3")}
    assert tracks == {path.name: path.read_bytes() for path in (tmp_path / "back").rglob("*.mp3")}
    assert len(tracks) == 2
