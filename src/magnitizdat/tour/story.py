"""The tour: fifteen acts played with the same ops as any command, every line checked before it is printed.

Runs offline in a folder of its own, on music that it makes itself.
"""

from __future__ import annotations

import hashlib
import random
import time
from collections.abc import Callable
from contextlib import ExitStack
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from magnitizdat.disk.disk import Disk
from magnitizdat.errors import SourceError
from magnitizdat.formats.age_keys import X25519Identity
from magnitizdat.formats.names import imprint_words, passphrase_words
from magnitizdat.library.index.views import AlbumView
from magnitizdat.library.library import Library, unlock
from magnitizdat.model import Value
from magnitizdat.reel.layout import POST_FOLDER
from magnitizdat.sentence import SILENCE, Sentence, clock, framed, say
from magnitizdat.tour import text
from magnitizdat.tour.facts import FRIEND, LABEL, names_of, reel, refused, seconds_of, shows, tracks_in
from magnitizdat.tour.friends import Friends, archived, carried_on
from magnitizdat.tour.melody import recordings
from magnitizdat.tour.scene import Scene, door, film, letter, word
from magnitizdat.tour.songs import ALBUM_45

Tell = Callable[[Sentence], object]


class TourReport(Value, frozen=True, kw_only=True):
    """How it went: facts that held and that did not, by sentence."""

    facts: int
    failed: int
    failures: tuple[Sentence, ...]
    seconds: float
    kept: str = ""


def run_tour(
    tell: Tell, *, keep: Path | None = None, afterwards: Callable[[Library], object] | None = None
) -> TourReport:
    """Play all acts; leave everything in `keep`, or nothing anywhere.

    `afterwards` gets the library of the one who listens, before its folder goes.

    Raises: UsageError if `keep` is not an empty folder; what an op raises when it should not.
    """
    from magnitizdat.errors import UsageError

    if keep is not None and keep.exists() and (not keep.is_dir() or any(keep.iterdir())):
        raise UsageError(say("the folder for the tour is not empty; name a new one"))
    disk = Disk()
    with ExitStack() as stack:
        if keep is None:
            place = stack.enter_context(disk.temporary("tour-"))
        else:
            place = keep
            disk.mkdir(place)
        story = _Story(tell, place.resolve(), disk, stack, kept=keep is not None)
        report = story.play()
        if afterwards is not None:
            afterwards(story.listener)
        return report


class _Story:
    def __init__(self, tell: Tell, place: Path, disk: Disk, stack: ExitStack, *, kept: bool) -> None:
        self._tell = tell
        self._place = place
        self._disk = disk
        self._stack = stack
        self._kept = kept
        self._held = 0
        self._failures: list[Sentence] = []
        self._fields: dict[str, Any] = {}
        self._originals: dict[str, str] = {}
        self._passphrases: dict[str, str] = {}
        self._chance = random.Random(45)  # noqa: S311 -- where the stick is hurt, not a secret

    def play(self) -> TourReport:
        """All acts in order."""
        began = time.monotonic()
        self._tell(text.OPENING)
        acts: tuple[Callable[[], None], ...] = (
            self._viktor_records,
            self._mike_signs,
            self._courier_packs,
            self._stick_is_searched,
            self._stick_falls,
            self._courier_mends,
            self._natalia_listens,
            self._copies_are_refused,
            lambda: self._play(word),
            lambda: self._play(door),
            lambda: self._play(letter),
            self._mike_is_taken,
            lambda: self._play(film),
            self._viktor_is_kept,
            self._flat_is_searched,
        )
        for act, perform in zip(text.ACTS, acts, strict=True):
            self._tell(framed("\n{number}. {title}", number=act.number, title=act.title))
            perform()
            for line in act.lines:
                self._tell(framed("   {line}", line=line.filled(**self._fields)))
        seconds = round(time.monotonic() - began, 1)
        self._close(seconds)
        return TourReport(
            facts=self._held + len(self._failures),
            failed=len(self._failures),
            failures=tuple(self._failures),
            seconds=seconds,
            kept=str(self._place) if self._kept else "",
        )

    @property
    def listener(self) -> Library:
        """The library of the one who listens in the end."""
        return self._natalia

    def _close(self, seconds: float) -> None:
        self._tell(SILENCE)
        self._tell(text.CLOSING.filled(facts=self._held, seconds=seconds))
        for line in text.CLOSING_KEPT if self._kept else (text.CLOSING_NOT_KEPT,):
            self._tell(line.filled(kept=self._place))
        for fact in self._failures:
            self._tell(text.FAILED.filled(fact=fact))

    def _fact(self, sentence: Sentence, holds: object) -> None:
        """Everything that is printed as a fact passes through here."""
        if holds:
            self._held += 1
        else:
            self._failures.append(sentence)
            self._tell(text.FAILED.filled(fact=sentence))

    def _library(self, name: str) -> Library:
        passphrase = self._passphrases[name] = passphrase_words(6)
        library = self._stack.enter_context(Library.create(self._place / name, passphrase))
        if self._kept:
            self._disk.write_atomic(self._place / f"{name}.passphrase.txt", f"{passphrase}\n".encode())
        return library

    # -- acts -----------------------------------------------------------------------------------------------------

    def _viktor_records(self) -> None:
        from magnitizdat.ops.intake.importing import import_music

        tape = self._place / "tape"
        self._disk.mkdir(tape)
        for name, content in recordings(ALBUM_45):
            self._disk.write_atomic(tape / name, content)
            if name.endswith(f".{ALBUM_45.codec}"):
                self._originals[hashlib.sha256(content).hexdigest()] = name
        viktor = self._viktor = self._library("viktor")
        report = import_music(viktor, [tape])
        (album,) = viktor.shelf.albums()
        self._fact(say("every track of the tape is in the library"), report.imported == len(self._originals))
        self._fact(say("nothing was left out"), not report.missing)
        release = viktor.shelf.release(album.id)
        self._fact(say("the album is whole"), album.complete and release is not None)
        self._fact(
            say("the library's files show no title and no name"), not shows(self._place / "viktor", names_of(release))
        )
        self._fields |= {
            "album": album.title,
            "artist": album.artist,
            "tracks": report.imported,
            "minutes": clock(album.duration_s),
        }

    def _mike_signs(self) -> None:
        from magnitizdat.ops.intake.importing import import_music
        from magnitizdat.ops.labels.labels import create, find_label
        from magnitizdat.ops.labels.publish import publish

        self._mike = self._library("mike")
        import_music(self._mike, [self._place / "tape"])
        address, _paper = create(self._mike, LABEL, now=_now())
        sleeve = self._place / "sleeve"
        self._disk.mkdir(sleeve)
        for language, notes in text.liner_notes().items():
            self._disk.write_atomic(sleeve / f"notes.{language}.md", notes.encode())
        (album,) = self._mike.shelf.albums()
        view = find_label(self._mike, LABEL)
        report = publish(self._mike, [album.id], view, now=_now(), draft=sleeve)
        release = self._mike.shelf.release(album.id)
        self._fact(say("one release was signed"), [each.id for each in report.releases] == [album.id])
        self._fact(say("the notes are signed in three languages"), release and set(release.notes) == {"en", "da", "ru"})
        self._fact(say("the four words are those of the label"), address.words == imprint_words(view.imprint))
        self._fields |= {
            "label": LABEL,
            "words": address.words,
            "languages": ", ".join(release.notes if release else ()),
        }

    def _courier_packs(self) -> None:
        from magnitizdat.ops.give.cut import cut_reel
        from magnitizdat.ops.give.gathering import gather
        from magnitizdat.ops.labels.friends import add_friend, my_card, recipients

        self._natalia = self._library("natalia")
        add_friend(self._mike, my_card(self._natalia, name=FRIEND))
        self._stick = self._place / "stick"
        orders: list[Any] = []
        report = cut_reel(
            self._mike,
            gather(self._mike, now=_now()),
            self._stick,
            disk=self._disk,
            recipients=recipients(self._mike, [FRIEND]),
            planned=orders.append,
        )
        files = sorted(path for path in self._stick.rglob("*") if path.is_file())
        letters = [path for path in files if path.parent.name == POST_FOLDER]
        self._segments = _sealed(self._stick)
        total = sum(path.stat().st_size for path in files)
        self._fact(
            say("the reel is as large as was told before"), total == orders[0].total_bytes == report.cut.total_bytes
        )
        self._fact(say("its parts were counted right"), len(self._segments) == report.cut.segments)
        self._fields |= {
            "friend": FRIEND,
            "segments": len(self._segments),
            "parity": len(files) - len(self._segments) - len(letters),
            "size": f"{total / 1e6:.1f} MB",
        }

    def _stick_is_searched(self) -> None:
        from magnitizdat.reel.opening import open_reel

        release = self._mike.shelf.release(next(self._mike.shelf.albums()).id)
        lengths = {len(content) for content in self._segments.values()}
        self._fact(say("all sealed files are of one size"), len(lengths) == 1)
        self._fact(say("nothing on the stick names a person or a title"), not shows(self._stick, names_of(release)))
        opened = 0
        try:
            opened = open_reel(self._stick, [X25519Identity.generate()]).segments
        except SourceError:
            self._fact(say("a key of the searcher's own opens nothing"), opened == 0)
        else:
            self._fact(say("a key of the searcher's own opens nothing"), holds=False)
        self._fields |= {"names": "  ".join(sorted(self._segments)[:4]), "foreign": opened}

    def _stick_falls(self) -> None:
        from magnitizdat.reel.mend import check

        lost, hurt = sorted(self._segments)[:2]
        (path_lost,) = self._stick.rglob(lost)
        (path_hurt,) = self._stick.rglob(hurt)
        self._disk.remove(path_lost)
        content = bytearray(path_hurt.read_bytes())
        at = self._chance.randrange(len(content) // 2)
        content[at : at + 4096] = bytes(byte ^ 0x55 for byte in content[at : at + 4096])
        self._disk.write_atomic(path_hurt, content)
        report = check(self._stick)
        bad = report.count("damaged") + report.count("missing")
        self._fact(say("the check without a key finds what is hurt and what is gone"), bad == 2)
        self._fact(say("and says that it can be mended"), report.is_mendable)
        self._fields |= {"lost": 1, "hurt": 1, "bad": bad}

    def _courier_mends(self) -> None:
        from magnitizdat.reel.mend import check, mend

        mend(self._stick, self._disk)
        whole = _sealed(self._stick)
        again = [name for name, content in self._segments.items() if whole.get(name) == content]
        self._fact(say("every file is byte for byte what was cut"), len(again) == len(self._segments) == len(whole))
        after = check(self._stick)
        self._fact(say("a second check finds nothing"), after.is_valid)
        self._fields |= {"mended": 2}

    def _natalia_listens(self) -> None:
        from magnitizdat.ops.dub.from_spool import dub
        from magnitizdat.ops.give.export import export
        from magnitizdat.ops.labels.labels import follow

        report = dub(self._natalia, reel(self._natalia, self._stick), now=_now())
        genuine = [label for label in report.labels if label.genuine and label.name == LABEL]
        self._fact(say("the label is genuine"), len(genuine) == 1)
        self._fact(say("it is shelved as new until she follows it"), genuine and genuine[0].standing == "new")
        follow(self._natalia, LABEL)
        again = dub(self._natalia, reel(self._natalia, self._stick), now=_now())
        self._fact(say("a second dub adds nothing"), again.length == 0)
        album = self._natalias_album()
        plain = self._place / "plain"
        export(self._natalia, [album], plain, disk=self._disk)
        exported = list(plain.rglob(f"*.{ALBUM_45.codec}"))
        same = [path for path in exported if hashlib.sha256(path.read_bytes()).hexdigest() in self._originals]
        self._fact(say("every exported file is bit for bit what was recorded"), len(same) == len(self._originals))
        plays = seconds_of(exported)
        self._fact(say("and plays as long as the sleeve says"), abs(plays - album.duration_s) < 0.5)
        self._fields |= {"fetched": report.tracks, "again": again.length, "same": len(same), "plays": round(plays)}

    def _natalias_album(self) -> AlbumView:
        return next(album for album in self._natalia.shelf.albums() if album.label == LABEL)

    def _copies_are_refused(self) -> None:
        """Mike signs a correction; an altered copy of it, and the old version, come to Natalia."""
        from magnitizdat.ops.albums.edit import edit
        from magnitizdat.ops.dub.from_spool import dub
        from magnitizdat.ops.labels.labels import find_label
        from magnitizdat.ops.labels.publish import publish
        from magnitizdat.ops.places.spool import FolderSpool

        old, new, altered = (self._place / name for name in ("spool-old", "spool", "spool-altered"))
        self._open_spool(old)
        album = next(self._mike.shelf.albums())
        edit(self._mike, album.id, {"date": "1982-07-01"})
        publish(self._mike, [album.id], find_label(self._mike, LABEL), now=_now())
        self._open_spool(new)
        for path in (each for each in new.rglob("*") if each.is_file()):
            copy = altered / path.relative_to(new)
            self._disk.mkdir(copy.parent)
            self._disk.write_atomic(copy, path.read_bytes().replace(b'"1982-07-01"', b'"1991-07-01"'))
        before = self._natalias_album()
        first = dub(self._natalia, FolderSpool(altered), now=_now())
        reason_altered = next((each.reason for each in first.missing), "")
        self._fact(say("the altered copy is refused"), reason_altered and self._natalias_album() == before)
        second = dub(self._natalia, FolderSpool(new), now=_now())
        held = second.labels[0].freshness
        self._fact(say("the genuine correction is taken"), self._natalias_album().date == "1982-07-01")
        third = dub(self._natalia, FolderSpool(old), now=_now())
        same = self._natalias_album().date == "1982-07-01"
        self._fact(say("nothing of the older copy is believed"), third.labels[0].older and same)
        self._fact(say("her album is whole"), self._natalias_album().complete)
        self._fields |= {
            "reason_altered": reason_altered,
            "held": held.version if held else 0,
            "offered": held.version - 1 if held else 0,
        }

    def _play(self, act: Callable[[Scene], dict[str, Any]]) -> None:
        people, place = (self._mike, self._viktor, self._natalia), self._place
        self._fields |= act(Scene(*people, LABEL, place, self._disk, _now(), self._fact, self._library))

    def _friends(self) -> Friends:
        return Friends(self._mike, self._viktor, self._natalia, LABEL, self._place, self._disk, _now(), self._fact)

    def _mike_is_taken(self) -> None:
        self._fields |= carried_on(self._friends())

    def _viktor_is_kept(self) -> None:
        self._fields |= archived(self._friends())

    def _flat_is_searched(self) -> None:
        """The slot goes, and with it every way in; the paper copy brings it back."""
        from magnitizdat.library.keyring import armor
        from magnitizdat.library.slot import read_slot
        from magnitizdat.ops.keep.panic import panic
        from magnitizdat.ops.keep.restore import put_back, slot_in

        flat, passphrase = self._place / "natalia", self._passphrases["natalia"]
        disk, before = Disk(private=True), tracks_in(self._natalia)
        release = self._mike.shelf.release(next(self._mike.shelf.albums()).id)
        paper = armor(read_slot(flat))
        panic(flat, disk=disk)
        reason = refused(flat, passphrase)
        self._fact(say("without its key file the right passphrase opens nothing"), reason)
        self._fact(say("what they have shows no title and no name"), not shows(flat, names_of(release)))
        put_back(flat, slot_in([paper.encode()], "paper"), passphrase, disk=disk)
        with Library(flat, unlock(flat, passphrase)) as again:
            after = tracks_in(again)
            whole = all(album.complete for album in again.shelf.albums())
        self._fact(say("the paper and the passphrase bring every track back"), before and after == before and whole)
        self._fields |= {"reason_gone": reason, "back": len(after)}

    def _open_spool(self, folder: Path) -> None:
        from magnitizdat.ops.give.gathering import gather
        from magnitizdat.ops.give.open_spool import write_open
        from magnitizdat.ops.places.targets import FolderTarget

        write_open(self._mike, gather(self._mike, now=_now()), FolderTarget(folder, disk=self._disk))


def _sealed(stick: Path) -> dict[str, bytes]:
    """Segments of a reel by name; its letters are files of their own."""
    found = (path for path in stick.rglob("*.age") if path.parent.name != POST_FOLDER)
    return {path.name: path.read_bytes() for path in found}


def _now() -> datetime:
    return datetime.now(UTC)
