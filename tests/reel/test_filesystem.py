"""The spool inside a reel: bytes are those that went in, nothing can be changed, nothing secret is shown."""

from __future__ import annotations

import errno
import inspect
import json
import os
import pickle
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import fsspec
import pytest
from fsspec import AbstractFileSystem
from hypothesis import given
from hypothesis import strategies as st

from magnitizdat.errors import DamagedError, NotMineError, SourceError, WrongPassphraseError
from magnitizdat.formats.age import seal
from magnitizdat.formats.age_keys import X25519Identity
from magnitizdat.formats.container import ContainerShape, seal_container
from magnitizdat.model import PIECE_LENGTH
from magnitizdat.reel.filesystem import ReelFileSystem
from magnitizdat.reel.folder import survey
from magnitizdat.reel.opening import OpenReel, open_reel
from magnitizdat.reel.sets import gather
from tests.fakes_reel import CutReel, cut_reel, noise, overwrite, spool_of

READS = {
    "cat", "cat_file", "cat_ranges", "checksum", "created", "disk_usage", "download", "du", "exists", "expand_path",
    "find", "get", "get_file", "get_mapper", "glob", "head", "info", "invalidate_cache", "isdir", "isfile", "lexists",
    "listdir", "ls", "modified", "open", "read_block", "read_bytes", "read_text", "sign", "size", "sizes", "stat",
    "tail", "tree", "ukey", "unstrip_protocol", "walk",
}  # fmt: skip
ABOUT_ITSELF = {"clear_instance_cache", "current", "from_dict", "from_json", "to_dict", "to_json", "transaction_type"}


@pytest.fixture(scope="module")
def reel(tmp_path_factory) -> CutReel:
    return cut_reel(tmp_path_factory.mktemp("fs") / "reel", spool_of([3_300_000, 700_000, 0, 5, 1 << 20, 1_048_577]))


@pytest.fixture(scope="module")
def filesystem(reel) -> ReelFileSystem:
    return ReelFileSystem(open_reel(reel.folder, [reel.identity]))


def test_every_file_comes_back(reel, filesystem):
    assert {path: filesystem.cat_file(path) for path in filesystem.find("")} == reel.spool
    assert filesystem.unreadable == []
    assert all(filesystem.is_whole(path) for path in reel.spool)


@given(data=st.data())
def test_a_range_is_a_slice(reel, filesystem, data):
    path = data.draw(st.sampled_from(sorted(reel.spool)))
    bound = st.one_of(st.none(), st.integers(-4_000_000, 4_000_000))
    start, end = data.draw(bound), data.draw(bound)
    assert filesystem.cat_file(path, start, end) == reel.spool[path][start:end]


def test_folders_list_as_they_should(reel, filesystem):
    assert {entry["name"] for entry in filesystem.ls("")} == {"blobs", "labels"}
    assert filesystem.info("blobs")["type"] == "directory"
    path = max(reel.spool, key=lambda each: len(reel.spool[each]))
    assert filesystem.info(f"reel://{path}") == {"name": path, "size": 3_300_000, "type": "file"}
    assert filesystem.ls(path, detail=False) == [path]
    assert filesystem.isdir(path.rpartition("/")[0])
    with filesystem.open(path) as file:
        file.seek(1_048_570)
        assert file.read(20) == reel.spool[path][1_048_570:1_048_590]


def test_what_is_not_there_is_not_found(filesystem):
    for call in (filesystem.info, filesystem.ls, filesystem.cat_file, filesystem.open):
        with pytest.raises(FileNotFoundError):
            call("blobs/zz/none")
    with pytest.raises(IsADirectoryError):
        filesystem.cat_file("blobs")
    assert not filesystem.exists("../../etc/passwd")


def mutating() -> list[str]:
    public = {name for name, _ in inspect.getmembers(AbstractFileSystem, callable) if not name.startswith("_")}
    return sorted(public - READS - ABOUT_ITSELF | {"_rm"})


@pytest.mark.parametrize("name", mutating())
def test_every_method_that_changes_something_is_refused(filesystem, name):
    with pytest.raises(OSError) as caught:
        getattr(filesystem, name)("a", "b")
    assert caught.value.errno == errno.EROFS


@pytest.mark.parametrize("mode", ["wb", "w", "ab", "xb", "r+b", "w+b"])
def test_opening_for_writing_is_refused(filesystem, mode):
    with pytest.raises(OSError) as caught:
        filesystem.open("blobs/new", mode)
    assert caught.value.errno == errno.EROFS
    with pytest.raises(OSError):
        _ = filesystem.transaction
    with pytest.raises(OSError):
        filesystem.get_mapper("")["new"] = b"x"


def test_nothing_secret_is_shown_kept_or_pickled(reel, filesystem):
    with filesystem.open(min(reel.spool)) as file:
        things = [filesystem, filesystem._reel, file]
        for thing in things:
            with pytest.raises(TypeError):
                pickle.dumps(thing)
        shown = " ".join([*map(repr, things), *map(str, things), repr(filesystem.storage_args), filesystem._fs_token])
    assert reel.identity.text not in shown
    assert all(path not in shown for path in reel.spool if path.startswith("labels"))
    for write_down in (filesystem.to_json, filesystem.to_dict, lambda: json.dumps(filesystem)):
        with pytest.raises(TypeError):
            write_down()
    assert ReelFileSystem._cache == {}
    assert filesystem != ReelFileSystem(filesystem._reel)


def test_many_threads_and_few_descriptors(reel, filesystem):
    paths = [path for path in reel.spool for _ in range(10)]
    before = len(os.listdir("/proc/self/fd")) if Path("/proc/self/fd").is_dir() else 0
    with ThreadPoolExecutor(8) as pool:
        assert list(pool.map(filesystem.cat_file, paths)) == [reel.spool[path] for path in paths]
    if before:
        assert len(os.listdir("/proc/self/fd")) <= before


class TestDamage:
    """What is lost stops nothing else."""

    @pytest.fixture
    def hurt(self, tmp_path) -> CutReel:
        return cut_reel(tmp_path / "reel", spool_of([2_500_000] * 6))

    def readable(self, hurt: CutReel, filesystem: ReelFileSystem) -> set[str]:
        good = set()
        for path, content in hurt.spool.items():
            try:
                if filesystem.cat_file(path) == content:
                    good.add(path)
            except (FileNotFoundError, DamagedError):
                pass
        return good

    @pytest.mark.parametrize("how", ["truncated", "beginning", "empty", "end"])
    def test_a_damaged_segment_is_skipped_and_listed(self, hurt, how):
        victim = hurt.segments()[3]
        content = victim.read_bytes()
        victim.write_bytes(
            {
                "truncated": content[: len(content) // 2],
                "beginning": bytes(100) + content[100:],
                "empty": b"",
                "end": content[:-100] + bytes(100),
            }[how]
        )
        filesystem = ReelFileSystem(open_reel(hurt.folder, [hurt.identity]))
        assert [(each.path, each.kind) for each in filesystem.unreadable] == [(victim.name, "damaged")]
        assert len(self.readable(hurt, filesystem)) >= 4

    def test_damage_in_the_middle_costs_only_the_pieces_there(self, hurt):
        for victim in hurt.segments():
            with victim.open("r+b") as file:
                file.seek(300_000)
                file.write(bytes(10))
        filesystem = ReelFileSystem(open_reel(hurt.folder, [hurt.identity]))
        assert filesystem.unreadable == []
        path = max(hurt.spool, key=lambda each: len(hurt.spool[each]))
        assert filesystem.info(path)["size"] == 2_500_000
        with pytest.raises(DamagedError):
            filesystem.cat_file(path)
        pieces = 0
        for number in range(3):
            try:
                plain = filesystem.cat_file(path, number * PIECE_LENGTH, number * PIECE_LENGTH + 100_000)
                assert plain == hurt.spool[path][number * PIECE_LENGTH : number * PIECE_LENGTH + 100_000]
                pieces += 1
            except DamagedError:
                pass
        assert pieces >= 1

    def test_a_lost_piece_is_not_found_and_the_others_are(self, hurt):
        victim = hurt.segments()[0]
        victim.unlink()
        filesystem = ReelFileSystem(open_reel(hurt.folder, [hurt.identity]))
        assert 4 <= len(self.readable(hurt, filesystem)) < len(hurt.spool) + 1

    def test_two_reels_in_one_folder_each_with_a_key_of_its_own(self, hurt, tmp_path):
        other = cut_reel(tmp_path / "other", spool_of([5000] * 20, seed=7))
        for path in other.folder.iterdir():
            path.rename(hurt.folder / path.name)
        filesystem = ReelFileSystem(open_reel(hurt.folder, [hurt.identity]))
        assert {each.kind for each in filesystem.unreadable} == {"foreign"}
        assert len(filesystem.unreadable) == other.plan.segments
        assert self.readable(hurt, filesystem) == set(hurt.spool)
        both = ReelFileSystem(open_reel(hurt.folder, [hurt.identity, other.identity]))
        assert both.unreadable == []
        assert set(both.find("")) == set(hurt.spool) | set(other.spool)

    def test_a_copy_of_a_segment_stands_in_for_a_damaged_one(self, hurt):
        for path in hurt.segments():
            (hurt.folder / f"copy{path.name}").write_bytes(path.read_bytes())
        for path in hurt.segments()[::2]:
            if not path.name.startswith("copy"):
                with path.open("r+b") as file:
                    file.seek(200_000)
                    file.write(bytes(1000))
        filesystem = ReelFileSystem(open_reel(hurt.folder, [hurt.identity]))
        assert self.readable(hurt, filesystem) == set(hurt.spool)

    def test_links_pipes_folders_and_letters_are_left_alone(self, hurt, tmp_path):
        os.mkfifo(hurt.folder / "pipe.age")
        (hurt.folder / "link.age").symlink_to(hurt.segments()[0])
        (hurt.folder / "post").mkdir()
        (hurt.folder / "post" / "letter.age").write_bytes(b"age-encryption.org/v1\n")
        (hurt.folder / "notes.txt").write_text("hello")
        filesystem = ReelFileSystem(open_reel(hurt.folder, [hurt.identity]))
        assert filesystem.unreadable == []
        assert set(filesystem.find("")) == set(hurt.spool)


@pytest.fixture(scope="module")
def locked(tmp_path_factory) -> CutReel:
    spool = spool_of([50_000] * 12)
    return cut_reel(tmp_path_factory.mktemp("words") / "reel", spool, words="one two three four five six")


def scrypt_of(path: Path) -> bytes:
    """The stanza of a segment that words open."""
    _, _, behind = path.read_bytes()[:200].partition(b"\n-> scrypt")
    return behind.partition(b"\n")[0]


class TestWords:
    def test_the_words_open_it(self, locked):
        filesystem = ReelFileSystem(open_reel(locked.folder, words="one two three four five six"))
        assert {path: filesystem.cat_file(path) for path in filesystem.find("")} == locked.spool

    def test_other_words_do_not(self, locked):
        with pytest.raises(WrongPassphraseError):
            open_reel(locked.folder, words="one two three four five seven")

    def test_without_words_it_says_what_to_give(self, locked):
        with pytest.raises(NotMineError, match="--words-file"):
            open_reel(locked.folder, [X25519Identity.generate()])

    def test_words_for_a_reel_without_any(self, tmp_path):
        reel = cut_reel(tmp_path / "reel", spool_of([5000]))
        with pytest.raises(NotMineError, match="either sealed to a friend, or the file that the words open is lost"):
            open_reel(reel.folder, words="one two")

    def test_a_lost_words_segment_is_not_taken_for_a_reel_without_words(self, locked, tmp_path):
        folder = tmp_path / "copy"
        folder.mkdir()
        for path in locked.folder.iterdir():
            if not scrypt_of(path):
                (folder / path.name).write_bytes(path.read_bytes())
        with pytest.raises(NotMineError, match="the file that the words open is lost"):
            open_reel(folder, words="one two three four five six")

    def test_two_segments_open_with_them_each_with_a_salt_of_its_own(self, locked):
        headers = [stanza for path in locked.segments() if (stanza := scrypt_of(path))]
        assert len(headers) == len({*headers}) == 2

    @pytest.mark.parametrize("loses", [Path.unlink, lambda path: overwrite(path, 300, bytes(2000))])
    @pytest.mark.parametrize("lost", [0, 1])
    def test_the_other_opens_it_when_one_is_lost_with_all_that_could_mend_it(self, tmp_path, lost, loses):
        reel = cut_reel(tmp_path / "reel", spool_of([12_000] * 24), words="one two three four five six")
        assert reel.plan.layout.groups == 2
        locked = [path for path in reel.segments() if scrypt_of(path)]
        groups = {
            file.name.decode(): each for each in gather(reel.folder, survey(reel.folder)).sets for file in each.files
        }
        assert groups[locked[0].name] is not groups[locked[1].name]
        for parity in groups[locked[lost].name].parity:
            (reel.folder / parity.path).unlink()
        loses(locked[lost])
        filesystem = ReelFileSystem(open_reel(reel.folder, words="one two three four five six"))
        assert {path: filesystem.cat_file(path) for path in filesystem.find("")} == reel.spool

    def test_a_damaged_words_segment_says_so(self, locked, tmp_path):
        folder = tmp_path / "copy"
        folder.mkdir()
        for path in locked.folder.iterdir():
            content = path.read_bytes()
            (folder / path.name).write_bytes(content[:-50] + bytes(50) if scrypt_of(path) else content)
        with pytest.raises(DamagedError, match="mend"):
            open_reel(folder, words="one two three four five six")


def test_what_is_no_reel_is_said_to_be_none(tmp_path):
    with pytest.raises(SourceError, match="no reel"):
        open_reel(tmp_path, [X25519Identity.generate()])
    with pytest.raises(SourceError, match="cannot be read"):
        open_reel(tmp_path / "absent", [])
    (tmp_path / "abcdefgh.age").write_bytes(noise(1000))
    with pytest.raises(DamagedError):
        open_reel(tmp_path, [])


def test_a_reel_for_somebody_else(reel):
    with pytest.raises(NotMineError, match="somebody else"):
        open_reel(reel.folder, [X25519Identity.generate()])


def hostile(folder: Path, members: list[tuple[str, bytes]]) -> OpenReel:
    me = X25519Identity.generate()
    folder.mkdir()
    (folder / "abcdefgh.age").write_bytes(seal_container(members, ContainerShape(3 << 20, 1), [me.recipient]))
    return open_reel(folder, [me])


def test_odd_pieces_of_a_hostile_sealer_shift_nothing(tmp_path):
    name = "blobs/ab/ab" + 62 * "0"
    opened = hostile(
        tmp_path / "reel",
        [(f"{name}.0000", b"short"), (f"{name}.0001", b"last"), (f"{name}.9999999", b"far"), ("a/b", b"y")],
    )
    filesystem = ReelFileSystem(opened)
    with pytest.raises(FileNotFoundError):
        filesystem.cat_file(name, 0, 10)
    assert filesystem.info(name)["size"] == 9999999 * PIECE_LENGTH + 3
    assert not filesystem.is_whole(name)
    assert filesystem.cat_file("a/b") == b"y"


def test_an_age_file_without_an_archive_is_damaged_not_an_error(tmp_path, reel):
    folder = tmp_path / "reel"
    folder.mkdir()
    (folder / "abcdefgh.age").write_bytes(seal(b"hello", [reel.identity.recipient]))
    (folder / "bbcdefgh.age").write_bytes(reel.segments()[0].read_bytes())
    opened = open_reel(folder, [reel.identity])
    assert [(each.path, each.kind) for each in opened.unreadable] == [("abcdefgh.age", "damaged")]


def test_the_protocol_can_be_registered(reel):
    fsspec.register_implementation("reel", ReelFileSystem, clobber=True)
    opened = fsspec.filesystem("reel", reel=open_reel(reel.folder, [reel.identity]))
    assert set(opened.find("")) == set(reel.spool)
    assert reel.identity.text not in repr(opened.storage_options)
