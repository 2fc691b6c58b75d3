"""Verbs times accidents, a share of them: `python -m bench.accidents` does all.

What was committed or told before an accident is there after it, and the same verb, repeated, goes on to its end.
"""

from __future__ import annotations

import tempfile
from pathlib import Path

import pytest
import typer.main

from magnitizdat.cli.app import app
from tests.faults.accidents import Theatre, fast_place, some_losses, some_refusals
from tests.faults.verbs import COMMANDS, LAST, NOTHING_KEPT, PROCESSES, VERBS
from tests.faults.world import lasting_workers

LOSSES, REFUSALS = 6, 3


@pytest.fixture(scope="module")
def theatre():
    with lasting_workers(), tempfile.TemporaryDirectory(dir=fast_place()) as place:
        yield Theatre(Path(place))


def leaves(command, words=()) -> list[str]:
    below = getattr(command, "commands", None)
    if below is None:
        return [" ".join(words)]
    return [leaf for name, each in below.items() for leaf in leaves(each, (*words, name))]


def test_every_command_is_in_the_table_or_changes_nothing():
    assert {*leaves(typer.main.get_command(app))} == {*COMMANDS} | LAST | NOTHING_KEPT
    assert {name for names in COMMANDS.values() for name in names} <= VERBS.keys()


@pytest.mark.parametrize("name", VERBS)
def test_nothing_committed_or_told_is_lost(theatre, name):
    verb = VERBS[name]
    recording = theatre.record(name, verb)
    theatre.lose(name, verb, recording, some_losses(recording, LOSSES))
    theatre.refuse(name, verb, some_refusals(recording, REFUSALS))
    theatre.forget(name)
    assert theatre.counts[name, "crash states"] + theatre.counts[name, "kills"] > 2


def test_one_log_has_files_and_the_index_in_order(theatre):
    """The commit rule, as it was done: cells, their flush, then the index."""
    entries = theatre.record("edit", VERBS["edit"]).entries
    kinds = [(entry.kind, entry.path.suffix) for entry in entries]
    written = kinds.index(("write", ".age"))
    flushed = kinds.index(("sync file", ".age"), written)
    committed = kinds.index(("sync file", ".db-wal"), flushed)
    assert written < flushed < committed
    assert ("sync folder", "") in kinds[written:committed]
    theatre.forget("edit")


def test_what_a_child_writes_is_in_the_log_before_it_is_flushed(theatre):
    """par2 mends in a folder of ours; what it made gets the name of a segment after a flush and not before."""
    entries = theatre.record("mend", VERBS["mend"]).entries
    adopted = {entry.path.name for entry in entries if entry.kind == "adopt"}
    named = {entry.path.name: at for at, entry in enumerate(entries) if entry.kind == "rename"}
    assert adopted
    for name in adopted:
        written = next(at for at, entry in enumerate(entries) if entry.kind == "write" and entry.path.name == name)
        flushed = max(at for at, entry in enumerate(entries) if entry.kind == "sync file" and name in entry.path.name)
        assert written < flushed < named[name]
    theatre.forget("mend")


@pytest.mark.parametrize("name", ["import", "cut"])
def test_a_killed_process_loses_nothing(theatre, name):
    theatre.record(name, VERBS[name])
    theatre.kill(name, VERBS[name], PROCESSES[name], times=1)
    theatre.forget(name)
