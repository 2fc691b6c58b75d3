"""What is known of an index as a whole, one value by each name."""

from __future__ import annotations

from magnitizdat.library.index.database import Database
from magnitizdat.library.index.schema import VOICE_RULES


class MetaTable:
    """Table `meta` of one index. What writes is called inside a transaction."""

    def __init__(self, db: Database) -> None:
        self._db = db

    def changed(self) -> int:
        """When the catalogue changed last, in milliseconds since 1970: another value after every commit."""
        return int(self._db.meta("changed", 0))

    def note_change(self) -> None:
        """The catalogue changes now."""
        ((now,),) = self._db.all("SELECT CAST(unixepoch('subsec') * 1000 AS INTEGER)")
        self._db.set_meta("changed", max(self.changed() + 1, int(now)))

    def device(self) -> str:
        """Name of this copy of the library in the journal, where it has one of its own; else empty."""
        return str(self._db.meta("device", ""))

    def is_copied(self) -> bool:
        """Whether this index was restored or rebuilt: another copy of the library may be in use."""
        return bool(self._db.meta("copied"))

    def become_copy(self, device: str) -> None:
        """It is a copy, known by this name from now on; two must not count rows under one name."""
        self._db.set_meta("device", device)
        self._db.set_meta("copied", 1)
        self.set_place("")

    def place(self) -> str:
        """Where this index was used last, as `disk.surroundings` names places; empty where that is not known."""
        return str(self._db.meta("place", ""))

    def set_place(self, place: str) -> None:
        """It is used there now."""
        self._db.set_meta("place", place)

    def is_shared(self, imprint: str) -> bool:
        """Whether another library of this person signs for a label as well, as far as is known here."""
        return bool(self._db.meta(f"shared:{imprint}"))

    def share(self, imprint: str) -> None:
        """Another library of this person has the key of a label too."""
        self._db.set_meta(f"shared:{imprint}", 1)

    def stop_sharing(self, imprint: str) -> None:
        """There is no such other library any more."""
        self._db.run("DELETE FROM meta WHERE name = ?", (f"shared:{imprint}",))

    def take_device(self, device: str) -> None:
        """Rows that are written from now on bear this name."""
        self._db.set_meta("device", device)

    def is_settled(self, imprint: str) -> bool:
        """Whether this copy has heard from a label, so that it may sign there."""
        return bool(self._db.meta(f"settled:{imprint}"))

    def settle(self, imprint: str) -> None:
        """This copy has heard from a label, or signed there."""
        self._db.set_meta(f"settled:{imprint}", 1)

    def is_root_settled(self, imprint: str) -> bool:
        """Whether this copy signed a root of a label, so that no other copy of it is known to."""
        return self.is_settled(f"root:{imprint}")

    def settle_root(self, imprint: str) -> None:
        """This copy signed a root of a label."""
        self.settle(f"root:{imprint}")

    def unsettle(self) -> None:
        """It has heard from none."""
        self._db.run("DELETE FROM meta WHERE name GLOB 'settled:*'")

    def paper(self) -> str:
        """SHA-256 of the key slot of which a paper copy was made last; empty where none is known of."""
        return str(self._db.meta("paper", ""))

    def note_paper(self, digest: str) -> None:
        """A paper copy of that slot was made."""
        self._db.set_meta("paper", digest)

    def next_cell(self) -> int:
        """The first number of a cell that no commit has named."""
        return int(self._db.meta("next_cell", 0))

    def set_next_cell(self, number: int) -> None:
        """Cells below this number are named."""
        self._db.set_meta("next_cell", number)

    def reserve(self, count: int) -> int:
        """Take the next `count` counters of the journal; the first of them."""
        first = int(self._db.meta("counter", 0))
        self._db.set_meta("counter", first + count)
        return first

    def set_counter(self, counter: int) -> None:
        """The next counter of the journal."""
        self._db.set_meta("counter", counter)

    def go_beyond(self, counter: int) -> None:
        """The next counter of the journal is beyond this one, and beyond all that were given out."""
        self._db.set_meta("counter", max(int(self._db.meta("counter", 0)), counter + 1))

    def row_kinds(self) -> str:
        """Kinds of rows that the mag knew which looked at unknown ones last."""
        return str(self._db.meta("row_kinds", ""))

    def set_row_kinds(self, kinds: str) -> None:
        """This mag looked at unknown rows, and knows these kinds."""
        self._db.set_meta("row_kinds", kinds)

    def knows_voices(self) -> bool:
        """Whether the documents of labels were read here by the rules of this version."""
        return bool(self._db.meta("voices") == VOICE_RULES)

    def note_voices(self) -> None:
        """They were."""
        self._db.set_meta("voices", VOICE_RULES)
