"""QR codes as three readers read them: ZXing, ZBar and OpenCV, each with its own guesses."""

from __future__ import annotations

import subprocess
from collections.abc import Callable
from pathlib import Path

import pytest
import segno
from hypothesis import given
from hypothesis import strategies as st
from segno.encoder import DataOverflowError

from magnitizdat.pages.qr import MOST, fits, png_qr, svg_qr, terminal_qr
from magnitizdat.web.guests.venue import wifi_text
from magnitizdat.workers.pictures import read_qr
from tests.conftest import missing

TEXTS = {
    "a name": "Наталья Ёжикова",
    "a Russian Wi-Fi": wifi_text("Кухня на Литейном", "чай;45"),
    "a Danish Wi-Fi": wifi_text("Nørrebro, 3. th", "rødgrød"),
    "a card": '{"name":"Алёна и друзья","imprint":"mag1' + "q" * 58 + '"}',
    "two lines": "Вход\nсо двора",
    "one letter": "Ж",
    "Japanese": "東京 カタカナ",
    "beyond the first plane": "Łódź 🎸",
    "an address": "http://192.168.1.20:8045/a7k2m",
    "capitals": "MAG1QPZRY9X8GF2TVDW0S3JN54KHCE6MUA7L",
}
PRINTED = st.text(st.characters(exclude_categories=["Cs", "Cc"]), min_size=1, max_size=120)


def by_zbar(png: bytes, folder: Path) -> str:
    picture = folder / "code.png"
    picture.write_bytes(png)
    said = subprocess.run(["zbarimg", "-q", "--raw", picture], capture_output=True, check=True)
    return said.stdout.decode().removesuffix("\n")


def by_opencv(png: bytes, _folder: Path) -> str:
    try:
        import cv2
        import numpy as np
    except ImportError:
        missing("opencv-python-headless is not installed")
    picture = cv2.imdecode(np.frombuffer(png, np.uint8), cv2.IMREAD_GRAYSCALE)
    return str(cv2.QRCodeDetector().detectAndDecode(picture)[0])


def by_zxing(png: bytes, _folder: Path) -> str:
    (text,) = read_qr(png)
    return text


@pytest.mark.parametrize("read", [by_zxing, by_zbar, by_opencv])
@pytest.mark.parametrize("text", TEXTS.values(), ids=TEXTS)
def test_three_readers_read_the_same(tmp_path, require_program, text: str, read: Callable[[bytes, Path], str]):
    if read is by_zbar:
        require_program("zbarimg")
    assert read(png_qr(text), tmp_path) == text


@given(PRINTED)
def test_what_is_written_is_read(text: str):
    assert read_qr(png_qr(text)) == [text]


@pytest.mark.parametrize("letter", ["a", "ж", "é", "東"])
def test_what_fits_is_drawn_and_no_more(letter: str):
    most = next(count for count in range(MOST, 0, -1) if fits(letter * count))
    assert svg_qr(letter * most)
    with pytest.raises(DataOverflowError):
        svg_qr(letter * (most + 1))


def test_a_terminal_shows_the_same_modules():
    rows = terminal_qr("Кухня").splitlines()
    dark = {" ": (1, 1), "▀": (0, 1), "▄": (1, 0), "█": (0, 0)}
    shown = [[dark[glyph][half] for glyph in row] for row in rows for half in (0, 1)]
    meant = [
        list(map(int, row))
        for row in segno.make_qr("Кухня", error="m", encoding="utf-8", mode="byte", eci=True).matrix_iter(border=2)
    ]
    assert [list(map(int, row)) for row in shown][: len(meant)] == meant
