"""Playlists of other players, whatever wrote them: M3U, PLS, XSPF, WPL and ASX, in one decoder for their texts.

XML is read as events, without entities: a document type, which could define some, ends it (XSPF 1 has none). Sources:
the XSPF 1 specification (durations in milliseconds), and what Windows Media Player writes as WPL (`media src`) and ASX.
"""

from __future__ import annotations

from xml.parsers import expat

from magnitizdat.errors import DamagedError
from magnitizdat.formats import m3u, pls
from magnitizdat.formats.m3u import LONGEST_LINE, MAX_ENTRIES, Listing, PlaylistEntry
from magnitizdat.sentence import say
from magnitizdat.workers.code_pages import decoded

_ENTRIES = frozenset({"track", "entry", "media"})
_FIELDS = {"location": "path", "title": "title", "creator": "artist", "author": "artist", "album": "album"}
_ADDRESSES = ("src", "href")
_NO_LIST = say("it is no playlist; give an M3U, PLS or XSPF file")


def read_list(content: bytes) -> Listing:
    """What kind it is says its beginning, never its name.

    Raises: DamagedError where it is no text, or XML that is not sound.
    """
    text = decoded(content)
    if "\0" in text:
        raise DamagedError(_NO_LIST)
    beginning = text.lstrip()[: len(pls.HEAD)].casefold()
    if beginning.startswith("<"):
        return _XmlList().read(text.lstrip())
    return pls.parse(text) if beginning == pls.HEAD else m3u.parse(text)


class _XmlList:
    """One playlist in XML, read event by event; names of elements count, whatever their namespace and case."""

    def __init__(self) -> None:
        self._name = ""
        self._entries: list[PlaylistEntry] = []
        self._said: dict[str, str] | None = None
        self._text = ""
        self._is_list = False

    def read(self, text: str) -> Listing:
        """Raises: DamagedError."""
        parser = expat.ParserCreate()
        parser.StartElementHandler = self._begin
        parser.EndElementHandler = self._end
        parser.CharacterDataHandler = self._more
        parser.StartDoctypeDeclHandler = self._refuse
        try:
            parser.Parse(text, True)
        except expat.ExpatError as exc:
            raise DamagedError(say("its XML is damaged; get an undamaged copy, or save it as M3U")) from exc
        if not self._is_list:
            raise DamagedError(_NO_LIST)
        return Listing(self._name, tuple(self._entries))

    def _refuse(self, *_: object) -> None:
        raise DamagedError(say("its XML defines words of its own, which no playlist does; save it as M3U"))

    def _begin(self, tag: str, attributes: dict[str, str]) -> None:
        element = _bare(tag)
        self._is_list = self._is_list or element in {"playlist", "smil", "asx"}
        self._text = ""
        if element in _ENTRIES:
            self._said = {}
        address = next((text for name, text in attributes.items() if _bare(name) in _ADDRESSES), "")
        if address and self._said is not None:
            self._said.setdefault("path", address)

    def _more(self, text: str) -> None:
        self._text = (self._text + text)[: LONGEST_LINE + 1]

    def _end(self, tag: str) -> None:
        element, text = _bare(tag), self._text.strip()
        self._text = ""
        if element == "title" and self._said is None:
            self._name = self._name or text[:LONGEST_LINE]
        elif self._said is None:
            return
        elif element in _FIELDS and text:
            self._said.setdefault(_FIELDS[element], text)
        elif element == "duration":
            self._said["seconds"] = str(m3u.seconds_of(text) / 1000)
        elif element in _ENTRIES:
            if len(self._entries) < MAX_ENTRIES:
                self._entries.append(m3u.entry(self._said.pop("path", ""), **self._said))
            self._said = None


def _bare(name: str) -> str:
    return name.rpartition(":")[2].casefold()
