"""Doctor and rebuild: what is hurt is named and comes back, and slot and cells alone are the whole library."""

from __future__ import annotations

import random

import pytest

from magnitizdat.disk.disk import Disk
from magnitizdat.errors import EXIT_LIBRARY, LibraryBusyError, LibraryError, WrongPassphraseError
from magnitizdat.library import vault as vault_module
from magnitizdat.library.keyring import Secrets
from magnitizdat.library.library import LOCK_NAME, Library, unlock
from magnitizdat.model import PIECE_LENGTH
from magnitizdat.ops.albums import edit as editing
from magnitizdat.ops.dub.from_spool import dub
from magnitizdat.ops.give.gathering import gather
from magnitizdat.ops.keep.rebuild import rebuild
from magnitizdat.ops.keep.upkeep import doctor, status
from magnitizdat.ops.labels import labels, publish
from magnitizdat.ops.labels.friends import add_friend, my_card
from magnitizdat.ops.places.spool import FolderSpool
from tests.fakes_library import NOW, PASSPHRASE, contents_of, database_of, make_library, put_album, rows
from tests.fakes_spool import Liar, catalogue_of, is_sound, publish_all, release_of, write_spool


@pytest.fixture
def mine(tmp_path):
    with make_library(tmp_path / "mine") as library:
        yield library


@pytest.fixture
def spool(tmp_path):
    """(folder, bytes of the album in it)"""
    with make_library(tmp_path / "maker") as maker:
        album, contents = put_album(maker, lengths=(1_300_000, 50_000, 10))
        publish_all(maker, [album])
        write_spool(maker, tmp_path / "spool")
    return tmp_path / "spool", contents


def rebuilt(library):
    """The same library with its index thrown away and made anew."""
    library.close()
    for path in library.directory.glob("index*"):
        path.unlink()
    secrets = unlock(library.directory, PASSPHRASE)
    report = rebuild(library.directory, secrets, now=NOW, disk=Disk(private=True))
    return Library(library.directory, secrets), report


def cells_of(library):
    return sorted({cell for (cell,) in rows(library, "SELECT cell FROM piece UNION SELECT cell FROM member")})


def break_byte(path, at):
    content = bytearray(path.read_bytes())
    content[at] ^= 0x40
    path.write_bytes(content)


# -- doctor -----------------------------------------------------------------------------------------------------------


def test_a_whole_library_is_told_so(mine):
    put_album(mine)
    report = doctor(mine)
    assert (report.damaged, report.unused, report.foreign, report.missing) == (0, 0, 0, ())
    assert (report.cells, report.albums, report.tracks) == (len(cells_of(mine)), 1, 3)


@pytest.mark.parametrize(
    "harm",
    [
        lambda path: path.unlink(),
        lambda path: path.write_bytes(b""),
        lambda path: break_byte(path, 10),
        lambda path: break_byte(path, 700_000),
        lambda path: path.write_bytes(path.read_bytes()[:-1]),
    ],
    ids=["missing", "empty", "header", "middle", "short"],
)
def test_every_hurt_cell_is_found_and_a_dub_brings_back_what_was_in_it(mine, spool, harm):
    folder, contents = spool
    dub(mine, FolderSpool(folder), now=NOW)
    before = catalogue_of(mine)
    for cell in cells_of(mine):
        harm(mine.vault.cell_path(cell))
        mine.vault.close()
        report = doctor(mine)
        assert report.damaged == 1
        assert is_sound(mine)
        dub(mine, FolderSpool(folder), now=NOW)
        assert catalogue_of(mine) == before
        assert contents_of(mine, next(mine.shelf.albums()).id) == contents
        assert doctor(mine).damaged == 0
    again, _ = rebuilt(mine)
    with again:
        assert catalogue_of(again) == before


def test_all_cells_at_once(mine, spool):
    folder, contents = spool
    dub(mine, FolderSpool(folder), now=NOW)
    for cell in cells_of(mine):
        mine.vault.cell_path(cell).unlink()
    mine.vault.close()
    report = doctor(mine)
    assert report.damaged == report.cells
    assert [each.what for each in report.missing] == ["45"]
    assert status(mine).incomplete == 1
    dub(mine, FolderSpool(folder), now=NOW)
    assert contents_of(mine, next(mine.shelf.albums()).id) == contents
    assert doctor(mine).missing == ()


def leave_cells(library, members):
    """What a command killed with -9 leaves: cells that no index names."""
    batch = library.vault.batch(first_cell=int(database_of(library).meta("next_cell", 0)))
    for name, content in members.items():
        batch.add(name, content)
    return {placement.cell for placement in batch.flush()}


LEFT_PIECES = {f"blobs/ab/{'ab' * 32}.{number:04d}": bytes(PIECE_LENGTH) for number in range(4)}


def test_cells_left_by_a_killed_command_are_counted_and_given_back(mine):
    put_album(mine, lengths=(1000,))
    before = status(mine).on_disk
    left = leave_cells(mine, LEFT_PIECES)
    torn = mine.vault.cell_path(max(left) + 1)
    torn.parent.mkdir(exist_ok=True)
    torn.write_bytes(b"torn")
    length = mine.vault.cell_length
    assert status(mine).on_disk == before + len(left) * length + 4
    report = doctor(mine)
    assert (report.given_back, report.newer, report.unused) == ((len(left) + 1) * length, 0, 0)
    assert status(mine).on_disk == before
    assert is_sound(mine)
    leave_cells(mine, LEFT_PIECES)
    put_album(mine, "The next command gives back too", lengths=(10,))
    assert status(mine).on_disk == len(cells_of(mine)) * length


@pytest.mark.parametrize("name", ["rows/0123456789abcdef/000000000000.jsonl", "keys/ab", "memory/ab.json"])
def test_cells_of_a_newer_index_are_let_be(mine, name):
    put_album(mine, lengths=(1000,))
    left = leave_cells(mine, {**LEFT_PIECES, name: b"{}"})
    report = doctor(mine)
    assert (report.given_back, report.newer, report.unused) == (0, len(left), len(left))
    put_album(mine, "More", lengths=(10,))
    assert all(mine.vault.cell_path(cell).exists() for cell in left)
    assert is_sound(mine)


def test_foreign_and_unused_cells_are_counted_and_let_be(mine, monkeypatch):
    monkeypatch.setattr(vault_module, "_SCAN_GAP", 1000)  # numbers tried before a file is taken for foreign
    put_album(mine, lengths=(1000,))
    (cell,) = cells_of(mine)[:1]
    content = mine.vault.cell_path(cell).read_bytes()
    strange = mine.directory / "vault" / "ab" / ("ab" + "c" * 24 + ".age")
    strange.parent.mkdir(exist_ok=True)
    strange.write_bytes(content)
    mine.vault.cell_path(500).parent.mkdir(exist_ok=True)
    mine.vault.cell_path(500).write_bytes(content)
    report = doctor(mine)
    assert (report.damaged, report.unused, report.foreign) == (0, 1, 1)
    assert strange.exists()
    assert doctor(mine).foreign == 1


def test_a_cell_of_ours_under_anothers_name_is_damage(mine):
    put_album(mine, lengths=(2 * PIECE_LENGTH,))
    first, second = cells_of(mine)[:2]
    mine.vault.cell_path(first).write_bytes(mine.vault.cell_path(second).read_bytes())
    mine.vault.close()
    album = next(mine.shelf.albums()).id
    with pytest.raises(LibraryError, match="damaged"):
        contents_of(mine, album)


def test_a_lost_signing_key_is_said(mine):
    publish_all(mine, [put_album(mine, lengths=(10,))[0]])
    (cell,) = database_of(mine).one("SELECT cell FROM member WHERE name GLOB 'keys/*'")
    mine.vault.cell_path(cell).unlink()
    report = doctor(mine)
    assert [each for each in report.missing if "paper words" in each.reason and "Zoopark" in each.what]


def test_a_damaged_page_of_the_journal_is_written_anew(mine):
    kept, _ = put_album(mine, "Kept", lengths=(1000,))
    put_album(mine, "Removed", lengths=(1000,))
    editing.edit(mine, kept, {"date": "1982"})
    editing.remove(mine, ["Removed"])
    before = catalogue_of(mine)
    for cell in {cell for (cell,) in rows(mine, "SELECT cell FROM member WHERE name GLOB 'rows/*'")}:
        break_byte(mine.vault.cell_path(cell), 5000)
        mine.vault.close()
        doctor(mine)
    # music that shared those cells is gone, the catalogue is not
    again, _ = rebuilt(mine)
    with again:
        found = catalogue_of(again)
        assert set(found["albums"]) == set(before["albums"])
        assert [release for _, release in found["albums"].values()] == [
            release for _, release in before["albums"].values()
        ]


# -- rebuild ----------------------------------------------------------------------------------------------------------


def busy_library(library, spool, tmp_path, chance):
    """A life: albums put in, edited, merged, split, published, corrected, removed; dubs, friends, carried, a liar."""
    folder, _ = spool
    first, _ = put_album(library, "First", lengths=(1_200_000, 40_000))
    second, _ = put_album(library, "Second", lengths=(30_000,))
    third, _ = put_album(library, "Third", lengths=(20_000, 10_000))
    put_album(library, "Gone", lengths=(1_100_000,))
    for step in chance.sample(
        [
            lambda: editing.edit(library, first, {"title": "First, corrected"}),
            lambda: editing.edit(library, f"{third}/1", {"title": "A song"}),
            lambda: editing.split_album(library, [f"{third}/2"], "Split"),
            lambda: dub(library, FolderSpool(folder), now=NOW),
            lambda: gather(library, now=NOW),
            lambda: editing.remove(library, ["Gone"]),
            lambda: add_friend(library, my_card(library, name="Me"), name="Myself"),
        ],
        7,
    ):
        step()
    label = publish_all(library, [first, second], "Own label")
    editing.edit(library, second, {"date": "1990"})
    publish.publish(library, [second], label, now=NOW)
    labels.follow(library, "Zoopark Tapes")
    editing.remove(library, [second])
    liar = Liar(tmp_path / "liar", "Liar")
    liar.sign({"cc/" + "c" * 32 + ".json": b"no release"})
    liar.release(release_of([liar.blob(b"true" * 1000)], "True"))
    dub(library, FolderSpool(liar.folder), now=NOW)
    editing.remove(library, ["True"])


@pytest.mark.parametrize("seed", range(3))
def test_slot_and_cells_alone_give_the_same_catalogue(mine, spool, tmp_path, seed):
    busy_library(mine, spool, tmp_path, random.Random(seed))
    before = catalogue_of(mine)
    wanted = rows(mine, "SELECT imprint, release_id, sha256, withdrawn, gone FROM release ORDER BY 1, 2")
    wanted = [
        line
        for line in wanted
        if line[0] not in {each.imprint for each in mine.shelf.labels() if each.standing == "carrier"}
    ]
    contents = {album: contents_of(mine, album) for album, (view, _) in before["albums"].items() if view.complete}
    again, report = rebuilt(mine)
    with again:
        assert catalogue_of(again) == before
        assert report.missing == ()
        assert report.albums == len(before["albums"])
        for album, expected in contents.items():
            assert contents_of(again, album) == expected
        assert is_sound(again)
        found = rows(again, "SELECT imprint, release_id, sha256, withdrawn, gone FROM release ORDER BY 1, 2")
        assert set(wanted) <= set(found)
        dub(again, FolderSpool(spool[0]), now=NOW)
        assert catalogue_of(again) == before
        editing.edit(again, "First, corrected", {"title": "After"})
        gather(again, now=NOW, albums=[again.shelf.find("Third")])
        before = catalogue_of(again)
    twice, _ = rebuilt(again)
    with twice:
        assert catalogue_of(twice) == before


@pytest.mark.parametrize("name", [f"labels/mag1{'q' * 58}/metadata/1000.targets.json", f"memory/mag1{'q' * 58}.json"])
def test_long_papers_of_a_label_come_back_as_they_were_last(mine, name):
    chance = random.Random(5)
    for length in (PIECE_LENGTH - 1, PIECE_LENGTH, PIECE_LENGTH + 1, 5 * PIECE_LENGTH // 2, PIECE_LENGTH + 300, 10):
        content = chance.randbytes(length)
        with mine.changes() as changes:
            changes.put_member(name, content)
            changes.commit()
        assert mine.member(name) == content


def test_poison_that_was_tried_does_not_hide_the_music_in_a_rebuild(mine, spool, tmp_path):
    import hashlib

    import msgspec

    from magnitizdat.ops.albums.small_files import describe

    folder, contents = spool
    dub(mine, FolderSpool(folder), now=NOW)
    genuine = describe(contents[0], "audio/flac")
    other = bytes(2 * PIECE_LENGTH + 5)
    pieces = tuple(
        hashlib.sha256(other[at : at + PIECE_LENGTH]).hexdigest() for at in range(0, len(other), PIECE_LENGTH)
    )
    for number in range(3):
        liar = Liar(tmp_path / f"liar{number}", f"Liar {number}")
        lied = msgspec.structs.replace(genuine, length=len(other), pieces=pieces)
        liar.put(lied.sha256, other)
        liar.release(release_of([lied], f"Lie {number}"))
        dub(mine, FolderSpool(liar.folder), now=NOW)
    again, _ = rebuilt(mine)
    with again:
        assert again.shelf.find("45").complete
        assert contents_of(again, again.shelf.find("45").id) == contents
        assert is_sound(again)


def test_rebuild_of_a_hurt_vault_names_what_is_lost(mine, spool):
    dub(mine, FolderSpool(spool[0]), now=NOW)
    put_album(mine, "Mine", lengths=(1_200_000,))
    lost = {cell for (cell,) in rows(mine, "SELECT cell FROM piece WHERE length = ?", (PIECE_LENGTH,))}
    for cell in lost:
        break_byte(mine.vault.cell_path(cell), 400_000)
    again, report = rebuilt(mine)
    with again:
        assert {each.what for each in report.missing} == {"45", "Mine"}
        assert is_sound(again)
        dub(again, FolderSpool(spool[0]), now=NOW)
        assert again.shelf.find("45").complete


def test_any_one_hurt_cell_never_stops_a_rebuild(mine, spool, tmp_path):
    busy_library(mine, spool, tmp_path, random.Random(9))
    cells = cells_of(mine)
    mine.close()
    secrets = unlock(mine.directory, PASSPHRASE)
    for cell in cells[:: max(1, len(cells) // 8)]:
        path = mine.vault.cell_path(cell)
        whole = path.read_bytes()
        break_byte(path, 2000)
        rebuild(mine.directory, secrets, now=NOW, disk=Disk(private=True))
        with Library(mine.directory, secrets) as hurt:
            assert hurt.index.is_sound()
            list(hurt.shelf.albums())
        path.write_bytes(whole)


def test_rebuild_waits_for_nobody_and_breaks_nothing(mine):
    put_album(mine, lengths=(10,))
    with Disk(private=True).lock(mine.directory / LOCK_NAME), pytest.raises(LibraryBusyError) as caught:
        rebuild(mine.directory, mine.secrets, now=NOW, disk=Disk(private=True))
    assert caught.value.exit_code == EXIT_LIBRARY
    assert is_sound(mine)


def test_wrong_passphrase_and_foreign_keys_open_nothing(mine):
    put_album(mine, lengths=(10,))
    mine.close()
    with pytest.raises(WrongPassphraseError):
        unlock(mine.directory, "not these words")
    with pytest.raises(LibraryError, match="of another library"):
        Library(mine.directory, Secrets.generate())


def test_status_counts(mine, spool):
    dub(mine, FolderSpool(spool[0]), now=NOW)
    found = status(mine)
    assert (found.albums, found.tracks, found.labels, found.new_labels, found.incomplete) == (1, 3, 1, 1, 0)
    assert found.on_disk == len(cells_of(mine)) * mine.vault.cell_length
