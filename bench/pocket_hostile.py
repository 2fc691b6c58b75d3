"""`python -m bench.pocket_hostile [BROWSER…]`: what hostile reels cost the page: seconds until it answers, and memory.

The inputs are harmless but for their number and length, and our own walls stop each. A new profile for each run.
"""

from __future__ import annotations

import sys
import tempfile
import time
from collections.abc import Callable
from pathlib import Path
from typing import NamedTuple

from bench.measure import machine
from bench.pocket import BROWSERS, Memory, browsers
from magnitizdat.catalogue.kinds import RELEASE, target_path
from magnitizdat.formats.zip_store import write_zip
from magnitizdat.pages import pocket
from tests.pocket import hostile
from tests.pocket.browsers import Browser
from tests.pocket.tapes import Reel, Tape

MOST_S, MOST_MEMORY = 5.0, 400_000_000
SCREEN = 8  # covers
MILLION = 16  # archives of as many members as one can list
SHELF = (
    "() => !!document.querySelector('main.in-shelf') || document.querySelector('main.in-entrance .wrong')?.textContent"
)
LONG = "() => document.querySelector('main.in-album .tracks') && document.querySelector('.prose')?.textContent"
COVERS = """count => every('.sleeve .cover').slice(scrollY ? -count : 0).slice(0, count)
  .every(one => one.title || one.firstChild)"""
SUNG = "() => every('.sung p').length"


class Case(NamedTuple):
    """A reel, what is given of it, and what a reader does once it is open."""

    name: str
    reel: Reel
    given: list[Path]
    secret: str
    after: Callable[[Browser], None]


def nothing(_page: Browser) -> None:
    pass


def reads_the_album(page: Browser) -> None:
    """Its notes, and the words of its first song."""
    page.click(page.wait_element("() => document.querySelector('.sleeve')"))
    page.wait(LONG)
    page.press("Words of Song")
    page.wait(SUNG)


def sees_covers(page: Browser) -> None:
    """A screen of them, and the next."""
    page.wait(COVERS, SCREEN)
    page.evaluate("() => scrollTo(0, document.body.scrollHeight)")
    page.wait(COVERS, SCREEN)


def tape_in(place: Path, name: str) -> Tape:
    tape = Tape(place / name)
    tape.album("Honest", [("Song", tape.song("vorbis", 1.0))])
    return tape


def of_names(place: Path) -> Case:
    """A million members in sixteen archives that are no longer than they must be."""
    reel = tape_in(place, "million").sealed()
    crowd = hostile.crowded()
    given = [*reel.files, *hostile.sealed_in(reel, *[crowd] * MILLION)]
    return Case("1 million members in 16 files of a reel", reel, given, reel.words, nothing)


def of_many(place: Path) -> Case:
    """More than 200 000 members in archives that are long enough for so many."""
    reel = tape_in(place, "sum").sealed()
    names = [(f"{number:x}", b"") for number in range(hostile.MOST_LISTED - 1)]
    wide = b"".join(bytes(part) for part in write_zip(names, length=256 * hostile.MOST_LISTED))
    given = [*reel.files, *hostile.sealed_in(reel, *[wide] * 4)]
    return Case("262 132 members that their files have room for", reel, given, reel.words, nothing)


def of_outer(place: Path) -> Case:
    """A million members in archives that are given as they are."""
    reel = tape_in(place, "outer").sealed()
    crowd, more = hostile.crowded(), []
    for number in range(MILLION):
        more.append(reel.folder / f"outer{number}.zip")
        more[-1].write_bytes(crowd)
    return Case("1 million members in 16 archives beside a reel", reel, [*reel.files, *more], reel.words, nothing)


def of_papers(place: Path) -> Case:
    tape = tape_in(place, "papers")
    papers = [hostile.deep(33), hostile.deep(1_000_000), *[hostile.wide(1_100_000)] * 8, *[hostile.wide(999_000)] * 8]
    for number, paper in enumerate(papers, 100):
        tape.liar.sign({target_path(RELEASE, f"{number:032x}"): paper})
    reel = tape.sealed()
    return Case("JSON 1 million deep, and 16 papers of a million values", reel, reel.files, reel.words, nothing)


def of_texts(place: Path) -> Case:
    tape = Tape(place / "texts")
    blanks, words = tape.text("x" + " " * ((1 << 20) - 2) + "x"), "[0:0]" * 6500 + "A" * 33_000
    tape.album("Long", [("Song", tape.song("vorbis", 1.0))], notes={"en": blanks}, words={"Song": words})
    reel = tape.sealed()
    return Case("a note of 1 MiB of blanks, words of 6 500 times", reel, reel.files, reel.words, reads_the_album)


def of_covers(place: Path, megapixels: int = 9, side: int = hostile.SIDE_9_MPX) -> Case:
    tape = Tape(place / f"covers-{megapixels}")
    song = tape.song("vorbis", 1.0)
    for number in range(40):
        cover = tape.blob(hostile.flat(side, number), "image/png")
        tape.album(f"Album {number}", [("Song", song)], cover=cover)
    reel = tape.sealed()
    return Case(f"40 covers of {megapixels} megapixels", reel, reel.files, reel.words, sees_covers)


def of_large_covers(place: Path) -> Case:
    return of_covers(place, 16, hostile.SIDE_16_MPX)


def of_titles(place: Path) -> Case:
    tape = Tape(place / "titles")
    titles, song = hostile.titles("http://169.254.7.1"), tape.song("vorbis", 1.0)
    for number in range(20):
        tape.album(f"{number} {titles[number]}", [(title, song) for title in titles * 50])
    reel = tape.sealed()
    return Case("20 000 songs with markup in their names", reel, reel.files, reel.words, nothing)


CASES = (of_names, of_many, of_outer, of_papers, of_texts, of_covers, of_large_covers, of_titles)


def measured(page: Browser, url: str, case: Case) -> tuple[float, int, str]:
    """Seconds from Open until the page has forgotten all of it again; bytes that it took more; what it said."""
    page.open(url)
    page.give("Choose files", *case.given)
    page.wait("() => document.querySelector('.chosen b')")
    page.write(page.element("() => document.querySelector('#secret')"), case.secret)
    with Memory(page) as memory:
        begun = time.monotonic()
        page.press("Open")
        page.wait(SHELF)
        said = str(page.evaluate("() => document.querySelector('.wrong, .foot li')?.textContent ?? ''"))
        case.after(page)
        if page.evaluate("() => document.querySelector('.forget') !== null"):
            page.press("Forget")
            page.sees("Forgotten.")
        seconds = time.monotonic() - begun
    return seconds, memory.most - memory.before, said


def main() -> None:
    """A line for each browser and reel."""
    with tempfile.TemporaryDirectory() as name, browsers(Path(name)) as begin:
        place = Path(name)
        page_file = place / pocket.NAME
        page_file.write_bytes(pocket.page())
        print("| reel | browser | seconds | memory | |\n|---|---|---|---|---|", flush=True)
        for make in CASES:
            case = make(place)
            for each in sys.argv[1:] or BROWSERS:
                with begin(each) as browser:
                    seconds, memory, said = measured(browser, page_file.as_uri(), case)
                reached = "yes" if seconds <= MOST_S and memory <= MOST_MEMORY else "**no**"
                what = f"| {case.name} | {each} | {seconds:.1f} s | {memory / 1e6:.0f} MB | {reached} |"
                print(what, said[:90], flush=True)
    print(machine())


if __name__ == "__main__":
    main()
