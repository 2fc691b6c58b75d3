"""The table of a share: what was chosen, byte for byte, and not one path more."""

from __future__ import annotations

import hashlib
import json
import random
from concurrent.futures import ThreadPoolExecutor

import pytest

from magnitizdat.formats.spool_paths import INDEX_PATH, blob_path, parse_blob, text_path
from magnitizdat.ops.give.gathering import gather
from magnitizdat.ops.give.open_spool import write_open
from magnitizdat.ops.give.table import Table
from magnitizdat.ops.places.targets import FolderTarget
from tests.fakes_library import NOW, make_library, put_album
from tests.fakes_spool import publish_all


@pytest.fixture
def library(tmp_path):
    with make_library(tmp_path / "mine") as made:
        publish_all(made, [put_album(made, "45", lengths=(2_500_000, 10))[0], put_album(made, "46")[0]])
        put_album(made, "47", lengths=(5000,))
        yield made


def table_of(library, *titles):
    return Table(library, gather(library, now=NOW, albums=[library.shelf.find(title) for title in titles]))


def test_it_is_the_open_spool_without_its_pages(library, tmp_path):
    cargo = gather(library, now=NOW)
    write_open(library, cargo, FolderTarget(tmp_path / "open", disk=library.disk))
    table = Table(library, cargo)
    folder = tmp_path / "open"
    written = {str(path.relative_to(folder)): path for path in folder.rglob("*") if path.is_file()}
    for_people = (".html", ".xml", ".m3u8", ".css", ".ics")
    assert set(table) == {path for path in written if "/" in path and not path.endswith(for_people)}
    hint = table[INDEX_PATH].read_at(0, 1 << 20)
    assert without_pages(written[INDEX_PATH].read_bytes()) == without_pages(hint) == json.loads(hint)
    for path, served in table.items():
        if path != INDEX_PATH:
            assert served.read_at(0, served.length + 1) == written[path].read_bytes()


def without_pages(hint):
    labels = json.loads(hint)["labels"]
    return {"labels": [{name: said for name, said in entry.items() if name != "pages"} for entry in labels]}


def test_any_range_is_a_slice_in_any_thread(library):
    table = table_of(library, "45", "47")
    wholes = {path: served.read_at(0, served.length) for path, served in table.items()}
    asks = [
        (path, random.Random(number).randrange(len(whole) + 10), random.Random(-number).randrange(1 << 21))
        for number in range(30)
        for path, whole in wholes.items()
    ]
    with ThreadPoolExecutor(8) as pool:
        for (path, offset, length), found in zip(
            asks, pool.map(lambda ask: table[ask[0]].read_at(*ask[1:]), asks), strict=True
        ):
            assert found == wholes[path][offset : offset + length]


def test_what_was_not_chosen_is_not_in_it(library):
    chosen, everything = table_of(library, "45"), Table(library, gather(library, now=NOW))
    lacking = {path for path in everything if path not in chosen}
    assert any(parse_blob(path) for path in lacking)
    for path in lacking | {"", "labels", "labels/", "../key.age", "blobs/", blob_path("0" * 64), "index.html"}:
        assert chosen.get(path) is None
    assert chosen.albums == 1


def test_a_text_has_the_one_name_that_open_spools_give_it(library):
    table = Table(library, gather(library, now=NOW))
    for path in table:
        digest = parse_blob(path.removesuffix(".txt"))
        if digest is not None:
            assert hashlib.sha256(table[path].read_at(0, 1 << 30)).hexdigest() == digest
            assert (text_path(path.removesuffix(".txt")) in table) == path.endswith(".txt")
