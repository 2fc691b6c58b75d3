"""Reels of somebody who wishes their reader ill: nothing runs, nobody is asked, and the page answers afterwards."""

from __future__ import annotations

import re
import zipfile
from pathlib import Path
from typing import Any

import pytest

from magnitizdat.catalogue.documents import encode
from magnitizdat.catalogue.kinds import RELEASE, target_path
from magnitizdat.formats.names import clean_line
from magnitizdat.pages import pocket
from tests.fakes_spool import Liar
from tests.pocket import hostile
from tests.pocket.conftest import NAMES, Hall
from tests.pocket.readers import Reader
from tests.pocket.tapes import Tape

pytestmark = [pytest.mark.debian, pytest.mark.slow]
KINDS = ("mpeg", "mp4", "aac", "ogg", "wav", "flac")
LARGE = "The cover is too large to be shown here."
CROWDED = "A file of the reel holds more than any of its length"
LISTEN = """() => {
  for (const each of ['alert', 'confirm', 'prompt', 'open']) window[each] = () => { window.marked = each; };
}"""
RAN = """() => [
  window.marked ?? null,
  document.scripts.length - 1,
  every('main :is(img, iframe, object, embed, a, style, script, link, form, base, meta)').length,
  every('*').flatMap(one => one.getAttributeNames()).filter(name => /^on|srcdoc|href|formaction/.test(name)).length,
]"""
UNPACKING = """() => {
  const real = window.createImageBitmap;
  const seen = window.unpacking = { now: 0, most: 0, sides: [] };
  window.createImageBitmap = async (...given) => {
    seen.most = Math.max(seen.most, (seen.now += 1));
    try {
      const bitmap = await real(...given);
      seen.sides.push(Math.max(bitmap.width, bitmap.height));
      return bitmap;
    } finally {
      seen.now -= 1;
    }
  };
}"""
COVERS = """count => {
  const looked = every('.sleeve .cover').filter(one => one.title || one.querySelector('canvas'));
  return looked.length === count && looked.map(one =>
    [one.title, ...[...one.children].map(({localName, width, height}) => `${localName} ${width} ${height}`)]);
}"""
IN_ALBUM = """() => every('.front canvas').map(({width, height}) => [width, height])[0]"""
"""A cover of more pixels than one among many may have is drawn where it is alone."""
SONGS = """count => {
  const all = every('.title > span').map(one => one.firstChild.textContent);
  return all.length === count && all;
}"""
SUNG = (
    "() => { const all = every('.sung p'); return all.length && [all.length, plain(document.body.innerText).length]; }"
)


@pytest.fixture
def tape(tmp_path) -> Tape:
    return Tape(tmp_path / "tape")


def bare() -> bytes:
    """The page without its policy, which is a second wall: what the first one lets through runs, and asks."""
    page, cut = re.subn(rb'<meta http-equiv="Content-Security-Policy" content="[^"]*" />', b"", pocket.page())
    assert cut == 1
    return page


def enter(reader: Reader, url: str) -> Any:
    reader.enters(url)
    reader.browser.evaluate(LISTEN)
    return reader.browser


def nothing_ran(reader: Reader, hall: Hall) -> None:
    """No script and no element of theirs; the page still forgets; and what was asked for would have come by now."""
    browser = reader.browser
    assert browser.wait(RAN) == [None, 0, 0, 0]
    browser.press("Forget")
    browser.sees("Forgotten.")
    browser.open(hall.hand_out(b"<title>Last</title>", "Last.html"))
    assert set(hall.asked) <= {"GET /favicon.ico"}


@pytest.mark.parametrize("name", NAMES)
def test_names_and_texts_are_text(start, page_at, hall, tape, name):
    titles = hostile.titles(hall.origin)
    sound = tape.song("vorbis", 1.0)
    notes = "\n".join(titles)
    for album in titles[:6]:
        tape.album(album, [(title, sound) for title in titles], artist=titles[0], notes={"en": tape.text(notes)})
    tape.liar.rename(titles[1][:100])
    reader = Reader(start(name))
    browser = enter(reader, page_at("file", bare()))
    reader.opens(tape.sealed())
    browser.sees(clean_line(titles[1])[:40])
    reader.looks_at(clean_line(titles[0]))
    shown = browser.wait(SONGS, len(titles))
    assert [clean_line(title) for title in shown] == [clean_line(title) for title in titles]
    assert not set("\u202e\u202c\u2066\u2069\u200b\ufeff\u2060\0") & set("".join(shown))
    browser.sees(clean_line(titles[3]))
    browser.wait("text => plain(document.querySelector('.prose')?.textContent).includes(text)", clean_line(titles[2]))
    saved = reader.saves("Save the album")
    names_are_harmless(saved)
    nothing_ran(reader, hall)


def names_are_harmless(saved: Path) -> None:
    with zipfile.ZipFile(saved) as album:
        names = album.namelist()
    for path in [saved.name, *names]:
        for part in path.split("/"):
            assert re.fullmatch(r'[^<>:"\\|?*\x00-\x1f\u200b\u202a-\u202e\u2060-\u2069\ufeff]+', part), path
            assert not re.match(r"(?i)(\.|-|(con|prn|aux|nul|com\d|lpt\d)(\.|$))", part), path
            assert len(part.encode()) <= 255
    assert len({name.casefold() for name in names}) == len(names)


@pytest.mark.parametrize("name", NAMES)
def test_a_song_that_is_a_list_of_addresses_asks_nobody(start, page_at, hall, tape, name):
    songs = [
        (f"Song {kind}", tape.blob(hostile.playlist(f"{hall.origin}/{kind}.ts"), f"audio/{kind}")) for kind in KINDS
    ]
    tape.album("Ways out", [*songs, ("Honest", tape.song("vorbis"))])
    reader = Reader(start(name))
    browser = enter(reader, page_at("file", bare()))
    reader.opens(tape.sealed())
    reader.looks_at("Ways out")
    for title, _ in songs:
        browser.click(
            browser.wait_element("title => every('.title').find(one => one.innerText.includes(title))", title)
        )
        browser.sees(f"This browser cannot play “{title}”.")
    reader.plays("Honest")
    nothing_ran(reader, hall)


@pytest.mark.parametrize("name", NAMES)
def test_covers_that_hide_their_size_or_are_none_are_not_decoded(start, page_at, hall, tape, name):
    markup = hostile.drawing(f"{hall.origin}/drawn")
    covers = [
        (hostile.jpeg_of_two_sizes(), "image/jpeg"),
        (hostile.flat(hostile.SIDE_16_MPX + 1), "image/png"),
        (markup, "image/png"),
        (hostile.moving(), "image/gif"),
        (hostile.flat(), "image/png"),
        *((hostile.flat(hostile.SIDE_9_MPX, tone), "image/png") for tone in range(3)),
    ]
    for number, (content, kind) in enumerate(covers):
        tape.album(f"Album {number}", [("Song", tape.song("vorbis", 1.0))], cover=tape.blob(content, kind))
    drawn = tape.album("Drawn", [("Song", tape.song("vorbis", 1.0))], cover=tape.blob(markup, "image/png"))
    tape.liar.sign({target_path(RELEASE, drawn.id): encode(drawn).replace(b"image/png", b"image/svg+xml")})
    reader = Reader(start(name))
    browser = enter(reader, page_at("file", bare()))
    browser.evaluate(UNPACKING)
    reader.opens(tape.sealed())
    seen = browser.wait(COVERS, len(covers))
    refused = [title for title, *drawn in seen if not drawn]
    assert len(refused) == 4
    assert all(title.startswith(LARGE) for title in refused)
    assert sorted(drawn for _, *drawn in seen if drawn) == sorted([["canvas 64 64"], *[["canvas 640 640"]] * 3])
    assert browser.evaluate("() => [unpacking.most, unpacking.sides.sort()]") == [1, [64, 640, 640, 640]]
    browser.sees("because they list a file of a kind that is not passed on: 1")
    reader.looks_at("Album 4")
    assert browser.wait(IN_ALBUM) == [640, 640]
    nothing_ran(reader, hall)


ON_ITS_SIDE = """() => {
  const canvas = document.querySelector('.cover canvas');
  if (!canvas) return null;
  const look = (x, y) => [...canvas.getContext('2d').getImageData(x, y, 1, 1).data].map(tone => tone > 128);
  return [canvas.width, canvas.height, look(160, 100), look(160, 540)];
}"""


@pytest.mark.parametrize("name", NAMES)
def test_a_photograph_that_lies_on_its_side_is_turned_and_not_squeezed(start, page_at, tape, name):
    cover = tape.blob(hostile.on_its_side(), "image/jpeg")
    tape.album("Turned", [("Song", tape.song("vorbis", 1.0))], cover=cover)
    reader = Reader(start(name))
    reader.enters(page_at("file"))
    reader.opens(tape.sealed())
    red, blue = [True, False, False, True], [False, False, True, True]
    assert reader.browser.wait(ON_ITS_SIDE) == [320, 640, red, blue]


def test_texts_of_blanks_and_a_line_under_many_times_are_shown(start, page_at, hall, tape):
    blanks = tape.text("x" + " " * (1 << 19) + "x")
    tape.album(
        "Long", [("Song", tape.song("vorbis"))], notes={"en": blanks}, words={"Song": "[0:0]" * 6500 + "A" * 33_000}
    )
    reader = Reader(start("chromium"))
    browser = enter(reader, page_at("file"))
    reader.opens(tape.sealed())
    reader.looks_at("Long")
    browser.sees("This text is longer than is shown here.")
    browser.press("Words of Song")
    lines, letters = browser.wait(SUNG)
    assert lines <= 5_000
    assert letters < 1 << 19
    nothing_ran(reader, hall)


def test_archives_that_list_too_much_are_passed_over(start, page_at, hall, tape):
    tape.album("Honest", [("Song", tape.song("vorbis"))])
    reel = tape.sealed()
    archives = [hostile.crowded(), hostile.boastful(hostile.MOST_LISTED), hostile.boastful(0xFFFF), hostile.climbing()]
    assert list(hostile.sealed_in(reel, *archives))
    for number, archive in enumerate([archives[0], hostile.boastful(0xFFFF)]):
        (reel.folder / f"outer{number}.zip").write_bytes(archive)
    reader = Reader(start("chromium"))
    browser = enter(reader, page_at("file"))
    reader.opens(reel)
    browser.sees(f"Files of the reel that could not be read: {len(archives)}.")
    browser.sees("Archives that are packed: 2.")
    reader.looks_at("Honest")
    reader.plays("Song")
    nothing_ran(reader, hall)


@pytest.mark.parametrize("name", NAMES)
def test_a_reel_of_nothing_but_names_is_refused_with_a_sentence(start, page_at, tape, name):
    tape.album("Honest", [("Song", tape.song("vorbis", 1.0))])
    reel = tape.sealed()
    crowd = list(hostile.sealed_in(reel, hostile.crowded()))
    reader = Reader(start(name))
    browser = enter(reader, page_at("file"))
    browser.give("Choose files", *crowd)
    browser.wait("() => document.querySelector('.chosen b')")
    browser.type("The six words", reel.identity)
    browser.press("Open")
    browser.sees(CROWDED)
    reader.enters(page_at("file"))
    for path in crowd:
        path.unlink()
    reader.opens(reel)
    assert browser.wait(RAN) == [None, 0, 0, 0]


def test_papers_that_are_deep_or_wide_are_left_out(start, page_at, hall, tape):
    tape.album("Honest", [("Song", tape.song("vorbis"))])
    papers = [hostile.deep(33), hostile.deep(100_000), b"{}", b"", hostile.wide(1_100_000)]
    for number, paper in enumerate(papers, 100):
        tape.liar.sign({target_path(RELEASE, f"{number:032x}"): paper})
    broken = [Liar(tape.place / "spool", f"Deep {levels}") for levels in (33, 8_000)]
    for levels, label in zip((33, 8_000), broken, strict=True):
        label.write({"metadata/timestamp.json": hostile.deep(levels)})
    reader = Reader(start("chromium"))
    browser = enter(reader, page_at("file"))
    reader.opens(tape.sealed())
    browser.sees(f"Albums of {tape.name} that were left out, their papers being damaged: 4.")
    browser.sees(f"Albums of {tape.name} that were left out, their papers being longer than they may be: 1.")
    for label in broken:
        browser.sees(f"{label.imprint} — A paper is nested more deeply than any of ours")
    reader.looks_at("Honest")
    reader.plays("Song")
    nothing_ran(reader, hall)
