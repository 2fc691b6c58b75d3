"""Laws of the age code, then other implementations (pyrage, the stock `age` program), then examples."""

from __future__ import annotations

import io
import itertools
import subprocess
import threading
from functools import partial

import pyrage
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from magnitizdat.errors import DamagedError, NotMineError, SourceError, WrongPassphraseError
from magnitizdat.formats import budgets
from magnitizdat.formats.age import BytesReader, open_sealed, seal, unseal
from magnitizdat.formats.age_armor import ArmorReader, dearmor, is_armored
from magnitizdat.formats.age_header import (
    RECIPIENT_STEPS,
    Stanza,
    encode_header,
    header_length,
    read_header,
    verify_mac,
)
from magnitizdat.formats.age_keys import (
    HybridIdentity,
    HybridRecipient,
    ScryptIdentity,
    ScryptRecipient,
    X25519Identity,
    X25519Recipient,
    new_file_key,
    new_nonce,
    pad_recipients,
    parse_identity,
)
from magnitizdat.formats.age_stream import (
    CHUNK,
    StreamReader,
    plain_length,
    seal_chunks,
    seal_into,
    seal_parts_into,
    sealed_length,
)
from magnitizdat.ops.keep.unseal import unseal as unseal_op

ME = X25519Identity(bytes(range(32)))
OTHER = X25519Identity(bytes(range(1, 33)))
FILE_KEY = b"YELLOW SUBMARINE"
NONCE = bytes(range(16))
LOW_FACTOR = 4

# Lengths around the chunk borders are where streams break.
lengths = st.one_of(
    st.integers(0, 3 * CHUNK), st.sampled_from([0, 1, CHUNK - 1, CHUNK, CHUNK + 1, 2 * CHUNK, 2 * CHUNK + 1])
)


def pattern(length: int) -> bytes:
    """Bytes that differ from chunk to chunk."""
    return b"".join(number.to_bytes(4, "big") for number in range(-(-length // 4)))[:length]


def stream(plain: bytes) -> bytes:
    return b"".join(seal_chunks([plain], FILE_KEY, NONCE))


def opened(sealed: bytes) -> StreamReader:
    return StreamReader(BytesReader(sealed), header_length=0, file_key=FILE_KEY)


# -- laws --------------------------------------------------------------------------------------------------------------


@given(length=lengths)
def test_round_trip(length):
    plain = pattern(length)
    assert unseal(seal(plain, [OTHER.recipient, ME.recipient]), [ME]) == plain


@given(length=lengths, cuts=st.lists(st.tuples(st.integers(-3, 4 * CHUNK), st.integers(0, 3 * CHUNK)), min_size=1))
def test_read_at_equals_slice(length, cuts):
    plain = pattern(length)
    reader = opened(stream(plain))
    assert reader.length == length
    for offset, wanted in cuts:
        assert reader.read_at(offset, wanted) == (plain[offset : offset + wanted] if offset >= 0 else b"")


@given(length=st.integers(0, 1 << 44))
def test_lengths_are_inverse(length):
    assert plain_length(sealed_length(length)) == length


@given(length=lengths)
def test_sealed_length_is_exact(length):
    plain = bytes(length)
    assert len(stream(plain)) == sealed_length(length)
    assert len(seal(plain, [ME.recipient])) == header_length(1) + sealed_length(length)


@given(length=st.integers(0, 5 * CHUNK))
def test_impossible_lengths_are_refused(length):
    try:
        plain = plain_length(length)
    except DamagedError:
        return
    assert sealed_length(plain) == length


@given(length=lengths, cuts=st.lists(st.integers(0, 3 * CHUNK), max_size=6), offset=st.integers(0, 200))
def test_every_way_of_sealing_gives_the_same(length, cuts, offset):
    plain = pattern(length)
    borders = [0, *sorted(min(cut, length) for cut in cuts), length]
    parts = [plain[start:end] for start, end in itertools.pairwise(borders)]
    expected = stream(plain)
    assert b"".join(seal_chunks(iter(parts), FILE_KEY, NONCE)) == expected
    for sealer in (partial(seal_parts_into, _one_buffer(parts), length=length), partial(seal_into, plain)):
        out = bytearray(offset + sealed_length(length))
        assert sealer(FILE_KEY, NONCE, out, offset) == len(expected)
        assert bytes(out[offset:]) == expected


def _one_buffer(parts):
    """Each part in the same memory: what comes from a buffer that its maker fills again."""
    buffer = bytearray(max(map(len, parts)))
    for part in parts:
        buffer[: len(part)] = part
        yield memoryview(buffer)[: len(part)]


@given(length=st.integers(0, 2 * CHUNK), wrong=st.integers(-CHUNK, CHUNK).filter(bool))
def test_parts_of_another_length_are_refused(length, wrong):
    out = bytearray(sealed_length(4 * CHUNK))
    with pytest.raises(ValueError):
        seal_parts_into([bytes(length)], FILE_KEY, NONCE, out, length=max(0, length + wrong) or length + 1)


def test_parts_may_be_one_reused_buffer():
    def reused():
        buffer = bytearray(CHUNK)
        for value in range(5):
            buffer[:] = bytes([value]) * CHUNK
            yield memoryview(buffer)

    sealed = b"".join(seal_chunks(reused(), FILE_KEY, NONCE))
    assert opened(sealed).read_at(0, 5 * CHUNK) == b"".join(bytes([value]) * CHUNK for value in range(5))


def test_too_short_a_buffer_is_refused():
    with pytest.raises(ValueError):
        seal_into(bytes(100), FILE_KEY, NONCE, bytearray(100))


SEALED = seal(b"forty-five", [OTHER.recipient, ME.recipient])
LONG_SEALED = seal(pattern(2 * CHUNK + 99), [ME.recipient])


@settings(max_examples=400)
@given(position=st.integers(0, len(SEALED) - 1), bit=st.integers(0, 7))
def test_any_flipped_bit_is_refused(position, bit):
    altered = bytearray(SEALED)
    altered[position] ^= 1 << bit
    with pytest.raises((DamagedError, NotMineError)):
        unseal(bytes(altered), [ME])


@given(position=st.integers(header_length(1), len(LONG_SEALED) - 1), bit=st.integers(0, 7))
def test_any_flipped_bit_of_a_payload_is_damage(position, bit):
    altered = bytearray(LONG_SEALED)
    altered[position] ^= 1 << bit
    with pytest.raises(DamagedError):
        unseal(bytes(altered), [ME])


@given(kept=st.integers(0, len(LONG_SEALED) - 1))
def test_truncated_never_opens(kept):
    with pytest.raises(DamagedError):
        open_sealed(BytesReader(LONG_SEALED[:kept]), [ME])


@given(extra=st.binary(min_size=1, max_size=2 * CHUNK))
def test_extended_never_opens(extra):
    with pytest.raises(DamagedError):
        open_sealed(BytesReader(LONG_SEALED + extra), [ME])


@given(order=st.permutations(range(4)))
def test_reordered_chunks_are_refused(order):
    sealed = stream(pattern(4 * CHUNK))
    chunks = [sealed[16 + number * (CHUNK + 16) : 16 + (number + 1) * (CHUNK + 16)] for number in order]
    mixed = sealed[:16] + b"".join(chunks)
    if mixed == sealed:
        return
    with pytest.raises(DamagedError):
        opened(mixed).read_at(0, 4 * CHUNK)


@given(junk=st.binary(max_size=400))
def test_junk_is_refused(junk):
    for prefix in (b"", b"age-encryption.org/v1\n", b"age-encryption.org/v1\n-> X25519 "):
        with pytest.raises(DamagedError):
            open_sealed(BytesReader(prefix + junk), [ME])


arguments = st.lists(st.text(st.characters(min_codepoint=33, max_codepoint=126), min_size=1, max_size=70), min_size=1)
stanzas = st.builds(Stanza, arguments.map(tuple), st.binary(max_size=200)).filter(lambda s: s.args[0] != "scrypt")


@given(written=st.lists(stanzas, min_size=1, max_size=5), behind=st.binary(max_size=50))
def test_headers_round_trip(written, behind):
    encoded = encode_header(written, FILE_KEY)
    header = read_header(encoded + behind)
    assert list(header.stanzas) == written
    assert header.length == len(encoded)
    verify_mac(header, FILE_KEY)
    with pytest.raises(DamagedError):
        verify_mac(header, bytes(16))


@pytest.mark.parametrize("count", [1, 4, 16, 64, 256, 1024])
def test_header_length_is_exact(count):
    wrapped = ME.recipient.wrap(FILE_KEY)
    encoded = encode_header([wrapped] * count, FILE_KEY)
    assert len(encoded) == header_length(count)
    assert len(encoded) <= budgets.HEADER.most
    read_header(encoded)


def test_endless_header_is_refused():
    stanza = b"-> a\n\n"
    with pytest.raises(DamagedError):
        read_header(b"age-encryption.org/v1\n" + stanza * budgets.HEADER.most)


# -- recipients --------------------------------------------------------------------------------------------------------


@given(seed=st.binary(min_size=32, max_size=32))
def test_keys_as_text_round_trip(seed):
    identity = X25519Identity(seed)
    assert X25519Identity.from_text(identity.text) == identity
    assert X25519Recipient.from_text(identity.recipient.text) == identity.recipient
    assert len({identity.recipient, X25519Recipient.from_text(identity.recipient.text)}) == 1
    assert identity.text not in repr(identity)
    assert pyrage.x25519.Identity.from_str(identity.text).to_public().__str__() == identity.recipient.text


@given(text=st.text(max_size=80))
def test_other_text_is_no_key(text):
    for parse in (parse_identity, X25519Recipient.from_text, HybridRecipient.from_text):
        with pytest.raises(DamagedError):
            parse(text)


@given(count=st.integers(1, 70))
def test_padding_hides_the_number(count):
    mine = [X25519Identity.generate() for _ in range(min(count, 3))]
    recipients = ([identity.recipient for identity in mine] * count)[:count]
    padded = pad_recipients(recipients)
    assert len(padded) == next(step for step in RECIPIENT_STEPS if step >= count)
    assert set(recipients) <= set(padded)


def test_a_padded_file_opens_for_each():
    identities = [X25519Identity.generate() for _ in range(5)]
    sealed = seal(b"45", pad_recipients([identity.recipient for identity in identities]))
    assert len(sealed) == header_length(16) + sealed_length(2)
    assert [unseal(sealed, [identity]) for identity in identities] == [b"45"] * 5
    with pytest.raises(NotMineError):
        unseal(sealed, [OTHER])


def test_too_many_recipients():
    with pytest.raises(SourceError):
        pad_recipients([ME.recipient] * 1025)


def test_weak_address_is_refused():
    weak = X25519Recipient(bytes(32))
    with pytest.raises(DamagedError):
        seal(b"", [weak])


def test_hybrid_round_trip():
    identity, another = HybridIdentity.generate(), HybridIdentity.generate()
    recipient = HybridRecipient.from_text(identity.recipient.text)
    assert recipient == identity.recipient
    assert hash(recipient) == hash(identity.recipient)
    assert isinstance(parse_identity(identity.text), HybridIdentity)
    sealed = seal(b"45", [another.recipient, recipient])
    assert unseal(sealed, [ME, parse_identity(identity.text)]) == b"45"
    with pytest.raises(NotMineError):
        unseal(sealed, [HybridIdentity.generate()])
    assert identity.text not in repr(identity)


def test_broken_hybrid_address():
    broken = HybridRecipient(b"\xff" * 1216)
    with pytest.raises(DamagedError):
        broken.wrap(FILE_KEY)
    with pytest.raises(DamagedError):
        HybridRecipient.from_text(ME.recipient.text)
    with pytest.raises(DamagedError):
        HybridIdentity.from_text(ME.text)


@given(passphrase=st.text(max_size=40))
@settings(max_examples=15)
def test_passphrase_round_trip(passphrase):
    sealed = seal(b"45", [ScryptRecipient(passphrase, work_factor=LOW_FACTOR)])
    assert unseal(sealed, [ME, ScryptIdentity(passphrase)]) == b"45"
    assert unseal(sealed, [ScryptIdentity(passphrase + "x"), ScryptIdentity(passphrase)]) == b"45"
    with pytest.raises(WrongPassphraseError):
        unseal(sealed, [ScryptIdentity(passphrase + "x")])


def test_passphrase_bytes_that_are_not_utf8():
    passphrase = b"caf\xe9".decode("utf-8", "surrogateescape")
    assert unseal(seal(b"", [ScryptRecipient(passphrase, work_factor=1)]), [ScryptIdentity(passphrase)]) == b""


def test_too_much_work_is_refused_at_once():
    salt = "A" * 22
    for factor in ("21", "64", "99999999999999999999"):
        header = encode_header([Stanza(("scrypt", salt, factor), bytes(32))], FILE_KEY)
        with pytest.raises(DamagedError, match="work"):
            open_sealed(BytesReader(header + stream(b"")), [ScryptIdentity("x")])


def test_usual_work_factor_is_17():
    sealed = seal(b"", [ScryptRecipient("six generated words")])
    assert read_header(sealed).stanzas[0].args[2] == "17"


def test_mixed_kinds_are_not_made():
    phrase, hybrid = ScryptRecipient("x", work_factor=1), HybridIdentity.generate().recipient
    for recipients in ([], [phrase, phrase], [phrase, ME.recipient], [hybrid, ME.recipient]):
        with pytest.raises(ValueError):
            seal(b"", recipients)


def test_secrets_stay_out_of_repr():
    for secret in (ScryptRecipient("tajna"), ScryptIdentity("tajna")):
        assert "tajna" not in repr(secret)


def test_fresh_randomness():
    assert len({new_file_key() for _ in range(50)} | {new_nonce() for _ in range(50)}) == 100
    assert seal(b"", [ME.recipient]) != seal(b"", [ME.recipient])


# -- armour ------------------------------------------------------------------------------------------------------------


def armor(binary: bytes, newline: bytes = b"\n") -> bytes:
    import base64

    text = base64.b64encode(binary)
    lines = [text[start : start + 64] for start in range(0, len(text), 64)]
    ends = b"-----BEGIN AGE ENCRYPTED FILE-----", b"-----END AGE ENCRYPTED FILE-----"
    return newline.join([ends[0], *lines, ends[1], b""])


@given(
    binary=st.binary(max_size=500),
    newline=st.sampled_from([b"\n", b"\r\n"]),
    around=st.tuples(*[st.text(" \t\r\n", max_size=9)] * 2),
    cut=st.tuples(st.integers(0, 510), st.integers(0, 200)),
)
def test_armour_by_range(binary, newline, around, cut):
    armored = around[0].encode() + armor(binary, newline) + around[1].encode()
    reader = ArmorReader(BytesReader(armored))
    assert is_armored(armored)
    assert reader.length == len(binary)
    assert reader.read_at(*cut) == binary[cut[0] : cut[0] + cut[1]]
    assert dearmor(armored) == binary


@given(position=st.integers(0, 10_000), bit=st.integers(0, 7))
def test_armour_with_a_flipped_bit(position, bit):
    armored = bytearray(armor(SEALED))
    armored[position % len(armored)] ^= 1 << bit
    try:
        binary = dearmor(bytes(armored))
    except DamagedError:
        return
    if binary == SEALED:  # white space around it became other white space
        assert position % len(armored) == len(armored) - 1
        return
    with pytest.raises((DamagedError, NotMineError)):
        unseal(binary, [ME])


@given(junk=st.binary(max_size=200))
def test_junk_is_no_armour(junk):
    with pytest.raises(DamagedError):
        dearmor(b"-----BEGIN AGE" + junk)


# -- other implementations ---------------------------------------------------------------------------------------------


@given(length=lengths)
@settings(max_examples=20)
def test_pyrage_both_ways(length):
    plain = pattern(length)
    theirs = pyrage.x25519.Identity.from_str(ME.text)
    assert pyrage.decrypt(seal(plain, [OTHER.recipient, ME.recipient]), [theirs]) == plain
    assert unseal(pyrage.encrypt(plain, [theirs.to_public()]), [ME]) == plain


def test_pyrage_passphrase_both_ways():
    assert pyrage.passphrase.decrypt(seal(b"45", [ScryptRecipient("слова", work_factor=10)]), "слова") == b"45"
    assert (
        unseal(
            pyrage.passphrase.encrypt(b"45", "слова"),
            [ScryptIdentity("слова", max_work_factor=budgets.UNSEAL_WORK.most)],
        )
        == b"45"
    )


@pytest.mark.debian
def test_stock_age_both_ways(require_program, tmp_path):
    age = require_program("age")
    plain = pattern(3 * CHUNK)
    identity = tmp_path / "identity"
    identity.write_text(ME.text + "\n")
    sealed = seal(plain, pad_recipients([ME.recipient, OTHER.recipient]))
    got = subprocess.run([age, "-d", "-i", identity], input=sealed, capture_output=True, check=True)
    assert got.stdout == plain
    for option in ([], ["--armor"]):
        made = subprocess.run([age, "-r", ME.recipient.text, *option], input=plain, capture_output=True, check=True)
        out = io.BytesIO()
        unseal_op(BytesReader(made.stdout), [OTHER, ME], out)
        assert out.getvalue() == plain


# -- the op, and threads -----------------------------------------------------------------------------------------------


def test_unseal_from_a_path(tmp_path):
    path = tmp_path / "a.age"
    path.write_bytes(seal(pattern(3 << 20), [ScryptRecipient("words", work_factor=LOW_FACTOR)]))
    out = io.BytesIO()
    unseal_op(path, [], out, passphrase="words")
    assert out.getvalue() == pattern(3 << 20)
    with pytest.raises(NotMineError):
        unseal_op(path, [ME], io.BytesIO())


def test_nothing_is_written_of_a_file_without_its_end():
    sealed = seal(pattern(40 * CHUNK), [ME.recipient])
    out = io.BytesIO()
    with pytest.raises(DamagedError):
        unseal_op(BytesReader(sealed[: -CHUNK - 16]), [ME], out)
    assert out.getvalue() == b""


def test_reading_in_threads():
    plain = pattern(40 * CHUNK)
    reader = opened(stream(plain))
    wrong = []

    def read(start: int) -> None:
        offsets = range(start, len(plain), 99_991)
        wrong.extend(at for at in offsets if reader.read_at(at, 70_001) != plain[at : at + 70_001])

    threads = [threading.Thread(target=read, args=(start * 777,)) for start in range(6)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert wrong == []


def test_medium_errors_pass():
    class Broken(BytesReader):
        def read_at(self, offset, length):
            if offset > 100_000:
                raise OSError(5, "Input/output error")
            return super().read_at(offset, length)

    sealed = seal(pattern(3 * CHUNK), [ME.recipient])
    with pytest.raises(OSError, match="Input/output"):
        open_sealed(Broken(sealed), [ME])
