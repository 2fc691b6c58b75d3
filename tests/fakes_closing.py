"""Premieres for tests: of an honest label, and of one that closes whatever it likes. Made without a library."""

from __future__ import annotations

import base64
import hashlib
import os
from collections.abc import Mapping, Sequence
from itertools import count
from pathlib import Path
from typing import NamedTuple

from msgspec import structs

from magnitizdat.catalogue.documents import encode
from magnitizdat.catalogue.kinds import RELEASE, target_path
from magnitizdat.catalogue.premieres import OPENING, PREMIERE, SEALED_TYPE, Opening, Premiere
from magnitizdat.formats import age, shares
from magnitizdat.formats.age_keys import ScryptRecipient, X25519Identity
from magnitizdat.formats.names import secret_words
from magnitizdat.formats.spool_paths import blob_path
from magnitizdat.formats.zip_store import write_zip
from magnitizdat.model import Release
from magnitizdat.ops.albums.small_files import describe
from magnitizdat.scene.openings import GivenShare
from magnitizdat.scene.premieres import DOCUMENT_NAME, share_digest, words_file
from tests.fakes_library import like_sound
from tests.fakes_spool import Liar, release_of

_numbers = count(1)


class Made(NamedTuple):
    """A premiere, what opens it, and what is inside."""

    premiere: Premiere
    words: str
    shares: list[str]
    closed: bytes
    release: Release
    tracks: list[bytes]

    def given(self, *numbers: int) -> list[GivenShare]:
        return [GivenShare(f"friend {number}", self.shares[number]) for number in numbers]


def made(
    *,
    need: int = 3,
    of: int = 5,
    title: str = "45",
    lengths: Sequence[int] = (2_500_000, 1000),
    plain: bytes | None = None,
    members: Mapping[str, bytes | None] | None = None,
    inside: Release | None = None,
    work_factor: int = 10,
    **fields: object,
) -> Made:
    """An honest one, but for what is said: the inside, some members of it (None: left out), or fields of it."""
    identity, secret = X25519Identity.generate(), os.urandom(shares.SECRET_LENGTH)
    tracks = [like_sound(os.urandom(length)) for length in lengths]
    files = [describe(each, "audio/flac") for each in tracks]
    release = release_of(files, title, number=next(_numbers))
    found: dict[str, bytes | None] = {DOCUMENT_NAME: encode(inside or release)}
    found |= {blob_path(file.sha256): each for file, each in zip(files, tracks, strict=True)}
    kept = {name: each for name, each in (found | dict(members or {})).items() if each is not None}
    plain = b"".join(write_zip(list(kept.items()))) if plain is None else plain
    closed = age.seal(plain, [identity.recipient])
    given, words = shares.split(secret, need, of), secret_words(secret)
    premiere = Premiere(
        id=f"{next(_numbers):032x}",
        release_id=release.id,
        document=hashlib.sha256(encode(release)).hexdigest(),
        file=describe(closed, SEALED_TYPE),
        words=_words(identity, words, work_factor),
        opens="2026-12-24",
        need=need,
        shares=tuple(sorted(map(share_digest, given))),
        artist=release.artist,
        title=title,
    )
    return Made(structs.replace(premiere, **fields), words, given, closed, release, tracks)


def _words(identity: X25519Identity, words: str, work_factor: int) -> str:
    if work_factor == 10:
        return words_file(identity, words)
    sealed = age.seal(f"{identity.text}\n".encode(), [ScryptRecipient(words, work_factor=work_factor)])
    return base64.b64encode(sealed).decode()


class Closing(Liar):
    """A label that closes albums."""

    def premiere(self, made: Made, *, listed: bytes | None = b"") -> None:
        """List it and lay its closed file down; `listed` in place of its album's document, None for nothing."""
        self.put(made.premiere.file.sha256, made.closed)
        documents = {target_path(PREMIERE, made.premiere.id): encode(made.premiere)}
        if listed is not None:
            documents[target_path(RELEASE, made.release.id)] = listed or encode(made.release)
        self.sign(documents)
        for document in self.root.glob(f"targets/*/*.{made.release.id}.json"):
            document.unlink()

    def reveal(self, made: Made) -> None:
        """Lay the album itself down, as somebody does for whom it is open."""
        self.write(
            {f"targets/{made.release.id[:2]}/{made.premiere.document}.{made.release.id}.json": encode(made.release)}
        )
        for track in made.tracks:
            self.blob(track)

    def opening(self, of: Closing, made: Made, words: str = "") -> None:
        """Say words for a premiere of a label."""
        opening = Opening(imprint=of.imprint, premiere=made.premiere.id, words=words or made.words)
        self.sign({target_path(OPENING, opening.id): encode(opening)})


def closing(folder: Path, name: str = "Zoopark Tapes") -> Closing:
    return Closing(folder, name)
