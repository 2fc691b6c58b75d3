"""Letters as the vault keeps them: one ZIP each, with the members of the file that it came in."""

from __future__ import annotations

from collections.abc import Mapping

from magnitizdat.errors import DamagedError, LibraryError
from magnitizdat.formats.age import BytesReader
from magnitizdat.formats.zip_store import read_member, read_table, write_zip
from magnitizdat.library.library import Changes, Library
from magnitizdat.library.members import letter_name
from magnitizdat.scene.letters import ATTACHMENT, ENVELOPE, OpenedLetter, open_members
from magnitizdat.sentence import advice, say
from magnitizdat.ways import DOCTOR


def kept_bytes(members: Mapping[str, bytes]) -> bytes:
    """A letter as it is kept: what belongs to one, and nothing else that came along."""
    wanted = [(name, body) for name, body in members.items() if name in {ENVELOPE, ATTACHMENT} or _is_root(name)]
    return b"".join(map(bytes, write_zip(wanted)))


def _is_root(name: str) -> bool:
    return name.startswith("roots/")


def keep(changes: Changes, key: str, content: bytes) -> None:
    """Seal a letter that is made up by `kept_bytes`."""
    changes.put_member(letter_name(key), content)


def opened(library: Library, key: str) -> OpenedLetter:
    """A letter that is kept here.

    Raises: LibraryError where it is not, or is hurt.
    """
    if not library.has_member(letter_name(key)):
        raise LibraryError(
            advice(
                terminal=say(
                    "the words of this letter are lost by damage; `mag inbox ID --remove` takes it off the list"
                ),
                page=say("the words of this letter are lost by damage; remove it"),
            )
        )
    source = BytesReader(library.member(letter_name(key)))
    try:
        return open_members({each.name: read_member(source, each) for each in read_table(source)})
    except DamagedError as exc:
        raise LibraryError(say("this letter is damaged in the library; {then}", then=DOCTOR)) from exc
