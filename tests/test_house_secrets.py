"""No secret where it is shown by chance: the `repr` of what holds one, tracebacks, and what children are given."""

from __future__ import annotations

import ast
import re
from pathlib import Path

import pytest

from magnitizdat import program
from magnitizdat.catalogue.publisher import LabelKeys
from magnitizdat.cli import main
from magnitizdat.formats.age_keys import ScryptIdentity, ScryptRecipient, X25519Identity
from magnitizdat.library.keyring import Secrets, create_slot
from magnitizdat.model import Outcome
from magnitizdat.ops.keep.travel import Luggage
from magnitizdat.reel.words import WordLock
from magnitizdat.sentence import say
from tests.fakes_library import make_library

ROOT = Path(__file__).parents[1] / "src" / "magnitizdat"
_SECRET = re.compile(r"words|passphrase|password|secret|identity|seed|paper_words|handout")
_SHOWN_BY_DEFAULT = {"Value", "Document", "msgspec.Struct", "NamedTuple"}
PUBLIC = {
    "Address": "four words of an imprint, to compare",
    "Fill": "whether words are wanted",
    "LyricLine": "words of a song",
    "ReelThere": "whether words open it",
}
MARKER = "planted-zebra-7731"


def shown_secrets(source: str) -> set[str]:
    """Classes whose generated `repr` says what is in a field that is named like a secret."""
    classes = [node for node in ast.walk(ast.parse(source)) if isinstance(node, ast.ClassDef)]
    return {each.name for each in classes if _is_shown(each) and any(map(_SECRET.fullmatch, _fields(each)))}


def _is_shown(node: ast.ClassDef) -> bool:
    methods = {each.name for each in node.body if isinstance(each, ast.FunctionDef)}
    decorated = any("dataclass" in ast.unparse(each) for each in node.decorator_list)
    return "__repr__" not in methods and (
        decorated or any(ast.unparse(base).split("[")[0] in _SHOWN_BY_DEFAULT for base in node.bases)
    )


def _fields(node: ast.ClassDef) -> list[str]:
    return [
        each.target.id for each in node.body if isinstance(each, ast.AnnAssign) and isinstance(each.target, ast.Name)
    ]


def test_a_planted_secret_is_found():
    assert shown_secrets("class Planted(Value):\n    words: str\n") == {"Planted"}
    assert shown_secrets("class Planted(Value):\n    words: str\n    def __repr__(self): ...\n") == set()


def test_whatever_holds_a_secret_says_nothing_of_it():
    found = {name for path in ROOT.rglob("*.py") for name in shown_secrets(path.read_text(encoding="utf-8"))}
    assert found - PUBLIC.keys() == set()
    assert PUBLIC.keys() <= found  # an exception that is none any more goes


def test_what_is_made_of_a_secret_does_not_show_it():
    identity, secrets, luggage = X25519Identity.generate(), Secrets.generate(), Luggage()
    luggage.add(MARKER.encode())
    holders = [
        (identity, identity.text),
        (secrets, secrets.vault.text),
        (luggage, MARKER),
        (LabelKeys(online_seed=MARKER.encode().ljust(32), root_seed=None), MARKER),
        (ScryptIdentity(MARKER), MARKER),
        (ScryptRecipient(MARKER), MARKER),
        (WordLock(MARKER, work_factor=1), MARKER),
        (Outcome(headline=say("Done."), words=MARKER), MARKER),
    ]
    for holder, secret in holders:
        assert secret not in repr(holder)
        assert secret not in f"{[holder]} {holder}"


def test_children_are_given_nothing_of_the_environment(monkeypatch):
    monkeypatch.setenv("PLANTED", MARKER)
    monkeypatch.setenv("MAG_PASSPHRASE_FILE", MARKER)
    for lasting in (False, True):
        assert MARKER not in str(program.environment(lasting=lasting))
    assert not any(MARKER in argument for role in program.ROLES for argument in program.command(role))


@pytest.mark.parametrize("damage", ["wrong passphrase", "planted slot", "torn slot"])
def test_no_traceback_and_no_sentence_quotes_a_secret(tmp_path, capsys, monkeypatch, damage):
    monkeypatch.setenv("XDG_RUNTIME_DIR", str(tmp_path))
    make_library(tmp_path / "library").close()
    (tmp_path / "passphrase").write_text(MARKER, encoding="utf-8")
    slot = tmp_path / "library" / "key.age"
    if damage == "planted slot":
        monkeypatch.setattr(
            Secrets, "to_bytes", lambda _self: f'{{"format": "{MARKER}", "vault": "{MARKER}"}}'.encode()
        )
        slot.write_bytes(create_slot(Secrets.generate(), MARKER, work_factor=1))
    elif damage == "torn slot":
        slot.write_bytes(slot.read_bytes()[:-20])
    line = ["-v", "--library", str(tmp_path / "library"), "--passphrase-file", str(tmp_path / "passphrase"), "list"]
    assert main(line) != 0
    said = capsys.readouterr()
    assert said.err
    assert MARKER not in said.out + said.err
