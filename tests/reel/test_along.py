"""A reel that is taken along: what is handed out is a ZIP like a written one, of sealed files alone."""

from __future__ import annotations

import os
import shutil
import subprocess
import zipfile

import pytest
from hypothesis import given
from hypothesis import strategies as st

from magnitizdat.errors import DamagedError, NotFoundError, SourceError
from magnitizdat.formats.checksum import crc32
from magnitizdat.formats.zip_store import END_LENGTH, Streamed, member_cost, write_zip
from magnitizdat.reel import along
from magnitizdat.reel.along import look_over
from magnitizdat.reel.check import check
from tests.conftest import missing
from tests.fakes_reel import cut_reel, overwrite, spool_of


@pytest.fixture(scope="module")
def cut(tmp_path_factory):
    return cut_reel(tmp_path_factory.mktemp("along") / "reel", spool_of([300_000, 70_000, 1_200_000]))


@pytest.fixture
def reel(cut, tmp_path):
    """A copy that a test may spoil."""
    return shutil.copytree(cut.folder, tmp_path / "reel")


def files_in(folder):
    return {path.relative_to(folder).as_posix(): path.read_bytes() for path in folder.rglob("*") if path.is_file()}


def written(files) -> bytes:
    members = [
        (name, Streamed(len(content), crc32(content), lambda content=content: [content])) for name, content in files
    ]
    return b"".join(map(bytes, write_zip(members)))


def whole(volume) -> bytes:
    return volume.content.read_at(0, volume.length)


@pytest.fixture(scope="module")
def made(cut):
    """(the volume, the same ZIP as it is written)."""
    (volume,) = look_over(cut.folder).volumes
    return volume, written(sorted(files_in(cut.folder).items()))


@given(data=st.data())
def test_any_range_is_that_of_a_written_one(made, data):
    volume, expected = made
    assert volume.length == len(expected)
    offset = data.draw(st.integers(0, len(expected) + 10))
    length = data.draw(st.one_of(st.integers(0, 200), st.integers(0, len(expected) + 10)))
    assert volume.content.read_at(offset, length) == expected[offset : offset + length]


def test_stock_unzip_makes_the_reel_of_it(cut, made, tmp_path):
    if not shutil.which("unzip"):
        missing("Debian's unzip is not installed")
    (tmp_path / "taken.zip").write_bytes(whole(made[0]))
    subprocess.run(["unzip", "-q", "taken.zip", "-d", "out"], cwd=tmp_path, check=True, capture_output=True)
    assert files_in(tmp_path / "out") == files_in(cut.folder)


@given(files=st.integers(1, 5))
def test_a_long_reel_goes_in_several_files_that_unpack_into_one_folder(cut, files):
    sizes = {name: len(content) for name, content in files_in(cut.folder).items()}
    most = max(member_cost(*each) for each in sizes.items()) * files + END_LENGTH
    found = look_over(cut.folder, most=most)
    assert all(volume.length <= most for volume in found.volumes)
    assert len({volume.name for volume in found.volumes}) == len({volume.mark for volume in found.volumes})
    unpacked = {}
    for volume in found.volumes:
        with zipfile.ZipFile(_file(whole(volume))) as archive:
            names = archive.namelist()
            assert not unpacked.keys() & set(names)
            unpacked |= {name: archive.read(name) for name in names}
    assert unpacked == files_in(cut.folder)
    assert sum(map(len, map(whole, found.volumes))) == found.length


def _file(content):
    import io

    return io.BytesIO(content)


def test_the_same_reel_has_the_same_name_and_mark_wherever_it_lies(cut, reel):
    (one,), (other,) = look_over(cut.folder).volumes, look_over(reel).volumes
    assert (one.name, one.mark) == (other.name, other.mark)
    overwrite(min(reel.glob("*.age")), 50_000, b"changed")
    (third,) = look_over(reel).volumes
    assert third.mark != one.mark
    assert third.name != one.name


def test_a_reel_in_one_file_is_handed_out_as_it_is(cut, made, tmp_path):
    path = tmp_path / "Viktor - 45.zip"
    path.write_bytes(made[1])
    (volume,) = look_over(path).volumes
    assert whole(volume) == made[1]
    assert (volume.name, volume.mark) == (made[0].name, made[0].mark)
    path.write_bytes(written(sorted(files_in(cut.folder).items(), reverse=True)))
    (other,) = look_over(path).volumes
    assert other.name == volume.name, "the same reel"
    assert other.mark != volume.mark, "and other bytes"
    overwrite(path, 200_000, b"rotten")
    with pytest.raises(DamagedError, match="mend it"):
        look_over(path)


@pytest.mark.parametrize("at", ["first", "last"])
def test_what_holds_other_things_too_is_not_called_damaged(cut, tmp_path, at):
    """Check finds it whole, and mend has nothing to do: so the way on is another."""
    files = sorted(files_in(cut.folder).items())
    stranger = [("readme.txt", b"sent by a courier")]
    path = tmp_path / "more.zip"
    path.write_bytes(written(stranger + files if at == "first" else files + stranger))
    assert check(path).is_valid
    with pytest.raises(SourceError, match=r"other things beside the reel.*take it apart"):
        look_over(path)
    shutil.unpack_archive(path, tmp_path / "out", "zip")
    found = look_over(tmp_path / "out")
    assert found.length == look_over(cut.folder).length


def test_nothing_plain_and_no_name_of_anybody_goes(cut, reel):
    expected = look_over(cut.folder)
    (reel / "Виктор.age").write_bytes(min(reel.glob("*.age")).read_bytes())
    (reel / "cover.jpg").write_bytes(b"picture")
    (reel / "aaaaaaaa.age").write_bytes(b"fLaC music of somebody")
    (reel / "bbbbbbbb.par2").write_bytes(b"more of it")
    found = look_over(reel)
    assert (found.strange, found.unreadable) == (1, 2)
    assert [volume.mark for volume in found.volumes] == [volume.mark for volume in expected.volumes]


def test_a_stick_that_writes_capitals_in_a_folder_with_a_name_gives_the_same(cut, tmp_path):
    for path in cut.folder.rglob("*"):
        if path.is_file():
            target = tmp_path / "Natalia" / path.relative_to(cut.folder).as_posix().upper().replace("POST/", "")
            target.parent.mkdir(exist_ok=True)
            shutil.copyfile(path, target)
    names = [name for volume in look_over(tmp_path).volumes for name in _names(whole(volume))]
    assert sorted(names) == sorted(path.name for path in cut.folder.rglob("*") if path.is_file())


def _names(content):
    with zipfile.ZipFile(_file(content)) as archive:
        return archive.namelist()


@pytest.mark.parametrize("content", [b"", b"fLaC" + bytes(5000), b"PK\x05\x06" + bytes(18)])
def test_what_is_no_reel_is_named(tmp_path, content):
    (tmp_path / "song.flac").write_bytes(content)
    with pytest.raises(SourceError, match="is no reel in one file"):
        look_over(tmp_path / "song.flac")
    with pytest.raises(SourceError, match="no reel in"):
        look_over(tmp_path)
    with pytest.raises(NotFoundError):
        look_over(tmp_path / "not there")


def test_an_album_as_a_zip_is_no_reel(tmp_path, made):
    plain = written([("aaaaaaaa.age", b"fLaC and more")])
    padded = b"".join(map(bytes, write_zip([("aaaaaaab.age", b"age-encryption.org/v1\n")], length=5000)))
    for content in (plain, padded, written([("cover.jpg", b"age-encryption.org/v1\n")])):
        (tmp_path / "album.zip").write_bytes(content)
        with pytest.raises(SourceError, match=r"is no reel in one file|holds other things"):
            look_over(tmp_path / "album.zip")


def test_what_the_medium_does_not_give_is_left_out_and_par2_mends_the_rest(cut, reel, monkeypatch):
    lost = sorted(reel.glob("*.age"))[1]

    class Failing(along.FileReader):
        def read_at(self, offset, length):
            if self.path.name == lost.name and offset > 0:
                raise OSError(5, "EIO")
            return super().read_at(offset, length)

    monkeypatch.setattr(along, "_READ_LENGTH", 65536)
    monkeypatch.setattr(along, "FileReader", Failing)
    found = look_over(reel)
    assert found.unreadable == 1
    assert lost.name not in _names(whole(found.volumes[0]))
    lost.unlink()
    assert check(reel).is_mendable


def test_a_medium_that_goes_away_ends_it_and_comes_back(reel):
    (volume,) = look_over(reel).volumes
    before = whole(volume)
    reel.rename(reel.with_name("pulled"))
    with pytest.raises(NotFoundError):
        whole(volume)
    reel.with_name("pulled").rename(reel)
    assert whole(volume) == before


def test_what_was_changed_is_not_handed_out_under_the_old_mark(reel):
    (volume,) = look_over(reel).volumes
    segment = min(reel.glob("*.age"))
    content = segment.read_bytes()
    segment.write_bytes(content[:-1] + b"x")
    os.utime(segment, ns=(1, 1))
    with pytest.raises(DamagedError, match="changed"):
        whole(volume)
    segment.write_bytes(content[:-1])
    with pytest.raises(DamagedError, match="changed"):
        whole(volume)


def test_too_many_or_too_long_is_refused_with_a_way_out(reel, monkeypatch):
    with pytest.raises(SourceError, match="copy it to a stick"):
        look_over(reel, most=1000)
    monkeypatch.setattr(along, "MOST_FILES", 2)
    with pytest.raises(SourceError, match="more files"):
        look_over(reel)


def test_progress_says_how_far_the_reading_is(reel):
    class Watch:
        total, done = 0, 0

        def start(self, _what, total, *, unit="bytes"):
            self.total = total

        def advance(self, amount):
            self.done += amount

    watch = Watch()
    look_over(reel, progress=watch)
    assert watch.done == watch.total == sum(map(len, files_in(reel).values()))
