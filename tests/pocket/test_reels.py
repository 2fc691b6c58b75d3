"""The page's reader of reels beside that of mag: of reels whose bytes were changed both say the same, member by member.

Bytes are changed before they are sealed too, for whoever cuts a reel may write into it what they like.
"""

from __future__ import annotations

import base64
import hashlib
import random
import shutil
from collections.abc import Callable
from pathlib import Path

import pytest

from magnitizdat.errors import DamagedError, MagError
from magnitizdat.formats.age import seal
from magnitizdat.formats.age_keys import X25519Identity
from magnitizdat.formats.zip_store import write_zip
from magnitizdat.reel.opening import _OFFSET_BITS, OpenReel, open_reel
from tests.pocket.node import answers

REELS = 1500
OURS, STRANGERS = X25519Identity(bytes(range(32))), X25519Identity(bytes(range(1, 33)))
NAMES = [
    "labels/mag1qq/metadata/1.root.json", "blobs/ab/abcd", "blobs/ab/abcd.0000", "blobs/ab/abcd.0001", "a", "a/b",
    "pad1", "blobs/ab/abcd.00001", "identity.txt", "x.0000001", "x.00000001", "..", "a+b",
]  # fmt: skip

Files = dict[str, bytes]


def _segment(dice: random.Random) -> bytes:
    """A ZIP of a few members, of which some stand under names that mean the same."""
    names = dice.sample(NAMES[:-2] if dice.random() < 0.9 else NAMES, dice.randint(0, 5))
    names = [name for name in names if name == "a+b" or not (name == "a/b" and "a" in names)]
    members = [(name, dice.randbytes(dice.choice([0, 1, 40, 400]))) for name in names if name != ".."]
    plain = bytearray(b"".join(write_zip(members)))
    if dice.random() < 0.4:  # changed by whoever cut it
        _change(plain, dice)
    return bytes(plain)


def _change(content: bytearray, dice: random.Random) -> None:
    for _ in range(dice.choice([1, 1, 2, 8])):
        if not content:
            return
        at = len(content) - 1 - int(len(content) * dice.random() ** 2)  # where tables stand
        match dice.randrange(4):
            case 0:
                content[at] ^= 1 << dice.randrange(8)
            case 1:
                content[at] = dice.choice([0, 1, 0xFF, 0x2F, 0x2E, 0x50])
            case 2:
                del content[at : at + dice.randint(1, 30)]
            case _:
                content[at:at] = content[at // 2 : at // 2 + dice.randint(1, 30)]


def _reel(dice: random.Random) -> Files:
    files = Files()
    for number in range(dice.randint(1, 4)):
        whose = STRANGERS if dice.random() < 0.15 else OURS
        sealed = bytearray(seal(_segment(dice), [whose.recipient]))
        if dice.random() < 0.25:  # changed on its way
            _change(sealed, dice)
        name = dice.choice(["{}.age", "{}.AGE", "{}.jpeg", "part/{}.age"]).format(
            f"{dice.randrange(16**6):06x}{number}"
        )
        files[name] = bytes(sealed)
    if dice.random() < 0.3:
        files["readme.txt"] = b"PAR2\0PKT or not"
    return files


def _said_by_mag(folder: Path, files: Files) -> object:
    for path, content in files.items():
        (folder / path).parent.mkdir(parents=True, exist_ok=True)
        (folder / path).write_bytes(content)
    try:
        reel = open_reel(folder, [OURS])
    except MagError as exc:
        return type(exc).__name__
    kinds = [each.kind for each in reel.unreadable]
    found = {path: _copies(reel, path) for path in reel.paths()}
    counts = {"foreign": kinds.count("foreign"), "unreadable": kinds.count("damaged")}
    return {"files": found, "segments": reel.segments, **counts}


def _copies(reel: OpenReel, path: str) -> list[list[object]]:
    """What stands in the table of a reel, which a courier or a medium cannot see."""
    table = reel._files[path]
    numbers = zip(table[::3], table[1::3], table[2::3], strict=True)
    return [
        [
            piece,
            where & (1 << _OFFSET_BITS) - 1,
            length,
            _digest(lambda at=at, length=length: reel._read_copy(table, at, 0, length)),
        ]  # type: ignore[misc]
        for at, (piece, where, length) in zip(range(0, len(table), 3), numbers, strict=True)
    ]


def _digest(read: Callable[[], bytes]) -> str:
    try:
        return hashlib.sha256(read()).hexdigest()
    except DamagedError as exc:
        return type(exc).__name__


def test_of_reels_whose_bytes_were_changed_page_and_mag_say_the_same(tmp_path):
    dice = random.Random(45)
    reels = [_reel(dice) for _ in range(REELS)]
    questions = [
        {"files": {path: base64.b64encode(content).decode() for path, content in files.items()}, "identity": OURS.text}
        for files in reels
    ]
    seen = set[str]()
    for files, said in zip(reels, answers("open_reels.js", questions), strict=True):
        folder = tmp_path / "reel"
        folder.mkdir()
        wanted = _said_by_mag(folder, files)
        assert said == wanted, files
        seen.add(wanted if isinstance(wanted, str) else "opened")
        shutil.rmtree(folder)
    assert seen >= {"opened", "DamagedError", "NotMineError"}


@pytest.mark.parametrize("name", ["mp3", "age"])
def test_a_reel_in_one_file_is_what_it_is_in_many(tmp_path, name):
    dice = random.Random(46)
    members = {f"{number}.age": seal(_sound(dice, number), [OURS.recipient]) for number in range(4)}
    whole = b"".join(bytes(part) for part in write_zip([*members.items()]))
    folder = tmp_path / "reel"
    folder.mkdir()
    question = {"files": {f"tape.{name}": base64.b64encode(whole).decode()}, "identity": OURS.text}
    assert answers("open_reels.js", [question]) == [_said_by_mag(folder, members)]


def _sound(dice: random.Random, number: int) -> bytes:
    return b"".join(bytes(part) for part in write_zip([(f"blobs/ab/{number}", dice.randbytes(200))]))
