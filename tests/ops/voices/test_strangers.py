"""Ten thousand labels that nobody follows praise one album: no order and no average changes, a number does."""

from __future__ import annotations

import hashlib

from msgspec import structs

from magnitizdat.catalogue.documents import encode
from magnitizdat.catalogue.refresh import Listed
from magnitizdat.library.journal import LabelRow
from magnitizdat.ops.dub.from_spool import dub
from magnitizdat.ops.labels import labels
from magnitizdat.ops.labels.shelving import put_document, read_signed
from magnitizdat.ops.places.spool import FolderSpool
from magnitizdat.ops.voices.discovering import discover
from magnitizdat.ops.voices.shown import about_album
from tests.fakes_library import NOW, make_library, put_album
from tests.fakes_voices import path_of, review_of, speaker

STRANGERS = 10_000


def imprint_of(number):
    return f"mag1{hashlib.sha256(str(number).encode()).hexdigest().translate(str.maketrans('1b', 'qz'))[:58]}"


def praised(index, number, voice):
    """As a dub of a label with one voice leaves it."""
    imprint, content = imprint_of(number), encode(voice)
    listed = Listed(path=path_of(voice), length=len(content), sha256=hashlib.sha256(content).hexdigest())
    standing = "carrier" if number % 2 else "new"
    index.shelf.put_label(LabelRow(imprint=imprint, name=f"Fan {number}", standing=standing, heard="2026-05-01"))
    put_document(index, read_signed(imprint, listed, content, is_fresh=True))


def test_strangers_change_one_number(tmp_path):
    with make_library(tmp_path / "library") as library:
        albums = [put_album(library, title, lengths=(10, 11))[0] for title in ("45", "46", "47")]
        tracks = [[track.id for track in library.shelf.release(album).tracks] for album in albums]
        voices = [
            review_of(*each, rating_value=rating, title=str(rating))
            for each, rating in zip(tracks, (2, 4, 5), strict=True)
        ]
        elsewhere = review_of("ab" * 32, recommended=True, title="Elsewhere")
        dub(library, FolderSpool(speaker(tmp_path / "natalia", "Natalia", *voices, elsewhere).folder), now=NOW)
        labels.follow(library, "Natalia")
        said = [about_album(library, album) for album in albums]
        order = discover(library).albums
        assert len(order) > 1
        loud = review_of(*tracks[0], rating_value=5, recommended=True, date_published="2099-01-01")
        with library.index.transaction():
            for number in range(STRANGERS):
                praised(library.index, number, loud)
        after = [about_album(library, album) for album in albums]
        assert after == [structs.replace(said[0], strangers=STRANGERS), *said[1:]]
        assert discover(library).albums == order
