"""A program, or the page for browsers, that somebody was given: compared with what is at hand here. Nothing is run."""

from __future__ import annotations

import re
from pathlib import Path
from typing import Literal

from magnitizdat import __version__
from magnitizdat.disk.reading import FileReader
from magnitizdat.model import Progress, Silent, Value
from magnitizdat.ops.give.builds import at_hand, fingerprint, own_file, version_in_name
from magnitizdat.pages import pocket
from magnitizdat.sentence import Sentence, say

_PAGE_NAME = re.compile(r"library[\W\d_]*(copy|kopi|копия)?[\W\d_]*\.x?html?", re.IGNORECASE)
"""What browsers and people make of the page's name: `Library (1).html`."""


class Looked(Value, frozen=True, kw_only=True):
    """A file compared with the builds at hand and the page; `like` is what it equals, or whose name it bears.

    `version` is what a build's name claims; `page`: it is the page, or is called like it.
    """

    sha256: str
    length: int
    verdict: Literal["same", "different", "unknown"]
    like: str
    version: str
    page: bool = False

    @property
    def sentence(self) -> Sentence:
        """What that tells, and no more."""
        if self.verdict == "same":
            return say("It is the same, byte for byte, as {like}. It is as genuine as that.", like=self.like)
        if self.verdict == "different" and self.page:
            return say(
                "It is called like {like}, and is not the same: it is of another version, or false. Type no words into"
                " it, unless somebody you trust tells you that very fingerprint.",
                like=self.like,
            )
        if self.verdict == "different":
            return say(
                "It is called like {like}, which is at hand here, and is not the same. Do not start it.", like=self.like
            )
        other = say("nothing here is like it")
        if self.version and self.version != __version__:
            other = say("it calls itself version {version}, and this is {ours}", version=self.version, ours=__version__)
        return say(
            "It cannot be told from here whether it is genuine: {other}. Ask somebody you trust for its fingerprint.",
            other=other,
        )


def file_at(place: Path) -> Path:
    """The page that lies in a folder, for whoever names the stick; else the place itself."""
    page = place / pocket.NAME
    return page if place.is_dir() and page.is_file() else place


def look_at(path: Path, *, progress: Progress | None = None) -> Looked:
    """Compare a file with the page and the builds at hand, itself left out.

    Raises: SourceError, and what opening a file raises.
    """
    with FileReader(path, follow=True) as reader:
        length = reader.length
    (progress or Silent()).start(say("fingerprint"), length)
    found = fingerprint(path, progress=progress)
    page = _as_page(path, length, found)
    return page if page is not None else _as_build(path, length, found)


def _as_page(path: Path, length: int, found: str) -> Looked | None:
    """What the page tells of it; nothing where it is neither the same nor called like it."""
    is_same = found == pocket.fingerprint()
    if not is_same and not _PAGE_NAME.fullmatch(path.name):
        return None
    like = say("the page {name} of the program that you run now", name=pocket.NAME)
    verdict: Literal["same", "different"] = "same" if is_same else "different"
    return Looked(sha256=found, length=length, verdict=verdict, like=like, version="", page=True)


def _as_build(path: Path, length: int, found: str) -> Looked:
    others = [build for build in at_hand() if not build.path.samefile(path)]
    same = [build.path for build in others if build.path.stat().st_size == length and fingerprint(build.path) == found]
    namesakes = [build.name for build in others if build.name == path.name]
    own = own_file()
    like = [(say("the program that you run now") if own and each.samefile(own) else str(each)) for each in same]
    return Looked(
        sha256=found,
        length=length,
        verdict="same" if same else "different" if namesakes else "unknown",
        like=[*like, *namesakes, ""][0],
        version=version_in_name(path),
    )
