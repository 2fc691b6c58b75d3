"""The acts in which a label outlives its authors: who holds its keys, what is forged, who carries it on, what stays."""

from __future__ import annotations

import hashlib
from collections.abc import Callable
from datetime import datetime
from pathlib import Path
from typing import Any, NamedTuple

from magnitizdat.disk.disk import Disk
from magnitizdat.library.library import Library
from magnitizdat.sentence import Sentence, say

NEED, PAPERS = 2, 1
MANIFEST = "manifest-sha256.txt"


class Friends(NamedTuple):
    """Mike, whose label it is, and the two who hold keys of it beside a paper; `fact` is told every fact."""

    mike: Library
    viktor: Library
    natalia: Library
    label: str
    place: Path
    disk: Disk
    now: datetime
    fact: Callable[[Sentence, object], None]


def carried_on(friends: Friends) -> dict[str, Any]:
    """Holders are appointed, the author's library is taken and lies, two of three carry on; fields of the act."""
    _appoint(friends)
    _lie(friends)
    told = _carry_on(friends)
    return {"need": NEED, "of": NEED + PAPERS, "told": told}


def archived(friends: Friends) -> dict[str, Any]:
    """What the label signed is put where any archivist can check it; fields of the act."""
    return {"files": _archive(friends)}


def _appoint(friends: Friends) -> None:
    from magnitizdat.ops.labels.holder_keys import holder_card
    from magnitizdat.ops.labels.holders import appoint
    from magnitizdat.ops.labels.signing import sign

    mike, viktor, natalia, label, now = friends.mike, friends.viktor, friends.natalia, friends.label, friends.now
    _visit(friends, viktor, "spool")
    cards = [holder_card(library, name, now=now) for library, name in ((viktor, "Viktor"), (natalia, "Natalia"))]
    asked = appoint(mike, label, need=NEED, cards=cards, papers=PAPERS, now=now)
    agreed = sign(viktor, [asked.proposal.encode()], now=now)
    done = sign(mike, [agreed.proposal.encode()], now=now)
    friends.fact(say("Mike's library has no root key of the label any more"), done.forgot)
    for library in (viktor, natalia):
        _visit(friends, library, "spool-held")


def _lie(friends: Friends) -> None:
    """Whoever sits at Mike's machine signs in his name, and is believed: the key is the right one."""
    from magnitizdat.ops.labels.labels import find_label
    from magnitizdat.ops.labels.publish import publish

    mike, label = friends.mike, friends.label
    (album,) = mike.shelf.albums()
    publish(mike, [album.id], find_label(mike, label), now=friends.now, withdraw=True)
    _visit(friends, friends.natalia, "spool-lie")
    friends.fact(say("what his machine signs is believed at first"), _is_withdrawn(friends))


def _carry_on(friends: Friends) -> Sentence | str:
    from magnitizdat.ops.labels.carried_on import hand_over_sentences
    from magnitizdat.ops.labels.handing_over import hand_over
    from magnitizdat.ops.labels.signing import sign

    viktor, natalia, now = friends.viktor, friends.natalia, friends.now
    asked = hand_over(viktor, friends.label, now=now)
    agreed = sign(natalia, [asked.proposal.encode()], now=now)
    sign(viktor, [agreed.proposal.encode()], now=now)
    report = _visit(friends, natalia, "spool-carried-on", viktor)
    told = next(hand_over_sentences(friends.label, report.labels[0].handed_over), "")
    friends.fact(say("nobody asks her anything, and the album is back"), told and not _is_withdrawn(friends))
    refused = _visit(friends, natalia, "spool-lie-again")
    friends.fact(say("what the key that was taken away signs is refused"), refused.missing)
    return told


def _archive(friends: Friends) -> int:
    from magnitizdat.ops.give.archive import archive
    from magnitizdat.ops.labels.labels import find_label

    viktor, bag = friends.viktor, friends.place / "archive"
    archive(viktor, find_label(viktor, friends.label), bag, now=friends.now, disk=friends.disk)
    lines = [line.split("  ", 1) for line in (bag / MANIFEST).read_text(encoding="utf-8").splitlines()]
    good = [name for digest, name in lines if hashlib.sha256((bag / name).read_bytes()).hexdigest() == digest]
    friends.fact(say("each file of the archive is the one of its list"), lines and len(good) == len(lines))
    return len(lines)


def _visit(friends: Friends, guest: Library, name: str, host: Library | None = None) -> Any:
    """Somebody takes what Mike, or another, lays into an open folder."""
    from magnitizdat.ops.dub.from_spool import dub
    from magnitizdat.ops.give.gathering import gather
    from magnitizdat.ops.give.open_spool import write_open
    from magnitizdat.ops.labels.labels import find_label
    from magnitizdat.ops.places.spool import FolderSpool
    from magnitizdat.ops.places.targets import FolderTarget

    folder = friends.place / name
    host = host or friends.mike
    cargo = gather(host, labels=[find_label(host, friends.label)], now=friends.now)
    write_open(host, cargo, FolderTarget(folder, disk=friends.disk))
    return dub(guest, FolderSpool(folder), now=friends.now)


def _is_withdrawn(friends: Friends) -> bool:
    return any(album.withdrawn for album in friends.natalia.shelf.albums() if album.label == friends.label)
