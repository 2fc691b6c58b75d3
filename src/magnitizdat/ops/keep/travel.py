"""`mag travel`: the key slot leaves this device, to friends or in shares, and comes home.

Inside it is under its passphrase as before: who carries it learns nothing, and who has only the passphrase nothing
either. What was written is read back from the medium and opened, before the slot here goes.
"""

from __future__ import annotations

import itertools
from collections.abc import Callable, Mapping, Sequence
from contextlib import suppress
from pathlib import Path
from secrets import token_bytes

from magnitizdat.disk.disk import Disk
from magnitizdat.disk.locking import WriteLock
from magnitizdat.disk.reading import FileReader, forget_cached
from magnitizdat.disk.space import space
from magnitizdat.errors import (
    DamagedError,
    LibraryError,
    MagError,
    SourceError,
    TargetError,
    UsageError,
    WrongPassphraseError,
    partly,
)
from magnitizdat.formats import shares
from magnitizdat.formats.age import BytesReader, read_header_of, seal, unseal
from magnitizdat.formats.age_header import encode_header, verify_mac
from magnitizdat.formats.age_keys import (
    Identity,
    ScryptIdentity,
    ScryptRecipient,
    X25519Recipient,
    new_file_key,
    new_nonce,
    pad_recipients,
)
from magnitizdat.formats.age_stream import StreamReader, seal_chunks
from magnitizdat.library import holders
from magnitizdat.library.keyring import armor, is_slot
from magnitizdat.library.library import LOCK_NAME
from magnitizdat.library.panic import Fate, erase_slots
from magnitizdat.library.slot import AWAY_NAME, Standing, read_slot, standing
from magnitizdat.model import Outcome, Shortfall, Value
from magnitizdat.ops.keep.locking import UNANSWERED, lock, still_holds
from magnitizdat.ops.keep.restore import armored_in, read_given
from magnitizdat.pages.qr import fits, png_qr
from magnitizdat.sentence import Sentence, say

SHARE_WORK_FACTOR = 10
"""Of the inner file that shares open: its secret is 128 bits of chance, and needs no slowing down."""
_FAILED = say("{path} did not read back as it was written; the key stays here: repeat with another medium")


class AwayReport(Value, frozen=True, kw_only=True):
    """The slot is gone, whatever is `missing`. `files` hold it; `is_here`: they are on the medium that it was on."""

    files: tuple[str, ...]
    how: str
    is_here: bool = False
    missing: tuple[Shortfall, ...] = ()

    def outcome(self) -> Outcome:
        """What is where now, and the way home."""
        return Outcome(
            headline=_STILL if self.how == "shares" and self.is_here else _GONE,
            lines=(
                say("Written, read back and tried: {files}.", files=", ".join(self.files)),
                _FRIENDS if self.how == "friends" else _SHARES,
                say("Backups, older paper copies, snapshots and flash memory may still hold the key."),
            ),
            missing=self.missing,
            exit_code=partly(self.missing),
        )


_GONE = say("This library is away: what is left here opens for nobody, with the passphrase or without.")
_STILL = say("The key is out of the library, but its shares are on this device: it is away once they are.")
_FRIENDS = say(
    "Only your friend opens it, with `mag travel open FILE`, and gives you what comes out; `mag travel back FILE` and"
    " your passphrase bring it home."
)
_SHARES = say(
    "Give each person one share and keep none; when enough of them are together, `mag travel back FILE…` and your"
    " passphrase bring it home. Then delete them on this device, if they are on it."
)

_NO_SHARE = say("these words are none of a share, or one of them is mistyped; compare them with what was written down")
_TWO = say("these shares are of two journeys; bring together those of one")
_TWICE = say("the same share is here twice; bring another one (still needed: {n})")

Written = dict[Path, bytes]


def leave_to_friends(
    directory: Path, recipients: Sequence[X25519Recipient], folder: Path, *, disk: Disk, outside: Disk
) -> AwayReport:
    """Seal the slot to friends, any of whom opens it, and let it go.

    Raises: UsageError, TargetError, NoSpaceError, LibraryBusyError; the slot is here then.
    """

    def make(slot: bytes) -> tuple[Written, Callable[[Written], bool]]:
        file_key = new_file_key()
        stanzas = [recipient.wrap(file_key) for recipient in pad_recipients(recipients)]
        sealed = encode_header(stanzas, file_key) + b"".join(seal_chunks([slot], file_key, new_nonce()))
        text = armor(sealed)
        path = folder / f"travel{_unlike_others(folder, ['travel'])}.txt"
        files = _with_codes({path: text})

        def opens(found: Written) -> bool:
            header = read_header_of(BytesReader(armored_in(found[path].decode()) or b""))
            verify_mac(header, file_key)
            inner = StreamReader(BytesReader(sealed), header_length=header.length, file_key=file_key)
            return list(header.stanzas) == stanzas and inner.read_at(0, inner.length) == slot

        return files, opens

    return _leave(directory, folder, make, how="friends", disk=disk, outside=outside)


def leave_in_shares(directory: Path, needed: int, count: int, folder: Path, *, disk: Disk, outside: Disk) -> AwayReport:
    """Seal the slot under a secret in shares, any `needed` of which open it, and let it go.

    Raises: as `leave_to_friends`.
    """

    def make(slot: bytes) -> tuple[Written, Callable[[Written], bool]]:
        secret = token_bytes(shares.SECRET_LENGTH)
        sealed = armor(seal(slot, [ScryptRecipient(secret.hex(), work_factor=SHARE_WORK_FACTOR)]))
        texts = [
            f"magnitizdat: share {number} of {count}, any {needed} of them open it\n{words}\n{sealed}"
            for number, words in enumerate(shares.split(secret, needed, count), 1)
        ]
        stems = [f"share-{number}" for number in range(1, count + 1)]
        mark = _unlike_others(folder, stems)
        named = {folder / f"{stem}{mark}.txt": text for stem, text in zip(stems, texts, strict=True)}
        files = _with_codes(named)

        def opens(found: Written) -> bool:
            read = [found[path].decode() for path in named]
            words = [shares.words_in(text)[0] for text in read]
            # With the same k - 1 and each other one: then all lie on one curve, and any k open it.
            chosen = [[*words[: needed - 1], other] for other in words[needed - 1 :]]
            return all(_inner(texts, shares.combine(each)) == slot for each in chosen for texts in [read])

        return files, opens

    return _leave(directory, folder, make, how="shares", disk=disk, outside=outside)


def _with_codes(texts: Mapping[Path, str]) -> Written:
    """Each text as a file and as a code; the file alone where one code does not hold it, as for many friends."""
    codes = {path.with_suffix(".png"): png_qr(text) for path, text in texts.items() if fits(text)}
    return {path: text.encode() for path, text in texts.items()} | codes


def _inner(texts: Sequence[str], secret: bytes) -> bytes:
    """What the files of shares hold. Raises: SourceError."""
    sealed = next((found for text in texts if (found := armored_in(text)) is not None), b"")
    return unseal(sealed, [ScryptIdentity(secret.hex())])


def _leave(
    directory: Path,
    folder: Path,
    make: Callable[[bytes], tuple[Written, Callable[[Written], bool]]],
    *,
    how: str,
    disk: Disk,
    outside: Disk,
) -> AwayReport:
    _require_elsewhere(directory, folder)
    disk.confine(directory, alike=True)
    with holders.hold(directory, disk), WriteLock(disk, directory / LOCK_NAME).take():  # a panic meanwhile ends us
        slot = read_slot(directory)
        if not is_slot(slot):
            raise LibraryError(say("the key file here is damaged and cannot travel; `mag restore` first"))
        files, opens = make(slot)
        _write(files, outside)
        _require_readable(files, opens)
        disk.write_atomic(directory / AWAY_NAME, b"")
        fate = erase_slots(directory, disk)
        if standing(directory) is Standing.HERE:
            with suppress(MagError):
                disk.remove(directory / AWAY_NAME)
            raise TargetError(say("the key could NOT be removed from here: it did not leave; `mag panic` destroys it"))
    missing = [*_remains(fate), *_still_held(directory)]
    is_here = space(folder).device == space(directory).device
    return AwayReport(files=tuple(map(str, files)), how=how, is_here=is_here, missing=tuple(missing))


def _require_elsewhere(directory: Path, folder: Path) -> None:
    here, there = directory.resolve(), folder.resolve()
    if there == here or here in there.parents:
        raise UsageError(say("what travels goes somewhere else than the library itself; name another folder"))


def _unlike_others(folder: Path, stems: Sequence[str]) -> str:
    """What makes these names new where an interrupted run, or another library, left such files: they are let be."""
    marks = itertools.chain([""], (f" ({number})" for number in itertools.count(2)))
    return next(
        mark
        for mark in marks
        if not any((folder / f"{stem}{mark}{suffix}").exists() for stem in stems for suffix in (".txt", ".png"))
    )


def _write(files: Written, outside: Disk) -> None:
    for path, content in files.items():
        outside.mkdir(path.parent)
        outside.write_new(path, [content])
    outside.flush()


def _require_readable(files: Written, opens: Callable[[Written], bool]) -> None:
    """Raises: TargetError unless each file reads back from the medium, its code too, and what is in them opens."""
    found: Written = {}
    for path, content in files.items():
        try:
            forget_cached(path)
            with FileReader(path) as reader:
                found[path] = reader.read_at(0, reader.length)
        except (OSError, SourceError) as exc:
            raise TargetError(_FAILED.filled(path=path)) from exc
        texts = [files[path.with_suffix(".txt")]]
        if found[path] != content or (path.suffix == ".png" and read_given(path) != texts):
            raise TargetError(_FAILED.filled(path=path))
    try:
        if opens(found):
            return
    except (MagError, IndexError) as exc:
        raise TargetError(_FAILED.filled(path=next(iter(files)).parent)) from exc
    raise TargetError(_FAILED.filled(path=next(iter(files)).parent))


def _remains(fate: Fate) -> list[Shortfall]:
    if fate in {Fate.GONE, Fate.NOISE, Fate.ABSENT}:
        return []
    reason = say("it is removed but could not be overwritten: whoever examines the medium may find it")
    return [Shortfall(what=say("the old key file"), reason=reason)]


def _still_held(directory: Path) -> list[Shortfall]:
    """Who has the keys in memory still, after all were made to let go."""
    report = lock(directory)
    told: list[Sentence] = [still_holds(each) for each in report.holding] + ([UNANSWERED] if report.unanswered else [])
    return [Shortfall(what=say("a program that holds the keys"), reason=reason) for reason in told]


# -- at a friend's, and home -------------------------------------------------------------------------------------------


def open_for_friend(path: Path, identities: Sequence[Identity]) -> bytes:
    """The slot that a friend sent on its way to us, still under the friend's own passphrase.

    Raises: NotMineError, DamagedError; UsageError where it is something else.
    """
    for content in read_given(path):
        sealed = armored_in(content.decode("utf-8", "replace")) or content
        inner = unseal(sealed, identities)
        if is_slot(inner):
            return inner
    raise UsageError(say("{name} holds nothing that travels; ask for the file or its code again", name=path.name))


class Luggage:
    """What was brought to come home with: a slot, or shares and what they open."""

    def __init__(self) -> None:
        self._texts: list[str] = []
        self._shares: list[str] = []
        self._files: list[bytes] = []

    def __repr__(self) -> str:
        return "Luggage(…)"

    def add(self, content: bytes) -> None:
        """A file, or what a code said."""
        text = content.decode("utf-8", "replace")
        self._texts.append(text)
        self._shares += shares.words_in(text)
        self._files.append(armored_in(text) or content)

    def add_words(self, text: str) -> None:
        """Shares as they were typed, one a line.

        Raises: UsageError where one is none, and where nothing new is among them.
        """
        if not shares.words_in(text) or any(map(shares.is_slip, text.splitlines())):
            raise UsageError(_NO_SHARE)
        before = self.lacking
        self.add(text.encode())
        if before and self.lacking == before:
            self._require_enough()

    @property
    def lacking(self) -> int:
        """Shares that are still needed; 0 where it can be opened, or needs none."""
        return max(0, shares.lacking(self._shares)) if self._shares else 0

    def slot(self) -> bytes:
        """The slot under its passphrase.

        Raises: UsageError where it is still sealed to a friend, or shares lack; DamagedError.
        """
        if self._shares or self._has_slip():
            self._require_enough()
            return self._joined()
        for file in self._files:
            if is_slot(file):
                return file
        if any(file.startswith(b"age-encryption.org/") for file in self._files):
            raise UsageError(say("this is still sealed to your friend, who opens it with `mag travel open FILE`"))
        raise UsageError(say("nothing that was brought is a key on its journey; bring the file, its code, or shares"))

    def _has_slip(self) -> bool:
        return any(shares.is_slip(line) for text in self._texts for line in text.splitlines())

    def _require_enough(self) -> None:
        """Raises: UsageError that says what is wrong with them, or how many are still needed."""
        lacking = max(0, shares.lacking(self._shares))
        if not lacking:
            return
        if self._has_slip():
            raise UsageError(_NO_SHARE)
        if shares.journeys(self._shares) > 1:
            raise UsageError(_TWO)
        if len(set(self._shares)) < len(self._shares):
            raise UsageError(_TWICE.filled(n=lacking))
        raise UsageError(say("shares that are still needed: {n}; bring them together", n=lacking))

    def _joined(self) -> bytes:
        """What the shares open, of whichever file among them. Raises: UsageError, DamagedError."""
        sealed = [text for text in self._texts if armored_in(text)]
        if not sealed:
            raise UsageError(say("words alone do not suffice: one share's file or code has to be among them"))
        secret = shares.combine(self._shares)
        for text in sealed:
            with suppress(WrongPassphraseError, DamagedError):
                return _inner([text], secret)
        raise UsageError(_TWO)
