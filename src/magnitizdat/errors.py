"""One exception tree. Each message is one sentence that says what happened and what to do next.

Exit codes tell kinds apart (DESIGN, section 5): 0 done, 1 unexpected, 2 usage, 3 partly done, 10 bad or unverified
source, 11 library damaged, busy or read-only, or a bucket that may not be written to, 12 locked or wrong passphrase,
130 interrupted.
"""

from __future__ import annotations

from typing import ClassVar

from magnitizdat.sentence import Sentence

EXIT_DONE = 0
EXIT_UNEXPECTED = 1
EXIT_USAGE = 2
EXIT_PARTLY = 3
EXIT_SOURCE = 10
EXIT_LIBRARY = 11
EXIT_LOCKED = 12
EXIT_INTERRUPTED = 130


def partly(lacking: object) -> int:
    """What a command ends with that did something: 3 if anything is lacking, else 0."""
    return EXIT_PARTLY if lacking else EXIT_DONE


class MagError(Exception):
    """Anything that stops us and that we expected; `exit_code` is what the command ends with."""

    exit_code: ClassVar[int] = EXIT_UNEXPECTED

    def __init__(self, sentence: Sentence) -> None:
        super().__init__(sentence)

    @property
    def sentence(self) -> Sentence:
        """What to tell, in any language."""
        said: Sentence = self.args[0]
        return said


class UsageError(MagError):
    """The person asked for something that cannot be done as asked; nothing was changed."""

    exit_code = EXIT_USAGE


class NotSureError(UsageError):
    """What can be taken for something else: done for somebody who says that they are sure."""


class AlikeError(NotSureError):
    """A name that could be taken for another one that is known."""


class NoSpaceError(UsageError):
    """It will not fit; refused before the first byte, or stopped with nothing half-done left."""


class TargetError(MagError):
    """A place that we write to failed: gone, read-only, full, or not what it was."""

    exit_code = EXIT_UNEXPECTED


class MayNotWriteError(TargetError):
    """A place that we write to answers that we may not."""

    exit_code = EXIT_LIBRARY


class UnsureError(TargetError):
    """What was to be written is in place; what makes that certain, or takes the old away, failed."""


class SourceError(MagError):
    """Something that came from outside is bad, missing or unverified."""

    exit_code = EXIT_SOURCE


class NotFoundError(SourceError):
    """The source answered that it has no such thing."""


class UnreachableError(SourceError):
    """The source did not answer, or went away."""


class DamagedError(SourceError):
    """Bytes that are not what they were: truncated, altered, malformed."""


class NotMineError(SourceError):
    """Sealed to somebody else: no identity that was tried opens it."""


class NotVerifiedError(SourceError):
    """Not traced to a label's signature: unsigned, wrongly signed, rolled back, mixed."""


class SignedAnotherError(NotVerifiedError):
    """This library signed another root of that version: done for somebody who says that the first one is dead."""


class RolledBackError(NotVerifiedError):
    """Validly signed once, but older than what is held: nothing is taken from it that would go back."""


class ForkError(NotVerifiedError):
    """Two different, validly signed statements of one role and version: the label is frozen until the person chooses.

    `held` and `other` are the SHA-256 of the canonical `signed` parts; `evidence` is the other file.
    """

    def __init__(
        self,
        sentence: Sentence,
        *,
        role: str = "",
        version: int = 0,
        held: str = "",
        other: str = "",
        evidence: bytes = b"",
    ) -> None:
        super().__init__(sentence)
        self.role = role
        self.version = version
        self.held = held
        self.other = other
        self.evidence = evidence


class UnsupportedError(SourceError):
    """Understood well enough to know that we do not take it in: a medium, codec or format that is not on the list."""


class LibraryError(MagError):
    """The library itself is damaged."""

    exit_code = EXIT_LIBRARY


class LibraryBusyError(LibraryError):
    """Another process writes to this library."""


class LockedError(MagError):
    """The library is locked and nobody is there to ask for the passphrase."""

    exit_code = EXIT_LOCKED


class WrongPassphraseError(LockedError):
    """The passphrase (or the six words) does not open it."""
