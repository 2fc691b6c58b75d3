"""A spool over HTTP: a mirror, pinned or not, or another laptop's share by its ticket.

Everything is asked of one origin: what sends elsewhere is not followed, and a share sends nowhere. Whoever answers may
send anything: no more is read than was wanted, nobody is waited for longer than that is worth, nothing is unpacked.
"""

from __future__ import annotations

import threading
import time
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from http.client import HTTPConnection, HTTPException, HTTPResponse
from urllib.parse import quote, urljoin, urlsplit

from magnitizdat.errors import DamagedError, NotFoundError, UnreachableError
from magnitizdat.formats import budgets
from magnitizdat.formats.tickets import Address
from magnitizdat.ops.places.dialling import (
    Dialler,
    NobodyError,
    NoListenerError,
    NoTlsError,
    OtherKeyError,
    Reached,
    UnvouchedError,
)
from magnitizdat.ops.places.origins import SAFE, RemoteOrigin, web_origin
from magnitizdat.ops.places.socks import Proxy
from magnitizdat.ops.places.spool import FarSpool, at_most, read_labels
from magnitizdat.sentence import say

MOST_WAIT_S = 60
"""Seconds that a busy server may ask us to wait."""
_KEPT = 8
"""Connections that are kept."""
_HOPS = 2
"""Redirects in a row."""
_TRIES = 3
"""Of a server that is busy, and where connections break before anything new came."""
_CROWDED_TRIES, _CROWDED_S = 30, 1.0
"""Where other connections bring something meanwhile; seconds before each that follows."""
_STEP = 1 << 17
"""Bytes that are lost where a connection breaks, at most."""
_HERE = {200, 206}
_BUSY, _ABSENT, _ELSEWHERE = {429, 502, 503, 504}, {403, 404, 410}, {301, 302, 303, 307, 308}
_HEADERS = {"User-Agent": "Mozilla/5.0"}
_UNVOUCHED = say(
    "nobody vouches for the key of this address, or the clock is wrong here; ask for the address with its pin, #pin=…"
)
_STOPPED = budgets.PIECE_S.sentence


class _Wire:
    """A connection that requests go over, one after another."""

    def __init__(self, reached: Reached) -> None:
        address = reached.target.address
        self._http = HTTPConnection(address.host, address.port)
        self._http.default_port = 443 if address.port == 443 else 80  # which is not said
        self._http.sock, self._http.auto_open = reached.connection, 0
        self._patient = reached.connection
        self._answer: HTTPResponse | None = None
        self.target, self.place = "", 0
        """What it was asked for, and how much of the answer was read."""

    def ask(self, method: str, target: str, headers: Mapping[str, str], body: bytes | None = None) -> HTTPResponse:
        """What is answered, up to where its content begins."""
        self._answer = None
        self.target, self.place = target, 0
        self._be_patient()
        self.make_room(0)
        self._http.request(method, target, body, {**_HEADERS, **headers})
        self._answer = self._http.getresponse()
        return self._answer

    def _be_patient(self) -> None:
        self._patient.deadline = time.monotonic() + self._patient.slack_s + budgets.PIECE_S.most
        self._patient.earned_s = 0.0

    def go_on(self) -> HTTPResponse | None:
        """The answer, where one of a whole file was read in part, and no question follows it yet."""
        if not self.is_within:
            return None
        self._be_patient()
        return self._answer

    @property
    def is_within(self) -> bool:
        """Whether the rest of a file comes next: so do those answer who know no ranges."""
        answer = self._answer
        return answer is not None and answer.status == 200 and self.place > 0 and not answer.isclosed()

    def begin_content(self, length: int) -> None:
        """Take so many bytes, and a few more; wait no longer for what comes than what came is worth."""
        self._patient.earned_s = 1 / budgets.PIECE_S.per
        self.make_room(length)

    def make_room(self, length: int) -> None:
        """Take so many bytes, and a few more."""
        self._patient.room = length + budgets.BESIDE.most

    def read_rest(self) -> None:
        """The page of words that comes with a refusal, where it is short: it would stand before the next answer."""
        if self._answer is not None and (self._answer.length or 0) <= _STEP:
            self._answer.read(_STEP)

    def is_free(self) -> bool:
        """Whether another question may follow: all of the answer was read, and it was not the last."""
        return self._answer is not None and self._answer.isclosed() and self._http.sock is not None

    @property
    def brings(self) -> bool:
        """Whether something came over it lately."""
        return self._patient.brings

    def shut(self) -> None:
        """Whoever waits for a byte waits no more; from any thread."""
        self._patient.shut()

    def close(self) -> None:
        """Hang up."""
        self._http.close()
        self._patient.close()


class _WantedRange:
    """A range of a file on its way, and what of it came."""

    def __init__(self, target: str, offset: int, length: int, *, is_part: bool) -> None:
        self.target = target
        self.is_done = False
        self.tries = 0
        self.got = 0
        self._begun, self._read = time.monotonic(), 0
        self._hops = 0
        self._offset, self._length, self._is_part = offset, length, is_part
        self._parts: list[bytes] = []

    @property
    def place(self) -> int:
        """Where the next byte of the file stands."""
        return self._offset + self.got

    def has_tried(self) -> bool:
        """Whether that was often enough."""
        self.tries += 1
        return self.tries >= _TRIES

    def is_too_late(self) -> bool:
        """Whether what came is not worth the time: a connection for each byte would else be made for hours."""
        return time.monotonic() - self._begun > budgets.PIECE_S.allowed(self._read)

    def put_off(self, seconds: float) -> None:
        """So long it was waited as the server asked."""
        self._begun += seconds

    def headers(self) -> dict[str, str]:
        """A whole file is asked for without a range, until something of it came."""
        whole = f"bytes={self.place}-{self._offset + self._length - 1}"
        return {"Range": whole} if self._is_part or self.got else {}

    def go_to(self, target: str) -> None:
        """Ask there. Raises: UnreachableError after too many of these."""
        self._hops += 1
        if self._hops > _HOPS:
            raise UnreachableError(say("the source leads round in a circle; ask for another address"))
        self.target = target

    def is_behind(self, line: _Wire) -> bool:
        """Whether a connection on which a file comes as a whole has yet to bring this part of it."""
        return self._is_part and line.target == self.target and line.place <= self.place

    def take(self, line: _Wire, answer: HTTPResponse) -> None:
        """What is answered, from where it was wanted; a server that knows no ranges begins at the beginning.

        Raises: OSError and HTTPException where it breaks; what came by then is kept.
        """
        came, skip = line.place, self.place if answer.status == 200 else 0
        most = skip + self._length - self.got
        line.begin_content(most - came)
        while came < most:
            part = answer.read(min(_STEP, (skip if came < skip else most) - came))
            if not part and answer.length:
                raise ConnectionResetError  # it ends before its length
            if not part:
                break
            if came >= skip:
                self._parts.append(part)
                self.got += len(part)
            came += len(part)
            line.place, self._read = came, self._read + len(part)
        self.is_done = True

    def content(self) -> bytes:
        """What came."""
        return self._parts[0] if len(self._parts) == 1 else b"".join(self._parts)


class HttpSpool(FarSpool):
    """A spool on a static web site, or under a ticket; connections are kept, whole answers cut to the ranges wanted."""

    def __init__(
        self, origin: RemoteOrigin | str, *, proxy: Proxy | None = None, wait: Callable[[float], object] | None = None
    ) -> None:
        """Raises: UsageError for an address that is none."""
        self._origin = web_origin(origin) if isinstance(origin, str) else origin
        self._follows = self._origin.follows and proxy is None
        self._dialler = Dialler(self._origin.addresses, is_tls=self._origin.is_tls, pin=self._origin.pin, proxy=proxy)
        self._hung_up = threading.Event()
        self._wait = wait or self._hung_up.wait
        self._kept: list[_Wire] = []
        self._midway: list[_Wire] = []
        self._in_use: dict[_Wire, None] = {}
        self._guard = threading.Lock()
        self._was_there = False

    def labels(self) -> list[str]:
        """What `labels/index.json` lists."""
        try:
            return read_labels(self.index())
        except NotFoundError as exc:
            raise self._origin.told.empty() from exc
        except DamagedError as exc:
            raise DamagedError(
                say("what this address answers is not readable as a list of labels; ask for a fresh address")
            ) from exc

    def fetch(self, path: str, max_length: int) -> bytes:
        """A whole small file."""
        return at_most(self._get(path, 0, max_length + 1, is_part=False), max_length)

    def fetch_range(self, path: str, offset: int, length: int) -> bytes:
        """Bytes of a blob."""
        return self._get(path, offset, length, is_part=True) if length else b""

    def post(self, path: str, body: bytes, most: int) -> bytes:
        """What is answered to `body`, of at most so many bytes; asked once.

        Raises: NotFoundError, UnreachableError, DamagedError where it is longer.
        """
        wanted = _WantedRange(self._origin.folder + path, 0, most + 1, is_part=False)
        try:
            with self._line() as line:
                answer = line.ask("POST", wanted.target, {}, body)
                self._require_open(answer)
                _require_content(answer, 0)
                wanted.take(line, answer)
        except (OSError, HTTPException) as exc:
            raise UnreachableError(_STOPPED) from exc
        return at_most(wanted.content(), most)

    def hang_up(self) -> None:
        """Connections that something comes over are shut, and no others are made."""
        self._hung_up.set()
        with self._guard:
            for each in self._in_use:
                each.shut()

    def close(self) -> None:
        """Close the connections."""
        with self._guard:
            lines = [*self._kept, *self._midway]
            self._kept.clear()
            self._midway.clear()
        for each in lines:
            each.close()

    def _get(self, path: str, offset: int, length: int, *, is_part: bool) -> bytes:
        """Where a connection breaks it goes on behind what came."""
        wanted = _WantedRange(self._origin.folder + path, offset, length, is_part=is_part)
        while not wanted.is_done:
            got = wanted.got
            try:
                with self._line(wanted) as line:
                    self._ask(line, wanted)
            except TimeoutError as exc:
                if not self._brings_something() or wanted.has_tried():
                    raise UnreachableError(_STOPPED) from exc
            except (OSError, HTTPException) as exc:
                self.close()  # those that were kept are broken too
                if wanted.is_too_late() if wanted.got > got else self._is_lost(wanted):
                    raise UnreachableError(_STOPPED) from exc
        return wanted.content()

    def _is_lost(self, wanted: _WantedRange) -> bool:
        """Whether no more is tried after one that brought nothing; a crowded host turns some away and serves others."""
        is_crowded = self._brings_something() and wanted.tries < _CROWDED_TRIES
        if (has_tried := wanted.has_tried()) and is_crowded:
            self._wait(_CROWDED_S)
            wanted.put_off(_CROWDED_S)
        return has_tried and not is_crowded

    def _brings_something(self) -> bool:
        """Whether other connections do: then one that is silent lost its way, as some do where many share bad air."""
        with self._guard:
            lines = [*self._in_use, *self._kept]
        return any(each.brings for each in lines)

    def _ask(self, line: _Wire, wanted: _WantedRange) -> None:
        begun = line.go_on()
        if begun is not None:
            wanted.take(line, begun)
            return
        answer = line.ask("GET", wanted.target, wanted.headers())
        self._require_open(answer)
        if answer.status not in _HERE:
            line.read_rest()
        if answer.status in _ELSEWHERE:
            wanted.go_to(self._within(wanted.target, answer.getheader("Location") or ""))
        elif answer.status in _BUSY and not wanted.has_tried():
            pause_s = _told_s(answer.getheader("Retry-After") or "", wanted.tries)
            self._wait(pause_s)
            wanted.put_off(pause_s)
        elif answer.status == 416:
            wanted.is_done = True
        else:
            _require_content(answer, wanted.place)
            wanted.take(line, answer)

    def _require_open(self, answer: HTTPResponse) -> None:
        """Raises: UnreachableError where a share says that it is over."""
        if answer.status == 410 and not self._origin.follows:
            raise self._origin.told.over()

    def _within(self, target: str, location: str) -> str:
        """Where the same origin says that it is. Raises: UnreachableError for another one."""
        here = f"{'https' if self._origin.is_tls else 'http'}://{self._origin.addresses[0]}"
        try:
            parts = urlsplit(urljoin(here + target, location))
            port = parts.port or (443 if parts.scheme == "https" else 80)
            is_here = f"{parts.scheme}://{Address(parts.hostname or '', port)}" == here and "@" not in parts.netloc
        except ValueError:
            is_here = False
        if not (is_here and self._follows):
            raise UnreachableError(
                say("the source sends us somewhere else, where we do not follow; ask for the address that it leads to")
            )
        return quote(parts.path or "/", safe=SAFE) + (f"?{quote(parts.query, safe=SAFE)}" if parts.query else "")

    @contextmanager
    def _line(self, wanted: _WantedRange | None = None) -> Iterator[_Wire]:
        """A connection for one question; kept for the next where nothing is left over."""
        self._require_wanted()
        line = self._found(wanted) or _Wire(self._dial())
        try:
            with self._guard:
                self._in_use[line] = None
            self._require_wanted()
            yield line
        finally:
            over = self._put_back(line, wanted)
            if over is not None:
                over.close()

    def _found(self, wanted: _WantedRange | None) -> _Wire | None:
        """A connection that was kept: over which the wanted range comes soonest, or where nothing is under way."""
        with self._guard:
            able = [each for each in self._midway if wanted and wanted.is_behind(each)]
            nearest = max(able, key=lambda each: each.place, default=None)
            if nearest is not None:
                self._midway.remove(nearest)
                return nearest
            return self._kept.pop() if self._kept else None

    def _put_back(self, line: _Wire, wanted: _WantedRange | None) -> _Wire | None:
        """Keep it, where it is of use; which one is to be closed instead."""
        with self._guard:
            self._in_use.pop(line, None)
            kept = self._kept if line.is_free() else self._midway
            is_midway = line.is_within and wanted is not None and wanted.is_done and wanted.is_behind(line)
            if not (line.is_free() or is_midway) or self._hung_up.is_set():
                return line
            kept.append(line)
            return kept.pop(0) if len(kept) > _KEPT else None

    def _require_wanted(self) -> None:
        """Raises: UnreachableError where somebody has hung up."""
        if self._hung_up.is_set():
            raise UnreachableError(_STOPPED)

    def _dial(self) -> Reached:
        told = self._origin.told
        try:
            reached = self._dialler.dial()
        except NoTlsError as exc:
            raise told.plain() from exc
        except OtherKeyError as exc:
            raise told.other() from exc
        except UnvouchedError as exc:
            raise UnreachableError(_UNVOUCHED) from exc
        except NoListenerError as exc:
            raise (told.over() if self._was_there else told.refused()) from exc
        except NobodyError as exc:
            raise (UnreachableError(_STOPPED) if self._was_there else told.nobody()) from exc
        self._was_there = True
        return reached


def _require_content(answer: HTTPResponse, place: int) -> None:
    """Raises: NotFoundError, UnreachableError, DamagedError where it is packed, or from elsewhere in the file."""
    if answer.status in _ABSENT:
        raise NotFoundError(say("the source does not have this file"))
    if answer.status not in _HERE:
        raise UnreachableError(say("the source answered {status}; try again later", status=answer.status))
    if (answer.getheader("Content-Encoding") or "identity").strip().lower() != "identity":
        raise DamagedError(say("the source packs what it sends, which it was not asked to; dub it from another copy"))
    begin = (answer.getheader("Content-Range") or f"bytes {place}-").strip()
    if answer.status == 206 and not begin.lower().startswith(f"bytes {place}-"):
        raise DamagedError(say("the source sends another part than it was asked for; dub it from another copy"))


def _told_s(told: str, tries: int) -> float:
    """Seconds that a busy server says. Source: RFC 9110, 10.2.3. Raises: UnreachableError where they are too many."""
    if not (told.isascii() and told.isdigit()):
        return float(0.3 * 2**tries)
    seconds = int(told.lstrip("0")[:9] or 0)
    if seconds > MOST_WAIT_S:
        raise UnreachableError(say("the source is busy, and says for how long: too long to wait; try again later"))
    return float(seconds)
