"""What a leaflet says of the page that opens sealed files in a browser. It names neither this program nor its music."""

from __future__ import annotations

from typing import NamedTuple

from magnitizdat.pages.leaflet_lines import said_in
from magnitizdat.sentence import Voice, say


class PageWords(NamedTuple):
    """One language of it."""

    what: str
    steps: str
    steps_how: tuple[str, ...]
    where: str
    where_lines: tuple[str, ...]
    check: str
    check_how: str
    check_worth: str
    honest: str
    honest_lines: tuple[str, ...]


_ENGLISH = PageWords(
    what=say(
        "Library.html is a page for a browser. It opens sealed files that came with six words, checks who signed "
        "what is in them and that nothing was changed on the way, shows and plays it, and saves it. It needs no "
        "internet, no account and no installation, and keeps nothing."
    ),
    steps=say("How to open it"),
    steps_how=(
        say("Take the page from whoever tells you the six words, and compare its fingerprint with what they tell you."),
        say("Go offline: switch off Wi-Fi and mobile data. The page needs neither."),
        say(
            "On a computer open a private window of the browser, press Ctrl+O (on a Mac Cmd+O), and choose "
            "Library.html. On Android tap it in the file manager, and choose Chrome."
        ),
        say(
            "Choose the sealed files: all of them, or their folder, or the one file where it is one. Other files "
            "do no harm, and more can be added. Where the browser asks whether to upload them, say yes: the page reads "
            "them, and nothing leaves the device."
        ),
        say(
            "Type the six words. Capitals and dashes do not matter, and of each word the first four letters are enough."
        ),
        say("When you have done, let the page forget, and close the window. Go online only after that."),
    ),
    where=say("Where it opens"),
    where_lines=(
        say(
            "Windows, macOS, Linux: in Chrome, Edge, Firefox and Safari. Tried on Linux alone, in Chromium, in "
            "Firefox, and in WebKitGTK, which is a relative of Safari."
        ),
        say(
            "Android: in Chrome, from the file manager; a whole folder can be chosen from version 132 on, files "
            "before that. Not tried on a device."
        ),
        say("Android: not in Firefox, which opens no pages that lie on the device."),
        say(
            "iPhone and iPad: not from Files, which starts no programs in pages. It opens where somebody shares it "
            "over Wi-Fi, at the address that they show you; go offline once it is open. Not tried on a device."
        ),
        say("Where nothing can be pressed, what shows the page is no browser. Open it in one of these."),
        say(
            "Chrome and Firefox play MP3, AAC, FLAC, Opus, Vorbis and WAV. Of the rest the page plays a small version, "
            "or saves it. On an iPhone Opus and Vorbis may be silent before iOS 18.4."
        ),
    ),
    check=say("Is the page the genuine one?"),
    check_how=say(
        "The fingerprint of Library.html has 64 signs. Open a terminal in the folder with the file, and let your own "
        "computer work it out:"
    ),
    check_worth=say(
        "It must come out sign by sign as whoever tells you the six words says it. What is written beside the page "
        "proves nothing. A phone has no such command: compare on a computer, or take the page from their hands alone."
    ),
    honest=say("What you should know of the page"),
    honest_lines=(
        say(
            "A false page looks like this one, takes the six words, and sends them to somebody. The page cannot prove "
            "itself; only the fingerprint can, told by somebody whom you trust."
        ),
        say(
            "Offline it can send nothing, and in a private window it can keep nothing for later. So stay offline until "
            "that window is closed."
        ),
        say(
            "A browser notes in its history that Library.html was opened; a private window does not. Lists of recent "
            "files, downloads, and what the system puts aside are not in the hands of the page."
        ),
        say(
            "On Android the browser may put what it plays on the memory of the phone, unsealed. Take the small "
            "versions there."
        ),
        say("What you save from it is not sealed any more."),
        say("It mends nothing that is damaged, and does not know whether what you have is the newest."),
        say("Nobody has audited it. Do not stake a life on it."),
    ),
)


def page_words(voice: Voice) -> PageWords:
    """All of it in one language."""
    return PageWords(*(said_in(voice, each) for each in _ENGLISH))
