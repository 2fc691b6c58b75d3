"""Laws of the stored ZIP and of the container; then zipfile, `unzip` and `age`; then hostile archives one by one."""

from __future__ import annotations

import io
import struct
import subprocess
import zipfile
import zlib
from functools import partial

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from magnitizdat.errors import DamagedError, NotMineError
from magnitizdat.formats.age import BytesReader, seal
from magnitizdat.formats.age_keys import X25519Identity, pad_recipients
from magnitizdat.formats.container import (
    Container,
    ContainerShape,
    Sealer,
    member_cost,
    room,
    seal_container,
    shape_for,
)
from magnitizdat.formats.zip_store import (
    MAX_MEMBERS,
    PAD_NAME,
    Member,
    Unread,
    min_padding,
    read_member,
    read_table,
    write_zip,
    zip_length,
)
from magnitizdat.model import PIECE_LENGTH

ME = X25519Identity(bytes(range(32)))

segments = st.from_regex(r"[a-z0-9][a-z0-9._-]{0,12}", fullmatch=True)
names = st.lists(segments, min_size=1, max_size=4).map("/".join).filter(lambda name: name != PAD_NAME)


def _no_file_is_a_folder(members: list) -> bool:
    held = {name for name, _ in members}
    return not any(name[:at] in held for name in held for at, char in enumerate(name) if char == "/")


member_lists = st.lists(
    st.tuples(names, st.binary(max_size=300)), max_size=8, unique_by=lambda member: member[0]
).filter(_no_file_is_a_folder)


def zipped(members, *, length=None) -> bytes:
    return b"".join(bytes(part) for part in write_zip(members, length=length))


def sizes(members):
    return [(name, len(content)) for name, content in members]


# -- laws --------------------------------------------------------------------------------------------------------------


@given(members=member_lists, spare=st.one_of(st.just(0), st.integers(min_padding(), 5000)))
def test_zip_round_trip(members, spare):
    wanted = zip_length(sizes(members)) + spare
    made = zipped(members, length=wanted)
    source = BytesReader(made)
    table = read_table(source)
    assert len(made) == wanted
    assert [(member.name, read_member(source, member)) for member in table] == members
    assert zipped(members) == made or spare
    with zipfile.ZipFile(io.BytesIO(made)) as other:
        assert other.testzip() is None
        assert [(name, other.read(name)) for name in other.namelist() if name != PAD_NAME] == members


@given(members=member_lists)
def test_costs_add_up(members):
    assert zip_length([]) + sum(member_cost(*size) for size in sizes(members)) == len(zipped(members))


@given(missing=st.one_of(st.integers(-500, -1), st.integers(1, min_padding() - 1)))
def test_what_does_not_fit_is_refused_before_the_first_part(missing):
    members = [("a", bytes(1000))]
    with pytest.raises(ValueError):
        write_zip(members, length=zip_length(sizes(members)) + missing)


@given(
    members=member_lists.filter(lambda members: any(content for _, content in members)),
    position=st.integers(0, 1 << 20),
    bit=st.integers(0, 7),
)
@settings(max_examples=200)
def test_a_flipped_bit_never_gives_other_content(members, position, bit):
    altered = bytearray(zipped(members))
    altered[position % len(altered)] ^= 1 << bit
    source = BytesReader(bytes(altered))
    try:
        got = [read_member(source, member) for member in read_table(source)]
    except DamagedError:
        return
    assert got == [content for _, content in members]


@given(junk=st.binary(max_size=300), cut=st.integers(1, 60))
def test_junk_around_is_refused(junk, cut):
    made = zipped([("a", b"content"), ("b/c", b"")])
    for odd in (junk, b"x" + made, junk + b"x" + made, made + junk + b"x", made[cut:], made[:-cut]):
        with pytest.raises(DamagedError):
            read_table(BytesReader(odd))


# -- hostile archives --------------------------------------------------------------------------------------------------

LOCAL = struct.Struct("<4sHHHHHIIIHH")
CENTRAL = struct.Struct("<4sHHHHHHIIIHHHHHII")
END = struct.Struct("<4sHHHHIIH")


def hostile(*members: dict, end: dict | None = None) -> bytes:
    """An archive of members with any field set to anything; fields that are left out are right."""
    out, central = bytearray(), bytearray()
    for fields in members:
        name, content = fields.get("name", b"a"), fields.get("content", b"music")
        crc, offset = fields.get("crc", zlib.crc32(content)), fields.get("offset", len(out))
        flags, method, version = fields.get("flags", 0), fields.get("method", 0), fields.get("version", 10)
        packed, size = fields.get("packed", len(content)), fields.get("size", len(content))
        extra, comment = fields.get("extra", b""), fields.get("comment", b"")
        common = (version, flags, method, 0, 33, crc, packed, size, len(name), len(extra))
        if not fields.get("central_only"):
            out += LOCAL.pack(b"PK\3\4", *common) + name + extra + content + fields.get("behind", b"")
        attributes, disk = fields.get("attributes", 0o100644 << 16), fields.get("disk", 0)
        rest = (len(comment), disk, 0, attributes, offset)
        central += CENTRAL.pack(b"PK\1\2", 788, *common, *rest) + name + extra + comment
    given = {"magic": b"PK\5\6", "disk": 0, "start": 0, "here": len(members), "count": len(members)}
    given |= {"size": len(central), "offset": len(out), "comment": b"", **(end or {})}
    counts = [given[key] for key in ("magic", "disk", "start", "here", "count", "size", "offset")]
    return bytes(out + central + END.pack(*counts, len(given["comment"])) + given["comment"])


def test_the_hostile_builder_builds_sound_ones_too():
    source = BytesReader(hostile({}, {"name": b"b/c.0007", "content": b""}))
    assert read_table(source) == (Member("a", 31, 5, zlib.crc32(b"music")), Member("b/c.0007", 74, 0, 0))


HOSTILE = {
    "overlap: two entries for one member": hostile({}, {"name": b"b", "offset": 0, "central_only": True}),
    "overlap: one inside the other": hostile(
        {"content": bytes(100)}, {"name": b"b", "offset": 40, "central_only": True}
    ),
    "gap between members": hostile({"behind": b"hidden"}, {"name": b"b"}),
    "gap before the directory": hostile({"behind": b"hidden"}),
    "member before the file": hostile({"offset": 0xFFFFFFF0}),
    "size beyond the file": hostile({"size": 1 << 31, "packed": 1 << 31}),
    "compressed": hostile({"method": 8, "content": zlib.compress(bytes(1 << 20))[2:-4], "size": 1 << 20}),
    "stored with two sizes": hostile({"packed": 4}),
    "encrypted": hostile({"flags": 1}),
    "strongly encrypted": hostile({"flags": 0x41}),
    "data descriptor": hostile({"flags": 8}),
    "UTF-8 flag": hostile({"flags": 0x800}),
    "symbolic link": hostile({"attributes": 0o120777 << 16}),
    "folder by mode": hostile({"attributes": 0o040755 << 16}),
    "folder by DOS flag": hostile({"attributes": 0x10}),
    "device": hostile({"attributes": 0o060644 << 16}),
    "pipe": hostile({"attributes": 0o010644 << 16}),
    "needs a newer ZIP": hostile({"version": 45}),
    "extra field": hostile({"extra": b"\1\0\4\0\0\0\0\0"}),
    "comment of a member": hostile({"comment": b"c"}),
    "another disk": hostile({"disk": 1}),
    "same name twice": hostile({}, {}),
    "file that is also a folder": hostile({"name": b"a"}, {"name": b"a/b"}),
    "comment at the end": hostile({}, end={"comment": b"c"}),
    "count too low": hostile({}, {"name": b"b"}, end={"here": 1, "count": 1}),
    "count too high": hostile({}, end={"here": 2, "count": 2}),
    "counts differ": hostile({}, end={"here": 0}),
    "ZIP64 marks": hostile({}, end={"here": 0xFFFF, "count": 0xFFFF, "size": 0xFFFFFFFF, "offset": 0xFFFFFFFF}),
    "several disks": hostile({}, end={"disk": 1, "start": 1}),
    "directory elsewhere": hostile({}, end={"offset": 0}),
    "wrong end": hostile({}, end={"magic": b"PK\5\7"}),
    "empty file": b"",
}
ODD_NAMES = [
    b"",
    b"/a",
    b"a/",
    b"a//b",
    b"..",
    b"../a",
    b"a/../b",
    b"a/..",
    b".",
    b"./a",
    b"A",
    b"a b",
    b"a\\b",
    b"c:a",
]
ODD_NAMES += [b"a\0", b"a\n", "ф".encode(), b"-a", b".a", b"a/.b", b"a" * 256, b"a\x1b[2J", b"\xff"]
HOSTILE |= {f"name {name[:12]!r}": hostile({"name": name}) for name in ODD_NAMES}


@pytest.mark.parametrize("what", HOSTILE)
def test_hostile_archives_are_refused(what):
    with pytest.raises(DamagedError) as caught:
        read_table(BytesReader(HOSTILE[what]))
    assert str(caught.value)


def test_too_many_members():
    many = [(f"{number:05d}", b"") for number in range(MAX_MEMBERS + 1)]
    with pytest.raises(ValueError):
        write_zip(many)
    made = zipped(many[:-1])
    assert len(read_table(BytesReader(made))) == MAX_MEMBERS
    with pytest.raises(DamagedError):
        read_table(BytesReader(made), max_members=1000)
    with pytest.raises(DamagedError):
        read_table(
            BytesReader(hostile(*[{"name": f"{number:05d}".encode(), "content": b""} for number in range(65535)]))
        )


@pytest.mark.parametrize("name", [*(name.decode("latin-1") for name in ODD_NAMES), PAD_NAME])
def test_odd_names_are_not_written(name):
    with pytest.raises(ValueError):
        write_zip([(name, b"")])


def test_local_header_that_contradicts():
    made = bytearray(zipped([("a", b"one"), ("b", b"two")]))
    tables = {member.name: member for member in read_table(BytesReader(bytes(made)))}
    start = tables["b"].offset - 31
    for at, value in ((0, 0), (6, 8), (8, 8), (14, 0xFF), (18, 9), (26, 2), (28, 1), (30, ord("c")), (31, 0)):
        altered = bytearray(made)
        altered[start + at] = value
        source = BytesReader(bytes(altered))
        assert read_member(source, tables["a"]) == b"one"
        with pytest.raises(DamagedError):
            read_member(source, tables["b"])


_BUFFER = bytearray(300)


def _into_one_buffer(content):
    """What is read later comes in memory that the next content will come in too."""
    _BUFFER[: len(content)] = content
    return memoryview(_BUFFER)[: len(content)]


# -- containers --------------------------------------------------------------------------------------------------------


@given(members=member_lists, spare=st.integers(min_padding(), 200_000), recipients=st.sampled_from([1, 4]))
def test_container_is_exactly_as_long_as_its_shape(members, spare, recipients):
    shape = ContainerShape(zip_length(sizes(members)) + spare, recipients)
    padded = pad_recipients([ME.recipient] * recipients)
    sealed = bytes(seal_container(members, shape, padded))
    container = Container(BytesReader(sealed), [ME])
    assert len(sealed) == shape.sealed_length
    assert [(name, container.read(name)) for name in container.members] == members
    unread = [(name, Unread(len(content), partial(_into_one_buffer, content))) for name, content in members]
    same = Container(BytesReader(bytes(seal_container(unread, shape, padded))), [ME])
    assert same.read_range(0, shape.zip_length) == container.read_range(0, shape.zip_length)
    for name, content in members:
        member = container.members[name]
        assert (
            container.read_range(member.offset + 1, member.length) == (content + sealed_zip_tail(container, member))[1:]
        )


def sealed_zip_tail(container: Container, member: Member) -> bytes:
    return container.read_range(member.offset + member.length, 1)


@pytest.mark.parametrize("pieces", [1, 3, 16])
def test_full_pieces_just_fit(pieces):
    shape = shape_for(pieces, 1)
    full = [(f"blobs/ab/{'ab' * 32}.{number:04d}", bytes([number]) * PIECE_LENGTH) for number in range(pieces)]
    spare = room(shape) - sum(member_cost(name, len(content)) for name, content in full)
    assert 0 <= spare < PIECE_LENGTH // 100
    sealed = bytes(seal_container(full, shape, [ME.recipient]))
    container = Container(BytesReader(sealed), [ME])
    assert all(container.read(name) == content for name, content in full)
    with pytest.raises(ValueError):
        seal_container([*full, ("more", bytes(spare))], shape, [ME.recipient])


def test_a_sealer_leaves_nothing_of_the_container_before():
    shape = ContainerShape(300_000, 1)
    sealer = Sealer(shape, [ME.recipient])
    first = bytes(sealer.seal([("a", b"\xaa" * 250_000)]))
    second = bytes(sealer.seal([("b", memoryview(bytearray(b"\xbb" * 10)))]))
    plain = Container(BytesReader(second), [ME])
    assert b"\xaa\xaa" not in plain.read_range(0, shape.zip_length)
    assert plain.read("b") == b"\xbb" * 10
    assert first[:200] != second[:200]
    assert bytes(sealer.seal([])) != second


def test_wrong_shapes_are_refused():
    with pytest.raises(ValueError):
        Sealer(ContainerShape(1000, 4), [ME.recipient])
    with pytest.raises(ValueError):
        seal_container([], ContainerShape(1000, 4), [ME.recipient])
    with pytest.raises(ValueError):
        seal_container([], ContainerShape(1000, 1), [ME.recipient], out=bytearray(10))


def test_container_of_somebody_else_or_of_no_zip():
    sealed = bytes(seal_container([], ContainerShape(1000, 1), [ME.recipient]))
    with pytest.raises(NotMineError):
        Container(BytesReader(sealed), [X25519Identity.generate()])
    with pytest.raises(DamagedError):
        Container(BytesReader(seal(b"no archive at all, only some text", [ME.recipient])), [ME])
    with pytest.raises(DamagedError):
        Container(BytesReader(sealed), [ME]).read("absent")


@given(position=st.integers(0, 1 << 30), bit=st.integers(0, 7))
def test_any_flipped_bit_of_a_container_is_refused(position, bit):
    altered = bytearray(CONTAINER)
    altered[position % len(altered)] ^= 1 << bit
    with pytest.raises((DamagedError, NotMineError)):
        Container(BytesReader(bytes(altered)), [ME]).read("a")


CONTAINER = bytes(seal_container([("a", bytes(20_000))], ContainerShape(22_000, 1), [ME.recipient]))


# -- stock programs ----------------------------------------------------------------------------------------------------


@pytest.mark.debian
def test_stock_age_and_unzip_open_a_container(require_program, tmp_path):
    age, unzip = require_program("age"), require_program("unzip")
    digest = "ab" * 32
    blob = bytes(range(256)) * 5000
    members = [(f"blobs/ab/{digest}.0000", blob[:PIECE_LENGTH]), (f"blobs/ab/{digest}.0001", blob[PIECE_LENGTH:])]
    identity, sealed, opened = tmp_path / "identity", tmp_path / "k3f9a2qz.age", tmp_path / "opened.zip"
    identity.write_text(ME.text)
    sealed.write_bytes(seal_container(members, shape_for(3, 4), pad_recipients([ME.recipient] * 2)))
    subprocess.run([age, "-d", "-i", identity, "-o", opened, sealed], check=True)
    assert subprocess.run([unzip, "-tq", opened], capture_output=True, check=False).returncode == 0
    subprocess.run([unzip, "-q", opened, "-d", tmp_path / "out"], check=True, capture_output=True)
    pieces = sorted((tmp_path / "out" / "blobs" / "ab").iterdir())
    assert b"".join(piece.read_bytes() for piece in pieces) == blob
