"""The music of the tour as scores: chords by the bar, a melody, a beat. Composed for it; nothing here quotes a song."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Literal, NamedTuple


class Score(NamedTuple):
    """One piece, written small.

    `chords`: one a bar, `F/G` is half a bar each. `guitar` and `drums`: a bar in eighths, one sign each: `b` lowest
    string, digits other strings, `d` and `u` strums; `k` kick, `s` snare, `h` hat, `c` a knock on a radiator; `.` rest.
    `melody`: `pitch:beats`, `-` rests, bar lines are for the eye. `ring_s`: seconds after the last bar.
    """

    beats_per_minute: int
    chords: str
    guitar: str
    melody: str
    voice: Literal["string", "reed"] = "string"
    drums: str = ""
    ring_s: float = 1.2


class Song(NamedTuple):
    """A title in Russian, English and Danish, its score, and words in LRC where they are sung."""

    titles: Mapping[str, str]
    score: Score
    lyrics: str = ""


class Album(NamedTuple):
    """What one person recorded. `codec` is what the tour encodes it as."""

    title: str
    titles: Mapping[str, str]
    artist: str
    artist_latin: str
    date: str
    genre: str
    codec: Literal["flac", "opus"]
    songs: tuple[Song, ...]


TRAM_WORDS = """\
[ti:Трамвай в парк]
[ar:Виктор]
[al:45]
[00:00.20]Трамвай идёт в парк,
[00:02.40]кондуктор не спит.
[00:04.80]На улице март,
[00:07.20]и что-то звенит.
"""

ALBUM_45 = Album(
    title="45",
    titles={"ru": "45", "en": "45", "da": "45"},
    artist="Виктор",
    artist_latin="Viktor",
    date="1982",
    genre="Rock",
    codec="flac",
    songs=(
        Song(
            {"ru": "Чужая гитара", "en": "Somebody else's guitar", "da": "En andens guitar"},
            Score(
                126,
                "Am F C G Am",
                "b.2.3.2.",
                "-:2 e5:.5 d5:.5 c5:1 | a4:1.5 c5:.5 f5:1 e5:1 | g5:1.5 e5:.5 c5:1 d5:1 | "
                "b4:1 d5:.5 g4:.5 b4:1 d5:1 | c5:1.5 b4:.5 a4:2",
                drums="....h.h.",
            ),
        ),
        Song(
            {"ru": "Трамвай в парк", "en": "The tram to the depot", "da": "Sporvognen til remisen"},
            Score(
                150,
                "Dm Gm C F Dm Gm A Dm",
                "b.d.d.",
                "a4:1 d5:1 e5:1 | f5:1.5 d5:.5 bb4:1 | g5:2 e5:1 | f5:1 c5:2 | "
                "a5:1 f5:1 d5:1 | bb4:1 d5:1 g5:1 | e5:1.5 c#5:.5 a4:1 | d5:3",
                voice="reed",
                ring_s=1.4,
            ),
            TRAM_WORDS,
        ),
        Song(
            {"ru": "Чай на подоконнике", "en": "Tea on the windowsill", "da": "Te i vindueskarmen"},
            Score(
                112,
                "C Em F/G C",
                "b2341432",
                "e5:.5 g5:.5 e5:1 c5:1 d5:1 | e5:1 b4:1 g4:2 | a4:.5 c5:.5 f5:1 e5:.5 d5:.5 b4:1 | c5:4",
            ),
        ),
        Song(
            {"ru": "Ключ под ковриком", "en": "The key is under the mat", "da": "Nøglen ligger under måtten"},
            Score(
                138,
                "Em C G D Em Em",
                "b.du.udu",
                "b4:.5 e5:.5 g5:1 f#5:.5 e5:.5 b4:1 | c5:1 e5:1 g5:1 e5:1 | d5:1.5 b4:.5 g4:2 | "
                "a4:1 d5:1 f#5:1 a5:1 | g5:1 f#5:.5 e5:.5 b4:2 | e5:4",
                voice="reed",
                drums="k.h.s.h.",
            ),
        ),
        Song(
            {"ru": "Сосед стучит по батарее", "en": "Next door knocks on the radiator", "da": "Naboen banker på røret"},
            Score(
                152,
                "A D A E A A",
                "d.dud.du",
                "-:4 | f#4:.5 a4:.5 d5:1 -:2 | c#5:.5 a4:.5 e5:1 -:2 | b4:.5 g#4:.5 e5:1 -:1 d5:1 | "
                "c#5:1 e5:1 a5:1 e5:1 | a4:2 -:2",
                drums="k.s.kcsc",
                ring_s=1.0,
            ),
        ),
        Song(
            {"ru": "Переверни кассету", "en": "Turn the tape over", "da": "Vend båndet"},
            Score(
                96,
                "G Em C/D G",
                "b.3.d.32",
                "d5:1.5 b4:.5 g4:1 a4:1 | b4:1.5 g4:.5 e5:1 d5:1 | c5:1 e5:1 d5:.5 c5:.5 a4:1 | g4:4",
                ring_s=1.6,
            ),
        ),
    ),
)

BALCONY = Album(
    title="С балкона",
    titles={"ru": "С балкона", "en": "From the balcony", "da": "Fra altanen"},
    artist="Наталья",
    artist_latin="Natalia",
    date="1983",
    genre="Folk",
    codec="opus",
    songs=(
        Song(
            {"ru": "Доброе утро, антенна", "en": "Good morning, aerial", "da": "Godmorgen, antenne"},
            Score(
                132,
                "F Dm Bb/C F",
                "b.23d.32",
                "c5:.5 f5:.5 a5:1 g5:.5 f5:.5 c5:1 | d5:1 f5:1 a4:2 | bb4:.5 d5:.5 f5:1 e5:1 g5:1 | f5:4",
            ),
        ),
        Song(
            {"ru": "Бельё на верёвке", "en": "Washing on the line", "da": "Vasketøj på snoren"},
            Score(
                160,
                "Am G F E Am Am",
                "b.2.3.",
                "e5:1 c5:.5 a4:.5 c5:1 | d5:2 b4:1 | c5:1 a4:1 f4:1 | e4:1 g#4:1 b4:1 | c5:2 b4:1 | a4:3",
                voice="reed",
                ring_s=1.3,
            ),
        ),
    ),
)

ALBUMS = (ALBUM_45, BALCONY)
