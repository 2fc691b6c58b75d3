"""Languages: what is said in English stands in every catalogue, and comes out in another language with its values."""

from __future__ import annotations

import unicodedata

import pytest
from hypothesis import given
from hypothesis import strategies as st
from release import messages as release

from magnitizdat.errors import UsageError
from magnitizdat.formats.templates import Template
from magnitizdat.language import ENGLISH, Language, asked, available, load, nearest, translate
from magnitizdat.sentence import holes, say

ENTRIES = [message.text for message in release.messages()]
RUN_THIS = "run `python -m release.messages` and translate what it lists"
PO = """msgid ""
msgstr ""
"Content-Type: text/plain; charset=utf-8\\n"
"Plural-Forms: nplurals=2; plural=(n != 1);\\n"

msgid "there is no library here yet; `mag init` makes one"
msgstr "{said}"

msgid "{{path}} is not there; check the name"
msgstr "{path}"
"""


def plural(number: int) -> int:
    return int(number != 1)


def language(code: str = "xx", **messages: str) -> Language:
    return Language(code, {key.replace("_", " "): said for key, said in messages.items()}, plural)


SAID = Language(
    "xx",
    {
        "{path} is not there; check the name": "tjek navnet: {path} mangler",
        "{what} did not come: {why}": "{what} kom ikke, fordi {why}",
        "the medium failed ({error}); try again": "mediet svigtede ({error}); prøv igen",
        "«{title}» is here.": "«{title}» er her.",
        "All is well.": "Alt er vel.",
        "{tracks} tracks": "{tracks} {tracks:spor|spor i alt}",
        "not whole yet": "ikke hel endnu",
        "Title.": "Titel.",
    },
    plural,
)


# -- the catalogues --------------------------------------------------------------------------------------------------


def test_sentences_are_found_where_they_are_said():
    said = "\n".join(ENTRIES)
    for sentence in (
        "there is no library here yet; `mag init` makes one",
        "{path} is not there; check the name",
        "Albums in the library: yours, those of labels you follow, and what is new.",
        "TRACKS",
        "Stay safe",
    ):
        assert sentence in said


@pytest.mark.parametrize("code", ["da", "ru"])
def test_every_message_is_translated(code):
    assert release.wanting(release.read(code), release.template()) == [], RUN_THIS


@pytest.mark.parametrize("code", ["da", "ru"])
def test_catalogues_are_as_written_by_the_script(code):
    catalogue = release.read(code)
    wanted = {message.id for message in release.template() if message.id}
    assert {message.id for message in catalogue if message.id} == wanted, RUN_THIS
    assert wanted == set(ENTRIES)


# -- translating -----------------------------------------------------------------------------------------------------


VALUES = st.text(alphabet=st.characters(exclude_categories=["Cs", "Cc"]), max_size=20)


@pytest.mark.parametrize("code", ["da", "ru"])
@given(data=st.data())
def test_values_survive(code, data):
    message = data.draw(st.sampled_from(ENTRIES))
    spoken = load(code, None)
    values = {name: data.draw(VALUES) for name in sorted(holes(message))}
    said = spoken.said(say(message, **values))
    assert all(value in said for value in values.values())


@pytest.mark.parametrize("code", ["da", "ru"])
@given(text=st.text(alphabet="бвгд\n :;,.—«»\u0627", max_size=200))
def test_what_is_not_ours_is_left_alone(code, text):
    assert load(code, None).translate(text) == text


def test_whole_sentences():
    assert SAID.translate("All is well.") == "Alt er vel."
    assert SAID.translate("/x/y is not there; check the name") == "tjek navnet: /x/y mangler"
    assert SAID.translate("nobody said this") == "nobody said this"
    assert ENGLISH.translate("All is well.") == "All is well."


def test_sentences_within_sentences_and_in_a_row():
    assert SAID.translate("45 did not come: the medium failed (EIO); try again") == (
        "45 kom ikke, fordi mediet svigtede (EIO); prøv igen"
    )
    assert SAID.translate("  - Kino: not whole yet; 3 tracks") == "  - Kino: ikke hel endnu; 3 spor i alt"
    assert SAID.translate("«45» is here. All is well.\n1 tracks") == "«45» er her. Alt er vel.\n1 spor"


def test_names_are_left_alone():
    assert SAID.translate("«All is well.» is here.") == "«All is well.» er her."
    assert SAID.translate("Kino — Best tracks") == "Kino — Best tracks"
    assert SAID.translate("Kino: Title.") == "Kino: Title.", "one word of ours may be anybody's title"


def test_right_to_left_values_are_isolated():
    hebrew = Language("he", {"{path} is not there": "{path} אינו שם"}, plural)
    assert hebrew.translate("/a/b is not there") == "\u2068/a/b\u2069 אינו שם"
    assert hebrew.is_right_to_left
    assert not SAID.is_right_to_left
    assert unicodedata.bidirectional("\u2068") == "FSI"


def test_sentences_of_any_length():
    assert SAID.translate("; " * 50_000) == "; " * 50_000
    assert SAID.translate(", ".join(["x"] * 3_000)) == ", ".join(["x"] * 3_000)


@pytest.mark.parametrize(
    ("sentence", "english", "danish", "russian"),
    [
        (
            "1 labels (0 new), 1 friends",
            "1 label (0 new), 1 friend",
            "1 label (0 nye), 1 ven",
            "1 лейбл (новых: 0), 1 друг",
        ),
        (
            "2 labels (1 new), 5 friends",
            "2 labels (1 new), 5 friends",
            "2 labels (1 ny), 5 venner",
            "2 лейбла (новых: 1), 5 друзей",
        ),
        (
            say("{whole} of {tracks} {tracks:track|tracks}", whole=1, tracks=1),
            "1 of 1 track",
            "1 af 1 nummer",
            "1 из 1 трека",
        ),
    ],
)
def test_one_and_several(sentence, english, danish, russian):
    assert [load(code).translate(sentence) for code in ("en", "da", "ru")] == [english, danish, russian]


@pytest.mark.parametrize(
    ("code", "expected"),
    [("en", "13.4 MB are sealed"), ("da", "13,4 MB er forseglet"), ("ru", "13,4 МБ")],
)
def test_sizes_are_written_as_the_language_writes_numbers(code, expected):
    assert expected in load(code).translate("13.4 MB are sealed on it and read back. Safe to pull.")
    assert load(code).translate("mag 0.1 is here") == "mag 0.1 is here"


def test_sizes_in_a_language_that_nobody_has_data_of():
    assert language("xx", All_is_well="Alt").translate("13.4 MB") == "13.4 MB"


# -- choosing --------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("environment", "expected"),
    [
        ({}, "en"),
        ({"LANG": "da_DK.UTF-8"}, "da"),
        ({"LANG": "da_DK.UTF-8", "LC_MESSAGES": "ru_RU.UTF-8"}, "ru"),
        ({"LANG": "da", "LC_ALL": "C.UTF-8"}, "en"),
        ({"LC_ALL": "", "LANG": "ru"}, "ru"),
        ({"LANG": "POSIX"}, "en"),
        ({"LANG": "xx_YY"}, "en"),
        ({"LANG": "../../etc"}, "en"),
    ],
)
def test_the_environment_chooses(environment, expected):
    assert nearest(asked(environment)) == expected


def test_a_catalogue_that_somebody_brought(tmp_path):
    (tmp_path / "he.po").write_text(PO.format(said="אין כאן ספרייה", path="{path} אינו שם"), encoding="utf-8")
    assert available(tmp_path) == ["en", "da", "he", "ru"]
    assert translate("there is no library here yet; `mag init` makes one", "he", tmp_path) == "אין כאן ספרייה"
    assert translate("/a is not there; check the name", "he", tmp_path) == "\u2068/a\u2069 אינו שם"
    assert translate("Locked.", "he", tmp_path) == "Locked."


def test_no_data_on_locales_is_needed(tmp_path, monkeypatch):
    """The one file leaves out what Babel knows of dates and numbers."""
    from babel import localedata

    monkeypatch.setattr(localedata, "_dirname", str(tmp_path))
    monkeypatch.setattr(localedata, "_cache", {})
    header = 'msgid ""\nmsgstr ""\n"Language: pl\\n"\n"Plural-Forms: nplurals=2; plural=(n > 4);\\n"\n\n'
    words = 'msgid "{n} files"\nmsgstr "{n} {n:pliki|plików}"\n'
    (tmp_path / "pl.po").write_text(header + words, encoding="utf-8")
    assert translate("2 files", "pl", tmp_path) == "2 pliki"
    assert translate("7 files", "pl", tmp_path) == "7 plików"


def test_unsound_translations_are_left_out(tmp_path):
    (tmp_path / "eo.po").write_text(PO.format(said="\x1b[31mruĝa", path="sen loko"), encoding="utf-8")
    for sentence in ("there is no library here yet; `mag init` makes one", "/a is not there; check the name"):
        assert translate(sentence, "eo", tmp_path) == sentence


@pytest.mark.parametrize("content", [b"msgid \xff\xff", b"x" * (5 << 20)])
def test_a_catalogue_that_is_none(tmp_path, content):
    (tmp_path / "eo.po").write_bytes(content)
    with pytest.raises(UsageError, match=r"eo\.po"):
        load("eo", tmp_path)
    assert translate("Locked.", "eo", tmp_path) == "Locked."


def test_no_such_language():
    with pytest.raises(UsageError, match="en, da, ru"):
        load("tlh", None)


def test_templates_know_their_weight():
    assert Template.parse("{a} of {b} tracks").words == 2
