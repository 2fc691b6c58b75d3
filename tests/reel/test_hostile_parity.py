"""Sets of packets made to do harm: whatever they say, nothing is written but segments whose new bytes verified."""

from __future__ import annotations

import shutil
import tempfile
from hashlib import md5
from pathlib import Path

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from magnitizdat.disk.disk import Disk
from magnitizdat.formats.age import BytesReader
from magnitizdat.reel import par2_child
from magnitizdat.reel.check import check
from magnitizdat.reel.folder import AGE_MAGIC
from magnitizdat.reel.mend import mend
from magnitizdat.reel.par2_packets import Description, Main, file_id_of, packet_of, recovery_packets, scan, set_id_of
from magnitizdat.reel.paths import is_parity_name, is_segment_name
from tests.fakes_reel import CutReel, cut_reel, noise, overwrite, spool_of

PHOTO = noise(30_000, 77)
SLICE = 1000


def sealed(seed: int, length: int = 20_000) -> bytes:
    return (AGE_MAGIC + noise(length, seed))[:length]


def parity_of(files: dict[str, bytes], *, blocks: int = 60, base: str = "base") -> dict[str, bytes]:
    """What par2 itself writes for files of these names and contents."""
    with tempfile.TemporaryDirectory() as made:
        folder = Path(made)
        for name, content in files.items():
            (folder / name).write_bytes(content)
        par2_child.create(folder, base, sorted(files), slice_length=SLICE, blocks=blocks, volumes=1, disk=Disk())
        return {path.name: path.read_bytes() for path in folder.glob("*.par2")}


def renamed_set(parity: dict[str, bytes], name: str, other: str) -> bytes:
    """One file of packets, sound by all their checksums, in which a file has another name. For sets of one file."""
    packets = [packet for content in parity.values() for packet in scan(BytesReader(content)).packets]
    (old,) = {packet.body for packet in packets if isinstance(packet.body, Description)}
    assert old.name == name.encode()
    unnamed = old._replace(name=other.encode())
    described = unnamed._replace(file_id=file_id_of(unnamed))
    (main,) = {packet.body for packet in packets if isinstance(packet.body, Main)}
    main = main._replace(files=(described.file_id,))
    set_id = set_id_of(main)
    sums = next(packet.body for packet in packets if type(packet.body).__name__ == "Checksums")
    bodies = [main, described, sums._replace(file_id=described.file_id)]
    out = b"".join(packet_of(set_id, body) for body in bodies)
    for content in parity.values():
        for _, packet in recovery_packets(BytesReader(content), packets[0].set_id, SLICE):
            hashed = set_id + packet[48:]
            out += packet[:16] + md5(hashed).digest() + hashed
    return out


@pytest.fixture(scope="module")
def pristine(tmp_path_factory) -> CutReel:
    return cut_reel(tmp_path_factory.mktemp("pristine") / "reel", spool_of([50_000] * 12), parity_percent=40)


@pytest.fixture
def folder(pristine, tmp_path) -> Path:
    shutil.copytree(pristine.folder, tmp_path / "reel")
    (tmp_path / "reel" / "holiday.jpg").write_bytes(PHOTO)
    return tmp_path / "reel"


def contents(folder: Path) -> dict[str, bytes]:
    return {path.name: path.read_bytes() for path in folder.iterdir() if path.is_file() and not path.is_symlink()}


def put(folder: Path, files: dict[str, bytes]) -> None:
    for name, content in files.items():
        (folder / name).write_bytes(content)


NOT_OURS = [
    "holiday.jpg", "ABCDEFGH.AGE", "Abcdefgh.age", "abcdefg1.age", "abcdefghi.age", "abcdefgh.age.1", "abcdefgh.par2",
    "..age", "../victim.age", "/etc/abcdefgh.age", "sub/abcdefgh.age", "abcdefgh.age\n", "аbcdefgh.age", "CON.age",
]  # fmt: skip


@pytest.mark.parametrize("name", NOT_OURS)
@pytest.mark.parametrize("is_there", [True, False], ids=["damaged", "missing"])
def test_names_that_we_give_to_no_segment_are_never_written(folder, tmp_path, name, is_there):
    victim = folder / name
    hostile = renamed_set(parity_of({"aaaaaaaa.age": sealed(1)}), "aaaaaaaa.age", name)
    if is_there and tmp_path in victim.resolve().parents:
        victim.parent.mkdir(exist_ok=True)
        victim.write_bytes(b"mine")
    put(folder, {"evil.par2": hostile})
    before = {path: path.read_bytes() for path in tmp_path.rglob("*") if path.is_file()}
    assert "evil.par2" in check(folder).useless
    mend(folder, Disk())
    assert {path: path.read_bytes() for path in tmp_path.rglob("*") if path.is_file()} == before


def test_a_healthy_segment_of_another_set_is_not_replaced(folder, pristine):
    name = pristine.segments()[0].name
    put(folder, parity_of({name: sealed(2)}))
    before = contents(folder)
    (missing,) = mend(folder, Disk()).missing
    assert f"two sets of spare parts say different things of {name}, so it stays as it is" in missing.reason
    assert contents(folder) == before


def test_of_a_damaged_segment_that_two_sets_claim_neither_is_believed(folder, pristine):
    claimed, other = (path.name for path in pristine.segments()[:2])
    overwrite(folder / claimed, 500, bytes(300))
    overwrite(folder / other, 500, bytes(300))
    put(folder, parity_of({claimed: sealed(2)}, base="zzzzzzzz"))
    before = contents(folder)
    report = mend(folder, Disk())
    assert report.mended == (other,)
    assert contents(folder) == before | {other: pristine.contents()[other]}
    for path in folder.glob("zzzzzzzz*"):
        path.unlink()
    assert mend(folder, Disk()).mended == (claimed,)


def test_what_does_not_begin_as_age_is_not_written(folder):
    put(folder, parity_of({"aaaaaaaa.age": noise(20_000)}))
    before = contents(folder)
    assert mend(folder, Disk()).mended == ()
    assert contents(folder) == before


def test_a_photo_is_not_given_the_name_of_a_segment(folder):
    put(folder, parity_of({"aaaaaaaa.age": PHOTO}))
    before = contents(folder)
    assert mend(folder, Disk()).renamed == ()
    assert contents(folder) == before


def test_a_file_beside_a_photo_is_no_leftover(folder):
    put(folder, {"holiday.jpg.1": noise(100)} | parity_of({"holiday.jpg": PHOTO}))
    before = contents(folder)
    mend(folder, Disk())
    assert contents(folder) == before


@pytest.mark.parametrize("first", [True, False], ids=["before", "behind"])
def test_packets_of_another_set_in_the_same_file_reach_no_child(folder, pristine, first):
    """par2 takes the first set that it meets: it is given a file with ours alone."""
    hostile = b"".join(parity_of({"holiday.jpg": noise(30_000, 3)}).values())
    for path in folder.glob("*.par2"):
        path.write_bytes(hostile + path.read_bytes() if first else path.read_bytes() + hostile)
    damaged = pristine.segments()[0].name
    overwrite(folder / damaged, 500, bytes(300))
    before = contents(folder)
    assert mend(folder, Disk()).mended == (damaged,)
    assert contents(folder) == before | {damaged: pristine.contents()[damaged]}


def test_spare_parts_that_share_a_file_with_others_are_not_removed(folder):
    volume = next(path for path in folder.glob("*.par2") if ".vol" in path.name)
    overwrite(volume, 500, bytes(300))
    volume.write_bytes(volume.read_bytes() + b"".join(parity_of({"aaaaaaaa.age": sealed(1)}).values()))
    put(folder, {"aaaaaaaa.age": sealed(1)})
    before = contents(folder)
    missing = mend(folder, Disk()).missing
    assert any("lie in files that hold other things too" in each.reason for each in missing)
    assert before.items() <= contents(folder).items()


def test_a_link_under_the_name_of_a_segment_is_not_followed(folder, tmp_path):
    (tmp_path / "victim").write_bytes(sealed(5))
    (folder / "aaaaaaaa.age").symlink_to(tmp_path / "victim")
    put(folder, parity_of({"aaaaaaaa.age": sealed(1)}))
    (missing,) = mend(folder, Disk()).missing
    assert "a link stands where a file belongs" in missing.reason
    assert (folder / "aaaaaaaa.age").is_symlink()
    assert (tmp_path / "victim").read_bytes() == sealed(5)


def test_a_set_that_contradicts_itself_is_left_alone(folder, pristine):
    """A forged packet beside true ones: sound by its checksum, of the same set, of other bytes."""
    main = next(path for path in folder.glob("*.par2") if ".vol" not in path.name)
    packets = scan(BytesReader(main.read_bytes())).packets
    true = next(packet for packet in packets if isinstance(packet.body, Description))
    put(folder, {"aaaaaaaa.par2": packet_of(true.set_id, true.body._replace(md5=bytes(16)))})
    before = contents(folder)
    assert check(folder).groups == ()
    mend(folder, Disk())
    assert contents(folder) == before
    (folder / "aaaaaaaa.par2").unlink()
    assert check(folder).is_valid


# -- the law -----------------------------------------------------------------------------------------------------------

GOOD, HURT, GONE = 0, 1, 2
names = st.sampled_from(["holiday.jpg", "LETTERS2.AGE", "aaaaaaaa.age", "bbbbbbbb.age", "letter.age", GOOD, HURT, GONE])
CONTENTS = {"one": sealed(1), "two": sealed(2), "noise": noise(20_000, 3), "photo": PHOTO, "short": sealed(1)[:-500]}
bytes_of = st.sampled_from(sorted(CONTENTS))
one_set = st.tuples(
    st.dictionaries(names, bytes_of, min_size=1, max_size=3),
    st.sampled_from(["base.par2", "aaaaaaaa.par2", "aaaaaaaa.vol0+9.par2", "ABC.PAR2", "first", "last"]),
)
lying = st.dictionaries(
    st.sampled_from(["aaaaaaaa.age", "letter.age", "aaaaaaaa.age.1", "holiday.jpg.1", "copy.age"]), bytes_of, max_size=3
)


@settings(max_examples=40, deadline=None)
@given(st.lists(one_set, min_size=1, max_size=3), lying, st.booleans())
@example(
    [({"aaaaaaaa.age": "one", "bbbbbbbb.age": "noise", GOOD: "short"}, "base.par2")],
    {"aaaaaaaa.age": "short", "letter.age": "one"},
    False,
)
def test_whatever_packets_say_only_verified_segments_change(pristine, hostile, beside, scratch):
    with tempfile.TemporaryDirectory() as made:
        folder = Path(made) / "reel"
        shutil.copytree(pristine.folder, folder)
        put(folder, {"holiday.jpg": PHOTO} | {name: CONTENTS[each] for name, each in beside.items()})
        known = [path.name for path in pristine.segments()]
        overwrite(folder / known[HURT], 500, bytes(300))
        (folder / known[GONE]).unlink()
        said: dict[str, set[bytes]] = {name: {content} for name, content in pristine.contents().items()}
        for files, where in hostile:
            named = {known[name] if isinstance(name, int) else name: CONTENTS[each] for name, each in files.items()}
            for name, content in named.items():
                said.setdefault(name, set()).add(content)
            add(folder, b"".join(parity_of(named).values()), where)
        before = contents(folder)
        mend(folder, Disk(), scratch=Path(made) / "scratch" if scratch else None)
        after = contents(folder)
    for name, content in before.items():
        if after.get(name) == content or is_parity_name(name):
            continue
        if name in after:  # replaced: a segment, by what was said of it
            assert is_segment_name(name)
            assert after[name] in said[name]
            assert after[name].startswith(AGE_MAGIC)
        elif not name.startswith("aaaaaaaa.age."):  # a segment that has its own name now
            assert content.startswith(AGE_MAGIC)
            assert any(after.get(segment) == content and is_segment_name(segment) for segment in said)
    assert after["holiday.jpg"] == PHOTO
    assert after[known[GOOD]] == pristine.contents()[known[GOOD]]


def add(folder: Path, packets: bytes, where: str) -> None:
    """Into a file of their own, or into the reel's own par2 files."""
    if where.lower().endswith(".par2"):
        (folder / where).write_bytes(packets)
        return
    for path in folder.glob("????????.*par2"):
        path.write_bytes(packets + path.read_bytes() if where == "first" else path.read_bytes() + packets)
