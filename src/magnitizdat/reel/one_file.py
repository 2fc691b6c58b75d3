"""A reel as one file: a stored ZIP of what would lie in its folder, for ways that take one file and not sixty.

Its paths go on within the file: `k3f9a2qz.zip/556x4fnq.age`. Of one that broke on its way everybody takes what is
left: what is whole is said by the seals to whoever opens it, and by spare parts to all others.
"""

from __future__ import annotations

import re
import shlex
from collections import OrderedDict
from collections.abc import Callable
from pathlib import Path
from threading import Lock
from typing import NamedTuple

from magnitizdat.disk.reading import REFUSED, FileReader, Portion
from magnitizdat.errors import DamagedError, NotFoundError, SourceError
from magnitizdat.formats import budgets, zip_store
from magnitizdat.formats.zip_salvage import salvage_table
from magnitizdat.formats.zip_store import CENTRAL_MAGIC, LOCAL_MAGIC, Member
from magnitizdat.model import Progress, ReadAt, Silent
from magnitizdat.reel.layout import FOLDER_FILES
from magnitizdat.reel.paths import is_parity_name, is_segment_name
from magnitizdat.sentence import Sentence, advice, say

SUFFIX = ".zip"
_DEPTH = 2
"""Folders that a path within the file may have."""
_FIRST_LENGTH = 256
_LAST_LENGTH = 1 << 14
_KINDS = re.compile(rb"age-encryption\.org/v1\n|PAR2\x00PKT")
_LISTED = re.compile(re.escape(CENTRAL_MAGIC) + rb".{42}((?:[a-z2-7]{8}/)?[a-z2-7]{8}[a-z0-9.+]{4,24})", re.DOTALL)
_KEPT = 8
_GLANCE = 64 << 20
"""Bytes of a broken one that are looked through while somebody waits to see what lies on a stick."""


class FoundFiles(NamedTuple):
    """What lies in a reel as one file, by path; `is_strict`: the archive around it is as it was written.

    `is_all`: none was left out for being one too many.
    """

    members: dict[str, Member]
    is_strict: bool
    is_all: bool = True


def is_one_file(path: Path) -> bool:
    """Whether a file looks like a reel as one, by its beginning alone, or by its end where that was lost."""
    try:
        with FileReader(path) as source:
            return _begins_so(source) or _ends_so(source)
    except REFUSED:
        return False


def _begins_so(source: ReadAt) -> bool:
    beginning = source.read_at(0, _FIRST_LENGTH)
    first = zip_store.member_at(beginning, 0)
    return first is not None and is_of_reel(first.name) and _KINDS.match(beginning, first.offset) is not None


def _ends_so(source: ReadAt) -> bool:
    end = source.read_at(max(0, source.length - _LAST_LENGTH), _LAST_LENGTH)
    return any(is_of_reel(found[1].decode("ascii")) for found in _LISTED.finditer(end))


def is_of_reel(path: str) -> bool:
    """Whether something of a reel may lie there, by its name."""
    name = path.rpartition("/")[2]
    return is_segment_name(name) or is_parity_name(name)


def holds_reel(path: Path) -> bool:
    """Whether anything of a reel is in a file, be it broken: where it does not look so, all of it is looked through."""
    if is_one_file(path):
        return True
    try:
        table_of(path)
    except REFUSED:
        return False
    return True


def files_in(folder: Path) -> list[Path]:
    """Reels as one file that lie in a folder, by suffix and looks; none where it cannot be listed."""
    try:
        found = sorted(each for each in folder.iterdir() if each.suffix.lower() == SUFFIX and each.name[:1] != ".")
    except OSError:
        return []
    return [each for each in found[:FOLDER_FILES] if not each.is_symlink() and is_one_file(each)]


def table_of(path: Path, *, progress: Progress | None = None) -> FoundFiles:
    """What lies in a reel as one file; of a broken archive what can be found.

    Raises: SourceError where nothing of a reel is in it, OSError.
    """
    state = _state_of(path)
    found = _TABLES.get(state)
    if found is None:
        with FileReader(path) as source:
            found = _as_written(source) or _what_is_left(source, progress or Silent())
            _require_reel(path, source, found)
        _TABLES.keep(state, found)
    return found


def first_of(path: Path) -> FoundFiles:
    """The same for a glance: of a broken archive what is near its beginning, and perhaps nothing. Raises: OSError."""
    state = _state_of(path)
    found = _TABLES.get(state) or _GLANCES.get(state)
    if found is None:
        with FileReader(path) as source:
            found = _as_written(source)
        if found is None:
            with FileReader(path, part=Portion(path, 0, _GLANCE)) as source:
                found = _what_is_left(source, Silent())
        _GLANCES.keep(state, found)
    return found


def _as_written(source: ReadAt) -> FoundFiles | None:
    """None where it is not, or where the medium refuses."""
    try:
        members = zip_store.read_table(source, max_members=_most(source))
        for member in members:
            zip_store.check_local(source, member)
    except (DamagedError, OSError):
        return None
    return FoundFiles({each.name: each for each in members}, is_strict=True)


def _what_is_left(source: FileReader, progress: Progress) -> FoundFiles:
    progress.start(say("looking for its files"), min(source.length, zip_store.MAX_LENGTH))
    found = salvage_table(source, max_members=_most(source), passed=progress.advance, data_from=source.data_from)
    return FoundFiles({each.name: each for each in found.members}, is_strict=False, is_all=found.is_all)


def _most(source: ReadAt) -> int:
    length = min(source.length, zip_store.MAX_LENGTH)
    return min(budgets.REEL_MEMBERS.allowed(length), budgets.REEL_FILES.most)


def _require_reel(path: Path, source: ReadAt, found: FoundFiles) -> None:
    """Raises: SourceError."""
    if any(is_of_reel(each) for each in found.members):
        return
    if source.read_at(0, len(LOCAL_MAGIC)) == LOCAL_MAGIC:  # perhaps one that somebody packed again
        raise SourceError(
            say(
                "{path} is no reel as one file; take it apart with any ZIP program, then name the folder that comes"
                " of it",
                path=path,
            )
        )
    raise SourceError(say("{path} is no reel as one file; name the folder that holds a reel, or its file", path=path))


def is_broken(path: Path) -> bool:
    """Whether it is a reel as one file whose archive is not as it was written. Raises: as `table_of`."""
    return path.is_file() and not table_of(path).is_strict


def of_broken(path: Path) -> Sentence:
    """What is said to whoever takes from one that is."""
    return advice(
        terminal=say(
            "the file breaks off or is damaged, so only what is whole in it can be taken; ask for it again, or mend it"
            " with `mag reel mend {path}`: that makes a folder, from which `mag dub` takes the rest",
            path=shlex.quote(str(path)),
        ),
        page=say(
            "the file breaks off or is damaged, so only what is whole in it can be taken; ask for it again, or mend it:"
            " that makes a folder, from which you take the rest"
        ),
    )


State = tuple[Path, int, int, int]


class _Tables:
    """Those of files that stay as they are, the last few. Safe in several threads."""

    def __init__(self) -> None:
        self._kept: OrderedDict[State, FoundFiles] = OrderedDict()
        self._guard = Lock()

    def get(self, state: State) -> FoundFiles | None:
        """What was found in a file that is as it was then."""
        with self._guard:
            return self._kept.get(state)

    def keep(self, state: State, found: FoundFiles) -> None:
        """For the next one who asks."""
        with self._guard:
            self._kept[state] = found
            self._kept.move_to_end(state)
            while len(self._kept) > _KEPT:
                self._kept.popitem(last=False)


_TABLES, _GLANCES = _Tables(), _Tables()


def _state_of(path: Path) -> State:
    said = path.stat()
    return path, said.st_size, said.st_mtime_ns, said.st_ino


TableOf = Callable[[Path], FoundFiles]


def reader_of(path: Path, *, keep_open: bool = True, table: TableOf = table_of) -> FileReader:
    """A file of a reel, in its folder or in the one file. Raises: as `FileReader`."""
    try:
        return FileReader(path, keep_open=keep_open)
    except NotFoundError:
        archive = one_file_above(path)
        if archive is None:
            raise
        member = table(archive).members.get(path.relative_to(archive).as_posix())
        if member is None:
            raise
        return FileReader(archive, keep_open=keep_open, part=Portion(path, member.offset, member.length))


def one_file_above(path: Path) -> Path | None:
    """The file that a path leads into, if it does."""
    for above in list(path.parents)[:_DEPTH]:
        if above.is_file():
            return above
        if above.exists():
            return None
    return None
