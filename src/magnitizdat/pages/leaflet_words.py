"""What the leaflet says to somebody who is handed the program, in three languages. Templates for `str.format`."""

from __future__ import annotations

from typing import NamedTuple


class LeafletWords(NamedTuple):
    """One language of the leaflet. `{file}` is a build's name, `{version}` its version."""

    language: str
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
    card: str
    card_note: str
    written: str


SYSTEMS = {"linux": "Linux", "macos": "macOS", "windows": "Windows"}

_SUMS = {
    "linux": "sha256sum {file}",
    "macos": "shasum -a 256 {file}",
    "windows": "certutil -hashfile {file} SHA256",
}
_STARTS = {
    "linux": "chmod +x {file}\n./{file} tour",
    "macos": "chmod +x {file}\n./{file} tour",
    "windows": "{file} tour",
}

WORDS: tuple[LeafletWords, ...] = (
    LeafletWords(
        language="en",
        title="Magnitizdat: music from hand to hand",
        what="On this stick is a program called mag. It takes music from a stick, checks who made it and that nothing "
        "was changed on the way, and fills another stick that only your friends can open. It needs no internet, no "
        "account and no installation: each file below is the whole program for one kind of computer.",
        choose="The files",
        check="Is it the genuine one?",
        check_how="Every file has a fingerprint of 64 signs. Open a terminal in the folder with the file, and let "
        "your own computer work it out:",
        tools=tuple(_SUMS.items()),
        check_spaces="It must come out sign by sign as below. Old versions of Windows put spaces in between; that "
        "does not matter, nor do capital letters.",
        check_worth="The fingerprint on this stick proves nothing: whoever changed the program would have changed "
        "this leaflet too. Have it read to you by a person whom you trust and who has mag already, or compare it with "
        "a printed card that came another way.",
        check_with_mag="Who has mag already can type:",
        start="How to start it",
        copy_first="Copy the file to your computer first; from the stick it may not be allowed to run. Then, in a "
        "terminal in that folder:",
        start_how=tuple(_STARTS.items()),
        first_words="The tour shows everything in a minute, on made-up music, and leaves nothing behind. After it, "
        "try --help in place of tour. A phone can show this leaflet, but it cannot run the program.",
        unknown_maker="macOS and Windows will warn that they do not know who made it. They cannot know; the "
        "fingerprint decides.",
        honest="What you should know",
        honest_lines=(
            (
                "This stick names the program. Whoever finds it knows what it is for. Keep it apart from your music, "
                "on a stick of its own."
            ),
            "Nobody has audited the program. Do not stake a life on it.",
            "It makes music unreadable to others; it cannot make it invisible.",
            "A lost passphrase opens nothing, ever again. Nobody can help, its makers included.",
            "While it runs, its files lie in the temporary folder of the computer; after a crash they stay there.",
            "It is free software (GPL 3 or later), for music that you have the right to share. Pass it on.",
        ),
        card="Card to print and cut out",
        card_note="Give it by hand, not with the stick.",
        written="Leaflet of `mag pass-on`, version {version}.",
    ),
    LeafletWords(
        language="da",
        title="Magnitizdat: musik fra hånd til hånd",
        what="På denne USB-pind ligger et program, der hedder mag. Det henter musik fra en pind, kontrollerer, hvem "
        "der har lavet den, og at intet er ændret undervejs, og fylder en ny pind, som kun dine venner kan åbne. Det "
        "behøver hverken internet, konto eller installation: hver fil nedenfor er hele programmet til én slags "
        "computer.",
        choose="Filerne",
        check="Er det den ægte vare?",
        check_how="Hver fil har et fingeraftryk på 64 tegn. Åbn en terminal i mappen med filen, og lad din egen "
        "computer regne det ud:",
        tools=tuple(_SUMS.items()),
        check_spaces="Resultatet skal være som nedenfor, tegn for tegn. Ældre udgaver af Windows sætter mellemrum "
        "ind; det betyder ikke noget, og det gør store bogstaver heller ikke.",
        check_worth="Fingeraftrykket på denne pind beviser ingenting: den, der har ændret programmet, ville også have "
        "ændret dette blad. Få det læst op af et menneske, du stoler på, og som allerede har mag, eller sammenlign "
        "med et trykt kort, der er kommet ad en anden vej.",
        check_with_mag="Den, der allerede har mag, kan skrive:",
        start="Sådan starter du det",
        copy_first="Kopiér først filen over på computeren; fra pinden får den måske ikke lov til at køre. Skriv "
        "derefter i en terminal i den mappe:",
        start_how=tuple(_STARTS.items()),
        first_words="Rundturen (tour) viser det hele på et minut, med opdigtet musik, og efterlader intet. Prøv "
        "bagefter med --help i stedet for tour. En telefon kan vise dette blad, men den kan ikke køre programmet.",
        unknown_maker="macOS og Windows advarer om, at de ikke ved, hvem der har lavet det. Det kan de ikke vide; det "
        "er fingeraftrykket, der afgør det.",
        honest="Det bør du vide",
        honest_lines=(
            (
                "Denne pind røber programmet. Den, der finder den, ved, hvad det er til. Hold den adskilt fra din "
                "musik, på en pind for sig."
            ),
            "Ingen udenforstående har gennemgået programmets sikkerhed. Sæt ikke livet på spil for det.",
            "Det gør musikken ulæselig for andre; det kan ikke gøre den usynlig.",
            "Er adgangssætningen væk, er alt væk. Ingen kan hjælpe, heller ikke de, der har lavet programmet.",
            "Mens det kører, ligger dets filer i computerens midlertidige mappe; efter et nedbrud bliver de liggende.",
            "Det er fri software (GPL 3 eller nyere), til musik, som du har ret til at dele. Giv det videre.",
        ),
        card="Kort til at printe og klippe ud",
        card_note="Giv det fra hånd til hånd, ikke sammen med pinden.",
        written="Blad fra `mag pass-on`, version {version}.",
    ),
    LeafletWords(
        language="ru",
        title="Магнитиздат: музыка из рук в руки",
        what="На этой флешке лежит программа mag. Она берёт музыку с флешки, проверяет, кто её записал и не подменили "
        "ли её по дороге, и готовит новую флешку, которую смогут открыть только ваши друзья. Ей не нужны ни интернет, "
        "ни учётная запись, ни установка: каждый файл из списка — это вся программа целиком для одного вида "
        "компьютеров.",
        choose="Файлы",
        check="Не подделка ли это?",
        check_how="У каждого файла есть отпечаток из 64 знаков. Откройте терминал в папке с файлом, и пусть ваш "
        "собственный компьютер его вычислит:",
        tools=tuple(_SUMS.items()),
        check_spaces="Всё должно совпасть с тем, что ниже, знак в знак. Старые версии Windows вставляют пробелы — это "
        "не важно, как и заглавные буквы.",
        check_worth="Отпечаток на этой же флешке ничего не доказывает: кто подменил программу, подменил бы и эту "
        "листовку. Пусть его вам прочтёт вслух человек, которому вы доверяете и у которого mag уже есть, или сверьте "
        "с печатной карточкой, которая дошла до вас другим путём.",
        check_with_mag="У кого mag уже есть, может набрать:",
        start="Как запустить",
        copy_first="Сначала скопируйте файл на компьютер: с флешки система может его не запустить. Потом наберите в "
        "терминале, в той же папке:",
        start_how=tuple(_STARTS.items()),
        first_words="Экскурсия (tour) за минуту покажет всё на выдуманной музыке и не оставит следов. Потом наберите "
        "--help вместо tour. На телефоне можно прочесть эту листовку, но саму программу телефон не запустит.",
        unknown_maker="macOS и Windows предупредят, что автор им неизвестен. Знать его они и не могут; решает "
        "отпечаток.",
        honest="Что нужно знать",
        honest_lines=(
            (
                "Эта флешка выдаёт, что у вас есть такая программа. Кто найдёт, поймёт, для чего она. Держите её "
                "отдельно от музыки, на собственной флешке."
            ),
            "Независимой проверки программы никто не делал. Не доверяйте ей свою жизнь.",
            "Она делает музыку нечитаемой для чужих, но невидимой сделать не может.",
            "Потеряли парольную фразу — потеряли всё. Не поможет никто, даже авторы программы.",
            "Пока программа работает, её файлы лежат во временной папке компьютера; после сбоя они там и остаются.",
            "Это свободная программа (GPL 3 или новее) для музыки, которой вы вправе делиться. Передайте дальше.",
        ),
        card="Карточка: распечатать и вырезать",
        card_note="Отдайте из рук в руки, но не вместе с флешкой.",
        written="Листовка `mag pass-on`, версия {version}.",
    ),
)
