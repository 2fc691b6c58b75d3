"""`mag pass-on` as a person meets it."""

from __future__ import annotations

import hashlib

import pytest

from magnitizdat.errors import EXIT_SOURCE, EXIT_USAGE
from magnitizdat.formats.age_keys import X25519Identity
from magnitizdat.pages import pocket

NAME = "mag-0.1.0-linux-x86_64"


@pytest.fixture
def build(tmp_path):
    path = tmp_path / "dist" / NAME
    path.parent.mkdir()
    path.write_bytes(b"\x7fELF" + bytes(5000))
    return path


def test_pass_on_for_people_and_for_scripts(bare, build, tmp_path):
    said = bare("pass-on", tmp_path / "stick", "--build", build)
    assert (said.code, said.err) == (0, "")
    digest = hashlib.sha256(build.read_bytes()).hexdigest()
    assert digest in said.out
    assert "Safe to pull." in said.out
    assert pocket.fingerprint() in said.out
    document = bare("pass-on", tmp_path / "stick", "--build", build, "--json").document
    (done,) = document["builds"]
    assert (document["page"]["sha256"], "".join(document["page"]["groups"])) == (pocket.fingerprint(),) * 2
    assert (done["name"], done["sha256"], done["already"]) == (NAME, digest, True)
    assert "".join(done["groups"]) == digest


def test_without_a_build_there_is_nothing_to_pass_on(bare, tmp_path):
    said = bare("pass-on", tmp_path / "stick")
    assert said.code == EXIT_USAGE
    assert "--build FILE" in said.err
    assert "--pocket" in said.err
    assert not (tmp_path / "stick").exists()


def test_a_stick_with_music_needs_a_yes(bare, build, tmp_path):
    stick = tmp_path / "stick"
    stick.mkdir()
    (stick / "01.mp3").write_bytes(b"")
    said = bare("pass-on", stick, "--build", build)
    assert said.code == EXIT_USAGE
    assert "say --yes" in said.err
    assert [path.name for path in stick.iterdir()] == ["01.mp3"]
    assert bare("pass-on", stick, "--build", build, "--yes").code == 0


def test_a_program_is_looked_at_without_starting_it(bare, build, tmp_path):
    own = tmp_path / "data" / "magnitizdat" / "builds" / NAME
    own.parent.mkdir(parents=True)
    own.write_bytes(build.read_bytes())
    said = bare("pass-on", "check", build)
    assert said.code == 0
    assert "the same, byte for byte" in said.out
    build.write_bytes(b"\x7fELF" + bytes(4999) + b"!")
    said = bare("pass-on", "check", build, "--json")
    assert (said.code, said.document["verdict"]) == (EXIT_SOURCE, "different")


def test_the_page_alone_goes_on_a_stick_without_any_build(bare, tmp_path):
    said = bare("pass-on", "--pocket", tmp_path / "stick")
    assert (said.code, said.err) == (0, "")
    assert "Library.html" in said.out
    assert "Safe to pull." in said.out
    assert pocket.fingerprint()[:4] in said.out
    assert sorted(path.name for path in (tmp_path / "stick").iterdir()) == ["Library.html", "READ-ME.txt"]
    document = bare("pass-on", "--pocket", tmp_path / "stick", "--json").document
    assert (document["page"]["already"], "".join(document["page"]["groups"])) == (True, pocket.fingerprint())
    assert bare("pass-on", "check", tmp_path / "stick" / "Library.html").code == 0
    assert bare("pass-on", "check", tmp_path / "stick").out.startswith("Library.html")


def test_the_page_beside_music_needs_a_yes(bare, tmp_path):
    (tmp_path / "stick" / "reel").mkdir(parents=True)
    (tmp_path / "stick" / "reel" / "abcdefgh.age").write_bytes(b"")
    said = bare("pass-on", "--pocket", tmp_path / "stick")
    assert said.code == EXIT_USAGE
    assert "say --yes" in said.err
    assert [path.name for path in (tmp_path / "stick").iterdir()] == ["reel"]
    assert bare("pass-on", "--pocket", tmp_path / "stick", "--yes").code == 0


@pytest.mark.parametrize("way", [(), ("--one-file",)])
def test_a_reel_that_words_open_says_what_opens_it_without_mag(mag, tmp_path, way):
    assert "mag pass-on --pocket DIR" in mag("reel", "cut", tmp_path / "words", *way).out
    somebody = X25519Identity.generate().recipient.text
    assert "--pocket" not in mag("reel", "cut", tmp_path / "friend", "--for", somebody, *way).out


def test_a_page_that_is_not_the_same_is_told(bare, tmp_path):
    (tmp_path / "Library.html").write_bytes(pocket.page() + b" ")
    said = bare("pass-on", "check", tmp_path / "Library.html")
    assert said.code == EXIT_SOURCE
    assert "Type no words into it" in said.out


@pytest.mark.parametrize(
    "arguments", [["check"], ["stick", "file"], [], ["--pocket"], ["check", "file", "--pocket"], ["--pocket", "a", "b"]]
)
def test_the_wrong_number_of_names_is_explained(bare, arguments):
    said = bare("pass-on", *arguments)
    assert said.code == EXIT_USAGE
    assert said.err.startswith("mag: ")
