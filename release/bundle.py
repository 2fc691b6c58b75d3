"""Put JavaScript modules into one classic script with `esbuild`: ours as people read it, libraries in few lines.

Ours lose their comments alone, and stand in a function: nothing is global. Libraries lie in the checkout,
byte for byte as they were published, for whoever wants to read them; here they take half the room.
"""

from __future__ import annotations

import os
import re
import subprocess
from collections.abc import Mapping
from pathlib import Path

_ALWAYS = ("--target=es2022", "--charset=utf8", "--legal-comments=none", "--log-level=warning", "--tsconfig-raw={}")
_COLUMNS = 160
_IMPORT = re.compile(r'^import \{ ([\w$, ]+) \} from "(@[\w/.-]+)";\n', re.MULTILINE)
_COMMENT = re.compile(
    r"^[ \t]*//(?! [\w./-]+\.js$).*\n|^[ \t]*/\*\*(?:[^*]|\*(?!/))*\*/[ \t]*\n|/\*\* [^*\n]* \*/ ?|/\* @__PURE__ \*/ ",
    re.MULTILINE,
)
_EXPORTS = re.compile(r"export\s*\{([\w$,\s]+)\};?\s*\Z")
_PATH = re.compile(r"^// [\w./-]*?src/([\w./-]+)$", re.MULTILINE)
_RULE = re.compile(r"\}(?=[^}\s])")
_INDENT = re.compile(r"^(?: {2})+", re.MULTILINE)


def short(code: str) -> str:
    """With tabs where lines are indented by two blanks."""
    return _INDENT.sub(lambda blanks: "\t" * (len(blanks[0]) // 2), code)


class BuildError(Exception):
    """The page cannot be made as it should be."""


class Bundler:
    """`esbuild` in a checkout, whose folders of libraries are named by the beginning of what is imported from them."""

    def __init__(self, top: Path, esbuild: Path, libraries: Mapping[str, Path]) -> None:
        self._top = top
        self._esbuild = esbuild
        self._libraries = libraries

    def script(self, entry: str, defines: Mapping[str, str]) -> str:
        """All modules that `entry` needs as one script; `defines` are expressions by name.

        Raises: BuildError for whatever esbuild says, a warning too.
        """
        found = self._run(
            entry, "--bundle", "--format=esm", *(f"--external:{name}/*" for name in self._libraries),
            *(f"--define:{name}={value}" for name, value in defines.items()),
        )  # fmt: skip
        bare = short(_COMMENT.sub("", found))
        if self._squeezed(found) != self._squeezed(bare):
            raise BuildError("what looks like a comment or an indent is a part of a text; write it in another way")
        imports = [(path, name) for names, path in _IMPORT.findall(bare) for name in names.split(", ")]
        wanted = {(path, name.partition(" as ")[0]) for path, name in imports}
        taken = ", ".join(sorted({name.replace(" as ", ": ") for _, name in imports}))
        libraries = f"const {{ {taken} }} = (() => {{\n{self._bundled(wanted)}}})();\n" if wanted else ""
        body = _PATH.sub(r"// \1", _IMPORT.sub("", bare))
        return f'"use strict";\n(() => {{\n{libraries}{body}}})();\n'

    def style(self, path: str) -> str:
        """A style sheet without comments, a rule a line. Raises: BuildError."""
        sheet = self._run("--minify-whitespace", "--loader=css", text=(self._top / path).read_text(encoding="utf-8"))
        return _RULE.sub("}\n", sheet)

    def _bundled(self, wanted: set[tuple[str, str]]) -> str:
        """The body of a function that gives what is wanted by its names, with all that this needs."""
        if len({name for _, name in wanted}) < len(wanted):
            raise BuildError("two libraries have something of one name")
        exports = "".join(f'export {{ {name} }} from "{path}";' for path, name in sorted(wanted))
        code = self._run(
            "--bundle", "--format=esm", "--minify", f"--line-limit={_COLUMNS}",
            *(f"--alias:{name}=./{folder.as_posix()}" for name, folder in self._libraries.items()),
            text=exports,
        )  # fmt: skip
        return _EXPORTS.sub(lambda given: f"return{{{_by_name(given[1])}}};\n", code)

    def _squeezed(self, code: str) -> str:
        """Without comments and blanks: what is the same then is the same program."""
        return self._run("--minify-whitespace", text=code)

    def _run(self, *arguments: str, text: str = "") -> str:
        command = [str(self._esbuild), *arguments, *_ALWAYS]
        done = subprocess.run(
            [each.encode("utf-8") for each in command] if os.name == "posix" else command,  # in any locale
            cwd=self._top, input=text, capture_output=True, text=True, encoding="utf-8", check=False,
        )  # fmt: skip
        if done.returncode or done.stderr:
            raise BuildError(done.stderr)
        return done.stdout


def _by_name(exports: str) -> str:
    """What a module exports, `a as b`, as the fields of an object, `b:a`."""
    named = (each.strip().partition(" as ") for each in exports.split(","))
    return ",".join(f"{name or local}:{local}" for local, _, name in named)
