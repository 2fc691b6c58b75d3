"""What is measured, a function for each; all of it on the commands that people run."""

from __future__ import annotations

import shutil
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from typing import NamedTuple

from bench import damage, material
from bench import search as searching
from bench.measure import Timing, bytes_in, command, fresh, in_turns, settle, settle_inodes, warm
from bench.programs import (
    Beets,
    Borg,
    Mag,
    Restic,
    TarAgePar2,
    beets_program,
    build_before,
    par2_of,
    par2_program,
    real_music,
)
from magnitizdat.reel.copy import copy as copy_reel
from tests.fakes import SlowDisk


class Row(NamedTuple):
    """One line of the table. `ratio` is how many times we are faster (or, of bytes, how much more there are)."""

    work: str
    ours: str
    against: str
    theirs: str
    ratio: float
    reach: str
    reached: bool


@dataclass
class Place:
    """Where it happens and with how much."""

    folder: Path
    mib: int
    tracks: int
    runs: int
    slow_runs: int

    def large(self) -> Path:
        return material.large(self.folder / f"large-{self.mib}", mib=self.mib)

    def small(self) -> Path:
        return material.small(self.folder / f"small-{self.tracks}", tracks=self.tracks)


def against(
    timings: dict[str, Timing], work: str, reach: dict[str, float], amount: Callable[[float], str]
) -> Iterator[Row]:
    ours = timings["mag"]
    for name, theirs in timings.items():
        if name == "mag":
            continue
        ratio = theirs.median / ours.median
        least = reach.get(name)
        wanted = f"≥ {least:g} ×" if least else "–"
        yield Row(work, amount(ours.median), name, amount(theirs.median), ratio, wanted, not least or ratio >= least)


def rate(length: int) -> Callable[[float], str]:
    return lambda seconds: f"{length / seconds / 1e6:.0f} MB/s"


def _tracks(count: int) -> Callable[[float], str]:
    return lambda seconds: f"{count / seconds:.0f}/s"


def _seconds(seconds: float) -> str:
    return f"{seconds:.3f} s"


def stocked(place: Place, name: str, music: Path, program: Path | None = None) -> Mag:
    """An unlocked library that holds this music, published in a label of its own."""
    viktor = Mag(place.folder / f"viktor-{name}", program).begin()
    viktor("import", music)
    viktor("label", "create", "Noise")
    viktor("publish", "--all", "--label", "Noise", "--no-small")
    return viktor


class Pair(NamedTuple):
    """Viktor with music, Natalia without, and a reel from one to the other."""

    viktor: Mag
    natalia: Mag
    reel: Path

    def cut(self) -> float:
        """The reel anew, out of a library that lies in memory."""
        shutil.rmtree(self.reel)
        warm(self.viktor.library)
        return self.viktor("reel", "cut", self.reel, "--for", "natalia")

    def dub(self, spare: Path) -> float:
        """All of the reel into a copy of the empty library `spare`."""
        _copied(spare, self.natalia.library)
        warm(self.reel)
        settle_inodes()
        return self.natalia("dub", self.reel)

    def spare(self) -> Path:
        """A copy of Natalia's library, which is empty still."""
        spare = self.natalia.folder / "empty"
        shutil.rmtree(spare, ignore_errors=True)
        return Path(shutil.copytree(self.natalia.library, spare))


BEFORE = "mag before"


def _pair_before(place: Place, name: str, music: Path) -> Pair | None:
    """The same of another build, where one is named: each build has libraries and a reel that it made itself."""
    program = build_before()
    return _reel(place, f"{name}-before", music, program) if program else None


def _reel(place: Place, name: str, music: Path, program: Path | None = None) -> Pair:
    viktor = stocked(place, name, music, program)
    natalia = Mag(place.folder / f"natalia-{name}", program).begin()
    viktor("friend", "add", natalia.card("natalia"))
    reel = place.folder / f"reel-{name}"
    shutil.rmtree(reel, ignore_errors=True)
    viktor("reel", "cut", reel, "--for", "natalia")
    return Pair(viktor, natalia, reel)


def cut(place: Place) -> Iterator[Row]:
    """A sealed reel with 10 % of parity, flushed and read back, against backups, which have no parity."""
    yield from _cut(place, "large", place.large(), slow_too=True)
    yield from _cut(place, "small", place.small(), slow_too=False)


def _cut(place: Place, name: str, music: Path, *, slow_too: bool) -> Iterator[Row]:
    pair, before = _reel(place, name, music), _pair_before(place, name, music)
    restic, borg, tar = Restic(place.folder), Borg(place.folder), TarAgePar2(place.folder)

    def warmed(backup: Callable[[Path], float]) -> Callable[[], float]:
        def work() -> float:
            warm(music)
            return backup(music)

        return work

    length = bytes_in(music)
    title = f"cut {_what(place, name)}"
    work = {
        "mag": pair.cut,
        "restic backup": warmed(restic.backup),
        "borg create": warmed(borg.backup),
        "restic backup, sync, check --read-data": warmed(restic.promise),
    }
    if before:
        work[BEFORE] = before.cut
    reach: dict[str, float] = {"restic backup": 1, "borg create": 1}
    if slow_too:
        reach = {"restic backup": 1.25, "restic backup, sync, check --read-data": 2}
    timings = in_turns(work, place.runs)
    if slow_too:
        timings |= in_turns({"tar, age, par2": warmed(tar.backup)}, place.slow_runs)
        reach["tar, age, par2"] = 10
    yield from against(timings, title, reach, rate(length))
    if slow_too:
        yield from _space(pair.viktor, pair.reel, length)


def _space(viktor: Mag, reel: Path, length: int) -> Iterator[Row]:
    groups = viktor.document("reel", "check", reel)["groups"]
    assert isinstance(groups, list)
    lengths = [segment["length"] for group in groups for segment in group["segments"]]
    full = -(-length // lengths[0])
    sealed, padding, parity = sum(lengths), sum(lengths[full:]), bytes_in(reel) - sum(lengths)
    yield _more("space: sealed, without parity and padding", sealed - padding, "its audio", length, 0.04)
    yield _more("space: padding, and the labels' papers", padding, "sealed files", sealed, 0.12)
    yield _more("space: parity", parity, "sealed files", sealed, None)


def _more(work: str, ours: int, against: str, theirs: int, limit: float | None) -> Row:
    more = (ours - theirs) / theirs if ours > theirs else ours / theirs
    reach = f"≤ {limit * 100:g} %" if limit else "–"
    return Row(work, f"{ours / 1e6:.1f} MB", against, f"{theirs / 1e6:.1f} MB", more, reach, not limit or more <= limit)


def check(place: Place) -> Iterator[Row]:
    """Checking a reel without a key, against par2 on the same files."""
    viktor, _, reel = _reel(place, "large", place.large())
    warm(reel)
    work = {"mag": lambda: viktor("reel", "check", reel, keyless=True), par2_name(): lambda: par2_of(reel, "verify")}
    timings = in_turns(work, place.runs)
    yield from against(timings, f"check {_what(place, 'large')}", {par2_name(): 3}, rate(bytes_in(reel)))


def mend(place: Place) -> Iterator[Row]:
    """Mending without a key, against par2 on copies of the same files; bit for bit."""
    viktor, _, reel = _reel(place, "large", place.large())
    for title, percent, count, lose_one, least in (
        ("mend 8 % in 10 bursts a group", 8, 10, False, 4.5),
        ("mend a lost segment and 2 % in 3 bursts a group", 2, 3, True, 5.0),
    ):
        hurt = place.folder / "hurt"
        shutil.rmtree(hurt, ignore_errors=True)
        shutil.copytree(reel, hurt)
        damage.bursts(hurt, percent=percent, count=count, lose_one=lose_one)
        work = {
            "mag": partial(_mended, viktor, reel, hurt, place.folder / "copy"),
            par2_name(): partial(_mended_by_par2, reel, hurt, place.folder / "copy"),
        }
        yield from against(in_turns(work, place.slow_runs), title, {par2_name(): least}, rate(bytes_in(reel)))


def _mended(mag: Mag, whole: Path, hurt: Path, copy: Path) -> float:
    _copied(hurt, copy)
    seconds = mag("reel", "mend", copy, keyless=True)
    command(["diff", "-rq", whole, copy])
    return seconds


def _mended_by_par2(whole: Path, hurt: Path, copy: Path) -> float:
    _copied(hurt, copy)
    seconds = par2_of(copy, "repair")
    for path in whole.rglob("*.age"):
        command(["cmp", path, copy / path.relative_to(whole)])
    return seconds


def _copied(source: Path, target: Path) -> None:
    shutil.rmtree(target, ignore_errors=True)
    shutil.copytree(source, target)
    settle()


def dub(place: Place) -> Iterator[Row]:
    """Taking everything from a reel: verified and sealed, against restores, which only decrypt."""
    yield from _dub(place, "large", place.large(), {"restic restore": 1.5, "borg extract": 2.5, BEFORE: 1.6})
    yield from _dub(place, "small", place.small(), {})


def _dub(place: Place, name: str, music: Path, reach: dict[str, float]) -> Iterator[Row]:
    pair, before = _reel(place, name, music), _pair_before(place, name, music)
    restic, borg = Restic(place.folder), Borg(place.folder)
    restic.backup(music)
    borg.backup(music)
    restored = place.folder / "restored"

    def theirs(restore: Callable[[Path], float]) -> Callable[[], float]:
        def work() -> float:
            fresh(restored)
            settle_inodes()
            return restore(restored)

        return work

    def flushed(restore: Callable[[Path], float]) -> Callable[[Path], float]:
        """A restore that is on the disk when it ends, as a dub is."""
        return lambda target: restore(target) + command(["sync", "-f", target])

    work = {
        "mag": partial(pair.dub, pair.spare()),
        "restic restore": theirs(restic.restore),
        "borg extract": theirs(borg.restore),
        "restic restore, sync": theirs(flushed(restic.restore)),
        "borg extract, sync": theirs(flushed(borg.restore)),
    }
    if before:
        work[BEFORE] = partial(before.dub, before.spare())
    yield from against(in_turns(work, place.runs), f"dub {_what(place, name)}", reach, rate(bytes_in(music)))
    shutil.rmtree(restored)


def copy(place: Place) -> Iterator[Row]:
    """One reel onto eight sticks of 20 MB/s at once, against one of them alone."""
    _, _, reel = _reel(place, "copied", material.large(place.folder / "large-128", mib=128, files=16))

    def onto(count: int) -> float:
        sticks = [(fresh(place.folder / f"stick-{number}") / "reel", SlowDisk(20e6)) for number in range(count)]
        begun = time.perf_counter()
        report = copy_reel(reel, sticks)
        assert all(target.verdict == "done" for target in report.targets)
        return time.perf_counter() - begun

    timings = in_turns({"alone": lambda: onto(1), "eight": lambda: onto(8)}, place.slow_runs)
    ratio = timings["alone"].median / timings["eight"].median
    amount = rate(bytes_in(reel))
    work = "copy to 8 sticks of 20 MB/s, each"
    yield Row(
        work,
        amount(timings["eight"].median),
        "1 alone",
        amount(timings["alone"].median),
        ratio,
        "≥ 0.85 ×",
        ratio >= 0.85,
    )


def take(place: Place) -> Iterator[Row]:
    """Import: small tracks against the build before and beets; real music and large files beside plain copies."""
    yield from _take_small(place)
    music = real_music()
    if music:
        copy_and_sum = 'cp -rL "$1" "$2" && find "$2" -type f -exec sha256sum {} + > "$2/sums"'
        name = "cp, sha256sum"
        yield from _take_beside(
            place, "real music", music, name=name, script=copy_and_sum, reach={BEFORE: 1, name: 0.8}
        )
    copy_and_flush = 'cp -r "$1" "$2" && sync -f "$2"'
    large = _what(place, "large")
    yield from _take_beside(place, large, place.large(), name="cp, sync", script=copy_and_flush, reach={})


def _imports(place: Place, music: Path) -> dict[str, Callable[[], float]]:
    """Into a new library each time, by this build and by the one before."""

    def importing(name: str, program: Path | None) -> Callable[[], float]:
        def work() -> float:
            mag = Mag(place.folder / name, program).begin()
            warm(music)
            return mag("import", music, ok=(0, 3))

        return work

    before = build_before()
    work = {"mag": importing("importer", None)}
    return work | ({BEFORE: importing("importer-before", before)} if before else {})


def _take_small(place: Place) -> Iterator[Row]:
    """beets takes so long that a thousand of the tracks stand for all of them."""
    small = place.small()
    timings = in_turns(_imports(place, small), place.runs)
    program = beets_program()
    if program:
        few, name = material.small(place.folder / "small-1000", tracks=1000), "beets import, by 1 000"
        beets = Beets(place.folder, program)
        timings |= in_turns({name: lambda: beets.take(few) * place.tracks / 1000}, place.slow_runs)
    reach = {BEFORE: 1.6, "beets import, by 1 000": 10}
    yield from against(timings, f"import {_what(place, 'small')}", reach, _tracks(place.tracks))


def _take_beside(
    place: Place, what: str, music: Path, *, name: str, script: str, reach: dict[str, float]
) -> Iterator[Row]:
    """Beside what a shell does with the same bytes."""

    def copied() -> float:
        warm(music)
        return command(["sh", "-c", script, "sh", music, fresh(place.folder / "plain") / "copy"])

    timings = in_turns({**_imports(place, music), name: copied}, place.runs)
    yield from against(timings, f"import {what}", reach, rate(bytes_in(music)))
    shutil.rmtree(place.folder / "plain")


def start(place: Place) -> Iterator[Row]:
    """How long a command takes that does nothing."""
    mag = Mag(place.folder / "starter")
    for word in ("--version", "--help"):
        work = {
            "mag": lambda word=word: command([mag.program, word]),
            "python -c pass": lambda: command([mag.program.parent / "python", "-c", "pass"]),
        }
        timings = in_turns(work, max(5, place.runs))
        limit = 0.25 / 0.02
        times = timings["mag"].median / timings["python -c pass"].median
        yield Row(
            f"mag {word}",
            _seconds(timings["mag"].median),
            "python -c pass",
            _seconds(timings["python -c pass"].median),
            times,
            f"≤ {limit:g} ×",
            times <= limit,
        )


def memory(place: Place) -> Iterator[Row]:
    """Peak memory of each verb, at a quarter of the size and at the whole."""
    yield from _memory(place, place.mib // 4)
    yield from _memory(place, place.mib)


def _memory(place: Place, mib: int) -> Iterator[Row]:
    music = material.large(place.folder / f"large-{mib}", mib=mib)
    viktor, natalia, reel = _reel(place, "memory", music)
    shutil.rmtree(reel)
    importer = Mag(place.folder / "importer").begin()
    peaks = {
        "import": importer.memory("import", music),
        "cut": viktor.memory("reel", "cut", reel, "--for", "natalia"),
        "check": viktor.memory("reel", "check", reel, keyless=True),
        "dub": natalia.memory("dub", reel),
    }
    damage.bursts(reel, percent=2, count=3, lose_one=True)
    peaks["mend"] = viktor.memory("reel", "mend", reel, keyless=True)
    peaks["copy to 2"] = viktor.memory(
        "reel", "copy", reel, fresh(place.folder / "a"), fresh(place.folder / "b"), keyless=True
    )
    for verb, peak in peaks.items():
        largest, together = peak.largest >> 20, peak.together >> 20
        yield Row(
            f"memory of {verb}, {mib} MiB", f"{largest} MiB", "with its children", f"{together} MiB", largest / 200,
            "≤ 200 MiB", largest <= 200,
        )  # fmt: skip


def par2_name() -> str:
    return "par2 of Debian" if par2_program().startswith("/usr/bin") else "par2"


def _what(place: Place, name: str) -> str:
    return f"{place.mib} MiB in 128 files" if name == "large" else f"{place.tracks} small tracks"


def search(place: Place) -> Iterator[Row]:
    """A process of its own with the library open, asked for everything that people type."""
    for tracks, reach in ((place.tracks * 10, 0.030), (place.tracks * 100, 0.100)):
        found = searching.measured(place.folder, tracks)
        for kind, seconds in {"all kinds": found.all, **found.by_kind}.items():
            yield Row(
                f"search, {tracks} tracks, {kind}: p95", f"{seconds * 1000:.1f} ms", "reach", f"{reach * 1000:.0f} ms",
                reach / seconds, f"≤ {reach * 1000:.0f} ms" if kind == "all kinds" else "–",
                kind != "all kinds" or seconds <= reach,
            )  # fmt: skip
        yield Row(
            f"memory of search, {tracks} tracks", f"{found.memory >> 20} MiB", "reach", "1024 MiB",
            found.memory / (1 << 30), "≤ 1 GiB", found.memory <= 1 << 30,
        )  # fmt: skip


CASES: dict[str, Callable[[Place], Iterator[Row]]] = {
    "start": start,
    "import": take,
    "cut": cut,
    "check": check,
    "mend": mend,
    "dub": dub,
    "copy": copy,
    "memory": memory,
    "search": search,
}
