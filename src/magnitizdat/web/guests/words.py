"""What guests read: short, for a phone held by somebody who came for the music."""

from __future__ import annotations

from functools import lru_cache
from typing import NamedTuple

from magnitizdat.errors import UsageError
from magnitizdat.language import ENGLISH, Language, available, load, preferred
from magnitizdat.program import data_folder
from magnitizdat.sentence import say


class GuestWords(NamedTuple):
    """One language. `{…}` is filled in."""

    megabytes: str
    heading: str
    until: str
    listen_along: str
    no_internet: str
    album_count: str
    by: str
    cover_of: str
    whole_small: str
    whole_full: str
    one_by_one: str
    small: str
    original: str
    keep: str
    back: str
    next_page: str
    no_player: str
    notes: str
    side: str
    disc: str
    tracks: str
    leave_heading: str
    leave_how: str
    leave_button: str
    left: str
    left_full: str
    left_share: str
    left_busy: str
    left_nothing: str
    too_long: str
    nothing_here: str
    type_address: str
    locked: str
    wait: str
    crowded: str
    right: str
    play: str
    before: str
    after: str
    lyrics: str
    search: str
    searched: str
    not_found: str
    all_notes: str

    def size(self, length: int) -> str:
        """Bytes as people read them: 3.3 MB, 3,3 МБ."""
        whole, _, tenth = f"{max(length / 1e6, 0.1):.1f}".partition(".")
        return self.megabytes.format(whole=whole, tenth=tenth)


_ENGLISH = GuestWords(
    megabytes=say("{whole}.{tenth} MB"),
    heading=say("Music in this room"),
    until=say("Open until {time}."),
    listen_along=say(
        "This Wi‑Fi can read along: whoever is on it can see what you play. No name is asked and nothing "
        "about you is kept."
    ),
    no_internet=say("Your phone may warn that this Wi‑Fi has no internet. That is so: stay connected."),
    album_count=say("Albums: {count}"),
    by=say("by {artist}"),
    cover_of=say("Cover of {title}"),
    whole_small=say("Keep the whole album, small"),
    whole_full=say("Keep the whole album, originals"),
    one_by_one=say("The album is too long for one file; keep its tracks one by one."),
    small=say("small version"),
    original=say("original"),
    keep=say("Keep"),
    back=say("All albums"),
    next_page=say("Next page"),
    no_player=say("Your browser plays no audio; the file below can be kept."),
    notes=say("Liner notes"),
    side=say("Side {name}"),
    disc=say("Disc {number}"),
    tracks=say("Tracks"),
    leave_heading=say("Leave some music"),
    leave_how=say("Choose audio files or a ZIP of them. They stay sealed until your host has listened."),
    leave_button=say("Leave it here"),
    left=say("Left here: {count}. Thank you."),
    left_full=say("There is no room for more tonight. Left here: {count}."),
    left_share=say("One guest cannot leave more than this; ask your host to look at it first. Left here: {count}."),
    left_busy=say("Others are leaving music right now. Wait a while, then try again."),
    left_nothing=say("Nothing was left: choose audio files first."),
    too_long=say("One file was too long and was not taken."),
    nothing_here=say("There is nothing here."),
    type_address=say("Type the short address that stands under the code, or scan the code again."),
    locked=say("The host has locked the music. Wait a while and load the page again, or ask for a new code."),
    wait=say("Too many wrong addresses from here. Wait a while, then try again."),
    crowded=say("Too many phones are here at once. Wait a moment, then load the page again."),
    right=say("Please pass on only what you may."),
    play=say("Play {title}"),
    before=say("Previous song"),
    after=say("Next song"),
    lyrics=say("Lyrics"),
    search=say("Search"),
    searched=say("Album, artist or song"),
    not_found=say("Nothing in this room bears that name."),
    all_notes=say("All of the notes"),
)


@lru_cache(maxsize=16)
def words_of(code: str) -> GuestWords:
    """In a language that is there."""
    return GuestWords(*map(language_by(code).translate, _ENGLISH))


def language_by(code: str) -> Language:
    """A language that is there, or English."""
    try:
        return load(code, data_folder())
    except UsageError:  # somebody's PO file is none
        return ENGLISH


def languages() -> list[str]:
    """Those in which guests can read: the shipped ones, and what somebody brought."""
    return available(data_folder())


def language_of(asked: str, accepted: str) -> str:
    """The language that was asked for, or the best that a browser's Accept-Language names, or English."""
    there = languages()
    return asked if asked in there else preferred(accepted, there)
