"""The page's reader of age files beside others: what they seal it opens, and of what is damaged it says the same."""

from __future__ import annotations

import base64
import hashlib
import os
import pty
import random
import subprocess
from pathlib import Path

import pyrage
import pytest

from magnitizdat.errors import MagError
from magnitizdat.formats import budgets
from magnitizdat.formats.age import seal, unseal
from magnitizdat.formats.age_keys import ScryptIdentity, ScryptRecipient, X25519Identity, pad_recipients, parse_identity
from magnitizdat.formats.age_stream import CHUNK
from magnitizdat.formats.names import word_list
from magnitizdat.formats.typed_words import look_again, normal_words
from tests.pocket.node import answers

HERE = Path(__file__).parent
MUTATIONS = 2_000
LENGTHS = (0, 1, CHUNK - 1, CHUNK, CHUNK + 1, 3 * CHUNK, 3 * CHUNK + 7)


def by_key(sealed: bytes, identity: str) -> dict[str, object]:
    return {"sealed": base64.b64encode(sealed).decode(), "identity": identity}


def by_words(sealed: bytes, words: str, *, most: int = 17) -> dict[str, object]:
    return {"sealed": base64.b64encode(sealed).decode(), "passphrase": words, "workMost": most}


def digest(plain: bytes) -> str:
    return hashlib.sha256(plain).hexdigest()


@pytest.fixture(scope="module")
def key() -> X25519Identity:
    return X25519Identity(bytes(range(32)))


# -- what others seal --------------------------------------------------------------------------------------------------


def test_what_the_stock_program_seals_to_a_key_is_opened(key, require_program):
    plains = [random.Random(length).randbytes(length) for length in LENGTHS]
    command = [require_program("age"), "-r", X25519Identity.generate().recipient.text, "-r", key.recipient.text]
    files = [subprocess.run(command, input=plain, capture_output=True, check=True).stdout for plain in plains]
    assert answers("open_age.js", [by_key(sealed, key.text) for sealed in files]) == [digest(plain) for plain in plains]


def test_what_the_stock_program_seals_to_a_passphrase_is_opened_where_so_much_work_is_allowed(
    require_program, tmp_path
):
    """It asks for 256 MiB, and the page allows 128."""
    plain, sealed = tmp_path / "plain", tmp_path / "sealed"
    plain.write_bytes(b"on the tape")
    age = require_program("age")
    child, terminal = pty.fork()
    if child == 0:
        os.execv(age, ["age", "-p", "-o", str(sealed), str(plain)])
    for _ in range(2):  # it asks twice
        while b"passphrase" not in os.read(terminal, 1024):
            pass
        os.write(terminal, b"six generated words\n")
    while True:
        try:
            os.read(terminal, 1024)
        except OSError:  # it is done
            break
    assert os.waitpid(child, 0)[1] == 0
    os.close(terminal)
    content = sealed.read_bytes()
    questions = [by_words(content, "six generated words", most=18), by_words(content, "six generated words")]
    assert answers("open_age.js", questions) == [digest(b"on the tape"), "OverBudgetError"]


def test_what_another_library_seals_is_opened(key):
    plains = [random.Random(length).randbytes(length) for length in LENGTHS]
    recipients = [pyrage.x25519.Recipient.from_str(key.recipient.text)]
    questions = [by_key(pyrage.encrypt(plain, recipients), key.text) for plain in plains]
    assert answers("open_age.js", questions) == [digest(plain) for plain in plains]


def test_what_a_reel_is_sealed_to_is_opened(key):
    """Words at the work that a reel has, and a key among throw-away ones as many as a header may name."""
    words = " ".join(word_list()[:6])
    files = [seal(b"key", [ScryptRecipient(words, work_factor=budgets.WORDS_WORK.most)])]
    files += [seal(b"music", pad_recipients([key.recipient, *[X25519Identity.generate().recipient] * 1_000]))]
    questions = [by_words(files[0], words), by_words(files[0], "other words"), by_key(files[1], key.text)]
    assert answers("open_age.js", questions) == [digest(b"key"), "WrongPassphraseError", digest(b"music")]


def test_what_is_sealed_is_opened_without_a_compiler_too(key):
    """As in a browser in Lockdown Mode, or Tor Browser's "Safer"; slower, so there is little of it."""
    keyed = seal(bytes(CHUNK + 1), [key.recipient])
    worded = seal(b"key", [ScryptRecipient("six words", work_factor=6)])
    questions = [by_key(keyed, key.text), by_words(worded, "six words"), by_words(worded, "six other words")]
    assert answers("open_age.js", questions, "--jitless") == [
        digest(bytes(CHUNK + 1)),
        digest(b"key"),
        "WrongPassphraseError",
    ]


# -- what is damaged ---------------------------------------------------------------------------------------------------


PUT_IN = (b"\n", b" ", b"\r", b"=", b"-", b"+", b"0", b"\x00", b"\xc3\xa9", b"-> X\n\n")


def mutated(sealed: bytes, dice: random.Random) -> bytes:
    """The file with one thing about it changed, mostly in its header."""
    end = sealed.index(b"\n", sealed.index(b"\n--- ") + 1) + 1
    at = dice.randrange(end) if dice.random() < 0.8 else dice.randrange(len(sealed))
    length = dice.choice((1, 1, 2, 5, 44))
    bits = bytes([sealed[at] ^ 1 << dice.randrange(8)])
    found = dice.choice(
        (
            sealed[:at] + bits + sealed[at + 1 :],
            sealed[:at] + sealed[at + length :],
            sealed[:at] + sealed[at : at + length] + sealed[at:],
            sealed[:at] + dice.choice(PUT_IN) + sealed[at:],
            sealed[:at],
            sealed + dice.choice((b"\n", bytes(16), bytes(17))),
        )
    )  # fmt: skip
    start = sealed.rfind(b"\n", 0, min(at, end - 1)) + 1
    line = sealed[start : sealed.index(b"\n", start) + 1]
    return dice.choice((found, found, found, sealed.replace(line, b"", 1), sealed.replace(line, line * 2, 1)))


def verdict(question: dict[str, object]) -> str:
    """What the reader of mag says of it."""
    sealed = base64.b64decode(str(question["sealed"]))
    try:
        if "identity" in question:
            return digest(unseal(sealed, [parse_identity(str(question["identity"]))]))
        return digest(unseal(sealed, [ScryptIdentity(str(question["passphrase"]), max_work_factor=17)]))
    except MagError as exc:
        return type(exc).__name__


def test_of_what_is_damaged_both_readers_say_the_same(key):
    dice = random.Random(1917)
    other = X25519Identity(bytes(range(1, 33)))
    plain = dice.randbytes(CHUNK + 100)
    keyed = [seal(plain[:length], [other.recipient, key.recipient]) for length in (0, 100, CHUNK + 100)]
    worded = seal(plain[:100], [ScryptRecipient("six words", work_factor=2)])
    questions = [by_key(mutated(dice.choice(keyed), dice), key.text) for _ in range(MUTATIONS * 3 // 4)]
    questions += [by_words(mutated(worded, dice), "six words") for _ in range(MUTATIONS // 4)]
    wanted = [verdict(each) for each in questions]
    said = answers("open_age.js", questions)
    differing = [
        (ours, theirs, each) for ours, theirs, each in zip(wanted, said, questions, strict=True) if ours != theirs
    ]
    assert not differing, (len(differing), differing[0])
    assert {"DamagedError", "NotMineError", "WrongPassphraseError", "OverBudgetError"} <= set(wanted)
    assert not [each for each in wanted if len(each) == 64], "nothing that was altered opens"


# -- words -------------------------------------------------------------------------------------------------------------


def test_words_are_read_as_mag_reads_them():
    dice = random.Random(1953)
    layouts = str.maketrans("qwertyuiopasdfghjklzxcvbnm", "йцукенгшщзфывапролдячсмить")
    changes = [
        str, str.upper, str.title, lambda word: word[:4], lambda word: word[:3], lambda word: word + "s",
        lambda word: word[::-1], lambda word: word.translate(layouts), "{}²".format, " {}".format, lambda _word: "½",
    ]  # fmt: skip
    typed = []
    for _ in range(1_000):
        words = [dice.choice(changes)(dice.choice(word_list())) for _ in range(dice.choice((0, 1, 5, 6, 6, 6)))]
        typed.append(dice.choice((" ", "-", " – ", "\n", ", ", "\u00a0", "_")).join(words))
    for text, (normal, again) in zip(typed, answers("read_words.js", [{"text": text} for text in typed]), strict=True):
        sentence = look_again(text)
        assert normal == normal_words(text), text
        assert (again and list(again["values"].values())) == (sentence and list(sentence.values.values())), text
