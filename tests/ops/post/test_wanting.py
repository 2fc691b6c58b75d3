"""What one asks for: found by whatever a person names, kept until it is dropped, left out of slips once it has come."""

from __future__ import annotations

import pytest
from msgspec import structs

from magnitizdat.errors import UsageError
from magnitizdat.library.wish_rows import WishGone
from magnitizdat.ops.dub.from_spool import dub
from magnitizdat.ops.dub.wishes import DubWishes
from magnitizdat.ops.labels import labels
from magnitizdat.ops.places.spool import FolderSpool
from magnitizdat.ops.post.wanting import MOST_WISHES, want, want_no_more, wanted_ids, wishes
from tests.fakes_library import NOW, put_album
from tests.fakes_spool import Liar, release_of
from tests.fakes_voices import as_documents, review_of

UNKNOWN = 32 * "a"


@pytest.fixture
def mine(viktor, tmp_path):
    """One album of Kino is here, one in part, and one is only spoken of."""
    kino = Liar(tmp_path / "kino", "Kino")
    whole, torn = kino.blob(b"whole"), kino.blob(b"torn")
    kino.release(release_of([whole], "45", number=1))
    kino.release(release_of([torn], "46", number=2))
    (kino.folder / "blobs" / torn.sha256[:2] / torn.sha256).rename(tmp_path / "torn")
    kino.sign(as_documents([review_of(title="Noch", imprint="mag1" + "q" * 58, release_id=32 * "9")]))
    dub(viktor, FolderSpool(kino.folder), now=NOW)
    (tmp_path / "torn").rename(kino.folder / "blobs" / torn.sha256[:2] / torn.sha256)
    return viktor, kino


def asked(library):
    return [(each.title, each.label, each.here) for each in wishes(library)]


def test_albums_and_labels_are_asked_for_by_what_people_call_them(mine):
    library, _ = mine
    report = want(library, ["46", "noch", "KINO", UNKNOWN], now=NOW)
    assert len(report.added) == 4
    assert {(each.title, each.label) for each in report.wishes} == {
        ("46", "Kino"),
        ("Noch", ""),
        ("", "Kino"),
        ("", ""),
    }
    assert set(wanted_ids(library)) == {f"{2:032x}", 32 * "9", UNKNOWN}, "of Kino only what is not whole here"
    assert want(library, ["46"], now=NOW).added == (), "once is enough"


def test_what_is_here_is_not_asked_for_and_what_nobody_heard_of_is_told(mine):
    library, _ = mine
    for text, said in (("45", "is here already"), ("Gruppa krovi", "is known"), ("mag1nonsense", "address")):
        with pytest.raises(UsageError, match=said):
            want(library, ["46", text], now=NOW)
    assert wishes(library) == [], "all or nothing"


def test_of_several_of_one_name_that_which_is_missing_is_meant(mine):
    library, kino = mine
    kino.release(release_of([kino.blob(b"lost")], "45", number=3))
    (kino.folder / "blobs").rename(kino.folder / "gone")
    dub(library, FolderSpool(kino.folder), now=NOW)
    assert [each.id for each in want(library, ["45"], now=NOW).added] == [f"{3:032x}"]


def test_what_came_is_shown_as_here_and_asked_for_no_more(mine):
    library, kino = mine
    want(library, ["46", UNKNOWN], now=NOW)
    dub(library, FolderSpool(kino.folder), now=NOW, wishes=DubWishes())
    assert ("46", "Kino", True) in asked(library)
    assert wanted_ids(library) == (UNKNOWN,)
    assert "it has come" in str(want(library, [], now=NOW).outcome())


def test_of_a_label_it_is_shown_what_has_come_and_asked_for_what_has_not(mine, tmp_path):
    library, kino = mine
    want(library, ["Kino"], now=NOW)
    assert "Kino: albums that have come: 1 of 2" in str(want(library, [], now=NOW).outcome())
    assert wanted_ids(library) == (f"{2:032x}",)
    dub(library, FolderSpool(kino.folder), now=NOW, wishes=DubWishes())
    assert "Kino: albums that have come: 2 of 2" in str(want(library, [], now=NOW).outcome())
    assert wanted_ids(library) == ()
    kino.release(release_of([kino.blob(b"new")], "Noch", number=3))
    (kino.folder / "blobs").rename(tmp_path / "away")
    dub(library, FolderSpool(kino.folder), now=NOW, wishes=DubWishes())
    assert wanted_ids(library) == (f"{3:032x}",), "a label's news is asked for again"


def test_an_album_of_a_label_that_no_stick_said_more_of_than_its_id_is_asked_for_too(mine):
    """A reel for which there was no room for all of a label."""
    library, kino = mine
    kino.release(release_of([kino.blob(b"new")], "Noch", number=3))
    (paper,) = kino.folder.glob(f"labels/*/targets/*/*{3:032x}*")
    paper.unlink()
    dub(library, FolderSpool(kino.folder), now=NOW, wishes=DubWishes())
    want(library, ["Kino"], now=NOW)
    assert "Kino: albums that have come: 2 of 3" in str(want(library, [], now=NOW).outcome())
    assert wanted_ids(library) == (f"{3:032x}",)


def test_what_a_label_withdrew_is_not_asked_for(mine):
    library, kino = mine
    want(library, ["Kino"], now=NOW)
    kino.release(structs.replace(release_of([kino.blob(b"torn")], "46", number=2), withdrawn=True))
    dub(library, FolderSpool(kino.folder), now=NOW, wishes=DubWishes())
    assert wanted_ids(library) == ()


def test_a_label_that_nobody_knows_is_asked_for_by_its_name(mine, tmp_path):
    library, _ = mine
    other = Liar(tmp_path / "other", "Aquarium").imprint
    want(library, [other], now=NOW)
    assert wanted_ids(library) == (other,)


def test_what_is_dropped_is_asked_for_no_more(mine):
    library, _ = mine
    want(library, ["46", "Kino", UNKNOWN], now=NOW)
    with pytest.raises(UsageError, match="do not ask"):
        want_no_more(library, ["46", "45"])
    assert len(wishes(library)) == 3
    report = want_no_more(library, ["46", "kino", UNKNOWN[:6]])
    assert (len(report.dropped), report.wishes) == (3, ())
    assert len(library.index.listening.kept(WishGone, "wish:")) == 3
    want(library, ["46"], now=NOW)
    assert len(wishes(library)) == 1, "and may be asked for again"


def test_a_name_that_can_mean_several_is_asked_back(mine):
    library, kino = mine
    kino.release(release_of([kino.blob(b"again")], "kino", number=5))
    (kino.folder / "blobs").rename(kino.folder / "away")
    dub(library, FolderSpool(kino.folder), now=NOW)
    with pytest.raises(UsageError, match="can mean several"):
        want(library, ["Kino"], now=NOW)
    want(library, [f"{5:032x}"], now=NOW)


def test_no_more_are_asked_for_than_fit_a_slip(viktor):
    want(viktor, [f"{number:032x}" for number in range(MOST_WISHES)], now=NOW)
    with pytest.raises(UsageError, match="drop some"):
        want(viktor, [UNKNOWN], now=NOW)


def test_an_own_album_is_here(viktor):
    album, _ = put_album(viktor, "Mine")
    with pytest.raises(UsageError, match="here already"):
        want(viktor, [album], now=NOW)
    labels.create(viktor, "Shop", now=NOW)
    assert want(viktor, ["shop"], now=NOW).added[0].label == "Shop"
