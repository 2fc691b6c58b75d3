"""An evening: from the code to the first sound over a slow link, and thirty guests at once. Linux, as root.

Guests are in a network namespace of their own behind a pair of virtual cards; nothing leaves this machine.
"""

from __future__ import annotations

import json
import os
import random
import shutil
import subprocess
import sys
import time
import wave
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from bench.cases import Place, Row
from bench.measure import command
from bench.programs import Mag

HOST, GUEST, SPACE = "10.99.0.1", "10.99.0.2", "evening"
LISTEN_S = 20
GUESTS = 30
RATE = 16_000
"""Bytes a second of 128 kbit/s."""
OWNER_ASKS = 20


@contextmanager
def flat(rate: str = "") -> Iterator[None]:
    """Two hosts and a link between them, of `rate` as `tc` writes it where one is given."""
    subprocess.run(["ip", "netns", "del", SPACE], capture_output=True, check=False)
    for words in (
        f"ip netns add {SPACE}",
        f"ip link add host0 type veth peer name guest0 netns {SPACE}",
        f"ip addr add {HOST}/24 dev host0",
        "ip link set host0 up",
        f"ip -n {SPACE} addr add {GUEST}/24 dev guest0",
        f"ip -n {SPACE} link set guest0 up",
        f"ip -n {SPACE} link set lo up",
    ):
        command(words.split())
    if rate:
        shape = f"root tbf rate {rate} burst 32kbit latency 100ms".split()
        command(["tc", "qdisc", "add", "dev", "host0", *shape])
        command(["ip", "netns", "exec", SPACE, "tc", "qdisc", "add", "dev", "guest0", *shape])
    try:
        yield
    finally:
        subprocess.run(["ip", "netns", "del", SPACE], capture_output=True, check=False)


@contextmanager
def evening(mag: Mag) -> Iterator[str]:
    """`mag share` of everything; the short address."""
    argv = [str(each) for each in (*mag.argv("share", "--all", "--bind", HOST, "--port", "0"), "--json")]
    argv.remove("--quiet")
    with subprocess.Popen(argv, stdout=subprocess.PIPE, env={**os.environ, **mag.environment}, text=True) as child:
        try:
            assert child.stdout is not None
            yield json.loads(child.stdout.readline())["url"]
        finally:
            child.terminate()


def first_sound(mag: Mag, chromium: str = "/usr/bin/chromium") -> float:
    """Seconds from the scanned address to the first sound in a browser that is open already, at 10 Mbit/s."""
    with flat("10mbit"), evening(mag) as url:
        return _in_the_flat(_SOUND, url, chromium)[0]


def listeners(mag: Mag) -> tuple[float, float]:
    """(longest silence of any of thirty guests in seconds, slowest answer of the owner's page in seconds)."""
    with flat(), evening(mag) as url:
        serve = [str(each) for each in (*mag.argv("serve", "--port", "0"), "--json")]
        serve.remove("--quiet")
        with subprocess.Popen(serve, stdout=subprocess.PIPE, env={**os.environ, **mag.environment}, text=True) as owner:
            try:
                assert owner.stdout is not None
                link = json.loads(owner.stdout.readline())["url"]
                guests = subprocess.Popen(_command(_LISTEN, url), stdout=subprocess.PIPE, text=True)
                slowest = _slowest_page(link)
                said, _ = guests.communicate(timeout=LISTEN_S * 4)
                return float(said.split()[0]), slowest
            finally:
                owner.terminate()


def _slowest_page(link: str) -> float:
    import httpx

    slowest = 0.0
    with httpx.Client(follow_redirects=True) as browser:
        for _ in range(OWNER_ASKS):
            begun = time.perf_counter()
            browser.get(link if not browser.cookies else link.split("/enter", maxsplit=1)[0] + "/").raise_for_status()
            slowest = max(slowest, time.perf_counter() - begun)
            time.sleep(LISTEN_S / OWNER_ASKS)
    return slowest


def _command(script: str, *words: str) -> list[str]:
    return ["ip", "netns", "exec", SPACE, sys.executable, "-c", script, *words]


def _in_the_flat(script: str, *words: str) -> list[float]:
    done = subprocess.run(_command(script, *words), capture_output=True, text=True, timeout=120, check=False)
    if done.returncode:
        raise RuntimeError(done.stderr[-2000:])
    return [float(word) for word in done.stdout.split()]


_SOUND = """
import sys, time
from playwright.sync_api import sync_playwright
flags = ["--no-sandbox", "--disable-gpu", "--disable-background-networking", "--disable-component-update",
         "--disable-sync", "--no-first-run", "--autoplay-policy=no-user-gesture-required"]
with sync_playwright() as play:
    browser = play.chromium.launch(executable_path=sys.argv[2], args=flags)
    page = browser.new_page(viewport={"width": 390, "height": 844})
    page.goto("about:blank")
    begun = time.perf_counter()
    page.goto(sys.argv[1])
    page.click("ul.shelf a")
    page.evaluate("() => new Promise(go => { const a = document.querySelector('audio');"
                  " a.addEventListener('playing', go, {once: true}); a.play(); })")
    print(time.perf_counter() - begun)
    browser.close()
"""

_LISTEN = f"""
import asyncio, re, sys, time, urllib.request, urllib.parse
url = urllib.parse.urlsplit(sys.argv[1])
get = lambda path: urllib.request.urlopen(f"{{url.scheme}}://{{url.netloc}}{{path}}").read().decode()
album = re.search(r'href="(a[0-9]+)"', get(url.path + "/"))[1]
files = re.findall(r'<source src="(f[0-9a-f]+)"', get(f"{{url.path}}/{{album}}"))

async def guest(number):
    "The longest silence: how far what came fell behind what plays, after the first two seconds of buffer."
    behind, came, file = 0.0, 0, files[number % len(files)]
    reader, writer = await asyncio.open_connection(url.hostname, url.port)
    begun = time.perf_counter()
    while (played := time.perf_counter() - begun) < {LISTEN_S}:
        span = f"bytes={{came}}-{{came + %d - 1}}" % ({RATE} * 4)
        head = f"GET {{url.path}}/{{file}} HTTP/1.1\\r\\nHost: {{url.netloc}}\\r\\nRange: {{span}}\\r\\n\\r\\n"
        writer.write(head.encode())
        answer = await reader.readuntil(b"\\r\\n\\r\\n")
        length = int(re.search(rb"content-length: ([0-9]+)", answer, re.I)[1])
        assert answer.startswith(b"HTTP/1.1 206"), answer
        await reader.readexactly(length)
        played = time.perf_counter() - begun
        behind = max(behind, played - 2 - came / {RATE})
        came += length
        await asyncio.sleep(max(0, came / {RATE} - played - 4))
    writer.close()
    return behind

async def main():
    print(max(await asyncio.gather(*(guest(number) for number in range({GUESTS})))))

asyncio.run(main())
"""


def is_possible() -> bool:
    """Whether namespaces can be made here and a browser is there."""
    return os.name == "posix" and os.geteuid() == 0 and bool(shutil.which("ip")) and Path("/usr/bin/chromium").exists()


def guests(place: Place) -> Iterator[Row]:
    """From the code to the first sound; thirty guests who listen, and the owner's page meanwhile."""
    if not is_possible():
        print("  guests: needs Linux, root, ip, tc and Chromium; left out")
        return
    mag = Mag(place.folder / "host").begin()
    mag("import", _songs(place.folder / "songs"))
    mag("label", "create", "Kvartirnik")
    mag("publish", "--all", "--label", "Kvartirnik")
    sound = sorted(first_sound(mag) for _ in range(place.slow_runs))[place.slow_runs // 2]
    yield Row("guest: code to first sound", f"{sound:.2f} s", "10 Mbit/s link", "–", sound, "≤ 5 s", sound <= 5)
    silence, page = listeners(mag)
    yield Row(
        f"{GUESTS} guests at 128 kbit/s, longest silence", f"{silence:.2f} s", "–", "–", silence, "0 s", silence <= 0
    )
    yield Row("owner's page meanwhile", f"{page:.3f} s", "–", "–", page, "≤ 1 s", page <= 1)


def _songs(folder: Path) -> Path:
    """Six minutes of noise in six files."""
    folder.mkdir(parents=True, exist_ok=True)
    for number in range(6):
        with wave.open(str(folder / f"{number}.wav"), "wb") as sound:
            sound.setparams((2, 2, 44100, 0, "NONE", ""))
            sound.writeframes(random.Random(number).randbytes(60 * 44100 * 4))
    return folder
