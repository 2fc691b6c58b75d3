"""Friends, my card, and my other players."""

from __future__ import annotations

from typing import Annotated

import msgspec
from starlette.requests import Request
from starlette.responses import Response

from magnitizdat.errors import DamagedError, NotFoundError
from magnitizdat.formats.names import imprint_picture, imprint_words
from magnitizdat.library.library import Library
from magnitizdat.model import Card, fields
from magnitizdat.ops.give.forgetting import forget_given
from magnitizdat.ops.labels import friends as friend_ops
from magnitizdat.ops.labels import labels
from magnitizdat.ops.listen import apps as app_ops
from magnitizdat.ops.listen import handing_over
from magnitizdat.pages.qr import data_qr, svg_qr
from magnitizdat.sentence import say
from magnitizdat.web.http.answers import answer, asked, queried
from magnitizdat.web.http.hosts import host_for_others
from magnitizdat.web.http.routes import Endpoint
from magnitizdat.web.http.service import Service
from magnitizdat.web.owner.names import find_label, find_named, label_id, opaque
from magnitizdat.web.owner.tables import api, media

SVG = "image/svg+xml"
NO_CARD = say("you have no label yet, and a card needs one; make a label first")
NO_QR = say("no card was found in this picture; photograph its QR again, straight and sharp")
NO_TEXT = say("this is not a card; copy your friend's card whole, from the first bracket to the last")
_JSON = "application/json"
PersonName = Annotated[str, msgspec.Meta(min_length=1, max_length=200)]


class _Which(msgspec.Struct, frozen=True):
    """`label`: what the page calls one of several own labels."""

    label: str = ""


class _CardText(msgspec.Struct, frozen=True):
    """A friend's card as text, or as the value that the text holds."""

    text: str = ""
    card: msgspec.Raw = msgspec.Raw()
    name: str = ""
    replace: bool = False
    sure: bool = False


class _Again(msgspec.Struct, frozen=True):
    """In the address of a picture, where no value can say it."""

    replace: bool = False
    sure: bool = False


class _NewApp(msgspec.Struct, frozen=True):
    name: PersonName
    listener: Annotated[str, msgspec.Meta(max_length=200)] = ""


# -- friends -----------------------------------------------------------------------------------------------------------


def all_friends(_request: Request, service: Service) -> Response:
    """Everybody whose card is here."""
    library = service.library()
    return answer(
        [
            {
                "id": (named := opaque(library, "friend", name)),
                "name": name,
                "imprint": card.imprint,
                "words": imprint_words(card.imprint),
                "recipient": card.recipient,
                "picture": f"api/friends/{named}/picture.svg",
            }
            for name, card in library.shelf.friends().items()
        ]
    )


def add_friend(request: Request, service: Service) -> Response:
    """Keep a card: as text, as a value, or out of a photo of its QR.

    Raises: NotFoundError where no card is in the picture; NotSureError where another one stands under that name;
    AlikeError for a name like that of another one.
    """
    library = service.library()
    if request.headers.get("content-type", _JSON).partition(";")[0].strip() == _JSON:
        wish = asked(request, _CardText)
        content = wish.text.strip().encode() if wish.text else bytes(wish.card)
    else:
        again = queried(request, _Again)
        wish, content = _CardText(replace=again.replace, sure=again.sure), request.state.body
    try:
        card = friend_ops.card_in(content, service.pool)
    except DamagedError as exc:
        if content.lstrip()[:1] == b"{":
            raise
        raise NotFoundError(NO_TEXT if wish.text else NO_QR) from exc
    was_known = card in library.shelf.friends().values()
    name = friend_ops.add_friend(library, card, name=wish.name, replace=wish.replace, sure=wish.sure)
    return answer(
        {
            "name": name,
            "words": imprint_words(card.imprint),
            "known": was_known,
            "own": friend_ops.is_own(library, card),
        }
    )


def remove_friend(request: Request, service: Service) -> Response:
    """Forget a card."""
    library = service.library()
    name = find_named(library, "friend", library.shelf.friends(), request.path_params["friend"])
    friend_ops.remove_friend(library, name)
    return answer(
        {"sentence": say("«{name}» is not a friend any more; reels that were sealed to them stay so.", name=name)}
    )


def forget_friend(request: Request, service: Service) -> Response:
    """Destroy what is known of albums that a friend had from here; they stay a friend."""
    library = service.library()
    name = find_named(library, "friend", library.shelf.friends(), request.path_params["friend"])
    return answer({"sentence": forget_given(library, name, now=service.now()).outcome().headline})


def friend_picture(request: Request, service: Service) -> Response:
    """The small picture of a friend's imprint."""
    friends = service.library().shelf.friends()
    name = find_named(service.library(), "friend", friends, request.path_params["friend"])
    return Response(imprint_picture(friends[name].imprint), media_type=SVG)


def _my_card(request: Request, library: Library) -> Card:
    """The card of the label that was asked for, else of the only one.

    Raises: NotFoundError where there is no label: none is made behind anybody's back; UsageError as `my_card`.
    """
    if not labels.own_labels(library):
        raise NotFoundError(NO_CARD)
    wanted = queried(request, _Which).label
    return friend_ops.my_card(library, label=find_label(library, wanted).imprint if wanted else "")


def card(request: Request, service: Service) -> Response:
    """My card."""
    library = service.library()
    mine = _my_card(request, library)
    text, qr = friend_ops.card_bytes(mine).decode(), f"api/card.svg?label={label_id(library, mine.imprint)}"
    return answer({**fields(mine), "words": imprint_words(mine.imprint), "text": text, "qr": qr})


def card_qr(request: Request, service: Service) -> Response:
    """My card, to be photographed."""
    mine = _my_card(request, service.library())
    return Response(svg_qr(friend_ops.card_bytes(mine).decode()), media_type=SVG)


# -- players -----------------------------------------------------------------------------------------------------------


def all_apps(_request: Request, service: Service) -> Response:
    """My other players."""
    return answer(app_ops.apps(service.library()))


def add_app(request: Request, service: Service) -> Response:
    """Let one more in; its secret is in this answer, and on a page that shows it once."""
    library, wish = service.library(), asked(request, _NewApp)
    made = app_ops.add(library, wish.name, listener=wish.listener, now=service.now())
    handout = handing_over.Handout(name=made.app.name, user=made.app.user, secret=made.secret)
    once = handing_over.offer(library, handout, now=service.now())
    place = request.app.state.serving
    others = host_for_others(request, place)
    base = f"{request.url.scheme}://{others or request.headers['host']}{place.base_path}"
    link = f"{base}/device?once={once}"
    shown = {"secret": made.secret, "url": base, "once": link, "qr": data_qr(link), "reachable": others is not None}
    return answer({**fields(made.app), **shown})


def revoke_app(request: Request, service: Service) -> Response:
    """Never let it in again."""
    app_ops.revoke(service.library(), request.path_params["app"])
    return answer({})


ENDPOINTS: tuple[Endpoint, ...] = (
    api("GET", "friends", all_friends),
    api("POST", "friends", add_friend, body_limit=friend_ops.MAX_PHOTO_LENGTH),
    api("DELETE", "friends/{friend}", remove_friend),
    api("POST", "friends/{friend}/forget", forget_friend),
    media("friends/{friend}/picture.svg", friend_picture),
    api("GET", "card", card),
    media("card.svg", card_qr),
    api("GET", "apps", all_apps),
    api("POST", "apps", add_app),
    api("DELETE", "apps/{app}", revoke_app),
)
