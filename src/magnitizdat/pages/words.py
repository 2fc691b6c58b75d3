"""What the static pages say about themselves, in three languages. A page cannot prove itself, and says so (law 9)."""

from __future__ import annotations

from typing import NamedTuple


class AboutPage(NamedTuple):
    """One language of the box about trust. `{name}` is the label's name."""

    heading: str
    what: str
    how: str
    where: str
    sums: str


ABOUT: dict[str, AboutPage] = {
    "en": AboutPage(
        heading="What this page is",
        what="A shop window. Your browser can play the music, but it cannot tell whether {name} signed it, and whoever "
        "holds the stick or the site could have typed this page. The program mag can tell.",
        how="To take the music, verified file by file, type:",
        where="ADDRESS is the folder or the web address at which you found this.",
        sums="Genuine {name} goes by the four words and the picture shown here. Compare them with a tape sleeve, a "
        "card or a friend, not with this page.",
    ),
    "da": AboutPage(
        heading="Hvad denne side er",
        what="Et udstillingsvindue. Din browser kan spille musikken, men ikke se, om {name} har skrevet under på den, "
        "og den, der har pinden eller stedet på nettet, kunne selv have skrevet siden. Programmet mag kan se det.",
        how="For at tage musikken, kontrolleret fil for fil, skriv:",
        where="ADDRESS er den mappe eller netadresse, hvor du fandt dette.",
        sums="Det ægte {name} kendes på de fire ord og billedet her. Sammenlign med et båndomslag, et kort eller en "
        "ven, ikke med denne side.",
    ),
    "ru": AboutPage(
        heading="Что это за страница",
        what="Витрина. Браузер сыграет музыку, но не скажет, подписал ли её {name}: эту страницу мог напечатать любой, "
        "через чьи руки прошла флешка или сайт. Программа mag скажет.",
        how="Чтобы взять музыку с проверкой каждого файла, наберите:",
        where="ADDRESS — папка или адрес в сети, где вы это нашли.",
        sums="Настоящий {name} узнаётся по четырём словам и картинке. Сверяйте их с вкладышем кассеты, с карточкой или "
        "с другом, а не с этой страницей.",
    ),
}

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

KINDS: dict[str, str] = {
    "album": "Album",
    "ep": "EP",
    "single": "Single",
    "compilation": "Compilation",
    "live": "Live",
    "other": "Release",
}
