"""The doors of the page: every thing of the browser's that its sources and its script name, as `checker/` lists it.

TypeScript's checker, which `package.json` pins, knows whose each thing is. It runs no line of what it reads.
"""

from __future__ import annotations

import json
import subprocess
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

from release.bundle import BuildError

LISTING = Path(__file__).with_name("checker") / "main.js"
SCRIPT = "pocket/built/script.js"
"""What the built script is called among the files."""


@dataclass(frozen=True)
class Door:
    """`kind`: what is named; `name`: whose and what, with `=` where it is written; `text`: the words around it."""

    kind: str
    name: str
    file: str
    line: int
    text: str


def doors_of(top: Path, script: str, files: Mapping[str, str] | None = None) -> list[Door]:
    """Of all modules that `pocket/src/main.js` needs, and of `script`; `files` are texts by path that stand for theirs.

    Raises: BuildError where they cannot be read.
    """
    asked = {"top": str(top.resolve()), "script": script, "files": dict(files or {})}
    done = subprocess.run(
        ["node", str(LISTING)], input=json.dumps(asked), capture_output=True, check=False, encoding="utf-8"
    )
    if done.returncode:
        raise BuildError(f"the doors of the page cannot be listed: {done.stderr}")
    return [Door(**each) for each in json.loads(done.stdout)]
