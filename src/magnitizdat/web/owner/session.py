"""First start, unlocking, locking, and what the page has to know before anything else."""

from __future__ import annotations

from typing import Annotated, Any

import msgspec
from starlette.requests import Request
from starlette.responses import Response

from magnitizdat import __version__, language, program
from magnitizdat.disk.space import space
from magnitizdat.errors import MagError, UsageError
from magnitizdat.formats import names, shares
from magnitizdat.library.library import read_slot
from magnitizdat.library.slot import Standing, standing
from magnitizdat.model import fields
from magnitizdat.ops.keep import paper, session, upkeep
from magnitizdat.ops.listen import lock_screen
from magnitizdat.ops.listen.hearing import Hearing, hear, hearing
from magnitizdat.pages.qr import svg_qr
from magnitizdat.pages.words import LANGUAGES
from magnitizdat.sentence import say
from magnitizdat.web.http import doors
from magnitizdat.web.http.answers import answer, asked
from magnitizdat.web.http.routes import NOTHING, AbsentError, Endpoint
from magnitizdat.web.http.service import Service
from magnitizdat.web.http.sessions import Session
from magnitizdat.web.http.speech import language_of
from magnitizdat.web.owner.tables import api, media
from magnitizdat.web.owner.wording import wording

TURN_S = 10.0
"""Seconds that the owner's page waits while somebody else tries a passphrase."""


class _Passphrase(msgspec.Struct, frozen=True):
    passphrase: Annotated[str, msgspec.Meta(min_length=1, max_length=1024)]

    def __repr__(self) -> str:
        return "_Passphrase(…)"


class _LanguageChoice(msgspec.Struct, frozen=True):
    language: str


def current(request: Request, service: Service) -> Response:
    """Where things stand."""
    return answer(_state(request, service))


def _session(request: Request, service: Service) -> Session:
    found = doors.session_of(request, service)
    if found is None:
        raise AbsentError(NOTHING)
    return found


def state_of(service: Service) -> str:
    """`open`, `locked` (also where only its key is missing: unlocking says so), or `none` where no library is."""
    if not service.locked:
        return "open"
    return "none" if standing(service.directory) is Standing.NONE else "locked"


def _state(request: Request, service: Service) -> dict[str, Any]:
    state = state_of(service)
    folder = program.data_folder()
    _session(request, service)  # may have chosen anew
    return {
        "state": state,
        "language": language_of(request).code,
        "languages": [
            {"code": code, "name": LANGUAGES.get(code, code), "dir": "rtl" if _is_rtl(code) else "ltr"}
            for code in language.available(folder)
        ],
        "version": __version__,
        "listener": "",
        "show_names": state == "open" and lock_screen.shows_names(service.library()),
        "hearing": fields(hearing(service.library()) if state == "open" else Hearing()),
        "suggest_words": names.passphrase_words(6) if state == "none" else None,
    }


def _is_rtl(code: str) -> bool:
    try:
        return language.load(code, program.data_folder()).is_right_to_left
    except MagError:
        return False


def choose(request: Request, service: Service) -> Response:
    """The language of this browser.

    Raises: UsageError for one that is not there.
    """
    wish = asked(request, _LanguageChoice).language
    if wish not in language.available(program.data_folder()):
        raise UsageError(say("this language is not there; put its PO file into the data folder first"))
    _session(request, service).language = wish
    return answer(_state(request, service))


class _LockScreenChoice(msgspec.Struct, frozen=True):
    show_names: bool


def settle(request: Request, service: Service) -> Response:
    """What the owner allows the page to tell the system: kept by this server, for every browser."""
    lock_screen.show_names(service.library(), on=asked(request, _LockScreenChoice).show_names)
    return answer(_state(request, service))


def choose_hearing(request: Request, service: Service) -> Response:
    """How loud and how fast the owner hears."""
    hear(service.library(), asked(request, Hearing))
    return answer(_state(request, service))


def init(request: Request, service: Service) -> Response:
    """Make the library, and open it."""
    passphrase = asked(request, _Passphrase).passphrase
    session.make_library(service.directory, passphrase)
    service.unlock(passphrase)
    return answer({**_state(request, service), "paper": _paper(request, service)})


def unlock(request: Request, service: Service) -> Response:
    """Open the library. Raises: WrongPassphraseError."""
    service.unlock(asked(request, _Passphrase).passphrase, patience_s=TURN_S)
    return answer(_state(request, service))


def lock(request: Request, service: Service) -> Response:
    """Stop what runs, forget the secrets."""
    service.lock()
    return answer(_state(request, service))


class _Sure(msgspec.Struct, frozen=True):
    sure: bool = False


def panic(request: Request, service: Service) -> Response:
    """Destroy the keys: where that is done, this server has ended and nothing is answered.

    Raises: UsageError without the word that it is meant; TargetError where the slot could not be destroyed.
    """
    if not asked(request, _Sure).sure:
        raise UsageError(say("this destroys the keys; it is done for somebody who says that they are sure"))
    service.panic()
    return answer({})


def words(_request: Request, _service: Service) -> Response:
    """Six fresh words."""
    return answer({"passphrase": names.passphrase_words(6)})


def word_list(request: Request, _service: Service) -> Response:
    """The words that may be typed: of passphrases, paper keys and reels, or of shares. Raises: AbsentError."""
    lists = {"passphrase": names.word_list, "share": shares.word_list}
    name = request.path_params["list"]
    if name not in lists:
        raise AbsentError(NOTHING)
    return answer({"words": lists[name]()})


def paper_copy(request: Request, service: Service) -> Response:
    """The key slot to print."""
    return answer(_paper(request, service))


def _paper(request: Request, service: Service) -> dict[str, Any]:
    text, language = paper.paper_text(read_slot(service.directory)), language_of(request)
    lines = [language.said(paper.ADVICE), "", paper.COMMAND, "", *text.splitlines()]
    return {"title": language.said(paper.TITLE), "lines": lines, "text": text, "qr": "api/paper.svg"}


def paper_qr(_request: Request, service: Service) -> Response:
    """The key slot as a QR."""
    text = paper.paper_text(read_slot(service.directory))
    return Response(svg_qr(text), media_type="image/svg+xml")


def status(_request: Request, service: Service) -> Response:
    """The library at a glance."""
    library = service.library()
    found = upkeep.status(library)
    warnings = []
    if found.incomplete:
        warnings.append(say("Some albums are not whole yet; take them again from where they came."))
    return answer({**fields(found), "free": space(library.directory).free, "warnings": warnings})


def messages(request: Request, _service: Service) -> Response:
    """The page's own words in a language, by key.

    Raises: AbsentError for a language that is not there, UsageError for a PO file that is none.
    """
    code = request.path_params["code"]
    folder = program.data_folder()
    if code not in language.available(folder):
        raise AbsentError(NOTHING)
    return answer(wording(language.load(code, folder)))  # a broken file: a sentence, and the page stays English


ENDPOINTS: tuple[Endpoint, ...] = (
    api("GET", "session", current, while_locked=True),
    api("POST", "session", choose, while_locked=True),
    api("POST", "settings", settle),
    api("PUT", "hearing", choose_hearing),
    api("POST", "init", init, while_locked=True, body_limit=8192),
    api("POST", "unlock", unlock, while_locked=True, body_limit=8192, tries_passphrase=True),
    api("POST", "lock", lock, while_locked=True),
    api("POST", "panic", panic, while_locked=True),
    api("GET", "words", words, while_locked=True),
    api("GET", "words/{list}", word_list, while_locked=True),
    api("GET", "paper", paper_copy),
    media("paper.svg", paper_qr),
    api("GET", "status", status),
    api("GET", "messages/{code}", messages, while_locked=True),
)
