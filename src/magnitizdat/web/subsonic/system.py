"""What this server is and can, who asks, and all that makes no sense here and is refused in so many words."""

from __future__ import annotations

from magnitizdat.web.subsonic import model_kept as kept
from magnitizdat.web.subsonic.browsing import FOLDER
from magnitizdat.web.subsonic.calls import EMPTY, Answer, Call, Method
from magnitizdat.web.subsonic.encode import Payload
from magnitizdat.web.subsonic.params import GENERIC, NOT_AUTHORIZED, RefusedError

EXTENSIONS = tuple(
    kept.Extension(name=name, versions=versions)
    for name, versions in (
        ("apiKeyAuthentication", (1,)),
        ("formPost", (1,)),
        ("indexBasedQueue", (1,)),
        ("songLyrics", (1, 2)),
        ("topSongsByArtistId", (1,)),
        ("transcodeOffset", (1,)),
    )
)


def ping(_call: Call) -> Answer:
    return EMPTY


def licence(_call: Call) -> Answer:
    return Answer("license", kept.License(valid=True))


def token_info(call: Call) -> Answer:
    return Answer("tokenInfo", kept.TokenInfo(username=call.user))


def scan_status(call: Call) -> Answer:
    """Nothing is scanned: music is taken in by its owner, and is here when that is done."""
    count = len(call.library.browse.overview().keys)
    return Answer("scanStatus", kept.ScanStatus(scanning=False, count=count))


def user(call: Call) -> Answer:
    """Oneself; of anybody else nothing is said, not even whether they are here."""
    if call.params.text("username") != call.user:
        raise RefusedError(NOT_AUTHORIZED, "You can ask only for yourself.")
    return Answer("user", _user(call))


def users(call: Call) -> Answer:
    return Answer("users", kept.Users(user=(_user(call),)))


def empty(name: str, payload: Payload) -> Method:
    """Something that there is none of here."""
    return lambda _call: Answer(name, payload)


def refused(what: str) -> Method:
    """Something that cannot be done here."""

    def refuse(_call: Call) -> Answer:
        raise RefusedError(GENERIC, f"This server has no {what}.")

    return refuse


def _user(call: Call) -> kept.User:
    return kept.User(
        username=call.user,
        scrobbling_enabled=True,
        admin_role=False,
        settings_role=True,
        download_role=True,
        upload_role=False,
        playlist_role=True,
        cover_art_role=False,
        comment_role=True,
        podcast_role=False,
        stream_role=True,
        jukebox_role=False,
        share_role=False,
        video_conversion_role=False,
        folder=(FOLDER,),
    )
