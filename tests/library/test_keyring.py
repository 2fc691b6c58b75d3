from __future__ import annotations

import copy
import json
import pickle
import subprocess

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from magnitizdat.disk.disk import Disk
from magnitizdat.errors import LibraryError, WrongPassphraseError
from magnitizdat.library.keyring import Secrets, armor, create_slot, open_slot, rewrap
from tests.fakes import FaultyDisk, Killed


@pytest.fixture(scope="module")
def secrets():
    return Secrets.generate()


@settings(max_examples=10)
@given(passphrase=st.text(st.characters(exclude_categories=["Cs"]), min_size=1, max_size=40))
def test_a_slot_opens_with_its_passphrase(secrets, passphrase):
    slot = create_slot(secrets, passphrase, work_factor=1)
    assert open_slot(slot, passphrase) == secrets
    assert open_slot(armor(slot).encode(), passphrase) == secrets


def test_another_passphrase_is_told_apart_from_damage(secrets):
    slot = create_slot(secrets, "correct horse", work_factor=1)
    with pytest.raises(WrongPassphraseError):
        open_slot(slot, "correct house")
    with pytest.raises(LibraryError, match="paper copy or a backup"):
        open_slot(slot[:-1], "correct horse")
    with pytest.raises(LibraryError, match="paper copy or a backup"):
        open_slot(b"", "correct horse")
    with pytest.raises(LibraryError, match="paper copy or a backup"):
        open_slot(bytes(1 << 20), "correct horse")


@given(position=st.integers(0, 10_000), flip=st.integers(1, 255))
def test_any_flipped_byte_opens_nothing(secrets, position, flip):
    slot = bytearray(create_slot(secrets, "word", work_factor=1))
    slot[position % len(slot)] ^= flip
    try:
        opened = open_slot(bytes(slot), "word")
    except (LibraryError, WrongPassphraseError):
        return
    assert opened == secrets  # a bit of no meaning, where an encoding has one


def test_every_key_survives(secrets):
    again = Secrets.from_bytes(secrets.to_bytes())
    assert again == secrets
    assert [each.text for each in again.addresses] == [each.text for each in secrets.addresses]
    assert (again.database_key, again.cell_names_key, again.web_key, again.device_id, again.vault.text) == (
        secrets.database_key,
        secrets.cell_names_key,
        secrets.web_key,
        secrets.device_id,
        secrets.vault.text,
    )
    assert len({secrets.database_key, secrets.cell_names_key, secrets.web_key}) == 3
    assert len(secrets.device_id) == 16


def test_secrets_do_not_show_themselves(secrets):
    for text in (repr(secrets), str(secrets), f"{secrets}", repr([secrets])):
        for hidden in (secrets.database_key.hex(), secrets.vault.text, secrets.device_id):
            assert hidden not in text
    for leak in (pickle.dumps, copy.deepcopy):
        with pytest.raises(TypeError):
            leak(secrets)


@pytest.mark.parametrize(
    "change",
    [
        {"database": "00"},
        {"database": 7},
        {"web": "zz" * 32},
        {"vault": "AGE-SECRET-KEY-1"},
        {"vault": None},
        {"addresses": 5},
        {"device": "../../etc/passwd"},
        {"format": "something else"},
    ],
)
def test_a_malformed_slot_is_damage(secrets, change):
    fields = {**json.loads(secrets.to_bytes()), **change}
    if "format" not in change:
        with pytest.raises(LibraryError, match="damaged") as caught:
            Secrets.from_bytes(json.dumps(fields).encode())
        assert caught.value.__cause__ is None  # it could quote a secret
    for plain in (b"", b"[]", b"[" * 100_000, b"null", b"\xff", b"{}"):
        with pytest.raises(LibraryError):
            Secrets.from_bytes(plain)


def test_a_slot_of_a_newer_program(secrets):
    fields = {**json.loads(secrets.to_bytes()), "format": "magnitizdat/key-slot/2"}
    with pytest.raises(LibraryError, match="get the newer program"):
        Secrets.from_bytes(json.dumps(fields).encode())


def test_rewrap_leaves_one_slot_that_opens_at_every_crash_point(secrets, tmp_path):
    path = tmp_path / "key.age"
    number, done = 0, False
    while not done:
        number += 1
        Disk(private=True).write_atomic(path, create_slot(secrets, "old", work_factor=1))
        try:
            rewrap(FaultyDisk(fail_at=number, kill=True), path, secrets, "new", work_factor=1)
            done = True
        except Killed:
            pass
        slot = path.read_bytes()
        opened = {word for word in ("old", "new") if _opens(slot, word)}
        assert len(opened) == 1
    assert opened == {"new"}


def _opens(slot, passphrase):
    try:
        open_slot(slot, passphrase)
    except WrongPassphraseError:
        return False
    return True


def test_the_paper_copy_fits_one_qr_code(secrets):
    import segno

    paper = armor(create_slot(secrets, "word", work_factor=1))
    assert all(len(line) <= 64 for line in paper.splitlines())
    assert segno.make(paper, error="l", micro=False).version <= 30


@pytest.mark.debian
def test_stock_age_reads_the_paper_copy(secrets, tmp_path, require_program):
    """Age asks for passphrases at a terminal only, so that the format is shown by its inspection of both forms."""
    age = require_program("age")
    slot = create_slot(secrets, "word", work_factor=1)
    (tmp_path / "id").write_text(secrets.vault.text + "\n")
    for form in (slot, armor(slot).encode()):
        (tmp_path / "key.age").write_bytes(form)
        answer = subprocess.run([age, "-d", "-i", "id", "key.age"], cwd=tmp_path, capture_output=True, check=False)
        assert answer.returncode != 0
        assert b"passphrase" in answer.stderr or b"no identity matched" in answer.stderr
