"""Next roots that this library signed: one a version, for two that both have enough freeze a label for everybody."""

from __future__ import annotations

from datetime import datetime

from magnitizdat.errors import SignedAnotherError
from magnitizdat.library.holder_rows import SignedRootRow
from magnitizdat.library.library import Changes, Library
from magnitizdat.sentence import advice, say

HELD_KEYS = "holders"
"""In place of an imprint: another library of this person holds root keys that are held here."""
_ANOTHER = advice(
    terminal=say(
        "You have already signed another next root of «{name}». Two freeze the label for everybody;"
        " ask its other holders which one goes on, and if the first is dead, repeat with --instead"
    ),
    page=say(
        "You have already signed another next root of «{name}». Two freeze the label for everybody;"
        " ask its other holders which one goes on, and sign this one only if the first is dead"
    ),
)
_ANOTHER_COPY = advice(
    terminal=say(
        "Another copy of this library may have signed another next root of «{name}», and two freeze"
        " the label for everybody. If there is no other, repeat with --only-copy; if it signed none,"
        " or that one is dead, with --instead"
    ),
    page=say(
        "Another copy of this library may have signed another next root of «{name}», and two freeze"
        " the label for everybody. Sign only if there is no other copy, or if what it signed is dead"
    ),
)


def require_first(library: Library, imprint: str, name: str, version: int, sha256: str = "") -> None:
    """Raises: SignedAnotherError where this library signed a root of that version, and not the one named."""
    signed = signed_roots(library, imprint, version)
    if signed and sha256 not in signed:
        raise SignedAnotherError(_ANOTHER.filled(name=name))


def require_only(library: Library, imprint: str, name: str, version: int, sha256: str) -> None:
    """What a copy signed is in no journal of the other (law 3).

    Raises: SignedAnotherError where such a copy may be in use, and this one has not signed the root that is named.
    """
    settings = library.index.settings
    is_copied = settings.is_copied() and not settings.is_root_settled(imprint)
    is_shared = settings.is_shared(imprint) or settings.is_shared(HELD_KEYS)
    if (is_copied or is_shared) and sha256 not in signed_roots(library, imprint, version):
        raise SignedAnotherError(_ANOTHER_COPY.filled(name=name))


def roots_apart(library: Library, other: Library) -> list[str]:
    """Imprints of labels of which each of two libraries signed a next root that the other did not, of one version."""
    ours, theirs = _by_version(library), _by_version(other)
    both = (
        place for place in ours.keys() & theirs.keys() if ours[place] - theirs[place] and theirs[place] - ours[place]
    )
    return sorted({imprint for imprint, _ in both})


def _by_version(library: Library) -> dict[tuple[str, int], set[str]]:
    found: dict[tuple[str, int], set[str]] = {}
    for row in library.index.listening.kept(SignedRootRow, "signed-root:"):
        found.setdefault((row.imprint, row.version), set()).add(row.sha256)
    return found


def signed_roots(library: Library, imprint: str, version: int) -> set[str]:
    """Those of that version, as far as is known here."""
    rows = library.index.listening.kept(SignedRootRow, f"signed-root:{imprint}:{version}:")
    return {row.sha256 for row in rows}


def note_signed(changes: Changes, imprint: str, version: int, sha256: str, *, now: datetime) -> None:
    """This library signed that root."""
    at = now.isoformat(timespec="seconds")
    changes.row(SignedRootRow(imprint=imprint, version=version, sha256=sha256, at=at))
    changes.then(lambda index: index.settings.settle_root(imprint))


def be_only_copy(changes: Changes, imprint: str) -> None:
    """No other library of this person signs roots of that label, or lists."""
    changes.then(lambda index: index.settings.stop_sharing(imprint))
    changes.then(lambda index: index.settings.stop_sharing(HELD_KEYS))
