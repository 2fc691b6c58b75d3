"""BagIt 1.0: names that every reader of it takes alike, lines of manifests, and what a stranger's manifest says. PURE.

Source: RFC 8493. `bagit.py` and the standard write a per cent sign of a name differently, and `bagit.py` takes a dollar
sign for a variable of the shell: neither stands in names of ours.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator

from magnitizdat.formats import budgets
from magnitizdat.formats.names import folded_name, portable_name, portable_names
from magnitizdat.formats.spool_paths import parse_label_file

DECLARATION_NAME, ABOUT_NAME = "bagit.txt", "bag-info.txt"
MANIFEST_NAME, TAG_MANIFEST_NAME = "manifest-sha256.txt", "tagmanifest-sha256.txt"
FETCH_NAME = "fetch.txt"
PAYLOAD = "data"
DECLARATION = b"BagIt-Version: 1.0\nTag-File-Character-Encoding: UTF-8\n"

LONGEST_LINE = 4096
"""Bytes of a line that are looked at: a digest, and a path as long as systems take one."""
LONGEST_PART = 255
"""Characters of a part of a path: no file system has longer names."""
_BYTE_ORDER_MARK = b"\xef\xbb\xbf"
_READ_TWO_WAYS = str.maketrans("%$", "__")
_LINE = re.compile(rb"([0-9A-Fa-f]{64})[ \t]+\*?(\S.*)")
_DRIVE = re.compile(r"[A-Za-z]:")
_ROOT = re.compile(r"(.*/)?(labels/mag1[02-9ac-hj-np-z]{58}/metadata/1\.root\.json)")


def bag_name(text: str, *, max_bytes: int = 120) -> str:
    """`portable_name` without what readers of bags read differently."""
    return portable_name(text.translate(_READ_TWO_WAYS), max_bytes=max_bytes)


def bag_names(texts: Iterable[str], *, max_bytes: int = 120) -> list[str]:
    """`bag_name` of each, made different."""
    return portable_names([text.translate(_READ_TWO_WAYS) for text in texts], max_bytes=max_bytes)


def manifest_line(sha256: str, path: str) -> bytes:
    """A line of a manifest; `path` counts from the bag."""
    return f"{sha256}  {path}\n".encode()


def about_lines(facts: Iterable[tuple[str, str]]) -> bytes:
    """`bag-info.txt` of facts that are one line each."""
    return "".join(f"{name}: {value}\n" for name, value in facts if value).encode()


def fact(about: bytes, name: str) -> str:
    """What `bag-info.txt` says under a name; nothing where it does not."""
    for line in about.decode(errors="replace").splitlines():
        label, _, value = line.partition(":")
        if label.strip().casefold() == name.casefold():
            return value.strip()
    return ""


class Manifest:
    """What a manifest says: nothing of it is believed, it only tells where to look.

    `odd` counts lines that are no entries of a bag, or name a place that no bag has, or one that another line has.
    """

    def __init__(self) -> None:
        self.odd = 0
        self.labels: dict[str, str] = {}
        self._paths: dict[bytes, bytes] = {}
        self._seen: set[int] = set()
        self._lines = 0

    def path_of(self, sha256: str) -> str | None:
        """Where the bytes of this digest stand, counted from the bag."""
        found = self._paths.get(bytes.fromhex(sha256))
        return None if found is None else found.decode()

    def entries(self) -> Iterator[tuple[str, str]]:
        """Digest and path of each file; of several with the same bytes, of the first."""
        for digest, path in self._paths.items():
            yield digest.hex(), path.decode()

    def add(self, line: bytes) -> None:
        """Raises: OverBudgetError."""
        if not line.strip():
            return
        self._lines += 1
        budgets.BAG_FILES.check(self._lines)
        found = _LINE.fullmatch(line.rstrip()) if len(line) <= LONGEST_LINE else None
        path = payload_path(found[2]) if found is not None else ""
        if found is None or not path or not self._is_first(path):
            self.odd += 1
            return
        self._paths.setdefault(bytes.fromhex(found[1].decode()), path.encode())
        root = _ROOT.fullmatch(path)
        if root is not None:
            self._add_label(root[1] or "", root[2])

    def _is_first(self, path: str) -> bool:
        folded = hash(folded_name(path))
        is_first = folded not in self._seen
        self._seen.add(folded)
        return is_first

    def _add_label(self, above: str, root: str) -> None:
        """`above` is where its spool lies; the one that lies least deep counts, whoever packed a bag into a bag."""
        imprint, _ = parse_label_file(root) or ("", "")
        if imprint not in self.labels or above.count("/") < self.labels[imprint].count("/"):
            self.labels[imprint] = above


def read_manifest(parts: Iterable[bytes]) -> Manifest:
    """A manifest that comes in parts, with whatever ends of lines.

    Raises: OverBudgetError.
    """
    manifest, length, rest = Manifest(), 0, b""
    for part in parts:
        begin = part.removeprefix(_BYTE_ORDER_MARK) if not length else part
        length += len(part)
        budgets.BAG_LIST.check(length)
        *lines, rest = (rest + begin).split(b"\n")
        for line in lines:
            manifest.add(line)
        rest = rest[: LONGEST_LINE + 1]
    manifest.add(rest)
    return manifest


def payload_path(written: bytes) -> str:
    """A path below the payload as a manifest writes it; nothing where it leads anywhere else."""
    try:
        path = written.decode().replace("\\", "/")
    except UnicodeDecodeError:
        return ""
    first, *below = path.split("/")
    return path if first == PAYLOAD and below and not any(map(_is_odd, below)) else ""


def _is_odd(part: str) -> bool:
    return part in {"", ".", ".."} or len(part) > LONGEST_PART or "\x00" in part or _DRIVE.match(part) is not None
