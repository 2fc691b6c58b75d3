"""How modules become one script: what it does is not changed, and what could change it is refused."""

from __future__ import annotations

import subprocess
from pathlib import Path

import pytest
from release.bundle import BuildError, Bundler
from release.pocket import TOP

from tests.pocket.node import need_node

ESBUILD = TOP / "node_modules/.bin/esbuild"


@pytest.fixture
def bundled(tmp_path):
    """A function: a script of modules by name, `main.js` among them, with two libraries beside them."""
    need_node("esbuild")
    for name, source in {
        "vendor/one/sum.js": "export const sum = (a, b) => a + b;\nexport const unused = 'not wanted';\n",
        "vendor/two/twice.js": 'import { sum } from "@of/one/sum.js";\nexport const twice = (a) => sum(a, a);\n',
    }.items():
        (tmp_path / name).parent.mkdir(parents=True, exist_ok=True)
        (tmp_path / name).write_text(source, encoding="utf-8")

    def bundle(modules: dict[str, str], **defines: str) -> str:
        for name, source in modules.items():
            (tmp_path / name).write_text(source, encoding="utf-8")
        folders = {"@of/one": Path("vendor/one"), "@of/two": Path("vendor/two")}
        return Bundler(tmp_path, ESBUILD, folders).script("main.js", defines)

    return bundle


def said(script: str) -> str:
    done = subprocess.run(["node", "-e", script], capture_output=True, check=True, encoding="utf-8")
    return done.stdout.strip()


MAIN = """
import { twice } from "@of/two/twice.js";
import { five } from "./five.js";
function say(a) {
  console.log(twice(a), five, WORD);
}
say(4);
"""
FIVE = """
import { sum } from "@of/one/sum.js";
const twice = 2;
export const five = sum(twice, 3);
"""
COMMENTED = """
/** A doubt. @param {string} a */
class Doubt {
  /** @type {number} of them */
  #number = 1;
  // said
  /**
   * In several
   * lines.
   */
  get number() {
    return /** @type {any} */ (this.#number); // behind
  }
}
console.log(new Doubt().number);
"""


def test_modules_and_what_they_take_from_libraries_are_one_script(bundled):
    script = bundled({"main.js": MAIN, "five.js": FIVE}, WORD='"da"')
    assert said(script) == "8 5 da"
    assert "not wanted" not in script
    names = "typeof say, typeof libraries, typeof five, typeof twice"
    assert said(f"{script}console.log({names})").split()[3:] == ["undefined"] * 4


def test_comments_go_and_the_rest_stays_as_it_is(bundled):
    script = bundled({"main.js": COMMENTED})
    assert said(script) == "1"
    assert "// main.js\n" in script
    assert not [word for word in ("doubt.", "@type", "said", "several", "behind") if word in script]
    assert "\n\tget number() {\n\t\treturn (\n\t\t\tthis.#number\n" in script


@pytest.mark.parametrize("text", ["`\n// no comment\n`", "`\n  an indent\n`", "`a /** no comment */ b`"])
def test_a_text_that_would_be_changed_is_refused(bundled, text):
    with pytest.raises(BuildError, match="part of a text"):
        bundled({"main.js": f"console.log({text});\n"})


@pytest.mark.parametrize(
    "source",
    [
        'import "./nowhere.js";\n',
        "const a = ;\n",
        "if (typeof a === 'nothing') b();\n",
        'import { product } from "@of/one/sum.js";\nproduct();\n',
    ],
)
def test_what_esbuild_says_stops_the_build(bundled, source):
    with pytest.raises(BuildError):
        bundled({"main.js": source})


def test_one_name_means_one_thing_in_all_libraries(bundled, tmp_path):
    (tmp_path / "vendor/two/sum.js").write_text("export const sum = 0;\n", encoding="utf-8")
    main = 'import { sum } from "@of/one/sum.js";\nimport { sum as other } from "@of/two/sum.js";\nsum(other);\n'
    with pytest.raises(BuildError, match="one name"):
        bundled({"main.js": main})
