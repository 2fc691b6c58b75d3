"""A label that signed two different things: the page says what differs, and asks which one goes on."""

from __future__ import annotations

import shutil

from magnitizdat.ops.dub.from_spool import dub
from magnitizdat.ops.labels.labels import find_label
from magnitizdat.ops.places.spool import FolderSpool
from tests.fakes_library import NOW
from tests.fakes_spool import Liar, release_of


def test_a_fork_is_said_and_chosen_on_the_labels_own_sheet(page, tmp_path):
    library = page.service.library()
    liar = Liar(tmp_path / "first", "Two faces")
    state = liar.state
    shutil.copytree(liar.folder, tmp_path / "second")
    liar.release(release_of([liar.blob(b"mine")], "Mine", number=1))
    dub(library, FolderSpool(tmp_path / "first"), now=NOW)
    liar.folder, liar.state = tmp_path / "second", state
    liar.release(release_of([liar.blob(b"theirs")], "Theirs", number=2))
    dub(library, FolderSpool(tmp_path / "second"), now=NOW)
    named = next(each["id"] for each in page.get("labels") if each["name"] == "Two faces")
    (fork,) = page.get(f"labels/{named}")["forks"]
    assert "yours names «Mine», the other one «Theirs»" in fork["sentence"]
    page.post(f"labels/{named}/choose", {"branch": fork["held"]})
    assert page.get(f"labels/{named}")["forks"] == []
    assert not find_label(library, "Two faces").frozen
