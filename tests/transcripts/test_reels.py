"""What a courier reads: each kind of damage, done to a real reel, in the words of check, mend and copy."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from magnitizdat.disk.disk import Disk
from magnitizdat.errors import EXIT_PARTLY, EXIT_SOURCE, EXIT_UNEXPECTED, EXIT_USAGE
from magnitizdat.ops.give.cut import cut_reel
from magnitizdat.ops.give.gathering import gather
from tests.fakes_library import NOW, make_library, put_album
from tests.fakes_reel import noise, overwrite

TITLES = ("Kino Tape", "Ночь", "Группа крови")


@pytest.fixture(scope="module")
def cut(tmp_path_factory):
    """(a reel, its words)"""
    top = tmp_path_factory.mktemp("cut")
    with make_library(top / "maker") as maker:
        for title in TITLES:
            put_album(maker, title, lengths=(700_000, 900_000, 400_000, 1_000_000))
        return top / "reel", cut_reel(maker, gather(maker, now=NOW), top / "reel", work_factor=1, disk=Disk()).words


@pytest.fixture
def reel(cut, tmp_path) -> Path:
    return Path(shutil.copytree(cut[0], tmp_path / "reel"))


def segments(reel: Path) -> list[Path]:
    return sorted(reel.glob("*.age"))


def contents(reel: Path) -> dict[str, bytes]:
    return {path.name: path.read_bytes() for path in segments(reel)}


def bursts(reel: Path) -> None:
    for path in segments(reel)[:4]:
        overwrite(path, 20_000, noise(9000))


def truncated(reel: Path) -> None:
    os.truncate(segments(reel)[0], 30_000)


def lost(reel: Path) -> None:
    segments(reel)[0].unlink()


def renamed(reel: Path) -> None:
    segments(reel)[0].rename(reel / "FILE0001.CHK")


def lost_main(reel: Path) -> None:
    next(path for path in reel.glob("*.par2") if ".vol" not in path.name).unlink()


def lost_volume(reel: Path) -> None:
    next(reel.glob("*.vol*")).unlink()


SAYS = {
    bursts: (EXIT_PARTLY, "The reel is damaged and can be mended without any key: `mag reel mend`.", "4 damaged"),
    truncated: (EXIT_PARTLY, "can be mended without any key", "1 damaged of"),
    lost: (EXIT_PARTLY, "Before that, it can still lose no whole file, only", "1 missing of"),
    renamed: (EXIT_PARTLY, "can be mended without any key", "1 renamed of"),
    lost_main: (0, "The reel is whole", "its main par2 file is missing; the others say all that it said"),
    lost_volume: (EXIT_PARTLY, "can be made anew: `mag reel mend`. It can still lose", "spare parts are lost"),
}


@pytest.mark.parametrize("damage", SAYS, ids=lambda each: each.__name__)
def test_each_damage_is_told_and_mended(bare, reel, cut, damage):
    damage(reel)
    code, *says = SAYS[damage]
    said = bare("reel", "check", reel)
    assert said.code == code
    assert all(each in said.out for each in says), said.out
    mended = bare("reel", "mend", reel)
    assert mended.code == 0
    assert "The reel is whole" in mended.out
    assert ("Nothing needed mending." in mended.out) == (damage is lost_main)
    again = bare("reel", "mend", reel).out
    assert again.startswith("The reel is whole")
    assert "\nNothing needed mending.\n" in again
    assert contents(reel) == contents(cut[0])


def test_too_much_damage_is_said_once_with_what_to_do(bare, reel):
    for path in segments(reel)[:4]:
        path.unlink()
    said = bare("reel", "mend", reel)
    assert said.code == EXIT_PARTLY
    assert said.out.count("spare parts are needed") + said.out.count("needs ") == 1
    assert said.out.count("another copy helps, be it damaged too: `mag reel mend --from OTHER`") == 1


def test_two_copies_that_are_damaged_too_much_make_one_that_is_whole(bare, reel, cut, tmp_path):
    other = Path(shutil.copytree(reel, tmp_path / "other"))
    first, second = segments(reel)[:4], segments(other)[4:8]
    for path in [*first, *second]:
        path.unlink()
    said = bare("reel", "mend", reel, "--from", other)
    assert said.code == 0
    assert said.out.startswith("The reel is whole")
    assert f"Mended and verified: {len(first)} files." in said.out
    assert contents(reel) == contents(cut[0])
    assert not any(path.exists() for path in second)


def test_mend_from_what_is_not_there_or_holds_nothing_says_so(bare, reel, tmp_path):
    for path in segments(reel)[:4]:
        path.unlink()
    before = contents(reel)
    absent = bare("reel", "mend", reel, "--from", tmp_path / "absent")
    assert (absent.code, "plug the stick in" in absent.err) == (EXIT_SOURCE, True)
    (tmp_path / "empty").mkdir()
    nothing = bare("reel", "mend", reel, "--from", tmp_path / "empty")
    assert (nothing.code, "name another copy of the reel" in nothing.err) == (EXIT_SOURCE, True)
    assert contents(reel) == before


def test_without_a_key_nothing_is_said_of_albums_and_with_one_which_are_whole(bare, reel, cut, words_file):
    music = [path for path in segments(reel) if b"-> scrypt" not in path.read_bytes()[:100]]
    for path in music[:3]:
        overwrite(path, 50_000, noise(5000))
    keyless = bare("reel", "check", reel)
    document = bare("reel", "check", reel, "--json").document
    assert not any(title in keyless.out for title in TITLES)
    assert "albums" not in document
    with_words = bare("reel", "check", reel, "--words-file", words_file(cut[1]))
    assert with_words.code == EXIT_PARTLY
    assert all(title in with_words.out for title in TITLES)
    assert "without mending" in with_words.out
    albums = bare("reel", "check", reel, "--words-file", words_file(cut[1]), "--json").document["albums"]
    assert {each["title"] for each in albums} == set(TITLES)
    assert all((each["whole"] == 4) >= each["is_whole"] for each in albums)
    wrong = bare("reel", "check", reel, "--words-file", words_file(" ".join(["zoo"] * 6)))
    assert (wrong.code, wrong.out) == (EXIT_PARTLY, keyless.out)
    assert "words" in wrong.err


def test_an_open_library_tells_of_the_reels_that_are_sealed_to_it_alone(mag, reel, tmp_path):
    card = tmp_path / "me.json"
    mag("card", "--name", "Me", "--to", card)
    mag("friend", "add", card)
    assert mag("reel", "cut", tmp_path / "mine", "--for", "Me").code == 0
    assert "Every album on it is whole (1)." in mag("reel", "check", tmp_path / "mine").out
    foreign = mag("reel", "check", reel)
    assert (foreign.code, foreign.err) == (0, "")
    assert not any(title in foreign.out for title in TITLES)


def test_copy_for_people_and_for_scripts(bare, reel, tmp_path):
    total = sum(path.stat().st_size for path in reel.rglob("*") if path.is_file())
    good, absent = tmp_path / "stick", tmp_path / "absent" / "stick"
    said = bare("reel", "copy", reel, good)
    assert said.code == 0
    assert f"({total} bytes)" in said.out
    assert f"✓ {good}: " in said.out
    assert "Safe to pull." in said.out
    both = bare("reel", "copy", reel, good, absent, "--json")
    assert both.code == EXIT_PARTLY
    first, second = both.document["targets"]
    assert (first["verdict"], first["length"], first["kept"]) == ("done", total, first["files"])
    assert (second["verdict"], "plug the stick in" in second["reason"]) == ("refused", True)
    assert [each["what"] for each in both.document["missing"]] == [str(absent)]
    assert bare("reel", "copy", reel, absent).code == EXIT_USAGE
    assert bare("reel", "copy", reel, reel).code == EXIT_USAGE
    assert bare("reel", "copy", tmp_path / "nothing", good).code == EXIT_SOURCE


def test_one_file_is_made_checked_mended_listed_and_copied(mag, bare, passphrase, tmp_path):
    out = tmp_path / "out"
    said = mag("reel", "cut", out, "--one-file", "--json")
    assert said.code == 0
    file = Path(said.document["file"])
    assert list(out.iterdir()) == [file]
    assert bare("reel", "check", file).out.startswith("The reel is whole")
    assert bare("reel", "copy", file, tmp_path / "stick").code == 0
    assert bare("reel", "check", tmp_path / "stick").code == 0
    sealed = file.read_bytes()
    file.write_bytes(sealed[:-50])
    broken = bare("reel", "check", file)
    assert (broken.code, "the archive around them is broken" in broken.out) == (EXIT_PARTLY, True)
    mended = bare("reel", "mend", file, "--into", tmp_path / "whole")
    assert mended.code == 0
    assert str(tmp_path / "whole") in mended.out
    assert bare("reel", "check", tmp_path / "nothing.zip").code == EXIT_SOURCE
    assert mag("reel", "cut", out, "--one-file", "--open").code == EXIT_USAGE


def test_of_two_in_a_folder_the_broken_one_is_named_and_the_other_listed(mag, words_file, tmp_path):
    out = tmp_path / "out"
    broken, whole = (mag("reel", "cut", out, "--one-file", "--json").document for _ in range(2))
    file = Path(broken["file"])
    file.write_bytes(file.read_bytes()[:-50])
    said = mag("reel", "list", out, "--words-file", words_file(broken["words"]))
    assert (said.code, f"{file}: the file breaks off" in said.out) == (EXIT_PARTLY, True)
    assert f"`mag reel mend {file}`" in said.out
    assert "45" in said.out
    said = mag("reel", "list", out, "--words-file", words_file(whole["words"]))
    assert (said.code, "breaks off" in said.out, "45" in said.out) == (0, False, True)


def test_on_a_terminal_each_stick_has_a_row(bare, reel, tmp_path, monkeypatch):
    monkeypatch.setattr(sys.stderr, "isatty", lambda: True)
    for name, value in (("COLUMNS", "300"), ("LINES", "40"), ("TERM", "xterm")):
        monkeypatch.setenv(name, value)
    said = bare("reel", "copy", reel, tmp_path / "a", tmp_path / "b")
    assert said.code == 0
    assert all(f"{tmp_path / name}: read back" in said.err for name in "ab")


@pytest.mark.debian
class TestRealReadErrors:
    """EIO from the system itself, in the whole program: strace injects it."""

    def run(self, strace: str, bad: list[Path], *arguments: object) -> subprocess.CompletedProcess[str]:
        paths = [each for path in bad for each in ("-P", str(path))]
        inject = ["-e", "trace=pread64,preadv,preadv2,read", "-e", "inject=pread64,preadv,preadv2,read:error=EIO"]
        command = [strace, "-f", "-qq", "-o", "/dev/null", *paths, *inject]
        line = [sys.executable, "-m", "magnitizdat.cli", *map(str, arguments)]
        return subprocess.run([*command, *line], capture_output=True, text=True, check=False)

    def test_check_counts_and_copy_goes_around(self, require_program, bare, reel, cut, tmp_path):
        strace = require_program("strace")
        bad = segments(reel)[0]
        said = self.run(strace, [bad], "reel", "check", reel)
        assert said.returncode == EXIT_PARTLY
        assert "1 damaged of" in said.stdout
        assert "unreadable" in said.stdout
        assert "can be mended without any key" in said.stdout
        stick = tmp_path / "stick"
        said = self.run(strace, [bad], "reel", "copy", reel, stick)
        assert said.returncode == EXIT_PARTLY
        assert "Safe to pull" in said.stdout
        assert "Parts of 1 file of the source cannot be read; every copy can be mended" in said.stdout
        assert bare("reel", "mend", stick).code == 0
        assert contents(stick) == contents(cut[0])

    def test_a_stick_that_cannot_be_read_back_gets_no_good_word(self, require_program, reel, tmp_path):
        stick = tmp_path / "stick"
        stick.mkdir()
        bad = stick / segments(reel)[0].name
        said = self.run(require_program("strace"), [bad], "reel", "copy", reel, stick)
        assert said.returncode == EXIT_UNEXPECTED
        assert "failing, or smaller than it says" in said.stdout
        assert not bad.exists()


def test_what_a_search_and_a_playlist_name_goes_on_a_reel(mag, bare, passphrase, tmp_path):
    """Of a search whole albums; of a playlist its songs, and no others."""
    one = tmp_path / "One.m3u8"
    one.write_text("#EXTM3U\n#EXTINF:3,Кино - Song 2\n2.mp3\n", encoding="utf-8")
    assert mag("import", one).code == 0
    whole = mag("reel", "cut", tmp_path / "whole", "--open", "--search", "song")
    assert whole.code == 0
    part = mag("reel", "cut", tmp_path / "part", "--open", "--playlist", "One", "--json")
    assert (part.code, part.document["missing"]) == (0, [])
    lengths = []
    for reel, is_complete in ("whole", True), ("part", False):
        friend = ("--library", tmp_path / f"friend of {reel}", "--passphrase-file", passphrase)
        assert bare(*friend, "init").code == 0
        assert bare(*friend, "dub", tmp_path / reel).code == 0
        (found,) = bare(*friend, "list", "--json").document["releases"]
        assert (found["tracks"], found["complete"]) == (2, is_complete)
        lengths.append(found["length"])
    assert lengths[0] > lengths[1] > 0


def test_a_search_that_finds_nothing_and_a_playlist_that_is_not_there_cut_no_reel(mag, tmp_path):
    for option, name in ("--search", "zzzz"), ("--playlist", "zzzz"):
        said = mag("reel", "cut", tmp_path / "none", "--open", option, name)
        assert (said.code, "zzzz" in said.err) == (EXIT_USAGE, True)
        assert not (tmp_path / "none").exists()
