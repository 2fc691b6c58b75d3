"""What the static pages say about themselves, by language. A page cannot prove itself, and says so (law 9)."""

from __future__ import annotations

from typing import NamedTuple

from magnitizdat.sentence import Sentence, Voice, say


class AboutPage(NamedTuple):
    """One language of the box about trust. `{name}` is the label's name."""

    heading: str
    what: str
    how: str
    where: str
    sums: str


_ABOUT = AboutPage(
    heading=say("What this page is"),
    what=say(
        "A shop window. Your browser can play the music, but it cannot tell whether {name} signed it, "
        "and whoever holds the stick or the site could have typed this page. The program mag can tell."
    ),
    how=say("To take the music, verified file by file, type:"),
    where=say("ADDRESS is the folder or the web address at which you found this."),
    sums=say(
        "Genuine {name} goes by the four words and the picture shown here. Compare them with a tape "
        "sleeve, a card or a friend, not with this page."
    ),
)


def about_in(voice: Voice) -> AboutPage:
    """The box in one language."""
    return AboutPage(*map(voice.said, _ABOUT))


LANGUAGES: dict[str, str] = {
    "be": "Беларуская",
    "da": "Dansk",
    "de": "Deutsch",
    "en": "English",
    "es": "Español",
    "fa": "فارسی",
    "fi": "Suomi",
    "fr": "Français",
    "ka": "ქართული",
    "kk": "Қазақша",
    "lt": "Lietuvių",
    "lv": "Latviešu",
    "my": "မြန်မာဘာသာ",
    "no": "Norsk",
    "pl": "Polski",
    "pt": "Português",
    "ru": "Русский",
    "sv": "Svenska",
    "tr": "Türkçe",
    "uk": "Українська",
    "zh": "中文",
}
"""Languages in their own words; any other is shown by its code."""

KINDS: dict[str, Sentence] = {
    "album": say("Album"),
    "ep": say("EP"),
    "single": say("Single"),
    "compilation": say("Compilation"),
    "live": say("Live"),
    "other": say("Release"),
}
