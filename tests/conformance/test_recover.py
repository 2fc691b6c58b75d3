"""What `docs/recover.md` promises: a reel and a vault open with stock `age`, `par2`, `unzip` and `cat` alone."""

from __future__ import annotations

import hashlib
import json
import os
import pty
import select
import subprocess
from pathlib import Path

import pytest

from magnitizdat.disk.disk import Disk
from magnitizdat.ops.give.cut import cut_reel
from magnitizdat.ops.give.cut_file import cut_reel_as_one_file
from magnitizdat.ops.give.gathering import gather
from magnitizdat.ops.labels.friends import add_friend, my_card, recipients
from magnitizdat.ops.labels.labels import create, find_label
from magnitizdat.ops.labels.publish import publish
from tests.fakes_library import NOW, PASSPHRASE, make_library, put_album

pytestmark = pytest.mark.debian
DEBIAN_PAR2 = "/usr/bin/par2"
JOIN = 'for f in blobs/*/*.0000; do w=${f%.0000}; cat "$w".[0-9]* > "$w" && rm "$w".[0-9]*; done'


@pytest.fixture
def programs(require_program):
    for name in ("age", "unzip", "sh"):
        require_program(name)
    if not Path(DEBIAN_PAR2).exists():
        require_program("par2 of Debian")


def run(*command: str, cwd: Path) -> None:
    environment = {"PATH": "/usr/bin:/bin", "LC_ALL": "C.UTF-8"}
    subprocess.run(command, cwd=cwd, check=True, capture_output=True, env=environment)


def age_with_words(sealed: Path, opened: Path, words: str) -> None:
    """Stock `age -d` asks for a passphrase on its terminal, so it gets one."""
    child, terminal = pty.fork()
    if child == 0:
        os.execv("/usr/bin/age", ["age", "-d", "-o", str(opened), str(sealed)])
    asked = b""
    while b"passphrase" not in asked.lower():
        assert select.select([terminal], [], [], 30)[0], "age did not ask"
        asked += os.read(terminal, 4096)
    os.write(terminal, words.encode() + b"\n")
    try:
        while os.read(terminal, 4096):
            pass
    except OSError:
        pass
    assert os.waitpid(child, 0)[1] == 0
    os.close(terminal)


def open_all(sealed: list[Path], identity: Path, opened: Path) -> int:
    """As in the document: take every file apart into one folder, then join long files. Returns how many opened."""
    opened.mkdir()
    count = 0
    for path in sealed:
        unsealed = subprocess.run(
            ["/usr/bin/age", "-d", "-i", str(identity), "-o", str(opened / "part.zip"), str(path)],
            capture_output=True,
            check=False,
        )
        if unsealed.returncode == 0:
            run("unzip", "-q", "-o", "part.zip", cwd=opened)
            count += 1
    run("sh", "-c", JOIN, cwd=opened)
    return count


def assert_music_is_there(opened: Path, contents: list[bytes]) -> None:
    for content in contents:
        digest = hashlib.sha256(content).hexdigest()
        assert (opened / "blobs" / digest[:2] / digest).read_bytes() == content


@pytest.fixture
def viktor(tmp_path):
    library = make_library(tmp_path / "viktor")
    album, contents = put_album(library)
    create(library, "Zoopark Tapes", now=NOW)
    publish(library, [album], find_label(library, "Zoopark Tapes"), now=NOW)
    yield library, contents
    library.close()


def test_a_damaged_reel_for_a_friend(tmp_path, viktor, programs):
    library, contents = viktor
    natalia = make_library(tmp_path / "natalia")
    add_friend(library, my_card(natalia, name="Наталья"))
    reel = tmp_path / "stick"
    cut_reel(library, gather(library, now=NOW), reel, recipients=recipients(library, ["Наталья"]), disk=Disk())
    victim = min(reel.glob("*.age"))
    victim.unlink()
    for index in reel.glob("*.par2"):
        if ".vol" not in index.name:
            run(DEBIAN_PAR2, "repair", "-q", index.name, cwd=reel)
    assert victim.exists()
    identity = tmp_path / "identity.txt"
    identity.write_text(natalia.secrets.addresses[0].text + "\n")
    sealed = sorted(reel.glob("*.age"))
    assert open_all(sealed, identity, tmp_path / "opened") == len(sealed)
    assert_music_is_there(tmp_path / "opened", contents)
    documents = [json.loads(path.read_text()) for path in tmp_path.glob("opened/labels/*/targets/*/*.json")]
    assert "45" in {document.get("title") for document in documents}


def test_a_reel_for_six_words(tmp_path, viktor, programs):
    library, contents = viktor
    reel = tmp_path / "stick"
    report = cut_reel(library, gather(library, now=NOW), reel, work_factor=10, disk=Disk())
    locked = [path for path in reel.glob("*.age") if b"-> scrypt" in path.read_bytes()[:200]]
    assert len({path.stat().st_size for path in reel.glob("*.age")}) == 1
    for number, path in enumerate(locked):
        age_with_words(path, tmp_path / f"words{number}.zip", report.words)
    first, second = (path.read_bytes() for path in sorted(tmp_path.glob("words?.zip")))
    assert first == second
    (tmp_path / "first.zip").write_bytes(first)
    run("unzip", "-q", "-o", "first.zip", "identity.txt", cwd=tmp_path)
    sealed = sorted(reel.glob("*.age"))
    assert open_all(sealed, tmp_path / "identity.txt", tmp_path / "opened") == len(sealed) - 2
    assert_music_is_there(tmp_path / "opened", contents)


@pytest.mark.parametrize("is_cut_off", [False, True])
def test_a_reel_as_one_file(tmp_path, viktor, programs, require_program, is_cut_off):
    """Whole, and cut off on its way."""
    require_program("zip")
    library, contents = viktor
    natalia = make_library(tmp_path / "natalia")
    add_friend(library, my_card(natalia, name="Наталья"))
    to = recipients(library, ["Наталья"])
    report = cut_reel_as_one_file(library, gather(library, now=NOW), tmp_path, recipients=to, disk=Disk())
    file = Path(report.file)
    reel = tmp_path / "reel"
    if is_cut_off:
        os.truncate(file, file.stat().st_size - report.cut.parity_bytes // 2)
        run("sh", "-c", f"yes | zip -FF {file.name} --out again.zip", cwd=tmp_path)
        again = ["unzip", "-q", "-o", "again.zip", "-d", "reel"]
        subprocess.run(again, cwd=tmp_path, check=False, capture_output=True)
    else:
        run("unzip", "-q", file.name, "-d", "reel", cwd=tmp_path)
        run("unzip", "-q", "-t", file.name, cwd=tmp_path)
    for index in reel.glob("*.par2"):
        if ".vol" not in index.name:
            run(DEBIAN_PAR2, "repair", "-q", index.name, cwd=reel)
    identity = tmp_path / "identity.txt"
    identity.write_text(natalia.secrets.addresses[0].text + "\n")
    sealed = sorted(reel.glob("*.age"))
    assert open_all(sealed, identity, tmp_path / "opened") == len(sealed)
    assert_music_is_there(tmp_path / "opened", contents)


def test_a_vault(tmp_path, viktor, programs):
    library, contents = viktor
    folder = library.directory
    age_with_words(folder / "key.age", tmp_path / "slot.json", PASSPHRASE)
    identity = tmp_path / "vault.txt"
    identity.write_text(json.loads((tmp_path / "slot.json").read_text())["vault"] + "\n")
    cells = sorted(folder.glob("vault/*/*.age"))
    assert len({path.stat().st_size for path in cells}) == 1
    assert open_all(cells, identity, tmp_path / "opened") == len(cells)
    assert_music_is_there(tmp_path / "opened", contents)
    journal = "".join(path.read_text() for path in tmp_path.glob("opened/rows/*/*.jsonl"))
    assert "Песня 1" in journal
