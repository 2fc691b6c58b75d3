"""Build the page that opens a sealed reel in any browser: `python -m release.pocket`, at the top of a checkout.

From the sources in `pocket/` and the catalogues it makes `src/magnitizdat/pages/pocket/library.html`, byte for byte
the same wherever it is made. `esbuild`, which `package.json` pins, puts the modules into one script. Ends with 1, and
writes nothing, where a copy of a library is not what `SHA256SUMS` says, something stands in the page that may not, or
it is too long.
"""

from __future__ import annotations

import base64
import hashlib
import html
import json
import re
import sys
from pathlib import Path

from release.bundle import BuildError, Bundler
from release.doors import doors_of
from release.walls import faults_of_doors, faults_of_markup, faults_of_script, faults_of_style, read_allowed

from magnitizdat.formats.po import read_po

TOP = Path(__file__).resolve().parents[1]
PAGE = Path("src/magnitizdat/pages/pocket/library.html")
ENGLISH = Path("pocket/src/i18n/en.js")
ALLOWED = TOP / "release/walls.toml"
MOST = 297_800
"""Bytes of the page: it goes through messengers and over slow sticks."""

_ENTRY = "pocket/src/main.js"
_VENDOR = Path("pocket/vendor")
_LOCALE = Path("src/magnitizdat/locale")
_LIBRARIES = ("ciphers", "curves", "hashes")
_LINE = re.compile(r'^  (?:"([\w.]+)"|(\w+)):\s+("(?:[^"\\]|\\.)*"),$', re.MULTILINE)
_STYLE = "pocket/src/page/style.css"
_MEANS_MORE = re.compile(r"[`\\\n]|\$\{")
_HOLDER = re.compile(r"^Copyright .*\n?", re.MULTILINE)
_HOLE = re.compile(r"\{\{([\w.]+)(?:@(\w+))?\}\}")
_POLICY = (
    "default-src 'none'; script-src '{script}'; style-src '{style}'; img-src blob:; media-src blob:; worker-src blob:;"
    " child-src blob:; frame-src 'none'; connect-src 'none'; form-action 'none'; base-uri 'none';"
    " require-trusted-types-for 'script'; trusted-types library"
)


def english(top: Path = TOP) -> dict[str, str]:
    """Every sentence of the page by its key."""
    source = (top / ENGLISH).read_text(encoding="utf-8")
    return {quoted or bare: json.loads(said) for quoted, bare, said in _LINE.findall(source)}


def words(top: Path = TOP) -> dict[str, dict[str, str]]:
    """Sentences by language and key, English first; what is not translated is left out."""
    spoken = {"en": english(top)}
    for path in sorted((top / _LOCALE).glob("*/LC_MESSAGES/messages.po")):
        known = read_po(path.read_bytes()).translations
        spoken[path.parents[1].name] = {key: known[said] for key, said in spoken["en"].items() if said in known}
    return spoken


def check_vendor(top: Path = TOP) -> None:
    """Raises: BuildError if a copy of a library is not, byte for byte, what its sum says, or has no sum."""
    folder = top / _VENDOR
    lines = (folder / "SHA256SUMS").read_text(encoding="utf-8").splitlines()
    wanted = {name: digest for digest, name in (line.split("  ", 1) for line in lines)}
    there = {path.relative_to(folder).as_posix() for path in folder.rglob("*") if path.is_file()} - {"SHA256SUMS"}
    digests = {name: hashlib.sha256((folder / name).read_bytes()).hexdigest() for name in there}
    wrong = sorted(name for name in wanted.keys() | there if wanted.get(name) != digests.get(name))
    if wrong:
        raise BuildError(f"not as it was published: {', '.join(wrong)}")


def build(top: Path = TOP, *, esbuild: Path = TOP / "node_modules/.bin/esbuild", entry: str = _ENTRY) -> bytes:
    """The page, from the sources of a checkout alone; tests begin with another `entry`.

    Raises: BuildError.
    """
    check_vendor(top)
    spoken = words(top)
    bundler = Bundler(top, esbuild, {f"@noble/{name}": _VENDOR / name for name in _LIBRARIES})
    code = f"\n{with_words(bundler.script(entry, {'POCKET_WORDS': _places(spoken)}), spoken)}"
    style = f"\n{bundler.style(_STYLE)}"
    template = (top / "pocket/src/page/page.html").read_text(encoding="utf-8")
    _require_none([*faults_of_script(code), *faults_of_style(style), *faults_of_markup(template)])
    parts = {
        "policy": _POLICY.format(script=_digest(code), style=_digest(style)),
        "licences": _licences(top),
        "style": style,
        "script": code,
    }
    if sorted(hole for hole, code in _HOLE.findall(template) if not code) != sorted(parts):
        raise BuildError(f"the page has no place for each of {', '.join(sorted(parts))}, or several")
    page = _HOLE.sub(lambda hole: _filled(hole, parts, spoken), template).encode("utf-8")
    if len(page) > MOST:
        raise BuildError(f"the page has {len(page)} bytes, and {MOST} are the most")
    if entry == _ENTRY:  # what tests begin with names other things, and not all that the list has
        _require_none(faults_of_doors(doors_of(top, code), read_allowed(ALLOWED.read_text(encoding="utf-8"))))
    return page


def _require_none(faults: list[str]) -> None:
    if faults:
        raise BuildError("\n".join(faults))


def in_lines(spoken: dict[str, dict[str, str]]) -> dict[str, str]:
    """Sentences of other languages, a line each, in the order of the English ones and each once; no translation: empty.

    Raises: BuildError for a sentence that cannot stand in a text of JavaScript as it is.
    """
    keys = {said: key for key, said in reversed(spoken["en"].items())}
    first = [keys[said] for said in dict.fromkeys(spoken["en"].values())]
    lines = {code: [said.get(key, "") for key in first] for code, said in spoken.items() if code != "en"}
    odd = [said for each in lines.values() for said in each if _MEANS_MORE.search(said)]
    if odd:
        raise BuildError(f"a sentence holds what ends or fills a text: {odd[0]}")
    return {code: "\n".join(each) for code, each in lines.items()}


def _places(spoken: dict[str, dict[str, str]]) -> str:
    """Where the sentences of each language come: `esbuild` would write all of them in one line."""
    return json.dumps({code: f"sentences:{code}" for code in spoken if code != "en"})


def with_words(script: str, spoken: dict[str, dict[str, str]]) -> str:
    """A script with the sentences in their places. Raises: BuildError where a language has no place, or several."""
    for code, lines in in_lines(spoken).items():
        before, *behind = script.split(f'"sentences:{code}"')
        if len(behind) != 1:
            raise BuildError(f"the script has no place for the sentences of {code}, or several")
        script = f"{before}`{lines}`{behind[0]}"
    return script


def _filled(hole: re.Match[str], parts: dict[str, str], spoken: dict[str, dict[str, str]]) -> str:
    """`{{style}}` is a part, `{{title@da}}` a sentence, in English where it has no translation."""
    key, code = hole.groups()
    try:
        return parts[key] if code is None else html.escape(spoken[code].get(key) or spoken["en"][key])
    except KeyError as exc:
        raise BuildError(f"nothing is called {hole[0]}") from exc


def _digest(text: str) -> str:
    """As a policy names it. Source: Content Security Policy Level 3, "hash-source"."""
    return f"sha256-{base64.b64encode(hashlib.sha256(text.encode('utf-8')).digest()).decode('ascii')}"


def _licences(top: Path) -> str:
    """What the page is given away under, and the libraries in it: one text, and all who hold a copyright."""
    own = "Library: opens a sealed reel. Part of Magnitizdat, free software under the GNU GPL, version 3 or later."
    names = ", ".join(f"noble-{name}" for name in _LIBRARIES)
    texts = [(top / _VENDOR / name / "LICENSE").read_text(encoding="utf-8").strip() for name in _LIBRARIES]
    holders = dict.fromkeys(line for text in texts for line in text.splitlines() if _HOLDER.match(line))
    (text,) = {re.sub(r"\n{3,}", "\n\n", _HOLDER.sub("", text)) for text in texts}
    title, _, terms = text.partition("\n\n")
    parts = [own, f"It holds parts of {names}:", title, "\n".join(holders), terms]
    said = "\n\n".join(parts)
    if "--" in said:
        raise BuildError("a licence has two dashes, and no comment may hold them")
    return f"<!--\n{said}\n-->"


def main() -> int:
    """Write the page, and say what it is."""
    try:
        page = build()
    except BuildError as exc:
        print(exc, file=sys.stderr)
        return 1
    (TOP / PAGE).write_bytes(page)
    print(f"{hashlib.sha256(page).hexdigest()}  {PAGE.as_posix()}  ({len(page)} bytes of at most {MOST})")
    return 0


if __name__ == "__main__":
    sys.exit(main())
