"""Documents of a newer mag, the whole way: published, dubbed, cut, dubbed again, rebuilt, backed up, mended."""

from __future__ import annotations

import json

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from msgspec import structs

from magnitizdat.catalogue import kinds
from magnitizdat.catalogue.documents import encode
from magnitizdat.catalogue.kinds import MAX_DOCUMENT_LENGTH, RELEASE, target_path
from magnitizdat.catalogue.publisher import publish as sign
from magnitizdat.catalogue.refresh import stored_path
from magnitizdat.disk.disk import Disk
from magnitizdat.formats import budgets
from magnitizdat.formats.spool_paths import blob_path
from magnitizdat.library.library import Library
from magnitizdat.model import Rendition
from magnitizdat.ops.albums import edit as editing
from magnitizdat.ops.dub.from_sources import sentences
from magnitizdat.ops.dub.from_spool import dub
from magnitizdat.ops.dub.previewing import preview
from magnitizdat.ops.give.cut import cut_reel
from magnitizdat.ops.give.gathering import gather
from magnitizdat.ops.give.open_spool import write_open
from magnitizdat.ops.keep.backup import backup
from magnitizdat.ops.keep.rebuild import rebuild
from magnitizdat.ops.keep.upkeep import doctor, status, unknown_words
from magnitizdat.ops.labels import labels, publish
from magnitizdat.ops.places.sources import open_sources
from magnitizdat.ops.places.spool import FolderSpool
from magnitizdat.ops.places.targets import FolderTarget
from tests.fakes_library import NOW, contents_of, database_of, make_library, put_album
from tests.fakes_spool import Liar, is_sound, publish_all, release_of, write_spool

KINDS = st.from_regex("[a-z][a-z0-9-]{0,31}", fullmatch=True).filter(lambda kind: kind not in kinds.KINDS)
IDS = st.from_regex("[0-9a-f]{32}", fullmatch=True)
PATHS = st.builds(target_path, KINDS, IDS) | st.sampled_from(
    ["00/other.json", "ab/notes.txt", f"ab/{'ab' * 16}.9.json"]
)
DOCUMENTS = st.dictionaries(PATHS, st.binary(max_size=3000), max_size=6)


def papers_in(folder):
    """Path to bytes of every document of every label in a folder."""
    found = (path for path in folder.glob("labels/*/targets/**/*") if path.is_file())
    return {str(path.relative_to(folder)): path.read_bytes() for path in found}


def newer(folder, wanted, *, name="Newer"):
    """A label that signed an album and documents of these paths: (the label, its papers)."""
    liar = Liar(folder, name)
    liar.release(release_of([liar.blob(b"music" * 100)], "45"))
    liar.sign(wanted)
    return liar, papers_in(folder)


def rebuilt(library):
    library.close()
    report = rebuild(library.directory, library.secrets, now=NOW, disk=library.disk)
    return Library(library.directory, library.secrets), report


@settings(max_examples=12, deadline=None)
@given(wanted=DOCUMENTS)
def test_a_dub_carries_the_same_bytes_and_counts_them_right(tmp_path_factory, wanted):
    top = tmp_path_factory.mktemp("carry")
    _, papers = newer(top / "newer", wanted)
    for place in ("first", "second"):
        with make_library(top / place) as library:
            report = dub(library, FolderSpool(top / ("newer" if place == "first" else "first-spool")), now=NOW)
            assert (report.missing, report.refused, report.releases) == ((), 0, 1)
            assert [each.unknown for each in report.labels] == [len(wanted)]
            assert status(library).unknown == len(wanted)
            write_spool(library, top / f"{place}-spool")
        assert papers_in(top / f"{place}-spool") == papers


SOME = {
    target_path("poster", "ab" * 16): b'{"schema":"magnitizdat/poster/1"}',
    target_path("ticket", "cd" * 16): b"\x00 not even JSON",
    target_path(RELEASE, "ef" * 16): json.dumps({"schema": "magnitizdat/release/2", "id": "ef" * 16}).encode(),
}


@pytest.fixture
def library(tmp_path):
    with make_library(tmp_path / "library") as library:
        yield library


def test_they_go_the_whole_way(library, tmp_path):
    _, papers = newer(tmp_path / "newer", SOME)
    report = dub(library, FolderSpool(tmp_path / "newer"), now=NOW)
    told = "3 documents of kinds that this version does not know; they are kept and passed on."
    assert told in sentences(report)
    with make_library(tmp_path / "friend") as friend:
        to = [friend.secrets.addresses[0].recipient]
        cut_reel(library, gather(library, now=NOW), tmp_path / "reel", recipients=to, disk=Disk())
        for _ in range(2):
            source = next(iter(open_sources(friend, str(tmp_path / "reel"))))
            assert preview(friend, source.spool, now=NOW)[1] == []
            assert dub(friend, source.spool, now=NOW).missing == ()
        assert unknown_words(status(friend)) == [told]
        write_spool(friend, tmp_path / "again")
    assert papers_in(tmp_path / "again") == papers

    backup(library, tmp_path / "copy", disk=Disk(private=True))
    with Library(tmp_path / "copy", library.secrets) as copy:
        write_spool(copy, tmp_path / "from-copy")
    assert papers_in(tmp_path / "from-copy") == papers

    library, found = rebuilt(library)
    with library:
        assert (found.missing, unknown_words(found)) == ((), [told])
        assert is_sound(library)
        write_spool(library, tmp_path / "from-rebuilt")
    assert papers_in(tmp_path / "from-rebuilt") == papers


def test_a_hurt_cell_loses_none_of_them(library, tmp_path):
    liar, papers = newer(tmp_path / "newer", SOME)
    dub(library, FolderSpool(tmp_path / "newer"), now=NOW)
    names = [f"labels/{liar.imprint}/{stored_path(path, sha256)}" for path, _, sha256, _ in held(library, liar)]
    (cell,) = {database_of(library).one("SELECT cell FROM member WHERE name = ?", (name,))[0] for name in names}
    library.vault.cell_path(cell).unlink()
    library.vault.close()
    assert (doctor(library).damaged, status(library).unknown) == (1, 3)
    assert {name: library.member(name) for name in names} == {name: papers[name] for name in names}
    with rebuilt(library)[0] as again:
        assert status(again).unknown == 3


def held(library, liar):
    return library.index.documents.held(liar.imprint)


def test_what_is_listed_no_more_goes_and_what_is_said_anew_comes(library, tmp_path):
    liar, _ = newer(tmp_path / "newer", SOME)
    dub(library, FolderSpool(liar.folder), now=NOW)
    gone, changed, _ = SOME
    liar.sign({gone: None, changed: b"said anew"})
    assert dub(library, FolderSpool(liar.folder), now=NOW).labels[0].unknown == 2
    assert {each.path for each in held(library, liar)} == set(SOME) - {gone}
    write_spool(library, tmp_path / "spool")
    assert b"said anew" in papers_in(tmp_path / "spool").values()
    assert SOME[gone] not in papers_in(tmp_path / "spool").values()


def test_a_stranger_brings_no_more_than_the_budget_and_a_friend_more(library, tmp_path):
    many = {
        target_path("ticket", f"{number:032x}"): bytes([number]) * 5000
        for number in range(budgets.STRANGE_DOCUMENTS.most + 6)
    }
    liar, _ = newer(tmp_path / "newer", {**many, target_path("film", "ff" * 16): bytes(MAX_DOCUMENT_LENGTH + 1)})
    for _ in range(2):
        (said,) = dub(library, FolderSpool(liar.folder), now=NOW).labels
        taken = held(library, liar)
        assert said.unknown == len(taken) <= budgets.STRANGE_DOCUMENTS.most
        assert sum(each.length for each in taken) <= budgets.ALL_STRANGE_DOCUMENTS.most < sum(map(len, many.values()))
        assert said.unknown + said.left_out == len(many) + 1
    labels.follow(library, "Newer")
    report = dub(library, FolderSpool(liar.folder), now=NOW)
    assert (report.labels[0].unknown, report.labels[0].left_out, report.missing) == (len(many), 1, ())
    assert (
        sentences(report)[-1]
        == "Voices and documents of unknown kinds that were left out, being too long or too many: 1."
    )
    assert len(many) < budgets.DOCUMENTS.most


def test_a_label_goes_on_with_what_a_newer_copy_of_its_library_signed(library, tmp_path):
    """The newer copy signed documents; the older one hears of them and signs an album."""
    album, _ = put_album(library, lengths=(1000,))
    view = publish_all(library, [album])
    state, keys = labels.held_state(library, view.imprint), labels.label_keys(library, view.imprint)
    write_spool(library, tmp_path / "spool")
    made = sign(state, keys, SOME, now=NOW)
    for path, content in {**made.files, **{f"metadata/{n}": b for n, b in made.state.files.items()}}.items():
        place = tmp_path / "spool" / "labels" / view.imprint / path
        place.parent.mkdir(parents=True, exist_ok=True)
        place.write_bytes(content)
    before = papers_in(tmp_path / "spool")
    assert dub(library, FolderSpool(tmp_path / "spool"), now=NOW).labels[0].unknown == 3
    second, _ = put_album(library, "46", lengths=(10,))
    publish.publish(library, [second], view, now=NOW)
    write_spool(library, tmp_path / "after")
    assert before.items() < papers_in(tmp_path / "after").items()


NEW = {"kind": "mixtape"}


def future(liar):
    """A release of a kind, with a rendition, a picture and an original of which nobody here has heard."""
    known, strange = liar.blob(b"music" * 100), structs.replace(liar.blob(b"sound" * 99), media_type="audio/x-opus-ii")
    picture = structs.replace(liar.blob(b"picture"), media_type="image/avif")
    release = release_of([known, strange], "Later", number=7, cover=picture)
    raw = json.loads(encode(release)) | NEW
    raw["tracks"][0]["renditions"] = [
        {"kind": "opus-ii-64", "file": {"sha256": "ab" * 32, "length": 5, "media_type": "audio/x-opus-ii"}}
    ]
    return json.dumps(raw).encode()


def test_a_release_with_values_of_the_future_is_taken_and_carried_whole(library, tmp_path):
    liar = Liar(tmp_path / "newer", "Newer")
    liar.sign({target_path(RELEASE, f"{7:032x}"): future(liar)})
    papers = papers_in(liar.folder)
    report = dub(library, FolderSpool(liar.folder), now=NOW, quality="both")
    assert (report.missing, report.releases, report.tracks) == ((), 1, 2)
    assert "1 album has parts of kinds that this version does not know; it travels on as it is." in sentences(report)
    view = library.shelf.find("Later")
    assert (view.complete, contents_of(library, view.id)) == (True, [b"music" * 100, b"sound" * 99])
    held_release = library.shelf.release(view.id)
    assert (held_release.kind, held_release.tracks[0].renditions[0].kind, held_release.tracks[0].small) == (
        "mixtape",
        "opus-ii-64",
        None,
    )
    write_spool(library, tmp_path / "spool")
    assert papers_in(tmp_path / "spool") == papers
    library, found = rebuilt(library)
    with library, make_library(tmp_path / "other") as other:
        assert found.missing == ()
        assert dub(other, FolderSpool(tmp_path / "spool"), now=NOW).missing == ()
        assert contents_of(other, other.shelf.find("Later").id) == contents_of(library, view.id)


def has(library, file):
    return library.shelf.holds(file)


def test_a_rendition_of_an_unknown_kind_travels_where_all_versions_do(library, tmp_path):
    liar = Liar(tmp_path / "newer", "Newer")
    release = release_of([liar.blob(b"music" * 100)], "Later")
    strange = liar.blob(b"strange" * 200_000)
    rendition = Rendition(kind="opus-ii-64", file=structs.replace(strange, media_type="audio/x-opus-ii"))
    track = structs.replace(release.tracks[0], renditions=(rendition,))
    liar.release(structs.replace(release, tracks=(track,)))
    with make_library(tmp_path / "friend") as friend, make_library(tmp_path / "plain") as plain:
        dub(plain, FolderSpool(liar.folder), now=NOW)
        assert (plain.shelf.find("Later").complete, has(plain, strange)) == (True, False)
        dub(library, FolderSpool(liar.folder), now=NOW, quality="both")
        editing.remove(library, [put_album(library, "Other", lengths=(9,))[0]])  # which gives back what nobody uses
        library, found = rebuilt(library)
        with library:
            assert (found.missing, has(library, strange)) == ((), True)
            target = FolderTarget(tmp_path / "spool", disk=Disk())
            write_open(library, gather(library, now=NOW, quality="both"), target)
        for _ in range(2):
            assert dub(friend, FolderSpool(tmp_path / "spool"), now=NOW, quality="both").missing == ()
        assert has(friend, strange)
        (liar.folder / blob_path(strange.sha256)).unlink()
        report = dub(plain, FolderSpool(liar.folder), now=NOW, quality="both")
        assert (report.missing, plain.shelf.find("Later").complete) == ((), True)
