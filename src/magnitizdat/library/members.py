"""Names in the vault of what is no blob, and how a small file that was cut into parts is found again. PURE."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from magnitizdat.library.batch import Placement


def latest(name: str, found: Sequence[Placement]) -> Iterator[Placement]:
    """Where a small file is as it was last: whole or in parts. The first that is not full ends it."""
    cut = [each for each in found if each.member != name]
    if not cut or (found[0].member == name and found[0].cell > cut[0].cell):
        yield found[0]
        return
    for each in cut:
        yield each
        if each.length < cut[0].length:
            return


def whole_name(name: str) -> str:
    """Name of a small file without the number of its part."""
    stem, dot, part = name.rpartition(".")
    return stem if dot and len(part) == 4 and part.isdigit() and "." in stem.rsplit("/", 1)[-1] else name


def memory_name(imprint: str) -> str:
    """Name in the vault of what is known of a label beside its files."""
    return f"memory/{imprint}.json"


def papers_between(imprint: str) -> list[str]:
    """Two pairs of names in the vault: between each lie a label's papers, and what is known of it beside them."""
    return [f"{place}/{imprint}{end}" for place in ("labels", "memory") for end in ("", "~")]


def keys_name(imprint: str) -> str:
    """Name in the vault of an own label's signing keys."""
    return f"keys/{imprint}"


def holder_name(public_key: str) -> str:
    """Name in the vault of the seed of a root key that is held here, by its public half in hex."""
    return f"holder/{public_key}"


def post_name(sha256: str) -> str:
    """Name in the vault of a sealed letter that goes along, by its digest."""
    return f"post/{sha256}"


def online_name(root: str) -> str:
    """Name in the vault of the online seed that a proposed root brings, by the SHA-256 of that root."""
    return f"online/{root}"


def epoch_name(club: str, epoch_id: str) -> str:
    """Name in the vault of the key of a club's door: the identity of one epoch."""
    return f"epoch/{club}/{epoch_id}"


def letter_name(key: str) -> str:
    """Name in the vault of a letter that came in."""
    return f"letter/{key}.zip"


def letter_key_name(recipient: str) -> str:
    """Name in the vault of the identity (`AGE-SECRET-KEY-1…`) of an address for letters."""
    return f"letter-key/{recipient}"


def slip_key_name(recipient: str) -> str:
    """Name in the vault of the identity (`AGE-SECRET-KEY-1…`) of an address that lies in reels."""
    return f"slip-key/{recipient}"


def withheld_name(imprint: str, release_id: str) -> str:
    """Name in the vault of the document of an own album that its label listed, and that stays here until it is open."""
    return f"withheld/{imprint}/{release_id}.json"
