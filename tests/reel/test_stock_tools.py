"""Nothing of ours is needed: Debian's age, unzip, par2 and cat take the music out of a damaged reel."""

from __future__ import annotations

import subprocess
from pathlib import Path

import pytest

from magnitizdat.disk.disk import Disk
from magnitizdat.formats.age_keys import X25519Identity
from magnitizdat.reel.check import check
from magnitizdat.reel.mend import mend
from tests.fakes_reel import CutReel, cut_reel, noise, spool_of

pytestmark = pytest.mark.debian
LENGTHS = [2_500_000, 300_000, 1 << 20, 5, 0, 1_700_000, 900_000, 3_100_000, 800_000]


def run(*command: str | Path, cwd: Path | None = None) -> bytes:
    return subprocess.run([str(part) for part in command], cwd=cwd, check=True, stdout=subprocess.PIPE).stdout


def open_with_stock_tools(age: str, unzip: str, folder: Path, identity_text: str, target: Path) -> None:
    identity = target.with_name("identity.txt")
    identity.write_text(identity_text)
    for segment in sorted(folder.rglob("*.age")):
        archive = target.with_name("segment.zip")
        if b"-> X25519" in segment.read_bytes()[:100]:
            run(age, "-d", "-i", identity, "-o", archive, segment)
            run(unzip, "-q", "-o", archive, "-d", target)


def joined(target: Path) -> dict[str, bytes]:
    """`cat blobs/ab/<sha256>.*`, as docs tell people."""
    found: dict[str, bytes] = {}
    for path in sorted(path for path in target.rglob("*") if path.is_file() and path.name != "pad"):
        name = path.relative_to(target).as_posix()
        stem, _, suffix = name.rpartition(".")
        is_piece = suffix.isdigit() and len(suffix) >= 4
        found[stem if is_piece else name] = found.get(stem if is_piece else name, b"") + path.read_bytes()
    return found


def hurt(reel: CutReel) -> None:
    for group in check(reel.folder).groups:
        (reel.folder / group.segments[0].path).unlink()
        with (reel.folder / group.segments[1].path).open("r+b") as file:
            file.seek(30_000)
            file.write(noise(20_000))


def test_par2_age_unzip_and_cat_bring_back_every_byte(tmp_path, require_program):
    age, unzip, par2 = (require_program(name) for name in ("age", "unzip", "par2"))
    reel = cut_reel(tmp_path / "reel", spool_of(LENGTHS))
    hurt(reel)
    for main in sorted(path for path in reel.parity() if ".vol" not in path.name):
        run(par2, "repair", "-q", "-q", main.name, cwd=main.parent)
    assert check(reel.folder).is_valid
    target = tmp_path / "out" / "spool"
    target.mkdir(parents=True)
    open_with_stock_tools(age, unzip, reel.folder, reel.identity.text, target)
    assert joined(target) == reel.spool


def test_par2_of_debian_agrees_that_a_mended_reel_is_whole(tmp_path, require_program):
    par2 = require_program("par2")
    reel = cut_reel(tmp_path / "reel", spool_of(LENGTHS))
    hurt(reel)
    mend(reel.folder, Disk())
    for main in sorted(path for path in reel.parity() if ".vol" not in path.name):
        run(par2, "verify", "-q", "-q", main.name, cwd=main.parent)


def test_the_words_segment_opens_with_age_and_unzip(tmp_path, require_program):
    """age asks for words on a terminal; `script` gives it one."""
    age, unzip, script = (require_program(name) for name in ("age", "unzip", "script"))
    words = "abandon ability able about above absent"
    reel = cut_reel(tmp_path / "reel", spool_of(LENGTHS), words=words)
    segment, _ = (path for path in reel.segments() if b"-> scrypt" in path.read_bytes()[:100])
    archive = tmp_path / "identity.zip"
    command = f"{age} -d -o {archive} {segment}"
    subprocess.run(
        [script, "-qec", command, "/dev/null"],
        input=f"{words}\n".encode(),
        check=True,
        stdout=subprocess.DEVNULL,
        timeout=60,
    )
    text = run(unzip, "-p", archive, "identity.txt").decode()
    key = next(line for line in text.splitlines() if not line.startswith("#"))
    assert X25519Identity.from_text(key) == reel.identity
    target = tmp_path / "out" / "spool"
    target.mkdir(parents=True)
    open_with_stock_tools(age, unzip, reel.folder, text, target)
    assert joined(target) == reel.spool
