"""The terminal in Danish and Russian: help, good days and bad days; what is for scripts stays English."""

from __future__ import annotations

import re

import pytest
from release.messages import messages

from magnitizdat.errors import EXIT_LIBRARY, EXIT_LOCKED, EXIT_SOURCE, EXIT_UNEXPECTED, EXIT_USAGE
from magnitizdat.language import load
from tests.fakes_library import make_library

EXPECTED = {
    "da": {
        "--help": (
            "Musik fra hånd til hånd",
            "Lyt:",
            "Pas på dig selv:",
            "list      Albummer i biblioteket",
            "Vis denne hjælp.",
        ),
        "reel --help": ("Kommandoer:", "Lav, tjek, reparér, kopiér og vis spoler."),
        "reel cut --help": ("En mappe på usb-stikket.  [påkrævet]", "[ellers 10; 0<=x<=100]"),
        "list": ("KUNSTNER", "NUMRE", "FRA", "dig"),
        "status": ("1 album, 2 numre", "Låst for andre kommandoer."),
        "search nothing-at-all": ("Intet fundet.",),
        "show 45": ("2 numre", "NUMMER"),
        "label list": ("Ingen labels endnu.",),
        "doctor": ("0 beskadigede eller manglende; 1 album, 2 numre.", "Alt er, som det skal være."),
    },
    "ru": {
        "--help": (
            "Музыка из рук в руки",
            "Слушать:",
            "Беречься:",
            "list      Альбомы фонотеки",
            "Показать эту справку.",
        ),
        "reel --help": ("Команды:", "скопировать катушки"),
        "reel cut --help": ("Папка на флешке.  [обязательно]", "[по умолчанию 10;"),
        "list": ("ИСПОЛНИТЕЛЬ", "ТРЕКОВ", "ОТКУДА", "вы"),
        "status": ("1 альбом, 2 трека", "Для других команд заперто."),
        "search nothing-at-all": ("Ничего не нашлось.",),
        "show 45": ("2 трека", "ТРЕК"),
        "label list": ("Лейблов пока нет.",),
        "doctor": ("повреждено или пропало: 0; 1 альбом, 2 трека.", "Всё в порядке."),
    },
}
REFUSED = {
    "da": {
        "show nope": (EXIT_USAGE, "intet album «nope» er i biblioteket; `mag list` viser, hvad der er"),
        "nope": (EXIT_USAGE, "Der er ingen kommando 'nope'; `mag --help` viser hvordan"),
        "sleeve": (EXIT_USAGE, "Argumentet 'RELEASE' mangler; `mag sleeve --help` viser hvordan"),
        "list --nope": (EXIT_USAGE, "Der er intet tilvalg --nope; `mag list --help` viser hvordan"),
        "search a --limit 0": (
            EXIT_USAGE,
            "Ugyldig værdi for '--limit': skal være mindst 1; `mag search --help` viser hvordan",
        ),
        "dub /nope": (EXIT_SOURCE, "/nope er der ikke; tjek stien, eller sæt usb-stikket i"),
        "reel cut x --size soon": (EXIT_USAGE, "«soon» er ingen størrelse; skriv for eksempel 14G, 650M eller 8GiB"),
        "list --library": (EXIT_USAGE, "--library kræver en værdi; `mag --help` viser hvordan"),
        "remove 45": (EXIT_USAGE, "at fjerne kræver et ja: gentag med --yes"),
    },
    "ru": {
        "show nope": (EXIT_USAGE, "альбома «nope» в фонотеке нет; `mag list` покажет, что есть"),
        "nope": (EXIT_USAGE, "Нет команды 'nope'; `mag --help` покажет как"),
        "sleeve": (EXIT_USAGE, "Не хватает аргумента 'RELEASE'; `mag sleeve --help` покажет как"),
        "list --nope": (EXIT_USAGE, "Нет параметра --nope; `mag list --help` покажет как"),
        "search a --limit 0": (
            EXIT_USAGE,
            "Неправильное значение для '--limit': нужно не меньше 1; `mag search --help` покажет как",
        ),
        "dub /nope": (EXIT_SOURCE, "/nope: нет такого; проверьте путь или вставьте флешку"),
        "reel cut x --size soon": (EXIT_USAGE, "«soon» — не размер; напишите, например, 14G, 650M или 8GiB"),
        "list --library": (EXIT_USAGE, "--library: нужно значение; `mag --help` покажет как"),
        "remove 45": (EXIT_USAGE, "для удаления нужно согласие: повторите с --yes"),
    },
}


def cases(table):
    return [(code, line, expected) for code, lines in table.items() for line, expected in lines.items()]


@pytest.mark.parametrize(("code", "line", "expected"), cases(EXPECTED))
def test_good_days(mag, code, line, expected):
    said = mag("--lang", code, *line.split())
    assert said.code == 0, said.err
    assert [each for each in expected if each not in said.out] == []


@pytest.mark.parametrize(("code", "line", "expected"), cases(REFUSED))
def test_bad_days(mag, monkeypatch, code, line, expected):
    monkeypatch.setenv("LANG", f"{code}.UTF-8")
    said = mag(*line.split())
    assert (said.code, said.err) == (expected[0], f"mag: {expected[1]}\n")


@pytest.mark.parametrize(
    ("code", "locked", "none"),
    [("da", "biblioteket er låst", "der er intet bibliotek"), ("ru", "фонотека заперта", "нет фонотеки")],
)
def test_without_a_key(bare, library, tmp_path, code, locked, none):  # noqa: PLR0917 -- fixtures
    said = bare("--lang", code, "--library", library, "list")
    assert (said.code, locked in said.err) == (EXIT_LOCKED, True)
    said = bare("--lang", code, "--library", tmp_path / "none", "list")
    assert said.code in {EXIT_LIBRARY, EXIT_USAGE, EXIT_UNEXPECTED, EXIT_LOCKED}
    assert none in said.err


@pytest.mark.parametrize("code", ["da", "ru"])
def test_from_hand_to_hand(bare, mag, tmp_path, passphrase, words_file, code):  # noqa: PLR0917 -- fixtures
    """Nothing that is said on the whole way is English."""
    make_library(tmp_path / "ears").close()

    def ears(*arguments):
        return bare("--library", tmp_path / "ears", "--passphrase-file", passphrase, "--lang", code, *arguments)

    def mine(*arguments):
        return mag("--lang", code, *arguments)

    reel = tmp_path / "reel"
    said = [mine("label", "create", "Zoopark Tapes"), mine("publish", "45"), mine("card")]
    cut = mine("reel", "cut", reel, "--parity", "20")
    words = next(
        line.rpartition(": ")[2] for line in cut.out.splitlines() if len(line.rpartition(": ")[2].split()) == 6
    )
    said += [cut, mine("reel", "check", reel), mine("reel", "copy", reel, tmp_path / "copy")]
    victim = max(reel.glob("*.age"))
    victim.write_bytes(victim.read_bytes()[:-1] + b"!")
    said += [
        mine("reel", "check", reel),
        mine("reel", "check", reel, "--words-file", words_file(words)),
        mine("reel", "mend", reel),
    ]
    said += [
        ears("reel", "list", reel, "--words-file", words_file(words)),
        ears("dub", reel, "--words-file", words_file(words)),
        ears("list"),
    ]
    said += [ears("label", "list"), ears("export", "--all", tmp_path / "plain"), mine("backup", tmp_path / "backup")]
    said += [
        mine("edit", "45", "--title", "46"),
        mine("edit", "46", "--undo"),
        mine("passwd", "--new-passphrase-file", passphrase),
    ]
    text = "\n".join(each.out + each.err for each in said)
    english = {message.text for message in messages() if " " in message.text and "{" not in message.text}
    known = {load(code).say(each) for each in english}
    assert [each for each in english - known if len(each) > 8 and each in text] == []
    for leftover in (
        " tracks",
        " files",
        " whole",
        "version 1, signed",
        "Safe to pull",
        " is ",
        " are ",
        " and ",
        "genuine;",
    ):
        assert leftover not in text, [line for line in text.splitlines() if leftover in line]
    assert re.findall(r"\d\.\d [kMG]B", text) == []


def test_scripts_are_spoken_to_in_english(mag):
    said = mag("--lang", "ru", "--json", "show", "nope")
    assert said.document["error"] == "no album «nope» is in this library; `mag list` shows what is"
    assert said.err.startswith("mag: альбома «nope»")


def test_no_such_language(bare, monkeypatch):
    said = bare("--lang", "tlh", "list")
    assert (said.code, said.err) == (
        EXIT_USAGE,
        "mag: Magnitizdat does not speak «tlh» here; it speaks en, da, ru\n",
    )
    monkeypatch.setenv("LC_ALL", "da_DK")
    assert "er ikke et sprog, som Magnitizdat taler her" in bare("--lang", "tlh", "list").err


def test_a_language_that_somebody_brought(bare, tmp_path):
    """`XDG_DATA_HOME` is a folder of the test's own."""
    (tmp_path / "data" / "magnitizdat").mkdir(parents=True)
    catalogue = (
        'msgid ""\nmsgstr ""\n"Content-Type: text/plain; charset=utf-8\\n"\n\n'
        'msgid "{path} is not there; check the name"\nmsgstr "{path} לא נמצא; בדקו את השם"\n\n'
        'msgid "the passphrase file cannot be read; check its path and that it is plain text"\nmsgstr "אי אפשר לקרוא"\n'
    )
    (tmp_path / "data" / "magnitizdat" / "he.po").write_text(catalogue, encoding="utf-8")
    make_library(tmp_path / "library").close()
    said = bare("--lang", "he", "--library", tmp_path / "library", "--passphrase-file", tmp_path / "nope", "list")
    assert (said.code, said.err) == (EXIT_USAGE, "mag: אי אפשר לקרוא\n")
    said = bare("--lang", "he", "pass-on", "check", tmp_path / "nope")
    assert said.err == f"mag: \u2068{tmp_path / 'nope'}\u2069 לא נמצא; בדקו את השם\n"
    assert "he" in bare("--lang", "tlh", "list").err
