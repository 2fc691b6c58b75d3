"""Opening a reel: every segment once, for its table; afterwards bytes are read where they lie.

Damaged and foreign segments stop nothing: they are listed with a reason each, and what the others hold can be read.
"""

from __future__ import annotations

import errno
import re
import threading
from array import array
from bisect import bisect_left
from collections import OrderedDict
from collections.abc import Iterator, Sequence
from itertools import islice, takewhile
from pathlib import Path
from typing import Literal, NamedTuple

from magnitizdat.disk.reading import FileReader
from magnitizdat.errors import (
    DamagedError,
    MagError,
    NotMineError,
    SourceError,
    UnreachableError,
    WrongPassphraseError,
)
from magnitizdat.formats import budgets, zip_store
from magnitizdat.formats.age import read_header_of
from magnitizdat.formats.age_header import Header, verify_mac
from magnitizdat.formats.age_keys import Identity
from magnitizdat.formats.age_stream import StreamReader
from magnitizdat.formats.typed_words import look_again
from magnitizdat.model import PIECE_LENGTH, Value
from magnitizdat.reel.folder import AGE_MAGIC, survey
from magnitizdat.reel.layout import PARITY_SUFFIX, is_named_as_sealed
from magnitizdat.reel.one_file import reader_of
from magnitizdat.reel.words import IDENTITY_NAME, open_words
from magnitizdat.sentence import Sentence, advice, say

_KEPT_READERS = 8
_PIECE_NAME = re.compile(r"(.+)\.(\d{4,7})")
_OFFSET_BITS = 40


class Unreadable(Value, frozen=True, kw_only=True):
    """A segment that did not open: sealed to somebody else (`foreign`), or `damaged`; `reason` is one sentence."""

    path: str
    kind: Literal["foreign", "damaged"]
    reason: Sentence


class _Segment(NamedTuple):
    source: FileReader
    header_length: int
    file_key: bytes


class _Keyring:
    """Tries our identities on the headers of one reel, and no more recipients in all than a reel of its length names.

    All segments of a reel name their people in one order: the place that opened one is tried first on the next.
    """

    def __init__(self, identities: Sequence[Identity]) -> None:
        self._identities = identities
        self._place: tuple[Identity, int] | None = None
        self._tried = self._length = 0

    def file_key(self, header: Header, length: int) -> bytes:
        """The file key of a segment of `length` bytes, its header verified.

        Raises: NotMineError, DamagedError.
        """
        self._length += length
        key = self._where_it_was(header) or self._anywhere(header)
        verify_mac(header, key)
        return key

    @property
    def opened(self) -> Identity | None:
        """The identity that opened the last one of them that did."""
        return self._place[0] if self._place is not None else None

    def _where_it_was(self, header: Header) -> bytes | None:
        if self._place is None:
            return None
        identity, at = self._place
        return identity.unwrap(header.stanzas[at : at + 1])

    def _anywhere(self, header: Header) -> bytes:
        for identity in self._identities:
            for at in range(len(header.stanzas)):
                if self._tried >= budgets.TRIES.allowed(self._length):
                    raise NotMineError(budgets.TRIES.sentence)
                self._tried += 1
                key = identity.unwrap(header.stanzas[at : at + 1])
                if key is not None:
                    self._place = identity, at
                    return key
        raise NotMineError(say("this is sealed to somebody else; ask for a copy that is sealed to you"))


class OpenReel:
    """The spool inside a reel, by path. Safe in several threads; holds no open files; its `repr` says nothing.

    Make one with `open_reel`.
    """

    def __init__(self) -> None:
        self.unreadable: list[Unreadable] = []
        self.refusal: budgets.OverBudgetError | None = None
        self.opened_by: Identity | None = None
        self._segments: list[_Segment] = []
        # Path to (piece, segment << 40 | offset, length) of each copy of each piece, three numbers each, sorted.
        self._files: dict[str, array[int]] = {}
        self._pieces = self._length = 0
        self._readers: OrderedDict[int, StreamReader] = OrderedDict()
        self._guard = threading.Lock()

    def __repr__(self) -> str:
        return f"OpenReel({len(self._segments)} segments)"

    def __reduce__(self) -> tuple[object, ...]:
        raise TypeError("an open reel holds keys and is not pickled")

    @property
    def segments(self) -> int:
        """How many opened."""
        return len(self._segments)

    def paths(self) -> list[str]:
        """Every file of which any piece is there."""
        return list(self._files)

    def length(self, path: str) -> int:
        """Bytes of a file up to the last piece that is there. Raises: FileNotFoundError."""
        found = self._found(path)
        return found[-3] * PIECE_LENGTH + found[-1]

    def is_whole(self, path: str) -> bool:
        """Whether no piece before the last one known is missing."""
        found = self._found(path)
        return len({*found[::3]}) == found[-3] + 1

    def read(self, path: str, start: int, end: int) -> bytes:
        """Bytes `start:end` of a file, authenticated by age.

        Raises: FileNotFoundError for a file or piece that is not here, DamagedError, UnreachableError.
        """
        end = min(end, self.length(path))
        if start >= end:
            return b""
        if len(self._files[path]) == 3:
            return self._read_copy(self._files[path], 0, start, end - start)
        parts = []
        for piece in range(start // PIECE_LENGTH, (end - 1) // PIECE_LENGTH + 1):
            first = max(start - piece * PIECE_LENGTH, 0)
            last = min(end - piece * PIECE_LENGTH, PIECE_LENGTH)
            parts.append(self._read_piece(path, piece, first, last - first))
        return parts[0] if len(parts) == 1 else b"".join(parts)

    def holders(self, path: str, piece: int) -> list[Path]:
        """The files of the reel that hold a piece, each a whole copy of it."""
        found = self._files.get(path, array("Q"))
        return [self._segments[found[at + 1] >> _OFFSET_BITS].source.path for at in _copies(found, piece)]

    def _found(self, path: str) -> array[int]:
        found = self._files.get(path)
        if found is None:
            raise FileNotFoundError("this reel does not hold that file")
        return found

    def _read_piece(self, path: str, piece: int, first: int, length: int) -> bytes:
        """From the first copy of a piece that verifies."""
        found = self._files[path]
        failure: Exception = FileNotFoundError("a piece of this file is not on the reel")
        for at in _copies(found, piece):
            if found[at + 2] != PIECE_LENGTH and piece != found[-3]:
                continue  # a piece of odd length that is not the last one would shift all that follow
            try:
                return self._read_copy(found, at, first, length)
            except DamagedError as exc:
                failure = exc
        raise failure

    def _read_copy(self, found: array[int], at: int, first: int, length: int) -> bytes:
        segment, offset = found[at + 1] >> _OFFSET_BITS, found[at + 1] & (1 << _OFFSET_BITS) - 1
        try:
            return self._reader(segment).read_at(offset + first, min(length, found[at + 2] - first))
        except OSError as exc:
            if exc.errno == errno.EIO:  # an erasure, not an end
                raise DamagedError(
                    say("a part of it cannot be read on this medium; mend the reel, or dub another copy")
                ) from exc
            raise UnreachableError(
                say("the reel does not answer any more; plug it in again and repeat the command")
            ) from exc

    def _reader(self, number: int) -> StreamReader:
        with self._guard:
            reader = self._readers.pop(number, None)
            if reader is not None:
                self._readers[number] = reader
                return reader
        segment = self._segments[number]
        reader = StreamReader(segment.source, header_length=segment.header_length, file_key=segment.file_key)
        with self._guard:
            self._readers[number] = reader
            while len(self._readers) > _KEPT_READERS:
                self._readers.popitem(last=False)
        return reader

    def add(self, source: FileReader, header: Header, keys: _Keyring) -> None:
        """Open one segment. Raises: NotMineError, DamagedError, OSError."""
        file_key = keys.file_key(header, source.length)
        stream = StreamReader(source, header_length=header.length, file_key=file_key)
        table = zip_store.read_table(stream, max_members=budgets.ZIP_MEMBERS.allowed(stream.length))
        self._pieces += len(table)
        self._length += source.length
        number = len(self._segments)
        self._segments.append(_Segment(source, header.length, file_key))
        for member in table:
            if member.name == IDENTITY_NAME:
                continue
            piece = _PIECE_NAME.fullmatch(member.name)
            path, at = (piece[1], int(piece[2])) if piece else (member.name, 0)
            triple = (at, number << _OFFSET_BITS | member.offset, member.length)
            self._files.setdefault(path, array("Q")).extend(triple)

    def pass_over(self, path: str, exc: Exception) -> None:
        """Note why a file does not open."""
        if isinstance(exc, budgets.OverBudgetError):
            self.refusal = self.refusal or exc
        self.unreadable.append(_unreadable(path, exc))

    def check_budgets(self) -> None:
        """Raises: OverBudgetError where it holds more than any honest reel of its length."""
        budgets.PIECES.check(self._pieces, self._length)
        budgets.PATHS.check(len(self._files))

    def finish(self) -> None:
        """Sort what was added."""
        for path, found in self._files.items():
            if len(found) > 3:
                triples = sorted(zip(found[::3], found[1::3], found[2::3], strict=True))
                self._files[path] = array("Q", [number for triple in triples for number in triple])


def _copies(found: array[int], piece: int) -> list[int]:
    """Where the copies of a piece stand."""
    first = bisect_left(range(len(found) // 3), piece, key=lambda number: found[3 * number])
    same = takewhile(lambda at: found[at] == piece, range(3 * first, len(found), 3))
    return list(same)


def open_reel(folder: Path, identities: Sequence[Identity] = (), *, words: str | None = None) -> OpenReel:
    """Open what there is of a reel, with identities, or with the words that it was sealed to.

    Raises: SourceError if no reel lies there, WrongPassphraseError, NotMineError if nothing opens, DamagedError if
    nothing is whole enough to open, OverBudgetError if it holds more than any honest reel of its length.
    """
    reel = OpenReel()
    if words is not None:
        identities = [*identities, _unlock(_word_sealed(folder), words)]
    keys = _Keyring(identities)
    word_sealed = False
    for source, header in _sealed_files(folder, reel):
        if _is_word_sealed(header):
            word_sealed = True
        else:
            _add(reel, folder, source, header, keys)
            reel.check_budgets()
    reel.finish()
    reel.opened_by = keys.opened
    if not reel.segments:
        raise _nothing_opens(folder, reel, word_sealed=word_sealed)
    return reel


def _sealed_files(folder: Path, reel: OpenReel) -> Iterator[tuple[FileReader, Header]]:
    """One by one: a header may be long."""
    for found in survey(folder):
        if found.path.endswith(PARITY_SUFFIX):
            continue
        try:
            source = reader_of(folder / found.path, keep_open=False)
            if source.read_at(0, len(AGE_MAGIC)) == AGE_MAGIC:
                yield source, _header_of(source)
            elif is_named_as_sealed(found.path):
                reel.pass_over(found.path, DamagedError(say("it is damaged at the beginning; mend it")))
        except (OSError, MagError) as exc:
            reel.pass_over(found.path, exc)


def _header_of(source: FileReader) -> Header:
    most = min(budgets.HEADER.most, budgets.REEL_HEADER.allowed(source.length))
    try:
        return read_header_of(source, most=most)
    except DamagedError:
        if most < budgets.HEADER.most and len(source.read_at(0, most + 1)) > most:
            raise budgets.OverBudgetError(budgets.REEL_HEADER.sentence) from None
        raise


def _word_sealed(folder: Path) -> list[FileReader]:
    """Files that words may open."""
    found = (source for source, header in _sealed_files(folder, OpenReel()) if _is_word_sealed(header))
    return list(islice(found, budgets.WORD_FILES.most + 1))


def _is_word_sealed(header: Header) -> bool:
    return any(stanza.args[0] == "scrypt" for stanza in header.stanzas)


def _unlock(locked: Sequence[FileReader], words: str) -> Identity:
    failure: MagError = NotMineError(
        advice(
            terminal=say(
                "no file of this reel is sealed to words: it is either sealed to a friend, or the file that"
                " the words open is lost; ask who gave it to you whom it is for, or mend it with `mag reel"
                " mend`"
            ),
            page=say(
                "no file of this reel is sealed to words: it is either sealed to a friend, or the file that"
                " the words open is lost; ask who gave it to you whom it is for, or mend it"
            ),
        )
    )
    for source in locked[: budgets.WORD_FILES.most]:
        try:
            return open_words(source, words)
        except WrongPassphraseError as exc:
            hint = look_again(words)
            failure = exc if hint is None else WrongPassphraseError(hint)
        except budgets.OverBudgetError as exc:
            failure = failure if isinstance(failure, WrongPassphraseError) else exc
        except (MagError, OSError):
            if not isinstance(failure, WrongPassphraseError):
                failure = DamagedError(say("the file that the words open is damaged; mend the reel first"))
    budgets.WORD_FILES.check(len(locked))
    raise failure


def _add(reel: OpenReel, folder: Path, source: FileReader, header: Header, keys: _Keyring) -> None:
    try:
        reel.add(source, header, keys)
    except (MagError, OSError) as exc:
        reel.pass_over(source.path.relative_to(folder).as_posix(), exc)


def _unreadable(path: str, exc: Exception) -> Unreadable:
    if isinstance(exc, NotMineError):
        return Unreadable(path=path, kind="foreign", reason=exc.sentence)
    reason = exc.sentence if isinstance(exc, MagError) else say("the medium does not give it back; mend it")
    return Unreadable(path=path, kind="damaged", reason=reason)


def _nothing_opens(folder: Path, reel: OpenReel, *, word_sealed: bool) -> MagError:
    if word_sealed and not any(each.kind == "damaged" for each in reel.unreadable):
        return NotMineError(
            advice(
                terminal=say("this reel is sealed to six words; give them with --words-file"),
                page=say("this reel is sealed to six words; type them"),
            )
        )
    if reel.refusal is not None:
        return reel.refusal
    if any(each.reason == budgets.TRIES.sentence for each in reel.unreadable):
        return NotMineError(budgets.TRIES.sentence)
    if any(each.kind == "foreign" for each in reel.unreadable):
        return NotMineError(say("this reel is sealed to somebody else; ask for one that is sealed to you"))
    if reel.unreadable:
        return DamagedError(
            advice(
                terminal=say("nothing of this reel opens; mend it with `mag reel mend`, or ask for another copy"),
                page=say("nothing of this reel opens; mend it, or ask for another copy"),
            )
        )
    return SourceError(say("there is no reel in {folder}; name the folder that holds its files", folder=folder))
