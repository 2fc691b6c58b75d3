"""A reel sealed to words: two more segments of the same length, passphrase files that hold the reel's own identity.

Their headers differ from the others' (a stanza of another type), so that a reader finds them; their length does not.
Each alone opens the reel, and each has a salt and a file key of its own.
"""

from __future__ import annotations

import threading
from collections.abc import Sequence

from magnitizdat.errors import DamagedError
from magnitizdat.formats import budgets, zip_store
from magnitizdat.formats.age_header import encode_header
from magnitizdat.formats.age_keys import ScryptIdentity, ScryptRecipient, X25519Identity, new_file_key, new_nonce
from magnitizdat.formats.age_stream import plain_length, seal_into
from magnitizdat.formats.container import Container
from magnitizdat.model import ReadAt
from magnitizdat.sentence import say

IDENTITY_NAME = "identity.txt"
MAX_IDENTITY_LENGTH = 4096


class WordLock:
    """Six words and the identity that they unlock; its `repr` says nothing. Keep both to take up an interrupted cut."""

    def __init__(self, words: str, *, identity: X25519Identity | None = None, work_factor: int = 17) -> None:
        self.words = words
        self.identity = identity or X25519Identity.generate()
        self._recipient = ScryptRecipient(words, work_factor=work_factor)
        self._guard = threading.Lock()

    def __repr__(self) -> str:
        return "WordLock()"

    def seal(self, length: int) -> bytes:
        """A segment, of exactly `length` bytes, another each time.

        `age -d`, `unzip`, and `age -d -i identity.txt` open the reel. One at a time: scrypt takes 128 MiB.
        """
        file_key = new_file_key()
        with self._guard:
            header = encode_header([self._recipient.wrap(file_key)], file_key)
        text = f"# opens the other files of this folder: age -d -i {IDENTITY_NAME}\n{self.identity.text}\n".encode()
        zip_length = plain_length(length - len(header))
        plain = b"".join(zip_store.write_zip([(IDENTITY_NAME, text)], length=zip_length))
        sealed = bytearray(length)
        sealed[: len(header)] = header
        seal_into(plain, file_key, new_nonce(), sealed, len(header))
        return bytes(sealed)


def open_words(segment: ReadAt, words: str) -> X25519Identity:
    """The identity inside a segment that is sealed to words.

    Raises: WrongPassphraseError, NotMineError if it is sealed otherwise, DamagedError, OSError.
    """
    return read_identity(Container(segment, [ScryptIdentity(words, max_work_factor=budgets.WORDS_WORK.most)]))


def read_identity(container: Container) -> X25519Identity:
    """The identity in an opened container. Raises: DamagedError."""
    member = container.members.get(IDENTITY_NAME)
    if member is None or member.length > MAX_IDENTITY_LENGTH:
        raise DamagedError(say("what the words open holds no identity; ask for another copy"))
    lines = container.read(IDENTITY_NAME).decode("ascii", "replace").splitlines()
    return X25519Identity.from_text(_first_key(lines))


def _first_key(lines: Sequence[str]) -> str:
    return next((line.strip() for line in lines if line.strip() and not line.startswith("#")), "")
