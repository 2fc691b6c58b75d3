"""A process of node that answers line by line."""

from __future__ import annotations

import json
import subprocess
from collections.abc import Iterable
from pathlib import Path
from typing import Any

HERE = Path(__file__).parent


def answers(script: str, questions: Iterable[Any]) -> list[Any]:
    """What a script of this folder says to each question, in their order."""
    asked = "".join(json.dumps(question) + "\n" for question in questions)
    run = subprocess.run(["node", str(HERE / script)], input=asked, capture_output=True, text=True, check=False)
    assert run.returncode == 0, run.stderr
    said = [json.loads(line) for line in run.stdout.split("\n") if line]
    assert len(said) == asked.count("\n")
    return said
