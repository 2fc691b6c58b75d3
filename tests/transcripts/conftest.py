"""A command line to talk to: `mag(...)` in this process, on a library that is cheap to unlock."""

from __future__ import annotations

import json
import re
import shutil
from collections.abc import Callable
from pathlib import Path
from typing import Any, NamedTuple

import pytest
from release.messages import messages

from magnitizdat.cli import main
from magnitizdat.language import Language
from magnitizdat.ops.intake.importing import import_music
from tests.fakes_audio import PNG
from tests.fakes_library import PASSPHRASE, make_library
from tests.ops.music import song, write


class Said(NamedTuple):
    """What one command left behind."""

    code: int
    out: str
    err: str

    @property
    def document(self) -> Any:
        """The one JSON document on stdout; anything beside it fails."""
        return json.loads(self.out)


Mag = Callable[..., Said]


@pytest.fixture(autouse=True)
def _own_world(monkeypatch, tmp_path):
    """No library, passphrase or agent of whoever runs the tests."""
    for name in ("MAG_LIBRARY", "MAG_PASSPHRASE_FILE"):
        monkeypatch.delenv(name, raising=False)
    runtime = tmp_path / "run"
    runtime.mkdir(mode=0o700)
    monkeypatch.setenv("XDG_RUNTIME_DIR", str(runtime))
    monkeypatch.setenv("XDG_DATA_HOME", str(tmp_path / "data"))


@pytest.fixture(autouse=True)
def _every_sentence_is_known(monkeypatch):
    """Whatever a command says in words stands in the catalogues, in whichever language it is said."""
    known, said = {message.text for message in messages()}, Language.said

    def strict(language, sentence, shown=str):
        words = re.search(r"[^\W\d_]", re.sub(r"\{[^{}]*\}", "", sentence.template))
        assert sentence.template in known or not words, f"nobody can translate «{sentence.template}»"
        return said(language, sentence, shown)

    monkeypatch.setattr(Language, "said", strict)


@pytest.fixture(scope="session")
def stocked(tmp_path_factory) -> Path:
    """A library with Kino's "45": two tracks, a cover, words."""
    top = tmp_path_factory.mktemp("stocked")
    files = {
        "45/1.mp3": song(1, date="1982"),
        "45/2.flac": song(2, "flac"),
        "45/cover.png": PNG,
        "45/1.lrc": b"[00:01.00]la",
    }
    with make_library(top / "library") as library:
        import_music(library, [write(top / "Music", files)])
    return top / "library"


@pytest.fixture
def passphrase(tmp_path) -> Path:
    path = tmp_path / "passphrase"
    path.write_text(PASSPHRASE + "\n", encoding="utf-8")
    return path


@pytest.fixture
def words_file(tmp_path) -> Callable[[str], Path]:
    """Words as commands take them: in a file."""

    def write_down(words: str) -> Path:
        path = tmp_path / "words"
        path.write_text(words + "\n", encoding="utf-8")
        return path

    return write_down


@pytest.fixture
def library(stocked, tmp_path) -> Path:
    """A copy of the stocked library, to do anything with."""
    shutil.copytree(stocked, tmp_path / "library")
    return tmp_path / "library"


@pytest.fixture
def bare(capsys) -> Mag:
    """`mag` with exactly these arguments."""

    def run(*arguments: object) -> Said:
        capsys.readouterr()
        code = main([str(each) for each in arguments])
        said = capsys.readouterr()
        assert "Traceback" not in said.out + said.err
        return Said(code, said.out, said.err)

    return run


@pytest.fixture
def mag(bare, library, passphrase) -> Mag:
    """`mag` on the copied library, with its passphrase."""
    return lambda *arguments: bare("--library", library, "--passphrase-file", passphrase, *arguments)
