"""Post, for the table of `verbs`."""

from __future__ import annotations

from magnitizdat.formats.letter_file import SMALL, to_nobody
from magnitizdat.ops.places.sources import letter_files
from magnitizdat.ops.post.carrying import carried, mailbag, read
from magnitizdat.ops.post.collecting import collect
from magnitizdat.ops.post.inbox import inbox
from magnitizdat.ops.post.writing import write
from tests.fakes_library import NOW
from tests.faults.accidents import Verb
from tests.faults.world import World, open_library

STRANGERS = 3


def _left_there(world: World) -> None:
    """A letter from somebody, and some of strangers."""
    me = world.library.secrets.addresses[0].recipient.text
    with open_library(world / "out" / "somebody") as somebody:
        write(somebody, me, "hello", name="Somebody", now=NOW)
        (sent,) = mailbag(somebody, now=NOW).own
        letters = [read(somebody, sent), *(to_nobody(SMALL) for _ in range(STRANGERS))]
    folder = world / "stick" / "left" / "post"
    folder.mkdir(parents=True)
    for number, letter in enumerate(letters):
        (folder / f"abcdefg{number + 2}.age").write_bytes(letter)


def _collect(world: World) -> None:
    collect(world.library, letter_files(str(world / "stick" / "left")), now=NOW)


def _is_here(world: World) -> bool:
    """In the inbox once, and what is carried can be read."""
    others = mailbag(world.library, now=NOW).others
    assert all(len(read(world.library, each)) == SMALL for each in others)
    return [each.begins for each in inbox(world.library).letters] == ["hello"] and len(others) == STRANGERS


def _never_halfway(world: World) -> bool:
    return len(inbox(world.library).letters) <= 1 and carried(world.library, now=NOW).others in {0, STRANGERS}


POST: dict[str, Verb] = {"collect": Verb(_collect, _is_here, before=_left_there, meanwhile=_never_halfway)}
