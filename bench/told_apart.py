"""`python -m bench.told_apart [REELS]`: the post of reels with one to four letters and of reels without, told apart.

Everything that shows without a key is a feature: counts, lengths, forms of names and headers, and of each file in the
order of names how its bytes fall. Of each a threshold is learnt from one half of the reels and tried on the other.
The advantage is by how much more often a reel with letters is called one than a reel without; that of nothing but
chance is 1 / sqrt(REELS / 2), about.
"""

from __future__ import annotations

import re
import secrets
import sys
from collections import Counter
from collections.abc import Callable, Sequence
from typing import NamedTuple

from magnitizdat.formats.age_keys import X25519Identity
from magnitizdat.formats.letter_file import SMALL, recipients_of, seal_letter
from magnitizdat.formats.zip_store import Unread
from magnitizdat.ops.give.post import choose, letter_files
from magnitizdat.ops.post.carrying import CarriedLetter, Mailbag
from magnitizdat.reel.paths import random_names
from magnitizdat.reel.post import letter_path

REELS = 10_000
_NAME = re.compile(r"post/[a-z2-7]{8}\.age")


class Shown(NamedTuple):
    """What a post shows: its form as a whole, and numbers of each file."""

    form: tuple[object, ...]
    numbers: tuple[int, ...]


class _Vault:
    """A library as far as it is asked for letters."""

    def __init__(self, letters: dict[str, bytes]) -> None:
        self._letters = letters

    def member(self, name: str) -> bytes:
        return self._letters[name.removeprefix("post/")]


def post(letters: int) -> Shown:
    """That of a reel of a library that sends so many."""
    to = X25519Identity.generate().recipient
    text = b'{"text":"' + b"I heard your song on the roof. " * secrets.randbelow(300) + b'"}'
    held = {f"{number:064x}": seal_letter([("letter.json", text)], [to]) for number in range(letters)}
    mailbag = Mailbag(own=tuple(CarriedLetter(each, SMALL, "", each[-32:], False) for each in held))
    files: Sequence[Unread] = letter_files(_Vault(held), choose(mailbag, None))  # type: ignore[arg-type]
    names = random_names()
    named = sorted((letter_path(names, number), bytes(each.read())) for number, each in enumerate(files))
    form = tuple((bool(_NAME.fullmatch(name)), len(each), recipients_of(len(each), each)) for name, each in named)
    return Shown(form, tuple(number for _, each in named for number in _numbers(each)))


def _numbers(sealed: bytes) -> tuple[int, ...]:
    """How the bytes of a file fall: those of its key share, wrapped key and MAC, and of its payload."""
    share, body, mac = sealed[32:75], sealed[76:119], sealed[124:167]
    payload = sealed[168:]
    ones = int.from_bytes(payload).bit_count()
    return (sum(share), sum(body), sum(mac), payload[0], payload[16], payload[-1], sum(payload[16:32]), ones)


def told_by_form(without: Sequence[Shown], with_mail: Sequence[Shown]) -> float:
    """The best that anybody can do who sees forms alone."""
    a, b = Counter(each.form for each in without), Counter(each.form for each in with_mail)
    return sum(abs(a[form] / len(without) - b[form] / len(with_mail)) for form in {*a, *b}) / 2


def told_by_number(without: Sequence[Shown], with_mail: Sequence[Shown], feature: int) -> tuple[float, float]:
    """The advantage of the best threshold, where it was learnt and where it was not."""
    half = len(without) // 2

    def values(reels: Sequence[Shown]) -> list[int]:
        return [each.numbers[feature] for each in reels]

    learnt = values(without[:half]), values(with_mail[:half])
    tried = values(without[half:]), values(with_mail[half:])
    every = sorted({*learnt[0], *learnt[1]})
    thresholds = every[:: max(1, len(every) // 50)]

    def advantage(seen: tuple[list[int], list[int]], threshold: int) -> float:
        share: Callable[[list[int]], float] = lambda found: sum(each > threshold for each in found) / len(found)  # noqa: E731
        return share(seen[1]) - share(seen[0])

    best = max(thresholds, key=lambda each: abs(advantage(learnt, each)))
    sign = 1 if advantage(learnt, best) > 0 else -1
    return abs(advantage(learnt, best)), sign * advantage(tried, best)


def main() -> int:
    """Ends with 1 where forms tell anything."""
    count = int(sys.argv[1]) if len(sys.argv) > 1 else REELS
    without = [post(0) for _ in range(count)]
    with_mail = [post(1 + number % 4) for number in range(count)]
    form = told_by_form(without, with_mail)
    found = [told_by_number(without, with_mail, feature) for feature in range(len(without[0].numbers))]
    learnt, tried = max(found)
    sys.stdout.write(
        f"{count} reels with mail, {count} without\n"
        f"told apart by counts, lengths, names and headers: {form:.2%}\n"
        f"by {len(found)} numbers: the one that told most where it was learnt ({learnt:.2%}) tells {tried:.2%}"
        f" elsewhere; all of them on average {sum(each for _, each in found) / len(found):.2%}\n"
    )
    return int(form > 0)


if __name__ == "__main__":
    sys.exit(main())
