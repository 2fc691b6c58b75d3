"""The doors of the page: whatever of the browser's is named and does not stand in `release/walls.toml` is refused."""

from __future__ import annotations

import re
from collections import Counter
from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st
from release.doors import SCRIPT, Door, doors_of
from release.pocket import ALLOWED, PAGE, TOP
from release.walls import Allowed, faults_of_doors, read_allowed

from tests.pocket.node import need_node
from tests.pocket.planted import KEPT, OUT, RUN, module, planted

SOURCES = TOP / "pocket/src"
WAYS = [*planted(OUT), *planted(KEPT), *planted(RUN)]
ALLOWED_TEXT = ALLOWED.read_text(encoding="utf-8")

CHANGED = {
    "page/saving.js": [
        ("link.href = URL.createObjectURL(blob);", "link.href = name;"),
        ("link.click();", "link.click(); link.click();"),
        ('h("a", { download: name })', 'h("a", { download: name, ping: name })'),
    ],
    "page/dom.js": [
        ("element.append(...there(children));", "element.append(...there(children)); element.setAttribute(...name);"),
        ("Object.assign(element, { [name]: value })", "Object.assign(element, value)"),
        ("document.createElement(tag)", 'document.createElement(tag === "p" ? "script" : tag)'),  # alone in its turn
    ],
    "page/sound.js": [
        ("this.audio.src = url;", "this.audio.src = url; this.audio.src = url;"),
        ("URL.createObjectURL(blob)", "URL.createObjectURL(new Blob([this.#gone]))"),
    ],
    "page/deck.js": [
        ('new MediaMetadata({ title: t("title") })', "new MediaMetadata({ title: this.sound.song.track.title })"),
        ("new Audio()", "new Audio(name)"),
        ("song ? (this.sound.playing", "song ? (document.title = song.track.title, this.sound.playing"),
    ],
    "page/shelf.js": [
        ("announce(t(", "location.hash = wishes.sought; announce(t("),
        ("wishes.sought = ", "name = wishes.sought = "),
    ],
    "engine/start.js": [
        ("new Worker(thePolicy().createScriptURL(address))", "new Worker(address)"),
        ("new Blob([own]", "new Blob([own + wanted]"),
        ("document.currentScript?.textContent", "document.currentScript?.nextElementSibling?.textContent"),
    ],
    "engine/worker.js": [("(self)", "(globalThis)")],
    "core/labels.js": [('from "./trouble.js"', 'from "trouble"')],
    "core/digests.js": [("globalThis.crypto?.subtle;", "globalThis.crypto?.subtle ?? globalThis.caches;")],
}
CHANGES = [(file, turn) for file, changes in CHANGED.items() for turn in range(len(changes))]


def script() -> str:
    page = (TOP / PAGE).read_text(encoding="utf-8")
    return re.search(r"<script>(.*?)</script>", page, re.DOTALL)[1]


@pytest.fixture(scope="module", autouse=True)
def checker() -> None:
    need_node("typescript")


@pytest.fixture(scope="module")
def rows() -> list[Allowed]:
    return read_allowed(ALLOWED_TEXT)


@pytest.fixture(scope="module")
def doors() -> list[Door]:
    """Of the true page."""
    return doors_of(TOP, script())


def refused(doors: list[Door], rows: list[Allowed], file: str) -> bool:
    """Whether something of a file is a fault that the list finds, not the checker of types alone."""
    faults = faults_of_doors(doors, rows)
    return any(fault.startswith(f"{file}, line ") and ": type " not in fault for fault in faults)


@pytest.fixture(scope="module")
def planted_doors() -> list[Door]:
    """Of the true sources, and of modules that each go one way."""
    return doors_of(TOP, "", {f"pocket/src/page/way_{at}.js": module(way) for at, way in enumerate(WAYS)})


@pytest.fixture(scope="module")
def changed_doors() -> list[list[Door]]:
    """Of sources, each with one change of its own; the next one of each in the next list."""
    return [doors_of(TOP, "", changed(turn)) for turn in range(max(map(len, CHANGED.values())))]


def changed(turn: int) -> dict[str, str]:
    files = {}
    for file, changes in CHANGED.items():
        text = (SOURCES / file).read_text(encoding="utf-8")
        for before, after in changes[turn : turn + 1]:
            assert before in text, (file, before)
            files[f"pocket/src/{file}"] = text.replace(before, after, 1)
    return files


def test_the_page_names_what_is_allowed_and_all_of_it(doors, rows):
    assert faults_of_doors(doors, rows) == []


@pytest.mark.parametrize("at", range(len(WAYS)), ids=[way.split("\n")[0][:60] for way in WAYS])
def test_every_way_out_to_keep_and_to_run_a_text_is_refused(planted_doors, rows, at):
    assert refused(planted_doors, rows, f"page/way_{at}.js")


def test_a_module_that_goes_no_way_is_not_refused(rows):
    files = {"pocket/src/page/way.js": module("box.append(words); blob.size;")}
    assert [fault for fault in faults_of_doors(doors_of(TOP, script(), files), rows) if "way.js" in fault] == []


@pytest.mark.parametrize(("file", "turn"), CHANGES, ids=[f"{file} {turn}" for file, turn in CHANGES])
def test_true_sources_with_one_change_are_refused(changed_doors, rows, file, turn):
    assert refused(changed_doors[turn], rows, file)


FREE = re.compile(r"\b(?:open|fetch|eval|Function|document\.title|localStorage|sessionStorage|cookieStore)\b|import\(")


def test_the_script_is_looked_at_too_with_the_libraries_in_it(rows):
    lines = [way for way in WAYS if FREE.search(way) and not re.search(r"\n|with \(|//|/\*\*|title: words", way)]
    body = "\n".join(f"async (words, link, box, blob, event, h) => {{ {line} }};" for line in lines)
    found = faults_of_doors(doors_of(TOP, f"{body}\n"), rows)
    for number, line in enumerate(lines, start=1):
        assert any(fault.startswith(f"{SCRIPT}, line {number}: ") for fault in found), line


def test_no_name_is_allowed_that_is_not_needed(doors, rows):
    for row in rows:
        for name in sorted(row.names):
            named = [door for door in doors if (door.kind, door.name) == name]
            assert named, name
            without = replace(row, names=row.names - {name}, only=None)
            assert all("is not allowed" in fault for fault in faults_of_doors(named, [without])[: len(named)])


def test_no_place_is_allowed_that_is_not_needed(doors, rows):
    for row in rows:
        mine = [door for door in doors if (door.kind, door.name) in row.names]
        for place in row.only or ():
            without = replace(row, only=row.only - Counter([place]))
            assert any("may not stand here" in fault for fault in faults_of_doors(mine, [without])), place


def test_what_is_allowed_and_named_nowhere_is_told(doors, rows):
    more = Allowed("a test", frozenset({("global", "fetch")}), Counter(["page/page.js: fetch()"]))
    assert faults_of_doors(doors, [*rows, more]) == [
        "release/walls.toml allows global 'fetch', and nothing names it; take it out",
        "release/walls.toml allows `page/page.js: fetch()`, and it stands nowhere; take it out",
    ]


kinds = st.sampled_from(["global", "member", "cast"])
names = st.sampled_from("abc")
found = st.builds(
    Door, kind=kinds, name=names, file=st.sampled_from(["pocket/src/x.js", SCRIPT]), line=st.integers(1, 9), text=names
)


@given(doors=st.lists(found), allowed=st.sets(st.tuples(kinds, names)))
def test_whatever_no_row_names_is_a_fault(doors, allowed):
    rows = [Allowed("a test", frozenset({name}), None) for name in allowed]
    faults = faults_of_doors(doors, rows)
    assert sum("is not allowed" in fault for fault in faults) == sum((d.kind, d.name) not in allowed for d in doors)
    assert sum("nothing names it" in fault for fault in faults) == len(allowed - {(d.kind, d.name) for d in doors})


@given(times=st.integers(0, 4), most=st.integers(1, 4), file=st.sampled_from(["pocket/src/x.js", SCRIPT]))
def test_a_place_counts_as_often_as_it_is_said(times, most, file):
    doors = [Door("global", "a", file, line, "a()") for line in range(1, times + 1)]
    row = Allowed("a test", frozenset({("global", "a")}), Counter({"x.js: a()": most}))
    faults = [fault for fault in faults_of_doors(doors, [row]) if "may not stand" in fault]
    assert len(faults) == (max(0, times - most) if file != SCRIPT else 0)


@pytest.mark.parametrize(
    "text",
    [
        '[[allowed]]\nglobals = "a"',
        '[[allowed]]\nbecause = ""\nglobals = "a"',
        '[[allowed]]\nbecause = "x"\nglobal = "a"',
        '[[allowed]]\nbecause = "x"\nglobals = "a"\n[[allowed]]\nbecause = "y"\nglobals = "a"',
    ],
    ids=["no reason", "an empty one", "no kind", "twice"],
)
def test_a_list_that_says_no_reason_or_one_thing_twice_is_refused(text):
    with pytest.raises(ValueError, match="allowed"):
        read_allowed(text)
