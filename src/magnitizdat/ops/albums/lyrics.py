"""The words of a track in layers: as they are sung, in other languages, and in Latin letters."""

from __future__ import annotations

from typing import Literal, NamedTuple

from magnitizdat.formats.lyrics import LyricText, is_latin, read_lyrics, romanised
from magnitizdat.library.library import Library
from magnitizdat.model import TEXT_TYPES, Track

LENGTH_LIMIT = 1 << 20
"""Bytes of a file of words that is read; longer ones are not words."""

LyricsKind = Literal["original", "translation", "romanisation"]


class Layer(NamedTuple):
    """One layer; `language` as on the release (`ru`, `ru-Latn`, `und`)."""

    language: str
    kind: LyricsKind
    lyrics: LyricText


def layers(library: Library, track: Track) -> list[Layer]:
    """All layers that are here, the original first.

    The first file of a release is the original. Where it is in other letters than Latin and nobody wrote it in these,
    that is made.
    """
    found: list[Layer] = []
    for each in track.lyrics:
        is_text = each.file.media_type in TEXT_TYPES and each.file.length <= LENGTH_LIMIT
        if is_text and library.shelf.holds(each.file):
            lyrics = read_lyrics(b"".join(library.blob(each.file.sha256).pieces()))
            if lyrics.lines:
                found.append(Layer(each.language, _kind(each.language, found), lyrics))
    if found and not any(layer.kind == "romanisation" for layer in found) and not is_latin(_text(found[0].lyrics)):
        first = found[0]
        language = first.language.split("-")[0]
        found.append(Layer(f"{language}-Latn", "romanisation", romanised(first.lyrics, first.language)))
    return found


def _text(lyrics: LyricText) -> str:
    return "\n".join(line.text for line in lyrics.lines)


def _kind(language: str, before: list[Layer]) -> LyricsKind:
    if not before:
        return "original"
    first = before[0].language
    if language.split("-", maxsplit=1)[0] != first.split("-")[0]:
        return "translation"
    return "romanisation" if "latn" in language.lower().split("-")[1:] else "original"
