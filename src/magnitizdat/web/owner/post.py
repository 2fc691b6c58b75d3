"""Post: letters that came and what lies in them, a letter to be written, what is carried for others."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import suppress
from typing import Annotated, Any, Literal

import msgspec
from starlette.requests import Request
from starlette.responses import Response

from magnitizdat.errors import LibraryError, NotFoundError, UsageError
from magnitizdat.formats.age import BytesReader
from magnitizdat.formats.names import imprint_words
from magnitizdat.library.library import Library
from magnitizdat.model import ShownName
from magnitizdat.ops.clubs.receiving import invitations, join
from magnitizdat.ops.labels.friends import card_bytes, my_card
from magnitizdat.ops.labels.labels import own_labels
from magnitizdat.ops.post import addresses, attachments, blocking, inbox, writing
from magnitizdat.ops.post.carrying import carried
from magnitizdat.scene.letters import MAX_TEXT
from magnitizdat.sentence import say
from magnitizdat.web.http.answers import answer, asked
from magnitizdat.web.http.routes import Endpoint
from magnitizdat.web.http.service import Service
from magnitizdat.web.owner.labels import face, signer, takes_letters
from magnitizdat.web.owner.names import find_label, label_id, opaque
from magnitizdat.web.owner.tables import api, media
from magnitizdat.web.owner.work import room

NOBODY = say("whoever was meant is not here any more; look at the list again")


class _LetterWish(msgspec.Struct, frozen=True):
    """A letter as it was written: `to` or the one that it `answers`; numbers are of files that were sent before."""

    to: str = ""
    answers: str = ""
    text: Annotated[str, msgspec.Meta(max_length=MAX_TEXT)] = ""
    label: str = ""
    name: ShownName = ""
    demo: int | None = None
    attach: int | None = None
    card: str = ""


class _LettersWish(msgspec.Struct, frozen=True):
    address: Literal["on", "new", "off"]


# -- what came ---------------------------------------------------------------------------------------------------------


def everything(_request: Request, service: Service) -> Response:
    """The inbox, and what goes along for others."""
    library = service.library()
    found, bag = inbox.inbox(library), carried(library, now=service.now())
    return answer(
        {
            "letters": [_line(each) for each in found.letters],
            "silenced": found.silenced,
            "carried": {"own": bag.own, "others": bag.others, "length": bag.bytes},
        }
    )


def _line(found: inbox.InboxLine) -> dict[str, Any]:
    return {
        "id": found.id,
        "said": found.says,
        "date": found.date_sent or found.received,
        "begins": found.begins,
        "enclosed": found.attachment or "",
        "read": found.read,
    }


def one(request: Request, service: Service) -> Response:
    """A letter, which is read from now on."""
    library, wanted = service.library(), request.path_params["letter"]
    found = inbox.read_letter(library, wanted)
    letter = found.letter
    return answer(
        {
            **_line(letter),
            "name": letter.name,
            "words": letter.words,
            "verdict": letter.verdict,
            "text": found.text,
            "answers": bool(letter.in_reply_to),
            "can_answer": _can_answer(library, letter.id),
            "club": next((each.name for each in invitations(library) if each.letter == letter.id), ""),
        }
    )


def _can_answer(library: Library, letter: str) -> bool:
    with suppress(UsageError, LibraryError):
        return bool(inbox.reply_address(library, letter))
    return False


def enclosed(request: Request, service: Service) -> Response:
    """What lies in a letter, as a worker made it anew: a picture, or sound. Raises: UsageError for what is neither."""
    media_type, content = attachments.shown(service.library(), request.path_params["letter"], service.pool)
    return Response(content, media_type=media_type)


def enclosed_text(request: Request, service: Service) -> Response:
    """The same of what is text: a card, a proposal, a share, for whoever reads such."""
    found = attachments.saved(service.library(), request.path_params["letter"])
    return answer({"text": found.content.decode("utf-8", "replace")})


def block(request: Request, service: Service) -> Response:
    """Hear no more of who wrote this."""
    done = blocking.block(service.library(), request.path_params["letter"], now=service.now())
    return answer({"sentence": done.outcome().headline})


def remove(request: Request, service: Service) -> Response:
    """Destroy a letter."""
    done = inbox.remove(service.library(), request.path_params["letter"])
    return answer({"sentence": done.outcome().headline})


def join_club(request: Request, service: Service) -> Response:
    """Go in to the club that a letter lets in to."""
    done = join(service.library(), request.path_params["letter"], now=service.now())
    return answer({"sentence": done.outcome().headline})


# -- what goes ---------------------------------------------------------------------------------------------------------


def people(_request: Request, service: Service) -> Response:
    """Whom one can write to, and who can sign."""
    library = service.library()
    return answer(
        {
            "people": [{"id": key, **line} for key, (_, line) in _people(library).items()],
            "labels": [face(library, view) for view in own_labels(library)],
        }
    )


def _people(library: Library) -> dict[str, tuple[str, dict[str, str]]]:
    """By what the page calls them: what ops know them by, and what people see."""
    found = dict[str, tuple[str, dict[str, str]]]()
    for name, card in library.shelf.friends().items():
        line = {"name": name, "words": imprint_words(card.imprint), "kind": "friend"}
        found[opaque(library, "friend", name)] = name, line
    for imprint, name in _takers(library):
        line = {"name": name, "words": imprint_words(imprint), "kind": "label"}
        found[label_id(library, imprint)] = imprint, line
    return found


def _takers(library: Library) -> Iterator[tuple[str, str]]:
    """Labels of others that take letters."""
    for view in library.shelf.labels():
        if view.standing not in {"own", "carrier"} and takes_letters(library, view.imprint):
            yield view.imprint, view.name


def write(request: Request, service: Service) -> Response:
    """Seal a letter, and put it on its way."""
    library, wish = service.library(), asked(request, _LetterWish)
    uploads = room(service).uploads
    numbers = [each for each in (wish.demo, wish.attach) if each is not None]
    files = uploads.landed(numbers)
    card = _card(library, wish.card)
    done = writing.write(
        library,
        _addressee(library, wish.to),
        wish.text,
        as_=signer(library, wish.label),
        name=wish.name or None,
        demo=None if wish.demo is None else files[wish.demo],
        attach=card if wish.attach is None else files[wish.attach],
        in_reply_to=wish.answers,
        now=service.now(),
    )
    uploads.drop(numbers)
    said = done.outcome()
    return answer({"sentence": said.headline, "lines": said.lines})


def _addressee(library: Library, wanted: str) -> str:
    if not wanted:
        return ""
    known = _people(library)
    if wanted not in known:
        raise NotFoundError(NOBODY)
    return known[wanted][0]


def _card(library: Library, wanted: str) -> BytesReader | None:
    if not wanted:
        return None
    return BytesReader(card_bytes(my_card(library, label=find_label(library, wanted).imprint)))


def address(request: Request, service: Service) -> Response:
    """Whether an own label takes letters, and under which address."""
    library, wish = service.library(), asked(request, _LettersWish)
    view = find_label(library, request.path_params["label"])
    done = addresses.take_letters(library, view.imprint, wish.address, now=service.now())
    return answer({"sentence": done.outcome().headline})


ENDPOINTS: tuple[Endpoint, ...] = (
    api("GET", "post", everything),
    api("POST", "post", write),
    api("GET", "post/people", people),
    api("GET", "post/{letter}", one),
    api("DELETE", "post/{letter}", remove),
    api("GET", "post/{letter}/text", enclosed_text),
    media("post/{letter}/enclosed", enclosed),
    api("POST", "post/{letter}/block", block),
    api("POST", "post/{letter}/join", join_club),
    api("POST", "labels/{label}/letters", address),
)
