"""The table of row kinds, and rows of a newer mag: sealed, rebuilt, mended and read at last, bit for bit."""

from __future__ import annotations

import json
from typing import get_args

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from magnitizdat.disk.disk import Disk
from magnitizdat.errors import LibraryError
from magnitizdat.library import rows as row_kinds
from magnitizdat.library.index.tail import PAST
from magnitizdat.library.journal import (
    FriendGone,
    KnownRow,
    StarRow,
    UnknownRow,
    decode_row,
    encode_row,
    member_name,
    split_page,
)
from magnitizdat.library.library import Library, unlock
from magnitizdat.library.members import whole_name
from magnitizdat.ops.keep.backup import backup
from magnitizdat.ops.keep.rebuild import rebuild
from magnitizdat.ops.keep.upkeep import doctor
from magnitizdat.ops.labels.friends import add_friend, my_card
from magnitizdat.ops.listen.listening import record
from tests.fakes_library import NOW, PASSPHRASE, database_of, make_library, put_album, rows

NAMES = {kind.name for kind in row_kinds.KINDS}
VALUES = st.recursive(
    st.none() | st.booleans() | st.integers() | st.text(max_size=20),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=8), inner, max_size=3),
    max_leaves=6,
)
FIELDS = st.dictionaries(st.text(max_size=8), VALUES, max_size=4)


@st.composite
def unknown_lines(draw):
    """A line that a newer mag might write: a kind that nobody knows here, its fields before and after it."""
    kind = draw(st.text(min_size=1, max_size=20).filter(lambda name: name not in NAMES))
    before, after = ({name: value for name, value in draw(FIELDS).items() if name != "row"} for _ in range(2))
    line = json.dumps({**before, "row": kind, **after}, ensure_ascii=draw(st.booleans()))
    return line.encode("utf-8", "replace")


def journal_of(library):
    """(device, counter) to line of everything that the cells hold."""
    found = {}
    for name in {whole_name(name) for (name,) in rows(library, "SELECT name FROM member WHERE name GLOB 'rows/*'")}:
        device, first = name.split("/")[1], int(name.split("/")[2].split(".")[0])
        lines = split_page(library.member(name))
        found |= {(device, first + n): line for n, line in enumerate(lines) if line != PAST}
    return found


def unread_of(library):
    return {(device, counter): line for device, counter, line in library.index.unread.lines()}


def rebuilt(library):
    library.close()
    for path in library.directory.glob("index*"):
        path.unlink()
    secrets = unlock(library.directory, PASSPHRASE)
    report = rebuild(library.directory, secrets, now=NOW, disk=Disk(private=True))
    assert not [each for each in report.missing if "journal" in each.what]
    return Library(library.directory, secrets)


def write(library, lines):
    with library.changes() as changes:
        for line in lines:
            changes.row(decode_row(line))
        changes.commit()


def test_the_table_knows_every_row_and_no_other():
    assert {kind.form for kind in row_kinds.KINDS} == {*get_args(KnownRow), UnknownRow}
    assert len(NAMES) == len(row_kinds.KINDS)


@given(line=unknown_lines())
def test_an_unknown_row_is_the_line_that_it_was(line):
    row = decode_row(line)
    assert isinstance(row, UnknownRow)
    assert (row.kind, encode_row(row)) == (json.loads(line)["row"], line)


@pytest.mark.parametrize(
    "line",
    [
        b'{"row":"star","kind":"genre","target":"rock","at":"2027"}',
        b'{"row":"rating","kind":"track","target":"ab","stars":9}',
        b'{"row":"label","imprint":"mag1","name":"Kino","standing":"vouched"}',
    ],
)
def test_a_known_kind_with_a_value_of_the_future_is_carried_too(line):
    assert decode_row(line) == UnknownRow(kind=json.loads(line)["row"], line=line)


@pytest.mark.parametrize("line", [b"", b"{}", b"[]", b'{"row":5}', b'{"row":"x"', b"\xff", b'"row"'])
def test_what_is_no_row_is_damage(line):
    with pytest.raises(LibraryError, match="damaged"):
        decode_row(line)


@settings(max_examples=15)
@given(lines=st.lists(unknown_lines(), min_size=1, max_size=6), data=st.data())
def test_journal_to_seal_to_rebuild_to_journal_is_the_identity(tmp_path_factory, lines, data):
    known = [encode_row(FriendGone(name="Nobody")), encode_row(StarRow(kind="artist", target="ar-1", at="2026"))]
    lines = data.draw(st.permutations([*lines, *known]))
    with make_library(tmp_path_factory.mktemp("row") / "library") as library:
        write(library, lines)
        before, carried = journal_of(library), unread_of(library)
        assert list(before.values()) == lines
        assert list(carried.values()) == [line for line in lines if line not in known]
        with rebuilt(library) as again:
            assert (journal_of(again), unread_of(again)) == (before, carried)
            write(again, lines[:1])
            with rebuilt(again) as twice:
                assert before.items() < journal_of(twice).items()


FUTURE = [b'{"row":"vouch","imprint":"mag1x","note":"\xd0\x9a"}', b'{ "weight": 1e2, "row": "letter" }']


@pytest.fixture
def library(tmp_path):
    with make_library(tmp_path / "library") as library:
        yield library


def test_a_hurt_page_gives_back_what_nobody_here_understands(library):
    write(library, FUTURE)
    put_album(library, lengths=(10,))
    before = unread_of(library)
    for cell in {cell for (cell,) in rows(library, "SELECT cell FROM member WHERE name GLOB 'rows/*'")}:
        library.vault.cell_path(cell).unlink()
        library.vault.close()
        assert doctor(library).damaged == 1
    assert before.items() <= journal_of(library).items()
    with rebuilt(library) as again:
        assert unread_of(again) == before


def test_what_waits_in_the_tail_goes_through_a_rebuild(library):
    record(library, [StarRow(kind="artist", target="ar-1", at="2026")])
    with library.index.transaction():
        rows(library, "INSERT INTO tail VALUES (?, 77, 'unknown:vouch', ?)", (library.device, FUTURE[0]))
    device = library.device
    library.close()
    rebuild(library.directory, library.secrets, now=NOW, disk=Disk(private=True))
    with Library(library.directory, library.secrets) as again:
        assert unread_of(again) == {(device, 77): FUTURE[0]}
        put_album(again, lengths=(10,))
        assert journal_of(again)[device, 77] == FUTURE[0]


def test_a_backup_holds_them(library, tmp_path):
    write(library, FUTURE)
    backup(library, tmp_path / "copy", disk=Disk(private=True))
    with Library(tmp_path / "copy", library.secrets) as copy:
        assert (journal_of(copy), unread_of(copy)) == (journal_of(library), unread_of(library))


def test_a_later_version_reads_what_an_older_one_carried(library):
    """The older one, of which this stands in for the later, knew no stars and no friends that are gone."""
    add_friend(library, my_card(library, name="Me"), name="Myself")
    lines = [encode_row(StarRow(kind="artist", target="ar-1", at="2026")), encode_row(FriendGone(name="Myself"))]
    with library.index.transaction():
        for counter, line in enumerate([*lines, FUTURE[0]], 50):
            rows(library, "INSERT INTO unread VALUES ('older', ?, 'x', ?)", (counter, line))
    library.close()
    for _ in range(2):
        with Library(library.directory, library.secrets) as later:
            assert later.shelf.friends() == {}
            assert rows(later, "SELECT target, starred FROM mark") == [("ar-1", "2026")]
            assert unread_of(later) == {("older", 52): FUTURE[0]}


def test_a_friend_who_was_removed_stays_so_where_that_page_is_hurt(library):
    add_friend(library, my_card(library, name="Me"), name="Myself")
    put_album(library, lengths=(10,))
    with library.changes() as changes:
        changes.row(FriendGone(name="Myself"))
        changes.commit()
    (device, first) = rows(library, "SELECT device, first FROM row WHERE subject GLOB 'friend:*' ORDER BY counter")[-1]
    (cell,) = database_of(library).one("SELECT cell FROM member WHERE name = ?", (member_name(device, first),))
    library.vault.cell_path(cell).unlink()
    library.vault.close()
    doctor(library)
    with rebuilt(library) as again:
        assert again.shelf.friends() == {}
