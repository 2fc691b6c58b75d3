"""Who carries labels on: holders and their cards, proposals read, signed and passed on."""

from __future__ import annotations

from datetime import datetime
from typing import Annotated, Any

import msgspec
from starlette.requests import Request
from starlette.responses import Response

from magnitizdat.catalogue.carrying_on import hand_overs
from magnitizdat.catalogue.proposals import proposal_bytes
from magnitizdat.errors import DamagedError, NotFoundError
from magnitizdat.formats.names import imprint_words
from magnitizdat.library.index.views import LabelView
from magnitizdat.library.library import Library
from magnitizdat.ops.clubs.officers import sign_root
from magnitizdat.ops.labels import handing_over, holders, scanned, signing
from magnitizdat.ops.labels.carried_on import disowned_albums, hand_over_sentences
from magnitizdat.ops.labels.friends import MAX_PHOTO_LENGTH
from magnitizdat.ops.labels.holder_keys import proposals
from magnitizdat.ops.labels.labels import held_state
from magnitizdat.pages import qr
from magnitizdat.sentence import Sentence, listed, say
from magnitizdat.web.http.answers import answer, asked
from magnitizdat.web.http.routes import Endpoint
from magnitizdat.web.http.service import Service
from magnitizdat.web.owner.names import find_label, find_named, label_id, opaque
from magnitizdat.web.owner.tables import api

MOST = 16
SHORT = 8
"""Hex digits of a key that people compare."""
NO_QR = say("nothing of the kind was found in this picture; photograph its QR again, straight and sharp")
NO_TEXT = say("this is no card, proposal or signature; copy it whole, from its first letter to its last")
_JSON = "application/json"
Text = Annotated[str, msgspec.Meta(max_length=1 << 16)]
CARD_FILE, PROPOSAL_FILE, SIGNATURE_FILE = "holder-card.json", "proposal.json", "signature.txt"
"""Names in the browser's list of downloads: they name no label."""


class _Text(msgspec.Struct, frozen=True):
    text: Text = ""


class _HolderName(msgspec.Struct, frozen=True):
    name: Annotated[str, msgspec.Meta(min_length=1, max_length=200)]


class Arranging(msgspec.Struct, frozen=True):
    """How the keys of a label shall change."""

    need: Annotated[int, msgspec.Meta(ge=0, le=MOST)] = 0
    papers: Annotated[int, msgspec.Meta(ge=0, le=MOST)] = 0
    cards: Annotated[tuple[Text, ...], msgspec.Meta(max_length=MOST)] = ()
    with_me: bool = False
    out: Annotated[tuple[Text, ...], msgspec.Meta(max_length=MOST)] = ()
    up_to: Annotated[int, msgspec.Meta(ge=1)] | None = None
    instead: bool = False

    def shared(self, now: datetime) -> dict[str, Any]:
        """What holders are appointed with and a label is handed over with alike."""
        cards = [holders.read_card(each.encode()) for each in self.cards]
        return {
            "need": self.need,
            "cards": cards,
            "papers": self.papers,
            "out": self.out,
            "now": now,
            "instead": self.instead,
        }


class _Sign(msgspec.Struct, frozen=True):
    """`words`: those of a key on paper, which are kept nowhere."""

    proposal: Text
    words: Text = ""
    instead: bool = False


# -- what is given -----------------------------------------------------------------------------------------------------


def _given(request: Request, service: Service) -> bytes:
    """What somebody hands over: as text, as a file, or out of a photo of its QR, which a worker looks at.

    Raises: NotFoundError where nothing of the kind is in it: a camera then looks on.
    """
    is_text = request.headers.get("content-type", _JSON).partition(";")[0].strip() == _JSON
    content = asked(request, _Text).text.strip().encode() if is_text else request.state.body
    if is_text and not scanned.is_ours(content):
        raise NotFoundError(NO_TEXT)
    try:
        return scanned.scanned_in(content, service.pool)
    except DamagedError as exc:
        raise NotFoundError(NO_QR) from exc


def _passed(text: str, file: str, body: str = "") -> dict[str, Any]:
    """Something small to hand over: its code as a picture in itself, since it is made anew each time."""
    return {"text": body or text, "file": file, "qr": qr.data_qr(text) if qr.fits(text) else None}


# -- holders -----------------------------------------------------------------------------------------------------------


def standing(library: Library, view: LabelView) -> dict[str, Any]:
    """Who carries a label on, for its page."""
    found, state = holders.standing(library, view.imprint), held_state(library, view.imprint)
    marked = len(disowned_albums(library, state))
    return {
        "holders": {
            "need": found.need,
            "of": found.of,
            "verdict": found.verdict,
            "all": [{"key": each.key, "shown": each.shown, "here": each.here} for each in found.holders],
            "waiting": len(found.waiting),
        },
        "handed_over": listed(hand_over_sentences(view.name, hand_overs(state)), " "),
        "marked": _marked(marked, view.name) if marked else "",
    }


def _marked(albums: int, name: str) -> Sentence:
    return say(
        "{n} {n:album|albums} here came under a key that was taken away; those who carry «{name}» on do not stand by"
        " {n:it|them}.",
        n=albums,
        name=name,
    )


def make_card(request: Request, service: Service) -> Response:
    """My card as a holder: its key is made and stays here."""
    card = holders.holder_card(service.library(), asked(request, _HolderName).name.strip(), now=service.now())
    return answer(card_of(card))


def read_card(request: Request, service: Service) -> Response:
    """Somebody's card as a holder."""
    card = holders.read_card(_given(request, service))
    return answer(card_of(card))


def card_of(card: holders.HolderCard) -> dict[str, Any]:
    """`key`: how its key begins, to be read to each other."""
    return {
        "name": card.name,
        "key": card.key[:SHORT],
        **_passed(holders.card_bytes(card).decode(), CARD_FILE),
    }


def appoint(request: Request, service: Service) -> Response:
    """Propose that these carry a label on; words for paper are in this answer and nowhere else."""
    library, wish, label = _arranging(request, service)
    return answer(proposal(holders.appoint(library, label, with_me=wish.with_me, **wish.shared(service.now()))))


def hand_over(request: Request, service: Service) -> Response:
    """Propose that this library signs the label from now on."""
    library, wish, label = _arranging(request, service)
    return answer(proposal(handing_over.hand_over(library, label, up_to=wish.up_to, **wish.shared(service.now()))))


def _arranging(request: Request, service: Service) -> tuple[Library, Arranging, str]:
    library = service.library()
    return library, asked(request, Arranging), find_label(library, request.path_params["label"]).imprint


def holding(_request: Request, service: Service) -> Response:
    """What I hold for labels, and what waits."""
    library = service.library()
    found = holders.held(library)
    return answer(
        {
            "labels": [
                {
                    "label_id": label_id(library, each.imprint),
                    "name": each.label,
                    "sentence": each.sentence,
                    "need": each.need,
                    "of": each.of,
                }
                for each in found.labels
            ],
            "waiting": [
                {"id": opaque(library, "proposal", each.sha256), "name": each.label, "can_sign": each.can_sign}
                for each in found.waiting
            ],
            "unused": found.unused,
        }
    )


# -- proposals ---------------------------------------------------------------------------------------------------------


def read(request: Request, service: Service) -> Response:
    """A proposal, or a signature of one that is known: what it changes, and how far it is. Nothing is signed."""
    given = _given(request, service)
    return answer(proposal(signing.look(service.library(), [given], now=service.now())))


def known(request: Request, service: Service) -> Response:
    """One that waits here."""
    library = service.library()
    waiting = {each.sha256: each for each in proposals(library)}
    sha256 = find_named(library, "proposal", waiting, request.path_params["proposal"])
    content = proposal_bytes(waiting[sha256])
    return answer(proposal(signing.look(library, [content], now=service.now())))


def sign(request: Request, service: Service) -> Response:
    """Sign it with the keys that are here, or with words. Raises: SignedAnotherError unless `instead`."""
    wish = asked(request, _Sign)
    words = (" ".join(wish.words.split()),) if wish.words.strip() else ()
    report = sign_root(
        service.library(), [wish.proposal.encode()], words=words, now=service.now(), instead=wish.instead
    )
    return answer(proposal(report))


def proposal(report: signing.ProposalReport) -> dict[str, Any]:
    """As the page shows it."""
    outcome = report.outcome()
    return {
        "name": report.label,
        "words": imprint_words(report.imprint),
        "sentence": outcome.headline,
        "changes": (*report.changes, *report.strangers()),
        "signed_by": say("Signed by {names}.", names=listed(report.signed_by)) if report.signed_by else "",
        "old": report.old,
        "need_old": report.need_old,
        "own": report.own,
        "need_own": report.need_own,
        "complete": report.complete,
        "taken": bool(report.taken),
        "passes_on": report.taken not in {"published", "before"},
        "can_sign": report.can_sign,
        "burn": signing.BURN if report.forgot else "",
        "papers": report.paper_words,
        "signature": _passed(report.signature, SIGNATURE_FILE) if report.signature else None,
        **_passed(report.text, PROPOSAL_FILE, report.proposal),
    }


ENDPOINTS: tuple[Endpoint, ...] = (
    api("GET", "holding", holding),
    api("POST", "holders/card", make_card),
    api("POST", "holders/read", read_card, body_limit=MAX_PHOTO_LENGTH),
    api("POST", "labels/{label}/holders", appoint),
    api("POST", "labels/{label}/hand-over", hand_over),
    api("POST", "proposals", read, body_limit=MAX_PHOTO_LENGTH),
    api("POST", "proposals/sign", sign),
    api("GET", "proposals/{proposal}", known),
)
