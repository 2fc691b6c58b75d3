from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from magnitizdat.workers.from_path import fill, guess, year_of
from magnitizdat.workers.values import Tags


@given(st.text())
def test_any_hint_has_an_answer(hint):
    guessed = guess(hint)
    assert all(part not in guessed.title for part in "/\\\0\n")


@given(st.text(alphabet=st.characters(categories=["L"]), min_size=1, max_size=20), st.integers(1, 99))
def test_number_and_title(title, number):
    for pattern in ("{:02} - {}.mp3", "{:02}. {}.flac", "{:02} {}.ogg", "[{:02}] {}.mp3", "{:02}_{}.mp3"):
        guessed = guess(pattern.format(number, title))
        assert guessed.track == number
        assert guess(f"{title}.mp3").title == guessed.title


@pytest.mark.parametrize(
    ("hint", "expected"),
    [
        ("01 - Время.mp3", Tags(title="Время", track=1)),
        ("1-03 Лето.flac", Tags(title="Лето", track=3, disc=1)),
        (
            "Кино - 45 (1982)/CD1/03. Дерево.flac",
            Tags(title="Дерево", artist="Кино", album="45", album_artist="Кино", track=3, disc=1, date="1982"),
        ),
        (
            "Music/Zoopark/Белая полоса/07 Блюз.mp3",
            Tags(title="Блюз", artist="Zoopark", album="Белая полоса", album_artist="Zoopark", track=7),
        ),
        ("Майк - Пригородный блюз.mp3", Tags(title="Пригородный блюз", artist="Майк")),
        ("x/03 - Гость - Песня.mp3", Tags(title="Песня", artist="Гость", album="x", track=3)),
        ("A/1984 - Album/song.mp3", Tags(title="song", artist="A", album="Album", album_artist="A", date="1984")),
        ("old_tape_side.ogg", Tags(title="old tape side")),
        ("C:\\Music\\A\\B\\02 - c.mp3", Tags(title="c", artist="A", album="B", album_artist="A", track=2)),
        ("99 Luftballons.mp3", Tags(title="Luftballons", track=99)),
        ("", Tags()),
        ("../..", Tags()),
    ],
)
def test_examples(hint, expected):
    assert guess(hint) == expected


def test_what_the_file_says_wins():
    said = Tags(title="T", artist="A", album="B")
    assert fill(said, "X - Y (1999)/CD2/05 Z.mp3") == Tags(title="T", artist="A", album="B", track=5, disc=2)
    named = Tags(title="T", artist="X", album="Y", album_artist="X", track=5, from_folder=True)
    assert fill(Tags(title="T"), "X/Y/05 Z.mp3") == named


@pytest.mark.parametrize("title", ["", "Unknown", "unknown album", "[Unknown Album]", "Неизвестный альбом"])
def test_a_title_that_names_no_album_is_none(title):
    filled = fill(Tags(title="T", artist="X", album=title, track=1), "Music/X/45 (1982)/01 T.mp3")
    assert (filled.album, filled.album_artist, filled.date, filled.from_folder) == ("45", "X", "1982", True)
    assert fill(Tags(title="T", artist="X", album=title, track=1), "Downloads/T.mp3").album == ""


def test_a_folder_above_is_no_artist_of_what_names_another():
    assert fill(Tags(artist="Кино"), "Rock/Best/01 T.mp3").album_artist == ""
    assert fill(Tags(artist="Кино feat. X"), "Кино/45/01 T.mp3").album_artist == "Кино"


def test_a_title_that_names_its_disc_is_that_of_all_discs():
    filled = fill(Tags(title="T", artist="X", album="45 (Disc 2: Live)", track=1), "x/01.mp3")
    assert (filled.album, filled.disc, filled.disc_title) == ("45", 2, "Live")
    other = Tags(title="T", artist="X", album="45 (Disc 2)", disc=3, track=1)
    assert fill(other, "x/01.mp3") == other


@pytest.mark.parametrize(
    ("folder", "year"),
    [("45 (1982)", "1982"), ("1982 - 45", "1982"), ("2000 Hits", ""), ("1984", ""), ("45 [FLAC]", "")],
)
def test_the_year_of_a_folder(folder, year):
    assert year_of(folder) == year
