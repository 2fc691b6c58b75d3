"""Libraries of many generated names: Slavic and Latin surnames, made of syllables, the same in every run."""

from __future__ import annotations

import hashlib
import random
from collections.abc import Iterator, Sequence

from magnitizdat.library.library import Library
from magnitizdat.model import File, Release, Track

_GIVEN = (
    "Иван Мария Сергей Анна Олег Ольга Дмитро Оксана Пётр Юлия Kim Anna John Mary Lars Mette Jan Zofia Karel Hans Marie"
).split()
_CYRILLIC = "ба ве ги до жу за ки ла мо ню пи ро су та фё хо цы че шо щу ям яр ен ал ор".split()
_LATIN = "ba ve gi do ju za ki la mo ny pi ro su ta fe ho cy che sho wa ra tz en al or".split()
_ENDS = ("ов", "ин", "ский", "енко", "чук", "son", "sen", "ski", "mann", "ová", "", "")


def names(count: int) -> Iterator[str]:
    """Distinct names of people and bands."""
    chance = random.Random(45)
    seen: set[str] = set()
    while len(seen) < count:
        syllables = _CYRILLIC if chance.random() < 0.5 else _LATIN
        ends = _ENDS[:5] if syllables is _CYRILLIC else _ENDS[5:]
        family = "".join(chance.choices(syllables, k=chance.randint(1, 3))) + chance.choice(ends)
        given = f"{chance.choice(_GIVEN)} " if chance.random() < 0.6 else ""
        name = f"{given}{family.capitalize()}"
        if name not in seen:
            seen.add(name)
            yield name


def fill(library: Library, artists: Sequence[str], others: int) -> None:
    """An album of one track by each artist, and by so many others."""
    with library.index.transaction():
        for number, artist in enumerate((*artists, *names(others))):
            digest = hashlib.sha256(f"{number} {artist}".encode()).hexdigest()
            library.shelf.put_own(Release(id=digest[:32], title=f"Tape {number}", artist=artist))
            file = File(sha256=digest, length=5, media_type="audio/flac")
            track = Track(id=digest, title=f"Side {number}", artist=artist, file=file, duration_s=1)
            library.shelf.put_tracks(digest[:32], [track])
