"""Keys of clubs' doors: kept in the vault, one for each epoch, and destroyed when they have had their time."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Sequence

from msgspec.structs import replace

from magnitizdat.catalogue.clubs import Epoch
from magnitizdat.formats.age_keys import X25519Identity
from magnitizdat.library.club_rows import EpochRow
from magnitizdat.library.library import Changes, Library
from magnitizdat.library.members import epoch_name
from magnitizdat.library.reclaim import destroy as destroy_members


def keys_here(library: Library, club: str = "") -> list[EpochRow]:
    """Those that are here, of all clubs or of one, the newest epochs first."""
    rows = [row for row in library.index.listening.kept(EpochRow, f"epoch:{club}") if not row.destroyed]
    held = [row for row in rows if library.has_member(epoch_name(row.club, row.id))]
    return sorted(held, key=lambda row: (-row.number, row.id))


def identity(library: Library, club: str, epoch_id: str) -> X25519Identity:
    """The key of one epoch. Raises: LibraryError where it is not here."""
    return X25519Identity.from_text(library.member(epoch_name(club, epoch_id)).decode("ascii"))


def keep_key(
    library: Library,
    changes: Changes,
    epoch: Epoch,
    key: X25519Identity,
    *,
    officer: str,
    teller: str = "",
    officers: Collection[str] = (),
    again: bool = False,
) -> bool:
    """Keep the key of an epoch that an officer's label made; whether that is news.

    What was said first of an epoch stands, but for a key that is proved wrong (the caller gives no other), and for what
    another `teller` knows better. `officers` are those of today. `again`: also where its key was here, and destroyed.
    """
    known = library.index.listening.kept_one(EpochRow, f"epoch:{epoch.club}:{epoch.id}")
    is_wrong = known is not None and not known.destroyed and known.recipient != key.recipient.text
    if known is None or is_wrong or (known.destroyed and again):
        changes.put_member(epoch_name(epoch.club, epoch.id), key.text.encode())
        changes.row(_row(epoch, key, officer, teller))
        return True
    if known.destroyed or not teller or not _knows_better(known, epoch, officer, teller, officers):
        return False
    changes.row(replace(known, number=epoch.number, officer=officer, teller=teller, gone=epoch.gone))
    return True


def _knows_better(known: EpochRow, epoch: Epoch, officer: str, teller: str, officers: Collection[str]) -> bool:
    """Whether this one says more, made it and was not asked before, or whoever told is an officer no more."""
    says_more = bool(epoch.gone) and not known.gone
    is_makers = bool(epoch.gone) and teller == officer and known.teller not in {"", known.officer}
    return says_more or is_makers or (known.teller != "" and known.teller not in officers)


def _row(epoch: Epoch, key: X25519Identity, officer: str, teller: str) -> EpochRow:
    return EpochRow(
        club=epoch.club,
        id=epoch.id,
        number=epoch.number,
        recipient=key.recipient.text,
        officer=officer,
        teller=teller,
        gone=epoch.gone,
    )


def told_epochs(library: Library, club: str, known: Iterable[str]) -> dict[tuple[str, str], tuple[Epoch, ...]]:
    """Epochs of which the key came before their documents; not those that are `known`.

    By the officer who made them, as is said, and by who says so.
    """
    found: dict[tuple[str, str], tuple[Epoch, ...]] = {}
    documents = set(known)
    for row in library.index.listening.kept(EpochRow, f"epoch:{club}:"):
        if row.id not in documents and row.officer:
            epoch = Epoch(id=row.id, club=club, number=row.number, recipient=row.recipient, gone=row.gone)
            said = row.officer, row.teller
            found[said] = (*found.get(said, ()), epoch)
    return found


def destroy(library: Library, changes: Changes, keys: Sequence[EpochRow]) -> None:
    """Keep no more than that there was such a key."""
    destroy_members(library, changes, [epoch_name(row.club, row.id) for row in keys])
    for row in keys:
        changes.row(replace(row, destroyed=True))
