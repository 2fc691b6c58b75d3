"""What a person sees on the terminal: reports, progress bars, questions; or one JSON document for scripts."""

from __future__ import annotations

import getpass
import json
import os
import re
import sys
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import datetime
from pathlib import Path
from typing import TYPE_CHECKING, Any, Literal

import msgspec

from magnitizdat.cli.settings import Settings
from magnitizdat.errors import LockedError, MagError, TargetError, UsageError
from magnitizdat.formats.names import clean_text
from magnitizdat.language import ENGLISH, Language
from magnitizdat.model import Outcome, Progress, Quality, Shortfall, Silent, fields
from magnitizdat.sentence import Sentence, byline, say

if TYPE_CHECKING:
    from rich.console import Console
    from rich.progress import Progress as RichProgress

    from magnitizdat.disk.disk import Disk
    from magnitizdat.library.library import Library


YES_NO = say("[y/N]")
_STEERING = re.compile("[\x7f-\x9f\u200e\u200f\u2028-\u202e\u2066-\u2069\ud800-\udfff]")
SHORTFALLS = 40
"""Lines of what is missing, at most."""
_WIDEST = 80  # columns of one cell of a table; a whole imprint fits


class Face:
    """One command's talk with the person, in their language; what is for scripts stays English."""

    def __init__(self, settings: Settings, language: Language = ENGLISH) -> None:
        self.settings = settings
        self.language = language
        self._has_reported = False

    # -- saying ---------------------------------------------------------------------------------------------------

    def spoken(self, sentence: Sentence) -> str:
        """A sentence of ours as it is shown: in the person's language, without control or bidi characters of others."""
        return self.language.said(sentence, _clean)

    def artist(self, name: str) -> str:
        """By whom it is, as it is shown: what import writes where nobody is named is a word of ours."""
        shown = byline(name)
        return self.spoken(shown) if isinstance(shown, Sentence) else name

    def say(self, template: str = "", /, **values: object) -> None:
        """A line for people, as `sentence.say` makes one, or one that is made; nothing under --json or --quiet."""
        if not (self.settings.as_json or self.settings.quiet):
            sentence = template if isinstance(template, Sentence) else say(template, **values)
            sys.stdout.write(self.spoken(sentence) + "\n")

    def show(self, text: str) -> None:
        """The same for what has no language: names, titles, words to write down, codes."""
        if not (self.settings.as_json or self.settings.quiet):
            sys.stdout.write("\n".join(clean_text(line) for line in text.split("\n")) + "\n")

    def warn(self, sentence: Sentence) -> None:
        """A line on stderr, also under --json."""
        sys.stderr.write(f"mag: {self.spoken(sentence)}\n")

    def document(self, value: Any) -> None:
        """The one JSON document of this command, under --json."""
        if self.settings.as_json:
            sys.stdout.write(json_text(value, indent=2) + "\n")
            self._has_reported = True

    def table(self, headings: list[Sentence], rows: list[list[str]]) -> None:
        """Aligned columns for people. Cells stand as they are; `spoken` is for those that are words of ours.

        A title of four thousand letters is cut, lest it push every line off the screen; `--json` has it whole.
        A table is what somebody asked for, so --quiet leaves it.
        """
        if self.settings.as_json:
            return
        from rich.cells import cell_len

        lines = [
            [self.spoken(heading) for heading in headings],
            *[[_cut(clean_text(cell)) for cell in row] for row in rows],
        ]
        widths = [max(cell_len(line[column]) for line in lines) for column in range(len(headings))]
        for line in lines:
            padded = (cell + " " * (width - cell_len(cell)) for cell, width in zip(line, widths, strict=True))
            sys.stdout.write("  ".join(padded).rstrip() + "\n")

    def _name(self, what: str) -> str:
        """A name as it is, a sentence in the person's language."""
        return self.spoken(what) if isinstance(what, Sentence) else what

    def missing(self, shortfalls: tuple[Shortfall, ...]) -> None:
        """What a partly done report lacks, one line each."""
        for shortfall in shortfalls:
            self.show(f"  - {self._name(shortfall.what)}: {self.spoken(shortfall.reason)}")

    def tell(self, outcome: Outcome, *, margin: str = "") -> None:
        """How a verb ended, for people."""
        for line in (outcome.headline, *outcome.lines):
            self.show(margin + self.spoken(line))
        for sentence in outcome.warnings:
            self.warn(sentence)
        if outcome.missing:
            self.say("Missing: {n}.", n=len(outcome.missing))
        self.missing(outcome.missing[:SHORTFALLS])
        if len(outcome.missing) > SHORTFALLS:
            more = say("… and {more} more; --json lists all", more=len(outcome.missing) - SHORTFALLS)
            self.show(f"  {self.spoken(more)}")
        if outcome.words:
            self.say("Six words open it: {words}", words=outcome.words)
            self.say("Say them at hand-over; do not write them on the stick.")

    def end(self, outcome: Outcome, report: dict[str, Any]) -> int:
        """How a verb ended, for people and scripts; the exit code comes back."""
        self.report(outcome, report)
        self.tell(outcome)
        return outcome.exit_code

    def report(self, outcome: Outcome, report: dict[str, Any]) -> None:
        """How a verb ended, for scripts."""
        self.document({**report, **fields(outcome)})

    def fail(self, sentence: Sentence, code: int, report: dict[str, Any] | None = None) -> int:
        """Say an error, for scripts beside what was done before it; the exit code comes back."""
        if self.settings.as_json and not self._has_reported:
            self.document({**(report or {}), "error": clean_text(sentence), "exit_code": code})
        self.warn(sentence)
        return code

    @contextmanager
    def reaching(self) -> Iterator[None]:
        """What is said in here is kept nowhere else. Raises: TargetError where it cannot be read by anybody."""
        try:
            yield
            sys.stdout.flush()
        except (OSError, AttributeError) as exc:  # there is no stdout at all where a shell closed it
            let_go_of_stdout()
            raise TargetError(
                say("nobody can read what is shown here once, so nothing was done; give it a terminal or a file")
            ) from exc

    # -- asking ---------------------------------------------------------------------------------------------------

    @property
    def may_ask(self) -> bool:
        """Whether anybody is there to answer (DESIGN, section 5: with --yes or a passphrase file nothing prompts)."""
        settings = self.settings
        asked_not_to = settings.yes or settings.as_json or settings.passphrase_file is not None
        return not asked_not_to and sys.stdin.isatty() and sys.stderr.isatty()

    def confirm(self, question: Sentence, *, otherwise: Sentence) -> bool:
        """A yes-or-no question; --yes answers it, and without a terminal it is a usage error that says `otherwise`."""
        if self.settings.yes:
            return True
        if not self.may_ask:
            raise UsageError(self._unasked(otherwise))
        sys.stderr.write(f"{self.spoken(question)} {self.spoken(YES_NO)} ")
        sys.stderr.flush()
        return sys.stdin.readline().strip().casefold() in {"y", "yes", "j", "ja", "д", "да"}

    def _unasked(self, otherwise: Sentence) -> Sentence:
        """Somebody who sits there is told why nobody asks them."""
        if self.settings.passphrase_file is None or not sys.stdin.isatty():
            return otherwise
        named = "--passphrase-file" if self.settings.gives_passphrase else "MAG_PASSPHRASE_FILE"
        return say("{named} switches questions off: {otherwise}", named=named, otherwise=otherwise)

    def require_new(self, path: Path | None) -> None:
        """Raises: UsageError where a file would be replaced that stands there; with --yes it may be."""
        if path is not None and not self.settings.yes and (path.exists() or path.is_symlink()):
            raise UsageError(say("{path} is there already; name another file, or replace it with --yes", path=path))

    def require_place(self, path: Path | None) -> None:
        """Raises: UsageError where a file would be replaced, as `require_new`, or has no folder to stand in."""
        self.require_new(path)
        if path is not None and not path.absolute().parent.is_dir():
            raise UsageError(say("there is no folder {folder}; make it, or name another file", folder=path.parent))

    def ask_line(self, question: Sentence) -> str:
        """A line of text from the person."""
        if not self.may_ask:
            raise UsageError(say("nobody is there to answer «{question}»; give it as an option", question=question))
        sys.stderr.write(f"{self.spoken(question)}: ")
        sys.stderr.flush()
        return sys.stdin.readline().strip()

    def ask_secret(self, question: Sentence) -> str:
        """A line that is not shown while it is typed, unless --visible asks for that."""
        if not self.may_ask:
            raise LockedError(say("the library is locked; run `mag unlock` first, or give --passphrase-file"))
        from magnitizdat.library.process import hide_memory

        hide_memory()
        if self.settings.visible:
            return self.ask_line(question)
        return getpass.getpass(f"{self.spoken(question)}: ", stream=sys.stderr)

    def passphrase(self, question: Sentence) -> str:
        """What opens the key slot itself, also while an agent holds its keys."""
        from magnitizdat.ops.keep.session import read_passphrase_file

        named = self.settings.passphrase_file
        if named is None and not self.may_ask:
            raise LockedError(say("this needs the passphrase, also while unlocked; give --passphrase-file"))
        return read_passphrase_file(named) if named else self.ask_secret(question)

    @staticmethod
    def disk(*, private: bool = False) -> Disk:
        """What an op writes with: the one place where commands make one. `private`: for the owner's eyes alone."""
        from magnitizdat.disk.disk import Disk

        return Disk(private=private)

    # -- the library ----------------------------------------------------------------------------------------------

    @property
    def directory(self) -> Path:
        """Where the library is."""
        from magnitizdat.ops.keep.session import default_directory

        return self.settings.library or default_directory()

    @contextmanager
    def library(self) -> Iterator[Library]:
        """The unlocked library."""
        from magnitizdat.ops.keep.session import open_library

        ask: Callable[[], str] | None = (lambda: self.ask_secret(say("Passphrase"))) if self.may_ask else None
        with open_library(self.directory, passphrase_file=self.settings.passphrase_file, ask=ask) as library:
            yield library
        for sentence in library.left_undone:
            self.warn(say("this is done, but what comes after it is not: {why}", why=sentence))

    @contextmanager
    def library_if_open(self) -> Iterator[Library | None]:
        """The library where a passphrase file or the agent opens it; nobody is asked."""
        from magnitizdat.library.slot import obey_panic
        from magnitizdat.ops.keep.session import open_library

        obey_panic(self.directory)
        try:
            library = open_library(self.directory, passphrase_file=self.settings.passphrase_file)
        except MagError:
            yield None
            return
        with library:
            yield library

    @contextmanager
    def progress(self) -> Iterator[Progress]:
        """A bar on a terminal for whatever runs over a second; silence elsewhere."""
        if self.settings.as_json or self.settings.quiet or not sys.stderr.isatty():
            yield Silent()
            return
        bar = Bar(self.spoken)
        try:
            yield bar
        finally:
            bar.close()

    @contextmanager
    def rows(self) -> Iterator[Callable[[Path], Progress]]:
        """The same for several places at once: a row for each, made when it is asked for."""
        if self.settings.as_json or self.settings.quiet or not sys.stderr.isatty():
            yield lambda _place: Silent()
            return
        from rich.console import Console

        with _rich_progress("bytes", Console(stderr=True)) as running:
            yield lambda place: _ProgressRow(running, str(place), self.spoken)


class _ProgressRow:
    """One line among several."""

    def __init__(self, running: RichProgress, name: str, spoken: Callable[[Sentence], str]) -> None:
        self._running, self._name, self._spoken = running, clean_text(name), spoken
        self._task = running.add_task(self._name, total=None)

    def start(self, what: Sentence, total: int | None, *, unit: Literal["bytes", "files"] = "bytes") -> None:
        """A new stretch of work."""
        del unit
        self._running.reset(self._task, total=total, description=f"{self._name}: {self._spoken(what)}")

    def advance(self, amount: int) -> None:
        """Some more is done."""
        self._running.advance(self._task, amount)

    def say(self, sentence: Sentence) -> None:
        """A line above the rows."""
        self._running.console.print(self._spoken(sentence), markup=False, highlight=False)


def let_go_of_stdout() -> None:
    """What still waits to be written there goes nowhere, and fails no more."""
    if sys.stdout is not None:
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())


class Bar:
    """Progress on stderr with rich; calls may come from several threads."""

    def __init__(self, spoken: Callable[[Sentence], str]) -> None:
        from rich.console import Console

        console = Console(stderr=True)
        self._spoken = spoken
        self._by_unit = {unit: _rich_progress(unit, console) for unit in ("bytes", "files")}
        self._running: RichProgress | None = None
        self._task: Any = None
        self._guard = threading.Lock()

    def start(self, what: Sentence, total: int | None, *, unit: Literal["bytes", "files"] = "bytes") -> None:
        """A new stretch of work."""
        with self._guard:
            if self._running is not None:
                self._running.stop()
            self._running = self._by_unit[unit]
            for old in self._running.task_ids:
                self._running.remove_task(old)
            self._task = self._running.add_task(self._spoken(what), total=total)
            self._running.start()

    def advance(self, amount: int) -> None:
        """Some more is done."""
        with self._guard:
            if self._running is not None:
                self._running.advance(self._task, amount)

    def say(self, sentence: Sentence) -> None:
        """A line above the bar."""
        with self._guard:
            if self._running is not None:
                self._running.console.print(self._spoken(sentence), markup=False, highlight=False)

    def close(self) -> None:
        """Take the bar away."""
        with self._guard:
            if self._running is not None:
                self._running.stop()
                self._running = None


def _rich_progress(unit: str, console: Console) -> RichProgress:
    from rich import progress as bars

    columns = (bars.TextColumn("{task.description}"), bars.BarColumn())
    counts = (bars.DownloadColumn(), bars.TransferSpeedColumn()) if unit == "bytes" else (bars.MofNCompleteColumn(),)
    return bars.Progress(*columns, *counts, bars.TimeRemainingColumn(), console=console, transient=True)


def _clean(text: str) -> str:
    return "\n".join(clean_text(line) for line in text.split("\n"))


def _english(value: object) -> str:
    if isinstance(value, Sentence):
        return str(value)
    raise NotImplementedError


def _cut(cell: str) -> str:
    from rich.cells import cell_len, set_cell_size

    return cell if cell_len(cell) <= _WIDEST else f"{set_cell_size(cell, _WIDEST - 1).rstrip()}…"


def json_text(value: Any, *, indent: int | None = None) -> str:
    """JSON that a terminal can show as it stands: what would steer it is escaped, what has no letters there too."""
    is_plain = (sys.stdout.encoding or "").lower().replace("-", "") != "utf8"
    text = json.dumps(msgspec.to_builtins(value, enc_hook=_english), ensure_ascii=is_plain, indent=indent)
    return _STEERING.sub(lambda found: f"\\u{ord(found[0]):04x}", text)


current: Face = Face(Settings())
"""The face of the running command; `run` puts it here."""


def human_time(iso: str) -> str:
    """`2026-11-26 21:40` by this computer's clock, of a time with its zone."""
    return datetime.fromisoformat(iso).astimezone().strftime("%Y-%m-%d %H:%M")


def parse_size(text: str) -> int:
    """Bytes from `14G`, `650M`, `8GiB`, `1000000`.

    Raises: UsageError if it is no size.
    """
    found = re.fullmatch(r"\s*(\d+(?:\.\d+)?)\s*([kKmMgGtT]?)(i?)[bB]?\s*", text)
    if not found:
        raise UsageError(say("«{text}» is not a size; write for example 14G, 650M or 8GiB", text=text))
    base = 1024 if found[3] else 1000
    return int(float(found[1]) * base ** " KMGT".index(found[2].upper() or " "))


def parse_quality(text: str) -> Quality | None:
    """`small`, `full` or `both`; None where nothing was said.

    Raises: UsageError if it is none of them.
    """
    found = text.strip().casefold()
    if found and found not in {"small", "full", "both"}:
        raise UsageError(say("«{text}» is not a quality; say small, full or both", text=text))
    return found or None  # type: ignore[return-value]  # one of the three
