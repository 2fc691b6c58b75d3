"""`python -m bench.hostile`: what hostile inputs cost, beside an earlier build: processor time, wall time, peak memory.

The inputs are harmless but for their number and length, and are shown to our own readers alone. Each run is a command
of its own; `BENCH_BEFORE` (or --before) names the `mag` of the earlier build. Processor time counts beside others.
"""

from __future__ import annotations

import argparse
import hashlib
import json
import os
import random
import statistics
import subprocess
import sys
import threading
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from datetime import UTC, datetime
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import NamedTuple

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from securesystemslib.signer import CryptoSigner
from tuf.api.metadata import Metadata, Root

from bench.measure import MIB, bytes_in, fresh, machine, surroundings
from bench.programs import Mag
from magnitizdat.formats import zip_store
from magnitizdat.formats.age import seal
from magnitizdat.formats.age_header import Stanza, encode_header
from magnitizdat.formats.age_keys import ScryptRecipient, X25519Recipient
from tests.fakes_spool import Liar

_LETTERS = "abcdefghijklmnopqrstuvwxyz234567"
_RECOVERY = b"PAR 2.0\0RecvSlic"


class Cost(NamedTuple):
    """Of one command and what it started: seconds of processor and of the clock, the largest process in bytes."""

    processor_s: float
    wall_s: float
    memory: int


class Input(NamedTuple):
    """Something hostile, and the command that meets it."""

    path: Path
    length: int
    words: tuple[str | Path, ...]


# A process begins with the peak of the one that starts it, so a small one starts what is measured.
_LAUNCHER = """
import json, resource, subprocess, sys, time
begun = time.perf_counter()
subprocess.run(sys.argv[1:], stdin=subprocess.DEVNULL, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
used = resource.getrusage(resource.RUSAGE_CHILDREN)
print(json.dumps([used.ru_utime + used.ru_stime, time.perf_counter() - begun, used.ru_maxrss << 10]))
"""


def cost_of(argv: Sequence[str | Path], env: dict[str, str]) -> Cost:
    """What a command costs, however it ends."""
    launch = [sys.executable, "-S", "-E", "-c", _LAUNCHER, *map(str, argv)]
    done = subprocess.run(launch, env=surroundings(env), capture_output=True, check=True)
    return Cost(*json.loads(done.stdout))


# -- the inputs --------------------------------------------------------------------------------------------------------


def _name(chance: random.Random, suffix: str) -> str:
    return "".join(chance.choices(_LETTERS, k=8)) + suffix


def members(folder: Path, recipients: list[X25519Recipient], *, name: str = "{:09d}", count: int = 2_000_000) -> None:
    """A reel with so many empty members."""
    chance, step = random.Random(1), 62_500
    for first in range(0, count, step):
        plain = b"".join(zip_store.write_zip([(name.format(number), b"") for number in range(first, first + step)]))
        (folder / _name(chance, ".age")).write_bytes(seal(plain, recipients))


def many_paths(folder: Path, recipients: list[X25519Recipient]) -> None:
    """As many files as a reel may have, as closely packed as they may be: at the budgets, not over them."""
    chance, step = random.Random(5), 30_000
    for first in range(0, 480_000, step):
        names = [f"blobs/{number & 255:02x}/{number & 255:02x}{number:062x}" for number in range(first, first + step)]
        plain = b"".join(zip_store.write_zip([(name, bytes(40)) for name in names]))
        (folder / _name(chance, ".age")).write_bytes(seal(plain, recipients))


def stanzas(folder: Path, *, length: int, each: int) -> None:
    """Files that name a thousand people, none of them known."""
    chance = random.Random(2)
    for _ in range(length // each):
        people = [Stanza(("X25519", _share(chance)), chance.randbytes(32)) for _ in range(1000)]
        header = encode_header(people, bytes(16))
        (folder / _name(chance, ".age")).write_bytes(header + bytes(max(0, each - len(header))))


def _share(chance: random.Random) -> str:
    from magnitizdat.formats.age_header import encode_base64

    return encode_base64(chance.randbytes(32)).decode()


def words(folder: Path) -> None:
    """A reel that asks for a gigabyte to try its words."""
    (folder / "abcdefgh.age").write_bytes(seal(bytes(1000), [ScryptRecipient("zoo " * 6, work_factor=20)]))


def packets(folder: Path, *, length: int = 118 * MIB, files: int = 1) -> None:
    """Recovery packets of four bytes each, all sound."""
    chance = random.Random(3)
    for _ in range(files):
        with (folder / _name(chance, ".par2")).open("wb") as made:
            for number in range(length // files // 72):
                rest = bytes(16) + _RECOVERY + number.to_bytes(8, "little")
                digest = hashlib.md5(rest, usedforsecurity=False).digest()
                made.write(b"PAR2\0PKT" + (72).to_bytes(8, "little") + digest + rest)


def beginnings(folder: Path, *, length: int = 2 * MIB) -> None:
    """Nothing but beginnings of packets."""
    (folder / "abcdefgh.par2").write_bytes(b"PAR2\0PKT" * (length // 8))


def metadata(folder: Path, *, length: int = 91 * MIB) -> None:
    """An open spool of a label whose chain of roots is that long, every one of them validly signed."""
    liar = Liar(folder, "Noise", now=datetime.now(UTC))
    key = Ed25519PrivateKey.from_private_bytes(liar.keys.root_seed or b"")
    signer = CryptoSigner(key)
    root = Metadata[Root].from_bytes(liar.state.files["1.root.json"])
    key_id = next(name for name, each in root.signed.keys.items() if each.keyval == signer.public_key.keyval)
    signer.public_key.keyid = key_id
    root.signed.unrecognized_fields["x-pad"] = "a" * 480_000
    for _ in range(length // 480_000):
        root.signed.version += 1
        root.sign(signer)
        liar.write({f"metadata/{root.signed.version}.root.json": root.to_bytes()})


def papers(folder: Path, *, length: int = 91 * MIB) -> None:
    """An open spool of a label with that many bytes of documents, and no music."""
    from magnitizdat.catalogue.documents import encode
    from magnitizdat.catalogue.kinds import RELEASE, target_path
    from magnitizdat.ops.albums.small_files import describe
    from tests.fakes_spool import release_of

    liar = Liar(folder, "Noise", now=datetime.now(UTC))
    (folder / "blobs").mkdir()
    tracks = [describe(b"nowhere", "audio/flac")] * 2000
    documents: dict[str, bytes | None] = {}
    total = number = 0
    while total < length:
        number += 1
        release = release_of(tracks, number=number)
        documents[target_path(RELEASE, release.id)] = body = encode(release)
        total += len(body)
    liar.sign(documents)


def proposals(folder: Path, *, copies: int = 64, holders: int = 180) -> None:
    """So many copies of a proposal with more holders than any label has, each as long as one may be."""
    from magnitizdat.catalogue.carrying_on import root_of
    from magnitizdat.catalogue.holder_cards import public_of
    from magnitizdat.catalogue.proposals import proposal_bytes, propose, signature, with_signatures
    from magnitizdat.catalogue.publisher import create_label

    label = create_label("Noise", now=datetime.now(UTC))
    seeds = [hashlib.sha256(b"%d" % number).digest() for number in range(holders)]
    keys = [public_of(seed) for seed in seeds]
    draft = propose(root_of(label.state), imprint=label.imprint, holders=keys, need=2, now=datetime.now(UTC))
    for number, seed in enumerate(seeds[:copies]):
        copy = with_signatures(draft, [signature(draft, seed)])
        (folder / f"{number}.json").write_bytes(proposal_bytes(copy))


def openings(folder: Path, *, labels: int = 100, closed: int = 60) -> None:
    """A label with so many closed albums, and labels that each say words for all of them, which open nothing."""
    from magnitizdat.catalogue.documents import encode
    from magnitizdat.catalogue.kinds import target_path
    from magnitizdat.catalogue.premieres import OPENING, Opening
    from magnitizdat.formats.names import secret_words
    from tests.fakes_closing import Closing, made

    label, albums = Closing(folder, "Noise", now=datetime.now(UTC)), [made(lengths=[1]) for _ in range(closed)]
    for each in albums:
        label.premiere(each)
    for number in range(labels):
        words = [secret_words(os.urandom(16)) for _ in albums]
        said = [
            Opening(imprint=label.imprint, premiere=each.premiere.id, words=one)
            for each, one in zip(albums, words, strict=True)
        ]
        liar = Liar(folder, f"Liar {number}", now=datetime.now(UTC))
        liar.sign({target_path(OPENING, each.id): encode(each) for each in said})


@contextmanager
def lying_server(length: int = 150 * MIB) -> Iterator[str]:
    """A music server that lists songs until that many bytes are sent; its address."""
    sent = 0

    class Handler(BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            nonlocal sent
            self.rfile.read(int(self.headers["Content-Length"]))
            if "ping" in self.path:
                sent = 0
            more = "search3" in self.path and sent < length
            songs = [{"id": f"{sent + n}", "title": "x" * 900, "path": "y" * 900} for n in range(500)] if more else []
            answer = {"status": "ok", "searchResult3": {"song": songs}}
            body = json.dumps({"subsonic-response": answer}).encode()
            sent += len(body)
            self.send_response(200)
            self.send_header("Content-Length", str(len(body)))
            self.end_headers()
            self.wfile.write(body)

        def log_message(self, *_: object) -> None:
            pass

    with ThreadingHTTPServer(("127.0.0.1", 0), Handler) as server:
        threading.Thread(target=server.serve_forever, daemon=True).start()
        yield f"http://127.0.0.1:{server.server_address[1]}"
        server.shutdown()


# -- running -----------------------------------------------------------------------------------------------------------


def _inputs(work: Path, mags: Sequence[Mag], asked: Sequence[str], server: str) -> Iterator[tuple[str, Input]]:
    """Each input, made when it is its turn, and gone after it."""
    people = [X25519Recipient.from_text(str(json.loads(mag.card("me").read_text())["recipient"])) for mag in mags]
    secret = work / "password"
    secret.write_text("word")
    makers: dict[str, tuple[Callable[[Path], None], Callable[[Path], tuple[str | Path, ...]]]] = {
        "members": (lambda at: members(at, people), lambda at: ("dub", at)),
        "paths": (lambda at: many_paths(at, people), lambda at: ("dub", at)),
        "stanzas": (lambda at: stanzas(at, length=100 * MIB, each=128 << 10), lambda at: ("dub", at)),
        "long stanzas": (lambda at: stanzas(at, length=100 * MIB, each=MIB), lambda at: ("dub", at)),
        "words": (words, lambda at: ("dub", at, "--words", "zoo zoo zoo zoo zoo zoo")),
        "packets": (packets, lambda at: ("reel", "check", at)),
        "packets in 400 files": (lambda at: packets(at, files=400), lambda at: ("reel", "check", at)),
        "beginnings of packets": (beginnings, lambda at: ("reel", "check", at)),
        "roots": (metadata, lambda at: ("dub", at)),
        "papers": (papers, lambda at: ("dub", at)),
        "proposals": (proposals, lambda at: ("label", "sign", *sorted(at.iterdir()), "--yes")),
        "openings": (openings, lambda at: ("dub", at)),
        "server": (
            lambda _: None,
            lambda _: ("import", "--from-subsonic", server, "--user", "me", "--password-file", secret),
        ),
    }
    for name, (make, argv) in makers.items():
        if asked and name not in asked:
            continue
        path = fresh(work / "input")
        make(path)
        yield name, Input(path, bytes_in(path), argv(path))
    fresh(work / "input")


def main() -> None:
    """Print a Markdown table."""
    options = argparse.ArgumentParser(prog="python -m bench.hostile", description=__doc__)
    options.add_argument("inputs", nargs="*", help="some of them; all without")
    options.add_argument("--before", type=Path, default=os.environ.get("BENCH_BEFORE"), help="`mag` of another build")
    options.add_argument("--runs", type=int, default=3, help="runs of each, in turns; their median counts")
    options.add_argument("--work", type=Path, default=Path("/tmp/magnitizdat-hostile"))
    asked = options.parse_args()
    asked.work.mkdir(parents=True, exist_ok=True)
    mags = {"now": Mag(asked.work / "now")}
    if asked.before:
        mags["before"] = Mag(asked.work / "before", Path(asked.before))
    for mag in mags.values():
        mag.begin()
    print(machine())
    print("| input | MiB | build | processor | wall | memory | library grows | times faster |")
    print("|---|---|---|---|---|---|---|---|", flush=True)
    with lying_server() as server:
        for name, each in _inputs(asked.work, list(mags.values()), asked.inputs, server):
            costs: dict[str, list[Cost]] = {build: [] for build in mags}
            sizes = {build: bytes_in(mag.library) for build, mag in mags.items()}
            for _ in range(asked.runs):
                for build, mag in mags.items():
                    costs[build].append(cost_of(mag.argv(*each.words), mag.environment))
            medians = {build: statistics.median(cost.processor_s for cost in some) for build, some in costs.items()}
            for build, mag in mags.items():
                wall = statistics.median(cost.wall_s for cost in costs[build])
                memory = max(cost.memory for cost in costs[build])
                grown = bytes_in(mag.library) - sizes[build]
                ratio = f"{medians['before'] / medians['now']:.1f}" if len(mags) > 1 and build == "now" else ""
                print(
                    f"| {name} | {each.length / MIB:.1f} | {build} | {medians[build]:.2f} s | {wall:.2f} s"
                    f" | {memory / MIB:.0f} MiB | {grown / MIB:.1f} MiB | {ratio} |",
                    flush=True,
                )
    for mag in mags.values():
        mag.end()


if __name__ == "__main__":
    main()
