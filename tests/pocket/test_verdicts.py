"""The page's reader of labels beside the program's: of the same papers both say the same, however they were changed."""

from __future__ import annotations

import base64
import os
import random
from datetime import UTC, datetime
from functools import cache
from typing import Any

import pytest

from magnitizdat.catalogue import kinds
from magnitizdat.catalogue.documents import UnknownSchemaError
from magnitizdat.catalogue.refresh import LabelState, Listed
from magnitizdat.errors import MagError, NotFoundError
from magnitizdat.formats.names import clean_line, imprint_words
from magnitizdat.model import File, Release, Track
from magnitizdat.ops.dub.allowances import MetadataMeter
from magnitizdat.ops.dub.offers import Offer, read_offer
from magnitizdat.ops.places.spool import Spool
from magnitizdat.sentence import say
from tests import fakes_papers
from tests.fakes_papers import Papers
from tests.pocket.changed_papers import Case, changed
from tests.pocket.node import answers

NOW = datetime(2026, 6, 1, tzinfo=UTC)
CASES = int(os.environ.get("MAG_VERDICTS", "1300"))
"""Of each of four runs."""
SEED = int(os.environ.get("MAG_SEED", "0"))


class Papery(Spool):
    """A spool with the papers of one label."""

    def __init__(self, imprint: str, files: dict[str, bytes]) -> None:
        self._prefix, self._files = f"labels/{imprint}/", files

    def labels(self) -> list[str]:
        return []

    def fetch_range(self, path: str, offset: int, length: int) -> bytes:
        body = self._files.get(path.removeprefix(self._prefix))
        if body is None:
            raise NotFoundError(say("the source does not have this file"))
        return body[offset : offset + length]


# -- what each of them says -------------------------------------------------------------------------------------------


def said_by_program(imprint: str, files: dict[str, bytes]) -> dict[str, Any]:
    """As somebody reads it who knows no label."""
    spool = Papery(imprint, files)
    try:
        meter = MetadataMeter(spool, frozenset({imprint}))
        offer = read_offer(None, spool, LabelState(imprint=imprint), now=NOW, meter=meter)
    except MagError as exc:
        return {"kind": kind_of(exc)}
    said: dict[str, Any] = {
        "name": clean_line(offer.document.name) or imprint_words(imprint),
        "fourWords": imprint_words(imprint).split("-"),
        "signedOn": offer.verdict.freshness.signed_on,
        "version": offer.verdict.freshness.version,
        "albums": [],
        "elsewhere": 0,
        "newer": 0,
        "bad": 0,
    }
    for path, listed in offer.verdict.targets.items():
        if kinds.parse_target(path).kind == kinds.RELEASE:
            add(said, offer, listed)
    return said


def kind_of(exc: MagError) -> str:
    return "DamagedError" if isinstance(exc, UnknownSchemaError) else type(exc).__name__


def add(said: dict[str, Any], offer: Offer, listed: Listed) -> None:
    before = len(offer.elsewhere), len(offer.missing)
    document = offer.document_of(listed)
    if document is not None and isinstance(document.value, Release):
        said["albums"].append(shown(document.value))
    elif document is not None:
        said["newer"] += 1
    said["elsewhere"] += len(offer.elsewhere) - before[0]
    said["bad"] += len(offer.missing) - before[1]


def named(text: str) -> str:
    return clean_line(text) or "_"


def shown(release: Release) -> dict[str, Any]:
    return {
        "id": release.id,
        "kind": release.kind,
        "title": named(release.title),
        "artist": named(release.artist),
        "date": release.date,
        "released": release.released,
        "notes": {language: file_said(file) for language, file in release.notes.items()},
        "cover": file_said(release.cover) if release.cover is not None else None,
        "withdrawn": release.withdrawn,
        "withdrawnReason": clean_line(release.withdrawn_reason),
        "carried": release.carried,
        "tracks": [track_said(track) for track in sorted(release.tracks, key=lambda track: track.place)],
    }


def track_said(track: Track) -> dict[str, Any]:
    return {
        "id": track.id,
        "title": named(track.title),
        "artist": named(track.artist),
        "disc": track.disc,
        "position": track.position,
        "number": track.number,
        "durationS": track.duration_s,
        "file": file_said(track.file),
        "renditions": [{"kind": each.kind, "file": file_said(each.file)} for each in track.renditions],
        "lyrics": [{"language": each.language, "file": file_said(each.file)} for each in track.lyrics],
    }


def file_said(file: File) -> dict[str, Any]:
    said = {"sha256": file.sha256, "length": file.length, "mediaType": file.media_type, "pieces": list(file.pieces)}
    return said | {"here": False}


def said_by_page(cases: list[Case]) -> list[dict[str, Any]]:
    """One process of node reads them all."""
    asked = ({"imprint": imprint, "files": coded(files)} for imprint, files in cases)
    return [told(said) for said in answers("read_labels.js", asked)]


def coded(files: dict[str, bytes]) -> dict[str, str]:
    return {name: base64.b64encode(body).decode() for name, body in files.items()}


def told(answer: dict[str, Any]) -> dict[str, Any]:
    if "kind" in answer:
        return answer
    label, left = answer["label"], answer["left"]
    del label["imprint"]
    counts = {"elsewhere": left["elsewhere"], "newer": left["newer"]}
    return label | counts | {"bad": sum(each["values"]["count"] for each in left["bad"])}


# -- honest and changed labels ----------------------------------------------------------------------------------------


@cache
def honest() -> tuple[Papers, ...]:
    return (
        fakes_papers.plain_label(),
        fakes_papers.restored_label(),
        fakes_papers.held_label(),
        fakes_papers.foreign_label(),
        fakes_papers.foreign_label(mixed=True),
        fakes_papers.foreign_label(consistent=False, hashes=False),
    )


def agree(case: Case, program: dict[str, Any], page: dict[str, Any]) -> bool:
    """The same verdict; what the page cannot check it says so of, whatever it is."""
    if page.get("kind") == "UnsupportedError":
        return needs_more(case[1])
    return program == {each: value for each, value in page.items() if each != "key"}


def needs_more(files: dict[str, bytes]) -> bool:
    """Whether a key or a digest is of a kind that the page does not know."""
    text = b"".join(body for name, body in files.items() if name.startswith("metadata/"))
    return any(each in text for each in (b'"ecdsa"', b'"rsa"', b'"hashes": {"'))


def test_of_honest_labels_both_say_the_same_and_take_them() -> None:
    cases = [papers.copied().built() for papers in honest()]
    for case, page in zip(cases, said_by_page(cases), strict=True):
        program = said_by_program(*case)
        assert agree(case, program, page)
        assert program["name"]
        assert program["albums"]


@pytest.mark.parametrize("run", range(4))
def test_of_changed_labels_both_say_the_same(run: int) -> None:
    dice = random.Random(SEED * 4 + run)
    built = [papers.copied().built() for papers in honest()]
    cases = [changed(dice, dice.choice(honest()), built) for _ in range(CASES)]
    pages = said_by_page(cases)
    differ = [
        (SEED * 4 + run, number, short(program), short(page))
        for number, (case, page) in enumerate(zip(cases, pages, strict=True))
        if not agree(case, program := said_by_program(*case), page)
    ]
    assert differ == []
    assert len({page.get("kind") for page in pages}) >= min(4, CASES)


def short(said: dict[str, Any]) -> dict[str, Any]:
    return {each: value for each, value in said.items() if each != "albums"}


# -- budgets of a whole reel ------------------------------------------------------------------------------------------


@pytest.mark.parametrize("spent", ["metadata", "documents", "signatureChecks"])
def test_what_labels_before_it_have_used_up_is_not_there_for_a_label_and_has_a_sentence(spent: str) -> None:
    imprint, files = fakes_papers.plain_label().built()
    most = answers("answers.js", [["budgets"]])[0][spent]
    full, room = ({"imprint": imprint, "files": coded(files), "before": {spent: used}} for used in (most, most // 2))
    refused, taken = answers("read_labels.js", [full, room])
    snake = {"signatureChecks": "signature_checks"}.get(spent, spent)
    assert refused == {"kind": "OverBudgetError", "key": f"trouble.budget.{snake}"}
    assert taken["label"]["albums"]


def test_of_too_many_songs_albums_are_left_out_and_the_label_stays() -> None:
    imprint, files = fakes_papers.plain_label().built()
    most = answers("answers.js", [["budgets"]])[0]["tracks"]
    (said,) = answers("read_labels.js", [{"imprint": imprint, "files": coded(files), "before": {"tracks": most}}])
    assert said["label"]["name"]
    assert {each["key"] for each in said["left"]["bad"]} == {"note.many"}
