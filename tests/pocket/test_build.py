"""The page as it is handed out: what its sources make, the same everywhere, and nothing in it that may not be."""

from __future__ import annotations

import base64
import hashlib
import json
import os
import shutil
import subprocess
import sys
from html.parser import HTMLParser
from pathlib import Path

import pytest
from release.pocket import MOST, PAGE, TOP, BuildError, build, check_vendor, in_lines, with_words, words
from release.walls import faults_of_markup, faults_of_script, faults_of_style

from magnitizdat.pages import pocket
from tests.pocket.node import need_node

ESBUILD = TOP / "node_modules/.bin/esbuild"
RUN_THIS = "run `python -m release.pocket` and keep what it writes"


@pytest.fixture(scope="module")
def esbuild() -> Path:
    need_node("esbuild", "@noble")
    return ESBUILD


def copied(folder: Path) -> Path:
    """The sources of the page alone."""
    shutil.copytree(TOP / "pocket", folder / "pocket", ignore=shutil.ignore_patterns("node_modules"))
    shutil.copytree(TOP / "src/magnitizdat/locale", folder / "src/magnitizdat/locale")
    return folder


ELSEWHERE = [
    ("one", {"LC_ALL": "C", "TZ": "Pacific/Kiritimati", "PYTHONHASHSEED": "1", "PYTHONUTF8": "0"}, 0o077),
    ("and another/with a longer name", {"LC_ALL": "tr_TR.UTF-8", "LANGUAGE": "ru:da", "TZ": "America/St_Johns"}, 0o002),
]


@pytest.mark.parametrize(("folder", "said", "umask"), ELSEWHERE, ids=["C", "Turkish"])
def test_any_folder_language_clock_and_home_make_the_page_that_is_handed_out(esbuild, tmp_path, folder, said, umask):
    top, home = copied(tmp_path / folder), tmp_path / "home"
    home.mkdir()
    code = "import sys, pathlib, release.pocket as p; sys.stdout.buffer.write(p.build(pathlib.Path(sys.argv[1])))"
    known = {"PATH": os.environ["PATH"], "HOME": str(home), "PYTHONPATH": str(TOP), **said}
    done = subprocess.run(
        [sys.executable, "-c", code, top], cwd=home, env=known, umask=umask, capture_output=True, check=False
    )
    assert done.stdout == (TOP / PAGE).read_bytes(), done.stderr.decode() or RUN_THIS


def test_the_page_that_is_shipped_has_its_fingerprint():
    assert pocket.page() == (TOP / PAGE).read_bytes()
    assert pocket.fingerprint() == hashlib.sha256(pocket.page()).hexdigest()
    assert len(pocket.page()) <= MOST


class Seen(HTMLParser):
    """What a browser sees: elements with their attributes, and the text of scripts and styles."""

    def __init__(self, page: str) -> None:
        super().__init__()
        self.elements: list[tuple[str, dict[str, str | None]]] = []
        self.raw: dict[str, list[str]] = {"script": [], "style": []}
        self.feed(page)

    def handle_starttag(self, tag, attrs):
        self.elements.append((tag, dict(attrs)))
        if tag in self.raw:
            self.raw[tag].append("")

    def handle_data(self, data):
        if self.elements and self.elements[-1][0] in self.raw and self.lasttag == self.elements[-1][0]:
            self.raw[self.lasttag][-1] += data if self.cdata_elem else ""


def test_the_policy_names_the_one_script_and_the_one_style():
    seen = Seen(pocket.page().decode("utf-8"))
    assert {name: len(texts) for name, texts in seen.raw.items()} == {"script": 1, "style": 1}
    (policy,) = (at["content"] for _, at in seen.elements if at.get("http-equiv") == "Content-Security-Policy")
    rules = dict(rule.split(" ", 1) for rule in policy.split("; "))
    for name, (text,) in seen.raw.items():
        digest = base64.b64encode(hashlib.sha256(text.encode()).digest()).decode()
        assert rules[f"{name}-src"] == f"'sha256-{digest}'"
    assert {name for name, value in rules.items() if value == "'none'"} == {
        "default-src", "frame-src", "connect-src", "form-action", "base-uri",
    }  # fmt: skip
    assert {name for name, value in rules.items() if value == "blob:"} == {
        "img-src", "media-src", "worker-src", "child-src",
    }  # fmt: skip
    assert rules["require-trusted-types-for"] == "'script'"
    assert rules["trusted-types"].split() == ["library"]


def test_the_policy_is_read_before_anything_else():
    page = pocket.page()
    assert 0 < page.index(b'<meta charset="utf-8"') < page.index(b"Content-Security-Policy") < 1024
    assert page.index(b"Content-Security-Policy") < page.index(b"<style>") < page.index(b"<script>")


def test_no_browser_offers_to_translate_the_page():
    """Their translations are made by a server, of all that is shown."""
    elements = Seen(pocket.page().decode("utf-8")).elements
    assert [at.get("translate") for tag, at in elements if tag == "html"] == ["no"]
    assert [at["content"] for _, at in elements if at.get("name") == "google"] == ["notranslate"]


def test_the_page_names_its_licences():
    assert pocket.page().count(b"The MIT License") == 1
    assert pocket.page().count(b"Copyright (c)") == 2
    assert b"GNU GPL" in pocket.page()


# -- copies of libraries -----------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "change",
    [
        lambda vendor: (vendor / "hashes/hmac.js").write_bytes((vendor / "hashes/hmac.js").read_bytes() + b"\n"),
        lambda vendor: (vendor / "hashes/more.js").write_bytes(b""),
        lambda vendor: (vendor / "curves/LICENSE").unlink(),
    ],
    ids=["changed", "more", "fewer"],
)
def test_a_copy_that_is_not_as_it_was_published_stops_the_build(tmp_path, change):
    top = copied(tmp_path)
    check_vendor(top)
    change(top / "pocket/vendor")
    with pytest.raises(BuildError, match="not as it was published"):
        build(top)


# -- walls -------------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("text", ["a('</script>')", "a('</SCRIPT ')", "a('<script')", "a('<!--')", "a\r\n", "a('\0')"])
def test_what_ends_a_script_or_reads_otherwise_than_it_stands_is_found(text):
    assert faults_of_script(f"const a = 1;\n{text}")
    assert not faults_of_script("const a = 1 < script;\n")


@pytest.mark.parametrize(
    "style", ["a { background: url(x) }", "@import 'x';", "@font-face {}", "a { content: '\\3c' }", "a { top: 0 }\r\n"]
)
def test_a_style_that_loads_something_is_found(style):
    assert faults_of_style(style)


@pytest.mark.parametrize(
    "markup",
    ["<body onload='x'>", "<img src=x>", "<a href='#a'>", "<p style='a'>", "<iframe>", '<meta http-equiv="refresh">'],
)
def test_a_page_that_loads_or_leads_away_is_found(markup):
    assert faults_of_markup(markup)


def test_a_page_that_is_too_long_is_not_made(esbuild, tmp_path):
    top = copied(tmp_path)
    with (top / "pocket/src/page/style.css").open("a", encoding="utf-8") as style:
        style.write("a {}\n" * (MOST // 5))
    with pytest.raises(BuildError, match="are the most"):
        build(top, esbuild=esbuild)


def test_every_sentence_has_its_own_translation():
    need_node()
    spoken = words()
    module = (TOP / "pocket/src/i18n/translations.js").as_uri()
    code = f"import({module!r}).then(({{ translations }}) => console.log(JSON.stringify(translations)))"
    rows = f"globalThis.POCKET_WORDS = {json.dumps(in_lines(spoken))}; "
    done = subprocess.run(["node", "-e", rows + code], capture_output=True, check=True, encoding="utf-8")
    english = spoken.pop("en")
    assert json.loads(done.stdout) == {code: english | said for code, said in spoken.items()}
    assert {"da", "ru"} <= spoken.keys()


def test_sentences_stand_in_the_page_a_line_each():
    page, spoken = pocket.page().decode("utf-8"), words()
    for code, lines in in_lines(spoken).items():
        assert page.count(f"{code}: `{lines}`") == 1
        assert set(filter(None, lines.split("\n"))) <= set(spoken[code].values())


@pytest.mark.parametrize("said", ["a `b`", "a ${b}", "a \\n", "a\nb"])
def test_a_sentence_that_would_end_its_text_or_fill_it_stops_the_build(said):
    spoken = {"en": {"title": "Library"}, "da": {"title": said}}
    with pytest.raises(BuildError, match="ends or fills a text"):
        with_words('a = "sentences:da"', spoken)


@pytest.mark.parametrize("script", ["", 'a("sentences:da", "sentences:da")'])
def test_sentences_have_one_place(script):
    with pytest.raises(BuildError, match="or several"):
        with_words(script, {"en": {"title": "Library"}, "da": {"title": "Bibliotek"}})


def test_what_has_no_sentence_stops_the_build(esbuild, tmp_path):
    top = copied(tmp_path)
    template = top / "pocket/src/page/page.html"
    with template.open("a", encoding="utf-8") as file:
        file.write("{{no.such@da}}")
    with pytest.raises(BuildError, match=r"no\.such@da"):
        build(top, esbuild=esbuild)
