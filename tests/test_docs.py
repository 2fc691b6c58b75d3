"""The documents say what is: their examples run, their links lead somewhere, their verbs exist."""

from __future__ import annotations

import os
import pty
import random
import re
from contextlib import suppress
from datetime import UTC, datetime
from pathlib import Path

import pytest

from magnitizdat.disk.disk import Disk
from magnitizdat.library.journal import AlbumRow, TrackRow
from magnitizdat.library.library import Library
from magnitizdat.model import PIECE_LENGTH, Release, Track
from magnitizdat.ops.albums.small_files import describe
from magnitizdat.ops.give.cut import cut_reel
from magnitizdat.ops.give.gathering import gather
from magnitizdat.ops.labels import labels
from magnitizdat.ops.labels.publish import publish

ROOT = Path(__file__).parent.parent
PAGES = sorted([*ROOT.glob("*.md"), *ROOT.glob("docs/*.md"), *ROOT.glob("docs/adr/*.md")])


def blocks(page: Path, language: str) -> list[tuple[int, str]]:
    """(line number, text) of each fenced block."""
    text = page.read_text(encoding="utf-8")
    found = re.finditer(rf"^```{language}\n(.*?)^```$", text, re.MULTILINE | re.DOTALL)
    return [(text.count("\n", 0, each.start()) + 1, each[1]) for each in found]


def test_examples_of_the_api_run(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    page = ROOT / "docs" / "api.md"
    space: dict[str, object] = {"__name__": "example"}
    examples = blocks(page, "python")
    assert len(examples) > 10
    for line, example in examples:
        exec(compile("\n" * line + example, str(page), "exec"), space)


@pytest.mark.parametrize("page", PAGES, ids=lambda page: page.name)
def test_links_lead_somewhere(page):
    for target in re.findall(r"\]\(([^)\s]+)\)", page.read_text(encoding="utf-8")):
        if "://" not in target and not target.startswith("#"):
            assert (page.parent / target.partition("#")[0]).exists(), target


def test_verbs_of_the_readme_exist(capsys):
    from magnitizdat.cli import main

    text = "\n".join(block for _, block in blocks(ROOT / "README.md", "sh"))
    verbs = {found[1] for found in re.finditer(r"^mag ((?:reel |label |friend )?[a-z]+)", text, re.MULTILINE)}
    assert len(verbs) > 10
    for verb in verbs:
        assert main([*verb.split(), "--help"]) == 0, verb
        assert capsys.readouterr().out.startswith(f"Usage: mag {verb} ")


def test_help_of_every_verb_shows_no_type_of_python(capsys):
    from magnitizdat.cli import main

    waiting, seen = [""], 0
    while waiting:
        verb = waiting.pop()
        assert main([*verb.split(), "--help"]) == 0, verb
        said, seen = capsys.readouterr().out, seen + 1
        assert not re.findall(r"<[a-zA-Z][^<>]*>", said), verb
        if " COMMAND " in said.partition("\n")[0]:
            waiting += [f"{verb} {each}" for each in re.findall(r"^  ([a-z][a-z-]*)  ", said, re.MULTILINE)]
    assert seen > 60


def test_the_page_for_a_knock_says_what_comes_before_a_label_does():
    """A library that has heard nothing of a label cannot take it back, whatever words are typed."""
    rows = (ROOT / "docs" / "knock.md").read_text(encoding="utf-8").splitlines()
    (row,) = [row for row in rows if "`mag label restore`" in row]
    assert -1 < row.find("`mag dub`") < row.find("`mag label restore`")


# -- recovery by hand --------------------------------------------------------------------------------------------------

NOW = datetime(2026, 11, 24, tzinfo=UTC)
PASSPHRASE = "six words for a test library"
SONG = random.Random(45).randbytes(2_500_000)


@pytest.fixture
def home(tmp_path):
    """A library with one signed album in a person's usual place, and a reel of it that six words open."""
    directory = tmp_path / ".local/share/magnitizdat/library"
    file = describe(SONG, "audio/flac")
    track = Track(id="1" * 64, title="Перекур", artist="Виктор", file=file, duration_s=3.0, position=1)
    album = Release(id="ab" * 16, title="45", artist="Виктор")
    with Library.create(directory, PASSPHRASE, work_factor=10) as library:
        with library.changes() as changes:
            changes.put_blob(file, [SONG[start : start + PIECE_LENGTH] for start in range(0, len(SONG), PIECE_LENGTH)])
            changes.row(AlbumRow(release=album))
            changes.row(TrackRow(release_id=album.id, track=track))
            changes.commit()
        labels.create(library, "Zoopark Tapes", now=NOW)
        publish(library, ["45"], labels.find_label(library, "Zoopark Tapes"), now=NOW)
        report = cut_reel(library, gather(library, now=NOW), tmp_path / "stick", work_factor=10, disk=Disk())
    (tmp_path / "words").write_text(report.words)
    return tmp_path


def sections():
    """Shell blocks of the page on recovery by the number of their section."""
    text = (ROOT / "docs" / "recover.md").read_text(encoding="utf-8")
    parts = re.split(r"^## (\d)\.", text, flags=re.MULTILINE)
    return {
        int(number): re.findall(r"^```sh\n(.*?)^```$", part, re.MULTILINE | re.DOTALL)
        for number, part in zip(parts[1::2], parts[2::2], strict=True)
    }


def shell(script, home, folder, *, answer=""):
    """Run a block as a person would, in a terminal where it asks for a passphrase; its output comes back."""
    script = script.replace("/tmp/", f"{home}/").replace("/media/stick/reel", str(home / "stick"))
    child, terminal = pty.fork()
    if child == 0:
        os.chdir(folder)
        os.execve("/bin/sh", ["sh", "-c", script], {**os.environ, "HOME": str(home), "LC_ALL": "C.UTF-8"})
    said = b""
    with suppress(OSError):
        while part := os.read(terminal, 4096):
            said += part
            if answer and b"passphrase" in said:
                os.write(terminal, f"{answer}\n".encode())
                answer = ""
    os.close(terminal)
    os.waitpid(child, 0)
    return said.decode()


def listed(home, join, names):
    shell(join, home, home / "opened")
    (blob,) = [path for path in (home / "opened/blobs").glob("*/*") if path.stat().st_size == len(SONG)]
    assert blob.read_bytes() == SONG
    return shell(names, home, home / "opened")


@pytest.mark.debian
def test_a_damaged_reel_opens_as_the_page_on_recovery_says(home, require_program):
    for program in ("age", "unzip", "par2"):
        require_program(program)
    pages, stick = sections(), home / "stick"
    hurt = sorted(stick.glob("*.age"))
    whole = [path.read_bytes() for path in hurt]
    hurt[0].unlink()
    hurt[1].write_bytes(whole[1][:5000] + b"tram" + whole[1][5004:])
    shell(pages[1][0], home, home)
    assert [path.read_bytes() for path in hurt] == whole
    shell(pages[2][0], home, stick, answer=(home / "words").read_text())
    shell(pages[2][1], home, stick)
    said = listed(home, pages[3][1], pages[3][2])
    assert "45 1 Перекур" in said
    assert "audio/flac" in said


@pytest.mark.debian
def test_a_library_opens_as_the_page_on_recovery_says(home, require_program):
    for program in ("age", "unzip"):
        require_program(program)
    pages, directory = sections(), home / ".local/share/magnitizdat/library"
    shell(pages[4][0], home, home, answer=PASSPHRASE)
    shell(pages[4][1], home, directory)
    assert "45 1 Перекур" in listed(home, pages[3][1], pages[3][2])
    (rows,) = [text for path in home.glob("opened/rows/*/*") if '"album"' in (text := path.read_text(encoding="utf-8"))]
    assert '"title":"Перекур"' in rows
    assert list(home.glob("opened/keys/mag1*"))
    assert not (home / "vault.txt").exists()
