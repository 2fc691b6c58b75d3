"""A process of node that answers line by line."""

from __future__ import annotations

import json
import shutil
import subprocess
from collections.abc import Iterable
from pathlib import Path
from typing import Any

from tests.conftest import missing

HERE = Path(__file__).parent
PACKAGES = HERE.parents[1] / "node_modules"


def need_node(*packages: str) -> None:
    """Node has to be here, with these packages of `package.json`."""
    if shutil.which("node") is None or not all((PACKAGES / each).exists() for each in packages):
        missing("no node with its packages here: `npm install` brings them")


def answers(script: str, questions: Iterable[Any], *flags: str) -> list[Any]:
    """What a script of this folder says to each question, in their order; `flags` are node's own."""
    need_node("@noble")
    asked = "".join(json.dumps(question) + "\n" for question in questions)
    command = ["node", *flags, str(HERE / script)]
    run = subprocess.run(command, input=asked, capture_output=True, text=True, check=False)
    assert run.returncode == 0, run.stderr
    said = [json.loads(line) for line in run.stdout.split("\n") if line]
    assert len(said) == asked.count("\n")
    return said
