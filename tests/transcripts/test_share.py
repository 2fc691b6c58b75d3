"""An evening from the terminal: one line when it is ready, and an end that says what it came to."""

from __future__ import annotations

import json
import os
import re
import signal
import ssl
import subprocess
import sys
from contextlib import suppress
from datetime import UTC, datetime, timedelta
from pathlib import Path
from urllib.request import urlopen

import pytest

from magnitizdat.formats.share_words import derive
from magnitizdat.formats.spool_paths import INDEX_PATH
from magnitizdat.formats.tickets import parse_ticket
from magnitizdat.library.library import Library, unlock
from magnitizdat.ops.intake.quarantine import Quarantine
from tests.fakes_library import PASSPHRASE
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
    assert set(ready) == {"address", "ticket", "url", "until", "words"}
    assert ready["ticket"].startswith(f"https://{ready['address']}/")
    with urlopen(ready["url"]) as page:
        assert "45" in page.read().decode()
    child.send_signal(signal.SIGINT)
    out, err = child.communicate(timeout=30)
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
    out, _ = child.communicate(timeout=30)
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
    out, err = child.communicate(timeout=30)
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
    assert "The share is over." in child.communicate(timeout=30)[0]


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
        assert child.wait(timeout=30) == 0
    os.close(mine)
    assert "The evening is over." in said.decode()


def test_nothing_left_is_said_so(mag):
    assert mag("left").out == "Nothing waits.\n"
    assert mag("--json", "left").document == {"left": []}
