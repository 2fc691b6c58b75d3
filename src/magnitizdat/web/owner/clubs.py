"""Clubs: their doors and programmes; for officers the list, who is let in and out, and who keeps the door."""

from __future__ import annotations

from contextlib import suppress
from typing import Annotated, Any

import msgspec
from starlette.requests import Request
from starlette.responses import Response

from magnitizdat.errors import DamagedError, LibraryError, NotFoundError, SourceError
from magnitizdat.formats.names import imprint_picture
from magnitizdat.library.library import Library
from magnitizdat.model import Moment
from magnitizdat.ops.clubs import gigs, rosters
from magnitizdat.ops.clubs.admitting import admit as admit_by_card
from magnitizdat.ops.clubs.creating import create_club
from magnitizdat.ops.clubs.expelling import expel as expel_member
from magnitizdat.ops.clubs.leaving import leave as leave_club
from magnitizdat.ops.clubs.listing import MemberLine, members
from magnitizdat.ops.clubs.officers import OfficerLine, WantedOfficers, officer_card, officers
from magnitizdat.ops.clubs.officers import appoint as appoint_officers
from magnitizdat.ops.clubs.receiving import invitations
from magnitizdat.ops.clubs.rosters import ClubLine
from magnitizdat.ops.labels import friends
from magnitizdat.ops.labels.holders import read_card
from magnitizdat.scene.clubs import closed_because
from magnitizdat.sentence import SILENCE, Sentence, say
from magnitizdat.web.http.answers import answer, asked, queried
from magnitizdat.web.http.routes import Endpoint
from magnitizdat.web.http.service import Service
from magnitizdat.web.owner.holding import Arranging, card_of, proposal
from magnitizdat.web.owner.names import find_named, label_id
from magnitizdat.web.owner.people import NO_QR, NO_TEXT
from magnitizdat.web.owner.tables import api, media

SVG = "image/svg+xml"
CALENDAR = "text/calendar; charset=utf-8"
_JSON = "application/json"
IN = frozenset({"officer", "member"})


class _ClubName(msgspec.Struct, frozen=True):
    name: Annotated[str, msgspec.Meta(min_length=1, max_length=200)]


class _CardGiven(msgspec.Struct, frozen=True):
    text: Annotated[str, msgspec.Meta(max_length=1 << 16)] = ""


class _Past(msgspec.Struct, frozen=True):
    """In the address of a picture, where no value can say it."""

    past: bool = False


class _Out(msgspec.Struct, frozen=True):
    member: str
    silent: bool = False


class _NewGig(msgspec.Struct, frozen=True):
    summary: Annotated[str, msgspec.Meta(min_length=1, max_length=200)]
    begins: Moment
    ends: Moment = ""
    location: Annotated[str, msgspec.Meta(max_length=512)] = ""


# -- all of them -------------------------------------------------------------------------------------------------------


def all_clubs(_request: Request, service: Service) -> Response:
    """Every club that is known here, and what is on."""
    library = service.library()
    lines = [_line(library, each) for each in rosters.clubs(library)]
    invited = [{"letter": each.letter, "name": each.name, "words": each.words} for each in invitations(library)]
    return answer({"clubs": lines, "gigs": _programme(service), "invited": invited})


def _line(library: Library, line: ClubLine) -> dict[str, Any]:
    is_open = line.role in IN and line.key
    named = label_id(library, line.imprint)
    return {
        "id": named,
        "name": line.name,
        "words": line.words,
        "picture": f"api/clubs/{named}/picture.svg",
        "role": line.role,
        "door": say("Key {number} of its door is in force.", number=line.epoch) if is_open else SILENCE,
        "shut": SILENCE if is_open else _shut(library, line),
        "open": is_open,
    }


def _shut(library: Library, line: ClubLine) -> Sentence:
    """Why nothing can be sealed for it."""
    if line.role == "left":
        return say("You left it.")
    if line.role == "out":
        return say("You were let out of it.")
    if line.epoch:
        return say("The key in force is not here yet: it comes by letter, with the reels that you take.")
    with suppress(SourceError, LibraryError):
        stands = rosters.club_view(library, line.imprint)
        if line.role == "officer" and not stands.epochs:
            return say("Its door gets the first key when you let somebody in.")
        return closed_because(stands, line.name)
    return say("No key of «{name}» is known here yet: dub from one of its officers.", name=line.name)


def create(request: Request, service: Service) -> Response:
    """A new club; its paper words are in this answer and nowhere else."""
    library = service.library()
    made = create_club(library, asked(request, _ClubName).name.strip(), now=service.now())
    line = next(each for each in rosters.clubs(library) if each.imprint == made.imprint)
    return answer({**_line(library, line), "paper_words": made.paper_words})


def find_club(library: Library, wanted: str) -> ClubLine:
    """A club by what the page calls it. Raises: NotFoundError."""
    known = {line.imprint: line for line in rosters.clubs(library)}
    return known[find_named(library, "label", known, wanted)]


def _club(request: Request, service: Service) -> ClubLine:
    return find_club(service.library(), request.path_params["club"])


# -- one of them -------------------------------------------------------------------------------------------------------


def one(request: Request, service: Service) -> Response:
    """All that is known of one; for its officers the list too."""
    library, line = service.library(), _club(request, service)
    shown = {**_line(library, line), "gigs": _programme(service, line.imprint)}
    if line.role != "officer":
        return answer({**shown, "members": [], "officers": [], "holders": {"need": 0, "of": 0, "verdict": ""}})
    listed, doorkeepers = members(library, line.imprint), officers(library, line.imprint)
    return answer(
        {
            **shown,
            "members": [_member(each) for each in sorted(listed.members, key=lambda each: each.name.casefold())],
            "officers": [_officer(each) for each in doorkeepers.officers],
            "holders": {"need": doorkeepers.need, "of": doorkeepers.of, "verdict": doorkeepers.verdict},
        }
    )


def _member(each: MemberLine) -> dict[str, Any]:
    return {"id": each.id, "name": each.name, "words": each.words, "at": each.at, "key": each.key}


def _officer(each: OfficerLine) -> dict[str, Any]:
    return {"key": each.imprint, "shown": each.shown, "words": each.words, "here": each.here, "speaks": each.speaks}


def picture(request: Request, service: Service) -> Response:
    """The small picture of a club's imprint."""
    return Response(imprint_picture(_club(request, service).imprint), media_type=SVG)


def admit(request: Request, service: Service) -> Response:
    """Let somebody in by their card: as text, a file, or a photo of its QR.

    Raises: NotFoundError where no card is in it: a camera then looks on.
    """
    library, line = service.library(), _club(request, service)
    is_text = request.headers.get("content-type", _JSON).partition(";")[0].strip() == _JSON
    content = asked(request, _CardGiven).text.strip().encode() if is_text else request.state.body
    try:
        card = friends.card_in(content, service.pool)
    except DamagedError as exc:
        raise NotFoundError(NO_TEXT if is_text else NO_QR) from exc
    past = queried(request, _Past).past
    done = admit_by_card(library, card, club=line.imprint, past=past, now=service.now())
    return answer({"sentence": done.outcome().headline})


def expel(request: Request, service: Service) -> Response:
    """Let somebody out: the door has another key from now on."""
    wish = asked(request, _Out)
    line = _club(request, service)
    done = expel_member(service.library(), wish.member, club=line.imprint, silent=wish.silent, now=service.now())
    return answer({"sentence": done.outcome().headline})


def leave(request: Request, service: Service) -> Response:
    """Destroy one's keys of it."""
    done = leave_club(service.library(), _club(request, service).imprint, now=service.now())
    return answer({"sentence": done.outcome().headline})


# -- programme ---------------------------------------------------------------------------------------------------------


def _programme(service: Service, club: str = "") -> list[dict[str, Any]]:
    """What is on in one of them, or in all."""
    library = service.library()
    return [_gig(library, each) for each in gigs.programme_of(library, club=club, now=service.now()).gigs]


def _gig(library: Library, gig: gigs.GigLine) -> dict[str, Any]:
    return {
        "id": gig.uid,
        "club": gig.club,
        "club_id": label_id(library, gig.imprint),
        "summary": gig.summary,
        "begins": gig.dtstart,
        "ends": gig.dtend,
        "location": gig.location,
        "status": gig.status,
    }


def announce(request: Request, service: Service) -> Response:
    """Say where it meets, to its members alone."""
    wish = asked(request, _NewGig)
    words = gigs.GigWish(summary=wish.summary, starts=wish.begins, ends=wish.ends, place=wish.location)
    done = gigs.announce(service.library(), _club(request, service).imprint, words, now=service.now())
    return answer({"sentence": done.outcome().headline})


def call_off(request: Request, service: Service) -> Response:
    """Say that nothing comes of it."""
    club, gig = _club(request, service).imprint, request.path_params["gig"]
    words = gigs.GigWish(status="CANCELLED")
    done = gigs.announce(service.library(), club, words, uid=gig, now=service.now())
    return answer({"sentence": done.outcome().headline})


def calendar(_request: Request, service: Service) -> Response:
    """What is on, for any calendar: the owner saves it, and it lies open there."""
    found = gigs.programme_of(service.library(), now=service.now())
    return Response(gigs.calendar_of(found, now=service.now()), media_type=CALENDAR)


# -- officers ----------------------------------------------------------------------------------------------------------


def appoint(request: Request, service: Service) -> Response:
    """Propose that these keep the door; words for paper are in this answer and nowhere else."""
    wish, club = asked(request, Arranging), _club(request, service).imprint
    cards = [read_card(each.encode()) for each in wish.cards]
    wanted = WantedOfficers(cards=cards, out=wish.out, need=wish.need, papers=wish.papers)
    done = appoint_officers(service.library(), club, wanted, now=service.now(), instead=wish.instead)
    return answer(proposal(done))


def make_card(request: Request, service: Service) -> Response:
    """My card, for its officers to appoint me with: its key and its label are made here and stay here."""
    club, name = _club(request, service).imprint, asked(request, _ClubName).name.strip()
    return answer(card_of(officer_card(service.library(), club, name, now=service.now())))


ENDPOINTS: tuple[Endpoint, ...] = (
    api("GET", "clubs", all_clubs),
    api("POST", "clubs", create),
    api("GET", "clubs/{club}", one),
    media("clubs/{club}/picture.svg", picture),
    api("POST", "clubs/{club}/admit", admit, body_limit=friends.MAX_PHOTO_LENGTH),
    api("POST", "clubs/{club}/expel", expel),
    api("POST", "clubs/{club}/leave", leave),
    api("POST", "clubs/{club}/gigs", announce),
    api("DELETE", "clubs/{club}/gigs/{gig}", call_off),
    media("programme.ics", calendar),
    api("POST", "clubs/{club}/officers", appoint),
    api("POST", "clubs/{club}/officers/card", make_card),
)
