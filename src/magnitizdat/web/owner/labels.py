"""Labels on the page: who signs, whom one follows, who vouches for whom."""

from __future__ import annotations

from typing import Annotated, Any

import msgspec
from starlette.requests import Request
from starlette.responses import Response

from magnitizdat.formats.names import imprint_picture, imprint_words
from magnitizdat.library.index.views import LabelView
from magnitizdat.library.library import Library
from magnitizdat.ops.labels import ends, labels
from magnitizdat.ops.labels.branches import forks_of
from magnitizdat.ops.labels.of_clubs import of_clubs
from magnitizdat.ops.labels.removing import remove_label
from magnitizdat.ops.labels.vouches import VouchLine, contradictions, vouch_sentences, vouched_by
from magnitizdat.ops.listen.sleeves import freshness_sentences
from magnitizdat.ops.post.addresses import label_document
from magnitizdat.ops.post.renaming import rename
from magnitizdat.ops.voices import vouching
from magnitizdat.pages.qr import svg_qr
from magnitizdat.sentence import listed, say
from magnitizdat.web.http.answers import answer, asked, queried
from magnitizdat.web.http.routes import Endpoint
from magnitizdat.web.http.service import Service
from magnitizdat.web.owner.holding import standing
from magnitizdat.web.owner.names import find_label, find_named, label_id, opaque
from magnitizdat.web.owner.tables import api, media

SVG = "image/svg+xml"
NameText = Annotated[str, msgspec.Meta(min_length=1, max_length=200)]
Note = Annotated[str, msgspec.Meta(max_length=512)]


class _LabelName(msgspec.Struct, frozen=True):
    name: NameText


class _ChosenBranch(msgspec.Struct, frozen=True):
    branch: str


class _Follow(msgspec.Struct, frozen=True):
    sure: bool = False


class _Vouching(msgspec.Struct, frozen=True):
    """`label`: what the page calls the own label that vouches."""

    label: str = ""
    note: Note = ""


class As(msgspec.Struct, frozen=True):
    """In the address of what is withdrawn: which own label says it no more."""

    label: str = ""


def signer(library: Library, named: str) -> str:
    """For `as_` of the ops: the imprint of an own label by what the page calls it; empty where none was named."""
    return find_label(library, named).imprint if named else ""


def face(library: Library, view: LabelView) -> dict[str, Any]:
    """What people know a label by."""
    named = label_id(library, view.imprint)
    return {
        "id": named,
        "name": view.name,
        "words": imprint_words(view.imprint),
        "picture": f"api/labels/{named}/picture.svg",
    }


# -- all of them -------------------------------------------------------------------------------------------------------


def all_labels(_request: Request, service: Service) -> Response:
    """Every label that is known here, my own ones first; of a `club`'s door none of them signs for a person."""
    library = service.library()
    stay, known = of_clubs(library), [view for view in library.shelf.labels() if view.standing != "carrier"]
    return answer([{**_line(service, view), "club": view.imprint in stay} for view in known])


def _line(service: Service, view: LabelView) -> dict[str, Any]:
    library = service.library()
    known = labels.freshness(library, view, now=service.now())
    vouches = vouch_sentences(vouched_by(library, view.imprint))
    return {
        **face(library, view),
        "imprint": view.imprint,
        "standing": {"followed": "follow"}.get(view.standing, view.standing),
        "own": view.standing == "own",
        "heard": view.heard,
        "frozen": view.frozen,
        "freshness": listed(freshness_sentences(known), " ") if known else "",
        "vouched": listed(vouches, "; "),
        "qr": f"api/labels/{label_id(library, view.imprint)}/qr.svg",
    }


def make_label(request: Request, service: Service) -> Response:
    """A new label; its paper words are in this answer and nowhere else."""
    library = service.library()
    made, paper = labels.create(library, asked(request, _LabelName).name, now=service.now())
    view = next(each for each in library.shelf.labels() if each.imprint == made.imprint)
    return answer({**_line(service, view), "paper_words": paper})


# -- one of them -------------------------------------------------------------------------------------------------------


def one(request: Request, service: Service) -> Response:
    """All that is known of one: who vouches for it, and who carries it on."""
    library = service.library()
    view = find_label(library, request.path_params["label"])
    said = {"letters": takes_letters(library, view.imprint), "forks": _forks(library, view)}
    return answer({**_line(service, view), **said, **_vouches(library, view), **standing(library, view)})


def takes_letters(library: Library, imprint: str) -> bool:
    """Whether a label says an address for letters."""
    document = label_document(library, imprint)
    return bool(document and document.letters)


def follow(request: Request, service: Service) -> Response:
    """Follow a label. Raises: AlikeError for a name like that of another one, unless the owner is sure."""
    library = service.library()
    view = find_label(library, request.path_params["label"])
    labels.follow(library, view.imprint, sure=asked(request, _Follow).sure)
    return answer(
        {"sentence": say("You follow «{name}» now: {imprint}.", name=view.name, imprint=imprint_words(view.imprint))}
    )


def unfollow(request: Request, service: Service) -> Response:
    """Follow a label no more. Raises: UsageError where it is not followed."""
    library = service.library()
    view = ends.unfollow(library, find_label(library, request.path_params["label"]).imprint)
    return answer({"sentence": say("You do not follow «{name}» any more; what is here of it stays.", name=view.name)})


def block(request: Request, service: Service) -> Response:
    """Take a label out, and let nothing of it in again.

    Raises: NotSureError where music of it is here, unless the owner is sure.
    """
    library = service.library()
    imprint = find_label(library, request.path_params["label"]).imprint
    done = ends.block(library, imprint, now=service.now(), sure=asked(request, _Follow).sure)
    return answer({"sentence": say("«{name}» is blocked: nothing of it comes in any more.", name=done.name)})


def blocked(_request: Request, service: Service) -> Response:
    """Labels of which nothing comes in."""
    library = service.library()
    return answer(
        [
            {"id": opaque(library, "label", row.imprint), "name": row.name, "words": imprint_words(row.imprint)}
            for row in ends.blocked_rows(library)
        ]
    )


def unblock(request: Request, service: Service) -> Response:
    """Let a label in again."""
    library = service.library()
    imprints = [row.imprint for row in ends.blocked_rows(library)]
    imprint = find_named(library, "label", imprints, request.path_params["label"])
    name = ends.unblock(library, imprint, now=service.now())
    return answer({"sentence": say("«{name}» is blocked no more: the next reel may bring it.", name=name)})


def remove(request: Request, service: Service) -> Response:
    """Take a label of others out. Raises: as `block`."""
    library = service.library()
    imprint = find_label(library, request.path_params["label"]).imprint
    return answer({"sentence": remove_label(library, imprint, sure=queried(request, _Follow).sure).outcome().headline})


def renamed(request: Request, service: Service) -> Response:
    """Give an own label another name. Raises: UsageError where a label that is known is called like that."""
    library, wish = service.library(), asked(request, _LabelName)
    imprint = find_label(library, request.path_params["label"]).imprint
    before, _ = rename(library, imprint, wish.name, now=service.now())
    return answer(
        {
            "sentence": say(
                "«{before}» is called «{name}» now; others learn it with the next stick.", before=before, name=wish.name
            )
        }
    )


def choose(request: Request, service: Service) -> Response:
    """Go on with one branch of a label that signed two different things, by the beginning of its digest."""
    library = service.library()
    view = find_label(library, request.path_params["label"])
    labels.choose_branch(library, view.imprint, asked(request, _ChosenBranch).branch)
    return answer({})


def _forks(library: Library, view: LabelView) -> list[dict[str, Any]]:
    """What there is to choose, as the page shows it."""
    forks = forks_of(labels.held_state(library, view.imprint)) if view.frozen else ()
    return [{"sentence": each.sentence(view.name), "held": each.held, "other": each.other} for each in forks]


def picture(request: Request, service: Service) -> Response:
    """The small picture of an imprint."""
    view = find_label(service.library(), request.path_params["label"])
    return Response(imprint_picture(view.imprint), media_type=SVG)


def qr(request: Request, service: Service) -> Response:
    """Imprint and checkpoint, to be photographed."""
    library = service.library()
    view = find_label(library, request.path_params["label"])
    address = labels.address(library, view.imprint)
    return Response(svg_qr(msgspec.json.encode(address).decode()), media_type=SVG)


def _vouches(library: Library, view: LabelView) -> dict[str, Any]:
    lines = vouched_by(library, view.imprint)
    return {
        "statement": vouching.statement(view),
        "vouches": [_vouch_line(library, line) for line in lines],
        "disagree": listed(list(contradictions(lines)), "; "),
    }


def _vouch_line(library: Library, line: VouchLine) -> dict[str, Any]:
    named = label_id(library, line.imprint)
    return {
        "label_id": named,
        "name": line.name,
        "picture": f"api/labels/{named}/picture.svg",
        "own": line.own,
        "note": line.note,
        "agrees": line.agrees is not False,
        "outgrown": line.own and line.outgrown,
        "heard": line.heard.version if line.heard else 0,
    }


# -- vouching ----------------------------------------------------------------------------------------------------------


def vouch(request: Request, service: Service) -> Response:
    """Sign that one knows who is behind a label."""
    library, wish = service.library(), asked(request, _Vouching)
    view = find_label(library, request.path_params["label"])
    as_ = signer(library, wish.label)
    done = vouching.vouch(library, view.imprint, as_=as_, now=service.now(), note=wish.note)
    return answer({"sentence": done.outcome().headline})


def withdraw_vouch(request: Request, service: Service) -> Response:
    """Say so no more."""
    library = service.library()
    view = find_label(library, request.path_params["label"])
    as_ = signer(library, queried(request, As).label)
    done = vouching.vouch(library, view.imprint, as_=as_, now=service.now(), withdraw=True)
    return answer({"sentence": done.outcome().headline})


ENDPOINTS: tuple[Endpoint, ...] = (
    api("GET", "labels", all_labels),
    api("POST", "labels", make_label),
    api("GET", "labels/blocked", blocked),
    api("DELETE", "labels/blocked/{label}", unblock),
    api("GET", "labels/{label}", one),
    api("DELETE", "labels/{label}", remove),
    api("POST", "labels/{label}/name", renamed),
    api("POST", "labels/{label}/unfollow", unfollow),
    api("POST", "labels/{label}/block", block),
    api("POST", "labels/{label}/follow", follow),
    api("POST", "labels/{label}/choose", choose),
    media("labels/{label}/picture.svg", picture),
    media("labels/{label}/qr.svg", qr),
    api("POST", "labels/{label}/vouch", vouch),
    api("DELETE", "labels/{label}/vouch", withdraw_vouch),
)
