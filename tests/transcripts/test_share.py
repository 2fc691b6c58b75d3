"""An evening from the terminal: one line when it is ready, and an end that says what it came to."""

from __future__ import annotations

import json
import os
import re
import shutil
import signal
import ssl
import subprocess
import sys
from contextlib import suppress
from datetime import UTC, datetime, timedelta
from pathlib import Path
from urllib.request import urlopen

import pytest

from magnitizdat.errors import EXIT_PARTLY, EXIT_SOURCE, EXIT_USAGE
from magnitizdat.formats.share_words import derive
from magnitizdat.formats.spool_paths import INDEX_PATH
from magnitizdat.formats.tickets import parse_ticket
from magnitizdat.library.library import Library, unlock
from magnitizdat.ops.intake.quarantine import Quarantine
from tests.conftest import missing
from tests.fakes_library import PASSPHRASE
from tests.fakes_reel import cut_reel, spool_of
from tests.ops.music import song


@pytest.fixture
def share(library, passphrase):
    """`mag share …` in a process of its own; ended by the test, or killed."""
    children = []

    def run(*arguments: str) -> subprocess.Popen[str]:
        program = Path(sys.executable).with_name("mag")
        argv = [program, "--library", library, "--passphrase-file", passphrase, *arguments]
        child = subprocess.Popen(argv, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True)
        children.append(child)
        return child

    yield run
    for child in children:
        child.kill()
        child.communicate()


def test_json_says_one_line_when_guests_can_come(share):
    child = share("--json", "share", "45", "--bind", "127.0.0.1", "--port", "0")
    ready = json.loads(child.stdout.readline())
    assert set(ready) == {"address", "reels", "ticket", "url", "until", "words"}
    assert ready["ticket"].startswith(f"https://{ready['address']}/")
    with urlopen(ready["url"]) as page:
        assert "45" in page.read().decode()
    child.send_signal(signal.SIGINT)
    out, err = child.communicate(timeout=60)
    assert (child.returncode, out, err) == (0, "", "")


def test_people_get_an_address_to_scan_and_to_type_and_a_sum_at_the_end(share):
    child = share("share", "--all", "--bind", "127.0.0.1", "--port", "0")
    said = ""
    while not (found := re.search(r"Or type: (http://127\.0\.0\.1:\d+/[a-z2-9]{5})\n", said)):
        line = child.stdout.readline()
        assert line, said + child.stderr.read()
        said += line
    assert "█" in said
    with urlopen(f"{found[1]}/a0") as page:
        sound = re.search(r'<source src="(f[0-9a-f]+)"', page.read().decode())[1]
    with urlopen(f"{found[1]}/{sound}") as played:
        assert played.read()
    child.send_signal(signal.SIGTERM)
    out, _ = child.communicate(timeout=60)
    assert "The evening is over." in out
    assert "Tracks begun: 1. Copies taken: 0. Files left: 0." in out


def test_the_ticket_alone_is_for_laptops_and_by_a_name_from_elsewhere(share):
    child = share("--json", "share", "45", "--no-guests", "--host", "abcdefgh.onion", "--hours", "1")
    ready = json.loads(child.stdout.readline())
    ticket = parse_ticket(ready["ticket"])
    secret = derive(ready["words"])
    assert (ready["url"], ticket.code, ticket.pin) == (None, secret.code, secret.pin)
    assert [each.host for each in ticket.addresses] == ["abcdefgh.onion"]
    assert datetime.fromisoformat(ready["until"]) - datetime.now(UTC) <= timedelta(hours=1)
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT)
    context.check_hostname, context.verify_mode = False, ssl.CERT_NONE
    here = f"https://127.0.0.1:{ticket.addresses[0].port}/{ticket.code}/{INDEX_PATH}"
    with urlopen(here, context=context) as index:
        assert json.load(index)["labels"]
    child.send_signal(signal.SIGINT)
    out, err = child.communicate(timeout=60)
    assert (child.returncode, out, err) == (0, "", "")


def test_people_get_a_ticket_and_six_words_for_another_laptop(share):
    child = share("share", "--all", "--no-guests", "--bind", "127.0.0.1", "--port", "0")
    said = ""
    while not (found := re.search(r"`mag dub (127\.0\.0\.1:\d+)`, and these six words:\n([a-z ]+)\n", said)):
        line = child.stdout.readline()
        assert line, said + child.stderr.read()
        said += line
    assert "█" in said
    assert f"https://{found[1]}/{derive(found[2]).code}/#pin=" in said.replace("\n", "")
    assert "Or type" not in said
    child.send_signal(signal.SIGTERM)
    assert "The share is over." in child.communicate(timeout=60)[0]


def test_a_wifi_is_for_guests(mag):
    said = mag("share", "--all", "--no-guests", "--wifi", "Kitchen")
    assert (said.code, "--wifi is for guests" in said.err) == (2, True)


def test_it_shares_what_was_named_or_everything_and_not_neither(mag):
    for arguments in ((), ("45", "--all")):
        said = mag("share", *arguments)
        assert (said.code, "--all" in said.err) == (2, True)


def test_what_was_left_is_listed_by_the_clock_on_the_wall_and_taken_in(mag, library):
    came = datetime(2026, 5, 1, 21, 40, tzinfo=UTC)
    with Library(library, unlock(library, PASSPHRASE)) as opened:
        Quarantine(opened).receive("Незнакомая.mp3", [song(7, title="Незнакомая")], now=came, giver="10.0.0.7")
    said = mag("left")
    assert "Незнакомая.mp3" in said.out
    assert came.astimezone().strftime("%Y-%m-%d %H:%M") in said.out
    assert "+00:00" not in said.out
    assert mag("left", "--accept").out.startswith("1 new track (")
    assert mag("left").out == "Nothing waits.\n"
    assert "Незнакомая" in mag("search", "Незнакомая").out


@pytest.mark.skipif(sys.platform == "win32", reason="a terminal of Unix")
def test_any_key_ends_it(library):
    import pty

    mine, its = pty.openpty()
    program = Path(sys.executable).with_name("mag")
    argv = [program, "--library", library, "share", "45", "--bind", "127.0.0.1"]
    with subprocess.Popen([*argv, "--port", "0"], stdin=its, stdout=its, stderr=its) as child:
        os.close(its)
        said = b""
        for waited, typed in ((b"Passphrase", f"{PASSPHRASE}\n".encode()), (b"Everybody on this Wi-Fi", b"q")):
            while waited not in said:
                said += os.read(mine, 4096)
            os.write(mine, typed)
        with suppress(OSError):  # Linux: EIO at the end
            while part := os.read(mine, 4096):
                said += part
        assert child.wait(timeout=60) == 0
    os.close(mine)
    assert "The evening is over." in said.decode()


def test_nothing_left_is_said_so(mag):
    assert mag("left").out == "Nothing waits.\n"
    assert mag("--json", "left").document == {"left": []}


@pytest.fixture
def reel(tmp_path):
    return cut_reel(tmp_path / "stick" / "reel", spool_of([300_000, 1_200_000], seed=4))


@pytest.fixture
def courier(tmp_path):
    """`mag share …` of somebody who has neither a library nor a key."""
    children = []

    def run(*arguments: object) -> subprocess.Popen[str]:
        program = Path(sys.executable).with_name("mag")
        argv = [str(each) for each in (program, "--library", tmp_path / "none", "share", *arguments)]
        surroundings = {**os.environ, "HOME": str(tmp_path / "home")}
        child = subprocess.Popen(argv, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True, env=surroundings)
        children.append(child)
        return child

    yield run
    for child in children:
        child.kill()
        child.communicate()


NEAR = ("--bind", "127.0.0.1", "--port", 0)


def test_a_courier_without_a_library_hands_a_reel_on_and_curl_goes_on_where_it_broke_off(courier, reel, tmp_path):
    if not shutil.which("curl") or not shutil.which("unzip"):
        missing("Debian's curl or unzip is not installed")
    child = courier("--carry", reel.folder, *NEAR, "--json")
    ready = json.loads(child.stdout.readline())
    (file,) = ready["reels"]
    assert (ready["ticket"], ready["words"]) == (None, None)
    taken = tmp_path / file["name"]
    curl = ["curl", "-sf", "-o", taken]
    subprocess.run([*curl, "-r", "0-1000000", file["url"]], check=True)
    assert taken.stat().st_size == 1_000_001
    subprocess.run([*curl, "-C", "-", file["url"]], check=True)
    assert taken.stat().st_size == file["length"]
    subprocess.run(["unzip", "-q", taken, "-d", tmp_path / "out"], check=True, capture_output=True)
    there, back = (
        {path.name: path.read_bytes() for path in (folder).rglob("*.*")} for folder in (reel.folder, tmp_path / "out")
    )
    assert back == there
    child.send_signal(signal.SIGINT)
    assert (*child.communicate(timeout=60), child.returncode) == ("", "", 0)
    assert not (tmp_path / "none").exists()
    assert not (tmp_path / "home").exists()


def test_people_are_told_what_is_handed_on(courier, reel):
    child = courier("--carry", reel.folder, "--carry", reel.folder, *NEAR)
    said = ""
    while "It ends at" not in said:
        line = child.stdout.readline()
        assert line, said + child.stderr.read()
        said += line
    assert "Sealed, to take along: 2 files, 7.8 MB." in said
    line = rf"Reel ([12]): {re.escape(str(reel.folder))}, 3.9 MB; guests see it as ([a-z2-7]{{8}}\.zip)"
    names = re.findall(line, said)
    assert [number for number, _ in names] == ["1", "2"]
    assert "ticket" not in said
    with urlopen(re.search(r"http://[0-9.:]+/[a-z2-9]{5}", said)[0]) as page:
        front = page.read().decode()
    assert "Library.html" in front
    assert all(name in front for _, name in names)
    child.send_signal(signal.SIGTERM)
    assert "The evening is over." in child.communicate(timeout=60)[0]


def test_albums_and_a_reel_go_together(share, reel):
    child = share("--json", "share", "45", "--carry", str(reel.folder), "--bind", "127.0.0.1", "--port", "0")
    ready = json.loads(child.stdout.readline())
    with urlopen(ready["url"]) as page:
        front = page.read().decode()
    assert "45" in front
    assert 'href="take"' in front
    with urlopen(ready["reels"][0]["url"]) as file:
        assert len(file.read()) == ready["reels"][0]["length"]


def test_what_is_lost_of_a_reel_is_told(courier, reel):
    next(reel.folder.glob("*.age")).rename(reel.folder / "Natalia.age")
    child = courier("--carry", reel.folder, *NEAR)
    said = ""
    while "were left out: 1" not in said:
        line = child.stdout.readline()
        assert line, said + child.stderr.read()
        said += line
    with urlopen(re.search(r"http://[0-9.:]+/[a-z2-9]{5}", said)[0]):
        child.send_signal(signal.SIGTERM)
    child.communicate(timeout=60)
    assert child.returncode == EXIT_PARTLY


def test_what_cannot_be_handed_on_is_said_before_anything_is_open(mag, tmp_path, reel):
    (tmp_path / "empty").mkdir()
    for wrong, code, words in (
        (["--carry", tmp_path / "empty"], EXIT_SOURCE, "there is no reel in"),
        (["--carry", tmp_path], EXIT_SOURCE, "is called as those of a reel are"),  # a library lies here
        (["--carry", tmp_path / "gone"], EXIT_SOURCE, "is not there"),
        (["--carry", reel.folder, "--no-guests"], EXIT_USAGE, "--carry is for guests"),
        (["--carry", reel.folder, "--hours", "0"], EXIT_USAGE, "--hours"),
        (["--carry"], EXIT_USAGE, "--carry is followed by --bind, not by a reel"),
    ):
        said = mag("share", *wrong, *NEAR)
        assert (said.code, words in said.err) == (code, True), said
