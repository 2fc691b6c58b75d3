"""What the signed root of a club says of it: its name, and whose club labels speak for it. PURE.

The field goes along into every next root of the label; those who sign one say by it who the officers are.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping
from typing import Any

import msgspec
from tuf.api.metadata import Root

from magnitizdat.catalogue.clubs import CLUB, MAX_FORMER, MAX_OFFICERS, ClubRoot
from magnitizdat.errors import UsageError
from magnitizdat.sentence import say


def club_of(root: Root) -> ClubRoot | None:
    """What a verified root says; None where the label is no club, or says it in words that nobody here knows."""
    try:
        return msgspec.convert(root.unrecognized_fields.get(CLUB), ClubRoot)
    except msgspec.ValidationError:
        return None


def club_fields(club: ClubRoot) -> dict[str, Any]:
    """Fields of a root that says this."""
    return {CLUB: msgspec.to_builtins(club)}


def with_officers(club: ClubRoot, *, come: Mapping[str, str], go: Collection[str]) -> ClubRoot:
    """The same club when these club labels come, each with its officer's root key (hex), and those go.

    Raises: UsageError where nobody would be left, or too many come, or one comes that was an officer's before: what it
    signed in between would count.
    """
    former = (*club.former, *(each for each in club.officers if each in go))
    officers = (*(each for each in club.officers if each not in go), *come)
    if come.keys() & {*former, *club.officers}:
        raise UsageError(say("this club label was an officer's already; who comes back makes a new one"))
    if not 1 <= len(officers) <= MAX_OFFICERS:
        raise UsageError(say("a club has at least one officer and at most {most}", most=MAX_OFFICERS))
    keys = {imprint: key for imprint, key in {**club.keys, **come}.items() if key and imprint in officers}
    return ClubRoot(name=club.name, officers=officers, keys=keys, former=former[-MAX_FORMER:])
