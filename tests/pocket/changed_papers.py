"""Everything that can be wrong with a label's papers, by chance: bytes, text, values, signatures, files."""

from __future__ import annotations

import json
import random
from collections.abc import Callable, Iterator
from contextlib import suppress
from typing import Any

from magnitizdat.catalogue.documents import LabelDocument
from magnitizdat.model import (
    Artist,
    Chapter,
    Credit,
    DiscImage,
    DiscTitle,
    File,
    Gain,
    Lyrics,
    Release,
    Rendition,
    Track,
)
from tests.fakes_papers import LISTS, Papers, Signers, signatures
from tests.pocket.changed_text import changed_bytes, changed_spelling

Case = tuple[str, dict[str, bytes]]
"""(imprint that is asked for, files by name within the label)."""

DIGEST = "ab" * 32
FORMS = (Release, Track, File, Rendition, Lyrics, Credit, Artist, DiscTitle, Gain, Chapter, DiscImage, LabelDocument)
ODD_VALUES: tuple[Any, ...] = (
    *(None, True, False, 0, -1, 1, 2, 3, 2**53 - 1, 2**53, 2**53 + 1, 10**30, -(10**30), 1 << 44, (1 << 44) + 1),
    *(1.0, 0.0, -0.0, 1e3, 1.5, 1e400, 1e-400, 123456789012345678901234.5, 99999, 100000, 1e7, 10000001),
    *("", "x", "1", "true", "\U0001f3b8", "\uffff", "\u0000", "\u202e", "é", "e\u0301", "a" * 64, "a" * 65, "я" * 513),
    *("ed25519", "rsa", "ecdsa", "root", "targets", "sha512", DIGEST, DIGEST.upper(), DIGEST[:32], DIGEST + "\n"),
    *(
        "2036-02-29T00:00:00Z",
        "2037-02-29T00:00:00Z",
        "2036-04-31T00:00:00Z",
        "0000-01-01T00:00:00Z",
        "2036-1-1T1:1:1Z",
    ),
    *(
        "2036-01-01t00:00:00z",
        "2036-01-01T24:00:00Z",
        "2036-01-01T00:00:60Z",
        "٢٠٣٦-01-01T00:00:00Z",
        "1999-01-01T00:00:00Z",
    ),
    *(
        "1.0",
        "1.0.31",
        "1.0.0.0",
        "2.0",
        "1",
        "1.a",
        "1.²",
        "1.٣",
        "1.0\n",
        "1988",
        "1988-05",
        "١٩٨٨",
        "1988-05-09\n",
        "88",
    ),
    *("audio/flac", "audio/x-new", "audio/svg", "image/png", "image/svg+xml", "text/html", "text/plain", "AUDIO/FLAC"),
    *(
        "magnitizdat/release/1",
        "magnitizdat/release/2",
        "magnitizdat/label/2",
        "magnitizdat/label/1",
        "und",
        "da-DK",
        "DA",
    ),
    *(
        "00/label.json",
        "ab/abc.json",
        "../x",
        "ab/" + "a" * 129,
        "ab/.x",
        "00/" + "0" * 32 + ".json",
        "00/label.json\n",
    ),
    *([], {}, [1], ["a", "a"], {"a": 1}, [[]], [None], {"sha256": DIGEST}, {"sha512": "00"}, "keyids", {"": ""}),
)
ODD_KEYS = (
    *(
        "x",
        "",
        "__proto__",
        "constructor",
        "\U0001f3b8",
        "\uffff",
        "\ue000",
        "x-new",
        "version",
        "keys",
        "meta",
        "roles",
    ),
    *("delegations", "consistent_snapshot", "length", "hashes", "sha256", "sha512", "custom", "schema", "targets.json"),
    *(
        "paths",
        "path_hash_prefixes",
        "succinct_roles",
        "snapshot.json",
        "cover",
        "notes",
        "ru",
        "images",
        "gain",
        "position",
    ),
    *sorted({name for form in FORMS for name in form.__struct_fields__}),
)


# -- values -----------------------------------------------------------------------------------------------------------


def places(value: Any) -> Iterator[tuple[Any, Any]]:
    """Each (holder, key) in a JSON value."""
    keys = list(value) if isinstance(value, dict) else range(len(value)) if isinstance(value, list) else ()
    for key in keys:
        yield value, key
        yield from places(value[key])


def change_value(dice: random.Random, value: Any) -> None:
    """One place of it, no matter whether anybody would write that."""
    found = list(places(value))
    if not found:
        return
    holder, key = dice.choice(found)
    match dice.randrange(8):
        case 0:
            del holder[key]
        case 1 | 2:
            holder[key] = dice.choice(ODD_VALUES)
        case 3:
            other, place = dice.choice(found)
            try:
                holder[key] = json.loads(json.dumps(other[place]))
            except (LookupError, TypeError):
                del holder[key]
        case 4 if isinstance(holder, dict):
            holder[dice.choice(ODD_KEYS)] = dice.choice((*ODD_VALUES, holder[key]))
        case 4 | 5 if isinstance(holder, list):
            holder.insert(dice.randrange(len(holder) + 1), dice.choice((holder[key], dice.choice(ODD_VALUES))))
        case 5:
            holder[dice.choice((*ODD_KEYS, str(key) + "a", str(key).upper()))] = holder.pop(key)
        case 6:
            holder[key] = nudged(dice, holder[key])
        case _:
            holder[key] = [holder[key]]


def nudged(dice: random.Random, value: Any) -> Any:
    """A value next to it."""
    if isinstance(value, bool) or value is None:
        return dice.choice((not value, None, 0, 1, "true"))
    if isinstance(value, int | float):
        return dice.choice((value + 1, value - 1, -value, value * 2, float(value), str(value), value + 2**53))
    if isinstance(value, str):
        cut = dice.randrange(len(value) + 1)
        put = dice.choice(("a", " ", "\n", "0", "\U0001f3b8", "\u0301", "/", ".", "\u200b"))
        return dice.choice((value.upper(), value[:cut], value[:cut] + put + value[cut:], value + value, value[cut:]))
    return dice.choice(ODD_VALUES)


# -- signatures -------------------------------------------------------------------------------------------------------


def changed_signatures(dice: random.Random, role: str) -> Callable[[str, Any, Signers], list[Any]]:
    """How the papers of one role are signed otherwise."""
    change = dice.choice(SIGNATURE_CHANGES)

    def sign(this: str, signed: Any, signers: Signers) -> list[Any]:
        made = signatures(signed, signers)
        if this == role and made:
            change(dice, made)
        return made

    return sign


def _first(key: str, change: Callable[[random.Random, str], Any]) -> Callable[[random.Random, list[Any]], None]:
    """A field of the first signature."""

    def changed(dice: random.Random, made: list[Any]) -> None:
        made[0][key] = change(dice, made[0][key])

    return changed


def _otherwise(dice: random.Random, text: str) -> str:
    return dice.choice((text[:-2], text + "00", text[:1] + " " + text[1:], "", "zz", text[::-1]))


def _spaced(dice: random.Random, text: str) -> str:
    return " ".join(text[at : at + 2] for at in range(0, len(text), 2)) + dice.choice(("\n", "\x0b", " "))


def _one_sign(dice: random.Random, text: str) -> str:
    at = dice.randrange(len(text))
    return text[:at] + dice.choice("0123456789abcdefA") + text[at + 1 :]


def _above_order(_dice: random.Random, text: str) -> str:
    """The same scalar, written another way: whoever takes it takes two signatures for one."""
    order = (1 << 252) + 27742317777372353535851937790883648493
    scalar = int.from_bytes(bytes.fromhex(text[64:128]), "little") + order
    return text[:64] + scalar.to_bytes(33, "little")[:32].hex()


def _more(dice: random.Random, made: list[Any]) -> None:
    made += ({"keyid": f"{number}", "sig": ""} for number in range(dice.choice((1, 63, 64, 70))))


def _field(dice: random.Random, made: list[Any]) -> None:
    made[0][dice.choice(ODD_KEYS)] = dice.choice(ODD_VALUES)


SIGNATURE_CHANGES: tuple[Callable[[random.Random, list[Any]], object], ...] = (
    lambda _dice, made: made.pop(0),
    lambda _dice, made: made.append(dict(made[0])),
    _first("sig", lambda _dice, text: text.upper()),
    _first("sig", _spaced),
    _first("sig", _otherwise),
    _first("sig", _one_sign),
    _first("sig", _above_order),
    _first("sig", lambda dice, _text: dice.choice(ODD_VALUES)),
    _first("keyid", lambda dice, text: dice.choice((*ODD_VALUES, text.upper()))),
    _more,
    _field,
    change_value,
)


def change_keys(dice: random.Random, papers: Papers) -> None:
    """Names, thresholds and spellings of keys in a root."""
    root = dice.choice(papers.roots)
    role = root["roles"][dice.choice(("root", *LISTS))]
    named = role["keyids"][0]
    key = root["keys"][named]
    match dice.randrange(9):
        case 0:
            _name_twice(papers, root, role, named)
        case 1:
            role["threshold"] = dice.choice((0, 1, 2, 3, 4, 5, True, 2**53, "1", 1.0))
        case 2:
            other = ([], [named, named], named, {named: 1}, [named, 5], [named, "nobody"], None)
            role["keyids"] = dice.choice(other)
        case 3:
            key["keyval"]["public"] = dice.choice((key["keyval"]["public"].upper(), f" {key['keyval']['public']}\n"))
        case 4:
            key["keytype"], key["scheme"] = dice.choice(KEY_KINDS)
        case 5:
            key["keyval"] = dice.choice(
                ({}, {"public": ""}, {"public": 5}, {"public": "zz"}, None, "public", ["public"])
            )
        case 6:
            key["keyval"]["public"] = dice.choice(SMALL_ORDER)
        case 7:
            del root["keys"][named]
        case _:
            change_value(dice, root["keys"] if dice.randrange(2) else root["roles"])


def _name_twice(papers: Papers, root: Any, role: Any, named: str) -> None:
    """One key under two names, each with a signature, where two are wanted."""
    root["keys"]["again"] = json.loads(json.dumps(root["keys"][named]))
    role["keyids"].append("again")
    role["threshold"] = len(role["keyids"])

    def sign(_role: str, signed: Any, signers: Signers) -> list[Any]:
        made = signatures(signed, signers)
        return [*made, *({**each, "keyid": "again"} for each in made if each["keyid"] == named)]

    papers.sign_with = sign


KEY_KINDS = (
    ("rsa", "rsassa-pss-sha256"),
    ("ed25519", "ed25519ph"),
    ("eddsa", "pgp+eddsa-ed25519"),
    ("new", "newer"),
    (5, 6),
)


def change_signers(dice: random.Random, papers: Papers) -> None:
    """Papers that some of their keys signed, or others'."""
    at = dice.randrange(len(papers.root_signers))
    every = [signer for signers in (*papers.root_signers, *papers.signers.values()) for signer in signers]
    chosen = dice.sample(every, dice.randrange(len(every) + 1))
    if dice.randrange(2):
        papers.root_signers = [*papers.root_signers[:at], chosen, *papers.root_signers[at + 1 :]]
    else:
        papers.signers = {**papers.signers, dice.choice(LISTS): chosen}


# Points of small order, and the same written above the prime: any signature may seem to be theirs.
SMALL_ORDER = (
    "01" + "00" * 31,
    "00" * 32,
    "00" * 31 + "80",
    "ec" + "ff" * 30 + "7f",
    "ed" + "ff" * 30 + "7f",
    "ee" + "ff" * 30 + "7f",
    "01" + "00" * 30 + "80",
    "c7176a703d4dd84fba3c0b760d10670f2a2053fa2c39ccc64ec7fd7792ac037a",
)


# -- files ------------------------------------------------------------------------------------------------------------


def change_files(
    dice: random.Random, files: dict[str, bytes], past: dict[str, bytes], others: list[dict[str, bytes]]
) -> None:
    """One of them gone, changed, under another's name, from another label or another day."""
    name = dice.choice(sorted(files))
    other = past if past and dice.randrange(2) else dice.choice(others)
    match dice.randrange(8):
        case 0:
            del files[name]
        case 1:
            files[name] = changed_bytes(dice, files[name])
        case 2:
            files[dice.choice(sorted(files))] = files[name]
        case 3:
            files[name] = other.get(name, files[name])
        case 4:
            files |= {each: other[each] for each in other if each.startswith("metadata/") and dice.randrange(2)}
        case 5 | 6:
            files |= {each: other[each] for each in other if not each.endswith("root.json")}
        case _:
            root = files.get(f"metadata/{dice.randrange(1, 3)}.root.json", b"")
            files[f"metadata/{dice.randrange(1, 5)}.root.json"] = root


def changed(dice: random.Random, honest: Papers, others: list[Case]) -> Case:
    """A label with one or several things wrong, mostly signed by its own keys all the same."""
    papers, of_files = honest.copied(), 0
    for _ in range(dice.choice((1, 1, 1, 2, 3))):
        role = dice.choice(("root", "root", "targets", "targets", "snapshot", "timestamp", "document"))
        match dice.randrange(9):
            case 0 | 1:
                change_value(dice, _said(dice, papers, role))
            case 2 | 3:
                change_value(dice, papers.documents)
            case 4:
                papers.sign_with = changed_signatures(dice, role)
            case 5:
                papers.spell = changed_spelling(dice, role)
            case 6:
                with suppress(LookupError, TypeError, AttributeError):  # what would be changed was changed before
                    change_keys(dice, papers)
            case 7:
                change_signers(dice, papers)
            case _:
                of_files += 1
    imprint, files = papers.built()
    for _ in range(of_files):
        change_files(dice, files, papers.past, [each for _, each in others])
    return (dice.choice(others)[0] if dice.randrange(32) == 0 else imprint), files


def _said(dice: random.Random, papers: Papers, role: str) -> Any:
    if role == "root":
        return dice.choice(papers.roots)
    return papers.documents if role == "document" else papers.lists[role]
