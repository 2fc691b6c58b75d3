"""The program frozen into one file: nothing but that file on a bare system, no Python, no route, no path.

`MAG_FROZEN` names the file; without it one is built here, which takes a minute.
"""

from __future__ import annotations

import importlib.util
import json
import os
import pty
import re
import shutil
import signal
import subprocess
import sys
import time
import urllib.request
from contextlib import suppress
from pathlib import Path

import pytest

from magnitizdat import __version__
from magnitizdat.pages import pocket
from magnitizdat.workers.pool import MEMORY_LIMIT, ParserPool
from tests.conformance.bare import make_root, run_bare
from tests.conftest import missing
from tests.ops.music import song, write

ROOT = Path(__file__).parents[2]
PATIENCE_S = 60

pytestmark = [
    pytest.mark.debian,
    pytest.mark.slow,
    pytest.mark.skipif(sys.platform != "linux", reason="written for other systems, not run there"),
]


@pytest.fixture(scope="module")
def frozen(tmp_path_factory) -> Path:
    """The one file."""
    named = os.environ.get("MAG_FROZEN")
    if named:
        return Path(named).resolve()
    if importlib.util.find_spec("PyInstaller") is None or shutil.which("objdump") is None:
        missing("set MAG_FROZEN, or install the extra `release` and binutils, to test the frozen program")
    folder = tmp_path_factory.mktemp("frozen")
    subprocess.run([sys.executable, ROOT / "release" / "freeze.py", folder], check=True, capture_output=True)
    return next(folder.glob("mag-*"))


@pytest.fixture
def bare(frozen, tmp_path):
    """A function that runs commands on a bare system; its folder is `bare.root`."""
    if os.geteuid() != 0:
        missing("a bare system needs root")
    root = make_root(tmp_path / "root", frozen)

    def run(*commands: str):
        return run_bare(root, tmp_path / "said", commands)

    run.root = root
    return run


def test_the_tour_is_green_from_that_file_alone(bare):
    version, help_, tour = bare("--version", "--help", "tour --json")
    assert (version.code, version.out, version.err) == (0, f"mag {__version__}\n", "")
    assert help_.code == 0
    assert "pass-on" in help_.out
    assert tour.code == 0, tour.err
    report = json.loads(tour.out)
    assert report["failed"] == 0
    assert report["facts"] >= 25
    assert not tour.left  # the unpacked program is gone too


SMALL_MB = 12


def test_it_unpacks_only_what_a_command_needs(frozen, tmp_path):
    """A temporary folder that holds Python and little more is enough to ask for the version, and not for the tour."""
    if os.geteuid() != 0:
        missing("a small temporary folder needs root")
    mount = f"mount -t tmpfs -o size={SMALL_MB}m small {tmp_path} && TMPDIR={tmp_path}"
    script = f'{mount} "$0" --version && TMPDIR={tmp_path} "$0" tour; echo $?; ls {tmp_path}'
    said = subprocess.run(
        ["unshare", "--mount", "sh", "-c", script, frozen], capture_output=True, text=True, check=True
    )
    assert said.stdout == f"mag {__version__}\n1\n"
    assert re.fullmatch(rf"mag: the program cannot unpack itself into {tmp_path}/\S+; set TMPDIR to .*\n", said.stderr)


WORDS = "--passphrase-file /words"
VIKTOR, NATALIA = f"--library /viktor {WORDS}", f"--library /natalia {WORDS}"
STORY = (
    f"{VIKTOR} init",
    f"{NATALIA} init",
    f"{VIKTOR} unlock",
    f"{NATALIA} unlock",
    "--library /viktor import --json /music",
    "--library /viktor label create Zoopark",
    "--library /viktor --yes publish 45",
    "--library /natalia card --name Natalia --to /natalia.json",
    "--library /viktor --yes friend add /natalia.json",
    "--library /viktor reel cut /stick --for Natalia",
    "reel check --json /stick",
    "--library /natalia dub --json /stick",
    "--library /natalia export --all /plain",
    "--library /natalia export --all /phone --for-phone",
    "--library /natalia doctor",
    "--library /viktor lock",
    "--library /viktor list",
    "--library /viktor import s3://bucket/music",
    "--library /natalia dub s3://bucket/music",
)


def test_music_goes_the_whole_way_with_the_library_unlocked(bare):
    music = {f"45/{number}.{kind}": song(number, kind) for number, kind in ((1, "mp3"), (2, "flac"), (3, "opus"))}
    write(bare.root / "music", music)
    (bare.root / "words").write_text("six words for a bare system\n", encoding="utf-8")
    story = dict(zip(STORY, bare(*STORY), strict=True))
    *whole, locked, not_there, no_s3 = story.items()
    for command, said in whole:
        assert said.code == 0, (command, said.err)
        assert not [name for name in said.left if name.startswith("_MEI")], command  # the agent keeps no folder
    assert json.loads(story["--library /viktor import --json /music"].out)["imported"] == 3
    assert json.loads(story["reel check --json /stick"].out)["valid"]
    arrived = {path.read_bytes() for path in (bare.root / "plain").rglob("*") if path.is_file()}
    assert set(music.values()) <= arrived
    assert len(list((bare.root / "phone").rglob("*.opus"))) == 3
    assert locked[1].code == 12
    assert not_there[1].code != 0
    assert "s3:// cannot be opened" in no_s3[1].err


def test_it_passes_itself_on_and_knows_its_own_copy(bare, frozen):
    copied, same, tour, page = bare(
        "pass-on --json /stick", f"pass-on check /stick/mag-{__version__}-linux-x86_64", "pass-on check /dev/null",
        "pass-on check --json /stick/Library.html",
    )  # fmt: skip
    assert copied.code == 0, copied.err
    (build,) = json.loads(copied.out)["builds"]
    copy = bare.root / "stick" / build["name"]
    assert copy.read_bytes() == frozen.read_bytes()
    assert os.access(copy, os.X_OK)
    printed = subprocess.run(["sha256sum", copy], capture_output=True, check=True, text=True).stdout
    assert printed.split()[0] == build["sha256"]
    assert same.code == 0
    assert "the program that you run now" in same.out
    assert tour.code == 10
    assert (bare.root / "stick" / pocket.NAME).read_bytes() == pocket.page()
    assert (page.code, json.loads(page.out)["verdict"]) == (0, "same")


def test_the_cage_of_a_frozen_parser_holds(frozen):
    with ParserPool(1, command=[str(frozen), "--be", "parser", str(MEMORY_LIMIT)]) as pool:
        assert pool.escapes() == []
        assert pool.cage().system_calls


def test_ctrl_c_is_heard_once_and_leaves_nothing(frozen, tmp_path):
    """The bootloader passes on what the terminal sent to both."""
    child, terminal = pty.fork()
    if child == 0:
        os.execve(frozen, [str(frozen), "tour"], {"TMPDIR": str(tmp_path), "TERM": "dumb"})
    said = b""
    asked = False
    deadline = time.monotonic() + PATIENCE_S
    with suppress(OSError):
        while part := os.read(terminal, 4096):
            said += part
            if not asked and b"2." in said:
                os.write(terminal, b"\x03")
                asked = True
            assert time.monotonic() < deadline
    os.close(terminal)
    _, status = os.waitpid(child, 0)
    assert os.waitstatus_to_exitcode(status) in {130, -signal.SIGINT}
    assert said.count(b"interrupted; run the same command again") == 1
    assert b"Traceback" not in said
    assert not list(tmp_path.iterdir())


def test_it_serves_the_page_and_its_parts(frozen):
    """All that a server loads late is in the file too: tables of spellings, the page, the parsers of HTTP."""
    argv = [frozen, "tour", "--serve", "--json"]
    with subprocess.Popen(argv, stdout=subprocess.PIPE, text=True) as child:
        try:
            assert child.stdout is not None
            said = json.loads(child.stdout.readline())
            browser = urllib.request.build_opener(urllib.request.HTTPCookieProcessor())
            with browser.open(said["url"], timeout=PATIENCE_S) as entered:
                token = re.findall(rb'name="session" content="(\S+) ', entered.read())[0].decode()
            with browser.open(f"{said['base']}/", timeout=PATIENCE_S) as page:
                assert b"<!doctype html>" in page.read()
            asked = urllib.request.Request(f"{said['base']}/api/session", headers={"x-mag-token": token})
            with browser.open(asked, timeout=PATIENCE_S) as session:
                assert json.load(session)["state"] == "open"
        finally:
            child.send_signal(signal.SIGTERM)
    assert child.returncode == 0
