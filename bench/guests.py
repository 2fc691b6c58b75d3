"""An evening: from the code to the first sound over a slow link, thirty guests at once, thirty copies beside them.

Linux, as root. Guests are in a network namespace of their own behind a pair of virtual cards, the slow link is the
kernel's token bucket (`tc tbf`) in both directions; nothing leaves this machine. The evening is opened in the owner's
page, by one process for both.
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
from typing import Any, NamedTuple

from bench.cases import Place, Row
from bench.measure import command, settle
from bench.programs import Mag

HOST, NET, SPACE = "10.99.0.1", "10.99.0.", "evening"
LISTEN_S = 30
GUESTS = 30
RATE = 16_000
"""Bytes a second of 128 kbit/s."""
OWNER_ASKS = 20
SONGS, SONG_S = 12, 300
"""The album: an hour, 635 MB as it was made."""


class Evening(NamedTuple):
    """Where guests go, and the owner's browser."""

    url: str
    owner: Any
    key: str

    def look(self) -> float:
        """Seconds for all that the owner's page needs to show the shelf."""
        begun = time.perf_counter()
        self.owner.get("/").raise_for_status()
        self.owner.get("/api/session").raise_for_status()
        for album in self.owner.get("/api/albums?offset=0&size=60").raise_for_status().json()["albums"]:
            if album["cover"]:
                self.owner.get(f"/api/covers/{album['cover']}?size=240&key={self.key}").raise_for_status()
        return time.perf_counter() - begun


@contextmanager
def flat(rate: str = "") -> Iterator[None]:
    """Two hosts and a link between them, of `rate` as `tc` writes it where one is given."""
    subprocess.run(["ip", "netns", "del", SPACE], capture_output=True, check=False)
    for words in (
        f"ip netns add {SPACE}",
        f"ip link add host0 type veth peer name guest0 netns {SPACE}",
        f"ip addr add {HOST}/24 dev host0",
        "ip link set host0 up",
        *(f"ip -n {SPACE} addr add {NET}{2 + number}/24 dev guest0" for number in range(2 * GUESTS)),
        f"ip -n {SPACE} link set guest0 up",
        f"ip -n {SPACE} link set lo up",
        f"ip -n {SPACE} route add default via {HOST}",  # the host's other addresses; it forwards to nobody
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
def evening(mag: Mag) -> Iterator[Evening]:
    """Everything is shared, from the page of `mag serve`."""
    import httpx

    argv = [str(each) for each in (mag.program, "--library", mag.library, "--json", "serve", "--port", "0")]
    with subprocess.Popen(argv, stdout=subprocess.PIPE, env={**os.environ, **mag.environment}, text=True) as child:
        try:
            assert child.stdout is not None
            link = json.loads(child.stdout.readline())["url"]
            with httpx.Client(base_url=link.partition("/enter")[0], timeout=60) as owner:
                entrance = owner.get(link).raise_for_status().text
                token, key = entrance.partition('name="session" content="')[2].partition('"')[0].split()
                owner.headers["x-mag-token"] = token
                yield Evening(owner.post("/api/share", json={"hours": 1}).raise_for_status().json()["url"], owner, key)
        finally:
            child.terminate()


def first_sound(mag: Mag, chromium: str = "/usr/bin/chromium") -> float:
    """Seconds from the scanned address to the first sound in a browser that is open already, at 10 Mbit/s."""
    with flat("10mbit"), evening(mag) as tonight:
        done = subprocess.run(
            _command(_SOUND, tonight.url, chromium), capture_output=True, text=True, timeout=120, check=False
        )
    if done.returncode:
        raise RuntimeError(done.stderr[-2000:])
    return float(done.stdout)


def listeners(mag: Mag, *, copies: int = 0) -> tuple[float, float, float]:
    """(longest silence of any of thirty guests, slowest owner's page, both in seconds; MB/s of so many copies)."""
    with flat(), evening(mag) as tonight:
        guests = subprocess.Popen(_command(_LISTEN, tonight.url), stdout=subprocess.PIPE, text=True)
        takers = subprocess.Popen(_command(_TAKE, tonight.url, str(copies)), stdout=subprocess.PIPE, text=True)
        slowest = 0.0
        for _ in range(OWNER_ASKS):
            slowest = max(slowest, tonight.look())
            time.sleep(LISTEN_S / OWNER_ASKS / 2)
        silence, copied = (float(each.communicate(timeout=LISTEN_S * 4)[0]) for each in (guests, takers))
    return silence, slowest, copied / LISTEN_S / 1e6


def _command(script: str, *words: str) -> list[str]:
    return ["ip", "netns", "exec", SPACE, sys.executable, "-c", script, *words]


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
    page.locator("audio").first.evaluate(
        "a => new Promise(go => { a.addEventListener('playing', go, {once: true}); a.play(); })")
    print(time.perf_counter() - begun)
    browser.close()
"""

_FIND = """
import asyncio, re, sys, time, urllib.request, urllib.parse
url = urllib.parse.urlsplit(sys.argv[1])
get = lambda path: urllib.request.urlopen(f"{url.scheme}://{url.netloc}{path}").read().decode()
album = re.search(r'href="(a[0-9]+)"', get(url.path + "/"))[1]
page = get(f"{url.path}/{album}")

async def ask(number, path, span=""):
    "Every guest has an address of their own."
    here = (f"10.99.0.{2 + number}", 0)
    reader, writer = await asyncio.open_connection(url.hostname, url.port, local_addr=here)
    return reader, writer, await again(reader, writer, path, span)

async def again(reader, writer, path, span):
    head = f"GET {url.path}/{path} HTTP/1.1\\r\\nHost: {url.netloc}\\r\\n"
    writer.write((head + (f"Range: bytes={span}\\r\\n" if span else "") + "\\r\\n").encode())
    answer = await reader.readuntil(b"\\r\\n\\r\\n")
    assert answer[9:12] in {b"200", b"206"}, answer
    return int(re.search(rb"content-length: ([0-9]+)", answer, re.I)[1])
"""

_LISTEN = f"""{_FIND}
files = re.findall(r'<audio[^>]*><source src="(f[0-9a-f]+)"', page)

async def guest(number):
    "The longest silence: how far what came fell behind what plays, after two seconds of buffer. Asks by four seconds."
    behind = came = 0
    file, begun, reader = files[number % len(files)], time.perf_counter(), None
    while (played := time.perf_counter() - begun) < {LISTEN_S}:
        span = f"{{came}}-{{came + {RATE * 4} - 1}}"
        if reader is None:
            reader, writer, length = await ask(number, file, span)
        else:
            length = await again(reader, writer, file, span)
        await reader.readexactly(length)
        behind = max(behind, time.perf_counter() - begun - 2 - came / {RATE})
        came += length
        await asyncio.sleep(max(0, came / {RATE} - (time.perf_counter() - begun) - 4))
    writer.close()
    return behind

async def main():
    print(max(await asyncio.gather(*(guest(number) for number in range({GUESTS})))))

asyncio.run(main())
"""

_TAKE = f"""{_FIND}
async def taker(number):
    "Takes the album as one ZIP, as fast as it comes; bytes."
    reader, writer, length = await ask({GUESTS} + number, album.replace("a", "z", 1))
    while part := await reader.read(1 << 20):
        counted[0] += len(part)
    writer.close()

async def main():
    takers = [asyncio.create_task(taker(number)) for number in range(int(sys.argv[2]))]
    await asyncio.sleep({LISTEN_S})
    for each in takers:
        if each.done():
            each.result()
        each.cancel()
    print(counted[0])

counted = [0]
asyncio.run(main())
"""


def is_possible() -> bool:
    """Whether namespaces can be made here and a browser is there."""
    return os.name == "posix" and os.geteuid() == 0 and bool(shutil.which("ip")) and Path("/usr/bin/chromium").exists()


def guests(place: Place) -> Iterator[Row]:
    """From the code to the first sound; thirty guests who listen, and the owner's page meanwhile; thirty copies too."""
    if not is_possible():
        print("  guests: needs Linux, root, ip, tc and Chromium; left out")
        return
    mag = Mag(place.folder / "host").begin()
    mag("import", _songs(place.folder / "songs"))
    mag("label", "create", "Kvartirnik")
    mag("publish", "--all", "--label", "Kvartirnik")
    settle()
    sound = sorted(first_sound(mag) for _ in range(place.slow_runs))[place.slow_runs // 2]
    yield _row("guest: code to first sound, 10 Mbit/s", sound, 5)
    silence, page, _ = listeners(mag)
    yield _row(f"{GUESTS} guests at 128 kbit/s: longest silence", silence, 0)
    yield _row("owner's page meanwhile", page, 1)
    silence, page, rate = listeners(mag, copies=GUESTS)
    yield _row(f"the same beside {GUESTS} copies of an album ({rate:.0f} MB/s): longest silence", silence, 0)
    yield _row("owner's page meanwhile", page, 1)
    mag.end()


def _row(work: str, seconds: float, most: float) -> Row:
    ratio = most / seconds if seconds > 0 else 1.0
    return Row(work, f"{max(0.0, seconds):.2f} s", "–", "–", ratio, f"≤ {most:g} s", seconds <= most)


def _songs(folder: Path) -> Path:
    """An hour of noise in twelve files."""
    folder.mkdir(parents=True, exist_ok=True)
    for number in range(SONGS):
        with wave.open(str(folder / f"{number}.wav"), "wb") as sound:
            sound.setparams((2, 2, 44100, 0, "NONE", ""))
            sound.writeframes(random.Random(number).randbytes(SONG_S * 44100 * 4))
    return folder
