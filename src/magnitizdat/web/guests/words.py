"""What guests read, in three languages: short, for a phone held by somebody who came for the music."""

from __future__ import annotations

from typing import NamedTuple

from magnitizdat.language import preferred


class GuestWords(NamedTuple):
    """One language. `{…}` is filled in."""

    own_name: str
    megabytes: str
    point: str
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
    left_busy: str
    left_nothing: str
    too_long: str
    nothing_here: str
    type_address: str
    wait: str
    crowded: str
    right: str

    def size(self, length: int) -> str:
        """Bytes as people read them: 3.3 MB, 3,3 МБ."""
        return self.megabytes.format(number=f"{max(length / 1e6, 0.1):.1f}".replace(".", self.point))


WORDS: dict[str, GuestWords] = {
    "en": GuestWords(
        own_name="English",
        megabytes="{number} MB",
        point=".",
        heading="Music in this room",
        until="Open until {time}.",
        listen_along="This Wi‑Fi can read along: whoever is on it can see what you play. No name is asked and nothing "
        "about you is kept.",
        no_internet="Your phone may warn that this Wi‑Fi has no internet. That is so: stay connected.",
        album_count="Albums: {count}",
        by="by {artist}",
        cover_of="Cover of {title}",
        whole_small="Keep the whole album, small",
        whole_full="Keep the whole album, originals",
        one_by_one="The album is too long for one file; keep its tracks one by one.",
        small="small",
        original="original",
        keep="Keep",
        back="All albums",
        next_page="More",
        no_player="Your browser plays no audio; the file below can be kept.",
        notes="Liner notes",
        side="Side {name}",
        disc="Disc {number}",
        tracks="Tracks",
        leave_heading="Leave some music",
        leave_how="Choose audio files or a ZIP of them. They stay sealed until your host has listened.",
        leave_button="Leave it here",
        left="Left here: {count}. Thank you.",
        left_busy="Others are leaving music right now. Wait a while, then try again.",
        left_full="There is no room for more tonight. Left here: {count}.",
        left_nothing="Nothing was left: choose audio files first.",
        too_long="One file was too long and was not taken.",
        nothing_here="There is nothing here.",
        type_address="Type the short address that stands under the code, or scan the code again.",
        wait="Too many wrong addresses from here. Wait a while, then try again.",
        crowded="Too many phones are here at once. Wait a moment, then load the page again.",
        right="Please pass on only what you may.",
    ),
    "da": GuestWords(
        own_name="Dansk",
        megabytes="{number} MB",
        point=",",
        heading="Musik i denne stue",
        until="Åbent til kl. {time}.",
        listen_along="Dette wi‑fi kan læse med: alle på det kan se, hvad du spiller. Ingen spørger om navn, og intet "
        "om dig bliver gemt.",
        no_internet="Telefonen advarer måske om, at dette wi‑fi er uden internet. Det passer: bliv på det.",
        album_count="Album: {count}",
        by="af {artist}",
        cover_of="Omslaget til {title}",
        whole_small="Tag hele albummet, lille udgave",
        whole_full="Tag hele albummet, originaler",
        one_by_one="Albummet er for langt til én fil; tag numrene ét for ét.",
        small="lille",
        original="original",
        keep="Tag",
        back="Alle album",
        next_page="Flere",
        no_player="Din browser kan ikke afspille lyd; filen nedenfor kan gemmes.",
        notes="Omslagsnoter",
        side="Side {name}",
        disc="Plade {number}",
        tracks="Numre",
        leave_heading="Læg noget musik",
        leave_how="Vælg lydfiler eller en ZIP med dem. De ligger forseglet, til din vært har lyttet.",
        leave_button="Læg det her",
        left="Lagt her: {count}. Tak.",
        left_busy="Andre er ved at lægge musik lige nu. Vent lidt, og prøv igen.",
        left_full="Der er ikke plads til mere i aften. Lagt her: {count}.",
        left_nothing="Der blev ikke lagt noget: vælg lydfiler først.",
        too_long="En fil var for lang og blev ikke taget.",
        nothing_here="Her er ikke noget.",
        type_address="Skriv den korte adresse under koden, eller scan koden igen.",
        wait="For mange forkerte adresser herfra. Vent lidt, og prøv igen.",
        crowded="Der er for mange telefoner her på én gang. Vent et øjeblik, og hent siden igen.",
        right="Giv kun det videre, som du må.",
    ),
    "ru": GuestWords(
        own_name="Русский",
        megabytes="{number} МБ",
        point=",",
        heading="Музыка в этой комнате",
        until="Открыто до {time}.",
        listen_along="Этот Wi‑Fi видит всё: кто в нём сидит, может узнать, что вы слушаете. Имени никто не спросит, "
        "и о вас ничего не остаётся.",
        no_internet="Телефон может предупредить, что в этом Wi‑Fi нет интернета. Так и есть. Не отключайтесь, страница "
        "работает.",
        album_count="Альбомов: {count}",
        by="{artist}",
        cover_of="Обложка: {title}",
        whole_small="Взять весь альбом, уменьшенный",
        whole_full="Взять весь альбом, оригиналы",
        one_by_one="Альбом слишком длинный для одного файла: берите песни по одной.",
        small="уменьшенный",
        original="оригинал",
        keep="Взять",
        back="Все альбомы",
        next_page="Ещё",
        no_player="Браузер не играет звук; файл ниже можно сохранить.",
        notes="Текст с конверта",
        side="Сторона {name}",
        disc="Диск {number}",
        tracks="Песни",
        leave_heading="Оставьте музыку",
        leave_how="Выберите звуковые файлы или ZIP с ними. Они останутся запечатанными, пока хозяин не послушает.",
        leave_button="Оставить здесь",
        left="Оставлено: {count}. Спасибо.",
        left_busy="Сейчас музыку оставляют другие. Подождите и попробуйте снова.",
        left_full="На сегодня место кончилось. Оставлено: {count}.",
        left_nothing="Ничего не оставлено: сначала выберите файлы.",
        too_long="Один файл слишком длинный, он не взят.",
        nothing_here="Здесь ничего нет.",
        type_address="Наберите короткий адрес под кодом или снимите код ещё раз.",
        wait="Слишком много неверных адресов отсюда. Подождите и попробуйте снова.",
        crowded="Здесь сейчас слишком много телефонов. Подождите минуту и загрузите страницу снова.",
        right="Передавайте только то, на что у вас есть право.",
    ),
}


def language_of(asked: str, accepted: str) -> str:
    """The language that was asked for, or the best that a browser's Accept-Language names, or English."""
    return asked if asked in WORDS else preferred(accepted, WORDS)
