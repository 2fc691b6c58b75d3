"""What people say of albums, what they compiled, and what is worth a listen: shown, said under a label, withdrawn."""

from __future__ import annotations

from typing import Annotated, Any

import msgspec
from starlette.requests import Request
from starlette.responses import Response

from magnitizdat.library.library import Library
from magnitizdat.ops.give.inlays import inlay_of
from magnitizdat.ops.labels.labels import own_labels
from magnitizdat.ops.listen.compiling import compile_playlist
from magnitizdat.ops.voices import reviewing, shown
from magnitizdat.ops.voices.discovering import Discovery, discover
from magnitizdat.pages.inlay import POLICY, inlay_page
from magnitizdat.sentence import Sentence, say
from magnitizdat.web.http.answers import answer, asked, queried
from magnitizdat.web.http.routes import Endpoint
from magnitizdat.web.http.service import Service
from magnitizdat.web.http.speech import voice_of
from magnitizdat.web.owner.labels import As, face, signer
from magnitizdat.web.owner.names import find_named, label_id, opaque
from magnitizdat.web.owner.shelf import album_lines, find_album, song_lines
from magnitizdat.web.owner.tables import api, media

ShortText = Annotated[str, msgspec.Meta(max_length=512)]
LongText = Annotated[str, msgspec.Meta(max_length=20_000)]
LISTED = 50
"""Lines of Discover."""


class _OwnWord(msgspec.Struct, frozen=True):
    """All that a label says of an album from now on; `label` is what the page calls the one that signs."""

    label: str = ""
    recommended: bool = False
    rating: Annotated[int, msgspec.Meta(ge=1, le=5)] | None = None
    headline: ShortText = ""
    text: LongText = ""
    language: Annotated[str, msgspec.Meta(max_length=35)] = ""


class _Compile(msgspec.Struct, frozen=True):
    label: str = ""
    notes: LongText = ""
    language: Annotated[str, msgspec.Meta(max_length=35)] = ""


# -- of an album -------------------------------------------------------------------------------------------------------


def about_album(request: Request, service: Service) -> Response:
    """What is said of an album, mine first, and which labels of mine can speak."""
    library = service.library()
    found = shown.about_album(library, find_album(request, service))
    return answer(
        {
            "voices": [_voice(library, each) for each in (*found.own, *found.followed)],
            "average": found.average,
            "ratings": found.ratings,
            "strangers": found.strangers,
            "labels": [face(library, view) for view in own_labels(library)],
        }
    )


def _voice(library: Library, said: shown.SaidOfAlbum) -> dict[str, Any]:
    named = label_id(library, said.imprint)
    return {
        "label": said.label,
        "label_id": named,
        "picture": f"api/labels/{named}/picture.svg",
        "own": said.own,
        "recommended": said.pick,
        "rating": said.rating,
        "headline": said.headline,
        "text": said.text,
        "language": said.language,
        "date": said.date,
    }


def review(request: Request, service: Service) -> Response:
    """Say it: one document, signed, in place of what the label said of the album before."""
    library, wish = service.library(), asked(request, _OwnWord)
    done = reviewing.review(
        library,
        find_album(request, service),
        as_=signer(library, wish.label),
        now=service.now(),
        rating=wish.rating,
        headline=wish.headline,
        body=wish.text,
        language=wish.language,
        recommended=wish.recommended,
        withdraw=True,  # of what the label said before nothing stays but this
    )
    return answer({"sentence": done.outcome().headline})


def withdraw(request: Request, service: Service) -> Response:
    """Say nothing of the album any more, neither a review nor a pick."""
    library = service.library()
    album = find_album(request, service)
    as_ = signer(library, queried(request, As).label)
    done = reviewing.review(library, album, as_=as_, now=service.now(), recommended=False, withdraw=True)
    return answer({"sentence": done.outcome().headline})


def sleeve(request: Request, service: Service) -> Response:
    """A page to print, cut and fold, under the rules that it brings along."""
    library = service.library()
    view = library.shelf.find(find_album(request, service))
    voice = voice_of(request)
    page = inlay_page(inlay_of(library, view, voice), voice)
    rules = {"content-security-policy": f"{POLICY}; frame-ancestors 'none'"}
    return Response(page, media_type="text/html; charset=utf-8", headers=rules)


# -- compilations ------------------------------------------------------------------------------------------------------


def compilations(_request: Request, service: Service) -> Response:
    """Playlists that own and followed labels signed."""
    library = service.library()
    return answer({"compilations": [_compiled(library, each) for each in shown.compilations(library)]})


def _compiled(library: Library, found: shown.ShownCompilation) -> dict[str, Any]:
    return {
        "id": opaque(library, "compilation", found.key),
        "name": found.name,
        "label": found.label,
        "label_id": label_id(library, found.imprint),
        "own": found.own,
        "count": found.tracks,
        "here": found.here,
        "date": found.date,
    }


def _key(library: Library, wanted: str) -> str:
    return find_named(library, "compilation", [each.key for each in shown.compilations(library)], wanted)


def compilation(request: Request, service: Service) -> Response:
    """One with its tracks: songs of those that are here, names of the others."""
    library = service.library()
    found = shown.compilation(library, _key(library, request.path_params["compilation"]))
    here = library.browse.named([track.song for track in found.tracks if track.song])
    songs = dict(zip(here, song_lines(library, here.values()), strict=True))
    tracks = [
        {"title": each.title, "artist": each.artist, "duration_s": each.duration_s, "song": songs.get(each.song)}
        for each in found.tracks
    ]
    return answer({**_compiled(library, found.shown), "notes": found.notes, "tracks": tracks})


def sign_playlist(request: Request, service: Service) -> Response:
    """Sign a playlist of one's own."""
    library, wish = service.library(), asked(request, _Compile)
    notes = {wish.language or "und": wish.notes} if wish.notes else None
    as_, playlist = signer(library, wish.label), request.path_params["playlist"]
    done = compile_playlist(library, playlist, as_=as_, now=service.now(), notes=notes)
    return answer({"sentence": done.outcome().headline})


def withdraw_compilation(request: Request, service: Service) -> Response:
    """Its label lists it no more."""
    library = service.library()
    found = shown.compilation(library, _key(library, request.path_params["compilation"]))
    imprint, _, name = found.shown.key.partition(".")
    done = compile_playlist(library, name, as_=imprint, now=service.now(), withdraw=True)
    return answer({"sentence": done.outcome().headline})


# -- discover ----------------------------------------------------------------------------------------------------------


def worth_a_listen(_request: Request, service: Service) -> Response:
    """Albums that nobody here has heard, best first, with reasons."""
    library = service.library()
    found = discover(library, size=LISTED).albums
    covers = {line["id"]: line["cover"] for line in album_lines(library, [each.id for each in found if each.here])}
    return answer({"lines": [_line(each, covers) for each in found]})


def _line(found: Discovery, covers: dict[str, str]) -> dict[str, Any]:
    return {
        "album": found.id if found.here else "",
        "cover": covers.get(found.id, ""),
        "title": found.title,
        "artist": found.artist,
        "reasons": found.reasons,
        "ask": "" if found.here else _whom_to_ask(found),
        "wish": "" if found.here else found.id,
    }


def _whom_to_ask(found: Discovery) -> Sentence:
    if found.label:
        return say("Ask those who speak of it, or anybody who follows «{label}».", label=found.label)
    return say("Ask those who speak of it.")


ENDPOINTS: tuple[Endpoint, ...] = (
    api("GET", "albums/{album}/voices", about_album),
    api("POST", "albums/{album}/review", review),
    api("DELETE", "albums/{album}/review", withdraw),
    media("albums/{album}/sleeve", sleeve),
    api("GET", "compilations", compilations),
    api("GET", "compilations/{compilation}", compilation),
    api("DELETE", "compilations/{compilation}", withdraw_compilation),
    api("POST", "playlists/{playlist}/sign", sign_playlist),
    api("GET", "discover", worth_a_listen),
)
