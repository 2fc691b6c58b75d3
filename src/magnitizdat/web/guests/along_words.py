"""What guests read who take a sealed reel along: what they carry, what the Wi-Fi sees, where it opens."""

from __future__ import annotations

from functools import lru_cache
from typing import NamedTuple

from magnitizdat.sentence import say
from magnitizdat.web.guests.words import language_by


class AlongWords(NamedTuple):
    """One language. `{…}` is filled in."""

    heading: str
    link: str
    what: str
    reel: str
    take_reel: str
    take_file: str
    several: str
    number: str
    goes_on: str
    mend: str
    awaited: str
    gone: str
    page: str
    page_what: str
    take_page: str
    fingerprint: str
    compare: str
    here: str
    here_what: str
    open_page: str
    here_risk: str
    where: str
    computers: str
    android: str
    iphone: str
    tried: str
    wifi: str
    warns: str


_ENGLISH = AlongWords(
    heading=say("Sealed music to take along"),
    link=say("Take sealed music along"),
    what=say(
        "A reel is music in a sealed file. Take it and pass it on: it opens for whoever has its six words, or for whom "
        "it was sealed. Nobody else can hear it or see what is in it, and without words neither can you."
    ),
    reel=say("The reel"),
    take_reel=say("Take the reel, {size}"),
    take_file=say("File {number} of {count}, {size}"),
    several=say("This reel comes in {count} files. Take all of them."),
    number=say("Reel {number}"),
    goes_on=say("A copy that breaks off goes on where it was: choose “Resume” in your browser's list of downloads."),
    mend=say("Some of it could not be read here. It may open all the same, or has to be mended first."),
    awaited=say("The reel is being read: {percent} %. Load this page again in a moment."),
    gone=say("The reel cannot be read just now: perhaps its stick was pulled out. Ask your host, then try again."),
    page=say("The page that opens it"),
    page_what=say("Library.html opens a reel in a browser. It needs no program and no network."),
    take_page=say("Take the page, {size}"),
    fingerprint=say("Fingerprint"),
    compare=say(
        "A false page would steal the words. On a computer, compare its fingerprint with the one that whoever tells "
        "you the words has."
    ),
    here=say("Or open it from here"),
    here_what=say(
        "This is the way for an iPhone or iPad, where pages in Files run no programs. Take the reel first, open the "
        "page while you are on this Wi‑Fi, and leave it open: then it needs no network."
    ),
    open_page=say("Open the page from here"),
    here_risk=say(
        "It comes unencrypted. Whoever controls this Wi‑Fi could send you a false page, which learns the words that "
        "you type. Do it where you trust the Wi‑Fi."
    ),
    where=say("Where it opens"),
    computers=say("Windows, macOS, Linux: in Chrome, Edge, Firefox and Safari."),
    android=say("Android: in Chrome, from the list of files. Firefox opens no kept pages there."),
    iphone=say("iPhone, iPad: only from here, in Safari."),
    tried=say("Tried on Linux, and not yet on phones, Windows and macOS."),
    wifi=say(
        "Whoever is on this Wi‑Fi can see that you take a sealed file and the page, and how large they are, but not "
        "what is in the reel. No name is asked and nothing about you is kept here."
    ),
    warns=say(
        "Your browser may warn that such a copy is not secure. The reel is sealed by itself: keep it. The page you can "
        "compare."
    ),
)


@lru_cache(maxsize=16)
def along_words_of(code: str) -> AlongWords:
    """In a language that is there."""
    return AlongWords(*map(language_by(code).translate, _ENGLISH))
