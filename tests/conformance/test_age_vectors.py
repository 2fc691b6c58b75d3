"""All C2SP/CCTV vectors of age v1: read whole, in odd ranges, backwards, by `mag unseal`'s op, and chunk by chunk.

Source: C2SP/CCTV, age/testdata (`README.md` there describes the format).
"""

from __future__ import annotations

import hashlib
import io
import os
import zlib
from pathlib import Path
from typing import NamedTuple

import pytest

from magnitizdat.errors import DamagedError, MagError, NotMineError, WrongPassphraseError
from magnitizdat.formats.age import BytesReader, open_sealed, unseal
from magnitizdat.formats.age_armor import ArmorReader, dearmor, is_armored
from magnitizdat.formats.age_header import read_header, verify_mac
from magnitizdat.formats.age_keys import ScryptIdentity, parse_identity
from magnitizdat.formats.age_stream import CHUNK, StreamReader
from magnitizdat.ops.keep.unseal import unseal as unseal_op

VECTORS = 143


class Vector(NamedTuple):
    expect: str
    payload: str | None
    file_key: bytes
    identities: list
    passphrases: list[str]
    armored: bool
    sealed: bytes

    @property
    def tried(self) -> list:
        return [*self.identities, *(ScryptIdentity(passphrase) for passphrase in self.passphrases)]

    @property
    def binary(self) -> bytes:
        return dearmor(self.sealed) if self.armored else self.sealed


def read_vector(path: Path) -> Vector:
    head, _, sealed = path.read_bytes().partition(b"\n\n")
    fields = [line.split(": ", 1) for line in head.decode().split("\n")]
    every = {key: [value for name, value in fields if name == key] for key, _ in fields}
    if every.get("compressed") == ["zlib"]:
        sealed = zlib.decompress(sealed)
    return Vector(
        expect=every["expect"][0],
        payload=every.get("payload", [None])[0],
        file_key=bytes.fromhex(every["file key"][0]),
        identities=[parse_identity(text) for text in every.get("identity", [])],
        passphrases=every.get("passphrase", []),
        armored="armored" in every,
        sealed=sealed,
    )


def pytest_generate_tests(metafunc):
    if "vector_path" in metafunc.fixturenames:
        beside = Path(__file__).parents[3] / "shared" / "vectors"
        folder = Path(os.environ.get("MAG_VECTORS") or beside) / "age" / "testdata"
        found = sorted(folder.iterdir()) if folder.is_dir() else []
        metafunc.parametrize("vector_path", found, ids=[path.name for path in found])


def whole(vector: Vector) -> bytes:
    return unseal(vector.binary, vector.tried)


def odd_ranges(vector: Vector) -> bytes:
    reader = open_sealed(BytesReader(vector.binary), vector.tried)
    steps, parts, offset = (1, 13, 4093, CHUNK - 1, CHUNK + 1, 3 * CHUNK - 7), [], 0
    while offset < reader.length:
        step = steps[len(parts) % len(steps)]
        parts.append(reader.read_at(offset, step))
        offset += step
    return b"".join(parts)


def backwards(vector: Vector) -> bytes:
    source = ArmorReader(BytesReader(vector.sealed)) if vector.armored else BytesReader(vector.sealed)
    reader = open_sealed(source, vector.tried)
    step = 50_021
    starts = range(0, reader.length, step)
    return b"".join(reversed([reader.read_at(start, step) for start in reversed(starts)]))


def by_file_key(vector: Vector) -> bytes:
    """Without any identity: the header's MAC and the payload alone."""
    header = read_header(vector.binary)
    open_sealed(BytesReader(vector.binary), vector.tried)
    verify_mac(header, vector.file_key)
    reader = StreamReader(BytesReader(vector.binary), header_length=header.length, file_key=vector.file_key)
    return reader.read_at(0, reader.length)


def by_op(vector: Vector) -> bytes:
    out = io.BytesIO()
    if len(vector.passphrases) > 1:
        unseal_op(BytesReader(vector.sealed), vector.tried, out)
    else:
        unseal_op(BytesReader(vector.sealed), vector.identities, out, passphrase=(vector.passphrases or [None])[0])
    return out.getvalue()


@pytest.mark.parametrize("way", [whole, odd_ranges, backwards, by_file_key, by_op])
def test_vector(vector_path, way):
    vector = read_vector(vector_path)
    if vector.expect == "success":
        assert hashlib.sha256(way(vector)).hexdigest() == vector.payload
        return
    refused = (NotMineError, WrongPassphraseError) if vector.expect == "no match" else DamagedError
    with pytest.raises(refused) as caught:
        way(vector)
    assert str(caught.value)


def test_stage_of_refusal(vector_path):
    """What is refused is refused as early as its kind allows: nothing behind a bad armour or header is looked at."""
    vector = read_vector(vector_path)
    if vector.expect == "armor failure":
        with pytest.raises(DamagedError):
            dearmor(vector.sealed)
        return
    binary = vector.binary
    if vector.expect in {"header failure", "HMAC failure", "no match"}:
        with pytest.raises(MagError):
            open_sealed(BytesReader(binary), vector.tried)
    elif vector.expect == "payload failure":
        header = read_header(binary)
        verify_mac(header, vector.file_key)


def test_no_more_is_released_than_may_be(vector_path):
    """Before a failure the op writes a beginning of what the vector allows, and nothing else."""
    vector = read_vector(vector_path)
    if vector.payload is None or vector.expect == "success":
        return
    out = io.BytesIO()
    with pytest.raises(DamagedError):
        unseal_op(BytesReader(vector.sealed), vector.tried, out)
    released = out.getvalue()
    assert released == b"" or hashlib.sha256(released).hexdigest() == vector.payload


def test_armour_is_recognised(vector_path):
    vector = read_vector(vector_path)
    if vector.expect == "success":
        assert is_armored(vector.sealed) == vector.armored


def test_all_are_here(vectors_dir):
    assert len(list((vectors_dir / "age" / "testdata").iterdir())) == VECTORS
