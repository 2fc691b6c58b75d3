"""`mag discover`: a line for each album that is worth a listen, and the same for scripts."""

from __future__ import annotations

import pytest

from magnitizdat.errors import EXIT_USAGE
from magnitizdat.library.library import Library, unlock
from tests.fakes_library import PASSPHRASE
from tests.fakes_voices import review_of, speaker


@pytest.fixture
def praised(mag, library, tmp_path):
    """Anna, who is followed, picks "45", which is here, and rates an album that is not."""
    with Library(library, unlock(library, PASSPHRASE)) as opened:
        (album,) = opened.shelf.albums()
        tracks = [track.id for track in opened.shelf.release(album.id).tracks]
    reviews = (
        review_of(*tracks, recommended=True, artist="Кино", title="45"),
        review_of("ab" * 32, rating_value=5, artist="Аквариум", title="Acrobat"),
    )
    assert mag("dub", speaker(tmp_path / "anna", "Anna", *reviews).folder).code == 0
    return album


def test_it_says_why(mag, praised):
    assert mag("discover").out.splitlines()[0] == "You follow no label yet; `mag follow` makes the word of one count."
    assert mag("follow", "Anna").code == 0
    said = mag("discover")
    assert (said.code, said.err) == (0, "")
    assert said.out.splitlines() == [
        "2 albums that you have not heard, best first.",
        f"Кино — 45: picked by Anna; {praised.id[:8]}",
        "Аквариум — Acrobat: rated 5 of 5 by Anna; not here",
    ]
    assert mag("discover", "--size", "1").out.splitlines()[0] == "1 album that you have not heard, best first."
    assert "Кино — 45: anbefalet af Anna" in mag("--lang", "da", "discover").out
    assert "советует Anna" in mag("--lang", "ru", "discover").out


def test_the_same_for_scripts(mag, praised):
    nothing = mag("discover", "--json").document
    assert (nothing["albums"], nothing["followed"]) == ([], 0)
    mag("follow", "Anna")
    found = mag("discover", "--listener", "Natalia", "--json").document
    assert found["followed"] == 1
    unnamed = {"imprint": "", "release_id": "", "label": ""}
    assert found["albums"] == [
        {"artist": "Кино", "title": "45", "sum": 3, "taste": 1.0, "id": praised.id, "here": True,
         "reasons": ["picked by Anna"]} | unnamed,
        {"artist": "Аквариум", "title": "Acrobat", "sum": 2, "taste": 1.0, "id": "", "here": False,
         "reasons": ["rated 5 of 5 by Anna"]} | unnamed,
    ]  # fmt: skip
    assert mag("discover", "--size", "0").code == EXIT_USAGE
