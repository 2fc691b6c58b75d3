"""Making a premiere: what is listed, what is kept, what is forgotten, and what is refused."""

from __future__ import annotations

import base64
import hashlib
import io
import zipfile
from datetime import date
from itertools import combinations

import pyrage
import pytest

from magnitizdat.catalogue.documents import decode
from magnitizdat.catalogue.kinds import RELEASE, target_path
from magnitizdat.catalogue.premieres import PREMIERE
from magnitizdat.catalogue.refresh import review
from magnitizdat.errors import UsageError
from magnitizdat.formats import shares
from magnitizdat.formats.names import secret_words
from magnitizdat.formats.spool_paths import blob_path
from magnitizdat.library.library import Library
from magnitizdat.model import Release
from magnitizdat.ops.keep.rebuild import rebuild
from magnitizdat.ops.labels import publish
from magnitizdat.ops.labels.labels import held_state
from magnitizdat.ops.premieres.making import PremiereWish, make
from magnitizdat.ops.premieres.withheld import premiere_at, premieres
from magnitizdat.reel.layout import padme
from tests.fakes_library import NOW, make_library, put_album, rows
from tests.fakes_spool import new_label

NAMES = ("Анна", "Борис", "Вера", "Глеб", "Дина")
WISH = PremiereWish(opens=date(2026, 12, 24), need=3, holders=NAMES)


@pytest.fixture
def maker(tmp_path):
    with make_library(tmp_path / "maker") as library:
        yield library


def made(library, album, wish=WISH, label="Zoopark Tapes"):
    view = new_label(library, label)
    return view, make(library, album, view, wish, now=NOW)


def documents(library, imprint, kind):
    held = library.index.documents.of_kinds([kind])
    return [premiere_at(library, imprint, each.path) for signer, each in held if signer == imprint]


def test_a_premiere_is_listed_with_the_document_that_it_withholds(maker):
    album, _ = put_album(maker, lengths=(2_500_000, 70_000))
    label, report = made(maker, album)
    (premiere,) = documents(maker, label.imprint, PREMIERE)
    listed = review(held_state(maker, label.imprint), now=NOW).targets
    path = target_path(RELEASE, album)
    assert listed[path].sha256 == premiere.document
    assert not maker.has_member(f"labels/{label.imprint}/{listed[path].stored_path}")
    assert (premiere.title, premiere.artist, premiere.opens) == ("45", "Виктор", "2026-12-24")
    assert padme(premiere.file.length) == premiere.file.length == report.length
    assert [each.holder for each in report.shares] == list(NAMES)
    assert premiere.shares == tuple(sorted(each.sha256 for each in report.shares))
    assert (label.imprint, album) in maker.index.closed.releases()
    assert (label.imprint, "0" * 32) not in maker.index.closed.releases()
    (shown,) = premieres(maker)
    assert (shown.title, shown.need, shown.of, shown.opened, shown.here, shown.own) == ("45", 3, 5, False, True, True)


def test_any_three_shares_bring_the_words_and_these_the_album_bit_for_bit(maker):
    album, contents = put_album(maker, lengths=(1_500_000, 10, 3_000_000))
    label, report = made(maker, album)
    (premiere,) = documents(maker, label.imprint, PREMIERE)
    secrets = {shares.combine(each.words for each in some) for some in combinations(report.shares, 3)}
    assert len(secrets) == 1
    words = secret_words(secrets.pop())
    text = pyrage.passphrase.decrypt(base64.b64decode(premiere.words), words).decode()
    identity = pyrage.x25519.Identity.from_str(text.splitlines()[-1])
    sealed = b"".join(maker.blob(premiere.file.sha256).pieces())
    with zipfile.ZipFile(io.BytesIO(pyrage.decrypt(sealed, [identity]))) as archive:
        document = archive.read("album.json")
        assert hashlib.sha256(document).hexdigest() == premiere.document
        release = decode(Release, document, max_length=1 << 20)
        assert [archive.read(blob_path(track.file.sha256)) for track in release.tracks] == contents
        names = {"pad", "album.json", *(blob_path(file.sha256) for file in release.files())}
        assert set(archive.namelist()) == names
    assert release.released == "2026-12-24"


def test_the_library_keeps_neither_words_nor_shares(maker):
    album, _ = put_album(maker, lengths=(1000,))
    _, report = made(maker, album)
    secret = shares.combine(each.words for each in report.shares[:3])
    told = [secret, secret.hex().encode(), secret_words(secret).encode()]
    told += [each.words.encode() for each in report.shares]
    kept = b"".join(maker.vault.read(each) for _, members in maker.vault.cells() for each in members)
    assert report.shares[0].sha256.encode() in kept
    tables = ("document", "tail", "kept", "job", "meta", "label_file", "closed", "withheld")
    indexed = "".join(str(rows(maker, f"SELECT * FROM {name}")) for name in tables).encode()
    assert not [each for each in told if each in kept + indexed]


def test_of_an_untitled_one_neither_title_nor_artist_nor_an_id_that_can_be_guessed_is_told(maker):
    album, _ = put_album(maker, "Тайна", artist="Никто", lengths=(1000,))
    wish = PremiereWish(opens=WISH.opens, need=2, holders=NAMES[:3], untitled=True)
    label, report = made(maker, album, wish)
    (premiere,) = documents(maker, label.imprint, PREMIERE)
    assert (premiere.title, premiere.artist) == ("", "")
    assert premiere.release_id != album
    signed = str(held_state(maker, label.imprint).files)
    assert premiere.release_id in signed
    assert album not in signed
    assert report.title == "Тайна"
    assert maker.index.closed.albums() == {album}


@pytest.mark.parametrize(
    ("need", "holders"), [(1, NAMES), (5, NAMES), (2, NAMES[:2]), (3, NAMES * 4), (2, ("Анна", "анна", "Вера"))]
)
def test_shares_of_which_none_may_be_lost_are_refused_before_anything_is_signed(maker, need, holders):
    album, _ = put_album(maker, lengths=(1000,))
    label = new_label(maker)
    before = held_state(maker, label.imprint)
    with pytest.raises(UsageError, match="holders"):
        make(maker, album, label, PremiereWish(opens=WISH.opens, need=need, holders=holders), now=NOW)
    assert held_state(maker, label.imprint) == before
    assert not maker.index.closed.albums()


def test_what_was_signed_or_closed_before_is_not_closed_again(maker):
    signed, _ = put_album(maker, "Старое", lengths=(1000,))
    closed, _ = put_album(maker, "Новое", lengths=(1000,))
    label, _ = made(maker, closed)
    publish.publish(maker, [signed], label, now=NOW)
    with pytest.raises(UsageError, match="no secret any more"):
        make(maker, signed, label, WISH, now=NOW)
    with pytest.raises(UsageError, match="nothing of it leaves"):
        make(maker, closed, label, WISH, now=NOW)


def test_a_rebuild_knows_what_is_closed_and_what_stays(maker, tmp_path):
    album, _ = put_album(maker, lengths=(2_000_000,))
    untitled, _ = put_album(maker, "Тайна", lengths=(1000,))
    label, _ = made(maker, album)
    make(maker, untitled, label, PremiereWish(opens=WISH.opens, need=2, holders=NAMES[:3], untitled=True), now=NOW)
    before, directory, keys = premieres(maker), maker.directory, maker.secrets
    maker.close()
    report = rebuild(directory, keys, now=NOW, disk=maker.disk)
    assert not report.missing
    with Library(directory, keys) as again:
        assert premieres(again) == before
        assert again.index.closed.albums() == {album, untitled}
        assert not again.index.shelf.unused_blobs()
