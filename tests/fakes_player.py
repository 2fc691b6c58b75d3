"""A player of somebody's: its secret, its requests, and what the specification says of every answer."""

from __future__ import annotations

import hashlib
import json
import os
import xml.etree.ElementTree as ET
from datetime import datetime
from functools import cache
from pathlib import Path
from typing import Any

import jsonschema

from magnitizdat.library.journal import AlbumRow, TrackRow
from magnitizdat.library.library import Library
from magnitizdat.model import Gain, Lyrics, Release, Track
from magnitizdat.ops.albums.small_files import describe, seal_small
from magnitizdat.ops.listen import apps
from tests.fakes_library import NOW

_BESIDE = Path(__file__).parents[2] / "shared" / "vectors"
VECTORS = Path(os.environ.get("MAG_VECTORS") or _BESIDE) / "opensubsonic" / "openapi.json"
NAMESPACE = "{http://subsonic.org/restapi}"
COMMON = {"version": "1.16.1", "type": "library", "serverVersion": "1", "openSubsonic": True}

WORDS = "[00:01.00]Группа крови\n[00:02.50]<00:02.50>На <00:03.00>рукаве\n"
TRANSLATION = "[00:01.00]Blood type\n[00:02.50]On the sleeve\n"


def shelve(library: Library) -> dict[str, str]:
    """Two albums by one band, one of two discs by several; the ids of what tests speak of."""
    put(library, "a1" * 16, "Группа крови", "Кино", 3, date="1988-01-05", genres=("Rock", "Post-Punk"))
    put(library, "b2" * 16, "45", "Кино", 2, date="1982", genres=("Rock",), kind="album")
    put(library, "c3" * 16, 'Various <&> "Hits"', "Various Artists", 3, kind="compilation", artists=True)
    album = library.browse.album("a1" * 16)
    assert album is not None
    songs = [line.song for line in library.browse.songs_of(album.id)]
    return {"album": album.id, "artist": album.artist_id, "song": songs[0], "other": songs[1]}


def put(library: Library, album: str, title: str, artist: str, count: int, *, artists: bool = False, **fields) -> None:
    """An album of audio that is none; its first track has words, and the loudness that its tags say."""
    with library.changes() as changes:
        changes.row(AlbumRow(release=Release(id=album, title=title, artist=artist, **fields)))
        words = seal_small(library, changes, WORDS.encode(), "text/x-lrc")
        english = seal_small(library, changes, TRANSLATION.encode(), "text/x-lrc")
        for number in range(1, count + 1):
            content = f"{album} {number}".encode() * 1000
            seal_small(library, changes, content, "audio/flac")
            track = Track(
                id=hashlib.sha256(content).hexdigest(),
                title=f"{title} {number}",
                artist=f"Guest {number}" if artists else artist,
                file=describe(content, "audio/flac"),
                duration_s=180.4,
                disc=number if artists else 1,
                position=number,
                bit_rate=900_000,
                sample_rate=44_100,
                channels=2,
                bit_depth=16,
                genres=fields.get("genres", ()),
                isrc="USSM18300073",
                gain=Gain(gain_db=-7.25, peak=0.99),
                lyrics=(Lyrics(language="ru", file=words), Lyrics(language="en", file=english)) if number == 1 else (),
            )
            changes.row(TrackRow(release_id=album, track=track))
        changes.commit()


class Player:
    """Logs in by token, as most do; every answer in JSON is held against the specification."""

    def __init__(self, client: Any, library: Library, *, name: str = "Phone", listener: str = "") -> None:
        login = apps.add(library, name, listener=listener, now=NOW)
        self.client, self.user, self.secret = client, login.app.user, login.secret

    def login(self) -> dict[str, str]:
        salt = "c19b2d"
        token = hashlib.md5((self.secret + salt).encode()).hexdigest()
        return {"u": self.user, "t": token, "s": salt, "v": "1.16.1", "c": "tests"}

    def raw(self, name: str, /, *, method: str = "GET", headers: dict[str, str] | None = None, **fields: Any) -> Any:
        wanted = {**self.login(), **{key.rstrip("_"): value for key, value in fields.items()}}
        place = {"params": wanted} if method in {"GET", "HEAD"} else {"data": wanted}
        return self.client.request(method, f"/rest/{name}", headers=headers, **place)

    def answer(self, name: str, /, **fields: Any) -> dict[str, Any]:
        """What stands inside the envelope, after it was checked."""
        response = self.raw(name, f="json", **fields)
        assert (response.status_code, response.headers["content-type"]) == (200, "application/json"), response.text
        return checked(name, response.json())

    def ask(self, name: str, /, **fields: Any) -> dict[str, Any]:
        """The same of an answer that must be good."""
        found = self.answer(name, **fields)
        assert found["status"] == "ok", found
        return found

    def error(self, name: str, /, **fields: Any) -> int:
        """The number of a refusal."""
        found = self.answer(name, **fields)
        assert found["status"] == "failed", found
        return int(found["error"]["code"])

    def xml(self, name: str, /, **fields: Any) -> ET.Element:
        response = self.raw(name, **fields)
        assert (response.status_code, response.headers["content-type"]) == (200, "text/xml; charset=utf-8")
        root = ET.fromstring(response.content)
        assert root.tag == f"{NAMESPACE}subsonic-response"
        assert root.attrib == {**COMMON, "openSubsonic": "true", "status": root.attrib["status"]}
        return root


@cache
def specification() -> dict[str, Any]:
    """The document of the specification."""
    found: dict[str, Any] = json.loads(VECTORS.read_bytes())
    return found


def checked(name: str, document: dict[str, Any]) -> dict[str, Any]:
    """An answer of this endpoint, held against the specification where that is at hand."""
    body: dict[str, Any] = document["subsonic-response"]
    assert {key: body[key] for key in COMMON} == COMMON
    if VECTORS.is_file():
        validator = _validator(name.removesuffix(".view"))
        if validator is not None:
            validator.validate(document)
    return body


@cache
def _validator(name: str) -> jsonschema.Draft202012Validator | None:
    found = specification()
    path = found["paths"].get(f"/rest/{name}")
    if path is None:
        return None
    response = path.get("get", path.get("post"))["responses"]["200"]
    if "$ref" in response:
        response = found["components"]["schemas"][response["$ref"].rpartition("/")[2]]
    schema = response.get("content", {}).get("application/json", {}).get("schema")
    if schema is None:
        return None
    whole = {**schema, "components": found["components"]}
    formats = jsonschema.FormatChecker([])
    formats.checks("date-time", raises=ValueError)(_is_zoned)
    return jsonschema.Draft202012Validator(whole, format_checker=formats)


def _is_zoned(text: object) -> bool:
    return not isinstance(text, str) or datetime.fromisoformat(text).tzinfo is not None
