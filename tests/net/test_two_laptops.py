"""Two laptops and nothing else: no route, no names, link-local addresses alone; what people do there, as they do it."""

from __future__ import annotations

import json
import signal
import subprocess
import sys
import threading

import pytest

from tests.fakes_library import make_library, put_album
from tests.fakes_spool import publish_all
from tests.net.meeting import Laptop, Meeting

LENGTHS = (2_500_000, 1_200_000, 30_000)
pytestmark = pytest.mark.slow

STRACE = ("strace", "-f", "-qq", "-e", "trace=connect,sendto,sendmsg")


def with_music(laptop: Laptop, label: str, *titles: str, lengths: tuple[int, ...] = LENGTHS) -> Laptop:
    with make_library(laptop.home / "library") as library:
        publish_all(library, [put_album(library, title, label, lengths=lengths)[0] for title in titles], label)
    return laptop


class Sharing:
    """`mag share`, until it is ended: what it said when it was ready."""

    def __init__(self, met: Meeting, laptop: Laptop, *arguments: str) -> None:
        self.program = met.ending(laptop.start_mag("--json", "share", "--all", "--no-guests", *arguments))
        line = self.program.stdout.readline()
        assert line, self.program.stderr.read()
        ready = json.loads(line)
        self.ticket, self.words, self.address = ready["ticket"], ready["words"], ready["address"]

    def end(self) -> int:
        self.program.send_signal(signal.SIGINT)
        return self.program.wait(60)


def titles(laptop: Laptop) -> list[str]:
    listed = laptop.mag("--json", "list")
    assert listed.returncode == 0, listed.stderr
    return sorted(each["title"] for each in json.loads(listed.stdout)["releases"])


def dubbed(laptop: Laptop, *arguments: str, **options) -> dict:
    done = laptop.mag("--json", "dub", *arguments, **options)
    assert done.returncode == 0, (done.stdout, done.stderr)
    return json.loads(done.stdout)


def wait_for(laptop: Laptop, sent: int, running: subprocess.Popen[str]) -> None:
    """Until so many bytes have gone out of its card."""
    idle = threading.Event()
    while laptop.sent() < sent:
        assert running.poll() is None
        idle.wait(0.01)


def test_two_laptops_swap_albums_by_six_words(met):
    """What was not chosen by who gives stays with them."""
    anna = with_music(met.laptop("anna"), "Anna Tapes", "45", "46")
    boris = with_music(met.laptop("boris"), "Boris Tapes", "Ночь", "Тайна")
    assert "default" not in anna.routes() + boris.routes()
    share = Sharing(met, anna, "--take")
    told = dubbed(boris, share.address, "--words-file", "-", "--give", "Ночь", input=share.words + "\n")
    assert (told["tracks"], told["missing"], told["exit_code"]) == (6, [], 0)
    assert told["given"]["tracks"] == 3
    assert share.end() == 0
    assert titles(boris) == ["45", "46", "Ночь", "Тайна"]
    assert titles(anna) == ["45", "46", "Ночь"]
    assert boris.mag("doctor").returncode == anna.mag("doctor").returncode == 0


def test_by_ticket_in_both_directions_and_again_nothing(met):
    anna = with_music(met.laptop("anna"), "Anna Tapes", "45")
    boris = with_music(met.laptop("boris"), "Boris Tapes", "Ночь")
    share = Sharing(met, anna, "--take")
    assert dubbed(boris, share.ticket, "--give", "--all")["given"]["tracks"] == 3
    again = dubbed(boris, share.ticket, "--all")
    assert (again["tracks"], again["given"]["tracks"]) == (0, 0)
    share.end()
    assert titles(anna) == titles(boris) == ["45", "Ночь"]


def test_by_ipv6_alone(met):
    anna = with_music(met.laptop("anna"), "Anna Tapes", "45")
    boris = with_music(met.laptop("boris"), "Boris Tapes", "Ночь")
    for laptop in (anna, boris):
        laptop.do("ip", "-4", "address", "flush", "dev", "wlan0")
    share = Sharing(met, anna, "--take")
    assert f"https://[{anna.address(six=True)}]" in share.ticket
    assert dubbed(boris, share.ticket, "--give", "Ночь")["given"]["tracks"] == 3
    share.end()
    assert titles(anna) == titles(boris) == ["45", "Ночь"]


def test_a_share_that_takes_nothing_says_so_and_what_came_is_told_beside_it(met):
    anna = with_music(met.laptop("anna"), "Anna Tapes", "45")
    boris = with_music(met.laptop("boris"), "Boris Tapes", "Ночь")
    share = Sharing(met, anna)
    done = boris.mag("--json", "dub", share.ticket, "--give", "Ночь")
    told = json.loads(done.stdout)
    assert (done.returncode, told["tracks"]) == (10, 3)
    assert told["error"] == "the other laptop takes nothing; ask for a share with --take"
    share.end()
    assert titles(anna) == ["45"]


@pytest.mark.parametrize("words", [("--give", "Ночь", "--all"), ("--give", "None such")])
def test_what_is_to_be_given_is_looked_at_before_anything_is_asked(met, words):
    boris = with_music(met.laptop("boris"), "Boris Tapes", "Ночь")
    begun = boris.sent()
    assert boris.mag("dub", "10.0.0.1:8046", *words, input="").returncode == 2
    assert boris.sent() - begun < 1000
    folder = boris.mag("dub", str(boris.home), "--give", "Ночь")
    assert (folder.returncode, "another laptop that shares" in folder.stderr) == (2, True)


def test_who_walks_out_and_comes_back_has_all_of_it(met):
    anna = with_music(met.laptop("anna", rate="16mbit"), "Anna Tapes", "45", lengths=(9_000_000,))
    boris = with_music(met.laptop("boris"), "Boris Tapes", "Ночь")
    share, before = Sharing(met, anna, "--take"), anna.sent()
    taking = met.ending(boris.start_mag("--json", "dub", share.ticket, "--give", "Ночь"))
    wait_for(anna, before + 2_000_000, taking)
    boris.leave()
    boris.come_back()
    said, errors = taking.communicate(timeout=100)
    assert taking.returncode == 0, (said, errors)
    assert anna.sent() - before < 9_000_000 * 1.1 + (1 << 20)
    share.end()
    assert titles(anna) == titles(boris) == ["45", "Ночь"]


@pytest.mark.parametrize("who", ["host", "guest"])
def test_either_side_is_killed_and_the_next_time_goes_on(met, who):
    anna = with_music(met.laptop("anna", rate="16mbit"), "Anna Tapes", "45", lengths=(9_000_000,))
    boris = with_music(met.laptop("boris"), "Boris Tapes", "Ночь")
    share, before = Sharing(met, anna), anna.sent()
    taking = met.ending(boris.start_mag("dub", share.ticket))
    wait_for(anna, before + 4_000_000, taking)
    (share.program if who == "host" else taking).kill()
    assert taking.wait(60) == (10 if who == "host" else -signal.SIGKILL)
    if who == "host":
        share = Sharing(met, anna)
    assert dubbed(boris, share.ticket)["missing"] == []
    assert titles(boris) == ["45", "Ночь"]
    assert anna.sent() - before < 9_000_000 * 1.1 + 4 * (1 << 20)  # a piece of each connection, at most


def test_through_a_proxy_and_nothing_else(met, tmp_path, require_program):
    """The guest hears nobody but the proxy, which stands in both rooms and alone knows the share's name."""
    far = met.another_room()
    anna = with_music(met.laptop("anna", far), "Anna Tapes", "45")
    boris = with_music(met.laptop("boris"), "Boris Tapes", "Ночь")
    relay = met.laptop("relay", met.room, far)
    anna.do("ip", "address", "add", "10.7.0.1/24", "dev", "wlan0")
    relay.do("ip", "address", "add", "10.7.0.2/24", "dev", "wlan1")
    (tmp_path / "hosts").write_text("127.0.0.1 localhost\n10.7.0.1 share.example\n")
    hosts = f"mount --bind {tmp_path / 'hosts'} /etc/hosts && exec {require_program('microsocks')} -p 1080"
    met.ending(relay.start("unshare", "--mount", "sh", "-c", hosts))
    share = Sharing(met, anna, "--take", "--bind", "10.7.0.1", "--host", "share.example")
    require_program("strace")
    seen = boris.home / "seen"
    proxy = ("--proxy", f"socks5h://{relay.address()}:1080", "--give", "Ночь")
    command = (*STRACE, "-o", str(seen), sys.executable, "-m", "magnitizdat.cli")
    done = boris.run(*command, "--json", "dub", share.ticket, *proxy)
    assert done.returncode == 0, (done.stdout, done.stderr)
    assert json.loads(done.stdout)["given"]["tracks"] == 3
    asked = [line for line in seen.read_text().splitlines() if "AF_INET" in line]
    assert asked
    assert all(f'inet_addr("{relay.address()}")' in line and "htons(1080)" in line for line in asked)
    share.end()
    assert titles(anna) == titles(boris) == ["45", "Ночь"]
