"""Languages: what is said stands in every catalogue, and comes out in another language with its values."""

from __future__ import annotations

import ast
import io
import unicodedata

import msgspec
import pytest
from babel.messages.pofile import read_po as read_with_babel
from hypothesis import given
from hypothesis import strategies as st
from release import messages as release

from magnitizdat.errors import UsageError
from magnitizdat.formats.po import read_po
from magnitizdat.language import ENGLISH, Language, asked, available, load, nearest, voices
from magnitizdat.model import fields
from magnitizdat.sentence import SILENCE, Sentence, fill, framed, holes, listed, say, size_words, verbatim

ENTRIES = [message.text for message in release.messages()]
SHIPPED = ("da", "ru")
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
TEXT = st.text(alphabet=st.characters(exclude_categories=["Cs", "Cc"]), max_size=20)


def plural(number: int) -> int:
    return int(number != 1)


SAID = Language(
    "xx",
    {
        "{path} is not there; check the name": "tjek navnet: {path} mangler",
        "{what} did not come: {why}": "{what} kom ikke, fordi {why}",
        "the medium failed ({error}); try again": "mediet svigtede ({error}); prøv igen",
        "All is well.": "Alt er vel.",
        "{n} {n:track|tracks}": "{n} {n:spor|spor i alt}",
    },
    plural,
)

# -- the catalogues --------------------------------------------------------------------------------------------------


def test_sentences_are_found_where_they_are_said():
    for sentence in (
        "there is no library here yet; `mag init` makes one",
        "{path} is not there; check the name",
        "Albums in the library: yours, those of labels you follow, and what is new.",
        "TRACKS",
        "Stay safe",
        "Leave some music",
        "Skip to the music",
    ):
        assert sentence in ENTRIES


@pytest.mark.parametrize("path", sorted(release.SOURCE.rglob("*.py")), ids=lambda path: path.stem)
def test_a_sentence_begins_with_a_literal_and_names_every_hole(path):
    """`say(f"…")` would be found by nobody, and a hole without a value shows its name to people."""
    for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
        if isinstance(node, ast.Call) and release._called(node) == "say" and node.args:
            first = node.args[0]
            assert not isinstance(first, ast.JoinedStr | ast.BinOp), f"{path}:{node.lineno}"
            if isinstance(first, ast.Constant) and node.keywords:
                assert {each.arg for each in node.keywords if each.arg} <= holes(first.value), f"{path}:{node.lineno}"


@pytest.mark.parametrize("code", SHIPPED)
def test_every_message_is_translated(code):
    assert release.wanting(release.read(code), release.template()) == [], RUN_THIS


@pytest.mark.parametrize("code", SHIPPED)
def test_catalogues_hold_what_is_said_and_nothing_else(code):
    assert {message.id for message in release.read(code) if message.id} == set(ENTRIES), RUN_THIS


@pytest.mark.parametrize("code", SHIPPED)
def test_every_translation_has_the_holes_of_its_message(code):
    messages = load(code).messages
    assert set(messages) == set(ENTRIES)
    assert all(holes(said) == holes(message) for message, said in messages.items())


@pytest.mark.parametrize("code", SHIPPED)
def test_what_is_counted_has_a_form_for_each_rule(code):
    forms = {"da": 2, "ru": 3}[code]
    for said in load(code).messages.values():
        for part in said.split("{")[1:]:
            inside = part.partition("}")[0]
            assert inside.count("|") in {0, forms - 1}, said


def test_the_english_of_what_is_counted_has_two_forms():
    inside = (part.partition("}")[0] for each in ENTRIES for part in each.split("{")[1:])
    assert {each.count("|") for each in inside} == {0, 1}


# -- PO files --------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("code", SHIPPED)
def test_po_files_are_read_as_babel_reads_them(code):
    content = release.po_path(code).read_bytes()
    theirs = {each.id: each.string for each in read_with_babel(io.BytesIO(content)) if each.id and each.string}
    assert read_po(content).translations == theirs


LINES = st.text(alphabet=st.sampled_from('ab "\\\n\t{n}щ'), min_size=1, max_size=30)


@given(st.dictionaries(LINES, LINES, max_size=4))
def test_what_babel_writes_is_read(messages):
    catalogue = release.Catalog(locale="da", charset="utf-8")
    for message, said in messages.items():
        catalogue.add(message, said)
    content = release.written(catalogue)
    theirs = {each.id: each.string for each in read_with_babel(io.BytesIO(content)) if each.id and each.string}
    assert read_po(content).translations == theirs


# -- saying ----------------------------------------------------------------------------------------------------------


@given(n=st.integers(0, 10**6), title=TEXT)
def test_a_sentence_is_text_that_knows_its_parts(n, title):
    said = say("{n} {n:track|tracks} of {title}", n=n, title=title)
    assert said == f"{n} {'track' if n == 1 else 'tracks'} of {title}"
    assert (said.template, dict(said.values)) == ("{n} {n:track|tracks} of {title}", {"n": n, "title": title})
    assert type(str(said)) is str
    assert say("{n} {n:track|tracks} of {title}").filled(n=n, title=title) == said


@given(st.lists(TEXT, max_size=5))
def test_lists_read_as_joined(parts):
    assert listed(parts) == ", ".join(parts)
    assert listed(parts, "; ") == "; ".join(parts)


def test_an_error_keeps_its_sentence():
    said = say("{path} is not there; check the name", path="/a")
    error = UsageError(said)
    assert (str(error), error.sentence) == ("/a is not there; check the name", said)
    assert error.sentence.template == said.template


def test_no_sentence_goes_out_unseen():
    """msgspec takes it for no `str`: whoever encodes one says what becomes of it."""
    with pytest.raises(TypeError):
        msgspec.json.encode({"what": say("All is well.")})
    assert type(fields({"what": say("All is well.")})["what"]) is Sentence


@pytest.mark.parametrize("code", SHIPPED)
@given(data=st.data())
def test_values_survive(code, data):
    message = data.draw(st.sampled_from(ENTRIES))
    values = {name: data.draw(TEXT) for name in sorted(holes(message))}
    said = load(code).said(say(message, **values))
    assert all(value in said for value in values.values())


@given(text=st.text(max_size=100))
def test_what_is_not_ours_is_left_alone(text):
    for code in SHIPPED:
        assert load(code).said(verbatim(text)) == load(code).translate(text) == text
        assert load(code).said(framed("{what}: {why}", what=text, why=text)) == f"{text}: {text}"


def test_sentences_within_sentences_and_in_a_row():
    why = say("the medium failed ({error}); try again", error="EIO")
    assert SAID.said(say("{what} did not come: {why}", what="45", why=why)) == (
        "45 kom ikke, fordi mediet svigtede (EIO); prøv igen"
    )
    line = listed([say("All is well."), "All is well.", say("{n} {n:track|tracks}", n=1)], "; ")
    assert SAID.said(line) == "Alt er vel.; All is well.; 1 spor", "a name that reads like a sentence stays a name"
    assert SAID.said(say("nobody said {n} {n:thing|things}", n=1)) == "nobody said 1 thing"
    assert SAID.said(SILENCE) == ""


def test_right_to_left_values_are_isolated():
    hebrew = Language("he", {"{path} is not there": "{path} אינו שם", "{n} {n:day|days}": "{n:יום|ימים} {n}"}, plural)
    assert hebrew.said(say("{path} is not there", path="/a/b")) == "\u2068/a/b\u2069 אינו שם"
    assert hebrew.said(say("{n} {n:day|days}", n=1)) == "יום 1"
    assert hebrew.is_right_to_left
    assert not SAID.is_right_to_left
    assert unicodedata.bidirectional("\u2068") == "FSI"


def test_words_follow_their_number():
    russian = "{n} {n:трек|трека|треков}"
    forms = [fill(russian, {"n": n}, plural=lambda number: number) for n in ("0", "1", "2", "7")]
    assert forms == ["0 трек", "1 трека", "2 треков", "7 треков"]
    assert fill(russian, {"n": "ни одного"}, plural=int) == "ни одного треков"
    assert holes(russian) == {"n"}


@pytest.mark.parametrize(
    ("sentence", "english", "danish", "russian"),
    [
        (
            say(
                "{labels} {labels:label|labels} ({new_labels} new), {friends} {friends:friend|friends}",
                labels=1,
                new_labels=0,
                friends=1,
            ),
            "1 label (0 new), 1 friend",
            "1 label (0 nye), 1 ven",
            "1 лейбл (новых: 0), 1 друг",
        ),
        (
            say("{whole} of {tracks} {tracks:track|tracks}", whole=1, tracks=1),
            "1 of 1 track",
            "1 af 1 nummer",
            "1 из 1 трека",
        ),
        (size_words(13_400_000), "13.4 MB", "13,4 MB", "13,4 МБ"),
        (size_words(1), "1 byte", "1 byte", "1 байт"),
    ],
)
def test_one_and_several(sentence, english, danish, russian):
    assert [load(code).said(sentence) for code in ("en", *SHIPPED)] == [english, danish, russian]
    assert ENGLISH.said(sentence) == sentence


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
    hebrew = load("he", tmp_path)
    assert hebrew.say("there is no library here yet; `mag init` makes one") == "אין כאן ספרייה"
    assert hebrew.say("{path} is not there; check the name", path="/a") == "\u2068/a\u2069 אינו שם"
    assert hebrew.say("Locked.") == "Locked."
    assert [(each.language, each.direction) for each in voices(tmp_path)] == [
        ("en", None),
        ("da", None),
        ("he", "rtl"),
        ("ru", None),
    ]


def test_a_language_of_its_own_rule(tmp_path):
    header = 'msgid ""\nmsgstr ""\n"Language: pl\\n"\n"Plural-Forms: nplurals=2; plural=(n > 4);\\n"\n\n'
    words = 'msgid "{n} {n:file|files}"\nmsgstr "{n} {n:pliki|plików}"\n'
    (tmp_path / "pl.po").write_text(header + words, encoding="utf-8")
    polish = load("pl", tmp_path)
    assert [polish.say("{n} {n:file|files}", n=n) for n in (2, 7)] == ["2 pliki", "7 plików"]


def test_unsound_translations_are_left_out(tmp_path):
    (tmp_path / "eo.po").write_text(PO.format(said="\x1b[31mruĝa", path="sen loko"), encoding="utf-8")
    assert load("eo", tmp_path).messages == {}


@pytest.mark.parametrize(
    "content",
    [
        b"msgid \xff\xff",
        b"x" * (5 << 20),
        b'msgid ""\nmsgstr "Plural-Forms: nplurals=2; plural=(n ** 2);\\n"\n',
        b'msgid "open\nmsgstr ""\n',
    ],
)
def test_a_catalogue_that_is_none(tmp_path, content):
    (tmp_path / "eo.po").write_bytes(content)
    with pytest.raises(UsageError, match=r"eo\.po"):
        load("eo", tmp_path)
    assert [each.language for each in voices(tmp_path)] == ["en", "da", "ru"]


def test_no_such_language():
    with pytest.raises(UsageError, match="en, da, ru"):
        load("tlh", None)
