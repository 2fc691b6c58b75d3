"""How the program starts itself again: from Python, and as one frozen file."""

from __future__ import annotations

import importlib.util
import os
import runpy
import sys

import pytest

from magnitizdat import program
from magnitizdat.cli import frozen


@pytest.fixture
def as_one_file(monkeypatch):
    monkeypatch.setattr(sys, "frozen", True, raising=False)
    monkeypatch.setattr(sys, "_MEIPASS", "/tmp/_MEI1", raising=False)
    monkeypatch.setattr(sys, "executable", "/stick/mag")
    monkeypatch.setenv("_PYI_APPLICATION_HOME_DIR", "/tmp/_MEI1")
    monkeypatch.setenv("LD_LIBRARY_PATH", "/tmp/_MEI1:/opt/lib")
    monkeypatch.setenv("LD_LIBRARY_PATH_ORIG", "/opt/lib")


@pytest.fixture
def played(monkeypatch):
    """Modules that were run in place of the program, with the arguments that they saw."""
    seen = []
    monkeypatch.setattr(runpy, "run_module", lambda module, **_: seen.append((module, sys.argv[1:])))
    return seen


def test_every_role_is_a_module_that_can_be_run():
    for module in program.ROLES.values():
        found = importlib.util.find_spec(module)
        is_package = found.submodule_search_locations is not None
        assert not is_package or importlib.util.find_spec(f"{module}.__main__")


def test_from_python_the_interpreter_is_started_without_the_persons_settings():
    command = program.command("parser", "1000")
    assert command[0] == sys.executable
    assert command[-3:] == ["-m", "magnitizdat.workers", "1000"]
    assert {"-E", "-P"} <= set(command)
    assert not {"HOME", "PATH", "PYTHONPATH"} & set(program.environment())


@pytest.mark.usefixtures("as_one_file")
def test_a_frozen_program_plays_the_role_that_it_was_started_in(monkeypatch, played):
    for role, module in program.ROLES.items():
        command = program.command(role, "7")
        assert command[0] == "/stick/mag"
        monkeypatch.setattr(sys, "argv", command)
        assert frozen.main() == 0
        assert played.pop() == (module, ["7"])


@pytest.mark.usefixtures("as_one_file")
@pytest.mark.parametrize("typed", [[], ["--version"], ["--be"], ["--be", "king"], ["list", "--be", "agent"]])
def test_what_a_person_types_is_no_role(monkeypatch, played, typed):
    monkeypatch.setattr(sys, "argv", ["/stick/mag", *typed])
    assert not program.play_role()
    assert not played


@pytest.mark.usefixtures("as_one_file")
def test_only_children_that_are_ours_get_the_unpacked_libraries():
    program.restore_environment()
    assert os.environ["LD_LIBRARY_PATH"] == "/opt/lib"
    ours = program.environment()
    assert ours["_PYI_APPLICATION_HOME_DIR"] == ours["LD_LIBRARY_PATH"] == "/tmp/_MEI1"


@pytest.mark.usefixtures("as_one_file")
def test_a_person_without_a_library_path_has_none_afterwards(monkeypatch):
    monkeypatch.delenv("LD_LIBRARY_PATH_ORIG")
    program.restore_environment()
    assert "LD_LIBRARY_PATH" not in os.environ


def test_certificates_are_those_of_the_system_unless_the_person_says_others(monkeypatch, tmp_path):
    (tmp_path / "bundle.pem").touch()
    monkeypatch.setattr(frozen, "_CERTIFICATES", (str(tmp_path / "none"), str(tmp_path / "bundle.pem")))
    monkeypatch.setattr(os, "environ", {})
    frozen._find_certificates()
    assert os.environ["SSL_CERT_FILE"] == str(tmp_path / "bundle.pem")
    os.environ["SSL_CERT_FILE"] = "mine"
    frozen._find_certificates()
    assert os.environ["SSL_CERT_FILE"] == "mine"
