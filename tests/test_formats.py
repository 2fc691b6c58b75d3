"""`docs/formats.md` lists what the code has: rows of the journal, tables of the index, its version."""

from __future__ import annotations

import re
from pathlib import Path

import msgspec
import pytest

from magnitizdat.library import rows
from magnitizdat.library.index.database import SCHEMA_VERSION, Database

TEXT = (Path(__file__).parent.parent / "docs" / "formats.md").read_text(encoding="utf-8")


def table_after(heading):
    """Cells of the table behind a bold heading, without its head."""
    part = TEXT[TEXT.index(f"**{heading}.**") :]
    lines = re.search(r"(?:^\|.*\n)+", part, re.MULTILINE)[0].splitlines()
    return [[cell.strip() for cell in line.strip("|").split(" | ")] for line in lines[2:]]


def names_in(cell):
    """Names in code style, before what stands in brackets or after a colon about them."""
    bare = re.sub(r"\([^)]*\)", "", cell)
    return re.findall(r"`([^`]+)`", bare.partition(":")[0])


def test_every_row_of_the_journal_is_listed():
    listed = {line[0].strip("| `"): (names_in(line[1]), line[2].rstrip(" |")) for line in table_after("Journal rows")}
    known = {
        kind.name: ([field.name for field in msgspec.structs.fields(kind.form)], kind.about)
        for kind in rows.KINDS
        if kind.name
    }
    assert listed == known


@pytest.fixture
def database(tmp_path):
    database = Database(tmp_path / "index.db", bytes(32), create=True)
    yield database
    database.close()


def test_every_table_of_the_index_is_listed(database):
    listed = {line[0].strip("| `"): names_in(line[2]) for line in table_after("Index")}
    shadows = "^(search|naming|sound)_"  # FTS5 keeps its own
    tables = [name for (name,) in database.all("SELECT name FROM sqlite_master WHERE type = 'table'")]
    known = {
        name: [column[1] for column in database.all(f"PRAGMA table_info({name})")]
        for name in tables
        if not name.startswith("sqlite_") and not re.match(shadows, name)
    }
    assert listed == known


def test_its_version_is_told():
    assert re.search(r"`user_version = (\d+)`", TEXT)[1] == str(SCHEMA_VERSION)
