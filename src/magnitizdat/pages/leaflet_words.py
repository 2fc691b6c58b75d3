"""What the leaflet says to somebody who is handed the program, by language. Templates for `str.format`."""

from __future__ import annotations

from typing import NamedTuple

from magnitizdat.pages.leaflet_lines import SUMS, said_in
from magnitizdat.sentence import Voice, say


class LeafletWords(NamedTuple):
    """One language of the leaflet. `{file}` is a build's name, `{version}` its version."""

    title: str
    what: str
    choose: str
    check: str
    check_how: str
    tools: tuple[tuple[str, str], ...]
    check_spaces: str
    check_worth: str
    check_with_mag: str
    start: str
    copy_first: str
    start_how: tuple[tuple[str, str], ...]
    first_words: str
    unknown_maker: str
    honest: str
    honest_lines: tuple[str, ...]
    page: str
    page_note: str
    card: str
    card_note: str
    written: str


_STARTS = {
    "linux": "chmod +x {file}\n./{file} tour",
    "macos": "chmod +x {file}\n./{file} tour",
    "windows": "{file} tour",
}

_ENGLISH = LeafletWords(
    title=say("Magnitizdat: music from hand to hand"),
    what=say(
        "On this stick is a program called mag. It takes music from a stick, checks who made it and that "
        "nothing was changed on the way, and fills another stick that only your friends can open. It "
        "needs no internet, no account and no installation: each file below is the whole program for one "
        "kind of computer."
    ),
    choose=say("The files"),
    check=say("Is it the genuine one?"),
    check_how=say(
        "Every file has a fingerprint of 64 signs. Open a terminal in the folder with the file, and let "
        "your own computer work it out:"
    ),
    tools=tuple(SUMS.items()),
    check_spaces=say(
        "It must come out sign by sign as below. Old versions of Windows put spaces in between; that "
        "does not matter, nor do capital letters."
    ),
    check_worth=say(
        "The fingerprint on this stick proves nothing: whoever changed the program would have changed "
        "this leaflet too. Have it read to you by a person whom you trust and who has mag already, or "
        "compare it with a printed card that came another way."
    ),
    check_with_mag=say("Who has mag already can type:"),
    start=say("How to start it"),
    copy_first=say(
        "Copy the file to your computer first; from the stick it may not be allowed to run. Then, in a "
        "terminal in that folder:"
    ),
    start_how=tuple(_STARTS.items()),
    first_words=say(
        "The tour shows everything in a minute, on made-up music, and leaves nothing behind. After it, "
        "try --help in place of tour. A phone cannot run the program, but it may open Library.html; see below."
    ),
    unknown_maker=say(
        "macOS and Windows will warn that they do not know who made it. They cannot know; the fingerprint decides."
    ),
    honest=say("What you should know"),
    honest_lines=(
        say(
            "This stick names the program. Whoever finds it knows what it is for. Keep it apart from "
            "your music, on a stick of its own."
        ),
        say("Nobody has audited the program. Do not stake a life on it."),
        say("It makes music unreadable to others; it cannot make it invisible."),
        say("A lost passphrase opens nothing, ever again. Nobody can help, its makers included."),
        say("While it runs, its files lie in the temporary folder of the computer; after a crash they stay there."),
        say("It is free software (GPL 3 or later), for music that you have the right to share. Pass it on."),
    ),
    page=say("For those who start no programs: Library.html"),
    page_note=say(
        "It shows and plays what is on a stick to somebody who has no mag. It is compared as the programs are, by "
        "its fingerprint:"
    ),
    card=say("Card to print and cut out"),
    card_note=say("Give it by hand, not with the stick."),
    written=say("Leaflet of `mag pass-on`, version {version}."),
)


def words_of(voice: Voice) -> LeafletWords:
    """All of it in one language."""
    return LeafletWords(*(said_in(voice, each) for each in _ENGLISH))
