"""The whole way of an album, as its people would go it: import, publish, cut, damage, mend, dub, export.

Audio stays bit for bit. Real music where `MAG_CORPUS` names a folder of it, and generated tracks: a few hundred, or
`MAG_TRACKS` of them.
"""

from __future__ import annotations

import hashlib
import os
import random
import struct
from pathlib import Path

import pytest

from magnitizdat.disk.disk import Disk
from magnitizdat.ops.dub.from_spool import dub
from magnitizdat.ops.give.cut import cut_reel
from magnitizdat.ops.give.export import export
from magnitizdat.ops.give.gathering import gather
from magnitizdat.ops.intake.importing import import_music
from magnitizdat.ops.keep.upkeep import doctor
from magnitizdat.ops.labels.friends import add_friend, my_card, recipients
from magnitizdat.ops.labels.labels import create, find_label
from magnitizdat.ops.labels.publish import publish
from magnitizdat.ops.places.sources import open_sources
from magnitizdat.reel.check import check
from magnitizdat.reel.mend import mend
from magnitizdat.workers.sniff import sniff
from tests.fakes_library import NOW, make_library


def audio_digests(folder: Path) -> set[str]:
    """Digests of every audio file below a folder."""
    found = set()
    for path in folder.rglob("*"):
        if path.is_file():
            content = path.read_bytes()
            if (sniff(content[:4096]) or "").startswith("audio/"):
                found.add(hashlib.sha256(content).hexdigest())
    return found


def generated(folder: Path, count: int) -> Path:
    """Small, distinct WAV tracks with the same header but different sound, twelve to an album."""
    noise = random.Random(45)
    for number in range(count):
        album = folder / f"Band {number // 120} - Tape {number // 12}"
        album.mkdir(parents=True, exist_ok=True)
        sound = noise.randbytes(4000)
        header = b"RIFF" + (36 + len(sound)).to_bytes(4, "little") + b"WAVEfmt " + (16).to_bytes(4, "little")
        header += struct.pack("<HHIIHH", 1, 1, 8000, 8000, 1, 8)
        (album / f"{number % 12 + 1:02d} Song {number}.wav").write_bytes(
            header + b"data" + len(sound).to_bytes(4, "little") + sound
        )
    return folder


def hurt(reel: Path) -> int:
    """One segment lost and one bent in a burst, in each group of parity; returns how many files were hurt."""
    chance, count = random.Random(1), 0
    for group in check(reel).groups:
        paths = [reel / segment.path for segment in group.segments]
        victim, *_ = chance.sample(paths, 2)
        victim.unlink()
        other = next(path for path in paths if path.exists())
        content = bytearray(other.read_bytes())
        at = chance.randrange(max(1, len(content) - len(content) // 50))
        content[at : at + len(content) // 50] = bytes(len(content) // 50)
        other.write_bytes(content)
        count += 2
    return count


def go_the_way(music: Path, place: Path) -> None:
    viktor, natalia = make_library(place / "viktor"), make_library(place / "natalia")
    report = import_music(viktor, [music])
    assert not report.missing
    create(viktor, "Zoopark Tapes", now=NOW)
    albums = [view.id for view in viktor.shelf.albums()]
    publish(viktor, albums, find_label(viktor, "Zoopark Tapes"), now=NOW)
    add_friend(viktor, my_card(natalia, name="Наталья"))
    told = []
    cut_reel(
        viktor,
        gather(viktor, now=NOW),
        place / "stick",
        recipients=recipients(viktor, ["Наталья"]),
        planned=told.append,
        disk=Disk(),
    )
    files = [path for path in (place / "stick").rglob("*") if path.is_file()]
    assert sum(path.stat().st_size for path in files) == told[0].total_bytes
    before = {path: hashlib.sha256(path.read_bytes()).digest() for path in files if path.suffix == ".age"}
    assert hurt(place / "stick") >= 2
    assert not check(place / "stick").is_valid
    mend(place / "stick", Disk())
    assert {path: hashlib.sha256(path.read_bytes()).digest() for path in before} == before
    for source in open_sources(natalia, str(place / "stick")):
        taken = dub(natalia, source.spool, now=NOW)
        assert not taken.missing
        assert not source.shortfalls
    assert doctor(natalia).damaged == 0
    exported = export(natalia, list(natalia.shelf.albums()), place / "plain", disk=Disk())
    assert not exported.missing
    assert audio_digests(place / "plain") == audio_digests(music)
    viktor.close()
    natalia.close()


def test_generated_music_arrives_bit_for_bit(tmp_path):
    music = generated(tmp_path / "music", int(os.environ.get("MAG_TRACKS", "300")))
    go_the_way(music, tmp_path)


@pytest.mark.slow
def test_real_music_arrives_bit_for_bit(tmp_path):
    corpus = os.environ.get("MAG_CORPUS")
    if not corpus:
        pytest.skip("no real music: set MAG_CORPUS to a folder of it")
    go_the_way(Path(corpus), tmp_path)
