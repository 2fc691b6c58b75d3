"""What the other tests of this folder stand on: the network is what it says."""

from __future__ import annotations

import socket
import threading

from tests.net.cuts import Cutting

ANSWER = "import socket; s = socket.create_server(('::', 7000), family=socket.AF_INET6, dualstack_ipv6=True); "
ANSWER += "print('ready', flush=True); c, _ = s.accept(); c.sendall({what}); c.close()"
ASK = "import socket, sys; s = socket.create_connection((sys.argv[1], 7000), 20); "
ASK += "print(sum(len(part) for part in iter(lambda: s.recv(65536), b'')))"


def asked(met, far, near, address, what) -> str:
    host = met.ending(far.start("python3", "-c", ANSWER.format(what=what)))
    assert host.stdout.readline() == "ready\n"
    done = near.run("python3", "-c", ASK, address)
    assert done.returncode == 0, done.stderr
    return done.stdout.strip()


def test_two_laptops_hear_each_other_by_link_local_addresses_alone(met):
    anna, boris = met.laptop("anna"), met.laptop("boris")
    assert "default" not in anna.routes()
    before = boris.sent()
    assert asked(met, boris, anna, boris.address(), "b'hello'") == "5"
    assert 5 < boris.sent() - before < 3000
    assert asked(met, boris, anna, f"{boris.address(six=True)}%wlan0", "b'hello'") == "5"


def test_another_room_is_not_heard_but_by_who_stands_in_both(met):
    anna, far = met.laptop("anna"), met.another_room()
    met.laptop("boris", far)
    between = met.laptop("vera", met.room, far)
    assert asked(met, between, anna, between.address("wlan0"), "b'hello'") == "5"
    assert anna.run("python3", "-c", ASK, between.address("wlan1"), timeout_s=60).returncode != 0


def test_who_leaves_the_room_is_not_there_until_they_come_back(met):
    anna, boris = met.laptop("anna"), met.laptop("boris")
    anna.leave()
    assert anna.run("python3", "-c", ASK, boris.address()).returncode != 0
    anna.come_back()
    assert asked(met, boris, anna, f"{boris.address(six=True)}%wlan0", "b'hello'") == "5"


ECHO = "import socket; s = socket.create_server(('0.0.0.0', 7000)); print('ready', flush=True); c, _ = s.accept()\n"
ECHO += "while part := c.recv(65536): c.sendall(part)"
TURNS = "import socket, sys, time; s = socket.create_connection((sys.argv[1], 7000), 60); begun = time.monotonic()\n"
TURNS += "for _ in range(20): s.sendall(b'x'); s.recv(1)\n"
TURNS += "print(time.monotonic() - begun)"


def test_a_long_wire_takes_its_time_and_a_bad_one_loses_nothing_that_tcp_sends_again(met):
    anna, boris = met.laptop("anna", delay_s=0.01), met.laptop("boris")
    echo = met.ending(boris.start("python3", "-c", ECHO))
    assert echo.stdout.readline() == "ready\n"
    assert float(anna.run("python3", "-c", TURNS, boris.address()).stdout) >= 20 * 2 * 0.01
    bad = met.laptop("vera", delay_s=0.001, loss=0.05)
    echo.kill()
    echo.wait()
    assert asked(met, boris, bad, boris.address(), "bytes(300_000)") == "300000"


def test_a_narrow_link_is_narrow(met):
    anna, boris = met.laptop("anna", rate="8mbit"), met.laptop("boris")
    timed = "import time; begun = time.monotonic(); exec(sys.argv[2]); print(time.monotonic() - begun)"
    host = met.ending(boris.start("python3", "-c", ANSWER.format(what="bytes(1_000_000)")))
    assert host.stdout.readline() == "ready\n"
    said = anna.run("python3", "-c", f"import sys; {timed}", boris.address(), ASK).stdout.split()
    assert said[0] == "1000000"
    assert float(said[1]) >= 0.8  # 8 million bits, but for what the bucket held


def test_a_wire_is_cut_after_so_many_bytes_and_whole_after_it():
    server = socket.create_server(("127.0.0.1", 0))

    def answer() -> None:
        for _ in range(2):
            connection, _ = server.accept()
            with connection:
                try:
                    connection.sendall(bytes(200_000))
                except OSError:
                    continue

    threading.Thread(target=answer, daemon=True).start()
    with Cutting(server.getsockname(), [70_000]) as proxy, server:
        for expected in (range(70_001), range(200_000, 200_001)):
            got = 0
            with socket.create_connection(proxy.address, 20) as connection:
                try:
                    while part := connection.recv(65536):
                        got += len(part)
                except ConnectionResetError:
                    pass
            assert got in expected
        assert proxy.cuts == 1
